//! The JSON Schema of facts.

use serde_json::{Value, json};

use crate::{facts::EVENTS, words};

/// The JSON Schema (2020-12) of facts, as `countersign clocks --schema` prints it.
#[must_use]
pub fn schema() -> Value {
    let told = |name: &str| match name {
        "occurred" => "the incident happened",
        "detected" => "somebody first noticed something",
        "discovered" => {
            "the breach was known, or could have been with reasonable diligence; without it the earliest of `detected`, `aware` and `told_by_processor` counts"
        }
        "aware" => "reasonably certain that data was compromised (EDPB Guidelines 9/2022)",
        "told_by_processor" => "a processor or vendor told us",
        "determined" => "an investigation found that it is a breach that must be notified; without it `aware` counts",
        "assessed" => "the assessment was finished",
        "classified_major" => "it was classified as major (DORA)",
        "material" => "it was determined to be material (Form 8-K)",
        "fix_available" => "a correction or mitigation is available (CRA)",
        "payment" => "a ransom was paid",
        "handled" => "the incident was over",
        "ordered" => "an authority asked for something",
        "harm_found" => "harm to people was found to be likely",
        "law_enforcement_released" => "law enforcement no longer asks to wait",
        _ => "kept for the record; no shipped rule runs from it",
    };
    let mut events: serde_json::Map<String, Value> = EVENTS
        .iter()
        .map(|name| ((*name).to_owned(), json!({ "$ref": "#/$defs/moment", "description": told(name) })))
        .collect();
    let by_name = |what: &str| json!({ "type": "object", "additionalProperties": { "$ref": "#/$defs/moment" }, "description": what });
    events.insert("submitted".to_owned(), by_name("when each duty was done, by its name, such as `eu-gdpr/authority`"));
    events.insert("notified_individuals".to_owned(), by_name("when people were told, by place, such as `US-CA`"));
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Facts of an incident",
        "description": "What `countersign clocks` counts from. Everything may be left out: a duty that hangs on it is then not evaluable and names it.",
        "type": "object",
        "properties": {
            "title": { "type": "string", "description": "for people; nothing hangs on it" },
            "zone": { "type": "string", "description": "IANA zone of times that are written without one" },
            "events": { "type": "object", "properties": events },
            "actor": {
                "type": "object",
                "properties": {
                    "roles": { "type": "array", "items": { "type": "string", "examples": words::actors().collect::<Vec<_>>() } },
                    "sectors": { "type": "array", "items": { "type": "string" }, "description": "read together with roles" },
                    "establishments": { "type": "array", "items": { "$ref": "#/$defs/place" }, "description": "the main one first: its zone and holidays count" }
                }
            },
            "data": {
                "type": "object",
                "properties": {
                    "categories": { "type": "array", "items": { "type": "string", "examples": words::categories().collect::<Vec<_>>() } },
                    "encrypted": { "type": "boolean" },
                    "key_taken": { "type": "boolean" }
                }
            },
            "affected": {
                "type": "object",
                "properties": {
                    "individuals": {
                        "type": "object",
                        "propertyNames": { "$ref": "#/$defs/place" },
                        "additionalProperties": { "type": "integer", "minimum": 0 },
                        "description": "people by place; thresholds of a state ask for that state alone"
                    }
                }
            },
            "flags": { "type": "object", "additionalProperties": { "type": "boolean" }, "description": "answers that rules ask for by name" },
            "closures": {
                "type": "array",
                "description": "days that the holiday tables don't know",
                "items": {
                    "type": "object",
                    "required": ["calendar", "date"],
                    "properties": {
                        "calendar": { "type": "string", "examples": ["us-federal"] },
                        "date": { "type": "string", "format": "date" },
                        "why": { "type": "string" },
                        "open": { "type": "boolean", "description": "true: the table has it as closed and it is worked" }
                    },
                    "additionalProperties": false
                }
            }
        },
        "$defs": {
            "place": { "type": "string", "pattern": "^([A-Za-z]{2}(-[A-Za-z0-9]{1,3})?|EEA|TOTAL|total)$", "examples": ["DE", "US-CA", "CA-QC"] },
            "moment": {
                "description": "An instant or a day. A local time that a zone never showed is refused, one that it showed twice is the earlier one; a day begins at its first instant.",
                "anyOf": [
                    { "type": "string", "examples": ["2026-11-23T14:20[Europe/Paris]", "2026-11-23T14:20:00+01:00", "2026-11-23T13:20Z", "2026-11-23"] },
                    { "type": "object", "required": ["local", "zone"], "properties": { "local": { "type": "string" }, "zone": { "type": "string" } } }
                ]
            }
        }
    })
}
