//! What every page and endpoint stands on: the shell, forms, tables and marks, and how a refusal is said over HTTP.
//!
//! Knows no area, no SQL and no clock. Areas bring the routes; the server puts [`inner`], its session middleware and
//! [`outer`] around them, and merges [`routes`] in for the assets and the theme.
//!
//! # How an area makes a page
//!
//! The area has an `askama.toml` beside its `Cargo.toml`, so that its templates may extend ours:
//!
//! ```toml
//! [general]
//! dirs = ["templates", "../../ui/templates"]
//! ```
//!
//! Its template, in `templates/<area>_<page>.html` (the name must not be one of ours: its own folder is looked in first):
//!
//! ```html
//! {% extends "shell.html" %}
//! {% import "parts.html" as parts %}
//! {% import "form.html" as fields %}
//! {% block actions %}<a class="btn btn-primary" href="/contracts/new">{{ parts::icon("plus") }}New contract</a>{% endblock %}
//! {% block content %}
//! {% call parts::card("Sign-off") %}{{ parts::mark(ui::Mark::WAITING) }}{% endcall %}
//! <form class="cs-card cs-form" method="post" action="/contracts" data-warn>
//!   {{ fields::summary(form) }}
//!   {{ fields::text(form, "title", "Title", hint="As on the cover page.", required=true) }}
//!   {{ fields::select(form, "kind", "Kind", kinds, required=true) }}
//!   {{ fields::date(form, "expires_on", "Expiry") }}
//!   {{ fields::hidden("revision", revision) }}
//!   {{ fields::buttons("Save", cancel="/contracts") }}
//! </form>
//! {% endblock %}
//! ```
//!
//! The struct behind it has the field `shell` (or `bare`, with `bare.html`, where nobody is signed in). The handler
//! extracts, calls the use case and draws:
//!
//! ```
//! use askama::Template;
//! use ui::{FormState, PageCx, PageForm, PageResult, Shell, redirect_with_flash};
//! # #[allow(non_camel_case_types)]
//! # struct use_cases;
//! # impl use_cases {
//! #     async fn register(_: &kernel::Actor, new: New) -> Result<u32, kernel::Refusal> {
//! #         if new.title.is_empty() { Err(kernel::Refusal::field("title", "say what it is called")) } else { Ok(7) }
//! #     }
//! # }
//!
//! #[derive(Template)]
//! # #[template(source = "{% extends \"shell.html\" %}{% import \"form.html\" as fields %}{% block content %}{{ fields::text(form, \"title\", \"Title\") }}{% endblock %}", ext = "html")]
//! # /*
//! #[template(path = "contracts_new.html")]
//! # */
//! struct NewPage {
//!     shell: Shell,
//!     form: FormState,
//! }
//!
//! #[derive(serde::Deserialize)]
//! pub struct New {
//!     title: String,
//!     #[serde(default)]
//!     data_classes: Vec<String>, // a group of boxes repeats its field
//! }
//!
//! fn new_page(page: &PageCx, form: FormState) -> NewPage {
//!     NewPage { shell: page.shell("New contract").crumb("Contracts", "/contracts"), form }
//! }
//!
//! async fn new(page: PageCx) -> PageResult {
//!     page.render(&new_page(&page, FormState::new().with("data_classes", "personal")))
//! }
//!
//! async fn create(page: PageCx, PageForm(new, sent): PageForm<New>) -> PageResult {
//!     match use_cases::register(&page.actor, new).await {
//!         Ok(id) => Ok(redirect_with_flash(&format!("/contracts/{id}"), "Contract registered.")),
//!         // 422 with the form as it was sent, and each problem under its field.
//!         Err(refusal) => page.again(refusal, |refusal| new_page(&page, sent.refused(refusal))),
//!     }
//! }
//! # let _: axum::Router = axum::Router::new().route("/contracts", axum::routing::get(new).post(create));
//! ```
//!
//! Where no form could mend it, `?` on a [`kernel::Refusal`] is enough: [`PageError`] becomes a page in the shell.
//!
//! # How an area makes an endpoint
//!
//! ```
//! use axum::response::Response;
//! use ui::{ApiJson, ApiPath, ApiResult, IdempotencyKey, IfMatch, Problem, Signed, with_etag};
//!
//! #[derive(serde::Serialize, utoipa::ToSchema)]
//! struct Contract {
//!     title: String,
//! }
//!
//! /// One contract.
//! #[utoipa::path(get, path = "/api/v1/contracts/{id}", tag = "contracts",
//!     params(("id" = String, Path, description = "the contract's id")),
//!     responses((status = 200, body = Contract), (status = 404, body = Problem)))]
//! async fn read(Signed(actor): Signed, ApiPath(id): ApiPath<kernel::Uuid>) -> ApiResult<Response> {
//!     let (revision, contract) = (7, Contract { title: format!("{id} for {}", actor.name) });
//!     Ok(with_etag(revision, ApiJson(contract)))
//! }
//! # let _: utoipa_axum::router::OpenApiRouter = utoipa_axum::router::OpenApiRouter::new().routes(utoipa_axum::routes!(read));
//! # let _: (Option<IfMatch>, Option<IdempotencyKey>) = (None, None);
//! ```
//!
//! A change takes `IfMatch(revision)`, a creation `IdempotencyKey(key)`. Extractors before the body, [`ApiJson`] last.
//!
//! # What the pages are made of
//!
//! * `form.html`: `summary text textarea select checks radios check date file hidden buttons`. Options are a list of
//!   `(value, label)`. Each macro's arguments stand above it.
//! * `parts.html`: `icon mark badge tag share facts pager column review_keys`, and with a body
//!   (`{% call … %}…{% endcall %}`) `card empty notice fact event confirm`.
//! * `countersign.css`: `cs-grid cs-stats cs-list` (Today), `cs-table` in `cs-card cs-table-card` (cells carry
//!   `data-label`, which a phone shows), `cs-split`, `cs-stack`, `cs-row`, `cs-signs`, `cs-timeline`,
//!   `cs-review` (`examples/pages/review.html` is its pattern), and `tone-good fair warn bad info quiet`.
//! * `countersign.js`: only hooks: `data-dialog="id"` and `data-close`, `data-draft` on a textarea, `data-warn` on a form
//!   that should not be left unsent, `data-auto` on a filter, `data-drop`, `data-review data-finding data-passage data-confirm
//!   data-clause data-comment`. htmx 4 is there as well; a page must work without either.
//! * No `style` attribute and no inline script anywhere: the content security policy stops both.
//!
//! `cargo run -p ui --example gallery` shows all of it.

extern crate self as ui;

pub mod api_docs;
pub mod area;
mod assets;
mod creating;
mod errors;
mod extract;
mod form;
mod mark;
pub mod middleware;
mod page;
mod refusal_page;
mod routes;

pub use area::{Area, Nav, NavCounts, NavItem, NavLink};
pub use assets::{asset, icon_names, icon_url};
pub use creating::{Body, Once, created};
pub use errors::{ApiError, ApiResult, FieldError, PageError, PageResult, Problem, RETRY_AFTER_SECONDS, status};
pub use extract::{
    ApiJson, ApiPath, ApiQuery, IdempotencyKey, IfMatch, MaybeSigned, PagePath, PageQuery, Signed, percent_encode,
    with_etag,
};
pub use form::{FormState, PageForm};
pub use mark::{Mark, Tone};
pub use middleware::{CONTENT_SECURITY_POLICY, Reach, RequestId, inner, outer};
pub use page::{Bare, BareCx, Crumb, PageCx, Person, Shell, Theme, cookie, initials, local_path, redirect_with_flash};
pub use routes::routes;
