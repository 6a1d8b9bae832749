//! PDF: the text of its pages as paragraphs.
//!
//! A PDF draws letters at places; words, lines and paragraphs are found anew. The file's structure (objects,
//! compression, encryption, repair of damaged tables) is read by `lopdf`; what the drawing means, we read.

mod cmap;
mod flood;
mod font;
mod furniture;
mod grid;
mod lines;
mod page;
mod paragraphs;
mod recognised;

use std::panic::{AssertUnwindSafe, catch_unwind};

use lopdf::{DecompressError, Document, Error, LoadOptions};

use self::grid::Cell;
use self::lines::Line;
pub use self::recognised::{RecognisedPage, ScannedPage};
use crate::extracted::{SHORT_CELL, Writer};
use crate::{Block, BlockKind, Extracted, Kind, Limits, Recognition, RunningLine, Unreadable};

/// Bytes of text up to which a page of pictures holds nothing but what a scanner or a signing service stamps on it.
const STAMP: usize = 200;

/// What one page may unfold to.
const MAX_PAGE: usize = 64 << 20;

/// What one stream of the file's structure may unfold to. Such a stream holds values, and a parsed value takes fifty
/// times its bytes.
const MAX_STRUCTURE: usize = 8 << 20;

fn broken(why: impl Into<String>) -> Unreadable {
    Unreadable::Broken { what: "PDF", why: why.into() }
}

pub(crate) fn read(bytes: &[u8], limits: &Limits, recognised: &[RecognisedPage]) -> Result<Extracted, Unreadable> {
    guarded(|| write(gather(bytes, limits)?, recognised, limits))
}

pub(crate) fn scanned_pages(bytes: &[u8], limits: &Limits) -> Result<Vec<ScannedPage>, Unreadable> {
    guarded(|| gather(bytes, limits).map(|gathered| gathered.bare))
}

/// The library beneath promises not to panic; a hostile file is the wrong moment to rely on it.
fn guarded<T>(work: impl FnOnce() -> Result<T, Unreadable>) -> Result<T, Unreadable> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| Err(broken("its structure could not be followed")))
}

/// What the pages hold, before anything is made of it.
struct Gathered {
    pages: Vec<Vec<Line>>,
    /// Pages that are pictures without text.
    bare: Vec<ScannedPage>,
    /// Characters that the fonts explain, and those that they do not.
    seen: usize,
    unreadable: usize,
    /// Characters of a text layer under a picture.
    invisible: usize,
    was_repaired: bool,
}

fn gather(bytes: &[u8], limits: &Limits) -> Result<Gathered, Unreadable> {
    let document = open(bytes, limits)?;
    let mut ids: Vec<_> = document.page_iter().take(limits.max_pages as usize + 1).collect();
    let count = u32::try_from(ids.len()).unwrap_or(u32::MAX);
    if count > limits.max_pages {
        return Err(Unreadable::TooManyPages { pages: count, limit: limits.max_pages });
    }
    if count == 0 {
        // A damaged page tree; the pages themselves may still be there, in the order they were written.
        ids = document
            .objects
            .iter()
            .filter(|(_, o)| o.type_name().is_ok_and(|name| name == b"Page"))
            .map(|(id, _)| *id)
            .collect();
    }
    if ids.is_empty() {
        return Err(broken("it has no pages"));
    }
    let mut shared = page::Shared::default();
    let mut left = limits.max_expanded;
    let mut pages = Vec::with_capacity(ids.len());
    let mut bare = Vec::new();
    let (mut length, mut characters, mut unreadable, mut invisible) = (0, 0, 0, 0);
    for (number, id) in (1..).zip(&ids) {
        let read = page::read(&document, *id, &mut shared, left.min(MAX_PAGE), &mut left);
        length += read.length;
        if length > limits.max_text {
            return Err(Unreadable::TooMuchText { limit: limits.max_text });
        }
        if left == 0 || shared.overflows {
            return Err(Unreadable::Bomb { limit: limits.max_expanded });
        }
        characters += read.characters;
        unreadable += read.unreadable;
        invisible += read.invisible;
        let (width, height) = read.size;
        let lines = lines::of_page(read.pieces, number);
        let text = length_of(&lines);
        if read.has_pictures && text < 16 || read.pictures > 0.6 * width * height && text < STAMP {
            bare.push(ScannedPage { number, width, height });
        }
        pages.push(lines);
    }
    Ok(Gathered {
        pages,
        bare,
        seen: characters - unreadable,
        unreadable,
        invisible,
        was_repaired: document.xref_recovery.is_some(),
    })
}

fn length_of(lines: &[Line]) -> usize {
    lines.iter().map(|line| line.text.len()).sum()
}

/// Puts what was recognised in the place of the pictures; gives back what was, and the pages that are left.
fn put_in(
    pages: &mut [Vec<Line>],
    bare: &[ScannedPage],
    recognised: &[RecognisedPage],
) -> (Option<Recognition>, Vec<u32>) {
    let (mut done, mut left) = (Vec::new(), Vec::new());
    let (mut words, mut confidence) = (0, 0.0);
    for number in bare.iter().map(|page| page.number) {
        let found = recognised.iter().find(|page| page.number == number);
        let lines = usize::try_from(number).ok().and_then(|number| pages.get_mut(number.checked_sub(1)?));
        match (found, lines) {
            // A cover with a picture behind its title is recognised no better than it was read.
            (Some(found), Some(lines)) if found.length() > 2 * length_of(lines) => {
                lines.clone_from(&found.lines);
                words += found.words;
                confidence += found.confidence;
                done.push(number);
            }
            (_, Some(lines)) if length_of(lines) >= 16 && !recognised.is_empty() => {}
            _ => left.push(number),
        }
    }
    let mean = (confidence / words.max(1) as f32).round().clamp(0.0, 100.0) as u8;
    ((words > 0).then_some(Recognition { pages: done, confidence: mean }), left)
}

