//! Reminders, by moving the clock.

use axum::http::StatusCode;
use db::{JobHandler, transact};
use incidents::{IncidentId, Remind, State, add_reminder_rule, set_state, take};
use kernel::{Actor, Refusal, RefusalKind, Side};
use serde_json::{Value, json};
use testkit::{Client, TestApp};

use crate::{
    pages::router,
    plan,
    use_cases::{app, aware, fact, hosting, told},
};

const HOUR: i64 = 3600;
/// From the start of the tests' clock, Saturday 09:00 UTC, until the authority must be told: Thursday 13:20 UTC.
const UNTIL_DUE: i64 = 5 * 24 * HOUR + 4 * HOUR + 20 * 60;

/// Somebody who works here.
pub(crate) async fn hire(app: &TestApp, name: &str, sides: &[Side]) -> Actor {
    let actor = app.actor(name, sides);
    let email = format!("{}@example.org", name.to_lowercase().replace(' ', "."));
    transact!(app.store, &Actor::system(), |cx| {
        cx.unrecorded("a test");
        let (id, now) = (actor.person, cx.now);
        cx.run(
            "insert into people (id, name, name_folded, email, email_folded, title, department, search, administrator, active, totp_confirmed, created_at, revision) \
             values ($1, $2, $2, $3, $3, '', '', $2, false, true, false, $4, 1)",
            vec![id.into(), name.into(), email.clone().into(), now.into()],
        )
        .await?;
        for side in sides {
            cx.run("insert into person_sides (person, side) values ($1, $2)", vec![id.into(), (*side).into()]).await?;
        }
        Ok::<_, Refusal>(())
    })
    .unwrap();
    actor
}

pub(crate) async fn change(app: &TestApp, sql: &'static str, binds: Vec<kernel::Value>) {
    transact!(app.store, &Actor::system(), |cx| {
        cx.unrecorded("a test");
        cx.run(sql, binds.clone()).await
    })
    .unwrap();
}

/// The cast: two of Legal, one of Security, one of IT, and one who has nothing to do with it.
struct House {
    clara: Actor,
    lena: Actor,
    sam: Actor,
    ivo: Actor,
    emil: Actor,
}

async fn house(app: &TestApp) -> House {
    House {
        clara: hire(app, "Clara Counsel", &[Side::Legal]).await,
        lena: hire(app, "Lena Legal", &[Side::Privacy]).await,
        sam: hire(app, "Sam Security", &[Side::Security]).await,
        ivo: hire(app, "Ivo IT", &[Side::It]).await,
        emil: hire(app, "Emil Employee", &[Side::Employee]).await,
    }
}

async fn run(app: &TestApp) {
    Remind.run(&app.store, "{}").await.unwrap();
}

/// Every message of a person: its subject and lines, the oldest first.
async fn messages(app: &TestApp, actor: &Actor) -> Vec<String> {
    let mut cx = app.store.read(actor).await.unwrap();
    let mut found = notices::list(&mut cx, false, None, 200).await.unwrap().items;
    found.reverse();
    found.into_iter().map(|notice| format!("{}\n{}", notice.subject, notice.lines.join("\n"))).collect()
}

/// How many messages each of the house has: Clara, Lena, Sam, Ivo, Emil.
async fn counts(app: &TestApp, house: &House) -> [usize; 5] {
    let mut out = [0; 5];
    for (count, actor) in out.iter_mut().zip([&house.clara, &house.lena, &house.sam, &house.ivo, &house.emil]) {
        *count = messages(app, actor).await.len();
    }
    out
}

/// To so many seconds before the clock of the authority ends.
fn to(app: &TestApp, before: i64) {
    let now = app.store.world.now().micros() / 1_000_000;
    let due = 1_795_251_600 + UNTIL_DUE;
    app.world.advance_seconds(due - before - now);
}

async fn by_hand(app: &TestApp, actor: &Actor, id: IncidentId, rule: &str) {
    transact!(app.store, actor, |cx| take(cx, id, rule).await).unwrap();
}

