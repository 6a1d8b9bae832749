//! What people tell of an incident in their own words, for notices and for the register. No clock asks for it.

use serde_json::Value;

/// The path of the judgement that personal data was breached, or was not. Without it the register goes by the facts.
pub const BREACH: &str = "breach";

/// Characters of one telling.
pub const TOLD_LIMIT: usize = 3_000;

/// One thing that can be told, as the fact `told.<key>`.
#[derive(Debug, PartialEq, Eq)]
pub struct Telling {
    pub key: &'static str,
    pub label: &'static str,
    /// What to write.
    pub hint: &'static str,
}

/// Everything that can be told, in the order in which it is asked for.
pub const TOLD: [Telling; 14] = [
    telling("nature", "Nature of the breach", "What happened to which data, in plain words."),
    telling("cause", "Cause", "How it came about, as far as it is certain."),
    telling("systems", "Systems touched", "Systems, software and services, and where they stand."),
    telling("discovered", "How it was discovered", "By whom and by what: an alert, a customer, the press."),
    telling("data_subjects", "Kinds of people affected", "Such as customers, employees, patients."),
    telling("records", "Records affected", "About how many; write a bare number where you can."),
    telling("consequences", "Likely consequences", "What it may come to for the people affected."),
    telling("risk", "Assessment of the risk", "How likely and how grave, and why you think so."),
    telling("measures", "Measures taken or proposed", "What was done against the breach and against harm."),
    telling("prevention", "Measures against a repetition", "What changes for good."),
    telling("advice", "What people can do", "What those affected can do to protect themselves."),
    telling("organisation", "Name and address of the organisation", "As it should stand in a notice."),
    telling("contact", "Contact point", "The data protection officer or another contact: name, telephone, mail."),
    telling("not_told", "Why somebody was not told", "Reasons for not telling an authority or the people affected."),
];

const fn telling(key: &'static str, label: &'static str, hint: &'static str) -> Telling {
    Telling { key, label, hint }
}

impl Telling {
    /// The path of its fact.
    pub fn path(&self) -> String {
        format!("told.{}", self.key)
    }

    pub fn of(path: &str) -> Option<&'static Telling> {
        let key = path.strip_prefix("told.")?;
        TOLD.iter().find(|telling| telling.key == key)
    }
}

/// Refuses what is no text, or more than fits.
///
/// # Errors
/// A sentence for the person who typed it.
pub fn checked(value: &Value) -> Result<(), String> {
    match value {
        Value::Null => Ok(()),
        Value::String(text) if text.trim().is_empty() => Err("write what there is to tell".to_owned()),
        Value::String(text) if text.chars().count() > TOLD_LIMIT => Err(format!("at most {TOLD_LIMIT} characters")),
        Value::String(_) => Ok(()),
        _ => Err("this is told in words".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn words_are_taken_up_to_their_limit() {
        assert_eq!(checked(&json!("A bag was left on a train.")), Ok(()));
        assert_eq!(checked(&Value::Null), Ok(()));
        assert!(checked(&json!(" ")).is_err());
        assert!(checked(&json!(12)).is_err());
        assert!(checked(&json!("ü".repeat(TOLD_LIMIT))).is_ok());
        assert!(checked(&json!("ü".repeat(TOLD_LIMIT + 1))).is_err());
    }

    #[test]
    fn each_telling_is_found_by_its_path() {
        for telling in &TOLD {
            assert_eq!(Telling::of(&telling.path()), Some(telling));
        }
        assert_eq!(Telling::of("told.lunch"), None);
        assert_eq!(Telling::of("nature"), None);
    }
}
