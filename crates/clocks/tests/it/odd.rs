//! Facts that nobody should give, and more duties than anybody has.

use std::time::Instant;

use clocks::{Book, Facts, Options, Status, evaluate, shipped};
use proptest::prelude::*;
use serde_json::{Value, json};

fn duties(facts: &Value) -> Vec<clocks::Duty> {
    let book = shipped();
    let facts = Facts::from_json(facts).expect("an object");
    evaluate(&book.rules, &book.calendars, &facts, Options { at: None, drafts: true })
}

/// An incident that touches as many rules as one can.
fn everything() -> Value {
    let roles: Vec<&str> = clocks::words::actors().collect();
    let states: serde_json::Map<String, Value> = shipped()
        .rules
        .iter()
        .filter(|rule| rule.place.starts_with("US-"))
        .map(|rule| (rule.place.clone(), json!(5000)))
        .chain(
            ["DE", "FR", "JP", "KR", "CA", "CA-QC", "AU", "SG", "BR", "IN", "CN", "GB", "CH"]
                .map(|code| (code.to_owned(), json!(5000))),
        )
        .collect();
    json!({
        "events": {
            "occurred": "2026-11-20T08:00Z", "detected": "2026-11-20T09:00Z", "aware": "2026-11-20T10:00Z", "told_by_processor": "2026-11-20T10:30Z",
            "classified_major": "2026-11-20T12:00Z", "material": "2026-11-21T12:00Z", "fix_available": "2026-11-22T12:00Z", "payment": "2026-11-23T12:00Z",
            "notified_individuals": { "US-CA": "2026-12-01", "US-IA": "2026-12-01" }
        },
        "actor": { "roles": roles, "establishments": ["DE", "US-NY", "GB", "CH", "CA-QC", "AU", "SG", "JP", "BR", "IN", "CN", "KR"] },
        "data": { "categories": ["ssn", "health", "financial", "credentials"], "encrypted": false },
        "affected": { "individuals": states },
        "flags": { "significant": true, "actively_exploited": true, "severe_incident": true, "high_risk": true }
    })
}

#[test]
fn an_incident_under_every_law_is_judged_in_two_milliseconds() {
    let book = shipped();
    let facts = Facts::from_json(&everything()).expect("an object");
    let count = evaluate(&book.rules, &book.calendars, &facts, Options::default())
        .iter()
        .filter(|duty| duty.status == Status::Due)
        .count();
    assert!(count >= 150, "{count} duties are due");
    let mut runs: Vec<u128> = (0..21)
        .map(|_| {
            let begun = Instant::now();
            let duties = evaluate(&book.rules, &book.calendars, &facts, Options::default());
            assert!(duties.len() >= 200);
            begun.elapsed().as_micros()
        })
        .collect();
    runs.sort_unstable();
    println!("{} rules, {count} due: median {} us", book.rules.len(), runs[10]);
    // Ten times the goal, so that a busy machine is no mistake of ours.
    assert!(runs[10] < 20_000, "{runs:?}");
}

#[test]
fn five_hundred_own_rules_beside_the_shipped_ones() {
    let mut text = String::from(
        "regime = \"contract-many\"\ntitle = \"Clauses\"\nlaw = \"Agreements\"\nplace = \"DE\"\nzone = \"Europe/Berlin\"\ncounting = \"plain\"\nsource = \"the agreements\"\nverified_on = 2026-11-22\nconfidence = \"statute\"\n",
    );
    for n in 1..=500 {
        text.push_str(&format!("[[duty]]\nid = \"clause-{n}\"\narticle = \"{n}\"\nwho = \"we\"\nto = \"client {n}\"\nlimits = [{{ from = \"aware\", hours = {n} }}]\n"));
    }
    let mut book: Book = shipped().clone();
    book.add("own.toml", &text);
    assert!(book.problems.is_empty(), "{:?}", book.problems);
    let facts = Facts::from_json(&json!({ "events": { "aware": "2026-11-20T10:00Z" } })).expect("an object");
    let duties = evaluate(&book.rules, &book.calendars, &facts, Options::default());
    let ours: Vec<_> = duties.iter().filter(|duty| duty.rule.starts_with("contract-many/")).collect();
    assert_eq!(ours.len(), 500);
    assert!(ours.iter().all(|duty| duty.status == Status::Due && duty.due.is_some()));
    assert_eq!(ours[499].due_there.as_deref(), Some("2026-12-11T07:00:00+01:00"));
}

