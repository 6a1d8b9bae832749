//! List and decision never disagree: for random people and records, the rows that a condition finds in a real database,
//! of either engine, are those that the policy allows one by one.

#![allow(clippy::unwrap_used, reason = "tests say what must hold by panicking")]

#[allow(dead_code, reason = "some records only the matrix asks about")]
mod common;

use std::{cell::RefCell, time::Instant};

use access::Policy;
use common::{
    account, actor, contract, counsel_track, delegation, exercise, exercised, incident_action, incident_hold,
    ledger_entry, lent, notice, permissions, person,
};
use kernel::{Actor, Authority, Columns, Condition, Permission, PersonId, Resource, Side, Uuid, Value};
use proptest::{collection::vec, option, prelude::*, sample};
use sqlx::{AssertSqlSafe, Connection, PgConnection, SqliteConnection};
use tokio::runtime::Runtime;

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
        ("privileged", "1 = 0"),
    ],
    people: &[("shared_with", "c.id in (select contract from contract_people where person = {person})")],
};

/// The counsel who directs the work counts among the people named.
const TRACKS: Columns = Columns {
    kind: "CounselTrack",
    scalars: &[("directed_by", "c.registered_by")],
    people: &[(
        "shared_with",
        "exists (select 1 from contract_people p where p.contract = c.id and p.person = {person})",
    )],
};

/// The people named play in the rows with a wall, and watch in the others.
const INCIDENTS: Columns = Columns {
    kind: "Incident",
    scalars: &[("reported_by", "c.registered_by")],
    people: &[
        (
            "participants",
            "exists (select 1 from contract_people p where p.contract = c.id and p.person = {person} and c.restricted)",
        ),
        (
            "observers",
            "exists (select 1 from contract_people p where p.contract = c.id and p.person = {person} and not c.restricted)",
        ),
    ],
};

const EXERCISES: Columns = Columns {
    kind: "Exercise",
    scalars: &[("facilitator", "c.other")],
    people: &[(
        "participants",
        "exists (select 1 from contract_people p where p.contract = c.id and p.person = {person})",
    )],
};

const ACCOUNTS: Columns = Columns { kind: "Account", scalars: &[("person", "c.registered_by")], people: &[] };

const NOTICES: Columns = Columns { kind: "Notice", scalars: &[("person", "c.registered_by")], people: &[] };

const DELEGATIONS: Columns = Columns {
    kind: "Delegation",
    scalars: &[("from_person", "c.registered_by"), ("to_person", "c.other")],
    people: &[],
};

const ACTIONS: Columns = Columns { kind: "IncidentAction", scalars: &[("owner", "c.registered_by")], people: &[] };

const HOLDS: Columns = Columns { kind: "IncidentHold", scalars: &[("custodian", "c.registered_by")], people: &[] };

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

/// One connection to either engine, with tables that nobody else sees.
enum Db {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

/// `$work` with the connection of the engine at hand as `$connection`: both have the same methods and different types.
macro_rules! on_engine {
    ($db:expr, $connection:ident => $work:expr) => {
        match $db {
            Db::Sqlite($connection) => $work,
            Db::Postgres($connection) => $work,
        }
    };
}

/// A query with each value bound as its own type.
macro_rules! bound {
    ($query:expr, $binds:expr) => {{
        let mut query = $query;
        for bind in $binds {
            query = match bind {
                Value::Int(number) => query.bind(*number),
                Value::Uuid(id) => query.bind(*id),
                Value::Bool(yes) => query.bind(*yes),
                Value::Text(text) => query.bind(text.clone()),
                other => panic!("{other:?}"),
            };
        }
        query
    }};
}

impl Db {
    async fn sqlite() -> Db {
        Db::Sqlite(SqliteConnection::connect("sqlite::memory:").await.unwrap())
    }

    async fn postgres() -> Db {
        let address = std::env::var("COUNTERSIGN_TEST_POSTGRES")
            .expect("COUNTERSIGN_TEST_POSTGRES names a PostgreSQL for the tests; `cargo xtask test` starts one");
        Db::Postgres(PgConnection::connect(&address).await.unwrap())
    }

    async fn run(&mut self, sql: &str, binds: &[Value]) {
        let sql = AssertSqlSafe(sql.to_owned());
        on_engine!(self, connection => {
            bound!(sqlx::query(sql), binds).execute(connection).await.unwrap();
        });
    }

    async fn ids(&mut self, sql: String, binds: &[Value]) -> Vec<i64> {
        let sql = AssertSqlSafe(sql);
        on_engine!(self, connection => bound!(sqlx::query_scalar(sql), binds).fetch_all(connection).await.unwrap())
    }

