//! An exercise as each of its people sees it.

use db::Cx;
use kernel::{Instant, Refusal};
use serde::Serialize;
use serde_json::Value;

use super::{
    model::{Exercise, ExerciseState, Improvement, Note, Seat, can_run, readable},
    rate::{Rated, rated},
    scenarios::stored,
};
use crate::{
    ExerciseId, can_edit,
    rules::{
        label, said,
        scenario::{Inject, OBSERVER, Role, Scenario},
    },
    store::{self, exercise_results as results, exercises},
};

/// A fact that an inject brought.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Brought {
    /// Its place among the inject's facts.
    pub index: usize,
    pub path: String,
    pub label: String,
    pub value: String,
    pub source: String,
    /// The players decide whether it is entered.
    pub offered: bool,
    /// The incident holds it now.
    pub entered: bool,
}

/// An inject that has reached whoever looks.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Delivered {
    pub id: String,
    /// Its place in the scenario; counts from 1.
    pub number: usize,
    pub title: String,
    pub text: String,
    pub to: Vec<String>,
    #[schema(value_type = String, format = DateTime)]
    pub simulated_at: Instant,
    #[schema(value_type = String, format = DateTime)]
    pub real_at: Instant,
    pub facts: Vec<Brought>,
}

/// An inject that nobody got yet. Only the facilitator sees it.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Waiting {
    pub id: String,
    pub number: usize,
    pub title: String,
    pub text: String,
    pub to: Vec<String>,
    #[schema(value_type = String, format = DateTime)]
    pub due: Instant,
    /// Seconds after the start.
    pub after: i64,
    pub skipped: bool,
    /// What it will tell of, in words.
    pub facts: Vec<String>,
}

/// What only the facilitator sees while the exercise is not over.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Backstage {
    pub waiting: Vec<Waiting>,
    pub rated: Vec<Rated>,
    pub notes: Vec<Note>,
    pub pitfalls: Vec<String>,
    pub questions: Vec<String>,
}

/// An exercise for the person who looks.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct View {
    pub exercise: Exercise,
    /// The number by which people speak of its incident.
    pub incident_number: Option<i64>,
    pub summary: String,
    pub trains: Vec<String>,
    pub roles: Vec<Role>,
    pub seats: Vec<Seat>,
    /// The roles of the person who looks; `observer` for whoever watches.
    pub mine: Vec<String>,
    /// What the exercise's clock shows.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub simulated_now: Option<Instant>,
    /// 0 while the clock stands.
    pub speed: i64,
    /// The zone in which the story is told.
    pub zone: String,
    /// The newest first.
    pub delivered: Vec<Delivered>,
    /// How many injects are still to come.
    pub to_come: usize,
    pub can_act: bool,
    pub backstage: Option<Backstage>,
    pub improvements: Vec<Improvement>,
}

/// The exercise for the person who looks: injects only once they came and only to the own roles, the rest for the
/// facilitator.
pub async fn view(cx: &mut Cx, id: ExerciseId) -> Result<View, Refusal> {
    let exercise = readable(cx, id).await?;
    let scenario = stored(&exercises::scenario_text(cx, id).await?)?;
    let conducts = can_run(cx, &exercise);
    let seats: Vec<Seat> = exercises::seats(cx, id)
        .await?
        .into_iter()
        .map(|(person, person_name, role)| Seat { person, person_name, role_name: scenario.role_name(&role), role })
        .collect();
    let me = cx.actor.person;
    let mine: Vec<String> = seats.iter().filter(|seat| seat.person == me).map(|seat| seat.role.clone()).collect();
    let over = exercise.state == ExerciseState::Ended;
    let sees_all = conducts || over || mine.iter().any(|role| role == OBSERVER);
    let incident = match exercise.incident {
        Some(incident) => store::one(cx, incident).await?,
        None => None,
    };
    let held = match &incident {
        Some(incident) => store::facts(cx, incident.id).await?,
        None => Vec::new(),
    };
    let holds = |path: &str, value: &Value| {
        held.iter().any(|entry| !entry.superseded && entry.path == path && entry.value == *value)
    };
    let fates = exercises::fates(cx, id).await?;
    let (mut delivered, mut waiting, mut to_come) = (Vec::new(), Vec::new(), 0);
    for (at, inject) in scenario.injects.iter().enumerate() {
        match fates.iter().find(|fate| fate.inject == inject.id) {
            Some(fate) if fate.delivered => {
                if sees_all || inject.is_for(&mine) {
                    let facts = brought(inject, holds);
                    delivered.push(Delivered {
                        id: inject.id.clone(),
                        number: at + 1,
                        title: inject.title.clone(),
                        text: inject.text.clone(),
                        to: scenario.told(inject),
                        simulated_at: fate.simulated_at,
                        real_at: fate.real_at,
                        facts,
                    });
                }
            }
            fate => {
                to_come += usize::from(fate.is_none());
                waiting.push(still(&scenario, at, inject, fate.is_some()));
            }
        }
    }
    delivered.sort_by_key(|inject| std::cmp::Reverse((inject.simulated_at, inject.number)));
    let backstage = if conducts {
        Some(Backstage {
            waiting,
            rated: rated(cx, &exercise, &scenario).await?,
            notes: exercises::notes(cx, id).await?,
            pitfalls: scenario.pitfalls.clone(),
            questions: scenario.questions.clone(),
        })
    } else {
        None
    };
    let improvements = if over || conducts { results::improvements(cx, id).await? } else { Vec::new() };
    Ok(View {
        incident_number: incident.as_ref().map(|incident| incident.number),
        can_act: exercise.state.is_on() && incident.as_ref().is_some_and(|incident| can_edit(cx, incident)),
        simulated_now: exercise.clock.map(|clock| clock.at(cx.now)),
        speed: exercise.clock.map_or(0, |clock| clock.speed),
        summary: scenario.summary,
        trains: scenario.trains,
        roles: scenario.roles,
        zone: scenario.zone,
        exercise,
        seats,
        mine,
        delivered,
        to_come,
        backstage,
        improvements,
    })
}

fn brought(inject: &Inject, holds: impl Fn(&str, &Value) -> bool) -> Vec<Brought> {
    let facts = inject.facts.iter().enumerate();
    facts
        .map(|(index, fact)| Brought {
            index,
            label: label(&fact.path),
            value: said(&fact.value),
            source: fact.source.clone(),
            offered: fact.offered,
            entered: holds(&fact.path, &fact.value),
            path: fact.path.clone(),
        })
        .collect()
}

fn still(scenario: &Scenario, at: usize, inject: &Inject, skipped: bool) -> Waiting {
    let facts = inject.facts.iter().map(|fact| {
        let how = if fact.offered { "offered" } else { "entered by itself" };
        format!("{}: {} ({how})", label(&fact.path), said(&fact.value))
    });
    Waiting {
        id: inject.id.clone(),
        number: at + 1,
        title: inject.title.clone(),
        text: inject.text.clone(),
        to: scenario.told(inject),
        due: scenario.instant(inject.after),
        after: inject.after,
        skipped,
        facts: facts.collect(),
    }
}
