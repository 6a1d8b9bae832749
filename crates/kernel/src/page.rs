//! Pages of a list, by key and never by offset: a row that arrives while someone reads moves nothing.

use serde::{Deserialize, Serialize};

/// Where a page starts: the sort key and id of the last row before it, as opaque text for the reader.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    pub key: String,
    pub id: uuid::Uuid,
}

impl Cursor {
    /// `<id><key>` with the id in its 32-digit form, so that the key may hold anything; hexadecimal, so that it fits a URL.
    pub fn encode(&self) -> String {
        let mut text = self.id.simple().to_string();
        for byte in self.key.as_bytes() {
            text.push_str(&format!("{byte:02x}"));
        }
        text
    }

    /// `None` for anything that [`Cursor::encode`] did not write.
    pub fn decode(text: &str) -> Option<Self> {
        if !text.is_ascii() || text.len() < 32 || !text.len().is_multiple_of(2) || text.len() > 4096 {
            return None;
        }
        let (id, key) = text.split_at(32);
        let bytes: Option<Vec<u8>> =
            (0..key.len()).step_by(2).map(|at| u8::from_str_radix(&key[at..at + 2], 16).ok()).collect();
        Some(Self { key: String::from_utf8(bytes?).ok()?, id: id.parse().ok()? })
    }
}

/// One page of rows and where the next one starts.
#[derive(Debug, Clone, Serialize)]
pub struct Page<T> {
    pub items: Vec<T>,
    pub next: Option<String>,
}

impl<T> Page<T> {
    /// Makes a page from up to `limit + 1` rows: the extra row only says that there is more.
    pub fn from_rows(mut rows: Vec<T>, limit: usize, cursor: impl Fn(&T) -> Cursor) -> Self {
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next = if more { rows.last().map(|row| cursor(row).encode()) } else { None };
        Self { items: rows, next }
    }

    pub fn map<U>(self, convert: impl FnMut(T) -> U) -> Page<U> {
        Page { items: self.items.into_iter().map(convert).collect(), next: self.next }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_cursor_survives_its_text(key in ".{0,40}", id in any::<u128>()) {
            let cursor = Cursor { key, id: uuid::Uuid::from_u128(id) };
            prop_assert_eq!(Cursor::decode(&cursor.encode()), Some(cursor));
        }

        #[test]
        fn no_text_breaks_the_decoder(text in ".{0,80}") {
            let _ = Cursor::decode(&text);
        }
    }
}
