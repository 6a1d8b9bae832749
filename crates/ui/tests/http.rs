//! What stands around every request, asked as a client asks it.

#![allow(clippy::unwrap_used, reason = "tests say what must hold by panicking")]

use std::{collections::BTreeSet, sync::Arc};

use axum::{
    Router,
    body::Body,
    extract::Request,
    http::{HeaderMap, Response, StatusCode},
    middleware::{Next, from_fn},
    routing::{get, post, put},
};
use kernel::{Actor, Instant, PersonId, Refusal, RefusalKind, Side, Via, World};
use tower::ServiceExt as _;
use ui::{
    ApiError, ApiJson, ApiPath, ApiQuery, IdempotencyKey, IfMatch, Nav, NavItem, PageCx, PageError, PageForm, PagePath,
    Reach, Signed, redirect_with_flash, with_etag,
};

struct Still;

impl World for Still {
    fn now(&self) -> Instant {
        Instant::from_micros(1_795_255_200_000_000)
    }
    fn random(&self, bytes: &mut [u8]) {
        bytes.fill(7);
    }
    fn zone(&self) -> jiff::tz::TimeZone {
        jiff::tz::TimeZone::UTC
    }
}

fn ada() -> Actor {
    Actor {
        person: PersonId(kernel::Uuid::from_u128(1)),
        name: "Ada <Lovelace>".to_owned(),
        sides: BTreeSet::from([Side::Legal]),
        administrator: false,
        via: Via::Session,
        read_only: false,
        delegations: Vec::new(),
    }
}

#[derive(serde::Deserialize)]
struct Body3 {
    title: String,
    #[serde(default)]
    tags: Vec<String>,
}

#[derive(serde::Deserialize)]
struct Limit {
    limit: u32,
}

fn refuse(kind: RefusalKind) -> Refusal {
    Refusal::new(kind, "because of <it>").hint("do that")
}

const KINDS: [(&str, RefusalKind, u16, u16); 9] = [
    ("invalid", RefusalKind::Invalid, 422, 422),
    ("forbidden", RefusalKind::Forbidden, 403, 403),
    ("missing", RefusalKind::NotFound, 404, 404),
    ("stale", RefusalKind::Stale, 409, 412),
    ("conflict", RefusalKind::Conflict, 409, 409),
    ("large", RefusalKind::TooLarge, 413, 413),
    ("many", RefusalKind::TooMany, 429, 429),
    ("unreadable", RefusalKind::Unreadable, 422, 422),
    ("broken", RefusalKind::Broken, 500, 500),
];

/// An app with one route for each thing that can happen. The header `x-ada` signs in.
fn app(reach: Reach) -> Router {
    let mut routes = Router::new();
    for (name, kind, _, _) in KINDS {
        routes = routes
            .route(&format!("/refuse/{name}"), get(move || async move { Err::<(), _>(PageError(refuse(kind))) }))
            .route(&format!("/api/refuse/{name}"), get(move || async move { Err::<(), _>(ApiError(refuse(kind))) }));
    }
    routes = routes
        .route(
            "/me",
            get(|Signed(actor): Signed| async move { actor.name })
                .post(|Signed(actor): Signed| async move { actor.name }),
        )
        .route("/api/me", get(|Signed(actor): Signed| async move { actor.name }))
        .route("/late", get(|| async { Err::<(), _>(PageError(Refusal::signed_out())) }))
        .route(
            "/panic",
            get(|| async {
                if true {
                    panic!("the secret cause")
                }
            }),
        )
        .route(
            "/api/panic",
            get(|| async {
                if true {
                    panic!("the secret cause")
                }
            }),
        )
        .route("/page/{id}", get(|_: PageCx, PagePath(id): PagePath<kernel::Uuid>| async move { id.to_string() }))
        .route(
            "/form",
            post(|PageForm(body, sent): PageForm<Body3>| async move {
                format!("{} {:?} {} {}", body.title, body.tags, sent.value("title"), sent.checked("tags", "b"))
            }),
        )
        .route("/done", post(|| async { redirect_with_flash("/flash", "Saved <b>it</b>.") }))
        .route("/flash", get(flash_page))
        .route("/api/json", post(|ApiJson(body): ApiJson<Body3>| async move { body.title }))
        .route("/api/query", get(|ApiQuery(query): ApiQuery<Limit>| async move { query.limit.to_string() }))
        .route("/api/id/{id}", get(|ApiPath(id): ApiPath<kernel::Uuid>| async move { id.to_string() }))
        .route("/api/match", put(|IfMatch(revision): IfMatch| async move { with_etag(8, ApiJson(revision)) }))
        .route("/api/key", post(|IdempotencyKey(key): IdempotencyKey| async move { format!("{key:?}") }))
        .merge(ui::routes());
    let nav = Nav::new("Meridian", vec![NavItem::new("Today", "/", "home", 1)]);
    let sign_in = |mut request: Request, next: Next| async move {
        if request.headers().contains_key("x-ada") {
            request.extensions_mut().insert(ada());
        }
        next.run(request).await
    };
    ui::outer(ui::inner(routes, nav).layer(from_fn(sign_in)), Arc::new(Still), reach)
}

