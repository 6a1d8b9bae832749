//! Holidays as data, working days, and the closures that somebody announced today.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{
    ToSpan,
    civil::{Date, Weekday},
};
use serde::Deserialize;

use crate::{problem::Problem, toml_date};

/// One jurisdiction's days on which its offices are closed.
#[derive(Clone, Debug)]
pub struct Calendar {
    pub id: String,
    pub title: String,
    pub source: String,
    pub checked_on: Date,
    /// First and last year for which holidays are known. Nothing is counted outside.
    pub from: i16,
    pub until: i16,
    pub doubts: Vec<String>,
    weekend: Vec<Weekday>,
    holidays: BTreeMap<Date, String>,
    /// Days at a weekend that are worked nevertheless.
    worked: BTreeSet<Date>,
}

/// A day that the tables don't know: offices closed by announcement, or opened.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, serde::Serialize)]
#[serde(deny_unknown_fields)]
pub struct Closure {
    /// The calendar's name, such as `us-federal`.
    pub calendar: String,
    pub date: Date,
    /// What it is or who announced it.
    #[serde(default)]
    pub why: String,
    /// True where a day that the table has as closed is worked.
    #[serde(default)]
    pub open: bool,
}

/// All calendars with the closures of one reckoning.
#[derive(Clone, Debug, Default)]
pub struct Calendars {
    tables: BTreeMap<String, Calendar>,
    closed: BTreeMap<(String, Date), String>,
    opened: BTreeSet<(String, Date)>,
}

/// Why a day could not be judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotCounted {
    NoCalendar(String),
    /// The calendar ends before this year.
    Beyond {
        calendar: String,
        year: i16,
    },
}

impl NotCounted {
    /// As the name of a missing fact.
    #[must_use]
    pub fn missing(&self) -> String {
        match self {
            Self::NoCalendar(name) => format!("calendar {name}"),
            Self::Beyond { calendar, year } => format!("calendar {calendar} for {year}"),
        }
    }

