//! The use cases on both engines: what lies behind a wall stays there, and what is done to the rows is found.

#![allow(clippy::unwrap_used, reason = "tests say what must hold by panicking")]

use std::sync::Arc;

use db::{Change, transact, walls};
use kernel::{Actor, Refusal, RefusalKind, Side, Uuid};
use ledger::{Problem, Report};
use testkit::{Engine, TestApp};
use trail::{Filter, Keys, Range};

async fn app(engine: Engine) -> TestApp {
    TestApp::new(engine, &[]).await
}

fn keys() -> Arc<Keys> {
    let secret = trail::new_key_text([7; 32], "ledger.example").unwrap();
    Arc::new(trail::keys_from_text(&secret, "").unwrap())
}

fn counsel(app: &TestApp) -> Actor {
    app.actor("Clara Counsel", &[Side::Legal])
}

fn security(app: &TestApp) -> Actor {
    app.actor("Sam Security", &[Side::Security])
}

async fn say(app: &TestApp, actor: &Actor, subject: &str, summary: &str, wall: Option<Uuid>) {
    transact!(app.store, actor, |cx| {
        let change = Change::new("contract.registered", "contract", subject, summary).side(Side::Legal);
        let change = change.after(serde_json::json!({ "title": summary }));
        cx.record(match wall {
            Some(wall) => change.behind(wall),
            None => change,
        });
        Ok::<_, Refusal>(())
    })
    .unwrap();
}

/// Three entries in the open, one behind a wall through which only Legal and the person named look.
async fn set_up(app: &TestApp) -> Uuid {
    let wall = Uuid::from_u128(42);
    let named = app.actor("Nina Named", &[Side::Security]);
    transact!(app.store, &counsel(app), |cx| {
        cx.record(
            Change::new("contract.restricted", "contract", wall, "put project Nightjar behind a wall").behind(wall),
        );
        walls::raise(cx, wall, true).await?;
        walls::name_people(cx, wall, &[named.person]).await
    })
    .unwrap();
    for number in 1..=3 {
        say(app, &counsel(app), &format!("open-{number}"), &format!("registered open {number}"), None).await;
    }
    wall
}

async fn seqs(app: &TestApp, actor: &Actor, filter: Filter) -> Vec<i64> {
    let mut cx = app.store.read(actor).await.unwrap();
    trail::list(&mut cx, &filter, 50).await.unwrap().items.into_iter().map(|line| line.seq).collect()
}

async fn exported(app: &TestApp, actor: &Actor, range: Range) -> String {
    let mut export = trail::export(&app.store, &keys(), actor, &range).await.unwrap();
    let mut text = String::new();
    while let Some(part) = export.next().await.unwrap() {
        text.push_str(&part);
    }
    text
}

fn verified(text: &str) -> Report {
    ledger::verify_export(text.as_bytes(), keys().trusted(), Vec::<String>::new())
}

