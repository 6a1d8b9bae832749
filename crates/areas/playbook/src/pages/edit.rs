//! The form of one position.

use askama::Template;
use axum::extract::State;
use axum::response::IntoResponse;
use clauses::{Topic, playbook::Position};
use db::{Store, transact};
use kernel::{Refusal, RefusalKind};
use serde::Deserialize;
use ui::{FormState, PageCx, PageError, PageForm, PagePath, PageResult, Shell, redirect_with_flash};

use super::{Piece, below, path, pieces, topic_of};
use crate::{
    EDIT, PlaybookId, Version, current, remove_position,
    rules::{
        changes::by_words,
        draft::{self, MAX_ROWS},
        words,
    },
    save_position,
};

/// The names of the fields of one row.
struct Row {
    legend: String,
    text: String,
    tests: String,
}

#[derive(Template)]
#[template(path = "playbook_edit.html")]
struct Page {
    shell: Shell,
    form: FormState,
    action: String,
    cancel: String,
    /// The number of the version that the entries are meant to follow.
    version: i64,
    fallbacks: Vec<Row>,
    reds: Vec<Row>,
    approvers: Vec<(&'static str, &'static str)>,
    is_new: bool,
    /// What the entries change, after "preview" or a conflict.
    changes: Vec<Piece>,
    previewed: bool,
    stale: bool,
}

pub(super) async fn form(
    State(store): State<Store>,
    page: PageCx,
    PagePath((id, topic)): PagePath<(PlaybookId, String)>,
) -> PageResult {
    let topic = topic_of(&topic)?;
    let mut cx = store.read(&page.actor).await?;
    cx.require(EDIT, &kernel::Resource::all("Playbook"))?;
    let version = current(&mut cx, id).await?;
    let sent = version.body.position(topic).map(draft::fields).unwrap_or_default();
    let mut form = FormState::new();
    for (name, value) in &sent {
        form = form.with(name, value);
    }
    page.render(&draw(&page, &version, topic, &sent, form))
}

pub(super) async fn save(
    State(store): State<Store>,
    page: PageCx,
    PagePath((id, topic)): PagePath<(PlaybookId, String)>,
    PageForm(sent, form): PageForm<Vec<(String, String)>>,
) -> PageResult {
    let topic = topic_of(&topic)?;
    let expected: i64 = form
        .value("version")
        .parse()
        .map_err(|_| Refusal::invalid("the form names no version").hint("open the page again"))?;
    let saved = match draft::position(topic, &sent) {
        Ok(position) if form.checked("do", "preview") => {
            return preview(&store, &page, id, &position, &sent, form).await;
        }
        Ok(position) => {
            let note = form.value("note").to_owned();
            transact!(store, &page.actor, |cx| save_position(cx, id, Some(expected), position.clone(), &note).await)
        }
        Err(refusal) => Err(refusal),
    };
    let refusal = match saved {
        Ok(version) => {
            let told = format!("Saved as version {}.", version.number);
            return Ok(redirect_with_flash(&path(id, &format!("/topics/{topic}")), &told));
        }
        Err(refusal) => refusal,
    };
    let mut cx = store.read(&page.actor).await?;
    cx.require(EDIT, &kernel::Resource::all("Playbook"))?;
    let version = current(&mut cx, id).await?;
    page.again(refusal, |refusal| {
        let stale = refusal.kind == RefusalKind::Stale;
        let mut drawn = draw(&page, &version, topic, &sent, form.refused(refusal));
        if stale {
            // What is shown is how the entries differ from the position as it is now; saving again follows on that.
            drawn.changes = draft::position(topic, &sent).map(|mine| changes(&version, &mine)).unwrap_or_default();
        } else {
            drawn.version = expected;
        }
        drawn.stale = stale;
        drawn
    })
}

async fn preview(
    store: &Store,
    page: &PageCx,
    id: PlaybookId,
    mine: &Position,
    sent: &[(String, String)],
    form: FormState,
) -> PageResult {
    let mut cx = store.read(&page.actor).await?;
    cx.require(EDIT, &kernel::Resource::all("Playbook"))?;
    let version = current(&mut cx, id).await?;
    let expected = form.value("version").parse().unwrap_or(version.number);
    let mut drawn = draw(page, &version, mine.topic, sent, form);
    drawn.changes = changes(&version, mine);
    drawn.previewed = true;
    drawn.version = expected;
    page.render(&drawn)
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Removing {
    note: String,
    version: String,
}

pub(super) async fn remove(
    State(store): State<Store>,
    page: PageCx,
    PagePath((id, topic)): PagePath<(PlaybookId, String)>,
    PageForm(removing, _): PageForm<Removing>,
) -> PageResult {
    let topic = topic_of(&topic)?;
    let expected = removing.version.parse().map_err(|_| PageError(Refusal::invalid("the form names no version")))?;
    transact!(store, &page.actor, |cx| remove_position(cx, id, Some(expected), topic, &removing.note).await)?;
    Ok(redirect_with_flash(&path(id, ""), &format!("{} is not judged any more.", topic.label())).into_response())
}

fn changes(version: &Version, mine: &Position) -> Vec<Piece> {
    let now = version.body.position(mine.topic).map(words::as_text).unwrap_or_default();
    let mine = words::as_text(mine);
    if now == mine { Vec::new() } else { pieces(&by_words(&now, &mine)) }
}

fn draw(page: &PageCx, version: &Version, topic: Topic, sent: &[(String, String)], form: FormState) -> Page {
    let rows = |first: &str, second: &str| {
        let count = (draft::rows(sent, [first, second]) + 1).min(MAX_ROWS);
        (1..=count)
            .map(|n| Row {
                legend: if n == count { "one more".to_owned() } else { format!("{n} of {}", count - 1) },
                text: format!("{first}_{n}"),
                tests: format!("{second}_{n}"),
            })
            .collect()
    };
    let base = path(version.playbook, &format!("/topics/{topic}"));
    let known = version.body.position(topic).is_some();
    Page {
        shell: below(page.shell(format!("Edit {}", topic.label().to_lowercase())), version)
            .crumb(topic.label(), base.clone()),
        form,
        action: format!("{base}/edit"),
        cancel: base,
        version: version.number,
        fallbacks: rows("fallback_text", "fallback_tests"),
        reds: rows("red_description", "red_tests"),
        approvers: vec![("legal", "Legal"), ("security", "Security"), ("compliance", "Compliance")],
        is_new: !known,
        changes: Vec::new(),
        previewed: false,
        stale: false,
    }
}
