//! The use cases.

use clocks::{Duty, Facts, Options, evaluate, shipped};
use db::{Change, Cx};
use kernel::{FieldProblem, Instant, Page, Permission, PersonId, Refusal, Resource};
use serde::Serialize;
use serde_json::{Value, json};

use crate::{
    ContractNotice, ExerciseId, FactId, IncidentId, contract_clocks,
    own_law::{self, OwnLaw},
    reminders::Reminded,
    rules::{self, Board, Entry, SimClock, State},
    store,
    triage::Judgement,
};

pub const READ: Permission = Permission::new("readIncident", "Incident");
pub const READ_REPORT: Permission = Permission::new("readIncidentReport", "Incident");
pub const EDIT: Permission = Permission::new("editIncident", "Incident");
pub const REPORT: Permission = Permission::new("reportIncident", "Incidents");

/// Characters of a title.
pub const TITLE_LIMIT: usize = 200;
/// Characters of what happened.
pub const WHAT_LIMIT: usize = 10_000;
/// Characters of a source or a reason.
pub const SOURCE_LIMIT: usize = 500;
/// Bytes of a fact's value as JSON; what is told in words needs the room, and has a limit of its own in characters.
const VALUE_LIMIT: usize = 16_000;
/// Entries of facts that one incident can hold.
const FACTS_LIMIT: i64 = 5_000;

/// An incident without its facts.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Incident {
    #[schema(value_type = String, format = Uuid)]
    pub id: IncidentId,
    /// How people speak of it; counts from 1.
    pub number: i64,
    pub title: String,
    /// What happened, in the words of whoever reported it.
    pub what: String,
    pub state: State,
    /// Why it was closed or dismissed.
    pub outcome: String,
    #[schema(value_type = String, format = Uuid)]
    pub reported_by: PersonId,
    pub reported_by_name: String,
    #[schema(value_type = String, format = DateTime)]
    pub reported_at: Instant,
    /// Part of an exercise: no real incident, and nothing of it leaves the system.
    pub is_exercise: bool,
    #[serde(skip)]
    #[schema(ignore)]
    pub(crate) drill: Option<Drill>,
    /// When the tightest clock of the law ends, as the facts stood last; for those who may read the facts.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub next_due: Option<Instant>,
    /// Which rule that is, such as `eu-gdpr/authority`; empty for none.
    pub next_rule: String,
    pub revision: i64,
}

/// What makes an incident an exercise: whose clock it follows, and who plays.
#[derive(Debug, Clone)]
pub(crate) struct Drill {
    pub exercise: ExerciseId,
    pub clock: Option<SimClock>,
    pub over: bool,
    pub participants: Vec<PersonId>,
    pub observers: Vec<PersonId>,
}

impl Incident {
    /// The exercise that it is a part of.
    #[must_use]
    pub fn exercise(&self) -> Option<ExerciseId> {
        self.drill.as_ref().map(|drill| drill.exercise)
    }

    /// What the exercise's clock shows at a real instant.
    pub(crate) fn simulated(&self, real: Instant) -> Option<Instant> {
        self.drill.as_ref().and_then(|drill| drill.clock).map(|clock| clock.at(real))
    }

    fn is_over(&self) -> bool {
        self.drill.as_ref().is_some_and(|drill| drill.over)
    }
}

/// Which incidents a list shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Kinds {
    /// Those that happened, and exercises that are going on.
    #[default]
    RealAndRunning,
    Real,
    Exercises,
}

/// An entry of a fact, for its history.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct FactEntry {
    #[schema(value_type = String, format = Uuid)]
    pub id: FactId,
    /// `events.aware`, `affected.individuals.US-CA` …
    pub path: String,
    /// Counts the entries of this path; send it along to change the fact.
    pub number: i64,
    /// `null` withdraws the fact.
    #[schema(value_type = Object)]
    pub value: Value,
    /// Who says so, or where it can be seen.
    pub source: String,
    pub entered_by_name: String,
    #[schema(value_type = String, format = DateTime)]
    pub entered_at: Instant,
    /// A later entry of the same path counts.
    pub superseded: bool,
}

/// A clock that a fact started, moved or ended.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct MoveEntry {
    #[schema(value_type = String, format = Uuid)]
    pub fact: FactId,
    pub rule: String,
    pub status_before: String,
    pub due_before: String,
    pub status_after: String,
    pub due_after: String,
    pub because: String,
}

