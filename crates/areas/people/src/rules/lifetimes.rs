//! How long things live: sessions, links, tokens.

use kernel::{Date, Instant, Refusal};

/// Seconds without a request after which a session ends.
pub const SESSION_IDLE: i64 = 12 * 3600;
/// Seconds after sign-in at which a session ends in any case.
pub const SESSION_LONGEST: i64 = 7 * 86_400;
/// Seconds in which the code must follow the password.
pub const CODE_WITHIN: i64 = 10 * 60;
/// Seconds between two notes of a session's or token's last use, so that reading stays reading.
pub const SEEN_EVERY: i64 = 5 * 60;
/// Seconds for which an invitation can be taken up.
pub const INVITATION: i64 = 7 * 86_400;
/// Seconds for which a link for a new password holds.
pub const PASSWORD_LINK: i64 = 24 * 3600;
/// Seconds for which the link printed at the first start holds.
pub const SETUP_LINK: i64 = 24 * 3600;
/// Days.
pub const TOKEN_LONGEST: i64 = 365;

/// Is a session alive that began and was last used then?
pub fn session_lives(began: Instant, last_seen: Instant, second_factor_done: bool, now: Instant) -> bool {
    let age = now.seconds_since(began);
    age < if second_factor_done { SESSION_LONGEST } else { CODE_WITHIN } && now.seconds_since(last_seen) < SESSION_IDLE
}

/// Checks the last day of a token. It ends with that day.
///
/// # Errors
/// A refusal of the field `expires_on`.
pub fn token_days(expires_on: Date, today: Date) -> Result<(), Refusal> {
    match expires_on.days_since(today) {
        ..0 => Err(Refusal::field("expires_on", format!("{} has passed", expires_on.long()))),
        0..=TOKEN_LONGEST => Ok(()),
        _ => Err(Refusal::field("expires_on", "a token lives 365 days at most; make a new one then")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_ends_when_idle_when_old_and_when_the_code_does_not_come() {
        let began = Instant::from_micros(1_000_000_000_000);
        let lives = |seen: i64, now: i64, done: bool| {
            session_lives(began, began.plus_seconds(seen), done, began.plus_seconds(now))
        };
        assert!(lives(0, SESSION_IDLE - 1, true));
        assert!(!lives(0, SESSION_IDLE, true));
        assert!(lives(SESSION_LONGEST - 60, SESSION_LONGEST - 1, true));
        assert!(!lives(SESSION_LONGEST - 60, SESSION_LONGEST, true));
        assert!(lives(0, CODE_WITHIN - 1, false));
        assert!(!lives(0, CODE_WITHIN, false));
    }

    #[test]
    fn a_token_ends_within_a_year_and_not_before_today() {
        let today: Date = "2026-11-21".parse().unwrap();
        assert!(token_days(today, today).is_ok());
        assert!(token_days(today.plus_days(365), today).is_ok());
        assert!(token_days(today.plus_days(366), today).is_err());
        assert!(token_days(today.plus_days(-1), today).is_err());
    }
}
