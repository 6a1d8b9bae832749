//! A form with a file on its way in, held to a limit while it arrives.

use axum::{
    extract::{FromRequest, Multipart, Request, multipart::MultipartError},
    http::StatusCode,
};
use bytes::Bytes;
use kernel::{FieldProblem, Refusal, RefusalKind};
use ui::{FormState, PageError};

use crate::logbook::MAX_FILE;

/// A body beyond the limit of a file is still read to its end, without being kept, so that the browser hears our answer
/// instead of a broken connection. Beyond this one it is cut off.
pub(super) const MAX_BODY: usize = MAX_FILE * 4;
/// Bytes of all fields beside the file.
const MAX_FIELDS: usize = 1 << 20;

/// What was sent.
pub(super) struct Upload {
    pub fields: Vec<(String, String)>,
    /// `None` when no file was chosen; a refusal when it is too large.
    pub file: Option<Result<(String, Bytes), Refusal>>,
}

impl Upload {
    /// The form as it was sent. A browser does not let a page fill in a file again.
    pub fn form(&self) -> FormState {
        self.fields.iter().fold(FormState::new(), |form, (name, value)| form.with(name, value))
    }
}

impl<S: Send + Sync> FromRequest<S> for Upload {
    type Rejection = PageError;

    async fn from_request(request: Request, state: &S) -> Result<Self, PageError> {
        let mut parts =
            Multipart::from_request(request, state).await.map_err(|rejection| broken(&rejection.body_text()))?;
        let mut sent = Self { fields: Vec::new(), file: None };
        let mut room = MAX_FIELDS;
        while let Some(mut field) = parts.next_field().await.map_err(|error| unread(&error))? {
            let name = field.name().unwrap_or_default().to_owned();
            let Some(file_name) = field.file_name().map(plain_name) else {
                let value = field.bytes().await.map_err(|error| unread(&error))?;
                room = room.checked_sub(value.len() + name.len()).ok_or_else(|| broken("its fields are too long"))?;
                sent.fields.push((name, String::from_utf8_lossy(&value).into_owned()));
                continue;
            };
            let mut bytes = Vec::new();
            let mut size = 0_usize;
            while let Some(chunk) = field.chunk().await.map_err(|error| unread(&error))? {
                size += chunk.len();
                if size <= MAX_FILE {
                    bytes.extend_from_slice(&chunk);
                } else {
                    bytes = Vec::new();
                }
            }
            if size > MAX_FILE {
                sent.file = Some(Err(too_large(size)));
            } else if !(file_name.is_empty() && bytes.is_empty()) {
                sent.file = Some(Ok((file_name, bytes.into())));
            }
        }
        Ok(sent)
    }
}

/// Without the folders that some browsers send along.
fn plain_name(name: &str) -> String {
    name.rsplit(['/', '\\']).next().unwrap_or_default().trim().to_owned()
}

fn too_large(size: usize) -> Refusal {
    let message = format!("the file has {} MB and the limit is {} MB", size >> 20, MAX_FILE >> 20);
    Refusal {
        fields: vec![FieldProblem { field: "file".to_owned(), message: message.clone() }],
        ..Refusal::new(RefusalKind::TooLarge, message)
    }
    .hint("keep it elsewhere and enter its SHA-256")
}

fn broken(cause: &str) -> PageError {
    PageError(
        Refusal::invalid(format!("the form could not be read: {cause}"))
            .hint("open the page again and send it once more"),
    )
}

fn unread(error: &MultipartError) -> PageError {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        let message = format!("the file is far beyond the limit of {} MB", MAX_FILE >> 20);
        return PageError(Refusal::new(RefusalKind::TooLarge, message).hint("keep it elsewhere and enter its SHA-256"));
    }
    broken(&error.body_text())
}
