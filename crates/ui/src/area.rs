//! What an area hands to the server, and the navigation that the shell shows.

use std::sync::Arc;

use kernel::Actor;

/// One area of the product: its pages, its endpoints, its tables. The server holds the visible list of them.
pub struct Area {
    /// The same word in folder, module, URL, table prefix and template folder.
    pub name: &'static str,
    pub nav: Vec<NavItem>,
    /// Pages, with full paths such as `/contracts/{id}`.
    pub pages: axum::Router,
    /// Endpoints, with full paths such as `/api/v1/contracts/{id}`.
    pub api: utoipa_axum::router::OpenApiRouter,
    pub migrations: &'static [db::Migration],
    pub jobs: Vec<Arc<dyn db::jobs::JobHandler>>,
}

/// One entry of the side navigation.
#[derive(Debug, Clone, Copy)]
pub struct NavItem {
    pub label: &'static str,
    pub href: &'static str,
    /// A name of `assets/icons.svg`.
    pub icon: &'static str,
    /// Lower comes first.
    pub order: u16,
    /// Only says what the navigation shows. What may be done is decided by the use case.
    pub visible: fn(&Actor) -> bool,
}

impl NavItem {
    /// An entry that everybody who is signed in sees.
    pub fn new(label: &'static str, href: &'static str, icon: &'static str, order: u16) -> Self {
        Self { label, href, icon, order, visible: |_| true }
    }

    #[must_use]
    pub fn visible(mut self, visible: fn(&Actor) -> bool) -> Self {
        self.visible = visible;
        self
    }
}

/// What all pages share. The server puts one into [`crate::inner`].
#[derive(Debug, Clone, Default)]
pub struct Nav {
    /// The name of the organisation, as it stands above the navigation.
    pub organisation: String,
    pub items: Vec<NavItem>,
    /// Where the search box sends its `q`; without it there is no search box.
    pub search: Option<&'static str>,
    /// Where people reach the server, such as `https://countersign.example`; for addresses that are copied out of a page.
    pub origin: String,
}

impl Nav {
    pub fn new(organisation: impl Into<String>, mut items: Vec<NavItem>) -> Self {
        items.sort_by_key(|item| item.order);
        Self { organisation: organisation.into(), items, search: None, origin: String::new() }
    }

    #[must_use]
    pub fn search(mut self, action: &'static str) -> Self {
        self.search = Some(action);
        self
    }

    #[must_use]
    pub fn reached_at(mut self, origin: impl Into<String>) -> Self {
        self.origin = origin.into();
        self
    }

    /// The entries that `actor` sees, the one that holds `path` marked. The longest match wins: `/contracts/new` lies
    /// under `/contracts`, and `/` lies over nothing but itself.
    pub fn links(&self, actor: &Actor, path: &str) -> Vec<NavLink> {
        let holds = |item: &NavItem| {
            path == item.href
                || (item.href != "/" && path.strip_prefix(item.href).is_some_and(|rest| rest.starts_with('/')))
        };
        let visible: Vec<&NavItem> = self.items.iter().filter(|item| (item.visible)(actor)).collect();
        let current = visible.iter().filter(|item| holds(item)).map(|item| item.href).max_by_key(|href| href.len());
        visible
            .into_iter()
            .map(|item| NavLink {
                label: item.label,
                href: item.href,
                icon: item.icon,
                current: Some(item.href) == current,
                count: 0,
            })
            .collect()
    }
}

/// A navigation entry as the shell draws it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NavLink {
    pub label: &'static str,
    pub href: &'static str,
    pub icon: &'static str,
    pub current: bool,
    /// What waits there, such as unread messages; nothing is shown of 0.
    pub count: i64,
}

/// How much waits behind entries of the navigation, by their address. A middleware of an area hangs it on the request.
#[derive(Debug, Clone, Default)]
pub struct NavCounts(pub Vec<(&'static str, i64)>);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_visible_entry_is_the_current_one() {
        let nav = Nav::new(
            "Acme",
            vec![
                NavItem::new("Contracts", "/contracts", "file-text", 20),
                NavItem::new("Today", "/", "home", 10),
                NavItem::new("Renewals", "/contracts/renewals", "calendar", 30),
                NavItem::new("Accounts", "/people", "users", 40).visible(|actor| actor.administrator),
            ],
        );
        let current = |path| {
            let links = nav.links(&Actor::system(), path);
            assert_eq!(links.first().map(|link| link.label), Some("Today"));
            assert!(links.iter().all(|link| link.label != "Accounts"));
            links.into_iter().find(|link| link.current).map(|link| link.label)
        };
        assert_eq!(current("/"), Some("Today"));
        assert_eq!(current("/contracts/7"), Some("Contracts"));
        assert_eq!(current("/contracts/renewals/x"), Some("Renewals"));
        assert_eq!(current("/contractsx"), None);
    }
}
