//! Notices: what has to be told to an authority or to people, from a draft out of the facts to the proof that it was sent.
//!
//! A draft holds one section for each thing that the rule asks for. Legal and Security approve exactly one text; whatever
//! changes it voids both approvals. Only what both approved can be recorded as sent, and the record enters the fact that
//! the clocks of later stages run from. The program sends nothing.

mod approving;
mod asked;
mod content;
mod drafting;
mod edpb;
mod files_out;
pub(crate) mod known;
mod prefill;
mod sending;

use std::collections::BTreeMap;

use clocks::Duty;
use db::Cx;
use kernel::{Instant, Permission, PersonId, Refusal, Side, hex};
use serde::Serialize;
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::{Incident, IncidentId, NoticeId, rules::Telling, store::notices as store};

pub use approving::{approve, ensure_approver};
pub(crate) use content::{is_own_record, recipient, to_people};
pub use drafting::{Draft, DraftSection, discard, draft, save};
pub(crate) use edpb::shown as shown_field;
pub use edpb::{Field, FieldKind, HAS_FORM, fields, problems as form_problems, read_form, section_title};
pub use files_out::Export;
pub(crate) use files_out::capitalised;
pub use sending::{MAX_PROOF, NewSending, ProofFile, proof_file, record_sent};

pub const APPROVE: Permission = Permission::new("approveNotice", "Incident");

/// Characters of a section.
pub const SECTION_LIMIT: usize = 10_000;
/// Characters of the reasons for being late.
pub const REASONS_LIMIT: usize = 3_000;
/// Notices of one incident.
const MOST: i64 = 500;

/// The authority's form by its fields, such as `field_48`.
pub type FormValues = BTreeMap<String, Value>;

/// How far a notice is. Whether it is approved follows from its approvals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum NoticeState {
    Draft,
    Sent,
    Discarded,
}

impl NoticeState {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Sent => "sent",
            Self::Discarded => "discarded",
        }
    }
}

impl std::str::FromStr for NoticeState {
    type Err = Refusal;

    fn from_str(text: &str) -> Result<Self, Refusal> {
        [Self::Draft, Self::Sent, Self::Discarded]
            .into_iter()
            .find(|state| state.as_str() == text)
            .ok_or_else(|| Refusal::field("state", "a notice is a draft, sent or discarded"))
    }
}

/// What a section says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SectionStanding {
    /// Its text; without one it is still open.
    Text,
    /// Not known yet; it follows in a supplement.
    Unknown,
    /// There is nothing to say, because what is asked for does not exist here.
    None,
}

impl SectionStanding {
    pub const ALL: [Self; 3] = [Self::Text, Self::Unknown, Self::None];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Unknown => "unknown",
            Self::None => "none",
        }
    }

    /// For readers, and for the paper.
    pub fn label(self) -> &'static str {
        match self {
            Self::Text => "As written",
            Self::Unknown => "Not known yet; it will follow",
            Self::None => "Does not apply",
        }
    }
}

impl std::str::FromStr for SectionStanding {
    type Err = Refusal;

    fn from_str(text: &str) -> Result<Self, Refusal> {
        Self::ALL
            .into_iter()
            .find(|standing| standing.as_str() == text)
            .ok_or_else(|| Refusal::invalid("a section is written, not known yet, or does not apply"))
    }
}

/// The side for which somebody approves. Privacy approves for Legal, IT for Security.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ApprovalSide {
    Legal,
    Security,
}

impl ApprovalSide {
    pub const ALL: [Self; 2] = [Self::Legal, Self::Security];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Legal => "legal",
            Self::Security => "security",
        }
    }

    pub fn label(self) -> &'static str {
        match self {
            Self::Legal => "Legal",
            Self::Security => "Security",
        }
    }

    fn of(self, sides: &std::collections::BTreeSet<Side>) -> bool {
        let members = match self {
            Self::Legal => [Side::Legal, Side::Privacy],
            Self::Security => [Side::Security, Side::It],
        };
        members.iter().any(|side| sides.contains(side))
    }
}

