//! `cargo xtask train`: builds the model file of `crates/clauses` from the marked agreements, byte for byte.
//!
//! Every sum runs in a fixed order and the only chance comes from a fixed seed. Threads share out whole topics
//! or whole folds, so the number of threads changes nothing. `--check` cross-validates by document instead.

use anyhow::{Context, bail};
use clauses::features::{self, BUCKETS, Document, Entry};
use clauses::model::{self, DENSE, GROUPS, Model, Parts, Second, Stored, TOPICS};
use clauses::{Clause, Topic};
use serde_json::Value;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::Instant;

#[path = "train_check.rs"]
mod check;

const MODEL: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../crates/clauses/model/clauses.bin");
const FOLDS: usize = 5;
const INNER: usize = 4;
/// Strength of the first layer's fit, how much more a marked clause counts, and passes over the data.
const COST: f32 = 1.0;
const POSITIVE: f32 = 2.0;
const PASSES: usize = 20;
/// Pull of a second-layer weight towards its start: for the topic's own scores, and for those of other topics.
const PULL: f32 = 3e-4;
const PULL_OTHERS: f32 = 3e-3;
/// Weights kept per topic.
const KEPT: usize = 6000;

/// An agreement with its marks, cut into clauses by the program itself.
pub struct Marked {
    pub dev: bool,
    pub source: String,
    pub text: String,
    /// Byte ranges of the marked set's own segments.
    pub segments: Vec<(usize, usize)>,
    pub marks: Vec<(usize, usize)>,
    pub labels: Value,
    pub clauses: Vec<Clause>,
    pub document: Document,
    /// Per clause, whether it's right to return it for a topic.
    pub targets: Vec<[bool; TOPICS]>,
}

/// # Errors
/// When the data can't be read or the model can't be written.
pub fn run(args: &[String]) -> anyhow::Result<()> {
    let mut data = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/data"));
    let mut check_only = false;
    let mut rest = args.iter();
    while let Some(arg) = rest.next() {
        match arg.as_str() {
            "--data" => data = rest.next().context("--data needs a folder")?.into(),
            "--check" => check_only = true,
            other => bail!("`{other}` is not an option of train; use --data DIR or --check"),
        }
    }
    let docs = load(&data)?;
    let start = Instant::now();
    let all: Vec<usize> = (0..docs.len()).collect();
    let outside = cross_validate(&docs);
    say(&format!("{} agreements, cross-validated in {:.0?}", docs.len(), start.elapsed()));
    if check_only {
        check::report(&docs, &outside);
        return check::shipped(&data, &docs);
    }
    let (parts, second) = fit(&docs, &all);
    let (threshold, presence) = thresholds(&docs, &outside, &all);
    let parts = Parts { second: Second { threshold, presence, ..second }, ..parts };
    let bytes = parts.bytes();
    if Model::parse(&bytes).is_none() {
        bail!("the model just written can't be read back");
    }
    std::fs::write(MODEL, &bytes).context("writing the model")?;
    say(&format!("{} bytes, {} weights, written", bytes.len(), parts.stored.len()));
    Ok(())
}

#[expect(clippy::print_stdout, reason = "a development command answers on standard output")]
pub fn say(line: &str) {
    println!("{line}");
}

fn load(data: &Path) -> anyhow::Result<Vec<Marked>> {
    let mut docs = Vec::new();
    for folder in ["dev", "more"] {
        let dir = data.join("clauses").join(folder);
        let mut names: Vec<String> = std::fs::read_dir(&dir)
            .with_context(|| format!("reading `{}`", dir.display()))?
            .filter_map(|e| e.ok()?.file_name().into_string().ok())
            .filter(|n| n.ends_with(".json") && !n.ends_with(".labels.json"))
            .collect();
        names.sort();
        for name in names {
            let read = |n: &str| -> anyhow::Result<Value> {
                Ok(serde_json::from_str(&std::fs::read_to_string(dir.join(n))?)?)
            };
            let body = read(&name)?;
            let labels = read(&name.replace(".json", ".labels.json"))?;
            docs.push(
                prepare(&body, labels, folder == "dev").with_context(|| format!("`{name}` has an unknown form"))?,
            );
        }
    }
    Ok(docs)
}

