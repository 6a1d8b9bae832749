//! `countersign clocks`: legal deadlines from facts, without a server.

use std::{
    io::Read,
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::Context;
use clocks::{Book, Duty, Facts, Options, Status, evaluate, shipped, tzdb_version};
use documents::agenda::{Item, write};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::{
    arguments::{Clocks, Format},
    serve::say,
};

/// Hours before a clock ends at which a calendar reminds.
const ALARMS: [u32; 3] = [24, 4, 1];

pub fn run(arguments: &Clocks) -> anyhow::Result<ExitCode> {
    if arguments.schema {
        say(&serde_json::to_string_pretty(&clocks::schema())?);
        return Ok(ExitCode::SUCCESS);
    }
    let book = book(&arguments.rules)?;
    if arguments.list {
        list(&book);
        return Ok(ExitCode::SUCCESS);
    }
    let Some(path) = &arguments.facts else { anyhow::bail!("facts are needed: --facts FACTS.json") };
    let value: Value = serde_json::from_str(&text(path)?).with_context(|| format!("{} is no JSON", path.display()))?;
    let facts = Facts::from_json(&value).map_err(anyhow::Error::msg)?;
    let at = arguments.at.as_deref().map(instant).transpose()?;
    let options = Options { at, drafts: arguments.drafts };
    let duties = evaluate(&book.rules, &book.calendars, &facts, options);
    match arguments.format {
        Format::Json => say(&serde_json::to_string_pretty(&json!({
            "tzdb": tzdb_version(), "at": at, "duties": duties, "notes": facts.notes, "problems": book.problems,
        }))?),
        Format::Table => table(&duties, &facts, at.unwrap_or_else(Timestamp::now), arguments.all),
    }
    if let Some(out) = &arguments.ics {
        let items: Vec<Item> = duties.iter().filter_map(|duty| item(duty, at.unwrap_or_else(Timestamp::now))).collect();
        std::fs::write(out, write("Clocks", &items)).with_context(|| format!("{} cannot be written", out.display()))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The shipped rules with those of the reader's own. What is wrong in them is told, and the rest counts.
fn book(paths: &[PathBuf]) -> anyhow::Result<Book> {
    let mut book = shipped().clone();
    for path in paths {
        let mut files = Vec::new();
        collect(path, &mut files)?;
        files.sort();
        for file in files {
            let text = std::fs::read_to_string(&file).with_context(|| format!("{} cannot be read", file.display()))?;
            book.add(&file.display().to_string(), &text);
        }
    }
    for problem in &book.problems {
        tracing::warn!("{problem}");
    }
    Ok(book)
}

fn collect(path: &Path, out: &mut Vec<PathBuf>) -> anyhow::Result<()> {
    if !path.is_dir() {
        out.push(path.to_owned());
        return Ok(());
    }
    for entry in std::fs::read_dir(path).with_context(|| format!("{} cannot be read", path.display()))? {
        let path = entry?.path();
        if path.is_dir() || path.extension().is_some_and(|ending| ending == "toml") {
            collect(&path, out)?;
        }
    }
    Ok(())
}

fn text(path: &Path) -> anyhow::Result<String> {
    if path.as_os_str() == "-" {
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text)?;
        return Ok(text);
    }
    std::fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))
}

fn instant(text: &str) -> anyhow::Result<Timestamp> {
    match clocks::moment::read(&Value::String(text.to_owned()), None) {
        Ok(clocks::Moment::Instant { at, .. }) => Ok(at),
        Ok(clocks::Moment::Day(_)) => anyhow::bail!("--at needs an instant, such as `2026-11-26T13:20:00Z`"),
        Err(reason) => anyhow::bail!("--at: {reason}"),
    }
}

fn item(duty: &Duty, stamp: Timestamp) -> Option<Item> {
    let due = duty.due.filter(|_| matches!(duty.status, Status::Due | Status::Late))?;
    Some(Item {
        uid: format!("{}@countersign", duty.rule),
        summary: format!("{}: tell {}", duty.title, duty.to),
        description: format!("{} {}\n{}\n{}", duty.law, duty.article, duty.limit, duty.because.join("\n")),
        due: due.as_second(),
        stamp: stamp.as_second(),
        sequence: 0,
        done: None,
        cancelled: false,
        alarms: ALARMS.to_vec(),
    })
}

fn list(book: &Book) {
    for rule in &book.rules {
        let draft = if rule.draft { " (proposal)" } else { "" };
        say(&format!(
            "{:<36} {} {}{draft}\n{:<36} {} · checked {} · {}\n",
            rule.name,
            rule.law,
            rule.article,
            "",
            rule.source,
            rule.verified_on,
            rule.confidence.words(),
        ));
    }
    say(&format!("{} rules. None has been reviewed by counsel.", book.rules.len()));
}

fn table(duties: &[Duty], facts: &Facts, now: Timestamp, all: bool) {
    let mut shown: Vec<&Duty> = duties.iter().filter(|duty| all || duty.status != Status::NotApplicable).collect();
    shown.sort_by_key(|duty| (order(duty), duty.due, duty.rule.clone()));
    for duty in &shown {
        let due = duty.due_there.clone().unwrap_or_else(|| "no date".to_owned());
        let left = match (duty.due, duty.status) {
            (Some(due), Status::Due | Status::Late) => left(due, now),
            _ => String::new(),
        };
        say(&format!("{:<25} {:<14} {:<36} {}", due, left, duty.rule, duty.status.words()));
        say(&format!("{:<40} {} → {}", "", duty.who, duty.to));
        for why in &duty.because {
            say(&format!("{:<40} {why}", ""));
        }
        for reading in &duty.readings {
            let cite = reading.cite.as_deref().map(|cite| format!(" ({cite})")).unwrap_or_default();
            say(&format!("{:<40} arguable: {} – {}{cite}", "", reading.due, reading.says));
        }
        say("");
    }
    let hidden = duties.len() - shown.len();
    if hidden > 0 {
        say(&format!("{hidden} rules do not apply; --all shows why."));
    }
    for note in &facts.notes {
        say(&format!("note: {note}"));
    }
    say(&format!("Time zone data {}. No rule has been reviewed by counsel.", tzdb_version()));
}

/// What a reader must see first.
fn order(duty: &Duty) -> u8 {
    match duty.status {
        Status::Late | Status::Due if duty.due.is_some() => 0,
        Status::Late | Status::Due => 1,
        Status::Contradiction | Status::Malformed => 2,
        Status::NotEvaluable => 3,
        Status::Met => 4,
        Status::NotApplicable => 5,
    }
}

/// "2 d 3 h left", "5 h over"
fn left(due: Timestamp, now: Timestamp) -> String {
    let seconds = due.as_second() - now.as_second();
    let (hours, word) = (seconds.abs() / 3600, if seconds < 0 { "over" } else { "left" });
    match hours {
        0 => format!("{} min {word}", seconds.abs() / 60),
        1..=47 => format!("{hours} h {word}"),
        _ => format!("{} d {} h {word}", hours / 24, hours % 24),
    }
}
