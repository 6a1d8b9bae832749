//! The European Data Protection Board's form, by its JSON Schema (`forms/README.md`): its fields, and whether values fit
//! them. Pure.
//!
//! The schema uses six keywords, so it is read here and not by a validator with a tree of crates behind it. A test fails
//! as soon as a newer schema says something that this reading does not know.

use std::sync::LazyLock;

use jiff::{Timestamp, civil, tz::TimeZone};
use kernel::FieldProblem;
use serde_json::{Value, json};

use super::FormValues;

const SCHEMA: &str = include_str!("../../forms/edpb-breach-notification.schema.json");

/// The rule whose notice takes this form.
pub const HAS_FORM: &str = "eu-gdpr/authority";

/// Characters of a text field.
const TEXT_LIMIT: usize = 5_000;

pub(super) fn has_form(rule: &str) -> bool {
    rule == HAS_FORM
}

/// What a field takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FieldKind {
    Text,
    /// One of these: the value, and what it means.
    Choice(Vec<(String, String)>),
    YesNo,
    Count,
    Day,
    Moment,
}

/// One field of the form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// `field_48`
    pub name: String,
    pub title: String,
    /// The form's own explanations.
    pub hint: String,
    pub section: String,
    pub required: bool,
    pub kind: FieldKind,
}

static FIELDS: LazyLock<Vec<Field>> = LazyLock::new(|| {
    let schema: Value = serde_json::from_str(SCHEMA).unwrap_or_default();
    let required = |name: &str| schema["required"].as_array().is_some_and(|all| all.iter().any(|one| one == name));
    let Some(properties) = schema["properties"].as_object() else { return Vec::new() };
    let mut fields: Vec<Field> =
        properties.iter().map(|(name, field)| read_field(name, field, required(name))).collect();
    // A JSON object has no order; the numbers of the form do.
    fields.sort_by_key(|field| number(&field.name));
    fields
});

/// All fields, in the order of the form.
pub fn fields() -> &'static [Field] {
    &FIELDS
}

fn number(name: &str) -> u32 {
    name.strip_prefix("field_").and_then(|number| number.parse().ok()).unwrap_or(u32::MAX)
}

fn read_field(name: &str, field: &Value, required: bool) -> Field {
    let text = |key: &str| field[key].as_str().unwrap_or_default().trim().to_owned();
    let kind = match (field["type"].as_str(), field["format"].as_str(), field["enum"].as_array()) {
        (_, _, Some(values)) => {
            let words =
                |value: &Value| field["x-options"][value.as_str().unwrap_or_default()].as_str().map(str::to_owned);
            let option = |value: &Value| {
                let name = value.as_str().unwrap_or_default().to_owned();
                (name.clone(), words(value).unwrap_or(name))
            };
            FieldKind::Choice(values.iter().map(option).collect())
        }
        (Some("boolean"), ..) => FieldKind::YesNo,
        (Some("integer"), ..) => FieldKind::Count,
        (_, Some("date"), _) => FieldKind::Day,
        (_, Some("date-time"), _) => FieldKind::Moment,
        _ => FieldKind::Text,
    };
    let mut hints = vec![text("description")];
    let shown = text("x-visible-if");
    if !shown.is_empty() {
        hints.push(format!("When it is asked for: {shown}"));
    }
    if kind == FieldKind::Day && text("title").contains("description") {
        hints.push("The form’s schema takes a date here: the day on which these measures are in place.".to_owned());
    }
    hints.retain(|hint| !hint.is_empty());
    Field {
        name: name.to_owned(),
        title: text("title").trim_end_matches('*').to_owned(),
        hint: hints.join(" "),
        section: text("x-section"),
        required,
        kind,
    }
}

/// What a section of the form is about, in our words: the schema only numbers them.
pub fn section_title(section: &str) -> &'static str {
    match section {
        "1.1" => "The notification and the controller",
        "2.2" => "Who reports",
        "2.3.1" => "Data protection officer, contact point and other parties",
        "3.1" => "When it happened and became known",
        "3.2" => "What kind of breach it is",
        "3.3" => "People affected",
        "3.4" => "Data affected",
        "3.5" => "Measures in place before",
        "4.1" => "Consequences for people",
        "4.2" => "Assessment of the risk",
        "4.3" => "Measures against the breach",
        "4.4" => "Prevention, and telling the people affected",
        "6.1" => "Police and other authorities",
        "6.2" => "Processing across borders",
        "6.3" => "Controllers outside the EEA, and attachments",
        _ => "Further questions",
    }
}

