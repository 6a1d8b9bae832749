//! Drafting a notice from the facts, and writing it.

use std::borrow::Cow;

use clocks::Rule;
use db::{Change, Cx};
use kernel::{FieldProblem, Refusal};
use serde_json::json;

use super::{
    FormValues, MOST, NoticeState, NoticeView, REASONS_LIMIT, SECTION_LIMIT, Section, SectionStanding, content, edpb,
    known::Known, open_draft, reference_of,
};
use crate::{IncidentId, NoticeId, incidents, store::notices as store};

/// A section as somebody wrote it.
#[derive(Debug, Clone)]
pub struct DraftSection {
    pub text: String,
    pub standing: SectionStanding,
}

/// What somebody changes of a draft. What is absent stays as it is.
#[derive(Debug, Clone, Default)]
pub struct Draft {
    /// All sections in their order.
    pub sections: Option<Vec<DraftSection>>,
    pub late_reasons: Option<String>,
    /// The authority's form; `Some(None)` puts it aside.
    pub form: Option<Option<FormValues>>,
    /// The revision that the person saw.
    pub revision: i64,
}

/// A rule of the law, or of the organisation's own.
async fn rule_of(cx: &mut Cx, name: &str) -> Result<Cow<'static, Rule>, Refusal> {
    let rule = crate::one_rule(cx, name).await?;
    if rule.draft {
        return Err(Refusal::conflict("this rule is a proposal and not law").hint("nobody has to be told by it"));
    }
    if content::is_own_record(name) {
        return Err(
            Refusal::conflict("this duty is to keep a record, and tells nobody").hint("see the register of breaches")
        );
    }
    Ok(rule)
}

/// Drafts a notice by a rule, its sections filled from the facts. Where one by this rule was sent, it is a supplement.
pub async fn draft(cx: &mut Cx, id: IncidentId, rule: &str) -> Result<NoticeId, Refusal> {
    let incident = incidents::editable(cx, id).await?;
    let rule = &*rule_of(cx, rule).await?;
    let before = store::all(cx, id).await?;
    let number = before.iter().map(|notice| notice.number).max().unwrap_or(0) + 1;
    if number > MOST {
        return Err(Refusal::conflict("this incident holds as many notices as one can"));
    }
    if let Some(open) = before.iter().find(|other| other.rule == rule.name && other.state == NoticeState::Draft) {
        return Err(Refusal::conflict(format!("notice {} by this rule is being drafted already", open.number))
            .hint("go on with that one, or discard it"));
    }
    // The first that was sent, whichever supplement came last.
    let follows = before
        .iter()
        .filter(|other| other.rule == rule.name && other.state == NoticeState::Sent && other.follows.is_none())
        .map(|other| other.id)
        .next();
    let known = Known::new(&crate::store::facts(cx, id).await?, cx.world().zone());
    let notice: NoticeId = cx.new_id();
    store::insert(cx, notice, id, number, rule, follows).await?;
    let reference = reference_of(&incident);
    for (position, item) in (1_i64..).zip(content::items(rule)) {
        let text = content::text(&item, &known, &reference);
        store::insert_section(cx, notice, &Section { position, item, text, standing: SectionStanding::Text }).await?;
    }
    let what = if follows.is_some() { "a supplement" } else { "a notice" };
    cx.record(
        Change::new(
            "incident.notice_drafted",
            "incident",
            id,
            format!("drafted {what} of incident {}: {}", incident.number, rule.name),
        )
        .behind(id)
        .after(json!({ "notice": number, "rule": rule.name, "to": rule.to })),
    );
    Ok(notice)
}

