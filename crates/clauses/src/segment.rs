//! Cuts a text into clauses: paragraphs first, then groups of sentences of about 400 characters.
//!
//! Small units are deliberate: a reviewer wants the sentence that carries the duty, not the page around it.
//! All cuts fall on ASCII bytes, so every offset is a character boundary.

use crate::reading::{Block, Clause};

/// A group of sentences is closed before it would grow past this many bytes.
const GROUP: usize = 400;
/// A paragraph shorter than this (a heading, a stray number) joins the paragraph after it.
const SHORT: usize = 40;
/// A line of this width that ends without punctuation is a wrapped line and not a paragraph.
const WRAPPED: std::ops::Range<usize> = 50..140;
/// Words after which a full stop doesn't end a sentence.
const ABBREVIATIONS: &[&str] = &[
    "inc", "ltd", "co", "corp", "llc", "no", "nos", "sec", "art", "mr", "mrs", "ms", "dr", "st", "vs", "v", "e.g",
    "i.e", "u.s", "u.k", "p.m", "a.m", "approx", "etc", "cf", "para", "paras", "fig", "ste", "esq", "jr", "sr", "dept",
    "ex", "reg",
];

#[derive(Clone, Debug, Default)]
struct Paragraph {
    start: usize,
    end: usize,
    heading: Option<u8>,
    number: Option<String>,
    page: Option<u32>,
}

/// The clauses of a text, in order, without overlap, topics still empty.
pub fn segment(text: &str, blocks: &[Block]) -> Vec<Clause> {
    let paragraphs = if blocks.is_empty() { lines(text, 0, text.len(), None) } else { from_blocks(text, blocks) };
    let mut clauses = Vec::new();
    let mut place = Place::default();
    let mut waiting: Option<Paragraph> = None;
    for paragraph in paragraphs {
        let body_start = paragraph.start;
        let mut whole = paragraph;
        if let Some(before) = waiting.take() {
            whole.start = before.start;
            whole.number = whole.number.or_else(|| before.number.clone());
            whole.page = before.page.or(whole.page);
            place.enter(text, &before);
        }
        if whole.end - whole.start < SHORT {
            place.enter(text, &Paragraph { start: body_start, ..whole.clone() });
            waiting = Some(whole);
            continue;
        }
        place.enter(text, &Paragraph { start: body_start, ..whole.clone() });
        push_groups(text, &whole, body_start, &mut place, &mut clauses);
    }
    if let Some(last) = waiting {
        push_groups(text, &last, last.start, &mut place, &mut clauses);
    }
    clauses
}

/// The title: the first short line that reads like the name of an agreement.
pub fn title(text: &str, clauses: &[Clause]) -> Option<String> {
    let names = [
        "agreement",
        "addendum",
        "contract",
        "terms",
        "policy",
        "licence",
        "license",
        "amendment",
        "statement of work",
        "non-disclosure",
        "nda",
        "order form",
        "requirements",
        "undertaking",
        "deed",
    ];
    let head = &text[..clauses.get(6).map_or(text.len(), |c| c.end)];
    let mut first = None;
    for line in head.lines().take(60) {
        let line = plain(line);
        if line.is_empty() || line.len() > 120 {
            continue;
        }
        let lower = line.to_lowercase();
        if names.iter().any(|n| lower.contains(n))
            && !line.ends_with([',', ';', ':'])
            && line.split_whitespace().count() <= 14
        {
            return Some(line);
        }
        let reads =
            line.chars().any(char::is_alphabetic) && !lower.starts_with("exhibit") && !lower.starts_with("source");
        if first.is_none() && reads {
            first = Some(line);
        }
    }
    first.filter(|f| f.len() <= 80)
}

/// Where in the numbering the walk stands.
#[derive(Default)]
struct Place {
    /// Headings by depth, the outermost first.
    headings: Vec<Heading>,
    number: Option<String>,
    level: u8,
    decimal_level: u8,
}

struct Heading {
    level: u8,
    /// Without a stop at its end.
    number: Option<String>,
    words: String,
}

