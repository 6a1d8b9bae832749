//! What the papers of an incident say: a report of any length, and its situation on one page. Plain words, in the order in
//! which they shall stand; the caller turns its records into them, times included.

use crate::LedgerHead;

/// The mark of a paper that holds work directed by counsel, and the heading above that work.
pub const PRIVILEGED: &str = "Privileged and confidential – prepared at the direction of counsel";

/// A report, or another paper of the same make, such as a custody sheet.
#[derive(Debug, Clone)]
pub struct IncidentReport {
    pub organisation: String,
    /// "Incident report, factual"
    pub kind: String,
    /// "Incident 3"
    pub reference: String,
    pub title: String,
    /// Every page says that nothing of it happened.
    pub exercise: bool,
    pub facts: Vec<(String, String)>,
    pub summary: Vec<String>,
    pub sections: Vec<Section>,
    /// Work directed by counsel. Only with it the paper bears [`PRIVILEGED`].
    pub privileged: Vec<Section>,
    pub ledger: LedgerHead,
    pub printed_by: String,
    /// RFC 3339.
    pub printed_at: String,
}

/// A heading with what stands below it.
#[derive(Debug, Clone, Default)]
pub struct Section {
    pub title: String,
    pub words: Vec<String>,
    pub table: Option<Table>,
    /// What is said when there are neither words nor rows.
    pub empty: String,
}

#[derive(Debug, Clone, Default)]
pub struct Table {
    pub columns: Vec<Column>,
    pub rows: Vec<Vec<String>>,
}

#[derive(Debug, Clone)]
pub struct Column {
    pub title: String,
    /// Its part of the page's width, beside those of the others.
    pub width: f64,
}

impl Column {
    pub fn new(title: &str, width: f64) -> Self {
        Self { title: title.to_owned(), width }
    }
}

/// How an incident stands at one instant.
#[derive(Debug, Clone)]
pub struct Situation {
    pub organisation: String,
    pub reference: String,
    pub title: String,
    pub exercise: bool,
    pub facts: Vec<(String, String)>,
    pub blocks: Vec<Block>,
    pub printed_by: String,
    /// RFC 3339.
    pub printed_at: String,
}

/// A list of which the first rows matter most.
#[derive(Debug, Clone)]
pub struct Block {
    pub title: String,
    /// Shares the page's width with the next one that is half, too.
    pub half: bool,
    /// The columns' parts of its width.
    pub widths: Vec<f64>,
    pub rows: Vec<Vec<String>>,
    /// How many of its rows can be shown where there is room.
    pub at_most: usize,
    pub empty: String,
    /// What one row is, and several: "clock", "clocks".
    pub counted: (String, String),
}
