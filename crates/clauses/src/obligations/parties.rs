//! Who the parties of a text are, what it calls them, and which of them a verb speaks of.

use super::{MAY, MODAL, tidy};
use crate::duty::same_party;
use regex::Regex;
use std::collections::BTreeMap;

pattern!(
    CONDITION,
    r"(?i)(?:^|[\s,(;])((?:if|in the event(?: that| of)?|where|provided that|unless|except(?: as| to the extent| that| where)?|to the extent|subject to|as long as|upon(?: the)? (?:termination|expiration|expiry|request|written request|receipt|discovery))\b[^.;]{3,140})"
);
pattern!(
    NAMES,
    r#"\(\s*(?:(?i:hereinafter|hereafter|collectively|together|referred to as|the|each|an?|a|and|or)[\s,]*){0,6}["“](?:the\s+)?([A-Za-z][\w&'’ .-]{1,40}?),?["”]"#
);
pattern!(
    ADVERBS,
    r"(?i)(?:[\s,]|\b(?:further|also|hereby|each|both|therefore|expressly|then|only|promptly|not|jointly and severally|accordingly)\b)*$"
);
pattern!(
    ROLE,
    r"\b(?i:(?:(?:each|the|an?|any|every|both|neither|either|such|its|all|no)\s+(?:of\s+the\s+)?)?(?:other\s+)?(?:(?:receiving|disclosing|other|indemnif\w+|breaching|terminating|requesting)\s+part(?:y|ies)|part(?:y|ies)|recipients?|disclosers?|sub-?processors?|processors?|controllers?|disclosees?|data\s+(?:importer|exporter)s?|business associate|covered entity|sub-?contractors?|contractors?|vendors?|suppliers?|providers?|customers?|clients?|licensees?|licensors?|distributors?|consultants?|resellers?|manufacturers?|company|executive|employees?|personnel|representatives?|buyer|seller|purchaser))\b|\b(?:I|[Ww]e|[Yy]ou)\b"
);
pattern!(CAPITAL, r"\b[A-Z][\w&’'-]*(?:\s+(?:&\s+)?[A-Z][\w&’'-]*){0,3}");
pattern!(
    PERSON,
    r"^(?:If|Where|In|Upon|When|Unless|Subject|For|At|On|To|As|By|This|That|These|Such|Any|All|No|Not|There|Nothing|Section|Article|Clause|Clauses|Exhibit|Schedule|Agreement|Notwithstanding|Except|During|After|Before|Services?|Data|Information|Confidential|Personal|Term|Fees?|Notice|Law|Laws|State|Court|Product|Products|Program|Copyrights|Security|Following|Within|It|They|Use|Each|Effective|Applicable|Purpose|Under|With|Without|The|A|An|Both|Expiry|Termination|Software|Content|MNDA|NDA|GDPR|DPA|Page|Table|Documents?|Materials?|Documentation|Parties|Confidentiality|Obligations?|Neither|Either|Framework|Subscription|Cover|Usage|Furthermore|However|Further|Other|Audit|Records?)\b"
);
pattern!(NO_NAME, r"^\w+(?:ion|ions|ment|ments|ness|ity|ance|ence|ing|ures?)$");

