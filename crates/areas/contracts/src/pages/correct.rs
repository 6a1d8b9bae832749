//! Where a reviewer corrects what was read: a clause and its topics, a clause chosen for a topic, a fact.

use askama::Template;
use axum::extract::State;
use clauses::{Clause, Topic};
use kernel::Refusal;
use serde::Deserialize;
use ui::{FormState, PageCx, PageForm, PagePath, PageQuery, PageResult, Shell, redirect_with_flash};

use super::{
    May,
    plain_words::{paragraphs, readable},
    told::{Told, told},
};
use crate::{
    ContractId, Contracts, CorrectionId, ReviewView,
    corrections::{self, NewCorrection, Saying},
    review,
    rules::attributes::{self, Kind},
    stated::place,
};

/// Clauses that the chooser lists.
const LISTED: usize = 60;

/// A field of a topic's attributes.
struct FieldView {
    name: &'static str,
    label: &'static str,
    value: String,
    /// Empty for a text.
    options: Vec<(&'static str, String)>,
    error: String,
}

struct TopicView {
    id: &'static str,
    label: &'static str,
    why: String,
    says: String,
    fields: Vec<FieldView>,
    refused: bool,
}

#[derive(Template)]
#[template(path = "contracts_clause.html")]
struct ClausePage {
    shell: Shell,
    base: String,
    index: usize,
    version: i64,
    paragraphs: Vec<String>,
    topics: Vec<TopicView>,
    others: Vec<(&'static str, &'static str)>,
    corrections: Vec<Told>,
    may: bool,
    form: FormState,
}

fn body<'a>(view: &'a ReviewView, clause: &Clause) -> &'a str {
    view.text.extracted.text.get(clause.start..clause.end).unwrap_or_default()
}

fn markdown(view: &ReviewView) -> bool {
    view.text.extracted.kind == documents::Kind::Markdown
}

fn field_views(topic: Topic, given: &clauses::Attributes, form: &FormState) -> Vec<FieldView> {
    attributes::fields_of(topic)
        .iter()
        .map(|(name, label, kind)| FieldView {
            name,
            label,
            value: if form.is_refused() { form.value(name).to_owned() } else { attributes::shown(given, name) },
            options: match kind {
                Kind::OneOf(words) => words.iter().map(|word| (*word, word.replace('_', " "))).collect(),
                Kind::YesNo => vec![("yes", "yes".to_owned()), ("no", "no".to_owned())],
                _ => Vec::new(),
            },
            error: form.error(name).to_owned(),
        })
        .collect()
}

async fn clause_page(
    page: &PageCx,
    contracts: &Contracts,
    id: ContractId,
    index: usize,
    refused: Option<(String, FormState)>,
) -> Result<ClausePage, Refusal> {
    let mut cx = contracts.store.read(&page.actor).await?;
    let view = review::view(&mut cx, id).await?;
    let may = May::of(&cx, &view.contract);
    let zone = cx.world().zone();
    drop(cx);
    let clause = view
        .text
        .reading
        .clauses
        .get(index)
        .ok_or_else(|| Refusal::not_found("the newest version has no such clause"))?;
    let (topic_refused, form) = refused.unwrap_or_default();
    let blank = FormState::new();
    let topics = clause
        .topics
        .iter()
        .map(|hit| {
            let refused = topic_refused == hit.topic.as_str();
            TopicView {
                id: hit.topic.as_str(),
                label: hit.topic.label(),
                why: hit.why.join(", "),
                says: attributes::told(hit.topic, &hit.attributes),
                fields: field_views(hit.topic, &hit.attributes, if refused { &form } else { &blank }),
                refused,
            }
        })
        .collect();
    let has = |topic: &Topic| clause.topics.iter().any(|hit| hit.topic == *topic);
    let base = format!("/contracts/{id}");
    let place = place(&view.text, index);
    Ok(ClausePage {
        shell: page
            .shell(format!("Topics of {place}"))
            .crumb("Contracts", "/contracts")
            .crumb(&view.contract.reference, &base)
            .crumb("Review", format!("{base}/review#c{index}")),
        index,
        version: view.version.number,
        paragraphs: paragraphs(body(&view, clause)).map(|text| readable(text, markdown(&view)).into_owned()).collect(),
        topics,
        others: Topic::ALL.iter().filter(|topic| !has(topic)).map(|topic| (topic.as_str(), topic.label())).collect(),
        corrections: view
            .corrections
            .iter()
            .filter(|correction| correction.clause == Some(index))
            .map(|correction| told(correction, &zone))
            .collect(),
        may: may.review && view.contract.status.is_open(),
        form,
        base,
    })
}

