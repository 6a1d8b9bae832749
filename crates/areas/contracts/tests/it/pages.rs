//! The pages, through the router.

mod tracked;

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use contracts::{ContractId, Contracts, Reader, Status, contract, review};
use kernel::{Actor, Side};
use testkit::{Answer, Client, Engine, TestApp, both_engines};

const AREAS: &testkit::Areas = &[
    ("people", people::MIGRATIONS),
    ("files", files::MIGRATIONS),
    ("playbook", playbook::MIGRATIONS),
    ("contracts", contracts::MIGRATIONS),
];
const AGREEMENT: &str = include_str!("../fixtures/vendor-agreement.md");

async fn app(engine: Engine) -> TestApp {
    let app = TestApp::new(engine, AREAS).await;
    db::transact!(app.store, &Actor::system(), |cx| playbook::ensure_default(cx).await).unwrap();
    app
}

/// The area with a client for each person.
struct House {
    contracts: Contracts,
    router: axum::Router,
}

impl House {
    fn new(app: &TestApp) -> Self {
        let contracts = Contracts {
            store: app.store.clone(),
            files: files::Files::folder(&app.folder().join("files")).unwrap(),
            reader: Reader::Here,
            organisation: "Harbour & Finch Ltd".into(),
        };
        let nav = ui::Nav::new("Harbour & Finch Ltd", contracts::nav());
        let router = ui::inner(contracts::pages(contracts.clone()), nav);
        Self { contracts, router }
    }

    fn as_(&self, actor: Actor) -> Client {
        Client::new(self.router.clone(), Some(actor))
    }
}

/// A multipart form.
async fn multipart(client: &Client, path: &str, fields: &[(&str, &str)], file: Option<(&str, &[u8])>) -> Answer {
    let mut body = Vec::new();
    for (name, value) in fields {
        body.extend_from_slice(
            format!("--x\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").as_bytes(),
        );
    }
    if let Some((name, bytes)) = file {
        body.extend_from_slice(format!("--x\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{name}\"\r\ncontent-type: text/plain\r\n\r\n").as_bytes());
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(b"--x--\r\n");
    let request = Request::post(path)
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=x")
        .header(header::CONTENT_LENGTH, body.len())
        .body(Body::from(body))
        .unwrap();
    client.send(request).await
}

const GOOD: [(&str, &str); 12] = [
    ("title", "Scheduling service"),
    ("us", "Harbour & Finch Ltd"),
    ("counterparty", "Brightwater Systems Inc."),
    ("direction", "vendor"),
    ("kind", "saas"),
    ("our_role", "customer"),
    ("paper", "theirs"),
    ("data_classes", "personal"),
    ("initiated_on", "2026-11-02"),
    ("effective_on", "2026-12-01"),
    ("expires_on", "2028-11-30"),
    ("notice_days", "90"),
];

fn location(answer: &Answer) -> String {
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
    answer.header("location").expect("a location").to_owned()
}

fn id_in(location: &str) -> ContractId {
    location.split(['/', '#', '?']).find_map(|part| part.parse().ok()).expect("an id in the address")
}

async fn registered(client: &Client, file: Option<(&str, &[u8])>) -> ContractId {
    id_in(&location(&multipart(client, "/contracts/new", &GOOD, file).await))
}

/// The value of a hidden field in the form that posts to `action`.
fn hidden(page: &str, action: &str, name: &str) -> String {
    let form = page
        .split("<form")
        .find(|form| form.contains(&format!("action=\"{action}\"")))
        .unwrap_or_else(|| panic!("no form to {action}"));
    let field = form.split(&format!("name=\"{name}\" value=\"")).nth(1).unwrap_or_else(|| panic!("no field {name}"));
    field.split('"').next().unwrap().to_owned()
}

/// The row of the matrix on a topic.
fn row<'a>(page: &'a str, topic: &str) -> &'a str {
    let from = page.split(&format!("id=\"t-{topic}\"")).nth(1).unwrap_or_else(|| panic!("no row on {topic}"));
    from.split("data-finding").nth(1).unwrap_or(from)
}

