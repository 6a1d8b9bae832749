//! Every route asked as everybody. The outcome is the file `matrix.txt`, for people to read and for this test to compare;
//! `UPDATE_GOLDEN=1` writes it anew. What must hold whatever the file says is asserted beside it.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    path::PathBuf,
};

use testkit::Answer;

use crate::{
    probes::{self, CLOSED, CONFLICTS, Over, PUBLIC, Probe, Sends, TEXT},
    routes,
    stage::{self, MARKS, READ_TOKEN, ROLES, Role, Stage},
};

/// What an answer says of the right to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Class {
    /// It got past the authorisation, whatever became of it then.
    Yes,
    No,
    /// As if it were not there.
    Hidden,
    SignIn,
    /// No answer that a client should ever get here: a fault of ours, a malformed probe.
    Odd,
}

impl Class {
    fn of(answer: &Answer) -> Self {
        let to_sign_in = answer.header("location").is_some_and(|to| to == "/sign-in" || to.starts_with("/sign-in?"));
        match answer.status.as_u16() {
            303 if to_sign_in => Class::SignIn,
            200..=299 | 303 | 409 | 412 | 422 | 428 => Class::Yes,
            401 => Class::SignIn,
            403 => Class::No,
            404 => Class::Hidden,
            _ => Class::Odd,
        }
    }

    fn word(self) -> &'static str {
        match self {
            Class::Yes => "yes",
            Class::No => "no",
            Class::Hidden => "hidden",
            Class::SignIn => "sign in",
            Class::Odd => "odd",
        }
    }
}

/// Who may know of the contract behind the wall that is asked about.
fn is_inside(role: &Role) -> bool {
    ["legal", "privacy", "registrant", "named", READ_TOKEN].contains(&role.name)
}

/// Every route has a probe, and every probe has a route.
#[tokio::test]
async fn every_route_is_asked() {
    let in_sources = routes::of_the_sources();
    let in_document = routes::of_the_document(&stage::document().await);
    assert!(
        in_sources.len() > 60 && in_document.len() > 40,
        "{} and {} are too few to be all",
        in_sources.len(),
        in_document.len()
    );
    let there: BTreeSet<String> = in_sources.union(&in_document).cloned().collect();
    let table = probes::all();
    let asked: BTreeSet<String> = table.iter().map(|probe| probe.route.to_owned()).collect();
    assert_eq!(asked.len(), table.len(), "a route stands twice in the table");
    let unasked: Vec<_> = there.difference(&asked).collect();
    let gone: Vec<_> = asked.difference(&there).collect();
    assert!(unasked.is_empty(), "routes without an authorisation test (add them to tests/it/probes.rs): {unasked:#?}");
    assert!(gone.is_empty(), "probes of routes that are gone: {gone:#?}");
}

