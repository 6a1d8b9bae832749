//! The notices of an incident, and the clocks for which one can be drafted.

use askama::Template;
use axum::extract::State as Shared;
use clocks::Duty;
use db::{Cx, transact};
use kernel::Refusal;
use serde::Deserialize;
use ui::{FormState, Mark, PageCx, PageForm, PagePath, PageResult, Shell, Tone, redirect_with_flash};

use super::{
    tabs::{Tab, TabLink, tabs},
    words::when,
};
use crate::{
    IncidentId, Incidents, can_edit,
    notices::{self, ApprovalSide, NoticeLine, NoticeState},
    rules,
};

struct Row {
    href: String,
    number: i64,
    title: String,
    to: String,
    rule: String,
    supplement: bool,
    mark: Mark,
    note: String,
    drafted: String,
}

/// A clock for which a notice can be drafted.
struct Offer {
    rule: String,
    title: String,
    to: String,
    due: String,
    due_at: String,
    /// The first was sent, so this one adds to it.
    supplement: bool,
}

#[derive(Template)]
#[template(path = "incidents_notices.html")]
struct ListPage {
    shell: Shell,
    tabs: Vec<TabLink>,
    base: String,
    exercise: bool,
    rows: Vec<Row>,
    offers: Vec<Offer>,
    can_edit: bool,
    form: FormState,
}

pub(super) fn mark_of(line: &NoticeLine) -> Mark {
    match line.notice.state {
        NoticeState::Sent if line.sending.as_ref().is_some_and(|sent| sent.late) => {
            Mark::new("Sent late", "alert-circle", Tone::Bad)
        }
        NoticeState::Sent => Mark::new("Sent", "circle-check", Tone::Good),
        NoticeState::Discarded => Mark::new("Discarded", "circle-minus", Tone::Quiet),
        NoticeState::Draft if line.approved.len() == ApprovalSide::ALL.len() => {
            Mark::new("Approved, not sent", "send", Tone::Info)
        }
        NoticeState::Draft if line.missing == 0 => Mark::new("Waits for approval", "hourglass", Tone::Warn),
        NoticeState::Draft => Mark::new("Draft", "pencil", Tone::Info),
    }
}

pub(super) async fn all(
    Shared(incidents): Shared<Incidents>,
    page: PageCx,
    PagePath(id): PagePath<IncidentId>,
) -> PageResult {
    let mut cx = incidents.store.read(&page.actor).await?;
    let drawn = listed(&page, &mut cx, id, FormState::new()).await?;
    page.render(&drawn)
}

async fn listed(page: &PageCx, cx: &mut Cx, id: IncidentId, form: FormState) -> Result<ListPage, Refusal> {
    let (whole, lines) = notices::list(cx, id).await?;
    let tabs = tabs(cx, &whole.incident, Tab::Notices).await?;
    let base = format!("/incidents/{id}");
    let taken = |rule: &str, state: NoticeState| {
        lines.iter().any(|line| line.notice.rule == rule && line.notice.state == state)
    };
    let board = &whole.board;
    let is_open = |rule: &str| {
        !rule.starts_with("contract/") && !notices::is_own_record(rule) && !taken(rule, NoticeState::Draft)
    };
    let running = board.running.iter().chain(&board.without_delay).filter(|duty| duty.submitted.is_none());
    let sent = board.all().filter(|duty| taken(&duty.rule, NoticeState::Sent));
    let offers = running
        .map(|duty| (duty, false))
        .chain(sent.map(|duty| (duty, true)))
        .filter(|(duty, _)| is_open(&duty.rule))
        .map(|(duty, supplement)| Offer {
            rule: duty.rule.clone(),
            title: duty.title.clone(),
            to: duty.to.clone(),
            due: if supplement { String::new() } else { due_words(duty) },
            due_at: duty.due_there.clone().unwrap_or_default(),
            supplement,
        })
        .collect();
    let rows = lines
        .iter()
        .map(|line| Row {
            href: format!("{base}/notices/{}", line.notice.id),
            number: line.notice.number,
            title: line.notice.title.clone(),
            to: line.notice.recipient.clone(),
            rule: line.notice.rule.clone(),
            supplement: line.notice.follows.is_some(),
            mark: mark_of(line),
            note: match (&line.sending, line.notice.state) {
                (Some(sent), _) => format!("{}, by {}", rules::said(&sent.moment), sent.channel),
                (_, NoticeState::Discarded) => line.notice.outcome.clone(),
                _ if line.missing > 0 => format!("{} still to write", counted(line.missing, "section", "sections")),
                _ => {
                    let sides: Vec<&str> = line.approved.iter().map(|side| side.label()).collect();
                    if sides.is_empty() { String::new() } else { format!("approved by {}", sides.join(" and ")) }
                }
            },
            drafted: format!("{} by {}", when(cx, line.notice.drafted_at), line.notice.drafted_by_name),
        })
        .collect();
    Ok(ListPage {
        shell: page
            .shell(format!("Notices of incident {}", whole.incident.number))
            .crumb("Incidents", "/incidents")
            .crumb(format!("Incident {}", whole.incident.number), base.clone())
            .subtitle("What authorities and people are told: drafted from the facts, approved by both sides")
            .wide(),
        tabs,
        base,
        exercise: whole.incident.is_exercise,
        rows,
        offers,
        can_edit: can_edit(cx, &whole.incident),
        form,
    })
}

pub(super) fn counted(count: usize, one: &str, many: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{count} {many}") }
}

/// "Thu 26 Nov 2026, 14:20 Europe/Paris", or the law's words.
pub(super) fn due_words(duty: &Duty) -> String {
    let zone = clocks::moment::zone(&duty.zone).ok();
    match duty.due.zip(zone) {
        Some((due, zone)) => format!("{} {}", due.to_zoned(zone).strftime("%a %-d %b %Y, %H:%M"), duty.zone),
        None => duty.limit.clone(),
    }
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Wanted {
    rule: String,
}

pub(super) async fn draft(
    Shared(incidents): Shared<Incidents>,
    page: PageCx,
    PagePath(id): PagePath<IncidentId>,
    PageForm(sent, form): PageForm<Wanted>,
) -> PageResult {
    match transact!(incidents.store, &page.actor, |cx| notices::draft(cx, id, &sent.rule).await) {
        Ok(notice) => Ok(redirect_with_flash(
            &format!("/incidents/{id}/notices/{notice}"),
            "Drafted from the facts. Read it all.",
        )),
        Err(refusal) => {
            let mut cx = incidents.store.read(&page.actor).await?;
            let drawn = listed(&page, &mut cx, id, FormState::new()).await?;
            page.again(refusal, |refusal| ListPage { form: form.refused(refusal), ..drawn })
        }
    }
}
