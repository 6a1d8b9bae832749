//! Duties as a lawyer would list them: who, what, to whom, by when. Small texts of our own.

#![allow(clippy::unwrap_used, reason = "tests say what must hold by panicking")]

use clauses::{Obligation, Status, Topic, compare, playbook, read};

const PARTIES: &str =
    "This Agreement is made between Alder Ltd (the \"Supplier\") and Birch GmbH (the \"Customer\").\n\n";

fn duties(body: &str) -> Vec<Obligation> {
    let text = format!("{PARTIES}{body}");
    read(&text, &[]).obligations
}

/// Debtor, creditor, duty and deadline of each obligation, one a line.
fn check(body: &str, want: &[&str]) {
    let got: Vec<String> = duties(body)
        .iter()
        .map(|o| {
            let or = |v: &Option<String>| v.clone().unwrap_or_else(|| "-".into());
            format!("{} > {}: {} [{}]", or(&o.debtor), or(&o.creditor), o.duty, or(&o.deadline))
        })
        .collect();
    assert_eq!(got, want, "{body}");
}

#[test]
fn a_creditor_is_a_party_or_nobody() {
    check(
        "8.2 The Supplier shall comply with the laws and regulations that apply to it as a provider of laboratories.",
        &["The Supplier > -: comply with the laws and regulations that apply to it as a provider of laboratories [-]"],
    );
    check(
        "4.1 The Supplier shall use reasonable security measures to protect the laboratory against unauthorised access.",
        &[
            "The Supplier > -: use reasonable security measures to protect the laboratory against unauthorised access [-]",
        ],
    );
    check(
        "2.1 Each party shall keep the other party's Confidential Information confidential and shall use it only to perform this Agreement.",
        &[
            "Each party > the other party: keep the other party's Confidential Information confidential [-]",
            "Each party > the other party: use it only to perform this Agreement [-]",
        ],
    );
    check(
        "5.3 The Supplier shall promptly inform the data subjects of a personal data breach that concerns them.",
        &[
            "The Supplier > the data subjects: promptly inform the data subjects of a personal data breach that concerns them [promptly]",
        ],
    );
}

#[test]
fn a_permission_is_no_duty() {
    check("2.2 A party may disclose Confidential Information where the law, a court or a regulator requires it.", &[]);
    check("9.1 The Customer may audit the Supplier's compliance with this Agreement once a year.", &[]);
    check(
        "2.2 Neither party may disclose the Confidential Information of the other party to a third party.",
        &[
            "Each party > the other party: not disclose the Confidential Information of the other party to a third party [-]",
        ],
    );
    check(
        "2.3 The Customer may not disclose the Supplier's Confidential Information to any third party.",
        &["The Customer > the Supplier: not disclose the Supplier's Confidential Information to any third party [-]"],
    );
}

#[test]
fn what_a_permission_costs_is_a_duty() {
    check(
        "2.2 The Customer may disclose Confidential Information where a court order requires it, provided that it gives the Supplier prompt written notice of the order.",
        &["The Customer > the Supplier: give the Supplier prompt written notice of the order [-]"],
    );
}

#[test]
fn joined_verbs_have_the_subject_of_the_sentence() {
    check(
        "## 3. Subcontractors\n\n3.2 The Supplier may engage subcontractors only with the prior written consent of the Customer, shall bind its subprocessors by written contract and is liable for the acts of its subcontractors.",
        &[
            "The Supplier > the Customer: engage subcontractors only with the prior written consent of the Customer [-]",
            "The Supplier > -: bind its subprocessors by written contract [-]",
            "The Supplier > -: be liable for the acts of its subcontractors [-]",
        ],
    );
    check(
        "3.4 The Supplier and the Customer shall each comply with the data protection laws that apply to them.",
        &["The Supplier and the Customer > -: comply with the data protection laws that apply to them [-]"],
    );
}

#[test]
fn a_duty_is_a_short_verb_phrase_without_number_and_modal() {
    let all = duties(
        "## 4. Security\n\n4.1 The Supplier shall maintain technical and organisational security measures that protect the confidentiality, integrity and availability of the personal data of the Customer's patients against loss, misuse, unauthorised access and every other unlawful form of processing.",
    );
    assert_eq!(
        all[0].duty,
        "maintain technical and organisational security measures that protect the confidentiality, integrity…"
    );
    for words in ["4.", "shall", "#"] {
        assert!(!all[0].duty.contains(words), "{}", all[0].duty);
    }
    check(
        "3.1 Alder processes personal data only on the documented instructions of the Customer.",
        &["Alder > the Customer: process personal data only on the documented instructions of the Customer [-]"],
    );
}

#[test]
fn a_deadline_is_a_time_phrase_in_the_texts_own_characters() {
    check(
        "3.3 The Supplier shall notify the Customer of a personal data breach within seventy-two (72) hours after becoming aware of it.",
        &[
            "The Supplier > the Customer: notify the Customer of a personal data breach within seventy-two (72) hours after becoming aware of it [within seventy-two (72) hours after becoming aware of it]",
        ],
    );
    check(
        "7.3 Upon termination the Supplier shall delete the Customer's data within a time that the Supplier considers appropriate.",
        &[
            "the Supplier > the Customer: delete the Customer's data within a time that the Supplier considers appropriate [Upon termination, within a time that the Supplier considers appropriate]",
        ],
    );
    check(
        "7.4 Upon termination of this Agreement the Supplier shall return or destroy all Confidential Information and certify in writing that it has done so.",
        &[
            "the Supplier > -: return or destroy all Confidential Information and certify in writing that it has done so [Upon termination of this Agreement]",
        ],
    );
    check(
        "9. The Supplier shall maintain cyber liability insurance of at least EUR 5,000,000 per claim.",
        &["The Supplier > -: maintain cyber liability insurance of at least EUR 5,000,000 per claim [-]"],
    );
}

