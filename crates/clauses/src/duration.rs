//! Durations and cardinal numbers as legal English writes them: "within thirty (30) days", "no later than the
//! next business day", "one hundred eighty days".

use regex::Regex;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::sync::LazyLock;

/// Units in which agreements count time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    Minutes,
    Hours,
    BusinessHours,
    Days,
    BusinessDays,
    Weeks,
    Months,
    Years,
}

impl Unit {
    pub fn as_str(self) -> &'static str {
        match self {
            Unit::Minutes => "minutes",
            Unit::Hours => "hours",
            Unit::BusinessHours => "business_hours",
            Unit::Days => "days",
            Unit::BusinessDays => "business_days",
            Unit::Weeks => "weeks",
            Unit::Months => "months",
            Unit::Years => "years",
        }
    }

    /// Hours that a careful reader must reckon with at most: a business day may stretch over a weekend, so five
    /// business days count as a week; a month has 31 days.
    pub fn longest_hours(self, count: f64) -> f64 {
        match self {
            Unit::Minutes => count / 60.0,
            Unit::Hours => count,
            Unit::BusinessHours => count * 3.0,
            Unit::Days => count * 24.0,
            Unit::BusinessDays => count * 24.0 * 1.4,
            Unit::Weeks => count * 168.0,
            Unit::Months => count * 744.0,
            Unit::Years => count * 8766.0,
        }
    }

    fn parse(word: &str) -> Option<Unit> {
        let word = word.to_lowercase();
        let business = word.contains("business") || word.contains("working") || word.contains("banking");
        let last = word.split_whitespace().last()?;
        Some(match last.trim_end_matches(['\'', '’', 's']) {
            "minute" => Unit::Minutes,
            "hour" | "hr" if business => Unit::BusinessHours,
            "hour" | "hr" => Unit::Hours,
            "day" if business => Unit::BusinessDays,
            "day" => Unit::Days,
            "week" => Unit::Weeks,
            "month" => Unit::Months,
            "year" => Unit::Years,
            _ => return None,
        })
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.as_str().replace('_', " "))
    }
}

/// A duration with the byte offsets of its words.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Duration {
    pub count: f64,
    pub unit: Unit,
    pub start: usize,
    pub end: usize,
}

static DURATION: LazyLock<Regex> = LazyLock::new(|| {
    let word = "(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fourty|fifty|sixty|seventy|eighty|ninety|hundred)";
    let written = format!("{word}(?:(?:\\s+and\\s+|\\s*-\\s*|\\s+){word}){{0,4}}");
    let unit = "(?:(?:calendar|consecutive|full|additional|more|further|standard|clear|contract)\\s+)?((?:business|working|banking)\\s+(?:days?|hours?)|minutes?|hours?|hrs?|days?|weeks?|months?|years?)";
    let text = format!(
        "(?i)\\b(?:({written})\\s*[\\[(]\\s*(\\d{{1,4}}(?:\\.\\d)?)\\s*[\\])]|(\\d{{1,4}}(?:\\.\\d)?)\\s*(?:[\\[(]\\s*{written}\\s*[\\])]|[\\])])?|({written}))[\\s*_-]*{unit}\\b"
    );
    crate::pattern::compile(&text)
});

static NEXT: LazyLock<Regex> = LazyLock::new(|| {
    crate::pattern::compile(
        r"(?i)\b(?:next|following|same|a|an|one|each|the)\s+(?:(?:next|following|single|calendar)\s+)?((?:business|working)\s+day|calendar\s+day|day|hour|week|month|year)\b",
    )
});

/// Every duration with a number in the text, in order.
pub fn all(text: &str) -> Vec<Duration> {
    DURATION
        .captures_iter(text)
        .filter_map(|c| {
            let whole = c.get(0)?;
            let count = match (c.get(2).or(c.get(3)), c.get(4)) {
                (Some(digits), _) => digits.as_str().parse().ok()?,
                (None, Some(words)) => f64::from(number_words(words.as_str())?),
                _ => return None,
            };
            Some(Duration { count, unit: Unit::parse(c.get(5)?.as_str())?, start: whole.start(), end: whole.end() })
        })
        .collect()
}

