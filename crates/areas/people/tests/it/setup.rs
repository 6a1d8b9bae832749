use kernel::{Actor, RefusalKind};
use testkit::both_engines;

use crate::{PASSWORD, administrator, app, draft, field, ledger, setup_link};

both_engines! {
    async fn the_link_makes_one_administrator_and_then_holds_no_more(app: &TestApp) {
        let (first, second) = (setup_link(app).await.unwrap(), setup_link(app).await.unwrap());
        let weak = people::complete_setup(&app.store, first.reveal(), &draft("Root", &[]), "short").await.unwrap_err();
        assert_eq!(field(&weak), "password");
        let id = people::complete_setup(&app.store, first.reveal(), &draft("Root", &[kernel::Side::Legal]), PASSWORD).await.unwrap();
        let root = crate::actor(app, id).await;
        assert!(root.administrator && root.is_of(kernel::Side::Legal));
        for link in [&first, &second] {
            let refusal = people::complete_setup(&app.store, link.reveal(), &draft("Mallory", &[]), PASSWORD).await.unwrap_err();
            assert_eq!(refusal.kind, RefusalKind::NotFound);
        }
        assert!(setup_link(app).await.is_none());
        assert_eq!(ledger(app).await, [("person.set_up".to_owned(), "Root set the workspace up as its first administrator, Root".to_owned())]);
    }

    async fn two_at_once_make_one_administrator(app: &TestApp) {
        let (first, second) = (setup_link(app).await.unwrap(), setup_link(app).await.unwrap());
        let (root, rival) = (draft("Root", &[]), draft("Rival", &[]));
        let (one, other) = tokio::join!(
            people::complete_setup(&app.store, first.reveal(), &root, PASSWORD),
            people::complete_setup(&app.store, second.reveal(), &rival, PASSWORD),
        );
        assert_eq!(usize::from(one.is_ok()) + usize::from(other.is_ok()), 1, "{one:?} {other:?}");
    }

    async fn a_guess_and_an_old_link_set_nothing_up(app: &TestApp) {
        let link = setup_link(app).await.unwrap();
        let guess = people::complete_setup(&app.store, "guess", &draft("Mallory", &[]), PASSWORD).await.unwrap_err();
        assert_eq!(guess.kind, RefusalKind::NotFound);
        app.world.advance_days(1);
        let late = people::complete_setup(&app.store, link.reveal(), &draft("Root", &[]), PASSWORD).await.unwrap_err();
        assert_eq!(late.kind, RefusalKind::NotFound);
        assert!(setup_link(app).await.is_some());
    }

    async fn nobody_but_the_system_prepares(app: &TestApp) {
        let root = administrator(app).await;
        let refusal = db::transact!(app.store, &root, |cx| people::prepare_setup(cx).await).unwrap_err();
        assert_eq!(refusal.kind, RefusalKind::Forbidden);
        assert!(db::transact!(app.store, &Actor::system(), |cx| people::prepare_setup(cx).await).unwrap().is_none());
    }
}
