//! The few addresses that belong to the shell itself.

use axum::{
    Router,
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};

use crate::{
    assets,
    extract::own_referrer,
    form::PageForm,
    page::{THEME_COOKIE, Theme, set_cookie},
};

#[derive(serde::Deserialize)]
struct Choice {
    theme: String,
}

/// `/assets/…`, the theme switch and the icon that browsers ask for by themselves. None of them needs a sign-in.
pub fn routes() -> Router {
    Router::new()
        .route("/assets/{hash}/{name}", get(assets::serve))
        .route("/favicon.ico", get(|| async { Redirect::to(assets::asset("logo.svg")) }))
        .route("/robots.txt", get(robots))
        .route("/theme", post(choose_theme))
}

async fn robots() -> Response {
    ([(header::CONTENT_TYPE, HeaderValue::from_static("text/plain"))], "User-agent: *\nDisallow: /\n").into_response()
}

async fn choose_theme(headers: HeaderMap, PageForm(choice, _): PageForm<Choice>) -> Response {
    let theme = Theme::parse(&choice.theme);
    let back = own_referrer(&headers).unwrap_or_else(|| "/".to_owned());
    let mut response = Redirect::to(&back).into_response();
    set_cookie(&mut response, &format!("{THEME_COOKIE}={theme}; Path=/; HttpOnly; SameSite=Lax; Max-Age=31536000"));
    response
}
