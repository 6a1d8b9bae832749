//! The verifier: reads the ledger once, in order, and names what happened to it and where.
//!
//! It holds the right edge of the tree, the checkpoints that still wait for their entry, and at most [`MAX_PROBLEMS`]
//! problems, never the ledger itself.

use std::{
    collections::{BTreeMap, btree_map::Entry as Slot},
    fmt,
};

use serde::Serialize;

use crate::{Checkpoint, Frontier, GENESIS, Hash, Sealed, VerifierKey, Withheld, open_checkpoint};

/// After this many the rest is only counted: one rewritten ledger must not fill the memory with its problems.
pub const MAX_PROBLEMS: usize = 100;

/// Something that is not as it was written, or cannot be shown to be. `seq` is the position of an entry, from 1.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Problem {
    /// The content of the entry does not give its hash.
    Edited { seq: u64 },
    /// These entries are not there.
    Missing { from: u64, to: u64 },
    /// There is an entry too many at this position.
    Inserted { seq: u64 },
    /// The entry stands behind one that came after it.
    Reordered { seq: u64 },
    /// The entry does not follow on the one before.
    ChainBroken { seq: u64 },
    /// A checkpoint was signed over more entries than there are.
    Truncated { checkpoint: u64, entries: u64 },
    /// The entries up to here are not those that were signed. They were, up to `proven_to`.
    RootMismatch { size: u64, proven_to: u64 },
    /// A checkpoint that cannot be believed, met after `after` entries.
    BadSignature { after: u64, reason: String },
    /// A checkpoint that stands behind entries that came after it, so that it cannot be checked in one reading.
    CheckpointLate { size: u64, after: u64 },
    /// The ledger does not end where its owner says it does.
    HeadDiffers { expected: u64, found: u64 },
    /// A line of an export that is neither an entry nor a checkpoint.
    Unreadable { line: u64, reason: String },
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Problem::Edited { seq } => write!(f, "entry {seq} was edited: its content does not give its hash"),
            Problem::Missing { from, to } if from == to => write!(f, "entry {from} is missing"),
            Problem::Missing { from, to } => write!(f, "entries {from} to {to} are missing"),
            Problem::Inserted { seq } => write!(f, "an entry was inserted: there is one too many at position {seq}"),
            Problem::Reordered { seq } => {
                write!(f, "entry {seq} was moved: it stands behind an entry that came after it")
            }
            Problem::ChainBroken { seq } => {
                write!(f, "the chain is broken at entry {seq}: it does not follow on the entry before it")
            }
            Problem::Truncated { checkpoint, entries } => {
                write!(f, "the end was cut off: {checkpoint} entries were signed, the last one here is {entries}")
            }
            Problem::RootMismatch { size, proven_to: 0 } => {
                write!(f, "the ledger was rewritten: its first {size} entries are not the ones that were signed")
            }
            Problem::RootMismatch { size, proven_to } => write!(
                f,
                "the ledger was rewritten between entries {} and {size}: they are not the ones that were signed",
                proven_to.saturating_add(1)
            ),
            Problem::BadSignature { after, reason } => {
                write!(f, "a checkpoint (met after entry {after}) cannot be believed: {reason}")
            }
            Problem::CheckpointLate { size, after } => write!(
                f,
                "the checkpoint over {size} entries stands after entry {after} (a checkpoint stands before the entries that follow it)"
            ),
            Problem::HeadDiffers { expected, found } if expected == found => {
                write!(f, "the last entry, {found}, is not the one that the store holds as its head")
            }
            Problem::HeadDiffers { expected, found } => {
                write!(f, "the store holds entry {expected} as its head, and the last entry is {found}")
            }
            Problem::Unreadable { line, reason } => write!(f, "line {line} cannot be read: {reason}"),
        }
    }
}

/// The verdict.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    /// How many entries were read, withheld ones included.
    pub entries: u64,
    /// How many of them showed only their place in the chain.
    pub withheld: u64,
    /// How many checkpoints fitted.
    pub checkpoints_checked: u64,
    /// How many believable checkpoints could not be compared, because entries are missing below them.
    pub checkpoints_unchecked: u64,
    /// The entries up to here are proven by a signature; those after it only by their chain.
    pub proven_to: u64,
    /// Position and hash of the last entry (0 and [`GENESIS`] of an empty ledger).
    pub last_seq: u64,
    #[serde(with = "crate::hex::text")]
    pub last_hash: Hash,
    pub problems: Vec<Problem>,
    /// How many problems were found beyond those listed.
    pub more_problems: u64,
}

impl Report {
    pub fn is_intact(&self) -> bool {
        self.problems.is_empty() && self.more_problems == 0
    }
}

/// Takes the entries in the order in which they stand, then gives its [`Report`].
#[derive(Debug)]
pub struct Verifier {
    keys: Vec<VerifierKey>,
    /// Believed checkpoints over more entries than were read so far, by size.
    pending: BTreeMap<u64, Vec<Checkpoint>>,
    /// Absent once entries are missing: from there on no root can be computed.
    tree: Option<Frontier>,
    /// Position and hash of the last entry that stood where it belongs.
    last: (u64, Hash),
    /// Positions that were skipped and may yet turn up further down; sorted, apart.
    gaps: Vec<(u64, u64)>,
    root_differed: bool,
    report: Report,
}

