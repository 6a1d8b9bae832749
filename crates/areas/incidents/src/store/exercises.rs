//! Exercises: their people, clock, injects, ratings and what came of them.

use db::{Cx, Row, Select};
use kernel::{Columns, Cursor, Date, Instant, Page, PersonId, Refusal, Value};

use crate::{
    ExerciseId, IncidentId,
    exercises::{Exercise, ExerciseState, Note, READ, Seat},
    rules::{
        SimClock, State,
        scenario::{OBSERVER, Scenario},
    },
};

const COLUMNS: Columns = Columns {
    kind: "Exercise",
    scalars: &[("facilitator", "x.facilitator")],
    people: &[(
        "participants",
        "exists (select 1 from exercise_people p where p.exercise = x.id and p.person = {person})",
    )],
};

/// A new exercise as it is written down.
pub(crate) struct Planned<'a> {
    pub scenario: &'a Scenario,
    pub hash: &'a str,
    pub text: &'a str,
    pub planned_for: Date,
    pub facilitator: PersonId,
    pub facilitator_name: &'a str,
}

pub(crate) async fn insert(cx: &mut Cx, id: ExerciseId, number: i64, new: &Planned<'_>) -> Result<(), Refusal> {
    let binds: Vec<Value> = vec![
        id.into(),
        number.into(),
        new.scenario.id.as_str().into(),
        new.hash.into(),
        new.scenario.title.as_str().into(),
        new.text.into(),
        new.planned_for.into(),
        new.facilitator.into(),
        new.facilitator_name.into(),
        cx.now.into(),
    ];
    cx.run_unique(
        "insert into exercises (id, number, scenario, scenario_hash, scenario_title, scenario_text, planned_for, facilitator, \
         facilitator_name, state, planned_at, debrief, revision) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'planned', $10, '', 1)",
        binds,
        Refusal::stale(),
    )
    .await
    .map(|_| ())
}

pub(crate) async fn next_number(cx: &mut Cx) -> Result<i64, Refusal> {
    cx.one("select coalesce(max(number), 0) + 1 as next from exercises", vec![]).await?.int("next")
}

pub(crate) async fn one(cx: &mut Cx, id: ExerciseId) -> Result<Option<Exercise>, Refusal> {
    let row = cx
        .optional(
            "select x.id, x.number, x.scenario, x.scenario_hash, x.scenario_title, x.planned_for, x.facilitator, x.facilitator_name, \
             x.state, x.incident, x.clock_real, x.clock_simulated, x.clock_speed, x.clock_end, x.started_at, x.ended_at, x.debrief, \
             x.revision from exercises x where x.id = $1",
            vec![id.into()],
        )
        .await?;
    let Some(mut exercise) = row.as_ref().map(exercise).transpose()? else { return Ok(None) };
    exercise.participants = seats(cx, id).await?.into_iter().map(|(person, ..)| person).collect();
    Ok(Some(exercise))
}

/// The text of its scenario, as it was when it was planned.
pub(crate) async fn scenario_text(cx: &mut Cx, id: ExerciseId) -> Result<String, Refusal> {
    cx.one("select scenario_text from exercises where id = $1", vec![id.into()]).await?.text("scenario_text")
}

pub(crate) async fn list(cx: &mut Cx, before: Option<i64>, limit: usize) -> Result<Page<Exercise>, Refusal> {
    let select = Select::new(
        "select x.id, x.number, x.scenario, x.scenario_hash, x.scenario_title, x.planned_for, x.facilitator, x.facilitator_name, \
         x.state, x.incident, x.clock_real, x.clock_simulated, x.clock_speed, x.clock_end, x.started_at, x.ended_at, x.debrief, \
         x.revision from exercises x",
    )
    .allowed(cx.condition(READ, &COLUMNS))
    .and_some("x.number < {0}", before.map(Value::from))
    .tail("order by x.number desc limit {0}", vec![i64::try_from(limit + 1).unwrap_or(i64::MAX).into()]);
    let rows = cx.select(select).await?;
    let found = rows.iter().map(exercise).collect::<Result<Vec<_>, _>>()?;
    Ok(Page::from_rows(found, limit, |last| Cursor { key: last.number.to_string(), id: last.id.into() }))
}

