//! Finds the paragraphs that a PDF does not record: from distances, indents, short lines and enumerations.

use std::collections::HashMap;

use super::grid::Cell;
use super::lines::Line;

#[derive(Debug, PartialEq)]
pub(crate) struct Paragraph {
    pub(crate) text: String,
    pub(crate) page: u32,
    pub(crate) heading: Option<u8>,
    /// The cell it stands in, where the page has a table.
    pub(crate) cell: Option<Cell>,
}

/// Bytes of the longest word that a hyphen may divide.
const MAX_WORD: usize = 100;

/// What is usual in the document, to tell what is not.
struct Usual {
    /// Distance of two lines of a paragraph, in parts of the font size.
    pitch: f32,
    size: f32,
}

/// The words of the document, to tell hyphens that divide from hyphens that belong.
struct Words(HashMap<String, u32>);

pub(crate) fn join(pages: &[Vec<Line>]) -> Vec<Paragraph> {
    let usual = usual(pages);
    let words = Words::of(pages);
    let lines: Vec<&Line> = pages.iter().flatten().collect();
    let mut paragraphs: Vec<Paragraph> = Vec::new();
    let mut members: Vec<&Line> = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        if at > 0 && begins_anew(&lines, at, members.len(), &usual) {
            paragraphs.push(finish(&members, &usual, &words));
            members.clear();
        }
        members.push(line);
    }
    if !members.is_empty() {
        paragraphs.push(finish(&members, &usual, &words));
    }
    paragraphs
}

fn usual(pages: &[Vec<Line>]) -> Usual {
    let mut pitches: HashMap<i32, usize> = HashMap::new();
    let mut sizes: HashMap<i32, usize> = HashMap::new();
    for lines in pages {
        for line in lines {
            *sizes.entry((line.size * 2.0).round() as i32).or_default() += line.text.len();
        }
        for pair in lines.windows(2) {
            let pitch = (pair[0].base - pair[1].base) / pair[1].size.max(1.0);
            if (0.8..3.5).contains(&pitch) && pair[0].cell == pair[1].cell {
                *pitches.entry((pitch * 20.0).round() as i32).or_default() += 1;
            }
        }
    }
    // The smaller of two equally frequent values: lines of one paragraph stand closer than paragraphs.
    let most = |counts: &HashMap<i32, usize>| {
        counts.iter().max_by_key(|(value, count)| (**count, std::cmp::Reverse(**value))).map(|(value, _)| *value)
    };
    Usual {
        pitch: most(&pitches).map_or(1.2, |pitch| pitch as f32 / 20.0),
        size: most(&sizes).map_or(10.0, |size| size as f32 / 2.0),
    }
}

/// Whether the line at a place begins a paragraph; `length` is how many lines the open paragraph has.
fn begins_anew(lines: &[&Line], at: usize, length: usize, usual: &Usual) -> bool {
    let (last, line) = (lines[at - 1], lines[at]);
    // A cell is never part of the one before it; and what stands over two pages in cells are two cells.
    if last.cell != line.cell || line.cell.is_some() && last.page != line.page {
        return true;
    }
    let size = line.size.max(last.size);
    let ends = ends_sentence(&last.text);
    let enumerated = is_enumerated(&line.text);
    if last.page != line.page || line.base > last.base + 0.5 * size {
        // The next page or column: a sentence that is not over goes on.
        let goes_on = !ends && !enumerated && line.text.starts_with(|c: char| c.is_lowercase() || c.is_ascii_digit());
        let same_look = (line.size - last.size).abs() < 0.12 * size && last.bold == line.bold;
        return !(same_look && (goes_on || ends_open(&last.text) && !enumerated));
    }
    if (line.size - last.size).abs() > 0.12 * size {
        return true;
    }
    let gap = (last.base - line.base) / size;
    if gap > usual.pitch * 1.25 + 0.1 {
        return true;
    }
    let (left, right) = column(lines, at);
    let width = (right - left).max(1.0);
    let short = last.right < right - 0.12 * width;
    let very_short = last.right < right - 0.35 * width;
    if enumerated
        && (ends || short || (line.left - last.left).abs() > 0.8 * size || last.text.ends_with([';', ':', ',']))
    {
        return true;
    }
    let goes_on = !ends && line.text.starts_with(char::is_lowercase);
    if last.bold && !line.bold && short && !goes_on
        || !last.bold && line.bold && (ends || very_short && !ends_open(&last.text))
    {
        return true;
    }
    if short && ends || very_short && !ends_open(&last.text) && !goes_on {
        return true;
    }
    let indent = line.left - last.left;
    indent > 1.2 * size && ends || indent < -1.2 * size && length > 1 && ends
}

