//! The calendar's secret addresses, and the calendar itself.

use askama::Template;
use axum::{
    extract::State as Shared,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use db::{Store, transact};
use kernel::Refusal;
use ui::{PageCx, PageError, PagePath, PageResult, Shell, redirect_with_flash};

use super::words::when;
use crate::{FeedId, calendar as calendar_under, feeds, make_feed, revoke_feed};

struct Row {
    id: FeedId,
    made: String,
    used: String,
}

#[derive(Template)]
#[template(path = "incidents_feed.html")]
struct Page {
    shell: Shell,
    rows: Vec<Row>,
}

#[derive(Template)]
#[template(path = "incidents_feed_made.html")]
struct MadePage {
    shell: Shell,
    address: String,
}

fn shell(page: &PageCx, title: &str) -> Shell {
    page.shell(title).crumb("Incidents", "/incidents")
}

pub(super) async fn show(Shared(store): Shared<Store>, page: PageCx) -> PageResult {
    let mut cx = store.read(&page.actor).await?;
    let rows = feeds(&mut cx)
        .await?
        .into_iter()
        .map(|feed| Row {
            id: feed.id,
            made: when(&cx, feed.created_at),
            used: feed.last_used_at.map_or_else(|| "never read".to_owned(), |at| format!("read {}", when(&cx, at))),
        })
        .collect();
    let shell = shell(&page, "Calendar feed")
        .subtitle("The running clocks of all incidents that you may read, in your own calendar");
    page.render(&Page { shell, rows })
}

pub(super) async fn make(Shared(store): Shared<Store>, page: PageCx) -> PageResult {
    let secret = transact!(store, &page.actor, |cx| make_feed(cx).await)?;
    let address = format!("{}/incidents/feed/{}.ics", page.nav.origin, secret.reveal());
    let shell = shell(&page, "Address made").crumb("Calendar feed", "/incidents/feed");
    page.render(&MadePage { shell, address })
}

pub(super) async fn revoke(Shared(store): Shared<Store>, page: PageCx, PagePath(id): PagePath<FeedId>) -> PageResult {
    transact!(store, &page.actor, |cx| revoke_feed(cx, id).await)?;
    Ok(redirect_with_flash("/incidents/feed", "The address is revoked."))
}

/// Needs no session: whoever knows the address is the person.
pub(super) async fn calendar(
    Shared(store): Shared<Store>,
    PagePath(file): PagePath<String>,
    headers: HeaderMap,
) -> PageResult {
    let secret =
        file.strip_suffix(".ics").ok_or_else(|| PageError(Refusal::not_found("there is nothing at this address")))?;
    let text = calendar_under(&store, secret).await?;
    let etag = format!("\"{}\"", kernel::hex(&people::rules::secret::hash(&text)));
    let same = headers
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|known| known.trim().trim_start_matches("W/") == etag);
    let fresh = [(header::ETAG, etag), (header::CACHE_CONTROL, "private, max-age=300".to_owned())];
    if same {
        return Ok((StatusCode::NOT_MODIFIED, fresh).into_response());
    }
    let kind = [
        (header::CONTENT_TYPE, "text/calendar; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"clocks.ics\""),
    ];
    let response: Response = (fresh, kind, text).into_response();
    Ok(response)
}
