//! The rules as people look them up.

use std::{borrow::Cow, collections::BTreeMap, sync::LazyLock};

use clocks::{Rule, condition::Condition, shipped};
use db::Cx;
use kernel::{Permission, Refusal, Resource};

pub const READ_RULES: Permission = Permission::new("readClockRules", "Incidents");

/// What a reader of the rules asks for. Empty narrows nothing.
#[derive(Debug, Clone, Default)]
pub struct RuleFilter {
    /// Words in the name, the law, who, or whom.
    pub text: String,
    /// The folder of the rule's file, such as `us-states`.
    pub part: String,
    /// How sure we are, as its word.
    pub confidence: String,
    pub drafts_only: bool,
}

/// The rules that fit, in the order of their files.
pub fn rules_of_law(cx: &Cx, filter: &RuleFilter) -> Result<Vec<&'static Rule>, Refusal> {
    cx.require(READ_RULES, &Resource::all("Incidents"))?;
    let words: Vec<String> = filter.text.to_lowercase().split_whitespace().map(str::to_owned).collect();
    let fits = |rule: &&Rule| {
        let told = format!("{} {} {} {} {} {}", rule.name, rule.title, rule.law, rule.article, rule.who, rule.to)
            .to_lowercase();
        words.iter().all(|word| told.contains(word.as_str()))
            && (filter.part.is_empty() || rule.file.starts_with(&format!("{}/", filter.part)))
            && (filter.confidence.is_empty() || rule.confidence.words() == filter.confidence)
            && (!filter.drafts_only || rule.draft)
    };
    Ok(shipped().rules.iter().filter(fits).collect())
}

/// A rule's name in words, such as "GDPR, personal data breach, Art. 33(1)"; a name that is none of the law stays as it is.
pub fn rule_words(name: &str) -> String {
    let rule = shipped().rules.iter().find(|rule| rule.name == name);
    rule.map_or_else(|| name.to_owned(), |rule| format!("{}, {}", rule.title, rule.article))
}

/// One rule by its name: of the law, or of the organisation's own.
pub async fn one_rule(cx: &mut Cx, name: &str) -> Result<Cow<'static, Rule>, Refusal> {
    cx.require(READ_RULES, &Resource::all("Incidents"))?;
    if let Some(rule) = shipped().rules.iter().find(|rule| rule.name == name) {
        return Ok(Cow::Borrowed(rule));
    }
    let own = crate::own_law::of(cx).await?.rules.into_iter().find(|rule| rule.name == name);
    own.map(Cow::Owned).ok_or_else(|| Refusal::not_found("there is no such rule"))
}

/// Every flag that a shipped rule asks for, with the words of the first rule that explains it.
pub fn known_flags() -> &'static BTreeMap<String, String> {
    static FLAGS: LazyLock<BTreeMap<String, String>> = LazyLock::new(|| {
        let mut out = BTreeMap::new();
        out.insert("law_enforcement_delay".to_owned(), "law enforcement has asked to wait with the notices".to_owned());
        for rule in &shipped().rules {
            rule.when.iter().chain(&rule.unless).for_each(|condition| collect(condition, &mut out));
        }
        out
    });
    &FLAGS
}

fn collect(condition: &Condition, out: &mut BTreeMap<String, String>) {
    if let Some(flag) = &condition.flag {
        let known = out.entry(flag.clone()).or_default();
        if known.is_empty() {
            *known = condition.says.clone().unwrap_or_default();
        }
    }
    for below in [&condition.any, &condition.all, &condition.none].into_iter().flatten().flatten() {
        collect(below, out);
    }
}
