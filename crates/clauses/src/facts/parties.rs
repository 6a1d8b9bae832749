//! What the contract is called, and who made it with which short names.

use super::{Fact, Party, after, rule};
use regex::Regex;
use std::sync::LazyLock;

/// Where the names of the parties stand.
const OPENING: usize = 16_000;

static TITLE: LazyLock<Regex> = LazyLock::new(|| {
    rule(
        r"(?i)\b(?:agreement|contract|addendum|amendment|lease|licen[cs]e|deed|memorandum|undertaking|terms|statement\s+of\s+work|order\s+form)\b",
    )
});
static THIS: LazyLock<Regex> = LazyLock::new(|| {
    rule(
        r"\b(?:THIS|This)\s+((?:[A-Z&][\w/&,'’-]*\s+|(?:and|of|for|to|the|on|in)\s+|\([A-Z][^)]{0,40}\)\s+){0,12}?(?:AGREEMENT|Agreement|CONTRACT|Contract|AMENDMENT|Amendment|ADDENDUM|Addendum|LEASE|Lease|DEED|Deed))\b",
    )
});
static TITLE_WORDS: LazyLock<Regex> = LazyLock::new(|| {
    rule(
        r"\b(?:(?:[A-Z0-9&][A-Z0-9/&,'’.-]*|\([A-Z][A-Z0-9 ]*\))\s+){0,12}(?:AGREEMENT|CONTRACT|AMENDMENT|ADDENDUM|LEASE|DEED)\b(?:\s+NO\.?\s+\d+)?",
    )
});
static TITLED: LazyLock<Regex> =
    LazyLock::new(|| rule(r"\b(?:[A-Z][\w/&-]*\s+|(?:and|of|for)\s+){1,8}(?:Agreement|Contract|Amendment|Addendum)\b"));
