//! The audit trail that proves itself: a hash chain over entries, Merkle checkpoints over the chain, signed notes over
//! the checkpoints, and a verifier that needs nothing but the lines and the public keys.
//!
//! Knows no SQL, no files, no clock, no randomness and nothing else of ours: whoever doubts a trail can read this crate
//! alone. Bytes come in, a verdict goes out. Seeds for keys and readers over files are handed in by the caller.
//!
//! What each layer proves:
//! - the **hash** of an entry: none of its fields was edited;
//! - the **chain** (`prev`): nothing was removed, added or moved between two entries;
//! - the **checkpoint**: whoever rewrote and re-hashed the whole chain, or cut its end off, does not have the key.
//!
//! Entries younger than the last checkpoint are chained but not yet sealed by a signature; [`Report::proven_to`] says
//! how far the proof reaches. A checkpoint kept elsewhere (mailed to the auditor, say) proves what it covers even
//! against someone who holds the key.

mod checkpoint;
mod entry;
mod export;
mod hex;
mod merkle;
mod note;
mod verify;

pub use checkpoint::{Checkpoint, CheckpointError, open_checkpoint, sign_checkpoint};
pub use entry::{Entry, GENESIS, Hash, Sealed, Withheld, seal};
pub use export::{MAX_LINE, checkpoint_line, entry_line, verify_export, withheld_line};
pub use hex::{from_hex, to_hex};
pub use merkle::{Frontier, FrontierError, root_of};
pub use note::{KeyError, SigningKey, VerifierKey};
pub use verify::{MAX_PROBLEMS, Problem, Report, Verifier};
