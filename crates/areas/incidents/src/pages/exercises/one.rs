//! One exercise: the facilitator's desk, or what reaches a player.

use askama::Template;
use axum::extract::State as Shared;
use db::{Cx, Store, transact};
use kernel::{PersonId, Refusal, RefusalKind};
use serde::Deserialize;
use ui::{FormState, Mark, PageCx, PageForm, PagePath, PageResult, Shell, redirect_with_flash};

use super::{mark, rating_mark, real, told};
use crate::{
    ExerciseId, ImprovementId,
    exercises::{self, Brought, ExerciseState, View},
    rules::{
        SPEEDS,
        scenario::{OBSERVER, lasting},
    },
};

struct Inject {
    id: String,
    number: usize,
    title: String,
    text: String,
    to: String,
    at: String,
    when: String,
    real: String,
    facts: Vec<Brought>,
}

struct Coming {
    id: String,
    number: usize,
    title: String,
    text: String,
    to: String,
    due: String,
    after: String,
    facts: Vec<String>,
}

pub(super) struct Action {
    pub id: String,
    pub what: String,
    pub by: String,
    pub why: String,
    pub law: String,
    pub until: String,
    pub mark: Mark,
    pub reason: String,
    pub comment: String,
    pub rated_by: String,
    pub rating: String,
}

#[derive(Template)]
#[template(path = "incidents_exercise.html")]
struct Page {
    shell: Shell,
    act: String,
    base: String,
    view: View,
    mark: Mark,
    state: &'static str,
    clock: String,
    speed: String,
    incident: String,
    planned: String,
    /// Role, what it does, who has it, whether it is one's own.
    cast: Vec<(String, String, String, bool)>,
    injects: Vec<Inject>,
    coming: Vec<Coming>,
    skipped: usize,
    actions: Vec<Action>,
    notes: Vec<(String, String, String)>,
    pitfalls: Vec<String>,
    people: Vec<(String, String)>,
    facilitators: Vec<(String, String)>,
    roles: Vec<(String, String)>,
    speeds: Vec<(i64, String)>,
    conducts: bool,
    form: FormState,
}

pub(super) fn actions(rated: &[exercises::Rated], zone: &str) -> Vec<Action> {
    let action = |action: &exercises::Rated| Action {
        id: action.id.clone(),
        what: action.what.clone(),
        by: action.by.clone(),
        why: action.why.clone(),
        law: action.law.clone(),
        until: told(action.until, zone),
        mark: rating_mark(action.rating),
        reason: action.judged.as_ref().map(|judged| judged.reason.clone()).unwrap_or_default(),
        comment: action.comment.clone(),
        rated_by: action.by_name.clone(),
        rating: action.rating.map(|rating| rating.to_string()).unwrap_or_default(),
    };
    rated.iter().map(action).collect()
}

