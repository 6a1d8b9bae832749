//! Lending one's signature while away, until a day that is always named.

use db::{Change, Cx};
use kernel::{Date, PersonId, Refusal, Side};
use serde_json::json;

use crate::{
    model::{Delegation, DelegationId},
    permissions::{CREATE_DELEGATION, DELEGATION_COLUMNS, READ_DELEGATION, REVOKE_DELEGATION, delegation},
    rules::{
        draft,
        lending::{self, Loan},
    },
    store::{self, delegations},
};

/// What is lent, to whom and for how long.
#[derive(Debug, Clone)]
pub struct NewDelegation {
    pub side: Side,
    pub to: PersonId,
    pub starts_on: Date,
    /// The last day on which it holds.
    pub ends_on: Date,
    pub reason: String,
}

/// Lends the actor's own signature. Nobody can lend another person's.
///
/// # Errors
/// Refusals of `side`, `to`, `starts_on`, `ends_on` and `reason`.
pub async fn create_delegation(cx: &mut Cx, new: &NewDelegation) -> Result<Delegation, Refusal> {
    let me = cx.actor.person;
    cx.require(CREATE_DELEGATION, &delegation("new", me, new.to))?;
    let reason = draft::line(&new.reason).map_err(|message| Refusal::field("reason", message))?;
    let today = cx.today();
    let to = store::person_by_id(cx, new.to)
        .await?
        .filter(|person| person.works_on(today))
        .ok_or_else(|| Refusal::field("to", "choose an active person"))?;
    // The sides as the store holds them now, not as the request began with.
    let from = store::person_by_id(cx, me).await?.ok_or_else(Refusal::signed_out)?;
    lending::check(&Loan {
        side: new.side,
        from: me,
        from_sides: &from.sides,
        to: to.id,
        to_name: &to.name,
        to_sides: &to.sides,
        starts_on: new.starts_on,
        ends_on: new.ends_on,
        today,
    })?;
    let made = Delegation {
        id: cx.new_id(),
        side: new.side,
        from: me,
        from_name: from.name,
        to: to.id,
        to_name: to.name,
        starts_on: new.starts_on,
        ends_on: new.ends_on,
        reason,
        revoked_at: None,
    };
    if delegations::overlaps(cx, &made).await? {
        return Err(Refusal::field(
            "to",
            format!("{} holds your signature on one of these days already", made.to_name),
        )
        .hint("end the earlier one first"));
    }
    delegations::insert(cx, &made).await?;
    let words = format!(
        "lent {}'s signature to {} from {} to {}",
        made.side.label(),
        made.to_name,
        made.starts_on.long(),
        made.ends_on.long()
    );
    let change = Change::new("delegation.created", "delegation", made.id, words).side(made.side);
    cx.record(change.after(json!({
        "side": made.side, "from": made.from, "to": made.to, "starts_on": made.starts_on, "ends_on": made.ends_on, "reason": made.reason,
    })));
    Ok(made)
}

/// What the actor lends and borrows, today and later.
pub async fn list_delegations(cx: &mut Cx) -> Result<Vec<Delegation>, Refusal> {
    let allowed = cx.condition(READ_DELEGATION, &DELEGATION_COLUMNS);
    let (me, today) = (cx.actor.person, cx.today());
    delegations::open_of(cx, me, today, allowed).await
}

/// Who holds this person's signature today, which says that the person is away. For other areas' use cases, which have
/// asked the policy themselves.
pub async fn stand_ins(cx: &mut Cx, person: PersonId) -> Result<Vec<PersonId>, Refusal> {
    let today = cx.today();
    delegations::lent_by(cx, person, today).await
}

/// Ends a delegation before its day. What was signed by it stays signed.
pub async fn revoke_delegation(cx: &mut Cx, id: DelegationId) -> Result<(), Refusal> {
    let gone = || Refusal::not_found("there is no such delegation, or it is over");
    let found = delegations::by_id(cx, id).await?.ok_or_else(gone)?;
    let resource = delegation(id, found.from, found.to);
    cx.require(READ_DELEGATION, &resource)?;
    cx.require(REVOKE_DELEGATION, &resource)?;
    if !found.is_open(cx.today()) || !delegations::revoke(cx, id).await? {
        return Err(gone());
    }
    let words = format!(
        "ended the delegation of {}'s signature from {} to {}",
        found.side.label(),
        found.from_name,
        found.to_name
    );
    cx.record(Change::new("delegation.revoked", "delegation", id, words).side(found.side));
    Ok(())
}
