//! Readings beside the strict one that Regulation 1182/71 lets one argue. They are shown with their citation, and nothing
//! is ever scheduled on them.

use jiff::{SignedDuration, ToSpan};

use crate::{
    count::{self, End, LAST_SECOND, Place},
    duty::{Reading, instant},
    moment::Moment,
    rule::{Counting, Limit, Measure, Rule},
};

const CITE_HOURS: &str = "Reg. (EEC, Euratom) 1182/71, Art. 3(1) and 3(2)(a)";
const CITE_DAY_OFF: &str = "Reg. (EEC, Euratom) 1182/71, Art. 3(4)";
const CITE_TWO_DAYS: &str = "Reg. (EEC, Euratom) 1182/71, Art. 3(5)";

/// What `counting` implies.
pub(crate) fn beside(rule: &Rule, limit: &Limit, from: &Moment, strict: &End, place: &Place<'_>) -> Vec<Reading> {
    // A rule's own way to roll is the special law, and goes before the general one.
    if rule.counting != Counting::Eu || limit.roll.is_some() {
        return Vec::new();
    }
    let mut out = Vec::new();
    let mut push = |at, says: &str, cite: &str| {
        out.push(Reading { due: instant(at, place.zone), says: says.to_owned(), cite: Some(cite.to_owned()) });
    };
    let Some(measure) = &limit.measure else { return Vec::new() };
    match measure {
        Measure::Hours(_) => {
            if let Moment::Instant { at, .. } = from {
                let zoned = at.to_zoned(place.zone.clone());
                let into = i64::from(zoned.minute()) * 60 + i64::from(zoned.second());
                if into > 0
                    && let Ok(full) = strict.raw.checked_add(SignedDuration::from_secs(3600 - into))
                {
                    push(full, "counted in full hours from the start of the next one", CITE_HOURS);
                }
            }
        }
        Measure::Days(_) | Measure::Months(_) => {
            let day = strict.raw.to_zoned(place.zone.clone()).date();
            if let Some(calendar) = place.calendar
                && let Ok(next) = place.calendars.on_or_after(calendar, day)
                && next != day
                && let Ok(at) = count::at(next, LAST_SECOND, place)
            {
                push(at, "its last day is no working day, so it ends with the next one", CITE_DAY_OFF);
            }
        }
        _ => {}
    }
    let two_days = match measure {
        Measure::Hours(n) => *n >= 48,
        Measure::Days(n) => *n >= 2,
        _ => false,
    };
    if two_days && let Some(at) = second_working_day(from, strict, place) {
        push(
            at,
            "a period of two days or more contains two working days; contested for periods in hours",
            CITE_TWO_DAYS,
        );
    }
    out
}

/// The end of the second working day after the event, if the strict period holds fewer.
fn second_working_day(from: &Moment, strict: &End, place: &Place<'_>) -> Option<jiff::Timestamp> {
    let calendar = place.calendar?;
    let last = strict.raw.to_zoned(place.zone.clone()).date();
    let mut day = from.day(place.zone);
    let mut worked = 0;
    while day < last {
        day = day.checked_add(1.day()).ok()?;
        if place.calendars.closed(calendar, day).ok()?.is_none() {
            worked += 1;
        }
    }
    if worked >= 2 {
        return None;
    }
    let (second, _) = place.calendars.add(calendar, from.day(place.zone), 2).ok()?;
    count::at(second, LAST_SECOND, place).ok().filter(|at| *at > strict.raw)
}
