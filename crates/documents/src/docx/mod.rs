//! Word files: text, real numbers, headings, tables, notes and text boxes, with tracked changes as accepted or as
//! if nobody had made any.
//!
//! Comments are left out, and headers and footers stand apart from the text: they are not what the parties agree on.

pub(crate) mod body;
mod numbering;
mod numerals;
pub(crate) mod package;
mod styles;
mod symbols;
mod tags;
mod walk;
pub(crate) mod xml;

use std::collections::HashMap;

use self::body::{Paragraph, Story};
use self::numbering::{Counter, Definitions, Label};
use self::package::{Package, broken};
use self::styles::{Resolved, Styles};
use crate::extracted::{SHORT_CELL, Writer};
use crate::{Block, BlockKind, Extracted, Kind, Limits, Revisions, RunningLine, TrackedChanges, Unreadable};

/// Numbers of notes read at most, so that a file cannot ask for the same long note a million times.
const MAX_NOTES: usize = 20_000;

/// Paragraphs of headers and footers that are kept.
const MAX_RUNNING: usize = 1_000;

pub(crate) fn read(bytes: &[u8], limits: &Limits, tracked: TrackedChanges) -> Result<Extracted, Unreadable> {
    read_with_trace(bytes, limits, tracked).map(|(extracted, _)| extracted)
}

/// Where the text of a block comes from, for whoever wants to change it.
#[derive(Debug)]
pub(crate) struct Trace {
    pub(crate) main: String,
    pub(crate) xml: String,
    /// Where the body ends, before its section properties.
    pub(crate) end: usize,
    /// For each block, the paragraph it was read from and the bytes of the block before that paragraph's own text
    /// (its number). Notes have none: they stand in another part.
    pub(crate) sources: Vec<Option<(Paragraph, isize)>>,
}

pub(crate) fn read_with_trace(
    bytes: &[u8],
    limits: &Limits,
    tracked: TrackedChanges,
) -> Result<(Extracted, Trace), Unreadable> {
    let mut package = Package::open(bytes, limits)?;
    let main = package.main.clone();
    let xml = package.part(&main)?.ok_or_else(|| broken(format!("`{main}` is missing")))?;
    let styles = match package.related("styles")? {
        Some(xml) => Styles::parse(&xml, limits)?,
        None => Styles::default(),
    };
    let definitions = match package.related("numbering")? {
        Some(xml) => Definitions::parse(&xml, limits)?,
        None => Definitions::default(),
    };
    let mut story = walk::read(&xml, limits, tracked)?;
    let mut counter = Counter::new(&definitions);
    let mut writer = Writer::new(limits.max_text);
    let mut sources = Vec::new();
    let mut last = (None, 0);
    for paragraph in std::mem::take(&mut story.paragraphs) {
        let resolved = styles.resolve(&paragraph.properties);
        // An empty paragraph of a list shows its number, and the next one counts on from it.
        let label = resolved.numbering.as_ref().and_then(|numbering| counter.next(numbering));
        if paragraph.text.trim().is_empty() {
            continue;
        }
        let trimmed = paragraph.text.trim();
        let lead = paragraph.text.len() - paragraph.text.trim_start().len();
        let printed = label.as_ref().map_or("", |label| label.printed.as_str());
        let text = format!("{printed}{trimmed}");
        let beside = matches!((&last.0, &paragraph.place.cell), (Some((row, cell)), Some(here))
            if *row == here.0 && *cell != here.1 && last.1 <= SHORT_CELL);
        last = (paragraph.place.cell, text.len());
        writer.push(if beside { "\t" } else { "\n\n" }, &text, block(&paragraph, &resolved, label.as_ref()))?;
        let shift = printed.len() as isize - lead as isize;
        sources.push(Some((paragraph, shift)));
    }
    let unread = read_notes(&mut package, &mut story, limits, tracked, &mut writer)?;
    let running = read_running(&mut package, limits, tracked);
    sources.resize_with(writer.blocks.len(), || None);
    if writer.text.trim().is_empty() {
        return Err(if story.embedded > 0 {
            Unreadable::Unsupported { what: "a Word file that only holds other files".into() }
        } else {
            Unreadable::Empty
        });
    }
    let extracted = Extracted {
        kind: Kind::Docx,
        text: writer.text,
        blocks: writer.blocks,
        pages: None,
        notes: notes(&story, tracked, unread),
        revisions: (story.tracked > 0).then_some(Revisions { count: story.tracked, read_as: tracked }),
        recognised: None,
        unread_pages: Vec::new(),
        running,
    };
    Ok((extracted, Trace { main, end: story.end, xml, sources }))
}

