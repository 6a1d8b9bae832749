//! The use cases on both engines.

#![allow(clippy::unwrap_used, reason = "tests say what must hold by panicking")]

use clauses::{
    Playbook, Topic,
    playbook::{Test, Wording},
};
use db::transact;
use kernel::{Actor, Refusal, RefusalKind, Side};
use playbook::{PlaybookId, Version};
use testkit::{Engine, TestApp};

async fn app(engine: Engine) -> TestApp {
    TestApp::new(engine, &[("playbook", playbook::MIGRATIONS)]).await
}

fn small() -> Playbook {
    Playbook::from_toml(include_str!("small.toml")).unwrap()
}

fn counsel(app: &TestApp) -> Actor {
    app.actor("Clara Counsel", &[Side::Legal])
}

/// The shipped playbook, replaced by the small one.
async fn set_up(app: &TestApp) -> Version {
    let first = transact!(app.store, &Actor::system(), |cx| playbook::ensure_default(cx).await).unwrap().unwrap();
    transact!(app.store, &counsel(app), |cx| playbook::save_all(cx, first.playbook, Some(1), small(), "a small one")
        .await)
    .unwrap()
}

async fn save_breach(
    app: &TestApp,
    actor: &Actor,
    id: PlaybookId,
    expected: i64,
    hours: f64,
) -> Result<Version, Refusal> {
    let mut position = small().topics[0].clone();
    position.preferred.tests = vec![Test::LimitAtMost { count: hours, unit: clauses::duration::Unit::Hours }];
    transact!(app.store, actor, |cx| playbook::save_position(cx, id, Some(expected), position.clone(), "quicker").await)
}

async fn last_entry(app: &TestApp) -> ledger::Entry {
    let mut cx = app.store.read(&Actor::system()).await.unwrap();
    let head = db::ledger_store::head(&mut cx).await.unwrap();
    let mut entries = db::ledger_store::entries_after(&mut cx, head.seq - 1, 1).await.unwrap();
    entries.remove(0).entry
}

