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
