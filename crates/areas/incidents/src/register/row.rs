//! One breach, as the register tells it. Pure.

use kernel::Instant;
use serde::Serialize;

use crate::{
    Incident, IncidentId,
    notices::{known::Known, recipient, to_people},
    rules::{self, BREACH, State},
};

/// Why it stands in the register.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Judgement {
    /// Legal judged it to be a breach of personal data, for this reason.
    Judged(String),
    /// Kinds of data or people were entered, and nobody has judged it.
    ByItsFacts,
}

/// People affected in a place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct CountIn {
    pub place: String,
    pub people: u64,
}

/// Somebody who was told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Told {
    /// The authority, or where the people are.
    pub whom: String,
    /// The rule by which, such as `eu-gdpr/authority`; nothing where people in a place were told.
    pub rule: Option<String>,
    pub when: String,
    /// The recipient's number for it.
    pub reference: Option<String>,
}

/// A question of risk with its answer, and who says so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Answer {
    pub answer: bool,
    pub source: String,
}

/// A breach in the register. What nobody has entered is `null` or an empty list.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct BreachRow {
    #[schema(value_type = String, format = Uuid)]
    pub incident: IncidentId,
    pub number: i64,
    pub title: String,
    pub state: State,
    pub because: Judgement,
    #[schema(value_type = String, format = DateTime)]
    pub reported_at: Instant,
    pub happened: Option<String>,
    pub noticed: Option<String>,
    /// When we became aware.
    pub known: Option<String>,
    /// The facts of the breach: what happened, and why.
    pub nature: Option<String>,
    pub cause: Option<String>,
    pub kinds_of_data: Vec<String>,
    pub kinds_of_people: Option<String>,
    pub people: Vec<CountIn>,
    pub people_in_all: Option<u64>,
    pub records: Option<String>,
    /// Its effects.
    pub effects: Option<String>,
    pub severity: Option<String>,
    pub risk: Option<String>,
    pub risk_unlikely: Option<Answer>,
    pub high_risk: Option<Answer>,
    /// The remedial action taken.
    pub remedial_action: Option<String>,
    pub prevention: Option<String>,
    pub authorities_told: Vec<Told>,
    pub people_told: Vec<Told>,
    /// Why somebody was not told.
    pub not_told_because: Option<String>,
    /// The reader may open the incident.
    #[serde(skip)]
    pub may_read: bool,
}

pub(super) fn row(incident: &Incident, known: &Known, references: &[(String, String)], may_read: bool) -> BreachRow {
    let told = |key: &str| known.told(key).map(str::to_owned);
    let answer = |flag: &str| {
        let path = format!("flags.{flag}");
        Some(Answer { answer: known.flag(&path)?, source: known.source(&path)?.to_owned() })
    };
    let noticed = ["events.detected", "events.discovered"].into_iter().find_map(|path| known.when(path));
    let (mut authorities_told, mut people_told) = (Vec::new(), Vec::new());
    for (name, _) in known.below("events.submitted.") {
        let Some(when) = known.when(&format!("events.submitted.{name}")) else { continue };
        let reference = references.iter().find(|(rule, reference)| rule == name && !reference.is_empty());
        let is_of_people = clocks::shipped().rules.iter().any(|rule| rule.name == name && to_people(rule));
        let entry = |whom: String| Told {
            whom,
            rule: Some(name.to_owned()),
            when: when.clone(),
            reference: reference.map(|(_, reference)| reference.clone()),
        };
        if is_of_people {
            people_told.push(entry("the people affected".to_owned()));
        } else {
            authorities_told.push(entry(recipient(name).unwrap_or(name).to_owned()));
        }
    }
    for (place, _) in known.below("events.notified_individuals.") {
        let Some(when) = known.when(&format!("events.notified_individuals.{place}")) else { continue };
        people_told.push(Told { whom: format!("people in {place}"), rule: None, when, reference: None });
    }
    BreachRow {
        incident: incident.id,
        number: incident.number,
        title: incident.title.clone(),
        state: incident.state,
        because: match known.flag(BREACH) {
            Some(true) => Judgement::Judged(known.source(BREACH).unwrap_or_default().to_owned()),
            _ => Judgement::ByItsFacts,
        },
        reported_at: incident.reported_at,
        happened: known.when("events.occurred"),
        noticed,
        known: known.when("events.aware"),
        nature: told("nature"),
        cause: told("cause"),
        kinds_of_data: known.kinds_of_data(),
        kinds_of_people: told("data_subjects"),
        people: known.people().into_iter().map(|(place, people)| CountIn { place: place.to_owned(), people }).collect(),
        people_in_all: known.people_in_all(),
        records: told("records"),
        effects: told("consequences"),
        severity: known.severity().map(rules::Severity::shown),
        risk: told("risk"),
        risk_unlikely: answer("risk_unlikely"),
        high_risk: answer("high_risk"),
        remedial_action: told("measures"),
        prevention: told("prevention"),
        authorities_told,
        people_told,
        not_told_because: told("not_told"),
        may_read,
    }
}

impl Told {
    /// "the competent authority, 24 November 2026, 10:00 UTC (reference 4711)"
    pub fn said(&self) -> String {
        match &self.reference {
            Some(reference) => format!("{}, {} (reference {reference})", self.whom, self.when),
            None => format!("{}, {}", self.whom, self.when),
        }
    }
}

impl BreachRow {
    /// Why nobody, or not everybody, was told: what was written, and what was judged of the risk.
    pub fn reasons_for_not_telling(&self) -> Option<String> {
        let judged = |answer: &Option<Answer>, expected: bool, words: &str| {
            let answer = answer.as_ref().filter(|answer| answer.answer == expected)?;
            Some(format!("{words} ({})", answer.source))
        };
        let reasons: Vec<String> = [
            self.not_told_because.clone(),
            judged(&self.risk_unlikely, true, "Judged unlikely to result in a risk"),
            judged(&self.high_risk, false, "Judged not likely to result in a high risk"),
        ]
        .into_iter()
        .flatten()
        .collect();
        (!reasons.is_empty()).then(|| reasons.join("\n"))
    }

    /// Where how many are affected.
    pub fn numbers(&self) -> Option<String> {
        let places: Vec<String> = self.people.iter().map(|count| format!("{} {}", count.place, count.people)).collect();
        (!places.is_empty()).then(|| places.join(", "))
    }
}
