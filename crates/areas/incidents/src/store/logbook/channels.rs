//! Channels, and who was told.

use db::{Cx, Row};
use kernel::{Instant, Refusal, Uuid, Value};

use crate::{
    ChannelId, IncidentId,
    logbook::{Channel, Told},
};

pub(crate) struct New<'a> {
    pub name: &'a str,
    pub reach: &'a str,
    pub people: &'a str,
    pub independent: bool,
    pub since: Instant,
}

pub(crate) struct NewTold<'a> {
    pub who: &'a str,
    pub what: &'a str,
    pub at: Instant,
    pub by: &'a str,
    pub channel: Option<ChannelId>,
}

pub(crate) async fn next_number(cx: &mut Cx, incident: IncidentId) -> Result<i64, Refusal> {
    cx.one(
        "select coalesce(max(number), 0) + 1 as next from incident_channels where incident = $1",
        vec![incident.into()],
    )
    .await?
    .int("next")
}

pub(crate) async fn insert(cx: &mut Cx, incident: IncidentId, number: i64, new: &New<'_>) -> Result<(), Refusal> {
    let id: ChannelId = cx.new_id();
    let binds = super::row(
        cx,
        vec![
            id.into(),
            incident.into(),
            number.into(),
            new.name.into(),
            new.reach.into(),
            new.people.into(),
            new.independent.into(),
            new.since.into(),
        ],
    );
    cx.run_unique(
        "insert into incident_channels (id, incident, number, name, reach, people, independent, used_since, ended_at, revision, \
         entered_by, entered_by_name, entered_at) values ($1, $2, $3, $4, $5, $6, $7, $8, null, 1, $9, $10, $11)",
        binds,
        Refusal::stale(),
    )
    .await
    .map(|_| ())
}

pub(crate) async fn one(cx: &mut Cx, incident: IncidentId, number: i64) -> Result<Option<Channel>, Refusal> {
    cx.optional(
        "select id, number, name, reach, people, independent, used_since, ended_at, revision from incident_channels where incident = $1 and number = $2",
        vec![incident.into(), number.into()],
    )
    .await?
    .as_ref()
    .map(channel)
    .transpose()
}

pub(crate) async fn all(cx: &mut Cx, incident: IncidentId) -> Result<Vec<Channel>, Refusal> {
    let rows = cx
        .all(
            "select id, number, name, reach, people, independent, used_since, ended_at, revision from incident_channels where incident = $1 \
             order by case when ended_at is null then 0 else 1 end, number limit 1000",
            vec![incident.into()],
        )
        .await?;
    rows.iter().map(channel).collect()
}

pub(crate) async fn end(cx: &mut Cx, id: ChannelId, at: Instant, revision: i64) -> Result<bool, Refusal> {
    let binds: Vec<Value> = vec![id.into(), at.into(), revision.into()];
    let touched = cx
        .run(
            "update incident_channels set ended_at = $2, revision = revision + 1 where id = $1 and revision = $3",
            binds,
        )
        .await?;
    Ok(touched == 1)
}

pub(crate) async fn told_count(cx: &mut Cx, incident: IncidentId) -> Result<i64, Refusal> {
    cx.one("select count(*) as n from incident_told where incident = $1", vec![incident.into()]).await?.int("n")
}

pub(crate) async fn insert_told(cx: &mut Cx, incident: IncidentId, new: &NewTold<'_>) -> Result<(), Refusal> {
    let id: Uuid = cx.new_id();
    let binds = super::row(
        cx,
        vec![
            id.into(),
            incident.into(),
            new.who.into(),
            new.what.into(),
            new.at.into(),
            new.by.into(),
            new.channel.into(),
        ],
    );
    cx.run(
        "insert into incident_told (id, incident, who, what, told_at, told_by, channel, entered_by, entered_by_name, entered_at) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        binds,
    )
    .await
    .map(|_| ())
}

pub(crate) async fn told(cx: &mut Cx, incident: IncidentId) -> Result<Vec<Told>, Refusal> {
    let rows = cx
        .all(
            "select t.who, t.what, t.told_at, t.told_by, t.entered_by_name, c.name as channel from incident_told t \
             left join incident_channels c on c.id = t.channel where t.incident = $1 order by t.told_at desc, t.id desc limit 1000",
            vec![incident.into()],
        )
        .await?;
    rows.iter()
        .map(|row| {
            Ok(Told {
                who: row.text("who")?,
                what: row.text("what")?,
                told_at: row.instant("told_at")?,
                told_by: row.text("told_by")?,
                channel: row.text_or_none("channel")?,
                entered_by_name: row.text("entered_by_name")?,
            })
        })
        .collect()
}

fn channel(row: &Row) -> Result<Channel, Refusal> {
    Ok(Channel {
        id: row.id("id")?,
        number: row.int("number")?,
        name: row.text("name")?,
        reach: row.text("reach")?,
        people: row.text("people")?,
        independent: row.flag("independent")?,
        used_since: row.instant("used_since")?,
        ended_at: row.instant_or_none("ended_at")?,
        revision: row.int("revision")?,
    })
}
