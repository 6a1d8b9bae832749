//! How well attributes and obligations agree with the marked agreements. A measurement, run by hand:
//! `COUNTERSIGN_DATA=… cargo test -p clauses --test duties -- --ignored --nocapture`; with `COUNTERSIGN_MISSES` set
//! to a word, what was missed of that kind is printed as well.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "tests say what must hold by panicking")]

use clauses::{Obligation, Reading, Topic, attributes, duration, read};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::PathBuf;

struct Marked {
    name: String,
    text: String,
    /// Byte ranges of the marked set's own segments.
    segments: Vec<(usize, usize)>,
    labels: Value,
}

fn load() -> Vec<Marked> {
    let data = PathBuf::from(std::env::var_os("COUNTERSIGN_DATA").expect("COUNTERSIGN_DATA names the data folder"));
    let mut docs = Vec::new();
    for folder in ["dev", "more"] {
        let dir = data.join("clauses").join(folder);
        let mut names: Vec<String> = std::fs::read_dir(&dir)
            .unwrap()
            .filter_map(|e| e.ok()?.file_name().into_string().ok())
            .filter_map(|n| n.strip_suffix(".labels.json").map(str::to_owned))
            .collect();
        names.sort();
        for name in names {
            let json = |ending: &str| -> Value {
                serde_json::from_slice(&std::fs::read(dir.join(format!("{name}{ending}"))).unwrap()).unwrap()
            };
            let body = json(".json");
            let text = body["text"].as_str().unwrap().to_owned();
            // The set counts characters, the program bytes.
            let mut at: Vec<usize> = text.char_indices().map(|(i, _)| i).collect();
            at.push(text.len());
            let place = |v: &Value| at[v.as_u64().unwrap() as usize];
            let segments = body["segments"].as_array().unwrap().iter().map(|s| (place(&s[0]), place(&s[1]))).collect();
            docs.push(Marked { labels: json(".labels.json"), name, text, segments });
        }
    }
    assert!(!docs.is_empty(), "no marked agreement found");
    docs
}

fn misses(kind: &str, line: impl FnOnce() -> String) {
    if std::env::var("COUNTERSIGN_MISSES").is_ok_and(|wanted| kind.starts_with(&wanted)) {
        println!("  [{kind}] {}", line());
    }
}

fn array<'a>(value: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> {
    value[key].as_array().into_iter().flatten()
}

/// A party's name as far as two readers must agree on it.
fn plain(name: &str) -> String {
    name.to_lowercase().replace("the ", "").trim().to_owned()
}

fn names_agree(marked: &str, ours: &str) -> bool {
    let (want, have) = (plain(marked), plain(ours));
    want == have
        || (!want.is_empty()
            && !have.is_empty()
            && (have.contains(&want)
                || want.contains(&have)
                || have.trim_end_matches("ies") == want.trim_end_matches('y')))
}

/// The rough kind and the figure of what a cap is measured by.
fn basis(words: &str) -> String {
    let lower = words.to_lowercase();
    let has = |words: &[&str]| words.iter().any(|w| lower.contains(w));
    let figures: String = lower.split_whitespace().filter(|w| w.contains(char::is_numeric)).take(1).collect();
    if has(&["fee", "paid", "payable", "price", "revenue", "consideration", "royalt", "commission", "charges"]) {
        "fees".into()
    } else if has(&["cap amount", "general cap"]) {
        "cap amount".into()
    } else if has(&["$", "€", "£", "usd", "eur", "million", "000"]) && !figures.is_empty() {
        "amount".into()
    } else if has(&["indirect", "consequential", "exclusion", "lost profit", "loss of", "punitive"]) {
        "exclusion".into()
    } else {
        "other".into()
    }
}

fn same(topic: Topic, key: &str, marked: &Value, ours: &Value) -> bool {
    if topic == Topic::LiabilityCap && key == "basis" {
        return marked.as_str().map(basis) == ours.as_str().map(basis);
    }
    if key == "debtor" {
        return names_agree(marked.as_str().unwrap_or(""), ours.as_str().unwrap_or(""));
    }
    if key == "frequency" {
        return marked.is_null() == ours.is_null();
    }
    marked == ours
        || marked.as_f64().is_some_and(|x| ours.as_f64() == Some(x))
        || (key == "indefinite" && marked.as_bool() == Some(false) && ours.is_null())
}

