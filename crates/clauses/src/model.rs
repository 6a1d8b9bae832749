//! The shipped model: two layers of sparse linear functions.
//!
//! The first layer looks at the words of a clause and its headings. The second weighs those scores with the
//! scores of the neighbours, the section and the document, and gives a calibrated probability. `xtask train`
//! writes the file; `docs/models/clauses.md` says from what.

use crate::features::{self, BUCKETS, Document, Entry, Feature, Unit};
use crate::reading::{Clause, TopicHit};
use crate::{Attributes, Topic, rules};
use std::sync::LazyLock;

/// Number of topics.
pub const TOPICS: usize = Topic::ALL.len();
/// Groups of first-layer scores that the second layer sees.
pub const GROUPS: usize = 8;
/// Length of the second layer's input: the groups, four marks of form and a constant.
pub const DENSE: usize = GROUPS * TOPICS + 5;
const MAGIC: &[u8; 8] = b"CSCLAU01";

/// The first layer: weights by bucket.
#[derive(Clone, Debug, Default)]
pub struct First {
    /// `offsets[b]..offsets[b + 1]` are the entries of bucket `b`.
    offsets: Vec<u32>,
    entries: Vec<(u8, f32)>,
    bias: Vec<f32>,
}

/// A weight as it's stored: bucket, topic, eighth-bit steps of the topic's scale.
pub type Stored = (u32, u8, i8);

impl First {
    /// Builds the lookup from stored weights sorted by bucket.
    pub fn new(stored: &[Stored], scale: &[f32], bias: &[f32]) -> First {
        let rows = BUCKETS + rules::shipped().rules.len() + 1;
        let mut offsets = vec![0u32; rows + 1];
        for (bucket, _, _) in stored {
            offsets[*bucket as usize + 1] += 1;
        }
        for i in 0..rows {
            offsets[i + 1] += offsets[i];
        }
        let entries = stored.iter().map(|(_, t, w)| (*t, f32::from(*w) * scale[usize::from(*t)])).collect();
        First { offsets, entries, bias: bias.to_vec() }
    }

    fn of(&self, bucket: u32) -> &[(u8, f32)] {
        let b = bucket as usize;
        &self.entries[self.offsets[b] as usize..self.offsets[b + 1] as usize]
    }

    /// The margin of every topic.
    pub fn score(&self, vector: &[Entry]) -> [f32; TOPICS] {
        let mut out = [0.0; TOPICS];
        out.copy_from_slice(&self.bias);
        for e in vector {
            for (topic, weight) in self.of(e.bucket) {
                out[usize::from(*topic)] += weight * e.value;
            }
        }
        out
    }
}

/// The second layer and the thresholds.
#[derive(Clone, Debug, Default)]
pub struct Second {
    /// One row of [`DENSE`] weights per topic.
    pub weights: Vec<f32>,
    /// Logit from which a clause is returned.
    pub threshold: Vec<f32>,
    /// Logit from which the best clause of a document is returned though none passes the threshold.
    pub presence: Vec<f32>,
}

/// Both layers and the rarity of buckets.
#[derive(Clone, Debug)]
pub struct Model {
    pub rarity: Vec<u8>,
    pub first: First,
    pub second: Second,
}

static SHIPPED: LazyLock<Model> =
    LazyLock::new(|| Model::parse(include_bytes!("../model/clauses.bin")).unwrap_or_else(Model::untrained));

/// The model that ships with the program.
pub fn shipped() -> &'static Model {
    &SHIPPED
}

/// Everything the file holds, before it's laid out for reading.
#[derive(Clone, Debug, Default)]
pub struct Parts {
    pub rarity: Vec<u8>,
    pub stored: Vec<Stored>,
    pub scale: Vec<f32>,
    pub bias: Vec<f32>,
    pub second: Second,
}

