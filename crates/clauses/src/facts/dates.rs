//! Civil dates as contracts write them, and the arithmetic of periods. No clock and no time zone: a date in a
//! contract is a day in the calendar.

use super::rule;
use regex::{Captures, Regex};
use std::fmt;
use std::sync::LazyLock;

/// A day of the Gregorian calendar between 1900 and 2199; outside of it a date in a contract is a misreading.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Civil {
    year: u16,
    month: u8,
    day: u8,
}

impl Civil {
    pub(crate) fn new(year: u32, month: u32, day: u32) -> Option<Civil> {
        let fits = (1900..2200).contains(&year) && (1..=12).contains(&month) && day >= 1;
        (fits && day <= days_in(year, month)).then_some(Civil { year: year as u16, month: month as u8, day: day as u8 })
    }

    /// The same day so many months later, or the last of the month where it has no such day.
    pub(crate) fn plus_months(self, months: u32) -> Option<Civil> {
        let count = u32::from(self.month) - 1 + months.min(12_000);
        let (year, month) = (u32::from(self.year) + count / 12, count % 12 + 1);
        Civil::new(year, month, u32::from(self.day).min(days_in(year, month)))
    }

    pub(crate) fn plus_days(self, days: u32) -> Option<Civil> {
        let (mut year, mut month) = (u32::from(self.year), u32::from(self.month));
        let mut day = u32::from(self.day) + days.min(400_000);
        while day > days_in(year, month) {
            day -= days_in(year, month);
            (year, month) = if month == 12 { (year + 1, 1) } else { (year, month + 1) };
        }
        Civil::new(year, month, day)
    }

    pub(crate) fn day_before(self) -> Option<Civil> {
        let (year, month, day) = (u32::from(self.year), u32::from(self.month), u32::from(self.day));
        match (day, month) {
            (1, 1) => Civil::new(year - 1, 12, 31),
            (1, _) => Civil::new(year, month - 1, days_in(year, month - 1)),
            _ => Civil::new(year, month, day - 1),
        }
    }

    pub(crate) fn end_of_year(self) -> Option<Civil> {
        Civil::new(u32::from(self.year), 12, 31)
    }
}

impl fmt::Display for Civil {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

fn days_in(year: u32, month: u32) -> u32 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        _ => 31,
    }
}

/// A date with the byte offsets of its words.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Dated {
    pub(crate) date: Civil,
    pub(crate) start: usize,
    pub(crate) end: usize,
}

/// Which number comes first in "10/1/99".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    MonthFirst,
    DayFirst,
}

const MONTHS: &str = r"(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)";
const DAY_WORDS: [&str; 31] = [
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
    "eleventh",
    "twelfth",
    "thirteenth",
    "fourteenth",
    "fifteenth",
    "sixteenth",
    "seventeenth",
    "eighteenth",
    "nineteenth",
    "twentieth",
    "twentyfirst",
    "twentysecond",
    "twentythird",
    "twentyfourth",
    "twentyfifth",
    "twentysixth",
    "twentyseventh",
    "twentyeighth",
    "twentyninth",
    "thirtieth",
    "thirtyfirst",
];

static DATE: LazyLock<Regex> = LazyLock::new(|| {
    // PDF text puts spaces into raised letters: "24t h day".
    let raised = r"(?:\s?(?:s\s?t|n\s?d|r\s?d|t\s?h)\b)?";
    let day_word = r"((?:twenty|thirty)(?:[\s-]+(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth))?|(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|thirteenth|fourteenth|fifteenth|sixteenth|seventeenth|eighteenth|nineteenth|twentieth|thirtieth))";
    let year = r"(\d{4}|\d\s\d{3}|\d{3}\s\d|\d{2}\s\d{2})";
    let text = format!(
        r"(?i)\b(?:{MONTHS}\b\.?\s*(\d{{1,2}}){raised}\s*[,.]*\s*(?:of\s+)?{year}|(?:(\d{{1,2}}){raised}|{day_word}(?:\s*\(\d{{1,2}}{raised}\))?)[\s,._/-]*(?:day)?[\s,._/-]*(?:of)?[\s,._/-]*{MONTHS}\b[\s,.'/-]*(?:day\s+of\s+|in\s+the\s+year\s+|of\s+the\s+year\s+|of\s+)?{year}|(\d{{4}})-(\d{{2}})-(\d{{2}})|(\d{{1,2}})\s?([/.-])\s?(\d{{1,2}})\s?([/.-])\s?(\d{{4}}|\d{{2}}))"
    );
    rule(&text)
});

/// Every whole date in the text, in order. A blank, a month alone and a day that the month doesn't have give none.
pub(crate) fn all(text: &str, order: Order) -> Vec<Dated> {
    DATE.captures_iter(text)
        .filter_map(|c| {
            let whole = c.get(0)?;
            let next = text.as_bytes().get(whole.end());
            // "10.1.2013" inside "10.1.20134" or a number of a section is no date.
            if next.is_some_and(u8::is_ascii_digit) {
                return None;
            }
            let date = read(&c, order)?;
            Some(Dated { date, start: whole.start(), end: whole.end() })
        })
        .collect()
}

