//! How often one may try, and for how long one waits after that.

use kernel::{Instant, Refusal};

/// Seconds for which tries are counted together, from the first of them.
pub const WINDOW_SECONDS: i64 = 15 * 60;
/// Failed tries for one account.
pub const PER_ACCOUNT: i64 = 5;
/// Failed tries from one address, which a whole office may share.
pub const PER_ADDRESS: i64 = 30;

/// Seconds to wait, when this try is one too many.
pub fn wait(tries: i64, since: Instant, now: Instant, allowed: i64) -> Option<i64> {
    if tries <= allowed {
        return None;
    }
    Some((WINDOW_SECONDS - now.seconds_since(since)).clamp(1, WINDOW_SECONDS))
}

pub fn refuse(seconds: i64) -> Refusal {
    let span = if seconds > 90 { format!("{} minutes", (seconds + 59) / 60) } else { format!("{seconds} seconds") };
    Refusal::too_many("too many tries").hint(format!("wait {span}, then try again"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sixth_try_waits_until_the_window_of_the_first_ends() {
        let since = Instant::from_micros(1_000_000_000_000);
        let now = since.plus_seconds(100);
        assert_eq!(wait(5, since, now, PER_ACCOUNT), None);
        assert_eq!(wait(6, since, now, PER_ACCOUNT), Some(800));
        assert_eq!(wait(6, since, since.plus_seconds(WINDOW_SECONDS), PER_ACCOUNT), Some(1));
        assert_eq!(refuse(800).hint.as_deref(), Some("wait 14 minutes, then try again"));
        assert_eq!(refuse(30).hint.as_deref(), Some("wait 30 seconds, then try again"));
    }
}