fn write(gathered: Gathered, recognised: &[RecognisedPage], limits: &Limits) -> Result<Extracted, Unreadable> {
    let Gathered { mut pages, bare, seen, unreadable, invisible, was_repaired } = gathered;
    let count = u32::try_from(pages.len()).unwrap_or(u32::MAX);
    if unreadable > seen {
        return Err(broken("its fonts do not say which letters they draw"));
    }
    let is_bare = bare.len() == pages.len() || seen < 16 * pages.len().min(2) && !bare.is_empty();
    let (recognition, unread_pages) = put_in(&mut pages, &bare, recognised);
    if is_bare && recognition.is_none() {
        let pages = count;
        return Err(if recognised.is_empty() {
            Unreadable::Scanned { pages }
        } else {
            Unreadable::Illegible { pages }
        });
    }
    let removed = furniture::remove(&mut pages);
    let mut writer = Writer::new(limits.max_text);
    let mut last = (0, None, 0);
    for paragraph in paragraphs::join(&pages) {
        let kind = match (paragraph.cell, paragraph.heading) {
            (Some(_), _) => BlockKind::TableCell,
            (None, Some(_)) => BlockKind::Heading,
            (None, None) => BlockKind::Paragraph,
        };
        let block = Block { heading: paragraph.heading, page: Some(paragraph.page), ..Block::unplaced(kind) };
        let beside = matches!((last.1, paragraph.cell), (Some(Cell { row, column }), Some(here))
            if last.0 == paragraph.page && row == here.row && column != here.column && last.2 <= SHORT_CELL);
        last = (paragraph.page, paragraph.cell, paragraph.text.len());
        writer.push(if beside { "\t" } else { "\n\n" }, &paragraph.text, block)?;
    }
    if writer.text.is_empty() {
        return Err(if was_repaired { broken("its pages are missing or damaged") } else { Unreadable::Empty });
    }
    let mut notes = Vec::new();
    if !removed.is_empty() {
        let removed = removed.len();
        notes.push(format!("{removed} lines of page headers, footers and page numbers were left out."));
    }
    if invisible * 2 > seen {
        notes.push("The text comes from text recognition and may hold reading errors.".to_owned());
    }
    if let Some(recognition) = &recognition {
        let were = if recognition.pages.len() == 1 { "page was" } else { "pages were" };
        notes.push(format!(
            "{} {were} read by text recognition (OCR), with a mean confidence of {} %: {}.",
            recognition.pages.len(),
            recognition.confidence,
            listed(&recognition.pages)
        ));
    }
    if !unread_pages.is_empty() {
        let holds = if unread_pages.len() == 1 { "page holds" } else { "pages hold" };
        let why = if recognised.is_empty() { "not read" } else { "no words were recognised" };
        notes.push(format!("{} {holds} pictures without text: {} ({why}).", unread_pages.len(), listed(&unread_pages)));
    }
    if unreadable > 0 {
        notes
            .push(format!("{unreadable} characters could not be told, because their font does not say what they are."));
    }
    if was_repaired {
        notes.push("The file is damaged and was repaired as far as possible; text may be missing.".to_owned());
    }
    Ok(Extracted {
        kind: Kind::Pdf,
        text: writer.text,
        blocks: writer.blocks,
        pages: Some(count.max(1)),
        notes,
        revisions: None,
        recognised: recognition,
        unread_pages,
        running: removed.into_iter().map(|line| RunningLine { page: Some(line.page), text: line.text }).collect(),
    })
}

/// Page numbers as people write them: `1 to 4, 7`.
fn listed(pages: &[u32]) -> String {
    let mut runs: Vec<(u32, u32)> = Vec::new();
    for page in pages {
        match runs.last_mut() {
            Some((_, last)) if *last + 1 == *page => *last = *page,
            _ => runs.push((*page, *page)),
        }
    }
    let run = |(first, last): &(u32, u32)| if first == last { first.to_string() } else { format!("{first} to {last}") };
    let mut listed = runs.iter().take(20).map(run).collect::<Vec<_>>().join(", ");
    if runs.len() > 20 {
        listed.push_str(", …");
    }
    listed
}

fn open(bytes: &[u8], limits: &Limits) -> Result<Document, Unreadable> {
    if flood::holds_too_much(bytes, flood::MAX_FILE_VALUES) {
        return Err(Unreadable::Bomb { limit: limits.max_expanded });
    }
    let most = limits.max_expanded.min(MAX_STRUCTURE);
    let options = LoadOptions { max_decompressed_size: Some(most), ..LoadOptions::default() };
    match Document::load_mem_with_options(bytes, options) {
        Ok(document) if document.is_encrypted() && document.page_iter().next().is_none() => {
            Err(Unreadable::Encrypted { what: "PDF" })
        }
        Ok(document) => Ok(document),
        Err(Error::InvalidPassword | Error::Decryption(_)) => Err(Unreadable::Encrypted { what: "PDF" }),
        Err(Error::Decompress(DecompressError::MemoryLimitExceeded { .. })) => {
            Err(Unreadable::Bomb { limit: limits.max_expanded })
        }
        Err(error) => Err(broken(error.to_string())),
    }
}
