//! Duties in clauses: who owes what to whom, by when. A modal verb marks the duty, the words before it the debtor.

use crate::attributes::without_tags;
use crate::duration;
use crate::reading::{Clause, Obligation};
use crate::segment::sentence_ends;
use crate::topic::Topic;
use regex::Regex;
use std::sync::LazyLock;

macro_rules! pattern {
    ($name:ident, $text:expr) => {
        static $name: LazyLock<Regex> = LazyLock::new(|| Regex::new($text).expect("the pattern is tested"));
    };
}

pattern!(MODAL, r"(?i)\b(?:shall|must|will|agrees? (?:to|that it (?:shall|will))|undertakes? (?:to|that)|covenants? (?:to|that)|(?:is|are) (?:required|obliged|obligated|responsible|bound) (?:to|for)|may not|may only|warrants? that|represents? and warrants? that)\b");
pattern!(NO_DUTY, r"(?i)^(?:shall|will|must)\s+(?:have (?:the |no |a )?(?:right|liabil|obligation)|be (?:entitled|governed|construed|deemed|interpreted|effective|subject to the exclusive)|mean\b|include\b|not (?:be (?:liable|deemed|construed|required)|apply|include)|survive|apply\b|commence|terminate\b|remain in|continue\b|constitute|prevail|control\b)");
pattern!(CREDITOR, r"(?i)\b(?:notify|inform|indemnify|reimburse|provide|give|send|return (?:them |it |all [\w ]{0,40})?to|assist|deliver(?:ed)? to|report(?:ed)? to|furnish|allow|permit|grant|advise|to)\s+((?:the|each|any|its|such)?\s*(?:other party|[A-Z][\w&.’'-]*(?:\s+[A-Z][\w&.’'-]*){0,3}|disclosing party|receiving party|controller|processor|customer|client|company|data subjects?|supervisory authorit(?:y|ies)|data exporter|data importer))\b");
pattern!(DEADLINE, r"(?i)\b(?:within|no later than|not later than|not less than|at least|no less than|by no later than|in no event later than|prior to|before|upon|following|promptly|immediately|without undue delay|as soon as|annually|quarterly|monthly|weekly|each (?:year|quarter|month)|during the term|forthwith|for (?:a period of|at least))\b[^,;.]{0,90}");
pattern!(CONDITION, r"(?i)(?:^|[\s,(;])((?:if|in the event(?: that| of)?|where|provided that|unless|except(?: as| to the extent| that| where)?|to the extent|subject to|as long as|upon(?: the)? (?:termination|expiration|expiry|request|written request|receipt|discovery))\b[^.;]{3,140})");
pattern!(SUBJECT, r"(?i)((?:(?:each|the|any|every|both|neither|either|such|its|all|no)\s+(?:of the\s+)?)?(?:other\s+)?(?:[A-Z][\w&’'.-]*(?:[ -](?:and|or|&|of|[A-Z][\w&’'.-]*)){0,4}|(?:receiving|disclosing|other|indemnif\w+|breaching|non-breaching|terminating|requesting|respective)?\s?part(?:y|ies)|recipients?|disclosers?|processors?|controllers?|sub-?processors?|data (?:importer|exporter)s?|contractors?|vendors?|suppliers?|providers?|customers?|clients?|licensees?|licensors?|employees?|personnel|distributors?|consultants?|companies|company|executive|parties hereto|party|parties|it|they|I|we|you))\s*(?:\([^)]{0,40}\)\s*)?(?:,[^,]{0,120},)?\s*(?:(?:further|also|hereby|each|both|therefore|expressly)\s*)*$");
pattern!(PERSON, r"^(?:If|Where|In|Upon|When|Unless|Subject|For|At|On|To|As|By|This|That|These|Such|Any|All|No|There|Nothing|Section|Article|Exhibit|Schedule|Agreement|Notwithstanding|Except|During|After|Before|Services?|Data|Information|Confidential|Personal|Term|Fees?|Notice|Law|State|Court|Laws)\b");

/// Duties of these topics are what a security or legal reviewer registers first.
const REGISTERED: &[Topic] = &[
    Topic::Confidentiality,
    Topic::CompelledDisclosure,
    Topic::ReturnDestruction,
    Topic::DataUseLimits,
    Topic::SecurityMeasures,
    Topic::AccessRestriction,
    Topic::Encryption,
    Topic::BreachNotification,
    Topic::IncidentResponse,
    Topic::AuditRights,
    Topic::CertificationReports,
    Topic::PeriodicReporting,
    Topic::Subcontracting,
    Topic::DataLocation,
    Topic::DataSubjectRights,
    Topic::PersonnelScreening,
    Topic::PersonnelDuties,
    Topic::BusinessContinuity,
    Topic::SecureDevelopment,
    Topic::LegalCompliance,
    Topic::RecordsRetention,
    Topic::Indemnification,
    Topic::Insurance,
    Topic::ConfidentialityTerm,
];

