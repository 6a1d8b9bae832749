//! The visible list of areas, and the one router made of them.

use std::{process::ExitCode, sync::Arc};

use axum::{Extension, Json, Router, extract::State, middleware::from_fn_with_state, response::Html, routing::get};
use contracts::Contracts;
use db::{JobHandler, Migration, Store};
use people::People;
use tower_http::{CompressionLevel, compression::CompressionLayer};
use ui::{Area, Nav, Reach};
use utoipa::openapi::{
    OpenApi,
    security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityScheme},
};
use utoipa_axum::router::OpenApiRouter;

/// All tables, in the order of the floors.
pub fn migrations() -> Vec<(&'static str, &'static [Migration])> {
    vec![
        ("db", db::MIGRATIONS),
        ("people", people::MIGRATIONS),
        ("files", files::MIGRATIONS),
        ("notices", notices::MIGRATIONS),
        ("playbook", playbook::MIGRATIONS),
        ("contracts", contracts::MIGRATIONS),
        ("incidents", incidents::MIGRATIONS),
    ]
}

/// What the areas are made of.
#[derive(Clone)]
pub struct Parts {
    pub store: Store,
    pub people: People,
    pub contracts: Contracts,
    pub keys: Arc<trail::Keys>,
    pub organisation: String,
    pub reach: Reach,
    /// Where mails go out. Without it, messages are told inside only.
    pub smtp: Option<Arc<notices::Smtp>>,
}

/// One line per area. Adding one is a crate and a line here.
fn areas(parts: &Parts) -> Vec<Area> {
    vec![
        home::area(home::Home { store: parts.store.clone() }),
        contracts::area(parts.contracts.clone()),
        notices::area(notices(parts)),
        incidents::area(incidents::Incidents {
            store: parts.store.clone(),
            files: parts.contracts.files.clone(),
            organisation: parts.organisation.clone(),
        }),
        playbook::area(parts.store.clone()),
        people::area(parts.people.clone()),
        trail::area(parts.store.clone(), parts.keys.clone(), SUBJECTS),
        files::area(&parts.contracts.files),
    ]
}

fn notices(parts: &Parts) -> notices::Notices {
    notices::Notices {
        store: parts.store.clone(),
        directory: Arc::new(Directory),
        smtp: parts.smtp.clone(),
        base_url: parts.reach.origin.clone().unwrap_or_default(),
    }
}

/// Messages lie beside people and know none of them, so they are told here who somebody is.
struct Directory;

impl notices::Directory for Directory {
    fn find<'a>(&'a self, cx: &'a mut db::Cx, person: kernel::PersonId) -> notices::Found<'a> {
        Box::pin(async move {
            let found = people::name_and_email(cx, person).await?;
            Ok(found.map(|(name, email)| notices::Address { name, email }))
        })
    }
}

/// Where the pages of the records lie that the ledger speaks of.
const SUBJECTS: &[trail::Subject] = &[
    trail::Subject { kind: "contract", label: "Contracts", path: "/contracts/" },
    trail::Subject { kind: "incident", label: "Incidents", path: "/incidents/" },
    trail::Subject { kind: "counsel_track", label: "Directed by counsel", path: "/incidents/counsel/" },
    trail::Subject { kind: "response_plan", label: "Response plan", path: "/incidents/plan/versions/" },
    trail::Subject { kind: "exercise", label: "Exercises", path: "/incidents/exercises/" },
    trail::Subject { kind: "person", label: "People", path: "/people/" },
    trail::Subject { kind: "playbook", label: "Playbooks", path: "/playbook/" },
];

