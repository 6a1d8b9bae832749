//! The use cases on both engines.

use db::transact;
use incidents::{IncidentId, NewFact, Report, State, enter_fact, list, report, reported, set_state, take, view};
use kernel::{Actor, Refusal, RefusalKind, Side};
use serde_json::{Value, json};
use testkit::{Engine, TestApp};

pub(crate) async fn app(engine: Engine) -> TestApp {
    let app = TestApp::new(
        engine,
        &[
            ("people", people::MIGRATIONS),
            ("files", files::MIGRATIONS),
            ("notices", notices::MIGRATIONS),
            ("playbook", playbook::MIGRATIONS),
            ("contracts", contracts::MIGRATIONS),
            ("incidents", incidents::MIGRATIONS),
        ],
    )
    .await;
    transact!(app.store, &Actor::system(), |cx| playbook::ensure_default(cx).await).unwrap();
    app
}

pub(crate) fn counsel(app: &TestApp) -> Actor {
    app.actor("Clara Counsel", &[Side::Legal])
}

pub(crate) async fn told(app: &TestApp, actor: &Actor) -> IncidentId {
    let told = Report {
        title: "Laptop lost on a train".to_owned(),
        what: "A bag with a laptop was left on the train to Lyon.".to_owned(),
        noticed: json!({ "local": "2026-11-23T08:00", "zone": "Europe/Paris" }),
    };
    transact!(app.store, actor, |cx| report(cx, &told).await).unwrap()
}

pub(crate) async fn fact(
    app: &TestApp,
    actor: &Actor,
    id: IncidentId,
    path: &str,
    value: Value,
    seen: i64,
) -> Result<Vec<String>, Refusal> {
    let new = NewFact { path: path.to_owned(), value, source: "the service desk, ticket 12".to_owned(), seen };
    let moves = transact!(app.store, actor, |cx| enter_fact(cx, id, &new).await)?;
    Ok(moves.into_iter().map(|moved| moved.rule).collect())
}

/// A controller in France that is aware since Monday afternoon.
pub(crate) async fn aware(app: &TestApp, actor: &Actor, id: IncidentId) {
    for (path, value) in [
        ("actor.roles", json!(["controller"])),
        ("actor.establishments", json!(["FR"])),
        ("data.categories", json!(["contact"])),
        ("events.aware", json!({ "local": "2026-11-23T14:20", "zone": "Europe/Paris" })),
    ] {
        fact(app, actor, id, path, value, 0).await.unwrap();
    }
}

/// A contract on hosting with Nimbus Inc. whose one document says `text`.
pub(crate) async fn hosting(app: &TestApp, actor: &Actor, text: &'static str) -> contracts::Contract {
    let area = contracts::Contracts {
        store: app.store.clone(),
        files: files::Files::folder(&app.folder().join("files")).unwrap(),
        reader: contracts::Reader::Here,
        organisation: "Acme GmbH".into(),
    };
    let fields = contracts::ContractFields {
        title: "Hosting of the shop".into(),
        us: "Acme GmbH".into(),
        counterparty: "Nimbus Inc.".into(),
        direction: "vendor".into(),
        kind: "saas".into(),
        our_role: "customer".into(),
        paper: "theirs".into(),
        data_classes: vec!["personal".into()],
        initiated_on: "2026-11-01".into(),
        ..contracts::ContractFields::default()
    };
    let contract = transact!(app.store, actor, |cx| contracts::contract::register(cx, &fields).await).unwrap();
    area.upload(actor, contract.id, "hosting.md", bytes::Bytes::from_static(text.as_bytes()), "").await.unwrap();
    contract
}