/// Values that a field does not take, whatever is still missing.
pub(super) fn unfit(values: &FormValues) -> Vec<FieldProblem> {
    values
        .iter()
        .filter_map(|(name, value)| {
            let problem = match fields().iter().find(|field| field.name == *name) {
                None => Some("the form has no such field".to_owned()),
                Some(field) => unfit_for(field, value),
            };
            problem.map(|message| FieldProblem { field: name.clone(), message })
        })
        .collect()
}

fn unfit_for(field: &Field, value: &Value) -> Option<String> {
    let said = format!("“{}”", field.title);
    let text = value.as_str();
    let problem = match &field.kind {
        FieldKind::Text => match text {
            None => "takes a text",
            Some(text) if text.chars().count() > TEXT_LIMIT => {
                return Some(format!("{said} takes at most {TEXT_LIMIT} characters"));
            }
            Some(_) => return None,
        },
        FieldKind::Choice(options) => {
            if text.is_some_and(|text| options.iter().any(|(name, _)| name == text)) {
                return None;
            }
            "takes one of its choices"
        }
        FieldKind::YesNo if value.is_boolean() => return None,
        FieldKind::YesNo => "takes yes or no",
        FieldKind::Count if value.as_u64().is_some() => return None,
        FieldKind::Count => "takes a whole number, 0 or more",
        FieldKind::Day if text.is_some_and(|text| text.len() == 10 && text.parse::<civil::Date>().is_ok()) => {
            return None;
        }
        FieldKind::Day => "takes a day as in 2026-11-23",
        FieldKind::Moment if text.is_some_and(|text| text.parse::<Timestamp>().is_ok()) => return None,
        FieldKind::Moment => "takes a day and a time",
    };
    Some(format!("{said} {problem}"))
}

/// Everything that keeps the form from being valid: what does not fit, and what is missing.
pub fn problems(values: &FormValues) -> Vec<FieldProblem> {
    let mut out = unfit(values);
    let missing = fields().iter().filter(|field| field.required && !values.contains_key(&field.name));
    out.extend(
        missing
            .map(|field| FieldProblem {
                field: field.name.clone(), message: format!("“{}” is missing", field.title)
            }),
    );
    out.sort_by_key(|problem| number(&problem.field));
    out
}

/// The values of a form as it was typed. A field left empty is not there. A time is one of `zone`.
pub fn read_form(typed: impl Fn(&str) -> String, zone: &TimeZone) -> FormValues {
    let mut values = FormValues::new();
    for field in fields() {
        let text = typed(&field.name);
        let text = text.trim().replace("\r\n", "\n");
        if text.is_empty() {
            continue;
        }
        let value = match field.kind {
            FieldKind::YesNo => json!(text == "yes"),
            // What is no number stays as it was typed, and is refused under its field.
            FieldKind::Count => text.parse::<u64>().map_or_else(|_| json!(text), |count| json!(count)),
            FieldKind::Moment => match local(&text, zone) {
                Some(at) => json!(at),
                None => json!(text),
            },
            _ => json!(text),
        };
        values.insert(field.name.clone(), value);
    }
    values
}

/// A local time as RFC 3339 with its offset. A time that no clock showed is none.
fn local(text: &str, zone: &TimeZone) -> Option<String> {
    let time: civil::DateTime = text.parse().ok()?;
    let ambiguous = zone.to_ambiguous_zoned(time);
    if matches!(ambiguous.offset(), jiff::tz::AmbiguousOffset::Gap { .. }) {
        return None;
    }
    Some(rfc3339(&ambiguous.earlier().ok()?))
}

/// With seconds and offset, and without the zone's name, which the standard does not know.
pub(super) fn rfc3339(at: &jiff::Zoned) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