#[test]
fn a_duty_carries_the_topic_its_words_are_about() {
    let all = duties(
        "4. The Supplier shall maintain technical and organisational security measures, shall encrypt the Customer's data at rest and in transit, and shall notify the Customer of a security breach within two (2) days.",
    );
    let topics: Vec<_> = all.iter().filter_map(|o| o.topic).collect();
    assert_eq!(topics, [Topic::SecurityMeasures, Topic::Encryption, Topic::BreachNotification], "{all:#?}");
}

#[test]
fn the_end_of_a_sections_duties_is_read_from_its_heading() {
    let text = |heading: &str| {
        format!(
            "# Laboratory Agreement\n\n{PARTIES}## 2. {heading}\n\n2.1 Each party shall hold the other party's records in good order.\n\n2.2 The duties in this section end two (2) years after the end of the Agreement.\n\n## 3. Payment\n\n3.1 The duties in this section end one (1) year after the end of the Agreement.\n"
        )
    };
    let found = |text: &str| -> Vec<Option<f64>> {
        read(text, &[]).hits(Topic::ConfidentialityTerm).iter().map(|(_, h)| h.attributes.limit).collect()
    };
    assert!(found(&text("Confidentiality")).contains(&Some(2.0)));
    // Whatever the model thinks of the sentence, the heading of another section adds nothing to it.
    let by_heading = |text: &str| {
        let reading = read(text, &[]);
        reading
            .hits(Topic::ConfidentialityTerm)
            .iter()
            .any(|(_, h)| h.why.iter().any(|w| w.starts_with("rule: how long")))
    };
    assert!(!by_heading(&text("Maintenance")));
}

#[test]
fn a_ban_on_audits_is_no_audit_right() {
    let status = |sentence: &str| {
        let text = format!("{PARTIES}## 4. Security and audits\n\n4.2 {sentence}");
        let reading = read(&text, &[]);
        let about = playbook::About {
            kind: "saas".into(),
            role: "customer".into(),
            data: vec!["personal".into()],
            ..playbook::About::default()
        };
        let findings = compare(&reading, &text, &playbook::default_playbook(), &about);
        findings.into_iter().find(|f| f.topic == Topic::AuditRights).map(|f| (f.status, f.reason)).unwrap()
    };
    let (banned, reason) = status("The Customer shall not carry out penetration tests or audits of the platform.");
    assert_eq!(
        (banned, reason.as_str()),
        (Status::Unacceptable, "Audits are excluded: it mentions “not … carry out … audit”.")
    );
    let (limited, reason) =
        status("The Customer shall not carry out audits of the Supplier's records more than once a year.");
    assert_ne!(limited, Status::Unacceptable, "{reason}");
}

#[test]
fn of_a_passive_verb_the_holder_is_the_debtor() {
    let debtor = |body: &str| duties(body).first().and_then(|o| o.debtor.clone()).unwrap_or_default();
    assert_eq!(
        debtor(
            "6.1 All Confidential Information shall be kept in confidence by the Recipient and used for no other end."
        ),
        "the Recipient"
    );
    assert_eq!(
        debtor(
            "6.2 The Recipient agrees that all Confidential Information shall be returned to the Discloser on request."
        ),
        "The Recipient"
    );
    assert_eq!(
        debtor(
            "6.3 All Confidential Information shall be returned to the Customer upon termination of this Agreement."
        ),
        "Supplier"
    );
    assert_eq!(
        debtor("6.4 Neither the Recipient nor its Representatives shall disclose the Confidential Information."),
        "the Recipient"
    );
}

#[test]
fn a_pronoun_is_shown_by_the_name_that_the_text_gives_it() {
    let text = "This Agreement is between Fund LLC (\"Fund\") and the bank named below (collectively referred to as \"Servicing Agent,\" \"you\" or \"your\").\n\n4. You shall keep all Confidential Information of the Fund in strict confidence.";
    let all = read(text, &[]).obligations;
    assert_eq!(all.iter().filter_map(|o| o.debtor.as_deref()).collect::<Vec<_>>(), ["Servicing Agent"], "{all:#?}");
}

#[test]
fn a_role_names_the_other_side() {
    check(
        "## 7. Confidentiality\n\n7.1 The Receiving Party shall keep Confidential Information secret. Confidential Information is what a Disclosing Party marks so.",
        &["The Receiving Party > Disclosing Party: keep Confidential Information secret [-]"],
    );
}

#[test]
fn a_deadline_may_stand_in_two_places() {
    let deadline = |body: &str| duties(body).first().and_then(|o| o.deadline.clone()).unwrap_or_default();
    assert_eq!(
        deadline(
            "8.1 The Supplier shall promptly notify the Customer of any unauthorised disclosure upon learning of it."
        ),
        "promptly, upon learning of it"
    );
    assert_eq!(
        deadline(
            "8.2 If a court requires it to disclose Confidential Information, the Supplier shall give the Customer reasonable advance notice of the required disclosure."
        ),
        "reasonable advance notice"
    );
}
