//! Notices, their sections, approvals and sendings.

use clocks::Rule;
use db::{Cx, Row};
use kernel::{Refusal, Value};

use crate::{
    IncidentId, NoticeId,
    notices::{Approval, Notice, NoticeState, Section, Sending},
};

pub(crate) async fn insert(
    cx: &mut Cx,
    id: NoticeId,
    incident: IncidentId,
    number: i64,
    rule: &Rule,
    follows: Option<NoticeId>,
) -> Result<(), Refusal> {
    let binds: Vec<Value> = vec![
        id.into(),
        incident.into(),
        number.into(),
        rule.name.as_str().into(),
        follows.into(),
        rule.title.as_str().into(),
        rule.to.as_str().into(),
        rule.law.as_str().into(),
        rule.article.as_str().into(),
        NoticeState::Draft.as_str().into(),
        cx.actor.person.into(),
        cx.actor.name.clone().into(),
        cx.now.into(),
    ];
    cx.run_unique(
        "insert into incident_notices (id, incident, number, rule, follows, title, recipient, law, article, state, late_reasons, form, \
         drafted_by, drafted_by_name, drafted_at, outcome, revision) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, '', '', $11, $12, $13, '', 1)",
        binds,
        Refusal::stale(),
    )
    .await
    .map(|_| ())
}

/// Holds the notice until the transaction ends, so that an approval and a change come one after the other.
pub(crate) async fn lock(cx: &mut Cx, id: NoticeId) -> Result<(), Refusal> {
    cx.run("update incident_notices set revision = revision where id = $1", vec![id.into()]).await.map(|_| ())
}

const COLUMNS: &str = "select id, incident, number, rule, follows, title, recipient, law, article, state, late_reasons, form, drafted_by_name, \
     drafted_at, outcome, revision from incident_notices";

pub(crate) async fn one(cx: &mut Cx, incident: IncidentId, id: NoticeId) -> Result<Option<Notice>, Refusal> {
    let select = db::Select::new(COLUMNS).and("incident = {0} and id = {1}", vec![incident.into(), id.into()]);
    cx.select(select).await?.first().map(notice).transpose()
}

/// The newest first.
pub(crate) async fn all(cx: &mut Cx, incident: IncidentId) -> Result<Vec<Notice>, Refusal> {
    let select =
        db::Select::new(COLUMNS).and("incident = {0}", vec![incident.into()]).tail("order by number desc", vec![]);
    cx.select(select).await?.iter().map(notice).collect()
}

pub(crate) async fn update(cx: &mut Cx, notice: &Notice, revision: i64) -> Result<bool, Refusal> {
    let form = match &notice.form {
        Some(form) => serde_json::to_string(form).map_err(Refusal::broken)?,
        None => String::new(),
    };
    let touched = cx
        .run(
            "update incident_notices set late_reasons = $2, form = $3, revision = revision + 1 where id = $1 and revision = $4",
            vec![notice.id.into(), notice.late_reasons.as_str().into(), form.into(), revision.into()],
        )
        .await?;
    Ok(touched == 1)
}

pub(crate) async fn set_state(
    cx: &mut Cx,
    id: NoticeId,
    to: NoticeState,
    outcome: &str,
    revision: i64,
) -> Result<bool, Refusal> {
    let touched = cx
        .run(
            "update incident_notices set state = $2, outcome = $3, revision = revision + 1 where id = $1 and revision = $4",
            vec![id.into(), to.as_str().into(), outcome.into(), revision.into()],
        )
        .await?;
    Ok(touched == 1)
}

pub(crate) async fn insert_section(cx: &mut Cx, notice: NoticeId, section: &Section) -> Result<(), Refusal> {
    cx.run(
        "insert into incident_notice_sections (notice, position, item, text, standing) values ($1, $2, $3, $4, $5)",
        vec![
            notice.into(),
            section.position.into(),
            section.item.as_str().into(),
            section.text.as_str().into(),
            section.standing.as_str().into(),
        ],
    )
    .await
    .map(|_| ())
}

pub(crate) async fn update_section(cx: &mut Cx, notice: NoticeId, section: &Section) -> Result<(), Refusal> {
    cx.run(
        "update incident_notice_sections set text = $3, standing = $4 where notice = $1 and position = $2",
        vec![notice.into(), section.position.into(), section.text.as_str().into(), section.standing.as_str().into()],
    )
    .await
    .map(|_| ())
}

pub(crate) async fn sections(cx: &mut Cx, notice: NoticeId) -> Result<Vec<Section>, Refusal> {
    let rows = cx
        .all(
            "select position, item, text, standing from incident_notice_sections where notice = $1 order by position",
            vec![notice.into()],
        )
        .await?;
    rows.iter()
        .map(|row| {
            Ok(Section {
                position: row.int("position")?,
                item: row.text("item")?,
                text: row.text("text")?,
                standing: row.word("standing")?,
            })
        })
        .collect()
}

