//! The use cases.

use clauses::{
    Playbook, Topic,
    playbook::{Position, Problem},
};
use db::{Change, Cx};
use kernel::{FieldProblem, Instant, Permission, PersonId, Refusal, Resource};
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::{
    ids::{PlaybookId, VersionId},
    rules::changes::{alike, changed_topics},
    store,
};

pub const READ: Permission = Permission::new("readPlaybook", "Playbook");
pub const EDIT: Permission = Permission::new("editPlaybook", "Playbook");

/// Characters of a name.
pub const NAME_LIMIT: usize = 100;
/// Characters of a note.
pub const NOTE_LIMIT: usize = 500;
/// Bytes of a playbook as JSON. The shipped one has about a tenth of it.
pub const BODY_LIMIT: usize = 1_000_000;

/// A playbook in the list.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Listed {
    #[schema(value_type = String, format = Uuid)]
    pub id: PlaybookId,
    pub name: String,
    pub archived: bool,
    /// The number of the current version.
    pub number: i64,
    #[schema(value_type = String, format = Uuid)]
    pub version: VersionId,
    #[schema(value_type = String, format = DateTime)]
    pub changed_at: Instant,
    pub changed_by: String,
}

/// A version with its positions.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Version {
    #[schema(value_type = String, format = Uuid)]
    pub id: VersionId,
    #[schema(value_type = String, format = Uuid)]
    pub playbook: PlaybookId,
    pub playbook_name: String,
    pub archived: bool,
    pub number: i64,
    pub is_current: bool,
    #[schema(value_type = Object)]
    pub body: Playbook,
    /// Why it was made, in the words of whoever made it.
    pub note: String,
    #[schema(value_type = String, format = Uuid)]
    pub created_by: PersonId,
    pub created_by_name: String,
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Instant,
}

/// A version in the history, without its positions.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct VersionLine {
    #[schema(value_type = String, format = Uuid)]
    pub id: VersionId,
    pub number: i64,
    pub note: String,
    pub created_by_name: String,
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Instant,
}

fn may_read(cx: &Cx) -> Result<(), Refusal> {
    cx.require(READ, &Resource::all("Playbook"))
}

fn may_edit(cx: &Cx) -> Result<(), Refusal> {
    cx.require(EDIT, &Resource::all("Playbook"))
}

pub fn can_edit(cx: &Cx) -> bool {
    cx.allows(EDIT, &Resource::all("Playbook"))
}

fn no_playbook() -> Refusal {
    Refusal::not_found("there is no such playbook")
}

fn no_version() -> Refusal {
    Refusal::not_found("there is no such version of a playbook")
}

/// Writes the shipped playbook when there is none. Called at every start as the program itself.
///
/// # Errors
/// When anybody else than the program calls it.
pub async fn ensure_default(cx: &mut Cx) -> Result<Option<Version>, Refusal> {
    if !cx.actor.is_system() {
        return Err(Refusal::forbidden("only the program itself sets up a store"));
    }
    if store::any(cx).await? {
        return Ok(None);
    }
    let book = clauses::playbook::default_playbook();
    begin(cx, book, "the playbook that ships with Countersign", None).await.map(Some)
}

/// All playbooks, those in use first.
pub async fn list(cx: &mut Cx) -> Result<Vec<Listed>, Refusal> {
    may_read(cx)?;
    store::list(cx).await
}

/// The playbook that a review takes when nobody chose one: the oldest in use.
pub async fn standard(cx: &mut Cx) -> Result<Version, Refusal> {
    may_read(cx)?;
    let id = store::oldest_in_use(cx).await?.ok_or_else(no_playbook)?;
    current(cx, id).await
}

/// The current version.
pub async fn current(cx: &mut Cx, playbook: PlaybookId) -> Result<Version, Refusal> {
    may_read(cx)?;
    store::current(cx, playbook).await?.ok_or_else(no_playbook)
}

/// Any version.
pub async fn version(cx: &mut Cx, version: VersionId) -> Result<Version, Refusal> {
    may_read(cx)?;
    store::version(cx, version).await?.ok_or_else(no_version)
}

