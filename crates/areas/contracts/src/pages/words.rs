//! The words, marks and dates of the area's pages.

use clauses::Status as Position;
use jiff::tz::TimeZone;
use kernel::{Date, Instant, Side};
use ui::{Mark, Tone};

use crate::{Decision, RowState, Status, rules};

pub(super) fn status_mark(status: Status) -> Mark {
    match status {
        Status::Draft => Mark::new("Draft", "pencil", Tone::Quiet),
        Status::InReview => Mark::new("In review", "scale", Tone::Info),
        Status::Rejected => Mark::REJECTED,
        Status::Countersigned => Mark::COUNTERSIGNED,
        Status::Active => Mark::new("Active", "circle-check", Tone::Good),
        Status::Ended => Mark::new("Ended", "circle-minus", Tone::Quiet),
        Status::Withdrawn => Mark::new("Withdrawn", "ban", Tone::Quiet),
    }
}

pub(super) fn position_mark(position: Position) -> Mark {
    match position {
        Position::Preferred => Mark::PREFERRED,
        Position::Fallback => Mark::FALLBACK,
        Position::Weaker => Mark::WEAKER,
        Position::Unacceptable => Mark::UNACCEPTABLE,
        Position::Missing => Mark::MISSING,
        Position::NotRequired => Mark::NOT_REQUIRED,
    }
}

pub(super) const POSITIONS: [Position; 6] = [
    Position::Preferred,
    Position::Fallback,
    Position::Weaker,
    Position::Unacceptable,
    Position::Missing,
    Position::NotRequired,
];

pub(super) fn position_of(word: &str) -> Option<Position> {
    POSITIONS.into_iter().find(|position| position.as_str() == word)
}

pub(super) fn decision_mark(decision: Option<Decision>) -> Mark {
    match decision {
        None => Mark::WAITING,
        Some(Decision::Approve) => Mark::APPROVED,
        Some(Decision::ApproveWithCondition) => Mark::APPROVED_WITH_CONDITION,
        Some(Decision::Reject) => Mark::REJECTED,
    }
}

pub(super) fn row_state_mark(state: RowState) -> Mark {
    match state {
        RowState::Open => Mark::new("Not confirmed", "circle-dashed", Tone::Quiet),
        RowState::Confirmed => Mark::new("Confirmed", "check", Tone::Good),
        RowState::Overridden => Mark::new("Overridden", "pencil", Tone::Info),
    }
}

/// "1 deviation", "3 deviations".
pub(super) fn count(number: i64, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

/// How far a side is with its deviations; nothing when it has none.
pub(super) fn decided(stands: &crate::SideStanding) -> String {
    match (stands.assigned, stands.undecided) {
        (0, _) => String::new(),
        (1, 0) => "its one deviation is decided".to_owned(),
        (all, 0) => format!("all {all} deviations decided"),
        (all, open) => format!("{open} of {} undecided", count(number(all), "deviation", "deviations")),
    }
}

pub(super) fn number(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// "21 Nov 2026, 16:02" in the organisation's zone.
pub(super) fn instant(at: Instant, zone: &TimeZone) -> String {
    at.timestamp().to_zoned(zone.clone()).strftime("%-d %b %Y, %H:%M").to_string()
}

/// How far a day lies from today, in words.
pub(super) fn days_from(today: Date, day: Date) -> String {
    match day.days_since(today) {
        0 => "today".to_owned(),
        1 => "tomorrow".to_owned(),
        -1 => "yesterday".to_owned(),
        days if days > 0 => format!("in {days} days"),
        days => format!("{} days ago", -days),
    }
}

/// How urgent a day is that something must be done by.
pub(super) fn urgency(today: Date, day: Date) -> &'static str {
    match day.days_since(today) {
        ..0 => "bad",
        0..=30 => "warn",
        31..=90 => "info",
        _ => "quiet",
    }
}

/// Sizes as people say them.
pub(super) fn size(bytes: i64) -> String {
    match bytes {
        ..1_000 => count(bytes, "byte", "bytes"),
        1_000..1_000_000 => format!("{} kB", (bytes + 500) / 1_000),
        _ => format!("{}.{} MB", bytes / 1_000_000, bytes % 1_000_000 / 100_000),
    }
}

/// "PDF", "Markdown"
pub(super) fn format_word(format: &str) -> String {
    match format {
        "markdown" => "Markdown".to_owned(),
        "text" => "Text".to_owned(),
        other => other.to_uppercase(),
    }
}

/// At most so many letters, cut between words.
pub(super) fn shortened(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let head: String = text.chars().take(most).collect();
    let end = head.rfind(char::is_whitespace).filter(|at| *at > most / 2).unwrap_or(head.len());
    format!("{}…", head[..end].trim_end())
}

pub(super) fn or_none(text: String) -> String {
    if text.is_empty() { "none".to_owned() } else { text }
}

pub(super) fn sides(sides: &[Side]) -> Vec<&'static str> {
    sides.iter().map(|side| side.label()).collect()
}

/// "a, b and c".
pub(super) fn listed(words: &[String]) -> String {
    match words {
        [] => String::new(),
        [one] => one.clone(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}

/// A kind where there is little room.
pub(super) fn short_kind(kind: &str) -> &'static str {
    match kind {
        "saas" => "SaaS",
        "dpa" => "DPA",
        "nda" => "NDA",
        "professional_services" => "Services",
        "license" => "Licence",
        "baa" => "BAA",
        other => rules::kind_label(other),
    }
}

pub(super) type Choices = Vec<(&'static str, &'static str)>;

pub(super) fn kinds() -> Choices {
    clauses::playbook::KINDS.iter().map(|kind| (*kind, rules::kind_label(kind))).collect()
}

pub(super) fn roles() -> Choices {
    clauses::playbook::ROLES.iter().map(|role| (*role, rules::role_label(role))).collect()
}

pub(super) fn data_classes() -> Choices {
    clauses::playbook::DATA.iter().map(|class| (*class, rules::data_label(class))).collect()
}

pub(super) fn topics() -> Choices {
    clauses::Topic::ALL.iter().map(|topic| (topic.as_str(), topic.label())).collect()
}

pub(super) fn signing_sides() -> Choices {
    Side::SIGNING.iter().map(|side| (side.as_str(), side.label())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_said_as_people_say_them() {
        let day = |text: &str| text.parse::<Date>().unwrap();
        let today = day("2026-11-21");
        assert_eq!(days_from(today, day("2026-11-21")), "today");
        assert_eq!(days_from(today, day("2026-11-22")), "tomorrow");
        assert_eq!(days_from(today, day("2026-12-21")), "in 30 days");
        assert_eq!(days_from(today, day("2026-11-11")), "10 days ago");
        assert_eq!(
            [urgency(today, day("2026-11-20")), urgency(today, day("2026-12-21")), urgency(today, day("2027-12-21"))],
            ["bad", "warn", "quiet"]
        );
        assert_eq!([size(1), size(1_499), size(2_345_678)], ["1 byte", "1 kB", "2.3 MB"]);
        assert_eq!(listed(&["a".into(), "b".into(), "c".into()]), "a, b and c");
    }
}
