//! Checkpoints: what the ledger was at one size, signed. The form is C2SP `tlog-checkpoint`
//! (<https://c2sp.org/tlog-checkpoint>) with one extension line for the head of the chain:
//!
//! ```text
//! ledger.example
//! 42
//! <base64 of the Merkle root>
//! chain <hexadecimal hash of entry 42>
//!
//! — ledger.example <base64 of key hash and signature>
//! ```

use base64::{Engine, engine::general_purpose::STANDARD as BASE64};

use crate::{
    Hash, SigningKey, VerifierKey, from_hex,
    note::{NoteError, open_note},
    to_hex,
};

/// The ledger at one size.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// Which ledger: the name of the key that signs it.
    pub origin: String,
    /// How many entries are covered.
    pub size: u64,
    /// The Merkle root over them.
    pub root: Hash,
    /// The hash of the last of them, where the checkpoint says it.
    pub chain: Option<Hash>,
}

/// Why a checkpoint is not believed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    #[error("this is no checkpoint: {0}")]
    Malformed(&'static str),
    #[error("no key that you trust has signed this checkpoint (give the key of its origin)")]
    UnknownSigner,
    #[error("the signature does not fit the checkpoint (it was changed after it was signed)")]
    BadSignature,
    #[error("the checkpoint is of `{origin}` and signed by another (a key signs only for its own name)")]
    ForeignOrigin { origin: String },
}

/// The signed text of the checkpoint at `size`. The origin is the name of the key.
pub fn sign_checkpoint(key: &SigningKey, size: u64, root: &Hash, chain: Option<&Hash>) -> String {
    let mut text = format!("{}\n{size}\n{}\n", key.name(), BASE64.encode(root));
    if let Some(chain) = chain {
        text.push_str(&format!("chain {}\n", to_hex(chain)));
    }
    key.sign_note(&text)
}

/// Reads a signed checkpoint and believes it only when a key of `keys` that bears the name of its origin signed it.
/// Extension lines that are not known here are passed over, as the specification has it: they are signed all the same.
///
/// # Errors
/// When the text is no checkpoint, or is not signed as above.
pub fn open_checkpoint(text: &str, keys: &[VerifierKey]) -> Result<Checkpoint, CheckpointError> {
    let (body, signed_by) = open_note(text, keys).map_err(|error| match error {
        NoteError::Malformed => CheckpointError::Malformed("it is not a signed note"),
        NoteError::UnknownSigner => CheckpointError::UnknownSigner,
        NoteError::BadSignature => CheckpointError::BadSignature,
    })?;
    let mut lines = body.lines();
    let mut next = || lines.next().filter(|line| !line.is_empty());
    let origin = next().ok_or(CheckpointError::Malformed("it names no origin"))?.to_owned();
    let size = next()
        .filter(|digits| digits.bytes().all(|digit| digit.is_ascii_digit()))
        .filter(|digits| *digits == "0" || !digits.starts_with('0'))
        .and_then(|digits| digits.parse().ok())
        .ok_or(CheckpointError::Malformed("its size is not a number"))?;
    let root = next()
        .and_then(|root| BASE64.decode(root).ok())
        .and_then(|root| root.try_into().ok())
        .ok_or(CheckpointError::Malformed("its root is not the base64 of 32 bytes"))?;
    let mut chain = None;
    for line in lines {
        if line.is_empty() {
            return Err(CheckpointError::Malformed("an extension line is empty"));
        }
        if let Some(hash) = line.strip_prefix("chain ") {
            chain = Some(from_hex(hash).ok_or(CheckpointError::Malformed("its chain head is not a hash"))?);
        }
    }
    if !signed_by.contains(&origin.as_str()) {
        return Err(CheckpointError::ForeignOrigin { origin });
    }
    Ok(Checkpoint { origin, size, root, chain })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> SigningKey {
        SigningKey::generate([7; 32], "ledger.example").unwrap()
    }

    #[test]
    fn round_trip() {
        let text = sign_checkpoint(&key(), 42, &[3; 32], Some(&[4; 32]));
        assert!(text.starts_with("ledger.example\n42\nAwMDAwMD"), "{text}");
        let opened = open_checkpoint(&text, &[key().verifier()]).unwrap();
        assert_eq!(
            opened,
            Checkpoint { origin: "ledger.example".to_owned(), size: 42, root: [3; 32], chain: Some([4; 32]) }
        );
        let bare = sign_checkpoint(&key(), 0, &[3; 32], None);
        assert_eq!(open_checkpoint(&bare, &[key().verifier()]).unwrap().chain, None);
    }

    #[test]
    fn every_changed_byte_is_refused() {
        let text = sign_checkpoint(&key(), 42, &[3; 32], Some(&[4; 32]));
        let keys = [key().verifier()];
        for at in 0..text.len() {
            let mut bytes = text.clone().into_bytes();
            bytes[at] ^= 1;
            if let Ok(changed) = String::from_utf8(bytes) {
                assert!(open_checkpoint(&changed, &keys).is_err(), "byte {at} of {changed}");
            }
        }
        for cut in 0..text.len() {
            assert!(text.get(..cut).is_none_or(|cut| open_checkpoint(cut, &keys).is_err()), "cut at {cut}");
        }
    }

    #[test]
    fn what_is_signed_but_no_checkpoint_is_refused() {
        let keys = [key().verifier()];
        for body in [
            "ledger.example\n",
            "ledger.example\n-1\nAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwM=\n",
            "ledger.example\n01\nAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwM=\n",
            "ledger.example\n+1\nAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwM=\n",
            "ledger.example\n99999999999999999999\nAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwM=\n",
            "ledger.example\n1\nAwMD\n",
            "ledger.example\n1\nAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwM=\nchain zz\n",
        ] {
            let text = key().sign_note(body);
            assert!(matches!(open_checkpoint(&text, &keys), Err(CheckpointError::Malformed(_))), "{body}");
        }
        let foreign = key().sign_note("other.example\n1\nAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwM=\n");
        assert!(matches!(open_checkpoint(&foreign, &keys), Err(CheckpointError::ForeignOrigin { .. })));
        let unknown_extension =
            key().sign_note("ledger.example\n1\nAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwM=\nnew thing\n");
        assert_eq!(open_checkpoint(&unknown_extension, &keys).unwrap().size, 1);
    }
}
