//! From the facts into the authority's form, only where a fact answers exactly what the form asks. Pure. The rest is for
//! people, who answer for it.

use clocks::{moment::Moment, place};
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::{FormValues, edpb::rfc3339, known::Known};
use crate::rules::severity::Loss;

/// What stands above the facts.
#[derive(Debug, Clone, Copy)]
pub(super) struct Heading<'a> {
    pub incident: i64,
    /// It adds to a notice that was sent.
    pub follows: bool,
    /// The recipient's number for that one.
    pub first_reference: &'a str,
    pub late_reasons: &'a str,
}

/// The kinds of data for which the form has exactly one choice. A national number, a card and a password are among them;
/// for children, traffic or employment there is none that means the same.
fn kind_of_data(word: &str) -> Option<&'static str> {
    Some(match word {
        "names" => "a",
        "contact" => "b",
        "biometric" => "c",
        "criminal" => "d",
        "genetic" => "j",
        "health" => "k",
        "financial" => "l",
        "ssn" => "n",
        "location" => "o",
        "payment_card" => "q",
        "credentials" => "s",
        _ => return None,
    })
}

/// The form as the facts fill it.
pub(super) fn form(known: &Known, heading: &Heading<'_>) -> FormValues {
    let mut form = FormValues::new();
    let mut set = |field: &str, value: Option<Value>| {
        if let Some(value) = value {
            form.insert(format!("field_{field}"), value);
        }
    };
    let told = |key: &str| known.told(key).map(|text| json!(text));
    let text = |text: &str| (!text.is_empty()).then(|| json!(text));
    set("3", Some(json!(if heading.follows { "b" } else { "a" })));
    set("6", text(heading.first_reference).filter(|_| heading.follows));
    set("7", Some(json!(format!("Incident {}", heading.incident))));
    set("12", told("organisation").and_then(|told| Some(json!(told.as_str()?.lines().next()?.trim()))));
    set("13", told("organisation"));
    set("46", moment(known, "events.occurred"));
    set("48", moment(known, "events.aware"));
    set("49", text(heading.late_reasons));
    let by_processor = known.moment("events.told_by_processor");
    set("50", by_processor.as_ref().map(|_| json!("b")));
    set("51", told("discovered"));
    set("52", by_processor.map(|moment| day(&moment)));
    loss(known, &mut set);
    set("62", joined(&[known.told("nature"), known.told("cause")]));
    set("63", told("systems"));
    set("66", told("data_subjects"));
    set("68", known.people_in_all().map(|count| json!(count)));
    let kinds = known.categories();
    if let [only] = kinds.as_slice() {
        set("70", kind_of_data(only).map(|choice| json!(choice)));
    }
    set("71", text(&known.kinds_of_data().join(", ")));
    set("73", known.told("records").and_then(number).map(|count| json!(count)));
    set("89", risk(known));
    let severity = known.severity().map(|severity| format!("ENISA’s method of 2013: {}", severity.shown()));
    set("90", joined(&[known.told("risk"), severity.as_deref()]));
    set("92", told("measures"));
    let first_told = known
        .below("events.notified_individuals.")
        .filter_map(|(place, _)| known.moment(&format!("events.notified_individuals.{place}")))
        .chain(known.moment("events.submitted.eu-gdpr/individuals"))
        .map(|moment| day(&moment))
        .min_by(|a, b| a.as_str().cmp(&b.as_str()));
    set("97", first_told.as_ref().map(|_| json!("a")));
    set("98", first_told);
    let others: Vec<String> = known
        .below("events.submitted.")
        .filter(|(rule, _)| !rule.starts_with("eu-gdpr/"))
        .filter_map(|(rule, _)| super::recipient(rule).map(|to| format!("{to} ({rule})")))
        .collect();
    set("110", (!others.is_empty()).then(|| json!("a")));
    set("111", text(&others.join("\n")));
    places(known, &mut set);
    form
}

fn joined(parts: &[Option<&str>]) -> Option<Value> {
    let parts: Vec<&str> = parts.iter().flatten().copied().collect();
    (!parts.is_empty()).then(|| json!(parts.join("\n\n")))
}

/// An instant with its offset. A day without an hour is none: the form would make it midnight.
fn moment(known: &Known, path: &str) -> Option<Value> {
    match known.moment(path)? {
        Moment::Instant { at, zone } => Some(json!(rfc3339(&at.to_zoned(zone.unwrap_or(TimeZone::UTC))))),
        Moment::Day(_) => None,
    }
}

fn day(moment: &Moment) -> Value {
    let zone = moment.zone().cloned().unwrap_or(TimeZone::UTC);
    json!(moment.day(&zone).to_string())
}

/// "4000", "4,000": a number and nothing else.
fn number(text: &str) -> Option<u64> {
    let plain: String = text.chars().filter(|c| !matches!(c, ',' | ' ' | '\u{a0}' | '\'')).collect();
    plain.parse().ok()
}

/// What was lost, from the assessment of severity. The form takes one of the three, so two leave it to a person.
fn loss(known: &Known, set: &mut impl FnMut(&str, Option<Value>)) {
    let Some(severity) = known.severity() else { return };
    let lost = [("a", severity.confidentiality), ("b", severity.integrity), ("c", severity.availability)];
    let lost: Vec<&str> = lost.into_iter().filter(|(_, loss)| *loss != Loss::None).map(|(choice, _)| choice).collect();
    if let [only] = lost.as_slice() {
        set("55", Some(json!(only)));
    }
    if severity.confidentiality != Loss::None {
        set(
            "57",
            match (known.flag("data.encrypted"), known.flag("data.key_taken")) {
                (Some(true), Some(false)) => Some(json!("a")),
                (Some(true), Some(true)) => Some(json!("b")),
                (Some(false), _) => Some(json!("c")),
                _ => None,
            },
        );
    }
    if severity.availability == Loss::Full {
        set("59", Some(json!("b")));
    }
}

