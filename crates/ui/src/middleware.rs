//! What stands around every request: its id and log line, the headers that keep browsers strict, the check against
//! forged requests, and the last word on refusals and panics.

use std::{any::Any, sync::Arc};

use axum::{
    Extension, Router,
    extract::{MatchedPath, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header},
    middleware::{Next, from_fn, from_fn_with_state},
    response::{IntoResponse, Redirect, Response},
};
use kernel::{Actor, Refusal, RefusalKind, Uuid, World};
use tower_http::catch_panic::CatchPanicLayer;
use tracing::Instrument as _;

use crate::{
    area::Nav,
    errors::{self, PageError, Refused},
    extract::{is_api, sign_in_url},
    page::{BareCx, PageCx},
    refusal_page,
};

/// Nothing runs, loads or is framed that is not ours. Styles in attributes do not work either: use classes.
pub const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; \
     connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; manifest-src 'self'";

const HTML: &str = "text/html; charset=utf-8";
const HTMX: HeaderName = HeaderName::from_static("hx-request");

/// The id of a request, in its extensions, in its log lines and in the header `x-request-id` of its answer.
#[derive(Debug, Clone, Copy)]
pub struct RequestId(pub Uuid);

/// How the server is reached.
#[derive(Debug, Clone, Default)]
pub struct Reach {
    /// Only then may browsers be told to never come by HTTP again.
    pub https: bool,
    /// The origin that people type, such as `https://countersign.example`, where a proxy changes the `host` header.
    pub origin: Option<String>,
}

/// What stands inside the session: the navigation, refusals in the shell, panics. Apply it to all routes, then the
/// middleware that finds the [`Actor`], then [`outer`].
pub fn inner(routes: Router, nav: Nav) -> Router {
    routes
        .fallback(|| async { PageError(Refusal::not_found("there is nothing at this address")) })
        .method_not_allowed_fallback(method_not_allowed)
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn(refusals))
        .layer(Extension(Arc::new(nav)))
}

/// What stands outside the session: id and log line, security headers, the check against forged requests.
pub fn outer(routes: Router, world: Arc<dyn World>, reach: Reach) -> Router {
    let reach = Arc::new(reach);
    routes
        .layer(from_fn_with_state(Arc::clone(&reach), csrf))
        .layer(from_fn_with_state(reach, security_headers))
        .layer(from_fn_with_state(world, trace))
}

async fn method_not_allowed(method: Method) -> Response {
    let refusal = Refusal::invalid(format!("this address does not take `{method}`"));
    let mut response = StatusCode::METHOD_NOT_ALLOWED.into_response();
    response.extensions_mut().insert(Refused(refusal));
    response
}

fn panicked(payload: Box<dyn Any + Send + 'static>) -> Response {
    let cause = payload
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| payload.downcast_ref::<&str>().copied())
        .unwrap_or("a value that is no text");
    PageError(Refusal::broken(format!("panic: {cause}"))).into_response()
}

/// Gives a refusal its shell, its id and, where the fault is ours, its line in the log. What the framework refuses in
/// its own words is said in ours.
pub async fn refusals(request: Request, next: Next) -> Response {
    let asked = Asked::from(&request);
    let response = next.run(request).await;
    let refusal = match response.extensions().get::<Refused>() {
        Some(Refused(refusal)) => refusal.clone(),
        None => match foreign(&response) {
            Some(refusal) => refusal,
            None => return response,
        },
    };
    asked.answer(&refusal, response)
}

/// What [`refusals`] remembers of a request.
struct Asked {
    method: Method,
    path: String,
    query: Option<String>,
    headers: HeaderMap,
    actor: Option<Actor>,
    nav: Arc<Nav>,
    id: Option<RequestId>,
}

impl Asked {
    fn from(request: &Request) -> Self {
        let mut headers = HeaderMap::new();
        for name in [header::COOKIE, header::REFERER, header::HOST, HTMX] {
            for value in request.headers().get_all(&name) {
                headers.append(name.clone(), value.clone());
            }
        }
        let extensions = request.extensions();
        Self {
            method: request.method().clone(),
            path: request.uri().path().to_owned(),
            query: request.uri().query().map(str::to_owned),
            headers,
            actor: extensions.get::<Actor>().cloned(),
            nav: extensions.get::<Arc<Nav>>().cloned().unwrap_or_default(),
            id: extensions.get::<RequestId>().copied(),
        }
    }

    fn answer(self, refusal: &Refusal, plain: Response) -> Response {
        let id = self.id.map(|RequestId(id)| id.to_string());
        if refusal.kind == RefusalKind::Broken {
            let id = id.as_deref().unwrap_or("none");
            tracing::error!(request = id, cause = %refusal.message, "a fault of ours");
        }
        let status = plain.status();
        if is_api(&self.path) {
            let mut problem = errors::Problem::new(refusal, id.as_deref());
            let status = if status.is_redirection() { errors::status(refusal.kind, true) } else { status };
            problem.status = status.as_u16();
            let body = serde_json::to_vec(&problem).unwrap_or_default();
            return swap_body(plain, status, "application/problem+json", body);
        }
        if refusal.kind == RefusalKind::SignedOut {
            return self.into_sign_in();
        }
        if self.headers.contains_key(HTMX) {
            return match refusal_page::notice(refusal, status, id) {
                Ok(html) => swap_body(plain, status, HTML, html.into_bytes()),
                Err(_) => plain,
            };
        }
        let html = match self.actor {
            Some(actor) => {
                let page = PageCx::new(actor, self.path, &self.headers, self.nav);
                refusal_page::in_shell(&page, refusal, status, id)
            }
            None => {
                let bare = BareCx {
                    organisation: self.nav.organisation.clone(),
                    theme: crate::page::theme(&self.headers),
                    flash: None,
                };
                refusal_page::bare(&bare, refusal, status, id)
            }
        };
        match html {
            Ok(html) => swap_body(plain, status, HTML, html.into_bytes()),
            Err(cause) => {
                tracing::error!(%cause, "the page of a refusal could not be drawn");
                plain
            }
        }
    }
}

