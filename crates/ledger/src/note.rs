//! Keys and signed notes, in the form of C2SP `signed-note` (<https://c2sp.org/signed-note>), so that tools of others
//! can check our checkpoints.
//!
//! A note is its text, ending in a line feed, an empty line, and one line per signature:
//! `— <name> <base64(4 bytes of key hash, 64 bytes of Ed25519 signature)>`. A key hash is the first four bytes of
//! SHA-256 over the name, a line feed, the byte 1 (Ed25519) and the public key; it tells keys of one name apart and
//! proves nothing.

use std::{fmt, str::FromStr};

use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use ed25519_dalek::{Signature, Signer};
use sha2::{Digest, Sha256};

/// The algorithm byte of Ed25519 in a note's keys.
const ED25519: u8 = 1;

/// A hostile note is not searched further than this.
const MAX_SIGNATURES: usize = 32;

/// A key's text or name that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    #[error("`{0}` cannot name a key (a name has no spaces and no plus sign, and is not empty)")]
    Name(String),
    #[error("this is no secret key (it starts with `PRIVATE+KEY+`)")]
    Secret,
    #[error("`{0}` is no verifier key (write it as name+hash+key, as `countersign ledger key` prints it)")]
    Verifier(String),
    #[error("the key of `{0}` is of a kind that is not read here (only Ed25519 is)")]
    Algorithm(String),
    #[error("the hash in the key of `{0}` does not fit its name and key (a character was lost or changed)")]
    Hash(String),
}

/// Signs checkpoints. Its name is the origin of the ledger, such as the organisation's host name.
pub struct SigningKey {
    name: String,
    key: ed25519_dalek::SigningKey,
}

impl SigningKey {
    /// A key from 32 bytes of randomness, which the caller must take from a source fit for keys.
    ///
    /// # Errors
    /// When `name` is empty or holds a space, a control character or a plus sign.
    pub fn generate(seed: [u8; 32], name: &str) -> Result<Self, KeyError> {
        Ok(Self { name: checked_name(name)?, key: ed25519_dalek::SigningKey::from_bytes(&seed) })
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    /// The text that is kept secret: `PRIVATE+KEY+<name>+<hash>+<base64(1, seed)>`.
    pub fn to_secret_text(&self) -> String {
        let mut bytes = vec![ED25519];
        bytes.extend_from_slice(self.key.as_bytes());
        format!("PRIVATE+KEY+{}+{:08x}+{}", self.name, self.verifier().hash, BASE64.encode(bytes))
    }

    /// # Errors
    /// When the text is not what [`SigningKey::to_secret_text`] writes. The error never holds the text.
    pub fn from_secret_text(text: &str) -> Result<Self, KeyError> {
        let rest = text.trim().strip_prefix("PRIVATE+KEY+").ok_or(KeyError::Secret)?;
        let mut parts = rest.splitn(3, '+');
        let (Some(name), Some(hash), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(KeyError::Secret);
        };
        let bytes = BASE64.decode(key).map_err(|_| KeyError::Secret)?;
        let Some((&algorithm, seed)) = bytes.split_first() else { return Err(KeyError::Secret) };
        if algorithm != ED25519 {
            return Err(KeyError::Algorithm(name.to_owned()));
        }
        let key = Self::generate(seed.try_into().map_err(|_| KeyError::Secret)?, name)?;
        if format!("{:08x}", key.verifier().hash) != hash {
            return Err(KeyError::Hash(name.to_owned()));
        }
        Ok(key)
    }

    /// The public half, which anyone may have.
    pub fn verifier(&self) -> VerifierKey {
        VerifierKey::new(self.name.clone(), self.key.verifying_key())
    }

    /// Appends the signature block to `text`, which must end in a line feed.
    pub(crate) fn sign_note(&self, text: &str) -> String {
        debug_assert!(text.ends_with('\n'));
        let mut bytes = self.verifier().hash.to_be_bytes().to_vec();
        bytes.extend_from_slice(&self.key.sign(text.as_bytes()).to_bytes());
        format!("{text}\n— {} {}\n", self.name, BASE64.encode(bytes))
    }
}

/// Shows the name and never the key.
impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey").field("name", &self.name).finish_non_exhaustive()
    }
}

/// Checks checkpoints. Its text form is `<name>+<8 hexadecimal digits>+<base64(1, public key)>`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifierKey {
    name: String,
    hash: u32,
    key: ed25519_dalek::VerifyingKey,
}

impl VerifierKey {
    fn new(name: String, key: ed25519_dalek::VerifyingKey) -> Self {
        let digest: [u8; 32] = Sha256::new()
            .chain_update(name.as_bytes())
            .chain_update([b'\n', ED25519])
            .chain_update(key.as_bytes())
            .finalize()
            .into();
        let hash = u32::from_be_bytes([digest[0], digest[1], digest[2], digest[3]]);
        Self { name, hash, key }
    }

    pub fn name(&self) -> &str {
        &self.name
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut bytes = vec![ED25519];
        bytes.extend_from_slice(self.key.as_bytes());
        write!(f, "{}+{:08x}+{}", self.name, self.hash, BASE64.encode(bytes))
    }
}

