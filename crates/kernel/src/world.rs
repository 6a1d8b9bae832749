//! Time and randomness, as arguments. Nothing below the server asks the operating system for either.

use std::fmt;

use jiff::{Timestamp, tz::TimeZone};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// An instant in microseconds since 1970-01-01T00:00:00Z, which is what the store holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(i64);

impl Instant {
    pub fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    pub fn micros(self) -> i64 {
        self.0
    }

    pub fn plus_seconds(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds.saturating_mul(1_000_000)))
    }

    /// Whole seconds from `earlier` to `self`, negative when `earlier` is later.
    pub fn seconds_since(self, earlier: Instant) -> i64 {
        (self.0 - earlier.0) / 1_000_000
    }

    pub fn timestamp(self) -> Timestamp {
        Timestamp::from_microsecond(self.0).unwrap_or(Timestamp::UNIX_EPOCH)
    }

    /// The civil date of this instant in `zone`.
    pub fn date_in(self, zone: &TimeZone) -> crate::Date {
        crate::Date(self.timestamp().to_zoned(zone.clone()).date())
    }
}

impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.timestamp())
    }
}

/// In JSON an instant is RFC 3339 text in UTC.
impl Serialize for Instant {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Instant {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let timestamp: Timestamp = text.parse().map_err(serde::de::Error::custom)?;
        Ok(Self(timestamp.as_microsecond()))
    }
}

/// Where "now" and randomness come from.
pub trait World: Send + Sync + 'static {
    fn now(&self) -> Instant;

    /// Fills `bytes` with randomness fit for keys.
    fn random(&self, bytes: &mut [u8]);

    /// The zone of the organisation, in which "today" is decided.
    fn zone(&self) -> TimeZone;

    /// A fresh UUIDv7 of this instant.
    fn new_uuid(&self) -> Uuid {
        let mut random = [0; 10];
        self.random(&mut random);
        let millis = u64::try_from(self.now().micros() / 1000).unwrap_or(0);
        uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid()
    }

    /// Today's civil date in the organisation's zone.
    fn today(&self) -> crate::Date {
        self.now().date_in(&self.zone())
    }
}
