//! The export: JSON lines that prove themselves, streamed in batches.

use std::collections::BTreeSet;

use db::{Change, Store, ledger_store, transact};
use futures_util::{Stream, stream};
use kernel::{Actor, Instant, Refusal, Resource};
use ledger::{checkpoint_line, entry_line, withheld_line};

use crate::{
    Keys, proving,
    reading::{EXPORT, READ},
    store,
};

const BATCH: i64 = 500;

/// Which entries an export shows in full. Those before are written as their places in the chain alone, so that the
/// file still verifies from the first entry on; those after are left out.
#[derive(Debug, Clone, Default)]
pub struct Range {
    pub from: Option<Instant>,
    /// The first instant that does not count any more.
    pub until: Option<Instant>,
}

/// An export that was allowed and recorded, ready to be read.
pub struct Export {
    store: Store,
    actor: Actor,
    /// The position up to which entries are withheld because they lie before the range.
    shown_after: i64,
    last: i64,
    after: i64,
    checkpoints: Option<Vec<String>>,
}

impl Export {
    /// How many entries the file holds, withheld ones included.
    pub fn entries(&self) -> i64 {
        self.last
    }

    /// The next part of the file, or nothing at its end. What the reader may not see is asked for each part anew, after
    /// the part was read: a wall that was raised meanwhile holds.
    pub async fn next(&mut self) -> Result<Option<String>, Refusal> {
        let mut text = String::new();
        let push = |text: &mut String, line: &str| {
            text.push_str(line);
            text.push('\n');
        };
        if let Some(checkpoints) = self.checkpoints.take() {
            for note in checkpoints {
                push(&mut text, &checkpoint_line(&note));
            }
            if !text.is_empty() {
                return Ok(Some(text));
            }
        }
        if self.after >= self.last {
            return Ok(None);
        }
        let mut cx = self.store.read(&self.actor).await?;
        let batch = store::batch(&mut cx, self.after, BATCH).await?;
        let to = batch.last().map_or(self.last, |(seq, _)| (*seq).min(self.last));
        let allowed = cx.condition(READ, &store::COLUMNS);
        let readable: BTreeSet<i64> = store::readable(&mut cx, self.after, to, allowed).await?.into_iter().collect();
        for (seq, sealed) in batch.into_iter().filter(|(seq, _)| *seq <= self.last) {
            let sealed = sealed?;
            if seq > self.shown_after && readable.contains(&seq) {
                push(&mut text, &entry_line(&sealed));
            } else {
                push(&mut text, &withheld_line(&sealed.withheld()));
            }
        }
        self.after = to;
        Ok(if text.is_empty() { None } else { Some(text) })
    }

    /// The file as a stream of its parts.
    pub fn into_stream(self) -> impl Stream<Item = Result<String, Refusal>> {
        stream::try_unfold(self, |mut export| async move { Ok(export.next().await?.map(|part| (part, export))) })
    }
}

/// Records that `actor` takes the trail away, signs the head so that the file is proven to its end, and begins.
pub async fn export(store: &Store, keys: &Keys, actor: &Actor, range: &Range) -> Result<Export, Refusal> {
    store.read(actor).await?.require(EXPORT, &Resource::all("Ledger"))?;
    // A token that may only read may export; that the export is written down is our doing and not the token's.
    let writer = Actor { read_only: false, ..actor.clone() };
    let said = |instant: Option<Instant>| instant.map(|instant| instant.to_string());
    transact!(store, &writer, |cx| {
        let change = Change::new("ledger.exported", "ledger", "all", "exported the ledger");
        cx.record(change.after(serde_json::json!({ "from": said(range.from), "until": said(range.until) })));
        Ok::<_, Refusal>(())
    })?;
    if let Err(refusal) = proving::checkpoint(store, keys).await {
        // An auditor who takes away a ledger that does not hold must get it as it is.
        tracing::error!(%refusal, "the ledger is exported without a fresh checkpoint");
    }
    let mut cx = store.read(actor).await?;
    let head = i64::try_from(ledger_store::head(&mut cx).await?.seq).map_err(Refusal::broken)?;
    let last = match range.until {
        Some(until) => store::last_before(&mut cx, until).await?.min(head),
        None => head,
    };
    let shown_after = match range.from {
        Some(from) => store::last_before(&mut cx, from).await?,
        None => 0,
    };
    let kept = ledger_store::checkpoints(&mut cx).await?;
    let checkpoints = kept
        .into_iter()
        .filter(|kept| i64::try_from(kept.size).is_ok_and(|size| size <= last))
        .map(|kept| kept.note)
        .collect();
    Ok(Export {
        store: store.clone(),
        actor: actor.clone(),
        shown_after,
        last,
        after: 0,
        checkpoints: Some(checkpoints),
    })
}
