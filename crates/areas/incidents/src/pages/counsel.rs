//! Work directed by counsel, for the people named.

use askama::Template;
use axum::{extract::State as Shared, response::IntoResponse};
use db::{Cx, Store, transact};
use kernel::{PersonId, Refusal};
use serde::Deserialize;
use ui::{FormState, PageCx, PageError, PageForm, PagePath, PageResult, Shell, redirect_with_flash};

use super::{
    tabs::{Tab, TabLink, tabs},
    words::when,
};
use crate::{
    IncidentId, Incidents, TrackId,
    counsel::{self, NewItem, Track, View},
    incidents::readable,
    rules::privilege::{Basis, Kind},
};

struct Line {
    href: String,
    number: i64,
    purpose: String,
    directed_by: String,
    opened: String,
    closed: bool,
}

#[derive(Template)]
#[template(path = "incidents_counsel_list.html")]
struct ListPage {
    shell: Shell,
    tabs: Vec<TabLink>,
    lines: Vec<Line>,
    /// Where a new track is opened; empty where this person opens none.
    open: String,
    form: FormState,
}

fn lines(cx: &Cx, tracks: Vec<Track>) -> Vec<Line> {
    tracks
        .into_iter()
        .map(|track| Line {
            href: format!("/incidents/counsel/{}", track.id),
            number: track.number,
            opened: when(cx, track.opened_at),
            closed: track.closed_at.is_some(),
            purpose: track.purpose,
            directed_by: track.directed_by_name,
        })
        .collect()
}

/// The tracks of an incident that this person may read. Who may neither read one nor open one learns nothing here.
pub(super) async fn of_incident(
    Shared(store): Shared<Store>,
    page: PageCx,
    PagePath(id): PagePath<IncidentId>,
) -> PageResult {
    let mut cx = store.read(&page.actor).await?;
    let drawn = drawn_list(&page, &mut cx, id, FormState::new()).await?;
    page.render(&drawn)
}

async fn drawn_list(page: &PageCx, cx: &mut Cx, id: IncidentId, form: FormState) -> Result<ListPage, Refusal> {
    let incident = readable(cx, id).await?;
    let tracks = counsel::mine(cx, Some(id)).await?;
    let can_open = counsel::can_open(cx);
    if tracks.is_empty() && !can_open {
        return Err(Refusal::not_found("there is no such page, or it is not yours to see"));
    }
    let tabs = tabs(cx, &incident, Tab::Counsel).await?;
    Ok(ListPage {
        shell: page
            .shell(format!("Incident {}: counsel", incident.number))
            .crumb("Incidents", "/incidents")
            .crumb(format!("Incident {}", incident.number), format!("/incidents/{id}"))
            .subtitle("Work that counsel directs, for the people whom counsel names"),
        tabs,
        lines: lines(cx, tracks),
        open: if can_open { format!("/incidents/{id}/counsel") } else { String::new() },
        form,
    })
}

