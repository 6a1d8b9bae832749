//! What is known about an incident. Each fact is read by itself: one that can't be used spoils only the duties that need it.

mod read;

use std::collections::{BTreeMap, BTreeSet};

use jiff::tz::TimeZone;

use crate::{
    calendar::Closure,
    condition::{Answer, either},
    moment::Moment,
    place,
};

/// A fact, or why there is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Known<T> {
    Is(T),
    Unknown,
    Malformed(String),
}

impl<T> Known<T> {
    /// The same with the fact changed.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Known<U> {
        match self {
            Self::Is(is) => Known::Is(change(is)),
            Self::Unknown => Known::Unknown,
            Self::Malformed(reason) => Known::Malformed(reason),
        }
    }
}

/// The events that rules can run from, apart from submissions and notices.
pub const EVENTS: [&str; 16] = [
    "occurred",
    "detected",
    "discovered",
    "aware",
    "told_by_processor",
    "determined",
    "assessed",
    "classified_major",
    "material",
    "fix_available",
    "payment",
    "handled",
    "ordered",
    "harm_found",
    "law_enforcement_released",
    "contained",
];

/// Events of which the first can't be later than the second.
const ORDER: [(&str, &str); 15] = [
    ("occurred", "detected"),
    ("occurred", "discovered"),
    ("occurred", "aware"),
    ("occurred", "told_by_processor"),
    ("occurred", "payment"),
    ("occurred", "handled"),
    ("detected", "aware"),
    ("detected", "classified_major"),
    ("aware", "classified_major"),
    ("aware", "determined"),
    ("aware", "material"),
    ("aware", "assessed"),
    ("detected", "determined"),
    ("detected", "material"),
    ("detected", "handled"),
];

type Read<T> = Result<T, String>;

/// The facts of one incident, or of one exercise.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    events: BTreeMap<String, Read<Moment>>,
    submitted: BTreeMap<String, Read<Moment>>,
    /// By place; `*` for everywhere.
    notified: BTreeMap<String, Read<Moment>>,
    actors: Option<Read<BTreeSet<String>>>,
    establishments: Option<Read<Vec<String>>>,
    categories: Option<Read<BTreeSet<String>>>,
    encrypted: Option<Read<bool>>,
    key_taken: Option<Read<bool>>,
    individuals: Option<Read<BTreeMap<String, Read<u64>>>>,
    flags: BTreeMap<String, Read<bool>>,
    zone: Option<TimeZone>,
    pub closures: Vec<Closure>,
    /// What was given and not understood.
    pub notes: Vec<String>,
}

impl Facts {
    /// Why facts that were given can't be used.
    #[must_use]
    pub fn problems(&self) -> Vec<String> {
        fn wrong<T>(read: Option<&Read<T>>) -> Option<String> {
            read.and_then(|read| read.as_ref().err().cloned())
        }
        let times = self.events.values().chain(self.submitted.values()).chain(self.notified.values());
        let mut out: Vec<String> = times.filter_map(|read| wrong(Some(read))).collect();
        out.extend(wrong(self.actors.as_ref()));
        out.extend(wrong(self.establishments.as_ref()));
        out.extend(wrong(self.categories.as_ref()));
        out.extend(wrong(self.encrypted.as_ref()));
        out.extend(wrong(self.key_taken.as_ref()));
        out.extend(wrong(self.individuals.as_ref()));
        if let Some(Ok(people)) = &self.individuals {
            out.extend(people.values().filter_map(|read| wrong(Some(read))));
        }
        out.extend(self.flags.values().filter_map(|read| wrong(Some(read))));
        out
    }

    /// The zone in which times without one were told.
    #[must_use]
    pub fn zone(&self) -> Option<&TimeZone> {
        self.zone.as_ref()
    }

    /// An event's time.
    #[must_use]
    pub fn event(&self, name: &str) -> Known<Moment> {
        known(self.events.get(name))
    }

    /// When a duty was done: by its full name, or by its name without the part of the world (`gdpr/authority`).
    #[must_use]
    pub fn submitted(&self, duty: &str) -> Known<Moment> {
        let short = duty.split_once('-').map(|(_, short)| short);
        known(self.submitted.get(duty).or_else(|| short.and_then(|short| self.submitted.get(short))))
    }

