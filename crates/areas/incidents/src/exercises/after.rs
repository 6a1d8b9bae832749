//! The after-action report: what happened when, how it is rated, what to do better, and what changed since the last time.

use db::Cx;
use jiff::tz::TimeZone;
use kernel::{Instant, Refusal};
use serde::Serialize;

use super::{
    model::{Exercise, ExerciseState, Improvement, Seat, not_in, readable},
    rate::{Rated, rated},
    scenarios::stored,
};
use crate::{
    ExerciseId,
    incidents::reckoned,
    own_law,
    rules::{
        self, label,
        rating::{mean, words},
        real_at, said,
        scenario::{Scenario, lasting},
        simulated_at,
    },
    store::{self, exercise_results as results, exercises},
};

/// Something that happened.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Act {
    #[schema(value_type = Option<String>, format = DateTime)]
    pub simulated_at: Option<Instant>,
    #[schema(value_type = String, format = DateTime)]
    pub real_at: Instant,
    /// `inject`, `fact`, `clock`, `step`, `state`, `time` or `note`.
    pub kind: &'static str,
    pub who: String,
    pub what: String,
}

/// A clock of the law that ran in the exercise.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct ClockLine {
    pub rule: String,
    pub title: String,
    pub to: String,
    /// RFC 3339 in the rule's zone.
    pub due: String,
    pub sent: String,
    /// "met", "late", or "due" where there was still time.
    pub status: String,
}

/// The last exercise of the same scenario beside this one.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Compared {
    #[schema(value_type = String, format = Uuid)]
    pub id: ExerciseId,
    pub number: i64,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub ended_at: Option<Instant>,
    pub mean: Option<String>,
    /// The scenario's text was another one.
    pub other_text: bool,
    /// Action, rating then, rating now.
    #[schema(value_type = Vec<Object>)]
    pub changed: Vec<(String, i64, i64)>,
    /// Improvements found then and still open.
    pub still_open: Vec<Improvement>,
}

/// The whole report.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct AfterAction {
    pub exercise: Exercise,
    pub summary: String,
    pub trains: Vec<String>,
    pub zone: String,
    /// Seconds that it took.
    pub real_seconds: i64,
    pub simulated_seconds: i64,
    pub seats: Vec<Seat>,
    pub timeline: Vec<Act>,
    pub rated: Vec<Rated>,
    pub mean: Option<String>,
    pub clocks: Vec<ClockLine>,
    /// Who did how much: facts entered, clocks taken, steps of the plan closed, states set.
    #[schema(value_type = Vec<Object>)]
    pub done_by: Vec<(String, usize)>,
    pub improvements: Vec<Improvement>,
    pub before: Option<Compared>,
    pub pitfalls: Vec<String>,
    pub questions: Vec<String>,
}

/// The report of an exercise that is over, for everybody who may know of it.
pub async fn after_action(cx: &mut Cx, id: ExerciseId) -> Result<AfterAction, Refusal> {
    let exercise = readable(cx, id).await?;
    if exercise.state != ExerciseState::Ended {
        return Err(not_in(&exercise, "reported on").hint("its report is there when it has ended"));
    }
    let scenario = stored(&exercises::scenario_text(cx, id).await?)?;
    let rated = rated(cx, &exercise, &scenario).await?;
    let timeline = timeline(cx, &exercise, &scenario).await?;
    let seats: Vec<Seat> = exercises::seats(cx, id)
        .await?
        .into_iter()
        .map(|(person, person_name, role)| Seat { person, person_name, role_name: scenario.role_name(&role), role })
        .collect();
    let mut done_by: Vec<(String, usize)> = Vec::new();
    for seat in &seats {
        if done_by.iter().all(|(name, _)| *name != seat.person_name) {
            let did =
                |act: &&Act| act.who == seat.person_name && matches!(act.kind, "fact" | "clock" | "step" | "state");
            done_by.push((seat.person_name.clone(), timeline.iter().filter(did).count()));
        }
    }
    let begin = scenario.instant(0);
    let shown = exercise.clock.map_or(begin, |clock| clock.at(cx.now));
    let (started, ended) = (exercise.started_at, exercise.ended_at);
    Ok(AfterAction {
        mean: mean(rated.iter().filter_map(|action| action.rating)),
        clocks: clocks(cx, &exercise, shown).await?,
        improvements: results::improvements(cx, id).await?,
        before: compared(cx, &exercise, &rated).await?,
        real_seconds: ended.zip(started).map_or(0, |(ended, started)| ended.seconds_since(started)),
        simulated_seconds: shown.seconds_since(begin),
        summary: scenario.summary,
        trains: scenario.trains,
        zone: scenario.zone,
        pitfalls: scenario.pitfalls,
        questions: scenario.questions,
        exercise,
        seats,
        timeline,
        rated,
        done_by,
    })
}