fn read(c: &Captures<'_>, order: Order) -> Option<Civil> {
    let number = |i: usize| -> Option<u32> {
        let digits: String = c.get(i)?.as_str().chars().filter(char::is_ascii_digit).collect();
        digits.parse().ok()
    };
    if let Some(month) = c.get(1) {
        return Civil::new(number(3)?, month_of(month.as_str())?, number(2)?);
    }
    if let Some(month) = c.get(6) {
        let day = number(4).or_else(|| day_of(c.get(5)?.as_str()))?;
        return Civil::new(number(7)?, month_of(month.as_str())?, day);
    }
    if c.get(8).is_some() {
        return Civil::new(number(8)?, number(9)?, number(10)?);
    }
    let (first, second) = (number(11)?, number(13)?);
    let mark = c.get(12)?.as_str();
    if mark != c.get(14)?.as_str() {
        return None;
    }
    let digits = c.get(15)?.as_str().len();
    // "1.4.99" is a section number at least as often as a date.
    if mark == "." && digits == 2 {
        return None;
    }
    let year = match number(15)? {
        short @ 0..=49 if digits == 2 => 2000 + short,
        short @ 50..=99 if digits == 2 => 1900 + short,
        whole => whole,
    };
    // Dots are European; otherwise a number above twelve can only be the day.
    let day_first = if first > 12 {
        true
    } else if second > 12 {
        false
    } else {
        mark == "." || order == Order::DayFirst
    };
    if day_first { Civil::new(year, second, first) } else { Civil::new(year, first, second) }
}

fn month_of(word: &str) -> Option<u32> {
    let names = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let lower = word.to_ascii_lowercase();
    names.iter().position(|n| lower.starts_with(n)).map(|i| i as u32 + 1)
}

fn day_of(words: &str) -> Option<u32> {
    let joined: String = words.chars().filter(char::is_ascii_alphabetic).map(|c| c.to_ascii_lowercase()).collect();
    DAY_WORDS.iter().position(|d| *d == joined).map(|i| i as u32 + 1)
}

/// "first" to "thirty-first", "5th" as a number.
pub(crate) fn ordinal(word: &str) -> Option<u32> {
    let digits: String = word.chars().take_while(char::is_ascii_digit).take(4).collect();
    if digits.is_empty() { day_of(word) } else { digits.parse().ok() }
}

/// American order, unless the text itself writes a day above twelve first and never second.
pub(crate) fn order_of(text: &str) -> Order {
    static SLASHED: LazyLock<Regex> = LazyLock::new(|| rule(r"\b(\d{1,2})/(\d{1,2})/(?:19|20)?\d{2}\b"));
    let mut day_first = false;
    for c in SLASHED.captures_iter(text) {
        let number = |i: usize| c.get(i).and_then(|m| m.as_str().parse::<u32>().ok()).unwrap_or(0);
        match (number(1), number(2)) {
            (13..=31, 1..=12) => day_first = true,
            (1..=12, 13..=31) => return Order::MonthFirst,
            _ => {}
        }
    }
    if day_first { Order::DayFirst } else { Order::MonthFirst }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, want: &[&str]) {
        let got: Vec<String> = all(text, Order::MonthFirst).iter().map(|d| d.date.to_string()).collect();
        assert_eq!(got, want, "{text}");
    }

    #[test]
    fn dates_of_legal_english() {
        check("this 8th day of May, 2014 (the", &["2014-05-08"]);
        check("as of May 8, 2014", &["2014-05-08"]);
        check("July 11 , 2006", &["2006-07-11"]);
        check("on 1 July 2020.", &["2020-07-01"]);
        check("the 24t h day of August 2018", &["2018-08-24"]);
        check("first day of July, 2017", &["2017-07-01"]);
        check("the twenty-second (22nd) day of May, 2000", &["2000-05-22"]);
        check("dated 10/1/99 and 13/07/05 and 12/31/2034", &["1999-10-01", "2005-07-13", "2034-12-31"]);
        check("from 1.4.2011", &["2011-04-01"]);
        check("2014-05-08", &["2014-05-08"]);
        check("22 Dec. 2017 and Sept. 1, 2006", &["2017-12-22", "2006-09-01"]);
        check("November 01, 2014 to October 31, 2017", &["2014-11-01", "2017-10-31"]);
    }

    #[test]
    fn what_is_no_date() {
        check("this ___ day of ____ 20__", &[]);
        check("May 2014; May, 2014", &[]);
        check("February 30, 2015; 31 April 2019; 2/30/2011; 29 February 2019", &[]);
        check("29 February 2020", &["2020-02-29"]);
        check("Section 10.1.12", &[]);
        check("May 8, 20145678 and 99999999999/9/9999", &[]);
        check("", &[]);
        check("“May 8, é2014”", &[]);
    }

    #[test]
    fn periods_keep_to_the_calendar() {
        let date = |y, m, d| Civil::new(y, m, d).unwrap();
        assert_eq!(date(2020, 2, 29).plus_months(12), Some(date(2021, 2, 28)));
        assert_eq!(date(2019, 8, 31).plus_months(6), Some(date(2020, 2, 29)));
        assert_eq!(date(2019, 12, 31).plus_days(1), Some(date(2020, 1, 1)));
        assert_eq!(date(2020, 3, 1).day_before(), Some(date(2020, 2, 29)));
        assert_eq!(date(2020, 1, 1).day_before(), Some(date(2019, 12, 31)));
        assert_eq!(date(2190, 1, 1).plus_months(u32::MAX), None);
        assert_eq!(date(2190, 1, 1).plus_days(u32::MAX), None);
        assert_eq!(date(1900, 1, 1).day_before(), None);
    }

    #[test]
    fn the_text_says_which_number_is_the_day() {
        assert_eq!(order_of("signed 25/12/2018, paid 3/4/2019"), Order::DayFirst);
        assert_eq!(order_of("signed 12/25/2018, paid 13/4/2019"), Order::MonthFirst);
        assert_eq!(order_of("signed 3/4/2018"), Order::MonthFirst);
    }
}
