//! Argon2id away from the request's thread, two at a time: each one holds 19 MiB.

use argon2::{Argon2, PasswordHasher, PasswordVerifier, password_hash::phc::PasswordHash};
use kernel::{Refusal, World};
use tokio::sync::Semaphore;

use crate::rules::password;

/// What bounds the memory of the process has to stand beside its requests, not inside one of them.
static AT_ONCE: Semaphore = Semaphore::const_new(2);

/// Compared with where there is no account, so that the answer takes as long. No password is known for it.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$Y291bnRlcnNpZ24tbm9ib2R5$Jq0d1Yc3g2Xk5mT8nR4wVbZ7sL6hF9aPoEiUyGtCxQA";

/// A password that keeps the rules, hashed. Made before the transaction that stores it, because hashing takes long.
#[derive(Clone)]
pub struct NewPassword(String);

impl NewPassword {
    /// # Errors
    /// A refusal of `field` when the password breaks a rule.
    pub async fn new(world: &dyn World, field: &str, text: &str, email: &str) -> Result<Self, Refusal> {
        if let Some(weakness) = password::weakness(text, email) {
            return Err(Refusal::field(field, weakness.message()));
        }
        let mut salt = [0; 16];
        world.random(&mut salt);
        let text = text.to_owned();
        let hash = in_turn(move || {
            let hash: Result<PasswordHash, _> = Argon2::default().hash_password_with_salt(text.as_bytes(), &salt);
            hash.map(|hash| hash.to_string()).map_err(Refusal::broken)
        })
        .await??;
        Ok(Self(hash))
    }

    pub(crate) fn phc(&self) -> &str {
        &self.0
    }
}

/// Does the password belong to the hash? Takes as long where there is none.
pub(crate) async fn verify(password: &str, hash: Option<String>) -> Result<bool, Refusal> {
    if password.len() > password::LONGEST {
        return Ok(false);
    }
    let password = password.to_owned();
    in_turn(move || {
        let known = hash.is_some();
        let hash = hash.unwrap_or_else(|| NOBODY.to_owned());
        let parsed = PasswordHash::new(&hash).map_err(Refusal::broken)?;
        Ok(Argon2::default().verify_password(password.as_bytes(), &parsed).is_ok() && known)
    })
    .await?
}

async fn in_turn<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Refusal> {
    let permit = AT_ONCE.acquire().await.map_err(Refusal::broken)?;
    tokio::task::spawn_blocking(move || {
        // The permit goes with the work: it is not given back when the request is broken off.
        let _permit = permit;
        work()
    })
    .await
    .map_err(Refusal::broken)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_s_hash_costs_what_a_hash_costs() {
        let real: PasswordHash = Argon2::default().hash_password_with_salt(b"kiln oat zebra", &[1; 16]).unwrap();
        let nobody = PasswordHash::new(NOBODY).unwrap();
        assert_eq!((nobody.algorithm, nobody.version, &nobody.params), (real.algorithm, real.version, &real.params));
        assert_eq!(nobody.hash.unwrap().len(), real.hash.unwrap().len());
    }
}