async fn timeline(cx: &mut Cx, exercise: &Exercise, scenario: &Scenario) -> Result<Vec<Act>, Refusal> {
    let settings = exercises::clock_history(cx, exercise).await?;
    let mut out = Vec::new();
    let act = |real_at: Instant, kind: &'static str, who: &str, what: String| Act {
        simulated_at: simulated_at(&settings, real_at),
        real_at,
        kind,
        who: who.to_owned(),
        what,
    };
    for (at, setting) in settings.iter().enumerate() {
        let before = at.checked_sub(1).map(|at| settings[at]);
        let what = match before {
            None => "The exercise begins".to_owned(),
            Some(before) if before.at(setting.real) < setting.simulated => "The clock is moved ahead".to_owned(),
            Some(_) if setting.speed == 0 => "The clock stands".to_owned(),
            Some(_) => format!("The clock runs {} times as fast", setting.speed),
        };
        out.push(act(setting.real, "time", &exercise.facilitator_name, what));
    }
    for fate in exercises::fates(cx, exercise.id).await? {
        let Some(at) = scenario.injects.iter().position(|inject| inject.id == fate.inject) else { continue };
        let inject = &scenario.injects[at];
        let what = match fate.delivered {
            true => format!("Inject {} to {}: {}", at + 1, scenario.told(inject).join(", "), inject.title),
            false => format!("Inject {} was left out: {}", at + 1, inject.title),
        };
        out.push(Act { simulated_at: Some(fate.simulated_at), ..act(fate.real_at, "inject", &fate.by_name, what) });
    }
    if let Some(incident) = exercise.incident {
        for entry in store::facts(cx, incident).await? {
            let what = format!("{}: {}", label(&entry.path), said(&entry.value));
            out.push(act(entry.entered_at, "fact", &entry.entered_by_name, what));
        }
        for taker in store::takers(cx, incident).await? {
            // A contract's clock is told only to those who may read the contract.
            let rule = if taker.rule.starts_with("contract/") { "a contract's clock" } else { taker.rule.as_str() };
            out.push(act(taker.taken_at, "clock", &taker.person_name, format!("Sees to {rule}")));
        }
        let steps = store::plan::running(cx, incident).await?.map(|running| running.steps).unwrap_or_default();
        for step in steps {
            // A step of the plan is closed in the story's time.
            let Some(closed) = step.closed_at else { continue };
            let real = real_at(&settings, closed).unwrap_or(closed);
            let what = format!(
                "Step {} of the plan is {}: {}",
                step.number,
                step.state.as_str().replace('_', " "),
                step.title
            );
            out.push(Act { simulated_at: Some(closed), ..act(real, "step", &step.closed_by_name, what) });
        }
    }
    for (state, who, at) in exercises::states(cx, exercise.id).await? {
        out.push(act(at, "state", &who, format!("The incident is {state}")));
    }
    for note in exercises::notes(cx, exercise.id).await? {
        out.push(act(note.real_at, "note", &note.by_name, note.text));
    }
    out.sort_by_key(|act| (act.simulated_at, act.real_at));
    Ok(out)
}

/// The clocks of the law that had a date, and how they ended. Contracts' clocks stay with those who may read them.
async fn clocks(cx: &mut Cx, exercise: &Exercise, shown: Instant) -> Result<Vec<ClockLine>, Refusal> {
    let Some(incident) = exercise.incident else { return Ok(Vec::new()) };
    let facts = store::facts(cx, incident).await?;
    let own = own_law::of(cx).await?;
    let (duties, _) = reckoned(&facts, &own, Some(shown))?;
    let board = rules::Board::new(duties);
    let lines = board.done.iter().chain(&board.running).map(|duty| ClockLine {
        rule: duty.rule.clone(),
        title: duty.title.clone(),
        to: duty.to.clone(),
        due: duty.due_there.clone().unwrap_or_else(|| duty.limit.clone()),
        sent: duty.submitted.clone().unwrap_or_default(),
        status: duty.status.words().to_owned(),
    });
    Ok(lines.collect())
}

