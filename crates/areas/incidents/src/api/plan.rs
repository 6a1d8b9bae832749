//! The endpoints of the response plan and of an incident's steps.

use axum::extract::State as Shared;
use db::{Store, transact};
use kernel::Refusal;
use serde::{Deserialize, Serialize};
use ui::{ApiError, ApiJson, ApiPath, ApiResult, Problem, Signed};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    IncidentId,
    plan::{self, Act, IncidentStep, Plan, Running},
};

pub(crate) fn routes(store: Store) -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(current)).routes(routes!(steps)).routes(routes!(act)).with_state(store)
}

#[derive(Debug, Serialize, ToSchema)]
struct CurrentPlan {
    /// The version in force; `null` while none is.
    plan: Option<Plan>,
    /// Roles held by someone who no longer works here or has changed sides.
    warnings: Vec<String>,
    review_is_overdue: bool,
}

/// The response plan that is in force
///
/// With its roles, the steps of both tracks, and the signatures of both sides.
#[utoipa::path(get, path = "/api/v1/incidents/plan", operation_id = "get_response_plan", tag = "incidents", responses((status = 200, body = CurrentPlan), (status = "default", body = Problem)))]
async fn current(Shared(store): Shared<Store>, Signed(actor): Signed) -> ApiResult<ApiJson<CurrentPlan>> {
    let view = plan::in_force(&mut store.read(&actor).await?).await?;
    Ok(ApiJson(match view {
        None => CurrentPlan { plan: None, warnings: Vec::new(), review_is_overdue: false },
        Some(view) => CurrentPlan {
            warnings: view.gone.into_iter().map(|problem| problem.says).collect(),
            review_is_overdue: view.review_is_overdue,
            plan: Some(view.plan),
        },
    }))
}

#[derive(Debug, Serialize, ToSchema)]
struct Steps {
    /// The version of the plan that was started; `null` where none was.
    version: Option<i64>,
    #[schema(value_type = Option<String>, format = DateTime)]
    started_at: Option<kernel::Instant>,
    items: Vec<IncidentStep>,
}

/// The steps of an incident, in the order of the plan
#[utoipa::path(get, path = "/api/v1/incidents/{id}/steps", operation_id = "list_incident_steps", tag = "incidents", params(("id" = String, Path)), responses((status = 200, body = Steps), (status = "default", body = Problem)))]
async fn steps(
    Shared(store): Shared<Store>,
    Signed(actor): Signed,
    ApiPath(id): ApiPath<IncidentId>,
) -> ApiResult<ApiJson<Steps>> {
    let (_, running) = plan::running(&mut store.read(&actor).await?, id).await?;
    Ok(ApiJson(match running {
        None => Steps { version: None, started_at: None, items: Vec::new() },
        Some(Running { version, started_at, steps, .. }) => {
            Steps { version: Some(version), started_at: Some(started_at), items: steps }
        }
    }))
}

#[derive(Debug, Deserialize, ToSchema)]
struct StepChange {
    /// `done`, `not_needed`, `open_again` or `hand_over`
    #[schema(example = "done")]
    act: String,
    /// What came out; a reason where it is not needed.
    #[serde(default)]
    #[schema(max_length = 2000)]
    note: String,
    /// The id of whoever takes it over.
    #[serde(default)]
    person: String,
    /// The revision of the step that was seen.
    revision: i64,
}

/// Do a step, skip it with a reason, open it again, or hand it over
///
/// Refused as stale when somebody changed the step since.
#[utoipa::path(post, path = "/api/v1/incidents/{id}/steps/{number}", operation_id = "change_incident_step", tag = "incidents", params(("id" = String, Path), ("number" = i64, Path, description = "counts from 1 within the incident")), request_body = StepChange, responses((status = 200, body = IncidentStep), (status = "default", body = Problem)))]
async fn act(
    Shared(store): Shared<Store>,
    Signed(actor): Signed,
    ApiPath((id, number)): ApiPath<(IncidentId, i64)>,
    ApiJson(change): ApiJson<StepChange>,
) -> ApiResult<ApiJson<IncidentStep>> {
    crate::ensure_editable(&mut store.read(&actor).await?, id).await?;
    let act = Act::read(&change.act, &change.person)?;
    let step = transact!(store, &actor, |cx| {
        plan::act(cx, id, number, act, &change.note, change.revision).await?;
        let (_, running) = plan::running(cx, id).await?;
        Ok::<_, Refusal>(running.and_then(|running| running.steps.into_iter().find(|step| step.number == number)))
    })?;
    step.map(ApiJson).ok_or_else(|| ApiError(Refusal::broken("a step vanished")))
}
