//! Names without quotation marks: at the start of a sentence before "means", in a list or table of definitions, before
//! "(as defined in Section 2)".

use super::{BELOW, Found, GIVEN, Kind, MEANING, Name, TITLED};
use crate::around::{after, before};
use crate::reading::Clause;

pattern!(
    UNQUOTED,
    r"\((?:the|hereinafter|hereinafter the|collectively,? the)\s+([A-Z][A-Za-z]+(?:\s+[A-Z][A-Za-z]+){0,4})\)"
);
pattern!(
    PLAIN_VERB,
    r"(?:\b(?:shall\s+(?:also\s+)?mean|will\s+mean|means|(?:shall\s+|will\s+)?ha(?:s|ve)\s+the\s+(?:same\s+|following\s+)?meanings?|MEANS|SHALL\s+MEAN)\b|\bmean\b)"
);
pattern!(
    PLAIN_NAME,
    r"(?:^|[\n.;:•|]|[.;:]\s|\)\s)[\s*_#|>-]*(?:(?:Section\s+)?[0-9]{1,2}(?:\.[0-9]{1,3})*[.)]?\s+|\([A-Za-z0-9]{1,4}\)\s+|[A-Za-z0-9]{1,2}[.)]\s+)?(?:For\s+(?:the\s+)?purposes?\s+of\s+(?:this\s+)?(?:Clause|Section|Article|clause|section)?\s*[0-9.]*,?\s+)?[*_]*(?:(?:The|A|An|the\s+term|The\s+term)\s+)?([A-Z][A-Za-z0-9&/’'-]*(?:\s+(?:[A-Z0-9][A-Za-z0-9&/’'-]*|of|and|or|to|for|the|in|on|by|with)){0,7})[*_]*(?:\s*\([^()\n]{1,40}\))?[,*_\s]*$"
);
pattern!(PLAIN_INCLUDES, r"\b(?:shall\s+)?includes?\b");
pattern!(HEADING, r"(?i)\b(?:definitions?|defined\s+terms|glossary|interpretation|key\s+terms)\b");
pattern!(
    ENTRY,
    r"^[\s#>-]*(?:\|\s*)?(?:[0-9]{1,2}(?:\.[0-9]{1,3})*[.)]?\s+|\([A-Za-z0-9]{1,4}\)\s+|[A-Za-z0-9]{1,2}[.)]\s+|[•·▪-]\s+)?(\*{0,2}[“\x22]?\*{0,2})([A-Z][A-Za-z0-9&/’' -]{1,60}?)(\*{0,2}[”\x22]?\*{0,2})(\s*\*{0,2}:\*{0,2}\s+|\s+[–—-]{1,2}\s+|\s*—\s*|\t+|\s*\|\s*)(\S)"
);
pattern!(
    MENTION,
    r"(?:^|[\s(“*_>])([A-Z][A-Za-z0-9&/’'-]*(?:\s+(?:of|and|the|for)?\s*[A-Z][A-Za-z0-9&/’'-]*){0,5})[*_]*\s*(?:\(|,\s*)(?:(?:as|each|which|such|a|that|term|terms|being|is|are|also|all|both|it)\s+)*(?:as\s+)?(?:such\s+terms?\s+(?:is|are)\s+|is\s+|are\s+)?(?:more\s+\w+\s+)?defined\s+(in|under|by|pursuant\s+to)\s"
);

const NO_NAMES: &[&str] = &[
    "This", "It", "That", "Which", "What", "By", "The", "Other", "Such", "These", "Those", "Any", "No", "All", "Each",
    "If", "In", "For", "As", "And", "Or", "Section",
];

/// All of them, beside what the marked ones gave.
pub(super) fn all(text: &str, clauses: &[Clause], names: &[Name], out: &mut Vec<Found>) {
    plain(text, names, PLAIN_VERB.find_iter(text).map(|m| (m.start(), m.end())), out);
    // Below a heading on definitions "includes" defines as well.
    let defining = clauses.iter().filter(|c| c.heading.as_deref().is_some_and(|h| HEADING.is_match(h)));
    let includes = defining
        .filter_map(|c| Some((c.start, text.get(c.start..c.end)?)))
        .flat_map(|(at, body)| PLAIN_INCLUDES.find_iter(body).map(move |m| (at + m.start(), at + m.end())));
    plain(text, names, includes, out);
    entries(text, clauses, out);
    mentions(text, out);
    unquoted(text, out);
}