/// What filings put before a title on its line.
static FILED: LazyLock<Regex> = LazyLock::new(|| {
    rule(
        r"(?i)^(?:(?:exhibit|ex-|annex|appendix)\s*[\w.()-]*\d[\w.()-]*\s*[-–:.]?\s*|\d[\d.]*\s+|(?:execution|conformed)\s+(?:copy|version)\s*)+",
    )
});
static BETWEEN: LazyLock<Regex> = LazyLock::new(|| {
    rule(
        r"(?i)\b(?:by\s+and\s+(?:between|among(?:st)?)|by\s+and\s+\w+\s+and\s+among|between|among(?:st)?|entered\s+into\s+by|made\s+by)\b\s*:?",
    )
});
/// A short name in brackets and quotes.
static SHORT: LazyLock<Regex> =
    LazyLock::new(|| rule(r#"\((?:[^()"“”]{0,60})["“”]\s*([^"“”()]{1,60}?)\s*,?\s*["“”][^()]{0,200}\)"#));
/// Where the parties are all named.
static ENOUGH: LazyLock<Regex> = LazyLock::new(|| {
    rule(
        r"\b(?:WHEREAS|Whereas|RECITALS?|Recitals?|WITNESSETH|NOW,?\s+THEREFORE|Source:|each\s+an?\b|individually\s+(?:referred|an?\b|as)|collectively\s+(?:referred|as|the)\b|(?:hereafter|together)\s+referred|sometimes\s+referred)",
    )
});
/// Words about a party that are no name.
static DESCRIBES: LazyLock<Regex> = LazyLock::new(|| {
    rule(
        r"^(?:an?|with|whose|having|located|is|are|may|shall|organi[sz]ed|existing|consisting|once|as|this|these|its|such|any|in|on|if|acting|each|doing|duly|for|hereinafter|parties|which|that|from|pursuant|under|having|owning|and/or)\b",
    )
});
static AND_NAME: LazyLock<Regex> = LazyLock::new(|| rule(r"(?:\band\b|;|&)\s+(?:the\s+)?[A-Z0-9]"));
/// Where a name ends.
static NAME_END: LazyLock<Regex> = LazyLock::new(|| {
    rule(
        r"(?i)(?:,\s*(?:an?|the|with|having|whose|located|organi[sz]ed|incorporated|acting|through|on\s+behalf|doing|each|duly|existing|as\b|by\b|in\s+its)\b|\s+\(|;|\s+(?:an?|with|having|whose|located|is|organi[sz]ed|a\s+corporation|on\s+behalf|acting)\s|\s+with\s|:|\n\s*\n)",
    )
});

/// The title line; else the name that the opening gives the contract.
pub(crate) fn document_name(text: &str) -> Option<Fact> {
    let head = after(text, 0, 4000);
    let mut at = 0;
    for line in head.split_inclusive('\n').take(60) {
        let start = at + (line.len() - line.trim_start().len());
        at += line.len();
        let line = line.trim();
        if line.is_empty() || line.starts_with("Source:") {
            continue;
        }
        let short = line.len() <= 120 && line.split_whitespace().count() <= 14;
        if short && TITLE.is_match(line) && !line.ends_with([',', ';', ':']) && !line.contains("\"Agreement\"") {
            let skip = FILED.find(line).map_or(0, |m| m.end());
            return Some(Fact::new(text, start + skip, start + line.len(), tidy(&line[skip..])));
        }
        if !short {
            // The title runs into the text.
            let cut = THIS.find(line).map_or(line.len(), |m| m.start());
            if let Some(m) = TITLE_WORDS.find(line.get(..cut).unwrap_or(line)) {
                let skip = FILED.find(m.as_str()).map_or(0, |f| f.end());
                return Some(Fact::new(text, start + m.start() + skip, start + m.end(), tidy(&m.as_str()[skip..])));
            }
            break;
        }
    }
    let named = THIS.captures(after(text, 0, OPENING)).and_then(|c| c.get(1));
    // "This Agreement" alone says less than the words that open the text.
    let m = named.filter(|m| m.as_str().contains(' ')).or_else(|| TITLED.find(head)).or(named)?;
    Some(Fact::new(text, m.start(), m.end(), tidy(m.as_str())))
}

fn tidy(words: &str) -> String {
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The parties named after "between" in the opening.
pub(crate) fn parties(text: &str) -> Vec<Party> {
    let head = after(text, 0, OPENING);
    let mut best = Vec::new();
    for m in BETWEEN.find_iter(head).take(8) {
        let found = named_after(head, m.end());
        if found.iter().filter(|p| p.short.is_some()).count() >= 2 {
            return found;
        }
        if found.len() > best.len() {
            best = found;
        }
    }
    if best.len() >= 2 { best } else { Vec::new() }
}

/// Names up to the end of the sentence, each with its bracket.
fn named_after(head: &str, from: usize) -> Vec<Party> {
    let zone = after(head, from, 2500);
    let zone = &zone[..ENOUGH.find(zone).map_or(zone.len(), |m| whole_bracket(zone, m.start()))];
    let mut out: Vec<Party> = Vec::new();
    let mut at = 0;
    for c in SHORT.captures_iter(zone) {
        let (Some(whole), Some(short)) = (c.get(0), c.get(1)) else { continue };
        let short = tidy(short.as_str());
        let lower = short.to_lowercase();
        if lower.split(|c: char| !c.is_alphabetic()).any(|w| matches!(w, "party" | "parties")) {
            continue;
        }
        let lead = &zone[at..whole.start()];
        let other = ["agreement", "date", "contract"].iter().any(|w| lower.contains(w));
        if let Some((start, end)) = name_in(lead, out.is_empty()).filter(|_| !other && out.len() < 8) {
            let (start, end) = (from + at + start, from + at + end);
            out.push(Party { name: tidy(&head[start..end]), short: Some(short), start, end });
        }
        at = whole.end();
    }
    if out.len() < 2 {
        return plain(zone, from);
    }
    out
}

/// The end of the bracket around `at`, or `at` where none is open: `("B" and together with A, each a "Party")`.
fn whole_bracket(zone: &str, at: usize) -> usize {
    let lead = &zone[..at];
    if lead.rfind('(') <= lead.rfind(')') {
        return at;
    }
    zone[at..].find(')').map_or(at, |close| at + close + 1)
}

/// The name in the words before a bracket. From the second party on they may begin with what was left to say of the
/// first: ", a Delaware corporation with offices in New York, and HSW International, Inc.".
fn name_in(lead: &str, first: bool) -> Option<(usize, usize)> {
    let mut start = opening_len(lead);
    let described = lead.get(start..).is_some_and(|r| DESCRIBES.is_match(r));
    if described && !first {
        let next = AND_NAME.find_iter(lead).last()?;
        start = next.start() + opening_len(&lead[next.start()..]);
    }
    let rest = lead.get(start..)?;
    let len = NAME_END.find(rest).map_or(rest.len(), |m| m.start());
    let name = rest[..len].trim_end_matches([',', ' ', '\n', '(']);
    let fits = (2..=160).contains(&name.len()) && !DESCRIBES.is_match(name) && name.contains(char::is_alphabetic);
    fits.then_some((start, start + name.len()))
}

/// Names without brackets: "between A, Inc. and B, LLC."
fn plain(zone: &str, from: usize) -> Vec<Party> {
    static AND: LazyLock<Regex> = LazyLock::new(|| rule(r"(?i)\s+and\s+"));
    let end = zone.find(". ").unwrap_or(zone.len()).min(zone.find("\n\n\n").unwrap_or(zone.len()));
    let zone = &zone[..end];
    let Some(and) = AND.find(zone) else { return Vec::new() };
    let mut out = Vec::new();
    for (start, part) in [(0, &zone[..and.start()]), (and.end(), &zone[and.end()..])] {
        let lead = opening_len(part);
        let rest = &part[lead..];
        let len = NAME_END.find(rest).map_or(rest.len(), |m| m.start());
        let words = rest[..len].trim_end_matches([',', ' ', '\n', '.']);
        let (name, len) = (tidy(words), words.len());
        if name.len() >= 3 && name.len() <= 120 && name.starts_with(|c: char| c.is_uppercase()) {
            out.push(Party { name, short: None, start: from + start + lead, end: from + start + lead + len });
        }
    }
    if out.len() == 2 { out } else { Vec::new() }
}

/// Joining words before a name.
fn opening_len(lead: &str) -> usize {
    static JOIN: LazyLock<Regex> = LazyLock::new(|| {
        rule(r"(?i)^(?:[\s,.;:()]|\band\b|\bby\b|\bbetween\b|\bor\b|\b[a-zivx]{1,3}\)|\b\d\)|\bthe\s+following\b)*")
    });
    JOIN.find(lead).map_or(0, |m| m.end())
}