fn risk(known: &Known) -> Option<Value> {
    match (known.flag("flags.high_risk"), known.flag("flags.risk_unlikely")) {
        (Some(true), Some(true)) => None,
        (Some(true), _) => Some(json!("a")),
        (_, Some(true)) => Some(json!("c")),
        (Some(false), Some(false)) => Some(json!("b")),
        _ => None,
    }
}

fn places(known: &Known, set: &mut impl FnMut(&str, Option<Value>)) {
    let country = |code: &str| code.split('-').next().unwrap_or(code).to_owned();
    let is_state = |code: &String| code.len() == 2 && place::within(code, "EEA");
    let listed = |mut codes: Vec<String>| {
        codes.sort();
        codes.dedup();
        codes
    };
    let established = known.value("actor.establishments").and_then(Value::as_array);
    let established: Vec<String> =
        established.into_iter().flatten().filter_map(Value::as_str).map(country).filter(is_state).collect();
    let people = known.people();
    let affected = listed(people.iter().map(|(place, _)| country(place)).filter(is_state).collect());
    let words = |codes: &[String]| (!codes.is_empty()).then(|| json!(codes.join(", ")));
    if !established.is_empty() {
        set("115", words(&listed(established)));
        set("116", words(&affected));
        if let [only] = affected.as_slice() {
            let count = people.iter().find(|(place, _)| place == only).map(|(_, count)| *count);
            set("117", count.map(|count| json!(count)));
        }
    } else {
        set("121", words(&affected));
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::{edpb, known::tests::known},
        *,
    };

    const FIRST: Heading<'_> = Heading { incident: 7, follows: false, first_reference: "", late_reasons: "" };

    #[test]
    fn facts_fill_what_they_answer_exactly() {
        let known = known(&[
            ("events.occurred", json!("2026-11-22")),
            ("events.aware", json!({ "local": "2026-11-23T14:20", "zone": "Europe/Paris" })),
            ("events.notified_individuals.DE", json!("2026-11-25")),
            ("events.notified_individuals.FR", json!("2026-11-24")),
            ("events.submitted.eu-nis2/early-warning", json!("2026-11-24T10:00Z")),
            ("affected.individuals.DE", json!(20)),
            ("affected.individuals.US-CA", json!(501)),
            ("actor.establishments", json!(["FR", "US-NY"])),
            ("data.categories", json!(["contact"])),
            ("data.encrypted", json!(true)),
            ("data.key_taken", json!(false)),
            ("flags.high_risk", json!(false)),
            ("flags.risk_unlikely", json!(false)),
            ("told.nature", json!("A laptop was lost.")),
            ("told.cause", json!("It was left on a train.")),
            ("told.organisation", json!("Acme GmbH\nHauptstraße 1, Berlin")),
            ("told.records", json!("4,000")),
            (
                "severity",
                json!({ "data": "simple", "steps": 0, "identified": "maximum", "confidentiality": "full", "integrity": "none", "availability": "none", "malicious": false }),
            ),
        ]);
        let form = form(&known, &Heading { late_reasons: "A holiday.", ..FIRST });
        for (field, value) in [
            ("3", json!("a")),
            ("7", json!("Incident 7")),
            ("12", json!("Acme GmbH")),
            ("48", json!("2026-11-23T14:20:00+01:00")),
            ("49", json!("A holiday.")),
            ("55", json!("a")),
            ("57", json!("a")),
            ("62", json!("A laptop was lost.\n\nIt was left on a train.")),
            ("68", json!(521)),
            ("70", json!("b")),
            ("71", json!("contact details")),
            ("73", json!(4000)),
            ("89", json!("b")),
            ("97", json!("a")),
            ("98", json!("2026-11-24")),
            ("110", json!("a")),
            ("115", json!("FR")),
            ("116", json!("DE")),
            ("117", json!(20)),
        ] {
            assert_eq!(form.get(&format!("field_{field}")), Some(&value), "field {field}");
        }
        for open in ["field_46", "field_4", "field_44", "field_60", "field_65", "field_87", "field_6"] {
            assert!(!form.contains_key(open), "{open} is for a person");
        }
        assert_eq!(edpb::unfit(&form), [], "what is filled in fits");
    }

    #[test]
    fn nothing_is_made_up() {
        let form = form(&known(&[]), &FIRST);
        assert_eq!(form.keys().collect::<Vec<_>>(), ["field_3", "field_7"]);
    }

    #[test]
    fn what_has_no_exact_choice_stays_open() {
        let known = known(&[
            ("data.categories", json!(["contact", "health"])),
            ("told.records", json!("about 4,000")),
            ("flags.high_risk", json!(false)),
            (
                "severity",
                json!({ "data": "simple", "steps": 0, "identified": "maximum", "confidentiality": "full", "integrity": "none", "availability": "full", "malicious": false }),
            ),
        ]);
        let form = form(&known, &Heading { follows: true, first_reference: "4711", ..FIRST });
        for open in ["field_70", "field_73", "field_89", "field_55", "field_57"] {
            assert!(!form.contains_key(open), "{open}");
        }
        assert_eq!((&form["field_3"], &form["field_6"], &form["field_59"]), (&json!("b"), &json!("4711"), &json!("b")));
    }
}
