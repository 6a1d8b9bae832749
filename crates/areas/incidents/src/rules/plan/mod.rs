//! Pure: what a response plan is made of, what keeps it from being signed, how two versions differ, and the plan that one
//! starts from.

mod checks;
mod differences;
mod start;

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    str::FromStr,
};

use kernel::{Date, PersonId, Side};
use serde::{Deserialize, Serialize};

pub use checks::{About, Problem, can_hold, holders, problems};
pub use differences::differences;
pub use start::{Start, shipped_start};

use crate::{PlanRoleId, PlanStepId};

/// Minutes within which a step cannot wait for anybody.
pub const CRITICAL: i64 = 240;
/// Minutes that a step can have at most: ninety days.
pub const LONGEST: i64 = 90 * 24 * 60;

/// Those who work here today, with their sides.
pub type Colleagues = BTreeMap<PersonId, BTreeSet<Side>>;

/// The two halves of a response. Security and IT see to the technical one, Legal and Privacy to the legal one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Track {
    Technical,
    Legal,
}

impl Track {
    pub const ALL: [Track; 2] = [Track::Technical, Track::Legal];

    pub fn as_str(self) -> &'static str {
        match self {
            Track::Technical => "technical",
            Track::Legal => "legal",
        }
    }

    pub fn label(self) -> &'static str {
        match self {
            Track::Technical => "Technical track",
            Track::Legal => "Legal track",
        }
    }

    /// Whose track it is, for readers.
    pub fn people(self) -> &'static str {
        match self {
            Track::Technical => "Security or IT",
            Track::Legal => "Legal or Privacy",
        }
    }

    /// Whether someone of these sides can be accountable in this track.
    pub fn is_of(self, sides: &BTreeSet<Side>) -> bool {
        match self {
            Track::Technical => sides.contains(&Side::Security) || sides.contains(&Side::It),
            Track::Legal => sides.contains(&Side::Legal) || sides.contains(&Side::Privacy),
        }
    }
}

impl fmt::Display for Track {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Track {
    type Err = kernel::Refusal;

    fn from_str(text: &str) -> Result<Self, kernel::Refusal> {
        Track::ALL
            .into_iter()
            .find(|track| track.as_str() == text)
            .ok_or_else(|| kernel::Refusal::field("track", "choose the technical or the legal side"))
    }
}

/// What kind of incident a step is meant for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    PersonalData,
    Ransomware,
    Supplier,
    LostDevice,
    Vulnerability,
    Misdirected,
}

impl Kind {
    pub const ALL: [Kind; 6] = [
        Kind::PersonalData,
        Kind::Ransomware,
        Kind::Supplier,
        Kind::LostDevice,
        Kind::Vulnerability,
        Kind::Misdirected,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Kind::PersonalData => "personal_data",
            Kind::Ransomware => "ransomware",
            Kind::Supplier => "supplier",
            Kind::LostDevice => "lost_device",
            Kind::Vulnerability => "vulnerability",
            Kind::Misdirected => "misdirected",
        }
    }

    pub fn label(self) -> &'static str {
        match self {
            Kind::PersonalData => "personal data",
            Kind::Ransomware => "ransomware or extortion",
            Kind::Supplier => "a supplier’s incident",
            Kind::LostDevice => "a lost device",
            Kind::Vulnerability => "a vulnerability in our product",
            Kind::Misdirected => "a misdirected message",
        }
    }

    /// Reads words with commas between; what is unknown is left out.
    pub fn read_list(text: &str) -> Vec<Kind> {
        Kind::ALL.into_iter().filter(|kind| text.split(',').any(|word| word == kind.as_str())).collect()
    }

    pub fn write_list(kinds: &[Kind]) -> String {
        kinds.iter().map(|kind| kind.as_str()).collect::<Vec<_>>().join(",")
    }

    pub fn said(kinds: &[Kind]) -> String {
        kinds.iter().map(|kind| kind.label()).collect::<Vec<_>>().join(", ")
    }
}

