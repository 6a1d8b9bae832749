//! How each route is asked. A route that is missing here fails the test.

use serde_json::{Value, json};

use crate::fields::{Fields, contract_body, position};

/// What a route is asked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Over {
    /// Nothing in particular, or one record that is the same for everybody.
    Once,
    /// A contract that its sides may see, and one behind a wall.
    Contract,
    /// Entries of the ledger: of a contract, of one behind a wall, of a person.
    Entry,
    /// Something of one's own account, and the same of someone else's.
    Own,
}

impl Over {
    pub fn variants(self) -> &'static [&'static str] {
        match self {
            Over::Once => &[""],
            Over::Contract => &["", "restricted"],
            Over::Entry => &["of a contract", "of a restricted one", "of a person"],
            Over::Own => &["one's own", "another's"],
        }
    }
}

#[derive(Clone, Copy)]
pub enum Sends {
    Nothing,
    /// A page's form: everything that any form asks for.
    Form,
    /// The same as multipart, with or without a file.
    Parts {
        file: bool,
    },
    /// Only the parts `file` and `note`.
    Upload,
    Json(fn(&Fields) -> Value),
    /// With the revision of the record.
    Guarded(fn(&Fields) -> Value),
}

pub struct Probe {
    pub route: &'static str,
    pub over: Over,
    pub sends: Sends,
}

impl Probe {
    pub fn method(&self) -> &'static str {
        self.route.split_once(' ').unwrap().0
    }

    pub fn path(&self) -> &'static str {
        self.route.split_once(' ').unwrap().1
    }

    /// Could it change something?
    pub fn changes(&self) -> bool {
        self.method() != "GET"
    }
}

/// Needs no sign-in.
pub const PUBLIC: &[&str] = &[
    "GET /api/docs",
    "GET /api/openapi.json",
    "GET /assets/{hash}/{name}",
    "GET /favicon.ico",
    "GET /healthz",
    "GET /invitation/{token}",
    "GET /robots.txt",
    "GET /sign-in",
    "POST /invitation/{token}",
    "POST /sign-in",
    "POST /theme",
];

/// Opens for nobody here, and why.
pub const CLOSED: &[(&str, &str)] = &[
    ("GET /setup/{token}", "the workspace is set up"),
    ("POST /setup/{token}", "the workspace is set up"),
    ("GET /sign-in/code", "nobody has a second factor, so no code is asked for"),
    ("POST /sign-in/code", "nobody has a second factor, so no code is asked for"),
    ("POST /sign-out", "whoever signs out is sent to sign in"),
];

/// Gets past the authorisation here, but not through: the record is in another state.
pub const CONFLICTS: &[(&str, &str)] = &[
    ("POST /incidents/plan/draft", "there is a draft"),
    ("POST /incidents/{id}/plan", "it was started when the incident was opened"),
    ("POST /account/recovery-codes", "there is no second factor"),
    ("POST /account/second-factor/confirm", "there is no second factor"),
    ("POST /account/second-factor/off", "there is no second factor"),
    ("POST /people/{id}/second-factor", "there is no second factor"),
    ("POST /playbook/{id}/archive", "it is the only one in use"),
    ("POST /playbook/{id}/unarchive", "it is in use"),
    ("POST /playbook/{id}/versions/{number}/restore", "there is one version"),
    ("POST /contracts/{id}/versions/{number}/readings", "it holds no tracked changes"),
    ("POST /api/v1/contracts/{id}/versions/{number}/readings", "it holds no tracked changes"),
    ("POST /contracts/{id}/activate", "it is not countersigned"),
    ("POST /contracts/{id}/end", "it is not in force"),
    ("POST /contracts/{id}/reopen", "it is not withdrawn"),
    ("GET /contracts/{id}/difference.docx", "there is one version"),
    ("GET /api/v1/contracts/{id}/difference", "there is one version"),
    ("GET /api/v1/contracts/{id}/difference.docx", "there is one version"),
    ("POST /api/v1/contracts/{id}/activate", "it is not countersigned"),
    ("POST /api/v1/contracts/{id}/end", "it is not in force"),
    ("POST /api/v1/contracts/{id}/reopen", "it is not withdrawn"),
    ("POST /api/v1/playbooks/{id}/versions/{number}/restore", "there is one version"),
];

