//! The forms for one role and for one step of the draft.

use askama::Template;
use axum::extract::State as Shared;
use db::{Store, transact};
use kernel::{Refusal, Resource};
use serde::Deserialize;
use ui::{FormState, PageCx, PageForm, PagePath, PageQuery, PageResult, Shell, redirect_with_flash};

use super::draft::{DRAFT, loaded, revision_of};
use crate::{
    PlanRoleId, PlanStepId,
    plan::{self, DraftView, EDIT_PLAN, RoleForm, StepForm},
    rules::plan::{Holder, Kind, Role, Step, Track},
};

type Options = Vec<(String, String)>;

#[derive(Template)]
#[template(path = "incidents_plan_role.html")]
struct RolePage {
    shell: Shell,
    form: FormState,
    revision: i64,
    sides: Options,
    people: Options,
    /// Where removing it is sent to; empty for a new one.
    remove: String,
}

#[derive(Template)]
#[template(path = "incidents_plan_step.html")]
struct StepPage {
    shell: Shell,
    form: FormState,
    revision: i64,
    tracks: Options,
    roles: Options,
    steps: Options,
    kinds: Options,
    units: Options,
    /// Where removing it is sent to; empty for a new one.
    remove: String,
}

/// The draft, where this person may change it.
async fn editable(store: &Store, page: &PageCx) -> Result<(db::Cx, DraftView), Refusal> {
    let (cx, view) = loaded(store, page).await?;
    cx.require(EDIT_PLAN, &Resource::all("Incidents"))?;
    Ok((cx, view))
}

fn shell(page: &PageCx, title: String) -> Shell {
    page.shell(title).crumb("Incidents", "/incidents").crumb("Response plan", "/incidents/plan").crumb("Draft", DRAFT)
}

