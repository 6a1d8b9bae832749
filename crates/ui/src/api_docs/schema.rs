//! JSON schemas in words, and an example for each.

use serde_json::{Map, Value, json};

use super::{entries, slug, text};

/// How deep an example goes into schemas that hold other schemas, or themselves.
const DEPTH: usize = 5;

/// A type in words, and the anchor of the schema that it names.
pub(super) struct Kind {
    pub words: String,
    pub link: String,
}

impl Kind {
    pub fn none() -> Self {
        Self { words: String::new(), link: String::new() }
    }

    pub fn is_none(&self) -> bool {
        self.words.is_empty()
    }
}

pub(super) struct Field {
    pub name: String,
    pub required: bool,
    pub kind: Kind,
    pub text: String,
}

pub(super) struct Schemas<'a> {
    all: Option<&'a Map<String, Value>>,
}

impl<'a> Schemas<'a> {
    pub fn of(document: &'a Value) -> Self {
        Self { all: document["components"]["schemas"].as_object() }
    }

    pub fn kind(&self, schema: &Value) -> Kind {
        if schema.is_null() {
            return Kind::none();
        }
        Kind {
            words: words(schema),
            link: link(schema).map_or_else(String::new, |name| format!("schema-{}", slug(name))),
        }
    }

    /// The fields of an object, with those of everything that it is composed of.
    pub fn fields(&self, schema: &Value) -> Vec<Field> {
        let mut fields = Vec::new();
        self.collect(schema, &mut fields, 0);
        fields
    }

    fn collect(&self, schema: &Value, fields: &mut Vec<Field>, depth: usize) {
        if depth > DEPTH {
            return;
        }
        let schema = self.resolve(schema);
        for part in schema["allOf"].as_array().into_iter().flatten() {
            self.collect(part, fields, depth + 1);
        }
        let required =
            |name: &str| schema["required"].as_array().is_some_and(|names| names.iter().any(|known| known == name));
        for (name, property) in entries(&schema["properties"]) {
            let mut text = text(&property["description"]);
            if text.is_empty() {
                text = self.resolve(property)["description"].as_str().unwrap_or_default().to_owned();
            }
            fields.push(Field { name: name.to_owned(), required: required(name), kind: self.kind(property), text });
        }
    }

    fn resolve<'s>(&self, schema: &'s Value) -> &'s Value
    where
        'a: 's,
    {
        name_of(schema).and_then(|name| self.all.and_then(|all| all.get(name))).unwrap_or(schema)
    }

    /// The example of a request or response body: its own, or one made from its schema.
    pub fn example_of(&self, media: &Value) -> String {
        if media["example"].is_null() { self.example_text(&media["schema"]) } else { pretty(&media["example"]) }
    }

    pub fn example_text(&self, schema: &Value) -> String {
        pretty(&self.example(schema, 0))
    }

    fn example(&self, schema: &Value, depth: usize) -> Value {
        if depth > DEPTH {
            return Value::Null;
        }
        let schema = self.resolve(schema);
        if !schema["example"].is_null() {
            return schema["example"].clone();
        }
        if let Some(first) = schema["examples"].get(0).or_else(|| schema["enum"].get(0)) {
            return first.clone();
        }
        if let Some(parts) = schema["allOf"].as_array() {
            let mut whole = Map::new();
            for part in parts {
                if let Value::Object(fields) = self.example(part, depth + 1) {
                    whole.extend(fields);
                }
            }
            return Value::Object(whole);
        }
        let choices = schema["oneOf"].as_array().or_else(|| schema["anyOf"].as_array());
        if let Some(choices) = choices {
            let some = choices.iter().find(|choice| choice["type"] != "null");
            return some.map_or(Value::Null, |choice| self.example(choice, depth + 1));
        }
        match type_names(schema).into_iter().find(|name| *name != "null") {
            Some("object") => Value::Object(
                entries(&schema["properties"])
                    .map(|(name, field)| (name.to_owned(), self.example(field, depth + 1)))
                    .collect(),
            ),
            Some("array") if depth == DEPTH => json!([]),
            Some("array") => json!([self.example(&schema["items"], depth + 1)]),
            Some("integer" | "number") => schema["minimum"].as_i64().map_or_else(|| json!(0), |least| json!(least)),
            Some("boolean") => json!(false),
            Some("string") => json!(match schema["format"].as_str() {
                Some("uuid") => "01937b3c-5a00-7000-8000-000000000000",
                Some("date") => "2026-11-21",
                Some("date-time") => "2026-11-21T09:30:00Z",
                Some("email") => "ada@example.org",
                _ => "text",
            }),
            _ => Value::Null,
        }
    }
}

fn pretty(value: &Value) -> String {
    if value.is_null() { String::new() } else { serde_json::to_string_pretty(value).unwrap_or_default() }
}

fn name_of(schema: &Value) -> Option<&str> {
    schema["$ref"].as_str()?.rsplit('/').next()
}

fn type_names(schema: &Value) -> Vec<&str> {
    match &schema["type"] {
        Value::String(name) => vec![name],
        Value::Array(names) => names.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

/// The first schema that a schema names, through lists and choices.
fn link(schema: &Value) -> Option<&str> {
    name_of(schema)
        .or_else(|| schema.get("items").and_then(link))
        .or_else(|| schema.get("additionalProperties").and_then(link))
        .or_else(|| {
            ["oneOf", "anyOf", "allOf"].into_iter().filter_map(|key| schema[key].as_array()).flatten().find_map(link)
        })
}

fn words(schema: &Value) -> String {
    if let Some(name) = name_of(schema) {
        return name.to_owned();
    }
    if let Some(values) = schema["enum"].as_array() {
        return format!("one of {}", values.iter().map(Value::to_string).collect::<Vec<_>>().join(", "));
    }
    for (key, between) in [("oneOf", " or "), ("anyOf", " or "), ("allOf", " with ")] {
        if let Some(parts) = schema[key].as_array() {
            return parts.iter().map(words).collect::<Vec<_>>().join(between);
        }
    }
    let mut said: Vec<String> = type_names(schema).into_iter().map(|name| type_words(name, schema)).collect();
    if said.is_empty() {
        said.push("anything".to_owned());
    }
    let mut said = said.join(" or ");
    for (key, before, after) in [
        ("minimum", "at least ", ""),
        ("maximum", "at most ", ""),
        ("minLength", "at least ", " characters"),
        ("maxLength", "at most ", " characters"),
        ("minItems", "at least ", " items"),
        ("maxItems", "at most ", " items"),
        ("pattern", "matching ", ""),
    ] {
        if let Some(limit) = schema.get(key) {
            let limit = limit.as_str().map_or_else(|| limit.to_string(), str::to_owned);
            said.push_str(&format!(", {before}{limit}{after}"));
        }
    }
    said
}

fn type_words(name: &str, schema: &Value) -> String {
    match name {
        "array" => format!("list of {}", words(&schema["items"])),
        "object" if schema["additionalProperties"].is_object() => {
            format!("map of {}", words(&schema["additionalProperties"]))
        }
        name => match schema["format"].as_str() {
            Some(format) if name != "null" => format!("{name} ({format})"),
            _ => name.to_owned(),
        },
    }
}
