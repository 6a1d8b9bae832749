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

pattern!(
    MODAL,
    r"(?i)\b(?:shall|must|will|agrees? (?:to|that it (?:shall|will))|undertakes? (?:to|that)|covenants? (?:to|that)|(?:is|are) (?:required|obliged|obligated|responsible|bound) (?:to|for)|may not|may only|warrants? that|represents? and warrants? that)\b"
);
pattern!(
    NO_DUTY,
    r"(?i)^(?:shall|will|must)\s+(?:have (?:the |no |a )?(?:right|liabil|obligation)|be (?:entitled|governed|construed|deemed|interpreted|effective|subject to the exclusive)|mean\b|include\b|not (?:be (?:liable|deemed|construed|required)|apply|include)|survive|apply\b|commence|terminate\b|remain in|continue\b|constitute|prevail|control\b)"
);
pattern!(
    CREDITOR,
    r"(?i)\b(?:notify|inform|indemnify|reimburse|provide|give|send|return (?:them |it |all [\w ]{0,40})?to|assist|deliver(?:ed)? to|report(?:ed)? to|furnish|allow|permit|grant|advise|to)\s+((?:the|each|any|its|such)?\s*(?:other party|[A-Z][\w&.’'-]*(?:\s+[A-Z][\w&.’'-]*){0,3}|disclosing party|receiving party|controller|processor|customer|client|company|data subjects?|supervisory authorit(?:y|ies)|data exporter|data importer))\b"
);
pattern!(
    DEADLINE,
    r"(?i)\b(?:within|no later than|not later than|not less than|at least|no less than|by no later than|in no event later than|prior to|before|upon|following|promptly|immediately|without undue delay|as soon as|annually|quarterly|monthly|weekly|each (?:year|quarter|month)|during the term|forthwith|for (?:a period of|at least))\b[^,;.]{0,90}"
);
pattern!(
    CONDITION,
    r"(?i)(?:^|[\s,(;])((?:if|in the event(?: that| of)?|where|provided that|unless|except(?: as| to the extent| that| where)?|to the extent|subject to|as long as|upon(?: the)? (?:termination|expiration|expiry|request|written request|receipt|discovery))\b[^.;]{3,140})"
);
pattern!(
    SOFT,
    r"(?i)\b(?:agrees?|undertakes?|guarantees?|warrants?|represents?|certif(?:y|ies)|procures?|ensures?|acknowledges?|understands?|surviv\w+|remains?|responsib\w+|obligations? of|may (?:audit|inspect|only|(?:access and )?use|disclose)|(?:is|are) to)\b"
);
pattern!(
    BARE,
    r"^(?:\(?[\w.]{1,5}[).]\s+)?(?:(?:[Nn]ot )?[Tt]o [a-z]+|[Nn]ot to |[Rr]eturn|[Rr]eport|[Dd]estroy|[Nn]otify|[Kk]eep|[Uu]se|[Mm]aintain|[Pp]rovide|[Ee]nsure|[Ii]mplement|[Ll]imit|[Pp]rotect|[Dd]elete|[Aa]ssist|[Cc]ooperate|[Mm]ake available|[Rr]estrict|[Dd]isclose|[Pp]rocess)\b"
);
pattern!(
    NAMES,
    r#"\(\s*(?:(?i:hereinafter|hereafter|collectively|together|referred to as|the|each|an?|a|and|or)[\s,]*){0,6}["“]([A-Z][\w&'’ .-]{1,40}?)["”]"#
);
pattern!(
    ADVERBS,
    r"(?i)(?:[\s,]|\b(?:further|also|hereby|each|both|therefore|expressly|then|only|promptly|not|jointly and severally|accordingly)\b)*$"
);
pattern!(
    ROLE,
    r"\b(?i:(?:(?:each|the|any|every|both|neither|either|such|its|all|no)\s+(?:of\s+the\s+)?)?(?:other\s+)?(?:(?:receiving|disclosing|other|indemnif\w+|breaching|terminating|requesting)\s+part(?:y|ies)|part(?:y|ies)|recipients?|disclosers?|sub-?processors?|processors?|controllers?|data\s+(?:importer|exporter)s?|business associate|covered entity|sub-?contractors?|contractors?|vendors?|suppliers?|providers?|customers?|clients?|licensees?|licensors?|distributors?|consultants?|resellers?|manufacturers?|company|executive|employees?|personnel|representatives?|buyer|seller|purchaser))\b|\b(?:I|[Ww]e|[Yy]ou)\b"
);
pattern!(CAPITAL, r"\b[A-Z][\w&’'-]*(?:\s+(?:&\s+)?[A-Z][\w&’'-]*){0,3}");
pattern!(
    PERSON,
    r"^(?:If|Where|In|Upon|When|Unless|Subject|For|At|On|To|As|By|This|That|These|Such|Any|All|No|Not|There|Nothing|Section|Article|Clause|Clauses|Exhibit|Schedule|Agreement|Notwithstanding|Except|During|After|Before|Services?|Data|Information|Confidential|Personal|Term|Fees?|Notice|Law|Laws|State|Court|Product|Products|Program|Copyrights|Security|Following|Within|It|They|Use|Each|Effective|Applicable|Purpose|Under|With|Without|The|A|An|Both|Expiry|Termination|Software|Content|MNDA|NDA|GDPR|DPA|Page|Table|Documents?|Materials?|Documentation|Parties|Confidentiality|Obligations?|Neither|Either|Furthermore|However|Further|Other|Audit|Records?)\b"
);

