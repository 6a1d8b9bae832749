//! The response plan at work in one incident: the steps of both tracks with the time they have left.

use askama::Template;
use axum::{extract::State as Shared, http::StatusCode, response::IntoResponse};
use db::{Cx, Store, transact};
use kernel::{Instant, PersonId, Refusal};
use serde::Deserialize;
use ui::{FormState, Mark, PageCx, PageForm, PagePath, PageQuery, PageResult, Shell, Tone, redirect_with_flash};

use super::{draft::revision_of, name, progress_said, when};
use crate::{
    Incident, IncidentId, State, can_edit, left,
    pages::tabs::{Tab, TabLink, tabs},
    plan::{self, Act, IncidentStep, Progress, Running, StepState},
    rules::plan::{Kind, Track},
};

struct Row {
    number: i64,
    title: String,
    what: String,
    role: String,
    person: String,
    deputy: String,
    mine: bool,
    due: String,
    due_at: String,
    left: String,
    mark: Mark,
    kinds: String,
    /// The step before, while it is open.
    waits: String,
    open: bool,
    closed: String,
    note: String,
    revision: i64,
    /// Those to whom it can go, the deputy first.
    people: Vec<(String, String)>,
}

struct TrackShown {
    label: &'static str,
    closed: usize,
    rows: Vec<Row>,
}

#[derive(Template)]
#[template(path = "incidents_plan_running.html", blocks = ["live"])]
struct Page {
    shell: Shell,
    tabs: Vec<TabLink>,
    base: String,
    /// What the page shows; the browser asks now and then whether it still holds.
    pulse: String,
    is_exercise: bool,
    can_edit: bool,
    started: Option<String>,
    version: i64,
    progress: Progress,
    progress_said: String,
    tracks: Vec<TrackShown>,
    /// Kinds of incident that open steps are meant for.
    kinds: Vec<(&'static str, &'static str)>,
    has_plan: bool,
    is_open: bool,
    form: FormState,
    /// The step whose form was refused.
    refused: i64,
}

fn mark(step: &IncidentStep, now: Instant) -> Mark {
    match (step.state, step.due_at.map(|due| due.seconds_since(now))) {
        (StepState::Done, _) => Mark::new("Done", "circle-check", Tone::Good),
        (StepState::NotNeeded, _) => Mark::new("Not needed", "circle-minus", Tone::Quiet),
        (StepState::Open, Some(..0)) => Mark::new("Overdue", "alert-circle", Tone::Bad),
        (StepState::Open, Some(0..3600)) => Mark::new("Due within an hour", "hourglass", Tone::Warn),
        (StepState::Open, _) => Mark::new("Open", "clock", Tone::Info),
    }
}

fn row(cx: &Cx, step: &IncidentStep, all: &Running, now: Instant, choices: &[people::Person]) -> Row {
    let before = step.follows.and_then(|number| all.steps.iter().find(|other| other.number == number));
    let open = step.state == StepState::Open;
    let deputy = step.deputy.as_ref().map(|holder| holder.id);
    let others = choices.iter().filter(|person| step.person.as_ref().is_none_or(|holder| holder.id != person.id));
    let mut people: Vec<_> = others.map(|person| (person.id, person.name.clone())).collect();
    people.sort_by_key(|(id, _)| Some(*id) != deputy);
    let said = |(id, name): (PersonId, String)| {
        (id.to_string(), if Some(id) == deputy { format!("{name} (deputy)") } else { name })
    };
    Row {
        number: step.number,
        title: step.title.clone(),
        what: step.what.clone(),
        role: step.role.clone(),
        person: name(step.person.as_ref()),
        deputy: name(step.deputy.as_ref()),
        mine: open && step.person.as_ref().is_some_and(|holder| holder.id == cx.actor.person),
        due: step.due_at.map(|due| when(cx, due)).unwrap_or_default(),
        due_at: step.due_at.map(|due| due.to_string()).unwrap_or_default(),
        left: step.due_at.filter(|_| open).map(|due| left(due.seconds_since(now))).unwrap_or_default(),
        mark: mark(step, now),
        kinds: Kind::said(&step.kinds),
        waits: before
            .filter(|other| open && other.state == StepState::Open)
            .map(|other| other.title.clone())
            .unwrap_or_default(),
        open,
        closed: step.closed_at.map(|at| format!("{}, {}", step.closed_by_name, when(cx, at))).unwrap_or_default(),
        note: step.note.clone(),
        revision: step.revision,
        people: people.into_iter().map(said).collect(),
    }
}

