//! Evidence with its chain of custody, and the holds that keep it.

use askama::Template;
use axum::extract::State as Shared;
use db::{Cx, transact};
use kernel::Refusal;
use serde::Deserialize;
use ui::{FormState, Mark, PageCx, PageError, PageForm, PagePath, PageResult, Shell, Tone, redirect_with_flash};

use super::{
    super::{
        tabs::{Tab, TabLink, tabs},
        upload::Upload,
        words::when,
    },
    field, mendable, of_form, open, shortened,
};
use crate::{
    IncidentId, Incidents, can_edit,
    incidents::readable,
    logbook::{self, HoldView, MAX_FILE, NewCustody, NewEvidence, Verification},
    rules::Act,
};

struct Row {
    number: i64,
    what: String,
    origin: String,
    holder: String,
    place: String,
    ended: &'static str,
    sha256: String,
}

struct HoldCard {
    number: i64,
    title: String,
    keep: String,
    period: String,
    why: String,
    issued: String,
    released: String,
    stands: bool,
    mark: Mark,
    /// How many have acknowledged.
    said: String,
    custodians: Vec<(String, String)>,
    revision: i64,
}

#[derive(Template)]
#[template(path = "incidents_log_evidence.html")]
struct ListPage {
    shell: Shell,
    tabs: Vec<TabLink>,
    base: String,
    is_exercise: bool,
    can_edit: bool,
    can_hold: bool,
    zone: String,
    limit: usize,
    form: FormState,
    open: String,
    people: Vec<(String, String)>,
    rows: Vec<Row>,
    holds: Vec<HoldCard>,
    standing: Vec<(String, String)>,
}

pub(super) async fn list(
    Shared(log): Shared<Incidents>,
    page: PageCx,
    PagePath(id): PagePath<IncidentId>,
) -> PageResult {
    let mut cx = log.store.read(&page.actor).await?;
    page.render(&drawn(&page, &mut cx, id, FormState::new()).await?)
}

async fn drawn(page: &PageCx, cx: &mut Cx, id: IncidentId, form: FormState) -> Result<ListPage, Refusal> {
    let incident = readable(cx, id).await?;
    let can_hold = logbook::can_hold(cx, &incident);
    let people = if can_hold {
        let all = people::people_to_choose_from(cx).await?;
        all.into_iter().map(|person| (person.id.to_string(), person.name)).collect()
    } else {
        Vec::new()
    };
    let holds = logbook::holds(cx, id).await?;
    let evidence = logbook::evidence(cx, id).await?;
    let tabs = tabs(cx, &incident, Tab::Evidence).await?;
    Ok(ListPage {
        shell: page
            .shell(format!("Evidence of incident {}", incident.number))
            .crumb("Incidents", "/incidents")
            .crumb(format!("Incident {}", incident.number), format!("/incidents/{id}"))
            .subtitle(incident.title.clone()),
        tabs,
        base: format!("/incidents/{id}"),
        is_exercise: incident.is_exercise,
        can_edit: can_edit(cx, &incident),
        can_hold,
        zone: clocks::moment::zone_name(&cx.world().zone()),
        limit: MAX_FILE >> 20,
        open: open(&form),
        form,
        people,
        rows: evidence
            .into_iter()
            .map(|each| Row {
                number: each.number,
                what: shortened(&each.what),
                origin: shortened(&each.origin),
                holder: each.holder,
                place: each.place,
                ended: each.ended.map_or("", Act::label),
                sha256: each.sha256,
            })
            .collect(),
        standing: holds
            .iter()
            .filter(|view| view.hold.released_at.is_none())
            .map(|view| (view.hold.number.to_string(), format!("{}: {}", view.hold.number, view.hold.title)))
            .collect(),
        holds: holds.into_iter().map(|view| hold_card(cx, view)).collect(),
    })
}

