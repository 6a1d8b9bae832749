//! When people are reminded of which clocks, where it differs from the default.

use clocks::shipped;
use db::{Change, Cx};
use kernel::{FieldProblem, Instant, Permission, Refusal, Resource};
use serde::Serialize;
use serde_json::json;

use crate::{law::READ_RULES, own_law, rules::reminding, store::reminders as store};

pub const EDIT_REMINDERS: Permission = Permission::new("editReminders", "Incidents");

/// Lines that there can be.
const MOST: usize = 100;

kernel::id!(
    /// A line that says when to remind of some rules.
    ReminderRuleId
);

/// When to remind of the clocks of some rules.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct ReminderRule {
    #[schema(value_type = String, format = Uuid)]
    pub id: ReminderRuleId,
    /// The name of a rule, or its beginning with `*`.
    pub pattern: String,
    /// Minutes before the clock ends, the longest first.
    pub minutes: Vec<i64>,
    pub changed_by_name: String,
    #[schema(value_type = String, format = DateTime)]
    pub changed_at: Instant,
    pub revision: i64,
}

/// All lines, by pattern.
pub async fn reminder_rules(cx: &mut Cx) -> Result<Vec<ReminderRule>, Refusal> {
    cx.require(READ_RULES, &Resource::all("Incidents"))?;
    all(cx).await
}

async fn all(cx: &mut Cx) -> Result<Vec<ReminderRule>, Refusal> {
    store::rules(cx, i64::try_from(MOST + 1).unwrap_or(i64::MAX)).await
}

/// The same as the pure rules take it.
pub(crate) async fn steps(cx: &mut Cx) -> Result<Vec<(String, Vec<i64>)>, Refusal> {
    Ok(all(cx).await?.into_iter().map(|rule| (rule.pattern, rule.minutes)).collect())
}

/// Adds a line: `pattern` as in `eu-nis2/*`, `times` as in `24 h, 4 h, 30 min`.
///
/// # Errors
/// Refusals of `pattern` and `times`.
pub async fn add_reminder_rule(cx: &mut Cx, pattern: &str, times: &str) -> Result<ReminderRuleId, Refusal> {
    cx.require(EDIT_REMINDERS, &Resource::all("Incidents"))?;
    let own = own_law::of(cx).await?.rules;
    let known = shipped().rules.iter().chain(&own).map(|rule| rule.name.as_str());
    let mut problems = Vec::new();
    let mut wrong = |field: &str, message: String| problems.push(FieldProblem { field: field.to_owned(), message });
    let pattern = reminding::checked_pattern(pattern, known).map_err(|reason| wrong("pattern", reason));
    let minutes = reminding::read_steps(times).map_err(|reason| wrong("times", reason));
    let (Ok(pattern), Ok(minutes)) = (pattern, minutes) else { return Err(Refusal::fields(problems)) };
    if all(cx).await?.len() >= MOST {
        return Err(Refusal::conflict(format!("there are {MOST} lines")).hint("remove one that is not needed any more"));
    }
    let id = store::insert_rule(cx, &pattern, &minutes).await?;
    cx.record(
        Change::new("incident.reminders_changed", "incidents", "reminders", told(&pattern, &minutes))
            .after(json!({ "pattern": pattern, "minutes": minutes })),
    );
    Ok(id)
}

fn told(pattern: &str, minutes: &[i64]) -> String {
    format!("set reminders of {pattern} to {} before the end", reminding::say_steps(minutes))
}

async fn found(cx: &mut Cx, id: ReminderRuleId) -> Result<ReminderRule, Refusal> {
    cx.require(EDIT_REMINDERS, &Resource::all("Incidents"))?;
    store::rule_by_id(cx, id).await?.ok_or_else(|| Refusal::not_found("there is no such line any more"))
}

/// Changes the times of a line.
pub async fn change_reminder_rule(cx: &mut Cx, id: ReminderRuleId, times: &str, revision: i64) -> Result<(), Refusal> {
    let before = found(cx, id).await?;
    let minutes = reminding::read_steps(times).map_err(|reason| Refusal::field("times", reason))?;
    if !store::change_rule(cx, id, &minutes, revision).await? {
        return Err(Refusal::stale());
    }
    cx.record(
        Change::new("incident.reminders_changed", "incidents", "reminders", told(&before.pattern, &minutes))
            .before(json!({ "pattern": before.pattern, "minutes": before.minutes }))
            .after(json!({ "pattern": before.pattern, "minutes": minutes })),
    );
    Ok(())
}

/// Removes a line: the default holds again, or another line that fits.
pub async fn remove_reminder_rule(cx: &mut Cx, id: ReminderRuleId, revision: i64) -> Result<(), Refusal> {
    let before = found(cx, id).await?;
    if !store::remove_rule(cx, id, revision).await? {
        return Err(Refusal::stale());
    }
    let words = format!("removed the reminders of {} that differ from the default", before.pattern);
    cx.record(
        Change::new("incident.reminders_changed", "incidents", "reminders", words)
            .before(json!({ "pattern": before.pattern, "minutes": before.minutes })),
    );
    Ok(())
}
