//! Notices and the register of breaches, for reading. They are drafted, approved and recorded by people on the pages.

use axum::extract::State as Shared;
use db::Store;
use kernel::Refusal;
use serde::{Deserialize, Serialize};
use ui::{ApiError, ApiJson, ApiPath, ApiQuery, ApiResult, Problem, Signed};
use utoipa::ToSchema;

use crate::{
    IncidentId, NoticeId,
    notices::{self, Approval, Notice, NoticeLine, Section, Sending, form_problems},
    register::{self, BreachRow, RegisterFilter},
};

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Notices {
    items: Vec<NoticeLine>,
}

/// Notices of an incident, the newest first
#[utoipa::path(get, path = "/api/v1/incidents/{id}/notices", operation_id = "list_notices", tag = "incidents", params(("id" = String, Path)), responses((status = 200, body = Notices), (status = "default", body = Problem)))]
pub(super) async fn list(
    Shared(store): Shared<Store>,
    Signed(actor): Signed,
    ApiPath(id): ApiPath<IncidentId>,
) -> ApiResult<ApiJson<Notices>> {
    let mut cx = store.read(&actor).await?;
    let (_, items) = notices::list(&mut cx, id).await?;
    Ok(ApiJson(Notices { items }))
}

/// Something that keeps the authority's form from being valid.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct FormProblem {
    /// `field_48`
    field: String,
    message: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct WholeNotice {
    notice: Notice,
    /// SHA-256 of the text as it stands; approvals of another one do not count.
    hash: String,
    /// Both sides have approved the text as it stands.
    approved: bool,
    sections: Vec<Section>,
    /// Positions of sections that nobody has written or marked.
    missing: Vec<i64>,
    /// What it must not say.
    never_say: Vec<String>,
    /// What it seems to say although it must not.
    forbidden: Vec<String>,
    /// The newest first, those that no longer hold, too.
    approvals: Vec<Approval>,
    sending: Option<Sending>,
    /// What keeps the authority's form from being valid; `null` where there is no form for this notice.
    form_problems: Option<Vec<FormProblem>>,
}

/// A notice with its text, its approvals and its sending
#[utoipa::path(get, path = "/api/v1/incidents/{id}/notices/{notice}", operation_id = "get_notice", tag = "incidents", params(("id" = String, Path), ("notice" = String, Path)), responses((status = 200, body = WholeNotice), (status = "default", body = Problem)))]
pub(super) async fn one(
    Shared(store): Shared<Store>,
    Signed(actor): Signed,
    ApiPath((id, notice)): ApiPath<(IncidentId, NoticeId)>,
) -> ApiResult<ApiJson<WholeNotice>> {
    let mut cx = store.read(&actor).await?;
    let view = notices::view(&mut cx, id, notice).await?;
    let problems = view.form().map(|values| {
        form_problems(&values)
            .into_iter()
            .map(|problem| FormProblem { field: problem.field, message: problem.message })
            .collect()
    });
    Ok(ApiJson(WholeNotice {
        approved: view.is_approved(),
        missing: view.missing().map(|section| section.position).collect(),
        form_problems: problems,
        notice: view.notice,
        hash: view.hash,
        sections: view.sections,
        never_say: view.never_say,
        forbidden: view.forbidden,
        approvals: view.approvals,
        sending: view.sending,
    }))
}

#[derive(Debug, Deserialize)]
pub(super) struct RegisterQuery {
    year: Option<String>,
    state: Option<String>,
    before: Option<i64>,
    limit: Option<usize>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Breaches {
    items: Vec<BreachRow>,
    /// Send it as `before` for the next page.
    next: Option<i64>,
}

/// The register of breaches of personal data, the newest first
///
/// Notified or not (Art. 33(5) GDPR). What nobody has entered is `null` or an empty list.
#[utoipa::path(get, path = "/api/v1/incidents/register", operation_id = "list_breaches", tag = "incidents", params(("year" = Option<String>, Query, description = "in which the incident was reported"), ("state" = Option<String>, Query, description = "reported, open, closed or dismissed"), ("before" = Option<i64>, Query, description = "only numbers below"), ("limit" = Option<usize>, Query, description = "1 to 200, 50 by default")), responses((status = 200, body = Breaches), (status = "default", body = Problem)))]
pub(super) async fn breaches(
    Shared(store): Shared<Store>,
    Signed(actor): Signed,
    ApiQuery(query): ApiQuery<RegisterQuery>,
) -> ApiResult<ApiJson<Breaches>> {
    let limit = query.limit.unwrap_or(50);
    if !(1..=200).contains(&limit) {
        return Err(ApiError(Refusal::field("limit", "between 1 and 200")));
    }
    let (year, state) = (query.year.unwrap_or_default(), query.state.unwrap_or_default());
    let filter = RegisterFilter { below: query.before, ..RegisterFilter::parse(&year, &state)? };
    let mut cx = store.read(&actor).await?;
    let (items, next) = register::register(&mut cx, &filter, limit).await?;
    Ok(ApiJson(Breaches { items, next }))
}
