//! Lessons, and what is done because of them: with an owner, a day, and a proof.

use db::{Change, Cx};
use kernel::{Attr, Cursor, Date, Instant, Page, Permission, PersonId, Refusal, Resource};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::{
    TEXT_LIMIT,
    input::{Checked, room},
};
use crate::{
    ActionId, IncidentId, can_read,
    incidents::{editable, readable},
    store::{self as incident_store, logbook::actions as store},
};

pub const READ_ACTION: Permission = Permission::new("readIncidentAction", "IncidentAction");
pub const DO_ACTION: Permission = Permission::new("doIncidentAction", "IncidentAction");

/// Rows of an export.
const EXPORT_LIMIT: usize = 10_000;

/// What was learned.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Lesson {
    pub number: i64,
    pub lesson: String,
    pub entered_by_name: String,
    #[schema(value_type = String, format = DateTime)]
    pub entered_at: Instant,
}

/// Something to be done.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Action {
    #[schema(value_type = String, format = Uuid)]
    pub id: ActionId,
    #[schema(value_type = String, format = Uuid)]
    pub incident: IncidentId,
    pub number: i64,
    pub what: String,
    /// The number of the lesson that it follows from.
    pub lesson: Option<i64>,
    #[schema(value_type = String, format = Uuid)]
    pub owner: PersonId,
    pub owner_name: String,
    #[schema(value_type = String, format = Date)]
    pub due: Date,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub done_at: Option<Instant>,
    pub done_by_name: String,
    /// How one can see that it is done.
    pub proof: String,
    pub is_exercise: bool,
    pub revision: i64,
}

impl Action {
    pub(crate) fn resource(&self) -> Resource {
        Resource::new("IncidentAction", self.id).with("owner", Attr::Person(Some(self.owner)))
    }
}

/// An action on the list of all incidents. The incident is named to those who may read it.
#[derive(Debug, Clone)]
pub struct Listed {
    pub action: Action,
    pub incident: Option<crate::Incident>,
    pub can_do: bool,
}

/// An action to enter.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(default)]
pub struct NewAction {
    pub what: String,
    /// The number of the lesson that it follows from.
    pub lesson: Option<i64>,
    /// A person's id; empty is whoever sends it.
    pub owner: String,
    /// As `2026-11-21`.
    pub due: String,
}

/// What the list of all actions shows.
#[derive(Debug, Clone, Default)]
pub struct ActionFilter {
    pub mine: bool,
    pub overdue: bool,
    pub done_too: bool,
}

pub async fn lessons(cx: &mut Cx, id: IncidentId) -> Result<Vec<Lesson>, Refusal> {
    readable(cx, id).await?;
    store::lessons(cx, id).await
}

/// The actions of one incident, what is open first.
pub async fn actions(cx: &mut Cx, id: IncidentId) -> Result<Vec<Action>, Refusal> {
    readable(cx, id).await?;
    store::of_incident(cx, id).await
}

pub async fn learn(cx: &mut Cx, id: IncidentId, lesson: &str) -> Result<i64, Refusal> {
    let incident = editable(cx, id).await?;
    let mut checked = Checked::default();
    let lesson = checked.needed("lesson", lesson, TEXT_LIMIT, "say what was learned");
    checked.done()?;
    let number = store::next_lesson(cx, id).await?;
    room(number)?;
    store::insert_lesson(cx, id, number, lesson).await?;
    cx.record(
        Change::new(
            "incident.lesson_entered",
            "incident",
            id,
            format!("entered a lesson of incident {}", incident.number),
        )
        .behind(id)
        .after(json!({ "number": number, "lesson": lesson })),
    );
    Ok(number)
}

pub async fn plan_action(cx: &mut Cx, id: IncidentId, new: &NewAction) -> Result<ActionId, Refusal> {
    let incident = editable(cx, id).await?;
    let mut checked = Checked::default();
    let what = checked.needed("what", &new.what, TEXT_LIMIT, "say what is to be done");
    let (owner, name) = checked.person(cx, "owner", &new.owner).await?;
    let due = checked.date("due", &new.due);
    let lesson = match new.lesson {
        None => None,
        Some(number) => {
            let found = store::lesson(cx, id, number).await?;
            if found.is_none() {
                checked.wrong("lesson", "choose a lesson of this incident");
            }
            found
        }
    };
    checked.done()?;
    let due = due.ok_or_else(|| Refusal::broken("a problem of an action was not told"))?;
    let number = store::next_number(cx, id).await?;
    room(number)?;
    let row = store::New { number, what, lesson, owner, owner_name: &name, due };
    let action = store::insert(cx, id, &row).await?;
    cx.record(
        Change::new(
            "incident.action_planned",
            "incident",
            id,
            format!("planned action {number} of incident {}", incident.number),
        )
        .behind(id)
        .after(json!({ "number": number, "what": what, "owner": name, "due": due })),
    );
    Ok(action)
}