fn between<'a>(text: &'a str, start: &str, end: &str) -> &'a str {
    text.split(start).nth(1).unwrap_or_else(|| panic!("no `{start}`")).split(end).next().unwrap()
}

both_engines! {
    async fn the_record_shows_what_the_text_says_and_takes_it_over(app: &TestApp) {
        let house = House::new(app);
        let lena = house.as_(app.actor("Lena Counsel", &[Side::Legal]));
        let text = "# Agreement\n\nThis Agreement is made as of 1 March 2025 (the \"Effective Date\") by and between Brightwater Systems Inc. (the \
            \"Supplier\") and Harbour & Finch Ltd (the \"Customer\").\n\n1. Term. This Agreement shall continue for two (2) years from the Effective \
            Date.\n\n2. Law. This Agreement is governed by the laws of Scotland.\n";
        let id = registered(&lena, Some(("agreement.md", text.as_bytes()))).await;
        let base = format!("/contracts/{id}");
        let page = lena.get(&base).await.text();
        let card = between(&page, "id=\"stated\"", "</section>");
        assert!(card.contains("record: <strong>30 Nov 2028</strong>") && card.contains("text, clause 1: <strong>1 Mar 2027</strong>"), "{card}");
        assert!(card.contains("counted: the effective date, 1 Mar 2025") && card.contains("Not in the record"), "{card}");
        let revision = hidden(&page, &format!("{base}/facts"), "revision");
        let refused = lena.form(&format!("{base}/facts"), &[("fields", "expires_on"), ("revision", &revision)]).await;
        assert_eq!(refused.status, StatusCode::CONFLICT);
        assert!(refused.text().contains("is 30 Nov 2028 in the record and 1 Mar 2027 in the text"));
        let law = [("fields", "governing_law"), ("revision", revision.as_str()), ("back", "review")];
        assert_eq!(location(&lena.form(&format!("{base}/facts"), &law).await), format!("{base}/review#facts"));
        let review = lena.get(&format!("{base}/review")).await.text();
        let panel = between(&review, "id=\"facts\"", "</details>\n<details");
        assert!(panel.contains("<strong>Scotland</strong>") && panel.contains("As in the record") && panel.contains("not found"), "{panel}");
        assert!(review.contains("id=\"categories\""));
        let audrey = house.as_(app.actor("Audrey Auditor", &[Side::Auditor]));
        let read_only = audrey.get(&base).await.text();
        assert!(read_only.contains("id=\"stated\"") && !read_only.contains(&format!("action=\"{base}/facts\"")), "an auditor sees it and changes nothing");
        let ed = house.as_(app.actor("Ed Executive", &[Side::Executive]));
        assert!(!ed.get(&base).await.text().contains("id=\"stated\""), "an executive reads nothing of the text");
    }

    async fn from_the_drop_to_the_countersignature(app: &TestApp) {
        let house = House::new(app);
        let manager = house.as_(app.actor("Mara Manager", &[Side::Legal]));
        let counsel = house.as_(app.actor("Lena Counsel", &[Side::Legal]));
        let ciso = house.as_(app.actor("Sami Ciso", &[Side::Security]));
        let compliance = house.as_(app.actor("Cora Compliance", &[Side::Compliance]));

        let answer = multipart(&manager, "/contracts/new", &GOOD, Some(("agreement.md", AGREEMENT.as_bytes()))).await;
        let to = location(&answer);
        let id = id_in(&to);
        let base = format!("/contracts/{id}");
        assert_eq!(to, format!("{base}/review"));

        // The reviewer sees what deviates first, and all rows on request.
        let page = counsel.get(&to).await;
        assert_eq!(page.status, StatusCode::OK);
        let deviations = page.text();
        assert!(deviations.contains("Missing"), "something is missing from a thin agreement");
        assert!(deviations.contains("within ten (10) business days"), "the text stands beside the matrix");
        assert!(deviations.contains("You cannot sign now: "), "nothing is signed before the rows were looked at");
        let all = counsel.get(&format!("{base}/review?show=all")).await.text();
        assert!(all.matches("data-finding").count() > deviations.matches("data-finding").count());

        // An override needs a reason, and keeps what was written.
        let audit = row(&deviations, "audit_rights");
        let action = between(audit, "action=\"", "\"").to_owned();
        let revision = hidden(&deviations, &action, "revision");
        let short = counsel.form(&action, &[("verdict", "override"), ("topic", "audit_rights"), ("revision", &revision), ("status", "fallback"), ("reason", "no")]).await;
        assert_eq!(short.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(short.text().contains("say in a sentence why the engine is wrong here"));
        let taken = counsel
            .form(&action, &[("verdict", "override"), ("topic", "audit_rights"), ("revision", &revision), ("status", "fallback"), ("reason", "an annual report is agreed by letter"), ("show", "all")])
            .await;
        assert_eq!(location(&taken), format!("{base}/review?show=all#t-audit_rights"));
        let stale = ciso.form(&action, &[("verdict", "confirm"), ("topic", "audit_rights"), ("revision", &revision)]).await;
        assert_eq!(stale.status, StatusCode::CONFLICT);

        // All other rows are confirmed: those that conform at once, each deviation by itself.
        location(&counsel.form(&format!("{base}/confirm-conforming"), &[("show", "open")]).await);
        loop {
            let open = counsel.get(&format!("{base}/review?show=open")).await.text();
            if !open.contains("data-finding") {
                break;
            }
            let topic = between(&open, "name=\"topic\" value=\"", "\"").to_owned();
            let first = row(&open, &topic);
            let action = between(first, "action=\"", "\"").to_owned();
            let revision = hidden(&open, &action, "revision");
            location(&counsel.form(&action, &[("verdict", "confirm"), ("topic", &topic), ("revision", &revision)]).await);
        }

        for (person, side) in [(&counsel, "legal"), (&ciso, "security"), (&compliance, "compliance")] {
            loop {
                let mine = person.get(&format!("{base}/review?show=mine")).await.text();
                let Some(form) = mine.split("<form").find(|form| form.contains("id=\"s-") && !form.contains("id=\"s-whole")) else { break };
                let topic = between(form, "name=\"topic\" value=\"", "\"").to_owned();
                let (review, sha256) = (between(form, "name=\"review\" value=\"", "\""), between(form, "name=\"sha256\" value=\"", "\""));
                let fields = [("review", review), ("sha256", sha256), ("topic", topic.as_str()), ("side", side), ("decision", "approve"), ("show", "mine")];
                location(&person.form(&format!("{base}/signoffs"), &fields).await);
                if !person.get(&format!("{base}/review?show=mine")).await.text().contains(&format!("id=\"s-{topic}-{side}\"")) {
                    continue;
                }
                panic!("{topic} was signed and still waits for {side}");
            }
            let page = person.get(&format!("{base}/review")).await.text();
            let form = page.split("<form").find(|form| form.contains(&format!("id=\"s-whole-{side}\""))).unwrap_or_else(|| panic!("{side} can sign the whole"));
            let (review, sha256) = (between(form, "name=\"review\" value=\"", "\""), between(form, "name=\"sha256\" value=\"", "\""));
            let fields = [("review", review), ("sha256", sha256), ("topic", ""), ("side", side), ("decision", "approve")];
            assert_eq!(location(&person.form(&format!("{base}/signoffs"), &fields).await), format!("{base}/review#sign"));
        }
        let record = manager.get(&base).await.text();
        assert!(record.contains("Countersigned") && record.contains("Put into force"));
        location(&manager.form(&format!("{base}/activate"), &[]).await);
        let mut cx = app.store.read(&Actor::system()).await.unwrap();
        assert_eq!(contract::get(&mut cx, id).await.unwrap().status, Status::Active);
        drop(cx);

        // A new version takes the sign-offs away, and the page says so.
        let changed = format!("{AGREEMENT}\n8.3 The parties may agree otherwise.\n");
        location(&multipart(&manager, &format!("{base}/versions"), &[("note", "after the call")], Some(("agreement.md", changed.as_bytes()))).await);
        let page = counsel.get(&format!("{base}/review")).await.text();
        assert!(page.contains("Earlier sign-offs no longer hold") && page.contains("version 2 of the document arrived"));
    }

    async fn two_people_edit_and_nobody_loses_a_word(app: &TestApp) {
        let house = House::new(app);
        let manager = house.as_(app.actor("Mara Manager", &[Side::Legal]));
        let id = registered(&manager, None).await;
        let edit = format!("/contracts/{id}/edit");
        let revision = hidden(&manager.get(&edit).await.text(), &edit, "revision");
        let with = |title: &'static str, revision: &str| {
            let mut fields: Vec<(String, String)> = GOOD.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
            fields[0].1 = title.to_owned();
            fields.push(("revision".into(), revision.to_owned()));
            fields
        };
        let send = async |fields: Vec<(String, String)>| {
            let pairs: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            manager.form(&edit, &pairs).await
        };
        location(&send(with("Scheduling, first hand", &revision)).await);
        let second = send(with("Scheduling, second <hand>", &revision)).await;
        assert_eq!(second.status, StatusCode::CONFLICT);
        let page = second.text();
        assert!(page.contains("value=\"Scheduling, second &#60;hand&#62;\""), "the entry is kept");
        assert!(page.contains("<td>Scheduling, first hand</td>"), "theirs stands beside it");
        let newer = hidden(&page, &edit, "revision");
        assert_ne!(newer, revision);
        location(&send(with("Scheduling, agreed", &newer)).await);
        assert!(manager.get("/contracts").await.text().contains("Scheduling, agreed"));
    }
}

