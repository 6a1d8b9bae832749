//! The people and the records that are asked about: the demonstration, filled by its own use cases, and beside it the few
//! records that the questions need, made by use cases too.
//!
//! Everybody signs in as in a browser, so that the session is part of what is tested. The store is kept as it was before
//! the first question and put back after each one that changed it: no probe can change what the next one finds.

use std::{collections::BTreeMap, path::PathBuf, sync::Arc};

use axum::{
    Router,
    body::Body,
    http::{Request, header},
};
use bytes::Bytes;
use contracts::{
    ContractFields, ContractId, Decision, comments, contract,
    corrections::{self, NewCorrection},
    review::{self, Verdict},
    signoff,
};
use kernel::{Actor, PersonId, Refusal, Side, Via};
use people::PersonDraft;
use server::{app, setting::Setting};
use testkit::{Answer, Client, Engine, TestApp};

use crate::{
    fields::Fields,
    stage_incidents::{FACT, PRIVILEGED},
};

const DEMO_PASSWORD: &str = "countersigned by both";
const PASSWORD: &str = "a probe walks into a bar";

/// A column of the matrix.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Role {
    pub name: &'static str,
    email: &'static str,
    /// The side for which they try to sign.
    side: &'static str,
}

const fn role(name: &'static str, email: &'static str, side: &'static str) -> Role {
    Role { name, email, side }
}

/// The registrant is an employee who registered two contracts of their own and is asked about those; the named person is
/// an employee whom Legal let behind the wall; the delegate is of IT and signs for Security while the CISO is away.
pub const ROLES: &[Role] = &[
    role("nobody", "", "security"),
    role("administrator", "ada@demo.example", "security"),
    role("legal", "mara@demo.example", "legal"),
    role("privacy", "priya@demo.example", "legal"),
    role("security", "samira@demo.example", "security"),
    role("it", "ivo@demo.example", "security"),
    role("compliance", "colin@demo.example", "compliance"),
    role("executive", "elena@demo.example", "security"),
    role("employee", "emil@demo.example", "security"),
    role("vendor", "vera@kestrel.example", "security"),
    role("auditor", "otto@audit.example", "security"),
    role("registrant", "rhea@demo.example", "security"),
    role("named", "nadia@demo.example", "security"),
    role("delegate", "ines@demo.example", "security"),
    role(READ_TOKEN, "mara@demo.example", "legal"),
];

/// The column of an access token that may only read, in the hands of Legal.
pub const READ_TOKEN: &str = "read token";

/// Words that stand in exactly one place, to see where they come out.
pub const MARKS: &[(&str, &str)] = &[
    ("the text of a contract", "zephyr"),
    ("a comment on a contract", "quillwort"),
    ("a condition of a sign-off", "marzipan"),
    ("the title of a restricted contract", "Osprey"),
    ("the text of a restricted contract", "bergamot"),
    ("a comment on a restricted contract", "halcyon"),
    ("the title of an employee's restricted contract", "Merlin"),
    ("the text of an employee's restricted contract", "obsidian"),
    ("a fact of an incident", FACT),
    ("what counsel directs", PRIVILEGED),
];