/// What was found, in the order of the table.
#[derive(Default)]
struct Found {
    /// Route and variant, with a class for each role.
    lines: Vec<(&'static str, &'static str, Vec<Class>)>,
    /// By route and variant: who was told that a field is wrong where the right to it is missing.
    judged_first: BTreeMap<(&'static str, &'static str), BTreeSet<&'static str>>,
    /// By mark and role: where it came out.
    seen: BTreeMap<(usize, &'static str), BTreeSet<String>>,
    /// Routes that somebody got through: a probe that can never succeed would prove little.
    done: BTreeSet<&'static str>,
    wrong: Vec<String>,
}

/// More addresses whose answers are searched for what should not be in them.
fn curious(restricted: &str) -> Vec<String> {
    vec![
        format!("/contracts/obligations?contract={restricted}"),
        format!("/api/v1/obligations?contract={restricted}"),
        format!("/ledger?subject_kind=contract&subject_id={restricted}"),
        format!("/api/v1/ledger?subject_kind=contract&subject_id={restricted}"),
        "/contracts?q=Ospre".to_owned(),
        "/contracts?q=Merli".to_owned(),
        "/api/v1/contracts?q=Ospre".to_owned(),
        "/contracts/obligations?q=bergamo".to_owned(),
        "/api/v1/obligations?q=bergamo".to_owned(),
        "/ledger?q=Ospre".to_owned(),
        "/api/v1/ledger?text=Ospre&limit=200".to_owned(),
        "/api/v1/ledger?limit=200".to_owned(),
    ]
}

/// Ids and request ids differ between two answers that say the same.
fn without_ids(text: &str) -> String {
    let is_id = |word: &str| {
        word.len() == 36
            && word
                .bytes()
                .enumerate()
                .all(|(at, byte)| if [8, 13, 18, 23].contains(&at) { byte == b'-' } else { byte.is_ascii_hexdigit() })
    };
    let mut out = String::new();
    let mut at = 0;
    while at < text.len() {
        match text.get(at..at + 36).filter(|word| is_id(word)) {
            Some(_) => {
                out.push_str("ID");
                at += 36;
            }
            None => {
                let letter = text[at..].chars().next().unwrap();
                out.push(letter);
                at += letter.len_utf8();
            }
        }
    }
    out
}

impl Found {
    fn class(&mut self, answer: &Answer, question: &str) -> Class {
        let class = Class::of(answer);
        if class == Class::Odd {
            let text = answer.text();
            let said = text.split_once("<h1").map_or(text.as_str(), |(_, heading)| heading);
            self.wrong.push(format!("{question}: {}: {}", answer.status, said.chars().take(300).collect::<String>()));
        }
        class
    }
}

fn same(one: &Answer, other: &Answer) -> bool {
    one.status == other.status && without_ids(&one.text()) == without_ids(&other.text())
}

async fn ask_all(stage: &mut Stage) -> Found {
    let mut found = Found::default();
    for probe in probes::all() {
        for (variant, label) in probe.over.variants().iter().enumerate() {
            let mut classes = Vec::new();
            for role in ROLES {
                classes.push(ask(stage, &mut found, &probe, variant, label, role).await);
            }
            found.lines.push((probe.route, label, classes));
        }
    }
    for path in curious(stage.restricted_id()) {
        for role in ROLES {
            let answer = stage.ask(role, "GET", &path, None, None).await;
            let question = format!("GET {path} as {}", role.name);
            found.class(&answer, &question);
            note_marks(&mut found, role, &path, &answer);
        }
    }
    found
}

fn note_marks(found: &mut Found, role: &Role, route: &str, answer: &Answer) {
    let text = answer.text();
    for (mark, (_, word)) in MARKS.iter().enumerate() {
        if text.contains(word) {
            found.seen.entry((mark, role.name)).or_default().insert(route.to_owned());
        }
    }
}

async fn ask(
    stage: &mut Stage,
    found: &mut Found,
    probe: &Probe,
    variant: usize,
    label: &'static str,
    role: &Role,
) -> Class {
    let fields = stage.fields(role, probe, variant);
    let path = fields.path(probe);
    let revision = matches!(probe.sends, Sends::Guarded(_)).then(|| fields.get("revision").to_owned());
    let question = format!("{} as {} {label}", probe.route, role.name);
    let answer = stage.ask(role, probe.method(), &path, revision.as_deref(), fields.body(probe.sends)).await;
    let class = found.class(&answer, &question);
    note_marks(found, role, probe.route, &answer);
    if class == Class::Yes && (answer.status.is_success() || answer.status.is_redirection()) {
        found.done.insert(probe.route);
    }
    stage.after(probe.changes(), &answer).await;
    if matches!(class, Class::Yes | Class::Odd) {
        return class;
    }
    let hidden = class == Class::Hidden && probe.over == Over::Contract && variant == 1;
    let mut ghost = fields.clone();
    ghost.set("id", "01936b1e-7c2a-7d30-8f4e-2b9c51a0d7e4");
    // A careless request of someone without the right is refused for the right and not for its fields.
    if probe.changes() {
        let careless = stage.ask(role, probe.method(), &path, revision.as_deref(), fields.careless(probe.sends)).await;
        if found.class(&careless, &format!("{question}, carelessly")) != class {
            found.judged_first.entry((probe.route, label)).or_default().insert(role.name);
        }
        stage.after(true, &careless).await;
        if hidden {
            let nothing = stage
                .ask(role, probe.method(), &ghost.path(probe), revision.as_deref(), fields.careless(probe.sends))
                .await;
            if !same(&careless, &nothing) {
                found.wrong.push(format!(
                    "{question}, carelessly: the answer differs from that on a contract which never was"
                ));
            }
        }
    }
    // What is hidden answers to the letter like what never was.
    if hidden {
        let nothing =
            stage.ask(role, probe.method(), &ghost.path(probe), revision.as_deref(), ghost.body(probe.sends)).await;
        if !same(&answer, &nothing) {
            found.wrong.push(format!("{question}: the answer differs from that on a contract which never was"));
        }
    }
    class
}

/// What the policy promises, whatever the file says.
fn check(found: &mut Found) {
    let mut wrong = std::mem::take(&mut found.wrong);
    for (route, label, classes) in &found.lines {
        let over = probes::all().into_iter().find(|probe| probe.route == *route).unwrap().over;
        let closed = CLOSED.iter().any(|(known, _)| known == route);
        for (role, class) in ROLES.iter().zip(classes) {
            let mut say =
                |what: &str| wrong.push(format!("{route} {label} as {}: {}, but {what}", role.name, class.word()));
            let contract = over == Over::Contract;
            match role.name {
                "nobody" if !PUBLIC.contains(route) && !closed && *class != Class::SignIn => {
                    say("nobody gets anywhere without signing in")
                }
                "nobody" if PUBLIC.contains(route) && *class != Class::Yes => say("this is open to everybody"),
                "administrator" | "vendor" if contract && *class != Class::Hidden => {
                    say("this role knows of no contract")
                }
                "executive" | "it" if TEXT.contains(route) && *class == Class::Yes => {
                    say("this role reads no text of contracts")
                }
                "executive" | "auditor" if contract && !route.starts_with("GET ") && *class == Class::Yes => {
                    say("this role only reads")
                }
                READ_TOKEN if route.contains(" /api/") && !route.starts_with("GET ") && *class == Class::Yes => {
                    say("this token only reads")
                }
                READ_TOKEN
                    if !route.contains(" /api/") && !PUBLIC.contains(route) && !closed && *class != Class::SignIn =>
                {
                    say("a token opens no page");
                }
                _ => {}
            }
            if contract
                && *label == "restricted"
                && role.name != "nobody"
                && !is_inside(role)
                && *class != Class::Hidden
            {
                say("the wall hides it");
            }
            if *label == "another's" && role.name != "nobody" && *class == Class::Yes && role.name != "administrator" {
                say("it belongs to someone else");
            }
        }
        if !closed && !classes.contains(&Class::Yes) && *label != "another's" {
            wrong.push(format!("{route} {label}: nobody at all gets there, so the probe proves nothing"));
        }
        if !closed && !found.done.contains(route) && !CONFLICTS.iter().any(|(known, _)| known == route) {
            wrong.push(format!("{route}: nobody got through, so the probe may be malformed"));
        }
    }
    for ((mark, role), routes) in &found.seen {
        let (what, _) = MARKS[*mark];
        let outside = ROLES.iter().find(|known| known.name == *role).is_some_and(|role| !is_inside(role));
        let others =
            what.contains("employee's") && *role == "named" || what.contains("a restricted") && *role == "registrant";
        let text = ["the text of a contract", "a comment on a contract"].contains(&what);
        if text && ["nobody", "executive", "it", "employee", "vendor"].contains(role) {
            wrong.push(format!("{role} sees {what} in {routes:?}"));
        }
        if what.contains("restricted") && (outside || others) {
            wrong.push(format!("{role} sees {what} in {routes:?}"));
        }
    }
    assert!(wrong.is_empty(), "{} cells break the policy:\n{}", wrong.len(), wrong.join("\n"));
}

const LEGEND: &str = "\
# Who gets where: every route, asked as everybody. Written by `UPDATE_GOLDEN=1 cargo test -p server -p unify --test it`,
# read by people. A change of this file is a change of who may do what.
#
# yes      got past the authorisation (and may then have been refused for another reason)
# no       refused as not theirs to do
# hidden   answered as if it were not there
# sign in  asked to sign in first
#
# The registrant is an employee and is asked about contracts that they registered themselves; the named person is an
# employee whom Legal let behind the wall of the restricted contract; the delegate is of IT and signs for Security while
# the CISO is away; the read token is a personal access token of Legal that may only read.
";

fn drawn(found: &Found) -> String {
    let label =
        |route: &str, variant: &str| if variant.is_empty() { route.to_owned() } else { format!("{route} ({variant})") };
    let widest = found.lines.iter().map(|(route, variant, _)| label(route, variant).len()).max().unwrap_or_default();
    let mut text = LEGEND.to_owned();
    let head = |text: &mut String, title: &str| {
        let names: Vec<String> = ROLES.iter().map(|role| format!("{:<15}", role.name)).collect();
        writeln!(text, "\n{title:<widest$}  {}", names.concat().trim_end()).unwrap();
    };
    head(&mut text, "route");
    for (route, variant, classes) in &found.lines {
        let cells: Vec<String> = classes.iter().map(|class| format!("{:<15}", class.word())).collect();
        writeln!(text, "{:<widest$}  {}", label(route, variant), cells.concat().trim_end()).unwrap();
    }
    head(&mut text, "what comes through in any answer");
    for (mark, (what, _)) in MARKS.iter().enumerate() {
        let cells: Vec<String> = ROLES
            .iter()
            .map(|role| format!("{:<15}", if found.seen.contains_key(&(mark, role.name)) { "yes" } else { "-" }))
            .collect();
        writeln!(text, "{what:<widest$}  {}", cells.concat().trim_end()).unwrap();
    }
    text.push_str("\n# Refused for an empty field before being refused for the missing right, where anybody was:\n");
    for ((route, variant), roles) in &found.judged_first {
        writeln!(text, "{:<widest$}  {}", label(route, variant), roles.iter().copied().collect::<Vec<_>>().join(", "))
            .unwrap();
    }
    text
}

#[tokio::test]
async fn the_matrix_is_the_file() {
    let mut stage = Stage::set().await;
    let mut found = ask_all(&mut stage).await;
    stage.strike().await;
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/it/matrix.txt");
    let text = drawn(&found);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&path, &text).unwrap();
    }
    check(&mut found);
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    let changed: Vec<String> = differences(&kept, &text);
    assert!(
        changed.is_empty(),
        "who gets where has changed (UPDATE_GOLDEN=1 writes the file anew):\n{}",
        changed.join("\n")
    );
}

fn differences(kept: &str, now: &str) -> Vec<String> {
    let (kept, now): (Vec<&str>, Vec<&str>) = (kept.lines().collect(), now.lines().collect());
    let gone = kept.iter().filter(|line| !now.contains(line)).map(|line| format!("- {line}"));
    let come = now.iter().filter(|line| !kept.contains(line)).map(|line| format!("+ {line}"));
    gone.chain(come).collect()
}
