//! A rule of law about a deadline, as its file gives it. The form of the files stands in `rules/README.md`.

use jiff::{
    civil::{Date, Time},
    tz::TimeZone,
};
use serde::{Deserialize, Serialize};

use crate::condition::Condition;

/// How sure we are of a rule's text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Confidence {
    /// Read in the law's own words.
    Statute,
    /// An authority's page says it.
    Official,
    /// Two sources that are not the law agree.
    Secondary,
    /// One such source.
    Single,
    /// Unchecked.
    Memory,
}

impl Confidence {
    /// In words for a page.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Statute => "read in the law",
            Self::Official => "from an authority's page",
            Self::Secondary => "two other sources agree",
            Self::Single => "one other source",
            Self::Memory => "not checked",
        }
    }
}

/// The law of counting that stands behind a rule, for the readings beside the strict one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Counting {
    /// Regulation (EEC, Euratom) 1182/71.
    Eu,
    /// Exclude the day of the event, include the last one; no extension by itself.
    Us,
    Plain,
}

/// Where days are counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Zone {
    /// The zone of the state where the actor is established.
    MemberState,
    Named(TimeZone),
}

/// One duty to tell somebody something by some time.
#[derive(Clone, Debug)]
pub struct Rule {
    /// `us-ca/individuals`
    pub name: String,
    pub regime: String,
    pub id: String,
    pub title: String,
    pub law: String,
    pub place: String,
    pub article: String,
    pub who: String,
    pub to: String,
    pub zone: Zone,
    pub calendar: Option<String>,
    pub counting: Counting,
    pub source: String,
    pub verified_on: Date,
    pub confidence: Confidence,
    pub from: Option<Date>,
    pub until: Option<Date>,
    pub draft: bool,
    pub penalty: Option<String>,
    pub doubts: Vec<String>,
    pub note: Option<String>,
    pub when: Vec<Condition>,
    pub unless: Vec<Condition>,
    pub limits: Vec<Limit>,
    pub readings: Vec<Limit>,
    pub content: Vec<String>,
    pub never_say: Vec<String>,
    /// At the latest together with this duty of the same regime.
    pub not_after: Option<String>,
    /// Earlier than this duty of the same regime.
    pub before: Option<String>,
    /// The limit from a release by law enforcement.
    pub released: Option<Limit>,
    pub delay: Option<String>,
    /// Where the rule was read: `us-states/ca.toml`, or where it came from otherwise.
    pub file: String,
    pub line: usize,
}

/// How long, from when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limit {
    pub base: Base,
    pub measure: Option<Measure>,
    pub ends: Option<Time>,
    pub calendar: Option<String>,
    pub roll: Option<Roll>,
    pub roll_unless: Vec<String>,
    pub void_if_passed_by: Option<Base>,
    pub optional: bool,
    /// Of the limit after a release: the later of it and the ordinary limit counts.
    pub later_counts: bool,
    pub says: Option<String>,
    pub cite: Option<String>,
}

/// A length of time, in the unit that the law uses. Units are never converted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Measure {
    Minutes(u32),
    Hours(u32),
    Days(u32),
    Months(u32),
    BusinessDays(u32),
    BusinessHours {
        hours: u32,
        opens: Time,
        closes: Time,
    },
    DaysAfterYearEnd(u32),
    /// No number: the law's own words.
    Asap(String),
}

/// What happens to an end on a day off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Roll {
    NoonNextWorkingDay,
    NextWorkingDay,
}

/// The event that a limit runs from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Base {
    /// `events` of that name, and nothing else.
    Event(String),
    Aware,
    Discovered,
    Determined,
    Assessed,
    YearEnd,
    /// A duty's submission, by its full name.
    Submitted(String),
    /// People in that place were told.
    Notified(String),
    /// Of a reading that moves the strict end.
    None,
}

impl Base {
    pub(crate) fn parse(text: &str, regime: &str) -> Result<Self, String> {
        if let Some(duty) = text.strip_prefix("submitted:") {
            let name = if duty.contains('/') { duty.to_owned() } else { format!("{regime}/{duty}") };
            return Ok(Self::Submitted(name));
        }
        if let Some(place) = text.strip_prefix("notified:") {
            return Ok(Self::Notified(crate::place::normal(place)));
        }
        Ok(match text {
            "aware" => Self::Aware,
            "aware_self" => Self::Event("aware".to_owned()),
            "discovered" => Self::Discovered,
            "determined" => Self::Determined,
            "assessed" => Self::Assessed,
            "classified" => Self::Event("classified_major".to_owned()),
            "year_end" => Self::YearEnd,
            "occurred"
            | "detected"
            | "material"
            | "fix_available"
            | "payment"
            | "handled"
            | "ordered"
            | "harm_found"
            | "told_by_processor"
            | "law_enforcement_released" => Self::Event(text.to_owned()),
            other => return Err(format!("`{other}` is no base event")),
        })
    }

    /// In words, for "72 hours from …".
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Self::Aware => "awareness".to_owned(),
            Self::Discovered => "discovery".to_owned(),
            Self::Determined => "the determination of the breach".to_owned(),
            Self::Assessed => "the assessment".to_owned(),
            Self::YearEnd => "the end of the calendar year".to_owned(),
            Self::Submitted(name) => {
                format!("the submission of the {}", name.rsplit('/').next().unwrap_or(name).replace('-', " "))
            }
            Self::Notified(place) => format!("the notice to people in {place}"),
            Self::None => String::new(),
            Self::Event(name) => match name.as_str() {
                "aware" => "own awareness".to_owned(),
                "occurred" => "the incident".to_owned(),
                "detected" => "detection".to_owned(),
                "classified_major" => "the classification as major".to_owned(),
                "material" => "the determination that it is material".to_owned(),
                "fix_available" => "a fix being available".to_owned(),
                "payment" => "the payment".to_owned(),
                "handled" => "the end of the incident".to_owned(),
                "ordered" => "the order".to_owned(),
                "harm_found" => "the finding of likely harm".to_owned(),
                "told_by_processor" => "being told by the processor".to_owned(),
                "law_enforcement_released" => "the release by law enforcement".to_owned(),
                other => other.replace('_', " "),
            },
        }
    }
}

impl Measure {
    /// "72 hours", "4 business days", "1 month", or the law's own words.
    #[must_use]
    pub fn words(&self) -> String {
        let count = |n: u32, unit: &str| format!("{n} {unit}{}", if n == 1 { "" } else { "s" });
        match self {
            Self::Minutes(n) => count(*n, "minute"),
            Self::Hours(n) => count(*n, "hour"),
            Self::Days(n) => count(*n, "calendar day"),
            Self::Months(n) => count(*n, "month"),
            Self::BusinessDays(n) => count(*n, "business day"),
            Self::BusinessHours { hours, opens, closes } => {
                format!(
                    "{} ({} to {})",
                    count(*hours, "business hour"),
                    opens.strftime("%H:%M"),
                    closes.strftime("%H:%M")
                )
            }
            Self::DaysAfterYearEnd(n) => format!("{} after the end of the year", count(*n, "day")),
            Self::Asap(words) => words.clone(),
        }
    }
}
