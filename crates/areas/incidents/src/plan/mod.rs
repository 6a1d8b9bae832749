//! The response plan: who does what in an incident, for both sides, signed by both, and started when an incident opens.
//!
//! A version is a draft until a person of Legal and a person of Security have signed the same text. An edit voids what was
//! signed. What an incident took over stays with it, whatever becomes of the plan later.

mod draft;
mod running;

use std::{collections::BTreeSet, fmt, str::FromStr};

use db::Cx;
use kernel::{Date, Instant, Permission, PersonId, Refusal, Resource, Side};
use people::permissions::{READ_DIRECTORY, directory};
use serde::Serialize;
use sha2::{Digest, Sha256};

pub use draft::{
    DraftView, RoleForm, StepForm, begin, discard, draft, edit_about, move_step, put_role, put_step, remove_role,
    remove_step, sign,
};
pub use running::{Act, IncidentStep, Progress, Running, StepState, act, choices, narrow, running, start};
pub(crate) use running::{progress, start_with};

use crate::{
    PlanId,
    rules::plan::{Colleagues, Document, Problem, Track, can_hold, holders},
    store::plan as store,
};

pub const READ_PLAN: Permission = Permission::new("readResponsePlan", "Incidents");
pub const EDIT_PLAN: Permission = Permission::new("editResponsePlan", "Incidents");
pub const SIGN_PLAN: Permission = Permission::new("signResponsePlan", "Incidents");

/// Versions that the page lists.
const VERSIONS: i64 = 50;

/// What a version is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PlanState {
    Draft,
    InForce,
    Retired,
    Discarded,
}

impl PlanState {
    pub fn as_str(self) -> &'static str {
        match self {
            PlanState::Draft => "draft",
            PlanState::InForce => "in_force",
            PlanState::Retired => "retired",
            PlanState::Discarded => "discarded",
        }
    }
}

impl FromStr for PlanState {
    type Err = Refusal;

    fn from_str(text: &str) -> Result<Self, Refusal> {
        [PlanState::Draft, PlanState::InForce, PlanState::Retired, PlanState::Discarded]
            .into_iter()
            .find(|state| state.as_str() == text)
            .ok_or_else(|| Refusal::field("state", "a plan is draft, in_force, retired or discarded"))
    }
}

impl fmt::Display for PlanState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A version without what stands in it.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Version {
    #[schema(value_type = String, format = Uuid)]
    pub id: PlanId,
    /// Counts from 1.
    pub number: i64,
    pub state: PlanState,
    pub title: String,
    #[schema(value_type = Option<String>, format = Date)]
    pub review_by: Option<Date>,
    /// The version that it was made from.
    pub made_from: Option<i64>,
    pub made_by_name: String,
    #[schema(value_type = String, format = DateTime)]
    pub made_at: Instant,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub in_force_at: Option<Instant>,
    /// When it was replaced or discarded.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub retired_at: Option<Instant>,
    /// SHA-256 of what both sides signed; empty before.
    pub hash: String,
    pub revision: i64,
}

/// A side's signature, which still holds.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Signature {
    #[schema(value_type = String)]
    pub side: Side,
    #[schema(value_type = String, format = Uuid)]
    pub person: PersonId,
    pub person_name: String,
    /// Of the text that was signed.
    pub hash: String,
    #[schema(value_type = String, format = DateTime)]
    pub signed_at: Instant,
}

#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Plan {
    #[serde(flatten)]
    pub version: Version,
    #[serde(flatten)]
    pub document: Document,
    pub signatures: Vec<Signature>,
}

impl Plan {
    /// SHA-256 of what is signed, in hexadecimal digits.
    pub fn fingerprint(&self) -> Result<String, Refusal> {
        let told = serde_json::to_vec(&(self.version.number, &self.document)).map_err(Refusal::broken)?;
        Ok(kernel::hex(&Sha256::digest(&told)))
    }

    pub fn signature(&self, side: Side) -> Option<&Signature> {
        self.signatures.iter().find(|signature| signature.side == side)
    }
}

/// When the plan was last exercised.
#[derive(Debug, Clone)]
pub struct Exercised {
    pub at: Instant,
    pub title: String,
    pub href: String,
    /// The version that was exercised.
    pub version: i64,
}

/// A version for readers, with the others beside it.
#[derive(Debug, Clone)]
pub struct PlanView {
    pub plan: Plan,
    /// Roles held by someone who has gone or changed sides since.
    pub gone: Vec<Problem>,
    pub review_is_overdue: bool,
}

/// The two people who lead the response.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Leads {
    pub legal: Option<PersonId>,
    pub security: Option<PersonId>,
}

fn everything() -> Resource {
    Resource::all("Incidents")
}

