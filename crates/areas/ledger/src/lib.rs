//! The audit trail as people read it: a list that can be filtered, the history of a record, the export an auditor takes
//! away, checkpoints, and the proof that nothing was changed.
//!
//! The trail itself is written by `db` in the transaction of each change and proven by the pure crate `ledger`; here is
//! what may be seen of it. Knows no other area: where a subject's page lies, the server says.

#[expect(unused_qualifications, reason = "the macro of the API description writes them")]
mod api;
mod exporting;
mod keys;
mod pages;
#[cfg(test)]
mod plans;
mod proving;
mod reading;
pub mod rules;
mod store;

pub use exporting::{Export, Range, export};
pub use keys::{Keys, keys_from_text, new_key_text};
pub use pages::Subject;
pub use proving::{CheckpointJob, INLINE_LIMIT, Signed, checkpoint, verify, verify_file, verify_with};
pub use reading::{
    CHECKPOINT, CheckpointLine, EXPORT, Filter, Line, Lines, READ, Whole, can_export, can_sign, checkpoints, entry,
    history, list,
};

/// The area, for the server's list. `subjects` says where the records lie that entries speak of.
pub fn area(store: db::Store, keys: std::sync::Arc<Keys>, subjects: &'static [Subject]) -> ui::Area {
    let state = pages::State { store, keys: keys.clone(), subjects };
    ui::Area {
        name: "ledger",
        nav: vec![ui::NavItem::new("Ledger", "/ledger", "timeline", 90).visible(reads)],
        pages: pages::routes(state.clone()),
        api: api::routes(state),
        // Its tables are `db`'s own.
        migrations: &[],
        jobs: vec![std::sync::Arc::new(CheckpointJob { keys })],
    }
}

fn reads(actor: &kernel::Actor) -> bool {
    use kernel::Side::{Auditor, Compliance, Legal, Privacy, Security};
    actor.administrator || [Legal, Privacy, Security, Compliance, Auditor].iter().any(|side| actor.is_of(*side))
}
