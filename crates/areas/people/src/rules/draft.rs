//! What someone typed about a person, and what it means.

use std::collections::BTreeSet;

use kernel::{Date, FieldProblem, Refusal, Side};
use serde::{Deserialize, Serialize};

use super::email::Email;

/// Characters of a name, title or department.
const LONGEST: usize = 200;

/// A person as a form or a request body gives one.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct PersonDraft {
    pub name: String,
    pub email: String,
    pub title: String,
    pub department: String,
    pub sides: Vec<String>,
    /// `yes` or nothing.
    pub administrator: String,
    /// ISO 8601, or nothing.
    pub access_until: String,
}

/// The same, understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonDetails {
    pub name: String,
    pub email: Email,
    pub title: String,
    pub department: String,
    pub sides: BTreeSet<Side>,
    pub administrator: bool,
    /// The last day on which the account works.
    pub access_until: Option<Date>,
}

/// Collects what is wrong, so that a form is refused once.
#[derive(Debug, Default)]
pub struct Problems(Vec<FieldProblem>);

impl Problems {
    pub fn add(&mut self, field: &str, message: impl Into<String>) {
        self.0.push(FieldProblem { field: field.to_owned(), message: message.into() });
    }

    /// Keeps the value, or notes the problem.
    pub fn take<T>(&mut self, field: &str, outcome: Result<T, String>) -> Option<T> {
        outcome.map_err(|message| self.add(field, message)).ok()
    }

    /// # Errors
    /// When anything was noted.
    pub fn finish(self) -> Result<(), Refusal> {
        if self.0.is_empty() { Ok(()) } else { Err(Refusal::fields(self.0)) }
    }
}

impl PersonDraft {
    /// # Errors
    /// Every field that is wrong, at once.
    pub fn read(&self, today: Date) -> Result<PersonDetails, Refusal> {
        let mut problems = Problems::default();
        let name = problems.take("name", name(&self.name));
        let email = problems.take("email", Email::parse(&self.email));
        let title = problems.take("title", line(&self.title));
        let department = problems.take("department", line(&self.department));
        let sides = problems.take("sides", sides(&self.sides));
        let access_until = problems.take("access_until", optional_date(&self.access_until));
        if let (Some(sides), Some(until)) = (&sides, &access_until) {
            if sides.contains(&Side::Auditor) && until.is_none() {
                problems.add("access_until", "an auditor's account ends on a date: say on which");
            }
            let outside = sides.contains(&Side::Auditor) || sides.contains(&Side::Vendor);
            if outside && sides.len() > 1 {
                problems.add("sides", "a vendor's contact or an auditor belongs to no other side");
            }
            if outside && self.administrator == "yes" {
                problems.add("administrator", "a vendor's contact or an auditor cannot be an administrator");
            }
            if until.is_some_and(|day| day < today) {
                problems.add("access_until", "this day has passed; to end the account now, deactivate it");
            }
        }
        problems.finish()?;
        let missing = || Refusal::broken("a field without a problem has no value");
        Ok(PersonDetails {
            name: name.ok_or_else(missing)?,
            email: email.ok_or_else(missing)?,
            title: title.ok_or_else(missing)?,
            department: department.ok_or_else(missing)?,
            sides: sides.ok_or_else(missing)?,
            administrator: self.administrator == "yes",
            access_until: access_until.ok_or_else(missing)?,
        })
    }
}

/// # Errors
/// One sentence.
pub fn name(text: &str) -> Result<String, String> {
    let name = line(text)?;
    if name.is_empty() { Err("a name is needed".to_owned()) } else { Ok(name) }
}

/// One line of text, with single blanks.
///
/// # Errors
/// One sentence.
pub fn line(text: &str) -> Result<String, String> {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.chars().count() > LONGEST {
        return Err(format!("this is longer than {LONGEST} characters"));
    }
    if text.chars().any(is_unseen) {
        return Err("this holds a character that cannot be seen".to_owned());
    }
    Ok(text)
}

/// Control characters, and those that turn the direction of the text: a name could look like another one.
fn is_unseen(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

fn sides(words: &[String]) -> Result<BTreeSet<Side>, String> {
    words.iter().map(|word| word.parse()).collect()
}

/// # Errors
/// One sentence.
pub fn optional_date(text: &str) -> Result<Option<Date>, String> {
    if text.trim().is_empty() { Ok(None) } else { date(text).map(Some) }
}

/// # Errors
/// One sentence.
pub fn date(text: &str) -> Result<Date, String> {
    text.parse::<Date>().map_err(|refusal| refusal.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(draft: &PersonDraft) -> Vec<String> {
        let today = "2026-11-21".parse().unwrap();
        draft
            .read(today)
            .err()
            .map(|refusal| refusal.fields.into_iter().map(|problem| problem.field).collect())
            .unwrap_or_default()
    }

    #[test]
    fn everything_wrong_is_said_at_once() {
        let draft = PersonDraft {
            name: " ".into(),
            email: "nobody".into(),
            title: "x".repeat(201),
            sides: vec!["law".into()],
            access_until: "soon".into(),
            ..PersonDraft::default()
        };
        assert_eq!(fields(&draft), ["name", "email", "title", "sides", "access_until"]);
    }

    #[test]
    fn outsiders_are_nothing_else_and_auditors_end() {
        let person = |sides: &[&str], until: &str, administrator: &str| PersonDraft {
            name: "Ada".into(),
            email: "ada@example.org".into(),
            sides: sides.iter().map(|side| (*side).to_owned()).collect(),
            access_until: until.into(),
            administrator: administrator.into(),
            ..PersonDraft::default()
        };
        let none: [&str; 0] = [];
        assert_eq!(fields(&person(&["auditor"], "2026-12-31", "")), none);
        assert_eq!(fields(&person(&["auditor"], "", "")), ["access_until"]);
        assert_eq!(fields(&person(&["vendor", "legal"], "", "")), ["sides"]);
        assert_eq!(fields(&person(&["vendor"], "", "yes")), ["administrator"]);
        assert_eq!(fields(&person(&["legal"], "2026-11-20", "")), ["access_until"]);
        assert_eq!(fields(&person(&[], "", "yes")), none);
    }

    #[test]
    fn a_name_cannot_be_written_backwards() {
        assert!(name("Ada \u{202e}ecila").is_err());
        assert_eq!(name("  Ada \n Lovelace ").unwrap(), "Ada Lovelace");
    }
}
