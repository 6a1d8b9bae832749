//! The endpoints: thin, they ask the same use cases as the pages.

use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use db::idempotency;
use kernel::{Actor, Date, Instant, PersonId, Refusal, Side, Uuid};
use serde::{Deserialize, Serialize};
use ui::{ApiJson, ApiPath, ApiQuery, ApiResult, IdempotencyKey, IfMatch, Problem, Signed, with_etag};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    accounts::{self, PeopleFilter},
    config::People,
    delegations::{self, NewDelegation},
    invitations,
    model::{ApiToken, Delegation, DelegationId, PersonRecord, TokenId},
    rules::draft::{self, PersonDraft, Problems},
    tokens,
};

pub(crate) fn router(people: People) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(me))
        .routes(routes!(list_people))
        .routes(routes!(read_person, edit_person))
        .routes(routes!(invite))
        .routes(routes!(list_tokens, make_token))
        .routes(routes!(revoke_token))
        .routes(routes!(list_delegations, lend))
        .routes(routes!(revoke_delegation))
        .with_state(people)
}

fn words(sides: impl IntoIterator<Item = Side>) -> Vec<String> {
    sides.into_iter().map(|side| side.as_str().to_owned()).collect()
}

/// Runs a creation once under its key. What is kept for the repetition is given apart, because secrets are never kept.
macro_rules! once {
    ($people:expr, $actor:expr, $key:expr, $request:expr, |$cx:ident| $body:expr, $kept:expr) => {{
        let request = serde_json::to_vec(&$request).map_err(Refusal::broken)?;
        db::transact!($people.store, &$actor, |$cx| {
            if let Some(key) = &$key
                && let Some(answer) = idempotency::earlier_answer($cx, key, &request).await?
            {
                $cx.unrecorded("the answer of an earlier request is given again");
                return serde_json::from_str(&answer).map_err(Refusal::broken);
            }
            let answer = $body;
            if let Some(key) = &$key {
                let kept = serde_json::to_string(&$kept(&answer)).map_err(Refusal::broken)?;
                idempotency::keep_answer($cx, key, &request, &kept).await?;
            }
            Ok::<_, Refusal>(answer)
        })
    }};
}

/// Someone of the directory.
#[derive(Serialize, ToSchema)]
struct PersonView {
    id: Uuid,
    #[schema(example = "Ada Lovelace")]
    name: String,
    #[schema(example = "ada@example.org")]
    email: String,
    title: String,
    department: String,
    #[schema(example = json!(["legal", "privacy"]))]
    sides: Vec<String>,
    administrator: bool,
    active: bool,
    /// The last day on which the account works.
    #[schema(value_type = Option<String>, format = Date)]
    access_until: Option<Date>,
    revision: i64,
}

impl From<PersonRecord> for PersonView {
    fn from(person: PersonRecord) -> Self {
        Self {
            id: person.id.0,
            name: person.name,
            email: person.email,
            title: person.title,
            department: person.department,
            sides: words(person.sides),
            administrator: person.administrator,
            active: person.active,
            access_until: person.access_until,
            revision: person.revision,
        }
    }
}

/// A page of people, by name.
#[derive(Serialize, ToSchema)]
struct PeoplePage {
    items: Vec<PersonView>,
    /// Give it as `cursor` for the page after this one. Absent on the last page.
    next: Option<String>,
}

/// Who asks, and what they may sign today.
#[derive(Serialize, ToSchema)]
struct Me {
    id: Uuid,
    name: String,
    #[schema(example = json!(["security"]))]
    sides: Vec<String>,
    administrator: bool,
    #[schema(example = "token")]
    via: String,
    read_only: bool,
    /// The sides for which this person can sign today, by membership or by delegation.
    signs_for: Vec<String>,
}

/// Who asks.
#[utoipa::path(get, path = "/api/v1/me", tag = "people",
    responses((status = 200, description = "the person behind the token or the session", body = Me), (status = 401, description = "nobody is signed in", body = Problem)))]
async fn me(Signed(actor): Signed) -> ApiResult<ApiJson<Me>> {
    let signs_for = words(Side::SIGNING.into_iter().filter(|side| actor.signs_for(*side)));
    Ok(ApiJson(Me {
        id: actor.person.0,
        name: actor.name,
        sides: words(actor.sides),
        administrator: actor.administrator,
        via: actor.via.as_str().to_owned(),
        read_only: actor.read_only,
        signs_for,
    }))
}

#[derive(Deserialize, utoipa::IntoParams, Default)]
#[serde(default)]
#[into_params(parameter_in = Query)]
struct PeopleQuery {
    /// A part of a name, address, title or department.
    q: String,
    /// Only people of this side.
    side: Option<String>,
    /// `true`: also people whose accounts are not active.
    all: bool,
    cursor: Option<String>,
    /// 1 to 200, 50 without.
    limit: Option<usize>,
}

