//! Sweeps away bytes that no record claims: the left-overs of uploads that were cut off.

use db::{JobHandler, Store, jobs::JobFuture};
use futures_util::TryStreamExt;
use kernel::{Actor, Refusal};
use object_store::{ObjectStore, ObjectStoreExt};

use crate::{Files, store};

/// Bytes younger than a day are left alone: their transaction may still be on its way.
const GRACE_SECONDS: i64 = 86_400;

pub struct Sweep {
    pub files: Files,
}

impl JobHandler for Sweep {
    fn kind(&self) -> &'static str {
        "files.sweep"
    }

    fn every_seconds(&self) -> Option<i64> {
        Some(86_400)
    }

    fn run<'a>(&'a self, store: &'a Store, _payload: &'a str) -> JobFuture<'a> {
        Box::pin(async move {
            let now = store.world.now();
            let mut cx = store.read(&Actor::system()).await?;
            let mut objects = self.files.objects.list(None);
            while let Some(object) = objects
                .try_next()
                .await
                .map_err(|error| Refusal::broken(format!("the files cannot be listed: {error}")))?
            {
                let age = now.micros() / 1_000_000 - object.last_modified.timestamp();
                let Some(sha256) = object.location.filename().map(str::to_owned) else { continue };
                if age > GRACE_SECONDS && sha256.len() == 64 && !store::is_known(&mut cx, &sha256).await? {
                    self.files
                        .objects
                        .delete(&object.location)
                        .await
                        .map_err(|error| Refusal::broken(format!("a file cannot be removed: {error}")))?;
                    tracing::info!(%sha256, "removed bytes that no record claims");
                }
            }
            Ok(())
        })
    }
}
