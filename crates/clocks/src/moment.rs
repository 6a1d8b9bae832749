//! When something happened, as a fact states it: an instant, or a day of which nobody noted the hour.

use std::fmt;

use jiff::{
    Timestamp,
    civil::{Date, DateTime},
    tz::{AmbiguousOffset, TimeZone},
};
use serde_json::Value;

/// Years in which a fact can lie. What is outside is a slip of the keyboard, and must not become a deadline.
const YEARS: std::ops::RangeInclusive<i16> = 1970..=2199;

/// An instant or a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Moment {
    /// With the zone in which it was told, if it was told in one.
    Instant { at: Timestamp, zone: Option<TimeZone> },
    /// A day without an hour. Counting begins at its first instant, which is the strict reading.
    Day(Date),
}

impl Moment {
    /// A point of time without a zone.
    #[must_use]
    pub fn at(at: Timestamp) -> Self {
        Self::Instant { at, zone: None }
    }

    /// The instant; of a day the first one in `zone`.
    #[must_use]
    pub fn instant(&self, zone: &TimeZone) -> Option<Timestamp> {
        match self {
            Self::Instant { at, .. } => Some(*at),
            Self::Day(day) => day.to_zoned(zone.clone()).ok().map(|zoned| zoned.timestamp()),
        }
    }

    /// The day, as clocks in `zone` show it.
    #[must_use]
    pub fn day(&self, zone: &TimeZone) -> Date {
        match self {
            Self::Instant { at, .. } => at.to_zoned(zone.clone()).date(),
            Self::Day(day) => *day,
        }
    }

    /// The zone in which it was told.
    #[must_use]
    pub fn zone(&self) -> Option<&TimeZone> {
        match self {
            Self::Instant { zone, .. } => zone.as_ref(),
            Self::Day(_) => None,
        }
    }

    /// Whether this is certainly later than `other`: a day is as long as it is anywhere on earth.
    #[must_use]
    pub fn surely_after(&self, other: &Self) -> bool {
        self.span().0 > other.span().1
    }

    /// First and last second, in seconds since 1970 UTC. A day begins at UTC+14 and ends at UTC-12.
    fn span(&self) -> (i64, i64) {
        match self {
            Self::Instant { at, .. } => (at.as_second(), at.as_second()),
            Self::Day(day) => {
                let midnight = day.to_zoned(TimeZone::UTC).map_or(0, |zoned| zoned.timestamp().as_second());
                (midnight - 14 * 3600, midnight + 36 * 3600)
            }
        }
    }

    /// For ordering by what is certain to be first: its earliest second.
    #[must_use]
    pub fn earliest(&self, zone: &TimeZone) -> i64 {
        self.instant(zone).map_or(i64::MAX, Timestamp::as_second)
    }

    /// As a person writes it: "23 November 2026, 14:20 Europe/Paris".
    #[must_use]
    pub fn words(&self, zone: &TimeZone) -> String {
        match self {
            Self::Instant { at, zone: own } => {
                let zone = own.as_ref().unwrap_or(zone);
                let zoned = at.to_zoned(zone.clone());
                format!("{} {}", zoned.strftime("%-d %B %Y, %H:%M"), zone_name(zone))
            }
            Self::Day(day) => day.strftime("%-d %B %Y").to_string(),
        }
    }
}

/// A zone's IANA name, or its offset.
#[must_use]
pub fn zone_name(zone: &TimeZone) -> String {
    zone.iana_name().map_or_else(|| "UTC".to_owned(), str::to_owned)
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Instant { at, zone: Some(zone) } => write!(f, "{}", at.to_zoned(zone.clone())),
            Self::Instant { at, zone: None } => write!(f, "{at}"),
            Self::Day(day) => write!(f, "{day}"),
        }
    }
}

/// Reads a zone by its IANA name.
///
/// # Errors
/// A sentence, if no zone has that name.
pub fn zone(name: &str) -> Result<TimeZone, String> {
    TimeZone::get(name.trim()).map_err(|_| format!("`{name}` is no time zone; write one as `Europe/Berlin`"))
}

