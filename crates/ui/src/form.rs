//! What a form was sent with and what was wrong with it, so that it can be shown again as it was.

use axum::{
    body::Bytes,
    extract::{FromRequest, Request},
};
use axum_extra::extract::Form as RawForm;
use kernel::{FieldProblem, Refusal};
use serde::de::DeserializeOwned;

use crate::errors::PageError;

/// The values and the problems of a form. The macros of `form.html` read it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FormState {
    values: Vec<(String, String)>,
    problems: Vec<FieldProblem>,
    message: String,
    hint: String,
}

impl FormState {
    /// An empty form.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets a value, as when a form is opened on a record. Several calls with one name tick several boxes.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl ToString) -> Self {
        self.values.push((name.to_owned(), value.to_string()));
        self
    }

    /// Takes over what is wrong. A message that only repeats a field's own is not said twice.
    #[must_use]
    pub fn refused(mut self, refusal: &Refusal) -> Self {
        self.problems = refusal.fields.clone();
        self.message = refusal.message.clone();
        self.hint = refusal.hint.clone().unwrap_or_default();
        self
    }

    /// The first value of a field, or nothing.
    pub fn value(&self, name: &str) -> &str {
        self.values.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }

    /// Whether a choice is taken. A number or an id may be asked for as it is.
    pub fn checked(&self, name: &str, value: impl ToString) -> bool {
        let value = value.to_string();
        self.values.iter().any(|(known, taken)| known == name && *taken == value)
    }

    /// What is wrong with a field, or nothing.
    pub fn error(&self, name: &str) -> &str {
        self.problems.iter().find(|problem| problem.field == name).map_or("", |problem| &problem.message)
    }

    pub fn problems(&self) -> &[FieldProblem] {
        &self.problems
    }

    /// What is wrong on the whole, or nothing.
    pub fn message(&self) -> &str {
        &self.message
    }

    pub fn hint(&self) -> &str {
        &self.hint
    }

    pub fn is_refused(&self) -> bool {
        !self.message.is_empty()
    }
}

/// A form of a page: read into `T` and kept as it was sent. A field may repeat (`Vec<String>` in `T`).
///
/// Let the fields of `T` be `String`s and parse them in the use case, so that a wrong date comes back under its field; a
/// body that does not even fit `T` is refused as a whole.
pub struct PageForm<T>(pub T, pub FormState);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for PageForm<T> {
    type Rejection = PageError;

    async fn from_request(request: Request, state: &S) -> Result<Self, PageError> {
        let (parts, body) = request.into_parts();
        let whole = Request::from_parts(parts.clone(), body);
        let bytes = Bytes::from_request(whole, state)
            .await
            .map_err(|rejection| refuse(rejection.status(), &rejection.body_text()))?;
        let again = || {
            let mut request = Request::new(axum::body::Body::from(bytes.clone()));
            *request.method_mut() = http::Method::POST;
            *request.headers_mut() = parts.headers.clone();
            request
        };
        let RawForm(values) = RawForm::<Vec<(String, String)>>::from_request(again(), state)
            .await
            .map_err(|rejection| refuse(http::StatusCode::BAD_REQUEST, &rejection.to_string()))?;
        let RawForm(data) = RawForm::<T>::from_request(again(), state)
            .await
            .map_err(|rejection| refuse(http::StatusCode::BAD_REQUEST, &rejection.to_string()))?;
        Ok(Self(data, FormState { values, ..FormState::default() }))
    }
}

fn refuse(status: http::StatusCode, cause: &str) -> PageError {
    if status == http::StatusCode::PAYLOAD_TOO_LARGE {
        return PageError(crate::errors::too_large());
    }
    PageError(
        Refusal::invalid(format!("the form could not be read: {cause}"))
            .hint("open the page again and send it once more"),
    )
}
