//! Cross-references: "Section 4.2", "Sections 4.1 to 4.3 and 7", "Article V", "paragraph (c) above", "Exhibit B", with the
//! clause they lead to. One that leads nowhere in this text is said to be missing, unless it names a law or another
//! document, which is not ours to follow.

mod places;
mod sources;

use crate::around::{after, before};
use crate::outline::{Outline, clause_at};
use crate::reading::Clause;
use serde::{Deserialize, Serialize};
use sources::{Of, own_names};

/// More are not kept: a text that consists of references is no contract.
const MOST: usize = 5_000;

/// Where a reference leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Leads {
    /// To a clause of this text.
    Here,
    /// The text has no such place.
    Missing,
    /// To a law or another document.
    Outside,
    /// The text shows no numbers by which it could be followed.
    Unclear,
}

/// A reference; a list such as "Sections 4.1 to 4.3 and 7" gives one for each number that is written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reference {
    /// Byte offsets of the words; of the number alone for the further ones of a list.
    pub start: usize,
    pub end: usize,
    /// Index into [`crate::Reading::clauses`] of the clause that it stands in.
    pub clause: usize,
    /// "section 4.2(b)", "exhibit B", "this section".
    pub to: String,
    pub leads: Leads,
    /// Index of the clause that it leads to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<usize>,
    /// The law or document, as the text names it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
}

pattern!(
    WORD,
    r"(?:\b(?:(this|This|THIS)\s+)?(sub-?[Ss]ections?|Sub-?[Ss]ections?|sections?|Sections?|SECTIONS?|sub-?[Cc]lauses?|Sub-?[Cc]lauses?|clauses?|Clauses?|CLAUSES?|articles?|Articles?|ARTICLES?|sub-?[Pp]aragraphs?|Sub-?[Pp]aragraphs?|paragraphs?|Paragraphs?|PARAGRAPHS?|[Pp]aras?\.|[Ss]ecs?\.|SEC\.|[Aa]rts?\.|Recitals?|RECITALS?|Exhibits?|EXHIBITS?|Annex(?:es)?|ANNEX(?:ES)?|Schedules?|SCHEDULES?|Appendix|APPENDIX|Appendices|APPENDICES|Attachments?|ATTACHMENTS?|[Pp]arts?|[Ii]tems?)\b|(§{1,2}))[\s*_]*"
);
pattern!(
    NUMBER,
    r"^[“”\x22]?((?:[0-9]{1,4}(?:\.[0-9]{1,3}){0,5}(?:[:-][0-9]{1,4})?[A-Z]{0,2}|[IVXL]{1,6}(?:\.[0-9]{1,3})*(?:[-.][A-Z])?|[A-Z](?:[-.]?[0-9]{1,3})*)(?:\s?\((?:[a-z]{1,2}|[ivxl]{1,5}|[IVX]{1,4}|[A-Z]|[0-9]{1,2})\))*|(?:\((?:[a-z]{1,2}|[ivxl]{1,5}|[IVX]{1,4}|[A-Z]|[0-9]{1,2})\)\s?)+)"
);
pattern!(
    JOINER,
    r"(?i)^[*_”\x22]*(?:\s*\([^()]{2,80}\))?\s*(?:,?\s*(?:and/or|and|or|&|to|through|thru|as\s+well\s+as)\s+(?:to\s+)?|[–—-]\s?|,\s*|/)[*_]*"
);
pattern!(
    NO_NUMBER,
    r"(?i)^\s?(?:(?:calendar|business|working|consecutive|additional|full)\b|days?\b|hours?\b|weeks?\b|months?\b|years?\b|percent|per\s+cent|%|million|thousand|dollars|times\b|[,.][0-9]|(?:january|february|march|april|june|july|august|september|october|november|december)\b|st\b|nd\b|rd\b|th\b)"
);
pattern!(LEAF, r"\(([A-Za-z0-9]{1,5})\)");
/// Every reference of a text, in order.
pub fn references(text: &str, clauses: &[Clause]) -> Vec<Reference> {
    find(text, clauses, &Outline::of(text, clauses))
}

