//! One entry of the ledger, and the hash that seals it to the one before.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::hex;

/// A SHA-256 digest.
pub type Hash = [u8; 32];

/// What stands before the first entry: SHA-256 of the text `countersign ledger v1: genesis`. A constant of our own
/// rather than zeros, so that no other chain can be passed off as the beginning of this one.
pub const GENESIS: Hash = [
    0x0a, 0xdf, 0xa4, 0xb7, 0x90, 0x83, 0x16, 0xd2, 0xc5, 0x7f, 0x24, 0xc0, 0x5d, 0xfe, 0xe9, 0xfc, 0x1f, 0x42, 0xc2,
    0x86, 0xa7, 0x62, 0x9d, 0x88, 0xc2, 0x83, 0xeb, 0xce, 0x65, 0xf9, 0x1e, 0x80,
];

/// Keeps the hash of an entry apart from every other use of SHA-256; the digit changes with the encoding.
const DOMAIN: &[u8] = b"countersign ledger v1: entry\n";

/// Who did what to what, when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Position, from 1 without gaps.
    pub seq: u64,
    /// Microseconds since 1970-01-01T00:00:00Z.
    pub at: i64,
    /// The person's id, a UUID as text.
    pub actor: String,
    /// The name as it was then: an account may be renamed later.
    pub actor_name: String,
    /// The side for which the person acted, where it matters.
    pub side: Option<String>,
    /// How the person came in: session, token, command, system.
    pub via: String,
    /// What was done, such as `contract.signed`.
    pub action: String,
    pub subject_kind: String,
    pub subject_id: String,
    /// The record behind whose wall this entry lies, if any.
    pub wall: Option<String>,
    /// One sentence for people.
    pub summary: String,
    /// JSON text: before and after. Hashed as text, so it must be kept byte for byte.
    pub detail: String,
}

/// An entry with its place in the chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Wire", into = "Wire")]
pub struct Sealed {
    pub entry: Entry,
    /// The hash of the entry before, [`GENESIS`] for the first.
    pub prev: Hash,
    pub hash: Hash,
}

/// The place in the chain of an entry whose content the reader may not see (it lies behind a wall). The chain and the
/// checkpoints are proven over it all the same; only its content cannot be checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Withheld {
    pub seq: u64,
    #[serde(with = "hex::text")]
    pub prev: Hash,
    #[serde(with = "hex::text")]
    pub hash: Hash,
}

impl Sealed {
    /// The hash that this entry ought to have, computed from its content and `prev`.
    pub fn expected_hash(&self) -> Hash {
        hash_of(&self.prev, &self.entry)
    }

    pub fn withheld(&self) -> Withheld {
        Withheld { seq: self.entry.seq, prev: self.prev, hash: self.hash }
    }
}

/// Seals `entry` to the entry whose hash is `prev` ([`GENESIS`] for the first).
pub fn seal(prev: &Hash, entry: Entry) -> Sealed {
    let hash = hash_of(prev, &entry);
    Sealed { entry, prev: *prev, hash }
}

/// SHA-256 over one unambiguous sequence of bytes, never over JSON:
///
/// 1. the 28 bytes `countersign ledger v1: entry` and a line feed;
/// 2. `prev`, 32 bytes;
/// 3. `seq`, then `at`, each as 8 bytes, big-endian (`at` in two's complement);
/// 4. in the order of the struct: `actor`, `actor_name`, `side`, `via`, `action`, `subject_kind`, `subject_id`, `wall`,
///    `summary`, `detail`. A text is its length in bytes as 8 bytes big-endian, then its UTF-8 bytes. A text that may
///    be absent (`side`, `wall`) is the byte 0 where it is absent, else the byte 1 and then the text.
fn hash_of(prev: &Hash, entry: &Entry) -> Hash {
    let mut sha = Sha256::new();
    sha.update(DOMAIN);
    sha.update(prev);
    sha.update(entry.seq.to_be_bytes());
    sha.update(entry.at.to_be_bytes());
    text(&mut sha, &entry.actor);
    text(&mut sha, &entry.actor_name);
    maybe(&mut sha, entry.side.as_deref());
    text(&mut sha, &entry.via);
    text(&mut sha, &entry.action);
    text(&mut sha, &entry.subject_kind);
    text(&mut sha, &entry.subject_id);
    maybe(&mut sha, entry.wall.as_deref());
    text(&mut sha, &entry.summary);
    text(&mut sha, &entry.detail);
    sha.finalize().into()
}

fn text(sha: &mut Sha256, text: &str) {
    sha.update((text.len() as u64).to_be_bytes());
    sha.update(text.as_bytes());
}

