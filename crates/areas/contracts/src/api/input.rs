//! What comes in: bodies, the revision that a change was made against, places in a list, and keys that make a creation
//! happen once.

use axum::{
    Json,
    extract::{FromRequest, FromRequestParts, Request},
    http::{HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use db::Cx;
use kernel::{Cursor, FieldProblem, Refusal};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use ui::{ApiError, ApiJson, IfMatch, Problem, RequestId};

/// A JSON body. Beyond [`ApiJson`] it refuses the one character that PostgreSQL cannot keep, so that it is a problem of
/// the request and not a fault of the store.
pub(crate) struct Body<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        let ApiJson(value) = ApiJson::<Value>::from_request(request, state).await?;
        if let Some(field) = field_with_nul(&value, "") {
            return Err(ApiError(Refusal::field(field, "this holds the character U+0000, which no text has")));
        }
        serde_json::from_value(value).map(Self).map_err(|error| {
            ApiError(
                Refusal::invalid(format!("the body cannot be taken: {error}"))
                    .hint("the fields stand in the description at /api/docs"),
            )
        })
    }
}

/// The path of the first text with the character U+0000. The depth is bounded by the parser's own limit.
fn field_with_nul(value: &Value, path: &str) -> Option<String> {
    let below = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
    match value {
        Value::String(text) => text.contains('\0').then(|| path.to_owned()),
        Value::Array(items) => {
            items.iter().enumerate().find_map(|(at, item)| field_with_nul(item, &below(&at.to_string())))
        }
        Value::Object(fields) => fields.iter().find_map(|(name, field)| field_with_nul(field, &below(name))),
        _ => None,
    }
}

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

/// A creation under an idempotency key: what the key's first request answered, and where a new answer is kept.
pub(crate) struct Once<'a> {
    key: Option<&'a str>,
    request: Vec<u8>,
}

impl<'a> Once<'a> {
    /// `target` and `body` are what a second request must repeat. The body counts as it was understood, so that spaces
    /// between its fields do not matter.
    pub(crate) fn new(key: Option<&'a str>, target: &str, body: &impl Serialize) -> Result<Self, Refusal> {
        let mut request = format!("POST {target}\n").into_bytes();
        if key.is_some() {
            serde_json::to_writer(&mut request, body).map_err(Refusal::broken)?;
        }
        Ok(Self { key, request })
    }

    /// The answer of the first request.
    pub(crate) async fn earlier(&self, cx: &mut Cx) -> Result<Option<Value>, Refusal> {
        let Some(key) = self.key else { return Ok(None) };
        let answer = db::idempotency::earlier_answer(cx, key, &self.request).await?;
        answer.map(|answer| serde_json::from_str(&answer).map_err(Refusal::broken)).transpose()
    }

    /// Keeps the answer in the transaction that made it, and hands it on.
    pub(crate) async fn keep(&self, cx: &mut Cx, answer: &impl Serialize) -> Result<Value, Refusal> {
        let answer = serde_json::to_value(answer).map_err(Refusal::broken)?;
        if let Some(key) = self.key {
            db::idempotency::keep_answer(cx, key, &self.request, &answer.to_string()).await?;
        }
        Ok(answer)
    }
}

/// 201 with what was made. A kept answer says that it is one.
pub(crate) fn created(answer: Value, replayed: bool, location: Option<String>) -> Response {
    let revision = answer["revision"].as_i64();
    let mut response = match revision {
        Some(revision) => ui::with_etag(revision, ApiJson(answer)),
        None => ApiJson(answer).into_response(),
    };
    *response.status_mut() = StatusCode::CREATED;
    if let Some(location) = location.and_then(|location| HeaderValue::try_from(location).ok()) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    if replayed {
        response.headers_mut().insert("idempotent-replayed", HeaderValue::from_static("true"));
    }
    response
}

/// Reads with one actor's eyes: `read!(contracts, &actor, |cx| contract::get(cx, id).await)`.
macro_rules! read {
    ($contracts:expr, $actor:expr, |$cx:ident| $body:expr) => {{
        let $cx = &mut $contracts.store.read($actor).await?;
        $body
    }};
}
pub(crate) use read;
