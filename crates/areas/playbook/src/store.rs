//! The area's SQL.

use db::{Cx, Row};
use kernel::{Refusal, Value};

use crate::{Listed, PlaybookId, Version, VersionId, VersionLine};

pub(crate) struct NewVersion<'a> {
    pub id: VersionId,
    pub playbook: PlaybookId,
    pub number: i64,
    pub body: &'a str,
    pub note: &'a str,
}

pub(crate) async fn list(cx: &mut Cx) -> Result<Vec<Listed>, Refusal> {
    let rows = cx
        .all(
            "select p.id, p.name, p.archived, p.revision, v.id as version, v.created_at, v.created_by_name \
             from playbooks p join playbook_versions v on v.playbook = p.id and v.number = p.revision order by p.archived, p.id",
            vec![],
        )
        .await?;
    rows.iter()
        .map(|row| {
            Ok(Listed {
                id: row.id("id")?,
                name: row.text("name")?,
                archived: row.flag("archived")?,
                number: row.int("revision")?,
                version: row.id("version")?,
                changed_at: row.instant("created_at")?,
                changed_by: row.text("created_by_name")?,
            })
        })
        .collect()
}

pub(crate) async fn any(cx: &mut Cx) -> Result<bool, Refusal> {
    Ok(cx.optional("select id from playbooks limit 1", vec![]).await?.is_some())
}

pub(crate) async fn oldest_in_use(cx: &mut Cx) -> Result<Option<PlaybookId>, Refusal> {
    let rows = cx.all("select id from playbooks where archived = $1 order by id limit 1", vec![false.into()]).await?;
    rows.first().map(|row| row.id("id")).transpose()
}

pub(crate) async fn insert(cx: &mut Cx, id: PlaybookId, name: &str, taken: Refusal) -> Result<(), Refusal> {
    cx.run_unique(
        "insert into playbooks (id, name, name_folded, archived, revision) values ($1, $2, $3, $4, 1)",
        vec![id.into(), name.into(), folded(name).into(), false.into()],
        taken,
    )
    .await
    .map(|_| ())
}

/// Moves the current version on from `expected`; says whether it stood there.
pub(crate) async fn advance(cx: &mut Cx, id: PlaybookId, expected: i64) -> Result<bool, Refusal> {
    let touched = cx
        .run(
            "update playbooks set revision = revision + 1 where id = $1 and revision = $2",
            vec![id.into(), expected.into()],
        )
        .await?;
    Ok(touched == 1)
}

/// Says whether there was such a playbook in the other state.
pub(crate) async fn set_archived(cx: &mut Cx, id: PlaybookId, archived: bool) -> Result<bool, Refusal> {
    let touched = cx
        .run("update playbooks set archived = $2 where id = $1 and archived <> $2", vec![id.into(), archived.into()])
        .await?;
    Ok(touched == 1)
}

pub(crate) async fn in_use_besides(cx: &mut Cx, id: PlaybookId) -> Result<bool, Refusal> {
    let row = cx
        .optional("select id from playbooks where archived = $1 and id <> $2 limit 1", vec![false.into(), id.into()])
        .await?;
    Ok(row.is_some())
}

pub(crate) async fn insert_version(cx: &mut Cx, new: NewVersion<'_>) -> Result<(), Refusal> {
    let binds: Vec<Value> = vec![
        new.id.into(),
        new.playbook.into(),
        new.number.into(),
        new.body.into(),
        new.note.into(),
        cx.actor.person.into(),
        cx.actor.name.clone().into(),
        cx.now.into(),
    ];
    cx.run_unique(
        "insert into playbook_versions (id, playbook, number, body, note, created_by, created_by_name, created_at) \
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        binds,
        Refusal::stale(),
    )
    .await
    .map(|_| ())
}

pub(crate) async fn current(cx: &mut Cx, id: PlaybookId) -> Result<Option<Version>, Refusal> {
    cx.optional(
        "select v.id, v.playbook, p.name, p.archived, p.revision, v.number, v.body, v.note, v.created_by, v.created_by_name, v.created_at \
         from playbooks p join playbook_versions v on v.playbook = p.id and v.number = p.revision where p.id = $1",
        vec![id.into()],
    )
    .await?
    .as_ref()
    .map(version_of)
    .transpose()
}

pub(crate) async fn version(cx: &mut Cx, id: VersionId) -> Result<Option<Version>, Refusal> {
    cx.optional(
        "select v.id, v.playbook, p.name, p.archived, p.revision, v.number, v.body, v.note, v.created_by, v.created_by_name, v.created_at \
         from playbook_versions v join playbooks p on p.id = v.playbook where v.id = $1",
        vec![id.into()],
    )
    .await?
    .as_ref()
    .map(version_of)
    .transpose()
}

pub(crate) async fn numbered(cx: &mut Cx, playbook: PlaybookId, number: i64) -> Result<Option<Version>, Refusal> {
    let row = cx
        .optional(
            "select id from playbook_versions where playbook = $1 and number = $2",
            vec![playbook.into(), number.into()],
        )
        .await?;
    match row {
        Some(row) => version(cx, row.id("id")?).await,
        None => Ok(None),
    }
}

pub(crate) async fn versions(cx: &mut Cx, playbook: PlaybookId) -> Result<Vec<VersionLine>, Refusal> {
    let rows = cx
        .all(
            "select id, number, note, created_by_name, created_at from playbook_versions where playbook = $1 order by number desc limit 1000",
            vec![playbook.into()],
        )
        .await?;
    rows.iter()
        .map(|row| {
            Ok(VersionLine {
                id: row.id("id")?,
                number: row.int("number")?,
                note: row.text("note")?,
                created_by_name: row.text("created_by_name")?,
                created_at: row.instant("created_at")?,
            })
        })
        .collect()
}

fn version_of(row: &Row) -> Result<Version, Refusal> {
    let number = row.int("number")?;
    Ok(Version {
        id: row.id("id")?,
        playbook: row.id("playbook")?,
        playbook_name: row.text("name")?,
        archived: row.flag("archived")?,
        number,
        is_current: number == row.int("revision")?,
        body: row.json("body")?,
        note: row.text("note")?,
        created_by: row.id("created_by")?,
        created_by_name: row.text("created_by_name")?,
        created_at: row.instant("created_at")?,
    })
}

/// Two names that a reader takes for one are one.
fn folded(name: &str) -> String {
    name.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}
