//! The record of a contract: listed, registered, read, changed, walled.

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use clauses::playbook::KINDS;
use db::Cx;
use kernel::{PersonId, Refusal, Side};
use serde::Deserialize;
use serde_json::Value;
use ui::{ApiJson, ApiPath, ApiQuery, ApiResult, IdempotencyKey, Signed, with_etag};

use super::{
    input::{Body, Checked, Once, Revision, created, read},
    problems::{Changing, Guarded, Listing, Reading, Registering},
    shapes::{ContractBody, ContractJson, RowPage, WallJson},
    words::{DirectionWord, KindWord, SideWord, SortWord, StatusWord},
};
use crate::{Contract, ContractId, Contracts, Direction, ListFilter, contract};

/// Where a contract is found.
const HERE: &str = "/api/v1/contracts";

/// What the list is narrowed by; all of it together.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ListQuery {
    #[param(value_type = Option<StatusWord>)]
    status: Option<String>,
    #[param(value_type = Option<KindWord>)]
    kind: Option<String>,
    #[param(value_type = Option<DirectionWord>)]
    direction: Option<String>,
    /// Contracts on which this side still has to decide: `legal`, `security` or `compliance`.
    #[param(value_type = Option<SideWord>)]
    waits_for: Option<String>,
    /// Words out of title, counterparty, reference or further parties.
    #[param(max_length = 200, example = "nimbus")]
    q: Option<String>,
    /// `true` for contracts with deviations only.
    with_deviations: Option<bool>,
    /// Contracts that one person registered, by the account's id.
    #[param(value_type = Option<uuid::Uuid>)]
    registered_by: Option<String>,
    /// Countersigned and active contracts whose notice or expiry falls on or before this day.
    #[param(format = Date, example = "2027-03-31")]
    due_by: Option<String>,
    /// With `due_by`: and not before this day.
    #[param(format = Date, example = "2027-01-01")]
    due_from: Option<String>,
    #[param(value_type = Option<SortWord>)]
    sort: Option<String>,
    /// How many at once; 50 where none is named.
    #[param(value_type = Option<i64>, minimum = 1, maximum = 200, example = 50)]
    limit: Option<String>,
    /// `next` of the page before, with the same `sort`.
    cursor: Option<String>,
}

impl ListQuery {
    fn filter(self) -> Result<ListFilter, Refusal> {
        let mut checked = Checked::default();
        let kind = self.kind.filter(|kind| !kind.is_empty());
        if kind.as_deref().is_some_and(|kind| !KINDS.contains(&kind)) {
            checked.say("kind", "this is no kind of contract");
        }
        if self.due_from.is_some() && self.due_by.is_none() {
            checked.say("due_from", "this goes with `due_by`");
        }
        let waits_for: Option<Side> = checked.read("waits_for", self.waits_for.as_ref());
        if waits_for.is_some_and(|side| !Side::SIGNING.contains(&side)) {
            checked.say("waits_for", "Legal, Security and Compliance sign contracts");
        }
        let filter = ListFilter {
            status: checked.read("status", self.status.as_ref()),
            kind,
            direction: checked
                .read::<Direction>("direction", self.direction.as_ref())
                .map(|direction| direction.as_str().to_owned()),
            waits_for,
            with_deviations: self.with_deviations.unwrap_or_default(),
            registered_by: checked.read("registered_by", self.registered_by.as_ref()),
            due_by: checked.read("due_by", self.due_by.as_ref()),
            due_from: checked.read("due_from", self.due_from.as_ref()),
            sort: checked.read("sort", self.sort.as_ref()).unwrap_or_default(),
            limit: checked.limit(self.limit.as_ref()),
            cursor: checked.cursor(self.cursor.as_ref()),
            text: checked.search(self.q),
        };
        checked.done(filter)
    }
}

/// A record with its `ETag`.
pub(crate) fn answer(contract: Contract) -> Response {
    let revision = contract.revision;
    with_etag(revision, ApiJson(ContractJson::from(contract)))
}

/// List the contracts that you may see
///
/// One page, by key: what arrives while you read moves nothing. Follow `next` until it is null.
#[utoipa::path(get, path = "/api/v1/contracts", tag = "contracts", params(ListQuery),
    responses((status = 200, description = "One page of contracts.", body = RowPage), Listing))]
pub(crate) async fn list_contracts(
    State(contracts): State<Contracts>,
    Signed(actor): Signed,
    ApiQuery(query): ApiQuery<ListQuery>,
) -> ApiResult<ApiJson<RowPage>> {
    let filter = query.filter()?;
    let page = read!(contracts, &actor, |cx| contract::list(cx, &filter).await)?;
    Ok(ApiJson(page.into()))
}

async fn register_once(cx: &mut Cx, once: &Once<'_>, body: &ContractBody) -> Result<(Value, bool), Refusal> {
    if let Some(earlier) = once.earlier(cx).await? {
        return Ok((earlier, true));
    }
    let registered = ContractJson::from(contract::register(cx, &body.fields()).await?);
    Ok((once.keep(cx, &registered).await?, false))
}

