//! Connections to either engine. The only file that names sqlx's engines in statements.

use std::{str::FromStr, time::Duration};

use futures_util::TryStreamExt;
use kernel::{Refusal, Value};
use sqlx::{
    AssertSqlSafe, ConnectOptions, PgPool, Postgres, Sqlite, SqlitePool, Transaction,
    pool::PoolConnection,
    postgres::{PgConnectOptions, PgPoolOptions},
    sqlite::{SqliteAutoVacuum, SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use crate::Row;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    Postgres,
}

/// A store's connections. Cheap to clone.
#[derive(Clone)]
pub enum Db {
    /// One writer, several readers: SQLite has one writer at a time anyway, and waiting in our pool is fair.
    Sqlite {
        writer: SqlitePool,
        readers: SqlitePool,
    },
    Postgres(PgPool),
}

impl Db {
    /// Opens `sqlite:PATH` (made when it is not there) or `postgres://…`.
    ///
    /// # Errors
    /// When the address is not understood or the store cannot be reached.
    pub async fn open(address: &str) -> Result<Self, Refusal> {
        if address.starts_with("postgres://") || address.starts_with("postgresql://") {
            let options =
                PgConnectOptions::from_str(address).map_err(|_| not_an_address())?.disable_statement_logging();
            let pool = PgPoolOptions::new()
                .max_connections(16)
                .acquire_timeout(Duration::from_secs(10))
                .connect_with(options)
                .await
                .map_err(|error| Refusal::broken(format!("PostgreSQL cannot be reached: {error}")))?;
            return Ok(Db::Postgres(pool));
        }
        let Some(path) = address.strip_prefix("sqlite:") else { return Err(not_an_address()) };
        let options = SqliteConnectOptions::new()
            .filename(path)
            .journal_mode(SqliteJournalMode::Wal)
            // FULL: a sign-off that was answered must survive a power cut.
            .synchronous(SqliteSynchronous::Full)
            .auto_vacuum(SqliteAutoVacuum::None)
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(10))
            .pragma("cache_size", "-4096")
            .pragma("mmap_size", "67108864")
            .pragma("temp_store", "memory")
            .pragma("trusted_schema", "off")
            .statement_cache_capacity(128)
            .disable_statement_logging();
        let writer = SqlitePoolOptions::new()
            .max_connections(1)
            .test_before_acquire(false)
            .acquire_timeout(Duration::from_secs(30))
            .connect_with(options.clone().create_if_missing(true))
            .await
            .map_err(|error| Refusal::broken(format!("the store cannot be opened: {error}")))?;
        let readers = SqlitePoolOptions::new()
            .min_connections(0)
            .max_connections(4)
            .test_before_acquire(false)
            .acquire_timeout(Duration::from_secs(10))
            .connect_lazy_with(options.read_only(true));
        Ok(Db::Sqlite { writer, readers })
    }

    pub fn engine(&self) -> Engine {
        match self {
            Db::Sqlite { .. } => Engine::Sqlite,
            Db::Postgres(_) => Engine::Postgres,
        }
    }

    /// Closes every connection, so that SQLite folds its write-ahead log back.
    pub async fn close(&self) {
        match self {
            Db::Sqlite { writer, readers } => {
                readers.close().await;
                writer.close().await;
            }
            Db::Postgres(pool) => pool.close().await,
        }
    }

    pub(crate) async fn begin(&self) -> Result<Connection, Refusal> {
        Ok(match self {
            Db::Sqlite { writer, .. } => {
                Connection::SqliteWrite(writer.begin_with("begin immediate").await.map_err(failed)?)
            }
            Db::Postgres(pool) => Connection::PostgresWrite(pool.begin().await.map_err(failed)?),
        })
    }

    pub(crate) async fn reader(&self) -> Result<Connection, Refusal> {
        Ok(match self {
            Db::Sqlite { readers, .. } => Connection::SqliteRead(readers.acquire().await.map_err(failed)?),
            Db::Postgres(pool) => Connection::PostgresRead(pool.acquire().await.map_err(failed)?),
        })
    }
}

fn not_an_address() -> Refusal {
    Refusal::invalid("this is not the address of a store")
        .hint("write `sqlite:PATH` or `postgres://user@host/database`")
}

