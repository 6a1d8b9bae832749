//! Measured on the data sets beside the repository, which are no part of it: how much of a PDF's text is read.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::process::Command;

use documents::Extracted;

use crate::read;

/// Share of words that must agree; what is left are listed differences, each looked at.
const GOAL: f64 = 0.999;

pub fn data() -> PathBuf {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    std::env::var_os("COUNTERSIGN_DATA").map_or(beside, PathBuf::from)
}

/// All files below a folder with this ending.
pub fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(files(&path, ending));
        } else if path.extension().is_some_and(|other| other == ending) {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// The words that we read against those of `pdftotext`, as bags of words per file: the share that both have (F1).
///
/// Running headers, footers and page numbers are left out of the text on purpose, so they are taken out of the other
/// program's text too, and counted apart. Only what [`Extracted::running`] names on a page is taken out, and only from
/// that page: first the lines that say the same but for blanks, then, of lines that the other program divides
/// differently, their words. A word of the agreement that we take for a footer would thus be forgiven; the count of what
/// was taken out, and the lines with `--nocapture`, show whether that happens.
///
/// A hyphen at the end of a line and one inside of a word are taken out on both sides, because whether it divides or
/// belongs is a question of its own.
#[test]
#[ignore = "needs the data sets and pdftotext: cargo test -p documents -p unify -- --ignored --nocapture words_of_pdfs"]
fn words_of_pdfs_are_those_of_another_program() {
    let data = data();
    let paths = [files(&data.join("pdf"), "pdf"), files(&data.join("agreements"), "pdf")].concat();
    if paths.is_empty() {
        eprintln!("skipped: no PDF under the data folder");
        return;
    }
    let (mut common, mut ours_all, mut theirs_all, mut apart_all, mut raw_all) = (0, 0, 0, 0, 0);
    let mut lines: BTreeMap<String, usize> = BTreeMap::new();
    for path in &paths {
        let extracted = read("a.pdf", &std::fs::read(path).unwrap()).unwrap();
        let said = Command::new("pdftotext").arg(path).arg("-").output().expect("pdftotext, from poppler-utils");
        let whole = String::from_utf8_lossy(&said.stdout).into_owned();
        let ours = counts(&extracted.text);
        let mut theirs = counts(&body_of(&whole, &extracted));
        theirs.retain(|_, count| *count > 0);
        let sum = |counts: &HashMap<String, usize>| counts.values().sum::<usize>();
        let apart = sum(&counts(&whole)).saturating_sub(sum(&theirs));
        let both: usize = ours.iter().map(|(word, n)| (*n).min(theirs.get(word).copied().unwrap_or(0))).sum();
        let f1 = 2.0 * both as f64 / (sum(&ours) + sum(&theirs)) as f64;
        let name = path.file_name().unwrap().to_string_lossy();
        println!("{f1:.5}  ours {}, theirs {}, apart {apart}  {name}", sum(&ours), sum(&theirs));
        println!("    only ours:   {}", only(&ours, &theirs));
        println!("    only theirs: {}", only(&theirs, &ours));
        for line in &extracted.running {
            *lines.entry(line.text.replace(|c: char| c.is_ascii_digit(), "#")).or_default() += 1;
        }
        common += both;
        ours_all += sum(&ours);
        theirs_all += sum(&theirs);
        apart_all += apart;
        raw_all += counts(&whole).values().sum::<usize>();
    }
    println!("\nleft out on purpose:");
    lines.iter().for_each(|(line, count)| println!("{count:5}  {line}"));
    let f1 = 2.0 * common as f64 / (ours_all + theirs_all) as f64;
    let files = paths.len();
    println!("\n{files} files, F1 {f1:.5}; {apart_all} of {raw_all} words are running lines; {common} in common");
    assert!(f1 >= GOAL, "{f1}");
}

/// What the other program read, without the lines that we report as running.
fn body_of(whole: &str, extracted: &Extracted) -> String {
    let bare = |text: &str| text.split_whitespace().collect::<String>().to_lowercase();
    let mut body = String::new();
    for (number, page) in (1..).zip(whole.split('\u{c}')) {
        let mut lines: Vec<String> = page.lines().filter(|line| !line.trim().is_empty()).map(str::to_owned).collect();
        for running in extracted.running.iter().filter(|line| line.page == Some(number)) {
            let same: Vec<usize> = (0..lines.len()).filter(|at| bare(&lines[*at]) == bare(&running.text)).collect();
            // The one nearest to the edge of the page: a heading may say the same as the header.
            if let Some(at) = same.iter().min_by_key(|at| (**at).min(lines.len() - 1 - **at)) {
                lines.remove(*at);
                continue;
            }
            for word in running.text.split_whitespace() {
                let holder = lines.iter().enumerate().filter(|(_, line)| line.split_whitespace().any(|w| w == word));
                let count = lines.len();
                let Some(at) = holder.map(|(at, _)| at).min_by_key(|at| (*at).min(count - 1 - *at)) else { continue };
                let mut words: Vec<&str> = lines[at].split_whitespace().collect();
                words.remove(words.iter().position(|other| *other == word).unwrap());
                lines[at] = words.join(" ");
            }
        }
        body.push_str(&lines.join("\n"));
        body.push('\n');
    }
    body
}

fn counts(text: &str) -> HashMap<String, usize> {
    let joined = text.replace("\u{ad}\n", "").replace("-\n", "").replace(['-', '\u{ad}', '\u{2010}'], "");
    let mut counts = HashMap::new();
    for word in joined.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
        *counts.entry(word.to_lowercase()).or_default() += 1;
    }
    counts
}

/// The words that one has more often than the other, the most frequent first.
fn only(one: &HashMap<String, usize>, other: &HashMap<String, usize>) -> String {
    let more = |(word, n): (&String, &usize)| {
        let more = n.saturating_sub(other.get(word).copied().unwrap_or(0));
        (more > 0).then(|| (more, word.clone()))
    };
    let mut list: Vec<(usize, String)> = one.iter().filter_map(more).collect();
    list.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
    list.iter().take(25).map(|(n, word)| format!("{word}×{n}")).collect::<Vec<_>>().join(" ")
}
