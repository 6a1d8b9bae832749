//! Ratings, notes, and what to do better.

use db::{Change, Cx};
use kernel::{Date, Instant, PersonId, Refusal};
use serde::Serialize;
use serde_json::{Value, json};

use super::{
    model::{
        Exercise, ExerciseState, IMPROVE, Improvement, NOTE_LIMIT, TEXT_LIMIT, no_exercise, not_in, readable, resource,
        runnable, said, short,
    },
    plan::possible_players,
    scenarios::stored,
};
use crate::{
    ExerciseId, ImprovementId,
    rules::{
        rating::{Evidence, Judged, judge, limit},
        scenario::Scenario,
        simulated_at,
    },
    store::{self, exercise_results as results, exercises},
};

/// An expected action with how it was rated.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Rated {
    pub id: String,
    pub what: String,
    /// The role's name.
    pub by: String,
    pub why: String,
    pub law: String,
    /// Simulated.
    #[schema(value_type = String, format = DateTime)]
    pub until: Instant,
    /// What the program sees by itself.
    pub judged: Option<Judged>,
    /// What counts, 0 to 3: a person's rating, or else the program's.
    pub rating: Option<i64>,
    pub comment: String,
    /// Who rated; nobody where the program did.
    pub by_name: String,
}

/// What was done in an exercise so far, at simulated instants.
pub(super) async fn evidence(cx: &mut Cx, exercise: &Exercise) -> Result<Evidence, Refusal> {
    let Some(incident) = exercise.incident else { return Ok(Evidence::default()) };
    let settings = exercises::clock_history(cx, exercise).await?;
    let then = |real: Instant| simulated_at(&settings, real);
    let entries = store::facts(cx, incident).await?;
    let mut out = Evidence::default();
    for entry in entries.iter().filter(|entry| !entry.superseded && !entry.value.is_null()) {
        // Corrected later, a fact still counts from when it was entered first.
        let first = entries.iter().rfind(|known| known.path == entry.path && !known.value.is_null());
        let at = first.and_then(|first| then(first.entered_at));
        out.facts.extend(at.map(|at| (entry.path.clone(), entry.value.clone(), at)));
    }
    for taker in store::takers(cx, incident).await? {
        out.taken.extend(then(taker.taken_at).map(|at| (taker.rule, at)));
    }
    for (state, _, at) in exercises::states(cx, exercise.id).await? {
        out.states.extend(then(at).map(|at| (state, at)));
    }
    Ok(out)
}

/// The expected actions as they are rated now.
pub(super) async fn rated(cx: &mut Cx, exercise: &Exercise, scenario: &Scenario) -> Result<Vec<Rated>, Refusal> {
    let evidence = evidence(cx, exercise).await?;
    let given = results::ratings(cx, exercise.id).await?;
    let now = exercise.clock.map(|clock| clock.at(cx.now));
    let out = scenario.expected.iter().map(|action| {
        let judged = now.and_then(|now| judge(scenario, action, &evidence, now));
        let kept = given.iter().find(|rating| rating.action == action.id);
        Rated {
            id: action.id.clone(),
            what: action.what.clone(),
            by: scenario.role_name(&action.by),
            why: action.why.clone(),
            law: action.law.clone(),
            until: limit(scenario, action),
            rating: kept.map(|kept| kept.rating).or(judged.as_ref().map(|judged| judged.rating)),
            comment: kept.map(|kept| kept.comment.clone()).unwrap_or_default(),
            by_name: kept.filter(|kept| !kept.automatic).map(|kept| kept.by_name.clone()).unwrap_or_default(),
            judged,
        }
    });
    Ok(out.collect())
}

/// Keeps the program's own ratings when an exercise ends, so that no later change of a fact moves them.
pub(super) async fn settle(cx: &mut Cx, id: ExerciseId) -> Result<(), Refusal> {
    let exercise = exercises::one(cx, id).await?.ok_or_else(no_exercise)?;
    let scenario = stored(&exercises::scenario_text(cx, id).await?)?;
    let given = results::ratings(cx, id).await?;
    let by_person: Vec<Value> = given.iter().map(|kept| json!([kept.action, kept.rating, kept.comment])).collect();
    if !by_person.is_empty() {
        cx.record(
            Change::new(
                "exercise.ratings_kept",
                "exercise",
                id,
                format!("kept the ratings given in exercise {}", exercise.number),
            )
            .behind(id)
            .after(by_person),
        );
    }
    for action in rated(cx, &exercise, &scenario).await? {
        let by_hand = given.iter().any(|rating| rating.action == action.id);
        if let (Some(judged), false) = (&action.judged, by_hand) {
            results::rate(cx, id, &action.id, judged.rating, &judged.reason, true).await?;
        }
    }
    Ok(())
}

