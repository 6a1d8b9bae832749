//! Passwords: long ones, and none that everybody tries first. No rule asks for a digit or a sign: length is what counts
//! (NIST SP 800-63B §3.1.1.2).

use std::collections::BTreeSet;

use super::email::fold;

/// Characters.
pub const SHORTEST: usize = 12;
/// Bytes. Longer ones would only make the server work.
pub const LONGEST: usize = 512;
/// Fewer different characters are a pattern.
const FEWEST_DIFFERENT: usize = 5;
/// A name in the address that is shorter than this stands in too many words by chance.
const SHORTEST_NAME: usize = 3;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weakness {
    Short,
    Long,
    Pattern,
    HoldsName,
    Common,
}

impl Weakness {
    pub fn message(self) -> &'static str {
        match self {
            Weakness::Short => "the password needs at least 12 characters; four unrelated words make a good one",
            Weakness::Long => "the password is longer than 512 bytes",
            Weakness::Pattern => {
                "the password repeats, counts or is only a number; four unrelated words make a good one"
            }
            Weakness::HoldsName => "the password holds the name of your e-mail address",
            Weakness::Common => {
                "the password is made of words that everybody tries first; four unrelated words make a good one"
            }
        }
    }
}

/// Why a password cannot be taken for the account of this address, if it cannot.
pub fn weakness(password: &str, email: &str) -> Option<Weakness> {
    if password.chars().count() < SHORTEST {
        return Some(Weakness::Short);
    }
    if password.len() > LONGEST {
        return Some(Weakness::Long);
    }
    let folded = fold(password);
    let different: BTreeSet<char> = folded.chars().collect();
    let is_number = folded.chars().all(|letter| !letter.is_alphabetic());
    if different.len() < FEWEST_DIFFERENT || jumps(&folded) < 4 || is_number {
        return Some(Weakness::Pattern);
    }
    let email = fold(email);
    let name = email.split('@').next().unwrap_or_default();
    if name.chars().count() >= SHORTEST_NAME && folded.contains(name) {
        return Some(Weakness::HoldsName);
    }
    if is_common(&folded) { Some(Weakness::Common) } else { None }
}

/// How often the text goes elsewhere than to the same or the neighbouring character; `abcdef` and `654321` never do.
fn jumps(text: &str) -> usize {
    let letters: Vec<u32> = text.chars().map(u32::from).collect();
    1 + letters.windows(2).filter(|pair| pair[0].abs_diff(pair[1]) > 1).count()
}

/// Is it nothing but words that everybody tries, with digits and signs around or between them?
fn is_common(folded: &str) -> bool {
    let letters: String = folded.chars().map(plain).filter(|letter| letter.is_alphanumeric()).collect();
    let bare = letters.trim_matches(|letter: char| letter.is_ascii_digit());
    let only_letters: String = bare.chars().filter(|letter| !letter.is_ascii_digit()).collect();
    let unchanged: String = folded.chars().filter(|letter| letter.is_alphabetic()).collect();
    [letters.as_str(), bare, &only_letters, &unchanged].into_iter().any(is_made_of_common_words)
}

/// The letter that a sign or digit is usually written for.
fn plain(letter: char) -> char {
    match letter {
        '@' => 'a',
        '$' => 's',
        '!' => 'i',
        '0' => 'o',
        '3' => 'e',
        other => other,
    }
}

fn is_made_of_common_words(text: &str) -> bool {
    if text.is_empty() {
        return false;
    }
    let words: BTreeSet<&str> = include_str!("common.txt").lines().collect();
    // reachable[n]: the first n bytes are a row of such words.
    let mut reachable = vec![false; text.len() + 1];
    reachable[0] = true;
    for end in 1..=text.len() {
        if !text.is_char_boundary(end) {
            continue;
        }
        let earliest = end.saturating_sub(16);
        reachable[end] = (earliest..end)
            .any(|start| text.is_char_boundary(start) && reachable[start] && words.contains(&text[start..end]));
    }
    reachable[text.len()]
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn each_weakness_is_found_and_good_ones_pass() {
        let check = |password: &str, expected: Option<Weakness>| {
            assert_eq!(weakness(password, "ada.lovelace@example.org"), expected, "{password}");
        };
        check("kiln oat zebra", None);
        check("correct horse battery staple", None);
        check("9fQ-27hv_wpXz", None);
        check("ключ лодка берёза", None);
        check("elevenchars", Some(Weakness::Short));
        check("ééééé", Some(Weakness::Short));
        check(&"x1 ".repeat(300), Some(Weakness::Long));
        check("aaaaaaaaaaaaaaaa", Some(Weakness::Pattern));
        check("123456789012", Some(Weakness::Pattern));
        check("abcabcabcabcabc", Some(Weakness::Pattern));
        check("+49 170 8305 2719", Some(Weakness::Pattern));
        check("my-Ada.Lovelace-pw", Some(Weakness::HoldsName));
        check("password1234", Some(Weakness::Common));
        check("Password-2026!", Some(Weakness::Common));
        check("P@ssw0rdP@ssw0rd", Some(Weakness::Common));
        check("WelcomeWelcome1", Some(Weakness::Common));
        check("qwertyuiop123", Some(Weakness::Common));
        check("letmein letmein", Some(Weakness::Common));
        check("Summer2026Winter", Some(Weakness::Common));
    }

    #[test]
    fn the_list_is_folded_and_without_doubles() {
        let lines: Vec<&str> = include_str!("common.txt").lines().collect();
        assert!(lines.iter().all(|line| !line.is_empty() && fold(line) == **line));
        assert_eq!(lines.iter().collect::<BTreeSet<_>>().len(), lines.len());
    }

    proptest! {
        #[test]
        fn nothing_short_passes(password in ".{0,11}") {
            prop_assert_eq!(weakness(&password, "ada@example.org"), Some(Weakness::Short));
        }

        #[test]
        fn the_name_of_the_address_never_passes(name in "[a-z]{3,10}", before in "[a-z0-9 ]{5,15}", after in "[a-z0-9 ]{5,15}", upper: bool) {
            let written = if upper { name.to_uppercase() } else { name.clone() };
            let password = format!("{before}{written}{after}");
            let found = weakness(&password, &format!("{name}@example.org"));
            prop_assert!(found.is_some());
        }

        #[test]
        fn a_common_word_with_digits_around_it_never_passes(index in any::<prop::sample::Index>(), digits in "[0-9]{12}") {
            let words: Vec<&str> = include_str!("common.txt").lines().collect();
            let password = format!("{}{}", index.get(&words), digits);
            prop_assert!(weakness(&password, "x@example.org").is_some());
        }

        #[test]
        fn no_text_breaks_it(password in any::<String>(), email in any::<String>()) {
            let _ = weakness(&password, &email);
        }
    }
}
