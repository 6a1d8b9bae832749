//! iCalendar (RFC 5545) out: things to do by an instant.
//!
//! Whoever calls decides what may be said: a feed leaves the house, so nothing privileged may stand in an [`Item`].

use icalendar::{Alarm, Calendar, Class, Component, EventLike, Property, Todo, TodoStatus, Trigger};

/// A thing to do.
#[derive(Clone, Debug)]
pub struct Item {
    /// The same for the same thing for ever, so that a calendar moves it and doesn't add it again.
    pub uid: String,
    pub summary: String,
    pub description: String,
    /// Seconds since 1970 UTC.
    pub due: i64,
    /// When this was worked out, in seconds since 1970 UTC.
    pub stamp: i64,
    /// Raised by one whenever the due instant changed.
    pub sequence: u32,
    /// Done, with the instant in seconds since 1970 UTC.
    pub done: Option<i64>,
    /// It no longer applies.
    pub cancelled: bool,
    /// Alarms, in hours before it is due.
    pub alarms: Vec<u32>,
}

/// Writes a calendar.
#[must_use]
pub fn write(name: &str, items: &[Item]) -> String {
    let mut calendar = Calendar::empty();
    for (key, value) in [("VERSION", "2.0"), ("PRODID", "-//Countersign//Clocks//EN"), ("CALSCALE", "GREGORIAN")] {
        calendar.append_property(Property::new(key, value));
    }
    calendar.name(name);
    for item in items {
        let mut todo = Todo::new();
        todo.uid(&item.uid)
            .summary(&item.summary)
            .description(&item.description)
            .sequence(item.sequence)
            .class(Class::Confidential)
            .add_property("DTSTAMP", utc(item.stamp))
            .add_property("DUE", utc(item.due));
        if item.cancelled {
            todo.status(TodoStatus::Cancelled);
        } else if let Some(done) = item.done {
            todo.status(TodoStatus::Completed);
            todo.add_property("COMPLETED", utc(done));
        } else {
            todo.status(TodoStatus::NeedsAction);
            for hours in &item.alarms {
                let before = Trigger::before_end(chrono::Duration::hours(i64::from(*hours)));
                let mut alarm = Alarm::display(&item.summary, before);
                // Otherwise both would be new each time.
                alarm.uid(&format!("{}-{hours}h", item.uid)).add_property("DTSTAMP", utc(item.stamp));
                todo.alarm(alarm);
            }
        }
        calendar.push(todo.done());
    }
    calendar.to_string()
}

/// `20261126T132000Z`: in UTC, so that no time zone needs to be described.
fn utc(seconds: i64) -> String {
    chrono::DateTime::from_timestamp(seconds, 0).unwrap_or_default().format("%Y%m%dT%H%M%SZ").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item() -> Item {
        Item {
            uid: "eu-gdpr/authority@example".to_owned(),
            summary: "GDPR, personal data breach: tell the competent supervisory authority, or the lead authority"
                .to_owned(),
            description: "Art. 33(1)\n72 hours; from awareness, Paris".to_owned(),
            due: 1_795_699_200,
            stamp: 1_795_440_000,
            sequence: 3,
            done: None,
            cancelled: false,
            alarms: vec![24, 4, 1],
        }
    }

    #[test]
    fn a_todo_has_a_due_instant_in_utc_and_its_alarms() {
        let text = write("Clocks", &[item()]);
        for line in [
            "DUE:20261126T132000Z",
            "DTSTAMP:20261123T132000Z",
            "SEQUENCE:3",
            "STATUS:NEEDS-ACTION",
            "CLASS:CONFIDENTIAL",
            "UID:eu-gdpr/authority@example",
        ] {
            assert!(text.contains(&format!("\r\n{line}\r\n")), "{line} in\n{text}");
        }
        assert_eq!(text.matches("BEGIN:VALARM").count(), 3, "{text}");
        assert!(text.lines().all(|line| line.len() <= 75), "{text}");
        assert!(text.replace("\r\n", "").find('\n').is_none(), "each line ends with CR LF");
        assert_eq!(text, write("Clocks", &[item()]), "the clock is not read");
    }

    #[test]
    fn what_is_done_or_dropped_has_no_alarm() {
        let done = write("Clocks", &[Item { done: Some(1_795_440_000), ..item() }]);
        assert!(
            done.contains("STATUS:COMPLETED")
                && done.contains("COMPLETED:20261123T132000Z")
                && !done.contains("VALARM")
        );
        let cancelled = write("Clocks", &[Item { cancelled: true, ..item() }]);
        assert!(cancelled.contains("STATUS:CANCELLED") && !cancelled.contains("VALARM"));
    }
}