impl Heading {
    /// Whether a clause of this number stands below it: 2.1 below 2, whatever level the file gives its headings.
    fn covers(&self, number: &str) -> bool {
        let below = |own: &String| number.strip_prefix(own.as_str()).is_some_and(|rest| rest.starts_with('.'));
        self.number.as_ref().is_some_and(below)
    }
}

impl Place {
    fn enter(&mut self, text: &str, p: &Paragraph) {
        let body = &text[p.start..p.end];
        let mark = marker(body);
        let number = p.number.clone().or_else(|| mark.as_ref().map(|m| m.number.clone()));
        let level = match (&number, p.heading) {
            (_, Some(h)) => h,
            (Some(n), None) => match depth(n) {
                Some(d) => {
                    self.decimal_level = d;
                    d
                }
                None => self.decimal_level.saturating_add(1),
            },
            (None, None) => 0,
        };
        if let Some(heading) = heading_of(body, mark.as_ref(), p.heading) {
            let at = if level == 0 { 1 } else { level };
            self.headings.retain(|above| above.level < at);
            let number = number.as_deref().map(|n| n.trim_end_matches('.').to_owned());
            self.headings.push(Heading { level: at, number, words: heading });
        } else if let Some(number) = number.as_deref().filter(|_| level > 0) {
            // A numbered clause without a heading of its own leaves the headings of its siblings.
            let decimal = self.decimal_level;
            self.headings.retain(|above| above.level < level || decimal < level || above.covers(number));
        }
        if number.is_some() || p.heading.is_some() {
            self.number = number;
            self.level = level;
        }
    }
}

fn push_groups(text: &str, p: &Paragraph, body_start: usize, place: &mut Place, out: &mut Vec<Clause>) {
    let mut start = p.start;
    let mut end = p.start;
    let mut emit = |start: usize, end: usize| {
        let (start, end) = trim(text, start, end);
        if start < end {
            out.push(Clause {
                start,
                end,
                number: place.number.clone(),
                heading: place.headings.last().map(|above| above.words.clone()),
                level: place.level,
                page: p.page,
                topics: Vec::new(),
                categories: Vec::new(),
            });
        }
    };
    for cut in sentence_ends(text, body_start, p.end) {
        if end > start && cut - start > GROUP && end - start >= SHORT {
            emit(start, end);
            start = end;
        }
        end = cut;
    }
    emit(start, p.end);
}

fn from_blocks(text: &str, blocks: &[Block]) -> Vec<Paragraph> {
    let mut sorted: Vec<&Block> = blocks
        .iter()
        .filter(|b| {
            b.start < b.end && b.end <= text.len() && text.is_char_boundary(b.start) && text.is_char_boundary(b.end)
        })
        .collect();
    sorted.sort_by_key(|b| (b.start, b.end));
    let mut out = Vec::new();
    let mut at = 0;
    let mut page = None;
    for block in sorted {
        if block.start < at {
            continue;
        }
        out.extend(lines(text, at, block.start, page));
        page = block.page.or(page);
        let (start, end) = trim(text, block.start, block.end);
        if start < end {
            out.push(Paragraph { start, end, heading: block.heading, number: block.number.clone(), page: block.page });
        }
        at = block.end;
    }
    out.extend(lines(text, at, text.len(), page));
    out
}

/// Paragraphs of a stretch of plain text or Markdown. Wrapped lines are joined; form feeds count pages.
fn lines(text: &str, from: usize, to: usize, page: Option<u32>) -> Vec<Paragraph> {
    let mut out: Vec<Paragraph> = Vec::new();
    let paged = page.is_none() && text[from..to].contains('\u{c}');
    let mut current_page = if paged { Some(1) } else { page };
    let mut open = false;
    let mut previous_len = 0;
    let mut at = from;
    for line in text[from..to].split_inclusive('\n') {
        let start = at;
        at += line.len();
        if paged {
            let feeds = line.bytes().filter(|b| *b == 0xc).count() as u32;
            current_page = current_page.map(|p| p + feeds);
        }
        let (s, e) = trim(text, start, at);
        if s == e {
            open = false;
            continue;
        }
        let body = &text[s..e];
        let joins = open
            && WRAPPED.contains(&previous_len)
            && !ends_sentence(&text[..s])
            && marker(body).is_none()
            && !body.starts_with(['#', '|', '-', '*', '•', '·', '▪', '◦', '\u{f0b7}']);
        match out.last_mut() {
            Some(last) if joins => last.end = e,
            _ => {
                let hashes = body.bytes().take_while(|b| *b == b'#').count();
                let heading = (1..=6).contains(&hashes).then_some(hashes as u8);
                out.push(Paragraph { start: s, end: e, heading, number: None, page: current_page });
            }
        }
        open = true;
        previous_len = e - s;
    }
    out
}

