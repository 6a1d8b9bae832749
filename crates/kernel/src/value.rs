//! A value bound to a statement: the few types that both engines store alike.

use uuid::Uuid;

use crate::{Date, Instant, PersonId, Side, id::Identifier};

/// `None` is a typed null, because PostgreSQL wants to know the type of what is absent.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    Int(Option<i64>),
    Bool(Option<bool>),
    Text(Option<String>),
    Uuid(Option<Uuid>),
    Bytes(Option<Vec<u8>>),
}

macro_rules! from {
    ($($from:ty => $variant:ident $convert:expr;)*) => {$(
        impl From<$from> for Value { fn from(value: $from) -> Self { let convert: fn($from) -> _ = $convert; Value::$variant(Some(convert(value))) } }
        impl From<Option<$from>> for Value { fn from(value: Option<$from>) -> Self { let convert: fn($from) -> _ = $convert; Value::$variant(value.map(convert)) } }
    )*};
}

from! {
    i64 => Int |v| v;
    i32 => Int i64::from;
    u32 => Int i64::from;
    bool => Bool |v| v;
    String => Text |v| v;
    &str => Text str::to_owned;
    &String => Text |v| v.clone();
    Uuid => Uuid |v| v;
    Vec<u8> => Bytes |v| v;
    &[u8] => Bytes <[u8]>::to_vec;
    Side => Text |v| v.as_str().to_owned();
    Instant => Int |v| v.micros();
    Date => Text |v| v.to_string();
}

impl From<PersonId> for Value {
    fn from(id: PersonId) -> Self {
        Value::Uuid(Some(id.0))
    }
}

impl<T: Identifier> From<Option<T>> for Value {
    fn from(id: Option<T>) -> Self {
        Value::Uuid(id.map(Identifier::uuid))
    }
}

/// Bytes as lower-case hexadecimal digits, as hashes are shown and stored.
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    })
}

/// Text as it is searched: lower case by Unicode's rule, white space single. Made here because the engines disagree on
/// everything beyond ASCII.
pub fn fold(text: &str) -> String {
    text.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A `like` pattern for "contains", with `\` as the escape character.
pub fn contains_pattern(text: &str) -> String {
    let mut out = String::from("%");
    for c in fold(text).chars() {
        if matches!(c, '%' | '_' | '\\') {
            out.push('\\');
        }
        out.push(c);
    }
    out.push('%');
    out
}
