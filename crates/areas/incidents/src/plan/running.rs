//! The plan as an incident took it over: who does which step by when, and what became of it.

use std::{fmt, str::FromStr};

use db::{Change, Cx};
use kernel::{Instant, PersonId, Refusal, Side};
use people::Person;
use serde::Serialize;
use serde_json::json;

use super::{Plan, PlanState, colleagues};
use crate::{
    Incident, IncidentId, PlanStepId, State,
    incidents::{editable, now_of, readable},
    rules::plan::{Colleagues, Holder, Kind, Role, Track, can_hold},
    store::plan as store,
};

/// Characters of a note or a reason.
pub const NOTE_LIMIT: usize = 2_000;

/// How far a step is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum StepState {
    Open,
    Done,
    /// This incident does not need it; the note says why.
    NotNeeded,
}

impl StepState {
    pub fn as_str(self) -> &'static str {
        match self {
            StepState::Open => "open",
            StepState::Done => "done",
            StepState::NotNeeded => "not_needed",
        }
    }
}

impl fmt::Display for StepState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for StepState {
    type Err = Refusal;

    fn from_str(text: &str) -> Result<Self, Refusal> {
        [StepState::Open, StepState::Done, StepState::NotNeeded]
            .into_iter()
            .find(|state| state.as_str() == text)
            .ok_or_else(|| Refusal::field("state", "a step is open, done or not_needed"))
    }
}

/// A step of an incident.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct IncidentStep {
    /// Counts from 1 within the incident.
    pub number: i64,
    /// The step of the plan.
    #[schema(value_type = String, format = Uuid)]
    pub step: PlanStepId,
    pub track: Track,
    pub title: String,
    pub what: String,
    /// The role that is accountable.
    pub role: String,
    /// Who is accountable now.
    pub person: Option<Holder>,
    pub deputy: Option<Holder>,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub due_at: Option<Instant>,
    /// The number of the step that comes before.
    pub follows: Option<i64>,
    /// None: every kind of incident.
    pub kinds: Vec<Kind>,
    pub state: StepState,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub closed_at: Option<Instant>,
    #[schema(value_type = Option<String>, format = Uuid)]
    pub closed_by: Option<PersonId>,
    pub closed_by_name: String,
    /// What came out, or why it is not needed.
    pub note: String,
    pub revision: i64,
}

/// The plan of an incident.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Running {
    /// The version of the response plan.
    pub version: i64,
    #[schema(value_type = String, format = DateTime)]
    pub started_at: Instant,
    pub started_by_name: String,
    pub steps: Vec<IncidentStep>,
}

/// How far an incident's plan is, in numbers of steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Progress {
    /// 0: no plan was started.
    pub steps: i64,
    pub closed: i64,
    pub overdue: i64,
}

/// What somebody does with a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    Done,
    NotNeeded,
    /// It was closed by mistake.
    OpenAgain,
    HandOver(PersonId),
}

impl Act {
    /// What a form or a request means. `person` counts only where somebody is to take over.
    ///
    /// # Errors
    /// Under the field that is wrong.
    pub fn read(act: &str, person: &str) -> Result<Self, Refusal> {
        Ok(match act {
            "done" => Act::Done,
            "not_needed" => Act::NotNeeded,
            "open_again" => Act::OpenAgain,
            "hand_over" => {
                let person = person.trim().parse().map_err(|_| Refusal::field("person", "choose who takes it over"))?;
                Act::HandOver(person)
            }
            _ => return Err(Refusal::field("act", "a step is done, not_needed, open_again or hand_over")),
        })
    }
}

pub(crate) async fn progress(cx: &mut Cx, incident: &Incident) -> Result<Progress, Refusal> {
    let now = now_of(cx, incident);
    store::progress(cx, incident.id, now).await
}