pub(crate) async fn insert_approval(cx: &mut Cx, notice: NoticeId, given: &Approval) -> Result<(), Refusal> {
    let id: kernel::Uuid = cx.new_id();
    cx.run(
        "insert into incident_notice_approvals (id, notice, hash, side, person, person_name, despite, at, voided_because) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, '')",
        vec![
            id.into(),
            notice.into(),
            given.hash.as_str().into(),
            given.side.as_str().into(),
            given.person.into(),
            given.person_name.as_str().into(),
            given.despite.as_str().into(),
            given.at.into(),
        ],
    )
    .await
    .map(|_| ())
}

/// Says how many held until now.
pub(crate) async fn void_approvals(cx: &mut Cx, notice: NoticeId, because: &str) -> Result<u64, Refusal> {
    cx.run(
        "update incident_notice_approvals set voided_at = $2, voided_because = $3 where notice = $1 and voided_at is null",
        vec![notice.into(), cx.now.into(), because.into()],
    )
    .await
}

/// The newest first, the voided ones too.
pub(crate) async fn approvals(cx: &mut Cx, notice: NoticeId) -> Result<Vec<Approval>, Refusal> {
    let rows = cx
        .all(
            "select hash, side, person, person_name, despite, at, voided_at, voided_because from incident_notice_approvals \
             where notice = $1 order by at desc, id desc",
            vec![notice.into()],
        )
        .await?;
    rows.iter()
        .map(|row| {
            Ok(Approval {
                hash: row.text("hash")?,
                side: row.word("side")?,
                person: row.id("person")?,
                person_name: row.text("person_name")?,
                despite: row.text("despite")?,
                at: row.instant("at")?,
                voided_at: row.instant_or_none("voided_at")?,
                voided_because: row.text("voided_because")?,
            })
        })
        .collect()
}

pub(crate) async fn insert_sending(cx: &mut Cx, notice: NoticeId, sending: &Sending) -> Result<(), Refusal> {
    let binds: Vec<Value> = vec![
        notice.into(),
        sending.hash.as_str().into(),
        sending.moment.to_string().into(),
        sending.sent_at.into(),
        sending.due.as_str().into(),
        sending.late.into(),
        sending.channel.as_str().into(),
        sending.reference.as_str().into(),
        sending.proof.as_str().into(),
        sending.file_sha256.clone().into(),
        sending.file_name.as_str().into(),
        sending.file_size.into(),
        sending.late_reasons.as_str().into(),
        cx.actor.person.into(),
        sending.recorded_by_name.as_str().into(),
        sending.recorded_at.into(),
    ];
    cx.run_unique(
        "insert into incident_notice_sendings (notice, hash, moment, sent_at, due, late, channel, reference, proof, file_sha256, file_name, \
         file_size, late_reasons, recorded_by, recorded_by_name, recorded_at) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)",
        binds,
        Refusal::stale(),
    )
    .await
    .map(|_| ())
}

pub(crate) async fn sending(cx: &mut Cx, notice: NoticeId) -> Result<Option<Sending>, Refusal> {
    let row = cx
        .optional(
            "select hash, moment, sent_at, due, late, channel, reference, proof, file_sha256, file_name, file_size, late_reasons, recorded_by_name, recorded_at \
             from incident_notice_sendings where notice = $1",
            vec![notice.into()],
        )
        .await?;
    row.map(|row| {
        Ok(Sending {
            hash: row.text("hash")?,
            moment: row.json("moment")?,
            sent_at: row.instant("sent_at")?,
            due: row.text("due")?,
            late: row.flag("late")?,
            channel: row.text("channel")?,
            reference: row.text("reference")?,
            proof: row.text("proof")?,
            file_sha256: row.text_or_none("file_sha256")?,
            file_name: row.text("file_name")?,
            file_size: row.int("file_size")?,
            late_reasons: row.text("late_reasons")?,
            recorded_by_name: row.text("recorded_by_name")?,
            recorded_at: row.instant("recorded_at")?,
        })
    })
    .transpose()
}

fn notice(row: &Row) -> Result<Notice, Refusal> {
    let form = row.text("form")?;
    Ok(Notice {
        id: row.id("id")?,
        incident: row.id("incident")?,
        number: row.int("number")?,
        rule: row.text("rule")?,
        follows: row.id_or_none("follows")?,
        title: row.text("title")?,
        recipient: row.text("recipient")?,
        law: row.text("law")?,
        article: row.text("article")?,
        state: row.word("state")?,
        late_reasons: row.text("late_reasons")?,
        form: if form.is_empty() { None } else { Some(serde_json::from_str(&form).map_err(Refusal::broken)?) },
        drafted_by_name: row.text("drafted_by_name")?,
        drafted_at: row.instant("drafted_at")?,
        outcome: row.text("outcome")?,
        revision: row.int("revision")?,
    })
}