async fn drawn(page: &PageCx, cx: &mut Cx, id: ExerciseId, form: FormState) -> Result<Page, Refusal> {
    let view = exercises::view(cx, id).await?;
    let exercise = &view.exercise;
    let conducts = view.backstage.is_some();
    let open = exercise.state == ExerciseState::Planned || exercise.state.is_on();
    let named = |people: Vec<people::Person>| {
        people.into_iter().map(|person| (person.id.to_string(), person.name)).collect::<Vec<_>>()
    };
    let players = if conducts && open { named(exercises::possible_players(cx).await?) } else { Vec::new() };
    let facilitators = if conducts && open && exercises::can_plan(cx) {
        named(exercises::possible_facilitators(cx).await?)
    } else {
        Vec::new()
    };
    let me = exercise.facilitator.to_string();
    let who = |role: &str| {
        let names = view.seats.iter().filter(|seat| seat.role == role).map(|seat| seat.person_name.as_str());
        names.collect::<Vec<_>>().join(", ")
    };
    let mut cast: Vec<(String, String, String, bool)> = view
        .roles
        .iter()
        .map(|role| (role.name.clone(), role.does.clone(), who(&role.id), view.mine.contains(&role.id)))
        .collect();
    cast.push((
        "Observer".to_owned(),
        "Watches, sees every inject that came.".to_owned(),
        who(OBSERVER),
        view.mine.iter().any(|role| role == OBSERVER),
    ));
    let mut roles: Vec<(String, String)> = view.roles.iter().map(|role| (role.id.clone(), role.name.clone())).collect();
    roles.push((OBSERVER.to_owned(), "Observer".to_owned()));
    let injects = view
        .delivered
        .iter()
        .map(|inject| Inject {
            id: inject.id.clone(),
            number: inject.number,
            title: inject.title.clone(),
            text: inject.text.clone(),
            to: inject.to.join(", "),
            at: inject.simulated_at.to_string(),
            when: told(inject.simulated_at, &view.zone),
            real: real(cx, inject.real_at),
            facts: inject.facts.clone(),
        })
        .collect();
    let backstage = view.backstage.as_ref();
    let waiting = backstage.map(|backstage| backstage.waiting.as_slice()).unwrap_or_default();
    let coming = waiting
        .iter()
        .filter(|inject| !inject.skipped)
        .map(|inject| Coming {
            id: inject.id.clone(),
            number: inject.number,
            title: inject.title.clone(),
            text: inject.text.clone(),
            to: inject.to.join(", "),
            due: told(inject.due, &view.zone),
            after: lasting(inject.after),
            facts: inject.facts.clone(),
        })
        .collect();
    let notes = backstage.map(|backstage| backstage.notes.as_slice()).unwrap_or_default().iter().map(|note| {
        let when = note.simulated_at.map_or_else(|| real(cx, note.real_at), |at| told(at, &view.zone));
        (note.text.clone(), note.by_name.clone(), when)
    });
    Ok(Page {
        shell: page
            .shell(format!("Exercise {}", exercise.number))
            .crumb("Incidents", "/incidents")
            .crumb("Exercises", "/incidents/exercises")
            .subtitle(exercise.scenario_title.clone())
            .wide(),
        base: format!("/incidents/exercises/{id}"),
        act: format!("/incidents/exercises/{id}/act"),
        mark: mark(exercise.state),
        state: exercise.state.as_str(),
        clock: view.simulated_now.map(|now| told(now, &view.zone)).unwrap_or_default(),
        speed: match (exercise.state.is_on(), view.speed) {
            (false, _) => String::new(),
            (true, 0) => "stands".to_owned(),
            (true, 1) => "runs as real time does".to_owned(),
            (true, speed) => format!("runs {speed} times as fast"),
        },
        incident: exercise.incident.map(|incident| format!("/incidents/{incident}")).unwrap_or_default(),
        planned: exercise.planned_for.long(),
        cast,
        injects,
        coming,
        skipped: waiting.iter().filter(|inject| inject.skipped).count(),
        actions: backstage.map(|backstage| actions(&backstage.rated, &view.zone)).unwrap_or_default(),
        notes: notes.collect(),
        pitfalls: backstage.map(|backstage| backstage.pitfalls.clone()).unwrap_or_default(),
        people: players.into_iter().filter(|(person, _)| *person != me).collect(),
        facilitators: facilitators.into_iter().filter(|(person, _)| *person != me).collect(),
        roles,
        speeds: [0]
            .into_iter()
            .chain(SPEEDS)
            .map(|speed| (speed, if speed == 0 { "Stop".to_owned() } else { format!("{speed}×") }))
            .collect(),
        conducts,
        view,
        form,
    })
}

pub(super) async fn show(Shared(store): Shared<Store>, page: PageCx, PagePath(id): PagePath<ExerciseId>) -> PageResult {
    exercises::catch_up(&store, &page.actor, id).await?;
    let drawn = drawn(&page, &mut store.read(&page.actor).await?, id, FormState::new()).await?;
    page.render(&drawn)
}

/// What the forms of an exercise send. Which fields count, `kind` says.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct Sent {
    kind: String,
    revision: String,
    speed: String,
    person: String,
    role: String,
    inject: String,
    index: String,
    action: String,
    rating: String,
    comment: String,
    note: String,
    debrief: String,
    improvement: String,
    owner: String,
    due: String,
    item: String,
    closing: String,
    facilitator: String,
    /// `report`, where the form stood on the report.
    back: String,
}

fn number<T: std::str::FromStr>(field: &str, text: &str) -> Result<T, Refusal> {
    text.trim().parse().map_err(|_| Refusal::field(field, "give a whole number"))
}