/// The latest that ended: of a scenario or of any, ended before an instant, and only where the person may know of it.
pub(crate) async fn latest(
    cx: &mut Cx,
    scenario: Option<&str>,
    before: Option<Instant>,
) -> Result<Option<Exercise>, Refusal> {
    let select = Select::new(
        "select x.id, x.number, x.scenario, x.scenario_hash, x.scenario_title, x.planned_for, x.facilitator, x.facilitator_name, \
         x.state, x.incident, x.clock_real, x.clock_simulated, x.clock_speed, x.clock_end, x.started_at, x.ended_at, x.debrief, \
         x.revision from exercises x",
    )
    .and("x.state = 'ended'", vec![])
    .allowed(cx.condition(READ, &COLUMNS))
    .and_some("x.scenario = {0}", scenario.map(Value::from))
    .and_some("x.ended_at < {0}", before.map(Value::from))
    .tail("order by x.ended_at desc, x.number desc limit 1", vec![]);
    cx.select(select).await?.first().map(exercise).transpose()
}

/// An exercise that was played with a version of the response plan.
pub(crate) struct WithPlan {
    pub exercise: ExerciseId,
    pub ended_at: Instant,
    pub scenario_title: String,
    pub version: i64,
}

/// The latest that ended and whose incident was worked on by a plan, where the person may know of it.
pub(crate) async fn latest_with_plan(cx: &mut Cx) -> Result<Option<WithPlan>, Refusal> {
    let select = Select::new(
        "select x.id, x.ended_at, x.scenario_title, r.number from exercises x join incident_plans r on r.incident = x.incident",
    )
    .and("x.state = 'ended'", vec![])
    .allowed(cx.condition(READ, &COLUMNS))
    .tail("order by x.ended_at desc, x.number desc limit 1", vec![]);
    let rows = cx.select(select).await?;
    let Some(row) = rows.first() else { return Ok(None) };
    Ok(Some(WithPlan {
        exercise: row.id("id")?,
        ended_at: row.instant("ended_at")?,
        scenario_title: row.text("scenario_title")?,
        version: row.int("number")?,
    }))
}

/// The exercises whose clock runs.
pub(crate) async fn running(cx: &mut Cx) -> Result<Vec<ExerciseId>, Refusal> {
    let rows = cx.all("select id from exercises where state = 'running' order by number limit 500", vec![]).await?;
    rows.iter().map(|row| row.id("id")).collect()
}

/// The open exercises of a scenario in which the person plays and does not only watch.
pub(crate) async fn plays(cx: &mut Cx, scenario: &str, person: PersonId) -> Result<bool, Refusal> {
    let row = cx
        .optional(
            "select x.id from exercises x where x.scenario = $1 and x.state in ('planned', 'running', 'paused') and exists \
             (select 1 from exercise_people p where p.exercise = x.id and p.person = $2 and p.role <> $3) limit 1",
            vec![scenario.into(), person.into(), OBSERVER.into()],
        )
        .await?;
    Ok(row.is_some())
}

/// Person, name and role.
pub(crate) async fn seats(cx: &mut Cx, id: ExerciseId) -> Result<Vec<(PersonId, String, String)>, Refusal> {
    let rows = cx
        .all(
            "select person, person_name, role from exercise_people where exercise = $1 order by role, person_name, person",
            vec![id.into()],
        )
        .await?;
    rows.iter().map(|row| Ok((row.id("person")?, row.text("person_name")?, row.text("role")?))).collect()
}

/// The exercises in which a person has a role, with the role.
pub(crate) async fn of(cx: &mut Cx, person: PersonId) -> Result<Vec<(ExerciseId, String)>, Refusal> {
    let rows = cx.all("select exercise, role from exercise_people where person = $1", vec![person.into()]).await?;
    rows.iter().map(|row| Ok((row.id("exercise")?, row.text("role")?))).collect()
}

pub(crate) async fn seat(cx: &mut Cx, id: ExerciseId, seat: &Seat) -> Result<(), Refusal> {
    cx.run_unique(
        "insert into exercise_people (exercise, person, person_name, role) values ($1, $2, $3, $4)",
        vec![id.into(), seat.person.into(), seat.person_name.as_str().into(), seat.role.as_str().into()],
        Refusal::field("person", "they take this role already"),
    )
    .await
    .map(|_| ())
}

pub(crate) async fn unseat(cx: &mut Cx, id: ExerciseId, person: PersonId, role: &str) -> Result<bool, Refusal> {
    let touched = cx
        .run(
            "delete from exercise_people where exercise = $1 and person = $2 and role = $3",
            vec![id.into(), person.into(), role.into()],
        )
        .await?;
    Ok(touched > 0)
}

/// Moves the exercise on, if nobody did since.
pub(crate) async fn set_state(
    cx: &mut Cx,
    id: ExerciseId,
    state: ExerciseState,
    revision: i64,
) -> Result<bool, Refusal> {
    let touched = cx
        .run(
            "update exercises set state = $2, revision = revision + 1 where id = $1 and revision = $3",
            vec![id.into(), state.as_str().into(), revision.into()],
        )
        .await?;
    Ok(touched == 1)
}

