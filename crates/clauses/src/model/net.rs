//! A small network beside the sparse layers: it reads the words in their order and the clauses in theirs.
//!
//! Each word is a point of [`DIM`] numbers. Patterns over three words in a row and over single words look for their best
//! place in a clause; the best values, the mean word, the mean word of the heading, the rules that fired and the form of
//! the clause make a short description of it. A clause is then judged from its own description and those of the
//! clauses around it. Words are known by their hash, so no vocabulary is shipped.
//!
//! Training (`xtask/src/train/net.rs`) runs the same functions forward, so that the two can't drift apart.

use std::{collections::HashMap, sync::OnceLock};

use super::TOPICS;
use crate::{
    features::{Document, Unit},
    reading::Clause,
    rules,
};

/// Numbers per word.
pub const DIM: usize = 64;
/// Patterns over three words in a row.
pub const TRIPLES: usize = 128;
/// Patterns over one word.
pub const SINGLES: usize = 64;
/// What a word adds to every pattern: as the one before, the one itself, the one behind, and alone.
pub const REACH: usize = 3 * TRIPLES + SINGLES;
/// Length of a clause's description.
pub const HIDDEN: usize = 96;
/// Descriptions that a judgement sees: the clause, the one before, the one before that, the next, the strongest of its section.
pub const VIEWS: usize = 5;
const FORM: usize = 6;
/// Words of a clause and of a heading that are read.
const LONGEST: usize = 128;
const LONGEST_HEADING: usize = 12;
/// Clauses below one heading that are looked at together.
const SECTION: usize = 24;
const MAGIC: &[u8; 8] = b"CSCLNET1";

/// Length of what a description is made from.
pub fn seen() -> usize {
    TRIPLES + SINGLES + 2 * DIM + rules::shipped().rules.len() + FORM
}

/// The numbers that training finds. Matrices are stored by input: a row per input, a column per output.
#[derive(Clone, Debug, Default)]
pub struct Weights {
    /// A row per known word; row 0 stands for every other word.
    pub words: Vec<f32>,
    /// [`DIM`] by [`REACH`].
    pub patterns: Vec<f32>,
    /// [`TRIPLES`] and [`SINGLES`].
    pub pattern_bias: Vec<f32>,
    /// [`seen`] by [`HIDDEN`].
    pub describe: Vec<f32>,
    pub describe_bias: Vec<f32>,
    /// [`seen`] by topics: straight from what is seen to the judgement.
    pub straight: Vec<f32>,
    /// [`VIEWS`] descriptions by [`HIDDEN`].
    pub around: Vec<f32>,
    pub around_bias: Vec<f32>,
    /// [`VIEWS`] descriptions by topics.
    pub judge_around: Vec<f32>,
    /// [`HIDDEN`] by topics.
    pub judge: Vec<f32>,
    pub judge_bias: Vec<f32>,
}

/// Number of matrices and biases.
pub const PARTS: usize = 11;

impl Weights {
    /// Nothing but zeros, for so many words.
    pub fn zeros(words: usize) -> Self {
        let mut new = Weights::default();
        let sizes = Self::sizes(words);
        for (part, size) in new.parts_mut().into_iter().zip(sizes) {
            part.resize(size, 0.0);
        }
        new
    }

    /// The length of every part, in the order of [`Weights::parts_mut`].
    pub fn sizes(words: usize) -> [usize; PARTS] {
        [
            (words + 1) * DIM,
            DIM * REACH,
            TRIPLES + SINGLES,
            seen() * HIDDEN,
            HIDDEN,
            seen() * TOPICS,
            VIEWS * HIDDEN * HIDDEN,
            HIDDEN,
            VIEWS * HIDDEN * TOPICS,
            HIDDEN * TOPICS,
            TOPICS,
        ]
    }

    pub fn parts_mut(&mut self) -> [&mut Vec<f32>; PARTS] {
        [
            &mut self.words,
            &mut self.patterns,
            &mut self.pattern_bias,
            &mut self.describe,
            &mut self.describe_bias,
            &mut self.straight,
            &mut self.around,
            &mut self.around_bias,
            &mut self.judge_around,
            &mut self.judge,
            &mut self.judge_bias,
        ]
    }

