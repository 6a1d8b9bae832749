//! What all processes on one store must agree on.

use kernel::Refusal;

use crate::Cx;

/// Says what holds under `name`; the first to ask decides it.
pub async fn agree(cx: &mut Cx, name: &str, value: &str) -> Result<String, Refusal> {
    cx.unrecorded("the first process settles what all share");
    cx.run(
        "insert into installation (name, value) values ($1, $2) on conflict (name) do nothing",
        vec![name.into(), value.into()],
    )
    .await?;
    cx.one("select value from installation where name = $1", vec![name.into()]).await?.text("value")
}

/// Replaces what holds, as after a change of keys.
pub async fn replace(cx: &mut Cx, name: &str, value: &str) -> Result<(), Refusal> {
    cx.run("update installation set value = $2 where name = $1", vec![name.into(), value.into()]).await.map(|_| ())
}
