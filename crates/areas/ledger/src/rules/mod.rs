//! What an entry says, made readable. No SQL, no HTTP, no clock.

use serde_json::Value;

/// One field that an entry changed. Absent on a side where it was not there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Such as `parties 2 name`.
    pub field: String,
    pub before: Option<String>,
    pub after: Option<String>,
}

/// More lines than this say nothing to a reader; the rest stands in the export.
pub const MAX_DIFFERENCES: usize = 200;

/// What differs between the `before` and the `after` of an entry's detail, field by field, in the order of the record.
/// A detail that is no JSON of ours is shown as one field.
pub fn differences(detail: &str) -> Vec<Difference> {
    let Ok(Value::Object(detail_object)) = serde_json::from_str::<Value>(detail) else {
        return vec![Difference { field: "detail".to_owned(), before: None, after: Some(detail.to_owned()) }];
    };
    let (before, after) = (detail_object.get("before"), detail_object.get("after"));
    let mut out = Vec::new();
    compare(String::new(), before.unwrap_or(&Value::Null), after.unwrap_or(&Value::Null), &mut out);
    out.truncate(MAX_DIFFERENCES);
    out
}

fn compare(field: String, before: &Value, after: &Value, out: &mut Vec<Difference>) {
    if before == after || out.len() > MAX_DIFFERENCES {
        return;
    }
    match (before, after) {
        (Value::Object(_) | Value::Null, Value::Object(_)) | (Value::Object(_), Value::Null) => {
            let empty = serde_json::Map::new();
            let (old, new) = (before.as_object().unwrap_or(&empty), after.as_object().unwrap_or(&empty));
            for name in old.keys().chain(new.keys().filter(|name| !old.contains_key(*name))) {
                compare(
                    below(&field, &name.replace('_', " ")),
                    old.get(name).unwrap_or(&Value::Null),
                    new.get(name).unwrap_or(&Value::Null),
                    out,
                );
            }
        }
        (Value::Array(_) | Value::Null, Value::Array(_)) | (Value::Array(_), Value::Null)
            if !(plain(before) && plain(after)) =>
        {
            let empty = Vec::new();
            let (old, new) = (before.as_array().unwrap_or(&empty), after.as_array().unwrap_or(&empty));
            for at in 0..old.len().max(new.len()) {
                compare(
                    below(&field, &(at + 1).to_string()),
                    old.get(at).unwrap_or(&Value::Null),
                    new.get(at).unwrap_or(&Value::Null),
                    out,
                );
            }
        }
        _ => {
            let field = if field.is_empty() { "value".to_owned() } else { field };
            out.push(Difference { field, before: said(before), after: said(after) });
        }
    }
}

fn below(field: &str, name: &str) -> String {
    if field.is_empty() { name.to_owned() } else { format!("{field} · {name}") }
}

/// A list of words or numbers, which reads better in one line.
fn plain(value: &Value) -> bool {
    match value {
        Value::Array(items) => items.iter().all(|item| !item.is_object() && !item.is_array()),
        other => other.is_null(),
    }
}

fn said(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        Value::Bool(yes) => Some(if *yes { "yes" } else { "no" }.to_owned()),
        Value::Array(items) => Some(items.iter().filter_map(said).collect::<Vec<_>>().join(", ")),
        other => Some(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(detail: &str, expected: &[(&str, Option<&str>, Option<&str>)]) {
        let found = differences(detail);
        let found: Vec<_> = found.iter().map(|d| (d.field.as_str(), d.before.as_deref(), d.after.as_deref())).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn only_what_differs_is_shown() {
        check(
            r#"{"before":{"title":"A","kind":"saas","sides":["legal"]},"after":{"title":"B","kind":"saas","sides":["legal","security"],"new_one":true}}"#,
            &[
                ("title", Some("A"), Some("B")),
                ("sides", Some("legal"), Some("legal, security")),
                ("new one", None, Some("yes")),
            ],
        );
        check(r#"{"before":null,"after":{"a":{"b":1}}}"#, &[("a · b", None, Some("1"))]);
        check(r#"{"before":[{"n":1},{"n":2}],"after":[{"n":1}]}"#, &[("2 · n", Some("2"), None)]);
        check(r#"{"before":"x","after":"y"}"#, &[("value", Some("x"), Some("y"))]);
        check(r#"{"before":{"a":{"b":1}},"after":{"a":"text"}}"#, &[("a", Some(r#"{"b":1}"#), Some("text"))]);
        check(r#"{"before":null,"after":null}"#, &[]);
        check("broken", &[("detail", None, Some("broken"))]);
    }

    #[test]
    fn a_huge_change_is_bounded() {
        let many: Vec<String> = (0..10_000).map(|n| format!("\"f{n}\":{n}")).collect();
        assert_eq!(
            differences(&format!("{{\"before\":null,\"after\":{{{}}}}}", many.join(","))).len(),
            MAX_DIFFERENCES
        );
    }
}
