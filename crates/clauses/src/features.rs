//! Turns clauses into sparse vectors. Training and reading share this file, so they can't drift apart.
//!
//! Words are hashed and never stored: no vocabulary of the training texts is shipped with the program.

use crate::reading::Clause;
use crate::rules::{self, Symbols};

/// Buckets for hashed words; rule features follow behind them.
pub const BUCKETS: usize = 1 << 19;
pub(crate) const OWN: u64 = 0x51;
pub(crate) const PAIR: u64 = 0x9d;
pub(crate) const SKIP: u64 = 0x1b;
const HEADING: u64 = 0x77;
const PARENT: u64 = 0xe3;
const SHAPE: u64 = 0x2f;
pub(crate) const START: u64 = 0x6b;

/// A word of the text.
#[derive(Clone, Copy, Debug)]
pub struct Token {
    pub start: u32,
    pub end: u32,
    /// Hash of the lower-cased, lightly stemmed word.
    pub hash: u64,
    /// Which words of the rules it is (0: none); a word can be one exact word and two beginnings at once.
    pub symbols: [u16; 3],
}

/// A clause with its words and the rules that fire in it.
#[derive(Clone, Debug, Default)]
pub struct Unit {
    pub tokens: Vec<Token>,
    /// Rule number and the words it matched, as byte offsets.
    pub fired: Vec<(u16, u32, u32)>,
    heading: Vec<u64>,
    parent: Vec<u64>,
    shape: [u8; 3],
}

/// All clauses of a document, ready for the model.
#[derive(Clone, Debug, Default)]
pub struct Document {
    pub units: Vec<Unit>,
}

/// A feature, its value before weighting by rarity, and the token it came from (`u32::MAX` when none).
#[derive(Clone, Copy, Debug)]
pub struct Feature {
    pub bucket: u32,
    pub value: f32,
    pub token: u32,
}

impl Unit {
    /// Hashes of the words of its heading.
    pub(crate) fn heading(&self) -> &[u64] {
        &self.heading
    }

    pub(crate) fn in_capitals(&self) -> bool {
        self.shape[1] == 1
    }
}

impl Document {
    pub fn new(text: &str, clauses: &[Clause]) -> Document {
        let rules = rules::shipped();
        let mut units = Vec::with_capacity(clauses.len());
        let mut parent: Vec<u64> = Vec::new();
        let mut heading_text: Option<&str> = None;
        let mut heading: Vec<u64> = Vec::new();
        for clause in clauses {
            if clause.heading.as_deref() != heading_text {
                heading_text = clause.heading.as_deref();
                heading = words(heading_text.unwrap_or(""));
            }
            if clause.level <= 1 {
                parent.clone_from(&heading);
            }
            let mut tokens = Vec::new();
            tokenise(text, clause.start, clause.end, rules.symbols(), &mut tokens);
            let fired = rules.fire(&tokens);
            let body = &text[clause.start..clause.end];
            let letters = body.bytes().filter(u8::is_ascii_alphabetic).count().max(1);
            let upper = body.bytes().filter(u8::is_ascii_uppercase).count();
            let shape = [
                tokens.len().ilog2_or_zero(),
                if upper * 2 > letters { 1 } else { 0 },
                match body.bytes().last() {
                    Some(b'.') => 1,
                    Some(b';') => 2,
                    Some(b':') => 3,
                    _ => 0,
                },
            ];
            units.push(Unit { tokens, fired, heading: heading.clone(), parent: parent.clone(), shape });
        }
        Document { units }
    }
}

trait Log2 {
    fn ilog2_or_zero(self) -> u8;
}
impl Log2 for usize {
    fn ilog2_or_zero(self) -> u8 {
        if self == 0 { 0 } else { self.ilog2() as u8 }
    }
}

fn words(text: &str) -> Vec<u64> {
    let mut tokens = Vec::new();
    tokenise(text, 0, text.len(), rules::shipped().symbols(), &mut tokens);
    tokens.iter().map(|t| t.hash).collect()
}

/// Splits into words of letters and digits; a genitive s is dropped, numbers become one token.
pub(crate) fn tokenise(text: &str, from: usize, to: usize, symbols: &Symbols, out: &mut Vec<Token>) {
    let mut word = [0u8; 24];
    let mut len = 0usize;
    let mut start = from;
    let mut digits = true;
    let bytes = text.as_bytes();
    let mut i = from;
    loop {
        let b = if i < to { bytes[i] } else { b' ' };
        let part = b.is_ascii_alphanumeric() || b >= 0xc3 && b != 0xe2 || (0x80..0xc0).contains(&b) && len > 0;
        if part {
            if len == 0 {
                start = i;
                digits = true;
            }
            digits &= b.is_ascii_digit();
            if len < word.len() {
                word[len] = b.to_ascii_lowercase();
            }
            len += 1;
            i += 1;
            continue;
        }
        if len > 0 {
            let slice = &word[..len.min(word.len())];
            let genitive = slice == b"s" && start > from && matches!(bytes[start - 1], b'\'' | 0x99);
            if !genitive {
                let hash = if digits { if len == 4 { 0x4444 } else { 0x3333 } } else { fnv(stem(slice)) };
                out.push(Token { start: start as u32, end: i as u32, hash, symbols: symbols.of(slice, digits) });
            }
            len = 0;
        }
        if i >= to {
            break;
        }
        // Some agreements come as Markdown with HTML tags; their names are no words of the contract.
        if b == b'<' && bytes.get(i + 1).is_some_and(|n| n.is_ascii_alphabetic() || *n == b'/') {
            let reach = &bytes[i..to.min(i + 200)];
            if let Some(close) = reach.iter().position(|c| *c == b'>') {
                i += close + 1;
                continue;
            }
        }
        // A typographic apostrophe, quote or dash is three bytes; a word never starts inside it.
        i += if b == 0xe2 { 3 } else { 1 };
        i = i.min(to);
    }
}

