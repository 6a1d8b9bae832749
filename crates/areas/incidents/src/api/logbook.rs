//! The log book's endpoints. Files of evidence come in by the page alone.

use axum::{
    extract::State as Shared,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use db::transact;
use kernel::Refusal;
use serde::Serialize;
use ui::{ApiJson, ApiPath, ApiResult, Problem, Signed};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    IncidentId, Incidents,
    logbook::{
        self, Action, Channel, Cost, CustodyEntry, Decision, Evidence, HoldView, Lesson, NewAction, NewCost,
        NewCustody, NewDecision, NewEvidence, Sum, Told,
    },
};

pub(crate) fn routes(log: Incidents) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(decisions, decide))
        .routes(routes!(evidence, collect))
        .routes(routes!(one_evidence))
        .routes(routes!(hand_on))
        .routes(routes!(channels))
        .routes(routes!(costs, enter_cost))
        .routes(routes!(actions, plan_action))
        .routes(routes!(holds))
        .with_state(log)
}

#[derive(Debug, Serialize, ToSchema)]
struct Numbered {
    number: i64,
}

fn made(number: i64) -> Response {
    (StatusCode::CREATED, ApiJson(Numbered { number })).into_response()
}

#[derive(Debug, Serialize, ToSchema)]
struct Decisions {
    items: Vec<Decision>,
}

/// Decisions of an incident, the newest first
#[utoipa::path(get, path = "/api/v1/incidents/{id}/decisions", operation_id = "list_incident_decisions", tag = "incidents", params(("id" = String, Path)), responses((status = 200, body = Decisions), (status = "default", body = Problem)))]
async fn decisions(
    Shared(log): Shared<Incidents>,
    Signed(actor): Signed,
    ApiPath(id): ApiPath<IncidentId>,
) -> ApiResult<ApiJson<Decisions>> {
    let items = logbook::decisions(&mut log.store.read(&actor).await?, id).await?;
    Ok(ApiJson(Decisions { items }))
}

/// Enter a decision, or take an earlier one back
#[utoipa::path(post, path = "/api/v1/incidents/{id}/decisions", operation_id = "enter_incident_decision", tag = "incidents", params(("id" = String, Path)), request_body = NewDecision, responses((status = 201, body = Numbered), (status = "default", body = Problem)))]
async fn decide(
    Shared(log): Shared<Incidents>,
    Signed(actor): Signed,
    ApiPath(id): ApiPath<IncidentId>,
    ApiJson(new): ApiJson<NewDecision>,
) -> ApiResult<Response> {
    Ok(made(transact!(log.store, &actor, |cx| logbook::decide(cx, id, &new).await)?))
}

#[derive(Debug, Serialize, ToSchema)]
struct Pieces {
    items: Vec<Evidence>,
}

/// Evidence of an incident with who has it now
#[utoipa::path(get, path = "/api/v1/incidents/{id}/evidence", operation_id = "list_incident_evidence", tag = "incidents", params(("id" = String, Path)), responses((status = 200, body = Pieces), (status = "default", body = Problem)))]
async fn evidence(
    Shared(log): Shared<Incidents>,
    Signed(actor): Signed,
    ApiPath(id): ApiPath<IncidentId>,
) -> ApiResult<ApiJson<Pieces>> {
    let items = logbook::evidence(&mut log.store.read(&actor).await?, id).await?;
    Ok(ApiJson(Pieces { items }))
}

/// Enter a piece of evidence that is kept elsewhere
#[utoipa::path(post, path = "/api/v1/incidents/{id}/evidence", operation_id = "enter_incident_evidence", tag = "incidents", params(("id" = String, Path)), request_body = NewEvidence, responses((status = 201, body = Numbered), (status = "default", body = Problem)))]
async fn collect(
    Shared(log): Shared<Incidents>,
    Signed(actor): Signed,
    ApiPath(id): ApiPath<IncidentId>,
    ApiJson(new): ApiJson<NewEvidence>,
) -> ApiResult<Response> {
    Ok(made(log.collect(&actor, id, &new, None).await?))
}

#[derive(Debug, Serialize, ToSchema)]
struct Piece {
    evidence: Evidence,
    /// The entries in their order; the number of the last one is what a new one was seen after.
    chain: Vec<CustodyEntry>,
    under_hold: bool,
}

/// A piece of evidence with its chain of custody
#[utoipa::path(get, path = "/api/v1/incidents/{id}/evidence/{number}", operation_id = "get_incident_evidence", tag = "incidents", params(("id" = String, Path), ("number" = i64, Path)), responses((status = 200, body = Piece), (status = "default", body = Problem)))]
async fn one_evidence(
    Shared(log): Shared<Incidents>,
    Signed(actor): Signed,
    ApiPath((id, number)): ApiPath<(IncidentId, i64)>,
) -> ApiResult<ApiJson<Piece>> {
    let view = logbook::one_evidence(&mut log.store.read(&actor).await?, id, number).await?;
    Ok(ApiJson(Piece { evidence: view.evidence, chain: view.chain, under_hold: view.under_hold }))
}