/// Changes a draft. Both approvals are void when its text is another afterwards.
pub async fn save(cx: &mut Cx, id: IncidentId, notice: NoticeId, new: &Draft) -> Result<(), Refusal> {
    let view = open_draft(cx, id, notice).await?;
    if view.notice.revision != new.revision {
        return Err(Refusal::stale());
    }
    checked(&view, new)?;
    let (mut sections, mut after) = (view.sections.clone(), view.notice.clone());
    for (section, written) in sections.iter_mut().zip(new.sections.iter().flatten()) {
        section.text = written.text.trim().replace("\r\n", "\n");
        section.standing = written.standing;
    }
    if let Some(reasons) = &new.late_reasons {
        after.late_reasons = reasons.trim().replace("\r\n", "\n");
    }
    if let Some(form) = &new.form {
        after.form.clone_from(form);
    }
    let hash = super::hash_of(&view.incident, &after, &sections);
    if hash == view.hash {
        cx.unrecorded("the text is as it was");
        return Ok(());
    }
    if !store::update(cx, &after, new.revision).await? {
        return Err(Refusal::stale());
    }
    let mut changed: Vec<&str> = Vec::new();
    for (section, was) in sections.iter().zip(&view.sections).filter(|(section, was)| section != was) {
        store::update_section(cx, notice, section).await?;
        changed.push(&was.item);
    }
    if after.form != view.notice.form {
        changed.push("the form");
    }
    if after.late_reasons != view.notice.late_reasons {
        changed.push("the reasons for being late");
    }
    let because = format!("{} changed the text", cx.actor.name);
    let voided = store::void_approvals(cx, notice, &because).await?;
    let number = view.notice.number;
    cx.record(
        Change::new(
            "incident.notice_changed",
            "incident",
            id,
            format!("changed notice {number} of incident {}", view.incident.number),
        )
        .behind(id)
        .before(json!({ "hash": view.hash }))
        .after(json!({ "notice": number, "changed": changed, "hash": hash, "approvals_voided": voided })),
    );
    Ok(())
}

fn checked(view: &NoticeView, new: &Draft) -> Result<(), Refusal> {
    let mut problems = Vec::new();
    if let Some(sections) = &new.sections {
        if sections.len() != view.sections.len() {
            return Err(Refusal::invalid("the form does not hold all sections").hint("open the page again"));
        }
        for (position, section) in (1..).zip(sections) {
            if section.text.chars().count() > SECTION_LIMIT {
                let message = format!("section {position}: at most {SECTION_LIMIT} characters");
                problems.push(FieldProblem { field: format!("text-{position}"), message });
            }
        }
    }
    if new.late_reasons.as_ref().is_some_and(|reasons| reasons.chars().count() > REASONS_LIMIT) {
        let message = format!("the reasons: at most {REASONS_LIMIT} characters");
        problems.push(FieldProblem { field: "late_reasons".to_owned(), message });
    }
    if new.form.is_some() && !edpb::has_form(&view.notice.rule) {
        return Err(Refusal::not_found("there is no form for this notice"));
    }
    if let Some(Some(form)) = &new.form {
        problems.extend(edpb::unfit(form));
    }
    if problems.is_empty() { Ok(()) } else { Err(Refusal::fields(problems)) }
}

/// Puts a draft aside for a reason. Its text stays readable.
pub async fn discard(cx: &mut Cx, id: IncidentId, notice: NoticeId, why: &str, revision: i64) -> Result<(), Refusal> {
    let view = open_draft(cx, id, notice).await?;
    let why = why.trim();
    if why.is_empty() {
        return Err(Refusal::field("why", "say why"));
    }
    if why.chars().count() > REASONS_LIMIT {
        return Err(Refusal::field("why", format!("at most {REASONS_LIMIT} characters")));
    }
    if !store::set_state(cx, notice, NoticeState::Discarded, why, revision).await? {
        return Err(Refusal::stale());
    }
    store::void_approvals(cx, notice, "the draft was discarded").await?;
    let number = view.notice.number;
    cx.record(
        Change::new(
            "incident.notice_discarded",
            "incident",
            id,
            format!("discarded notice {number} of incident {}", view.incident.number),
        )
        .behind(id)
        .after(json!({ "notice": number, "why": why })),
    );
    Ok(())
}