/// Who sees to a clock.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Taker {
    pub rule: String,
    #[schema(value_type = String, format = Uuid)]
    pub person: PersonId,
    pub person_name: String,
    #[schema(value_type = String, format = DateTime)]
    pub taken_at: Instant,
}

/// An incident with its facts and clocks.
#[derive(Debug, Clone)]
pub struct View {
    pub incident: Incident,
    /// All entries, the newest first.
    pub facts: Vec<FactEntry>,
    pub moves: Vec<MoveEntry>,
    pub takers: Vec<Taker>,
    /// How each side judges it.
    pub triage: Vec<Judgement>,
    /// Reminders of these clocks, the oldest first.
    pub reminders: Vec<Reminded>,
    pub board: Board,
    /// How far the response plan is.
    pub progress: crate::plan::Progress,
    /// Breach notices of the contracts that the person may read.
    pub contracts: Vec<ContractNotice>,
    /// What was given and no clock understands.
    pub notes: Vec<String>,
}

/// What somebody tells of.
#[derive(Debug, Clone, Default)]
pub struct Report {
    pub title: String,
    pub what: String,
    /// When it was noticed: a fact's value, or `null`.
    pub noticed: Value,
}

/// A new entry of a fact.
#[derive(Debug, Clone)]
pub struct NewFact {
    pub path: String,
    pub value: Value,
    pub source: String,
    /// The number of the entry that the person saw; 0 for none.
    pub seen: i64,
}

pub(crate) fn no_incident() -> Refusal {
    Refusal::not_found("there is no such incident")
}

pub(crate) fn resource(incident: &Incident) -> Resource {
    let (participants, observers) = match &incident.drill {
        Some(drill) => (drill.participants.clone(), drill.observers.clone()),
        None => (Vec::new(), Vec::new()),
    };
    Resource::new("Incident", incident.id)
        .with("reported_by", kernel::Attr::Person(Some(incident.reported_by)))
        .with("participants", kernel::Attr::People(participants))
        .with("observers", kernel::Attr::People(observers))
}

/// Whether the person may change this incident.
pub fn can_edit(cx: &Cx, incident: &Incident) -> bool {
    !incident.is_over() && cx.allows(EDIT, &resource(incident))
}

/// Whether the person sees more of this incident than the own report.
pub fn can_read(cx: &Cx, incident: &Incident) -> bool {
    cx.allows(READ, &resource(incident))
}

/// Somebody tells of an incident. Anyone who works here may.
pub async fn report(cx: &mut Cx, report: &Report) -> Result<IncidentId, Refusal> {
    cx.require(REPORT, &Resource::all("Incidents"))?;
    let (title, what) = (report.title.trim(), report.what.trim());
    let mut problems = Vec::new();
    let mut wrong = |field: &str, message: String| problems.push(FieldProblem { field: field.to_owned(), message });
    if title.is_empty() {
        wrong("title", "say in a few words what it is about".to_owned());
    } else if title.chars().count() > TITLE_LIMIT {
        wrong("title", format!("at most {TITLE_LIMIT} characters"));
    }
    if what.is_empty() {
        wrong("what", "tell what happened, as far as you know".to_owned());
    } else if what.chars().count() > WHAT_LIMIT {
        wrong("what", format!("at most {WHAT_LIMIT} characters"));
    }
    if let Err(reason) = rules::checked("events.detected", &report.noticed) {
        wrong("noticed", reason);
    }
    if !problems.is_empty() {
        return Err(Refusal::fields(problems));
    }
    let id: IncidentId = cx.new_id();
    let number = store::next_number(cx).await?;
    // An incident is walled from its first second: its trail is Legal's and the reporter's.
    db::walls::raise(cx, id.into(), true).await?;
    let reporter = cx.actor.person;
    db::walls::name_people(cx, id.into(), &[reporter]).await?;
    store::insert(cx, id, number, title, what).await?;
    cx.record(
        Change::new("incident.reported", "incident", id, format!("reported incident {number}"))
            .behind(id)
            .after(json!({ "number": number, "title": title })),
    );
    if !report.noticed.is_null() {
        let source = format!("reported by {}", cx.actor.name);
        store::insert_fact(cx, id, "events.detected", 1, &report.noticed, &source).await?;
    }
    Ok(id)
}