/// Whoever opens an incident starts the plan in force. Opened again, it goes on where it was. Says whether it started.
pub(crate) async fn start_with(cx: &mut Cx, incident: &Incident) -> Result<bool, Refusal> {
    if store::running(cx, incident.id).await?.is_some() {
        return Ok(false);
    }
    let Some(plan) = store::by_state(cx, PlanState::InForce).await? else { return Ok(false) };
    let at = now_of(cx, incident);
    let steps = taken_over(&plan, &colleagues(cx).await?, at);
    store::start(cx, incident.id, &plan.version, at, &steps).await?;
    let number = plan.version.number;
    let summary = format!("version {number} of the response plan started for incident {}", incident.number);
    cx.record(
        Change::new("incident.plan_started", "incident", incident.id, summary)
            .behind(incident.id)
            .after(json!({ "version": number, "steps": steps.len() })),
    );
    Ok(true)
}

/// The deputy takes the place of someone who has gone since the plan was signed.
fn taken_over(plan: &Plan, colleagues: &Colleagues, at: Instant) -> Vec<IncidentStep> {
    let steps = &plan.document.steps;
    let number = |id: PlanStepId| steps.iter().position(|step| step.id == id).and_then(|at| i64::try_from(at + 1).ok());
    let able = |role: &Role, holder: &Option<Holder>| {
        let there = |holder: &&Holder| colleagues.get(&holder.id).is_some_and(|sides| can_hold(sides, role.side));
        holder.as_ref().filter(there).cloned()
    };
    steps
        .iter()
        .zip(1_i64..)
        .map(|(step, counted)| {
            let role = plan.document.role(step.role);
            let person = role.and_then(|role| able(role, &role.person));
            let deputy = role.and_then(|role| able(role, &role.deputy));
            let (person, deputy) = if person.is_none() { (deputy, None) } else { (person, deputy) };
            IncidentStep {
                number: counted,
                step: step.id,
                track: step.track,
                title: step.title.clone(),
                what: step.what.clone(),
                role: role.map(|role| role.name.clone()).unwrap_or_default(),
                person,
                deputy,
                due_at: step.within.map(|minutes| at.plus_seconds(minutes.saturating_mul(60))),
                follows: step.follows.and_then(number),
                kinds: step.kinds.clone(),
                state: StepState::Open,
                closed_at: None,
                closed_by: None,
                closed_by_name: String::new(),
                note: String::new(),
                revision: 1,
            }
        })
        .collect()
}

/// Starts the plan for an open incident that was opened before there was one. Its times count from now.
pub async fn start(cx: &mut Cx, id: IncidentId) -> Result<(), Refusal> {
    let incident = editable(cx, id).await?;
    if incident.state != State::Open {
        return Err(Refusal::conflict("only an open incident is worked on by the plan").hint("open it first"));
    }
    if store::running(cx, id).await?.is_some() {
        return Err(Refusal::conflict("the response plan has been started already"));
    }
    if !start_with(cx, &incident).await? {
        return Err(Refusal::conflict("no response plan is in force").hint("have both sides sign one"));
    }
    Ok(())
}

/// The steps of an incident; `None` where no plan was started.
pub async fn running(cx: &mut Cx, id: IncidentId) -> Result<(Incident, Option<Running>), Refusal> {
    let incident = readable(cx, id).await?;
    let running = store::running(cx, id).await?;
    Ok((incident, running))
}

/// Those to whom a step can be handed: everybody of the response, for a step of one track can fall to the other in need.
pub async fn choices(cx: &mut Cx) -> Result<Vec<Person>, Refusal> {
    let mut people = people::people_to_choose_from(cx).await?;
    people.retain(|person| Track::ALL.into_iter().any(|track| can_hold(&person.sides, track)));
    Ok(people)
}

