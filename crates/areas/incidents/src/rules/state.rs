//! How far an incident is.

use std::{fmt, str::FromStr};

/// The states and the moves between them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Somebody told of it; nobody has judged it yet.
    Reported,
    /// It is being handled.
    Open,
    /// Handled. Facts can still be added: a late finding may start a clock.
    Closed,
    /// No incident after all.
    Dismissed,
}

impl State {
    pub const ALL: [State; 4] = [State::Reported, State::Open, State::Closed, State::Dismissed];

    pub fn as_str(self) -> &'static str {
        match self {
            State::Reported => "reported",
            State::Open => "open",
            State::Closed => "closed",
            State::Dismissed => "dismissed",
        }
    }

    /// For readers.
    pub fn label(self) -> &'static str {
        match self {
            State::Reported => "Reported",
            State::Open => "Open",
            State::Closed => "Closed",
            State::Dismissed => "No incident",
        }
    }

    /// The states that can follow, with the word for going there.
    pub fn next(self) -> &'static [(State, &'static str)] {
        match self {
            State::Reported => &[(State::Open, "Open"), (State::Dismissed, "Dismiss")],
            State::Open => &[(State::Closed, "Close")],
            State::Closed | State::Dismissed => &[(State::Open, "Reopen")],
        }
    }

    /// Whether a reason has to be given for going there.
    pub fn needs_reason(self) -> bool {
        matches!(self, State::Closed | State::Dismissed)
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for State {
    type Err = kernel::Refusal;

    fn from_str(text: &str) -> Result<Self, kernel::Refusal> {
        State::ALL
            .into_iter()
            .find(|state| state.as_str() == text)
            .ok_or_else(|| kernel::Refusal::field("state", "an incident is reported, open, closed or dismissed"))
    }
}
