use kernel::{RefusalKind, Side};
use people::PersonDraft;
use testkit::both_engines;

use crate::{
    PASSWORD, WRONG, administrator, app, cookie, draft, email, field, invite, join, ledger, ledger_text, sign_in,
    signed_in,
};

const NEW_PASSWORD: &str = "walnut ferry tulip drum";

both_engines! {
    async fn an_invitation_is_taken_up_once(app: &TestApp) {
        let root = administrator(app).await;
        let invited = invite(app, &root, &draft("Ada", &[Side::Legal])).await.unwrap();
        let link = invited.secret.reveal();
        assert_eq!(people::open_invitation(&mut app.store.read(&root).await.unwrap(), link).await.unwrap().invited_by_name, "Root");
        let weak = people::accept_invitation(&app.store, link, " ", "password1234").await.unwrap_err();
        assert_eq!(weak.fields.iter().map(|problem| problem.field.as_str()).collect::<Vec<_>>(), ["name", "password"]);
        let id = people::accept_invitation(&app.store, link, "Ada Lovelace", PASSWORD).await.unwrap();
        let ada = crate::actor(app, id).await;
        assert_eq!((ada.name.as_str(), ada.is_of(Side::Legal), ada.administrator), ("Ada Lovelace", true, false));
        let again = people::accept_invitation(&app.store, link, "Mallory", PASSWORD).await.unwrap_err();
        assert_eq!(again.kind, RefusalKind::NotFound);
        assert!(ledger(app).await.contains(&("person.joined".to_owned(), "Ada Lovelace took up the invitation by Root".to_owned())));
        let told = ledger_text(app).await;
        assert!(!told.contains(link) && !told.contains(PASSWORD) && !told.contains("argon2"));
    }

    async fn two_at_once_take_it_up_once(app: &TestApp) {
        let root = administrator(app).await;
        let invited = invite(app, &root, &draft("Ada", &[])).await.unwrap();
        let link = invited.secret.reveal();
        let (one, other) = tokio::join!(
            people::accept_invitation(&app.store, link, "Ada", PASSWORD),
            people::accept_invitation(&app.store, link, "Ada", PASSWORD),
        );
        assert_eq!(usize::from(one.is_ok()) + usize::from(other.is_ok()), 1, "{one:?} {other:?}");
    }

    async fn an_invitation_ends_after_seven_days(app: &TestApp) {
        let root = administrator(app).await;
        let invited = invite(app, &root, &draft("Ada", &[])).await.unwrap();
        app.world.advance_seconds(7 * 86_400 + 1);
        let late = people::accept_invitation(&app.store, invited.secret.reveal(), "Ada", PASSWORD).await.unwrap_err();
        assert_eq!(late.kind, RefusalKind::NotFound);
        assert!(people::list_invitations(&mut app.store.read(&root).await.unwrap()).await.unwrap().is_empty());
    }

    async fn the_newest_link_holds_and_a_withdrawn_one_does_not(app: &TestApp) {
        let root = administrator(app).await;
        let first = invite(app, &root, &draft("Ada", &[])).await.unwrap();
        let second = invite(app, &root, &PersonDraft { email: email("ADA"), ..draft("Ada", &[]) }).await.unwrap();
        assert!(people::accept_invitation(&app.store, first.secret.reveal(), "Ada", PASSWORD).await.is_err());
        assert_eq!(people::list_invitations(&mut app.store.read(&root).await.unwrap()).await.unwrap().len(), 1);
        db::transact!(app.store, &root, |cx| people::withdraw_invitation(cx, second.id).await).unwrap();
        assert!(people::accept_invitation(&app.store, second.secret.reveal(), "Ada", PASSWORD).await.is_err());
        let again = db::transact!(app.store, &root, |cx| people::withdraw_invitation(cx, second.id).await).unwrap_err();
        assert_eq!(again.kind, RefusalKind::NotFound);
    }

    async fn an_address_has_one_account_whatever_its_case(app: &TestApp) {
        let root = administrator(app).await;
        join(app, &root, "Ada", &[]).await;
        let refusal = invite(app, &root, &PersonDraft { email: " ADA@Example.ORG ".to_owned(), ..draft("Ada", &[]) }).await.unwrap_err();
        assert_eq!(field(&refusal), "email");
    }

    async fn an_auditor_is_invited_until_a_day(app: &TestApp) {
        let root = administrator(app).await;
        let refusal = invite(app, &root, &draft("Otto", &[Side::Auditor])).await.unwrap_err();
        assert_eq!(field(&refusal), "access_until");
        let otto = join(app, &root, "Otto", &[Side::Auditor]).await;
        let cookie = cookie(app, "Otto").await;
        assert_eq!(signed_in(app, &cookie).await.unwrap().person, otto.person);
        for _ in 0..6 {
            app.world.advance_days(5);
        }
        assert!(sign_in(app, "Otto", PASSWORD).await.is_ok(), "the last day counts");
        app.world.advance_days(1);
        assert!(sign_in(app, "Otto", PASSWORD).await.is_err());
    }

    async fn only_administrators_invite(app: &TestApp) {
        let root = administrator(app).await;
        for (name, side) in [("Ada", Side::Legal), ("Vera", Side::Vendor), ("Eve", Side::Executive)] {
            let actor = join(app, &root, name, &[side]).await;
            assert_eq!(invite(app, &actor, &draft("New", &[])).await.unwrap_err().kind, RefusalKind::Forbidden);
            let mut cx = app.store.read(&actor).await.unwrap();
            assert_eq!(people::list_invitations(&mut cx).await.unwrap_err().kind, RefusalKind::Forbidden);
            let link = db::transact!(app.store, &actor, |cx| people::make_password_link(cx, root.person).await).unwrap_err();
            assert_eq!(link.kind, RefusalKind::Forbidden);
        }
        let invited = invite(app, &root, &draft("New", &[])).await.unwrap();
        let ada = app.actor("Ada", &[Side::Legal]);
        assert_eq!(db::transact!(app.store, &ada, |cx| people::withdraw_invitation(cx, invited.id).await).unwrap_err().kind, RefusalKind::Forbidden);
    }

    async fn a_password_link_sets_a_new_password_and_ends_sessions(app: &TestApp) {
        let root = administrator(app).await;
        let ada = join(app, &root, "Ada", &[Side::Legal]).await;
        let old = cookie(app, "Ada").await;
        for _ in 0..6 {
            let _ = sign_in(app, "Ada", WRONG).await;
        }
        let made = db::transact!(app.store, &root, |cx| people::make_password_link(cx, ada.person).await).unwrap();
        let id = people::accept_invitation(&app.store, made.secret.reveal(), "ignored", NEW_PASSWORD).await.unwrap();
        assert_eq!(id, ada.person);
        assert!(signed_in(app, &old).await.is_none());
        assert!(sign_in(app, "Ada", PASSWORD).await.is_err());
        assert!(sign_in(app, "Ada", NEW_PASSWORD).await.is_ok());
        assert!(people::accept_invitation(&app.store, made.secret.reveal(), "", PASSWORD).await.is_err());
        let told = ledger(app).await;
        assert!(told.contains(&("person.password_link_made".to_owned(), "Root made a link for Ada to choose a new password".to_owned())));
        assert!(told.contains(&("person.password_set".to_owned(), "Ada chose a new password by a link".to_owned())));
    }
}
