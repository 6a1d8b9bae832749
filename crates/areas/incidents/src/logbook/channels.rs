//! Ways to talk that the attacker does not read, and who was told.

use db::{Change, Cx};
use kernel::{Instant, Refusal};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::{
    LINE_LIMIT, TEXT_LIMIT,
    input::{Checked, room},
};
use crate::{
    ChannelId, IncidentId,
    incidents::{editable, readable},
    store::logbook::channels as store,
};

/// A way to talk.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Channel {
    #[serde(skip)]
    pub id: ChannelId,
    pub number: i64,
    pub name: String,
    /// How one gets onto it: a bridge's number, a group, another mail system.
    pub reach: String,
    /// Who is on it.
    pub people: String,
    /// It does not run on the systems that were hit.
    pub independent: bool,
    #[schema(value_type = String, format = DateTime)]
    pub used_since: Instant,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub ended_at: Option<Instant>,
    pub revision: i64,
}

/// A way to talk, to enter.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(default)]
pub struct NewChannel {
    pub name: String,
    pub reach: String,
    pub people: String,
    pub independent: bool,
    pub used_since: String,
}

/// Somebody who was told.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Told {
    /// A person or a group.
    pub who: String,
    /// What they were told, in a line.
    pub what: String,
    #[schema(value_type = String, format = DateTime)]
    pub told_at: Instant,
    pub told_by: String,
    /// The channel's name.
    pub channel: Option<String>,
    pub entered_by_name: String,
}

/// Somebody who was told, to enter.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(default)]
pub struct NewTold {
    pub who: String,
    pub what: String,
    pub told_at: String,
    /// A name; empty is whoever sends it.
    pub told_by: String,
    /// The channel's number.
    pub channel: Option<i64>,
}

/// The channels, those in use first.
pub async fn channels(cx: &mut Cx, id: IncidentId) -> Result<Vec<Channel>, Refusal> {
    readable(cx, id).await?;
    store::all(cx, id).await
}

/// Who was told, the latest first.
pub async fn told(cx: &mut Cx, id: IncidentId) -> Result<Vec<Told>, Refusal> {
    readable(cx, id).await?;
    store::told(cx, id).await
}

pub async fn open_channel(cx: &mut Cx, id: IncidentId, new: &NewChannel) -> Result<i64, Refusal> {
    let incident = editable(cx, id).await?;
    let mut checked = Checked::default();
    let name = checked.needed("name", &new.name, LINE_LIMIT, "give it a name that people will recognise");
    let reach = checked.needed("reach", &new.reach, TEXT_LIMIT, "say how one gets onto it");
    let people = checked.maybe("people", &new.people, TEXT_LIMIT);
    let since = checked.past(cx, &incident, "used_since", &new.used_since);
    checked.done()?;
    let number = store::next_number(cx, id).await?;
    room(number)?;
    store::insert(cx, id, number, &store::New { name, reach, people, independent: new.independent, since }).await?;
    // How one gets onto it stays out of the trail: whoever reads that need not be on the call.
    cx.record(
        Change::new(
            "incident.channel_opened",
            "incident",
            id,
            format!("opened the channel `{name}` of incident {}", incident.number),
        )
        .behind(id)
        .after(json!({ "number": number, "name": name, "independent": new.independent, "used_since": since })),
    );
    Ok(number)
}

/// It is no longer used, because it was found out or is no longer needed.
pub async fn end_channel(cx: &mut Cx, id: IncidentId, number: i64, revision: i64) -> Result<(), Refusal> {
    let incident = editable(cx, id).await?;
    let channel = store::one(cx, id, number).await?.ok_or_else(|| Refusal::not_found("there is no such channel"))?;
    if channel.ended_at.is_some() {
        return Err(Refusal::conflict("this channel is no longer used already"));
    }
    let now = crate::incidents::now_of(cx, &incident);
    if !store::end(cx, channel.id, now, revision).await? {
        return Err(Refusal::stale());
    }
    let summary = format!("closed the channel `{}` of incident {}", channel.name, incident.number);
    cx.record(Change::new("incident.channel_closed", "incident", id, summary).behind(id).after(number));
    Ok(())
}

pub async fn tell(cx: &mut Cx, id: IncidentId, new: &NewTold) -> Result<(), Refusal> {
    let incident = editable(cx, id).await?;
    let mut checked = Checked::default();
    let who = checked.needed("who", &new.who, LINE_LIMIT, "say who was told");
    let what = checked.maybe("what", &new.what, TEXT_LIMIT);
    let at = checked.past(cx, &incident, "told_at", &new.told_at);
    let by = checked.maybe("told_by", &new.told_by, LINE_LIMIT).to_owned();
    let by = if by.is_empty() { cx.actor.name.clone() } else { by };
    let channel = match new.channel {
        None => None,
        Some(number) => {
            let found = store::one(cx, id, number).await?;
            if found.is_none() {
                checked.wrong("channel", "choose a channel of this incident");
            }
            found.map(|channel| channel.id)
        }
    };
    checked.done()?;
    room(store::told_count(cx, id).await? + 1)?;
    store::insert_told(cx, id, &store::NewTold { who, what, at, by: &by, channel }).await?;
    cx.record(
        Change::new("incident.told", "incident", id, format!("noted who was told of incident {}", incident.number))
            .behind(id)
            .after(json!({ "who": who, "told_at": at, "told_by": by })),
    );
    Ok(())
}