async fn compared(cx: &mut Cx, exercise: &Exercise, now: &[Rated]) -> Result<Option<Compared>, Refusal> {
    let Some(before) = exercises::latest(cx, Some(&exercise.scenario), exercise.ended_at).await? else {
        return Ok(None);
    };
    let then = results::ratings(cx, before.id).await?;
    let mut changed = Vec::new();
    for action in now {
        let was = then.iter().find(|rating| rating.action == action.id).map(|rating| rating.rating);
        if let (Some(was), Some(is)) = (was, action.rating)
            && was != is
        {
            changed.push((action.what.clone(), was, is));
        }
    }
    let mut still_open = results::improvements(cx, before.id).await?;
    still_open.retain(|improvement| improvement.closed_at.is_none());
    Ok(Some(Compared {
        id: before.id,
        number: before.number,
        ended_at: before.ended_at,
        mean: mean(then.iter().map(|rating| rating.rating)),
        other_text: before.scenario_hash != exercise.scenario_hash,
        changed,
        still_open,
    }))
}

/// An instant for readers, in the zone in which the story is told.
fn shown(at: Instant, zone: &TimeZone) -> String {
    at.timestamp().to_zoned(zone.clone()).strftime("%a %-d %b %Y, %H:%M").to_string()
}

/// The report as Markdown, to keep or to send round inside. `own` is the organisation's zone, for real time.
#[must_use]
pub fn markdown(report: &AfterAction, own: &TimeZone) -> String {
    let story = clocks::moment::zone(&report.zone).unwrap_or(TimeZone::UTC);
    let line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ").replace('|', "\\|");
    let exercise = &report.exercise;
    let mut out = format!("# EXERCISE {}: {}\n\n", exercise.number, line(&exercise.scenario_title));
    out.push_str("Nothing of this happened. After-action report.\n\n");
    let mut fact = |label: &str, value: &str| out.push_str(&format!("- {label}: {}\n", line(value)));
    if let Some(started) = exercise.started_at {
        fact("Held", &shown(started, own));
    }
    fact("Conducted by", &exercise.facilitator_name);
    fact("It took", &format!("{}, for {} of story", lasting(report.real_seconds), lasting(report.simulated_seconds)));
    fact("Mean rating", &report.mean.clone().map_or("none".to_owned(), |mean| format!("{mean} of 3")));
    for seat in &report.seats {
        fact(&line(&seat.role_name), &seat.person_name);
    }
    out.push_str("\n## Expected actions\n\n| What | Who | Until | Done | Rating | Comment | Why |\n|---|---|---|---|---|---|---|\n");
    for action in &report.rated {
        let judged = action.judged.as_ref();
        let done = judged.and_then(|judged| judged.done_at).map_or(String::new(), |at| shown(at, &story));
        let rating = action.rating.map_or("not rated".to_owned(), |rating| format!("{rating}, {}", words(rating)));
        let comment =
            if action.comment.is_empty() { judged.map_or("", |judged| &judged.reason) } else { &action.comment };
        out.push_str(&format!(
            "| {} | {} | {} | {done} | {rating} | {} | {} |\n",
            line(&action.what),
            line(&action.by),
            shown(action.until, &story),
            line(comment),
            line(&action.law)
        ));
    }
    out.push_str("\n## Clocks of the law\n\n| Rule | To | Due | Sent | State |\n|---|---|---|---|---|\n");
    for clock in &report.clocks {
        out.push_str(&format!(
            "| {} | {} | {} | {} | {} |\n",
            clock.rule,
            line(&clock.to),
            clock.due,
            clock.sent,
            clock.status
        ));
    }
    out.push_str("\n## What to do better\n\n");
    for improvement in &report.improvements {
        let state = if improvement.closed_at.is_some() {
            format!("closed: {}", line(&improvement.closing))
        } else {
            format!("until {}", improvement.due)
        };
        out.push_str(&format!("- {} ({}, {state})\n", line(&improvement.text), line(&improvement.owner_name)));
    }
    if let Some(before) = &report.before {
        out.push_str(&format!("\n## Since exercise {}\n\n", before.number));
        for (what, was, is) in &before.changed {
            out.push_str(&format!("- {}: {was} → {is}\n", line(what)));
        }
        for open in &before.still_open {
            out.push_str(&format!("- Still open: {} ({})\n", line(&open.text), line(&open.owner_name)));
        }
    }
    if !exercise.debrief.is_empty() {
        out.push_str(&format!("\n## Debrief\n\n{}\n", exercise.debrief));
    }
    out.push_str("\n## What happened when\n\n| Story | Real | Who | What |\n|---|---|---|---|\n");
    for act in &report.timeline {
        let simulated = act.simulated_at.map_or(String::new(), |at| shown(at, &story));
        out.push_str(&format!(
            "| {simulated} | {} | {} | {} |\n",
            shown(act.real_at, own),
            line(&act.who),
            line(&act.what)
        ));
    }
    out
}