testkit::both_engines! {
    async fn what_nobody_takes_goes_further_up_and_is_told_once(app: &TestApp) {
        let house = house(app).await;
        let id = told(app, &house.clara).await;
        aware(app, &house.clara, id).await;
        run(app).await;
        assert_eq!(counts(app, &house).await, [0; 5], "nothing is near");
        to(app, 24 * HOUR + 60);
        run(app).await;
        assert_eq!(counts(app, &house).await, [0; 5]);
        to(app, 24 * HOUR);
        for _ in 0..3 {
            run(app).await;
        }
        assert_eq!(counts(app, &house).await, [1, 1, 0, 0, 0], "the side that reported");
        let first = &messages(app, &house.clara).await[0];
        for wanted in ["Incident 1: due in 24 h", "eu-gdpr/authority", "Thu 26 Nov 2026, 14:20 (Europe/Paris)", "Nobody sees to it yet"] {
            assert!(first.contains(wanted), "{wanted}: {first}");
        }
        assert!(!first.contains("Laptop") && !first.contains("train"), "{first}");
        to(app, 4 * HOUR);
        run(app).await;
        run(app).await;
        assert_eq!(counts(app, &house).await, [2, 2, 1, 0, 0], "no plan names a deputy, so all leads");
        to(app, HOUR);
        run(app).await;
        run(app).await;
        assert_eq!(counts(app, &house).await, [3, 3, 2, 0, 0]);
        to(app, -60);
        run(app).await;
        app.world.advance_days(3);
        run(app).await;
        assert_eq!(counts(app, &house).await, [4, 4, 3, 0, 0]);
        let last = messages(app, &house.sam).await.pop().unwrap();
        assert!(last.contains("overdue since 1 min"), "{last}");
        let mut cx = app.store.read(&Actor::system()).await.unwrap();
        let entries = db::ledger_store::entries_after(&mut cx, 1, 50).await.unwrap();
        let reminded: Vec<_> = entries.iter().filter(|stored| stored.entry.action == "incident.reminded").collect();
        assert_eq!(reminded.len(), 4);
    }

    async fn whoever_takes_it_is_reminded_alone_until_the_last_hour(app: &TestApp) {
        let house = house(app).await;
        let id = told(app, &house.emil).await;
        aware(app, &house.clara, id).await;
        by_hand(app, &house.ivo, id, "eu-gdpr/authority").await;
        to(app, 24 * HOUR);
        run(app).await;
        assert_eq!(counts(app, &house).await, [0, 0, 0, 1, 0]);
        assert!(messages(app, &house.ivo).await[0].contains("You see to eu-gdpr/authority"));
        to(app, 4 * HOUR);
        run(app).await;
        assert_eq!(counts(app, &house).await, [0, 0, 0, 2, 0]);
        to(app, HOUR);
        run(app).await;
        assert_eq!(counts(app, &house).await, [1, 1, 1, 3, 0]);
        assert!(messages(app, &house.sam).await[0].contains("Ivo IT sees to eu-gdpr/authority"));
        to(app, -1);
        run(app).await;
        assert_eq!(counts(app, &house).await, [2, 2, 2, 4, 0]);
    }

    async fn who_has_left_or_is_away_is_stood_in_for_at_once(app: &TestApp) {
        let house = house(app).await;
        let ines = hire(app, "Ines IT", &[Side::It]).await;
        let id = told(app, &house.ivo).await;
        aware(app, &house.clara, id).await;
        by_hand(app, &house.sam, id, "eu-gdpr/authority").await;
        change(
            app,
            "insert into delegations (id, side, from_person, to_person, starts_on, ends_on, reason, created_at) values ($1, 'security', $2, $3, '2026-11-24', '2026-11-25', '', 1)",
            vec![kernel::Uuid::from_u128(7).into(), house.sam.person.into(), ines.person.into()],
        )
        .await;
        to(app, 24 * HOUR);
        run(app).await;
        assert_eq!(counts(app, &house).await, [0, 0, 1, 0, 0]);
        assert_eq!(messages(app, &ines).await.len(), 1, "lent until today");
        change(app, "update people set active = false where id = $1", vec![house.sam.person.into()]).await;
        to(app, 4 * HOUR);
        run(app).await;
        assert_eq!(messages(app, &ines).await.len(), 1, "lent no more");
        assert_eq!(counts(app, &house).await, [1, 1, 1, 0, 0], "nobody of Security is left, so Legal is told");
        // Whoever changed to a side that does not read incidents is not told either.
        change(app, "delete from person_sides where person = $1", vec![house.lena.person.into()]).await;
        to(app, HOUR);
        run(app).await;
        assert_eq!(counts(app, &house).await, [2, 1, 1, 0, 0]);
    }

    async fn with_a_plan_it_goes_to_the_lead_the_deputy_and_both_leads(app: &TestApp) {
        let team = plan::team(app).await;
        plan::signed(app, &team).await;
        let id = told(app, &team.ines).await;
        aware(app, &team.clara, id).await;
        let counts = async || {
            let mut out = Vec::new();
            for actor in [&team.sam, &team.theo, &team.ines, &team.clara, &team.priya] {
                out.push(messages(app, actor).await.len());
            }
            out
        };
        to(app, 24 * HOUR);
        run(app).await;
        assert_eq!(counts().await, [1, 0, 0, 0, 0], "the lead of the side that reported");
        to(app, 4 * HOUR);
        run(app).await;
        assert_eq!(counts().await, [1, 1, 0, 0, 0], "the lead's deputy");
        to(app, HOUR);
        run(app).await;
        assert_eq!(counts().await, [2, 1, 0, 1, 0], "both leads");
        // A lead who has left is stood in for.
        plan::leaves(app, &team.clara).await;
        to(app, -60);
        run(app).await;
        run(app).await;
        assert_eq!(counts().await, [3, 1, 0, 1, 1]);
    }

    async fn whoever_took_it_and_left_is_stood_in_for_by_the_plan(app: &TestApp) {
        let team = plan::team(app).await;
        plan::signed(app, &team).await;
        let id = told(app, &team.clara).await;
        aware(app, &team.clara, id).await;
        by_hand(app, &team.ines, id, "eu-gdpr/authority").await;
        plan::leaves(app, &team.ines).await;
        to(app, 24 * HOUR);
        run(app).await;
        assert_eq!(messages(app, &team.theo).await.len(), 1);
        for other in [&team.sam, &team.ines, &team.clara, &team.priya] {
            assert!(messages(app, other).await.is_empty(), "{}", other.name);
        }
    }

    async fn a_step_that_reaches_nobody_waits_for_somebody(app: &TestApp) {
        let clara = hire(app, "Clara Counsel", &[Side::Legal]).await;
        let id = told(app, &clara).await;
        aware(app, &clara, id).await;
        change(app, "update people set active = false", vec![]).await;
        to(app, 2 * HOUR);
        run(app).await;
        assert!(messages(app, &clara).await.is_empty());
        let sam = hire(app, "Sam Security", &[Side::Security]).await;
        run(app).await;
        assert_eq!(messages(app, &sam).await.len(), 1);
    }

    async fn after_a_stop_only_the_newest_step_is_told(app: &TestApp) {
        let house = house(app).await;
        let id = told(app, &house.clara).await;
        aware(app, &house.clara, id).await;
        to(app, 30 * 60);
        run(app).await;
        run(app).await;
        assert_eq!(counts(app, &house).await, [1, 1, 1, 0, 0]);
        assert!(messages(app, &house.sam).await[0].contains("due in 30 min"));
    }

    async fn a_clock_that_moves_is_reminded_of_anew(app: &TestApp) {
        let house = house(app).await;
        let id = told(app, &house.clara).await;
        aware(app, &house.clara, id).await;
        to(app, 24 * HOUR);
        run(app).await;
        assert_eq!(counts(app, &house).await, [1, 1, 0, 0, 0]);
        // Two hours earlier than it was first told.
        fact(app, &house.clara, id, "events.aware", json!({ "local": "2026-11-23T12:20", "zone": "Europe/Paris" }), 1).await.unwrap();
        run(app).await;
        run(app).await;
        assert_eq!(counts(app, &house).await, [2, 2, 0, 0, 0]);
        assert!(messages(app, &house.clara).await[1].contains("due in 22 h"));
        // Back to what it was: that was told already.
        fact(app, &house.clara, id, "events.aware", json!({ "local": "2026-11-23T14:20", "zone": "Europe/Paris" }), 2).await.unwrap();
        run(app).await;
        assert_eq!(counts(app, &house).await, [2, 2, 0, 0, 0]);
    }

    async fn what_is_sent_closed_or_an_exercise_reminds_nobody(app: &TestApp) {
        let house = house(app).await;
        let sent = told(app, &house.clara).await;
        aware(app, &house.clara, sent).await;
        fact(app, &house.clara, sent, "events.submitted.eu-gdpr/authority", json!({ "local": "2026-11-24T10:00", "zone": "Europe/Paris" }), 0).await.unwrap();
        let closed = told(app, &house.clara).await;
        aware(app, &house.clara, closed).await;
        transact!(app.store, &house.clara, |cx| set_state(cx, closed, State::Dismissed, "it was found", 1).await).unwrap();
        let exercise = told(app, &house.clara).await;
        aware(app, &house.clara, exercise).await;
        change(app, "update incidents set exercise = $2 where id = $1", vec![exercise.into(), kernel::Uuid::from_u128(5).into()]).await;
        to(app, HOUR);
        run(app).await;
        to(app, -HOUR);
        run(app).await;
        for actor in [&house.clara, &house.lena, &house.sam] {
            let all = messages(app, actor).await;
            assert!(all.iter().all(|text| !text.contains("eu-gdpr/authority") && !text.contains("Incident 2") && !text.contains("Incident 3")), "{all:?}");
        }
    }

    async fn two_processes_tell_once(app: &TestApp) {
        let house = house(app).await;
        let id = told(app, &house.clara).await;
        aware(app, &house.clara, id).await;
        to(app, HOUR);
        let (one, other) = tokio::join!(Remind.run(&app.store, "{}"), Remind.run(&app.store, "{}"));
        one.unwrap();
        other.unwrap();
        run(app).await;
        assert_eq!(counts(app, &house).await, [1, 1, 1, 0, 0]);
    }

    async fn one_incident_that_cannot_be_read_does_not_stop_the_others(app: &TestApp) {
        let house = house(app).await;
        let broken = told(app, &house.clara).await;
        change(app, "update incident_facts set value = '{' where incident = $1", vec![broken.into()]).await;
        let id = told(app, &house.clara).await;
        aware(app, &house.clara, id).await;
        to(app, HOUR);
        run(app).await;
        assert_eq!(counts(app, &house).await, [1, 1, 1, 0, 0]);
    }

    async fn many_clocks_are_one_message(app: &TestApp) {
        let house = house(app).await;
        let id = told(app, &house.clara).await;
        aware(app, &house.clara, id).await;
        fact(app, &house.clara, id, "data.categories", json!(["contact", "ssn", "health", "financial_account"]), 1).await.ok();
        for state in ["CA", "CO", "FL", "IN", "MD", "ME", "NY", "OH", "OR", "TX", "VT", "WA", "WI", "AL", "AZ"] {
            fact(app, &house.clara, id, &format!("affected.individuals.US-{state}"), json!(2000), 0).await.unwrap();
        }
        app.world.advance_days(400);
        run(app).await;
        run(app).await;
        assert_eq!(counts(app, &house).await, [1, 1, 1, 0, 0]);
        let mut cx = app.store.read(&Actor::system()).await.unwrap();
        let marked = cx.one("select count(*) as n from incident_reminders", vec![]).await.unwrap().int("n").unwrap();
        let text = &messages(app, &house.sam).await[0];
        assert!(marked > 1 && text.contains(&format!("{marked} clocks, the first overdue")), "{marked}: {text}");
    }

    async fn a_contracts_clock_is_named_to_its_readers_alone(app: &TestApp) {
        let house = house(app).await;
        let text = "# Hosting\n\n1. Security Incidents. The Provider shall notify the Customer of any security breach affecting Customer Data within seventy-two (72) hours after becoming aware of it.\n";
        let contract = hosting(app, &house.clara, text).await;
        transact!(app.store, &house.clara, |cx| contracts::contract::restrict(cx, contract.id, true, &[]).await).unwrap();
        let id = told(app, &house.clara).await;
        fact(app, &house.clara, id, &format!("contracts.{}", contract.id), json!(true), 0).await.unwrap();
        // From the first notice on Monday at 07:00 UTC, so until Thursday at 07:00.
        to(app, 6 * HOUR + 20 * 60 + 30 * 60);
        run(app).await;
        let (inside, outside) = (messages(app, &house.clara).await, messages(app, &house.sam).await);
        assert_eq!((inside.len(), outside.len()), (1, 1), "{inside:?} {outside:?}");
        assert!(inside[0].contains(&contract.reference), "{inside:?}");
        assert!(outside[0].contains("a contract's clock") && !outside[0].contains(&contract.reference) && !outside[0].contains("Nimbus"), "{outside:?}");
        let mut cx = app.store.read(&Actor::system()).await.unwrap();
        for row in cx.all("select subject, lines from notices", vec![]).await.unwrap() {
            let mailed = format!("{} {}", row.text("subject").unwrap(), row.text("lines").unwrap());
            assert!(!mailed.contains(&contract.reference) && !mailed.contains("Nimbus"), "a mail may hold no more: {mailed}");
        }
        let entries = db::ledger_store::entries_after(&mut cx, 1, 50).await.unwrap();
        let told = entries.iter().find(|stored| stored.entry.action == "incident.reminded").unwrap();
        assert!(!format!("{:?}", told.entry).contains(&contract.reference));
    }

    async fn rules_have_times_of_their_own(app: &TestApp) {
        let house = house(app).await;
        let id = told(app, &house.clara).await;
        aware(app, &house.clara, id).await;
        transact!(app.store, &house.sam, |cx| add_reminder_rule(cx, "eu-gdpr/*", "2 d, 30 min").await).unwrap();
        to(app, 48 * HOUR);
        run(app).await;
        assert_eq!(counts(app, &house).await, [1, 1, 0, 0, 0]);
        to(app, 4 * HOUR);
        run(app).await;
        assert_eq!(counts(app, &house).await, [1, 1, 0, 0, 0]);
        to(app, 30 * 60);
        run(app).await;
        assert_eq!(counts(app, &house).await, [2, 2, 1, 0, 0]);
        for (pattern, times, field) in [("zebra/*", "1 h", "pattern"), ("eu-nis2/*", "soon", "times"), ("eu-gdpr/*", "1 h", "pattern")] {
            let refused = transact!(app.store, &house.clara, |cx| add_reminder_rule(cx, pattern, times).await).unwrap_err();
            assert_eq!((refused.kind, refused.fields[0].field.as_str()), (RefusalKind::Invalid, field));
        }
        for actor in [&house.ivo, &house.emil] {
            let refused = transact!(app.store, actor, |cx| add_reminder_rule(cx, "eu-nis2/*", "1 h").await).unwrap_err();
            assert_eq!(refused.kind, RefusalKind::Forbidden);
        }
    }

    async fn the_pages_show_and_change_it(app: &TestApp) {
        let house = house(app).await;
        let clara = Client::new(router(app), Some(house.clara.clone()));
        let empty = clara.get("/incidents/reminders").await.text();
        assert!(empty.contains("24 h, 4 h, 60 min") || empty.contains("24 h, 4 h, 1 h"), "{empty}");
        let wrong = clara.form("/incidents/reminders", &[("pattern", "zebra"), ("times", "3 x")]).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        let text = wrong.text();
        assert!(text.contains("no rule is called") && text.contains("value=\"3 x\""), "what was typed is kept");
        assert_eq!(clara.form("/incidents/reminders", &[("pattern", "eu-nis2/*"), ("times", "12 h, 1 h")]).await.status, StatusCode::SEE_OTHER);
        let page = clara.get("/incidents/reminders").await.text();
        assert!(page.contains("eu-nis2/*") && page.contains("value=\"12 h, 1 h\""));
        let (_, rest) = page.split_once("action=\"/incidents/reminders/").unwrap();
        let line = format!("/incidents/reminders/{}", rest.split_once('"').unwrap().0);
        let wrong = clara.form(&line, &[("times", "never"), ("revision", "1")]).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(wrong.text().contains("value=\"never\""));
        assert_eq!(clara.form(&line, &[("times", "6 h"), ("revision", "1")]).await.status, StatusCode::SEE_OTHER);
        assert_eq!(clara.form(&line, &[("times", "7 h"), ("revision", "1")]).await.status, StatusCode::CONFLICT);
        assert_eq!(clara.form(&format!("{line}/remove"), &[("revision", "1")]).await.status, StatusCode::CONFLICT);
        let ivo = Client::new(router(app), Some(house.ivo.clone()));
        let seen = ivo.get("/incidents/reminders").await.text();
        assert!(seen.contains("6 h") && !seen.contains("name=\"times\""));
        assert_eq!(ivo.form(&line, &[("times", "7 h"), ("revision", "2")]).await.status, StatusCode::FORBIDDEN);
        assert_eq!(clara.form(&format!("{line}/remove"), &[("revision", "2")]).await.status, StatusCode::SEE_OTHER);
        assert!(!clara.get("/incidents/reminders").await.text().contains("eu-nis2/*</strong>"));
        let vera = Client::new(router(app), Some(app.actor("Vera Vendor", &[Side::Vendor])));
        assert_eq!(vera.get("/incidents/reminders").await.status, StatusCode::FORBIDDEN);

        let id = told(app, &house.clara).await;
        aware(app, &house.clara, id).await;
        to(app, 24 * HOUR);
        run(app).await;
        let record = clara.get(&format!("/incidents/{id}")).await.text();
        assert!(record.contains("reminded 24 h before, on 25 Nov 2026, 13:20: Clara Counsel, Lena Legal") || record.contains("Lena Legal, Clara Counsel"), "{record}");
        let whole: Value = clara.get(&format!("/api/v1/incidents/{id}")).await.json();
        assert_eq!(whole["reminders"][0]["minutes_before"], 1440);
    }
}