fn prepare(body: &Value, labels: Value, dev: bool) -> Option<Marked> {
    let text = body["text"].as_str()?.to_owned();
    // The set counts characters, the program bytes.
    let mut at: Vec<usize> = text.char_indices().map(|(i, _)| i).collect();
    at.push(text.len());
    let segments: Vec<(usize, usize)> = body["segments"]
        .as_array()?
        .iter()
        .filter_map(|s| Some((at[s[0].as_u64()? as usize], at[s[1].as_u64()? as usize])))
        .collect();
    let mut marks: Vec<(usize, usize)> = labels["labels"]
        .as_array()?
        .iter()
        .filter_map(|l| Some((l["seg"].as_u64()? as usize, l["topic"].as_str()?.parse::<Topic>().ok()?.index())))
        .collect();
    marks.sort_unstable();
    marks.dedup();
    let clauses = clauses::segment::segment(&text, &[]);
    let document = Document::new(&text, &clauses);
    let targets = clauses
        .iter()
        .map(|c| {
            let mut row = [false; TOPICS];
            for (t, slot) in row.iter_mut().enumerate() {
                *slot = 2 * covered(c, &segments, &marks, t) >= c.end - c.start;
            }
            row
        })
        .collect();
    Some(Marked {
        dev,
        source: body["source"].as_str()?.to_owned(),
        text,
        segments,
        marks,
        labels,
        clauses,
        document,
        targets,
    })
}

/// Bytes of a clause that lie in segments marked with a topic.
pub fn covered(c: &Clause, segments: &[(usize, usize)], marks: &[(usize, usize)], topic: usize) -> usize {
    marks
        .iter()
        .filter(|(_, t)| *t == topic)
        .map(|(s, _)| {
            let (a, b) = segments[*s];
            b.min(c.end).saturating_sub(a.max(c.start))
        })
        .sum()
}

/// Logits of every clause by a model that never saw the document.
fn cross_validate(docs: &[Marked]) -> Vec<Vec<[f32; TOPICS]>> {
    let mut out = vec![Vec::new(); docs.len()];
    for fold in 0..FOLDS {
        let train: Vec<usize> = (0..docs.len()).filter(|i| i % FOLDS != fold).collect();
        let (parts, second) = fit(docs, &train);
        let model = Model::from_parts(&Parts { second, ..parts });
        for i in (0..docs.len()).filter(|i| i % FOLDS == fold) {
            out[i] = model.logits(&docs[i].document, &docs[i].clauses, &docs[i].text);
        }
    }
    out
}

/// Fits both layers; the second sees first-layer scores of models that didn't see the document.
fn fit(docs: &[Marked], train: &[usize]) -> (Parts, Second) {
    let mut rows: Vec<[f32; DENSE]> = Vec::new();
    let mut targets: Vec<[bool; TOPICS]> = Vec::new();
    for inner in 0..INNER {
        let (held, seen): (Vec<usize>, Vec<usize>) = train.iter().enumerate().map(|(k, i)| (k, *i)).fold(
            (Vec::new(), Vec::new()),
            |(mut held, mut seen), (k, i)| {
                if k % INNER == inner {
                    held.push(i)
                } else {
                    seen.push(i)
                }
                (held, seen)
            },
        );
        let model = Model::from_parts(&Parts { second: Second::default(), ..fit_first(docs, &seen) });
        for i in held {
            let margins = Model::margins(&model.first, &model.rarity, &docs[i].document);
            rows.extend(model::dense(&margins, &docs[i].clauses, &docs[i].text));
            targets.extend(&docs[i].targets);
        }
    }
    let weights = in_order(TOPICS, |t| fit_second(&rows, &targets, t)).concat();
    let parts = fit_first(docs, train);
    (parts, Second { weights, threshold: vec![0.0; TOPICS], presence: vec![0.0; TOPICS] })
}