impl std::str::FromStr for ApprovalSide {
    type Err = Refusal;

    fn from_str(text: &str) -> Result<Self, Refusal> {
        Self::ALL
            .into_iter()
            .find(|side| side.as_str() == text)
            .ok_or_else(|| Refusal::field("side", "Legal and Security approve"))
    }
}

/// A notice without its text.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Notice {
    #[schema(value_type = String, format = Uuid)]
    pub id: NoticeId,
    #[schema(value_type = String, format = Uuid)]
    pub incident: IncidentId,
    /// Counts the notices of the incident from 1.
    pub number: i64,
    /// `eu-gdpr/authority`
    pub rule: String,
    /// The notice that this one adds to.
    #[schema(value_type = Option<String>, format = Uuid)]
    pub follows: Option<NoticeId>,
    pub title: String,
    /// To whom.
    pub recipient: String,
    pub law: String,
    pub article: String,
    pub state: NoticeState,
    pub late_reasons: String,
    /// The EDPB's form by its fields, where somebody has opened it.
    #[schema(value_type = Option<Object>)]
    pub form: Option<FormValues>,
    pub drafted_by_name: String,
    #[schema(value_type = String, format = DateTime)]
    pub drafted_at: Instant,
    /// Why it was discarded.
    pub outcome: String,
    pub revision: i64,
}

/// One thing that the rule asks for, with what the notice says to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Section {
    pub position: i64,
    pub item: String,
    pub text: String,
    pub standing: SectionStanding,
}

impl Section {
    /// Still to be written, or to be marked.
    pub fn is_open(&self) -> bool {
        self.standing == SectionStanding::Text && self.text.trim().is_empty()
    }
}

/// A side's approval of one text.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Approval {
    /// SHA-256 of the text that was approved.
    pub hash: String,
    pub side: ApprovalSide,
    #[schema(value_type = String, format = Uuid)]
    pub person: PersonId,
    pub person_name: String,
    /// What the text seems to tell although the rule forbids it, seen and approved all the same.
    pub despite: String,
    #[schema(value_type = String, format = DateTime)]
    pub at: Instant,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub voided_at: Option<Instant>,
    pub voided_because: String,
}

/// That a notice was sent, and how one knows.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Sending {
    /// SHA-256 of the text that was sent.
    pub hash: String,
    /// A fact's value.
    #[schema(value_type = Object)]
    pub moment: Value,
    #[schema(value_type = String, format = DateTime)]
    pub sent_at: Instant,
    /// Until when it was due, RFC 3339, or nothing.
    pub due: String,
    pub late: bool,
    /// Portal, mail …
    pub channel: String,
    /// The number under which the recipient keeps it.
    pub reference: String,
    pub proof: String,
    pub file_sha256: Option<String>,
    pub file_name: String,
    pub file_size: i64,
    /// Why it was late, where that was.
    pub late_reasons: String,
    pub recorded_by_name: String,
    #[schema(value_type = String, format = DateTime)]
    pub recorded_at: Instant,
}

/// A notice with its text and what stands between it and being sent.
#[derive(Debug, Clone)]
pub struct NoticeView {
    pub incident: Incident,
    pub notice: Notice,
    pub sections: Vec<Section>,
    /// The newest first, the voided ones too.
    pub approvals: Vec<Approval>,
    pub sending: Option<Sending>,
    /// SHA-256 of the text as it stands.
    pub hash: String,
    /// The clock as the facts have it now.
    pub duty: Option<Duty>,
    /// What it must not say.
    pub never_say: Vec<String>,
    /// What it seems to say although it must not, each as a sentence.
    pub forbidden: Vec<String>,
    /// Its time is over and it has not been sent.
    pub late: bool,
    /// Tellings that would fill a section and that nobody has entered.
    pub open_tellings: Vec<&'static Telling>,
    /// Paths of other facts that it hangs on and that nobody has entered.
    pub open_facts: Vec<&'static str>,
    /// What the facts say to each section now.
    pub from_facts: Vec<String>,
    /// The notice that this one adds to.
    pub first: Option<Notice>,
    /// The recipient's number for that one.
    pub first_reference: String,
    pub(crate) known: known::Known,
}

