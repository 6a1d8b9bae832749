//! Every component on a few pages, to look at: `cargo run -p ui --example gallery`, then the address that it prints.

use std::{collections::BTreeSet, sync::Arc};

use askama::Template;
use axum::{
    Router,
    extract::Request,
    middleware::{Next, from_fn},
    routing::{get, post},
};
use kernel::{Actor, Instant, PersonId, Refusal, Side, Via, World};
use ui::{BareCx, FormState, Mark, NavItem, PageCx, PageError, PageForm, PageResult, Shell};

#[derive(Template)]
#[template(path = "today.html")]
struct Today {
    shell: Shell,
}

struct Row {
    title: &'static str,
    party: &'static str,
    kind: &'static str,
    mark: Mark,
    expiry: &'static str,
    deviations: u8,
}

#[derive(Template)]
#[template(path = "list.html")]
struct List {
    shell: Shell,
    form: FormState,
    rows: Vec<Row>,
    kinds: Vec<(&'static str, &'static str)>,
}

#[derive(Template)]
#[template(path = "record.html")]
struct Record {
    shell: Shell,
    facts: Vec<(&'static str, &'static str)>,
}

struct Finding {
    id: &'static str,
    topic: &'static str,
    mark: Mark,
    passage: &'static str,
    why: &'static str,
}

#[derive(Template)]
#[template(path = "review.html")]
struct Review {
    shell: Shell,
    findings: Vec<Finding>,
    choices: Vec<(&'static str, &'static str)>,
}

#[derive(Template)]
#[template(path = "new.html")]
struct New {
    shell: Shell,
    form: FormState,
    kinds: Vec<(&'static str, &'static str)>,
    classes: Vec<(&'static str, &'static str)>,
}

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignIn {
    bare: ui::Bare,
    form: FormState,
}

const KINDS: [(&str, &str); 3] =
    [("services", "Services"), ("dpa", "Data processing agreement"), ("licence", "Software licence")];
const CLASSES: [(&str, &str); 4] = [
    ("personal", "Personal data"),
    ("special", "Special categories"),
    ("secrets", "Business secrets"),
    ("cards", "Card data"),
];

async fn today(page: PageCx) -> PageResult {
    page.render(&Today {
        shell: page.shell("Good morning, Ada").subtitle("What waits for you on Legal's side, Saturday 21 Nov 2026."),
    })
}

async fn list(page: PageCx) -> PageResult {
    let row = |title, party, kind, mark, expiry, deviations| Row { title, party, kind, mark, expiry, deviations };
    let rows = vec![
        row("Cloud hosting master agreement", "Northwind Hosting B.V.", "Services", Mark::WAITING, "31 Dec 2026", 4),
        row(
            "Payroll processing addendum",
            "Fabrikam Payroll GmbH",
            "Data processing agreement",
            Mark::COUNTERSIGNED,
            "30 Jun 2027",
            0,
        ),
        row(
            "Penetration test, statement of work",
            "Contoso Security Ltd",
            "Services",
            Mark::APPROVED_WITH_CONDITION,
            "15 Feb 2027",
            1,
        ),
        row(
            "Analytics suite, enterprise licence with a title that is longer than anyone would like",
            "Tailspin Inc.",
            "Software licence",
            Mark::REJECTED,
            "1 Jan 2027",
            9,
        ),
        row("Support retainer", "Woodgrove Partners", "Services", Mark::VOIDED, "none", 2),
    ];
    page.render(&List { shell: page.shell("Contracts"), form: FormState::new(), rows, kinds: KINDS.to_vec() })
}

async fn record(page: PageCx) -> PageResult {
    let facts = vec![
        ("Vendor", "Northwind Hosting B.V."),
        ("Our role", "Controller"),
        ("Paper", "Theirs"),
        ("Effective", "1 Jan 2025"),
        ("Expiry", "31 Dec 2026"),
        ("Notice by", "30 Sep 2026"),
    ];
    let shell = page
        .shell("Cloud hosting master agreement")
        .crumb("Contracts", "/contracts")
        .subtitle("Services · Northwind Hosting B.V.");
    page.render(&Record { shell, facts })
}

async fn review(page: PageCx) -> PageResult {
    let finding = |id, topic, mark, passage, why| Finding { id, topic, mark, passage, why };
    let findings = vec![
        finding(
            "t-breach",
            "Breach notice",
            Mark::WEAKER,
            "p-breach",
            "notice “without undue delay” sets no hours; the preferred position is 24 hours",
        ),
        finding("t-audit", "Audit right", Mark::UNACCEPTABLE, "p-audit", "audits are excluded altogether"),
        finding(
            "t-sub",
            "Sub-processors",
            Mark::FALLBACK,
            "p-sub",
            "general authorisation with 14 days to object is the first fallback",
        ),
        finding("t-return", "Return and deletion", Mark::MISSING, "", "no clause speaks of it"),
        finding("t-confidential", "Confidentiality", Mark::PREFERRED, "p-conf", "mutual, five years after the end"),
        finding(
            "t-location",
            "Data location",
            Mark::NOT_REQUIRED,
            "",
            "no personal data leaves the Union under this contract",
        ),
    ];
    let shell =
        page.shell("Review").crumb("Contracts", "/contracts").crumb("Cloud hosting master agreement", "/contracts/1");
    let choices =
        vec![("confirm", "As found"), ("preferred", "Preferred"), ("fallback", "Fallback"), ("weaker", "Weaker")];
    page.render(&Review { shell: shell.subtitle("Version 2 · playbook version 7").wide(), findings, choices })
}

