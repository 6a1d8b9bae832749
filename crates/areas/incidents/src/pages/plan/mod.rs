//! The pages of the response plan: the version in force, the draft, and what an incident took over.

mod document;
mod draft;
mod forms;
mod incident;

use axum::{
    Router,
    routing::{get, post},
};
use db::{Cx, Store};
use ui::{Mark, Tone};

use super::words::when;
use crate::{
    plan::{Plan, PlanState, Progress},
    rules::plan::{Document, Holder, Kind, Track, minutes_said},
};

pub(super) fn routes(store: Store) -> Router {
    Router::new()
        .route("/incidents/plan", get(document::show))
        .route("/incidents/plan/versions/{number}", get(document::one))
        .route("/incidents/plan/draft", get(draft::show).post(draft::begin))
        .route("/incidents/plan/draft/about", post(draft::about))
        .route("/incidents/plan/draft/sign", post(draft::sign))
        .route("/incidents/plan/draft/discard", post(draft::discard))
        .route("/incidents/plan/draft/roles/new", get(forms::new_role).post(forms::add_role))
        .route("/incidents/plan/draft/roles/{role}", get(forms::role).post(forms::save_role))
        .route("/incidents/plan/draft/roles/{role}/remove", post(draft::remove_role))
        .route("/incidents/plan/draft/steps/new", get(forms::new_step).post(forms::add_step))
        .route("/incidents/plan/draft/steps/{step}", get(forms::step).post(forms::save_step))
        .route("/incidents/plan/draft/steps/{step}/move", post(draft::move_step))
        .route("/incidents/plan/draft/steps/{step}/remove", post(draft::remove_step))
        .route("/incidents/{id}/plan", get(incident::show).post(incident::start))
        .route("/incidents/{id}/plan/kinds", post(incident::narrow))
        .route("/incidents/{id}/plan/live", get(incident::live))
        .route("/incidents/{id}/plan/{number}", post(incident::act))
        .with_state(store)
}

/// "3 of 23 steps closed, 2 overdue"
pub(super) fn progress_said(progress: Progress) -> String {
    let overdue = if progress.overdue > 0 { format!(", {} overdue", progress.overdue) } else { String::new() };
    format!("{} of {} steps closed{overdue}", progress.closed, progress.steps)
}

/// A role as both the document and the draft draw it.
struct RoleRow {
    id: String,
    name: String,
    people: &'static str,
    leads: bool,
    person: String,
    deputy: String,
}

struct StepRow {
    id: String,
    title: String,
    what: String,
    role: String,
    /// "Samira Haddad, else Theo Park"
    who: String,
    within: String,
    follows: String,
    kinds: String,
    first: bool,
    last: bool,
}

struct TrackRows {
    word: &'static str,
    label: &'static str,
    steps: Vec<StepRow>,
}

/// A side's place for its signature.
struct SignRow {
    label: &'static str,
    name: String,
    when: String,
}

fn name(holder: Option<&Holder>) -> String {
    holder.map(|holder| holder.name.clone()).unwrap_or_default()
}

fn role_rows(document: &Document) -> Vec<RoleRow> {
    document
        .roles
        .iter()
        .map(|role| RoleRow {
            id: role.id.to_string(),
            name: role.name.clone(),
            people: role.side.people(),
            leads: role.leads,
            person: name(role.person.as_ref()),
            deputy: name(role.deputy.as_ref()),
        })
        .collect()
}

fn track_rows(document: &Document) -> Vec<TrackRows> {
    let of = |track: Track| {
        let count = document.track(track).count();
        document.track(track).enumerate().map(move |(at, step)| {
            let role = document.role(step.role);
            let person = role.and_then(|role| role.person.as_ref());
            let deputy = role.and_then(|role| role.deputy.as_ref());
            StepRow {
                id: step.id.to_string(),
                title: step.title.clone(),
                what: step.what.clone(),
                role: role.map_or_else(|| "Nobody yet".to_owned(), |role| role.name.clone()),
                who: match (person, deputy) {
                    (Some(person), Some(deputy)) => format!("{}, else {}", person.name, deputy.name),
                    (person, deputy) => name(person.or(deputy)),
                },
                within: step.within.map(minutes_said).unwrap_or_default(),
                follows: document.step(step.follows).map(|step| step.title.clone()).unwrap_or_default(),
                kinds: Kind::said(&step.kinds),
                first: at == 0,
                last: at + 1 == count,
            }
        })
    };
    Track::ALL
        .into_iter()
        .map(|track| TrackRows { word: track.as_str(), label: track.label(), steps: of(track).collect() })
        .collect()
}

fn sign_rows(cx: &Cx, plan: &Plan) -> Vec<SignRow> {
    [(kernel::Side::Legal, "Legal"), (kernel::Side::Security, "Security")]
        .into_iter()
        .map(|(side, label)| {
            let signature = plan.signature(side);
            SignRow {
                label,
                name: signature.map(|signature| signature.person_name.clone()).unwrap_or_default(),
                when: signature.map(|signature| when(cx, signature.signed_at)).unwrap_or_default(),
            }
        })
        .collect()
}

fn plan_mark(state: PlanState) -> Mark {
    match state {
        PlanState::Draft => Mark::new("Draft", "circle-dashed", Tone::Info),
        PlanState::InForce => Mark::new("In force", "writing-sign", Tone::Good),
        PlanState::Retired => Mark::new("Retired", "history", Tone::Quiet),
        PlanState::Discarded => Mark::new("Discarded", "ban", Tone::Quiet),
    }
}
