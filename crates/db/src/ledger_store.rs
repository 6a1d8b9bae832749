//! The ledger's rows: appended in the transaction of the change, read for verification and export.

use kernel::{Actor, Instant, Refusal, Uuid};
use ledger::{Entry, Frontier, GENESIS, Sealed, seal};

use crate::{Change, Cx, Row, Store};

/// Where the chain stands.
#[derive(Debug, Clone)]
pub struct Head {
    pub seq: u64,
    pub hash: ledger::Hash,
    pub frontier: Frontier,
}

/// Writes the changes. Called by [`Cx::commit`] as the last thing of a transaction, because the head's row is locked
/// from here to the commit and orders all writers.
pub(crate) async fn append(cx: &mut Cx, changes: Vec<Change>) -> Result<(), Refusal> {
    let count = i64::try_from(changes.len()).unwrap_or(i64::MAX);
    let head = cx
        .optional(
            "update ledger_head set seq = seq + $1 where id = 1 returning seq, hash, frontier",
            vec![count.into()],
        )
        .await?
        .ok_or_else(|| Refusal::broken("the ledger has no head"))?;
    let mut seq = as_u64(head.int("seq")? - count)?;
    let mut prev = hash(&head, "hash")?;
    let mut frontier = frontier(&head)?;
    for change in changes {
        seq += 1;
        let detail = serde_json::json!({ "before": change.before, "after": change.after }).to_string();
        let sealed = seal(
            &prev,
            Entry {
                seq,
                at: cx.now.micros(),
                actor: cx.actor.person.to_string(),
                actor_name: cx.actor.name.clone(),
                side: change.side.map(|side| side.as_str().to_owned()),
                via: cx.actor.via.as_str().to_owned(),
                action: change.action.to_owned(),
                subject_kind: change.subject_kind.to_owned(),
                subject_id: change.subject_id,
                wall: change.wall.map(|wall| wall.to_string()),
                summary: change.summary,
                detail,
            },
        );
        prev = sealed.hash;
        frontier.push(&sealed.hash);
        let entry = sealed.entry;
        cx.run(
            "insert into ledger_entries (seq, at, actor, actor_name, side, via, action, subject_kind, subject_id, wall, summary, detail, prev, hash) \
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
            vec![
                as_i64(seq)?.into(),
                entry.at.into(),
                cx.actor.person.into(),
                entry.actor_name.into(),
                entry.side.into(),
                entry.via.into(),
                entry.action.into(),
                entry.subject_kind.into(),
                entry.subject_id.into(),
                change.wall.into(),
                entry.summary.into(),
                entry.detail.into(),
                sealed.prev.to_vec().into(),
                sealed.hash.to_vec().into(),
            ],
        )
        .await?;
    }
    cx.run(
        "update ledger_head set hash = $1, frontier = $2 where id = 1",
        vec![prev.to_vec().into(), frontier.to_bytes().into()],
    )
    .await?;
    Ok(())
}

/// Writes the head of an empty ledger. Part of the migration, done once.
pub async fn found(store: &Store) -> Result<(), Refusal> {
    crate::transact!(store, &Actor::system(), |cx| {
        cx.unrecorded("the empty ledger itself");
        cx.run(
            "insert into ledger_head (id, seq, hash, frontier) values (1, 0, $1, $2) on conflict (id) do nothing",
            vec![GENESIS.to_vec().into(), Frontier::new().to_bytes().into()],
        )
        .await
    })?;
    Ok(())
}

/// Where the chain stands now.
pub async fn head(cx: &mut Cx) -> Result<Head, Refusal> {
    let row = cx.one("select seq, hash, frontier from ledger_head where id = 1", vec![]).await?;
    Ok(Head { seq: as_u64(row.int("seq")?)?, hash: hash(&row, "hash")?, frontier: frontier(&row)? })
}

/// Reads an entry as it stands in the store, true or not: the verifier judges it.
pub fn sealed(row: &Row) -> Result<Sealed, Refusal> {
    Ok(Sealed {
        entry: Entry {
            seq: as_u64(row.int("seq")?)?,
            at: row.int("at")?,
            actor: row.get::<Uuid>("actor")?.to_string(),
            actor_name: row.text("actor_name")?,
            side: row.text_or_none("side")?,
            via: row.text("via")?,
            action: row.text("action")?,
            subject_kind: row.text("subject_kind")?,
            subject_id: row.text("subject_id")?,
            wall: row.get::<Option<Uuid>>("wall")?.map(|wall| wall.to_string()),
            summary: row.text("summary")?,
            detail: row.text("detail")?,
        },
        prev: hash(row, "prev")?,
        hash: hash(row, "hash")?,
    })
}

/// Entries after `after`, at most `limit`, in order and whole: for the verifier and the checkpoint, never for a page.
pub async fn entries_after(cx: &mut Cx, after: u64, limit: u32) -> Result<Vec<Sealed>, Refusal> {
    let rows = cx
        .all(
            "select seq, at, actor, actor_name, side, via, action, subject_kind, subject_id, wall, summary, detail, prev, hash \
             from ledger_entries where seq > $1 order by seq limit $2",
            vec![as_i64(after)?.into(), limit.into()],
        )
        .await?;
    rows.iter().map(sealed).collect()
}

/// A signed checkpoint, kept as text.
#[derive(Debug, Clone)]
pub struct Kept {
    pub size: u64,
    pub signer: String,
    pub note: String,
    pub at: Instant,
}

pub async fn checkpoints(cx: &mut Cx) -> Result<Vec<Kept>, Refusal> {
    let rows = cx.all("select size, signer, note, at from ledger_checkpoints order by size, signer", vec![]).await?;
    rows.iter().map(kept).collect()
}

pub async fn last_checkpoint(cx: &mut Cx) -> Result<Option<Kept>, Refusal> {
    cx.optional("select size, signer, note, at from ledger_checkpoints order by size desc, signer limit 1", vec![])
        .await?
        .as_ref()
        .map(kept)
        .transpose()
}

pub async fn keep_checkpoint(cx: &mut Cx, size: u64, signer: &str, note: &str) -> Result<(), Refusal> {
    cx.unrecorded("a checkpoint seals entries, it is none");
    cx.run(
        "insert into ledger_checkpoints (size, signer, note, at) values ($1, $2, $3, $4) on conflict (size, signer) do nothing",
        vec![as_i64(size)?.into(), signer.into(), note.into(), cx.now.into()],
    )
    .await
    .map(|_| ())
}

fn kept(row: &Row) -> Result<Kept, Refusal> {
    Ok(Kept {
        size: as_u64(row.int("size")?)?,
        signer: row.text("signer")?,
        note: row.text("note")?,
        at: row.instant("at")?,
    })
}

fn hash(row: &Row, column: &str) -> Result<ledger::Hash, Refusal> {
    row.get::<Vec<u8>>(column)?.try_into().map_err(|_| Refusal::broken(format!("{column} is no hash")))
}

fn frontier(row: &Row) -> Result<Frontier, Refusal> {
    Frontier::from_bytes(&row.get::<Vec<u8>>("frontier")?).map_err(Refusal::broken)
}

fn as_u64(value: i64) -> Result<u64, Refusal> {
    u64::try_from(value).map_err(|_| Refusal::broken("a ledger position below zero"))
}

fn as_i64(value: u64) -> Result<i64, Refusal> {
    i64::try_from(value).map_err(|_| Refusal::broken("a ledger position beyond the store"))
}
