//! That a notice was sent, with its proof; and the notice as files.

use axum::{
    extract::{FromRequest, Multipart, Request, State as Shared},
    response::Response,
};
use bytes::Bytes;
use db::transact;
use kernel::{FieldProblem, Refusal, RefusalKind};
use ui::{FormState, PageCx, PageError, PagePath, PageResult, redirect_with_flash};

use super::{notices::again, report::moment};
use crate::{
    IncidentId, Incidents, NoticeId, ensure_editable,
    notices::{self, Export, MAX_PROOF, NewSending, ProofFile},
};

/// A body beyond the limit of a file is still read to its end, without being kept, so that the browser hears our answer
/// instead of a broken connection. Beyond this one it is cut off.
pub(super) const MAX_BODY: usize = MAX_PROOF * 4;
/// Bytes of all fields beside the file.
const MAX_FIELDS: usize = 1 << 20;

/// A form with at most one file.
pub(super) struct Sent {
    fields: Vec<(String, String)>,
    /// Name and bytes; a refusal when it is too large.
    file: Option<Result<(String, Bytes), Refusal>>,
}

impl Sent {
    fn value(&self, name: &str) -> &str {
        self.fields.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }

    fn form(&self) -> FormState {
        self.fields.iter().fold(FormState::new(), |form, (name, value)| form.with(name, value))
    }
}

impl<S: Send + Sync> FromRequest<S> for Sent {
    type Rejection = PageError;

    async fn from_request(request: Request, state: &S) -> Result<Self, PageError> {
        let mut multipart =
            Multipart::from_request(request, state).await.map_err(|rejection| broken_form(&rejection.body_text()))?;
        let mut sent = Self { fields: Vec::new(), file: None };
        let mut room = MAX_FIELDS;
        while let Some(mut field) = multipart.next_field().await.map_err(|error| broken_form(&error.body_text()))? {
            let name = field.name().unwrap_or_default().to_owned();
            let Some(file_name) = field.file_name().map(str::to_owned) else {
                let value = field.bytes().await.map_err(|error| broken_form(&error.body_text()))?;
                room =
                    room.checked_sub(value.len() + name.len()).ok_or_else(|| broken_form("its fields are too long"))?;
                sent.fields.push((name, String::from_utf8_lossy(&value).into_owned()));
                continue;
            };
            let (mut bytes, mut size) = (Vec::new(), 0_usize);
            while let Some(chunk) = field.chunk().await.map_err(|error| broken_form(&error.body_text()))? {
                size += chunk.len();
                if size <= MAX_PROOF {
                    bytes.extend_from_slice(&chunk);
                } else {
                    bytes = Vec::new();
                }
            }
            if size > MAX_PROOF {
                sent.file = Some(Err(too_large(size)));
            } else if !(file_name.is_empty() && bytes.is_empty()) {
                sent.file = Some(Ok((file_name, bytes.into())));
            }
        }
        Ok(sent)
    }
}

fn too_large(size: usize) -> Refusal {
    let message = format!("the file has {} MB and the limit is {} MB", size >> 20, MAX_PROOF >> 20);
    Refusal {
        fields: vec![FieldProblem { field: "file".to_owned(), message: message.clone() }],
        ..Refusal::new(RefusalKind::TooLarge, message)
    }
    .hint("attach the receipt alone; nothing else was lost")
}

fn broken_form(cause: &str) -> PageError {
    PageError(
        Refusal::invalid(format!("the form could not be read: {cause}"))
            .hint("open the page again and send it once more"),
    )
}

pub(super) async fn record(
    Shared(incidents): Shared<Incidents>,
    page: PageCx,
    PagePath((id, notice)): PagePath<(IncidentId, NoticeId)>,
    sent: Sent,
) -> PageResult {
    // Asked before a file is stored, and again in the transaction.
    ensure_editable(&mut incidents.store.read(&page.actor).await?, id).await?;
    let form = sent.form();
    let file = match &sent.file {
        None => None,
        Some(Err(refusal)) => return again(&incidents, &page, (id, notice), refusal.clone(), form).await,
        Some(Ok((name, bytes))) => {
            Some(ProofFile { stored: incidents.files.put(bytes.clone()).await?, name: name.clone() })
        }
    };
    let new = NewSending {
        moment: moment(sent.value("local"), sent.value("zone")),
        channel: sent.value("channel").to_owned(),
        reference: sent.value("reference").to_owned(),
        proof: sent.value("proof").to_owned(),
        file,
        late_reasons: sent.value("late_reasons").to_owned(),
        hash: sent.value("hash").to_owned(),
    };
    match transact!(incidents.store, &page.actor, |cx| notices::record_sent(cx, id, notice, &new).await) {
        Ok(()) => Ok(redirect_with_flash(
            &format!("/incidents/{id}/notices/{notice}"),
            "Recorded as sent. Later stages count from it.",
        )),
        Err(refusal) => again(&incidents, &page, (id, notice), refusal, form).await,
    }
}

pub(super) async fn proof(
    Shared(incidents): Shared<Incidents>,
    page: PageCx,
    PagePath((id, notice)): PagePath<(IncidentId, NoticeId)>,
) -> PageResult {
    let mut cx = incidents.store.read(&page.actor).await?;
    let (sha256, name) = notices::proof_file(&mut cx, id, notice).await?;
    drop(cx);
    let bytes = incidents.files.get(&sha256).await?;
    Ok(files::attachment(&name, "application/octet-stream", bytes))
}

pub(super) async fn paper(
    Shared(incidents): Shared<Incidents>,
    page: PageCx,
    PagePath((id, notice)): PagePath<(IncidentId, NoticeId)>,
) -> PageResult {
    out(incidents.notice_pdf(&page.actor, id, notice).await)
}

pub(super) fn out(made: Result<Export, Refusal>) -> Result<Response, PageError> {
    let (name, media_type, bytes) = made?;
    Ok(files::attachment(&name, media_type, bytes))
}
