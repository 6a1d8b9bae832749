//! When a rule holds: small conditions on facts, answered with yes, no, or which fact is missing.

use serde::Deserialize;

use crate::{
    facts::{Facts, Known},
    place, words,
};

/// A text or a list of texts.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum Words {
    One(String),
    Many(Vec<String>),
}

impl Words {
    /// As a slice.
    #[must_use]
    pub fn all(&self) -> &[String] {
        match self {
            Self::One(one) => std::slice::from_ref(one),
            Self::Many(many) => many,
        }
    }
}

/// A condition, as the file writes it. One of the keys of `rules/README.md` is set.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Condition {
    pub actor: Option<Words>,
    pub established: Option<Words>,
    pub affected: Option<String>,
    pub at_least: Option<u64>,
    pub more_than: Option<u64>,
    pub fewer_than: Option<u64>,
    pub at_most: Option<u64>,
    pub data: Option<Words>,
    pub personal: bool,
    pub secured: bool,
    pub flag: Option<String>,
    pub event: Option<String>,
    pub any: Option<Vec<Condition>>,
    pub all: Option<Vec<Condition>>,
    pub none: Option<Vec<Condition>>,
    /// An unknown answer counts as yes until somebody gives it.
    pub presumed: bool,
    /// The condition in words.
    pub says: Option<String>,
}

/// An answer with its reason, a clause without a full stop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    Yes(String),
    No(String),
    /// What would have to be known.
    Unknown(Vec<String>),
    /// Yes until somebody says otherwise.
    Presumed {
        missing: Vec<String>,
        says: String,
    },
    /// The fact is there and can't be used.
    Malformed(String),
}

impl Condition {
    /// Refuses a condition that asks for nothing, for two things, or for words that nobody knows.
    ///
    /// # Errors
    /// What is wrong, in words.
    pub fn check(&self) -> Result<(), String> {
        let keys = [
            self.actor.is_some(),
            self.established.is_some(),
            self.affected.is_some(),
            self.data.is_some(),
            self.personal,
            self.secured,
            self.flag.is_some(),
            self.event.is_some(),
            self.any.is_some(),
            self.all.is_some(),
            self.none.is_some(),
        ];
        match keys.into_iter().filter(|set| *set).count() {
            1 => {}
            0 => return Err("a condition asks for nothing".to_owned()),
            _ => return Err("a condition asks for one thing; put two into `all`".to_owned()),
        }
        let bounds = [self.at_least, self.more_than, self.fewer_than, self.at_most];
        let bounded = bounds.into_iter().flatten().count();
        if self.affected.is_some() != (bounded == 1) {
            return Err("`affected` needs exactly one of `at_least`, `more_than`, `fewer_than`, `at_most`".to_owned());
        }
        if let Some(unknown) = self.actor.iter().flat_map(|words| words.all()).find(|word| !words::is_actor(word)) {
            return Err(format!("`{unknown}` is no word for an actor"));
        }
        if let Some(unknown) = self.data.iter().flat_map(|words| words.all()).find(|word| !words::is_data(word)) {
            return Err(format!("`{unknown}` is no word for data"));
        }
        let places = self.established.iter().flat_map(|words| words.all()).chain(&self.affected);
        if let Some(unknown) = places.into_iter().find(|code| *code != "any-state" && !place::is_code(code)) {
            return Err(format!("`{unknown}` is no place"));
        }
        [&self.any, &self.all, &self.none].into_iter().flatten().flatten().try_for_each(Self::check)
    }

    /// Asks the facts.
    #[must_use]
    pub fn ask(&self, facts: &Facts) -> Answer {
        let answer = self.asked(facts);
        let answer = match (answer, &self.says) {
            (Answer::Yes(_), Some(says)) => Answer::Yes(says.clone()),
            (answer, _) => answer,
        };
        match answer {
            Answer::Unknown(missing) if self.presumed => {
                let says = self.says.clone().unwrap_or_else(|| self.in_words());
                Answer::Presumed { missing, says }
            }
            answer => answer,
        }
    }

    fn in_words(&self) -> String {
        match (&self.flag, &self.actor) {
            (Some(flag), _) => flag.replace('_', " "),
            (None, Some(actor)) => format!("the actor is {}", either(actor.all())),
            _ => "the condition holds".to_owned(),
        }
    }

    fn asked(&self, facts: &Facts) -> Answer {
        if let Some(actor) = &self.actor {
            return facts.actor_is(actor.all());
        }
        if let Some(places) = &self.established {
            return facts.established(places.all());
        }
        if let Some(place) = &self.affected {
            return self.count(place, facts);
        }
        if let Some(data) = &self.data {
            return facts.data_is(data.all());
        }
        if self.personal {
            return facts.personal();
        }
        if self.secured {
            return facts.secured();
        }
        if let Some(flag) = &self.flag {
            return facts.flag(flag);
        }
        if let Some(event) = &self.event {
            return match facts.event(event) {
                Known::Is(_) => Answer::Yes(format!("there is a time for `{event}`")),
                Known::Unknown => Answer::No(format!("`events.{event}` has not happened as far as the facts say")),
                Known::Malformed(reason) => Answer::Malformed(reason),
            };
        }
        if let Some(all) = &self.all {
            return together(all, facts);
        }
        if let Some(any) = &self.any {
            return one_of(any, facts);
        }
        match one_of(self.none.as_deref().unwrap_or_default(), facts) {
            Answer::Yes(why) => Answer::No(why),
            Answer::No(why) => Answer::Yes(why),
            other => other,
        }
    }

