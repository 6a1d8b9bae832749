//! Mails that did not go out, for whoever keeps the workspace. What they say stays between the program and their people.

use db::{Change, Cx, jobs};
use kernel::{Cursor, Instant, Page, Permission, PersonId, Refusal, Resource};
use serde::Serialize;

use crate::{NoticeId, mail, store};

const READ: Permission = Permission::new("readOutbox", "Outbox");
const SEND: Permission = Permission::new("sendFromOutbox", "Outbox");

/// A mail that failed at least once and is not sent.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Unsent {
    #[schema(value_type = String, format = Uuid)]
    pub id: NoticeId,
    pub kind: String,
    #[schema(value_type = String, format = Uuid)]
    pub person: PersonId,
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Instant,
    /// The mail server said no for good. Otherwise it could not be reached, or asked to wait.
    pub refused: bool,
    pub tries: i64,
    pub last_error: String,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub last_try: Option<Instant>,
}

fn all() -> Resource {
    Resource::all("Outbox")
}

/// Whether the person keeps the outbox.
pub(crate) fn can_read(cx: &Cx) -> bool {
    cx.allows(READ, &all())
}

/// The mails that did not go out, the newest first.
pub async fn outbox(cx: &mut Cx, cursor: Option<&Cursor>, limit: usize) -> Result<Page<Unsent>, Refusal> {
    cx.require(READ, &all())?;
    store::unsent(cx, cursor, limit).await
}

/// Has a mail tried again, from the first try on.
pub async fn send_again(cx: &mut Cx, id: NoticeId) -> Result<(), Refusal> {
    cx.require(SEND, &all())?;
    if !store::reset_mail(cx, id).await? {
        return Err(Refusal::conflict("this mail went out in the meantime, or there is none"));
    }
    let now = cx.now;
    jobs::enqueue(cx, mail::KIND, &id.to_string(), None, now).await?;
    cx.record(Change::new("notice.sent_again", "notice", id, "had a mail tried again that did not go out"));
    Ok(())
}