/// Who can owe a duty in this text: the names that its parties define for themselves.
pub(crate) struct Parties(Vec<String>);

impl Parties {
    /// Looks where agreements introduce their parties: in the first pages.
    pub(crate) fn of(text: &str) -> Parties {
        let mut end = text.len().min(8_000);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        let mut names: Vec<String> = Vec::new();
        for c in NAMES.captures_iter(&text[..end]) {
            let name = c[1].trim().to_owned();
            if !PERSON.is_match(&name) && !names.contains(&name) && names.len() < 12 {
                names.push(name);
            }
        }
        names.sort_by_key(|n| std::cmp::Reverse(n.len()));
        Parties(names)
    }

    /// Every mention of somebody who can owe a duty, as byte ranges in order.
    fn mentions(&self, words: &str) -> Vec<(usize, usize)> {
        let mut out: Vec<(usize, usize)> = ROLE.find_iter(words).map(|m| (m.start(), m.end())).collect();
        for name in &self.0 {
            out.extend(words.match_indices(name.as_str()).map(|(at, n)| (at, at + n.len())).filter(|(a, b)| {
                !words[..*a].ends_with(char::is_alphanumeric) && !words[*b..].starts_with(char::is_alphanumeric)
            }));
        }
        if out.is_empty() {
            out.extend(CAPITAL.find_iter(words).filter(|m| !PERSON.is_match(m.as_str())).map(|m| (m.start(), m.end())));
        }
        // Possessives name the owner of a thing, not who acts.
        out.retain(|(_, b)| !words[*b..].starts_with(['\'', '’']));
        out.sort_by_key(|(a, b)| (*a, std::cmp::Reverse(*b)));
        let mut end = 0;
        out.retain(|(a, b)| {
            let keep = *a >= end;
            if keep {
                end = *b;
            }
            keep
        });
        out
    }