#[derive(askama::Template)]
#[template(source = "{% extends \"shell.html\" %}", ext = "html")]
struct Empty {
    shell: ui::Shell,
}

async fn flash_page(page: PageCx) -> ui::PageResult {
    page.render(&Empty { shell: page.shell("A <title>") })
}

struct Answer {
    status: u16,
    headers: HeaderMap,
    body: String,
}

impl Answer {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    fn json(&self) -> serde_json::Value {
        assert_eq!(self.header("content-type"), "application/problem+json", "{}", self.body);
        serde_json::from_str(&self.body).unwrap()
    }
}

async fn ask(method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
    ask_of(app(Reach::default()), method, path, headers, body).await
}

async fn ask_of(app: Router, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
    let mut request = Request::builder().method(method).uri(path).header("host", "countersign.example");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let response: Response<Body> = app.oneshot(request.body(Body::from(body.to_owned())).unwrap()).await.unwrap();
    let (parts, body) = response.into_parts();
    let bytes = axum::body::to_bytes(body, 4_000_000).await.unwrap();
    Answer { status: parts.status.as_u16(), headers: parts.headers, body: String::from_utf8_lossy(&bytes).into_owned() }
}

const OWN: (&str, &str) = ("sec-fetch-site", "same-origin");
const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");
const JSON: (&str, &str) = ("content-type", "application/json");
const ADA: (&str, &str) = ("x-ada", "1");

#[tokio::test]
async fn each_kind_of_refusal_has_its_status_as_page_and_as_problem() {
    for (name, kind, page_status, api_status) in KINDS {
        for signed in [true, false] {
            let headers = if signed { &[ADA][..] } else { &[] };
            let page = ask("GET", &format!("/refuse/{name}"), headers, "").await;
            assert_eq!(page.status, page_status, "{name}");
            assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
            assert_eq!(page.body.contains("aria-label=\"Areas\""), signed, "the shell is for who is signed in");
            assert!(!page.body.contains("<it>"), "{name} is not escaped");
            assert_eq!(page.body.contains("because of"), kind != RefusalKind::Broken, "{name}");
        }
        let problem = ask("GET", &format!("/api/refuse/{name}"), &[], "").await;
        let json = problem.json();
        assert_eq!(problem.status, api_status);
        assert_eq!(json["status"], api_status);
        assert!(json["type"].as_str().unwrap().starts_with("urn:countersign:problem:"));
        assert_eq!(json["detail"] == "because of <it>", kind != RefusalKind::Broken, "{json}");
        assert_eq!(json["instance"], format!("urn:uuid:{}", problem.header("x-request-id")));
        assert_eq!(problem.header("retry-after").is_empty(), kind != RefusalKind::TooMany);
    }
}

