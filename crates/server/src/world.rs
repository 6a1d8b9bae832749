//! The real world: the clock, the organisation's zone, the operating system's randomness.

use jiff::{Timestamp, tz::TimeZone};
use kernel::{Instant, World};

pub struct RealWorld {
    zone: TimeZone,
}

impl RealWorld {
    /// # Errors
    /// For a zone that is not in the bundled time-zone database.
    pub fn new(zone: &str) -> anyhow::Result<Self> {
        Ok(Self {
            zone: TimeZone::get(zone)
                .map_err(|_| anyhow::anyhow!("`{zone}` is not an IANA time zone (write one like Europe/Berlin)"))?,
        })
    }
}

impl World for RealWorld {
    fn now(&self) -> Instant {
        Instant::from_micros(Timestamp::now().as_microsecond())
    }

    fn random(&self, bytes: &mut [u8]) {
        // Without randomness nothing here is safe to go on.
        getrandom::fill(bytes).expect("the operating system gives randomness");
    }

    fn zone(&self) -> TimeZone {
        self.zone.clone()
    }
}
