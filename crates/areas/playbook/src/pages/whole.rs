//! What is done with a whole playbook: taking it out as a file, replacing it by one, beginning another, laying it aside.

use askama::Template;
use axum::{
    extract::{Multipart, State},
    http::header,
    response::IntoResponse,
};
use db::{Store, transact};
use kernel::{Refusal, Resource};
use serde::Deserialize;
use ui::{FormState, PageCx, PageError, PageForm, PagePath, PageResult, Shell, redirect_with_flash};

use super::{below, path};
use crate::{
    BODY_LIMIT, EDIT, PlaybookId, Version, VersionId, archive as archive_book, create as create_book, current, list,
    read_book, save_all,
};

pub(super) async fn export(State(store): State<Store>, page: PageCx, PagePath(id): PagePath<PlaybookId>) -> PageResult {
    let mut cx = store.read(&page.actor).await?;
    let version = current(&mut cx, id).await?;
    let text = version.body.to_toml().map_err(|error| PageError(Refusal::broken(error)))?;
    let name: String = version
        .playbook_name
        .chars()
        .map(|letter| if letter.is_ascii_alphanumeric() { letter.to_ascii_lowercase() } else { '-' })
        .collect();
    let disposition = format!("attachment; filename=\"playbook-{name}-v{}.toml\"", version.number);
    Ok((
        [
            (header::CONTENT_TYPE, "application/toml; charset=utf-8".to_owned()),
            (header::CONTENT_DISPOSITION, disposition),
        ],
        text,
    )
        .into_response())
}

#[derive(Template)]
#[template(path = "playbook_import.html")]
struct ImportPage {
    shell: Shell,
    form: FormState,
    action: String,
    cancel: String,
    export: String,
    version: i64,
}

fn import_page(page: &PageCx, version: &Version, form: FormState) -> ImportPage {
    ImportPage {
        shell: below(page.shell("Import"), version)
            .subtitle("Replace all positions by those of a file. It becomes a new version; nothing is lost."),
        form,
        action: path(version.playbook, "/import"),
        cancel: path(version.playbook, ""),
        export: path(version.playbook, "/export.toml"),
        version: version.number,
    }
}

pub(super) async fn import_form(
    State(store): State<Store>,
    page: PageCx,
    PagePath(id): PagePath<PlaybookId>,
) -> PageResult {
    let mut cx = store.read(&page.actor).await?;
    cx.require(EDIT, &Resource::all("Playbook"))?;
    let version = current(&mut cx, id).await?;
    page.render(&import_page(&page, &version, FormState::new()))
}

/// What the form of an import holds. A file wins over pasted text.
#[derive(Default)]
struct Imported {
    file: String,
    text: String,
    note: String,
    version: String,
}

async fn imported(mut parts: Multipart) -> Result<Imported, Refusal> {
    let refuse = |cause: axum::extract::multipart::MultipartError| {
        Refusal::invalid(format!("the form could not be read: {}", cause.body_text()))
    };
    let mut out = Imported::default();
    while let Some(part) = parts.next_field().await.map_err(refuse)? {
        let name = part.name().unwrap_or_default().to_owned();
        let bytes = part.bytes().await.map_err(refuse)?;
        if bytes.len() > BODY_LIMIT {
            return Err(Refusal::new(kernel::RefusalKind::TooLarge, "the file is larger than a playbook can be")
                .hint("a playbook has at most a million characters"));
        }
        let text = String::from_utf8(bytes.into()).map_err(|_| {
            Refusal::field("file", "the file is not text").hint("choose a TOML or JSON file, as the export writes it")
        })?;
        match name.as_str() {
            "file" => out.file = text,
            "text" => out.text = text,
            "note" => out.note = text,
            "version" => out.version = text,
            _ => {}
        }
    }
    Ok(out)
}

pub(super) async fn import(
    State(store): State<Store>,
    page: PageCx,
    PagePath(id): PagePath<PlaybookId>,
    parts: Multipart,
) -> PageResult {
    let sent = imported(parts).await?;
    let text = if sent.file.trim().is_empty() { &sent.text } else { &sent.file };
    let expected: i64 = sent
        .version
        .trim()
        .parse()
        .map_err(|_| PageError(Refusal::invalid("the form names no version").hint("open the page again")))?;
    let saved = match read_book(text) {
        Ok(book) => {
            transact!(store, &page.actor, |cx| save_all(cx, id, Some(expected), book.clone(), &sent.note).await)
        }
        Err(refusal) => Err(refusal),
    };
    match saved {
        Ok(version) => Ok(redirect_with_flash(&path(id, ""), &format!("Imported as version {}.", version.number))),
        Err(refusal) => {
            let mut cx = store.read(&page.actor).await?;
            cx.require(EDIT, &Resource::all("Playbook"))?;
            let version = current(&mut cx, id).await?;
            // A browser does not choose a file again by itself: its text is kept in the field instead.
            let form = FormState::new().with("text", text).with("note", &sent.note);
            page.again(refusal, |refusal| import_page(&page, &version, form.refused(refusal)))
        }
    }
}

#[derive(Template)]
#[template(path = "playbook_new.html")]
struct NewPage {
    shell: Shell,
    form: FormState,
    from: Vec<(String, String)>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct New {
    name: String,
    from: String,
}

async fn new_page(store: &Store, page: &PageCx, form: FormState) -> Result<NewPage, Refusal> {
    let mut cx = store.read(&page.actor).await?;
    cx.require(EDIT, &Resource::all("Playbook"))?;
    let from = list(&mut cx)
        .await?
        .into_iter()
        .map(|book| (book.version.to_string(), format!("{} (version {})", book.name, book.number)))
        .collect();
    let shell = page.shell("New playbook").crumb("Playbook", "/playbook");
    Ok(NewPage {
        shell: shell.subtitle("For a line of business or a kind of contract that needs its own positions"),
        form,
        from,
    })
}

pub(super) async fn new_form(State(store): State<Store>, page: PageCx) -> PageResult {
    page.render(&new_page(&store, &page, FormState::new()).await?)
}

pub(super) async fn create(State(store): State<Store>, page: PageCx, PageForm(new, form): PageForm<New>) -> PageResult {
    let made = match new.from.parse::<VersionId>() {
        Ok(from) => transact!(store, &page.actor, |cx| create_book(cx, &new.name, from).await),
        Err(_) => Err(Refusal::field("from", "choose the playbook to begin from")),
    };
    match made {
        Ok(version) => Ok(redirect_with_flash(
            &path(version.playbook, ""),
            "The playbook is there. Change its positions as you need them.",
        )),
        Err(refusal) => {
            let drawn = new_page(&store, &page, form.refused(&refusal)).await?;
            page.again(refusal, |_| drawn)
        }
    }
}

pub(super) async fn archive(
    State(store): State<Store>,
    page: PageCx,
    PagePath(id): PagePath<PlaybookId>,
) -> PageResult {
    transact!(store, &page.actor, |cx| archive_book(cx, id, true).await)?;
    Ok(redirect_with_flash("/playbook", "The playbook is out of use. Reviews that were made with it keep it."))
}

pub(super) async fn unarchive(
    State(store): State<Store>,
    page: PageCx,
    PagePath(id): PagePath<PlaybookId>,
) -> PageResult {
    transact!(store, &page.actor, |cx| archive_book(cx, id, false).await)?;
    Ok(redirect_with_flash(&path(id, ""), "The playbook is in use again."))
}
