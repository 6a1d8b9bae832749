//! The words of one duty: what is owed, to whom, by when, on what condition. Knows nothing of clauses and topics;
//! every answer is made of the sentence's own characters, because a lawyer checks it against them.

use crate::duration;
use crate::obligations::Parties;
use regex::Regex;

/// A duty is shown with at most this many words.
const WORDS: usize = 20;
/// A deadline or condition runs on for at most this many words.
const PHRASE: usize = 24;

pattern!(
    FRONT,
    r"^(?:[\s*_•·▪◦]+|-\s+|#+[^\n]*(?:\n|$)|(?i:(?:section|article|clause)\s+)?(?:\d{1,3}(?:\.\d{1,3})+[.)]?|\d{1,3}[.)])[\s*_]+|\((?:[a-zA-Z]{1,2}|[ivxIVX]{1,5}|\d{1,3})\)\s*|(?:[a-zA-Z]|[ivxIVX]{2,5})[.)]\s+)"
);
pattern!(RUN_IN, r"^[A-Z][\w ,&/’'()-]{2,70}?\*{0,2}\.\*{0,2}\s+\(?[A-Z(]");
pattern!(
    MODAL_WORDS,
    r"(?i)^(?:shall|must|will|may(?P<may>\s+not)?|agrees?\s+(?P<agreed>not\s+)?(?:to|that\s+it\s+(?:shall|will))|commits?\s+to|undertakes?\s+(?P<undertaken>not\s+)?(?:to|that)|covenants?\s+(?:to|that)|(?:is|are)\s+(?:required|obliged|obligated|bound)\s+to|(?:is|are)\s+(?P<banned>not\s+)(?:permitted|allowed|entitled|authori[sz]ed)\s+to)\b\s*"
);
pattern!(VERB, r"(?i)\b(?:shall|will|must|may|is|are|agrees?|not|to|the|of)$|\b(?:shall|will|must|may|agrees?)\b");
pattern!(STARTS_ASIDE, r"^(?:,|\(|(?:in\s+accordance|subject|to\s+the\s+extent|upon|at|where|if|on)\b)");
pattern!(BE, r"(?i)^(?:is|are)\s+");
pattern!(THIRD_PERSON, r"^[Pp]rocesses\b");
pattern!(ASIDE, r"^(?:,?[^,;.()]{0,90},|\([^()]{1,90}\)[\s:]*)\s*");
pattern!(OPENING, r"(?i)^(?:(?:each|both|also|further|then|in turn)\s+|:\s*|\((?:[a-z]{1,2}|[ivx]{1,5}|\d)\)\s*)+");
pattern!(
    PAUSE,
    r"(?i)[,;:]\s|\s(?:and|or|which|that|who|in\s+accordance|including|provided|unless|except|to|for|within|after|upon|where|if|as|with|without|by|from|under|before|in|on|against|relating|insofar|when|until)\s"
);
pattern!(
    DANGLING,
    r"(?i)[\s,;:]+(?:and|or|the|a|an|its|their|any|all|of|to|in|for|by|with|such|as|that|which|on|at|from|under|either|both|and/or|not|\((?:[a-z]|[ivx]+|\d)\)?|where|if|who)$"
);

/// The text without the number, list letter and heading that stand before its first sentence.
pub(crate) fn bare(text: &str) -> &str {
    let mut rest = text.trim();
    while let Some(m) = FRONT.find(rest).filter(|m| m.end() > 0) {
        rest = &rest[m.end()..];
    }
    if let Some(m) = RUN_IN.find(rest) {
        let stop = m.as_str().rfind(". ").or_else(|| m.as_str().rfind('.')).unwrap_or(0);
        let heading = &rest[..stop];
        if heading.split_whitespace().count() <= 8
            && !heading.split_whitespace().any(|w| ["shall", "will", "must", "may", "is", "are"].contains(&w))
        {
            rest = rest[stop..].trim_start_matches(['.', '*', ' ', '\n', '\t', '\r']);
        }
    }
    // A short line above the sentence is its heading.
    if let Some((line, below)) = rest.split_once('\n') {
        let below = below.trim_start();
        if line.split_whitespace().count() <= 8
            && !line.trim_end().ends_with(['.', ',', ';', ':', '-'])
            && below.starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit() || c == '(')
            && !VERB.is_match(line)
        {
            return bare(below);
        }
    }
    if rest.is_empty() { text.trim() } else { rest }
}

