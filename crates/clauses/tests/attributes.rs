//! What clauses say: sentences in, attributes out.

#![allow(clippy::unwrap_used, reason = "tests say what must hold by panicking")]

use clauses::attributes::read;
use clauses::duration::Unit;
use clauses::{Attributes, Topic};

fn breach(text: &str) -> (Option<f64>, Option<Unit>, String, String, Option<String>) {
    let a = read(Topic::BreachNotification, text);
    (a.limit, a.unit, a.wording.unwrap_or_default(), a.from.unwrap_or_default(), a.debtor)
}

#[test]
fn breach_notices() {
    let check = |text: &str, limit: Option<(f64, Unit)>, wording: &str, from: &str, debtor: &str| {
        let got = breach(text);
        let want =
            (limit.map(|l| l.0), limit.map(|l| l.1), wording.to_owned(), from.to_owned(), Some(debtor.to_owned()));
        assert_eq!(got, want, "{text}");
    };
    check(
        "Processor will notify Controller of a Personal Data Breach without undue delay and within seventy-two (72) hours of becoming aware of it.",
        Some((72.0, Unit::Hours)),
        "without_undue_delay",
        "awareness",
        "Processor",
    );
    check(
        "Vendor shall report any security incident no later than the next business day after discovery.",
        Some((1.0, Unit::BusinessDays)),
        "fixed",
        "discovery",
        "Vendor",
    );
    check(
        "The Recipient shall immediately notify the Discloser of any unauthorised use of Confidential Information.",
        None,
        "immediately",
        "unstated",
        "The Recipient",
    );
    check(
        "Customer will keep its passwords secret and will promptly inform Provider upon learning of any unauthorized access.",
        None,
        "promptly",
        "awareness",
        "Customer",
    );
    check(
        "<b>Provider</b> will tell Customer as soon as practicable of a data breach.",
        None,
        "as_soon_as_practicable",
        "unstated",
        "Provider",
    );
}

#[test]
fn a_defined_notice_period_counts() {
    let got = breach("“Specified Notice Period” is 48 hours.");
    assert_eq!((got.0, got.1, got.2.as_str()), (Some(48.0), Some(Unit::Hours), "fixed"));
}

fn check(topic: Topic, text: &str, want: Attributes) {
    assert_eq!(read(topic, text), want, "{text}");
}

#[test]
fn return_and_destruction() {
    check(
        Topic::ReturnDestruction,
        "Upon termination or at the Discloser's request, the Recipient shall return or destroy all copies within ten (10) business days.",
        Attributes {
            limit: Some(10.0),
            unit: Some(Unit::BusinessDays),
            trigger: Some("both".into()),
            wording: Some("fixed".into()),
            ..Attributes::default()
        },
    );
}

#[test]
fn how_long_confidentiality_lasts() {
    let term = |limit, indefinite| Attributes {
        limit,
        unit: limit.map(|_: f64| Unit::Years),
        indefinite: Some(indefinite),
        ..Attributes::default()
    };
    check(
        Topic::ConfidentialityTerm,
        "These duties survive for a period of five (5) years after termination.",
        term(Some(5.0), false),
    );
    check(
        Topic::ConfidentialityTerm,
        "The obligations of confidentiality shall survive termination indefinitely.",
        term(None, true),
    );
}

#[test]
fn renewal_and_its_notice() {
    let renewal = |auto, notice: Option<(f64, Unit)>| Attributes {
        auto_renew: auto,
        notice_limit: notice.map(|n| n.0),
        notice_unit: notice.map(|n| n.1),
        ..Attributes::default()
    };
    check(
        Topic::TermRenewal,
        "It renews automatically for successive terms of one (1) year unless either party gives notice at least ninety (90) days before the end of the term.",
        renewal(Some(true), Some((90.0, Unit::Days))),
    );
    check(Topic::TermRenewal, "The term may be extended by mutual written agreement.", renewal(Some(false), None));
    check(Topic::TermRenewal, "This Agreement remains in force until 31 December.", renewal(None, None));
}

#[test]
fn audit_notice_and_frequency() {
    let a = read(
        Topic::AuditRights,
        "Customer may audit Supplier no more than once per year upon thirty (30) days' prior written notice.",
    );
    assert_eq!((a.notice_limit, a.notice_unit), (Some(30.0), Some(Unit::Days)));
    assert_eq!(a.frequency.as_deref(), Some("no more than once per year"));
}

#[test]
fn a_waiver_of_indirect_damages_is_no_cap() {
    let basis = |text: &str| read(Topic::LiabilityCap, text).basis.unwrap_or_default();
    assert_eq!(
        basis("Neither party is liable for indirect or consequential damages."),
        "exclusion of indirect damages only"
    );
    assert!(
        basis("Liability shall not exceed the fees paid in the twelve months before the claim.")
            .starts_with("fees paid in the twelve")
    );
    assert_eq!(basis("The aggregate liability is limited to $500,000."), "$500,000");
}

