//! How the contract renews, and the notice that stops it.

use super::Fact;
use super::periods::{self, Period};
use super::sentences::{RENEWAL, Sentence, Sentences, TERM};
use super::{after, before, rule};
use regex::Regex;
use std::sync::LazyLock;

/// A renewal or extension of the contract.
static RENEWS: LazyLock<Regex> = LazyLock::new(|| {
    rule(
        r"(?i)\b(?:renew(?:s|ed|al|als|able|ing)?|exten(?:d|ds|ded|sion|sions|ding)|automatically\s+continue[sd]?|continue[sd]?\s+automatically|option\s+to\s+continue)\b",
    )
});
/// What is renewed: the contract or its term.
static WHOLE: LazyLock<Regex> = LazyLock::new(|| {
    rule(r"(?i)\b(?:agreement|contract|term|terms|franchise|lease|license|appointment|service\s+period|period)\b")
});
static ELSEWHERE: LazyLock<Regex> = LazyLock::new(|| {
    rule(
        r"(?i)\b(?:insurance|letter\s+of\s+credit|patent|registration|domain\s+name|warranty\s+period|extension\s+of\s+time|cure\s+period|credit|force\s+majeure|confidential|survive|extended?\s+warrant|extend\s+to|extends\s+to|subscription\s+agreements?|cure|copyright|statement\s+of\s+work|purchase\s+order)\b",
    )
});
/// It goes on without the word "renew".
static RUNS: LazyLock<Regex> = LazyLock::new(|| rule(r"(?i)\b(?:thereafter|continue[sd]?|after\s+that)\b"));
static IN_FORCE: LazyLock<Regex> = LazyLock::new(|| rule(r"(?i)\b(?:continue[sd]?|effect|effective|in\s+force)\b"));
static AUTOMATIC: LazyLock<Regex> = LazyLock::new(|| {
    rule(
        r"(?i)\b(?:automatically|successive|consecutive|renewal\s+term|initial\s+term|option\s+to\s+(?:renew|extend)|right\s+to\s+(?:\w+\s+)?(?:renew|extend)|may\s+(?:be\s+)?(?:renew|extend|renewed|extended)|renewable|option\s+to\s+continue|(?:shall|will)\s+(?:be\s+)?(?:renew|extend)(?:ed)?|additional\s+(?:term|period)s?|year[\s-]+to[\s-]+year|month[\s-]+to[\s-]+month|tacitly|thereafter)\b",
    )
});
static SUCCESSIVE: LazyLock<Regex> = LazyLock::new(|| {
    rule(
        r"(?i)\b(?:at\s+a\s+time|successive|consecutive|subsequent\s+(?:[\w()-]+\s+){0,4}(?:periods|terms)|(?:additional|further|extended|renewal)\s+(?:[\w()-]+\s+){0,5}(?:periods|terms|increments|extensions)|periods\s+of|terms\s+of|(?:year|month)\s+(?:periods|terms)|each\s+(?:\(?an?\b|of|anniversary|renewal)|\(each|each,?\s+an?\s|(?:each|any)\s+subsequent|each\s+year|every|annual(?:ly)?|year[\s-]+to[\s-]+year|month[\s-]+to[\s-]+month|thereafter|any\s+renewal\s+term|then[\s-]current|then[\s-]in[\s-]effect)\b",
    )
});
/// Words straight after a renewal's length.
static LENGTH: LazyLock<Regex> = LazyLock::new(|| {
    rule(
        r"(?i)^\s*['’]?\s*(?:each|periods?|terms?|increments?|extensions?|renewals?|durations?|additional|successive|on\b|unless|\(|,|\.|;|upon|at\b|after|provided|if\b|from|by\b|thereafter|until|under|and\b|with|under|basis|beyond|following|subject|$)",
    )
});
/// Words before or after a period of notice.
static NOTICE_AFTER: LazyLock<Regex> = LazyLock::new(|| {
    rule(
        r"(?i)^['’s]*\s*(?:\([^)]{0,20}\)\s*)?(?:prior|in\s+advance|advance|before|written|notice|notification|preceding)",
    )
});
static STOPS: LazyLock<Regex> = LazyLock::new(|| {
    rule(
        r"(?i)\b(?:unless|until|not\s+(?:to\s+)?(?:be\s+)?(?:renew|extend)|non-?\s?renewal|terminat|cancel|desire\s+not|intent(?:ion)?|elect|object|notif|notice)",
    )
});
static YEARLY: LazyLock<Regex> = LazyLock::new(|| {
    rule(
        r"(?i)\b(?:year[\s-]+to[\s-]+year|(?:successive|additional)\s+annual|annual\s+(?:periods|terms|basis)|annually|yearly|(?:each|every)\s+(?:successive\s+|calendar\s+)?year)\b",
    )
});
static MONTHLY: LazyLock<Regex> = LazyLock::new(|| {
    rule(r"(?i)\b(?:month[\s-]+(?:to|by)[\s-]+month|monthly\s+(?:periods|terms|basis)|(?:each|every)\s+month)\b")
});
/// It runs on after its first term until somebody ends it.
static RUNS_ON: LazyLock<Regex> = LazyLock::new(|| {
    rule(
        r"(?i)(?:\bthereafter\b|\bafter\s+that\b|\bindefinitely\b|\bautomatically\s+continue|\binitial\s+term\b)[^.;]{0,120}\b(?:until|unless\s+and\s+until)\b[^.;]{0,60}\b(?:terminat|cancel)",
    )
});
static NOT_TO: LazyLock<Regex> = LazyLock::new(|| rule(r"(?i)\b(?:not|non|not\s+to|unless)[\s-]*$"));
static MORE: LazyLock<Regex> = LazyLock::new(|| {
    rule(
        r"(?i)\b(?:additional|successive|further|another|renewal|consecutive|subsequent|automatically|monthly|annual|annually|yearly)\b",
    )
});
static EXTENDS: LazyLock<Regex> = LazyLock::new(|| rule(r"(?i)\b(?:and|shall|will)\s+$"));
/// Notice by the side that wants the renewal.
static TO_RENEW: LazyLock<Regex> = LazyLock::new(|| {
    rule(
        r"(?i)\b(?:elect(?:ion|s)?|cho(?:ice|ose)|option|desire|wish(?:es|ing)?|intent(?:ion)?|right|may)\s+to\s+(?:seek\s+to\s+)?(?:renew|extend)|\bwishing\s+to\s+renew|\b(?:exercise|renew)\s+(?:your|its|the|such)\s+(?:option|right)|\bto\s+renew\s+the\s+franchise|\bthat\s+intent\b",
    )
});
/// What a notice is counted to.
static TO_END: LazyLock<Regex> = LazyLock::new(|| {
    rule(
        r"(?i)\b(?:expir|end\s+of|non-?\s?renew|not\s+(?:to\s+)?(?:renew|extend)|renewal|anniversary|then[\s-]current|initial\s+term|such\s+notice)",
    )
});