/// Right, and of how many, by name of the figure.
#[derive(Default)]
struct Count(BTreeMap<String, (usize, usize)>);

impl Count {
    fn add(&mut self, name: &str, right: bool) {
        let slot = self.0.entry(name.to_owned()).or_default();
        slot.0 += usize::from(right);
        slot.1 += 1;
    }

    fn share(&self, name: &str) -> f64 {
        let (right, of) = self.0.get(name).copied().unwrap_or_default();
        right as f64 / of.max(1) as f64
    }

    fn say(&self) {
        for (name, (right, of)) in &self.0 {
            println!("  {name:44} {right:3} of {of:3}  {:.3}", *right as f64 / *of as f64);
        }
    }
}

/// Marks against what the clause says alone (`text`) and against the clauses of the whole reading.
#[test]
#[ignore = "a measurement"]
fn attributes_agree_with_the_marks() {
    let mut count = Count::default();
    for d in load() {
        let reading = read(&d.text, &[]);
        for label in array(&d.labels, "labels") {
            let Some(marks) = label["attrs"].as_object() else { continue };
            let Some(topic) = label["topic"].as_str().and_then(|t| t.parse::<Topic>().ok()) else { continue };
            let seg = label["seg"].as_u64().unwrap() as usize;
            let (a, b) = d.segments[seg];
            let alone = serde_json::to_value(attributes::read(topic, &d.text[a..b])).unwrap();
            let hits: Vec<Value> = reading
                .clauses
                .iter()
                .filter(|c| c.start < b && c.end > a)
                .flat_map(|c| c.topics.iter().filter(|h| h.topic == topic))
                .map(|h| serde_json::to_value(&h.attributes).unwrap())
                .collect();
            let exact = |ours: &Value| {
                ["limit", "unit", "from", "debtor"]
                    .iter()
                    .all(|k| same(topic, k, marks.get(*k).unwrap_or(&Value::Null), &ours[*k]))
            };
            let body = || format!("{} {seg}: {} | {} | {:?}", d.name, label["attrs"], alone, &d.text[a..b]);
            if topic == Topic::BreachNotification {
                count.add("alone breach_notification exact", exact(&alone));
                if !exact(&alone) {
                    misses("breach alone", body);
                }
                if !hits.is_empty() {
                    let right = hits.iter().any(exact);
                    count.add("placed breach_notification exact", right);
                    if !right {
                        misses("breach placed", || format!("{} {seg}: {} | {hits:?}", d.name, label["attrs"]));
                    }
                }
            }
            for (key, mark) in marks {
                let right = same(topic, key, mark, &alone[key]);
                count.add(&format!("alone {topic}.{key}"), right);
                if !right {
                    misses(&format!("{topic}.{key}"), body);
                }
                if !hits.is_empty() {
                    let right = hits.iter().any(|h| same(topic, key, mark, &h[key]));
                    count.add(&format!("placed {topic}.{key}"), right);
                    if !right {
                        misses(&format!("placed {topic}.{key}"), || {
                            format!("{} {seg}: {} | {hits:?} | {:?}", d.name, label["attrs"], &d.text[a..b])
                        });
                    }
                }
            }
        }
    }
    count.say();
    assert!(count.share("alone breach_notification exact") >= 0.6);
    assert!(count.share("placed breach_notification exact") >= 0.85);
}

fn words(text: &str) -> Vec<String> {
    text.to_lowercase()
        .split(|c: char| !c.is_alphanumeric())
        .filter(|w| w.len() > 3)
        .map(|w| w.chars().take(6).collect())
        .collect()
}

/// The share of `of`'s words that `text` has too.
fn overlap(of: &str, text: &str) -> f64 {
    let (of, text) = (words(of), words(text));
    of.iter().filter(|w| text.contains(w)).count() as f64 / of.len().max(1) as f64
}

fn deadlines_agree(marked: &str, ours: &str) -> bool {
    let period = |s: &str| duration::first(s).map(|d| (d.count, d.unit));
    match (period(marked), period(ours)) {
        (Some(x), Some(y)) => x == y,
        (Some(_), None) => false,
        _ => overlap(marked, ours) >= 0.5,
    }
}

