//! The pages and the endpoints, through the router.

use axum::{Router, http::StatusCode};
use kernel::{Actor, Side};
use testkit::{Client, TestApp};

use crate::use_cases::{app, aware, counsel, told};

/// What the pages stand on.
pub(crate) fn parts(app: &TestApp) -> incidents::Incidents {
    incidents::Incidents {
        store: app.store.clone(),
        files: files::Files::folder(&app.folder().join("files")).unwrap(),
        organisation: "Acme GmbH".to_owned(),
    }
}

pub(crate) fn router(app: &TestApp) -> Router {
    let area = incidents::area(parts(app));
    let (api, _) = area.api.split_for_parts();
    ui::inner(area.pages.merge(api), ui::Nav::new("Acme", area.nav).reached_at("https://countersign.example"))
}

pub(crate) fn client(app: &TestApp, name: &str, side: Side) -> Client {
    client_of(app, &app.actor(name, &[side]))
}

pub(crate) fn client_of(app: &TestApp, actor: &Actor) -> Client {
    Client::new(router(app), Some(actor.clone()))
}

testkit::both_engines! {
    async fn a_report_sent_twice_under_a_key_is_one_incident(app: &TestApp) {
        let emil = client(app, "Emil Employee", Side::Employee);
        let body = serde_json::json!({ "title": "Alert 7 of the sensor", "what": "Beacon seen on host 4." });
        let key = [("idempotency-key", "siem-7")];
        let first = emil.json("POST", "/api/v1/incidents", &body, &key).await;
        assert_eq!(first.status, StatusCode::CREATED);
        let id = first.json()["id"].as_str().unwrap().to_owned();
        assert_eq!(first.header("location"), Some(format!("/api/v1/incidents/{id}").as_str()));
        let again = emil.json("POST", "/api/v1/incidents", &body, &key).await;
        assert_eq!((again.status, again.json()["id"].as_str()), (StatusCode::CREATED, Some(id.as_str())));
        assert_eq!(again.header("idempotent-replayed"), Some("true"));
        let other = serde_json::json!({ "title": "Alert 8", "what": "Another." });
        assert_eq!(emil.json("POST", "/api/v1/incidents", &other, &key).await.status, StatusCode::CONFLICT);
        let nul = serde_json::json!({ "title": "a\u{0}b", "what": "x" });
        assert_eq!(emil.json("POST", "/api/v1/incidents", &nul, &[]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        let listed = emil.get("/api/v1/incidents").await.json();
        assert_eq!(listed["items"].as_array().unwrap().len(), 1);
    }

    async fn the_page_asks_whether_anything_changed(app: &TestApp) {
        let clara = client(app, "Clara Counsel", Side::Legal);
        let id = told(app, &counsel(app)).await;
        let page = clara.get(&format!("/incidents/{id}")).await.text();
        let (_, rest) = page.split_once("hx-get=\"").unwrap();
        let (asks, _) = rest.split_once('"').unwrap();
        assert!(asks.starts_with(&format!("/incidents/{id}/live?seen=")), "{asks}");
        assert_eq!(clara.get(asks).await.status, StatusCode::NO_CONTENT);
        aware(app, &app.actor("Sam Secure", &[Side::Security]), id).await;
        let anew = clara.get(asks).await;
        assert_eq!(anew.status, StatusCode::OK);
        assert!(anew.text().contains("eu-gdpr/authority") && !anew.text().contains("<html"), "a part of the page");
        let (_, rest) = anew.text().split_once("hx-get=\"").map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap();
        let (asks, _) = rest.split_once('"').unwrap();
        assert_eq!(clara.get(asks).await.status, StatusCode::NO_CONTENT);
        app.world.advance_seconds(60);
        assert_eq!(clara.get(asks).await.status, StatusCode::OK, "clocks go on");
        let eve = client(app, "Eve Employee", Side::Employee);
        assert_eq!(eve.get(asks).await.status, StatusCode::NOT_FOUND);
    }

    async fn from_the_report_to_the_running_clock(app: &TestApp) {
        let clara = client(app, "Clara Counsel", Side::Legal);
        let empty = clara.get("/incidents").await;
        assert!(empty.text().contains("No incident"));
        let refused = clara.form("/incidents/new", &[("title", ""), ("what", ""), ("noticed", ""), ("zone", "")]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.text().contains("say in a few words"));
        let sent = clara
            .form("/incidents/new", &[("title", "Laptop lost"), ("what", "On the train."), ("noticed", "2026-11-23T08:00"), ("zone", "Europe/Paris")])
            .await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER);
        let page = sent.header("location").unwrap().to_owned();
        assert!(clara.get(&page).await.text().contains("No clock runs yet"));
        let facts = format!("{page}/facts");
        // What the page said of how many entries it showed is sent along, as a browser does.
        let shown = async || {
            let text = clara.get(&page).await.text();
            let (_, rest) = text.split_once("name=\"known\" value=\"").unwrap();
            rest.split_once('"').unwrap().0.to_owned()
        };
        for form in [
            vec![("kind", "roles"), ("words", "controller"), ("words", "essential_entity"), ("source", "the register")],
            vec![("kind", "establishments"), ("text", "fr, us-ny"), ("source", "the register")],
            vec![("kind", "categories"), ("words", "contact"), ("source", "the owner")],
            vec![("kind", "people"), ("place", "us-ca"), ("count", "1,501"), ("source", "the owner")],
            vec![("kind", "event"), ("event", "aware"), ("local", "2026-11-23T14:20"), ("zone", "Europe/Paris"), ("source", "the desk")],
            vec![("kind", "flag"), ("flag", "high_risk"), ("answer", "yes"), ("source", "Privacy")],
        ] {
            let answer = clara.form(&facts, &[&form[..], &[("known", shown().await.as_str())]].concat()).await;
            assert_eq!(answer.status, StatusCode::SEE_OTHER, "{form:?}: {}", answer.text());
        }
        let text = clara.get(&page).await.text();
        for wanted in ["Thu 26 Nov 2026, 14:20", "Europe/Paris", "eu-nis2/early-warning", "us-ca/individuals", "1501", "Answer these first", "counted in full hours"] {
            assert!(text.contains(wanted), "{wanted}");
        }
        let day_off = [("kind", "closure"), ("calendar", "us-federal"), ("date", "2026-11-30"), ("text", "day of mourning"), ("source", "the order")];
        assert_eq!(clara.form(&facts, &[&day_off[..], &[("known", shown().await.as_str())]].concat()).await.status, StatusCode::SEE_OTHER);
        let material = [("kind", "event"), ("event", "material"), ("local", "2026-11-25T10:00"), ("zone", "America/New_York"), ("source", "the committee")];
        assert_eq!(clara.form(&facts, &[&material[..], &[("known", shown().await.as_str())]].concat()).await.status, StatusCode::SEE_OTHER);
        let listed = [("kind", "roles"), ("words", "listed_company"), ("words", "controller"), ("words", "essential_entity"), ("source", "the register")];
        assert_eq!(clara.form(&facts, &[&listed[..], &[("known", shown().await.as_str())]].concat()).await.status, StatusCode::SEE_OTHER);
        let text = clara.get(&page).await.text();
        assert!(text.contains("Thu 3 Dec 2026, 17:30") && text.contains("day of mourning"), "the day off moves the 8-K");
        let stale = clara.form(&facts, &[("known", "0"), ("kind", "people"), ("place", "us-ca"), ("count", "9"), ("source", "x")]).await;
        assert_eq!(stale.status, StatusCode::CONFLICT, "somebody entered the number since");
        let wrong = clara.form(&facts, &[("kind", "people"), ("place", "California"), ("count", "5"), ("source", "x")]).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(wrong.text().contains("write a code"));
        let sent = clara
            .form(&facts, &[("known", "0"), ("kind", "sent"), ("rule", "eu-gdpr/authority"), ("local", "2026-11-24T09:00"), ("zone", "Europe/Paris"), ("source", "receipt 1")])
            .await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER);
        assert!(clara.get(&page).await.text().contains("Sent in time"));
        let feed = clara.get(&format!("{page}/clocks.ics")).await.text().replace("\r\n ", "");
        for wanted in ["UID:eu-gdpr/authority@", "STATUS:COMPLETED", "UID:eu-nis2/notification@", "DUE:20261126T132000Z", "Incident 1"] {
            assert!(feed.contains(wanted), "{wanted}: {feed}");
        }
        assert!(!feed.contains("Laptop"), "a calendar says nothing of what happened");
        let assessed = [
            ("kind", "severity"), ("data", "sensitive"), ("steps", "0"), ("identified", "significant"), ("confidentiality", "full"), ("integrity", "none"),
            ("availability", "none"), ("malicious", "yes"), ("source", "Privacy"),
        ];
        assert_eq!(clara.form(&facts, &[&assessed[..], &[("known", shown().await.as_str())]].concat()).await.status, StatusCode::SEE_OTHER);
        assert!(clara.get(&page).await.text().contains("4 × 0.75 + 1.00 = 4.00: very high"));
        let json = clara.get(&format!("{page}/facts.json")).await;
        assert!(json.text().contains("\"US-CA\": 1501"), "{}", json.text());
    }

    async fn a_reporter_sees_no_clock(app: &TestApp) {
        let counsel = counsel(app);
        let emil = app.actor("Emil Employee", &[Side::Employee]);
        let id = told(app, &emil).await;
        aware(app, &counsel, id).await;
        let emil = Client::new(router(app), Some(emil));
        let page = emil.get(&format!("/incidents/{id}")).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.text().contains("You reported this") && !page.text().contains("gdpr"));
        for path in ["facts.json"] {
            assert_eq!(emil.get(&format!("/incidents/{id}/{path}")).await.status, StatusCode::NOT_FOUND);
        }
        assert_eq!(emil.get(&format!("/api/v1/incidents/{id}")).await.status, StatusCode::NOT_FOUND);
        let stranger = client(app, "Sven Stranger", Side::Employee);
        assert_eq!(stranger.get(&format!("/incidents/{id}")).await.status, StatusCode::NOT_FOUND);
        let page = stranger.get("/incidents").await;
        assert!(!page.text().contains("Laptop"));
    }

    async fn every_rule_is_shown_with_its_source_and_can_be_found(app: &TestApp) {
        let clara = client(app, "Clara Counsel", Side::Legal);
        let all = clara.get("/incidents/rules").await.text();
        assert!(all.contains("eu-gdpr/authority") && all.contains("us-wy/individuals") && all.contains("72 hours from awareness"));
        let some = clara.get("/incidents/rules?q=california&part=us-states").await.text();
        assert!(some.contains("us-ca/ag") && !some.contains("us-ny/individuals"));
        let drafts = clara.get("/incidents/rules?drafts=1").await.text();
        assert!(drafts.contains("us-circia") && !drafts.contains("eu-gdpr/authority"));
        assert!(clara.get("/incidents/rules?q=zebra").await.text().contains("Nothing fits"));
        for rule in clocks::shipped().rules.iter() {
            let page = clara.get(&format!("/incidents/rules/{}", rule.name)).await;
            assert_eq!(page.status, StatusCode::OK, "{}", rule.name);
            assert!(page.text().contains("Not reviewed by counsel"));
        }
        assert_eq!(clara.get("/incidents/rules/eu-gdpr/tea").await.status, StatusCode::NOT_FOUND);
        assert_eq!(client(app, "Vera Vendor", Side::Vendor).get("/incidents/rules").await.status, StatusCode::FORBIDDEN);
    }

    async fn the_api_does_what_the_pages_do(app: &TestApp) {
        let clara = client(app, "Clara Counsel", Side::Legal);
        let made = clara.json("POST", "/api/v1/incidents", &serde_json::json!({ "title": "Laptop lost", "what": "On the train." }), &[]).await;
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.text());
        let id = made.json()["id"].as_str().unwrap().to_owned();
        let fact = serde_json::json!({ "path": "events.material", "value": "2026-11-25", "source": "the committee", "seen": 0 });
        let entered = clara.json("POST", &format!("/api/v1/incidents/{id}/facts"), &fact, &[]).await;
        assert_eq!(entered.status, StatusCode::CREATED, "{}", entered.text());
        let again = clara.json("POST", &format!("/api/v1/incidents/{id}/facts"), &fact, &[]).await;
        assert!(again.status == StatusCode::CONFLICT || again.status == StatusCode::PRECONDITION_FAILED, "{}", again.status);
        let whole = clara.get(&format!("/api/v1/incidents/{id}")).await.json();
        assert_eq!(whole["facts"][0]["path"], "events.material");
        assert!(whole["clocks"].as_array().unwrap().len() > 200);
        let list = clara.get("/api/v1/incidents?state=reported&limit=1").await.json();
        assert_eq!(list["items"].as_array().unwrap().len(), 1);
    }
}