#[tokio::test]
async fn who_is_not_signed_in_is_sent_to_sign_in_and_back() {
    let page = ask("GET", "/me?x=1&y=a%20b", &[], "").await;
    assert_eq!((page.status, page.header("location")), (303, "/sign-in?next=/me%3Fx%3D1%26y%3Da%2520b"));
    // A form cannot be sent again by a link: one comes back to its page.
    let sent = ask("POST", "/me", &[OWN, ("referer", "https://countersign.example/contracts/new")], "").await;
    assert_eq!((sent.status, sent.header("location")), (303, "/sign-in?next=/contracts/new"));
    let elsewhere = ask("POST", "/me", &[OWN, ("referer", "https://evil.example/contracts/new")], "").await;
    assert_eq!(elsewhere.header("location"), "/sign-in");
    let late = ask("GET", "/late", &[], "").await;
    assert_eq!((late.status, late.header("location")), (303, "/sign-in?next=/late"));
    let api = ask("GET", "/api/me", &[], "").await;
    assert_eq!((api.status, api.header("www-authenticate")), (401, "Bearer"));
    assert_eq!(api.json()["type"], "urn:countersign:problem:signed-out");
    assert_eq!(ask("GET", "/me", &[ADA], "").await.body, "Ada <Lovelace>");
}

#[tokio::test]
async fn a_fragment_gets_a_notice_and_never_a_page_in_the_page() {
    let htmx = ("hx-request", "true");
    let refused = ask("GET", "/refuse/conflict", &[ADA, htmx], "").await;
    assert_eq!(refused.status, 409);
    assert!(
        refused.body.contains("role=\"alert\"") && !refused.body.contains("<html") && !refused.body.contains("<it>")
    );
    let signed_out = ask("GET", "/me", &[htmx, ("referer", "https://countersign.example/contracts/7")], "").await;
    assert_eq!((signed_out.status, signed_out.header("hx-redirect")), (401, "/sign-in?next=/contracts/7"));
}

#[tokio::test]
async fn a_panic_is_an_opaque_500_with_an_id() {
    let page = ask("GET", "/panic", &[ADA], "").await;
    assert_eq!(page.status, 500);
    assert!(page.body.contains(page.header("x-request-id")) && !page.body.contains("secret"), "{}", page.body);
    let api = ask("GET", "/api/panic", &[], "").await;
    assert!(api.json()["instance"].as_str().unwrap().contains(api.header("x-request-id")));
    assert!(!api.body.contains("secret"));
}

#[tokio::test]
async fn what_the_framework_refuses_is_said_in_our_words() {
    assert_eq!(ask("GET", "/api/nothing", &[], "").await.json()["status"], 404);
    let wrong = ask("POST", "/api/me", &[OWN], "").await;
    assert_eq!((wrong.status, wrong.json()["detail"].as_str()), (405, Some("this address does not take `POST`")));
    assert!(wrong.header("allow").contains("GET"));
    assert!(ask("GET", "/nothing", &[ADA], "").await.body.contains("there is nothing at this address"));
    assert_eq!(ask("GET", "/page/7", &[ADA], "").await.status, 404);
    assert_eq!(ask("GET", "/api/id/7", &[], "").await.json()["status"], 404);
    assert_eq!(ask("GET", "/api/query?limit=x", &[], "").await.json()["status"], 422);
    assert_eq!(ask("GET", "/api/query?limit=5", &[], "").await.body, "5");
    for (headers, body) in [(&[JSON][..], "{"), (&[JSON], "{\"title\":1}"), (&[], "{\"title\":\"a\"}")] {
        let refused = ask("POST", "/api/json", headers, body).await;
        assert_eq!(
            (refused.status, refused.json()["type"].as_str()),
            (422, Some("urn:countersign:problem:invalid")),
            "{body}"
        );
    }
    assert_eq!(ask("POST", "/api/json", &[JSON], "{\"title\":\"a\"}").await.body, "a");
    let large = format!("{{\"title\":\"{}\"}}", "a".repeat(3_000_000));
    assert_eq!(ask("POST", "/api/json", &[JSON], &large).await.json()["status"], 413);
}