fn no_action() -> Refusal {
    Refusal::not_found("there is no such action")
}

async fn doable(cx: &mut Cx, id: ActionId) -> Result<Action, Refusal> {
    let action = store::one(cx, id).await?.ok_or_else(no_action)?;
    cx.require(READ_ACTION, &action.resource()).map_err(|_| no_action())?;
    cx.require(DO_ACTION, &action.resource())?;
    Ok(action)
}

/// Marks an action as done. Its owner may, without a right to the incident.
pub async fn finish_action(cx: &mut Cx, id: ActionId, proof: &str, revision: i64) -> Result<Action, Refusal> {
    let action = doable(cx, id).await?;
    let mut checked = Checked::default();
    let proof = checked.needed("proof", proof, TEXT_LIMIT, "say how one can see that it is done");
    checked.done()?;
    if action.done_at.is_some() {
        return Err(Refusal::conflict("this action is done already"));
    }
    if !store::finish(cx, id, proof, revision).await? {
        return Err(Refusal::stale());
    }
    cx.record(
        Change::new("incident.action_done", "incident", action.incident, format!("did action {}", action.number))
            .behind(action.incident)
            .after(json!({ "number": action.number, "proof": proof })),
    );
    Ok(action)
}

/// The id of an action of an incident.
pub async fn action_numbered(cx: &mut Cx, incident: IncidentId, number: i64) -> Result<ActionId, Refusal> {
    readable(cx, incident).await?;
    store::by_number(cx, incident, number).await?.ok_or_else(no_action)
}

/// Gives an open action to somebody else or another day, or opens a done one again.
pub async fn replan_action(
    cx: &mut Cx,
    incident: IncidentId,
    number: i64,
    new: &NewAction,
    revision: i64,
) -> Result<(), Refusal> {
    editable(cx, incident).await?;
    let id = store::by_number(cx, incident, number).await?.ok_or_else(no_action)?;
    let action = doable(cx, id).await?;
    let mut checked = Checked::default();
    let (owner, name) = checked.person(cx, "owner", &new.owner).await?;
    let due = checked.date("due", &new.due);
    checked.done()?;
    let due = due.ok_or_else(|| Refusal::broken("a problem of an action was not told"))?;
    if !store::replan(cx, id, owner, &name, due, revision).await? {
        return Err(Refusal::stale());
    }
    cx.record(
        Change::new(
            "incident.action_replanned",
            "incident",
            incident,
            format!("planned action {} anew", action.number),
        )
        .behind(incident)
        .before(json!({ "owner": action.owner_name, "due": action.due, "done": action.done_at }))
        .after(json!({ "owner": name, "due": due })),
    );
    Ok(())
}

/// Actions over all incidents that the person may see, the earliest day first.
pub async fn all_actions(
    cx: &mut Cx,
    filter: &ActionFilter,
    after: Option<&Cursor>,
    limit: usize,
) -> Result<Page<Listed>, Refusal> {
    cx.require(crate::law::READ_RULES, &Resource::all("Incidents"))?;
    let page = store::list(cx, filter, after, limit).await?;
    let mut known: Vec<(IncidentId, Option<crate::Incident>)> = Vec::new();
    let mut items = Vec::with_capacity(page.items.len());
    for action in page.items {
        // Whoever owns an action and may not read its incident is not even told the number.
        let incident = match known.iter().find(|(id, _)| *id == action.incident) {
            Some((_, incident)) => incident.clone(),
            None => {
                let found = incident_store::one(cx, action.incident).await?.filter(|incident| can_read(cx, incident));
                known.push((action.incident, found.clone()));
                found
            }
        };
        let can_do = cx.allows(DO_ACTION, &action.resource());
        items.push(Listed { action, incident, can_do });
    }
    Ok(Page { items, next: page.next })
}

/// The same for a file.
pub async fn actions_for_export(cx: &mut Cx, filter: &ActionFilter) -> Result<Vec<Listed>, Refusal> {
    Ok(all_actions(cx, filter, None, EXPORT_LIMIT).await?.items)
}
