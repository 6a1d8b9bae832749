//! What people wait for: the whole command, on texts, on a contract of 300 pages, and on real PDFs.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, ensure};

use super::Row;
use crate::{bench::server::children_cpu_ms, train::categories};

/// Pages of the long contract.
const PAGES: usize = 300;

struct Spent {
    wall: f64,
    cpu: f64,
    peak_mb: f64,
}

/// All texts of CUAD through one command.
pub fn speed(program: &Path, data: &Path, folder: &Path) -> anyhow::Result<Row> {
    let texts = folder.join("texts");
    std::fs::create_dir_all(&texts)?;
    let mut paths = Vec::new();
    let mut bytes = 0;
    for part in ["train", "dev"] {
        for (at, contract) in categories::lines(data, part)?.iter().enumerate() {
            let text = contract["text"].as_str().context("a contract without a text")?;
            let path = texts.join(format!("{part}-{at}.txt"));
            std::fs::write(&path, text)?;
            bytes += text.len();
            paths.push(path);
        }
    }
    let megabytes = bytes as f64 / 1e6;
    let mut rates = Vec::new();
    for format in ["table", "json"] {
        let runs = (0..3).map(|_| review(program, &paths, format)).collect::<anyhow::Result<Vec<_>>>()?;
        rates.push(megabytes / super::super::median(runs.iter().map(|run| run.cpu).collect()));
    }
    Ok(Row::new(
        "speed, text to findings, one core; with terms, questions and JSON as well",
        format!("{:.1}; {:.1} MB a second", rates[0], rates[1]),
        "2 MB a second",
        format!(
            "{} contracts of CUAD, {megabytes:.1} MB, `review --format table` and `json`, medians of 3",
            paths.len()
        ),
    ))
}

/// Real contracts as one PDF.
pub fn pages(program: &Path, data: &Path, folder: &Path) -> anyhow::Result<Row> {
    crate::debian::ensure(&[crate::debian::POPPLER])?;
    let path = merged(data, folder)?;
    let count = page_count(&path)?;
    ensure!(count == PAGES, "the merged PDF has {count} pages, not {PAGES}");
    let mut runs = Vec::new();
    for _ in 0..5 {
        runs.push(review(program, std::slice::from_ref(&path), "json")?);
    }
    let median = |of: fn(&Spent) -> f64| super::super::median(runs.iter().map(of).collect());
    Ok(Row::new(
        format!("PDF of {count} pages, whole command: wall, CPU, memory"),
        format!("{:.2} s, {:.2} s, {:.0} MB", median(|s| s.wall), median(|s| s.cpu), median(|s| s.peak_mb)),
        "3 s, 300 MB",
        "contracts of CUAD as filed, merged; `review --format json`, medians of 5, most resident",
    ))
}

/// The words that we read in PDFs against those of `pdftotext`.
pub fn words(program: &Path, data: &Path, folder: &Path) -> anyhow::Result<Row> {
    crate::debian::ensure(&[crate::debian::POPPLER])?;
    let out = folder.join("words");
    super::super::remove(&out)?;
    let (mut common, mut ours_all, mut theirs_all, mut files, mut page_sum) = (0, 0, 0, 0, 0);
    for path in pdfs(data)? {
        let own = out.join(files.to_string());
        let done = Command::new(program)
            .arg("review")
            .arg(&path)
            .args(["--format", "json", "--text-out"])
            .arg(&own)
            .stdout(Stdio::null())
            .status()?;
        ensure!(matches!(done.code(), Some(0 | 1)), "{} could not be reviewed", path.display());
        let written = std::fs::read_dir(&own)?.next().context("no text was written")??.path();
        let ours = counts(&std::fs::read_to_string(written)?);
        let said = Command::new("pdftotext").arg(&path).arg("-").output().context("pdftotext, from poppler-utils")?;
        let theirs = counts(&String::from_utf8_lossy(&said.stdout));
        common += ours.iter().map(|(word, n)| (*n).min(theirs.get(word).copied().unwrap_or(0))).sum::<usize>();
        ours_all += ours.values().sum::<usize>();
        theirs_all += theirs.values().sum::<usize>();
        page_sum += page_count(&path)?;
        files += 1;
    }
    let f1 = 2.0 * common as f64 / (ours_all + theirs_all) as f64;
    Ok(Row::new(
        "PDF text against `pdftotext`: word F1",
        format!("{f1:.4}"),
        "–",
        format!(
            "{files} files, {page_sum} pages; running headers and page numbers, which we leave out, count as missed"
        ),
    ))
}

