//! The log book of an incident: what was decided and why, what proves it, who was told, what it costs, what must be kept,
//! and what is to be done better.
//!
//! It is the ordinary track only: facts and ordinary decisions. What counsel directs has a place of its own, behind its own
//! wall, and nothing here knows of it; whoever prints the privileged report hands its sections to [`report`]'s paper.

mod actions;
mod channels;
mod costs;
mod decisions;
mod evidence;
mod holds;
mod input;
mod papers;
mod report;
mod sheets;
mod situation;

use kernel::Actor;

pub use actions::*;
pub use channels::*;
pub use costs::*;
pub use decisions::*;
pub use evidence::*;
pub use holds::*;
pub(crate) use papers::CSV;
pub use papers::{Export, TableForm};
pub use report::report;
pub(crate) use sheets::actions as actions_sheet;
pub use situation::situation;

/// Characters of a line, such as a name or a place.
pub const LINE_LIMIT: usize = 300;
/// Characters of what needs more words.
pub const TEXT_LIMIT: usize = 4_000;
/// Entries of one kind that an incident can hold.
const ENTRIES_LIMIT: i64 = 1_000;

/// That something was taken out is written down by us, so a token that may only read may take it out.
fn writer(actor: &Actor) -> Actor {
    Actor { read_only: false, ..actor.clone() }
}
