//! The sides' decisions.

use axum::{extract::State, http::StatusCode, response::Response};
use db::Cx;
use kernel::Refusal;
use serde_json::Value;
use ui::{ApiJson, ApiPath, ApiResult, IdempotencyKey, Signed};

use super::{
    input::{Body, Once, created, read},
    problems::{Changing, Moving, Reading},
    review_shapes::{ConditionMetBody, SignoffBody, SignoffJson, SignoffsJson},
};
use crate::{ContractId, Contracts, SignoffId, review, signoff};

/// List the decisions on a contract
///
/// For everybody who may read the record, also without its text.
#[utoipa::path(get, path = "/api/v1/contracts/{id}/signoffs", tag = "sign-off",
    params(("id" = uuid::Uuid, Path, description = "The contract's id.")),
    responses((status = 200, description = "The decisions, and where they leave the contract.", body = SignoffsJson), Reading))]
pub(crate) async fn list_signoffs(
    State(contracts): State<Contracts>,
    Signed(actor): Signed,
    ApiPath(id): ApiPath<ContractId>,
) -> ApiResult<ApiJson<SignoffsJson>> {
    let (_, _, given, standing) = read!(contracts, &actor, |cx| review::decisions(cx, id).await)?;
    Ok(ApiJson(SignoffsJson {
        items: given.into_iter().map(SignoffJson::from).collect(),
        standing: standing.map(Into::into),
    }))
}

async fn sign_once(
    cx: &mut Cx,
    once: &Once<'_>,
    id: ContractId,
    new: &signoff::NewSignoff,
) -> Result<(Value, bool), Refusal> {
    if let Some(earlier) = once.earlier(cx).await? {
        return Ok((earlier, true));
    }
    let signed = SignoffJson::from(signoff::sign(cx, id, new).await?);
    Ok((once.keep(cx, &signed).await?, false))
}

/// Sign for a side
///
/// On a deviation or, without `topic`, on the whole. Takes the place of the same side's earlier decision on the same thing.
/// `review` and `sha256` come from the review that the person read; when either is no longer the current one, nothing is
/// signed and the answer is 409. Nobody signs for a side that they do not belong to, except by delegation.
#[utoipa::path(post, path = "/api/v1/contracts/{id}/signoffs", tag = "sign-off",
    params(("id" = uuid::Uuid, Path, description = "The contract's id."),
        ("idempotency-key" = Option<String>, Header, description = "1 to 200 printable characters that you make up once for this decision.")),
    request_body = SignoffBody,
    responses((status = 201, description = "Signed.", body = SignoffJson,
        headers(("idempotent-replayed" = String, description = "`true` when this is the answer of an earlier request with the same key."))), Changing))]
pub(crate) async fn sign_contract(
    State(contracts): State<Contracts>,
    Signed(actor): Signed,
    ApiPath(id): ApiPath<ContractId>,
    IdempotencyKey(key): IdempotencyKey,
    Body(body): Body<SignoffBody>,
) -> ApiResult<Response> {
    let once = Once::new(key.as_deref(), &format!("/api/v1/contracts/{id}/signoffs"), &body)?;
    let new = signoff::NewSignoff {
        review: body.review.into(),
        sha256: body.sha256,
        topic: body.topic.map(|topic| topic.as_str().to_owned()),
        side: body.side,
        decision: body.decision,
        condition: body.condition.unwrap_or_default(),
    };
    let (signed, replayed) = db::transact!(contracts.store, &actor, |cx| sign_once(cx, &once, id, &new).await)?;
    Ok(created(signed, replayed, None))
}

/// Take one's own sign-off back
///
/// As long as the contract is not in force. It stays on the record, voided.
#[utoipa::path(delete, path = "/api/v1/contracts/{id}/signoffs/{signoff}", tag = "sign-off",
    params(("id" = uuid::Uuid, Path, description = "The contract's id."), ("signoff" = uuid::Uuid, Path, description = "The sign-off's id.")),
    responses((status = 204, description = "It no longer holds."), Moving))]
pub(crate) async fn take_back_signoff(
    State(contracts): State<Contracts>,
    Signed(actor): Signed,
    ApiPath((id, given)): ApiPath<(ContractId, SignoffId)>,
) -> ApiResult<StatusCode> {
    db::transact!(contracts.store, &actor, |cx| signoff::withdraw(cx, id, given).await)?;
    Ok(StatusCode::NO_CONTENT)
}

/// Say that a condition is met, and what shows it
///
/// For who can sign for the side that set it.
#[utoipa::path(post, path = "/api/v1/contracts/{id}/signoffs/{signoff}/condition-met", tag = "sign-off",
    params(("id" = uuid::Uuid, Path, description = "The contract's id."), ("signoff" = uuid::Uuid, Path, description = "The sign-off's id.")),
    request_body = ConditionMetBody,
    responses((status = 204, description = "The condition is met."), Changing))]
pub(crate) async fn meet_condition(
    State(contracts): State<Contracts>,
    Signed(actor): Signed,
    ApiPath((id, given)): ApiPath<(ContractId, SignoffId)>,
    Body(body): Body<ConditionMetBody>,
) -> ApiResult<StatusCode> {
    db::transact!(contracts.store, &actor, |cx| signoff::meet_condition(cx, id, given, &body.note).await)?;
    Ok(StatusCode::NO_CONTENT)
}
