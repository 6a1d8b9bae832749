//! The endpoints, with tokens.

use axum::http::StatusCode;
use kernel::{Actor, Side};
use serde_json::{Value, json};
use testkit::{Answer, Client, TestApp, both_engines};

use crate::{administrator, app, join, pages::router};

struct Program {
    client: Client,
    authorization: String,
}

impl Program {
    async fn of(app: &TestApp, actor: &Actor, read_only: bool) -> Self {
        let day = app.store.world.today().plus_days(5);
        let (_, secret) =
            db::transact!(app.store, actor, |cx| people::make_token(cx, "program", read_only, day).await).unwrap();
        Self { client: Client::new(router(app, false), None), authorization: format!("Bearer {}", secret.reveal()) }
    }

    async fn send(&self, method: &str, path: &str, body: &Value, more: &[(&str, &str)]) -> Answer {
        let mut headers = vec![("authorization", self.authorization.as_str())];
        headers.extend_from_slice(more);
        self.client.json(method, path, body, &headers).await
    }

    async fn get(&self, path: &str) -> Answer {
        self.send("GET", path, &Value::Null, &[]).await
    }
}

both_engines! {
    async fn a_token_says_who_it_is_and_opens_no_page(app: &TestApp) {
        let root = administrator(app).await;
        let program = Program::of(app, &root, true).await;
        let me = program.get("/api/v1/me").await.json();
        assert_eq!((me["name"].as_str(), me["via"].as_str(), me["read_only"].as_bool()), (Some("Root"), Some("token"), Some(true)));
        assert_eq!(program.get("/account").await.status, StatusCode::SEE_OTHER);
        let nobody = Program { authorization: "Bearer cs_guess".to_owned(), ..Program::of(app, &root, true).await };
        let refused = nobody.get("/api/v1/me").await;
        assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
        assert!(refused.header("www-authenticate").is_some());
        let without = Client::new(router(app, false), None);
        for path in ["/api/v1/me", "/api/v1/people", "/api/v1/tokens", "/api/v1/delegations"] {
            assert_eq!(without.get(path).await.status, StatusCode::UNAUTHORIZED, "{path}");
        }
    }

    async fn people_are_listed_and_read(app: &TestApp) {
        let root = administrator(app).await;
        let ada = join(app, &root, "Ada", &[Side::Legal]).await;
        join(app, &root, "Bo", &[Side::It]).await;
        let program = Program::of(app, &root, true).await;
        let first = program.get("/api/v1/people?limit=2").await.json();
        assert_eq!(first["items"].as_array().unwrap().len(), 2);
        let next = first["next"].as_str().unwrap();
        let second = program.get(&format!("/api/v1/people?limit=2&cursor={next}")).await.json();
        assert_eq!((second["items"][0]["name"].as_str(), second["next"].as_str()), (Some("Root"), None));
        let legal = program.get("/api/v1/people?side=legal").await.json();
        assert_eq!(legal["items"][0]["name"], "Ada");
        assert_eq!(program.get("/api/v1/people?side=law").await.status, StatusCode::UNPROCESSABLE_ENTITY);
        let one = program.get(&format!("/api/v1/people/{}", ada.person)).await;
        assert_eq!((one.header("etag"), one.json()["sides"].clone()), (Some("\"1\""), json!(["legal"])));
        assert!(!one.text().contains("argon2"));
        assert_eq!(program.get("/api/v1/people/0190a0a0-0000-7000-8000-000000000000").await.status, StatusCode::NOT_FOUND);
        let vera = join(app, &root, "Vera", &[Side::Vendor]).await;
        assert_eq!(Program::of(app, &vera, true).await.get("/api/v1/people").await.status, StatusCode::FORBIDDEN);
    }

    async fn a_person_is_changed_by_an_administrator_who_has_read_the_newest(app: &TestApp) {
        let root = administrator(app).await;
        let ada = join(app, &root, "Ada", &[Side::Legal]).await;
        let program = Program::of(app, &root, false).await;
        let path = format!("/api/v1/people/{}", ada.person);
        let body = json!({ "name": "Ada", "email": "ada@example.org", "sides": ["security"], "title": "CISO", "active": true });
        let changed = program.send("PUT", &path, &body, &[("if-match", "\"1\"")]).await;
        assert_eq!((changed.status, changed.header("etag")), (StatusCode::OK, Some("\"2\"")), "{}", changed.text());
        assert_eq!(program.get(&path).await.json()["sides"], json!(["security"]));
        assert_eq!(program.send("PUT", &path, &body, &[("if-match", "\"1\"")]).await.status, StatusCode::PRECONDITION_FAILED);
        let own = Program::of(app, &crate::actor(app, ada.person).await, false).await;
        assert_eq!(own.send("PUT", &path, &body, &[("if-match", "\"2\"")]).await.status, StatusCode::FORBIDDEN);
    }

    async fn an_invitation_sent_twice_is_made_once_and_its_link_given_once(app: &TestApp) {
        let root = administrator(app).await;
        let program = Program::of(app, &root, false).await;
        let body = json!({ "email": "ada@example.org", "sides": ["legal"] });
        let key = [("idempotency-key", "k1")];
        let first = program.send("POST", "/api/v1/invitations", &body, &key).await;
        assert_eq!(first.status, StatusCode::CREATED, "{}", first.text());
        let second = program.send("POST", "/api/v1/invitations", &body, &key).await;
        assert_eq!(second.status, StatusCode::CREATED);
        assert_eq!(first.json()["id"], second.json()["id"]);
        let link = first.json()["link"].as_str().unwrap().to_owned();
        assert!(second.json()["link"].is_null());
        assert!(link.starts_with("https://countersign.example/invitation/"));
        let other = program.send("POST", "/api/v1/invitations", &json!({ "email": "bo@example.org" }), &key).await;
        assert_eq!(other.status, StatusCode::CONFLICT);
        let kept = app.store.read(&root).await.unwrap().one("select answer from idempotency", vec![]).await.unwrap();
        assert!(!kept.text("answer").unwrap().contains("/invitation/"), "no secret lies in the store");
        let wrong = program.send("POST", "/api/v1/invitations", &json!({ "email": "nobody", "sides": ["law"] }), &[]).await;
        assert_eq!((wrong.status, wrong.json()["errors"].as_array().unwrap().len()), (StatusCode::UNPROCESSABLE_ENTITY, 2));
        let reader = Program::of(app, &root, true).await;
        assert_eq!(reader.send("POST", "/api/v1/invitations", &body, &[]).await.status, StatusCode::FORBIDDEN);
    }

    async fn delegations_are_lent_listed_and_ended(app: &TestApp) {
        let root = administrator(app).await;
        let (ada, bo) = (join(app, &root, "Ada", &[Side::Legal]).await, join(app, &root, "Bo", &[Side::It]).await);
        let (lender, stand_in) = (Program::of(app, &ada, false).await, Program::of(app, &bo, false).await);
        let body = json!({ "side": "legal", "to": bo.person, "ends_on": "2026-12-31", "reason": "on leave" });
        let key = [("idempotency-key", "k1")];
        let made = lender.send("POST", "/api/v1/delegations", &body, &key).await;
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.text());
        let again = lender.send("POST", "/api/v1/delegations", &body, &key).await.json();
        assert_eq!(again, made.json());
        assert_eq!(stand_in.get("/api/v1/me").await.json()["signs_for"], json!(["legal"]));
        assert_eq!(stand_in.get("/api/v1/delegations").await.json()[0]["from_name"], "Ada");
        let path = format!("/api/v1/delegations/{}", made.json()["id"].as_str().unwrap());
        assert_eq!(stand_in.send("DELETE", &path, &Value::Null, &[]).await.status, StatusCode::FORBIDDEN);
        assert_eq!(lender.send("DELETE", &path, &Value::Null, &[]).await.status, StatusCode::NO_CONTENT);
        assert_eq!(stand_in.get("/api/v1/me").await.json()["signs_for"], json!([]));
        let bad = lender.send("POST", "/api/v1/delegations", &json!({ "side": "law", "to": bo.person, "ends_on": "soon" }), &[]).await;
        assert_eq!(bad.json()["errors"].as_array().unwrap().len(), 2);
    }

    async fn tokens_are_made_in_a_session_and_revoked_anywhere(app: &TestApp) {
        let root = administrator(app).await;
        let program = Program::of(app, &root, false).await;
        let body = json!({ "name": "nightly", "expires_on": "2026-12-31" });
        assert_eq!(program.send("POST", "/api/v1/tokens", &body, &[]).await.status, StatusCode::FORBIDDEN);
        let session = crate::cookie(app, "Root").await;
        let cookie = format!("countersign={}", session.reveal());
        let made = program.client.json("POST", "/api/v1/tokens", &body, &[("cookie", &cookie)]).await;
        assert_eq!((made.status, made.json()["read_only"].as_bool()), (StatusCode::CREATED, Some(true)));
        assert!(made.json()["secret"].as_str().unwrap().starts_with("cs_"));
        let listed = program.get("/api/v1/tokens").await;
        assert!(listed.json().as_array().unwrap().len() == 2 && !listed.text().contains("cs_"));
        let path = format!("/api/v1/tokens/{}", made.json()["id"].as_str().unwrap());
        assert_eq!(program.send("DELETE", &path, &Value::Null, &[]).await.status, StatusCode::NO_CONTENT);
        assert_eq!(program.send("DELETE", &path, &Value::Null, &[]).await.status, StatusCode::NOT_FOUND);
    }
}
