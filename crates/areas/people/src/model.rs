//! The records of this area as its use cases give them out. None of them holds a secret.

use std::collections::BTreeSet;

use kernel::{Date, Instant, PersonId, Side};

kernel::id!(
    /// A signed-in browser.
    SessionId
);
kernel::id!(
    /// An API token.
    TokenId
);
kernel::id!(
    /// A signature lent.
    DelegationId
);
kernel::id!(
    /// An invitation, or a link for a new password.
    InvitationId
);

/// A person of the directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonRecord {
    pub id: PersonId,
    pub name: String,
    pub email: String,
    pub title: String,
    pub department: String,
    pub sides: BTreeSet<Side>,
    pub administrator: bool,
    pub active: bool,
    /// The last day on which the account works.
    pub access_until: Option<Date>,
    pub second_factor: bool,
    pub created_at: Instant,
    pub revision: i64,
    pub(crate) name_folded: String,
}

impl PersonRecord {
    /// Can this person sign in on that day?
    pub fn works_on(&self, day: Date) -> bool {
        self.active && self.access_until.is_none_or(|last| day <= last)
    }
}

/// As much of a person as a picker needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    pub id: PersonId,
    pub name: String,
    pub sides: BTreeSet<Side>,
}

#[derive(Debug, Clone)]
pub struct Session {
    pub id: SessionId,
    pub created_at: Instant,
    pub last_seen_at: Instant,
    pub ip: String,
    pub user_agent: String,
    pub second_factor_done: bool,
}

#[derive(Debug, Clone)]
pub struct ApiToken {
    pub id: TokenId,
    pub name: String,
    pub read_only: bool,
    pub created_at: Instant,
    pub expires_at: Instant,
    pub last_used_at: Option<Instant>,
    pub revoked_at: Option<Instant>,
}

#[derive(Debug, Clone)]
pub struct Delegation {
    pub id: DelegationId,
    pub side: Side,
    pub from: PersonId,
    pub from_name: String,
    pub to: PersonId,
    pub to_name: String,
    pub starts_on: Date,
    /// The last day on which it holds.
    pub ends_on: Date,
    pub reason: String,
    pub revoked_at: Option<Instant>,
}

impl Delegation {
    /// Neither over nor revoked; it may lie ahead.
    pub fn is_open(&self, today: Date) -> bool {
        self.revoked_at.is_none() && self.ends_on >= today
    }
}

/// An invitation that waits to be taken up.
#[derive(Debug, Clone)]
pub struct Invitation {
    pub id: InvitationId,
    /// The account whose password the link sets, when it is no invitation of someone new.
    pub person: Option<PersonId>,
    pub email: String,
    pub name: String,
    pub title: String,
    pub department: String,
    pub sides: BTreeSet<Side>,
    pub administrator: bool,
    pub access_until: Option<Date>,
    pub invited_by_name: String,
    pub expires_at: Instant,
}
