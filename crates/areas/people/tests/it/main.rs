//! The area through its use cases and through its router, on both engines.

#![allow(clippy::unwrap_used, reason = "tests say what must hold by panicking")]

mod accounts;
mod api;
mod delegations;
mod invitations;
mod pages;
mod second_factor;
mod sessions;
mod setup;
mod sign_in;
mod tokens;

use std::net::IpAddr;

use kernel::{Actor, PersonId, Refusal, Side, Via};
use people::{Invited, PersonDraft, Resolved, Secret, ServerKey, SignedIn, Visitor};
use testkit::{Engine, TestApp};

pub const PASSWORD: &str = "kiln oat zebra lamp";
pub const WRONG: &str = "not the password at all";

pub async fn app(engine: Engine) -> TestApp {
    TestApp::new(engine, &[("people", people::MIGRATIONS)]).await
}

pub fn key() -> ServerKey {
    ServerKey::new([5; 32])
}

pub fn email(name: &str) -> String {
    format!("{}@example.org", name.to_lowercase().replace(' ', "."))
}

pub fn draft(name: &str, sides: &[Side]) -> PersonDraft {
    PersonDraft {
        name: name.to_owned(),
        email: email(name),
        sides: sides.iter().map(|side| side.as_str().to_owned()).collect(),
        ..PersonDraft::default()
    }
}

pub async fn setup_link(app: &TestApp) -> Option<Secret> {
    db::transact!(app.store, &Actor::system(), |cx| people::prepare_setup(cx).await).expect("the system prepares")
}

/// The first administrator, "Root", by the set-up link.
pub async fn administrator(app: &TestApp) -> Actor {
    let link = setup_link(app).await.expect("an empty workspace has a link");
    let id = people::complete_setup(&app.store, link.reveal(), &draft("Root", &[]), PASSWORD).await.expect("set up");
    actor(app, id).await
}

pub async fn actor(app: &TestApp, id: PersonId) -> Actor {
    people::actor_of(&app.store, id, Via::Session).await.expect("an active person")
}

pub async fn invite(app: &TestApp, by: &Actor, draft: &PersonDraft) -> Result<Invited, Refusal> {
    db::transact!(app.store, by, |cx| people::invite(cx, draft).await)
}

/// Someone of these sides, by invitation.
pub async fn join(app: &TestApp, by: &Actor, name: &str, sides: &[Side]) -> Actor {
    let mut draft = draft(name, sides);
    if sides.contains(&Side::Auditor) {
        draft.access_until = app.store.world.today().plus_days(30).to_string();
    }
    let invited = invite(app, by, &draft).await.expect("invited");
    let id = people::accept_invitation(&app.store, invited.secret.reveal(), name, PASSWORD).await.expect("accepted");
    actor(app, id).await
}

pub fn from(ip: &str) -> Visitor {
    Visitor { ip: Some(ip.parse::<IpAddr>().expect("an address")), user_agent: "Firefox/140.0 (Linux)".to_owned() }
}

pub async fn sign_in(app: &TestApp, name: &str, password: &str) -> Result<SignedIn, Refusal> {
    people::sign_in(&app.store, &email(name), password, &from("198.51.100.7"), None).await
}

/// The cookie of a full sign-in.
pub async fn cookie(app: &TestApp, name: &str) -> Secret {
    match sign_in(app, name, PASSWORD).await.expect("signed in") {
        SignedIn::Fully(secret) => secret,
        SignedIn::CodeNeeded(_) => panic!("a code is asked for"),
    }
}

pub async fn signed_in(app: &TestApp, cookie: &Secret) -> Option<Actor> {
    match people::resolve_session(&app.store, cookie.reveal()).await.expect("resolved") {
        Some(Resolved::Full(actor, _)) => Some(actor),
        Some(Resolved::CodeOpen(_)) | None => None,
    }
}

/// Action and summary of every entry of the ledger.
pub async fn ledger(app: &TestApp) -> Vec<(String, String)> {
    let mut cx = app.store.read(&Actor::system()).await.expect("a reader");
    let rows =
        cx.all("select action, actor_name, summary from ledger_entries order by seq", vec![]).await.expect("entries");
    rows.iter()
        .map(|row| {
            (
                row.text("action").unwrap(),
                format!("{} {}", row.text("actor_name").unwrap(), row.text("summary").unwrap()),
            )
        })
        .collect()
}

/// Everything that the ledger holds, as one text, to look for what it must not hold.
pub async fn ledger_text(app: &TestApp) -> String {
    let mut cx = app.store.read(&Actor::system()).await.expect("a reader");
    let rows = cx.all("select summary, detail from ledger_entries order by seq", vec![]).await.expect("entries");
    rows.iter().map(|row| format!("{} {}\n", row.text("summary").unwrap(), row.text("detail").unwrap())).collect()
}

pub fn field(refusal: &Refusal) -> &str {
    refusal.fields.first().map_or("", |problem| &problem.field)
}
