//! The playbook: for each topic the preferred wording, fallbacks, what is unacceptable, and when it's required.
//!
//! A playbook is data that people edit. Parsing accepts any well-formed file; [`Playbook::validate`] lists what
//! is wrong with it, all of it and not the first mistake only.

pub(crate) mod asking;

use crate::Topic;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

pub use asking::{Limit, Test};

/// Kinds of contract that the program offers.
pub const KINDS: &[&str] =
    &["saas", "dpa", "nda", "professional_services", "license", "supply", "partnership", "baa", "other"];
/// Roles that we can have in a contract.
pub const ROLES: &[&str] = &["customer", "provider", "controller", "processor"];
/// Classes of data that a contract can touch.
pub const DATA: &[&str] =
    &["none", "business", "personal", "special_category", "health", "payment", "source_code", "secrets"];
/// Sides that can approve a deviation. Privacy counts to Legal.
pub const APPROVERS: &[&str] = &["legal", "security", "compliance"];

/// Positions by topic. A topic without a position isn't judged.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Playbook {
    pub name: String,
    #[serde(default, rename = "position", alias = "topics")]
    pub topics: Vec<Position>,
}

/// What we want of one topic.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Position {
    pub topic: Topic,
    /// For the reviewer: what matters and why.
    #[serde(default)]
    pub guidance: String,
    /// Sides that must approve a deviation.
    #[serde(default)]
    pub approvers: Vec<String>,
    /// Whether an unacceptable or a missing required clause blocks the contract.
    #[serde(default)]
    pub blocking: bool,
    /// The topic is required when any of these fits.
    #[serde(default)]
    pub required: Vec<When>,
    pub preferred: Wording,
    #[serde(default)]
    pub fallbacks: Vec<Wording>,
    #[serde(default)]
    pub unacceptable: Vec<Red>,
}

/// A model clause and what a clause must pass to count as equal to it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wording {
    pub text: String,
    /// All must hold. None at all: the topic only has to be there.
    #[serde(default)]
    pub tests: Vec<Test>,
}

/// Something we don't accept.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Red {
    pub description: String,
    /// All must hold for the clause to be unacceptable.
    pub tests: Vec<Test>,
}

/// A circumstance; an empty list means any.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct When {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kinds: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub data: Vec<String>,
}

/// What is known about the contract under review.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct About {
    pub kind: String,
    /// Our role: customer, provider, controller or processor.
    pub role: String,
    pub data: Vec<String>,
    /// Our name as the contract writes it.
    pub us: Option<String>,
    pub them: Option<String>,
}

/// Something wrong with a playbook.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// The topic where it is, when it's in one.
    pub topic: Option<Topic>,
    pub message: String,
    pub hint: String,
}

/// A playbook text that can't be read.
#[derive(Clone, Debug, thiserror::Error)]
pub enum PlaybookError {
    #[error("the playbook can't be read: {0}")]
    Parse(String),
    #[error("the playbook can't be written: {0}")]
    Write(String),
}

impl PlaybookError {
    pub fn hint(&self) -> &'static str {
        match self {
            PlaybookError::Parse(_) => "correct the line named, or start from the default playbook",
            PlaybookError::Write(_) => "remove characters that a text file can't hold",
        }
    }
}

impl When {
    pub fn fits(&self, about: &About) -> bool {
        (self.kinds.is_empty() || self.kinds.contains(&about.kind))
            && (self.roles.is_empty() || self.roles.contains(&about.role))
            && (self.data.is_empty() || self.data.iter().any(|d| about.data.contains(d)))
    }
}

impl Position {
    pub fn is_required(&self, about: &About) -> bool {
        self.required.iter().any(|w| w.fits(about))
    }
}

/// The playbook that ships: our own wording for every topic.
pub fn default_playbook() -> Playbook {
    Playbook::from_toml(include_str!("../playbook/default.toml")).expect("the shipped playbook is tested to parse")
}

impl Playbook {
    /// # Errors
    /// When the text isn't TOML or not a playbook.
    pub fn from_toml(text: &str) -> Result<Playbook, PlaybookError> {
        toml::from_str(text).map_err(|e| PlaybookError::Parse(e.to_string()))
    }

    /// # Errors
    /// When a value can't be written as TOML.
    pub fn to_toml(&self) -> Result<String, PlaybookError> {
        toml::to_string_pretty(self).map_err(|e| PlaybookError::Write(e.to_string()))
    }

    pub fn default_playbook() -> Playbook {
        default_playbook()
    }

    pub fn position(&self, topic: Topic) -> Option<&Position> {
        self.topics.iter().find(|p| p.topic == topic)
    }

    /// Everything that is wrong, empty when nothing is.
    pub fn validate(&self) -> Vec<Problem> {
        let mut out = Vec::new();
        let mut problem =
            |topic, message: String, hint: &str| out.push(Problem { topic, message, hint: hint.to_owned() });
        if self.name.trim().is_empty() {
            problem(None, "the playbook has no name".into(), "give it a name that reviewers recognise");
        }
        if self.topics.is_empty() {
            problem(None, "the playbook has no positions".into(), "add at least one topic");
        }
        let mut seen = BTreeSet::new();
        for p in &self.topics {
            let here = Some(p.topic);
            if !seen.insert(p.topic) {
                problem(here, format!("`{}` has two positions", p.topic), "keep one of them");
            }
            if p.preferred.text.trim().is_empty() {
                problem(
                    here,
                    format!("the preferred wording of `{}` is empty", p.topic),
                    "write the clause that should be proposed",
                );
            }
            if p.fallbacks.iter().any(|f| f.text.trim().is_empty()) {
                problem(here, format!("a fallback of `{}` is empty", p.topic), "write its clause or remove it");
            }
            for red in &p.unacceptable {
                if red.description.trim().is_empty() {
                    problem(
                        here,
                        format!("an unacceptable position of `{}` has no description", p.topic),
                        "say what is unacceptable",
                    );
                }
                if red.tests.is_empty() {
                    problem(
                        here,
                        format!("`{}` has no test", red.description),
                        "add a test, otherwise it can never be found",
                    );
                }
            }
            for a in p.approvers.iter().filter(|a| !APPROVERS.contains(&a.as_str())) {
                problem(here, format!("`{a}` is not a side that approves"), "use legal, security or compliance");
            }
            if p.approvers.is_empty() {
                problem(here, format!("nobody approves deviations of `{}`", p.topic), "name at least one side");
            }
            for when in &p.required {
                for (values, known) in [(&when.kinds, KINDS), (&when.roles, ROLES), (&when.data, DATA)] {
                    for v in values.iter().filter(|v| !known.contains(&v.as_str())) {
                        problem(
                            here,
                            format!("`{v}` is not known where `{}` is required", p.topic),
                            "use one of the words the page offers",
                        );
                    }
                }
            }
            let tests = p
                .preferred
                .tests
                .iter()
                .chain(p.fallbacks.iter().flat_map(|f| &f.tests))
                .chain(p.unacceptable.iter().flat_map(|r| &r.tests));
            for test in tests {
                if let Some(fault) = test.fault() {
                    problem(here, format!("a test of `{}` {fault}", p.topic), "correct or remove the test");
                }
            }
        }
        out
    }
}
