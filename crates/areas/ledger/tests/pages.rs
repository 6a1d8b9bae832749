//! The pages and the endpoints, through the router.

#![allow(clippy::unwrap_used, reason = "tests say what must hold by panicking")]

use std::sync::Arc;

use axum::http::StatusCode;
use db::{Change, transact, walls};
use kernel::{Actor, Refusal, Side, Uuid};
use testkit::{Client, Engine, TestApp};
use trail::{Keys, Subject};

const SUBJECTS: &[Subject] = &[Subject { kind: "contract", label: "Contracts", path: "/contracts/" }];

async fn app(engine: Engine) -> TestApp {
    TestApp::new(engine, &[]).await
}

fn keys() -> Arc<Keys> {
    let secret = trail::new_key_text([7; 32], "ledger.example").unwrap();
    Arc::new(trail::keys_from_text(&secret, "").unwrap())
}

fn client(app: &TestApp, actor: Actor) -> Client {
    let area = trail::area(app.store.clone(), keys(), SUBJECTS);
    let (api, _) = area.api.split_for_parts();
    Client::new(ui::inner(area.pages.merge(api), ui::Nav::new("Acme", area.nav)), Some(actor))
}

fn legal(app: &TestApp) -> Client {
    client(app, app.actor("Clara Counsel", &[Side::Legal]))
}

fn security(app: &TestApp) -> Client {
    client(app, app.actor("Sam Security", &[Side::Security]))
}

/// Entry 1 behind a wall, then as many open ones as asked for.
async fn set_up(app: &TestApp, open: usize) {
    let counsel = app.actor("Clara Counsel", &[Side::Legal]);
    let wall = Uuid::from_u128(42);
    transact!(app.store, &counsel, |cx| {
        cx.record(
            Change::new("contract.restricted", "contract", wall, "put project Nightjar behind a wall").behind(wall),
        );
        walls::raise(cx, wall, true).await
    })
    .unwrap();
    for number in 0..open {
        transact!(app.store, &counsel, |cx| {
            let change = Change::new("contract.edited", "contract", "c7", format!("renamed <contract> {number}"));
            cx.record(
                change
                    .before(serde_json::json!({ "title": "Old" }))
                    .after(serde_json::json!({ "title": "New & <i>better</i>" })),
            );
            Ok::<_, Refusal>(())
        })
        .unwrap();
    }
}