    pub fn parts(&self) -> [&Vec<f32>; PARTS] {
        [
            &self.words,
            &self.patterns,
            &self.pattern_bias,
            &self.describe,
            &self.describe_bias,
            &self.straight,
            &self.around,
            &self.around_bias,
            &self.judge_around,
            &self.judge,
            &self.judge_bias,
        ]
    }
}

/// The network.
#[derive(Clone, Debug, Default)]
pub struct Net {
    /// Hashes of the known words, in order; the word at `i` has row `i + 1`.
    pub known: Vec<u32>,
    pub weights: Weights,
    /// What each word adds to the patterns, worked out when it's first met.
    reaches: Vec<OnceLock<Box<[f32]>>>,
}

/// What the network is given of a clause.
#[derive(Clone, Debug, Default)]
pub struct Input {
    /// Rows of [`Weights::words`].
    pub words: Vec<u32>,
    pub heading: Vec<u32>,
    /// Rules that fired, then the marks of form, as positions behind the words' part of what is seen.
    pub marks: Vec<u32>,
    /// Number of the run of clauses below one heading.
    pub section: u32,
}

/// The part of a word's hash that is stored.
pub fn short(hash: u64) -> u32 {
    (hash ^ (hash >> 32)) as u32
}

/// Adds `by` times a row to a sum.
#[inline]
pub fn add(sum: &mut [f32], row: &[f32], by: f32) {
    for (s, r) in sum.iter_mut().zip(row) {
        *s += r * by;
    }
}

/// Columns that are summed at a time, so that their sums stay in registers.
const COLUMNS: usize = 32;

/// A vector times a matrix that is stored by input, added to what `out` holds. Each sum is made in the order of the inputs.
pub fn through(input: &[f32], matrix: &[f32], out: &mut [f32]) {
    let width = out.len();
    let mut done = 0;
    while done + COLUMNS <= width {
        let mut sums = [0.0f32; COLUMNS];
        sums.copy_from_slice(&out[done..done + COLUMNS]);
        for (x, row) in input.iter().zip(matrix.chunks_exact(width)) {
            if *x != 0.0
                && let Some(row) = row[done..].first_chunk::<COLUMNS>()
            {
                sums.iter_mut().zip(row).for_each(|(sum, r)| *sum += r * x);
            }
        }
        out[done..done + COLUMNS].copy_from_slice(&sums);
        done += COLUMNS;
    }
    if done < width {
        for (x, row) in input.iter().zip(matrix.chunks_exact(width)) {
            if *x != 0.0 {
                add(&mut out[done..], &row[done..], *x);
            }
        }
    }
}

/// What a word adds to every pattern, from its point.
pub fn reach(point: &[f32], patterns: &[f32], out: &mut [f32]) {
    out.fill(0.0);
    through(point, patterns, out);
}

/// The best value of every pattern over a clause, never below zero, and with `PLACES` the word it was found at.
///
/// `rows` holds what each word of the clause adds to the patterns.
pub fn best<const PLACES: bool>(rows: &[&[f32]], bias: &[f32], values: &mut [f32], places: &mut [u16]) {
    values.fill(f32::NEG_INFINITY);
    let nothing = [0.0f32; TRIPLES];
    let (triples, singles) = values.split_at_mut(TRIPLES);
    for (i, own) in rows.iter().enumerate() {
        let before = if i > 0 { &rows[i - 1][..TRIPLES] } else { &nothing[..] };
        let behind = rows.get(i + 1).map_or(&nothing[..], |row| &row[2 * TRIPLES..3 * TRIPLES]);
        let middle = &own[TRIPLES..2 * TRIPLES];
        let three = before.iter().zip(middle).zip(behind).map(|((a, b), c)| a + b + c);
        for (f, (value, top)) in three.zip(triples.iter_mut()).enumerate() {
            if PLACES && value > *top {
                places[f] = i as u16;
            }
            *top = if value > *top { value } else { *top };
        }
        for (f, (value, top)) in own[3 * TRIPLES..].iter().zip(singles.iter_mut()).enumerate() {
            if PLACES && value > top {
                places[TRIPLES + f] = i as u16;
            }
            *top = if value > top { *value } else { *top };
        }
    }
    for (v, b) in values.iter_mut().zip(bias) {
        *v = (*v + b).max(0.0);
    }
}