fn no_such(what: &str) -> Refusal {
    Refusal::not_found(format!("there is no such {what} in the draft"))
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct SentRole {
    revision: String,
    name: String,
    side: String,
    leads: String,
    person: String,
    deputy: String,
}

async fn role_page(
    page: &PageCx,
    mut cx: db::Cx,
    view: &DraftView,
    role: Option<&Role>,
    form: FormState,
) -> Result<RolePage, Refusal> {
    let choices = plan::choices(&mut cx).await?;
    let mut people: Options = choices
        .iter()
        .map(|person| {
            let sides = person.sides.iter().map(|side| side.label()).collect::<Vec<_>>().join(", ");
            (person.id.to_string(), format!("{} ({sides})", person.name))
        })
        .collect();
    // Whoever holds the role and has gone stays visible until somebody else is chosen.
    for Holder { id, name } in role.iter().flat_map(|role| [&role.person, &role.deputy]).flatten() {
        let id = id.to_string();
        if people.iter().all(|(known, _)| *known != id) {
            people.push((id, format!("{name} (no longer on these sides)")));
        }
    }
    Ok(RolePage {
        shell: shell(page, role.map_or_else(|| "New role".to_owned(), |role| role.name.clone())),
        form,
        revision: view.plan.version.revision,
        sides: Track::ALL.map(|track| (track.as_str().to_owned(), track.people().to_owned())).to_vec(),
        people,
        remove: role.map(|role| format!("{DRAFT}/roles/{}/remove", role.id)).unwrap_or_default(),
    })
}

pub(super) async fn new_role(Shared(store): Shared<Store>, page: PageCx) -> PageResult {
    let (cx, view) = editable(&store, &page).await?;
    page.render(&role_page(&page, cx, &view, None, FormState::new()).await?)
}

pub(super) async fn role(Shared(store): Shared<Store>, page: PageCx, PagePath(id): PagePath<PlanRoleId>) -> PageResult {
    let (cx, view) = editable(&store, &page).await?;
    let role = view.plan.document.role(Some(id)).ok_or_else(|| no_such("role"))?;
    let holder = |holder: &Option<Holder>| holder.as_ref().map(|holder| holder.id.to_string()).unwrap_or_default();
    let form = FormState::new()
        .with("name", &role.name)
        .with("side", role.side)
        .with("leads", if role.leads { "yes" } else { "" })
        .with("person", holder(&role.person))
        .with("deputy", holder(&role.deputy));
    page.render(&role_page(&page, cx, &view, Some(role), form).await?)
}

pub(super) async fn add_role(store: Shared<Store>, page: PageCx, form: PageForm<SentRole>) -> PageResult {
    put_role(store, page, None, form).await
}

pub(super) async fn save_role(
    store: Shared<Store>,
    page: PageCx,
    PagePath(id): PagePath<PlanRoleId>,
    form: PageForm<SentRole>,
) -> PageResult {
    put_role(store, page, Some(id), form).await
}

async fn put_role(
    Shared(store): Shared<Store>,
    page: PageCx,
    id: Option<PlanRoleId>,
    PageForm(sent, form): PageForm<SentRole>,
) -> PageResult {
    let revision = revision_of(&sent.revision);
    let leads = sent.leads == "yes";
    let role = RoleForm { name: sent.name, side: sent.side, leads, person: sent.person, deputy: sent.deputy };
    match transact!(store, &page.actor, |cx| plan::put_role(cx, id, &role, revision).await) {
        Ok(id) => Ok(redirect_with_flash(&format!("{DRAFT}#role-{id}"), "Saved.")),
        Err(refusal) => {
            let (cx, view) = editable(&store, &page).await?;
            let role = id.and_then(|id| view.plan.document.role(Some(id)));
            let drawn = role_page(&page, cx, &view, role, form.refused(&refusal)).await?;
            page.again(refusal, |_| drawn)
        }
    }
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct SentStep {
    revision: String,
    track: String,
    title: String,
    what: String,
    role: String,
    number: String,
    unit: String,
    follows: String,
    kinds: Vec<String>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Asked {
    track: String,
}

fn step_page(page: &PageCx, view: &DraftView, step: Option<&Step>, form: FormState) -> StepPage {
    let document = &view.plan.document;
    let others = document.steps.iter().filter(|other| Some(other.id) != step.map(|step| step.id));
    StepPage {
        shell: shell(page, step.map_or_else(|| "New step".to_owned(), |step| step.title.clone())),
        form,
        revision: view.plan.version.revision,
        tracks: Track::ALL.map(|track| (track.as_str().to_owned(), track.label().to_owned())).to_vec(),
        roles: document
            .roles
            .iter()
            .map(|role| (role.id.to_string(), format!("{} ({})", role.name, role.side.people())))
            .collect(),
        steps: others.map(|other| (other.id.to_string(), other.title.clone())).collect(),
        kinds: Kind::ALL.map(|kind| (kind.as_str().to_owned(), kind.label().to_owned())).to_vec(),
        remove: step.map(|step| format!("{DRAFT}/steps/{}/remove", step.id)).unwrap_or_default(),
        units: ["minutes", "hours", "days"].map(|unit| (unit.to_owned(), unit.to_owned())).to_vec(),
    }
}

pub(super) async fn new_step(
    Shared(store): Shared<Store>,
    page: PageCx,
    PageQuery(asked): PageQuery<Asked>,
) -> PageResult {
    let (_, view) = editable(&store, &page).await?;
    let form = FormState::new().with("track", asked.track).with("unit", "hours");
    page.render(&step_page(&page, &view, None, form))
}

pub(super) async fn step(Shared(store): Shared<Store>, page: PageCx, PagePath(id): PagePath<PlanStepId>) -> PageResult {
    let (_, view) = editable(&store, &page).await?;
    let step = view.plan.document.step(Some(id)).ok_or_else(|| no_such("step"))?;
    let (number, unit) = match step.within {
        None => (String::new(), "hours"),
        Some(minutes) if minutes % 1440 == 0 => ((minutes / 1440).to_string(), "days"),
        Some(minutes) if minutes % 60 == 0 => ((minutes / 60).to_string(), "hours"),
        Some(minutes) => (minutes.to_string(), "minutes"),
    };
    let mut form = FormState::new()
        .with("track", step.track)
        .with("title", &step.title)
        .with("what", &step.what)
        .with("role", step.role.map(|id| id.to_string()).unwrap_or_default())
        .with("number", number)
        .with("unit", unit)
        .with("follows", step.follows.map(|id| id.to_string()).unwrap_or_default());
    for kind in &step.kinds {
        form = form.with("kinds", kind.as_str());
    }
    page.render(&step_page(&page, &view, Some(step), form))
}

pub(super) async fn add_step(store: Shared<Store>, page: PageCx, form: PageForm<SentStep>) -> PageResult {
    put_step(store, page, None, form).await
}

pub(super) async fn save_step(
    store: Shared<Store>,
    page: PageCx,
    PagePath(id): PagePath<PlanStepId>,
    form: PageForm<SentStep>,
) -> PageResult {
    put_step(store, page, Some(id), form).await
}

async fn put_step(
    Shared(store): Shared<Store>,
    page: PageCx,
    id: Option<PlanStepId>,
    PageForm(sent, form): PageForm<SentStep>,
) -> PageResult {
    let revision = revision_of(&sent.revision);
    let step = StepForm {
        track: sent.track,
        title: sent.title,
        what: sent.what,
        role: sent.role,
        number: sent.number,
        unit: sent.unit,
        follows: sent.follows,
        kinds: sent.kinds,
    };
    match transact!(store, &page.actor, |cx| plan::put_step(cx, id, &step, revision).await) {
        Ok(id) => Ok(redirect_with_flash(&format!("{DRAFT}#step-{id}"), "Saved.")),
        Err(refusal) => {
            let (_, view) = editable(&store, &page).await?;
            let step = id.and_then(|id| view.plan.document.step(Some(id)));
            page.again(refusal, |refusal| step_page(&page, &view, step, form.refused(refusal)))
        }
    }
}
