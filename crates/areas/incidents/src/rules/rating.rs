//! How an expected action is rated by what was done: 3 in time, 2 a little late, 1 late, 0 not at all.

use kernel::Instant;
use serde::Serialize;
use serde_json::Value;

use super::{
    State,
    scenario::{Check, Expected, Scenario, lasting},
};

/// What was done in an exercise, at simulated instants.
#[derive(Debug, Clone, Default)]
pub struct Evidence {
    /// Entries of facts that still count: path, value, when they were entered first.
    pub facts: Vec<(String, Value, Instant)>,
    pub taken: Vec<(String, Instant)>,
    pub states: Vec<(State, Instant)>,
}

/// A rating that follows from what was done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Judged {
    /// 0 to 3.
    pub rating: i64,
    pub reason: String,
    /// Simulated.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub done_at: Option<Instant>,
    /// Simulated seconds after the limit; 0 in time.
    pub late: i64,
}

/// The simulated instant until which an action is expected.
#[must_use]
pub fn limit(scenario: &Scenario, action: &Expected) -> Instant {
    scenario.instant(action.from + action.within)
}

/// Judges one action at a simulated instant. None while there is still time, and for what only a person can see.
#[must_use]
pub fn judge(scenario: &Scenario, action: &Expected, evidence: &Evidence, now: Instant) -> Option<Judged> {
    let until = limit(scenario, action);
    let done_at = done_at(action.check.as_ref()?, evidence);
    let Some(done) = done_at else {
        return (now >= until).then(|| Judged {
            rating: 0,
            reason: "It was not done in the time there was.".to_owned(),
            done_at: None,
            late: 0,
        });
    };
    let late = done.seconds_since(until).max(0);
    let (rating, reason) = if late == 0 {
        (3, format!("Done {} before the limit.", lasting(until.seconds_since(done))))
    } else if late.saturating_mul(4) <= action.within {
        (2, format!("Done {} late, within a quarter of the time there was.", lasting(late)))
    } else {
        (1, format!("Done {} late.", lasting(late)))
    };
    Some(Judged { rating, reason, done_at, late })
}

fn done_at(check: &Check, evidence: &Evidence) -> Option<Instant> {
    match check {
        // A notice counts from when it was sent, which may have been noted down later.
        Check::Submitted(rule) => {
            let path = format!("events.submitted.{rule}");
            let (_, value, entered) = evidence.facts.iter().find(|(known, ..)| *known == path)?;
            let sent =
                clocks::moment::read(value, None).ok().and_then(|moment| moment.instant(&jiff::tz::TimeZone::UTC));
            Some(sent.map_or(*entered, |sent| Instant::from_micros(sent.as_microsecond())))
        }
        Check::Fact(path) => evidence.facts.iter().find(|(known, ..)| known == path).map(|(.., entered)| *entered),
        Check::Taken(rule) => evidence.taken.iter().find(|(known, _)| known == rule).map(|(_, at)| *at),
        Check::State(state) => evidence.states.iter().find(|(known, _)| known == state).map(|(_, at)| *at),
    }
}

/// What a rating says.
#[must_use]
pub fn words(rating: i64) -> &'static str {
    match rating {
        0 => "Not done",
        1 => "Hardly",
        2 => "Mostly",
        _ => "Fully",
    }
}

/// The mean of the ratings with one place after the point, or nothing where none was given.
#[must_use]
pub fn mean(ratings: impl IntoIterator<Item = i64>) -> Option<String> {
    let (sum, count) = ratings.into_iter().fold((0, 0), |(sum, count), rating| (sum + rating, count + 1));
    (count > 0).then(|| {
        let tenths = (sum * 10 + count / 2) / count;
        format!("{}.{}", tenths / 10, tenths % 10)
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::rules::scenario::{SHIPPED, read};

    fn scenario() -> Scenario {
        read(SHIPPED[0].0, SHIPPED[0].1).unwrap()
    }

    fn action(check: Option<Check>) -> Expected {
        Expected {
            id: "x".into(),
            from: 3_600,
            within: 40_000,
            by: "y".into(),
            what: String::new(),
            why: String::new(),
            law: String::new(),
            check,
        }
    }

    #[test]
    fn in_time_a_little_late_late_and_never() {
        let scenario = scenario();
        let action = action(Some(Check::Fact("flags.high_risk".into())));
        let rated = |after: i64| {
            let evidence = Evidence {
                facts: vec![("flags.high_risk".into(), json!(true), scenario.instant(after))],
                ..Evidence::default()
            };
            judge(&scenario, &action, &evidence, scenario.instant(after)).unwrap()
        };
        assert_eq!((rated(43_600).rating, rated(43_600).late), (3, 0));
        assert_eq!((rated(43_601).rating, rated(43_601).late), (2, 1));
        assert_eq!((rated(53_600).rating, rated(53_601).rating), (2, 1));
        let nothing = Evidence::default();
        assert_eq!(judge(&scenario, &action, &nothing, scenario.instant(43_599)), None, "there is still time");
        assert_eq!(judge(&scenario, &action, &nothing, scenario.instant(43_600)).unwrap().rating, 0);
    }

    #[test]
    fn a_notice_counts_from_when_it_was_sent() {
        let scenario = scenario();
        let action = action(Some(Check::Submitted("eu-gdpr/authority".into())));
        let sent = scenario.instant(7_200);
        let fact = ("events.submitted.eu-gdpr/authority".to_owned(), json!(sent.to_string()), scenario.instant(90_000));
        let evidence = Evidence { facts: vec![fact], ..Evidence::default() };
        let judged = judge(&scenario, &action, &evidence, scenario.instant(90_000)).unwrap();
        assert_eq!((judged.rating, judged.done_at), (3, Some(sent)));
    }

    #[test]
    fn what_only_a_person_can_see_is_left_to_a_person() {
        let scenario = scenario();
        assert_eq!(judge(&scenario, &action(None), &Evidence::default(), scenario.instant(900_000)), None);
    }

    #[test]
    fn a_mean_has_one_place_after_the_point() {
        assert_eq!(mean([3, 2, 2]), Some("2.3".to_owned()));
        assert_eq!(mean([3, 3]), Some("3.0".to_owned()));
        assert_eq!(mean([]), None);
    }
}
