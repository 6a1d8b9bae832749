//! The governing law: the sentence that chooses it, and the jurisdiction it names.

use super::places::{COUNTRIES, OTHERS, STATES, UNION};
use super::sentences::{LAW, Sentences};
use super::{Fact, after, rule};
use regex::Regex;
use std::sync::LazyLock;

/// The choice: "shall be governed by and construed in accordance with the laws of", "Ohio law governs".
static CHOICE: LazyLock<Regex> = LazyLock::new(|| {
    rule(
        r"(?i)\b(?:govern(?:ed|s|ing)?|constru(?:ed|ction)|interpret(?:ed|ation)|enforced|determined|subject\s+to|shall\s+apply|applies|applicable\s+law)\b",
    )
});
static GOVERNED: LazyLock<Regex> = LazyLock::new(|| rule(r"(?i)\b(?:governed|construed|interpreted)\b"));
/// Words before the name: "laws of the State of".
static LAWS_OF: LazyLock<Regex> = LazyLock::new(|| {
    rule(
        r"(?i)\b(?:laws?|statutes|legislation|legal\s+system)\s*(?:\([^)]{0,120}\)\s*)?,?\s*(?:and\s+(?:judicial\s+)?(?:regulations|decisions|jurisdiction|rules)\s+)?(?:which\s+are\s+)?(?:then\s+|now\s+|prevailing\s+|applicable\s+|in\s+force\s+|in\s+effect\s+)*(?:of|in|from)\b|\bjurisdiction\s+of\b|\bgoverning\s+law\b|\bapplicable\s+law\b|\bchoice\s+of\s+law\b",
    )
});
/// Where the choice ends: what follows speaks of conflicts of laws and of courts.
static REST: LazyLock<Regex> = LazyLock::new(|| {
    rule(
        r"(?i)\b(?:without|exclud|except|notwithstanding|regardless|irrespective|conflicts?\s+of|choice\s+of\s+laws?\s+(?:rule|principle|provision)|applicable\s+to|as\s+(?:applied|such|if)|venue|courts?\b|jurisdiction\s+of\s+the|united\s+nations|convention)",
    )
});
/// A sentence about something else that a law governs.
static ELSEWHERE: LazyLock<Regex> = LazyLock::new(|| {
    rule(
        r"(?i)\b(?:organi[sz]ed|incorporated|existing|formed)\s+(?:and\s+(?:validly\s+)?existing\s+)?(?:under|in|pursuant|by)\b",
    )
});
/// Names before "law": "Ohio law", "New York law". The name is looked up, so any capitals do.
static NAMED_LAW: LazyLock<Regex> =
    LazyLock::new(|| rule(r"(?:[A-Z][\w.’']*\s+){1,4}(?:[Ss]tate\s+)?[Ll]aws?\b|(?:[A-Z]+\s+){1,4}LAWS?\b"));

struct Found {
    score: u32,
    fact: Fact,
}

pub(crate) fn read(text: &str, sentences: &Sentences) -> Option<Fact> {
    let mut best: Option<Found> = None;
    for (_, sentence) in sentences.about(LAW) {
        let Some(words) = text.get(sentence.start..sentence.end) else { continue };
        let Some(choice) = CHOICE.find(words) else { continue };
        let Some((start, end, name)) = named(words).or_else(|| named_before(words, choice.start())) else { continue };
        if name == "United States" && !GOVERNED.is_match(words) {
            continue;
        }
        let lower = words.to_lowercase();
        let heading = sentences.heading(sentence);
        let mut score = 10;
        if lower.contains("governed") || lower.contains("govern") {
            score += 4;
        }
        if lower.contains("construed") || lower.contains("interpreted") {
            score += 3;
        }
        if ["this agreement", "this contract", "the agreement", "hereof", "hereunder", "this amendment", "this lease"]
            .iter()
            .any(|s| lower.contains(s))
        {
            score += 3;
        }
        if heading.contains("law") || heading.contains("jurisdiction") {
            score += 4;
        }
        if ["franchise act", "franchise law", "franchisees", "other than"].iter().any(|w| lower.contains(w)) {
            score -= 6;
        }
        if ELSEWHERE.is_match(words) {
            score -= 6;
        }
        if best.as_ref().is_none_or(|b| score > b.score) {
            let fact = Fact::new(text, sentence.start + start, sentence.start + end, name);
            best = Some(Found { score, fact });
        }
    }
    best.filter(|b| b.score >= 13).map(|b| b.fact)
}

