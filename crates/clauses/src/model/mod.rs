//! The shipped models: two layers of sparse linear functions over the same words.
//!
//! For the topics a small network reads the same clauses in another way, and the two are joined.
//! The first layer looks at the words of a clause and its headings. The second weighs those scores with the
//! scores of the neighbours, the section and the document, and gives a calibrated probability. One model knows the
//! topics of a security and legal review, the other the categories of the Contract Understanding Atticus Dataset.
//! `xtask train` writes the files; `docs/models/clauses.md` says from what.

mod file;
pub mod net;
mod second;

use std::sync::LazyLock;

use crate::{
    Attributes, Category, Topic,
    features::{self, BUCKETS, Document, Entry, Unit},
    reading::{CategoryHit, Clause, TopicHit},
    rules,
};

pub use file::{Parts, Stored, rarity_bytes};
pub use second::{GROUPS, Second, dense, width};

use net::Net;

/// Number of topics.
pub const TOPICS: usize = Topic::ALL.len();
/// Number of categories.
pub const CATEGORIES: usize = Category::ALL.len();

/// The first layer: weights by bucket for `N` labels.
#[derive(Clone, Debug, Default)]
pub struct First<const N: usize> {
    /// `offsets[b]..offsets[b + 1]` are the entries of bucket `b`.
    offsets: Vec<u32>,
    entries: Vec<(u8, f32)>,
    bias: Vec<f32>,
}

impl<const N: usize> First<N> {
    /// Builds the lookup from stored weights sorted by bucket.
    pub fn new(stored: &[Stored], scale: &[f32], bias: &[f32]) -> Self {
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

    /// The margin of every label.
    pub fn score(&self, vector: &[Entry]) -> [f32; N] {
        let mut out = [0.0; N];
        out.copy_from_slice(&self.bias);
        for e in vector {
            for (label, weight) in self.of(e.bucket) {
                out[usize::from(*label)] += weight * e.value;
            }
        }
        out
    }
}

/// Both layers.
#[derive(Clone, Debug)]
pub struct Model<const N: usize> {
    pub first: First<N>,
    pub second: Second,
}

/// What the program ships with.
pub struct Shipped {
    /// How rare each hashed word is, in sixteenths of its inverse document frequency; zero where it tells nothing.
    pub rarity: Vec<u8>,
    pub topics: Model<TOPICS>,
    /// Nothing when its file belongs to other rules: then the layers judge alone.
    pub net: Option<Net>,
    pub categories: Model<CATEGORIES>,
}

/// Categories less probable than this aren't told: a reader could do nothing with them.
const SHOWN: f32 = 0.01;

/// How far below its threshold a notice of a breach is still told when a rule for it fires.
const LENIENT: f32 = 1.6;
/// The rules that speak of a breach itself, and not of any prompt notice.
const SPEAKS_OF_BREACHES: [&str; 2] = ["notice of a breach", "personal data breach"];

static SHIPPED: LazyLock<Shipped> = LazyLock::new(|| {
    let rarity = file::rarity(include_bytes!("../../model/rarity.bin")).unwrap_or_else(|| vec![16; BUCKETS]);
    let topics = Model::parse(include_bytes!("../../model/topics.bin")).unwrap_or_else(untrained);
    let categories = Model::parse(include_bytes!("../../model/categories.bin")).unwrap_or_else(Model::silent);
    let net = Net::parse(include_bytes!("../../model/net.bin"));
    Shipped { rarity, topics, net, categories }
});

/// The models that ship with the program.
pub fn shipped() -> &'static Shipped {
    &SHIPPED
}

/// A model in which every topic follows its rules alone; what training starts from.
pub fn untrained() -> Model<TOPICS> {
    let mut stored: Vec<Stored> = rules::shipped()
        .rules
        .iter()
        .enumerate()
        .map(|(i, r)| ((BUCKETS + i) as u32, r.topic.index() as u8, 100))
        .collect();
    stored.sort_unstable();
    let mut weights = vec![0.0; TOPICS * width(TOPICS)];
    for t in 0..TOPICS {
        weights[t * width(TOPICS) + TOPICS + t] = 2.0;
    }
    let second = Second { weights, threshold: vec![0.0; TOPICS], presence: vec![0.0; TOPICS] };
    Model { first: First::new(&stored, &[0.1; TOPICS], &[-1.0; TOPICS]), second }
}