struct New {
    title: &'static str,
    registrant: &'static str,
    restricted: bool,
    named: &'static [&'static str],
    /// Stands in its text, its comment and the condition of its sign-off.
    marks: [&'static str; 3],
    signs: (&'static str, Side),
}

pub struct Stage {
    app: TestApp,
    setting: Setting,
    pub router: Router,
    files: files::Files,
    cookies: BTreeMap<&'static str, String>,
    token: String,
    usual: Fields,
    /// By role where it differs, else under the empty name; normal and restricted.
    contracts: BTreeMap<&'static str, [Fields; 2]>,
    /// The same without a document, for what takes long to make out of one.
    bare: BTreeMap<&'static str, [Fields; 2]>,
    own: BTreeMap<&'static str, Fields>,
    entries: [String; 3],
    by_route: Vec<(&'static str, &'static str, String)>,
}

fn database(app: &TestApp, name: &str) -> PathBuf {
    app.folder().join(name)
}

/// An empty workspace.
async fn open() -> (TestApp, Setting, files::Files) {
    let migrations = app::migrations();
    let (base, areas) = migrations.split_first().unwrap();
    assert_eq!(base.0, "db", "the test kit brings the tables of `db` itself");
    let app = TestApp::new(Engine::Sqlite, areas).await;
    let secret = trail::new_key_text([7; 32], "probe").unwrap();
    let keys = Arc::new(trail::keys_from_text(&secret, "").unwrap());
    let setting = Setting { store: app.store.clone(), keys, server_key: people::ServerKey::new([9; 32]), fresh: true };
    let files = files::Files::folder(&app.folder().join("files")).unwrap();
    (app, setting, files)
}

fn parts(setting: &Setting, files: &files::Files) -> app::Parts {
    app::parts(setting, files.clone(), contracts::Reader::Here, "Meridian", "http://localhost:8080", Vec::new())
}

/// The description of the API as an empty workspace serves it.
pub async fn document() -> serde_json::Value {
    let (app, setting, files) = open().await;
    let (router, _) = app::build(&parts(&setting, &files));
    let actor = app.administrator("Ada");
    let answer = Client::new(router, Some(actor)).get(ui::api_docs::DOCUMENT_URL).await;
    assert_eq!(answer.status, 200);
    let document = answer.json();
    app.done().await;
    document
}

impl Stage {
    pub async fn set() -> Self {
        let (app, setting, files) = open().await;
        db::transact!(app.store, &Actor::system(), |cx| playbook::ensure_default(cx).await).unwrap();
        let parts = parts(&setting, &files);
        server::demo::fill(&parts).await.unwrap().expect("the store was empty");
        let router = app::build(&parts).0;
        let mut stage = Self {
            app,
            setting,
            router,
            files,
            cookies: BTreeMap::new(),
            token: String::new(),
            usual: Fields::usual(),
            contracts: BTreeMap::new(),
            bare: BTreeMap::new(),
            own: BTreeMap::new(),
            entries: Default::default(),
            by_route: Vec::new(),
        };
        for (email, name, sides) in [
            ("ivo@demo.example", "Ivo Jansen", "it"),
            ("rhea@demo.example", "Rhea Costa", "employee"),
            ("nadia@demo.example", "Nadia Petrov", "employee"),
        ] {
            stage.hire(&parts, email, name, sides).await;
        }
        stage.contracts(&parts).await;
        stage.records(&parts).await;
        stage.sign_in().await;
        stage.keep().await;
        stage
    }

    pub(crate) async fn person(&self, email: &str) -> PersonId {
        let mut cx = self.app.store.read(&Actor::system()).await.unwrap();
        let filter = people::PeopleFilter { text: email.to_owned(), ..Default::default() };
        people::list_people(&mut cx, &filter)
            .await
            .unwrap()
            .items
            .first()
            .unwrap_or_else(|| panic!("nobody is {email}"))
            .id
    }

    pub(crate) async fn actor(&self, email: &str) -> Actor {
        people::actor_of(&self.app.store, self.person(email).await, Via::Session).await.unwrap()
    }

    async fn invite(&self, email: &str, name: &str, side: &str) -> people::Invited {
        let ada = self.actor("ada@demo.example").await;
        let draft =
            PersonDraft { name: name.into(), email: email.into(), sides: vec![side.into()], ..PersonDraft::default() };
        db::transact!(self.app.store, &ada, |cx| people::invite(cx, &draft).await).unwrap()
    }

    async fn hire(&self, parts: &app::Parts, email: &str, name: &str, side: &str) {
        let invited = self.invite(email, name, side).await;
        people::accept_invitation(&parts.store, invited.secret.reveal(), name, PASSWORD).await.unwrap();
    }

    async fn contracts(&mut self, parts: &app::Parts) {
        let normal = New {
            title: "Maintenance of the harbour crane",
            registrant: "jonas@demo.example",
            restricted: false,
            named: &[],
            marks: ["zephyr", "quillwort", "marzipan"],
            signs: ("samira@demo.example", Side::Security),
        };
        let restricted = New {
            title: "Project Osprey",
            registrant: "jonas@demo.example",
            restricted: true,
            named: &["nadia@demo.example"],
            marks: ["bergamot", "halcyon", "tamarind"],
            signs: ("mara@demo.example", Side::Legal),
        };
        let own = New {
            title: "Sketching tool",
            registrant: "rhea@demo.example",
            marks: ["cobalt", "plankton", "juniper"],
            ..normal
        };
        let own_restricted = New {
            title: "Project Merlin",
            registrant: "rhea@demo.example",
            named: &[],
            marks: ["obsidian", "wisteria", "saffron"],
            ..restricted
        };
        let usual = [self.contract(parts, &normal).await, self.contract(parts, &restricted).await];
        let of_the_registrant = [self.contract(parts, &own).await, self.contract(parts, &own_restricted).await];
        let bare = [self.bare(parts, &normal).await, self.bare(parts, &restricted).await];
        let bare_of_the_registrant = [self.bare(parts, &own).await, self.bare(parts, &own_restricted).await];
        self.bare.insert("", bare);
        self.bare.insert("registrant", bare_of_the_registrant);
        self.contracts.insert("", usual);
        self.contracts.insert("registrant", of_the_registrant);
    }

    /// Registered, and behind its wall if there is one.
    async fn register(&self, parts: &app::Parts, new: &New) -> ContractId {
        let area = &parts.contracts;
        let registrant = self.actor(new.registrant).await;
        let jonas = self.actor("jonas@demo.example").await;
        let facts = ContractFields {
            title: new.title.into(),
            us: "Meridian Health Systems GmbH".into(),
            counterparty: "Probe Ltd".into(),
            direction: "vendor".into(),
            kind: "saas".into(),
            our_role: "customer".into(),
            paper: "theirs".into(),
            data_classes: vec!["personal".into()],
            initiated_on: "2026-11-01".into(),
            ..ContractFields::default()
        };
        let id = db::transact!(area.store, &registrant, |cx| contract::register(cx, &facts).await).unwrap().id;
        if new.restricted {
            let mut named = Vec::new();
            for email in new.named {
                named.push(self.person(email).await);
            }
            db::transact!(area.store, &jonas, |cx| contract::restrict(cx, id, true, &named).await).unwrap();
        }
        id
    }

    async fn bare(&self, parts: &app::Parts, new: &New) -> Fields {
        let mut fields = Fields::default();
        fields.set("id", self.register(parts, new).await);
        fields
    }

    /// In review, with a decided row, a comment, and a sign-off under a condition.
    async fn contract(&self, parts: &app::Parts, new: &New) -> Fields {
        let area = &parts.contracts;
        let id = self.register(parts, new).await;
        let registrant = self.actor(new.registrant).await;
        let jonas = self.actor("jonas@demo.example").await;
        let [in_text, in_comment, in_condition] = new.marks;
        let text = format!(
            "# Agreement\n\n## 1. Personal data\n\nThe Supplier shall notify the Customer of a personal data breach within ten (10) business days after the \
             Supplier has completed its {in_text} investigation.\n\n## 2. Liability\n\nThe total liability of the Supplier shall not exceed the fees paid in \
             the three (3) months before the {in_text} claim.\n\n## 3. Law\n\nThis Agreement is governed by the laws of Norway.\n"
        );
        area.upload(&registrant, id, "draft.md", Bytes::from(text), "").await.unwrap();
        let body = format!("Who thought of {in_comment}?");
        let comment = db::transact!(area.store, &jonas, |cx| comments::add(cx, id, None, &body).await).unwrap();
        let (signatory, side) = new.signs;
        let signatory = self.actor(signatory).await;
        let view = review::view(&mut area.store.read(&jonas).await.unwrap(), id).await.unwrap();
        let row = view
            .findings
            .iter()
            .find(|row| row.is_deviation() && row.approvers.contains(&side))
            .expect("a deviation that the side approves");
        let condition = format!("Once there is {in_condition}.");
        let (revision, finding, topic) = (row.revision, row.id, row.topic.as_str());
        db::transact!(area.store, &jonas, |cx| review::decide(cx, id, finding, revision, &Verdict::Confirm).await)
            .unwrap();
        let heading = NewCorrection::Topic { topic: clauses::Topic::Insurance, clause: 0, about: None };
        let correction =
            db::transact!(area.store, &jonas, |cx| corrections::correct(cx, id, 1, &heading, "").await).unwrap();
        let decision = signoff::NewSignoff {
            review: view.review.id,
            sha256: view.review.sha256.clone(),
            topic: Some(topic.to_owned()),
            side,
            decision: Decision::ApproveWithCondition,
            condition,
        };
        let signed = db::transact!(area.store, &signatory, |cx| signoff::sign(cx, id, &decision).await).unwrap();
        let record = self.read_contract(&jonas, id).await.unwrap();
        let mut fields = Fields::default();
        fields.set("id", id);
        fields.set("revision", record.revision);
        fields.set("finding", finding);
        fields.set("finding_revision", revision + 1);
        fields.set("topic", topic);
        fields.set("review", view.review.id);
        fields.set("sha256", view.review.sha256);
        fields.set("signoff", signed.id);
        fields.set("comment", comment);
        fields.set("correction", correction);
        fields
    }

    async fn read_contract(&self, actor: &Actor, id: ContractId) -> Result<contracts::Contract, Refusal> {
        contract::get(&mut self.app.store.read(actor).await?, id).await
    }

    async fn records(&mut self, parts: &app::Parts) {
        let theo = self.person("theo@demo.example").await;
        let invited = self.invite("waiting@demo.example", "Willa Waiting", "it").await;
        let mut cx = self.app.store.read(&Actor::system()).await.unwrap();
        let book = playbook::standard(&mut cx).await.unwrap();
        let person = people::read_person(&mut cx, theo).await.unwrap();
        drop(cx);
        let samira = self.actor("samira@demo.example").await;
        let lent = people::list_delegations(&mut self.app.store.read(&samira).await.unwrap()).await.unwrap();
        let of_incidents = self.incidents(&parts.store).await;
        let of_notices = self.notices(&parts.store).await;
        let (book_id, theo_id, lent_id) = (book.playbook.to_string(), theo.to_string(), lent[0].id.to_string());
        // The longest beginning wins.
        self.by_route = vec![
            ("/playbook", "id", book_id.clone()),
            ("/playbook", "topic", "breach_notification".to_owned()),
            ("/api/v1/playbooks", "id", book_id),
            ("/api/v1/playbooks", "topic", "breach_notification".to_owned()),
            ("/api/v1/playbooks", "revision", book.number.to_string()),
            ("/people/", "id", theo_id.clone()),
            ("/people/{id}", "revision", person.revision.to_string()),
            ("/people/{id}", "email", person.email.clone()),
            ("/people/invitations", "id", invited.id.to_string()),
            ("/api/v1/people/", "id", theo_id.clone()),
            ("/api/v1/people/", "revision", person.revision.to_string()),
            ("/api/v1/people/", "email", person.email),
            ("/invitation/", "token", invited.secret.reveal().to_owned()),
            ("/setup/", "token", "an-old-link".to_owned()),
            ("/contracts/{id}/corrections", "clause", "0".to_owned()),
            ("/account/delegations", "id", lent_id.clone()),
            ("/api/v1/delegations", "id", lent_id),
        ];
        self.by_route.extend(of_incidents);
        self.by_route.extend(of_notices);
        let icon = Client::new(self.router.clone(), None).get("/favicon.ico").await;
        let mut asset =
            icon.header("location").expect("where the icon lies").trim_start_matches("/assets/").splitn(2, '/');
        self.by_route.push(("/assets/", "hash", asset.next().unwrap().to_owned()));
        self.by_route.push(("/assets/", "name", asset.next().unwrap().to_owned()));
        for (name, value) in
            [("email", "new@demo.example"), ("revision", "1"), ("topic", "encryption"), ("review", ""), ("sha256", "")]
        {
            self.usual.set(name, value);
        }
        self.usual.set("people", theo);
        self.usual.set("to", theo);
        self.usual.set("from", book.id);
        let jonas = self.actor("jonas@demo.example").await;
        let mut cx = parts.store.read(&jonas).await.unwrap();
        let [normal, restricted] = &self.contracts[""];
        for (at, subject) in [normal.get("id"), restricted.get("id")].into_iter().enumerate() {
            let filter = trail::Filter {
                action: Some("contract.commented".into()),
                subject_id: Some(subject.to_owned()),
                ..Default::default()
            };
            self.entries[at] = trail::list(&mut cx, &filter, 1).await.unwrap().items[0].seq.to_string();
        }
        let filter = trail::Filter { action: Some("person.".into()), ..Default::default() };
        self.entries[2] = trail::list(&mut cx, &filter, 1).await.unwrap().items[0].seq.to_string();
    }

    /// Twice, so that there is a session to end beside the one in which it is asked.
    async fn sign_in(&mut self) {
        let door = Client::new(self.router.clone(), None);
        let theo = role("theo", "theo@demo.example", "");
        for role in ROLES.iter().filter(|role| !role.email.is_empty() && role.name != READ_TOKEN).chain([&theo]) {
            let mut cookie = String::new();
            for _ in 0..2 {
                let answer = door
                    .form("/sign-in", &[("email", role.email), ("password", password(role.email)), ("next", "/")])
                    .await;
                assert_eq!(answer.status, 303, "{} signs in: {}", role.email, answer.text());
                let given = answer.header("set-cookie").expect("a session");
                cookie = given.split(';').next().unwrap_or_default().to_owned();
            }
            self.cookies.insert(role.name, cookie);
            let actor = self.actor(role.email).await;
            let sessions = people::list_sessions(&mut self.app.store.read(&actor).await.unwrap()).await.unwrap();
            let day = "2027-01-31".parse().unwrap();
            let (token, secret) =
                db::transact!(self.app.store, &actor, |cx| people::make_token(cx, "a probe's", true, day).await)
                    .unwrap();
            let mut own = Fields::default();
            own.set("session", sessions.last().unwrap().id);
            own.set("token", token.id);
            if role.name == "legal" {
                self.token = secret.reveal().to_owned();
                self.own.insert(READ_TOKEN, own.clone());
            }
            self.own.insert(role.name, own);
        }
    }

    /// From here on every change is taken back.
    async fn keep(&mut self) {
        self.setting.store.db.close().await;
        std::fs::copy(database(&self.app, "store.sqlite"), database(&self.app, "kept.sqlite")).unwrap();
        self.put_back().await;
    }

    async fn put_back(&mut self) {
        self.router = Router::new();
        self.setting.store.db.close().await;
        for ending in ["-wal", "-shm"] {
            let _ = std::fs::remove_file(database(&self.app, &format!("store.sqlite{ending}")));
        }
        let live = database(&self.app, "store.sqlite");
        std::fs::copy(database(&self.app, "kept.sqlite"), &live).unwrap();
        self.setting.store.db = db::Db::open(&format!("sqlite:{}", live.display())).await.unwrap();
        self.router = app::build(&parts(&self.setting, &self.files)).0;
    }

    /// The values for one question. `variant` is a place in [`crate::probes::Over::variants`].
    pub fn fields(&self, role: &Role, probe: &crate::probes::Probe, variant: usize) -> Fields {
        use crate::probes::Over;
        let mut fields = self.usual.clone();
        let password = password(role.email);
        for name in ["password", "again", "current", "codes_password", "off_password"] {
            fields.set(name, password);
        }
        if probe.path() == "/account/password" {
            fields.set("password", "another probe walks into a bar");
            fields.set("again", "another probe walks into a bar");
        }
        fields.set("side", role.side);
        if probe.path() == "/sign-in" {
            fields.set("email", if role.email.is_empty() { "elena@demo.example" } else { role.email });
        }
        let mut chosen: Vec<_> =
            self.by_route.iter().filter(|(beginning, ..)| probe.path().starts_with(beginning)).collect();
        chosen.sort_by_key(|(beginning, ..)| beginning.len());
        for (_, name, value) in chosen {
            fields.set(name, value);
        }
        match probe.over {
            Over::Once => {}
            Over::Contract => {
                // Setting a memo takes a second here, so one of the right is enough: the others learn by a contract
                // without a document whether they would get one.
                let light = probe.path().ends_with("/memo.pdf") && role.name != "legal";
                let all = if light { &self.bare } else { &self.contracts };
                let of = all.get(role.name).unwrap_or(&all[""]);
                fields = fields.with(&of[variant]);
                if probe.path().contains("{finding}") {
                    let revision = fields.get("finding_revision").to_owned();
                    fields.set("revision", revision);
                }
            }
            Over::Entry => fields.set("seq", &self.entries[variant]),
            Over::Own => {
                let whose = if variant == 0 && self.own.contains_key(role.name) { role.name } else { "theo" };
                let kind = if probe.path().contains("/sessions/") { "session" } else { "token" };
                let id = self.own[whose].get(kind).to_owned();
                fields.set("id", id);
            }
        }
        fields
    }

    /// Asks, with the session of the role.
    pub async fn ask(
        &self,
        role: &Role,
        method: &str,
        path: &str,
        revision: Option<&str>,
        body: Option<(String, Vec<u8>)>,
    ) -> Answer {
        let mut request = Request::builder().method(method).uri(path).header(header::HOST, "localhost:8080");
        if let Some(cookie) = self.cookies.get(role.name) {
            request = request.header(header::COOKIE, cookie);
        }
        if role.name == READ_TOKEN {
            request = request.header(header::AUTHORIZATION, format!("Bearer {}", self.token));
        }
        if let Some(revision) = revision {
            request = request.header(header::IF_MATCH, format!("\"{revision}\""));
        }
        let body = match body {
            Some((kind, bytes)) => {
                request = request.header(header::CONTENT_TYPE, kind);
                Body::from(bytes)
            }
            None => Body::empty(),
        };
        Client::new(self.router.clone(), None).send(request.body(body).unwrap()).await
    }

    /// Puts the store back as it was, when the answer says that something may have changed.
    pub async fn after(&mut self, changes: bool, answer: &Answer) {
        if changes && (answer.status.is_success() || answer.status.is_redirection()) {
            self.put_back().await;
        }
    }

    /// The ids of the restricted contract that outsiders may not even know of.
    pub fn restricted_id(&self) -> &str {
        self.contracts[""][1].get("id")
    }

    pub async fn strike(self) {
        self.setting.store.db.close().await;
        self.app.done().await;
    }
}

fn password(email: &str) -> &'static str {
    match email {
        "ivo@demo.example" | "rhea@demo.example" | "nadia@demo.example" => PASSWORD,
        _ => DEMO_PASSWORD,
    }
}
