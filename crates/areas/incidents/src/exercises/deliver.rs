//! Injects reach those who play when their simulated time has come: whoever looks first lets them through, or the job.
//!
//! The row of an inject is its key, so of two processes one delivers and the other finds it done.

use db::{
    Change, Cx, Store,
    jobs::{JobFuture, JobHandler},
    transact,
};
use kernel::{Actor, Instant, Refusal, RefusalKind};

use super::{
    model::{Exercise, no_exercise, not_in, readable, runnable},
    scenarios::stored,
};
use crate::{
    ExerciseId, Incident, NewFact,
    incidents::{enter_fact, entered, no_incident},
    rules::{
        Move,
        scenario::{Inject, InjectFact, Scenario, lies_after},
    },
    store::{self, exercises},
};

/// Delivers what has come due in running exercises, every minute.
pub struct Deliver;

impl JobHandler for Deliver {
    fn kind(&self) -> &'static str {
        "incidents.exercises"
    }

    fn every_seconds(&self) -> Option<i64> {
        Some(60)
    }

    fn run<'a>(&'a self, store: &'a Store, _payload: &'a str) -> JobFuture<'a> {
        Box::pin(async move {
            let running = exercises::running(&mut store.read(&Actor::system()).await?).await?;
            for id in running {
                catch_up(store, &Actor::system(), id).await?;
            }
            Ok(())
        })
    }
}

/// Delivers what has come due in an exercise that `actor` may know of, in the program's name.
pub async fn catch_up(store: &Store, actor: &Actor, id: ExerciseId) -> Result<(), Refusal> {
    let mut cx = store.read(actor).await?;
    let exercise = readable(&mut cx, id).await?;
    if !exercise.state.is_on() || waiting(&mut cx, &exercise).await?.1.is_empty() {
        return Ok(());
    }
    drop(cx);
    match transact!(store, &Actor::system(), |cx| due_now(cx, id).await) {
        // Somebody entered the same fact at this moment: the next look delivers.
        Err(refusal) if refusal.kind == RefusalKind::Stale => Ok(()),
        outcome => outcome.map(|_| ()),
    }
}

/// The scenario, and its injects that have come due and wait.
async fn waiting(cx: &mut Cx, exercise: &Exercise) -> Result<(Scenario, Vec<Inject>), Refusal> {
    let scenario = stored(&exercises::scenario_text(cx, exercise.id).await?)?;
    let Some(clock) = exercise.clock else { return Ok((scenario, Vec::new())) };
    let now = clock.at(cx.now);
    let fates = exercises::fates(cx, exercise.id).await?;
    let due =
        |inject: &&Inject| scenario.instant(inject.after) <= now && fates.iter().all(|fate| fate.inject != inject.id);
    let found = scenario.injects.iter().filter(due).cloned().collect();
    Ok((scenario, found))
}

/// Delivers what has come due; says how much.
pub(super) async fn due_now(cx: &mut Cx, id: ExerciseId) -> Result<usize, Refusal> {
    let exercise = exercises::one(cx, id).await?.ok_or_else(no_exercise)?;
    if !exercise.state.is_on() {
        cx.unrecorded("nothing of an exercise came due");
        return Ok(0);
    }
    let (scenario, due) = waiting(cx, &exercise).await?;
    let mut delivered = 0;
    for inject in &due {
        let at = scenario.instant(inject.after);
        if deliver(cx, &exercise, &scenario, inject, at).await? {
            delivered += 1;
        }
    }
    if delivered == 0 {
        cx.unrecorded("nothing of an exercise came due");
    }
    Ok(delivered)
}

async fn played_on(cx: &mut Cx, exercise: &Exercise) -> Result<Incident, Refusal> {
    let id = exercise.incident.ok_or_else(no_incident)?;
    store::one(cx, id).await?.ok_or_else(no_incident)
}

