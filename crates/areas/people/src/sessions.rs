//! Who a request comes from: a session's cookie or an API token. This runs with every request: two queries, no more.

use std::collections::BTreeSet;

use db::{Change, Cx, Row, Store};
use kernel::{Actor, Instant, PersonId, Refusal, Side, Via};

use crate::{
    model::{Session, SessionId, TokenId},
    permissions::{EDIT_ACCOUNT, READ_ACCOUNT, account},
    rules::{
        lifetimes::{SEEN_EVERY, session_lives},
        secret::{TOKEN_PREFIX, hash},
    },
    store::{delegations, sign_in, tokens},
};

/// What a page may want to know of the session that it is asked in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionInfo {
    pub id: SessionId,
    pub person: PersonId,
    pub name: String,
    /// The person has a second factor.
    pub second_factor: bool,
    pub created_at: Instant,
}

/// A cookie that holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Resolved {
    Full(Actor, SessionInfo),
    /// The password came, the code did not: nobody is signed in yet.
    CodeOpen(SessionInfo),
}

/// Whose cookie is this? `None` for one that is unknown, over, or of an account that has ended.
pub async fn resolve_session(store: &Store, cookie: &str) -> Result<Option<Resolved>, Refusal> {
    let mut cx = store.read(&Actor::system()).await?;
    let rows = sign_in::session_with_person(&mut cx, hash(cookie)).await?;
    let Some(row) = rows.first() else { return Ok(None) };
    let (created_at, last_seen, done) =
        (row.instant("created_at")?, row.instant("last_seen_at")?, row.flag("second_factor_done")?);
    if !works(row, &cx)? || !session_lives(created_at, last_seen, done, cx.now) {
        return Ok(None);
    }
    let info = SessionInfo {
        id: row.id("session")?,
        person: row.id("id")?,
        name: row.text("name")?,
        second_factor: row.flag("totp_confirmed")?,
        created_at,
    };
    if !done {
        return Ok(Some(Resolved::CodeOpen(info)));
    }
    let actor = actor(&mut cx, &rows, Via::Session, false).await?;
    if cx.now.seconds_since(last_seen) >= SEEN_EVERY {
        drop(cx);
        db::transact!(store, &Actor::system(), |cx| {
            cx.unrecorded("when a session was last used is no record");
            sign_in::touch_session(cx, info.id).await
        })?;
    }
    Ok(Some(Resolved::Full(actor, info)))
}

/// Whose token is this? `None` as for a cookie.
pub async fn resolve_token(store: &Store, bearer: &str) -> Result<Option<Actor>, Refusal> {
    if !bearer.starts_with(TOKEN_PREFIX) {
        return Ok(None);
    }
    let mut cx = store.read(&Actor::system()).await?;
    let rows = tokens::with_person(&mut cx, hash(bearer)).await?;
    let Some(row) = rows.first() else { return Ok(None) };
    if !works(row, &cx)? || row.instant("expires_at")? <= cx.now {
        return Ok(None);
    }
    let (token, last_used): (TokenId, _) = (row.id("token")?, row.instant_or_none("last_used_at")?);
    let actor = actor(&mut cx, &rows, Via::Token, row.flag("read_only")?).await?;
    if last_used.is_none_or(|last| cx.now.seconds_since(last) >= SEEN_EVERY) {
        drop(cx);
        db::transact!(store, &Actor::system(), |cx| {
            cx.unrecorded("when a token was last used is no record");
            tokens::touch(cx, token).await
        })?;
    }
    Ok(Some(actor))
}

fn works(row: &Row, cx: &Cx) -> Result<bool, Refusal> {
    Ok(row.flag("active")? && row.date_or_none("access_until")?.is_none_or(|last| cx.today() <= last))
}

async fn actor(cx: &mut Cx, rows: &[Row], via: Via, read_only: bool) -> Result<Actor, Refusal> {
    let row = rows.first().ok_or_else(|| Refusal::broken("an actor without a row"))?;
    let mut sides: BTreeSet<Side> = BTreeSet::new();
    for row in rows {
        if let Some(word) = row.text_or_none("side")? {
            sides.insert(word.parse().map_err(Refusal::broken)?);
        }
    }
    let (person, today): (PersonId, _) = (row.id("id")?, cx.today());
    let delegations = delegations::holding(cx, person, today).await?;
    Ok(Actor {
        person,
        name: row.text("name")?,
        sides,
        administrator: row.flag("administrator")?,
        via,
        read_only,
        delegations,
    })
}

/// The actor that signing in would make of this person: for commands on the server's own machine and for demonstration
/// data, which act through the same use cases as everybody.
pub async fn actor_of(store: &Store, person: PersonId, via: Via) -> Result<Actor, Refusal> {
    let mut cx = store.read(&Actor::system()).await?;
    actor_within(&mut cx, person, via)
        .await?
        .ok_or_else(|| Refusal::not_found("there is no active person with this id"))
}

/// The same inside a use case. `None` for whoever does not work here today.
pub async fn actor_within(cx: &mut Cx, person: PersonId, via: Via) -> Result<Option<Actor>, Refusal> {
    let today = cx.today();
    let found = crate::store::person_by_id(cx, person).await?.filter(|record| record.works_on(today));
    let Some(record) = found else { return Ok(None) };
    let delegations = delegations::holding(cx, person, today).await?;
    Ok(Some(Actor {
        person,
        name: record.name,
        sides: record.sides,
        administrator: record.administrator,
        via,
        read_only: false,
        delegations,
    }))
}

/// One's own sessions that are alive, the newest first.
pub async fn list_sessions(cx: &mut Cx) -> Result<Vec<Session>, Refusal> {
    let me = cx.actor.person;
    cx.require(READ_ACCOUNT, &account(me))?;
    let now = cx.now;
    let mut sessions = sign_in::sessions_of(cx, me).await?;
    sessions.retain(|session| session_lives(session.created_at, session.last_seen_at, session.second_factor_done, now));
    Ok(sessions)
}

/// Ends one of one's own sessions.
pub async fn end_session(cx: &mut Cx, id: SessionId) -> Result<(), Refusal> {
    let me = cx.actor.person;
    cx.require(EDIT_ACCOUNT, &account(me))?;
    if !sign_in::end_session(cx, me, id).await? {
        return Err(Refusal::not_found("this session is over already"));
    }
    cx.record(Change::new("person.session_ended", "person", me, "ended one of their sessions"));
    Ok(())
}

/// Ends all of one's own sessions but this one. Says how many.
pub async fn end_other_sessions(cx: &mut Cx, keep: SessionId) -> Result<u64, Refusal> {
    let me = cx.actor.person;
    cx.require(EDIT_ACCOUNT, &account(me))?;
    let ended = sign_in::end_sessions(cx, me, Some(keep)).await?;
    cx.record(Change::new("person.session_ended", "person", me, format!("ended {ended} of their sessions")));
    Ok(ended)
}

/// Signs out. The cookie itself is the permission, and one that is unknown is signed out already.
pub async fn sign_out(store: &Store, cookie: &str) -> Result<(), Refusal> {
    db::transact!(store, &Actor::system(), |cx| {
        cx.unrecorded("nobody was signed in");
        if let Some((_, person)) = sign_in::end_session_by_hash(cx, hash(cookie)).await? {
            let name = crate::store::names(cx, &[person]).await?.remove(&person).unwrap_or_default();
            cx.actor = Actor { person, name, via: Via::Session, ..Actor::system() };
            cx.record(Change::new("person.signed_out", "person", person, "signed out"));
        }
        Ok::<_, Refusal>(())
    })
}
