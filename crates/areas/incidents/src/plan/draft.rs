//! The draft of the response plan: begun from the version in force, changed by both sides, and signed by both.

use db::{Change, Cx};
use kernel::{Date, FieldProblem, PersonId, Refusal, Side};
use serde_json::json;

use super::{
    Colleagues, EDIT_PLAN, Plan, PlanState, READ_PLAN, SIGN_PLAN, can_edit_plan, colleagues, everything, signs_plan,
};
use crate::{
    PlanId, PlanRoleId, PlanStepId,
    rules::plan::{
        Document, Holder, Kind, Problem, Role, Step, Track, differences, minutes_from, problems, shipped_start,
    },
    store::plan as store,
};

/// Characters of a plan's or a step's title.
pub const TITLE_LIMIT: usize = 160;
/// Characters of a role's name.
pub const NAME_LIMIT: usize = 80;
/// Characters of what is to do.
pub const WHAT_LIMIT: usize = 2_000;
/// More than anybody reads in an incident.
const MOST_ROLES: usize = 40;
const MOST_STEPS: usize = 200;

/// The draft as its page shows it.
#[derive(Debug, Clone)]
pub struct DraftView {
    pub plan: Plan,
    /// Of what is signed, as it stands now.
    pub hash: String,
    pub problems: Vec<Problem>,
    /// The number of the version in force, with what the draft changes of it.
    pub changes: Option<(i64, Vec<String>)>,
    pub can_edit: bool,
    /// The sides for which this person can still sign.
    pub signs: Vec<Side>,
}

impl DraftView {
    pub fn is_signable(&self) -> bool {
        !self.problems.iter().any(|problem| problem.blocks)
    }
}

/// A role as a form sends it.
#[derive(Debug, Clone, Default)]
pub struct RoleForm {
    pub name: String,
    pub side: String,
    pub leads: bool,
    pub person: String,
    pub deputy: String,
}

/// A step as a form sends it.
#[derive(Debug, Clone, Default)]
pub struct StepForm {
    pub track: String,
    pub title: String,
    pub what: String,
    pub role: String,
    /// Nothing: no time limit.
    pub number: String,
    /// minutes, hours or days
    pub unit: String,
    pub follows: String,
    pub kinds: Vec<String>,
}

fn no_draft() -> Refusal {
    Refusal::not_found("there is no draft of the response plan").hint("begin one on the page of the plan")
}

/// The draft, where this person may change it.
async fn editable(cx: &mut Cx, revision: i64) -> Result<Plan, Refusal> {
    cx.require(EDIT_PLAN, &everything())?;
    let plan = store::by_state(cx, PlanState::Draft).await?.ok_or_else(no_draft)?;
    if plan.version.revision != revision {
        return Err(Refusal::stale());
    }
    Ok(plan)
}

/// Takes hold of the draft for a change, which voids what was signed, and tells the ledger.
async fn changing(cx: &mut Cx, plan: &Plan, summary: String, after: serde_json::Value) -> Result<(), Refusal> {
    if !store::touch(cx, plan.version.id, plan.version.revision).await? {
        return Err(Refusal::stale());
    }
    let voided = store::void_signatures(cx, plan.version.id).await?;
    let number = plan.version.number;
    cx.record(Change::new("response_plan.edited", "response_plan", number, summary).after(after));
    if voided > 0 {
        let summary = format!("the change voided what was signed of version {number} of the response plan");
        cx.record(Change::new("response_plan.signatures_voided", "response_plan", number, summary).after(voided));
    }
    Ok(())
}

/// The draft with what keeps it from being signed and what it changes; `None` where there is none.
pub async fn draft(cx: &mut Cx) -> Result<Option<DraftView>, Refusal> {
    cx.require(READ_PLAN, &everything())?;
    let Some(plan) = store::by_state(cx, PlanState::Draft).await? else { return Ok(None) };
    let in_force = store::by_state(cx, PlanState::InForce).await?;
    let problems = problems(&plan.document, &colleagues(cx).await?, cx.today());
    let changes = in_force.map(|old| (old.version.number, differences(&old.document, &plan.document)));
    let signed_already = plan.signatures.iter().any(|signature| signature.person == cx.actor.person);
    let may_sign = cx.allows(SIGN_PLAN, &everything()) && !signed_already;
    let signs = [Side::Legal, Side::Security]
        .into_iter()
        .filter(|side| may_sign && signs_plan(&cx.actor.sides, *side) && plan.signature(*side).is_none())
        .collect();
    Ok(Some(DraftView { hash: plan.fingerprint()?, problems, changes, can_edit: can_edit_plan(cx), signs, plan }))
}

