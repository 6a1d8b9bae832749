//! When a clock's reminders are due, and how far up each goes.

use jiff::Timestamp;

/// Minutes before the end at which people are reminded, unless a rule of ours says otherwise.
pub const DEFAULT_STEPS: [i64; 3] = [24 * 60, 4 * 60, 60];
/// The step of a clock that has run out.
pub const OVERDUE: i64 = 0;
/// Steps of one rule.
const STEPS_LIMIT: usize = 6;
const SHORTEST: i64 = 5;
const LONGEST: i64 = 60 * 24 * 60;
/// Characters of a pattern.
pub const PATTERN_LIMIT: usize = 100;

/// How far up a reminder goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rung {
    /// Whoever took the clock; else the lead of the side that reported.
    Taker,
    /// Whoever took the clock; else the lead's deputy.
    Deputy,
    /// Whoever took the clock, and the leads of both sides.
    Leads,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// Minutes before the clock ends; [`OVERDUE`] after it.
    pub minutes: i64,
    pub rung: Rung,
}

/// The newest step whose time has come, if any has. `steps` falls; a step that lies before the clock's start is none, for a
/// limit of a day would otherwise remind at once.
pub fn step_now(steps: &[i64], started: Option<Timestamp>, due: Timestamp, now: Timestamp) -> Option<Step> {
    if now >= due {
        return Some(Step { minutes: OVERDUE, rung: Rung::Leads });
    }
    let before = |minutes: i64| due.as_second().saturating_sub(minutes.saturating_mul(60));
    let come = |minutes: i64| {
        before(minutes) <= now.as_second() && started.is_none_or(|started| before(minutes) > started.as_second())
    };
    let (at, minutes) = steps.iter().enumerate().rev().find(|(_, minutes)| come(**minutes))?;
    let rung = match (at, steps.len() - 1 - at) {
        (_, 0) => Rung::Leads,
        (0, _) => Rung::Taker,
        _ => Rung::Deputy,
    };
    Some(Step { minutes: *minutes, rung })
}

/// Whether a rule is meant: by its whole name, or by how it begins, as in `eu-nis2/*`.
pub fn fits(pattern: &str, rule: &str) -> bool {
    pattern.strip_suffix('*').map_or(pattern == rule, |start| rule.starts_with(start))
}

/// The steps of the pattern that fits best: the whole name, then the longest beginning.
pub fn steps_of<'s>(rules: &'s [(String, Vec<i64>)], rule: &str) -> &'s [i64] {
    rules
        .iter()
        .filter(|(pattern, _)| fits(pattern, rule))
        .max_by_key(|(pattern, _)| (!pattern.ends_with('*'), pattern.len()))
        .map_or(&DEFAULT_STEPS, |(_, steps)| steps)
}

/// Reads `2 d, 12 h, 30 min`; an hour is meant where no unit stands. The steps fall and none stands twice.
///
/// # Errors
/// A sentence.
pub fn read_steps(text: &str) -> Result<Vec<i64>, String> {
    let mut steps = Vec::new();
    for part in text.split([',', ';', '\n']).map(str::trim).filter(|part| !part.is_empty()) {
        let wrong = || format!("`{part}` is no time: write it as in 2 d, 12 h, 30 min");
        let digits = part.find(|c: char| !c.is_ascii_digit()).unwrap_or(part.len());
        let number: i64 = part[..digits].parse().map_err(|_| wrong())?;
        let unit = match part[digits..].trim().to_lowercase().as_str() {
            "d" | "day" | "days" => 24 * 60,
            "" | "h" | "hour" | "hours" => 60,
            "m" | "min" | "minute" | "minutes" => 1,
            _ => return Err(wrong()),
        };
        let minutes = number.checked_mul(unit).ok_or_else(wrong)?;
        if !(SHORTEST..=LONGEST).contains(&minutes) {
            return Err(format!("`{part}` is not between {SHORTEST} minutes and 60 days"));
        }
        steps.push(minutes);
    }
    steps.sort_unstable_by(|a, b| b.cmp(a));
    steps.dedup();
    match steps.len() {
        0 => Err("give at least one time before the end".to_owned()),
        1..=STEPS_LIMIT => Ok(steps),
        _ => Err(format!("at most {STEPS_LIMIT} times")),
    }
}

/// "24 h, 4 h, 30 min"
pub fn say_steps(steps: &[i64]) -> String {
    steps.iter().map(|minutes| duration(*minutes)).collect::<Vec<_>>().join(", ")
}

/// "3 d 2 h", "24 h", "3 h 20 min", "45 min"
pub fn duration(minutes: i64) -> String {
    let (hours, rest) = (minutes / 60, minutes % 60);
    match (hours, rest) {
        (0, _) => format!("{rest} min"),
        (48.., _) if hours % 24 == 0 => format!("{} d", hours / 24),
        (48.., _) => format!("{} d {} h", hours / 24, hours % 24),
        (_, 0) => format!("{hours} h"),
        _ => format!("{hours} h {rest} min"),
    }
}

