//! The endpoints, by the same use cases as the pages.

use axum::{extract::State as Extracted, response::Response};
use kernel::Refusal;
use serde::{Deserialize, Serialize};
use ui::{ApiJson, ApiPath, ApiQuery, ApiResult, Problem, Signed};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    CheckpointLine, Line,
    pages::{Asked, State, exported, filter_of},
    reading,
};

pub(crate) fn routes(state: State) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(export))
        .routes(routes!(checkpoints))
        .routes(routes!(entry))
        .with_state(state)
}

/// Entries of a page, at most.
const MOST: usize = 200;

/// Everything given must fit.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
struct Query {
    /// `next` of the page before.
    cursor: String,
    /// Entries of a page, 1 to 200; 50 when it is not given.
    limit: Option<usize>,
    /// The id of whoever acted.
    actor: String,
    /// A part of the name of whoever acted.
    who: String,
    /// The side for which the person acted.
    side: String,
    /// How the action begins, such as `contract.`.
    action: String,
    subject_kind: String,
    subject_id: String,
    /// A part of the sentence.
    text: String,
    /// The first day, such as 2026-11-21.
    from: String,
    /// The last day.
    to: String,
}

/// A page of entries, newest first
#[derive(Debug, Serialize, ToSchema)]
struct EntryPage {
    items: Vec<Line>,
    /// Send it as `cursor` for the next page; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// Entries that you may read, newest first
#[utoipa::path(get, path = "/api/v1/ledger", operation_id = "list_ledger_entries", tag = "ledger", params(Query), responses((status = 200, body = EntryPage), (status = "default", body = Problem)))]
async fn list(
    Extracted(state): Extracted<State>,
    Signed(actor): Signed,
    ApiQuery(query): ApiQuery<Query>,
) -> ApiResult<ApiJson<EntryPage>> {
    let mut cx = state.store.read(&actor).await?;
    let limit = query.limit.unwrap_or(50);
    if !(1..=MOST).contains(&limit) {
        return Err(Refusal::field("limit", format!("`{limit}` is not between 1 and {MOST}")).into());
    }
    let asked = Asked {
        q: query.text,
        who: query.who,
        actor: query.actor,
        side: query.side,
        action: query.action,
        subject_kind: query.subject_kind,
        subject_id: query.subject_id,
        from: query.from,
        to: query.to,
        before: query.cursor,
    };
    let filter = filter_of(&asked, &cx.world().zone())?;
    let page = reading::list(&mut cx, &filter, limit).await?;
    Ok(ApiJson(EntryPage { items: page.items, next: page.next.map(|seq| seq.to_string()) }))
}

/// One entry with its detail and its place in the chain
#[derive(Debug, Serialize, ToSchema)]
struct EntryWhole {
    #[serde(flatten)]
    entry: Line,
    /// What stood before and after.
    #[schema(value_type = Object)]
    detail: serde_json::Value,
    prev: String,
    hash: String,
    /// The checkpoint that proves it, when there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    proven_by: Option<CheckpointLine>,
}

/// One entry
#[utoipa::path(get, path = "/api/v1/ledger/{seq}", operation_id = "get_ledger_entry", tag = "ledger", params(("seq" = i64, Path)), responses((status = 200, body = EntryWhole), (status = "default", body = Problem)))]
async fn entry(
    Extracted(state): Extracted<State>,
    Signed(actor): Signed,
    ApiPath(seq): ApiPath<i64>,
) -> ApiResult<ApiJson<EntryWhole>> {
    let mut cx = state.store.read(&actor).await?;
    let whole = reading::entry(&mut cx, seq).await?;
    Ok(ApiJson(EntryWhole {
        detail: serde_json::from_str(&whole.sealed.entry.detail).unwrap_or_default(),
        prev: ledger::to_hex(&whole.sealed.prev),
        hash: ledger::to_hex(&whole.sealed.hash),
        entry: whole.line,
        proven_by: whole.proven_by,
    }))
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
struct Days {
    /// The first day that is shown in full, such as 2026-11-21.
    from: String,
    /// The last day.
    to: String,
}

/// The ledger as JSON lines that verify
///
/// Entries that you may not read, and those before `from`, are written as their places in the chain alone, so that the
/// file verifies from its first line to its last (`countersign ledger verify FILE`). The export is itself recorded.
#[utoipa::path(get, path = "/api/v1/ledger/export", operation_id = "export_ledger", tag = "ledger", params(Days), responses((status = 200, content_type = "application/jsonl", body = String), (status = "default", body = Problem)))]
async fn export(
    Extracted(state): Extracted<State>,
    Signed(actor): Signed,
    ApiQuery(days): ApiQuery<Days>,
) -> ApiResult<Response> {
    Ok(exported(&state, &actor, &days.from, &days.to).await?)
}

/// The newest signed checkpoints
///
/// Each is a signed note (C2SP tlog-checkpoint). Keep them elsewhere: they prove what they cover even against whoever runs this server.
#[utoipa::path(get, path = "/api/v1/ledger/checkpoints", operation_id = "list_ledger_checkpoints", tag = "ledger", responses((status = 200, body = Vec<CheckpointLine>), (status = "default", body = Problem)))]
async fn checkpoints(
    Extracted(state): Extracted<State>,
    Signed(actor): Signed,
) -> ApiResult<ApiJson<Vec<CheckpointLine>>> {
    let mut cx = state.store.read(&actor).await?;
    Ok(ApiJson(reading::checkpoints(&mut cx, 100).await?))
}