pub(super) async fn clause(
    page: PageCx,
    State(contracts): State<Contracts>,
    PagePath((id, index)): PagePath<(ContractId, usize)>,
) -> PageResult {
    let drawn = clause_page(&page, &contracts, id, index, None).await?;
    page.render(&drawn)
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Search {
    topic: String,
    q: String,
}

struct Candidate {
    index: usize,
    place: String,
    heading: String,
    text: String,
    already: bool,
}

#[derive(Template)]
#[template(path = "contracts_choose.html")]
struct ChoosePage {
    shell: Shell,
    base: String,
    topic: &'static str,
    label: &'static str,
    q: String,
    version: i64,
    candidates: Vec<Candidate>,
    matching: usize,
    may: bool,
}

/// The clauses that hold all words of a search, with those first that are about the topic already.
pub(super) async fn choose(
    page: PageCx,
    State(contracts): State<Contracts>,
    PagePath(id): PagePath<ContractId>,
    PageQuery(query): PageQuery<Search>,
) -> PageResult {
    let mut cx = contracts.store.read(&page.actor).await?;
    let view = review::view(&mut cx, id).await?;
    let may = May::of(&cx, &view.contract);
    drop(cx);
    // Somebody who came by no link starts with the first topic.
    let asked_for = Some(query.topic.as_str()).filter(|topic| !topic.is_empty());
    let topic: Topic = asked_for
        .map_or(Ok(Topic::ALL[0]), str::parse)
        .map_err(|_| Refusal::not_found(format!("`{}` is no topic", query.topic)))?;
    let asked: Vec<String> = query.q.split_whitespace().map(kernel::fold).filter(|word| !word.is_empty()).collect();
    let fits = |clause: &Clause| {
        let text = kernel::fold(&format!("{} {}", clause.heading.as_deref().unwrap_or_default(), body(&view, clause)));
        asked.iter().all(|word| text.contains(word.as_str()))
    };
    let matching: Vec<usize> = view
        .text
        .reading
        .clauses
        .iter()
        .enumerate()
        .filter(|(_, clause)| fits(clause))
        .map(|(index, _)| index)
        .collect();
    let candidate = |index: &usize| {
        let clause = &view.text.reading.clauses[*index];
        let text = readable(body(&view, clause), markdown(&view)).split_whitespace().collect::<Vec<_>>().join(" ");
        Candidate {
            index: *index,
            place: place(&view.text, *index),
            heading: clause
                .heading
                .as_deref()
                .map(|heading| readable(heading, markdown(&view)).into_owned())
                .unwrap_or_default(),
            text: text.chars().take(320).collect(),
            already: clause.topics.iter().any(|hit| hit.topic == topic),
        }
    };
    let base = format!("/contracts/{id}");
    page.render(&ChoosePage {
        shell: page
            .shell(format!("Which clause is about {}?", topic.label().to_lowercase()))
            .crumb("Contracts", "/contracts")
            .crumb(&view.contract.reference, &base)
            .crumb("Review", format!("{base}/review#t-{topic}")),
        topic: topic.as_str(),
        label: topic.label(),
        q: query.q.clone(),
        version: view.version.number,
        candidates: matching.iter().take(LISTED).map(candidate).collect(),
        matching: matching.len(),
        may: may.review && view.contract.status.is_open(),
        base,
    })
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Correcting {
    /// `not_about`, `about`, `says`, `states` or `silent`.
    ruling: String,
    topic: String,
    fact: String,
    value: String,
    clause: String,
    version: String,
    reason: String,
    /// Where the page goes on: `clause` or the review.
    back: String,
    show: String,
}

impl Correcting {
    fn read(&self, form: &FormState) -> Result<NewCorrection, Refusal> {
        let topic = || self.topic.parse::<Topic>().map_err(|_| Refusal::field("topic", "choose a topic"));
        let clause = || self.clause.parse::<usize>().map_err(|_| Refusal::field("clause", "choose a clause"));
        let fact = || self.fact.parse().map_err(|message: String| Refusal::field("fact", message));
        Ok(match self.ruling.as_str() {
            "not_about" => NewCorrection::Topic { topic: topic()?, clause: clause()?, about: None },
            "about" => NewCorrection::Topic { topic: topic()?, clause: clause()?, about: Some(Saying::AsRead) },
            "says" => {
                let topic = topic()?;
                let given = attributes::parse(topic, |name| form.value(name).to_owned())?;
                NewCorrection::Topic { topic, clause: clause()?, about: Some(Saying::Given(given)) }
            }
            "states" => NewCorrection::Fact {
                name: fact()?,
                value: Some(self.value.clone()),
                clause: if self.clause.is_empty() { None } else { Some(clause()?) },
            },
            "silent" => NewCorrection::Fact { name: fact()?, value: None, clause: None },
            other => return Err(Refusal::invalid(format!("`{other}` is no correction"))),
        })
    }

    fn to(&self, id: ContractId) -> String {
        let show = super::review_view::Show::parse(&self.show)
            .map(|show| format!("?show={}", show.as_str()))
            .unwrap_or_default();
        match (self.back.as_str(), self.clause.parse::<usize>(), self.topic.parse::<Topic>()) {
            ("clause", Ok(clause), _) => format!("/contracts/{id}/clauses/{clause}"),
            (_, _, Ok(topic)) => format!("/contracts/{id}/review{show}#t-{topic}"),
            _ => format!("/contracts/{id}/review#facts"),
        }
    }
}

pub(super) async fn correct(
    page: PageCx,
    State(contracts): State<Contracts>,
    PagePath(id): PagePath<ContractId>,
    PageForm(sent, form): PageForm<Correcting>,
) -> PageResult {
    // Who may not review hears that, and not which field is wrong.
    crate::contract::load_for(&mut contracts.store.read(&page.actor).await?, id, crate::REVIEW).await?;
    let version = sent.version.parse().unwrap_or_default();
    let done = match sent.read(&form) {
        Ok(new) => {
            db::transact!(contracts.store, &page.actor, |cx| corrections::correct(cx, id, version, &new, &sent.reason)
                .await)
        }
        Err(refusal) => Err(refusal),
    };
    match (done, sent.clause.parse::<usize>()) {
        (Ok(_), _) => {
            Ok(redirect_with_flash(&sent.to(id), "Corrected. The row was compared anew and waits for a reviewer."))
        }
        (Err(refusal), Ok(clause)) if sent.back == "clause" => {
            let form = form.refused(&refusal);
            let drawn = clause_page(&page, &contracts, id, clause, Some((sent.topic.clone(), form))).await?;
            page.again(refusal, |_| drawn)
        }
        (Err(refusal), _) => {
            let key = if sent.fact.is_empty() { format!("t-{}", sent.topic) } else { "facts".to_owned() };
            super::review::again(&page, &contracts, id, &sent.show, key, form, refusal).await
        }
    }
}

pub(super) async fn undo(
    page: PageCx,
    State(contracts): State<Contracts>,
    PagePath((id, correction)): PagePath<(ContractId, CorrectionId)>,
    PageForm(sent, form): PageForm<Correcting>,
) -> PageResult {
    let done = db::transact!(contracts.store, &page.actor, |cx| corrections::undo(cx, id, correction).await);
    match done {
        Ok(_) => Ok(redirect_with_flash(&sent.to(id), "The correction is taken back.")),
        Err(refusal) => super::review::again(&page, &contracts, id, &sent.show, "page".to_owned(), form, refusal).await,
    }
}