/// How often each word occurs. A hyphen that only divides a word at the end of a line is taken out first.
fn counts(text: &str) -> HashMap<String, usize> {
    let joined = text.replace("\u{ad}\n", "").replace("-\n", "").replace(['-', '\u{ad}', '\u{2010}'], "");
    let mut counts = HashMap::new();
    for word in joined.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
        *counts.entry(word.to_lowercase()).or_default() += 1;
    }
    counts
}

/// Runs the review and waits; memory is looked at while it runs.
fn review(program: &Path, paths: &[PathBuf], format: &str) -> anyhow::Result<Spent> {
    let before = children_cpu_ms()?;
    let begun = Instant::now();
    let mut child = Command::new(program)
        .arg("review")
        .args(paths)
        .args(["--format", format])
        .stdout(Stdio::null())
        .stderr(Stdio::inherit())
        .spawn()
        .with_context(|| format!("starting `{}`", program.display()))?;
    let mut peak_mb: f64 = 0.0;
    let status = loop {
        // The kernel keeps the highest value, so that only what comes after the last look is missed.
        peak_mb = peak_mb.max(highest_mb(child.id()));
        if let Some(status) = child.try_wait()? {
            break status;
        }
        std::thread::sleep(Duration::from_millis(2));
    };
    let wall = begun.elapsed().as_secs_f64();
    ensure!(matches!(status.code(), Some(0 | 1)), "the review failed with {status}");
    Ok(Spent { wall, cpu: (children_cpu_ms()? - before) / 1000.0, peak_mb })
}

fn highest_mb(process: u32) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|rest| rest.trim().split(' ').next()?.parse::<f64>().ok()).unwrap_or(0.0) / 1024.0
}

/// Contracts one behind the other, the last one cut so that it is `PAGES` pages.
fn merged(data: &Path, folder: &Path) -> anyhow::Result<PathBuf> {
    let path = folder.join("three-hundred.pdf");
    if path.exists() {
        return Ok(path);
    }
    let parts = folder.join("parts");
    super::super::remove(&parts)?;
    std::fs::create_dir_all(&parts)?;
    let mut chosen = Vec::new();
    let mut left = PAGES;
    for contract in pdfs(data)?.into_iter().cycle().take(200) {
        let count = page_count(&contract)?;
        if count <= left {
            chosen.push(contract);
        } else {
            let pattern = parts.join("page-%d.pdf");
            let done =
                Command::new("pdfseparate").args(["-l", &left.to_string()]).arg(&contract).arg(&pattern).status()?;
            ensure!(done.success(), "{} could not be divided", contract.display());
            chosen.extend((1..=left).map(|page| parts.join(format!("page-{page}.pdf"))));
        }
        left -= count.min(left);
        if left == 0 {
            break;
        }
    }
    let done = Command::new("pdfunite").args(&chosen).arg(&path).stderr(Stdio::null()).status()?;
    ensure!(done.success() && path.exists(), "the contracts could not be merged");
    Ok(path)
}

/// The contracts as filed, and the standard agreements.
fn pdfs(data: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut folders = vec![data.join("pdf"), data.join("agreements")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).with_context(|| format!("reading `{}`", folder.display()))? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "pdf") {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

fn page_count(path: &Path) -> anyhow::Result<usize> {
    let said = Command::new("pdfinfo").arg(path).output().context("pdfinfo, from poppler-utils")?;
    String::from_utf8_lossy(&said.stdout)
        .lines()
        .find_map(|line| line.strip_prefix("Pages:")?.trim().parse().ok())
        .with_context(|| format!("{} has no page count", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn divided_words_are_one_word() {
        assert_eq!(counts("Infor-\nmation, information; non-public"), counts("information Information NonPublic"));
    }
}
