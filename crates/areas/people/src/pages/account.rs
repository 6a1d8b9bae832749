//! One's own account: password, second factor, sessions, tokens, and lending the signature.

use askama::Template;
use axum::{
    Router,
    extract::State,
    routing::{get, post},
};
use kernel::Refusal;
use serde::Deserialize;
use ui::{FormState, PageCx, PageForm, PagePath, PageResult, Shell, redirect_with_flash};

use super::browser;
use crate::{
    account::{self, SecondFactor},
    accounts,
    config::People,
    delegations::{self, NewDelegation},
    model::{ApiToken, Delegation, DelegationId, SessionId, TokenId},
    rules::{
        draft::{self, Problems},
        lending,
        second_factor::Enrolment,
    },
    sessions, tokens,
    web::Here,
};

pub(super) fn router() -> Router<People> {
    Router::new()
        .route("/account", get(own))
        .route("/account/password", post(password))
        .route("/account/second-factor", get(begin_again).post(begin))
        .route("/account/second-factor/confirm", post(confirm))
        .route("/account/second-factor/off", post(turn_off))
        .route("/account/recovery-codes", post(renew_codes))
        .route("/account/sessions/{id}/end", post(end_session))
        .route("/account/sessions/end-others", post(end_others))
        .route("/account/tokens", post(make_token))
        .route("/account/tokens/{id}/revoke", post(revoke_token))
        .route("/account/delegations", post(lend))
        .route("/account/delegations/{id}/end", post(end_delegation))
}

struct SessionRow {
    id: SessionId,
    browser: String,
    ip: String,
    since: String,
    seen: String,
    here: bool,
}

struct TokenRow {
    token: ApiToken,
    until: String,
    used: String,
    over: bool,
}

/// The forms of the page; at most one of them was sent.
#[derive(Default)]
struct Forms {
    password: FormState,
    off: FormState,
    codes: FormState,
    token: FormState,
    lend: FormState,
}

#[derive(Template)]
#[template(path = "people_account.html")]
struct AccountPage {
    shell: Shell,
    email: String,
    sides: Vec<&'static str>,
    administrator: bool,
    until: Option<String>,
    second_factor: SecondFactor,
    sessions: Vec<SessionRow>,
    tokens: Vec<TokenRow>,
    lendable: Vec<(&'static str, &'static str)>,
    stand_ins: Vec<(String, String)>,
    lent: Vec<Delegation>,
    borrowed: Vec<Delegation>,
    today: kernel::Date,
    forms: Forms,
}

#[derive(Template)]
#[template(path = "people_second_factor.html")]
struct EnrolPage {
    shell: Shell,
    enrolment: Enrolment,
    form: FormState,
}

#[derive(Template)]
#[template(path = "people_codes.html")]
struct CodesPage {
    shell: Shell,
    codes: Vec<String>,
}

#[derive(Template)]
#[template(path = "people_token.html")]
struct TokenPage {
    shell: Shell,
    token: ApiToken,
    secret: String,
    until: String,
}

async fn account_page(people: &People, page: &PageCx, here: &Here, forms: Forms) -> Result<AccountPage, Refusal> {
    let mut cx = people.store.read(&page.actor).await?;
    let me = page.actor.person;
    let second_factor = account::second_factor(&mut cx).await?;
    let record = crate::store::person_by_id(&mut cx, me).await?.ok_or_else(Refusal::signed_out)?;
    let sessions = sessions::list_sessions(&mut cx).await?;
    let (lent, borrowed) = delegations::list_delegations(&mut cx)
        .await?
        .into_iter()
        .partition(|delegation: &Delegation| delegation.from == me);
    let lendable = lending::lendable(&record.sides);
    let mut stand_ins = Vec::new();
    if !lendable.is_empty() {
        for person in accounts::people_to_choose_from(&mut cx).await? {
            if person.id != me && lendable.iter().any(|side| lending::can_stand_in(&person.sides, *side)) {
                let sides: Vec<&str> = person.sides.iter().map(|side| side.label()).collect();
                let words =
                    if sides.is_empty() { person.name } else { format!("{} ({})", person.name, sides.join(", ")) };
                stand_ins.push((person.id.to_string(), words));
            }
        }
    }
    let now = cx.now;
    let held = tokens::list_tokens(&mut cx).await?;
    Ok(AccountPage {
        shell: page.shell("My account").subtitle(record.email.clone()),
        sides: record.sides.iter().map(|side| side.label()).collect(),
        email: record.email,
        administrator: record.administrator,
        until: record.access_until.map(kernel::Date::long),
        second_factor,
        sessions: sessions
            .into_iter()
            .map(|session| SessionRow {
                here: here.0.as_ref().is_some_and(|info| info.id == session.id),
                id: session.id,
                browser: browser(&session.user_agent),
                ip: session.ip,
                since: people.moment(session.created_at),
                seen: people.moment(session.last_seen_at),
            })
            .collect(),
        tokens: held
            .into_iter()
            .map(|token| TokenRow {
                until: last_day(people, &token),
                used: token
                    .last_used_at
                    .map_or_else(|| "never used".to_owned(), |at| format!("last used {}", people.moment(at))),
                over: token.expires_at <= now,
                token,
            })
            .collect(),
        lendable: lendable.into_iter().map(|side| (side.as_str(), side.label())).collect(),
        stand_ins,
        lent,
        borrowed,
        today: cx.today(),
        forms,
    })
}