pub fn can_edit_plan(cx: &Cx) -> bool {
    cx.allows(EDIT_PLAN, &everything())
}

/// The version in force, if there is one.
pub async fn in_force(cx: &mut Cx) -> Result<Option<PlanView>, Refusal> {
    cx.require(READ_PLAN, &everything())?;
    match store::by_state(cx, PlanState::InForce).await? {
        Some(plan) => viewed(cx, plan).await.map(Some),
        None => Ok(None),
    }
}

/// Any version by its number.
pub async fn version(cx: &mut Cx, number: i64) -> Result<PlanView, Refusal> {
    cx.require(READ_PLAN, &everything())?;
    let plan = store::by_number(cx, number).await?;
    let plan = plan.ok_or_else(|| Refusal::not_found("there is no such version of the response plan"))?;
    viewed(cx, plan).await
}

/// All versions, the newest first.
pub async fn versions(cx: &mut Cx) -> Result<Vec<Version>, Refusal> {
    cx.require(READ_PLAN, &everything())?;
    store::versions(cx, VERSIONS).await
}

async fn viewed(cx: &mut Cx, plan: Plan) -> Result<PlanView, Refusal> {
    let current = plan.version.state == PlanState::InForce;
    let gone = if current { holders(&plan.document, &colleagues(cx).await?) } else { Vec::new() };
    let today = cx.today();
    let review_is_overdue = current && plan.document.review_by.is_some_and(|day| day < today);
    Ok(PlanView { plan, gone, review_is_overdue })
}

/// When the plan was last exercised: the latest exercise that has ended, among those whose incident was worked on by a plan
/// and of which the person may know.
pub async fn last_exercised(cx: &mut Cx) -> Result<Option<Exercised>, Refusal> {
    cx.require(READ_PLAN, &everything())?;
    let last = crate::store::exercises::latest_with_plan(cx).await?;
    Ok(last.map(|last| Exercised {
        at: last.ended_at,
        title: last.scenario_title,
        href: format!("/incidents/exercises/{}/report", last.exercise),
        version: last.version,
    }))
}

/// Everybody who works here today, or at least those of the sides that can hold a role.
///
/// Asks no policy: for use cases that have asked it themselves.
pub(crate) async fn colleagues(cx: &mut Cx) -> Result<Colleagues, Refusal> {
    let people = if cx.allows(READ_DIRECTORY, &directory()) {
        people::people_to_choose_from(cx).await?
    } else {
        let mut people = Vec::new();
        for side in [Side::Legal, Side::Privacy, Side::Security, Side::It] {
            people.extend(people::members_of(cx, side).await?);
        }
        people
    };
    Ok(people.into_iter().map(|person| (person.id, person.sides)).collect())
}

/// Who leads each side in the plan in force: the person, or the deputy where the person can no longer.
///
/// Asks no policy: for use cases and jobs that have asked it themselves.
pub async fn leads(cx: &mut Cx) -> Result<Leads, Refusal> {
    let Some(plan) = store::by_state(cx, PlanState::InForce).await? else { return Ok(Leads::default()) };
    let colleagues = colleagues(cx).await?;
    let lead = |track: Track| {
        let role = plan.document.roles.iter().find(|role| role.leads && role.side == track)?;
        let able = |id: &PersonId| colleagues.get(id).is_some_and(|sides| can_hold(sides, track));
        [&role.person, &role.deputy].into_iter().flatten().map(|holder| holder.id).find(able)
    };
    Ok(Leads { legal: lead(Track::Legal), security: lead(Track::Technical) })
}

/// Who stands in for a person by the plan in force. Of several roles the one counts that leads, then the first.
///
/// Asks no policy: for use cases and jobs that have asked it themselves.
pub async fn stands_in(cx: &mut Cx, person: PersonId) -> Result<Option<PersonId>, Refusal> {
    let Some(plan) = store::by_state(cx, PlanState::InForce).await? else { return Ok(None) };
    let colleagues = colleagues(cx).await?;
    let mut roles: Vec<_> = plan
        .document
        .roles
        .iter()
        .filter(|role| role.person.as_ref().is_some_and(|holder| holder.id == person))
        .collect();
    roles.sort_by_key(|role| !role.leads);
    let able = |role: &&crate::rules::plan::Role| {
        let deputy = role.deputy.as_ref()?.id;
        colleagues.get(&deputy).filter(|sides| can_hold(sides, role.side)).map(|_| deputy)
    };
    Ok(roles.iter().find_map(able))
}

/// For which side someone can sign: Privacy signs as Legal.
pub fn signs_plan(sides: &BTreeSet<Side>, side: Side) -> bool {
    match side {
        Side::Legal => sides.contains(&Side::Legal) || sides.contains(&Side::Privacy),
        Side::Security => sides.contains(&Side::Security),
        _ => false,
    }
}
