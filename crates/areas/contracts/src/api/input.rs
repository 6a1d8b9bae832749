//! What comes in: the revision that a change was made against, and places in a list. Bodies and keys are `ui`'s.

use axum::{
    Json,
    extract::FromRequestParts,
    http::{HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use kernel::{Cursor, FieldProblem, Refusal};
pub(crate) use ui::{Body, Once, created};
use ui::{IfMatch, Problem, RequestId};

/// The revision against which a change was made; `None` for `If-Match: *`. A request without the header is refused with
/// 428, because a change that names no revision silently undoes someone else's.
pub(crate) struct Revision(pub Option<i64>);

impl<S: Send + Sync> FromRequestParts<S> for Revision {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        if !parts.headers.contains_key(header::IF_MATCH) {
            return Err(revision_missing(parts.extensions.get::<RequestId>()));
        }
        IfMatch::from_request_parts(parts, state)
            .await
            .map(|IfMatch(revision)| Self(revision))
            .map_err(IntoResponse::into_response)
    }
}

fn revision_missing(id: Option<&RequestId>) -> Response {
    let refusal = Refusal::invalid("this change needs the header `if-match`")
        .hint("send back the `etag` of the record as you got it (a finding's is its `revision` in quotes), or `*` to overwrite whatever is there");
    let id = id.map(|RequestId(id)| id.to_string());
    let problem = Problem {
        kind: "urn:countersign:problem:revision-missing".to_owned(),
        title: "Say which revision you read".to_owned(),
        status: StatusCode::PRECONDITION_REQUIRED.as_u16(),
        ..Problem::new(&refusal, id.as_deref())
    };
    let mut response = (StatusCode::PRECONDITION_REQUIRED, Json(problem)).into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    response
}

/// Gathers what is wrong with a query, so that it is refused once.
#[derive(Default)]
pub(crate) struct Checked(Vec<FieldProblem>);

impl Checked {
    pub(crate) fn say(&mut self, field: &str, message: impl Into<String>) {
        self.0.push(FieldProblem { field: field.to_owned(), message: message.into() });
    }

    /// Reads a word, a date or an id, where there is one.
    pub(crate) fn read<T: std::str::FromStr<Err: ToString>>(
        &mut self,
        field: &str,
        text: Option<&String>,
    ) -> Option<T> {
        let text = text.map(|text| text.trim()).filter(|text| !text.is_empty())?;
        text.parse().map_err(|error: T::Err| self.say(field, error.to_string())).ok()
    }

    /// Text to search for.
    pub(crate) fn search(&mut self, text: Option<String>) -> String {
        let text = text.unwrap_or_default();
        if text.contains('\0') || text.chars().count() > 200 {
            self.say("q", "at most 200 characters can be searched for");
        }
        text
    }

    /// 1 to 200, 50 where none is named.
    pub(crate) fn limit(&mut self, text: Option<&String>) -> usize {
        match text.map(|text| text.parse()) {
            None => 50,
            Some(Ok(limit @ 1..=200)) => limit,
            Some(_) => {
                self.say("limit", "write a whole number from 1 to 200");
                50
            }
        }
    }

    /// The place where the page before ended.
    pub(crate) fn cursor(&mut self, text: Option<&String>) -> Option<Cursor> {
        let text = text?;
        let cursor = Cursor::decode(text).filter(|cursor| !cursor.key.contains('\0'));
        if cursor.is_none() {
            self.say("cursor", "this is not a place in the list; take `next` from the page before");
        }
        cursor
    }

    pub(crate) fn done<T>(self, value: T) -> Result<T, Refusal> {
        if self.0.is_empty() { Ok(value) } else { Err(Refusal::fields(self.0)) }
    }
}

/// Reads with one actor's eyes: `read!(contracts, &actor, |cx| contract::get(cx, id).await)`.
macro_rules! read {
    ($contracts:expr, $actor:expr, |$cx:ident| $body:expr) => {{
        let $cx = &mut $contracts.store.read($actor).await?;
        $body
    }};
}
pub(crate) use read;
