//! A mistake in a file of rules or holidays, named by line.

use std::fmt;

use serde::Serialize;

/// A mistake in a file. The file, or the duty that has it, is left out; everything else still loads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Problem {
    pub file: String,
    /// Counted from 1.
    pub line: usize,
    pub reason: String,
}

impl Problem {
    pub(crate) fn of_toml(file: &str, text: &str, error: &toml::de::Error) -> Self {
        let at = error.span().map_or(0, |span| span.start);
        Self { file: file.to_owned(), line: line_of(text, at), reason: error.message().to_owned() }
    }

    /// At the first place of `word`.
    pub(crate) fn at(file: &str, text: &str, word: &str, reason: String) -> Self {
        Self { file: file.to_owned(), line: line_of(text, text.find(word).unwrap_or(0)), reason }
    }

    pub(crate) fn at_offset(file: &str, text: &str, offset: usize, reason: String) -> Self {
        Self { file: file.to_owned(), line: line_of(text, offset), reason }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.file, self.line, self.reason)
    }
}

fn line_of(text: &str, offset: usize) -> usize {
    text.as_bytes().iter().take(offset).filter(|&&byte| byte == b'\n').count() + 1
}
