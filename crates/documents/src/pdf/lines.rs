//! Puts the pieces of a page together into lines, in the order in which they are read.

use super::grid::{self, Cell, Place};
use super::page::Piece;

/// A blank between two pieces counts as a word's end from this part of the font size.
const WORD_GAP: f32 = 0.13;

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Line {
    pub(crate) text: String,
    pub(crate) left: f32,
    pub(crate) right: f32,
    pub(crate) base: f32,
    pub(crate) size: f32,
    /// Every letter of it is bold.
    pub(crate) bold: bool,
    /// Counted from 1.
    pub(crate) page: u32,
    /// The cell it stands in, where the page has a table.
    pub(crate) cell: Option<Cell>,
}

pub(crate) fn of_page(pieces: Vec<Piece>, page: u32) -> Vec<Line> {
    let mut turns = [0usize; 4];
    for piece in &pieces {
        turns[usize::from(piece.turn)] += piece.text.len();
    }
    // Text across the reading direction (a stamp in the margin) is read last.
    let mut order: Vec<u8> = (0..4).collect();
    order.sort_by_key(|turn| std::cmp::Reverse(turns[usize::from(*turn)]));
    let mut by_turn: [Vec<Piece>; 4] = Default::default();
    for piece in pieces {
        if !piece.text.trim().is_empty() {
            by_turn[usize::from(piece.turn)].push(piece);
        }
    }
    order.into_iter().flat_map(|turn| upright(std::mem::take(&mut by_turn[usize::from(turn)]), page)).collect()
}

fn upright(mut pieces: Vec<Piece>, page: u32) -> Vec<Line> {
    if is_scattered(&pieces) {
        // Stable, so that what stands on one line keeps its order until the line is put together.
        pieces.sort_by(|one, other| other.base.total_cmp(&one.base));
    }
    let mut lines = Vec::new();
    let mut open: Vec<Piece> = Vec::new();
    let mut here = Place::Free;
    for (piece, place) in grid::arrange(pieces) {
        let continues = open.last().is_some_and(|last| {
            let size = last.size.max(piece.size);
            let first = &open[0];
            place == here && (last.base - piece.base).abs() < 0.4 * size && (first.base - piece.base).abs() < 0.6 * size
        });
        if !continues && !open.is_empty() {
            lines.extend(put_together(std::mem::take(&mut open), page, here));
        }
        here = place;
        open.push(piece);
    }
    if !open.is_empty() {
        lines.extend(put_together(open, page, here));
    }
    lines
}

/// Whether the pieces were drawn in an order that is no reading order: again and again back up over what was written.
fn is_scattered(pieces: &[Piece]) -> bool {
    let back = pieces
        .windows(2)
        .filter(|pair| {
            let (one, other) = (&pair[0], &pair[1]);
            let overlap = one.right.min(other.right) - one.left.max(other.left);
            let narrow = (one.right - one.left).min(other.right - other.left).max(1.0);
            other.base - one.base > 0.6 * other.size && overlap > 0.3 * narrow
        })
        .count();
    back > 3 && back * 8 > pieces.len()
}

fn put_together(mut pieces: Vec<Piece>, page: u32, place: Place) -> Option<Line> {
    pieces.sort_by(|one, other| one.left.total_cmp(&other.left));
    let widest = pieces.iter().max_by_key(|piece| piece.text.len())?;
    let (base, size) = (widest.base, widest.size);
    let cell = if let Place::Cell(cell) = place { Some(cell) } else { None };
    let left = pieces[0].left;
    let mut line = Line { text: String::new(), left, right: f32::MIN, base, size, bold: true, page, cell };
    let mut last: Option<&Piece> = None;
    for piece in &pieces {
        // Some writers draw a letter twice, a hair apart, to make it look bold.
        let again =
            last.is_some_and(|last| last.text == piece.text && (last.left - piece.left).abs() < 0.2 * piece.size);
        if again {
            continue;
        }
        let gap = piece.left - line.right;
        let small = piece.size.min(last.map_or(piece.size, |last| last.size));
        if last.is_some() && gap > WORD_GAP * small && !line.text.ends_with(' ') && !piece.text.starts_with(' ') {
            line.text.push(' ');
        }
        line.text.push_str(&piece.text);
        line.right = line.right.max(piece.right);
        line.bold &= piece.bold || !piece.text.contains(char::is_alphabetic);
        last = Some(piece);
    }
    line.bold &= line.text.contains(char::is_alphabetic);
    line.text = clean(&line.text);
    (!line.text.is_empty()).then_some(line)
}

/// Ligatures taken apart, blanks as one blank, and nothing that has no look.
pub(super) fn clean(text: &str) -> String {
    let mut cleaned = String::with_capacity(text.len());
    for character in text.trim().chars() {
        match character {
            'ﬀ' => cleaned.push_str("ff"),
            'ﬁ' => cleaned.push_str("fi"),
            'ﬂ' => cleaned.push_str("fl"),
            'ﬃ' => cleaned.push_str("ffi"),
            'ﬄ' => cleaned.push_str("ffl"),
            'ﬅ' | 'ﬆ' => cleaned.push_str("st"),
            '\u{f0b7}' | '\u{f0a7}' | '\u{f076}' | '\u{f0d8}' => cleaned.push('•'),
            '\u{200b}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}' => {}
            _ if character.is_whitespace() => {
                if !cleaned.ends_with(' ') {
                    cleaned.push(' ');
                }
            }
            '\u{ad}' => cleaned.push('\u{ad}'),
            _ if character.is_control() => {}
            _ => cleaned.push(character),
        }
    }
    cleaned.truncate(cleaned.trim_end().len());
    cleaned
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(crate) fn piece(text: &str, left: f32, right: f32, base: f32) -> Piece {
        Piece { text: text.into(), left, right, base, size: 10.0, bold: false, turn: 0 }
    }

    #[test]
    fn pieces_of_a_line_are_joined_by_their_distance() {
        let lines = of_page(
            vec![
                piece("Pay", 10.0, 25.0, 700.0),
                piece("ment ", 25.1, 45.0, 700.0),
                piece("ﬁnal", 50.0, 70.0, 700.0),
                piece("1", 70.0, 73.0, 703.5),
                piece("2.", 0.0, 6.0, 700.0),
                piece("next", 10.0, 30.0, 688.0),
            ],
            1,
        );
        let texts: Vec<_> = lines.iter().map(|line| line.text.as_str()).collect();
        assert_eq!(texts, ["2. Payment final1", "next"]);
    }

    #[test]
    fn letters_drawn_twice_count_once() {
        let lines = of_page(vec![piece("TITLE", 10.0, 40.0, 700.0), piece("TITLE", 10.3, 40.3, 700.0)], 1);
        assert_eq!(lines[0].text, "TITLE");
    }

    #[test]
    fn a_shuffled_page_is_read_from_top_to_bottom() {
        let order = [3, 9, 1, 7, 0, 8, 2, 6, 4, 5];
        let pieces = order.map(|row| piece(&format!("row {row}"), 10.0, 50.0, 700.0 - 12.0 * row as f32)).to_vec();
        let texts: Vec<_> = of_page(pieces, 1).into_iter().map(|line| line.text).collect();
        assert_eq!(texts, (0..10).map(|row| format!("row {row}")).collect::<Vec<_>>());
    }
}