    /// Names under `events.submitted`.
    pub fn submissions(&self) -> impl Iterator<Item = &str> {
        self.submitted.keys().map(String::as_str)
    }

    /// When people in a place were told.
    #[must_use]
    pub fn notified(&self, code: &str) -> Known<Moment> {
        known(self.notified.get(code).or_else(|| self.notified.get("*")))
    }

    /// The state of a group (or the place itself) whose authority is told: where the actor is established, the first
    /// establishment first; where it has none there, the place with most people affected.
    #[must_use]
    pub fn state_in(&self, outer: &str) -> Option<String> {
        let inside = |code: &str| place::within(code, outer) && place::zone_of(code).is_some();
        if let Some(Ok(codes)) = &self.establishments
            && let Some(code) = codes.iter().find(|code| inside(code))
        {
            return Some(code.clone());
        }
        let Some(Ok(people)) = &self.individuals else { return None };
        let known = people.iter().filter_map(|(code, n)| Some((*n.as_ref().ok()?, code)));
        known.filter(|(_, code)| inside(code)).max_by_key(|(n, _)| *n).map(|(_, code)| code.clone())
    }

    pub(crate) fn actor_is(&self, wanted: &[String]) -> Answer {
        match &self.actors {
            None => Answer::Unknown(vec!["actor.roles".to_owned()]),
            Some(Err(reason)) => Answer::Malformed(reason.clone()),
            Some(Ok(have)) => {
                if let Some(is) = wanted.iter().find(|word| have.contains(*word)) {
                    return Answer::Yes(format!("the actor is {}", either(std::slice::from_ref(is))));
                }
                let public = ["public_body", "state_agency", "municipality"];
                if wanted.iter().any(|word| word == "business")
                    && !have.iter().any(|word| public.contains(&word.as_str()))
                {
                    return Answer::Yes("the actor is a private organisation".to_owned());
                }
                Answer::No(format!("the actor is not {}", either(wanted)))
            }
        }
    }

    pub(crate) fn established(&self, wanted: &[String]) -> Answer {
        match &self.establishments {
            None => Answer::Unknown(vec!["actor.establishments".to_owned()]),
            Some(Err(reason)) => Answer::Malformed(reason.clone()),
            Some(Ok(have)) => {
                let wanted: Vec<String> = wanted.iter().map(|code| place::normal(code)).collect();
                let inside = have.iter().find(|code| wanted.iter().any(|outer| place::within(code, outer)));
                match inside {
                    Some(code) => Answer::Yes(format!("it is established in {code}")),
                    None => Answer::No(format!("it has no establishment in {}", wanted.join(" or "))),
                }
            }
        }
    }

    pub(crate) fn data_is(&self, wanted: &[String]) -> Answer {
        match &self.categories {
            None => Answer::Unknown(vec!["data.categories".to_owned()]),
            Some(Err(reason)) => Answer::Malformed(reason.clone()),
            Some(Ok(have)) => match wanted.iter().find(|word| have.contains(*word)) {
                Some(word) => Answer::Yes(format!("{} data is affected", word.replace('_', " "))),
                None => Answer::No(format!("no {} data is affected", wanted.join(" or ").replace('_', " "))),
            },
        }
    }

    pub(crate) fn personal(&self) -> Answer {
        let anybody = match &self.individuals {
            Some(Ok(people)) => people.values().any(|n| n.as_ref().is_ok_and(|n| *n > 0)),
            _ => false,
        };
        match &self.categories {
            Some(Err(reason)) => Answer::Malformed(reason.clone()),
            Some(Ok(have)) if have.iter().any(|word| word != "none") => {
                Answer::Yes("personal data is affected".to_owned())
            }
            _ if anybody => Answer::Yes("people are affected".to_owned()),
            Some(Ok(_)) => Answer::No("no personal data is affected".to_owned()),
            None => Answer::Unknown(vec!["data.categories".to_owned()]),
        }
    }

