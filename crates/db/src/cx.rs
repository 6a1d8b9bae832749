//! The context of one use case: who acts, what instant it is, what may be done, and the transaction.

use std::sync::Arc;

use kernel::{
    Actor, Authority, Columns, Condition, Date, Instant, Permission, Refusal, Resource, Side, Uuid, Value, World,
};
use serde::Serialize;

use crate::{
    Db, Row, Select,
    connection::{Connection, failed, is_unique_violation},
    ledger_store,
};

/// The store with the policy and the world beside it: what a use case needs to start. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    pub db: Db,
    pub world: Arc<dyn World>,
    pub authority: Arc<dyn Authority>,
}

impl Store {
    /// For reading: no transaction, no change possible.
    pub async fn read(&self, actor: &Actor) -> Result<Cx, Refusal> {
        Ok(self.cx(actor, self.db.reader().await?))
    }

    /// For a change. Prefer [`crate::transact!`], which retries lost races.
    pub async fn write(&self, actor: &Actor) -> Result<Cx, Refusal> {
        if actor.read_only {
            return Err(Refusal::forbidden("this token may only read").hint("make a token that may also write"));
        }
        Ok(self.cx(actor, self.db.begin().await?))
    }

    fn cx(&self, actor: &Actor, connection: Connection) -> Cx {
        Cx {
            actor: actor.clone(),
            now: self.world.now(),
            world: self.world.clone(),
            authority: self.authority.clone(),
            engine: self.db.engine(),
            connection,
            changes: Vec::new(),
            wrote: false,
            unrecorded: None,
        }
    }
}

pub struct Cx {
    pub actor: Actor,
    /// One instant for everything that this use case does.
    pub now: Instant,
    world: Arc<dyn World>,
    authority: Arc<dyn Authority>,
    engine: crate::Engine,
    connection: Connection,
    changes: Vec<Change>,
    wrote: bool,
    unrecorded: Option<&'static str>,
}

impl Cx {
    /// Today in the organisation's zone.
    pub fn today(&self) -> Date {
        self.now.date_in(&self.world.zone())
    }

    pub fn world(&self) -> &Arc<dyn World> {
        &self.world
    }

    pub fn engine(&self) -> crate::Engine {
        self.engine
    }

    pub fn new_id<T: From<Uuid>>(&self) -> T {
        T::from(self.world.new_uuid())
    }

    /// Randomness fit for keys and links.
    pub fn random<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.world.random(&mut bytes);
        bytes
    }

    /// Asks the policy, and refuses in words.
    pub fn require(&self, permission: Permission, resource: &Resource) -> Result<(), Refusal> {
        self.authority.require(&self.actor, permission, resource)
    }

    pub fn allows(&self, permission: Permission, resource: &Resource) -> bool {
        self.authority.allows(&self.actor, permission, resource)
    }

    /// The policy as a condition on rows.
    pub fn condition(&self, permission: Permission, columns: &Columns) -> Condition {
        self.authority.condition(&self.actor, permission, columns)
    }

    pub async fn all(&mut self, sql: &'static str, binds: Vec<Value>) -> Result<Vec<Row>, Refusal> {
        storable(&binds)?;
        self.wrote |= changes(sql);
        self.connection.all(sql.to_owned(), binds).await.map_err(failed)
    }

    pub async fn select(&mut self, select: Select) -> Result<Vec<Row>, Refusal> {
        let (sql, binds) = select.finish();
        storable(&binds)?;
        self.connection.all(sql, binds).await.map_err(failed)
    }

    pub async fn optional(&mut self, sql: &'static str, binds: Vec<Value>) -> Result<Option<Row>, Refusal> {
        Ok(self.all(sql, binds).await?.into_iter().next())
    }

    /// Exactly one row; none is a fault of ours.
    pub async fn one(&mut self, sql: &'static str, binds: Vec<Value>) -> Result<Row, Refusal> {
        self.optional(sql, binds).await?.ok_or_else(|| Refusal::broken(format!("no row from: {sql}")))
    }

    /// Runs a change; says how many rows it touched.
    pub async fn run(&mut self, sql: &'static str, binds: Vec<Value>) -> Result<u64, Refusal> {
        storable(&binds)?;
        self.wrote = true;
        self.connection.run(sql.to_owned(), binds).await.map_err(failed)
    }

    /// Runs an insert or update; a uniqueness rule that says no becomes `refusal`. Never look first and insert then.
    pub async fn run_unique(&mut self, sql: &'static str, binds: Vec<Value>, refusal: Refusal) -> Result<u64, Refusal> {
        storable(&binds)?;
        self.wrote = true;
        self.connection
            .run(sql.to_owned(), binds)
            .await
            .map_err(|error| if is_unique_violation(&error) { refusal } else { failed(error) })
    }

    /// Tells the ledger. It is written by [`Cx::commit`], in this transaction.
    pub fn record(&mut self, change: Change) {
        self.changes.push(change);
    }

    /// Says why this transaction's writes are no change that an auditor would ask for, such as a session's last use.
    pub fn unrecorded(&mut self, why: &'static str) {
        self.unrecorded = Some(why);
    }

    /// Writes the ledger and commits. Without it nothing happened.
    ///
    /// # Errors
    /// Also when rows changed and the ledger was told nothing: that is a fault of ours and must not pass.
    pub async fn commit(mut self) -> Result<(), Refusal> {
        if !self.connection.writes() {
            return Ok(());
        }
        if self.wrote && self.changes.is_empty() && self.unrecorded.is_none() {
            return Err(Refusal::broken("a change was not told to the ledger"));
        }
        let changes = std::mem::take(&mut self.changes);
        if !changes.is_empty() {
            ledger_store::append(&mut self, changes).await?;
        }
        self.connection.commit().await.map_err(failed)
    }
}

