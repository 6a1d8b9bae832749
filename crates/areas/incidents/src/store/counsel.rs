//! The SQL of work that counsel directs.

use db::{Cx, Row, Select};
use kernel::{Columns, Instant, PersonId, Refusal, Uuid};

use crate::{
    IncidentId, TrackId,
    counsel::{Item, Look, READ, Recipient, Track},
    rules::privilege::{Basis, Kind},
};

const COLUMNS: Columns = Columns {
    kind: "CounselTrack",
    scalars: &[("directed_by", "t.directed_by")],
    people: &[("shared_with", "exists (select 1 from wall_people p where p.wall = t.id and p.person = {person})")],
};

const TRACKS: &str = "select t.id, t.incident, i.number, t.purpose, t.engagement, t.directed_by, t.directed_by_name, t.opened_at, \
     t.closed_at, t.revision from counsel_tracks t join incidents i on i.id = t.incident";

fn limit(most: usize) -> kernel::Value {
    i64::try_from(most).unwrap_or(i64::MAX).into()
}

pub(crate) async fn insert(
    cx: &mut Cx,
    id: TrackId,
    incident: IncidentId,
    purpose: &str,
    engagement: &str,
) -> Result<(), Refusal> {
    let binds = vec![
        id.into(),
        incident.into(),
        purpose.into(),
        engagement.into(),
        cx.actor.person.into(),
        cx.actor.name.clone().into(),
        cx.now.into(),
    ];
    cx.run(
        "insert into counsel_tracks (id, incident, purpose, engagement, directed_by, directed_by_name, opened_at, revision) \
         values ($1, $2, $3, $4, $5, $6, $7, 1)",
        binds,
    )
    .await
    .map(|_| ())
}

pub(crate) async fn one(cx: &mut Cx, id: TrackId) -> Result<Option<Track>, Refusal> {
    let select = Select::new(TRACKS).and("t.id = {0}", vec![id.into()]);
    cx.select(select).await?.first().map(track).transpose()
}

pub(crate) async fn list(cx: &mut Cx, incident: Option<IncidentId>, most: usize) -> Result<Vec<Track>, Refusal> {
    let select = Select::new(TRACKS)
        .allowed(cx.condition(READ, &COLUMNS))
        .and_some("t.incident = {0}", incident.map(kernel::Value::from))
        .tail("order by t.id desc limit {0}", vec![limit(most)]);
    cx.select(select).await?.iter().map(track).collect()
}

pub(crate) async fn name(
    cx: &mut Cx,
    track: TrackId,
    person: PersonId,
    name: &str,
    reason: &str,
) -> Result<(), Refusal> {
    let id: Uuid = cx.new_id();
    let binds = vec![
        id.into(),
        track.into(),
        person.into(),
        name.into(),
        reason.into(),
        cx.actor.name.clone().into(),
        cx.now.into(),
    ];
    cx.run(
        "insert into counsel_recipients (id, track, person, person_name, reason, named_by_name, named_at, ended_why) \
         values ($1, $2, $3, $4, $5, $6, $7, '')",
        binds,
    )
    .await
    .map(|_| ())
}

pub(crate) async fn end(cx: &mut Cx, track: TrackId, person: PersonId, why: &str) -> Result<(), Refusal> {
    cx.run(
        "update counsel_recipients set ended_at = $3, ended_why = $4 where track = $1 and person = $2 and ended_at is null",
        vec![track.into(), person.into(), cx.now.into(), why.into()],
    )
    .await
    .map(|_| ())
}

pub(crate) async fn recipients(cx: &mut Cx, track: TrackId) -> Result<Vec<Recipient>, Refusal> {
    let rows = cx
        .all(
            "select person, person_name, reason, named_by_name, named_at, ended_at, ended_why from counsel_recipients \
             where track = $1 order by named_at, person_name, id",
            vec![track.into()],
        )
        .await?;
    rows.iter()
        .map(|row| {
            Ok(Recipient {
                person: row.id("person")?,
                name: row.text("person_name")?,
                reason: row.text("reason")?,
                named_by: row.text("named_by_name")?,
                named_at: row.instant("named_at")?,
                ended_at: row.instant_or_none("ended_at")?,
                ended_why: row.text("ended_why")?,
            })
        })
        .collect()
}