/// Someone who holds a role, under the name of that day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Holder {
    #[schema(value_type = String, format = Uuid)]
    pub id: PersonId,
    pub name: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Role {
    #[schema(value_type = String, format = Uuid)]
    pub id: PlanRoleId,
    pub name: String,
    pub side: Track,
    /// Leads its side in an incident.
    pub leads: bool,
    pub person: Option<Holder>,
    pub deputy: Option<Holder>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Step {
    #[schema(value_type = String, format = Uuid)]
    pub id: PlanStepId,
    pub track: Track,
    pub title: String,
    pub what: String,
    /// The one role that is accountable.
    #[schema(value_type = Option<String>, format = Uuid)]
    pub role: Option<PlanRoleId>,
    /// Minutes from the opening of an incident.
    pub within: Option<i64>,
    /// The step that comes before.
    #[schema(value_type = Option<String>, format = Uuid)]
    pub follows: Option<PlanStepId>,
    /// None: every kind.
    pub kinds: Vec<Kind>,
}

/// What is signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Document {
    pub title: String,
    #[schema(value_type = Option<String>, format = Date)]
    pub review_by: Option<Date>,
    pub roles: Vec<Role>,
    /// In the order in which they are read; the tracks are told apart by `track`.
    pub steps: Vec<Step>,
}

impl Document {
    pub fn role(&self, id: Option<PlanRoleId>) -> Option<&Role> {
        self.roles.iter().find(|role| Some(role.id) == id)
    }

    pub fn step(&self, id: Option<PlanStepId>) -> Option<&Step> {
        self.steps.iter().find(|step| Some(step.id) == id)
    }

    pub fn track(&self, track: Track) -> impl Iterator<Item = &Step> {
        self.steps.iter().filter(move |step| step.track == track)
    }
}

/// "30 min", "4 h", "3 d"
pub fn minutes_said(minutes: i64) -> String {
    match minutes {
        _ if minutes >= 2 * 1440 && minutes % 1440 == 0 => format!("{} d", minutes / 1440),
        _ if minutes >= 60 && minutes % 60 == 0 => format!("{} h", minutes / 60),
        _ => format!("{minutes} min"),
    }
}

/// Reads a number with its unit, as the form and the shipped plan give it.
///
/// # Errors
/// A sentence.
pub fn minutes_from(number: &str, unit: &str) -> Result<i64, String> {
    let each = match unit.trim_end_matches('s') {
        "minute" => 1,
        "hour" => 60,
        "day" => 1440,
        _ => return Err("choose minutes, hours or days".to_owned()),
    };
    let minutes = number.trim().parse::<i64>().ok().and_then(|number| number.checked_mul(each));
    minutes
        .filter(|minutes| (1..=LONGEST).contains(minutes))
        .ok_or_else(|| "give a whole number of minutes, hours or days, at most ninety days".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_limit_is_read_and_said() {
        for (number, unit, minutes, said) in [
            ("30", "minutes", 30, "30 min"),
            (" 1 ", "hour", 60, "1 h"),
            ("24", "hours", 1440, "24 h"),
            ("3", "days", 4320, "3 d"),
            ("90", "minutes", 90, "90 min"),
        ] {
            assert_eq!(minutes_from(number, unit), Ok(minutes));
            assert_eq!(minutes_said(minutes), said);
        }
        for (number, unit) in [
            ("0", "hours"),
            ("-1", "hours"),
            ("x", "hours"),
            ("91", "days"),
            ("9223372036854775807", "days"),
            ("1", "moons"),
        ] {
            assert!(minutes_from(number, unit).is_err(), "{number} {unit}");
        }
    }

    #[test]
    fn kinds_are_kept_as_words() {
        let kinds = vec![Kind::PersonalData, Kind::Supplier];
        assert_eq!(Kind::read_list(&Kind::write_list(&kinds)), kinds);
        assert!(Kind::read_list("").is_empty());
    }
}
