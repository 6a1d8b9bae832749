//! The duties that were read out of the contracts.

use axum::extract::State;
use kernel::Refusal;
use serde::Deserialize;
use ui::{ApiJson, ApiQuery, ApiResult, Signed};

use super::{
    input::{Checked, read},
    problems::Listing,
    shapes::ObligationPage,
    words::TopicWord,
};
use crate::{
    Contracts,
    obligations::{self, ObligationFilter},
};

/// What the list is narrowed by; all of it together.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ObligationQuery {
    /// Words out of the duty, its debtor or its deadline.
    #[param(max_length = 200, example = "notify")]
    q: Option<String>,
    #[param(value_type = Option<TopicWord>)]
    topic: Option<String>,
    /// Of one contract, by its id.
    #[param(value_type = Option<uuid::Uuid>)]
    contract: Option<String>,
    /// `true` for duties that name a deadline only.
    with_deadline: Option<bool>,
    /// How many at once; 50 where none is named.
    #[param(value_type = Option<i64>, minimum = 1, maximum = 200, example = 50)]
    limit: Option<String>,
    /// `next` of the page before.
    cursor: Option<String>,
}

impl ObligationQuery {
    fn filter(self) -> Result<ObligationFilter, Refusal> {
        let mut checked = Checked::default();
        let filter = ObligationFilter {
            topic: checked.read("topic", self.topic.as_ref()),
            contract: checked.read("contract", self.contract.as_ref()),
            with_deadline: self.with_deadline.unwrap_or_default(),
            limit: checked.limit(self.limit.as_ref()),
            cursor: checked.cursor(self.cursor.as_ref()),
            text: checked.search(self.q),
        };
        checked.done(filter)
    }
}

/// List the obligations in the contracts whose text you may read
///
/// Those of the current reviews, newest first. Follow `next` until it is null.
#[utoipa::path(get, path = "/api/v1/obligations", tag = "obligations", params(ObligationQuery),
    responses((status = 200, description = "One page of obligations.", body = ObligationPage), Listing))]
pub(crate) async fn list_obligations(
    State(contracts): State<Contracts>,
    Signed(actor): Signed,
    ApiQuery(query): ApiQuery<ObligationQuery>,
) -> ApiResult<ApiJson<ObligationPage>> {
    let filter = query.filter()?;
    let page = read!(contracts, &actor, |cx| obligations::list(cx, &filter).await)?;
    Ok(ApiJson(page.into()))
}
