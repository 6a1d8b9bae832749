//! Telling and reading.

use db::transact;
use kernel::{Actor, Cursor, RefusalKind, Side};
use notices::{Message, Told};

use crate::{app, message, tell};

testkit::both_engines! {
    async fn the_same_is_told_once(app: &TestApp) {
        let (clara, sam) = (app.actor("Clara Counsel", &[Side::Legal]), app.actor("Sam Security", &[Side::Security]));
        assert_eq!(tell(app, &message(&clara, "a")).await.unwrap(), Told::Now);
        assert_eq!(tell(app, &message(&clara, "a")).await.unwrap(), Told::Before);
        assert_eq!(tell(app, &message(&clara, "b")).await.unwrap(), Told::Now);
        let mut cx = app.store.read(&clara).await.unwrap();
        assert_eq!(notices::unread(&mut cx).await.unwrap(), 2);
        assert_eq!(notices::list(&mut cx, false, None, 10).await.unwrap().items.len(), 2);
        let mut cx = app.store.read(&sam).await.unwrap();
        assert_eq!(notices::unread(&mut cx).await.unwrap(), 0);
        assert!(notices::list(&mut cx, false, None, 10).await.unwrap().items.is_empty());
        let system = Actor::system();
        let mut cx = app.store.read(&system).await.unwrap();
        let jobs = cx.one("select count(*) as n from jobs where kind = 'notices.mail'", vec![]).await.unwrap();
        assert_eq!(jobs.int("n").unwrap(), 2, "one job for each message");
    }

    async fn two_at_once_tell_once(app: &TestApp) {
        let clara = app.actor("Clara Counsel", &[Side::Legal]);
        let wanted = message(&clara, "a");
        let (one, other) = tokio::join!(tell(app, &wanted), tell(app, &wanted));
        let mut told = [one.unwrap(), other.unwrap()];
        told.sort_by_key(|told| *told == Told::Before);
        assert_eq!(told, [Told::Now, Told::Before]);
    }

    async fn what_is_not_committed_is_not_told(app: &TestApp) {
        let clara = app.actor("Clara Counsel", &[Side::Legal]);
        let mut cx = app.store.write(&Actor::system()).await.unwrap();
        notices::tell(&mut cx, &message(&clara, "a")).await.unwrap();
        drop(cx);
        let mut cx = app.store.read(&clara).await.unwrap();
        assert_eq!(notices::unread(&mut cx).await.unwrap(), 0);
        drop(cx);
        assert_eq!(tell(app, &message(&clara, "a")).await.unwrap(), Told::Now);
    }

    async fn a_message_is_read_by_its_person_alone(app: &TestApp) {
        let clara = app.actor("Clara Counsel", &[Side::Legal]);
        tell(app, &message(&clara, "a")).await.unwrap();
        let id = {
            let mut cx = app.store.read(&clara).await.unwrap();
            notices::list(&mut cx, true, None, 10).await.unwrap().items[0].id
        };
        for other in [app.actor("Sam Security", &[Side::Security]), app.administrator("Ada")] {
            let refused = transact!(app.store, &other, |cx| notices::mark_read(cx, id).await).unwrap_err();
            assert_eq!(refused.kind, RefusalKind::NotFound);
        }
        let token = Actor { read_only: true, ..clara.clone() };
        assert_eq!(transact!(app.store, &token, |cx| notices::mark_read(cx, id).await).unwrap_err().kind, RefusalKind::Forbidden);
        transact!(app.store, &clara, |cx| notices::mark_read(cx, id).await).unwrap();
        let mut cx = app.store.read(&clara).await.unwrap();
        let first = notices::list(&mut cx, false, None, 10).await.unwrap().items[0].read_at.unwrap();
        assert!(notices::list(&mut cx, true, None, 10).await.unwrap().items.is_empty());
        drop(cx);
        app.world.advance_seconds(60);
        transact!(app.store, &clara, |cx| notices::mark_read(cx, id).await).unwrap();
        let mut cx = app.store.read(&clara).await.unwrap();
        let again = notices::list(&mut cx, false, None, 10).await.unwrap().items[0].read_at.unwrap();
        assert_eq!(first, again, "the first time counts");
    }

    async fn a_list_pages_and_all_are_marked_at_once(app: &TestApp) {
        let clara = app.actor("Clara Counsel", &[Side::Legal]);
        for number in 0..5 {
            tell(app, &message(&clara, &format!("m{number}"))).await.unwrap();
        }
        let mut cx = app.store.read(&clara).await.unwrap();
        let first = notices::list(&mut cx, false, None, 3).await.unwrap();
        let cursor = Cursor::decode(&first.next.unwrap());
        let second = notices::list(&mut cx, false, cursor.as_ref(), 3).await.unwrap();
        assert_eq!((first.items.len(), second.items.len(), second.next.is_none()), (3, 2, true));
        drop(cx);
        transact!(app.store, &clara, |cx| notices::mark_all_read(cx).await).unwrap();
        let mut cx = app.store.read(&clara).await.unwrap();
        assert_eq!(notices::unread(&mut cx).await.unwrap(), 0);
    }

    async fn a_message_leads_to_a_page_of_ours(app: &TestApp) {
        let clara = app.actor("Clara Counsel", &[Side::Legal]);
        for href in ["https://evil.example/", "//evil.example/", "incidents/3"] {
            let wrong = Message { href: href.into(), ..message(&clara, href) };
            assert_eq!(tell(app, &wrong).await.unwrap_err().kind, RefusalKind::Broken);
        }
    }
}