/// All tracks that this person may read: the way in for who is named and reads no incident.
pub(super) async fn mine(Shared(store): Shared<Store>, page: PageCx) -> PageResult {
    let mut cx = store.read(&page.actor).await?;
    let tracks = counsel::mine(&mut cx, None).await?;
    page.render(&ListPage {
        shell: page.shell("Directed by counsel").subtitle("Work to which counsel has named you"),
        tabs: Vec::new(),
        lines: lines(&cx, tracks),
        open: String::new(),
        form: FormState::new(),
    })
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Opened {
    purpose: String,
    engagement: String,
}

pub(super) async fn open(
    Shared(store): Shared<Store>,
    page: PageCx,
    PagePath(id): PagePath<IncidentId>,
    PageForm(sent, form): PageForm<Opened>,
) -> PageResult {
    match transact!(store, &page.actor, |cx| counsel::open(cx, id, &sent.purpose, &sent.engagement).await) {
        Ok(track) => Ok(redirect_with_flash(
            &format!("/incidents/counsel/{track}"),
            "Opened. Only you see it; name whoever has to work with you.",
        )),
        Err(refusal) if refusal.fields.is_empty() => Err(PageError(refusal)),
        Err(refusal) => {
            let mut cx = store.read(&page.actor).await?;
            let drawn = drawn_list(&page, &mut cx, id, form.refused(&refusal)).await?;
            page.again(refusal, |_| drawn)
        }
    }
}

struct Paper {
    number: i64,
    kind: &'static str,
    basis: &'static str,
    description: String,
    text: String,
    author: String,
    when: String,
}

struct Person {
    id: PersonId,
    name: String,
    reason: String,
    named: String,
    ended: String,
    directs: bool,
}

#[derive(Template)]
#[template(path = "incidents_counsel.html")]
struct Page {
    shell: Shell,
    base: String,
    track: Track,
    opened: String,
    closed: String,
    papers: Vec<Paper>,
    people: Vec<Person>,
    looks: Vec<(String, String)>,
    keeps: bool,
    kinds: Vec<(String, String)>,
    bases: Vec<(String, String)>,
    candidates: Vec<(String, String)>,
    /// Who of the people named could direct the work.
    successors: Vec<(String, String)>,
    form: FormState,
}

async fn drawn(page: &PageCx, cx: &mut Cx, view: View, form: FormState) -> Result<Page, Refusal> {
    let View { track, recipients, items, looks, keeps } = view;
    let inside: Vec<PersonId> =
        recipients.iter().filter(|person| person.ended_at.is_none()).map(|person| person.person).collect();
    let (mut candidates, mut successors) = (Vec::new(), Vec::new());
    if keeps {
        for person in people::people_to_choose_from(cx).await? {
            let choice = (person.id.to_string(), person.name.clone());
            if !inside.contains(&person.id) {
                if !person.sides.contains(&kernel::Side::Auditor) {
                    candidates.push(choice);
                }
            } else if person.id != track.directed_by && person.sides.contains(&kernel::Side::Legal) {
                successors.push(choice);
            }
        }
    }
    let words = |pairs: Vec<(&str, &str)>| {
        pairs.into_iter().map(|(word, label)| (word.to_owned(), label.to_owned())).collect::<Vec<_>>()
    };
    Ok(Page {
        shell: page
            .shell(format!("Incident {}: directed by counsel", track.number))
            .crumb("Incidents", "/incidents")
            .crumb("Directed by counsel", "/incidents/counsel")
            .subtitle(track.purpose.clone()),
        base: format!("/incidents/counsel/{}", track.id),
        opened: when(cx, track.opened_at),
        closed: track.closed_at.map(|at| when(cx, at)).unwrap_or_default(),
        papers: items
            .into_iter()
            .map(|item| Paper {
                number: item.number,
                kind: item.kind.label(),
                basis: item.basis.label(),
                description: item.description,
                text: item.text,
                author: item.author,
                when: when(cx, item.written_at),
            })
            .collect(),
        people: recipients
            .into_iter()
            .map(|person| Person {
                id: person.person,
                directs: person.person == track.directed_by && person.ended_at.is_none(),
                named: format!("named by {}, {}", person.named_by, when(cx, person.named_at)),
                ended: person
                    .ended_at
                    .map(|at| format!("until {}: {}", when(cx, at), person.ended_why))
                    .unwrap_or_default(),
                name: person.name,
                reason: person.reason,
            })
            .collect(),
        looks: looks.into_iter().map(|look| (look.name, when(cx, look.at))).collect(),
        kinds: words(Kind::ALL.iter().map(|kind| (kind.as_str(), kind.label())).collect()),
        bases: words(Basis::ALL.iter().map(|basis| (basis.as_str(), basis.label())).collect()),
        form: if form.is_refused() {
            form
        } else {
            form.with("purpose", &track.purpose).with("engagement", &track.engagement)
        },
        keeps,
        candidates,
        successors,
        track,
    })
}

pub(super) async fn show(Shared(store): Shared<Store>, page: PageCx, PagePath(id): PagePath<TrackId>) -> PageResult {
    let view = transact!(store, &page.actor, |cx| counsel::look(cx, id).await)?;
    let mut cx = store.read(&page.actor).await?;
    let drawn = drawn(&page, &mut cx, view, FormState::new()).await?;
    page.render(&drawn)
}

/// What the forms of the page send. Which fields count, `act` says.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Sent {
    act: String,
    kind: String,
    basis: String,
    description: String,
    text: String,
    person: String,
    reason: String,
    why: String,
    purpose: String,
    engagement: String,
    closed: String,
    revision: String,
}