    async fn fill(&mut self, rows: &[Row]) {
        let uuid = match self {
            Db::Sqlite(_) => "blob",
            Db::Postgres(_) => "uuid",
        };
        self.run("drop table if exists contracts", &[]).await;
        self.run("drop table if exists contract_people", &[]).await;
        let contracts =
            format!("id bigint primary key, registered_by {uuid}, other {uuid}, restricted boolean not null");
        self.run(&format!("create temporary table contracts ({contracts})"), &[]).await;
        let people = format!("contract bigint not null, person {uuid} not null");
        self.run(&format!("create temporary table contract_people ({people})"), &[]).await;
        for (id, row) in rows.iter().enumerate() {
            let id = Value::Int(Some(id as i64));
            let values = [
                id.clone(),
                Value::Uuid(row.registered_by.map(|person| person.0)),
                Value::Uuid(Some(row.other.0)),
                Value::Bool(Some(row.restricted)),
            ];
            self.run("insert into contracts (id, registered_by, other, restricted) values ($1, $2, $3, $4)", &values)
                .await;
            for person in &row.shared_with {
                let values = [id.clone(), Value::Uuid(Some(person.0))];
                self.run("insert into contract_people (contract, person) values ($1, $2)", &values).await;
            }
        }
    }

    async fn found(&mut self, condition: &Condition) -> Vec<i64> {
        let mut sql = format!("select c.id from contracts c where {} order by c.id", condition.sql);
        for number in 0..condition.binds.len() {
            assert_eq!(sql.matches(&format!("{{{number}}}")).count(), 1, "{sql}");
            sql = sql.replace(&format!("{{{number}}}"), &format!("${}", number + 1));
        }
        assert!(!sql.contains('{'), "{sql}");
        self.ids(sql, &condition.binds).await
    }
}

/// What one test thread keeps for its cases.
struct Bench {
    policy: Policy,
    runtime: Runtime,
    db: Db,
}

impl Bench {
    fn new(db: impl AsyncFnOnce() -> Db) -> RefCell<Bench> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let db = runtime.block_on(db());
        RefCell::new(Bench { policy: Policy::new().unwrap(), runtime, db })
    }
}

fn check(bench: &mut Bench, actor: &Actor, rows: &[Row]) {
    let Bench { policy, runtime, db } = bench;
    runtime.block_on(db.fill(rows));
    let mut compare = |columns: &Columns, record: &dyn Fn(&Row) -> Option<Resource>| {
        for permission in permissions(policy, columns.kind) {
            let condition = policy.condition(actor, permission, columns);
            let listed = runtime.block_on(db.found(&condition));
            for (id, row) in rows.iter().enumerate() {
                let Some(record) = record(row) else { continue };
                let allowed = policy.allows(actor, permission, &record);
                let is_listed = listed.contains(&(id as i64));
                let answered = policy.by_the_engine(actor, permission, &record);
                assert_eq!(answered, allowed, "the engine on {permission:?} by {actor:?}\non {row:?}");
                assert_eq!(is_listed, allowed, "{permission:?} by {actor:?}\non {row:?}\n{}", condition.sql);
            }
        }
    };
    compare(&CONTRACTS, &|row| Some(contract(row.registered_by, row.restricted, &row.shared_with)));
    compare(&TRACKS, &|row| Some(counsel_track(row.registered_by, &row.shared_with)));
    compare(&ENTRIES, &|row| Some(ledger_entry(row.registered_by.is_some(), row.restricted, &row.shared_with)));
    compare(&INCIDENTS, &|row| {
        let (playing, watching) = if row.restricted {
            (row.shared_with.as_slice(), [].as_slice())
        } else {
            ([].as_slice(), row.shared_with.as_slice())
        };
        Some(exercised(row.registered_by, playing, watching))
    });
    compare(&EXERCISES, &|row| Some(exercise(row.other, &row.shared_with)));
    compare(&ACCOUNTS, &|row| row.registered_by.map(account));
    compare(&DELEGATIONS, &|row| row.registered_by.map(|from| delegation(from, row.other)));
    compare(&NOTICES, &|row| row.registered_by.map(notice));
    compare(&ACTIONS, &|row| row.registered_by.map(incident_action));
    compare(&HOLDS, &|row| row.registered_by.map(incident_hold));
    compare(&COLLECTION, &|_| Some(Resource::all("Playbook")));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_list_shows_what_the_decision_allows_on_sqlite(actor in actors(), rows in rows()) {
        thread_local!(static BENCH: RefCell<Bench> = Bench::new(Db::sqlite));
        BENCH.with_borrow_mut(|bench| check(bench, &actor, &rows));
    }

    #[test]
    fn a_list_shows_what_the_decision_allows_on_postgresql(actor in actors(), rows in rows()) {
        thread_local!(static BENCH: RefCell<Bench> = Bench::new(Db::postgres));
        BENCH.with_borrow_mut(|bench| check(bench, &actor, &rows));
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
