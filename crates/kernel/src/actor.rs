//! Who acts.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::{Date, PersonId, Side};

/// How the person came in; the ledger says it with each entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Via {
    Session,
    Token,
    /// A command on the server's own machine.
    Command,
    System,
}

impl Via {
    pub fn as_str(self) -> &'static str {
        match self {
            Via::Session => "session",
            Via::Token => "token",
            Via::Command => "command",
            Via::System => "system",
        }
    }
}

/// Someone else's right to sign for a side, lent until a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delegated {
    pub side: Side,
    pub from: PersonId,
    pub from_name: String,
    /// The last day on which it holds.
    pub until: Date,
}

/// The person who acts, as loaded at the start of the request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    pub person: PersonId,
    pub name: String,
    pub sides: BTreeSet<Side>,
    pub administrator: bool,
    pub via: Via,
    /// A token that may only read.
    pub read_only: bool,
    /// Only those that hold today.
    pub delegations: Vec<Delegated>,
}

impl Actor {
    /// The program itself.
    pub fn system() -> Self {
        Self {
            person: PersonId::SYSTEM,
            name: "Countersign".to_owned(),
            sides: BTreeSet::new(),
            administrator: false,
            via: Via::System,
            read_only: false,
            delegations: Vec::new(),
        }
    }

    pub fn is_system(&self) -> bool {
        self.person == PersonId::SYSTEM
    }

    /// Membership by one's own right. Delegation is looked at only where something is signed.
    pub fn is_of(&self, side: Side) -> bool {
        self.sides.contains(&side)
    }

    /// The sides that this person can sign for, by membership or by delegation. Privacy is Legal's side.
    pub fn signs_for(&self, side: Side) -> bool {
        self.is_of(side) || (side == Side::Legal && self.is_of(Side::Privacy)) || self.delegation_for(side).is_some()
    }

    /// The delegation by which this person would sign, when not by membership.
    pub fn delegation_for(&self, side: Side) -> Option<&Delegated> {
        if self.is_of(side) || (side == Side::Legal && self.is_of(Side::Privacy)) {
            return None;
        }
        self.delegations.iter().find(|lent| lent.side == side)
    }
}
