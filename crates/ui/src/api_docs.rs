//! The description of the API as one page, drawn here and readable without a script: what there is, what goes in, what
//! comes out, and a line to try it with.
//!
//! Reads the OpenAPI document as JSON, as any other reader would, and so shows only what the document says.

mod schema;

use std::collections::BTreeMap;

use askama::Template;
use serde_json::Value;

use schema::{Field, Kind, Schemas};

const METHODS: [&str; 7] = ["get", "post", "put", "patch", "delete", "head", "options"];

#[derive(Template)]
#[template(path = "api_docs.html")]
struct Docs {
    theme: crate::Theme,
    title: String,
    version: String,
    description: String,
    groups: Vec<Group>,
    schemas: Vec<Described>,
    document_url: &'static str,
}

struct Group {
    name: String,
    id: String,
    description: String,
    operations: Vec<Operation>,
}

struct Operation {
    id: String,
    method: String,
    tone: &'static str,
    path: String,
    summary: String,
    description: String,
    deprecated: bool,
    parameters: Vec<Parameter>,
    bodies: Vec<Body>,
    responses: Vec<Answer>,
    curl: String,
}

struct Parameter {
    name: String,
    place: String,
    required: bool,
    kind: Kind,
    text: String,
}

struct Body {
    content_type: String,
    kind: Kind,
    fields: Vec<Field>,
    example: String,
}

struct Answer {
    status: String,
    tone: &'static str,
    description: String,
    kind: Kind,
    headers: String,
}

struct Described {
    id: String,
    name: String,
    description: String,
    kind: Kind,
    fields: Vec<Field>,
    example: String,
}

/// Where [`page`] tells its reader to find the document itself.
pub const DOCUMENT_URL: &str = "/api/openapi.json";

/// Draws the whole description as an HTML page that loads nothing but our own assets.
///
/// # Errors
/// When the document cannot be written as JSON or the template fails, which are faults of ours.
pub fn page(openapi: &utoipa::openapi::OpenApi, theme: crate::Theme) -> Result<String, kernel::Refusal> {
    let document = serde_json::to_value(openapi).map_err(kernel::Refusal::broken)?;
    docs(&document, theme).render().map_err(kernel::Refusal::broken)
}

fn docs(document: &Value, theme: crate::Theme) -> Docs {
    let schemas = Schemas::of(document);
    let mut groups: BTreeMap<String, Vec<Operation>> = BTreeMap::new();
    for (path, item) in entries(&document["paths"]) {
        for method in METHODS {
            let operation = &item[method];
            if operation.is_null() {
                continue;
            }
            let tag = operation["tags"][0].as_str().unwrap_or("other").to_owned();
            groups.entry(tag).or_default().push(read_operation(&schemas, path, method, item, operation));
        }
    }
    let described = |name: &str| {
        let tags = document["tags"].as_array().map_or(&[][..], Vec::as_slice);
        tags.iter().find(|tag| tag["name"] == name).map_or_else(String::new, |tag| text(&tag["description"]))
    };
    Docs {
        theme,
        title: text(&document["info"]["title"]),
        version: text(&document["info"]["version"]),
        description: text(&document["info"]["description"]),
        groups: groups
            .into_iter()
            .map(|(name, operations)| Group { id: slug(&name), description: described(&name), name, operations })
            .collect(),
        schemas: entries(&document["components"]["schemas"])
            .map(|(name, schema)| Described {
                id: format!("schema-{}", slug(name)),
                name: name.to_owned(),
                description: text(&schema["description"]),
                kind: schemas.kind(schema),
                fields: schemas.fields(schema),
                example: schemas.example_text(schema),
            })
            .collect(),
        document_url: DOCUMENT_URL,
    }
}

fn read_operation(schemas: &Schemas<'_>, path: &str, method: &str, item: &Value, operation: &Value) -> Operation {
    let lists = [&item["parameters"], &operation["parameters"]];
    let parameters = lists
        .into_iter()
        .filter_map(Value::as_array)
        .flatten()
        .map(|parameter| Parameter {
            name: text(&parameter["name"]),
            place: text(&parameter["in"]),
            required: parameter["required"].as_bool().unwrap_or(false),
            kind: schemas.kind(&parameter["schema"]),
            text: text(&parameter["description"]),
        })
        .collect();
    let bodies: Vec<Body> = entries(&operation["requestBody"]["content"])
        .map(|(content_type, media)| Body {
            content_type: content_type.to_owned(),
            kind: schemas.kind(&media["schema"]),
            fields: schemas.fields(&media["schema"]),
            example: if content_type.contains("json") { schemas.example_of(media) } else { String::new() },
        })
        .collect();
    let responses = entries(&operation["responses"])
        .map(|(status, response)| Answer {
            status: status.to_owned(),
            tone: match status.as_bytes().first() {
                Some(b'2') => "good",
                Some(b'3') => "info",
                _ => "quiet",
            },
            description: text(&response["description"]),
            kind: entries(&response["content"])
                .next()
                .map_or_else(Kind::none, |(_, media)| schemas.kind(&media["schema"])),
            headers: entries(&response["headers"]).map(|(name, _)| name).collect::<Vec<_>>().join(", "),
        })
        .collect();
    Operation {
        id: slug(&format!("{method}-{path}")),
        curl: curl(method, path, bodies.first()),
        method: method.to_owned(),
        tone: match method {
            "get" | "head" => "info",
            "post" => "good",
            "delete" => "bad",
            _ => "warn",
        },
        path: path.to_owned(),
        summary: text(&operation["summary"]),
        description: text(&operation["description"]),
        deprecated: operation["deprecated"].as_bool().unwrap_or(false),
        parameters,
        bodies,
        responses,
    }
}

