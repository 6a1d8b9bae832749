//! Telling, and what a person does with what was told.

use db::{Cx, jobs};
use kernel::{Attr, Columns, Cursor, Instant, Page, Permission, PersonId, Refusal, Resource, Uuid};
use serde::Serialize;

use crate::{mail, store};

pub(crate) const READ: Permission = Permission::new("readNotice", "Notice");
pub(crate) const EDIT: Permission = Permission::new("editNotice", "Notice");

/// The attributes of a message in SQL, where `n` is its row.
pub(crate) const COLUMNS: Columns = Columns { kind: "Notice", scalars: &[("person", "n.person")], people: &[] };

/// Rows of a page.
pub const PAGE: usize = 50;
/// Beyond this, unread messages are not counted exactly.
const COUNTED: i64 = 100;
/// Characters of a subject or a line.
const LINE_LIMIT: usize = 300;
/// Lines of a message; what is more is said to be more.
const LINES_LIMIT: usize = 60;

kernel::id!(
    /// A message to one person.
    NoticeId
);

/// What is told to whom.
#[derive(Debug, Clone)]
pub struct Message {
    pub to: PersonId,
    /// What kind of message it is, such as `incidents.reminder`.
    pub kind: &'static str,
    /// Says what it is about. The same key is told once, ever.
    pub key: String,
    /// One line. A mail carries it as its subject, through machines that are not ours: nothing privileged.
    pub subject: String,
    /// A mail carries these as well: nothing privileged either.
    pub lines: Vec<String>,
    /// Further lines, read after signing in. A mail carries them only where no wall stands.
    pub inside: Vec<String>,
    /// The page of this server where one acts on it.
    pub href: String,
    /// The wall of the record that it is about.
    pub wall: Option<Uuid>,
}

/// Whether a message was new.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    Now,
    Before,
}

/// A message as its person reads it.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Notice {
    #[schema(value_type = String, format = Uuid)]
    pub id: NoticeId,
    pub kind: String,
    pub subject: String,
    pub lines: Vec<String>,
    /// A path of this server.
    pub href: String,
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Instant,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub read_at: Option<Instant>,
    #[serde(skip)]
    pub(crate) person: PersonId,
}

fn resource(notice: &Notice) -> Resource {
    Resource::new("Notice", notice.id).with("person", Attr::Person(Some(notice.person)))
}

/// Tells somebody, in the transaction of what is told of. It asks the policy nothing: the caller knows whom it concerns.
pub async fn tell(cx: &mut Cx, message: &Message) -> Result<Told, Refusal> {
    if !message.href.starts_with('/') || message.href.starts_with("//") {
        return Err(Refusal::broken("a message leads to a page of this server"));
    }
    let tidy = Message {
        subject: line(&message.subject),
        lines: lines(&message.lines),
        inside: lines(&message.inside),
        ..message.clone()
    };
    let Some(id) = store::insert(cx, &tidy).await? else { return Ok(Told::Before) };
    let now = cx.now;
    jobs::enqueue(cx, mail::KIND, &id.to_string(), None, now).await?;
    Ok(Told::Now)
}

/// One line of bounded length: a line break in a subject would be a header of its own.
fn line(text: &str) -> String {
    let words: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    if words.chars().count() <= LINE_LIMIT {
        return words;
    }
    words.chars().take(LINE_LIMIT - 1).chain(['…']).collect()
}

fn lines(texts: &[String]) -> Vec<String> {
    let mut out: Vec<String> = texts.iter().take(LINES_LIMIT).map(|text| line(text)).collect();
    if texts.len() > LINES_LIMIT {
        out.push(format!("… and {} more.", texts.len() - LINES_LIMIT));
    }
    out
}

/// One's own messages, the newest first.
pub async fn list(
    cx: &mut Cx,
    unread_only: bool,
    cursor: Option<&Cursor>,
    limit: usize,
) -> Result<Page<Notice>, Refusal> {
    store::list(cx, unread_only, cursor, limit).await
}

/// How many of one's own messages are unread; at most 100.
pub async fn unread(cx: &mut Cx) -> Result<i64, Refusal> {
    store::unread(cx, COUNTED).await
}

/// Marks a message as read. A second time changes nothing.
pub async fn mark_read(cx: &mut Cx, id: NoticeId) -> Result<Notice, Refusal> {
    let gone = || Refusal::not_found("there is no such message");
    let notice = store::one(cx, id).await?.ok_or_else(gone)?;
    cx.require(READ, &resource(&notice)).map_err(|_| gone())?;
    cx.require(EDIT, &resource(&notice))?;
    store::mark_read(cx, id).await?;
    cx.unrecorded("that somebody read a message is no record");
    Ok(notice)
}

/// Marks all of one's own messages as read.
pub async fn mark_all_read(cx: &mut Cx) -> Result<(), Refusal> {
    let me = cx.actor.person;
    cx.require(EDIT, &Resource::new("Notice", "mine").with("person", Attr::Person(Some(me))))?;
    store::mark_all_read(cx).await?;
    cx.unrecorded("that somebody read a message is no record");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_one_line_and_not_too_long() {
        assert_eq!(line("Incident 3\r\nBcc: all@example.org"), "Incident 3  Bcc: all@example.org");
        assert_eq!(line(&"é".repeat(400)).chars().count(), LINE_LIMIT);
        let many: Vec<String> = (0..80).map(|number| number.to_string()).collect();
        assert_eq!(lines(&many).last().map(String::as_str), Some("… and 20 more."));
    }
}
