use kernel::{Actor, RefusalKind, Via};
use people::{ApiToken, Secret};
use testkit::{TestApp, both_engines};

use crate::{administrator, app, field, join, ledger_text};

async fn make(app: &TestApp, actor: &Actor, read_only: bool, days: i64) -> Result<(ApiToken, Secret), kernel::Refusal> {
    let day = app.store.world.today().plus_days(days);
    db::transact!(app.store, actor, |cx| people::make_token(cx, "export", read_only, day).await)
}

async fn whose(app: &TestApp, secret: &Secret) -> Option<Actor> {
    people::resolve_token(&app.store, secret.reveal()).await.unwrap()
}

both_engines! {
    async fn a_token_is_its_maker_until_the_end_of_its_last_day(app: &TestApp) {
        let root = administrator(app).await;
        let (token, secret) = make(app, &root, true, 10).await.unwrap();
        let actor = whose(app, &secret).await.unwrap();
        assert_eq!((actor.person, actor.via, actor.read_only, actor.administrator), (root.person, Via::Token, true, true));
        let used = people::list_tokens(&mut app.store.read(&root).await.unwrap()).await.unwrap();
        assert!(used[0].last_used_at.is_some() && used[0].id == token.id);
        app.world.advance_days(10);
        assert!(whose(app, &secret).await.is_some(), "the last day counts");
        app.world.advance_days(1);
        assert!(whose(app, &secret).await.is_none());
        assert!(!ledger_text(app).await.contains(secret.reveal()));
    }

    async fn a_token_that_reads_changes_nothing(app: &TestApp) {
        let root = administrator(app).await;
        let reader = whose(app, &make(app, &root, true, 10).await.unwrap().1).await.unwrap();
        let writer = whose(app, &make(app, &root, false, 10).await.unwrap().1).await.unwrap();
        assert!(people::list_people(&mut app.store.read(&reader).await.unwrap(), &people::PeopleFilter::default()).await.is_ok());
        assert_eq!(crate::invite(app, &reader, &crate::draft("Ada", &[])).await.unwrap_err().kind, RefusalKind::Forbidden);
        assert!(crate::invite(app, &writer, &crate::draft("Ada", &[])).await.is_ok());
    }

    async fn no_token_makes_another_one(app: &TestApp) {
        let root = administrator(app).await;
        let writer = whose(app, &make(app, &root, false, 10).await.unwrap().1).await.unwrap();
        assert_eq!(make(app, &writer, true, 5).await.unwrap_err().kind, RefusalKind::Forbidden);
    }

    async fn an_end_within_a_year_is_asked_for(app: &TestApp) {
        let root = administrator(app).await;
        assert_eq!(field(&make(app, &root, true, 366).await.unwrap_err()), "expires_on");
        assert_eq!(field(&make(app, &root, true, -1).await.unwrap_err()), "expires_on");
        let day = app.store.world.today();
        let nameless = db::transact!(app.store, &root, |cx| people::make_token(cx, " ", true, day).await).unwrap_err();
        assert_eq!(field(&nameless), "name");
    }

    async fn a_token_is_revoked_by_its_owner_or_an_administrator_and_by_nobody_else(app: &TestApp) {
        let root = administrator(app).await;
        let (ada, eve) = (join(app, &root, "Ada", &[]).await, join(app, &root, "Eve", &[]).await);
        let (first, first_secret) = make(app, &ada, true, 10).await.unwrap();
        let (second, second_secret) = make(app, &ada, true, 10).await.unwrap();
        let refused = db::transact!(app.store, &eve, |cx| people::revoke_token(cx, first.id).await).unwrap_err();
        assert_eq!(refused.kind, RefusalKind::NotFound);
        assert!(whose(app, &first_secret).await.is_some());
        db::transact!(app.store, &ada, |cx| people::revoke_token(cx, first.id).await).unwrap();
        db::transact!(app.store, &root, |cx| people::revoke_token(cx, second.id).await).unwrap();
        assert!(whose(app, &first_secret).await.is_none() && whose(app, &second_secret).await.is_none());
        assert!(people::list_tokens(&mut app.store.read(&ada).await.unwrap()).await.unwrap().is_empty());
    }

    async fn tokens_end_with_the_account(app: &TestApp) {
        let root = administrator(app).await;
        let ada = join(app, &root, "Ada", &[]).await;
        let (_, secret) = make(app, &ada, true, 10).await.unwrap();
        db::transact!(app.store, &root, |cx| people::deactivate(cx, ada.person, 1).await).unwrap();
        assert!(whose(app, &secret).await.is_none());
        let draft = crate::draft("Ada", &[]);
        db::transact!(app.store, &root, |cx| people::edit_person(cx, ada.person, 2, &draft, true).await).unwrap();
        assert!(whose(app, &secret).await.is_none(), "an account that comes back has no old tokens");
    }
}
