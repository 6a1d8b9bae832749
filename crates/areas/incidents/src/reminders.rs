//! Reminders: who is told that a clock runs out, once for each step, over all processes.
//!
//! A job looks at every incident that is being handled, each minute, as the program itself, which sees every clock. What is
//! told lies in the same transaction as the mark that it was told: neither is there without the other. After a stop only the
//! newest step is told. Whom the steps reach, `rules::reminding::Rung` says; who that is today, [`crate::chain`].

use std::collections::BTreeMap;

use clocks::Duty;
use db::{Change, Cx, JobHandler, Store, jobs::JobFuture, transact};
use jiff::Timestamp;
use kernel::{Actor, Instant, PersonId, Refusal, Via};
use notices::Message;
use serde::Serialize;
use serde_json::json;

use crate::{
    Incident, IncidentId, Taker, View,
    chain::Chain,
    contract_clocks, reminder_rules,
    rules::{
        State,
        reminding::{self, OVERDUE, Step},
    },
    store, view,
};

const KIND: &str = "incidents.remind";
/// What a message about a contract's clock calls it to whoever may not read the contract, and in every mail.
const CONTRACT: &str = "a contract's clock";

/// A reminder that was told.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Reminded {
    pub rule: String,
    /// When the clock was due as it was told; if it moves, reminders start anew.
    #[schema(value_type = String, format = DateTime)]
    pub due: Instant,
    /// Minutes before; 0 is overdue.
    pub minutes_before: i64,
    /// The names of those who were told.
    pub told: String,
    #[schema(value_type = String, format = DateTime)]
    pub told_at: Instant,
}

/// Looks every minute whom to remind.
pub struct Remind;

impl JobHandler for Remind {
    fn kind(&self) -> &'static str {
        KIND
    }

    fn every_seconds(&self) -> Option<i64> {
        Some(60)
    }

    fn run<'a>(&'a self, store: &'a Store, _: &'a str) -> JobFuture<'a> {
        Box::pin(async move {
            let ids = store::reminders::watched(&mut store.read(&Actor::system()).await?).await?;
            for id in ids {
                // The others are not held up. The next minute tries this one again.
                if let Err(refusal) = remind(store, id).await {
                    tracing::error!(incident = %id, cause = %refusal, "nobody could be reminded of this incident's clocks");
                }
            }
            Ok(())
        })
    }
}

/// A reminder whose time has come.
struct Pending<'v> {
    duty: &'v Duty,
    due: Timestamp,
    step: Step,
    taker: Option<&'v Taker>,
}

impl Pending<'_> {
    fn is_of_a_contract(&self) -> bool {
        contract_clocks::is_of_a_contract(&self.duty.rule)
    }

    fn instant(&self) -> Instant {
        Instant::from_micros(self.due.as_microsecond())
    }

    /// For the ledger, whose readers are others than a contract's.
    fn told_as(&self) -> &str {
        if self.is_of_a_contract() { CONTRACT } else { &self.duty.rule }
    }

    /// What anybody may read: the law, the recipient and the time, and nothing of what happened.
    fn line(&self, now: Timestamp) -> String {
        let when = clocks::moment::zone(&self.duty.zone).map_or_else(
            |_| self.due.to_string(),
            |zone| format!("{} ({})", self.due.to_zoned(zone).strftime("%a %-d %b %Y, %H:%M"), self.duty.zone),
        );
        let left = left(self.due, now);
        let what = if self.is_of_a_contract() {
            CONTRACT.to_owned()
        } else {
            format!("{}, tell {} ({})", self.duty.title, self.duty.to, self.duty.rule)
        };
        let taken = if self.taker.is_none() { " Nobody sees to it yet." } else { "" };
        format!("{left}, {when}: {what}.{taken}")
    }

    fn subject(&self, now: Timestamp) -> String {
        let what = if self.is_of_a_contract() { CONTRACT } else { &self.duty.title };
        format!("{}: {what}", left(self.due, now))
    }
}

/// "due in 4 h", "overdue since 20 min"
fn left(due: Timestamp, now: Timestamp) -> String {
    let minutes = (due.as_second() - now.as_second()).abs().saturating_add(30) / 60;
    let said = reminding::duration(minutes);
    if due > now { format!("due in {said}") } else { format!("overdue since {said}") }
}

fn pending<'v>(view: &'v View, steps: &[(String, Vec<i64>)], now: Instant) -> Vec<Pending<'v>> {
    let now = now.timestamp();
    let mut out: Vec<Pending<'v>> = Vec::new();
    for duty in &view.board.running {
        let Some(due) = duty.due else { continue };
        let started = duty.base.iter().filter_map(|base| base.at.parse::<Timestamp>().ok()).min();
        let Some(step) = reminding::step_now(reminding::steps_of(steps, &duty.rule), started, due, now) else {
            continue;
        };
        let pending = Pending { duty, due, step, taker: view.takers.iter().find(|taker| taker.rule == duty.rule) };
        let known = view
            .reminders
            .iter()
            .any(|told| told.rule == duty.rule && told.due == pending.instant() && told.minutes_before == step.minutes);
        if !known {
            out.push(pending);
        }
    }
    out
}

fn is_watched(incident: &Incident) -> bool {
    !incident.is_exercise && matches!(incident.state, State::Reported | State::Open)
}

