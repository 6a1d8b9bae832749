//! Triage: each side says how bad it is, by itself.

use db::{Change, Cx};
use kernel::{Instant, Refusal, Side};
use serde::Serialize;
use serde_json::json;

use crate::{
    IncidentId, SOURCE_LIMIT,
    incidents::{editable, readable},
    rules::triage::{Impact, judges_for},
    store::triage as store,
};

/// How one side judged.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Judgement {
    /// `legal` or `security`.
    #[schema(value_type = String)]
    pub side: Side,
    /// Counts the judgements of this side; send it along to judge anew.
    pub number: i64,
    pub impact: Impact,
    pub words: String,
    pub person_name: String,
    #[schema(value_type = String, format = DateTime)]
    pub judged_at: Instant,
}

/// The judgement that counts of each side that has judged.
pub async fn triage(cx: &mut Cx, id: IncidentId) -> Result<Vec<Judgement>, Refusal> {
    readable(cx, id).await?;
    store::newest(cx, id).await
}

/// Judges for a side. `seen` is the number of the judgement that the person saw; 0 for none.
pub async fn judge(
    cx: &mut Cx,
    id: IncidentId,
    side: Side,
    impact: Impact,
    words: &str,
    seen: i64,
) -> Result<(), Refusal> {
    let incident = editable(cx, id).await?;
    if !judges_for(cx.actor.sides.iter().copied()).contains(&side) {
        return Err(Refusal::forbidden(format!("you judge for your own side, not for {}", side.label())));
    }
    let words = words.trim();
    if words.is_empty() {
        return Err(Refusal::field("words", "say in a sentence why"));
    }
    if words.chars().count() > SOURCE_LIMIT {
        return Err(Refusal::field("words", format!("at most {SOURCE_LIMIT} characters")));
    }
    let before = store::newest(cx, id).await?.into_iter().find(|known| known.side == side);
    if before.as_ref().map_or(0, |known| known.number) != seen {
        return Err(Refusal::stale());
    }
    store::insert(cx, id, side, seen + 1, impact, words).await?;
    let summary = format!("{} judged incident {}: {impact} impact", side.label(), incident.number);
    cx.record(
        Change::new("incident.triaged", "incident", id, summary)
            .behind(id)
            .side(side)
            .before(before.map(|known| json!({ "impact": known.impact, "words": known.words })))
            .after(json!({ "impact": impact, "words": words })),
    );
    Ok(())
}