/// A token ends at midnight; people think of the day before.
fn last_day(people: &People, token: &ApiToken) -> String {
    token.expires_at.plus_seconds(-1).date_in(&people.store.world.zone()).long()
}

/// Draws the page again with the form that was refused.
async fn again(
    people: &People,
    page: &PageCx,
    here: &Here,
    refusal: Refusal,
    forms: impl FnOnce(&Refusal) -> Forms,
) -> PageResult {
    let drawn = account_page(people, page, here, forms(&refusal)).await?;
    page.again(refusal, |_| drawn)
}

async fn own(State(people): State<People>, page: PageCx, here: Here) -> PageResult {
    page.render(&account_page(&people, &page, &here, Forms::default()).await?)
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Passwords {
    current: String,
    password: String,
    again: String,
}

async fn password(
    State(people): State<People>,
    page: PageCx,
    here: Here,
    PageForm(sent, form): PageForm<Passwords>,
) -> PageResult {
    let mut problems = Problems::default();
    if sent.password != sent.again {
        problems.add("again", "the two passwords are not the same");
    }
    let done = match problems.finish() {
        Ok(()) => {
            account::change_password(
                &people.store,
                &page.actor,
                here.0.as_ref().map(|info| info.id),
                &sent.current,
                &sent.password,
            )
            .await
        }
        Err(refusal) => Err(refusal),
    };
    match done {
        Ok(()) => {
            Ok(redirect_with_flash("/account", "Your password is changed, and you are signed out everywhere else."))
        }
        Err(refusal) => {
            again(&people, &page, &here, refusal, |refusal| Forms {
                password: form.refused(refusal),
                ..Forms::default()
            })
            .await
        }
    }
}

fn enrol_page(page: &PageCx, enrolment: Enrolment, form: FormState) -> EnrolPage {
    EnrolPage {
        shell: page
            .shell("Second factor")
            .crumb("My account", "/account")
            .subtitle("Two steps with an authenticator app."),
        enrolment,
        form,
    }
}

async fn begin(State(people): State<People>, page: PageCx) -> PageResult {
    let enrolment =
        db::transact!(people.store, &page.actor, |cx| account::begin_second_factor(cx, &people.config.secret_key)
            .await)?;
    page.render(&enrol_page(&page, enrolment, FormState::new()))
}

async fn begin_again(State(people): State<People>, page: PageCx) -> PageResult {
    let mut cx = people.store.read(&page.actor).await?;
    match account::second_factor_in_the_making(&mut cx, &people.config.secret_key).await {
        Ok(enrolment) => page.render(&enrol_page(&page, enrolment, FormState::new())),
        Err(_) => {
            Ok(axum::response::IntoResponse::into_response(axum::response::Redirect::to("/account#second-factor")))
        }
    }
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Code {
    code: String,
}

async fn confirm(State(people): State<People>, page: PageCx, PageForm(sent, form): PageForm<Code>) -> PageResult {
    match db::transact!(people.store, &page.actor, |cx| account::confirm_second_factor(
        cx,
        &people.config.secret_key,
        &sent.code
    )
    .await)
    {
        Ok(codes) => page.render(&codes_page(&page, codes)),
        Err(refusal) if refusal.fields.is_empty() => Err(refusal.into()),
        Err(refusal) => {
            let mut cx = people.store.read(&page.actor).await?;
            let enrolment = account::second_factor_in_the_making(&mut cx, &people.config.secret_key).await?;
            page.again(refusal, |refusal| enrol_page(&page, enrolment, form.refused(refusal)))
        }
    }
}

fn codes_page(page: &PageCx, codes: Vec<String>) -> CodesPage {
    CodesPage {
        shell: page.shell("Recovery codes").crumb("My account", "/account").subtitle("Your second factor is on."),
        codes,
    }
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Confirmation {
    codes_password: String,
    off_password: String,
}

async fn renew_codes(
    State(people): State<People>,
    page: PageCx,
    here: Here,
    PageForm(sent, form): PageForm<Confirmation>,
) -> PageResult {
    match account::renew_recovery_codes(&people.store, &page.actor, &sent.codes_password).await {
        Ok(codes) => page.render(&codes_page(&page, codes)),
        Err(refusal) => {
            again(&people, &page, &here, refusal, |refusal| Forms { codes: form.refused(refusal), ..Forms::default() })
                .await
        }
    }
}

async fn turn_off(
    State(people): State<People>,
    page: PageCx,
    here: Here,
    PageForm(sent, form): PageForm<Confirmation>,
) -> PageResult {
    match account::turn_off_second_factor(&people.store, &page.actor, &sent.off_password).await {
        Ok(()) => Ok(redirect_with_flash("/account", "Your second factor is off.")),
        Err(refusal) => {
            again(&people, &page, &here, refusal, |refusal| Forms { off: form.refused(refusal), ..Forms::default() })
                .await
        }
    }
}

async fn end_session(State(people): State<People>, page: PageCx, PagePath(id): PagePath<SessionId>) -> PageResult {
    db::transact!(people.store, &page.actor, |cx| sessions::end_session(cx, id).await)?;
    Ok(redirect_with_flash("/account", "The session is ended."))
}

async fn end_others(State(people): State<People>, page: PageCx, here: Here) -> PageResult {
    let keep = here.0.ok_or_else(Refusal::signed_out)?.id;
    db::transact!(people.store, &page.actor, |cx| sessions::end_other_sessions(cx, keep).await)?;
    Ok(redirect_with_flash("/account", "You are signed out everywhere else."))
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct NewToken {
    token_name: String,
    access: String,
    expires_on: String,
}

async fn make_token(
    State(people): State<People>,
    page: PageCx,
    here: Here,
    PageForm(sent, form): PageForm<NewToken>,
) -> PageResult {
    let made = match draft::date(&sent.expires_on) {
        Ok(day) => db::transact!(people.store, &page.actor, |cx| tokens::make_token(
            cx,
            &sent.token_name,
            sent.access != "write",
            day
        )
        .await),
        Err(message) => Err(Refusal::field("expires_on", message)),
    };
    match made {
        Ok((token, secret)) => page.render(&TokenPage {
            shell: page.shell("Token made").crumb("My account", "/account"),
            until: last_day(&people, &token),
            token,
            secret: secret.reveal().to_owned(),
        }),
        Err(mut refusal) => {
            // The page has more than one field that is called a name.
            for problem in refusal.fields.iter_mut().filter(|problem| problem.field == "name") {
                "token_name".clone_into(&mut problem.field);
            }
            again(&people, &page, &here, refusal, |refusal| Forms { token: form.refused(refusal), ..Forms::default() })
                .await
        }
    }
}

async fn revoke_token(State(people): State<People>, page: PageCx, PagePath(id): PagePath<TokenId>) -> PageResult {
    db::transact!(people.store, &page.actor, |cx| tokens::revoke_token(cx, id).await)?;
    Ok(redirect_with_flash("/account", "The token is revoked."))
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Loan {
    side: String,
    to: String,
    starts_on: String,
    ends_on: String,
    reason: String,
}

impl Loan {
    /// An empty first day is today.
    fn read(&self, today: kernel::Date) -> Result<NewDelegation, Refusal> {
        let mut problems = Problems::default();
        let side = problems.take("side", self.side.parse().map_err(|_| "choose a side".to_owned()));
        let to = problems.take("to", self.to.parse().map_err(|_| "choose a person".to_owned()));
        let starts_on = problems.take("starts_on", draft::optional_date(&self.starts_on)).flatten().unwrap_or(today);
        let ends_on = problems.take("ends_on", draft::date(&self.ends_on));
        problems.finish()?;
        match (side, to, ends_on) {
            (Some(side), Some(to), Some(ends_on)) => {
                Ok(NewDelegation { side, to, starts_on, ends_on, reason: self.reason.clone() })
            }
            _ => Err(Refusal::broken("a field without a problem has no value")),
        }
    }
}

async fn lend(
    State(people): State<People>,
    page: PageCx,
    here: Here,
    PageForm(sent, form): PageForm<Loan>,
) -> PageResult {
    let made = match sent.read(people.store.world.today()) {
        Ok(new) => db::transact!(people.store, &page.actor, |cx| delegations::create_delegation(cx, &new).await),
        Err(refusal) => Err(refusal),
    };
    match made {
        Ok(made) => {
            let words = format!(
                "{} can sign for {} in your place until {}.",
                made.to_name,
                made.side.label(),
                made.ends_on.long()
            );
            Ok(redirect_with_flash("/account", &words))
        }
        Err(refusal) => {
            again(&people, &page, &here, refusal, |refusal| Forms { lend: form.refused(refusal), ..Forms::default() })
                .await
        }
    }
}

async fn end_delegation(
    State(people): State<People>,
    page: PageCx,
    PagePath(id): PagePath<DelegationId>,
) -> PageResult {
    db::transact!(people.store, &page.actor, |cx| delegations::revoke_delegation(cx, id).await)?;
    Ok(redirect_with_flash("/account", "The delegation is ended."))
}
