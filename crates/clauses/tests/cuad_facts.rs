//! Measures the facts read against the answers that CUAD's lawyers gave.
//!
//! `COUNTERSIGN_DATA=… cargo test -p clauses --test cuad_facts -- --ignored --nocapture`, with `zcat` at hand. The
//! rules were written on `train`; of `dev` only the figures were looked at.

#![expect(clippy::print_stdout, reason = "a measurement prints its figures")]

use clauses::facts::{Fact, Facts, facts};
use clauses::segment::segment;
use serde_json::Value;
use std::process::Command;
use std::time::{Duration, Instant};

struct Kind {
    /// The label in CUAD.
    label: &'static str,
    fact: fn(&Facts) -> &Option<Fact>,
    /// An answer in a form in which equal facts are equal; `None` where the answer names no whole value.
    normal: fn(&str) -> Option<String>,
}

const KINDS: [Kind; 6] = [
    Kind { label: "Agreement Date", fact: |f| &f.agreement_date, normal: date },
    Kind { label: "Effective Date", fact: |f| &f.effective_date, normal: date },
    Kind { label: "Expiration Date", fact: |f| &f.expiration_date, normal: date },
    Kind { label: "Renewal Term", fact: |f| &f.renewal_term, normal: period },
    Kind { label: "Notice Period To Terminate Renewal", fact: |f| &f.notice_to_stop_renewal, normal: period },
    Kind { label: "Governing Law", fact: |f| &f.governing_law, normal: law },
];

/// "5/8/14" as `2014-05-08`. A date with a blank ("[]/[]/2020") is no date; what can't be read, as "9/5/2019;
/// perpetual", stays as it is and so equals nothing that we return.
fn date(answer: &str) -> Option<String> {
    let answer = answer.trim();
    if answer.is_empty() || answer.contains('[') {
        return None;
    }
    if answer.eq_ignore_ascii_case("perpetual") {
        return Some("perpetual".into());
    }
    let parts: Vec<u32> = answer.split('/').filter_map(|p| p.parse().ok()).collect();
    let [first, second, year] = parts[..] else { return Some(answer.to_owned()) };
    let (month, day) = if first > 12 { (second, first) } else { (first, second) };
    let year = match year {
        0..=49 => 2000 + year,
        50..=99 => 1900 + year,
        _ => year,
    };
    Some(format!("{year:04}-{month:02}-{day:02}"))
}

/// "Successive 12 Months" as `successive 1 year`. A count of renewals before the period ("2 successive 5 years")
/// is not compared.
fn period(answer: &str) -> Option<String> {
    let lower = answer.trim().to_lowercase();
    if lower.is_empty() || lower.contains('[') {
        return None;
    }
    if lower == "perpetual" {
        return Some(lower);
    }
    if lower.contains([';', '/', ',']) {
        return Some(lower);
    }
    let words: Vec<&str> = lower.split_whitespace().collect();
    let [.., count, unit] = words[..] else { return Some(lower) };
    let Ok(count) = count.trim_matches(['(', ')']).parse::<u32>() else { return Some(lower) };
    let (count, unit) = match unit.trim_end_matches('s') {
        "month" if count.is_multiple_of(12) => (count / 12, "year"),
        unit => (count, unit),
    };
    // The answers spell "successive" in several ways.
    let successive = if lower.contains("suc") { "successive " } else { "" };
    Some(format!("{successive}{count} {unit}"))
}

