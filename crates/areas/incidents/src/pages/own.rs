//! Rules and days off of the organisation's own.

use askama::Template;
use axum::extract::State as Shared;
use db::{Cx, Store, transact};
use kernel::{Refusal, RefusalKind};
use serde::Deserialize;
use ui::{FormState, PageCx, PageForm, PagePath, PageResult, Shell, redirect_with_flash};

use super::{rules::limit, words::when};
use crate::{
    ClosureId, OwnRulesId,
    own_law::{self, OwnRules},
};

const HERE: &str = "/incidents/rules/own";

struct File {
    href: String,
    name: String,
    active: bool,
    changed: String,
}

struct Rule {
    name: String,
    to: String,
    limit: String,
}

struct DayOff {
    action: String,
    day: String,
    calendar: String,
    why: String,
    source: String,
    by: String,
}

#[derive(Template)]
#[template(path = "incidents_own.html")]
struct AllPage {
    shell: Shell,
    files: Vec<File>,
    rules: Vec<Rule>,
    days: Vec<DayOff>,
    calendars: Vec<(String, String)>,
    can_edit: bool,
    form: FormState,
}

async fn drawn(page: &PageCx, cx: &mut Cx, form: FormState) -> Result<AllPage, Refusal> {
    let (files, closures) = own_law::all(cx).await?;
    let rules = own_law::rules(cx).await?;
    Ok(AllPage {
        shell: page
            .shell("Rules of our own")
            .crumb("Incidents", "/incidents")
            .crumb("Rules", "/incidents/rules")
            .subtitle("What an insurer, a group or a supervisor asks for, and days off that no table knows"),
        files: files
            .into_iter()
            .map(|file| File {
                href: format!("{HERE}/{}", file.id),
                changed: format!("{}, {}", file.changed_by, when(cx, file.changed_at)),
                name: file.file,
                active: file.active,
            })
            .collect(),
        rules: rules
            .iter()
            .map(|rule| Rule { name: rule.name.clone(), to: rule.to.clone(), limit: limit(rule) })
            .collect(),
        days: closures
            .into_iter()
            .map(|known| DayOff {
                action: format!("{HERE}/{}/reopen", known.id),
                day: known.closure.date.strftime("%a %-d %b %Y").to_string(),
                calendar: known.closure.calendar,
                why: known.closure.why,
                source: known.source,
                by: format!("{}, {}", known.entered_by, when(cx, known.entered_at)),
            })
            .collect(),
        calendars: clocks::shipped().calendars.tables().map(|table| (table.id.clone(), table.title.clone())).collect(),
        can_edit: own_law::can_edit(cx),
        form,
    })
}

pub(super) async fn all(Shared(store): Shared<Store>, page: PageCx) -> PageResult {
    let mut cx = store.read(&page.actor).await?;
    let drawn = drawn(&page, &mut cx, FormState::new()).await?;
    page.render(&drawn)
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Closed {
    calendar: String,
    day: String,
    why: String,
    source: String,
}

pub(super) async fn close(
    Shared(store): Shared<Store>,
    page: PageCx,
    PageForm(sent, form): PageForm<Closed>,
) -> PageResult {
    own_law::ensure_editable(&store.read(&page.actor).await?)?;
    let closed = transact!(store, &page.actor, |cx| {
        own_law::close(cx, &sent.calendar, &sent.day, &sent.why, &sent.source).await
    });
    match closed {
        Ok(()) => Ok(redirect_with_flash(HERE, "Entered. Business days of every incident are counted with it.")),
        Err(refusal) => {
            let mut cx = store.read(&page.actor).await?;
            let drawn = drawn(&page, &mut cx, form.refused(&refusal)).await?;
            page.again(refusal, |_| drawn)
        }
    }
}

pub(super) async fn reopen(
    Shared(store): Shared<Store>,
    page: PageCx,
    PagePath(id): PagePath<ClosureId>,
) -> PageResult {
    transact!(store, &page.actor, |cx| own_law::reopen(cx, id).await)?;
    Ok(redirect_with_flash(HERE, "Taken out. Business days are counted without it."))
}

#[derive(Template)]
#[template(path = "incidents_own_edit.html")]
struct EditPage {
    shell: Shell,
    action: String,
    revision: i64,
    can_edit: bool,
    /// What is wrong with the text, a line each.
    problems: Vec<String>,
    form: FormState,
}

/// What a new file starts from: the shortest rule that works.
const START: &str = include_str!("../../templates/own_rule_start.toml");

fn editor(page: &PageCx, cx: &Cx, known: Option<&OwnRules>, form: FormState) -> EditPage {
    let title = known.map_or_else(|| "New rules of our own".to_owned(), |known| known.file.clone());
    EditPage {
        shell: page
            .shell(title)
            .crumb("Incidents", "/incidents")
            .crumb("Rules", "/incidents/rules")
            .crumb("Rules of our own", HERE),
        action: known.map_or_else(|| format!("{HERE}/new"), |known| format!("{HERE}/{}", known.id)),
        revision: known.map_or(0, |known| known.revision),
        can_edit: own_law::can_edit(cx),
        problems: form.error("text").lines().map(str::to_owned).collect(),
        form,
    }
}

pub(super) async fn form(Shared(store): Shared<Store>, page: PageCx) -> PageResult {
    let cx = store.read(&page.actor).await?;
    own_law::ensure_editable(&cx)?;
    page.render(&editor(&page, &cx, None, FormState::new().with("text", START).with("active", "yes")))
}

pub(super) async fn edit(Shared(store): Shared<Store>, page: PageCx, PagePath(id): PagePath<OwnRulesId>) -> PageResult {
    let mut cx = store.read(&page.actor).await?;
    let known = own_law::one(&mut cx, id).await?;
    let mut form = FormState::new().with("file", &known.file).with("text", &known.text);
    if known.active {
        form = form.with("active", "yes");
    }
    page.render(&editor(&page, &cx, Some(&known), form))
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Sent {
    file: String,
    text: String,
    active: String,
    revision: String,
}

pub(super) async fn add(shared: Shared<Store>, page: PageCx, sent: PageForm<Sent>) -> PageResult {
    kept(shared.0, page, None, sent).await
}

pub(super) async fn save(
    shared: Shared<Store>,
    page: PageCx,
    PagePath(id): PagePath<OwnRulesId>,
    sent: PageForm<Sent>,
) -> PageResult {
    kept(shared.0, page, Some(id), sent).await
}

async fn kept(store: Store, page: PageCx, id: Option<OwnRulesId>, PageForm(sent, form): PageForm<Sent>) -> PageResult {
    own_law::ensure_editable(&store.read(&page.actor).await?)?;
    let known = id.map(|id| (id, sent.revision.parse().unwrap_or(0)));
    let saved = transact!(store, &page.actor, |cx| {
        own_law::save(cx, known, &sent.file, &sent.text, sent.active == "yes").await
    });
    match saved {
        Ok(_) => Ok(redirect_with_flash(HERE, "Kept. The clocks of every incident follow.")),
        Err(refusal) => {
            let mut cx = store.read(&page.actor).await?;
            let known = match id {
                Some(id) if refusal.kind != RefusalKind::NotFound => Some(own_law::one(&mut cx, id).await?),
                _ => None,
            };
            page.again(refusal, |refusal| editor(&page, &cx, known.as_ref(), form.refused(refusal)))
        }
    }
}
