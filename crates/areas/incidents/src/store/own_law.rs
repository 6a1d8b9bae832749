//! The SQL of rules and days off of the organisation's own.

use clocks::calendar::Closure;
use db::{Cx, Row};
use kernel::Refusal;

use crate::{
    ClosureId, OwnRulesId,
    own_law::{OwnClosure, OwnRules},
};

fn limit(most: usize) -> kernel::Value {
    i64::try_from(most).unwrap_or(i64::MAX).into()
}

pub(crate) async fn files(cx: &mut Cx, most: usize) -> Result<Vec<OwnRules>, Refusal> {
    let rows = cx
        .all(
            "select id, file, text, active, changed_by_name, changed_at, revision from own_rules order by file limit $1",
            vec![limit(most)],
        )
        .await?;
    rows.iter().map(rules).collect()
}

pub(crate) async fn file(cx: &mut Cx, id: OwnRulesId) -> Result<Option<OwnRules>, Refusal> {
    cx.optional(
        "select id, file, text, active, changed_by_name, changed_at, revision from own_rules where id = $1",
        vec![id.into()],
    )
    .await?
    .as_ref()
    .map(rules)
    .transpose()
}

pub(crate) async fn insert(cx: &mut Cx, file: &str, text: &str, active: bool) -> Result<OwnRulesId, Refusal> {
    let id: OwnRulesId = cx.new_id();
    let binds = vec![id.into(), file.into(), text.into(), active.into(), cx.actor.name.clone().into(), cx.now.into()];
    cx.run_unique(
        "insert into own_rules (id, file, text, active, changed_by_name, changed_at, revision) values ($1, $2, $3, $4, $5, $6, 1)",
        binds,
        Refusal::field("file", "there is a file of this name already"),
    )
    .await?;
    Ok(id)
}

pub(crate) async fn change(
    cx: &mut Cx,
    id: OwnRulesId,
    file: &str,
    text: &str,
    active: bool,
    revision: i64,
) -> Result<bool, Refusal> {
    let binds = vec![
        id.into(),
        file.into(),
        text.into(),
        active.into(),
        cx.actor.name.clone().into(),
        cx.now.into(),
        revision.into(),
    ];
    let changed = cx
        .run(
            "update own_rules set file = $2, text = $3, active = $4, changed_by_name = $5, changed_at = $6, revision = revision + 1 \
             where id = $1 and revision = $7",
            binds,
        )
        .await?;
    Ok(changed == 1)
}

pub(crate) async fn closures(cx: &mut Cx, most: usize) -> Result<Vec<OwnClosure>, Refusal> {
    let rows = cx
        .all(
            "select id, calendar, day, why, source, entered_by_name, entered_at from own_closures order by day desc, calendar limit $1",
            vec![limit(most)],
        )
        .await?;
    rows.iter()
        .map(|row| {
            Ok(OwnClosure {
                id: row.id("id")?,
                closure: Closure {
                    calendar: row.text("calendar")?,
                    date: row.text("day")?.parse().map_err(Refusal::broken)?,
                    why: row.text("why")?,
                    open: false,
                },
                source: row.text("source")?,
                entered_by: row.text("entered_by_name")?,
                entered_at: row.instant("entered_at")?,
            })
        })
        .collect()
}

pub(crate) async fn insert_closure(
    cx: &mut Cx,
    calendar: &str,
    day: jiff::civil::Date,
    why: &str,
    source: &str,
) -> Result<(), Refusal> {
    let id: ClosureId = cx.new_id();
    let binds = vec![
        id.into(),
        calendar.into(),
        day.to_string().into(),
        why.into(),
        source.into(),
        cx.actor.name.clone().into(),
        cx.now.into(),
    ];
    cx.run_unique(
        "insert into own_closures (id, calendar, day, why, source, entered_by_name, entered_at) values ($1, $2, $3, $4, $5, $6, $7)",
        binds,
        Refusal::field("day", "this day is entered already"),
    )
    .await
    .map(|_| ())
}

pub(crate) async fn delete_closure(cx: &mut Cx, id: ClosureId) -> Result<(), Refusal> {
    cx.run("delete from own_closures where id = $1", vec![id.into()]).await.map(|_| ())
}

fn rules(row: &Row) -> Result<OwnRules, Refusal> {
    Ok(OwnRules {
        id: row.id("id")?,
        file: row.text("file")?,
        text: row.text("text")?,
        active: row.flag("active")?,
        changed_by: row.text("changed_by_name")?,
        changed_at: row.instant("changed_at")?,
        revision: row.int("revision")?,
    })
}
