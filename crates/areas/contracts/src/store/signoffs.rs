//! Sign-offs. Never deleted: what no longer holds is voided and says why.

use db::{Cx, Row};
use kernel::{Refusal, Side};

use crate::{ContractId, Signoff, SignoffId};

fn signoff(row: &Row) -> Result<Signoff, Refusal> {
    let topic = row.text("topic")?;
    Ok(Signoff {
        id: row.id("id")?,
        review: row.id("review")?,
        sha256: row.text("sha256")?,
        topic: (!topic.is_empty()).then_some(topic),
        side: row.word("side")?,
        decision: row.word("decision")?,
        condition: row.text_or_none("condition")?,
        condition_met_at: row.instant_or_none("condition_met_at")?,
        condition_met_by_name: row.text_or_none("condition_met_by_name")?,
        condition_met_note: row.text_or_none("condition_met_note")?,
        person: row.id("person")?,
        person_name: row.text("person_name")?,
        on_behalf_of: row.id_or_none("on_behalf_of")?,
        on_behalf_of_name: row.text_or_none("on_behalf_of_name")?,
        at: row.instant("at")?,
        voided_at: row.instant_or_none("voided_at")?,
        voided_reason: row.text_or_none("voided_reason")?,
    })
}

/// Newest first, the voided ones too.
pub(crate) async fn all(cx: &mut Cx, contract: ContractId) -> Result<Vec<Signoff>, Refusal> {
    let rows = cx
        .all("select * from contract_signoffs where contract = $1 order by at desc, id desc", vec![contract.into()])
        .await?;
    rows.iter().map(signoff).collect()
}

pub(crate) async fn insert(cx: &mut Cx, contract: ContractId, new: &Signoff) -> Result<(), Refusal> {
    let raced = Refusal::conflict(format!("{} decided on this a moment ago", new.side.label()))
        .hint("look at the decision first");
    cx.run_unique(
        "insert into contract_signoffs (id, contract, review, sha256, topic, side, decision, condition, person, person_name, on_behalf_of, \
         on_behalf_of_name, at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        vec![
            new.id.into(),
            contract.into(),
            new.review.into(),
            new.sha256.clone().into(),
            new.topic.clone().unwrap_or_default().into(),
            new.side.into(),
            new.decision.as_str().into(),
            new.condition.clone().into(),
            new.person.into(),
            new.person_name.clone().into(),
            new.on_behalf_of.into(),
            new.on_behalf_of_name.clone().into(),
            new.at.into(),
        ],
        raced,
    )
    .await
    .map(|_| ())
}

/// Voids what holds: of one side and topic, or with `None` all. Says how many.
pub(crate) async fn void(
    cx: &mut Cx,
    contract: ContractId,
    only: Option<(Side, Option<&str>)>,
    reason: &str,
) -> Result<u64, Refusal> {
    match only {
        Some((side, topic)) => {
            cx.run(
                "update contract_signoffs set voided_at = $2, voided_reason = $3 where contract = $1 and voided_at is null and side = $4 and topic = $5",
                vec![contract.into(), cx.now.into(), reason.into(), side.into(), topic.unwrap_or_default().into()],
            )
            .await
        }
        None => {
            cx.run(
                "update contract_signoffs set voided_at = $2, voided_reason = $3 where contract = $1 and voided_at is null",
                vec![contract.into(), cx.now.into(), reason.into()],
            )
            .await
        }
    }
}

/// Voids the decisions on one topic and all on the whole: what they were given for has changed.
pub(crate) async fn void_topic_and_whole(
    cx: &mut Cx,
    contract: ContractId,
    topic: &str,
    reason: &str,
) -> Result<u64, Refusal> {
    cx.run(
        "update contract_signoffs set voided_at = $2, voided_reason = $3 where contract = $1 and voided_at is null and (topic = $4 or topic = '')",
        vec![contract.into(), cx.now.into(), reason.into(), topic.into()],
    )
    .await
}

pub(crate) async fn meet_condition(cx: &mut Cx, id: SignoffId, note: &str) -> Result<u64, Refusal> {
    cx.run(
        "update contract_signoffs set condition_met_at = $2, condition_met_by_name = $3, condition_met_note = $4 \
         where id = $1 and voided_at is null and condition_met_at is null",
        vec![id.into(), cx.now.into(), cx.actor.name.clone().into(), note.into()],
    )
    .await
}
