//! What this area asks the policy, in the policy's words.

use kernel::{Attr, Columns, Permission, PersonId, Resource};

pub const READ_DIRECTORY: Permission = Permission::new("readDirectory", "Directory");
pub const INVITE_PERSON: Permission = Permission::new("invitePerson", "Directory");
pub const EDIT_PERSON: Permission = Permission::new("editPerson", "Directory");
pub const READ_ACCOUNT: Permission = Permission::new("readAccount", "Account");
pub const EDIT_ACCOUNT: Permission = Permission::new("editAccount", "Account");
pub const CREATE_DELEGATION: Permission = Permission::new("createDelegation", "Delegation");
pub const READ_DELEGATION: Permission = Permission::new("readDelegation", "Delegation");
pub const REVOKE_DELEGATION: Permission = Permission::new("revokeDelegation", "Delegation");

/// The attributes of a delegation in SQL, where `d` is its row.
pub(crate) const DELEGATION_COLUMNS: Columns = Columns {
    kind: "Delegation",
    scalars: &[("from_person", "d.from_person"), ("to_person", "d.to_person")],
    people: &[],
};

pub fn directory() -> Resource {
    Resource::all("Directory")
}

/// A person's own account: password, sessions, tokens.
pub fn account(person: PersonId) -> Resource {
    Resource::new("Account", person).with("person", Attr::Person(Some(person)))
}

pub fn delegation(id: impl ToString, from: PersonId, to: PersonId) -> Resource {
    Resource::new("Delegation", id)
        .with("from_person", Attr::Person(Some(from)))
        .with("to_person", Attr::Person(Some(to)))
}
