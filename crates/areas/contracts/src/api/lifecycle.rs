//! A contract on its way: into force, to its end, given up, taken up again.

use axum::{extract::State, response::Response};
use kernel::{Date, FieldProblem, Refusal};
use ui::{ApiPath, ApiResult, Signed};

use super::{
    input::Body,
    problems::{Changing, Moving},
    records::answer,
    shapes::{ContractJson, EndBody, ReasonBody},
};
use crate::{ContractId, Contracts, lifecycle};

/// Bring a countersigned contract into force
///
/// Only when Legal, Security and Compliance each approved, no condition is open and an effective date is entered. There is
/// no other way to it. A contract in force already is answered as it is.
#[utoipa::path(post, path = "/api/v1/contracts/{id}/activate", tag = "contracts",
    params(("id" = uuid::Uuid, Path, description = "The contract's id.")),
    responses((status = 200, description = "The record, now active.", body = ContractJson, headers(("etag" = String, description = "Its new revision."))), Moving))]
pub(crate) async fn activate_contract(
    State(contracts): State<Contracts>,
    Signed(actor): Signed,
    ApiPath(id): ApiPath<ContractId>,
) -> ApiResult<Response> {
    Ok(answer(db::transact!(contracts.store, &actor, |cx| lifecycle::activate(cx, id).await)?))
}

/// Say that a contract in force has ended
#[utoipa::path(post, path = "/api/v1/contracts/{id}/end", tag = "contracts",
    params(("id" = uuid::Uuid, Path, description = "The contract's id.")),
    request_body = EndBody,
    responses((status = 200, description = "The record, now ended.", body = ContractJson, headers(("etag" = String, description = "Its new revision."))), Changing))]
pub(crate) async fn end_contract(
    State(contracts): State<Contracts>,
    Signed(actor): Signed,
    ApiPath(id): ApiPath<ContractId>,
    Body(body): Body<EndBody>,
) -> ApiResult<Response> {
    let on: Date = body.on.parse().map_err(|refusal: Refusal| {
        Refusal::fields(vec![FieldProblem { field: "on".to_owned(), message: refusal.to_string() }])
    })?;
    Ok(answer(db::transact!(contracts.store, &actor, |cx| lifecycle::end(cx, id, on, &body.reason).await)?))
}

/// Give up a contract that never came into force
#[utoipa::path(post, path = "/api/v1/contracts/{id}/withdraw", tag = "contracts",
    params(("id" = uuid::Uuid, Path, description = "The contract's id.")),
    request_body = ReasonBody,
    responses((status = 200, description = "The record, now withdrawn.", body = ContractJson, headers(("etag" = String, description = "Its new revision."))), Changing))]
pub(crate) async fn withdraw_contract(
    State(contracts): State<Contracts>,
    Signed(actor): Signed,
    ApiPath(id): ApiPath<ContractId>,
    Body(body): Body<ReasonBody>,
) -> ApiResult<Response> {
    Ok(answer(db::transact!(contracts.store, &actor, |cx| lifecycle::withdraw(cx, id, &body.reason).await)?))
}

/// Take a withdrawn contract up again where it was
#[utoipa::path(post, path = "/api/v1/contracts/{id}/reopen", tag = "contracts",
    params(("id" = uuid::Uuid, Path, description = "The contract's id.")),
    responses((status = 200, description = "The record, open again.", body = ContractJson, headers(("etag" = String, description = "Its new revision."))), Moving))]
pub(crate) async fn reopen_contract(
    State(contracts): State<Contracts>,
    Signed(actor): Signed,
    ApiPath(id): ApiPath<ContractId>,
) -> ApiResult<Response> {
    Ok(answer(db::transact!(contracts.store, &actor, |cx| lifecycle::reopen(cx, id).await)?))
}