/// The version that a record names, for an area that has already asked whether the record may be read: whoever may read
/// a review may read what it was measured against, though not the whole book.
pub async fn version_of_a_review(cx: &mut Cx, version: VersionId) -> Result<Version, Refusal> {
    store::version(cx, version).await?.ok_or_else(no_version)
}

/// A version by its number.
pub async fn numbered(cx: &mut Cx, playbook: PlaybookId, number: i64) -> Result<Version, Refusal> {
    may_read(cx)?;
    store::numbered(cx, playbook, number).await?.ok_or_else(no_version)
}

/// The history, newest first.
pub async fn versions(cx: &mut Cx, playbook: PlaybookId) -> Result<Vec<VersionLine>, Refusal> {
    may_read(cx)?;
    let lines = store::versions(cx, playbook).await?;
    if lines.is_empty() { Err(no_playbook()) } else { Ok(lines) }
}

/// Puts one position into a new version.
///
/// # Errors
/// [`kernel::RefusalKind::Stale`] when `expected` is no longer the current version's number; otherwise what is wrong
/// with the position, by field.
pub async fn save_position(
    cx: &mut Cx,
    playbook: PlaybookId,
    expected: Option<i64>,
    position: Position,
    note: &str,
) -> Result<Version, Refusal> {
    may_edit(cx)?;
    let now = editable(cx, playbook, expected).await?;
    let mut book = now.body.clone();
    let topic = position.topic;
    let before = book.position(topic).cloned();
    if before.as_ref().is_some_and(|before| alike(before, &position)) {
        return Err(Refusal::conflict("nothing was changed").hint("change something before you save, or go back"));
    }
    match book.topics.iter_mut().find(|known| known.topic == topic) {
        Some(known) => *known = position.clone(),
        None => {
            book.topics.push(position.clone());
            book.topics.sort_by_key(|position| position.topic);
        }
    }
    // What was wrong elsewhere before this edit is not this edit's to mend.
    refuse(book.validate().into_iter().filter(|problem| problem.topic.is_none_or(|of| of == topic)).collect())?;
    let summary = format!("changed the position on {} in the playbook `{}`", topic.label(), now.playbook_name);
    add_version(
        cx,
        &now,
        book,
        note,
        Told { action: "playbook.position_changed", summary, before: told(&before), after: told(&position) },
    )
    .await
}

/// Takes a position out in a new version: its topic is not judged any more.
pub async fn remove_position(
    cx: &mut Cx,
    playbook: PlaybookId,
    expected: Option<i64>,
    topic: Topic,
    note: &str,
) -> Result<Version, Refusal> {
    may_edit(cx)?;
    let now = editable(cx, playbook, expected).await?;
    let mut book = now.body.clone();
    let Some(before) = book.position(topic).cloned() else {
        return Err(Refusal::conflict("the playbook has no position on this topic"));
    };
    book.topics.retain(|position| position.topic != topic);
    let summary = format!("removed the position on {} from the playbook `{}`", topic.label(), now.playbook_name);
    add_version(
        cx,
        &now,
        book,
        note,
        Told { action: "playbook.position_removed", summary, before: told(&before), after: serde_json::Value::Null },
    )
    .await
}

/// Puts a whole book into a new version. The name stays the playbook's own.
pub async fn save_all(
    cx: &mut Cx,
    playbook: PlaybookId,
    expected: Option<i64>,
    book: Playbook,
    note: &str,
) -> Result<Version, Refusal> {
    may_edit(cx)?;
    let now = editable(cx, playbook, expected).await?;
    let mut book = Playbook { name: now.playbook_name.clone(), ..book };
    book.topics.sort_by_key(|position| position.topic);
    refuse(book.validate())?;
    let changed = changed_topics(&now.body, &book);
    if changed.is_empty() {
        return Err(
            Refusal::conflict("nothing was changed").hint("the file holds the same positions as the current version")
        );
    }
    let summary = format!("replaced the playbook `{}` ({} changed)", now.playbook_name, positions(changed.len()));
    let told =
        Told { action: "playbook.replaced", summary, before: only(&now.body, &changed), after: only(&book, &changed) };
    add_version(cx, &now, book, note, told).await
}

