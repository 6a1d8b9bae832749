//! Scoring by the overlap rule, and the thresholds that score best.

use std::collections::HashMap;

use clauses::model::{self, Second, TOPICS};

use super::{linear::in_order, marked::Marked};

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
    let right = returned.iter().filter(|i| doc.targets[**i].is_some_and(|row| row[topic])).count();
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
