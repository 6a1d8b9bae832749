//! The area from its use cases to its pages.

#![allow(clippy::unwrap_used, reason = "tests say what must hold by panicking")]

mod counsel;
mod exercises;
mod own_law;
mod pages;
mod plan;
mod plan_pages;
mod triage;
mod use_cases;
