//! Which tracked changes a review proposes.

use clauses::{Reading, Topic};
use documents::{
    Extracted,
    redline::{Changes, Insertion, place},
};

/// A topic that is weaker than preferred, unacceptable or missing.
#[derive(Debug, Clone, Copy)]
pub struct Deviation<'a> {
    pub topic: Topic,
    /// The clause that deviates; `None` for a topic that is missing.
    pub clause: Option<usize>,
    /// The playbook's clause.
    pub suggestion: &'a str,
    pub reason: &'a str,
}

/// One tracked insertion per deviation: behind the clause that deviates, or, for what is missing, behind the last clause
/// that says anything on a topic, so that it stands before signatures and annexes.
pub fn changes(extracted: &Extracted, reading: &Reading, deviations: &[Deviation<'_>]) -> Changes {
    let behind = |clause: &clauses::Clause| place(extracted, clause.end.saturating_sub(1));
    let last = reading.clauses.iter().rfind(|clause| !clause.topics.is_empty());
    let insertions = deviations
        .iter()
        .map(|deviation| Insertion {
            after: deviation.clause.and_then(|index| reading.clauses.get(index)).or(last).and_then(behind),
            heading: Some(deviation.topic.label().to_owned()),
            text: deviation.suggestion.trim().to_owned(),
            comment: Some(format!("{}: {}", deviation.topic.label(), deviation.reason)),
        })
        .collect();
    Changes { insertions, replacements: Vec::new() }
}