/// Begins a draft from the version in force, or from the shipped plan where there is none.
pub async fn begin(cx: &mut Cx) -> Result<i64, Refusal> {
    cx.require(EDIT_PLAN, &everything())?;
    let in_force = store::by_state(cx, PlanState::InForce).await?;
    let document = match &in_force {
        Some(plan) => plan.document.clone(),
        None => {
            let start = shipped_start().map_err(Refusal::broken)?;
            start.document(&mut || cx.new_id())
        }
    };
    let made_from = in_force.map(|plan| plan.version.number);
    let number = store::next_number(cx).await?;
    let id: PlanId = cx.new_id();
    store::insert(cx, id, number, made_from, &document).await?;
    let from = made_from.map_or_else(|| "the shipped plan".to_owned(), |from| format!("version {from}"));
    let summary = format!("began version {number} of the response plan from {from}");
    cx.record(Change::new("response_plan.begun", "response_plan", number, summary));
    Ok(number)
}

/// Gives the draft up. It stays readable.
pub async fn discard(cx: &mut Cx, revision: i64) -> Result<(), Refusal> {
    let plan = editable(cx, revision).await?;
    if !store::touch(cx, plan.version.id, revision).await? {
        return Err(Refusal::stale());
    }
    store::void_signatures(cx, plan.version.id).await?;
    store::discard(cx, plan.version.id).await?;
    let number = plan.version.number;
    let summary = format!("discarded the draft of version {number} of the response plan");
    cx.record(Change::new("response_plan.discarded", "response_plan", number, summary));
    Ok(())
}

/// Collects what is wrong with a form.
#[derive(Default)]
struct Wrong(Vec<FieldProblem>);

impl Wrong {
    fn say(&mut self, field: &str, message: impl Into<String>) {
        self.0.push(FieldProblem { field: field.to_owned(), message: message.into() });
    }

    /// A text that must be there and fit.
    fn text(&mut self, field: &str, text: &str, limit: usize, missing: &str) -> String {
        let text = text.trim();
        if text.is_empty() {
            self.say(field, missing);
        } else if text.chars().count() > limit {
            self.say(field, format!("at most {limit} characters"));
        }
        text.to_owned()
    }

    /// A choice among what there is; nothing is no choice.
    fn choice<T>(&mut self, field: &str, word: &str, found: Option<T>, missing: &str) -> Option<T> {
        if !word.trim().is_empty() && found.is_none() {
            self.say(field, missing);
        }
        found
    }

    fn done(self) -> Result<(), Refusal> {
        if self.0.is_empty() { Ok(()) } else { Err(Refusal::fields(self.0)) }
    }
}

/// The title and the day by which the plan is looked at again.
pub async fn edit_about(cx: &mut Cx, title: &str, review_by: &str, revision: i64) -> Result<(), Refusal> {
    let plan = editable(cx, revision).await?;
    let mut wrong = Wrong::default();
    let title = wrong.text("title", title, TITLE_LIMIT, "give the plan a title");
    let review_by = match review_by.trim() {
        "" => None,
        text => match text.parse::<Date>() {
            Ok(day) => Some(day),
            Err(refusal) => {
                wrong.say("review_by", refusal.message);
                None
            }
        },
    };
    wrong.done()?;
    let summary = format!("changed title or review date of version {} of the response plan", plan.version.number);
    changing(cx, &plan, summary, json!({ "title": title, "review_by": review_by })).await?;
    store::set_about(cx, plan.version.id, &title, review_by).await
}

/// Someone who can be chosen, or who holds the role already.
fn holder(names: &[people::Person], before: Option<&Holder>, word: &str) -> Option<Holder> {
    let id: PersonId = word.trim().parse().ok()?;
    let found = names.iter().find(|person| person.id == id);
    let found = found.map(|person| Holder { id, name: person.name.clone() });
    found.or_else(|| before.filter(|holder| holder.id == id).cloned())
}

