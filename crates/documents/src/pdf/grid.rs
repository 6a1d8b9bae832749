//! Finds where a page is set in columns or as a table, so that what stands beside each other is not read as one line.
//!
//! A PDF knows neither. What both have is a gutter: a strip of the page that no letter enters over several lines. Which
//! of the two it is, the order of drawing tells: a writer sets a column to its end, and a table cell by cell.

use std::ops::Range;

use super::page::Piece;
use super::paragraphs::is_enumerated;

/// Narrowest gutter, in parts of the font size. The blanks of justified lines are as wide, but not at the same place in
/// three lines running.
const GUTTER: f32 = 0.9;

/// Narrowest gutter that is left between two cells that are full to the edge.
const PADDING: f32 = 0.35;

/// The same as [`GUTTER`] for what has two lines only, where chance is more likely.
const WIDE_GUTTER: f32 = 2.0;

/// Distance between two lines of one table or of neighbouring columns, in parts of the font size.
const REACH: f32 = 3.0;

/// Distance of two lines of one cell, in parts of the font size.
const TIGHT: f32 = 1.7;

/// Lines running that may have text on one side only: the longest cell beside a short one, on a page.
const ONE_SIDED: usize = 60;

/// Parts of a line; what has more is a drawing. Keeps the work on a hostile page within bounds.
const MAX_SPANS: usize = 40;

/// The same for words.
const MAX_WORDS: usize = 200;

/// A cell of a table, by its row and column; rows are counted through the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Cell {
    pub(crate) row: u32,
    pub(crate) column: u32,
}

/// Where a piece stands. Two pieces of different places never share a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Free,
    /// Which gutters' band it is, and which column.
    Column(usize, usize),
    Cell(Cell),
}

/// What stands at one height of the page.
struct Row {
    base: f32,
    size: f32,
    spans: Vec<Span>,
    /// What is drawn without a blank: left and right.
    words: Vec<(f32, f32)>,
    members: Vec<usize>,
}

/// Pieces of a row without a gutter between them.
#[derive(Default)]
struct Span {
    left: f32,
    right: f32,
    letters: usize,
    /// The number or bullet of an enumeration; what follows it belongs to it.
    is_mark: bool,
    /// It begins with one.
    is_numbered: bool,
    /// It may be the number of a page in a table of contents.
    is_page: bool,
}

/// Rows that share gutters.
struct Band {
    rows: Range<usize>,
    gutters: Vec<(f32, f32)>,
    /// The first and the last row with text on both sides of one.
    first_full: usize,
    last_full: usize,
}

/// Puts the pieces in the order in which they are read, each with its place. They come in the order of drawing.
pub(super) fn arrange(pieces: Vec<Piece>) -> Vec<(Piece, Place)> {
    let rows = rows(&pieces);
    let bands = bands(&rows);
    if bands.is_empty() {
        return pieces.into_iter().map(|piece| (piece, Place::Free)).collect();
    }
    let mut row_of = vec![0; pieces.len()];
    let mut band_of: Vec<Option<usize>> = vec![None; pieces.len()];
    for (at, row) in rows.iter().enumerate() {
        let band = bands.partition_point(|band| band.rows.end <= at);
        let inside = bands.get(band).is_some_and(|band| band.rows.contains(&at)).then_some(band);
        for member in &row.members {
            (row_of[*member], band_of[*member]) = (at, inside);
        }
    }
    let mut members: Vec<Vec<(usize, usize)>> = vec![Vec::new(); bands.len()];
    for (at, band) in band_of.iter().enumerate() {
        if let Some(band) = band {
            members[*band].push((at, row_of[at]));
        }
    }
    // A band is read where its first piece was drawn.
    let mut counted = 0;
    let mut sequence: Vec<(usize, Place)> = Vec::with_capacity(pieces.len());
    for (at, band) in band_of.iter().enumerate() {
        match band {
            None => sequence.push((at, Place::Free)),
            Some(number) => {
                let members = std::mem::take(&mut members[*number]);
                if members.is_empty() {
                    continue;
                }
                let of_band = Members { number: *number, band: &bands[*number], rows: &rows, pieces: &pieces };
                sequence.extend(of_band.in_order(members, &mut counted));
            }
        }
    }
    let mut pieces: Vec<Option<Piece>> = pieces.into_iter().map(Some).collect();
    sequence.into_iter().filter_map(|(at, place)| Some((pieces[at].take()?, place))).collect()
}

