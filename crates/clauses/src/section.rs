//! What a sentence means because of the section it stands in: "The duties in this section end two years after the
//! end of the Agreement" says how long confidentiality lasts only below a heading on confidentiality. The model
//! looks at words first and gives such a sentence a low score, so a rule adds the hit, marked `unsure`.

use crate::duration::{self, Unit};
use crate::reading::{Clause, TopicHit};
use crate::segment::sentence_ends;
use crate::{Attributes, Topic};

pattern!(HEADING, r"(?i)\bconfidential|\bnon-?\s?disclosure|\bsecrecy\b");
pattern!(
    LASTS,
    r"(?i)\b(?:dut(?:y|ies)|obligations?|undertakings?|covenants?|restrictions?|(?:this|the)\s+(?:section|article|clause|paragraph))\b[^.;]{0,120}?\b(?:end|expire|cease|last|lapse|continue|remain|survive|apply|terminate|be\s+in\s+(?:force|effect))s?\b"
);
pattern!(
    BANS_AUDITS,
    r"(?i)\b(?:shall|may|will|must|does|do)\s+not\b[^.;]{0,70}\baudits?\b|\bno\s+(?:right|entitlement)\s+(?:to|of)\s+audit"
);
/// Chosen, not calibrated: the marked agreements hold no clause that these rules alone would add.
const SCORE: f32 = 0.5;

/// Adds the hits that follow from a section's heading, and those that deny a right: a ban on audits reads as anything
/// but an audit right to a model of words, and is what a reviewer must see first. `peaks` as in [`crate::Reading::peaks`].
pub(crate) fn complete(text: &str, clauses: &mut [Clause], peaks: &mut [f32]) {
    for clause in clauses.iter_mut() {
        let has = clause.topics.iter().any(|h| h.topic == Topic::AuditRights);
        if !has && BANS_AUDITS.is_match(&text[clause.start..clause.end]) {
            add(clause, peaks, Topic::AuditRights, "rule: audits are forbidden or limited");
        }
    }
    ends_of_confidentiality(text, clauses, peaks);
}

fn add(clause: &mut Clause, peaks: &mut [f32], topic: Topic, why: &str) {
    let why = vec![why.to_owned()];
    clause.topics.push(TopicHit { topic, score: SCORE, unsure: true, why, attributes: Attributes::default() });
    clause.topics.sort_by_key(|h| h.topic);
    if let Some(peak) = peaks.get_mut(topic.index()) {
        *peak = peak.max(SCORE);
    }
}

fn ends_of_confidentiality(text: &str, clauses: &mut [Clause], peaks: &mut [f32]) {
    let topic = Topic::ConfidentialityTerm;
    // The heading above, also where the numbering below a Markdown heading leaves the clause without one.
    let mut above = String::new();
    let mut before: Option<String> = None;
    for clause in clauses {
        let body = &text[clause.start..clause.end];
        if let Some(line) =
            body.lines().take_while(|l| l.is_empty() || l.starts_with('#')).filter(|l| !l.is_empty()).last()
        {
            line.clone_into(&mut above);
        } else if clause.heading != before {
            above = clause.heading.clone().unwrap_or_default();
        }
        before.clone_from(&clause.heading);
        if !HEADING.is_match(&above) || clause.topics.iter().any(|h| h.topic == topic) {
            continue;
        }
        let mut from = 0;
        let says = sentence_ends(body, 0, body.len()).into_iter().any(|to| {
            let sentence = &body[from..to];
            from = to;
            LASTS.find(sentence).is_some_and(|m| {
                duration::all(&sentence[m.end()..]).iter().any(|d| matches!(d.unit, Unit::Years | Unit::Months))
            })
        });
        if says {
            add(clause, peaks, topic, "rule: how long the duties of a section on confidentiality last");
        }
    }
}
