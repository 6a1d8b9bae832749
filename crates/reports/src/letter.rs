//! A plain paper with a heading, facts and sections: a notice to an authority or to people. Plain values: the caller
//! turns its records into words before it prints.

use serde::Serialize;

use crate::{
    ReportError,
    text::Cleaner,
    typeset,
    view::{Instant, hash, instant, replaced_note, shortened},
};

/// A letter, complete: nothing is looked up while printing.
#[derive(Debug, Clone)]
pub struct Letter {
    pub organisation: String,
    pub title: String,
    /// What kind of paper it is, in a word.
    pub kind: String,
    /// How the sender calls it; stands at the foot of every page.
    pub reference: String,
    /// Label and value, above the text.
    pub facts: Vec<(String, String)>,
    /// Marks every page and says it in the text.
    pub exercise: bool,
    /// Marks every page as a draft.
    pub draft: bool,
    pub sections: Vec<LetterSection>,
    /// Of the text that was approved: lower-case hexadecimal, 64 digits.
    pub sha256: String,
    /// RFC 3339.
    pub printed_at: String,
}

/// A heading with its paragraphs, parted by blank lines.
#[derive(Debug, Clone)]
pub struct LetterSection {
    pub heading: String,
    pub text: String,
}

/// The root of `data.json`. Every text in it has been through the [`Cleaner`].
#[derive(Debug, Serialize)]
pub(crate) struct LetterView {
    organisation: String,
    organisation_short: String,
    title: String,
    running_title: String,
    subject: String,
    privileged: bool,
    /// Stands at the head of every page.
    mark: Option<&'static str>,
    exercise: bool,
    kind: String,
    printed: Instant,
    facts: Vec<Fact>,
    sections: Vec<Section>,
    document_hash: String,
    document_hash_short: String,
    review_label: String,
    replaced_note: Option<String>,
}

#[derive(Debug, Serialize)]
struct Fact {
    label: String,
    value: String,
}

#[derive(Debug, Serialize)]
struct Section {
    heading: String,
    paragraphs: Vec<Vec<String>>,
}

impl LetterView {
    pub(crate) fn of(letter: &Letter) -> Result<Self, ReportError> {
        let mut cleaner = Cleaner::new(typeset::text_fonts());
        let clean = &mut cleaner;
        let organisation = clean.line(&letter.organisation);
        let title = clean.line(&letter.title);
        let reference = clean.line(&letter.reference);
        let document_hash = hash(&letter.sha256);
        let mut view = Self {
            organisation_short: shortened(&organisation, 40),
            organisation,
            running_title: format!("{} · {}", shortened(&reference, 30), shortened(&title, 60)),
            subject: format!("{}, {reference}", clean.line(&letter.kind)),
            privileged: false,
            mark: match (letter.exercise, letter.draft) {
                (true, true) => Some("EXERCISE · draft"),
                (true, false) => Some("EXERCISE"),
                (false, true) => Some("Draft, not approved"),
                (false, false) => None,
            },
            exercise: letter.exercise,
            kind: clean.line(&letter.kind),
            printed: instant("the printing", &letter.printed_at)?,
            facts: letter
                .facts
                .iter()
                .map(|(label, value)| Fact { label: clean.line(label), value: clean.line(value) })
                .collect(),
            sections: letter
                .sections
                .iter()
                .map(|section| Section {
                    heading: clean.line(&section.heading),
                    paragraphs: paragraphs(&section.text, clean),
                })
                .collect(),
            document_hash_short: document_hash.chars().take(12).collect(),
            document_hash,
            review_label: shortened(&reference, 40),
            replaced_note: None,
            title,
        };
        view.replaced_note = replaced_note(cleaner.replaced);
        Ok(view)
    }
}

/// Paragraphs with their lines: what people typed line by line, such as an address, stays so.
fn paragraphs(text: &str, clean: &mut Cleaner<'_>) -> Vec<Vec<String>> {
    let text = text.replace("\r\n", "\n").replace('\u{2029}', "\n\n");
    text.split("\n\n")
        .map(|block| block.lines().filter(|line| !line.trim().is_empty()).map(|line| clean.line(line)).collect())
        .filter(|block: &Vec<String>| !block.is_empty())
        .collect()
}
