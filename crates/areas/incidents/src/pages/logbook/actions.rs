//! What is to be done over all incidents, for those who see to it.

use askama::Template;
use axum::{
    extract::State as Shared,
    http::header,
    response::{IntoResponse, Response},
};
use db::{Cx, transact};
use kernel::{Cursor, Refusal};
use serde::Deserialize;
use ui::{
    FormState, Mark, PageCx, PageError, PageForm, PagePath, PageQuery, PageResult, Shell, Tone, redirect_with_flash,
};

use super::{super::words::when, mendable, open};
use crate::{
    ActionId, Incidents,
    logbook::{self, Action, ActionFilter, CSV, Listed},
};

/// Rows of a page.
const ROWS: usize = 50;

/// An action as the log shows it.
pub(super) struct ActionRow {
    pub number: i64,
    /// The word of its form.
    pub form: String,
    pub what: String,
    pub lesson: String,
    pub due: String,
    pub mark: Mark,
    pub owner: String,
    /// What was done and by whom, or nothing.
    pub done: String,
    pub revision: i64,
}

impl ActionRow {
    pub fn of(cx: &Cx, action: Action) -> Self {
        Self {
            mark: mark(cx, &action),
            done: done_words(cx, &action),
            number: action.number,
            form: format!("done-{}", action.number),
            what: format!("{}. {}", action.number, action.what),
            lesson: action.lesson.map(|number| number.to_string()).unwrap_or_default(),
            due: action.due.long(),
            owner: action.owner_name,
            revision: action.revision,
        }
    }
}

fn done_words(cx: &Cx, action: &Action) -> String {
    match action.done_at {
        Some(at) => format!("Done {} by {}: {}", when(cx, at), action.done_by_name, action.proof),
        None => String::new(),
    }
}

fn mark(cx: &Cx, action: &Action) -> Mark {
    match action.done_at {
        Some(_) => Mark::new("Done", "circle-check", Tone::Good),
        None if action.due < cx.today() => Mark::new("Overdue", "alert-circle", Tone::Bad),
        None => Mark::new("Open", "circle-dashed", Tone::Info),
    }
}

struct Row {
    id: String,
    what: String,
    href: String,
    incident: String,
    is_exercise: bool,
    due: String,
    mark: Mark,
    owner: String,
    done: String,
    can_do: bool,
    revision: i64,
}

#[derive(Template)]
#[template(path = "incidents_log_actions.html")]
struct Page {
    shell: Shell,
    form: FormState,
    open: String,
    rows: Vec<Row>,
    show: String,
    choices: Vec<(&'static str, &'static str)>,
    export: String,
    first: String,
    next: String,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Asked {
    show: String,
    after: String,
}

fn filter(show: &str) -> ActionFilter {
    ActionFilter { mine: show == "mine", overdue: show == "overdue", done_too: show == "all" }
}

pub(super) async fn list(
    Shared(log): Shared<Incidents>,
    page: PageCx,
    PageQuery(asked): PageQuery<Asked>,
) -> PageResult {
    let mut cx = log.store.read(&page.actor).await?;
    page.render(&drawn(&page, &mut cx, asked, FormState::new()).await?)
}

async fn drawn(page: &PageCx, cx: &mut Cx, asked: Asked, form: FormState) -> Result<Page, Refusal> {
    let after = Cursor::decode(&asked.after);
    let found = logbook::all_actions(cx, &filter(&asked.show), after.as_ref(), ROWS).await?;
    // Only a word that we know goes into an address.
    let choices = vec![("", "All that is open"), ("mine", "Mine"), ("overdue", "Overdue"), ("all", "Done ones, too")];
    let show = choices.iter().map(|(word, _)| *word).find(|word| *word == asked.show).unwrap_or_default();
    let query = if show.is_empty() { String::new() } else { format!("show={show}&") };
    let rows = found.items.into_iter().map(|listed| row(cx, listed)).collect();
    Ok(Page {
        shell: page
            .shell("Actions")
            .crumb("Incidents", "/incidents")
            .subtitle("What is done because of incidents, by whom and by when"),
        open: open(&form),
        form,
        rows,
        show: show.to_owned(),
        choices,
        export: format!("/incidents/actions.csv?{query}"),
        first: if after.is_some() { format!("/incidents/actions?{query}") } else { String::new() },
        next: found.next.map(|next| format!("/incidents/actions?{query}after={next}")).unwrap_or_default(),
    })
}

fn row(cx: &Cx, listed: Listed) -> Row {
    let Listed { action, incident, can_do } = listed;
    Row {
        id: action.id.to_string(),
        href: incident.as_ref().map(|incident| format!("/incidents/{}/log#actions", incident.id)).unwrap_or_default(),
        incident: incident
            .map(|incident| format!("Incident {}: {}", incident.number, incident.title))
            .unwrap_or_default(),
        is_exercise: action.is_exercise,
        due: action.due.long(),
        mark: mark(cx, &action),
        done: done_words(cx, &action),
        can_do: can_do && action.done_at.is_none(),
        what: action.what,
        owner: action.owner_name,
        revision: action.revision,
    }
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Done {
    proof: String,
    revision: String,
}

pub(super) async fn done(
    Shared(log): Shared<Incidents>,
    page: PageCx,
    PagePath(id): PagePath<ActionId>,
    PageForm(sent, form): PageForm<Done>,
) -> PageResult {
    // What is no number was seen in no revision: the use case says so, after it has asked who may.
    let revision = sent.revision.parse().unwrap_or(0);
    match transact!(log.store, &page.actor, |cx| logbook::finish_action(cx, id, &sent.proof, revision).await) {
        Ok(_) => Ok(redirect_with_flash("/incidents/actions", "Done.")),
        Err(refusal) if mendable(&refusal) => {
            let mut cx = log.store.read(&page.actor).await?;
            let drawn = drawn(&page, &mut cx, Asked::default(), form.refused(&refusal)).await?;
            page.again(refusal, |_| drawn)
        }
        Err(refusal) => Err(PageError(refusal)),
    }
}

pub(super) async fn export(
    Shared(log): Shared<Incidents>,
    page: PageCx,
    PageQuery(asked): PageQuery<Asked>,
) -> Result<Response, PageError> {
    let mut cx = log.store.read(&page.actor).await?;
    let listed = logbook::actions_for_export(&mut cx, &filter(&asked.show)).await?;
    let text = documents::sheet::csv(&logbook::actions_sheet(&listed));
    let headers = [(header::CONTENT_TYPE, CSV), (header::CONTENT_DISPOSITION, "attachment; filename=\"actions.csv\"")];
    Ok((headers, text).into_response())
}
