//! Passwords, second factors, sessions, and the counters of tries.

use db::{Cx, Row};
use kernel::{Date, Instant, PersonId, Refusal};

use crate::{
    hashing::NewPassword,
    model::{Session, SessionId},
    rules::limits::WINDOW_SECONDS,
};

/// What sign-in looks at.
pub(crate) struct Account {
    pub id: PersonId,
    pub name: String,
    pub email: String,
    pub password_hash: Option<String>,
    pub active: bool,
    pub access_until: Option<Date>,
    pub totp_secret: Option<Vec<u8>>,
    pub totp_confirmed: bool,
    pub totp_last_step: Option<i64>,
}

impl Account {
    pub fn works_on(&self, day: Date) -> bool {
        self.active && self.access_until.is_none_or(|last| day <= last)
    }
}

fn account(row: &Row) -> Result<Account, Refusal> {
    Ok(Account {
        id: row.id("id")?,
        name: row.text("name")?,
        email: row.text("email")?,
        password_hash: row.text_or_none("password_hash")?,
        active: row.flag("active")?,
        access_until: row.date_or_none("access_until")?,
        totp_secret: row.get("totp_secret")?,
        totp_confirmed: row.flag("totp_confirmed")?,
        totp_last_step: row.get("totp_last_step")?,
    })
}

pub(crate) async fn account_by_email(cx: &mut Cx, folded: &str) -> Result<Option<Account>, Refusal> {
    cx.optional(
        "select id, name, email, password_hash, active, access_until, totp_secret, totp_confirmed, totp_last_step from people where email_folded = $1",
        vec![folded.into()],
    )
    .await?
    .as_ref()
    .map(account)
    .transpose()
}

pub(crate) async fn account_by_id(cx: &mut Cx, id: PersonId) -> Result<Option<Account>, Refusal> {
    cx.optional(
        "select id, name, email, password_hash, active, access_until, totp_secret, totp_confirmed, totp_last_step from people where id = $1",
        vec![id.into()],
    )
    .await?
    .as_ref()
    .map(account)
    .transpose()
}

pub(crate) async fn set_password(cx: &mut Cx, person: PersonId, password: &NewPassword) -> Result<(), Refusal> {
    cx.run("update people set password_hash = $2 where id = $1", vec![person.into(), password.phc().into()])
        .await
        .map(|_| ())
}

/// Adds one to a counter, which starts anew when its window has passed. One statement, so that processes on one store
/// cannot count past each other. Gives the tries and when the window began.
pub(crate) async fn count_try(cx: &mut Cx, key: Vec<u8>) -> Result<(i64, Instant), Refusal> {
    let (now, passed) = (cx.now, cx.now.plus_seconds(-WINDOW_SECONDS));
    let row = cx
        .one(
            "insert into sign_in_attempts (key, tries, since) values ($1, 1, $2) on conflict (key) do update set \
             tries = case when sign_in_attempts.since <= $3 then 1 else sign_in_attempts.tries + 1 end, \
             since = case when sign_in_attempts.since <= $3 then $2 else sign_in_attempts.since end returning tries, since",
            vec![key.into(), now.into(), passed.into()],
        )
        .await?;
    Ok((row.int("tries")?, row.instant("since")?))
}

pub(crate) async fn forget_tries(cx: &mut Cx, key: Vec<u8>) -> Result<(), Refusal> {
    cx.run("delete from sign_in_attempts where key = $1", vec![key.into()]).await.map(|_| ())
}

/// Takes one try back, because it was a good one.
pub(crate) async fn uncount_try(cx: &mut Cx, key: Vec<u8>) -> Result<(), Refusal> {
    cx.run("update sign_in_attempts set tries = tries - 1 where key = $1 and tries > 0", vec![key.into()])
        .await
        .map(|_| ())
}

pub(crate) struct NewSession<'a> {
    pub id: SessionId,
    pub hash: Vec<u8>,
    pub person: PersonId,
    pub ip: &'a str,
    pub user_agent: &'a str,
    pub second_factor_done: bool,
}

