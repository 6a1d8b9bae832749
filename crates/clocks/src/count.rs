//! Counts a limit: from an event to the instant at which it ends.
//!
//! Hours and minutes are elapsed time. Days and months are civil dates in the rule's zone: the day of the event is not
//! counted, and the last day ends with its last second.

use jiff::{
    SignedDuration, Timestamp, ToSpan,
    civil::{Date, Time},
    tz::TimeZone,
};

use crate::{
    calendar::{Calendars, NotCounted},
    moment::Moment,
    rule::{Limit, Measure, Roll},
};

/// The last second of a day.
pub const LAST_SECOND: Time = Time::constant(23, 59, 59, 0);

/// Where a limit is counted.
pub struct Place<'a> {
    pub zone: &'a TimeZone,
    /// The calendar that counts, by name, if any does.
    pub calendar: Option<&'a str>,
    pub calendars: &'a Calendars,
}

/// The end of a limit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct End {
    pub at: Timestamp,
    /// Before it was rolled off a day on which offices are closed.
    pub raw: Timestamp,
    /// What happened on the way, in sentences without a full stop.
    pub because: Vec<String>,
}

/// Counts.
///
/// # Errors
/// A calendar is missing, or doesn't reach so far.
pub fn end(limit: &Limit, from: &Moment, place: &Place<'_>, rolls: bool) -> Result<Option<End>, NotCounted> {
    let zone = place.zone;
    let Some(measure) = &limit.measure else { return Ok(None) };
    let ends = limit.ends.unwrap_or(LAST_SECOND);
    let mut because = Vec::new();
    let start = || from.instant(zone).ok_or_else(|| beyond(place, from.day(zone)));
    let day = from.day(zone);
    let raw = match measure {
        Measure::Asap(_) => return Ok(None),
        Measure::Minutes(n) => later(start()?, i64::from(*n) * 60, place)?,
        Measure::Hours(n) => later(start()?, i64::from(*n) * 3600, place)?,
        Measure::Days(n) => at(plus(day, i64::from(*n).days(), place)?, ends, place)?,
        Measure::Months(n) => at(plus(day, i64::from(*n).months(), place)?, ends, place)?,
        Measure::DaysAfterYearEnd(n) => {
            let last = Date::new(day.year(), 12, 31).map_err(|_| beyond(place, day))?;
            at(plus(last, i64::from(*n).days(), place)?, ends, place)?
        }
        Measure::BusinessDays(n) => {
            let (last, passed) = place.calendars.add(calendar(limit, place)?, day, *n)?;
            let holidays: Vec<String> = passed
                .iter()
                .filter(|(_, why)| !matches!(why.as_str(), "Saturday" | "Sunday"))
                .map(|(day, why)| format!("{} ({why})", day.strftime("%-d %B")))
                .collect();
            if !holidays.is_empty() {
                because.push(format!("not counted: {}", holidays.join(", ")));
            }
            at(last, ends, place)?
        }
        Measure::BusinessHours { hours, opens, closes } => {
            business_hours(start()?, *hours, (*opens, *closes), calendar(limit, place)?, place)?
        }
    };
    let mut end = End { at: raw, raw, because };
    if let Some(roll) = limit.roll.filter(|_| rolls) {
        rolled(roll, limit, place, &mut end)?;
    }
    Ok(Some(end))
}

/// Moves an end off a day on which offices are closed.
///
/// # Errors
/// A calendar is missing, or doesn't reach so far.
pub fn rolled(roll: Roll, limit: &Limit, place: &Place<'_>, end: &mut End) -> Result<(), NotCounted> {
    let name = calendar(limit, place)?;
    let day = end.at.to_zoned(place.zone.clone()).date();
    let Some(why) = place.calendars.closed(name, day)? else { return Ok(()) };
    let next = place.calendars.on_or_after(name, day)?;
    let (time, words) = match roll {
        Roll::NoonNextWorkingDay => (Time::constant(12, 0, 0, 0), "noon of the next working day"),
        Roll::NextWorkingDay => (limit.ends.unwrap_or(LAST_SECOND), "the next working day"),
    };
    end.at = at(next, time, place)?;
    end.because.push(format!("{} is {why}, so it moves to {words}", day.strftime("%-d %B %Y")));
    Ok(())
}

