//! What lies in the data folder: the store, the files, the two keys.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::Context;
use kernel::World;

use crate::{arguments, world::RealWorld};

/// An opened data folder.
pub struct Setting {
    pub store: db::Store,
    pub keys: Arc<trail::Keys>,
    pub server_key: people::ServerKey,
    /// The store had no tables before.
    pub fresh: bool,
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
    Ok(Setting { store, keys: Arc::new(keys), server_key: people::ServerKey::new(server_key), fresh: steps > 0 })
}

fn private_folder(path: &Path) -> anyhow::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    if path.is_dir() {
        return Ok(());
    }
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(path).with_context(|| format!("the data folder {} cannot be made", path.display()))
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
