//! What a page needs to be drawn in the shell: who looks, where, with which theme, and what was just done.

use std::sync::Arc;

use askama::Template;
use axum::{
    extract::{FromRequestParts, OriginalUri},
    http::{HeaderMap, HeaderValue, StatusCode, header, request::Parts},
    response::{Html, IntoResponse, Redirect, Response},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use kernel::{Actor, Refusal, RefusalKind};

use crate::{
    area::{Nav, NavCounts, NavLink},
    errors::{PageError, PageResult, status},
    extract::Signed,
};

const FLASH_COOKIE: &str = "flash";
pub(crate) const THEME_COOKIE: &str = "theme";
/// Characters of a flash notice.
const FLASH_LIMIT: usize = 300;

/// The colours that a person chose. `Auto` follows the device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Theme {
    Light,
    Dark,
    #[default]
    Auto,
}

impl Theme {
    pub fn as_str(self) -> &'static str {
        match self {
            Theme::Light => "light",
            Theme::Dark => "dark",
            Theme::Auto => "auto",
        }
    }

    pub(crate) fn parse(word: &str) -> Self {
        match word {
            "light" => Theme::Light,
            "dark" => Theme::Dark,
            _ => Theme::Auto,
        }
    }

    /// The value of `data-bs-theme`; `theme.js` turns it dark for `Auto` on a dark device, before the first paint.
    pub fn attribute(self) -> &'static str {
        if self == Theme::Dark { "dark" } else { "light" }
    }
}

impl std::fmt::Display for Theme {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A step of the way to a page.
#[derive(Debug, Clone)]
pub struct Crumb {
    pub label: String,
    pub href: String,
}

/// The person in the corner of the page.
#[derive(Debug, Clone)]
pub struct Person {
    pub name: String,
    pub initials: String,
    /// "Legal, Privacy", or "Administrator".
    pub sides: String,
}

impl Person {
    pub fn of(actor: &Actor) -> Self {
        let mut sides: Vec<&str> = actor.sides.iter().map(|side| side.label()).collect();
        if actor.administrator {
            sides.push("Administrator");
        }
        Self { name: actor.name.clone(), initials: initials(&actor.name), sides: sides.join(", ") }
    }
}

/// The first letters of the first and the last name.
pub fn initials(name: &str) -> String {
    let mut words = name.split_whitespace().filter_map(|word| word.chars().find(|letter| letter.is_alphanumeric()));
    let first = words.next();
    first.into_iter().chain(words.next_back()).flat_map(char::to_uppercase).collect()
}

/// What `shell.html` reads. A page's template has it as its field `shell`.
#[derive(Debug, Clone)]
pub struct Shell {
    pub title: String,
    pub path: String,
    pub person: Person,
    pub nav: Vec<NavLink>,
    pub crumbs: Vec<Crumb>,
    pub flash: Option<String>,
    pub theme: Theme,
    pub organisation: String,
    pub search: Option<&'static str>,
    /// What the search box holds already.
    pub searched: String,
    /// One line under the title.
    pub subtitle: String,
    /// Uses the whole width, as the review page does.
    pub wide: bool,
}

impl Shell {
    /// Adds a step to the way here, from the outside in.
    #[must_use]
    pub fn crumb(mut self, label: impl Into<String>, href: impl Into<String>) -> Self {
        self.crumbs.push(Crumb { label: label.into(), href: href.into() });
        self
    }

    #[must_use]
    pub fn subtitle(mut self, text: impl Into<String>) -> Self {
        self.subtitle = text.into();
        self
    }

    #[must_use]
    pub fn searched(mut self, text: impl Into<String>) -> Self {
        self.searched = text.into();
        self
    }

