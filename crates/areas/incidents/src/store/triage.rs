//! The SQL of triage.

use db::Cx;
use kernel::{Refusal, Side, Uuid};

use crate::{IncidentId, rules::triage::Impact, triage::Judgement};

pub(crate) async fn insert(
    cx: &mut Cx,
    incident: IncidentId,
    side: Side,
    number: i64,
    impact: Impact,
    words: &str,
) -> Result<(), Refusal> {
    let id: Uuid = cx.new_id();
    let binds = vec![
        id.into(),
        incident.into(),
        side.as_str().into(),
        number.into(),
        impact.as_str().into(),
        words.into(),
        cx.actor.person.into(),
        cx.actor.name.clone().into(),
        cx.now.into(),
    ];
    cx.run_unique(
        "insert into incident_triage (id, incident, side, number, impact, words, person, person_name, judged_at) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        binds,
        Refusal::stale(),
    )
    .await
    .map(|_| ())
}

pub(crate) async fn newest(cx: &mut Cx, incident: IncidentId) -> Result<Vec<Judgement>, Refusal> {
    let rows = cx
        .all(
            "select t.side, t.number, t.impact, t.words, t.person_name, t.judged_at from incident_triage t where t.incident = $1 \
             and t.number = (select max(n.number) from incident_triage n where n.incident = t.incident and n.side = t.side) \
             order by t.side",
            vec![incident.into()],
        )
        .await?;
    rows.iter()
        .map(|row| {
            Ok(Judgement {
                side: row.text("side")?.parse().map_err(Refusal::broken)?,
                number: row.int("number")?,
                impact: row.word("impact")?,
                words: row.text("words")?,
                person_name: row.text("person_name")?,
                judged_at: row.instant("judged_at")?,
            })
        })
        .collect()
}
