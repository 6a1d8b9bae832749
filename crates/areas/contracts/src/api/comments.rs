//! Comments on clauses and on the contract as a whole.

use axum::{extract::State, response::Response};
use db::Cx;
use kernel::Refusal;
use serde_json::Value;
use ui::{ApiJson, ApiPath, ApiResult, IdempotencyKey, Signed};

use super::{
    input::{Body, Once, created, read},
    problems::{Changing, Moving, Reading},
    shapes::{CommentBody, CommentJson, CommentsJson},
};
use crate::{CommentId, ContractId, Contracts, comments};

/// List the comments on a contract
#[utoipa::path(get, path = "/api/v1/contracts/{id}/comments", tag = "comments",
    params(("id" = uuid::Uuid, Path, description = "The contract's id.")),
    responses((status = 200, description = "All comments, oldest first.", body = CommentsJson), Reading))]
pub(crate) async fn list_comments(
    State(contracts): State<Contracts>,
    Signed(actor): Signed,
    ApiPath(id): ApiPath<ContractId>,
) -> ApiResult<ApiJson<CommentsJson>> {
    let found = read!(contracts, &actor, |cx| comments::list(cx, id).await)?;
    Ok(ApiJson(CommentsJson { items: found.into_iter().map(CommentJson::from).collect() }))
}

async fn find(cx: &mut Cx, id: ContractId, comment: CommentId) -> Result<CommentJson, Refusal> {
    let found = comments::list(cx, id).await?.into_iter().find(|known| known.id == comment);
    found.map(CommentJson::from).ok_or_else(|| Refusal::broken("a comment that was just written"))
}

async fn add_once(cx: &mut Cx, once: &Once<'_>, id: ContractId, body: &CommentBody) -> Result<(Value, bool), Refusal> {
    if let Some(earlier) = once.earlier(cx).await? {
        return Ok((earlier, true));
    }
    let comment = comments::add(cx, id, body.clause, &body.body).await?;
    let comment = find(cx, id, comment).await?;
    Ok((once.keep(cx, &comment).await?, false))
}

/// Comment on a clause, or on the contract as a whole
#[utoipa::path(post, path = "/api/v1/contracts/{id}/comments", tag = "comments",
    params(("id" = uuid::Uuid, Path, description = "The contract's id."),
        ("idempotency-key" = Option<String>, Header, description = "1 to 200 printable characters that you make up once for this comment.")),
    request_body = CommentBody,
    responses((status = 201, description = "The comment.", body = CommentJson,
        headers(("idempotent-replayed" = String, description = "`true` when this is the answer of an earlier request with the same key."))), Changing))]
pub(crate) async fn add_comment(
    State(contracts): State<Contracts>,
    Signed(actor): Signed,
    ApiPath(id): ApiPath<ContractId>,
    IdempotencyKey(key): IdempotencyKey,
    Body(body): Body<CommentBody>,
) -> ApiResult<Response> {
    let once = Once::new(key.as_deref(), &format!("/api/v1/contracts/{id}/comments"), &body)?;
    let (comment, replayed) = db::transact!(contracts.store, &actor, |cx| add_once(cx, &once, id, &body).await)?;
    Ok(created(comment, replayed, None))
}

async fn settle(cx: &mut Cx, id: ContractId, comment: CommentId) -> Result<CommentJson, Refusal> {
    comments::resolve(cx, id, comment).await?;
    find(cx, id, comment).await
}

/// Mark a comment as dealt with
#[utoipa::path(post, path = "/api/v1/contracts/{id}/comments/{comment}/resolve", tag = "comments",
    params(("id" = uuid::Uuid, Path, description = "The contract's id."), ("comment" = uuid::Uuid, Path, description = "The comment's id.")),
    responses((status = 200, description = "The comment, resolved.", body = CommentJson), Moving))]
pub(crate) async fn resolve_comment(
    State(contracts): State<Contracts>,
    Signed(actor): Signed,
    ApiPath((id, comment)): ApiPath<(ContractId, CommentId)>,
) -> ApiResult<ApiJson<CommentJson>> {
    Ok(ApiJson(db::transact!(contracts.store, &actor, |cx| settle(cx, id, comment).await)?))
}
