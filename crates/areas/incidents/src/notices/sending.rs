//! That an approved notice was sent, with the proof. The program itself sends nothing.

use clocks::moment::{self, Moment};
use db::{Change, Cx};
use files::Stored;
use kernel::{FieldProblem, Instant, Refusal};
use serde_json::{Value, json};

use super::{NoticeState, NoticeView, REASONS_LIMIT, Sending, content, no_notice, open_draft};
use crate::{IncidentId, NewFact, NoticeId, SOURCE_LIMIT, enter_fact, incidents, store::notices as store};

/// Bytes of a proof.
pub const MAX_PROOF: usize = 32 << 20;

/// A file that lies in the file store already. It is never opened, only given back.
#[derive(Debug, Clone)]
pub struct ProofFile {
    pub stored: Stored,
    pub name: String,
}

/// What somebody tells of a notice that was sent.
#[derive(Debug, Clone, Default)]
pub struct NewSending {
    /// When: a fact's value.
    pub moment: Value,
    pub channel: String,
    pub reference: String,
    pub proof: String,
    pub file: Option<ProofFile>,
    pub late_reasons: String,
    /// The text that the person saw.
    pub hash: String,
}

/// Records a notice as sent. The first one of its rule becomes the fact that later stages run from; a supplement changes
/// no clock.
pub async fn record_sent(cx: &mut Cx, id: IncidentId, notice: NoticeId, new: &NewSending) -> Result<(), Refusal> {
    let view = open_draft(cx, id, notice).await?;
    if view.hash != new.hash {
        return Err(Refusal::stale());
    }
    if !view.is_approved() {
        return Err(Refusal::conflict("only what both sides have approved can be recorded as sent").hint(
            "ask Legal and Security to approve the text as it stands; what was sent otherwise is entered as a fact",
        ));
    }
    let path = format!("events.submitted.{}", view.notice.rule);
    let is_first = view.notice.follows.is_none();
    if is_first && view.known.value(&path).is_some() {
        return Err(Refusal::conflict("by the facts this notice was sent already")
            .hint("withdraw that fact if it is wrong; otherwise discard this draft"));
    }
    let moment = checked_moment(cx, &view, &new.moment);
    let mut problems = problems(new);
    let (moment, sent_at) = match moment {
        Ok(found) => found,
        Err(reason) => {
            problems.insert(0, FieldProblem { field: "local".to_owned(), message: reason });
            return Err(Refusal::fields(problems));
        }
    };
    let due = view.duty.as_ref().filter(|_| is_first).and_then(|duty| Some((duty.due?, duty.due_there.clone()?)));
    let late = due.as_ref().is_some_and(|(due, _)| judged(&view, &moment).is_none_or(|sent| sent > *due));
    let reasons = if new.late_reasons.trim().is_empty() { &view.notice.late_reasons } else { new.late_reasons.trim() };
    if late && reasons.is_empty() {
        let message = "it was sent after it was due: say why".to_owned();
        problems.push(FieldProblem { field: "late_reasons".to_owned(), message });
    }
    if !problems.is_empty() {
        return Err(Refusal::fields(problems));
    }
    let sending = Sending {
        hash: view.hash.clone(),
        moment: new.moment.clone(),
        sent_at,
        due: due.map(|(_, there)| there).unwrap_or_default(),
        late,
        channel: new.channel.trim().to_owned(),
        reference: new.reference.trim().to_owned(),
        proof: new.proof.trim().to_owned(),
        file_sha256: new.file.as_ref().map(|file| file.stored.sha256.clone()),
        file_name: new.file.as_ref().map(|file| clean_name(&file.name)).unwrap_or_default(),
        file_size: new.file.as_ref().map_or(0, |file| file.stored.size),
        late_reasons: if late { reasons.to_owned() } else { String::new() },
        recorded_by_name: cx.actor.name.clone(),
        recorded_at: cx.now,
    };
    if let Some(file) = &new.file {
        files::claim(cx, &file.stored).await?;
    }
    if !store::set_state(cx, notice, NoticeState::Sent, "", view.notice.revision).await? {
        return Err(Refusal::stale());
    }
    store::insert_sending(cx, notice, &sending).await?;
    tell_the_clocks(cx, id, &view, &sending, is_first).await?;
    let number = view.notice.number;
    cx.record(
        Change::new(
            "incident.notice_sent",
            "incident",
            id,
            format!("recorded notice {number} of incident {} as sent: {}", view.incident.number, view.notice.rule),
        )
        .behind(id)
        .after(json!({
            "notice": number,
            "rule": view.notice.rule,
            "sent_at": sending.sent_at,
            "due": sending.due,
            "late": late,
            "late_reasons": sending.late_reasons,
            "channel": sending.channel,
            "reference": sending.reference,
            "proof": sending.proof,
            "file_sha256": sending.file_sha256,
            "hash": sending.hash,
        })),
    );
    Ok(())
}

