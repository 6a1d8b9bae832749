//! Each list takes an index and sorts nothing, on both engines.

use kernel::{Actor, Side};
use testkit::{Engine, TestApp};

use crate::{
    ContractFields, ListFilter, Sort, Status, contract,
    obligations::ObligationFilter,
    store::{contracts, reviews},
};

async fn check(engine: Engine) {
    let areas: &testkit::Areas =
        &[("files", files::MIGRATIONS), ("playbook", playbook::MIGRATIONS), ("contracts", crate::MIGRATIONS)];
    let app = TestApp::new(engine, areas).await;
    db::transact!(app.store, &Actor::system(), |cx| playbook::ensure_default(cx).await).unwrap();
    // Security is a side for which the policy leaves a condition on each row.
    let ciso = app.actor("Sami Ciso", &[Side::Security]);
    for number in 0..40 {
        let fields = ContractFields {
            title: format!("Contract {number}"),
            us: "Acme".into(),
            counterparty: "Nimbus".into(),
            direction: "vendor".into(),
            kind: "saas".into(),
            our_role: "customer".into(),
            paper: "theirs".into(),
            data_classes: vec!["none".into()],
            initiated_on: "2026-11-02".into(),
            expires_on: format!("2027-01-{:02}", number % 28 + 1),
            notice_days: "30".into(),
            ..ContractFields::default()
        };
        db::transact!(app.store, &ciso, |cx| contract::register(cx, &fields).await).unwrap();
    }
    let cx = app.store.read(&ciso).await.unwrap();
    let cursor = || Some(kernel::Cursor { key: "1".into(), id: kernel::Uuid::nil() });
    let plain = ListFilter { limit: 50, ..ListFilter::default() };
    let lists = [
        (plain.clone(), "contracts_updated"),
        (ListFilter { cursor: cursor(), ..plain.clone() }, "contracts_updated"),
        (ListFilter { sort: Sort::Title, cursor: cursor(), ..plain.clone() }, "contracts_title"),
        (ListFilter { sort: Sort::Notice, cursor: cursor(), ..plain.clone() }, "contracts_notice"),
        (ListFilter { sort: Sort::Expiry, cursor: cursor(), ..plain.clone() }, "contracts_expiry"),
        (ListFilter { status: Some(Status::Active), ..plain.clone() }, "contracts_status"),
        (ListFilter { registered_by: Some(ciso.person), ..plain.clone() }, "contracts_registered"),
        (ListFilter { waits_for: Some(Side::Legal), ..plain.clone() }, "contracts_waits_legal"),
    ];
    for (filter, index) in lists {
        let plan = app.plan(contracts::list_statement(&cx, &filter).unwrap()).await;
        assert!(plan.contains(index), "{filter:?} does not take {index}:\n{plan}");
        assert!(!plan.contains("Sort") && !plan.contains("TEMP B-TREE"), "{filter:?} sorts:\n{plan}");
    }
    let obligations = [
        (ObligationFilter { limit: 50, ..Default::default() }, "contract_obligations_live"),
        (
            ObligationFilter { limit: 50, topic: Some(clauses::Topic::Insurance), ..Default::default() },
            "contract_obligations_topic",
        ),
    ];
    for (filter, index) in obligations {
        let plan = app.plan(reviews::obligations_statement(&cx, &filter).unwrap()).await;
        assert!(plan.contains(index), "{filter:?} does not take {index}:\n{plan}");
        assert!(!plan.contains("Sort") && !plan.contains("TEMP B-TREE"), "{filter:?} sorts:\n{plan}");
    }
    drop(cx);
    app.done().await;
}

#[tokio::test]
async fn sqlite() {
    check(Engine::Sqlite).await;
}

#[tokio::test]
async fn postgres() {
    check(Engine::Postgres).await;
}
