//! What lies in the data folder: the store, the files, the two keys.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::Context;
use kernel::{Actor, Refusal, World};

use crate::{arguments, world::RealWorld};

/// An opened data folder.
pub struct Setting {
    pub store: db::Store,
    pub keys: Arc<trail::Keys>,
    pub server_key: people::ServerKey,
    /// The store had no tables before.
    pub fresh: bool,
}

/// Opens a store that is there. A mistyped folder must not become an empty store that verifies.
pub async fn open_existing(
    at: &arguments::Store,
    world: Arc<RealWorld>,
    organisation: &str,
) -> anyhow::Result<Setting> {
    anyhow::ensure!(at.data.join("ledger.key").is_file(), "there is no workspace in the folder {}", at.data.display());
    open(at, world, organisation).await
}

/// Opens the store and brings it to the newest shape.
pub async fn open(at: &arguments::Store, world: Arc<RealWorld>, organisation: &str) -> anyhow::Result<Setting> {
    private_folder(&at.data)?;
    let address = at.database.clone().unwrap_or_else(|| format!("sqlite:{}", at.data.join("store.sqlite").display()));
    let policy = access::Policy::new().context("the access policy")?;
    let db = db::Db::open(&address).await?;
    let store = db::Store { db, world: world.clone(), authority: Arc::new(policy) };
    let steps = db::migrate(&store, &crate::app::migrations()).await?;
    db::ledger_store::found(&store).await?;
    let secret = secret_file(&at.data.join("ledger.key"), || {
        let mut seed = [0; 32];
        world.random(&mut seed);
        trail::new_key_text(seed, organisation).map_err(Into::into)
    })?;
    let trusted = std::fs::read_to_string(at.data.join("ledger.trusted")).unwrap_or_default();
    let keys = trail::keys_from_text(&secret, &trusted)?;
    let server_key = secret_file(&at.data.join("server.key"), || {
        let mut bytes = [0; 32];
        world.random(&mut bytes);
        Ok(kernel::hex(&bytes))
    })?;
    let server_key = ledger::from_hex(server_key.trim()).context("server.key does not hold 64 hexadecimal digits")?;
    agree_on_keys(&store, &server_key, &keys).await?;
    Ok(Setting { store, keys: Arc::new(keys), server_key: people::ServerKey::new(server_key), fresh: steps > 0 })
}

/// Several processes on one store share both keys: what one sealed, the other opens; what one signed, the other believes.
/// Only fingerprints and public keys lie in the store.
async fn agree_on_keys(store: &db::Store, server_key: &[u8; 32], keys: &trail::Keys) -> anyhow::Result<()> {
    let fingerprint =
        kernel::hex(&contracts::reader::sha256(&[b"countersign server key".as_slice(), server_key].concat()));
    let public = keys.signing().verifier().to_string();
    let (known_fingerprint, known_public) = db::transact!(store, &Actor::system(), |cx| {
        let fingerprint = db::installation::agree(cx, "server_key", &fingerprint).await?;
        Ok::<_, Refusal>((fingerprint, db::installation::agree(cx, "ledger_key", &public).await?))
    })?;
    anyhow::ensure!(
        known_fingerprint == fingerprint,
        "this store was set up with another server.key: copy that file into the data folder, or second factors cannot be checked"
    );
    if known_public != public {
        anyhow::ensure!(
            keys.trusted().iter().any(|key| key.to_string() == known_public),
            "this store's ledger is signed with another key, {known_public}: copy its ledger.key into the data folder, \
             or, to change the key, write the old public key into the file ledger.trusted there"
        );
        db::transact!(store, &Actor::system(), |cx| {
            cx.record(
                db::Change::new("ledger.key_changed", "ledger", "key", "changed the key that signs checkpoints")
                    .before(&known_public)
                    .after(&public),
            );
            db::installation::replace(cx, "ledger_key", &public).await
        })?;
    }
    Ok(())
}

fn private_folder(path: &Path) -> anyhow::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    if path.is_dir() {
        return Ok(());
    }
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path)
        .with_context(|| format!("the data folder {} cannot be made", path.display()))
}

/// Reads a secret, or makes it so that nobody else can read it and no half of it is ever there.
fn secret_file(path: &PathBuf, make: impl FnOnce() -> anyhow::Result<String>) -> anyhow::Result<String> {
    use std::{io::Write, os::unix::fs::OpenOptionsExt};
    if let Ok(text) = std::fs::read_to_string(path) {
        return Ok(text);
    }
    let text = make()?;
    let whole = path.with_extension(format!("new{}", std::process::id()));
    let mut file = std::fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&whole)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    // Another process may have been quicker: then its key holds.
    match std::fs::hard_link(&whole, path) {
        Ok(()) => {}
        Err(_) if path.exists() => {}
        Err(error) => return Err(error).with_context(|| format!("{} cannot be written", path.display())),
    }
    std::fs::remove_file(&whole)?;
    std::fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))
}
