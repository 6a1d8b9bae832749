//! The pages, and the count beside their entry of the navigation.

use askama::Template;
use axum::{
    Router,
    extract::{Request, State as Shared},
    middleware::Next,
    response::Response,
    routing::{get, post},
};
use db::{Cx, Store, transact};
use kernel::{Actor, Cursor, Instant};
use serde::Deserialize;
use ui::{PageCx, PagePath, PageQuery, PageResult, Shell, redirect_with_flash};

use crate::{NoticeId, Notices, PAGE, list, mark_all_read, mark_read, outbox, send_again, unread};

pub(crate) fn routes(notices: Notices) -> Router {
    Router::new()
        .route("/notices", get(show))
        .route("/notices/read", post(read_all))
        .route("/notices/outbox", get(show_outbox))
        .route("/notices/outbox/{id}", post(again))
        .route("/notices/{id}/read", post(read))
        .with_state(notices)
}

/// Puts the number of unread messages beside "Messages". Apply it inside the middleware that finds the actor.
pub async fn with_unread(Shared(store): Shared<Store>, mut request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let draws = request.method().is_safe() && !path.starts_with("/api/") && !path.starts_with("/assets/");
    if draws && let Some(actor) = request.extensions().get::<Actor>().cloned() {
        let counted = async { unread(&mut store.read(&actor).await?).await };
        match counted.await {
            Ok(count) => {
                request.extensions_mut().insert(ui::NavCounts(vec![("/notices", count)]));
            }
            // The page itself is worth more than the number.
            Err(refusal) => tracing::warn!(cause = %refusal, "unread messages were not counted"),
        }
    }
    next.run(request).await
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Asked {
    show: String,
    cursor: String,
}

struct Row {
    id: NoticeId,
    href: String,
    subject: String,
    lines: Vec<String>,
    is_new: bool,
    at: String,
    when: String,
}

#[derive(Template)]
#[template(path = "notices_list.html")]
struct ListPage {
    shell: Shell,
    rows: Vec<Row>,
    unread: i64,
    unread_only: bool,
    keeps_outbox: bool,
    first: String,
    next: String,
}

/// The zone is the organisation's.
fn when(cx: &Cx, at: Instant) -> String {
    at.timestamp().to_zoned(cx.world().zone()).strftime("%-d %b %Y, %H:%M").to_string()
}

fn pager(base: &str, cursor: &str, next: Option<String>) -> (String, String) {
    let join = if base.contains('?') { '&' } else { '?' };
    let first = if cursor.is_empty() { String::new() } else { base.to_owned() };
    (first, next.map(|next| format!("{base}{join}cursor={next}")).unwrap_or_default())
}

async fn show(Shared(notices): Shared<Notices>, page: PageCx, PageQuery(asked): PageQuery<Asked>) -> PageResult {
    let mut cx = notices.store.read(&page.actor).await?;
    let unread_only = asked.show == "unread";
    let found = list(&mut cx, unread_only, Cursor::decode(&asked.cursor).as_ref(), PAGE).await?;
    let unread = unread(&mut cx).await?;
    let base = if unread_only { "/notices?show=unread" } else { "/notices" };
    let (first, next) = pager(base, &asked.cursor, found.next);
    let rows = found
        .items
        .into_iter()
        .map(|notice| Row {
            id: notice.id,
            href: notice.href,
            subject: notice.subject,
            lines: notice.lines,
            is_new: notice.read_at.is_none(),
            at: notice.created_at.to_string(),
            when: when(&cx, notice.created_at),
        })
        .collect();
    page.render(&ListPage {
        shell: page.shell("Messages").subtitle("What waits for you, and what was told to you"),
        rows,
        unread,
        unread_only,
        keeps_outbox: outbox::can_read(&cx),
        first,
        next,
    })
}

async fn read(Shared(notices): Shared<Notices>, page: PageCx, PagePath(id): PagePath<NoticeId>) -> PageResult {
    transact!(notices.store, &page.actor, |cx| mark_read(cx, id).await)?;
    Ok(redirect_with_flash("/notices", "Marked as read."))
}

async fn read_all(Shared(notices): Shared<Notices>, page: PageCx) -> PageResult {
    transact!(notices.store, &page.actor, |cx| mark_all_read(cx).await)?;
    Ok(redirect_with_flash("/notices", "All messages are marked as read."))
}

struct UnsentRow {
    id: NoticeId,
    to: String,
    kind: String,
    created: String,
    refused: bool,
    tries: i64,
    last_try: String,
    last_error: String,
}

#[derive(Template)]
#[template(path = "notices_outbox.html")]
struct OutboxPage {
    shell: Shell,
    rows: Vec<UnsentRow>,
    has_server: bool,
    first: String,
    next: String,
}

async fn show_outbox(Shared(notices): Shared<Notices>, page: PageCx, PageQuery(asked): PageQuery<Asked>) -> PageResult {
    let mut cx = notices.store.read(&page.actor).await?;
    let found = outbox(&mut cx, Cursor::decode(&asked.cursor).as_ref(), PAGE).await?;
    let (first, next) = pager("/notices/outbox", &asked.cursor, found.next);
    let mut rows = Vec::new();
    for mail in found.items {
        let address = notices.directory.find(&mut cx, mail.person).await?;
        rows.push(UnsentRow {
            id: mail.id,
            to: address.map_or_else(
                || "somebody who does not work here any more".to_owned(),
                |address| format!("{} <{}>", address.name, address.email),
            ),
            created: when(&cx, mail.created_at),
            refused: mail.refused,
            tries: mail.tries,
            last_try: mail.last_try.map(|at| when(&cx, at)).unwrap_or_default(),
            last_error: mail.last_error,
            kind: mail.kind,
        });
    }
    page.render(&OutboxPage {
        shell: page
            .shell("Outbox")
            .crumb("Messages", "/notices")
            .subtitle("Mails that did not go out. What they say is for their readers alone."),
        rows,
        has_server: notices.smtp.is_some(),
        first,
        next,
    })
}

async fn again(Shared(notices): Shared<Notices>, page: PageCx, PagePath(id): PagePath<NoticeId>) -> PageResult {
    transact!(notices.store, &page.actor, |cx| send_again(cx, id).await)?;
    Ok(redirect_with_flash("/notices/outbox", "It is tried again in a few seconds."))
}
