//! The duties that were read out of the contracts, as a list.

use askama::Template;
use axum::extract::State;
use kernel::{Cursor, Refusal};
use serde::Deserialize;
use ui::{FormState, PageCx, PageQuery, PageResult, Shell, percent_encode};

use super::words;
use crate::{ContractId, Contracts, contract, obligations};

const PER_PAGE: usize = 50;

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Query {
    q: String,
    topic: String,
    deadline: String,
    contract: String,
    after: String,
}

impl Query {
    fn filter(&self) -> Result<obligations::ObligationFilter, Refusal> {
        let unknown = |_| Refusal::field("topic", format!("`{}` is not a topic", self.topic));
        let topic = if self.topic.is_empty() { None } else { Some(self.topic.parse().map_err(unknown)?) };
        let contract = if self.contract.is_empty() { None } else { Some(self.contract.parse::<ContractId>()?) };
        let cursor = if self.after.is_empty() { None } else { Cursor::decode(&self.after) };
        Ok(obligations::ObligationFilter {
            text: self.q.clone(),
            topic,
            contract,
            with_deadline: !self.deadline.is_empty(),
            cursor,
            limit: PER_PAGE,
        })
    }

    fn href(&self, after: &str) -> String {
        let pairs = [
            ("q", self.q.as_str()),
            ("topic", &self.topic),
            ("deadline", &self.deadline),
            ("contract", &self.contract),
            ("after", after),
        ];
        let query: Vec<String> = pairs
            .iter()
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| format!("{name}={}", percent_encode(value)))
            .collect();
        format!("/contracts/obligations?{}", query.join("&"))
    }

    fn is_filtered(&self) -> bool {
        [&self.q, &self.topic, &self.deadline, &self.contract].iter().any(|value| !value.is_empty())
    }
}

struct Line {
    href: String,
    duty: String,
    who: String,
    condition: String,
    deadline: String,
    topic: &'static str,
    contract: String,
    reference: String,
    counterparty: String,
}

#[derive(Template)]
#[template(path = "contracts_obligations.html")]
struct ObligationsPage {
    shell: Shell,
    form: FormState,
    lines: Vec<Line>,
    filtered: bool,
    /// The one contract whose obligations these are.
    of: String,
    topics: words::Choices,
    first: String,
    next: String,
}

pub(super) async fn list(
    page: PageCx,
    State(contracts): State<Contracts>,
    PageQuery(query): PageQuery<Query>,
) -> PageResult {
    let mut cx = contracts.store.read(&page.actor).await?;
    let filter = query.filter()?;
    let of = match filter.contract {
        Some(id) => contract::get(&mut cx, id).await?.facts.title,
        None => String::new(),
    };
    let rows = obligations::list(&mut cx, &filter).await?;
    let next = rows.next.as_deref().map(|after| query.href(after)).unwrap_or_default();
    let line = |row: crate::ObligationRow| Line {
        href: format!("/contracts/{}/review#c{}", row.contract, row.clause),
        duty: row.duty,
        who: match (row.debtor, row.creditor) {
            (Some(debtor), Some(creditor)) => format!("{debtor} → {creditor}"),
            (Some(debtor), None) => debtor,
            _ => String::new(),
        },
        condition: row.condition.unwrap_or_default(),
        deadline: row.deadline.unwrap_or_default(),
        topic: row.topic.and_then(|topic| topic.parse::<clauses::Topic>().ok()).map_or("", clauses::Topic::label),
        contract: format!("/contracts/{}", row.contract),
        reference: row.reference,
        counterparty: row.counterparty,
    };
    let fields =
        [("q", &query.q), ("topic", &query.topic), ("deadline", &query.deadline), ("contract", &query.contract)];
    page.render(&ObligationsPage {
        shell: page.shell("Obligations").crumb("Contracts", "/contracts").subtitle(if of.is_empty() {
            "What the contracts say that someone owes".to_owned()
        } else {
            format!("Read in {of}")
        }),
        form: fields.into_iter().fold(FormState::new(), |form, (name, value)| form.with(name, value)),
        lines: rows.items.into_iter().map(line).collect(),
        filtered: query.is_filtered(),
        of,
        topics: words::topics(),
        first: if query.after.is_empty() { String::new() } else { query.href("") },
        next,
    })
}
