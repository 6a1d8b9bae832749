//! Coming into force, ending, being given up, and being taken up again.

use db::{Change, Cx};
use kernel::{Date, Refusal};

use crate::{
    ACTIVATE, Contract, ContractId, EDIT,
    contract::{get, load_for},
    review::{judge, settle},
    rules::Status,
    store::contracts as store,
};

/// Puts a countersigned contract into force. Judged from the sign-offs themselves and not from the status, so that no
/// other way leads here.
pub async fn activate(cx: &mut Cx, id: ContractId) -> Result<Contract, Refusal> {
    store::lock(cx, id).await?;
    let contract = load_for(cx, id, ACTIVATE).await?;
    let refuse = |message: &str| Refusal::conflict(message.to_owned());
    if contract.status == Status::Active {
        return Ok(contract);
    }
    let Some((_, judged)) = judge(cx, &contract).await? else {
        return Err(refuse("a contract without a reviewed document cannot come into force"));
    };
    if !judged.countersigned || contract.status != Status::Countersigned {
        return Err(refuse("the contract is not countersigned")
            .hint(judged.obstacle.unwrap_or("Legal, Security and Compliance each have to approve first")));
    }
    if judged.open_conditions > 0 {
        return Err(refuse("a sign-off carries a condition that is not met yet")
            .hint("mark the condition as met first, with what shows it"));
    }
    if contract.facts.effective_on.is_none() {
        return Err(refuse("the contract has no effective date").hint("enter the date on which it takes effect"));
    }
    store::set_status(cx, id, Status::Active, None, None).await?;
    moved(cx, &contract, Status::Active, "");
    get(cx, id).await
}

/// The contract expired or was terminated.
pub async fn end(cx: &mut Cx, id: ContractId, on: Date, reason: &str) -> Result<Contract, Refusal> {
    let contract = close(cx, id, reason).await?;
    if contract.status != Status::Active {
        return Err(
            Refusal::conflict("only a contract in force can end").hint("withdraw one that never came into force")
        );
    }
    store::set_status(cx, id, Status::Ended, Some(on), Some(reason.trim())).await?;
    moved(cx, &contract, Status::Ended, reason);
    get(cx, id).await
}

/// Gives up a contract that never came into force.
pub async fn withdraw(cx: &mut Cx, id: ContractId, reason: &str) -> Result<Contract, Refusal> {
    let contract = close(cx, id, reason).await?;
    if !matches!(contract.status, Status::Draft | Status::InReview | Status::Rejected | Status::Countersigned) {
        return Err(Refusal::conflict("a contract in force is ended, not withdrawn"));
    }
    store::set_status(cx, id, Status::Withdrawn, Some(cx.today()), Some(reason.trim())).await?;
    moved(cx, &contract, Status::Withdrawn, reason);
    get(cx, id).await
}

async fn close(cx: &mut Cx, id: ContractId, reason: &str) -> Result<Contract, Refusal> {
    store::lock(cx, id).await?;
    let contract = load_for(cx, id, EDIT).await?;
    if reason.trim().chars().count() < 5 || reason.chars().count() > 2000 {
        return Err(Refusal::field("reason", "say in a sentence why"));
    }
    Ok(contract)
}

/// Takes a withdrawn contract up again where it was. One that ended stays ended: register its successor.
pub async fn reopen(cx: &mut Cx, id: ContractId) -> Result<Contract, Refusal> {
    store::lock(cx, id).await?;
    let contract = load_for(cx, id, EDIT).await?;
    if contract.status != Status::Withdrawn {
        return Err(Refusal::conflict("only a withdrawn contract can be taken up again"));
    }
    let to = if contract.review.is_some() { Status::InReview } else { Status::Draft };
    store::set_status(cx, id, to, None, None).await?;
    moved(cx, &contract, to, "");
    settle(cx, id).await?;
    get(cx, id).await
}

fn moved(cx: &mut Cx, contract: &Contract, to: Status, reason: &str) {
    cx.record(
        Change::new(
            "contract.moved",
            "contract",
            contract.id,
            format!("{} is now {}", contract.reference, to.label().to_lowercase()),
        )
        .behind(contract.id)
        .before(contract.status)
        .after(serde_json::json!({ "status": to, "reason": reason.trim() })),
    );
}
