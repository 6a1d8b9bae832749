//! Signing checkpoints and verifying the whole ledger, in batches, with bounded memory.

use std::{io::BufReader, path::Path, sync::Arc};

use db::{Cx, Store, ledger_store, transact};
use kernel::{Actor, Refusal};
use ledger::{GENESIS, Problem, Report, Verifier, VerifierKey, open_checkpoint, sign_checkpoint};

use crate::{Keys, store};

/// Entries that are held in memory at once.
const BATCH: i64 = 1_000;

/// A longer ledger is verified by a command and not inside a page.
pub const INLINE_LIMIT: u64 = 200_000;

/// How many entries there are.
pub(crate) async fn size(cx: &mut Cx) -> Result<u64, Refusal> {
    Ok(ledger_store::head(cx).await?.seq)
}

/// A checkpoint that was just signed.
#[derive(Debug, Clone)]
pub struct Signed {
    pub size: u64,
    pub note: String,
}

/// Signs the head when there are entries that no checkpoint of this key covers. Called by the job, at shutdown and on
/// demand.
///
/// # Errors
/// [`kernel::RefusalKind::Conflict`] when the entries since the last checkpoint do not lead to the head: what does not
/// hold must not be sealed as if it did.
pub async fn checkpoint(store: &Store, keys: &Keys) -> Result<Option<Signed>, Refusal> {
    let system = Actor::system();
    let mut cx = store.read(&system).await?;
    let last = ledger_store::last_checkpoint(&mut cx).await?;
    let head = ledger_store::head(&mut cx).await?;
    let signer = keys.signing().name().to_owned();
    if head.seq == 0 || last.as_ref().is_some_and(|last| last.size == head.seq && last.signer == signer) {
        return Ok(None);
    }
    // From the last checkpoint that is believed, or from the beginning.
    let believed =
        last.and_then(|last| open_checkpoint(&last.note, keys.trusted()).ok()).filter(|last| last.size <= head.seq);
    let (mut at, mut hash) =
        believed.and_then(|last| last.chain.map(|chain| (last.size, chain))).unwrap_or((0, GENESIS));
    while at < head.seq {
        let batch = store::batch(&mut cx, i64::try_from(at).map_err(Refusal::broken)?, BATCH).await?;
        let before = at;
        for (_, sealed) in batch.into_iter().take_while(|(seq, _)| u64::try_from(*seq).is_ok_and(|seq| seq <= head.seq))
        {
            let holds = sealed.as_ref().is_ok_and(|sealed| {
                sealed.entry.seq == at + 1 && sealed.prev == hash && sealed.expected_hash() == sealed.hash
            });
            let Ok(sealed) = sealed else { return Err(does_not_hold(at + 1)) };
            if !holds {
                return Err(does_not_hold(at + 1));
            }
            (at, hash) = (sealed.entry.seq, sealed.hash);
        }
        if at == before {
            return Err(does_not_hold(at + 1));
        }
    }
    if hash != head.hash || head.frontier.size() != head.seq {
        return Err(does_not_hold(head.seq));
    }
    drop(cx);
    let note = sign_checkpoint(keys.signing(), head.seq, &head.frontier.root(), Some(&head.hash));
    transact!(store, &system, |cx| ledger_store::keep_checkpoint(cx, head.seq, &signer, &note).await)?;
    Ok(Some(Signed { size: head.seq, note }))
}

fn does_not_hold(seq: u64) -> Refusal {
    tracing::error!(seq, "the ledger does not hold and is not signed");
    Refusal::conflict(format!("the ledger does not hold at entry {seq} and is not signed"))
        .hint("verify the ledger to see what happened to it")
}

/// Verifies the ledger in the store: every entry, the chain, every checkpoint and the head.
///
/// # Errors
/// Only when the store cannot be read. Whatever was done to the rows is in the report.
pub async fn verify(store: &Store, keys: &[VerifierKey]) -> Result<Report, Refusal> {
    verify_with(store, keys, Vec::new()).await
}

/// The same, with checkpoints that were kept elsewhere.
pub async fn verify_with(store: &Store, keys: &[VerifierKey], extra: Vec<String>) -> Result<Report, Refusal> {
    let system = Actor::system();
    let mut cx = store.read(&system).await?;
    // The checkpoints first: whatever is written meanwhile comes after those that are known here.
    let notes: Vec<String> =
        ledger_store::checkpoints(&mut cx).await?.into_iter().map(|kept| kept.note).chain(extra).collect();
    let mut verifier = Verifier::new(keys.iter().cloned(), notes);
    let mut unreadable = Vec::new();
    let mut after = i64::MIN;
    let mut looked_again = false;
    let head = loop {
        let batch = store::batch(&mut cx, after, BATCH).await?;
        if batch.is_empty() {
            let head = ledger_store::head(&mut cx).await?;
            if looked_again || i64::try_from(head.seq).is_ok_and(|seq| seq <= after) {
                break head;
            }
            // Entries may have come between the last batch and the head.
            looked_again = true;
            continue;
        }
        looked_again = false;
        for (seq, sealed) in batch {
            after = seq;
            match sealed {
                Ok(sealed) => verifier.entry(&sealed),
                Err(refusal) => unreadable.push((seq, refusal.message)),
            }
        }
    };
    let mut report = verifier.finish(Some((head.seq, head.hash)));
    for (seq, reason) in unreadable {
        if report.problems.len() < ledger::MAX_PROBLEMS {
            report.problems.push(Problem::Unreadable { line: u64::try_from(seq).unwrap_or(0), reason });
        } else {
            report.more_problems += 1;
        }
    }
    Ok(report)
}

/// Verifies an exported file, with checkpoints that were kept elsewhere.
///
/// # Errors
/// When the file cannot be opened.
pub fn verify_file<T: AsRef<str>>(
    path: &Path,
    keys: &[VerifierKey],
    extra: impl IntoIterator<Item = T>,
) -> std::io::Result<Report> {
    let file = std::fs::File::open(path)?;
    Ok(ledger::verify_export(BufReader::new(file), keys, extra))
}

/// Signs a checkpoint every ten minutes when there is something new.
pub struct CheckpointJob {
    pub keys: Arc<Keys>,
}

impl db::JobHandler for CheckpointJob {
    fn kind(&self) -> &'static str {
        "ledger.checkpoint"
    }

    fn run<'a>(&'a self, store: &'a Store, _: &'a str) -> db::jobs::JobFuture<'a> {
        Box::pin(async move { checkpoint(store, &self.keys).await.map(|_| ()) })
    }

    fn every_seconds(&self) -> Option<i64> {
        Some(600)
    }
}
