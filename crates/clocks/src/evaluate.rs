//! Judges every rule on the facts of one incident.

use std::collections::HashMap;

use jiff::{Timestamp, tz::TimeZone};

use crate::{
    base::{Start, Stop, start},
    calendar::Calendars,
    condition::{self, Answer},
    count::{self, End},
    duty::{BaseFact, Duty, Reading, Status, instant},
    facts::{Facts, Known},
    moment::{Moment, zone_name},
    place, readings,
    rule::{Base, Limit, Measure, Rule, Zone},
};

/// How a reckoning is made.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// What is overdue is judged at this instant; without it nothing is.
    pub at: Option<Timestamp>,
    /// Proposals count too.
    pub drafts: bool,
}

/// Every duty, in the order of its rules.
#[must_use]
pub fn evaluate(rules: &[Rule], calendars: &Calendars, facts: &Facts, options: Options) -> Vec<Duty> {
    let overlaid;
    let calendars = if facts.closures.is_empty() {
        calendars
    } else {
        overlaid = calendars.with(&facts.closures);
        &overlaid
    };
    let wanted: Vec<&Rule> = rules.iter().filter(|rule| options.drafts || !rule.draft).collect();
    let by_name = wanted.iter().enumerate().map(|(i, rule)| (rule.name.as_str(), i)).collect();
    let mut court = Court { rules: &wanted, by_name, calendars, facts, options, done: vec![Seen::Not; wanted.len()] };
    for i in 0..wanted.len() {
        court.judge(i);
    }
    let judged = court.done.into_iter();
    judged.filter_map(|seen| if let Seen::Done(duty) = seen { Some(*duty) } else { None }).collect()
}

#[derive(Clone)]
enum Seen {
    Not,
    /// Being judged: what asks for it now hangs on itself.
    Open,
    Done(Box<Duty>),
}

struct Court<'a> {
    rules: &'a [&'a Rule],
    by_name: HashMap<&'a str, usize>,
    calendars: &'a Calendars,
    facts: &'a Facts,
    options: Options,
    done: Vec<Seen>,
}