/// The directory, by name.
#[utoipa::path(get, path = "/api/v1/people", tag = "people", params(PeopleQuery),
    responses((status = 200, description = "one page", body = PeoplePage), (status = 403, description = "not for contacts of vendors", body = Problem)))]
async fn list_people(
    State(people): State<People>,
    Signed(actor): Signed,
    ApiQuery(query): ApiQuery<PeopleQuery>,
) -> ApiResult<ApiJson<PeoplePage>> {
    let side = query
        .side
        .as_deref()
        .map(|word| word.parse::<Side>().map_err(|message| Refusal::field("side", message)))
        .transpose()?;
    let filter = PeopleFilter { text: query.q, side, everybody: query.all, cursor: query.cursor, limit: query.limit };
    let page = accounts::list_people(&mut people.store.read(&actor).await?, &filter).await?;
    Ok(ApiJson(PeoplePage { next: page.next.clone(), items: page.items.into_iter().map(PersonView::from).collect() }))
}

/// One person.
#[utoipa::path(get, path = "/api/v1/people/{id}", tag = "people", params(("id" = Uuid, Path, description = "the person's id")),
    responses((status = 200, description = "the person", body = PersonView), (status = 404, description = "there is no such person", body = Problem)))]
async fn read_person(
    State(people): State<People>,
    Signed(actor): Signed,
    ApiPath(id): ApiPath<PersonId>,
) -> ApiResult<Response> {
    let person = accounts::read_person(&mut people.store.read(&actor).await?, id).await?;
    Ok(with_etag(person.revision, ApiJson(PersonView::from(person))))
}

/// A person as they are to be. What is left out becomes empty.
#[derive(Deserialize, ToSchema)]
struct PersonBody {
    name: String,
    email: String,
    #[serde(default)]
    title: String,
    #[serde(default)]
    department: String,
    #[schema(example = json!(["legal"]))]
    sides: Vec<String>,
    #[serde(default)]
    administrator: bool,
    /// The last day on which the account works.
    #[serde(default)]
    #[schema(example = "2027-03-31")]
    access_until: Option<String>,
    /// `false` ends the account's sessions and tokens.
    active: bool,
}

/// Changes a person. Send the revision that you have read as `If-Match`.
#[utoipa::path(put, path = "/api/v1/people/{id}", tag = "people", params(("id" = Uuid, Path, description = "the person's id")), request_body = PersonBody,
    responses((status = 200, description = "the person as it is now", body = PersonView), (status = 403, description = "for administrators", body = Problem),
        (status = 412, description = "someone else was faster", body = Problem), (status = 422, description = "a field is wrong", body = Problem)))]
async fn edit_person(
    State(people): State<People>,
    Signed(actor): Signed,
    ApiPath(id): ApiPath<PersonId>,
    IfMatch(revision): IfMatch,
    ApiJson(body): ApiJson<PersonBody>,
) -> ApiResult<Response> {
    let draft = PersonDraft {
        name: body.name,
        email: body.email,
        title: body.title,
        department: body.department,
        sides: body.sides,
        administrator: yes_or_nothing(body.administrator),
        access_until: body.access_until.unwrap_or_default(),
    };
    let revision = match revision {
        Some(revision) => revision,
        None => accounts::read_person(&mut people.store.read(&actor).await?, id).await?.revision,
    };
    let person =
        db::transact!(people.store, &actor, |cx| accounts::edit_person(cx, id, revision, &draft, body.active).await)?;
    Ok(with_etag(person.revision, ApiJson(PersonView::from(person))))
}

/// A box of a form, as it is sent.
fn yes_or_nothing(ticked: bool) -> String {
    if ticked { "yes".to_owned() } else { String::new() }
}

/// Someone to invite.
#[derive(Serialize, Deserialize, ToSchema)]
struct NewInvitation {
    #[schema(example = "grace@example.org")]
    email: String,
    /// Can be left to the invited person.
    #[serde(default)]
    name: String,
    #[serde(default)]
    title: String,
    #[serde(default)]
    department: String,
    #[serde(default)]
    #[schema(example = json!(["security"]))]
    sides: Vec<String>,
    #[serde(default)]
    administrator: bool,
    /// The last day of the account. An auditor's account needs one.
    #[serde(default)]
    #[schema(example = "2027-03-31")]
    access_until: Option<String>,
}

#[derive(Serialize, Deserialize, ToSchema)]
struct InvitationView {
    id: Uuid,
    /// The link to hand over. Given once: absent when the same request is answered again.
    link: Option<String>,
    #[schema(value_type = String, format = DateTime)]
    expires_at: Instant,
}

