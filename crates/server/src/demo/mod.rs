//! A demonstration organisation, made by the same use cases as real work: people are invited and accept, contracts are
//! registered, documents dropped in, rows decided, sides sign. No row is written behind anybody's back.

mod cast;
mod contracts;
mod incidents;
mod plan;
mod response;

use kernel::Refusal;

use crate::app::Parts;

/// Fills an empty store, and says how to sign in as each person. `None` for a store that is in use.
pub async fn fill(parts: &Parts) -> anyhow::Result<Option<String>> {
    let Some(cast) = cast::hire(parts).await? else {
        tracing::warn!("--demo was ignored: this store is in use");
        return Ok(None);
    };
    contracts::play(parts, &cast).await.map_err(|refusal: Refusal| anyhow::anyhow!("the demonstration: {refusal}"))?;
    plan::play(parts, &cast).await.map_err(|refusal: Refusal| anyhow::anyhow!("the demonstration: {refusal}"))?;
    incidents::play(parts, &cast).await.map_err(|refusal: Refusal| anyhow::anyhow!("the demonstration: {refusal}"))?;
    trail::checkpoint(&parts.store, &parts.keys).await?;
    Ok(Some(cast.how_to_sign_in()))
}
