//! The cookie, the bearer token, and the middleware that turns either into an actor.

use std::{convert::Infallible, net::SocketAddr};

use axum::{
    extract::{ConnectInfo, FromRequestParts, Request, State},
    http::{HeaderMap, HeaderValue, header, request::Parts},
    middleware::Next,
    response::{IntoResponse, Response},
};
use kernel::{Actor, Refusal};
use ui::{ApiError, PageError};

use crate::{
    config::{People, client_address},
    rules::{lifetimes::SESSION_LONGEST, secret::Secret},
    sessions::{Resolved, SessionInfo, resolve_session, resolve_token},
    sign_in::Visitor,
};

/// Hung on a request whose password came and whose code did not.
#[derive(Debug, Clone)]
pub(crate) struct CodeOpen(pub SessionInfo);

fn cookie_name(people: &People) -> &'static str {
    if people.config.secure_cookies { "__Host-countersign" } else { "countersign" }
}

/// The session's cookie as the browser sent it.
pub(crate) fn session_cookie<'a>(people: &People, headers: &'a HeaderMap) -> Option<&'a str> {
    ui::cookie(headers, cookie_name(people)).filter(|value| !value.is_empty() && value.len() <= 100)
}

pub(crate) fn give_cookie(people: &People, response: &mut Response, secret: &Secret) {
    set(people, response, secret.reveal(), SESSION_LONGEST);
}

pub(crate) fn take_cookie(people: &People, response: &mut Response) {
    set(people, response, "", 0);
}

fn set(people: &People, response: &mut Response, value: &str, max_age: i64) {
    let secure = if people.config.secure_cookies { "; Secure" } else { "" };
    let text = format!("{}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={max_age}{secure}", cookie_name(people));
    if let Ok(mut value) = HeaderValue::from_str(&text) {
        value.set_sensitive(true);
        response.headers_mut().append(header::SET_COOKIE, value);
    }
}

/// Finds out who asks and hangs the [`Actor`] and the [`SessionInfo`] on the request. Apply it between `ui::inner` and
/// `ui::outer`.
///
/// A session that still waits for its code is nobody. Tokens count under `/api/` only: a token that leaked does not
/// open the account's pages.
pub async fn authenticate(State(people): State<People>, mut request: Request, next: Next) -> Response {
    let path = request.uri().path();
    if path.starts_with("/assets/") {
        return next.run(request).await;
    }
    let is_api = path.starts_with("/api/");
    let found = match bearer(request.headers()).filter(|_| is_api) {
        Some(token) => match resolve_token(&people.store, token).await {
            Ok(Some(actor)) => Ok((Some(actor), None)),
            Ok(None) => {
                return ApiError(Refusal::signed_out().hint("this token is unknown, over or revoked")).into_response();
            }
            Err(refusal) => Err(refusal),
        },
        None => match session_cookie(&people, request.headers()) {
            Some(cookie) => resolve_session(&people.store, cookie).await.map(|resolved| (None, resolved)),
            None => Ok((None, None)),
        },
    };
    let extensions = request.extensions_mut();
    match found {
        Ok((Some(actor), _)) => {
            extensions.insert(actor);
        }
        Ok((None, Some(Resolved::Full(actor, info)))) => {
            extensions.insert(actor);
            extensions.insert(info);
        }
        Ok((None, Some(Resolved::CodeOpen(info)))) => {
            extensions.insert(CodeOpen(info));
        }
        Ok((None, None)) => {}
        Err(refusal) => {
            tracing::error!(cause = %refusal.message, "nobody could be signed in");
            return if is_api { ApiError(refusal).into_response() } else { PageError(refusal).into_response() };
        }
    }
    next.run(request).await
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

impl FromRequestParts<People> for Visitor {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, people: &People) -> Result<Self, Infallible> {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|peer| peer.0.ip());
        let forwarded: Vec<&str> =
            parts.headers.get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok()).collect();
        let user_agent =
            parts.headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
        Ok(Self { ip: client_address(peer, &forwarded, &people.config.trusted_proxies), user_agent })
    }
}

/// The session in which a page is asked for, when it is asked for in one.
#[derive(Debug, Clone)]
pub(crate) struct Here(pub Option<SessionInfo>);

impl<S: Send + Sync> FromRequestParts<S> for Here {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self(parts.extensions.get().cloned()))
    }
}

/// Is somebody signed in, or does somebody's code still have to come?
#[derive(Debug, Clone)]
pub(crate) struct Door {
    pub signed_in: bool,
    pub code_open: Option<SessionInfo>,
}

impl<S: Send + Sync> FromRequestParts<S> for Door {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self {
            signed_in: parts.extensions.get::<Actor>().is_some(),
            code_open: parts.extensions.get::<CodeOpen>().map(|CodeOpen(info)| info.clone()),
        })
    }
}
