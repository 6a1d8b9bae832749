//! The store: SQLite inside the process, or PostgreSQL beside it, behind one small face.
//!
//! An area writes one SQL text for both engines (`$1`, `returning`, `on conflict`, no engine's own functions), binds
//! [`kernel::Value`]s and reads [`Row`]s. What must differ between the engines stands in this crate, behind one function
//! each. A change goes through [`Store::write`], and [`Cx::commit`] refuses one that did not tell the ledger.
//!
//! Knows no area's SQL, no HTTP and no clock.

mod connection;
mod cx;
pub mod idempotency;
pub mod installation;
pub mod jobs;
pub mod ledger_store;
mod migrate;
mod row;
mod select;
pub mod walls;

pub use connection::{Db, Engine};
pub use cx::{Change, Cx, Store};
pub use jobs::{Job, JobHandler};
pub use migrate::{Migration, migrate};
pub use row::Row;
pub use select::Select;

/// What `db` itself keeps: the ledger, the walls, the jobs.
pub const MIGRATIONS: &[Migration] = &[
    Migration { number: 1, name: "spine", sql: include_str!("../migrations/0001_spine.sql") },
    Migration { number: 2, name: "privileged walls", sql: include_str!("../migrations/0002_privileged_walls.sql") },
];

/// Runs a use case in one transaction, and once more when it lost against another transaction (PostgreSQL and its
/// relatives may say so at any statement, commit included). The one place where a conflict is retried, so the body must
/// be fit to run twice: no mail, no file, no HTTP inside it.
///
/// `transact!(store, &actor, |cx| contracts::register(cx, &new).await)`
#[macro_export]
macro_rules! transact {
    ($store:expr, $actor:expr, |$cx:ident| $body:expr) => {{
        let mut attempt = 0_u32;
        loop {
            attempt += 1;
            let outcome = match $store.write($actor).await {
                Ok(mut transaction) => {
                    let done = async {
                        let $cx = &mut transaction;
                        $body
                    }
                    .await;
                    match done {
                        Ok(value) => transaction.commit().await.map(|()| value),
                        Err(refusal) => Err(refusal),
                    }
                }
                Err(refusal) => Err(refusal),
            };
            match outcome {
                Err(refusal) if refusal.retryable && attempt < 6 => $crate::pause_before_retry(attempt).await,
                other => break other,
            }
        }
    }};
}

/// 2, 4, 8 … milliseconds.
pub async fn pause_before_retry(attempt: u32) {
    tokio::time::sleep(std::time::Duration::from_millis(1 << attempt.min(8))).await;
}