fn ends_sentence(before: &str) -> bool {
    before.trim_end().ends_with(['.', ';', ':', '?', '!', '"', '”', '|'])
}

fn trim(text: &str, start: usize, end: usize) -> (usize, usize) {
    let slice = &text[start..end];
    let lead = slice.len() - slice.trim_start().len();
    (start + lead.min(slice.len()), start + slice.trim_end().len().max(lead))
}

/// Offsets at which sentences end (after the closing quote or bracket), the last one always `to`.
pub(crate) fn sentence_ends(text: &str, from: usize, to: usize) -> Vec<usize> {
    let bytes = text.as_bytes();
    let mut cuts = Vec::new();
    let mut i = from;
    while i < to {
        if matches!(bytes[i], b'.' | b'?' | b'!') {
            let mut j = i + 1;
            while j < to {
                let rest = &text[j..to];
                match rest.chars().next() {
                    Some(c) if matches!(c, '"' | '”' | '’' | '\'' | ')' | '*') => j += c.len_utf8(),
                    _ => break,
                }
            }
            let spaces = space_len(&text[j..to]);
            let next = text[j + spaces..to].chars().next();
            let opens = next
                .is_some_and(|c| c.is_uppercase() || c.is_ascii_digit() || matches!(c, '(' | '"' | '“' | '*' | '•'));
            if spaces > 0 && opens && !(bytes[i] == b'.' && abbreviation(&text[from..i])) {
                cuts.push(j);
            }
            i = j.max(i + 1);
        } else {
            i += 1;
        }
    }
    cuts.push(to);
    cuts
}

fn abbreviation(before: &str) -> bool {
    // Only the last few characters matter; looking further would make long lines without spaces quadratic.
    let mut start = before.len().saturating_sub(12);
    while !before.is_char_boundary(start) {
        start += 1;
    }
    let tail = &before[start..];
    let word =
        tail.rsplit(|c: char| c.is_whitespace() || matches!(c, '(' | '"' | '“' | '*' | ',')).next().unwrap_or("");
    let lower = word.to_lowercase();
    let chars = word.chars().count();
    chars == 0
        || (chars == 1 && word.chars().all(|c| c.is_alphabetic()))
        || (chars <= 6 && word.chars().all(|c| c.is_ascii_digit() || c == '.'))
        || ABBREVIATIONS.contains(&lower.as_str())
}

struct Marker {
    number: String,
    /// Bytes up to the first character after the marker.
    len: usize,
}

