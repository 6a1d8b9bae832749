//! The role × action matrix as golden text: whoever changes the policy sees, in the diff, whose rights changed.
//! `UPDATE_GOLDEN=1 cargo test -p access` writes it anew.

#![allow(clippy::unwrap_used, reason = "tests say what must hold by panicking")]

mod common;

use std::{collections::BTreeSet, fmt::Write};

use access::Policy;
use common::{
    account, actor, contract, counsel_track, delegation, exercise, exercised, incident, incident_action, incident_hold,
    ledger_entry, lent, notice, permissions, person, privileged_entry,
};
use kernel::{Actor, Authority, Resource, Side};

const ME: u128 = 1;
const OTHER: u128 = 2;

fn roles() -> Vec<(String, Actor)> {
    let mut roles: Vec<_> = Side::ALL.iter().map(|side| (side.to_string(), actor(ME, &[*side]))).collect();
    roles.push(("no side".to_owned(), actor(ME, &[])));
    roles.push(("administrator, no side".to_owned(), Actor { administrator: true, ..actor(ME, &[]) }));
    for side in [Side::It, Side::Executive, Side::Auditor] {
        let delegate = Actor { delegations: vec![lent(Side::Security)], ..actor(ME, &[side]) };
        roles.push((format!("{side}, signs for security"), delegate));
    }
    roles.push(("legal by read-only token".to_owned(), Actor { read_only: true, ..actor(ME, &[Side::Legal]) }));
    roles.push(("legal and vendor".to_owned(), actor(ME, &[Side::Legal, Side::Vendor])));
    roles.push(("the program".to_owned(), Actor::system()));
    roles
}

fn records() -> Vec<(&'static str, &'static str, Resource)> {
    let (me, other) = (Some(person(ME)), Some(person(OTHER)));
    let all = |kind| (kind, "", Resource::all(kind));
    vec![
        ("Contract", "of another", contract(other, false, &[])),
        ("Contract", "registered by oneself", contract(me, false, &[])),
        ("Contract", "where one is named", contract(other, false, &[person(ME)])),
        ("Contract", "restricted", contract(other, true, &[person(OTHER)])),
        ("Contract", "restricted, registered by oneself", contract(me, true, &[])),
        ("Contract", "restricted, where one is named", contract(other, true, &[person(ME)])),
        all("Contracts"),
        ("Incident", "reported by another", incident(other)),
        ("Incident", "reported by oneself", incident(me)),
        ("IncidentAction", "of another", incident_action(person(OTHER))),
        ("IncidentAction", "one's own", incident_action(person(ME))),
        ("IncidentHold", "that binds another", incident_hold(person(OTHER))),
        ("IncidentHold", "that binds oneself", incident_hold(person(ME))),
        ("Incident", "of an exercise where one has a role", exercised(other, &[person(ME)], &[])),
        ("Incident", "of an exercise that one watches", exercised(other, &[], &[person(ME)])),
        all("Incidents"),
        ("CounselTrack", "directed by another", counsel_track(other, &[person(OTHER)])),
        ("CounselTrack", "directed by oneself", counsel_track(me, &[person(ME)])),
        ("CounselTrack", "where one is named", counsel_track(other, &[person(OTHER), person(ME)])),
        ("Notice", "to oneself", notice(person(ME))),
        ("Notice", "to another", notice(person(OTHER))),
        all("Outbox"),
        ("Exercise", "of others", exercise(person(OTHER), &[person(3)])),
        ("Exercise", "where one has a role", exercise(person(OTHER), &[person(ME)])),
        ("Exercise", "that one conducts", exercise(person(ME), &[])),
        ("LedgerEntry", "", ledger_entry(false, false, &[])),
        ("LedgerEntry", "of a contract", ledger_entry(true, false, &[])),
        ("LedgerEntry", "restricted", ledger_entry(true, true, &[])),
        ("LedgerEntry", "restricted, where one is named", ledger_entry(true, true, &[person(ME)])),
        ("LedgerEntry", "privileged", privileged_entry(&[person(OTHER)])),
        ("LedgerEntry", "privileged, where one is named", privileged_entry(&[person(ME)])),
        all("Ledger"),
        all("Playbook"),
        all("Directory"),
        ("Account", "one's own", account(person(ME))),
        ("Account", "of another", account(person(OTHER))),
        ("Delegation", "from oneself", delegation(person(ME), person(OTHER))),
        ("Delegation", "to oneself", delegation(person(OTHER), person(ME))),
        ("Delegation", "between others", delegation(person(OTHER), person(3))),
        all("Settings"),
        all("Home"),
    ]
}

