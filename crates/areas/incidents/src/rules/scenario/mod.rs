//! What an exercise plays: the roles, what happens when, and what is expected of whom until when. Read from a TOML text,
//! the program's own or the organisation's. Knows no store and no clock.

mod check;
mod read;

use jiff::Timestamp;
use kernel::{Instant, Side};
use serde::Serialize;
use serde_json::Value;

pub(crate) use check::lies_after;
pub use check::wrong_dues;
pub use read::{kept, read};

use super::State;

/// The role of whoever only watches.
pub const OBSERVER: &str = "observer";
/// Bytes of a scenario's text.
pub const TEXT_LIMIT: usize = 200_000;

/// A scenario that was read and found right.
#[derive(Debug, Clone)]
pub struct Scenario {
    /// `ransomware`
    pub id: String,
    pub title: String,
    /// What may be told beforehand.
    pub summary: String,
    /// What it trains.
    pub trains: Vec<String>,
    /// How long a session is suggested to take, in words.
    pub suggested: String,
    pub start: Timestamp,
    /// The zone in which the story is told.
    pub zone: String,
    /// Seconds of simulated time after which the clock stands.
    pub length: i64,
    pub report_title: String,
    pub report_what: String,
    pub roles: Vec<Role>,
    /// In the order of their time.
    pub injects: Vec<Inject>,
    pub expected: Vec<Expected>,
    /// Deadlines that the rules must reckon once everything is known.
    pub expect_due: Vec<ExpectDue>,
    pub pitfalls: Vec<String>,
    pub questions: Vec<String>,
}

#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Role {
    pub id: String,
    pub name: String,
    #[schema(value_type = String)]
    pub side: Side,
    pub does: String,
}

/// Something that becomes known.
#[derive(Debug, Clone)]
pub struct Inject {
    pub id: String,
    /// Simulated seconds after the start.
    pub after: i64,
    /// Roles; none is everybody.
    pub to: Vec<String>,
    pub title: String,
    pub text: String,
    pub facts: Vec<InjectFact>,
}

/// A fact that an inject brings.
#[derive(Debug, Clone)]
pub struct InjectFact {
    pub path: String,
    pub value: Value,
    pub source: String,
    /// The players decide whether to enter it; others are entered with the inject.
    pub offered: bool,
}

/// What somebody is expected to do.
#[derive(Debug, Clone)]
pub struct Expected {
    pub id: String,
    /// Simulated seconds after the start from which the time for it runs.
    pub from: i64,
    /// Simulated seconds that there are for it.
    pub within: i64,
    /// A role.
    pub by: String,
    pub what: String,
    pub why: String,
    /// "GDPR Art. 33(1)"
    pub law: String,
    pub check: Option<Check>,
}

/// How the program sees by itself that something was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Check {
    /// The notice of a rule was recorded as sent.
    Submitted(String),
    /// A fact was entered.
    Fact(String),
    /// Somebody sees to a rule's clock.
    Taken(String),
    /// The incident came into a state.
    State(State),
}

#[derive(Debug, Clone)]
pub struct ExpectDue {
    pub rule: String,
    pub due: Timestamp,
    /// Of the scenario's text, for whoever has to mend it.
    pub line: usize,
}

impl Scenario {
    /// A simulated instant by seconds after the start.
    #[must_use]
    pub fn instant(&self, after: i64) -> Instant {
        Instant::from_micros(self.start.as_microsecond()).plus_seconds(after)
    }

    /// A role's name for readers.
    #[must_use]
    pub fn role_name(&self, id: &str) -> String {
        match self.roles.iter().find(|role| role.id == id) {
            Some(role) => role.name.clone(),
            None if id == OBSERVER => "Observer".to_owned(),
            None => id.to_owned(),
        }
    }

    /// To whom an inject goes, in names.
    #[must_use]
    pub fn told(&self, inject: &Inject) -> Vec<String> {
        if inject.to.is_empty() {
            return vec!["Everybody".to_owned()];
        }
        inject.to.iter().map(|role| self.role_name(role)).collect()
    }
}

impl Inject {
    /// Whether somebody with these roles gets it.
    #[must_use]
    pub fn is_for(&self, roles: &[String]) -> bool {
        if self.to.is_empty() { !roles.is_empty() } else { roles.iter().any(|role| self.to.contains(role)) }
    }
}

/// "2h30m", "3d", "45m", "1d 4h" in seconds.
///
/// # Errors
/// A sentence.
pub fn seconds(text: &str) -> Result<i64, String> {
    let wrong = || format!("`{text}` is no length of time; write `45m`, `2h30m` or `3d`");
    let (mut total, mut number, mut units) = (0_i64, String::new(), 0);
    for letter in text.chars().filter(|letter| !letter.is_whitespace()) {
        if letter.is_ascii_digit() {
            number.push(letter);
            continue;
        }
        let unit = match letter {
            'm' => 60,
            'h' => 3_600,
            'd' => 86_400,
            'w' => 7 * 86_400,
            _ => return Err(wrong()),
        };
        let count: i64 = number.parse::<u16>().map_err(|_| wrong())?.into();
        total += count * unit;
        number.clear();
        units += 1;
    }
    if units == 0 || !number.is_empty() { Err(wrong()) } else { Ok(total) }
}

/// Seconds in words: "2 h 30 min", "3 d", "3 d 4 h".
#[must_use]
pub fn lasting(seconds: i64) -> String {
    let minutes = seconds.max(0) / 60;
    let parts = [(minutes / 1_440, "d"), (minutes / 60 % 24, "h"), (minutes % 60, "min")];
    let said: Vec<String> =
        parts.iter().filter(|(count, _)| *count > 0).take(2).map(|(count, unit)| format!("{count} {unit}")).collect();
    if said.is_empty() { "0 min".to_owned() } else { said.join(" ") }
}

/// The scenarios of the program: file and text.
pub const SHIPPED: [(&str, &str); 5] = [
    ("ransomware.toml", include_str!("../../../scenarios/ransomware.toml")),
    ("processor-breach.toml", include_str!("../../../scenarios/processor-breach.toml")),
    ("lost-laptop.toml", include_str!("../../../scenarios/lost-laptop.toml")),
    ("exploited-vulnerability.toml", include_str!("../../../scenarios/exploited-vulnerability.toml")),
    ("misdirected-mail.toml", include_str!("../../../scenarios/misdirected-mail.toml")),
];

#[cfg(test)]
mod tests;