/// Invites someone. The answer holds the link to hand over.
#[utoipa::path(post, path = "/api/v1/invitations", tag = "people", request_body = NewInvitation,
    responses((status = 201, description = "invited", body = InvitationView), (status = 403, description = "for administrators", body = Problem),
        (status = 422, description = "a field is wrong", body = Problem)))]
async fn invite(
    State(people): State<People>,
    Signed(actor): Signed,
    IdempotencyKey(key): IdempotencyKey,
    ApiJson(new): ApiJson<NewInvitation>,
) -> ApiResult<Response> {
    let draft = PersonDraft {
        name: new.name.clone(),
        email: new.email.clone(),
        title: new.title.clone(),
        department: new.department.clone(),
        sides: new.sides.clone(),
        administrator: yes_or_nothing(new.administrator),
        access_until: new.access_until.clone().unwrap_or_default(),
    };
    let view: InvitationView = once!(
        people,
        actor,
        key,
        ("invitations", &new),
        |cx| {
            let invited = invitations::invite(cx, &draft).await?;
            let link = people.link(&format!("/invitation/{}", invited.secret.reveal()));
            InvitationView { id: invited.id.0, link: Some(link), expires_at: invited.expires_at }
        },
        |view: &InvitationView| InvitationView { link: None, ..*view }
    )?;
    Ok((StatusCode::CREATED, ApiJson(view)).into_response())
}

/// A token of one's own. Its secret is never shown again.
#[derive(Serialize, Deserialize, ToSchema)]
struct TokenView {
    id: Uuid,
    name: String,
    read_only: bool,
    #[schema(value_type = String, format = DateTime)]
    created_at: Instant,
    #[schema(value_type = String, format = DateTime)]
    expires_at: Instant,
    #[schema(value_type = Option<String>, format = DateTime)]
    last_used_at: Option<Instant>,
    /// Only in the answer to its making.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "cs_…")]
    secret: Option<String>,
}

impl From<ApiToken> for TokenView {
    fn from(token: ApiToken) -> Self {
        Self {
            id: token.id.0,
            name: token.name,
            read_only: token.read_only,
            created_at: token.created_at,
            expires_at: token.expires_at,
            last_used_at: token.last_used_at,
            secret: None,
        }
    }
}

/// The asker's own tokens.
#[utoipa::path(get, path = "/api/v1/tokens", tag = "people",
    responses((status = 200, description = "those that were not revoked", body = Vec<TokenView>), (status = 401, description = "nobody is signed in", body = Problem)))]
async fn list_tokens(State(people): State<People>, Signed(actor): Signed) -> ApiResult<ApiJson<Vec<TokenView>>> {
    let held = tokens::list_tokens(&mut people.store.read(&actor).await?).await?;
    Ok(ApiJson(held.into_iter().map(TokenView::from).collect()))
}

#[derive(Serialize, Deserialize, ToSchema)]
struct NewToken {
    #[schema(example = "nightly export")]
    name: String,
    /// A token only reads unless this says `false`.
    #[serde(default = "yes")]
    read_only: bool,
    /// Its last day, at most a year from now.
    #[schema(example = "2027-06-30")]
    expires_on: String,
}

fn yes() -> bool {
    true
}

/// Makes a token. Not with a token: only in a session.
#[utoipa::path(post, path = "/api/v1/tokens", tag = "people", request_body = NewToken,
    responses((status = 201, description = "made; the secret is shown once", body = TokenView), (status = 403, description = "asked with a token", body = Problem),
        (status = 422, description = "a field is wrong", body = Problem)))]
async fn make_token(
    State(people): State<People>,
    Signed(actor): Signed,
    IdempotencyKey(key): IdempotencyKey,
    ApiJson(new): ApiJson<NewToken>,
) -> ApiResult<Response> {
    let day = draft::date(&new.expires_on).map_err(|message| Refusal::field("expires_on", message))?;
    let view: TokenView = once!(
        people,
        actor,
        key,
        ("tokens", &new),
        |cx| {
            let (token, secret) = tokens::make_token(cx, &new.name, new.read_only, day).await?;
            TokenView { secret: Some(secret.reveal().to_owned()), ..TokenView::from(token) }
        },
        |view: &TokenView| TokenView { name: view.name.clone(), secret: None, ..*view }
    )?;
    Ok((StatusCode::CREATED, ApiJson(view)).into_response())
}

/// Revokes a token, at once and for good.
#[utoipa::path(delete, path = "/api/v1/tokens/{id}", tag = "people", params(("id" = Uuid, Path, description = "the token's id")),
    responses((status = 204, description = "revoked"), (status = 404, description = "there is no such token", body = Problem)))]
async fn revoke_token(
    State(people): State<People>,
    Signed(actor): Signed,
    ApiPath(id): ApiPath<TokenId>,
) -> ApiResult<StatusCode> {
    db::transact!(people.store, &actor, |cx| tokens::revoke_token(cx, id).await)?;
    Ok(StatusCode::NO_CONTENT)
}

