//! What a clause says about its topic: the limit, the wording, who consents. Names and values are the guide's.

use crate::duration::{self, Unit};
use crate::obligations::Parties;
use crate::reading::Clause;
use crate::{Topic, obligations};
use regex::Regex;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::sync::LazyLock;

/// Only what the clause states is set; which fields can occur depends on the topic.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Attributes {
    /// How many [`Self::unit`] the debtor has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<Unit>,
    /// immediately, promptly, without_undue_delay, as_soon_as_practicable, fixed or other.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wording: Option<String>,
    /// The event the limit runs from: awareness, discovery, occurrence, other or unstated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// Who owes the duty, as the text names it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub debtor: Option<String>,
    /// termination, request, both or other.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trigger: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub indefinite: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub frequency: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auto_renew: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notice_limit: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notice_unit: Option<Unit>,
    /// What a cap is measured by, or "exclusion of indirect damages only".
    #[serde(skip_serializing_if = "Option::is_none")]
    pub basis: Option<String>,
    /// prior_written, general_with_notice, free or none_stated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub consent: Option<String>,
    /// Certificates and report kinds named.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub certificates: Vec<String>,
}

impl Attributes {
    pub fn is_empty(&self) -> bool {
        *self == Attributes::default()
    }
}

macro_rules! pattern {
    ($name:ident, $text:expr) => {
        static $name: LazyLock<Regex> = LazyLock::new(|| Regex::new($text).expect("the pattern is tested"));
    };
}