fn hold_card(cx: &Cx, view: HoldView) -> HoldCard {
    let (acknowledged, all) = (view.acknowledged(), view.custodians.len());
    let hold = view.hold;
    let stands = hold.released_at.is_none();
    HoldCard {
        number: hold.number,
        issued: format!("{} by {}", when(cx, hold.issued_at), hold.issued_by_name),
        released: hold
            .released_at
            .map(|at| format!("released {} by {}: {}", when(cx, at), hold.released_by_name, hold.released_why))
            .unwrap_or_default(),
        stands,
        mark: match (stands, acknowledged == all) {
            (false, _) => Mark::new("Released", "circle-minus", Tone::Quiet),
            (true, true) => Mark::new("Stands, all have acknowledged", "lock", Tone::Good),
            (true, false) => Mark::new("Stands, not all have acknowledged", "lock", Tone::Warn),
        },
        said: format!("{acknowledged} of {all} have acknowledged"),
        custodians: view
            .custodians
            .into_iter()
            .map(|custodian| {
                let said = custodian.acknowledged_at.map(|at| format!("acknowledged {}", when(cx, at)));
                (custodian.person_name, said.unwrap_or_else(|| "not yet".to_owned()))
            })
            .collect(),
        title: hold.title,
        keep: hold.keep,
        period: hold.period,
        why: hold.why,
        revision: hold.revision,
    }
}

/// On to the page with a notice, or back to the form with what is wrong.
pub(super) async fn answer(
    log: &Incidents,
    page: &PageCx,
    id: IncidentId,
    (name, at): (&str, &str),
    form: FormState,
    done: Result<String, Refusal>,
) -> PageResult {
    match done {
        Ok(told) => Ok(redirect_with_flash(&format!("/incidents/{id}/evidence#{at}"), &told)),
        Err(refusal) if mendable(&refusal) => {
            let refusal = of_form(refusal, name);
            let mut cx = log.store.read(&page.actor).await?;
            let drawn = drawn(page, &mut cx, id, form.refused(&refusal)).await?;
            page.again(refusal, |_| drawn)
        }
        Err(refusal) => Err(PageError(refusal)),
    }
}

pub(super) async fn collect(
    Shared(log): Shared<Incidents>,
    page: PageCx,
    PagePath(id): PagePath<IncidentId>,
    sent: Upload,
) -> PageResult {
    let form = sent.form();
    let of = |name: &str| field(&sent.fields, "evidence", name);
    let new = NewEvidence {
        what: of("what"),
        origin: of("origin"),
        collected_by: of("collected_by"),
        collected_at: of("collected_at"),
        place: of("place"),
        sha256: of("sha256"),
    };
    crate::ensure_editable(&mut log.store.read(&page.actor).await?, id).await?;
    let done = match sent.file.transpose() {
        Ok(file) => log.collect(&page.actor, id, &new, file).await,
        Err(refusal) => Err(refusal),
    };
    answer(&log, &page, id, ("evidence", "evidence"), form, done.map(|number| format!("E-{number} is entered."))).await
}

struct ChainRow {
    tone: &'static str,
    title: String,
    at: String,
    when: String,
    people: String,
    place: String,
    why: String,
    entered: String,
}

#[derive(Template)]
#[template(path = "incidents_log_piece.html")]
struct PiecePage {
    shell: Shell,
    tabs: Vec<TabLink>,
    here: String,
    is_exercise: bool,
    can_edit: bool,
    zone: String,
    form: FormState,
    stored: bool,
    failed: bool,
    ended: &'static str,
    chain: Vec<ChainRow>,
    seen: i64,
    acts: Vec<(&'static str, &'static str)>,
    hold_hint: &'static str,
    what: String,
    facts: Vec<(String, String)>,
    sha256: String,
}

pub(super) async fn one(
    Shared(log): Shared<Incidents>,
    page: PageCx,
    PagePath((id, number)): PagePath<(IncidentId, i64)>,
) -> PageResult {
    let mut cx = log.store.read(&page.actor).await?;
    page.render(&piece(&page, &mut cx, id, number, FormState::new()).await?)
}

