//! Periods as contracts count them: "two (2) years", "the fifth anniversary", "month to month".

use super::dates::Civil;
use super::rule;
use crate::duration::{self, Unit};
use regex::Regex;
use std::sync::LazyLock;

/// A number of days, weeks, months or years with the byte offsets of its words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Period {
    pub(crate) count: u32,
    pub(crate) unit: Unit,
    pub(crate) start: usize,
    pub(crate) end: usize,
}

impl Period {
    /// "1 year", "60 days", "10 business days".
    pub(crate) fn words(&self) -> String {
        let unit = self.unit.to_string();
        let unit = if self.count == 1 { unit.trim_end_matches('s') } else { unit.as_str() };
        format!("{} {unit}", self.count)
    }

    /// The day so much later.
    pub(crate) fn from(&self, date: Civil) -> Option<Civil> {
        match self.unit {
            Unit::Years => date.plus_months(self.count.checked_mul(12)?),
            Unit::Months => date.plus_months(self.count),
            Unit::Weeks => date.plus_days(self.count.checked_mul(7)?),
            Unit::Days => date.plus_days(self.count),
            // Business days depend on a calendar of holidays.
            _ => None,
        }
    }

    pub(crate) fn long(&self) -> bool {
        matches!(self.unit, Unit::Years | Unit::Months | Unit::Weeks)
    }
}

/// What [`duration::all`] leaves out: a number that stands in brackets alone or after its unit, and "one (I) year",
/// as scanners read it.
static BRACKETED: LazyLock<Regex> = LazyLock::new(|| {
    rule(
        r"(?i)(?:\b(?:one|two|three|four|five|six|nine|ten|twelve)\s*)?[(\[]\s*(\d{1,3}|I)\s*[)\]]\s*[-–]?\s*(?:full\s+|calendar\s+|consecutive\s+|additional\s+|successive\s+|contract\s+)*(year|month|week|day)s?\b|\b(one|two|three|four|five|six|seven|eight|nine|ten|twelve|\d{1,3})\s*(?:[(\[]\s*\d{1,3}\s*[)\]])?\s*[-–]?\s*(?:additional|successive|consecutive|calendar|further|full|subsequent|contract|twelve-month|-)\s*[-–]?\s*(?:(?:calendar|contract|successive|consecutive)\s+)?(year|month|week|day)s?\b|\b(?:(?:an|one|a)\s+(?:additional|further)|another|one\s+more)\s+(year|month)\b",
    )
});

/// Every period in the text, in order.
pub(crate) fn all(text: &str) -> Vec<Period> {
    let mut found: Vec<Period> = duration::all(text)
        .into_iter()
        .filter(|d| d.count >= 1.0 && d.count.fract() == 0.0 && d.count <= 9999.0)
        .map(|d| Period { count: d.count as u32, unit: d.unit, start: d.start, end: d.end })
        .collect();
    let known = found.len();
    for c in BRACKETED.captures_iter(text) {
        let Some(whole) = c.get(0) else { continue };
        if found[..known].iter().any(|p| p.start < whole.end() && whole.start() < p.end) {
            continue;
        }
        let count = match c.get(1).or(c.get(3)).map(|m| m.as_str()) {
            Some("I" | "i") | None => Some(1),
            Some(word) => word.parse().ok().or_else(|| duration::number_words(word)),
        };
        let unit = match c.get(2).or(c.get(4)).or(c.get(5)).map(|m| m.as_str().to_ascii_lowercase()).as_deref() {
            Some("year") => Unit::Years,
            Some("month") => Unit::Months,
            Some("week") => Unit::Weeks,
            _ => Unit::Days,
        };
        if let Some(count) = count.filter(|c| *c > 0) {
            found.push(Period { count, unit, start: whole.start(), end: whole.end() });
        }
    }
    found.sort_by_key(|p| p.start);
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, want: &[&str]) {
        let got: Vec<String> = all(text).iter().map(Period::words).collect();
        assert_eq!(got, want, "{text}");
    }

    #[test]
    fn periods_of_legal_english() {
        check("for five (5) years from", &["5 years"]);
        check("for one (I) year, unless", &["1 year"]);
        check("at least (6) months prior", &["6 months"]);
        check("five (5) consecutive years", &["5 years"]);
        check("for an additional year", &["1 year"]);
        check("a 12-month period, upon 30 days' notice", &["12 months", "30 days"]);
        check("successive one-year terms", &["1 year"]);
        check("one (1) additional twelve (12) month period", &["12 months"]);
        check("0 days, 99999 years", &[]);
    }
}
