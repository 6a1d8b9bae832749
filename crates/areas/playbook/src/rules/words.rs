//! A position as words: for the list, the read view, and the comparison of two versions.

use clauses::{
    Topic,
    playbook::{APPROVERS, Position, Wording},
};

use crate::rules::{circumstances, tests_as_lines};

/// The first `limit` characters of a text on one line, cut at a word.
pub fn in_one_line(text: &str, limit: usize) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= limit {
        return line;
    }
    let cut: String = line.chars().take(limit).collect();
    let at_a_word = line[cut.len()..].starts_with(' ');
    let end = if at_a_word { cut.len() } else { cut.rfind(' ').unwrap_or(cut.len()) };
    format!("{}…", cut[..end].trim_end_matches([',', ';', '.', ' ']))
}

/// "Legal and Security".
pub fn sides(approvers: &[String]) -> String {
    // Always in the same order: who approves is a set, in whatever order a file lists it.
    let mut approvers: Vec<&String> = approvers.iter().collect();
    approvers.sort_by_key(|side| APPROVERS.iter().position(|known| known == side));
    let labels: Vec<&str> =
        approvers.iter().map(|side| side.parse::<kernel::Side>().map_or(side.as_str(), |side| side.label())).collect();
    match labels.as_slice() {
        [] => "nobody".to_owned(),
        [one] => (*one).to_owned(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}

/// When the topic is required, in one sentence part for each circumstance.
pub fn required(position: &Position) -> Vec<String> {
    position.required.iter().map(circumstances::in_words).collect()
}

/// The whole position as one text, which is what two versions are compared by.
pub fn as_text(position: &Position) -> String {
    let mut parts = Vec::new();
    let wording = |title: String, wording: &Wording| {
        format!("{title}\n{}\n{}", wording.text.trim(), bullets(&tests_as_lines::write(&wording.tests)))
    };
    parts.push(wording("Preferred".to_owned(), &position.preferred));
    for (n, fallback) in position.fallbacks.iter().enumerate() {
        parts.push(wording(format!("Fallback {}", n + 1), fallback));
    }
    for red in &position.unacceptable {
        parts.push(format!(
            "Unacceptable\n{}\n{}",
            red.description.trim(),
            bullets(&tests_as_lines::write(&red.tests))
        ));
    }
    let required = circumstances::write(&position.required);
    parts.push(format!("Required\n{}", if required.is_empty() { "never".to_owned() } else { bullets(&required) }));
    let blocking = if position.blocking { "blocks the contract" } else { "does not block the contract" };
    parts.push(format!("Deviations\napproved by {}, {blocking}", sides(&position.approvers)));
    if !position.guidance.trim().is_empty() {
        parts.push(format!("Guidance\n{}", position.guidance.trim()));
    }
    parts.iter().map(|part| part.trim_end()).collect::<Vec<_>>().join("\n\n")
}

fn bullets(lines: &str) -> String {
    lines.lines().map(|line| format!("• {line}")).collect::<Vec<_>>().join("\n")
}

/// The headings of the topic list, in order.
pub fn groups() -> Vec<&'static str> {
    let mut groups: Vec<&str> = Topic::ALL.into_iter().map(Topic::group).collect();
    groups.dedup();
    groups
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_line_is_cut_at_a_word() {
        assert_eq!(in_one_line("a\n b  c", 10), "a b c");
        assert_eq!(in_one_line("Provider shall notify, in writing", 22), "Provider shall notify…");
        assert_eq!(in_one_line("ööööö", 3), "ööö…");
    }

    #[test]
    fn a_position_reads_as_one_text() {
        let book = clauses::Playbook::from_toml(include_str!("../../tests/small.toml")).unwrap();
        let text = as_text(&book.topics[0]);
        for part in [
            "Preferred\nProvider shall notify",
            "• limit at most 24 hours",
            "Fallback 1\n",
            "Unacceptable\nnotice only after",
            "• kind: saas | dpa; role: customer; data: personal",
            "approved by Legal and Security, blocks the contract",
        ] {
            assert!(text.contains(part), "{part}\n{text}");
        }
        assert_eq!(groups().len(), 6, "{:?}", groups());
    }
}
