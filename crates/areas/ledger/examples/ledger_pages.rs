//! The pages of the ledger, to look at: `cargo run -p trail -p unify --example ledger_pages`, then the address it prints.

use std::sync::Arc;

use axum::{
    extract::Request,
    middleware::{Next, from_fn},
};
use db::{Change, transact, walls};
use kernel::{Refusal, Side, Uuid};
use testkit::{Engine, TestApp};
use trail::Subject;

const SUBJECTS: &[Subject] = &[
    Subject { kind: "contract", label: "Contracts", path: "/contracts/" },
    Subject { kind: "playbook", label: "Playbook", path: "/playbook/" },
    Subject { kind: "person", label: "People", path: "" },
];

#[tokio::main]
async fn main() {
    let app = TestApp::new(Engine::Sqlite, &[]).await;
    let keys = trail::new_key_text([7; 32], "ledger.meridian.example")
        .and_then(|secret| trail::keys_from_text(&secret, ""))
        .expect("a key");
    let keys = Arc::new(keys);
    let people =
        [("Clara Counsel", Side::Legal), ("Sam Security", Side::Security), ("Carl Compliance", Side::Compliance)];
    let wall = Uuid::from_u128(42);
    for number in 0..70 {
        let (name, side) = people[number % 3];
        transact!(app.store, &app.actor(name, &[side]), |cx| {
            let change = match number % 4 {
                0 => Change::new("contract.registered", "contract", format!("c{number}"), format!("registered the contract `Northwind SaaS {number}`"))
                    .after(serde_json::json!({ "title": format!("Northwind SaaS {number}"), "kind": "saas", "role": "customer", "expiry": "2027-11-30", "data": ["personal", "business"] })),
                1 => Change::new("contract.edited", "contract", format!("c{number}"), "changed the expiry date of `Halden DPA`")
                    .before(serde_json::json!({ "title": "Halden DPA", "expiry": "2026-12-31" }))
                    .after(serde_json::json!({ "title": "Halden DPA", "expiry": "2027-06-30" })),
                2 => Change::new("contract.signed", "contract", format!("c{number}"), format!("approved `Northwind SaaS` for {}", side.label())).side(side),
                _ => Change::new("playbook.position_changed", "playbook", "p1", "changed the position on Breach notification in the playbook `Default`").behind(wall),
            };
            cx.record(change);
            walls::raise(cx, wall, false).await
        })
        .expect("an entry");
        app.world.advance_seconds(4_321);
        if number == 50 {
            trail::checkpoint(&app.store, &keys).await.expect("a checkpoint");
        }
    }
    transact!(app.store, &app.administrator("Anna Admin"), |cx| {
        cx.record(Change::new("person.invited", "person", "x", "invited `otto@meridian.example` as an auditor"));
        Ok::<_, Refusal>(())
    })
    .expect("an entry");
    let area = trail::area(app.store.clone(), keys, SUBJECTS);
    let routes = ui::inner(area.pages.merge(ui::routes()), ui::Nav::new("Meridian Works", area.nav));
    let reader = app.actor("Clara Counsel", &[Side::Legal]);
    let routes = routes.layer(from_fn(move |mut request: Request, next: Next| {
        request.extensions_mut().insert(reader.clone());
        next.run(request)
    }));
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 4312)).await.expect("a port");
    eprintln!("http://{}/ledger", listener.local_addr().expect("an address"));
    axum::serve(listener, routes).await.expect("serves");
}
