//! What stands on an incident's papers: the data cleaned, cut and counted. Knows no typesetting.

use serde::Serialize;

use crate::{
    IncidentReport, ReportError,
    incident::{PRIVILEGED, Section, Situation},
    text::{BREAK_HERE, Cleaner},
    typeset,
    view::{Instant, grouped, hash, instant, replaced_note, shortened},
};

const BREAK: &str = "\u{200B}";

/// Characters of a row that is certain to fit on one page.
const SHORT_ROW: usize = 700;

#[derive(Debug, Serialize)]
struct Fact {
    label: String,
    value: String,
}

#[derive(Debug, Serialize)]
pub(crate) struct ReportView {
    organisation: String,
    organisation_short: String,
    kind: String,
    title: String,
    running_title: String,
    subject: String,
    mark: Option<String>,
    footer: String,
    privileged: bool,
    privileged_heading: &'static str,
    printed: Instant,
    printed_by: String,
    facts: Vec<Fact>,
    summary: Vec<String>,
    sections: Vec<SectionView>,
    privileged_sections: Vec<SectionView>,
    ledger_seq: String,
    ledger_hash: String,
    replaced_note: Option<String>,
}

#[derive(Debug, Serialize)]
struct SectionView {
    title: String,
    words: Vec<String>,
    empty: Option<String>,
    /// Nothing, where there are no rows.
    table: Option<TableView>,
}

#[derive(Debug, Serialize)]
struct TableView {
    heads: Vec<String>,
    widths: Vec<f64>,
    rows: Vec<RowView>,
}

#[derive(Debug, Serialize)]
struct RowView {
    short: bool,
    /// Paragraphs of each cell.
    cells: Vec<Vec<String>>,
}

fn mark(exercise: bool, privileged: bool) -> Option<String> {
    match (exercise, privileged) {
        (false, false) => None,
        (true, false) => Some("EXERCISE".to_owned()),
        (false, true) => Some(PRIVILEGED.to_owned()),
        (true, true) => Some(format!("EXERCISE · {PRIVILEGED}")),
    }
}

impl ReportView {
    pub(crate) fn of(report: &IncidentReport) -> Result<Self, ReportError> {
        let mut cleaner = Cleaner::new(typeset::text_fonts());
        let clean = &mut cleaner;
        let organisation = clean.line(&report.organisation);
        let reference = clean.line(&report.reference);
        let title = clean.line(&report.title);
        let kind = clean.line(&report.kind);
        let privileged = !report.privileged.is_empty();
        let mut view = ReportView {
            organisation_short: shortened(&organisation, 40),
            organisation,
            running_title: format!("{} · {}", shortened(&reference, 30), shortened(&title, 60)),
            subject: format!("{kind}, {reference}"),
            mark: mark(report.exercise, privileged),
            footer: shortened(&reference, 30),
            privileged,
            privileged_heading: PRIVILEGED,
            printed: instant("the printing", &report.printed_at)?,
            printed_by: clean.line(&report.printed_by),
            facts: facts(&report.facts, clean),
            summary: report.summary.iter().flat_map(|text| clean.paragraphs(text)).collect(),
            sections: report.sections.iter().map(|each| section(each, clean)).collect(),
            privileged_sections: report.privileged.iter().map(|each| section(each, clean)).collect(),
            ledger_seq: grouped(report.ledger.head_seq),
            ledger_hash: hash(&report.ledger.head_hash),
            replaced_note: None,
            kind,
            title,
        };
        view.replaced_note = replaced_note(cleaner.replaced);
        Ok(view)
    }
}

fn facts(pairs: &[(String, String)], clean: &mut Cleaner<'_>) -> Vec<Fact> {
    pairs.iter().map(|(label, value)| Fact { label: clean.line(label), value: clean.line(value) }).collect()
}

fn section(section: &Section, clean: &mut Cleaner<'_>) -> SectionView {
    let words: Vec<String> = section.words.iter().flat_map(|text| clean.paragraphs(text)).collect();
    let table = section.table.as_ref().filter(|table| !table.rows.is_empty()).map(|table| TableView {
        heads: table.columns.iter().map(|column| clean.line(&column.title)).collect(),
        widths: table.columns.iter().map(|column| column.width).collect(),
        rows: table
            .rows
            .iter()
            .map(|row| RowView {
                short: row.iter().map(|cell| cell.chars().count()).sum::<usize>() < SHORT_ROW,
                // A row that is too short is filled, so that no cell slips into the wrong column.
                cells: (0..table.columns.len())
                    .map(|at| row.get(at).map(|cell| clean.paragraphs(cell)).unwrap_or_default())
                    .collect(),
            })
            .collect(),
    });
    let empty = (words.is_empty() && table.is_none()).then(|| clean.line(&section.empty));
    SectionView { title: clean.line(&section.title), words, empty, table }
}