fn rows(pieces: &[Piece]) -> Vec<Row> {
    let mut order: Vec<usize> = (0..pieces.len()).collect();
    order.sort_by(|one, other| pieces[*other].base.total_cmp(&pieces[*one].base));
    let mut rows: Vec<Row> = Vec::new();
    for at in order {
        let piece = &pieces[at];
        match rows.last_mut() {
            Some(row) if row.base - piece.base < 0.4 * row.size.max(piece.size) => {
                row.size = row.size.max(piece.size);
                row.members.push(at);
            }
            _ => rows.push(Row {
                base: piece.base,
                size: piece.size,
                spans: Vec::new(),
                words: Vec::new(),
                members: vec![at],
            }),
        }
    }
    for row in &mut rows {
        row.members.sort_by(|one, other| pieces[*one].left.total_cmp(&pieces[*other].left));
        let mut texts: Vec<String> = Vec::new();
        for piece in row.members.iter().map(|at| &pieces[*at]) {
            match row.words.last_mut() {
                Some((_, right)) if piece.left - *right < PADDING * row.size => *right = right.max(piece.right),
                _ => row.words.push((piece.left, piece.right)),
            }
            match (row.spans.last_mut(), texts.last_mut()) {
                (Some(span), Some(text)) if piece.left - span.right < GUTTER * row.size => {
                    span.right = span.right.max(piece.right);
                    span.letters += piece.text.chars().count();
                    if text.len() < 40 {
                        text.push_str(&piece.text);
                    }
                }
                _ => {
                    let letters = piece.text.chars().count();
                    row.spans.push(Span { left: piece.left, right: piece.right, letters, ..Span::default() });
                    texts.push(piece.text.clone());
                }
            }
        }
        if let (Some(span), Some(text)) = (row.spans.first_mut(), texts.first()) {
            let text = text.trim();
            let words = text.split_whitespace().count();
            let is_short = text.chars().count() <= 10;
            span.is_numbered = is_enumerated(text);
            span.is_mark = span.is_numbered && words <= 2
                || is_short && (words <= 1 && text.ends_with([')', '.']) || !text.contains(char::is_alphabetic));
        }
        if let (Some(span), Some(text)) = (row.spans.last_mut(), texts.last()) {
            let text = text.trim();
            span.is_page = text.len() <= 5 && text.chars().all(|c| c.is_ascii_digit() || matches!(c, 'i' | 'v' | 'x'));
        }
    }
    rows
}

fn bands(rows: &[Row]) -> Vec<Band> {
    let mut bands = Vec::new();
    let mut at = 0;
    while at < rows.len() {
        let free_from = bands.last().map_or(0, |band: &Band| band.rows.end);
        let (end, band) = band_from(rows, at, free_from);
        // A long list that is no table is not looked at anew from each of its rows: that would take quadratic time.
        at = if band.is_some() || end > at + 50 { end } else { at + 1 };
        bands.extend(band);
    }
    bands
}

