//! The pages. Each handler extracts, calls a use case, draws.

mod entry;
mod list;
mod proof;

use std::sync::Arc;

use axum::{Router, routing::get};
use db::{Cx, Store};
use kernel::Instant;

use crate::{Keys, Line};

pub(crate) use list::{Asked, exported, filter_of};

/// A kind of record that entries speak of, and where its page lies. The server lists them, because this area knows
/// no other.
#[derive(Debug, Clone, Copy)]
pub struct Subject {
    /// As it stands in entries, such as `contract`.
    pub kind: &'static str,
    /// As a reader calls them, such as "Contracts".
    pub label: &'static str,
    /// What stands before the id in the address of the record's page, such as `/contracts/`. Empty where it has none.
    pub path: &'static str,
}

/// What every handler gets.
#[derive(Clone)]
pub(crate) struct State {
    pub store: Store,
    pub keys: Arc<Keys>,
    pub subjects: &'static [Subject],
}

impl State {
    /// Where the subject of an entry has its page, or nothing.
    fn subject_href(&self, line: &Line) -> String {
        let subject =
            self.subjects.iter().find(|subject| subject.kind == line.subject_kind && !subject.path.is_empty());
        subject.map_or_else(String::new, |subject| format!("{}{}", subject.path, ui::percent_encode(&line.subject_id)))
    }
}

pub(crate) fn routes(state: State) -> Router {
    Router::new()
        .route("/ledger", get(list::list))
        .route("/ledger/export", get(list::export))
        .route("/ledger/verify", get(proof::page).post(proof::verify))
        .route("/ledger/checkpoint", axum::routing::post(proof::sign))
        .route("/ledger/{seq}", get(entry::entry))
        .with_state(state)
}

/// An entry in a table.
struct Row {
    seq: i64,
    at: String,
    day: String,
    time: String,
    who: String,
    who_href: String,
    side: String,
    via: &'static str,
    /// Goes on after a name.
    summary: String,
    /// Stands by itself.
    sentence: String,
    action: String,
    subject_href: String,
    walled: bool,
}

impl Row {
    fn of(cx: &Cx, state: &State, line: Line) -> Self {
        let (day, time) = day_and_time(cx, line.at);
        Self {
            seq: line.seq,
            at: line.at.to_string(),
            day,
            time,
            who: line.actor_name.clone(),
            who_href: format!("/ledger?actor={}", line.actor),
            side: side_label(line.side.as_deref()),
            via: via_words(&line.via),
            sentence: capitalised(&quoted(&line.summary)),
            summary: quoted(&line.summary),
            action: line.action.clone(),
            subject_href: state.subject_href(&line),
            walled: line.walled,
        }
    }
}

fn day_and_time(cx: &Cx, at: Instant) -> (String, String) {
    let zone = cx.world().zone();
    (at.date_in(&zone).long(), at.timestamp().to_zoned(zone).strftime("%H:%M:%S").to_string())
}

fn side_label(side: Option<&str>) -> String {
    side.map_or_else(String::new, |word| {
        word.parse::<kernel::Side>().map_or_else(|_| word.to_owned(), |side| side.label().to_owned())
    })
}

/// How the person came in, where it is worth a word.
fn via_words(via: &str) -> &'static str {
    match via {
        "token" => "by access token",
        "command" => "on the server",
        _ => "",
    }
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// Names stand between backticks in an entry, and between quotes on a page.
fn quoted(text: &str) -> String {
    if !text.matches('`').count().is_multiple_of(2) {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    for (at, part) in text.split('`').enumerate() {
        if at > 0 {
            out.push(if at.is_multiple_of(2) { '”' } else { '“' });
        }
        out.push_str(part);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_quoted_and_a_lone_backtick_is_left() {
        assert_eq!(quoted("renamed `A` to `B`"), "renamed “A” to “B”");
        assert_eq!(quoted("a lone ` stays"), "a lone ` stays");
        assert_eq!(capitalised("öffnete"), "Öffnete");
    }
}