async fn tamper(app: &TestApp, statements: &[&'static str]) {
    transact!(app.store, &Actor::system(), |cx| {
        cx.unrecorded("this is the attack");
        for sql in statements {
            cx.run(sql, vec![]).await?;
        }
        Ok::<_, Refusal>(())
    })
    .unwrap();
}

async fn problems(app: &TestApp) -> Vec<Problem> {
    trail::verify(&app.store, keys().trusted()).await.unwrap().problems
}

testkit::both_engines! {
    async fn a_walled_entry_is_seen_by_legal_and_the_named_and_nobody_else(app: &TestApp) {
        let wall = set_up(app).await;
        let named = app.actor("Nina Named", &[Side::Security]);
        for (actor, sees) in [
            (counsel(app), true),
            (app.actor("Paul Privacy", &[Side::Privacy]), true),
            (named, true),
            (security(app), false),
            (app.administrator("Anna Admin"), false),
            (app.actor("Otto Auditor", &[Side::Auditor]), false),
        ] {
            let name = &actor.name;
            let expected: &[i64] = if sees { &[4, 3, 2, 1] } else { &[4, 3, 2] };
            assert_eq!(seqs(app, &actor, Filter::default()).await, expected, "{name}");
            let found = seqs(app, &actor, Filter { text: Some("NIGHTJAR".to_owned()), ..Filter::default() }).await;
            assert_eq!(found.len(), usize::from(sees), "{name}");
            let mut cx = app.store.read(&actor).await.unwrap();
            assert_eq!(trail::history(&mut cx, "contract", &wall.to_string(), 10).await.unwrap().len(), usize::from(sees), "{name}");
            match trail::entry(&mut cx, 1).await {
                Ok(whole) => assert!(sees && whole.line.summary.contains("Nightjar"), "{name}"),
                Err(refusal) => assert!(!sees && refusal.kind == RefusalKind::NotFound, "{name}: {refusal}"),
            }
            assert!(trail::entry(&mut cx, 2).await.is_ok(), "{name}");
        }
    }

    async fn a_wall_that_was_lost_stays_closed(app: &TestApp) {
        say(app, &counsel(app), "x", "behind a wall of which nothing is known", Some(Uuid::from_u128(7))).await;
        assert_eq!(seqs(app, &security(app), Filter::default()).await, [] as [i64; 0]);
        // It may have been one round work that counsel directs, so that not even Legal looks.
        assert_eq!(seqs(app, &counsel(app), Filter::default()).await, [] as [i64; 0]);
    }

    async fn who_may_not_read_the_trail_is_refused(app: &TestApp) {
        set_up(app).await;
        for side in [Side::It, Side::Executive, Side::Employee, Side::Vendor] {
            let actor = app.actor("Nobody", &[side]);
            let mut cx = app.store.read(&actor).await.unwrap();
            assert_eq!(trail::list(&mut cx, &Filter::default(), 10).await.unwrap_err().kind, RefusalKind::Forbidden, "{side}");
            assert_eq!(trail::entry(&mut cx, 2).await.unwrap_err().kind, RefusalKind::NotFound, "{side}");
            assert!(trail::history(&mut cx, "contract", "open-1", 10).await.unwrap().is_empty(), "{side}");
            assert!(trail::checkpoints(&mut cx, 10).await.is_err(), "{side}");
            drop(cx);
            assert!(trail::export(&app.store, &keys(), &actor, &Range::default()).await.is_err(), "{side}");
        }
        let refused = trail::export(&app.store, &keys(), &security(app), &Range::default()).await.err().unwrap();
        assert_eq!(refused.kind, RefusalKind::Forbidden);
        assert_eq!(seqs(app, &counsel(app), Filter { action: Some("ledger.".to_owned()), ..Filter::default() }).await, [] as [i64; 0]);
    }

    async fn filters_and_pages(app: &TestApp) {
        set_up(app).await;
        let me = counsel(app);
        app.world.advance_days(2);
        say(app, &security(app), "late", "registered late, 100% sure", None).await;
        let some = |filter: Filter| seqs(app, &me, filter);
        assert_eq!(some(Filter { actor: Some(security(app).person), ..Filter::default() }).await, [5]);
        assert_eq!(some(Filter { who: Some("clara".to_owned()), ..Filter::default() }).await, [4, 3, 2, 1]);
        assert_eq!(some(Filter { action: Some("contract.restr".to_owned()), ..Filter::default() }).await, [1]);
        assert_eq!(some(Filter { subject_kind: Some("contract".to_owned()), subject_id: Some("open-2".to_owned()), ..Filter::default() }).await, [3]);
        assert_eq!(some(Filter { side: Some(Side::Legal), text: Some("OPEN".to_owned()), ..Filter::default() }).await, [4, 3, 2]);
        assert_eq!(some(Filter { text: Some("100%".to_owned()), ..Filter::default() }).await, [5]);
        assert_eq!(some(Filter { text: Some("1%s".to_owned()), ..Filter::default() }).await, [] as [i64; 0]);
        let mut cx = app.store.read(&me).await.unwrap();
        let late = trail::entry(&mut cx, 5).await.unwrap().line.at;
        assert_eq!(some(Filter { from: Some(late), ..Filter::default() }).await, [5]);
        assert_eq!(some(Filter { until: Some(late), ..Filter::default() }).await, [4, 3, 2, 1]);
        let first = trail::list(&mut cx, &Filter::default(), 2).await.unwrap();
        assert_eq!((first.items.len(), first.next), (2, Some(4)));
        let second = trail::list(&mut cx, &Filter { before_seq: first.next, ..Filter::default() }, 3).await.unwrap();
        assert_eq!((second.items.iter().map(|line| line.seq).collect::<Vec<_>>(), second.next), (vec![3, 2, 1], None));
    }

    async fn an_export_withholds_what_its_reader_may_not_see_and_verifies_all_the_same(app: &TestApp) {
        set_up(app).await;
        let auditor = app.actor("Otto Auditor", &[Side::Auditor]);
        let text = exported(app, &auditor, Range::default()).await;
        assert!(!text.contains("Nightjar"), "{text}");
        assert!(text.contains("registered open 2"));
        assert!(text.contains("exported the ledger"), "the export itself is on record");
        let report = verified(&text);
        assert!(report.is_intact(), "{:?}", report.problems);
        assert_eq!((report.entries, report.withheld, report.proven_to), (5, 1, 5));

        let all = exported(app, &counsel(app), Range::default()).await;
        assert!(all.contains("Nightjar"));
        assert_eq!(verified(&all).withheld, 0);
        let changed = all.replace("open 2", "open 9");
        assert_eq!(verified(&changed).problems, [Problem::Edited { seq: 3 }]);

        let token = Actor { read_only: true, ..auditor };
        assert!(verified(&exported(app, &token, Range::default()).await).is_intact());
    }

    async fn an_export_of_a_range_verifies_from_the_first_entry_on(app: &TestApp) {
        set_up(app).await;
        trail::checkpoint(&app.store, &keys()).await.unwrap().unwrap();
        app.world.advance_days(1);
        say(app, &counsel(app), "mid", "registered in the middle", None).await;
        let mut cx = app.store.read(&counsel(app)).await.unwrap();
        let mid = trail::entry(&mut cx, 5).await.unwrap().line.at;
        drop(cx);
        app.world.advance_days(1);
        say(app, &counsel(app), "late", "registered late", None).await;
        let text = exported(app, &counsel(app), Range { from: Some(mid), until: Some(mid.plus_seconds(1)) }).await;
        assert!(text.contains("in the middle") && !text.contains("open 1") && !text.contains("late"), "{text}");
        let report = verified(&text);
        assert!(report.is_intact(), "{:?}", report.problems);
        assert_eq!((report.entries, report.withheld, report.proven_to), (5, 4, 4));
        let path = app.folder().join("export.jsonl");
        std::fs::write(&path, &text).unwrap();
        assert_eq!(trail::verify_file(&path, keys().trusted(), Vec::<String>::new()).unwrap(), report);
    }

    async fn a_checkpoint_is_signed_once_per_head(app: &TestApp) {
        assert!(trail::checkpoint(&app.store, &keys()).await.unwrap().is_none(), "an empty ledger has nothing to sign");
        set_up(app).await;
        let first = trail::checkpoint(&app.store, &keys()).await.unwrap().unwrap();
        assert_eq!(first.size, 4);
        assert!(trail::checkpoint(&app.store, &keys()).await.unwrap().is_none());
        say(app, &counsel(app), "more", "registered more", None).await;
        let handlers: Vec<Arc<dyn db::JobHandler>> = vec![Arc::new(trail::CheckpointJob { keys: keys() })];
        db::jobs::enqueue_periodic(&app.store, &handlers).await.unwrap();
        assert_eq!(db::jobs::run_all_due(&app.store, &handlers).await.unwrap(), 1);
        let mut cx = app.store.read(&counsel(app)).await.unwrap();
        let kept = trail::checkpoints(&mut cx, 10).await.unwrap();
        assert_eq!(kept.iter().map(|line| line.size).collect::<Vec<_>>(), [5, 4]);
        assert_eq!(trail::entry(&mut cx, 2).await.unwrap().proven_by.unwrap().size, 4);
        assert_eq!(trail::entry(&mut cx, 5).await.unwrap().proven_by.unwrap().size, 5);
        drop(cx);
        let report = trail::verify(&app.store, keys().trusted()).await.unwrap();
        assert!(report.is_intact(), "{:?}", report.problems);
        assert_eq!((report.entries, report.checkpoints_checked, report.proven_to), (5, 2, 5));
    }

    async fn what_is_done_to_the_rows_is_found(app: &TestApp) {
        set_up(app).await;
        trail::checkpoint(&app.store, &keys()).await.unwrap().unwrap();
        assert_eq!(problems(app).await, []);

        tamper(app, &["update ledger_entries set summary = 'registered nothing' where seq = 2"]).await;
        assert_eq!(problems(app).await, [Problem::Edited { seq: 2 }]);
        tamper(app, &["update ledger_entries set summary = 'registered open 1' where seq = 2"]).await;
        assert_eq!(problems(app).await, []);

        tamper(app, &[
            "update ledger_entries set seq = 900 where seq = 2",
            "update ledger_entries set seq = 2 where seq = 3",
            "update ledger_entries set seq = 3 where seq = 900",
        ]).await;
        assert!(!problems(app).await.is_empty(), "two entries changed places");
        tamper(app, &[
            "update ledger_entries set seq = 900 where seq = 2",
            "update ledger_entries set seq = 2 where seq = 3",
            "update ledger_entries set seq = 3 where seq = 900",
        ]).await;
        assert_eq!(problems(app).await, []);

        say(app, &counsel(app), "five", "registered five", None).await;
        tamper(app, &["update ledger_entries set hash = prev where seq = 5"]).await;
        let refused = trail::checkpoint(&app.store, &keys()).await.unwrap_err();
        assert_eq!(refused.kind, RefusalKind::Conflict, "what does not hold is not signed");
        assert!(problems(app).await.contains(&Problem::Edited { seq: 5 }));
    }

    async fn entries_that_are_gone_are_found(app: &TestApp) {
        set_up(app).await;
        trail::checkpoint(&app.store, &keys()).await.unwrap().unwrap();
        tamper(app, &["delete from ledger_entries where seq = 2"]).await;
        assert!(problems(app).await.contains(&Problem::Missing { from: 2, to: 2 }));
        tamper(app, &["delete from ledger_entries where seq > 1"]).await;
        let found = problems(app).await;
        assert!(found.contains(&Problem::Truncated { checkpoint: 4, entries: 1 }), "{found:?}");
        // Whoever moves the head back as well still has the checkpoint against them.
        tamper(app, &["update ledger_head set seq = 1, hash = (select hash from ledger_entries where seq = 1)"]).await;
        assert_eq!(problems(app).await, [Problem::Truncated { checkpoint: 4, entries: 1 }]);
        tamper(app, &["update ledger_entries set seq = -5 where seq = 1"]).await;
        let found = problems(app).await;
        assert!(found.iter().any(|problem| matches!(problem, Problem::Unreadable { .. })), "{found:?}");
    }
}
