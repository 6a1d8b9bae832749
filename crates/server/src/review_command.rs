//! `countersign review`: the review without a server.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::Context;
use clauses::{About, Finding, Playbook, Status};
use contracts::{
    export::{Basis, Deviation, Planned, changes, plan, review_file},
    reader::{ReadDocument, RedlineOrder, Unread, read_here, read_recognised, redline_here},
};
use documents::Options;
use ledger::to_hex;
use serde_json::json;

use crate::{
    arguments::{Format, Review},
    ocr::{self, Tools},
    serve::say,
};

struct Reviewed {
    read: ReadDocument,
    findings: Vec<Finding>,
    redline: Vec<Planned>,
    sha256: String,
    bytes: Vec<u8>,
}

pub fn run(arguments: &Review) -> anyhow::Result<ExitCode> {
    if arguments.redline.is_some() && arguments.files.len() != 1 {
        anyhow::bail!("--redline takes one file, and {} were given", arguments.files.len());
    }
    let playbook = load_playbook(arguments.playbook.as_deref())?;
    let about = About {
        kind: known(&arguments.kind, clauses::playbook::KINDS, "--kind")?,
        role: known(&arguments.role, clauses::playbook::ROLES, "--role")?,
        data: arguments
            .data
            .iter()
            .map(|class| known(class, clauses::playbook::DATA, "--data"))
            .collect::<Result<_, _>>()?,
        us: arguments.us.clone(),
        them: arguments.them.clone(),
    };
    if let Some(folder) = &arguments.text_out {
        std::fs::create_dir_all(folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    }
    let options = arguments.reading.options();
    let (mut blocking, mut unread) = (false, false);
    let mut files = Vec::new();
    let mut written = BTreeSet::new();
    for path in &arguments.files {
        let shown = path.display().to_string();
        match review(path, &playbook, &about, &options) {
            Ok(reviewed) => {
                blocking |= reviewed.findings.iter().any(|finding| finding.blocking);
                if let Some(folder) = &arguments.text_out {
                    write_text(folder, path, &reviewed.read.extracted.text, &mut written)?;
                }
                if let Some(out) = &arguments.redline {
                    write_redline(out, &reviewed)?;
                }
                match arguments.format {
                    Format::Table => table(&shown, &reviewed),
                    Format::Json => files.push(review_file(
                        &shown,
                        &reviewed.sha256,
                        &reviewed.read,
                        &reviewed.findings,
                        &reviewed.redline,
                    )),
                }
            }
            Err(problem) => {
                unread = true;
                match arguments.format {
                    Format::Table => {
                        say(&format!("{shown}\n  could not be read: {}\n  {}\n", problem.message, problem.hint))
                    }
                    Format::Json => {
                        files.push(json!({ "file": shown, "error": problem.message, "hint": problem.hint }))
                    }
                }
            }
        }
    }
    if let Format::Json = arguments.format {
        // One file is one object, several are a list.
        let value = if files.len() == 1 { files.remove(0) } else { files.into() };
        say(&serde_json::to_string_pretty(&value)?);
    }
    Ok(ExitCode::from(if unread { 2 } else { u8::from(blocking) }))
}

fn known(word: &str, words: &[&str], option: &str) -> anyhow::Result<String> {
    anyhow::ensure!(words.contains(&word), "`{word}` is not known to {option}; it takes {}", words.join(", "));
    Ok(word.to_owned())
}

pub(crate) fn load_playbook(path: Option<&Path>) -> anyhow::Result<Playbook> {
    let Some(path) = path else { return Ok(clauses::playbook::default_playbook()) };
    let text =
        std::fs::read_to_string(path).with_context(|| format!("the playbook {} cannot be read", path.display()))?;
    let playbook =
        if text.trim_start().starts_with('{') { serde_json::from_str(&text)? } else { Playbook::from_toml(&text)? };
    let problems: Vec<String> =
        playbook.validate().into_iter().map(|problem| format!("{} ({})", problem.message, problem.hint)).collect();
    anyhow::ensure!(problems.is_empty(), "the playbook {} has problems: {}", path.display(), problems.join("; "));
    Ok(playbook)
}

fn review(path: &Path, playbook: &Playbook, about: &About, options: &Options) -> Result<Reviewed, Unread> {
    let bytes = std::fs::read(path)
        .map_err(|error| Unread::new(error.to_string(), "Check the path and whether you may read the file."))?;
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let read = match Tools::find() {
        Some(tools) => read_recognised(&name, &bytes, options, |pages| ocr::recognise(&tools, &bytes, pages)),
        None => read_here(&name, &bytes, options),
    }?;
    let findings = clauses::compare(&read.reading, &read.extracted.text, playbook, about);
    let redline = plan_redline(&read, &findings, playbook, about);
    Ok(Reviewed { findings, redline, sha256: to_hex(&contracts::reader::sha256(&bytes)), read, bytes })
}

fn write_text(folder: &Path, path: &Path, text: &str, written: &mut BTreeSet<PathBuf>) -> anyhow::Result<()> {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    // Two files of one name from two folders: the second text gets a number.
    let out = (1..)
        .map(|number| if number == 1 { format!("{name}.txt") } else { format!("{name}.{number}.txt") })
        .map(|name| folder.join(name))
        .find(|out| written.insert(out.clone()));
    let Some(out) = out else { return Ok(()) };
    std::fs::write(&out, text).with_context(|| format!("{} cannot be written", out.display()))
}

fn plan_redline(read: &ReadDocument, findings: &[Finding], playbook: &Playbook, about: &About) -> Vec<Planned> {
    let deviations: Vec<Deviation<'_>> = findings
        .iter()
        .filter(|finding| finding.status.is_deviation())
        .filter_map(|finding| {
            Some(Deviation {
                topic: finding.topic,
                status: finding.status,
                clause: finding.clause,
                suggestion: finding.suggestion.as_deref()?,
                reason: &finding.reason,
            })
        })
        .collect();
    plan(&Basis { extracted: &read.extracted, reading: &read.reading, playbook, about }, &deviations)
}

fn write_redline(out: &Path, reviewed: &Reviewed) -> anyhow::Result<()> {
    let is_docx = reviewed.read.extracted.kind == documents::Kind::Docx;
    let order = RedlineOrder {
        changes: changes(&reviewed.redline),
        title: reviewed.read.reading.title.clone().unwrap_or_else(|| "Agreement".to_owned()),
        author: "Countersign".to_owned(),
        date: jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        extracted: reviewed.read.extracted.clone(),
        comparison: false,
    };
    let docx = redline_here(&order, if is_docx { &reviewed.bytes } else { &[] })
        .map_err(|problem| anyhow::anyhow!("{} ({})", problem.message, problem.hint))?;
    std::fs::write(out, docx).with_context(|| format!("{} cannot be written", out.display()))
}

fn table(file: &str, reviewed: &Reviewed) {
    let count = |status: Status| reviewed.findings.iter().filter(|finding| finding.status == status).count();
    say(file);
    say(&format!(
        "  {} unacceptable, {} missing, {} weaker, {} fallback, {} preferred; {} blocking",
        count(Status::Unacceptable),
        count(Status::Missing),
        count(Status::Weaker),
        count(Status::Fallback),
        count(Status::Preferred),
        reviewed.findings.iter().filter(|finding| finding.blocking).count()
    ));
    for note in &reviewed.read.extracted.notes {
        say(&format!("  note: {note}"));
    }
    let mut rows: Vec<&Finding> =
        reviewed.findings.iter().filter(|finding| finding.status != Status::NotRequired).collect();
    rows.sort_by_key(|finding| match finding.status {
        Status::Unacceptable => 0,
        Status::Missing => 1,
        Status::Weaker => 2,
        Status::Fallback => 3,
        Status::Preferred | Status::NotRequired => 4,
    });
    for finding in rows {
        let place =
            finding.clause.and_then(|index| reviewed.read.reading.clauses.get(index)).map_or(String::new(), |clause| {
                let number = clause.number.as_deref().map(|number| format!(" {number}")).unwrap_or_default();
                let page = clause.page.map(|page| format!(" p.{page}")).unwrap_or_default();
                format!("[{}]", format!("{number}{page}").trim())
            });
        let mark = if finding.blocking { "!" } else { " " };
        say(&format!(
            "{mark} {:<13} {:<24} {:<12} {}",
            finding.status.as_str(),
            finding.topic.label(),
            place,
            finding.reason
        ));
        if let Some(planned) = reviewed.redline.iter().find(|planned| planned.topic == finding.topic) {
            say(&format!("  {:<51} the redline {}", "", planned.says));
        }
    }
    say("");
}
