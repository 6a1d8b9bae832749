//! The endpoints of exercises.

use axum::{
    extract::State as Shared,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use db::{Store, transact};
use kernel::{Page, Refusal};
use serde::{Deserialize, Serialize};
use ui::{ApiError, ApiJson, ApiPath, ApiQuery, ApiResult, Problem, Signed};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    ExerciseId,
    exercises::{self, AfterAction, Exercise, View},
};

pub(super) fn routes() -> OpenApiRouter<Store> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(one))
        .routes(routes!(report))
        .routes(routes!(deliver))
        .routes(routes!(rate))
}

#[derive(Debug, Deserialize)]
struct ListQuery {
    before: Option<i64>,
    limit: Option<usize>,
}

#[derive(Debug, Serialize, ToSchema)]
struct Exercises {
    items: Vec<Exercise>,
    /// Send it as `before` for the next page.
    next: Option<i64>,
}

/// Exercises that one may know of, the newest first
#[utoipa::path(get, path = "/api/v1/incidents/exercises", operation_id = "list_exercises", tag = "incidents", params(("before" = Option<i64>, Query, description = "only numbers below"), ("limit" = Option<usize>, Query, description = "1 to 200, 50 by default")), responses((status = 200, body = Exercises), (status = "default", body = Problem)))]
async fn list(
    Shared(store): Shared<Store>,
    Signed(actor): Signed,
    ApiQuery(query): ApiQuery<ListQuery>,
) -> ApiResult<ApiJson<Exercises>> {
    let limit = query.limit.unwrap_or(50);
    if !(1..=200).contains(&limit) {
        return Err(ApiError(Refusal::field("limit", "between 1 and 200")));
    }
    let mut cx = store.read(&actor).await?;
    let Page { items, next } = exercises::list(&mut cx, query.before, limit).await?;
    let next = next.and_then(|_| items.last().map(|exercise| exercise.number));
    Ok(ApiJson(Exercises { items, next }))
}

/// An exercise as one sees it
///
/// Injects only once they came and only to the own roles; what is still to come, and the ratings, for its facilitator.
#[utoipa::path(get, path = "/api/v1/incidents/exercises/{id}", operation_id = "get_exercise", tag = "incidents", params(("id" = String, Path)), responses((status = 200, body = View), (status = "default", body = Problem)))]
async fn one(
    Shared(store): Shared<Store>,
    Signed(actor): Signed,
    ApiPath(id): ApiPath<ExerciseId>,
) -> ApiResult<ApiJson<View>> {
    exercises::catch_up(&store, &actor, id).await?;
    Ok(ApiJson(exercises::view(&mut store.read(&actor).await?, id).await?))
}

/// The after-action report of an exercise that has ended
#[utoipa::path(get, path = "/api/v1/incidents/exercises/{id}/report", operation_id = "get_exercise_report", tag = "incidents", params(("id" = String, Path)), responses((status = 200, body = AfterAction), (status = "default", body = Problem)))]
async fn report(
    Shared(store): Shared<Store>,
    Signed(actor): Signed,
    ApiPath(id): ApiPath<ExerciseId>,
) -> ApiResult<ApiJson<AfterAction>> {
    Ok(ApiJson(exercises::after_action(&mut store.read(&actor).await?, id).await?))
}

#[derive(Debug, Deserialize, ToSchema)]
struct Delivery {
    /// The inject's id in the scenario.
    inject: String,
}

/// Deliver an inject before its time
#[utoipa::path(post, path = "/api/v1/incidents/exercises/{id}/injects", operation_id = "deliver_inject", tag = "incidents", params(("id" = String, Path)), request_body = Delivery, responses((status = 200, body = View), (status = "default", body = Problem)))]
async fn deliver(
    Shared(store): Shared<Store>,
    Signed(actor): Signed,
    ApiPath(id): ApiPath<ExerciseId>,
    ApiJson(sent): ApiJson<Delivery>,
) -> ApiResult<ApiJson<View>> {
    let view = transact!(store, &actor, |cx| {
        exercises::deliver_now(cx, id, &sent.inject).await?;
        exercises::view(cx, id).await
    })?;
    Ok(ApiJson(view))
}

#[derive(Debug, Deserialize, ToSchema)]
struct NewRating {
    /// The expected action's id in the scenario.
    action: String,
    /// 0 not done to 3 fully done.
    #[schema(minimum = 0, maximum = 3)]
    rating: i64,
    #[serde(default)]
    #[schema(max_length = 2000)]
    comment: String,
}

/// Rate an expected action
#[utoipa::path(post, path = "/api/v1/incidents/exercises/{id}/ratings", operation_id = "rate_exercise", tag = "incidents", params(("id" = String, Path)), request_body = NewRating, responses((status = 201, body = View), (status = "default", body = Problem)))]
async fn rate(
    Shared(store): Shared<Store>,
    Signed(actor): Signed,
    ApiPath(id): ApiPath<ExerciseId>,
    ApiJson(sent): ApiJson<NewRating>,
) -> ApiResult<Response> {
    let view = transact!(store, &actor, |cx| {
        exercises::rate(cx, id, &sent.action, sent.rating, &sent.comment).await?;
        exercises::view(cx, id).await
    })?;
    Ok((StatusCode::CREATED, ApiJson(view)).into_response())
}