/// The duty as a short verb phrase: the modal verb goes, "not" stays.
pub(crate) fn brief(words: &str, negated: bool) -> String {
    let mut rest = words.trim();
    let mut not = negated;
    if let Some(c) = MODAL_WORDS.captures(rest) {
        not |= ["may", "agreed", "undertaken", "banned"].iter().any(|name| c.name(name).is_some());
        rest = &rest[c.get(0).map_or(0, |m| m.end())..];
    }
    if let Some(after) = rest.strip_prefix("not ") {
        not = true;
        rest = after.trim_start();
    }
    if let Some(m) = ASIDE.find(rest).filter(|_| STARTS_ASIDE.is_match(rest)) {
        // "shall, at its own cost, return": what stands between commas is told by the sentence itself.
        rest = rest[m.end()..].trim_start();
    }
    rest = rest.trim_start_matches([',', ' ']);
    if let Some(m) = OPENING.find(rest) {
        rest = &rest[m.end()..];
    }
    let mut out = if not { "not ".to_owned() } else { String::new() };
    if let Some(m) = BE.find(rest) {
        rest = &rest[m.end()..];
        out.push_str("be ");
    } else if THIRD_PERSON.is_match(rest) {
        rest = rest["processes".len()..].trim_start();
        out.push_str("process ");
    }
    out.push_str(&squeeze(rest));
    shorten(&out, WORDS)
}

/// Cuts at a sensible place and says so with an ellipsis.
fn shorten(words: &str, most: usize) -> String {
    let mut words = words.trim_end_matches(['.', ';', ',', ':', ' ']);
    for joint in [" and", " or"] {
        words = words.strip_suffix(joint).map_or(words, |w| w.trim_end_matches([';', ',', ' ']));
    }
    let Some(end) = nth_word_end(words, most) else { return words.to_owned() };
    let floor = nth_word_end(words, most / 2).unwrap_or(0);
    let stop =
        PAUSE.find_iter(&words[..(end + 1).min(words.len())]).map(|m| m.start()).filter(|at| *at >= floor).last();
    let mut cut = &words[..stop.unwrap_or(end)];
    // A bracket that the cut left open goes with what it held.
    if let Some(open) = cut.rfind('(').filter(|o| !cut[*o..].contains(')') && *o > 0) {
        cut = &cut[..open];
    }
    while let Some(m) = DANGLING.find(cut) {
        cut = &cut[..m.start()];
    }
    format!("{}…", cut.trim_end_matches([',', ';', ':', ' ', '-', '–']))
}

/// "promptly notifies" as "promptly notify": the first verb without the ending of the third person.
pub(crate) fn infinitive(words: &str) -> Option<String> {
    let mut out: Vec<String> = Vec::new();
    let mut rest = words.split_whitespace();
    for word in rest.by_ref().take(4) {
        let verb = match word {
            "is" | "are" => "be".to_owned(),
            "has" => "have".to_owned(),
            w if w.ends_with("ly") => {
                out.push(w.to_owned());
                continue;
            }
            w if w.ends_with("ies") => format!("{}y", &w[..w.len() - 3]),
            w if w.ends_with('s') && !w.ends_with("ss") => w[..w.len() - 1].to_owned(),
            _ => return None,
        };
        out.push(verb);
        out.extend(rest.map(str::to_owned));
        return Some(out.join(" "));
    }
    None
}

