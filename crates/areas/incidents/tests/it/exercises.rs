//! Exercises: a whole one by the clock, who reads ahead, what leaves the system, what is delivered twice.

use std::sync::Arc;

use axum::http::StatusCode;
use db::{
    jobs::{JobHandler, enqueue_periodic, run_all_due},
    transact,
};
use incidents::{
    ExerciseId, IncidentId, Kinds, NewFact, State,
    exercises::{self, ExerciseState, NewExercise},
    list, list_of, set_state, take, view,
};
use kernel::{Actor, Refusal, RefusalKind, Side};
use serde_json::{Value, json};
use testkit::{Client, TestApp};

use crate::use_cases::{app, fact, told};

fn client(app: &TestApp, actor: &Actor) -> Client {
    Client::new(crate::pages::router(app), Some(actor.clone()))
}

struct Cast {
    /// Conducts.
    fay: Actor,
    privacy: Actor,
    counsel: Actor,
    it: Actor,
    secretary: Actor,
    /// Of a side that reads incidents only where it has a part.
    boss: Actor,
    stranger: Actor,
    vendor: Actor,
}

/// People with an account, so that they can be chosen.
async fn cast(app: &TestApp) -> Cast {
    let cast = Cast {
        fay: app.actor("Fay Facilitator", &[Side::Security]),
        privacy: app.actor("Priya Privacy", &[Side::Privacy]),
        counsel: app.actor("Clara Counsel", &[Side::Legal]),
        it: app.actor("Ivo IT", &[Side::It]),
        secretary: app.actor("Sia Secretary", &[Side::Employee]),
        boss: app.actor("Bo Boss", &[Side::Executive]),
        stranger: app.actor("Sven Stranger", &[Side::Employee]),
        vendor: app.actor("Vera Vendor", &[Side::Vendor]),
    };
    let all =
        [&cast.fay, &cast.privacy, &cast.counsel, &cast.it, &cast.secretary, &cast.boss, &cast.stranger, &cast.vendor];
    transact!(app.store, &Actor::system(), |cx| {
        cx.unrecorded("a test's people");
        for actor in all {
            let email = format!("{}@acme.example", actor.name.replace(' ', "."));
            cx.run(
                "insert into people (id, name, name_folded, email, email_folded, title, department, search, administrator, active, totp_confirmed, created_at, revision) \
                 values ($1, $2, $3, $4, $5, '', '', $3, $6, $7, $6, 0, 1)",
                vec![
                    actor.person.into(),
                    actor.name.as_str().into(),
                    kernel::fold(&actor.name).into(),
                    email.as_str().into(),
                    email.to_lowercase().into(),
                    false.into(),
                    true.into(),
                ],
            )
            .await?;
            for side in &actor.sides {
                cx.run("insert into person_sides (person, side) values ($1, $2)", vec![actor.person.into(), (*side).into()]).await?;
            }
        }
        Ok::<_, Refusal>(())
    })
    .unwrap();
    cast
}

async fn planned(app: &TestApp, cast: &Cast, scenario: &str) -> ExerciseId {
    let new = NewExercise { scenario: scenario.into(), planned_for: "2026-12-01".into(), facilitator: None };
    transact!(app.store, &cast.fay, |cx| exercises::plan(cx, &new).await).unwrap()
}

async fn seat(app: &TestApp, by: &Actor, id: ExerciseId, person: &Actor, role: &str) -> Result<(), Refusal> {
    transact!(app.store, by, |cx| exercises::seat(cx, id, person.person, role).await)
}

/// The misdirected mail with its roles taken.
async fn ready(app: &TestApp, cast: &Cast) -> ExerciseId {
    let id = planned(app, cast, "misdirected-mail").await;
    for (person, role) in
        [(&cast.privacy, "privacy"), (&cast.counsel, "counsel"), (&cast.it, "it"), (&cast.secretary, "sender")]
    {
        seat(app, &cast.fay, id, person, role).await.unwrap();
    }
    id
}

async fn seen(app: &TestApp, actor: &Actor, id: ExerciseId) -> exercises::View {
    exercises::catch_up(&app.store, actor, id).await.unwrap();
    exercises::view(&mut app.store.read(actor).await.unwrap(), id).await.unwrap()
}

async fn revision(app: &TestApp, cast: &Cast, id: ExerciseId) -> i64 {
    exercises::view(&mut app.store.read(&cast.fay).await.unwrap(), id).await.unwrap().exercise.revision
}

async fn start(app: &TestApp, cast: &Cast, id: ExerciseId, speed: i64) -> IncidentId {
    let revision = revision(app, cast, id).await;
    transact!(app.store, &cast.fay, |cx| exercises::start(cx, id, speed, revision).await).unwrap()
}

