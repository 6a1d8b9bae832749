//! The clocks of an incident in the order in which a person must see them, and what a new fact did to them.

use clocks::{Duty, Status};

/// Clocks by what they ask of a person.
#[derive(Debug, Clone, Default)]
pub struct Board {
    /// Dated, the tightest first; what is late stands at the top.
    pub running: Vec<Duty>,
    /// The law sets no number.
    pub without_delay: Vec<Duty>,
    /// Facts contradict or can't be used.
    pub broken: Vec<Duty>,
    pub missing: Vec<Duty>,
    /// Done, in time or late.
    pub done: Vec<Duty>,
    pub not_applicable: Vec<Duty>,
}

impl Board {
    pub fn new(duties: Vec<Duty>) -> Self {
        let mut board = Self::default();
        for duty in duties {
            let list = match duty.status {
                _ if duty.submitted.is_some() && matches!(duty.status, Status::Met | Status::Late) => &mut board.done,
                Status::Met => &mut board.done,
                Status::Due | Status::Late if duty.due.is_some() => &mut board.running,
                Status::Due | Status::Late => &mut board.without_delay,
                Status::Contradiction | Status::Malformed => &mut board.broken,
                Status::NotEvaluable => &mut board.missing,
                Status::NotApplicable => &mut board.not_applicable,
            };
            list.push(duty);
        }
        for list in [&mut board.running, &mut board.done] {
            list.sort_by(|a, b| a.due.cmp(&b.due).then_with(|| a.rule.cmp(&b.rule)));
        }
        board
    }

    /// Every clock, whatever it asks of a person.
    pub fn all(&self) -> impl Iterator<Item = &Duty> {
        [&self.running, &self.without_delay, &self.broken, &self.missing, &self.done, &self.not_applicable]
            .into_iter()
            .flatten()
    }

    /// Facts that would let more clocks be reckoned, those that most clocks wait for first. Only clocks that miss nothing
    /// but a few facts count, so that the question is worth an answer. What has to happen first, such as a submission, is no
    /// question.
    pub fn asked_for(&self) -> Vec<(String, usize)> {
        let mut counts: Vec<(String, usize)> = Vec::new();
        let presumed = self.running.iter().chain(&self.without_delay);
        let waiting = self.missing.iter().filter(|duty| duty.missing.len() <= 2).chain(presumed);
        for path in waiting.flat_map(|duty| &duty.missing).filter(|path| !path.starts_with("events.")) {
            match counts.iter_mut().find(|(known, _)| known == path) {
                Some((_, count)) => *count += 1,
                None => counts.push((path.clone(), 1)),
            }
        }
        counts.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        counts
    }
}

/// A clock that a new fact started, moved or ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Move {
    pub rule: String,
    pub status_before: &'static str,
    /// RFC 3339, or nothing.
    pub due_before: String,
    pub status_after: &'static str,
    pub due_after: String,
    pub because: String,
}

/// What differs between two reckonings of the same rules.
pub fn moves(before: &[Duty], after: &[Duty]) -> Vec<Move> {
    let due = |duty: &Duty| duty.due_there.clone().unwrap_or_default();
    after
        .iter()
        .filter_map(|new| {
            let old = before.iter().find(|old| old.rule == new.rule)?;
            let same = old.status == new.status && old.due == new.due;
            // A rule that only came to wait for another fact, or ceased to, started and ended nothing.
            let idle = |duty: &Duty| matches!(duty.status, Status::NotEvaluable | Status::NotApplicable);
            let moved = !(same || idle(old) && idle(new));
            moved.then(|| Move {
                rule: new.rule.clone(),
                status_before: old.status.words(),
                due_before: due(old),
                status_after: new.status.words(),
                due_after: due(new),
                because: new.sentence(),
            })
        })
        .collect()
}
