//! The list, and the export of it.

use askama::Template;
use axum::{
    body::Body,
    extract::State as Extracted,
    http::header,
    response::{IntoResponse, Response},
};
use futures_util::StreamExt;
use jiff::tz::TimeZone;
use kernel::{Actor, Date, FieldProblem, Instant, Refusal, Side};
use serde::Deserialize;
use ui::{FormState, PageCx, PageQuery, PageResult, Shell};

use super::{Row, State};
use crate::{Filter, Range, can_export, export as begin_export, list as entries};

/// Entries on a page.
const PER_PAGE: usize = 50;

/// What stands in the address of the list. All of it is text: what cannot be read is said at its field.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    /// A part of the sentence.
    pub q: String,
    pub who: String,
    /// The id of a person.
    pub actor: String,
    pub side: String,
    pub action: String,
    pub subject_kind: String,
    pub subject_id: String,
    /// The first day.
    pub from: String,
    /// The last day.
    pub to: String,
    /// Entries before this position.
    pub before: String,
}

/// Reads the filter; days are those of the organisation's zone.
pub(crate) fn filter_of(asked: &Asked, zone: &TimeZone) -> Result<Filter, Refusal> {
    let mut problems = Vec::new();
    let mut problem = |field: &str, message: String| problems.push(FieldProblem { field: field.to_owned(), message });
    let some = |text: &str| Some(text.trim()).filter(|text| !text.is_empty()).map(str::to_owned);
    let mut day = |field: &str, text: &str, plus: i64| {
        let date = some(text)?.parse::<Date>().map_err(|refusal| problem(field, refusal.message)).ok()?;
        start_of(date.plus_days(plus), zone)
    };
    let (from, until) = (day("from", &asked.from, 0), day("to", &asked.to, 1));
    let actor = some(&asked.actor)
        .and_then(|text| text.parse().map_err(|_| problem("actor", "this is not the id of a person".to_owned())).ok());
    let side = some(&asked.side).and_then(|text| text.parse::<Side>().map_err(|message| problem("side", message)).ok());
    let before_seq = some(&asked.before)
        .and_then(|text| text.parse().map_err(|_| problem("before", "this is not a position".to_owned())).ok());
    if !problems.is_empty() {
        return Err(Refusal::fields(problems));
    }
    Ok(Filter {
        actor,
        who: some(&asked.who),
        action: some(&asked.action),
        side,
        subject_kind: some(&asked.subject_kind),
        subject_id: some(&asked.subject_id),
        text: some(&asked.q),
        from,
        until,
        before_seq,
    })
}

fn start_of(date: Date, zone: &TimeZone) -> Option<Instant> {
    let start = date.0.to_zoned(zone.clone()).ok()?;
    Some(Instant::from_micros(start.timestamp().as_microsecond()))
}

#[derive(Template)]
#[template(path = "ledger_list.html")]
struct Page {
    shell: Shell,
    form: FormState,
    rows: Vec<Row>,
    kinds: Vec<(&'static str, &'static str)>,
    sides: Vec<(&'static str, &'static str)>,
    /// Said when the list is of one person or one record.
    about: String,
    actor: String,
    subject_id: String,
    first: String,
    next: String,
    can_export: bool,
    export: String,
    filtered: bool,
}

pub(super) async fn list(
    Extracted(state): Extracted<State>,
    page: PageCx,
    PageQuery(asked): PageQuery<Asked>,
) -> PageResult {
    let mut cx = state.store.read(&page.actor).await?;
    let zone = cx.world().zone();
    let mut form = FormState::new();
    for (name, value) in asked.fields() {
        form = form.with(name, value);
    }
    let found = match filter_of(&asked, &zone) {
        Ok(filter) => entries(&mut cx, &filter, PER_PAGE).await?,
        Err(refusal) => {
            form = form.refused(&refusal);
            entries(&mut cx, &Filter::default(), PER_PAGE).await?
        }
    };
    let about = match (asked.actor.is_empty(), asked.subject_id.is_empty(), found.items.first()) {
        (false, _, Some(line)) => format!("Only what {} did", line.actor_name),
        (_, false, _) => format!(
            "Only what happened to one {}",
            if asked.subject_kind.is_empty() { "record" } else { &asked.subject_kind }
        ),
        (false, _, None) => "Only what one person did".to_owned(),
        _ => String::new(),
    };
    let rows = found.items.into_iter().map(|line| Row::of(&cx, &state, line)).collect();
    page.render(&Page {
        shell: page.shell("Ledger").subtitle("Every change, in order. Each entry is sealed to the one before."),
        rows,
        kinds: state.subjects.iter().map(|subject| (subject.kind, subject.label)).collect(),
        sides: Side::ALL.iter().map(|side| (side.as_str(), side.label())).collect(),
        about,
        actor: asked.actor.clone(),
        subject_id: asked.subject_id.clone(),
        first: if asked.before.is_empty() { String::new() } else { asked.address("") },
        next: found.next.map(|next| asked.address(&next.to_string())).unwrap_or_default(),
        can_export: can_export(&cx),
        export: format!("/ledger/export{}", asked.range_query()),
        filtered: asked.fields().iter().any(|(_, value)| !value.is_empty()),
        form,
    })
}

