//! One entry.

use askama::Template;
use axum::extract::State as Extracted;
use ui::{PageCx, PagePath, PageResult, Shell};

use super::{Row, State, day_and_time};
use crate::{entry as whole_entry, rules::Difference};

#[derive(Template)]
#[template(path = "ledger_entry.html")]
struct Page {
    shell: Shell,
    row: Row,
    differences: Vec<Difference>,
    hash: String,
    prev: String,
    /// "entry 40 of 20 Nov 2026, 09:10:00", or nothing.
    proven_by: String,
    subject: String,
    others: String,
    raw: String,
}

pub(super) async fn entry(
    Extracted(state): Extracted<State>,
    page: PageCx,
    PagePath(seq): PagePath<i64>,
) -> PageResult {
    let mut cx = state.store.read(&page.actor).await?;
    let whole = whole_entry(&mut cx, seq).await?;
    let proven_by = whole.proven_by.as_ref().map(|checkpoint| {
        let (day, time) = day_and_time(&cx, checkpoint.at);
        format!(
            "by the checkpoint over {} entries, signed by {} on {day} at {time}",
            checkpoint.size, checkpoint.signer
        )
    });
    let line = whole.line;
    page.render(&Page {
        shell: page.shell(format!("Entry {}", line.seq)).crumb("Ledger", "/ledger"),
        subject: format!("{} {}", line.subject_kind, line.subject_id),
        others: format!(
            "/ledger?subject_kind={}&subject_id={}",
            ui::percent_encode(&line.subject_kind),
            ui::percent_encode(&line.subject_id)
        ),
        row: Row::of(&cx, &state, line),
        differences: whole.differences,
        hash: ledger::to_hex(&whole.sealed.hash),
        prev: ledger::to_hex(&whole.sealed.prev),
        proven_by: proven_by.unwrap_or_default(),
        raw: ledger::entry_line(&whole.sealed),
    })
}
