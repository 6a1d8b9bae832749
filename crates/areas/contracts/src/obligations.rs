//! The duties that were read out of the contracts: the register's first source.

use clauses::Topic;
use db::Cx;
use kernel::{Cursor, Page, Refusal};

use crate::{ContractId, ObligationRow, store::reviews as store};

#[derive(Debug, Clone, Default)]
pub struct ObligationFilter {
    pub text: String,
    pub topic: Option<Topic>,
    pub contract: Option<ContractId>,
    pub with_deadline: bool,
    pub cursor: Option<Cursor>,
    /// 1 to 200.
    pub limit: usize,
}

/// One page, newest first, of the contracts whose text the person may read.
pub async fn list(cx: &mut Cx, filter: &ObligationFilter) -> Result<Page<ObligationRow>, Refusal> {
    store::obligations(cx, filter).await
}
