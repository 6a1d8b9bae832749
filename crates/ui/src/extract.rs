//! Extractors whose rejections are refusals, so that no client ever sees the framework's own words.

use axum::{
    Json,
    extract::{FromRequest, FromRequestParts, Path, Request},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header, request::Parts},
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::Query;
use kernel::{Actor, Refusal};
use serde::{Serialize, de::DeserializeOwned};

use crate::{
    errors::{ApiError, PageError, Refused, too_large},
    page::{local_path, path_of},
};

/// The person who is signed in. A middleware of the server puts the [`Actor`] into the request.
///
/// Without one, a page sends to `/sign-in?next=…` and an endpoint answers 401.
#[derive(Debug, Clone)]
pub struct Signed(pub Actor);

/// The person who is signed in, if anybody is.
#[derive(Debug, Clone)]
pub struct MaybeSigned(pub Option<Actor>);

impl<S: Send + Sync> FromRequestParts<S> for Signed {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Response> {
        parts.extensions.get::<Actor>().cloned().map(Signed).ok_or_else(|| {
            let path = path_of(parts);
            if is_api(&path) {
                return ApiError(Refusal::signed_out()).into_response();
            }
            let mut response =
                Redirect::to(&sign_in_url(&parts.method, &path, parts.uri.query(), &parts.headers)).into_response();
            response.extensions_mut().insert(Refused(Refusal::signed_out()));
            response
        })
    }
}

impl<S: Send + Sync> FromRequestParts<S> for MaybeSigned {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(Self(parts.extensions.get::<Actor>().cloned()))
    }
}

pub(crate) fn is_api(path: &str) -> bool {
    path.starts_with("/api/")
}

/// Where to sign in, and to come back from there. A form that was sent cannot be sent again by a link, so its page is
/// where one comes back to: the one that the browser names as the referrer.
pub(crate) fn sign_in_url(method: &Method, path: &str, query: Option<&str>, headers: &HeaderMap) -> String {
    let next = if *method == Method::GET || *method == Method::HEAD {
        query.map_or_else(|| path.to_owned(), |query| format!("{path}?{query}"))
    } else {
        own_referrer(headers).unwrap_or_else(|| "/".to_owned())
    };
    match local_path(&next) {
        "/" => "/sign-in".to_owned(),
        next => format!("/sign-in?next={}", percent_encode(next)),
    }
}

pub(crate) fn own_referrer(headers: &HeaderMap) -> Option<String> {
    let referrer = headers.get(header::REFERER)?.to_str().ok()?;
    let host = headers.get(header::HOST)?.to_str().ok()?;
    let rest = referrer.strip_prefix("https://").or_else(|| referrer.strip_prefix("http://"))?;
    let path = rest.strip_prefix(host)?;
    path.starts_with('/').then(|| local_path(path).to_owned())
}

/// Everything but the unreserved letters of RFC 3986 and `/`.
pub fn percent_encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

/// A JSON body, in both directions.
#[derive(Debug, Clone)]
pub struct ApiJson<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for ApiJson<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        match Json::<T>::from_request(request, state).await {
            Ok(Json(body)) => Ok(Self(body)),
            Err(rejection) if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE => Err(ApiError(too_large())),
            Err(rejection) => Err(ApiError(
                Refusal::invalid(format!("the body cannot be read: {}", rejection.body_text()))
                    .hint("send JSON as the description at /api/docs says, with `content-type: application/json`"),
            )),
        }
    }
}

impl<T: Serialize> IntoResponse for ApiJson<T> {
    fn into_response(self) -> Response {
        Json(self.0).into_response()
    }
}

macro_rules! parts_extractor {
    ($(#[$doc:meta])* $name:ident, $inner:ident, $error:ident, $refuse:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone)]
        pub struct $name<T>(pub T);

        impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for $name<T> {
            type Rejection = $error;

            async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, $error> {
                let refuse: fn(String) -> Refusal = $refuse;
                $inner::<T>::from_request_parts(parts, state)
                    .await
                    .map(|$inner(inner)| Self(inner))
                    .map_err(|rejection| $error(refuse(rejection.to_string())))
            }
        }
    };
}

fn bad_query(cause: String) -> Refusal {
    Refusal::invalid(format!("the query of the address cannot be read: {cause}"))
}

fn bad_path(_: String) -> Refusal {
    Refusal::not_found("there is nothing at this address")
}

parts_extractor!(
    /// The query of an endpoint. A parameter may repeat.
    ApiQuery, Query, ApiError, bad_query
);
parts_extractor!(
    /// The query of a page. A parameter may repeat.
    PageQuery, Query, PageError, bad_query
);
parts_extractor!(
    /// What stands in the path of an endpoint. What is no id is "not found".
    ApiPath, Path, ApiError, bad_path
);
parts_extractor!(
    /// What stands in the path of a page. What is no id is "not found".
    PagePath, Path, PageError, bad_path
);

/// The revision that the client has read, out of `If-Match: "<revision>"`. `*` matches every revision.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IfMatch(pub Option<i64>);

impl<S: Send + Sync> FromRequestParts<S> for IfMatch {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        let Some(value) = parts.headers.get(header::IF_MATCH) else {
            return Ok(Self(None));
        };
        let text = value.to_str().unwrap_or_default().trim();
        if text == "*" {
            return Ok(Self(None));
        }
        let revision =
            text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).and_then(|text| text.parse().ok());
        revision.map(|revision| Self(Some(revision))).ok_or_else(|| {
            ApiError(
                Refusal::invalid("the header `if-match` holds no revision of ours")
                    .hint("send back the `etag` of the record as you got it, like \"7\""),
            )
        })
    }
}

/// Answers with a record and its revision as the `ETag` that [`IfMatch`] reads.
pub fn with_etag<T: Serialize>(revision: i64, body: ApiJson<T>) -> Response {
    let mut response = body.into_response();
    if let Ok(value) = HeaderValue::from_str(&format!("\"{revision}\"")) {
        response.headers_mut().insert(header::ETAG, value);
    }
    response
}

/// The key under which a creation is done once, however often it is sent: `Idempotency-Key`, 1 to 200 printable
/// ASCII characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyKey(pub Option<String>);

impl<S: Send + Sync> FromRequestParts<S> for IdempotencyKey {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        let Some(value) = parts.headers.get("idempotency-key") else {
            return Ok(Self(None));
        };
        match value.to_str() {
            Ok(key) if (1..=200).contains(&key.len()) => Ok(Self(Some(key.to_owned()))),
            _ => Err(ApiError(Refusal::invalid(
                "the header `idempotency-key` takes 1 to 200 printable ASCII characters",
            ))),
        }
    }
}