fn problems(new: &NewSending) -> Vec<FieldProblem> {
    let mut problems = Vec::new();
    let mut wrong = |field: &str, message: String| problems.push(FieldProblem { field: field.to_owned(), message });
    if new.channel.trim().is_empty() {
        wrong("channel", "say how it was sent: a portal, mail, post".to_owned());
    }
    if new.proof.trim().is_empty() && new.reference.trim().is_empty() && new.file.is_none() {
        wrong("proof", "give a proof: a reference number, words, or a file".to_owned());
    }
    let limits = [
        ("channel", &new.channel, 200),
        ("reference", &new.reference, 200),
        ("proof", &new.proof, REASONS_LIMIT),
        ("late_reasons", &new.late_reasons, REASONS_LIMIT),
    ];
    for (field, text, limit) in limits {
        if text.chars().count() > limit {
            wrong(field, format!("at most {limit} characters"));
        }
    }
    problems
}

/// When it was sent. Only the future is refused: a notice by telephone may be older than its draft.
fn checked_moment(cx: &Cx, view: &NoticeView, value: &Value) -> Result<(Moment, Instant), String> {
    if value.is_null() {
        return Err("say when it was sent".to_owned());
    }
    let zone = cx.world().zone();
    let moment = moment::read(value, Some(&zone))?;
    let at = moment.instant(&zone).ok_or("this is no time")?;
    if at > incidents::now_of(cx, &view.incident).timestamp() {
        return Err("that lies in the future: record it once it was sent".to_owned());
    }
    let micros = at.as_microsecond();
    Ok((moment, Instant::from_micros(micros)))
}

/// The instant by which the clock judges: of a day without an hour its first one in the rule's zone, as the clocks do.
fn judged(view: &NoticeView, moment: &Moment) -> Option<jiff::Timestamp> {
    let zone = view.duty.as_ref().and_then(|duty| moment::zone(&duty.zone).ok()).unwrap_or(jiff::tz::TimeZone::UTC);
    moment.instant(&zone)
}

/// Enters the submission as a fact, and for people the instant at which they were told.
async fn tell_the_clocks(
    cx: &mut Cx,
    id: IncidentId,
    view: &NoticeView,
    sending: &Sending,
    is_first: bool,
) -> Result<(), Refusal> {
    if !is_first {
        return Ok(());
    }
    let rule = &view.notice.rule;
    let mut paths = vec![format!("events.submitted.{rule}")];
    let rule = crate::one_rule(cx, rule).await?;
    if content::to_people(&rule) && clocks::place::is_code(&rule.place) {
        paths.push(format!("events.notified_individuals.{}", rule.place));
    }
    let told = format!("notice {}, {} {}", view.notice.number, sending.channel, sending.reference);
    let source: String = told.trim().chars().take(SOURCE_LIMIT).collect();
    for path in paths {
        if view.known.value(&path).is_some() {
            continue;
        }
        let entries = crate::store::facts(cx, id).await?;
        let seen = entries.iter().filter(|fact| fact.path == path).map(|fact| fact.number).max().unwrap_or(0);
        enter_fact(cx, id, &NewFact { path, value: sending.moment.clone(), source: source.clone(), seen }).await?;
    }
    Ok(())
}

/// The last part of a name, without what cannot be shown.
fn clean_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let hidden = |c: char| ('\u{202a}'..='\u{202e}').contains(&c) || ('\u{2066}'..='\u{2069}').contains(&c);
    let name: String = last.chars().filter(|c| !c.is_control() && !hidden(*c)).take(200).collect();
    let name = name.trim();
    if name.is_empty() { "proof".to_owned() } else { name.to_owned() }
}

/// The file that proves a sending, for whoever may read the incident: its hash and name.
pub async fn proof_file(cx: &mut Cx, id: IncidentId, notice: NoticeId) -> Result<(String, String), Refusal> {
    incidents::readable(cx, id).await?;
    let found = store::one(cx, id, notice).await?.ok_or_else(no_notice)?;
    let sending = store::sending(cx, found.id).await?.filter(|_| found.state == NoticeState::Sent);
    sending
        .and_then(|sending| Some((sending.file_sha256?, sending.file_name)))
        .ok_or_else(|| Refusal::not_found("no file proves this notice"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lose_paths_and_what_cannot_be_seen() {
        assert_eq!(clean_name("C:\\receipts\\r\u{202e}fdp.exe\n"), "rfdp.exe");
        assert_eq!(clean_name(" / "), "proof");
    }
}