/// A pattern that can mean something: a known rule, the beginning of one, or contracts' own clocks.
///
/// # Errors
/// A sentence.
pub fn checked_pattern<'r>(text: &str, mut known: impl Iterator<Item = &'r str>) -> Result<String, String> {
    let pattern = text.trim().to_lowercase();
    if pattern.is_empty() {
        return Err("say for which rules".to_owned());
    }
    if pattern.chars().count() > PATTERN_LIMIT {
        return Err(format!("at most {PATTERN_LIMIT} characters"));
    }
    if pattern.trim_end_matches('*').contains('*') || pattern.ends_with("**") {
        return Err("one `*`, at the end".to_owned());
    }
    let of_contracts = pattern.ends_with('*') && (pattern == "*" || pattern.starts_with("contract/"));
    if of_contracts || known.any(|rule| fits(&pattern, rule)) {
        return Ok(pattern);
    }
    Err(format!("no rule is called `{pattern}`; write one such as eu-gdpr/authority, or a beginning such as eu-nis2/*"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn the_newest_step_counts_and_goes_further_up_each_time() {
        let due = at("2026-11-26T13:20:00Z");
        let step = |now: &str| step_now(&DEFAULT_STEPS, None, due, at(now)).map(|step| (step.minutes, step.rung));
        assert_eq!(step("2026-11-25T13:19:59Z"), None);
        assert_eq!(step("2026-11-25T13:20:00Z"), Some((1440, Rung::Taker)));
        assert_eq!(step("2026-11-26T09:19:59Z"), Some((1440, Rung::Taker)));
        assert_eq!(step("2026-11-26T09:20:00Z"), Some((240, Rung::Deputy)));
        assert_eq!(step("2026-11-26T12:20:00Z"), Some((60, Rung::Leads)));
        assert_eq!(step("2026-11-26T13:20:00Z"), Some((OVERDUE, Rung::Leads)));
        assert_eq!(step("2027-11-26T13:20:00Z"), Some((OVERDUE, Rung::Leads)));
    }

    #[test]
    fn a_step_before_the_start_is_none() {
        let (start, due) = (at("2026-11-23T13:20:00Z"), at("2026-11-24T13:20:00Z"));
        let step = |now: &str| step_now(&DEFAULT_STEPS, Some(start), due, at(now)).map(|step| step.minutes);
        assert_eq!(step("2026-11-23T13:21:00Z"), None, "a limit of a day");
        assert_eq!(step("2026-11-24T09:20:00Z"), Some(240));
        let due = at("2026-11-23T16:20:00Z");
        let step = |now: &str| step_now(&DEFAULT_STEPS, Some(start), due, at(now)).map(|step| step.minutes);
        assert_eq!(step("2026-11-23T15:19:00Z"), None, "a limit of three hours");
        assert_eq!(step("2026-11-23T15:20:00Z"), Some(60));
    }

    #[test]
    fn the_last_of_any_steps_goes_to_the_leads() {
        let due = at("2026-11-26T12:00:00Z");
        let rung = |steps: &[i64], now: &str| step_now(steps, None, due, at(now)).map(|step| step.rung);
        assert_eq!(rung(&[30], "2026-11-26T11:45:00Z"), Some(Rung::Leads));
        assert_eq!(rung(&[120, 30], "2026-11-26T10:30:00Z"), Some(Rung::Taker));
        assert_eq!(rung(&[120, 30], "2026-11-26T11:45:00Z"), Some(Rung::Leads));
        assert_eq!(rung(&[240, 120, 60, 30], "2026-11-26T11:10:00Z"), Some(Rung::Deputy));
    }

    #[test]
    fn steps_are_read_and_said() {
        assert_eq!(read_steps("24 h, 30min;2 d, 24h").unwrap(), [2880, 1440, 30]);
        assert_eq!(read_steps("8").unwrap(), [480]);
        assert_eq!(say_steps(&[2880, 3000, 1440, 200, 30]), "2 d, 2 d 2 h, 24 h, 3 h 20 min, 30 min");
        for wrong in [
            "",
            "soon",
            "4 x",
            "1 min",
            "61 d",
            "-3 h",
            "99999999999999999999 h",
            "1,2,3,4,5,6,7",
            "9223372036854775807 d",
        ] {
            assert!(read_steps(wrong).is_err(), "{wrong}");
        }
        assert_eq!(
            read_steps(&say_steps(&[4320, 90])).unwrap_err(),
            "`1 h 30 min` is no time: write it as in 2 d, 12 h, 30 min"
        );
    }

    #[test]
    fn the_pattern_that_fits_best_counts() {
        let rule = |pattern: &str, steps: &[i64]| (pattern.to_owned(), steps.to_vec());
        let rules =
            [rule("*", &[10]), rule("eu-nis2/*", &[20]), rule("eu-nis2/early-warning", &[30]), rule("eu-*", &[40])];
        assert_eq!(steps_of(&rules, "eu-nis2/early-warning"), [30]);
        assert_eq!(steps_of(&rules, "eu-nis2/notification"), [20]);
        assert_eq!(steps_of(&rules, "eu-gdpr/authority"), [40]);
        assert_eq!(steps_of(&rules, "us-ca/ag"), [10]);
        assert_eq!(steps_of(&[], "us-ca/ag"), DEFAULT_STEPS);
        let known = ["eu-gdpr/authority", "us-ca/ag"];
        let checked = |text: &str| checked_pattern(text, known.into_iter());
        assert_eq!(checked(" EU-GDPR/* ").as_deref(), Ok("eu-gdpr/*"));
        assert_eq!(checked("contract/*").as_deref(), Ok("contract/*"));
        for wrong in ["", "eu-gdpr", "*gdpr", "eu-**", "contract/c-2026-001-1", "zebra/*"] {
            assert!(checked(wrong).is_err(), "{wrong}");
        }
    }
}
