//! Clocks that contracts start: the breach notices that a review found, as rules of the same kind as a law's.
//!
//! Which contracts an incident touches is a fact of it. What a contract says is asked of the area of contracts for the
//! person who looks, so its walls hold here too: whoever may not read a contract's text sees neither it nor its clock.

use clauses::{
    Topic,
    duration::{self, Unit},
};
use clocks::{
    Facts, Rule,
    rule::{Base, Confidence, Counting, Limit, Measure, Zone},
};
use contracts::{
    ObligationRow,
    obligations::{self, ObligationFilter},
};
use db::Cx;
use kernel::{PersonId, Refusal, Via};

/// Breach notices that are looked at; more than an organisation reads in an incident.
const MOST: usize = 200;

/// A contract that asks for a notice of breaches.
#[derive(Debug, Clone)]
pub struct ContractNotice {
    /// The path of the fact that this incident touches the contract.
    pub path: String,
    pub contract: String,
    pub reference: String,
    pub counterparty: String,
    /// Each of its notices: who owes it and until when, in the contract's words.
    pub says: Vec<String>,
    pub touched: bool,
}

/// The notices of all contracts that the person may read, those touched first, and the rules of those touched.
pub(crate) async fn notices(cx: &mut Cx, touched: &[String]) -> Result<(Vec<ContractNotice>, Vec<Rule>), Refusal> {
    let filter =
        ObligationFilter { topic: Some(Topic::BreachNotification), limit: MOST, ..ObligationFilter::default() };
    let mut rows = obligations::list(cx, &filter).await?.items;
    let today = cx.today().0;
    let mut rules = Vec::new();
    for path in touched {
        let Some(contract) = path.strip_prefix("contracts.").and_then(|id| id.parse().ok()) else { continue };
        // Each by itself, so that none is missed however many contracts there are. Numbered within its contract, so that
        // a clock has one name for everybody who sees it, and keeps it when another contract comes.
        let filter = ObligationFilter { contract: Some(contract), ..filter.clone() };
        let own = obligations::list(cx, &filter).await?.items;
        for (at, row) in own.iter().enumerate() {
            let deadline = row.deadline.clone().unwrap_or_default();
            rules.push(rule(row, at, &deadline, today, cx.world().zone()));
        }
        rows.extend(own.into_iter().filter(|row| rows.iter().all(|known| known.id != row.id)).collect::<Vec<_>>());
    }
    let mut notices = Vec::<ContractNotice>::new();
    for row in &rows {
        let path = format!("contracts.{}", row.contract);
        let is_touched = touched.contains(&path);
        let deadline = row.deadline.clone().unwrap_or_default();
        let debtor = row.debtor.as_deref().unwrap_or("Somebody");
        let limit = if deadline.is_empty() { "without a limit in numbers" } else { deadline.as_str() };
        let says = format!("{debtor} tells {limit}");
        match notices.iter_mut().find(|known| known.path == path) {
            Some(known) if known.says.contains(&says) => {}
            Some(known) => known.says.push(says),
            None => notices.push(ContractNotice {
                path,
                contract: row.contract.to_string(),
                reference: row.reference.clone(),
                counterparty: row.counterparty.clone(),
                says: vec![says],
                touched: is_touched,
            }),
        }
    }
    notices.sort_by(|a, b| b.touched.cmp(&a.touched).then_with(|| a.reference.cmp(&b.reference)));
    Ok((notices, rules))
}

/// Whether a clock is a contract's and no law's.
pub(crate) fn is_of_a_contract(rule: &str) -> bool {
    rule.starts_with("contract/")
}

/// Whether the person may read the text that a contract's clock comes from. `source` is the duty's.
pub(crate) async fn may_read(cx: &mut Cx, person: PersonId, source: &str) -> Result<bool, Refusal> {
    let id = source.strip_prefix("/contracts/").and_then(|rest| rest.split('/').next());
    let Some(contract) = id.and_then(|id| id.parse().ok()) else { return Ok(false) };
    let Some(actor) = people::actor_within(cx, person, Via::System).await? else { return Ok(false) };
    let filter = ObligationFilter { contract: Some(contract), limit: 1, ..ObligationFilter::default() };
    let program = std::mem::replace(&mut cx.actor, actor);
    let found = obligations::list(cx, &filter).await;
    cx.actor = program;
    Ok(!found?.items.is_empty())
}

