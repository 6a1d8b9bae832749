//! Legal holds and their custodians.

use std::collections::BTreeMap;

use db::{Cx, Row, Select};
use kernel::{Columns, Instant, PersonId, Refusal, Value};

use crate::{
    HoldId, IncidentId,
    logbook::{Custodian, Hold, OWN_LIMIT, OwnHold, READ_HOLD},
};

const COLUMNS: Columns = Columns { kind: "IncidentHold", scalars: &[("custodian", "c.person")], people: &[] };

pub(crate) struct New<'a> {
    pub title: &'a str,
    pub keep: &'a str,
    pub period: &'a str,
    pub why: &'a str,
    pub at: Instant,
}

pub(crate) async fn next_number(cx: &mut Cx) -> Result<i64, Refusal> {
    cx.one("select coalesce(max(number), 0) + 1 as next from incident_holds", vec![]).await?.int("next")
}

pub(crate) async fn count(cx: &mut Cx, incident: IncidentId) -> Result<i64, Refusal> {
    cx.one("select count(*) as n from incident_holds where incident = $1", vec![incident.into()]).await?.int("n")
}

/// Whether a hold keeps this incident's things from being destroyed.
pub(crate) async fn stands(cx: &mut Cx, incident: IncidentId) -> Result<bool, Refusal> {
    let found = cx
        .optional(
            "select number from incident_holds where incident = $1 and released_at is null limit 1",
            vec![incident.into()],
        )
        .await?;
    Ok(found.is_some())
}

pub(crate) async fn insert(
    cx: &mut Cx,
    id: HoldId,
    incident: IncidentId,
    number: i64,
    new: &New<'_>,
) -> Result<(), Refusal> {
    let binds: Vec<Value> = vec![
        id.into(),
        incident.into(),
        number.into(),
        new.title.into(),
        new.keep.into(),
        new.period.into(),
        new.why.into(),
        cx.actor.person.into(),
        cx.actor.name.clone().into(),
        new.at.into(),
    ];
    cx.run_unique(
        "insert into incident_holds (id, incident, number, title, keep, period, why, issued_by, issued_by_name, issued_at, \
         released_at, released_by_name, released_why, revision) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, null, '', '', 1)",
        binds,
        Refusal::stale(),
    )
    .await
    .map(|_| ())
}

pub(crate) async fn insert_custodian(cx: &mut Cx, hold: HoldId, person: PersonId, name: &str) -> Result<(), Refusal> {
    cx.run(
        "insert into incident_custodians (hold, person, person_name, added_at, acknowledged_at) values ($1, $2, $3, $4, null) on conflict do nothing",
        vec![hold.into(), person.into(), name.into(), cx.now.into()],
    )
    .await
    .map(|_| ())
}

pub(crate) async fn one(cx: &mut Cx, incident: IncidentId, number: i64) -> Result<Option<Hold>, Refusal> {
    cx.optional(
        "select id, number, title, keep, period, why, issued_by_name, issued_at, released_at, released_by_name, released_why, revision \
         from incident_holds where incident = $1 and number = $2",
        vec![incident.into(), number.into()],
    )
    .await?
    .as_ref()
    .map(hold)
    .transpose()
}

pub(crate) async fn all(cx: &mut Cx, incident: IncidentId) -> Result<Vec<Hold>, Refusal> {
    let rows = cx
        .all(
            "select id, number, title, keep, period, why, issued_by_name, issued_at, released_at, released_by_name, released_why, revision \
             from incident_holds where incident = $1 order by case when released_at is null then 0 else 1 end, number desc limit 1000",
            vec![incident.into()],
        )
        .await?;
    rows.iter().map(hold).collect()
}

