//! The model of the questions: which pieces speak of a question, whether they say yes or no, and what follows for the
//! whole. Training and reading share every function here, so they can't drift apart.
//!
//! Three layers. The first looks at the words of a piece and gives each question two scores: whether the piece is about
//! it, and whether it says no. The second weighs a piece's scores with those of its list and of the document, and gives
//! the probability that it's evidence. The third sees the best pieces and gives the probabilities of yes, no and not mentioned.

use super::pieces::{Piece, leads};
use crate::{
    features::{self, Entry, OWN, PAIR, SKIP, START, Token, tokenise},
    model::First,
    rules,
};

pub const QUESTIONS: usize = 17;
/// Scores of the first layer: about the question, then against it.
pub const LABELS: usize = 2 * QUESTIONS;
/// Buckets for hashed words.
pub const BUCKETS: usize = 1 << 18;
const OF_PIECE: usize = 12;
/// What the second layer sees of a piece for one question: scores of its own, those for all questions, a constant.
pub const EVIDENCE: usize = OF_PIECE + QUESTIONS + 1;
/// What the third layer sees for one question.
pub const ANSWER: usize = 12;
/// Yes, no, not mentioned.
pub const ANSWERS: usize = 3;

const NEAR: u64 = 0xa7;
const LENGTH: u64 = 0x2f;
const END: u64 = 0x35;
/// Words up to this many places before count as near.
const REACH: usize = 6;

/// All layers and how rare each bucket is.
#[derive(Clone, Debug)]
pub struct Model {
    /// The square root of the inverse document frequency in sixteenths; zero for what occurs once only.
    pub rarity: Vec<u8>,
    pub first: First<LABELS>,
    /// A row of [`EVIDENCE`] weights per question.
    pub evidence: Vec<f32>,
    /// [`ANSWERS`] rows of [`ANSWER`] weights per question.
    pub answers: Vec<f32>,
}

/// A piece's two scores for each question.
pub type Scores = [f32; LABELS];

fn mix(a: u64, b: u64, tag: u64) -> u32 {
    features::bucket(a, b, tag, BUCKETS)
}

/// The buckets of a piece with their values before weighting, repeated ones merged, and its words. An entry's token is
/// the word that it ends with.
pub fn words(text: &str, piece: Piece, tokens: &mut Vec<Token>, out: &mut Vec<Entry>) {
    tokens.clear();
    out.clear();
    tokenise(text, piece.0, piece.1, rules::shipped().symbols(), tokens);
    let mut push = |bucket, value, token| out.push(Entry { bucket, value, token });
    let before = |i: usize, back: usize| i.checked_sub(back).map_or(START, |k| tokens[k].hash);
    for (i, word) in tokens.iter().enumerate() {
        let token = i as u32;
        push(mix(word.hash, 0, OWN), 1.0, token);
        push(mix(before(i, 1), word.hash, PAIR), 1.0, token);
        push(mix(before(i, 2), word.hash, SKIP), 0.5, token);
        for back in 3..=REACH.min(i) {
            push(mix(before(i, back), word.hash, NEAR), 0.3, token);
        }
    }
    let length = (usize::BITS - tokens.len().leading_zeros()).min(7);
    push(mix(u64::from(length), 0, LENGTH), 0.5, u32::MAX);
    let end = text.as_bytes()[..piece.1].last().copied().unwrap_or(b' ');
    push(mix(u64::from(end), 0, END), 0.5, u32::MAX);
    out.sort_unstable_by_key(|e| (e.bucket, e.token));
    out.dedup_by(|next, kept| {
        let same = next.bucket == kept.bucket;
        if same {
            kept.value = (kept.value + next.value).min(1.0);
        }
        same
    });
}

/// Weighs by rarity and scales to length one.
pub fn weigh(rarity: &[u8], entries: &mut Vec<Entry>) {
    let mut square = 0.0f64;
    entries.retain_mut(|e| {
        let rare = rarity[e.bucket as usize];
        e.value *= f32::from(rare) / 16.0;
        square += f64::from(e.value) * f64::from(e.value);
        rare > 0
    });
    let scale = if square > 0.0 { (1.0 / square.sqrt()) as f32 } else { 0.0 };
    entries.iter_mut().for_each(|e| e.value *= scale);
}

