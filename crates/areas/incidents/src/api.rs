//! The endpoints, by the same use cases as the pages.

mod exercises;
pub(crate) mod logbook;
mod notices;
mod plan;

use axum::{
    extract::State as Shared,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use clocks::Duty;
use db::{Store, transact};
use kernel::{Page, Refusal, Side};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use ui::{ApiError, ApiJson, ApiPath, ApiQuery, ApiResult, Body, IdempotencyKey, Once, Problem, Signed, created};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    FactEntry, Incident, IncidentId, Kinds, MoveEntry, NewFact, Reminded, Report, State, Taker, enter_fact, incidents,
    reported,
    rules::triage::Impact,
    triage::{self, Judgement},
};

pub(crate) fn routes(store: Store) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(one))
        .routes(routes!(enter))
        .routes(routes!(judge))
        .routes(routes!(notices::list))
        .routes(routes!(notices::one))
        .routes(routes!(notices::breaches))
        .merge(exercises::routes())
        .with_state(store.clone())
        .merge(plan::routes(store))
}

#[derive(Debug, Deserialize)]
struct ListQuery {
    state: Option<String>,
    kind: Option<String>,
    before: Option<i64>,
    limit: Option<usize>,
}

#[derive(Debug, Serialize, ToSchema)]
struct Incidents {
    items: Vec<Incident>,
    /// Send it as `before` for the next page.
    next: Option<i64>,
}

/// Incidents that one may see, the newest first
///
/// Whoever is no part of the response sees the own reports.
#[utoipa::path(get, path = "/api/v1/incidents", operation_id = "list_incidents", tag = "incidents", params(("state" = Option<String>, Query, description = "reported, open, closed or dismissed"), ("kind" = Option<String>, Query, description = "real (the default) or exercises"), ("before" = Option<i64>, Query, description = "only numbers below"), ("limit" = Option<usize>, Query, description = "1 to 200, 50 by default")), responses((status = 200, body = Incidents), (status = "default", body = Problem)))]
async fn list(
    Shared(store): Shared<Store>,
    Signed(actor): Signed,
    ApiQuery(query): ApiQuery<ListQuery>,
) -> ApiResult<ApiJson<Incidents>> {
    let limit = query.limit.unwrap_or(50);
    if !(1..=200).contains(&limit) {
        return Err(ApiError(Refusal::field("limit", "between 1 and 200")));
    }
    let state: Option<State> = query.state.as_deref().map(str::parse).transpose()?;
    // A script that counts incidents must not come to count exercises.
    let kinds = match query.kind.as_deref() {
        None | Some("real") => Kinds::Real,
        Some("exercises") => Kinds::Exercises,
        Some(_) => return Err(ApiError(Refusal::field("kind", "`real` or `exercises`"))),
    };
    let mut cx = store.read(&actor).await?;
    let Page { items, next } = incidents::list_of(&mut cx, kinds, state, query.before, limit).await?;
    let next = next.and_then(|_| items.last().map(|incident| incident.number));
    Ok(ApiJson(Incidents { items, next }))
}

#[derive(Debug, Serialize, Deserialize, ToSchema)]
struct NewIncident {
    #[schema(example = "laptop lost on a train", max_length = 200)]
    title: String,
    /// What happened, as far as one knows.
    #[schema(max_length = 10000)]
    what: String,
    /// When it was noticed: a moment as `countersign clocks --schema` describes it.
    #[schema(value_type = Option<Object>)]
    noticed: Option<Value>,
}

const HERE: &str = "/api/v1/incidents";

/// Report an incident
///
/// With an `Idempotency-Key` the same request can be sent again for a day: it reports once and answers the same.
#[utoipa::path(post, path = "/api/v1/incidents", operation_id = "report_incident", tag = "incidents",
    params(("idempotency-key" = Option<String>, Header, description = "1 to 200 printable characters that you make up once for this incident.")),
    request_body = NewIncident,
    responses((status = 201, body = Incident,
        headers(("location" = String, description = "Where it is read."), ("idempotent-replayed" = String, description = "`true` when this is the answer of an earlier request with the same key."))),
        (status = "default", body = Problem)))]
async fn create(
    Shared(store): Shared<Store>,
    Signed(actor): Signed,
    IdempotencyKey(key): IdempotencyKey,
    Body(new): Body<NewIncident>,
) -> ApiResult<Response> {
    let once = Once::new(key.as_deref(), HERE, &new)?;
    let told = Report { title: new.title, what: new.what, noticed: new.noticed.unwrap_or(Value::Null) };
    let (incident, replayed) = transact!(store, &actor, |cx| {
        if let Some(earlier) = once.earlier(cx).await? {
            return Ok((earlier, true));
        }
        let id = incidents::report(cx, &told).await?;
        let incident = reported(cx, id).await?;
        Ok::<_, Refusal>((once.keep(cx, &incident).await?, false))
    })?;
    let location = incident["id"].as_str().map(|id| format!("{HERE}/{id}"));
    Ok(created(incident, replayed, location))
}

