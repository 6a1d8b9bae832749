//! Parts Rust source into code, string literals and comments, so that a rule never mistakes one for another.
//! Knows just enough of the language for that; it does not parse.

/// A source file, taken apart. Lines keep their numbers in both parts.
pub struct Parts {
    /// The code with strings, characters and comments blanked.
    pub code: String,
    /// String literals with the line that they start on, escapes as written.
    pub strings: Vec<(usize, String)>,
}

pub fn parts(source: &str) -> Parts {
    let chars: Vec<char> = source.chars().collect();
    let mut parts = Parts { code: String::with_capacity(source.len()), strings: Vec::new() };
    let mut line = 1;
    let mut at = 0;
    while at < chars.len() {
        let start = at;
        let previous = if at == 0 { ' ' } else { chars[at - 1] };
        let in_word = previous.is_alphanumeric() || previous == '_';
        match (chars[at], chars.get(at + 1).copied()) {
            ('/', Some('/')) => at = line_end(&chars, at),
            ('/', Some('*')) => at = block_comment_end(&chars, at),
            ('"', _) => at = string_end(&chars, at + 1),
            ('r', Some('"' | '#')) | ('b' | 'c', Some('r')) if !in_word && raw_start(&chars, at).is_some() => {
                let (content, hashes) = raw_start(&chars, at).unwrap_or((at + 1, 0));
                at = raw_end(&chars, content, hashes);
            }
            ('\'', Some(next)) if next == '\\' || chars.get(at + 2) == Some(&'\'') => {
                at = character_end(&chars, at + 1)
            }
            (c, _) => {
                parts.code.push(c);
                line += usize::from(c == '\n');
                at += 1;
                continue;
            }
        }
        let text: String = chars[start..at].iter().collect();
        if !text.starts_with(['/', '\'']) {
            parts.strings.push((line, text.clone()));
        }
        for c in text.chars() {
            parts.code.push(if c == '\n' { '\n' } else { ' ' });
            line += usize::from(c == '\n');
        }
    }
    parts
}

fn line_end(chars: &[char], at: usize) -> usize {
    chars[at..].iter().position(|&c| c == '\n').map_or(chars.len(), |length| at + length)
}

/// Block comments nest.
fn block_comment_end(chars: &[char], mut at: usize) -> usize {
    let mut depth = 0;
    while at < chars.len() {
        match (chars[at], chars.get(at + 1)) {
            ('/', Some('*')) => {
                depth += 1;
                at += 2;
            }
            ('*', Some('/')) => {
                depth -= 1;
                at += 2;
                if depth == 0 {
                    break;
                }
            }
            _ => at += 1,
        }
    }
    at.min(chars.len())
}

fn string_end(chars: &[char], mut at: usize) -> usize {
    while at < chars.len() {
        match chars[at] {
            '\\' => at += 2,
            '"' => return at + 1,
            _ => at += 1,
        }
    }
    chars.len()
}

fn character_end(chars: &[char], mut at: usize) -> usize {
    while at < chars.len() {
        match chars[at] {
            '\\' => at += 2,
            '\'' => return at + 1,
            _ => at += 1,
        }
    }
    chars.len()
}

/// Where the content of the raw string at `at` starts, and how many hashes close it; nothing for a raw identifier.
fn raw_start(chars: &[char], at: usize) -> Option<(usize, usize)> {
    let mut at = at;
    while matches!(chars.get(at), Some('r' | 'b' | 'c')) {
        at += 1;
    }
    let hashes = chars[at..].iter().take_while(|&&c| c == '#').count();
    (chars.get(at + hashes) == Some(&'"')).then_some((at + hashes + 1, hashes))
}

fn raw_end(chars: &[char], content: usize, hashes: usize) -> usize {
    (content..chars.len())
        .find(|&at| chars[at] == '"' && chars[at + 1..].iter().take_while(|&&c| c == '#').count() >= hashes)
        .map_or(chars.len(), |at| at + 1 + hashes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(source: &str, code: &str, strings: &[(usize, &str)]) {
        let parts = parts(source);
        let words: Vec<&str> = parts.code.split_whitespace().collect();
        assert_eq!(words.join(" "), code);
        assert_eq!(parts.strings, strings.iter().map(|&(line, text)| (line, text.to_owned())).collect::<Vec<_>>());
        assert_eq!(parts.code.lines().count(), source.lines().count(), "lines keep their numbers");
    }

    #[test]
    fn strings_comments_and_code_are_told_apart() {
        check("let a = \"x\\\"y\"; // \"no\"\nb", "let a = ; b", &[(1, "\"x\\\"y\"")]);
        check("a /* x /* \"y\" */ z */ b", "a b", &[]);
        check(
            "r#\"a \"q\" b\"# + br\"c\" + for_r\"d\"",
            "+ + for_r",
            &[(1, "r#\"a \"q\" b\"#"), (1, "br\"c\""), (1, "\"d\"")],
        );
        check("fn f<'a>(x: &'a str) -> char { '\"' } // '", "fn f<'a>(x: &'a str) -> char { }", &[]);
        check(
            "let r#type = '\\''; \"one\ntwo\"\nlast \"z\"",
            "let r#type = ; last",
            &[(1, "\"one\ntwo\""), (3, "\"z\"")],
        );
    }
}
