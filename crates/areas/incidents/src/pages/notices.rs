//! One notice: written, approved, discarded.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::State as Shared;
use db::{Cx, transact};
use kernel::{Instant, Refusal};
use serde::Deserialize;
use ui::{FormState, Mark, PageCx, PageForm, PagePath, PageResult, Shell, redirect_with_flash};

use super::{
    notice_list::{due_words, mark_of},
    tabs::{Tab, TabLink, tabs},
    words::when,
};
use crate::{
    IncidentId, Incidents, NoticeId, can_edit, ensure_editable,
    notices::{
        self, ApprovalSide, Draft, DraftSection, NoticeLine, NoticeState, NoticeView, SectionStanding, Sending,
        capitalised, form_problems,
    },
    rules,
};

/// A section as the page shows it.
struct Part {
    position: i64,
    heading: String,
    text: String,
    standing: SectionStanding,
    error: String,
    /// What the facts say now, where that is something else.
    facts: String,
}

struct Given {
    side: ApprovalSide,
    /// "Clara Counsel, 23 Nov 2026, 10:00"
    by: String,
    despite: String,
    may: bool,
}

struct Past {
    words: String,
}

/// The authority's form, in numbers.
struct FormCount {
    started: bool,
    problems: usize,
}

#[derive(Template)]
#[template(path = "incidents_notice.html")]
struct Page {
    shell: Shell,
    tabs: Vec<TabLink>,
    base: String,
    incident_base: String,
    exercise: bool,
    facts: Vec<(&'static str, String)>,
    rule: String,
    mark: Mark,
    is_draft: bool,
    outcome: String,
    parts: Vec<Part>,
    missing: Vec<(i64, String)>,
    open: Vec<(&'static str, &'static str)>,
    open_facts: Vec<String>,
    never_say: Vec<String>,
    forbidden: Vec<String>,
    note: String,
    late: bool,
    late_reasons: String,
    given: Vec<Given>,
    past: Vec<Past>,
    hash: String,
    revision: i64,
    approved: bool,
    sending: Option<Sending>,
    sent_when: String,
    recorded: String,
    authority_form: Option<FormCount>,
    can_edit: bool,
    standings: Vec<(&'static str, &'static str)>,
    proof_limit: String,
    form: FormState,
}

pub(super) async fn show(
    Shared(incidents): Shared<Incidents>,
    page: PageCx,
    PagePath((id, notice)): PagePath<(IncidentId, NoticeId)>,
) -> PageResult {
    let mut cx = incidents.store.read(&page.actor).await?;
    let view = notices::view(&mut cx, id, notice).await?;
    let tabs = tabs(&mut cx, &view.incident, Tab::Notices).await?;
    page.render(&drawn(&page, &cx, &view, tabs, FormState::new()))
}

/// The page again after a refusal, with what was typed.
pub(super) async fn again(
    incidents: &Incidents,
    page: &PageCx,
    (id, notice): (IncidentId, NoticeId),
    refusal: Refusal,
    form: FormState,
) -> PageResult {
    let mut cx = incidents.store.read(&page.actor).await?;
    let view = notices::view(&mut cx, id, notice).await?;
    let tabs = tabs(&mut cx, &view.incident, Tab::Notices).await?;
    page.again(refusal, |refusal| drawn(page, &cx, &view, tabs, form.refused(refusal)))
}

/// What the page's forms start with: the text as it stands, and now in the organisation's zone.
fn opened(cx: &Cx, view: &NoticeView) -> FormState {
    let mut form = FormState::new().with("late_reasons", &view.notice.late_reasons);
    for section in &view.sections {
        form = form
            .with(&format!("text-{}", section.position), &section.text)
            .with(&format!("standing-{}", section.position), section.standing.as_str());
    }
    form.with("zone", clocks::moment::zone_name(&cx.world().zone()))
}

fn drawn(page: &PageCx, cx: &Cx, view: &NoticeView, tabs: Vec<TabLink>, form: FormState) -> Page {
    let NoticeView { incident, notice, .. } = view;
    // Each form of the page sends its own fields; what it did not send stands as it is stored.
    let stored = opened(cx, view);
    let form = if form.is_refused() { form } else { stored.clone() };
    let typed = |name: &str| {
        let value = form.value(name);
        if value.is_empty() && !form.checked(name, "") { stored.value(name).to_owned() } else { value.to_owned() }
    };
    let parts = view
        .sections
        .iter()
        .zip(&view.from_facts)
        .map(|(section, facts)| Part {
            position: section.position,
            heading: capitalised(&section.item),
            text: typed(&format!("text-{}", section.position)),
            standing: typed(&format!("standing-{}", section.position)).parse().unwrap_or(section.standing),
            error: form.error(&format!("text-{}", section.position)).to_owned(),
            facts: if *facts == section.text { String::new() } else { facts.clone() },
        })
        .collect();
    let may = view.may_approve(cx);
    let incident_base = format!("/incidents/{}", incident.id);
    let number = notice.number;
    let mut facts = vec![("To", notice.recipient.clone()), ("Under", format!("{}, {}", notice.law, notice.article))];
    match (&view.first, &view.duty) {
        (Some(first), _) => facts.push(("Kind", format!("Supplement to notice {}", first.number))),
        (None, Some(duty)) if view.sending.is_none() => facts.push(("Due", due_words(duty))),
        _ => {}
    }
    facts.push(("Drafted", format!("{} by {}", when(cx, notice.drafted_at), notice.drafted_by_name)));
    let at = |at: Instant| when(cx, at);
    let line = NoticeLine {
        notice: notice.clone(),
        approved: ApprovalSide::ALL.into_iter().filter(|side| view.approval(*side).is_some()).collect(),
        sending: view.sending.clone(),
        missing: view.missing().count(),
    };
    Page {
        shell: page
            .shell(format!("Notice {number}"))
            .crumb("Incidents", "/incidents")
            .crumb(format!("Incident {}", incident.number), incident_base.clone())
            .crumb("Notices", format!("{incident_base}/notices"))
            .subtitle(notice.title.clone())
            .wide(),
        tabs,
        base: format!("{incident_base}/notices/{}", notice.id),
        exercise: incident.is_exercise,
        facts,
        rule: notice.rule.clone(),
        mark: mark_of(&line),
        is_draft: notice.state == NoticeState::Draft,
        outcome: notice.outcome.clone(),
        parts,
        missing: view.missing().map(|section| (section.position, capitalised(&section.item))).collect(),
        open: view.open_tellings.iter().map(|telling| (telling.key, telling.label)).collect(),
        open_facts: view.open_facts.iter().map(|path| rules::label(path)).collect(),
        never_say: view.never_say.clone(),
        forbidden: view.forbidden.clone(),
        note: view.duty.as_ref().and_then(|duty| duty.note.clone()).unwrap_or_default(),
        late: view.late,
        late_reasons: typed("late_reasons"),
        given: ApprovalSide::ALL
            .into_iter()
            .map(|side| {
                let held = view.approval(side);
                Given {
                    side,
                    by: held.map(|given| format!("{}, {}", given.person_name, at(given.at))).unwrap_or_default(),
                    despite: held.map(|given| given.despite.clone()).unwrap_or_default(),
                    may: may.contains(&side),
                }
            })
            .collect(),
        past: view
            .approvals
            .iter()
            .filter_map(|given| {
                let voided = given.voided_at?;
                Some(Past {
                    words: format!(
                        "{} approved for {} on {}; void since {}: {}",
                        given.person_name,
                        given.side.label(),
                        at(given.at),
                        at(voided),
                        given.voided_because
                    ),
                })
            })
            .collect(),
        hash: view.hash.clone(),
        revision: notice.revision,
        approved: view.is_approved(),
        sent_when: view.sending.as_ref().map(|sent| rules::said(&sent.moment)).unwrap_or_default(),
        recorded: view
            .sending
            .as_ref()
            .map(|sent| format!("{} by {}", at(sent.recorded_at), sent.recorded_by_name))
            .unwrap_or_default(),
        sending: view.sending.clone(),
        authority_form: view
            .form()
            .map(|values| FormCount { started: notice.form.is_some(), problems: form_problems(&values).len() }),
        can_edit: can_edit(cx, incident) && !cx.actor.read_only,
        standings: SectionStanding::ALL.iter().map(|standing| (standing.as_str(), standing.label())).collect(),
        proof_limit: format!(
            "Such as the portal’s receipt. Up to {} MB; it is kept and never opened.",
            notices::MAX_PROOF >> 20
        ),
        incident_base,
        form,
    }
}

pub(super) async fn save(
    Shared(incidents): Shared<Incidents>,
    page: PageCx,
    PagePath((id, notice)): PagePath<(IncidentId, NoticeId)>,
    PageForm(sent, form): PageForm<BTreeMap<String, String>>,
) -> PageResult {
    let mut cx = incidents.store.read(&page.actor).await?;
    ensure_editable(&mut cx, id).await?;
    let view = notices::view(&mut cx, id, notice).await?;
    drop(cx);
    let value = |name: &str| sent.get(name).map(String::as_str).unwrap_or_default();
    // The section that is to be taken from the facts once more, if that button was pressed.
    let anew: Option<i64> = value("anew").parse().ok();
    let written = || -> Result<Draft, Refusal> {
        let sections = view.sections.iter().zip(&view.from_facts).map(|(section, facts)| {
            let typed = value(&format!("text-{}", section.position)).to_owned();
            let standing = value(&format!("standing-{}", section.position)).parse()?;
            Ok(match anew {
                Some(position) if position == section.position => {
                    DraftSection { text: facts.clone(), standing: SectionStanding::Text }
                }
                _ => DraftSection { text: typed, standing },
            })
        });
        Ok(Draft {
            sections: Some(sections.collect::<Result<_, Refusal>>()?),
            late_reasons: sent.get("late_reasons").cloned(),
            form: None,
            revision: value("revision").parse().map_err(|_| Refusal::stale())?,
        })
    };
    let done = match written() {
        Ok(draft) => transact!(incidents.store, &page.actor, |cx| notices::save(cx, id, notice, &draft).await),
        Err(refusal) => Err(refusal),
    };
    match done {
        Ok(()) => {
            let to = match anew {
                Some(position) => format!("/incidents/{id}/notices/{notice}#s-{position}"),
                None => format!("/incidents/{id}/notices/{notice}"),
            };
            Ok(redirect_with_flash(&to, if anew.is_some() { "Taken from the facts, and saved." } else { "Saved." }))
        }
        Err(refusal) => again(&incidents, &page, (id, notice), refusal, form).await,
    }
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Approving {
    side: String,
    hash: String,
    despite: String,
}

pub(super) async fn approve(
    Shared(incidents): Shared<Incidents>,
    page: PageCx,
    PagePath((id, notice)): PagePath<(IncidentId, NoticeId)>,
    PageForm(sent, form): PageForm<Approving>,
) -> PageResult {
    notices::ensure_approver(&mut incidents.store.read(&page.actor).await?, id).await?;
    let done = match sent.side.parse::<ApprovalSide>() {
        Ok(side) => {
            let despite = !sent.despite.is_empty();
            transact!(incidents.store, &page.actor, |cx| {
                notices::approve(cx, id, notice, side, &sent.hash, despite).await
            })
        }
        Err(refusal) => Err(refusal),
    };
    match done {
        Ok(()) => {
            Ok(redirect_with_flash(&format!("/incidents/{id}/notices/{notice}"), "Approved. Any change voids it."))
        }
        Err(refusal) => again(&incidents, &page, (id, notice), refusal, form).await,
    }
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Discarding {
    why: String,
    revision: String,
}

pub(super) async fn discard(
    Shared(incidents): Shared<Incidents>,
    page: PageCx,
    PagePath((id, notice)): PagePath<(IncidentId, NoticeId)>,
    PageForm(sent, form): PageForm<Discarding>,
) -> PageResult {
    ensure_editable(&mut incidents.store.read(&page.actor).await?, id).await?;
    let done = match sent.revision.parse::<i64>() {
        Ok(revision) => {
            transact!(incidents.store, &page.actor, |cx| notices::discard(cx, id, notice, &sent.why, revision).await)
        }
        Err(_) => Err(Refusal::stale()),
    };
    match done {
        Ok(()) => Ok(redirect_with_flash(&format!("/incidents/{id}/notices"), "Discarded. Its text stays readable.")),
        Err(refusal) => again(&incidents, &page, (id, notice), refusal, form).await,
    }
}