/// Where the `n`th word ends, when there are more.
fn nth_word_end(words: &str, n: usize) -> Option<usize> {
    let mut spaces = words.char_indices().filter(|(_, c)| c.is_whitespace()).map(|(i, _)| i);
    spaces.nth(n.saturating_sub(1))
}

/// Single spaces and no marks of emphasis; nothing else is touched.
pub(crate) fn squeeze(words: &str) -> String {
    words.replace("**", "").replace("__", "").split_whitespace().collect::<Vec<_>>().join(" ")
}

pattern!(
    DIRECT,
    r"(?i)\b(?:notify|inform|advise|alert|tell|indemnify|reimburse|compensate|defend|assist|help|support|provide|give|send|offer|grant|furnish|supply|pay|enable|allow|permit|harmless)\b(?:[\s,]+(?:and|or|indemnify|hold|keep|save|harmless|defend|promptly|immediately|update|assist|inform|notify|to)\b)*[\s,]+"
);
pattern!(
    HANDED_OVER,
    r"(?i)\b(?:report|return|deliver|provid|submit|transfer|giv|available|send|notice|notif|furnish|suppl|liable|responsible|respond|refund|pay|access|assistance|certif|assign|cop(?:y|ies)|disclos|communicat|forward|pass)\w*\b"
);
pattern!(TOWARDS, r"(?i)\b(?:to|with|upon)\s+");
pattern!(WORKS_WITH, r"(?i)\b(?:co-?operat|work|consult|shar)\w*\b");
pattern!(OWNED, r"\b(?:[Tt]he|[Ss]uch|[Ee]ach|of)\s+|\b[A-Z]");
pattern!(
    PARTY,
    r"^(?:(?i:the|each|either|any|such|that|its|all|both)\s+)?(?i:(?:other|disclosing|receiving|indemnified|affected|relevant|competent|applicable|concerned)\s+){0,2}(?i:part(?:y|ies)|controllers?|processors?|customers?|clients?|compan(?:y|ies)|suppliers?|providers?|vendors?|recipients?|disclosers?|licensors?|licensees?|contractors?|consultants?|data\s+subjects?|individuals?|supervisory\s+authorit(?:y|ies)|regulatory\s+authorit(?:y|ies)|authorit(?:y|ies)|regulators?|data\s+exporters?|data\s+importers?|business\s+associates?|covered\s+entit(?:y|ies)|buyers?|sellers?|purchasers?|distributors?|licensee|secretary)\b"
);
pattern!(
    COMPOUND,
    r"^(?:[-/]\w|\s+(?:[A-Z]\w|data\b|information\b|content\b|systems?\b|records?\b|personnel\b|property\b|materials?\b|confidential\b|personal\b|claims?\b|beneficiar|entit|who\b))"
);

pattern!(OWN_DATA, r"^\s+(?:(?:Personal|Confidential)\s+)?(?:Data|Content|Information|Materials)\b");

impl Parties {
    /// The length of the party or pronoun that these words begin with, when it is their subject.
    pub(crate) fn subject_that_opens(&self, words: &str) -> Option<usize> {
        if words.len() > 3 && words.as_bytes()[..3].eq_ignore_ascii_case(b"it ") {
            return Some(2);
        }
        self.party_at(words).filter(|(_, owns)| !owns).map(|(length, _)| length)
    }

    /// The length of the party that these words begin with, and whether it owns what follows.
    fn party_at(&self, words: &str) -> Option<(usize, bool)> {
        let article = if words.len() > 4 && words.as_bytes()[..4].eq_ignore_ascii_case(b"the ") { 4 } else { 0 };
        let named = self.names().iter().find(|n| words[article..].starts_with(n.as_str())).map(|n| article + n.len());
        let length = named
            .filter(|at| !words[*at..].starts_with(char::is_alphanumeric))
            .or_else(|| PARTY.find(words).map(|m| m.end()))?;
        let after = &words[length..];
        // "Customer Personal Data" is the Customer's as much as "Customer's data".
        let owns = after.starts_with(['\'', '’']) || OWN_DATA.is_match(after);
        (owns || !COMPOUND.is_match(after)).then_some((length, owns))
    }
}