/// The paths of contracts that the facts say are touched.
pub(crate) fn touched<'f>(entries: impl Iterator<Item = (&'f str, &'f serde_json::Value)>) -> Vec<String> {
    entries
        .filter(|(path, value)| path.starts_with("contracts.") && value.as_bool() == Some(true))
        .map(|(path, _)| path.to_owned())
        .collect()
}

/// What the contract's words come to. A period that no clock can count (a fraction, none at all) is said in its own words.
pub(crate) fn measure(deadline: &str) -> Measure {
    let words =
        || Measure::Asap(if deadline.is_empty() { "no limit in numbers".to_owned() } else { deadline.to_owned() });
    let Some(found) = duration::first(deadline) else { return words() };
    let whole = found.count.fract() == 0.0 && (1.0..=10_000.0).contains(&found.count);
    if !whole {
        return words();
    }
    let n = found.count as u32;
    match found.unit {
        Unit::Minutes => Measure::Minutes(n),
        Unit::Hours => Measure::Hours(n),
        Unit::BusinessHours => Measure::BusinessHours {
            hours: n,
            opens: jiff::civil::Time::constant(9, 0, 0, 0),
            closes: jiff::civil::Time::constant(17, 0, 0, 0),
        },
        Unit::Days => Measure::Days(n),
        Unit::BusinessDays => Measure::BusinessDays(n),
        Unit::Weeks => Measure::Days(n * 7),
        Unit::Months => Measure::Months(n),
        Unit::Years => Measure::Months(n * 12),
    }
}

fn rule(row: &ObligationRow, at: usize, deadline: &str, today: jiff::civil::Date, zone: jiff::tz::TimeZone) -> Rule {
    Rule {
        name: format!("contract/{}-{}", row.reference.to_lowercase(), at + 1),
        regime: "contract".to_owned(),
        id: format!("{}-{}", row.reference.to_lowercase(), at + 1),
        title: "Contract clause".to_owned(),
        law: format!("{} with {}", row.reference, row.counterparty),
        place: "TOTAL".to_owned(),
        article: format!("clause {}", row.clause + 1),
        who: row.debtor.clone().unwrap_or_else(|| "whoever the contract names".to_owned()),
        to: row.creditor.clone().unwrap_or_else(|| "the other party".to_owned()),
        zone: Zone::Named(zone),
        calendar: None,
        counting: Counting::Plain,
        source: format!("/contracts/{}/review", row.contract),
        verified_on: today,
        confidence: Confidence::Single,
        from: None,
        until: None,
        draft: false,
        penalty: None,
        doubts: vec!["Read by the program from the contract's text; look at the clause.".to_owned()],
        note: Some(row.duty.clone()),
        when: Vec::new(),
        unless: Vec::new(),
        limits: vec![Limit {
            base: Base::Discovered,
            measure: Some(measure(deadline)),
            ends: None,
            calendar: None,
            roll: None,
            roll_unless: Vec::new(),
            void_if_passed_by: None,
            optional: false,
            later_counts: false,
            says: None,
            cite: None,
        }],
        readings: Vec::new(),
        content: Vec::new(),
        never_say: Vec::new(),
        not_after: None,
        before: None,
        released: None,
        delay: None,
        file: "contract".to_owned(),
        line: 0,
    }
}

/// Judges the touched contracts' rules.
pub(crate) fn judged(rules: &[Rule], facts: &Facts, at: jiff::Timestamp) -> Vec<clocks::Duty> {
    clocks::evaluate(rules, &clocks::shipped().calendars, facts, clocks::Options { at: Some(at), drafts: false })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_contracts_words_become_a_measure() {
        for (words, measured) in [
            ("within forty-eight (48) hours", Measure::Hours(48)),
            ("no later than 5 business days", Measure::BusinessDays(5)),
            ("within two weeks", Measure::Days(14)),
            ("within 30 days", Measure::Days(30)),
            ("without undue delay", Measure::Asap("without undue delay".to_owned())),
            ("", Measure::Asap("no limit in numbers".to_owned())),
        ] {
            assert_eq!(measure(words), measured, "{words}");
        }
    }
}