#[test]
#[ignore = "a measurement"]
fn obligations_agree_with_the_marks() {
    let mut count = Count::default();
    let (mut returned, mut docs) = (0, 0);
    let mut most = 0;
    for d in load() {
        let reading: Reading = read(&d.text, &[]);
        docs += 1;
        returned += reading.obligations.len();
        most = most.max(reading.obligations.len());
        for o in array(&d.labels, "obligations") {
            let Some(seg) = o["seg"].as_u64().and_then(|s| d.segments.get(s as usize)) else { continue };
            let ours: Vec<&Obligation> =
                reading.obligations.iter().filter(|x| x.start < seg.1 && x.end > seg.0).collect();
            let text = &d.text[seg.0..seg.1];
            count.add("found", !ours.is_empty());
            if ours.is_empty() {
                let topics: Vec<_> = reading
                    .clauses
                    .iter()
                    .filter(|c| c.start < seg.1 && c.end > seg.0)
                    .map(|c| c.topics.iter().map(|h| h.topic.as_str()).collect::<Vec<_>>().join(" "))
                    .collect();
                misses("found", || format!("{} {o} | {topics:?} | {text:?}", d.name));
                continue;
            }
            let duty = o["duty"].as_str().unwrap_or("");
            let best = *ours.iter().max_by(|a, b| overlap(duty, &a.duty).total_cmp(&overlap(duty, &b.duty))).unwrap();
            let shown = || {
                let all: Vec<String> = ours
                    .iter()
                    .map(|x| format!("{:?} > {:?} [{:?}] {}", x.debtor, x.creditor, x.deadline, x.duty))
                    .collect();
                format!("{} {o}\n      | {}\n      | {text:?}", d.name, all.join("\n      | "))
            };
            let want = o["debtor"].as_str().unwrap_or("");
            let is_debtor = |x: &Obligation| x.debtor.as_deref().is_some_and(|x| names_agree(want, x));
            let right = ours.iter().any(|x| is_debtor(x));
            count.add("debtor", right);
            count.add("debtor of the nearest duty", is_debtor(best));
            if !right {
                misses("debtor", shown);
            }
            let creditor = o["creditor"].as_str().filter(|c| !c.is_empty());
            if let Some(want) = creditor {
                let agrees = |x: &Obligation| x.creditor.as_deref().is_some_and(|x| names_agree(want, x));
                let right = ours.iter().any(|x| agrees(x));
                count.add("creditor", right);
                count.add("creditor of the nearest duty", agrees(best));
                count.add("creditor given where marked", best.creditor.is_some());
                if !right {
                    misses("creditor", shown);
                }
            } else {
                count.add("creditor left out where none is marked", best.creditor.is_none());
            }
            if let Some(want) = o["deadline"].as_str().filter(|d| !d.is_empty()) {
                let agrees = |x: &Obligation| x.deadline.as_deref().is_some_and(|x| deadlines_agree(want, x));
                let right = ours.iter().any(|x| agrees(x));
                count.add("deadline", right);
                count.add("deadline of the nearest duty", agrees(best));
                if !right {
                    misses("deadline", shown);
                }
            } else {
                count.add("deadline left out where none is marked", best.deadline.is_none());
                if best.deadline.is_some() {
                    misses("nodeadline", shown);
                }
            }
        }
        for x in &reading.obligations {
            count.add("has a debtor", x.debtor.is_some());
            if x.debtor.is_none() {
                misses("nodebtor", || format!("{} {}", d.name, &d.text[x.start..x.end]));
            }
        }
    }
    count.say();
    println!("  {returned} returned, {:.1} a document, at most {most}", f64::from(returned as u32) / f64::from(docs));
    assert!(count.share("found") >= 0.9);
    assert!(count.share("debtor") >= 0.9);
}

#[test]
#[ignore = "a measurement"]
fn reading_stays_fast() {
    let docs = load();
    let size: usize = docs.iter().map(|d| d.text.len()).sum();
    read(&docs[0].text, &[]);
    let mut best = f64::MAX;
    for _ in 0..3 {
        let start = std::time::Instant::now();
        let obligations: usize = docs.iter().map(|d| read(&d.text, &[]).obligations.len()).sum();
        assert!(obligations > 0);
        best = best.min(start.elapsed().as_secs_f64());
    }
    let speed = size as f64 / 1e6 / best;
    println!("  {:.2} MB in {best:.2} s, {speed:.2} MB/s", size as f64 / 1e6);
    assert!(speed > 0.5, "even unoptimised, reading must not be this slow");
}
