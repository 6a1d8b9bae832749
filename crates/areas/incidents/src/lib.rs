//! Incidents: what happened, as dated facts with their source, and every clock that the law starts for it.
//!
//! The clocks themselves are reckoned by the `clocks` crate and never stored: they follow from the facts. What is kept is
//! what a new fact did to them. What contracts ask for is asked of their area, for the person who looks.

mod agenda;
mod api;
mod chain;
mod contract_clocks;
pub mod counsel;
pub mod exercises;
mod feeds;
mod ids;
mod incidents;
mod law;
pub mod logbook;
pub mod notices;
pub mod own_law;
mod pages;
pub mod plan;
pub mod register;
mod reminder_rules;
mod reminders;
pub mod rules;
mod store;
pub mod triage;

pub use contract_clocks::ContractNotice;
pub use feeds::{Feed, FeedId, SUBSCRIBE, calendar, feeds, make_feed, revoke_feed};
pub use ids::{
    ActionId, ChannelId, ClosureId, EvidenceId, ExerciseId, FactId, HoldId, ImprovementId, IncidentId, NoticeId,
    OwnRulesId, PlanId, PlanRoleId, PlanStepId, TrackId,
};
pub use incidents::*;
pub use law::{RuleFilter, known_flags, one_rule, rule_words, rules_of_law};
pub use reminder_rules::{
    EDIT_REMINDERS, ReminderRule, ReminderRuleId, add_reminder_rule, change_reminder_rule, reminder_rules,
    remove_reminder_rule,
};
pub use reminders::{Remind, Reminded};
pub use rules::{State, left};

pub const MIGRATIONS: &[db::Migration] = &[
    db::Migration { number: 1, name: "incidents", sql: include_str!("../migrations/0001_incidents.sql") },
    db::Migration { number: 2, name: "plan", sql: include_str!("../migrations/0002_plan.sql") },
    db::Migration { number: 4, name: "reminders", sql: include_str!("../migrations/0004_reminders.sql") },
    db::Migration { number: 3, name: "notices", sql: include_str!("../migrations/0003_notices.sql") },
    db::Migration { number: 5, name: "logbook", sql: include_str!("../migrations/0005_logbook.sql") },
    db::Migration { number: 6, name: "exercises", sql: include_str!("../migrations/0006_exercises.sql") },
    db::Migration { number: 7, name: "counsel", sql: include_str!("../migrations/0007_counsel.sql") },
    db::Migration { number: 8, name: "triage", sql: include_str!("../migrations/0008_triage.sql") },
    db::Migration { number: 9, name: "next due", sql: include_str!("../migrations/0009_next_due.sql") },
    db::Migration { number: 10, name: "own law", sql: include_str!("../migrations/0010_own_law.sql") },
];

/// What the area's pages and endpoints stand on. Cheap to clone.
#[derive(Clone)]
pub struct Incidents {
    pub store: db::Store,
    pub files: files::Files,
    /// The organisation's name, as it stands on papers.
    pub organisation: String,
}

/// The area, for the server's list.
pub fn area(incidents: Incidents) -> ui::Area {
    ui::Area {
        name: "incidents",
        nav: vec![
            ui::NavItem::new("Incidents", "/incidents", "alert-triangle", 30)
                .visible(|actor| !actor.is_of(kernel::Side::Vendor)),
        ],
        pages: pages::routes(incidents.clone()).merge(pages::logbook::routes(incidents.clone())),
        api: api::routes(incidents.store.clone()).merge(api::logbook::routes(incidents)),
        migrations: MIGRATIONS,
        jobs: vec![std::sync::Arc::new(Remind), std::sync::Arc::new(exercises::Deliver)],
    }
}