testkit::both_engines! {
    async fn facts_start_clocks_and_a_correction_moves_them(app: &TestApp) {
        let counsel = counsel(app);
        let id = told(app, &counsel).await;
        aware(app, &counsel, id).await;
        let mut cx = app.store.read(&counsel).await.unwrap();
        let before = view(&mut cx, id).await.unwrap();
        drop(cx);
        let gdpr = |view: &incidents::View| view.board.running.iter().chain(&view.board.done).find(|duty| duty.rule == "eu-gdpr/authority").cloned();
        assert_eq!(gdpr(&before).unwrap().due_there.as_deref(), Some("2026-11-26T14:20:00+01:00"));
        assert!(before.moves.iter().any(|moved| moved.rule == "eu-gdpr/authority" && moved.due_after == "2026-11-26T14:20:00+01:00"));

        let moved = fact(app, &counsel, id, "events.aware", json!({ "local": "2026-11-23T09:20", "zone": "Europe/Paris" }), 1).await.unwrap();
        assert!(moved.contains(&"eu-gdpr/authority".to_owned()), "{moved:?}");
        let mut cx = app.store.read(&counsel).await.unwrap();
        let after = view(&mut cx, id).await.unwrap();
        drop(cx);
        assert_eq!(gdpr(&after).unwrap().due_there.as_deref(), Some("2026-11-26T09:20:00+01:00"));
        let entries: Vec<(i64, bool)> = after.facts.iter().filter(|fact| fact.path == "events.aware").map(|fact| (fact.number, fact.superseded)).collect();
        assert_eq!(entries, [(2, false), (1, true)], "both entries stay");

        fact(app, &counsel, id, "events.submitted.eu-gdpr/authority", json!({ "local": "2026-11-25T10:00", "zone": "Europe/Paris" }), 0).await.unwrap();
        let mut cx = app.store.read(&counsel).await.unwrap();
        let sent = view(&mut cx, id).await.unwrap();
        assert!(sent.board.running.iter().all(|duty| duty.rule != "eu-gdpr/authority"));
        assert_eq!(gdpr(&sent).unwrap().status, clocks::Status::Met);
    }

    async fn lists_tell_the_tightest_clock_to_those_who_may_read_the_facts(app: &TestApp) {
        let emil = app.actor("Emil Employee", &[Side::Employee]);
        let clara = counsel(app);
        let id = told(app, &emil).await;
        let quiet = told(app, &emil).await;
        aware(app, &clara, id).await;
        let mut cx = app.store.read(&clara).await.unwrap();
        let running = incidents::running(&mut cx, 10).await.unwrap();
        let told: Vec<_> = running.iter().map(|known| (known.id, known.next_rule.as_str())).collect();
        assert_eq!(told, [(id, "eu-gdpr/authority"), (quiet, "")], "what has a clock stands first");
        assert_eq!(running[0].next_due.unwrap().to_string(), "2026-11-26T13:20:00Z");
        drop(cx);
        let mut cx = app.store.read(&emil).await.unwrap();
        assert!(incidents::running(&mut cx, 10).await.unwrap().is_empty());
        for own in list(&mut cx, None, None, 10).await.unwrap().items {
            assert!(own.next_due.is_none() && own.next_rule.is_empty(), "the facts are not the reporter's");
        }
        assert!(reported(&mut cx, id).await.unwrap().next_due.is_none());
        drop(cx);
        fact(app, &clara, id, "events.submitted.eu-gdpr/authority", json!({ "local": "2026-11-25T10:00", "zone": "Europe/Paris" }), 0).await.unwrap();
        let mut cx = app.store.read(&clara).await.unwrap();
        assert!(incidents::running(&mut cx, 10).await.unwrap()[0].next_rule.is_empty(), "what was sent runs no longer");
    }

    async fn a_touched_contract_starts_its_clock_for_whoever_may_read_it(app: &TestApp) {
        let (counsel, it) = (counsel(app), app.actor("Ivo IT", &[Side::It]));
        let text = "# Hosting\n\n1. Security Incidents. The Provider shall notify the Customer of any security breach affecting Customer Data within twenty-four (24) hours after becoming aware of it.\n";
        hosting(app, &counsel, text).await;
        let id = told(app, &counsel).await;
        aware(app, &counsel, id).await;
        let seen = async |actor: &Actor| view(&mut app.store.read(actor).await.unwrap(), id).await.unwrap();
        let before = seen(&counsel).await;
        assert_eq!((before.contracts.len(), before.contracts[0].touched), (1, false));
        assert!(before.board.all().all(|duty| !duty.rule.starts_with("contract/")));
        let path = before.contracts[0].path.clone();
        let moved = fact(app, &counsel, id, &path, json!(true), 0).await.unwrap();
        assert!(moved.is_empty(), "what moved is told to all who read the incident, so contracts stay out of it: {moved:?}");
        let after = seen(&counsel).await;
        let clock = after.board.all().find(|duty| duty.rule.starts_with("contract/")).unwrap();
        // From the first notice in the morning, 08:00 in Paris: the strict reading.
        assert_eq!(clock.due.unwrap().to_string(), "2026-11-24T07:00:00Z", "{clock:?}");
        transact!(app.store, &counsel, |cx| take(cx, id, &clock.rule).await).unwrap();
        let outside = seen(&it).await;
        assert!(outside.contracts.is_empty() && outside.board.all().all(|duty| !duty.rule.starts_with("contract/")));
        let refused = transact!(app.store, &it, |cx| take(cx, id, &clock.rule).await).unwrap_err();
        assert_eq!(refused.kind, RefusalKind::NotFound);
    }

    async fn a_withdrawn_fact_ends_its_clock(app: &TestApp) {
        let counsel = counsel(app);
        let id = told(app, &counsel).await;
        aware(app, &counsel, id).await;
        let moved = fact(app, &counsel, id, "events.aware", Value::Null, 1).await.unwrap();
        assert!(moved.contains(&"eu-gdpr/authority".to_owned()), "{moved:?}");
        let mut cx = app.store.read(&counsel).await.unwrap();
        let view = view(&mut cx, id).await.unwrap();
        let gdpr = view.board.missing.iter().find(|duty| duty.rule == "eu-gdpr/authority").unwrap();
        assert_eq!((gdpr.due, gdpr.missing.as_slice()), (None, ["events.aware".to_owned()].as_slice()));
    }

    async fn of_two_who_change_a_fact_at_once_the_second_is_told(app: &TestApp) {
        let (legal, security) = (counsel(app), app.actor("Sam Security", &[Side::Security]));
        let id = told(app, &legal).await;
        fact(app, &legal, id, "affected.individuals.US-CA", json!(500), 0).await.unwrap();
        let refused = fact(app, &security, id, "affected.individuals.US-CA", json!(501), 0).await.unwrap_err();
        assert_eq!(refused.kind, RefusalKind::Stale);
        fact(app, &security, id, "affected.individuals.US-CA", json!(501), 1).await.unwrap();
    }

    async fn what_no_clock_can_use_is_refused_under_its_field(app: &TestApp) {
        let counsel = counsel(app);
        let id = told(app, &counsel).await;
        for (path, value) in [
            ("events.aware", json!({ "local": "2027-03-28T02:30", "zone": "Europe/Berlin" })),
            ("affected.individuals.US-CA", json!(-1)),
            ("flags.hungry", json!(true)),
            ("privileged.advice", json!("we are liable")),
        ] {
            let refused = fact(app, &counsel, id, path, value, 0).await.unwrap_err();
            assert_eq!((refused.kind, refused.fields[0].field.as_str()), (RefusalKind::Invalid, "value"), "{path}");
        }
        let new = NewFact { path: "flags.high_risk".to_owned(), value: json!(true), source: " ".to_owned(), seen: 0 };
        let refused = transact!(app.store, &counsel, |cx| enter_fact(cx, id, &new).await).unwrap_err();
        assert_eq!(refused.fields[0].field, "source");
    }

    async fn a_reporter_sees_the_own_report_and_nothing_more(app: &TestApp) {
        let (employee, other) = (app.actor("Emil Employee", &[Side::Employee]), app.actor("Otto Other", &[Side::Employee]));
        let id = told(app, &employee).await;
        let hidden = |refused: Refusal| assert_eq!(refused.kind, RefusalKind::NotFound);
        let mut cx = app.store.read(&employee).await.unwrap();
        assert_eq!(reported(&mut cx, id).await.unwrap().number, 1);
        assert_eq!(list(&mut cx, None, None, 10).await.unwrap().items.len(), 1);
        hidden(view(&mut cx, id).await.unwrap_err());
        let mut cx = app.store.read(&other).await.unwrap();
        hidden(reported(&mut cx, id).await.unwrap_err());
        assert!(list(&mut cx, None, None, 10).await.unwrap().items.is_empty());
        hidden(fact(app, &employee, id, "flags.high_risk", json!(true), 0).await.unwrap_err());
        for side in [Side::Executive, Side::Auditor, Side::Vendor] {
            let actor = app.actor("Someone Else", &[side]);
            let mut cx = app.store.read(&actor).await.unwrap();
            hidden(reported(&mut cx, id).await.unwrap_err());
        }
        let compliance = app.actor("Cora Compliance", &[Side::Compliance]);
        let refused = fact(app, &compliance, id, "flags.high_risk", json!(true), 0).await.unwrap_err();
        assert_eq!(refused.kind, RefusalKind::Forbidden, "Compliance reads and does not write");
    }

    async fn an_incident_goes_through_its_states(app: &TestApp) {
        let counsel = counsel(app);
        let id = told(app, &counsel).await;
        let to = async |state: State, why: &str, revision: i64| transact!(app.store, &counsel, |cx| set_state(cx, id, state, why, revision).await);
        assert_eq!(to(State::Closed, "done", 1).await.unwrap_err().kind, RefusalKind::Conflict);
        to(State::Open, "", 1).await.unwrap();
        assert_eq!(to(State::Closed, "done", 1).await.unwrap_err().kind, RefusalKind::Stale);
        assert_eq!(to(State::Closed, " ", 2).await.unwrap_err().fields[0].field, "outcome");
        to(State::Closed, "the laptop came back unopened", 2).await.unwrap();
        to(State::Open, "", 3).await.unwrap();
    }

    async fn somebody_sees_to_a_clock(app: &TestApp) {
        let (legal, security) = (counsel(app), app.actor("Sam Security", &[Side::Security]));
        let id = told(app, &legal).await;
        aware(app, &legal, id).await;
        transact!(app.store, &legal, |cx| take(cx, id, "eu-gdpr/authority").await).unwrap();
        transact!(app.store, &security, |cx| take(cx, id, "eu-gdpr/authority").await).unwrap();
        let mut cx = app.store.read(&legal).await.unwrap();
        let takers = view(&mut cx, id).await.unwrap().takers;
        assert_eq!(takers.iter().map(|taker| taker.person_name.as_str()).collect::<Vec<_>>(), ["Sam Security"]);
        drop(cx);
        let refused = transact!(app.store, &legal, |cx| take(cx, id, "eu-gdpr/tea").await).unwrap_err();
        assert_eq!(refused.kind, RefusalKind::NotFound);
    }

    async fn a_list_pages_by_number(app: &TestApp) {
        let counsel = counsel(app);
        for _ in 0..5 {
            told(app, &counsel).await;
        }
        let mut cx = app.store.read(&counsel).await.unwrap();
        let first = list(&mut cx, None, None, 3).await.unwrap();
        assert_eq!(first.items.iter().map(|incident| incident.number).collect::<Vec<_>>(), [5, 4, 3]);
        assert!(first.next.is_some());
        let second = list(&mut cx, Some(State::Reported), Some(3), 3).await.unwrap();
        assert_eq!(second.items.iter().map(|incident| incident.number).collect::<Vec<_>>(), [2, 1]);
        assert!(second.next.is_none());
        assert!(list(&mut cx, Some(State::Closed), None, 3).await.unwrap().items.is_empty());
    }

    async fn the_ledger_tells_it_behind_a_wall(app: &TestApp) {
        let counsel = counsel(app);
        let id = told(app, &counsel).await;
        fact(app, &counsel, id, "flags.high_risk", json!(true), 0).await.unwrap();
        let mut cx = app.store.read(&Actor::system()).await.unwrap();
        let entries = db::ledger_store::entries_after(&mut cx, 1, 10).await.unwrap();
        let actions: Vec<&str> = entries.iter().map(|stored| stored.entry.action.as_str()).collect();
        assert_eq!(actions, ["incident.reported", "incident.fact_entered"]);
        let rows = cx.all("select sealed from walls", vec![]).await.unwrap();
        assert!(rows.len() == 1 && rows[0].flag("sealed").unwrap());
    }
}
