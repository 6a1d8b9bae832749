//! What reading a document gives: its text, where each paragraph lies in it, and what the reader had to decide.

use serde::{Deserialize, Serialize};

/// The kinds of document that can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Docx,
    Pdf,
    Markdown,
    Html,
    Text,
}

/// How the tracked changes of a Word file are read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TrackedChanges {
    /// As if all were accepted: what was inserted counts, what was deleted does not.
    #[default]
    Accepted,
    /// As if all were rejected: the text before anybody changed it.
    Original,
}

impl TrackedChanges {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Original => "original",
        }
    }

    /// The other way to read them.
    pub fn other(self) -> Self {
        match self {
            Self::Accepted => Self::Original,
            Self::Original => Self::Accepted,
        }
    }
}

impl std::str::FromStr for TrackedChanges {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        [Self::Accepted, Self::Original]
            .into_iter()
            .find(|way| way.as_str() == word)
            .ok_or_else(|| format!("tracked changes are read as `accepted` or as `original`, not as `{word}`"))
    }
}

/// The tracked changes that a document holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revisions {
    /// Insertions, deletions, moves, and changed paragraph properties.
    pub count: u32,
    pub read_as: TrackedChanges,
}

/// What was read by text recognition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recognition {
    /// The pages, counted from 1.
    pub pages: Vec<u32>,
    /// Mean of all words on them, in per cent.
    pub confidence: u8,
}

/// What the person who asks for a reading can choose.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Options {
    pub tracked_changes: TrackedChanges,
    /// What text recognition found on the pages that are pictures; see [`crate::scanned_pages`].
    pub recognised: Vec<crate::RecognisedPage>,
}

/// How much a document may cost. What lies beyond is refused, never cut off silently.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the file itself.
    pub max_input: usize,
    /// Bytes that the read parts of a ZIP container may unfold to, one by one and together.
    pub max_expanded: usize,
    /// Bytes of extracted text.
    pub max_text: usize,
    /// Pages of a PDF.
    pub max_pages: u32,
    /// Elements of one XML part; what a small part can hold in memory many times over.
    pub max_elements: usize,
    /// How deep XML elements may nest. Word itself writes fewer than a hundred levels.
    pub max_depth: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_input: 64 << 20,
            max_expanded: 256 << 20,
            // About 1,500 pages. The clause engine takes a second for one or two million letters of dense duties.
            max_text: 5 << 20,
            max_pages: 5000,
            max_elements: 20_000_000,
            max_depth: 400,
        }
    }
}

/// A document as text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Extracted {
    pub kind: Kind,
    /// The whole text, UTF-8. Paragraphs are divided by an empty line, short cells of one table row by a tab.
    pub text: String,
    /// The paragraphs in reading order, without overlap. Empty for plain text and Markdown, whose text is the file.
    pub blocks: Vec<Block>,
    /// Number of pages where the format has pages.
    pub pages: Option<u32>,
    /// What the reader decided on the reader's behalf, in sentences meant for people.
    pub notes: Vec<String>,
    /// The tracked changes, where there are any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revisions: Option<Revisions>,
    /// What was read by text recognition, where anything was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recognised: Option<Recognition>,
    /// Pages of pictures without text that were not read.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unread_pages: Vec<u32>,
    /// Running headers, footers and page numbers. They are no part of the text.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub running: Vec<RunningLine>,
}

/// What is printed around the text of a page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunningLine {
    /// Counted from 1, where the format has pages; Word states a header once for all of them.
    pub page: Option<u32>,
    pub text: String,
}

/// One paragraph.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Block {
    /// Byte offset of the first byte in [`Extracted::text`].
    pub start: usize,
    /// Byte offset behind the last byte in [`Extracted::text`].
    pub end: usize,
    /// Level of the heading, 1 to 9; 0 for the title of the document; `None` for what is no heading.
    pub heading: Option<u8>,
    /// The automatic number as a person would cite it, such as `4.2(a)`. The text begins with the number as
    /// printed, such as `(a)`.
    pub number: Option<String>,
    /// The page the paragraph begins on, counted from 1, where the format has pages.
    pub page: Option<u32>,
    /// Which paragraph element of the Word body this is (counting every `w:p`), so that a redline finds it again.
    pub anchor: Option<u32>,
    pub kind: BlockKind,
}

/// Where a paragraph stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BlockKind {
    Paragraph,
    Heading,
    ListItem,
    TableCell,
    Footnote,
    TextBox,
}

impl Extracted {
    /// How the tracked changes were read; what holds none reads the same either way.
    pub fn read_as(&self) -> TrackedChanges {
        self.revisions.map(|revisions| revisions.read_as).unwrap_or_default()
    }

    /// The text of one block.
    pub fn block_text(&self, block: &Block) -> &str {
        self.text.get(block.start..block.end).unwrap_or_default()
    }

    /// The block a byte offset falls into, or the nearest one before it.
    pub fn block_at(&self, offset: usize) -> Option<u32> {
        let behind = self.blocks.partition_point(|block| block.start <= offset);
        behind.checked_sub(1).map(|index| index as u32)
    }

    pub(crate) fn blocks_are_sound(&self) -> bool {
        let mut last = 0;
        self.blocks.iter().all(|block| {
            let sound =
                block.start >= last && block.end >= block.start && self.text.get(block.start..block.end).is_some();
            last = block.end;
            sound
        })
    }
}

/// Paragraphs of a document; one of 5,000 pages has about 50,000. Each costs many times its letters further on.
pub(crate) const MAX_BLOCKS: usize = 400_000;

/// Cells up to this many bytes are written beside each other, so that a row of short cells stays one line.
pub(crate) const SHORT_CELL: usize = 120;

/// Gathers blocks into one text while it keeps the limit on its size.
#[derive(Debug)]
pub(crate) struct Writer {
    pub(crate) text: String,
    pub(crate) blocks: Vec<Block>,
    limit: usize,
}

impl Writer {
    pub(crate) fn new(limit: usize) -> Self {
        Self { text: String::new(), blocks: Vec::new(), limit }
    }

    /// Appends one block behind `divider` (which is left out at the very start) and returns where it begins.
    pub(crate) fn push(&mut self, divider: &str, text: &str, block: Block) -> Result<usize, crate::Unreadable> {
        if self.text.len() + divider.len() + text.len() > self.limit || self.blocks.len() >= MAX_BLOCKS {
            return Err(crate::Unreadable::TooMuchText { limit: self.limit });
        }
        if !self.text.is_empty() {
            self.text.push_str(divider);
        }
        let start = self.text.len();
        self.text.push_str(text);
        self.blocks.push(Block { start, end: self.text.len(), ..block });
        Ok(start)
    }
}

impl Block {
    /// A plain paragraph that has no place yet; [`Writer::push`] gives it one.
    pub(crate) fn unplaced(kind: BlockKind) -> Self {
        Self { start: 0, end: 0, heading: None, number: None, page: None, anchor: None, kind }
    }
}