async fn drawn(cx: &mut Cx, page: &PageCx, id: IncidentId, form: FormState, refused: i64) -> Result<Page, Refusal> {
    let (incident, running) = plan::running(cx, id).await?;
    let can_edit = can_edit(cx, &incident);
    let choices = if can_edit && running.is_some() { plan::choices(cx).await? } else { Vec::new() };
    let progress = plan::progress(cx, &incident).await?;
    let has_plan = running.is_some() || plan::in_force(cx).await?.is_some();
    let now = crate::incidents::now_of(cx, &incident);
    let tracks = running
        .iter()
        .flat_map(|running| Track::ALL.map(|track| (running, track)))
        .map(|(running, track)| {
            let of_track = running.steps.iter().filter(|step| step.track == track);
            TrackShown {
                label: track.label(),
                closed: of_track.clone().filter(|step| step.state != StepState::Open).count(),
                rows: of_track.map(|step| row(cx, step, running, now, &choices)).collect(),
            }
        })
        .collect();
    let tabs = tabs(cx, &incident, Tab::Plan).await?;
    let asked = |kind: &Kind| {
        let steps = running.iter().flat_map(|running| &running.steps);
        steps.clone().any(|step| step.state == StepState::Open && step.kinds.contains(kind))
    };
    let kinds = Kind::ALL.into_iter().filter(asked).map(|kind| (kind.as_str(), kind.label())).collect();
    let Incident { number, ref title, state, is_exercise, .. } = incident;
    Ok(Page {
        shell: page.shell(format!("Incident {number}")).crumb("Incidents", "/incidents").subtitle(title.clone()).wide(),
        tabs,
        base: format!("/incidents/{id}"),
        pulse: crate::pulse(cx, id).await?,
        is_exercise,
        can_edit,
        started: running
            .as_ref()
            .map(|running| format!("{} by {}", when(cx, running.started_at), running.started_by_name)),
        version: running.as_ref().map(|running| running.version).unwrap_or_default(),
        progress,
        progress_said: progress_said(progress),
        tracks,
        kinds,
        has_plan,
        is_open: state == State::Open,
        form,
        refused,
    })
}

pub(super) async fn show(Shared(store): Shared<Store>, page: PageCx, PagePath(id): PagePath<IncidentId>) -> PageResult {
    let mut cx = store.read(&page.actor).await?;
    page.render(&drawn(&mut cx, &page, id, FormState::new(), 0).await?)
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Seen {
    seen: String,
}

/// What changed since on the other side: nothing, or the steps anew.
pub(super) async fn live(
    Shared(store): Shared<Store>,
    page: PageCx,
    PagePath(id): PagePath<IncidentId>,
    PageQuery(asked): PageQuery<Seen>,
) -> PageResult {
    let mut cx = store.read(&page.actor).await?;
    if crate::pulse(&mut cx, id).await? == asked.seen {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    let drawn = drawn(&mut cx, &page, id, FormState::new(), 0).await?;
    page.render(&drawn.as_live())
}

pub(super) async fn start(
    Shared(store): Shared<Store>,
    page: PageCx,
    PagePath(id): PagePath<IncidentId>,
) -> PageResult {
    transact!(store, &page.actor, |cx| plan::start(cx, id).await)?;
    Ok(redirect_with_flash(&format!("/incidents/{id}/plan"), "The response plan runs now."))
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Kinds {
    kinds: Vec<String>,
}

pub(super) async fn narrow(
    Shared(store): Shared<Store>,
    page: PageCx,
    PagePath(id): PagePath<IncidentId>,
    PageForm(sent, _): PageForm<Kinds>,
) -> PageResult {
    let kinds = Kind::read_list(&sent.kinds.join(","));
    let told = match transact!(store, &page.actor, |cx| plan::narrow(cx, id, &kinds).await)? {
        0 => "Every step that is left fits.".to_owned(),
        1 => "One step is not needed.".to_owned(),
        many => format!("{many} steps are not needed."),
    };
    Ok(redirect_with_flash(&format!("/incidents/{id}/plan"), &told))
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Sent {
    act: String,
    note: String,
    person: String,
    revision: String,
}

pub(super) async fn act(
    Shared(store): Shared<Store>,
    page: PageCx,
    PagePath((id, number)): PagePath<(IncidentId, i64)>,
    PageForm(sent, form): PageForm<Sent>,
) -> PageResult {
    crate::ensure_editable(&mut store.read(&page.actor).await?, id).await?;
    let outcome = match Act::read(&sent.act, &sent.person) {
        Ok(act) => {
            let revision = revision_of(&sent.revision);
            transact!(store, &page.actor, |cx| plan::act(cx, id, number, act, &sent.note, revision).await)
        }
        Err(refusal) => Err(refusal),
    };
    match outcome {
        Ok(()) => Ok(redirect_with_flash(&format!("/incidents/{id}/plan#step-{number}"), "Done.")),
        Err(refusal) => {
            let mut cx = store.read(&page.actor).await?;
            let drawn = drawn(&mut cx, &page, id, form.refused(&refusal), number).await?;
            page.again(refusal, |_| drawn)
        }
    }
}
