//! The second layer: what it sees of a clause beside the clause's own scores.

use crate::reading::Clause;

/// Groups of first-layer scores that the second layer sees.
pub const GROUPS: usize = 8;
/// Marks of form and place, and a constant.
const TAIL: usize = 8;

/// The second layer's weights and the thresholds.
#[derive(Clone, Debug, Default)]
pub struct Second {
    /// One row of [`width`] weights per label.
    pub weights: Vec<f32>,
    /// Logit from which a clause is returned.
    pub threshold: Vec<f32>,
    /// Logit from which the best clause of a document is returned though none passes the threshold.
    pub presence: Vec<f32>,
}

/// Length of the second layer's input for so many labels: the groups, the marks of form and place, a constant.
pub const fn width(labels: usize) -> usize {
    GROUPS * labels + TAIL
}

fn squash(x: f32) -> f32 {
    x / (1.0 + x.abs())
}

/// The second layer's input for every clause, row after row.
pub fn dense<const N: usize>(margins: &[[f32; N]], clauses: &[Clause], text: &str) -> Vec<f32> {
    let n = margins.len();
    let squashed: Vec<[f32; N]> = margins.iter().map(|m| m.map(squash)).collect();
    let low = [-1.0f32; N];
    let mut whole = low;
    for row in &squashed {
        raise(&mut whole, row);
    }
    let endings: Vec<u8> = clauses.iter().map(|c| text.as_bytes()[..c.end].last().copied().unwrap_or(b' ')).collect();
    let mut out = Vec::with_capacity(n * width(N));
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
        out.resize((i + 1) * width(N), 0.0);
        let row = &mut out[i * width(N)..];
        let prev = if i > 0 { &squashed[i - 1] } else { &low };
        let prev2 = if i > 1 { &squashed[i - 2] } else { &low };
        let next = if i + 1 < n { &squashed[i + 1] } else { &low };
        let leader = lead.map_or(&low, |l| &squashed[l]);
        for t in 0..N {
            row[t] = squashed[i][t];
            row[N + t] = margins[i][t].clamp(-3.0, 3.0);
            row[2 * N + t] = prev[t];
            row[3 * N + t] = prev2[t];
            row[4 * N + t] = next[t];
            row[5 * N + t] = leader[t];
            row[6 * N + t] = section[t];
            row[7 * N + t] = whole[t];
        }
        let tail = &mut row[GROUPS * N..];
        tail[0] = f32::from(u8::from(lead.is_some()));
        tail[1] = f32::from(u8::from(endings[i] == b':'));
        tail[2] = f32::from(u8::from(clauses[i].end - clauses[i].start < 120));
        tail[3] = f32::from(u8::from(matches!(endings[i], b';' | b',')));
        tail[4] = f32::from(u8::from(i < 3));
        tail[5] = f32::from(u8::from(i < 8));
        tail[6] = f32::from(u8::from(i + 6 > n));
        tail[7] = 1.0;
    }
    out
}

fn raise<const N: usize>(top: &mut [f32; N], row: &[f32; N]) {
    for (a, b) in top.iter_mut().zip(row) {
        *a = a.max(*b);
    }
}
