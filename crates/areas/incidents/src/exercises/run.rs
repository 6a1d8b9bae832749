//! Conducting an exercise: start, speed, ahead to the next inject, end.

use db::{Change, Cx};
use kernel::{Instant, Refusal};
use serde_json::json;

use super::{
    deliver::due_now,
    model::{Exercise, ExerciseState, not_in, runnable},
    plan::rewall,
    rate::settle,
    scenarios::stored,
};
use crate::{
    ExerciseId, IncidentId,
    rules::{SPEEDS, SimClock, scenario::OBSERVER},
    store::{self, exercises},
};

fn checked_speed(speed: i64) -> Result<i64, Refusal> {
    if speed == 0 || SPEEDS.contains(&speed) {
        return Ok(speed);
    }
    Err(Refusal::field("speed", "the clock stands or runs 1, 10, 60 or 600 times as fast"))
}

/// Starts the exercise: its incident is reported when the story says, and what is known at once is delivered.
pub async fn start(cx: &mut Cx, id: ExerciseId, speed: i64, revision: i64) -> Result<IncidentId, Refusal> {
    let exercise = runnable(cx, id).await?;
    if exercise.state != ExerciseState::Planned {
        return Err(not_in(&exercise, "started"));
    }
    let speed = checked_speed(speed)?;
    let seats = exercises::seats(cx, id).await?;
    if seats.iter().all(|(.., role)| role == OBSERVER) {
        return Err(Refusal::conflict("nobody has a role yet").hint("give at least one person a role first"));
    }
    let scenario = stored(&exercises::scenario_text(cx, id).await?)?;
    let state = if speed == 0 { ExerciseState::Paused } else { ExerciseState::Running };
    if !exercises::set_state(cx, id, state, revision).await? {
        return Err(Refusal::stale());
    }
    let incident: IncidentId = cx.new_id();
    let number = store::next_number(cx).await?;
    db::walls::raise(cx, incident.into(), true).await?;
    store::insert(cx, incident, number, &scenario.report_title, &scenario.report_what).await?;
    let begin = scenario.instant(0);
    exercises::mark_incident(cx, incident, id, begin).await?;
    exercises::set_started(cx, id, incident).await?;
    let clock = SimClock { real: cx.now, simulated: begin, speed, end: scenario.instant(scenario.length) };
    exercises::set_clock(cx, id, &clock).await?;
    rewall(cx, &Exercise { incident: Some(incident), ..exercise.clone() }).await?;
    cx.record(
        Change::new("exercise.started", "exercise", id, format!("started exercise {}", exercise.number))
            .behind(id)
            .after(json!({ "incident": number, "simulated": begin, "speed": speed })),
    );
    cx.record(
        Change::new(
            "incident.reported",
            "incident",
            incident,
            format!("opened incident {number} for exercise {}", exercise.number),
        )
        .behind(incident)
        .after(json!({ "number": number, "exercise": exercise.number })),
    );
    due_now(cx, id).await?;
    Ok(incident)
}

/// Where an exercise's clock stands, if it goes on.
fn clock_of(exercise: &Exercise) -> Result<SimClock, Refusal> {
    match exercise.clock {
        Some(clock) if exercise.state.is_on() => Ok(clock),
        _ => Err(not_in(exercise, "moved in time")),
    }
}

/// Lets the clock run at another speed, or stand (0).
pub async fn set_speed(cx: &mut Cx, id: ExerciseId, speed: i64, revision: i64) -> Result<(), Refusal> {
    let exercise = runnable(cx, id).await?;
    let clock = clock_of(&exercise)?;
    let speed = checked_speed(speed)?;
    // What came due at the old speed is delivered at its time.
    due_now(cx, id).await?;
    let state = if speed == 0 { ExerciseState::Paused } else { ExerciseState::Running };
    if !exercises::set_state(cx, id, state, revision).await? {
        return Err(Refusal::stale());
    }
    let next = clock.at_speed(cx.now, speed);
    exercises::set_clock(cx, id, &next).await?;
    let words = match speed {
        0 => format!("stopped the clock of exercise {}", exercise.number),
        _ => format!("let the clock of exercise {} run {speed} times as fast", exercise.number),
    };
    cx.record(
        Change::new("exercise.clock_set", "exercise", id, words)
            .behind(id)
            .before(json!({ "speed": clock.speed }))
            .after(json!({ "speed": speed, "simulated": next.simulated })),
    );
    Ok(())
}

/// Moves the clock ahead to the next inject and delivers it. Time never goes back.
pub async fn jump(cx: &mut Cx, id: ExerciseId, revision: i64) -> Result<Instant, Refusal> {
    let exercise = runnable(cx, id).await?;
    let clock = clock_of(&exercise)?;
    due_now(cx, id).await?;
    let scenario = stored(&exercises::scenario_text(cx, id).await?)?;
    let fates = exercises::fates(cx, id).await?;
    let next = scenario.injects.iter().find(|inject| fates.iter().all(|fate| fate.inject != inject.id));
    let Some(next) = next else {
        return Err(Refusal::conflict("nothing more is to come").hint("end the exercise when everybody is done"));
    };
    if !exercises::set_state(cx, id, exercise.state, revision).await? {
        return Err(Refusal::stale());
    }
    let moved = clock.ahead(cx.now, scenario.instant(next.after));
    exercises::set_clock(cx, id, &moved).await?;
    cx.record(
        Change::new(
            "exercise.clock_set",
            "exercise",
            id,
            format!("moved the clock of exercise {} ahead", exercise.number),
        )
        .behind(id)
        .before(json!({ "simulated": clock.at(cx.now) }))
        .after(json!({ "simulated": moved.simulated })),
    );
    due_now(cx, id).await?;
    Ok(moved.simulated)
}

/// Ends the exercise. Its clock stands, and what can be rated by itself is.
pub async fn end(cx: &mut Cx, id: ExerciseId, revision: i64) -> Result<(), Refusal> {
    let exercise = runnable(cx, id).await?;
    let clock = clock_of(&exercise)?;
    due_now(cx, id).await?;
    if !exercises::set_state(cx, id, ExerciseState::Ended, revision).await? {
        return Err(Refusal::stale());
    }
    let stands = clock.at_speed(cx.now, 0);
    exercises::set_clock(cx, id, &stands).await?;
    exercises::set_ended(cx, id).await?;
    settle(cx, id).await?;
    cx.record(
        Change::new("exercise.ended", "exercise", id, format!("ended exercise {}", exercise.number))
            .behind(id)
            .after(json!({ "simulated": stands.simulated })),
    );
    Ok(())
}
