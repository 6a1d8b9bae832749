//! Takes out what is printed on every page and belongs to none: running headers and footers, page numbers.

use std::collections::{HashMap, HashSet};

use super::lines::Line;

/// Heights from the top and from the bottom of a page whose lines can be headers and footers.
const EDGE: usize = 4;

/// The same in lines, of which a drawing may have any number at one height.
const MAX_EDGE: usize = 64;

/// Takes the lines out of the pages and gives them back.
pub(crate) fn remove(pages: &mut [Vec<Line>]) -> Vec<Line> {
    let edges: Vec<Vec<usize>> = pages.iter().map(|lines| edge_of(lines)).collect();
    let rows: Vec<HashMap<u32, String>> = pages.iter().map(|lines| rows_of(lines)).collect();
    let mut seen: HashMap<(String, i32), HashSet<usize>> = HashMap::new();
    for (page, edge) in edges.iter().enumerate() {
        for line in edge {
            let line = &pages[page][*line];
            for key in keys(line, &rows[page]) {
                seen.entry(key).or_default().insert(page);
            }
        }
    }
    // A line counts as furniture where it stands at the same height on a good part of the pages.
    let enough = (pages.len() * 2 / 5).max(3);
    let mut removed = Vec::new();
    for ((lines, edge), rows) in pages.iter_mut().zip(&edges).zip(&rows) {
        let mut drop: Vec<usize> = Vec::new();
        for at in edge {
            let line = &lines[*at];
            let repeats = keys(line, rows).iter().any(|key| seen.get(key).is_some_and(|pages| pages.len() >= enough));
            // A number in a cell counts something else.
            if repeats || line.cell.is_none() && is_page_number(&line.text) && is_outermost(lines, *at) {
                drop.push(*at);
            }
        }
        // A page that would lose everything is a page of its own kind, such as a table over many pages.
        if drop.len() == lines.len() && lines.len() > 2 {
            continue;
        }
        let mut at = 0;
        removed.extend(lines.extract_if(.., |_| {
            at += 1;
            drop.binary_search(&(at - 1)).is_ok()
        }));
    }
    removed
}

/// The lines nearest to the top and the bottom.
fn edge_of(lines: &[Line]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..lines.len()).collect();
    order.sort_by(|one, other| lines[*one].base.total_cmp(&lines[*other].base));
    // Columns and cells stand beside each other.
    let outer = |order: &mut dyn Iterator<Item = &usize>| {
        let (mut heights, mut last) = (0, f32::INFINITY);
        let within = order.take_while(|at| {
            let base = lines[**at].base;
            heights += usize::from((base - last).abs() > 1.0);
            last = if (base - last).abs() > 1.0 { base } else { last };
            heights <= EDGE
        });
        within.take(MAX_EDGE).copied().collect::<Vec<usize>>()
    };
    let mut edge = outer(&mut order.iter());
    edge.extend(outer(&mut order.iter().rev()));
    edge.sort_unstable();
    edge.dedup();
    edge
}

/// The text of each row of tables. A cell such as `yes` is on many pages; what repeats is a row, such as a table's head.
fn rows_of(lines: &[Line]) -> HashMap<u32, String> {
    let mut rows: HashMap<u32, String> = HashMap::new();
    for line in lines {
        if let Some(cell) = line.cell {
            rows.entry(cell.row).or_default().push_str(&line.text);
        }
    }
    rows
}

fn is_outermost(lines: &[Line], at: usize) -> bool {
    let base = lines[at].base;
    let above = lines.iter().filter(|line| line.base > base + 1.0).count();
    let below = lines.iter().filter(|line| line.base < base - 1.0).count();
    // Two more lines of furniture may lie further out.
    above <= 2 || below <= 2
}

