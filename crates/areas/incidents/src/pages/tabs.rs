//! The pages of one incident, and the strip that leads from one to another.

use db::Cx;
use kernel::Refusal;

use crate::{Incident, counsel};

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
