//! A world that stands still.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use jiff::tz::TimeZone;
use kernel::{Instant, World};

/// Starts on Saturday 2026-11-21 at 09:00 UTC. Each question for the time moves it one microsecond, so that what is
/// recorded later sorts later.
pub struct FixedWorld {
    now: AtomicI64,
    drawn: AtomicU64,
}

impl Default for FixedWorld {
    fn default() -> Self {
        Self { now: AtomicI64::new(1_795_251_600_000_000), drawn: AtomicU64::new(1) }
    }
}

impl FixedWorld {
    pub fn advance_seconds(&self, seconds: i64) {
        self.now.fetch_add(seconds * 1_000_000, Ordering::Relaxed);
    }

    pub fn advance_days(&self, days: i64) {
        self.advance_seconds(days * 86_400);
    }
}

impl World for FixedWorld {
    fn now(&self) -> Instant {
        Instant::from_micros(self.now.fetch_add(1, Ordering::Relaxed))
    }

    /// A counter run through SplitMix64: it repeats from run to run and no two draws are alike.
    fn random(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            let mut z = self.drawn.fetch_add(1, Ordering::Relaxed).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            let drawn = (z ^ (z >> 31)).to_le_bytes();
            chunk.copy_from_slice(&drawn[..chunk.len()]);
        }
    }

    fn zone(&self) -> TimeZone {
        TimeZone::UTC
    }
}

pub(crate) async fn run_on(address: &str, sql: &str) {
    use sqlx::{ConnectOptions, Connection};
    let options: sqlx::postgres::PgConnectOptions = address.parse().expect("an address of PostgreSQL");
    let mut connection = options.connect().await.expect("PostgreSQL answers");
    sqlx::raw_sql(sqlx::AssertSqlSafe(sql.to_owned()))
        .execute(&mut connection)
        .await
        .expect("a database of the test's own");
    connection.close().await.expect("closed");
}