/// The whole program as a router, with the jobs that belong to it.
pub fn build(parts: &Parts) -> (Router, Vec<Arc<dyn JobHandler>>) {
    let mut pages = Router::new();
    let mut api = OpenApiRouter::new();
    let mut items = Vec::new();
    let mut jobs: Vec<Arc<dyn JobHandler>> = vec![Arc::new(db::idempotency::Sweep)];
    for area in areas(parts) {
        pages = pages.merge(area.pages);
        api = api.merge(area.api);
        items.extend(area.nav);
        jobs.extend(area.jobs);
    }
    let (endpoints, document) = api.split_for_parts();
    let document = Arc::new(described(document));
    let docs = Router::new()
        .route(
            ui::api_docs::DOCUMENT_URL,
            get(|State(document): State<Arc<OpenApi>>| async move { Json((*document).clone()) }),
        )
        .route("/api/docs", get(show_docs))
        .with_state(document);
    let routes = pages.merge(endpoints).merge(docs).merge(ui::routes()).merge(health(parts.store.clone()));
    let nav = Nav::new(parts.organisation.clone(), items)
        .search("/contracts")
        .reached_at(parts.reach.origin.clone().unwrap_or_default());
    let router = ui::inner(routes, nav)
        .layer(from_fn_with_state(parts.store.clone(), notices::with_unread))
        .layer(from_fn_with_state(parts.people.clone(), people::authenticate));
    // The quickest level: a page shrinks to a fifth for a fraction of a millisecond. What is compressed already stays.
    let compression = CompressionLayer::new().gzip(true).quality(CompressionLevel::Fastest);
    (ui::outer(router, parts.store.world.clone(), parts.reach.clone()).layer(compression), jobs)
}

async fn show_docs(State(document): State<Arc<OpenApi>>, bare: ui::BareCx) -> Result<Html<String>, ui::PageError> {
    Ok(Html(ui::api_docs::page(&document, bare.theme)?))
}

/// For a load balancer: 200 when the store answers.
fn health(store: Store) -> Router {
    async fn healthy(Extension(store): Extension<Store>) -> (axum::http::StatusCode, &'static str) {
        let asked = async { store.read(&kernel::Actor::system()).await?.one("select 1 as one", vec![]).await };
        match asked.await {
            Ok(_) => (axum::http::StatusCode::OK, "ok"),
            Err(_) => (axum::http::StatusCode::SERVICE_UNAVAILABLE, "the store does not answer"),
        }
    }
    Router::new().route("/healthz", get(healthy)).layer(Extension(store))
}

/// Completes what the areas' documents say together.
fn described(mut document: OpenApi) -> OpenApi {
    document.info.title = "Countersign".to_owned();
    document.info.version = env!("CARGO_PKG_VERSION").to_owned();
    document.info.description = Some(
        "The same use cases as the pages. Instants are RFC 3339 in UTC, dates are ISO 8601, offsets into texts count characters. \
         Refusals are problem details (RFC 9457). Lists page by cursor. Changes of a record take `If-Match` with its revision."
            .to_owned(),
    );
    document.info.license = None;
    let components = document.components.get_or_insert_default();
    components.add_security_scheme("token", SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)));
    components.add_security_scheme("session", SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::new("countersign"))));
    document
}

/// The API's document without a store: its routes are the same for everyone.
pub async fn print_openapi() -> anyhow::Result<ExitCode> {
    let folder = std::env::temp_dir().join(format!("countersign-openapi-{}", std::process::id()));
    let at = crate::arguments::Store { data: folder.clone(), database: None };
    let setting = crate::setting::open(&at, Arc::new(crate::world::RealWorld::new("UTC")?), "openapi").await?;
    let parts = parts(
        &setting,
        files::Files::folder(&folder.join("files"))?,
        contracts::Reader::Here,
        "openapi",
        "http://localhost:8080",
        Vec::new(),
    );
    let mut api = OpenApiRouter::new();
    for area in areas(&parts) {
        api = api.merge(area.api);
    }
    let text = described(api.split_for_parts().1).to_pretty_json()?;
    setting.store.db.close().await;
    std::fs::remove_dir_all(&folder)?;
    crate::serve::say(&text);
    Ok(ExitCode::SUCCESS)
}

pub fn parts(
    setting: &crate::setting::Setting,
    files: files::Files,
    reader: contracts::Reader,
    organisation: &str,
    base_url: &str,
    trusted_proxies: Vec<people::Network>,
) -> Parts {
    let https = base_url.starts_with("https://");
    let config = people::PeopleConfig {
        base_url: base_url.to_owned(),
        secure_cookies: https,
        trusted_proxies,
        secret_key: setting.server_key.clone(),
    };
    Parts {
        store: setting.store.clone(),
        people: People::new(setting.store.clone(), config),
        contracts: Contracts { store: setting.store.clone(), files, reader, organisation: organisation.to_owned() },
        keys: setting.keys.clone(),
        organisation: organisation.to_owned(),
        reach: Reach { https, origin: Some(base_url.to_owned()) },
        smtp: None,
    }
}
