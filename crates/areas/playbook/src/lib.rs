//! The playbook: for each topic of a contract what we prefer, what we can live with, what we refuse, and who must
//! approve a deviation. A page and not a constant; versioned, so that a review can name the version it was made with.
//!
//! Contracts ask for a [`version`] and hand its `body` to `clauses::compare`. Knows no contract.

mod api;
mod ids;
mod pages;
mod playbooks;
pub mod rules;
mod store;
mod trying;

pub use ids::{PlaybookId, VersionId};
pub use playbooks::*;
pub use trying::{TRY_LIMIT, Tried, try_position};

pub const MIGRATIONS: &[db::Migration] =
    &[db::Migration { number: 1, name: "playbooks", sql: include_str!("../migrations/0001_playbooks.sql") }];

/// The area, for the server's list.
pub fn area(store: db::Store) -> ui::Area {
    ui::Area {
        name: "playbook",
        nav: vec![
            ui::NavItem::new("Playbook", "/playbook", "book-2", 40).visible(|actor| !actor.is_of(kernel::Side::Vendor)),
        ],
        pages: pages::routes(store.clone()),
        api: api::routes(store),
        migrations: MIGRATIONS,
        jobs: Vec::new(),
    }
}