    /// In a sentence.
    #[must_use]
    pub fn says(&self) -> String {
        match self {
            Self::NoCalendar(name) => format!("there is no calendar `{name}`"),
            Self::Beyond { calendar, year } => {
                format!("the calendar `{calendar}` has no holidays for {year}, and none are guessed")
            }
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    calendar: String,
    title: String,
    source: String,
    #[serde(default)]
    #[expect(dead_code, reason = "says where the table comes from, for those who read the file")]
    made_with: Option<String>,
    #[serde(deserialize_with = "toml_date::one")]
    checked_on: Date,
    from: i16,
    until: i16,
    weekend: Vec<String>,
    #[serde(default)]
    doubts: Vec<String>,
    #[serde(default, deserialize_with = "toml_date::many")]
    open: Vec<Date>,
    #[serde(default)]
    holiday: Vec<Holiday>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Holiday {
    #[serde(deserialize_with = "toml_date::one")]
    date: Date,
    name: String,
    #[serde(default)]
    kind: Option<String>,
}

impl Calendar {
    /// Reads one file.
    ///
    /// # Errors
    /// The mistake with its line.
    pub fn parse(file: &str, text: &str) -> Result<Self, Problem> {
        let read: File = toml::from_str(text).map_err(|error| Problem::of_toml(file, text, &error))?;
        let mut weekend = Vec::new();
        for day in &read.weekend {
            weekend.push(match day.as_str() {
                "monday" => Weekday::Monday,
                "tuesday" => Weekday::Tuesday,
                "wednesday" => Weekday::Wednesday,
                "thursday" => Weekday::Thursday,
                "friday" => Weekday::Friday,
                "saturday" => Weekday::Saturday,
                "sunday" => Weekday::Sunday,
                other => return Err(Problem::at(file, text, "weekend", format!("`{other}` is no day of the week"))),
            });
        }
        if read.from > read.until {
            return Err(Problem::at(file, text, "until", "the last year lies before the first".to_owned()));
        }
        let mut holidays = BTreeMap::new();
        for holiday in read.holiday {
            // Observed days may fall into the year before: 31 December 2027 for New Year's Day 2028.
            if !(read.from - 1..=read.until + 1).contains(&holiday.date.year()) {
                return Err(Problem::at(
                    file,
                    text,
                    &holiday.date.to_string(),
                    format!("{} lies outside {} to {}", holiday.date, read.from, read.until),
                ));
            }
            let name = match holiday.kind.as_deref() {
                Some("observed") => format!("{} (observed)", holiday.name),
                _ => holiday.name,
            };
            holidays.insert(holiday.date, name);
        }
        Ok(Self {
            id: read.calendar,
            title: read.title,
            source: read.source,
            checked_on: read.checked_on,
            from: read.from,
            until: read.until,
            doubts: read.doubts,
            weekend,
            holidays,
            worked: read.open.into_iter().collect(),
        })
    }

    /// The holidays in order.
    pub fn holidays(&self) -> impl Iterator<Item = (Date, &str)> {
        self.holidays.iter().map(|(date, name)| (*date, name.as_str()))
    }
}

impl Calendars {
    /// From tables; a later one of the same name replaces the earlier.
    #[must_use]
    pub fn new(tables: impl IntoIterator<Item = Calendar>) -> Self {
        Self { tables: tables.into_iter().map(|table| (table.id.clone(), table)).collect(), ..Self::default() }
    }

    /// The tables, by name.
    pub fn tables(&self) -> impl Iterator<Item = &Calendar> {
        self.tables.values()
    }

    /// The same with closures laid over.
    #[must_use]
    pub fn with(&self, closures: &[Closure]) -> Self {
        let mut out = self.clone();
        for closure in closures {
            let key = (closure.calendar.clone(), closure.date);
            if closure.open {
                out.closed.remove(&key);
                out.opened.insert(key);
            } else {
                out.opened.remove(&key);
                out.closed.insert(key, closure.why.clone());
            }
        }
        out
    }

    /// Whether there is a table of that name.
    #[must_use]
    pub fn has(&self, calendar: &str) -> bool {
        self.tables.contains_key(calendar)
    }

    /// Why offices are closed on that day, or nothing if they are open.
    ///
    /// # Errors
    /// No such calendar, or a year that it does not cover.
    pub fn closed(&self, calendar: &str, day: Date) -> Result<Option<String>, NotCounted> {
        let table = self.tables.get(calendar).ok_or_else(|| NotCounted::NoCalendar(calendar.to_owned()))?;
        if !(table.from..=table.until).contains(&day.year()) {
            return Err(NotCounted::Beyond { calendar: calendar.to_owned(), year: day.year() });
        }
        if !self.closed.is_empty() || !self.opened.is_empty() {
            let key = (calendar.to_owned(), day);
            if self.opened.contains(&key) {
                return Ok(None);
            }
            if let Some(why) = self.closed.get(&key) {
                let why = if why.is_empty() { "closed by announcement" } else { why };
                return Ok(Some(why.to_owned()));
            }
        }
        if let Some(name) = table.holidays.get(&day) {
            return Ok(Some(name.clone()));
        }
        if table.weekend.contains(&day.weekday()) && !table.worked.contains(&day) {
            return Ok(Some(day.strftime("%A").to_string()));
        }
        Ok(None)
    }

    /// The `count`th working day after `day`, with the holidays passed over on the way, weekends left out.
    ///
    /// # Errors
    /// As [`Calendars::closed`].
    pub fn add(&self, calendar: &str, day: Date, count: u32) -> Result<(Date, Vec<(Date, String)>), NotCounted> {
        let mut at = day;
        let mut passed = Vec::new();
        let mut left = count;
        while left > 0 {
            at = next(at, calendar)?;
            match self.closed(calendar, at)? {
                None => left -= 1,
                Some(why) => passed.push((at, why)),
            }
        }
        Ok((at, passed))
    }

    /// `day` itself if it is worked, else the next working day.
    ///
    /// # Errors
    /// As [`Calendars::closed`].
    pub fn on_or_after(&self, calendar: &str, day: Date) -> Result<Date, NotCounted> {
        let mut at = day;
        while self.closed(calendar, at)?.is_some() {
            at = next(at, calendar)?;
        }
        Ok(at)
    }
}

fn next(day: Date, calendar: &str) -> Result<Date, NotCounted> {
    day.checked_add(1.day()).map_err(|_| NotCounted::Beyond { calendar: calendar.to_owned(), year: day.year() })
}