#[derive(Debug, Serialize, ToSchema)]
struct Whole {
    incident: Incident,
    /// All entries, the newest first.
    facts: Vec<FactEntry>,
    moves: Vec<MoveEntry>,
    takers: Vec<Taker>,
    /// How each side judges it; the newest of a side counts.
    triage: Vec<Judgement>,
    /// Reminders that were told of these clocks.
    reminders: Vec<Reminded>,
    /// Every rule with what the facts make of it, as `countersign clocks --format json` tells it; `docs/clocks.md`.
    #[schema(value_type = Vec<Object>)]
    clocks: Vec<Duty>,
    notes: Vec<String>,
    tzdb: &'static str,
}

/// An incident with its facts and clocks, reckoned now
#[utoipa::path(get, path = "/api/v1/incidents/{id}", operation_id = "get_incident", tag = "incidents", params(("id" = String, Path)), responses((status = 200, body = Whole), (status = "default", body = Problem)))]
async fn one(
    Shared(store): Shared<Store>,
    Signed(actor): Signed,
    ApiPath(id): ApiPath<IncidentId>,
) -> ApiResult<ApiJson<Whole>> {
    let mut cx = store.read(&actor).await?;
    let view = incidents::view(&mut cx, id).await?;
    let board = view.board;
    let lists = [board.running, board.without_delay, board.broken, board.missing, board.done, board.not_applicable];
    Ok(ApiJson(Whole {
        incident: view.incident,
        facts: view.facts,
        moves: view.moves,
        takers: view.takers,
        triage: view.triage,
        reminders: view.reminders,
        clocks: lists.into_iter().flatten().collect(),
        notes: view.notes,
        tzdb: clocks::tzdb_version(),
    }))
}

#[derive(Debug, Deserialize, ToSchema)]
struct FactChange {
    #[schema(example = "events.aware")]
    path: String,
    /// As the schema of facts says; `null` withdraws the fact.
    #[schema(value_type = Object)]
    value: Value,
    /// Who says so, or where it can be seen.
    source: String,
    /// The number of the entry of this path that was seen; 0 for none.
    seen: i64,
}

#[derive(Debug, Serialize, ToSchema)]
struct Moved {
    /// Rules whose clock started, moved or ended.
    moved: Vec<String>,
}

/// Enter, correct or withdraw a fact
///
/// Refused as stale when somebody changed the fact since.
#[utoipa::path(post, path = "/api/v1/incidents/{id}/facts", operation_id = "enter_fact", tag = "incidents", params(("id" = String, Path)), request_body = FactChange, responses((status = 201, body = Moved), (status = "default", body = Problem)))]
async fn enter(
    Shared(store): Shared<Store>,
    Signed(actor): Signed,
    ApiPath(id): ApiPath<IncidentId>,
    ApiJson(change): ApiJson<FactChange>,
) -> ApiResult<Response> {
    let new = NewFact { path: change.path, value: change.value, source: change.source, seen: change.seen };
    let moves = transact!(store, &actor, |cx| enter_fact(cx, id, &new).await)?;
    let moved = moves.into_iter().map(|moved| moved.rule).collect();
    Ok((StatusCode::CREATED, ApiJson(Moved { moved })).into_response())
}

#[derive(Debug, Deserialize, ToSchema)]
struct NewJudgement {
    /// `legal` or `security`: a side of your own. Privacy judges for Legal, IT for Security.
    #[schema(value_type = String)]
    side: Side,
    impact: Impact,
    /// Why, in a sentence.
    #[schema(max_length = 500)]
    words: String,
    /// The number of the judgement of this side that was seen; 0 for none.
    seen: i64,
}

/// Say how bad it is, for a side
///
/// Refused as stale when the side judged since.
#[utoipa::path(post, path = "/api/v1/incidents/{id}/triage", operation_id = "triage_incident", tag = "incidents", params(("id" = String, Path)), request_body = NewJudgement, responses((status = 201, body = [Judgement]), (status = "default", body = Problem)))]
async fn judge(
    Shared(store): Shared<Store>,
    Signed(actor): Signed,
    ApiPath(id): ApiPath<IncidentId>,
    ApiJson(new): ApiJson<NewJudgement>,
) -> ApiResult<Response> {
    let judged = transact!(store, &actor, |cx| {
        triage::judge(cx, id, new.side, new.impact, &new.words, new.seen).await?;
        triage::triage(cx, id).await
    })?;
    Ok((StatusCode::CREATED, ApiJson(judged)).into_response())
}
