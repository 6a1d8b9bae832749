//! Costs.

use db::{Cx, Row};
use kernel::{Date, Refusal, Uuid, Value};

use crate::{
    IncidentId,
    logbook::Cost,
    rules::{CostCategory, CostKind},
};

pub(crate) struct New<'a> {
    pub what: &'a str,
    pub category: CostCategory,
    pub amount: i64,
    pub currency: &'a str,
    pub dated: Date,
    pub kind: CostKind,
}

pub(crate) async fn next_number(cx: &mut Cx, incident: IncidentId) -> Result<i64, Refusal> {
    cx.one("select coalesce(max(number), 0) + 1 as next from incident_costs where incident = $1", vec![incident.into()])
        .await?
        .int("next")
}

pub(crate) async fn insert(cx: &mut Cx, incident: IncidentId, number: i64, new: &New<'_>) -> Result<(), Refusal> {
    let id: Uuid = cx.new_id();
    let binds = super::row(
        cx,
        vec![
            id.into(),
            incident.into(),
            number.into(),
            new.what.into(),
            new.category.as_str().into(),
            new.amount.into(),
            new.currency.into(),
            new.dated.into(),
            new.kind.as_str().into(),
        ],
    );
    cx.run_unique(
        "insert into incident_costs (id, incident, number, what, category, amount, currency, dated, kind, struck, revision, \
         entered_by, entered_by_name, entered_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, '', 1, $10, $11, $12)",
        binds,
        Refusal::stale(),
    )
    .await
    .map(|_| ())
}

pub(crate) async fn one(cx: &mut Cx, incident: IncidentId, number: i64) -> Result<Option<Cost>, Refusal> {
    cx.optional(
        "select number, what, category, amount, currency, dated, kind, struck, revision, entered_by_name, entered_at from incident_costs \
         where incident = $1 and number = $2",
        vec![incident.into(), number.into()],
    )
    .await?
    .as_ref()
    .map(cost)
    .transpose()
}

/// The latest first.
pub(crate) async fn all(cx: &mut Cx, incident: IncidentId) -> Result<Vec<Cost>, Refusal> {
    let rows = cx
        .all(
            "select number, what, category, amount, currency, dated, kind, struck, revision, entered_by_name, entered_at from incident_costs \
             where incident = $1 order by dated desc, number desc limit 1000",
            vec![incident.into()],
        )
        .await?;
    rows.iter().map(cost).collect()
}

pub(crate) async fn strike(
    cx: &mut Cx,
    incident: IncidentId,
    number: i64,
    why: &str,
    revision: i64,
) -> Result<bool, Refusal> {
    let binds: Vec<Value> = vec![incident.into(), number.into(), why.into(), revision.into()];
    let touched = cx
        .run(
            "update incident_costs set struck = $3, revision = revision + 1 where incident = $1 and number = $2 and revision = $4",
            binds,
        )
        .await?;
    Ok(touched == 1)
}

fn cost(row: &Row) -> Result<Cost, Refusal> {
    let dated = row.date_or_none("dated")?.ok_or_else(|| Refusal::broken("a cost without a date"))?;
    Ok(Cost {
        number: row.int("number")?,
        what: row.text("what")?,
        category: row.word("category")?,
        amount: row.int("amount")?,
        currency: row.text("currency")?,
        dated,
        kind: row.word("kind")?,
        struck: row.text("struck")?,
        revision: row.int("revision")?,
        entered_by_name: row.text("entered_by_name")?,
        entered_at: row.instant("entered_at")?,
    })
}
