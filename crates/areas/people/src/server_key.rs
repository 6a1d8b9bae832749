//! The server's key, under which the secrets of authenticators lie in the store.

use std::fmt;

use kernel::{PersonId, Refusal};
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};

/// The first byte of what is sealed, should the way of sealing ever change.
const VERSION: u8 = 1;

/// 32 random bytes that lie beside the store and not in it: who copies the store alone gets no second factor.
#[derive(Clone)]
pub struct ServerKey([u8; 32]);

impl ServerKey {
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    fn key(&self) -> Result<LessSafeKey, Refusal> {
        UnboundKey::new(&CHACHA20_POLY1305, &self.0).map(LessSafeKey::new).map_err(Refusal::broken)
    }

    /// Seals for one person: moved to another row it does not open.
    pub(crate) fn seal(&self, person: PersonId, nonce: [u8; NONCE_LEN], plain: &[u8]) -> Result<Vec<u8>, Refusal> {
        let mut body = plain.to_vec();
        self.key()?
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(person.0.as_bytes()), &mut body)
            .map_err(Refusal::broken)?;
        let mut sealed = vec![VERSION];
        sealed.extend_from_slice(&nonce);
        sealed.append(&mut body);
        Ok(sealed)
    }

    pub(crate) fn open(&self, person: PersonId, sealed: &[u8]) -> Result<Vec<u8>, Refusal> {
        let refuse =
            || Refusal::broken("an authenticator's secret does not open: is this the server key it was sealed with?");
        let (version, rest) = sealed.split_first().ok_or_else(refuse)?;
        if *version != VERSION || rest.len() < NONCE_LEN {
            return Err(refuse());
        }
        let (nonce, body) = rest.split_at(NONCE_LEN);
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| refuse())?;
        let mut body = body.to_vec();
        let plain =
            self.key()?.open_in_place(nonce, Aad::from(person.0.as_bytes()), &mut body).map_err(|_| refuse())?;
        Ok(plain.to_vec())
    }
}

impl fmt::Debug for ServerKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ServerKey(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_opens_only_with_the_key_and_for_the_person() {
        let (key, person) = (ServerKey::new([7; 32]), PersonId(kernel::Uuid::from_u128(1)));
        let mut sealed = key.seal(person, [3; NONCE_LEN], b"secret of twenty byt").unwrap();
        assert!(!sealed.windows(6).any(|window| window == b"secret"));
        assert_eq!(key.open(person, &sealed).unwrap(), b"secret of twenty byt");
        assert!(key.open(PersonId(kernel::Uuid::from_u128(2)), &sealed).is_err());
        assert!(ServerKey::new([8; 32]).open(person, &sealed).is_err());
        *sealed.last_mut().unwrap() ^= 1;
        assert!(key.open(person, &sealed).is_err());
        assert!(key.open(person, &[]).is_err());
    }
}