/// To whom the duty is owed: a party or a person whom the words name as the one who receives. Where nobody is
/// named so, the owner of what the duty protects.
pub(crate) fn creditor(parties: &Parties, words: &str, debtor: Option<&str>) -> Option<String> {
    let other = |at: usize| -> Option<(String, bool)> {
        let (length, owns) = parties.party_at(&words[at..])?;
        let name = squeeze(&words[at..at + length]);
        (!debtor.is_some_and(|d| same_party(d, &name))).then_some((name, owns))
    };
    let named = |at: usize| other(at).filter(|(_, owns)| !owns).map(|(name, _)| name);
    if let Some(name) = DIRECT.find_iter(words).find_map(|m| named(m.end())) {
        return Some(name);
    }
    for m in TOWARDS.find_iter(words) {
        let mut from = m.start().saturating_sub(110);
        while !words.is_char_boundary(from) {
            from += 1;
        }
        let before = &words[from..m.start()];
        let near = before.rfind([';', '.']).map_or(before, |i| &before[i..]);
        let fits =
            if m.as_str().starts_with(['w', 'W']) { WORKS_WITH.is_match(near) } else { HANDED_OVER.is_match(near) };
        if let Some(name) = fits.then(|| named(m.end())).flatten() {
            return Some(name);
        }
    }
    OWNED.find_iter(words).find_map(|m| {
        let owner = if m.as_str().starts_with("of") {
            other(m.end()).filter(|(name, _)| name.contains(char::is_uppercase) || name.starts_with("the "))
        } else {
            other(m.start()).filter(|(_, owns)| *owns)
        };
        owner.map(|(name, _)| name)
    })
}

/// "the Customer", "Customer" and "Each Customer" are one party.
pub(crate) fn same_party(a: &str, b: &str) -> bool {
    let plain = |s: &str| {
        let lower = s.to_lowercase();
        let mut rest = lower.as_str();
        for word in ["the ", "each ", "either ", "any ", "a ", "such ", "both ", "all "] {
            rest = rest.strip_prefix(word).unwrap_or(rest);
        }
        rest.trim_end_matches("ies").trim_end_matches('y').trim_end_matches('s').to_owned()
    };
    // Of two who owe it together neither is owed it.
    a.split(" and ").any(|one| plain(one) == plain(b))
}