fn calendar<'a>(limit: &'a Limit, place: &Place<'a>) -> Result<&'a str, NotCounted> {
    let own = limit.calendar.as_deref().filter(|name| *name != "member-state");
    own.or(place.calendar).ok_or_else(|| NotCounted::NoCalendar("of the place".to_owned()))
}

fn beyond(place: &Place<'_>, day: Date) -> NotCounted {
    NotCounted::Beyond { calendar: place.calendar.unwrap_or("of all days").to_owned(), year: day.year() }
}

fn later(from: Timestamp, seconds: i64, place: &Place<'_>) -> Result<Timestamp, NotCounted> {
    from.checked_add(SignedDuration::from_secs(seconds)).map_err(|_| beyond(place, Date::MAX))
}

fn plus(day: Date, span: jiff::Span, place: &Place<'_>) -> Result<Date, NotCounted> {
    day.checked_add(span).map_err(|_| beyond(place, Date::MAX))
}

/// The instant at which clocks of the place show that time; where they skip it, the one right behind the gap.
pub(crate) fn at(day: Date, time: Time, place: &Place<'_>) -> Result<Timestamp, NotCounted> {
    day.to_datetime(time).to_zoned(place.zone.clone()).map(|zoned| zoned.timestamp()).map_err(|_| beyond(place, day))
}