/// Adds a role or changes one.
pub async fn put_role(
    cx: &mut Cx,
    id: Option<PlanRoleId>,
    form: &RoleForm,
    revision: i64,
) -> Result<PlanRoleId, Refusal> {
    let plan = editable(cx, revision).await?;
    let before = role_of(&plan.document, id)?.cloned();
    if before.is_none() && plan.document.roles.len() >= MOST_ROLES {
        return Err(Refusal::invalid(format!("a plan has at most {MOST_ROLES} roles")));
    }
    let names = people::people_to_choose_from(cx).await?;
    let mut wrong = Wrong::default();
    let name = wrong.text("name", &form.name, NAME_LIMIT, "say what the role is called");
    let side: Option<Track> = form.side.parse().ok();
    if side.is_none() {
        wrong.say("side", "choose the side that the role belongs to");
    }
    let held = |word: &str, old: fn(&Role) -> &Option<Holder>| {
        holder(&names, before.as_ref().and_then(|role| old(role).as_ref()), word)
    };
    let missing = "choose someone who works here";
    let person = held(&form.person, |role| &role.person);
    let person = wrong.choice("person", &form.person, person, missing);
    let deputy = held(&form.deputy, |role| &role.deputy);
    let deputy = wrong.choice("deputy", &form.deputy, deputy, missing);
    if person.is_some() && person.as_ref().map(|p| p.id) == deputy.as_ref().map(|d| d.id) {
        wrong.say("deputy", "nobody is the own deputy: choose someone else");
    }
    wrong.done()?;
    let role = Role {
        id: before.as_ref().map_or_else(|| cx.new_id(), |role| role.id),
        name,
        side: side.unwrap_or(Track::Technical),
        leads: form.leads,
        person,
        deputy,
    };
    let verb = if before.is_some() { "changed" } else { "added" };
    let summary = format!("{verb} the role {} of version {} of the response plan", role.name, plan.version.number);
    changing(cx, &plan, summary, serde_json::to_value(&role).unwrap_or_default()).await?;
    store::put_role(cx, plan.version.id, &role).await?;
    Ok(role.id)
}

fn role_of(document: &Document, id: Option<PlanRoleId>) -> Result<Option<&Role>, Refusal> {
    match id {
        None => Ok(None),
        Some(id) => document.role(Some(id)).map(Some).ok_or_else(|| Refusal::not_found("there is no such role")),
    }
}

fn step_of(document: &Document, id: Option<PlanStepId>) -> Result<Option<&Step>, Refusal> {
    match id {
        None => Ok(None),
        Some(id) => document.step(Some(id)).map(Some).ok_or_else(|| Refusal::not_found("there is no such step")),
    }
}

/// Removes a role. Its steps then wait for another one.
pub async fn remove_role(cx: &mut Cx, id: PlanRoleId, revision: i64) -> Result<(), Refusal> {
    let plan = editable(cx, revision).await?;
    let Some(role) = role_of(&plan.document, Some(id))? else { return Err(no_draft()) };
    let summary = format!("removed the role {} of version {} of the response plan", role.name, plan.version.number);
    changing(cx, &plan, summary, serde_json::Value::Null).await?;
    store::remove_role(cx, plan.version.id, id).await
}

/// Adds a step at the end or changes one.
pub async fn put_step(
    cx: &mut Cx,
    id: Option<PlanStepId>,
    form: &StepForm,
    revision: i64,
) -> Result<PlanStepId, Refusal> {
    let plan = editable(cx, revision).await?;
    let before = step_of(&plan.document, id)?.map(|step| step.id);
    if before.is_none() && plan.document.steps.len() >= MOST_STEPS {
        return Err(Refusal::invalid(format!("a plan has at most {MOST_STEPS} steps")));
    }
    let mut wrong = Wrong::default();
    let title = wrong.text("title", &form.title, TITLE_LIMIT, "say in a few words what is done");
    let what = wrong.text("what", &form.what, WHAT_LIMIT, "say what is to do, so that someone can do it at night");
    let track: Option<Track> = form.track.parse().ok();
    if track.is_none() {
        wrong.say("track", "choose the technical or the legal track");
    }
    let role = form.role.parse().ok().and_then(|id: PlanRoleId| plan.document.role(Some(id))).map(|role| role.id);
    let role = wrong.choice("role", &form.role, role, "choose a role of this plan");
    let follows = form.follows.parse().ok().and_then(|id: PlanStepId| plan.document.step(Some(id))).map(|step| step.id);
    let follows = wrong.choice("follows", &form.follows, follows, "choose a step of this plan");
    if follows.is_some() && follows == before {
        wrong.say("follows", "a step cannot follow itself");
    }
    let within = match form.number.trim() {
        "" => None,
        number => match minutes_from(number, &form.unit) {
            Ok(minutes) => Some(minutes),
            Err(says) => {
                wrong.say("number", says);
                None
            }
        },
    };
    wrong.done()?;
    let kinds = Kind::ALL.into_iter().filter(|kind| form.kinds.iter().any(|word| word == kind.as_str())).collect();
    let track = track.unwrap_or(Track::Technical);
    let id = before.unwrap_or_else(|| cx.new_id());
    let step = Step { id, track, title, what, role, within, follows, kinds };
    let verb = if before.is_some() { "changed" } else { "added" };
    let summary = format!("{verb} the step {} of version {} of the response plan", step.title, plan.version.number);
    changing(cx, &plan, summary, serde_json::to_value(&step).unwrap_or_default()).await?;
    store::put_step(cx, plan.version.id, &step).await?;
    Ok(id)
}

