//! Legal holds: issued and released beside the evidence, and read by those whom they bind.

use askama::Template;
use axum::extract::State as Shared;
use db::transact;
use kernel::Refusal;
use serde::Deserialize;
use ui::{Mark, PageCx, PageForm, PagePath, PageResult, Shell, Tone, redirect_with_flash};

use super::{super::words::when, Fields, evidence::answer, field, fields};
use crate::{
    HoldId, IncidentId, Incidents,
    logbook::{self, NewHold},
};

struct Row {
    id: HoldId,
    number: i64,
    title: String,
    keep: String,
    period: String,
    why: String,
    issued: String,
    mark: Mark,
    waits: bool,
    is_exercise: bool,
}

#[derive(Template)]
#[template(path = "incidents_log_holds.html")]
struct Page {
    shell: Shell,
    holds: Vec<Row>,
}

/// One's own holds: their words, and nothing of the incident.
pub(super) async fn own(Shared(log): Shared<Incidents>, page: PageCx) -> PageResult {
    let mut cx = log.store.read(&page.actor).await?;
    let own = logbook::own_holds(&mut cx).await?;
    let holds = own
        .into_iter()
        .map(|own| {
            let hold = own.hold;
            let released = hold.released_at.map(|at| when(&cx, at));
            let mark = match (&released, own.acknowledged_at) {
                (Some(_), _) => Mark::new("Released: no longer to be kept for this", "circle-minus", Tone::Quiet),
                (None, Some(_)) => Mark::new("You keep it", "circle-check", Tone::Good),
                (None, None) => Mark::new("Waits for you", "hourglass", Tone::Warn),
            };
            Row {
                id: hold.id,
                number: hold.number,
                issued: format!("{} by {}", when(&cx, hold.issued_at), hold.issued_by_name),
                title: hold.title,
                keep: hold.keep,
                period: hold.period,
                why: hold.why,
                mark,
                waits: released.is_none() && own.acknowledged_at.is_none(),
                is_exercise: own.is_exercise,
            }
        })
        .collect();
    page.render(&Page {
        shell: page
            .shell("What you must keep")
            .crumb("Incidents", "/incidents")
            .subtitle("Legal holds: what Legal has asked you to keep as it is"),
        holds,
    })
}

pub(super) async fn acknowledge(
    Shared(log): Shared<Incidents>,
    page: PageCx,
    PagePath(hold): PagePath<HoldId>,
) -> PageResult {
    transact!(log.store, &page.actor, |cx| logbook::acknowledge(cx, hold).await)?;
    Ok(redirect_with_flash("/incidents/holds", "Thank you. Legal sees that you keep it."))
}

pub(super) async fn issue(
    Shared(log): Shared<Incidents>,
    page: PageCx,
    PagePath(id): PagePath<IncidentId>,
    PageForm(sent, form): PageForm<Fields>,
) -> PageResult {
    let of = |name: &str| field(&sent, "hold", name);
    let new = NewHold {
        title: of("title"),
        keep: of("keep"),
        period: of("period"),
        why: of("why"),
        custodians: fields(&sent, "hold", "custodians"),
    };
    let done = transact!(log.store, &page.actor, |cx| logbook::issue_hold(cx, id, &new).await);
    let told =
        done.map(|number| format!("Hold {number} stands. Its custodians find it under Incidents, What you must keep."));
    answer(&log, &page, id, ("hold", "holds"), form, told).await
}

pub(super) async fn widen(
    Shared(log): Shared<Incidents>,
    page: PageCx,
    PagePath(id): PagePath<IncidentId>,
    PageForm(sent, form): PageForm<Fields>,
) -> PageResult {
    logbook::ensure_holdable(&mut log.store.read(&page.actor).await?, id).await?;
    let people = fields(&sent, "widen", "custodians");
    let done = match field(&sent, "widen", "hold").parse::<i64>() {
        Ok(number) => {
            transact!(log.store, &page.actor, |cx| logbook::add_custodians(cx, id, number, &people).await)
        }
        Err(_) => Err(Refusal::field("hold", "choose a hold")),
    };
    answer(&log, &page, id, ("widen", "holds"), form, done.map(|()| "They are named.".to_owned())).await
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Release {
    why: String,
    revision: String,
}

pub(super) async fn release(
    Shared(log): Shared<Incidents>,
    page: PageCx,
    PagePath((id, number)): PagePath<(IncidentId, i64)>,
    PageForm(sent, form): PageForm<Release>,
) -> PageResult {
    logbook::ensure_holdable(&mut log.store.read(&page.actor).await?, id).await?;
    let revision = sent.revision.parse().unwrap_or(0);
    let done = transact!(log.store, &page.actor, |cx| logbook::release_hold(cx, id, number, &sent.why, revision).await);
    answer(&log, &page, id, ("", "holds"), form, done.map(|()| "The hold is released.".to_owned())).await
}
