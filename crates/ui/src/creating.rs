//! What an endpoint that creates stands on: a body that any store can keep, and keys by which a creation that is sent twice
//! happens once.

use axum::{
    extract::{FromRequest, Request},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use db::Cx;
use kernel::Refusal;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use crate::{ApiError, ApiJson};

/// A JSON body. Beyond [`ApiJson`] it refuses the one character that PostgreSQL cannot keep, so that it is a problem of
/// the request and not a fault of the store.
pub struct Body<T>(pub T);

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

/// A creation under an idempotency key: what the key's first request answered, and where a new answer is kept.
pub struct Once<'a> {
    key: Option<&'a str>,
    request: Vec<u8>,
}

impl<'a> Once<'a> {
    /// `target` and `body` are what a second request must repeat. The body counts as it was understood, so that spaces
    /// between its fields do not matter.
    pub fn new(key: Option<&'a str>, target: &str, body: &impl Serialize) -> Result<Self, Refusal> {
        let mut request = format!("POST {target}\n").into_bytes();
        if key.is_some() {
            serde_json::to_writer(&mut request, body).map_err(Refusal::broken)?;
        }
        Ok(Self { key, request })
    }

    /// The answer of the first request.
    pub async fn earlier(&self, cx: &mut Cx) -> Result<Option<Value>, Refusal> {
        let Some(key) = self.key else { return Ok(None) };
        let answer = db::idempotency::earlier_answer(cx, key, &self.request).await?;
        answer.map(|answer| serde_json::from_str(&answer).map_err(Refusal::broken)).transpose()
    }

    /// Keeps the answer in the transaction that made it, and hands it on.
    pub async fn keep(&self, cx: &mut Cx, answer: &impl Serialize) -> Result<Value, Refusal> {
        let answer = serde_json::to_value(answer).map_err(Refusal::broken)?;
        if let Some(key) = self.key {
            db::idempotency::keep_answer(cx, key, &self.request, &answer.to_string()).await?;
        }
        Ok(answer)
    }
}

/// 201 with what was made. A kept answer says that it is one.
pub fn created(answer: Value, replayed: bool, location: Option<String>) -> Response {
    let revision = answer["revision"].as_i64();
    let mut response = match revision {
        Some(revision) => crate::with_etag(revision, ApiJson(answer)),
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
