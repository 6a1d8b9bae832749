//! Rules for Rust sources: where SQL may stand, what a pure module may import, and that a module says why it exists.

use super::{Problem, TextFile, lexer};

pub fn check(path: &str, text: &str) -> Vec<Problem> {
    let parts = lexer::parts(text);
    let mut problems = Vec::new();
    if area_source(path) && !path.ends_with("/store.rs") && !path.contains("/store/") {
        for (line, string) in &parts.strings {
            if is_sql(string) {
                let text = "holds SQL; an area's SQL stands in its `store.rs`, where rows become domain types";
                problems.push(Problem::at(path, *line, text));
            }
        }
    }
    if pure(path) {
        for (number, line) in parts.code.lines().enumerate() {
            for (what, instead) in impure(line) {
                problems.push(Problem::at(path, number + 1, format!("pure code uses `{what}`; {instead}")));
            }
        }
    }
    problems
}

fn area_source(path: &str) -> bool {
    path.strip_prefix("crates/areas/").is_some_and(|rest| rest.split('/').nth(1) == Some("src"))
}

/// Code that must give the same answer everywhere: the crates at the ground, and every area's rules.
fn pure(path: &str) -> bool {
    let ground = ["clauses", "clocks", "ledger", "kernel", "reports"];
    let in_ground = ground.iter().any(|name| path.starts_with(&format!("crates/{name}/src/")));
    in_ground || (area_source(path) && (path.contains("/src/rules/") || path.ends_with("/src/rules.rs")))
}

/// A statement, not a sentence: each verb counts only with the word that SQL puts beside it.
fn is_sql(literal: &str) -> bool {
    let text = literal.to_lowercase().replace("\\n", " ");
    let words: Vec<&str> =
        text.split(|c: char| !(c.is_alphanumeric() || c == '_')).filter(|word| !word.is_empty()).collect();
    let has = |word: &str| words.contains(&word);
    let pair = |first: &str, second: &str| words.windows(2).any(|two| two == [first, second]);
    // A raw string's own `r` comes before its first word.
    let mut opening = words.iter().filter(|word| **word != "r").copied();
    let (first, second) = (opening.next(), opening.next());
    let constant = second.is_some_and(|word| word.starts_with(|c: char| c.is_ascii_digit()));
    pair("insert", "into")
        || pair("delete", "from")
        || pair("create", "table")
        || (matches!(first, Some("select" | "with")) && has("select") && (has("from") || constant))
        || (first == Some("update") && has("set"))
}

/// What a line of code uses that a pure module must not, and what to do instead.
fn impure(line: &str) -> Vec<(&'static str, &'static str)> {
    const CLOCK: &str = "\"now\" is an argument";
    const RULES: [(&str, &str, &str); 8] = [
        ("axum", "axum", "HTTP ends in `api.rs` and `pages.rs`"),
        ("sqlx", "sqlx", "the store ends in `store.rs`"),
        ("SystemTime", "std::time::SystemTime", CLOCK),
        ("Instant::now", "Instant::now", CLOCK),
        ("Timestamp::now", "Timestamp::now", CLOCK),
        ("Zoned::now", "Zoned::now", CLOCK),
        ("std::env", "std::env", "settings are arguments"),
        ("env::var", "env::var", "settings are arguments"),
    ];
    RULES.iter().filter(|(needle, ..)| holds_word(line, needle)).map(|&(_, what, instead)| (what, instead)).collect()
}

fn holds_word(line: &str, needle: &str) -> bool {
    let part_of_word = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
    line.match_indices(needle).any(|(at, _)| {
        !part_of_word(line[..at].chars().next_back()) && !part_of_word(line[at + needle.len()..].chars().next())
    })
}

/// Every crate and every module folder opens by saying why it exists.
pub fn openings(files: &[TextFile]) -> Vec<Problem> {
    files
        .iter()
        .filter(|file| {
            let path = &file.path;
            path.ends_with("/src/lib.rs")
                || (path.contains("/src/") && path.ends_with("/mod.rs"))
                || path.ends_with("/src/main.rs")
        })
        .filter(|file| !opens_with_purpose(&file.text))
        .map(|file| Problem::at(&file.path, 1, "must open with `//!`: why it exists and what it must not know"))
        .collect()
}

/// A sentence, not a word: a placeholder is no purpose.
fn opens_with_purpose(text: &str) -> bool {
    let opening: Vec<&str> = text.lines().map_while(|line| line.strip_prefix("//!")).collect();
    opening.join(" ").split_whitespace().count() >= 5
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn found(path: &str, text: &str, expected: usize) {
        let problems = check(path, text);
        assert_eq!(problems.len(), expected, "{problems:?}");
    }

    #[test]
    fn sql_stands_in_the_store_only() {
        for sql in [
            r#"db.run("select id from contracts where id = $1")"#,
            "db.run(r#\"insert into t (a) values ($1)\"#)",
            r#"db.run("UPDATE t SET a = 1")"#,
            r#"db.run("delete from t")"#,
            r#"db.run("with a as (select 1 from b) select * from a")"#,
            r#"db.run("select 1")"#,
        ] {
            found("crates/areas/people/src/people.rs", sql, 1);
            found("crates/areas/people/src/store.rs", sql, 0);
            found("crates/areas/people/src/store/rows.rs", sql, 0);
            found("crates/areas/people/tests/it/main.rs", sql, 0);
            found("crates/db/src/jobs.rs", sql, 0);
        }
    }

    #[test]
    fn sentences_and_comments_are_no_sql() {
        for text in [
            r#"refuse("update the playbook first")"#,
            r#"refuse("select a contract from the list")"#,
            r#"refuse("with effect from 1 May")"#,
            r#"label("Select a file")"#,
            "// select id from contracts\nfn f() {}",
        ] {
            let expected = usize::from(text.contains("select a contract"));
            // A button's label that reads like a statement is the price of a simple rule: reword it.
            found("crates/areas/people/src/pages.rs", text, expected);
        }
    }

    #[test]
    fn pure_code_knows_no_engine_clock_or_environment() {
        for (line, expected) in [
            ("use axum::Router;", 1),
            ("use sqlx::Row;", 1),
            ("use std::time::SystemTime;", 1),
            ("use std::env;", 1),
            ("let x = env::var(\"A\");", 1),
            ("let now = jiff::Timestamp::now();", 1),
            ("// axum is not known here", 0),
            ("let taxum = env!(\"CARGO_MANIFEST_DIR\");", 0),
        ] {
            found("crates/kernel/src/side.rs", line, expected);
            found("crates/areas/contracts/src/rules/signing.rs", line, expected);
            found("crates/areas/contracts/src/pages.rs", line, 0);
        }
    }

    #[test]
    fn a_crate_says_why_it_exists() {
        let file = |path: &str, text: &str| TextFile { path: path.to_owned(), text: text.to_owned() };
        let problems = openings(&[
            file("crates/a/src/lib.rs", "//! Reads agreements. Knows no store and no clock.\n"),
            file("crates/b/src/lib.rs", "//! placeholder\n"),
            file("crates/c/src/lib.rs", "use std::fmt;\n"),
            file("crates/d/src/part/mod.rs", "mod x;\n"),
            file("crates/d/src/part/x.rs", "fn f() {}\n"),
        ]);
        let paths: Vec<&str> = problems.iter().map(|problem| problem.path.as_str()).collect();
        assert_eq!(paths, ["crates/b/src/lib.rs", "crates/c/src/lib.rs", "crates/d/src/part/mod.rs"]);
    }
}