/// The jurisdiction that a sentence names after "laws of" or before "law".
fn named(words: &str) -> Option<(usize, usize, String)> {
    for m in LAWS_OF.find_iter(words) {
        let scope = until_rest(after(words, m.end(), 260));
        if let Some((start, end, name)) = place_in(scope) {
            return Some((m.end() + start, m.end() + end, name));
        }
    }
    for m in NAMED_LAW.find_iter(words) {
        if let Some((start, end, name)) = place_in(m.as_str()) {
            return Some((m.start() + start, m.start() + end, name));
        }
    }
    None
}

/// "is accepted in the State of Nevada and shall be governed by the laws thereof".
fn named_before(words: &str, choice: usize) -> Option<(usize, usize, String)> {
    static THEREOF: LazyLock<Regex> = LazyLock::new(|| {
        rule(
            r"(?i)\blaws?\s+(?:thereof|of\s+(?:that|such|said)\s+(?:state|province|commonwealth|country|jurisdiction))",
        )
    });
    THEREOF.find(words)?;
    place_in(words.get(..choice)?)
}

fn until_rest(scope: &str) -> &str {
    // Brackets right after the name hold exceptions; words before them are the choice.
    let cut = REST.find(scope).map_or(scope.len(), |m| m.start());
    scope.get(..cut).unwrap_or(scope)
}

/// The first place named; a country only where no part of it is named too.
fn place_in(scope: &str) -> Option<(usize, usize, String)> {
    let lower = squeeze(scope);
    let mut best: Option<(usize, usize, String, bool)> = None;
    let mut take = |at: usize, len: usize, name: &str, part: bool| {
        let better = match &best {
            None => true,
            // Parts before wholes; then the first; then the longest, so that "West Virginia" beats "Virginia".
            Some((b_at, b_len, _, b_part)) => {
                (part && !b_part)
                    || (part == *b_part
                        && (at < *b_at && at + len != b_at + b_len
                            || at <= *b_at && len > *b_len
                            || (at + len == b_at + b_len && len > *b_len)))
            }
        };
        if better {
            best = Some((at, len, name.to_owned(), part));
        }
    };
    for name in STATES {
        if let Some(at) = find_word(&lower.text, &name.to_lowercase()) {
            take(at, name.len(), name, true);
        }
    }
    for place in &OTHERS {
        if let Some(at) = find_word(&lower.text, place.words) {
            let part = place.name.contains(", ") || place.name == "England and Wales" || place.name == "Scotland";
            take(at, place.words.len(), place.name, part);
        }
    }
    for name in COUNTRIES {
        if let Some(at) = find_word(&lower.text, &name.to_lowercase()) {
            take(at, name.len(), name, false);
        }
    }
    if best.is_none() {
        for words in UNION {
            if let Some(at) = find_word(&lower.text, words) {
                best = Some((at, words.len(), "United States".to_owned(), false));
                break;
            }
        }
    }
    let (at, len, name, _) = best?;
    let start = *lower.places.get(at)?;
    let last = *lower.places.get(at + len - 1)?;
    let end = last + scope.get(last..)?.chars().next()?.len_utf8();
    Some((start, end, name))
}

/// Lower case with single spaces, and where each byte came from.
struct Squeezed {
    text: String,
    places: Vec<usize>,
}

fn squeeze(words: &str) -> Squeezed {
    let mut out = Squeezed { text: String::with_capacity(words.len()), places: Vec::with_capacity(words.len()) };
    for (i, c) in words.char_indices() {
        if c.is_whitespace() || c == '-' {
            if !out.text.ends_with(' ') {
                out.text.push(' ');
                out.places.push(i);
            }
            continue;
        }
        for l in c.to_lowercase() {
            out.text.push(l);
            out.places.resize(out.text.len(), i);
        }
    }
    out
}

/// The first place where the word stands by itself.
fn find_word(text: &str, word: &str) -> Option<usize> {
    let mut from = 0;
    while let Some(at) = text.get(from..)?.find(word) {
        let at = from + at;
        let end = at + word.len();
        let open = text[..at].chars().next_back().is_none_or(|c| !c.is_alphanumeric());
        let close = text[end..].chars().next().is_none_or(|c| !c.is_alphanumeric());
        if open && close {
            return Some(at);
        }
        from = end;
    }
    None
}