/// Runs a function for each number on the machine's cores; the results come back in order.
fn in_order<T: Send>(n: usize, work: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let cores = std::thread::available_parallelism().map_or(1, |c| c.get()).min(8);
    let mut out: Vec<Option<T>> = (0..n).map(|_| None).collect();
    let size = n.div_ceil(cores);
    std::thread::scope(|scope| {
        for (k, slots) in out.chunks_mut(size).enumerate() {
            let work = &work;
            scope.spawn(move || slots.iter_mut().enumerate().for_each(|(j, s)| *s = Some(work(k * size + j))));
        }
    });
    out.into_iter().flatten().collect()
}

fn fit_first(docs: &[Marked], train: &[usize]) -> Parts {
    let extra = own_wording();
    let units: Vec<&features::Unit> =
        train.iter().flat_map(|i| &docs[*i].document.units).chain(extra.iter().map(|(u, _)| u)).collect();
    let targets: Vec<&[bool; TOPICS]> = train.iter().flat_map(|i| &docs[*i].targets).collect();
    let rarity = rarity(&units);
    let mut scratch = Vec::new();
    let vectors: Vec<Vec<Entry>> = units
        .iter()
        .map(|u| {
            let mut v = Vec::new();
            features::vector(u, &rarity, &mut scratch, &mut v);
            v.push(Entry { bucket: u32::MAX, value: 1.0, token: 0 });
            v
        })
        .collect();
    let fitted = in_order(TOPICS, |t| {
        // A model clause of ours speaks for its own topic; whether it touches others isn't marked.
        let labels: Vec<Option<bool>> = targets
            .iter()
            .map(|r| Some(r[t]))
            .chain(extra.iter().map(|(_, topic)| (*topic == t).then_some(true)))
            .collect();
        separate(&vectors, &labels)
    });
    let mut stored: Vec<Stored> = Vec::new();
    let mut scale = Vec::new();
    let mut bias = Vec::new();
    for (t, mut weights) in fitted.into_iter().enumerate() {
        bias.push(weights.pop().unwrap_or(0.0));
        let mut order: Vec<u32> = (0..weights.len() as u32).filter(|b| weights[*b as usize] != 0.0).collect();
        order.sort_by(|a, b| weights[*b as usize].abs().total_cmp(&weights[*a as usize].abs()).then(a.cmp(b)));
        order.truncate(KEPT);
        let step = order.first().map_or(1.0, |b| weights[*b as usize].abs() / 127.0);
        scale.push(step);
        for b in order {
            let w = (weights[b as usize] / step).round() as i8;
            if w != 0 {
                stored.push((b, t as u8, w));
            }
        }
    }
    stored.sort_unstable();
    Parts { rarity, stored, scale, bias, second: Second::default() }
}

/// The playbook's own clauses: for rare topics they are a good part of what there is to learn from.
fn own_wording() -> Vec<(features::Unit, usize)> {
    let mut out = Vec::new();
    for p in clauses::playbook::default_playbook().topics {
        for text in std::iter::once(&p.preferred).chain(&p.fallbacks).map(|w| w.text.trim()) {
            let cut = clauses::segment::segment(text, &[]);
            out.extend(Document::new(text, &cut).units.into_iter().map(|u| (u, p.topic.index())));
        }
    }
    out
}

/// Inverse document frequency in sixteenths; zero for what occurs once only.
fn rarity(units: &[&features::Unit]) -> Vec<u8> {
    let mut count = vec![0u32; BUCKETS];
    let mut scratch = Vec::new();
    for u in units {
        features::features(u, &mut scratch);
        scratch.sort_unstable_by_key(|f| f.bucket);
        scratch.dedup_by_key(|f| f.bucket);
        scratch.iter().for_each(|f| count[f.bucket as usize] += 1);
    }
    let n = units.len() as f64;
    count
        .iter()
        .map(|c| if *c < 2 { 0 } else { ((1.0 + (n / f64::from(*c)).ln()) * 16.0).round().clamp(1.0, 255.0) as u8 })
        .collect()
}

/// A small generator for shuffling; not for secrets.
struct Chance(u64);

impl Chance {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % n as u64) as usize
    }
    fn shuffle(&mut self, order: &mut [u32]) {
        for i in (1..order.len()).rev() {
            order.swap(i, self.below(i + 1));
        }
    }
}