/// Reads a fact's time: `2026-11-23`, `2026-11-23T14:20Z`, `2026-11-23T14:20+01:00`, `2026-11-23T14:20[Europe/Paris]`,
/// `2026-11-23 14:20 Europe/Paris`, or `{"local": "2026-11-23T14:20", "zone": "Europe/Paris"}`. A local time without a
/// zone takes `default`.
///
/// # Errors
/// A sentence: it is no time, has neither offset nor zone, or clocks in the zone never showed it. A time that clocks
/// showed twice is the earlier one.
pub fn read(value: &Value, default: Option<&TimeZone>) -> Result<Moment, String> {
    match value {
        Value::String(text) => read_text(text, default),
        Value::Object(fields) => {
            let text = |names: &[&str]| names.iter().find_map(|name| fields.get(*name)).and_then(Value::as_str);
            let at = text(&["local", "at", "time"]).ok_or("a time written as an object needs `local` and `zone`")?;
            match text(&["zone", "tz"]) {
                Some(name) => read_text(at, Some(&zone(name)?)),
                None => read_text(at, default),
            }
        }
        Value::Number(_) => Err("a number is no time; write it as `2026-11-23T14:20[Europe/Paris]`".to_owned()),
        _ => Err("this is no time; write it as `2026-11-23T14:20[Europe/Paris]`".to_owned()),
    }
}

fn read_text(text: &str, default: Option<&TimeZone>) -> Result<Moment, String> {
    let text = text.trim();
    let (clock, named) = split_zone(text)?;
    if let Ok(day) = clock.parse::<Date>()
        && !clock.contains([':', 'T', 't'])
    {
        year_fits(day.year(), text)?;
        return match named {
            Some(zone) => settle(day.at(0, 0, 0, 0), &zone, text),
            None => Ok(Moment::Day(day)),
        };
    }
    let normal = clock.replacen(' ', "T", 1);
    if let Ok(at) = normal.parse::<Timestamp>() {
        let zone = named.or_else(|| default.cloned());
        let shown = at.to_zoned(zone.clone().unwrap_or(TimeZone::UTC));
        year_fits(shown.year(), text)?;
        if let Some(zone) = &zone
            && split_zone(text)?.1.is_some()
            && normal.get(..16).and_then(|local| local.parse::<DateTime>().ok())
                != shown.strftime("%Y-%m-%dT%H:%M").to_string().parse::<DateTime>().ok()
            && !normal.ends_with(['Z', 'z'])
        {
            return Err(format!("`{text}`: that offset was not in force in {}", zone_name(zone)));
        }
        return Ok(Moment::Instant { at, zone });
    }
    let local: DateTime =
        normal.parse().map_err(|_| format!("`{text}` is no time; write it as `2026-11-23T14:20[Europe/Paris]`"))?;
    year_fits(local.year(), text)?;
    let Some(zone) = named.or_else(|| default.cloned()) else {
        return Err(format!(
            "`{text}` has neither an offset nor a time zone; write `{normal}[Europe/Paris]` or `{normal}+01:00`"
        ));
    };
    settle(local, &zone, text)
}

/// The part before the zone, and the zone: in square brackets, or as a last word such as `Europe/Paris`.
fn split_zone(text: &str) -> Result<(&str, Option<TimeZone>), String> {
    if let Some((clock, rest)) = text.split_once('[') {
        let name = rest.trim_end().strip_suffix(']').ok_or_else(|| format!("`{text}` lacks a closing bracket"))?;
        return Ok((clock.trim_end(), Some(zone(name)?)));
    }
    if let Some((clock, name)) = text.rsplit_once(' ')
        && name.starts_with(|c: char| c.is_ascii_alphabetic())
    {
        return Ok((clock.trim_end(), Some(zone(name)?)));
    }
    Ok((text, None))
}