pub(crate) fn find(text: &str, clauses: &[Clause], outline: &Outline) -> Vec<Reference> {
    let finder = Finder { text, clauses, outline, own: own_names(text), highest: outline.highest() };
    let mut out: Vec<Reference> = Vec::new();
    let mut at = 0;
    while out.len() < MOST
        && let Some(c) = WORD.captures_at(text, at)
    {
        let Some(whole) = c.get(0) else { break };
        let begin = c.get(2).or(c.get(3)).map_or(whole.start(), |m| m.start());
        at = match NUMBER.captures(after(text, whole.end(), 60)) {
            // "part (b)" is a place, "part 2" most often one of something else.
            Some(n) if c.get(2).is_some_and(|m| is_part(m.as_str())) && !n[1].starts_with('(') => whole.end(),
            Some(_) => {
                let before = out.len();
                let next = finder.listed(begin, whole.end(), &text[begin..whole.end()], &mut out);
                if out.len() == before && next == whole.end() && c.get(1).is_some() {
                    finder.itself(
                        whole.start(),
                        text[..whole.end()].trim_end().len(),
                        c.get(2).map_or("", |m| m.as_str()),
                        &mut out,
                    );
                }
                next
            }
            None if c.get(1).is_some() && !c.get(2).is_some_and(|m| is_part(m.as_str())) => {
                finder.itself(
                    whole.start(),
                    text[..whole.end()].trim_end().len(),
                    c.get(2).map_or("", |m| m.as_str()),
                    &mut out,
                );
                whole.end()
            }
            None => whole.end(),
        };
    }
    shared_sources(text, &mut out);
    out
}

fn is_part(word: &str) -> bool {
    matches!(word.to_ascii_lowercase().as_str(), "part" | "parts" | "item" | "items")
}

struct Finder<'a> {
    text: &'a str,
    clauses: &'a [Clause],
    outline: &'a Outline,
    own: Vec<String>,
    highest: usize,
}

/// A number in a list of references.
struct Item {
    start: usize,
    end: usize,
    label: String,
}