/// A value as its field shows it: a time as a local one of `zone`.
pub(crate) fn shown(field: &Field, value: &Value, zone: &TimeZone) -> String {
    match (&field.kind, value) {
        (FieldKind::YesNo, Value::Bool(true)) => "yes".to_owned(),
        (FieldKind::YesNo, Value::Bool(false)) => String::new(),
        (FieldKind::Moment, Value::String(text)) => text
            .parse::<Timestamp>()
            .map_or_else(|_| text.clone(), |at| at.to_zoned(zone.clone()).strftime("%Y-%m-%dT%H:%M").to_string()),
        (_, Value::String(text)) => text.clone(),
        (_, other) => other.to_string(),
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A form with every required field filled.
    pub(in super::super) fn filled() -> FormValues {
        let mut values = FormValues::new();
        for field in fields().iter().filter(|field| field.required) {
            let value = match &field.kind {
                FieldKind::Choice(options) => json!(options[0].0),
                FieldKind::YesNo => json!(true),
                FieldKind::Count => json!(40),
                FieldKind::Day => json!("2026-11-30"),
                FieldKind::Moment => json!("2026-11-23T14:20:00+01:00"),
                FieldKind::Text => json!("not known yet"),
            };
            values.insert(field.name.clone(), value);
        }
        values
    }

    #[test]
    fn the_schema_says_nothing_that_is_not_read_here() {
        let schema: Value = serde_json::from_str(SCHEMA).expect("JSON");
        let known = ["type", "enum", "format", "minimum", "title", "description"];
        let properties = schema["properties"].as_object().expect("properties");
        assert_eq!((properties.len(), fields().len()), (100, 100));
        for (name, field) in properties {
            for (key, value) in field.as_object().expect("an object") {
                assert!(key.starts_with("x-") || known.contains(&key.as_str()), "{name}: {key}");
                assert!(key != "minimum" || *value == json!(0), "{name}: {value}");
                assert!(key != "type" || ["string", "integer", "boolean"].iter().any(|kind| value == kind), "{name}");
                assert!(key != "format" || ["date", "date-time"].iter().any(|kind| value == kind), "{name}");
            }
        }
        let keys = ["$schema", "$id", "title", "description", "type", "properties", "required", "additionalProperties"];
        for key in schema.as_object().expect("an object").keys() {
            assert!(key.starts_with("x-") || keys.contains(&key.as_str()), "{key}");
        }
        assert_eq!(fields().iter().filter(|field| field.required).count(), 42);
        assert!(fields().iter().all(|field| section_title(&field.section) != "Further questions"));
    }

    #[test]
    fn a_filled_form_is_valid_and_a_broken_one_says_where() {
        assert_eq!(problems(&filled()), []);
        let found = |name: &str, value: Value| {
            let mut values = filled();
            values.insert(name.to_owned(), value);
            problems(&values).into_iter().map(|problem| problem.message).collect::<Vec<_>>().join("; ")
        };
        for (name, value, said) in [
            ("field_3", json!("z"), "“Type of notification” takes one of its choices"),
            ("field_12", json!(5), "“Name of the organisation” takes a text"),
            ("field_12", json!("x".repeat(5_001)), "“Name of the organisation” takes at most 5000 characters"),
            ("field_45", json!("yes"), "“Only estimated dates are possible” takes yes or no"),
            (
                "field_73",
                json!(-1),
                "“Number of personal data records concerned by the personal data breach” takes a whole number, 0 or more",
            ),
            (
                "field_73",
                json!(1.5),
                "“Number of personal data records concerned by the personal data breach” takes a whole number, 0 or more",
            ),
            (
                "field_48",
                json!("2026-11-23T14:20"),
                "“Date and time of awareness of the data controller of the personal data breach” takes a day and a time",
            ),
            (
                "field_98",
                json!("23.11.2026"),
                "“Date of when information was given to data subjects” takes a day as in 2026-11-23",
            ),
            ("field_999", json!("x"), "the form has no such field"),
        ] {
            assert_eq!(found(name, value), said, "{name}");
        }
        let mut values = filled();
        values.remove("field_12");
        assert_eq!(problems(&values)[0].message, "“Name of the organisation” is missing");
        assert_eq!(problems(&FormValues::new()).len(), 42);
    }

    #[test]
    fn what_is_typed_becomes_values_and_is_shown_again() {
        let zone = TimeZone::get("Europe/Berlin").expect("a zone");
        let typed = |name: &str| match name {
            "field_48" => "2026-11-23T14:20".to_owned(),
            "field_45" => "yes".to_owned(),
            "field_73" => " 40 ".to_owned(),
            "field_68" => "many".to_owned(),
            "field_46" => "2027-03-28T02:30".to_owned(),
            "field_12" => " Acme GmbH\r\nBerlin ".to_owned(),
            _ => String::new(),
        };
        let values = read_form(typed, &zone);
        assert_eq!(values["field_48"], json!("2026-11-23T14:20:00+01:00"));
        assert_eq!((&values["field_45"], &values["field_73"]), (&json!(true), &json!(40)));
        assert_eq!(values["field_12"], json!("Acme GmbH\nBerlin"));
        let refused: Vec<String> = unfit(&values).into_iter().map(|problem| problem.field).collect();
        assert_eq!(refused, ["field_46", "field_68"], "a time that no clock showed, and a word for a number");
        let field = fields().iter().find(|field| field.name == "field_48").expect("there");
        assert_eq!(shown(field, &values["field_48"], &zone), "2026-11-23T14:20");
    }
}
