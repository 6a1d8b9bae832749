//! From what a law asks for to a text from the facts. Pure. Where nothing is known the text stays empty: a notice says
//! what people entered and nothing that was made up.

use clocks::Rule;
use serde_json::Value;

use super::{
    asked::{ASKED, USUAL},
    known::Known,
};
use crate::rules::label;

/// What facts can tell of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Topic {
    Advice,
    Authorities,
    Aware,
    /// The title that a law prescribes word for word.
    BreachTitle,
    Cause,
    Classified,
    Consequences,
    Contact,
    Determined,
    Discovered,
    Kinds,
    /// Told once for the whole notice, as its reasons for being late.
    Late,
    Malice,
    Measures,
    Nature,
    Noticed,
    Occurred,
    Organisation,
    Over,
    People,
    PeopleTold,
    Places,
    Police,
    Prevention,
    Records,
    Reference,
    Risk,
    Severity,
    Systems,
}

/// What a notice by this rule has to say: the rule's own items, or what is usual. Reasons for being late are no section.
pub(crate) fn items(rule: &Rule) -> Vec<String> {
    if rule.content.is_empty() {
        return USUAL.iter().map(|(item, _)| (*item).to_owned()).collect();
    }
    rule.content.iter().filter(|item| !topics(item).contains(&Topic::Late)).cloned().collect()
}

fn topics(item: &str) -> &'static [Topic] {
    ASKED.iter().chain(USUAL).find(|(known, _)| *known == item).map_or(&[], |(_, topics)| topics)
}

/// The paths of tellings that would answer an item and that nobody has entered.
pub(crate) fn open_tellings(item: &str, known: &Known) -> Vec<&'static str> {
    topics(item).iter().filter_map(|topic| telling(*topic)).filter(|key| known.told(key).is_none()).collect()
}

/// The paths of other facts that an item hangs on and that nobody has entered.
pub(crate) fn open_facts(item: &str, known: &Known) -> Vec<&'static str> {
    let asked = |topic: &Topic| {
        let path = match topic {
            Topic::Aware => "events.aware",
            Topic::Classified => "events.classified_major",
            Topic::Determined => "events.material",
            Topic::Kinds => "data.categories",
            Topic::Noticed if known.value("events.discovered").is_none() => "events.detected",
            Topic::Occurred => "events.occurred",
            Topic::Severity => crate::rules::SEVERITY,
            Topic::People | Topic::Places if known.people().is_empty() => return Some("affected.individuals"),
            _ => return None,
        };
        known.value(path).is_none().then_some(path)
    };
    topics(item).iter().filter_map(asked).collect()
}

fn telling(topic: Topic) -> Option<&'static str> {
    Some(match topic {
        Topic::Advice => "advice",
        Topic::Cause => "cause",
        Topic::Consequences => "consequences",
        Topic::Contact => "contact",
        Topic::Discovered => "discovered",
        Topic::Measures => "measures",
        Topic::Nature => "nature",
        Topic::Organisation => "organisation",
        Topic::People => "data_subjects",
        Topic::Prevention => "prevention",
        Topic::Records => "records",
        Topic::Risk => "risk",
        Topic::Systems => "systems",
        _ => return None,
    })
}

/// What the facts say to an item, or nothing. `reference` is how we call the incident.
pub(crate) fn text(item: &str, known: &Known, reference: &str) -> String {
    let parts: Vec<String> = topics(item)
        .iter()
        .filter_map(|topic| said(*topic, known, reference))
        .filter(|part| !part.is_empty())
        .collect();
    parts.join("\n\n")
}

