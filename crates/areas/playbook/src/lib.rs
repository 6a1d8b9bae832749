//! The playbook: for each topic of a contract what we prefer, what we can live with, what we refuse, and who must
//! approve a deviation. A page and not a constant; versioned, so that a review can name the version it was made with.
//!
//! Contracts ask for a [`version`] and hand its `body` to `clauses::compare`. Knows no contract.

mod ids;
mod playbooks;
pub mod rules;
mod store;

pub use ids::{PlaybookId, VersionId};
pub use playbooks::*;

pub const MIGRATIONS: &[db::Migration] =
    &[db::Migration { number: 1, name: "playbooks", sql: include_str!("../migrations/0001_playbooks.sql") }];
