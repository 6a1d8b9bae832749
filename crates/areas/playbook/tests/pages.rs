//! The pages and the endpoints, through the router.

#![allow(clippy::unwrap_used, reason = "tests say what must hold by panicking")]

use axum::{Router, http::StatusCode};
use clauses::Playbook;
use db::{Store, transact};
use kernel::{Actor, Side};
use playbook::Version;
use testkit::{Client, Engine, TestApp};

async fn app(engine: Engine) -> TestApp {
    TestApp::new(engine, &[("playbook", playbook::MIGRATIONS)]).await
}

fn router(store: &Store) -> Router {
    let area = playbook::area(store.clone());
    let (api, _) = area.api.split_for_parts();
    ui::inner(area.pages.merge(api), ui::Nav::new("Acme", area.nav))
}

fn client(app: &TestApp, name: &str, side: Side) -> Client {
    Client::new(router(&app.store), Some(app.actor(name, &[side])))
}

async fn set_up(app: &TestApp) -> Version {
    let first = transact!(app.store, &Actor::system(), |cx| playbook::ensure_default(cx).await).unwrap().unwrap();
    let small = Playbook::from_toml(include_str!("small.toml")).unwrap();
    let counsel = app.actor("Clara Counsel", &[Side::Legal]);
    transact!(app.store, &counsel, |cx| playbook::save_all(cx, first.playbook, Some(1), small.clone(), "a small one")
        .await)
    .unwrap()
}

/// The fields of the form of the breach notice, with some put over them.
fn breach_form<'a>(over: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut fields: Vec<(&str, &str)> = vec![
        ("version", "2"),
        ("preferred_text", "Provider shall notify Customer within 24 hours."),
        ("preferred_tests", "limit at most 24 hours"),
        ("fallback_text_1", "Provider shall notify Customer within 48 hours."),
        ("fallback_tests_1", "limit at most 48 hours"),
        ("fallback_text_2", ""),
        ("required", "kind: saas; role: customer"),
        ("approvers", "legal"),
        ("approvers", "security"),
        ("note", "48 hours are enough"),
        ("do", "save"),
    ];
    for (name, value) in over {
        fields.retain(|(known, _)| known != name);
        fields.push((name, value));
    }
    fields
}

