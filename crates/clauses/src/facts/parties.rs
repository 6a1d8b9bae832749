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
static BETWEEN: LazyLock<Regex> = LazyLock::new(|| {
    rule(r"(?i)\b(?:by\s+and\s+(?:between|among(?:st)?)|by\s+and\s+\w+\s+and\s+among|between|among(?:st)?)\b\s*:?")
});
/// A short name in brackets and quotes.
static SHORT: LazyLock<Regex> =
    LazyLock::new(|| rule(r#"\((?:[^()"“”]{0,60})["“”]\s*([^"“”()]{1,60}?)\s*,?\s*["“”][^()]{0,80}\)"#));
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
            return Some(Fact::new(text, start, start + line.len(), tidy(line)));
        }
        if !short {
            // The title runs into the text.
            let cut = THIS.find(line).map_or(line.len(), |m| m.start());
            if let Some(m) = TITLE_WORDS.find(line.get(..cut).unwrap_or(line)) {
                return Some(Fact::new(text, start + m.start(), start + m.end(), tidy(m.as_str())));
            }
            break;
        }
    }
    let m = THIS.captures(after(text, 0, OPENING))?.get(1)?;
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
    let stop = ["WHEREAS", "Whereas", "RECITALS", "Recitals", "WITNESSETH", "NOW, THEREFORE", "Source:"]
        .iter()
        .filter_map(|w| zone.find(w))
        .min()
        .unwrap_or(zone.len());
    let zone = &zone[..stop];
    let mut out: Vec<Party> = Vec::new();
    let mut at = 0;
    for c in SHORT.captures_iter(zone) {
        let (Some(whole), Some(short)) = (c.get(0), c.get(1)) else { continue };
        let short = tidy(short.as_str());
        let lower = short.to_lowercase();
        if ["agreement", "party", "parties", "effective date", "contract", "execution date"]
            .iter()
            .any(|w| lower.contains(w))
        {
            if !lower.contains("part") {
                at = whole.end();
            }
            continue;
        }
        if out.len() >= 8 {
            break;
        }
        let lead = &zone[at..whole.start()];
        let name_start = at + opening_len(lead);
        let rest = &zone[name_start.min(whole.start())..whole.start()];
        let name_len = NAME_END.find(rest).map_or(rest.len(), |m| m.start());
        let words = rest[..name_len].trim_end_matches([',', ' ', '\n', '(']);
        let (name, name_len) = (tidy(words), words.len());
        if name.len() >= 2
            && name.len() <= 160
            && name.chars().next().is_some_and(|c| c.is_uppercase() || c.is_numeric() || c.is_lowercase())
        {
            let start = from + name_start;
            out.push(Party { name, short: Some(short), start, end: start + name_len });
        }
        at = whole.end();
    }
    if out.len() < 2 {
        return plain(zone, from);
    }
    out
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
        rule(r"(?i)^(?:[\s,.;:()]|\band\b|\bby\b|\bbetween\b|\bor\b|\b[ivx]+\)|\b\d\)|\bthe\s+following\b)*")
    });
    JOIN.find(lead).map_or(0, |m| m.end())
}