pub(crate) async fn set_facilitator(
    cx: &mut Cx,
    id: ExerciseId,
    person: PersonId,
    name: &str,
    revision: i64,
) -> Result<bool, Refusal> {
    let touched = cx
        .run(
            "update exercises set facilitator = $2, facilitator_name = $3, revision = revision + 1 where id = $1 and revision = $4",
            vec![id.into(), person.into(), name.into(), revision.into()],
        )
        .await?;
    Ok(touched == 1)
}

pub(crate) async fn set_debrief(cx: &mut Cx, id: ExerciseId, text: &str, revision: i64) -> Result<bool, Refusal> {
    let touched = cx
        .run(
            "update exercises set debrief = $2, revision = revision + 1 where id = $1 and revision = $3",
            vec![id.into(), text.into(), revision.into()],
        )
        .await?;
    Ok(touched == 1)
}

pub(crate) async fn set_started(cx: &mut Cx, id: ExerciseId, incident: IncidentId) -> Result<(), Refusal> {
    cx.run(
        "update exercises set incident = $2, started_at = $3 where id = $1",
        vec![id.into(), incident.into(), cx.now.into()],
    )
    .await
    .map(|_| ())
}

pub(crate) async fn set_ended(cx: &mut Cx, id: ExerciseId) -> Result<(), Refusal> {
    cx.run("update exercises set ended_at = $2 where id = $1", vec![id.into(), cx.now.into()]).await.map(|_| ())
}

/// The incident belongs to the exercise, and was reported when the story says.
pub(crate) async fn mark_incident(
    cx: &mut Cx,
    incident: IncidentId,
    id: ExerciseId,
    reported_at: Instant,
) -> Result<(), Refusal> {
    cx.run(
        "update incidents set exercise = $2, reported_at = $3 where id = $1",
        vec![incident.into(), id.into(), reported_at.into()],
    )
    .await
    .map(|_| ())
}

/// The clock as it stands from now on, and one more line of its history.
pub(crate) async fn set_clock(cx: &mut Cx, id: ExerciseId, clock: &SimClock) -> Result<(), Refusal> {
    let clock_binds = |id: ExerciseId| -> Vec<Value> {
        vec![id.into(), clock.real.into(), clock.simulated.into(), clock.speed.into()]
    };
    let mut binds = clock_binds(id);
    binds.push(clock.end.into());
    cx.run(
        "update exercises set clock_real = $2, clock_simulated = $3, clock_speed = $4, clock_end = $5 where id = $1",
        binds,
    )
    .await?;
    cx.run(
        "insert into exercise_clock (exercise, number, real_at, simulated_at, speed) \
         select $1, coalesce(max(number), 0) + 1, $2, $3, $4 from exercise_clock where exercise = $1",
        clock_binds(id),
    )
    .await
    .map(|_| ())
}

/// Every setting of the clock, the first first.
pub(crate) async fn clock_history(cx: &mut Cx, exercise: &Exercise) -> Result<Vec<SimClock>, Refusal> {
    let rows = cx
        .all(
            "select real_at, simulated_at, speed from exercise_clock where exercise = $1 order by number",
            vec![exercise.id.into()],
        )
        .await?;
    let end = exercise.clock.map(|clock| clock.end);
    rows.iter()
        .map(|row| {
            let simulated = row.instant("simulated_at")?;
            Ok(SimClock {
                real: row.instant("real_at")?,
                simulated,
                speed: row.int("speed")?,
                end: end.unwrap_or(simulated),
            })
        })
        .collect()
}

/// What became of an inject.
#[derive(Debug, Clone)]
pub(crate) struct Fate {
    pub inject: String,
    pub delivered: bool,
    pub simulated_at: Instant,
    pub real_at: Instant,
    pub by_name: String,
}

pub(crate) async fn fates(cx: &mut Cx, id: ExerciseId) -> Result<Vec<Fate>, Refusal> {
    let rows = cx
        .all(
            "select inject, fate, simulated_at, real_at, by_name from exercise_injects where exercise = $1 order by simulated_at, inject",
            vec![id.into()],
        )
        .await?;
    rows.iter()
        .map(|row| {
            Ok(Fate {
                inject: row.text("inject")?,
                delivered: row.text("fate")? == "delivered",
                simulated_at: row.instant("simulated_at")?,
                real_at: row.instant("real_at")?,
                by_name: row.text("by_name")?,
            })
        })
        .collect()
}