async fn piece(page: &PageCx, cx: &mut Cx, id: IncidentId, number: i64, form: FormState) -> Result<PiecePage, Refusal> {
    let view = logbook::one_evidence(cx, id, number).await?;
    let (incident, evidence) = (&view.incident, view.evidence);
    let form = if form.is_refused() { form } else { form.with("from", &evidence.holder) };
    let last_check = view.chain.iter().rev().find(|entry| matches!(entry.act, Act::Verified | Act::Failed));
    let offered = Act::ALL
        .iter()
        .filter(|act| !matches!(act, Act::Collected | Act::Verified | Act::Failed))
        .filter(|act| **act != Act::Destroyed || !view.under_hold);
    let mut facts = vec![
        ("From".to_owned(), evidence.origin.clone()),
        ("With".to_owned(), evidence.holder.clone()),
        ("Kept at".to_owned(), evidence.place.clone()),
        ("Entered".to_owned(), format!("{} by {}", when(cx, evidence.entered_at), evidence.entered_by_name)),
    ];
    if evidence.stored {
        facts.push(("File".to_owned(), format!("{}, {} bytes", evidence.file_name, evidence.size)));
    }
    let tabs = tabs(cx, incident, Tab::Evidence).await?;
    Ok(PiecePage {
        shell: page
            .shell(format!("Evidence E-{number}"))
            .crumb("Incidents", "/incidents")
            .crumb(format!("Incident {}", incident.number), format!("/incidents/{id}"))
            .crumb("Evidence", format!("/incidents/{id}/evidence"))
            .subtitle(shortened(&evidence.what)),
        tabs,
        here: format!("/incidents/{id}/evidence/{number}"),
        is_exercise: incident.is_exercise,
        can_edit: can_edit(cx, incident),
        zone: clocks::moment::zone_name(&cx.world().zone()),
        form,
        stored: evidence.stored,
        failed: last_check.is_some_and(|entry| entry.act == Act::Failed),
        ended: evidence.ended.map_or("", Act::label),
        seen: view.chain.last().map_or(0, |entry| entry.number),
        acts: offered.map(|act| (act.as_str(), act.label())).collect(),
        hold_hint: if view.under_hold { "A legal hold stands: nothing can be destroyed." } else { "" },
        chain: view
            .chain
            .iter()
            .map(|entry| ChainRow {
                tone: match entry.act {
                    Act::Verified => "good",
                    Act::Failed => "bad",
                    Act::Returned | Act::Destroyed => "quiet",
                    _ => "info",
                },
                title: format!("{}. {}", entry.number, entry.act.label()),
                at: entry.at.to_string(),
                when: when(cx, entry.at),
                people: [entry.from.as_str(), entry.to.as_str()]
                    .into_iter()
                    .filter(|name| !name.is_empty())
                    .collect::<Vec<_>>()
                    .join(" → "),
                place: entry.place.clone(),
                why: entry.why.clone(),
                entered: format!("entered by {}, {}", entry.entered_by_name, when(cx, entry.entered_at)),
            })
            .collect(),
        what: evidence.what,
        facts,
        sha256: evidence.sha256,
    })
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Entry {
    act: String,
    from: String,
    to: String,
    place: String,
    why: String,
    at: String,
    seen: String,
}

pub(super) async fn hand_on(
    Shared(log): Shared<Incidents>,
    page: PageCx,
    PagePath((id, number)): PagePath<(IncidentId, i64)>,
    PageForm(sent, form): PageForm<Entry>,
) -> PageResult {
    let new = NewCustody {
        act: sent.act,
        from: sent.from,
        to: sent.to,
        place: sent.place,
        at: sent.at,
        why: sent.why,
        seen: sent.seen.parse().unwrap_or(0),
    };
    match transact!(log.store, &page.actor, |cx| logbook::hand_on(cx, id, number, &new).await) {
        Ok(()) => Ok(redirect_with_flash(&format!("/incidents/{id}/evidence/{number}"), "It is in the chain.")),
        Err(refusal) if mendable(&refusal) => {
            let mut cx = log.store.read(&page.actor).await?;
            let drawn = piece(&page, &mut cx, id, number, form.refused(&refusal)).await?;
            page.again(refusal, |_| drawn)
        }
        Err(refusal) => Err(PageError(refusal)),
    }
}

pub(super) async fn verify(
    Shared(log): Shared<Incidents>,
    page: PageCx,
    PagePath((id, number)): PagePath<(IncidentId, i64)>,
) -> PageResult {
    let told = match log.verify(&page.actor, id, number).await? {
        Verification::Same => "Verified: the stored bytes are those that were entered.",
        Verification::Different => "It failed: the stored bytes are others than those that were entered.",
        Verification::Missing => "It failed: the stored bytes are gone.",
    };
    Ok(redirect_with_flash(&format!("/incidents/{id}/evidence/{number}"), told))
}
