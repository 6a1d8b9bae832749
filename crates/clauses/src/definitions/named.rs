//! Finds the names: in quotation marks or in bold, before "means", in brackets behind what they name, or at the start of
//! an entry of a list of definitions.

mod unmarked;

use super::Kind;
use crate::{
    around::{after, before},
    reading::Clause,
};

/// A name as the text writes it.
#[derive(Debug, Clone)]
pub(super) struct Name {
    pub words: String,
    /// Byte offset behind the quotation mark.
    pub start: usize,
    /// With quotation marks and what dresses them.
    outer: (usize, usize),
}

#[derive(Debug)]
pub(super) struct Found {
    pub kind: Kind,
    pub names: Vec<Name>,
    /// The names are several terms and not several names of one.
    pub separate: bool,
    /// Where the definition begins.
    pub start: usize,
    /// Behind the verb, or behind the bracket.
    pub end: usize,
    /// Where the words begin that say where the meaning stands.
    pub source: Option<usize>,
    /// "Services (as defined in Section 2)": the term is used here and explained there.
    pub mention: bool,
}

const MARKS: &str = r"(?:\*{1,3}|_{1,3}|</?[A-Za-z][^<>\n]{0,200}>|\s)*";

pattern!(
    QUOTED,
    r#"["“”„]((?:\*{2,3}|_{1,3}|</?[A-Za-z][^<>\n]{0,200}>)*)([A-Za-z0-9\x{c0}-\x{24f}(\[][^"“”„\n|;]{0,90}?(?:\n[^"“”„\n|;]{1,60}?)??)(?:["“”]|'')|[‘]([A-Za-z][^‘’"“”\n;]{0,60})[’]|(?:``|'')([A-Za-z][^"“”`'\n;]{0,60})''|[\s(,]('([A-Za-z][^'"“”\n;]{0,60})')(?:[\s),.;:]|$)"#
);
pattern!(BOLD, r"\*\*([A-Za-z\x{c0}-\x{24f}][^*\n|“”\x22]{0,80}?)[:.]?\*\*");
pattern!(
    VERB,
    &format!(
        r#"(?i)^{MARKS}(?:[,;:]?\s*\(?(?:as|when|where|wherever|whenever|if)\s+(?:used|employed|referred\s+to)[^.;"“”]{{0,80}}?,?\s*\)?\s*|,?\s*(?:for\s+(?:the\s+)?purposes?\s+of|with\s+respect\s+to|in\s+relation\s+to|with\s+regard\s+to|under|in|of|within|throughout)\s+(?:this|the|these|a|an|any|each|such|its|our|your|[A-Z]\w*)\b[^.;"“”]{{0,90}}?,?\s+|,?\s*\([^()\n]{{0,120}}\)\s*,?\s*|\s+and\s+(?:its\s+)?(?:inflections|derivatives|cognates?|cognate\s+terms|correlative\s+terms|variations|similar\s+terms|related\s+terms)(?:\s+thereof)?\s+|,\s*)?(?:each\s+)?(shall\s+(?:also\s+|each\s+|collectively\s+|together\s+|herein\s+)?mean\b|(?:will|must)\s+(?:also\s+|each\s+)?mean\b|means?\b(?:,?\s+collectively|,?\s+and\s+includes?)?|(?:(?:shall|will|is|are|be|has|have|had|having|hereby|each|respectively|also|given|carry|bear|to|,)\s+)*(?:the|its|their|that|such)\s+(?:same\s+|respective\s+|following\s+)*meaning(?:\(s\)|s\b|\b)|(?:shall\s+|will\s+)?(?:have|has)\s+meanings?\b|(?:shall\s+|will\s+)?refers?\s+to\b|(?:shall\s+|will\s+)?(?:be\s+)?(?:deemed\s+to\s+)?(?:also\s+)?includes?\b(?:\s+without\s+limitation)?|(?:is|are|shall\s+be|will\s+be|as)\s+(?:hereby\s+|further\s+|more\s+fully\s+|as\s+)?(?:defined|specified|set\s+(?:forth|out)|identified|described|stated)\b|denotes?\b|stands?\s+for\b|(?:shall\s+|will\s+)?(?:consists?|comprises?)\s+of\b|(?:shall\s+be|will\s+be|is|are)\s+(?:the|an?|any|all|each|those|[0-9]+|(?:one|two|three|four|five|six|seven|eight|nine|ten|twelve|fifteen|twenty|thirty|sixty|ninety)(?:-\w+)?)\b)"#
    )
);
pattern!(MEANING, r"(?i)meanings?(?:\(s\))?$");
pattern!(
    GIVEN,
    r"(?i)^\s*(?:as\s+)?(?:(?:is|are|was|were|it\s+is|they\s+are|respectively)\s+)?(?:(?:given|set\s+(?:forth|out)|ascribed|assigned|attributed|specified|stated|provided|defined|described|contained|found|indicated|laid\s+down)\b(?:\s+(?:to|for)\s+(?:it|them|such\s+terms?|that\s+term|each|the\s+terms?\b[^.;]{0,30}?)(?:\s+respectively)?)?|as\b|under\b|in\b|that\b|to\s+(?:it|them)\b)?,?\s*(?:(?:given|ascribed|assigned)\s+)?(?:in|under|by|at|on|within|pursuant\s+to|as\s+in)\b\s*"
);
pattern!(
    BELOW,
    r"(?i)^\s*(?:as\s+)?(?:(?:given|set\s+(?:forth|out)|ascribed|stated|specified|indicated|described|provided|noted)\s*(?:to\s+(?:it|them)\s*)?)?(?:below|hereunder|opposite|next\s+to|following|as\s+follows|:)"
);
pattern!(DEFINED_IN, r"(?i)^\s*(?:in|on|under|by|at|pursuant\s+to|within)\b\s*");
pattern!(
    CHAINED,
    &format!(
        r"(?i)^{MARKS}(,|;|/|(?:,\s*)?\b(?:and|or)\b(?:/or)?(?:\s+the\s+(?:terms?\s+)?)?|\(|\(or|,?\s*and\s+the\s+terms?)?(?:\s*the\s+(?:terms?\s*)?)?{MARKS}$"
    )
);
pattern!(
    LEAD,
    r"(?i)(?:^|[\s,(\[:*_>-])(?:the|an?|this|these|those|that|each|any|all|as|collectively|together|individually|jointly|severally|respectively|herein|hereinafter|hereafter|hereinbelow|hereof|called|named|termed|or|and|and/or|also|either|both|to\s+as|such|our|your|us|defined|abbreviated|i\.e\.|such\s+term|so\s+called)[\]\s,:*_>]*$"
);
pattern!(
    NO_LEAD,
    r"(?i)\b(?:e\.\s?g\.?|for\s+example|for\s+instance|such\s+as|including|includes?|marked|entitled|titled|captioned|designated\s+as|labell?ed|stamped|legend|words?|phrase|heading|provision\s+of)\b"
);
pattern!(
    TAIL,
    &format!(
        r#"(?i)^{MARKS}(?:[)\],;:.]|\b(?:or|and)\b[^()]{{0,60}}["“”‘*]|\b(?:as|in|for|when|where|collectively|each|individually|jointly|together|which|hereunder|herein|respectively|hereafter|hereinafter|throughout|below|above|shall|with|if|to|of\s+(?:the|this)|\()|$)"#
    )
);
pattern!(
    CALLED,
    r"(?i)(?:\b(?:referred\s+to|called|known|designated|described|defined|identified|named|abbreviated|cited)\s*(?:(?:herein|hereinafter|hereafter|below|collectively|individually|jointly|together|severally|each|also|from\s+time\s+to\s+time|in\s+this\s+\w+|throughout|for\s+short|interchangeably|simply|sometimes),?\s+)*(?:to\s+)?as,?\s*:?|\bhereinafter,?(?:\s+(?:collectively|individually|jointly|together|called|named|termed|also))*|\bhereinafter\s+referred\s+to,?(?:\s+collectively)?|\bhereafter,?(?:\s+(?:collectively|called|named))?|\b(?:herein|hereby)\s+called|\b(?:and|or),?\s+(?:each\s+)?(?:individually|collectively|jointly|together|separately|severally)(?:\s+(?:referred\s+to|called))?(?:\s+(?:herein|hereinafter))?,?(?:\s+as)?)\s*,?\s*(?:(?:the|an?|each\s+an?|each|this|either\s+the)\s+)?$"
);
pattern!(EACH, r"(?i)[,;]\s+(?:each,?\s+(?:being\s+)?an?|together,?(?:\s+as)?(?:\s+the)?|collectively,?\s+the)\s+$");
pattern!(AFTER_EACH, r"^[*_]*\s*[,;.)]");
pattern!(SAID, r"(?i)\b(?:referred\s+to|hereinafter|hereafter|called|known\s+as)\b");
pattern!(
    TITLED,
    r"(?i)(?:section|article|clause|schedule|exhibit|annex|appendix|paragraph)s?\s+[0-9A-Z][0-9A-Za-z.()-]{0,9}\s*$"
);

