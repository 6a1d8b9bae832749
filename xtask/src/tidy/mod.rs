//! `cargo xtask tidy`: the house rules as a test that fails, instead of a paragraph that is forgotten.
//!
//! Each rule is a function from text to problems, so that its own tests need no files. The rules themselves stand in
//! `ARCHITECTURE.md` and `CONTRIBUTING.md`; a problem's text says what to do instead.

mod floors;
mod lexer;
mod pages;
mod sources;

use std::{
    collections::BTreeSet,
    fmt, fs,
    path::Path,
    process::{Command, ExitCode},
};

use anyhow::{Context, bail};

/// A house rule broken at a place. A line of 0 means the file as a whole.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    pub path: String,
    pub line: usize,
    pub text: String,
}

impl Problem {
    fn at(path: &str, line: usize, text: impl Into<String>) -> Self {
        Problem { path: path.to_owned(), line, text: text.into() }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(f, "{}: {}", self.path, self.text),
            line => write!(f, "{}:{line}: {}", self.path, self.text),
        }
    }
}

/// What the rules found: problems fail, warnings are only told.
#[derive(Debug, Default)]
pub struct Report {
    pub problems: BTreeSet<Problem>,
    pub warnings: BTreeSet<Problem>,
}

const LONGEST_FILE: usize = 600;
const LONG_FILE: usize = 500;

