//! What people type, made into values that cannot be wrong. All problems of a form are collected.

use clocks::moment;
use db::Cx;
use kernel::{Date, FieldProblem, Instant, PersonId, Refusal};
use serde_json::json;

use crate::Incident;

/// The problems found so far.
#[derive(Debug, Default)]
pub(crate) struct Checked {
    problems: Vec<FieldProblem>,
}

impl Checked {
    pub fn wrong(&mut self, field: &str, message: impl Into<String>) {
        self.problems.push(FieldProblem { field: field.to_owned(), message: message.into() });
    }

    pub fn wrongs(&mut self, problems: Vec<FieldProblem>) {
        self.problems.extend(problems);
    }

    /// A text that must be there; `ask` says what is missing.
    pub fn needed<'a>(&mut self, field: &str, text: &'a str, limit: usize, ask: &str) -> &'a str {
        if text.trim().is_empty() {
            self.wrong(field, ask);
        }
        self.maybe(field, text, limit)
    }

    pub fn maybe<'a>(&mut self, field: &str, text: &'a str, limit: usize) -> &'a str {
        let text = text.trim();
        if text.chars().count() > limit {
            self.wrong(field, format!("at most {limit} characters"));
        }
        text
    }

    /// One of a closed list of words.
    pub fn word<T: std::str::FromStr<Err = String>>(&mut self, field: &str, text: &str) -> Option<T> {
        text.trim().parse().map_err(|message: String| self.wrong(field, message)).ok()
    }

    pub fn date(&mut self, field: &str, text: &str) -> Option<Date> {
        if text.trim().is_empty() {
            self.wrong(field, "give a date");
            return None;
        }
        text.parse().map_err(|refusal: Refusal| self.wrong(field, refusal.message)).ok()
    }

    /// A time that is past: RFC 3339, or a local one in the organisation's zone. Nothing is now.
    pub fn past(&mut self, cx: &Cx, incident: &Incident, field: &str, text: &str) -> Instant {
        let now = crate::incidents::now_of(cx, incident);
        if text.trim().is_empty() {
            return now;
        }
        let zone = cx.world().zone();
        let read = moment::read(&json!(text), Some(&zone));
        let at = read.map(|moment| moment.instant(&zone).map(|at| Instant::from_micros(at.as_microsecond())));
        match at {
            Ok(Some(at)) if at > now => self.wrong(field, "this lies in the future"),
            Ok(Some(at)) => return at,
            Ok(None) => self.wrong(field, format!("`{}` is no time", text.trim())),
            Err(message) => self.wrong(field, message),
        }
        now
    }

    /// Somebody of the directory, by id; nothing is whoever acts.
    pub async fn person(&mut self, cx: &mut Cx, field: &str, text: &str) -> Result<(PersonId, String), Refusal> {
        let own = (cx.actor.person, cx.actor.name.clone());
        let text = text.trim();
        if text.is_empty() || text == own.0.to_string() {
            return Ok(own);
        }
        let known = match text.parse::<PersonId>() {
            Ok(id) => people::people_to_choose_from(cx).await?.into_iter().find(|person| person.id == id),
            Err(_) => None,
        };
        Ok(known.map(|person| (person.id, person.name)).unwrap_or_else(|| {
            self.wrong(field, "choose somebody who works here");
            own
        }))
    }

    pub fn done(self) -> Result<(), Refusal> {
        if self.problems.is_empty() { Ok(()) } else { Err(Refusal::fields(self.problems)) }
    }
}

/// Refuses one entry too many of one kind.
pub(crate) fn room(number: i64) -> Result<(), Refusal> {
    if number <= super::ENTRIES_LIMIT {
        return Ok(());
    }
    Err(Refusal::invalid("this incident holds as many entries of this kind as one can")
        .hint("report what follows as a new incident"))
}
