//! The pages. Each handler extracts, calls a use case, draws.

mod counsel;
mod exercises;
mod list;
mod own;
mod plan;
mod record;
mod report;
mod rules;
mod tabs;
mod triage;
mod words;

use axum::{
    Router,
    routing::{get, post},
};
use db::Store;

/// `store` is the only state.
pub(crate) fn routes(store: Store) -> Router {
    Router::new()
        .route("/incidents", get(list::show))
        .route("/incidents/new", get(report::form).post(report::send))
        .route("/incidents/rules", get(rules::all))
        .route("/incidents/rules/own", get(own::all).post(own::close))
        .route("/incidents/rules/own/new", get(own::form).post(own::add))
        .route("/incidents/rules/own/{id}", get(own::edit).post(own::save))
        .route("/incidents/rules/own/{id}/reopen", post(own::reopen))
        .route("/incidents/rules/{regime}/{duty}", get(rules::one))
        .route("/incidents/counsel", get(counsel::mine))
        .route("/incidents/counsel/{track}", get(counsel::show).post(counsel::act))
        .route("/incidents/counsel/{track}/log.xlsx", get(counsel::log))
        .route("/incidents/{id}", get(record::show))
        .route("/incidents/{id}/counsel", get(counsel::of_incident).post(counsel::open))
        .route("/incidents/{id}/live", get(record::live))
        .route("/incidents/{id}/facts", post(record::enter))
        .route("/incidents/{id}/facts.json", get(record::facts))
        .route("/incidents/{id}/clocks.ics", get(record::calendar))
        .route("/incidents/{id}/state", post(record::set_state))
        .route("/incidents/{id}/triage", post(triage::send))
        .route("/incidents/{id}/take", post(record::take))
        .merge(exercises::routes())
        .with_state(store.clone())
        .merge(plan::routes(store))
}