/// Names that are quoted but define nothing.
const NO_TERMS: &[&str] = &["AS IS", "AS-IS", "AS AVAILABLE", "WHERE IS", "as is", "as-is", "as available", "where is"];

/// Every definition that the text writes, unordered.
pub(super) fn all(text: &str, clauses: &[Clause]) -> Vec<Found> {
    let mut out = Vec::new();
    let names = names(text);
    marked(text, &names, &mut out);
    unmarked::all(text, clauses, &names, &mut out);
    out
}

/// All that stands in quotation marks or in bold, in order, without overlap.
fn names(text: &str) -> Vec<Name> {
    let mut out: Vec<Name> = Vec::new();
    for c in QUOTED.captures_iter(text) {
        let (Some(whole), Some(m)) = (c.get(5).or(c.get(0)), c.get(2).or(c.get(3)).or(c.get(4)).or(c.get(6))) else {
            continue;
        };
        if let Some(name) = name(text, m.start(), m.end(), whole.start(), whole.end()) {
            out.push(name);
        }
    }
    let mut bold = Vec::new();
    if text.contains("**") {
        for c in BOLD.captures_iter(text) {
            let (Some(whole), Some(m)) = (c.get(0), c.get(1)) else { continue };
            let i = out.partition_point(|n| n.outer.1 <= whole.start());
            if out.get(i).is_some_and(|n| n.outer.0 < whole.end()) {
                continue;
            }
            bold.extend(name(text, m.start(), m.end(), whole.start(), whole.end()));
        }
    }
    out.extend(bold);
    out.sort_by_key(|n| n.start);
    out
}

