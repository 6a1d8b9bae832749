//! The pages through the router, with the middleware that finds out who asks.

use axum::{
    Router,
    body::Body,
    http::{Request, StatusCode, header},
    middleware::from_fn_with_state,
};
use kernel::Side;
use people::{People, PeopleConfig};
use testkit::{Answer, Client, TestApp, both_engines};

use crate::{PASSWORD, WRONG, administrator, app, cookie, draft, email, invite, join, key, setup_link};

fn people(app: &TestApp, https: bool) -> People {
    let config = PeopleConfig {
        base_url: "https://countersign.example".to_owned(),
        secure_cookies: https,
        trusted_proxies: vec!["10.0.0.0/8".parse().unwrap()],
        secret_key: key(),
    };
    People::new(app.store.clone(), config)
}

pub fn router(app: &TestApp, https: bool) -> Router {
    let people = people(app, https);
    let area = people::area(people.clone());
    let (api, _) = area.api.split_for_parts();
    let inner = ui::inner(area.pages.merge(api), ui::Nav::new("Acme", area.nav));
    inner.layer(from_fn_with_state(people, people::authenticate))
}

/// A browser: keeps the one cookie.
pub struct Browser {
    client: Client,
    pub cookie: Option<String>,
}

impl Browser {
    pub fn new(app: &TestApp) -> Self {
        Self { client: Client::new(router(app, false), None), cookie: None }
    }

    pub async fn of(app: &TestApp, name: &str) -> Self {
        let secret = cookie(app, name).await;
        Self { cookie: Some(format!("countersign={}", secret.reveal())), ..Self::new(app) }
    }

    async fn keep(&mut self, mut request: Request<Body>) -> Answer {
        if let Some(cookie) = &self.cookie {
            request.headers_mut().insert(header::COOKIE, cookie.parse().unwrap());
        }
        let answer = self.client.send(request).await;
        for set in answer.headers.get_all(header::SET_COOKIE) {
            let text = set.to_str().unwrap();
            if let Some((pair, _)) = text.split_once(';').filter(|_| text.starts_with("countersign=")) {
                self.cookie = Some(pair.to_owned());
            }
        }
        answer
    }

    pub async fn get(&mut self, path: &str) -> Answer {
        self.keep(Request::get(path).body(Body::empty()).unwrap()).await
    }

    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let body: Vec<String> =
            fields.iter().map(|(name, value)| format!("{name}={}", ui::percent_encode(value))).collect();
        let request = Request::post(path)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(body.join("&")))
            .unwrap();
        self.keep(request).await
    }
}

fn to(answer: &Answer) -> &str {
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
    answer.header("location").unwrap()
}