pattern!(DEFINING, r#"\([^()"“”]{0,60}["“]([A-Z][\w&'’ .-]{1,40}?),?["”]([^()]{0,80})\)"#);
pattern!(QUOTED, r#"["“]([\w&'’ .-]{1,40}?),?["”]"#);
/// Pronouns that a text may define as a party's name.
const PRONOUNS: &[&str] = &["you", "we", "us", "i", "me"];
pattern!(ACTS, r"\b(?:shall|will|must|may|agrees?|undertakes?|commits|represents?|warrants?|acknowledges?)\b");
pattern!(
    BEING,
    r"^\s+(?:not\s+|also\s+|promptly\s+|only\s+|at\s+all\s+times\s+)*(?:be|survive|apply|remain|include|mean|commence|continue|constitute|terminate|govern|contain|become|take|occur|begin|end|expire|renew)\b"
);
pattern!(
    GOVERNED,
    r"(?i)\b(?:of|to|by|with|from|between|for|in|on|at|against|under|among|upon|including|than|through|via|toward|towards|into|within)\s+(?:(?:an?|the|such|its|their|his|her|each|any|all|every|both|either|one|same)\s+)*$"
);
pattern!(
    OF_ITS_DUTIES,
    r"(?i)\b(?:obligations?|dut(?:y|ies)|undertakings?|covenants?|responsibilit(?:y|ies))\s+of\s+$"
);
pattern!(
    OWN_DUTIES,
    r"^['’]s?\s+(?:[\w-]+\s+){0,3}?(?:obligations?|dut(?:y|ies)|undertakings?|covenants?|responsibilit(?:y|ies))\b"
);
pattern!(
    OWN_PEOPLE,
    r"(?i)^(?:(?:its|their|his|her)\s+(?:respective\s+)?)?(?:employees?|personnel|representatives?|agents?|affiliates?|sub-?contractors?)$"
);
pattern!(JOINED, r"(?i)^[\s,]*(?:and|or|nor|and/or)[\s,]*$");
pattern!(
    PASSIVE,
    r"(?i)^(?:(?:shall|must|will|may)(?:\s+(?:not|only|also|both|then))*|(?:is|are)\s+(?:required|obliged|obligated)\s+to)\s*,?\s+(?:\([a-z]{1,3}\)\s*)?(?:(?:in\s+no\s+event|at\s+all\s+times|(?:promptly|immediately|always)|thereafter|together\s+with[^,;]{1,60},|\([^()]{1,80}\)|either)\s+)*(?:be\s+(?:(?:\w+ly|so|also|either)\s+)*(?P<done>\w{2,}ed|\w+en|held|kept|sent|made|done|borne|sold|paid|shown|\w+sclosed)\b|remain\s+(?:the|in|vested)\b)"
);
pattern!(
    BINDS,
    r"(?i)^(?:required|obliged|obligated|prohibited|prevented|entitled|allowed|permitted|authori[sz]ed|licensed|insured|registered|certified|deemed|considered|prepared|relieved|released)$"
);
pattern!(
    PROMISES,
    r"(?i)\b(?:agrees?|undertakes?|covenants?|warrants?|represents?|ensures?|acknowledges?)\b[^.;]{0,60}?\bthat\b"
);
pattern!(
    RECEIVES,
    r"(?i)^(?:given|provided|furnished|sent|notified|informed|advised|indemnified|reimbursed|compensated|paid|granted|afforded)$"
);
pattern!(
    THING,
    r"\b(?:Information|Rights?|Process|Processes|Agreements?|Data|Documentation|Documents?|Period|Services?|Databases?|Materials?|Records?|Content|Management|Systems?|Act|Laws?|Rules?|Date|Notices|Categories|Fees|Products|AGREED)$"
);
pattern!(
    GIVEN_TO,
    r"(?i)\b(?:disclosed|provided|furnished|delivered|communicated|available|given|transmitted)\s+to\s+"
);
pattern!(AGENT, r"(?i)\bby\s+");
pattern!(TO_WHOM, r"(?i)\bto\s+");
pattern!(OWNER, r"(?i)\b(?:of|from|by)\s+");
pattern!(PROPERTY, r"(?i)\b(?:property|information|records|data)\s+of\s+");
pattern!(COORDINATED, r"(?i)\b(?:and|or|nor)\s+$");

/// Roles that exist only towards each other; the first of each pair is the one that holds the other's information.
const CORRELATIVE: &[(&str, &str)] = &[
    ("receiving party", "disclosing party"),
    ("recipient party", "disclosing party"),
    ("recipient", "disclosing party"),
    ("recipient", "discloser"),
    ("receiving party", "discloser"),
    ("receiver", "discloser"),
    ("disclosee", "discloser"),
    ("processor", "controller"),
    ("data processor", "data controller"),
    ("data importer", "data exporter"),
    ("business associate", "covered entity"),
    ("licensee", "licensor"),
    ("each party", "the other party"),
    ("either party", "the other party"),
    ("neither party", "the other party"),
];

/// Who can owe a duty in this text: the names that its parties define for themselves, and those that act in it.
pub(crate) struct Parties {
    /// The longest first.
    names: Vec<String>,
    /// A pronoun and the name that the text defines it to stand for.
    aliases: Vec<(String, String)>,
    /// The two names of a contract between two.
    pair: Option<(String, String)>,
    /// Pairs of [`CORRELATIVE`] roles, as the text spells them.
    roles: Vec<(String, String)>,
}

/// Who is bound by a verb.
#[derive(Default)]
pub(super) struct Bound {
    /// Where the words stand that name the debtor before the verb.
    pub at: Option<(usize, usize)>,
    pub debtor: Option<String>,
    /// Named by the sentence as the one for whom something is to be done.
    pub creditor: Option<String>,
}

impl Parties {
    /// Looks where agreements introduce their parties, in the first pages, and at who acts in the whole text.
    pub(crate) fn of(text: &str) -> Parties {
        let mut end = text.len().min(8_000);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        let mut names: Vec<String> = Vec::new();
        let mut aliases = Vec::new();
        for c in NAMES.captures_iter(&text[..end]) {
            let name = c[1].trim().to_owned();
            // "i-on" is a name, "you" isn't.
            let named = name.contains(|c: char| c.is_uppercase() || c == '-');
            if named && !PERSON.is_match(&name) && !names.contains(&name) && names.len() < 12 {
                names.push(name);
            }
        }
        for c in DEFINING.captures_iter(&text[..end]) {
            for other in QUOTED.captures_iter(&c[2]) {
                let alias = other[1].trim().to_lowercase();
                if PRONOUNS.contains(&alias.as_str()) && !PERSON.is_match(&c[1]) {
                    aliases.push((alias, c[1].trim().to_owned()));
                }
            }
        }
        let acting = acting(text);
        let pair = pair(&names, &acting);
        for (name, times) in &acting {
            if *times >= 2 && !names.contains(name) && names.len() < 24 {
                names.push(name.clone());
            }
        }
        names.sort_by_key(|n| std::cmp::Reverse(n.len()));
        let roles = roles(text);
        Parties { names, aliases, pair, roles }
    }

    /// Every mention of somebody who can owe a duty, as byte ranges in order.
    fn mentions(&self, words: &str) -> Vec<(usize, usize)> {
        let mut out: Vec<(usize, usize)> = ROLE.find_iter(words).map(|m| (m.start(), m.end())).collect();
        for name in &self.names {
            out.extend(words.match_indices(name.as_str()).map(|(at, n)| (at, at + n.len())).filter(|(a, b)| {
                !words[..*a].ends_with(char::is_alphanumeric) && !words[*b..].starts_with(char::is_alphanumeric)
            }));
        }
        // Possessives name the owner of a thing, not who acts, unless the thing is what they owe.
        out.retain(|(_, b)| !words[*b..].starts_with(['\'', '’']) || OWN_DUTIES.is_match(&words[*b..]));
        if out.is_empty() {
            // The first word of a sentence has its capital from there: "Deletion will be …" names nobody.
            let name = |m: &regex::Match<'_>| {
                !(PERSON.is_match(m.as_str()) || NO_NAME.is_match(m.as_str()) || THING.is_match(m.as_str()))
            };
            let last = CAPITAL.find_iter(words).filter(name).last();
            out.extend(last.filter(|m| ADVERBS.is_match(&words[m.end()..])).map(|m| (m.start(), m.end())));
        }
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

    /// The names that the parties define for themselves, the longest first.
    pub(crate) fn names(&self) -> &[String] {
        &self.names
    }

    /// The subject of the verb that follows these words.
    pub(super) fn subject(&self, before: &str) -> Option<String> {
        let (a, b) = self.subject_at(before)?;
        self.named(&before[a..b])
    }

    /// The name to show for these words: the short name where the text defines one for a pronoun.
    pub(super) fn named(&self, words: &str) -> Option<String> {
        let name = tidy(words);
        let lower = name.to_lowercase();
        let short = self.aliases.iter().find(|(alias, _)| *alias == lower).map(|(_, name)| name.clone());
        Some(short.unwrap_or(name)).filter(|n| !n.is_empty())
    }

    /// Where the subject of the verb that follows these words stands.
    pub(super) fn subject_at(&self, before: &str) -> Option<(usize, usize)> {
        let mut start = before.len().saturating_sub(400);
        while !before.is_char_boundary(start) {
            start += 1;
        }
        let tail = &before[start..];
        let near = ADVERBS.find(tail).map_or(tail.len(), |m| m.start());
        let mentions = self.mentions(tail);
        let close = mentions.iter().rev().find(|(_, b)| *b >= near).copied();
        // "The Supplier may … with the consent of the Customer, shall bind them": after a comma the verb goes with
        // the subject of the verbs before it.
        let close = close.filter(|(a, b)| {
            let verb = |w: &str| MODAL.is_match(w) || MAY.is_match(w);
            let coordinated = tail[*b..].trim_start().starts_with(',')
                && mentions.iter().any(|(_, end)| end < a && verb(&tail[*end..*a]))
                && !verb(tail[*b..].trim());
            !coordinated
        });
        // "Information of the Recipient", "access to the Customer": what a preposition governs is no subject.
        let acts = |at: usize| {
            let head = tail_of(&tail[..at], 60);
            !GOVERNED.is_match(head) || OF_ITS_DUTIES.is_match(head)
        };
        let close = close.filter(|(a, _)| acts(*a));
        // The nearest one when it stands right before the verb, else the first: "Customer shall keep … and shall …".
        let condition =
            CONDITION.captures(tail).and_then(|c| c.get(1)).map_or(0, |m| if m.start() < 3 { m.end() } else { 0 });
        let (mut a, mut b) = close
            .or_else(|| mentions.iter().find(|(a, _)| *a >= condition && acts(*a)).copied())
            .or_else(|| mentions.iter().find(|(a, _)| acts(*a)).copied())
            .or_else(|| mentions.iter().find(|(a, _)| *a >= condition).copied())
            .or(mentions.first().copied())?;
        if let Some((first, end)) = mentions.iter().rev().find(|(_, end)| *end <= a && JOINED.is_match(&tail[*end..a]))
        {
            if OWN_PEOPLE.is_match(&tail[a..b]) {
                // "Neither the Recipient nor its Representatives": the party answers for its people.
                (a, b) = (*first, *end);
            } else if tail[*end..a].trim_matches([' ', ',']) == "and"
                && (tail[..*first].trim_end().is_empty() || tail[..*first].trim_end().ends_with(','))
            {
                // "Provider and Customer will each comply": both owe it, when the pair opens the sentence.
                a = *first;
            }
        }
        Some((start + a, start + b))
    }

    /// Who owes what the verb at `start` asks for. Of a passive verb the subject is the thing or the one served.
    pub(super) fn bound(&self, sentence: &str, start: usize) -> Bound {
        let before = &sentence[..start];
        let at = self.subject_at(before);
        let subject = at.and_then(|(a, b)| self.antecedent(before, a, b));
        let promised = || PROMISES.find_iter(before).last().and_then(|m| self.subject(&before[..m.start()]));
        let Some(done) = PASSIVE.captures(&sentence[start..]) else {
            // "The Recipient agrees that neither it nor its Representatives will": the party answers for its people.
            let people = subject.as_deref().is_some_and(|s| OWN_PEOPLE.is_match(s));
            let debtor = if people { promised().or(subject) } else { subject };
            return Bound { at, debtor, creditor: None };
        };
        let words = &sentence[start..];
        let is_subject = at.is_some_and(|(a, b)| {
            let near = ADVERBS.find(before).map_or(before.len(), |m| m.start());
            let head = tail_of(&before[..a], 60);
            let known = ROLE.is_match(&before[a..b]) || self.names.iter().any(|n| before[a..b].contains(n.as_str()));
            known
                && b >= near
                && !(GOVERNED.is_match(head) || COORDINATED.is_match(head) && OWN_PEOPLE.is_match(&before[a..b]))
        });
        let done = done.name("done").map_or("", |m| m.as_str());
        let agent = self.party_after(&AGENT, words);
        if is_subject {
            let served = RECEIVES.is_match(done);
            return match agent.or_else(|| subject.as_deref().and_then(|s| self.counterpart(s))).filter(|_| served) {
                Some(debtor) => Bound { at: None, debtor: Some(debtor), creditor: subject },
                None if served => Bound { at: None, debtor: None, creditor: subject },
                None => Bound { at, debtor: subject, creditor: None },
            };
        }
        if agent.is_some() {
            return Bound { at: None, debtor: agent, creditor: None };
        }
        if BINDS.is_match(done) {
            return Bound { at, debtor: subject, creditor: None };
        }
        // "The Recipient agrees that all copies shall be returned."
        // "Use of the information by the Recipient shall be limited."
        if let Some(debtor) = promised().or_else(|| self.party_after(&AGENT, before)) {
            return Bound { at: None, debtor: Some(debtor), creditor: None };
        }
        let owed = self
            .party_after(&TO_WHOM, words)
            .or_else(|| self.party_after(&PROPERTY, words))
            .or_else(|| self.owner(before))
            .or_else(|| self.party_after(&OWNER, before));
        let debtor = owed.as_deref().and_then(|o| self.counterpart(o));
        let debtor = debtor.or_else(|| self.party_after(&GIVEN_TO, before));
        Bound { at: None, debtor, creditor: None }
    }

    /// "such Party" is the party that the sentence named before.
    fn antecedent(&self, before: &str, a: usize, b: usize) -> Option<String> {
        let words = &before[a..b];
        if words.len() > 5 && words.as_bytes()[..5].eq_ignore_ascii_case(b"such ") {
            let noun = words[5..].trim().to_lowercase();
            let earlier = tail_of(&before[..a], 400);
            let mentions = self.mentions(earlier);
            if let Some((x, y)) = mentions.into_iter().find(|(x, y)| earlier[*x..*y].to_lowercase().ends_with(&noun)) {
                return self.named(&earlier[x..y]);
            }
        }
        self.named(words)
    }

    /// The first party right after the preposition that isn't the owner of something.
    fn party_after(&self, preposition: &Regex, words: &str) -> Option<String> {
        preposition.find_iter(words).find_map(|m| {
            let rest = &words[m.end()..];
            let length = self.subject_that_opens(rest).filter(|n| !rest[..*n].eq_ignore_ascii_case("it"))?;
            self.named(&rest[..length])
        })
    }

    /// The party whose information or property these words name: "the Discloser's documents".
    fn owner(&self, words: &str) -> Option<String> {
        let mut all: Vec<(usize, usize)> = ROLE.find_iter(words).map(|m| (m.start(), m.end())).collect();
        for name in &self.names {
            all.extend(words.match_indices(name.as_str()).map(|(at, n)| (at, at + n.len())));
        }
        let (a, b) = all.into_iter().find(|(_, b)| words[*b..].starts_with(['\'', '’']))?;
        self.named(&words[a..b])
    }

    /// Who holds the other's information, by the word for that role.
    pub(super) fn receiver(&self) -> Option<String> {
        self.roles
            .iter()
            .map(|(one, _)| one.clone())
            .find(|one| !one.to_lowercase().contains("er party"))
            .filter(|one| ["rec", "disclosee"].iter().any(|w| one.to_lowercase().starts_with(w)))
    }

    /// The other one of a pair, where the text makes it plain who that is.
    pub(super) fn counterpart(&self, name: &str) -> Option<String> {
        self.correlative(name).or_else(|| {
            let (one, other) = self.pair.as_ref()?;
            if same_party(one, name) { Some(other.clone()) } else { same_party(other, name).then(|| one.clone()) }
        })
    }

    /// The other one where the word for a role already says that there is one: a Recipient has a Discloser.
    pub(super) fn correlative(&self, name: &str) -> Option<String> {
        self.roles.iter().find_map(|(one, other)| {
            if same_party(one, name) {
                Some(other.clone())
            } else {
                (same_party(other, name) && !name.to_lowercase().contains("other part")).then(|| one.clone())
            }
        })
    }
}

/// The last characters of a text, at most `width` bytes.
fn tail_of(text: &str, width: usize) -> &str {
    let mut from = text.len().saturating_sub(width);
    while !text.is_char_boundary(from) {
        from += 1;
    }
    &text[from..]
}

/// Capitalised names that stand right before a verb that binds, the most frequent first.
fn acting(text: &str) -> Vec<(String, usize)> {
    let mut tally: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for m in ACTS.find_iter(text) {
        let mut before = tail_of(&text[..m.start()], 60).trim_end();
        for adverb in ["also", "hereby", "further", "each"] {
            before = before.strip_suffix(adverb).map_or(before, str::trim_end);
        }
        let mut at = before.len();
        let mut taken = 0;
        // The words are taken from the right; what opens a sentence isn't part of a name.
        while taken < 3 {
            let head = before[..at].trim_end();
            let word_at = head.rfind(|c: char| c.is_whitespace()).map_or(0, |i| i + 1);
            let word_at = if head.is_char_boundary(word_at) { word_at } else { break };
            let word = &head[word_at..];
            let name = word.starts_with(char::is_uppercase)
                && word.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '&' | '\'' | '’'));
            if !name || PERSON.is_match(word) || word_at == 0 {
                break;
            }
            at = word_at;
            taken += 1;
        }
        let name = before[at..].trim();
        if taken == 0
            || name.len() < 2
            || THING.is_match(name)
            || ROLE.find(name).is_some_and(|r| r.len() == name.len())
        {
            continue;
        }
        let slot = tally.entry(name).or_default();
        if BEING.is_match(&text[m.end()..]) {
            slot.1 += 1;
        } else {
            slot.0 += 1;
        }
    }
    let mut out: Vec<(String, usize)> = tally
        .into_iter()
        .filter(|(name, (acts, is))| acts > is && (!NO_NAME.is_match(name) || *acts > 3 * (is + 1)))
        .map(|(n, (acts, _))| (n.to_owned(), acts))
        .collect();
    out.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    out
}

