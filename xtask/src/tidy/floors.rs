//! Rules for manifests: a crate is named like its folder, and imports only what lies on a lower floor.
//!
//! Cargo forbids circles; this forbids the sideways step that comes before one. Tests may look sideways: only
//! `[dependencies]` and `[build-dependencies]` count.

use super::Problem;

/// The floors of the house, from the ground. A new crate is entered here; that is the moment to think where it belongs.
const FLOORS: [&[&str]; 12] = [
    &["clauses", "clocks", "ledger"],
    &["kernel", "documents", "reports"],
    &["access", "db"],
    &["ui"],
    &["people", "files", "notices"],
    &["playbook"],
    &["contracts"],
    &["incidents"],
    &["trail"],
    &["home"],
    &["server"],
    &["testkit", "unify", "xtask", "fuzz"],
];

/// The one folder whose crate has another name: `ledger` is the pure crate, `trail` the area that shows it.
const RENAMED: [(&str, &str); 1] = [("crates/areas/ledger", "trail")];

pub fn check(path: &str, text: &str) -> Vec<Problem> {
    let Some(folder) = path.strip_suffix("/Cargo.toml") else { return Vec::new() };
    let Some(name) = package_name(text) else { return Vec::new() };
    let expected = RENAMED
        .iter()
        .find(|(renamed, _)| *renamed == folder)
        .map_or_else(|| folder.rsplit('/').next().unwrap_or(folder), |&(_, name)| name);
    let mut problems = Vec::new();
    if name != expected {
        problems.push(Problem::at(
            path,
            0,
            format!("the package is `{name}`, its folder says `{expected}`; name both alike"),
        ));
    }
    let Some(own) = floor(name) else {
        problems.push(Problem::at(path, 0, format!("`{name}` has no floor; enter it in `xtask/src/tidy/floors.rs`")));
        return problems;
    };
    for (line, dependency) in dependencies(text) {
        if let Some(theirs) = floor(dependency)
            && theirs >= own
        {
            let text = format!(
                "`{name}` imports `{dependency}`, which lies no lower; contribute to it or move the shared part down"
            );
            problems.push(Problem::at(path, line, text));
        }
    }
    problems
}

fn floor(name: &str) -> Option<usize> {
    FLOORS.iter().position(|names| names.contains(&name))
}

fn package_name(manifest: &str) -> Option<&str> {
    let mut in_package = false;
    for line in manifest.lines().map(str::trim) {
        if line.starts_with('[') {
            in_package = line == "[package]";
        } else if in_package && let Some(value) = line.strip_prefix("name") {
            return value.trim_start().strip_prefix('=').map(|value| value.trim().trim_matches('"'));
        }
    }
    None
}

/// What the crate itself is built from, with line numbers.
fn dependencies(manifest: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    let mut counts = false;
    for (number, line) in manifest.lines().enumerate() {
        let line = line.trim();
        if let Some(section) = line.strip_prefix('[') {
            let section = section.trim_end_matches(']');
            let (table, one) = match section.rsplit_once("dependencies.") {
                Some((before, name)) => (format!("{before}dependencies"), Some(name)),
                None => (section.to_owned(), None),
            };
            counts = table.ends_with("dependencies")
                && !table.ends_with("dev-dependencies")
                && !table.starts_with("workspace");
            if let (true, Some(name)) = (counts, one) {
                found.push((number + 1, name));
                counts = false;
            }
        } else if counts && !line.is_empty() && !line.starts_with('#') {
            let name = line.split(|c: char| !(c.is_alphanumeric() || c == '-' || c == '_')).next().unwrap_or_default();
            found.push((number + 1, name));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn manifest(name: &str, rest: &str) -> String {
        format!("[package]\nname = \"{name}\"\n\n{rest}")
    }

    #[track_caller]
    fn found(path: &str, text: &str, expected: &[&str]) {
        let problems: Vec<String> = check(path, text).iter().map(Problem::to_string).collect();
        assert_eq!(problems.len(), expected.len(), "{problems:?}");
        for (problem, part) in problems.iter().zip(expected) {
            assert!(problem.contains(part), "{problem}");
        }
    }

    #[test]
    fn imports_go_downwards() {
        let path = "crates/areas/contracts/Cargo.toml";
        found(path, &manifest("contracts", "[dependencies]\nplaybook.workspace = true\naxum = \"1\"\n"), &[]);
        found(path, &manifest("contracts", "[dependencies]\nhome.workspace = true\n"), &["imports `home`"]);
        found(path, &manifest("contracts", "[build-dependencies]\ntrail = { path = \"x\" }\n"), &["imports `trail`"]);
        found(path, &manifest("contracts", "[dependencies.server]\nworkspace = true\n"), &["imports `server`"]);
        found(path, &manifest("contracts", "[dev-dependencies]\ntestkit.workspace = true\n"), &[]);
        found(path, &manifest("contracts", "[dependencies]\ntestkit.workspace = true\n"), &["imports `testkit`"]);
        let sideways = manifest("people", "[dependencies]\nfiles.workspace = true\n");
        found("crates/areas/people/Cargo.toml", &sideways, &["imports `files`"]);
    }

    #[test]
    fn folder_and_package_have_one_name() {
        found("crates/clauses/Cargo.toml", &manifest("clauses", ""), &[]);
        found("crates/clause/Cargo.toml", &manifest("clauses", ""), &["its folder says `clause`"]);
        found("crates/areas/ledger/Cargo.toml", &manifest("trail", ""), &[]);
        found("crates/areas/ledger/Cargo.toml", &manifest("ledger", ""), &["its folder says `trail`"]);
    }

    #[test]
    fn a_new_crate_gets_its_floor() {
        found("crates/areas/gardening/Cargo.toml", &manifest("gardening", ""), &["has no floor"]);
        found("Cargo.toml", "[workspace]\n[workspace.dependencies]\nserver = { path = \"x\" }\n", &[]);
        found("rustfmt.toml", "max_width = 120\n", &[]);
    }
}
