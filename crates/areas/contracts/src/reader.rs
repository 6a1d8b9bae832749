//! Documents are read in a process of their own, with limits that the operating system keeps: whatever a hostile file
//! does to a parser, the server goes on and says so.

use std::{path::PathBuf, process::Stdio, sync::Arc, time::Duration};

use bytes::Bytes;
use clauses::Reading;
use documents::{Extracted, Limits};
use kernel::Refusal;
use serde::{Deserialize, Serialize};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    sync::Semaphore,
};

/// Seconds after which a reading is given up.
const TIME_LIMIT: Duration = Duration::from_secs(30);
/// The answer of the reading process is at most this long; a text's limit is far below it.
const ANSWER_LIMIT: u64 = 256 << 20;

/// A document's text and what was read in it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ReadDocument {
    pub extracted: Extracted,
    pub reading: Reading,
}

/// Why a document could not be read, and what to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unread {
    pub message: String,
    pub hint: String,
}

/// How documents are read.
#[derive(Clone)]
pub enum Reader {
    /// In a process of its own: this program, called as `PROGRAM read-document NAME`, with the document on its standard
    /// input. At most two at once, because each may take the memory that it is allowed.
    Process { program: PathBuf, at_once: Arc<Semaphore> },
    /// In this process, for tests and the command line.
    Here,
}

impl Reader {
    pub fn process(program: PathBuf) -> Self {
        Self::Process { program, at_once: Arc::new(Semaphore::new(2)) }
    }

    /// Reads. An unreadable document is no error: the version is kept and says why.
    ///
    /// # Errors
    /// Only when reading could not be tried.
    pub async fn read(&self, name: &str, bytes: Bytes) -> Result<Result<ReadDocument, Unread>, Refusal> {
        match self {
            Reader::Here => {
                let name = name.to_owned();
                tokio::task::spawn_blocking(move || read_here(&name, &bytes)).await.map_err(Refusal::broken)
            }
            Reader::Process { program, at_once } => {
                let _turn = at_once.acquire().await.map_err(Refusal::broken)?;
                in_process(program, name, bytes).await
            }
        }
    }
}

/// Reads in this process.
pub fn read_here(name: &str, bytes: &[u8]) -> Result<ReadDocument, Unread> {
    let extracted = documents::read(name, bytes, &Limits::default())
        .map_err(|unreadable| Unread { message: unreadable.to_string(), hint: unreadable.hint().to_owned() })?;
    let reading = clauses::read(&extracted.text, &blocks(&extracted));
    Ok(ReadDocument { extracted, reading })
}

/// The reader's paragraphs as the clause engine takes them.
fn blocks(extracted: &Extracted) -> Vec<clauses::Block> {
    let block = |block: &documents::Block| clauses::Block { start: block.start, end: block.end, heading: block.heading, number: block.number.clone(), page: block.page };
    extracted.blocks.iter().map(block).collect()
}

/// What the reading process writes to its standard output.
pub fn answer(name: &str, bytes: &[u8]) -> Vec<u8> {
    serde_json::to_vec(&read_here(name, bytes)).unwrap_or_default()
}

fn gave_up() -> Unread {
    Unread {
        message: "the file took more time or memory than a document may".to_owned(),
        hint: "Save it anew in the program it came from, or divide it, and upload it again.".to_owned(),
    }
}

async fn in_process(program: &std::path::Path, name: &str, bytes: Bytes) -> Result<Result<ReadDocument, Unread>, Refusal> {
    // The name only tells kinds of text apart, so its end is all that the process needs; it is never run by a shell.
    let ending: String = name.rsplit('.').next().unwrap_or_default().chars().filter(char::is_ascii_alphanumeric).take(8).collect();
    let mut child = tokio::process::Command::new(program)
        .arg("read-document")
        .arg(format!("document.{ending}"))
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .map_err(|error| Refusal::broken(format!("the reading process cannot start: {error}")))?;
    let (Some(mut stdin), Some(stdout)) = (child.stdin.take(), child.stdout.take()) else {
        return Err(Refusal::broken("the reading process has no pipes"));
    };
    let work = async {
        let mut answer = Vec::new();
        let mut limited = stdout.take(ANSWER_LIMIT);
        let (sent, read) = tokio::join!(
            async move {
                let sent = stdin.write_all(&bytes).await;
                drop(stdin);
                sent
            },
            limited.read_to_end(&mut answer)
        );
        // A process that dies early closes its input; its answer, or the lack of one, says more than the broken pipe.
        let _ = sent;
        read.ok()?;
        child.wait().await.ok()?.success().then_some(answer)
    };
    let Ok(Some(answer)) = tokio::time::timeout(TIME_LIMIT, work).await else { return Ok(Err(gave_up())) };
    // Parsing a large answer takes a while; not on the threads that serve pages.
    let parsed = tokio::task::spawn_blocking(move || serde_json::from_slice(&answer)).await.map_err(Refusal::broken)?;
    parsed.map_err(|error| Refusal::broken(format!("the reading process answered nonsense: {error}")))
}
