//! People and records for the tests of the policy.

use kernel::{Actor, Attr, Date, Delegated, Permission, PersonId, Resource, Side, Uuid, Via};

pub fn person(number: u128) -> PersonId {
    PersonId(Uuid::from_u128(number))
}

pub fn actor(number: u128, sides: &[Side]) -> Actor {
    Actor {
        person: person(number),
        name: format!("Person {number}"),
        sides: sides.iter().copied().collect(),
        administrator: false,
        via: Via::Session,
        read_only: false,
        delegations: Vec::new(),
    }
}

pub fn lent(side: Side) -> Delegated {
    let until: Date = "2026-12-31".parse().unwrap();
    Delegated { side, from: person(99), from_name: "Person 99".to_owned(), until }
}

pub fn contract(registered_by: Option<PersonId>, restricted: bool, shared_with: &[PersonId]) -> Resource {
    Resource::new("Contract", "c")
        .with("registered_by", Attr::Person(registered_by))
        .with("restricted", Attr::Bool(restricted))
        .with("shared_with", Attr::People(shared_with.to_vec()))
}

pub fn incident(reported_by: Option<PersonId>) -> Resource {
    exercised(reported_by, &[], &[])
}

pub fn exercised(reported_by: Option<PersonId>, participants: &[PersonId], observers: &[PersonId]) -> Resource {
    Resource::new("Incident", "i")
        .with("reported_by", Attr::Person(reported_by))
        .with("participants", Attr::People(participants.to_vec()))
        .with("observers", Attr::People(observers.to_vec()))
}

pub fn exercise(facilitator: PersonId, participants: &[PersonId]) -> Resource {
    Resource::new("Exercise", "e")
        .with("facilitator", Attr::Person(Some(facilitator)))
        .with("participants", Attr::People(participants.to_vec()))
}

pub fn notice(to: PersonId) -> Resource {
    Resource::new("Notice", "n").with("person", Attr::Person(Some(to)))
}

pub fn incident_action(owner: PersonId) -> Resource {
    Resource::new("IncidentAction", "a").with("owner", Attr::Person(Some(owner)))
}

pub fn incident_hold(custodian: PersonId) -> Resource {
    Resource::new("IncidentHold", "h").with("custodian", Attr::Person(Some(custodian)))
}

pub fn ledger_entry(walled: bool, restricted: bool, shared_with: &[PersonId]) -> Resource {
    Resource::new("LedgerEntry", "l")
        .with("walled", Attr::Bool(walled))
        .with("restricted", Attr::Bool(restricted))
        .with("privileged", Attr::Bool(false))
        .with("shared_with", Attr::People(shared_with.to_vec()))
}

pub fn privileged_entry(shared_with: &[PersonId]) -> Resource {
    Resource::new("LedgerEntry", "l")
        .with("walled", Attr::Bool(true))
        .with("restricted", Attr::Bool(true))
        .with("privileged", Attr::Bool(true))
        .with("shared_with", Attr::People(shared_with.to_vec()))
}

pub fn counsel_track(directed_by: Option<PersonId>, shared_with: &[PersonId]) -> Resource {
    Resource::new("CounselTrack", "t")
        .with("directed_by", Attr::Person(directed_by))
        .with("shared_with", Attr::People(shared_with.to_vec()))
}

pub fn account(of: PersonId) -> Resource {
    Resource::new("Account", "a").with("person", Attr::Person(Some(of)))
}

pub fn delegation(from: PersonId, to: PersonId) -> Resource {
    Resource::new("Delegation", "d")
        .with("from_person", Attr::Person(Some(from)))
        .with("to_person", Attr::Person(Some(to)))
}

/// The permissions of the policy, of `kind` alone.
pub fn permissions(policy: &access::Policy, kind: &'static str) -> Vec<Permission> {
    let of_kind = policy.actions().into_iter().filter(|(_, of)| *of == kind);
    of_kind.map(|(action, _)| Permission::new(Box::leak(action.to_owned().into_boxed_str()), kind)).collect()
}