fn person(field: &str, text: &str) -> Result<PersonId, Refusal> {
    text.parse::<kernel::Uuid>().map(PersonId).map_err(|_| Refusal::field(field, "choose a person"))
}

/// Does what a form asks for, and says that it was done.
async fn done(cx: &mut Cx, id: ExerciseId, sent: &Sent) -> Result<String, Refusal> {
    // Whoever may not do it is told so, and not which field is wrong.
    match sent.kind.as_str() {
        "accept" => {}
        "improve" | "close" => exercises::ensure_improver(cx, id).await?,
        _ => exercises::ensure_runner(cx, id).await?,
    }
    let revision = || sent.revision.parse::<i64>().map_err(|_| Refusal::stale());
    let told = match sent.kind.as_str() {
        "seat" => {
            exercises::seat(cx, id, person("person", &sent.person)?, &sent.role).await?;
            "The role is given."
        }
        "unseat" => {
            exercises::unseat(cx, id, person("person", &sent.person)?, &sent.role).await?;
            "The role is free again."
        }
        "hand-over" => {
            exercises::hand_over(cx, id, person("facilitator", &sent.facilitator)?, revision()?).await?;
            "Handed over."
        }
        "cancel" => {
            exercises::cancel(cx, id, revision()?).await?;
            "Called off."
        }
        "start" => {
            exercises::start(cx, id, number("speed", &sent.speed)?, revision()?).await?;
            "The exercise runs."
        }
        "speed" => {
            exercises::set_speed(cx, id, number("speed", &sent.speed)?, revision()?).await?;
            "The clock is set."
        }
        "jump" => {
            exercises::jump(cx, id, revision()?).await?;
            "The clock is moved ahead to the next inject."
        }
        "end" => {
            exercises::end(cx, id, revision()?).await?;
            "Ended. The report is here."
        }
        "deliver" => {
            exercises::deliver_now(cx, id, &sent.inject).await?;
            "Delivered."
        }
        "skip" => {
            exercises::skip(cx, id, &sent.inject).await?;
            "Left out."
        }
        "accept" => {
            let moves = exercises::accept(cx, id, &sent.inject, number("index", &sent.index)?).await?;
            return Ok(match moves.len() {
                0 => "Entered. No clock moved.".to_owned(),
                1 => format!("Entered. One clock moved: {}.", moves[0].rule),
                many => format!("Entered. {many} clocks moved."),
            });
        }
        "rate" => {
            exercises::rate(cx, id, &sent.action, number("rating", &sent.rating)?, &sent.comment).await?;
            "Rated."
        }
        "note" => {
            exercises::note(cx, id, &sent.note).await?;
            "Noted."
        }
        "debrief" => {
            exercises::set_debrief(cx, id, &sent.debrief, revision()?).await?;
            "The debrief is kept."
        }
        "improve" => {
            exercises::add_improvement(cx, id, &sent.improvement, person("owner", &sent.owner)?, &sent.due).await?;
            "It is on the list."
        }
        "close" => {
            let item: ImprovementId = sent.item.parse()?;
            exercises::close_improvement(cx, id, item, &sent.closing, revision()?).await?;
            "Closed."
        }
        _ => {
            return Err(
                Refusal::invalid("the form could not be read").hint("open the page again and send it once more")
            );
        }
    };
    Ok(told.to_owned())
}

pub(super) async fn act(
    Shared(store): Shared<Store>,
    page: PageCx,
    PagePath(id): PagePath<ExerciseId>,
    PageForm(sent, form): PageForm<Sent>,
) -> PageResult {
    exercises::catch_up(&store, &page.actor, id).await?;
    let on_report = sent.back == "report" || sent.kind == "end";
    match transact!(store, &page.actor, |cx| done(cx, id, &sent).await) {
        Ok(told) => {
            let to = if on_report { "/report" } else { "" };
            Ok(redirect_with_flash(&format!("/incidents/exercises/{id}{to}"), &told))
        }
        Err(refusal) => {
            let mut cx = store.read(&page.actor).await?;
            if sent.back == "report" && refusal.kind != RefusalKind::NotFound {
                return super::report::again(&page, &mut cx, id, refusal, form).await;
            }
            let again = drawn(&page, &mut cx, id, form).await?;
            page.again(refusal, |refusal| Page { form: again.form.clone().refused(refusal), ..again })
        }
    }
}
