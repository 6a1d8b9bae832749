//! What people tell of an incident in words, as the record's page asks for it.

use serde_json::Value;
use ui::FormState;

use crate::{FactEntry, rules::told::TOLD};

/// One thing that can be told, with what was told last.
pub(super) struct Told {
    pub key: &'static str,
    pub label: &'static str,
    pub hint: &'static str,
    pub text: String,
    pub source: String,
    pub entered: bool,
    /// What was just sent of it was refused, and stands in the form again.
    pub refused: bool,
}

pub(super) fn told(facts: &[FactEntry], form: &FormState) -> Vec<Told> {
    TOLD.iter()
        .map(|telling| {
            let path = telling.path();
            let current = facts.iter().find(|fact| fact.path == path && !fact.superseded && !fact.value.is_null());
            let refused = form.is_refused() && form.value("kind") == "telling" && form.value("path") == path;
            let stored = current.map(|fact| &fact.value).and_then(Value::as_str).unwrap_or_default();
            Told {
                key: telling.key,
                label: telling.label,
                hint: telling.hint,
                text: if refused { form.value("text").to_owned() } else { stored.to_owned() },
                source: if refused { form.value("source").to_owned() } else { String::new() },
                entered: current.is_some(),
                refused,
            }
        })
        .collect()
}
