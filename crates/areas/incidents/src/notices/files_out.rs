//! A notice as a paper, and the authority's form as the file that its portal takes. That one was taken out is written down.

use bytes::Bytes;
use db::{Change, Cx};
use kernel::{Actor, Refusal};
use serde_json::json;

use super::{NoticeState, NoticeView, SectionStanding, edpb, reference_of, view};
use crate::{IncidentId, Incidents, NoticeId};

/// A file on its way out: name, media type, bytes.
pub type Export = (String, &'static str, Bytes);

/// That an export is written down is our doing, so a token that may only read may export.
pub(crate) fn writer(actor: &Actor) -> Actor {
    Actor { read_only: false, ..actor.clone() }
}

async fn taken_out(cx: &mut Cx, id: IncidentId, notice: NoticeId, what: &'static str) -> Result<NoticeView, Refusal> {
    let view = view(cx, id, notice).await?;
    let (number, incident) = (view.notice.number, view.incident.number);
    cx.record(
        Change::new(
            "incident.notice_exported",
            "incident",
            id,
            format!("exported notice {number} of incident {incident} as {what}"),
        )
        .behind(id)
        .after(json!({ "notice": number, "export": what, "hash": view.hash })),
    );
    Ok(view)
}

fn name(view: &NoticeView, rest: &str) -> String {
    let exercise = if view.incident.is_exercise { "EXERCISE-" } else { "" };
    format!("{exercise}incident-{}-notice-{}{rest}", view.incident.number, view.notice.number)
}

impl Incidents {
    /// The notice as PDF: the paper itself, which names neither who approved it nor anything else that stays here.
    pub async fn notice_pdf(&self, actor: &Actor, id: IncidentId, notice: NoticeId) -> Result<Export, Refusal> {
        let (view, now) = db::transact!(self.store, &writer(actor), |cx| {
            let now = cx.now;
            taken_out(cx, id, notice, "PDF").await.map(|view| (view, now))
        })?;
        let letter = letter(&view, &self.organisation, now.to_string());
        let pdf = tokio::task::spawn_blocking(move || reports::letter(&letter)).await.map_err(Refusal::broken)?;
        Ok((name(&view, ".pdf"), "application/pdf", pdf.map_err(Refusal::broken)?.into()))
    }

    /// The form as JSON that its schema accepts, or what keeps it from that, field by field.
    pub async fn notice_form(&self, actor: &Actor, id: IncidentId, notice: NoticeId) -> Result<Export, Refusal> {
        let view = db::transact!(self.store, &writer(actor), |cx| {
            let view = taken_out(cx, id, notice, "the authority's form").await?;
            let values = view.form().ok_or_else(|| Refusal::not_found("there is no form for this notice"))?;
            let problems = edpb::problems(&values);
            if problems.is_empty() {
                return Ok::<_, Refusal>(view);
            }
            let hint = "fill these fields in; what does not apply can be said in the words of each text field";
            Err(Refusal::fields(problems).hint(hint))
        })?;
        let mut values = view.form().unwrap_or_default();
        if view.incident.is_exercise {
            // The form has no other place for it that every reader sees.
            values.insert("field_7".to_owned(), json!(format!("EXERCISE, {}", reference_of(&view.incident))));
        }
        let bytes = serde_json::to_vec_pretty(&values).map_err(Refusal::broken)?;
        Ok((name(&view, "-form.json"), "application/json", bytes.into()))
    }
}

fn letter(view: &NoticeView, organisation: &str, printed_at: String) -> reports::Letter {
    let notice = &view.notice;
    let kind = match &view.first {
        Some(first) if view.first_reference.is_empty() => format!("Supplement to notice {}", first.number),
        Some(first) => format!("Supplement to notice {}, your reference {}", first.number, view.first_reference),
        None => "First notice".to_owned(),
    };
    let facts = vec![
        ("To".to_owned(), notice.recipient.clone()),
        ("From".to_owned(), organisation.to_owned()),
        ("Under".to_owned(), format!("{}, {}", notice.law, notice.article)),
        ("Our reference".to_owned(), format!("Incident {}, notice {}", view.incident.number, notice.number)),
        ("Kind".to_owned(), kind),
    ];
    let is_draft = !(notice.state == NoticeState::Sent || view.is_approved());
    let mut sections: Vec<reports::LetterSection> = view
        .sections
        .iter()
        .map(|section| reports::LetterSection {
            heading: capitalised(&section.item),
            text: match section.standing {
                SectionStanding::Text if section.text.is_empty() => "[not written yet]".to_owned(),
                SectionStanding::Text => section.text.clone(),
                other => format!("{}.", other.label()),
            },
        })
        .collect();
    if !notice.late_reasons.is_empty() {
        sections.push(reports::LetterSection {
            heading: "Why this notice is late".to_owned(),
            text: notice.late_reasons.clone(),
        });
    }
    reports::Letter {
        organisation: organisation.to_owned(),
        title: notice.title.clone(),
        kind: "Notice".to_owned(),
        reference: format!("Incident {}, notice {}", view.incident.number, notice.number),
        facts,
        exercise: view.incident.is_exercise,
        draft: is_draft,
        sections,
        sha256: view.hash.clone(),
        printed_at,
    }
}

/// An item of a rule as a heading.
pub(crate) fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