fn name(text: &str, start: usize, end: usize, from: usize, to: usize) -> Option<Name> {
    let raw = text.get(start..end)?;
    let trimmed = raw.trim_end_matches(['*', '_', ',', '.', ' ', '\n', '\t', '>']);
    let trimmed = match trimmed.rfind("</") {
        Some(tag) if raw.ends_with('>') => trimmed[..tag].trim_end_matches(['*', '_', ' ']),
        _ => trimmed,
    };
    let lead = trimmed.len() - trimmed.trim_start_matches(['*', '_', '(', '[']).len();
    let trimmed = &trimmed[lead..];
    let words = crate::markup::without_tags(trimmed).split_whitespace().collect::<Vec<_>>().join(" ");
    let words = words.strip_prefix("the ").unwrap_or(&words).trim_matches(['*', '_', ']', ')']).to_owned();
    let count = words.split(' ').count();
    let sentence = words.replace("No. ", "").contains(". ") || words.contains(':');
    let good = !words.is_empty()
        && count <= 10
        && !sentence
        && words.chars().any(char::is_alphabetic)
        && !NO_TERMS.contains(&words.as_str());
    good.then_some(Name { words, start: start + lead, outer: (from, to) })
}

/// Names in quotation marks and in bold, by what stands around them.
fn marked(text: &str, names: &[Name], out: &mut Vec<Found>) {
    let mut chain: Vec<Name> = Vec::new();
    let mut joined_by_and = false;
    for (i, name) in names.iter().enumerate() {
        let quoted = !text[name.outer.0..].starts_with("**");
        let gap = chain.last().and_then(|last| text.get(last.outer.1..name.outer.0));
        match gap.filter(|g| g.len() < 400).and_then(|g| CHAINED.captures(g)) {
            Some(c) if !gap.unwrap_or("").trim().is_empty() || gap.is_some() && c.get(1).is_some() => {
                let joiner = c.get(1).map_or("", |m| m.as_str()).to_lowercase();
                joined_by_and |= joiner.contains("and") || joiner == ",";
            }
            _ => {
                chain.clear();
                joined_by_and = false;
            }
        }
        chain.push(name.clone());
        // With the quotation mark of the next name.
        let next = names.get(i + 1).map_or(text.len(), |n| n.outer.0);
        let tail = after(text, name.outer.1, 240.min(next - name.outer.1 + 4));
        let tail_all = after(text, name.outer.1, 240);
        if let Some(found) = meant(text, &chain, joined_by_and, tail_all, quoted, name) {
            out.push(found);
            chain.clear();
            joined_by_and = false;
        } else if let Some(found) = bracketed(text, name, names.get(i.wrapping_sub(1)), tail, quoted, out) {
            out.push(found);
        } else if quoted
            && (CALLED.is_match(before(text, name.outer.0, 130)) && said(text, name)
                || EACH.is_match(before(text, name.outer.0, 40)) && AFTER_EACH.is_match(tail))
        {
            out.push(Found {
                kind: Kind::Parenthetical,
                names: vec![name.clone()],
                separate: false,
                start: name.outer.0,
                end: name.outer.1,
                source: None,
                mention: false,
            });
        }
    }
}