/// A signature lent.
#[derive(Serialize, Deserialize, ToSchema)]
struct DelegationView {
    id: Uuid,
    #[schema(example = "legal")]
    side: String,
    from: Uuid,
    from_name: String,
    to: Uuid,
    to_name: String,
    #[schema(value_type = String, format = Date)]
    starts_on: Date,
    /// The last day on which it holds.
    #[schema(value_type = String, format = Date)]
    ends_on: Date,
    reason: String,
}

impl From<Delegation> for DelegationView {
    fn from(delegation: Delegation) -> Self {
        Self {
            id: delegation.id.0,
            side: delegation.side.as_str().to_owned(),
            from: delegation.from.0,
            from_name: delegation.from_name,
            to: delegation.to.0,
            to_name: delegation.to_name,
            starts_on: delegation.starts_on,
            ends_on: delegation.ends_on,
            reason: delegation.reason,
        }
    }
}

/// What the asker lends and borrows, today and later.
#[utoipa::path(get, path = "/api/v1/delegations", tag = "people",
    responses((status = 200, description = "the soonest to end first", body = Vec<DelegationView>), (status = 401, description = "nobody is signed in", body = Problem)))]
async fn list_delegations(
    State(people): State<People>,
    Signed(actor): Signed,
) -> ApiResult<ApiJson<Vec<DelegationView>>> {
    let found = delegations::list_delegations(&mut people.store.read(&actor).await?).await?;
    Ok(ApiJson(found.into_iter().map(DelegationView::from).collect()))
}

#[derive(Serialize, Deserialize, ToSchema)]
struct NewDelegationBody {
    /// `legal`, `security` or `compliance`.
    #[schema(example = "legal")]
    side: String,
    /// Who signs in the asker's place.
    to: Uuid,
    /// Today, if absent.
    #[serde(default)]
    #[schema(example = "2026-12-21")]
    starts_on: Option<String>,
    /// At most 180 days after the first day.
    #[schema(example = "2027-01-06")]
    ends_on: String,
    #[serde(default)]
    reason: String,
}

impl NewDelegationBody {
    fn read(&self, today: Date) -> Result<NewDelegation, Refusal> {
        let mut problems = Problems::default();
        let side = problems.take("side", self.side.parse());
        let starts_on = problems
            .take("starts_on", draft::optional_date(self.starts_on.as_deref().unwrap_or_default()))
            .flatten()
            .unwrap_or(today);
        let ends_on = problems.take("ends_on", draft::date(&self.ends_on));
        problems.finish()?;
        match (side, ends_on) {
            (Some(side), Some(ends_on)) => {
                Ok(NewDelegation { side, to: PersonId(self.to), starts_on, ends_on, reason: self.reason.clone() })
            }
            _ => Err(Refusal::broken("a field without a problem has no value")),
        }
    }
}

/// Lends the asker's own signature.
#[utoipa::path(post, path = "/api/v1/delegations", tag = "people", request_body = NewDelegationBody,
    responses((status = 201, description = "lent", body = DelegationView), (status = 422, description = "a field is wrong", body = Problem)))]
async fn lend(
    State(people): State<People>,
    Signed(actor): Signed,
    IdempotencyKey(key): IdempotencyKey,
    ApiJson(body): ApiJson<NewDelegationBody>,
) -> ApiResult<Response> {
    let new = body.read(people.store.world.today())?;
    let view = lend_once(&people, &actor, key, &body, &new).await?;
    Ok((StatusCode::CREATED, ApiJson(view)).into_response())
}

async fn lend_once(
    people: &People,
    actor: &Actor,
    key: Option<String>,
    body: &NewDelegationBody,
    new: &NewDelegation,
) -> Result<DelegationView, Refusal> {
    once!(
        people,
        *actor,
        key,
        ("delegations", body),
        |cx| DelegationView::from(delegations::create_delegation(cx, new).await?),
        |view: &DelegationView| serde_json::to_value(view).unwrap_or_default()
    )
}

/// Ends a delegation before its day.
#[utoipa::path(delete, path = "/api/v1/delegations/{id}", tag = "people", params(("id" = Uuid, Path, description = "the delegation's id")),
    responses((status = 204, description = "ended"), (status = 403, description = "only the lender or an administrator ends it", body = Problem),
        (status = 404, description = "there is no such delegation", body = Problem)))]
async fn revoke_delegation(
    State(people): State<People>,
    Signed(actor): Signed,
    ApiPath(id): ApiPath<DelegationId>,
) -> ApiResult<StatusCode> {
    db::transact!(people.store, &actor, |cx| delegations::revoke_delegation(cx, id).await)?;
    Ok(StatusCode::NO_CONTENT)
}
