//! Where the bytes lie.

use std::sync::Arc;

use bytes::Bytes;
use kernel::{Refusal, hex};
use object_store::{
    ObjectStore, ObjectStoreExt, PutMode, PutOptions, aws::AmazonS3Builder, local::LocalFileSystem, path::Path,
};
use sha2::{Digest, Sha256};

use crate::Stored;

/// An S3-compatible store.
#[derive(Clone)]
pub struct S3 {
    pub bucket: String,
    /// Such as `https://s3.example.org`; plain `http` is taken for a loopback address only.
    pub endpoint: Option<String>,
    pub region: String,
    pub key_id: String,
    pub secret: String,
}

/// The file store. Cheap to clone.
#[derive(Clone)]
pub struct Files {
    pub(crate) objects: Arc<dyn ObjectStore>,
}

impl Files {
    /// Files in a folder, made when it is not there.
    pub fn folder(path: &std::path::Path) -> Result<Self, Refusal> {
        std::fs::create_dir_all(path)
            .map_err(|error| Refusal::broken(format!("the files' folder cannot be made: {error}")))?;
        let objects = LocalFileSystem::new_with_prefix(path).map_err(Refusal::broken)?.with_fsync(true);
        Ok(Self { objects: Arc::new(objects) })
    }

    pub fn s3(config: &S3) -> Result<Self, Refusal> {
        let mut builder = AmazonS3Builder::new()
            .with_bucket_name(&config.bucket)
            .with_region(&config.region)
            .with_access_key_id(&config.key_id)
            .with_secret_access_key(&config.secret);
        if let Some(endpoint) = &config.endpoint {
            let host = endpoint.strip_prefix("http://").unwrap_or_default();
            let loopback = host.starts_with("127.0.0.1") || host.starts_with("localhost") || host.starts_with("[::1]");
            builder =
                builder.with_endpoint(endpoint).with_virtual_hosted_style_request(false).with_allow_http(loopback);
        }
        let objects =
            builder.build().map_err(|error| Refusal::invalid(format!("the S3 store is not configured: {error}")))?;
        Ok(Self { objects: Arc::new(objects) })
    }

    /// Stores bytes under their hash. Bytes that are there already are left as they are.
    pub async fn put(&self, bytes: Bytes) -> Result<Stored, Refusal> {
        let stored =
            Stored { sha256: hex(&Sha256::digest(&bytes)), size: i64::try_from(bytes.len()).unwrap_or(i64::MAX) };
        let options = PutOptions { mode: PutMode::Create, ..PutOptions::default() };
        match self.objects.put_opts(&path(&stored.sha256), bytes.into(), options).await {
            Ok(_) | Err(object_store::Error::AlreadyExists { .. }) => Ok(stored),
            Err(error) => Err(Refusal::broken(format!("a file could not be stored: {error}"))),
        }
    }

    /// Reads bytes and checks them against their name.
    ///
    /// # Errors
    /// [`kernel::RefusalKind::Broken`] when they are missing or no longer what was stored.
    pub async fn get(&self, sha256: &str) -> Result<Bytes, Refusal> {
        match self.look(sha256).await? {
            Found::Same(bytes) => Ok(bytes),
            Found::Different => Err(Refusal::broken(format!("file {sha256} is no longer what was stored"))),
            Found::Missing => Err(Refusal::broken(format!("file {sha256} cannot be read: it is gone"))),
        }
    }

    /// The same for whoever has to tell what was found instead of failing.
    ///
    /// # Errors
    /// [`kernel::RefusalKind::Broken`] when the store does not answer, which says nothing of the bytes.
    pub async fn look(&self, sha256: &str) -> Result<Found, Refusal> {
        let fetched = async { self.objects.get(&path(sha256)).await?.bytes().await };
        match fetched.await {
            Ok(bytes) if hex(&Sha256::digest(&bytes)) == sha256 => Ok(Found::Same(bytes)),
            Ok(_) => Ok(Found::Different),
            Err(object_store::Error::NotFound { .. }) => Ok(Found::Missing),
            Err(error) => Err(Refusal::broken(format!("file {sha256} cannot be read: {error}"))),
        }
    }
}

/// What lies under a hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// The bytes that were stored.
    Same(Bytes),
    /// Other bytes.
    Different,
    Missing,
}

/// Two letters of folder, so that none grows without end.
fn path(sha256: &str) -> Path {
    Path::from(format!("{}/{sha256}", &sha256[..2.min(sha256.len())]))
}
