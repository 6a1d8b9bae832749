use kernel::RefusalKind;
use people::SignedIn;
use testkit::both_engines;

use crate::{PASSWORD, WRONG, administrator, app, cookie, email, from, join, ledger, sign_in, signed_in};

both_engines! {
    async fn a_password_signs_in_and_the_case_of_the_address_does_not_matter(app: &TestApp) {
        administrator(app).await;
        let signed = people::sign_in(&app.store, " ROOT@example.ORG", PASSWORD, &from("198.51.100.7"), None).await.unwrap();
        let SignedIn::Fully(secret) = signed else { panic!("no code is asked for") };
        assert!(signed_in(app, &secret).await.unwrap().administrator);
        assert!(ledger(app).await.contains(&("person.signed_in".to_owned(), "Root signed in with a password".to_owned())));
    }

    async fn nothing_tells_an_unknown_address_from_a_wrong_password(app: &TestApp) {
        let root = administrator(app).await;
        let gone = join(app, &root, "Gone", &[]).await;
        db::transact!(app.store, &root, |cx| people::deactivate(cx, gone.person, 1).await).unwrap();
        let wrong = sign_in(app, "Root", WRONG).await.unwrap_err();
        let unknown = sign_in(app, "Nobody", WRONG).await.unwrap_err();
        let ended = sign_in(app, "Gone", PASSWORD).await.unwrap_err();
        let nonsense = people::sign_in(&app.store, "%' or 1=1 --", WRONG, &from("198.51.100.7"), None).await.unwrap_err();
        assert_eq!(wrong.kind, RefusalKind::Invalid);
        assert!(wrong == unknown && wrong == ended && wrong == nonsense);
    }

    async fn the_sixth_try_in_a_quarter_of_an_hour_waits(app: &TestApp) {
        administrator(app).await;
        for name in ["Root", "Nobody"] {
            for _ in 0..5 {
                assert_eq!(sign_in(app, name, WRONG).await.unwrap_err().kind, RefusalKind::Invalid);
            }
            let refusal = sign_in(app, name, WRONG).await.unwrap_err();
            assert_eq!(refusal.kind, RefusalKind::TooMany);
            assert_eq!(refusal.hint.as_deref(), Some("wait 15 minutes, then try again"));
        }
        // Even the right password waits, and from everywhere.
        let elsewhere = people::sign_in(&app.store, &email("Root"), PASSWORD, &from("203.0.113.1"), None).await.unwrap_err();
        assert_eq!(elsewhere.kind, RefusalKind::TooMany);
        app.world.advance_seconds(15 * 60);
        cookie(app, "Root").await;
        let stopped: Vec<_> = ledger(app).await.into_iter().filter(|(action, _)| action == "person.sign_in_stopped").collect();
        assert_eq!(stopped.len(), 1, "told once, and only for an account that exists: {stopped:?}");
    }

    async fn a_good_sign_in_forgets_the_failed_ones(app: &TestApp) {
        administrator(app).await;
        for _ in 0..3 {
            for _ in 0..4 {
                assert!(sign_in(app, "Root", WRONG).await.is_err());
            }
            cookie(app, "Root").await;
        }
    }

    async fn one_address_tries_thirty_times_over_all_accounts(app: &TestApp) {
        administrator(app).await;
        // One line, many IPv6 addresses of it.
        for number in 0..30 {
            let visitor = from(&format!("2001:db8:1:2::{number:x}"));
            let refusal = people::sign_in(&app.store, &format!("guess{number}@example.org"), WRONG, &visitor, None).await.unwrap_err();
            assert_eq!(refusal.kind, RefusalKind::Invalid);
        }
        let refusal = people::sign_in(&app.store, &email("Root"), PASSWORD, &from("2001:db8:1:2:ffff::1"), None).await.unwrap_err();
        assert_eq!(refusal.kind, RefusalKind::TooMany);
        assert!(people::sign_in(&app.store, &email("Root"), PASSWORD, &from("2001:db8:1:3::1"), None).await.is_ok());
    }

    async fn tries_at_once_are_all_counted(app: &TestApp) {
        administrator(app).await;
        let (address, visitor) = (email("Root"), from("198.51.100.7"));
        let tries = (0..12).map(|_| {
            let (store, address, visitor) = (app.store.clone(), address.clone(), visitor.clone());
            tokio::spawn(async move { people::sign_in(&store, &address, WRONG, &visitor, None).await.unwrap_err().kind })
        });
        let mut checked = 0;
        for one in tries.collect::<Vec<_>>() {
            checked += usize::from(one.await.unwrap() == RefusalKind::Invalid);
        }
        assert_eq!(checked, 5, "five passwords were looked at, the others waited");
    }

    async fn signing_in_ends_the_session_that_the_browser_had(app: &TestApp) {
        administrator(app).await;
        let first = cookie(app, "Root").await;
        let signed = people::sign_in(&app.store, &email("Root"), PASSWORD, &from("198.51.100.7"), Some(first.reveal())).await.unwrap();
        let SignedIn::Fully(second) = signed else { panic!("no code is asked for") };
        assert!(first != second);
        assert!(signed_in(app, &first).await.is_none());
        assert!(signed_in(app, &second).await.is_some());
    }
}