    pub(crate) fn secured(&self) -> Answer {
        match (&self.encrypted, &self.key_taken) {
            (Some(Err(reason)), _) | (_, Some(Err(reason))) => Answer::Malformed(reason.clone()),
            (None, _) => Answer::Unknown(vec!["data.encrypted".to_owned()]),
            (Some(Ok(false)), _) => Answer::No("the data was not encrypted".to_owned()),
            (Some(Ok(true)), Some(Ok(true))) => Answer::No("the key was taken with the data".to_owned()),
            (Some(Ok(true)), Some(Ok(false))) => {
                Answer::Yes("the data was encrypted and the key was not taken".to_owned())
            }
            (Some(Ok(true)), None) => Answer::Unknown(vec!["data.key_taken".to_owned()]),
        }
    }

    pub(crate) fn flag(&self, name: &str) -> Answer {
        let told = name.replace('_', " ");
        match self.flags.get(name) {
            None => Answer::Unknown(vec![format!("flags.{name}")]),
            Some(Err(reason)) => Answer::Malformed(reason.clone()),
            Some(Ok(true)) => Answer::Yes(format!("it is so: {told}")),
            Some(Ok(false)) => Answer::No(format!("it is not so: {told}")),
        }
    }

    /// People affected in a place, and the place's code.
    pub(crate) fn affected(&self, code: &str) -> Known<u64> {
        let people = match &self.individuals {
            None => return Known::Unknown,
            Some(Err(reason)) => return Known::Malformed(reason.clone()),
            Some(Ok(people)) => people,
        };
        let outer = place::normal(code);
        let total = outer == "TOTAL";
        if total && let Some(n) = people.get("TOTAL") {
            return known(Some(n));
        }
        // A part of a country has no parts.
        if outer.contains('-')
            && let Some(n) = people.get(&outer)
        {
            return known(Some(n));
        }
        let mut sum = 0u64;
        let mut found = false;
        for (_, n) in people.iter().filter(|(inner, _)| *inner != "TOTAL" && (total || place::within(inner, &outer))) {
            match n {
                Ok(n) => {
                    sum = sum.saturating_add(*n);
                    found = true;
                }
                Err(reason) => return Known::Malformed(reason.clone()),
            }
        }
        let country = outer.split('-').next().unwrap_or(&outer);
        let only_the_whole = people.contains_key("TOTAL") || outer.contains('-') && people.contains_key(country);
        if !found && !total && only_the_whole {
            return Known::Unknown;
        }
        Known::Is(sum)
    }

    /// The US state with most people affected.
    pub(crate) fn most_in_a_state(&self) -> Known<(u64, String)> {
        let people = match &self.individuals {
            None => return Known::Unknown,
            Some(Err(reason)) => return Known::Malformed(reason.clone()),
            Some(Ok(people)) => people,
        };
        let mut most = None;
        for (code, n) in people.iter().filter(|(code, _)| code.starts_with("US-")) {
            match n {
                Err(reason) => return Known::Malformed(reason.clone()),
                Ok(n) if most.as_ref().is_none_or(|(top, _)| n > top) => most = Some((*n, code.clone())),
                Ok(_) => {}
            }
        }
        match most {
            Some(most) => Known::Is(most),
            None if people.contains_key("US") || people.contains_key("TOTAL") => Known::Unknown,
            None => Known::Is((0, "any state".to_owned())),
        }
    }

    /// Why the times of these events can't all be right.
    #[must_use]
    pub fn contradiction(&self, events: &[&str]) -> Option<String> {
        ORDER.iter().filter(|(first, second)| events.contains(first) || events.contains(second)).find_map(
            |(first, second)| {
                let (Known::Is(a), Known::Is(b)) = (self.event(first), self.event(second)) else { return None };
                a.surely_after(&b).then(|| {
                    format!(
                        "`events.{first}` ({a}) is later than `events.{second}` ({b}), and one of them must be wrong"
                    )
                })
            },
        )
    }
}

fn known<T: Clone>(read: Option<&Read<T>>) -> Known<T> {
    match read {
        None => Known::Unknown,
        Some(Ok(is)) => Known::Is(is.clone()),
        Some(Err(reason)) => Known::Malformed(reason.clone()),
    }
}
