//! What reviewers say of the matrix's rows.

use axum::{extract::State, response::Response};
use db::Cx;
use kernel::Refusal;
use ui::{ApiJson, ApiPath, ApiResult, Signed, with_etag};

use super::{
    input::{Body, Revision, read},
    problems::{Guarded, Moving},
    review_shapes::{ConfirmedJson, FindingJson, VerdictBody},
};
use crate::{
    ContractId, Contracts, Finding, FindingId,
    export::CharOffsets,
    review::{self, Verdict},
};

async fn decide(
    cx: &mut Cx,
    id: ContractId,
    finding: FindingId,
    revision: Option<i64>,
    verdict: &Verdict,
) -> Result<Finding, Refusal> {
    let revision = match revision {
        Some(revision) => revision,
        None => {
            let (_, findings, ..) = review::decisions(cx, id).await?;
            findings.iter().find(|row| row.id == finding).map_or(0, |row| row.revision)
        }
    };
    review::decide(cx, id, finding, revision, verdict).await
}

/// Confirm, override or reopen a row of the matrix
///
/// An override says what holds instead, and why. Where that changes what was signed, those sign-offs are voided.
#[utoipa::path(put, path = "/api/v1/contracts/{id}/findings/{finding}", tag = "review",
    params(("id" = uuid::Uuid, Path, description = "The contract's id."), ("finding" = uuid::Uuid, Path, description = "The row's id."),
        ("if-match" = String, Header, description = "The row's `revision` in quotes, or `*`.", example = "\"1\"")),
    request_body = VerdictBody,
    responses((status = 200, description = "The row as it is now.", body = FindingJson, headers(("etag" = String, description = "Its new revision."))), Guarded))]
pub(crate) async fn decide_finding(
    State(contracts): State<Contracts>,
    Signed(actor): Signed,
    ApiPath((id, finding)): ApiPath<(ContractId, FindingId)>,
    Revision(revision): Revision,
    Body(body): Body<VerdictBody>,
) -> ApiResult<Response> {
    let verdict = match body {
        VerdictBody::Confirm {} => Verdict::Confirm,
        VerdictBody::Reopen {} => Verdict::Reopen,
        VerdictBody::Override { status, reason } => Verdict::Override { status, reason },
    };
    // The text with the row's passages is read before, so that nobody waits for it behind our lock. It stays the row's
    // text: a decision is refused as soon as the row belongs to a former review.
    let text = read!(contracts, &actor, |cx| review::view(cx, id).await)?.text;
    let decided = db::transact!(contracts.store, &actor, |cx| decide(cx, id, finding, revision, &verdict).await)?;
    let offsets = CharOffsets::new(&text.extracted.text);
    Ok(with_etag(decided.revision, ApiJson(FindingJson::new(decided, &text.reading.clauses, &offsets))))
}

/// Confirm all open rows that conform to the playbook
///
/// Deviations stay open: each of them wants a look.
#[utoipa::path(post, path = "/api/v1/contracts/{id}/findings/confirm-conforming", tag = "review",
    params(("id" = uuid::Uuid, Path, description = "The contract's id.")),
    responses((status = 200, description = "How many rows were confirmed.", body = ConfirmedJson), Moving))]
pub(crate) async fn confirm_conforming_findings(
    State(contracts): State<Contracts>,
    Signed(actor): Signed,
    ApiPath(id): ApiPath<ContractId>,
) -> ApiResult<ApiJson<ConfirmedJson>> {
    let confirmed = db::transact!(contracts.store, &actor, |cx| review::confirm_conforming(cx, id).await)?;
    Ok(ApiJson(ConfirmedJson { confirmed }))
}
