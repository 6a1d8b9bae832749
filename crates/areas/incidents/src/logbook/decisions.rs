//! Decisions of the ordinary track, with their reasons. One is never changed; a later one revokes it.

use db::{Change, Cx};
use kernel::{Instant, PersonId, Refusal};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::{
    TEXT_LIMIT,
    input::{Checked, room},
};
use crate::{
    IncidentId,
    incidents::{editable, readable},
    store::logbook::decisions as store,
};

/// A decision as it was taken.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Decision {
    /// Counts the decisions of the incident from 1.
    pub number: i64,
    pub what: String,
    pub why: String,
    /// What else was considered.
    pub alternatives: String,
    #[schema(value_type = String, format = Uuid)]
    pub decided_by: PersonId,
    pub decided_by_name: String,
    #[schema(value_type = String, format = DateTime)]
    pub decided_at: Instant,
    /// The earlier decision that this one takes back.
    pub revokes: Option<i64>,
    /// The later decision that takes this one back.
    pub revoked_by: Option<i64>,
    pub entered_by_name: String,
    #[schema(value_type = String, format = DateTime)]
    pub entered_at: Instant,
}

/// A decision to enter.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(default)]
pub struct NewDecision {
    #[schema(max_length = 4000)]
    pub what: String,
    #[schema(max_length = 4000)]
    pub why: String,
    /// What else was considered.
    #[schema(max_length = 4000)]
    pub alternatives: String,
    /// A person's id; empty is whoever sends it.
    pub decided_by: String,
    /// RFC 3339, or local in the organisation's zone; empty is now.
    pub decided_at: String,
    /// The number of an earlier decision that this one takes back.
    pub revokes: Option<i64>,
}

/// Decisions, the newest first.
pub async fn decisions(cx: &mut Cx, id: IncidentId) -> Result<Vec<Decision>, Refusal> {
    readable(cx, id).await?;
    store::all(cx, id).await
}

/// Enters a decision, and says its number.
pub async fn decide(cx: &mut Cx, id: IncidentId, new: &NewDecision) -> Result<i64, Refusal> {
    let incident = editable(cx, id).await?;
    let mut checked = Checked::default();
    let what = checked.needed("what", &new.what, TEXT_LIMIT, "say what was decided");
    let why = checked.needed("why", &new.why, TEXT_LIMIT, "say why: it is what everybody will ask");
    let alternatives = checked.maybe("alternatives", &new.alternatives, TEXT_LIMIT);
    let (person, name) = checked.person(cx, "decided_by", &new.decided_by).await?;
    let at = checked.past(cx, &incident, "decided_at", &new.decided_at);
    let earlier = match new.revokes {
        None => None,
        Some(number) => {
            let found = store::standing(cx, id, number).await?;
            match &found {
                None => checked.wrong("revokes", "there is no such decision, or it was revoked already"),
                Some((_, decided_at)) if at < *decided_at => {
                    checked.wrong("decided_at", "this lies before the decision that it revokes");
                }
                Some(_) => {}
            }
            found.map(|(earlier, _)| earlier)
        }
    };
    checked.done()?;
    let number = store::next_number(cx, id).await?;
    room(number)?;
    let row = store::New { number, what, why, alternatives, person, name: &name, at, revokes: earlier };
    store::insert(cx, id, &row).await?;
    let summary = match new.revokes {
        Some(revoked) => format!("entered decision {number} of incident {}, which revokes {revoked}", incident.number),
        None => format!("entered decision {number} of incident {}", incident.number),
    };
    cx.record(Change::new("incident.decided", "incident", id, summary).behind(id).after(
        json!({ "number": number, "what": what, "why": why, "decided_by": name, "decided_at": at, "revokes": new.revokes }),
    ));
    Ok(number)
}
