//! Formats in and out: what a person drops in becomes text with its structure, and what the workspace
//! decides goes back out as tracked changes or as a spreadsheet.
//!
//! It exists so that no other crate needs to know what a `w:p` is or why a PDF has no paragraphs. It must
//! not know about SQL, HTTP, people, sides or playbooks, and it reads neither the clock nor the disk:
//! bytes come in, bytes or text go out, and the same input gives the same output.
//!
//! Every byte that comes in is hostile until proven otherwise. [`read`] is bounded by [`Limits`] and
//! never panics; the server runs it in a child process all the same, because a limit on memory and CPU
//! that the operating system keeps is one that no parser can argue with.

pub mod agenda;
mod docx;
pub mod draft;
mod extracted;
mod html;
mod pdf;
mod plain;
pub mod redline;
pub mod sheet;
mod sniff;
mod unreadable;

pub use extracted::{
    Block, BlockKind, Extracted, Kind, Limits, Options, Recognition, Revisions, RunningLine, TrackedChanges,
};
pub use pdf::{RecognisedPage, ScannedPage};
pub use sniff::sniff;
pub use unreadable::Unreadable;

/// Reads a document into text and blocks, tracked changes as accepted.
///
/// # Errors
/// As [`read_with`].
pub fn read(name: &str, bytes: &[u8], limits: &Limits) -> Result<Extracted, Unreadable> {
    read_with(name, bytes, limits, &Options::default())
}

/// Reads a document into text and blocks.
///
/// The kind is told by the content; `name` only decides between the kinds that are text anyway.
/// Plain text and Markdown come back byte for byte, so that offsets into the text are offsets into the file.
///
/// # Errors
/// An [`Unreadable`] that says what happened, with a hint for the person who uploaded the file.
pub fn read_with(name: &str, bytes: &[u8], limits: &Limits, options: &Options) -> Result<Extracted, Unreadable> {
    if bytes.is_empty() {
        return Err(Unreadable::Empty);
    }
    if bytes.len() > limits.max_input {
        return Err(Unreadable::TooLarge { bytes: bytes.len(), limit: limits.max_input });
    }
    if sniff::is_encrypted_office(bytes) {
        return Err(Unreadable::Encrypted { what: "Word document" });
    }
    let extracted = match sniff(name, bytes)? {
        Kind::Docx => docx::read(bytes, limits, options.tracked_changes)?,
        Kind::Pdf => pdf::read(bytes, limits, &options.recognised)?,
        Kind::Html => html::read(bytes, limits)?,
        kind @ (Kind::Markdown | Kind::Text) => plain::read(kind, bytes, limits)?,
    };
    debug_assert!(extracted.blocks_are_sound());
    Ok(extracted)
}

/// The pages of a PDF that are pictures without text, for whoever can have them recognised. Other documents have none.
///
/// # Errors
/// As [`read_with`], where the file cannot be read at all.
pub fn scanned_pages(name: &str, bytes: &[u8], limits: &Limits) -> Result<Vec<ScannedPage>, Unreadable> {
    if bytes.len() > limits.max_input {
        return Err(Unreadable::TooLarge { bytes: bytes.len(), limit: limits.max_input });
    }
    match sniff(name, bytes)? {
        Kind::Pdf => pdf::scanned_pages(bytes, limits),
        Kind::Docx | Kind::Html | Kind::Markdown | Kind::Text => Ok(Vec::new()),
    }
}
