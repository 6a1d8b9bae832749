//! What a reading of an agreement consists of. Plain data: no rule lives here.

use crate::attributes::Attributes;
use crate::{Category, Topic};
use serde::{Deserialize, Serialize};

/// A paragraph as the reader of the file saw it; byte offsets into the text.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Block {
    pub start: usize,
    pub end: usize,
    /// Heading level where the file says so (1 is the highest).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub heading: Option<u8>,
    /// The number the file shows before the paragraph, when it isn't part of the text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<u32>,
}

/// Everything read out of one text.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Reading {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    pub clauses: Vec<Clause>,
    pub obligations: Vec<Obligation>,
    /// The highest probability of each topic in any clause, returned or not, in the order of [`Topic::ALL`]: how
    /// sure "nowhere" is. Empty in readings stored without it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub peaks: Vec<f32>,
}

/// A paragraph or a group of sentences: the unit that is shown, judged and commented on.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Clause {
    /// Byte offsets into the text that was read.
    pub start: usize,
    pub end: usize,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// The nearest heading above or at the start of the clause.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub heading: Option<String>,
    /// Depth in the numbering, 0 where there is none.
    pub level: u8,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<u32>,
    pub topics: Vec<TopicHit>,
    /// What a commercial lawyer would call the clause, with every probability that is worth telling.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub categories: Vec<CategoryHit>,
}

/// A category that a clause may belong to.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct CategoryHit {
    pub category: Category,
    /// Calibrated probability.
    pub score: f32,
}

/// A topic found in a clause.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TopicHit {
    pub topic: Topic,
    /// Calibrated probability that a careful reviewer would mark this clause with this topic.
    pub score: f32,
    /// True where the decision could easily have gone the other way.
    pub unsure: bool,
    /// The words of the clause, or the rules, that weighed most.
    pub why: Vec<String>,
    #[serde(default, skip_serializing_if = "Attributes::is_empty")]
    pub attributes: Attributes,
}

/// A duty: who owes what to whom, by when.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Obligation {
    /// Index into [`Reading::clauses`].
    pub clause: usize,
    /// Byte offsets of the sentence.
    pub start: usize,
    pub end: usize,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub debtor: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub creditor: Option<String>,
    pub duty: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deadline: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub condition: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topic: Option<Topic>,
}

impl Reading {
    /// The hits of a topic, best first, as (index of the clause, hit).
    pub fn hits(&self, topic: Topic) -> Vec<(usize, &TopicHit)> {
        let mut found: Vec<(usize, &TopicHit)> = self
            .clauses
            .iter()
            .enumerate()
            .flat_map(|(i, c)| c.topics.iter().filter(move |h| h.topic == topic).map(move |h| (i, h)))
            .collect();
        found.sort_by(|a, b| b.1.score.total_cmp(&a.1.score).then(a.0.cmp(&b.0)));
        found
    }
}