testkit::both_engines! {
    async fn the_shipped_playbook_is_written_once(app: &TestApp) {
        let first = transact!(app.store, &Actor::system(), |cx| playbook::ensure_default(cx).await).unwrap().unwrap();
        assert_eq!((first.number, first.body.clone()), (1, clauses::playbook::default_playbook()));
        assert!(transact!(app.store, &Actor::system(), |cx| playbook::ensure_default(cx).await).unwrap().is_none());
        let refused = transact!(app.store, &counsel(app), |cx| playbook::ensure_default(cx).await).unwrap_err();
        assert_eq!(refused.kind, RefusalKind::Forbidden);
        let mut cx = app.store.read(&counsel(app)).await.unwrap();
        let list = playbook::list(&mut cx).await.unwrap();
        assert_eq!(list.len(), 1);
        assert_eq!(playbook::standard(&mut cx).await.unwrap().id, first.id);
        assert_eq!(last_entry(app).await.action, "playbook.created");
    }

    async fn an_edit_makes_a_new_version_and_keeps_the_old_one(app: &TestApp) {
        let second = set_up(app).await;
        let third = save_breach(app, &counsel(app), second.playbook, 2, 12.0).await.unwrap();
        assert_eq!((third.number, third.note.as_str(), third.created_by_name.as_str()), (3, "quicker", "Clara Counsel"));
        assert_eq!(third.body.position(Topic::AuditRights), second.body.position(Topic::AuditRights));
        let mut cx = app.store.read(&counsel(app)).await.unwrap();
        let old = playbook::version(&mut cx, second.id).await.unwrap();
        assert!(!old.is_current);
        assert_eq!(old.body, second.body);
        assert_eq!(playbook::current(&mut cx, second.playbook).await.unwrap().id, third.id);
        assert_eq!(playbook::numbered(&mut cx, second.playbook, 3).await.unwrap().id, third.id);
        let numbers: Vec<i64> = playbook::versions(&mut cx, second.playbook).await.unwrap().iter().map(|line| line.number).collect();
        assert_eq!(numbers, [3, 2, 1]);
        drop(cx);
        let entry = last_entry(app).await;
        assert_eq!(entry.action, "playbook.position_changed");
        let detail: serde_json::Value = serde_json::from_str(&entry.detail).unwrap();
        assert_eq!(detail["before"]["positions"]["preferred"]["tests"][0]["count"], 24.0);
        assert_eq!(detail["after"]["positions"]["preferred"]["tests"][0]["count"], 12.0);
        assert!(!entry.detail.contains("audit_rights"), "only the position that changed is told: {}", entry.detail);
    }

    async fn who_edits_an_old_version_is_told_and_changes_nothing(app: &TestApp) {
        let second = set_up(app).await;
        save_breach(app, &counsel(app), second.playbook, 2, 12.0).await.unwrap();
        let refused = save_breach(app, &counsel(app), second.playbook, 2, 48.0).await.unwrap_err();
        assert_eq!(refused.kind, RefusalKind::Stale);
        let mut cx = app.store.read(&counsel(app)).await.unwrap();
        assert_eq!(playbook::current(&mut cx, second.playbook).await.unwrap().number, 3);
    }

    async fn two_at_once_make_one_version(app: &TestApp) {
        let second = set_up(app).await;
        let (one, two) = (counsel(app), app.actor("Cesar Counsel", &[Side::Legal]));
        let (a, b) = tokio::join!(save_breach(app, &one, second.playbook, 2, 12.0), save_breach(app, &two, second.playbook, 2, 48.0));
        assert!(a.is_ok() != b.is_ok(), "{a:?} {b:?}");
        assert_eq!(a.err().or(b.err()).unwrap().kind, RefusalKind::Stale);
    }

    async fn only_those_who_may_edit_do(app: &TestApp) {
        let second = set_up(app).await;
        for (name, side, reads, edits) in [
            ("Ida IT", Side::It, true, false),
            ("Eva Executive", Side::Executive, true, false),
            ("Sam Security", Side::Security, true, true),
            ("Nora Employee", Side::Employee, true, false),
            ("Vera Vendor", Side::Vendor, false, false),
        ] {
            let actor = app.actor(name, &[side]);
            let saved = save_breach(app, &actor, second.playbook, 2, 12.0).await;
            if edits {
                assert!(saved.is_ok(), "{name}: {saved:?}");
            } else {
                assert_eq!(saved.unwrap_err().kind, RefusalKind::Forbidden, "{name}");
            }
            let mut cx = app.store.read(&actor).await.unwrap();
            assert_eq!(playbook::list(&mut cx).await.is_ok(), reads, "{name}");
            assert_eq!(playbook::version(&mut cx, second.id).await.is_ok(), reads, "{name}");
            assert_eq!(playbook::versions(&mut cx, second.playbook).await.is_ok(), reads, "{name}");
            assert_eq!(playbook::version_of_a_review(&mut cx, second.id).await.unwrap().id, second.id);
        }
        let mut cx = app.store.read(&app.actor("Eva Executive", &[Side::Executive])).await.unwrap();
        assert!(!playbook::can_edit(&cx));
        assert!(playbook::archive(&mut cx, second.playbook, true).await.is_err());
    }

    async fn a_position_that_cannot_be_judged_is_refused_by_field(app: &TestApp) {
        let second = set_up(app).await;
        let mut position = small().topics[0].clone();
        position.preferred = Wording::default();
        position.approvers = vec!["marketing".to_owned()];
        let refused = transact!(app.store, &counsel(app), |cx| playbook::save_position(cx, second.playbook, Some(2), position.clone(), "x").await).unwrap_err();
        assert_eq!(refused.kind, RefusalKind::Invalid);
        assert_eq!(refused.fields.len(), 2, "{refused:?}");
        let no_note = small().topics[1].clone();
        let no_note = clauses::playbook::Position { guidance: "new".to_owned(), ..no_note };
        let refused = transact!(app.store, &counsel(app), |cx| playbook::save_position(cx, second.playbook, Some(2), no_note.clone(), " ").await).unwrap_err();
        assert_eq!(refused.fields[0].field, "note");
        let unchanged = small().topics[1].clone();
        let refused = transact!(app.store, &counsel(app), |cx| playbook::save_position(cx, second.playbook, Some(2), unchanged.clone(), "x").await).unwrap_err();
        assert_eq!(refused.kind, RefusalKind::Conflict);
    }

    async fn an_old_version_is_restored_as_a_new_one(app: &TestApp) {
        let second = set_up(app).await;
        save_breach(app, &counsel(app), second.playbook, 2, 12.0).await.unwrap();
        let removed = transact!(app.store, &counsel(app), |cx| playbook::remove_position(cx, second.playbook, Some(3), Topic::AuditRights, "not ours").await).unwrap();
        assert_eq!((removed.number, removed.body.topics.len()), (4, 1));
        let restored = transact!(app.store, &counsel(app), |cx| playbook::restore(cx, second.id, "back again").await).unwrap();
        assert_eq!((restored.number, restored.body), (5, second.body.clone()));
        let again = transact!(app.store, &counsel(app), |cx| playbook::restore(cx, second.id, "back again").await).unwrap_err();
        assert_eq!(again.kind, RefusalKind::Conflict);
    }

    async fn another_playbook_begins_from_a_version_under_its_own_name(app: &TestApp) {
        let second = set_up(app).await;
        let health = transact!(app.store, &counsel(app), |cx| playbook::create(cx, "  Health   vendors ", second.id).await).unwrap();
        assert_eq!((health.playbook_name.as_str(), health.number, health.body.topics.len()), ("Health vendors", 1, 2));
        let taken = transact!(app.store, &counsel(app), |cx| playbook::create(cx, "HEALTH vendors", second.id).await).unwrap_err();
        assert_eq!(taken.fields[0].field, "name");
        let nameless = transact!(app.store, &counsel(app), |cx| playbook::create(cx, " ", second.id).await).unwrap_err();
        assert_eq!(nameless.fields[0].field, "name");

        transact!(app.store, &counsel(app), |cx| playbook::archive(cx, second.playbook, true).await).unwrap();
        let mut cx = app.store.read(&counsel(app)).await.unwrap();
        assert_eq!(playbook::standard(&mut cx).await.unwrap().id, health.id);
        drop(cx);
        let refused = save_breach(app, &counsel(app), second.playbook, 2, 12.0).await.unwrap_err();
        assert_eq!(refused.kind, RefusalKind::Conflict);
        let last = transact!(app.store, &counsel(app), |cx| playbook::archive(cx, health.playbook, true).await).unwrap_err();
        assert_eq!(last.kind, RefusalKind::Conflict);
        transact!(app.store, &counsel(app), |cx| playbook::archive(cx, second.playbook, false).await).unwrap();
    }
}
