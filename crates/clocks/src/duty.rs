//! What comes out for one rule: when it is due and why, or why there is no date.

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use serde::Serialize;

use crate::rule::{Confidence, Rule};

/// How a duty stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// It runs. Without a due instant the law sets no number.
    Due,
    /// Done after it was due, or not done though it was due.
    Late,
    /// Facts contradict each other.
    Contradiction,
    /// A fact that it hangs on is there and can't be used.
    Malformed,
    /// A fact is missing. There is no date, and none is guessed.
    NotEvaluable,
    /// Done in time.
    Met,
    NotApplicable,
}

impl Status {
    /// In words for a page.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Due => "due",
            Self::Late => "late",
            Self::Contradiction => "facts contradict",
            Self::Malformed => "fact unusable",
            Self::NotEvaluable => "fact missing",
            Self::Met => "met",
            Self::NotApplicable => "does not apply",
        }
    }
}

/// Another way to read the law, shown and never scheduled on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Reading {
    /// RFC 3339 with the offset of the rule's zone.
    pub due: String,
    /// What speaks for it.
    pub says: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cite: Option<String>,
}

/// A fact that a limit runs from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BaseFact {
    /// Its path in the facts, such as `events.aware`.
    pub event: String,
    pub at: String,
}

/// A rule with what the facts make of it.
#[derive(Clone, Debug, Serialize)]
pub struct Duty {
    /// `us-ca/individuals`
    pub rule: String,
    pub title: String,
    pub law: String,
    pub article: String,
    pub who: String,
    pub to: String,
    pub status: Status,
    #[serde(skip)]
    pub due: Option<Timestamp>,
    /// `due` as RFC 3339 with the offset that holds in `zone` then.
    #[serde(rename = "due")]
    pub due_there: Option<String>,
    /// IANA zone in which its days are counted.
    pub zone: String,
    /// "72 hours from awareness", or the law's own words.
    pub limit: String,
    /// The facts that it runs from, with their times.
    pub base: Vec<BaseFact>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub submitted: Option<String>,
    /// `submitted` as an instant; of a day its first one in `zone`.
    #[serde(skip)]
    pub sent: Option<Timestamp>,
    pub readings: Vec<Reading>,
    pub because: Vec<String>,
    /// Facts that would have to be known; beside a due instant, those that could end the duty.
    pub missing: Vec<String>,
    pub content: Vec<String>,
    pub never_say: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delay: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub penalty: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    pub source: String,
    pub verified_on: Date,
    pub confidence: Confidence,
    pub doubts: Vec<String>,
    pub draft: bool,
    /// No rule has been, so this is always false.
    pub reviewed_by_counsel: bool,
}

impl Duty {
    pub(crate) fn of(rule: &Rule) -> Self {
        Self {
            rule: rule.name.clone(),
            title: rule.title.clone(),
            law: rule.law.clone(),
            article: rule.article.clone(),
            who: rule.who.clone(),
            to: rule.to.clone(),
            status: Status::Due,
            due: None,
            due_there: None,
            zone: String::new(),
            limit: String::new(),
            base: Vec::new(),
            submitted: None,
            sent: None,
            readings: Vec::new(),
            because: Vec::new(),
            missing: Vec::new(),
            content: rule.content.clone(),
            never_say: rule.never_say.clone(),
            delay: rule.delay.clone(),
            penalty: rule.penalty.clone(),
            note: rule.note.clone(),
            source: rule.source.clone(),
            verified_on: rule.verified_on,
            confidence: rule.confidence,
            doubts: rule.doubts.clone(),
            draft: rule.draft,
            reviewed_by_counsel: false,
        }
    }

    /// Without a date, for a reason.
    pub(crate) fn ended(mut self, status: Status, because: String) -> Self {
        self.status = status;
        self.due = None;
        self.readings.clear();
        if status == Status::NotApplicable {
            // What spoke for it and what it hung on is of no use any more.
            self.missing.clear();
            self.because.clear();
        }
        self.because.push(because);
        self
    }

    /// The whole in one sentence, for a board.
    #[must_use]
    pub fn sentence(&self) -> String {
        match (self.status, &self.due_there) {
            (Status::NotApplicable | Status::NotEvaluable | Status::Malformed | Status::Contradiction, _) => {
                self.because.last().cloned().unwrap_or_default()
            }
            _ => self
                .because
                .iter()
                .find(|why| why.starts_with(&self.limit))
                .or(self.because.last())
                .cloned()
                .unwrap_or_default(),
        }
    }
}

/// RFC 3339 with the offset that holds in `zone` then.
#[must_use]
pub fn instant(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned(zone.clone()).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}
