//! The register of breaches: which incidents stand in it, with the facts that its rows are made of.

use db::{Cx, Select};
use kernel::{Instant, Refusal, Value};

use crate::{Incident, IncidentId, rules::State};

/// Personal data is concerned: so it was judged, or no judgement says otherwise and the facts name kinds of data or people.
/// What was dismissed stands here only when it was judged to be a breach, an exercise never.
const STANDS_HERE: &str = "i.exercise is null and ( \
     exists (select 1 from incident_facts b where b.incident = i.id and b.path = 'breach' and b.value = 'true' \
       and b.number = (select max(c.number) from incident_facts c where c.incident = b.incident and c.path = b.path)) \
     or (i.state <> 'dismissed' \
       and not exists (select 1 from incident_facts b where b.incident = i.id and b.path = 'breach' and b.value = 'false' \
         and b.number = (select max(c.number) from incident_facts c where c.incident = b.incident and c.path = b.path)) \
       and exists (select 1 from incident_facts d where d.incident = i.id \
         and (d.path = 'data.categories' and d.value not in ('null', '[]', '[\"none\"]') \
           or d.path like 'affected.individuals.%' and d.value not in ('null', '0')) \
         and d.number = (select max(c.number) from incident_facts c where c.incident = d.incident and c.path = d.path))))";

/// What narrows the register.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Narrowed {
    pub state: Option<State>,
    /// Reported from, and before.
    pub from: Option<Instant>,
    pub before: Option<Instant>,
    /// Only numbers below, for the next page.
    pub below: Option<i64>,
}

/// The newest first, `limit` at most.
pub(crate) async fn incidents(cx: &mut Cx, narrowed: Narrowed, limit: i64) -> Result<Vec<Incident>, Refusal> {
    let select = Select::new(super::INCIDENTS)
        .and(STANDS_HERE, vec![])
        .and_some("i.state = {0}", narrowed.state.map(|state| state.as_str().into()))
        .and_some("i.reported_at >= {0}", narrowed.from.map(Value::from))
        .and_some("i.reported_at < {0}", narrowed.before.map(Value::from))
        .and_some("i.number < {0}", narrowed.below.map(Value::from))
        .tail("order by i.number desc limit {0}", vec![limit.into()]);
    cx.select(select).await?.iter().map(super::incident).collect()
}

/// The facts that count now, of all incidents of the register from one number to another: incident, path, value, source.
pub(crate) async fn facts(
    cx: &mut Cx,
    lowest: i64,
    highest: i64,
) -> Result<Vec<(IncidentId, String, serde_json::Value, String)>, Refusal> {
    let select = Select::new(
        "select f.incident, f.path, f.value, f.source from incident_facts f join incidents i on i.id = f.incident",
    )
    .and(STANDS_HERE, vec![])
    .and("i.number >= {0} and i.number <= {1}", vec![lowest.into(), highest.into()])
    .and(
        "f.number = (select max(g.number) from incident_facts g where g.incident = f.incident and g.path = f.path)",
        vec![],
    );
    let rows = cx.select(select).await?;
    rows.iter()
        .map(|row| Ok((row.id("incident")?, row.text("path")?, row.json("value")?, row.text("source")?)))
        .collect()
}

/// The sendings of those incidents: incident, rule, reference.
pub(crate) async fn references(
    cx: &mut Cx,
    lowest: i64,
    highest: i64,
) -> Result<Vec<(IncidentId, String, String)>, Refusal> {
    let select = Select::new(
        "select n.incident, n.rule, s.reference from incident_notice_sendings s join incident_notices n on n.id = s.notice \
         join incidents i on i.id = n.incident",
    )
    .and(STANDS_HERE, vec![])
    .and("i.number >= {0} and i.number <= {1}", vec![lowest.into(), highest.into()])
    .tail("order by n.number", vec![]);
    let rows = cx.select(select).await?;
    rows.iter().map(|row| Ok((row.id("incident")?, row.text("rule")?, row.text("reference")?))).collect()
}
