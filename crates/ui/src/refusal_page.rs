//! The page of a refusal, in the shell for whoever is signed in, bare for everybody else.

use askama::Template;
use axum::http::StatusCode;
use kernel::{FieldProblem, Refusal};

use crate::{
    errors::{for_reader, title},
    page::{Bare, BareCx, PageCx, Shell},
};

/// What `refusal.html` reads.
struct Said {
    status: u16,
    message: String,
    hint: String,
    fields: Vec<FieldProblem>,
    id: String,
    ours: bool,
}

#[derive(Template)]
#[template(path = "refusal_shell.html")]
struct InShell {
    shell: Shell,
    said: Said,
}

#[derive(Template)]
#[template(path = "refusal_bare.html")]
struct InBare {
    bare: Bare,
    said: Said,
}

#[derive(Template)]
#[template(path = "refusal_notice.html")]
struct Notice {
    said: Said,
}

impl Said {
    fn new(refusal: &Refusal, status: StatusCode, id: Option<String>) -> Self {
        let (message, hint) = for_reader(refusal);
        Self {
            status: status.as_u16(),
            message,
            hint: hint.unwrap_or_default(),
            fields: if refusal.fields.len() > 1 { refusal.fields.clone() } else { Vec::new() },
            id: id.unwrap_or_default(),
            ours: refusal.kind == kernel::RefusalKind::Broken,
        }
    }
}

pub(crate) fn in_shell(
    page: &PageCx,
    refusal: &Refusal,
    status: StatusCode,
    id: Option<String>,
) -> askama::Result<String> {
    let mut shell = page.shell(title(refusal.kind));
    // The notice belongs to the page that was meant, and its cookie is still there for it.
    shell.flash = None;
    InShell { shell, said: Said::new(refusal, status, id) }.render()
}

pub(crate) fn bare(bare: &BareCx, refusal: &Refusal, status: StatusCode, id: Option<String>) -> askama::Result<String> {
    InBare { bare: bare.bare(title(refusal.kind)), said: Said::new(refusal, status, id) }.render()
}

/// For a fragment of a page: htmx puts it where the answer was meant to go.
pub(crate) fn notice(refusal: &Refusal, status: StatusCode, id: Option<String>) -> askama::Result<String> {
    Notice { said: Said::new(refusal, status, id) }.render()
}
