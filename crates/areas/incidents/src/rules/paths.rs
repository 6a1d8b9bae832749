//! Facts by their path, such as `events.aware` or `affected.individuals.US-CA`.

use clocks::Facts;
use serde_json::{Map, Value, json};

use super::told::{self, BREACH, Telling};

/// The path of the assessment by ENISA's method, which no clock asks for.
pub const SEVERITY: &str = "severity";

/// The fact that counts for one path.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    pub path: String,
    pub value: Value,
}

/// The facts as `clocks` reads them. What was withdrawn is left out.
pub fn assembled(entries: &[Entry]) -> Value {
    let mut out = Map::new();
    let mut closures = Vec::new();
    let of_clocks = |entry: &&Entry| {
        !entry.value.is_null()
            && ![SEVERITY, BREACH].contains(&entry.path.as_str())
            && !entry.path.starts_with("contracts.")
            && !entry.path.starts_with("told.")
    };
    for entry in entries.iter().filter(of_clocks) {
        if let Some((calendar, date)) = entry.path.strip_prefix("closures.").and_then(|rest| rest.rsplit_once('.')) {
            closures.push(json!({ "calendar": calendar, "date": date, "why": entry.value }));
            continue;
        }
        let parts: Vec<&str> = entry.path.splitn(3, '.').collect();
        insert(&mut out, &parts, &entry.value);
    }
    if !closures.is_empty() {
        out.insert("closures".to_owned(), closures.into());
    }
    Value::Object(out)
}

fn insert(into: &mut Map<String, Value>, parts: &[&str], value: &Value) {
    match parts {
        [] => {}
        [last] => {
            into.insert((*last).to_owned(), value.clone());
        }
        [first, rest @ ..] => {
            if let Value::Object(below) = into.entry(*first).or_insert_with(|| json!({})) {
                insert(below, rest, value);
            }
        }
    }
}

/// Refuses a path that no clock knows and a value that it can't use, in words.
///
/// # Errors
/// A sentence for the person who typed it.
pub fn checked(path: &str, value: &Value) -> Result<(), String> {
    if path == SEVERITY {
        return if value.is_null() { Ok(()) } else { super::Severity::read(value).map(|_| ()) };
    }
    if Telling::of(path).is_some() {
        return told::checked(value);
    }
    if path == BREACH {
        let is_answer = value.is_null() || value.is_boolean();
        return if is_answer { Ok(()) } else { Err("a breach it is or it is not: true or false".to_owned()) };
    }
    let known = path.len() <= 200
        && match path.splitn(3, '.').collect::<Vec<_>>().as_slice() {
            ["events", "submitted", rule] => {
                rule.starts_with("own-") && rule.contains('/') && rule.len() <= 130
                    || clocks::shipped().rules.iter().any(|known| known.name == *rule)
            }
            ["events", "notified_individuals", place] | ["affected", "individuals", place] => {
                clocks::place::is_code(place)
            }
            ["events", event] => clocks::facts::EVENTS.contains(event),
            ["actor", "roles" | "establishments"] | ["data", "categories" | "encrypted" | "key_taken"] => true,
            ["flags", flag] => crate::known_flags().contains_key(*flag),
            ["contracts", contract] => contract.parse::<kernel::Uuid>().is_ok(),
            ["closures", calendar, _] => clocks::shipped().calendars.has(calendar),
            _ => false,
        };
    if !known {
        return Err(format!("`{path}` is no fact that a clock asks for"));
    }
    if value.is_null() {
        return Ok(());
    }
    if path.starts_with("contracts.") && !value.is_boolean() {
        return Err("a contract is touched or not: true or false".to_owned());
    }
    let facts = Facts::from_json(&assembled(&[Entry { path: path.to_owned(), value: value.clone() }]))?;
    match facts.problems().into_iter().chain(facts.notes.clone()).next() {
        Some(problem) => Err(problem),
        None => Ok(()),
    }
}

/// What a path is called.
pub fn label(path: &str) -> String {
    match path.splitn(3, '.').collect::<Vec<_>>().as_slice() {
        ["events", "submitted", rule] => format!("Sent: {rule}"),
        ["events", "notified_individuals", place] => format!("People told in {place}"),
        ["events", event] => match *event {
            "occurred" => "It happened".to_owned(),
            "detected" => "First noticed".to_owned(),
            "discovered" => "Discovered".to_owned(),
            "aware" => "We became aware".to_owned(),
            "told_by_processor" => "Our processor told us".to_owned(),
            "determined" => "Determined to be a breach".to_owned(),
            "assessed" => "Assessment finished".to_owned(),
            "classified_major" => "Classified as major".to_owned(),
            "material" => "Determined to be material".to_owned(),
            "fix_available" => "Fix available".to_owned(),
            "payment" => "Ransom paid".to_owned(),
            "handled" => "Incident over".to_owned(),
            "ordered" => "Ordered by an authority".to_owned(),
            "harm_found" => "Harm found likely".to_owned(),
            "law_enforcement_released" => "Released by law enforcement".to_owned(),
            other => other.replace('_', " "),
        },
        ["actor", "roles"] => "What we are".to_owned(),
        ["actor", "establishments"] => "Where we are established".to_owned(),
        ["data", "categories"] => "Kinds of data".to_owned(),
        ["data", "encrypted"] => "Data was encrypted".to_owned(),
        ["contracts", _] => "A contract is touched".to_owned(),
        ["severity"] => "Severity (ENISA)".to_owned(),
        ["breach"] => "A breach of personal data".to_owned(),
        ["told", _] => Telling::of(path).map_or(path, |telling| telling.label).to_owned(),
        ["data", "key_taken"] => "Key was taken".to_owned(),
        ["affected", "individuals"] => "People affected, by place".to_owned(),
        ["affected", "individuals", place] => format!("People affected in {place}"),
        ["flags", flag] => {
            let words = flag.replace('_', " ");
            let mut chars = words.chars();
            chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
        }
        ["closures", calendar, date] => format!("Offices closed on {date} ({calendar})"),
        _ => path.to_owned(),
    }
}