testkit::both_engines! {
    async fn the_list_pages_and_filters_and_hides_what_is_walled(app: &TestApp) {
        set_up(app, 60).await;
        let first = security(app).get("/ledger").await;
        assert_eq!(first.status, StatusCode::OK, "{}", first.text());
        let text = first.text();
        assert!(text.contains("Renamed &#60;contract&#62; 59") && !text.contains("contract&#62; 9<"), "{text}");
        assert!(text.contains("href=\"/contracts/c7\""), "{text}");
        assert!(!text.contains("/ledger/export"), "Security may not export");
        assert!(legal(app).get("/ledger").await.text().contains("/ledger/export"));
        let next = text.split("rel=\"next\" href=\"").nth(1).unwrap().split('"').next().unwrap().replace("&#38;", "&");
        assert_eq!(next, "/ledger?before=12");
        let second = security(app).get(&next).await.text();
        assert!(second.contains("contract&#62; 9<") && !second.contains("Nightjar"), "{second}");
        assert!(legal(app).get(&next).await.text().contains("Nightjar"));
        assert!(security(app).get("/ledger?q=nightjar").await.text().contains("Nothing fits"));
        assert!(security(app).get("/ledger?from=soon").await.text().contains("is not a date"));
        assert_eq!(client(app, app.actor("Nora", &[Side::Employee])).get("/ledger").await.status, StatusCode::FORBIDDEN);
    }

    async fn an_entry_shows_what_changed_and_its_place(app: &TestApp) {
        set_up(app, 1).await;
        let text = security(app).get("/ledger/2").await.text();
        for part in ["Clara Counsel renamed", "<del>Old</del>", "New &#38; &#60;i&#62;better", "Chained, and sealed by the next checkpoint"] {
            assert!(text.contains(part), "{part}\n{text}");
        }
        assert_eq!(security(app).get("/ledger/1").await.status, StatusCode::NOT_FOUND);
        assert_eq!(legal(app).get("/ledger/1").await.status, StatusCode::OK);
        for path in ["/ledger/3", "/ledger/-1", "/ledger/x", "/ledger/99999999999999999999"] {
            assert_eq!(legal(app).get(path).await.status, StatusCode::NOT_FOUND, "{path}");
        }
    }

    async fn the_ledger_is_signed_and_verified_on_the_page(app: &TestApp) {
        set_up(app, 2).await;
        assert_eq!(security(app).form("/ledger/checkpoint", &[]).await.status, StatusCode::FORBIDDEN);
        assert_eq!(legal(app).form("/ledger/checkpoint", &[]).await.status, StatusCode::SEE_OTHER);
        let page = legal(app).get("/ledger/verify").await.text();
        assert!(page.contains("ledger.example\n3\n") && page.contains("— ledger.example "), "{page}");
        let intact = security(app).form("/ledger/verify", &[]).await.text();
        assert!(intact.contains("Intact") && intact.contains("No entry was edited"), "{intact}");
        transact!(app.store, &Actor::system(), |cx| {
            cx.unrecorded("this is the attack");
            cx.run("update ledger_entries set summary = 'x' where seq = 2", vec![]).await
        })
        .unwrap();
        let broken = security(app).form("/ledger/verify", &[]).await.text();
        assert!(broken.contains("Not intact") && broken.contains("entry 2 was edited"), "{broken}");
        assert_eq!(client(app, app.actor("Nora", &[Side::Employee])).form("/ledger/verify", &[]).await.status, StatusCode::FORBIDDEN);
    }

    async fn the_endpoints_do_the_same(app: &TestApp) {
        set_up(app, 3).await;
        let page = security(app).get("/api/v1/ledger?limit=2").await.json();
        assert_eq!(page["items"][0]["seq"], 4);
        let rest = security(app).get(&format!("/api/v1/ledger?limit=2&cursor={}", page["next"].as_str().unwrap())).await.json();
        assert_eq!((rest["items"].as_array().unwrap().len(), &rest["next"]), (1, &serde_json::Value::Null));
        let one = security(app).get("/api/v1/ledger/2").await.json();
        assert_eq!(one["detail"]["before"]["title"], "Old");
        assert_eq!(security(app).get("/api/v1/ledger/1").await.status, StatusCode::NOT_FOUND);
        assert_eq!(security(app).get("/api/v1/ledger?limit=0").await.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(security(app).get("/api/v1/ledger/export").await.status, StatusCode::FORBIDDEN);

        let export = legal(app).get("/api/v1/ledger/export").await;
        assert_eq!(export.header("content-type"), Some("application/jsonl; charset=utf-8"));
        let report = ledger::verify_export(export.body.as_slice(), keys().trusted(), Vec::<String>::new());
        assert!(report.is_intact() && report.entries == 5 && report.proven_to == 5, "{report:?}");
        let page_export = legal(app).get("/ledger/export?from=2026-11-20&to=2026-11-22").await;
        assert!(page_export.header("content-disposition").unwrap().starts_with("attachment; filename=\"ledger-2026-11-21"));
        assert!(ledger::verify_export(page_export.body.as_slice(), keys().trusted(), Vec::<String>::new()).is_intact());
        let checkpoints = security(app).get("/api/v1/ledger/checkpoints").await.json();
        assert_eq!((checkpoints[0]["size"].as_i64(), checkpoints[0]["signer"].as_str()), (Some(6), Some("ledger.example")));
        let nobody = client(app, app.actor("Nora", &[Side::Employee]));
        for path in ["/api/v1/ledger", "/api/v1/ledger/export", "/api/v1/ledger/checkpoints"] {
            assert_eq!(nobody.get(path).await.status, StatusCode::FORBIDDEN, "{path}");
        }
    }
}