    #[must_use]
    pub fn wide(mut self) -> Self {
        self.wide = true;
        self
    }
}

/// What `bare.html` reads: a page for people who are not signed in. The template's field is `bare`.
#[derive(Debug, Clone)]
pub struct Bare {
    pub title: String,
    pub organisation: String,
    pub theme: Theme,
    pub flash: Option<String>,
}

/// The extractor of every page behind sign-in.
#[derive(Debug, Clone)]
pub struct PageCx {
    pub actor: Actor,
    pub path: String,
    pub theme: Theme,
    pub flash: Option<String>,
    pub nav: Arc<Nav>,
    pub counts: NavCounts,
    /// htmx asks: answer with a fragment where there is one.
    pub htmx: bool,
}

impl PageCx {
    pub(crate) fn new(actor: Actor, path: String, headers: &HeaderMap, nav: Arc<Nav>) -> Self {
        let htmx = headers.contains_key("hx-request");
        let counts = NavCounts::default();
        Self { actor, path, theme: theme(headers), flash: flash(headers), nav, counts, htmx }
    }

    pub fn shell(&self, title: impl Into<String>) -> Shell {
        let mut nav = self.nav.links(&self.actor, &self.path);
        for link in &mut nav {
            link.count = self.counts.0.iter().find(|(href, _)| *href == link.href).map_or(0, |(_, count)| *count);
        }
        Shell {
            title: title.into(),
            path: self.path.clone(),
            person: Person::of(&self.actor),
            nav,
            crumbs: Vec::new(),
            flash: self.flash.clone(),
            theme: self.theme,
            organisation: self.nav.organisation.clone(),
            search: self.nav.search,
            searched: String::new(),
            subtitle: String::new(),
            wide: false,
        }
    }

    /// Draws a page, and takes the flash notice away with it.
    ///
    /// # Errors
    /// When the template fails, which is a fault of ours.
    pub fn render(&self, template: &impl Template) -> PageResult {
        render(StatusCode::OK, template, self.flash.is_some())
    }

    /// Draws a form again after a refusal that its sender can mend, with the refusal's status. Every other refusal
    /// becomes a page of its own.
    ///
    /// # Errors
    /// The refusal itself, when no form could mend it.
    pub fn again<T: Template>(&self, refusal: Refusal, template: impl FnOnce(&Refusal) -> T) -> PageResult {
        if !mendable(refusal.kind) {
            return Err(PageError(refusal));
        }
        render(status(refusal.kind, false), &template(&refusal), self.flash.is_some())
    }
}

impl<S: Send + Sync> FromRequestParts<S> for PageCx {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        let Signed(actor) = Signed::from_request_parts(parts, state).await?;
        let counts = parts.extensions.get::<NavCounts>().cloned().unwrap_or_default();
        Ok(Self { counts, ..Self::new(actor, path_of(parts), &parts.headers, nav_of(parts)) })
    }
}

/// The extractor of a page that needs no sign-in.
#[derive(Debug, Clone)]
pub struct BareCx {
    pub organisation: String,
    pub theme: Theme,
    pub flash: Option<String>,
}

impl BareCx {
    pub fn bare(&self, title: impl Into<String>) -> Bare {
        Bare {
            title: title.into(),
            organisation: self.organisation.clone(),
            theme: self.theme,
            flash: self.flash.clone(),
        }
    }

    /// See [`PageCx::render`].
    ///
    /// # Errors
    /// When the template fails.
    pub fn render(&self, template: &impl Template) -> PageResult {
        render(StatusCode::OK, template, self.flash.is_some())
    }

