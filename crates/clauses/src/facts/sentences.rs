//! The sentences that speak of a fact, found by a cheap search before any rule looks at them.

use super::floor;
use super::rule;
use crate::reading::Clause;
use crate::segment::sentence_ends;
use regex::Regex;
use std::sync::LazyLock;

/// What a sentence may speak of; bits of [`Sentence::about`].
pub(crate) const TERM: u8 = 1;
pub(crate) const RENEWAL: u8 = 2;
pub(crate) const LAW: u8 = 4;
pub(crate) const EFFECT: u8 = 8;

/// No rule reads further into a sentence: longer ones are lists or tables.
const LONGEST: usize = 4000;

static WORDS: LazyLock<Regex> = LazyLock::new(|| {
    rule(
        r"(?i)(?:renew|exten[ds]|(governed|constru|interpret|\blaws?\b)|(effective|commenc|begin|starts?\s|valid\s|in(?:to)?\s+force|takes?\s+effect|start\s+date)|((?-u:\b)terms?(?-u:\b)|expir|terminat|perpetu|indefinite|period|duration))",
    )
});

/// A sentence by its byte offsets.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sentence {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) about: u8,
    /// Index of its clause.
    pub(crate) clause: usize,
}

pub(crate) struct Sentences {
    all: Vec<Sentence>,
    headings: Vec<String>,
}

impl Sentences {
    pub(crate) fn of(text: &str, clauses: &[Clause]) -> Sentences {
        let mut all = Vec::new();
        let mut headings = Vec::new();
        let mut at = 0;
        for clause in clauses {
            // Overlapping clauses would be read twice, and a long overlap again and again.
            if clause.start < at || clause.end <= clause.start || text.get(clause.start..clause.end).is_none() {
                continue;
            }
            push(text, clause.start, clause.end, headings.len(), &mut all);
            headings.push(clause.heading.as_deref().unwrap_or("").to_lowercase());
            at = clause.end;
        }
        if headings.is_empty() {
            push(text, 0, text.len(), 0, &mut all);
            headings.push(String::new());
        }
        mark(text, &mut all);
        Sentences { all, headings }
    }

    /// The sentences that speak of any of the topics, with their place in the list.
    pub(crate) fn about(&self, topics: u8) -> impl Iterator<Item = (usize, Sentence)> + '_ {
        self.all.iter().copied().enumerate().filter(move |(_, s)| s.about & topics != 0)
    }

    pub(crate) fn get(&self, i: usize) -> Option<Sentence> {
        self.all.get(i).copied()
    }

    /// The heading above a sentence, in lower case.
    pub(crate) fn heading(&self, sentence: Sentence) -> &str {
        self.headings.get(sentence.clause).map_or("", String::as_str)
    }
}

fn push(text: &str, from: usize, to: usize, clause: usize, out: &mut Vec<Sentence>) {
    let mut start = from;
    for end in sentence_ends(text, from, to) {
        // "7.1 Term." belongs to what follows.
        let run_in = end < to && text.get(start..end).is_some_and(|s| s.trim().len() < 24);
        if end > start && !run_in {
            out.push(Sentence { start, end: floor(text, end.min(start + LONGEST)), about: 0, clause });
            start = end;
        }
    }
}

/// One pass over the text marks every sentence.
fn mark(text: &str, all: &mut [Sentence]) {
    let mut i = 0;
    for c in WORDS.captures_iter(text) {
        let Some(whole) = c.get(0) else { continue };
        while all.get(i).is_some_and(|s| s.end <= whole.start()) {
            i += 1;
        }
        let Some(sentence) = all.get_mut(i) else { break };
        if whole.start() >= sentence.start {
            sentence.about |= if c.get(1).is_some() {
                LAW
            } else if c.get(2).is_some() {
                EFFECT
            } else if c.get(3).is_some() {
                TERM
            } else {
                RENEWAL
            };
        }
    }
}