async fn sqlite() -> TestApp {
    app(Engine::Sqlite).await
}

#[tokio::test]
async fn all_that_is_wrong_is_said_at_its_field() {
    let app = sqlite().await;
    let house = House::new(&app);
    let manager = house.as_(app.actor("Mara Manager", &[Side::Legal]));
    let answer = multipart(
        &manager,
        "/contracts/new",
        &[("title", "<i>x</i>"), ("expires_on", "31.12.2027")],
        Some(("a.md", b"text")),
    )
    .await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    let page = answer.text();
    assert!(
        page.contains("id=\"e-counterparty\"")
            && page.contains("id=\"e-data_classes\"")
            && page.contains("`31.12.2027` is not a date")
    );
    assert!(page.contains("value=\"&#60;i&#62;x&#60;/i&#62;\"") && !page.contains("<i>x</i>"));
    assert!(page.contains("Choose the file once more"));
    app.done().await;
}

#[tokio::test]
async fn bad_files_cost_nobody_the_record() {
    let app = sqlite().await;
    let house = House::new(&app);
    let manager = house.as_(app.actor("Mara Manager", &[Side::Legal]));

    // A broken document with a name full of markup: kept, explained, escaped.
    let to = location(
        &multipart(&manager, "/contracts/new", &GOOD, Some(("<script>alert(1)</script>.pdf", b"%PDF-1.7 broken")))
            .await,
    );
    let id = id_in(&to);
    let record = manager.get(&format!("/contracts/{id}")).await.text();
    assert!(!record.contains("<script>alert"), "a file's name is never markup");
    assert!(record.contains("cs-version-name") && record.contains("Add a new version"));
    assert!(
        manager.get(&format!("/contracts/{id}/review")).await.status == StatusCode::CONFLICT,
        "there is nothing to review"
    );

    // No file at all, and one beyond the limit: the answer says what to do.
    let none = multipart(&manager, &format!("/contracts/{id}/versions"), &[("note", "kept words")], None).await;
    assert_eq!(none.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(none.text().contains("choose a file first") && none.text().contains("kept words"));
    let huge = vec![b'a'; (64 << 20) + 1];
    let answer = multipart(&manager, &format!("/contracts/{id}/versions"), &[], Some(("huge.txt", &huge))).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(answer.text().contains("the limit is 64 MB") && answer.text().contains("upload the agreement on its own"));
    let to = location(&multipart(&manager, "/contracts/new", &GOOD, Some(("huge.txt", &huge))).await);
    assert!(manager.get(to.split('#').next().unwrap()).await.text().contains("C-2026-0002"), "registered all the same");

    // What comes out is a download, whatever it is called.
    let id = registered(&manager, Some(("agreement.md", AGREEMENT.as_bytes()))).await;
    let file = manager.get(&format!("/contracts/{id}/versions/1/file")).await;
    assert_eq!(file.body, AGREEMENT.as_bytes());
    assert!(file.header("content-disposition").unwrap().starts_with("attachment"));
    app.done().await;
}

#[tokio::test]
async fn everyone_sees_what_is_theirs_to_see() {
    let app = sqlite().await;
    let house = House::new(&app);
    let manager = house.as_(app.actor("Mara Manager", &[Side::Legal]));
    let id = registered(&manager, Some(("agreement.md", AGREEMENT.as_bytes()))).await;
    let base = format!("/contracts/{id}");
    let status = async |actor: &Actor, path: &str| house.as_(actor.clone()).get(path).await.status;
    let ok = StatusCode::OK;
    let none = StatusCode::NOT_FOUND;

    let executive = app.actor("Elin Executive", &[Side::Executive]);
    let record = house.as_(executive.clone()).get(&base).await.text();
    assert!(record.contains("Scheduling service") && record.contains("Waiting"));
    for hidden in
        ["/review\"", "/file\"", "memo.pdf", "Obligations in the text", "<form method=\"post\" action=\"/contracts"]
    {
        assert!(!record.contains(hidden), "an executive is offered {hidden}");
    }
    for path in ["/review", "/versions/1/file", "/memo.pdf", "/matrix.json"] {
        let answer = status(&executive, &format!("{base}{path}")).await;
        assert!(answer == StatusCode::FORBIDDEN || answer == none, "{path} gives an executive {answer}");
    }
    assert_eq!(status(&executive, &format!("{base}/edit")).await, StatusCode::FORBIDDEN);

    let auditor = app.actor("Aud Itor", &[Side::Auditor]);
    let page = house.as_(auditor.clone()).get(&format!("{base}/review")).await;
    assert_eq!(page.status, ok);
    assert!(!page.text().contains("/findings/") && !page.text().contains("/signoffs\""), "an auditor only reads");
    assert_eq!(status(&auditor, &format!("{base}/memo.pdf")).await, ok);

    for outsider in [
        app.actor("Emil Employee", &[Side::Employee]),
        app.actor("Vera Vendor", &[Side::Vendor]),
        app.administrator("Adam Admin"),
    ] {
        assert_eq!(status(&outsider, &base).await, none, "{}", outsider.name);
        assert_eq!(status(&outsider, &format!("{base}/review")).await, none, "{}", outsider.name);
        assert!(!house.as_(outsider.clone()).get("/contracts").await.text().contains("Scheduling service"));
    }
    assert!(
        house
            .as_(app.actor("Emil Employee", &[Side::Employee]))
            .get("/contracts")
            .await
            .text()
            .contains("Register a contract")
    );
    assert_eq!(status(&app.actor("Vera Vendor", &[Side::Vendor]), "/contracts/new").await, StatusCode::FORBIDDEN);
    assert_eq!(Client::new(house.router.clone(), None).get("/contracts").await.status, StatusCode::SEE_OTHER);

    // Behind the wall it does not exist, except for whom Legal names.
    let ciso = app.actor("Sami Ciso", &[Side::Security]);
    let named = app.actor("Nora Named", &[Side::Security]);
    assert_eq!(status(&ciso, &base).await, ok);
    location(
        &manager.form(&format!("{base}/wall"), &[("restricted", "yes"), ("people", &named.person.to_string())]).await,
    );
    for path in [
        base.clone(),
        format!("{base}/review"),
        format!("{base}/versions/1/file"),
        format!("/contracts/obligations?contract={id}"),
    ] {
        assert_eq!(status(&ciso, &path).await, none, "{path}");
    }
    assert_eq!(status(&named, &format!("{base}/review")).await, ok);
    assert_eq!(house.as_(ciso).form(&format!("{base}/wall"), &[]).await.status, none);
    app.done().await;
}

#[tokio::test]
async fn the_list_is_filtered_sorted_paged_and_exported() {
    let app = sqlite().await;
    let house = House::new(&app);
    let manager = house.as_(app.actor("Mara Manager", &[Side::Legal]));
    let empty = manager.get("/contracts").await.text();
    assert!(empty.contains("No contract yet") && empty.contains("Register a contract"));
    for number in 0..53 {
        let title = format!("Agreement {number:02}");
        let mut fields = GOOD;
        fields[0].1 = &title;
        location(&multipart(&manager, "/contracts/new", &fields, None).await);
    }
    let first = manager.get("/contracts?sort=title").await.text();
    assert!(first.contains("53 contracts") && first.contains("Agreement 00") && !first.contains("Agreement 50"));
    let next = between(&first, "rel=\"next\" href=\"", "\"").replace("&#38;", "&").replace("&amp;", "&");
    let second = manager.get(&next).await.text();
    assert!(second.contains("Agreement 50") && second.contains("Agreement 52") && !second.contains("Agreement 49"));
    let one = manager.get("/contracts?q=agreement+07&direction=vendor").await.text();
    assert!(one.contains("1 contract match") && one.contains("Agreement 07"));
    assert!(manager.get("/contracts?status=active").await.text().contains("No contract matches"));
    assert_eq!(manager.get("/contracts?status=nonsense").await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let sheet = manager.get("/contracts/export.xlsx?q=agreement+0").await;
    assert!(sheet.status == StatusCode::OK && sheet.body.starts_with(b"PK"));
    app.done().await;
}

#[tokio::test]
async fn comments_hang_on_clauses_and_obligations_lead_to_them() {
    let app = sqlite().await;
    let house = House::new(&app);
    let manager = house.as_(app.actor("Mara Manager", &[Side::Legal]));
    let id = registered(&manager, Some(("agreement.md", AGREEMENT.as_bytes()))).await;
    let base = format!("/contracts/{id}");
    let to = location(
        &manager.form(&format!("{base}/comments"), &[("clause", "3"), ("body", "is <b>this</b> ours?")]).await,
    );
    assert_eq!(to, format!("{base}/review#c3"));
    let page = manager.get(&format!("{base}/review")).await.text();
    let clause = between(&page, "id=\"c3\"", "</section>");
    assert!(clause.contains("is &#60;b&#62;this&#60;/b&#62; ours?") && clause.contains("Resolve"));
    let resolve = between(clause, "<article", "</article>")
        .split("action=\"")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap()
        .to_owned();
    location(&manager.form(&resolve, &[("clause", "3")]).await);
    assert!(manager.get(&format!("{base}/review")).await.text().contains("resolved by Mara Manager"));
    assert_eq!(
        manager.form(&format!("{base}/comments"), &[("clause", "9999"), ("body", "nowhere")]).await.status,
        StatusCode::NOT_FOUND
    );
    let to =
        location(&manager.form(&format!("{base}/comments"), &[("body", "on the whole"), ("back", "record")]).await);
    assert!(to.starts_with(&format!("{base}#comment-")));

    let duties = manager.get(&format!("/contracts/obligations?contract={id}")).await.text();
    assert!(duties.contains(&format!("{base}/review#c")) && duties.contains("Read in Scheduling service"));
    let filtered = manager.get("/contracts/obligations?topic=breach_notification").await.text();
    assert!(filtered.contains("ten (10) business days"));
    let mut cx = app.store.read(&manager.actor.clone().unwrap()).await.unwrap();
    let clauses = review::view(&mut cx, id).await.unwrap().text.reading.clauses.len();
    assert_eq!(page.matches("data-clause id=").count(), clauses, "the whole text is there");
    drop(cx);
    assert_eq!(house.contracts.organisation, "Harbour & Finch Ltd");
    app.done().await;
}

#[tokio::test]
async fn terms_and_references_are_links_and_hostile_words_stay_words() {
    let app = sqlite().await;
    let house = House::new(&app);
    let manager = house.as_(app.actor("Mara Manager", &[Side::Legal]));
    let text = "SERVICES AGREEMENT\n\n1. Definitions\n\n“Fee<script>alert(1)</script>” means ten euros, as <img src=x> says it here.\n\n“Security Incident” means any breach of security at the Supplier.\n\n“Idle Term” means what nobody needs in this document.\n\n2. Notice\n\nThe Supplier tells the Customer of each Security Incident within 24 hours, as Section 1 and Section 9 demand of it.\n\n3. Law\n\nThis agreement is governed by the law of Austria.\n";
    let id = registered(&manager, Some(("agreement.txt", text.as_bytes()))).await;
    let page = manager.get(&format!("/contracts/{id}/review")).await.text();
    assert!(!page.contains("<script>alert") && !page.contains("<img src=x"), "escaped");
    let panel = between(&page, "id=\"definitions\"", "</details>");
    assert!(panel.contains("<dfn>Security Incident</dfn>") && panel.contains("any breach of security at the Supplier"));
    assert!(panel.contains("Never used") && panel.contains("section 9"), "{panel}");
    let paper = between(&page, "class=\"cs-paper\"", "class=\"cs-matrix\"");
    assert!(paper.contains("data-term>Security Incident</a>"), "{paper}");
    assert!(paper.contains(">Section 1</a>") && paper.contains("cs-ref"));
    assert!(!paper.contains(">Section 9</a>"), "a broken reference is no link");
    let review = manager.get(&format!("/contracts/{id}/matrix.json")).await.text();
    let review: serde_json::Value = serde_json::from_str(&review).unwrap();
    assert!(
        review["definitions"]
            .as_array()
            .unwrap()
            .iter()
            .any(|term| term["term"] == "Security Incident" && term["uses"] == 1)
    );
    assert!(
        review["references"].as_array().unwrap().iter().any(|to| to["to"] == "section 9" && to["leads"] == "missing")
    );
    app.done().await;
}

const NDA: &str = "MUTUAL NON-DISCLOSURE AGREEMENT\n\nThis agreement is made between Harbour & Finch Ltd and Heron GmbH.\n\nThe Receiving Party may disclose Confidential Information to its employees who have a need to know it and are bound by duties of confidentiality.\n\nThe Receiving Party shall not reverse engineer any objects which embody the Disclosing Party's Confidential Information, <b>ever</b>.\n\nUpon termination of this Agreement, the Receiving Party shall return or destroy all Confidential Information.\n";

both_engines! {
    async fn a_non_disclosure_agreement_is_asked_questions(app: &TestApp) {
        let house = House::new(app);
        let manager = house.as_(app.actor("Mara Manager", &[Side::Legal]));
        let id = registered(&manager, Some(("nda.md", NDA.as_bytes()))).await;
        let page = manager.get(&format!("/contracts/{id}/review")).await.text();
        let panel = between(&page, "id=\"questions\"", "data-review");
        assert!(panel.contains("17 questions on confidentiality"), "{panel}");
        let employees = between(panel, "id=\"q-employees\"", "id=\"q-third_parties\"");
        assert!(employees.contains("Yes") && employees.contains("href=\"#c"), "the answer and its clause: {employees}");
        assert!(employees.contains("need to know it"), "{employees}");
        assert!(between(panel, "id=\"q-no_solicitation\"", "</div>").contains("Not mentioned"));
        assert!(between(panel, "id=\"q-return_or_destroy\"", "</div>").contains("t-return_destruction"), "its topic");
        assert!(!panel.contains("<b>ever"), "text from outside is escaped");
        let json = manager.get(&format!("/contracts/{id}/matrix.json")).await.text();
        assert!(json.contains("\"question\": \"employees\"") || json.contains("\"question\":\"employees\""), "{json}");

        // An agreement about something else isn't asked.
        let lease = "LEASE\n\nThe Landlord lets the offices to the Tenant.\n\nThe Tenant pays a rent of 4,000 euros a month.\n";
        let id = registered(&manager, Some(("lease.md", lease.as_bytes()))).await;
        assert!(!manager.get(&format!("/contracts/{id}/review")).await.text().contains("id=\"questions\""));
    }
}
