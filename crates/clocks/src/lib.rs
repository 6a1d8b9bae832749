//! Legal time: when something must be told to whom, by which law, counted from which event.
//!
//! Rules and holidays are data (`rules/`, `calendars/`). [`evaluate`] asks each rule about the facts of one incident, and
//! answers with the instant at which it's due and the reasons, or with what is missing. It never guesses a date, knows no
//! clock, and keeps nothing.
//!
//! ```
//! let facts = serde_json::json!({
//!     "events": { "aware": "2026-11-23T14:20[Europe/Paris]" },
//!     "actor": { "roles": ["controller"], "establishments": ["FR"] },
//!     "data": { "categories": ["contact"] }
//! });
//! let facts = clocks::Facts::from_json(&facts).expect("an object");
//! let book = clocks::shipped();
//! let duties = clocks::evaluate(&book.rules, &book.calendars, &facts, clocks::Options::default());
//! let gdpr = duties.iter().find(|duty| duty.rule == "eu-gdpr/authority").expect("a rule of ours");
//! assert_eq!(gdpr.due_there.as_deref(), Some("2026-11-26T14:20:00+01:00"));
//! ```

mod base;
pub mod calendar;
pub mod condition;
mod count;
pub mod duty;
mod evaluate;
pub mod facts;
pub mod moment;
pub mod place;
mod problem;
mod readings;
pub mod rule;
mod rule_file;
mod schema;
mod shipped;
mod toml_date;
pub mod words;

pub use calendar::{Calendar, Calendars, Closure};
pub use duty::{Duty, Reading, Status};
pub use evaluate::{Options, evaluate};
pub use facts::Facts;
pub use moment::Moment;
pub use problem::Problem;
pub use rule::Rule;
pub use schema::schema;
pub use shipped::{Book, shipped, tzdb_version};
