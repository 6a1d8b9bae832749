//! Planning an exercise, and who takes which role.

use std::collections::BTreeSet;

use db::{Change, Cx};
use kernel::{Date, Instant, Page, PersonId, Refusal, Resource, Side};
use people::Person;
use serde_json::json;

use super::{
    model::{Exercise, ExerciseState, PLAN, Seat, not_in, runnable},
    scenarios::{hash, stored, whole},
};
use crate::{
    ExerciseId,
    rules::scenario::OBSERVER,
    store::exercises::{self as store, Planned},
};

/// Sides whose people plan and conduct exercises, as the policy has them.
const PLANNERS: [Side; 5] = [Side::Legal, Side::Privacy, Side::Security, Side::It, Side::Compliance];
/// Seats of one exercise.
const SEATS: usize = 200;

/// What is asked of whoever plans an exercise.
#[derive(Debug, Clone, Default)]
pub struct NewExercise {
    /// The scenario's name.
    pub scenario: String,
    /// `2026-12-01`
    pub planned_for: String,
    /// Whoever plans it, if nobody else.
    pub facilitator: Option<PersonId>,
}

/// Refuses whoever may not plan, before a form is drawn.
pub fn ensure_planner(cx: &Cx) -> Result<(), Refusal> {
    cx.require(PLAN, &Resource::all("Incidents"))
}

/// Refuses whoever doesn't conduct this exercise, before a form is looked at.
pub async fn ensure_runner(cx: &mut Cx, id: ExerciseId) -> Result<(), Refusal> {
    runnable(cx, id).await.map(|_| ())
}

/// Whoever could conduct an exercise.
pub async fn possible_facilitators(cx: &mut Cx) -> Result<Vec<Person>, Refusal> {
    ensure_planner(cx)?;
    let mut people = people::people_to_choose_from(cx).await?;
    people.retain(|person| may_facilitate(&person.sides));
    Ok(people)
}

/// Whoever could take a role.
pub async fn possible_players(cx: &mut Cx) -> Result<Vec<Person>, Refusal> {
    let mut people = people::people_to_choose_from(cx).await?;
    people.retain(|person| !person.sides.contains(&Side::Vendor));
    Ok(people)
}

fn may_facilitate(sides: &BTreeSet<Side>) -> bool {
    !sides.contains(&Side::Vendor) && PLANNERS.iter().any(|side| sides.contains(side))
}

/// Plans an exercise. Whoever plays a scenario that is still open can't conduct it elsewhere: that would be reading ahead.
pub async fn plan(cx: &mut Cx, new: &NewExercise) -> Result<ExerciseId, Refusal> {
    ensure_planner(cx)?;
    let (scenario, text) = whole(cx, &new.scenario).await?;
    let planned_for: Date =
        new.planned_for.trim().parse().map_err(|_| Refusal::field("planned_for", "give the day of the exercise"))?;
    let (facilitator, name) = match new.facilitator {
        Some(person) if person != cx.actor.person => {
            let found = possible_facilitators(cx).await?.into_iter().find(|known| known.id == person);
            let found = found.ok_or_else(|| Refusal::field("facilitator", "choose somebody who may conduct it"))?;
            (found.id, found.name)
        }
        _ => (cx.actor.person, cx.actor.name.clone()),
    };
    if store::plays(cx, &scenario.id, facilitator).await? {
        return Err(Refusal::field(
            "facilitator",
            "they have a role in an exercise of this scenario that is not over, and would read what is to come",
        ));
    }
    let id: ExerciseId = cx.new_id();
    let number = store::next_number(cx).await?;
    let hash = hash(&text);
    let planned =
        Planned { scenario: &scenario, hash: &hash, text: &text, planned_for, facilitator, facilitator_name: &name };
    store::insert(cx, id, number, &planned).await?;
    db::walls::raise(cx, id.into(), true).await?;
    db::walls::name_people(cx, id.into(), &[facilitator]).await?;
    cx.record(
        Change::new("exercise.planned", "exercise", id, format!("planned exercise {number}: {}", scenario.title))
            .behind(id)
            .after(json!({ "scenario": scenario.id, "sha256": hash, "planned_for": planned_for, "facilitator": name })),
    );
    Ok(id)
}

/// Exercises that the person may know of, the newest first.
pub async fn list(cx: &mut Cx, before: Option<i64>, limit: usize) -> Result<Page<Exercise>, Refusal> {
    cx.require(crate::law::READ_RULES, &Resource::all("Incidents"))?;
    store::list(cx, before, limit).await
}

/// When an exercise last ended, of which scenario, and which it was: for the plan's page.
pub async fn last(cx: &mut Cx) -> Result<Option<(Instant, String, ExerciseId)>, Refusal> {
    let latest = store::latest(cx, None, None).await?;
    Ok(latest.and_then(|exercise| Some((exercise.ended_at?, exercise.scenario_title, exercise.id))))
}

