//! The area's pages with contracts in them, to look at:
//! `cargo run -p contracts --example contracts_pages -- FILE…`, then the addresses that it prints, one for each person.

use std::sync::Arc;

use axum::{
    extract::Request,
    middleware::{Next, from_fn},
};
use bytes::Bytes;
use contracts::{ContractFields, Contracts, Decision, Reader, RowState, contract, review, signoff};
use kernel::{Actor, Refusal, Side};
use testkit::{Engine, TestApp};

fn fields(title: &str, counterparty: &str, number: usize) -> ContractFields {
    let soon = ["2026-12-20", "2027-02-28", "2027-12-31", ""][number % 4];
    ContractFields {
        title: title.to_owned(),
        us: "Meridian Instruments GmbH".to_owned(),
        counterparty: counterparty.to_owned(),
        direction: if number.is_multiple_of(3) { "client" } else { "vendor" }.to_owned(),
        kind: ["saas", "dpa", "nda", "professional_services"][number % 4].to_owned(),
        our_role: "customer".to_owned(),
        paper: "theirs".to_owned(),
        data_classes: vec!["personal".to_owned(), "business".to_owned()],
        initiated_on: "2026-11-02".to_owned(),
        effective_on: "2026-12-01".to_owned(),
        expires_on: soon.to_owned(),
        auto_renews: !soon.is_empty(),
        renewal_months: "12".to_owned(),
        notice_days: "30".to_owned(),
        ..ContractFields::default()
    }
}

/// Confirms all rows and signs as one of the side.
async fn sign_all(
    contracts: &Contracts,
    actor: &Actor,
    id: contracts::ContractId,
    side: Side,
    decision: Decision,
) -> Result<(), Refusal> {
    let view = review::view(&mut contracts.store.read(actor).await?, id).await?;
    for row in view.findings.iter().filter(|row| row.state == RowState::Open) {
        db::transact!(contracts.store, actor, |cx| review::decide(
            cx,
            id,
            row.id,
            row.revision,
            &review::Verdict::Confirm
        )
        .await)?;
    }
    let mut topics: Vec<Option<String>> = view
        .findings
        .iter()
        .filter(|row| row.is_deviation() && row.approvers.contains(&side))
        .map(|row| Some(row.topic.to_string()))
        .collect();
    topics.push(None);
    for topic in topics {
        let condition = if decision == Decision::Approve {
            String::new()
        } else {
            "the vendor sends its current SOC 2 report".to_owned()
        };
        let new = signoff::NewSignoff {
            review: view.review.id,
            sha256: view.review.sha256.clone(),
            topic,
            side,
            decision,
            condition,
        };
        db::transact!(contracts.store, actor, |cx| signoff::sign(cx, id, &new).await)?;
    }
    Ok(())
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let areas: Vec<(&'static str, &'static [db::Migration])> = vec![
        ("people", people::MIGRATIONS),
        ("files", files::MIGRATIONS),
        ("playbook", playbook::MIGRATIONS),
        ("contracts", contracts::MIGRATIONS),
    ];
    let app = TestApp::new(Engine::Sqlite, &areas).await;
    let system = Actor::system();
    db::transact!(app.store, &system, |cx| playbook::ensure_default(cx).await)?;
    let contracts = Contracts {
        store: app.store.clone(),
        files: files::Files::folder(&app.folder().join("files"))?,
        reader: Reader::Here,
        organisation: "Meridian Instruments GmbH".to_owned(),
    };
    let people = [
        app.actor("Ada Lovelace", &[Side::Legal]),
        app.actor("Grace Hopper", &[Side::Security]),
        app.actor("Edsger Dijkstra", &[Side::Compliance]),
        app.actor("Barbara Liskov", &[Side::Executive]),
        app.actor("Noor Haddad", &[Side::Legal]),
    ];
    for (number, path) in std::env::args().skip(1).enumerate() {
        let name = std::path::Path::new(&path).file_name().unwrap_or_default().to_string_lossy().into_owned();
        let title = name.rsplit_once('.').map_or(name.as_str(), |(stem, _)| stem).replace(['-', '_'], " ");
        let party = ["Northwind Hosting B.V.", "Fabrikam Payroll GmbH", "Tailspin Inc."][number % 3];
        let new = fields(&title, party, number);
        let made = db::transact!(contracts.store, &people[4], |cx| contract::register(cx, &new).await)?;
        contracts.upload(&people[4], made.id, &name, Bytes::from(std::fs::read(&path)?), "").await?;
        match number {
            1 => {
                for (person, side) in people.iter().zip(Side::SIGNING) {
                    sign_all(&contracts, person, made.id, side, Decision::Approve).await?;
                }
            }
            2 => sign_all(&contracts, &people[1], made.id, Side::Security, Decision::ApproveWithCondition).await?,
            3 => {
                sign_all(&contracts, &people[0], made.id, Side::Legal, Decision::Approve).await?;
                let longer =
                    format!("{}\n\nThe parties met and talked.", String::from_utf8_lossy(&std::fs::read(&path)?));
                contracts.upload(&people[4], made.id, &name, Bytes::from(longer), "after the negotiation").await?;
            }
            _ => {}
        }
    }
    let draft = fields("Penetration test, statement of work", "Contoso Security Ltd", 3);
    let made = db::transact!(contracts.store, &people[4], |cx| contract::register(cx, &draft).await)?;
    contracts.upload(&people[4], made.id, "<b>scan</b>.pdf", Bytes::from_static(b"%PDF-1.4 broken"), "").await?;

    let first: u16 = std::env::var("GALLERY").ok().and_then(|port| port.parse().ok()).unwrap_or(8201);
    let mut servers = Vec::new();
    for (port, person) in (first..).zip(people) {
        let nav = ui::Nav::new("Meridian Instruments", contracts::nav()).search("/contracts");
        let name = person.name.clone();
        let signed_in = move |mut request: Request, next: Next| {
            request.extensions_mut().insert(person.clone());
            next.run(request)
        };
        let pages = contracts::pages(contracts.clone()).merge(ui::routes());
        let router = ui::outer(
            ui::inner(pages, nav).layer(from_fn(signed_in)),
            Arc::clone(&app.store.world),
            ui::Reach::default(),
        );
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await?;
        #[expect(clippy::print_stdout, reason = "an example says where it is")]
        {
            println!("{name}: http://{}/contracts", listener.local_addr()?);
        }
        servers.push(tokio::spawn(async move { axum::serve(listener, router).await }));
    }
    for server in servers {
        server.await??;
    }
    Ok(())
}
