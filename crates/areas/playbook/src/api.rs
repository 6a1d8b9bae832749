//! The endpoints, by the same use cases as the pages.

use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use clauses::{Playbook, playbook::Position};
use db::{Store, idempotency, transact};
use kernel::Refusal;
use serde::Deserialize;
use ui::{ApiError, ApiJson, ApiPath, ApiQuery, ApiResult, IdempotencyKey, IfMatch, Problem, Signed, with_etag};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{Listed, PlaybookId, Version, VersionId, VersionLine, playbooks};

pub(crate) fn routes(store: Store) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(current, replace))
        .routes(routes!(versions))
        .routes(routes!(version))
        .routes(routes!(restore))
        .routes(routes!(put_position, delete_position))
        .with_state(store)
}

#[derive(Debug, Deserialize, serde::Serialize, ToSchema)]
struct NewPlaybook {
    #[schema(example = "Health vendors")]
    name: String,
    /// The version whose positions it begins with.
    #[schema(value_type = String, format = Uuid)]
    from: VersionId,
}

#[derive(Debug, Deserialize, ToSchema)]
struct Replacement {
    /// The whole playbook, as a version's `body` shows it. Its name is ignored.
    #[schema(value_type = Object)]
    playbook: Playbook,
    /// Why it is changed.
    note: String,
}

#[derive(Debug, Deserialize, ToSchema)]
struct PositionChange {
    /// The position, as it stands in a version's `body`. Its `topic` must be the one of the address.
    #[schema(value_type = Object)]
    position: Position,
    /// Why it is changed.
    note: String,
}

#[derive(Debug, Deserialize, ToSchema)]
struct Reason {
    /// Why it is done.
    note: String,
}

#[derive(Debug, Deserialize)]
struct ReasonQuery {
    note: String,
}

fn answer(version: Version) -> Response {
    with_etag(version.number, ApiJson(version))
}

fn topic_of(word: &str) -> Result<clauses::Topic, Refusal> {
    word.parse().map_err(|_| Refusal::not_found("there is no such topic"))
}

/// All playbooks, those in use first
#[utoipa::path(get, path = "/api/v1/playbooks", operation_id = "list_playbooks", tag = "playbook", responses((status = 200, body = Vec<Listed>), (status = "default", body = Problem)))]
async fn list(State(store): State<Store>, Signed(actor): Signed) -> ApiResult<ApiJson<Vec<Listed>>> {
    let mut cx = store.read(&actor).await?;
    Ok(ApiJson(playbooks::list(&mut cx).await?))
}

/// Begin a playbook with the positions of a version
///
/// An `Idempotency-Key` makes sure that it is begun once, however often the request is sent.
#[utoipa::path(post, path = "/api/v1/playbooks", operation_id = "create_playbook", tag = "playbook", request_body = NewPlaybook, responses((status = 201, body = Version), (status = "default", body = Problem)))]
async fn create(
    State(store): State<Store>,
    Signed(actor): Signed,
    IdempotencyKey(key): IdempotencyKey,
    ApiJson(new): ApiJson<NewPlaybook>,
) -> ApiResult<Response> {
    let request = serde_json::to_vec(&new).map_err(|cause| ApiError(Refusal::broken(cause)))?;
    let made = transact!(store, &actor, |cx| {
        if let Some(key) = &key
            && let Some(earlier) = idempotency::earlier_answer(cx, key, &request).await?
        {
            cx.unrecorded("this was recorded when it was first asked");
            return playbooks::version(cx, earlier.parse()?).await;
        }
        let made = playbooks::create(cx, &new.name, new.from).await?;
        if let Some(key) = &key {
            idempotency::keep_answer(cx, key, &request, &made.id.to_string()).await?;
        }
        Ok(made)
    })?;
    Ok((StatusCode::CREATED, answer(made)).into_response())
}

/// The current version, with its positions
///
/// The `ETag` is the number of the version: send it back as `If-Match` with a change.
#[utoipa::path(get, path = "/api/v1/playbooks/{id}", operation_id = "get_playbook", tag = "playbook", params(("id" = String, Path)), responses((status = 200, body = Version), (status = "default", body = Problem)))]
async fn current(
    State(store): State<Store>,
    Signed(actor): Signed,
    ApiPath(id): ApiPath<PlaybookId>,
) -> ApiResult<Response> {
    let mut cx = store.read(&actor).await?;
    Ok(answer(playbooks::current(&mut cx, id).await?))
}

