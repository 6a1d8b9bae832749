//! The pages of one incident, and the strip that leads from one to another.

use db::Cx;

use crate::Incident;

/// One of the pages of an incident.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tab {
    Clocks,
}

/// A link of the strip.
pub(super) struct TabLink {
    pub label: &'static str,
    pub href: String,
    pub current: bool,
}

/// The strip as this person sees it.
pub(super) fn tabs(_cx: &Cx, incident: &Incident, current: Tab) -> Vec<TabLink> {
    [(Tab::Clocks, "Clocks and facts", "")]
        .into_iter()
        .map(|(tab, label, below)| TabLink {
            label,
            href: format!("/incidents/{}{below}", incident.id),
            current: tab == current,
        })
        .collect()
}