/// Shows the text of a contract, or what is made of it.
pub const TEXT: &[&str] = &[
    "GET /api/v1/contracts/{id}/clauses",
    "GET /api/v1/contracts/{id}/comments",
    "GET /api/v1/contracts/{id}/difference",
    "GET /api/v1/contracts/{id}/difference.docx",
    "GET /api/v1/contracts/{id}/corrections",
    "GET /api/v1/contracts/{id}/facts",
    "GET /api/v1/contracts/{id}/matrix.json",
    "GET /api/v1/contracts/{id}/matrix.xlsx",
    "GET /api/v1/contracts/{id}/memo.pdf",
    "GET /api/v1/contracts/{id}/redline.docx",
    "GET /api/v1/contracts/{id}/review",
    "GET /api/v1/contracts/{id}/versions/{number}/file",
    "GET /api/v1/contracts/{id}/versions/{number}/text",
    "GET /contracts/{id}/difference",
    "GET /contracts/{id}/difference.docx",
    "GET /contracts/{id}/choose",
    "GET /contracts/{id}/clauses/{index}",
    "GET /contracts/{id}/matrix.json",
    "GET /contracts/{id}/matrix.xlsx",
    "GET /contracts/{id}/memo.pdf",
    "GET /contracts/{id}/redline.docx",
    "GET /contracts/{id}/review",
    "GET /contracts/{id}/versions/{number}/file",
];

