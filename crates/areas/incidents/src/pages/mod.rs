//! The pages. Each handler extracts, calls a use case, draws.

mod counsel;
mod exercises;
mod feed;
mod list;
pub(crate) mod logbook;
mod notice_form;
mod notice_list;
mod notice_sending;
mod notices;
mod own;
mod plan;
mod record;
mod register;
mod reminders;
mod report;
mod rules;
mod tabs;
mod told;
mod triage;
mod upload;
pub(crate) mod words;

use axum::{
    Router,
    extract::DefaultBodyLimit,
    routing::{get, post},
};

use crate::Incidents;

pub(crate) fn routes(incidents: Incidents) -> Router {
    let store = incidents.store.clone();
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
        .route("/incidents/reminders", get(reminders::show).post(reminders::add))
        .route("/incidents/reminders/{id}", post(reminders::change))
        .route("/incidents/reminders/{id}/remove", post(reminders::remove))
        .route("/incidents/feed", get(feed::show).post(feed::make))
        .route("/incidents/feed/{id}", get(feed::calendar))
        .route("/incidents/feed/{id}/revoke", post(feed::revoke))
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
        .merge(notice_routes(incidents))
}

/// Notices and the register, which need the files, too.
fn notice_routes(incidents: Incidents) -> Router {
    let uploads = Router::new()
        .route("/incidents/{id}/notices/{notice}/sent", post(notice_sending::record))
        .layer(DefaultBodyLimit::max(notice_sending::MAX_BODY));
    Router::new()
        .route("/incidents/counsel/{track}/report.pdf", get(counsel::report))
        .route("/incidents/register", get(register::show))
        .route("/incidents/register.xlsx", get(register::xlsx))
        .route("/incidents/register.json", get(register::json))
        .route("/incidents/{id}/notices", get(notice_list::all).post(notice_list::draft))
        .route("/incidents/{id}/notices/{notice}", get(notices::show).post(notices::save))
        .route("/incidents/{id}/notices/{notice}/approve", post(notices::approve))
        .route("/incidents/{id}/notices/{notice}/discard", post(notices::discard))
        .route("/incidents/{id}/notices/{notice}/proof", get(notice_sending::proof))
        .route("/incidents/{id}/notices/{notice}/notice.pdf", get(notice_sending::paper))
        .route("/incidents/{id}/notices/{notice}/form", get(notice_form::show).post(notice_form::save))
        .route("/incidents/{id}/notices/{notice}/form.json", get(notice_form::file))
        .merge(uploads)
        .with_state(incidents)
}