/// A fact's value for readers. What was told in words stays as it was written.
pub fn said_at(path: &str, value: &Value) -> String {
    match value {
        Value::String(text) if path.starts_with("told.") => text.clone(),
        _ => said(value),
    }
}

/// A value for readers.
pub fn said(value: &Value) -> String {
    match value {
        Value::Null => "withdrawn".to_owned(),
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::Array(many) => many.iter().map(said).collect::<Vec<_>>().join(", "),
        Value::String(text) => match text.strip_suffix('Z').filter(|rest| rest.contains('T')) {
            Some(instant) => format!("{} UTC", instant.replace('T', " ")),
            None => text.replace('_', " "),
        },
        Value::Object(fields) if fields.contains_key("identified") => {
            super::Severity::read(value).map_or_else(|problem| problem, super::Severity::shown)
        }
        Value::Object(fields) => {
            let text = |name: &str| fields.get(name).and_then(Value::as_str).unwrap_or_default();
            format!("{} {}", text("local").replace('T', " "), text("zone"))
        }
        Value::Number(number) => number.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(path: &str, value: Value) -> Entry {
        Entry { path: path.to_owned(), value }
    }

    #[test]
    fn entries_become_the_facts_that_clocks_read() {
        let facts = assembled(&[
            entry("events.aware", json!({ "local": "2026-11-23T14:20", "zone": "Europe/Paris" })),
            entry("events.submitted.eu-gdpr/authority", json!("2026-11-24T10:00Z")),
            entry("affected.individuals.US-CA", json!(501)),
            entry("flags.high_risk", Value::Null),
            entry("closures.us-federal.2026-11-30", json!("day of mourning")),
            entry("told.nature", json!("A bag was left on a train.")),
            entry("breach", json!(true)),
        ]);
        assert_eq!(
            facts,
            json!({
                "events": { "aware": { "local": "2026-11-23T14:20", "zone": "Europe/Paris" }, "submitted": { "eu-gdpr/authority": "2026-11-24T10:00Z" } },
                "affected": { "individuals": { "US-CA": 501 } },
                "closures": [{ "calendar": "us-federal", "date": "2026-11-30", "why": "day of mourning" }]
            })
        );
    }

    #[test]
    fn a_value_is_said_as_people_say_it() {
        for (value, words) in [
            (json!("2026-11-23T14:20Z"), "2026-11-23 14:20 UTC"),
            (json!({ "local": "2026-11-23T14:20", "zone": "Europe/Paris" }), "2026-11-23 14:20 Europe/Paris"),
            (json!(["essential_entity", "controller"]), "essential entity, controller"),
            (json!(false), "no"),
            (json!(512), "512"),
            (Value::Null, "withdrawn"),
        ] {
            assert_eq!(said(&value), words);
        }
    }

    #[test]
    fn what_no_clock_can_use_is_refused_with_the_reason() {
        for (path, value, reason) in [
            ("events.lunch", json!("2026-11-24"), "no fact"),
            ("events.submitted.eu-gdpr/tea", json!("2026-11-24"), "no fact"),
            ("flags.hungry", json!(true), "no fact"),
            ("affected.individuals.California", json!(5), "no fact"),
            ("affected.individuals.US-CA", json!(-5), "no number of people"),
            ("events.aware", json!({ "local": "2027-03-28T02:30", "zone": "Europe/Berlin" }), "never showed"),
            ("events.aware", json!({ "local": "2027-03-27T02:30", "zone": "Europe/Atlantis" }), "no time zone"),
            ("actor.roles", json!(["beekeeper"]), "beekeeper"),
            ("actor.establishments", json!(["Bavaria"]), "no place"),
            ("data.encrypted", json!("perhaps"), "true or false"),
            ("closures.us-federal.tomorrow", json!("a day off"), "closures"),
            ("told.lunch", json!("soup"), "no fact"),
            ("told.nature", json!(5), "in words"),
            ("breach", json!("perhaps"), "true or false"),
        ] {
            let refused = checked(path, &value).expect_err(path);
            assert!(refused.contains(reason), "{path}: {refused}");
        }
        assert_eq!(checked("flags.high_risk", &json!(false)), Ok(()));
        assert_eq!(checked("events.aware", &Value::Null), Ok(()));
        assert_eq!(checked("told.nature", &json!("a bag_of data")), Ok(()));
        assert_eq!(said_at("told.nature", &json!("a bag_of data")), "a bag_of data");
    }
}
