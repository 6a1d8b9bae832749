//! How the word patterns of this crate are compiled: one way, because a pattern that is not costs every reading time.

use regex::Regex;

/// A pattern under a name, compiled when it is first used.
macro_rules! pattern {
    ($name:ident, $text:expr) => {
        static $name: std::sync::LazyLock<regex::Regex> = std::sync::LazyLock::new(|| crate::pattern::compile($text));
    };
}

/// A pattern in the letters of the languages that contracts here are written in. Word boundaries look at ASCII only: with
/// Unicode boundaries the engine falls back to its slow search in every text that holds a curly quotation mark. Words
/// are of Latin letters and digits are 0 to 9: the whole of Unicode, repeated in some hundred patterns, would cost a
/// command more time to compile than a contract to read.
pub(crate) fn compile(text: &str) -> Regex {
    Regex::new(&latin(text)).expect("every pattern is compiled by a test")
}

/// Writes `\b`, `\w` and `\d` out as what they are to mean, within brackets and without.
fn latin(text: &str) -> String {
    const WORD: &str = "0-9A-Za-z_\u{c0}-\u{24f}";
    let mut out = String::with_capacity(text.len() * 2);
    let mut brackets = 0;
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        match c {
            '\\' => match (rest.next(), brackets) {
                (Some('b'), 0) => out.push_str(r"(?-u:\b)"),
                (Some('w'), 0) => out.extend(["[", WORD, "]"]),
                (Some('w'), _) => out.push_str(WORD),
                (Some('d'), 0) => out.push_str("[0-9]"),
                (Some('d'), _) => out.push_str("0-9"),
                (Some(other), _) => out.extend(['\\', other]),
                (None, _) => out.push('\\'),
            },
            '[' => {
                brackets += 1;
                out.push('[');
            }
            ']' if brackets > 0 => {
                brackets -= 1;
                out.push(']');
            }
            other => out.push(other),
        }
    }
    out
}
