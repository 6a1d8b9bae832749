//! Papers, tables and files on their way out: always as a download.

use axum::extract::State as Shared;
use kernel::Refusal;
use ui::{PageCx, PagePath, PageResult};

use crate::{
    IncidentId, Incidents,
    logbook::{Export, TableForm},
};

fn out(export: Result<Export, Refusal>) -> PageResult {
    let (name, media_type, bytes) = export?;
    Ok(files::attachment(&name, media_type, bytes))
}

pub(super) async fn situation(
    Shared(log): Shared<Incidents>,
    page: PageCx,
    PagePath(id): PagePath<IncidentId>,
) -> PageResult {
    out(log.situation_pdf(&page.actor, id).await)
}

pub(super) async fn report(
    Shared(log): Shared<Incidents>,
    page: PageCx,
    PagePath(id): PagePath<IncidentId>,
) -> PageResult {
    out(log.report_pdf(&page.actor, id).await)
}

pub(super) async fn custody(
    Shared(log): Shared<Incidents>,
    page: PageCx,
    PagePath((id, number)): PagePath<(IncidentId, i64)>,
) -> PageResult {
    out(log.custody_pdf(&page.actor, id, number).await)
}

pub(super) async fn evidence_xlsx(
    Shared(log): Shared<Incidents>,
    page: PageCx,
    PagePath(id): PagePath<IncidentId>,
) -> PageResult {
    out(log.evidence_table(&page.actor, id, TableForm::Xlsx).await)
}

pub(super) async fn evidence_csv(
    Shared(log): Shared<Incidents>,
    page: PageCx,
    PagePath(id): PagePath<IncidentId>,
) -> PageResult {
    out(log.evidence_table(&page.actor, id, TableForm::Csv).await)
}

pub(super) async fn costs_xlsx(
    Shared(log): Shared<Incidents>,
    page: PageCx,
    PagePath(id): PagePath<IncidentId>,
) -> PageResult {
    out(log.costs_table(&page.actor, id, TableForm::Xlsx).await)
}

pub(super) async fn costs_csv(
    Shared(log): Shared<Incidents>,
    page: PageCx,
    PagePath(id): PagePath<IncidentId>,
) -> PageResult {
    out(log.costs_table(&page.actor, id, TableForm::Csv).await)
}

/// What somebody uploaded may be hostile: it goes out as bytes that no browser opens.
pub(super) async fn file(
    Shared(log): Shared<Incidents>,
    page: PageCx,
    PagePath((id, number)): PagePath<(IncidentId, i64)>,
) -> PageResult {
    let (name, bytes) = log.file(&page.actor, id, number).await?;
    Ok(files::attachment(&name, "application/octet-stream", bytes))
}
