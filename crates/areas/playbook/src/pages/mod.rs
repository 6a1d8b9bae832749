//! The pages. Each handler extracts, calls a use case, draws.

mod book;
mod edit;
mod history;
mod topic;
mod whole;

use axum::{
    Router,
    routing::{get, post},
};
use clauses::Topic;
use db::{Cx, Store};
use kernel::{Instant, Refusal};
use ui::Shell;

use crate::{PlaybookId, Version, rules::changes::Run};

/// `store` is the only state.
pub(crate) fn routes(store: Store) -> Router {
    Router::new()
        .route("/playbook", get(book::standard))
        .route("/playbook/new", get(whole::new_form).post(whole::create))
        .route("/playbook/{id}", get(book::one))
        .route("/playbook/{id}/export.toml", get(whole::export))
        .route("/playbook/{id}/import", get(whole::import_form).post(whole::import))
        .route("/playbook/{id}/archive", post(whole::archive))
        .route("/playbook/{id}/unarchive", post(whole::unarchive))
        .route("/playbook/{id}/versions", get(history::versions))
        .route("/playbook/{id}/versions/{number}/restore", post(history::restore))
        .route("/playbook/{id}/topics/{topic}", get(topic::read).post(topic::try_it))
        .route("/playbook/{id}/topics/{topic}/edit", get(edit::form).post(edit::save))
        .route("/playbook/{id}/topics/{topic}/remove", post(edit::remove))
        .with_state(store)
}

fn topic_of(word: &str) -> Result<Topic, Refusal> {
    word.parse().map_err(|_| Refusal::not_found("there is no such topic"))
}

/// The shell of a page below one playbook.
fn below(shell: Shell, version: &Version) -> Shell {
    shell.crumb("Playbook", "/playbook").crumb(version.playbook_name.clone(), format!("/playbook/{}", version.playbook))
}

/// The zone is the organisation's.
fn when(cx: &Cx, at: Instant) -> String {
    let zoned = at.timestamp().to_zoned(cx.world().zone());
    zoned.strftime("%-d %b %Y, %H:%M").to_string()
}

fn path(id: PlaybookId, rest: &str) -> String {
    format!("/playbook/{id}{rest}")
}

/// A run of words as a template reads it: `same`, `removed` or `added`.
struct Piece {
    kind: &'static str,
    lines: Vec<String>,
}

impl Piece {
    fn new(kind: &'static str, text: &str) -> Self {
        Self { kind, lines: text.split('\n').map(str::to_owned).collect() }
    }
}

/// Long stretches that did not change are shortened to their ends.
fn pieces(runs: &[Run<'_>]) -> Vec<Piece> {
    const KEPT: usize = 160;
    let last = runs.len().saturating_sub(1);
    runs.iter()
        .enumerate()
        .map(|(at, run)| match run {
            Run::Same(text) => {
                Piece::new("same", &shortened(text, if at == 0 { 0 } else { KEPT }, if at == last { 0 } else { KEPT }))
            }
            Run::Removed(text) => Piece::new("removed", text),
            Run::Added(text) => Piece::new("added", text),
        })
        .collect()
}

fn shortened(text: &str, head: usize, tail: usize) -> String {
    let letters: Vec<char> = text.chars().collect();
    if letters.len() <= head + tail + 40 {
        return text.to_owned();
    }
    // Cut between words, so that no half word looks like a change.
    let start = letters[..head].iter().rposition(|letter| letter.is_whitespace()).map_or(0, |at| at + 1);
    let end = letters[letters.len() - tail..]
        .iter()
        .position(|letter| letter.is_whitespace())
        .map_or(letters.len(), |at| letters.len() - tail + at + 1);
    let (start, end): (String, String) = (letters[..start].iter().collect(), letters[end..].iter().collect());
    format!("{start}\n[…]\n{end}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_unchanged_stretch_is_shortened_to_its_ends() {
        let long = "word ".repeat(200);
        assert_eq!(shortened(&long, 12, 12), "word word \n[…]\nword word ");
        assert_eq!(shortened(&long, 0, 6), "\n[…]\nword ");
        assert_eq!(shortened("short", 1, 1), "short");
    }
}