/// Where the rows end that share a gutter with this one, and the band that they are, if they are one. Rows before
/// `free_from` belong to another.
fn band_from(rows: &[Row], from: usize, free_from: usize) -> (usize, Option<Band>) {
    let first = &rows[from];
    if first.spans.len() < 2 || first.spans.len() > MAX_SPANS {
        return (from, None);
    }
    let mut gutters: Vec<(f32, f32)> =
        first.spans.windows(2).filter(|pair| !pair[0].is_mark).map(|pair| (pair[0].right, pair[1].left)).collect();
    let (mut end, mut last_full, mut lone) = (from, from, 0);
    for (at, row) in rows.iter().enumerate().skip(from) {
        let size = row.size.max(first.size);
        let is_near = at == from || rows[at - 1].base - row.base < REACH * size;
        let left = clip(&gutters, &row.words, PADDING * row.size.min(first.size));
        if !is_near || left.is_empty() || row.words.len() > MAX_WORDS || lone >= ONE_SIDED {
            break;
        }
        gutters = left;
        // What stands on one side only belongs to it as long as it keeps the distance of lines.
        let is_tight = at > from && rows[at - 1].base - row.base < TIGHT * row.size;
        let both = gutters.iter().any(|gutter| is_two_sided(row, *gutter));
        lone = if both { 0 } else { lone + 1 };
        if both {
            last_full = at;
        }
        if both || is_tight && end == at {
            end = at + 1;
        }
    }
    let within = &rows[from..end];
    gutters.retain(|gutter| {
        let sided: Vec<&Row> = within.iter().filter(|row| is_two_sided(row, *gutter)).collect();
        let (mut all, mut marked, mut contents) = (0, 0, 0);
        for row in &sided {
            all += 1;
            contents += usize::from(row.spans[0].is_numbered && row.spans[row.spans.len() - 1].is_page);
            marked += usize::from(row.spans[0].is_mark && row.spans.get(1).is_some_and(|next| next.left > gutter.0));
        }
        let is_wide = (gutter.1 - gutter.0) / first.size >= WIDE_GUTTER;
        let is_likely = match all {
            0 | 1 => false,
            2 => is_wide && is_aligned(&sided, *gutter),
            _ => is_wide || is_aligned(&sided, *gutter),
        };
        marked * 2 <= all && contents * 2 <= all && is_likely
    });
    let Some(first_gutter) = gutters.first() else { return (end, None) };
    // The head of a table may be higher in a later column than in the first.
    let (first_full, mut from) = (from, from);
    while let Some(above) = from.checked_sub(1).filter(|above| *above >= free_from) {
        let is_tight = rows[above].base - rows[from].base < TIGHT * rows[from].size;
        let is_right = rows[above].spans[0].left >= first_gutter.1 - 0.01;
        let covers = |span: &Span| gutters.iter().any(|(left, right)| span.right >= *right && span.left <= *left);
        if !is_tight || !is_right || rows[above].spans.iter().any(covers) {
            break;
        }
        from = above;
    }
    (end, Some(Band { rows: from..end, gutters, first_full, last_full }))
}

/// Whether most of what stands behind a gutter begins at one distance from the margin. Blanks that chance puts beneath each
/// other in justified text do not.
fn is_aligned(sided: &[&Row], gutter: (f32, f32)) -> bool {
    let begin = |row: &&Row| row.words.iter().map(|word| word.0).find(|left| *left >= gutter.1 - 0.01);
    let mut begins: Vec<f32> = sided.iter().filter_map(begin).collect();
    begins.sort_by(f32::total_cmp);
    let middle = begins[begins.len() / 2];
    begins.iter().filter(|left| (**left - middle).abs() < 0.1 * sided[0].size).count() * 3 >= begins.len() * 2
}

fn is_two_sided(row: &Row, gutter: (f32, f32)) -> bool {
    let (first, last) = (row.words[0], row.words[row.words.len() - 1]);
    first.1 <= gutter.0 + 0.01 && last.0 >= gutter.1 - 0.01
}

/// What of the gutters the words leave free.
fn clip(gutters: &[(f32, f32)], words: &[(f32, f32)], least: f32) -> Vec<(f32, f32)> {
    let mut free: Vec<(f32, f32)> = Vec::new();
    for (left, right) in gutters {
        let mut from = *left;
        for (begin, end) in words.iter().filter(|(begin, end)| *end > *left && *begin < *right) {
            free.push((from, *begin));
            from = from.max(*end);
        }
        free.push((from, *right));
    }
    free.retain(|(left, right)| right - left >= least);
    free.truncate(MAX_SPANS);
    free
}

/// A band with what it is made of.
struct Members<'p> {
    number: usize,
    band: &'p Band,
    rows: &'p [Row],
    pieces: &'p [Piece],
}