/// Rates an expected action from 0 to 3, also against what the program found, and also after the end.
pub async fn rate(cx: &mut Cx, id: ExerciseId, action: &str, rating: i64, comment: &str) -> Result<(), Refusal> {
    let exercise = runnable(cx, id).await?;
    if !(exercise.state.is_on() || exercise.state == ExerciseState::Ended) {
        return Err(not_in(&exercise, "rated"));
    }
    let scenario = stored(&exercises::scenario_text(cx, id).await?)?;
    if scenario.expected.iter().all(|known| known.id != action) {
        return Err(Refusal::not_found("there is no such action in this scenario"));
    }
    if !(0..=3).contains(&rating) {
        return Err(Refusal::field("rating", "rate from 0, not done, to 3, fully done"));
    }
    let comment = short("comment", comment, NOTE_LIMIT)?;
    let before = results::ratings(cx, id).await?.into_iter().find(|kept| kept.action == action);
    results::rate(cx, id, action, rating, comment, false).await?;
    let mut change = Change::new(
        "exercise.rated",
        "exercise",
        id,
        format!("rated an expected action of exercise {}", exercise.number),
    )
    .behind(id);
    // While it goes on, the trail has readers who play: it doesn't tell them what is expected.
    if exercise.state == ExerciseState::Ended {
        change = change
            .before(before.map_or(Value::Null, |kept| json!({ "rating": kept.rating, "comment": kept.comment })))
            .after(json!({ "action": action, "rating": rating, "comment": comment }));
    }
    cx.record(change);
    Ok(())
}

/// Notes something down for the report.
pub async fn note(cx: &mut Cx, id: ExerciseId, text: &str) -> Result<(), Refusal> {
    let exercise = runnable(cx, id).await?;
    let text = said("note", text, NOTE_LIMIT, "write what you saw")?;
    let simulated = exercise.clock.map(|clock| clock.at(cx.now));
    exercises::add_note(cx, id, text, simulated).await?;
    cx.record(
        Change::new("exercise.noted", "exercise", id, format!("noted something on exercise {}", exercise.number))
            .behind(id),
    );
    Ok(())
}

/// Writes down what was said after the exercise.
pub async fn set_debrief(cx: &mut Cx, id: ExerciseId, text: &str, revision: i64) -> Result<(), Refusal> {
    let exercise = runnable(cx, id).await?;
    if exercise.state != ExerciseState::Ended {
        return Err(not_in(&exercise, "debriefed"));
    }
    let text = short("debrief", text, TEXT_LIMIT)?;
    if !exercises::set_debrief(cx, id, text, revision).await? {
        return Err(Refusal::stale());
    }
    cx.record(
        Change::new("exercise.debriefed", "exercise", id, format!("wrote the debrief of exercise {}", exercise.number))
            .behind(id),
    );
    Ok(())
}

/// Says what to do better, who does it, and until when.
pub async fn add_improvement(
    cx: &mut Cx,
    id: ExerciseId,
    text: &str,
    owner: PersonId,
    due: &str,
) -> Result<ImprovementId, Refusal> {
    let exercise = improvable(cx, id).await?;
    let text = said("improvement", text, NOTE_LIMIT, "say what to do better")?;
    let due: Date = due.trim().parse().map_err(|_| Refusal::field("due", "give the day until which it is done"))?;
    let found = possible_players(cx).await?.into_iter().find(|known| known.id == owner);
    let Some(found) = found else { return Err(Refusal::field("owner", "choose somebody who works here")) };
    let new = Improvement {
        id: cx.new_id(),
        text: text.to_owned(),
        owner,
        owner_name: found.name,
        due,
        closed_at: None,
        closed_by_name: String::new(),
        closing: String::new(),
        revision: 1,
    };
    results::add_improvement(cx, id, &new).await?;
    cx.record(
        Change::new(
            "exercise.improvement_added",
            "exercise",
            id,
            format!("found something to do better in exercise {}", exercise.number),
        )
        .behind(id)
        .after(json!({ "text": text, "owner": new.owner_name, "due": due })),
    );
    Ok(new.id)
}

/// Refuses whoever may not say what to do better, before a form is looked at.
pub async fn ensure_improver(cx: &mut Cx, id: ExerciseId) -> Result<(), Refusal> {
    improvable(cx, id).await.map(|_| ())
}

async fn improvable(cx: &mut Cx, id: ExerciseId) -> Result<Exercise, Refusal> {
    let exercise = readable(cx, id).await?;
    cx.require(IMPROVE, &resource(&exercise))?;
    if !(exercise.state.is_on() || exercise.state == ExerciseState::Ended) {
        return Err(not_in(&exercise, "improved upon"));
    }
    Ok(exercise)
}

/// Closes an improvement with what was done.
pub async fn close_improvement(
    cx: &mut Cx,
    id: ExerciseId,
    improvement: ImprovementId,
    closing: &str,
    revision: i64,
) -> Result<(), Refusal> {
    let exercise = improvable(cx, id).await?;
    let closing = said("closing", closing, NOTE_LIMIT, "say what was done")?;
    let known = results::improvements(cx, id).await?;
    let Some(known) = known.into_iter().find(|known| known.id == improvement) else {
        return Err(Refusal::not_found("there is no such improvement"));
    };
    if known.closed_at.is_some() {
        return Err(Refusal::conflict("it is closed already"));
    }
    if !results::close_improvement(cx, id, improvement, closing, revision).await? {
        return Err(Refusal::stale());
    }
    cx.record(
        Change::new(
            "exercise.improvement_closed",
            "exercise",
            id,
            format!("closed an improvement of exercise {}", exercise.number),
        )
        .behind(id)
        .after(json!({ "text": known.text, "closing": closing })),
    );
    Ok(())
}
