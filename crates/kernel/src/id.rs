//! Typed UUIDv7 ids, so that a person's id can never stand where a contract's is meant.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
pub use uuid::Uuid;

/// Declares an id type over [`Uuid`]. Areas call it for their own records.
#[macro_export]
macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, $crate::id::SerdeSerialize, $crate::id::SerdeDeserialize)]
        #[serde(transparent, crate = "::kernel::id::serde")]
        pub struct $name(pub $crate::Uuid);

        impl From<$crate::Uuid> for $name { fn from(raw: $crate::Uuid) -> Self { Self(raw) } }
        impl From<$name> for $crate::Uuid { fn from(id: $name) -> Self { id.0 } }
        impl From<$name> for $crate::Value { fn from(id: $name) -> Self { $crate::Value::Uuid(Some(id.0)) } }
        impl $crate::id::Identifier for $name { fn uuid(self) -> $crate::Uuid { self.0 } }
        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result { ::std::fmt::Display::fmt(&self.0, f) }
        }
        impl ::std::str::FromStr for $name {
            type Err = $crate::Refusal;
            fn from_str(text: &str) -> Result<Self, $crate::Refusal> {
                text.parse().map(Self).map_err(|_| $crate::Refusal::not_found("there is no record with this id"))
            }
        }
    };
}

/// Any record's id. It stands here so that an optional id can be bound like an id.
pub trait Identifier: Copy {
    fn uuid(self) -> Uuid;
}

impl Identifier for PersonId {
    fn uuid(self) -> Uuid {
        self.0
    }
}

pub use serde;
pub use serde::{Deserialize as SerdeDeserialize, Serialize as SerdeSerialize};

/// A person's account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PersonId(pub Uuid);

impl PersonId {
    /// The program itself: migrations, jobs, the set-up of an empty store. It belongs to no side and can sign nothing.
    pub const SYSTEM: PersonId = PersonId(Uuid::nil());
}

impl From<Uuid> for PersonId {
    fn from(raw: Uuid) -> Self {
        Self(raw)
    }
}

impl From<PersonId> for Uuid {
    fn from(id: PersonId) -> Self {
        id.0
    }
}

impl fmt::Display for PersonId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for PersonId {
    type Err = crate::Refusal;

    fn from_str(text: &str) -> Result<Self, crate::Refusal> {
        text.parse().map(Self).map_err(|_| crate::Refusal::not_found("there is no person with this id"))
    }
}
