//! One incident: its clocks, its facts, and what each fact moved.

use askama::Template;
use axum::{
    extract::State as Shared,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use db::{Cx, Store, transact};
use kernel::Refusal;
use serde::Deserialize;
use serde_json::{Value, json};
use ui::{FormState, Mark, PageCx, PageError, PageForm, PagePath, PageQuery, PageResult, Shell, redirect_with_flash};

use super::{
    report::moment,
    tabs::{Tab, TabLink, tabs},
    told::{Told, told},
    triage::{Card, card},
    words::{Line, line, mark_of, shortened, when},
};
use crate::{
    ContractNotice, FactEntry, Incident, IncidentId, NewFact, State, View, can_edit, can_read, ensure_editable,
    enter_fact, facts_as_json,
    incidents::{self, now_of, resource},
    known_flags, pulse, reported, rules, set_state as move_on, take as take_clock, view,
};

/// A fact that counts now.
struct Fact {
    path: String,
    label: String,
    value: String,
    source: String,
    by: String,
    when: String,
}

/// A turn in the story: a fact with what it moved.
struct Turn {
    label: String,
    value: String,
    source: String,
    by: String,
    at: String,
    when: String,
    moves: Vec<String>,
}

/// A question whose answer lets clocks be reckoned.
struct Question {
    path: String,
    label: String,
    explained: String,
    clocks: usize,
    yes_or_no: bool,
}

#[derive(Template)]
#[template(path = "incidents_record.html", blocks = ["live"])]
struct Page {
    shell: Shell,
    tabs: Vec<TabLink>,
    base: String,
    /// What the page shows; the browser asks now and then whether it still holds.
    pulse: String,
    incident: Incident,
    mark: Mark,
    reported: String,
    progress: crate::plan::Progress,
    progress_said: String,
    running: Vec<Line>,
    without_delay: Vec<Line>,
    broken: Vec<Line>,
    missing: Vec<Line>,
    done: Vec<Line>,
    not_applicable: Vec<Line>,
    triage: Card,
    questions: Vec<Question>,
    facts: Vec<Fact>,
    turns: Vec<Turn>,
    told: Vec<Told>,
    told_open: bool,
    can_judge: bool,
    contracts: Vec<ContractNotice>,
    known: usize,
    notes: Vec<String>,
    next: Vec<(&'static str, &'static str, bool)>,
    events: Vec<(&'static str, String)>,
    roles: Vec<(&'static str, String)>,
    categories: Vec<(&'static str, String)>,
    flags: Vec<(String, String)>,
    losses: [(&'static str, &'static str, [&'static str; 3]); 3],
    calendars: Vec<(&'static str, &'static str)>,
    zone: String,
    /// Where the exercise is that this is a part of, and what its clock shows.
    exercise: String,
    simulated: String,
    can_edit: bool,
    form: FormState,
}

#[derive(Template)]
#[template(path = "incidents_reported.html")]
struct ReportedPage {
    shell: Shell,
    incident: Incident,
    mark: Mark,
    reported: String,
}

pub(super) async fn show(Shared(store): Shared<Store>, page: PageCx, PagePath(id): PagePath<IncidentId>) -> PageResult {
    let mut cx = store.read(&page.actor).await?;
    let incident = reported(&mut cx, id).await?;
    if !can_read(&cx, &incident) {
        let reported = when(&cx, incident.reported_at);
        let shell = page
            .shell(format!("Incident {}", incident.number))
            .crumb("Incidents", "/incidents")
            .subtitle(incident.title.clone());
        return page.render(&ReportedPage { shell, mark: mark_of(incident.state), reported, incident });
    }
    if let Some(exercise) = incident.exercise() {
        crate::exercises::catch_up(&store, &page.actor, exercise).await?;
    }
    let view = view(&mut cx, id).await?;
    let drawn = drawn(&page, &mut cx, view, FormState::new()).await?;
    page.render(&drawn)
}

/// The page anew, with what was sent and why it was refused.
pub(super) async fn again(
    store: &Store,
    page: &PageCx,
    id: IncidentId,
    form: FormState,
    refusal: Refusal,
) -> PageResult {
    let mut cx = store.read(&page.actor).await?;
    let view = view(&mut cx, id).await?;
    let drawn = drawn(page, &mut cx, view, form.refused(&refusal)).await?;
    page.again(refusal, |_| drawn)
}

/// What changed since on the other side: nothing, or the page's moving part anew.
pub(super) async fn live(
    Shared(store): Shared<Store>,
    page: PageCx,
    PagePath(id): PagePath<IncidentId>,
    PageQuery(asked): PageQuery<Seen>,
) -> PageResult {
    let mut cx = store.read(&page.actor).await?;
    if pulse(&mut cx, id).await? == asked.seen {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    let view = view(&mut cx, id).await?;
    let drawn = drawn(&page, &mut cx, view, FormState::new()).await?;
    page.render(&drawn.as_live())
}

async fn drawn(page: &PageCx, cx: &mut Cx, view: View, form: FormState) -> Result<Page, Refusal> {
    let pulse = pulse(cx, view.incident.id).await?;
    let tabs = tabs(cx, &view.incident, Tab::Clocks).await?;
    let cx = &*cx;
    let View { incident, facts, moves, takers, triage, reminders, board, progress, contracts, notes } = view;
    let now = now_of(cx, &incident);
    let lines = |duties: &[clocks::Duty]| {
        duties.iter().map(|duty| line(cx, duty, &takers, &reminders, now)).collect::<Vec<_>>()
    };
    let questions = board
        .asked_for()
        .into_iter()
        .take(8)
        .map(|(path, clocks)| {
            let flag = path.strip_prefix("flags.");
            Question {
                label: rules::label(&path),
                explained: flag.and_then(|flag| known_flags().get(flag)).cloned().unwrap_or_default(),
                yes_or_no: flag.is_some() || path == "data.encrypted" || path == "data.key_taken",
                path,
                clocks,
            }
        })
        .collect();
    let fact = |entry: &FactEntry| Fact {
        path: entry.path.clone(),
        label: rules::label(&entry.path),
        value: shortened(&rules::said_at(&entry.path, &entry.value)),
        source: entry.source.clone(),
        by: entry.entered_by_name.clone(),
        when: when(cx, entry.entered_at),
    };
    let turn = |entry: &FactEntry| Turn {
        label: rules::label(&entry.path),
        value: shortened(&rules::said_at(&entry.path, &entry.value)),
        source: entry.source.clone(),
        by: entry.entered_by_name.clone(),
        at: entry.entered_at.to_string(),
        when: when(cx, entry.entered_at),
        moves: moves
            .iter()
            .filter(|moved| moved.fact == entry.id)
            .map(|moved| {
                let side = |status: &str, due: &str| {
                    if due.is_empty() { status.to_owned() } else { format!("{status} {due}") }
                };
                format!(
                    "{}: {} → {}",
                    moved.rule,
                    side(&moved.status_before, &moved.due_before),
                    side(&moved.status_after, &moved.due_after)
                )
            })
            .collect(),
    };
    let can_edit = can_edit(cx, &incident);
    let can_judge = cx.allows(crate::register::JUDGE_BREACH, &resource(&incident));
    let told = told(&facts, &form);
    let word = |word: &'static str| (word, word.replace('_', " "));
    let mut current: Vec<&FactEntry> =
        facts.iter().filter(|entry| !entry.superseded && !entry.value.is_null()).collect();
    current.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(Page {
        shell: page
            .shell(format!("Incident {}", incident.number))
            .crumb("Incidents", "/incidents")
            .subtitle(incident.title.clone())
            .wide(),
        tabs,
        base: format!("/incidents/{}", incident.id),
        pulse,
        mark: mark_of(incident.state),
        reported: when(cx, incident.reported_at),
        progress,
        progress_said: super::plan::progress_said(progress),
        running: lines(&board.running),
        without_delay: lines(&board.without_delay),
        broken: lines(&board.broken),
        missing: lines(&board.missing),
        done: lines(&board.done),
        not_applicable: lines(&board.not_applicable),
        triage: card(cx, &triage, can_edit),
        questions,
        facts: current.into_iter().map(fact).collect(),
        turns: facts.iter().map(turn).collect(),
        known: facts.len(),
        told_open: told.iter().any(|telling| telling.refused),
        told,
        can_judge,
        contracts,
        notes,
        next: incident.state.next().iter().map(|(state, verb)| (state.as_str(), *verb, state.needs_reason())).collect(),
        events: clocks::facts::EVENTS.iter().map(|event| (*event, rules::label(&format!("events.{event}")))).collect(),
        roles: clocks::words::actors().map(word).collect(),
        categories: clocks::words::categories().map(word).collect(),
        flags: known_flags()
            .iter()
            .map(|(flag, says)| (flag.clone(), if says.is_empty() { flag.replace('_', " ") } else { says.clone() }))
            .collect(),
        losses: [
            (
                "confidentiality",
                "Confidentiality",
                [
                    "no sign that anybody used it",
                    "seen by few and known recipients",
                    "published, or seen by unknown people",
                ],
            ),
            ("integrity", "Integrity", ["no sign of false data", "altered, and can be put right", "altered for good"]),
            (
                "availability",
                "Availability",
                ["restored without difficulty", "partly or for a time unavailable", "lost for good"],
            ),
        ],
        calendars: clocks::shipped()
            .calendars
            .tables()
            .map(|table| (table.id.as_str(), table.title.as_str()))
            .collect(),
        zone: clocks::moment::zone_name(&cx.world().zone()),
        exercise: incident.exercise().map(|exercise| format!("/incidents/exercises/{exercise}")).unwrap_or_default(),
        simulated: incident.simulated(cx.now).map(|at| when(cx, at)).unwrap_or_default(),
        incident,
        can_edit,
        form,
    })
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Seen {
    seen: String,
}

/// What the forms of the page send. Which fields count, `kind` says.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Sent {
    kind: String,
    event: String,
    local: String,
    zone: String,
    place: String,
    count: String,
    flag: String,
    answer: String,
    rule: String,
    path: String,
    words: Vec<String>,
    text: String,
    source: String,
    /// How many entries the page showed.
    known: String,
    data: String,
    steps: String,
    identified: String,
    confidentiality: String,
    integrity: String,
    availability: String,
    malicious: String,
    calendar: String,
    date: String,
}

fn answered(answer: &str) -> Result<Value, Refusal> {
    match answer {
        "yes" => Ok(json!(true)),
        "no" => Ok(json!(false)),
        _ => Err(Refusal::field("answer", "choose yes or no")),
    }
}

/// The number of the entry of a path that the person saw, among the `known` oldest; 0 for none.
fn entry_seen(facts: &[FactEntry], path: &str, known: usize) -> i64 {
    let newer = facts.len().saturating_sub(known);
    facts[newer..].iter().filter(|fact| fact.path == path).map(|fact| fact.number).max().unwrap_or(0)
}

/// The path and value that a form stands for.
fn meant(sent: &Sent) -> Result<(String, Value), Refusal> {
    let time = || match moment(&sent.local, &sent.zone) {
        Value::Null => Err(Refusal::field("local", "give the time")),
        value => Ok(value),
    };
    let place = || {
        let code = clocks::place::normal(&sent.place);
        if clocks::place::is_code(&code) {
            Ok(code)
        } else {
            Err(Refusal::field("place", "write a code such as `DE` or `US-CA`"))
        }
    };
    let listed = || {
        sent.text
            .split([',', ' ', '\n', ';'])
            .filter(|word| !word.is_empty())
            .map(clocks::place::normal)
            .collect::<Vec<_>>()
    };
    Ok(match sent.kind.as_str() {
        "event" => (format!("events.{}", sent.event), time()?),
        "sent" => (format!("events.submitted.{}", sent.rule), time()?),
        "told" => (format!("events.notified_individuals.{}", place()?), time()?),
        "people" => {
            let count: u64 = sent
                .count
                .trim()
                .replace([',', '.', ' '], "")
                .parse()
                .map_err(|_| Refusal::field("count", "give a whole number of people"))?;
            (format!("affected.individuals.{}", place()?), json!(count))
        }
        "flag" => (format!("flags.{}", sent.flag), answered(&sent.answer)?),
        "answer" => (sent.path.clone(), answered(&sent.answer)?),
        "roles" => ("actor.roles".to_owned(), json!(sent.words)),
        "establishments" => ("actor.establishments".to_owned(), json!(listed())),
        "categories" => ("data.categories".to_owned(), json!(sent.words)),
        "severity" => {
            let steps: i8 =
                sent.steps.parse().map_err(|_| Refusal::field("steps", "choose how the context moves it"))?;
            let value = json!({
                "data": sent.data, "steps": steps, "identified": sent.identified, "confidentiality": sent.confidentiality,
                "integrity": sent.integrity, "availability": sent.availability, "malicious": sent.malicious == "yes",
            });
            (rules::SEVERITY.to_owned(), value)
        }
        "closure" => {
            let why = sent.text.trim();
            if why.is_empty() {
                return Err(Refusal::field("text", "say what was announced"));
            }
            (format!("closures.{}.{}", sent.calendar, sent.date), json!(why))
        }
        "telling" => (sent.path.clone(), json!(sent.text.trim().replace("\r\n", "\n"))),
        "withdraw" => (sent.path.clone(), Value::Null),
        _ => {
            return Err(
                Refusal::invalid("the form could not be read").hint("open the page again and send it once more")
            );
        }
    })
}

pub(super) async fn enter(
    Shared(store): Shared<Store>,
    page: PageCx,
    PagePath(id): PagePath<IncidentId>,
    PageForm(sent, form): PageForm<Sent>,
) -> PageResult {
    ensure_editable(&mut store.read(&page.actor).await?, id).await?;
    let outcome = match meant(&sent) {
        Err(refusal) => Err(refusal),
        Ok((path, value)) => {
            let mut cx = store.read(&page.actor).await?;
            let entries = incidents::facts(&mut cx, id).await?;
            let seen = entry_seen(&entries, &path, sent.known.parse().unwrap_or(0));
            drop(cx);
            let new = NewFact { path, value, source: sent.source.clone(), seen };
            transact!(store, &page.actor, |cx| enter_fact(cx, id, &new).await)
        }
    };
    match outcome {
        Ok(moves) => {
            let told = match moves.len() {
                0 => "Entered. No clock moved.".to_owned(),
                1 => format!("Entered. One clock moved: {}.", moves[0].rule),
                many => format!("Entered. {many} clocks moved."),
            };
            Ok(redirect_with_flash(&format!("/incidents/{id}"), &told))
        }
        Err(refusal) => again(&store, &page, id, form, refusal).await,
    }
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Moved {
    state: String,
    outcome: String,
    revision: String,
}

pub(super) async fn set_state(
    Shared(store): Shared<Store>,
    page: PageCx,
    PagePath(id): PagePath<IncidentId>,
    PageForm(sent, form): PageForm<Moved>,
) -> PageResult {
    ensure_editable(&mut store.read(&page.actor).await?, id).await?;
    let outcome = match sent.state.parse::<State>() {
        Err(refusal) => Err(refusal),
        Ok(to) => {
            let revision = sent.revision.parse().map_err(|_| PageError(Refusal::stale()))?;
            transact!(store, &page.actor, |cx| move_on(cx, id, to, &sent.outcome, revision).await)
        }
    };
    match outcome {
        Ok(()) => Ok(redirect_with_flash(&format!("/incidents/{id}"), "Done.")),
        Err(refusal) => again(&store, &page, id, form, refusal).await,
    }
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Taken {
    rule: String,
}

pub(super) async fn take(
    Shared(store): Shared<Store>,
    page: PageCx,
    PagePath(id): PagePath<IncidentId>,
    PageForm(sent, _): PageForm<Taken>,
) -> PageResult {
    transact!(store, &page.actor, |cx| take_clock(cx, id, &sent.rule).await)?;
    Ok(redirect_with_flash(&format!("/incidents/{id}"), "You see to this clock now."))
}

/// The facts as `countersign clocks` takes them.
pub(super) async fn facts(
    Shared(store): Shared<Store>,
    page: PageCx,
    PagePath(id): PagePath<IncidentId>,
) -> PageResult {
    let mut cx = store.read(&page.actor).await?;
    let facts = facts_as_json(&mut cx, id).await?;
    let text = serde_json::to_string_pretty(&facts).map_err(|error| PageError(Refusal::broken(error)))?;
    Ok(file("application/json", "facts.json", text))
}

/// The clocks for a calendar. It leaves the house, so it names the law and the recipient, and nothing of what happened.
pub(super) async fn calendar(
    Shared(store): Shared<Store>,
    page: PageCx,
    PagePath(id): PagePath<IncidentId>,
) -> PageResult {
    let mut cx = store.read(&page.actor).await?;
    let view = view(&mut cx, id).await?;
    if view.incident.is_exercise {
        return Err(PageError(
            Refusal::conflict("the clocks of an exercise stay inside").hint("nothing of an exercise leaves the system"),
        ));
    }
    let name = format!("Incident {}", view.incident.number);
    let items = crate::agenda::items(&view, cx.now);
    Ok(file("text/calendar; charset=utf-8", "clocks.ics", documents::agenda::write(&name, &items)))
}

fn file(kind: &'static str, name: &'static str, text: String) -> Response {
    let disposition = format!("attachment; filename=\"{name}\"");
    ([(header::CONTENT_TYPE, kind.to_owned()), (header::CONTENT_DISPOSITION, disposition)], text).into_response()
}
