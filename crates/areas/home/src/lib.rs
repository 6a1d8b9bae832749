//! Today: what waits for me, what is due, what changed, for my side. Reads what lower areas give and owns nothing.

mod today;

use askama::Template;
use axum::{Router, extract::State, routing::get};
use db::Store;
use kernel::{Permission, Resource};
use ui::{Area, NavItem, PageCx, PageResult, Shell};

pub use today::{Due, Today, Waiting, today};

const READ: Permission = Permission::new("readHome", "Home");

/// The state of the page.
#[derive(Clone)]
pub struct Home {
    pub store: Store,
}

/// The area for the server's list.
pub fn area(home: Home) -> Area {
    Area {
        name: "home",
        nav: vec![NavItem::new("Today", "/", "home", 10)],
        pages: Router::new().route("/", get(show)).with_state(home),
        api: utoipa_axum::router::OpenApiRouter::new(),
        migrations: &[],
        jobs: Vec::new(),
    }
}

#[derive(Template)]
#[template(path = "home_today.html")]
struct TodayPage {
    shell: Shell,
    today: Today,
}

async fn show(State(home): State<Home>, page: PageCx) -> PageResult {
    let mut cx = home.store.read(&page.actor).await?;
    cx.require(READ, &Resource::all("Home"))?;
    let today = today(&mut cx).await?;
    let shell = page.shell("Today").subtitle(today.date.clone());
    page.render(&TodayPage { shell, today })
}
