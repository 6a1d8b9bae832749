//! What differs between two versions.

use clauses::{Playbook, Topic, playbook::Position};

/// The topics whose position differs, is new or is gone, in listing order.
pub fn changed_topics(before: &Playbook, after: &Playbook) -> Vec<Topic> {
    let differ = |topic: &Topic| match (before.position(*topic), after.position(*topic)) {
        (Some(before), Some(after)) => !alike(before, after),
        (before, after) => before.is_some() != after.is_some(),
    };
    Topic::ALL.into_iter().filter(differ).collect()
}

/// Whether two positions say the same; the order in which the approving sides are listed says nothing.
pub fn alike(one: &Position, other: &Position) -> bool {
    let sorted = |position: &Position| {
        let mut position = position.clone();
        position.approvers.sort();
        position
    };
    sorted(one) == sorted(other)
}

/// A run of words of a text and whether it stands on both sides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Run<'a> {
    Same(&'a str),
    Removed(&'a str),
    Added(&'a str),
}

/// Above this many comparisons the middle of the two texts is shown as replaced whole.
const COMPARISONS: usize = 4_000_000;

/// The change from one text to another by words. Joined, `Same` and `Removed` give the old text, `Same` and `Added` the
/// new one, byte for byte.
pub fn by_words<'a>(before: &'a str, after: &'a str) -> Vec<Run<'a>> {
    let (old, new) = (words(before), words(after));
    let same_head = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
    let same_tail =
        old[same_head..].iter().rev().zip(new[same_head..].iter().rev()).take_while(|(a, b)| a == b).count();
    let (old_mid, new_mid) = (&old[same_head..old.len() - same_tail], &new[same_head..new.len() - same_tail]);
    let mut steps: Vec<(Kind, usize)> = vec![(Kind::Same, same_head)];
    if old_mid.len().saturating_mul(new_mid.len()) > COMPARISONS {
        steps.push((Kind::Removed, old_mid.len()));
        steps.push((Kind::Added, new_mid.len()));
    } else {
        longest_common(old_mid, new_mid, &mut steps);
    }
    steps.push((Kind::Same, same_tail));
    runs(before, after, &old, &new, &steps)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Same,
    Removed,
    Added,
}

/// Words with the white space that follows them.
fn words(text: &str) -> Vec<&str> {
    let mut out = Vec::new();
    let mut start = 0;
    let mut in_space = false;
    for (at, letter) in text.char_indices() {
        if in_space && !letter.is_whitespace() {
            out.push(&text[start..at]);
            start = at;
        }
        in_space = letter.is_whitespace();
    }
    if start < text.len() {
        out.push(&text[start..]);
    }
    out
}

fn longest_common(old: &[&str], new: &[&str], steps: &mut Vec<(Kind, usize)>) {
    let width = new.len() + 1;
    let mut length = vec![0_u32; (old.len() + 1) * width];
    for i in (0..old.len()).rev() {
        for j in (0..new.len()).rev() {
            length[i * width + j] = if old[i] == new[j] {
                length[(i + 1) * width + j + 1] + 1
            } else {
                length[(i + 1) * width + j].max(length[i * width + j + 1])
            };
        }
    }
    let (mut i, mut j) = (0, 0);
    while i < old.len() || j < new.len() {
        let kind = if i < old.len() && j < new.len() && old[i] == new[j] {
            Kind::Same
        } else if j == new.len() || (i < old.len() && length[(i + 1) * width + j] >= length[i * width + j + 1]) {
            Kind::Removed
        } else {
            Kind::Added
        };
        i += usize::from(kind != Kind::Added);
        j += usize::from(kind != Kind::Removed);
        steps.push((kind, 1));
    }
}

fn runs<'a>(before: &'a str, after: &'a str, old: &[&str], new: &[&str], steps: &[(Kind, usize)]) -> Vec<Run<'a>> {
    let bytes = |words: &[&str]| words.iter().map(|word| word.len()).sum::<usize>();
    let mut out: Vec<Run<'a>> = Vec::new();
    let (mut i, mut j, mut old_at, mut new_at) = (0, 0, 0, 0);
    let mut at = 0;
    while at < steps.len() {
        let kind = steps[at].0;
        let mut count = 0;
        while at < steps.len() && steps[at].0 == kind {
            count += steps[at].1;
            at += 1;
        }
        if count == 0 {
            continue;
        }
        match kind {
            Kind::Same => {
                let length = bytes(&old[i..i + count]);
                out.push(Run::Same(&before[old_at..old_at + length]));
                (i, j, old_at, new_at) = (i + count, j + count, old_at + length, new_at + length);
            }
            Kind::Removed => {
                let length = bytes(&old[i..i + count]);
                out.push(Run::Removed(&before[old_at..old_at + length]));
                (i, old_at) = (i + count, old_at + length);
            }
            Kind::Added => {
                let length = bytes(&new[j..j + count]);
                out.push(Run::Added(&after[new_at..new_at + length]));
                (j, new_at) = (j + count, new_at + length);
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn joined(runs: &[Run<'_>], old: bool) -> String {
        runs.iter()
            .map(|run| match run {
                Run::Same(text) => *text,
                Run::Removed(text) if old => *text,
                Run::Added(text) if !old => *text,
                _ => "",
            })
            .collect()
    }

    #[test]
    fn one_changed_word_is_one_change() {
        let runs = by_words("within 72 hours of becoming aware", "within 48 hours of becoming aware");
        assert_eq!(
            runs,
            [Run::Same("within "), Run::Removed("72 "), Run::Added("48 "), Run::Same("hours of becoming aware")]
        );
        assert_eq!(by_words("same", "same"), [Run::Same("same")]);
        assert_eq!(by_words("", "new"), [Run::Added("new")]);
        assert_eq!(by_words("", ""), []);
    }

    #[test]
    fn two_long_texts_that_share_nothing_are_replaced_whole() {
        let (old, new) = ("a ".repeat(3000), "b ".repeat(3000));
        assert_eq!(by_words(&old, &new), [Run::Removed(old.as_str()), Run::Added(new.as_str())]);
    }

    proptest! {
        #[test]
        fn the_runs_give_both_texts_back(old in "[a-c \n]{0,60}", new in "[a-c \n]{0,60}") {
            let runs = by_words(&old, &new);
            prop_assert_eq!(joined(&runs, true), old.as_str());
            prop_assert_eq!(joined(&runs, false), new.as_str());
        }
    }
}
