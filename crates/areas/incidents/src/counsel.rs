//! Work on an incident that counsel directs, apart from the facts: requests, advice and analysis for the purpose of legal
//! advice. Only the people whom counsel named look in, each for a reason that is kept; whoever looks is written down; and the
//! privilege log says what is withheld without showing it.
//!
//! Nothing of it reaches what others see. An incident's facts, clocks, reports and exports never ask these tables; the
//! trail's entries lie behind a privileged wall and name neither the incident nor what was written; there is no endpoint, so
//! that no machine's token reads it. A label protects nothing by itself: whether a paper is privileged is for counsel to judge.

mod log;
mod paper;

use db::{Change, Cx};
use kernel::{Attr, FieldProblem, Instant, Permission, PersonId, Refusal, Resource, Via};
use sha2::{Digest, Sha256};

pub use log::{LogRow, privilege_log, sheet};

use crate::{
    Incident, IncidentId, TrackId,
    incidents::readable,
    rules::privilege::{Basis, Kind},
    store::counsel as store,
};

pub const OPEN: Permission = Permission::new("openCounselTrack", "Incidents");
pub const READ: Permission = Permission::new("readCounselTrack", "CounselTrack");
pub const WRITE: Permission = Permission::new("writeCounselTrack", "CounselTrack");
pub const KEEP: Permission = Permission::new("keepCounselTrack", "CounselTrack");

/// Characters of a purpose, an engagement, a reason and a line of the log.
pub const LINE_LIMIT: usize = 500;
/// Characters of what is written.
pub const TEXT_LIMIT: usize = 50_000;
/// Papers and people of one track.
const MOST: usize = 2_000;
/// Seconds within which a second look of the same person is the same look.
const SAME_LOOK: i64 = 15 * 60;

#[derive(Debug, Clone)]
pub struct Track {
    pub id: TrackId,
    pub incident: IncidentId,
    /// The incident's number. Its title is the incident's, and not told here.
    pub number: i64,
    pub purpose: String,
    pub engagement: String,
    pub directed_by: PersonId,
    pub directed_by_name: String,
    pub opened_at: Instant,
    pub closed_at: Option<Instant>,
    pub revision: i64,
}

/// Somebody who may look, or could.
#[derive(Debug, Clone)]
pub struct Recipient {
    pub person: PersonId,
    pub name: String,
    pub reason: String,
    pub named_by: String,
    pub named_at: Instant,
    pub ended_at: Option<Instant>,
    pub ended_why: String,
}

/// A paper.
#[derive(Debug, Clone)]
pub struct Item {
    pub number: i64,
    pub kind: Kind,
    pub basis: Basis,
    /// The line of the privilege log.
    pub description: String,
    pub text: String,
    pub author: String,
    pub written_at: Instant,
}

/// Somebody looked.
#[derive(Debug, Clone)]
pub struct Look {
    pub person: PersonId,
    pub name: String,
    pub at: Instant,
}

/// A track as a recipient sees it.
#[derive(Debug, Clone)]
pub struct View {
    pub track: Track,
    pub recipients: Vec<Recipient>,
    /// The newest first.
    pub items: Vec<Item>,
    /// The newest first; for whoever keeps the track.
    pub looks: Vec<Look>,
    pub keeps: bool,
}

#[derive(Debug, Clone)]
pub struct NewItem {
    pub kind: Kind,
    pub basis: Basis,
    pub description: String,
    pub text: String,
}

fn no_track() -> Refusal {
    Refusal::not_found("there is no such page, or it is not yours to see")
}

fn resource(track: &Track, people: &[PersonId]) -> Resource {
    Resource::new("CounselTrack", track.id)
        .with("directed_by", Attr::Person(Some(track.directed_by)))
        .with("shared_with", Attr::People(people.to_vec()))
}

/// The track, where this person may do `permission` to it. Whoever may not read it hears that there is none.
async fn allowed(cx: &mut Cx, id: TrackId, permission: Permission) -> Result<(Track, Resource), Refusal> {
    if cx.actor.via == Via::Token {
        return Err(no_track());
    }
    let track = store::one(cx, id).await?.ok_or_else(no_track)?;
    let people = db::walls::people(cx, id.into()).await?;
    let resource = resource(&track, &people);
    cx.require(READ, &resource).map_err(|_| no_track())?;
    if permission != READ {
        cx.require(permission, &resource)?;
    }
    Ok((track, resource))
}

