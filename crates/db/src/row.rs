//! One row of either engine.

use kernel::{Date, Instant, Refusal};
use sqlx::{Postgres, Row as _, Sqlite, postgres::PgRow, sqlite::SqliteRow};

pub enum Row {
    Sqlite(SqliteRow),
    Postgres(PgRow),
}

impl Row {
    /// A column by name, as `i64`, `bool`, `String`, `Uuid`, `Vec<u8>` or an `Option` of these.
    ///
    /// # Errors
    /// [`kernel::RefusalKind::Broken`] for a column that is not there or is of another type: a fault of ours.
    pub fn get<T>(&self, column: &str) -> Result<T, Refusal>
    where
        T: for<'r> sqlx::Decode<'r, Sqlite>
            + sqlx::Type<Sqlite>
            + for<'r> sqlx::Decode<'r, Postgres>
            + sqlx::Type<Postgres>,
    {
        match self {
            Row::Sqlite(row) => row.try_get(column),
            Row::Postgres(row) => row.try_get(column),
        }
        .map_err(|error| Refusal::broken(format!("column {column}: {error}")))
    }

    /// A typed id.
    pub fn id<T: From<kernel::Uuid>>(&self, column: &str) -> Result<T, Refusal> {
        self.get::<kernel::Uuid>(column).map(T::from)
    }

    pub fn id_or_none<T: From<kernel::Uuid>>(&self, column: &str) -> Result<Option<T>, Refusal> {
        Ok(self.get::<Option<kernel::Uuid>>(column)?.map(T::from))
    }

    pub fn text(&self, column: &str) -> Result<String, Refusal> {
        self.get(column)
    }

    pub fn text_or_none(&self, column: &str) -> Result<Option<String>, Refusal> {
        self.get(column)
    }

    pub fn int(&self, column: &str) -> Result<i64, Refusal> {
        self.get(column)
    }

    pub fn flag(&self, column: &str) -> Result<bool, Refusal> {
        self.get(column)
    }

    pub fn instant(&self, column: &str) -> Result<Instant, Refusal> {
        self.get(column).map(Instant::from_micros)
    }

    pub fn instant_or_none(&self, column: &str) -> Result<Option<Instant>, Refusal> {
        Ok(self.get::<Option<i64>>(column)?.map(Instant::from_micros))
    }

    pub fn date_or_none(&self, column: &str) -> Result<Option<Date>, Refusal> {
        self.text_or_none(column)?
            .map(|text| text.parse().map_err(|_| Refusal::broken(format!("column {column} holds no date"))))
            .transpose()
    }

    /// A word of an enum that reads itself from text.
    pub fn word<T: std::str::FromStr>(&self, column: &str) -> Result<T, Refusal> {
        let text = self.text(column)?;
        text.parse().map_err(|_| Refusal::broken(format!("column {column} holds `{text}`")))
    }

    /// A column that holds JSON text.
    pub fn json<T: serde::de::DeserializeOwned>(&self, column: &str) -> Result<T, Refusal> {
        serde_json::from_str(&self.text(column)?).map_err(|error| Refusal::broken(format!("column {column}: {error}")))
    }
}