#[test]
fn consent_to_subcontractors() {
    let consent = |text: &str| read(Topic::Subcontracting, text).consent.unwrap_or_default();
    assert_eq!(
        consent("Supplier shall not subcontract without the prior written consent of Customer."),
        "prior_written"
    );
    assert_eq!(
        consent(
            "Customer generally authorises sub-processors; Supplier shall inform Customer of any new sub-processor and Customer may object."
        ),
        "general_with_notice"
    );
    assert_eq!(consent("Supplier may use subcontractors."), "free");
    assert_eq!(consent("Subcontractors shall be bound by the same obligations."), "none_stated");
}

#[test]
fn certificates_are_named_once() {
    let a = read(
        Topic::CertificationReports,
        "Supplier holds ISO/IEC 27001 and SOC 2 Type II; the ISO/IEC 27001 certificate is renewed annually.",
    );
    assert_eq!(a.certificates, ["ISO/IEC 27001", "SOC 2 Type II"]);
}

#[test]
fn a_cap_is_read_into_months_of_fees() {
    let months = |text: &str| read(Topic::LiabilityCap, text).fee_months;
    let check = |text: &str, want: Option<f64>| assert_eq!(months(text), want, "{text}");
    check("Liability shall not exceed the fees paid in the twelve (12) months before the claim.", Some(12.0));
    check("Liability is limited to the fees paid in the preceding three (3) months.", Some(3.0));
    check("Its aggregate liability will not exceed the amounts paid in the month before the claim.", None);
    check("Its aggregate liability will not exceed the amounts paid in the preceding month.", Some(1.0));
    check("Liability is limited to one (1) month's fees.", Some(1.0));
    check("Supplier's total liability is capped at the annual fees.", Some(12.0));
    check("Liability shall not exceed two times the fees paid in the preceding year.", Some(24.0));
    check("Liability shall not exceed 150% of the fees payable in the 12 months before the event.", Some(18.0));
    check("Liability shall not exceed the total fees paid under this Agreement.", None);
    check("Liability shall not exceed $500,000.", None);
    check("Neither party is liable for indirect damages.", None);
}

#[test]
fn a_choice_between_return_and_deletion_is_no_trigger() {
    let trigger = |text: &str| read(Topic::ReturnDestruction, text).trigger.unwrap_or_default();
    assert_eq!(
        trigger("Upon termination, Recipient shall return or, at Discloser's request, destroy all copies."),
        "termination"
    );
    assert_eq!(
        trigger("On termination the Processor shall, at the choice of the Controller, delete or return the data."),
        "termination"
    );
    assert_eq!(trigger("Upon termination or on request, Recipient shall return all copies."), "both");
    assert_eq!(trigger("Recipient shall return all copies when directed: at the instruction of Discloser."), "request");
}

#[test]
fn what_renews_itself() {
    let auto = |text: &str| read(Topic::TermRenewal, text).auto_renew;
    assert_eq!(
        auto("After the Initial Term it shall continue on a month to month basis, renewed until ended."),
        Some(true)
    );
    assert_eq!(auto("It is established by calendar year and renewed tacitly every year."), Some(true));
    assert_eq!(
        auto("It may be renewed for successive one-year periods if both parties agree in writing."),
        Some(false)
    );
    assert_eq!(auto("Notice must be given 90 days before the end of any Renewal Term."), None);
}

#[test]
fn general_authority_and_freedom_to_subcontract() {
    let consent = |text: &str| read(Topic::Subcontracting, text).consent.unwrap_or_default();
    assert_eq!(
        consent("The Controller gives its prior general written authorisation to use Sub-processors."),
        "general_with_notice"
    );
    assert_eq!(
        consent("It is permitted to subcontract any part of the work without the consent of the other."),
        "free"
    );
    assert_eq!(consent("If it is authorized to engage subcontractors, it shall bind them."), "none_stated");
}

/// The breach notices of a whole text: limit, wording, from, debtor.
fn notices(text: &str) -> Vec<(Option<f64>, String, String, String)> {
    let reading = clauses::read(text, &[]);
    let mut hits = reading.hits(Topic::BreachNotification);
    hits.sort_by_key(|(clause, _)| *clause);
    hits.into_iter()
        .map(|(_, h)| {
            let a = &h.attributes;
            let or = |v: &Option<String>| v.clone().unwrap_or_default();
            (a.limit, or(&a.wording), or(&a.from), or(&a.debtor))
        })
        .collect()
}

#[test]
fn a_named_notice_period_counts_where_it_is_used() {
    let got = notices(
        "# Data Protection Addendum\n\n1.1. “Specified Notice Period” is 48 hours.\n\n2.1. Provider will notify Customer of a Security Incident without undue delay and not later than the Specified Notice Period after becoming aware of it.\n",
    );
    let last = got.last().unwrap();
    assert_eq!(*last, (Some(48.0), "without_undue_delay".into(), "awareness".into(), "Provider".into()), "{got:?}");
}

#[test]
fn an_item_takes_from_its_lead_in_what_it_leaves_out() {
    let got = notices(
        "5. If the Processor becomes aware of a personal data breach, the Processor shall promptly:\n\n(a) notify the Controller of the personal data breach;\n\n(b) investigate the breach.\n",
    );
    assert!(
        got.iter().any(|n| (n.1.as_str(), n.2.as_str(), n.3.as_str()) == ("promptly", "awareness", "the Processor")),
        "{got:?}"
    );
}
