//! How the program says no: what the user can act on, in the user's words, with a hint. What nobody can act on is
//! [`Kind::Broken`]: the log holds the cause, the reader sees an id.

use std::fmt;

use serde::Serialize;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// What was sent cannot be taken as it is.
    Invalid,
    /// Nobody is signed in.
    SignedOut,
    /// This person may not do this.
    Forbidden,
    /// No such record, or none that this person may know of. The two are never told apart.
    NotFound,
    /// Someone else changed the record since it was read.
    Stale,
    /// The state of the record does not allow it.
    Conflict,
    /// Too large.
    TooLarge,
    /// Too many tries.
    TooMany,
    /// A file that cannot be read.
    Unreadable,
    /// A fault of ours.
    Broken,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldProblem {
    pub field: String,
    pub message: String,
}

/// A refusal. Cheap to pass by value: the parts that are rarely there are empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    pub kind: Kind,
    pub message: String,
    pub hint: Option<String>,
    pub fields: Vec<FieldProblem>,
    /// A transaction lost against another one and may be tried again. Only `db` sets and reads it.
    pub retryable: bool,
}

impl Refusal {
    pub fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), hint: None, fields: Vec::new(), retryable: false }
    }

    pub fn invalid(message: impl Into<String>) -> Self {
        Self::new(Kind::Invalid, message)
    }

    /// One field of a form or request body.
    pub fn field(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self::fields(vec![FieldProblem { field: field.into(), message: message.into() }])
    }

    /// Several fields at once, so that a form is refused once and not once per field.
    pub fn fields(fields: Vec<FieldProblem>) -> Self {
        let message = match fields.as_slice() {
            [one] => one.message.clone(),
            many => format!("{} fields need another look", many.len()),
        };
        Self { fields, ..Self::new(Kind::Invalid, message) }
    }

    pub fn signed_out() -> Self {
        Self::new(Kind::SignedOut, "sign in first")
    }

    pub fn forbidden(message: impl Into<String>) -> Self {
        Self::new(Kind::Forbidden, message)
    }

    pub fn not_found(message: impl Into<String>) -> Self {
        Self::new(Kind::NotFound, message)
    }

    pub fn conflict(message: impl Into<String>) -> Self {
        Self::new(Kind::Conflict, message)
    }

    pub fn stale() -> Self {
        Self::new(Kind::Stale, "someone else changed this record since you opened it")
            .hint("your entries are kept below: compare them with the record as it is now and save again")
    }

    pub fn too_many(message: impl Into<String>) -> Self {
        Self::new(Kind::TooMany, message)
    }

    pub fn unreadable(message: impl Into<String>) -> Self {
        Self::new(Kind::Unreadable, message)
    }

    /// A fault of ours. `cause` goes to the log, never to the reader.
    pub fn broken(cause: impl fmt::Display) -> Self {
        Self::new(Kind::Broken, cause.to_string())
    }

    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        if let Some(hint) = &self.hint {
            write!(f, " ({hint})")?;
        }
        Ok(())
    }
}

impl std::error::Error for Refusal {}