    /// The subject of the verb that follows these words.
    fn subject(&self, before: &str) -> Option<String> {
        let mut start = before.len().saturating_sub(400);
        while !before.is_char_boundary(start) {
            start += 1;
        }
        let tail = &before[start..];
        let near = ADVERBS.find(tail).map_or(tail.len(), |m| m.start());
        let mentions = self.mentions(tail);
        let close = mentions.iter().rev().find(|(_, b)| *b >= near).copied();
        // The nearest one when it stands right before the verb, else the first: "Customer shall keep … and shall …".
        let condition =
            CONDITION.captures(tail).and_then(|c| c.get(1)).map_or(0, |m| if m.start() < 3 { m.end() } else { 0 });
        let (a, b) =
            close.or_else(|| mentions.iter().find(|(a, _)| *a >= condition).copied()).or(mentions.first().copied())?;
        Some(tidy(&tail[a..b])).filter(|n| !n.is_empty())
    }
}

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
    let parties = Parties::of(text);
    let mut out: Vec<Obligation> = Vec::new();
    // A list item without a subject of its own is owed by whom its lead-in or the sentence before names.
    let mut lead: Option<(Option<String>, usize)> = None;
    let mut last: Option<(String, usize)> = None;
    for (index, clause) in clauses.iter().enumerate() {
        let body = &text[clause.start..clause.end];
        let topic = clause
            .topics
            .iter()
            .filter(|h| REGISTERED.contains(&h.topic))
            .max_by(|a, b| a.score.total_cmp(&b.score).then(b.topic.cmp(&a.topic)))
            .map(|h| h.topic);
        let opens = body.ends_with(':') || body.ends_with("to") || body.ends_with("and that");
        if let Some(topic) = topic {
            let inherited = || {
                let from_lead =
                    lead.as_ref().filter(|(d, at)| d.is_some() && index - at < 20).and_then(|(d, _)| d.clone());
                from_lead.or_else(|| last.as_ref().filter(|(_, at)| index - at <= 2).map(|(d, _)| d.clone()))
            };
            let before = out.len();
            let mut from = 0;
            for to in sentence_ends(body, 0, body.len()) {
                let sentence = &body[from..to];
                let space = sentence.len() - sentence.trim_start().len();
                if let Some(duty) = duty_of(&parties, sentence) {
                    push(&mut out, index, (clause.start + from + space, clause.start + to), duty, topic, &inherited);
                }
                from = to;
            }
            if out.len() == before && !opens {
                let plain = without_tags(body);
                let soft = SOFT.find(&plain);
                let listed = lead.as_ref().is_some_and(|(_, at)| index - at < 20);
                if soft.is_some() || listed || BARE.is_match(&plain) {
                    let debtor = soft.and_then(|m| parties.subject(&plain[..m.start()]));
                    let duty = Duty {
                        debtor,
                        creditor: creditor(&plain),
                        words: brief(&plain),
                        deadline: deadline(&plain),
                        condition: condition(&plain),
                    };
                    push(&mut out, index, (clause.start, clause.end), duty, topic, &inherited);
                }
            }
        }
        if let Some(debtor) = out.last().filter(|o| o.clause == index).and_then(|o| o.debtor.clone()) {
            last = Some((debtor, index));
        }
        if opens {
            lead = Some((lead_debtor(&parties, body).or_else(|| lead.take().and_then(|(d, _)| d)), index));
        } else if clause.number.as_deref().is_some_and(|n| !n.starts_with('(') && n.contains(char::is_numeric))
            && body.ends_with('.')
        {
            lead = None;
        }
    }
    out
}

fn push(
    out: &mut Vec<Obligation>,
    clause: usize,
    at: (usize, usize),
    duty: Duty,
    topic: Topic,
    inherited: &dyn Fn() -> Option<String>,
) {
    out.push(Obligation {
        clause,
        start: at.0,
        end: at.1,
        debtor: duty.debtor.or_else(inherited),
        creditor: duty.creditor,
        duty: duty.words,
        deadline: duty.deadline,
        condition: duty.condition,
        topic: Some(topic),
    });
}

struct Duty {
    debtor: Option<String>,
    creditor: Option<String>,
    words: String,
    deadline: Option<String>,
    condition: Option<String>,
}

fn duty_of(parties: &Parties, sentence: &str) -> Option<Duty> {
    let sentence = &*without_tags(sentence);
    let modal = MODAL.find_iter(sentence).find(|m| !NO_DUTY.is_match(&sentence[m.start()..]))?;
    let after = &sentence[modal.start()..];
    Some(Duty {
        debtor: parties.subject(&sentence[..modal.start()]),
        creditor: creditor(after),
        words: brief(after),
        deadline: deadline(sentence),
        condition: condition(sentence),
    })
}

/// Who owes what the first match of `verb` after a modal asks for.
pub(crate) fn debtor_before(parties: &Parties, sentence: &str, verb: &Regex) -> Option<String> {
    let verb_at = verb.find(sentence).map_or(sentence.len(), |m| m.start());
    let modal = MODAL.find_iter(sentence).filter(|m| m.start() < verb_at).last().or_else(|| MODAL.find(sentence));
    let upto = modal.map_or(verb_at, |m| m.start());
    parties.subject(&sentence[..upto])
}

/// Who owes what a lead-in such as "The Supplier shall:" introduces.
pub(crate) fn lead_debtor(parties: &Parties, body: &str) -> Option<String> {
    let body = &*without_tags(body);
    let modal = MODAL.find_iter(body).last().or_else(|| SOFT.find_iter(body).last())?;
    parties.subject(&body[..modal.start()])
}

fn tidy(words: &str) -> String {
    words
        .split_whitespace()
        .map(|w| w.trim_matches(['*', '“', '”', '"', ',', '(', ')']))
        .filter(|w| !w.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

fn creditor(words: &str) -> Option<String> {
    CREDITOR.captures(words).and_then(|c| c.get(1)).map(|m| tidy(m.as_str())).filter(|w| !w.is_empty())
}

fn deadline(sentence: &str) -> Option<String> {
    let best = DEADLINE
        .find_iter(sentence)
        .find(|m| duration::first(m.as_str()).is_some())
        .or_else(|| DEADLINE.find(sentence))?;
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