/// Gives somebody a role, also in the middle of an exercise.
pub async fn seat(cx: &mut Cx, id: ExerciseId, person: PersonId, role: &str) -> Result<(), Refusal> {
    let exercise = runnable(cx, id).await?;
    if !(exercise.state == ExerciseState::Planned || exercise.state.is_on()) {
        return Err(not_in(&exercise, "given other people"));
    }
    let scenario = stored(&store::scenario_text(cx, id).await?)?;
    if role != OBSERVER && scenario.roles.iter().all(|known| known.id != role) {
        return Err(Refusal::field("role", "choose a role of the scenario"));
    }
    if person == exercise.facilitator {
        return Err(Refusal::field("person", "whoever conducts the exercise knows what is to come and takes no role"));
    }
    let found = possible_players(cx).await?.into_iter().find(|known| known.id == person);
    let Some(found) = found else { return Err(Refusal::field("person", "choose somebody who works here")) };
    let seats = store::seats(cx, id).await?;
    if seats.len() >= SEATS {
        return Err(Refusal::field("person", format!("an exercise has at most {SEATS} seats")));
    }
    // Whoever watches sees everything, so nobody does both.
    let other = seats.iter().find(|(known, _, had)| *known == person && (had == OBSERVER) != (role == OBSERVER));
    if other.is_some() {
        return Err(Refusal::field("person", "nobody both plays and watches"));
    }
    let seat = Seat { person, person_name: found.name, role: role.to_owned(), role_name: scenario.role_name(role) };
    store::seat(cx, id, &seat).await?;
    rewall(cx, &exercise).await?;
    cx.record(
        Change::new(
            "exercise.seated",
            "exercise",
            id,
            format!("gave {} the role {} in exercise {}", seat.person_name, seat.role_name, exercise.number),
        )
        .behind(id),
    );
    Ok(())
}

/// Takes a role from somebody.
pub async fn unseat(cx: &mut Cx, id: ExerciseId, person: PersonId, role: &str) -> Result<(), Refusal> {
    let exercise = runnable(cx, id).await?;
    if !(exercise.state == ExerciseState::Planned || exercise.state.is_on()) {
        return Err(not_in(&exercise, "given other people"));
    }
    let seats = store::seats(cx, id).await?;
    let found = seats.into_iter().find(|(known, _, had)| *known == person && had == role);
    let Some((_, name, _)) = found else { return Err(Refusal::field("person", "they don't have this role")) };
    store::unseat(cx, id, person, role).await?;
    rewall(cx, &exercise).await?;
    cx.record(
        Change::new(
            "exercise.unseated",
            "exercise",
            id,
            format!("took a role in exercise {} from {name}", exercise.number),
        )
        .behind(id)
        .before(json!({ "role": role })),
    );
    Ok(())
}

/// The trail of the exercise and of its incident is readable for those who take part, of whatever side they are.
pub(super) async fn rewall(cx: &mut Cx, exercise: &Exercise) -> Result<(), Refusal> {
    let mut people: Vec<PersonId> =
        store::seats(cx, exercise.id).await?.into_iter().map(|(person, ..)| person).collect();
    people.push(exercise.facilitator);
    db::walls::name_people(cx, exercise.id.into(), &people).await?;
    if let Some(incident) = exercise.incident {
        db::walls::name_people(cx, incident.into(), &people).await?;
    }
    Ok(())
}

/// Hands the exercise to another facilitator. Nobody who plays can take it.
pub async fn hand_over(cx: &mut Cx, id: ExerciseId, person: PersonId, revision: i64) -> Result<(), Refusal> {
    let exercise = runnable(cx, id).await?;
    let found = possible_facilitators(cx).await?.into_iter().find(|known| known.id == person);
    let Some(found) = found else { return Err(Refusal::field("facilitator", "choose somebody who may conduct it")) };
    if store::plays(cx, &exercise.scenario, person).await? {
        return Err(Refusal::field("facilitator", "they have a role in this scenario and would read what is to come"));
    }
    if !store::set_facilitator(cx, id, person, &found.name, revision).await? {
        return Err(Refusal::stale());
    }
    rewall(cx, &Exercise { facilitator: person, ..exercise.clone() }).await?;
    cx.record(
        Change::new(
            "exercise.handed_over",
            "exercise",
            id,
            format!("handed exercise {} over to {}", exercise.number, found.name),
        )
        .behind(id)
        .before(&exercise.facilitator_name)
        .after(&found.name),
    );
    Ok(())
}

/// Calls a planned exercise off.
pub async fn cancel(cx: &mut Cx, id: ExerciseId, revision: i64) -> Result<(), Refusal> {
    let exercise = runnable(cx, id).await?;
    if exercise.state != ExerciseState::Planned {
        return Err(not_in(&exercise, "called off"));
    }
    if !store::set_state(cx, id, ExerciseState::Cancelled, revision).await? {
        return Err(Refusal::stale());
    }
    cx.record(
        Change::new("exercise.cancelled", "exercise", id, format!("called exercise {} off", exercise.number))
            .behind(id),
    );
    Ok(())
}
