//! List and decision never disagree: for random people and records, the rows that a condition finds in a real database
//! are those that the policy allows one by one.

#![allow(clippy::unwrap_used, reason = "tests say what must hold by panicking")]

mod common;

use std::time::Instant;

use access::Policy;
use common::{account, actor, contract, delegation, ledger_entry, lent, permissions, person};
use kernel::{Actor, Authority, Columns, Condition, Permission, PersonId, Resource, Side, Uuid, Value};
use proptest::{collection::vec, option, prelude::*, sample};
use sqlx::{AssertSqlSafe, Connection, SqliteConnection};

/// Few people, so that they meet often.
const PEOPLE: u128 = 5;

const CONTRACTS: Columns = Columns {
    kind: "Contract",
    scalars: &[("registered_by", "c.registered_by"), ("restricted", "c.restricted")],
    people: &[(
        "shared_with",
        "exists (select 1 from contract_people p where p.contract = c.id and p.person = {person})",
    )],
};

/// An entry has the wall of its contract, as the trail has it; its registrant counts among the people named.
const ENTRIES: Columns = Columns {
    kind: "LedgerEntry",
    scalars: &[
        ("walled", "c.registered_by is not null"),
        ("restricted", "exists (select 1 from contracts w where w.id = c.id and w.restricted)"),
    ],
    people: &[("shared_with", "c.id in (select contract from contract_people where person = {person})")],
};

const ACCOUNTS: Columns = Columns { kind: "Account", scalars: &[("person", "c.registered_by")], people: &[] };

const DELEGATIONS: Columns = Columns {
    kind: "Delegation",
    scalars: &[("from_person", "c.registered_by"), ("to_person", "c.other")],
    people: &[],
};

const COLLECTION: Columns = Columns { kind: "Playbook", scalars: &[], people: &[] };

#[derive(Debug, Clone)]
struct Row {
    registered_by: Option<PersonId>,
    other: PersonId,
    restricted: bool,
    shared_with: Vec<PersonId>,
}

fn people() -> impl Strategy<Value = PersonId> {
    (1..=PEOPLE).prop_map(person)
}

fn rows() -> impl Strategy<Value = Vec<Row>> {
    let row = (option::weighted(0.9, people()), people(), any::<bool>(), vec(people(), 0..3)).prop_map(
        |(registered_by, other, restricted, shared_with)| Row { registered_by, other, restricted, shared_with },
    );
    vec(row, 1..10)
}

fn actors() -> impl Strategy<Value = Actor> {
    let sides = sample::subsequence(Side::ALL.to_vec(), 0..4);
    let delegations = sample::subsequence(Side::SIGNING.to_vec(), 0..2);
    let rarely = || prop::bool::weighted(0.1);
    (1..=PEOPLE, sides, delegations, any::<bool>(), rarely(), rarely()).prop_map(
        |(number, sides, delegations, administrator, read_only, system)| {
            if system {
                return Actor::system();
            }
            let delegations = delegations.into_iter().map(lent).collect();
            Actor { administrator, read_only, delegations, ..actor(number, &sides) }
        },
    )
}

async fn fill(rows: &[Row]) -> SqliteConnection {
    let mut db = SqliteConnection::connect("sqlite::memory:").await.unwrap();
    for table in [
        "create table contracts (id integer primary key, registered_by blob, other blob, restricted boolean not null)",
        "create table contract_people (contract integer not null, person blob not null)",
    ] {
        sqlx::query(table).execute(&mut db).await.unwrap();
    }
    for (id, row) in rows.iter().enumerate() {
        sqlx::query("insert into contracts (id, registered_by, other, restricted) values ($1, $2, $3, $4)")
            .bind(id as i64)
            .bind(row.registered_by.map(|person| person.0))
            .bind(row.other.0)
            .bind(row.restricted)
            .execute(&mut db)
            .await
            .unwrap();
        for person in &row.shared_with {
            sqlx::query("insert into contract_people (contract, person) values ($1, $2)")
                .bind(id as i64)
                .bind(person.0)
                .execute(&mut db)
                .await
                .unwrap();
        }
    }
    db
}

async fn found(db: &mut SqliteConnection, condition: &Condition) -> Vec<i64> {
    let mut sql = format!("select c.id from contracts c where {} order by c.id", condition.sql);
    for number in 0..condition.binds.len() {
        assert_eq!(sql.matches(&format!("{{{number}}}")).count(), 1, "{sql}");
        sql = sql.replace(&format!("{{{number}}}"), &format!("${}", number + 1));
    }
    assert!(!sql.contains('{'), "{sql}");
    let mut query = sqlx::query_scalar(AssertSqlSafe(sql));
    for bind in &condition.binds {
        query = match bind {
            Value::Uuid(id) => query.bind(*id),
            Value::Bool(yes) => query.bind(*yes),
            Value::Text(text) => query.bind(text.clone()),
            other => panic!("{other:?}"),
        };
    }
    query.fetch_all(db).await.unwrap()
}

