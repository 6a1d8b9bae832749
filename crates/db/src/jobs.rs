//! Work for later: enqueued in the transaction of the change that asks for it, claimed by one process, tried again with
//! growing pauses, and laid aside where a person can see it after the last try.

use std::{future::Future, pin::Pin, sync::Arc};

use kernel::{Actor, Instant, Refusal};

use crate::{Cx, Engine, Store, connection::failed};

/// Seconds for which a claimed job belongs to its process.
const LEASE_SECONDS: i64 = 120;
const MAX_ATTEMPTS: i64 = 8;

#[derive(Debug, Clone)]
pub struct Job {
    pub id: kernel::Uuid,
    pub kind: String,
    pub payload: String,
    pub attempts: i64,
}

pub type JobFuture<'a> = Pin<Box<dyn Future<Output = Result<(), Refusal>> + Send + 'a>>;

/// One kind of job. Must be fit to run twice: a process may die between the work and its mark.
pub trait JobHandler: Send + Sync + 'static {
    fn kind(&self) -> &'static str;
    fn run<'a>(&'a self, store: &'a Store, payload: &'a str) -> JobFuture<'a>;
    /// Runs by itself every so many seconds, once over all processes.
    fn every_seconds(&self) -> Option<i64> {
        None
    }
}

/// Enqueues. With `dedup`, the same word is enqueued once only, ever.
pub async fn enqueue(
    cx: &mut Cx,
    kind: &str,
    payload: &str,
    dedup: Option<String>,
    run_at: Instant,
) -> Result<(), Refusal> {
    let id: kernel::Uuid = cx.new_id();
    cx.run(
        "insert into jobs (id, kind, payload, dedup, run_at, attempts, state) values ($1, $2, $3, $4, $5, 0, 'queued') on conflict (dedup) do nothing",
        vec![id.into(), kind.into(), payload.into(), dedup.into(), run_at.into()],
    )
    .await
    .map(|_| ())
}

/// Enqueues what is due by the clock: the slot's number makes the word that only one process can enqueue.
pub async fn enqueue_periodic(store: &Store, handlers: &[Arc<dyn JobHandler>]) -> Result<(), Refusal> {
    let actor = Actor::system();
    let now = store.world.now();
    let due: Vec<(&'static str, String)> = handlers
        .iter()
        .filter_map(|handler| {
            handler.every_seconds().map(|every| {
                (handler.kind(), format!("{}@{}", handler.kind(), now.micros() / 1_000_000 / every.max(1)))
            })
        })
        .collect();
    let mut cx = store.read(&actor).await?;
    let mut missing = Vec::new();
    for (kind, dedup) in due {
        if cx.optional("select id from jobs where dedup = $1", vec![dedup.clone().into()]).await?.is_none() {
            missing.push((kind, dedup));
        }
    }
    drop(cx);
    if missing.is_empty() {
        return Ok(());
    }
    crate::transact!(store, &actor, |cx| {
        cx.unrecorded("the clock enqueues, no person does");
        for (kind, dedup) in &missing {
            enqueue(cx, kind, "{}", Some(dedup.clone()), now).await?;
        }
        // Marks of finished slots older than a day are of no use to anyone.
        cx.run("delete from jobs where state = 'done' and run_at < $1", vec![now.plus_seconds(-86_400).into()]).await?;
        Ok::<_, Refusal>(())
    })
}

/// Claims one due job for this process.
async fn claim(store: &Store) -> Result<Option<Job>, Refusal> {
    let now = store.world.now();
    let mut connection = store.write(&Actor::system()).await?.into_connection();
    let lock = if store.db.engine() == Engine::Postgres { "for update skip locked" } else { "" };
    let sql = format!(
        "update jobs set leased_until = $1, attempts = attempts + 1 where id = (select id from jobs where state = 'queued' and run_at <= $2 \
         and (leased_until is null or leased_until < $2) order by run_at limit 1 {lock}) returning id, kind, payload, attempts"
    );
    let rows = connection.all(sql, vec![now.plus_seconds(LEASE_SECONDS).into(), now.into()]).await.map_err(failed)?;
    connection.commit().await.map_err(failed)?;
    rows.first()
        .map(|row| {
            Ok(Job {
                id: row.get("id")?,
                kind: row.text("kind")?,
                payload: row.text("payload")?,
                attempts: row.int("attempts")?,
            })
        })
        .transpose()
}

/// Runs one due job if there is one. Says whether there was.
pub async fn run_one(store: &Store, handlers: &[Arc<dyn JobHandler>]) -> Result<bool, Refusal> {
    let actor = Actor::system();
    // Looking costs no lock; only a job that seems due is claimed.
    let now = store.world.now();
    let waiting = store
        .read(&actor)
        .await?
        .optional(
            "select id from jobs where state = 'queued' and run_at <= $1 and (leased_until is null or leased_until < $1) limit 1",
            vec![now.into()],
        )
        .await?;
    if waiting.is_none() {
        return Ok(false);
    }
    let Some(job) = claim(store).await? else { return Ok(false) };
    let outcome = match handlers.iter().find(|handler| handler.kind() == job.kind) {
        Some(handler) => handler.run(store, &job.payload).await,
        None => Err(Refusal::broken(format!("nobody does jobs of kind {}", job.kind))),
    };
    let (state, error, run_at) = match outcome {
        Ok(()) => ("done", None, now),
        Err(refusal) => {
            tracing::warn!(kind = %job.kind, attempts = job.attempts, cause = %refusal, "job failed");
            let state = if job.attempts >= MAX_ATTEMPTS { "dead" } else { "queued" };
            (state, Some(refusal.to_string()), now.plus_seconds(5 << job.attempts.min(12)))
        }
    };
    crate::transact!(store, &actor, |cx| {
        cx.unrecorded("a job's own bookkeeping");
        cx.run(
            "update jobs set state = $2, last_error = $3, run_at = $4, leased_until = null where id = $1",
            vec![job.id.into(), state.into(), error.clone().into(), run_at.into()],
        )
        .await
    })?;
    Ok(true)
}

/// Runs everything that is due now; what the tests and a one-shot command call.
pub async fn run_all_due(store: &Store, handlers: &[Arc<dyn JobHandler>]) -> Result<usize, Refusal> {
    let mut ran = 0;
    while ran < 10_000 && run_one(store, handlers).await? {
        ran += 1;
    }
    Ok(ran)
}
