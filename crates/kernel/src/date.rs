//! Civil dates: a day on the calendar of the organisation, stored and shown as ISO 8601.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::Refusal;

/// A civil date between the years 1900 and 2999; anything else in a form is a slip of the finger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Date(pub jiff::civil::Date);

impl Date {
    pub fn plus_days(self, days: i64) -> Date {
        use jiff::ToSpan;
        Date(self.0.checked_add(days.days()).unwrap_or(self.0))
    }

    /// Calendar months, clamped to the month's last day, as contracts count them.
    pub fn plus_months(self, months: i64) -> Date {
        use jiff::ToSpan;
        Date(self.0.checked_add(months.months()).unwrap_or(self.0))
    }

    /// Days from `earlier` to `self`.
    pub fn days_since(self, earlier: Date) -> i64 {
        i64::from((self.0 - earlier.0).get_days())
    }

    /// "21 Nov 2026", which no reader takes for the other order of day and month.
    pub fn long(self) -> String {
        self.0.strftime("%-d %b %Y").to_string()
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl FromStr for Date {
    type Err = Refusal;

    fn from_str(text: &str) -> Result<Self, Refusal> {
        let refuse =
            || Refusal::invalid(format!("`{text}` is not a date")).hint("write it as year-month-day, like 2026-11-21");
        let date: jiff::civil::Date = text.trim().parse().map_err(|_| refuse())?;
        if text.trim().len() != 10 || !(1900..=2999).contains(&date.year()) {
            return Err(refuse());
        }
        Ok(Date(date))
    }
}

impl TryFrom<String> for Date {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse().map_err(|refusal: Refusal| refusal.to_string())
    }
}

impl From<Date> for String {
    fn from(date: Date) -> String {
        date.to_string()
    }
}
