//! Reads an agreement: text to clauses, topics, attributes and obligations, and compares them with a playbook.
//!
//! Pure: it knows no file, no clock, no store and nothing of the other crates. The same text gives the same
//! reading on every machine, in time linear in its length. It isn't legal advice and must never decide alone:
//! every result carries a probability and the words that decided.

// Before those that name their patterns by its macro.
#[macro_use]
mod pattern;

mod around;
pub mod attributes;
mod category;
mod compare;
pub mod definitions;
pub mod difference;
pub mod duration;
mod duty;
pub mod facts;
#[doc(hidden)]
pub mod features;
mod markup;
#[doc(hidden)]
pub mod model;
pub mod nda;
mod obligations;
mod outline;
pub mod playbook;
pub mod proposal;
mod reading;
pub mod references;
mod rules;
mod section;
#[doc(hidden)]
pub mod segment;
pub mod terms;
mod topic;
mod uses;

pub use attributes::Attributes;
pub use category::{Category, UnknownCategory};
pub use compare::{Finding, Status, compare};
pub use playbook::{About, Playbook};
pub use reading::{Block, CategoryHit, Clause, Obligation, Reading, TopicHit};
pub use topic::{Topic, UnknownTopic};
pub use uses::{Undefined, Use, Uses};

/// Reads a text. With no `blocks` the text is segmented by its own line breaks and numbering.
///
/// Blocks may be unordered, overlap or point outside the text: what can't be used is dropped, never a reason
/// to panic. Text between blocks is read too, so that nothing is lost to a reader's gap.
pub fn read(text: &str, blocks: &[Block]) -> Reading {
    let clauses = segment::segment(text, blocks);
    let document = features::Document::new(text, &clauses);
    let mut reading = Reading { title: segment::title(text, &clauses), clauses, ..Reading::default() };
    reading.peaks = model::shipped().mark(text, &document, &mut reading.clauses);
    section::complete(text, &mut reading.clauses, &mut reading.peaks);
    attributes::fill(text, &mut reading.clauses);
    reading.obligations = obligations::find(text, &reading.clauses);
    reading
}
