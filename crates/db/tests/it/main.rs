//! The store on both engines: transactions that tell the ledger, the chain, jobs claimed once, migrations.

#![allow(clippy::unwrap_used, reason = "tests say what must hold by panicking")]

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use db::{Change, JobHandler, Migration, Store, jobs, ledger_store};
use kernel::{Actor, Refusal, RefusalKind, Side};
use testkit::{Engine, TestApp, both_engines};

const NOTES: &[Migration] = &[Migration {
    number: 1,
    name: "notes",
    sql: "create table notes (id UUID primary key, body TEXT not null unique)",
}];

async fn app(engine: Engine) -> TestApp {
    TestApp::new(engine, &[("notes", NOTES)]).await
}

async fn note(app: &TestApp, who: &Actor, body: &str) -> Result<(), Refusal> {
    db::transact!(app.store, who, |cx| {
        let id: kernel::Uuid = cx.new_id();
        let taken = Refusal::conflict("there is such a note");
        cx.run_unique("insert into notes (id, body) values ($1, $2)", vec![id.into(), body.into()], taken).await?;
        cx.record(Change::new("note.written", "note", id, "wrote a note").after(body));
        Ok::<_, Refusal>(())
    })
}

async fn count(app: &TestApp, sql: &'static str) -> i64 {
    app.store.read(&Actor::system()).await.unwrap().one(sql, vec![]).await.unwrap().int("n").unwrap()
}

async fn verified(app: &TestApp) -> ledger::Report {
    let mut cx = app.store.read(&Actor::system()).await.unwrap();
    let mut verifier = ledger::Verifier::new(Vec::<ledger::VerifierKey>::new(), Vec::<String>::new());
    for sealed in ledger_store::entries_after(&mut cx, 0, 100_000).await.unwrap() {
        verifier.entry(&sealed);
    }
    let head = ledger_store::head(&mut cx).await.unwrap();
    verifier.finish(Some((head.seq, head.hash)))
}

struct Counting(Arc<AtomicUsize>);

impl JobHandler for Counting {
    fn kind(&self) -> &'static str {
        "counting"
    }

    fn run<'a>(&'a self, _store: &'a Store, payload: &'a str) -> jobs::JobFuture<'a> {
        Box::pin(async move {
            self.0.fetch_add(1, Ordering::SeqCst);
            if payload == "fail" { Err(Refusal::broken("as told")) } else { Ok(()) }
        })
    }
}

both_engines! {
    async fn a_change_without_the_ledger_does_not_happen(app: &TestApp) {
        let who = app.actor("Lena", &[Side::Legal]);
        let silent = db::transact!(app.store, &who, |cx| {
            let id: kernel::Uuid = cx.new_id();
            cx.run("insert into notes (id, body) values ($1, 'silent')", vec![id.into()]).await
        });
        assert_eq!(silent.unwrap_err().kind, RefusalKind::Broken);
        assert_eq!(count(app, "select count(*) as n from notes").await, 0);
        note(app, &who, "said").await.unwrap();
        assert_eq!(count(app, "select count(*) as n from ledger_entries").await, 1);
    }

    async fn what_is_refused_leaves_neither_row_nor_entry(app: &TestApp) {
        let who = app.actor("Lena", &[Side::Legal]);
        note(app, &who, "once").await.unwrap();
        assert_eq!(note(app, &who, "once").await.unwrap_err().kind, RefusalKind::Conflict);
        assert_eq!(count(app, "select count(*) as n from ledger_entries").await, 1);
        assert!(verified(app).await.is_intact());
    }

    async fn writers_at_once_make_one_chain(app: &TestApp) {
        let who = app.actor("Lena", &[Side::Legal]);
        let writes = (0..40).map(|number| { let who = &who; async move { note(app, who, &format!("note {number}")).await } });
        for outcome in futures_util::future::join_all(writes).await {
            outcome.unwrap();
        }
        let report = verified(app).await;
        assert!(report.is_intact(), "{:?}", report.problems);
        assert_eq!(report.entries, 40);
    }

    async fn a_token_that_may_only_read_writes_nothing(app: &TestApp) {
        let who = Actor { read_only: true, ..app.actor("Lena", &[Side::Legal]) };
        assert_eq!(note(app, &who, "no").await.unwrap_err().kind, RefusalKind::Forbidden);
    }

    async fn a_job_is_done_once_by_whoever_claims_it(app: &TestApp) {
        let ran = Arc::new(AtomicUsize::new(0));
        let handlers: Vec<Arc<dyn JobHandler>> = vec![Arc::new(Counting(ran.clone()))];
        let now = app.store.world.now();
        db::transact!(app.store, &Actor::system(), |cx| {
            cx.unrecorded("a test's jobs");
            for number in 0..12 {
                jobs::enqueue(cx, "counting", "{}", Some(format!("job {}", number % 10)), now).await?;
            }
            Ok::<_, Refusal>(())
        }).unwrap();
        futures_util::future::join_all((0..4).map(|_| jobs::run_all_due(&app.store, &handlers))).await;
        assert_eq!(ran.load(Ordering::SeqCst), 10, "twelve were asked for, two of them twice");
        assert_eq!(count(app, "select count(*) as n from jobs where state = 'done'").await, 10);
    }

    async fn a_job_that_fails_is_tried_again_and_then_laid_aside(app: &TestApp) {
        let ran = Arc::new(AtomicUsize::new(0));
        let handlers: Vec<Arc<dyn JobHandler>> = vec![Arc::new(Counting(ran.clone()))];
        let now = app.store.world.now();
        db::transact!(app.store, &Actor::system(), |cx| {
            cx.unrecorded("a test's job");
            jobs::enqueue(cx, "counting", "fail", None, now).await
        }).unwrap();
        for _ in 0..12 {
            jobs::run_all_due(&app.store, &handlers).await.unwrap();
            app.world.advance_seconds(7200);
        }
        assert_eq!(ran.load(Ordering::SeqCst), 8);
        assert_eq!(count(app, "select count(*) as n from jobs where state = 'dead'").await, 1);
    }

    async fn migrating_twice_changes_nothing_and_a_newer_store_is_refused(app: &TestApp) {
        let known: &[(&'static str, &'static [Migration])] = &[("db", db::MIGRATIONS), ("notes", NOTES)];
        assert_eq!(db::migrate(&app.store, known).await.unwrap(), 0);
        let older = db::migrate(&app.store, &known[..1]).await.unwrap_err();
        assert_eq!(older.kind, RefusalKind::Conflict);
    }

    async fn the_first_process_settles_what_all_share(app: &TestApp) {
        for value in ["one", "two"] {
            let agreed = db::transact!(app.store, &Actor::system(), |cx| db::installation::agree(cx, "key", value).await).unwrap();
            assert_eq!(agreed, "one");
        }
    }

    async fn an_idempotency_key_answers_once(app: &TestApp) {
        let who = app.actor("Lena", &[Side::Legal]);
        db::transact!(app.store, &who, |cx| {
            cx.unrecorded("a test's answer");
            db::idempotency::keep_answer(cx, "k", b"request", "answer").await
        }).unwrap();
        let mut cx = app.store.read(&who).await.unwrap();
        assert_eq!(db::idempotency::earlier_answer(&mut cx, "k", b"request").await.unwrap().as_deref(), Some("answer"));
        assert!(db::idempotency::earlier_answer(&mut cx, "k", b"other").await.is_err());
        drop(cx);
        app.world.advance_days(2);
        db::idempotency::Sweep.run(&app.store, "{}").await.unwrap();
        assert_eq!(count(app, "select count(*) as n from idempotency").await, 0);
    }
}
