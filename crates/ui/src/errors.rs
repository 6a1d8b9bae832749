//! The one place where a [`Refusal`] becomes an HTTP status, a page or a problem document.
//!
//! [`PageError`] and [`ApiError`] know no request, so they answer with a plain form of themselves and hang the refusal on
//! the response; [`crate::middleware::refusals`], which knows the request, gives it the shell, the id and the log line.

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Redirect, Response},
};
use kernel::{Refusal, RefusalKind};
use serde::Serialize;
use utoipa::ToSchema;

use crate::page::escape;

/// How long someone who tried too often is asked to wait. The limits themselves are the areas'.
pub const RETRY_AFTER_SECONDS: u32 = 30;

/// What a handler of a page fails with; `?` makes it from a [`Refusal`].
#[derive(Debug)]
pub struct PageError(pub Refusal);

/// What a handler under `/api/` fails with; `?` makes it from a [`Refusal`].
#[derive(Debug)]
pub struct ApiError(pub Refusal);

pub type PageResult = Result<Response, PageError>;
pub type ApiResult<T> = Result<T, ApiError>;

impl From<Refusal> for PageError {
    fn from(refusal: Refusal) -> Self {
        Self(refusal)
    }
}

impl From<Refusal> for ApiError {
    fn from(refusal: Refusal) -> Self {
        Self(refusal)
    }
}

/// Hung on a response so that the middleware can say the same thing better.
#[derive(Debug, Clone)]
pub(crate) struct Refused(pub Refusal);

/// A refusal as RFC 9457 says it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Problem {
    /// `urn:countersign:problem:` and the kind of refusal.
    #[serde(rename = "type")]
    #[schema(example = "urn:countersign:problem:invalid")]
    pub kind: String,
    #[schema(example = "The request cannot be taken as it is")]
    pub title: String,
    #[schema(example = 422)]
    pub status: u16,
    /// What is wrong, in words for a person.
    pub detail: String,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    /// What is wrong with which field.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
    /// The id of the request, as it stands in the server's log.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instance: Option<String>,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct FieldError {
    #[schema(example = "expires_on")]
    pub field: String,
    #[schema(example = "`2026-13-01` is not a date")]
    pub message: String,
}

/// The status of a refusal. A page that is stale answers 409, because 412 speaks of a header that no form sends.
pub fn status(kind: RefusalKind, api: bool) -> StatusCode {
    match kind {
        RefusalKind::Invalid | RefusalKind::Unreadable => StatusCode::UNPROCESSABLE_ENTITY,
        RefusalKind::SignedOut => StatusCode::UNAUTHORIZED,
        RefusalKind::Forbidden => StatusCode::FORBIDDEN,
        RefusalKind::NotFound => StatusCode::NOT_FOUND,
        RefusalKind::Stale if api => StatusCode::PRECONDITION_FAILED,
        RefusalKind::Stale | RefusalKind::Conflict => StatusCode::CONFLICT,
        RefusalKind::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        RefusalKind::TooMany => StatusCode::TOO_MANY_REQUESTS,
        RefusalKind::Broken => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// The heading of a refusal, which depends on nothing but its kind.
pub fn title(kind: RefusalKind) -> &'static str {
    match kind {
        RefusalKind::Invalid => "The request cannot be taken as it is",
        RefusalKind::SignedOut => "Nobody is signed in",
        RefusalKind::Forbidden => "Not yours to do",
        RefusalKind::NotFound => "Not found",
        RefusalKind::Stale => "Changed by someone else",
        RefusalKind::Conflict => "Not possible in this state",
        RefusalKind::TooLarge => "Too large",
        RefusalKind::TooMany => "Too many tries",
        RefusalKind::Unreadable => "A file that cannot be read",
        RefusalKind::Broken => "Something broke on our side",
    }
}

fn word(kind: RefusalKind) -> &'static str {
    match kind {
        RefusalKind::Invalid => "invalid",
        RefusalKind::SignedOut => "signed-out",
        RefusalKind::Forbidden => "forbidden",
        RefusalKind::NotFound => "not-found",
        RefusalKind::Stale => "stale",
        RefusalKind::Conflict => "conflict",
        RefusalKind::TooLarge => "too-large",
        RefusalKind::TooMany => "too-many",
        RefusalKind::Unreadable => "unreadable",
        RefusalKind::Broken => "broken",
    }
}

/// What a reader may know: the cause of a fault of ours stays in the log.
pub(crate) fn for_reader(refusal: &Refusal) -> (String, Option<String>) {
    if refusal.kind == RefusalKind::Broken {
        let hint = "nothing of what you sent was lost on your side; try again, and if it comes back, tell whoever runs this server the id below";
        return ("the fault is ours and has been noted".to_owned(), Some(hint.to_owned()));
    }
    (refusal.message.clone(), refusal.hint.clone())
}

pub(crate) fn too_large() -> Refusal {
    Refusal::new(RefusalKind::TooLarge, "what was sent is larger than this server takes").hint("send a smaller file")
}

impl Problem {
    pub fn new(refusal: &Refusal, id: Option<&str>) -> Self {
        let (detail, hint) = for_reader(refusal);
        Self {
            kind: format!("urn:countersign:problem:{}", word(refusal.kind)),
            title: title(refusal.kind).to_owned(),
            status: status(refusal.kind, true).as_u16(),
            detail,
            hint,
            errors: refusal
                .fields
                .iter()
                .map(|problem| FieldError { field: problem.field.clone(), message: problem.message.clone() })
                .collect(),
            instance: id.map(|id| format!("urn:uuid:{id}")),
        }
    }
}

pub(crate) fn problem_response(refusal: &Refusal, id: Option<&str>) -> Response {
    let mut response = (status(refusal.kind, true), Json(Problem::new(refusal, id))).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    if refusal.kind == RefusalKind::SignedOut {
        headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    retry_after(&mut response, refusal.kind);
    response
}

pub(crate) fn retry_after(response: &mut Response, kind: RefusalKind) {
    if kind == RefusalKind::TooMany {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(RETRY_AFTER_SECONDS));
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let mut response = problem_response(&self.0, None);
        response.extensions_mut().insert(Refused(self.0));
        response
    }
}

impl IntoResponse for PageError {
    fn into_response(self) -> Response {
        let kind = self.0.kind;
        let mut response = if kind == RefusalKind::SignedOut {
            Redirect::to("/sign-in").into_response()
        } else {
            let (message, hint) = for_reader(&self.0);
            let hint = hint.unwrap_or_default();
            let page = format!(
                "<!doctype html><html lang=\"en\"><title>{title}</title><h1>{title}</h1><p>{}</p><p>{}</p></html>",
                escape(&message),
                escape(&hint),
                title = title(kind),
            );
            (status(kind, false), Html(page)).into_response()
        };
        retry_after(&mut response, kind);
        response.extensions_mut().insert(Refused(self.0));
        response
    }
}