/// Cuts the commonest endings, so that "notifies", "notify" and "notified" share a feature.
fn stem(word: &[u8]) -> &[u8] {
    let n = word.len();
    if (n >= 6 && word.ends_with(b"ies")) || (n >= 7 && (word.ends_with(b"ing") || word.ends_with(b"ied"))) {
        &word[..n - 3]
    } else if n >= 6 && word.ends_with(b"ed") {
        &word[..n - 2]
    } else if n >= 6 && (word.ends_with(b"y") || word.ends_with(b"e")) {
        &word[..n - 1]
    } else if n >= 7 && word.ends_with(b"es") {
        &word[..n - 2]
    } else if n >= 4 && word.ends_with(b"s") && !word.ends_with(b"ss") {
        &word[..n - 1]
    } else {
        word
    }
}

fn fnv(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |h, b| (h ^ u64::from(*b)).wrapping_mul(0x0100_0000_01b3))
}

fn mix(a: u64, b: u64, tag: u64) -> u32 {
    bucket(a, b, tag, BUCKETS)
}

/// Where two hashes of words and the kind of feature that they make up go, of `buckets` buckets. Both models share it:
/// a change needs both trained anew.
pub(crate) fn bucket(a: u64, b: u64, tag: u64, buckets: usize) -> u32 {
    let mut h = a.wrapping_mul(0x9e37_79b9_7f4a_7c15)
        ^ b.rotate_left(23).wrapping_mul(0xc2b2_ae3d_27d4_eb4f)
        ^ tag.wrapping_mul(0x1656_67b1_9e37_79f9);
    h ^= h >> 31;
    h = h.wrapping_mul(0x94d0_49bb_1331_11eb);
    h ^= h >> 29;
    (h % buckets as u64) as u32
}

/// The features of one unit. The same bucket may occur twice; [`vector`] merges.
pub fn features(unit: &Unit, out: &mut Vec<Feature>) {
    out.clear();
    let none = u32::MAX;
    let mut before = START;
    let mut before2 = START;
    for (i, token) in unit.tokens.iter().enumerate() {
        let i = i as u32;
        out.push(Feature { bucket: mix(token.hash, 0, OWN), value: 1.0, token: i });
        out.push(Feature { bucket: mix(before, token.hash, PAIR), value: 1.0, token: i });
        out.push(Feature { bucket: mix(before2, token.hash, SKIP), value: 0.5, token: i });
        before2 = before;
        before = token.hash;
    }
    for h in &unit.heading {
        out.push(Feature { bucket: mix(*h, 0, HEADING), value: 1.0, token: none });
    }
    for h in &unit.parent {
        out.push(Feature { bucket: mix(*h, 0, PARENT), value: 0.7, token: none });
    }
    for (k, s) in unit.shape.iter().enumerate() {
        out.push(Feature { bucket: mix(k as u64, u64::from(*s), SHAPE), value: 0.5, token: none });
    }
}

/// One entry of a vector that is ready for a dot product.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    pub bucket: u32,
    pub value: f32,
    /// The token that the entry came from, `u32::MAX` for headings, shapes and rules.
    pub token: u32,
}

/// The weight of a rule that fires, beside a text vector of length one.
pub const RULE: f32 = 0.45;

/// The unit's vector: repeated buckets merged, weighted by rarity, scaled to length one, then the rules.
pub fn vector(unit: &Unit, rarity: &[u8], scratch: &mut Vec<Feature>, out: &mut Vec<Entry>) {
    features(unit, scratch);
    scratch.sort_unstable_by_key(|f| (f.bucket, f.token));
    scratch.dedup_by_key(|f| f.bucket);
    out.clear();
    let mut square = 0.0f64;
    for f in scratch.iter() {
        let r = rarity[f.bucket as usize];
        if r == 0 {
            continue;
        }
        let value = f.value * f32::from(r) / 16.0;
        square += f64::from(value) * f64::from(value);
        out.push(Entry { bucket: f.bucket, value, token: f.token });
    }
    let scale = if square > 0.0 { (1.0 / square.sqrt()) as f32 } else { 0.0 };
    for e in out.iter_mut() {
        e.value *= scale;
    }
    for (rule, _, _) in &unit.fired {
        out.push(Entry { bucket: BUCKETS as u32 + u32::from(*rule), value: RULE, token: u32::MAX });
    }
}