impl Asked {
    fn fields(&self) -> [(&'static str, &str); 9] {
        [
            ("q", &self.q),
            ("who", &self.who),
            ("actor", &self.actor),
            ("side", &self.side),
            ("action", &self.action),
            ("subject_kind", &self.subject_kind),
            ("subject_id", &self.subject_id),
            ("from", &self.from),
            ("to", &self.to),
        ]
    }

    /// The address of the same list from another position on.
    fn address(&self, before: &str) -> String {
        query("/ledger", self.fields().into_iter().chain([("before", before)]))
    }

    fn range_query(&self) -> String {
        query("", [("from", self.from.as_str()), ("to", self.to.as_str())])
    }
}

fn query<'a>(path: &str, fields: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let mut out = path.to_owned();
    let mut mark = '?';
    for (name, value) in fields.into_iter().filter(|(_, value)| !value.is_empty()) {
        out.push_str(&format!("{mark}{name}={}", ui::percent_encode(value)));
        mark = '&';
    }
    out
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Days {
    pub from: String,
    pub to: String,
}

pub(super) async fn export(
    Extracted(state): Extracted<State>,
    page: PageCx,
    PageQuery(days): PageQuery<Days>,
) -> PageResult {
    Ok(exported(&state, &page.actor, &days.from, &days.to).await?)
}

/// The export as an answer, part by part, for the page and the endpoint.
pub(crate) async fn exported(state: &State, actor: &Actor, from: &str, to: &str) -> Result<Response, Refusal> {
    let zone = state.store.world.zone();
    let filter = filter_of(&Asked { from: from.to_owned(), to: to.to_owned(), ..Asked::default() }, &zone)?;
    let today = state.store.world.today();
    let export =
        begin_export(&state.store, &state.keys, actor, &Range { from: filter.from, until: filter.until }).await?;
    let parts = export
        .into_stream()
        .map(|part| part.inspect_err(|refusal| tracing::error!(%refusal, "an export of the ledger broke off")));
    let headers = [
        (header::CONTENT_TYPE, "application/jsonl; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"ledger-{today}.jsonl\"")),
    ];
    Ok((headers, Body::from_stream(parts)).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_those_of_the_zone_and_the_last_one_counts_whole() {
        let zone = TimeZone::get("Europe/Berlin").unwrap();
        let asked = Asked { from: "2026-03-29".to_owned(), to: "2026-03-29".to_owned(), ..Asked::default() };
        let filter = filter_of(&asked, &zone).unwrap();
        let hours = filter.until.unwrap().seconds_since(filter.from.unwrap()) / 3600;
        assert_eq!(hours, 23, "the day on which summer time begins");
        assert_eq!(filter.from.unwrap().to_string(), "2026-03-28T23:00:00Z");
    }

    #[test]
    fn what_cannot_be_read_is_said_at_its_field() {
        let asked = Asked {
            from: "soon".to_owned(),
            side: "marketing".to_owned(),
            actor: "me".to_owned(),
            before: "x".to_owned(),
            ..Asked::default()
        };
        let refused = filter_of(&asked, &TimeZone::UTC).unwrap_err();
        let fields: Vec<&str> = refused.fields.iter().map(|problem| problem.field.as_str()).collect();
        assert_eq!(fields, ["from", "actor", "side", "before"]);
    }

    #[test]
    fn an_address_keeps_the_filter() {
        let asked = Asked { q: "a b&c".to_owned(), side: "legal".to_owned(), ..Asked::default() };
        assert_eq!(asked.address("7"), "/ledger?q=a%20b%26c&side=legal&before=7");
        assert_eq!(Asked::default().address(""), "/ledger");
    }
}