#[test]
fn who_may_do_what() {
    let policy = Policy::new().unwrap();
    let mut text = String::from("Who may do what, worked out from policy.cedar. `x` may, `.` may not.\n");
    for (kind, which, record) in records() {
        let permissions = permissions(&policy, kind);
        writeln!(text, "\n{kind}{}{which}", if which.is_empty() { "" } else { ", " }).unwrap();
        let names: Vec<_> = permissions.iter().map(|permission| permission.action).collect();
        writeln!(text, "{:32}{}", "", names.join("  ")).unwrap();
        for (role, actor) in roles() {
            write!(text, "{role:32}").unwrap();
            for permission in &permissions {
                let mark = if policy.allows(&actor, *permission, &record) { "x" } else { "." };
                write!(text, "{mark:width$}", width = permission.action.len() + 2).unwrap();
            }
            text.truncate(text.trim_end().len());
            text.push('\n');
        }
    }
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/matrix.txt");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(path, &text).unwrap();
    }
    let golden = std::fs::read_to_string(path).unwrap();
    for (number, (is, was)) in text.lines().zip(golden.lines()).enumerate() {
        assert_eq!(is, was, "line {} of tests/matrix.txt (UPDATE_GOLDEN=1 writes it anew)", number + 1);
    }
    assert_eq!(text.lines().count(), golden.lines().count());
}

#[test]
fn the_matrix_knows_every_kind_of_record() {
    let policy = Policy::new().unwrap();
    let declared: BTreeSet<_> = policy.actions().into_iter().map(|(_, kind)| kind).collect();
    let shown: BTreeSet<_> = records().into_iter().map(|(kind, ..)| kind).collect();
    assert_eq!(shown, declared);
}

/// An action that only reads and is missing from the list in the policy would be refused to a reading token; one that
/// changes and stands in it would be open to it.
#[test]
fn a_token_that_only_reads_may_read_and_nothing_else() {
    let policy = Policy::new().unwrap();
    for (kind, _, record) in records() {
        for permission in permissions(&policy, kind) {
            // What counsel directs is for people and for no machine.
            let reads =
                ["read", "export"].iter().any(|word| permission.action.starts_with(word)) && kind != "CounselTrack";
            let everything = Actor { administrator: true, ..actor(ME, &[Side::Legal, Side::Compliance]) };
            let token = Actor { read_only: true, ..everything.clone() };
            let expected = reads && policy.allows(&everything, permission, &record);
            assert_eq!(policy.allows(&token, permission, &record), expected, "{permission:?}");
        }
    }
}

#[test]
fn what_is_unknown_missing_or_mistaken_is_denied() {
    let policy = Policy::new().unwrap();
    let legal = actor(ME, &[Side::Legal]);
    let read = kernel::Permission::new("readContract", "Contract");
    let whole = contract(Some(person(OTHER)), false, &[]);
    assert!(policy.allows(&legal, read, &whole));
    assert!(!policy.allows(&legal, kernel::Permission::new("burnContract", "Contract"), &whole));
    assert!(!policy.allows(&legal, kernel::Permission::new("readContract", "Playbook"), &whole));
    assert!(!policy.allows(&legal, kernel::Permission::new("readPlaybook", "Contract"), &whole));
    assert!(!policy.allows(&legal, read, &Resource::all("Contract")), "without its attributes");
    assert!(!policy.allows(&legal, read, &Resource::all("Playbook")), "a record of another kind");
    let twice = whole.clone().with("restricted", kernel::Attr::Bool(false));
    assert!(!policy.allows(&legal, read, &twice), "an attribute given twice");
    let more = whole.clone().with("colour", kernel::Attr::Bool(false));
    assert!(!policy.allows(&legal, read, &more), "an attribute that the policy does not know");
    let mut mistyped = whole;
    mistyped.attrs[1].1 = kernel::Attr::Text("false".to_owned());
    assert!(!policy.allows(&legal, read, &mistyped), "an attribute of another type");
}
