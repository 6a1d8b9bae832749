//! Idempotency keys: a creation that is sent twice with the same key happens once and answers the same.

use kernel::{Actor, Refusal, RefusalKind};
use sha2::{Digest, Sha256};

use crate::{Cx, JobHandler, Store, jobs::JobFuture};

/// For how long an answer is kept.
pub const KEPT_SECONDS: i64 = 24 * 3600;

/// What the key's first request answered, if it was this same request.
///
/// # Errors
/// A key that was used with another request is refused; so is a key longer than 200 characters.
pub async fn earlier_answer(cx: &mut Cx, key: &str, request: &[u8]) -> Result<Option<String>, Refusal> {
    if key.is_empty() || key.len() > 200 {
        return Err(Refusal::invalid("an idempotency key has 1 to 200 characters"));
    }
    let Some(row) = cx
        .optional(
            "select request, answer from idempotency where person = $1 and key = $2",
            vec![cx.actor.person.into(), key.into()],
        )
        .await?
    else {
        return Ok(None);
    };
    if row.get::<Vec<u8>>("request")? != Sha256::digest(request).to_vec() {
        return Err(Refusal::new(RefusalKind::Conflict, "this idempotency key was used with another request")
            .hint("make a new key for a new request"));
    }
    Ok(Some(row.text("answer")?))
}

/// Keeps the answer, in the transaction that made it. Two requests at once: the second one is refused and may ask again.
pub async fn keep_answer(cx: &mut Cx, key: &str, request: &[u8], answer: &str) -> Result<(), Refusal> {
    let binds =
        vec![cx.actor.person.into(), key.into(), Sha256::digest(request).to_vec().into(), answer.into(), cx.now.into()];
    let mut busy = Refusal::conflict("a request with this idempotency key is under way");
    busy.retryable = true;
    cx.run_unique("insert into idempotency (person, key, request, answer, at) values ($1, $2, $3, $4, $5)", binds, busy)
        .await
        .map(|_| ())
}

/// Forgets old answers.
pub async fn forget_old(cx: &mut Cx) -> Result<u64, Refusal> {
    cx.unrecorded("answers kept for a day are no record");
    let before = cx.now.plus_seconds(-KEPT_SECONDS);
    cx.run("delete from idempotency where at < $1", vec![before.into()]).await
}

/// The job that does so, every hour.
pub struct Sweep;

impl JobHandler for Sweep {
    fn kind(&self) -> &'static str {
        "idempotency.sweep"
    }

    fn every_seconds(&self) -> Option<i64> {
        Some(3600)
    }

    fn run<'a>(&'a self, store: &'a Store, _payload: &'a str) -> JobFuture<'a> {
        Box::pin(async move { crate::transact!(store, &Actor::system(), |cx| forget_old(cx).await).map(|_| ()) })
    }
}
