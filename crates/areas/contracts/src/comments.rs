//! Comments on clauses and on the contract as a whole.

use db::{Change, Cx};
use kernel::Refusal;

use crate::{
    COMMENT, Comment, CommentId, ContractId, READ_TEXT,
    contract::load_for,
    store::{reviews, versions as store},
};

/// Hangs a comment on a clause of the current version, or on the contract.
pub async fn add(cx: &mut Cx, id: ContractId, clause: Option<usize>, body: &str) -> Result<CommentId, Refusal> {
    let contract = load_for(cx, id, COMMENT).await?;
    load_for(cx, id, READ_TEXT).await?;
    let body = body.trim();
    if body.is_empty() || body.chars().count() > 4000 {
        return Err(Refusal::field("body", "write a comment of at most 4000 characters"));
    }
    let Some(review) = contract.review else { return Err(Refusal::conflict("there is no text to comment on yet")) };
    let version = reviews::by_id(cx, review).await?.version;
    if let Some(clause) = clause {
        let clauses = store::text(cx, version).await?.map_or(0, |text| text.reading.clauses.len());
        if clause >= clauses {
            return Err(Refusal::not_found("the text has no such clause"));
        }
    }
    let comment: CommentId = cx.new_id();
    store::insert_comment(cx, comment, id, version, clause.and_then(|clause| i64::try_from(clause).ok()), body).await?;
    cx.record(
        Change::new("contract.commented", "contract", id, format!("commented on {}", contract.reference))
            .behind(id)
            .after(serde_json::json!({ "clause": clause, "body": body })),
    );
    Ok(comment)
}

/// All comments, oldest first.
pub async fn list(cx: &mut Cx, id: ContractId) -> Result<Vec<Comment>, Refusal> {
    load_for(cx, id, READ_TEXT).await?;
    store::comments(cx, id).await
}

/// Marks a comment as dealt with.
pub async fn resolve(cx: &mut Cx, id: ContractId, comment: CommentId) -> Result<(), Refusal> {
    let contract = load_for(cx, id, COMMENT).await?;
    load_for(cx, id, READ_TEXT).await?;
    store::comment_by_id(cx, id, comment).await?.ok_or_else(|| Refusal::not_found("there is no such comment"))?;
    if store::resolve_comment(cx, comment).await? == 0 {
        return Err(Refusal::conflict("the comment is resolved already"));
    }
    cx.record(
        Change::new(
            "contract.comment_resolved",
            "contract",
            id,
            format!("resolved a comment on {}", contract.reference),
        )
        .behind(id)
        .after(comment),
    );
    Ok(())
}
