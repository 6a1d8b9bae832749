//! Printed papers: data in, PDF out.
//!
//! This crate exists so that one place carries the typesetter's weight and every area gets the same house style.
//! It must not know an area, a store, a clock or a file system: whoever prints hands over everything that shall stand
//! on the paper, the instant of printing included. The same data gives the same bytes, so a paper can be hashed.
//!
//! Papers are PDF/A-2a and PDF/UA-1: they can be archived, and read aloud. Text reaches the typesetter as data, never
//! as source, so nothing that a counterparty wrote can be executed. Calls are CPU-bound (tens of milliseconds): an
//! asynchronous caller runs them on a blocking thread, one or two at a time.

mod incident;
mod incident_view;
mod letter;
mod memo;
mod text;
mod typeset;
mod view;

pub use incident::{Block, Column, IncidentReport, PRIVILEGED, Section, Situation, Table};
pub use letter::{Letter, LetterSection};
pub use memo::{
    Contract, Decision, Document, Finding, FindingStatus, LedgerHead, Memo, Obligation, Override, Review, SignOff,
};

/// Why a paper could not be printed.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    #[error("`{value}` is not an instant that {field} can have")]
    NotAnInstant { field: &'static str, value: String },
    #[error("`{value}` is not a date that {field} can have")]
    NotADate { field: &'static str, value: String },
    /// The template and the data disagree, or the typesetter refused the standard: a fault of ours, never of the user.
    #[error("the paper could not be set: {0}")]
    Typeset(String),
}

impl ReportError {
    /// What whoever reads the error can do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            ReportError::NotAnInstant { .. } => "write instants as in `2026-11-21T14:03:00Z`",
            ReportError::NotADate { .. } => "write dates as in `2026-11-21`",
            ReportError::Typeset(_) => "report this with the message; the record itself is unharmed",
        }
    }
}

/// Prints the contract review memo.
///
/// # Errors
/// [`ReportError::NotAnInstant`] and [`ReportError::NotADate`] where the data holds text that is neither;
/// [`ReportError::Typeset`] where the typesetter refuses, which no text in the data can cause.
pub fn memo(memo: &Memo) -> Result<Vec<u8>, ReportError> {
    let view = view::View::of(memo)?;
    typeset::pdf(typeset::Template::Memo, &view)
}

/// Prints a notice.
///
/// # Errors
/// As [`memo`].
pub fn letter(letter: &Letter) -> Result<Vec<u8>, ReportError> {
    let view = letter::LetterView::of(letter)?;
    typeset::pdf(typeset::Template::Letter, &view)
}

/// Prints a report on an incident, or another paper of its kind such as a custody sheet.
///
/// # Errors
/// As [`memo`].
pub fn incident_report(report: &IncidentReport) -> Result<Vec<u8>, ReportError> {
    typeset::pdf(typeset::Template::Incident, &incident_view::ReportView::of(report)?)
}

/// Prints how an incident stands, on one page whatever there is to say: what comes last in a list is counted, not shown.
///
/// # Errors
/// As [`memo`].
pub fn situation(situation: &Situation) -> Result<Vec<u8>, ReportError> {
    let tries = incident_view::TIGHTER.iter().map(|tight| incident_view::SituationView::of(situation, *tight));
    typeset::one_page(typeset::Template::Situation, tries)
}
