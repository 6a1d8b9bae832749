//! The wall round work that counsel directs: who gets in, and that nothing of it stands anywhere else.

use axum::http::StatusCode;
use db::transact;
use incidents::{
    IncidentId, TrackId,
    counsel::{self, NewItem, end, hand_over, keep, look, mine, name, open, privilege_log, write},
    rules::privilege::{Basis, Kind},
};
use kernel::{Actor, Refusal, RefusalKind, Side};
use testkit::TestApp;

use crate::{
    notices_pages::pdf_text,
    pages::{client as other, client_of},
    use_cases::{app, aware, counsel as clara, told},
};

/// A word that stands in everything that is privileged here and in nothing else.
const SECRET: &str = "Falconridge";

/// Puts somebody into the directory, so that they can be chosen.
pub(crate) async fn hire(app: &TestApp, name: &str, sides: &[Side]) -> Actor {
    let actor = app.actor(name, sides);
    let mut cx = app.store.write(&Actor::system()).await.unwrap();
    cx.unrecorded("a test puts somebody into the directory");
    let folded = name.to_lowercase();
    cx.run(
        "insert into people (id, name, name_folded, email, email_folded, title, department, search, administrator, active, totp_confirmed, created_at, revision) \
         values ($1, $2, $3, $4, $4, '', '', $3, $5, $6, $5, 0, 1)",
        vec![
            actor.person.into(),
            name.into(),
            folded.clone().into(),
            format!("{}@example.org", folded.replace(' ', ".")).into(),
            false.into(),
            true.into(),
        ],
    )
    .await
    .unwrap();
    for side in sides {
        cx.run(
            "insert into person_sides (person, side) values ($1, $2)",
            vec![actor.person.into(), side.as_str().into()],
        )
        .await
        .unwrap();
    }
    cx.commit().await.unwrap();
    actor
}

struct Cast {
    clara: Actor,
    /// Of Legal, and not named.
    ludo: Actor,
    /// Of Security, named.
    sam: Actor,
    /// Of Security, not named.
    sue: Actor,
    incident: IncidentId,
    track: TrackId,
}

async fn cast(app: &TestApp) -> Cast {
    let clara = clara(app);
    hire(app, &clara.name, &[Side::Legal]).await;
    let ludo = hire(app, "Ludo Lawyer", &[Side::Legal]).await;
    let sam = hire(app, "Sam Secure", &[Side::Security]).await;
    let sue = hire(app, "Sue Secure", &[Side::Security]).await;
    let incident = told(app, &clara).await;
    aware(app, &clara, incident).await;
    let purpose = format!("advice on {SECRET} duties");
    let engagement = format!("{SECRET} Partners, letter of 1 November");
    let track = transact!(app.store, &clara, |cx| open(cx, incident, &purpose, &engagement).await).unwrap();
    let reason = format!("leads the analysis for {SECRET}");
    transact!(app.store, &clara, |cx| name(cx, track, sam.person, &reason).await).unwrap();
    transact!(app.store, &sam, |cx| write(cx, track, &paper()).await).unwrap();
    Cast { clara, ludo, sam, sue, incident, track }
}

fn paper() -> NewItem {
    NewItem {
        kind: Kind::Analysis,
        basis: Basis::WorkProduct,
        description: format!("Analysis {SECRET} for counsel"),
        text: format!("The {SECRET} servers were not patched."),
    }
}

async fn looks(app: &TestApp, actor: &Actor, track: TrackId) -> Result<counsel::View, Refusal> {
    transact!(app.store, actor, |cx| look(cx, track).await)
}