pub fn all() -> Vec<Probe> {
    use Over::{Contract, Entry, Once, Own};
    use Sends::{Form, Guarded, Json, Nothing, Parts, Upload};
    let table: &[(&'static str, Over, Sends)] = &[
        // The shell and the server.
        ("GET /assets/{hash}/{name}", Once, Nothing),
        ("GET /favicon.ico", Once, Nothing),
        ("GET /robots.txt", Once, Nothing),
        ("POST /theme", Once, Form),
        ("GET /healthz", Once, Nothing),
        ("GET /api/openapi.json", Once, Nothing),
        ("GET /api/docs", Once, Nothing),
        ("GET /", Once, Nothing),
        // Signing in.
        ("GET /sign-in", Once, Nothing),
        ("POST /sign-in", Once, Form),
        ("GET /sign-in/code", Once, Nothing),
        ("POST /sign-in/code", Once, Form),
        ("POST /sign-out", Once, Form),
        ("GET /setup/{token}", Once, Nothing),
        ("POST /setup/{token}", Once, Form),
        ("GET /invitation/{token}", Once, Nothing),
        ("POST /invitation/{token}", Once, Form),
        // Contracts: pages.
        ("GET /contracts", Once, Nothing),
        ("GET /contracts/export.xlsx", Once, Nothing),
        ("GET /contracts/obligations", Once, Nothing),
        ("GET /contracts/training-data", Once, Nothing),
        ("GET /contracts/training-data.jsonl", Once, Nothing),
        ("GET /contracts/new", Once, Nothing),
        ("POST /contracts/new", Once, Parts { file: true }),
        ("GET /contracts/{id}", Contract, Nothing),
        ("GET /contracts/{id}/draft", Contract, Nothing),
        ("POST /contracts/{id}/draft", Contract, Form),
        ("GET /contracts/{id}/edit", Contract, Nothing),
        ("POST /contracts/{id}/edit", Contract, Form),
        ("POST /contracts/{id}/facts", Contract, Form),
        ("POST /contracts/{id}/wall", Contract, Form),
        ("POST /contracts/{id}/activate", Contract, Form),
        ("POST /contracts/{id}/end", Contract, Form),
        ("POST /contracts/{id}/withdraw", Contract, Form),
        ("POST /contracts/{id}/reopen", Contract, Form),
        ("POST /contracts/{id}/versions", Contract, Upload),
        ("GET /contracts/{id}/versions/{number}/file", Contract, Nothing),
        ("POST /contracts/{id}/versions/{number}/readings", Contract, Form),
        ("GET /contracts/{id}/difference", Contract, Nothing),
        ("GET /contracts/{id}/difference.docx", Contract, Nothing),
        ("GET /contracts/{id}/review", Contract, Nothing),
        ("POST /contracts/{id}/review", Contract, Form),
        ("POST /contracts/{id}/confirm-conforming", Contract, Form),
        ("POST /contracts/{id}/findings/{finding}", Contract, Form),
        ("GET /contracts/{id}/choose", Contract, Nothing),
        ("GET /contracts/{id}/clauses/{index}", Contract, Nothing),
        ("POST /contracts/{id}/corrections", Contract, Form),
        ("POST /contracts/{id}/corrections/{correction}/undo", Contract, Form),
        ("POST /contracts/{id}/signoffs", Contract, Form),
        ("POST /contracts/{id}/signoffs/{signoff}/withdraw", Contract, Form),
        ("POST /contracts/{id}/signoffs/{signoff}/met", Contract, Form),
        ("POST /contracts/{id}/comments", Contract, Form),
        ("POST /contracts/{id}/comments/{comment}/resolve", Contract, Form),
        ("GET /contracts/{id}/memo.pdf", Contract, Nothing),
        ("GET /contracts/{id}/matrix.xlsx", Contract, Nothing),
        ("GET /contracts/{id}/matrix.json", Contract, Nothing),
        ("GET /contracts/{id}/redline.docx", Contract, Nothing),
        // Contracts: endpoints.
        ("GET /api/v1/contracts", Once, Nothing),
        ("POST /api/v1/contracts", Once, Json(contract_body)),
        ("GET /api/v1/contracts/{id}", Contract, Nothing),
        ("PUT /api/v1/contracts/{id}", Contract, Guarded(contract_body)),
        ("GET /api/v1/contracts/{id}/wall", Contract, Nothing),
        (
            "PUT /api/v1/contracts/{id}/wall",
            Contract,
            Json(|f| json!({ "restricted": true, "people": [f.get("people")] })),
        ),
        ("POST /api/v1/contracts/{id}/activate", Contract, Nothing),
        (
            "POST /api/v1/contracts/{id}/end",
            Contract,
            Json(|f| json!({ "on": f.get("on"), "reason": f.get("reason") })),
        ),
        ("POST /api/v1/contracts/{id}/withdraw", Contract, Json(|f| json!({ "reason": f.get("reason") }))),
        ("POST /api/v1/contracts/{id}/reopen", Contract, Nothing),
        ("GET /api/v1/draft-templates", Once, Nothing),
        ("POST /api/v1/contracts/{id}/draft.docx", Contract, Json(|_| json!({ "template": "nda" }))),
        ("POST /api/v1/contracts/{id}/versions/draft", Contract, Json(|_| json!({ "template": "nda" }))),
        ("GET /api/v1/contracts/{id}/versions", Contract, Nothing),
        ("POST /api/v1/contracts/{id}/versions", Contract, Upload),
        ("GET /api/v1/contracts/{id}/versions/{number}", Contract, Nothing),
        ("GET /api/v1/contracts/{id}/versions/{number}/file", Contract, Nothing),
        ("GET /api/v1/contracts/{id}/versions/{number}/text", Contract, Nothing),
        (
            "POST /api/v1/contracts/{id}/versions/{number}/readings",
            Contract,
            Json(|_| json!({ "tracked_changes": "original" })),
        ),
        ("GET /api/v1/contracts/{id}/difference", Contract, Nothing),
        ("GET /api/v1/contracts/{id}/difference.docx", Contract, Nothing),
        ("GET /api/v1/contracts/{id}/review", Contract, Nothing),
        ("POST /api/v1/contracts/{id}/review", Contract, Nothing),
        ("GET /api/v1/contracts/{id}/clauses", Contract, Nothing),
        ("GET /api/v1/contracts/{id}/facts", Contract, Nothing),
        ("GET /api/v1/contracts/{id}/corrections", Contract, Nothing),
        (
            "POST /api/v1/contracts/{id}/corrections",
            Contract,
            Json(
                |_| json!({ "ruling": "not_about", "version": 1, "topic": "encryption", "clause": 0, "reason": "it is a heading" }),
            ),
        ),
        ("DELETE /api/v1/contracts/{id}/corrections/{correction}", Contract, Nothing),
        ("GET /api/v1/training-data", Once, Nothing),
        (
            "POST /api/v1/contracts/{id}/facts/take-over",
            Contract,
            Guarded(|f| json!({ "fields": [f.get("fields")], "replace": true })),
        ),
        ("PUT /api/v1/contracts/{id}/findings/{finding}", Contract, Guarded(|_| json!({ "verdict": "confirm" }))),
        ("POST /api/v1/contracts/{id}/findings/confirm-conforming", Contract, Nothing),
        ("GET /api/v1/contracts/{id}/signoffs", Contract, Nothing),
        (
            "POST /api/v1/contracts/{id}/signoffs",
            Contract,
            Json(
                |f| json!({ "review": f.get("review"), "sha256": f.get("sha256"), "topic": f.get("topic"), "side": f.get("side"), "decision": f.get("decision") }),
            ),
        ),
        ("DELETE /api/v1/contracts/{id}/signoffs/{signoff}", Contract, Nothing),
        (
            "POST /api/v1/contracts/{id}/signoffs/{signoff}/condition-met",
            Contract,
            Json(|f| json!({ "note": f.get("note") })),
        ),
        ("GET /api/v1/contracts/{id}/comments", Contract, Nothing),
        ("POST /api/v1/contracts/{id}/comments", Contract, Json(|f| json!({ "body": f.get("body") }))),
        ("POST /api/v1/contracts/{id}/comments/{comment}/resolve", Contract, Nothing),
        ("GET /api/v1/contracts/{id}/memo.pdf", Contract, Nothing),
        ("GET /api/v1/contracts/{id}/matrix.xlsx", Contract, Nothing),
        ("GET /api/v1/contracts/{id}/matrix.json", Contract, Nothing),
        ("GET /api/v1/contracts/{id}/redline.docx", Contract, Nothing),
        ("GET /api/v1/obligations", Once, Nothing),
        // Incidents.
        ("GET /incidents", Once, Nothing),
        ("GET /incidents/new", Once, Nothing),
        ("POST /incidents/new", Once, Form),
        ("GET /incidents/rules", Once, Nothing),
        ("GET /incidents/rules/own", Once, Nothing),
        ("POST /incidents/rules/own", Once, Form),
        ("GET /incidents/rules/own/new", Once, Nothing),
        ("POST /incidents/rules/own/new", Once, Form),
        ("GET /incidents/rules/own/{id}", Once, Nothing),
        ("POST /incidents/rules/own/{id}", Once, Form),
        ("POST /incidents/rules/own/{id}/reopen", Once, Form),
        ("GET /incidents/rules/{regime}/{duty}", Once, Nothing),
        ("GET /incidents/exercises", Once, Nothing),
        ("GET /incidents/exercises/new", Once, Nothing),
        ("POST /incidents/exercises/new", Once, Form),
        ("GET /incidents/exercises/scenarios", Once, Nothing),
        ("POST /incidents/exercises/scenarios", Once, Form),
        ("GET /incidents/exercises/{id}", Once, Nothing),
        ("POST /incidents/exercises/{id}/act", Once, Form),
        ("GET /incidents/exercises/{id}/report", Once, Nothing),
        ("GET /incidents/exercises/{id}/report.md", Once, Nothing),
        ("GET /incidents/exercises/{id}/report.json", Once, Nothing),
        ("GET /incidents/{id}", Once, Nothing),
        ("POST /incidents/{id}/facts", Once, Form),
        ("GET /incidents/{id}/facts.json", Once, Nothing),
        ("GET /incidents/{id}/clocks.ics", Once, Nothing),
        ("GET /incidents/{id}/live", Once, Nothing),
        ("POST /incidents/{id}/triage", Once, Form),
        ("GET /incidents/counsel", Once, Nothing),
        ("GET /incidents/{id}/counsel", Once, Nothing),
        ("POST /incidents/{id}/counsel", Once, Form),
        ("GET /incidents/counsel/{track}", Once, Nothing),
        ("POST /incidents/counsel/{track}", Once, Form),
        ("GET /incidents/counsel/{track}/log.xlsx", Once, Nothing),
        ("POST /incidents/{id}/state", Once, Form),
        ("POST /incidents/{id}/take", Once, Form),
        ("GET /api/v1/incidents", Once, Nothing),
        ("POST /api/v1/incidents", Once, Json(|f| json!({ "title": f.get("title"), "what": f.get("body") }))),
        ("GET /api/v1/incidents/{id}", Once, Nothing),
        ("GET /api/v1/incidents/exercises", Once, Nothing),
        ("GET /api/v1/incidents/exercises/{id}", Once, Nothing),
        ("GET /api/v1/incidents/exercises/{id}/report", Once, Nothing),
        ("POST /api/v1/incidents/exercises/{id}/injects", Once, Json(|_| json!({ "inject": "told" }))),
        ("POST /api/v1/incidents/exercises/{id}/ratings", Once, Json(|_| json!({ "action": "open", "rating": 1 }))),
        (
            "POST /api/v1/incidents/{id}/facts",
            Once,
            Json(|f| json!({ "path": "flags.high_risk", "value": true, "source": f.get("note"), "seen": 0 })),
        ),
        (
            "POST /api/v1/incidents/{id}/triage",
            Once,
            Json(|f| json!({ "side": "legal", "impact": "low", "words": f.get("note"), "seen": 0 })),
        ),
        // The response plan.
        ("GET /incidents/plan", Once, Nothing),
        ("GET /incidents/plan/versions/{number}", Once, Nothing),
        ("GET /incidents/plan/draft", Once, Nothing),
        ("POST /incidents/plan/draft", Once, Form),
        ("POST /incidents/plan/draft/about", Once, Form),
        ("POST /incidents/plan/draft/sign", Once, Form),
        ("POST /incidents/plan/draft/discard", Once, Form),
        ("GET /incidents/plan/draft/roles/new", Once, Nothing),
        ("POST /incidents/plan/draft/roles/new", Once, Form),
        ("GET /incidents/plan/draft/roles/{role}", Once, Nothing),
        ("POST /incidents/plan/draft/roles/{role}", Once, Form),
        ("POST /incidents/plan/draft/roles/{role}/remove", Once, Form),
        ("GET /incidents/plan/draft/steps/new", Once, Nothing),
        ("POST /incidents/plan/draft/steps/new", Once, Form),
        ("GET /incidents/plan/draft/steps/{step}", Once, Nothing),
        ("POST /incidents/plan/draft/steps/{step}", Once, Form),
        ("POST /incidents/plan/draft/steps/{step}/move", Once, Form),
        ("POST /incidents/plan/draft/steps/{step}/remove", Once, Form),
        ("GET /incidents/{id}/plan", Once, Nothing),
        ("POST /incidents/{id}/plan", Once, Form),
        ("POST /incidents/{id}/plan/kinds", Once, Form),
        ("GET /incidents/{id}/plan/live", Once, Nothing),
        ("POST /incidents/{id}/plan/{number}", Once, Form),
        ("GET /api/v1/incidents/plan", Once, Nothing),
        ("GET /api/v1/incidents/{id}/steps", Once, Nothing),
        (
            "POST /api/v1/incidents/{id}/steps/{number}",
            Once,
            Json(|f| json!({ "act": f.get("act"), "note": f.get("note"), "revision": 1 })),
        ),
        // The playbook.
        ("GET /playbook", Once, Nothing),
        ("GET /playbook/new", Once, Nothing),
        ("POST /playbook/new", Once, Form),
        ("GET /playbook/{id}", Once, Nothing),
        ("GET /playbook/{id}/export.toml", Once, Nothing),
        ("GET /playbook/{id}/import", Once, Nothing),
        ("POST /playbook/{id}/import", Once, Parts { file: false }),
        ("POST /playbook/{id}/archive", Once, Form),
        ("POST /playbook/{id}/unarchive", Once, Form),
        ("GET /playbook/{id}/versions", Once, Nothing),
        ("POST /playbook/{id}/versions/{number}/restore", Once, Form),
        ("GET /playbook/{id}/topics/{topic}", Once, Nothing),
        ("POST /playbook/{id}/topics/{topic}", Once, Form),
        ("GET /playbook/{id}/topics/{topic}/edit", Once, Nothing),
        ("POST /playbook/{id}/topics/{topic}/edit", Once, Form),
        ("POST /playbook/{id}/topics/{topic}/remove", Once, Form),
        ("GET /api/v1/playbooks", Once, Nothing),
        ("POST /api/v1/playbooks", Once, Json(|f| json!({ "name": f.get("name"), "from": f.get("from") }))),
        ("GET /api/v1/playbooks/{id}", Once, Nothing),
        (
            "PUT /api/v1/playbooks/{id}",
            Once,
            Guarded(|f| json!({ "playbook": { "name": "", "topics": [position(f)] }, "note": f.get("note") })),
        ),
        ("GET /api/v1/playbooks/{id}/versions", Once, Nothing),
        ("GET /api/v1/playbooks/{id}/versions/{number}", Once, Nothing),
        ("POST /api/v1/playbooks/{id}/versions/{number}/restore", Once, Json(|f| json!({ "note": f.get("note") }))),
        (
            "PUT /api/v1/playbooks/{id}/positions/{topic}",
            Once,
            Guarded(|f| json!({ "position": position(f), "note": f.get("note") })),
        ),
        ("DELETE /api/v1/playbooks/{id}/positions/{topic}", Once, Guarded(|_| Value::Null)),
        // People.
        ("GET /people", Once, Nothing),
        ("GET /people/invite", Once, Nothing),
        ("POST /people/invite", Once, Form),
        ("POST /people/invitations/{id}/withdraw", Once, Form),
        ("GET /people/{id}", Once, Nothing),
        ("POST /people/{id}", Once, Form),
        ("POST /people/{id}/password-link", Once, Form),
        ("POST /people/{id}/second-factor", Once, Form),
        ("GET /account", Once, Nothing),
        ("POST /account/password", Once, Form),
        ("GET /account/second-factor", Once, Nothing),
        ("POST /account/second-factor", Once, Form),
        ("POST /account/second-factor/confirm", Once, Form),
        ("POST /account/second-factor/off", Once, Form),
        ("POST /account/recovery-codes", Once, Form),
        ("POST /account/sessions/{id}/end", Own, Form),
        ("POST /account/sessions/end-others", Once, Form),
        ("POST /account/tokens", Once, Form),
        ("POST /account/tokens/{id}/revoke", Own, Form),
        ("POST /account/delegations", Once, Form),
        ("POST /account/delegations/{id}/end", Once, Form),
        ("GET /api/v1/me", Once, Nothing),
        ("GET /api/v1/people", Once, Nothing),
        ("GET /api/v1/people/{id}", Once, Nothing),
        (
            "PUT /api/v1/people/{id}",
            Once,
            Guarded(
                |f| json!({ "name": f.get("name"), "email": f.get("email"), "sides": ["security"], "active": true }),
            ),
        ),
        ("POST /api/v1/invitations", Once, Json(|f| json!({ "email": f.get("email"), "sides": ["security"] }))),
        ("GET /api/v1/tokens", Once, Nothing),
        ("POST /api/v1/tokens", Once, Json(|f| json!({ "name": f.get("name"), "expires_on": f.get("expires_on") }))),
        ("DELETE /api/v1/tokens/{id}", Own, Nothing),
        ("GET /api/v1/delegations", Once, Nothing),
        (
            "POST /api/v1/delegations",
            Once,
            Json(
                |f| json!({ "side": f.get("side"), "to": f.get("to"), "ends_on": f.get("ends_on"), "reason": f.get("reason") }),
            ),
        ),
        ("DELETE /api/v1/delegations/{id}", Once, Nothing),
        // The ledger.
        ("GET /ledger", Once, Nothing),
        ("GET /ledger/export", Once, Nothing),
        ("GET /ledger/verify", Once, Nothing),
        ("POST /ledger/verify", Once, Form),
        ("POST /ledger/checkpoint", Once, Form),
        ("GET /ledger/{seq}", Entry, Nothing),
        ("GET /api/v1/ledger", Once, Nothing),
        ("GET /api/v1/ledger/export", Once, Nothing),
        ("GET /api/v1/ledger/checkpoints", Once, Nothing),
        ("GET /api/v1/ledger/{seq}", Entry, Nothing),
    ];
    table.iter().map(|(route, over, sends)| Probe { route, over: *over, sends: *sends }).collect()
}
