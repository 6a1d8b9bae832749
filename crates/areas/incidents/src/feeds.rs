//! The clocks in somebody's calendar, under a secret address that needs no session.
//!
//! The address stands for its person, reading only, with the sides of today. What it gives leaves the house: law,
//! recipient and time, nothing of what happened, and no contract.

use db::{Change, Cx, Store, transact};
use kernel::{Actor, Instant, Permission, PersonId, Refusal, Resource, Via};
use people::Secret;
use serde::Serialize;

use crate::{State, agenda, can_read, list, store::feeds as store, view};

pub const SUBSCRIBE: Permission = Permission::new("subscribeIncidents", "Incidents");

/// Addresses that one person may have.
const MOST: usize = 10;
/// Incidents of a page that are looked at.
const PAGE: usize = 100;
/// Seconds after which a use is written down again.
const USED_EVERY: i64 = 3600;
/// Longer than any secret of ours.
const SECRET_LIMIT: usize = 100;

kernel::id!(
    /// A secret address of a calendar.
    FeedId
);

/// An address, without its secret.
#[derive(Debug, Clone, Serialize)]
pub struct Feed {
    pub id: FeedId,
    pub person: PersonId,
    pub created_at: Instant,
    pub last_used_at: Option<Instant>,
}

/// One's own addresses, the newest first.
pub async fn feeds(cx: &mut Cx) -> Result<Vec<Feed>, Refusal> {
    cx.require(SUBSCRIBE, &Resource::all("Incidents"))?;
    let me = cx.actor.person;
    store::of_person(cx, me).await
}

/// Makes an address. Its secret is shown once.
pub async fn make_feed(cx: &mut Cx) -> Result<Secret, Refusal> {
    if feeds(cx).await?.len() >= MOST {
        return Err(
            Refusal::conflict(format!("you have {MOST} addresses")).hint("revoke one that no calendar uses any more")
        );
    }
    if cx.actor.via == Via::Token {
        return Err(Refusal::forbidden("a token cannot make a calendar's address").hint("sign in with your browser"));
    }
    let secret = Secret::from_random(cx.random());
    let id = store::insert(cx, secret.hash()).await?;
    cx.record(Change::new("incident_feed.made", "incident_feed", id, "made a secret address for a calendar of clocks"));
    Ok(secret)
}

/// Revokes one's own address: calendars that use it find nothing any more.
pub async fn revoke_feed(cx: &mut Cx, id: FeedId) -> Result<(), Refusal> {
    cx.require(SUBSCRIBE, &Resource::all("Incidents"))?;
    let me = cx.actor.person;
    if !store::revoke(cx, id, me).await? {
        return Err(Refusal::not_found("there is no such address, or it is revoked already"));
    }
    let words = "revoked a secret address for a calendar of clocks";
    cx.record(Change::new("incident_feed.revoked", "incident_feed", id, words));
    Ok(())
}

/// The calendar under a secret address. Whatever is wrong, the answer is the same.
pub async fn calendar(store: &Store, secret: &str) -> Result<String, Refusal> {
    let nothing = || Refusal::not_found("there is nothing at this address");
    if secret.is_empty() || secret.len() > SECRET_LIMIT {
        return Err(nothing());
    }
    let mut cx = store.read(&Actor::system()).await?;
    let hash = people::rules::secret::hash(secret);
    let feed = store::by_hash(&mut cx, hash).await?.ok_or_else(nothing)?;
    let actor = people::actor_within(&mut cx, feed.person, Via::Token).await?.ok_or_else(nothing)?;
    cx.actor = actor;
    // Somebody who changed sides has no calendar any more, whatever was made before.
    if !cx.allows(SUBSCRIBE, &Resource::all("Incidents")) {
        return Err(nothing());
    }
    cx.actor.read_only = true;
    let text = documents::agenda::write("Clocks of incidents", &items(&mut cx).await?);
    let now = cx.now;
    drop(cx);
    if feed.last_used_at.is_none_or(|last| now.seconds_since(last) >= USED_EVERY) {
        transact!(store, &Actor::system(), |cx| {
            cx.unrecorded("when a calendar was last read is no record");
            store::touch(cx, feed.id).await
        })?;
    }
    Ok(text)
}

async fn items(cx: &mut Cx) -> Result<Vec<documents::agenda::Item>, Refusal> {
    let mut items = Vec::new();
    for state in [State::Open, State::Reported] {
        let mut before = None;
        loop {
            let page = list(cx, Some(state), before, PAGE).await?;
            for incident in &page.items {
                // A reporter's own report lists without its clocks.
                if incident.is_exercise || !can_read(cx, incident) {
                    continue;
                }
                let view = view(cx, incident.id).await?;
                // Not of now, so that the same clocks are the same calendar, and a calendar need not load it again.
                let entered = view.facts.iter().map(|fact| fact.entered_at).max();
                items.extend(agenda::items(&view, entered.unwrap_or(incident.reported_at)));
            }
            before = page.items.last().map(|incident| incident.number);
            if page.next.is_none() {
                break;
            }
        }
    }
    Ok(items)
}
