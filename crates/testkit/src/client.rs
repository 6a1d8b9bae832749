//! Requests to a router, without a port.

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{HeaderMap, Request, StatusCode, header},
};
use kernel::Actor;
use tower::ServiceExt;

/// Speaks to `router` as someone: the actor stands in the request's extensions, where the server's middleware would have
/// put it.
#[derive(Clone)]
pub struct Client {
    pub router: Router,
    pub actor: Option<Actor>,
}

pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("not JSON ({error}): {}", self.text()))
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}

impl Client {
    pub fn new(router: Router, actor: Option<Actor>) -> Self {
        Self { router, actor }
    }

    pub async fn send(&self, mut request: Request<Body>) -> Answer {
        if let Some(actor) = &self.actor {
            request.extensions_mut().insert(actor.clone());
        }
        request.headers_mut().entry("sec-fetch-site").or_insert(header::HeaderValue::from_static("same-origin"));
        let response = self.router.clone().oneshot(request).await.expect("a router cannot fail");
        let (parts, body) = response.into_parts();
        Answer {
            status: parts.status,
            headers: parts.headers,
            body: to_bytes(body, usize::MAX).await.expect("a body").to_vec(),
        }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(Request::get(path).body(Body::empty()).expect("a request")).await
    }

    /// Posts a form of `name=value` pairs.
    pub async fn form(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let encode = |text: &str| {
            text.bytes()
                .map(
                    |byte| {
                        if byte.is_ascii_alphanumeric() { (byte as char).to_string() } else { format!("%{byte:02X}") }
                    },
                )
                .collect::<String>()
        };
        let body = fields
            .iter()
            .map(|(name, value)| format!("{}={}", encode(name), encode(value)))
            .collect::<Vec<_>>()
            .join("&");
        let request = Request::post(path)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(body))
            .expect("a request");
        self.send(request).await
    }

    pub async fn json(&self, method: &str, path: &str, body: &serde_json::Value, headers: &[(&str, &str)]) -> Answer {
        let mut request = Request::builder().method(method).uri(path).header(header::CONTENT_TYPE, "application/json");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send(request.body(Body::from(body.to_string())).expect("a request")).await
    }
}
