//! The clocks of an incident as a calendar's to-dos.

use documents::agenda::Item;
use kernel::Instant;

use crate::{View, contract_clocks::is_of_a_contract};

/// Hours before a clock ends at which a calendar reminds.
const ALARMS: [u32; 3] = [24, 4, 1];

/// The same for the same clock for ever. A contract's is not named in it.
fn uid(view: &View, rule: &str) -> String {
    let incident = view.incident.id;
    if is_of_a_contract(rule) {
        format!("{}@{incident}", kernel::Uuid::new_v5(&incident.0, rule.as_bytes()))
    } else {
        format!("{rule}@{incident}")
    }
}

/// What runs, what is done, and what ran once and no longer does, so that a calendar takes it out. Nothing of an exercise.
pub(crate) fn items(view: &View, now: Instant) -> Vec<Item> {
    if view.incident.is_exercise {
        return Vec::new();
    }
    let number = view.incident.number;
    let stamp = now.timestamp().as_second();
    // Each move raises the number by which calendars know the newer of two.
    let moved = |rule: &str| view.moves.iter().filter(|moved| moved.rule == rule).count();
    let item = |rule: &str, title: &str, to: &str, limit: &str, due: i64| Item {
        uid: uid(view, rule),
        // Which contract it is, with whom and what it says, stays inside.
        summary: if is_of_a_contract(rule) {
            format!("Incident {number}: a contract's clock")
        } else {
            format!("Incident {number}: {title}, tell {to}")
        },
        description: if is_of_a_contract(rule) {
            "A contract asks for a notice by then. Sign in to see which.".to_owned()
        } else {
            format!("{rule}: {limit}. Not reviewed by counsel.")
        },
        due,
        stamp,
        sequence: u32::try_from(moved(rule)).unwrap_or(u32::MAX),
        done: None,
        cancelled: false,
        alarms: ALARMS.to_vec(),
    };
    let mut out = Vec::new();
    for duty in &view.board.running {
        let Some(due) = duty.due else { continue };
        out.push(item(&duty.rule, &duty.title, &duty.to, &duty.limit, due.as_second()));
    }
    for duty in &view.board.done {
        let Some(due) = duty.due else { continue };
        let sent = duty.sent.map(|sent| sent.as_second());
        out.push(Item {
            done: Some(sent.unwrap_or(stamp)),
            ..item(&duty.rule, &duty.title, &duty.to, &duty.limit, due.as_second())
        });
    }
    for moved in view.moves.iter().rev() {
        let uid = uid(view, &moved.rule);
        let dated =
            [&moved.due_after, &moved.due_before].into_iter().find_map(|due| due.parse::<jiff::Timestamp>().ok());
        let (Some(due), false) = (dated, out.iter().any(|item| item.uid == uid)) else { continue };
        let Some(rule) = clocks::shipped().rules.iter().find(|rule| rule.name == moved.rule) else { continue };
        out.push(Item {
            cancelled: true,
            ..item(&rule.name, &rule.title, &rule.to, "it no longer runs", due.as_second())
        });
    }
    out
}
