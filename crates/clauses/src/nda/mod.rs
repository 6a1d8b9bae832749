//! The questions that a reader of a non-disclosure agreement asks, answered from its words: yes, no or not mentioned,
//! with a probability, the clauses that say so, and the words that weighed.
//!
//! The answers are worked out from a reading when they're shown and aren't part of it: nothing rests on them, nobody signs
//! them. They're asked of an agreement that is about confidentiality as a whole, and of the sections on confidentiality of
//! another. Elsewhere silence would say nothing, since the model learned from non-disclosure agreements alone.

#[doc(hidden)]
pub mod file;
#[doc(hidden)]
pub mod model;
#[doc(hidden)]
pub mod pieces;
mod questions;

use std::sync::LazyLock;

use serde::Serialize;

use crate::{Clause, Reading, Topic};
use model::{LABELS, Model, QUESTIONS};
use pieces::Piece;

pub use questions::Question;

const _: () = assert!(Question::ALL.len() == QUESTIONS && LABELS == 2 * QUESTIONS);

pattern!(
    NAMED,
    r"(?i)\bnon-?\s?disclosure\b|\bnda\b|\b(?:confidentiality|secrecy|confidential(?:\s+disclosure)?)\s+(?:and\s+[\w-]+\s+)?(?:agreement|undertaking|deed|letter|terms)\b"
);
pattern!(HEADING, r"(?i)\bconfidential|\bnon-?\s?disclosure|\bsecrecy\b");
pattern!(
    EXCEPTION,
    r"(?i)\b(?:except(?:\s+(?:that|as|for|to))?|unless|other\s+than|provided,?(?:\s+however,?)?\s+that|notwithstanding)\b"
);

/// Less probable than this, an answer is unsure.
pub const SURE: f32 = 0.7;
/// So many pieces of evidence are told at most.
const TOLD: usize = 4;
/// So many pieces are looked at: ten times a long agreement, and a bound on memory for a text that is none.
const MOST: usize = 5000;
/// The share of clauses on confidentiality from which an agreement without a telling title is about nothing else.
const MOSTLY: f32 = 0.4;

/// The answer to a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    Yes,
    No,
    NotMentioned,
}

impl Answer {
    /// Every answer, in the order of the model.
    pub const ALL: [Answer; 3] = [Answer::Yes, Answer::No, Answer::NotMentioned];

    /// As a person reads it.
    pub fn label(self) -> &'static str {
        match self {
            Answer::Yes => "Yes",
            Answer::No => "No",
            Answer::NotMentioned => "Not mentioned",
        }
    }
}

/// A sentence or an item of a list that an answer rests on.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Evidence {
    /// Index into [`Reading::clauses`].
    pub clause: usize,
    /// Byte offsets into the text.
    pub start: usize,
    pub end: usize,
    /// Probability that it speaks of the question.
    pub score: f32,
}

/// A question with its answer.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Asked {
    pub question: Question,
    pub words: &'static str,
    pub subject: &'static str,
    pub topic: Option<Topic>,
    pub answer: Answer,
    /// Calibrated probability of the answer.
    pub score: f32,
    pub unsure: bool,
    /// The best first; empty where the answer is that nothing is said.
    pub evidence: Vec<Evidence>,
    /// The words of the best piece, or the rules, that weighed most.
    pub why: Vec<String>,
}

/// What was asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// The whole agreement.
    Whole,
    /// The sections on confidentiality of an agreement about something else.
    Sections,
    /// Nothing: the agreement isn't about confidentiality and has no section on it.
    Nothing,
}

/// The questions, and why they were asked or not.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Answers {
    pub scope: Scope,
    pub why: String,
    /// All of them in listing order, or none.
    pub questions: Vec<Asked>,
}

static SHIPPED: LazyLock<Model> = LazyLock::new(|| {
    file::Contents::parse(include_bytes!("../../model/nda.bin")).expect("the shipped file is read by a test").model()
});

/// Asks the questions of a text that was read.
pub fn ask(text: &str, reading: &Reading) -> Answers {
    let (scope, why, asked_of) = scope(text, reading);
    if asked_of.is_empty() {
        return Answers { scope: Scope::Nothing, why, questions: Vec::new() };
    }
    let (mut found, mut of_clause): (Vec<Piece>, Vec<usize>) = Default::default();
    for index in asked_of {
        found.extend(pieces::of_clause(text, &reading.clauses[index]));
        of_clause.resize(found.len(), index);
        if found.len() >= MOST {
            break;
        }
    }
    let judged = SHIPPED.judge(text, &found);
    let questions = Question::ALL.map(|q| answer(text, &found, &of_clause, &judged, q)).into();
    Answers { scope, why, questions }
}

