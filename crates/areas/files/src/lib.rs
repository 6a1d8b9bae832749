//! Stored files: content-addressed, so that a file is kept once, can be checked at each reading, and is never overwritten.
//!
//! Bytes lie in a folder or in an S3-compatible store; the row that says that they belong to the workspace is written in
//! the transaction of the record that carries the file. Bytes without a row are the left-overs of something that was cut
//! off, and are swept away. Has no pages: a file is served by the area that owns its record, which knows who may see it.

mod bytes_store;
mod serve;
mod store;
mod sweep;

use db::Cx;
use kernel::Refusal;

pub use bytes_store::{Files, Found, S3};
pub use serve::attachment;
pub use sweep::Sweep;

pub const MIGRATIONS: &[db::Migration] =
    &[db::Migration { number: 1, name: "files", sql: include_str!("../migrations/0001_files.sql") }];

/// A file as the records refer to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// SHA-256 of the bytes, as 64 hexadecimal digits. It is the file's name in the store.
    pub sha256: String,
    /// Size in bytes.
    pub size: i64,
}

/// Says in this transaction that the bytes belong to the workspace. Call [`Files::put`] before the transaction: bytes
/// are never moved while the store is locked.
pub async fn claim(cx: &mut Cx, stored: &Stored) -> Result<(), Refusal> {
    store::insert(cx, stored).await
}

/// The area's value for the server: tables and the sweeping job, no routes.
pub fn area(files: &Files) -> ui::Area {
    ui::Area {
        name: "files",
        nav: Vec::new(),
        pages: axum::Router::new(),
        api: utoipa_axum::router::OpenApiRouter::new(),
        migrations: MIGRATIONS,
        jobs: vec![std::sync::Arc::new(Sweep { files: files.clone() })],
    }
}