/// The first duration; "the next business day" and "a week" count as one when no number is written.
pub fn first(text: &str) -> Option<Duration> {
    all(text).into_iter().next().or_else(|| {
        let c = NEXT.captures(text)?;
        let whole = c.get(0)?;
        Some(Duration { count: 1.0, unit: Unit::parse(c.get(1)?.as_str())?, start: whole.start(), end: whole.end() })
    })
}

/// "one hundred and eighty" is 180; `None` when a word isn't a number.
pub fn number_words(words: &str) -> Option<u32> {
    let mut total = 0u32;
    let mut seen = false;
    for word in words.split(|c: char| !c.is_alphabetic()).filter(|w| !w.is_empty()) {
        let value = match word.to_lowercase().as_str() {
            "and" => continue,
            "hundred" => {
                total = total.max(1).checked_mul(100)?;
                seen = true;
                continue;
            }
            "one" => 1,
            "two" => 2,
            "three" => 3,
            "four" => 4,
            "five" => 5,
            "six" => 6,
            "seven" => 7,
            "eight" => 8,
            "nine" => 9,
            "ten" => 10,
            "eleven" => 11,
            "twelve" => 12,
            "thirteen" => 13,
            "fourteen" => 14,
            "fifteen" => 15,
            "sixteen" => 16,
            "seventeen" => 17,
            "eighteen" => 18,
            "nineteen" => 19,
            "twenty" => 20,
            "thirty" => 30,
            "forty" | "fourty" => 40,
            "fifty" => 50,
            "sixty" => 60,
            "seventy" => 70,
            "eighty" => 80,
            "ninety" => 90,
            _ => return None,
        };
        total = total.checked_add(value)?;
        seen = true;
    }
    seen.then_some(total)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, want: Option<(f64, Unit)>) {
        assert_eq!(first(text).map(|d| (d.count, d.unit)), want, "{text}");
    }

    #[test]
    fn durations_of_legal_english() {
        check("within thirty (30) days of request", Some((30.0, Unit::Days)));
        check("no later than seventy-two (72) hours after", Some((72.0, Unit::Hours)));
        check("no later than the next business day", Some((1.0, Unit::BusinessDays)));
        check("within 5 Business Days", Some((5.0, Unit::BusinessDays)));
        check("within ten (10) working days", Some((10.0, Unit::BusinessDays)));
        check("one hundred and eighty days prior", Some((180.0, Unit::Days)));
        check("one hundred eighty (180) calendar days", Some((180.0, Unit::Days)));
        check("a 30-day period", Some((30.0, Unit::Days)));
        check("two years after termination", Some((2.0, Unit::Years)));
        check("within 24 (twenty-four) hours", Some((24.0, Unit::Hours)));
        check("sixty (60) days' notice", Some((60.0, Unit::Days)));
        check("six [6] months", Some((6.0, Unit::Months)));
        check("within two (2) weeks", Some((2.0, Unit::Weeks)));
        check("within forty eight hours", Some((48.0, Unit::Hours)));
        check("one hundred eighty days", Some((180.0, Unit::Days)));
        check("three hundred sixty-five (365) days", Some((365.0, Unit::Days)));
        check("within one business day", Some((1.0, Unit::BusinessDays)));
        // Of two hours the longer one is what must be reckoned with.
        check("within 24/48 hours", Some((48.0, Unit::Hours)));
        check("within 24 to 48 hours", Some((48.0, Unit::Hours)));
        check("within (6) months", Some((6.0, Unit::Months)));
        check("within 72 hrs", Some((72.0, Unit::Hours)));
        check("promptly after discovery", None);
        check("Section 30 days", Some((30.0, Unit::Days)));
        check("", None);
    }

    #[test]
    fn number_words_add_up() {
        assert_eq!(number_words("one hundred and eighty"), Some(180));
        assert_eq!(number_words("seventy-two"), Some(72));
        assert_eq!(number_words("several"), None);
        assert_eq!(number_words(""), None);
    }

    #[test]
    fn ten_days_are_longer_than_72_hours() {
        assert!(Unit::Days.longest_hours(10.0) > Unit::Hours.longest_hours(72.0));
        assert!(Unit::BusinessDays.longest_hours(1.0) > Unit::Days.longest_hours(1.0));
    }
}
