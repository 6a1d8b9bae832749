//! API tokens.

use db::{Cx, Row};
use kernel::{PersonId, Refusal};

use crate::model::{ApiToken, TokenId};

fn token(row: &Row) -> Result<ApiToken, Refusal> {
    Ok(ApiToken {
        id: row.id("id")?,
        name: row.text("name")?,
        read_only: row.flag("read_only")?,
        created_at: row.instant("created_at")?,
        expires_at: row.instant("expires_at")?,
        last_used_at: row.instant_or_none("last_used_at")?,
        revoked_at: row.instant_or_none("revoked_at")?,
    })
}

pub(crate) async fn insert(cx: &mut Cx, person: PersonId, hash: Vec<u8>, new: &ApiToken) -> Result<(), Refusal> {
    let binds = vec![
        new.id.into(),
        hash.into(),
        person.into(),
        (&new.name).into(),
        new.read_only.into(),
        new.created_at.into(),
        new.expires_at.into(),
    ];
    cx.run(
        "insert into api_tokens (id, sha256, person, name, read_only, created_at, expires_at) values ($1, $2, $3, $4, $5, $6, $7)",
        binds,
    )
    .await
    .map(|_| ())
}

pub(crate) async fn of_person(cx: &mut Cx, person: PersonId) -> Result<Vec<ApiToken>, Refusal> {
    let rows = cx
        .all(
            "select id, name, read_only, created_at, expires_at, last_used_at, revoked_at from api_tokens \
             where person = $1 and revoked_at is null order by created_at desc",
            vec![person.into()],
        )
        .await?;
    rows.iter().map(token).collect()
}

pub(crate) async fn by_id(cx: &mut Cx, id: TokenId) -> Result<Option<(PersonId, ApiToken)>, Refusal> {
    let row = cx
        .optional(
            "select id, person, name, read_only, created_at, expires_at, last_used_at, revoked_at from api_tokens where id = $1",
            vec![id.into()],
        )
        .await?;
    row.map(|row| Ok((row.id("person")?, token(&row)?))).transpose()
}

pub(crate) async fn revoke(cx: &mut Cx, id: TokenId) -> Result<bool, Refusal> {
    let now = cx.now;
    Ok(cx
        .run("update api_tokens set revoked_at = $2 where id = $1 and revoked_at is null", vec![id.into(), now.into()])
        .await?
        == 1)
}

pub(crate) async fn revoke_all(cx: &mut Cx, person: PersonId) -> Result<u64, Refusal> {
    let now = cx.now;
    cx.run(
        "update api_tokens set revoked_at = $2 where person = $1 and revoked_at is null",
        vec![person.into(), now.into()],
    )
    .await
}

/// One row per side of the person, or one without; the person's columns are in each.
pub(crate) async fn with_person(cx: &mut Cx, hash: Vec<u8>) -> Result<Vec<Row>, Refusal> {
    cx.all(
        "select t.id as token, t.read_only, t.expires_at, t.last_used_at, p.id, p.name, p.administrator, p.active, p.access_until, \
         p.totp_confirmed, ps.side from api_tokens t join people p on p.id = t.person left join person_sides ps on ps.person = p.id \
         where t.sha256 = $1 and t.revoked_at is null",
        vec![hash.into()],
    )
    .await
}

pub(crate) async fn touch(cx: &mut Cx, id: TokenId) -> Result<(), Refusal> {
    let now = cx.now;
    cx.run("update api_tokens set last_used_at = $2 where id = $1", vec![id.into(), now.into()]).await.map(|_| ())
}