fn said(text: &str, name: &Name) -> bool {
    SAID.is_match(before(text, name.outer.0, 320)) || before(text, name.outer.0, 60).contains("referred")
}

/// "“X” means".
fn meant(text: &str, chain: &[Name], by_and: bool, tail: &str, quoted: bool, last: &Name) -> Option<Found> {
    let c = VERB.captures(tail)?;
    let verb = c.get(1)?;
    let words = verb.as_str().to_lowercase();
    let strong = words.contains("mean")
        || words.ends_with("defined")
        || words.contains("refer")
        || words.contains("denote")
        || words.contains("stand");
    // "Confidential Information shall not include" explains what was defined elsewhere; so does "is" behind bold words.
    let lead = &tail[..verb.start()];
    let line_start = before(text, chain[0].outer.0, 40);
    let opens = line_start
        .trim_end_matches(['*', '_', ' ', '\t', '#', '|', '>', '-', '“', '"'])
        .ends_with(['\n', '.', ';', ':', ')', '”', '•'])
        || line_start.trim().is_empty()
        || number_only(line_start);
    let includes = words.contains("includ") || words.contains("consist") || words.contains("compris");
    let is = !strong && !includes;
    if !quoted && (!strong || !opens)
        || (is || includes) && !opens && !line_start.to_lowercase().trim_end().ends_with("term")
    {
        return None;
    }
    if lead.contains("\n\n")
        || words.starts_with("mean")
            && words == "mean"
            && !by_and
            && chain.len() == 1
            && !line_start.to_lowercase().contains("term")
            && !opens
    {
        return None;
    }
    if (is || includes) && last.words.chars().next().is_some_and(char::is_lowercase) {
        return None;
    }
    let behind = last.outer.1 + verb.end();
    let rest = after(text, behind, 160);
    let mut kind = Kind::Means;
    let mut source = None;
    if MEANING.is_match(verb.as_str()) {
        if let Some(g) = GIVEN.find(rest).filter(|_| !BELOW.is_match(rest)) {
            kind = Kind::Elsewhere;
            source = Some(behind + g.end());
        }
    } else if ["defined", "specified", "forth", "out", "identified", "described", "stated"]
        .iter()
        .any(|w| words.ends_with(w))
    {
        if let Some(g) = DEFINED_IN.find(rest) {
            kind = Kind::Elsewhere;
            source = Some(behind + g.end());
        } else if !words.ends_with("defined")
            || !rest.trim_start().starts_with("as") && !rest.trim_start().starts_with("to")
        {
            return None;
        }
    }
    let plural = !words.starts_with("means")
        && !words.contains("has")
        && !words.starts_with("refers")
        && !words.starts_with("includes");
    Some(Found {
        kind,
        names: chain.to_vec(),
        separate: chain.len() > 1 && by_and && plural,
        start: chain[0].outer.0,
        end: behind,
        source,
        mention: false,
    })
}