fn line(field: &str, text: &str, missing: &str) -> Result<String, FieldProblem> {
    let text = text.trim();
    let problem = |message: String| FieldProblem { field: field.to_owned(), message };
    if text.is_empty() && !missing.is_empty() {
        return Err(problem(missing.to_owned()));
    }
    if text.chars().count() > LINE_LIMIT {
        return Err(problem(format!("at most {LINE_LIMIT} characters")));
    }
    Ok(text.to_owned())
}

fn gathered<T>(results: Vec<Result<T, FieldProblem>>) -> Result<Vec<T>, Refusal> {
    let (mut out, mut problems) = (Vec::new(), Vec::new());
    for result in results {
        match result {
            Ok(value) => out.push(value),
            Err(problem) => problems.push(problem),
        }
    }
    if problems.is_empty() { Ok(out) } else { Err(Refusal::fields(problems)) }
}

/// An entry of the trail, which its readers outside the wall never see, and which tells nothing to those who do.
fn entry(action: &'static str, track: TrackId, summary: &'static str) -> Change {
    Change::new(action, "counsel_track", track, summary).behind(track)
}

/// Whether this person could open a track.
pub fn can_open(cx: &Cx) -> bool {
    cx.actor.via != Via::Token && cx.allows(OPEN, &Resource::all("Incidents"))
}

/// Refuses whoever may not read it, before a form is looked at.
pub async fn ensure_named(cx: &mut Cx, id: TrackId) -> Result<(), Refusal> {
    allowed(cx, id, READ).await.map(|_| ())
}

/// The tracks that this person may read, of one incident or of all, the newest first.
pub async fn mine(cx: &mut Cx, incident: Option<IncidentId>) -> Result<Vec<Track>, Refusal> {
    if cx.actor.via == Via::Token {
        return Ok(Vec::new());
    }
    store::list(cx, incident, MOST).await
}

/// Counsel begins work on an incident, apart from its facts. The first to be named is counsel.
pub async fn open(cx: &mut Cx, incident: IncidentId, purpose: &str, engagement: &str) -> Result<TrackId, Refusal> {
    let of: Incident = readable(cx, incident).await?;
    cx.require(OPEN, &Resource::all("Incidents"))?;
    if cx.actor.via == Via::Token {
        return Err(Refusal::forbidden("work directed by counsel is opened by a person at the page"));
    }
    let lines = gathered(vec![
        line("purpose", purpose, "say for which legal advice the work is done"),
        line("engagement", engagement, ""),
    ])?;
    let id: TrackId = cx.new_id();
    let me = cx.actor.person;
    db::walls::raise_privileged(cx, id.into()).await?;
    db::walls::name_people(cx, id.into(), &[me]).await?;
    store::insert(cx, id, of.id, &lines[0], &lines[1]).await?;
    let name = cx.actor.name.clone();
    store::name(cx, id, me, &name, "directs the work").await?;
    cx.record(entry("counsel.opened", id, "opened work directed by counsel"));
    Ok(id)
}

/// Looks, and writes the look down.
pub async fn look(cx: &mut Cx, id: TrackId) -> Result<View, Refusal> {
    let (track, resource) = allowed(cx, id, READ).await?;
    let keeps = cx.allows(KEEP, &resource);
    if store::looked_since(cx, id, cx.now.plus_seconds(-SAME_LOOK)).await? {
        cx.unrecorded("the same look of the same person, a moment later");
    } else {
        store::insert_look(cx, id).await?;
        cx.record(entry("counsel.read", id, "looked at work directed by counsel"));
    }
    Ok(View {
        recipients: store::recipients(cx, id).await?,
        items: store::items(cx, id, MOST).await?,
        looks: if keeps { store::looks(cx, id, MOST).await? } else { Vec::new() },
        keeps,
        track,
    })
}

/// Writes a paper. What was written is never changed; a correction is a paper of its own.
pub async fn write(cx: &mut Cx, id: TrackId, new: &NewItem) -> Result<i64, Refusal> {
    let (track, _) = allowed(cx, id, WRITE).await?;
    open_still(&track)?;
    let text = new.text.trim();
    let problem = |message: &str| FieldProblem { field: "text".to_owned(), message: message.to_owned() };
    let checked = match text.chars().count() {
        0 => Err(problem("write what counsel asked for or advised")),
        1..=TEXT_LIMIT => Ok(text.to_owned()),
        _ => Err(problem("at most 50,000 characters")),
    };
    let lines = gathered(vec![
        line("description", &new.description, "say what it is, for the privilege log, without what is advised"),
        checked,
    ])?;
    let number = store::next_item(cx, id).await?;
    if usize::try_from(number).unwrap_or(MOST) >= MOST {
        return Err(Refusal::invalid("this track holds as many papers as one can").hint("open another one"));
    }
    store::insert_item(cx, id, number, new.kind, new.basis, &lines[0], &lines[1]).await?;
    let hash = kernel::hex(&Sha256::digest(lines[1].as_bytes()));
    cx.record(
        entry("counsel.written", id, "wrote in work directed by counsel").after(serde_json::json!({ "sha256": hash })),
    );
    Ok(number)
}