/// The two sides of the contract, when the text defines or uses exactly two names for them.
fn pair(names: &[String], acting: &[(String, usize)]) -> Option<(String, String)> {
    let times = |n: &String| acting.iter().find(|(a, _)| a == n).map_or(0, |(_, t)| *t);
    let mut known: Vec<(&String, usize)> =
        names.iter().filter(|n| !n.to_lowercase().contains("part")).map(|n| (n, times(n))).collect();
    known.sort_by_key(|(_, t)| std::cmp::Reverse(*t));
    if known.len() == 2 {
        return Some((known[0].0.clone(), known[1].0.clone()));
    }
    let all: Vec<&(String, usize)> = acting.iter().take(3).collect();
    match all.as_slice() {
        [one, other, rest @ ..] if other.1 >= 2 && rest.iter().all(|r| r.1 * 3 <= other.1) => {
            Some((one.0.clone(), other.0.clone()))
        }
        _ => None,
    }
}

/// The correlative roles that both occur in the text, spelt as it spells them first.
fn roles(text: &str) -> Vec<(String, String)> {
    pattern!(
        ROLES,
        r"(?i)\b(?:receiving\s+party|recipient\s+party|disclosing\s+party|recipient|receiver|discloser|disclosee|data\s+processor|data\s+controller|processor|controller|data\s+importer|data\s+exporter|business\s+associate|covered\s+entity|licensee|licensor|each\s+party|either\s+party|neither\s+party|the\s+other\s+party)\b"
    );
    let mut spelt: BTreeMap<String, String> = BTreeMap::new();
    for m in ROLES.find_iter(text) {
        let key = m.as_str().to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ");
        spelt.entry(key).or_insert_with(|| m.as_str().split_whitespace().collect::<Vec<_>>().join(" "));
    }
    CORRELATIVE.iter().filter_map(|(one, other)| Some((spelt.get(*one)?.clone(), spelt.get(*other)?.clone()))).collect()
}
