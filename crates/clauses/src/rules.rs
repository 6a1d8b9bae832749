//! The readable rules: word patterns that point to a topic. The model learns how far to trust each of them.
//!
//! A pattern is a row of words: `a|b` either word, `notif*` a beginning, `#` a number, `..` up to ten words
//! between, `...` up to twenty-five. Letter case and punctuation don't count.

use crate::Topic;
use crate::features::Token;
use serde::Deserialize;
use std::collections::HashMap;
use std::sync::LazyLock;

/// At most this many words for `..` and `...`.
const NEAR: usize = 10;
const FAR: usize = 25;

#[derive(Deserialize)]
struct File {
    rule: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    name: String,
    topic: Topic,
    any: Vec<String>,
    #[serde(default)]
    not: Vec<String>,
}

/// The distinct words that rules speak of.
#[derive(Default)]
pub struct Symbols {
    exact: HashMap<Vec<u8>, u16>,
    beginnings: HashMap<Vec<u8>, u16>,
    /// Whether any beginning has this length: most words are decided by this alone.
    lengths: u32,
    number: u16,
}

impl Symbols {
    /// The rule words that this lower-case word is.
    pub fn of(&self, word: &[u8], number: bool) -> [u16; 3] {
        let mut out = [0; 3];
        let mut n = 0;
        if number {
            out[0] = self.number;
            return out;
        }
        if let Some(id) = self.exact.get(word) {
            out[n] = *id;
            n += 1;
        }
        for len in 3..=word.len().min(20) {
            if self.lengths & (1 << len) == 0 {
                continue;
            }
            if let Some(id) = self.beginnings.get(&word[..len]) {
                out[n] = *id;
                n += 1;
                if n == 3 {
                    break;
                }
            }
        }
        out
    }

    fn id(&mut self, literal: &str, next: &mut u16) -> u16 {
        if literal == "#" {
            if self.number == 0 {
                *next += 1;
                self.number = *next;
            }
            return self.number;
        }
        let (map, key) = match literal.strip_suffix('*') {
            Some(b) => {
                self.lengths |= 1 << b.len().clamp(3, 20);
                (&mut self.beginnings, b)
            }
            None => (&mut self.exact, literal),
        };
        *map.entry(key.as_bytes().to_vec()).or_insert_with(|| {
            *next += 1;
            *next
        })
    }
}

struct Step {
    /// How many words may stand before this one.
    gap: usize,
    words: Vec<u16>,
}

struct Pattern {
    rule: u16,
    negative: bool,
    steps: Vec<Step>,
}

/// A rule as pages and explanations name it.
pub struct Rule {
    pub name: String,
    pub topic: Topic,
}

/// All rules, ready to run over words.
pub struct Rules {
    pub rules: Vec<Rule>,
    symbols: Symbols,
    patterns: Vec<Pattern>,
    /// Patterns by the words that can begin them.
    by_first: Vec<Vec<u32>>,
}

static SHIPPED: LazyLock<Rules> =
    LazyLock::new(|| Rules::parse(include_str!("../rules.toml")).expect("the shipped rules are tested to parse"));

/// The rules that ship with the program.
pub fn shipped() -> &'static Rules {
    &SHIPPED
}

impl Rules {
    fn parse(toml: &str) -> Result<Rules, String> {
        let file: File = toml::from_str(toml).map_err(|e| e.to_string())?;
        let mut symbols = Symbols::default();
        let mut next = 0;
        let mut patterns = Vec::new();
        let mut rules = Vec::new();
        for (number, entry) in file.rule.into_iter().enumerate() {
            for (source, negative) in entry.any.iter().map(|p| (p, false)).chain(entry.not.iter().map(|p| (p, true))) {
                let mut steps: Vec<Step> = Vec::new();
                let mut gap = 0;
                for word in source.split_whitespace() {
                    match word {
                        ".." => gap = NEAR,
                        "..." => gap = FAR,
                        _ => {
                            steps
                                .push(Step { gap, words: word.split('|').map(|l| symbols.id(l, &mut next)).collect() });
                            gap = 0;
                        }
                    }
                }
                if steps.is_empty() {
                    return Err(format!("rule `{}` has an empty pattern", entry.name));
                }
                patterns.push(Pattern { rule: number as u16, negative, steps });
            }
            rules.push(Rule { name: entry.name, topic: entry.topic });
        }
        let mut by_first = vec![Vec::new(); usize::from(next) + 1];
        for (i, p) in patterns.iter().enumerate() {
            for w in &p.steps[0].words {
                by_first[usize::from(*w)].push(i as u32);
            }
        }
        Ok(Rules { rules, symbols, patterns, by_first })
    }