fn answer(text: &str, found: &[Piece], of_clause: &[usize], judged: &model::Judged, question: Question) -> Asked {
    let q = question.index();
    let best = (0..3).reduce(|a, b| if judged.answers[q][b] > judged.answers[q][a] { b } else { a }).unwrap_or(2);
    let answer = Answer::ALL[best];
    let score = judged.answers[q][best];
    let mut order: Vec<usize> = (0..found.len()).collect();
    order.sort_by(|a, b| judged.evidence[*b][q].total_cmp(&judged.evidence[*a][q]).then(a.cmp(b)));
    let told = order.iter().enumerate().filter(|(k, i)| *k == 0 || judged.evidence[**i][q] >= 0.0).take(TOLD);
    let told: Vec<usize> = if answer == Answer::NotMentioned { Vec::new() } else { told.map(|(_, i)| *i).collect() };
    let why = told.first().map_or_else(Vec::new, |i| why(text, found[*i], q, answer));
    let evidence = told.into_iter().map(|i| Evidence {
        clause: of_clause[i],
        start: found[i].0,
        end: found[i].1,
        score: crate::model::probability(judged.evidence[i][q]),
    });
    Asked {
        question,
        words: question.words(),
        subject: question.subject(),
        topic: question.topic(),
        answer,
        score,
        unsure: score < SURE,
        evidence: evidence.collect(),
        why,
    }
}

/// The words of a piece that weighed most for a question, and for a "no" those that turned it; an exception is named,
/// because words don't tell what is excepted from what.
fn why(text: &str, piece: Piece, question: usize, answer: Answer) -> Vec<String> {
    let mut out = Vec::new();
    if let Some(found) = EXCEPTION.find(&text[piece.0..piece.1]) {
        out.push(format!("rule: an exception, `{}`", found.as_str().split_whitespace().collect::<Vec<_>>().join(" ")));
    }
    let (tokens, mut weights) = SHIPPED.by_word(text, piece, question);
    if answer == Answer::No {
        let (_, against) = SHIPPED.by_word(text, piece, QUESTIONS + question);
        weights.iter_mut().zip(against).for_each(|(w, a)| *w += a);
    }
    let mut order: Vec<usize> = (0..weights.len()).filter(|i| weights[*i] > 0.0).collect();
    order.sort_by(|a, b| weights[*b].total_cmp(&weights[*a]).then(a.cmp(b)));
    order.truncate(5);
    order.sort_unstable();
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for i in order {
        match runs.last_mut() {
            Some((_, last)) if *last + 1 == i => *last = i,
            _ => runs.push((i, i)),
        }
    }
    out.extend(runs.into_iter().filter_map(|(a, b)| {
        let slice = text.get(tokens[a].start as usize..tokens[b].end as usize)?;
        Some(slice.split_whitespace().collect::<Vec<_>>().join(" "))
    }));
    out
}

fn on_confidentiality(clause: &Clause) -> bool {
    clause.topics.iter().any(|hit| {
        !hit.unsure
            && matches!(
                hit.topic,
                Topic::Confidentiality
                    | Topic::CompelledDisclosure
                    | Topic::ReturnDestruction
                    | Topic::ConfidentialityTerm
            )
    })
}

/// What the questions are asked of, why, and its clauses.
fn scope(text: &str, reading: &Reading) -> (Scope, String, Vec<usize>) {
    let clauses = &reading.clauses;
    let all = || (0..clauses.len()).collect();
    if let Some(title) = reading.title.as_deref().filter(|title| NAMED.is_match(title)) {
        return (Scope::Whole, format!("the title says what it is: `{title}`"), all());
    }
    let opening = &text[..clauses.get(2).map_or(text.len(), |clause| clause.end)];
    let mut end = opening.len().min(600);
    while !opening.is_char_boundary(end) {
        end -= 1;
    }
    if let Some(found) = NAMED.find(&opening[..end]) {
        return (
            Scope::Whole,
            format!("its first lines say what it is: “{}”", crate::markup::without_tags(found.as_str()).trim()),
            all(),
        );
    }
    let about = clauses.iter().filter(|clause| on_confidentiality(clause)).count();
    if about >= 5 && about as f32 >= MOSTLY * clauses.len() as f32 {
        return (Scope::Whole, format!("{about} of its {} clauses are on confidentiality", clauses.len()), all());
    }
    let below = |clause: &Clause| clause.heading.as_deref().is_some_and(|heading| HEADING.is_match(heading));
    let sure =
        clauses.iter().filter(|clause| clause.topics.iter().any(|h| h.topic == Topic::Confidentiality && !h.unsure));
    if sure.count() >= 2 {
        let section: Vec<usize> =
            (0..clauses.len()).filter(|i| below(&clauses[*i]) || on_confidentiality(&clauses[*i])).collect();
        let why = format!("{} clauses of it are on confidentiality; only these were asked", section.len());
        return (Scope::Sections, why, section);
    }
    let why = "it is no non-disclosure agreement, and no section of it is on confidentiality";
    (Scope::Nothing, why.to_owned(), Vec::new())
}
