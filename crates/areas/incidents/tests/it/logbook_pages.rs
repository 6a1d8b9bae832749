//! The log book's pages and endpoints, through the router.

use axum::{
    Router,
    body::Body,
    http::{Request, StatusCode, header},
};
use kernel::{Actor, Side};
use serde_json::json;
use testkit::{Answer, Client, TestApp};

use crate::{
    logbook::{log_of, person},
    use_cases::{app, counsel, told},
};

fn router(app: &TestApp) -> Router {
    let area = incidents::area(log_of(app));
    let (api, _) = area.api.split_for_parts();
    ui::inner(area.pages.merge(api), ui::Nav::new("Acme", area.nav))
}

fn as_(app: &TestApp, actor: &Actor) -> Client {
    Client::new(router(app), Some(actor.clone()))
}

async fn upload(client: &Client, path: &str, fields: &[(&str, &str)], file: Option<(&str, &[u8])>) -> Answer {
    let mut body = Vec::new();
    for (name, value) in fields {
        body.extend_from_slice(
            format!("--x\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").as_bytes(),
        );
    }
    if let Some((name, bytes)) = file {
        body.extend_from_slice(format!("--x\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{name}\"\r\ncontent-type: text/html\r\n\r\n").as_bytes());
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(b"--x--\r\n");
    let request = Request::post(path)
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=x")
        .body(Body::from(body))
        .unwrap();
    client.send(request).await
}

fn done(answer: &Answer) {
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
}

fn refused(answer: &Answer, said: &str) {
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", answer.text());
    assert!(answer.text().contains(said), "{said}: {}", answer.text());
}

testkit::both_engines! {
    async fn the_log_is_kept_by_its_forms(app: &TestApp) {
        let counsel = counsel(app);
        let emil = person(app, "Emil Employee", Side::Employee).await;
        let id = told(app, &counsel).await;
        let clara = as_(app, &counsel);
        let log = format!("/incidents/{id}/log");
        let text = clara.get(&log).await.text();
        assert!(text.contains("aria-current=\"page\">Log<") && text.contains("What counsel directs belongs under Counsel") && text.contains("Emil Employee"));
        let refusal = clara.form(&format!("{log}/decisions"), &[("form", "decision"), ("decision_what", "<b>switch it off</b>"), ("decision_why", "")]).await;
        refused(&refusal, "say why");
        assert!(refusal.text().contains("&#60;b&#62;switch it off") || refusal.text().contains("&lt;b&gt;switch it off"), "what was typed comes back, escaped");
        assert!(refusal.text().contains("<details class=\"cs-more\" open><summary>Enter a decision"), "the form comes back open");
        done(&clara.form(&format!("{log}/decisions"), &[("form", "decision"), ("decision_what", "switch it off"), ("decision_why", "it spreads")]).await);
        done(&clara.form(&format!("{log}/decisions"), &[("form", "decision"), ("decision_what", "on again"), ("decision_why", "clean"), ("decision_revokes", "1"), ("decision_decided_by", &emil.person.to_string())]).await);
        done(&clara.form(&format!("{log}/channels"), &[("form", "channel"), ("channel_name", "Bridge"), ("channel_reach", "+49 1"), ("channel_independent", "yes")]).await);
        done(&clara.form(&format!("{log}/told"), &[("form", "told"), ("told_who", "the board"), ("told_channel", "1")]).await);
        refused(&clara.form(&format!("{log}/told"), &[("form", "told"), ("told_who", "the board"), ("told_told_at", "2027-01-01T10:00")]).await, "in the future");
        done(&clara.form(&format!("{log}/channels/1/end"), &[("revision", "1")]).await);
        assert_eq!(clara.form(&format!("{log}/channels/1/end"), &[("revision", "2")]).await.status, StatusCode::CONFLICT);
        let cost = [("form", "cost"), ("cost_what", "images"), ("cost_category", "forensics"), ("cost_kind", "estimate"), ("cost_amount", "1.234,50"), ("cost_currency", "eur"), ("cost_dated", "2026-11-20")];
        done(&clara.form(&format!("{log}/costs"), &cost).await);
        refused(&clara.form(&format!("{log}/costs"), &[&[("form", "cost"), ("cost_amount", "1,234"), ("cost_currency", "EUR")][..], &cost[1..4]].concat()).await, "can be meant in two ways");
        refused(&clara.form(&format!("{log}/costs/strike"), &[("form", "strike"), ("strike_cost", ""), ("strike_why", "x")]).await, "choose one");
        done(&clara.form(&format!("{log}/costs/strike"), &[("form", "strike"), ("strike_cost", "1-1"), ("strike_why", "the invoice came")]).await);
        done(&clara.form(&format!("{log}/lessons"), &[("form", "lesson"), ("lesson_lesson", "encrypt every laptop")]).await);
        let action = [("form", "action"), ("action_what", "order licences"), ("action_due", "2026-11-20"), ("action_lesson", "1"), ("action_owner", &emil.person.to_string())];
        done(&clara.form(&format!("{log}/actions"), &action).await);
        let text = clara.get(&log).await.text();
        for wanted in ["Decision 2, Emil Employee", "takes back decision 1", "No longer used", "the board", "EUR 1,234.50", "the invoice came", "from lesson 1", "Overdue"] {
            assert!(text.contains(wanted), "{wanted}");
        }
        refused(&clara.form(&format!("{log}/actions/1/done"), &[("form", "done-1"), ("revision", "1"), ("proof", "")]).await, "how one can see");
        done(&clara.form(&format!("{log}/actions/replan"), &[("form", "replan"), ("replan_action", "1-1"), ("replan_owner", &emil.person.to_string()), ("replan_due", "2026-12-01")]).await);
        assert_eq!(clara.form(&format!("{log}/actions/1/done"), &[("form", "done-1"), ("revision", "1"), ("proof", "x")]).await.status, StatusCode::CONFLICT);

        // The owner knows the action and not the incident.
        let emil = as_(app, &emil);
        let own = emil.get("/incidents/actions").await.text();
        assert!(own.contains("order licences") && !own.contains("Laptop") && !own.contains(&id.to_string()));
        let csv = emil.get("/incidents/actions.csv").await.text();
        assert!(csv.contains("order licences") && !csv.contains("Incident 1"));
        let (_, rest) = own.split_once("action=\"").unwrap();
        let path = rest.split_once('"').unwrap().0.to_owned();
        let path = if path.contains("/done") { path } else { own.split("action=\"").find(|part| part.contains("/done\"")).unwrap().split_once('"').unwrap().0.to_owned() };
        refused(&emil.form(&path, &[("form", "x"), ("revision", "2"), ("proof", " ")]).await, "how one can see");
        done(&emil.form(&path, &[("revision", "2"), ("proof", "order 12")]).await);
        assert!(clara.get(&log).await.text().contains("order 12"));
        assert_eq!(emil.get(&log).await.status, StatusCode::NOT_FOUND);
        assert_eq!(emil.form(&format!("{log}/decisions"), &[("decision_what", "x"), ("decision_why", "y")]).await.status, StatusCode::NOT_FOUND);
        let ines = as_(app, &app.actor("Ines Compliance", &[Side::Compliance]));
        let text = ines.get(&log).await.text();
        assert!(text.contains("switch it off") && !text.contains("Enter a decision"), "Compliance reads");
        for path in ["decisions", "channels", "told", "costs", "costs/strike", "lessons", "actions", "actions/replan", "actions/1/done", "channels/1/end"] {
            assert_eq!(ines.form(&format!("{log}/{path}"), &[("revision", "1")]).await.status, StatusCode::FORBIDDEN, "{path}");
        }
        assert_eq!(as_(app, &app.actor("Vera Vendor", &[Side::Vendor])).get("/incidents/actions").await.status, StatusCode::FORBIDDEN);
    }

    async fn evidence_comes_in_as_bytes_and_goes_out_as_a_download(app: &TestApp) {
        let counsel = counsel(app);
        let emil = person(app, "Emil Employee", Side::Employee).await;
        let id = told(app, &counsel).await;
        let clara = as_(app, &counsel);
        let evidence = format!("/incidents/{id}/evidence");
        let piece = format!("{evidence}/1");
        let html = b"<script>alert(1)</script>";
        refused(&upload(&clara, &evidence, &[("form", "evidence"), ("evidence_what", "a mail")], Some(("x.html", html))).await, "say where it comes from");
        let fields = [("form", "evidence"), ("evidence_what", "a mail"), ("evidence_origin", "the gateway"), ("evidence_place", "safe 1"), ("evidence_collected_by", "Ada")];
        done(&upload(&clara, &evidence, &fields, Some(("C:\\x\\mail.html", html))).await);
        let text = clara.get(&piece).await.text();
        assert!(text.contains("mail.html, 25 bytes") && text.contains("Custody sheet") && text.contains("Verify"));
        let file = clara.get(&format!("{piece}/file")).await;
        assert_eq!(file.body, html);
        assert_eq!(file.header("content-type"), Some("application/octet-stream"));
        assert!(file.header("content-disposition").unwrap().starts_with("attachment"));
        done(&clara.form(&format!("{piece}/verify"), &[]).await);
        refused(&clara.form(&format!("{piece}/custody"), &[("seen", "2"), ("act", "handed_over"), ("from", "Ben"), ("to", "Cy")]).await, "it is with Ada");
        done(&clara.form(&format!("{piece}/custody"), &[("seen", "2"), ("act", "handed_over"), ("from", "Ada"), ("to", "Ben")]).await);
        assert_eq!(clara.form(&format!("{piece}/custody"), &[("seen", "2"), ("act", "examined"), ("to", "Ben"), ("why", "x")]).await.status, StatusCode::CONFLICT);
        assert!(clara.get(&piece).await.text().contains("Ada → Ben"));

        let holds = format!("/incidents/{id}/holds");
        let custodian = emil.person.to_string();
        let hold = [("form", "hold"), ("hold_title", "Keep the mailbox"), ("hold_keep", "mailbox a@"), ("hold_why", "It may be asked for."), ("hold_custodians", custodian.as_str())];
        refused(&clara.form(&holds, &hold[..4]).await, "name at least one person");
        done(&clara.form(&holds, &hold).await);
        let text = clara.get(&evidence).await.text();
        assert!(text.contains("0 of 1 have acknowledged") && text.contains("Emil Employee: not yet"));
        assert!(!clara.get(&piece).await.text().contains("value=\"destroyed\""), "nothing to destroy while it stands");
        refused(&clara.form(&format!("{piece}/custody"), &[("seen", "3"), ("act", "destroyed"), ("why", "x")]).await, "a legal hold stands");
        let emil = as_(app, &emil);
        let own = emil.get("/incidents/holds").await.text();
        assert!(own.contains("Keep the mailbox") && own.contains("I have read it and keep everything"));
        assert!(!own.contains("Laptop") && !own.contains(&id.to_string()), "the words of the hold alone");
        let path = own.split("action=\"").find(|part| part.contains("/acknowledge\"")).unwrap().split_once('"').unwrap().0.to_owned();
        assert_eq!(as_(app, &app.actor("Sven Stranger", &[Side::Employee])).form(&path, &[]).await.status, StatusCode::NOT_FOUND);
        done(&emil.form(&path, &[]).await);
        assert!(clara.get(&evidence).await.text().contains("1 of 1 have acknowledged"));
        let jonas = as_(app, &app.actor("Jonas Security", &[Side::Security]));
        assert!(!jonas.get(&evidence).await.text().contains("Issue a legal hold"));
        assert_eq!(jonas.form(&holds, &hold).await.status, StatusCode::FORBIDDEN);
        assert_eq!(jonas.form(&format!("{holds}/1/release"), &[("why", "x"), ("revision", "1")]).await.status, StatusCode::FORBIDDEN);
        assert_eq!(jonas.form(&format!("{holds}/widen"), &[]).await.status, StatusCode::FORBIDDEN);
        done(&clara.form(&format!("{holds}/1/release"), &[("why", "settled"), ("revision", "1")]).await);
        assert!(emil.get("/incidents/holds").await.text().contains("no longer to be kept"));
        for path in ["evidence", "evidence/1", "evidence/1/file", "evidence/1/custody.pdf", "evidence.xlsx", "evidence.csv", "costs.xlsx", "costs.csv", "situation.pdf", "report.pdf", "log"] {
            let path = format!("/incidents/{id}/{path}");
            assert_eq!(clara.get(&path).await.status, StatusCode::OK, "{path}");
            assert_eq!(emil.get(&path).await.status, StatusCode::NOT_FOUND, "{path}");
        }
        let ines = as_(app, &app.actor("Ines Compliance", &[Side::Compliance]));
        assert_eq!(upload(&ines, &evidence, &fields, None).await.status, StatusCode::FORBIDDEN);
        assert_eq!(ines.form(&format!("{piece}/verify"), &[]).await.status, StatusCode::FORBIDDEN);
    }

    async fn scripts_read_and_write_the_log(app: &TestApp) {
        let counsel = counsel(app);
        let id = told(app, &counsel).await;
        let clara = as_(app, &counsel);
        let base = format!("/api/v1/incidents/{id}");
        for (path, body) in [
            ("decisions", json!({ "what": "switch it off", "why": "it spreads", "decided_at": "2026-11-21T08:00:00Z" })),
            ("evidence", json!({ "what": "disk", "origin": "room 2", "place": "safe 1", "sha256": "AB".repeat(32) })),
            ("evidence/1/custody", json!({ "act": "handed_over", "from": "Clara Counsel", "to": "Ben", "seen": 1 })),
            ("costs", json!({ "what": "images", "category": "forensics", "amount": "12.50", "currency": "EUR", "dated": "2026-11-20", "kind": "invoiced" })),
            ("actions", json!({ "what": "order licences", "due": "2026-12-01" })),
        ] {
            let made = clara.json("POST", &format!("{base}/{path}"), &body, &[]).await;
            assert_eq!(made.status, StatusCode::CREATED, "{path}: {}", made.text());
        }
        assert_eq!(clara.get(&format!("{base}/decisions")).await.json()["items"][0]["decided_at"], "2026-11-21T08:00:00Z");
        assert_eq!(clara.get(&format!("{base}/evidence")).await.json()["items"][0]["holder"], "Ben");
        assert_eq!(clara.get(&format!("{base}/evidence/1")).await.json()["chain"][1]["act"], "handed_over");
        assert_eq!(clara.get(&format!("{base}/costs")).await.json()["sums"][0]["invoiced"], 1250);
        assert_eq!(clara.get(&format!("{base}/actions")).await.json()["actions"][0]["owner_name"], "Clara Counsel");
        assert!(clara.get(&format!("{base}/channels")).await.json()["told"].as_array().unwrap().is_empty());
        assert!(clara.get(&format!("{base}/holds")).await.json()["items"].as_array().unwrap().is_empty());
        let bad = clara.json("POST", &format!("{base}/costs"), &json!({ "amount": "x" }), &[]).await;
        assert_eq!(bad.status, StatusCode::UNPROCESSABLE_ENTITY);
        let emil = as_(app, &app.actor("Emil Employee", &[Side::Employee]));
        for path in ["decisions", "evidence", "evidence/1", "costs", "actions", "channels", "holds"] {
            assert_eq!(emil.get(&format!("{base}/{path}")).await.status, StatusCode::NOT_FOUND, "{path}");
        }
    }
}