impl<const N: usize> Model<N> {
    pub fn from_parts(parts: &Parts) -> Self {
        Model { first: First::new(&parts.stored, &parts.scale, &parts.bias), second: parts.second.clone() }
    }

    /// Reads a model file; `None` when it isn't one, or belongs to other labels or another set of rules.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        Parts::parse(bytes, N).map(|parts| Self::from_parts(&parts))
    }

    /// A model that finds nothing.
    fn silent() -> Self {
        let second = Second { weights: vec![0.0; N * width(N)], threshold: vec![9.0; N], presence: vec![9.0; N] };
        Model { first: First::new(&[], &[1.0; N], &[-1.0; N]), second }
    }

    /// First-layer margins of every clause.
    pub fn margins(&self, rarity: &[u8], document: &Document) -> Vec<[f32; N]> {
        let (mut scratch, mut vector) = (Vec::new(), Vec::new());
        let unit = |u: &Unit| {
            features::vector(u, rarity, &mut scratch, &mut vector);
            self.first.score(&vector)
        };
        document.units.iter().map(unit).collect()
    }

    /// Logits of every clause from its margins.
    pub fn logits(&self, margins: &[[f32; N]], clauses: &[Clause], text: &str) -> Vec<[f32; N]> {
        let width = width(N);
        // A row per input: then all labels of an input are added at once.
        let mut by_input = vec![0.0; width * N];
        for (t, weights) in self.second.weights.chunks_exact(width).enumerate() {
            weights.iter().enumerate().for_each(|(k, weight)| by_input[k * N + t] = *weight);
        }
        let row = |row: &[f32]| {
            let mut out = [0.0; N];
            for (x, weights) in row.iter().zip(by_input.as_chunks::<N>().0) {
                out.iter_mut().zip(weights).for_each(|(slot, weight)| *slot += x * weight);
            }
            out
        };
        dense(margins, clauses, text).chunks_exact(width).map(row).collect()
    }
}

impl Shipped {
    /// Writes topics and categories into the clauses; gives back the highest probability of each topic.
    pub fn mark(&self, text: &str, document: &Document, clauses: &mut [Clause]) -> Vec<f32> {
        let (mut scratch, mut vector) = (Vec::new(), Vec::new());
        let (mut topics, mut categories) = (Vec::new(), Vec::new());
        for unit in &document.units {
            features::vector(unit, &self.rarity, &mut scratch, &mut vector);
            topics.push(self.topics.first.score(&vector));
            categories.push(self.categories.first.score(&vector));
        }
        let mut logits = self.topics.logits(&topics, clauses, text);
        if let Some(net) = &self.net {
            join(&mut logits, &net.logits(&net.inputs(document, clauses, text)));
        }
        let of_categories = self.categories.logits(&categories, clauses, text);
        for (i, t) in chosen(&logits, &self.topics.second) {
            clauses[i].topics.push(self.hit(text, &document.units[i], t, logits[i][t]));
        }
        self.notices_of_breaches(text, document, &logits, clauses);
        for (clause, row) in clauses.iter_mut().zip(&of_categories) {
            let hit =
                |(category, logit): (&Category, &f32)| CategoryHit { category: *category, score: probability(*logit) };
            clause.categories = Category::ALL.iter().zip(row).map(hit).filter(|h| h.score >= SHOWN).collect();
        }
        let peak = |t: usize| logits.iter().map(|row| row[t]).fold(f32::NEG_INFINITY, f32::max);
        (0..TOPICS).map(|t| probability(peak(t))).collect()
    }

    fn hit(&self, text: &str, unit: &Unit, t: usize, logit: f32) -> TopicHit {
        TopicHit {
            topic: Topic::ALL[t],
            score: probability(logit),
            unsure: logit < self.topics.second.threshold[t] + 0.7,
            why: self.why(text, unit, t),
            attributes: Attributes::default(),
        }
    }