fn said(topic: Topic, known: &Known, reference: &str) -> Option<String> {
    let told = |key: &str| known.told(key).map(str::to_owned);
    let dated = |what: &str, path: &str| known.when(path).map(|when| format!("{what}: {when}."));
    match topic {
        Topic::Late => None,
        Topic::BreachTitle => Some("Notice of Data Breach".to_owned()),
        Topic::Reference => Some(reference.to_owned()),
        Topic::Occurred => dated("It happened", "events.occurred"),
        Topic::Noticed => {
            dated("First noticed", "events.detected").or_else(|| dated("Discovered", "events.discovered"))
        }
        Topic::Aware => dated("We became aware", "events.aware"),
        Topic::Classified => dated("Classified as major", "events.classified_major"),
        Topic::Determined => dated("Determined to be material", "events.material"),
        Topic::Over => dated("Over since", "events.handled"),
        Topic::Kinds => {
            let kinds = known.kinds_of_data();
            (!kinds.is_empty()).then(|| format!("Kinds of data: {}.", kinds.join(", ")))
        }
        Topic::People => {
            Some([people(known), told("data_subjects")].into_iter().flatten().collect::<Vec<_>>().join("\n\n"))
        }
        Topic::Places => {
            let places: Vec<&str> =
                known.people().into_iter().map(|(place, _)| place).filter(|place| *place != "TOTAL").collect();
            (!places.is_empty()).then(|| format!("People are affected in: {}.", places.join(", ")))
        }
        Topic::PeopleTold => {
            let told: Vec<String> = known
                .below("events.notified_individuals.")
                .filter_map(|(place, _)| Some((place, known.when(&format!("events.notified_individuals.{place}"))?)))
                .map(|(place, when)| format!("People in {place} were told on {when}."))
                .collect();
            Some(told.join("\n"))
        }
        Topic::Authorities => {
            let told: Vec<String> = known
                .below("events.submitted.")
                .filter_map(|(rule, _)| Some((recipient(rule)?, known.when(&format!("events.submitted.{rule}"))?)))
                .map(|(to, when)| format!("Told on {when}: {to}."))
                .collect();
            Some(told.join("\n"))
        }
        Topic::Severity => {
            let shown =
                known.severity().map(|severity| format!("Severity by ENISA’s method of 2013: {}.", severity.shown()));
            Some([shown, told("risk")].into_iter().flatten().collect::<Vec<_>>().join("\n\n"))
        }
        Topic::Malice => known.severity().map(|severity| {
            let word = if severity.malicious { "are suspected" } else { "are not suspected so far" };
            format!("Malicious acts {word}.")
        }),
        Topic::Police => known.flag("flags.law_enforcement_delay").map(|asked| {
            let word = if asked { "has asked" } else { "has not asked" };
            format!("Law enforcement {word} to wait with notices.")
        }),
        _ => told(telling(topic)?),
    }
}

/// Whom a rule's notice goes to, where that is an authority.
pub(crate) fn recipient(rule: &str) -> Option<&'static str> {
    let rule = clocks::shipped().rules.iter().find(|known| known.name == rule)?;
    (!to_people(rule)).then_some(rule.to.as_str())
}

/// Whether the duty is to keep a record of one's own. Nobody is told by it.
pub(crate) fn is_own_record(rule: &str) -> bool {
    rule.ends_with("/register")
}

/// Whether a notice by this rule goes to the people affected, and not to an authority.
pub(crate) fn to_people(rule: &Rule) -> bool {
    rule.id.starts_with("individuals")
}

fn people(known: &Known) -> Option<String> {
    let people = known.people();
    let total = known.people_in_all()?;
    let places: Vec<String> =
        people.iter().filter(|(place, _)| *place != "TOTAL").map(|(place, count)| format!("{place} {count}")).collect();
    Some(match places.as_slice() {
        [] => format!("People affected: {total}."),
        [_] => format!("People affected: {}.", places.join(", ")),
        _ => format!("People affected: {total}, of these {}.", places.join(", ")),
    })
}

/// What the rule forbids to tell and the text seems to tell, each as a sentence. Only what can be found for certain is
/// looked for: the numbers of the facts, and the words in which the nature and the cause were entered.
pub(crate) fn forbidden(never_say: &[String], text: &str, known: &Known) -> Vec<String> {
    let mut found = Vec::new();
    for item in never_say {
        if item.starts_with("how many") {
            let counts = known.people().into_iter().map(|(_, count)| count).chain(known.people_in_all());
            let mut counts: Vec<u64> = counts.filter(|count| tells_number(text, *count)).collect();
            counts.sort_unstable();
            counts.dedup();
            found.extend(counts.iter().map(|count| format!("it must not say {item}, and it holds the number {count}")));
        } else if item.contains("nature") {
            for path in ["told.nature", "told.cause"] {
                let told = known.value(path).and_then(Value::as_str).unwrap_or_default();
                if sentences(told).any(|sentence| text.contains(sentence)) {
                    found.push(format!("it must not say {item}, and it holds words of “{}”", label(path)));
                }
            }
        }
    }
    found
}

/// Sentences that are long enough to be known again.
fn sentences(text: &str) -> impl Iterator<Item = &str> {
    text.split(['.', '!', '?', '\n']).map(str::trim).filter(|sentence| sentence.chars().count() >= 15)
}

/// Whether the number stands in the text by itself, with or without marks between its thousands.
fn tells_number(text: &str, number: u64) -> bool {
    let digits = number.to_string();
    let mut run = String::new();
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        let joins = matches!(letter, ',' | '.' | '\u{a0}' | '’' | '\'')
            && !run.is_empty()
            && letters.peek().is_some_and(char::is_ascii_digit);
        if letter.is_ascii_digit() {
            run.push(letter);
        } else if !joins {
            if run == digits {
                return true;
            }
            run.clear();
        }
    }
    run == digits
}

