//! Personal API tokens: their own name, their own end, shown once.

use db::{Change, Cx};
use kernel::{Date, Refusal, Via};
use serde_json::json;

use crate::{
    model::{ApiToken, TokenId},
    permissions::{EDIT_ACCOUNT, READ_ACCOUNT, account},
    rules::{draft, lifetimes::token_days, secret::Secret},
    store::tokens,
};

/// Tokens that one person may hold at a time.
const MOST: usize = 50;

/// The tokens of the actor that were not revoked, the newest first.
pub async fn list_tokens(cx: &mut Cx) -> Result<Vec<ApiToken>, Refusal> {
    let me = cx.actor.person;
    cx.require(READ_ACCOUNT, &account(me))?;
    tokens::of_person(cx, me).await
}

/// Makes a token that holds until the end of its last day. The secret is shown once.
///
/// # Errors
/// Refusals of `name` and `expires_on`; and no token makes another one, or it would never end.
pub async fn make_token(
    cx: &mut Cx,
    name: &str,
    read_only: bool,
    expires_on: Date,
) -> Result<(ApiToken, Secret), Refusal> {
    let me = cx.actor.person;
    cx.require(EDIT_ACCOUNT, &account(me))?;
    if cx.actor.via == Via::Token {
        return Err(Refusal::forbidden("a token cannot make another token")
            .hint("sign in with your browser and make it on your account page"));
    }
    let name = draft::name(name).map_err(|message| Refusal::field("name", message))?;
    token_days(expires_on, cx.today())?;
    if tokens::of_person(cx, me).await?.len() >= MOST {
        return Err(Refusal::conflict(format!("you have {MOST} tokens")).hint("revoke one that is not needed any more"));
    }
    let zone = cx.world().zone();
    let midnight = expires_on.plus_days(1).0.to_zoned(zone).map_err(Refusal::broken)?;
    let token = ApiToken {
        id: cx.new_id(),
        name,
        read_only,
        created_at: cx.now,
        expires_at: kernel::Instant::from_micros(midnight.timestamp().as_microsecond()),
        last_used_at: None,
        revoked_at: None,
    };
    let secret = Secret::api_token(cx.random());
    tokens::insert(cx, me, secret.hash(), &token).await?;
    let change = Change::new("api_token.made", "api_token", token.id, format!("made the API token “{}”", token.name));
    cx.record(change.after(json!({ "name": token.name, "read_only": read_only, "expires_on": expires_on })));
    Ok((token, secret))
}

pub async fn revoke_token(cx: &mut Cx, id: TokenId) -> Result<(), Refusal> {
    let gone = || Refusal::not_found("there is no such token");
    let (person, token) = tokens::by_id(cx, id).await?.ok_or_else(gone)?;
    // A token of someone else is said not to be there.
    cx.require(EDIT_ACCOUNT, &account(person)).map_err(|_| gone())?;
    if !tokens::revoke(cx, id).await? {
        return Err(gone());
    }
    cx.record(Change::new("api_token.revoked", "api_token", id, format!("revoked the API token “{}”", token.name)));
    Ok(())
}