impl NoticeView {
    /// Sections that nobody has written or marked.
    pub fn missing(&self) -> impl Iterator<Item = &Section> {
        self.sections.iter().filter(|section| section.is_open())
    }

    /// The side's approval of the text as it stands.
    pub fn approval(&self, side: ApprovalSide) -> Option<&Approval> {
        self.approvals.iter().find(|given| given.side == side && given.voided_at.is_none() && given.hash == self.hash)
    }

    pub fn is_approved(&self) -> bool {
        ApprovalSide::ALL.into_iter().all(|side| self.approval(side).is_some())
    }

    /// For which sides this person can approve now.
    pub fn may_approve(&self, cx: &Cx) -> Vec<ApprovalSide> {
        let open = self.notice.state == NoticeState::Draft && !cx.actor.read_only;
        let resource = crate::incidents::resource(&self.incident);
        if !open || !cx.allows(APPROVE, &resource) || self.approved_by(cx.actor.person) {
            return Vec::new();
        }
        ApprovalSide::ALL
            .into_iter()
            .filter(|side| side.of(&cx.actor.sides) && self.approval(*side).is_none())
            .collect()
    }

    fn approved_by(&self, person: PersonId) -> bool {
        ApprovalSide::ALL.into_iter().filter_map(|side| self.approval(side)).any(|given| given.person == person)
    }

    /// The form, where the law has one: as it was saved, or as the facts would fill it.
    pub fn form(&self) -> Option<FormValues> {
        let mut form = edpb::has_form(&self.notice.rule)
            .then(|| self.notice.form.clone().unwrap_or_else(|| self.form_from_facts()))?;
        if let Some(sent) = self.sending.as_ref().filter(|sent| !sent.late_reasons.is_empty()) {
            form.entry("field_49".to_owned()).or_insert_with(|| Value::String(sent.late_reasons.clone()));
        }
        Some(form)
    }

    /// The form as the facts would fill it now.
    pub fn form_from_facts(&self) -> FormValues {
        prefill::form(&self.known, &self.heading())
    }

    fn heading(&self) -> prefill::Heading<'_> {
        prefill::Heading {
            incident: self.incident.number,
            follows: self.first.is_some(),
            first_reference: &self.first_reference,
            late_reasons: &self.notice.late_reasons,
        }
    }
}

/// How people speak of an incident in a notice.
fn reference_of(incident: &Incident) -> String {
    format!("Incident {}", incident.number)
}

/// The hash of everything that a notice says: what an approval is bound to.
fn hash_of(incident: &Incident, notice: &Notice, sections: &[Section]) -> String {
    let said: Vec<[&str; 3]> = sections
        .iter()
        .map(|section| [section.item.as_str(), section.standing.as_str(), section.text.as_str()])
        .collect();
    let heading = [&notice.rule, &notice.title, &notice.recipient, &notice.law, &notice.article, &notice.late_reasons];
    let follows = notice.follows.map(|first| first.to_string());
    // An array keeps its order whatever the JSON library does with objects; the form's map is sorted by its type.
    let whole = serde_json::json!([incident.number, incident.is_exercise, notice.number, follows, heading, said]);
    let form = serde_json::to_string(&notice.form).unwrap_or_default();
    hex(&Sha256::digest(format!("{whole}\n{form}")))
}