pattern!(
    INTRODUCED,
    r"(?i)\b(?:within|in|not?\s+later\s+than|not?\s+(?:less|more)\s+than|at\s+least|by|for|every|each|after|during|until)(?:\s+(?:a|an|the|any|no|not|more|less|later|than|least|at|maximum|minimum|period|of|within|approximately|following|next|additional|further))*\s*$"
);
pattern!(LATEST, r"(?i)^(?:within|not?|by)\b");
pattern!(
    AND_PROMPTLY,
    r"(?i)\b(?:without\s+(?:undue|unreasonable|any)\s+delay|promptly|immediately|as\s+soon\s+as\s+(?:reasonably\s+|commercially\s+)?(?:practicable|possible|feasible))[\w\s,]{0,20}?(?:[\s,]+(?:and|but|or))?[\s,]*(?:(?:in\s+(?:any|no)\s+(?:event|case)|at\s+the\s+latest|in\s+all\s+cases)[\s,]*)?$"
);
pattern!(
    COUNTED_FROM,
    r"(?i)^['’]?(?:\s+(?:prior|advance|written)){0,3}(?:\s+notice)?,?\s+(?:of|after|from|following|before|prior\s+to|preceding|upon|in\s+advance\s+of)\b[^,;.:()]*"
);
pattern!(
    UNMEASURED,
    r"(?i)\bwithin\s+(?:a|the|such)\s+(?:\w+\s+){0,3}?(?:time|period|timeframe)\b(?:\s+(?:that|which|as|set|specified|required|stated|permitted)\b[^,;.:()]*)?|\bnot?\s+later\s+than\s+[^,;.:()]{3,60}"
);
pattern!(
    SOON,
    r"(?i)\b(?:without\s+(?:undue|unreasonable|any|further)\s+delay|promptly|immediately|forthwith|timely|as\s+soon\s+as\s+(?:is\s+|it\s+is\s+)?(?:reasonably\s+|commercially\s+)?(?:practicable|possible|practical|feasible)|in\s+a\s+timely\s+manner)\b(?:\s+(?:after|upon|on|following)\s+[^,;.:()]*)?"
);
pattern!(
    RECURRING,
    r"(?i)\b(?:(?:at\s+least|not?\s+(?:more|less)(?:\s+(?:often|frequently))?\s+than)\s+)?(?:(?:once|twice)\s+(?:per|an?|each|every|in\s+(?:any|each|every))\s+(?:[\w-]+\s+){0,2}?(?:year|month|quarter|week|annum|period)|(?:once\s+)?annually|quarterly|monthly|weekly|daily|yearly|(?:each|every)\s+(?:calendar\s+|contract\s+|fiscal\s+)?(?:year|quarter|month|week|day))\b"
);
pattern!(
    AT_AN_EVENT,
    r"(?i)\b(?:(?:upon|on|at|after|following|before|prior\s+to|until)\s+(?:(?:the|any|such|its|this|either|earlier|prior|written|reasonable|effective|date|of|\w+['’]s?|\w+\s+party['’]s?)\s+){0,5}?(?:terminat\w+|expir\w+|requests?|demand|receipt|completion|end|discovery|becoming\s+aware|learning|conclusion|cessation|rejection|execution|instructions?|discontinuation|notification)\b(?:\s+(?:or|and)\s+(?:terminat\w+|expir\w+|request|cancellation|demand))?(?:\s+(?:of|by|from|hereof)\b[^,;.:()]*)?|during\s+the\s+(?:\w+\s+)?term\b(?:\s+of\s+[^,;.:()]*)?)"
);
pattern!(
    UNCOUNTED,
    r"(?i)\b(?:(?:with\s+|upon\s+|on\s+)?(?:reasonable|sufficient|adequate)\s+(?:(?:advance|prior|written)\s+){1,2}notice\b|(?:upon|on|with)\s+reasonable\s+notice\b|(?:before|prior\s+to)\s+[^,;.:()]{3,60}|throughout\s+the\s+(?:\w+\s+)?term\b|during\s+(?:normal|regular|ordinary|usual)?\s*(?:business|working|office)\s+hours\b|at\s+reasonable\s+times\b|in\s+perpetuity\b|indefinitely\b|on\s+a\s+regular\s+basis\b)"
);
pattern!(
    ENDS_PHRASE,
    r"(?i)\s+(?:and|but|unless|if|shall|will|must|may|by|in\s+order|to\s+the\s+extent|including|except|which|provided|where|so\s+that|for\s+the|in\s+accordance|in\s+writing|whichever)\b"
);

