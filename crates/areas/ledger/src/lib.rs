//! The audit trail as people read it: a list that can be filtered, the history of a record, the export an auditor takes
//! away, checkpoints, and the proof that nothing was changed.
//!
//! The trail itself is written by `db` in the transaction of each change and proven by the pure crate `ledger`; here is
//! what may be seen of it. Knows no other area: where a subject's page lies, the server says.

mod exporting;
mod keys;
#[cfg(test)]
mod plans;
mod proving;
mod reading;
pub mod rules;
mod store;

pub use exporting::{Export, Range, export};
pub use keys::{Keys, keys_from_text, new_key_text};
pub use proving::{CheckpointJob, Signed, checkpoint, verify, verify_file};
pub use reading::{
    CHECKPOINT, CheckpointLine, EXPORT, Filter, Line, Lines, READ, Whole, can_export, can_sign, checkpoints, entry, history, list,
};
