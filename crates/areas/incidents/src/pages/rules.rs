//! Every rule with its source, and one rule in full.

use std::borrow::Cow;

use askama::Template;
use axum::extract::State as Shared;
use clocks::{Rule, rule::Confidence};
use db::Store;
use serde::Deserialize;
use ui::{FormState, PageCx, PagePath, PageQuery, PageResult, Shell};

use crate::{RuleFilter, one_rule, rules_of_law};

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Asked {
    q: String,
    part: String,
    confidence: String,
    drafts: String,
}

/// The folders of the rules, with what they hold.
const PARTS: [(&str, &str); 6] = [
    ("eu", "European Union"),
    ("uk", "United Kingdom"),
    ("ch", "Switzerland"),
    ("us-federal", "United States, federal and sectors"),
    ("us-states", "United States, states and territories"),
    ("world", "Other countries"),
];

struct Row {
    href: String,
    name: String,
    title: String,
    article: String,
    to: String,
    limit: String,
    checked: String,
    confidence: &'static str,
    draft: bool,
}

#[derive(Template)]
#[template(path = "incidents_rules.html")]
struct AllPage {
    shell: Shell,
    rows: Vec<Row>,
    all: usize,
    form: FormState,
    drafts: bool,
    parts_of_world: Vec<(&'static str, &'static str)>,
    confidences: Vec<(&'static str, &'static str)>,
}

pub(super) fn limit(rule: &Rule) -> String {
    let limits: Vec<String> = rule
        .limits
        .iter()
        .filter_map(|limit| {
            let measure = limit.measure.as_ref()?;
            Some(match measure {
                clocks::rule::Measure::Asap(words) => words.clone(),
                measure => format!("{} from {}", measure.words(), limit.base.words()),
            })
        })
        .collect();
    match (limits.is_empty(), &rule.not_after, &rule.before) {
        (true, Some(other), _) => format!("at the latest with the notice `{other}`"),
        (true, _, Some(other)) => format!("before the notice `{other}`"),
        _ => limits.join("; "),
    }
}

pub(super) async fn all(Shared(store): Shared<Store>, page: PageCx, PageQuery(asked): PageQuery<Asked>) -> PageResult {
    let cx = store.read(&page.actor).await?;
    let filter = RuleFilter {
        text: asked.q.clone(),
        part: asked.part.clone(),
        confidence: asked.confidence.clone(),
        drafts_only: asked.drafts == "1",
    };
    let found = rules_of_law(&cx, &filter)?;
    let rows = found
        .into_iter()
        .map(|rule| Row {
            href: format!("/incidents/rules/{}", rule.name),
            name: rule.name.clone(),
            title: rule.title.clone(),
            article: rule.article.clone(),
            to: rule.to.clone(),
            limit: limit(rule),
            checked: match rule.confidence {
                Confidence::Memory => "Not yet".to_owned(),
                _ => rule.verified_on.strftime("%-d %b %Y").to_string(),
            },
            confidence: rule.confidence.words(),
            draft: rule.draft,
        })
        .collect();
    let confidences =
        [Confidence::Statute, Confidence::Official, Confidence::Secondary, Confidence::Single, Confidence::Memory];
    page.render(&AllPage {
        shell: page
            .shell("Rules")
            .crumb("Incidents", "/incidents")
            .subtitle("Every duty to notify that clocks are reckoned from. None has been reviewed by counsel."),
        rows,
        all: clocks::shipped().rules.len(),
        form: FormState::new().with("q", &asked.q).with("part", &asked.part).with("confidence", &asked.confidence),
        drafts: filter.drafts_only,
        parts_of_world: PARTS.to_vec(),
        confidences: confidences.map(|confidence| (confidence.words(), confidence.words())).to_vec(),
    })
}

#[derive(Template)]
#[template(path = "incidents_rule.html")]
struct OnePage {
    shell: Shell,
    rule: Cow<'static, Rule>,
    limit: String,
    facts: Vec<(&'static str, String)>,
    readings: Vec<(String, String)>,
    exceptions: Vec<String>,
}

pub(super) async fn one(
    Shared(store): Shared<Store>,
    page: PageCx,
    PagePath((regime, duty)): PagePath<(String, String)>,
) -> PageResult {
    let mut cx = store.read(&page.actor).await?;
    let rule = one_rule(&mut cx, &format!("{regime}/{duty}")).await?;
    let day = |date: jiff::civil::Date| date.strftime("%-d %B %Y").to_string();
    let mut facts = vec![
        ("Law", rule.law.clone()),
        ("Article", rule.article.clone()),
        ("Who", rule.who.clone()),
        ("Tells", rule.to.clone()),
    ];
    facts.extend(rule.from.map(|from| ("Holds for events from", day(from))));
    facts.extend(rule.until.map(|until| ("Held for events before", day(until))));
    facts.extend(rule.delay.clone().map(|delay| ("May wait if", delay)));
    facts.extend(rule.penalty.clone().map(|penalty| ("Penalty", penalty)));
    if rule.confidence != Confidence::Memory {
        facts.push(("Compared with its source", day(rule.verified_on)));
    }
    facts.push(("How sure we are", rule.confidence.words().to_owned()));
    let readings = rule
        .readings
        .iter()
        .map(|reading| (reading.says.clone().unwrap_or_default(), reading.cite.clone().unwrap_or_default()))
        .collect();
    page.render(&OnePage {
        shell: page
            .shell(rule.name.clone())
            .crumb("Incidents", "/incidents")
            .crumb("Rules", "/incidents/rules")
            .subtitle(rule.title.clone()),
        limit: limit(&rule),
        facts,
        readings,
        exceptions: rule.unless.iter().filter_map(|condition| condition.says.clone()).collect(),
        rule,
    })
}