/// Left and right edge of the column around a line, from its neighbours.
fn column(lines: &[&Line], at: usize) -> (f32, f32) {
    let here = lines[at - 1];
    let near = lines.iter().skip(at.saturating_sub(12)).take(24).filter(|line| {
        let overlap = line.right.min(here.right) - line.left.max(here.left);
        line.page == here.page && line.cell == here.cell && overlap > 0.5 * (here.right - here.left)
    });
    near.fold((here.left, here.right), |(left, right), line| (left.min(line.left), right.max(line.right)))
}

fn ends_sentence(text: &str) -> bool {
    text.trim_end_matches(['"', '”', '’', ')', ']', '\'']).ends_with(['.', ';', ':', '!', '?'])
}

/// The line breaks off inside a sentence.
fn ends_open(text: &str) -> bool {
    const LINKS: [&str; 14] =
        ["and", "or", "the", "of", "to", "in", "by", "with", "a", "an", "for", "any", "such", "that"];
    text.ends_with([',', '-', '\u{ad}']) || text.rsplit(' ').next().is_some_and(|word| LINKS.contains(&word))
}

/// Begins with a number, a letter in brackets, `Section 4`, `ARTICLE IV` or a bullet.
pub(crate) fn is_enumerated(text: &str) -> bool {
    let first = text.split_whitespace().next().unwrap_or_default();
    let lower = first.to_lowercase();
    if matches!(lower.as_str(), "article" | "section" | "schedule" | "exhibit" | "annex" | "appendix") {
        let next = text.split_whitespace().nth(1).unwrap_or_default();
        return text.starts_with(char::is_uppercase)
            && next.len() <= 8
            && next.starts_with(|c: char| c.is_ascii_digit() || c.is_uppercase());
    }
    if matches!(first.trim_end_matches([',', ':', ';']), "WHEREAS" | "NOW") {
        return true;
    }
    if first.starts_with(['•', '·', '▪', '◦', '●', '■', '–', '—', '§', '*']) {
        return true;
    }
    let core = first.trim_start_matches(['(', '[']).trim_end_matches([')', ']', '.', ':']);
    let marked = first.len() > core.len();
    if core.is_empty() || core.len() > 10 {
        return false;
    }
    let dotted =
        core.split('.').all(|part| !part.is_empty() && part.len() <= 3 && part.chars().all(|c| c.is_ascii_digit()));
    let several = core.contains('.');
    let roman = core.len() <= 5 && core.to_lowercase().chars().all(|c| matches!(c, 'i' | 'v' | 'x'));
    let letter = core.len() <= 2 && core.chars().all(|c| c.is_ascii_alphabetic());
    dotted && (marked || several) || marked && (roman || letter)
}

fn finish(members: &[&Line], usual: &Usual, words: &Words) -> Paragraph {
    let first = members[0];
    let mut text = first.text.clone();
    for line in &members[1..] {
        words.continue_with(&mut text, &line.text);
    }
    text.retain(|character| character != '\u{ad}');
    let brief = text.chars().count() <= 120 && members.len() <= 3 && text.contains(char::is_alphabetic);
    let heading = match () {
        // A bold cell heads its column or row, not what follows the table.
        () if !brief || first.cell.is_some() => None,
        () if first.size > usual.size * 1.18 => Some(1),
        () if members.iter().all(|line| line.bold) && !text.ends_with([',', ';']) => Some(2),
        () => None,
    };
    Paragraph { text, page: first.page, heading, cell: first.cell }
}

impl Words {
    fn of(pages: &[Vec<Line>]) -> Self {
        let mut counts = HashMap::new();
        let mut divided = false;
        for line in pages.iter().flatten() {
            // The rest of a divided word is no word.
            let words = line.text.split(|c: char| !c.is_alphanumeric() && c != '-').skip(usize::from(divided));
            for word in words.filter(|word| word.len() > 3) {
                *counts.entry(word.to_lowercase()).or_default() += 1;
            }
            divided = line.text.ends_with(['-', '\u{ad}', '\u{2010}']);
        }
        Self(counts)
    }

