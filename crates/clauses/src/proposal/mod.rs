//! The smallest change that brings a clause to the playbook's position: other words for a term, never a rewritten clause.
//!
//! Where only a period, a multiple or a missing consent divides a clause from the position, a careful lawyer strikes these
//! words and nothing else. A proposal is made only where the test that failed asks about exactly that attribute, and only
//! after the changed clause was read again and compares better.

mod edits;
mod names;
mod numbers;

use crate::compare::{Status, failing, judge};
use crate::playbook::{About, Playbook, Position, Test, Wording};
use crate::reading::{Clause, Reading};
use crate::{Topic, attributes};
use edits::{Place, Words};
use serde::{Deserialize, Serialize};
use std::cell::LazyCell;

pub use names::Names;

/// Other words for a part of a clause.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proposal {
    pub topic: Topic,
    /// Index of the clause in [`Reading::clauses`].
    pub clause: usize,
    /// Byte offsets into the text; equal where words are only added.
    pub start: usize,
    pub end: usize,
    pub with: String,
    /// One sentence, for the other party's eyes too.
    pub reason: String,
    /// How the topic stands once the words are changed.
    pub becomes: Status,
}

/// A list's lead-in stands at most this many clauses above its items.
const LEAD: usize = 12;

/// Proposes other words for a topic that deviates from the playbook. `None` where no change of a few words is known to
/// bring it to the preferred position or a fallback, and where it doesn't deviate.
pub fn propose(
    reading: &Reading,
    text: &str,
    playbook: &Playbook,
    about: &About,
    names: &Names,
    topic: Topic,
) -> Option<Proposal> {
    let position = playbook.position(topic)?;
    let hits = reading.hits(topic);
    if hits.is_empty() {
        return None;
    }
    let before = judge(reading, text, position, about);
    if !before.status.is_deviation() {
        return None;
    }
    // Both look at the whole text, and most topics have no place for other words.
    let again = LazyCell::new(|| Again::new(reading, text, position, about));
    let style = LazyCell::new(|| numbers::style_of(text));
    let mut second_best: Option<Proposal> = None;
    for wording in std::iter::once(&position.preferred).chain(&position.fallbacks) {
        for (clause, hit) in &hits {
            let Some(test) = only_failing(wording, reading, text, position, about, *clause) else { continue };
            // A duty of our own is no deviation that a shorter period would mend.
            let ours = names.customer.as_ref().filter(|_| matches!(about.role.as_str(), "customer" | "controller"));
            if ours.is_some_and(|us| hit.attributes.debtor.as_deref().is_some_and(|owes| owes.ends_with(us.word()))) {
                continue;
            }
            for range in places(reading, text, *clause) {
                let place = Place { text, range, topic, hit, names, style: *style };
                for words in edits::candidates(test, wording, &place) {
                    let Some(becomes) = again.status(&words).filter(|status| !status.is_deviation()) else { continue };
                    let proposal = Proposal {
                        topic,
                        clause: *clause,
                        start: words.range.start,
                        end: words.range.end,
                        with: words.with,
                        reason: reason(test, hit),
                        becomes,
                    };
                    if becomes == Status::Preferred {
                        return Some(proposal);
                    }
                    second_best.get_or_insert(proposal);
                }
            }
        }
    }
    second_best
}

/// The one test of a wording that fails, on the passage alone or on all passages together, if it asks about an attribute
/// that a few words can change.
fn only_failing<'w>(
    wording: &'w Wording,
    reading: &Reading,
    text: &str,
    position: &Position,
    about: &About,
    clause: usize,
) -> Option<&'w Test> {
    [Some(clause), None].into_iter().find_map(|passage| {
        let failed = failing(wording, reading, text, position.topic, about, passage);
        let first = *failed.first()?;
        let kind = edits::asked(first)?;
        failed.iter().all(|test| edits::asked(test) == Some(kind)).then_some(first)
    })
}