/// Continue a chain of custody
///
/// Refused as stale when somebody continued it since.
#[utoipa::path(post, path = "/api/v1/incidents/{id}/evidence/{number}/custody", operation_id = "enter_incident_custody", tag = "incidents", params(("id" = String, Path), ("number" = i64, Path)), request_body = NewCustody, responses((status = 201, body = Numbered), (status = "default", body = Problem)))]
async fn hand_on(
    Shared(log): Shared<Incidents>,
    Signed(actor): Signed,
    ApiPath((id, number)): ApiPath<(IncidentId, i64)>,
    ApiJson(new): ApiJson<NewCustody>,
) -> ApiResult<Response> {
    transact!(log.store, &actor, |cx| logbook::hand_on(cx, id, number, &new).await)?;
    Ok(made(new.seen + 1))
}

#[derive(Debug, Serialize, ToSchema)]
struct Talk {
    channels: Vec<Channel>,
    told: Vec<Told>,
}

/// Channels of an incident, and who was told
#[utoipa::path(get, path = "/api/v1/incidents/{id}/channels", operation_id = "list_incident_channels", tag = "incidents", params(("id" = String, Path)), responses((status = 200, body = Talk), (status = "default", body = Problem)))]
async fn channels(
    Shared(log): Shared<Incidents>,
    Signed(actor): Signed,
    ApiPath(id): ApiPath<IncidentId>,
) -> ApiResult<ApiJson<Talk>> {
    let mut cx = log.store.read(&actor).await?;
    let channels = logbook::channels(&mut cx, id).await?;
    let told = logbook::told(&mut cx, id).await?;
    Ok(ApiJson(Talk { channels, told }))
}

#[derive(Debug, Serialize, ToSchema)]
struct Costs {
    items: Vec<Cost>,
    /// What counts, per currency, in its minor units.
    sums: Vec<Sum>,
}

/// Costs of an incident
#[utoipa::path(get, path = "/api/v1/incidents/{id}/costs", operation_id = "list_incident_costs", tag = "incidents", params(("id" = String, Path)), responses((status = 200, body = Costs), (status = "default", body = Problem)))]
async fn costs(
    Shared(log): Shared<Incidents>,
    Signed(actor): Signed,
    ApiPath(id): ApiPath<IncidentId>,
) -> ApiResult<ApiJson<Costs>> {
    let (items, sums) = logbook::costs(&mut log.store.read(&actor).await?, id).await?;
    Ok(ApiJson(Costs { items, sums }))
}

/// Enter a cost
#[utoipa::path(post, path = "/api/v1/incidents/{id}/costs", operation_id = "enter_incident_cost", tag = "incidents", params(("id" = String, Path)), request_body = NewCost, responses((status = 201, body = Numbered), (status = "default", body = Problem)))]
async fn enter_cost(
    Shared(log): Shared<Incidents>,
    Signed(actor): Signed,
    ApiPath(id): ApiPath<IncidentId>,
    ApiJson(new): ApiJson<NewCost>,
) -> ApiResult<Response> {
    Ok(made(transact!(log.store, &actor, |cx| logbook::enter_cost(cx, id, &new).await)?))
}

#[derive(Debug, Serialize, ToSchema)]
struct Learned {
    lessons: Vec<Lesson>,
    actions: Vec<Action>,
}

/// Lessons of an incident, and the actions that follow
#[utoipa::path(get, path = "/api/v1/incidents/{id}/actions", operation_id = "list_incident_actions", tag = "incidents", params(("id" = String, Path)), responses((status = 200, body = Learned), (status = "default", body = Problem)))]
async fn actions(
    Shared(log): Shared<Incidents>,
    Signed(actor): Signed,
    ApiPath(id): ApiPath<IncidentId>,
) -> ApiResult<ApiJson<Learned>> {
    let mut cx = log.store.read(&actor).await?;
    let lessons = logbook::lessons(&mut cx, id).await?;
    let actions = logbook::actions(&mut cx, id).await?;
    Ok(ApiJson(Learned { lessons, actions }))
}

/// Plan an action
#[utoipa::path(post, path = "/api/v1/incidents/{id}/actions", operation_id = "plan_incident_action", tag = "incidents", params(("id" = String, Path)), request_body = NewAction, responses((status = 201, body = Action), (status = "default", body = Problem)))]
async fn plan_action(
    Shared(log): Shared<Incidents>,
    Signed(actor): Signed,
    ApiPath(id): ApiPath<IncidentId>,
    ApiJson(new): ApiJson<NewAction>,
) -> ApiResult<Response> {
    let action = transact!(log.store, &actor, |cx| {
        let made = logbook::plan_action(cx, id, &new).await?;
        logbook::actions(cx, id)
            .await?
            .into_iter()
            .find(|action| action.id == made)
            .ok_or_else(|| Refusal::broken("an action that was planned is not there"))
    })?;
    Ok((StatusCode::CREATED, ApiJson(action)).into_response())
}

#[derive(Debug, Serialize, ToSchema)]
struct Holds {
    items: Vec<HoldView>,
}

/// Legal holds of an incident with who has acknowledged
#[utoipa::path(get, path = "/api/v1/incidents/{id}/holds", operation_id = "list_incident_holds", tag = "incidents", params(("id" = String, Path)), responses((status = 200, body = Holds), (status = "default", body = Problem)))]
async fn holds(
    Shared(log): Shared<Incidents>,
    Signed(actor): Signed,
    ApiPath(id): ApiPath<IncidentId>,
) -> ApiResult<ApiJson<Holds>> {
    let items = logbook::holds(&mut log.store.read(&actor).await?, id).await?;
    Ok(ApiJson(Holds { items }))
}
