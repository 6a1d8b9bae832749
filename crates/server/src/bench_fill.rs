//! Fills a store for measuring: many contracts, each registered and given a document by the same use cases as any other.

use std::{process::ExitCode, sync::Arc};

use bytes::Bytes;
use contracts::{ContractFields, Reader, contract, versions};
use kernel::{Actor, Via};
use people::PersonDraft;

use crate::{app, arguments::BenchFill, setting, world::RealWorld};

/// Who signs in to measure.
pub const EMAIL: &str = "mara@bench.example";
pub const PASSWORD: &str = "countersigned by both";

/// An agreement of a few clauses with ten duties in it, which the reader finds.
const AGREEMENT: &str = include_str!("../demo/orbit-analytics.md");

pub async fn run(arguments: &BenchFill) -> anyhow::Result<ExitCode> {
    let world = Arc::new(RealWorld::new("UTC")?);
    let setting = setting::open(&arguments.store, world, "Bench").await?;
    let files = files::Files::folder(&arguments.store.data.join("files"))?;
    let parts = app::parts(&setting, files, Reader::Here, "Bench", "http://127.0.0.1", Vec::new());
    let store = &parts.store;
    db::transact!(store, &Actor::system(), |cx| {
        cx.unrecorded("nothing to do when there is a playbook");
        playbook::ensure_default(cx).await.map(|_| ())
    })?;
    let Some(setup) = db::transact!(store, &Actor::system(), |cx| people::prepare_setup(cx).await)? else {
        anyhow::bail!("this store is in use");
    };
    let draft = PersonDraft {
        name: "Mara Bench".into(),
        email: EMAIL.into(),
        sides: vec!["legal".into()],
        ..PersonDraft::default()
    };
    let person = people::complete_setup(store, setup.reveal(), &draft, PASSWORD).await?;
    let actor = people::actor_of(store, person, Via::Command).await?;
    let prepared = parts.contracts.prepare("agreement.md", Bytes::from_static(AGREEMENT.as_bytes())).await?;
    let today = store.world.today();
    let kinds = clauses::playbook::KINDS;
    for number in 0..arguments.contracts {
        let step = i64::from(number);
        let fields = ContractFields {
            title: format!(
                "{} no. {number}",
                ["Hosting", "Support", "Analytics", "Payroll", "Research", "Licence"][number as usize % 6]
            ),
            us: "Meridian Health Systems GmbH".into(),
            counterparty: format!("Counterparty {} Ltd", number % 997),
            direction: if number % 3 == 0 { "client" } else { "vendor" }.into(),
            kind: kinds[number as usize % kinds.len()].into(),
            our_role: "customer".into(),
            paper: "theirs".into(),
            data_classes: vec!["personal".into()],
            initiated_on: today.plus_days(-(step % 400)).to_string(),
            effective_on: today.plus_days(-(step % 300)).to_string(),
            expires_on: today.plus_days(step % 900 + 1).to_string(),
            notice_days: "30".into(),
            ..ContractFields::default()
        };
        db::transact!(store, &actor, |cx| {
            let id = contract::register(cx, &fields).await?.id;
            versions::add(cx, id, &prepared, "").await
        })?;
    }
    let duties = prepared.outcome.map(|read| read.reading.obligations.len()).unwrap_or_default();
    crate::serve::say(&format!(
        "{} contracts, {} obligations",
        arguments.contracts,
        duties * arguments.contracts as usize
    ));
    setting.store.db.close().await;
    Ok(ExitCode::SUCCESS)
}
