//! The pages of this area alone, to look at: `cargo run -p people --example people -- 8090`, then the link that it prints.
//! Its clock stands still, and its store is gone when it ends.

use std::{net::SocketAddr, sync::Arc};

use axum::middleware::from_fn_with_state;
use kernel::Actor;
use people::{People, PeopleConfig, ServerKey};
use testkit::{Engine, TestApp};

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let port: u16 = std::env::args().nth(1).and_then(|port| port.parse().ok()).unwrap_or(8090);
    let app = TestApp::new(Engine::Sqlite, &[("people", people::MIGRATIONS)]).await;
    let base_url = format!("http://127.0.0.1:{port}");
    let config = PeopleConfig {
        base_url: base_url.clone(),
        secure_cookies: false,
        trusted_proxies: Vec::new(),
        secret_key: ServerKey::new([1; 32]),
    };
    let people = People::new(app.store.clone(), config);
    let area = people::area(people.clone());
    let (api, _) = area.api.split_for_parts();
    let nav = ui::Nav::new("Meridian Instruments", area.nav);
    let routes = area.pages.merge(api).merge(ui::routes());
    let router = ui::inner(routes, nav).layer(from_fn_with_state(people, people::authenticate));
    let world: Arc<dyn kernel::World> = app.world.clone();
    let router = ui::outer(router, world, ui::Reach::default());
    let link = db::transact!(app.store, &Actor::system(), |cx| people::prepare_setup(cx).await).expect("a fresh store");
    if let Some(link) = link {
        use std::io::Write as _;
        writeln!(std::io::stdout(), "{base_url}/setup/{}", link.reveal())?;
    }
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await?;
    axum::serve(listener, router.into_make_service_with_connect_info::<SocketAddr>()).await
}