fn check(policy: &Policy, actor: &Actor, rows: &[Row]) {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let mut db = runtime.block_on(fill(rows));
    let mut compare = |columns: &Columns, record: &dyn Fn(&Row) -> Option<Resource>| {
        for permission in permissions(policy, columns.kind) {
            let condition = policy.condition(actor, permission, columns);
            let listed = runtime.block_on(found(&mut db, &condition));
            for (id, row) in rows.iter().enumerate() {
                let Some(record) = record(row) else { continue };
                let allowed = policy.allows(actor, permission, &record);
                let is_listed = listed.contains(&(id as i64));
                assert_eq!(is_listed, allowed, "{permission:?} by {actor:?}\non {row:?}\n{}", condition.sql);
            }
        }
    };
    compare(&CONTRACTS, &|row| Some(contract(row.registered_by, row.restricted, &row.shared_with)));
    compare(&ENTRIES, &|row| Some(ledger_entry(row.registered_by.is_some(), row.restricted, &row.shared_with)));
    compare(&ACCOUNTS, &|row| row.registered_by.map(account));
    compare(&DELEGATIONS, &|row| row.registered_by.map(|from| delegation(from, row.other)));
    compare(&COLLECTION, &|_| Some(Resource::all("Playbook")));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_list_shows_what_the_decision_allows(actor in actors(), rows in rows()) {
        thread_local!(static POLICY: Policy = Policy::new().unwrap());
        POLICY.with(|policy| check(policy, &actor, &rows));
    }
}

#[test]
fn the_conditions_of_some_roles_read_as_meant() {
    let policy = Policy::new().unwrap();
    let read = Permission::new("readContract", "Contract");
    let sql = |actor: &Actor| policy.condition(actor, read, &CONTRACTS).sql;
    assert_eq!(sql(&actor(1, &[Side::Legal])), "1 = 1");
    assert_eq!(sql(&actor(1, &[Side::Vendor])), "1 = 0");
    let named = "exists (select 1 from contract_people p where p.contract = c.id and p.person = {1})";
    assert_eq!(sql(&actor(1, &[Side::Employee])).matches(named).count(), 1, "{}", sql(&actor(1, &[Side::Employee])));
    let condition = policy.condition(&actor(4, &[Side::Executive]), read, &CONTRACTS);
    assert!(condition.sql.starts_with("not ("), "{}", condition.sql);
    assert!(condition.binds.iter().all(|bind| *bind == Value::Uuid(Some(Uuid::from_u128(4)))));
}

#[test]
fn what_cannot_be_expressed_denies() {
    let policy = Policy::new().unwrap();
    let read = Permission::new("readContract", "Contract");
    let executive = actor(1, &[Side::Executive]);
    let nothing = Condition::nothing();
    let no_column = Columns { scalars: &[], ..CONTRACTS };
    assert_eq!(policy.condition(&executive, read, &no_column), nothing);
    let no_person = Columns { people: &[("shared_with", "1 = 1")], ..CONTRACTS };
    assert_eq!(policy.condition(&executive, read, &no_person), nothing);
    assert_eq!(policy.condition(&executive, read, &ENTRIES), nothing, "columns of another kind");
    assert_eq!(policy.condition(&executive, Permission::new("burnContract", "Contract"), &CONTRACTS), nothing);
}

/// `cargo test -p access --test lists -- --ignored --nocapture` prints what a question costs.
#[test]
#[ignore = "a measurement"]
fn what_it_costs() {
    let started = Instant::now();
    let policy = Policy::new().unwrap();
    let built = started.elapsed();
    let read = Permission::new("readContract", "Contract");
    let employee = actor(1, &[Side::Employee]);
    let record = contract(Some(person(2)), true, &[person(3), person(1)]);
    let each = |count: u32, ask: &dyn Fn()| {
        let started = Instant::now();
        (0..count).for_each(|_| ask());
        started.elapsed() / count
    };
    let first = each(1, &|| drop(policy.condition(&employee, read, &CONTRACTS)));
    let again = each(10_000, &|| drop(policy.condition(&employee, read, &CONTRACTS)));
    let allows = each(2_000, &|| assert!(policy.allows(&employee, read, &record)));
    eprintln!("built in {built:?}; decision {allows:?}; condition {first:?} first, {again:?} from then on");
}
