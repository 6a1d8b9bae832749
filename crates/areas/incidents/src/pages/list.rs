//! All incidents, or one's own reports.

use askama::Template;
use axum::extract::State as Shared;
use db::Store;
use kernel::Resource;
use serde::Deserialize;
use ui::{Mark, PageCx, PageQuery, PageResult, Shell};

use super::tabs::{TabLink, areas};
use super::words::{left, mark_of, when};
use crate::{Incident, Kinds, REPORT, SUBSCRIBE, State, can_read, incidents::now_of, list_of, rule_words};

/// Rows of a page.
const ROWS: usize = 50;

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Asked {
    state: String,
    /// `real` or `exercises`; both where empty, of exercises only those that are going on.
    kind: String,
    before: String,
}

struct Row {
    href: String,
    number: i64,
    title: String,
    mark: Mark,
    by: String,
    when: String,
    /// "2 d 3 h left"; empty where no clock runs.
    left: String,
    next: String,
    urgent: bool,
    is_exercise: bool,
}

#[derive(Template)]
#[template(path = "incidents_list.html")]
struct Page {
    shell: Shell,
    rows: Vec<Row>,
    state: String,
    kind: String,
    states: Vec<(&'static str, &'static str)>,
    filtered: bool,
    can_report: bool,
    can_subscribe: bool,
    areas: Vec<TabLink>,
    first: String,
    next: String,
}

/// Clocks of what is closed or was none are no news in a list.
fn runs(incident: &Incident) -> bool {
    matches!(incident.state, State::Open | State::Reported)
}

pub(super) async fn show(Shared(store): Shared<Store>, page: PageCx, PageQuery(asked): PageQuery<Asked>) -> PageResult {
    let mut cx = store.read(&page.actor).await?;
    let state: Option<State> = if asked.state.is_empty() { None } else { Some(asked.state.parse()?) };
    let before: Option<i64> = asked.before.parse().ok();
    let kinds = match asked.kind.as_str() {
        "real" => Kinds::Real,
        "exercises" => Kinds::Exercises,
        _ => Kinds::RealAndRunning,
    };
    let found = list_of(&mut cx, kinds, state, before, ROWS).await?;
    let last = found.items.last().map(|incident| incident.number);
    let mut query = String::new();
    for (name, value) in [("state", &asked.state), ("kind", &asked.kind)] {
        if !value.is_empty() {
            query.push_str(&format!("{name}={}&", ui::percent_encode(value)));
        }
    }
    let next = match (&found.next, last) {
        (Some(_), Some(last)) => format!("/incidents?{query}before={last}"),
        _ => String::new(),
    };
    let rows = found
        .items
        .into_iter()
        .map(|incident| Row {
            left: incident
                .next_due
                .filter(|_| runs(&incident))
                .map(|due| left(due.seconds_since(now_of(&cx, &incident))))
                .unwrap_or_default(),
            urgent: incident.next_due.is_some_and(|due| due.seconds_since(now_of(&cx, &incident)) < 86_400),
            next: rule_words(&incident.next_rule),
            is_exercise: incident.is_exercise,
            href: format!("/incidents/{}", incident.id),
            number: incident.number,
            mark: mark_of(incident.state),
            by: if can_read(&cx, &incident) { incident.reported_by_name.clone() } else { "you".to_owned() },
            when: when(&cx, incident.reported_at),
            title: incident.title,
        })
        .collect();
    page.render(&Page {
        shell: page.shell("Incidents").subtitle("What happened, and every clock that the law starts for it"),
        rows,
        filtered: !query.is_empty(),
        first: if before.is_some() { format!("/incidents?{query}") } else { String::new() },
        next,
        state: asked.state,
        kind: asked.kind,
        states: State::ALL.map(|state| (state.as_str(), state.label())).to_vec(),
        can_report: cx.allows(REPORT, &Resource::all("Incidents")),
        can_subscribe: cx.allows(SUBSCRIBE, &Resource::all("Incidents")),
        areas: areas(&cx),
    })
}