/// The number or list letter at the start of a paragraph.
fn marker(body: &str) -> Option<Marker> {
    let skipped = body.len() - body.trim_start_matches(['#', '*', ' ', '\t', '_']).len();
    let mut rest = &body[skipped..];
    let mut len = skipped;
    for word in ["Section", "SECTION", "Article", "ARTICLE", "Clause", "CLAUSE", "§"] {
        if let Some(after) = rest.strip_prefix(word) {
            let trimmed = after.trim_start();
            if trimmed.starts_with(|c: char| c.is_ascii_digit() || matches!(c, 'I' | 'V' | 'X')) {
                len += rest.len() - trimmed.len();
                rest = trimmed;
                break;
            }
        }
    }
    let bracket = rest.starts_with('(');
    let inner = if bracket { &rest[1..] } else { rest };
    let core = inner.bytes().take(12).take_while(|b| b.is_ascii_alphanumeric() || *b == b'.').count();
    let token = inner[..core].trim_end_matches('.');
    if token.is_empty() {
        return None;
    }
    let closed = inner[core..].starts_with(')');
    let dotted = inner[..core].ends_with('.');
    let decimal = token.bytes().all(|b| b.is_ascii_digit() || b == b'.') && token.len() <= 9 && !token.contains("..");
    let roman = token.bytes().all(|b| matches!(b.to_ascii_lowercase(), b'i' | b'v' | b'x' | b'l')) && token.len() <= 5;
    let letter = token.len() <= 2 && token.bytes().all(|b| b.is_ascii_alphabetic());
    let after = len + usize::from(bracket) + core + usize::from(closed);
    let gap = body[after..].starts_with(|c: char| c.is_whitespace() || c == '*') || after == body.len();
    let year = decimal && token.len() == 4 && !token.contains('.');
    let fits = match (bracket, closed) {
        (true, true) => decimal || roman || letter,
        (true, false) => false,
        (false, true) => decimal || roman || letter,
        (false, false) => {
            (decimal && (dotted || token.contains('.') || token.len() <= 2) && !year)
                || (dotted && (roman || (letter && token.len() == 1)))
        }
    };
    if !fits || !gap {
        return None;
    }
    let number = if bracket || closed { format!("({token})") } else { token.to_owned() };
    let rest = &body[after..];
    let lead = rest.len() - rest.trim_start_matches(['*', ' ', '\t', '.', '_', '\n', '\r']).len();
    Some(Marker { number, len: after + lead })
}

/// Depth of a decimal number; list letters have none of their own.
fn depth(number: &str) -> Option<u8> {
    if number.starts_with('(') {
        return None;
    }
    Some(number.split('.').filter(|p| !p.is_empty()).count().clamp(1, 9) as u8)
}

/// The heading of a paragraph: all of it when short and unpunctuated, or the words before the first stop.
fn heading_of(body: &str, mark: Option<&Marker>, level: Option<u8>) -> Option<String> {
    let from = mark.map_or(0, |m| m.len).min(body.len());
    let rest = body[from..].trim_start_matches(['#', '*', ' ', '_', '\t']);
    if level.is_some() {
        let line = plain(rest.lines().next().unwrap_or(""));
        return (!line.is_empty() && line.len() <= 160).then_some(line);
    }
    let window_end = rest.char_indices().map(|(i, _)| i).take_while(|i| *i <= 90).last().unwrap_or(0);
    let window = if rest.len() <= 90 { rest } else { &rest[..window_end] };
    let stop = window
        .find(". ")
        .or_else(|| window.find(".\n"))
        .or_else(|| window.find(".*"))
        .or_else(|| window.find(": "))
        .or_else(|| window.find('\n').or((rest.len() <= 90).then_some(window.len())))?;
    let candidate = plain(window[..stop].trim_end_matches(['.', ':']));
    let words: Vec<&str> = candidate.split_whitespace().collect();
    if words.is_empty() || words.len() > 9 || candidate.ends_with([';', ',']) {
        return None;
    }
    let small = [
        "and", "of", "the", "to", "for", "in", "on", "by", "or", "a", "an", "with", "from", "non", "&", "/", "at",
        "upon",
    ];
    let titled = words
        .iter()
        .filter(|w| {
            small.contains(*w)
                || w.starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit() || c == '“' || c == '(')
        })
        .count();
    let first_upper = words[0].starts_with(|c: char| c.is_uppercase());
    let modal = words.iter().any(|w| ["shall", "will", "must", "may", "is", "are"].contains(w));
    let whole = stop == rest.len();
    let numbered = mark.is_some();
    let good = first_upper
        && !modal
        && (titled == words.len() || (numbered && words.len() <= 6) || (whole && words.len() <= 5 && numbered));
    (good && candidate.chars().filter(|c| c.is_alphabetic()).count() >= 3).then_some(candidate)
}

/// A line without Markdown marks and double spaces.
fn plain(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    for word in line.split_whitespace() {
        let word = word.trim_matches(['*', '#', '_', '|', '`']);
        if !word.is_empty() {
            if !out.is_empty() {
                out.push(' ');
            }
            out.push_str(word);
        }
    }
    out
}

/// Length of the white space at the start; looks no further than that, so that cutting stays linear.
fn space_len(text: &str) -> usize {
    text.len() - text.trim_start().len()
}