/// Names somebody who may look, and why.
pub async fn name(cx: &mut Cx, id: TrackId, person: PersonId, reason: &str) -> Result<(), Refusal> {
    let (track, _) = allowed(cx, id, KEEP).await?;
    open_still(&track)?;
    let lines = gathered(vec![line("reason", reason, "say why this person has to know")])?;
    let found = people::people_to_choose_from(cx).await?.into_iter().find(|known| known.id == person);
    let found = found.ok_or_else(|| Refusal::field("person", "choose somebody who works here"))?;
    if found.sides.contains(&kernel::Side::Auditor) {
        return Err(Refusal::field("person", "whoever audits cannot be named")
            .hint("telling an auditor what counsel advised can end the privilege; ask counsel"));
    }
    let mut inside = db::walls::people(cx, id.into()).await?;
    if inside.contains(&person) {
        return Err(Refusal::field("person", "this person is named already"));
    }
    inside.push(person);
    db::walls::name_people(cx, id.into(), &inside).await?;
    store::name(cx, id, person, &found.name, &lines[0]).await?;
    cx.record(entry("counsel.named", id, "named somebody for work directed by counsel").after(person));
    Ok(())
}

/// Ends somebody's look. What that person has read stays read: the row stays.
pub async fn end(cx: &mut Cx, id: TrackId, person: PersonId, why: &str) -> Result<(), Refusal> {
    let (track, _) = allowed(cx, id, KEEP).await?;
    let lines = gathered(vec![line("why", why, "say why this person no longer looks")])?;
    if person == track.directed_by {
        return Err(Refusal::conflict("the counsel who directs the work stays").hint("hand the direction over first"));
    }
    let mut inside = db::walls::people(cx, id.into()).await?;
    if !inside.contains(&person) {
        return Err(Refusal::stale());
    }
    inside.retain(|known| *known != person);
    db::walls::name_people(cx, id.into(), &inside).await?;
    store::end(cx, id, person, &lines[0]).await?;
    cx.record(entry("counsel.ended", id, "ended somebody's look at work directed by counsel").after(person));
    Ok(())
}

/// Hands the direction to another of Legal among the people named.
pub async fn hand_over(cx: &mut Cx, id: TrackId, to: PersonId, revision: i64) -> Result<(), Refusal> {
    allowed(cx, id, KEEP).await?;
    let inside = db::walls::people(cx, id.into()).await?;
    let known = people::people_to_choose_from(cx).await?;
    let next = known
        .into_iter()
        .find(|known| known.id == to && known.sides.contains(&kernel::Side::Legal) && inside.contains(&to))
        .ok_or_else(|| Refusal::field("person", "choose somebody of Legal among the people named"))?;
    if !store::hand_over(cx, id, to, &next.name, revision).await? {
        return Err(Refusal::stale());
    }
    cx.record(entry("counsel.handed_over", id, "handed over the direction of work").after(to));
    Ok(())
}

/// Changes what the work is for, or closes and reopens it.
pub async fn keep(
    cx: &mut Cx,
    id: TrackId,
    purpose: &str,
    engagement: &str,
    closed: bool,
    revision: i64,
) -> Result<(), Refusal> {
    let (track, _) = allowed(cx, id, KEEP).await?;
    let lines = gathered(vec![
        line("purpose", purpose, "say for which legal advice the work is done"),
        line("engagement", engagement, ""),
    ])?;
    let closed_at = if closed { track.closed_at.or(Some(cx.now)) } else { None };
    if !store::keep(cx, id, &lines[0], &lines[1], closed_at, revision).await? {
        return Err(Refusal::stale());
    }
    cx.record(entry(
        "counsel.kept",
        id,
        if closed { "closed work directed by counsel" } else { "changed work directed by counsel" },
    ));
    Ok(())
}

/// Who may look now, and why.
fn recipients_now(recipients: &[Recipient]) -> Vec<Vec<String>> {
    let now = recipients.iter().filter(|person| person.ended_at.is_none());
    now.map(|person| vec![person.name.clone(), person.reason.clone()]).collect()
}

fn open_still(track: &Track) -> Result<(), Refusal> {
    match track.closed_at {
        None => Ok(()),
        Some(_) => Err(Refusal::conflict("this work is closed").hint("reopen it to go on")),
    }
}