pattern!(NOTIFY, r"(?i)\b(?:notif\w*|inform\w*|report\w*|advise[sd]?|notice|alert\w*|tell)\b");
pattern!(AWARE, r"(?i)\b(?:aware|awareness|know(?:s|ledge|n)?|learn\w*|notified of|attention|suspects?)\b");
pattern!(DISCOVER, r"(?i)\b(?:discover\w*|detect\w*|identif\w*|confirm\w*)\b");
pattern!(
    OCCUR,
    r"(?i)\b(?:occurr?\w*|the (?:breach|incident)(?: itself)? (?:happen|took)\w*|of (?:the|such|any) (?:breach|incident))\b"
);
pattern!(INCIDENT, r"(?i)\b(?:breach|incident|unauthori[sz]ed|misuse|compromise|loss of)\b");
pattern!(
    DEFINED_PERIOD,
    r"(?i)\b(?:specified|notice|notification|incident|security|breach)[\w ]{0,30}\bperiod\b[^.]{0,20}?\b(?:is|means|of|:)\b"
);
pattern!(TERMINATION, r"(?i)\b(?:terminat\w*|expir\w*|end of|conclusion|completion|cessation|cease\w*)\b");
pattern!(REQUEST, r"(?i)\b(?:request\w*|demand\w*|direction|instruct\w*|option|choice|election)\b");
pattern!(RETURN, r"(?i)\b(?:return\w*|destroy\w*|destruct\w*|delet\w*|eras\w*|purge\w*)\b");
pattern!(
    INDEFINITE,
    r"(?i)\b(?:indefinite\w*|perpetu\w*|in perpetuity|without limit|no(?:t)? (?:time )?limit|for so long as|as long as|until such (?:information|time)|until they are destroyed|surviv\w*|remain\w*|continu\w*|without limitation|(?:at any time )?(?:thereafter|after (?:the )?(?:termination|expir\w*))|notwithstanding (?:the )?(?:termination|expir\w*|completion)|not (?:affect|terminate|relieve))\b"
);
pattern!(UNTIL_TERM, r"(?i)\b(?:Term of Confidentiality|for the period (?:set|stated|specified))\b");
pattern!(SURVIVE, r"(?i)\b(?:surviv\w*|remain\w*|continu\w*|last\w*|period|for|of|end\w*|expire\w*)\b");
pattern!(
    FREQUENCY,
    r"(?i)\b(?:(?:no|not) more (?:often |frequently )?than (?:once|one|twice)(?: \(\d\))?(?: time)?(?: \w+){0,4}? (?:year|annum|months?|period|quarter|annually)|once (?:per|a|each|every|in (?:any|each))(?: \w+){0,3}? (?:year|annum|months?|quarter|period)|once annually|at least (?:annually|once[\w ]{0,20}year|quarterly|monthly|yearly)|annually|quarterly|monthly|weekly|semi-?annually|from time to time|at any time|upon request|at reasonable (?:times|intervals)|regular intervals|periodically|(?:each|every) (?:calendar |fiscal |contract )?(?:year|quarter|month|week)|daily|yearly|per (?:annum|year|quarter|month))\b"
);
pattern!(NOTICE_NEAR, r"(?i)\b(?:notice|notif\w*|advance|prior)\b");
pattern!(
    AUTO,
    r"(?i)\b(?:automatic\w*|shall (?:be )?(?:renew|extend)\w*|will (?:be )?(?:renew|extend)\w*|renews? (?:for|at|on)|successive|evergreen|deemed (?:renewed|extended))\b"
);
pattern!(
    NO_AUTO,
    r"(?i)\b(?:(?:not|no|never) (?:be )?(?:automatic\w* )?renew\w*|without automatic|only (?:renew|extend)\w* by|may (?:be )?(?:renew|extend)\w*|renew\w* (?:only )?(?:by|upon|with) (?:the )?(?:mutual|written|agree)\w*|by (?:mutual )?(?:written )?agreement|option to (?:renew|extend))\b"
);
pattern!(RENEW, r"(?i)\b(?:renew\w*|extend\w*|extension)\b");
pattern!(AMOUNT, r"(?i)(?:US\$|\$|€|£|USD|EUR|GBP)\s?\d(?:[\d,.]*\d)?(?:\s*(?:million|thousand|[mk]\b))?");
pattern!(
    FEES,
    r"(?i)\b(?:fees|amounts?|charges|sums?|payments?|price|consideration|compensation|commissions?|royalties)\b[^.;]{0,80}?\b(?:paid|payable|received|due|owed|invoiced)\b[^.;]{0,120}"
);
pattern!(
    CAP_WORDS,
    r"(?i)\b(?:exceed\w*|limited to|limit(?:ed)? (?:of|at)|maximum|aggregate|capped?|up to|no more than|greater of|cap amount|general cap|lesser of)\b"
);
pattern!(
    INDIRECT,
    r"(?i)\b(?:indirect|consequential|incidental|special|punitive|exemplary|lost profits?|loss of (?:profits?|revenue|business|goodwill|data|use))\b"
);
pattern!(
    PRIOR_WRITTEN,
    r"(?i)\b(?:prior[\w\s,-]{0,30}(?:consent|approval|authori[sz]ation|permission|agreement)|(?:written|express)[\w\s,-]{0,24}(?:consent|approval|authori[sz]ation|permission)|consent in writing|without[\w\s'’,-]{0,40}(?:consent|approval|authori[sz]ation|permission))\b"
);
pattern!(
    GENERAL,
    r"(?i)\b(?:general(?:ly)?[\w\s-]{0,20}authori[sz]\w*|object\w*|(?:notify|inform|notice|update)[^.]{0,80}(?:new|change|addition|replacement|intended|engag|appoint)\w*|prior notice|days[’']?[\w\s]{0,10}notice)\b"
);
pattern!(
    FREE,
    r"(?i)\b(?:may (?:freely |also |in its (?:sole )?discretion )?(?:use|engage|employ|subcontract|sub-contract|appoint|delegate|retain)|at its (?:sole )?discretion|without (?:the )?(?:need|requirement)|is (?:authori[sz]ed|entitled|permitted) to (?:use|engage|subcontract|appoint)|has the right to (?:use|engage|subcontract))"
);
pattern!(
    CERTIFICATE,
    r"(?i)\b(?:ISO(?:/IEC)?\s?\d{4,5}(?:[-:]\d+)*|27001|27017|27018|27701|SOC\s?[123](?:\s?Type\s?(?:2|II|1|I)\b)?|SSAE\s?(?:No\.?\s?)?\d+|SAS\s?(?:No\.?\s?)?70|ISAE\s?\d+|PCI[- ]?DSS|HITRUST|FedRAMP|CSA STAR|C5|TISAX|Cyber Essentials(?: Plus)?|penetration test\w*)"
);
pattern!(IMMEDIATELY, r"(?i)\b(?:immediate(?:ly)?|forthwith|at once|without (?:any )?delay)\b");
pattern!(UNDUE, r"(?i)\bwithout (?:undue|unreasonable|unnecessary|unjustified) delay\b");
pattern!(PROMPTLY, r"(?i)\b(?:prompt(?:ly)?|expeditiously|timely|in a timely manner)\b");
pattern!(SOON, r"(?i)\bas soon as (?:is |it is )?(?:reasonably |commercially |reasonable |possible |and )?\w+");

