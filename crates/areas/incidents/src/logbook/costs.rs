//! What an incident costs, exact to the minor unit of each currency.

use std::collections::BTreeMap;

use db::{Change, Cx};
use kernel::{Date, Instant, Refusal};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::{
    LINE_LIMIT, TEXT_LIMIT,
    input::{Checked, room},
};
use crate::{
    IncidentId,
    incidents::{editable, readable},
    rules::{CostCategory, CostKind, money},
    store::logbook::costs as store,
};

/// A cost.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Cost {
    pub number: i64,
    pub what: String,
    pub category: CostCategory,
    /// Whole minor units of the currency, such as cents.
    pub amount: i64,
    /// ISO 4217.
    pub currency: String,
    #[schema(value_type = String, format = Date)]
    pub dated: Date,
    pub kind: CostKind,
    /// Why it no longer counts; empty while it does.
    pub struck: String,
    pub revision: i64,
    pub entered_by_name: String,
    #[schema(value_type = String, format = DateTime)]
    pub entered_at: Instant,
}

impl Cost {
    pub fn counts(&self) -> bool {
        self.struck.is_empty()
    }
}

/// A cost to enter.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(default)]
pub struct NewCost {
    pub what: String,
    /// forensics, counsel, notification, credit_monitoring, lost_business, fine or other
    pub category: String,
    /// As `1234.50`.
    pub amount: String,
    /// ISO 4217, as `EUR`.
    pub currency: String,
    /// As `2026-11-21`.
    pub dated: String,
    /// estimate or invoiced
    pub kind: String,
}

/// What counts of one currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Sum {
    pub currency: String,
    pub estimated: i64,
    pub invoiced: i64,
}

impl Sum {
    pub fn total(&self) -> i64 {
        self.estimated + self.invoiced
    }
}

/// The costs, the latest first, and what they come to.
pub async fn costs(cx: &mut Cx, id: IncidentId) -> Result<(Vec<Cost>, Vec<Sum>), Refusal> {
    readable(cx, id).await?;
    let costs = store::all(cx, id).await?;
    let sums = sums(&costs);
    Ok((costs, sums))
}

/// Per currency, by its code. A thousand amounts of the largest size fit.
pub fn sums(costs: &[Cost]) -> Vec<Sum> {
    let mut sums: BTreeMap<&str, Sum> = BTreeMap::new();
    for cost in costs.iter().filter(|cost| cost.counts()) {
        let sum = sums.entry(&cost.currency).or_insert_with(|| Sum {
            currency: cost.currency.clone(),
            estimated: 0,
            invoiced: 0,
        });
        let part = match cost.kind {
            CostKind::Estimate => &mut sum.estimated,
            CostKind::Invoiced => &mut sum.invoiced,
        };
        *part = part.saturating_add(cost.amount);
    }
    sums.into_values().collect()
}

pub async fn enter_cost(cx: &mut Cx, id: IncidentId, new: &NewCost) -> Result<i64, Refusal> {
    let incident = editable(cx, id).await?;
    let mut checked = Checked::default();
    let what = checked.needed("what", &new.what, LINE_LIMIT, "say what it is for");
    let category: Option<CostCategory> = checked.word("category", &new.category);
    let kind: Option<CostKind> = checked.word("kind", &new.kind);
    let dated = checked.date("dated", &new.dated);
    let currency = new.currency.trim().to_uppercase();
    let amount = match money::digits(&currency) {
        None => {
            checked.wrong("currency", "write the currency's three letters, such as EUR");
            None
        }
        Some(_) => money::read(&new.amount, &currency).map_err(|message| checked.wrong("amount", message)).ok(),
    };
    checked.done()?;
    let (Some(category), Some(kind), Some(dated), Some(amount)) = (category, kind, dated, amount) else {
        return Err(Refusal::broken("a problem of a cost was not told"));
    };
    let number = store::next_number(cx, id).await?;
    room(number)?;
    let row = store::New { what, category, amount, currency: &currency, dated, kind };
    store::insert(cx, id, number, &row).await?;
    let said = money::said(amount, &currency);
    cx.record(
        Change::new("incident.cost_entered", "incident", id, format!("entered a cost of incident {}", incident.number))
            .behind(id)
            .after(json!({ "number": number, "what": what, "amount": said, "category": category, "kind": kind })),
    );
    Ok(number)
}

/// Takes a cost out of the sums, as when the invoice takes the estimate's place. It stays readable.
pub async fn strike_cost(cx: &mut Cx, id: IncidentId, number: i64, why: &str, revision: i64) -> Result<(), Refusal> {
    let incident = editable(cx, id).await?;
    let cost = store::one(cx, id, number).await?.ok_or_else(|| Refusal::not_found("there is no such cost"))?;
    let mut checked = Checked::default();
    let why = checked.needed("why", why, TEXT_LIMIT, "say why it no longer counts");
    checked.done()?;
    if !cost.counts() {
        return Err(Refusal::conflict("this cost was struck out already"));
    }
    if !store::strike(cx, id, number, why, revision).await? {
        return Err(Refusal::stale());
    }
    cx.record(
        Change::new(
            "incident.cost_struck",
            "incident",
            id,
            format!("struck out a cost of incident {}", incident.number),
        )
        .behind(id)
        .before(json!({ "number": number, "amount": money::said(cost.amount, &cost.currency) }))
        .after(json!({ "why": why })),
    );
    Ok(())
}