fn squash(x: f32) -> f32 {
    x / (1.0 + x.abs())
}

/// The highest value and the one after it.
fn best_two(values: impl Iterator<Item = f32>) -> (f32, f32) {
    values.fold((f32::NEG_INFINITY, f32::NEG_INFINITY), |(best, second), value| {
        if value > best { (value, best) } else { (best, second.max(value)) }
    })
}

/// The highest value of the others, seen from one of them.
fn without(own: f32, (best, second): (f32, f32)) -> f32 {
    if own >= best { second } else { best }
}

/// What the second layer sees: for each piece a row of [`EVIDENCE`] values per question. Pieces from `ordered` on stand
/// in no order, which is so for a part of the training texts: lists are looked for before it alone.
pub fn evidence_rows(text: &str, pieces: &[Piece], ordered: usize, scores: &[Scores]) -> Vec<f32> {
    let n = pieces.len();
    let mut lead = leads(text, &pieces[..ordered]);
    lead.resize(n, None);
    let mut items: Vec<Vec<usize>> = vec![Vec::new(); n];
    for (i, of) in lead.iter().enumerate() {
        if let Some(of) = of {
            items[*of].push(i);
        }
    }
    let mut out = vec![0.0; n * QUESTIONS * EVIDENCE];
    for q in 0..QUESTIONS {
        let (best, second) = best_two(scores.iter().map(|s| s[q]));
        let of_list: Vec<(f32, f32)> = items.iter().map(|of| best_two(of.iter().map(|k| scores[*k][q]))).collect();
        for i in 0..n {
            let row = &mut out[(i * QUESTIONS + q) * EVIDENCE..][..EVIDENCE];
            let own = scores[i][q];
            row[0] = own;
            row[1] = squash(3.0 * own);
            if !items[i].is_empty() {
                let below = of_list[i].0;
                (row[2], row[4], row[6]) = (below, 1.0, squash(below));
            }
            if let Some(of) = lead[i] {
                let above = scores[of][q];
                let beside = without(own, of_list[of]).max(-1.0);
                (row[3], row[5], row[7], row[8]) = (above, 1.0, squash(above), beside);
            }
            let others = without(own, (best, second)).max(-2.0);
            row[9] = others;
            row[10] = (own - others).max(0.0);
            row[11] = ((1 + pieces[i].1 - pieces[i].0) as f32).ln() / 6.0;
            for (slot, score) in row[OF_PIECE..].iter_mut().zip(&scores[i][..QUESTIONS]) {
                *slot = 0.5 * score;
            }
            row[EVIDENCE - 1] = 1.0;
        }
    }
    out
}

/// What the third layer sees of a document for one question: `found` holds for each piece how sure it's evidence, as a
/// logit, and how far it says no.
pub fn answer_row(found: &[(f32, f32)]) -> [f32; ANSWER] {
    let mut order: Vec<usize> = (0..found.len()).collect();
    order.sort_by(|a, b| found[*b].0.total_cmp(&found[*a].0).then(a.cmp(b)));
    let sure = |i: usize| 1.0 / (1.0 + (-f64::from(found[i].0)).exp());
    let logit = |k: usize| order.get(k).map_or(-8.0, |i| found[*i].0.clamp(-8.0, 8.0));
    let none: f64 = (0..found.len()).map(|i| 1.0 - 0.999 * sure(i)).product();
    let (mut sum, mut against) = (0.0, 0.0);
    for (i, (_, no)) in found.iter().enumerate() {
        sum += sure(i);
        against += sure(i) * f64::from(*no);
    }
    let top = &order[..order.len().min(3)];
    let of_top: f64 = top.iter().map(|i| sure(*i)).sum();
    let top_against: f64 = top.iter().map(|i| sure(*i) * f64::from(found[*i].1)).sum();
    let most = |fold: fn(f32, f32) -> f32| top.iter().map(|i| found[*i].1).reduce(fold).unwrap_or(0.0);
    [
        logit(0),
        logit(1),
        logit(2),
        (1.001 - none).ln() as f32,
        (sum + 0.01).ln() as f32,
        // A section of another contract is shorter than any agreement that taught.
        (found.len().clamp(30, 200) as f32).ln(),
        top.first().map_or(0.0, |i| found[*i].1),
        (against / (sum + 1e-9)) as f32,
        most(f32::max),
        most(f32::min),
        (top_against / (of_top + 1e-9)) as f32,
        1.0,
    ]
}

