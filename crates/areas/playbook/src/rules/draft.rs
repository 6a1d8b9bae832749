//! A position as the fields of a form, in both directions. Rows are numbered from 1: `fallback_text_1`,
//! `fallback_tests_1`, `red_description_1` …; a row that is emptied is removed.

use clauses::{
    Topic,
    playbook::{APPROVERS, Position, Red, Test, Wording},
};
use kernel::{FieldProblem, Refusal};

use crate::rules::{circumstances, tests_as_lines};

/// Rows of one kind that a form takes.
pub const MAX_ROWS: usize = 20;

/// The fields of a position, with one empty row of each kind more than there is.
pub fn fields(position: &Position) -> Vec<(String, String)> {
    let mut out = vec![
        ("guidance".to_owned(), position.guidance.clone()),
        ("required".to_owned(), circumstances::write(&position.required)),
        ("preferred_text".to_owned(), position.preferred.text.trim().to_owned()),
        ("preferred_tests".to_owned(), tests_as_lines::write(&position.preferred.tests)),
    ];
    out.extend(position.approvers.iter().map(|side| ("approvers".to_owned(), side.clone())));
    if position.blocking {
        out.push(("blocking".to_owned(), "yes".to_owned()));
    }
    for (n, fallback) in (1..).zip(&position.fallbacks) {
        out.push((format!("fallback_text_{n}"), fallback.text.trim().to_owned()));
        out.push((format!("fallback_tests_{n}"), tests_as_lines::write(&fallback.tests)));
    }
    for (n, red) in (1..).zip(&position.unacceptable) {
        out.push((format!("red_description_{n}"), red.description.trim().to_owned()));
        out.push((format!("red_tests_{n}"), tests_as_lines::write(&red.tests)));
    }
    out
}

/// How many rows of a kind were sent: the highest number under which anything stands.
pub fn rows(fields: &[(String, String)], kinds: [&str; 2]) -> usize {
    fields
        .iter()
        .filter(|(_, value)| !value.trim().is_empty())
        .filter_map(|(name, _)| {
            let (kind, number) = name.rsplit_once('_')?;
            if kinds.contains(&kind) { number.parse().ok() } else { None }
        })
        .filter(|number| (1..=MAX_ROWS).contains(number))
        .max()
        .unwrap_or(0)
}

/// Reads the fields.
///
/// # Errors
/// What is wrong, field by field; all of it at once.
pub fn position(topic: Topic, fields: &[(String, String)]) -> Result<Position, Refusal> {
    let mut reader = Reader { fields, problems: Vec::new() };
    let preferred = Wording { text: reader.text("preferred_text"), tests: reader.tests("preferred_tests") };
    if preferred.text.is_empty() {
        reader.problem("preferred_text", "write the clause that should be proposed".to_owned());
    }
    let mut fallbacks = Vec::new();
    for n in 1..=rows(fields, ["fallback_text", "fallback_tests"]) {
        let (text, tests) = (format!("fallback_text_{n}"), format!("fallback_tests_{n}"));
        let fallback = Wording { text: reader.text(&text), tests: reader.tests(&tests) };
        if reader.is_empty(&text) && reader.is_empty(&tests) {
            continue;
        }
        if fallback.text.is_empty() {
            reader.problem(&text, "write the fallback's clause, or remove its tests as well".to_owned());
        }
        fallbacks.push(fallback);
    }
    let mut unacceptable = Vec::new();
    for n in 1..=rows(fields, ["red_description", "red_tests"]) {
        let (description, tests) = (format!("red_description_{n}"), format!("red_tests_{n}"));
        if reader.is_empty(&description) && reader.is_empty(&tests) {
            continue;
        }
        let red = Red { description: reader.text(&description), tests: reader.tests(&tests) };
        if red.description.is_empty() {
            reader.problem(&description, "say what is unacceptable, or remove its tests as well".to_owned());
        }
        if reader.is_empty(&tests) {
            reader.problem(&tests, "add a test: without one it can never be found".to_owned());
        }
        unacceptable.push(red);
    }
    let required = circumstances::parse(reader.raw("required")).unwrap_or_else(|problems| {
        reader.problem("required", problems.join("; "));
        Vec::new()
    });
    let approvers: Vec<String> =
        APPROVERS.iter().filter(|side| reader.has("approvers", side)).map(|side| (*side).to_owned()).collect();
    if approvers.is_empty() {
        reader.problem("approvers", "name at least one side that approves a deviation".to_owned());
    }
    let position = Position {
        topic,
        guidance: reader.text("guidance"),
        approvers,
        blocking: reader.has("blocking", "yes"),
        required,
        preferred,
        fallbacks,
        unacceptable,
    };
    if reader.problems.is_empty() { Ok(position) } else { Err(Refusal::fields(reader.problems)) }
}