/// Where the words of a clause may stand: in itself, or in the line that opens its list.
fn places(reading: &Reading, text: &str, clause: usize) -> Vec<std::ops::Range<usize>> {
    let range = |c: &Clause| c.start..c.end;
    let opens = |c: &&Clause| text.get(c.start..c.end).is_some_and(|body| body.ends_with(':'));
    let lead = reading.clauses[clause.saturating_sub(LEAD)..clause].iter().rfind(opens);
    std::iter::once(&reading.clauses[clause]).chain(lead).map(range).collect()
}

/// Reads the topic's clauses again with some words changed.
struct Again<'a> {
    reading: Reading,
    text: &'a str,
    position: &'a Position,
    about: &'a About,
}

impl<'a> Again<'a> {
    fn new(reading: &Reading, text: &'a str, position: &'a Position, about: &'a About) -> Again<'a> {
        let mut reading = reading.clone();
        for clause in &mut reading.clauses {
            clause.topics.retain(|hit| hit.topic == position.topic);
            clause.categories.clear();
        }
        Again { reading, text, position, about }
    }

    fn status(&self, words: &Words) -> Option<Status> {
        let changed = apply(self.text, words)?;
        let mut reading = self.reading.clone();
        let grown = words.with.len() as isize - (words.range.end - words.range.start) as isize;
        for clause in &mut reading.clauses {
            if clause.start >= words.range.end {
                clause.start = clause.start.checked_add_signed(grown)?;
            }
            if clause.end >= words.range.end {
                clause.end = clause.end.checked_add_signed(grown)?;
            }
        }
        attributes::fill(&changed, &mut reading.clauses);
        Some(judge(&reading, &changed, self.position, self.about).status)
    }
}

fn apply(text: &str, words: &Words) -> Option<String> {
    let mut changed = String::with_capacity(text.len() + words.with.len());
    changed.push_str(text.get(..words.range.start)?);
    changed.push_str(&words.with);
    changed.push_str(text.get(words.range.end..)?);
    Some(changed)
}

/// Goes out with the redline, so it says what we ask for and nothing of what we would settle for.
fn reason(test: &Test, hit: &crate::TopicHit) -> String {
    let a = &hit.attributes;
    let period = crate::playbook::asking::period;
    let stated = |limit: Option<f64>, unit: Option<_>| limit.zip(unit).map(|(count, unit)| period(count, unit));
    match test {
        Test::LimitAtMost { count, unit } => match stated(a.limit, a.unit) {
            Some(is) => format!("The clause allows {is}; we ask for at most {}.", period(*count, *unit)),
            None => format!("The clause sets no limit in numbers; we ask for at most {}.", period(*count, *unit)),
        },
        Test::LimitAtLeast { count, unit } => {
            let is = stated(a.limit, a.unit).unwrap_or_else(|| "no period".to_owned());
            format!("The clause says {is}; we ask for at least {}.", period(*count, *unit))
        }
        Test::NoticeAtMost { count, unit } => {
            let is = stated(a.notice_limit, a.notice_unit).unwrap_or_else(|| "a period".to_owned());
            format!("The clause wants notice of {is}; we ask for at most {}.", period(*count, *unit))
        }
        Test::NoticeAtLeast { count, unit } => {
            let is = stated(a.notice_limit, a.notice_unit).unwrap_or_else(|| "no period".to_owned());
            format!("The clause gives notice of {is}; we ask for at least {}.", period(*count, *unit))
        }
        Test::CapAtLeast { months } => {
            let is = a.fee_months.map_or_else(|| "fewer".to_owned(), |is| format!("{is}"));
            format!("The cap allows {is} months of fees; we ask for at least {months}.")
        }
        Test::ConsentIn { .. } => "The clause needs no consent; we ask for prior written consent.".to_owned(),
        _ => "The clause falls short of what we ask for.".to_owned(),
    }
}
