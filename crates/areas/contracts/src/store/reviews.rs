//! Reviews, their findings and the obligations that were read.

use db::{Cx, Row, Select};
use kernel::{Cursor, Page, Refusal, Side, Value, contains_pattern, fold};

use super::contracts::COLUMNS;
use crate::{
    ContractId, Finding, FindingId, ObligationId, ObligationRow, READ_TEXT, Review, ReviewId, RowState,
    obligations::ObligationFilter,
};

pub(crate) async fn insert(cx: &mut Cx, review: &Review) -> Result<(), Refusal> {
    cx.run(
        "insert into contract_reviews (id, contract, version, number, sha256, playbook_version, playbook_name, playbook_number, engine, why, created_at) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        vec![
            review.id.into(),
            review.contract.into(),
            review.version.into(),
            review.number.into(),
            review.sha256.clone().into(),
            review.playbook_version.into(),
            review.playbook_name.clone().into(),
            review.playbook_number.into(),
            review.engine.clone().into(),
            review.why.clone().into(),
            review.created_at.into(),
        ],
    )
    .await
    .map(|_| ())
}

pub(crate) async fn by_id(cx: &mut Cx, id: ReviewId) -> Result<Review, Refusal> {
    let row = cx.one("select * from contract_reviews where id = $1", vec![id.into()]).await?;
    Ok(Review {
        id: row.id("id")?,
        contract: row.id("contract")?,
        version: row.id("version")?,
        number: row.int("number")?,
        sha256: row.text("sha256")?,
        playbook_version: row.get("playbook_version")?,
        playbook_name: row.text("playbook_name")?,
        playbook_number: row.int("playbook_number")?,
        engine: row.text("engine")?,
        why: row.text("why")?,
        created_at: row.instant("created_at")?,
    })
}

pub(crate) async fn last_number(cx: &mut Cx, contract: ContractId) -> Result<i64, Refusal> {
    let row = cx
        .one("select coalesce(max(number), 0) as last from contract_reviews where contract = $1", vec![contract.into()])
        .await?;
    row.int("last")
}

pub(crate) async fn insert_finding(
    cx: &mut Cx,
    contract: ContractId,
    finding: &Finding,
    position: usize,
) -> Result<(), Refusal> {
    let number = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
    cx.run(
        "insert into contract_findings (id, contract, review, position, topic, engine_status, status, clause, others, reason, suggestion, blocking, \
         approvers, confidence, state, revision) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 'open', 1)",
        vec![
            finding.id.into(),
            contract.into(),
            finding.review.into(),
            number(position).into(),
            finding.topic.as_str().into(),
            finding.engine_status.as_str().into(),
            finding.status.as_str().into(),
            finding.clause.map(number).into(),
            serde_json::to_string(&finding.others).unwrap_or_default().into(),
            finding.reason.clone().into(),
            finding.suggestion.clone().into(),
            finding.blocking.into(),
            approvers(&finding.approvers),
            finding.confidence.into(),
        ],
    )
    .await
    .map(|_| ())
}

fn approvers(sides: &[Side]) -> Value {
    sides.iter().map(|side| side.as_str()).collect::<Vec<_>>().join(",").into()
}

fn status(text: &str) -> Result<clauses::Status, Refusal> {
    serde_json::from_value(serde_json::Value::from(text)).map_err(Refusal::broken)
}

fn finding(row: &Row) -> Result<Finding, Refusal> {
    let approvers = row.text("approvers")?;
    Ok(Finding {
        id: row.id("id")?,
        review: row.id("review")?,
        topic: row.word("topic")?,
        engine_status: status(&row.text("engine_status")?)?,
        status: status(&row.text("status")?)?,
        clause: row.get::<Option<i64>>("clause")?.and_then(|clause| usize::try_from(clause).ok()),
        others: row.json("others")?,
        reason: row.text("reason")?,
        suggestion: row.text_or_none("suggestion")?,
        blocking: row.flag("blocking")?,
        approvers: approvers.split(',').filter_map(|side| side.parse().ok()).collect(),
        confidence: row.int("confidence")?,
        state: row.word("state")?,
        decided_by: row.id_or_none("decided_by")?,
        decided_by_name: row.text_or_none("decided_by_name")?,
        decided_at: row.instant_or_none("decided_at")?,
        decided_reason: row.text_or_none("decided_reason")?,
        revision: row.int("revision")?,
    })
}

pub(crate) async fn findings(cx: &mut Cx, review: ReviewId) -> Result<Vec<Finding>, Refusal> {
    let rows =
        cx.all("select * from contract_findings where review = $1 order by position", vec![review.into()]).await?;
    rows.iter().map(finding).collect()
}

pub(crate) async fn finding_by_id(
    cx: &mut Cx,
    contract: ContractId,
    id: FindingId,
) -> Result<Option<Finding>, Refusal> {
    cx.optional("select * from contract_findings where contract = $1 and id = $2", vec![contract.into(), id.into()])
        .await?
        .as_ref()
        .map(finding)
        .transpose()
}

