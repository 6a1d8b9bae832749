//! What the text says of itself, as the review page and the record show it. Formats; decides nothing.

use clauses::Category;

use super::{May, told::Told, words};
use crate::{
    Against, Contract, Proposal, Stated, Text,
    stated::{FoundCategory, LIKELY, place},
};

/// The categories that the facts tell already.
const TOLD_AS_FACTS: [Category; 8] = [
    Category::DocumentName,
    Category::Parties,
    Category::AgreementDate,
    Category::EffectiveDate,
    Category::ExpirationDate,
    Category::RenewalTerm,
    Category::NoticePeriodToTerminateRenewal,
    Category::GoverningLaw,
];
/// Clauses of a category that are linked.
const LINKED: usize = 6;

pub(super) struct SaidView {
    pub shown: String,
    /// The words, where they are not what is shown already.
    pub words: String,
    pub href: String,
    pub place: String,
    pub how: String,
    pub doubt: String,
}

pub(super) struct FactView {
    pub id: &'static str,
    pub label: &'static str,
    pub said: Vec<SaidView>,
    /// "right in 39 of 45 public contracts"
    pub measured: String,
    pub proposal: Option<ProposalView>,
}

impl FactView {
    /// How a value is written.
    pub fn example(&self) -> &'static str {
        match self.id {
            "agreement_date" | "effective_date" => "2027-03-30",
            "expiration_date" => "2027-03-30, or perpetual",
            "renewal_term" => "12 months, or successive 1 year",
            "notice_to_stop_renewal" => "60 days",
            "parties" => "Alder Ltd; Birch GmbH",
            _ => "as the text has it",
        }
    }

    /// The notes of a fact stand beside its value already.
    pub fn tells(&self, note: &str) -> bool {
        self.said.iter().any(|said| said.how == note || said.doubt == note)
    }
}

pub(super) struct ProposalView {
    pub field: &'static str,
    pub label: &'static str,
    pub text: String,
    pub record: String,
    pub new: bool,
    pub same: bool,
    pub differs: bool,
    /// It can be taken over, and this person may do it.
    pub takes: bool,
    pub href: String,
    pub place: String,
    pub notes: Vec<String>,
}

pub(super) struct CategoryView {
    pub name: &'static str,
    pub perhaps: bool,
    pub clauses: Vec<(String, String)>,
    pub more: usize,
}

/// The panel of the facts, with what the record could take over.
pub(super) struct StatedPanel {
    pub facts: Vec<FactView>,
    pub found: usize,
    pub differing: usize,
    /// Fields that the record has not filled and the text can.
    pub new: Vec<&'static str>,
    pub categories: Vec<CategoryView>,
    pub absent: String,
    pub revision: i64,
    /// This person may correct facts of this version.
    pub corrects: Option<i64>,
    pub corrections: Vec<Told>,
}

impl StatedPanel {
    pub fn new(
        contract: &Contract,
        text: &Text,
        stated: &[Stated],
        proposals: &[Proposal],
        categories: &[FoundCategory],
        may: May,
    ) -> Self {
        let takes = may.edit && contract.status.is_open();
        let proposals: Vec<ProposalView> =
            proposals.iter().map(|proposal| proposal_view(contract, text, proposal, takes)).collect();
        let differing = proposals.iter().filter(|proposal| proposal.differs).count();
        let new =
            proposals.iter().filter(|proposal| proposal.new && proposal.takes).map(|proposal| proposal.field).collect();
        let mut left: Vec<Option<ProposalView>> = proposals.into_iter().map(Some).collect();
        let facts: Vec<FactView> = stated
            .iter()
            .map(|fact| FactView {
                id: fact.name.as_str(),
                label: fact.name.label(),
                said: fact.said.iter().map(|said| said_view(text, said)).collect(),
                measured: fact
                    .name
                    .measured()
                    .map(|(right, of)| format!("correct in {right} of {of} public contracts that state it"))
                    .unwrap_or_default(),
                proposal: left.iter_mut().find_map(|proposal| {
                    let its = |proposal: &ProposalView| {
                        crate::RecordField::ALL
                            .into_iter()
                            .any(|field| field.as_str() == proposal.field && field.fact() == fact.name)
                    };
                    proposal.take_if(|proposal| its(proposal))
                }),
            })
            .collect();
        let (views, absent) = category_views(text, categories);
        Self {
            found: facts.iter().filter(|fact| !fact.said.is_empty()).count(),
            facts,
            differing,
            new,
            categories: views,
            absent,
            revision: contract.revision,
            corrects: None,
            corrections: Vec::new(),
        }
    }

    /// With what a reviewer needs to correct a fact, and to take that back.
    pub fn with_corrections(mut self, contract: &Contract, may: May, said: Vec<Told>) -> Self {
        self.corrects = (may.review && contract.status.is_open()).then_some(contract.version);
        self.corrections = said;
        self
    }

    /// What the record's page shows: the fields on which text and record do not say the same.
    pub fn open(&self) -> Vec<&ProposalView> {
        self.facts.iter().filter_map(|fact| fact.proposal.as_ref()).filter(|proposal| !proposal.same).collect()
    }

    pub fn same(&self) -> usize {
        self.facts.iter().filter_map(|fact| fact.proposal.as_ref()).filter(|proposal| proposal.same).count()
    }
}