#[derive(Clone, Debug, Default)]
pub(crate) struct Renewal {
    pub(crate) term: Option<Fact>,
    pub(crate) notice: Option<Fact>,
}

pub(crate) fn read(text: &str, sentences: &Sentences) -> Renewal {
    let mut best: Option<(i32, Renewal)> = None;
    for (i, s) in sentences.about(RENEWAL | TERM) {
        let Some(words) = text.get(s.start..s.end) else { continue };
        let Some(score) = weigh(words, sentences.heading(s)) else { continue };
        let Some((value, from, to)) = length(words) else { continue };
        if best.as_ref().is_some_and(|(b, _)| score <= *b) {
            continue;
        }
        let term = Some(Fact::new(text, s.start + from, s.start + to, value));
        let notice = notice(text, s, from..to).or_else(|| {
            // "Such notice must be given ninety days before the end": the sentence after.
            let next = sentences.get(i + 1).filter(|n| n.start.saturating_sub(s.end) < 40)?;
            TO_END.is_match(text.get(next.start..next.end)?).then(|| notice(text, next, 0..0)).flatten()
        });
        best = Some((score, Renewal { term, notice }));
    }
    let mut renewal = best.map(|(_, r)| r).unwrap_or_default();
    if renewal.term.is_some() && renewal.notice.is_none() {
        renewal.notice = sentences.about(RENEWAL | TERM).find_map(|(_, s)| apart(text, s));
    }
    renewal
}

fn weigh(words: &str, heading: &str) -> Option<i32> {
    if !(RENEWS.is_match(words) || RUNS.is_match(words)) || !WHOLE.is_match(words) {
        return None;
    }
    let mut score = 0;
    if AUTOMATIC.is_match(words) {
        score += 2;
    }
    let lower = words.to_lowercase();
    if lower.contains("automatically") {
        score += 2;
    }
    if lower.contains("renew") {
        score += 1;
    }
    if lower.contains("this agreement") || lower.contains("initial term") || lower.contains("this contract") {
        score += 1;
    }
    if heading.contains("term") || heading.contains("renew") || heading.contains("duration") {
        score += 2;
    }
    if ELSEWHERE.is_match(words) {
        score -= 3;
    }
    (score >= 3).then_some(score)
}