/// Fills the attributes of every topic hit.
pub(crate) fn fill(text: &str, clauses: &mut [Clause]) {
    let parties = Parties::of(text);
    let mut lead: Option<usize> = None;
    for i in 0..clauses.len() {
        if i > 0 && text[..clauses[i - 1].end].ends_with(':') {
            lead = Some(i - 1);
        }
        if clauses[i].topics.is_empty() {
            continue;
        }
        let (start, end) = (clauses[i].start, clauses[i].end);
        let body = &text[start..end];
        for h in 0..clauses[i].topics.len() {
            let topic = clauses[i].topics[h].topic;
            let mut attributes = read_for(&parties, topic, body);
            if topic == Topic::BreachNotification && attributes.debtor.is_none() {
                // An item of a list is owed by whom the lead-in names.
                let lead = lead.filter(|l| i - l < 12).map(|l| &text[clauses[l].start..clauses[l].end]);
                attributes.debtor = lead.and_then(|l| obligations::lead_debtor(&parties, l));
            }
            clauses[i].topics[h].attributes = attributes;
        }
    }
}

/// The attributes of one clause for one topic.
pub fn read(topic: Topic, body: &str) -> Attributes {
    read_for(&Parties::of(""), topic, body)
}

fn read_for(parties: &Parties, topic: Topic, body: &str) -> Attributes {
    let body = &*without_tags(body);
    match topic {
        Topic::BreachNotification => breach(parties, body),
        Topic::ReturnDestruction => returning(body),
        Topic::ConfidentialityTerm => term_of_confidence(body),
        Topic::AuditRights => audit(body),
        Topic::TermRenewal => renewal(body),
        Topic::LiabilityCap => cap(body),
        Topic::Subcontracting => Attributes { consent: Some(consent(body).to_owned()), ..Attributes::default() },
        Topic::CertificationReports => {
            Attributes { certificates: certificates(body), frequency: frequency(body), ..Attributes::default() }
        }
        Topic::PeriodicReporting => Attributes { frequency: frequency(body), ..Attributes::default() },
        Topic::PersonnelDuties | Topic::SecureDevelopment | Topic::BusinessContinuity => {
            Attributes { frequency: frequency(body), ..Attributes::default() }
        }
        Topic::TerminationRights => {
            let (notice_limit, notice_unit) = near_notice(body);
            Attributes { notice_limit, notice_unit, ..Attributes::default() }
        }
        Topic::RecordsRetention | Topic::DataSubjectRights | Topic::IncidentResponse | Topic::SecurityMeasures => {
            timed(body)
        }
        Topic::Insurance => {
            Attributes { basis: AMOUNT.find(body).map(|m| m.as_str().trim().to_owned()), ..Attributes::default() }
        }
        _ => Attributes::default(),
    }
}