/// Somebody did a step, found it not needed, opens it again, or hands it over.
pub async fn act(cx: &mut Cx, id: IncidentId, number: i64, act: Act, note: &str, revision: i64) -> Result<(), Refusal> {
    let incident = editable(cx, id).await?;
    let step = store::incident_step_of(cx, id, number).await?;
    let step = step.ok_or_else(|| Refusal::not_found("there is no such step in this incident"))?;
    let note = note.trim();
    if note.chars().count() > NOTE_LIMIT {
        return Err(Refusal::field("note", format!("at most {NOTE_LIMIT} characters")));
    }
    if step.revision != revision {
        return Err(Refusal::stale());
    }
    let at = now_of(cx, &incident);
    let of = format!("step {number} of incident {}: {}", incident.number, step.title);
    let (action, summary, done) = match act {
        Act::OpenAgain if step.state == StepState::Open => {
            return Err(Refusal::conflict("this step is open"));
        }
        Act::Done | Act::NotNeeded | Act::HandOver(_) if step.state != StepState::Open => {
            return Err(Refusal::conflict(format!("{} has closed this step already", step.closed_by_name))
                .hint("open it again if that was a mistake"));
        }
        Act::NotNeeded if note.is_empty() => return Err(Refusal::field("note", "say why it is not needed")),
        Act::Done => {
            let done = store::close_step(cx, id, &step, StepState::Done, Some(at), note).await?;
            ("incident.step_done", format!("did {of}"), done)
        }
        Act::NotNeeded => {
            let done = store::close_step(cx, id, &step, StepState::NotNeeded, Some(at), note).await?;
            ("incident.step_not_needed", format!("found not needed {of}"), done)
        }
        Act::OpenAgain => {
            let done = store::close_step(cx, id, &step, StepState::Open, None, "").await?;
            ("incident.step_opened_again", format!("opened again {of}"), done)
        }
        Act::HandOver(to) => {
            let to = receiver(cx, to).await?;
            let done = store::hand_over(cx, id, &step, &to).await?;
            ("incident.step_handed_over", format!("handed to {} {of}", to.name), done)
        }
    };
    if !done {
        return Err(Refusal::stale());
    }
    let before = json!({ "state": step.state, "person": step.person, "note": step.note });
    cx.record(
        Change::new(action, "incident", id, summary)
            .behind(id)
            .side(side_of(step.track))
            .before(before)
            .after(json!({ "step": number, "note": note })),
    );
    Ok(())
}

/// Says what kind of incident it is: open steps that are meant only for other kinds are not needed. Says how many.
pub async fn narrow(cx: &mut Cx, id: IncidentId, kinds: &[Kind]) -> Result<usize, Refusal> {
    let incident = editable(cx, id).await?;
    let running = store::running(cx, id).await?;
    let running = running.ok_or_else(|| Refusal::conflict("the response plan has not been started"))?;
    let foreign = |step: &&IncidentStep| {
        step.state == StepState::Open && !step.kinds.is_empty() && !step.kinds.iter().any(|kind| kinds.contains(kind))
    };
    let at = now_of(cx, &incident);
    let said = if kinds.is_empty() { "none of the kinds".to_owned() } else { Kind::said(kinds) };
    let note = format!("Not this kind of incident. It is about: {said}.");
    let mut closed = Vec::new();
    for step in running.steps.iter().filter(foreign) {
        if !store::close_step(cx, id, step, StepState::NotNeeded, Some(at), &note).await? {
            return Err(Refusal::stale());
        }
        closed.push(step.number);
    }
    if closed.is_empty() {
        return Ok(0);
    }
    let summary = format!("{} steps of incident {} are not needed: it is about {said}", closed.len(), incident.number);
    cx.record(
        Change::new("incident.plan_narrowed", "incident", id, summary)
            .behind(id)
            .after(json!({ "kinds": kinds, "not_needed": closed })),
    );
    Ok(closed.len())
}

fn side_of(track: Track) -> Side {
    match track {
        Track::Technical => Side::Security,
        Track::Legal => Side::Legal,
    }
}

async fn receiver(cx: &mut Cx, to: PersonId) -> Result<Holder, Refusal> {
    let people = choices(cx).await?;
    let found = people.into_iter().find(|person| person.id == to);
    let found = found
        .ok_or_else(|| Refusal::field("person", "choose someone of Legal, Privacy, Security or IT who works here"))?;
    Ok(Holder { id: found.id, name: found.name })
}
