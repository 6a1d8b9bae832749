//! What an exercise is, and who may do what with it.

use std::{fmt, str::FromStr};

use db::Cx;
use kernel::{Attr, Date, Instant, Permission, PersonId, Refusal, Resource};
use serde::Serialize;

use crate::{ExerciseId, ImprovementId, IncidentId, rules::SimClock, store::exercises as store};

pub const READ: Permission = Permission::new("readExercise", "Exercise");
pub const RUN: Permission = Permission::new("runExercise", "Exercise");
pub const IMPROVE: Permission = Permission::new("improveExercise", "Exercise");
pub const PLAN: Permission = Permission::new("planExercise", "Incidents");

/// Characters of a note, a comment or a closing.
pub const NOTE_LIMIT: usize = 2_000;
/// Characters of a debrief.
pub const TEXT_LIMIT: usize = 20_000;

/// How far an exercise is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ExerciseState {
    Planned,
    Running,
    /// The clock stands.
    Paused,
    Ended,
    /// It never took place.
    Cancelled,
}

impl ExerciseState {
    pub const ALL: [Self; 5] = [Self::Planned, Self::Running, Self::Paused, Self::Ended, Self::Cancelled];

    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::Running => "running",
            Self::Paused => "paused",
            Self::Ended => "ended",
            Self::Cancelled => "cancelled",
        }
    }

    /// Started and not over.
    #[must_use]
    pub fn is_on(self) -> bool {
        matches!(self, Self::Running | Self::Paused)
    }
}

impl fmt::Display for ExerciseState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for ExerciseState {
    type Err = Refusal;

    fn from_str(text: &str) -> Result<Self, Refusal> {
        Self::ALL
            .into_iter()
            .find(|state| state.as_str() == text)
            .ok_or_else(|| Refusal::field("state", "an exercise is planned, running, paused, ended or cancelled"))
    }
}

/// An exercise without what it plays.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Exercise {
    #[schema(value_type = String, format = Uuid)]
    pub id: ExerciseId,
    /// How people speak of it; counts from 1.
    pub number: i64,
    /// The scenario's name.
    pub scenario: String,
    /// SHA-256 of the scenario's text.
    pub scenario_hash: String,
    pub scenario_title: String,
    #[schema(value_type = String, format = Date)]
    pub planned_for: Date,
    #[schema(value_type = String, format = Uuid)]
    pub facilitator: PersonId,
    pub facilitator_name: String,
    pub state: ExerciseState,
    /// The incident that it is played on, once it was started.
    #[schema(value_type = Option<String>, format = Uuid)]
    pub incident: Option<IncidentId>,
    #[serde(skip)]
    pub clock: Option<SimClock>,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub started_at: Option<Instant>,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub ended_at: Option<Instant>,
    /// What was said afterwards.
    pub debrief: String,
    pub revision: i64,
    /// Whoever takes a role or watches.
    #[serde(skip)]
    pub(crate) participants: Vec<PersonId>,
}

/// Somebody in a role.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Seat {
    #[schema(value_type = String, format = Uuid)]
    pub person: PersonId,
    pub person_name: String,
    /// A role of the scenario, or `observer`.
    pub role: String,
    pub role_name: String,
}

/// What the facilitator noted down.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Note {
    pub text: String,
    pub by_name: String,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub simulated_at: Option<Instant>,
    #[schema(value_type = String, format = DateTime)]
    pub real_at: Instant,
}

/// Something to do better.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Improvement {
    #[schema(value_type = String, format = Uuid)]
    pub id: ImprovementId,
    pub text: String,
    #[schema(value_type = String, format = Uuid)]
    pub owner: PersonId,
    pub owner_name: String,
    #[schema(value_type = String, format = Date)]
    pub due: Date,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub closed_at: Option<Instant>,
    pub closed_by_name: String,
    pub closing: String,
    pub revision: i64,
}

pub(super) fn resource(exercise: &Exercise) -> Resource {
    Resource::new("Exercise", exercise.id)
        .with("facilitator", Attr::Person(Some(exercise.facilitator)))
        .with("participants", Attr::People(exercise.participants.clone()))
}

/// Whether the person may plan exercises.
pub fn can_plan(cx: &Cx) -> bool {
    cx.allows(PLAN, &Resource::all("Incidents"))
}

/// Whether the person may know of this exercise.
pub fn can_read(cx: &Cx, exercise: &Exercise) -> bool {
    cx.allows(READ, &resource(exercise))
}

/// Whether the person conducts this exercise.
pub fn can_run(cx: &Cx, exercise: &Exercise) -> bool {
    cx.allows(RUN, &resource(exercise))
}

/// Whether the person may say what to do better.
pub fn can_improve(cx: &Cx, exercise: &Exercise) -> bool {
    cx.allows(IMPROVE, &resource(exercise))
}

pub(super) fn no_exercise() -> Refusal {
    Refusal::not_found("there is no such exercise")
}

/// The exercise, where this person may know of it.
pub(super) async fn readable(cx: &mut Cx, id: ExerciseId) -> Result<Exercise, Refusal> {
    let exercise = store::one(cx, id).await?.ok_or_else(no_exercise)?;
    cx.require(READ, &resource(&exercise)).map_err(|_| no_exercise())?;
    Ok(exercise)
}

/// The exercise, where this person conducts it.
pub(super) async fn runnable(cx: &mut Cx, id: ExerciseId) -> Result<Exercise, Refusal> {
    let exercise = readable(cx, id).await?;
    cx.require(RUN, &resource(&exercise)).map_err(|refusal| refusal.hint("its facilitator does"))?;
    Ok(exercise)
}

/// A text that must be there and fit.
pub(super) fn said<'t>(field: &str, text: &'t str, most: usize, empty: &str) -> Result<&'t str, Refusal> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Refusal::field(field, empty));
    }
    short(field, text, most)
}

/// A text that must fit.
pub(super) fn short<'t>(field: &str, text: &'t str, most: usize) -> Result<&'t str, Refusal> {
    let text = text.trim();
    if text.chars().count() > most {
        return Err(Refusal::field(field, format!("at most {most} characters")));
    }
    Ok(text)
}

pub(super) fn not_in(exercise: &Exercise, what: &str) -> Refusal {
    Refusal::conflict(format!("an exercise that is {} cannot be {what}", exercise.state))
}
