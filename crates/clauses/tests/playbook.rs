//! The shipped playbook against the shipped engine: what we propose must pass our own review.

#![allow(clippy::unwrap_used, reason = "tests say what must hold by panicking")]

use clauses::playbook::{About, Playbook, default_playbook};
use clauses::{Status, Topic, compare, read};

fn about() -> About {
    About { kind: "saas".into(), role: "customer".into(), data: vec!["personal".into()], ..About::default() }
}

fn status_of(text: &str, topic: Topic, playbook: &Playbook) -> (Status, String) {
    let reading = read(text, &[]);
    let findings = compare(&reading, text, playbook, &about());
    let f = findings.into_iter().find(|f| f.topic == topic).expect("the playbook has every topic");
    (f.status, f.reason)
}

#[test]
fn default_playbook_is_valid_and_whole() {
    let playbook = default_playbook();
    assert_eq!(playbook.validate(), Vec::new());
    for topic in Topic::ALL {
        assert!(playbook.position(topic).is_some(), "{topic}");
    }
}

#[test]
fn default_playbook_survives_toml_and_json() {
    let playbook = default_playbook();
    let toml = playbook.to_toml().expect("writes");
    assert_eq!(Playbook::from_toml(&toml).expect("reads"), playbook);
    let json = serde_json::to_string(&playbook).expect("writes");
    assert_eq!(serde_json::from_str::<Playbook>(&json).expect("reads"), playbook);
}

#[test]
fn every_preferred_text_is_preferred() {
    let playbook = default_playbook();
    let mut wrong = Vec::new();
    for p in &playbook.topics {
        let (status, reason) = status_of(&p.preferred.text, p.topic, &playbook);
        if status != Status::Preferred {
            wrong.push(format!("{}: {status:?}: {reason}", p.topic));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// A cap in fees counts for what it allows, not for being one.
#[test]
fn a_cap_of_one_months_fees_is_not_preferred() {
    let playbook = default_playbook();
    let cap = |period: &str| {
        let text = format!(
            "8.2 Limitation of Liability. Each party's total aggregate liability arising out of this Agreement shall not exceed the fees paid in the {period} before the event giving rise to the claim."
        );
        status_of(&text, Topic::LiabilityCap, &playbook)
    };
    assert_eq!(cap("twelve (12) months").0, Status::Preferred);
    let (status, reason) = cap("one (1) month");
    assert_eq!(status, Status::Weaker, "{reason}");
    assert!(reason.contains("months of fees"), "{reason}");
}

#[test]
fn every_fallback_is_at_least_a_fallback() {
    let playbook = default_playbook();
    let mut wrong = Vec::new();
    for p in &playbook.topics {
        for f in &p.fallbacks {
            let (status, reason) = status_of(&f.text, p.topic, &playbook);
            if !matches!(status, Status::Preferred | Status::Fallback) {
                wrong.push(format!("{}: {status:?}: {reason}", p.topic));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn ten_days_are_weaker_than_72_hours() {
    let playbook = default_playbook();
    let check = |text: &str, want: Status, word: &str| {
        let (status, reason) = status_of(text, Topic::BreachNotification, &playbook);
        assert_eq!(status, want, "{text}: {reason}");
        assert!(reason.contains(word), "{reason}");
    };
    check(
        "The Supplier shall notify the Customer of any security incident within 24 hours after becoming aware of it.",
        Status::Preferred,
        "24 hours",
    );
    check(
        "The Supplier shall notify the Customer of a personal data breach within seventy-two (72) hours of becoming aware.",
        Status::Fallback,
        "72 hours",
    );
    check(
        "The Supplier shall notify the Customer of any security breach within ten (10) days of discovery of the breach.",
        Status::Weaker,
        "10 days",
    );
    check(
        "The Supplier shall promptly notify the Customer upon becoming aware of any security breach affecting personal data.",
        Status::Weaker,
        "promptly",
    );
    check(
        "The Supplier shall notify the Customer of any security breach within thirty (30) days of discovery of the breach.",
        Status::Unacceptable,
        "30 days",
    );
}

#[test]
fn a_duty_on_us_is_not_a_duty_on_them() {
    let playbook = default_playbook();
    let text = "The Customer shall notify the Supplier within 24 hours after becoming aware of any security breach or unauthorised access.";
    let (status, reason) = status_of(text, Topic::BreachNotification, &playbook);
    assert_eq!(status, Status::Weaker, "{reason}");
    assert!(reason.contains("on us"), "{reason}");
}

#[test]
fn what_is_required_depends_on_the_contract() {
    let playbook = default_playbook();
    let text = "The parties met for lunch and the weather was fine on that day in the garden.";
    let reading = read(text, &[]);
    let findings = compare(&reading, text, &playbook, &about());
    let find = |t: Topic| findings.iter().find(|f| f.topic == t).expect("present");
    let breach = find(Topic::BreachNotification);
    assert_eq!(breach.status, Status::Missing);
    assert!(breach.confidence > 0.9, "{}", breach.confidence);
    assert!(breach.blocking && breach.suggestion.is_some() && breach.approvers == ["legal", "security"]);
    assert_eq!(find(Topic::PeriodicReporting).status, Status::NotRequired);
    assert!(!find(Topic::PeriodicReporting).blocking);
}

#[test]
fn mistakes_in_a_playbook_are_all_named() {
    let toml = r#"
        name = ""
        [[position]]
        topic = "insurance"
        approvers = ["marketing"]
        required = [{ kinds = ["barter"] }]
        [position.preferred]
        text = " "
        tests = [{ test = "mentions", any = [] }, { test = "limit_at_most", count = 0, unit = "days" }]
        [[position.unacceptable]]
        description = "nothing"
        tests = []
    "#;
    let problems = Playbook::from_toml(toml).expect("reads").validate();
    assert_eq!(problems.len(), 7, "{problems:#?}");
    assert!(Playbook::from_toml("name = 1").is_err());
    assert!(
        Playbook::from_toml("[[position]]\ntopic = \"magic\"\npreferred = { text = \"x\" }\nname = \"n\"").is_err()
    );
}
