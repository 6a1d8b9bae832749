//! The states of a contract and the moves between them.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use super::Standing;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Registered, with no document that could be read.
    Draft,
    /// Both sides read and decide.
    InReview,
    /// A side said no to the whole.
    Rejected,
    /// All required sign-offs are given.
    Countersigned,
    /// In force.
    Active,
    /// Expired or terminated.
    Ended,
    /// Given up before it came into force.
    Withdrawn,
}

impl Status {
    pub const ALL: [Status; 7] = [
        Status::Draft,
        Status::InReview,
        Status::Rejected,
        Status::Countersigned,
        Status::Active,
        Status::Ended,
        Status::Withdrawn,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Status::Draft => "draft",
            Status::InReview => "in_review",
            Status::Rejected => "rejected",
            Status::Countersigned => "countersigned",
            Status::Active => "active",
            Status::Ended => "ended",
            Status::Withdrawn => "withdrawn",
        }
    }

    pub fn label(self) -> &'static str {
        match self {
            Status::Draft => "Draft",
            Status::InReview => "In review",
            Status::Rejected => "Rejected",
            Status::Countersigned => "Countersigned",
            Status::Active => "Active",
            Status::Ended => "Ended",
            Status::Withdrawn => "Withdrawn",
        }
    }

    /// May a document, a finding, a comment or a sign-off still be added?
    pub fn is_open(self) -> bool {
        !matches!(self, Status::Ended | Status::Withdrawn)
    }

    /// Where a contract stands once a review exists and something about its sign-offs changed. A contract in force stays
    /// in force only while nothing took its sign-offs away.
    pub fn after_decisions(self, standing: &Standing) -> Status {
        match self {
            Status::Ended | Status::Withdrawn => self,
            Status::Active if standing.countersigned => Status::Active,
            _ if standing.rejected => Status::Rejected,
            _ if standing.countersigned => Status::Countersigned,
            _ => Status::InReview,
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Status {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        Status::ALL
            .into_iter()
            .find(|status| status.as_str() == word)
            .ok_or_else(|| format!("`{word}` is not a state of a contract"))
    }
}
