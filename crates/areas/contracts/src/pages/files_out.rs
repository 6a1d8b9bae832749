//! Documents on their way out: always as a download.

use axum::{extract::State, response::Response};
use ui::{PageCx, PagePath, PageResult};

use crate::{ContractId, Contracts, versions};

pub(super) async fn version(page: PageCx, State(contracts): State<Contracts>, PagePath((id, number)): PagePath<(ContractId, i64)>) -> PageResult {
    let version = versions::get(&mut contracts.store.read(&page.actor).await?, id, number).await?;
    let bytes = contracts.files.get(&version.sha256).await?;
    Ok::<Response, _>(files::attachment(&version.file_name, "application/octet-stream", bytes))
}
