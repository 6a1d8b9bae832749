//! Tables for people: XLSX, and CSV for machines.
//!
//! What stands in a cell is someone else's text. It is written so that no program that opens the file runs it.

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, XlsxError};
use thiserror::Error;

/// A cell of Excel holds no more; what is longer ends with a sign that says so.
const MAX_CELL: usize = 32_767;

/// Stands behind a text that goes on elsewhere.
pub const CUT: &str = " […]";

/// One sheet of a workbook.
#[derive(Debug, Clone, PartialEq)]
pub struct Sheet {
    /// Shortened to the 31 characters that Excel allows, without `[ ] : * ? / \`.
    pub name: String,
    pub columns: Vec<Column>,
    pub rows: Vec<Vec<Cell>>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    pub title: String,
    /// In characters.
    pub width: f64,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    Text(String),
    Number(f64),
    /// A civil date such as `2026-11-21`.
    Date(String),
    Empty,
}

/// Why a workbook could not be written.
#[derive(Debug, Error)]
pub enum Unwritable {
    #[error("`{0}` is not a date such as 2026-11-21")]
    Date(String),
    #[error("the workbook could not be written ({0})")]
    Workbook(#[from] XlsxError),
}

impl Unwritable {
    /// What the person should do now.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Date(_) => "Correct the date in the record.",
            Self::Workbook(_) => "Narrow the list and export it again.",
        }
    }
}

/// Writes sheets as XLSX. `created_iso` is the instant noted in the file; the same input gives the same bytes.
///
/// # Errors
/// A date that is none, or more rows than a sheet holds.
pub fn workbook(sheets: &[Sheet], created_iso: &str) -> Result<Vec<u8>, Unwritable> {
    let created = date(created_iso)?;
    let mut book = Workbook::new();
    book.set_properties(&DocProperties::new().set_creation_datetime(&created));
    let heading = Format::new().set_bold().set_text_wrap();
    let plain = Format::new().set_text_wrap();
    // The mark that Excel itself sets when someone types an apostrophe first: text stays text when edited.
    let guarded = Format::new().set_text_wrap().set_quote_prefix();
    let day = Format::new().set_num_format("yyyy-mm-dd");
    let mut names: Vec<String> = Vec::new();
    for sheet in sheets {
        let name = free_name(&sheet.name, &names);
        let page = book.add_worksheet();
        page.set_name(&name)?;
        names.push(name.to_lowercase());
        for (at, column) in (0u16..).zip(&sheet.columns) {
            page.write_string_with_format(0, at, fit(&column.title), &heading)?;
            page.set_column_width(at, column.width.clamp(1.0, 255.0))?;
        }
        for (row, cells) in (1u32..).zip(&sheet.rows) {
            for (at, cell) in (0u16..).zip(cells) {
                match cell {
                    Cell::Text(text) => {
                        let format = if is_dangerous(text) { &guarded } else { &plain };
                        page.write_string_with_format(row, at, fit(text), format)?
                    }
                    Cell::Number(number) => page.write_number(row, at, *number)?,
                    Cell::Date(text) => page.write_datetime_with_format(row, at, &date(text)?, &day)?,
                    Cell::Empty => page,
                };
            }
        }
        if let Some(last) = sheet.columns.len().checked_sub(1) {
            page.set_freeze_panes(1, 0)?;
            page.autofilter(0, 0, sheet.rows.len() as u32, last as u16)?;
        }
    }
    Ok(book.save_to_buffer()?)
}

/// Writes one sheet as CSV (RFC 4180, UTF-8). A text that a spreadsheet would run gets an apostrophe first.
pub fn csv(sheet: &Sheet) -> String {
    let mut csv = String::new();
    let titles: Vec<Cell> = sheet.columns.iter().map(|column| Cell::Text(column.title.clone())).collect();
    for row in std::iter::once(&titles).chain(&sheet.rows) {
        for (at, cell) in row.iter().enumerate() {
            if at > 0 {
                csv.push(',');
            }
            match cell {
                Cell::Text(text) => push_field(&mut csv, text),
                Cell::Number(number) => csv.push_str(&number.to_string()),
                Cell::Date(date) => push_field(&mut csv, date),
                Cell::Empty => {}
            }
        }
        csv.push_str("\r\n");
    }
    csv
}

fn push_field(csv: &mut String, text: &str) {
    let guard = if is_dangerous(text) { "'" } else { "" };
    if text.contains([',', '"', '\n', '\r']) {
        csv.push_str(&format!("\"{guard}{}\"", text.replace('"', "\"\"")));
    } else {
        csv.push_str(guard);
        csv.push_str(text);
    }
}

/// Whether a spreadsheet would take the text for a formula.
fn is_dangerous(text: &str) -> bool {
    text.trim_start_matches([' ', '\n', '\u{feff}'])
        .starts_with(['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠'])
}

fn fit(text: &str) -> String {
    // Excel counts in UTF-16.
    if text.encode_utf16().count() <= MAX_CELL {
        return text.to_owned();
    }
    let mut length = CUT.encode_utf16().count();
    let mut short: String = text
        .chars()
        .take_while(|character| {
            length += character.len_utf16();
            length <= MAX_CELL
        })
        .collect();
    short.push_str(CUT);
    short
}

fn free_name(wanted: &str, taken: &[String]) -> String {
    let cleaned: String = wanted.chars().filter(|c| !c.is_control() && !r"[]:*?/\".contains(*c)).take(31).collect();
    let cleaned = cleaned.trim().trim_matches('\'');
    let base = if cleaned.is_empty() { "Sheet" } else { cleaned };
    let mut name = base.to_owned();
    let mut count = 1;
    while taken.contains(&name.to_lowercase()) {
        count += 1;
        let ending = format!(" {count}");
        name = base.chars().take(31 - ending.len()).collect::<String>() + &ending;
    }
    name
}

fn date(text: &str) -> Result<ExcelDateTime, Unwritable> {
    let refused = || Unwritable::Date(text.to_owned());
    // The writer takes whatever digits it finds; a date that is none must not become another date.
    let day = text.get(..10).ok_or_else(refused)?;
    let fits = day
        .bytes()
        .zip("0000-00-00".bytes())
        .all(|(got, want)| if want == b'0' { got.is_ascii_digit() } else { got == want });
    let rest = &text[10..];
    if !fits || !(rest.is_empty() || rest.starts_with('T')) {
        return Err(refused());
    }
    let number = |range: std::ops::Range<usize>| day.get(range).and_then(|digits| digits.parse::<u16>().ok());
    let (Some(year), Some(month), Some(dom)) = (number(0..4), number(5..7), number(8..10)) else {
        return Err(refused());
    };
    let clock: Vec<u16> =
        rest.trim_start_matches('T').split([':', 'Z', '.', '+']).take(3).filter_map(|part| part.parse().ok()).collect();
    let date = ExcelDateTime::from_ymd(year, month as u8, dom as u8).map_err(|_| refused())?;
    match clock[..] {
        [hour, minute, second] => date.and_hms(hour, minute as u8, f64::from(second)).map_err(|_| refused()),
        _ => Ok(date),
    }
}