    fn count(&self, place: &str, facts: &Facts) -> Answer {
        let bound = match (self.at_least, self.more_than, self.fewer_than, self.at_most) {
            (Some(n), ..) => Bound { words: "at least", n, holds: |a, b| a >= b },
            (_, Some(n), ..) => Bound { words: "more than", n, holds: |a, b| a > b },
            (_, _, Some(n), _) => Bound { words: "fewer than", n, holds: |a, b| a < b },
            (.., n) => Bound { words: "at most", n: n.unwrap_or(0), holds: |a, b| a <= b },
        };
        let counted = if place == "any-state" {
            facts.most_in_a_state()
        } else {
            facts.affected(place).map(|n| (n, normal(place)))
        };
        match counted {
            Known::Unknown => {
                let name = if place == "any-state" { "US-…".to_owned() } else { normal(place) };
                Answer::Unknown(vec![format!("affected.individuals.{name}")])
            }
            Known::Malformed(reason) => Answer::Malformed(reason),
            Known::Is((n, place)) => {
                let whom = if place == "TOTAL" { "in all".to_owned() } else { format!("in {place}") };
                let (is, limit, people) = (grouped(n), grouped(bound.n), if n == 1 { "person" } else { "people" });
                if bound.n == 1 && bound.words == "at least" {
                    return match n {
                        0 => Answer::No(format!("nobody {whom} is affected")),
                        _ => Answer::Yes(format!("{is} {people} {whom} affected")),
                    };
                }
                if (bound.holds)(n, bound.n) {
                    Answer::Yes(format!("{is} {people} {whom} affected, {} {limit}", bound.words))
                } else {
                    Answer::No(format!("{is} {people} {whom} affected, not {} {limit}", bound.words))
                }
            }
        }
    }
}

struct Bound {
    words: &'static str,
    n: u64,
    holds: fn(u64, u64) -> bool,
}

fn normal(place: &str) -> String {
    place::normal(place)
}

/// 12345 as "12,345".
fn grouped(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// "a controller or a processor"
pub(crate) fn either(actors: &[String]) -> String {
    let named: Vec<String> = actors
        .iter()
        .map(|actor| {
            let name = actor.replace('_', " ");
            let article = if name.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" };
            format!("{article} {name}")
        })
        .collect();
    match named.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        Some((last, _)) => last.clone(),
        None => "anybody".to_owned(),
    }
}

/// All must hold: the first No decides, before what is unknown.
pub(crate) fn together(conditions: &[Condition], facts: &Facts) -> Answer {
    let (mut yes, mut missing, mut presumed, mut presumed_says) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut malformed = None;
    for condition in conditions {
        match condition.ask(facts) {
            Answer::No(why) => return Answer::No(why),
            Answer::Yes(why) => yes.push(why),
            Answer::Unknown(names) => missing.extend(names),
            Answer::Presumed { missing, says } => {
                presumed.extend(missing);
                presumed_says.push(says);
            }
            Answer::Malformed(reason) => malformed = malformed.or(Some(reason)),
        }
    }
    if let Some(reason) = malformed {
        return Answer::Malformed(reason);
    }
    if !missing.is_empty() {
        return Answer::Unknown(missing);
    }
    if !presumed.is_empty() {
        yes.push(format!("until somebody says otherwise, {}", presumed_says.join(" and ")));
        return Answer::Presumed { missing: presumed, says: yes.join("; ") };
    }
    Answer::Yes(yes.join("; "))
}

fn one_of(conditions: &[Condition], facts: &Facts) -> Answer {
    let (mut no, mut missing) = (Vec::new(), Vec::new());
    let (mut presumed, mut malformed) = (None, None);
    for condition in conditions {
        match condition.ask(facts) {
            Answer::Yes(why) => return Answer::Yes(why),
            Answer::No(why) => no.push(why),
            Answer::Unknown(names) => missing.extend(names),
            Answer::Presumed { missing, says } => presumed = presumed.or(Some((missing, says))),
            Answer::Malformed(reason) => malformed = malformed.or(Some(reason)),
        }
    }
    if let Some((missing, says)) = presumed {
        return Answer::Presumed { missing, says };
    }
    match malformed {
        Some(reason) => Answer::Malformed(reason),
        None if missing.is_empty() => Answer::No(no.join(", and ")),
        None => Answer::Unknown(missing),
    }
}