fn new_page(page: &PageCx, form: FormState) -> New {
    New {
        shell: page.shell("New contract").crumb("Contracts", "/contracts"),
        form,
        kinds: KINDS.to_vec(),
        classes: CLASSES.to_vec(),
    }
}

async fn new(page: PageCx) -> PageResult {
    page.render(&new_page(&page, FormState::new().with("kind", "dpa").with("classes", "personal")))
}

#[derive(serde::Deserialize)]
struct Sent {
    #[serde(default)]
    title: String,
    #[serde(default)]
    expires_on: String,
    #[serde(default)]
    classes: Vec<String>,
}

async fn create(page: PageCx, PageForm(sent, form): PageForm<Sent>) -> PageResult {
    let mut problems = Vec::new();
    let mut problem =
        |field: &str, message: String| problems.push(kernel::FieldProblem { field: field.to_owned(), message });
    if sent.title.is_empty() {
        problem("title", "say what the contract is called".to_owned());
    }
    if let Err(refusal) = sent.expires_on.parse::<kernel::Date>() {
        problem("expires_on", refusal.to_string());
    }
    if sent.classes.is_empty() {
        problem("classes", "tick at least one".to_owned());
    }
    if problems.is_empty() {
        return Ok(ui::redirect_with_flash("/contracts", "Contract registered."));
    }
    page.again(Refusal::fields(problems), |refusal| new_page(&page, form.refused(refusal)))
}

async fn sign_in(bare: BareCx) -> PageResult {
    bare.render(&SignIn { bare: bare.bare("Sign in"), form: FormState::new().with("email", "ada@example.org") })
}

async fn broken() -> Result<(), PageError> {
    Err(Refusal::broken("the disk is full").into())
}

async fn forbidden() -> Result<(), PageError> {
    Err(Refusal::forbidden("only Security signs for Security")
        .hint("ask a colleague of that side, or have its right lent to you")
        .into())
}

/// The gallery's own world: a clock that stands still.
struct Still;

impl World for Still {
    fn now(&self) -> Instant {
        Instant::from_micros(1_795_255_200_000_000)
    }
    fn random(&self, bytes: &mut [u8]) {
        bytes.fill(7);
    }
    fn zone(&self) -> jiff::tz::TimeZone {
        jiff::tz::TimeZone::UTC
    }
}

fn ada() -> Actor {
    Actor {
        person: PersonId(kernel::Uuid::from_u128(1)),
        name: "Ada Lovelace".to_owned(),
        sides: BTreeSet::from([Side::Legal, Side::Privacy]),
        administrator: false,
        via: Via::Session,
        read_only: false,
        delegations: Vec::new(),
    }
}

async fn signed_in(mut request: Request, next: Next) -> axum::response::Response {
    if request.uri().path() != "/sign-in" {
        request.extensions_mut().insert(ada());
    }
    next.run(request).await
}

#[derive(utoipa::ToSchema, serde::Serialize)]
struct Contract {
    /// What both parties call it.
    #[schema(max_length = 300, example = "Cloud hosting master agreement")]
    title: String,
    sides: Vec<String>,
    #[schema(value_type = Option<String>, format = Date)]
    expires_on: Option<String>,
}

/// Registers a contract.
#[utoipa::path(post, path = "/api/v1/contracts", tag = "contracts", request_body = Contract,
    responses((status = 201, description = "registered", body = Contract), (status = 422, description = "not as it is", body = ui::Problem)))]
async fn api_create() {}

/// One contract.
#[utoipa::path(get, path = "/api/v1/contracts/{id}", tag = "contracts", params(("id" = kernel::Uuid, Path, description = "the contract's id")),
    responses((status = 200, description = "the contract", body = Contract), (status = 404, description = "none that you may see", body = ui::Problem)))]
async fn api_get() {}

async fn docs(bare: BareCx) -> Result<axum::response::Html<String>, PageError> {
    let router: utoipa_axum::router::OpenApiRouter = utoipa_axum::router::OpenApiRouter::new()
        .routes(utoipa_axum::routes!(api_create))
        .routes(utoipa_axum::routes!(api_get));
    Ok(axum::response::Html(ui::api_docs::page(router.get_openapi(), bare.theme)?))
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let nav = ui::Nav::new(
        "Meridian Instruments",
        vec![
            NavItem::new("Today", "/", "home", 10),
            NavItem::new("Contracts", "/contracts", "file-text", 20),
            NavItem::new("Playbook", "/playbook", "book-2", 30),
            NavItem::new("Ledger", "/ledger", "timeline", 40),
            NavItem::new("People", "/people", "users", 50),
        ],
    )
    .search("/contracts");
    let pages = Router::new()
        .route("/", get(today))
        .route("/contracts", get(list).post(create))
        .route("/contracts/new", get(new))
        .route("/contracts/1", get(record))
        .route("/contracts/1/review", get(review))
        .route("/contracts/1/void", post(|| async { ui::redirect_with_flash("/contracts/1", "The sign-off is void.") }))
        .route("/sign-in", get(sign_in))
        .route("/broken", get(broken))
        .route("/forbidden", get(forbidden))
        .route(
            "/panic",
            get(|| async {
                if true {
                    panic!("on purpose")
                }
            }),
        )
        .route("/api/docs", get(docs))
        .merge(ui::routes());
    let app = ui::outer(ui::inner(pages, nav).layer(from_fn(signed_in)), Arc::new(Still), ui::Reach::default());
    let listener =
        tokio::net::TcpListener::bind(std::env::var("GALLERY").unwrap_or_else(|_| "127.0.0.1:8137".to_owned())).await?;
    #[expect(clippy::print_stdout, reason = "an example says where it is")]
    {
        println!("http://{}", listener.local_addr()?);
    }
    axum::serve(listener, app).await
}