fn number_only(lead: &str) -> bool {
    let line = lead.rsplit('\n').next().unwrap_or(lead).trim();
    line.len() <= 12
        && line.chars().all(|c| {
            c.is_ascii_digit()
                || matches!(c, '.' | '(' | ')' | '*' | '-' | ' ' | '#' | '<' | '>')
                || c.is_ascii_alphabetic() && line.len() <= 5
        })
        || lead.trim_end().ends_with('>')
}

/// "(the “X”)".
fn bracketed(
    text: &str,
    name: &Name,
    previous: Option<&Name>,
    tail: &str,
    quoted: bool,
    out: &mut [Found],
) -> Option<Found> {
    let lead = before(text, name.outer.0, 400);
    let open = opening(lead)?;
    let inside = &lead[open + 1..];
    let bare = inside.trim_matches(|c: char| c.is_whitespace() || c == '*' || c == '_');
    let open_at = name.outer.0 - (lead.len() - open);
    let behind_name =
        previous.filter(|p| p.outer.0 > open_at).map(|p| text[p.outer.1..name.outer.0].trim().to_lowercase());
    let leads = bare.is_empty()
        || LEAD.is_match(inside)
        || inside.ends_with('>') && LEAD.is_match(&crate::markup::without_tags(inside))
        || behind_name.as_deref().is_some_and(|b| b == "," || b == "/" || b == ";");
    let example = bare.len() > 3 && NO_LEAD.is_match(before(inside, inside.len(), 60));
    if !leads || example || !TAIL.is_match(tail) {
        return None;
    }
    let lower = name.words.chars().next().is_some_and(char::is_lowercase);
    // "Section 6 (“Payment”)" gives a heading.
    if TITLED.is_match(before(text, open_at, 40)) {
        return None;
    }
    // Bold words alone in brackets, and words in lower case without an article, dress text more often than they define.
    let article = LEAD.is_match(inside);
    let joined = bare.ends_with(" and") || bare.ends_with(" or");
    if lower && (!article || joined) && !bare.is_empty() || !quoted && !bare.is_empty() && !article {
        return None;
    }
    if lower && bare.is_empty() && !tail.trim_start_matches(['*', '_']).starts_with(')') {
        return None;
    }
    let close = after(text, name.outer.1, 200).find([')', ']']).map_or(name.outer.1, |i| name.outer.1 + i + 1);
    // ("A" or "B") names one thing twice; (each, a "Party", together the "Parties") as well, by its plural.
    let alias = behind_name.as_deref().is_some_and(|b| b == "or" || b == "or the" || b == "/");
    if alias
        && let Some(last) =
            out.last_mut().filter(|f| f.kind == Kind::Parenthetical && f.start > open_at && f.names.len() < 6)
    {
        last.names.push(name.clone());
        return None;
    }
    Some(Found {
        kind: Kind::Parenthetical,
        names: vec![name.clone()],
        separate: false,
        start: name.outer.0,
        end: close,
        source: None,
        mention: false,
    })
}

/// The last bracket that is still open.
fn opening(lead: &str) -> Option<usize> {
    let mut closed = 0;
    for (i, c) in lead.char_indices().rev() {
        match c {
            ')' | ']' => closed += 1,
            '(' | '[' if closed == 0 => return Some(i),
            '(' | '[' => closed -= 1,
            '\n' if lead[i..].starts_with("\n\n") => return None,
            _ => {}
        }
    }
    None
}
