//! Incidents: what happened, as dated facts with their source, and every clock that the law starts for it.
//!
//! The clocks themselves are reckoned by the `clocks` crate and never stored: they follow from the facts. What is kept is
//! what a new fact did to them. What contracts ask for is asked of their area, for the person who looks.

mod agenda;
mod api;
mod contract_clocks;
pub mod counsel;
pub mod exercises;
mod ids;
mod incidents;
mod law;
pub mod own_law;
mod pages;
pub mod plan;
pub mod rules;
mod store;
pub mod triage;

pub use contract_clocks::ContractNotice;
pub use ids::{
    ClosureId, ExerciseId, FactId, ImprovementId, IncidentId, OwnRulesId, PlanId, PlanRoleId, PlanStepId, TrackId,
};
pub use incidents::*;
pub use law::{RuleFilter, known_flags, one_rule, rule_words, rules_of_law};
pub use rules::{State, left};

pub const MIGRATIONS: &[db::Migration] = &[
    db::Migration { number: 1, name: "incidents", sql: include_str!("../migrations/0001_incidents.sql") },
    db::Migration { number: 2, name: "plan", sql: include_str!("../migrations/0002_plan.sql") },
    db::Migration { number: 6, name: "exercises", sql: include_str!("../migrations/0006_exercises.sql") },
    db::Migration { number: 7, name: "counsel", sql: include_str!("../migrations/0007_counsel.sql") },
    db::Migration { number: 8, name: "triage", sql: include_str!("../migrations/0008_triage.sql") },
    db::Migration { number: 9, name: "next due", sql: include_str!("../migrations/0009_next_due.sql") },
    db::Migration { number: 10, name: "own law", sql: include_str!("../migrations/0010_own_law.sql") },
];

/// The area, for the server's list.
pub fn area(store: db::Store) -> ui::Area {
    ui::Area {
        name: "incidents",
        nav: vec![
            ui::NavItem::new("Incidents", "/incidents", "alert-triangle", 30)
                .visible(|actor| !actor.is_of(kernel::Side::Vendor)),
        ],
        pages: pages::routes(store.clone()),
        api: api::routes(store),
        migrations: MIGRATIONS,
        jobs: vec![std::sync::Arc::new(exercises::Deliver)],
    }
}