pub(crate) async fn insert_session(cx: &mut Cx, new: &NewSession<'_>) -> Result<(), Refusal> {
    let binds = vec![
        new.id.into(),
        new.hash.clone().into(),
        new.person.into(),
        cx.now.into(),
        new.ip.into(),
        new.user_agent.into(),
        new.second_factor_done.into(),
    ];
    cx.run(
        "insert into sessions (id, sha256, person, created_at, last_seen_at, ip, user_agent, second_factor_done) values ($1, $2, $3, $4, $4, $5, $6, $7)",
        binds,
    )
    .await
    .map(|_| ())
}

/// Gives a session whose code came its new secret. Says whether it still waited for one.
pub(crate) async fn complete_session(cx: &mut Cx, id: SessionId, hash: Vec<u8>) -> Result<bool, Refusal> {
    let now = cx.now;
    let changed = cx
        .run(
            "update sessions set sha256 = $2, second_factor_done = true, created_at = $3, last_seen_at = $3 \
             where id = $1 and second_factor_done = false and revoked_at is null",
            vec![id.into(), hash.into(), now.into()],
        )
        .await?;
    Ok(changed == 1)
}

/// One row per side of the person, or one without; the person's columns are in each.
pub(crate) async fn session_with_person(cx: &mut Cx, hash: Vec<u8>) -> Result<Vec<Row>, Refusal> {
    cx.all(
        "select s.id as session, s.created_at, s.last_seen_at, s.second_factor_done, p.id, p.name, p.administrator, p.active, p.access_until, \
         p.totp_confirmed, ps.side from sessions s join people p on p.id = s.person left join person_sides ps on ps.person = p.id \
         where s.sha256 = $1 and s.revoked_at is null",
        vec![hash.into()],
    )
    .await
}

pub(crate) async fn touch_session(cx: &mut Cx, id: SessionId) -> Result<(), Refusal> {
    let now = cx.now;
    cx.run("update sessions set last_seen_at = $2 where id = $1 and last_seen_at < $2", vec![id.into(), now.into()])
        .await
        .map(|_| ())
}

/// The sessions of a person that were not ended, newest first. Whether they are still alive is for the rules.
pub(crate) async fn sessions_of(cx: &mut Cx, person: PersonId) -> Result<Vec<Session>, Refusal> {
    let rows = cx
        .all(
            "select id, created_at, last_seen_at, ip, user_agent, second_factor_done from sessions \
             where person = $1 and revoked_at is null order by created_at desc",
            vec![person.into()],
        )
        .await?;
    rows.iter()
        .map(|row| {
            Ok(Session {
                id: row.id("id")?,
                created_at: row.instant("created_at")?,
                last_seen_at: row.instant("last_seen_at")?,
                ip: row.text("ip")?,
                user_agent: row.text("user_agent")?,
                second_factor_done: row.flag("second_factor_done")?,
            })
        })
        .collect()
}

pub(crate) async fn end_session(cx: &mut Cx, person: PersonId, id: SessionId) -> Result<bool, Refusal> {
    let now = cx.now;
    let binds = vec![id.into(), person.into(), now.into()];
    Ok(cx
        .run("update sessions set revoked_at = $3 where id = $1 and person = $2 and revoked_at is null", binds)
        .await?
        == 1)
}

pub(crate) async fn end_session_by_hash(cx: &mut Cx, hash: Vec<u8>) -> Result<Option<(SessionId, PersonId)>, Refusal> {
    let now = cx.now;
    let binds = vec![hash.into(), now.into()];
    cx.optional(
        "update sessions set revoked_at = $2 where sha256 = $1 and revoked_at is null returning id, person",
        binds,
    )
    .await?
    .map(|row| Ok((row.id("id")?, row.id("person")?)))
    .transpose()
}