impl Parts {
    /// The bytes of the model file; little endian throughout.
    pub fn bytes(&self) -> Vec<u8> {
        let mut out = MAGIC.to_vec();
        out.extend((rules::shipped().rules.len() as u32).to_le_bytes());
        out.extend((self.stored.len() as u32).to_le_bytes());
        // Runs of zeros dominate the rarity table; a run is written as zero and its length.
        let mut i = 0;
        while i < self.rarity.len() {
            let run = self.rarity[i..].iter().take(255).take_while(|r| **r == 0).count();
            if run > 0 {
                out.extend([0, run as u8]);
                i += run;
            } else {
                out.push(self.rarity[i]);
                i += 1;
            }
        }
        for floats in [&self.scale, &self.bias, &self.second.weights, &self.second.threshold, &self.second.presence] {
            out.extend(floats.iter().flat_map(|f| f.to_le_bytes()));
        }
        let mut last = 0;
        for (bucket, topic, weight) in &self.stored {
            let step = bucket - last;
            last = *bucket;
            out.extend((step as u16).to_le_bytes());
            out.extend([(step >> 16) as u8, *topic, *weight as u8]);
        }
        out
    }
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, n: usize) -> Option<&'a [u8]> {
        let (head, tail) = self.0.split_at_checked(n)?;
        self.0 = tail;
        Some(head)
    }
    fn number(&mut self) -> Option<u32> {
        Some(u32::from_le_bytes(self.take(4)?.try_into().ok()?))
    }
    fn floats(&mut self, n: usize) -> Option<Vec<f32>> {
        Some(self.take(n * 4)?.as_chunks::<4>().0.iter().map(|c| f32::from_le_bytes(*c)).collect())
    }
}

impl Model {
    pub fn from_parts(parts: &Parts) -> Model {
        Model {
            rarity: parts.rarity.clone(),
            first: First::new(&parts.stored, &parts.scale, &parts.bias),
            second: parts.second.clone(),
        }
    }

    /// Reads a model file; `None` when it isn't one, or belongs to another set of rules.
    pub fn parse(bytes: &[u8]) -> Option<Model> {
        let mut r = Reader(bytes);
        if r.take(8)? != MAGIC || r.number()? as usize != rules::shipped().rules.len() {
            return None;
        }
        let count = r.number()? as usize;
        let mut rarity = Vec::with_capacity(BUCKETS);
        while rarity.len() < BUCKETS {
            match r.take(1)?[0] {
                0 => {
                    let run = usize::from(r.take(1)?[0]);
                    rarity.resize(rarity.len() + run, 0);
                }
                value => rarity.push(value),
            }
        }
        let scale = r.floats(TOPICS)?;
        let bias = r.floats(TOPICS)?;
        let weights = r.floats(TOPICS * DENSE)?;
        let threshold = r.floats(TOPICS)?;
        let presence = r.floats(TOPICS)?;
        let mut stored = Vec::with_capacity(count);
        let mut bucket = 0u32;
        for _ in 0..count {
            let b = r.take(5)?;
            bucket += u32::from(b[0]) | u32::from(b[1]) << 8 | u32::from(b[2]) << 16;
            if bucket as usize >= BUCKETS + rules::shipped().rules.len() || usize::from(b[3]) >= TOPICS {
                return None;
            }
            stored.push((bucket, b[3], b[4] as i8));
        }
        let second = Second { weights, threshold, presence };
        Some(Model::from_parts(&Parts { rarity, stored, scale, bias, second }))
    }

    /// A model in which every topic follows its rules alone; what training starts from.
    pub fn untrained() -> Model {
        let mut stored: Vec<Stored> = rules::shipped()
            .rules
            .iter()
            .enumerate()
            .map(|(i, r)| ((BUCKETS + i) as u32, r.topic.index() as u8, 100))
            .collect();
        stored.sort_unstable();
        let mut weights = vec![0.0; TOPICS * DENSE];
        for t in 0..TOPICS {
            weights[t * DENSE + TOPICS + t] = 2.0;
        }
        let second = Second { weights, threshold: vec![0.0; TOPICS], presence: vec![0.0; TOPICS] };
        let first = First::new(&stored, &[0.1; TOPICS], &[-1.0; TOPICS]);
        Model { rarity: vec![16; BUCKETS], first, second }
    }