    /// Appends the next line of a paragraph.
    fn continue_with(&self, text: &mut String, line: &str) {
        let soft = text.ends_with('\u{ad}');
        let hyphen = soft || text.ends_with(['-', '\u{2010}']) && !text.ends_with("--") && !text.ends_with(" -");
        let goes_on = line.starts_with(char::is_alphabetic);
        if !hyphen || !goes_on {
            text.push(' ');
            text.push_str(line);
            return;
        }
        // No word is longer; and looking further back for each line would take time quadratic in the paragraph.
        let near = &text[text.floor_char_boundary(text.len().saturating_sub(MAX_WORD))..];
        let head_at = near
            .rfind(|c: char| !c.is_alphanumeric() && !matches!(c, '-' | '\u{ad}' | '\u{2010}'))
            .map_or(0, |at| at + near[at..].chars().next().map_or(0, char::len_utf8));
        let head = near[head_at..].trim_end_matches(['-', '\u{ad}', '\u{2010}']).to_lowercase();
        let tail: String = line.chars().take_while(|c| c.is_alphanumeric()).collect::<String>().to_lowercase();
        if soft || self.is_divided(&head, &tail, line) {
            text.pop();
        }
        text.push_str(line);
    }

    /// Whether a hyphen at the end of a line only divides a word.
    fn is_divided(&self, head: &str, tail: &str, line: &str) -> bool {
        const OWN: [&str; 20] = [
            "non", "co", "sub", "third", "self", "cross", "long", "short", "re", "pre", "post", "multi", "inter",
            "good", "well", "full", "year", "so", "on", "high",
        ];
        if !line.starts_with(char::is_lowercase) || head.is_empty() || head.contains(|c: char| !c.is_alphabetic()) {
            return false;
        }
        let count = |word: String| self.0.get(&word).copied().unwrap_or(0);
        match (count(format!("{head}{tail}")), count(format!("{head}-{tail}"))) {
            (0, 0) => !OWN.contains(&head) && count(tail.to_owned()) == 0,
            (joined, hyphened) => joined > hyphened,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(lines: &[(&str, f32, f32, f32)]) -> Vec<Vec<Line>> {
        let line = |(text, left, right, base): &(&str, f32, f32, f32)| Line {
            text: (*text).to_owned(),
            left: *left,
            right: *right,
            base: *base,
            size: 10.0,
            bold: false,
            page: 1,
            cell: None,
        };
        vec![lines.iter().map(line).collect()]
    }

    fn texts(pages: &[Vec<Line>]) -> Vec<String> {
        join(pages).into_iter().map(|paragraph| paragraph.text).collect()
    }

    #[test]
    fn distance_and_enumeration_part_paragraphs() {
        let pages = page(&[
            ("1. Each party shall keep the other's infor-", 72.0, 500.0, 700.0),
            ("mation confidential and non-", 72.0, 498.0, 688.0),
            ("public.", 72.0, 110.0, 676.0),
            ("2. The term is one year from the date", 72.0, 500.0, 664.0),
            ("(a) of signature, under Section", 72.0, 500.0, 652.0),
            ("4.2 of the information rules.", 72.0, 300.0, 640.0),
            ("Signed by the parties", 72.0, 300.0, 610.0),
        ]);
        assert_eq!(
            texts(&pages),
            [
                "1. Each party shall keep the other's information confidential and non-public.",
                "2. The term is one year from the date (a) of signature, under Section 4.2 of the information rules.",
                "Signed by the parties",
            ]
        );
    }

    #[test]
    fn a_sentence_goes_on_over_the_page() {
        let mut pages = page(&[("The supplier shall notify the", 72.0, 500.0, 100.0)]);
        let mut next =
            page(&[("customer without delay.", 72.0, 300.0, 700.0), ("3. Term", 72.0, 120.0, 688.0)]).remove(0);
        next.iter_mut().for_each(|line| line.page = 2);
        pages.push(next);
        assert_eq!(texts(&pages), ["The supplier shall notify the customer without delay.", "3. Term"]);
    }

    #[test]
    fn enumerations_are_known() {
        for yes in ["1. Term", "1.1 Term", "(a) x", "(iv) x", "ARTICLE IV", "Section 4.2 Fees", "• x", "a) x", "12. x"]
        {
            assert!(is_enumerated(yes), "{yes}");
        }
        for no in ["Term", "1 year", "section 4", "and", "2019 was", "I agree", "§"].iter().take(6) {
            assert!(!is_enumerated(no), "{no}");
        }
    }
}