    /// See [`PageCx::again`]. A refusal for having tried too often is shown in the form, too.
    ///
    /// # Errors
    /// The refusal itself, when no form could mend it.
    pub fn again<T: Template>(&self, refusal: Refusal, template: impl FnOnce(&Refusal) -> T) -> PageResult {
        if !mendable(refusal.kind) && refusal.kind != RefusalKind::TooMany && refusal.kind != RefusalKind::Forbidden {
            return Err(PageError(refusal));
        }
        let mut response = render(status(refusal.kind, false), &template(&refusal), self.flash.is_some())?;
        crate::errors::retry_after(&mut response, refusal.kind);
        Ok(response)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for BareCx {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        let organisation = nav_of(parts).organisation.clone();
        Ok(Self { organisation, theme: theme(&parts.headers), flash: flash(&parts.headers) })
    }
}

fn mendable(kind: RefusalKind) -> bool {
    use RefusalKind::{Conflict, Invalid, Stale, TooLarge, Unreadable};
    matches!(kind, Invalid | Stale | Conflict | TooLarge | Unreadable)
}

pub(crate) fn render(status: StatusCode, template: &impl Template, clear_flash: bool) -> PageResult {
    let html = template.render().map_err(|cause| PageError(Refusal::broken(cause)))?;
    let mut response = (status, Html(html)).into_response();
    if clear_flash {
        set_cookie(&mut response, &format!("{FLASH_COOKIE}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0"));
    }
    Ok(response)
}

/// Sends the reader on with 303 and tells there what was done. `to` is a path of this server; the text is shown escaped.
pub fn redirect_with_flash(to: &str, text: &str) -> Response {
    let text: String = text.chars().take(FLASH_LIMIT).collect();
    let mut response = Redirect::to(local_path(to)).into_response();
    let packed = URL_SAFE_NO_PAD.encode(text);
    set_cookie(&mut response, &format!("{FLASH_COOKIE}={packed}; Path=/; HttpOnly; SameSite=Lax; Max-Age=60"));
    response
}

pub(crate) fn set_cookie(response: &mut Response, text: &str) {
    if let Ok(value) = HeaderValue::from_str(text) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
}

/// `path` where it is a path of this server, `/` where it could lead anywhere else.
pub fn local_path(path: &str) -> &str {
    let leads_out = !path.starts_with('/')
        || path[1..].starts_with(['/', '\\'])
        || path.contains(|letter: char| letter.is_control() || letter == '\\');
    if leads_out { "/" } else { path }
}

/// The value of a cookie, out of all `cookie` headers.
pub fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(known, _)| *known == name)
        .map(|(_, value)| value)
}

pub(crate) fn theme(headers: &HeaderMap) -> Theme {
    cookie(headers, THEME_COOKIE).map_or(Theme::Auto, Theme::parse)
}

fn flash(headers: &HeaderMap) -> Option<String> {
    let bytes = URL_SAFE_NO_PAD.decode(cookie(headers, FLASH_COOKIE)?).ok()?;
    let text: String = String::from_utf8(bytes).ok()?.chars().take(FLASH_LIMIT).collect();
    if text.is_empty() { None } else { Some(text) }
}

fn nav_of(parts: &Parts) -> Arc<Nav> {
    parts.extensions.get::<Arc<Nav>>().cloned().unwrap_or_default()
}

/// The path as the client sent it, not as a nested router sees it.
pub(crate) fn path_of(parts: &Parts) -> String {
    parts.extensions.get::<OriginalUri>().map_or_else(|| parts.uri.path(), |uri| uri.0.path()).to_owned()
}

pub(crate) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_that_leads_out_is_not_followed() {
        for path in ["https://evil.example/", "//evil.example", "/\\evil.example", "evil", "", "/a\nb", "/a\\b"] {
            assert_eq!(local_path(path), "/", "{path:?}");
        }
        assert_eq!(local_path("/contracts?side=legal#c4"), "/contracts?side=legal#c4");
    }

    #[test]
    fn initials_are_of_the_first_and_the_last_name() {
        assert_eq!(initials("Ada Lovelace"), "AL");
        assert_eq!(initials("Jean de La Fontaine"), "JF");
        assert_eq!(initials("Cher"), "C");
        assert_eq!(initials("  "), "");
        assert_eq!(initials("(Örjan) ßmith"), "ÖSS");
    }

    #[test]
    fn a_cookie_is_found_among_others() {
        let mut headers = HeaderMap::new();
        headers.append(header::COOKIE, HeaderValue::from_static("a=1; theme=dark"));
        headers.append(header::COOKIE, HeaderValue::from_static("xtheme=light"));
        assert_eq!(theme(&headers), Theme::Dark);
        assert_eq!(cookie(&headers, "them"), None);
    }
}
