//! Rules and days off of the organisation's own.

use axum::http::StatusCode;
use db::transact;
use incidents::{own_law, take, view};
use kernel::{RefusalKind, Side};
use serde_json::json;

use crate::{
    pages::client_of,
    use_cases::{app, aware, counsel, fact, told},
};

const RULE: &str = include_str!("../own_rule.toml");

testkit::both_engines! {
    async fn an_own_rule_runs_beside_the_law(app: &TestApp) {
        let clara = counsel(app);
        let id = told(app, &clara).await;
        aware(app, &clara, id).await;
        let file = transact!(app.store, &clara, |cx| own_law::save(cx, None, "insurer", RULE, true).await).unwrap();
        let due = async |rule: &str| {
            let mut cx = app.store.read(&clara).await.unwrap();
            let view = view(&mut cx, id).await.unwrap();
            view.board.running.iter().find(|duty| duty.rule == rule).and_then(|duty| duty.due_there.clone())
        };
        assert_eq!(due("own-insurer/claims").await.as_deref(), Some("2026-11-25T14:20:00+01:00"));
        let mut cx = app.store.read(&clara).await.unwrap();
        assert_eq!(incidents::running(&mut cx, 5).await.unwrap()[0].next_rule, "own-insurer/claims", "lists follow at once");
        drop(cx);
        transact!(app.store, &clara, |cx| take(cx, id, "own-insurer/claims").await).unwrap();
        let moved = fact(app, &clara, id, "events.submitted.own-insurer/claims", json!({ "local": "2026-11-24T10:00", "zone": "Europe/Berlin" }), 0).await.unwrap();
        assert_eq!(moved, ["own-insurer/claims"]);
        assert_eq!(due("own-insurer/claims").await, None);
        // Set aside: its clock is gone, and kept with a mistake it is not.
        let refused = transact!(app.store, &clara, |cx| own_law::save(cx, Some((file, 1)), "insurer", &RULE.replace("hours = 48", "hours = 0"), true).await).unwrap_err();
        assert!(refused.fields[0].message.starts_with("insurer.toml:"), "{refused:?}");
        assert!(transact!(app.store, &clara, |cx| own_law::save(cx, Some((file, 7)), "insurer", RULE, false).await).is_err(), "stale");
        let double = transact!(app.store, &clara, |cx| own_law::save(cx, None, "insurer-2", RULE, true).await).unwrap_err();
        assert!(double.fields[0].message.contains("there is a rule `own-insurer/claims` already"), "{double:?}");
        transact!(app.store, &clara, |cx| own_law::save(cx, Some((file, 1)), "insurer", RULE, false).await).unwrap();
        let mut cx = app.store.read(&clara).await.unwrap();
        assert!(own_law::rules(&mut cx).await.unwrap().is_empty());
        assert_eq!(incidents::running(&mut cx, 5).await.unwrap()[0].next_rule, "eu-gdpr/authority");
    }

    async fn a_file_that_went_bad_is_told_on_every_incident(app: &TestApp) {
        let clara = counsel(app);
        let id = told(app, &clara).await;
        transact!(app.store, &clara, |cx| own_law::save(cx, None, "insurer", RULE, true).await).unwrap();
        let mut cx = app.store.write(&kernel::Actor::system()).await.unwrap();
        cx.unrecorded("a later program reads the file differently");
        cx.run("update own_rules set text = $1", vec![RULE.replace("claims\"", "claims\"\nsurprise = 1").into()]).await.unwrap();
        cx.commit().await.unwrap();
        let mut cx = app.store.read(&clara).await.unwrap();
        let view = view(&mut cx, id).await.unwrap();
        assert!(view.notes.iter().any(|note| note.contains("left out: insurer.toml:")), "{:?}", view.notes);
    }

    async fn an_announced_day_off_moves_every_incident(app: &TestApp) {
        let clara = counsel(app);
        let id = told(app, &clara).await;
        for (path, value) in [
            ("actor.roles", json!(["listed_company"])),
            ("actor.establishments", json!(["US-NY"])),
            ("events.material", json!({ "local": "2026-11-30T10:00", "zone": "America/New_York" })),
        ] {
            fact(app, &clara, id, path, value, 0).await.unwrap();
        }
        let dated = async || {
            let mut cx = app.store.read(&clara).await.unwrap();
            let view = view(&mut cx, id).await.unwrap();
            let found = view.board.running.iter().find(|duty| duty.rule.starts_with("us-sec-8k/")).unwrap();
            found.due_there.clone().unwrap()
        };
        let before = dated().await;
        let calendar = clocks::shipped().rules.iter().find(|rule| rule.name.starts_with("us-sec-8k/")).and_then(|rule| rule.calendar.clone()).unwrap();
        transact!(app.store, &clara, |cx| own_law::close(cx, &calendar, "2026-12-02", "day of mourning", "proclamation").await).unwrap();
        assert!(dated().await > before, "{} after {before}", dated().await);
        for (calendar, day, why, source, field) in [("moon", "2026-12-02", "x", "y", "calendar"), (calendar.as_str(), "2026-13-02", "x", "y", "day"), (calendar.as_str(), "2026-12-03", "", "y", "why"), (calendar.as_str(), "2026-12-03", "x", " ", "source"), (calendar.as_str(), "2026-12-02", "x", "y", "day")] {
            let refused = transact!(app.store, &clara, |cx| own_law::close(cx, calendar, day, why, source).await).unwrap_err();
            assert_eq!(refused.fields[0].field, field);
        }
        let mut cx = app.store.read(&clara).await.unwrap();
        let (_, days) = own_law::all(&mut cx).await.unwrap();
        drop(cx);
        transact!(app.store, &clara, |cx| own_law::reopen(cx, days[0].id).await).unwrap();
        assert_eq!(dated().await, before);
    }

    async fn five_hundred_clocks_on_one_incident_all_stand_on_the_board(app: &TestApp) {
        let clara = counsel(app);
        let id = told(app, &clara).await;
        let (head, duty) = RULE.split_once("[[duty]]").unwrap();
        let mut text = head.to_owned();
        for number in 1..=500 {
            let one = duty.replace("\"claims\"", &format!("\"claims-{number}\"")).replace("hours = 48", &format!("hours = {number}"));
            text.push_str("[[duty]]");
            text.push_str(&one.replace("\nnote = \"Later notice can cost the cover.\"", ""));
        }
        transact!(app.store, &clara, |cx| own_law::save(cx, None, "many", &text, true).await).unwrap();
        aware(app, &clara, id).await;
        let mut cx = app.store.read(&clara).await.unwrap();
        let view = view(&mut cx, id).await.unwrap();
        drop(cx);
        let own: Vec<_> = view.board.running.iter().filter(|duty| duty.rule.starts_with("own-")).collect();
        assert_eq!(own.len(), 500);
        assert!(own.is_sorted_by_key(|duty| duty.due), "the tightest first");
        assert_eq!(view.moves.iter().filter(|moved| moved.rule.starts_with("own-")).count(), 500, "and each start is kept");
        let client = client_of(app, &clara);
        let page = client.get(&format!("/incidents/{id}")).await.text();
        let calendar = client.get(&format!("/incidents/{id}/clocks.ics")).await.text();
        for number in [1, 250, 500] {
            assert!(page.contains(&format!("own-insurer/claims-{number}")));
            assert!(calendar.contains(&format!("own-insurer/claims-{number}@")));
        }
    }

    async fn pages_and_rights(app: &TestApp) {
        let clara = client_of(app, &counsel(app));
        assert!(clara.get("/incidents/rules/own").await.text().contains("No rules of our own"));
        assert!(clara.get("/incidents/rules/own/new").await.text().contains("own-example"));
        let refused = clara.form("/incidents/rules/own/new", &[("file", "insurer"), ("text", "regime = 1"), ("active", "yes")]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.text().contains("insurer.toml:1"), "{}", refused.text());
        let kept = clara.form("/incidents/rules/own/new", &[("file", "insurer"), ("text", RULE), ("active", "yes")]).await;
        assert_eq!(kept.status, StatusCode::SEE_OTHER);
        let page = clara.get("/incidents/rules/own").await.text();
        assert!(page.contains("insurer.toml") && page.contains("claims desk"));
        assert!(clara.get("/incidents/rules/own-insurer/claims").await.text().contains("Policy 2026-114"));
        let ivo = client_of(app, &app.actor("Ivo It", &[Side::It]));
        assert_eq!(ivo.get("/incidents/rules/own").await.status, StatusCode::OK);
        assert_eq!(ivo.get("/incidents/rules/own/new").await.status, StatusCode::FORBIDDEN);
        assert_eq!(ivo.form("/incidents/rules/own", &[]).await.status, StatusCode::FORBIDDEN);
        let vendor = app.actor("Vic Vendor", &[Side::Vendor]);
        assert_ne!(client_of(app, &vendor).get("/incidents/rules/own").await.status, StatusCode::OK);
        let refused = transact!(app.store, &vendor, |cx| own_law::save(cx, None, "x", RULE, true).await).unwrap_err();
        assert_eq!(refused.kind, RefusalKind::Forbidden);
    }
}
