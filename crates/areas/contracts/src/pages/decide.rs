//! What is decided on the review page: rows, sign-offs, conditions, comments. Each answers with the place it came from.

use axum::extract::State;
use kernel::{Refusal, Side};
use serde::Deserialize;
use ui::{FormState, PageCx, PageForm, PagePath, PageResult, redirect_with_flash};

use super::{record, review_view::Show, words};
use crate::{
    CommentId, ContractId, Contracts, FindingId, SignoffId, comments,
    review::{self, Verdict},
    signoff::{self, NewSignoff},
};

/// Back to the review, with the rows that were shown, at the place that was decided.
fn back(id: ContractId, show: &str, anchor: &str) -> String {
    let show = Show::parse(show).map(|show| format!("?show={}", show.as_str())).unwrap_or_default();
    let anchor = if anchor.is_empty() { String::new() } else { format!("#{anchor}") };
    format!("/contracts/{id}/review{show}{anchor}")
}

/// Where a form stands in the page, and how it was sent.
struct Sender<'a> {
    page: &'a PageCx,
    contracts: &'a Contracts,
    id: ContractId,
    show: &'a str,
    key: String,
    form: FormState,
}

impl Sender<'_> {
    /// On with what was done, or the page again with what was wrong.
    async fn answer<T>(self, done: Result<T, Refusal>, anchor: &str, said: impl FnOnce(T) -> String) -> PageResult {
        match done {
            Ok(value) => Ok(redirect_with_flash(&back(self.id, self.show, anchor), &said(value))),
            Err(refusal) => {
                super::review::again(self.page, self.contracts, self.id, self.show, self.key, self.form, refusal).await
            }
        }
    }
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Place {
    show: String,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Deciding {
    show: String,
    topic: String,
    revision: String,
    verdict: String,
    status: String,
    reason: String,
}

impl Deciding {
    fn verdict(&self) -> Result<Verdict, Refusal> {
        match self.verdict.as_str() {
            "confirm" => Ok(Verdict::Confirm),
            "reopen" => Ok(Verdict::Reopen),
            "override" => {
                let status = words::position_of(&self.status)
                    .ok_or_else(|| Refusal::field("status", "choose how the row stands"))?;
                Ok(Verdict::Override { status, reason: self.reason.clone() })
            }
            other => Err(Refusal::invalid(format!("`{other}` is no verdict"))),
        }
    }
}

pub(super) async fn finding(
    page: PageCx,
    State(contracts): State<Contracts>,
    PagePath((id, finding)): PagePath<(ContractId, FindingId)>,
    PageForm(sent, form): PageForm<Deciding>,
) -> PageResult {
    let anchor = format!("t-{}", sent.topic);
    let revision = sent.revision.parse().unwrap_or_default();
    let done = match sent.verdict() {
        Ok(verdict) => {
            db::transact!(contracts.store, &page.actor, |cx| review::decide(cx, id, finding, revision, &verdict).await)
        }
        Err(refusal) => Err(refusal),
    };
    let from = Sender { page: &page, contracts: &contracts, id, show: &sent.show, key: anchor.clone(), form };
    from.answer(done, &anchor, |row| {
        format!("{}: {}.", row.topic.label(), words::row_state_mark(row.state).word.to_lowercase())
    })
    .await
}

pub(super) async fn confirm_conforming(
    page: PageCx,
    State(contracts): State<Contracts>,
    PagePath(id): PagePath<ContractId>,
    PageForm(sent, form): PageForm<Place>,
) -> PageResult {
    let done = db::transact!(contracts.store, &page.actor, |cx| review::confirm_conforming(cx, id).await);
    let from = Sender { page: &page, contracts: &contracts, id, show: &sent.show, key: "page".to_owned(), form };
    from.answer(done, "", |rows| format!("{} confirmed.", words::count(words::number(rows), "row", "rows"))).await
}

/// Compares the document with the playbook's current version.
pub(super) async fn again(
    page: PageCx,
    State(contracts): State<Contracts>,
    PagePath(id): PagePath<ContractId>,
    PageForm(sent, form): PageForm<Place>,
) -> PageResult {
    let done = db::transact!(contracts.store, &page.actor, |cx| review::request(cx, id).await);
    let from = Sender { page: &page, contracts: &contracts, id, show: &sent.show, key: "page".to_owned(), form };
    from.answer(done, "", |()| "The document was compared with the current playbook.".to_owned()).await
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Signing {
    show: String,
    review: String,
    sha256: String,
    topic: String,
    side: String,
    decision: String,
    condition: String,
}

impl Signing {
    fn read(&self) -> Result<NewSignoff, Refusal> {
        Ok(NewSignoff {
            review: self.review.parse()?,
            sha256: self.sha256.clone(),
            topic: if self.topic.is_empty() { None } else { Some(self.topic.clone()) },
            side: self.side.parse().map_err(Refusal::invalid)?,
            decision: self
                .decision
                .parse()
                .map_err(|_| Refusal::field("decision", "choose one: approve, approve with a condition, or reject"))?,
            condition: self.condition.clone(),
        })
    }
}

pub(super) async fn sign(
    page: PageCx,
    State(contracts): State<Contracts>,
    PagePath(id): PagePath<ContractId>,
    PageForm(sent, form): PageForm<Signing>,
) -> PageResult {
    let done = match sent.read() {
        Ok(new) => db::transact!(contracts.store, &page.actor, |cx| signoff::sign(cx, id, &new).await),
        Err(refusal) => Err(refusal),
    };
    let (topic, anchor) = if sent.topic.is_empty() {
        ("whole", "sign".to_owned())
    } else {
        (sent.topic.as_str(), format!("t-{}", sent.topic))
    };
    let side = sent.side.parse().map_or("", Side::as_str);
    let from =
        Sender { page: &page, contracts: &contracts, id, show: &sent.show, key: format!("s-{topic}-{side}"), form };
    from.answer(done, &anchor, |signed| format!("{} for {}.", signed.decision.label(), signed.side.label())).await
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct OfSignoff {
    show: String,
    anchor: String,
    note: String,
}

impl OfSignoff {
    /// Only letters of our own anchors, so that no address is built out of what was sent.
    fn anchor(&self) -> &str {
        if self.anchor.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_' || byte == b'-') {
            &self.anchor
        } else {
            ""
        }
    }
}

pub(super) async fn take_back(
    page: PageCx,
    State(contracts): State<Contracts>,
    PagePath((id, signoff)): PagePath<(ContractId, SignoffId)>,
    PageForm(sent, form): PageForm<OfSignoff>,
) -> PageResult {
    let done = db::transact!(contracts.store, &page.actor, |cx| signoff::withdraw(cx, id, signoff).await);
    let from = Sender { page: &page, contracts: &contracts, id, show: &sent.show, key: "page".to_owned(), form };
    from.answer(done, sent.anchor(), |()| "Your sign-off is taken back.".to_owned()).await
}

pub(super) async fn condition_met(
    page: PageCx,
    State(contracts): State<Contracts>,
    PagePath((id, signoff)): PagePath<(ContractId, SignoffId)>,
    PageForm(sent, form): PageForm<OfSignoff>,
) -> PageResult {
    let done =
        db::transact!(contracts.store, &page.actor, |cx| signoff::meet_condition(cx, id, signoff, &sent.note).await);
    let from = Sender { page: &page, contracts: &contracts, id, show: &sent.show, key: format!("met-{signoff}"), form };
    from.answer(done, sent.anchor(), |()| "The condition is marked as met.".to_owned()).await
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Commenting {
    show: String,
    back: String,
    clause: String,
    body: String,
}

pub(super) async fn comment(
    page: PageCx,
    State(contracts): State<Contracts>,
    PagePath(id): PagePath<ContractId>,
    PageForm(sent, form): PageForm<Commenting>,
) -> PageResult {
    let clause: Option<usize> = sent.clause.parse().ok();
    let done = db::transact!(contracts.store, &page.actor, |cx| comments::add(cx, id, clause, &sent.body).await);
    if sent.back == "record" {
        return match done {
            Ok(comment) => {
                Ok(redirect_with_flash(&format!("/contracts/{id}#comment-{comment}"), "Your comment stands."))
            }
            Err(refusal) => record::again(&page, &contracts, id, record::Place::Comment, form, refusal).await,
        };
    }
    let key = clause.map_or("whole".to_owned(), |clause| format!("c{clause}"));
    let from = Sender { page: &page, contracts: &contracts, id, show: &sent.show, key: key.clone(), form };
    from.answer(done, if clause.is_some() { &key } else { "comments" }, |_| "Your comment stands.".to_owned()).await
}

pub(super) async fn resolve(
    page: PageCx,
    State(contracts): State<Contracts>,
    PagePath((id, comment)): PagePath<(ContractId, CommentId)>,
    PageForm(sent, form): PageForm<Commenting>,
) -> PageResult {
    let done = db::transact!(contracts.store, &page.actor, |cx| comments::resolve(cx, id, comment).await);
    if sent.back == "record" {
        return match done {
            Ok(()) => Ok(redirect_with_flash(&format!("/contracts/{id}#comments"), "The comment is resolved.")),
            Err(refusal) => record::again(&page, &contracts, id, record::Place::Page, form, refusal).await,
        };
    }
    let anchor = sent.clause.parse::<usize>().map_or("comments".to_owned(), |clause| format!("c{clause}"));
    let from = Sender { page: &page, contracts: &contracts, id, show: &sent.show, key: "page".to_owned(), form };
    from.answer(done, &anchor, |()| "The comment is resolved.".to_owned()).await
}