fn dot(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

/// What the model says of a document.
pub struct Judged {
    pub scores: Vec<Scores>,
    /// For each piece and question, the logit that it's evidence.
    pub evidence: Vec<[f32; QUESTIONS]>,
    /// For each question, the probabilities of yes, no, not mentioned.
    pub answers: [[f32; ANSWERS]; QUESTIONS],
}

impl Model {
    /// The first layer's scores of a piece.
    pub fn scores(&self, text: &str, pieces: &[Piece]) -> Vec<Scores> {
        let (mut tokens, mut entries) = (Vec::new(), Vec::new());
        let one = |piece: &Piece| {
            words(text, *piece, &mut tokens, &mut entries);
            weigh(&self.rarity, &mut entries);
            self.first.score(&entries)
        };
        pieces.iter().map(one).collect()
    }

    /// The second layer's logits.
    pub fn evidence(&self, rows: &[f32]) -> Vec<[f32; QUESTIONS]> {
        let one = |piece: &[f32]| {
            let mut out = [0.0; QUESTIONS];
            for (q, row) in piece.chunks_exact(EVIDENCE).enumerate() {
                out[q] = dot(row, &self.evidence[q * EVIDENCE..][..EVIDENCE]);
            }
            out
        };
        rows.chunks_exact(QUESTIONS * EVIDENCE).map(one).collect()
    }

    /// The third layer's probabilities.
    pub fn answer(&self, question: usize, row: &[f32; ANSWER]) -> [f32; ANSWERS] {
        let weights = &self.answers[question * ANSWERS * ANSWER..][..ANSWERS * ANSWER];
        softmax([0, 1, 2].map(|a| dot(row, &weights[a * ANSWER..][..ANSWER])))
    }

    /// All layers over a text's pieces, which stand in their order.
    pub fn judge(&self, text: &str, pieces: &[Piece]) -> Judged {
        let scores = self.scores(text, pieces);
        let evidence = self.evidence(&evidence_rows(text, pieces, pieces.len(), &scores));
        let mut answers = [[0.0; ANSWERS]; QUESTIONS];
        for (q, slot) in answers.iter_mut().enumerate() {
            let found: Vec<(f32, f32)> = evidence.iter().zip(&scores).map(|(e, s)| (e[q], s[QUESTIONS + q])).collect();
            *slot = self.answer(q, &answer_row(&found));
        }
        Judged { scores, evidence, answers }
    }

    /// How much each word of a piece speaks for a label of the first layer.
    pub fn by_word(&self, text: &str, piece: Piece, label: usize) -> (Vec<Token>, Vec<f32>) {
        let (mut tokens, mut entries) = (Vec::new(), Vec::new());
        words(text, piece, &mut tokens, &mut entries);
        weigh(&self.rarity, &mut entries);
        let bias = self.first.score(&[])[label];
        let mut out = vec![0.0; tokens.len()];
        for entry in entries {
            if let Some(slot) = out.get_mut(entry.token as usize) {
                *slot += self.first.score(&[entry])[label] - bias;
            }
        }
        (tokens, out)
    }
}

/// Probabilities from logits, to three places so that machines agree.
pub fn softmax(logits: [f32; ANSWERS]) -> [f32; ANSWERS] {
    let top = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let raised = logits.map(|l| f64::from(l - top).exp());
    let sum: f64 = raised.iter().sum();
    raised.map(|r| ((r / sum * 1000.0).round() / 1000.0) as f32)
}
