//! The response plan through the router.

use axum::{Router, http::StatusCode};
use db::{Store, transact};
use incidents::{State, set_state};
use kernel::Side;
use serde_json::json;
use testkit::Client;

use crate::{
    plan::{draft, leaves, ready, signed, team},
    use_cases::{app, told},
};

fn router(store: &Store) -> Router {
    let files = files::Files::folder(&std::env::temp_dir().join("countersign-incidents-pages")).unwrap();
    let area = incidents::area(store.clone(), files, "Acme");
    let (api, _) = area.api.split_for_parts();
    ui::inner(area.pages.merge(api), ui::Nav::new("Acme", area.nav))
}

const DRAFT: &str = "/incidents/plan/draft";

/// What stands behind the first `name="…" value="` of a page.
fn hidden(text: &str, name: &str) -> String {
    let (_, rest) = text.split_once(&format!("name=\"{name}\" value=\"")).unwrap();
    rest.split_once('"').unwrap().0.to_owned()
}

testkit::both_engines! {
    async fn from_no_plan_to_one_that_both_sides_signed(app: &TestApp) {
        let team = team(app).await;
        let (clara, sam) = (Client::new(router(&app.store), Some(team.clara.clone())), Client::new(router(&app.store), Some(team.sam.clone())));
        let empty = clara.get("/incidents/plan").await.text();
        assert!(empty.contains("No plan is in force") && empty.contains("Begin with the shipped plan"));
        assert!(clara.get("/incidents").await.text().contains("href=\"/incidents/plan\""));
        let emil = Client::new(router(&app.store), Some(app.actor("Emil Employee", &[Side::Employee])));
        assert!(!emil.get("/incidents/plan").await.text().contains("Begin with"));
        assert_eq!(emil.form(DRAFT, &[]).await.status, StatusCode::FORBIDDEN);
        assert_eq!(clara.get(DRAFT).await.status, StatusCode::NOT_FOUND);
        assert_eq!(clara.form(DRAFT, &[]).await.header("location"), Some(DRAFT));
        let text = clara.get(DRAFT).await.text();
        for wanted in ["Left to do before it is signed", "“Forensics” has neither a person nor a deputy.", "Cut off what is touched", "all of it is new"] {
            assert!(text.contains(wanted), "{wanted}");
        }
        assert!(!text.contains("Sign for Legal"));
        let revision = hidden(&text, "revision");
        let wrong = clara.form(&format!("{DRAFT}/about"), &[("revision", &revision), ("title", "Kept as typed"), ("review_by", "30.6.2027")]).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(wrong.text().contains("Kept as typed") && wrong.text().contains("is not a date"));

        let role = draft(app, &team.clara).await.plan.document.roles[0].clone();
        let at = format!("{DRAFT}/roles/{}", role.id);
        let form = clara.get(&at).await.text();
        assert!(form.contains("Sam Security (Security)") && form.contains("Incident lead"));
        let fields = |deputy: &str| vec![("revision", revision.clone()), ("name", "Incident lead".to_owned()), ("side", "technical".to_owned()), ("leads", "yes".to_owned()), ("person", team.sam.person.to_string()), ("deputy", deputy.to_owned())];
        let post = async |fields: Vec<(&str, String)>| clara.form(&at, &fields.iter().map(|(name, value)| (*name, value.as_str())).collect::<Vec<_>>()).await;
        let refused = post(fields(&team.sam.person.to_string())).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.text().contains("nobody is the own deputy"));
        assert_eq!(post(fields(&team.theo.person.to_string())).await.status, StatusCode::SEE_OTHER);
        let stale = post(fields(&team.theo.person.to_string())).await;
        assert_eq!(stale.status, StatusCode::CONFLICT);
        let fresh = draft(app, &team.clara).await.plan.version.revision.to_string();
        assert_eq!(hidden(&stale.text(), "revision"), fresh, "what was typed can be sent again");
        for path in ["roles/new", "steps/new?track=legal"] {
            assert_eq!(clara.get(&format!("{DRAFT}/{path}")).await.status, StatusCode::OK, "{path}");
            assert_eq!(emil.get(&format!("{DRAFT}/{path}")).await.status, StatusCode::FORBIDDEN, "{path}");
        }
        let step = [("revision", fresh.as_str()), ("track", "technical"), ("title", "<b>Bold</b>"), ("what", "Escape it."), ("number", "90"), ("unit", "minutes"), ("kinds", "supplier"), ("kinds", "misdirected")];
        assert_eq!(clara.form(&format!("{DRAFT}/steps/new"), &step).await.status, StatusCode::SEE_OTHER);
        let text = clara.get(DRAFT).await.text();
        assert!(text.contains("&#60;b&#62;Bold") && !text.contains("<b>Bold") && text.contains("within 90 min"));
        let added = draft(app, &team.clara).await.plan.document.steps.last().unwrap().id;
        let form = clara.get(&format!("{DRAFT}/steps/{added}")).await.text();
        assert!(form.contains("value=\"supplier\" checked") && form.contains("value=\"90\""));
        assert!(form.contains(&format!("{DRAFT}/steps/{added}/remove")));
        for (path, way) in [("move", "up"), ("remove", "")] {
            let revision = hidden(&clara.get(DRAFT).await.text(), "revision");
            let answer = clara.form(&format!("{DRAFT}/steps/{added}/{path}"), &[("revision", &revision), ("way", way)]).await;
            assert_eq!(answer.status, StatusCode::SEE_OTHER, "{path}");
        }
        let revision = hidden(&clara.get(DRAFT).await.text(), "revision");
        assert_eq!(clara.form(&format!("{DRAFT}/discard"), &[("revision", &revision)]).await.status, StatusCode::SEE_OTHER);

        let view = ready(app, &team).await;
        let text = clara.get(DRAFT).await.text();
        assert!(text.contains("Sign for Legal") && !text.contains("Sign for Security") && text.contains("Nothing is left to do"));
        assert_eq!(hidden(&text, "hash"), view.hash);
        assert_eq!(clara.form(&format!("{DRAFT}/sign"), &[("side", "Security"), ("hash", &view.hash)]).await.status, StatusCode::FORBIDDEN);
        assert_eq!(clara.form(&format!("{DRAFT}/sign"), &[("side", "Legal"), ("hash", "old")]).await.status, StatusCode::CONFLICT);
        assert_eq!(clara.form(&format!("{DRAFT}/sign"), &[("side", "Legal"), ("hash", &view.hash)]).await.header("location"), Some(DRAFT));
        assert!(!clara.get(DRAFT).await.text().contains("Sign for"), "Legal has signed");
        assert_eq!(sam.form(&format!("{DRAFT}/sign"), &[("side", "Security"), ("hash", &view.hash)]).await.header("location"), Some("/incidents/plan"));
        let page = emil.get("/incidents/plan").await.text();
        for wanted in ["Our plan", "Technical track", "Legal track", "signed ", &view.hash, "Never exercised yet", "30 Jun 2027", "In force", "Sam Security, else Theo Security"] {
            assert!(page.contains(wanted), "{wanted}");
        }
        assert!(!page.contains("Begin a new version") && clara.get("/incidents/plan").await.text().contains("Begin a new version"));
        assert!(emil.get("/incidents/plan/versions/1").await.text().contains("This version is not in force"));
        assert_eq!(emil.get("/incidents/plan/versions/9").await.status, StatusCode::NOT_FOUND);
        leaves(app, &team.sam).await;
        assert!(clara.get("/incidents/plan").await.text().contains("Sam Security, no longer works here"));
        app.world.advance_days(300);
        assert!(clara.get("/incidents/plan").await.text().contains("Review overdue."));
        let vendor = Client::new(router(&app.store), Some(app.actor("Vera Vendor", &[Side::Vendor])));
        for path in ["/incidents/plan", DRAFT, "/incidents/plan/versions/1", "/api/v1/incidents/plan"] {
            assert_eq!(vendor.get(path).await.status, StatusCode::FORBIDDEN, "{path}");
        }
    }

    async fn an_incidents_plan_is_worked_off_on_its_page(app: &TestApp) {
        let team = team(app).await;
        let id = told(app, &team.clara).await;
        let (clara, sam) = (Client::new(router(&app.store), Some(team.clara.clone())), Client::new(router(&app.store), Some(team.sam.clone())));
        let page = format!("/incidents/{id}/plan");
        assert!(clara.get(&page).await.text().contains("No response plan is in force"));
        signed(app, &team).await;
        assert!(clara.get(&page).await.text().contains("The plan starts when the incident is opened"));
        assert_eq!(clara.form(&page, &[]).await.status, StatusCode::CONFLICT);
        transact!(app.store, &team.clara, |cx| set_state(cx, id, State::Open, "", 1).await).unwrap();
        let text = sam.get(&page).await.text();
        for wanted in ["of the plan, started", "0 of ", "Yours", "29 min left", "Waits for “Judge how grave it is”", "Theo Security (deputy)", "Only for personal data"] {
            assert!(text.contains(wanted), "{wanted}");
        }
        assert!(clara.get(&format!("/incidents/{id}")).await.text().contains("steps closed"));
        let refused = sam.form(&format!("{page}/1"), &[("act", "not_needed"), ("note", ""), ("revision", "1")]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.text().contains("say why it is not needed"));
        assert_eq!(sam.form(&format!("{page}/1"), &[("act", "done"), ("note", "Two servers, it goes on."), ("revision", "1")]).await.status, StatusCode::SEE_OTHER);
        let stale = sam.form(&format!("{page}/1"), &[("act", "done"), ("note", "mine"), ("revision", "1")]).await;
        assert_eq!(stale.status, StatusCode::CONFLICT);
        assert_eq!(sam.form(&format!("{page}/2"), &[("act", "hand_over"), ("person", &team.theo.person.to_string()), ("revision", "1")]).await.status, StatusCode::SEE_OTHER);
        let text = clara.get(&page).await.text();
        assert!(text.contains("Two servers, it goes on.") && text.contains("1 of ") && !text.contains("Waits for “Judge how grave it is”"));
        assert_eq!(clara.form(&format!("{page}/kinds"), &[("kinds", "personal_data")]).await.status, StatusCode::SEE_OTHER);
        let text = clara.get(&page).await.text();
        assert!(text.contains("Not this kind of incident. It is about: personal data.") && !text.contains("value=\"ransomware\""));
        let (_, seen) = text.split_once("/plan/live?seen=").unwrap();
        let seen = format!("{page}/live?seen={}", seen.split_once('"').unwrap().0);
        assert_eq!(sam.get(&seen).await.status, StatusCode::NO_CONTENT);
        assert_eq!(sam.form(&format!("{page}/3"), &[("act", "done"), ("note", "cut off at noon"), ("revision", "1")]).await.status, StatusCode::SEE_OTHER);
        let live = clara.get(&seen).await.text();
        assert!(live.contains("cut off at noon") && !live.contains("<html"), "the other side sees it without a reload");
        let emil = Client::new(router(&app.store), Some(app.actor("Emil Employee", &[Side::Employee])));
        assert_eq!(emil.get(&page).await.status, StatusCode::NOT_FOUND);
        assert_eq!(emil.get(&seen).await.status, StatusCode::NOT_FOUND);
        assert_eq!(emil.form(&format!("{page}/2"), &[("act", "done"), ("revision", "2")]).await.status, StatusCode::NOT_FOUND);
        let cora = Client::new(router(&app.store), Some(app.actor("Cora Compliance", &[Side::Compliance])));
        let text = cora.get(&page).await.text();
        assert!(text.contains("What to do") && !text.contains("name=\"act\""));
        assert_eq!(cora.form(&format!("{page}/2"), &[("act", "done"), ("revision", "2")]).await.status, StatusCode::FORBIDDEN);
    }

    async fn a_script_reads_the_plan_and_works_off_steps(app: &TestApp) {
        let team = team(app).await;
        let clara = Client::new(router(&app.store), Some(team.clara.clone()));
        assert!(clara.get("/api/v1/incidents/plan").await.json()["plan"].is_null());
        signed(app, &team).await;
        let plan = clara.get("/api/v1/incidents/plan").await.json();
        assert_eq!((plan["plan"]["number"].as_i64(), plan["plan"]["state"].as_str(), plan["plan"]["signatures"].as_array().unwrap().len()), (Some(1), Some("in_force"), 2));
        assert_eq!(plan["plan"]["roles"][0]["person"]["name"], "Sam Security");
        let id = told(app, &team.clara).await;
        let steps = format!("/api/v1/incidents/{id}/steps");
        assert!(clara.get(&steps).await.json()["version"].is_null());
        transact!(app.store, &team.clara, |cx| set_state(cx, id, State::Open, "", 1).await).unwrap();
        let listed = clara.get(&steps).await.json();
        assert_eq!((listed["version"].as_i64(), listed["items"][0]["state"].as_str()), (Some(1), Some("open")));
        let done = clara.json("POST", &format!("{steps}/1"), &json!({ "act": "done", "note": "clear", "revision": 1 }), &[]).await;
        assert_eq!((done.status, done.json()["state"].as_str().map(str::to_owned)), (StatusCode::OK, Some("done".to_owned())), "{}", done.text());
        let stale = clara.json("POST", &format!("{steps}/1"), &json!({ "act": "open_again", "revision": 1 }), &[]).await;
        assert_eq!(stale.status, StatusCode::PRECONDITION_FAILED);
        let odd = clara.json("POST", &format!("{steps}/2"), &json!({ "act": "burn", "revision": 1 }), &[]).await;
        assert_eq!(odd.status, StatusCode::UNPROCESSABLE_ENTITY);
        let handed = clara.json("POST", &format!("{steps}/2"), &json!({ "act": "hand_over", "person": team.theo.person.to_string(), "revision": 1 }), &[]).await;
        assert_eq!(handed.json()["person"]["name"], "Theo Security");
        let emil = Client::new(router(&app.store), Some(app.actor("Emil Employee", &[Side::Employee])));
        assert_eq!(emil.get(&steps).await.status, StatusCode::NOT_FOUND);
        assert_eq!(emil.json("POST", &format!("{steps}/1"), &json!({ "act": "burn", "revision": 1 }), &[]).await.status, StatusCode::NOT_FOUND);
    }
}
