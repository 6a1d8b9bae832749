use kernel::{PersonId, Refusal, RefusalKind, Side};
use people::{PeopleFilter, PersonDraft, PersonRecord};
use testkit::{TestApp, both_engines};

use crate::{administrator, app, cookie, draft, email, field, join, ledger, signed_in};

async fn edit(
    app: &TestApp,
    by: &kernel::Actor,
    id: PersonId,
    revision: i64,
    draft: &PersonDraft,
    active: bool,
) -> Result<PersonRecord, Refusal> {
    db::transact!(app.store, by, |cx| people::edit_person(cx, id, revision, draft, active).await)
}

async fn list(app: &TestApp, by: &kernel::Actor, filter: &PeopleFilter) -> (Vec<String>, Option<String>) {
    let page = people::list_people(&mut app.store.read(by).await.unwrap(), filter).await.unwrap();
    (page.items.into_iter().map(|person| person.name).collect(), page.next)
}

both_engines! {
    async fn the_second_of_two_editors_is_told(app: &TestApp) {
        let root = administrator(app).await;
        let ada = join(app, &root, "Ada", &[Side::Legal]).await;
        let changed = edit(app, &root, ada.person, 1, &PersonDraft { title: "Counsel".into(), ..draft("Ada", &[Side::Legal]) }, true).await.unwrap();
        assert_eq!((changed.revision, changed.title.as_str()), (2, "Counsel"));
        let late = edit(app, &root, ada.person, 1, &draft("Ada", &[]), true).await.unwrap_err();
        assert_eq!(late.kind, RefusalKind::Stale);
        let mut cx = app.store.read(&root).await.unwrap();
        assert_eq!(people::read_person(&mut cx, ada.person).await.unwrap().title, "Counsel");
    }

    async fn the_last_administrator_stays(app: &TestApp) {
        let root = administrator(app).await;
        let soon = app.store.world.today().plus_days(3).to_string();
        let root_draft = || PersonDraft { administrator: "yes".into(), ..draft("Root", &[]) };
        for (draft, active) in [
            (draft("Root", &[]), true),
            (root_draft(), false),
            (PersonDraft { access_until: soon.clone(), ..root_draft() }, true),
        ] {
            assert_eq!(field(&edit(app, &root, root.person, 1, &draft, active).await.unwrap_err()), "administrator");
        }
        let refused = db::transact!(app.store, &root, |cx| people::deactivate(cx, root.person, 1).await).unwrap_err();
        assert_eq!(field(&refused), "administrator");
        let ada = join(app, &root, "Ada", &[]).await;
        edit(app, &root, ada.person, 1, &PersonDraft { administrator: "yes".into(), ..draft("Ada", &[]) }, true).await.unwrap();
        edit(app, &root, root.person, 1, &draft("Root", &[]), true).await.unwrap();
        let ada = crate::actor(app, ada.person).await;
        assert!(edit(app, &ada, ada.person, 2, &draft("Ada", &[]), true).await.is_err());
    }

    async fn two_administrators_cannot_remove_each_other_at_once(app: &TestApp) {
        let root = administrator(app).await;
        let ada = join(app, &root, "Ada", &[]).await;
        edit(app, &root, ada.person, 1, &PersonDraft { administrator: "yes".into(), ..draft("Ada", &[]) }, true).await.unwrap();
        let ada = crate::actor(app, ada.person).await;
        let (root_down, ada_down) = (draft("Root", &[]), draft("Ada", &[]));
        let (one, other) = tokio::join!(edit(app, &root, ada.person, 2, &ada_down, true), edit(app, &ada, root.person, 1, &root_down, true));
        assert_eq!(usize::from(one.is_ok()) + usize::from(other.is_ok()), 1, "{one:?} {other:?}");
    }

    async fn nobody_gives_a_side_to_themselves(app: &TestApp) {
        let root = administrator(app).await;
        let own = PersonDraft { administrator: "yes".into(), ..draft("Root", &[Side::Legal]) };
        assert_eq!(field(&edit(app, &root, root.person, 1, &own, true).await.unwrap_err()), "sides");
    }

    async fn deactivating_ends_sessions_and_is_told(app: &TestApp) {
        let root = administrator(app).await;
        let ada = join(app, &root, "Ada", &[Side::Legal]).await;
        let cookie = cookie(app, "Ada").await;
        db::transact!(app.store, &root, |cx| people::deactivate(cx, ada.person, 1).await).unwrap();
        assert!(signed_in(app, &cookie).await.is_none());
        assert!(ledger(app).await.contains(&("person.deactivated".to_owned(), "Root deactivated Ada".to_owned())));
        let mut cx = app.store.read(&root).await.unwrap();
        assert!(people::members_of(&mut cx, Side::Legal).await.unwrap().is_empty());
        assert!(people::people_to_choose_from(&mut cx).await.unwrap().iter().all(|person| person.id != ada.person));
        assert_eq!(people::names(&mut cx, [ada.person, PersonId::SYSTEM, ada.person]).await.unwrap()[&ada.person], "Ada");
    }

    async fn an_address_cannot_be_taken_from_someone(app: &TestApp) {
        let root = administrator(app).await;
        let (ada, _) = (join(app, &root, "Ada", &[]).await, join(app, &root, "Bo", &[]).await);
        let refusal = edit(app, &root, ada.person, 1, &PersonDraft { email: "BO@example.org".into(), ..draft("Ada", &[]) }, true).await.unwrap_err();
        assert_eq!(field(&refusal), "email");
    }

    async fn the_directory_is_searched_filtered_and_paged(app: &TestApp) {
        let root = administrator(app).await;
        for (name, sides) in [("Émile", &[Side::Legal][..]), ("ada", &[Side::Legal, Side::Privacy]), ("Bo_b", &[Side::Security]), ("Zoë", &[])] {
            let invited = crate::invite(app, &root, &PersonDraft { title: "Reviewer".into(), ..draft(name, sides) }).await.unwrap();
            people::accept_invitation(&app.store, invited.secret.reveal(), name, crate::PASSWORD).await.unwrap();
        }
        let find = |text: &str, side: Option<Side>| PeopleFilter { text: text.to_owned(), side, ..PeopleFilter::default() };
        assert_eq!(list(app, &root, &find("", Some(Side::Legal))).await.0, ["ada", "Émile"]);
        assert_eq!(list(app, &root, &find("ÉMI", None)).await.0, ["Émile"]);
        assert_eq!(list(app, &root, &find("bo_", None)).await.0, ["Bo_b"]);
        for sign in ["b%b", "z_ë", "\\"] {
            assert!(list(app, &root, &find(sign, None)).await.0.is_empty(), "a sign of the store's own means itself: {sign}");
        }
        assert_eq!(list(app, &root, &find("review", None)).await.0.len(), 4);
        assert_eq!(list(app, &root, &find(&email("zoë"), None)).await.0, ["Zoë"]);
        let (mut seen, mut cursor) = (Vec::new(), None);
        loop {
            let filter = PeopleFilter { limit: Some(2), cursor, ..PeopleFilter::default() };
            let (names, next) = list(app, &root, &filter).await;
            assert!(names.len() <= 2);
            seen.extend(names);
            cursor = next;
            if cursor.is_none() {
                break;
            }
        }
        let whole = list(app, &root, &PeopleFilter::default()).await.0;
        assert_eq!((seen.len(), &seen), (5, &whole));
        let nonsense = PeopleFilter { cursor: Some("zz".to_owned()), ..PeopleFilter::default() };
        let refusal = people::list_people(&mut app.store.read(&root).await.unwrap(), &nonsense).await.unwrap_err();
        assert_eq!(field(&refusal), "cursor");
    }

    async fn who_is_not_an_administrator_changes_nobody_and_vendors_see_nobody(app: &TestApp) {
        let root = administrator(app).await;
        for (name, side) in [("Ada", Side::Legal), ("Sam", Side::Security), ("Aud", Side::Auditor), ("Vera", Side::Vendor)] {
            let actor = join(app, &root, name, &[side]).await;
            let refused = edit(app, &actor, root.person, 1, &draft("Root", &[]), true).await.unwrap_err();
            assert_eq!(refused.kind, RefusalKind::Forbidden);
            let refused = db::transact!(app.store, &actor, |cx| people::deactivate(cx, root.person, 1).await).unwrap_err();
            assert_eq!(refused.kind, RefusalKind::Forbidden);
            let mut cx = app.store.read(&actor).await.unwrap();
            let sees = side != Side::Vendor;
            assert_eq!(people::list_people(&mut cx, &PeopleFilter::default()).await.is_ok(), sees);
            assert_eq!(people::read_person(&mut cx, root.person).await.is_ok(), sees);
            assert_eq!(people::people_to_choose_from(&mut cx).await.is_ok(), sees);
            assert!(!people::may_edit(&cx));
        }
    }

    async fn the_sweep_forgets_what_ended_long_ago(app: &TestApp) {
        administrator(app).await;
        cookie(app, "Root").await;
        let _ = crate::sign_in(app, "Root", crate::WRONG).await;
        app.world.advance_days(31);
        let kept = cookie(app, "Root").await;
        let jobs: Vec<std::sync::Arc<dyn db::JobHandler>> = vec![std::sync::Arc::new(people::Sweep)];
        db::jobs::enqueue_periodic(&app.store, &jobs).await.unwrap();
        assert_eq!(db::jobs::run_all_due(&app.store, &jobs).await.unwrap(), 1);
        let mut cx = app.store.read(&kernel::Actor::system()).await.unwrap();
        let row = cx.one("select count(*) as sessions from sessions", vec![]).await.unwrap();
        assert_eq!(row.int("sessions").unwrap(), 1);
        assert!(signed_in(app, &kept).await.is_some());
    }
}