both_engines! {
    async fn from_the_set_up_link_to_the_directory(app: &TestApp) {
        let link = setup_link(app).await.unwrap();
        let path = format!("/setup/{}", link.reveal());
        let mut browser = Browser::new(app);
        assert!(browser.get(&path).await.text().contains("Set up your workspace"));
        let fields = |again| [("name", "Root"), ("email", "root@example.org"), ("password", PASSWORD), ("again", again)];
        let refused = browser.post(&path, &fields("another")).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.text().contains("not the same") && refused.text().contains("value=\"Root\"") && !refused.text().contains(PASSWORD));
        assert_eq!(to(&browser.post(&path, &fields(PASSWORD)).await), "/people");
        let list = browser.get("/people").await;
        assert!(list.text().contains("root@example.org") && list.text().contains("/people/invite"));
        assert_eq!(Browser::new(app).get(&path).await.status, StatusCode::NOT_FOUND);
    }

    async fn signing_in_leads_back_to_the_page_and_never_elsewhere(app: &TestApp) {
        administrator(app).await;
        let mut browser = Browser::new(app);
        assert_eq!(to(&browser.get("/people?side=legal").await), "/sign-in?next=/people%3Fside%3Dlegal");
        let page = browser.get("/sign-in?next=/people%3Fside%3Dlegal").await;
        assert!(page.text().contains("value=\"/people?side=legal\""));
        let wrong = browser.post("/sign-in", &[("email", "root@example.org"), ("password", WRONG), ("next", "/people")]).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(wrong.text().contains("do not belong together") && !wrong.text().contains(WRONG) && browser.cookie.is_none());
        let evil = browser.post("/sign-in", &[("email", "root@example.org"), ("password", PASSWORD), ("next", "//evil.example")]).await;
        assert_eq!(to(&evil), "/");
        assert!(evil.header("set-cookie").unwrap().contains("; HttpOnly; SameSite=Lax"));
        assert_eq!(to(&browser.get("/sign-in?next=/people").await), "/people");
        let held = browser.cookie.clone();
        assert_eq!(to(&browser.post("/sign-out", &[]).await), "/sign-in");
        browser.cookie = held;
        assert_eq!(to(&browser.get("/account").await), "/sign-in?next=/account");
    }

    async fn over_https_the_cookie_is_bound_to_the_host(app: &TestApp) {
        administrator(app).await;
        let client = Client::new(router(app, true), None);
        let answer = client.form("/sign-in", &[("email", &email("Root")), ("password", PASSWORD)]).await;
        let set = answer.header("set-cookie").unwrap();
        assert!(set.starts_with("__Host-countersign=") && set.contains("; Path=/;") && set.ends_with("; Secure") && !set.contains("Domain"), "{set}");
        let value = set.split(';').next().unwrap().replace("__Host-", "");
        let request = Request::get("/account").header(header::COOKIE, value).body(Body::empty()).unwrap();
        assert_eq!(client.send(request).await.status, StatusCode::SEE_OTHER, "the plain name counts for nothing");
    }

    async fn too_many_tries_are_said_on_the_page(app: &TestApp) {
        administrator(app).await;
        let mut browser = Browser::new(app);
        let fields = [("email", "root@example.org"), ("password", WRONG)];
        for _ in 0..5 {
            browser.post("/sign-in", &fields).await;
        }
        let answer = browser.post("/sign-in", &fields).await;
        assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS);
        assert!(answer.text().contains("wait 15 minutes") && answer.header("retry-after").is_some());
    }

    async fn the_second_factor_from_its_set_up_to_its_code(app: &TestApp) {
        administrator(app).await;
        let mut browser = Browser::of(app, "Root").await;
        assert!(browser.get("/account").await.text().contains("password only"));
        let enrol = browser.post("/account/second-factor", &[]).await.text();
        assert!(enrol.contains("<svg xmlns") && enrol.contains("otpauth://totp/"));
        let wrong = browser.post("/account/second-factor/confirm", &[("code", "1")]).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        let typed = enrol.split("<code>").nth(1).unwrap().split("</code>").next().unwrap();
        assert!(wrong.text().contains(typed), "the same secret is shown again");
        let secret = crate::second_factor::secret_of(typed);
        let code = people::rules::second_factor::code_at(&secret, app.store.world.now()).unwrap();
        let codes = browser.post("/account/second-factor/confirm", &[("code", &code)]).await.text();
        assert_eq!(codes.matches("<li><code>").count(), 10);
        app.world.advance_seconds(60);
        let mut other = Browser::new(app);
        assert_eq!(to(&other.get("/sign-in/code").await), "/sign-in");
        let sent = other.post("/sign-in", &[("email", "root@example.org"), ("password", PASSWORD), ("next", "/account")]).await;
        assert_eq!(to(&sent), "/sign-in/code?next=/account");
        assert_eq!(to(&other.get("/people").await), "/sign-in?next=/people", "half signed in is signed out");
        assert!(other.get("/sign-in/code").await.text().contains("Root, your account asks for a code"));
        assert_eq!(other.post("/sign-in/code", &[("code", "000000")]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        let code = people::rules::second_factor::code_at(&secret, app.store.world.now()).unwrap();
        assert_eq!(to(&other.post("/sign-in/code", &[("code", &code), ("next", "/account")]).await), "/account");
        assert!(other.get("/account").await.text().contains("10 recovery codes left"));
    }

    async fn an_invitation_is_shown_once_and_leads_in(app: &TestApp) {
        administrator(app).await;
        let mut browser = Browser::of(app, "Root").await;
        let made = browser.post("/people/invite", &[("email", "ada@example.org"), ("sides", "legal"), ("sides", "privacy")]).await;
        let text = made.text();
        let link = text.split("value=\"https://countersign.example").nth(1).unwrap().split('"').next().unwrap().to_owned();
        assert!(browser.get("/people").await.text().contains("ada@example.org") && !browser.get("/people").await.text().contains(&link));
        let mut ada = Browser::new(app);
        assert!(ada.get(&link).await.text().contains("Root has invited you"));
        let weak = ada.post(&link, &[("name", "Ada"), ("password", "password1234"), ("again", "password1234")]).await;
        assert!(weak.status == StatusCode::UNPROCESSABLE_ENTITY && weak.text().contains("everybody tries first"));
        assert_eq!(to(&ada.post(&link, &[("name", "Ada"), ("password", PASSWORD), ("again", PASSWORD)]).await), "/");
        let account = ada.get("/account").await.text();
        assert!(account.contains("Legal") && account.contains("While you are away"));
        assert_eq!(Browser::new(app).get(&link).await.status, StatusCode::NOT_FOUND);
    }

    async fn the_form_of_a_person_keeps_what_was_typed_when_someone_was_faster(app: &TestApp) {
        let root = administrator(app).await;
        let ada = join(app, &root, "Ada", &[Side::Legal]).await;
        let mut browser = Browser::of(app, "Root").await;
        let path = format!("/people/{}", ada.person);
        assert!(browser.get(&path).await.text().contains("name=\"revision\" value=\"1\""));
        let fields = |name, revision| [("name", name), ("email", "ada@example.org"), ("sides", "legal"), ("active", "yes"), ("revision", revision)];
        assert_eq!(to(&browser.post(&path, &fields("Ada L.", "1")).await), path);
        let late = browser.post(&path, &fields("Ada Lovelace", "1")).await;
        assert_eq!(late.status, StatusCode::CONFLICT);
        let text = late.text();
        assert!(text.contains("value=\"Ada Lovelace\"") && text.contains("As it is now") && text.contains("<dd>Ada L.</dd>"));
        assert!(text.contains("name=\"revision\" value=\"2\""), "saving again is deliberate now");
        assert_eq!(to(&browser.post(&path, &fields("Ada Lovelace", "2")).await), path);
        let mut own = Browser::of(app, "Ada").await;
        let seen = own.get(&path).await.text();
        assert!(seen.contains("ada@example.org") && !seen.contains("name=\"revision\""));
        assert_eq!(own.post(&path, &fields("Queen", "3")).await.status, StatusCode::FORBIDDEN);
        assert_eq!(own.get("/people/invite").await.status, StatusCode::FORBIDDEN);
        assert_eq!(own.get("/people/nonsense").await.status, StatusCode::NOT_FOUND);
    }

    async fn the_account_page_lends_makes_tokens_and_changes_the_password(app: &TestApp) {
        let root = administrator(app).await;
        join(app, &root, "Ada", &[Side::Legal]).await;
        let bo = join(app, &root, "Bo", &[Side::It]).await;
        let mut ada = Browser::of(app, "Ada").await;
        let id = bo.person.to_string();
        let bad = ada.post("/account/delegations", &[("side", "legal"), ("to", &id), ("ends_on", "2027-12-31"), ("reason", "on leave")]).await;
        assert!(bad.status == StatusCode::UNPROCESSABLE_ENTITY && bad.text().contains("180 days at most") && bad.text().contains("on leave"));
        assert_eq!(to(&ada.post("/account/delegations", &[("side", "legal"), ("to", &id), ("ends_on", "2026-12-31")]).await), "/account");
        assert!(ada.get("/account").await.text().contains("Bo signs for Legal in your place"));
        assert!(Browser::of(app, "Bo").await.get("/account").await.text().contains("You sign for Legal in place of Ada"));
        let token = ada.post("/account/tokens", &[("token_name", "export"), ("access", "read"), ("expires_on", "2026-12-31")]).await.text();
        assert!(token.contains("value=\"cs_") && token.contains("until 31 Dec 2026"));
        assert!(!ada.get("/account").await.text().contains("cs_"));
        let bad = ada.post("/account/tokens", &[("token_name", " "), ("access", "read"), ("expires_on", "2026-12-31")]).await;
        assert!(bad.text().contains("id=\"e-token_name\""));
        let change = ada.post("/account/password", &[("current", PASSWORD), ("password", "walnut ferry tulip"), ("again", "walnut ferry tulip")]).await;
        assert_eq!(to(&change), "/account");
        assert_eq!(ada.get("/account").await.status, StatusCode::OK, "this browser stays signed in");
        assert_eq!(to(&ada.post("/account/sessions/end-others", &[]).await), "/account");
    }

    async fn what_people_typed_is_shown_as_text(app: &TestApp) {
        let root = administrator(app).await;
        let name = "<script>alert(1)</script>";
        let invited = invite(app, &root, &draft("Ada", &[])).await.unwrap();
        people::accept_invitation(&app.store, invited.secret.reveal(), name, PASSWORD).await.unwrap();
        let text = Browser::of(app, "Root").await.get("/people").await.text();
        assert!(!text.contains(name) && text.contains("script&#62;alert(1)"), "{text}");
    }

    async fn no_page_of_this_area_opens_without_a_sign_in(app: &TestApp) {
        let root = administrator(app).await;
        let mut nobody = Browser::new(app);
        let id = root.person;
        for path in ["/people", "/people/invite", &format!("/people/{id}"), "/account", "/account/second-factor"] {
            assert!(to(&nobody.get(path).await).starts_with("/sign-in"), "{path}");
        }
        for path in [
            "/people/invite", "/people/{id}", "/people/{id}/password-link", "/people/{id}/second-factor", "/people/invitations/{id}/withdraw",
            "/account/password", "/account/second-factor", "/account/second-factor/confirm", "/account/second-factor/off",
            "/account/recovery-codes", "/account/sessions/{id}/end", "/account/sessions/end-others", "/account/tokens",
            "/account/tokens/{id}/revoke", "/account/delegations", "/account/delegations/{id}/end",
        ] {
            let path = path.replace("{id}", &id.to_string());
            assert!(to(&nobody.post(&path, &[]).await).starts_with("/sign-in"), "{path}");
        }
    }
}