pub(crate) enum Connection {
    SqliteWrite(Transaction<'static, Sqlite>),
    SqliteRead(PoolConnection<Sqlite>),
    PostgresWrite(Transaction<'static, Postgres>),
    PostgresRead(PoolConnection<Postgres>),
}

/// Binds the values to a statement; the same lines for both engines.
macro_rules! statement {
    ($sql:expr, $binds:expr) => {{
        let mut query = sqlx::query(AssertSqlSafe($sql));
        for value in $binds {
            query = match value {
                Value::Int(value) => query.bind(value),
                Value::Bool(value) => query.bind(value),
                Value::Text(value) => query.bind(value),
                Value::Uuid(value) => query.bind(value),
                Value::Bytes(value) => query.bind(value),
            };
        }
        query
    }};
}

impl Connection {
    pub(crate) fn writes(&self) -> bool {
        matches!(self, Connection::SqliteWrite(_) | Connection::PostgresWrite(_))
    }

    pub(crate) async fn all(&mut self, sql: String, binds: Vec<Value>) -> Result<Vec<Row>, sqlx::Error> {
        match self {
            Connection::SqliteWrite(tx) => {
                statement!(sql, binds).fetch(&mut **tx).map_ok(Row::Sqlite).try_collect().await
            }
            Connection::SqliteRead(connection) => {
                statement!(sql, binds).fetch(&mut **connection).map_ok(Row::Sqlite).try_collect().await
            }
            Connection::PostgresWrite(tx) => {
                statement!(sql, binds).fetch(&mut **tx).map_ok(Row::Postgres).try_collect().await
            }
            Connection::PostgresRead(connection) => {
                statement!(sql, binds).fetch(&mut **connection).map_ok(Row::Postgres).try_collect().await
            }
        }
    }

    pub(crate) async fn run(&mut self, sql: String, binds: Vec<Value>) -> Result<u64, sqlx::Error> {
        match self {
            Connection::SqliteWrite(tx) => Ok(statement!(sql, binds).execute(&mut **tx).await?.rows_affected()),
            Connection::PostgresWrite(tx) => Ok(statement!(sql, binds).execute(&mut **tx).await?.rows_affected()),
            Connection::SqliteRead(_) | Connection::PostgresRead(_) => {
                Err(sqlx::Error::Protocol("a change on a reading connection".into()))
            }
        }
    }

    /// Several statements without binds, as a migration has them.
    pub(crate) async fn script(&mut self, sql: &str) -> Result<(), sqlx::Error> {
        match self {
            Connection::SqliteWrite(tx) => {
                sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(&mut **tx).await.map(|_| ())
            }
            Connection::PostgresWrite(tx) => {
                sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(&mut **tx).await.map(|_| ())
            }
            Connection::SqliteRead(_) | Connection::PostgresRead(_) => {
                Err(sqlx::Error::Protocol("a change on a reading connection".into()))
            }
        }
    }

    pub(crate) async fn commit(self) -> Result<(), sqlx::Error> {
        match self {
            Connection::SqliteWrite(tx) => tx.commit().await,
            Connection::PostgresWrite(tx) => tx.commit().await,
            Connection::SqliteRead(_) | Connection::PostgresRead(_) => Ok(()),
        }
    }
}

/// Was it a uniqueness rule that said no?
pub(crate) fn is_unique_violation(error: &sqlx::Error) -> bool {
    error.as_database_error().is_some_and(sqlx::error::DatabaseError::is_unique_violation)
}

/// Maps what the engine said. Serialisation failures and deadlocks (40001, 40P01) and a busy SQLite may be tried again.
pub(crate) fn failed(error: sqlx::Error) -> Refusal {
    if matches!(error, sqlx::Error::PoolTimedOut) {
        return Refusal::too_many("the store is busy").hint("try again in a moment");
    }
    let code = error.as_database_error().and_then(|database| database.code().map(|code| code.into_owned()));
    let mut refusal = Refusal::broken(format!("store: {error}"));
    refusal.retryable = matches!(code.as_deref(), Some("40001" | "40P01" | "5" | "517" | "261"));
    refusal
}
