//! The pages of one incident, and the strip that leads from one to another.

use db::Cx;
use kernel::{Refusal, Resource};

use crate::{Incident, counsel, register::READ_REGISTER};

/// One of the pages of an incident.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tab {
    Clocks,
    Plan,
    Notices,
    Log,
    Evidence,
    Counsel,
}

/// A link of the strip.
pub(super) struct TabLink {
    pub label: &'static str,
    pub href: String,
    pub current: bool,
}

/// The strip as this person sees it. Who has nothing to do with counsel's work sees no hint of it.
pub(super) async fn tabs(cx: &mut Cx, incident: &Incident, current: Tab) -> Result<Vec<TabLink>, Refusal> {
    let mut shown = vec![
        (Tab::Clocks, "Clocks and facts", ""),
        (Tab::Plan, "Plan", "/plan"),
        (Tab::Notices, "Notices", "/notices"),
        (Tab::Log, "Log", "/log"),
        (Tab::Evidence, "Evidence", "/evidence"),
    ];
    if counsel::can_open(cx) || !counsel::mine(cx, Some(incident.id)).await?.is_empty() {
        shown.push((Tab::Counsel, "Counsel", "/counsel"));
    }
    Ok(shown
        .into_iter()
        .map(|(tab, label, below)| TabLink {
            label,
            href: format!("/incidents/{}{below}", incident.id),
            current: tab == current,
        })
        .collect())
}

/// What belongs to all incidents, for the strip above their list.
pub(super) fn areas(cx: &Cx) -> Vec<TabLink> {
    let register = cx.allows(READ_REGISTER, &Resource::all("Incidents"));
    [
        ("Incidents", "/incidents", true),
        ("Register of breaches", "/incidents/register", register),
        ("Response plan", "/incidents/plan", true),
        ("Exercises", "/incidents/exercises", true),
        ("Actions", "/incidents/actions", true),
        ("What you must keep", "/incidents/holds", true),
        ("Reminders", "/incidents/reminders", true),
        ("Rules", "/incidents/rules", true),
    ]
    .into_iter()
    .filter(|(.., shown)| *shown)
    .map(|(label, href, _)| TabLink { label, href: href.to_owned(), current: href == "/incidents" })
    .collect()
}