impl Court<'_> {
    /// Judges a rule once.
    fn judge(&mut self, i: usize) {
        if !matches!(self.done[i], Seen::Not) {
            return;
        }
        self.done[i] = Seen::Open;
        let mut duty = self.judged(self.rules[i]);
        duty.missing.sort();
        duty.missing.dedup();
        self.done[i] = Seen::Done(Box::new(duty));
    }

    fn judged(&mut self, rule: &Rule) -> Duty {
        let mut duty = Duty::of(rule);
        match condition::together(&rule.when, self.facts) {
            Answer::No(why) => return duty.ended(Status::NotApplicable, why),
            Answer::Malformed(why) => return duty.ended(Status::Malformed, why),
            Answer::Unknown(missing) => {
                // What else is missing is told in the same breath.
                duty.missing.extend(missing);
                for limit in rule.limits.iter().filter(|limit| !limit.optional) {
                    if let Err(Stop::Missing(names, _)) = start(self.facts, &limit.base) {
                        duty.missing.extend(names);
                    }
                }
                duty.missing.sort();
                duty.missing.dedup();
                let why = format!("whether it applies depends on {}", duty.missing.join(", "));
                return duty.ended(Status::NotEvaluable, why);
            }
            Answer::Presumed { missing, says } => {
                duty.missing.extend(missing);
                duty.because.push(says);
            }
            Answer::Yes(says) if says.is_empty() => {}
            Answer::Yes(says) => duty.because.push(says),
        }
        for exception in &rule.unless {
            match exception.ask(self.facts) {
                Answer::Yes(why) => return duty.ended(Status::NotApplicable, format!("excepted, since {why}")),
                Answer::Malformed(why) => return duty.ended(Status::Malformed, why),
                Answer::Unknown(missing) if missing == ["data.key_taken"] => {
                    duty.because.push("the data was encrypted, but nobody has said whether the key was taken; until then it counts as taken".to_owned());
                    duty.missing.extend(missing);
                }
                _ => {}
            }
        }
        let Some(zone) = self.zone(rule) else {
            return self.without_zone(rule, duty);
        };
        self.dated_there(rule, &zone, duty)
    }

    fn dated_there(&mut self, rule: &Rule, zone: &TimeZone, mut duty: Duty) -> Duty {
        duty.zone = zone_name(zone);
        let mut duty = self.dated(rule, zone, duty);
        duty.due_there = duty.due.map(|due| instant(due, zone));
        duty
    }

    /// A rule of a Member State when nobody said which: elapsed time can be counted nevertheless.
    fn without_zone(&mut self, rule: &Rule, mut duty: Duty) -> Duty {
        let elapsed = |limit: &Limit| {
            limit.roll.is_none()
                && matches!(limit.measure, Some(Measure::Hours(_) | Measure::Minutes(_) | Measure::Asap(_)))
        };
        if rule.limits.iter().all(elapsed) {
            return self.dated_there(rule, &TimeZone::UTC, duty);
        }
        duty.missing.push("actor.establishments".to_owned());
        duty.ended(
            Status::NotEvaluable,
            format!("its days are counted where the actor is established in {}, which is not known", rule.place),
        )
    }

    fn dated(&mut self, rule: &Rule, zone: &TimeZone, mut duty: Duty) -> Duty {
        let facts = self.facts;
        let calendar = self.calendar(rule);
        let calendars = self.calendars;
        let place = count::Place { zone, calendar: calendar.as_deref(), calendars };
        let mut used: Vec<String> = Vec::new();
        let mut ends: Vec<(End, &Limit, Start)> = Vec::new();
        let mut open_ended: Option<(String, Start)> = None;
        let mut missing = Vec::new();
        let mut why_missing = None;
        for limit in &rule.limits {
            let start = match start(self.facts, &limit.base) {
                Ok(start) => start,
                Err(Stop::Missing(..)) if limit.optional => continue,
                Err(Stop::Missing(names, why)) => {
                    missing.extend(names);
                    why_missing = why_missing.or(why);
                    continue;
                }
                Err(Stop::Malformed(why)) => return duty.ended(Status::Malformed, why),
            };
            if let Some(event) = start.path.strip_prefix("events.") {
                used.push(event.to_owned());
            }
            if let Some(outside) = outside(rule, &start.moment.day(zone)) {
                return duty.ended(Status::NotApplicable, outside);
            }
            let rolls = match facts.actor_is(&limit.roll_unless) {
                _ if limit.roll_unless.is_empty() => true,
                Answer::Yes(_) => false,
                _ => true,
            };
            match count::end(limit, &start.moment, &place, rolls) {
                Ok(Some(end)) => ends.push((end, limit, start)),
                Ok(None) => {
                    let words = limit.measure.as_ref().map(Measure::words).unwrap_or_default();
                    open_ended = open_ended.or(Some((words, start)));
                }
                Err(reason) => {
                    duty.missing.push(reason.missing());
                    return duty.ended(Status::NotEvaluable, reason.says());
                }
            }
        }
        let used: Vec<&str> = used.iter().map(String::as_str).collect();
        if let Some(why) = facts.contradiction(&used) {
            return duty.ended(Status::Contradiction, why);
        }
        if !missing.is_empty() {
            missing.sort();
            missing.dedup();
            let why = why_missing
                .unwrap_or_else(|| format!("it runs from {}, and nobody has said when that was", runs_from(rule)));
            duty.missing.extend(missing);
            return duty.ended(Status::NotEvaluable, why);
        }
        // A limit that the later event has passed by drops out.
        let passed = |(end, limit, _): &(End, &Limit, Start)| {
            limit.void_if_passed_by.as_ref().and_then(|base| {
                let event = start(self.facts, base).ok()?;
                (event.moment.instant(zone)? > end.raw).then(|| {
                    format!(
                        "{} came after the {} from {} had passed, so that limit drops out",
                        capital(&base.words()),
                        length(limit),
                        limit.base.words()
                    )
                })
            })
        };
        let mut dropped = Vec::new();
        let mut kept = Vec::new();
        for candidate in ends {
            match passed(&candidate) {
                Some(why) => dropped.push(why),
                None => kept.push(candidate),
            }
        }
        duty.because.append(&mut dropped);
        kept.sort_by_key(|(end, ..)| end.at);
        let others: Vec<String> = kept
            .iter()
            .skip(1)
            .map(|(end, limit, _)| {
                format!("the {} from {} would end later, {}", length(limit), limit.base.words(), instant(end.at, zone))
            })
            .collect();
        let first = kept.into_iter().next();
        if let Some((end, limit, start)) = first {
            duty.limit = format!("{} from {}", length(limit), limit.base.words());
            duty.because.push(format!("{}: {}", duty.limit, start.moment.words(zone)));
            duty.because.extend(start.note.clone());
            if matches!(start.moment, Moment::Day(_))
                && matches!(limit.measure, Some(Measure::Hours(_) | Measure::Minutes(_)))
            {
                duty.because.push("no hour is given, so the first one of that day counts".to_owned());
            }
            duty.because.extend(end.because.iter().cloned());
            duty.because.extend(others);
            duty.base.push(BaseFact { event: start.path.clone(), at: start.moment.to_string() });
            duty.due = Some(end.at);
            duty.readings = readings::beside(rule, limit, &start.moment, &end, &place);
            for (path, moment) in &start.others {
                if let Ok(Some(other)) = count::end(limit, moment, &place, true)
                    && other.at != end.at
                {
                    duty.readings.push(Reading {
                        due: instant(other.at, zone),
                        says: format!("if the limit runs from `{path}` and not from `{}`", start.path),
                        cite: Some(rule.law.clone()),
                    });
                }
            }
            duty.readings.extend(self.other_readings(rule, &end, &place));
        } else if let Some((words, start)) = open_ended {
            duty.limit = words.clone();
            duty.because.push(format!(
                "the law says “{words}” and sets no number; it runs from {}, {}",
                start.base.words(),
                start.moment.words(zone)
            ));
            duty.because.extend(start.note.clone());
            duty.base.push(BaseFact { event: start.path.clone(), at: start.moment.to_string() });
        }
        self.after_release(rule, zone, &place, &mut duty);
        if duty.status == Status::NotEvaluable {
            return duty;
        }
        self.edges(rule, zone, &mut duty);
        if duty.due.is_none() && rule.limits.is_empty() && duty.limit.is_empty() {
            return duty;
        }
        self.met(rule, zone, &mut duty);
        duty
    }

    /// Readings that the rule itself names.
    fn other_readings(&self, rule: &Rule, strict: &End, place: &count::Place<'_>) -> Vec<Reading> {
        let mut out = Vec::new();
        for reading in &rule.readings {
            let at = match (&reading.measure, reading.roll) {
                (Some(_), _) => match start(self.facts, &reading.base) {
                    Ok(start) => count::end(reading, &start.moment, place, true).ok().flatten().map(|end| end.at),
                    Err(_) => None,
                },
                (None, Some(roll)) => {
                    let mut end = strict.clone();
                    count::rolled(roll, reading, place, &mut end).ok().map(|()| end.at)
                }
                (None, None) => None,
            };
            if let Some(at) = at.filter(|at| *at != strict.at) {
                out.push(Reading {
                    due: instant(at, place.zone),
                    says: reading.says.clone().unwrap_or_default(),
                    cite: reading.cite.clone(),
                });
            }
        }
        out
    }

    /// A notice that law enforcement asked to wait with.
    fn after_release(&self, rule: &Rule, zone: &TimeZone, place: &count::Place<'_>, duty: &mut Duty) {
        if rule.delay.is_none() || !matches!(self.facts.flag("law_enforcement_delay"), Answer::Yes(_)) {
            return;
        }
        match self.facts.event("law_enforcement_released") {
            Known::Is(released) => {
                let told = released.words(zone);
                let end = rule.released.as_ref().and_then(|limit| {
                    let end = count::end(limit, &released, place, true).ok().flatten()?;
                    Some((limit, end.at))
                });
                duty.readings.clear();
                let Some((limit, until)) = end else {
                    duty.because.push(format!(
                        "law enforcement released it on {told}; the law sets no number for what follows"
                    ));
                    duty.limit = "without delay after the release by law enforcement".to_owned();
                    duty.due = None;
                    return;
                };
                duty.because.push(format!("law enforcement released it on {told}, and {} follow", length(limit)));
                match duty.due.filter(|due| limit.later_counts && *due > until) {
                    Some(_) => duty.because.push("the ordinary limit ends later, and counts".to_owned()),
                    None => {
                        duty.limit = format!("{} from {}", length(limit), limit.base.words());
                        duty.due = Some(until);
                    }
                }
            }
            Known::Unknown => {
                duty.missing.push("events.law_enforcement_released".to_owned());
                duty.due = None;
                duty.readings.clear();
                duty.status = Status::NotEvaluable;
                duty.because.push("it waits because law enforcement asked for it, and has not released it".to_owned());
            }
            Known::Malformed(reason) => {
                duty.status = Status::Malformed;
                duty.due = None;
                duty.because.push(reason);
            }
        }
    }

    /// Notices that must not come after another, or must come before it.
    fn edges(&mut self, rule: &Rule, zone: &TimeZone, duty: &mut Duty) {
        for (to, strictly) in [(&rule.not_after, false), (&rule.before, true)] {
            let Some(to) = to else { continue };
            let name = format!("{}/{to}", rule.regime);
            let Some(&i) = self.by_name.get(name.as_str()) else { continue };
            self.judge(i);
            // One that hangs on itself is left out of account.
            let Seen::Done(other) = &self.done[i] else { continue };
            let order = if strictly { "before" } else { "at the latest together with" };
            let done = self.submission(self.rules[i]);
            let bound = match &done {
                Known::Is(moment) => match moment {
                    Moment::Day(day) => {
                        day.to_datetime(count::LAST_SECOND).to_zoned(zone.clone()).ok().map(|at| at.timestamp())
                    }
                    Moment::Instant { at, .. } => Some(*at),
                },
                _ => other.due,
            };
            match bound {
                Some(bound) => {
                    let when = instant(bound, zone);
                    let is = if matches!(done, Known::Is(_)) { "was made" } else { "is due" };
                    duty.because.push(format!("it goes out {order} the notice `{name}`, which {is} {when}"));
                    if duty.due.is_none_or(|due| bound < due) {
                        duty.due = Some(bound);
                        duty.readings.clear();
                        duty.limit = format!("{order} the notice to {}", other.to);
                    }
                }
                None if other.status == Status::NotApplicable => {}
                None => {
                    duty.because.push(format!("it goes out {order} the notice `{name}`"));
                    if duty.limit.is_empty() {
                        duty.limit = format!("{order} the notice to {}", other.to);
                    }
                    if duty.due.is_none() && duty.base.is_empty() && other.status != Status::Due {
                        duty.status = other.status;
                        duty.missing.extend(other.missing.clone());
                    }
                }
            }
            if strictly
                && let (Known::Is(own), Known::Is(its)) = (self.submission(rule), &done)
                && own.surely_after(its)
            {
                duty.because.push(format!("it was made after `{name}`, which must come later"));
            }
        }
    }

    /// Whether the duty was done, and in time.
    fn met(&self, rule: &Rule, zone: &TimeZone, duty: &mut Duty) {
        if !matches!(duty.status, Status::Due) {
            return;
        }
        match self.submission(rule) {
            Known::Malformed(reason) => {
                duty.status = Status::Malformed;
                duty.due = None;
                duty.because.push(reason);
            }
            Known::Unknown => {
                if let (Some(at), Some(due)) = (self.options.at, duty.due)
                    && at > due
                {
                    duty.status = Status::Late;
                    duty.because.push(format!("nothing was recorded as sent by {}", instant(at, zone)));
                }
            }
            Known::Is(sent) => {
                duty.submitted = Some(sent.to_string());
                duty.sent = sent.instant(zone);
                let before_start = rule
                    .limits
                    .iter()
                    .filter_map(|limit| start(self.facts, &limit.base).ok())
                    .any(|start| start.moment.surely_after(&sent));
                if before_start && rule.limits.iter().all(|limit| !matches!(limit.base, Base::Notified(_))) {
                    duty.status = Status::Contradiction;
                    duty.due = None;
                    duty.because
                        .push(format!("it is recorded as sent on {}, before what it runs from", sent.words(zone)));
                    return;
                }
                let late = match (&sent, duty.due) {
                    (_, None) => false,
                    (Moment::Instant { at, .. }, Some(due)) => *at > due,
                    (Moment::Day(day), Some(due)) => *day > due.to_zoned(zone.clone()).date(),
                };
                duty.status = if late { Status::Late } else { Status::Met };
                let words = if late { "after it was due" } else { "in time" };
                duty.because.push(format!("sent {words}, on {}", sent.words(zone)));
            }
        }
    }

    /// When a duty was done: by its name, or for people in one place by their notice.
    fn submission(&self, rule: &Rule) -> Known<Moment> {
        match self.facts.submitted(&rule.name) {
            Known::Unknown if rule.id == "individuals" => self.facts.notified(&rule.place),
            known => known,
        }
    }

    /// The zone in which a rule's days are counted.
    fn zone(&self, rule: &Rule) -> Option<TimeZone> {
        match &rule.zone {
            Zone::Named(zone) => Some(zone.clone()),
            Zone::MemberState => self.facts.state_in(&rule.place).and_then(|state| place::zone_of(&state)),
        }
    }

    fn calendar(&self, rule: &Rule) -> Option<String> {
        match rule.calendar.as_deref() {
            Some("member-state") => {
                let state = self.facts.state_in(&rule.place)?;
                Some(state.split('-').next().unwrap_or(&state).to_lowercase())
            }
            other => other.map(str::to_owned),
        }
    }
}

/// Why the rule does not hold for an event of that day.
fn outside(rule: &Rule, day: &jiff::civil::Date) -> Option<String> {
    if let Some(from) = rule.from.filter(|from| day < from) {
        return Some(format!(
            "it holds for events from {} on; what held before is not among the rules",
            from.strftime("%-d %B %Y")
        ));
    }
    rule.until
        .filter(|until| day >= until)
        .map(|until| format!("it held for events before {}", until.strftime("%-d %B %Y")))
}

fn runs_from(rule: &Rule) -> String {
    let mut bases: Vec<String> = rule.limits.iter().map(|limit| limit.base.words()).collect();
    bases.dedup();
    bases.join(" and ")
}

fn length(limit: &Limit) -> String {
    limit.measure.as_ref().map(Measure::words).unwrap_or_default()
}

fn capital(words: &str) -> String {
    let mut chars = words.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}
