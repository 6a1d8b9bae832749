//! The pages of the playbook, to look at: `cargo run -p playbook -p unify --example playbook_pages`, then the address it prints.

use axum::{
    extract::Request,
    middleware::{Next, from_fn},
};
use db::transact;
use kernel::{Actor, Side};
use testkit::{Engine, TestApp};

#[tokio::main]
async fn main() {
    let app = TestApp::new(Engine::Sqlite, &[("playbook", playbook::MIGRATIONS)]).await;
    let counsel = app.actor("Clara Counsel", &[Side::Legal]);
    let first = transact!(app.store, &Actor::system(), |cx| playbook::ensure_default(cx).await)
        .expect("a playbook")
        .expect("the first");
    if let Some(position) = first.body.topics.first().cloned() {
        let mut position = position;
        position.guidance = "We have less to give away here since the last incident.".to_owned();
        let text = position.preferred.text.replace(" shall ", " must ");
        position.preferred.text = text;
        transact!(app.store, &counsel, |cx| playbook::save_position(
            cx,
            first.playbook,
            Some(1),
            position.clone(),
            "plainer words"
        )
        .await)
        .expect("a second version");
    }
    let area = playbook::area(app.store.clone());
    let routes = ui::inner(area.pages.merge(ui::routes()), ui::Nav::new("Meridian Works", area.nav));
    let routes = routes.layer(from_fn(move |mut request: Request, next: Next| {
        request.extensions_mut().insert(counsel.clone());
        next.run(request)
    }));
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 4311)).await.expect("a port");
    eprintln!("http://{}/playbook", listener.local_addr().expect("an address"));
    axum::serve(listener, routes).await.expect("serves");
}
