//! "Try it": one clause against one position, for counsel who edits the playbook.

use clauses::{
    About, Finding, Playbook, Topic,
    playbook::{KINDS, Position, ROLES},
};
use kernel::Refusal;

/// Bytes of text that are tried at once.
pub const TRY_LIMIT: usize = 20_000;

/// What came out.
#[derive(Debug, Clone)]
pub struct Tried {
    pub finding: Finding,
    /// The passage that decided.
    pub passage: Option<String>,
    /// What the reader took the text for, with its probability in percent.
    pub topics: Vec<(Topic, u8)>,
}

/// Reads `text` and compares it with one position, as for a contract of this kind in which we have this role.
///
/// # Errors
/// When there is no text, or more than [`TRY_LIMIT`].
pub fn try_position(position: &Position, text: &str, kind: &str, role: &str) -> Result<Tried, Refusal> {
    if text.trim().is_empty() {
        return Err(Refusal::field("clause", "paste a clause first"));
    }
    if text.len() > TRY_LIMIT {
        return Err(Refusal::field(
            "clause",
            "this is more than one clause: at most 20,000 characters are tried at once",
        ));
    }
    let known = |all: &[&str], value: &str| {
        all.iter().find(|known| **known == value).map_or_else(String::new, |known| (*known).to_owned())
    };
    let about = About { kind: known(KINDS, kind), role: known(ROLES, role), ..About::default() };
    let reading = clauses::read(text, &[]);
    let book = Playbook { name: "one position".to_owned(), topics: vec![position.clone()] };
    let finding = clauses::compare(&reading, text, &book, &about)
        .pop()
        .ok_or_else(|| Refusal::broken("one position gave no finding"))?;
    let passage = finding
        .clause
        .and_then(|at| reading.clauses.get(at))
        .and_then(|clause| text.get(clause.start..clause.end))
        .map(|text| text.trim().to_owned());
    let mut topics: Vec<(Topic, u8)> = Vec::new();
    for hit in reading.clauses.iter().flat_map(|clause| &clause.topics) {
        let percent = (hit.score.clamp(0.0, 1.0) * 100.0).round() as u8;
        match topics.iter_mut().find(|(topic, _)| *topic == hit.topic) {
            Some((_, best)) => *best = percent.max(*best),
            None => topics.push((hit.topic, percent)),
        }
    }
    topics.sort_by_key(|(topic, percent)| (std::cmp::Reverse(*percent), *topic));
    Ok(Tried { finding, passage, topics })
}

#[cfg(test)]
mod tests {
    use clauses::Status;

    use super::*;

    #[test]
    fn a_clause_is_judged_by_the_position_alone() {
        let book = Playbook::from_toml(include_str!("../tests/small.toml")).unwrap();
        let check = |text: &str, expected: Status| {
            let finding = try_position(&book.topics[0], text, "saas", "customer").unwrap().finding;
            assert_eq!(finding.status, expected, "{text}: {}", finding.reason);
        };
        let notice = |limit: &str| {
            format!(
                "Provider shall notify Customer of any Security Breach in writing no later than {limit} after becoming aware of it."
            )
        };
        check(&notice("24 hours"), Status::Preferred);
        check(&notice("72 hours"), Status::Fallback);
        check(&notice("30 days"), Status::Weaker);
        let tried = try_position(&book.topics[0], &notice("30 days"), "", "").unwrap();
        assert!(tried.passage.unwrap().contains("30 days"));
        assert!(tried.topics.iter().any(|(topic, _)| *topic == Topic::BreachNotification));
    }

    #[test]
    fn nothing_and_too_much_are_refused() {
        let book = Playbook::from_toml(include_str!("../tests/small.toml")).unwrap();
        assert!(try_position(&book.topics[0], "  ", "", "").is_err());
        assert!(try_position(&book.topics[0], &"a ".repeat(TRY_LIMIT), "", "").is_err());
    }
}
