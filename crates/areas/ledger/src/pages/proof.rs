//! The proof that nothing was changed: verification, and checkpoints to keep elsewhere.

use askama::Template;
use axum::extract::State as Extracted;
use kernel::{Refusal, Resource};
use ledger::Report;
use ui::{PageCx, PageResult, Shell, redirect_with_flash};

use super::{State, day_and_time};
use crate::{
    CHECKPOINT, CheckpointLine, can_sign, checkpoint, checkpoints,
    proving::{INLINE_LIMIT, size},
    verify as verify_ledger,
};

struct Signed {
    size: i64,
    when: String,
    at: String,
    note: String,
}

struct Verdict {
    intact: bool,
    entries: u64,
    checkpoints: u64,
    unchecked: u64,
    proven_to: u64,
    problems: Vec<String>,
    more: u64,
}

impl Verdict {
    fn of(report: &Report) -> Self {
        Self {
            intact: report.is_intact(),
            entries: report.entries,
            checkpoints: report.checkpoints_checked,
            unchecked: report.checkpoints_unchecked,
            proven_to: report.proven_to,
            problems: report.problems.iter().map(ToString::to_string).collect(),
            more: report.more_problems,
        }
    }
}

#[derive(Template)]
#[template(path = "ledger_verify.html")]
struct Page {
    shell: Shell,
    size: u64,
    too_large: bool,
    checkpoints: Vec<Signed>,
    keys: Vec<String>,
    verdict: Option<Verdict>,
    can_sign: bool,
    unsigned: bool,
}

pub(super) async fn page(Extracted(state): Extracted<State>, page: PageCx) -> PageResult {
    page.render(&draw(&state, &page, None).await?)
}

pub(super) async fn verify(Extracted(state): Extracted<State>, page: PageCx) -> PageResult {
    let mut drawn = draw(&state, &page, None).await?;
    if drawn.too_large {
        return Err(Refusal::conflict("the ledger is too long to be verified inside a page")
            .hint("run `countersign ledger verify` on the server")
            .into());
    }
    drawn.verdict = Some(Verdict::of(&verify_ledger(&state.store, state.keys.trusted()).await?));
    page.render(&drawn)
}

pub(super) async fn sign(Extracted(state): Extracted<State>, page: PageCx) -> PageResult {
    state.store.read(&page.actor).await?.require(CHECKPOINT, &Resource::all("Ledger"))?;
    if page.actor.read_only {
        return Err(Refusal::forbidden("this token may only read").into());
    }
    let told = match checkpoint(&state.store, &state.keys).await? {
        Some(signed) => format!(
            "Signed a checkpoint over {} entries. Copy it away: kept elsewhere, it proves the ledger even against whoever runs this server.",
            signed.size
        ),
        None => "There is nothing new to sign: the newest checkpoint covers every entry.".to_owned(),
    };
    Ok(redirect_with_flash("/ledger/verify", &told))
}

async fn draw(state: &State, page: &PageCx, verdict: Option<Verdict>) -> Result<Page, Refusal> {
    let mut cx = state.store.read(&page.actor).await?;
    let known: Vec<CheckpointLine> = checkpoints(&mut cx, 20).await?;
    let size = size(&mut cx).await?;
    let unsigned = known.first().is_none_or(|newest| u64::try_from(newest.size).is_ok_and(|signed| signed < size));
    let checkpoints = known
        .into_iter()
        .map(|line| {
            let (day, time) = day_and_time(&cx, line.at);
            Signed { size: line.size, when: format!("{day}, {time}"), at: line.at.to_string(), note: line.note }
        })
        .collect();
    let shell = page.shell("Verify the ledger").crumb("Ledger", "/ledger");
    Ok(Page {
        shell: shell.subtitle("Recomputes every entry, the chain between them and every signed checkpoint."),
        size,
        too_large: size > INLINE_LIMIT,
        checkpoints,
        keys: state.keys.trusted().iter().map(ToString::to_string).collect(),
        verdict,
        can_sign: can_sign(&cx),
        unsigned: unsigned && size > 0,
    })
}