#[tokio::test]
async fn a_form_is_read_and_kept_with_its_repeated_fields() {
    let read = ask("POST", "/form", &[OWN, FORM], "title=A+%26+B&tags=a&tags=b").await;
    assert_eq!((read.status, read.body.as_str()), (200, "A & B [\"a\", \"b\"] A & B true"));
    assert_eq!(ask("POST", "/form", &[OWN, FORM, ADA], "tags=a").await.status, 422);
    assert_eq!(ask("POST", "/form", &[OWN, FORM, ADA], &"a".repeat(3_000_000)).await.status, 413);
}

#[tokio::test]
async fn a_revision_goes_out_as_etag_and_comes_back_as_if_match() {
    let put = async |value: &str| ask("PUT", "/api/match", &[("if-match", value)], "").await;
    let matched = put("\"7\"").await;
    assert_eq!((matched.body.as_str(), matched.header("etag")), ("7", "\"8\""));
    assert_eq!(put("*").await.body, "null");
    for wrong in ["7", "W/\"7\"", "\"seven\"", "\"7\", \"8\""] {
        assert_eq!(put(wrong).await.json()["status"], 422, "{wrong}");
    }
    assert_eq!(ask("POST", "/api/key", &[("idempotency-key", "k 1")], "").await.body, "Some(\"k 1\")");
    assert_eq!(ask("POST", "/api/key", &[], "").await.body, "None");
    assert_eq!(ask("POST", "/api/key", &[("idempotency-key", &"k".repeat(256))], "").await.json()["status"], 422);
}

#[tokio::test]
async fn only_a_page_of_ours_may_change_something() {
    let post = async |headers: &[(&str, &str)]| ask("POST", "/done", headers, "").await.status;
    let cookie = ("cookie", "session=x");
    for (headers, status) in [
        (&[OWN, cookie][..], 303),
        (&[("sec-fetch-site", "none"), cookie], 303),
        (&[("sec-fetch-site", "same-site"), cookie], 403),
        (&[("sec-fetch-site", "cross-site"), cookie], 403),
        (&[("sec-fetch-site", "cross-site"), ("origin", "https://countersign.example"), cookie], 403),
        (&[("origin", "https://countersign.example"), cookie], 303),
        (&[("origin", "https://evil.example"), cookie], 403),
        (&[("origin", "https://countersign.example.evil.example"), cookie], 403),
        (&[("origin", "null"), cookie], 403),
        (&[cookie], 403),
        (&[], 303),
        (&[("authorization", "Bearer t"), ("sec-fetch-site", "cross-site")], 303),
        (&[("authorization", "Bearer t"), ("sec-fetch-site", "cross-site"), cookie], 403),
    ] {
        assert_eq!(post(headers).await, status, "{headers:?}");
    }
    let refused = ask("POST", "/api/json", &[("sec-fetch-site", "cross-site"), JSON], "{}").await;
    assert_eq!(refused.json()["status"], 403);
    let proxied = app(Reach { https: true, origin: Some("https://sign.example".to_owned()) });
    assert_eq!(ask_of(proxied, "POST", "/done", &[("origin", "https://sign.example"), cookie], "").await.status, 303);
}

#[tokio::test]
async fn every_answer_carries_the_headers_that_keep_browsers_strict() {
    for path in ["/me", "/nothing", "/panic", "/api/me"] {
        let answer = ask("GET", path, &[ADA], "").await;
        let policy = answer.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe"), "{path}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert_eq!(answer.header("referrer-policy"), "same-origin");
        assert_eq!(answer.header("cross-origin-opener-policy"), "same-origin");
        assert_eq!(answer.header("cache-control"), "no-store");
        assert_eq!(answer.header("strict-transport-security"), "");
    }
    let https = ask_of(app(Reach { https: true, origin: None }), "GET", "/me", &[ADA], "").await;
    assert!(https.header("strict-transport-security").contains("max-age="));
}

