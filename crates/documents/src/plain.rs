//! Plain text and Markdown: the text is the file. Only what is not UTF-8 is translated, and that is said.

use crate::sniff::utf16;
use crate::{Extracted, Kind, Limits, Unreadable};

/// Windows-1252 where it differs from Latin-1; the five unassigned places keep their control character,
/// as the encoding's registered mapping for the web does.
const WINDOWS_1252: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}', '\u{90}', '‘', '’',
    '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

pub(crate) fn read(kind: Kind, bytes: &[u8], limits: &Limits) -> Result<Extracted, Unreadable> {
    let (text, notes) = decode(bytes, limits)?;
    Ok(Extracted {
        kind,
        text,
        blocks: Vec::new(),
        pages: None,
        notes,
        revisions: None,
        recognised: None,
        unread_pages: Vec::new(),
        running: Vec::new(),
    })
}

/// The text of a file that should be text. Valid UTF-8 without a byte order mark stays identical.
pub(crate) fn decode(bytes: &[u8], limits: &Limits) -> Result<(String, Vec<String>), Unreadable> {
    let too_much = || Unreadable::TooMuchText { limit: limits.max_text };
    if bytes.len() > limits.max_text.saturating_mul(2) {
        return Err(too_much());
    }
    let (text, notes) = if let Some(order) = utf16(bytes) {
        let units = bytes[2..].chunks_exact(2).map(|pair| order([pair[0], pair[1]]));
        let text = char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)).collect();
        (text, vec!["The text was stored as UTF-16 and was read as such.".to_owned()])
    } else if let Some(rest) = bytes.strip_prefix(b"\xEF\xBB\xBF") {
        (utf8_or_western(rest).0, vec!["A byte order mark at the start of the file was left out.".to_owned()])
    } else {
        let (text, western) = utf8_or_western(bytes);
        let note = "The text is not UTF-8 and was read as Western European (Windows-1252).".to_owned();
        (text, if western { vec![note] } else { Vec::new() })
    };
    if text.contains('\0') {
        return Err(Unreadable::NotADocument { what: "binary data".into() });
    }
    if text.len() > limits.max_text {
        return Err(too_much());
    }
    if text.trim().is_empty() {
        return Err(Unreadable::Empty);
    }
    Ok((text, notes))
}

fn utf8_or_western(bytes: &[u8]) -> (String, bool) {
    match std::str::from_utf8(bytes) {
        Ok(text) => (text.to_owned(), false),
        Err(_) => {
            let western = |byte: &u8| match byte {
                0x80..=0x9F => WINDOWS_1252[usize::from(byte - 0x80)],
                _ => char::from(*byte),
            };
            (bytes.iter().map(western).collect(), true)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(bytes: &[u8]) -> Extracted {
        read(Kind::Text, bytes, &Limits::default()).unwrap()
    }

    #[test]
    fn utf8_is_identical_byte_for_byte() {
        let bytes = "a\r\n\tb \u{a0}“c”\n\n".as_bytes();
        let extracted = text(bytes);
        assert_eq!(extracted.text.as_bytes(), bytes);
        assert_eq!(extracted.notes, Vec::<String>::new());
    }

    #[test]
    fn other_encodings_are_translated_and_said() {
        assert_eq!(text(b"\xEF\xBB\xBFa").text, "a");
        assert_eq!(text(b"\x93fees\x94 \x80 5 \xA7 4").text, "“fees” € 5 § 4");
        assert_eq!(text(b"\xFF\xFEa\0\xAC\x20").text, "a€");
        assert_eq!(text(b"\xFE\xFF\0a").notes.len(), 1);
    }

    #[test]
    fn nothing_and_too_much_are_refused() {
        let limits = Limits { max_text: 10, ..Limits::default() };
        assert_eq!(read(Kind::Text, b" \n ", &limits), Err(Unreadable::Empty));
        assert_eq!(read(Kind::Text, b"0123456789a", &limits), Err(Unreadable::TooMuchText { limit: 10 }));
        assert!(matches!(read(Kind::Text, b"ab\0", &limits), Err(Unreadable::NotADocument { .. })));
    }
}
