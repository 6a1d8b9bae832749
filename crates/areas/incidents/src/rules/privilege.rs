//! What work directed by counsel is called, and the lines of its privilege log.

use std::{fmt, str::FromStr};

use kernel::{Instant, Refusal};

/// What kind of paper it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Request,
    Advice,
    Analysis,
    Communication,
    Decision,
    Draft,
}

/// On what counsel bases that it is withheld. Which of them a court accepts is for counsel to judge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    AttorneyClient,
    WorkProduct,
    LegalAdvice,
    Litigation,
    CommonInterest,
}

impl Kind {
    pub const ALL: [Kind; 6] =
        [Kind::Request, Kind::Advice, Kind::Analysis, Kind::Communication, Kind::Decision, Kind::Draft];

    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Request => "request",
            Kind::Advice => "advice",
            Kind::Analysis => "analysis",
            Kind::Communication => "communication",
            Kind::Decision => "decision",
            Kind::Draft => "draft",
        }
    }

    /// For readers.
    pub fn label(self) -> &'static str {
        match self {
            Kind::Request => "Request for advice",
            Kind::Advice => "Advice",
            Kind::Analysis => "Analysis for counsel",
            Kind::Communication => "Communication",
            Kind::Decision => "Decision on advice",
            Kind::Draft => "Draft",
        }
    }
}

impl Basis {
    pub const ALL: [Basis; 5] =
        [Basis::AttorneyClient, Basis::WorkProduct, Basis::LegalAdvice, Basis::Litigation, Basis::CommonInterest];

    pub fn as_str(self) -> &'static str {
        match self {
            Basis::AttorneyClient => "attorney_client",
            Basis::WorkProduct => "work_product",
            Basis::LegalAdvice => "legal_advice",
            Basis::Litigation => "litigation",
            Basis::CommonInterest => "common_interest",
        }
    }

    /// For readers.
    pub fn label(self) -> &'static str {
        match self {
            Basis::AttorneyClient => "Attorney–client privilege (US)",
            Basis::WorkProduct => "Work product (US)",
            Basis::LegalAdvice => "Legal advice privilege",
            Basis::Litigation => "Litigation privilege",
            Basis::CommonInterest => "Common interest",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Kind {
    type Err = Refusal;

    fn from_str(text: &str) -> Result<Self, Refusal> {
        let known = Kind::ALL.into_iter().find(|kind| kind.as_str() == text);
        known.ok_or_else(|| Refusal::field("kind", "choose what kind of paper it is"))
    }
}

impl FromStr for Basis {
    type Err = Refusal;

    fn from_str(text: &str) -> Result<Self, Refusal> {
        let known = Basis::ALL.into_iter().find(|basis| basis.as_str() == text);
        known.ok_or_else(|| Refusal::field("basis", "choose on what it is withheld"))
    }
}

/// For how long somebody could look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    pub from: Instant,
    pub until: Option<Instant>,
}

/// Who could look at a paper of this instant: when it was written, or only later. Whoever had left before is neither.
pub fn received<'n>(
    written: Instant,
    recipients: impl Iterator<Item = (&'n str, Span)>,
) -> (Vec<&'n str>, Vec<&'n str>) {
    let (mut then, mut later) = (Vec::new(), Vec::new());
    for (name, span) in recipients {
        if span.until.is_some_and(|until| until <= written) {
            continue;
        }
        let list = if span.from <= written { &mut then } else { &mut later };
        if !list.contains(&name) {
            list.push(name);
        }
    }
    later.retain(|name| !then.contains(name));
    (then, later)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Instant {
        Instant::from_micros(second * 1_000_000)
    }

    #[test]
    fn the_log_tells_recipients_of_then_and_of_later() {
        let span = |from, until: Option<i64>| Span { from: at(from), until: until.map(at) };
        let people = [
            ("Clara", span(0, None)),
            ("Fred", span(5, None)),
            ("Gone", span(0, Some(3))),
            ("Back", span(0, Some(2))),
            ("Back", span(7, None)),
            ("Again", span(1, Some(9))),
            ("Again", span(12, None)),
        ];
        assert_eq!(received(at(4), people.into_iter()), (vec!["Clara", "Again"], vec!["Fred", "Back"]));
        assert_eq!(
            received(at(3), people.into_iter()).0,
            ["Clara", "Again"],
            "who left at that instant saw nothing of it"
        );
    }

    #[test]
    fn words_are_read_back() {
        for kind in Kind::ALL {
            assert_eq!(kind.as_str().parse::<Kind>().unwrap(), kind);
        }
        for basis in Basis::ALL {
            assert_eq!(basis.as_str().parse::<Basis>().unwrap(), basis);
        }
        assert!("memo".parse::<Kind>().is_err() && "secret".parse::<Basis>().is_err());
    }
}
