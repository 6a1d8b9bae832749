//! `countersign ledger …`: what can be proven without the server, and without trusting it.

use std::{process::ExitCode, sync::Arc};

use anyhow::Context;
use ledger::{Report, VerifierKey};

use crate::{
    arguments::{Ledger, Verify},
    serve::say,
    setting,
    world::RealWorld,
};

pub async fn run(command: &Ledger) -> anyhow::Result<ExitCode> {
    match command {
        Ledger::Verify(verify) => run_verify(verify).await,
        Ledger::Key(store) => {
            let setting = setting::open_existing(store, Arc::new(RealWorld::new("UTC")?), "countersign").await?;
            say(&setting.keys.signing().verifier().to_string());
            setting.store.db.close().await;
            Ok(ExitCode::SUCCESS)
        }
        Ledger::Checkpoint(store) => {
            let setting = setting::open_existing(store, Arc::new(RealWorld::new("UTC")?), "countersign").await?;
            trail::checkpoint(&setting.store, &setting.keys).await?;
            let mut cx = setting.store.read(&kernel::Actor::system()).await?;
            match db::ledger_store::last_checkpoint(&mut cx).await? {
                Some(kept) => say(kept.note.trim_end()),
                None => say("the ledger is empty"),
            }
            drop(cx);
            setting.store.db.close().await;
            Ok(ExitCode::SUCCESS)
        }
    }
}

async fn run_verify(verify: &Verify) -> anyhow::Result<ExitCode> {
    let mut keys = Vec::new();
    for text in &verify.keys {
        keys.push(text.parse::<VerifierKey>().with_context(|| format!("`{text}` is no public key"))?);
    }
    let mut extra = Vec::new();
    for path in &verify.checkpoints {
        extra.push(std::fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))?);
    }
    let report = match &verify.file {
        Some(file) => {
            trail::verify_file(file, &keys, extra).with_context(|| format!("{} cannot be read", file.display()))?
        }
        None => {
            let setting =
                setting::open_existing(&verify.store, Arc::new(RealWorld::new("UTC")?), "countersign").await?;
            keys.extend(setting.keys.trusted().iter().cloned());
            let report = trail::verify_with(&setting.store, &keys, extra).await;
            setting.store.db.close().await;
            report?
        }
    };
    Ok(tell(&report))
}

fn tell(report: &Report) -> ExitCode {
    say(&format!(
        "{} entries, {} of them withheld; {} checkpoints hold, proven to entry {}",
        report.entries, report.withheld, report.checkpoints_checked, report.proven_to
    ));
    for problem in &report.problems {
        say(&format!("PROBLEM: {problem}"));
    }
    if report.more_problems > 0 {
        say(&format!("and {} more", report.more_problems));
    }
    if report.is_intact() {
        say("The ledger is intact.");
        ExitCode::SUCCESS
    } else {
        say("The ledger is NOT intact.");
        ExitCode::from(1)
    }
}
