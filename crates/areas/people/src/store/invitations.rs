//! Invitations, and links for a new password.

use std::collections::BTreeSet;

use db::{Cx, Row};
use kernel::{PersonId, Refusal, Side};

use crate::{
    model::{Invitation, InvitationId},
    rules::email::fold,
};

fn invitation(row: &Row) -> Result<Invitation, Refusal> {
    let sides: Result<BTreeSet<Side>, _> = row.text("sides")?.split_whitespace().map(str::parse).collect();
    Ok(Invitation {
        id: row.id("id")?,
        person: row.id_or_none("person")?,
        email: row.text("email")?,
        name: row.text("name")?,
        title: row.text("title")?,
        department: row.text("department")?,
        sides: sides.map_err(Refusal::broken)?,
        administrator: row.flag("administrator")?,
        access_until: row.date_or_none("access_until")?,
        invited_by_name: row.text("invited_by_name")?,
        expires_at: row.instant("expires_at")?,
    })
}

pub(crate) async fn insert(cx: &mut Cx, hash: Vec<u8>, new: &Invitation) -> Result<(), Refusal> {
    let sides: Vec<&str> = new.sides.iter().map(|side| side.as_str()).collect();
    let binds = vec![
        new.id.into(),
        hash.into(),
        new.person.into(),
        (&new.email).into(),
        fold(&new.email).into(),
        (&new.name).into(),
        (&new.title).into(),
        (&new.department).into(),
        sides.join(" ").into(),
        new.administrator.into(),
        new.access_until.into(),
        cx.actor.person.into(),
        cx.now.into(),
        new.expires_at.into(),
    ];
    cx.run(
        "insert into invitations (id, sha256, person, email, email_folded, name, title, department, sides, administrator, access_until, invited_by, \
         created_at, expires_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
        binds,
    )
    .await
    .map(|_| ())
}

/// The invitation behind a link, while it can be taken up.
pub(crate) async fn open_by_hash(cx: &mut Cx, hash: Vec<u8>) -> Result<Option<Invitation>, Refusal> {
    let now = cx.now;
    cx.optional(
        "select i.id, i.person, i.email, i.name, i.title, i.department, i.sides, i.administrator, i.access_until, i.expires_at, \
         coalesce(p.name, 'Countersign') as invited_by_name from invitations i left join people p on p.id = i.invited_by \
         where i.sha256 = $1 and i.used_at is null and i.withdrawn_at is null and i.expires_at > $2",
        vec![hash.into(), now.into()],
    )
    .await?
    .as_ref()
    .map(invitation)
    .transpose()
}

/// The invitations of new people that wait, the newest first.
pub(crate) async fn open(cx: &mut Cx) -> Result<Vec<Invitation>, Refusal> {
    let now = cx.now;
    let rows = cx
        .all(
            "select i.id, i.person, i.email, i.name, i.title, i.department, i.sides, i.administrator, i.access_until, i.expires_at, \
             coalesce(p.name, 'Countersign') as invited_by_name from invitations i left join people p on p.id = i.invited_by \
             where i.person is null and i.used_at is null and i.withdrawn_at is null and i.expires_at > $1 order by i.created_at desc limit 200",
            vec![now.into()],
        )
        .await?;
    rows.iter().map(invitation).collect()
}

/// Marks it as taken up. Two requests with one link: one of them comes through.
pub(crate) async fn take(cx: &mut Cx, id: InvitationId) -> Result<bool, Refusal> {
    let now = cx.now;
    let binds = vec![id.into(), now.into()];
    let changed = cx
        .run("update invitations set used_at = $2 where id = $1 and used_at is null and withdrawn_at is null and expires_at > $2", binds)
        .await?;
    Ok(changed == 1)
}

pub(crate) async fn withdraw(cx: &mut Cx, id: InvitationId) -> Result<Option<String>, Refusal> {
    let now = cx.now;
    let binds = vec![id.into(), now.into()];
    cx.optional(
        "update invitations set withdrawn_at = $2 where id = $1 and used_at is null and withdrawn_at is null returning email",
        binds,
    )
    .await?
    .map(|row| row.text("email"))
    .transpose()
}

/// Withdraws what waits for this address: only the newest link holds.
pub(crate) async fn withdraw_for_email(cx: &mut Cx, folded: &str) -> Result<(), Refusal> {
    let now = cx.now;
    let binds = vec![folded.into(), now.into()];
    cx.run(
        "update invitations set withdrawn_at = $2 where email_folded = $1 and used_at is null and withdrawn_at is null",
        binds,
    )
    .await
    .map(|_| ())
}

/// Withdraws the links for a new password of this person.
pub(crate) async fn withdraw_for_person(cx: &mut Cx, person: PersonId) -> Result<(), Refusal> {
    let now = cx.now;
    let binds = vec![person.into(), now.into()];
    cx.run(
        "update invitations set withdrawn_at = $2 where person = $1 and used_at is null and withdrawn_at is null",
        binds,
    )
    .await
    .map(|_| ())
}