/// The time by which a duty falls due, from what stands before the subject and from the duty's own words.
pub(crate) fn deadline(front: &str, words: &str) -> Option<String> {
    let event = AT_AN_EVENT.find(front).map(|m| phrase(m.as_str()));
    let unmeasured = || {
        let m = UNMEASURED.find(words)?;
        let start = AND_PROMPTLY.find(&words[..m.start()]).map_or(m.start(), |p| p.start());
        Some((
            squeeze(&words[start..m.start()]) + if start < m.start() { " " } else { "" } + &phrase(m.as_str()),
            false,
        ))
    };
    let own = counted(words).or_else(unmeasured);
    if let Some((own, complete)) = own {
        return Some(match event.filter(|_| !complete) {
            Some(event) => format!("{event}, {own}"),
            None => own,
        });
    }
    let soon = SOON.find(words);
    let promptly = soon.map(|m| phrase(m.as_str()));
    if let Some(front) = counted(front).map(|(p, _)| p).or(event) {
        return Some(match promptly {
            Some(soon) => format!("{front}, {soon}"),
            None => front,
        });
    }
    if let (Some(m), Some(promptly)) = (soon, promptly) {
        // "shall promptly notify Customer upon learning of it": both say when.
        let event = AT_AN_EVENT.find(words).filter(|e| e.start() >= m.end() && !promptly.contains(' '));
        return Some(match event {
            Some(event) => format!("{promptly}, {}", phrase(event.as_str())),
            None => promptly,
        });
    }
    let first = |r: &Regex, part: &str| r.find(part).map(|m| phrase(m.as_str()));
    [&*RECURRING, &*AT_AN_EVENT]
        .iter()
        .find_map(|r| first(r, words))
        .or_else(|| [&*SOON, &*RECURRING].iter().find_map(|r| first(r, front)))
        .or_else(|| [words, front].iter().find_map(|part| first(&UNCOUNTED, part)))
}

/// The first stated period that reads as a deadline, and whether the words say from when it counts.
fn counted(words: &str) -> Option<(String, bool)> {
    let mut all = duration::all(words);
    let numbered = !all.is_empty();
    if !numbered {
        all.extend(duration::first(words));
    }
    for d in all {
        let mut from = d.start.saturating_sub(70);
        while !words.is_char_boundary(from) {
            from += 1;
        }
        let before = &words[from..d.start];
        let introduced = INTRODUCED.find(before).filter(|m| numbered || LATEST.is_match(m.as_str()));
        let tail = COUNTED_FROM.find(&words[d.end..]);
        if introduced.is_none() && (tail.is_none() || !numbered) {
            continue;
        }
        let mut start = introduced.map_or(d.start, |m| from + m.start());
        if let Some(m) = AND_PROMPTLY.find(&words[from..start]) {
            start = from + m.start();
        }
        let rest = tail.map_or(String::new(), |m| phrase(m.as_str()));
        let head = squeeze(&words[start..d.end]);
        let complete = !rest.is_empty();
        return Some((
            if rest.starts_with(['\'', '’', ',']) || !complete { head + &rest } else { format!("{head} {rest}") },
            complete,
        ));
    }
    None
}

/// A time phrase up to where it stops speaking of time.
fn phrase(words: &str) -> String {
    let words = words.trim();
    let end = ENDS_PHRASE.find(words).map_or(words.len(), |m| m.start());
    shorten(&squeeze(&words[..end]), PHRASE)
}

pattern!(
    CONDITIONAL,
    r"(?i)(?:^|[\s,(;])((?:if|in\s+the\s+event(?:\s+that|\s+of)?|where|provided,?\s+(?:however,?\s+)?that|unless|except(?:\s+as|\s+to\s+the\s+extent|\s+that|\s+where)?|to\s+the\s+extent|subject\s+to|(?:as|so)\s+long\s+as)\b[^;]{3,})"
);
pattern!(BOUND, r"(?i)\b(?:is|are|be|being|remain|become|made)\s+(?:also\s+)?$");

/// What has to be the case for the duty to be owed.
pub(crate) fn condition(front: &str, words: &str) -> Option<String> {
    [front, words].iter().find_map(|part| {
        let m =
            CONDITIONAL.captures_iter(part).filter_map(|c| c.get(1)).find(|m| !BOUND.is_match(&part[..m.start()]))?;
        // A bracket opened before the condition closes it.
        let text = m.as_str();
        let end = text.find(')').filter(|at| !text[..*at].contains('(')).unwrap_or(text.len());
        Some(shorten(&squeeze(&text[..end]), PHRASE))
    })
}