/// A page of incidents that the person may read, the newest first; for others their own reports. Of exercises only those
/// that are going on.
pub async fn list(
    cx: &mut Cx,
    state: Option<State>,
    before: Option<i64>,
    limit: usize,
) -> Result<Page<Incident>, Refusal> {
    list_of(cx, Kinds::RealAndRunning, state, before, limit).await
}

/// The same of some kinds of incidents.
pub async fn list_of(
    cx: &mut Cx,
    kinds: Kinds,
    state: Option<State>,
    before: Option<i64>,
    limit: usize,
) -> Result<Page<Incident>, Refusal> {
    // Whoever may not even read the rules, such as a vendor's contact, has nothing to do with incidents.
    cx.require(crate::law::READ_RULES, &Resource::all("Incidents"))?;
    let mut page = store::list(cx, kinds, state, before, limit).await?;
    for incident in &mut page.items {
        if !can_read(cx, incident) {
            without_clocks(incident);
        }
    }
    Ok(page)
}

/// What is being handled or waits to be, the tightest clock first, of what the person may read with its facts.
pub async fn running(cx: &mut Cx, limit: i64) -> Result<Vec<Incident>, Refusal> {
    store::running(cx, limit).await
}

/// Which law runs follows from the facts, which a reporter does not see.
fn without_clocks(incident: &mut Incident) {
    incident.next_due = None;
    incident.next_rule = String::new();
}

/// What the reporter may see, too: the report and how far it is.
pub async fn reported(cx: &mut Cx, id: IncidentId) -> Result<Incident, Refusal> {
    let mut incident = store::one(cx, id).await?.ok_or_else(no_incident)?;
    cx.require(READ_REPORT, &resource(&incident)).map_err(|_| no_incident())?;
    if !can_read(cx, &incident) {
        without_clocks(&mut incident);
    }
    Ok(incident)
}

/// An incident with its facts and its clocks, reckoned at this instant.
pub async fn view(cx: &mut Cx, id: IncidentId) -> Result<View, Refusal> {
    let incident = readable(cx, id).await?;
    let facts = store::facts(cx, id).await?;
    let moves = store::moves(cx, id).await?;
    let mut takers = store::takers(cx, id).await?;
    let now = now_of(cx, &incident);
    let own = own_law::of(cx).await?;
    let (mut duties, mut notes) = reckoned(&facts, &own, Some(now))?;
    notes.extend(own.problems.iter().map(|problem| format!("a rule of your own is left out: {problem}")));
    let current = current(&facts);
    let touched = contract_clocks::touched(current.iter().map(|entry| (entry.path.as_str(), &entry.value)));
    let (contracts, clauses) = contract_clocks::notices(cx, &touched).await?;
    let known = own.with_closures(Facts::from_json(&rules::assembled(&current)).map_err(Refusal::broken)?);
    duties.extend(contract_clocks::judged(&clauses, &known, now.timestamp()));
    let board = Board::new(duties);
    // Who sees to a contract's clock is told to those who see the clock.
    takers.retain(|taker| board.all().any(|duty| duty.rule == taker.rule));
    let triage = store::triage::newest(cx, id).await?;
    let progress = crate::plan::progress(cx, &incident).await?;
    let mut reminders = store::reminders::told(cx, id).await?;
    reminders.retain(|told| board.all().any(|duty| duty.rule == told.rule));
    Ok(View { incident, facts, moves, takers, triage, reminders, board, progress, contracts, notes })
}

/// A word that is another one once something of the incident changed, or a minute passed, in which clocks went on.
pub async fn pulse(cx: &mut Cx, id: IncidentId) -> Result<String, Refusal> {
    readable(cx, id).await?;
    let last = store::last_change(cx, id).await?;
    Ok(format!("{last}-{}", cx.now.micros() / 60_000_000))
}

/// All entries of facts, the newest first, without reckoning a clock.
pub(crate) async fn facts(cx: &mut Cx, id: IncidentId) -> Result<Vec<FactEntry>, Refusal> {
    readable(cx, id).await?;
    store::facts(cx, id).await
}

/// The facts as one JSON, as `countersign clocks --facts` takes it.
pub async fn facts_as_json(cx: &mut Cx, id: IncidentId) -> Result<Value, Refusal> {
    let incident = readable(cx, id).await?;
    let mut facts = rules::assembled(&current(&store::facts(cx, id).await?));
    if let (true, Value::Object(fields)) = (incident.is_exercise, &mut facts) {
        fields.insert("note".to_owned(), json!("EXERCISE: nothing of this happened"));
    }
    Ok(facts)
}