impl Asked {
    /// htmx would follow a redirect by itself and put the sign-in page into the middle of this one, so it is told to go.
    fn into_sign_in(self) -> Response {
        if self.headers.contains_key(HTMX) {
            let to = sign_in_url(&Method::POST, &self.path, None, &self.headers);
            let mut response = StatusCode::UNAUTHORIZED.into_response();
            if let Ok(to) = HeaderValue::from_str(&to) {
                response.headers_mut().insert("hx-redirect", to);
            }
            return response;
        }
        let to = sign_in_url(&self.method, &self.path, self.query.as_deref(), &self.headers);
        Redirect::to(&to).into_response()
    }
}

fn swap_body(plain: Response, status: StatusCode, content_type: &'static str, body: Vec<u8>) -> Response {
    let (mut parts, _) = plain.into_parts();
    parts.status = status;
    parts.headers.remove(header::CONTENT_LENGTH);
    parts.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    Response::from_parts(parts, body.into())
}

/// A refusal in plain text that is none of ours: the framework's own.
fn foreign(response: &Response) -> Option<Refusal> {
    let status = response.status();
    let content_type = response.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("");
    if !(status.is_client_error() || status.is_server_error())
        || !(content_type.is_empty() || content_type.starts_with("text/plain"))
    {
        return None;
    }
    Some(match status {
        StatusCode::NOT_FOUND => Refusal::not_found("there is nothing at this address"),
        StatusCode::PAYLOAD_TOO_LARGE => errors::too_large(),
        StatusCode::UNAUTHORIZED => Refusal::signed_out(),
        StatusCode::FORBIDDEN => Refusal::forbidden("you may not do this"),
        StatusCode::TOO_MANY_REQUESTS => Refusal::too_many("too many requests; wait a little"),
        StatusCode::REQUEST_TIMEOUT => Refusal::invalid("the request took too long").hint("try again"),
        status if status.is_server_error() => Refusal::broken(format!("answered {status} without a refusal")),
        status => Refusal::invalid(format!("the request cannot be read ({status})")),
    })
}

/// The id of the request, its span and its log line. The line names the route and never the address, because an
/// address may hold a secret link or what someone searched for.
pub async fn trace(State(world): State<Arc<dyn World>>, mut request: Request, next: Next) -> Response {
    let id = world.new_uuid();
    request.extensions_mut().insert(RequestId(id));
    let route = request.extensions().get::<MatchedPath>().map_or("none", MatchedPath::as_str).to_owned();
    let span = tracing::info_span!("request", %id, method = %request.method(), route);
    let begun = world.now();
    let mut response = next.run(request).instrument(span.clone()).await;
    let micros = world.now().micros() - begun.micros();
    span.in_scope(|| tracing::info!(status = response.status().as_u16(), micros, "answered"));
    if let Ok(value) = HeaderValue::from_str(&id.to_string()) {
        response.headers_mut().insert("x-request-id", value);
    }
    response
}

/// Sets what is not set: a handler that serves a file may say something stricter.
pub async fn security_headers(State(reach): State<Arc<Reach>>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let mut set = |name: &'static str, value: &'static str| {
        headers.entry(HeaderName::from_static(name)).or_insert(HeaderValue::from_static(value));
    };
    set("content-security-policy", CONTENT_SECURITY_POLICY);
    set("x-content-type-options", "nosniff");
    set("referrer-policy", "same-origin");
    set("permissions-policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()");
    set("cross-origin-opener-policy", "same-origin");
    set("cross-origin-resource-policy", "same-origin");
    set("x-frame-options", "DENY");
    set("cache-control", "no-store");
    if reach.https {
        set("strict-transport-security", "max-age=31536000; includeSubDomains");
    }
    response
}

/// Lets a request change something only when the browser says that it comes from a page of ours.
///
/// Every browser of the last years sends `Sec-Fetch-Site`, older ones at least `Origin`. A client that sends neither and
/// no cookie is no browser and has nothing that could be abused; nor has one with a bearer token and no cookie.
pub async fn csrf(State(reach): State<Arc<Reach>>, request: Request, next: Next) -> Response {
    if request.method().is_safe() || is_own(request.headers(), &reach) {
        return next.run(request).await;
    }
    let refusal = Refusal::forbidden("this request did not come from a page of this server")
        .hint("open the page here and send it again");
    let path = request.uri().path();
    if is_api(path) { errors::problem_response(&refusal, None) } else { PageError(refusal).into_response() }
}

fn is_own(headers: &HeaderMap, reach: &Reach) -> bool {
    let text = |name: HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or("unreadable"));
    let has_cookie = headers.contains_key(header::COOKIE);
    if !has_cookie && text(header::AUTHORIZATION).is_some_and(|value| value.starts_with("Bearer ")) {
        return true;
    }
    if let Some(site) = text(HeaderName::from_static("sec-fetch-site")) {
        return site == "same-origin" || site == "none";
    }
    match text(header::ORIGIN) {
        Some(origin) => {
            let host = origin.split_once("://").map(|(_, host)| host);
            reach.origin.as_deref() == Some(origin) || (host.is_some() && host == text(header::HOST))
        }
        None => !has_cookie,
    }
}