/// A linear support vector machine with squared hinge loss, by dual coordinate descent (Hsieh et al., 2008).
fn separate(vectors: &[Vec<Entry>], labels: &[Option<bool>]) -> Vec<f32> {
    let size = BUCKETS + 1024;
    let mut w = vec![0.0f32; size];
    let at = |e: &Entry| if e.bucket == u32::MAX { size - 1 } else { e.bucket as usize };
    if !labels.contains(&Some(true)) {
        w[size - 1] = -1.0;
        return w;
    }
    let mut alpha = vec![0.0f32; vectors.len()];
    let diagonal: Vec<f32> =
        labels.iter().map(|y| 0.5 / if *y == Some(true) { COST * POSITIVE } else { COST }).collect();
    let square: Vec<f32> =
        vectors.iter().zip(&diagonal).map(|(v, d)| v.iter().map(|e| e.value * e.value).sum::<f32>() + d).collect();
    let mut order: Vec<u32> = (0..vectors.len() as u32).filter(|i| labels[*i as usize].is_some()).collect();
    let mut chance = Chance(0x5eed_c0de);
    for _ in 0..PASSES {
        chance.shuffle(&mut order);
        for i in &order {
            let i = *i as usize;
            let y = if labels[i] == Some(true) { 1.0 } else { -1.0 };
            let margin: f32 = vectors[i].iter().map(|e| w[at(e)] * e.value).sum();
            let gradient = y * margin - 1.0 + diagonal[i] * alpha[i];
            let new = (alpha[i] - gradient / square[i]).max(0.0);
            let step = (new - alpha[i]) * y;
            if step != 0.0 {
                alpha[i] = new;
                vectors[i].iter().for_each(|e| w[at(e)] += step * e.value);
            }
        }
    }
    w
}

/// Logistic regression by adaptive gradient steps; starts from the topic's own score.
fn fit_second(rows: &[[f32; DENSE]], targets: &[[bool; TOPICS]], topic: usize) -> Vec<f32> {
    let mut w = vec![0.0f32; DENSE];
    w[TOPICS + topic] = 2.0;
    let mut seen = vec![1e-3f32; DENSE];
    let mut mean = vec![0.0f64; DENSE];
    let mut order: Vec<u32> = (0..rows.len() as u32).collect();
    let mut chance = Chance(0xcafe_0001 + topic as u64);
    let passes = 16;
    for pass in 0..passes {
        chance.shuffle(&mut order);
        for i in &order {
            let row = &rows[*i as usize];
            let z: f32 = row.iter().zip(&w).map(|(x, w)| x * w).sum();
            let p = 1.0 / (1.0 + (-f64::from(z)).exp());
            let error = p as f32 - f32::from(u8::from(targets[*i as usize][topic]));
            for k in 0..DENSE {
                let anchor = if k == TOPICS + topic { 2.0 } else { 0.0 };
                let own = k % TOPICS == topic || k >= GROUPS * TOPICS;
                let g = error * row[k] + if own { PULL } else { PULL_OTHERS } * (w[k] - anchor);
                seen[k] += g * g;
                w[k] -= 0.15 * g / seen[k].sqrt();
            }
        }
        if pass >= passes / 2 {
            mean.iter_mut().zip(&w).for_each(|(m, w)| *m += f64::from(*w));
        }
    }
    // A coarse grid makes the file the same where the last bit of `exp` differs between machines.
    mean.iter().map(|m| ((m / (passes - passes / 2) as f64) * 1024.0).round() as f32 / 1024.0).collect()
}

/// What a threshold gives on a topic: clauses returned and right, segments marked and found, documents.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tally {
    pub returned: usize,
    pub right: usize,
    pub marked: usize,
    pub found: usize,
    pub docs_returned: usize,
    pub docs_right: usize,
    pub docs_marked: usize,
}

impl Tally {
    pub fn add(&mut self, o: &Tally) {
        self.returned += o.returned;
        self.right += o.right;
        self.marked += o.marked;
        self.found += o.found;
        self.docs_returned += o.docs_returned;
        self.docs_right += o.docs_right;
        self.docs_marked += o.docs_marked;
    }
    pub fn segment(&self) -> (f64, f64, f64) {
        triple(self.right, self.returned, self.found, self.marked)
    }
    pub fn presence(&self) -> (f64, f64, f64) {
        triple(self.docs_right, self.docs_returned, self.docs_right, self.docs_marked)
    }
}