/// A notice with its text, for whoever may read the incident.
pub async fn view(cx: &mut Cx, incident: IncidentId, id: NoticeId) -> Result<NoticeView, Refusal> {
    // Refused before it is said whether there is such a notice.
    let whole = crate::incidents::view(cx, incident).await?;
    let notice = store::one(cx, incident, id).await?.ok_or_else(no_notice)?;
    let sections = store::sections(cx, id).await?;
    let approvals = store::approvals(cx, id).await?;
    let sending = store::sending(cx, id).await?;
    let first = match notice.follows {
        Some(first) => store::one(cx, incident, first).await?,
        None => None,
    };
    let first_reference = match &first {
        Some(first) => store::sending(cx, first.id).await?.map(|sent| sent.reference).unwrap_or_default(),
        None => String::new(),
    };
    let known = known::Known::new(&whole.facts, cx.world().zone());
    let duty = whole.board.all().find(|duty| duty.rule == notice.rule).cloned();
    let never_say = duty.as_ref().map(|duty| duty.never_say.clone()).unwrap_or_default();
    let now = crate::incidents::now_of(cx, &whole.incident).timestamp();
    let late = notice.state == NoticeState::Draft
        && notice.follows.is_none()
        && duty.as_ref().is_some_and(|duty| duty.submitted.is_none() && duty.due.is_some_and(|due| due < now));
    let text: String = sections.iter().map(|section| format!("{}\n", section.text)).collect();
    let mut open_tellings: Vec<&'static str> =
        sections.iter().flat_map(|section| content::open_tellings(&section.item, &known)).collect();
    open_tellings.sort_unstable();
    open_tellings.dedup();
    let mut open_facts: Vec<&'static str> =
        sections.iter().flat_map(|section| content::open_facts(&section.item, &known)).collect();
    open_facts.sort_unstable();
    open_facts.dedup();
    let reference = reference_of(&whole.incident);
    Ok(NoticeView {
        open_facts,
        hash: hash_of(&whole.incident, &notice, &sections),
        forbidden: content::forbidden(&never_say, &text, &known),
        from_facts: sections.iter().map(|section| content::text(&section.item, &known, &reference)).collect(),
        open_tellings: crate::rules::told::TOLD.iter().filter(|telling| open_tellings.contains(&telling.key)).collect(),
        incident: whole.incident,
        notice,
        sections,
        approvals,
        sending,
        duty,
        never_say,
        late,
        first,
        first_reference,
        known,
    })
}

/// A notice in the list of an incident's.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct NoticeLine {
    #[serde(flatten)]
    pub notice: Notice,
    /// The sides that have approved the text as it stands.
    pub approved: Vec<ApprovalSide>,
    pub sending: Option<Sending>,
    /// Sections that nobody has written or marked.
    pub missing: usize,
}

/// An incident's notices, the newest first, with the incident and its clocks.
pub async fn list(cx: &mut Cx, incident: IncidentId) -> Result<(crate::incidents::View, Vec<NoticeLine>), Refusal> {
    let whole = crate::incidents::view(cx, incident).await?;
    let mut lines = Vec::new();
    for notice in store::all(cx, incident).await? {
        let sections = store::sections(cx, notice.id).await?;
        let hash = hash_of(&whole.incident, &notice, &sections);
        let holds = |given: &Approval| given.voided_at.is_none() && given.hash == hash;
        let approvals = store::approvals(cx, notice.id).await?;
        lines.push(NoticeLine {
            approved: ApprovalSide::ALL
                .into_iter()
                .filter(|side| approvals.iter().any(|given| given.side == *side && holds(given)))
                .collect(),
            missing: sections.iter().filter(|section| section.is_open()).count(),
            sending: store::sending(cx, notice.id).await?,
            notice,
        });
    }
    Ok((whole, lines))
}

fn no_notice() -> Refusal {
    Refusal::not_found("there is no such notice")
}

fn not_a_draft(notice: &Notice) -> Refusal {
    match notice.state {
        NoticeState::Sent => Refusal::conflict("this notice was sent; what was sent does not change")
            .hint("draft a supplement for what is new"),
        _ => Refusal::conflict("this notice was discarded").hint("draft a new one"),
    }
}

/// The notice for a change: locked, a draft, and of an incident that the person may change.
async fn open_draft(cx: &mut Cx, incident: IncidentId, id: NoticeId) -> Result<NoticeView, Refusal> {
    crate::incidents::editable(cx, incident).await?;
    store::lock(cx, id).await?;
    let view = view(cx, incident, id).await?;
    if view.notice.state == NoticeState::Draft { Ok(view) } else { Err(not_a_draft(&view.notice)) }
}
