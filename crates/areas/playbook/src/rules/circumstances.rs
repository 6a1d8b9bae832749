//! When a topic is required, as lines that a person edits: one circumstance per line, such as
//! `kind: saas | dpa; role: customer; data: personal`, or `always`.

use clauses::playbook::{DATA, KINDS, ROLES, When};

/// The lines of a position's circumstances.
pub fn write(required: &[When]) -> String {
    required.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn line(when: &When) -> String {
    let parts: Vec<String> = [("kind", &when.kinds), ("role", &when.roles), ("data", &when.data)]
        .into_iter()
        .filter(|(_, values)| !values.is_empty())
        .map(|(name, values)| format!("{name}: {}", values.join(" | ")))
        .collect();
    if parts.is_empty() { "always".to_owned() } else { parts.join("; ") }
}

/// Reads the lines; empty ones are passed over.
///
/// # Errors
/// What is wrong with each line, with its number from 1.
pub fn parse(text: &str) -> Result<Vec<When>, Vec<String>> {
    let mut out = Vec::new();
    let mut problems = Vec::new();
    for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        match parse_line(line.trim()) {
            Ok(when) => out.push(when),
            Err(problem) => problems.push(format!("line {}: {problem}", number + 1)),
        }
    }
    if problems.is_empty() { Ok(out) } else { Err(problems) }
}

fn parse_line(line: &str) -> Result<When, String> {
    let mut when = When::default();
    if line.eq_ignore_ascii_case("always") {
        return Ok(when);
    }
    for part in line.split(';').map(str::trim).filter(|part| !part.is_empty()) {
        let (name, values) =
            part.split_once(':').ok_or_else(|| format!("`{part}` has no colon (write it like `kind: saas | dpa`)"))?;
        let (known, list): (&[&str], &mut Vec<String>) = match name.trim().to_lowercase().as_str() {
            "kind" => (KINDS, &mut when.kinds),
            "role" => (ROLES, &mut when.roles),
            "data" => (DATA, &mut when.data),
            other => return Err(format!("`{other}` is not something that can be asked (use kind, role or data)")),
        };
        for value in values
            .split('|')
            .map(|value| value.trim().to_lowercase().replace([' ', '-'], "_"))
            .filter(|value| !value.is_empty())
        {
            if !known.contains(&value.as_str()) {
                return Err(format!("`{value}` is not one of: {}", known.join(", ")));
            }
            if !list.contains(&value) {
                list.push(value);
            }
        }
        if list.is_empty() {
            return Err(format!("`{part}` names nothing"));
        }
    }
    if when == When::default() { Err("write `always`, or what must fit".to_owned()) } else { Ok(when) }
}

/// One circumstance in words, such as "SaaS or DPA, when we are the customer, with personal data".
pub fn in_words(when: &When) -> String {
    let mut parts = Vec::new();
    if !when.kinds.is_empty() {
        parts.push(either(&when.kinds, kind_label));
    }
    if !when.roles.is_empty() {
        parts.push(format!("when we are the {}", either(&when.roles, |role| role.to_owned())));
    }
    if !when.data.is_empty() {
        parts.push(format!("with {}", either(&when.data, data_label)));
    }
    if parts.is_empty() { "always".to_owned() } else { parts.join(", ") }
}

fn either(values: &[String], label: impl Fn(&str) -> String) -> String {
    let labels: Vec<String> = values.iter().map(|value| label(value)).collect();
    match labels.as_slice() {
        [one] => one.clone(),
        [most @ .., last] => format!("{} or {last}", most.join(", ")),
        [] => String::new(),
    }
}

/// A kind of contract as a reader calls it.
pub fn kind_label(kind: &str) -> String {
    match kind {
        "saas" => "SaaS".to_owned(),
        "dpa" | "nda" | "baa" => kind.to_uppercase(),
        "other" => "other contracts".to_owned(),
        kind => kind.replace('_', " "),
    }
}

fn data_label(data: &str) -> String {
    match data {
        "none" => "no data".to_owned(),
        "secrets" => "secrets".to_owned(),
        "source_code" => "source code".to_owned(),
        data => format!("{} data", data.replace('_', "-")),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn lines_read_as_they_are_written() {
        let text = "always\nkind: saas | dpa; role: customer; data: personal | special_category";
        let parsed = parse(text).unwrap();
        assert_eq!(write(&parsed), text);
        assert_eq!(
            in_words(&parsed[1]),
            "SaaS or DPA, when we are the customer, with personal data or special-category data"
        );
        assert_eq!(parse("Kind: SaaS ; data: special category\n\n").unwrap()[0].data, ["special_category"]);
    }

    #[test]
    fn what_cannot_be_read_is_named_by_line() {
        let problems = parse("always\nkind: sass\ncolour: red\nkind\n;").unwrap_err();
        assert_eq!(problems.len(), 4, "{problems:?}");
        assert!(problems[0].starts_with("line 2: `sass` is not one of: saas"), "{problems:?}");
        assert!(problems[3].starts_with("line 5:"));
    }

    fn some_of(known: &'static [&'static str]) -> impl Strategy<Value = Vec<String>> {
        proptest::sample::subsequence(known, 0..=known.len())
            .prop_map(|values| values.into_iter().map(str::to_owned).collect())
    }

    proptest! {
        #[test]
        fn every_circumstance_survives_its_line(required in proptest::collection::vec(
            (some_of(KINDS), some_of(ROLES), some_of(DATA)).prop_map(|(kinds, roles, data)| When { kinds, roles, data }), 0..5)) {
            prop_assert_eq!(parse(&write(&required)), Ok(required));
        }

        #[test]
        fn no_text_breaks_the_reader(text in ".{0,80}") {
            let _ = parse(&text);
        }
    }
}