impl FromStr for VerifierKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        let refuse = || KeyError::Verifier(text.to_owned());
        // Base64 holds plus signs, so only the first two separate.
        let mut parts = text.trim().splitn(3, '+');
        let (Some(name), Some(hash), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(refuse());
        };
        let name = checked_name(name)?;
        let bytes = BASE64.decode(key).map_err(|_| refuse())?;
        let Some((&algorithm, public)) = bytes.split_first() else { return Err(refuse()) };
        if algorithm != ED25519 {
            return Err(KeyError::Algorithm(name));
        }
        let public: [u8; 32] = public.try_into().map_err(|_| refuse())?;
        let key = ed25519_dalek::VerifyingKey::from_bytes(&public).map_err(|_| refuse())?;
        let verifier = Self::new(name, key);
        if format!("{:08x}", verifier.hash) != hash {
            return Err(KeyError::Hash(verifier.name));
        }
        Ok(verifier)
    }
}

fn checked_name(name: &str) -> Result<String, KeyError> {
    if name.is_empty() || name.chars().any(|letter| letter == '+' || letter.is_whitespace() || letter.is_control()) {
        return Err(KeyError::Name(name.to_owned()));
    }
    Ok(name.to_owned())
}

/// Why a note is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NoteError {
    Malformed,
    UnknownSigner,
    BadSignature,
}

/// The text of a note (with its last line feed) and the names of the known keys that signed it.
///
/// Signatures by keys that are not in `keys` are passed over, as the specification has it; a wrong signature by a key
/// that is known condemns the note even when another is right.
pub(crate) fn open_note<'n, 'k>(note: &'n str, keys: &'k [VerifierKey]) -> Result<(&'n str, Vec<&'k str>), NoteError> {
    let split = note.rfind("\n\n").ok_or(NoteError::Malformed)?;
    let (text, signatures) = (&note[..=split], &note[split + 2..]);
    let signatures = signatures.strip_suffix('\n').ok_or(NoteError::Malformed)?;
    if text.chars().any(|letter| letter != '\n' && letter.is_control()) {
        return Err(NoteError::Malformed);
    }
    let mut signed_by = Vec::new();
    for (number, line) in signatures.split('\n').enumerate() {
        if number == MAX_SIGNATURES {
            return Err(NoteError::Malformed);
        }
        let (name, encoded) =
            line.strip_prefix("— ").and_then(|line| line.split_once(' ')).ok_or(NoteError::Malformed)?;
        let bytes = BASE64.decode(encoded).map_err(|_| NoteError::Malformed)?;
        let (hash, signature) = bytes.split_first_chunk::<4>().ok_or(NoteError::Malformed)?;
        let hash = u32::from_be_bytes(*hash);
        for key in keys.iter().filter(|key| key.name == name && key.hash == hash) {
            let signature = Signature::from_slice(signature).map_err(|_| NoteError::BadSignature)?;
            key.key.verify_strict(text.as_bytes(), &signature).map_err(|_| NoteError::BadSignature)?;
            signed_by.push(key.name.as_str());
        }
    }
    if signed_by.is_empty() { Err(NoteError::UnknownSigner) } else { Ok((text, signed_by)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example key and note of the public specification's first implementation (Go, `sumdb/note`): facts against
    /// which our reading of the format is checked.
    #[test]
    fn the_published_example_verifies() {
        let key = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
        let secret = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
        let text = "If you think cryptography is the answer to your problem,\n\
                    then you don't know what your problem is.\n";
        let note = format!(
            "{text}\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
        );
        let verifier: VerifierKey = key.parse().unwrap();
        assert_eq!(verifier.to_string(), key);
        assert_eq!(open_note(&note, &[verifier]).unwrap(), (text, vec!["PeterNeumann"]));
        let signer = SigningKey::from_secret_text(secret).unwrap();
        assert_eq!(signer.to_secret_text(), secret);
        assert_eq!(signer.verifier().to_string(), key);
        assert_eq!(signer.sign_note(text), note);
    }

    #[test]
    fn keys_that_are_no_keys_are_refused() {
        assert!(matches!(SigningKey::generate([1; 32], "two words"), Err(KeyError::Name(_))));
        assert!(matches!(SigningKey::generate([1; 32], ""), Err(KeyError::Name(_))));
        let key = SigningKey::generate([1; 32], "ledger.example").unwrap();
        let text = key.verifier().to_string();
        assert_eq!(text.parse::<VerifierKey>().unwrap(), key.verifier());
        let renamed = text.replace("ledger.example", "ledger.examine");
        assert!(matches!(renamed.parse::<VerifierKey>(), Err(KeyError::Hash(_))));
        assert!("ledger.example".parse::<VerifierKey>().is_err());
        assert!(SigningKey::from_secret_text(&text).is_err());
        assert!(!format!("{key:?}").contains(&key.to_secret_text()[40..]));
    }

    #[test]
    fn a_signature_of_another_key_is_passed_over_and_a_wrong_one_is_not() {
        let ours = SigningKey::generate([1; 32], "ledger.example").unwrap();
        let other = SigningKey::generate([2; 32], "witness.example").unwrap();
        let text = "a\nb\n";
        let both = format!("{}{}", ours.sign_note(text), &other.sign_note(text)[text.len() + 1..]);
        assert_eq!(open_note(&both, &[ours.verifier()]).unwrap().1, ["ledger.example"]);
        assert_eq!(open_note(&both, &[ours.verifier(), other.verifier()]).unwrap().1.len(), 2);
        let third = SigningKey::generate([3; 32], "third.example").unwrap();
        assert_eq!(open_note(&both, &[third.verifier()]), Err(NoteError::UnknownSigner));
        let tampered = both.replacen("b\n", "c\n", 1);
        assert_eq!(open_note(&tampered, &[ours.verifier()]), Err(NoteError::BadSignature));
        let same_name = SigningKey::generate([4; 32], "ledger.example").unwrap();
        assert_eq!(open_note(&both, &[same_name.verifier()]), Err(NoteError::UnknownSigner));
    }
}
