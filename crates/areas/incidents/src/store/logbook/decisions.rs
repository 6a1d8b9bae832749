//! Decisions.

use db::Cx;
use kernel::{Instant, PersonId, Refusal, Uuid};

use crate::{IncidentId, logbook::Decision};

pub(crate) struct New<'a> {
    pub number: i64,
    pub what: &'a str,
    pub why: &'a str,
    pub alternatives: &'a str,
    pub person: PersonId,
    pub name: &'a str,
    pub at: Instant,
    pub revokes: Option<Uuid>,
}

pub(crate) async fn next_number(cx: &mut Cx, incident: IncidentId) -> Result<i64, Refusal> {
    cx.one(
        "select coalesce(max(number), 0) + 1 as next from incident_decisions where incident = $1",
        vec![incident.into()],
    )
    .await?
    .int("next")
}

pub(crate) async fn insert(cx: &mut Cx, incident: IncidentId, new: &New<'_>) -> Result<(), Refusal> {
    let id: Uuid = cx.new_id();
    let binds = super::row(
        cx,
        vec![
            id.into(),
            incident.into(),
            new.number.into(),
            new.what.into(),
            new.why.into(),
            new.alternatives.into(),
            new.person.into(),
            new.name.into(),
            new.at.into(),
            new.revokes.into(),
        ],
    );
    cx.run_unique(
        "insert into incident_decisions (id, incident, number, what, why, alternatives, decided_by, decided_by_name, decided_at, revokes, \
         entered_by, entered_by_name, entered_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        binds,
        Refusal::stale(),
    )
    .await
    .map(|_| ())
}

/// A decision that no later one took back, with its instant.
pub(crate) async fn standing(
    cx: &mut Cx,
    incident: IncidentId,
    number: i64,
) -> Result<Option<(Uuid, Instant)>, Refusal> {
    cx.optional(
        "select d.id, d.decided_at from incident_decisions d where d.incident = $1 and d.number = $2 \
         and not exists (select 1 from incident_decisions x where x.revokes = d.id)",
        vec![incident.into(), number.into()],
    )
    .await?
    .map(|row| Ok((row.id("id")?, row.instant("decided_at")?)))
    .transpose()
}

/// The newest first.
pub(crate) async fn all(cx: &mut Cx, incident: IncidentId) -> Result<Vec<Decision>, Refusal> {
    let rows = cx
        .all(
            "select d.number, d.what, d.why, d.alternatives, d.decided_by, d.decided_by_name, d.decided_at, d.entered_by_name, d.entered_at, \
             r.number as revokes, x.number as revoked_by from incident_decisions d \
             left join incident_decisions r on r.id = d.revokes left join incident_decisions x on x.revokes = d.id \
             where d.incident = $1 order by d.decided_at desc, d.number desc limit 1000",
            vec![incident.into()],
        )
        .await?;
    rows.iter()
        .map(|row| {
            Ok(Decision {
                number: row.int("number")?,
                what: row.text("what")?,
                why: row.text("why")?,
                alternatives: row.text("alternatives")?,
                decided_by: row.id("decided_by")?,
                decided_by_name: row.text("decided_by_name")?,
                decided_at: row.instant("decided_at")?,
                revokes: row.get("revokes")?,
                revoked_by: row.get("revoked_by")?,
                entered_by_name: row.text("entered_by_name")?,
                entered_at: row.instant("entered_at")?,
            })
        })
        .collect()
}
