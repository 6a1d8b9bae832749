//! Sign-off: a person's recorded decision for a side, bound to the document's hash and to the review.

use db::{Change, Cx};
use kernel::{Refusal, Side};

use crate::{
    ContractId, Decision, ReviewId, SIGN, Signoff, SignoffId,
    contract::load_for,
    review::{deviations, settle},
    rules::{Status, may_sign},
    store::{contracts, reviews, signoffs as store},
};

/// What someone signs. The review and the hash are those that the person saw: when they are no longer the current ones,
/// nothing is signed.
#[derive(Debug, Clone)]
pub struct NewSignoff {
    pub review: ReviewId,
    pub sha256: String,
    /// `None` for the whole.
    pub topic: Option<String>,
    pub side: Side,
    pub decision: Decision,
    /// The condition, or the reason of a rejection.
    pub condition: String,
}

/// Signs, in the place of an earlier decision of the same side if there is one.
pub async fn sign(cx: &mut Cx, id: ContractId, new: &NewSignoff) -> Result<Signoff, Refusal> {
    contracts::lock(cx, id).await?;
    let contract = load_for(cx, id, SIGN).await?;
    if !matches!(contract.status, Status::InReview | Status::Rejected | Status::Countersigned) {
        return Err(Refusal::conflict(format!(
            "a contract that is {} is not signed",
            contract.status.label().to_lowercase()
        )));
    }
    let changed = || {
        Refusal::conflict("the document or its review changed since you opened it")
            .hint("look at the new one: nothing was signed")
    };
    let current = contract.review.ok_or_else(changed)?;
    let review = reviews::by_id(cx, current).await?;
    if new.review != current || new.sha256 != review.sha256 {
        return Err(changed());
    }
    let text = new.condition.trim();
    let needed = match new.decision {
        Decision::Approve => None,
        Decision::ApproveWithCondition => Some("say under which condition"),
        Decision::Reject => Some("say why, so that the other side can act on it"),
    };
    if let (Some(message), true) = (needed, text.chars().count() < 5) {
        return Err(Refusal::field("condition", message));
    }
    if text.chars().count() > 2000 {
        return Err(Refusal::field("condition", "at most 2000 characters fit here"));
    }
    let findings = reviews::findings(cx, current).await?;
    let deviating = deviations(&findings);
    let holding: Vec<Signoff> =
        store::all(cx, id).await?.into_iter().filter(|s| s.holds() && s.review == current).collect();
    let topic = match &new.topic {
        None => None,
        Some(topic) => {
            let (topic, approvers) = deviating.iter().find(|(deviation, _)| deviation == topic).ok_or_else(|| {
                Refusal::conflict("this row is no deviation, so there is nothing to decide").hint("reload the page")
            })?;
            Some((topic.as_str(), approvers.as_slice()))
        }
    };
    let unread = findings.iter().filter(|row| row.is_deviation() && row.state == crate::RowState::Open).count();
    // One's own earlier decision on the same thing is replaced and so does not count against it.
    let signatures: Vec<_> =
        holding.iter().filter(|s| !(s.side == new.side && s.topic == new.topic)).map(Signoff::signature).collect();
    may_sign(&cx.actor, new.side, topic, &signatures, &deviating, unread)?;
    if let Some(former) = holding.iter().find(|s| s.side == new.side && s.topic == new.topic) {
        store::void(cx, id, Some((new.side, new.topic.as_deref())), &format!("{} decided anew", new.side.label()))
            .await?;
        cx.record(
            Change::new(
                "contract.signoff_voided",
                "contract",
                id,
                format!("the earlier decision of {} on {} was replaced", new.side.label(), contract.reference),
            )
            .side(new.side)
            .behind(id)
            .before(former),
        );
    }
    let lent = cx.actor.delegation_for(new.side).cloned();
    let signed = Signoff {
        id: cx.new_id(),
        review: current,
        sha256: review.sha256.clone(),
        topic: new.topic.clone(),
        side: new.side,
        decision: new.decision,
        condition: (!text.is_empty()).then(|| text.to_owned()),
        condition_met_at: None,
        condition_met_by_name: None,
        condition_met_note: None,
        person: cx.actor.person,
        person_name: cx.actor.name.clone(),
        on_behalf_of: lent.as_ref().map(|lent| lent.from),
        on_behalf_of_name: lent.as_ref().map(|lent| lent.from_name.clone()),
        at: cx.now,
        voided_at: None,
        voided_reason: None,
    };
    store::insert(cx, id, &signed).await?;
    let what = new
        .topic
        .as_deref()
        .and_then(|topic| topic.parse::<clauses::Topic>().ok())
        .map_or("the whole".to_owned(), |topic| topic.label().to_lowercase());
    let by = lent.map(|lent| format!(", for {}", lent.from_name)).unwrap_or_default();
    cx.record(
        Change::new(
            "contract.signed",
            "contract",
            id,
            format!(
                "{} for {}{by}: {what} of {}",
                new.decision.label().to_lowercase(),
                new.side.label(),
                contract.reference
            ),
        )
        .side(new.side)
        .behind(id)
        .after(&signed),
    );
    settle(cx, id).await?;
    Ok(signed)
}

/// Takes one's own sign-off back, as long as the contract is not in force.
pub async fn withdraw(cx: &mut Cx, id: ContractId, signoff: SignoffId) -> Result<(), Refusal> {
    contracts::lock(cx, id).await?;
    let contract = load_for(cx, id, SIGN).await?;
    let given = held(cx, id, signoff).await?;
    if given.person != cx.actor.person {
        return Err(Refusal::forbidden("only the person who signed can take a sign-off back"));
    }
    if contract.status == Status::Active {
        return Err(Refusal::conflict("the contract is in force, its sign-offs stand"));
    }
    store::void(cx, id, Some((given.side, given.topic.as_deref())), "taken back by the signatory").await?;
    cx.record(
        Change::new(
            "contract.signoff_voided",
            "contract",
            id,
            format!("took back a sign-off for {} on {}", given.side.label(), contract.reference),
        )
        .side(given.side)
        .behind(id)
        .before(&given),
    );
    settle(cx, id).await
}

/// Marks a condition as met, with what shows it. By a person who can sign for the side that set it.
pub async fn meet_condition(cx: &mut Cx, id: ContractId, signoff: SignoffId, note: &str) -> Result<(), Refusal> {
    contracts::lock(cx, id).await?;
    let contract = load_for(cx, id, SIGN).await?;
    let given = held(cx, id, signoff).await?;
    if !given.condition_is_open() {
        return Err(Refusal::conflict("this sign-off has no open condition"));
    }
    if !cx.actor.signs_for(given.side) {
        return Err(Refusal::forbidden(format!("{} set this condition and says when it is met", given.side.label())));
    }
    if note.trim().chars().count() < 5 || note.chars().count() > 2000 {
        return Err(Refusal::field("note", "say in a sentence what shows that it is met"));
    }
    store::meet_condition(cx, signoff, note.trim()).await?;
    cx.record(
        Change::new(
            "contract.condition_met",
            "contract",
            id,
            format!("a condition of {} on {} is met", given.side.label(), contract.reference),
        )
        .side(given.side)
        .behind(id)
        .before(&given.condition)
        .after(note.trim()),
    );
    settle(cx, id).await
}

async fn held(cx: &mut Cx, id: ContractId, signoff: SignoffId) -> Result<Signoff, Refusal> {
    store::all(cx, id)
        .await?
        .into_iter()
        .find(|s| s.id == signoff && s.holds())
        .ok_or_else(|| Refusal::not_found("there is no such sign-off that still holds"))
}