impl Finder<'_> {
    /// Reads a word and its numbers; gives the offset from which to look on.
    fn listed(&self, begin: usize, numbers: usize, word: &str, out: &mut Vec<Reference>) -> usize {
        let word = word.trim_matches(|c: char| c.is_whitespace() || c == '*' || c == '_');
        let plural = word.ends_with(['s', 'S']) && !word.ends_with("ss")
            || word.contains("ces")
            || word == "§§"
            || word.ends_with("s.")
            || word.to_lowercase().starts_with("annexes");
        let kind = kind(word);
        let mut items: Vec<Item> = Vec::new();
        let mut at = numbers;
        loop {
            let rest = after(self.text, at, 60);
            let Some(m) = NUMBER.captures(rest).and_then(|c| c.get(1)) else { break };
            let label = m.as_str().trim_end();
            let (start, end) = (at + m.start(), at + m.start() + label.len());
            let next = self.text[end..].chars().next();
            let first = items.is_empty();
            let bare = label.bytes().all(|b| b.is_ascii_digit());
            let letter = label.len() == 1 && !bare;
            let glued = next.is_some_and(|c| c.is_alphanumeric());
            let unit = bare && NO_NUMBER.is_match(after(self.text, end, 16));
            // "Section 4 and 5 copies": behind a singular word a bare number counts things.
            let stray = !first
                && (letter && !plural
                    || bare
                        && !plural
                        && next.is_some_and(char::is_whitespace)
                        && !ends_list(after(self.text, end, 12)));
            // "Section 5 (Payment), (c) protect": an item in brackets continues a list of such items only.
            let other =
                !first && label.starts_with('(') && !plural && !items.iter().any(|i: &Item| i.label.contains('('));
            if glued
                || other
                || unit && !first
                || stray
                || first
                    && letter
                    && label == "A"
                    && !is_attachment(kind)
                    && kind != "recital"
                    && next != Some(')')
                    && kind != "article"
                    && kind != "section"
                    && kind != "part"
            {
                break;
            }
            if !first && !label.starts_with('(') && label.starts_with(|c: char| c.is_ascii_uppercase()) && !plural {
                break;
            }
            items.push(Item { start: if first { begin } else { start }, end, label: label.to_owned() });
            at = end;
            let Some(j) = JOINER.find(after(self.text, at, 110)) else { break };
            // A comma alone ends the reference behind a singular word, unless an item in brackets follows.
            at += j.end();
            if items.len() > 40 {
                break;
            }
        }
        let Some(last) = items.last() else { return numbers };
        let to = last.end;
        // The mark of a clause is no reference to it.
        if self.is_heading(begin) || is_attachment(kind) && self.alone(begin) {
            return to;
        }
        let of = self.of(begin, to);
        let mut first: Option<(Vec<String>, usize)> = None;
        for item in items {
            let (mut path, mut dotted) = labels(&item.label);
            // "Section 4.2(a) and (b)": the second hangs where the first does.
            if let Some((before, number)) = &first
                && dotted == 0
            {
                let keep = before.len().saturating_sub(path.len()).max(*number);
                path = before[..keep].iter().cloned().chain(path).collect();
                dotted = *number;
            }
            let words = format!("{kind} {}", item.label);
            out.push(self.resolved(&item, kind, &path, dotted, &of, words));
            first = Some((path, dotted));
        }
        to
    }

    fn resolved(&self, item: &Item, kind: &str, path: &[String], dotted: usize, of: &Of, to: String) -> Reference {
        let mut reference = Reference {
            start: item.start,
            end: item.end,
            clause: clause_at(self.clauses, item.start),
            to,
            leads: Leads::Outside,
            target: None,
            source: None,
        };
        match of {
            Of::Outside(source) => {
                reference.source = Some(source.clone());
                return reference;
            }
            Of::Attachment(label) => {
                let part = self.attachment(label).map(|place| self.outline.places[place].part);
                let place = part.and_then(|part| self.place(path, dotted, item.start, Some(part)));
                match (part, place) {
                    (_, Some(offset)) => self.lead(&mut reference, offset),
                    (None, None) => reference.leads = Leads::Missing,
                    // The attachment is here, but its numbering may be a table or nothing at all.
                    (Some(_), None) => {
                        if let Some(place) = self.attachment(label) {
                            self.lead(&mut reference, self.outline.places[place].offset);
                        }
                    }
                }
                return reference;
            }
            Of::Ours | Of::Nothing => {}
        }
        if is_attachment(kind) {
            match self.attachment(&path[0]) {
                Some(place) => {
                    let own = &self.outline.places[place];
                    let deeper = (path.len() > 1)
                        .then(|| self.place(&path[1..], dotted.saturating_sub(1), item.start, Some(own.part)))
                        .flatten();
                    self.lead(&mut reference, deeper.unwrap_or(own.offset));
                }
                None => reference.leads = Leads::Missing,
            }
            return reference;
        }
        match self.place(path, dotted, item.start, None) {
            Some(offset) => self.lead(&mut reference, offset),
            None if kind == "recital" => reference.leads = Leads::Unclear,
            None => {
                let first: Option<usize> = path[0].parse().ok();
                let numbered = self
                    .outline
                    .places
                    .iter()
                    .filter(|p| !p.attachment && p.path.len() > usize::from(path.len() > 1))
                    .count();
                reference.leads = match first {
                    // "48 C.F.R. 12.212", "252.227".
                    _ if path[..dotted].iter().any(|l| l.len() > 2 && l.bytes().all(|b| b.is_ascii_digit()))
                        && self.highest < 100 =>
                    {
                        Leads::Outside
                    }
                    // Far beyond every section: a law whose name is left out.
                    Some(n) if n >= 100 && n > 3 * self.highest => Leads::Outside,
                    None if path[0].len() > 4 || path[0].bytes().any(|b| b.is_ascii_digit()) => Leads::Outside,
                    _ if matches!(of, Of::Nothing) && path[0].contains('-') => Leads::Outside,
                    _ if numbered < 3 => Leads::Unclear,
                    _ => Leads::Missing,
                };
            }
        }
        reference
    }

    fn lead(&self, reference: &mut Reference, offset: usize) {
        reference.leads = Leads::Here;
        reference.target = Some(clause_at(self.clauses, offset));
    }

    /// "this Section": the section that the words stand in.
    fn itself(&self, start: usize, end: usize, word: &str, out: &mut Vec<Reference>) {
        let kind = kind(word);
        if word.ends_with(['s', 'S']) && !kind.ends_with("ss") && kind != "annex" {
            return;
        }
        let Some(here) = self.outline.before(start) else { return };
        let place = if is_attachment(kind) {
            self.outline.places[..=here].iter().rev().find(|p| p.attachment)
        } else {
            self.outline.places[..=here]
                .iter()
                .rev()
                .find(|p| !p.attachment && p.path.iter().all(|l| l.bytes().all(|b| b.is_ascii_digit())))
        };
        let Some(place) = place else { return };
        out.push(Reference {
            start,
            end,
            clause: clause_at(self.clauses, start),
            to: format!("this {kind}"),
            leads: Leads::Here,
            target: Some(place.clause),
            source: None,
        });
    }

    fn is_heading(&self, start: usize) -> bool {
        let listed =
            self.outline.listed.partition_point(|at| *at <= start).checked_sub(1).map(|i| self.outline.listed[i]);
        if listed.is_some_and(|at| self.text[at..start].trim_matches(['#', '*', '_', ' ', '\t', '|']).is_empty()) {
            return true;
        }
        let from = self.outline.places.partition_point(|p| p.offset + 12 < start);
        self.outline.places[from..].iter().take_while(|p| p.offset <= start).any(|p| p.mark == start)
    }

    /// The number of a page may stand before a heading, nothing else.
    fn alone(&self, start: usize) -> bool {
        let lead = before(self.text, start, 120);
        let line = lead.rsplit('\n').next().unwrap_or(lead);
        line.len() < 110
            && !line.chars().any(char::is_alphabetic)
            && (line.contains("    ") || line.trim_matches(['#', '*', '_', ' ']).is_empty() && !joins(lead))
    }
}