async fn jump(app: &TestApp, cast: &Cast, id: ExerciseId) {
    let revision = revision(app, cast, id).await;
    transact!(app.store, &cast.fay, |cx| exercises::jump(cx, id, revision).await).unwrap();
}

async fn end(app: &TestApp, cast: &Cast, id: ExerciseId) {
    let revision = revision(app, cast, id).await;
    transact!(app.store, &cast.fay, |cx| exercises::end(cx, id, revision).await).unwrap();
}

fn ids(view: &exercises::View) -> Vec<String> {
    view.delivered.iter().rev().map(|inject| inject.id.clone()).collect()
}

async fn accept(app: &TestApp, by: &Actor, id: ExerciseId, inject: &str, index: usize) -> Result<usize, Refusal> {
    transact!(app.store, by, |cx| exercises::accept(cx, id, inject, index).await).map(|moves| moves.len())
}

testkit::both_engines! {
    async fn a_whole_exercise_by_the_clock(app: &TestApp) {
        let cast = cast(app).await;
        let id = ready(app, &cast).await;
        let incident = start(app, &cast, id, 60).await;
        let now = seen(app, &cast.privacy, id).await;
        assert_eq!((now.exercise.state, now.delivered.len()), (ExerciseState::Running, 0));
        transact!(app.store, &cast.privacy, |cx| set_state(cx, incident, State::Open, "", 1).await).unwrap();

        // Ten minutes of story are ten seconds; the facts that an inject enters by itself are there with it.
        app.world.advance_seconds(10);
        let privacy = seen(app, &cast.privacy, id).await;
        assert_eq!(ids(&privacy), ["told"]);
        assert_eq!(seen(app, &cast.it, id).await.delivered.len(), 0, "not for this role");
        let told = &privacy.delivered[0];
        assert!(told.facts.iter().any(|fact| fact.path == "events.occurred" && !fact.offered && fact.entered));
        let aware = told.facts.iter().find(|fact| fact.path == "events.aware").unwrap();
        assert!(aware.offered && !aware.entered);
        for fact in told.facts.iter().filter(|fact| fact.offered) {
            accept(app, &cast.privacy, id, "told", fact.index).await.unwrap();
        }
        let mut cx = app.store.read(&cast.privacy).await.unwrap();
        let board = view(&mut cx, incident).await.unwrap().board;
        drop(cx);
        let gdpr = board.running.iter().find(|duty| duty.rule == "eu-gdpr/authority").unwrap();
        assert_eq!(gdpr.due.unwrap().to_string(), "2026-11-26T10:05:00Z");
        transact!(app.store, &cast.privacy, |cx| take(cx, incident, "eu-gdpr/authority").await).unwrap();

        // The page tells the time that is left on the exercise's clock.
        let page = client(app, &cast.privacy).get(&format!("/incidents/{incident}")).await.text();
        assert!(page.contains("3 d 0 h left"), "simulated time is left");
        assert!(page.contains("Its clock shows 23 Nov 2026, 10:05"));

        // Facts can't lie in the story's future, and do in no clock of the real day.
        let late = json!({ "local": "2026-11-25T10:00", "zone": "Europe/Dublin" });
        let refused = fact(app, &cast.privacy, incident, "events.submitted.eu-gdpr/authority", late.clone(), 0).await.unwrap_err();
        assert_eq!(refused.fields[0].field, "value");

        for _ in 0..7 {
            jump(app, &cast, id).await;
        }
        // Wed 25 Nov, 09:55: the written confirmation.
        let counsel = seen(app, &cast.counsel, id).await;
        assert_eq!(ids(&counsel), ["friendly", "small", "confirmed"]);
        app.world.advance_seconds(10);
        fact(app, &cast.privacy, incident, "events.submitted.eu-gdpr/authority", late, 0).await.unwrap();

        jump(app, &cast, id).await;
        let refused = transact!(app.store, &cast.fay, |cx| exercises::jump(cx, id, 99).await).unwrap_err();
        assert_eq!(refused.kind, RefusalKind::Conflict, "nothing more is to come");
        end(app, &cast, id).await;

        let mut cx = app.store.read(&cast.counsel).await.unwrap();
        let report = exercises::after_action(&mut cx, id).await.unwrap();
        let rating = |action: &str| report.rated.iter().find(|rated| rated.id == action).unwrap().rating;
        assert_eq!(rating("authority"), Some(3), "sent in time");
        assert_eq!(rating("authority-uk"), Some(0), "never sent, and the time is over");
        assert_eq!((rating("aware"), rating("open")), (Some(3), Some(3)));
        assert_eq!(rating("not-small"), None, "only a person can see this");
        assert!(report.clocks.iter().any(|clock| clock.rule == "eu-gdpr/authority" && clock.status == "met"));
        let simulated: Vec<_> = report.timeline.iter().map(|act| act.simulated_at).collect();
        assert!(simulated.is_sorted(), "the story only goes forward");
        assert_eq!(report.done_by.iter().find(|(name, _)| name == "Priya Privacy").unwrap().1, 6, "state, three facts, clock, notice");
        assert_eq!(report.simulated_seconds / 86_400, 5);
        assert!(report.real_seconds < 60);
        let told = exercises::last(&mut cx).await.unwrap().unwrap();
        assert_eq!((told.1.as_str(), told.2), ("Misdirected mail", id));
        drop(cx);
        let over = fact(app, &cast.privacy, incident, "flags.high_risk", json!(true), 0).await.unwrap_err();
        assert_eq!(over.kind, RefusalKind::Conflict, "its incident is closed to changes");
    }

    async fn nobody_reads_ahead(app: &TestApp) {
        let cast = cast(app).await;
        let id = ready(app, &cast).await;
        start(app, &cast, id, 0).await;
        jump(app, &cast, id).await;
        for actor in [&cast.privacy, &cast.it, &cast.secretary, &cast.boss, &cast.stranger] {
            for path in [format!("/incidents/exercises/{id}"), format!("/api/v1/incidents/exercises/{id}")] {
                let text = client(app, actor).get(&path).await.text();
                for hidden in ["A friendly recipient", "neighbour", "It was passed on", "not replace it", "A proposal"] {
                    assert!(!text.contains(hidden), "{} reads `{hidden}` in {path}", actor.name);
                }
            }
        }
        let fay = client(app, &cast.fay).get(&format!("/incidents/exercises/{id}")).await.text();
        assert!(fay.contains("A friendly recipient") && fay.contains("not replace it"), "whoever conducts it knows");
        let privacy = client(app, &cast.privacy);
        for (kind, field) in [("jump", "revision"), ("deliver", "inject"), ("end", "revision"), ("rate", "action"), ("skip", "inject"), ("note", "note")] {
            let answer = privacy.form(&format!("/incidents/exercises/{id}/act"), &[("kind", kind), (field, "1"), ("rating", "3")]).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{kind}");
        }
        let report = privacy.get(&format!("/incidents/exercises/{id}/report")).await;
        assert_eq!(report.status, StatusCode::CONFLICT, "the report is for afterwards");
        assert_eq!(accept(app, &cast.privacy, id, "forwarded", 0).await.unwrap_err().kind, RefusalKind::NotFound);
        assert_eq!(accept(app, &cast.it, id, "told", 3).await.unwrap_err().kind, RefusalKind::NotFound, "not for this role");
        // Whoever plays can't conduct the same scenario elsewhere to read it.
        let new = NewExercise { scenario: "misdirected-mail".into(), planned_for: "2026-12-02".into(), facilitator: None };
        let refused = transact!(app.store, &cast.privacy, |cx| exercises::plan(cx, &new).await).unwrap_err();
        assert_eq!(refused.fields[0].field, "facilitator");
        // And the scenarios' page tells of each only what everybody may know.
        let scenarios = privacy.get("/incidents/exercises/scenarios").await.text();
        assert!(scenarios.contains("Misdirected mail") && !scenarios.contains("A friendly recipient"));
        // The trail says that an inject was delivered, and not what it tells.
        let mut cx = app.store.read(&Actor::system()).await.unwrap();
        let entries = db::ledger_store::entries_after(&mut cx, 1, 200).await.unwrap();
        assert!(entries.iter().any(|stored| stored.entry.action == "exercise.inject_delivered"));
        assert!(entries.iter().all(|stored| !format!("{:?}", stored.entry).contains("A call")));
    }

    async fn an_inject_is_delivered_once(app: &TestApp) {
        let cast = cast(app).await;
        let id = ready(app, &cast).await;
        start(app, &cast, id, 600).await;
        app.world.advance_seconds(20);
        // Five look at the same moment, as five processes would.
        let looks = (0..5).map(|_| {
            let (store, actor) = (app.store.clone(), cast.privacy.clone());
            tokio::spawn(async move { exercises::catch_up(&store, &actor, id).await })
        });
        for look in looks.collect::<Vec<_>>() {
            look.await.unwrap().unwrap();
        }
        let mut cx = app.store.read(&Actor::system()).await.unwrap();
        let entries = db::ledger_store::entries_after(&mut cx, 1, 500).await.unwrap();
        let delivered = entries.iter().filter(|stored| stored.entry.action == "exercise.inject_delivered").count();
        let rows = cx.all("select inject from exercise_injects", vec![]).await.unwrap().len();
        let facts = cx.all("select id from incident_facts where path = 'events.occurred'", vec![]).await.unwrap().len();
        drop(cx);
        assert_eq!((delivered, rows, facts), (4, 4, 1), "20 seconds are 3 h 20 min of story");
        let fay = seen(app, &cast.fay, id).await;
        assert_eq!(fay.delivered.len(), 4);
        let again = transact!(app.store, &cast.fay, |cx| exercises::deliver_now(cx, id, "told").await).unwrap_err();
        assert_eq!(again.kind, RefusalKind::Conflict);
    }

    async fn the_job_delivers_when_nobody_looks(app: &TestApp) {
        let cast = cast(app).await;
        let id = ready(app, &cast).await;
        start(app, &cast, id, 10).await;
        app.world.advance_seconds(90);
        let handlers: Vec<Arc<dyn JobHandler>> = vec![Arc::new(exercises::Deliver)];
        enqueue_periodic(&app.store, &handlers).await.unwrap();
        assert_eq!(run_all_due(&app.store, &handlers).await.unwrap(), 1);
        let view = exercises::view(&mut app.store.read(&cast.privacy).await.unwrap(), id).await.unwrap();
        assert_eq!(ids(&view), ["told"]);
    }

    async fn time_only_goes_forward(app: &TestApp) {
        let cast = cast(app).await;
        let id = ready(app, &cast).await;
        start(app, &cast, id, 1).await;
        let mut last = seen(app, &cast.fay, id).await.simulated_now;
        for speed in [60, 0, 10, 600, 1, 0, 60] {
            let revision = revision(app, &cast, id).await;
            transact!(app.store, &cast.fay, |cx| exercises::set_speed(cx, id, speed, revision).await).unwrap();
            app.world.advance_seconds(7);
            let now = seen(app, &cast.fay, id).await.simulated_now;
            assert!(now >= last, "{speed}: {now:?} {last:?}");
            last = now;
        }
        let stale = transact!(app.store, &cast.fay, |cx| exercises::set_speed(cx, id, 1, 1).await).unwrap_err();
        assert_eq!(stale.kind, RefusalKind::Stale);
        let revision = revision(app, &cast, id).await;
        let odd = transact!(app.store, &cast.fay, |cx| exercises::set_speed(cx, id, -5, revision).await).unwrap_err();
        assert_eq!(odd.fields[0].field, "speed");
        // Forgotten over a year, the clock stands at the end of the story.
        app.world.advance_days(400);
        let forgotten = seen(app, &cast.fay, id).await;
        assert_eq!(forgotten.simulated_now.unwrap().to_string(), "2026-12-03T09:55:00Z");
        assert_eq!(forgotten.to_come, 0);
    }

    async fn nothing_of_an_exercise_leaves(app: &TestApp) {
        let cast = cast(app).await;
        let real = told(app, &cast.counsel).await;
        let id = ready(app, &cast).await;
        let incident = start(app, &cast, id, 0).await;
        jump(app, &cast, id).await;
        accept(app, &cast.privacy, id, "told", 3).await.unwrap();
        let counsel = client(app, &cast.counsel);
        let feed = counsel.get(&format!("/incidents/{incident}/clocks.ics")).await;
        assert_eq!(feed.status, StatusCode::CONFLICT);
        assert!(!feed.text().contains("BEGIN:VCALENDAR"));
        let facts = counsel.get(&format!("/incidents/{incident}/facts.json")).await.text();
        assert!(facts.contains("EXERCISE"), "{facts}");
        let api = async |query: &str| counsel.get(&format!("/api/v1/incidents{query}")).await.json()["items"].as_array().unwrap().len();
        assert_eq!((api("").await, api("?kind=exercises").await), (1, 1), "a script counts what happened");
        assert_eq!(counsel.get("/api/v1/incidents?kind=all").await.status, StatusCode::UNPROCESSABLE_ENTITY);
        let page = counsel.get("/incidents").await.text();
        assert!(page.contains("tone-info\"") && page.contains("Exercise</span>"), "marked while it goes on");
        assert!(!counsel.get("/incidents?kind=real").await.text().contains("List of appointments"));
        end(app, &cast, id).await;
        let mut cx = app.store.read(&cast.counsel).await.unwrap();
        let usual: Vec<IncidentId> = list(&mut cx, None, None, 10).await.unwrap().items.iter().map(|incident| incident.id).collect();
        assert_eq!(usual, [real], "what is over is no longer among the incidents");
        assert_eq!(list_of(&mut cx, Kinds::Exercises, None, None, 10).await.unwrap().items.len(), 1);
        let page = counsel.get(&format!("/incidents/{incident}")).await.text();
        assert!(page.contains("Nothing of this happened") && !page.contains("clocks.ics"));
    }

    async fn a_role_opens_this_incident_and_no_other(app: &TestApp) {
        let cast = cast(app).await;
        let real = told(app, &cast.counsel).await;
        let id = ready(app, &cast).await;
        seat(app, &cast.fay, id, &cast.boss, "observer").await.unwrap();
        let incident = start(app, &cast, id, 0).await;
        let hidden = |refused: Refusal| assert_eq!(refused.kind, RefusalKind::NotFound);
        let reads = async |actor: &Actor, incident| view(&mut app.store.read(actor).await.unwrap(), incident).await;
        reads(&cast.secretary, incident).await.unwrap();
        reads(&cast.boss, incident).await.unwrap();
        hidden(reads(&cast.stranger, incident).await.unwrap_err());
        hidden(reads(&cast.secretary, real).await.unwrap_err());
        fact(app, &cast.secretary, incident, "flags.high_risk", json!(true), 0).await.unwrap();
        let refused = fact(app, &cast.boss, incident, "flags.high_risk", json!(false), 1).await.unwrap_err();
        assert_eq!(refused.kind, RefusalKind::Forbidden, "whoever watches changes nothing");
        let listed = async |actor: &Actor| {
            let mut cx = app.store.read(actor).await.unwrap();
            (list(&mut cx, None, None, 10).await.unwrap().items.len(), exercises::list(&mut cx, None, 10).await.unwrap().items.len())
        };
        assert_eq!((listed(&cast.secretary).await, listed(&cast.boss).await, listed(&cast.stranger).await), ((1, 1), (1, 1), (0, 0)));
        assert_eq!(client(app, &cast.secretary).get("/incidents").await.status, StatusCode::OK);
        for path in ["", "/report"] {
            for actor in [&cast.stranger, &cast.vendor] {
                let answer = client(app, actor).get(&format!("/incidents/exercises/{id}{path}")).await;
                assert_eq!(answer.status, StatusCode::NOT_FOUND, "{} {path}", actor.name);
            }
        }
        let page = client(app, &cast.boss).get(&format!("/incidents/exercises/{id}")).await;
        assert!(page.status == StatusCode::OK && page.text().contains("Observer"));
        // A role that is taken back closes it again.
        transact!(app.store, &cast.fay, |cx| exercises::unseat(cx, id, cast.secretary.person, "sender").await).unwrap();
        hidden(reads(&cast.secretary, incident).await.unwrap_err());
    }

    async fn who_may_take_part(app: &TestApp) {
        let cast = cast(app).await;
        let id = planned(app, &cast, "lost-laptop").await;
        for (person, role) in [(&cast.vendor, "desk"), (&cast.fay, "desk"), (&cast.it, "cook")] {
            assert_eq!(seat(app, &cast.fay, id, person, role).await.unwrap_err().kind, RefusalKind::Invalid, "{} {role}", person.name);
        }
        assert_eq!(seat(app, &cast.counsel, id, &cast.it, "desk").await.unwrap_err().kind, RefusalKind::Forbidden);
        seat(app, &cast.fay, id, &cast.it, "desk").await.unwrap();
        seat(app, &cast.fay, id, &cast.it, "security").await.unwrap();
        assert_eq!(seat(app, &cast.fay, id, &cast.it, "desk").await.unwrap_err().fields[0].field, "person", "twice");
        assert_eq!(seat(app, &cast.fay, id, &cast.it, "observer").await.unwrap_err().fields[0].field, "person", "plays already");
        for actor in [&cast.secretary, &cast.boss, &cast.vendor] {
            let new = NewExercise { scenario: "lost-laptop".into(), planned_for: "2026-12-01".into(), facilitator: None };
            assert_eq!(transact!(app.store, actor, |cx| exercises::plan(cx, &new).await).unwrap_err().kind, RefusalKind::Forbidden);
            assert_eq!(client(app, actor).get("/incidents/exercises/new").await.status, StatusCode::FORBIDDEN);
        }
        let revision_now = revision(app, &cast, id).await;
        let to = async |person: &Actor| transact!(app.store, &cast.fay, |cx| exercises::hand_over(cx, id, person.person, revision_now).await);
        assert_eq!(to(&cast.it).await.unwrap_err().fields[0].field, "facilitator", "plays it");
        assert_eq!(to(&cast.boss).await.unwrap_err().fields[0].field, "facilitator", "of no side that conducts");
        to(&cast.counsel).await.unwrap();
        let refused = transact!(app.store, &cast.fay, |cx| exercises::cancel(cx, id, revision_now + 1).await).unwrap_err();
        assert_eq!(refused.kind, RefusalKind::Forbidden, "no longer hers");
        let empty = planned(app, &cast, "ransomware").await;
        let revision_now = revision(app, &cast, empty).await;
        let refused = transact!(app.store, &cast.fay, |cx| exercises::start(cx, empty, 1, revision_now).await).unwrap_err();
        assert_eq!(refused.kind, RefusalKind::Conflict, "nobody plays");
        transact!(app.store, &cast.fay, |cx| exercises::cancel(cx, empty, revision_now).await).unwrap();
    }

    async fn the_facilitators_desk_works_through_the_pages(app: &TestApp) {
        let cast = cast(app).await;
        let fay = client(app, &cast.fay);
        assert!(fay.get("/incidents/exercises").await.text().contains("No exercise yet"));
        assert!(fay.get("/incidents/exercises/new").await.text().contains("Ransomware with exfiltration"));
        let wrong = fay.form("/incidents/exercises/new", &[("scenario", "ransomware"), ("planned_for", "soon")]).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        let sent = fay.form("/incidents/exercises/new", &[("scenario", "ransomware"), ("planned_for", "2026-12-01"), ("facilitator", "")]).await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text());
        let page = sent.header("location").unwrap().to_owned();
        let act = format!("{page}/act");
        let person = cast.privacy.person.0.to_string();
        let taken = fay.form(&act, &[("kind", "seat"), ("person", &person), ("role", "privacy")]).await;
        assert_eq!(taken.status, StatusCode::SEE_OTHER, "{}", taken.text());
        let again = fay.form(&act, &[("kind", "seat"), ("person", &person), ("role", "privacy")]).await;
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(again.text().contains("they take this role already"));
        let revision = async || {
            let text = fay.get(&page).await.text();
            let (_, rest) = text.split_once("name=\"revision\" value=\"").unwrap();
            rest.split_once('"').unwrap().0.to_owned()
        };
        let ok = async |fields: &[(&str, &str)]| {
            let answer = fay.form(&act, fields).await;
            assert_eq!(answer.status, StatusCode::SEE_OTHER, "{fields:?}: {}", answer.text());
            answer.header("location").unwrap().to_owned()
        };
        ok(&[("kind", "start"), ("speed", "0"), ("revision", &revision().await)]).await;
        ok(&[("kind", "jump"), ("revision", &revision().await)]).await;
        let early = fay.form(&act, &[("kind", "deliver"), ("inject", "sample")]).await;
        assert_eq!(early.status, StatusCode::CONFLICT, "its facts lie in the story's future");
        ok(&[("kind", "deliver"), ("inject", "money")]).await;
        ok(&[("kind", "skip"), ("inject", "press")]).await;
        ok(&[("kind", "note"), ("note", "they called the insurer <first>")]).await;
        ok(&[("kind", "rate"), ("action", "separate"), ("rating", "2"), ("comment", "one switch was forgotten")]).await;
        let refused = fay.form(&act, &[("kind", "rate"), ("action", "separate"), ("rating", "7")]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        ok(&[("kind", "speed"), ("speed", "600"), ("revision", &revision().await)]).await;
        let desk = fay.get(&page).await.text();
        assert!(desk.contains("runs 600 times as fast") && desk.contains("&#60;first&#62;") && desk.contains("one switch was forgotten"));
        let report = ok(&[("kind", "end"), ("revision", &revision().await)]).await;
        ok(&[("kind", "improve"), ("back", "report"), ("improvement", "a list of telephone numbers on paper"), ("owner", &person), ("due", "2027-01-15")]).await;
        let text = fay.get(&report).await.text();
        for wanted in ["a list of telephone numbers on paper", "2 · mostly", "one switch was forgotten", "Inject 5 to", "was left out", "The exercise begins"] {
            assert!(text.contains(wanted), "{wanted}");
        }
        let (_, rest) = text.split_once("name=\"item\" value=\"").unwrap();
        let item = rest.split_once('"').unwrap().0.to_owned();
        let empty = fay.form(&act, &[("kind", "close"), ("back", "report"), ("item", &item), ("closing", " "), ("revision", "1")]).await;
        assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
        ok(&[("kind", "close"), ("back", "report"), ("item", &item), ("closing", "it hangs in every hall"), ("revision", "1")]).await;
        let exercise_revision = {
            let text = fay.get(&report).await.text();
            let (_, rest) = text.split_once("value=\"debrief\"><input type=\"hidden\" name=\"back\" value=\"report\"><input type=\"hidden\" name=\"revision\" value=\"").unwrap();
            rest.split_once('"').unwrap().0.to_owned()
        };
        ok(&[("kind", "debrief"), ("back", "report"), ("debrief", "calm, and late"), ("revision", &exercise_revision)]).await;
        let markdown = fay.get(&format!("{report}.md")).await;
        assert!(markdown.header("content-disposition").unwrap().contains("EXERCISE-1-report.md"));
        for wanted in ["# EXERCISE 1: Ransomware", "calm, and late", "closed: it hangs in every hall"] {
            assert!(markdown.text().contains(wanted), "{wanted}: {}", markdown.text());
        }
        let json = fay.get(&format!("{report}.json")).await.json();
        assert_eq!(json["exercise"]["state"], "ended");
        let api = fay.get(&format!("/api/v1{page}/report")).await.json();
        assert_eq!(api["improvements"][0]["closing"], "it hangs in every hall");
    }

    async fn the_next_time_is_compared_with_the_last(app: &TestApp) {
        let cast = cast(app).await;
        let first = ready(app, &cast).await;
        start(app, &cast, first, 0).await;
        transact!(app.store, &cast.fay, |cx| exercises::rate(cx, first, "recipient", 1, "slow").await).unwrap();
        end(app, &cast, first).await;
        let owner = cast.privacy.person;
        transact!(app.store, &cast.privacy, |cx| exercises::add_improvement(cx, first, "a template for recipients", owner, "2026-12-20").await).unwrap();
        let mut cx = app.store.read(&cast.privacy).await.unwrap();
        assert!(exercises::after_action(&mut cx, first).await.unwrap().before.is_none());
        drop(cx);
        app.world.advance_days(30);
        let second = ready(app, &cast).await;
        start(app, &cast, second, 0).await;
        transact!(app.store, &cast.fay, |cx| exercises::rate(cx, second, "recipient", 3, "").await).unwrap();
        end(app, &cast, second).await;
        let mut cx = app.store.read(&cast.privacy).await.unwrap();
        let before = exercises::after_action(&mut cx, second).await.unwrap().before.unwrap();
        assert_eq!((before.id, before.other_text), (first, false));
        assert_eq!(before.changed.iter().map(|(_, was, is)| (*was, *is)).collect::<Vec<_>>(), [(1, 3)]);
        assert_eq!(before.still_open.len(), 1);
        drop(cx);
        let page = client(app, &cast.privacy).get(&format!("/incidents/exercises/{second}/report")).await.text();
        assert!(page.contains("Hardly → <strong>Fully</strong>") && page.contains("a template for recipients"));
    }

    async fn the_plans_page_tells_when_it_was_exercised(app: &TestApp) {
        let team = crate::plan::team(app).await;
        let version = crate::plan::signed(app, &team).await;
        let new = NewExercise { scenario: "misdirected-mail".into(), planned_for: "2026-12-01".into(), facilitator: None };
        let id = transact!(app.store, &team.theo, |cx| exercises::plan(cx, &new).await).unwrap();
        seat(app, &team.theo, id, &team.priya, "privacy").await.unwrap();
        let incident = transact!(app.store, &team.theo, |cx| exercises::start(cx, id, 0, 1).await).unwrap();
        transact!(app.store, &team.priya, |cx| set_state(cx, incident, State::Open, "", 1).await).unwrap();
        let running = incidents::plan::running(&mut app.store.read(&team.priya).await.unwrap(), incident).await.unwrap().1.unwrap();
        assert_eq!(running.started_at.to_string(), "2026-11-23T09:55:00Z", "the plan runs on the exercise's clock");
        let step = &running.steps[0];
        transact!(app.store, &team.priya, |cx| incidents::plan::act(cx, incident, step.number, incidents::plan::Act::Done, "", step.revision).await).unwrap();
        let last = async || incidents::plan::last_exercised(&mut app.store.read(&team.clara).await.unwrap()).await.unwrap();
        assert!(last().await.is_none(), "it is not over");
        let revision = exercises::view(&mut app.store.read(&team.theo).await.unwrap(), id).await.unwrap().exercise.revision;
        transact!(app.store, &team.theo, |cx| exercises::end(cx, id, revision).await).unwrap();
        let told = last().await.unwrap();
        assert_eq!((told.title.as_str(), told.version), ("Misdirected mail", version));
        let page = client(app, &team.clara).get("/incidents/plan").await.text();
        assert!(page.contains("Last exercised") && page.contains(&format!("/incidents/exercises/{id}/report")), "{page}");
        let report = exercises::after_action(&mut app.store.read(&team.clara).await.unwrap(), id).await.unwrap();
        assert!(report.timeline.iter().any(|act| act.kind == "step" && act.who == "Priya Privacy"));
        assert_eq!(report.done_by, [("Priya Privacy".to_owned(), 2)], "opened it, did a step");
    }

    async fn a_scenario_of_ones_own_is_read_and_versioned(app: &TestApp) {
        let cast = cast(app).await;
        let fay = client(app, &cast.fay);
        let text = fay.get("/incidents/exercises/scenarios").await.text();
        let (_, rest) = text.split_once("<pre class=\"cs-pre\">").unwrap();
        let example = rest.split_once("</pre>").unwrap().0.replace("&#34;", "\"").replace("&#38;", "&");
        let wrong = fay.form("/incidents/exercises/scenarios", &[("text", &example.replace("by = \"privacy\"", "by = \"secrecy\""))]).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        let line = format!("line {}:", example.lines().position(|line| line == "[[expected]]").unwrap() + 1);
        assert!(wrong.text().contains(&line) && wrong.text().contains("there is no role"), "named by line: {}", wrong.text());
        assert!(wrong.text().contains("A parcel too many"), "what was typed is kept");
        let ok = fay.form("/incidents/exercises/scenarios", &[("text", &example)]).await;
        assert_eq!(ok.status, StatusCode::SEE_OTHER, "{}", ok.text());
        let twice = fay.form("/incidents/exercises/scenarios", &[("text", &example)]).await;
        assert_eq!(twice.status, StatusCode::UNPROCESSABLE_ENTITY, "the same text is here");
        let id = planned(app, &cast, "our-first").await;
        let next = example.replace("A parcel too many", "Two parcels too many");
        let known = transact!(app.store, &cast.fay, |cx| exercises::add_scenario(cx, &next).await).unwrap();
        assert_eq!((known.version, known.title.as_str()), (Some(2), "Two parcels too many"));
        let before = seen(app, &cast.fay, id).await;
        assert_eq!(before.exercise.scenario_title, "A parcel too many", "what was planned keeps its text");
        let page = fay.get("/incidents/exercises/scenarios").await.text();
        assert!(page.contains("Two parcels too many") && page.contains("version 2") && !page.contains("<h2 class=\"cs-card-title\">A parcel"));
        for actor in [&cast.secretary, &cast.vendor] {
            let refused = transact!(app.store, actor, |cx| exercises::add_scenario(cx, &next).await).unwrap_err();
            assert_eq!(refused.kind, RefusalKind::Forbidden);
        }
    }

    async fn the_api_tells_and_rates(app: &TestApp) {
        let cast = cast(app).await;
        let id = ready(app, &cast).await;
        start(app, &cast, id, 0).await;
        let (fay, privacy) = (client(app, &cast.fay), client(app, &cast.privacy));
        let base = format!("/api/v1/incidents/exercises/{id}");
        let list = privacy.get("/api/v1/incidents/exercises").await.json();
        assert_eq!(list["items"][0]["scenario_title"], "Misdirected mail");
        assert_eq!(list["items"][0]["state"], "paused");
        let one = privacy.get(&base).await.json();
        assert_eq!((&one["backstage"], &one["mine"]), (&Value::Null, &json!(["privacy"])));
        let delivered = fay.json("POST", &format!("{base}/injects"), &json!({ "inject": "friendly" }), &[]).await;
        assert_eq!(delivered.status, StatusCode::OK, "{}", delivered.text());
        assert_eq!(delivered.json()["delivered"][0]["id"], "friendly");
        let rated = fay.json("POST", &format!("{base}/ratings"), &json!({ "action": "recipient", "rating": 2 }), &[]).await;
        assert_eq!(rated.status, StatusCode::CREATED, "{}", rated.text());
        let refused = privacy.json("POST", &format!("{base}/ratings"), &json!({ "action": "recipient", "rating": 3 }), &[]).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
        let refused = privacy.json("POST", &format!("{base}/injects"), &json!({ "inject": "count" }), &[]).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
        let token = Actor { read_only: true, ..cast.fay.clone() };
        let refused = client(app, &token).json("POST", &format!("{base}/injects"), &json!({ "inject": "count" }), &[]).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "a token that only reads delivers nothing");
        assert_eq!(client(app, &token).get(&base).await.status, StatusCode::OK);
    }

    async fn a_fact_that_players_entered_first_is_followed_by_the_injects(app: &TestApp) {
        let cast = cast(app).await;
        let id = ready(app, &cast).await;
        let incident = start(app, &cast, id, 0).await;
        let new = NewFact { path: "actor.roles".into(), value: json!(["processor"]), source: "a guess".into(), seen: 0 };
        transact!(app.store, &cast.privacy, |cx| incidents::enter_fact(cx, incident, &new).await).unwrap();
        jump(app, &cast, id).await;
        let mut cx = app.store.read(&cast.privacy).await.unwrap();
        let facts = view(&mut cx, incident).await.unwrap().facts;
        let roles: Vec<(i64, bool)> = facts.iter().filter(|fact| fact.path == "actor.roles").map(|fact| (fact.number, fact.superseded)).collect();
        assert_eq!(roles, [(2, false), (1, true)], "both stay");
    }
}
