//! A version of the response plan as a document: what holds now, or what held once.

use askama::Template;
use axum::extract::State as Shared;
use db::{Cx, Store};
use ui::{Mark, PageCx, PagePath, PageResult, Shell};

use super::{RoleRow, SignRow, TrackRows, plan_mark, role_rows, sign_rows, track_rows, when};
use crate::{
    plan::{self, PlanState, PlanView, Version},
    rules::plan::differences,
};

struct VersionRow {
    number: i64,
    title: String,
    mark: Mark,
    made: String,
    held: String,
    current: bool,
}

/// When the plan was last exercised.
struct ExercisedRow {
    title: String,
    href: String,
    when: String,
    version: i64,
    /// What the plan says otherwise since.
    changed: Vec<String>,
}

struct Shown {
    mark: Mark,
    in_force: bool,
    facts: Vec<(&'static str, String)>,
    roles: Vec<RoleRow>,
    tracks: Vec<TrackRows>,
    signs: Vec<SignRow>,
    gone: Vec<String>,
    /// The day by which it should have been looked at.
    overdue: String,
    hash: String,
}

#[derive(Template)]
#[template(path = "incidents_plan.html")]
struct Page {
    shell: Shell,
    shown: Option<Shown>,
    exercised: Option<ExercisedRow>,
    versions: Vec<VersionRow>,
    has_draft: bool,
    can_edit: bool,
}

fn shown(cx: &Cx, view: &PlanView) -> Shown {
    let plan = &view.plan;
    let version = &plan.version;
    let day = |day: Option<kernel::Date>| day.map_or_else(|| "not set".to_owned(), kernel::Date::long);
    let mut facts = vec![
        ("Version", version.number.to_string()),
        ("Made", format!("{} by {}", when(cx, version.made_at), version.made_by_name)),
    ];
    facts.extend(version.in_force_at.map(|at| ("In force since", when(cx, at))));
    facts.extend(version.retired_at.map(|at| ("Until", when(cx, at))));
    facts.push(("Looked at again by", day(plan.document.review_by)));
    Shown {
        mark: plan_mark(version.state),
        in_force: version.state == PlanState::InForce,
        facts,
        roles: role_rows(&plan.document),
        tracks: track_rows(&plan.document),
        signs: sign_rows(cx, plan),
        gone: view.gone.iter().map(|problem| problem.says.clone()).collect(),
        overdue: if view.review_is_overdue { day(plan.document.review_by) } else { String::new() },
        hash: version.hash.clone(),
    }
}

fn version_row(cx: &Cx, version: Version, current: Option<i64>) -> VersionRow {
    let until = version.retired_at.map(|at| format!(" until {}", when(cx, at))).unwrap_or_default();
    VersionRow {
        number: version.number,
        mark: plan_mark(version.state),
        made: format!("{} by {}", when(cx, version.made_at), version.made_by_name),
        held: version.in_force_at.map(|at| format!("from {}{until}", when(cx, at))).unwrap_or_default(),
        current: current == Some(version.number),
        title: version.title,
    }
}

async fn drawn(
    cx: &mut Cx,
    page: &PageCx,
    view: Option<PlanView>,
    other_than_current: bool,
) -> Result<Page, kernel::Refusal> {
    let versions = plan::versions(cx).await?;
    let exercised = match (plan::last_exercised(cx).await?, &view) {
        (Some(last), Some(view)) => {
            let then = plan::version(cx, last.version).await?;
            Some(ExercisedRow {
                when: when(cx, last.at),
                changed: differences(&then.plan.document, &view.plan.document),
                title: last.title,
                href: last.href,
                version: last.version,
            })
        }
        _ => None,
    };
    let title = view.as_ref().map_or_else(|| "Response plan".to_owned(), |view| view.plan.document.title.clone());
    let mut shell = page.shell(title).crumb("Incidents", "/incidents").wide();
    if other_than_current {
        shell = shell.crumb("Response plan", "/incidents/plan");
    }
    let current = view.as_ref().map(|view| view.plan.version.number);
    Ok(Page {
        shell: shell.subtitle("Who does what in an incident, signed by Legal and Security"),
        shown: view.as_ref().map(|view| shown(cx, view)),
        exercised,
        has_draft: versions.iter().any(|version| version.state == PlanState::Draft),
        versions: versions.into_iter().map(|version| version_row(cx, version, current)).collect(),
        can_edit: plan::can_edit_plan(cx),
    })
}

pub(super) async fn show(Shared(store): Shared<Store>, page: PageCx) -> PageResult {
    let mut cx = store.read(&page.actor).await?;
    let view = plan::in_force(&mut cx).await?;
    page.render(&drawn(&mut cx, &page, view, false).await?)
}

pub(super) async fn one(Shared(store): Shared<Store>, page: PageCx, PagePath(number): PagePath<i64>) -> PageResult {
    let mut cx = store.read(&page.actor).await?;
    let view = plan::version(&mut cx, number).await?;
    page.render(&drawn(&mut cx, &page, Some(view), true).await?)
}