    /// First-layer margins of every clause.
    pub fn margins(first: &First, rarity: &[u8], document: &Document) -> Vec<[f32; TOPICS]> {
        let mut scratch: Vec<Feature> = Vec::new();
        let mut vector = Vec::new();
        document
            .units
            .iter()
            .map(|u| {
                features::vector(u, rarity, &mut scratch, &mut vector);
                first.score(&vector)
            })
            .collect()
    }

    /// Logits of every clause.
    pub fn logits(&self, document: &Document, clauses: &[Clause], text: &str) -> Vec<[f32; TOPICS]> {
        let margins = Model::margins(&self.first, &self.rarity, document);
        dense(&margins, clauses, text)
            .iter()
            .map(|row| {
                let mut out = [0.0; TOPICS];
                for (t, slot) in out.iter_mut().enumerate() {
                    let weights = &self.second.weights[t * DENSE..(t + 1) * DENSE];
                    *slot = row.iter().zip(weights).map(|(x, w)| x * w).sum();
                }
                out
            })
            .collect()
    }

    /// Writes the topics into the clauses; gives back the highest probability of each topic.
    pub fn mark(&self, text: &str, document: &Document, clauses: &mut [Clause]) -> Vec<f32> {
        let logits = self.logits(document, clauses, text);
        for (i, t) in chosen(&logits, &self.second) {
            let logit = logits[i][t];
            let topic = Topic::ALL[t];
            clauses[i].topics.push(TopicHit {
                topic,
                score: probability(logit),
                unsure: logit < self.second.threshold[t] + 0.7,
                why: self.why(text, &document.units[i], t),
                attributes: Attributes::default(),
            });
        }
        let peak = |t: usize| logits.iter().map(|row| row[t]).fold(f32::NEG_INFINITY, f32::max);
        (0..TOPICS).map(|t| probability(peak(t))).collect()
    }

    /// The words of the clause and the rules that spoke most for a topic.
    fn why(&self, text: &str, unit: &Unit, topic: usize) -> Vec<String> {
        let mut vector = Vec::new();
        features::vector(unit, &self.rarity, &mut Vec::new(), &mut vector);
        let mut rules_out = Vec::new();
        let mut by_token = vec![0.0f32; unit.tokens.len()];
        for e in &vector {
            let weight =
                self.first.of(e.bucket).iter().find(|(t, _)| usize::from(*t) == topic).map_or(0.0, |(_, w)| *w);
            if e.bucket as usize >= BUCKETS {
                if weight > 0.0 {
                    rules_out.push((weight, &rules::shipped().rules[e.bucket as usize - BUCKETS].name));
                }
            } else if let Some(slot) = by_token.get_mut(e.token as usize) {
                *slot += weight * e.value;
            }
        }
        let mut order: Vec<usize> = (0..by_token.len()).filter(|i| by_token[*i] > 0.0).collect();
        order.sort_by(|a, b| by_token[*b].total_cmp(&by_token[*a]).then(a.cmp(b)));
        order.truncate(5);
        order.sort_unstable();
        let mut words: Vec<(usize, usize)> = Vec::new();
        for i in order {
            match words.last_mut() {
                Some((_, last)) if *last + 1 == i => *last = i,
                _ => words.push((i, i)),
            }
        }
        rules_out.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(b.1)));
        let mut out: Vec<String> = rules_out.into_iter().take(2).map(|(_, n)| format!("rule: {n}")).collect();
        out.extend(words.iter().filter_map(|(a, b)| {
            let slice = text.get(unit.tokens[*a].start as usize..unit.tokens[*b].end as usize)?;
            Some(slice.split_whitespace().collect::<Vec<_>>().join(" "))
        }));
        out
    }
}

/// (clause, topic) pairs to return, by clause.
pub fn chosen(logits: &[[f32; TOPICS]], second: &Second) -> Vec<(usize, usize)> {
    let mut out = Vec::new();
    for t in 0..TOPICS {
        let before = out.len();
        out.extend((0..logits.len()).filter(|i| logits[*i][t] >= second.threshold[t]).map(|i| (i, t)));
        if out.len() == before {
            let best = (0..logits.len()).max_by(|a, b| logits[*a][t].total_cmp(&logits[*b][t]).then(b.cmp(a)));
            out.extend(best.filter(|i| logits[*i][t] >= second.presence[t]).map(|i| (i, t)));
        }
    }
    out.sort_unstable();
    out
}

