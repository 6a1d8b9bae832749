//! The draft: what is left to do before both sides can sign it, and what it changes.

use askama::Template;
use axum::extract::State as Shared;
use db::{Store, transact};
use kernel::{Refusal, Side};
use serde::Deserialize;
use ui::{FormState, PageCx, PageForm, PagePath, PageResult, Shell, redirect_with_flash};

use super::{RoleRow, SignRow, TrackRows, role_rows, sign_rows, track_rows};
use crate::{
    PlanRoleId, PlanStepId,
    plan::{self, DraftView},
    rules::plan::About,
};

pub(super) const DRAFT: &str = "/incidents/plan/draft";

struct ProblemRow {
    says: String,
    href: String,
}

#[derive(Template)]
#[template(path = "incidents_plan_draft.html")]
struct Page {
    shell: Shell,
    form: FormState,
    revision: i64,
    hash: String,
    blocking: Vec<ProblemRow>,
    thoughts: Vec<ProblemRow>,
    roles: Vec<RoleRow>,
    tracks: Vec<TrackRows>,
    signs: Vec<SignRow>,
    may_sign: Vec<&'static str>,
    signable: bool,
    /// The number of the version in force.
    before: Option<i64>,
    changes: Vec<String>,
    can_edit: bool,
}

/// The draft, or the refusal that there is none.
pub(super) async fn loaded(store: &Store, page: &PageCx) -> Result<(db::Cx, DraftView), Refusal> {
    let mut cx = store.read(&page.actor).await?;
    let view = plan::draft(&mut cx).await?;
    let view = view.ok_or_else(|| {
        Refusal::not_found("there is no draft of the response plan").hint("begin one on the page of the plan")
    })?;
    Ok((cx, view))
}

fn drawn(page: &PageCx, cx: &db::Cx, view: &DraftView, form: FormState) -> Page {
    let document = &view.plan.document;
    let rows = |blocks: bool| {
        let of = view.problems.iter().filter(move |problem| problem.blocks == blocks);
        of.map(|problem| ProblemRow {
            says: problem.says.clone(),
            href: match problem.about {
                About::Plan => "#about".to_owned(),
                About::Role(id) => format!("#role-{id}"),
                About::Step(id) => format!("#step-{id}"),
            },
        })
        .collect()
    };
    let form = if form.is_refused() {
        form
    } else {
        let review_by = document.review_by.map(|day| day.to_string()).unwrap_or_default();
        form.with("title", &document.title).with("review_by", review_by)
    };
    Page {
        shell: page
            .shell(format!("Draft of version {}", view.plan.version.number))
            .crumb("Incidents", "/incidents")
            .crumb("Response plan", "/incidents/plan")
            .subtitle(document.title.clone())
            .wide(),
        form,
        revision: view.plan.version.revision,
        hash: view.hash.clone(),
        blocking: rows(true),
        thoughts: rows(false),
        roles: role_rows(document),
        tracks: track_rows(document),
        signs: sign_rows(cx, &view.plan),
        may_sign: view.signs.iter().map(|side| side.label()).collect(),
        signable: view.is_signable(),
        before: view.changes.as_ref().map(|(number, _)| *number),
        changes: view.changes.as_ref().map(|(_, changes)| changes.clone()).unwrap_or_default(),
        can_edit: view.can_edit,
    }
}

pub(super) async fn show(Shared(store): Shared<Store>, page: PageCx) -> PageResult {
    let (cx, view) = loaded(&store, &page).await?;
    page.render(&drawn(&page, &cx, &view, FormState::new()))
}

/// On to `to`, or the draft again with what was wrong.
async fn answered(
    store: &Store,
    page: &PageCx,
    outcome: Result<(), Refusal>,
    form: FormState,
    to: &str,
    told: &str,
) -> PageResult {
    match outcome {
        Ok(()) => Ok(redirect_with_flash(to, told)),
        Err(refusal) => {
            let (cx, view) = loaded(store, page).await?;
            page.again(refusal, |refusal| drawn(page, &cx, &view, form.refused(refusal)))
        }
    }
}

/// A number that a page of ours has sent; anything else is that of no record, so that the policy is asked first and what
/// was sent is stale then.
pub(super) fn revision_of(text: &str) -> i64 {
    text.parse().unwrap_or(-1)
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Sent {
    revision: String,
    title: String,
    review_by: String,
    side: String,
    hash: String,
    way: String,
}

pub(super) async fn begin(Shared(store): Shared<Store>, page: PageCx) -> PageResult {
    transact!(store, &page.actor, |cx| plan::begin(cx).await)?;
    Ok(redirect_with_flash(DRAFT, "The draft is begun. Change what you need, then both sides sign it."))
}

pub(super) async fn about(
    Shared(store): Shared<Store>,
    page: PageCx,
    PageForm(sent, form): PageForm<Sent>,
) -> PageResult {
    let revision = revision_of(&sent.revision);
    let outcome =
        transact!(store, &page.actor, |cx| plan::edit_about(cx, &sent.title, &sent.review_by, revision).await);
    answered(&store, &page, outcome, form, DRAFT, "Saved.").await
}

pub(super) async fn sign(Shared(store): Shared<Store>, page: PageCx, PageForm(sent, _): PageForm<Sent>) -> PageResult {
    let side = if sent.side == "Legal" { Side::Legal } else { Side::Security };
    let outcome = transact!(store, &page.actor, |cx| plan::sign(cx, side, &sent.hash).await);
    match outcome {
        Ok(true) => Ok(redirect_with_flash("/incidents/plan", "Both sides have signed: the plan is in force.")),
        other => {
            let told = "Signed. The other side has yet to sign the same text.";
            answered(&store, &page, other.map(|_| ()), FormState::new(), DRAFT, told).await
        }
    }
}

pub(super) async fn discard(
    Shared(store): Shared<Store>,
    page: PageCx,
    PageForm(sent, _): PageForm<Sent>,
) -> PageResult {
    let revision = revision_of(&sent.revision);
    let outcome = transact!(store, &page.actor, |cx| plan::discard(cx, revision).await);
    answered(&store, &page, outcome, FormState::new(), "/incidents/plan", "The draft is discarded.").await
}

pub(super) async fn remove_role(
    Shared(store): Shared<Store>,
    page: PageCx,
    PagePath(id): PagePath<PlanRoleId>,
    PageForm(sent, _): PageForm<Sent>,
) -> PageResult {
    let revision = revision_of(&sent.revision);
    let outcome = transact!(store, &page.actor, |cx| plan::remove_role(cx, id, revision).await);
    answered(&store, &page, outcome, FormState::new(), DRAFT, "The role is removed.").await
}

pub(super) async fn move_step(
    Shared(store): Shared<Store>,
    page: PageCx,
    PagePath(id): PagePath<PlanStepId>,
    PageForm(sent, _): PageForm<Sent>,
) -> PageResult {
    let revision = revision_of(&sent.revision);
    let up = sent.way == "up";
    let outcome = transact!(store, &page.actor, |cx| plan::move_step(cx, id, up, revision).await);
    answered(&store, &page, outcome, FormState::new(), &format!("{DRAFT}#step-{id}"), "Moved.").await
}

pub(super) async fn remove_step(
    Shared(store): Shared<Store>,
    page: PageCx,
    PagePath(id): PagePath<PlanStepId>,
    PageForm(sent, _): PageForm<Sent>,
) -> PageResult {
    let revision = revision_of(&sent.revision);
    let outcome = transact!(store, &page.actor, |cx| plan::remove_step(cx, id, revision).await);
    answered(&store, &page, outcome, FormState::new(), DRAFT, "The step is removed.").await
}
