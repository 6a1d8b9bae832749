//! One position: how it reads, and a bench to try a clause against it.

use askama::Template;
use axum::extract::State;
use clauses::{
    Status, Topic,
    playbook::{KINDS, Position, ROLES},
};
use db::Store;
use kernel::Refusal;
use serde::Deserialize;
use ui::{FormState, Mark, PageCx, PageError, PageForm, PagePath, PageResult, Shell};

use super::{below, path, topic_of};
use crate::{
    PlaybookId, Version, can_edit, current,
    rules::{circumstances, tests_as_lines, words},
    trying::{Tried, try_position},
};

/// A wording as the page shows it.
pub(super) struct Wording {
    pub text: String,
    pub tests: Vec<String>,
}

/// A position as the page shows it.
pub(super) struct Shown {
    pub guidance: String,
    pub approvers: String,
    pub blocking: bool,
    pub required: Vec<String>,
    pub preferred: Wording,
    pub fallbacks: Vec<Wording>,
    pub unacceptable: Vec<Wording>,
}

impl Shown {
    pub fn of(position: &Position) -> Self {
        let lines = |tests: &[clauses::playbook::Test]| tests.iter().map(tests_as_lines::line).collect();
        let wording = |wording: &clauses::playbook::Wording| Wording {
            text: wording.text.trim().to_owned(),
            tests: lines(&wording.tests),
        };
        Self {
            guidance: position.guidance.trim().to_owned(),
            approvers: words::sides(&position.approvers),
            blocking: position.blocking,
            required: words::required(position),
            preferred: wording(&position.preferred),
            fallbacks: position.fallbacks.iter().map(wording).collect(),
            unacceptable: position
                .unacceptable
                .iter()
                .map(|red| Wording { text: red.description.trim().to_owned(), tests: lines(&red.tests) })
                .collect(),
        }
    }
}

pub(super) struct Outcome {
    mark: Mark,
    reason: String,
    passage: String,
    topics: Vec<String>,
}

#[derive(Template)]
#[template(path = "playbook_topic.html")]
struct Page {
    shell: Shell,
    form: FormState,
    base: String,
    shown: Option<Shown>,
    can_edit: bool,
    outcome: Option<Outcome>,
    kinds: Vec<(&'static str, String)>,
    roles: Vec<(&'static str, &'static str)>,
    number: i64,
    previous: Option<(String, &'static str)>,
    next: Option<(String, &'static str)>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Trying {
    clause: String,
    kind: String,
    role: String,
}

pub(super) async fn read(
    State(store): State<Store>,
    page: PageCx,
    PagePath((id, topic)): PagePath<(PlaybookId, String)>,
) -> PageResult {
    let topic = topic_of(&topic)?;
    let mut cx = store.read(&page.actor).await?;
    let version = current(&mut cx, id).await?;
    let form = FormState::new().with("role", "customer").with("kind", "saas");
    page.render(&draw(&page, &version, topic, can_edit(&cx), form, None))
}

pub(super) async fn try_it(
    State(store): State<Store>,
    page: PageCx,
    PagePath((id, topic)): PagePath<(PlaybookId, String)>,
    PageForm(trying, form): PageForm<Trying>,
) -> PageResult {
    let topic = topic_of(&topic)?;
    let mut cx = store.read(&page.actor).await?;
    let (version, can_edit) = (current(&mut cx, id).await?, can_edit(&cx));
    drop(cx);
    let position = version
        .body
        .position(topic)
        .cloned()
        .ok_or_else(|| Refusal::not_found("the playbook has no position on this topic"))?;
    // Reading takes the processor for some milliseconds, which other requests should not wait for.
    let tried =
        tokio::task::spawn_blocking(move || try_position(&position, &trying.clause, &trying.kind, &trying.role))
            .await
            .map_err(|cause| PageError(Refusal::broken(cause)))?;
    match tried {
        Ok(tried) => page.render(&draw(&page, &version, topic, can_edit, form, Some(outcome(tried)))),
        Err(refusal) => {
            page.again(refusal, |refusal| draw(&page, &version, topic, can_edit, form.refused(refusal), None))
        }
    }
}

fn outcome(tried: Tried) -> Outcome {
    let mark = match tried.finding.status {
        Status::Preferred => Mark::PREFERRED,
        Status::Fallback => Mark::FALLBACK,
        Status::Weaker => Mark::WEAKER,
        Status::Unacceptable => Mark::UNACCEPTABLE,
        Status::Missing => Mark::MISSING,
        Status::NotRequired => Mark::NOT_REQUIRED,
    };
    Outcome {
        mark,
        reason: tried.finding.reason,
        passage: tried.passage.unwrap_or_default(),
        topics: tried.topics.into_iter().map(|(topic, percent)| format!("{} ({percent} %)", topic.label())).collect(),
    }
}

fn draw(
    page: &PageCx,
    version: &Version,
    topic: Topic,
    can_edit: bool,
    form: FormState,
    outcome: Option<Outcome>,
) -> Page {
    let position = version.body.position(topic);
    let beside = |at: Option<usize>| {
        let topic = at.and_then(|at| Topic::ALL.get(at))?;
        Some((path(version.playbook, &format!("/topics/{topic}")), topic.label()))
    };
    Page {
        shell: below(page.shell(topic.label()), version).subtitle(topic.group()),
        form,
        base: path(version.playbook, &format!("/topics/{topic}")),
        shown: position.map(Shown::of),
        can_edit: can_edit && !version.archived,
        outcome,
        kinds: KINDS.iter().map(|kind| (*kind, circumstances::kind_label(kind))).collect(),
        roles: ROLES.iter().copied().map(|role| (role, role)).collect(),
        number: version.number,
        previous: beside(topic.index().checked_sub(1)),
        next: beside(Some(topic.index() + 1)),
    }
}