/// Reads a playbook out of a file: TOML as the export writes it, or the same as JSON.
///
/// # Errors
/// With the parser's own words and the place, under the field `text`.
pub fn read_book(text: &str) -> Result<Playbook, Refusal> {
    let text = text.trim_start_matches('\u{feff}');
    if text.trim().is_empty() {
        return Err(Refusal::field("text", "choose a file or paste its text"));
    }
    if text.trim_start().starts_with('{') {
        return serde_json::from_str(text)
            .map_err(|error| Refusal::field("text", format!("the playbook cannot be read: {error}")));
    }
    Playbook::from_toml(text).map_err(|error| Refusal::field("text", error.to_string()).hint(error.hint()))
}

/// Makes an old version current again, as a new version.
pub async fn restore(cx: &mut Cx, old: VersionId, note: &str) -> Result<Version, Refusal> {
    may_edit(cx)?;
    let old = store::version(cx, old).await?.ok_or_else(no_version)?;
    let now = editable(cx, old.playbook, None).await?;
    let changed = changed_topics(&now.body, &old.body);
    if changed.is_empty() {
        return Err(Refusal::conflict("that version holds the same positions as the current one"));
    }
    let summary = format!(
        "restored version {} of the playbook `{}` ({} changed)",
        old.number,
        now.playbook_name,
        positions(changed.len())
    );
    let told = Told {
        action: "playbook.restored",
        summary,
        before: only(&now.body, &changed),
        after: only(&old.body, &changed),
    };
    let book = Playbook { name: now.playbook_name.clone(), ..old.body };
    add_version(cx, &now, book, note, told).await
}

/// Begins another playbook with the positions of a version.
pub async fn create(cx: &mut Cx, name: &str, from: VersionId) -> Result<Version, Refusal> {
    may_edit(cx)?;
    let from = store::version(cx, from).await?.ok_or_else(no_version)?;
    let name = name_of(name)?;
    let note = format!("begun from version {} of `{}`", from.number, from.playbook_name);
    begin(cx, Playbook { name, ..from.body }, &note, Some(from.id)).await
}

/// Takes a playbook out of use, or back into it. Reviews that were made with it keep it.
pub async fn archive(cx: &mut Cx, playbook: PlaybookId, archived: bool) -> Result<(), Refusal> {
    may_edit(cx)?;
    let now = store::current(cx, playbook).await?.ok_or_else(no_playbook)?;
    if archived && !store::in_use_besides(cx, playbook).await? {
        return Err(Refusal::conflict("this is the only playbook in use").hint("begin another one first"));
    }
    if !store::set_archived(cx, playbook, archived).await? {
        return Err(Refusal::conflict(if archived {
            "the playbook is out of use already"
        } else {
            "the playbook is in use already"
        }));
    }
    let (action, verb) =
        if archived { ("playbook.archived", "took out of use") } else { ("playbook.unarchived", "took back into use") };
    let summary = format!("{verb} the playbook `{}`", now.playbook_name);
    cx.record(Change::new(action, "playbook", playbook, summary).before(flag(!archived)).after(flag(archived)));
    Ok(())
}

fn flag(archived: bool) -> serde_json::Value {
    serde_json::json!({ "archived": archived })
}

/// The current version, refused when it may not be built upon.
async fn editable(cx: &mut Cx, playbook: PlaybookId, expected: Option<i64>) -> Result<Version, Refusal> {
    let now = store::current(cx, playbook).await?.ok_or_else(no_playbook)?;
    if now.archived {
        return Err(Refusal::conflict("this playbook is out of use").hint("take it back into use before you change it"));
    }
    if expected.is_some_and(|expected| expected != now.number) {
        return Err(Refusal::stale());
    }
    Ok(now)
}

/// What the ledger is told of a new version.
struct Told {
    action: &'static str,
    summary: String,
    before: serde_json::Value,
    after: serde_json::Value,
}

