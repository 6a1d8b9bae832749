//! Migrations: numbered per area, forward only, each in its own transaction, one text for both engines.

use kernel::{Actor, Refusal, hex};
use sha2::{Digest, Sha256};

use crate::{
    Engine, Store,
    connection::{failed, is_unique_violation},
};

/// One step. The text uses the words `UUID` and `BYTES` for the two types whose names differ between the engines.
#[derive(Debug, Clone, Copy)]
pub struct Migration {
    pub number: u32,
    pub name: &'static str,
    pub sql: &'static str,
}

const TABLE: &str = "create table if not exists migrations (
  area TEXT not null, number BIGINT not null, name TEXT not null, sha256 TEXT not null, applied_at BIGINT not null,
  primary key (area, number))";

/// Brings the store to the newest shape. Says how many steps it took.
///
/// Several processes may do so at once on one PostgreSQL: the row that names a step is written before the step in the
/// same transaction, so the second process waits for the first and then finds the step taken.
///
/// # Errors
/// When the store was written by a newer program, when a step that was applied reads differently now, or when a step fails.
pub async fn migrate(store: &Store, areas: &[(&'static str, &'static [Migration])]) -> Result<usize, Refusal> {
    let engine = store.db.engine();
    let actor = Actor::system();
    create_table(store, &actor).await?;
    let mut applied = std::collections::BTreeMap::new();
    for row in store.read(&actor).await?.all("select area, number, sha256 from migrations", vec![]).await? {
        applied.insert((row.text("area")?, row.int("number")?), row.text("sha256")?);
    }
    let known: std::collections::BTreeSet<(String, i64)> = areas
        .iter()
        .flat_map(|(area, steps)| steps.iter().map(|step| ((*area).to_owned(), i64::from(step.number))))
        .collect();
    if let Some((area, number)) = applied.keys().find(|key| !known.contains(*key)) {
        return Err(Refusal::conflict(format!(
            "this store was written by a newer Countersign (it knows step {number} of {area})"
        ))
        .hint("start the newer program, or restore the backup made before the update"));
    }
    let mut steps_taken = 0;
    for (area, steps) in areas {
        for step in *steps {
            let sha256 = hex(&Sha256::digest(step.sql.as_bytes()));
            match applied.get(&((*area).to_owned(), i64::from(step.number))) {
                Some(there) if *there == sha256 => continue,
                Some(_) => {
                    return Err(Refusal::broken(format!(
                        "step {} of {area} was applied with another text",
                        step.number
                    )));
                }
                None => {}
            }
            if apply(store, engine, area, step, &sha256).await? {
                steps_taken += 1;
            }
        }
    }
    Ok(steps_taken)
}

/// `create table if not exists` itself can lose a race on PostgreSQL; then the table is there.
async fn create_table(store: &Store, actor: &Actor) -> Result<(), Refusal> {
    for attempt in 1..=5 {
        let mut connection = store.write(actor).await?.into_connection();
        match connection.script(TABLE).await {
            Ok(()) => return connection.commit().await.map_err(failed),
            Err(_) if attempt < 5 => crate::pause_before_retry(attempt + 3).await,
            Err(error) => return Err(failed(error)),
        }
    }
    Ok(())
}

async fn apply(store: &Store, engine: Engine, area: &str, step: &Migration, sha256: &str) -> Result<bool, Refusal> {
    let now = store.world.now();
    let mut connection = store.write(&Actor::system()).await?.into_connection();
    let named = connection
        .run(
            "insert into migrations (area, number, name, sha256, applied_at) values ($1, $2, $3, $4, $5)".to_owned(),
            vec![area.into(), step.number.into(), step.name.into(), sha256.into(), now.into()],
        )
        .await;
    match named {
        Err(error) if is_unique_violation(&error) => return Ok(false),
        Err(error) => return Err(failed(error)),
        Ok(_) => {}
    }
    let sql = match engine {
        // `INTEGER primary key` is SQLite's own row number; with `BIGINT` it would keep a second tree beside it.
        Engine::Sqlite => replace_word(&replace_word(step.sql, "UUID", "BLOB"), "BYTES", "BLOB")
            .replace("BIGINT primary key", "INTEGER primary key"),
        Engine::Postgres => replace_word(step.sql, "BYTES", "BYTEA"),
    };
    connection
        .script(&sql)
        .await
        .map_err(|error| Refusal::broken(format!("step {} of {area} ({}): {error}", step.number, step.name)))?;
    connection.commit().await.map_err(failed)?;
    Ok(true)
}

/// Replaces whole words only, so that a column named after a type keeps its name.
fn replace_word(text: &str, word: &str, with: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(word) {
        let letter = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
        let whole = !letter(rest[..at].chars().next_back()) && !letter(rest[at + word.len()..].chars().next());
        out.push_str(&rest[..at]);
        out.push_str(if whole { with } else { word });
        rest = &rest[at + word.len()..];
    }
    out.push_str(rest);
    out
}