/// A line for a POSIX shell. The address and the token are the reader's own.
fn curl(method: &str, path: &str, body: Option<&Body>) -> String {
    let mut line = String::from("curl");
    if method != "get" {
        line.push_str(&format!(" -X {}", method.to_uppercase()));
    }
    line.push_str(" -H \"Authorization: Bearer $TOKEN\"");
    if let Some(body) = body {
        if body.content_type.contains("multipart") {
            for field in &body.fields {
                line.push_str(&format!(" -F {}=@FILE", field.name));
            }
        } else {
            let example = body.example.replace('\'', "'\\''");
            line.push_str(&format!(" \\\n  -H 'Content-Type: {}' -d '{example}'", body.content_type));
        }
    }
    line.push_str(&format!(" \\\n  \"$COUNTERSIGN{path}\""));
    line
}

fn entries(value: &Value) -> impl Iterator<Item = (&str, &Value)> {
    value.as_object().into_iter().flatten().map(|(name, value)| (name.as_str(), value))
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn slug(words: &str) -> String {
    let kept: String = words
        .chars()
        .map(|letter| if letter.is_ascii_alphanumeric() { letter.to_ascii_lowercase() } else { '-' })
        .collect();
    kept.split('-').filter(|part| !part.is_empty()).collect::<Vec<_>>().join("-")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn sample() -> Value {
        json!({
            "openapi": "3.1.0",
            "info": { "title": "Countersign", "version": "1", "description": "all of it" },
            "tags": [{ "name": "contracts", "description": "what was agreed" }],
            "paths": {
                "/api/v1/contracts/{id}": {
                    "get": {
                        "tags": ["contracts"], "summary": "one contract",
                        "parameters": [{ "name": "id", "in": "path", "required": true, "schema": { "type": "string", "format": "uuid" } }],
                        "responses": {
                            "200": { "description": "the contract", "headers": { "etag": {} },
                                "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Contract" } } } },
                            "404": { "description": "no such contract" } }
                    },
                    "put": {
                        "tags": ["contracts"],
                        "requestBody": { "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Contract" } } } },
                        "responses": {}
                    }
                }
            },
            "components": { "schemas": {
                "Contract": { "type": "object", "required": ["title"], "properties": {
                    "title": { "type": "string", "maxLength": 300, "example": "Bob's <b>" },
                    "sides": { "type": "array", "items": { "$ref": "#/components/schemas/Side" } },
                    "parent": { "oneOf": [{ "type": "null" }, { "$ref": "#/components/schemas/Contract" }] },
                    "notes": { "type": ["string", "null"] } } },
                "Side": { "type": "string", "enum": ["legal", "security"] }
            } }
        })
    }

    #[test]
    fn operations_stand_under_their_tag_with_what_goes_in_and_comes_out() {
        let docs = docs(&sample(), crate::Theme::Light);
        let [group] = docs.groups.as_slice() else { panic!("one group") };
        assert_eq!((group.name.as_str(), group.description.as_str()), ("contracts", "what was agreed"));
        let [get, put] = group.operations.as_slice() else { panic!("two operations") };
        assert_eq!(get.parameters[0].kind.words, "string (uuid)");
        assert_eq!(get.responses[0].kind.link, "schema-contract");
        assert_eq!(get.responses[0].headers, "etag");
        assert!(put.bodies[0].fields.iter().any(|field| field.name == "notes"));
        assert!(put.curl.contains(r#""title": "Bob'\''s <b>""#), "{}", put.curl);
        assert!(put.curl.contains("-X PUT"));
    }

    #[test]
    fn kinds_are_said_in_words_and_a_schema_that_holds_itself_ends() {
        let docs = docs(&sample(), crate::Theme::Light);
        let contract = docs.schemas.iter().find(|schema| schema.name == "Contract").expect("the schema");
        let kind = |name: &str| {
            let field = contract.fields.iter().find(|field| field.name == name).expect("the field");
            (field.kind.words.clone(), field.required)
        };
        assert_eq!(kind("title"), ("string, at most 300 characters".to_owned(), true));
        assert_eq!(kind("sides"), ("list of Side".to_owned(), false));
        assert_eq!(kind("parent"), ("null or Contract".to_owned(), false));
        assert_eq!(kind("notes"), ("string or null".to_owned(), false));
        let side = docs.schemas.iter().find(|schema| schema.name == "Side").expect("the schema");
        assert_eq!(side.kind.words, "one of \"legal\", \"security\"");
    }

    #[test]
    fn the_page_escapes_what_the_document_says_and_loads_nothing_from_elsewhere() {
        let html = docs(&sample(), crate::Theme::Dark).render().expect("a page");
        assert!(html.contains("data-bs-theme=\"dark\""));
        assert!(!html.contains("<b>"), "markup of an example came through");
        assert!(!html.contains("https://") && !html.contains("style="));
    }
}