impl Members<'_> {
    fn column(&self, at: usize) -> usize {
        self.band.gutters.iter().filter(|gutter| self.pieces[at].left >= gutter.1 - 0.01).count()
    }

    /// The pieces of the band, which come as drawn and with their rows, in the order in which they are read.
    fn in_order(&self, members: Vec<(usize, usize)>, counted: &mut u32) -> Vec<(usize, Place)> {
        let mut steps: Vec<(usize, usize, usize)> =
            members.into_iter().map(|(at, row)| (at, self.column(at), row)).collect();
        let turns = steps.windows(2).filter(|pair| pair[0].1 != pair[1].1).count();
        // Up again and to the right: the next cell of a row, or the next column.
        let by_cell = steps.windows(2).any(|pair| pair[1].1 > pair[0].1 && pair[1].2 < pair[0].2);
        if !by_cell && steps.first().map(|step| step.2) > steps.last().map(|step| step.2) {
            // Drawn from the foot of the page upwards.
            steps.sort_by_key(|(_, _, row)| *row);
        }
        let is_set_in_columns = if by_cell { turns <= self.band.gutters.len() } else { is_prose(self.band, self.rows) };
        if is_set_in_columns {
            let mut ordered = steps;
            ordered.sort_by_key(|(_, column, _)| *column);
            return ordered.into_iter().map(|(at, column, _)| (at, Place::Column(self.number, column))).collect();
        }
        let lone: Vec<bool> = self.band.rows.clone().map(|row| self.goes_on(row)).collect();
        let mut ordered = Vec::with_capacity(steps.len());
        let mut last: Option<(usize, usize)> = None;
        // A line that follows below at the left is the next paragraph, and no row of its own.
        let behind = (self.band.last_full + 1..self.band.rows.end)
            .find(|row| self.rows[*row].members.iter().any(|at| self.column(*at) == 0))
            .unwrap_or(self.band.rows.end);
        let kept = steps.iter().rposition(|(_, _, row)| *row < behind).map_or(0, |last| last + 1);
        let after = steps.split_off(kept);
        for (at, column, row) in steps {
            let begins = last.is_none_or(|(last_column, last_row)| match by_cell {
                _ if column == last_column && self.is_apart(last_row, row) => true,
                true => column < last_column || column > last_column && row > last_row,
                false => row > last_row.max(self.band.first_full) && !lone[row - self.band.rows.start],
            });
            *counted += u32::from(begins);
            last = Some((column, row));
            ordered.push((at, Cell { row: *counted, column: column as u32 }));
        }
        ordered.sort_by_key(|(_, cell)| (cell.row, cell.column));
        let ordered = ordered.into_iter().map(|(at, cell)| (at, Place::Cell(cell)));
        ordered.chain(after.into_iter().map(|(at, ..)| (at, Place::Free))).collect()
    }

    /// Whether two lines are further apart than those of one paragraph.
    fn is_apart(&self, above: usize, below: usize) -> bool {
        self.rows[above].base - self.rows[below].base > TIGHT * self.rows[below].size
    }

    /// Whether a line that was drawn from edge to edge holds nothing but the next line of one cell.
    fn goes_on(&self, row: usize) -> bool {
        let mut columns = self.rows[row].members.iter().map(|at| self.column(*at));
        let first = columns.next().unwrap_or_default();
        first > 0 && columns.all(|column| column == first)
    }
}

