//! Reads and writes whole documents: real ones from `fixtures`, small ones built here, and broken ones.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop where it stands")]

mod build;
mod docx;
mod draft;
mod hostile;
mod layout;
mod libreoffice;
mod measured;
mod pdf;
mod placing;
mod redline;
mod revisions;
mod sheet;
mod tracked;

use documents::{Extracted, Limits, Unreadable};

fn read(name: &str, bytes: &[u8]) -> Result<Extracted, Unreadable> {
    documents::read(name, bytes, &Limits::default())
}

fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(format!("{}/tests/fixtures/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}