/// The incident, where this person may read it with its facts.
pub(crate) async fn readable(cx: &mut Cx, id: IncidentId) -> Result<Incident, Refusal> {
    let incident = store::one(cx, id).await?.ok_or_else(no_incident)?;
    cx.require(READ, &resource(&incident)).map_err(|_| no_incident())?;
    Ok(incident)
}

/// Refuses whoever may not change it, before a form is looked at.
pub async fn ensure_editable(cx: &mut Cx, id: IncidentId) -> Result<(), Refusal> {
    editable(cx, id).await.map(|_| ())
}

/// The incident, where this person may change it.
pub(crate) async fn editable(cx: &mut Cx, id: IncidentId) -> Result<Incident, Refusal> {
    let incident = readable(cx, id).await?;
    cx.require(EDIT, &resource(&incident))?;
    if incident.is_over() {
        return Err(Refusal::conflict("this exercise is over").hint("its report tells what was done"));
    }
    Ok(incident)
}

/// The instant at which an incident's clocks are judged: in an exercise what its own clock shows.
pub(crate) fn now_of(cx: &Cx, incident: &Incident) -> Instant {
    incident.simulated(cx.now).unwrap_or(cx.now)
}

pub(crate) fn current(facts: &[FactEntry]) -> Vec<Entry> {
    facts
        .iter()
        .filter(|fact| !fact.superseded)
        .map(|fact| Entry { path: fact.path.clone(), value: fact.value.clone() })
        .collect()
}

pub(crate) fn reckoned(
    facts: &[FactEntry],
    own: &OwnLaw,
    at: Option<Instant>,
) -> Result<(Vec<Duty>, Vec<String>), Refusal> {
    let facts = own.with_closures(Facts::from_json(&rules::assembled(&current(facts))).map_err(Refusal::broken)?);
    let book = shipped();
    let options = Options { at: at.map(Instant::timestamp), drafts: false };
    let mut duties = evaluate(&book.rules, &book.calendars, &facts, options);
    duties.extend(evaluate(&own.rules, &book.calendars, &facts, options));
    Ok((duties, facts.notes))
}

/// Keeps the tightest clock of the law for lists.
pub(crate) async fn keep_next_due(cx: &mut Cx, id: IncidentId, own: &OwnLaw) -> Result<(), Refusal> {
    let (duties, _) = reckoned(&store::facts(cx, id).await?, own, None)?;
    keep_tightest(cx, id, duties).await
}

async fn keep_tightest(cx: &mut Cx, id: IncidentId, duties: Vec<Duty>) -> Result<(), Refusal> {
    let board = Board::new(duties);
    let tightest = board.running.first();
    let due = tightest.and_then(|duty| duty.due).map(|due| Instant::from_micros(due.as_microsecond()));
    store::set_next_due(cx, id, due, tightest.map_or("", |duty| duty.rule.as_str())).await
}

/// Enters a fact, corrects it, or withdraws it with `null`. Every clock is reckoned anew, and what moved is kept.
pub async fn enter_fact(cx: &mut Cx, id: IncidentId, new: &NewFact) -> Result<Vec<rules::Move>, Refusal> {
    let incident = editable(cx, id).await?;
    if let Some(now) = incident.simulated(cx.now)
        && rules::scenario::lies_after(&new.path, &new.value, now.timestamp())
    {
        return Err(Refusal::field("value", "that lies in the future of the exercise's clock"));
    }
    entered(cx, &incident, new).await
}