/// Whether each column is running text: lines that mostly reach from edge to edge. A table drawn line by line looks the
/// same where its cells are long; read column by column it is at least read in sentences.
fn is_prose(band: &Band, rows: &[Row]) -> bool {
    let within = &rows[band.rows.clone()];
    (0..=band.gutters.len()).all(|column| {
        let from = column.checked_sub(1).map_or(f32::MIN, |before| band.gutters[before].1 - 0.01);
        let to = band.gutters.get(column).map_or(f32::MAX, |gutter| gutter.0 + 0.01);
        let lines: Vec<&Span> =
            within.iter().flat_map(|row| &row.spans).filter(|span| span.left >= from && span.right <= to).collect();
        let left = lines.iter().map(|line| line.left).fold(f32::MAX, f32::min);
        let right = lines.iter().map(|line| line.right).fold(f32::MIN, f32::max);
        let full = lines.iter().filter(|line| line.right - line.left > 0.75 * (right - left) && line.letters > 20);
        lines.len() >= 6 && full.count() * 3 >= lines.len() * 2
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn piece(text: &str, left: f32, base: f32) -> Piece {
        let right = left + 5.0 * text.chars().count() as f32;
        Piece { text: text.into(), left, right, base, size: 10.0, bold: false, turn: 0 }
    }

    fn places(pieces: Vec<Piece>) -> Vec<(String, Place)> {
        arrange(pieces).into_iter().map(|(piece, place)| (piece.text, place)).collect()
    }

    #[test]
    fn enumerations_and_chance_make_no_table() {
        let list = ["(a)", "(b)", "(c)", "(d)"].iter().enumerate();
        let pieces: Vec<Piece> = list
            .flat_map(|(at, mark)| {
                let base = 700.0 - 12.0 * at as f32;
                [piece(mark, 72.0, base), piece("an item of the list", 108.0, base)]
            })
            .collect();
        assert!(places(pieces).iter().all(|(_, place)| *place == Place::Free));
        let contents = ["Section 1 Definitions", "Section 2 Fees", "Section 3 Term"].iter().enumerate();
        let pieces: Vec<Piece> = contents
            .flat_map(|(at, title)| {
                let base = 700.0 - 12.0 * at as f32;
                [piece(title, 72.0, base), piece(["5", "7", "12"][at], 500.0, base)]
            })
            .collect();
        assert!(places(pieces).iter().all(|(_, place)| *place == Place::Free));
        // Two lines that happen to break at one place, narrowly and widely.
        for (one, other) in [(163.0, 163.0), (200.0, 230.0)] {
            let pieces = vec![
                piece("Signed in Berlin", 72.0, 700.0),
                piece("by the parties", one, 700.0),
                piece("on the first day", 72.0, 688.0),
                piece("of May", other, 688.0),
            ];
            assert!(places(pieces).iter().all(|(_, place)| *place == Place::Free));
        }
    }

    #[test]
    fn a_row_drawn_line_by_line_keeps_the_lines_of_its_cell_together() {
        let pieces = vec![
            piece("Monthly", 300.0, 712.0),
            piece("Service", 72.0, 700.0),
            piece("Fee", 300.0, 700.0),
            piece("Hosting", 72.0, 680.0),
            piece("EUR 100 in", 300.0, 680.0),
            piece("advance", 300.0, 668.0),
            piece("Support", 72.0, 648.0),
            piece("none", 300.0, 648.0),
            piece("Fees are due at once.", 72.0, 634.0),
        ];
        let cell = |row, column| Place::Cell(Cell { row, column });
        let found: Vec<Place> = places(pieces).into_iter().map(|(_, place)| place).collect();
        assert_eq!(
            found,
            [
                cell(1, 0),
                cell(1, 1),
                cell(1, 1),
                cell(2, 0),
                cell(2, 1),
                cell(2, 1),
                cell(3, 0),
                cell(3, 1),
                Place::Free
            ]
        );
    }

    #[test]
    fn cells_that_are_full_leave_a_narrow_gutter() {
        let pieces = vec![
            piece("Service", 72.0, 700.0),
            piece("Fee", 177.0, 700.0),
            piece("Hosting of the data,", 72.0, 680.0),
            piece("daily", 72.0, 668.0),
            piece("EUR 100", 177.0, 680.0),
            piece("Support of the users", 72.0, 648.0),
            piece("as well", 72.0, 636.0),
            piece("none", 177.0, 648.0),
        ];
        let found: Vec<Place> = places(pieces).into_iter().map(|(_, place)| place).collect();
        let cell = |row, column| Place::Cell(Cell { row, column });
        assert_eq!(
            found,
            [cell(1, 0), cell(1, 1), cell(2, 0), cell(2, 0), cell(2, 1), cell(3, 0), cell(3, 0), cell(3, 1)]
        );
    }
}
