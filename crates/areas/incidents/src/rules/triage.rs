//! How bad it is, as each side judges it by itself.

use std::{fmt, str::FromStr};

use kernel::{Refusal, Side};

/// The impact on the organisation and on the people concerned. Worse is greater.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Impact {
    Low,
    Moderate,
    High,
    Critical,
}

impl Impact {
    pub const ALL: [Impact; 4] = [Impact::Low, Impact::Moderate, Impact::High, Impact::Critical];

    pub fn as_str(self) -> &'static str {
        match self {
            Impact::Low => "low",
            Impact::Moderate => "moderate",
            Impact::High => "high",
            Impact::Critical => "critical",
        }
    }

    /// For readers.
    pub fn label(self) -> &'static str {
        match self {
            Impact::Low => "Low",
            Impact::Moderate => "Moderate",
            Impact::High => "High",
            Impact::Critical => "Critical",
        }
    }

    /// What it means, so that both sides mean the same by it.
    pub fn means(self) -> &'static str {
        match self {
            Impact::Low => "contained, few people or none, no service touched",
            Impact::Moderate => "some people or one service touched, likely no duty to notify",
            Impact::High => "many people, sensitive data or a service that others rely on; a duty to notify is likely",
            Impact::Critical => "the organisation, its customers or people’s safety are at stake",
        }
    }
}

impl fmt::Display for Impact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Impact {
    type Err = Refusal;

    fn from_str(text: &str) -> Result<Self, Refusal> {
        let known = Impact::ALL.into_iter().find(|impact| impact.as_str() == text);
        known.ok_or_else(|| Refusal::field("impact", "choose how bad it is"))
    }
}

/// The two sides of the response. Privacy is Legal's side, IT is Security's.
pub const SIDES: [Side; 2] = [Side::Legal, Side::Security];

/// For which of the two somebody of these sides can judge.
pub fn judges_for(sides: impl Iterator<Item = Side>) -> Vec<Side> {
    let mut out = Vec::new();
    for side in sides {
        let of = match side {
            Side::Legal | Side::Privacy => Side::Legal,
            Side::Security | Side::It => Side::Security,
            _ => continue,
        };
        if !out.contains(&of) {
            out.push(of);
        }
    }
    out
}

/// What counts: the worse of the two, since the side that sees more harm has a reason for it.
pub fn overall(legal: Option<Impact>, security: Option<Impact>) -> Option<Impact> {
    legal.max(security)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worse_counts_and_one_side_is_enough() {
        assert_eq!(overall(Some(Impact::Low), Some(Impact::High)), Some(Impact::High));
        assert_eq!(overall(None, Some(Impact::Low)), Some(Impact::Low));
        assert_eq!(overall(None, None), None);
        assert!(Impact::ALL.is_sorted());
    }

    #[test]
    fn privacy_judges_for_legal_and_it_for_security() {
        assert_eq!(judges_for([Side::Privacy, Side::Legal].into_iter()), [Side::Legal]);
        assert_eq!(judges_for([Side::It, Side::Privacy].into_iter()), [Side::Security, Side::Legal]);
        assert!(judges_for([Side::Compliance, Side::Executive].into_iter()).is_empty());
    }
}
