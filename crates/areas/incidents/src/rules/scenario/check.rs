//! Whether a scenario agrees with the rules of law that it speaks of.

use clocks::{Facts, Options, Problem, evaluate, shipped};
use jiff::Timestamp;
use serde_json::Value;

use super::{Check, Inject, Scenario};
use crate::rules::{Entry, assembled};

pub(super) fn known_rule(name: &str) -> Result<String, String> {
    if shipped().rules.iter().any(|rule| rule.name == name) {
        return Ok(name.to_owned());
    }
    Err(format!("there is no rule `{name}`"))
}

/// Whether a fact is an event that surely lies later than an instant.
pub(crate) fn lies_after(path: &str, value: &Value, than: Timestamp) -> bool {
    path.starts_with("events.")
        && clocks::moment::read(value, None).is_ok_and(|moment| moment.surely_after(&clocks::Moment::at(than)))
}

/// The path of a fact that a check looks for and an inject enters without anybody's doing.
pub(super) fn entered_by_itself(check: &Check, injects: &[Inject]) -> Option<String> {
    let path = match check {
        Check::Fact(path) => path.clone(),
        Check::Submitted(rule) => format!("events.submitted.{rule}"),
        Check::Taken(_) | Check::State(_) => return None,
    };
    let by_itself = injects.iter().flat_map(|inject| &inject.facts).any(|fact| fact.path == path && !fact.offered);
    by_itself.then_some(path)
}

/// Deadlines that the rules reckon otherwise than the scenario says, once all of its facts are known.
#[must_use]
pub fn wrong_dues(file: &str, scenario: &Scenario) -> Vec<Problem> {
    let mut entries: Vec<Entry> = Vec::new();
    for fact in scenario.injects.iter().flat_map(|inject| &inject.facts) {
        entries.retain(|known| known.path != fact.path);
        entries.push(Entry { path: fact.path.clone(), value: fact.value.clone() });
    }
    let Ok(facts) = Facts::from_json(&assembled(&entries)) else { return Vec::new() };
    let book = shipped();
    let duties = evaluate(&book.rules, &book.calendars, &facts, Options::default());
    let mut out = Vec::new();
    for expected in &scenario.expect_due {
        let Some(duty) = duties.iter().find(|duty| duty.rule == expected.rule) else { continue };
        if duty.due != Some(expected.due) {
            let instead = duty.due_there.clone().unwrap_or_else(|| {
                format!("no date ({}: {})", duty.status.words(), duty.because.last().cloned().unwrap_or_default())
            });
            let reason = format!("the facts of the injects make `{}` due at {instead}", expected.rule);
            out.push(Problem { file: file.to_owned(), line: expected.line, reason });
        }
    }
    out
}