/// Ends every session of the person but `keep`. Says how many.
pub(crate) async fn end_sessions(cx: &mut Cx, person: PersonId, keep: Option<SessionId>) -> Result<u64, Refusal> {
    let now = cx.now;
    let keep = keep.map_or_else(kernel::Uuid::nil, kernel::Uuid::from);
    let binds = vec![person.into(), now.into(), keep.into()];
    cx.run("update sessions set revoked_at = $2 where person = $1 and revoked_at is null and id <> $3", binds).await
}

/// Puts a fresh authenticator's secret, which counts only once a code of it was given. Says whether there was none in use.
pub(crate) async fn put_totp(cx: &mut Cx, person: PersonId, sealed: Vec<u8>) -> Result<bool, Refusal> {
    let binds = vec![person.into(), sealed.into()];
    Ok(cx
        .run(
            "update people set totp_secret = $2, totp_last_step = null where id = $1 and totp_confirmed = false",
            binds,
        )
        .await?
        == 1)
}

pub(crate) async fn confirm_totp(cx: &mut Cx, person: PersonId, step: i64) -> Result<bool, Refusal> {
    let binds = vec![person.into(), step.into()];
    let changed = cx
        .run(
            "update people set totp_confirmed = true, totp_last_step = $2, revision = revision + 1 \
             where id = $1 and totp_confirmed = false and totp_secret is not null",
            binds,
        )
        .await?;
    Ok(changed == 1)
}

/// Marks a step as taken. Two requests with one code: the row's lock lets one of them through.
pub(crate) async fn take_step(cx: &mut Cx, person: PersonId, step: i64) -> Result<bool, Refusal> {
    let binds = vec![person.into(), step.into()];
    let changed = cx
        .run(
            "update people set totp_last_step = $2 where id = $1 and totp_confirmed = true and (totp_last_step is null or totp_last_step < $2)",
            binds,
        )
        .await?;
    Ok(changed == 1)
}

pub(crate) async fn drop_totp(cx: &mut Cx, person: PersonId) -> Result<bool, Refusal> {
    cx.run("delete from recovery_codes where person = $1", vec![person.into()]).await?;
    let changed = cx
        .run(
            "update people set totp_confirmed = false, totp_secret = null, totp_last_step = null, revision = revision + 1 \
             where id = $1 and totp_confirmed = true",
            vec![person.into()],
        )
        .await?;
    Ok(changed == 1)
}

pub(crate) async fn replace_recovery_codes(cx: &mut Cx, person: PersonId, hashes: &[Vec<u8>]) -> Result<(), Refusal> {
    cx.run("delete from recovery_codes where person = $1", vec![person.into()]).await?;
    for hash in hashes {
        cx.run("insert into recovery_codes (person, hash) values ($1, $2)", vec![person.into(), hash.clone().into()])
            .await?;
    }
    Ok(())
}

pub(crate) async fn use_recovery_code(cx: &mut Cx, person: PersonId, hash: Vec<u8>) -> Result<bool, Refusal> {
    let now = cx.now;
    let binds = vec![person.into(), hash.into(), now.into()];
    Ok(cx
        .run("update recovery_codes set used_at = $3 where person = $1 and hash = $2 and used_at is null", binds)
        .await?
        == 1)
}

pub(crate) async fn recovery_codes_left(cx: &mut Cx, person: PersonId) -> Result<i64, Refusal> {
    cx.one("select count(*) as unused from recovery_codes where person = $1 and used_at is null", vec![person.into()])
        .await?
        .int("unused")
}

/// Forgets what ended long ago.
pub(crate) async fn sweep(cx: &mut Cx, sessions_before: Instant, tries_before: Instant) -> Result<(), Refusal> {
    cx.run("delete from sessions where created_at < $1", vec![sessions_before.into()]).await?;
    cx.run("delete from sign_in_attempts where since < $1", vec![tries_before.into()]).await?;
    let now = cx.now;
    cx.run("delete from setup_links where expires_at < $1", vec![now.into()]).await.map(|_| ())
}