pub(crate) async fn hand_over(
    cx: &mut Cx,
    track: TrackId,
    to: PersonId,
    name: &str,
    revision: i64,
) -> Result<bool, Refusal> {
    let changed = cx
        .run(
            "update counsel_tracks set directed_by = $2, directed_by_name = $3, revision = revision + 1 where id = $1 and revision = $4",
            vec![track.into(), to.into(), name.into(), revision.into()],
        )
        .await?;
    Ok(changed == 1)
}

pub(crate) async fn keep(
    cx: &mut Cx,
    track: TrackId,
    purpose: &str,
    engagement: &str,
    closed_at: Option<Instant>,
    revision: i64,
) -> Result<bool, Refusal> {
    let changed = cx
        .run(
            "update counsel_tracks set purpose = $2, engagement = $3, closed_at = $4, revision = revision + 1 where id = $1 and revision = $5",
            vec![track.into(), purpose.into(), engagement.into(), closed_at.into(), revision.into()],
        )
        .await?;
    Ok(changed == 1)
}

pub(crate) async fn next_item(cx: &mut Cx, track: TrackId) -> Result<i64, Refusal> {
    cx.one("select coalesce(max(number), 0) + 1 as next from counsel_items where track = $1", vec![track.into()])
        .await?
        .int("next")
}

pub(crate) async fn insert_item(
    cx: &mut Cx,
    track: TrackId,
    number: i64,
    kind: Kind,
    basis: Basis,
    description: &str,
    text: &str,
) -> Result<(), Refusal> {
    let id: Uuid = cx.new_id();
    let binds = vec![
        id.into(),
        track.into(),
        number.into(),
        kind.as_str().into(),
        basis.as_str().into(),
        description.into(),
        text.into(),
        cx.actor.person.into(),
        cx.actor.name.clone().into(),
        cx.now.into(),
    ];
    cx.run_unique(
        "insert into counsel_items (id, track, number, kind, basis, description, text, author, author_name, written_at) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        binds,
        Refusal::stale(),
    )
    .await
    .map(|_| ())
}

pub(crate) async fn items(cx: &mut Cx, track: TrackId, most: usize) -> Result<Vec<Item>, Refusal> {
    let rows = cx
        .all(
            "select number, kind, basis, description, text, author_name, written_at from counsel_items \
             where track = $1 order by number desc limit $2",
            vec![track.into(), limit(most)],
        )
        .await?;
    rows.iter()
        .map(|row| {
            Ok(Item {
                number: row.int("number")?,
                kind: row.word("kind")?,
                basis: row.word("basis")?,
                description: row.text("description")?,
                text: row.text("text")?,
                author: row.text("author_name")?,
                written_at: row.instant("written_at")?,
            })
        })
        .collect()
}

pub(crate) async fn insert_look(cx: &mut Cx, track: TrackId) -> Result<(), Refusal> {
    let id: Uuid = cx.new_id();
    let binds = vec![id.into(), track.into(), cx.actor.person.into(), cx.actor.name.clone().into(), cx.now.into()];
    cx.run("insert into counsel_reads (id, track, person, person_name, read_at) values ($1, $2, $3, $4, $5)", binds)
        .await
        .map(|_| ())
}

pub(crate) async fn looked_since(cx: &mut Cx, track: TrackId, since: Instant) -> Result<bool, Refusal> {
    let row = cx
        .optional(
            "select id from counsel_reads where track = $1 and person = $2 and read_at > $3 limit 1",
            vec![track.into(), cx.actor.person.into(), since.into()],
        )
        .await?;
    Ok(row.is_some())
}

pub(crate) async fn looks(cx: &mut Cx, track: TrackId, most: usize) -> Result<Vec<Look>, Refusal> {
    let rows = cx
        .all(
            "select person, person_name, read_at from counsel_reads where track = $1 order by id desc limit $2",
            vec![track.into(), limit(most)],
        )
        .await?;
    rows.iter()
        .map(|row| Ok(Look { person: row.id("person")?, name: row.text("person_name")?, at: row.instant("read_at")? }))
        .collect()
}

fn track(row: &Row) -> Result<Track, Refusal> {
    Ok(Track {
        id: row.id("id")?,
        incident: row.id("incident")?,
        number: row.int("number")?,
        purpose: row.text("purpose")?,
        engagement: row.text("engagement")?,
        directed_by: row.id("directed_by")?,
        directed_by_name: row.text("directed_by_name")?,
        opened_at: row.instant("opened_at")?,
        closed_at: row.instant_or_none("closed_at")?,
        revision: row.int("revision")?,
    })
}
