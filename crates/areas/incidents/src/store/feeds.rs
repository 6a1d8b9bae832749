//! Secret addresses of calendars.

use db::{Cx, Row};
use kernel::{PersonId, Refusal, Value};

use crate::feeds::{Feed, FeedId};

fn feed(row: &Row) -> Result<Feed, Refusal> {
    Ok(Feed {
        id: row.id("id")?,
        person: row.id("person")?,
        created_at: row.instant("created_at")?,
        last_used_at: row.instant_or_none("last_used_at")?,
    })
}

pub(crate) async fn insert(cx: &mut Cx, sha256: Vec<u8>) -> Result<FeedId, Refusal> {
    let id: FeedId = cx.new_id();
    let binds: Vec<Value> = vec![id.into(), sha256.into(), cx.actor.person.into(), cx.now.into()];
    cx.run("insert into incident_feeds (id, sha256, person, created_at) values ($1, $2, $3, $4)", binds).await?;
    Ok(id)
}

/// Those that were not revoked, the newest first.
pub(crate) async fn of_person(cx: &mut Cx, person: PersonId) -> Result<Vec<Feed>, Refusal> {
    let rows = cx
        .all(
            "select id, person, created_at, last_used_at from incident_feeds where person = $1 and revoked_at is null \
             order by created_at desc, id desc",
            vec![person.into()],
        )
        .await?;
    rows.iter().map(feed).collect()
}

pub(crate) async fn by_hash(cx: &mut Cx, sha256: Vec<u8>) -> Result<Option<Feed>, Refusal> {
    cx.optional(
        "select id, person, created_at, last_used_at from incident_feeds where sha256 = $1 and revoked_at is null",
        vec![sha256.into()],
    )
    .await?
    .as_ref()
    .map(feed)
    .transpose()
}

/// Says whether there was one of this person's own.
pub(crate) async fn revoke(cx: &mut Cx, id: FeedId, person: PersonId) -> Result<bool, Refusal> {
    let now = cx.now;
    Ok(cx
        .run(
            "update incident_feeds set revoked_at = $3 where id = $1 and person = $2 and revoked_at is null",
            vec![id.into(), person.into(), now.into()],
        )
        .await?
        == 1)
}

pub(crate) async fn touch(cx: &mut Cx, id: FeedId) -> Result<(), Refusal> {
    let now = cx.now;
    cx.run("update incident_feeds set last_used_at = $2 where id = $1", vec![id.into(), now.into()]).await.map(|_| ())
}
