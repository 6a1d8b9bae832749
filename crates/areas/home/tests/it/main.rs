//! Today, on both engines.

#![allow(clippy::unwrap_used, reason = "tests say what must hold by panicking")]

use bytes::Bytes;
use contracts::{ContractFields, Contracts, Reader, contract};
use kernel::{Actor, Side};
use testkit::{Client, Engine, TestApp, both_engines};

async fn app(engine: Engine) -> TestApp {
    let areas: &testkit::Areas = &[
        ("files", files::MIGRATIONS),
        ("playbook", playbook::MIGRATIONS),
        ("contracts", contracts::MIGRATIONS),
        ("incidents", incidents::MIGRATIONS),
    ];
    let app = TestApp::new(engine, areas).await;
    db::transact!(app.store, &Actor::system(), |cx| playbook::ensure_default(cx).await).unwrap();
    app
}

fn client(app: &TestApp, who: &Actor) -> Client {
    let area = home::area(home::Home { store: app.store.clone() });
    Client::new(ui::inner(area.pages, ui::Nav::new("Acme", area.nav)), Some(who.clone()))
}

both_engines! {
    async fn each_side_sees_what_waits_for_it(app: &TestApp) {
        let counsel = app.actor("Lena Counsel", &[Side::Legal]);
        let ciso = app.actor("Sami Ciso", &[Side::Security]);
        let vendor = app.actor("Vera Vendor", &[Side::Vendor]);
        let empty = client(app, &counsel).get("/").await;
        assert_eq!(empty.status, 200);
        assert!(empty.text().contains("Nothing waits for you"));

        let fields = ContractFields {
            title: "Hosting <of> the shop".into(), us: "Acme".into(), counterparty: "Nimbus".into(), direction: "vendor".into(), kind: "saas".into(),
            our_role: "customer".into(), paper: "theirs".into(), data_classes: vec!["personal".into()], initiated_on: "2026-11-02".into(),
            ..ContractFields::default()
        };
        let id = db::transact!(app.store, &counsel, |cx| contract::register(cx, &fields).await).unwrap().id;
        let area = Contracts { store: app.store.clone(), files: files::Files::folder(&app.folder().join("files")).unwrap(), reader: Reader::Here, organisation: "Acme".into() };
        area.upload(&counsel, id, "a.md", Bytes::from_static(b"1. Confidentiality. Each party keeps the other's information secret."), "").await.unwrap();

        for who in [&counsel, &ciso] {
            let page = client(app, who).get("/").await.text();
            assert!(page.contains("Hosting &#60;of&#62; the shop"), "{page}");
            assert!(page.contains(&format!("/contracts/{id}/review")));
        }
        assert!(!client(app, &vendor).get("/").await.text().contains("Hosting"));
        db::transact!(app.store, &counsel, |cx| contract::restrict(cx, id, true, &[]).await).unwrap();
        let walled = client(app, &ciso).get("/").await.text();
        assert!(!walled.contains("Hosting") && !walled.contains("C-2026-0001"), "nothing of it behind the wall");
        assert!(walled.contains("Nothing waits for you"));
    }
}