impl Verifier {
    /// `checkpoints` are the signed texts known beforehand, in any order. Those that `keys` do not believe are problems.
    pub fn new<T: AsRef<str>>(
        keys: impl IntoIterator<Item = VerifierKey>,
        checkpoints: impl IntoIterator<Item = T>,
    ) -> Self {
        let mut verifier = Self {
            keys: keys.into_iter().collect(),
            pending: BTreeMap::new(),
            tree: Some(Frontier::new()),
            last: (0, GENESIS),
            gaps: Vec::new(),
            root_differed: false,
            report: Report {
                entries: 0,
                withheld: 0,
                checkpoints_checked: 0,
                checkpoints_unchecked: 0,
                proven_to: 0,
                last_seq: 0,
                last_hash: GENESIS,
                problems: Vec::new(),
                more_problems: 0,
            },
        };
        for checkpoint in checkpoints {
            verifier.checkpoint(checkpoint.as_ref());
        }
        verifier
    }

    /// A checkpoint met on the way. It must stand before the entries that come after those it covers.
    pub fn checkpoint(&mut self, text: &str) {
        match open_checkpoint(text, &self.keys) {
            Err(error) => {
                self.problem(Problem::BadSignature { after: self.report.entries, reason: error.to_string() });
            }
            Ok(checkpoint) if checkpoint.size == self.last.0 => self.compare(&checkpoint),
            Ok(checkpoint) if checkpoint.size < self.last.0 => {
                self.problem(Problem::CheckpointLate { size: checkpoint.size, after: self.last.0 });
            }
            Ok(checkpoint) => match self.pending.entry(checkpoint.size) {
                Slot::Vacant(slot) => drop(slot.insert(vec![checkpoint])),
                Slot::Occupied(mut slot) => {
                    if !slot.get().contains(&checkpoint) {
                        slot.get_mut().push(checkpoint);
                    }
                }
            },
        }
    }

    /// The next entry.
    pub fn entry(&mut self, sealed: &Sealed) {
        let edited = sealed.expected_hash() != sealed.hash;
        self.next(sealed.withheld(), edited, edited);
    }

    /// The next entry, of which only the place in the chain is shown.
    pub fn withheld(&mut self, withheld: &Withheld) {
        self.report.withheld += 1;
        self.next(*withheld, false, true);
    }

    /// `seq_may_lie`: the position is not vouched for by the hash of the entry itself.
    fn next(&mut self, Withheld { mut seq, prev, hash }: Withheld, edited: bool, seq_may_lie: bool) {
        self.report.entries += 1;
        let (last_seq, last_hash) = self.last;
        let expected = last_seq + 1;
        let mut edited = edited;
        if seq_may_lie && seq != expected && prev == last_hash {
            // The chain says that it stands where it belongs, so what was changed is the number.
            seq = expected;
            edited = true;
        }
        if edited {
            self.problem(Problem::Edited { seq });
        }
        if seq < expected || seq > i64::MAX as u64 {
            let problem = if self.fill_gap(seq) { Problem::Reordered { seq } } else { Problem::Inserted { seq } };
            return self.problem(problem);
        }
        if seq > expected {
            self.tree = None;
            if self.gaps.len() < MAX_PROBLEMS {
                self.gaps.push((expected, seq - 1));
            } else {
                self.report.more_problems += 1;
            }
        } else if prev != last_hash {
            self.problem(Problem::ChainBroken { seq });
        }
        if let Some(tree) = &mut self.tree {
            tree.push(&hash);
        }
        self.last = (seq, hash);
        while let Some(due) = self.pending.first_entry().filter(|first| *first.key() <= seq) {
            for checkpoint in due.remove() {
                self.compare(&checkpoint);
            }
        }
    }

    /// `head` is the position and hash that the owner of the ledger holds to be its last, where there is one.
    pub fn finish(mut self, head: Option<(u64, Hash)>) -> Report {
        let missing = std::mem::take(&mut self.gaps);
        for (from, to) in missing {
            self.problem(Problem::Missing { from, to });
        }
        if let Some((&checkpoint, _)) = self.pending.last_key_value() {
            self.report.checkpoints_unchecked += self.pending.values().map(|same| same.len() as u64).sum::<u64>();
            self.problem(Problem::Truncated { checkpoint, entries: self.last.0 });
        }
        if let Some((expected, _)) = head.filter(|head| *head != self.last) {
            self.problem(Problem::HeadDiffers { expected, found: self.last.0 });
        }
        (self.report.last_seq, self.report.last_hash) = self.last;
        self.report
    }

    /// Compares a checkpoint whose last entry is the one just read.
    fn compare(&mut self, checkpoint: &Checkpoint) {
        let Some(tree) = self.tree.as_ref().filter(|tree| tree.size() == checkpoint.size) else {
            self.report.checkpoints_unchecked += 1;
            return;
        };
        if tree.root() == checkpoint.root && checkpoint.chain.is_none_or(|chain| chain == self.last.1) {
            self.report.checkpoints_checked += 1;
            self.report.proven_to = checkpoint.size;
        } else if self.root_differed {
            // Every later root differs as well; the first says where.
            self.report.more_problems += 1;
        } else {
            self.root_differed = true;
            self.problem(Problem::RootMismatch { size: checkpoint.size, proven_to: self.report.proven_to });
        }
    }

    /// Whether `seq` was skipped before; from now on it is not missing.
    fn fill_gap(&mut self, seq: u64) -> bool {
        let Some(at) = self.gaps.iter().position(|(from, to)| (*from..=*to).contains(&seq)) else { return false };
        let (from, to) = self.gaps.remove(at);
        if seq < to {
            self.gaps.insert(at, (seq + 1, to));
        }
        if from < seq {
            self.gaps.insert(at, (from, seq - 1));
        }
        true
    }

    pub(crate) fn problem(&mut self, problem: Problem) {
        if self.report.problems.len() < MAX_PROBLEMS {
            self.report.problems.push(problem);
        } else {
            self.report.more_problems += 1;
        }
    }
}