/// The text without HTML tags, which some Markdown agreements carry.
pub(crate) fn without_tags(text: &str) -> Cow<'_, str> {
    static TAG: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"</?[A-Za-z][^<>]{0,200}>").expect("the pattern is tested"));
    if text.contains('<') { TAG.replace_all(text, "") } else { Cow::Borrowed(text) }
}

fn timed(body: &str) -> Attributes {
    let d = duration::all(body).into_iter().next();
    Attributes { limit: d.map(|d| d.count), unit: d.map(|d| d.unit), ..Attributes::default() }
}

fn breach(parties: &Parties, body: &str) -> Attributes {
    // The sentence with the duty to notify decides; a later sentence may speak of other periods.
    let sentence = crate::segment::sentence_ends(body, 0, body.len())
        .into_iter()
        .scan(0, |from, to| {
            let s = &body[*from..to];
            *from = to;
            Some(s)
        })
        .find(|s| NOTIFY.is_match(s) && INCIDENT.is_match(s))
        .unwrap_or(body);
    let number = duration::all(sentence).into_iter().find(|d| !sentence[..d.start].ends_with("for "));
    let number = number.or_else(|| if sentence.contains("usiness day") { duration::first(sentence) } else { None });
    let number = number.or_else(|| if DEFINED_PERIOD.is_match(body) { duration::first(body) } else { None });
    let wording = if UNDUE.is_match(sentence) {
        "without_undue_delay"
    } else if IMMEDIATELY.is_match(sentence) {
        "immediately"
    } else if PROMPTLY.is_match(sentence) {
        "promptly"
    } else if SOON.is_match(sentence) {
        "as_soon_as_practicable"
    } else if number.is_some() {
        "fixed"
    } else {
        "other"
    };
    let counted = number.map(|d| window(body, body.find(sentence).unwrap_or(0) + d.end.min(sentence.len()), 60, true));
    let from = if counted.is_some_and(|w| DISCOVER.is_match(w) && !AWARE.is_match(w)) {
        "discovery"
    } else if AWARE.is_match(sentence) {
        "awareness"
    } else if DISCOVER.is_match(sentence) {
        "discovery"
    } else if number.is_some() && OCCUR.is_match(sentence) {
        "occurrence"
    } else {
        "unstated"
    };
    Attributes {
        limit: number.map(|d| d.count),
        unit: number.map(|d| d.unit),
        wording: Some(wording.to_owned()),
        from: Some(from.to_owned()),
        debtor: obligations::debtor_before(parties, sentence, &NOTIFY),
        ..Attributes::default()
    }
}

fn returning(body: &str) -> Attributes {
    let number = duration::all(body).into_iter().next();
    let trigger = match (TERMINATION.is_match(body), REQUEST.is_match(body)) {
        (true, true) => "both",
        (true, false) => "termination",
        (false, true) => "request",
        (false, false) => "other",
    };
    Attributes {
        limit: number.map(|d| d.count),
        unit: number.map(|d| d.unit),
        trigger: Some(trigger.to_owned()),
        wording: RETURN.find(body).and_then(|_| wording(body, number.is_some())).map(str::to_owned),
        ..Attributes::default()
    }
}

fn wording(body: &str, number: bool) -> Option<&'static str> {
    if UNDUE.is_match(body) {
        Some("without_undue_delay")
    } else if IMMEDIATELY.is_match(body) {
        Some("immediately")
    } else if PROMPTLY.is_match(body) {
        Some("promptly")
    } else if SOON.is_match(body) {
        Some("as_soon_as_practicable")
    } else if number {
        Some("fixed")
    } else {
        None
    }
}

fn term_of_confidence(body: &str) -> Attributes {
    let number = duration::all(body)
        .into_iter()
        .find(|d| matches!(d.unit, Unit::Years | Unit::Months))
        .filter(|_| SURVIVE.is_match(body));
    let indefinite = number.is_none() && INDEFINITE.is_match(body) && !UNTIL_TERM.is_match(body);
    Attributes {
        limit: number.map(|d| d.count),
        unit: number.map(|d| d.unit),
        indefinite: Some(indefinite),
        ..Attributes::default()
    }
}