/// Settles what becomes of an inject; false where another process did so first.
pub(crate) async fn settle_inject(
    cx: &mut Cx,
    id: ExerciseId,
    inject: &str,
    delivered: bool,
    simulated_at: Instant,
) -> Result<bool, Refusal> {
    let fate = if delivered { "delivered" } else { "skipped" };
    let binds: Vec<Value> =
        vec![id.into(), inject.into(), fate.into(), simulated_at.into(), cx.now.into(), cx.actor.name.clone().into()];
    let touched = cx
        .run(
            "insert into exercise_injects (exercise, inject, fate, simulated_at, real_at, by_name) values ($1, $2, $3, $4, $5, $6) \
             on conflict (exercise, inject) do nothing",
            binds,
        )
        .await?;
    Ok(touched == 1)
}

pub(crate) async fn add_state(cx: &mut Cx, id: ExerciseId, state: State) -> Result<(), Refusal> {
    let binds: Vec<Value> =
        vec![id.into(), state.as_str().into(), cx.actor.person.into(), cx.actor.name.clone().into(), cx.now.into()];
    cx.run(
        "insert into exercise_states (exercise, state, person, person_name, real_at) values ($1, $2, $3, $4, $5)",
        binds,
    )
    .await
    .map(|_| ())
}

/// State, who, when.
pub(crate) async fn states(cx: &mut Cx, id: ExerciseId) -> Result<Vec<(State, String, Instant)>, Refusal> {
    let rows = cx
        .all(
            "select state, person_name, real_at from exercise_states where exercise = $1 order by real_at",
            vec![id.into()],
        )
        .await?;
    rows.iter().map(|row| Ok((row.word("state")?, row.text("person_name")?, row.instant("real_at")?))).collect()
}

pub(crate) async fn add_note(
    cx: &mut Cx,
    id: ExerciseId,
    text: &str,
    simulated_at: Option<Instant>,
) -> Result<(), Refusal> {
    let note: kernel::Uuid = cx.new_id();
    let binds: Vec<Value> =
        vec![note.into(), id.into(), text.into(), cx.actor.name.clone().into(), simulated_at.into(), cx.now.into()];
    cx.run(
        "insert into exercise_notes (id, exercise, text, by_name, simulated_at, real_at) values ($1, $2, $3, $4, $5, $6)",
        binds,
    )
    .await
    .map(|_| ())
}

pub(crate) async fn notes(cx: &mut Cx, id: ExerciseId) -> Result<Vec<Note>, Refusal> {
    let rows = cx
        .all(
            "select text, by_name, simulated_at, real_at from exercise_notes where exercise = $1 order by real_at, id limit 1000",
            vec![id.into()],
        )
        .await?;
    rows.iter()
        .map(|row| {
            Ok(Note {
                text: row.text("text")?,
                by_name: row.text("by_name")?,
                simulated_at: row.instant_or_none("simulated_at")?,
                real_at: row.instant("real_at")?,
            })
        })
        .collect()
}

fn exercise(row: &Row) -> Result<Exercise, Refusal> {
    Ok(Exercise {
        id: row.id("id")?,
        number: row.int("number")?,
        scenario: row.text("scenario")?,
        scenario_hash: row.text("scenario_hash")?,
        scenario_title: row.text("scenario_title")?,
        planned_for: date(row, "planned_for")?,
        facilitator: row.id("facilitator")?,
        facilitator_name: row.text("facilitator_name")?,
        state: row.word("state")?,
        incident: row.id_or_none("incident")?,
        clock: clock(row)?,
        started_at: row.instant_or_none("started_at")?,
        ended_at: row.instant_or_none("ended_at")?,
        debrief: row.text("debrief")?,
        revision: row.int("revision")?,
        participants: Vec::new(),
    })
}

pub(super) fn date(row: &Row, column: &str) -> Result<Date, Refusal> {
    row.date_or_none(column)?.ok_or_else(|| Refusal::broken(format!("column {column} holds no date")))
}

/// The clock of a row that has its columns; none where nothing was started.
pub(crate) fn clock(row: &Row) -> Result<Option<SimClock>, Refusal> {
    let parts = (
        row.instant_or_none("clock_real")?,
        row.instant_or_none("clock_simulated")?,
        row.get::<Option<i64>>("clock_speed")?,
        row.instant_or_none("clock_end")?,
    );
    Ok(match parts {
        (Some(real), Some(simulated), Some(speed), Some(end)) => Some(SimClock { real, simulated, speed, end }),
        _ => None,
    })
}