/// What a reviewer decided on a row.
pub(crate) struct Decided<'a> {
    pub state: RowState,
    pub status: clauses::Status,
    pub reason: &'a str,
    pub suggestion: Option<&'a str>,
    pub blocking: bool,
    pub approvers: &'a [Side],
}

/// Writes it if the row still is at `revision`; says whether it was.
pub(crate) async fn decide_finding(
    cx: &mut Cx,
    id: FindingId,
    revision: i64,
    decided: &Decided<'_>,
) -> Result<bool, Refusal> {
    let touched = cx
        .run(
            "update contract_findings set state = $3, status = $4, decided_reason = $5, suggestion = $6, blocking = $7, approvers = $8, decided_by = $9, \
             decided_by_name = $10, decided_at = $11, revision = revision + 1 where id = $1 and revision = $2",
            vec![
                id.into(),
                revision.into(),
                decided.state.as_str().into(),
                decided.status.as_str().into(),
                decided.reason.into(),
                decided.suggestion.into(),
                decided.blocking.into(),
                approvers(decided.approvers),
                cx.actor.person.into(),
                cx.actor.name.clone().into(),
                cx.now.into(),
            ],
        )
        .await?;
    Ok(touched == 1)
}

/// The obligations of former reviews are history.
pub(crate) async fn retire_obligations(cx: &mut Cx, contract: ContractId) -> Result<(), Refusal> {
    cx.run("update contract_obligations set live = false where contract = $1 and live", vec![contract.into()])
        .await
        .map(|_| ())
}

pub(crate) async fn insert_obligation(
    cx: &mut Cx,
    contract: ContractId,
    review: ReviewId,
    position: usize,
    read: &clauses::Obligation,
) -> Result<(), Refusal> {
    let id: ObligationId = cx.new_id();
    let number = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
    let folded = fold(
        &[read.duty.as_str(), read.debtor.as_deref().unwrap_or_default(), read.deadline.as_deref().unwrap_or_default()]
            .join(" "),
    );
    cx.run(
        "insert into contract_obligations (id, contract, review, position, clause, debtor, creditor, duty, deadline, condition, topic, folded, live, created_at) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, true, $13)",
        vec![
            id.into(),
            contract.into(),
            review.into(),
            number(position).into(),
            number(read.clause).into(),
            read.debtor.clone().into(),
            read.creditor.clone().into(),
            read.duty.clone().into(),
            read.deadline.clone().into(),
            read.condition.clone().into(),
            read.topic.map(|topic| topic.as_str()).into(),
            folded.into(),
            cx.now.into(),
        ],
    )
    .await
    .map(|_| ())
}

/// Obligations of contracts whose text the reader may see: a duty quotes the text.
pub(crate) async fn obligations(cx: &mut Cx, filter: &ObligationFilter) -> Result<Page<ObligationRow>, Refusal> {
    let limit = filter.limit.clamp(1, 200);
    let select = obligations_statement(cx, filter)?;
    let rows = cx.select(select).await?;
    let rows: Vec<ObligationRow> = rows
        .iter()
        .map(|row| {
            Ok(ObligationRow {
                id: row.id("id")?,
                contract: row.id("contract")?,
                reference: row.text("reference")?,
                counterparty: row.text("counterparty")?,
                clause: row.int("clause")?,
                debtor: row.text_or_none("debtor")?,
                creditor: row.text_or_none("creditor")?,
                duty: row.text("duty")?,
                deadline: row.text_or_none("deadline")?,
                condition: row.text_or_none("condition")?,
                topic: row.text_or_none("topic")?,
                created_at: row.instant("created_at")?,
            })
        })
        .collect::<Result<_, Refusal>>()?;
    Ok(Page::from_rows(rows, limit, |row| Cursor { key: row.created_at.micros().to_string(), id: row.id.into() }))
}

/// The statement of one page.
pub(crate) fn obligations_statement(cx: &Cx, filter: &ObligationFilter) -> Result<Select, Refusal> {
    let limit = filter.limit.clamp(1, 200);
    let mut select = Select::new(
        "select o.id, o.contract, c.reference, c.counterparty, o.clause, o.debtor, o.creditor, o.duty, o.deadline, o.condition, o.topic, o.created_at \
         from contract_obligations o join contracts c on c.id = o.contract",
    )
    .allowed(cx.condition(READ_TEXT, &COLUMNS))
    .and("o.live", vec![])
    .and_some("o.contract = {0}", filter.contract.map(Value::from))
    .and_some("o.topic = {0}", filter.topic.map(|topic| topic.as_str().into()));
    if filter.with_deadline {
        select = select.and("o.deadline is not null", vec![]);
    }
    if !fold(&filter.text).is_empty() {
        select = select.and("o.folded like {0} escape '\\'", vec![contains_pattern(&filter.text).into()]);
    }
    if let Some(cursor) = &filter.cursor {
        let at: i64 = cursor.key.parse().map_err(|_| Refusal::field("cursor", "this is not a place in the list"))?;
        select = select.and("(o.created_at, o.id) < ({0}, {1})", vec![at.into(), cursor.id.into()]);
    }
    Ok(select
        .tail("order by o.created_at desc, o.id desc limit {0}", vec![i64::try_from(limit + 1).unwrap_or(201).into()]))
}