/// The period that belongs to a notice: "30 days' notice", "notice at least 30 days before", "30 days prior to".
fn near_notice(body: &str) -> (Option<f64>, Option<Unit>) {
    pattern!(
        FOLLOWS,
        r"(?i)^[’']?\s*(?:(?:prior|advance|written|advanced|previous|further|reasonable)[\s,]*(?:and\s+)?){0,3}(?:notice|notification)\b"
    );
    pattern!(BEFORE, r"(?i)^[’']?,?\s*(?:\w+\s+){0,3}?(?:prior|before|in advance|advance|preceding)\b");
    pattern!(GIVEN, r"(?i)\b(?:notice|notif\w*|notification)\b[^.;]{0,70}$");
    let all = duration::all(body);
    let after = |d: &duration::Duration| window(body, d.end, 60, true);
    let found = all
        .iter()
        .find(|d| FOLLOWS.is_match(after(d)))
        .or_else(|| all.iter().find(|d| BEFORE.is_match(after(d))).filter(|_| NOTICE_NEAR.is_match(body)))
        .or_else(|| all.iter().find(|d| GIVEN.is_match(window(body, d.start, 90, false))));
    (found.map(|d| d.count), found.map(|d| d.unit))
}

fn window(text: &str, at: usize, width: usize, after: bool) -> &str {
    if after {
        let mut to = (at + width).min(text.len());
        while !text.is_char_boundary(to) {
            to -= 1;
        }
        &text[at..to]
    } else {
        let mut from = at.saturating_sub(width);
        while !text.is_char_boundary(from) {
            from += 1;
        }
        &text[from..at]
    }
}

fn audit(body: &str) -> Attributes {
    let (notice_limit, notice_unit) = near_notice(body);
    Attributes { notice_limit, notice_unit, frequency: frequency(body), ..Attributes::default() }
}

fn frequency(body: &str) -> Option<String> {
    FREQUENCY.find(body).map(|m| m.as_str().split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase())
}

fn renewal(body: &str) -> Attributes {
    let auto_renew = if !RENEW.is_match(body) {
        None
    } else if NO_AUTO.is_match(body) && !AUTO.is_match(body) {
        Some(false)
    } else if AUTO.is_match(body) && !(NO_AUTO.is_match(body) && body.to_lowercase().contains("not automatically")) {
        Some(true)
    } else {
        Some(false)
    };
    let (notice_limit, notice_unit) = near_notice(body);
    Attributes { auto_renew, notice_limit, notice_unit, ..Attributes::default() }
}

fn cap(body: &str) -> Attributes {
    let basis = if CAP_WORDS.is_match(body) {
        FEES.find(body)
            .map(|m| shorten(m.as_str()))
            .or_else(|| AMOUNT.find(body).map(|m| m.as_str().trim().to_owned()))
            .or_else(|| body.to_lowercase().contains("cap amount").then(|| "defined cap amount".to_owned()))
    } else {
        None
    };
    let basis = basis.or_else(|| INDIRECT.is_match(body).then(|| "exclusion of indirect damages only".to_owned()));
    Attributes { basis, ..Attributes::default() }
}

fn shorten(words: &str) -> String {
    words.split_whitespace().take(18).collect::<Vec<_>>().join(" ")
}

fn consent(body: &str) -> &'static str {
    let prior = PRIOR_WRITTEN.is_match(body);
    if GENERAL.is_match(body) && (!prior || body.to_lowercase().contains("object")) {
        "general_with_notice"
    } else if prior {
        "prior_written"
    } else if FREE.is_match(body) {
        "free"
    } else {
        "none_stated"
    }
}

fn certificates(body: &str) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for m in CERTIFICATE.find_iter(body) {
        let name = m.as_str().split_whitespace().collect::<Vec<_>>().join(" ");
        if !out.contains(&name) {
            out.push(name);
        }
    }
    out
}