fn triple(right: usize, returned: usize, found: usize, marked: usize) -> (f64, f64, f64) {
    let ratio = |a: usize, b: usize| if b == 0 { 0.0 } else { a as f64 / b as f64 };
    let (p, r) = (ratio(right, returned), ratio(found, marked));
    (p, r, if p + r == 0.0 { 0.0 } else { 2.0 * p * r / (p + r) })
}

/// Scores the clauses returned for a topic in one document by the overlap rule.
pub fn tally(doc: &Marked, topic: usize, returned: &[usize]) -> Tally {
    let marked: Vec<(usize, usize)> =
        doc.marks.iter().filter(|(_, t)| *t == topic).map(|(s, _)| doc.segments[*s]).collect();
    let found = marked
        .iter()
        .filter(|(a, b)| {
            returned.iter().any(|i| {
                let c = &doc.clauses[*i];
                let overlap = (*b).min(c.end).saturating_sub((*a).max(c.start));
                2 * overlap >= b - a || (c.start >= *a && c.end <= *b)
            })
        })
        .count();
    let right = returned.iter().filter(|i| doc.targets[**i][topic]).count();
    let (there, said) = (!marked.is_empty(), !returned.is_empty());
    Tally {
        returned: returned.len(),
        right,
        marked: marked.len(),
        found,
        docs_returned: usize::from(said),
        docs_right: usize::from(said && there),
        docs_marked: usize::from(there),
    }
}

/// Thresholds per topic that give the best F1, for clauses and then for documents.
pub fn thresholds(docs: &[Marked], logits: &[Vec<[f32; TOPICS]>], on: &[usize]) -> (Vec<f32>, Vec<f32>) {
    let both = in_order(TOPICS, |t| {
        let grid: Vec<f32> = (-36..=12).map(|k| k as f32 / 8.0).collect();
        let at = |threshold: f32| {
            let mut sum = Tally::default();
            for d in on {
                let returned: Vec<usize> = (0..logits[*d].len()).filter(|i| logits[*d][*i][t] >= threshold).collect();
                sum.add(&tally(&docs[*d], t, &returned));
            }
            sum
        };
        // The mean over a threshold and its neighbours is less of an accident than the best single one.
        let scores: Vec<f64> = grid.iter().map(|g| at(*g).segment().2).collect();
        let smooth = |k: usize| {
            let window = &scores[k.saturating_sub(2)..(k + 3).min(scores.len())];
            window.iter().sum::<f64>() / window.len() as f64
        };
        let best = (0..grid.len()).max_by(|a, b| smooth(*a).total_cmp(&smooth(*b)).then(b.cmp(a))).unwrap_or(0);
        let threshold = grid[best];
        let top: Vec<(f32, bool)> = on
            .iter()
            .map(|d| {
                let top = logits[*d].iter().map(|r| r[t]).fold(f32::MIN, f32::max);
                (top, docs[*d].marks.iter().any(|(_, m)| *m == t))
            })
            .collect();
        let presence_at = |g: f32| {
            let returned = top.iter().filter(|(l, _)| *l >= g).count();
            let right = top.iter().filter(|(l, there)| *l >= g && *there).count();
            let there = top.iter().filter(|(_, there)| *there).count();
            triple(right, returned, right, there).2
        };
        let mut presence = threshold;
        let mut best = presence_at(threshold);
        for k in 1..=16 {
            let g = threshold - k as f32 / 8.0;
            if presence_at(g) > best + 0.004 {
                best = presence_at(g);
                presence = g;
            }
        }
        (threshold, presence)
    });
    both.into_iter().unzip()
}

/// Clauses returned by topic.
pub fn returned(logits: &[[f32; TOPICS]], second: &Second) -> HashMap<usize, Vec<usize>> {
    let mut out: HashMap<usize, Vec<usize>> = HashMap::new();
    for (i, t) in model::chosen(logits, second) {
        out.entry(t).or_default().push(i);
    }
    out
}
