//! The words that facts may use, with other spellings of them.

use std::{
    collections::{BTreeMap, HashMap},
    sync::LazyLock,
};

use serde::Deserialize;

#[derive(Default, Deserialize)]
struct File {
    actors: BTreeMap<String, Vec<String>>,
    implies: BTreeMap<String, Vec<String>>,
    data: BTreeMap<String, Vec<String>>,
    flags: BTreeMap<String, Vec<String>>,
}

struct Known {
    file: File,
    actors: HashMap<String, String>,
    data: HashMap<String, String>,
    flags: HashMap<String, String>,
}

static KNOWN: LazyLock<Known> = LazyLock::new(|| {
    // The file is ours, and a test reads it.
    let file: File = toml::from_str(include_str!("words.toml")).unwrap_or_default();
    let spellings = |words: &BTreeMap<String, Vec<String>>| {
        let own = words.keys().map(|word| (word.clone(), word.clone()));
        let others = words.iter().flat_map(|(word, others)| others.iter().map(|other| (other.clone(), word.clone())));
        others.chain(own).collect::<HashMap<_, _>>()
    };
    let (actors, data, flags) = (spellings(&file.actors), spellings(&file.data), spellings(&file.flags));
    Known { file, actors, data, flags }
});

/// Small letters with `_` between words.
fn plain(word: &str) -> String {
    word.trim().to_lowercase().replace([' ', '-', '/'], "_")
}

/// A role or sector in our spelling, followed by what it implies; one that we don't know stays as it is.
pub(crate) fn actor(word: &str) -> Vec<String> {
    let plain = plain(word);
    let Some(known) = KNOWN.actors.get(&plain) else { return vec![plain] };
    let mut out = vec![known.clone()];
    out.extend(KNOWN.file.implies.get(known).into_iter().flatten().cloned());
    out
}

/// A category of data in our spelling; one that we don't know stays as it is.
pub(crate) fn data(word: &str) -> String {
    let plain = plain(word);
    KNOWN.data.get(&plain).cloned().unwrap_or(plain)
}

/// A flag in our spelling.
pub(crate) fn flag(word: &str) -> String {
    let plain = plain(word);
    KNOWN.flags.get(&plain).cloned().unwrap_or(plain)
}

pub(crate) fn is_actor(word: &str) -> bool {
    KNOWN.file.actors.contains_key(word)
}

pub(crate) fn is_data(word: &str) -> bool {
    KNOWN.file.data.contains_key(word)
}

/// Every word for an actor, in our spelling.
pub fn actors() -> impl Iterator<Item = &'static str> {
    KNOWN.file.actors.keys().map(String::as_str)
}

/// Every word for a category of data, in our spelling.
pub fn categories() -> impl Iterator<Item = &'static str> {
    KNOWN.file.data.keys().map(String::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_spellings_lead_to_our_words() {
        assert_eq!(actor("Data Controller"), ["controller"]);
        assert_eq!(actor("QTSP"), ["qualified_trust_service_provider", "trust_service_provider"]);
        assert_eq!(actor("beekeeper"), ["beekeeper"]);
        assert_eq!((data("PHI"), flag("significant-incident")), ("health".to_owned(), "significant".to_owned()));
    }

    #[test]
    fn no_spelling_means_two_things() {
        for words in [&KNOWN.file.actors, &KNOWN.file.data, &KNOWN.file.flags] {
            let mut all: Vec<&String> = words.keys().chain(words.values().flatten()).collect();
            let count = all.len();
            all.sort_unstable();
            all.dedup();
            assert!(count > 5 && all.len() == count, "{all:?}");
        }
        assert!(KNOWN.file.implies.iter().all(|(word, others)| is_actor(word) && others.iter().all(|o| is_actor(o))));
    }
}