fn said_view(text: &Text, said: &crate::Said) -> SaidView {
    let words = said.words.split_whitespace().collect::<Vec<_>>().join(" ");
    SaidView {
        words: if said.shown.contains(&words) || !said.how.is_empty() { String::new() } else { words },
        shown: said.shown.clone(),
        href: said.clause.map(|clause| format!("#c{clause}")).unwrap_or_default(),
        place: said.clause.map(|clause| place(text, clause)).unwrap_or_default(),
        how: said.how.clone(),
        doubt: said.doubt.clone(),
    }
}

fn proposal_view(contract: &Contract, text: &Text, proposal: &Proposal, takes: bool) -> ProposalView {
    ProposalView {
        field: proposal.field.as_str(),
        label: proposal.field.label(),
        text: proposal.text.clone(),
        record: proposal.record.clone(),
        new: proposal.against == Against::New,
        same: proposal.against == Against::Same,
        differs: proposal.against == Against::Differs,
        takes: takes && proposal.set.is_some() && proposal.against != Against::Same,
        href: proposal.clause.map(|clause| format!("/contracts/{}/review#c{clause}", contract.id)).unwrap_or_default(),
        place: proposal.clause.map(|clause| place(text, clause)).unwrap_or_default(),
        notes: proposal.notes.clone(),
    }
}

/// Those that were found, and the names of the others in a sentence.
fn category_views(text: &Text, categories: &[FoundCategory]) -> (Vec<CategoryView>, String) {
    let told = |found: &&FoundCategory| !TOLD_AS_FACTS.contains(&found.category);
    let mut views: Vec<CategoryView> = categories
        .iter()
        .filter(told)
        .filter(|found| !found.clauses.is_empty())
        .map(|found| {
            let perhaps = found.clauses.first().is_none_or(|(_, score)| *score < LIKELY);
            // Beside a likely clause the unlikely ones only distract.
            let linked: Vec<usize> = found
                .clauses
                .iter()
                .filter(|(_, score)| perhaps || *score >= LIKELY)
                .map(|(clause, _)| *clause)
                .collect();
            let link = |clause: &usize| (format!("#c{clause}"), named_place(text, *clause));
            CategoryView {
                name: category_label(found.category),
                perhaps,
                clauses: linked.iter().take(LINKED).map(link).collect(),
                more: linked.len().saturating_sub(LINKED),
            }
        })
        .collect();
    views.sort_by_key(|view| view.perhaps);
    let absent: Vec<String> = categories
        .iter()
        .filter(told)
        .filter(|found| found.clauses.is_empty())
        .map(|found| category_label(found.category).to_lowercase())
        .collect();
    (views, words::listed(&absent))
}

/// "clause 4.1 Term", with the heading that it stands under.
fn named_place(text: &Text, index: usize) -> String {
    let heading = text.reading.clauses.get(index).and_then(|clause| clause.heading.as_deref()).unwrap_or_default();
    let heading =
        heading.trim_start_matches(|letter: char| letter.is_ascii_digit() || matches!(letter, '.' | ' ' | '#' | '*'));
    let heading = words::shortened(heading, 48);
    let place = place(text, index);
    if heading.trim().is_empty() { place } else { format!("{place} {}", heading.trim_end_matches(['*', ' '])) }
}

/// The data set's names in the words of this house.
fn category_label(category: Category) -> &'static str {
    match category {
        Category::MostFavoredNation => "Most favoured nation",
        Category::NonCompete => "Non-compete",
        Category::NoSolicitOfCustomers => "No soliciting of customers",
        Category::CompetitiveRestrictionException => "Exception to a restriction on competing",
        Category::NoSolicitOfEmployees => "No soliciting of employees",
        Category::NonDisparagement => "No disparagement",
        Category::TerminationForConvenience => "Termination for convenience",
        Category::RofrRofoRofn => "Right of first refusal, offer or negotiation",
        Category::ChangeOfControl => "Change of control",
        Category::AntiAssignment => "Assignment",
        Category::RevenueProfitSharing => "Sharing of revenue or profit",
        Category::PriceRestrictions => "Limits on prices",
        Category::MinimumCommitment => "Minimum commitment",
        Category::VolumeRestriction => "Limit on volume",
        Category::IpOwnershipAssignment => "Intellectual property assigned",
        Category::JointIpOwnership => "Intellectual property owned jointly",
        Category::LicenseGrant => "Licence granted",
        Category::NonTransferableLicense => "Licence that cannot be transferred",
        Category::AffiliateLicenseLicensor => "Licence of the licensor's affiliates",
        Category::AffiliateLicenseLicensee => "Licence for the licensee's affiliates",
        Category::UnlimitedAllYouCanEatLicense => "Licence without limits",
        Category::IrrevocableOrPerpetualLicense => "Irrevocable or perpetual licence",
        Category::SourceCodeEscrow => "Source code escrow",
        Category::PostTerminationServices => "Services after the end",
        Category::AuditRights => "Audit rights",
        Category::UncappedLiability => "Liability without a cap",
        Category::CapOnLiability => "Cap on liability",
        Category::LiquidatedDamages => "Liquidated damages",
        Category::WarrantyDuration => "Warranty period",
        Category::CovenantNotToSue => "Promise not to sue",
        Category::ThirdPartyBeneficiary => "Third-party beneficiary",
        other => other.as_str(),
    }
}