/// For every clause and number of its description, the clause of its section where that number is highest.
pub fn peaks(sections: &[u32], described: &[f32]) -> Vec<u32> {
    let n = sections.len();
    let mut out = vec![0u32; n * HIDDEN];
    let mut start = 0;
    while start < n {
        let mut end = start + 1;
        while end < n && sections[end] == sections[start] && end - start < SECTION {
            end += 1;
        }
        let (first, rest) = out[start * HIDDEN..end * HIDDEN].split_at_mut(HIDDEN);
        first.fill(start as u32);
        for i in start + 1..end {
            for (k, top) in first.iter_mut().enumerate() {
                if described[i * HIDDEN + k] > described[*top as usize * HIDDEN + k] {
                    *top = i as u32;
                }
            }
        }
        rest.chunks_exact_mut(HIDDEN).for_each(|row| row.copy_from_slice(first));
        start = end;
    }
    out
}

/// The descriptions that the judgement of clause `i` sees, one behind the other.
pub fn view(i: usize, described: &[f32], peaks: &[u32], out: &mut [f32]) {
    let n = described.len() / HIDDEN;
    out.fill(0.0);
    let neighbours = [Some(i), i.checked_sub(1), i.checked_sub(2), Some(i + 1).filter(|k| *k < n)];
    for (slot, neighbour) in out.chunks_exact_mut(HIDDEN).zip(neighbours) {
        if let Some(k) = neighbour {
            slot.copy_from_slice(&described[k * HIDDEN..(k + 1) * HIDDEN]);
        }
    }
    for (k, slot) in out[4 * HIDDEN..].iter_mut().enumerate() {
        *slot = described[peaks[i * HIDDEN + k] as usize * HIDDEN + k];
    }
}

impl Net {
    pub fn new(known: Vec<u32>, weights: Weights) -> Net {
        let reaches = vec![OnceLock::new(); known.len() + 1];
        Net { known, weights, reaches }
    }

    /// The row of a word.
    fn row(&self, hash: u64) -> u32 {
        self.known.binary_search(&short(hash)).map_or(0, |i| i as u32 + 1)
    }

    /// What the network is given of every clause.
    pub fn inputs(&self, document: &Document, clauses: &[Clause], text: &str) -> Vec<Input> {
        let mut rows: HashMap<u64, u32> = HashMap::new();
        let mut row = |hash: u64| *rows.entry(hash).or_insert_with(|| self.row(hash));
        let mut section = 0;
        let rules = rules::shipped().rules.len() as u32;
        let mut out: Vec<Input> = Vec::with_capacity(clauses.len());
        for (i, (unit, clause)) in document.units.iter().zip(clauses).enumerate() {
            section += u32::from(i > 0 && clauses[i - 1].heading != clause.heading);
            let mut marks: Vec<u32> = unit.fired.iter().map(|f| u32::from(f.0)).collect();
            marks.extend(form(unit, clause, text, i).map(|k| rules + k));
            marks.sort_unstable();
            marks.dedup();
            out.push(Input {
                words: unit.tokens.iter().take(LONGEST).map(|t| row(t.hash)).collect(),
                heading: unit.heading().iter().take(LONGEST_HEADING).map(|h| row(*h)).collect(),
                marks,
                section,
            });
        }
        out
    }

    /// Logits of every topic for every clause.
    pub fn logits(&self, inputs: &[Input]) -> Vec<[f32; TOPICS]> {
        let w = &self.weights;
        let mut values = [0.0; TRIPLES + SINGLES];
        let mut sight = vec![0.0; seen()];
        let mut described = vec![0.0; inputs.len() * HIDDEN];
        let mut out = vec![[0.0; TOPICS]; inputs.len()];
        for ((input, described), out) in inputs.iter().zip(described.chunks_exact_mut(HIDDEN)).zip(&mut out) {
            let rows: Vec<&[f32]> = input.words.iter().map(|word| self.reach(*word)).collect();
            best::<false>(&rows, &w.pattern_bias, &mut values, &mut []);
            self.see(input, &values, |word| self.point(word), &mut sight);
            described.copy_from_slice(&w.describe_bias);
            through(&sight, &w.describe, described);
            described.iter_mut().for_each(|d| *d = d.max(0.0));
            out.copy_from_slice(&w.judge_bias);
            through(&sight, &w.straight, out);
        }
        let sections: Vec<u32> = inputs.iter().map(|i| i.section).collect();
        let peaks = peaks(&sections, &described);
        let mut view_of = vec![0.0; VIEWS * HIDDEN];
        let mut middle = [0.0; HIDDEN];
        for (i, out) in out.iter_mut().enumerate() {
            view(i, &described, &peaks, &mut view_of);
            middle.copy_from_slice(&w.around_bias);
            through(&view_of, &w.around, &mut middle);
            middle.iter_mut().for_each(|m| *m = m.max(0.0));
            through(&view_of, &w.judge_around, out);
            through(&middle, &w.judge, out);
        }
        out
    }

