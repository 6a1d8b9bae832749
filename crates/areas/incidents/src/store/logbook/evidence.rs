//! Evidence and its chain of custody.

use std::collections::BTreeMap;

use db::{Cx, Row};
use kernel::{Instant, Refusal, Uuid};

use crate::{
    EvidenceId, IncidentId,
    logbook::{CustodyEntry, Evidence},
    rules::Act,
};

pub(crate) struct New<'a> {
    pub what: &'a str,
    pub origin: &'a str,
    pub sha256: &'a str,
    pub stored: bool,
    pub file_name: &'a str,
    pub size: i64,
}

pub(crate) struct NewEntry<'a> {
    pub act: Act,
    pub from: &'a str,
    pub to: &'a str,
    pub place: &'a str,
    pub at: Instant,
    pub why: &'a str,
}

pub(crate) async fn next_number(cx: &mut Cx, incident: IncidentId) -> Result<i64, Refusal> {
    cx.one(
        "select coalesce(max(number), 0) + 1 as next from incident_evidence where incident = $1",
        vec![incident.into()],
    )
    .await?
    .int("next")
}

pub(crate) async fn insert(
    cx: &mut Cx,
    incident: IncidentId,
    number: i64,
    new: &New<'_>,
) -> Result<EvidenceId, Refusal> {
    let id: EvidenceId = cx.new_id();
    let binds = super::row(
        cx,
        vec![
            id.into(),
            incident.into(),
            number.into(),
            new.what.into(),
            new.origin.into(),
            new.sha256.into(),
            new.stored.into(),
            new.file_name.into(),
            new.size.into(),
        ],
    );
    cx.run_unique(
        "insert into incident_evidence (id, incident, number, what, origin, sha256, stored, file_name, size, entered_by, entered_by_name, entered_at) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        binds,
        Refusal::stale(),
    )
    .await?;
    Ok(id)
}

/// Continues a chain. Of two who continue it at once the second is told.
pub(crate) async fn insert_entry(
    cx: &mut Cx,
    evidence: EvidenceId,
    number: i64,
    new: &NewEntry<'_>,
) -> Result<(), Refusal> {
    let id: Uuid = cx.new_id();
    let binds = super::row(
        cx,
        vec![
            id.into(),
            evidence.into(),
            number.into(),
            new.act.as_str().into(),
            new.from.into(),
            new.to.into(),
            new.place.into(),
            new.at.into(),
            new.why.into(),
        ],
    );
    cx.run_unique(
        "insert into incident_custody (id, evidence, number, act, from_holder, to_holder, place, at, why, entered_by, entered_by_name, entered_at) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        binds,
        Refusal::stale(),
    )
    .await
    .map(|_| ())
}

pub(crate) async fn one(cx: &mut Cx, incident: IncidentId, number: i64) -> Result<Option<Evidence>, Refusal> {
    cx.optional(
        "select id, number, what, origin, sha256, stored, file_name, size, entered_by_name, entered_at from incident_evidence \
         where incident = $1 and number = $2",
        vec![incident.into(), number.into()],
    )
    .await?
    .as_ref()
    .map(evidence)
    .transpose()
}

pub(crate) async fn all(cx: &mut Cx, incident: IncidentId) -> Result<Vec<Evidence>, Refusal> {
    let rows = cx
        .all(
            "select id, number, what, origin, sha256, stored, file_name, size, entered_by_name, entered_at from incident_evidence \
             where incident = $1 order by number limit 1000",
            vec![incident.into()],
        )
        .await?;
    rows.iter().map(evidence).collect()
}

/// The entries of one piece, in their order.
pub(crate) async fn chain(cx: &mut Cx, evidence: EvidenceId) -> Result<Vec<CustodyEntry>, Refusal> {
    let rows = cx
        .all(
            "select number, act, from_holder, to_holder, place, at, why, entered_by_name, entered_at from incident_custody \
             where evidence = $1 order by number limit 1000",
            vec![evidence.into()],
        )
        .await?;
    rows.iter().map(entry).collect()
}

/// Of every piece of an incident the entries that say who has it and where, in their order.
pub(crate) async fn chains(
    cx: &mut Cx,
    incident: IncidentId,
) -> Result<BTreeMap<EvidenceId, Vec<CustodyEntry>>, Refusal> {
    let rows = cx
        .all(
            "select c.evidence, c.number, c.act, c.from_holder, c.to_holder, c.place, c.at, c.why, c.entered_by_name, c.entered_at \
             from incident_custody c join incident_evidence e on e.id = c.evidence where e.incident = $1 and (c.place <> '' \
             or c.act in ('collected', 'handed_over', 'returned', 'destroyed')) order by c.evidence, c.number",
            vec![incident.into()],
        )
        .await?;
    let mut chains: BTreeMap<EvidenceId, Vec<CustodyEntry>> = BTreeMap::new();
    for row in &rows {
        chains.entry(row.id("evidence")?).or_default().push(entry(row)?);
    }
    Ok(chains)
}

fn evidence(row: &Row) -> Result<Evidence, Refusal> {
    Ok(Evidence {
        id: row.id("id")?,
        number: row.int("number")?,
        what: row.text("what")?,
        origin: row.text("origin")?,
        sha256: row.text("sha256")?,
        stored: row.flag("stored")?,
        file_name: row.text("file_name")?,
        size: row.int("size")?,
        entered_by_name: row.text("entered_by_name")?,
        entered_at: row.instant("entered_at")?,
        holder: String::new(),
        place: String::new(),
        ended: None,
    })
}

fn entry(row: &Row) -> Result<CustodyEntry, Refusal> {
    Ok(CustodyEntry {
        number: row.int("number")?,
        act: row.word("act")?,
        from: row.text("from_holder")?,
        to: row.text("to_holder")?,
        place: row.text("place")?,
        at: row.instant("at")?,
        why: row.text("why")?,
        entered_by_name: row.text("entered_by_name")?,
        entered_at: row.instant("entered_at")?,
    })
}