#[tokio::test]
async fn a_notice_is_shown_once_and_escaped() {
    let done = ask("POST", "/done", &[OWN], "").await;
    assert_eq!((done.status, done.header("location")), (303, "/flash"));
    let cookie = done.header("set-cookie");
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"));
    let pair = cookie.split(';').next().unwrap().to_owned();
    let page = ask("GET", "/flash", &[ADA, ("cookie", &pair)], "").await;
    assert!(!page.body.contains("<b>it") && page.body.contains("Saved &#60;b&#62;it"), "{}", page.body);
    assert!(page.header("set-cookie").starts_with("flash=;"));
    let plain = ask("GET", "/flash", &[ADA], "").await;
    assert!(!plain.body.contains("role=\"status\"") && plain.header("set-cookie").is_empty());
    let forged = ask("GET", "/flash", &[ADA, ("cookie", "flash=%%%")], "").await;
    assert!(!forged.body.contains("role=\"status\""));
}

#[tokio::test]
async fn the_theme_is_kept_in_a_cookie_and_said_by_the_server() {
    let chosen =
        ask("POST", "/theme", &[OWN, FORM, ("referer", "http://countersign.example/contracts?a=1")], "theme=dark")
            .await;
    assert_eq!((chosen.status, chosen.header("location")), (303, "/contracts?a=1"));
    assert!(chosen.header("set-cookie").starts_with("theme=dark; Path=/"));
    let odd = ask("POST", "/theme", &[OWN, FORM], "theme=%22%3Bpath%3D/x").await;
    assert_eq!((odd.header("location"), odd.header("set-cookie").split(';').next()), ("/", Some("theme=auto")));
    for (cookie, attribute) in [
        ("theme=dark", "data-bs-theme=\"dark\" data-theme=\"dark\""),
        ("theme=x", "data-bs-theme=\"light\" data-theme=\"auto\""),
    ] {
        let page = ask("GET", "/flash", &[ADA, ("cookie", cookie)], "").await;
        assert!(page.body.contains(attribute), "{cookie}");
    }
}

#[tokio::test]
async fn a_page_says_who_looks_and_holds_nothing_inline() {
    let page = ask("GET", "/flash", &[ADA], "").await;
    assert_eq!(page.status, 200);
    for words in
        ["Ada &#60;Lovelace&#62;", "A &#60;title&#62;", "Meridian", "href=\"#content\"", "action=\"/sign-out\""]
    {
        assert!(page.body.contains(words), "{words}");
    }
    for inline in [" style=", "<style", "javascript:", " onclick="] {
        assert!(!page.body.contains(inline), "{inline}");
    }
    assert!(page.body.split("<script").skip(1).all(|script| script.contains("src=\"/assets/")));
}

#[tokio::test]
async fn an_asset_is_served_packed_and_for_ever() {
    for name in
        ["tabler.min.css", "countersign.css", "countersign.js", "theme.js", "htmx.min.js", "icons.svg", "logo.svg"]
    {
        let url = ui::asset(name);
        let plain = ask("GET", url, &[], "").await;
        assert_eq!(plain.status, 200, "{name}");
        assert_eq!(plain.header("cache-control"), "public, max-age=31536000, immutable");
        let packed = ask("GET", url, &[("accept-encoding", "gzip, br")], "").await;
        assert_eq!(packed.header("content-encoding"), "gzip");
        assert_eq!(packed.header("content-type"), plain.header("content-type"));
        let again = ask("GET", url, &[("if-none-match", plain.header("etag"))], "").await;
        assert_eq!((again.status, again.body.len()), (304, 0));
    }
    let old = ask("GET", "/assets/0123/logo.svg", &[], "").await;
    assert_eq!((old.status, old.header("cache-control")), (200, "no-cache"));
    assert_eq!(ask("GET", ui::asset("nothing.js"), &[], "").await.status, StatusCode::NOT_FOUND.as_u16());
    assert_eq!(ask("GET", "/favicon.ico", &[], "").await.header("location"), ui::asset("logo.svg"));
}
