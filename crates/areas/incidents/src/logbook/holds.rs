//! Legal holds. Legal issues one; its custodians read its words, which say nothing of the incident, and acknowledge it.

use db::{Change, Cx};
use kernel::{Attr, Instant, Permission, PersonId, Refusal, Resource, Side};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::{
    LINE_LIMIT, TEXT_LIMIT,
    input::{Checked, room},
};
use crate::{
    HoldId, Incident, IncidentId,
    incidents::{now_of, readable, resource},
    store::logbook::holds as store,
};

pub const ISSUE_HOLD: Permission = Permission::new("issueHold", "Incident");
pub const READ_HOLD: Permission = Permission::new("readHold", "IncidentHold");
pub const ACKNOWLEDGE_HOLD: Permission = Permission::new("acknowledgeHold", "IncidentHold");

/// People whom one hold can name.
const CUSTODIANS_LIMIT: usize = 500;
/// Of one's own holds, the newest.
pub(crate) const OWN_LIMIT: i64 = 200;

/// A legal hold.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Hold {
    #[serde(skip)]
    pub id: HoldId,
    /// Counts all holds, of whatever incident.
    pub number: i64,
    pub title: String,
    /// What is to be kept: systems, mailboxes, papers.
    pub keep: String,
    /// Of which time.
    pub period: String,
    /// Why, in words that say nothing of the incident.
    pub why: String,
    pub issued_by_name: String,
    #[schema(value_type = String, format = DateTime)]
    pub issued_at: Instant,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub released_at: Option<Instant>,
    pub released_by_name: String,
    pub released_why: String,
    pub revision: i64,
}

/// Somebody who keeps what a hold names.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Custodian {
    #[schema(value_type = String, format = Uuid)]
    pub person: PersonId,
    pub person_name: String,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub acknowledged_at: Option<Instant>,
}

/// A hold with the people that it binds.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct HoldView {
    #[serde(flatten)]
    pub hold: Hold,
    pub custodians: Vec<Custodian>,
}

impl HoldView {
    pub fn acknowledged(&self) -> usize {
        self.custodians.iter().filter(|custodian| custodian.acknowledged_at.is_some()).count()
    }
}

/// A hold as its custodian sees it.
#[derive(Debug, Clone)]
pub struct OwnHold {
    pub hold: Hold,
    pub acknowledged_at: Option<Instant>,
    pub is_exercise: bool,
}

/// A hold to issue.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct NewHold {
    pub title: String,
    pub keep: String,
    pub period: String,
    pub why: String,
    /// Ids of people.
    pub custodians: Vec<String>,
}

/// Whether the person may issue and release holds of this incident.
pub fn can_hold(cx: &Cx, incident: &Incident) -> bool {
    cx.allows(ISSUE_HOLD, &resource(incident))
}

async fn holdable(cx: &mut Cx, id: IncidentId) -> Result<Incident, Refusal> {
    let incident = readable(cx, id).await?;
    cx.require(ISSUE_HOLD, &resource(&incident))?;
    Ok(incident)
}

/// Refuses whoever may not issue a hold, before a form is looked at.
pub async fn ensure_holdable(cx: &mut Cx, id: IncidentId) -> Result<(), Refusal> {
    holdable(cx, id).await.map(|_| ())
}

/// The holds of an incident, those that stand first.
pub async fn holds(cx: &mut Cx, id: IncidentId) -> Result<Vec<HoldView>, Refusal> {
    readable(cx, id).await?;
    let mut custodians = store::custodians(cx, id).await?;
    let holds = store::all(cx, id).await?;
    Ok(holds
        .into_iter()
        .map(|hold| HoldView { custodians: custodians.remove(&hold.id).unwrap_or_default(), hold })
        .collect())
}

/// Issues a hold, and says its number.
pub async fn issue_hold(cx: &mut Cx, id: IncidentId, new: &NewHold) -> Result<i64, Refusal> {
    let incident = holdable(cx, id).await?;
    let mut checked = Checked::default();
    let title = checked.needed("title", &new.title, LINE_LIMIT, "give it a title that says nothing of the incident");
    let keep = checked.needed("keep", &new.keep, TEXT_LIMIT, "say what is to be kept");
    let period = checked.maybe("period", &new.period, LINE_LIMIT);
    let why = checked.needed("why", &new.why, TEXT_LIMIT, "say why, in words that say nothing of the incident");
    if new.custodians.is_empty() {
        checked.wrong("custodians", "name at least one person who keeps it");
    }
    let people = chosen(cx, &mut checked, &new.custodians).await?;
    checked.done()?;
    let hold: HoldId = cx.new_id();
    let number = store::next_number(cx).await?;
    room(store::count(cx, id).await? + 1)?;
    let now = now_of(cx, &incident);
    store::insert(cx, hold, id, number, &store::New { title, keep, period, why, at: now }).await?;
    for (person, name) in &people {
        store::insert_custodian(cx, hold, *person, name).await?;
    }
    let names: Vec<&str> = people.iter().map(|(_, name)| name.as_str()).collect();
    cx.record(
        Change::new(
            "incident.hold_issued",
            "incident",
            id,
            format!("issued legal hold {number} for incident {}", incident.number),
        )
        .behind(id)
        .side(Side::Legal)
        .after(json!({ "number": number, "title": title, "keep": keep, "period": period, "custodians": names })),
    );
    Ok(number)
}