    /// Missing a notice of a breach costs a reviewer most, so where a rule for it fires the model must be surer to keep
    /// silent than elsewhere. What comes in this way is `unsure`.
    fn notices_of_breaches(&self, text: &str, document: &Document, logits: &[[f32; TOPICS]], clauses: &mut [Clause]) {
        let topic = Topic::BreachNotification;
        let t = topic.index();
        let least = self.topics.second.threshold[t] - LENIENT;
        for (i, (clause, unit)) in clauses.iter_mut().zip(&document.units).enumerate() {
            let fires = || {
                unit.fired
                    .iter()
                    .any(|f| SPEAKS_OF_BREACHES.contains(&rules::shipped().rules[usize::from(f.0)].name.as_str()))
            };
            if logits[i][t] >= least && clause.topics.iter().all(|h| h.topic != topic) && fires() {
                clause.topics.push(self.hit(text, unit, t, logits[i][t]));
                clause.topics.sort_by_key(|h| h.topic);
            }
        }
    }

    /// The words of the clause and the rules that spoke most for a topic.
    fn why(&self, text: &str, unit: &Unit, topic: usize) -> Vec<String> {
        let mut vector = Vec::new();
        features::vector(unit, &self.rarity, &mut Vec::new(), &mut vector);
        let mut rules_out = Vec::new();
        let mut by_token = vec![0.0f32; unit.tokens.len()];
        for e in &vector {
            let weight =
                self.topics.first.of(e.bucket).iter().find(|(t, _)| usize::from(*t) == topic).map_or(0.0, |(_, w)| *w);
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

/// How much the network's judgement counts beside the layers'; chosen by cross-validation.
const NET_SHARE: f32 = 0.3;

/// Joins the network's logits into those of the layers.
pub fn join(logits: &mut [[f32; TOPICS]], of_net: &[[f32; TOPICS]]) {
    for (row, net) in logits.iter_mut().zip(of_net) {
        row.iter_mut().zip(net).for_each(|(a, b)| *a += NET_SHARE * (b - *a));
    }
}

/// (clause, label) pairs to return, by clause.
pub fn chosen<const N: usize>(logits: &[[f32; N]], second: &Second) -> Vec<(usize, usize)> {
    let mut out = Vec::new();
    for t in 0..N {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_files_are_models_for_the_shipped_rules_and_labels() {
        let (topics, categories) =
            (include_bytes!("../../model/topics.bin"), include_bytes!("../../model/categories.bin"));
        assert!(Model::<TOPICS>::parse(topics).is_some(), "the rules changed: run `cargo xtask train`");
        assert!(Model::<CATEGORIES>::parse(categories).is_some(), "the rules changed: run `cargo xtask train`");
        assert!(Model::<TOPICS>::parse(categories).is_none(), "another number of labels");
        let net = include_bytes!("../../model/net.bin");
        assert!(Net::parse(net).is_some(), "the rules changed: run `cargo xtask train`");
        assert!(Net::parse(&net[..net.len() - 1]).is_none() && Net::parse(topics).is_none());
        assert!(topics.len() + categories.len() + net.len() < 5_000_000);
        assert_eq!(file::rarity(include_bytes!("../../model/rarity.bin")).map(|r| r.len()), Some(BUCKETS));
    }

    #[test]
    fn damaged_files_are_refused() {
        let bytes = include_bytes!("../../model/topics.bin");
        assert!(Model::<TOPICS>::parse(&bytes[..bytes.len() - 1]).is_none());
        assert!(Model::<TOPICS>::parse(&bytes[1..]).is_none());
        assert!(Model::<TOPICS>::parse(b"").is_none());
        assert!(file::rarity(b"\x05").is_none());
    }

    #[test]
    fn the_rules_on_breaches_exist() {
        for name in SPEAKS_OF_BREACHES {
            assert!(rules::shipped().rules.iter().any(|r| r.name == name), "{name}");
        }
    }

    #[test]
    fn probabilities_follow_logits() {
        assert_eq!(probability(0.0), 0.5);
        assert!(probability(-40.0) >= 0.0 && probability(40.0) <= 1.0);
    }
}