/// A logit as a probability, to three places so that machines agree.
pub fn probability(logit: f32) -> f32 {
    let p = 1.0 / (1.0 + (-f64::from(logit)).exp());
    ((p * 1000.0).round() / 1000.0) as f32
}

fn squash(x: f32) -> f32 {
    x / (1.0 + x.abs())
}

/// The second layer's input for every clause.
pub fn dense(margins: &[[f32; TOPICS]], clauses: &[Clause], text: &str) -> Vec<[f32; DENSE]> {
    let n = margins.len();
    let squashed: Vec<[f32; TOPICS]> = margins.iter().map(|m| m.map(squash)).collect();
    let low = [-1.0f32; TOPICS];
    let mut whole = low;
    for row in &squashed {
        raise(&mut whole, row);
    }
    let endings: Vec<u8> = clauses.iter().map(|c| text.as_bytes()[..c.end].last().copied().unwrap_or(b' ')).collect();
    let mut out = Vec::with_capacity(n);
    let mut lead: Option<usize> = None;
    let mut section_start = 0;
    let mut section = low;
    for i in 0..n {
        if i == section_start {
            let mut end = i + 1;
            while end < n && end - i < 40 && clauses[end].heading == clauses[i].heading {
                end += 1;
            }
            section = low;
            squashed[i..end].iter().for_each(|row| raise(&mut section, row));
            section_start = end;
        }
        if i > 0 && endings[i - 1] == b':' {
            lead = Some(i - 1);
        } else if i > 0 && endings[i - 1] == b'.' && lead.is_some_and(|l| i - l > 1) {
            lead = None;
        }
        let mut row = [0.0f32; DENSE];
        let prev = if i > 0 { &squashed[i - 1] } else { &low };
        let prev2 = if i > 1 { &squashed[i - 2] } else { &low };
        let next = if i + 1 < n { &squashed[i + 1] } else { &low };
        let leader = lead.map_or(&low, |l| &squashed[l]);
        for t in 0..TOPICS {
            row[t] = squashed[i][t];
            row[TOPICS + t] = margins[i][t].clamp(-3.0, 3.0);
            row[2 * TOPICS + t] = prev[t];
            row[3 * TOPICS + t] = prev2[t];
            row[4 * TOPICS + t] = next[t];
            row[5 * TOPICS + t] = leader[t];
            row[6 * TOPICS + t] = section[t];
            row[7 * TOPICS + t] = whole[t];
        }
        let tail = &mut row[GROUPS * TOPICS..];
        tail[0] = f32::from(u8::from(lead.is_some()));
        tail[1] = f32::from(u8::from(endings[i] == b':'));
        tail[2] = f32::from(u8::from(clauses[i].end - clauses[i].start < 120));
        tail[3] = f32::from(u8::from(matches!(endings[i], b';' | b',')));
        tail[4] = 1.0;
        out.push(row);
    }
    out
}

fn raise(top: &mut [f32; TOPICS], row: &[f32; TOPICS]) {
    for (a, b) in top.iter_mut().zip(row) {
        *a = a.max(*b);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_file_is_a_model_for_the_shipped_rules() {
        let bytes = include_bytes!("../model/clauses.bin");
        assert!(Model::parse(bytes).is_some(), "the rules changed: run `cargo xtask train`");
        assert!(bytes.len() < 3_000_000);
    }

    #[test]
    fn damaged_files_are_refused() {
        let bytes = include_bytes!("../model/clauses.bin");
        assert!(Model::parse(&bytes[..bytes.len() - 1]).is_none());
        assert!(Model::parse(&bytes[1..]).is_none());
        assert!(Model::parse(b"").is_none());
    }

    #[test]
    fn probabilities_follow_logits() {
        assert_eq!(probability(0.0), 0.5);
        assert!(probability(-40.0) >= 0.0 && probability(40.0) <= 1.0);
    }
}
