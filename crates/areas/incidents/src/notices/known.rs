//! The facts that count now, in the words in which a notice or the register tells them. Pure.

use std::collections::BTreeMap;

use clocks::moment::{self, Moment};
use jiff::tz::TimeZone;
use serde_json::Value;

use crate::{FactEntry, rules::Severity};

/// Current facts by their path.
#[derive(Debug, Clone)]
pub(crate) struct Known {
    facts: BTreeMap<String, (Value, String)>,
    /// Where a time was told without a zone.
    zone: TimeZone,
}

impl Known {
    pub(crate) fn new(facts: &[FactEntry], zone: TimeZone) -> Self {
        let counts = facts.iter().filter(|fact| !fact.superseded);
        Self::of(counts.map(|fact| (fact.path.clone(), fact.value.clone(), fact.source.clone())), zone)
    }

    /// From path, value and source. What was withdrawn is left out.
    pub(crate) fn of(facts: impl Iterator<Item = (String, Value, String)>, zone: TimeZone) -> Self {
        let facts = facts.filter(|(_, value, _)| !value.is_null());
        Self { facts: facts.map(|(path, value, source)| (path, (value, source))).collect(), zone }
    }

    pub(crate) fn value(&self, path: &str) -> Option<&Value> {
        self.facts.get(path).map(|(value, _)| value)
    }

    pub(crate) fn source(&self, path: &str) -> Option<&str> {
        self.facts.get(path).map(|(_, source)| source.as_str())
    }

    /// What was told in words, as `told.<key>`.
    pub(crate) fn told(&self, key: &str) -> Option<&str> {
        self.value(&format!("told.{key}")).and_then(Value::as_str).map(str::trim).filter(|text| !text.is_empty())
    }

    pub(crate) fn flag(&self, path: &str) -> Option<bool> {
        self.value(path).and_then(Value::as_bool)
    }

    pub(crate) fn moment(&self, path: &str) -> Option<Moment> {
        moment::read(self.value(path)?, Some(&self.zone)).ok()
    }

    /// "23 November 2026, 14:20 Europe/Paris"
    pub(crate) fn when(&self, path: &str) -> Option<String> {
        Some(self.moment(path)?.words(&self.zone))
    }

    /// Every fact below a path, by the rest of its path.
    pub(crate) fn below<'s>(&'s self, prefix: &'s str) -> impl Iterator<Item = (&'s str, &'s Value)> {
        self.facts.iter().filter_map(move |(path, (value, _))| Some((path.strip_prefix(prefix)?, value)))
    }

    /// People affected by place.
    pub(crate) fn people(&self) -> Vec<(&str, u64)> {
        self.below("affected.individuals.").filter_map(|(place, value)| Some((place, value.as_u64()?))).collect()
    }

    /// People affected everywhere: the total that was entered, or the sum of the places. A part of a country whose own
    /// number is there, too, is not counted twice.
    pub(crate) fn people_in_all(&self) -> Option<u64> {
        let people = self.people();
        if let Some((_, total)) = people.iter().find(|(place, _)| *place == "TOTAL") {
            return Some(*total);
        }
        let inside =
            |place: &str| people.iter().any(|(other, _)| *other != place && clocks::place::within(place, other));
        let counted = people.iter().filter(|(place, _)| !inside(place));
        if people.is_empty() { None } else { Some(counted.map(|(_, count)| count).sum()) }
    }

    /// Kinds of data, as the clocks name them.
    pub(crate) fn categories(&self) -> Vec<&str> {
        let listed = self.value("data.categories").and_then(Value::as_array);
        listed.into_iter().flatten().filter_map(Value::as_str).filter(|word| *word != "none").collect()
    }

    /// The same in the words in which others are told of them.
    pub(crate) fn kinds_of_data(&self) -> Vec<String> {
        self.categories().into_iter().map(kind_of_data).collect()
    }

    pub(crate) fn severity(&self) -> Option<Severity> {
        Severity::read(self.value(crate::rules::SEVERITY)?).ok()
    }
}

/// A kind of data as a reader outside knows it.
fn kind_of_data(word: &str) -> String {
    match word {
        "contact" => "contact details",
        "ssn" => "national identification or social security numbers",
        "government_id" => "identity documents",
        "financial" => "financial data",
        "payment_card" => "payment card data",
        "credentials" => "user names and passwords",
        "health" => "health data",
        "biometric" => "biometric data",
        "genetic" => "genetic data",
        "location" => "location data",
        "children" => "data of children",
        "special_category" => "special categories of data",
        "criminal" => "data on criminal offences",
        "communications" => "communications and traffic data",
        "employment" => "employment data",
        other => return other.replace('_', " "),
    }
    .to_owned()
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use serde_json::json;

    pub(crate) fn known(facts: &[(&str, Value)]) -> Known {
        let facts = facts.iter().map(|(path, value)| ((*path).to_owned(), value.clone(), "the desk".to_owned()));
        Known::of(facts, TimeZone::UTC)
    }

    #[test]
    fn nobody_is_counted_twice() {
        let count = |facts: &[(&str, Value)]| known(facts).people_in_all();
        assert_eq!(count(&[]), None);
        assert_eq!(
            count(&[("affected.individuals.DE", json!(20)), ("affected.individuals.US-CA", json!(501))]),
            Some(521)
        );
        assert_eq!(
            count(&[("affected.individuals.US", json!(600)), ("affected.individuals.US-CA", json!(501))]),
            Some(600)
        );
        assert_eq!(count(&[("affected.individuals.TOTAL", json!(9)), ("affected.individuals.DE", json!(20))]), Some(9));
        assert_eq!(count(&[("affected.individuals.DE", Value::Null)]), None);
    }

    #[test]
    fn a_time_is_said_in_the_zone_in_which_it_was_told() {
        let known = known(&[
            ("events.aware", json!({ "local": "2026-11-23T14:20", "zone": "Europe/Paris" })),
            ("events.occurred", json!("2026-11-20")),
        ]);
        assert_eq!(known.when("events.aware").as_deref(), Some("23 November 2026, 14:20 Europe/Paris"));
        assert_eq!(known.when("events.occurred").as_deref(), Some("20 November 2026"));
        assert_eq!(known.when("events.detected"), None);
    }
}