fn business_hours(
    from: Timestamp,
    hours: u32,
    (opens, closes): (Time, Time),
    calendar: &str,
    place: &Place<'_>,
) -> Result<Timestamp, NotCounted> {
    let mut left = i64::from(hours) * 3600;
    let mut day = from.to_zoned(place.zone.clone()).date();
    loop {
        if place.calendars.closed(calendar, day)?.is_none() {
            let begin = at(day, opens, place)?.max(from);
            let room = at(day, closes, place)?.as_second() - begin.as_second();
            if room >= left {
                return later(begin, left, place);
            }
            left -= room.max(0);
        }
        day = plus(day, 1.day(), place)?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{rule::Base, shipped};
    use proptest::prelude::*;

    const ZONES: [&str; 8] = [
        "UTC",
        "Europe/Berlin",
        "Europe/Dublin",
        "America/New_York",
        "America/Los_Angeles",
        "Australia/Sydney",
        "Asia/Kolkata",
        "America/Sao_Paulo",
    ];

    fn limit(measure: Measure) -> Limit {
        Limit {
            base: Base::Aware,
            measure: Some(measure),
            ends: None,
            calendar: None,
            roll: None,
            roll_unless: Vec::new(),
            void_if_passed_by: None,
            optional: false,
            later_counts: false,
            says: None,
            cite: None,
        }
    }

    /// Within the years of every calendar that the tests use.
    fn instants() -> impl Strategy<Value = Timestamp> {
        (1_736_000_000i64..1_810_000_000).prop_map(|second| Timestamp::from_second(second).expect("in range"))
    }

    fn zones() -> impl Strategy<Value = TimeZone> {
        (0..ZONES.len()).prop_map(|i| TimeZone::get(ZONES[i]).expect("a zone"))
    }

    fn counted(limit: &Limit, from: Timestamp, zone: &TimeZone, calendar: &str) -> End {
        let place = Place { zone, calendar: Some(calendar), calendars: &shipped().calendars };
        end(limit, &Moment::at(from), &place, true).expect("a calendar").expect("a number")
    }

    proptest! {
        #[test]
        fn hours_are_elapsed_time_whatever_clocks_do(from in instants(), zone in zones(), hours in 1u32..2000) {
            let end = counted(&limit(Measure::Hours(hours)), from, &zone, "us-federal");
            prop_assert_eq!(end.at.as_second() - from.as_second(), i64::from(hours) * 3600);
        }

        #[test]
        fn days_are_dates_and_end_with_the_last_second_of_the_last_one(from in instants(), zone in zones(), days in 1u32..400) {
            let end = counted(&limit(Measure::Days(days)), from, &zone, "us-federal").at.to_zoned(zone.clone());
            let first = from.to_zoned(zone).date();
            prop_assert_eq!(first.until(end.date()).expect("in range").get_days(), i32::try_from(days).expect("small"));
            prop_assert_eq!(end.time(), LAST_SECOND);
        }

        #[test]
        fn a_month_ends_on_the_same_date_or_the_last_of_a_shorter_month(from in instants(), zone in zones(), months in 1u32..30) {
            let end = counted(&limit(Measure::Months(months)), from, &zone, "us-federal").at.to_zoned(zone.clone()).date();
            let first = from.to_zoned(zone).date();
            prop_assert_eq!(end.day(), first.day().min(end.days_in_month()));
            let passed = (i32::from(end.year()) - i32::from(first.year())) * 12 + i32::from(end.month()) - i32::from(first.month());
            prop_assert_eq!(passed, i32::try_from(months).expect("small"));
        }

        #[test]
        fn business_days_are_worked_days_and_none_is_left_out(from in instants(), zone in zones(), days in 1u32..30, which in 0usize..4) {
            let calendar = ["us-federal", "de", "ie", "br"][which];
            let end = counted(&limit(Measure::BusinessDays(days)), from, &zone, calendar).at.to_zoned(zone.clone()).date();
            let open = |day: Date| shipped().calendars.closed(calendar, day).expect("a calendar").is_none();
            prop_assert!(open(end));
            let mut worked = 0;
            let mut day = from.to_zoned(zone).date();
            while day < end {
                day = day.tomorrow().expect("in range");
                worked += u32::from(open(day));
            }
            prop_assert_eq!(worked, days);
        }

        #[test]
        fn what_begins_later_never_ends_earlier(
            from in instants(), by in 0i64..10_000_000, zone in zones(), n in 1u32..30, kind in 0usize..6, rolls in any::<bool>(),
        ) {
            let measure = match kind {
                0 => Measure::Hours(n),
                1 => Measure::Days(n),
                2 => Measure::Months(n),
                3 => Measure::BusinessDays(n),
                4 => Measure::DaysAfterYearEnd(n),
                _ => Measure::BusinessHours { hours: n, opens: Time::constant(9, 0, 0, 0), closes: Time::constant(17, 0, 0, 0) },
            };
            let mut limit = limit(measure);
            limit.roll = rolls.then_some(Roll::NoonNextWorkingDay);
            let later = Timestamp::from_second(from.as_second() + by).expect("in range");
            let (a, b) = (counted(&limit, from, &zone, "de"), counted(&limit, later, &zone, "de"));
            prop_assert!(a.raw <= b.raw);
            prop_assert!(a.raw > from);
        }

        #[test]
        fn a_roll_ends_at_noon_of_a_worked_day_and_never_before_the_limit(from in instants(), zone in zones(), hours in 1u32..500) {
            let mut limit = limit(Measure::Hours(hours));
            limit.roll = Some(Roll::NoonNextWorkingDay);
            let end = counted(&limit, from, &zone, "de");
            let shown = end.at.to_zoned(zone.clone());
            prop_assert!(shipped().calendars.closed("de", shown.date()).expect("a calendar").is_none());
            prop_assert!(end.at == end.raw || end.at > end.raw && shown.time() == Time::constant(12, 0, 0, 0));
        }
    }

    #[test]
    fn business_hours_stop_over_night_and_on_days_off() {
        let zone = TimeZone::get("Europe/Berlin").expect("a zone");
        let measure = |hours| Measure::BusinessHours {
            hours,
            opens: Time::constant(9, 0, 0, 0),
            closes: Time::constant(17, 0, 0, 0),
        };
        let from: Timestamp = "2026-12-23T15:00:00+01:00".parse().expect("an instant");
        for (hours, ends) in
            [(1, "2026-12-23T16:00"), (2, "2026-12-23T17:00"), (3, "2026-12-24T10:00"), (11, "2026-12-28T10:00")]
        {
            let end = counted(&limit(measure(hours)), from, &zone, "de").at.to_zoned(zone.clone());
            assert_eq!(end.strftime("%Y-%m-%dT%H:%M").to_string(), ends, "{hours}");
        }
    }

    #[test]
    fn a_calendar_is_not_stretched() {
        let zone = TimeZone::UTC;
        let place = Place { zone: &zone, calendar: Some("us-federal"), calendars: &shipped().calendars };
        let from = Moment::Day("2030-12-30".parse().expect("a day"));
        let stop = end(&limit(Measure::BusinessDays(4)), &from, &place, true);
        assert_eq!(stop, Err(NotCounted::Beyond { calendar: "us-federal".to_owned(), year: 2031 }));
    }
}
