//! When people are reminded of clocks.

use askama::Template;
use axum::extract::State as Shared;
use db::{Cx, Store, transact};
use kernel::{Refusal, Resource};
use serde::Deserialize;
use ui::{FormState, PageCx, PageError, PageForm, PagePath, PageResult, Shell, redirect_with_flash};

use super::words::when;
use crate::{
    EDIT_REMINDERS, ReminderRuleId, add_reminder_rule, change_reminder_rule, reminder_rules, remove_reminder_rule,
    rules::reminding::{DEFAULT_STEPS, PATTERN_LIMIT, say_steps},
};

struct Row {
    id: ReminderRuleId,
    pattern: String,
    times: String,
    changed: String,
    revision: i64,
    /// What was wrong with the times that were sent for this line.
    error: String,
}

#[derive(Template)]
#[template(path = "incidents_reminders.html")]
struct Page {
    shell: Shell,
    rows: Vec<Row>,
    default: String,
    pattern_limit: usize,
    can_edit: bool,
    form: FormState,
}

/// A line that was refused as it was sent.
struct Refused<'r> {
    id: ReminderRuleId,
    times: &'r str,
    refusal: &'r Refusal,
}

async fn drawn(page: &PageCx, cx: &mut Cx, form: FormState, refused: Option<Refused<'_>>) -> Result<Page, Refusal> {
    let rules = reminder_rules(cx).await?;
    let rows = rules
        .into_iter()
        .map(|rule| {
            let refused = refused.as_ref().filter(|refused| refused.id == rule.id);
            Row {
                id: rule.id,
                pattern: rule.pattern,
                times: refused.map_or_else(|| say_steps(&rule.minutes), |refused| refused.times.to_owned()),
                changed: format!("{}, {}", rule.changed_by_name, when(cx, rule.changed_at)),
                revision: rule.revision,
                error: refused.map(|refused| refused.refusal.message.clone()).unwrap_or_default(),
            }
        })
        .collect();
    Ok(Page {
        shell: page
            .shell("Reminders")
            .crumb("Incidents", "/incidents")
            .subtitle("When people are told that a clock runs out, and who"),
        rows,
        default: say_steps(&DEFAULT_STEPS),
        pattern_limit: PATTERN_LIMIT,
        can_edit: cx.allows(EDIT_REMINDERS, &Resource::all("Incidents")),
        form,
    })
}

pub(super) async fn show(Shared(store): Shared<Store>, page: PageCx) -> PageResult {
    let mut cx = store.read(&page.actor).await?;
    let drawn = drawn(&page, &mut cx, FormState::new(), None).await?;
    page.render(&drawn)
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Added {
    pattern: String,
    times: String,
}

pub(super) async fn add(
    Shared(store): Shared<Store>,
    page: PageCx,
    PageForm(sent, form): PageForm<Added>,
) -> PageResult {
    match transact!(store, &page.actor, |cx| add_reminder_rule(cx, &sent.pattern, &sent.times).await) {
        Ok(_) => Ok(redirect_with_flash("/incidents/reminders", "These rules are reminded of as you said.")),
        Err(refusal) => {
            let mut cx = store.read(&page.actor).await?;
            let drawn = drawn(&page, &mut cx, form.refused(&refusal), None).await?;
            page.again(refusal, |_| drawn)
        }
    }
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Changed {
    times: String,
    revision: String,
}

impl Changed {
    fn revision(&self) -> Result<i64, PageError> {
        self.revision.parse().map_err(|_| PageError(Refusal::stale()))
    }
}

/// Refuses whoever may not change it, before the form is looked at.
async fn ensure_editable(store: &Store, page: &PageCx) -> Result<(), PageError> {
    Ok(store.read(&page.actor).await?.require(EDIT_REMINDERS, &Resource::all("Incidents"))?)
}

pub(super) async fn change(
    Shared(store): Shared<Store>,
    page: PageCx,
    PagePath(id): PagePath<ReminderRuleId>,
    PageForm(sent, _): PageForm<Changed>,
) -> PageResult {
    ensure_editable(&store, &page).await?;
    let revision = sent.revision()?;
    match transact!(store, &page.actor, |cx| change_reminder_rule(cx, id, &sent.times, revision).await) {
        Ok(()) => Ok(redirect_with_flash("/incidents/reminders", "Saved.")),
        Err(refusal) => {
            let mut cx = store.read(&page.actor).await?;
            let form = FormState::new().refused(&refusal);
            let refused = Refused { id, times: &sent.times, refusal: &refusal };
            let drawn = drawn(&page, &mut cx, form, Some(refused)).await?;
            page.again(refusal, |_| drawn)
        }
    }
}

pub(super) async fn remove(
    Shared(store): Shared<Store>,
    page: PageCx,
    PagePath(id): PagePath<ReminderRuleId>,
    PageForm(sent, _): PageForm<Changed>,
) -> PageResult {
    ensure_editable(&store, &page).await?;
    let revision = sent.revision()?;
    transact!(store, &page.actor, |cx| remove_reminder_rule(cx, id, revision).await)?;
    Ok(redirect_with_flash("/incidents/reminders", "Removed. The default holds again."))
}