/// Replace all positions, as a new version
#[utoipa::path(put, path = "/api/v1/playbooks/{id}", operation_id = "replace_playbook", tag = "playbook", params(("id" = String, Path)), request_body = Replacement, responses((status = 200, body = Version), (status = "default", body = Problem)))]
async fn replace(
    State(store): State<Store>,
    Signed(actor): Signed,
    ApiPath(id): ApiPath<PlaybookId>,
    IfMatch(expected): IfMatch,
    ApiJson(body): ApiJson<Replacement>,
) -> ApiResult<Response> {
    let saved =
        transact!(store, &actor, |cx| playbooks::save_all(cx, id, expected, body.playbook.clone(), &body.note).await)?;
    Ok(answer(saved))
}

/// The history, newest first
#[utoipa::path(get, path = "/api/v1/playbooks/{id}/versions", operation_id = "list_playbook_versions", tag = "playbook", params(("id" = String, Path)), responses((status = 200, body = Vec<VersionLine>), (status = "default", body = Problem)))]
async fn versions(
    State(store): State<Store>,
    Signed(actor): Signed,
    ApiPath(id): ApiPath<PlaybookId>,
) -> ApiResult<ApiJson<Vec<VersionLine>>> {
    let mut cx = store.read(&actor).await?;
    Ok(ApiJson(playbooks::versions(&mut cx, id).await?))
}

/// Any version by its number
#[utoipa::path(get, path = "/api/v1/playbooks/{id}/versions/{number}", operation_id = "get_playbook_version", tag = "playbook", params(("id" = String, Path), ("number" = i64, Path)), responses((status = 200, body = Version), (status = "default", body = Problem)))]
async fn version(
    State(store): State<Store>,
    Signed(actor): Signed,
    ApiPath((id, number)): ApiPath<(PlaybookId, i64)>,
) -> ApiResult<Response> {
    let mut cx = store.read(&actor).await?;
    Ok(answer(playbooks::numbered(&mut cx, id, number).await?))
}

/// Make an old version current again, as a new version
#[utoipa::path(post, path = "/api/v1/playbooks/{id}/versions/{number}/restore", operation_id = "restore_playbook_version", tag = "playbook", params(("id" = String, Path), ("number" = i64, Path)), request_body = Reason, responses((status = 200, body = Version), (status = "default", body = Problem)))]
async fn restore(
    State(store): State<Store>,
    Signed(actor): Signed,
    ApiPath((id, number)): ApiPath<(PlaybookId, i64)>,
    ApiJson(reason): ApiJson<Reason>,
) -> ApiResult<Response> {
    let restored = transact!(store, &actor, |cx| {
        let old = playbooks::numbered(cx, id, number).await?;
        playbooks::restore(cx, old.id, &reason.note).await
    })?;
    Ok(answer(restored))
}

/// Put one position, as a new version
#[utoipa::path(put, path = "/api/v1/playbooks/{id}/positions/{topic}", operation_id = "put_playbook_position", tag = "playbook", params(("id" = String, Path), ("topic" = String, Path)), request_body = PositionChange, responses((status = 200, body = Version), (status = "default", body = Problem)))]
async fn put_position(
    State(store): State<Store>,
    Signed(actor): Signed,
    ApiPath((id, topic)): ApiPath<(PlaybookId, String)>,
    IfMatch(expected): IfMatch,
    ApiJson(body): ApiJson<PositionChange>,
) -> ApiResult<Response> {
    if topic_of(&topic)? != body.position.topic {
        return Err(ApiError(Refusal::field(
            "position.topic",
            format!("the position is on `{}`, the address on `{topic}`", body.position.topic),
        )));
    }
    let saved =
        transact!(store, &actor, |cx| playbooks::save_position(cx, id, expected, body.position.clone(), &body.note)
            .await)?;
    Ok(answer(saved))
}

/// Take a position out, as a new version: its topic is not judged any more
#[utoipa::path(delete, path = "/api/v1/playbooks/{id}/positions/{topic}", operation_id = "delete_playbook_position", tag = "playbook", params(("id" = String, Path), ("topic" = String, Path), ("note" = String, Query, description = "Why it is removed")), responses((status = 200, body = Version), (status = "default", body = Problem)))]
async fn delete_position(
    State(store): State<Store>,
    Signed(actor): Signed,
    ApiPath((id, topic)): ApiPath<(PlaybookId, String)>,
    IfMatch(expected): IfMatch,
    ApiQuery(reason): ApiQuery<ReasonQuery>,
) -> ApiResult<Response> {
    let topic = topic_of(&topic)?;
    let saved = transact!(store, &actor, |cx| playbooks::remove_position(cx, id, expected, topic, &reason.note).await)?;
    Ok(answer(saved))
}
