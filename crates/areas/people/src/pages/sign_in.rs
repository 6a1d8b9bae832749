//! Pages for people who are not signed in: the door, the first set-up, invitations.

use askama::Template;
use axum::{
    Router,
    extract::State,
    http::HeaderMap,
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use kernel::{Actor, Refusal, Side};
use serde::Deserialize;
use ui::{
    Bare, BareCx, FormState, PageForm, PagePath, PageQuery, PageResult, local_path, percent_encode, redirect_with_flash,
};

use super::side_options;
use crate::{
    config::People,
    model::Invitation,
    rules::draft::{PersonDraft, Problems},
    sign_in::{SignedIn, Visitor},
    web::{Door, give_cookie, session_cookie, take_cookie},
};

pub(super) fn router() -> Router<People> {
    Router::new()
        .route("/sign-in", get(door).post(sign_in))
        .route("/sign-in/code", get(code).post(enter_code))
        .route("/sign-out", post(sign_out))
        .route("/setup/{token}", get(setup).post(complete_setup))
        .route("/invitation/{token}", get(invitation).post(accept))
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Next {
    next: String,
}

#[derive(Template)]
#[template(path = "people_sign_in.html")]
struct SignInPage {
    bare: Bare,
    form: FormState,
    next: String,
}

#[derive(Template)]
#[template(path = "people_code.html")]
struct CodePage {
    bare: Bare,
    form: FormState,
    next: String,
    name: String,
}

#[derive(Template)]
#[template(path = "people_setup.html")]
struct SetupPage {
    bare: Bare,
    form: FormState,
    sides: Vec<(&'static str, &'static str)>,
}

#[derive(Template)]
#[template(path = "people_invitation.html")]
struct InvitationPage {
    bare: Bare,
    form: FormState,
    invitation: Invitation,
    until: String,
}

async fn door(bare: BareCx, door: Door, PageQuery(query): PageQuery<Next>) -> PageResult {
    if door.signed_in {
        return Ok(Redirect::to(local_path(&query.next)).into_response());
    }
    bare.render(&SignInPage { bare: bare.bare("Sign in"), form: FormState::new(), next: query.next })
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Credentials {
    email: String,
    password: String,
    next: String,
}

async fn sign_in(
    State(people): State<People>,
    bare: BareCx,
    visitor: Visitor,
    headers: HeaderMap,
    PageForm(sent, form): PageForm<Credentials>,
) -> PageResult {
    let earlier = session_cookie(&people, &headers);
    match crate::sign_in::sign_in(&people.store, &sent.email, &sent.password, &visitor, earlier).await {
        Ok(signed_in) => Ok(enter(&people, &signed_in, &sent.next, None)),
        Err(refusal) => bare.again(refusal, |refusal| SignInPage {
            bare: bare.bare("Sign in"),
            form: form.refused(refusal),
            next: sent.next,
        }),
    }
}

/// Sends someone whose password was right on: to the code, or in.
fn enter(people: &People, signed_in: &SignedIn, next: &str, welcome: Option<&str>) -> Response {
    let next = local_path(next);
    let (secret, mut response) = match signed_in {
        SignedIn::Fully(secret) => {
            let inside = match welcome {
                Some(words) => redirect_with_flash(next, words),
                None => Redirect::to(next).into_response(),
            };
            (secret, inside)
        }
        SignedIn::CodeNeeded(secret) => {
            (secret, Redirect::to(&format!("/sign-in/code?next={}", percent_encode(next))).into_response())
        }
    };
    give_cookie(people, &mut response, secret);
    response
}

async fn code(bare: BareCx, door: Door, PageQuery(query): PageQuery<Next>) -> PageResult {
    match door.code_open {
        Some(info) => bare.render(&CodePage {
            bare: bare.bare("One more step"),
            form: FormState::new(),
            next: query.next,
            name: info.name,
        }),
        None => Ok(Redirect::to("/sign-in").into_response()),
    }
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Code {
    code: String,
    next: String,
}

async fn enter_code(
    State(people): State<People>,
    bare: BareCx,
    door: Door,
    visitor: Visitor,
    headers: HeaderMap,
    PageForm(sent, form): PageForm<Code>,
) -> PageResult {
    let cookie = session_cookie(&people, &headers).unwrap_or_default();
    match crate::sign_in::enter_code(&people.store, &people.config.secret_key, cookie, &sent.code, &visitor).await {
        Ok(secret) => Ok(enter(&people, &SignedIn::Fully(secret), &sent.next, None)),
        Err(refusal) => bare.again(refusal, |refusal| CodePage {
            bare: bare.bare("One more step"),
            form: form.refused(refusal),
            next: sent.next,
            name: door.code_open.map(|info| info.name).unwrap_or_default(),
        }),
    }
}

async fn sign_out(State(people): State<People>, headers: HeaderMap) -> PageResult {
    if let Some(cookie) = session_cookie(&people, &headers) {
        crate::sessions::sign_out(&people.store, cookie).await?;
    }
    let mut response = redirect_with_flash("/sign-in", "You are signed out.");
    take_cookie(&people, &mut response);
    Ok(response)
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Beginning {
    name: String,
    email: String,
    sides: Vec<String>,
    password: String,
    again: String,
}

/// Typed twice, because nobody sees what is typed.
fn same_twice(password: &str, again: &str) -> Result<(), Refusal> {
    let mut problems = Problems::default();
    if password != again {
        problems.add("again", "the two passwords are not the same");
    }
    problems.finish()
}

async fn setup(State(people): State<People>, bare: BareCx, PagePath(token): PagePath<String>) -> PageResult {
    crate::setup::setup_is_open(&mut people.store.read(&Actor::system()).await?, &token).await?;
    bare.render(&SetupPage { bare: bare.bare("Set up your workspace"), form: FormState::new(), sides: inside() })
}

/// An administrator comes from inside the house.
fn inside() -> Vec<(&'static str, &'static str)> {
    side_options()
        .into_iter()
        .filter(|(word, _)| ![Side::Vendor, Side::Auditor].iter().any(|side| side.as_str() == *word))
        .collect()
}

async fn complete_setup(
    State(people): State<People>,
    bare: BareCx,
    visitor: Visitor,
    headers: HeaderMap,
    PagePath(token): PagePath<String>,
    PageForm(sent, form): PageForm<Beginning>,
) -> PageResult {
    let draft = PersonDraft { name: sent.name, email: sent.email, sides: sent.sides, ..PersonDraft::default() };
    let done = match same_twice(&sent.password, &sent.again) {
        Ok(()) => crate::setup::complete_setup(&people.store, &token, &draft, &sent.password).await,
        Err(refusal) => Err(refusal),
    };
    match done {
        Ok(_) => {
            let signed_in = crate::sign_in::sign_in(
                &people.store,
                &draft.email,
                &sent.password,
                &visitor,
                session_cookie(&people, &headers),
            )
            .await?;
            Ok(enter(
                &people,
                &signed_in,
                "/people",
                Some(
                    "Your workspace is ready. Invite the others next, and turn on your second factor under “My account”.",
                ),
            ))
        }
        Err(refusal) => bare.again(refusal, |refusal| SetupPage {
            bare: bare.bare("Set up your workspace"),
            form: form.refused(refusal),
            sides: inside(),
        }),
    }
}

fn invitation_page(people: &People, bare: &BareCx, invitation: Invitation, form: FormState) -> InvitationPage {
    let title = if invitation.person.is_some() { "Choose a new password" } else { "Welcome to Countersign" };
    InvitationPage { bare: bare.bare(title), form, until: people.moment(invitation.expires_at), invitation }
}

async fn invitation(State(people): State<People>, bare: BareCx, PagePath(token): PagePath<String>) -> PageResult {
    let invitation =
        crate::invitations::open_invitation(&mut people.store.read(&Actor::system()).await?, &token).await?;
    let form = FormState::new().with("name", &invitation.name);
    bare.render(&invitation_page(&people, &bare, invitation, form))
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Acceptance {
    name: String,
    password: String,
    again: String,
}

async fn accept(
    State(people): State<People>,
    bare: BareCx,
    visitor: Visitor,
    headers: HeaderMap,
    PagePath(token): PagePath<String>,
    PageForm(sent, form): PageForm<Acceptance>,
) -> PageResult {
    let invitation =
        crate::invitations::open_invitation(&mut people.store.read(&Actor::system()).await?, &token).await?;
    let done = match same_twice(&sent.password, &sent.again) {
        Ok(()) => crate::invitations::accept_invitation(&people.store, &token, &sent.name, &sent.password).await,
        Err(refusal) => Err(refusal),
    };
    match done {
        Ok(_) => {
            let signed_in = crate::sign_in::sign_in(
                &people.store,
                &invitation.email,
                &sent.password,
                &visitor,
                session_cookie(&people, &headers),
            )
            .await?;
            Ok(enter(&people, &signed_in, "/", Some("Welcome. Under “My account” you can add a second factor.")))
        }
        Err(refusal) => {
            bare.again(refusal, |refusal| invitation_page(&people, &bare, invitation, form.refused(refusal)))
        }
    }
}