/// What must be the same on other pages: the text, at its height. A number may count with the pages.
///
/// The height counts twice, so that rounding cannot part two lines.
fn keys(line: &Line, rows: &HashMap<u32, String>) -> Vec<(String, i32)> {
    let height = (line.base / 8.0).floor() as i32;
    // A page may place a line as far out as it likes.
    let other = if line.base / 8.0 - height as f32 > 0.5 { height.saturating_add(1) } else { height.saturating_sub(1) };
    looks(line, rows).into_iter().flat_map(|look| [(look.clone(), height), (look, other)]).collect()
}

/// The text without blanks, and once more for each number in it with its distance from the page instead.
fn looks(line: &Line, rows: &HashMap<u32, String>) -> Vec<String> {
    let whole = line.cell.and_then(|cell| rows.get(&cell.row)).unwrap_or(&line.text);
    let text: String = whole.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect();
    let mut looks = vec![text.clone()];
    let mut at = 0;
    while let Some(start) = text[at..].find(|c: char| c.is_ascii_digit()).map(|found| at + found) {
        let end = text[start..].find(|c: char| !c.is_ascii_digit()).map_or(text.len(), |found| start + found);
        if let Ok(number) = text[start..end].parse::<i64>()
            && looks.len() <= 4
        {
            looks.push(format!("{}#{:+}{}", &text[..start], number - i64::from(line.page), &text[end..]));
        }
        at = end;
    }
    looks
}

/// `7`, `- 7 -`, `Page 7 of 12`, `vii`, `A-3`.
fn is_page_number(text: &str) -> bool {
    let lower = text.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    let rest =
        lower.strip_prefix("page").or_else(|| lower.strip_prefix("seite")).map_or(lower.as_str(), str::trim_start);
    let is_number = |word: &str| {
        !word.is_empty() && word.len() <= 4 && word.chars().all(|c| c.is_ascii_digit())
            || !word.is_empty() && word.len() <= 6 && word.chars().all(|c| matches!(c, 'i' | 'v' | 'x' | 'l'))
    };
    let mut words =
        rest.split(|c: char| c.is_whitespace() || matches!(c, '/' | '-' | '–')).filter(|word| !word.is_empty());
    match (words.next(), words.next(), words.next(), words.next()) {
        (Some(one), None, ..) => is_number(one),
        (Some(one), Some("of" | "von"), Some(all), None) => is_number(one) && is_number(all),
        (Some(letter), Some(number), None, _) => (letter.len() == 1 || is_number(letter)) && is_number(number),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(text: &str, base: f32, page: u32) -> Line {
        Line { text: text.into(), left: 72.0, right: 300.0, base, size: 10.0, bold: false, page, cell: None }
    }

    #[test]
    fn headers_and_numbers_go_and_the_agreement_stays() {
        let mut pages: Vec<Vec<Line>> = (1..=5)
            .map(|page| {
                let mut lines = vec![line("Master Agreement", 770.0, page)];
                // A table whose numbers differ is no header, however alike its rows are.
                lines.extend((0..20u32).map(|row| {
                    line(&format!("EUR {} each", (page * 7 + row * 13) % 91), 740.0 - 12.0 * row as f32, page)
                }));
                lines.push(line(&format!("Page {page} of 5"), 40.0, page));
                lines.push(line("Source: ACME, 10-K", 28.0 + page as f32 * 0.4, page));
                lines
            })
            .collect();
        pages[2][5].text = "12".into();
        assert_eq!(remove(&mut pages).len(), 15);
        assert!(pages.iter().all(|lines| lines.len() == 20));
        assert_eq!(pages[2][4].text, "12");
    }

    #[test]
    fn page_numbers_are_known() {
        for yes in ["7", "- 7 -", "Page 12", "Page 3 of 10", "iv", "3/10", "A-3"] {
            assert!(is_page_number(yes), "{yes}");
        }
        for no in ["Section 7", "7 days", "12345", "", "I agree", "2019 of March"] {
            assert!(!is_page_number(no), "{no}");
        }
    }
}
