//! The versions of a playbook, and what changed between two of them.

use askama::Template;
use axum::extract::State;
use db::{Store, transact};
use serde::Deserialize;
use ui::{FormState, PageCx, PageForm, PagePath, PageQuery, PageResult, Shell, redirect_with_flash};

use super::{Piece, below, path, pieces, when};
use crate::{
    PlaybookId, can_edit, current, numbered, restore as restore_version,
    rules::{
        changes::{by_words, changed_topics},
        words,
    },
    versions as all_versions,
};

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Asked {
    from: Option<i64>,
    to: Option<i64>,
}

struct Row {
    number: i64,
    note: String,
    by: String,
    when: String,
    at: String,
    compare: String,
    restore: String,
    is_current: bool,
}

struct Changed {
    topic: &'static str,
    href: String,
    word: &'static str,
    tone: &'static str,
    icon: &'static str,
    pieces: Vec<Piece>,
}

struct Comparison {
    from: i64,
    to: i64,
    changed: Vec<Changed>,
}

#[derive(Template)]
#[template(path = "playbook_versions.html")]
struct Page {
    shell: Shell,
    form: FormState,
    rows: Vec<Row>,
    numbers: Vec<(i64, String)>,
    comparison: Option<Comparison>,
    can_edit: bool,
}

pub(super) async fn versions(
    State(store): State<Store>,
    page: PageCx,
    PagePath(id): PagePath<PlaybookId>,
    PageQuery(asked): PageQuery<Asked>,
) -> PageResult {
    let mut cx = store.read(&page.actor).await?;
    let now = current(&mut cx, id).await?;
    let lines = all_versions(&mut cx, id).await?;
    let base = path(id, "/versions");
    let rows = lines
        .iter()
        .map(|line| Row {
            number: line.number,
            note: line.note.clone(),
            by: line.created_by_name.clone(),
            when: when(&cx, line.created_at),
            at: line.created_at.to_string(),
            compare: if line.number > 1 {
                format!("{base}?from={}&to={}#changes", line.number - 1, line.number)
            } else {
                String::new()
            },
            restore: format!("{base}/{}/restore", line.number),
            is_current: line.number == now.number,
        })
        .collect();
    let comparison = match (asked.from, asked.to) {
        (Some(from), Some(to)) => Some(compared(&mut cx, id, from, to).await?),
        _ => None,
    };
    let form = FormState::new()
        .with("from", asked.from.unwrap_or((now.number - 1).max(1)))
        .with("to", asked.to.unwrap_or(now.number));
    page.render(&Page {
        shell: below(page.shell("Versions"), &now)
            .subtitle("Every change, who made it and why. A version never changes once it is written."),
        form,
        rows,
        numbers: lines.iter().map(|line| (line.number, format!("Version {}", line.number))).collect(),
        comparison,
        can_edit: can_edit(&cx) && !now.archived,
    })
}

async fn compared(cx: &mut db::Cx, id: PlaybookId, from: i64, to: i64) -> Result<Comparison, kernel::Refusal> {
    let (before, after) = (numbered(cx, id, from).await?, numbered(cx, id, to).await?);
    let changed = changed_topics(&before.body, &after.body)
        .into_iter()
        .map(|topic| {
            let text = |version: &crate::Version| version.body.position(topic).map(words::as_text);
            let (old, new) = (text(&before), text(&after));
            let (word, tone, icon) = match (&old, &new) {
                (None, _) => ("Added", "good", "plus"),
                (_, None) => ("Removed", "bad", "minus"),
                _ => ("Changed", "info", "pencil"),
            };
            let (old, new) = (old.unwrap_or_default(), new.unwrap_or_default());
            Changed {
                topic: topic.label(),
                href: path(id, &format!("/topics/{topic}")),
                word,
                tone,
                icon,
                pieces: pieces(&by_words(&old, &new)),
            }
        })
        .collect();
    Ok(Comparison { from, to, changed })
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Restoring {
    note: String,
}

pub(super) async fn restore(
    State(store): State<Store>,
    page: PageCx,
    PagePath((id, number)): PagePath<(PlaybookId, i64)>,
    PageForm(restoring, _): PageForm<Restoring>,
) -> PageResult {
    let restored = transact!(store, &page.actor, |cx| {
        let old = numbered(cx, id, number).await?;
        restore_version(cx, old.id, &restoring.note).await
    })?;
    Ok(redirect_with_flash(
        &path(id, "/versions"),
        &format!("Version {number} is current again, as version {}.", restored.number),
    ))
}
