//! The register of breaches.

use askama::Template;
use axum::extract::State as Shared;
use serde::Deserialize;
use ui::{FormState, Mark, PageCx, PageQuery, PageResult, Shell};

use super::{notice_sending::out, words::mark_of};
use crate::{
    Incidents, State,
    register::{BreachRow, Judgement, RegisterFilter, register},
};

/// Breaches of a page.
const ROWS: usize = 50;

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Asked {
    year: String,
    state: String,
    before: String,
}

impl Asked {
    fn filter(&self) -> Result<RegisterFilter, kernel::Refusal> {
        Ok(RegisterFilter { below: self.before.parse().ok(), ..RegisterFilter::parse(&self.year, &self.state)? })
    }

    fn query(&self) -> String {
        let pairs = [("year", &self.year), ("state", &self.state)];
        let set = pairs.iter().filter(|(_, value)| !value.is_empty());
        set.map(|(name, value)| format!("{name}={}&", ui::percent_encode(value))).collect()
    }
}

/// A breach with what the page says of it.
struct Line {
    row: BreachRow,
    href: String,
    mark: Mark,
    because: String,
    /// Label and value; an empty value was not entered.
    facts: Vec<(&'static str, String)>,
}

#[derive(Template)]
#[template(path = "incidents_register.html")]
struct Page {
    shell: Shell,
    lines: Vec<Line>,
    states: Vec<(&'static str, &'static str)>,
    filtered: bool,
    query: String,
    first: String,
    next: String,
    form: FormState,
}

pub(super) async fn show(
    Shared(incidents): Shared<Incidents>,
    page: PageCx,
    PageQuery(asked): PageQuery<Asked>,
) -> PageResult {
    let mut cx = incidents.store.read(&page.actor).await?;
    let (rows, next) = register(&mut cx, &asked.filter()?, ROWS).await?;
    let query = asked.query();
    page.render(&Page {
        shell: page
            .shell("Register of breaches")
            .crumb("Incidents", "/incidents")
            .subtitle("Every breach of personal data, notified or not: its facts, its effects, the remedial action (Art. 33(5) GDPR)")
            .wide(),
        lines: rows.into_iter().map(line).collect(),
        states: State::ALL.map(|state| (state.as_str(), state.label())).to_vec(),
        filtered: !query.is_empty(),
        first: if asked.before.is_empty() { String::new() } else { format!("/incidents/register?{query}") },
        next: next.map(|below| format!("/incidents/register?{query}before={below}")).unwrap_or_default(),
        query,
        form: FormState::new().with("year", &asked.year).with("state", &asked.state),
    })
}

fn line(row: BreachRow) -> Line {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let told = |told: &[crate::register::Told]| told.iter().map(|told| told.said()).collect::<Vec<_>>().join("\n");
    let people = match (row.people_in_all, row.numbers()) {
        (Some(all), Some(places)) => format!("{all}: {places}"),
        _ => String::new(),
    };
    let both =
        |a: &Option<String>, b: &Option<String>| [a, b].into_iter().flatten().cloned().collect::<Vec<_>>().join("\n\n");
    Line {
        href: if row.may_read { format!("/incidents/{}", row.incident) } else { String::new() },
        mark: mark_of(row.state),
        because: match &row.because {
            Judgement::Judged(reason) => format!("Judged to be a breach: {reason}"),
            Judgement::ByItsFacts => "Kinds of data or people were entered; nobody has judged it yet".to_owned(),
        },
        facts: vec![
            ("Happened", text(&row.happened)),
            ("Noticed", text(&row.noticed)),
            ("Became known", text(&row.known)),
            ("Facts", both(&row.nature, &row.cause)),
            ("Kinds of data", row.kinds_of_data.join(", ")),
            ("People", people),
            ("Kinds of people", text(&row.kinds_of_people)),
            ("Records", text(&row.records)),
            ("Effects", text(&row.effects)),
            ("Risk", both(&row.severity, &row.risk)),
            ("Remedial action", both(&row.remedial_action, &row.prevention)),
            ("Authorities told", told(&row.authorities_told)),
            ("People told", told(&row.people_told)),
            ("Reasons for not telling", text(&row.reasons_for_not_telling())),
        ],
        row,
    }
}

pub(super) async fn xlsx(
    Shared(incidents): Shared<Incidents>,
    page: PageCx,
    PageQuery(asked): PageQuery<Asked>,
) -> PageResult {
    out(incidents.register_xlsx(&page.actor, &asked.filter()?).await)
}

pub(super) async fn json(
    Shared(incidents): Shared<Incidents>,
    page: PageCx,
    PageQuery(asked): PageQuery<Asked>,
) -> PageResult {
    out(incidents.register_json(&page.actor, &asked.filter()?).await)
}