#[test]
fn a_fact_of_the_wrong_shape_is_told_and_never_silently_dropped() {
    for (facts, told) in [
        (json!({ "events": [] }), "`events` must be an object"),
        (json!({ "events": { "awared": "2026-11-20T10:00Z" } }), "`events.awared` is not an event"),
        (json!({ "event": {} }), "`event` is not a fact"),
        (json!({ "actor": { "role": ["controller"] } }), "`actor.role` is not a fact"),
        (json!({ "actor": { "roles": ["beekeeper"] } }), "no rule asks for the actor `beekeeper`"),
        (json!({ "data": { "categories": ["honey"] } }), "category `honey`"),
        (json!({ "affected": { "individuals": { "California": 5 } } }), "is no place"),
        (json!({ "zone": "Europe/Atlantis" }), "no time zone"),
        (json!({ "closures": [{ "calendar": "us-federal" }] }), "closures"),
    ] {
        let read = Facts::from_json(&facts).expect("an object");
        assert!(read.notes.iter().any(|note| note.contains(told)), "{facts}: {:?}", read.notes);
    }
    assert!(Facts::from_json(&json!([1, 2])).is_err());
}

/// Any JSON, with the names that we know mixed in.
fn any_facts() -> impl Strategy<Value = Value> {
    let word = prop_oneof![
        Just("events".to_owned()),
        Just("aware".to_owned()),
        Just("detected".to_owned()),
        Just("classified_major".to_owned()),
        Just("submitted".to_owned()),
        Just("eu-gdpr/authority".to_owned()),
        Just("notified_individuals".to_owned()),
        Just("actor".to_owned()),
        Just("roles".to_owned()),
        Just("establishments".to_owned()),
        Just("affected".to_owned()),
        Just("individuals".to_owned()),
        Just("US-CA".to_owned()),
        Just("flags".to_owned()),
        Just("data".to_owned()),
        "[a-zA-Z0-9é:-]{0,12}",
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        Just(Value::from("2026-11-23T14:20[Europe/Paris]")),
        Just(Value::from("9999-12-31T23:59:59Z")),
        Just(Value::from("2199-12-31")),
        Just(Value::from("1970-01-01[Pacific/Kiritimati]")),
        Just(Value::from("controller")),
        "[0-9TZ:+.\\[\\]A-Za-z/ -]{0,32}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 40, 8, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(word.clone(), inner, 0..6)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn no_facts_make_it_panic(facts in any_facts()) {
        if let Ok(read) = Facts::from_json(&facts) {
            let book = shipped();
            let at = Some("2026-11-23T14:20:00Z".parse().expect("an instant"));
            let duties = evaluate(&book.rules, &book.calendars, &read, Options { at, drafts: true });
            prop_assert_eq!(duties.len(), book.rules.len());
            for duty in duties {
                let dated = matches!(duty.status, Status::Due | Status::Late | Status::Met);
                prop_assert!(dated || duty.due.is_none(), "{} {:?}", duty.rule, duty.status);
                prop_assert!(!duty.because.is_empty(), "{} says nothing", duty.rule);
            }
        }
    }

    #[test]
    fn without_its_event_no_duty_has_a_date(gone in 0usize..8) {
        let mut facts = everything();
        let names = ["detected", "aware", "told_by_processor", "classified_major", "material", "fix_available", "payment", "notified_individuals"];
        // The three by which a breach becomes known go together: each of them is enough.
        let gone: &[&str] = if gone < 3 { &names[..3] } else { &names[gone..=gone] };
        let events = facts["events"].as_object_mut().expect("events");
        for name in gone {
            events.remove(*name);
        }
        for duty in duties(&facts) {
            let runs_from = |name: &str| duty.base.iter().any(|base| base.event.contains(name));
            prop_assert!(!gone.iter().any(|name| runs_from(name)), "{}", duty.rule);
        }
    }
}
