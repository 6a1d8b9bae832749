//! One playbook: its topics in groups.

use askama::Template;
use axum::extract::State;
use clauses::Topic;
use db::{Cx, Store};
use serde::Deserialize;
use ui::{PageCx, PagePath, PageQuery, PageResult, Shell};

use super::{path, when};
use crate::{Listed, PlaybookId, Version, can_edit, current, list, rules::words, standard as standard_version};

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Asked {
    group: String,
    q: String,
}

struct Row {
    topic: Topic,
    href: String,
    /// Empty where the playbook has no position.
    preferred: String,
    fallbacks: usize,
    required: Vec<String>,
    approvers: String,
    blocking: bool,
}

struct Group {
    name: &'static str,
    rows: Vec<Row>,
}

#[derive(Template)]
#[template(path = "playbook_book.html")]
struct Page {
    shell: Shell,
    group: String,
    q: String,
    version: Version,
    base: String,
    groups: Vec<Group>,
    group_names: Vec<&'static str>,
    others: Vec<Listed>,
    can_edit: bool,
    can_archive: bool,
    changed: String,
}

pub(super) async fn standard(
    State(store): State<Store>,
    page: PageCx,
    PageQuery(asked): PageQuery<Asked>,
) -> PageResult {
    let mut cx = store.read(&page.actor).await?;
    let version = standard_version(&mut cx).await?;
    draw(&page, &mut cx, version, asked).await
}

pub(super) async fn one(
    State(store): State<Store>,
    page: PageCx,
    PagePath(id): PagePath<PlaybookId>,
    PageQuery(asked): PageQuery<Asked>,
) -> PageResult {
    let mut cx = store.read(&page.actor).await?;
    let version = current(&mut cx, id).await?;
    draw(&page, &mut cx, version, asked).await
}

async fn draw(page: &PageCx, cx: &mut Cx, version: Version, asked: Asked) -> PageResult {
    let all = list(cx).await?;
    let others: Vec<Listed> = all.into_iter().filter(|other| other.id != version.playbook).collect();
    let groups = groups(&version, &asked);
    let can_edit = can_edit(cx);
    let shell = page.shell(if others.is_empty() { "Playbook".to_owned() } else { version.playbook_name.clone() });
    let shell = if others.is_empty() { shell } else { shell.crumb("Playbook", "/playbook") };
    page.render(&Page {
        shell: shell.subtitle("What we prefer, what we can live with, and what we refuse, topic by topic"),
        group: asked.group,
        q: asked.q,
        base: path(version.playbook, ""),
        groups,
        group_names: words::groups(),
        can_archive: can_edit && others.iter().any(|other| !other.archived),
        others,
        can_edit: can_edit && !version.archived,
        changed: format!(
            "Version {}, {} by {}: {}",
            version.number,
            when(cx, version.created_at),
            version.created_by_name,
            version.note
        ),
        version,
    })
}

fn groups(version: &Version, asked: &Asked) -> Vec<Group> {
    let sought = asked.q.trim().to_lowercase();
    words::groups()
        .into_iter()
        .filter(|group| asked.group.is_empty() || asked.group == *group)
        .map(|name| Group {
            name,
            rows: Topic::ALL
                .into_iter()
                .filter(|topic| topic.group() == name)
                .filter(|topic| {
                    let text = version.body.position(*topic).map(words::as_text).unwrap_or_default();
                    sought.is_empty()
                        || topic.label().to_lowercase().contains(&sought)
                        || text.to_lowercase().contains(&sought)
                })
                .map(|topic| row(version, topic))
                .collect(),
        })
        .filter(|group| !group.rows.is_empty())
        .collect()
}

fn row(version: &Version, topic: Topic) -> Row {
    let position = version.body.position(topic);
    Row {
        topic,
        href: path(version.playbook, &format!("/topics/{topic}")),
        preferred: position.map(|position| words::in_one_line(&position.preferred.text, 110)).unwrap_or_default(),
        fallbacks: position.map_or(0, |position| position.fallbacks.len()),
        required: position.map(words::required).unwrap_or_default(),
        approvers: position.map(|position| words::sides(&position.approvers)).unwrap_or_default(),
        blocking: position.is_some_and(|position| position.blocking),
    }
}