/// Moves a step by one place among those of its track.
pub async fn move_step(cx: &mut Cx, id: PlanStepId, up: bool, revision: i64) -> Result<(), Refusal> {
    let plan = editable(cx, revision).await?;
    let Some(step) = step_of(&plan.document, Some(id))? else { return Err(no_draft()) };
    let mut order: Vec<PlanStepId> = plan.document.steps.iter().map(|step| step.id).collect();
    let of_track: Vec<usize> = (0..order.len()).filter(|at| plan.document.steps[*at].track == step.track).collect();
    let at = of_track.iter().position(|at| order[*at] == id).unwrap_or(0);
    let other = if up { at.checked_sub(1) } else { Some(at + 1) };
    let Some(other) = other.and_then(|other| of_track.get(other)) else {
        let end = if up { "first" } else { "last" };
        return Err(Refusal::conflict(format!("this is the {end} step of its track already")));
    };
    order.swap(of_track[at], *other);
    let way = if up { "up" } else { "down" };
    let summary =
        format!("moved the step {} {way} in version {} of the response plan", step.title, plan.version.number);
    changing(cx, &plan, summary, serde_json::Value::Null).await?;
    store::order_steps(cx, plan.version.id, &order).await
}

/// Removes a step. Those that followed it follow none.
pub async fn remove_step(cx: &mut Cx, id: PlanStepId, revision: i64) -> Result<(), Refusal> {
    let plan = editable(cx, revision).await?;
    let Some(step) = step_of(&plan.document, Some(id))? else { return Err(no_draft()) };
    let summary = format!("removed the step {} of version {} of the response plan", step.title, plan.version.number);
    changing(cx, &plan, summary, serde_json::to_value(step).unwrap_or_default()).await?;
    store::remove_step(cx, plan.version.id, id).await
}

/// Signs exactly the text that was shown, for one side. When both sides have signed, it is in force.
///
/// Says whether it is in force now.
pub async fn sign(cx: &mut Cx, side: Side, seen: &str) -> Result<bool, Refusal> {
    cx.require(SIGN_PLAN, &everything())?;
    if !signs_plan(&cx.actor.sides, side) {
        let who = if side == Side::Legal { "Legal or Privacy" } else { "Security" };
        return Err(Refusal::forbidden(format!("for this side only someone of {who} signs"))
            .hint("ask a colleague of that side to read and sign it"));
    }
    let plan = store::by_state(cx, PlanState::Draft).await?.ok_or_else(no_draft)?;
    let hash = plan.fingerprint()?;
    if hash != seen {
        return Err(Refusal::stale());
    }
    let people: Colleagues = colleagues(cx).await?;
    let open: Vec<String> = problems(&plan.document, &people, cx.today())
        .into_iter()
        .filter(|problem| problem.blocks)
        .map(|problem| problem.says)
        .collect();
    if let Some(first) = open.first() {
        return Err(Refusal::conflict(format!("the plan cannot be signed yet: {first}"))
            .hint("the page of the draft lists everything that is left"));
    }
    if plan.signature(side).is_some() {
        return Err(Refusal::conflict("this side has signed already"));
    }
    if plan.signatures.iter().any(|signature| signature.person == cx.actor.person) {
        return Err(Refusal::conflict("you have signed for the other side").hint("two sides are two people"));
    }
    if !store::touch(cx, plan.version.id, plan.version.revision).await? {
        return Err(Refusal::stale());
    }
    store::sign(cx, plan.version.id, side, &hash).await?;
    let number = plan.version.number;
    let summary = format!("signed version {number} of the response plan for {}", side.label());
    let told = json!({ "hash": hash });
    cx.record(Change::new("response_plan.signed", "response_plan", number, summary).side(side).after(told));
    let both = plan.signatures.iter().any(|other| other.side != side && other.hash == hash);
    if both {
        store::put_in_force(cx, plan.version.id, &hash).await?;
        let summary = format!("version {number} of the response plan is in force");
        cx.record(
            Change::new("response_plan.in_force", "response_plan", number, summary).after(json!({ "hash": hash })),
        );
    }
    Ok(both)
}