fn block(paragraph: &Paragraph, resolved: &Resolved, label: Option<&Label>) -> Block {
    let kind = match &paragraph.place {
        place if place.in_box => BlockKind::TextBox,
        place if place.cell.is_some() => BlockKind::TableCell,
        _ if resolved.heading.is_some() => BlockKind::Heading,
        _ if label.is_some() => BlockKind::ListItem,
        _ => BlockKind::Paragraph,
    };
    Block {
        heading: resolved.heading,
        number: label.and_then(|label| label.cited.clone()),
        anchor: Some(paragraph.index),
        ..Block::unplaced(kind)
    }
}

/// Writes the notes that the body refers to behind it, and says how many could not be found.
fn read_notes(
    package: &mut Package<'_>,
    story: &mut Story,
    limits: &Limits,
    tracked: TrackedChanges,
    writer: &mut Writer,
) -> Result<usize, Unreadable> {
    let mut missing = 0;
    for (is_end, kind) in [(false, "footnotes"), (true, "endnotes")] {
        let asked: Vec<i64> = story.notes.iter().filter(|(end, _)| *end == is_end).map(|(_, id)| *id).collect();
        if asked.is_empty() {
            continue;
        }
        let mut by_id: HashMap<i64, String> = HashMap::new();
        if let Some(xml) = package.related(kind)? {
            let notes = walk::read(&xml, limits, tracked)?;
            story.tracked += notes.tracked;
            for paragraph in notes.paragraphs {
                let Some(id) = paragraph.place.note else { continue };
                let text = by_id.entry(id).or_default();
                if !text.is_empty() && !paragraph.text.trim().is_empty() {
                    text.push('\n');
                }
                text.push_str(paragraph.text.trim());
            }
        }
        for (place, id) in asked.iter().enumerate().take(MAX_NOTES) {
            match by_id.get(id).filter(|text| !text.is_empty()) {
                Some(text) => {
                    let text = format!("{} {text}", body::note_mark(is_end, place + 1));
                    writer.push("\n\n", &text, Block::unplaced(BlockKind::Footnote))?;
                }
                None => missing += 1,
            }
        }
    }
    Ok(missing)
}

/// The paragraphs of headers and footers. A document whose header is damaged is still a document.
fn read_running(package: &mut Package<'_>, limits: &Limits, tracked: TrackedChanges) -> Vec<RunningLine> {
    let mut running: Vec<RunningLine> = Vec::new();
    let mut left = limits.max_text;
    for path in ["header", "footer"].iter().flat_map(|kind| package.related_paths(kind)).collect::<Vec<_>>() {
        let Ok(Some(xml)) = package.part(&path) else { continue };
        let Ok(story) = walk::read(&xml, limits, tracked) else { continue };
        for paragraph in story.paragraphs {
            let text = paragraph.text.trim();
            // First, even and odd pages mostly say the same.
            if text.is_empty() || text.len() > left || running.iter().take(MAX_RUNNING).any(|line| line.text == text) {
                continue;
            }
            left -= text.len();
            running.push(RunningLine { page: None, text: text.to_owned() });
        }
        running.truncate(MAX_RUNNING);
    }
    running
}

fn notes(story: &Story, tracked: TrackedChanges, unread: usize) -> Vec<String> {
    let mut notes = Vec::new();
    let mut say = |count: usize, one: &str, many: &str| match count {
        0 => {}
        1 => notes.push(one.to_owned()),
        count => notes.push(format!("{count} {many}")),
    };
    match tracked {
        TrackedChanges::Accepted => {
            say(
                story.tracked as usize,
                "1 tracked change was read as accepted.",
                "tracked changes were read as accepted.",
            );
        }
        TrackedChanges::Original => say(
            story.tracked as usize,
            "1 tracked change was left out: this is the original text.",
            "tracked changes were left out: this is the original text.",
        ),
    }
    say(
        story.hidden as usize,
        "1 passage is formatted as hidden in Word; it was read too.",
        "passages are formatted as hidden in Word; they were read too.",
    );
    say(story.comments as usize, "1 comment was left out.", "comments were left out.");
    say(story.notes.len(), "1 note was put behind the text.", "notes were put behind the text.");
    say(unread, "1 note is empty or missing.", "notes are empty or missing.");
    say(story.embedded as usize, "1 embedded document was not read.", "embedded documents were not read.");
    notes
}
