use kernel::{RefusalKind, Side};
use people::Resolved;
use testkit::both_engines;

use crate::{PASSWORD, WRONG, administrator, app, cookie, field, join, ledger, sign_in, signed_in};

const HOUR: i64 = 3600;

both_engines! {
    async fn a_session_ends_twelve_hours_after_its_last_use(app: &TestApp) {
        administrator(app).await;
        let cookie = cookie(app, "Root").await;
        for _ in 0..3 {
            app.world.advance_seconds(11 * HOUR);
            assert!(signed_in(app, &cookie).await.is_some(), "it was used in time");
        }
        app.world.advance_seconds(12 * HOUR);
        assert!(signed_in(app, &cookie).await.is_none());
    }

    async fn a_session_ends_after_seven_days_however_busy(app: &TestApp) {
        administrator(app).await;
        let cookie = cookie(app, "Root").await;
        for _ in 0..16 {
            app.world.advance_seconds(10 * HOUR);
            assert!(signed_in(app, &cookie).await.is_some());
        }
        app.world.advance_seconds(8 * HOUR);
        assert!(signed_in(app, &cookie).await.is_none());
    }

    async fn the_last_use_is_noted_at_most_every_five_minutes(app: &TestApp) {
        let root = administrator(app).await;
        let cookie = cookie(app, "Root").await;
        let mut seen = Vec::new();
        for seconds in [10, 10, 300] {
            app.world.advance_seconds(seconds);
            signed_in(app, &cookie).await.unwrap();
            seen.push(people::list_sessions(&mut app.store.read(&root).await.unwrap()).await.unwrap()[0].last_seen_at);
        }
        assert!(seen[0] == seen[1] && seen[1] < seen[2]);
    }

    async fn signing_out_and_ending_sessions(app: &TestApp) {
        let root = administrator(app).await;
        join(app, &root, "Ada", &[]).await;
        let (one, two, three, other) = (cookie(app, "Root").await, cookie(app, "Root").await, cookie(app, "Root").await, cookie(app, "Ada").await);
        let Some(Resolved::Full(_, info)) = people::resolve_session(&app.store, two.reveal()).await.unwrap() else { panic!("signed in") };
        let Some(Resolved::Full(ada, others)) = people::resolve_session(&app.store, other.reveal()).await.unwrap() else { panic!("signed in") };
        people::sign_out(&app.store, one.reveal()).await.unwrap();
        people::sign_out(&app.store, one.reveal()).await.unwrap();
        assert!(signed_in(app, &one).await.is_none() && signed_in(app, &two).await.is_some());
        // Nobody ends another's.
        let refused = db::transact!(app.store, &ada, |cx| people::end_session(cx, info.id).await).unwrap_err();
        assert_eq!(refused.kind, RefusalKind::NotFound);
        let refused = db::transact!(app.store, &root, |cx| people::end_session(cx, others.id).await).unwrap_err();
        assert_eq!(refused.kind, RefusalKind::NotFound);
        assert_eq!(db::transact!(app.store, &root, |cx| people::end_other_sessions(cx, info.id).await).unwrap(), 1);
        assert!(signed_in(app, &three).await.is_none() && signed_in(app, &two).await.is_some() && signed_in(app, &other).await.is_some());
        db::transact!(app.store, &root, |cx| people::end_session(cx, info.id).await).unwrap();
        assert!(signed_in(app, &two).await.is_none());
        let signed_out = ledger(app).await.into_iter().filter(|(action, _)| action == "person.signed_out").count();
        assert_eq!(signed_out, 1);
    }

    async fn a_new_password_ends_the_other_sessions(app: &TestApp) {
        let root = administrator(app).await;
        let (here, elsewhere) = (cookie(app, "Root").await, cookie(app, "Root").await);
        let Some(Resolved::Full(_, info)) = people::resolve_session(&app.store, here.reveal()).await.unwrap() else { panic!("signed in") };
        let change = |current, new| people::change_password(&app.store, &root, Some(info.id), current, new);
        assert_eq!(field(&change(WRONG, "walnut ferry tulip").await.unwrap_err()), "current");
        assert_eq!(field(&change(PASSWORD, "short").await.unwrap_err()), "password");
        assert_eq!(field(&change(PASSWORD, PASSWORD).await.unwrap_err()), "password");
        assert_eq!(field(&change(PASSWORD, "my root password 77").await.unwrap_err()), "password");
        change(PASSWORD, "walnut ferry tulip").await.unwrap();
        assert!(signed_in(app, &here).await.is_some() && signed_in(app, &elsewhere).await.is_none());
        assert!(sign_in(app, "Root", PASSWORD).await.is_err());
        assert!(sign_in(app, "Root", "walnut ferry tulip").await.is_ok());
    }

    async fn a_session_carries_the_sides_of_now(app: &TestApp) {
        let root = administrator(app).await;
        let ada = join(app, &root, "Ada", &[Side::Legal]).await;
        let cookie = cookie(app, "Ada").await;
        assert!(signed_in(app, &cookie).await.unwrap().is_of(Side::Legal));
        let draft = crate::draft("Ada", &[Side::Security, Side::It]);
        db::transact!(app.store, &root, |cx| people::edit_person(cx, ada.person, 1, &draft, true).await).unwrap();
        let now = signed_in(app, &cookie).await.unwrap();
        assert_eq!(now.sides.into_iter().collect::<Vec<_>>(), [Side::Security, Side::It]);
    }

    async fn a_guess_is_nobody(app: &TestApp) {
        administrator(app).await;
        for guess in ["", "guess", "' or 1=1 --"] {
            assert!(people::resolve_session(&app.store, guess).await.unwrap().is_none());
        }
    }
}
