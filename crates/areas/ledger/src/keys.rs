//! The keys of a ledger, as text. Where the text lies is the server's business.

use kernel::Refusal;
use ledger::{SigningKey, VerifierKey};

/// The key that signs checkpoints now, and all keys that are believed: earlier keys stay, so that what they signed
/// can still be proven.
#[derive(Debug)]
pub struct Keys {
    signing: SigningKey,
    trusted: Vec<VerifierKey>,
}

impl Keys {
    pub fn signing(&self) -> &SigningKey {
        &self.signing
    }

    pub fn trusted(&self) -> &[VerifierKey] {
        &self.trusted
    }
}

/// Reads the secret key, and further verifier keys, one per line; lines that begin with `#` are remarks.
///
/// # Errors
/// When a key cannot be read. The message never holds the secret.
pub fn keys_from_text(secret: &str, trusted: &str) -> Result<Keys, Refusal> {
    let signing = SigningKey::from_secret_text(secret).map_err(|error| {
        Refusal::invalid(format!("the ledger's signing key cannot be read: {error}"))
            .hint("put the key file back from a backup; without it old checkpoints still verify with the public key")
    })?;
    let mut keys = vec![signing.verifier()];
    for line in trusted.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let key: VerifierKey = line.parse().map_err(|error: ledger::KeyError| Refusal::invalid(error.to_string()))?;
        if !keys.contains(&key) {
            keys.push(key);
        }
    }
    Ok(Keys { signing, trusted: keys })
}

/// The secret text of a new key from 32 bytes of randomness. A name may be anything; what a key's name cannot hold
/// becomes a hyphen.
///
/// # Errors
/// None that a caller could cause; a fault of ours otherwise.
pub fn new_key_text(seed: [u8; 32], name: &str) -> Result<String, Refusal> {
    let name: String = name
        .trim()
        .chars()
        .map(|letter| if letter.is_whitespace() || letter.is_control() || letter == '+' { '-' } else { letter })
        .collect();
    let name = if name.is_empty() { "countersign" } else { name.as_str() };
    Ok(SigningKey::generate(seed, name).map_err(Refusal::broken)?.to_secret_text())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_key_reads_back_and_earlier_keys_stay_believed() {
        let old = new_key_text([1; 32], "Acme + Sons GmbH").unwrap();
        let old = keys_from_text(&old, "").unwrap();
        assert_eq!(old.signing().name(), "Acme---Sons-GmbH");
        let new = new_key_text([2; 32], " ").unwrap();
        let trusted = format!("# before the move\n{}\n\n", old.signing().verifier());
        let new = keys_from_text(&new, &trusted).unwrap();
        assert_eq!((new.signing().name(), new.trusted().len()), ("countersign", 2));
        assert!(keys_from_text(&old.signing().to_secret_text(), "no key").is_err());
        let broken = keys_from_text("PRIVATE+KEY+a+00000000+c2VjcmV0", "").unwrap_err();
        assert!(!broken.to_string().contains("c2VjcmV0"), "{broken}");
    }
}