/// Register a contract
///
/// Without a document yet: add one under `/versions`. With an `Idempotency-Key` the same request can be sent again for a
/// day without registering twice; it is then answered as the first time.
#[utoipa::path(post, path = "/api/v1/contracts", tag = "contracts",
    params(("idempotency-key" = Option<String>, Header, description = "1 to 200 printable characters that you make up once for this contract.", example = "7f0c2a9e-import-0007")),
    request_body = ContractBody,
    responses(
        (status = 201, description = "Registered.", body = ContractJson, headers(
            ("location" = String, description = "Where the contract is found."),
            ("etag" = String, description = "Its revision, for `If-Match`."),
            ("idempotent-replayed" = String, description = "`true` when this is the answer of an earlier request with the same key."))),
        Registering))]
pub(crate) async fn register_contract(
    State(contracts): State<Contracts>,
    Signed(actor): Signed,
    IdempotencyKey(key): IdempotencyKey,
    Body(body): Body<ContractBody>,
) -> ApiResult<Response> {
    let once = Once::new(key.as_deref(), HERE, &body)?;
    let (registered, replayed) = db::transact!(contracts.store, &actor, |cx| register_once(cx, &once, &body).await)?;
    let location = registered["id"].as_str().map(|id| format!("{HERE}/{id}"));
    Ok(created(registered, replayed, location))
}

/// Read a contract's record
#[utoipa::path(get, path = "/api/v1/contracts/{id}", tag = "contracts",
    params(("id" = uuid::Uuid, Path, description = "The contract's id.")),
    responses((status = 200, description = "The record.", body = ContractJson, headers(("etag" = String, description = "Its revision, for `If-Match`."))), Reading))]
pub(crate) async fn get_contract(
    State(contracts): State<Contracts>,
    Signed(actor): Signed,
    ApiPath(id): ApiPath<ContractId>,
) -> ApiResult<Response> {
    Ok(answer(read!(contracts, &actor, |cx| contract::get(cx, id).await)?))
}

async fn change(cx: &mut Cx, id: ContractId, revision: Option<i64>, body: &ContractBody) -> Result<Contract, Refusal> {
    let revision = match revision {
        Some(revision) => revision,
        None => contract::get(cx, id).await?.revision,
    };
    contract::edit(cx, id, revision, &body.fields()).await
}

/// Change the facts of a contract
///
/// All of them: what the body leaves out becomes empty, except `playbook`. A change of what the playbook's conditions look
/// at (kind, role, data classes, parties) leads to a new review, which voids the sign-offs.
#[utoipa::path(put, path = "/api/v1/contracts/{id}", tag = "contracts",
    params(("id" = uuid::Uuid, Path, description = "The contract's id."),
        ("if-match" = String, Header, description = "The `ETag` that you read, or `*`.", example = "\"4\"")),
    request_body = ContractBody,
    responses((status = 200, description = "The record as it is now.", body = ContractJson, headers(("etag" = String, description = "Its new revision."))), Guarded))]
pub(crate) async fn change_contract(
    State(contracts): State<Contracts>,
    Signed(actor): Signed,
    ApiPath(id): ApiPath<ContractId>,
    Revision(revision): Revision,
    Body(body): Body<ContractBody>,
) -> ApiResult<Response> {
    let changed = db::transact!(contracts.store, &actor, |cx| change(cx, id, revision, &body).await)?;
    Ok(answer(changed))
}

/// Read who may look behind the wall round a contract
#[utoipa::path(get, path = "/api/v1/contracts/{id}/wall", tag = "contracts",
    params(("id" = uuid::Uuid, Path, description = "The contract's id.")),
    responses((status = 200, description = "The wall.", body = WallJson), Reading))]
pub(crate) async fn get_contract_wall(
    State(contracts): State<Contracts>,
    Signed(actor): Signed,
    ApiPath(id): ApiPath<ContractId>,
) -> ApiResult<Response> {
    let contract = read!(contracts, &actor, |cx| contract::get(cx, id).await)?;
    let named = |person: &PersonId| *person != contract.registered_by;
    let people = contract.shared_with.into_iter().filter(named).map(kernel::Uuid::from).collect();
    Ok(ApiJson(WallJson { restricted: contract.restricted, people }).into_response())
}

/// Raise or lower the wall round a contract, and name who may look behind it
///
/// For Legal. The people named here replace those named before.
#[utoipa::path(put, path = "/api/v1/contracts/{id}/wall", tag = "contracts",
    params(("id" = uuid::Uuid, Path, description = "The contract's id.")),
    request_body = WallJson,
    responses((status = 200, description = "The record as it is now.", body = ContractJson, headers(("etag" = String, description = "Its new revision."))), Changing))]
pub(crate) async fn set_contract_wall(
    State(contracts): State<Contracts>,
    Signed(actor): Signed,
    ApiPath(id): ApiPath<ContractId>,
    Body(wall): Body<WallJson>,
) -> ApiResult<Response> {
    let people: Vec<PersonId> = wall.people.into_iter().map(PersonId::from).collect();
    let walled =
        db::transact!(contracts.store, &actor, |cx| contract::restrict(cx, id, wall.restricted, &people).await)?;
    Ok(answer(walled))
}
