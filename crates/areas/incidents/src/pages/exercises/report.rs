//! The after-action report: a page that prints, and the same as Markdown and JSON.

use askama::Template;
use axum::{
    extract::State as Shared,
    http::header,
    response::{IntoResponse, Response},
};
use db::{Cx, Store};
use kernel::Refusal;
use ui::{FormState, PageCx, PageError, PagePath, PageResult, Shell};

use super::{
    one::{Action, actions},
    real, told,
};
use crate::{
    ExerciseId,
    exercises::{self, Act, AfterAction, Improvement},
    rules::{rating::words, scenario::lasting},
};

struct Line {
    at: String,
    when: String,
    real: String,
    who: String,
    what: String,
    icon: &'static str,
}

struct Item {
    id: String,
    text: String,
    owner: String,
    due: String,
    overdue: bool,
    closed: String,
    closing: String,
    revision: i64,
}

struct Before {
    href: String,
    number: i64,
    when: String,
    mean: String,
    other_text: bool,
    changed: Vec<(String, &'static str, &'static str)>,
    still_open: Vec<Item>,
}

#[derive(Template)]
#[template(path = "incidents_exercise_report.html")]
struct Page {
    shell: Shell,
    act: String,
    base: String,
    facts: Vec<(&'static str, String)>,
    report: AfterAction,
    actions: Vec<Action>,
    lines: Vec<Line>,
    improvements: Vec<Item>,
    before: Option<Before>,
    people: Vec<(String, String)>,
    conducts: bool,
    can_improve: bool,
    incident: String,
    form: FormState,
}

fn line(cx: &Cx, act: &Act, zone: &str) -> Line {
    Line {
        at: act.simulated_at.unwrap_or(act.real_at).to_string(),
        when: act.simulated_at.map(|at| told(at, zone)).unwrap_or_default(),
        real: real(cx, act.real_at),
        who: act.who.clone(),
        what: act.what.clone(),
        icon: match act.kind {
            "inject" => "mail",
            "fact" => "pencil",
            "clock" => "user",
            "step" => "check",
            "state" => "flag",
            "note" => "message",
            _ => "clock",
        },
    }
}

fn item(cx: &Cx, improvement: &Improvement) -> Item {
    Item {
        id: improvement.id.to_string(),
        text: improvement.text.clone(),
        owner: improvement.owner_name.clone(),
        due: improvement.due.long(),
        overdue: improvement.closed_at.is_none() && improvement.due < cx.today(),
        closed: improvement.closed_at.map(|at| real(cx, at)).unwrap_or_default(),
        closing: improvement.closing.clone(),
        revision: improvement.revision,
    }
}

async fn drawn(page: &PageCx, cx: &mut Cx, id: ExerciseId, form: FormState) -> Result<Page, Refusal> {
    let report = exercises::after_action(cx, id).await?;
    let exercise = &report.exercise;
    let can_improve = exercises::can_improve(cx, exercise);
    let people = if can_improve { exercises::possible_players(cx).await? } else { Vec::new() };
    let mean = report.mean.clone().map_or_else(|| "none".to_owned(), |mean| format!("{mean} of 3"));
    let mut facts = vec![
        ("Held", exercise.started_at.map(|at| real(cx, at)).unwrap_or_default()),
        ("Conducted by", exercise.facilitator_name.clone()),
        ("It took", format!("{}, for {} of story", lasting(report.real_seconds), lasting(report.simulated_seconds))),
        ("Mean rating", mean),
        ("Scenario’s hash", exercise.scenario_hash.chars().take(12).collect()),
    ];
    let own = report.done_by.iter().map(|(name, count)| format!("{name} ({count})")).collect::<Vec<_>>();
    facts.push(("Who did how much", own.join(", ")));
    let before = report.before.as_ref().map(|before| Before {
        href: format!("/incidents/exercises/{}/report", before.id),
        number: before.number,
        when: before.ended_at.map(|at| real(cx, at)).unwrap_or_default(),
        mean: before.mean.clone().unwrap_or_else(|| "none".to_owned()),
        other_text: before.other_text,
        changed: before.changed.iter().map(|(what, was, is)| (what.clone(), words(*was), words(*is))).collect(),
        still_open: before.still_open.iter().map(|improvement| item(cx, improvement)).collect(),
    });
    let form = if form.is_refused() || !form.value("kind").is_empty() {
        form
    } else {
        form.with("debrief", &exercise.debrief)
    };
    Ok(Page {
        shell: page
            .shell(format!("Report of exercise {}", exercise.number))
            .crumb("Incidents", "/incidents")
            .crumb("Exercises", "/incidents/exercises")
            .crumb(format!("Exercise {}", exercise.number), format!("/incidents/exercises/{id}"))
            .subtitle(exercise.scenario_title.clone())
            .wide(),
        act: format!("/incidents/exercises/{id}/act"),
        base: format!("/incidents/exercises/{id}"),
        facts,
        actions: actions(&report.rated, &report.zone),
        lines: report.timeline.iter().map(|act| line(cx, act, &report.zone)).collect(),
        improvements: report.improvements.iter().map(|improvement| item(cx, improvement)).collect(),
        before,
        people: people.into_iter().map(|person| (person.id.to_string(), person.name)).collect(),
        conducts: exercises::can_run(cx, exercise),
        can_improve,
        incident: exercise.incident.map(|incident| format!("/incidents/{incident}")).unwrap_or_default(),
        report,
        form,
    })
}

pub(super) async fn show(Shared(store): Shared<Store>, page: PageCx, PagePath(id): PagePath<ExerciseId>) -> PageResult {
    let drawn = drawn(&page, &mut store.read(&page.actor).await?, id, FormState::new()).await?;
    page.render(&drawn)
}

/// Draws it again after a form on it was refused.
pub(super) async fn again(page: &PageCx, cx: &mut Cx, id: ExerciseId, refusal: Refusal, form: FormState) -> PageResult {
    let again = drawn(page, cx, id, form).await?;
    page.again(refusal, |refusal| Page { form: again.form.clone().refused(refusal), ..again })
}

pub(super) async fn markdown(
    Shared(store): Shared<Store>,
    page: PageCx,
    PagePath(id): PagePath<ExerciseId>,
) -> PageResult {
    let mut cx = store.read(&page.actor).await?;
    let report = exercises::after_action(&mut cx, id).await?;
    let text = exercises::markdown(&report, &cx.world().zone());
    Ok(file("text/markdown; charset=utf-8", &format!("EXERCISE-{}-report.md", report.exercise.number), text))
}

pub(super) async fn json(Shared(store): Shared<Store>, page: PageCx, PagePath(id): PagePath<ExerciseId>) -> PageResult {
    let report = exercises::after_action(&mut store.read(&page.actor).await?, id).await?;
    let text = serde_json::to_string_pretty(&report).map_err(|error| PageError(Refusal::broken(error)))?;
    Ok(file("application/json", &format!("EXERCISE-{}-report.json", report.exercise.number), text))
}

fn file(kind: &'static str, name: &str, text: String) -> Response {
    let disposition = format!("attachment; filename=\"{name}\"");
    ([(header::CONTENT_TYPE, kind.to_owned()), (header::CONTENT_DISPOSITION, disposition)], text).into_response()
}
