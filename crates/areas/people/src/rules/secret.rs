//! Secrets that are shown once and kept only as their hash.

use std::fmt;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};

/// How an API token begins, so that a scanner that finds one in a repository knows whose it is.
pub const TOKEN_PREFIX: &str = "cs_";

/// A secret in the clear. It does not show itself in a log.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// 256 random bits as text for a link or cookie.
    pub fn from_random(bytes: [u8; 32]) -> Self {
        Self(URL_SAFE_NO_PAD.encode(bytes))
    }

    pub fn api_token(bytes: [u8; 32]) -> Self {
        Self(format!("{TOKEN_PREFIX}{}", URL_SAFE_NO_PAD.encode(bytes)))
    }

    /// The text. Show it to the person whom it belongs to and to nobody else.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    pub fn hash(&self) -> Vec<u8> {
        hash(&self.0)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// What the store holds of a secret. The secrets are random, so that one round of SHA-256 is enough.
pub fn hash(text: &str) -> Vec<u8> {
    Sha256::digest(text.as_bytes()).to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_does_not_show_itself() {
        let secret = Secret::api_token([7; 32]);
        assert!(secret.reveal().starts_with("cs_"));
        assert!(!format!("{secret:?}").contains(&secret.reveal()[3..]));
        assert_eq!(secret.hash(), hash(secret.reveal()));
    }
}