async fn add_version(cx: &mut Cx, now: &Version, book: Playbook, note: &str, told: Told) -> Result<Version, Refusal> {
    let note = note_of(note)?;
    let body = body_of(&book)?;
    if !store::advance(cx, now.playbook, now.number).await? {
        return Err(Refusal::stale());
    }
    let number = now.number + 1;
    let id = cx.new_id();
    store::insert_version(cx, store::NewVersion { id, playbook: now.playbook, number, body: &body, note: &note })
        .await?;
    cx.record(
        Change::new(told.action, "playbook", now.playbook, told.summary)
            .before(serde_json::json!({ "version": now.number, "positions": told.before }))
            // The digest ties the whole stored version to the ledger, though only what changed stands in it.
            .after(serde_json::json!({ "version": number, "note": note, "sha256": sha256(&body), "positions": told.after })),
    );
    store::version(cx, id).await?.ok_or_else(no_version)
}

async fn begin(cx: &mut Cx, book: Playbook, note: &str, from: Option<VersionId>) -> Result<Version, Refusal> {
    let (playbook, id): (PlaybookId, VersionId) = (cx.new_id(), cx.new_id());
    let body = body_of(&book)?;
    let taken = Refusal::field("name", format!("there is already a playbook named `{}`", book.name));
    store::insert(cx, playbook, &book.name, taken).await?;
    store::insert_version(cx, store::NewVersion { id, playbook, number: 1, body: &body, note }).await?;
    let after = serde_json::json!({ "name": book.name, "version": 1, "from": from, "sha256": sha256(&body), "positions": book.topics.len() });
    cx.record(
        Change::new("playbook.created", "playbook", playbook, format!("began the playbook `{}`", book.name))
            .after(after),
    );
    store::version(cx, id).await?.ok_or_else(no_version)
}

fn told(value: &impl Serialize) -> serde_json::Value {
    serde_json::to_value(value).unwrap_or_default()
}

/// The positions on these topics alone.
fn only(book: &Playbook, topics: &[Topic]) -> serde_json::Value {
    let positions: Vec<&Position> = topics.iter().filter_map(|topic| book.position(*topic)).collect();
    told(&positions)
}

fn positions(count: usize) -> String {
    if count == 1 { "1 position".to_owned() } else { format!("{count} positions") }
}

fn sha256(body: &str) -> String {
    Sha256::digest(body.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn body_of(book: &Playbook) -> Result<String, Refusal> {
    let body = serde_json::to_string(book).map_err(Refusal::broken)?;
    // PostgreSQL stores no zero byte, and the escape stands in JSON for nothing that a clause says.
    if body.contains("\\u0000") {
        return Err(Refusal::invalid("the playbook holds a zero character").hint("remove it"));
    }
    if body.len() > BODY_LIMIT {
        return Err(Refusal::invalid("the playbook is too long")
            .hint("shorten its wordings; it may have a million characters in all"));
    }
    Ok(body)
}

fn name_of(name: &str) -> Result<String, Refusal> {
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    if name.is_empty() {
        return Err(Refusal::field("name", "give the playbook a name"));
    }
    if name.chars().count() > NAME_LIMIT || name.contains(char::is_control) {
        return Err(Refusal::field("name", format!("a name has at most {NAME_LIMIT} characters, all of them visible")));
    }
    Ok(name)
}

fn note_of(note: &str) -> Result<String, Refusal> {
    let note = note.trim();
    if note.is_empty() {
        return Err(Refusal::field("note", "say in a few words why you change it"));
    }
    if note.chars().count() > NOTE_LIMIT || note.contains('\0') {
        return Err(Refusal::field("note", format!("a note has at most {NOTE_LIMIT} characters")));
    }
    Ok(note.to_owned())
}

fn refuse(problems: Vec<Problem>) -> Result<(), Refusal> {
    if problems.is_empty() {
        return Ok(());
    }
    let hint = problems.first().map(|problem| problem.hint.clone()).unwrap_or_default();
    let fields = problems
        .into_iter()
        .map(|problem| FieldProblem {
            field: problem.topic.map_or_else(|| "playbook".to_owned(), |topic| topic.to_string()),
            message: problem.message,
        })
        .collect();
    Err(Refusal::fields(fields).hint(hint))
}
