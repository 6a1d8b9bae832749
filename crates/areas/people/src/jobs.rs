//! Sweeping: sessions and counters that ended long ago are of no use, and they hold addresses of people.

use db::{JobHandler, Store, jobs::JobFuture};
use kernel::{Actor, Refusal};

use crate::store::sign_in;

const DAY: i64 = 86_400;
/// For how long an ended session can still be looked up by whoever clears up an incident.
const SESSIONS_KEPT: i64 = 30 * DAY;

pub struct Sweep;

impl JobHandler for Sweep {
    fn kind(&self) -> &'static str {
        "people.sweep"
    }

    fn every_seconds(&self) -> Option<i64> {
        Some(DAY)
    }

    fn run<'a>(&'a self, store: &'a Store, _: &'a str) -> JobFuture<'a> {
        Box::pin(async move {
            db::transact!(store, &Actor::system(), |cx| {
                cx.unrecorded("what is swept ended long ago");
                let now = cx.now;
                sign_in::sweep(cx, now.plus_seconds(-SESSIONS_KEPT), now.plus_seconds(-DAY)).await?;
                Ok::<_, Refusal>(())
            })
        })
    }
}
