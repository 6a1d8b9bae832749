//! Both sides approve exactly one text.

use db::{Change, Cx};
use kernel::{Refusal, RefusalKind};
use serde_json::json;

use super::{APPROVE, Approval, ApprovalSide, NoticeState, not_a_draft, view};
use crate::{IncidentId, NoticeId, incidents, store::notices as store};

/// Refuses whoever approves for no side, before a form is looked at.
pub async fn ensure_approver(cx: &mut Cx, id: IncidentId) -> Result<(), Refusal> {
    let incident = incidents::readable(cx, id).await?;
    cx.require(APPROVE, &incidents::resource(&incident))
}

/// Approves the text of this hash for a side. `despite` says that the person has seen what the text seems to tell
/// although the rule forbids it.
pub async fn approve(
    cx: &mut Cx,
    id: IncidentId,
    notice: NoticeId,
    side: ApprovalSide,
    hash: &str,
    despite: bool,
) -> Result<(), Refusal> {
    let incident = incidents::readable(cx, id).await?;
    cx.require(APPROVE, &incidents::resource(&incident))?;
    if !side.of(&cx.actor.sides) {
        return Err(Refusal::forbidden(format!("you cannot approve for {}", side.label()))
            .hint("Legal and Privacy approve for Legal, Security and IT for Security"));
    }
    store::lock(cx, notice).await?;
    let view = view(cx, id, notice).await?;
    if view.notice.state != NoticeState::Draft {
        return Err(not_a_draft(&view.notice));
    }
    if view.hash != hash {
        return Err(Refusal::new(RefusalKind::Stale, "the text was changed since you opened it")
            .hint("read it as it is now and approve that"));
    }
    let missing: Vec<&str> = view.missing().map(|section| section.item.as_str()).collect();
    if !missing.is_empty() {
        return Err(Refusal::conflict(format!("still missing: {}", missing.join("; ")))
            .hint("write each section, or mark it as not known yet"));
    }
    if view.late && view.notice.late_reasons.is_empty() {
        return Err(Refusal::conflict("its time is over, and the notice gives no reasons for that")
            .hint("write the reasons for being late first"));
    }
    if view.approval(side).is_some() {
        return Err(Refusal::conflict(format!("{} has approved this text already", side.label())));
    }
    if view.approved_by(cx.actor.person) {
        return Err(Refusal::conflict("you have approved this text for the other side")
            .hint("two people approve: ask somebody else"));
    }
    if !view.forbidden.is_empty() && !despite {
        return Err(Refusal::field("despite", format!("look at this first: {}", view.forbidden.join("; "))));
    }
    let given = Approval {
        hash: view.hash.clone(),
        side,
        person: cx.actor.person,
        person_name: cx.actor.name.clone(),
        despite: view.forbidden.join("; "),
        at: cx.now,
        voided_at: None,
        voided_because: String::new(),
    };
    store::insert_approval(cx, notice, &given).await?;
    let number = view.notice.number;
    cx.record(
        Change::new(
            "incident.notice_approved",
            "incident",
            id,
            format!("approved notice {number} of incident {} for {}", incident.number, side.label()),
        )
        .behind(id)
        .after(json!({ "notice": number, "side": side.as_str(), "hash": given.hash, "despite": given.despite })),
    );
    Ok(())
}