/// The set of jurisdictions, each without the words for its kind and without its country.
fn law(answer: &str) -> Option<String> {
    let lower = answer.to_lowercase().replace('’', "'").replace("massachussets", "massachusetts");
    let mut parts: Vec<String> = lower
        .split(';')
        .flat_map(|p| p.split(" and "))
        .map(|part| {
            let mut part = part.trim().trim_end_matches('.');
            for kind in ["the ", "state of ", "commonwealth of ", "province of ", "federal republic of "] {
                part = part.strip_prefix(kind).unwrap_or(part);
            }
            for country in ["uk", "united kingdom", "canada", "australia", "usa", "u.s.a", "united states"] {
                part = part.strip_suffix(country).map_or(part, |p| p.trim_end().strip_suffix(',').unwrap_or(part));
            }
            match part.trim() {
                // One jurisdiction in law, whichever part is named.
                "wales" => "england".to_owned(),
                "people's republic of china" | "prc" => "china".to_owned(),
                other => other.to_owned(),
            }
        })
        .filter(|p| !p.is_empty())
        .collect();
    parts.sort();
    parts.dedup();
    (!parts.is_empty()).then(|| parts.join("; "))
}

fn contracts(split: &str) -> Vec<Value> {
    let folder = std::env::var("COUNTERSIGN_DATA").expect("COUNTERSIGN_DATA names the folder of data sets");
    let file = std::path::Path::new(&folder).join("cuad").join(format!("{split}.jsonl.gz"));
    let out = Command::new("zcat").arg(&file).output().expect("zcat runs");
    assert!(out.status.success(), "zcat {}", file.display());
    let text = String::from_utf8(out.stdout).expect("JSON lines are UTF-8");
    text.lines().map(|line| serde_json::from_str(line).expect("a contract a line")).collect()
}

/// Mean accuracy of the six kinds over a split.
fn measure(split: &str) -> f64 {
    let contracts = contracts(split);
    let mut spent = Duration::ZERO;
    let mut bytes = 0;
    let read: Vec<Facts> = contracts
        .iter()
        .map(|c| {
            let text = c["text"].as_str().expect("a text");
            let clauses = segment(text, &[]);
            let start = Instant::now();
            let facts = facts(text, &clauses);
            spent += start.elapsed();
            bytes += text.len();
            facts
        })
        .collect();
    println!("{split}: {} contracts, {:.0} MB/s", contracts.len(), bytes as f64 / 1e6 / spent.as_secs_f64());
    let mut total = 0.0;
    for kind in &KINDS {
        let (mut right, mut answered, mut right_answered) = (0, 0, 0);
        for (contract, facts) in contracts.iter().zip(&read) {
            let want = (kind.normal)(contract["answers"][kind.label].as_str().unwrap_or(""));
            let got = (kind.fact)(facts).as_ref().and_then(|f| (kind.normal)(&f.value));
            let agrees = usize::from(want == got);
            right += agrees;
            if want.is_some() {
                answered += 1;
                right_answered += agrees;
            }
        }
        let accuracy = right as f64 / contracts.len() as f64;
        total += accuracy;
        let share = right_answered as f64 / answered as f64;
        println!("  {:36}{accuracy:.3}   where there is an answer {right_answered}/{answered} {share:.3}", kind.label);
    }
    let mean = total / KINDS.len() as f64;
    println!("  mean {mean:.3}");
    mean
}

#[test]
#[ignore = "a measurement"]
fn facts_agree_with_cuad() {
    let (train, dev) = (measure("train"), measure("dev"));
    assert!(train > 0.88, "train {train:.3}");
    assert!(dev > 0.83, "dev {dev:.3}");
}

#[test]
fn answers_are_compared_by_what_they_mean() {
    assert_eq!(date("5/8/14"), Some("2014-05-08".into()));
    assert_eq!(date("31/01/2025"), Some("2025-01-31".into()));
    assert_eq!(date("[]/[]/2020"), None);
    assert_eq!(period("Successive 12 Months"), period("succesive 1 year"));
    assert_ne!(period("1 year"), period("successive 1 year"));
    assert_eq!(law("England, United Kingdom; Wales, United Kingdom"), law("England and Wales"));
    assert_eq!(law("Province of Ontario, Canada"), law("Ontario, Canada"));
    assert_ne!(law("Texas; Singapore"), law("Texas"));
}
