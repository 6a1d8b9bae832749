//! The export: JSON lines, which is what an auditor takes away.
//!
//! First a line `{"checkpoint":"…"}` for each checkpoint, then one line per entry in order. A checkpoint may also stand
//! among the entries, but not behind the entry that comes after those it covers. An entry behind a wall is written as
//! its place in the chain alone: `{"seq":…,"prev":"…","hash":"…"}`.

use std::io::BufRead;

use serde::{Deserialize, Serialize};

use crate::{Problem, Report, Sealed, Verifier, VerifierKey, Withheld};

/// The longest line that is read, in bytes. Longer ones are reported and passed over.
pub const MAX_LINE: usize = 8 * 1024 * 1024;

/// How an unreadable line's reason is cut: the text of the error may quote the line.
const MAX_REASON: usize = 200;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct CheckpointLine {
    checkpoint: String,
}

/// One line of an export, without its line feed.
pub fn checkpoint_line(checkpoint: &str) -> String {
    json(&CheckpointLine { checkpoint: checkpoint.to_owned() })
}

/// One line of an export, without its line feed.
pub fn entry_line(sealed: &Sealed) -> String {
    json(sealed)
}

/// One line of an export, without its line feed.
pub fn withheld_line(withheld: &Withheld) -> String {
    json(withheld)
}

fn json(line: &impl Serialize) -> String {
    serde_json::to_string(line).expect("numbers and text always have a JSON form")
}

/// Verifies an export, line by line. `extra_checkpoints` are signed texts that were kept elsewhere: without one, an
/// export that was cut off together with its own checkpoints cannot be told from a short one. The input may be
/// hostile: whatever it holds, the answer is a report.
pub fn verify_export<T: AsRef<str>>(
    mut reader: impl BufRead,
    keys: &[VerifierKey],
    extra_checkpoints: impl IntoIterator<Item = T>,
) -> Report {
    let mut verifier = Verifier::new(keys.iter().cloned(), extra_checkpoints);
    let mut line = Vec::new();
    for number in 1.. {
        match read_line(&mut reader, &mut line) {
            Ok(Line::End) => break,
            Ok(Line::Whole) if line.trim_ascii().is_empty() => {}
            Ok(Line::Whole) => {
                if let Err(reason) = feed(&mut verifier, &line) {
                    let reason = reason.chars().take(MAX_REASON).collect();
                    verifier.problem(Problem::Unreadable { line: number, reason });
                }
            }
            Ok(Line::TooLong) => {
                let reason = format!("it is longer than {MAX_LINE} bytes");
                verifier.problem(Problem::Unreadable { line: number, reason });
            }
            Err(error) => {
                verifier.problem(Problem::Unreadable { line: number, reason: error.to_string() });
                break;
            }
        }
    }
    verifier.finish(None)
}

fn feed(verifier: &mut Verifier, line: &[u8]) -> Result<(), String> {
    let error = match serde_json::from_slice::<Sealed>(line) {
        Ok(sealed) => {
            verifier.entry(&sealed);
            return Ok(());
        }
        Err(error) => error,
    };
    if let Ok(withheld) = serde_json::from_slice::<Withheld>(line) {
        verifier.withheld(&withheld);
    } else if let Ok(checkpoint) = serde_json::from_slice::<CheckpointLine>(line) {
        verifier.checkpoint(&checkpoint.checkpoint);
    } else {
        return Err(error.to_string());
    }
    Ok(())
}

enum Line {
    Whole,
    TooLong,
    End,
}

/// Reads up to and without the line feed; of a line that is too long nothing is kept.
fn read_line(reader: &mut impl BufRead, line: &mut Vec<u8>) -> std::io::Result<Line> {
    line.clear();
    let mut too_long = false;
    let mut any = false;
    loop {
        let buffer = match reader.fill_buf() {
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
            other => other?,
        };
        if buffer.is_empty() {
            break;
        }
        any = true;
        let end = buffer.iter().position(|byte| *byte == b'\n');
        let part = &buffer[..end.unwrap_or(buffer.len())];
        if too_long || line.len() + part.len() > MAX_LINE {
            too_long = true;
            line.clear();
        } else {
            line.extend_from_slice(part);
        }
        let read = end.map_or(buffer.len(), |end| end + 1);
        reader.consume(read);
        if end.is_some() {
            break;
        }
    }
    Ok(match (any, too_long) {
        (false, _) => Line::End,
        (true, true) => Line::TooLong,
        (true, false) => Line::Whole,
    })
}
