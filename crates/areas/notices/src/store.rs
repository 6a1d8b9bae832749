//! The area's SQL.

use db::{Cx, Row, Select};
use kernel::{Cursor, Instant, Page, PersonId, Refusal, Uuid, Value};

use crate::{
    Message, Notice, NoticeId, Unsent,
    messages::{COLUMNS, READ},
};

/// `None` when the key was told before.
pub(crate) async fn insert(cx: &mut Cx, message: &Message) -> Result<Option<NoticeId>, Refusal> {
    let id: NoticeId = cx.new_id();
    let json = |lines: &[String]| serde_json::to_string(lines).map_err(Refusal::broken);
    let binds: Vec<Value> = vec![
        id.into(),
        message.key.as_str().into(),
        message.to.into(),
        message.kind.into(),
        message.subject.as_str().into(),
        json(&message.lines)?.into(),
        json(&message.inside)?.into(),
        message.href.as_str().into(),
        message.wall.into(),
        cx.now.into(),
    ];
    let added = cx
        .run(
            "insert into notices (id, key, person, kind, subject, lines, inside, href, wall, created_at, mail, mail_tries) \
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'waiting', 0) on conflict (key) do nothing",
            binds,
        )
        .await?;
    Ok((added == 1).then_some(id))
}

fn notice(row: &Row) -> Result<Notice, Refusal> {
    let mut lines: Vec<String> = row.json("lines")?;
    lines.extend(row.json::<Vec<String>>("inside")?);
    Ok(Notice {
        id: row.id("id")?,
        kind: row.text("kind")?,
        subject: row.text("subject")?,
        lines,
        href: row.text("href")?,
        created_at: row.instant("created_at")?,
        read_at: row.instant_or_none("read_at")?,
        person: row.id("person")?,
    })
}

const NOTICES: &str =
    "select n.id, n.person, n.kind, n.subject, n.lines, n.inside, n.href, n.created_at, n.read_at from notices n";

pub(crate) async fn one(cx: &mut Cx, id: NoticeId) -> Result<Option<Notice>, Refusal> {
    cx.select(Select::new(NOTICES).and("n.id = {0}", vec![id.into()])).await?.first().map(notice).transpose()
}

/// The key of a cursor is the instant in microseconds.
fn after(select: Select, cursor: Option<&Cursor>) -> Result<Select, Refusal> {
    let Some(cursor) = cursor else { return Ok(select) };
    let at: i64 = cursor.key.parse().map_err(|_| Refusal::field("cursor", "this is not a place in the list"))?;
    Ok(select.and("(n.created_at, n.id) < ({0}, {1})", vec![at.into(), cursor.id.into()]))
}

fn cursor(at: Instant, id: NoticeId) -> Cursor {
    Cursor { key: at.micros().to_string(), id: id.into() }
}

pub(crate) async fn list(
    cx: &mut Cx,
    unread_only: bool,
    from: Option<&Cursor>,
    limit: usize,
) -> Result<Page<Notice>, Refusal> {
    // By the policy a person reads no messages but the own; saying so here as well lets the index find them.
    let mut select =
        Select::new(NOTICES).and("n.person = {0}", vec![cx.actor.person.into()]).allowed(cx.condition(READ, &COLUMNS));
    if unread_only {
        select = select.and("n.read_at is null", vec![]);
    }
    let more = i64::try_from(limit + 1).unwrap_or(i64::MAX);
    let select = after(select, from)?.tail("order by n.created_at desc, n.id desc limit {0}", vec![more.into()]);
    let found = cx.select(select).await?.iter().map(notice).collect::<Result<Vec<_>, _>>()?;
    Ok(Page::from_rows(found, limit, |last| cursor(last.created_at, last.id)))
}

pub(crate) async fn unread(cx: &mut Cx, most: i64) -> Result<i64, Refusal> {
    let me = cx.actor.person;
    cx.one(
        "select count(*) as unread from (select id from notices where person = $1 and read_at is null limit $2) few",
        vec![me.into(), most.into()],
    )
    .await?
    .int("unread")
}

pub(crate) async fn mark_read(cx: &mut Cx, id: NoticeId) -> Result<(), Refusal> {
    let now = cx.now;
    cx.run("update notices set read_at = $2 where id = $1 and read_at is null", vec![id.into(), now.into()])
        .await
        .map(|_| ())
}

