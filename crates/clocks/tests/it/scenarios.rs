//! Worked examples that a lawyer can read: `scenarios/*.toml`. Each gives facts and what must come out.

use std::{collections::BTreeMap, fmt::Write, fs, path::Path};

use clocks::{Book, Facts, Options, evaluate, shipped};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    scenario: Vec<Scenario>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Scenario {
    name: String,
    #[expect(dead_code, reason = "for the reader of the file")]
    #[serde(default)]
    source: String,
    facts: serde_json::Value,
    #[serde(default)]
    at: Option<String>,
    #[serde(default)]
    drafts: bool,
    /// By rule: "due 2026-…", "not_applicable", "not_evaluable: events.aware", "due: without undue delay".
    expect: BTreeMap<String, String>,
    /// By rule: readings that must stand beside, as due instants.
    #[serde(default)]
    readings: BTreeMap<String, Vec<String>>,
    /// By rule: words that must stand among the reasons.
    #[serde(default)]
    because: BTreeMap<String, String>,
}

/// All scenarios on a book of rules: what was wrong, and how many there were.
fn judged(book: &Book) -> (String, usize) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let mut wrong = String::new();
    let mut count = 0;
    let mut paths: Vec<_> =
        fs::read_dir(&folder).expect("a folder of ours").flatten().map(|entry| entry.path()).collect();
    paths.sort();
    for path in paths.iter().filter(|path| path.extension().is_some_and(|ending| ending == "toml")) {
        let text = fs::read_to_string(path).expect("a file of ours");
        let file: File = toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        for scenario in file.scenario {
            count += 1;
            check(&scenario, book, &mut wrong);
        }
    }
    (wrong, count)
}

#[test]
fn every_worked_example_comes_out() {
    let (wrong, count) = judged(shipped());
    assert!(wrong.is_empty(), "{wrong}");
    assert!(count >= 60, "{count} examples");
}

/// Mistakes that engines of others make, made in our rules: each must break an example.
#[test]
fn each_known_mistake_breaks_an_example() {
    let mistakes = [
        ("hours for business days", "us-federal/sec-8k.toml", "business_days = 4", "hours = 96"),
        ("calendar days for business days", "us-federal/fcc.toml", "business_days = 7", "days = 7"),
        ("days for hours", "eu/gdpr.toml", "hours = 72", "days = 3"),
        ("noon in UTC", "eu/dora.toml", "zone = \"member-state\"", "zone = \"UTC\""),
        ("always the earlier limit", "eu/dora.toml", "void_if_passed_by = \"classified\", ", ""),
        (
            "the wrong anchor",
            "eu/dora.toml",
            "from = \"submitted:initial\", hours = 72",
            "from = \"aware\", hours = 72",
        ),
        ("the wrong anchor, silently", "eu/cra-vulnerability.toml", "from = \"fix_available\"", "from = \"aware\""),
        (
            "the total for a state's threshold",
            "us-states/ca.toml",
            "affected = \"US-CA\", more_than = 500",
            "affected = \"total\", more_than = 500",
        ),
        ("at least for more than", "us-states/ca.toml", "more_than = 500", "at_least = 500"),
        (
            "from discovery and not from the notice",
            "us-states/ca.toml",
            "from = \"notified:US-CA\"",
            "from = \"discovered\"",
        ),
    ];
    for (mistake, file, from, to) in mistakes {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules").join(file);
        let text = fs::read_to_string(&path).expect("a file of ours");
        let wrong = text.replace(from, to);
        assert_ne!(wrong, text, "{mistake}: {file} has no `{from}`");
        let mut book = shipped().clone();
        book.rules.retain(|rule| rule.file != file);
        book.add(file, &wrong);
        assert!(book.problems.is_empty(), "{mistake}: {:?}", book.problems);
        assert!(!judged(&book).0.is_empty(), "{mistake}: no example noticed");
    }
}

fn check(scenario: &Scenario, book: &Book, wrong: &mut String) {
    let facts = Facts::from_json(&scenario.facts).expect("an object");
    let at = scenario.at.as_ref().map(|at| at.parse().expect("an instant"));
    let duties = evaluate(&book.rules, &book.calendars, &facts, Options { at, drafts: scenario.drafts });
    let name = &scenario.name;
    let mut tell = |rule: &str, wanted: &str, got: &str| {
        writeln!(wrong, "{name}\n  {rule}\n  wanted {wanted}\n  got    {got}").expect("a string takes everything");
    };
    for (rule, wanted) in &scenario.expect {
        let Some(duty) = duties.iter().find(|duty| duty.rule == *rule) else {
            tell(rule, wanted, "no such rule");
            continue;
        };
        let status = serde_json::to_value(duty.status).expect("a word");
        let status = status.as_str().expect("a word");
        let got = match (&duty.due_there, duty.missing.is_empty()) {
            (Some(due), _) => format!("{status} {due}"),
            (None, _) if status == "due" => format!("due: {}", duty.limit),
            (None, false) => format!("{status}: {}", duty.missing.join(", ")),
            (None, true) => status.to_owned(),
        };
        if got != *wanted {
            tell(rule, wanted, &format!("{got}\n         because {}", duty.because.join("; ")));
        }
    }
    for (rule, wanted) in &scenario.readings {
        let Some(duty) = duties.iter().find(|duty| duty.rule == *rule) else {
            tell(rule, "readings", "no such rule");
            continue;
        };
        let got: Vec<&str> = duty.readings.iter().map(|reading| reading.due.as_str()).collect();
        if got != wanted.iter().map(String::as_str).collect::<Vec<_>>() {
            tell(rule, &wanted.join(", "), &format!("{} (readings)", got.join(", ")));
        }
    }
    for (rule, words) in &scenario.because {
        let reasons =
            duties.iter().find(|duty| duty.rule == *rule).map(|duty| duty.because.join("; ")).unwrap_or_default();
        if !reasons.contains(words.as_str()) {
            tell(rule, words, &reasons);
        }
    }
}