/// The duties of a reading, in the order of the text; the first duty of each sentence.
pub(crate) fn find(text: &str, clauses: &[Clause]) -> Vec<Obligation> {
    let mut out = Vec::new();
    // A list item without a verb of its own owes what its lead-in owes.
    let mut lead: Option<(Option<String>, usize)> = None;
    for (index, clause) in clauses.iter().enumerate() {
        let body = &text[clause.start..clause.end];
        let topic = clause
            .topics
            .iter()
            .filter(|h| REGISTERED.contains(&h.topic))
            .max_by(|a, b| a.score.total_cmp(&b.score).then(b.topic.cmp(&a.topic)))
            .map(|h| h.topic);
        let ends_open = body.ends_with(':');
        if let Some(topic) = topic {
            let mut from = 0;
            let mut found = false;
            for to in sentence_ends(body, 0, body.len()) {
                let sentence = &body[from..to];
                let lead_ws = sentence.len() - sentence.trim_start().len();
                if let Some(duty) = duty_of(sentence) {
                    found = true;
                    out.push(Obligation {
                        clause: index,
                        start: clause.start + from + lead_ws,
                        end: clause.start + to,
                        debtor: duty.debtor,
                        creditor: duty.creditor,
                        duty: duty.words,
                        deadline: duty.deadline,
                        condition: duty.condition,
                        topic: Some(topic),
                    });
                }
                from = to;
            }
            if !found && !ends_open {
                if let Some((debtor, at)) = lead.as_ref().filter(|(_, at)| index - at < 16) {
                    let _ = at;
                    out.push(Obligation {
                        clause: index,
                        start: clause.start,
                        end: clause.end,
                        debtor: debtor.clone(),
                        creditor: creditor(body),
                        duty: brief(body),
                        deadline: deadline(body),
                        condition: condition(body),
                        topic: Some(topic),
                    });
                }
            }
        }
        if ends_open {
            let body = &*without_tags(body);
            let debtor = MODAL.find(body).and_then(|m| subject(&body[..m.start()]));
            if MODAL.is_match(body) {
                lead = Some((debtor, index));
            }
        } else if clause.number.as_deref().is_none_or(|n| !n.starts_with('(')) && body.ends_with('.') {
            lead = None;
        }
    }
    out
}

struct Duty {
    debtor: Option<String>,
    creditor: Option<String>,
    words: String,
    deadline: Option<String>,
    condition: Option<String>,
}

fn duty_of(sentence: &str) -> Option<Duty> {
    let sentence = &*without_tags(sentence);
    let modal = MODAL.find_iter(sentence).find(|m| !NO_DUTY.is_match(&sentence[m.start()..]))?;
    let after = &sentence[modal.start()..];
    Some(Duty {
        debtor: subject(&sentence[..modal.start()]),
        creditor: creditor(after),
        words: brief(after),
        deadline: deadline(sentence),
        condition: condition(sentence),
    })
}

/// Who owes what the first match of `verb` after a modal asks for.
pub(crate) fn debtor_before(sentence: &str, verb: &Regex) -> Option<String> {
    let verb_at = verb.find(sentence).map_or(sentence.len(), |m| m.start());
    let modal = MODAL.find_iter(sentence).filter(|m| m.start() < verb_at).last().or_else(|| MODAL.find(sentence))?;
    subject(&sentence[..modal.start()])
}

/// The noun phrase that ends the words before a modal.
fn subject(before: &str) -> Option<String> {
    let mut start = before.len().saturating_sub(240);
    while !before.is_char_boundary(start) {
        start += 1;
    }
    let tail = &before[start..];
    let found = SUBJECT.captures(tail).and_then(|c| c.get(1)).map(|m| tidy(m.as_str()));
    match found {
        Some(name) if !name.is_empty() && !(PERSON.is_match(&name) && name.split_whitespace().count() == 1) => Some(name),
        _ => {
            // Fall back on the first party named in the sentence.
            static PARTY: LazyLock<Regex> = LazyLock::new(|| {
                Regex::new(r"(?i)\b((?:the |each |either |both )?(?:receiving party|disclosing party|recipient|processor|controller|sub-?processor|supplier|vendor|provider|customer|client|contractor|company|licensee|licensor|distributor|consultant|data importer|data exporter|party|parties))\b")
                    .expect("the pattern is tested")
            });
            PARTY.captures(tail).and_then(|c| c.get(1)).map(|m| tidy(m.as_str()))
        }
    }
}

fn tidy(words: &str) -> String {
    words.split_whitespace().map(|w| w.trim_matches(['*', '“', '”', '"', ',', '(', ')'])).filter(|w| !w.is_empty()).collect::<Vec<_>>().join(" ")
}

fn creditor(words: &str) -> Option<String> {
    CREDITOR.captures(words).and_then(|c| c.get(1)).map(|m| tidy(m.as_str())).filter(|w| !w.is_empty())
}

fn deadline(sentence: &str) -> Option<String> {
    let best = DEADLINE.find_iter(sentence).find(|m| duration::first(m.as_str()).is_some()).or_else(|| DEADLINE.find(sentence))?;
    Some(tidy(best.as_str()))
}

fn condition(sentence: &str) -> Option<String> {
    CONDITION.captures(sentence).and_then(|c| c.get(1)).map(|m| tidy(m.as_str()))
}

/// The duty in the text's own words, at most thirty of them.
fn brief(words: &str) -> String {
    let all: Vec<&str> = words.split_whitespace().collect();
    let mut out = all.iter().take(30).copied().collect::<Vec<_>>().join(" ");
    if all.len() > 30 {
        out.push('…');
    }
    out.trim_end_matches(['.', ';', ',']).to_owned()
}