fn maybe(sha: &mut Sha256, value: Option<&str>) {
    match value {
        None => sha.update([0]),
        Some(value) => {
            sha.update([1]);
            text(sha, value);
        }
    }
}

/// The JSON form: one flat object. Unknown fields are refused, because what is not hashed must not be readable as if it
/// were proven.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire {
    seq: u64,
    at: i64,
    actor: String,
    actor_name: String,
    side: Option<String>,
    via: String,
    action: String,
    subject_kind: String,
    subject_id: String,
    wall: Option<String>,
    summary: String,
    detail: String,
    #[serde(with = "hex::text")]
    prev: Hash,
    #[serde(with = "hex::text")]
    hash: Hash,
}

impl From<Sealed> for Wire {
    fn from(Sealed { entry, prev, hash }: Sealed) -> Self {
        let Entry { seq, at, actor, actor_name, side, via, action, subject_kind, subject_id, wall, summary, detail } =
            entry;
        Wire {
            seq,
            at,
            actor,
            actor_name,
            side,
            via,
            action,
            subject_kind,
            subject_id,
            wall,
            summary,
            detail,
            prev,
            hash,
        }
    }
}

impl From<Wire> for Sealed {
    fn from(wire: Wire) -> Self {
        Sealed {
            entry: Entry {
                seq: wire.seq,
                at: wire.at,
                actor: wire.actor,
                actor_name: wire.actor_name,
                side: wire.side,
                via: wire.via,
                action: wire.action,
                subject_kind: wire.subject_kind,
                subject_id: wire.subject_id,
                wall: wire.wall,
                summary: wire.summary,
                detail: wire.detail,
            },
            prev: wire.prev,
            hash: wire.hash,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry() -> Entry {
        Entry {
            seq: 1,
            at: -1,
            actor: "00000000-0000-0000-0000-000000000000".to_owned(),
            actor_name: "Ada".to_owned(),
            side: Some("legal".to_owned()),
            via: "session".to_owned(),
            action: "contract.signed".to_owned(),
            subject_kind: "contract".to_owned(),
            subject_id: "7".to_owned(),
            wall: None,
            summary: "approved for Legal".to_owned(),
            detail: "{}".to_owned(),
        }
    }

    #[test]
    fn genesis_is_the_hash_of_its_text() {
        assert_eq!(GENESIS, <Hash>::from(Sha256::digest(b"countersign ledger v1: genesis")));
    }

    /// The encoding written out once more by hand: whoever changes it makes every stored ledger unverifiable.
    #[test]
    fn the_encoding_is_the_documented_one() {
        let text = |text: &str| {
            let mut bytes = vec![0, 0, 0, 0, 0, 0, 0, text.len() as u8];
            bytes.extend_from_slice(text.as_bytes());
            bytes
        };
        let bytes = [
            b"countersign ledger v1: entry\n".to_vec(),
            GENESIS.to_vec(),
            vec![0, 0, 0, 0, 0, 0, 0, 1],
            vec![255; 8],
            text("00000000-0000-0000-0000-000000000000"),
            text("Ada"),
            vec![1],
            text("legal"),
            text("session"),
            text("contract.signed"),
            text("contract"),
            text("7"),
            vec![0],
            text("approved for Legal"),
            text("{}"),
        ]
        .concat();
        assert_eq!(seal(&GENESIS, entry()).hash, <Hash>::from(Sha256::digest(&bytes)));
    }

    #[test]
    fn text_cannot_move_from_one_field_to_the_next() {
        let moved = Entry { subject_kind: "contrac".to_owned(), subject_id: "t7".to_owned(), ..entry() };
        assert_ne!(seal(&GENESIS, entry()).hash, seal(&GENESIS, moved).hash);
        let empty_side = Entry { side: Some(String::new()), ..entry() };
        let no_side = Entry { side: None, ..entry() };
        assert_ne!(seal(&GENESIS, empty_side).hash, seal(&GENESIS, no_side).hash);
    }

    #[test]
    fn json_round_trip_is_flat_and_exact() {
        let sealed = seal(&GENESIS, entry());
        let json = serde_json::to_string(&sealed).unwrap();
        assert!(json.starts_with(r#"{"seq":1,"at":-1,"actor":"00000000-"#), "{json}");
        assert_eq!(serde_json::from_str::<Sealed>(&json).unwrap(), sealed);
        let with_more = json.replace(r#"{"seq""#, r#"{"note":"not hashed","seq""#);
        assert!(serde_json::from_str::<Sealed>(&with_more).is_err());
    }
}
