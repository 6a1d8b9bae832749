//! The sides of the house. A person may belong to several; a sign-off is always given for exactly one.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// A side, in the words of the product.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    Legal,
    Security,
    It,
    Privacy,
    Compliance,
    Executive,
    Employee,
    Vendor,
    Auditor,
}

impl Side {
    pub const ALL: [Side; 9] = [
        Side::Legal,
        Side::Security,
        Side::It,
        Side::Privacy,
        Side::Compliance,
        Side::Executive,
        Side::Employee,
        Side::Vendor,
        Side::Auditor,
    ];

    /// The sides that can sign a contract. Privacy is Legal's side and signs there by membership, never by itself.
    pub const SIGNING: [Side; 3] = [Side::Legal, Side::Security, Side::Compliance];

    /// The word that stands in the store, in the policy and in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Side::Legal => "legal",
            Side::Security => "security",
            Side::It => "it",
            Side::Privacy => "privacy",
            Side::Compliance => "compliance",
            Side::Executive => "executive",
            Side::Employee => "employee",
            Side::Vendor => "vendor",
            Side::Auditor => "auditor",
        }
    }

    /// The word that a page shows.
    pub fn label(self) -> &'static str {
        match self {
            Side::Legal => "Legal",
            Side::Security => "Security",
            Side::It => "IT",
            Side::Privacy => "Privacy",
            Side::Compliance => "Compliance",
            Side::Executive => "Executive",
            Side::Employee => "Employee",
            Side::Vendor => "Vendor",
            Side::Auditor => "Auditor",
        }
    }
}

impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Side {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        Side::ALL.into_iter().find(|side| side.as_str() == word).ok_or_else(|| format!("`{word}` is not a side"))
    }
}
