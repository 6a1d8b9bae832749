//! Reads a file of rules, and names what is wrong in it. The form stands in `rules/README.md`.

use std::collections::BTreeSet;

use jiff::civil::{Date, Time};
use serde::Deserialize;
use toml::Spanned;

use crate::{
    condition::Condition,
    problem::Problem,
    rule::{Base, Confidence, Counting, Limit, Measure, Roll, Rule, Zone},
    toml_date,
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawFile {
    regime: String,
    title: String,
    law: String,
    place: String,
    zone: String,
    calendar: Option<String>,
    counting: Counting,
    source: String,
    #[serde(deserialize_with = "toml_date::one")]
    verified_on: Date,
    confidence: Confidence,
    effective: Option<Effective>,
    #[serde(default)]
    draft: bool,
    penalty: Option<String>,
    #[serde(default)]
    doubts: Vec<String>,
    #[serde(default)]
    duty: Vec<Spanned<toml::Table>>,
}

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Effective {
    #[serde(default, deserialize_with = "toml_date::maybe")]
    from: Option<Date>,
    #[serde(default, deserialize_with = "toml_date::maybe")]
    until: Option<Date>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawDuty {
    id: String,
    article: String,
    who: String,
    to: String,
    #[serde(default)]
    when: Vec<Condition>,
    #[serde(default)]
    unless: Vec<Condition>,
    #[serde(default)]
    limits: Vec<RawLimit>,
    #[serde(default)]
    readings: Vec<RawLimit>,
    #[serde(default)]
    content: Vec<String>,
    #[serde(default)]
    never_say: Vec<String>,
    not_after: Option<String>,
    before: Option<String>,
    released: Option<RawLimit>,
    delay: Option<String>,
    note: Option<String>,
    source: Option<String>,
    #[serde(default, deserialize_with = "toml_date::maybe")]
    verified_on: Option<Date>,
    confidence: Option<Confidence>,
    effective: Option<Effective>,
    zone: Option<String>,
    calendar: Option<String>,
    penalty: Option<String>,
    doubts: Option<Vec<String>>,
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct RawLimit {
    from: Option<String>,
    minutes: Option<u32>,
    hours: Option<u32>,
    days: Option<u32>,
    months: Option<u32>,
    business_days: Option<u32>,
    business_hours: Option<u32>,
    opens: Option<String>,
    closes: Option<String>,
    days_after_year_end: Option<u32>,
    asap: Option<String>,
    ends: Option<String>,
    calendar: Option<String>,
    roll: Option<String>,
    roll_unless: Vec<String>,
    void_if_passed_by: Option<String>,
    optional: bool,
    later_counts: bool,
    says: Option<String>,
    cite: Option<String>,
}

/// Longer limits are mistakes: no duty to notify runs for more than ten years.
const LONGEST: u32 = 10 * 366 * 24 * 60;

impl RawLimit {
    fn check(self, regime: &str, is_reading: bool) -> Result<Limit, String> {
        let time = |text: &Option<String>| {
            text.as_ref()
                .map(|text| text.parse::<Time>().map_err(|_| format!("`{text}` is no time of day; write `17:30`")))
                .transpose()
        };
        let (opens, closes) = (time(&self.opens)?, time(&self.closes)?);
        let nine = Time::constant(9, 0, 0, 0);
        let five = Time::constant(17, 0, 0, 0);
        let mut measures = Vec::new();
        measures.extend(self.minutes.map(Measure::Minutes));
        measures.extend(self.hours.map(Measure::Hours));
        measures.extend(self.days.map(Measure::Days));
        measures.extend(self.months.map(Measure::Months));
        measures.extend(self.business_days.map(Measure::BusinessDays));
        measures.extend(self.business_hours.map(|hours| Measure::BusinessHours {
            hours,
            opens: opens.unwrap_or(nine),
            closes: closes.unwrap_or(five),
        }));
        measures.extend(self.days_after_year_end.map(Measure::DaysAfterYearEnd));
        measures.extend(self.asap.map(Measure::Asap));
        let numbers = [
            self.minutes,
            self.hours,
            self.days,
            self.months,
            self.business_days,
            self.business_hours,
            self.days_after_year_end,
        ];
        if numbers.into_iter().flatten().any(|n| n == 0 || n > LONGEST) {
            return Err("a limit must be at least 1 and no longer than ten years".to_owned());
        }
        if measures.len() > 1 {
            return Err("a limit has one measure; write a second limit for another".to_owned());
        }
        if let Some(Measure::BusinessHours { opens, closes, .. }) = measures.first()
            && opens >= closes
        {
            return Err("`opens` must be earlier than `closes`".to_owned());
        }
        let roll = match self.roll.as_deref() {
            None => None,
            Some("noon-next-working-day") => Some(Roll::NoonNextWorkingDay),
            Some("next-working-day") => Some(Roll::NextWorkingDay),
            Some(other) => {
                return Err(format!("`{other}` is no way to roll; use `noon-next-working-day` or `next-working-day`"));
            }
        };
        let measure = measures.pop();
        if measure.is_none() && !(is_reading && roll.is_some()) {
            return Err("a limit needs a measure such as `hours = 72`".to_owned());
        }
        let base = match &self.from {
            Some(from) => Base::parse(from, regime)?,
            None if is_reading => Base::None,
            None => return Err("a limit needs `from`, the event that it runs from".to_owned()),
        };
        if is_reading && self.says.is_none() {
            return Err("a reading needs `says`: what speaks for it".to_owned());
        }
        Ok(Limit {
            base,
            measure,
            ends: time(&self.ends)?,
            calendar: self.calendar,
            roll,
            roll_unless: self.roll_unless,
            void_if_passed_by: self.void_if_passed_by.map(|base| Base::parse(&base, regime)).transpose()?,
            optional: self.optional,
            later_counts: self.later_counts,
            says: self.says,
            cite: self.cite,
        })
    }
}

/// Reads one file of rules. A mistake in one duty leaves out that duty; a mistake above the duties leaves out the file.
#[must_use]
pub fn parse(file: &str, text: &str) -> (Vec<Rule>, Vec<Problem>) {
    let raw: RawFile = match toml::from_str(text) {
        Ok(raw) => raw,
        Err(error) => return (Vec::new(), vec![Problem::of_toml(file, text, &error)]),
    };
    let mut problems = Vec::new();
    let head = |word: &str, reason: String| vec![Problem::at(file, text, word, reason)];
    if !is_name(&raw.regime) {
        return (
            Vec::new(),
            head("regime", format!("`{}` must be lower-case letters, digits and hyphens", raw.regime)),
        );
    }
    if !crate::place::is_code(&raw.place) {
        return (Vec::new(), head("place", format!("`{}` is no place; write `DE`, `US-CA`, `EU` or `EEA`", raw.place)));
    }
    if let Err(reason) = zone(&raw.zone) {
        return (Vec::new(), head("zone", reason));
    }
    let mut rules: Vec<Rule> = Vec::new();
    for table in &raw.duty {
        let at = table.span().start;
        let duty = match RawDuty::deserialize(table.get_ref().clone()) {
            Ok(duty) => duty,
            Err(error) => {
                let id = table.get_ref().get("id").and_then(toml::Value::as_str).unwrap_or("?");
                problems.push(Problem::at_offset(file, text, at, format!("duty `{id}`: {}", error.message())));
                continue;
            }
        };
        let id = duty.id.clone();
        match rule(&raw, duty, file, text, at) {
            Ok(rule) if rules.iter().any(|other| other.name == rule.name) => {
                problems.push(Problem::at_offset(file, text, at, format!("duty `{id}` stands twice")));
            }
            Ok(rule) => rules.push(rule),
            Err(reason) => problems.push(Problem::at_offset(file, text, at, format!("duty `{id}`: {reason}"))),
        }
    }
    if raw.duty.is_empty() {
        problems.extend(head("regime", "the file has no `[[duty]]`".to_owned()));
    }
    edges(&mut rules, &mut problems);
    (rules, problems)
}

/// Takes out duties whose `before` or `not_after` leads nowhere or in a circle.
fn edges(rules: &mut Vec<Rule>, problems: &mut Vec<Problem>) {
    loop {
        let names: BTreeSet<String> = rules.iter().map(|rule| rule.id.clone()).collect();
        let leads =
            |rule: &Rule| [rule.before.clone(), rule.not_after.clone()].into_iter().flatten().collect::<Vec<_>>();
        let wrong = rules.iter().position(|rule| {
            leads(rule).iter().any(|to| !names.contains(to))
                || rules.iter().any(|other| leads(rule).contains(&other.id) && leads(other).contains(&rule.id))
                || leads(rule).contains(&rule.id)
        });
        let Some(at) = wrong else { return };
        let rule = rules.remove(at);
        let to = leads(&rule).join(", ");
        problems.push(Problem {
            file: rule.file.clone(),
            line: rule.line,
            reason: format!(
                "duty `{}`: it hangs on `{to}`, which this regime doesn't have, or which hangs on it",
                rule.id
            ),
        });
    }
}

fn zone(name: &str) -> Result<Zone, String> {
    if name == "member-state" {
        return Ok(Zone::MemberState);
    }
    Ok(Zone::Named(crate::moment::zone(name)?))
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
}

fn rule(raw: &RawFile, duty: RawDuty, file: &str, text: &str, at: usize) -> Result<Rule, String> {
    if !is_name(&duty.id) {
        return Err("its name must be lower-case letters, digits and hyphens".to_owned());
    }
    for condition in duty.when.iter().chain(&duty.unless) {
        condition.check()?;
    }
    let regime = raw.regime.as_str();
    let limits: Vec<Limit> =
        duty.limits.into_iter().map(|limit| limit.check(regime, false)).collect::<Result<_, _>>()?;
    if limits.is_empty() && duty.not_after.is_none() && duty.before.is_none() {
        return Err("it has no limit".to_owned());
    }
    let readings = duty.readings.into_iter().map(|limit| limit.check(regime, true)).collect::<Result<_, _>>()?;
    let released = duty
        .released
        .map(|mut limit| {
            limit.from.get_or_insert_with(|| "law_enforcement_released".to_owned());
            limit.check(regime, false)
        })
        .transpose()?;
    let calendar = duty.calendar.or_else(|| raw.calendar.clone());
    let counts_working_days = |limit: &Limit| {
        limit.roll.is_some() || matches!(limit.measure, Some(Measure::BusinessDays(_) | Measure::BusinessHours { .. }))
    };
    if calendar.is_none()
        && limits.iter().chain(&released).any(|limit| limit.calendar.is_none() && counts_working_days(limit))
    {
        return Err("it counts working days without a calendar".to_owned());
    }
    let effective = duty.effective.or(raw.effective).unwrap_or_default();
    Ok(Rule {
        name: format!("{regime}/{}", duty.id),
        regime: regime.to_owned(),
        id: duty.id,
        title: raw.title.clone(),
        law: raw.law.clone(),
        place: crate::place::normal(&raw.place),
        article: duty.article,
        who: duty.who,
        to: duty.to,
        zone: zone(duty.zone.as_deref().unwrap_or(&raw.zone))?,
        calendar,
        counting: raw.counting,
        source: duty.source.unwrap_or_else(|| raw.source.clone()),
        verified_on: duty.verified_on.unwrap_or(raw.verified_on),
        confidence: duty.confidence.unwrap_or(raw.confidence),
        from: effective.from,
        until: effective.until,
        draft: raw.draft,
        penalty: duty.penalty.or_else(|| raw.penalty.clone()),
        doubts: duty.doubts.unwrap_or_else(|| raw.doubts.clone()),
        note: duty.note,
        when: duty.when,
        unless: duty.unless,
        limits,
        readings,
        content: duty.content,
        never_say: duty.never_say,
        not_after: duty.not_after,
        before: duty.before,
        released,
        delay: duty.delay,
        file: file.to_owned(),
        line: text.as_bytes().iter().take(at).filter(|&&byte| byte == b'\n').count() + 1,
    })
}