/// Whether the line before goes on in the next one.
fn joins(lead: &str) -> bool {
    let Some(break_at) = lead.rfind('\n') else { return false };
    let before = lead[..break_at].trim_end_matches([' ', '\t', '\r']);
    before.ends_with(|c: char| c.is_alphanumeric() || matches!(c, ',' | '(' | '’')) && !before.ends_with("\n")
}

fn ends_list(rest: &str) -> bool {
    let rest = rest.trim_start();
    rest.is_empty()
        || rest.starts_with(['.', ',', ';', ')', ':'])
        || ["of", "above", "below", "hereof", "shall", "and", "or", "to", "herein"]
            .contains(&rest.split(|c: char| !c.is_alphabetic()).next().unwrap_or(""))
}

/// "4.2(b)(ii)" as its labels, and how many of them stand before the brackets.
fn labels(label: &str) -> (Vec<String>, usize) {
    let (number, items) = label.split_at(label.find('(').unwrap_or(label.len()));
    let mut out: Vec<String> = number.trim().split('.').filter(|p| !p.is_empty()).map(str::to_owned).collect();
    if out.first().is_some_and(|first| first.len() > 1 && first.starts_with('0')) {
        out[0] = out[0].trim_start_matches('0').to_owned();
    }
    // "4.0" is 4.
    if out.len() == 2 && out[1] == "0" {
        out.pop();
    }
    let dotted = out.len();
    out.extend(LEAF.captures_iter(items).map(|c| c[1].to_owned()));
    if out.is_empty() { (vec![label.to_owned()], 1) } else { (out, dotted) }
}

/// One word for each kind of place.
fn kind(word: &str) -> &'static str {
    let lower = word.to_lowercase();
    let lower = lower.trim_matches([' ', '\n', '*', '_']);
    for (start, kind) in [
        ("sub", "paragraph"),
        ("sec", "section"),
        ("§", "section"),
        ("clause", "clause"),
        ("art", "article"),
        ("para", "paragraph"),
        ("part", "part"),
        ("item", "item"),
        ("recital", "recital"),
        ("exhibit", "exhibit"),
        ("annex", "annex"),
        ("schedule", "schedule"),
        ("appendi", "appendix"),
        ("attachment", "attachment"),
    ] {
        if lower.starts_with(start) {
            return kind;
        }
    }
    "section"
}

fn is_attachment(kind: &str) -> bool {
    matches!(kind, "exhibit" | "annex" | "schedule" | "appendix" | "attachment")
}

/// "Section 3 and Section 4 of the Act": the first leads where the second does.
fn shared_sources(text: &str, references: &mut [Reference]) {
    for i in (0..references.len().saturating_sub(1)).rev() {
        let (Leads::Outside, Some(source)) = (references[i + 1].leads, references[i + 1].source.clone()) else {
            continue;
        };
        if references[i].leads == Leads::Outside || references[i].to.starts_with("this") {
            continue;
        }
        let gap = text.get(references[i].end..references[i + 1].start).unwrap_or(".");
        if matches!(
            gap.split_whitespace().collect::<Vec<_>>().join(" ").as_str(),
            "and" | "or" | "," | ", and" | ", or" | "and/or" | "and the" | "to"
        ) {
            references[i].leads = Leads::Outside;
            references[i].target = None;
            references[i].source = Some(source);
        }
    }
}