async fn deliver(
    cx: &mut Cx,
    exercise: &Exercise,
    scenario: &Scenario,
    inject: &Inject,
    at: Instant,
) -> Result<bool, Refusal> {
    if !exercises::settle_inject(cx, exercise.id, &inject.id, true, at).await? {
        return Ok(false);
    }
    let incident = played_on(cx, exercise).await?;
    for fact in inject.facts.iter().filter(|fact| !fact.offered) {
        let new = newest(cx, &incident, fact).await?;
        entered(cx, &incident, &new).await?;
    }
    // The trail has readers who still play, so it says which inject it was and not what it tells.
    let number = scenario.injects.iter().position(|known| known.id == inject.id).unwrap_or_default() + 1;
    cx.record(
        Change::new(
            "exercise.inject_delivered",
            "exercise",
            exercise.id,
            format!("delivered inject {number} of exercise {}", exercise.number),
        )
        .behind(exercise.id),
    );
    Ok(true)
}

/// A fact of an inject as an entry after all that are there.
async fn newest(cx: &mut Cx, incident: &Incident, fact: &InjectFact) -> Result<NewFact, Refusal> {
    let facts = store::facts(cx, incident.id).await?;
    let seen = facts.iter().filter(|known| known.path == fact.path).map(|known| known.number).max().unwrap_or(0);
    Ok(NewFact { path: fact.path.clone(), value: fact.value.clone(), source: fact.source.clone(), seen })
}

fn inject_of<'s>(scenario: &'s Scenario, inject: &str) -> Result<&'s Inject, Refusal> {
    let found = scenario.injects.iter().find(|known| known.id == inject);
    found.ok_or_else(|| Refusal::not_found("there is no such inject"))
}

/// Delivers an inject before its time.
pub async fn deliver_now(cx: &mut Cx, id: ExerciseId, inject: &str) -> Result<(), Refusal> {
    let exercise = runnable(cx, id).await?;
    let Some(clock) = exercise.clock.filter(|_| exercise.state.is_on()) else {
        return Err(not_in(&exercise, "given an inject"));
    };
    let scenario = stored(&exercises::scenario_text(cx, id).await?)?;
    let inject = inject_of(&scenario, inject)?;
    let now = clock.at(cx.now);
    if inject.facts.iter().any(|fact| lies_after(&fact.path, &fact.value, now.timestamp())) {
        return Err(Refusal::conflict("it tells of what has not happened yet on the exercise's clock")
            .hint("move the clock ahead to it instead"));
    }
    if !deliver(cx, &exercise, &scenario, inject, now).await? {
        return Err(Refusal::conflict("this inject was delivered or skipped already"));
    }
    Ok(())
}

/// Leaves an inject out.
pub async fn skip(cx: &mut Cx, id: ExerciseId, inject: &str) -> Result<(), Refusal> {
    let exercise = runnable(cx, id).await?;
    let Some(clock) = exercise.clock.filter(|_| exercise.state.is_on()) else {
        return Err(not_in(&exercise, "given an inject"));
    };
    let scenario = stored(&exercises::scenario_text(cx, id).await?)?;
    let inject = inject_of(&scenario, inject)?;
    if !exercises::settle_inject(cx, id, &inject.id, false, clock.at(cx.now)).await? {
        return Err(Refusal::conflict("this inject was delivered or skipped already"));
    }
    let number = scenario.injects.iter().position(|known| known.id == inject.id).unwrap_or_default() + 1;
    cx.record(
        Change::new(
            "exercise.inject_skipped",
            "exercise",
            id,
            format!("left inject {number} of exercise {} out", exercise.number),
        )
        .behind(id),
    );
    Ok(())
}

/// A player takes over a fact that an inject offered.
pub async fn accept(cx: &mut Cx, id: ExerciseId, inject: &str, index: usize) -> Result<Vec<Move>, Refusal> {
    let exercise = readable(cx, id).await?;
    let view = super::view(cx, id).await?;
    let seen = view.delivered.iter().find(|delivered| delivered.id == inject);
    let Some(seen) = seen else { return Err(Refusal::not_found("there is no such inject")) };
    if seen.facts.iter().all(|fact| fact.index != index || !fact.offered) {
        return Err(Refusal::not_found("there is no such fact"));
    }
    let scenario = stored(&exercises::scenario_text(cx, id).await?)?;
    let fact = inject_of(&scenario, inject)?.facts.get(index).cloned();
    let Some(fact) = fact else { return Err(Refusal::not_found("there is no such fact")) };
    let incident = played_on(cx, &exercise).await?;
    let new = newest(cx, &incident, &fact).await?;
    enter_fact(cx, incident.id, &new).await
}
