//! What tests stand on: a store of its own for each test on either engine, a clock that stands still until it is moved,
//! randomness that repeats, actors by side, and a client for the router without a port.
//!
//! Knows no area; each area's tests pass their migrations.

mod client;
mod world;

use std::sync::Arc;

pub use db::Engine;
use db::{Db, Migration, Store};
use kernel::{Actor, Authority, PersonId, Side, Via};

pub use client::{Answer, Client};
pub use world::FixedWorld;

/// Areas and their migrations, in the order of the floors.
pub type Areas = [(&'static str, &'static [Migration])];

pub struct TestApp {
    pub store: Store,
    pub world: Arc<FixedWorld>,
    folder: std::path::PathBuf,
    database: Option<(String, String)>,
}

impl TestApp {
    /// A fresh store with the real policy.
    ///
    /// # Panics
    /// When PostgreSQL is asked for and `COUNTERSIGN_TEST_POSTGRES` is not set: a suite is never skipped silently.
    pub async fn new(engine: Engine, areas: &Areas) -> Self {
        let policy = access::Policy::new().expect("the shipped policy is valid");
        Self::with_authority(engine, areas, Arc::new(policy)).await
    }

    pub async fn with_authority(engine: Engine, areas: &Areas, authority: Arc<dyn Authority>) -> Self {
        let name = format!("countersign_test_{}", uuid::Uuid::now_v7().simple());
        let folder = std::env::temp_dir().join(&name);
        std::fs::create_dir_all(&folder).expect("a scratch folder");
        let (address, database) = match engine {
            Engine::Sqlite => (format!("sqlite:{}", folder.join("store.sqlite").display()), None),
            Engine::Postgres => {
                let base = std::env::var("COUNTERSIGN_TEST_POSTGRES").expect(
                    "COUNTERSIGN_TEST_POSTGRES names a PostgreSQL for the tests; `cargo xtask test` starts one",
                );
                world::run_on(&base, &format!("create database {name}")).await;
                let (server, _) = base.rsplit_once('/').expect("the address ends with a database");
                (format!("{server}/{name}"), Some((base, name)))
            }
        };
        let world = Arc::new(FixedWorld::default());
        let store = Store { db: Db::open(&address).await.expect("a store"), world: world.clone(), authority };
        let mut all: Vec<(&'static str, &'static [Migration])> = vec![("db", db::MIGRATIONS)];
        all.extend_from_slice(areas);
        db::migrate(&store, &all).await.expect("migrations");
        db::ledger_store::found(&store).await.expect("a ledger");
        Self { store, world, folder, database }
    }

    /// A folder of this test's own.
    pub fn folder(&self) -> &std::path::Path {
        &self.folder
    }

    /// Someone of these sides. The same name is the same person.
    pub fn actor(&self, name: &str, sides: &[Side]) -> Actor {
        Actor {
            person: PersonId(uuid::Uuid::new_v5(&uuid::Uuid::NAMESPACE_OID, name.as_bytes())),
            name: name.to_owned(),
            sides: sides.iter().copied().collect(),
            administrator: false,
            via: Via::Session,
            read_only: false,
            delegations: Vec::new(),
        }
    }

    pub fn administrator(&self, name: &str) -> Actor {
        Actor { administrator: true, ..self.actor(name, &[]) }
    }

    /// How the engine would answer, with the choices forbidden that only small tables make it take.
    pub async fn plan(&self, select: db::Select) -> String {
        let (sql, binds) = select.finish();
        let postgres = self.store.db.engine() == Engine::Postgres;
        let (explain, column) = if postgres { ("explain", "QUERY PLAN") } else { ("explain query plan", "detail") };
        let mut cx = self.store.write(&Actor::system()).await.expect("a transaction");
        cx.run("analyze", Vec::new()).await.expect("statistics");
        if postgres {
            for setting in
                ["set local enable_seqscan = off", "set local enable_sort = off", "set local enable_bitmapscan = off"]
            {
                cx.run(setting, Vec::new()).await.expect("a setting");
            }
        }
        let rows = cx.all(format!("{explain} {sql}").leak(), binds).await.expect("a plan");
        rows.iter().map(|row| row.text(column).expect("a line of the plan")).collect::<Vec<_>>().join("\n")
    }

    /// Closes the store and removes what it left. Call it at the end; a panicking test leaves its folder for a look.
    pub async fn done(self) {
        self.store.db.close().await;
        if let Some((base, name)) = &self.database {
            world::run_on(base, &format!("drop database if exists {name} with (force)")).await;
        }
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// One test text, run on SQLite and on PostgreSQL. The file gives `async fn app(engine: Engine) -> TestApp`.
#[macro_export]
macro_rules! both_engines {
    ($( $(#[$meta:meta])* async fn $name:ident($app:ident: &TestApp) $body:block )*) => { $(
        $(#[$meta])*
        mod $name {
            use super::*;

            async fn check($app: &$crate::TestApp) $body

            #[tokio::test]
            async fn sqlite() {
                let app = super::app($crate::Engine::Sqlite).await;
                check(&app).await;
                app.done().await;
            }

            #[tokio::test]
            async fn postgres() {
                let app = super::app($crate::Engine::Postgres).await;
                check(&app).await;
                app.done().await;
            }
        }
    )* };
}
