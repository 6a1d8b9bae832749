//! The list takes the index that its filter asks for, and the newest entries without sorting, on both engines.

use db::{Change, transact};
use kernel::{PersonId, Refusal, Side};
use testkit::{Engine, TestApp};

use crate::{Filter, READ, store};

async fn fill(app: &TestApp) {
    for number in 0..60 {
        let actor = app.actor(&format!("Person {}", number % 7), &[Side::Legal]);
        transact!(app.store, &actor, |cx| {
            cx.record(Change::new("contract.registered", "contract", format!("s{}", number % 7), "registered"));
            Ok::<_, Refusal>(())
        })
        .unwrap();
    }
}

async fn check(app: &TestApp, filter: Filter, index: &str) {
    // Security is the side for which the policy leaves a condition on each row.
    let reader = app.actor("Sam Security", &[Side::Security]);
    let allowed = app.store.read(&reader).await.unwrap().condition(READ, &store::COLUMNS);
    assert!(allowed.sql.contains("walls"), "{}", allowed.sql);
    let plan = app.plan(store::list_statement(&filter, allowed, 51)).await;
    assert!(index.split('|').any(|index| plan.contains(index)), "{filter:?}\n{plan}");
    assert!(!plan.contains("Sort") && !plan.contains("TEMP B-TREE"), "{filter:?}\n{plan}");
}

async fn check_all(app: &TestApp, by_position: &str) {
    fill(app).await;
    let person = PersonId(app.actor("Person 3", &[]).person.0);
    check(app, Filter::default(), by_position).await;
    check(app, Filter { before_seq: Some(50), ..Filter::default() }, by_position).await;
    check(app, Filter { actor: Some(person), ..Filter::default() }, "ledger_entries_actor").await;
    let record =
        Filter { subject_kind: Some("contract".to_owned()), subject_id: Some("s3".to_owned()), ..Filter::default() };
    check(app, record, "ledger_entries_subject").await;
}

#[tokio::test]
async fn sqlite() {
    let app = TestApp::new(Engine::Sqlite, &[]).await;
    check_all(&app, "SCAN e|SEARCH e USING INTEGER PRIMARY KEY").await;
    app.done().await;
}

#[tokio::test]
async fn postgres() {
    let app = TestApp::new(Engine::Postgres, &[]).await;
    check_all(&app, "ledger_entries_pkey").await;
    app.done().await;
}