/// Enters a fact for whoever was found to be allowed to: a person, or an inject of an exercise.
pub(crate) async fn entered(cx: &mut Cx, incident: &Incident, new: &NewFact) -> Result<Vec<rules::Move>, Refusal> {
    let id = incident.id;
    let source = new.source.trim();
    if source.is_empty() {
        return Err(Refusal::field("source", "say who told it, or where it can be seen"));
    }
    if source.chars().count() > SOURCE_LIMIT {
        return Err(Refusal::field("source", format!("at most {SOURCE_LIMIT} characters")));
    }
    if new.value.to_string().len() > VALUE_LIMIT {
        return Err(Refusal::field("value", "that is more than a fact can hold"));
    }
    rules::checked(&new.path, &new.value).map_err(|reason| Refusal::field("value", reason))?;
    if new.path == rules::BREACH {
        cx.require(crate::register::JUDGE_BREACH, &resource(incident))?;
    }
    let before = store::facts(cx, id).await?;
    if i64::try_from(before.len()).unwrap_or(i64::MAX) >= FACTS_LIMIT {
        return Err(Refusal::invalid("this incident holds as many facts as one can")
            .hint("report what follows as a new incident"));
    }
    let last = before.iter().filter(|fact| fact.path == new.path).map(|fact| fact.number).max().unwrap_or(0);
    if last != new.seen {
        return Err(Refusal::stale());
    }
    // Judged without the time of day, so that a clock that runs out meanwhile is no move of this fact.
    let own = own_law::of(cx).await?;
    let (old, _) = reckoned(&before, &own, None)?;
    let fact = store::insert_fact(cx, id, &new.path, last + 1, &new.value, source).await?;
    let after = store::facts(cx, id).await?;
    let (now, _) = reckoned(&after, &own, None)?;
    let moves = rules::moves(&old, &now);
    for moved in &moves {
        store::insert_move(cx, id, fact, moved).await?;
    }
    keep_tightest(cx, id, now).await?;
    let was = before.iter().find(|fact| fact.path == new.path && !fact.superseded).map(|fact| fact.value.clone());
    let what = rules::label(&new.path).to_lowercase();
    let summary = match (&new.value, was.is_some()) {
        (Value::Null, _) => format!("withdrew a fact of incident {}: {what}", incident.number),
        (_, true) => format!("corrected a fact of incident {}: {what}", incident.number),
        _ => format!("entered a fact of incident {}: {what}", incident.number),
    };
    cx.record(
        Change::new("incident.fact_entered", "incident", id, summary)
            .behind(id)
            .before(json!({ "path": new.path, "value": was }))
            .after(json!({ "path": new.path, "value": new.value, "source": source, "clocks_moved": moves.len() })),
    );
    Ok(moves)
}

/// Moves an incident on, or reopens it.
pub async fn set_state(cx: &mut Cx, id: IncidentId, to: State, outcome: &str, revision: i64) -> Result<(), Refusal> {
    let incident = editable(cx, id).await?;
    if !incident.state.next().iter().any(|(next, _)| *next == to) {
        return Err(Refusal::new(
            kernel::RefusalKind::Conflict,
            format!("an incident that is {} cannot become {}", incident.state, to),
        ));
    }
    let outcome = outcome.trim();
    if to.needs_reason() && outcome.is_empty() {
        return Err(Refusal::field("outcome", "say why"));
    }
    if outcome.chars().count() > WHAT_LIMIT {
        return Err(Refusal::field("outcome", format!("at most {WHAT_LIMIT} characters")));
    }
    if !store::set_state(cx, id, to, outcome, revision).await? {
        return Err(Refusal::stale());
    }
    if let Some(exercise) = incident.exercise() {
        store::exercises::add_state(cx, exercise, to).await?;
    }
    cx.record(
        Change::new("incident.moved", "incident", id, format!("incident {} is now {to}", incident.number))
            .behind(id)
            .before(incident.state)
            .after(json!({ "state": to, "outcome": outcome })),
    );
    if to == State::Open {
        crate::plan::start_with(cx, &incident).await?;
    }
    Ok(())
}

/// The person sees to a clock from now on; whoever did before does no longer.
pub async fn take(cx: &mut Cx, id: IncidentId, rule: &str) -> Result<(), Refusal> {
    let incident = editable(cx, id).await?;
    let is_law = shipped().rules.iter().any(|known| known.name == rule);
    // A contract's clock can be taken by whoever sees it.
    if !is_law && !view(cx, id).await?.board.all().any(|duty| duty.rule == rule) {
        return Err(Refusal::not_found("there is no such rule"));
    }
    store::take(cx, id, rule).await?;
    // The trail of an incident has other readers than a contract, so it doesn't name the contract.
    let told = if rule.starts_with("contract/") { "a contract's clock" } else { rule };
    cx.record(
        Change::new("incident.clock_taken", "incident", id, format!("sees to {told} of incident {}", incident.number))
            .behind(id)
            .after(told),
    );
    Ok(())
}