    pub fn symbols(&self) -> &Symbols {
        &self.symbols
    }

    /// The rules that fire on a row of words, with the byte offsets of what they matched; each rule once.
    pub fn fire(&self, tokens: &[Token]) -> Vec<(u16, u32, u32)> {
        let mut fired: Vec<(u16, u32, u32)> = Vec::new();
        let mut barred: Vec<u16> = Vec::new();
        for (i, token) in tokens.iter().enumerate() {
            for symbol in token.symbols.iter().take_while(|s| **s != 0) {
                for p in &self.by_first[usize::from(*symbol)] {
                    let pattern = &self.patterns[*p as usize];
                    let known = if pattern.negative {
                        barred.contains(&pattern.rule)
                    } else {
                        fired.iter().any(|f| f.0 == pattern.rule)
                    };
                    if known {
                        continue;
                    }
                    if let Some(last) = follow(tokens, i, &pattern.steps[1..]) {
                        if pattern.negative {
                            barred.push(pattern.rule);
                        } else {
                            fired.push((pattern.rule, token.start, tokens[last].end));
                        }
                    }
                }
            }
        }
        fired.retain(|f| !barred.contains(&f.0));
        fired.sort_unstable();
        fired
    }
}

/// The index of the last word when the steps can be walked from `at`; the nearest fitting word is taken.
fn follow(tokens: &[Token], at: usize, steps: &[Step]) -> Option<usize> {
    let mut at = at;
    for step in steps {
        let end = (at + 2 + step.gap).min(tokens.len());
        at = (at + 1..end).find(|j| tokens[*j].symbols.iter().any(|s| *s != 0 && step.words.contains(s)))?;
    }
    Some(at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::Document;

    fn fired(text: &str) -> Vec<&'static str> {
        let clauses = crate::segment::segment(text, &[]);
        let document = Document::new(text, &clauses);
        document.units.iter().flat_map(|u| &u.fired).map(|f| shipped().rules[usize::from(f.0)].name.as_str()).collect()
    }

    #[test]
    fn rules_fire_on_their_words() {
        assert!(
            fired("The Supplier shall notify the Customer of any security breach within the day.")
                .contains(&"notice of a breach")
        );
        assert!(
            fired("This Agreement shall be governed by the laws of Ireland and no other.").contains(&"governing law")
        );
        assert!(fired("The weather was fine and the parties met for lunch in the garden.").is_empty());
    }

    #[test]
    fn every_topic_has_a_rule() {
        for topic in Topic::ALL {
            assert!(shipped().rules.iter().any(|r| r.topic == topic), "{topic}");
        }
    }

    #[test]
    fn a_barred_pattern_silences_its_rule() {
        let rules =
            Rules::parse("[[rule]]\nname = \"n\"\ntopic = \"insurance\"\nany = [\"carry .. cover*\"]\nnot = [\"no\"]")
                .expect("parses");
        let fire = |text: &str| {
            let mut tokens = Vec::new();
            crate::features::tokenise(text, 0, text.len(), rules.symbols(), &mut tokens);
            rules.fire(&tokens).len()
        };
        assert_eq!((fire("carry enough coverage"), fire("carry no coverage"), fire("coverage carry")), (1, 0, 0));
        assert!(Rules::parse("[[rule]]\nname = \"n\"\ntopic = \"insurance\"\nany = [\"\"]").is_err());
    }
}
