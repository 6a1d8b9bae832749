//! The pages of exercises. Each handler extracts, calls a use case, draws; who reads ahead is decided there.

mod list;
mod one;
mod report;
mod scenarios;

use axum::{
    Router,
    routing::{get, post},
};
use db::{Cx, Store};
use kernel::Instant;
use ui::{Mark, Tone};

use crate::exercises::ExerciseState;

pub(super) fn routes() -> Router<Store> {
    Router::new()
        .route("/incidents/exercises", get(list::show))
        .route("/incidents/exercises/new", get(list::form).post(list::send))
        .route("/incidents/exercises/scenarios", get(scenarios::show).post(scenarios::add))
        .route("/incidents/exercises/{id}", get(one::show))
        .route("/incidents/exercises/{id}/act", post(one::act))
        .route("/incidents/exercises/{id}/report", get(report::show))
        .route("/incidents/exercises/{id}/report.md", get(report::markdown))
        .route("/incidents/exercises/{id}/report.json", get(report::json))
}

fn mark(state: ExerciseState) -> Mark {
    match state {
        ExerciseState::Planned => Mark::new("Planned", "calendar", Tone::Info),
        ExerciseState::Running => Mark::new("Running", "clock", Tone::Warn),
        ExerciseState::Paused => Mark::new("Clock stands", "hourglass", Tone::Quiet),
        ExerciseState::Ended => Mark::new("Ended", "circle-check", Tone::Good),
        ExerciseState::Cancelled => Mark::new("Called off", "circle-minus", Tone::Quiet),
    }
}

fn rating_mark(rating: Option<i64>) -> Mark {
    match rating {
        None => Mark::new("Not rated", "circle-dashed", Tone::Quiet),
        Some(0) => Mark::new("0 · not done", "circle-x", Tone::Bad),
        Some(1) => Mark::new("1 · hardly", "alert-triangle", Tone::Warn),
        Some(2) => Mark::new("2 · mostly", "check", Tone::Fair),
        Some(_) => Mark::new("3 · fully", "circle-check", Tone::Good),
    }
}

/// A simulated instant, in the zone in which the story is told.
fn told(at: Instant, zone: &str) -> String {
    let zone = clocks::moment::zone(zone).unwrap_or(jiff::tz::TimeZone::UTC);
    at.timestamp().to_zoned(zone).strftime("%a %-d %b %Y, %H:%M").to_string()
}

/// A real instant, in the organisation's zone.
fn real(cx: &Cx, at: Instant) -> String {
    super::words::when(cx, at)
}