testkit::both_engines! {
    async fn every_page_is_drawn_for_whoever_may_read(app: &TestApp) {
        let version = set_up(app).await;
        let base = format!("/playbook/{}", version.playbook);
        let (counsel, executive, vendor) =
            (client(app, "Clara Counsel", Side::Legal), client(app, "Eva Executive", Side::Executive), client(app, "Vera Vendor", Side::Vendor));
        for (path, says) in [
            ("/playbook".to_owned(), "Breach notification"),
            (format!("{base}?group=Security&q=aware"), "no later than 24 hours"),
            (format!("{base}?q=nothing-like-this"), "Nothing fits"),
            (format!("{base}/topics/breach_notification"), "limit at most 24 hours"),
            (format!("{base}/topics/encryption"), "does not judge this topic"),
            (format!("{base}/versions"), "a small one"),
            (format!("{base}/versions?from=1&to=2"), "From version 1 to version 2"),
            (format!("{base}/export.toml"), "breach_notification"),
        ] {
            for reader in [&counsel, &executive] {
                let answer = reader.get(&path).await;
                assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text());
                assert!(answer.text().contains(says), "{path} does not say {says}:\n{}", answer.text());
            }
            assert_eq!(vendor.get(&path).await.status, StatusCode::FORBIDDEN, "{path}");
        }
        for path in [format!("{base}/topics/breach_notification/edit"), format!("{base}/import"), "/playbook/new".to_owned()] {
            let answer = counsel.get(&path).await;
            assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text());
            assert_eq!(executive.get(&path).await.status, StatusCode::FORBIDDEN, "{path}");
        }
        assert!(!executive.get(&format!("{base}/topics/breach_notification")).await.text().contains("/edit"));
        for path in ["/playbook/nonsense".to_owned(), format!("{base}/topics/nonsense"), format!("{base}/versions?from=1&to=99")] {
            assert_eq!(counsel.get(&path).await.status, StatusCode::NOT_FOUND, "{path}");
        }
        let exported = counsel.get(&format!("{base}/export.toml")).await;
        assert_eq!(Playbook::from_toml(&exported.text()).unwrap().topics, version.body.topics);
        assert!(exported.header("content-disposition").unwrap().starts_with("attachment"));
    }

    async fn a_position_is_edited_by_its_form(app: &TestApp) {
        let version = set_up(app).await;
        let counsel = client(app, "Clara Counsel", Side::Legal);
        let topic = format!("/playbook/{}/topics/breach_notification", version.playbook);
        let edit = format!("{topic}/edit");

        let preview = counsel.form(&edit, &breach_form(&[("do", "preview"), ("note", "")])).await;
        assert_eq!(preview.status, StatusCode::OK, "{}", preview.text());
        assert!(preview.text().contains("What changes") && preview.text().contains("<del>"), "{}", preview.text());

        let wrong = counsel.form(&edit, &breach_form(&[("preferred_tests", "limit at most soon"), ("fallback_text_2", "<b>kept</b>")])).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(wrong.text().contains("is not a period") && wrong.text().contains("&#60;b&#62;kept"), "{}", wrong.text());
        let no_note = counsel.form(&edit, &breach_form(&[("note", " ")])).await;
        assert!(no_note.status == StatusCode::UNPROCESSABLE_ENTITY && no_note.text().contains("why you change it"), "{}", no_note.text());

        let saved = counsel.form(&edit, &breach_form(&[])).await;
        assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.text());
        let shown = counsel.get(&topic).await.text();
        assert!(shown.contains("limit at most 48 hours") && !shown.contains("after completing its investigation"), "{shown}");

        let stale = counsel.form(&edit, &breach_form(&[("preferred_text", "My own careful words.")])).await;
        assert_eq!(stale.status, StatusCode::CONFLICT);
        let text = stale.text();
        assert!(text.contains("My own careful words.") && text.contains("what your entries would change"), "{text}");
        assert!(text.contains("name=\"version\" value=\"3\""), "saving again follows on the version that is now shown");
        let again = counsel.form(&edit, &breach_form(&[("preferred_text", "My own careful words."), ("version", "3")])).await;
        assert_eq!(again.status, StatusCode::SEE_OTHER);

        let it = client(app, "Ida IT", Side::It);
        assert_eq!(it.form(&edit, &breach_form(&[("version", "4")])).await.status, StatusCode::FORBIDDEN);
        assert_eq!(it.form(&edit, &breach_form(&[("version", "4"), ("do", "preview")])).await.status, StatusCode::FORBIDDEN);

        let removed = counsel.form(&format!("{topic}/remove"), &[("version", "4"), ("note", "not ours")]).await;
        assert_eq!(removed.status, StatusCode::SEE_OTHER, "{}", removed.text());
        let restored = counsel.form(&format!("/playbook/{}/versions/2/restore", version.playbook), &[("note", "as it was")]).await;
        assert_eq!(restored.status, StatusCode::SEE_OTHER, "{}", restored.text());
        assert!(counsel.get(&topic).await.text().contains("after completing its investigation"));
    }

    async fn a_clause_is_tried_on_the_page(app: &TestApp) {
        let version = set_up(app).await;
        let executive = client(app, "Eva Executive", Side::Executive);
        let topic = format!("/playbook/{}/topics/breach_notification", version.playbook);
        let clause = "Security Breach Notification. Provider shall notify Customer of any Security Breach no later than 30 days after becoming aware of it.";
        let tried = executive.form(&topic, &[("clause", clause), ("kind", "saas"), ("role", "customer")]).await;
        assert!(tried.status == StatusCode::OK && tried.text().contains("Weaker than preferred"), "{}", tried.text());
        let nothing = executive.form(&topic, &[("clause", "")]).await;
        assert_eq!(nothing.status, StatusCode::UNPROCESSABLE_ENTITY);
    }

    async fn another_playbook_is_begun_and_laid_aside_on_the_page(app: &TestApp) {
        let version = set_up(app).await;
        let counsel = client(app, "Clara Counsel", Side::Legal);
        let from = version.id.to_string();
        let made = counsel.form("/playbook/new", &[("name", "Health vendors"), ("from", &from)]).await;
        assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.text());
        let place = made.header("location").unwrap().to_owned();
        assert!(counsel.get("/playbook").await.text().contains("Health vendors"));
        let again = counsel.form("/playbook/new", &[("name", "health VENDORS"), ("from", &from)]).await;
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(counsel.form(&format!("{place}/archive"), &[]).await.status, StatusCode::SEE_OTHER);
        assert!(counsel.get(&place).await.text().contains("out of use"));
        assert_eq!(counsel.form(&format!("{place}/unarchive"), &[]).await.status, StatusCode::SEE_OTHER);
    }

    async fn a_file_is_imported(app: &TestApp) {
        let version = set_up(app).await;
        let counsel = client(app, "Clara Counsel", Side::Legal);
        let action = format!("/playbook/{}/import", version.playbook);
        let post = async |file: &str, number: &str| {
            let part = |name: &str, more: &str, value: &str| format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"{more}\r\n\r\n{value}\r\n");
            let body = [part("version", "", number), part("note", "", "from a file"), part("text", "", ""), part("file", "; filename=\"p.toml\"", file), "--x--\r\n".to_owned()].concat();
            let request = axum::http::Request::post(&action).header("content-type", "multipart/form-data; boundary=x").body(axum::body::Body::from(body));
            counsel.send(request.unwrap()).await
        };
        let changed = include_str!("small.toml").replace("count = 30", "count = 14");
        let broken = post("name = \"x\"\n[[position]]\ntopic = \"nonsense\"", "2").await;
        assert_eq!(broken.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(broken.text().contains("nonsense"), "{}", broken.text());
        let stale = post(&changed, "1").await;
        assert!(stale.status == StatusCode::CONFLICT && stale.text().contains("count = 14"), "{}", stale.text());
        let saved = post(&changed, "2").await;
        assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.text());
        assert!(counsel.get(&format!("/playbook/{}/topics/audit_rights", version.playbook)).await.text().contains("notice at most 14 days"));
    }

    async fn the_endpoints_do_the_same(app: &TestApp) {
        let version = set_up(app).await;
        let counsel = client(app, "Clara Counsel", Side::Legal);
        let base = format!("/api/v1/playbooks/{}", version.playbook);
        let list = counsel.get("/api/v1/playbooks").await.json();
        assert_eq!((list[0]["number"].as_i64(), list[0]["id"].as_str()), (Some(2), Some(version.playbook.to_string().as_str())));
        let got = counsel.get(&base).await;
        assert_eq!(got.header("etag"), Some("\"2\""));
        let mut position = got.json()["body"]["position"][0].clone();
        assert_eq!(position["topic"], "breach_notification");
        position["guidance"] = "be quick".into();
        let put = async |client: &Client, topic: &str, etag: &str| {
            client.json("PUT", &format!("{base}/positions/{topic}"), &serde_json::json!({ "position": position, "note": "by the API" }), &[("if-match", etag)]).await
        };
        let saved = put(&counsel, "breach_notification", "\"2\"").await;
        assert_eq!((saved.status, saved.header("etag")), (StatusCode::OK, Some("\"3\"")), "{}", saved.text());
        assert_eq!(put(&counsel, "breach_notification", "\"2\"").await.status, StatusCode::PRECONDITION_FAILED);
        assert_eq!(put(&counsel, "audit_rights", "\"3\"").await.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(put(&client(app, "Ida IT", Side::It), "breach_notification", "\"3\"").await.status, StatusCode::FORBIDDEN);
        let gone = counsel.json("DELETE", &format!("{base}/positions/audit_rights?note=gone"), &serde_json::Value::Null, &[]).await;
        assert_eq!(gone.json()["number"], 4);
        let restored = counsel.json("POST", &format!("{base}/versions/2/restore"), &serde_json::json!({ "note": "back" }), &[]).await;
        assert_eq!(restored.json()["number"], 5);
        assert_eq!(counsel.get(&format!("{base}/versions/2")).await.json()["is_current"], false);
        assert_eq!(counsel.get(&format!("{base}/versions")).await.json().as_array().unwrap().len(), 5);
        let replaced = counsel.json("PUT", &base, &serde_json::json!({ "playbook": gone.json()["body"], "note": "all" }), &[("if-match", "\"5\"")]).await;
        assert_eq!(replaced.json()["number"], 6, "{}", replaced.text());

        let new = serde_json::json!({ "name": "Health vendors", "from": version.id });
        let first = counsel.json("POST", "/api/v1/playbooks", &new, &[("idempotency-key", "k1")]).await;
        let second = counsel.json("POST", "/api/v1/playbooks", &new, &[("idempotency-key", "k1")]).await;
        assert_eq!((first.status, second.status), (StatusCode::CREATED, StatusCode::CREATED), "{}", second.text());
        assert_eq!(first.json()["id"], second.json()["id"]);
        let vendor = client(app, "Vera Vendor", Side::Vendor);
        assert_eq!(vendor.get(&base).await.status, StatusCode::FORBIDDEN);
        assert_eq!(Client::new(router(&app.store), None).get(&base).await.status, StatusCode::UNAUTHORIZED);
    }
}
