//! Mails: what they say, and what becomes of them when the server for mail does not behave.

use std::{sync::Arc, time::Duration};

use db::{jobs::run_all_due, transact};
use kernel::{Actor, RefusalKind, Side};
use notices::{Message, Notices, Smtp, SmtpAddress};
use testkit::TestApp;

use crate::{
    House, app, area, jobs, message,
    sink::{Manner, Sink},
    smtp, tell,
};

async fn state(app: &TestApp) -> (String, i64) {
    let mut cx = app.store.read(&Actor::system()).await.unwrap();
    let row = cx.one("select mail, mail_tries from notices", vec![]).await.unwrap();
    (row.text("mail").unwrap(), row.int("mail_tries").unwrap())
}

/// Runs what is due, a day long, as the pauses between tries grow.
async fn a_day(app: &TestApp, notices: &Notices) {
    for _ in 0..48 {
        run_all_due(&app.store, &jobs(notices)).await.unwrap();
        app.world.advance_seconds(1800);
    }
}

async fn unsent(app: &TestApp) -> Vec<notices::Unsent> {
    let mut cx = app.store.read(&app.administrator("Ada")).await.unwrap();
    notices::outbox(&mut cx, None, 10).await.unwrap().items
}

testkit::both_engines! {
    async fn a_mail_says_what_the_message_says(app: &TestApp) {
        let sink = Sink::open(Manner::Takes).await;
        let clara = app.actor("Clara Counsel", &[Side::Legal]);
        let notices = area(&app.store, Some(smtp(sink.port)));
        tell(app, &message(&clara, "a")).await.unwrap();
        a_day(app, &notices).await;
        let mails = sink.mails();
        assert_eq!(mails.len(), 1);
        let mail = mails[0].replace("=\n", "");
        for wanted in [
            "Subject: Incident 3: a clock ends in 4 hours",
            "<clara@example.org>",
            "From: Countersign <countersign@example.org>",
            "Auto-Submitted: auto-generated",
            "multipart/alternative",
            "GDPR: tell the authority",
            "Laptop lost on a train",
            "https://countersign.example/incidents/3",
            "Date: Sat, 21 Nov 2026 09:00:00 +0000",
        ] {
            assert!(mail.contains(wanted), "{wanted}\n{mail}");
        }
        assert_eq!(state(app).await, ("sent".to_owned(), 1));
        assert!(unsent(app).await.is_empty());
    }

    async fn behind_a_wall_a_mail_says_no_more_than_it_must(app: &TestApp) {
        let sink = Sink::open(Manner::Takes).await;
        let clara = app.actor("Clara Counsel", &[Side::Legal]);
        let notices = area(&app.store, Some(smtp(sink.port)));
        let (sealed, open, unknown) = (kernel::Uuid::from_u128(1), kernel::Uuid::from_u128(2), kernel::Uuid::from_u128(3));
        transact!(app.store, &Actor::system(), |cx| {
            cx.unrecorded("a test");
            db::walls::raise(cx, sealed, true).await?;
            db::walls::raise(cx, open, false).await
        })
        .unwrap();
        for (wall, leaks) in [(sealed, false), (open, true), (unknown, false)] {
            tell(app, &Message { wall: Some(wall), ..message(&clara, &wall.to_string()) }).await.unwrap();
            run_all_due(&app.store, &jobs(&notices)).await.unwrap();
            let mail = sink.mails().pop().unwrap();
            assert!(mail.contains("GDPR: tell the authority"));
            assert_eq!(mail.contains("Laptop"), leaks, "{mail}");
        }
        let mut cx = app.store.read(&clara).await.unwrap();
        let told = notices::list(&mut cx, false, None, 10).await.unwrap().items;
        assert!(told.iter().all(|notice| notice.lines.contains(&"Laptop lost on a train".to_owned())), "inside all of it is read");
    }

    async fn without_a_server_or_an_address_it_stays_inside(app: &TestApp) {
        let clara = app.actor("Clara Counsel", &[Side::Legal]);
        tell(app, &message(&clara, "a")).await.unwrap();
        a_day(app, &area(&app.store, None)).await;
        assert_eq!(state(app).await.0, "none");
        let sink = Sink::open(Manner::Takes).await;
        let left = Notices { directory: Arc::new(House { left: Some(clara.person) }), ..area(&app.store, Some(smtp(sink.port))) };
        transact!(app.store, &Actor::system(), |cx| { cx.unrecorded("a test"); cx.run("delete from notices", vec![]).await }).unwrap();
        tell(app, &message(&clara, "b")).await.unwrap();
        a_day(app, &left).await;
        assert_eq!(state(app).await.0, "none");
        assert!(sink.mails().is_empty() && unsent(app).await.is_empty());
    }

    async fn a_server_that_is_down_gets_the_mail_when_it_is_back(app: &TestApp) {
        let clara = app.actor("Clara Counsel", &[Side::Legal]);
        // A port that nobody listens on any more.
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let down = area(&app.store, Some(smtp(port)));
        tell(app, &message(&clara, "a")).await.unwrap();
        a_day(app, &down).await;
        let stuck = unsent(app).await;
        assert_eq!((stuck.len(), stuck[0].tries, stuck[0].refused), (1, 8, false), "{stuck:?}");
        assert!(stuck[0].last_error.contains("refused"), "{stuck:?}");
        // Nothing is lost: an administrator has it tried again.
        let refused = transact!(app.store, &clara, |cx| notices::send_again(cx, stuck[0].id).await).unwrap_err();
        assert_eq!(refused.kind, RefusalKind::Forbidden);
        let ada = app.administrator("Ada");
        transact!(app.store, &ada, |cx| notices::send_again(cx, stuck[0].id).await).unwrap();
        let sink = Sink::open(Manner::Takes).await;
        let up = area(&app.store, Some(smtp(sink.port)));
        a_day(app, &up).await;
        assert_eq!((sink.mails().len(), state(app).await.0), (1, "sent".to_owned()));
        let again = transact!(app.store, &ada, |cx| notices::send_again(cx, stuck[0].id).await).unwrap_err();
        assert_eq!(again.kind, RefusalKind::Conflict);
    }

    async fn a_server_that_asks_to_wait_or_hangs_up_is_tried_again(app: &TestApp) {
        let clara = app.actor("Clara Counsel", &[Side::Legal]);
        let sink = Sink::open(Manner::Busy).await;
        let notices = area(&app.store, Some(smtp(sink.port)));
        tell(app, &message(&clara, "a")).await.unwrap();
        for manner in [Manner::Busy, Manner::Drops, Manner::WantsLogin] {
            sink.behave(manner);
            run_all_due(&app.store, &jobs(&notices)).await.unwrap();
            assert_eq!(state(app).await.0, "waiting", "{manner:?}");
            app.world.advance_seconds(1800);
        }
        assert_eq!(unsent(app).await[0].tries, 3);
        sink.behave(Manner::Takes);
        run_all_due(&app.store, &jobs(&notices)).await.unwrap();
        assert_eq!((sink.mails().len(), state(app).await), (1, ("sent".to_owned(), 4)));
        assert!(unsent(app).await.is_empty());
    }

    async fn a_server_that_refuses_for_good_is_not_asked_again(app: &TestApp) {
        let clara = app.actor("Clara Counsel", &[Side::Legal]);
        let sink = Sink::open(Manner::Refuses).await;
        let notices = area(&app.store, Some(smtp(sink.port)));
        tell(app, &message(&clara, "a")).await.unwrap();
        a_day(app, &notices).await;
        let stuck = unsent(app).await;
        assert_eq!((stuck[0].tries, stuck[0].refused), (1, true));
        assert!(stuck[0].last_error.contains("no such user here"), "{stuck:?}");
    }

    async fn a_server_that_hangs_holds_nobody_up(app: &TestApp) {
        let clara = app.actor("Clara Counsel", &[Side::Legal]);
        let sink = Sink::open(Manner::Hangs).await;
        let notices = area(&app.store, Some(smtp(sink.port).patience(Duration::from_millis(150))));
        tell(app, &message(&clara, "a")).await.unwrap();
        run_all_due(&app.store, &jobs(&notices)).await.unwrap();
        assert_eq!(state(app).await, ("waiting".to_owned(), 1));
        assert!(unsent(app).await[0].last_error.contains("did not answer in time"));
        sink.behave(Manner::Takes);
        app.world.advance_seconds(1800);
        run_all_due(&app.store, &jobs(&notices)).await.unwrap();
        assert_eq!(sink.mails().len(), 1);
    }

    async fn of_two_processes_one_sends(app: &TestApp) {
        let clara = app.actor("Clara Counsel", &[Side::Legal]);
        let sink = Sink::open(Manner::Takes).await;
        let notices = area(&app.store, Some(smtp(sink.port)));
        tell(app, &message(&clara, "a")).await.unwrap();
        let id = {
            let mut cx = app.store.read(&clara).await.unwrap();
            notices::list(&mut cx, false, None, 1).await.unwrap().items[0].id.to_string()
        };
        let jobs = jobs(&notices);
        // The same job twice at once, as after a lease that ran out too early.
        let (one, other) = tokio::join!(jobs[0].run(&app.store, &id), jobs[0].run(&app.store, &id));
        assert!(one.is_ok() || other.is_ok());
        assert_eq!(sink.mails().len(), 1);
        a_day(app, &notices).await;
        assert_eq!((sink.mails().len(), state(app).await.0), (1, "sent".to_owned()));
    }

    async fn a_process_that_died_over_a_mail_leaves_it_to_the_next(app: &TestApp) {
        let clara = app.actor("Clara Counsel", &[Side::Legal]);
        let sink = Sink::open(Manner::Takes).await;
        let notices = area(&app.store, Some(smtp(sink.port)));
        tell(app, &message(&clara, "a")).await.unwrap();
        let until = app.store.world.now().plus_seconds(90);
        transact!(app.store, &Actor::system(), |cx| {
            cx.unrecorded("a test");
            cx.run("update notices set mail_leased_until = $1", vec![until.into()]).await
        })
        .unwrap();
        run_all_due(&app.store, &jobs(&notices)).await.unwrap();
        assert!(sink.mails().is_empty());
        a_day(app, &notices).await;
        assert_eq!(sink.mails().len(), 1);
    }
}

#[test]
fn an_address_that_is_none_is_refused_without_being_quoted() {
    for (address, from) in
        [("relay:25", "a@b.example"), ("ftp://u:hunter2@x", "a@b.example"), ("smtp://u:hunter2@localhost", "nobody")]
    {
        let refused = Smtp::new(&SmtpAddress::new(address), from).unwrap_err();
        assert!(!refused.to_string().contains("hunter2"), "{refused}");
    }
}