testkit::both_engines! {
    async fn only_the_people_named_look_in(app: &TestApp) {
        let cast = cast(app).await;
        let view = looks(app, &cast.sam, cast.track).await.unwrap();
        assert_eq!(view.items.len(), 1);
        assert!(!view.keeps && view.looks.is_empty(), "who doesn't keep it doesn't see who looked");
        let unknown: TrackId = "0190b0a0-0000-7000-8000-000000000000".parse().unwrap();
        let auditor = app.actor("Ada Auditor", &[Side::Auditor]);
        let vendor = app.actor("Vic Vendor", &[Side::Vendor]);
        let administrator = app.administrator("Root");
        for outsider in [&cast.ludo, &cast.sue, &auditor, &vendor, &administrator] {
            let refused = looks(app, outsider, cast.track).await.unwrap_err();
            let absent = looks(app, outsider, unknown).await.unwrap_err();
            assert_eq!((refused.kind, refused.message), (absent.kind, absent.message), "{}", outsider.name);
            assert_eq!(absent.kind, RefusalKind::NotFound);
            let mut cx = app.store.read(outsider).await.unwrap();
            assert!(mine(&mut cx, None).await.unwrap().is_empty());
            drop(cx);
            for refused in [
                transact!(app.store, outsider, |cx| write(cx, cast.track, &paper()).await.map(|_| ())),
                transact!(app.store, outsider, |cx| name(cx, cast.track, outsider.person, "to see it").await),
                transact!(app.store, outsider, |cx| end(cx, cast.track, cast.sam.person, "out").await),
                transact!(app.store, outsider, |cx| hand_over(cx, cast.track, outsider.person, 1).await),
                transact!(app.store, outsider, |cx| keep(cx, cast.track, "mine", "", false, 1).await),
                transact!(app.store, outsider, |cx| privilege_log(cx, cast.track).await.map(|_| ())),
            ] {
                assert_eq!(refused.unwrap_err().kind, RefusalKind::NotFound, "{}", outsider.name);
            }
        }
        // Who is named and doesn't keep it writes, and no more.
        let refused = transact!(app.store, &cast.sam, |cx| name(cx, cast.track, cast.sue.person, "helps").await).unwrap_err();
        assert_eq!(refused.kind, RefusalKind::Forbidden);
        let read_only = Actor { read_only: true, ..cast.clara.clone() };
        assert!(looks(app, &read_only, cast.track).await.is_err(), "no token reads it");
        let by_token = Actor { via: kernel::Via::Token, ..cast.clara.clone() };
        assert_eq!(looks(app, &by_token, cast.track).await.unwrap_err().kind, RefusalKind::NotFound, "whatever it may do else");
        let mut cx = app.store.read(&by_token).await.unwrap();
        assert!(mine(&mut cx, None).await.unwrap().is_empty());
        drop(cx);
        assert!(transact!(app.store, &by_token, |cx| open(cx, cast.incident, "own work", "").await).is_err());
        let refused = transact!(app.store, &cast.sue, |cx| open(cx, cast.incident, "own work", "").await).unwrap_err();
        assert_eq!(refused.kind, RefusalKind::Forbidden);
    }

    async fn whoever_is_taken_out_reads_nothing_more_and_stays_in_the_log(app: &TestApp) {
        let cast = cast(app).await;
        let auditor = hire(app, "Ada Auditor", &[Side::Auditor]).await;
        let refused = transact!(app.store, &cast.clara, |cx| name(cx, cast.track, auditor.person, "to audit").await).unwrap_err();
        assert!(refused.fields[0].message.contains("audits"), "{refused:?}");
        let refused = transact!(app.store, &cast.clara, |cx| name(cx, cast.track, cast.sam.person, "again").await).unwrap_err();
        assert!(refused.fields[0].message.contains("already"));
        let refused = transact!(app.store, &cast.clara, |cx| name(cx, cast.track, cast.sue.person, " ").await).unwrap_err();
        assert_eq!(refused.fields[0].field, "reason");
        app.world.advance_seconds(60);
        transact!(app.store, &cast.clara, |cx| end(cx, cast.track, cast.sam.person, "left the case").await).unwrap();
        assert_eq!(looks(app, &cast.sam, cast.track).await.unwrap_err().kind, RefusalKind::NotFound);
        app.world.advance_seconds(60);
        transact!(app.store, &cast.clara, |cx| name(cx, cast.track, cast.ludo.person, "second chair").await).unwrap();
        transact!(app.store, &cast.clara, |cx| write(cx, cast.track, &paper()).await).unwrap();
        let (_, rows) = transact!(app.store, &cast.clara, |cx| privilege_log(cx, cast.track).await).unwrap();
        let told: Vec<(Vec<String>, Vec<String>)> = rows.iter().map(|row| (row.recipients.clone(), row.later.clone())).collect();
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        assert_eq!(told, [
            (names(&["Clara Counsel", "Sam Secure"]), names(&["Ludo Lawyer"])),
            (names(&["Clara Counsel", "Ludo Lawyer"]), names(&[])),
        ]);
        let text = documents::sheet::csv(&counsel::sheet(&rows, &jiff::tz::TimeZone::UTC));
        assert!(text.contains("Analysis Falconridge for counsel") && !text.contains("not patched"), "{text}");
        // The one who directs can't be taken out, but hands over to another of Legal.
        let refused = transact!(app.store, &cast.clara, |cx| end(cx, cast.track, cast.clara.person, "tired").await).unwrap_err();
        assert_eq!(refused.kind, RefusalKind::Conflict);
        assert!(transact!(app.store, &cast.clara, |cx| hand_over(cx, cast.track, cast.sam.person, 1).await).is_err());
        assert!(transact!(app.store, &cast.clara, |cx| hand_over(cx, cast.track, cast.ludo.person, 9).await).is_err(), "stale");
        transact!(app.store, &cast.clara, |cx| hand_over(cx, cast.track, cast.ludo.person, 1).await).unwrap();
        transact!(app.store, &cast.ludo, |cx| end(cx, cast.track, cast.clara.person, "on leave").await).unwrap();
        assert!(looks(app, &cast.clara, cast.track).await.is_err());
        transact!(app.store, &cast.ludo, |cx| keep(cx, cast.track, "advice", "", true, 2).await).unwrap();
        let closed = transact!(app.store, &cast.ludo, |cx| write(cx, cast.track, &paper()).await).unwrap_err();
        assert_eq!(closed.kind, RefusalKind::Conflict);
        let view = looks(app, &cast.ludo, cast.track).await.unwrap();
        assert!(view.keeps && view.recipients.iter().filter(|person| person.ended_at.is_some()).count() == 2);
        assert!(view.looks.iter().any(|look| look.person == cast.ludo.person));
    }

    async fn nothing_of_it_stands_anywhere_else(app: &TestApp) {
        let cast = cast(app).await;
        looks(app, &cast.sam, cast.track).await.unwrap();
        let base = format!("/incidents/{}", cast.incident);
        let track = format!("/incidents/counsel/{}", cast.track);
        let leaks = |where_: &str, text: &str| {
            assert!(!text.contains(SECRET), "{where_} tells of it");
            assert!(!text.contains(&cast.track.to_string()), "{where_} names it");
        };
        let sue = client_of(app, &cast.sue);
        for path in ["/incidents".to_owned(), base.clone(), format!("{base}/facts.json"), format!("{base}/clocks.ics"), "/api/v1/incidents".to_owned(), format!("/api/v1{base}")] {
            for who in [&cast.sue, &cast.ludo, &cast.sam, &cast.clara] {
                let answer = client_of(app, who).get(&path).await;
                assert_eq!(answer.status, StatusCode::OK, "{path}");
                leaks(&format!("{path} for {}", who.name), &answer.text());
            }
        }
        assert!(!sue.get(&base).await.text().contains("Counsel</a>"), "no hint of a page");
        assert!(client_of(app, &cast.sam).get(&base).await.text().contains("Counsel</a>"));
        // Refusals: the same words as for a page that does not exist, whatever is sent.
        let unknown = "/incidents/counsel/0190b0a0-0000-7000-8000-000000000000";
        for outsider in [&cast.sue, &cast.ludo] {
            let client = client_of(app, outsider);
            let (refused, absent) = (client.get(&track).await, client.get(unknown).await);
            assert_eq!((refused.status, absent.status), (StatusCode::NOT_FOUND, StatusCode::NOT_FOUND));
            let plain = |text: String, path: &str| text.replace(path, "");
            let (refused, absent) = (plain(refused.text(), &track), plain(absent.text(), unknown));
            assert_eq!(refused.len(), absent.len(), "told apart by their length");
            leaks("a refusal", &refused);
            for form in [vec![("act", "write"), ("kind", "nonsense")], vec![("act", "keep"), ("revision", "x")], vec![]] {
                let answer = client.form(&track, &form).await;
                assert_eq!(answer.status, StatusCode::NOT_FOUND, "{form:?}");
                leaks("a refused form", &answer.text());
            }
            assert_eq!(client.get(&format!("{track}/log.xlsx")).await.status, StatusCode::NOT_FOUND);
        }
        assert_eq!(sue.get(&format!("{base}/counsel")).await.status, StatusCode::NOT_FOUND);
        let ludos = client_of(app, &cast.ludo).get(&format!("{base}/counsel")).await;
        assert_eq!(ludos.status, StatusCode::OK, "counsel may open own work");
        leaks("the list of a colleague", &ludos.text());
        // The trail: those outside see no entry of it, not even its count; those inside see no word of it.
        for (who, entries) in [(&cast.sue, 0), (&cast.ludo, 0), (&cast.sam, 4), (&cast.clara, 4)] {
            let mut cx = app.store.read(who).await.unwrap();
            let filter = trail::Filter { subject_kind: Some("counsel_track".to_owned()), ..trail::Filter::default() };
            let lines = trail::list(&mut cx, &filter, 100).await.unwrap().items;
            assert_eq!(lines.len(), entries, "{}", who.name);
            let all = trail::list(&mut cx, &trail::Filter::default(), 100).await.unwrap().items;
            assert!(all.iter().all(|line| !line.summary.contains(SECRET)));
            assert_eq!(all.iter().filter(|line| line.action.starts_with("counsel.")).count(), entries);
        }
        let mut cx = app.store.read(&Actor::system()).await.unwrap();
        for row in cx.all("select summary, detail from ledger_entries", vec![]).await.unwrap() {
            assert!(!row.text("summary").unwrap().contains(SECRET) && !row.text("detail").unwrap().contains(SECRET));
        }
        // Work waiting in the queue, and answers kept for repeated requests.
        for (sql, column) in [("select payload as text from jobs", "text"), ("select answer as text from idempotency", "text")] {
            for row in cx.all(sql, vec![]).await.unwrap() {
                leaks("a row in passing", &row.text(column).unwrap());
            }
        }
    }

    async fn the_pages_serve_counsel(app: &TestApp) {
        let cast = cast(app).await;
        let client = client_of(app, &cast.clara);
        let track = format!("/incidents/counsel/{}", cast.track);
        let page = client.get(&track).await.text();
        for wanted in ["Privileged and confidential", "not patched", "Sam Secure", "directs the work", "Privilege log", "Name somebody"] {
            assert!(page.contains(wanted), "{wanted}");
        }
        let empty = client.form(&track, &[("act", "write"), ("kind", "advice"), ("basis", "legal_advice"), ("description", ""), ("text", "kept words")]).await;
        assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(empty.text().contains("for the privilege log") && empty.text().contains("kept words"), "what was typed stays");
        let sent = client.form(&track, &[("act", "write"), ("kind", "advice"), ("basis", "legal_advice"), ("description", "Advice on duties"), ("text", "Notify.")]).await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER);
        let log = client.get(&format!("{track}/log.xlsx")).await;
        assert_eq!(log.status, StatusCode::OK);
        assert!(log.header("content-disposition").unwrap().contains("incident-1-privilege-log.xlsx"));
        let paper = client.get(&format!("{track}/report.pdf")).await;
        assert_eq!((paper.status, paper.header("content-type")), (StatusCode::OK, Some("application/pdf")));
        let text = pdf_text(&paper.body);
        for wanted in ["Privileged and confidential", "not patched", "We became aware", "leads the analysis"] {
            assert!(text.contains(wanted), "{wanted}: {text}");
        }
        let factual = client.get(&format!("/incidents/{}/report.pdf", cast.incident)).await;
        let text = pdf_text(&factual.body);
        assert!(text.contains("We became aware") && !text.contains(SECRET) && !text.contains("Privileged and confidential"), "{text}");
        let situation = client.get(&format!("/incidents/{}/situation.pdf", cast.incident)).await;
        assert!(!pdf_text(&situation.body).contains(SECRET));
        for outsider in [&cast.ludo, &cast.sue] {
            assert_eq!(client_of(app, outsider).get(&format!("{track}/report.pdf")).await.status, StatusCode::NOT_FOUND);
        }
        assert_eq!(client_of(app, &cast.sam).get(&format!("{track}/report.pdf")).await.status, StatusCode::FORBIDDEN);
        let sam = client_of(app, &cast.sam).get(&track).await.text();
        assert!(!sam.contains("Name somebody") && !sam.contains("Privilege log"));
        assert!(client_of(app, &cast.sam).get("/incidents/counsel").await.text().contains(SECRET));
        let refused = client.form(&format!("/incidents/{}/counsel", cast.incident), &[("purpose", " "), ("engagement", "")]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.text().contains("for which legal advice"));
        let stranger = other(app, "Eve Employee", Side::Employee);
        assert!(!stranger.get("/incidents/counsel").await.text().contains(SECRET));
    }
}