pub(crate) async fn mark_all_read(cx: &mut Cx) -> Result<(), Refusal> {
    let (me, now) = (cx.actor.person, cx.now);
    cx.run("update notices set read_at = $2 where person = $1 and read_at is null", vec![me.into(), now.into()])
        .await
        .map(|_| ())
}

pub(crate) async fn unsent(cx: &mut Cx, from: Option<&Cursor>, limit: usize) -> Result<Page<Unsent>, Refusal> {
    let select = Select::new(
        "select n.id, n.kind, n.person, n.created_at, n.mail, n.mail_tries, n.mail_error, n.mail_at from notices n",
    )
    .and("n.mail in ('waiting', 'refused') and n.mail_error is not null", vec![]);
    let more = i64::try_from(limit + 1).unwrap_or(i64::MAX);
    let select = after(select, from)?.tail("order by n.created_at desc, n.id desc limit {0}", vec![more.into()]);
    let rows = cx.select(select).await?;
    let found = rows
        .iter()
        .map(|row| {
            Ok(Unsent {
                id: row.id("id")?,
                kind: row.text("kind")?,
                person: row.id("person")?,
                created_at: row.instant("created_at")?,
                refused: row.text("mail")? == "refused",
                tries: row.int("mail_tries")?,
                last_error: row.text_or_none("mail_error")?.unwrap_or_default(),
                last_try: row.instant_or_none("mail_at")?,
            })
        })
        .collect::<Result<Vec<_>, Refusal>>()?;
    Ok(Page::from_rows(found, limit, |last| cursor(last.created_at, last.id)))
}

/// Lets a mail that failed be tried as if for the first time. Says whether there was one.
pub(crate) async fn reset_mail(cx: &mut Cx, id: NoticeId) -> Result<bool, Refusal> {
    Ok(cx
        .run(
            "update notices set mail = 'waiting', mail_tries = 0, mail_leased_until = null \
             where id = $1 and mail in ('waiting', 'refused') and mail_error is not null",
            vec![id.into()],
        )
        .await?
        == 1)
}

/// A mail that this process may send now.
pub(crate) struct Leased {
    pub person: PersonId,
    pub subject: String,
    pub lines: Vec<String>,
    pub inside: Vec<String>,
    pub href: String,
    pub wall: Option<Uuid>,
    pub created_at: Instant,
}

/// Takes a waiting mail, unless another process has it.
pub(crate) async fn lease_mail(cx: &mut Cx, id: NoticeId, until: Instant) -> Result<Option<Leased>, Refusal> {
    let now = cx.now;
    cx.optional(
        "update notices set mail_leased_until = $2 where id = $1 and mail = 'waiting' \
         and (mail_leased_until is null or mail_leased_until < $3) returning person, subject, lines, inside, href, wall, created_at",
        vec![id.into(), until.into(), now.into()],
    )
    .await?
    .map(|row| {
        Ok(Leased {
            person: row.id("person")?,
            subject: row.text("subject")?,
            lines: row.json("lines")?,
            inside: row.json("inside")?,
            href: row.text("href")?,
            wall: row.id_or_none("wall")?,
            created_at: row.instant("created_at")?,
        })
    })
    .transpose()
}

/// Whether a mail still waits, leased or not.
pub(crate) async fn mail_waits(cx: &mut Cx, id: NoticeId) -> Result<bool, Refusal> {
    let row = cx.optional("select id from notices where id = $1 and mail = 'waiting'", vec![id.into()]).await?;
    Ok(row.is_some())
}

/// What became of a mail: `sent`, `none`, `refused`, or `waiting` for another try.
pub(crate) async fn mail_became(
    cx: &mut Cx,
    id: NoticeId,
    state: &'static str,
    error: Option<&str>,
) -> Result<(), Refusal> {
    let now = cx.now;
    cx.run(
        "update notices set mail = $2, mail_error = $3, mail_at = $4, mail_tries = mail_tries + 1, mail_leased_until = null where id = $1",
        vec![id.into(), state.into(), error.map(str::to_owned).into(), now.into()],
    )
    .await
    .map(|_| ())
}
