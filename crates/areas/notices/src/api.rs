//! The endpoints, by the same use cases as the pages.

use axum::extract::State as Shared;
use db::{Store, transact};
use kernel::{Cursor, Page, Refusal};
use serde::{Deserialize, Serialize};
use ui::{ApiError, ApiJson, ApiPath, ApiQuery, ApiResult, Problem, Signed};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{Notice, NoticeId, PAGE, mark_read, messages};

pub(crate) fn routes(store: Store) -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(read)).with_state(store)
}

#[derive(Debug, Deserialize)]
struct ListQuery {
    #[serde(default)]
    unread: bool,
    cursor: Option<String>,
    limit: Option<usize>,
}

#[derive(Debug, Serialize, ToSchema)]
struct Notices {
    items: Vec<Notice>,
    /// Send it as `cursor` for the next page.
    next: Option<String>,
}

/// One's own messages, the newest first
#[utoipa::path(get, path = "/api/v1/notices", operation_id = "list_notices", tag = "notices", params(("unread" = Option<bool>, Query, description = "only what is not marked as read"), ("cursor" = Option<String>, Query, description = "`next` of the page before"), ("limit" = Option<usize>, Query, description = "1 to 200, 50 by default")), responses((status = 200, body = Notices), (status = "default", body = Problem)))]
async fn list(
    Shared(store): Shared<Store>,
    Signed(actor): Signed,
    ApiQuery(query): ApiQuery<ListQuery>,
) -> ApiResult<ApiJson<Notices>> {
    let limit = query.limit.unwrap_or(PAGE);
    if !(1..=200).contains(&limit) {
        return Err(ApiError(Refusal::field("limit", "between 1 and 200")));
    }
    let cursor = match &query.cursor {
        None => None,
        Some(text) => {
            Some(Cursor::decode(text).ok_or_else(|| Refusal::field("cursor", "this is not a place in the list"))?)
        }
    };
    let mut cx = store.read(&actor).await?;
    let Page { items, next } = messages::list(&mut cx, query.unread, cursor.as_ref(), limit).await?;
    Ok(ApiJson(Notices { items, next }))
}

/// Mark a message as read
#[utoipa::path(post, path = "/api/v1/notices/{id}/read", operation_id = "mark_notice_read", tag = "notices", params(("id" = String, Path)), responses((status = 200, body = Notice, description = "the message as it was"), (status = "default", body = Problem)))]
async fn read(
    Shared(store): Shared<Store>,
    Signed(actor): Signed,
    ApiPath(id): ApiPath<NoticeId>,
) -> ApiResult<ApiJson<Notice>> {
    Ok(ApiJson(transact!(store, &actor, |cx| mark_read(cx, id).await)?))
}