pub fn run() -> anyhow::Result<ExitCode> {
    let files = tree(crate::root())?;
    let report = check(&files);
    for warning in &report.warnings {
        println!("warning: {warning}");
    }
    for problem in &report.problems {
        println!("error: {problem}");
    }
    println!("tidy: {} files, {} errors, {} warnings", files.len(), report.problems.len(), report.warnings.len());
    Ok(if report.problems.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// A text file of the repository: its path from the root, with `/`, and what it says.
pub struct TextFile {
    pub path: String,
    pub text: String,
}

/// Every text file that git tracks or would add. Binary files have no lines that a rule could judge.
fn tree(root: &Path) -> anyhow::Result<Vec<TextFile>> {
    let listed = Command::new("git")
        .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .current_dir(root)
        .output()
        .context("git lists the files to judge, but it could not be started")?;
    if !listed.status.success() {
        bail!("git could not list the files: {}", String::from_utf8_lossy(&listed.stderr).trim());
    }
    let mut files = Vec::new();
    for path in String::from_utf8_lossy(&listed.stdout).split('\0').filter(|path| !path.is_empty()) {
        let full = root.join(path);
        // A tracked file that was deleted but not committed is listed too; a link is judged where it points.
        if !full.is_file() || full.is_symlink() {
            continue;
        }
        let bytes = fs::read(&full).with_context(|| format!("`{path}` could not be read"))?;
        if let Ok(text) = String::from_utf8(bytes) {
            files.push(TextFile { path: path.to_owned(), text });
        }
    }
    Ok(files)
}

/// Applies every rule.
pub fn check(files: &[TextFile]) -> Report {
    let mut report = Report::default();
    if !files.iter().any(|file| file.path == "CHANGELOG.md") {
        report.problems.insert(Problem::at("CHANGELOG.md", 0, "is missing: a change comes with an entry"));
    }
    for file in files {
        let TextFile { path, text } = file;
        let extension = path.rsplit_once('.').map_or("", |(_, extension)| extension);
        if !vendored(path) {
            length(path, extension, text, &mut report);
            report.problems.extend(places(path, text));
        }
        match extension {
            "rs" => report.problems.extend(sources::check(path, text)),
            "html" => report.problems.extend(pages::check(path, text)),
            "toml" => report.problems.extend(floors::check(path, text)),
            _ => {}
        }
    }
    report.problems.extend(sources::openings(files));
    report
}

/// Other people's files, shipped as they are.
fn vendored(path: &str) -> bool {
    path.split('/').any(|part| part == "vendor")
}

fn length(path: &str, extension: &str, text: &str, report: &mut Report) {
    if !matches!(extension, "rs" | "html" | "sql" | "typ" | "js" | "mjs" | "ts" | "css") {
        return;
    }
    let lines = text.lines().count();
    if lines > LONGEST_FILE {
        let text = format!("{lines} lines; part it, {LONGEST_FILE} is the most");
        report.problems.insert(Problem::at(path, 0, text));
    } else if lines > LONG_FILE {
        let text = format!("{lines} lines; think of parting it, {LONG_FILE} is long");
        report.warnings.insert(Problem::at(path, 0, text));
    }
}

/// Paths of one machine and names of package registries' hosts: the repository must work elsewhere. Written in two
/// parts so that this file passes its own rule.
const MACHINE_FOLDERS: [(&str, &str); 3] = [("/wo", "rk/"), ("/ro", "ot/"), ("/tm", "p/")];
const REGISTRY_HOSTS: [(&str, &str); 7] = [
    ("index.cra", "tes.io"),
    ("static.cra", "tes.io"),
    ("registry.np", "mjs.org"),
    ("registry.yar", "npkg.com"),
    ("deb.deb", "ian.org"),
    ("files.python", "hosted.org"),
    ("py", "pi.org"),
];

fn places(path: &str, text: &str) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (number, line) in text.lines().enumerate() {
        for (first, second) in MACHINE_FOLDERS {
            let folder = format!("{first}{second}");
            // Only where a path starts: the same letters inside an address are no machine's folder.
            let starts = line.match_indices(&folder).any(|(at, _)| {
                let before = line[..at].chars().next_back();
                !before.is_some_and(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '~' | '}' | ')'))
            });
            if starts {
                let text =
                    format!("names the machine's folder `{folder}`; use a path from the repository or a setting");
                problems.push(Problem::at(path, number + 1, text));
            }
        }
        for (first, second) in REGISTRY_HOSTS {
            let host = format!("{first}{second}");
            if line.contains(&host) {
                let text = format!("names the registry host `{host}`; leave it to the tool's own settings");
                problems.push(Problem::at(path, number + 1, text));
            }
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str, text: &str) -> TextFile {
        TextFile { path: path.to_owned(), text: text.to_owned() }
    }

    fn problems(files: &[TextFile]) -> Vec<String> {
        check(files).problems.iter().map(Problem::to_string).collect()
    }

    #[test]
    fn long_files_are_told_and_too_long_ones_fail() {
        let lines = |n: usize| "//! x\n".repeat(n);
        let report = check(&[
            file("CHANGELOG.md", ""),
            file("xtask/src/a.rs", &lines(500)),
            file("xtask/src/b.rs", &lines(501)),
            file("xtask/src/c.rs", &lines(601)),
            file("crates/ui/static/vendor/d.js", &lines(900)),
            file("data/topics.json", &lines(900)),
        ]);
        assert_eq!(report.warnings.iter().map(|found| found.path.as_str()).collect::<Vec<_>>(), ["xtask/src/b.rs"]);
        assert_eq!(report.problems.iter().map(|found| found.path.as_str()).collect::<Vec<_>>(), ["xtask/src/c.rs"]);
    }

    #[test]
    fn the_changelog_must_be_there() {
        assert_eq!(problems(&[]).len(), 1);
        assert!(problems(&[file("CHANGELOG.md", "")]).is_empty());
    }

    #[test]
    fn machine_folders_and_registry_hosts_fail_wherever_they_stand() {
        let [(a, b), ..] = MACHINE_FOLDERS;
        let [(c, d), ..] = REGISTRY_HOSTS;
        let text = format!("see {a}{b}x\nhttps://example.org{a}{b}x\nhttps://{c}{d}/\n");
        let found = problems(&[file("CHANGELOG.md", &text)]);
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(found[0].starts_with("CHANGELOG.md:1:") && found[1].starts_with("CHANGELOG.md:3:"), "{found:?}");
    }
}
