//! What may be done, asked in one place. The policy itself stands in the `access` crate; here is only how it is asked,
//! so that areas and their tests need not build the policy engine.

use crate::{Actor, PersonId, Refusal, Value};

/// One thing that can be done to one kind of record, such as `contract:read`. The word is the policy's action.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Permission {
    /// The policy's action, such as `readContract`.
    pub action: &'static str,
    /// The policy's resource type, such as `Contract`.
    pub kind: &'static str,
}

impl Permission {
    pub const fn new(action: &'static str, kind: &'static str) -> Self {
        Self { action, kind }
    }
}

/// What the policy may look at in a record.
#[derive(Debug, Clone, PartialEq)]
pub enum Attr {
    Bool(bool),
    Text(String),
    Person(Option<PersonId>),
    People(Vec<PersonId>),
}

/// A record as the policy sees it.
#[derive(Debug, Clone, PartialEq)]
pub struct Resource {
    pub kind: &'static str,
    pub id: String,
    pub attrs: Vec<(&'static str, Attr)>,
}

impl Resource {
    /// The collection itself ("the playbook", "all people"), for what concerns no single record.
    pub fn all(kind: &'static str) -> Self {
        Self { kind, id: "all".to_owned(), attrs: Vec::new() }
    }

    pub fn new(kind: &'static str, id: impl ToString) -> Self {
        Self { kind, id: id.to_string(), attrs: Vec::new() }
    }

    #[must_use]
    pub fn with(mut self, name: &'static str, attr: Attr) -> Self {
        self.attrs.push((name, attr));
        self
    }
}

/// How the attributes of a kind of record are found in SQL. The area that owns the table says it.
#[derive(Debug, Clone, Copy)]
pub struct Columns {
    pub kind: &'static str,
    /// Attribute name → SQL expression for a scalar, such as `("restricted", "c.restricted")`.
    pub scalars: &'static [(&'static str, &'static str)],
    /// Attribute name → an `exists (…)` in which `{person}` stands for the bound person, for a set of people.
    pub people: &'static [(&'static str, &'static str)],
}

/// A condition for a `where`, with its binds in order. Placeholders are written `{0}`, `{1}` … and numbered by `db`.
#[derive(Debug, Clone, PartialEq)]
pub struct Condition {
    pub sql: String,
    pub binds: Vec<Value>,
}

impl Condition {
    pub fn nothing() -> Self {
        Self { sql: "1 = 0".to_owned(), binds: Vec::new() }
    }

    pub fn everything() -> Self {
        Self { sql: "1 = 1".to_owned(), binds: Vec::new() }
    }
}

/// The one policy, asked in its two forms. An implementation must never let the two disagree.
pub trait Authority: Send + Sync + 'static {
    /// May `actor` do this to `resource`?
    fn allows(&self, actor: &Actor, permission: Permission, resource: &Resource) -> bool;

    /// The same rule as a condition on the rows of a list. What cannot be expressed denies.
    fn condition(&self, actor: &Actor, permission: Permission, columns: &Columns) -> Condition;

    /// Asks, and refuses in words. A record that may not be read is said not to exist.
    fn require(&self, actor: &Actor, permission: Permission, resource: &Resource) -> Result<(), Refusal> {
        if self.allows(actor, permission, resource) {
            return Ok(());
        }
        Err(if permission.action.starts_with("read") && resource.id != "all" {
            Refusal::not_found("there is no such record, or it is not yours to see")
        } else {
            Refusal::forbidden("you may not do this")
                .hint("ask someone of the side that owns it, or an administrator for another role")
        })
    }
}