async fn done(store: &Store, page: &PageCx, id: TrackId, sent: &Sent) -> Result<&'static str, Refusal> {
    let person = || sent.person.parse::<PersonId>().map_err(|_| Refusal::field("person", "choose somebody"));
    let revision = || sent.revision.parse::<i64>().map_err(|_| Refusal::stale());
    match sent.act.as_str() {
        "write" => {
            let new = NewItem {
                kind: sent.kind.parse()?,
                basis: sent.basis.parse()?,
                description: sent.description.clone(),
                text: sent.text.clone(),
            };
            transact!(store, &page.actor, |cx| counsel::write(cx, id, &new).await)?;
            Ok("Written.")
        }
        "name" => {
            let person = person()?;
            transact!(store, &page.actor, |cx| counsel::name(cx, id, person, &sent.reason).await)?;
            Ok("Named. This person finds it under Directed by counsel.")
        }
        "end" => {
            let person = person()?;
            transact!(store, &page.actor, |cx| counsel::end(cx, id, person, &sent.why).await)?;
            Ok("This person no longer looks in.")
        }
        "hand-over" => {
            let (person, revision) = (person()?, revision()?);
            transact!(store, &page.actor, |cx| counsel::hand_over(cx, id, person, revision).await)?;
            Ok("Handed over.")
        }
        "keep" => {
            let (closed, revision) = (sent.closed == "yes", revision()?);
            transact!(store, &page.actor, |cx| {
                counsel::keep(cx, id, &sent.purpose, &sent.engagement, closed, revision).await
            })?;
            Ok("Saved.")
        }
        _ => Err(Refusal::invalid("the form could not be read").hint("open the page again and send it once more")),
    }
}

pub(super) async fn act(
    Shared(store): Shared<Store>,
    page: PageCx,
    PagePath(id): PagePath<TrackId>,
    PageForm(sent, form): PageForm<Sent>,
) -> PageResult {
    // Before anything is parsed: whoever is not named hears that there is no such page.
    counsel::ensure_named(&mut store.read(&page.actor).await?, id).await?;
    match done(&store, &page, id, &sent).await {
        Ok(told) => Ok(redirect_with_flash(&format!("/incidents/counsel/{id}"), told)),
        Err(refusal) => {
            let view = transact!(store, &page.actor, |cx| counsel::look(cx, id).await)?;
            let mut cx = store.read(&page.actor).await?;
            let drawn = drawn(&page, &mut cx, view, form.refused(&refusal)).await?;
            page.again(refusal, |_| drawn)
        }
    }
}

/// The privileged version of the incident's report.
pub(super) async fn report(
    Shared(incidents): Shared<Incidents>,
    page: PageCx,
    PagePath(id): PagePath<TrackId>,
) -> PageResult {
    let (name, bytes) = incidents.privileged_pdf(&page.actor, id).await?;
    Ok(files::attachment(&name, "application/pdf", bytes).into_response())
}

/// The privilege log as a spreadsheet.
pub(super) async fn log(Shared(store): Shared<Store>, page: PageCx, PagePath(id): PagePath<TrackId>) -> PageResult {
    let ((track, rows), now) = transact!(store, &page.actor, |cx| {
        let now = cx.now;
        counsel::privilege_log(cx, id).await.map(|log| (log, now))
    })?;
    let sheet = counsel::sheet(&rows, &store.world.zone());
    let bytes = documents::sheet::workbook(&[sheet], &now.to_string())
        .map_err(|problem| PageError(Refusal::broken(problem)))?;
    let name = format!("incident-{}-privilege-log.xlsx", track.number);
    Ok(files::attachment(&name, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", bytes.into())
        .into_response())
}
