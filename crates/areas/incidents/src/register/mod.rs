//! The register of breaches of personal data (Article 33(5) of the GDPR): every one of them, notified or not, with its
//! facts, its effects and the remedial action taken.
//!
//! It is made from the incidents' facts when it is read, and keeps nothing of its own. Whoever reads the register does not
//! thereby read the incidents.

mod row;
mod sheet;

use std::collections::BTreeMap;

use db::{Change, Cx};
use jiff::civil::date;
use kernel::{Actor, Instant, Permission, Refusal, Resource};
use serde_json::json;

use crate::{
    Incident, IncidentId, Incidents,
    notices::{Export, known::Known},
    rules::State,
    store::register::{self as store, Narrowed},
};

pub use row::{Answer, BreachRow, CountIn, Judgement, Told};

pub const READ_REGISTER: Permission = Permission::new("readBreachRegister", "Incidents");
/// Saying that an incident is a breach of personal data, or is none.
pub const JUDGE_BREACH: Permission = Permission::new("judgeBreach", "Incident");

/// Rows of an export.
const EXPORT_CAP: usize = 10_000;
/// Rows that are read at once.
const CHUNK: usize = 200;
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// What a reader of the register asks for. Empty narrows nothing.
#[derive(Debug, Clone, Default)]
pub struct RegisterFilter {
    /// In which the incident was reported, in the organisation's zone.
    pub year: Option<i16>,
    pub state: Option<State>,
    /// Only numbers below, for the next page.
    pub below: Option<i64>,
}

impl RegisterFilter {
    /// As typed: nothing or a word for each.
    ///
    /// # Errors
    /// With the field's name.
    pub fn parse(year: &str, state: &str) -> Result<Self, Refusal> {
        let year = match year.trim() {
            "" => None,
            text => Some(
                text.parse::<i16>()
                    .ok()
                    .filter(|year| (1970..=2199).contains(year))
                    .ok_or_else(|| Refusal::field("year", "write a year as in 2026"))?,
            ),
        };
        let state = if state.is_empty() { None } else { Some(state.parse()?) };
        Ok(Self { year, state, below: None })
    }

    fn narrowed(&self, cx: &Cx) -> Narrowed {
        let zone = cx.world().zone();
        let start = |year: i16| {
            let first = date(year, 1, 1).to_zoned(zone.clone()).ok()?;
            Some(Instant::from_micros(first.timestamp().as_microsecond()))
        };
        Narrowed {
            state: self.state,
            from: self.year.and_then(start),
            before: self.year.and_then(|year| start(year + 1)),
            below: self.below,
        }
    }
}

/// A page of the register, the newest first, and the number from which the next one goes on.
pub async fn register(
    cx: &mut Cx,
    filter: &RegisterFilter,
    limit: usize,
) -> Result<(Vec<BreachRow>, Option<i64>), Refusal> {
    cx.require(READ_REGISTER, &Resource::all("Incidents"))?;
    let mut incidents = store::incidents(cx, filter.narrowed(cx), i64::try_from(limit + 1).unwrap_or(i64::MAX)).await?;
    let more = incidents.len() > limit;
    incidents.truncate(limit);
    let next = incidents.last().filter(|_| more).map(|incident| incident.number);
    Ok((rows(cx, incidents).await?, next))
}

async fn rows(cx: &mut Cx, incidents: Vec<Incident>) -> Result<Vec<BreachRow>, Refusal> {
    let (Some(first), Some(last)) = (incidents.first(), incidents.last()) else { return Ok(Vec::new()) };
    let (lowest, highest) = (last.number, first.number);
    let mut facts: BTreeMap<IncidentId, Vec<_>> = BTreeMap::new();
    for (incident, path, value, source) in store::facts(cx, lowest, highest).await? {
        facts.entry(incident).or_default().push((path, value, source));
    }
    let mut references: BTreeMap<IncidentId, Vec<(String, String)>> = BTreeMap::new();
    for (incident, rule, reference) in store::references(cx, lowest, highest).await? {
        references.entry(incident).or_default().push((rule, reference));
    }
    let zone = cx.world().zone();
    Ok(incidents
        .into_iter()
        .map(|incident| {
            let known = Known::of(facts.remove(&incident.id).unwrap_or_default().into_iter(), zone.clone());
            let may_read = crate::can_read(cx, &incident);
            row::row(&incident, &known, &references.remove(&incident.id).unwrap_or_default(), may_read)
        })
        .collect())
}

/// The whole register as far as the filter goes, for an export; that it was taken out is written down.
async fn taken_out(cx: &mut Cx, filter: &RegisterFilter, what: &'static str) -> Result<Vec<BreachRow>, Refusal> {
    let mut out = Vec::new();
    let mut filter = filter.clone();
    loop {
        let (rows, next) = register(cx, &filter, CHUNK).await?;
        out.extend(rows);
        match next {
            Some(below) if out.len() < EXPORT_CAP => filter.below = Some(below),
            _ => break,
        }
    }
    cx.record(
        Change::new(
            "register.exported",
            "register",
            "breaches",
            format!("exported the register of breaches as {what}"),
        )
        .after(json!({ "export": what, "rows": out.len(), "year": filter.year, "state": filter.state })),
    );
    Ok(out)
}

impl Incidents {
    /// The register as a workbook.
    pub async fn register_xlsx(&self, actor: &Actor, filter: &RegisterFilter) -> Result<Export, Refusal> {
        let (rows, now, today) = self.register_out(actor, filter, "XLSX").await?;
        let organisation = self.organisation.clone();
        let made = move || documents::sheet::workbook(&sheet::sheets(&rows, &organisation), &now.to_string());
        let bytes = tokio::task::spawn_blocking(made).await.map_err(Refusal::broken)?.map_err(Refusal::broken)?;
        Ok((format!("breach-register-{today}.xlsx"), XLSX, bytes.into()))
    }

    /// The register as JSON; `null` is what nobody has entered.
    pub async fn register_json(&self, actor: &Actor, filter: &RegisterFilter) -> Result<Export, Refusal> {
        let (rows, now, today) = self.register_out(actor, filter, "JSON").await?;
        let whole = json!({ "organisation": self.organisation, "made_at": now, "breaches": rows });
        let bytes = serde_json::to_vec_pretty(&whole).map_err(Refusal::broken)?;
        Ok((format!("breach-register-{today}.json"), "application/json", bytes.into()))
    }

    async fn register_out(
        &self,
        actor: &Actor,
        filter: &RegisterFilter,
        what: &'static str,
    ) -> Result<(Vec<BreachRow>, Instant, kernel::Date), Refusal> {
        let writer = Actor { read_only: false, ..actor.clone() };
        db::transact!(self.store, &writer, |cx| {
            let (now, today) = (cx.now, cx.today());
            taken_out(cx, filter, what).await.map(|rows| (rows, now, today))
        })
    }
}
