//! Reminders told, and when to tell them.

use db::{Cx, Row};
use kernel::{Instant, Refusal, Value};

use crate::{
    IncidentId,
    reminder_rules::{ReminderRule, ReminderRuleId},
    reminders::Reminded,
};

/// Incidents whose clocks somebody must see to. What belongs to an exercise is none.
pub(crate) async fn watched(cx: &mut Cx) -> Result<Vec<IncidentId>, Refusal> {
    let rows = cx
        .all(
            "select id from incidents where state in ('reported', 'open') and exercise is null order by number",
            vec![],
        )
        .await?;
    rows.iter().map(|row| row.id("id")).collect()
}

pub(crate) async fn told(cx: &mut Cx, incident: IncidentId) -> Result<Vec<Reminded>, Refusal> {
    let rows = cx
        .all(
            "select rule, due, step, told, told_at from incident_reminders where incident = $1 order by told_at, rule",
            vec![incident.into()],
        )
        .await?;
    rows.iter()
        .map(|row| {
            Ok(Reminded {
                rule: row.text("rule")?,
                due: row.instant("due")?,
                minutes_before: row.int("step")?,
                told: row.text("told")?,
                told_at: row.instant("told_at")?,
            })
        })
        .collect()
}

/// Marks a reminder as told. Says whether it was not told before.
pub(crate) async fn mark_told(
    cx: &mut Cx,
    incident: IncidentId,
    rule: &str,
    due: Instant,
    step: i64,
    told: &str,
) -> Result<bool, Refusal> {
    let binds: Vec<Value> = vec![incident.into(), rule.into(), due.into(), step.into(), told.into(), cx.now.into()];
    let added = cx
        .run(
            "insert into incident_reminders (incident, rule, due, step, told, told_at) values ($1, $2, $3, $4, $5, $6) \
             on conflict (incident, rule, due, step) do nothing",
            binds,
        )
        .await?;
    Ok(added == 1)
}

fn rule(row: &Row) -> Result<ReminderRule, Refusal> {
    Ok(ReminderRule {
        id: row.id("id")?,
        pattern: row.text("pattern")?,
        minutes: row.json("minutes")?,
        changed_by_name: row.text("changed_by_name")?,
        changed_at: row.instant("changed_at")?,
        revision: row.int("revision")?,
    })
}

pub(crate) async fn rules(cx: &mut Cx, most: i64) -> Result<Vec<ReminderRule>, Refusal> {
    let rows = cx
        .all(
            "select id, pattern, minutes, changed_by_name, changed_at, revision from incident_reminder_rules order by pattern limit $1",
            vec![most.into()],
        )
        .await?;
    rows.iter().map(rule).collect()
}

pub(crate) async fn rule_by_id(cx: &mut Cx, id: ReminderRuleId) -> Result<Option<ReminderRule>, Refusal> {
    cx.optional(
        "select id, pattern, minutes, changed_by_name, changed_at, revision from incident_reminder_rules where id = $1",
        vec![id.into()],
    )
    .await?
    .as_ref()
    .map(rule)
    .transpose()
}

fn json(minutes: &[i64]) -> Result<String, Refusal> {
    serde_json::to_string(minutes).map_err(Refusal::broken)
}

pub(crate) async fn insert_rule(cx: &mut Cx, pattern: &str, minutes: &[i64]) -> Result<ReminderRuleId, Refusal> {
    let id: ReminderRuleId = cx.new_id();
    let binds: Vec<Value> =
        vec![id.into(), pattern.into(), json(minutes)?.into(), cx.actor.name.clone().into(), cx.now.into()];
    cx.run_unique(
        "insert into incident_reminder_rules (id, pattern, minutes, changed_by_name, changed_at, revision) values ($1, $2, $3, $4, $5, 1)",
        binds,
        Refusal::field("pattern", "there is a line for these rules already").hint("change that one"),
    )
    .await?;
    Ok(id)
}

pub(crate) async fn change_rule(
    cx: &mut Cx,
    id: ReminderRuleId,
    minutes: &[i64],
    revision: i64,
) -> Result<bool, Refusal> {
    let binds: Vec<Value> =
        vec![id.into(), json(minutes)?.into(), cx.actor.name.clone().into(), cx.now.into(), revision.into()];
    Ok(cx
        .run(
            "update incident_reminder_rules set minutes = $2, changed_by_name = $3, changed_at = $4, revision = revision + 1 \
             where id = $1 and revision = $5",
            binds,
        )
        .await?
        == 1)
}

pub(crate) async fn remove_rule(cx: &mut Cx, id: ReminderRuleId, revision: i64) -> Result<bool, Refusal> {
    Ok(cx
        .run("delete from incident_reminder_rules where id = $1 and revision = $2", vec![id.into(), revision.into()])
        .await?
        == 1)
}
