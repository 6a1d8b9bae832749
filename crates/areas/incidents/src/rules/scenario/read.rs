//! From TOML to a scenario, with each mistake named by its line.

use std::str::FromStr;

use clocks::{Moment, Problem};
use kernel::Side;
use serde::Deserialize;
use serde_json::{Value, json};
use toml::Spanned;

use super::{Check, ExpectDue, Expected, Inject, InjectFact, OBSERVER, Role, Scenario, check, seconds};
use crate::rules::State;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawScenario {
    id: Spanned<String>,
    title: Spanned<String>,
    summary: Spanned<String>,
    trains: Spanned<Vec<String>>,
    suggested: Spanned<String>,
    start: Spanned<String>,
    zone: Spanned<String>,
    length: Spanned<String>,
    #[serde(default)]
    pitfalls: Vec<String>,
    #[serde(default)]
    questions: Vec<String>,
    report: Spanned<RawReport>,
    #[serde(default)]
    role: Vec<Spanned<RawRole>>,
    #[serde(default)]
    inject: Vec<Spanned<RawInject>>,
    #[serde(default)]
    expected: Vec<Spanned<RawExpected>>,
    #[serde(default)]
    expect_due: Vec<Spanned<RawDue>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawReport {
    title: String,
    what: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRole {
    id: String,
    name: String,
    side: String,
    does: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawInject {
    id: String,
    after: String,
    #[serde(default)]
    to: Vec<String>,
    title: String,
    text: String,
    #[serde(default)]
    fact: Vec<Spanned<RawFact>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawFact {
    path: String,
    value: toml::Value,
    source: String,
    #[serde(default)]
    offered: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawExpected {
    id: String,
    /// The inject that the time runs from; the start without it.
    from: Option<String>,
    within: String,
    by: String,
    what: String,
    why: String,
    law: String,
    check: Option<RawCheck>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum RawCheck {
    Submitted(String),
    Fact(String),
    Taken(String),
    State(String),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawDue {
    rule: String,
    due: String,
}

/// What is wrong so far, and where.
struct Found<'t> {
    file: &'t str,
    text: &'t str,
    problems: Vec<Problem>,
}

impl Found<'_> {
    fn line(&self, offset: usize) -> usize {
        self.text.as_bytes().iter().take(offset).filter(|&&byte| byte == b'\n').count() + 1
    }

    fn at(&mut self, offset: usize, reason: impl Into<String>) {
        let line = self.line(offset);
        self.problems.push(Problem { file: self.file.to_owned(), line, reason: reason.into() });
    }

    /// A text that must be there and must not be too long.
    fn text(&mut self, offset: usize, what: &str, text: &str, most: usize) -> String {
        let text = text.trim();
        if text.is_empty() {
            self.at(offset, format!("{what} is empty"));
        } else if text.chars().count() > most {
            self.at(offset, format!("{what} has more than {most} characters"));
        }
        text.to_owned()
    }

    fn length(&mut self, offset: usize, text: &str) -> i64 {
        seconds(text).unwrap_or_else(|reason| {
            self.at(offset, reason);
            0
        })
    }
}

/// Reads a scenario.
///
/// # Errors
/// Everything that is wrong with it, by line.
pub fn read(file: &str, text: &str) -> Result<Scenario, Vec<Problem>> {
    let mut found = Found { file, text, problems: Vec::new() };
    let scenario = parsed(&mut found);
    match (found.problems.is_empty(), scenario) {
        (true, Some(scenario)) => Ok(scenario),
        _ => {
            found.problems.sort_by_key(|problem| problem.line);
            Err(found.problems)
        }
    }
}

/// Reads a scenario that was right when it was kept. What has changed in the rules of law since, such as a rule that is
/// gone, leaves out the check that asks for it and never the report of an exercise that was played.
#[must_use]
pub fn kept(text: &str) -> Option<Scenario> {
    parsed(&mut Found { file: "scenario", text, problems: Vec::new() })
}

fn parsed(found: &mut Found<'_>) -> Option<Scenario> {
    if found.text.len() > super::TEXT_LIMIT {
        found.at(0, format!("a scenario has at most {} bytes", super::TEXT_LIMIT));
        return None;
    }
    match toml::from_str(found.text) {
        Ok(raw) => whole(found, raw),
        Err(error) => {
            found.at(error.span().map_or(0, |span| span.start), error.message());
            None
        }
    }
}

fn whole(found: &mut Found<'_>, raw: RawScenario) -> Option<Scenario> {
    if !is_name(raw.id.get_ref()) {
        found.at(raw.id.span().start, "`id` must be 2 to 60 lower-case letters, digits and hyphens");
    }
    let start = clocks::moment::read(&json!({ "local": raw.start.get_ref(), "zone": raw.zone.get_ref() }), None);
    let start = match start {
        Ok(Moment::Instant { at, .. }) => Some(at),
        Ok(Moment::Day(_)) => {
            found.at(raw.start.span().start, "`start` needs a time of day, as in `2026-11-23T06:40`");
            None
        }
        Err(reason) => {
            found.at(raw.start.span().start, reason);
            None
        }
    };
    let at = raw.length.span().start;
    let length = found.length(at, raw.length.get_ref());
    if !(60..=366 * 86_400).contains(&length) {
        found.at(at, "`length` is between a minute and 366 days");
    }
    for word in raw.trains.get_ref().iter().chain(&raw.pitfalls).chain(&raw.questions) {
        found.text(raw.trains.span().start, "a line of `trains`, `pitfalls` or `questions`", word, 500);
    }
    if raw.trains.get_ref().is_empty() {
        found.at(raw.trains.span().start, "`trains` says what the exercise trains");
    }
    let report = raw.report.span().start;
    let roles = roles(found, &raw.role);
    let injects = injects(found, &raw.inject, &roles, start, length);
    let expected = expected(found, &raw.expected, &roles, &injects, length);
    let expect_due = dues(found, &raw.expect_due);
    Some(Scenario {
        title: found.text(raw.title.span().start, "`title`", raw.title.get_ref(), 120),
        summary: found.text(raw.summary.span().start, "`summary`", raw.summary.get_ref(), 2_000),
        suggested: found.text(raw.suggested.span().start, "`suggested`", raw.suggested.get_ref(), 60),
        report_title: found.text(report, "the report's title", &raw.report.get_ref().title, crate::TITLE_LIMIT),
        report_what: found.text(report, "what the report tells", &raw.report.get_ref().what, crate::WHAT_LIMIT),
        id: raw.id.into_inner(),
        trains: raw.trains.into_inner(),
        start: start?,
        zone: raw.zone.into_inner(),
        length,
        roles,
        injects,
        expected,
        expect_due,
        pitfalls: raw.pitfalls,
        questions: raw.questions,
    })
}

fn is_name(text: &str) -> bool {
    (2..=60).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

/// Names must be right and met once.
fn named(found: &mut Found<'_>, at: usize, what: &str, id: &str, before: &[&str]) {
    if !is_name(id) {
        found.at(at, format!("{what} `{id}`: an id is 2 to 60 lower-case letters, digits and hyphens"));
    }
    if before.contains(&id) {
        found.at(at, format!("{what} `{id}` is there twice"));
    }
}

fn roles(found: &mut Found<'_>, raw: &[Spanned<RawRole>]) -> Vec<Role> {
    if raw.is_empty() || raw.len() > 20 {
        found.at(raw.get(20).map_or(0, |role| role.span().start), "a scenario has 1 to 20 roles");
    }
    let mut out: Vec<Role> = Vec::new();
    for spanned in raw {
        let (at, role) = (spanned.span().start, spanned.get_ref());
        named(found, at, "role", &role.id, &out.iter().map(|role| role.id.as_str()).collect::<Vec<_>>());
        if role.id == OBSERVER {
            found.at(at, "`observer` is a role of every scenario already");
        }
        let side = match Side::from_str(&role.side) {
            Ok(side) if side != Side::Vendor => side,
            _ => {
                found.at(at, format!("role `{}`: `{}` is no side that takes part", role.id, role.side));
                Side::Employee
            }
        };
        let (name, does) = (found.text(at, "`name`", &role.name, 80), found.text(at, "`does`", &role.does, 500));
        out.push(Role { id: role.id.clone(), name, side, does });
    }
    out
}

fn injects(
    found: &mut Found<'_>,
    raw: &[Spanned<RawInject>],
    roles: &[Role],
    start: Option<jiff::Timestamp>,
    length: i64,
) -> Vec<Inject> {
    if raw.is_empty() || raw.len() > 60 {
        found.at(raw.get(60).map_or(0, |inject| inject.span().start), "a scenario has 1 to 60 injects");
    }
    let mut out: Vec<Inject> = Vec::new();
    for spanned in raw {
        let (at, inject) = (spanned.span().start, spanned.get_ref());
        named(found, at, "inject", &inject.id, &out.iter().map(|inject| inject.id.as_str()).collect::<Vec<_>>());
        let after = found.length(at, &inject.after);
        if after > length {
            found.at(at, format!("inject `{}` comes after the end of the exercise", inject.id));
        }
        for role in &inject.to {
            if roles.iter().all(|known| known.id != *role) {
                found.at(at, format!("inject `{}`: there is no role `{role}`", inject.id));
            }
        }
        let facts = inject.fact.iter().filter_map(|raw| fact(found, raw, start, after)).collect();
        out.push(Inject {
            id: inject.id.clone(),
            after,
            to: inject.to.clone(),
            title: found.text(at, "`title`", &inject.title, 160),
            text: found.text(at, "`text`", &inject.text, 4_000),
            facts,
        });
    }
    out.sort_by_key(|inject| inject.after);
    out
}

fn fact(
    found: &mut Found<'_>,
    raw: &Spanned<RawFact>,
    start: Option<jiff::Timestamp>,
    after: i64,
) -> Option<InjectFact> {
    let (at, fact) = (raw.span().start, raw.get_ref());
    let source = found.text(at, "`source`", &fact.source, crate::SOURCE_LIMIT);
    let Some(value) = json_of(&fact.value) else {
        found.at(at, format!("`{}`: write a time as text, as in \"2026-11-23T06:40[Europe/Berlin]\"", fact.path));
        return None;
    };
    let value = as_the_pages_write_it(&fact.path, value);
    if let Err(reason) = crate::rules::checked(&fact.path, &value) {
        found.at(at, reason);
    }
    let told = start.and_then(|start| start.checked_add(jiff::SignedDuration::from_secs(after)).ok());
    if let Some(told) = told
        && check::lies_after(&fact.path, &value, told)
    {
        found.at(at, format!("`{}` lies later than the inject that brings it", fact.path));
    }
    Some(InjectFact { path: fact.path.clone(), value, source, offered: fact.offered })
}

/// A time with its zone in brackets as the forms of an incident keep it, so that it reads the same on its page.
fn as_the_pages_write_it(path: &str, value: Value) -> Value {
    let parts = value.as_str().and_then(|text| text.strip_suffix(']')).and_then(|text| text.split_once('['));
    match parts {
        Some((local, zone)) if path.starts_with("events.") => json!({ "local": local, "zone": zone }),
        _ => value,
    }
}

/// TOML's own dates have no zone, so they are no fact.
fn json_of(value: &toml::Value) -> Option<Value> {
    Some(match value {
        toml::Value::String(text) => json!(text),
        toml::Value::Integer(number) => json!(number),
        toml::Value::Float(number) => json!(number),
        toml::Value::Boolean(yes) => json!(yes),
        toml::Value::Array(many) => Value::Array(many.iter().map(json_of).collect::<Option<_>>()?),
        toml::Value::Table(fields) => Value::Object(
            fields.iter().map(|(key, value)| Some((key.clone(), json_of(value)?))).collect::<Option<_>>()?,
        ),
        toml::Value::Datetime(_) => return None,
    })
}

fn expected(
    found: &mut Found<'_>,
    raw: &[Spanned<RawExpected>],
    roles: &[Role],
    injects: &[Inject],
    length: i64,
) -> Vec<Expected> {
    if raw.is_empty() || raw.len() > 60 {
        found.at(raw.get(60).map_or(0, |action| action.span().start), "a scenario expects 1 to 60 actions");
    }
    let mut out: Vec<Expected> = Vec::new();
    for spanned in raw {
        let (at, action) = (spanned.span().start, spanned.get_ref());
        named(found, at, "action", &action.id, &out.iter().map(|action| action.id.as_str()).collect::<Vec<_>>());
        if roles.iter().all(|role| role.id != action.by) {
            found.at(at, format!("action `{}`: there is no role `{}`", action.id, action.by));
        }
        let from = match &action.from {
            None => 0,
            Some(from) => injects.iter().find(|inject| inject.id == *from).map_or_else(
                || {
                    found.at(at, format!("action `{}`: there is no inject `{from}`", action.id));
                    0
                },
                |inject| inject.after,
            ),
        };
        let within = found.length(at, &action.within);
        if within == 0 || from + within > length {
            found.at(at, format!("action `{}`: its time is over only after the exercise, or is none", action.id));
        }
        let check = action.check.as_ref().and_then(|raw| match checked(raw) {
            Ok(check) => {
                if let Some(path) = check::entered_by_itself(&check, injects) {
                    found.at(at, format!("action `{}`: an inject enters `{path}` by itself", action.id));
                }
                Some(check)
            }
            Err(reason) => {
                found.at(at, format!("action `{}`: {reason}", action.id));
                None
            }
        });
        out.push(Expected {
            id: action.id.clone(),
            from,
            within,
            by: action.by.clone(),
            what: found.text(at, "`what`", &action.what, 500),
            why: found.text(at, "`why`", &action.why, 1_000),
            law: found.text(at, "`law`", &action.law, 200),
            check,
        });
    }
    out
}

fn checked(raw: &RawCheck) -> Result<Check, String> {
    Ok(match raw {
        RawCheck::Submitted(rule) => Check::Submitted(check::known_rule(rule)?),
        RawCheck::Taken(rule) => Check::Taken(check::known_rule(rule)?),
        RawCheck::Fact(path) => {
            crate::rules::checked(path, &Value::Null)?;
            Check::Fact(path.clone())
        }
        RawCheck::State(word) => Check::State(State::from_str(word).map_err(|refusal| refusal.message)?),
    })
}

fn dues(found: &mut Found<'_>, raw: &[Spanned<RawDue>]) -> Vec<ExpectDue> {
    let mut out = Vec::new();
    for spanned in raw {
        let (at, due) = (spanned.span().start, spanned.get_ref());
        let rule = check::known_rule(&due.rule);
        let instant = due.due.parse::<jiff::Timestamp>();
        match (rule, instant) {
            (Ok(rule), Ok(due)) => out.push(ExpectDue { rule, due, line: found.line(at) }),
            (Err(reason), _) => found.at(at, reason),
            (_, Err(_)) => found.at(at, format!("`{}` is no instant; write `2026-11-26T08:10:00+01:00`", due.due)),
        }
    }
    out
}