/// How much a situation shows: rows of a list and characters of a cell, at most.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tight {
    rows: usize,
    cell: usize,
}

/// From what reads best to what fits with certainty.
pub(crate) const TIGHTER: [Tight; 7] = [
    Tight { rows: 14, cell: 180 },
    Tight { rows: 10, cell: 150 },
    Tight { rows: 8, cell: 120 },
    Tight { rows: 6, cell: 100 },
    Tight { rows: 4, cell: 80 },
    Tight { rows: 3, cell: 60 },
    Tight { rows: 2, cell: 40 },
];

#[derive(Debug, Serialize)]
pub(crate) struct SituationView {
    organisation: String,
    organisation_short: String,
    title: String,
    running_title: String,
    subject: String,
    mark: Option<String>,
    footer: String,
    privileged: bool,
    printed: Instant,
    printed_by: String,
    facts: Vec<Fact>,
    /// One or two beside each other.
    bands: Vec<Vec<BlockView>>,
}

#[derive(Debug, Serialize)]
struct BlockView {
    title: String,
    widths: Vec<f64>,
    rows: Vec<Vec<String>>,
    /// "and 12 more clocks"
    more: Option<String>,
    empty: Option<String>,
}

impl SituationView {
    pub(crate) fn of(situation: &Situation, tight: Tight) -> Result<Self, ReportError> {
        let mut cleaner = Cleaner::new(typeset::text_fonts());
        let clean = &mut cleaner;
        let organisation = clean.line(&situation.organisation);
        let reference = clean.line(&situation.reference);
        let title = shortened(&clean.line(&situation.title), tight.cell.max(90));
        let mut bands: Vec<Vec<BlockView>> = Vec::new();
        let mut open = false;
        for block in &situation.blocks {
            let shown = block.rows.len().min(block.at_most).min(tight.rows);
            let left_out = block.rows.len() - shown;
            let counted = if left_out == 1 { &block.counted.0 } else { &block.counted.1 };
            // A half block has half the room for its words.
            let cell = if block.half { tight.cell / 2 } else { tight.cell };
            let row = |row: &Vec<String>, clean: &mut Cleaner<'_>| {
                (0..block.widths.len())
                    .map(|at| row.get(at).map(|text| narrow(&shortened(&clean.line(text), cell))).unwrap_or_default())
                    .collect()
            };
            let view = BlockView {
                title: clean.line(&block.title),
                widths: block.widths.clone(),
                rows: block.rows.iter().take(shown).map(|each| row(each, clean)).collect(),
                more: (left_out > 0).then(|| format!("and {left_out} more {}", clean.line(counted))),
                empty: block.rows.is_empty().then(|| clean.line(&block.empty)),
            };
            match bands.last_mut() {
                Some(band) if open && block.half => {
                    band.push(view);
                    open = false;
                }
                _ => {
                    open = block.half;
                    bands.push(vec![view]);
                }
            }
        }
        Ok(SituationView {
            organisation_short: shortened(&organisation, 40),
            organisation,
            running_title: reference.clone(),
            subject: format!("Situation report, {reference}"),
            mark: mark(situation.exercise, false),
            footer: shortened(&reference, 30),
            privileged: false,
            printed: instant("the printing", &situation.printed_at)?,
            printed_by: clean.line(&situation.printed_by),
            facts: facts(&situation.facts, clean),
            bands,
            title,
        })
    }
}

/// Columns of a situation are narrow, so long words may break sooner than elsewhere.
fn narrow(text: &str) -> String {
    text.split(' ')
        .map(|word| {
            let letters: Vec<char> = word.chars().filter(|c| *c != BREAK_HERE).collect();
            if letters.len() <= 14 {
                return letters.into_iter().collect::<String>();
            }
            letters.chunks(8).map(|part| part.iter().collect::<String>()).collect::<Vec<_>>().join(BREAK)
        })
        .collect::<Vec<_>>()
        .join(" ")
}