/// "Confidential Information means" at the start of a sentence, without any marks.
fn plain(text: &str, names: &[Name], verbs: impl Iterator<Item = (usize, usize)>, out: &mut Vec<Found>) {
    for (verb, behind) in verbs {
        let rest = after(text, behind, 8).to_lowercase();
        // The noun: "by means of", "payment means are".
        if [" of ", " by ", " are ", " is ", " were ", " was "].iter().any(|word| rest.starts_with(word)) {
            continue;
        }
        let Some(c) = PLAIN_NAME.captures(before(text, verb, 130)) else { continue };
        let Some(n) = c.get(1) else { continue };
        let start = verb - before(text, verb, 130).len() + n.start();
        let end = start + n.as_str().trim_end().len();
        let i = names.partition_point(|other| other.outer.1 <= start);
        if names.get(i).is_some_and(|other| other.outer.0 < end)
            || out.iter().any(|f| f.start <= start && f.end >= behind)
        {
            continue;
        }
        let words = n.as_str().split_whitespace().collect::<Vec<_>>().join(" ");
        let first = words.split(' ').next().unwrap_or("");
        if NO_NAMES.contains(&words.as_str()) || NO_NAMES.contains(&first) || words.len() > 70 {
            continue;
        }
        let rest = after(text, behind, 160);
        let given =
            MEANING.is_match(&text[verb..behind]).then(|| GIVEN.find(rest)).flatten().filter(|_| !BELOW.is_match(rest));
        out.push(Found {
            kind: if given.is_some() { Kind::Elsewhere } else { Kind::Means },
            names: vec![Name { words, start, outer: (start, end) }],
            separate: false,
            start,
            end: behind,
            source: given.map(|g| behind + g.end()),
            mention: false,
        });
    }
}

/// "Term: what it is" and the rows of a table, below a heading on definitions.
fn entries(text: &str, clauses: &[Clause], out: &mut Vec<Found>) {
    for clause in clauses {
        if !clause.heading.as_deref().is_some_and(|h| HEADING.is_match(h)) {
            continue;
        }
        let Some(body) = text.get(clause.start..clause.end) else { continue };
        let mut at = clause.start;
        for line in body.split_inclusive('\n') {
            let from = at;
            at += line.len();
            let Some(c) = ENTRY.captures(line) else { continue };
            let (Some(n), Some(gap)) = (c.get(2), c.get(4)) else { continue };
            let words = n.as_str().trim().to_owned();
            let dressed = !c[1].is_empty() && !c[3].is_empty();
            let titled = words.split_whitespace().all(|w| {
                w.starts_with(char::is_uppercase) || ["of", "and", "the", "for", "to", "or", "in"].contains(&w)
            });
            let row = gap.as_str().contains('|') || gap.as_str().contains('\t');
            if row && !line.trim_start().starts_with('|') && !gap.as_str().contains('\t') {
                continue;
            }
            if !(titled && words.split(' ').count() <= 7)
                || HEADING.is_match(&words)
                || ["Term", "Defined Term", "Meaning"].contains(&words.as_str()) && row
                || line.contains("---")
            {
                continue;
            }
            // "Confidentiality: the parties agree" below "Definitions" is an entry; a bare colon elsewhere is a heading.
            let start = from + n.start();
            let behind = from + gap.end();
            if !dressed && gap.as_str().trim().is_empty() && !row
                || out.iter().any(|f| f.names.iter().any(|o| o.start == start))
            {
                continue;
            }
            let end = start + words.len();
            out.push(Found {
                kind: Kind::Means,
                names: vec![Name { words, start, outer: (start, end) }],
                separate: false,
                start,
                end: behind,
                source: None,
                mention: false,
            });
        }
    }
}

/// "Services (as defined in Section 2)".
fn mentions(text: &str, out: &mut Vec<Found>) {
    for c in MENTION.captures_iter(text) {
        let (Some(whole), Some(n), Some(source)) = (c.get(0), c.get(1), c.get(2)) else { continue };
        let words = n.as_str().split_whitespace().collect::<Vec<_>>().join(" ");
        let words = words.strip_prefix("The ").unwrap_or(&words).to_owned();
        if NO_NAMES.contains(&words.as_str()) || words == "Agreement" && whole.as_str().contains("Section") {
            continue;
        }
        let start = n.end() - words.len().min(n.len());
        let start = if text.is_char_boundary(start) { start } else { n.start() };
        out.push(Found {
            kind: Kind::Elsewhere,
            names: vec![Name { words, start, outer: (n.start(), n.end()) }],
            separate: false,
            start,
            end: whole.end(),
            source: Some(source.end()),
            mention: true,
        });
    }
}

/// "(the Clauses)", without quotation marks.
fn unquoted(text: &str, out: &mut Vec<Found>) {
    for c in UNQUOTED.captures_iter(text) {
        let (Some(whole), Some(n)) = (c.get(0), c.get(1)) else { continue };
        let words = n.as_str().split_whitespace().collect::<Vec<_>>().join(" ");
        // What has a definition of its own is only named here.
        let known = out.iter().any(|f| f.names.iter().any(|name| name.words == words));
        if known || TITLED.is_match(before(text, whole.start(), 40)) {
            continue;
        }
        out.push(Found {
            kind: Kind::Parenthetical,
            names: vec![Name { words, start: n.start(), outer: (n.start(), n.end()) }],
            separate: false,
            start: n.start(),
            end: whole.end(),
            source: None,
            mention: false,
        });
    }
}