/// The people of an incident's holds; whoever has not acknowledged comes first.
pub(crate) async fn custodians(cx: &mut Cx, incident: IncidentId) -> Result<BTreeMap<HoldId, Vec<Custodian>>, Refusal> {
    let rows = cx
        .all(
            "select c.hold, c.person, c.person_name, c.acknowledged_at from incident_custodians c join incident_holds h on h.id = c.hold \
             where h.incident = $1 order by case when c.acknowledged_at is null then 0 else 1 end, c.person_name, c.person",
            vec![incident.into()],
        )
        .await?;
    let mut out: BTreeMap<HoldId, Vec<Custodian>> = BTreeMap::new();
    for row in &rows {
        out.entry(row.id("hold")?).or_default().push(Custodian {
            person: row.id("person")?,
            person_name: row.text("person_name")?,
            acknowledged_at: row.instant_or_none("acknowledged_at")?,
        });
    }
    Ok(out)
}

pub(crate) async fn release(cx: &mut Cx, id: HoldId, at: Instant, why: &str, revision: i64) -> Result<bool, Refusal> {
    let binds: Vec<Value> = vec![id.into(), at.into(), cx.actor.name.clone().into(), why.into(), revision.into()];
    let touched = cx
        .run(
            "update incident_holds set released_at = $2, released_by_name = $3, released_why = $4, revision = revision + 1 \
             where id = $1 and revision = $5",
            binds,
        )
        .await?;
    Ok(touched == 1)
}

/// The holds whose custodian the policy lets this person be.
pub(crate) async fn own(cx: &mut Cx) -> Result<Vec<OwnHold>, Refusal> {
    let person = cx.actor.person;
    let select = Select::new(
        "select h.id, h.number, h.title, h.keep, h.period, h.why, h.issued_by_name, h.issued_at, h.released_at, h.released_by_name, \
         h.released_why, h.revision, c.acknowledged_at, i.exercise from incident_custodians c join incident_holds h on h.id = c.hold \
         join incidents i on i.id = h.incident",
    )
    .allowed(cx.condition(READ_HOLD, &COLUMNS))
    .and("c.person = {0}", vec![person.into()])
    .tail(
        "order by case when h.released_at is null and c.acknowledged_at is null then 0 when h.released_at is null then 1 else 2 end, \
         h.number desc limit {0}",
        vec![OWN_LIMIT.into()],
    );
    let rows = cx.select(select).await?;
    rows.iter()
        .map(|row| {
            Ok(OwnHold {
                hold: hold(row)?,
                acknowledged_at: row.instant_or_none("acknowledged_at")?,
                is_exercise: row.id_or_none::<kernel::Uuid>("exercise")?.is_some(),
            })
        })
        .collect()
}

/// The hold that binds a person, with its incident.
pub(crate) async fn bound(
    cx: &mut Cx,
    id: HoldId,
    person: PersonId,
) -> Result<Option<(IncidentId, Hold, Option<Instant>)>, Refusal> {
    let row = cx
        .optional(
            "select h.incident, h.id, h.number, h.title, h.keep, h.period, h.why, h.issued_by_name, h.issued_at, h.released_at, h.released_by_name, \
             h.released_why, h.revision, c.acknowledged_at from incident_custodians c join incident_holds h on h.id = c.hold \
             where h.id = $1 and c.person = $2",
            vec![id.into(), person.into()],
        )
        .await?;
    row.map(|row| Ok((row.id("incident")?, hold(&row)?, row.instant_or_none("acknowledged_at")?))).transpose()
}

pub(crate) async fn acknowledge(cx: &mut Cx, id: HoldId, person: PersonId) -> Result<(), Refusal> {
    cx.run(
        "update incident_custodians set acknowledged_at = $3 where hold = $1 and person = $2 and acknowledged_at is null",
        vec![id.into(), person.into(), cx.now.into()],
    )
    .await
    .map(|_| ())
}

fn hold(row: &Row) -> Result<Hold, Refusal> {
    Ok(Hold {
        id: row.id("id")?,
        number: row.int("number")?,
        title: row.text("title")?,
        keep: row.text("keep")?,
        period: row.text("period")?,
        why: row.text("why")?,
        issued_by_name: row.text("issued_by_name")?,
        issued_at: row.instant("issued_at")?,
        released_at: row.instant_or_none("released_at")?,
        released_by_name: row.text("released_by_name")?,
        released_why: row.text("released_why")?,
        revision: row.int("revision")?,
    })
}
