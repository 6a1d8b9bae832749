//! The area from its use cases to its pages.

#![allow(clippy::unwrap_used, reason = "tests say what must hold by panicking")]

mod counsel;
mod exercises;
mod feeds;
mod logbook;
mod logbook_pages;
mod notices;
mod notices_pages;
mod own_law;
mod pages;
mod plan;
mod plan_pages;
mod register;
mod reminders;
mod triage;
mod use_cases;