/// The renewal term in a sentence, as value and offsets.
fn length(words: &str) -> Option<(String, usize, usize)> {
    let periods = periods::all(words);
    for m in RENEWS.find_iter(words) {
        // "of its intention not to renew", "shall extend for three years" say nothing of a renewal's length.
        if NOT_TO.is_match(before(words, m.start(), 16)) {
            continue;
        }
        let first_term = m.as_str().eq_ignore_ascii_case("extend")
            && !MORE.is_match(after(words, m.end(), 100))
            && EXTENDS.is_match(before(words, m.start(), 30));
        if first_term {
            continue;
        }
        let near = periods.iter().find(|p| p.start >= m.end() && p.start - m.end() < 200 && is_length(words, p));
        if let Some(p) = near {
            return Some((value(words, p), p.start, p.end));
        }
        let rest = after(words, m.end(), 160);
        for (pattern, unit) in [(&YEARLY, "1 year"), (&MONTHLY, "1 month")] {
            let close = pattern.find(rest).map(|y| (m.end() + y.start(), m.end() + y.end()));
            let close = close.or_else(|| {
                let lead = before(words, m.start(), 60);
                pattern.find(lead).map(|y| (m.start() - lead.len() + y.start(), m.start() - lead.len() + y.end()))
            });
            if let Some((from, to)) = close {
                return Some((format!("successive {unit}"), from, to));
            }
        }
        // "one additional year renewal", "a two-year extension"
        let ahead = periods.iter().find(|p| p.end <= m.start() && m.start() - p.end < 20 && p.long());
        if let Some(p) = ahead {
            return Some((value(words, p), p.start, p.end));
        }
    }
    if RUNS.is_match(words) && IN_FORCE.is_match(words) {
        for (pattern, unit) in [(&YEARLY, "1 year"), (&MONTHLY, "1 month")] {
            if let Some(m) = pattern.find(words) {
                return Some((format!("successive {unit}"), m.start(), m.end()));
            }
        }
    }
    let m = RUNS_ON.find(words)?;
    // Without a first term there is nothing to renew.
    if periods.is_empty() && !words.to_lowercase().contains("initial term") {
        return None;
    }
    Some(("perpetual".to_owned(), m.start(), m.end()))
}

fn is_length(words: &str, p: &Period) -> bool {
    let rest = after(words, p.end, 60);
    !NOTICE_AFTER.is_match(rest)
        && LENGTH.is_match(rest)
        && (p.long() || (p.count >= 30 && SUCCESSIVE.is_match(before(words, p.start, 80))))
}

fn value(words: &str, p: &Period) -> String {
    // Only words near the length speak of it.
    let scope = before(words, p.start, 140);
    let successive = SUCCESSIVE.is_match(scope) || SUCCESSIVE.is_match(after(words, p.start, 90));
    if successive { format!("successive {}", p.words()) } else { p.words() }
}

/// "may be terminated at the expiration of any renewal term upon thirty days' notice", in a clause of its own.
fn apart(text: &str, s: Sentence) -> Option<Fact> {
    static AT_END: LazyLock<Regex> = LazyLock::new(|| {
        rule(
            r"(?i)\b(?:terminat|cancel|not\s+to\s+renew|non-?renew)[^.;]{0,160}\b(?:(?:expiration|end)\s+of\s+(?:its|the|any|such|each)\s+(?:then[\s-]current\s+|initial\s+|original\s+|relevant\s+|current\s+)?(?:or\s+(?:any\s+)?(?:first\s+)?renewal\s+)?(?:term|renewal)|initial\s+term\b)",
        )
    });
    let words = text.get(s.start..s.end)?;
    AT_END.find(words)?;
    notice(text, s, 0..0)
}

/// The notice that keeps the contract from renewing.
fn notice(text: &str, s: Sentence, taken: std::ops::Range<usize>) -> Option<Fact> {
    let words = text.get(s.start..s.end)?;
    if !STOPS.is_match(words) || (TO_RENEW.is_match(words) && !words.to_lowercase().contains("not to")) {
        return None;
    }
    let p = periods::all(words)
        .into_iter()
        .find(|p| p.start != taken.start && (NOTICE_AFTER.is_match(after(words, p.end, 60))))?;
    Some(Fact::new(text, s.start + p.start, s.start + p.end, p.words()))
}