#[cfg(test)]
mod tests {
    use super::{super::known::tests::known, *};
    use serde_json::json;

    #[test]
    fn every_item_of_every_shipped_rule_is_known() {
        for rule in &clocks::shipped().rules {
            for item in &rule.content {
                assert!(ASKED.iter().any(|(known, _)| known == item), "{}: `{item}` is not in the table", rule.name);
            }
        }
        for (item, _) in ASKED {
            let asked = clocks::shipped().rules.iter().any(|rule| rule.content.iter().any(|known| known == item));
            assert!(asked, "no rule asks for `{item}` any more");
        }
    }

    #[test]
    fn nothing_is_said_that_nobody_entered() {
        let nothing = known(&[]);
        for (item, topics) in ASKED {
            let said = text(item, &nothing, "");
            assert!(said.is_empty() || *topics == [Topic::BreachTitle], "{item}: {said}");
        }
    }

    #[test]
    fn the_facts_answer_the_items() {
        let known = known(&[
            ("told.nature", json!("A laptop was lost. ")),
            ("told.data_subjects", json!("Customers of the shop.")),
            ("told.records", json!("about 4,000")),
            ("events.occurred", json!({ "local": "2026-11-22T18:00", "zone": "Europe/Paris" })),
            ("affected.individuals.DE", json!(20)),
            ("affected.individuals.US-CA", json!(501)),
            ("data.categories", json!(["contact", "payment_card"])),
            ("events.submitted.eu-gdpr/authority", json!("2026-11-24T10:00Z")),
            ("events.submitted.us-ca/individuals", json!("2026-11-24T10:00Z")),
        ]);
        for (item, said) in [
            ("the nature of the breach", "A laptop was lost."),
            (
                "the categories and approximate number of people affected",
                "People affected: 521, of these DE 20, US-CA 501.\n\nCustomers of the shop.",
            ),
            (
                "the categories and approximate number of records affected",
                "Kinds of data: contact details, payment card data.\n\nabout 4,000",
            ),
            ("when the incident occurred", "It happened: 22 November 2026, 18:00 Europe/Paris."),
            ("the Member States affected", "People are affected in: DE, US-CA."),
            (
                "reports to other authorities",
                "Told on 24 November 2026, 10:00 UTC: the competent supervisory authority; the lead authority where the processing crosses borders.",
            ),
            ("the entity's reference code for the incident", "Incident 7"),
            ("the likely consequences", ""),
            ("whatever else may help the authority", ""),
        ] {
            assert_eq!(text(item, &known, "Incident 7"), said, "{item}");
        }
        assert_eq!(open_tellings("the likely consequences", &known), ["consequences"]);
        assert!(open_tellings("the nature of the breach", &known).is_empty());
        assert_eq!(open_facts("What Happened", &known), ["events.detected"]);
        assert_eq!(
            open_facts("the number of people", &super::super::known::tests::known(&[])),
            ["affected.individuals"]
        );
    }

    #[test]
    fn reasons_for_being_late_are_no_section() {
        let rule = |name: &str| clocks::shipped().rules.iter().find(|rule| rule.name == name).expect("shipped");
        let gdpr = rule("eu-gdpr/authority");
        assert_eq!(items(gdpr).len(), gdpr.content.len() - 1);
        assert_eq!(items(rule("eu-gdpr/controller")).len(), USUAL.len(), "a rule without items has the usual ones");
    }

    #[test]
    fn what_a_law_forbids_to_tell_is_found() {
        let known = known(&[
            ("told.nature", json!("A laptop with a customer list was left on a train.")),
            ("affected.individuals.US-IL", json!(1501)),
        ]);
        let rule = |name: &str| clocks::shipped().rules.iter().find(|rule| rule.name == name).expect("shipped");
        let found = |name: &str, text: &str| forbidden(&rule(name).never_say, text, &known).len();
        assert_eq!(found("us-il/individuals", "We wrote to 1,501 people."), 1);
        assert_eq!(found("us-il/individuals", "We wrote to 1501."), 1);
        assert_eq!(found("us-il/individuals", "Call 1-501-555-1501000, room 15010."), 0);
        assert_eq!(found("us-il/individuals", "A laptop with a customer list was left on a train."), 0);
        assert_eq!(found("us-ma/individuals", "A laptop with a customer list was left on a train, 1.501 people."), 2);
        assert_eq!(found("us-ca/individuals", "1501"), 0);
    }
}
