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
use kernel::Refusal;

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
    let rows = obligations::list(cx, &filter).await?.items;
    let today = cx.today().0;
    let (mut notices, mut rules) = (Vec::<ContractNotice>::new(), Vec::new());
    for (at, row) in rows.iter().enumerate() {
        let path = format!("contracts.{}", row.contract);
        let is_touched = touched.contains(&path);
        let deadline = row.deadline.clone().unwrap_or_default();
        if is_touched {
            rules.push(rule(row, at, &deadline, today, cx.world().zone()));
        }
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