async fn remind(store: &Store, id: IncidentId) -> Result<(), Refusal> {
    let system = Actor::system();
    let mut cx = store.read(&system).await?;
    let seen = view(&mut cx, id).await?;
    let steps = reminder_rules::steps(&mut cx).await?;
    if !is_watched(&seen.incident) || pending(&seen, &steps, cx.now).is_empty() {
        return Ok(());
    }
    drop(cx);
    transact!(store, &system, |cx| {
        cx.unrecorded("another process was quicker");
        // Anew, for a fact may have come in between.
        let view = view(cx, id).await?;
        if !is_watched(&view.incident) {
            return Ok::<_, Refusal>(());
        }
        let now = cx.now;
        tell_all(cx, &view, pending(&view, &steps, now)).await
    })
}

/// Marks and tells. One message for each person, however many clocks it speaks of.
async fn tell_all(cx: &mut Cx, view: &View, pending: Vec<Pending<'_>>) -> Result<(), Refusal> {
    let mut chain = Chain::of(cx, &view.incident).await?;
    let mut by_person: BTreeMap<PersonId, Vec<&Pending<'_>>> = BTreeMap::new();
    let mut told = Vec::new();
    for reminder in &pending {
        let reached = chain.reached(cx, reminder.step.rung, reminder.taker.map(|taker| taker.person)).await?;
        if reached.is_empty() {
            // Not marked: as soon as somebody can be told, it is told.
            let (incident, rule) = (view.incident.number, reminder.told_as());
            tracing::error!(incident, rule, "there is nobody whom a reminder could reach");
            continue;
        }
        let names = reached.iter().map(|actor| actor.name.as_str()).collect::<Vec<_>>().join(", ");
        let (rule, step) = (&reminder.duty.rule, reminder.step.minutes);
        let is_new = store::reminders::mark_told(cx, view.incident.id, rule, reminder.instant(), step, &names).await?;
        if !is_new {
            continue;
        }
        for actor in &reached {
            by_person.entry(actor.person).or_default().push(reminder);
        }
        told.push(
            json!({ "clock": reminder.told_as(), "due": reminder.instant(), "minutes_before": step, "told": names }),
        );
    }
    if told.is_empty() {
        return Ok(());
    }
    for (person, reminders) in &by_person {
        let message = message(cx, view, *person, reminders).await?;
        notices::tell(cx, &message).await?;
    }
    let number = view.incident.number;
    let clocks = if told.len() == 1 { "a clock".to_owned() } else { format!("{} clocks", told.len()) };
    cx.record(
        Change::new(
            "incident.reminded",
            "incident",
            view.incident.id,
            format!("reminded people of {clocks} of incident {number}"),
        )
        .behind(view.incident.id)
        .after(told),
    );
    Ok(())
}

async fn message(cx: &mut Cx, view: &View, to: PersonId, reminders: &[&Pending<'_>]) -> Result<Message, Refusal> {
    let now = cx.now.timestamp();
    let (id, number) = (view.incident.id, view.incident.number);
    let mut sorted: Vec<&&Pending<'_>> = reminders.iter().collect();
    sorted.sort_by_key(|reminder| reminder.due);
    let first = sorted.first().ok_or_else(|| Refusal::broken("a reminder of nothing"))?;
    let subject = if sorted.len() == 1 {
        format!("Incident {number}: {}", first.subject(now))
    } else {
        format!("Incident {number}: {} clocks, the first {}", sorted.len(), left(first.due, now))
    };
    let mut inside = Vec::new();
    for reminder in &sorted {
        let rule = if !reminder.is_of_a_contract() {
            reminder.duty.rule.clone()
        } else if contract_clocks::may_read(cx, to, &reminder.duty.source).await? {
            reminder.duty.law.clone()
        } else {
            CONTRACT.to_owned()
        };
        match reminder.taker {
            Some(taker) if taker.person == to => inside.push(format!("You see to {rule}.")),
            Some(taker) => inside.push(format!("{} sees to {rule}.", taker.person_name)),
            // Only here is the contract named, to whoever may read it.
            None if reminder.is_of_a_contract() && rule != CONTRACT => inside.push(format!("The contract is {rule}.")),
            None => {}
        }
    }
    Ok(Message {
        to,
        kind: KIND_TOLD,
        // Each reminder is marked once, so the first of them stands for this message and no other.
        key: format!("{KIND_TOLD}/{id}/{}/{}/{}/{to}", first.duty.rule, first.instant().micros(), first.step.minutes),
        subject,
        lines: sorted.iter().map(|reminder| reminder.line(now)).collect(),
        inside,
        href: format!("/incidents/{id}"),
        wall: Some(id.into()),
    })
}

const KIND_TOLD: &str = "incidents.reminder";

/// What the page says of a clock's last reminder.
pub(crate) fn last_of<'r>(reminders: &'r [Reminded], duty: &Duty) -> Option<&'r Reminded> {
    let due = duty.due.map(|due| Instant::from_micros(due.as_microsecond()))?;
    reminders.iter().filter(|told| told.rule == duty.rule && told.due == due).max_by_key(|told| told.told_at)
}

/// "reminded 24 h before" or "told that it is overdue"
pub(crate) fn said(reminded: &Reminded) -> String {
    if reminded.minutes_before == OVERDUE {
        "told that it is overdue".to_owned()
    } else {
        format!("reminded {} before", reminding::duration(reminded.minutes_before))
    }
}

/// The person as signing in would make them, if they work here.
pub(crate) async fn actor(cx: &mut Cx, person: PersonId) -> Result<Option<Actor>, Refusal> {
    people::actor_within(cx, person, Via::System).await
}
