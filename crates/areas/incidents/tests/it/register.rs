//! The register of breaches: what stands in it, who reads it, and what it gives out.

use calamine::Reader;
use db::transact;
use incidents::{
    IncidentId, State,
    register::{BreachRow, RegisterFilter, register},
    set_state,
};
use kernel::{Actor, RefusalKind, Side};
use serde_json::{Value, json};
use testkit::{Engine, TestApp};

use crate::{
    notices::{GDPR, approved, known, send, sending},
    pages::{client, parts},
    use_cases::{counsel, fact, told},
};

async fn app(engine: Engine) -> TestApp {
    crate::use_cases::app(engine).await
}

async fn read(app: &TestApp, actor: &Actor, filter: &RegisterFilter) -> Vec<BreachRow> {
    register(&mut app.store.read(actor).await.unwrap(), filter, 50).await.unwrap().0
}

async fn numbers(app: &TestApp, actor: &Actor) -> Vec<i64> {
    read(app, actor, &RegisterFilter::default()).await.into_iter().map(|row| row.number).collect()
}

async fn judge(app: &TestApp, actor: &Actor, id: IncidentId, value: Value, seen: i64) {
    fact(app, actor, id, "breach", value, seen).await.unwrap();
}

testkit::both_engines! {
    async fn every_breach_stands_in_it_notified_or_not(app: &TestApp) {
        let clara = counsel(app);
        let [plain, counted, judged, denied, dismissed, exercise] =
            [told(app, &clara).await, told(app, &clara).await, told(app, &clara).await, told(app, &clara).await, told(app, &clara).await, told(app, &clara).await];
        assert!(numbers(app, &clara).await.is_empty(), "a lost umbrella is no breach");
        fact(app, &clara, plain, "data.categories", json!(["none"]), 0).await.unwrap();
        fact(app, &clara, counted, "affected.individuals.DE", json!(3), 0).await.unwrap();
        judge(app, &clara, judged, json!(true), 0).await;
        fact(app, &clara, denied, "data.categories", json!(["contact"]), 0).await.unwrap();
        assert_eq!(numbers(app, &clara).await, [4, 3, 2]);
        judge(app, &clara, denied, json!(false), 0).await;
        fact(app, &clara, dismissed, "data.categories", json!(["contact"]), 0).await.unwrap();
        transact!(app.store, &clara, |cx| set_state(cx, dismissed, State::Dismissed, "a drill", 1).await).unwrap();
        assert_eq!(numbers(app, &clara).await, [3, 2]);
        judge(app, &clara, dismissed, json!(true), 0).await;
        assert_eq!(numbers(app, &clara).await, [5, 3, 2], "dismissed as an incident, and a breach all the same");
        judge(app, &clara, denied, Value::Null, 1).await;
        fact(app, &clara, counted, "affected.individuals.DE", json!(0), 1).await.unwrap();
        assert_eq!(numbers(app, &clara).await, [5, 4, 3], "what was withdrawn or corrected counts no longer");
        judge(app, &clara, exercise, json!(true), 0).await;
        let mut cx = app.store.write(&clara).await.unwrap();
        cx.run("update incidents set exercise = $2 where id = $1", vec![exercise.into(), kernel::Uuid::from_u128(7).into()]).await.unwrap();
        cx.unrecorded("a test makes an exercise");
        cx.commit().await.unwrap();
        assert_eq!(numbers(app, &clara).await, [5, 4, 3], "an exercise never");
        let filter = RegisterFilter::parse("2026", "dismissed").unwrap();
        assert_eq!(read(app, &clara, &filter).await.len(), 1);
        assert!(read(app, &clara, &RegisterFilter::parse("2025", "").unwrap()).await.is_empty());
        assert_eq!(RegisterFilter::parse("20x6", "").unwrap_err().fields[0].field, "year");
        let (first, next) = register(&mut app.store.read(&clara).await.unwrap(), &RegisterFilter::default(), 2).await.unwrap();
        assert_eq!((first.len(), next), (2, Some(4)));
        let rest = read(app, &clara, &RegisterFilter { below: next, ..RegisterFilter::default() }).await;
        assert_eq!(rest.iter().map(|row| row.number).collect::<Vec<_>>(), [3]);
    }

    async fn a_row_tells_facts_effects_and_remedial_action(app: &TestApp) {
        let (clara, id) = known(app).await;
        fact(app, &clara, id, "flags.high_risk", json!(false), 0).await.unwrap();
        let view = approved(app, &clara, id, GDPR).await;
        send(app, &clara, &view, &sending(&view, "2026-11-23T15:30")).await.unwrap();
        let rows = read(app, &clara, &RegisterFilter::default()).await;
        let row = &rows[0];
        assert_eq!(row.nature.as_deref(), Some("A laptop with a customer list was left on a train."));
        assert_eq!(row.effects.as_deref(), Some("Unwanted calls and mail."));
        assert_eq!(row.remedial_action.as_deref(), Some("The laptop was locked from afar."));
        assert_eq!(row.known.as_deref(), Some("23 November 2026, 14:20 Europe/Paris"));
        assert_eq!((row.numbers().as_deref(), row.people_in_all), (Some("FR 1501"), Some(1501)));
        let told = row.authorities_told[0].said();
        assert!(told.contains("supervisory authority") && told.contains("23 November 2026, 15:30") && told.contains("CNIL-4711"), "{told}");
        assert!(row.people_told.is_empty() && row.happened.is_none());
        assert_eq!(row.reasons_for_not_telling().as_deref(), Some("Judged not likely to result in a high risk (the service desk, ticket 12)"));
    }

    async fn only_those_read_it_who_answer_for_it(app: &TestApp) {
        let (clara, id) = known(app).await;
        for (side, may) in [
            (Side::Legal, true), (Side::Privacy, true), (Side::Security, true), (Side::Compliance, true), (Side::Auditor, true),
            (Side::It, false), (Side::Executive, false), (Side::Employee, false), (Side::Vendor, false),
        ] {
            let someone = client(app, "Someone Else", side);
            for path in ["/incidents/register", "/incidents/register.xlsx", "/incidents/register.json", "/api/v1/incidents/register"] {
                let status = someone.get(path).await.status.as_u16();
                assert_eq!(status == 200, may, "{side} {path}: {status}");
            }
        }
        let page = client(app, "Aud Auditor", Side::Auditor).get("/incidents/register").await.text();
        assert!(page.contains("left on a train") && !page.contains(&format!("/incidents/{id}")), "the register opens no incident");
        assert!(page.contains("not entered"));
        assert!(client(app, "Clara Counsel", Side::Legal).get("/incidents/register").await.text().contains(&format!("/incidents/{id}")));
        let sam = crate::notices::security(app);
        let refused = fact(app, &sam, id, "breach", json!(false), 0).await.unwrap_err();
        assert_eq!(refused.kind, RefusalKind::Forbidden, "what is a breach is for Legal");
        assert_eq!(fact(app, &clara, id, "breach", json!("no"), 0).await.unwrap_err().kind, RefusalKind::Invalid);
    }

    async fn it_leaves_as_a_workbook_and_as_json(app: &TestApp) {
        let (clara, id) = known(app).await;
        fact(app, &clara, id, "told.cause", json!("=HYPERLINK(\"http://evil.example\")"), 0).await.unwrap();
        let (name, _, bytes) = parts(app).register_xlsx(&clara, &RegisterFilter::default()).await.unwrap();
        assert_eq!(name, "breach-register-2026-11-23.xlsx");
        let mut book: calamine::Xlsx<_> = calamine::open_workbook_from_rs(std::io::Cursor::new(bytes.to_vec())).unwrap();
        assert_eq!(book.sheet_names(), ["Breaches", "Told", "About"]);
        let sheet = book.worksheet_range("Breaches").unwrap();
        let cells: Vec<Vec<String>> = sheet.rows().map(|row| row.iter().map(ToString::to_string).collect()).collect();
        assert_eq!(cells.len(), 2);
        let cell = |title: &str| cells[1][cells[0].iter().position(|head| head == title).unwrap()].clone();
        assert_eq!((cell("Effects").as_str(), cell("People in all").as_str(), cell("Happened").as_str()), ("Unwanted calls and mail.", "1501", "not entered"));
        assert_eq!(cell("Facts: cause"), "=HYPERLINK(\"http://evil.example\")", "as text");
        assert!(book.worksheet_formula("Breaches").unwrap().is_empty(), "and never as a formula");
        let (_, _, bytes) = parts(app).register_json(&clara, &RegisterFilter::default()).await.unwrap();
        let whole: Value = serde_json::from_slice(&bytes).unwrap();
        assert_eq!((&whole["organisation"], &whole["breaches"][0]["happened"]), (&json!("Acme GmbH"), &Value::Null));
        let listed = client(app, "Aud Auditor", Side::Auditor).get("/api/v1/incidents/register?year=2026&limit=1").await.json();
        assert_eq!(listed["items"][0]["effects"], "Unwanted calls and mail.");
        let mut cx = app.store.read(&Actor::system()).await.unwrap();
        let entries = db::ledger_store::entries_after(&mut cx, 1, 100).await.unwrap();
        assert_eq!(entries.iter().filter(|stored| stored.entry.action == "register.exported").count(), 2);
    }
}
