//! Which fact a limit runs from.

use jiff::tz::TimeZone;

use crate::{
    facts::{Facts, Known},
    moment::Moment,
    rule::Base,
};

/// A base event that is known.
pub(crate) struct Start {
    pub base: Base,
    /// The fact that it was taken from.
    pub path: String,
    pub moment: Moment,
    /// Other facts that could be meant, each with its time.
    pub others: Vec<(String, Moment)>,
    pub note: Option<String>,
}

/// Why a duty has no end.
pub(crate) enum Stop {
    Missing(Vec<String>, Option<String>),
    Malformed(String),
}

/// The event that a limit runs from, as the facts give it.
pub(crate) fn start(facts: &Facts, base: &Base) -> Result<Start, Stop> {
    let event = |name: &str| (format!("events.{name}"), facts.event(name));
    let missing = |name: &str| Stop::Missing(vec![format!("events.{name}")], None);
    let one = |(path, known): (String, Known<Moment>)| match known {
        Known::Is(moment) => Ok(Start { base: base.clone(), path, moment, others: Vec::new(), note: None }),
        Known::Unknown => Err(Stop::Missing(vec![path], None)),
        Known::Malformed(why) => Err(Stop::Malformed(why)),
    };
    match base {
        Base::None => Err(missing("")),
        Base::Event(name) => one(event(name)),
        Base::Submitted(name) => one((format!("events.submitted.{name}"), facts.submitted(name))),
        Base::Notified(code) => one((format!("events.notified_individuals.{code}"), facts.notified(code))),
        Base::Aware => earliest(facts, base, &["aware", "told_by_processor"], "aware"),
        Base::Discovered | Base::YearEnd => {
            earliest(facts, base, &["discovered", "detected", "aware", "told_by_processor"], "discovered")
        }
        Base::Determined => match one(event("determined")) {
            Err(Stop::Missing(..)) => {
                let mut start = earliest(facts, base, &["aware", "told_by_processor"], "determined")?;
                start.note = Some("no separate determination is recorded, so awareness counts".to_owned());
                Ok(start)
            }
            other => other,
        },
        Base::Assessed => match one(event("assessed")) {
            Err(Stop::Missing(..)) => match one(event("determined")) {
                Err(Stop::Missing(..)) => Err(missing("assessed")),
                other => other,
            },
            other => other,
        },
    }
}

fn earliest(facts: &Facts, base: &Base, names: &[&str], told: &str) -> Result<Start, Stop> {
    let mut found = Vec::new();
    for name in names {
        match facts.event(name) {
            Known::Is(moment) => found.push((format!("events.{name}"), moment)),
            Known::Unknown => {}
            Known::Malformed(why) => return Err(Stop::Malformed(why)),
        }
    }
    found.sort_by_key(|(_, moment)| moment.earliest(&TimeZone::UTC));
    let mut found = found.into_iter();
    let Some((path, moment)) = found.next() else {
        return Err(Stop::Missing(vec![format!("events.{told}")], None));
    };
    let others = found.filter(|(_, other)| *other != moment).collect();
    Ok(Start { base: base.clone(), path, moment, others, note: None })
}
