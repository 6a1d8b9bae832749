//! The shipped rules and calendars as a whole.

use std::collections::BTreeSet;

use clocks::{Book, shipped};

#[test]
fn every_shipped_file_is_read() {
    let book = shipped();
    let problems: Vec<String> = book.problems.iter().map(ToString::to_string).collect();
    assert!(problems.is_empty(), "{}", problems.join("\n"));
    assert!(book.rules.len() >= 250, "{}", book.rules.len());
    assert!(book.calendars.tables().count() >= 90);
}

#[test]
fn every_state_with_the_district_and_puerto_rico_has_a_duty_towards_its_residents() {
    let places: BTreeSet<&str> = shipped()
        .rules
        .iter()
        .filter(|rule| rule.id == "individuals" && rule.place.starts_with("US-"))
        .map(|rule| rule.place.as_str())
        .collect();
    assert_eq!(places.len(), 54, "50 states, DC, PR, GU, VI: {places:?}");
}

#[test]
fn every_regime_of_the_fact_sheet_is_there_and_proposals_are_drafts() {
    let rules = &shipped().rules;
    for regime in [
        "eu-gdpr",
        "eu-nis2",
        "eu-dora",
        "eu-cra-vulnerability",
        "eu-cra-incident",
        "eu-eidas",
        "eu-cer",
        "eu-eprivacy",
        "uk-gdpr",
        "uk-pecr",
        "us-hipaa",
        "us-sec-8k",
        "us-reg-sp",
        "us-glba",
        "us-ftc-hbnr",
        "us-bank-36h",
        "us-ncua",
        "us-nydfs",
        "us-dfars",
        "us-fcc",
        "ca-pipeda",
        "ca-quebec",
        "au-ndb",
        "au-soci",
        "au-ransom",
        "au-apra",
        "sg-pdpa",
        "jp-appi",
        "br-lgpd",
        "in-certin",
        "in-dpdp",
        "cn-cac",
        "kr-pipa",
        "ch-fadp",
        "ch-isa",
    ] {
        assert!(rules.iter().any(|rule| rule.regime == regime && !rule.draft), "{regime}");
    }
    for regime in ["eu-digital-omnibus", "us-circia"] {
        let of: Vec<bool> = rules.iter().filter(|rule| rule.regime == regime).map(|rule| rule.draft).collect();
        assert!(!of.is_empty() && of.iter().all(|draft| *draft), "{regime}: {of:?}");
    }
}

#[test]
fn a_mistake_is_named_by_line_and_leaves_out_no_more_than_what_it_stands_in() {
    let good =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/rules/eu/gdpr.toml")).expect("a file of ours");
    let count = {
        let mut book = Book { calendars: shipped().calendars.clone(), ..Book::default() };
        book.add("gdpr.toml", &good);
        assert!(book.problems.is_empty(), "{:?}", book.problems);
        book.rules.len()
    };
    for (from, to, reason, left) in [
        ("hours = 72", "hours = -72", "invalid value", count - 1),
        ("hours = 72", "hours = 0", "at least 1", count - 1),
        ("from = \"aware\"", "from = \"whenever\"", "is no base event", count - 1),
        ("actor = \"processor\"", "actor = \"beekeeper\"", "no word for an actor", count - 1),
        ("counting = \"eu\"", "counting = \"eus\"", "unknown variant", 0),
        ("place = \"EEA\"", "place = \"Europa\"", "no place", 0),
        ("zone = \"member-state\"", "zone = \"Europe/Atlantis\"", "no time zone", 0),
        ("regime = \"eu-gdpr\"", "regime = \"eu-gdpr", "", 0),
    ] {
        let wrong = good.replacen(from, to, 1);
        assert_ne!(wrong, good, "{from}");
        let mut book = Book { calendars: shipped().calendars.clone(), ..Book::default() };
        book.add("gdpr.toml", &wrong);
        let [problem] = book.problems.as_slice() else { panic!("{to}: {:?}", book.problems) };
        assert!(problem.reason.contains(reason), "{to}: {problem}");
        assert!(problem.line >= 1, "{problem}");
        assert_eq!(book.rules.len(), left, "{to}: {problem}");
    }
    let line = good.lines().position(|line| line.contains("zone = \"member-state\"")).expect("it has a zone") + 1;
    let mut book = Book::default();
    book.add("gdpr.toml", &good.replacen("zone = \"member-state\"", "zone = 7", 1));
    assert_eq!(book.problems[0].line, line);
}

#[test]
fn a_rule_cannot_take_the_place_of_a_shipped_one() {
    let mut book = shipped().clone();
    let before = book.rules.len();
    book.add(
        "own.toml",
        &std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/rules/us-states/ca.toml"))
            .expect("a file of ours"),
    );
    assert_eq!(book.rules.len(), before);
    assert!(book.problems.iter().all(|problem| problem.reason.contains("already")) && !book.problems.is_empty());
}
