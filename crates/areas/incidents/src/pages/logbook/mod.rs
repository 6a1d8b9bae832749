//! The pages of the log book. A page holds several forms; the fields of each bear its word, so that a refused one comes back
//! open, with what was typed.

mod actions;
mod evidence;
mod holds;
mod log;
mod papers;

use axum::{
    Router,
    extract::DefaultBodyLimit,
    routing::{get, post},
};
use db::Cx;
use kernel::{FieldProblem, Refusal, RefusalKind};
use ui::FormState;

use crate::Incidents;

pub(crate) fn routes(log: Incidents) -> Router {
    let uploads = Router::new()
        .route("/incidents/{id}/evidence", get(evidence::list).post(evidence::collect))
        .layer(DefaultBodyLimit::max(super::upload::MAX_BODY));
    Router::new()
        .route("/incidents/actions", get(actions::list))
        .route("/incidents/actions.csv", get(actions::export))
        .route("/incidents/actions/{action}/done", post(actions::done))
        .route("/incidents/holds", get(holds::own))
        .route("/incidents/holds/{hold}/acknowledge", post(holds::acknowledge))
        .route("/incidents/{id}/log", get(log::show))
        .route("/incidents/{id}/log/decisions", post(log::decide))
        .route("/incidents/{id}/log/channels", post(log::open_channel))
        .route("/incidents/{id}/log/channels/{number}/end", post(log::end_channel))
        .route("/incidents/{id}/log/told", post(log::tell))
        .route("/incidents/{id}/log/costs", post(log::enter_cost))
        .route("/incidents/{id}/log/costs/strike", post(log::strike_cost))
        .route("/incidents/{id}/log/lessons", post(log::learn))
        .route("/incidents/{id}/log/actions", post(log::plan_action))
        .route("/incidents/{id}/log/actions/replan", post(log::replan_action))
        .route("/incidents/{id}/log/actions/{number}/done", post(log::finish_action))
        .route("/incidents/{id}/costs.xlsx", get(papers::costs_xlsx))
        .route("/incidents/{id}/costs.csv", get(papers::costs_csv))
        .route("/incidents/{id}/evidence.xlsx", get(papers::evidence_xlsx))
        .route("/incidents/{id}/evidence.csv", get(papers::evidence_csv))
        .route("/incidents/{id}/evidence/{number}", get(evidence::one))
        .route("/incidents/{id}/evidence/{number}/custody", post(evidence::hand_on))
        .route("/incidents/{id}/evidence/{number}/verify", post(evidence::verify))
        .route("/incidents/{id}/evidence/{number}/file", get(papers::file))
        .route("/incidents/{id}/evidence/{number}/custody.pdf", get(papers::custody))
        .route("/incidents/{id}/holds", post(holds::issue))
        .route("/incidents/{id}/holds/widen", post(holds::widen))
        .route("/incidents/{id}/holds/{number}/release", post(holds::release))
        .route("/incidents/{id}/situation.pdf", get(papers::situation))
        .route("/incidents/{id}/report.pdf", get(papers::report))
        .merge(uploads)
        .with_state(log)
}

/// The fields of a form, as they were sent.
type Fields = Vec<(String, String)>;

/// A field of one of the page's forms.
fn field(sent: &Fields, form: &str, name: &str) -> String {
    let named = |known: &str| known.strip_prefix(form).and_then(|rest| rest.strip_prefix('_')) == Some(name);
    sent.iter().find(|(known, _)| named(known)).map(|(_, value)| value.clone()).unwrap_or_default()
}

fn fields(sent: &Fields, form: &str, name: &str) -> Vec<String> {
    let named = |known: &str| known.strip_prefix(form).and_then(|rest| rest.strip_prefix('_')) == Some(name);
    sent.iter().filter(|(known, _)| named(known)).map(|(_, value)| value.clone()).collect()
}

/// A number that was chosen from a list; nothing chosen is nothing.
fn chosen(sent: &Fields, form: &str, name: &str) -> Option<i64> {
    field(sent, form, name).parse().ok()
}

/// A record that was chosen with the revision in which it was seen: `4-1`.
fn seen(sent: &Fields, form: &str, name: &str) -> Result<(i64, i64), Refusal> {
    let text = field(sent, form, name);
    let parts =
        text.split_once('-').and_then(|(number, revision)| Some((number.parse().ok()?, revision.parse().ok()?)));
    parts.ok_or_else(|| Refusal::field(name, "choose one"))
}

/// The same refusal with the fields named as the form names them. A file is named alike in all forms.
fn of_form(mut refusal: Refusal, form: &str) -> Refusal {
    for FieldProblem { field, .. } in &mut refusal.fields {
        if field != "file" && !form.is_empty() {
            *field = format!("{form}_{field}");
        }
    }
    refusal
}

/// Whether a form that is drawn again could mend it.
fn mendable(refusal: &Refusal) -> bool {
    use RefusalKind::{Conflict, Invalid, Stale, TooLarge};
    matches!(refusal.kind, Invalid | Stale | Conflict | TooLarge)
}

/// The form that was refused, so that it is drawn open.
fn open(form: &FormState) -> String {
    if form.is_refused() { form.value("form").to_owned() } else { String::new() }
}

/// People for a picker, without whoever looks: that is "myself".
async fn others(cx: &mut Cx) -> Result<Vec<(String, String)>, Refusal> {
    let own = cx.actor.person;
    let people = people::people_to_choose_from(cx).await?;
    Ok(people
        .into_iter()
        .filter(|person| person.id != own)
        .map(|person| (person.id.to_string(), person.name))
        .collect())
}

fn shortened(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= 80 {
        return line;
    }
    let head: String = line.chars().take(79).collect();
    format!("{}…", head.trim_end())
}