/// The instant at which clocks in a zone showed `local`.
fn settle(local: DateTime, zone: &TimeZone, text: &str) -> Result<Moment, String> {
    let ambiguous = zone.to_ambiguous_timestamp(local);
    if let AmbiguousOffset::Gap { .. } = ambiguous.offset() {
        let name = zone_name(zone);
        return Err(format!("`{text}`: clocks in {name} were moved forward then and never showed this time"));
    }
    let at = ambiguous.earlier().map_err(|_| format!("`{text}` is out of range"))?;
    Ok(Moment::Instant { at, zone: Some(zone.clone()) })
}

fn year_fits(year: i16, text: &str) -> Result<(), String> {
    if YEARS.contains(&year) {
        return Ok(());
    }
    Err(format!("`{text}`: the year must lie between {} and {}", YEARS.start(), YEARS.end()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn shown(value: &Value) -> String {
        match read(value, None) {
            Ok(Moment::Instant { at, .. }) => at.to_string(),
            Ok(Moment::Day(day)) => day.to_string(),
            Err(reason) => format!("refused: {reason}"),
        }
    }

    #[test]
    fn a_time_is_read_in_each_form() {
        for form in [
            json!("2026-11-23T14:20[Europe/Paris]"),
            json!("2026-11-23T14:20:00+01:00"),
            json!("2026-11-23T14:20:00+01:00[Europe/Paris]"),
            json!("2026-11-23T13:20Z"),
            json!("2026-11-23 14:20 Europe/Paris"),
            json!({"local": "2026-11-23T14:20", "zone": "Europe/Paris"}),
            json!({"at": "2026-11-23 14:20", "tz": "Europe/Paris"}),
        ] {
            assert_eq!(shown(&form), "2026-11-23T13:20:00Z", "{form}");
        }
        assert_eq!(shown(&json!("2026-11-23")), "2026-11-23");
        assert_eq!(shown(&json!("2026-11-23[Europe/Paris]")), "2026-11-22T23:00:00Z");
    }

    #[test]
    fn a_time_shown_twice_is_the_earlier_one_and_a_time_never_shown_is_refused() {
        assert_eq!(shown(&json!("2026-10-25T02:30[Europe/Berlin]")), "2026-10-25T00:30:00Z");
        assert_eq!(shown(&json!("2026-10-25T02:30+01:00[Europe/Berlin]")), "2026-10-25T01:30:00Z");
        assert!(shown(&json!("2027-03-28T02:30[Europe/Berlin]")).contains("never showed"));
    }

    #[test]
    fn what_is_no_time_is_refused_with_the_reason() {
        for (wrong, reason) in [
            (json!("2026-11-23T14:20"), "neither an offset nor a time zone"),
            (json!("2026-11-23T14:20[Europe/Atlantis]"), "no time zone"),
            (json!("10000-01-01T00:00Z"), "is no time"),
            (json!("2300-01-01"), "must lie between"),
            (json!("2026-02-30"), "is no time"),
            (json!("2026-11-23T14:20+05:00[Europe/Paris]"), "not in force"),
            (json!(1_732_000_000), "a number is no time"),
            (json!(true), "is no time"),
            (json!(""), "is no time"),
        ] {
            let got = shown(&wrong);
            assert!(got.contains(reason), "{wrong}: {got}");
        }
    }

    #[test]
    fn a_day_is_later_than_an_instant_only_if_it_is_everywhere() {
        let day = Moment::Day("2026-11-23".parse().expect("a day"));
        let instant = |text: &str| Moment::at(text.parse().expect("an instant"));
        assert!(!day.surely_after(&instant("2026-11-23T10:00:00Z")));
        assert!(!day.surely_after(&instant("2026-11-22T10:00:00Z")));
        assert!(day.surely_after(&instant("2026-11-22T09:59:59Z")));
        assert!(instant("2026-11-24T12:00:01Z").surely_after(&day));
    }
}
