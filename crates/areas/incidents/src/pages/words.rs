//! What the templates say of clocks.

use clocks::{Duty, Status};
use db::Cx;
use kernel::Instant;
use ui::{Mark, Tone};

pub(super) use crate::rules::left;
use crate::{
    Reminded, State, Taker,
    reminders::{last_of, said},
};

/// The zone is the organisation's.
pub(crate) fn when(cx: &Cx, at: Instant) -> String {
    at.timestamp().to_zoned(cx.world().zone()).strftime("%-d %b %Y, %H:%M").to_string()
}

/// A value for a list: its beginning, where it is long.
pub(super) fn shortened(text: &str) -> String {
    const SHOWN: usize = 160;
    if text.chars().count() <= SHOWN {
        return text.to_owned();
    }
    let head: String = text.chars().take(SHOWN).collect();
    format!("{}…", head.trim_end())
}

pub(super) fn mark_of(state: State) -> Mark {
    match state {
        State::Reported => Mark::new("Reported", "inbox", Tone::Info),
        State::Open => Mark::new("Open", "alert-triangle", Tone::Warn),
        State::Closed => Mark::new("Closed", "circle-check", Tone::Good),
        State::Dismissed => Mark::new("No incident", "circle-minus", Tone::Quiet),
    }
}

/// A clock as the board draws it.
pub(super) struct Line {
    pub rule: String,
    pub href: String,
    pub title: String,
    pub to: String,
    /// "Thu 26 Nov 2026, 14:20", in the rule's zone.
    pub due: String,
    /// RFC 3339, for machines.
    pub due_at: String,
    pub zone: String,
    /// "2 d 3 h left"
    pub left: String,
    pub mark: Mark,
    pub limit: String,
    pub because: Vec<String>,
    pub readings: Vec<(String, String)>,
    pub missing: Vec<String>,
    pub content: Vec<String>,
    pub never_say: Vec<String>,
    pub taken_by: String,
    /// "reminded 4 h before, 26 Nov 2026, 10:20: Clara"
    pub reminded: String,
    pub reviewed: &'static str,
}

/// `now` is the incident's: in an exercise its own clock's.
pub(super) fn line(cx: &Cx, duty: &Duty, takers: &[Taker], reminders: &[Reminded], now: Instant) -> Line {
    let zone = clocks::moment::zone(&duty.zone).ok();
    let shown = duty.due.zip(zone).map(|(due, zone)| due.to_zoned(zone).strftime("%a %-d %b %Y, %H:%M").to_string());
    let seconds = duty.due.map(|due| due.as_second() - now.timestamp().as_second());
    let runs = matches!(duty.status, Status::Due | Status::Late) && duty.submitted.is_none();
    Line {
        rule: duty.rule.clone(),
        // A contract's clause is read where it stands.
        href: if duty.rule.starts_with("contract/") {
            duty.source.clone()
        } else {
            format!("/incidents/rules/{}", duty.rule)
        },
        title: if duty.rule.starts_with("contract/") { duty.law.clone() } else { duty.title.clone() },
        to: duty.to.clone(),
        due: shown.unwrap_or_default(),
        due_at: duty.due_there.clone().unwrap_or_default(),
        zone: duty.zone.clone(),
        left: seconds.filter(|_| runs).map(left).unwrap_or_default(),
        mark: mark(duty, seconds),
        limit: duty.limit.clone(),
        because: duty.because.clone(),
        readings: duty
            .readings
            .iter()
            .map(|reading| {
                let cite = reading.cite.as_deref().map(|cite| format!(" ({cite})")).unwrap_or_default();
                (reading.due.clone(), format!("{}{cite}", reading.says))
            })
            .collect(),
        missing: duty.missing.iter().map(|path| crate::rules::label(path)).collect(),
        content: duty.content.clone(),
        never_say: duty.never_say.clone(),
        taken_by: takers
            .iter()
            .find(|taker| taker.rule == duty.rule)
            .map(|taker| taker.person_name.clone())
            .unwrap_or_default(),
        reminded: last_of(reminders, duty)
            .map(|told| format!("{}, on {}: {}", said(told), when(cx, told.told_at), told.told))
            .unwrap_or_default(),
        reviewed: duty.confidence.words(),
    }
}

fn mark(duty: &Duty, seconds: Option<i64>) -> Mark {
    match duty.status {
        Status::Late if duty.submitted.is_some() => Mark::new("Sent late", "alert-circle", Tone::Bad),
        Status::Late => Mark::new("Overdue", "alert-circle", Tone::Bad),
        Status::Met => Mark::new("Sent in time", "circle-check", Tone::Good),
        Status::Contradiction => Mark::new("Facts contradict", "alert-triangle", Tone::Bad),
        Status::Malformed => Mark::new("Fact unusable", "alert-triangle", Tone::Bad),
        Status::NotEvaluable => Mark::new("Fact missing", "help-circle", Tone::Quiet),
        Status::NotApplicable => Mark::new("Does not apply", "circle-minus", Tone::Quiet),
        Status::Due => match seconds {
            Some(..14_400) => Mark::new("Due within 4 h", "hourglass", Tone::Bad),
            Some(14_400..86_400) => Mark::new("Due within a day", "hourglass", Tone::Warn),
            Some(_) => Mark::new("Running", "clock", Tone::Info),
            None => Mark::new("Without delay", "clock", Tone::Warn),
        },
    }
}
