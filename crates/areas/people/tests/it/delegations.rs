use kernel::{Actor, Refusal, RefusalKind, Side};
use people::{Delegation, NewDelegation};
use testkit::{TestApp, both_engines};

use crate::{actor, administrator, app, cookie, field, join, ledger, signed_in};

async fn lend(
    app: &TestApp,
    from: &Actor,
    to: &Actor,
    side: Side,
    starts: i64,
    ends: i64,
) -> Result<Delegation, Refusal> {
    let today = app.store.world.today();
    let new = NewDelegation {
        side,
        to: to.person,
        starts_on: today.plus_days(starts),
        ends_on: today.plus_days(ends),
        reason: "on leave".to_owned(),
    };
    db::transact!(app.store, from, |cx| people::create_delegation(cx, &new).await)
}

both_engines! {
    async fn a_signature_is_lent_from_its_first_to_its_last_day(app: &TestApp) {
        let root = administrator(app).await;
        let (ada, bo) = (join(app, &root, "Ada", &[Side::Legal]).await, join(app, &root, "Bo", &[Side::It]).await);
        lend(app, &ada, &bo, Side::Legal, 2, 4).await.unwrap();
        let mut held = Vec::new();
        for _ in 0..6 {
            held.push(actor(app, bo.person).await.signs_for(Side::Legal));
            app.world.advance_days(1);
        }
        assert_eq!(held, [false, false, true, true, true, false]);
        assert!(ledger(app).await.contains(&(
            "delegation.created".to_owned(),
            "Ada lent Legal's signature to Bo from 23 Nov 2026 to 25 Nov 2026".to_owned()
        )));
    }

    async fn a_session_knows_what_it_borrows_and_from_whom(app: &TestApp) {
        let root = administrator(app).await;
        let (petra, bo) = (join(app, &root, "Petra", &[Side::Privacy]).await, join(app, &root, "Bo", &[Side::It]).await);
        let made = lend(app, &petra, &bo, Side::Legal, 0, 0).await.unwrap();
        let cookie = cookie(app, "Bo").await;
        let now = signed_in(app, &cookie).await.unwrap();
        let lent = now.delegation_for(Side::Legal).unwrap();
        assert_eq!((lent.from, lent.from_name.as_str(), lent.until), (petra.person, "Petra", made.ends_on));
        assert!(!now.signs_for(Side::Security));
        // Petra leaves Privacy; what she lent goes with it.
        let draft = crate::draft("Petra", &[Side::It]);
        db::transact!(app.store, &root, |cx| people::edit_person(cx, petra.person, 1, &draft, true).await).unwrap();
        assert!(!signed_in(app, &cookie).await.unwrap().signs_for(Side::Legal));
        let draft = crate::draft("Petra", &[Side::Legal]);
        db::transact!(app.store, &root, |cx| people::edit_person(cx, petra.person, 2, &draft, true).await).unwrap();
        assert!(signed_in(app, &cookie).await.unwrap().signs_for(Side::Legal));
        db::transact!(app.store, &root, |cx| people::deactivate(cx, petra.person, 3).await).unwrap();
        assert!(!signed_in(app, &cookie).await.unwrap().signs_for(Side::Legal));
    }

    async fn what_cannot_be_lent(app: &TestApp) {
        let root = administrator(app).await;
        let (ada, bo) = (join(app, &root, "Ada", &[Side::Legal]).await, join(app, &root, "Bo", &[Side::It]).await);
        let (vera, ludo) = (join(app, &root, "Vera", &[Side::Vendor]).await, join(app, &root, "Ludo", &[Side::Legal]).await);
        assert_eq!(field(&lend(app, &ada, &bo, Side::Security, 0, 5).await.unwrap_err()), "side");
        assert_eq!(field(&lend(app, &bo, &ada, Side::Legal, 0, 5).await.unwrap_err()), "side");
        assert_eq!(field(&lend(app, &ada, &ada, Side::Legal, 0, 5).await.unwrap_err()), "to");
        assert_eq!(field(&lend(app, &ada, &vera, Side::Legal, 0, 5).await.unwrap_err()), "to");
        assert_eq!(field(&lend(app, &ada, &ludo, Side::Legal, 0, 5).await.unwrap_err()), "to");
        assert_eq!(field(&lend(app, &ada, &bo, Side::Legal, 0, 181).await.unwrap_err()), "ends_on");
        assert_eq!(field(&lend(app, &ada, &bo, Side::Legal, -1, 5).await.unwrap_err()), "starts_on");
        // What is borrowed is not lent on.
        lend(app, &ada, &bo, Side::Legal, 0, 5).await.unwrap();
        let borrowed = actor(app, bo.person).await;
        assert!(borrowed.signs_for(Side::Legal));
        let eve = join(app, &root, "Eve", &[]).await;
        assert_eq!(field(&lend(app, &borrowed, &eve, Side::Legal, 0, 5).await.unwrap_err()), "side");
        assert_eq!(field(&lend(app, &ada, &bo, Side::Legal, 5, 9).await.unwrap_err()), "to", "the days overlap");
        lend(app, &ada, &bo, Side::Legal, 6, 9).await.unwrap();
        // The administrator lends nobody's signature.
        assert_eq!(field(&lend(app, &root, &eve, Side::Legal, 0, 5).await.unwrap_err()), "side");
    }

    async fn the_lender_and_administrators_end_it_and_nobody_else(app: &TestApp) {
        let root = administrator(app).await;
        let (ada, bo, eve) = (join(app, &root, "Ada", &[Side::Legal]).await, join(app, &root, "Bo", &[Side::It]).await, join(app, &root, "Eve", &[]).await);
        let first = lend(app, &ada, &bo, Side::Legal, 0, 5).await.unwrap();
        let refused = db::transact!(app.store, &bo, |cx| people::revoke_delegation(cx, first.id).await).unwrap_err();
        assert_eq!(refused.kind, RefusalKind::Forbidden);
        let unseen = db::transact!(app.store, &eve, |cx| people::revoke_delegation(cx, first.id).await).unwrap_err();
        assert_eq!(unseen.kind, RefusalKind::NotFound);
        assert!(people::list_delegations(&mut app.store.read(&eve).await.unwrap()).await.unwrap().is_empty());
        assert_eq!(people::list_delegations(&mut app.store.read(&bo).await.unwrap()).await.unwrap().len(), 1);
        db::transact!(app.store, &ada, |cx| people::revoke_delegation(cx, first.id).await).unwrap();
        assert!(!actor(app, bo.person).await.signs_for(Side::Legal));
        let over = db::transact!(app.store, &ada, |cx| people::revoke_delegation(cx, first.id).await).unwrap_err();
        assert_eq!(over.kind, RefusalKind::NotFound);
        let second = lend(app, &ada, &bo, Side::Legal, 0, 5).await.unwrap();
        db::transact!(app.store, &root, |cx| people::revoke_delegation(cx, second.id).await).unwrap();
    }
}