/// The people chosen, each once. A vendor's contact has no way to read a hold.
async fn chosen(cx: &mut Cx, checked: &mut Checked, ids: &[String]) -> Result<Vec<(PersonId, String)>, Refusal> {
    if ids.len() > CUSTODIANS_LIMIT {
        checked.wrong("custodians", format!("at most {CUSTODIANS_LIMIT} people"));
        return Ok(Vec::new());
    }
    let known = people::people_to_choose_from(cx).await?;
    let mut out: Vec<(PersonId, String)> = Vec::new();
    for text in ids {
        let found = text.parse::<PersonId>().ok().and_then(|id| known.iter().find(|person| person.id == id));
        match found {
            Some(person) if person.sides.contains(&Side::Vendor) => {
                checked.wrong("custodians", format!("{} works for a vendor: write to the vendor instead", person.name));
            }
            Some(person) if out.iter().any(|(id, _)| *id == person.id) => {}
            Some(person) => out.push((person.id, person.name.clone())),
            None => checked.wrong("custodians", "choose people who work here"),
        }
    }
    Ok(out)
}

/// Binds more people to a hold that stands.
pub async fn add_custodians(cx: &mut Cx, id: IncidentId, number: i64, ids: &[String]) -> Result<(), Refusal> {
    let incident = holdable(cx, id).await?;
    let hold = store::one(cx, id, number).await?.ok_or_else(no_hold)?;
    if hold.released_at.is_some() {
        return Err(Refusal::conflict("this hold was released").hint("issue a new one"));
    }
    let mut checked = Checked::default();
    if ids.is_empty() {
        checked.wrong("custodians", "name at least one person who keeps it");
    }
    let people = chosen(cx, &mut checked, ids).await?;
    let bound = store::custodians(cx, id).await?.remove(&hold.id).unwrap_or_default();
    if bound.len() + people.len() > CUSTODIANS_LIMIT {
        checked.wrong("custodians", format!("at most {CUSTODIANS_LIMIT} people"));
    }
    checked.done()?;
    for (person, name) in &people {
        store::insert_custodian(cx, hold.id, *person, name).await?;
    }
    let names: Vec<&str> = people.iter().map(|(_, name)| name.as_str()).collect();
    cx.record(
        Change::new(
            "incident.hold_widened",
            "incident",
            id,
            format!("named more people in legal hold {number} of incident {}", incident.number),
        )
        .behind(id)
        .side(Side::Legal)
        .after(json!({ "number": number, "custodians": names })),
    );
    Ok(())
}

fn no_hold() -> Refusal {
    Refusal::not_found("there is no such hold")
}

/// Ends a hold: from now on its custodians keep only what other rules ask for.
pub async fn release_hold(cx: &mut Cx, id: IncidentId, number: i64, why: &str, revision: i64) -> Result<(), Refusal> {
    let incident = holdable(cx, id).await?;
    let hold = store::one(cx, id, number).await?.ok_or_else(no_hold)?;
    let mut checked = Checked::default();
    let why = checked.needed("why", why, TEXT_LIMIT, "say why it can be released");
    checked.done()?;
    if hold.released_at.is_some() {
        return Err(Refusal::conflict("this hold was released already"));
    }
    let now = now_of(cx, &incident);
    if !store::release(cx, hold.id, now, why, revision).await? {
        return Err(Refusal::stale());
    }
    cx.record(
        Change::new(
            "incident.hold_released",
            "incident",
            id,
            format!("released legal hold {number} of incident {}", incident.number),
        )
        .behind(id)
        .side(Side::Legal)
        .after(json!({ "number": number, "why": why })),
    );
    Ok(())
}

/// The holds that bind whoever asks, those that wait for an acknowledgement first.
pub async fn own_holds(cx: &mut Cx) -> Result<Vec<OwnHold>, Refusal> {
    cx.require(crate::law::READ_RULES, &Resource::all("Incidents"))?;
    store::own(cx).await
}

/// Somebody has read a hold and keeps what it names. Said once; saying it again changes nothing.
pub async fn acknowledge(cx: &mut Cx, hold: HoldId) -> Result<(), Refusal> {
    let person = cx.actor.person;
    let bound = Resource::new("IncidentHold", hold).with("custodian", Attr::Person(Some(person)));
    let (incident, found, acknowledged) = store::bound(cx, hold, person).await?.ok_or_else(no_hold)?;
    cx.require(READ_HOLD, &bound).map_err(|_| no_hold())?;
    cx.require(ACKNOWLEDGE_HOLD, &bound)?;
    if acknowledged.is_some() {
        return Ok(());
    }
    if found.released_at.is_some() {
        return Err(Refusal::conflict("this hold was released: there is nothing to acknowledge any more"));
    }
    store::acknowledge(cx, hold, person).await?;
    let summary = format!("acknowledged legal hold {}", found.number);
    cx.record(
        Change::new("incident.hold_acknowledged", "incident", incident, summary).behind(incident).after(found.number),
    );
    Ok(())
}