/// PostgreSQL cannot hold the character U+0000 in a text; so that both engines answer alike, neither is asked.
fn storable(binds: &[Value]) -> Result<(), Refusal> {
    if binds.iter().any(|value| matches!(value, Value::Text(Some(text)) if text.contains('\0'))) {
        return Err(Refusal::invalid("the text holds a character that cannot be stored (U+0000)")
            .hint("remove it: it usually comes from pasting"));
    }
    Ok(())
}

fn changes(sql: &str) -> bool {
    !sql.trim_start()
        .get(..6)
        .is_some_and(|word| word.eq_ignore_ascii_case("select") || word.eq_ignore_ascii_case("with r"))
}

/// One entry for the ledger, in the words of the person who will read it.
#[derive(Debug, Clone)]
pub struct Change {
    pub(crate) action: &'static str,
    pub(crate) subject_kind: &'static str,
    pub(crate) subject_id: String,
    pub(crate) wall: Option<Uuid>,
    pub(crate) side: Option<Side>,
    pub(crate) summary: String,
    pub(crate) before: serde_json::Value,
    pub(crate) after: serde_json::Value,
}

impl Change {
    /// `action` reads `record.verb`, as in `contract.registered`; `summary` is a sentence without the actor's name.
    pub fn new(
        action: &'static str,
        subject_kind: &'static str,
        subject_id: impl ToString,
        summary: impl Into<String>,
    ) -> Self {
        Self {
            action,
            subject_kind,
            subject_id: subject_id.to_string(),
            wall: None,
            side: None,
            summary: summary.into(),
            before: serde_json::Value::Null,
            after: serde_json::Value::Null,
        }
    }

    /// The wall behind which the entry can be read.
    #[must_use]
    pub fn behind(mut self, wall: impl Into<Uuid>) -> Self {
        self.wall = Some(wall.into());
        self
    }

    /// The side for which the person acted.
    #[must_use]
    pub fn side(mut self, side: Side) -> Self {
        self.side = Some(side);
        self
    }

    #[must_use]
    pub fn before(mut self, before: impl Serialize) -> Self {
        self.before = serde_json::to_value(before).unwrap_or_default();
        self
    }

    #[must_use]
    pub fn after(mut self, after: impl Serialize) -> Self {
        self.after = serde_json::to_value(after).unwrap_or_default();
        self
    }
}

impl Cx {
    /// The bare connection, for migrations.
    pub(crate) fn into_connection(self) -> Connection {
        self.connection
    }
}
