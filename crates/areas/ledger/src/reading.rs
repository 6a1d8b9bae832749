//! Reading the trail: the list, one entry, the history of a record. Everything is limited in SQL by the policy.

use db::Cx;
use kernel::{Attr, Instant, Permission, PersonId, Refusal, Resource, Side};
use ledger::Sealed;
use serde::Serialize;

use crate::{rules::Difference, rules::differences, store};

pub const READ: Permission = Permission::new("readLedger", "LedgerEntry");
pub const EXPORT: Permission = Permission::new("exportLedger", "Ledger");
pub const CHECKPOINT: Permission = Permission::new("checkpointLedger", "Ledger");

/// What to look for. Everything given must fit.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    pub actor: Option<PersonId>,
    /// A part of the name of whoever acted.
    pub who: Option<String>,
    /// How an action begins, such as `contract.` or `contract.signed`.
    pub action: Option<String>,
    pub side: Option<Side>,
    pub subject_kind: Option<String>,
    pub subject_id: Option<String>,
    /// A part of the sentence.
    pub text: Option<String>,
    pub from: Option<Instant>,
    /// The first instant that does not count any more.
    pub until: Option<Instant>,
    /// Where a page starts: entries before this position.
    pub before_seq: Option<i64>,
}

/// An entry in a list.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Line {
    pub seq: i64,
    #[schema(value_type = String, format = DateTime)]
    pub at: Instant,
    #[schema(value_type = String, format = Uuid)]
    pub actor: PersonId,
    /// The name as it was then.
    pub actor_name: String,
    pub side: Option<String>,
    pub via: String,
    pub action: String,
    pub subject_kind: String,
    pub subject_id: String,
    /// Belongs to a record that is restricted now.
    pub walled: bool,
    pub summary: String,
}

/// A page of entries, and the position before which the next one starts.
#[derive(Debug, Clone)]
pub struct Lines {
    pub items: Vec<Line>,
    pub next: Option<i64>,
}

/// One entry in full.
#[derive(Debug, Clone)]
pub struct Whole {
    pub line: Line,
    pub sealed: Sealed,
    pub differences: Vec<Difference>,
    /// The checkpoint that proves it, when there is one.
    pub proven_by: Option<CheckpointLine>,
}

/// A signed checkpoint.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct CheckpointLine {
    pub size: i64,
    pub signer: String,
    pub note: String,
    #[schema(value_type = String, format = DateTime)]
    pub at: Instant,
}

/// The open part of the trail, for the question whether someone may look at any of it.
fn open_entries() -> Resource {
    Resource::all("LedgerEntry")
        .with("walled", Attr::Bool(false))
        .with("restricted", Attr::Bool(false))
        .with("privileged", Attr::Bool(false))
        .with("shared_with", Attr::People(Vec::new()))
}

pub(crate) fn may_read(cx: &Cx) -> Result<(), Refusal> {
    cx.require(READ, &open_entries())
}

pub fn can_export(cx: &Cx) -> bool {
    cx.allows(EXPORT, &Resource::all("Ledger"))
}

pub fn can_sign(cx: &Cx) -> bool {
    cx.allows(CHECKPOINT, &Resource::all("Ledger"))
}

/// Entries, newest first, at most `limit`.
pub async fn list(cx: &mut Cx, filter: &Filter, limit: usize) -> Result<Lines, Refusal> {
    may_read(cx)?;
    let allowed = cx.condition(READ, &store::COLUMNS);
    let mut items = store::list(cx, filter, allowed, limit + 1).await?;
    let more = items.len() > limit;
    items.truncate(limit);
    let next = if more { items.last().map(|line| line.seq) } else { None };
    Ok(Lines { items, next })
}

/// The newest entries of one record, for its own page. Whoever may read none of the trail gets none.
pub async fn history(cx: &mut Cx, subject_kind: &str, subject_id: &str, limit: usize) -> Result<Vec<Line>, Refusal> {
    let filter = Filter {
        subject_kind: Some(subject_kind.to_owned()),
        subject_id: Some(subject_id.to_owned()),
        ..Filter::default()
    };
    let allowed = cx.condition(READ, &store::COLUMNS);
    store::list(cx, &filter, allowed, limit).await
}

/// One entry with what it changed and its place in the chain.
pub async fn entry(cx: &mut Cx, seq: i64) -> Result<Whole, Refusal> {
    let allowed = cx.condition(READ, &store::COLUMNS);
    let found = store::entry(cx, seq, allowed).await?;
    let (line, sealed) =
        found.ok_or_else(|| Refusal::not_found("there is no such entry, or it is not yours to see"))?;
    let differences = differences(&sealed.entry.detail);
    let proven_by = store::covering(cx, seq).await?;
    Ok(Whole { line, sealed, differences, proven_by })
}

/// The newest checkpoints. They hold hashes and no content.
pub async fn checkpoints(cx: &mut Cx, limit: u32) -> Result<Vec<CheckpointLine>, Refusal> {
    may_read(cx)?;
    store::newest_checkpoints(cx, i64::from(limit)).await
}