    fn reach(&self, word: u32) -> &[f32] {
        self.reaches[word as usize].get_or_init(|| {
            let mut row = vec![0.0; REACH];
            reach(self.point(word), &self.weights.patterns, &mut row);
            row.into_boxed_slice()
        })
    }

    fn point(&self, word: u32) -> &[f32] {
        &self.weights.words[word as usize * DIM..(word as usize + 1) * DIM]
    }

    /// What a description is made from: best patterns, mean word, mean word of the heading, rules and form.
    pub fn see<'a>(&self, input: &Input, values: &[f32], point: impl Fn(u32) -> &'a [f32], sight: &mut [f32]) {
        sight.fill(0.0);
        sight[..values.len()].copy_from_slice(values);
        let mut from = values.len();
        for words in [&input.words, &input.heading] {
            let share = 1.0 / words.len().max(1) as f32;
            words.iter().for_each(|word| add(&mut sight[from..from + DIM], point(*word), share));
            from += DIM;
        }
        input.marks.iter().for_each(|mark| sight[from + *mark as usize] = 1.0);
    }

    /// The bytes of the file: word points in steps of 8 bits, everything else in steps of 16.
    pub fn bytes(&self) -> Vec<u8> {
        let mut out = MAGIC.to_vec();
        out.extend((rules::shipped().rules.len() as u32).to_le_bytes());
        out.extend((self.known.len() as u32).to_le_bytes());
        out.extend(self.known.iter().flat_map(|h| h.to_le_bytes()));
        for (k, part) in self.weights.parts().into_iter().enumerate() {
            let top = part.iter().fold(0.0f32, |top, x| top.max(x.abs())).max(1e-9);
            let steps = if k == 0 { 127.0 } else { 32767.0 };
            let step = top / steps;
            out.extend(step.to_le_bytes());
            for x in part {
                let n = (x / step).round();
                if k == 0 { out.push(n as i8 as u8) } else { out.extend((n as i16).to_le_bytes()) }
            }
        }
        out
    }

    /// Reads a file; `None` when it isn't one, or belongs to another set of rules.
    pub fn parse(bytes: &[u8]) -> Option<Net> {
        let mut r = super::file::Reader(bytes);
        if r.take(8)? != MAGIC || r.number()? as usize != rules::shipped().rules.len() {
            return None;
        }
        let count = r.number()? as usize;
        let known = r.take(count * 4)?.as_chunks::<4>().0.iter().map(|c| u32::from_le_bytes(*c)).collect();
        let mut weights = Weights::default();
        for (k, (part, size)) in weights.parts_mut().into_iter().zip(Weights::sizes(count)).enumerate() {
            let step = r.floats(1)?[0];
            *part = if k == 0 {
                r.take(size)?.iter().map(|b| f32::from(*b as i8) * step).collect()
            } else {
                r.take(size * 2)?.as_chunks::<2>().0.iter().map(|c| f32::from(i16::from_le_bytes(*c)) * step).collect()
            };
        }
        r.0.is_empty().then(|| Net::new(known, weights))
    }
}

/// Marks of form: how the clause ends, that it's short, stands at the start or is in capitals.
fn form(unit: &Unit, clause: &Clause, text: &str, i: usize) -> impl Iterator<Item = u32> {
    let body = text[clause.start..clause.end].trim_end();
    let last = body.bytes().last().unwrap_or(b' ');
    let marks = [last == b':', matches!(last, b';' | b','), last == b'.', body.len() < 120, i < 3, unit.in_capitals()];
    marks.into_iter().enumerate().filter(|(_, is)| *is).map(|(k, _)| k as u32)
}