struct Reader<'a> {
    fields: &'a [(String, String)],
    problems: Vec<FieldProblem>,
}

impl<'a> Reader<'a> {
    fn raw(&self, name: &str) -> &'a str {
        self.fields.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value.as_str())
    }

    fn is_empty(&self, name: &str) -> bool {
        self.raw(name).trim().is_empty()
    }

    fn has(&self, name: &str, value: &str) -> bool {
        self.fields.iter().any(|(known, taken)| known == name && taken == value)
    }

    /// Forms send line ends as two characters; a clause has one.
    fn text(&self, name: &str) -> String {
        self.raw(name).replace("\r\n", "\n").trim().to_owned()
    }

    fn tests(&mut self, name: &str) -> Vec<Test> {
        tests_as_lines::parse(self.raw(name)).unwrap_or_else(|problems| {
            self.problem(name, problems.join("; "));
            Vec::new()
        })
    }

    fn problem(&mut self, field: &str, message: String) {
        self.problems.push(FieldProblem { field: field.to_owned(), message });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn breach() -> Position {
        clauses::Playbook::from_toml(include_str!("../../tests/small.toml")).unwrap().topics[0].clone()
    }

    #[test]
    fn a_position_survives_its_form() {
        assert_eq!(position(Topic::BreachNotification, &fields(&breach())), Ok(breach()));
        for shipped in clauses::playbook::default_playbook().topics {
            let trimmed =
                |wording: &Wording| Wording { text: wording.text.trim().to_owned(), tests: wording.tests.clone() };
            let expected = Position {
                guidance: shipped.guidance.trim().to_owned(),
                preferred: trimmed(&shipped.preferred),
                fallbacks: shipped.fallbacks.iter().map(trimmed).collect(),
                ..shipped.clone()
            };
            let read = position(shipped.topic, &fields(&shipped)).unwrap();
            assert!(crate::rules::changes::alike(&read, &expected), "{read:?}\n{expected:?}");
        }
    }

    #[test]
    fn a_row_is_added_in_the_empty_one_and_removed_by_emptying_it() {
        let mut form = fields(&breach());
        assert_eq!(rows(&form, ["fallback_text", "fallback_tests"]), 1);
        form.push(("fallback_text_3".to_owned(), "Within a week.\r\nAt most.".to_owned()));
        form.iter_mut()
            .filter(|(name, _)| name.starts_with("fallback_t") && name.ends_with("_1"))
            .for_each(|(_, value)| value.clear());
        let changed = position(Topic::BreachNotification, &form).unwrap();
        assert_eq!(changed.fallbacks, [Wording { text: "Within a week.\nAt most.".to_owned(), tests: vec![] }]);
    }

    #[test]
    fn everything_that_is_wrong_is_said_at_its_field() {
        let form: Vec<(String, String)> = [
            ("preferred_tests", "limit at most soon"),
            ("fallback_tests_1", "states a limit"),
            ("red_description_2", "bad"),
            ("required", "kind: x"),
            ("approvers", "marketing"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec();
        let refused = position(Topic::BreachNotification, &form).unwrap_err();
        let fields: Vec<&str> = refused.fields.iter().map(|problem| problem.field.as_str()).collect();
        assert_eq!(
            fields,
            ["preferred_tests", "preferred_text", "fallback_text_1", "red_tests_2", "required", "approvers"]
        );
    }
}
