//! The files' SQL.

use db::Cx;
use kernel::Refusal;

use crate::Stored;

pub(crate) async fn insert(cx: &mut Cx, stored: &Stored) -> Result<(), Refusal> {
    cx.run(
        "insert into files (sha256, size, created_at) values ($1, $2, $3) on conflict (sha256) do nothing",
        vec![stored.sha256.clone().into(), stored.size.into(), cx.now.into()],
    )
    .await
    .map(|_| ())
}

pub(crate) async fn is_known(cx: &mut Cx, sha256: &str) -> Result<bool, Refusal> {
    Ok(cx.optional("select sha256 from files where sha256 = $1", vec![sha256.into()]).await?.is_some())
}
