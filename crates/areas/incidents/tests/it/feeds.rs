//! The calendar under a secret address.

use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use db::transact;
use kernel::{Actor, RefusalKind, Side, Via};
use serde_json::json;
use testkit::Client;

use crate::{
    pages::router,
    reminders::{change, hire},
    use_cases::{app, aware, fact, hosting, told},
};

/// Makes an address on the page, and gives its path.
async fn made(client: &Client) -> String {
    let page = client.form("/incidents/feed", &[]).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text());
    let text = page.text();
    let at = text
        .find("/incidents/feed/")
        .and_then(|_| text.find("value=\"https://countersign.example/incidents/feed/"))
        .unwrap();
    let rest = &text[at + "value=\"https://countersign.example".len()..];
    rest.split_once('"').unwrap().0.to_owned()
}

testkit::both_engines! {
    async fn a_calendar_needs_no_session_and_says_nothing_of_what_happened(app: &TestApp) {
        let clara_is = hire(app, "Clara Counsel", &[Side::Legal]).await;
        let clara = Client::new(router(app), Some(clara_is.clone()));
        assert!(clara.get("/incidents/feed").await.text().contains("No address yet"));
        let path = made(&clara).await;
        assert!(path.ends_with(".ics") && path.len() > 55, "{path}");
        let id = told(app, &clara_is).await;
        aware(app, &clara_is, id).await;
        let exercise = told(app, &clara_is).await;
        aware(app, &clara_is, exercise).await;
        change(app, "update incidents set exercise = $2 where id = $1", vec![exercise.into(), kernel::Uuid::from_u128(5).into()]).await;
        let closed = told(app, &clara_is).await;
        aware(app, &clara_is, closed).await;
        change(app, "update incidents set state = 'closed' where id = $1", vec![closed.into()]).await;
        let nobody = Client::new(router(app), None);
        let feed = nobody.get(&path).await;
        assert_eq!((feed.status, feed.header("content-type")), (StatusCode::OK, Some("text/calendar; charset=utf-8")));
        assert_eq!(feed.header("cache-control"), Some("private, max-age=300"));
        let text = feed.text().replace("\r\n ", "");
        assert!(text.contains("DUE:20261126T132000Z") && text.contains(&format!("UID:eu-gdpr/authority@{id}")), "{text}");
        assert!(text.contains("SUMMARY:Incident 1") && !text.contains("Incident 2") && !text.contains("Incident 3"), "{text}");
        for hidden in ["Laptop", "train", "Lyon", "service desk", "Clara"] {
            assert!(!text.contains(hidden), "{hidden}: {text}");
        }
        // The same clocks are the same calendar.
        app.world.advance_seconds(7200);
        let etag = feed.header("etag").unwrap().to_owned();
        let same = nobody.send(Request::get(&path).header("if-none-match", format!("W/{etag}, \"x\"")).body(Body::empty()).unwrap()).await;
        assert_eq!((same.status, same.body.len()), (StatusCode::NOT_MODIFIED, 0));
        fact(app, &clara_is, id, "events.aware", json!({ "local": "2026-11-23T09:20", "zone": "Europe/Paris" }), 1).await.unwrap();
        let moved = nobody.send(Request::get(&path).header("if-none-match", etag).body(Body::empty()).unwrap()).await;
        assert_eq!(moved.status, StatusCode::OK);
        assert!(moved.text().contains("DUE:20261126T082000Z") && moved.text().contains("SEQUENCE:2"), "{}", moved.text());
        assert!(clara.get("/incidents/feed").await.text().contains("read 21 Nov 2026, 11:00"));
    }

    async fn a_contracts_clock_has_no_name_in_it(app: &TestApp) {
        let clara_is = hire(app, "Clara Counsel", &[Side::Legal]).await;
        let clara = Client::new(router(app), Some(clara_is.clone()));
        let text = "# Hosting\n\n1. Security Incidents. Nimbus Inc. shall notify Acme GmbH of any security breach affecting Customer Data within seventy-two (72) hours after becoming aware of it.\n";
        let contract = hosting(app, &clara_is, text).await;
        let id = told(app, &clara_is).await;
        fact(app, &clara_is, id, &format!("contracts.{}", contract.id), json!(true), 0).await.unwrap();
        let feed = Client::new(router(app), None).get(&made(&clara).await).await.text().replace("\r\n ", "");
        assert!(feed.contains("SUMMARY:Incident 1: a contract's clock") && feed.contains("DUE:20261126T070000Z"), "{feed}");
        let one = clara.get(&format!("/incidents/{id}/clocks.ics")).await.text().replace("\r\n ", "");
        for text in [&feed, &one] {
            for hidden in ["Nimbus", "Acme", contract.reference.as_str(), contract.reference.to_lowercase().as_str(), "72"] {
                assert!(!text.contains(hidden), "{hidden}: {text}");
            }
        }
    }

    async fn whoever_may_not_finds_the_same_nothing(app: &TestApp) {
        let clara_is = hire(app, "Clara Counsel", &[Side::Legal]).await;
        let sam_is = hire(app, "Sam Security", &[Side::Security]).await;
        let (clara, sam) = (Client::new(router(app), Some(clara_is.clone())), Client::new(router(app), Some(sam_is.clone())));
        let id = told(app, &clara_is).await;
        aware(app, &clara_is, id).await;
        let nobody = Client::new(router(app), None);
        let unknown = nobody.get("/incidents/feed/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA.ics").await;
        assert_eq!(unknown.status, StatusCode::NOT_FOUND);
        let nothing = async |path: &str| {
            let answer = nobody.get(path).await;
            assert_eq!((answer.status, answer.text()), (unknown.status, unknown.text()), "{path}");
        };
        let (of_clara, of_sam) = (made(&clara).await, made(&sam).await);
        assert_eq!(nobody.get(&of_sam).await.status, StatusCode::OK);
        nothing(of_sam.trim_end_matches(".ics")).await;
        nothing(&format!("/incidents/feed/{}.ics", "x".repeat(3000))).await;
        nothing("/incidents/feed/.ics").await;
        // Sides and accounts count as they are on the day.
        change(app, "update person_sides set side = 'employee' where person = $1", vec![sam_is.person.into()]).await;
        nothing(&of_sam).await;
        change(app, "update person_sides set side = 'security' where person = $1", vec![sam_is.person.into()]).await;
        assert_eq!(nobody.get(&of_sam).await.status, StatusCode::OK);
        change(app, "update people set access_until = '2026-11-20' where id = $1", vec![sam_is.person.into()]).await;
        nothing(&of_sam).await;
        change(app, "update people set active = false where id = $1", vec![clara_is.person.into()]).await;
        nothing(&of_clara).await;
        change(app, "update people set active = true where id = $1", vec![clara_is.person.into()]).await;
        // Revoked by its person alone.
        let page = clara.get("/incidents/feed").await.text();
        let (_, rest) = page.split_once("action=\"/incidents/feed/").unwrap();
        let revoke = format!("/incidents/feed/{}", rest.split_once('"').unwrap().0);
        assert_eq!(sam.form(&revoke, &[]).await.status, StatusCode::NOT_FOUND);
        assert_eq!(nobody.get(&of_clara).await.status, StatusCode::OK);
        assert_eq!(clara.form(&revoke, &[]).await.status, StatusCode::SEE_OTHER);
        assert_eq!(clara.form(&revoke, &[]).await.status, StatusCode::NOT_FOUND);
        nothing(&of_clara).await;
        let emil = Client::new(router(app), Some(app.actor("Emil Employee", &[Side::Employee])));
        assert_eq!(emil.get("/incidents/feed").await.status, StatusCode::FORBIDDEN);
        assert_eq!(emil.form("/incidents/feed", &[]).await.status, StatusCode::FORBIDDEN);
    }

    async fn addresses_are_few_and_no_token_makes_one(app: &TestApp) {
        let clara = hire(app, "Clara Counsel", &[Side::Legal]).await;
        for _ in 0..10 {
            transact!(app.store, &clara, |cx| incidents::make_feed(cx).await).unwrap();
        }
        let refused = transact!(app.store, &clara, |cx| incidents::make_feed(cx).await).unwrap_err();
        assert_eq!(refused.kind, RefusalKind::Conflict);
        let sam = hire(app, "Sam Security", &[Side::Security]).await;
        for token in [Actor { via: Via::Token, ..sam.clone() }, Actor { read_only: true, ..sam.clone() }] {
            let refused = transact!(app.store, &token, |cx| incidents::make_feed(cx).await).unwrap_err();
            assert_eq!(refused.kind, RefusalKind::Forbidden);
        }
        let mut cx = app.store.read(&Actor::system()).await.unwrap();
        let kept = cx.all("select sha256 from incident_feeds", vec![]).await.unwrap();
        assert!(kept.iter().all(|row| row.get::<Vec<u8>>("sha256").unwrap().len() == 32));
        let entries = db::ledger_store::entries_after(&mut cx, 1, 50).await.unwrap();
        assert_eq!(entries.iter().filter(|stored| stored.entry.action == "incident_feed.made").count(), 10);
    }
}
