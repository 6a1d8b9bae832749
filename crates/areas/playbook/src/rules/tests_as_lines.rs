//! The tests of a wording as lines that a person edits, one test per line. Every test has exactly one line:
//!
//! ```text
//! limit at most 72 hours              limit at least 2 years
//! limit above 72 hours                limit below 2 years
//! states a limit                      states no limit
//! wording: promptly | without undue delay
//! runs from: awareness | discovery
//! trigger: termination | request
//! consent: prior written | general with notice
//! has no end                          has an end
//! renews automatically                does not renew automatically
//! notice at most 30 days              notice at least 3 months
//! states a notice period              states no notice period
//! caps the amount                     does not cap the amount
//! cap is based on: fees paid | fees payable
//! states a frequency                  states no frequency
//! names a certificate                 names a certificate: SOC 2 | ISO 27001
//! mentions: encrypt | AES             does not mention: best efforts
//! the duty is not ours
//! ```
//!
//! A phrase that begins or ends with a space or holds a bar is put in double quotes, with `\"`, `\\` and `\n` inside.

use clauses::{duration::Unit, playbook::Test};

const WORDINGS: &[&str] =
    &["immediately", "promptly", "without_undue_delay", "as_soon_as_practicable", "fixed", "other"];
const EVENTS: &[&str] = &["awareness", "discovery", "occurrence", "other", "unstated"];
const TRIGGERS: &[&str] = &["termination", "request", "both", "other"];
const CONSENTS: &[&str] = &["prior_written", "general_with_notice", "free", "none_stated"];
const UNITS: &[Unit] = &[
    Unit::Minutes,
    Unit::Hours,
    Unit::BusinessHours,
    Unit::Days,
    Unit::BusinessDays,
    Unit::Weeks,
    Unit::Months,
    Unit::Years,
];

/// The lines of the tests.
pub fn write(tests: &[Test]) -> String {
    tests.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// One test as its line, which is also how a page says it.
pub fn line(test: &Test) -> String {
    let either = |is: bool, yes: &str, no: &str| if is { yes.to_owned() } else { no.to_owned() };
    match test {
        Test::LimitAtMost { count, unit } => format!("limit at most {}", period(*count, *unit)),
        Test::LimitAtLeast { count, unit } => format!("limit at least {}", period(*count, *unit)),
        Test::LimitAbove { count, unit } => format!("limit above {}", period(*count, *unit)),
        Test::LimitBelow { count, unit } => format!("limit below {}", period(*count, *unit)),
        Test::NoticeAtMost { count, unit } => format!("notice at most {}", period(*count, *unit)),
        Test::NoticeAtLeast { count, unit } => format!("notice at least {}", period(*count, *unit)),
        Test::HasLimit { is } => either(*is, "states a limit", "states no limit"),
        Test::HasNotice { is } => either(*is, "states a notice period", "states no notice period"),
        Test::WordingIn { any } => format!("wording: {}", choices(any)),
        Test::FromIn { any } => format!("runs from: {}", choices(any)),
        Test::TriggerIn { any } => format!("trigger: {}", choices(any)),
        Test::ConsentIn { any } => format!("consent: {}", choices(any)),
        Test::Indefinite { is } => either(*is, "has no end", "has an end"),
        Test::AutoRenew { is } => either(*is, "renews automatically", "does not renew automatically"),
        Test::MonetaryCap { is } => either(*is, "caps the amount", "does not cap the amount"),
        Test::CapAtLeast { months } => format!("cap is at least {months} months of fees"),
        Test::BasisMentions { any } => format!("cap is based on: {}", phrases(any)),
        Test::HasFrequency { is } => either(*is, "states a frequency", "states no frequency"),
        Test::Certificates { any } if any.is_empty() => "names a certificate".to_owned(),
        Test::Certificates { any } => format!("names a certificate: {}", phrases(any)),
        Test::Mentions { any } => format!("mentions: {}", phrases(any)),
        Test::NotMentions { any } => format!("does not mention: {}", phrases(any)),
        Test::DebtorNotUs => "the duty is not ours".to_owned(),
    }
}

/// Reads the lines; empty ones are passed over.
///
/// # Errors
/// What is wrong with each line, with its number from 1.
pub fn parse(text: &str) -> Result<Vec<Test>, Vec<String>> {
    let mut out = Vec::new();
    let mut problems = Vec::new();
    for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        match parse_line(line.trim()) {
            Ok(test) => out.push(test),
            Err(problem) => problems.push(format!("line {}: {problem}", number + 1)),
        }
    }
    if problems.is_empty() { Ok(out) } else { Err(problems) }
}

fn parse_line(line: &str) -> Result<Test, String> {
    if let Some((name, rest)) = line.split_once(':') {
        return match words(name).as_str() {
            "wording" => choose(rest, WORDINGS).map(|any| Test::WordingIn { any }),
            "runs from" => choose(rest, EVENTS).map(|any| Test::FromIn { any }),
            "trigger" => choose(rest, TRIGGERS).map(|any| Test::TriggerIn { any }),
            "consent" => choose(rest, CONSENTS).map(|any| Test::ConsentIn { any }),
            "cap is based on" => read_phrases(rest).map(|any| Test::BasisMentions { any }),
            "names a certificate" => read_phrases(rest).map(|any| Test::Certificates { any }),
            "mentions" => read_phrases(rest).map(|any| Test::Mentions { any }),
            "does not mention" => read_phrases(rest).map(|any| Test::NotMentions { any }),
            other => Err(format!("`{other}:` is not a test (see the list of tests below)")),
        };
    }
    let said = words(line);
    Ok(match said.as_str() {
        "states a limit" => Test::HasLimit { is: true },
        "states no limit" => Test::HasLimit { is: false },
        "states a notice period" => Test::HasNotice { is: true },
        "states no notice period" => Test::HasNotice { is: false },
        "has no end" => Test::Indefinite { is: true },
        "has an end" => Test::Indefinite { is: false },
        "renews automatically" => Test::AutoRenew { is: true },
        "does not renew automatically" => Test::AutoRenew { is: false },
        "caps the amount" => Test::MonetaryCap { is: true },
        "does not cap the amount" => Test::MonetaryCap { is: false },
        "states a frequency" => Test::HasFrequency { is: true },
        "states no frequency" => Test::HasFrequency { is: false },
        "names a certificate" => Test::Certificates { any: Vec::new() },
        "the duty is not ours" => Test::DebtorNotUs,
        said if said.starts_with("cap is at least ") => {
            let months = said["cap is at least ".len()..].strip_suffix(" months of fees").and_then(|n| n.parse().ok());
            let months = months.ok_or_else(|| format!("`{line}`: write it as `cap is at least 12 months of fees`"))?;
            Test::CapAtLeast { months }
        }
        said => {
            type Limits = fn(f64, Unit) -> Test;
            let limits: [(&str, Limits); 6] = [
                ("limit at most ", |count, unit| Test::LimitAtMost { count, unit }),
                ("limit at least ", |count, unit| Test::LimitAtLeast { count, unit }),
                ("limit above ", |count, unit| Test::LimitAbove { count, unit }),
                ("limit below ", |count, unit| Test::LimitBelow { count, unit }),
                ("notice at most ", |count, unit| Test::NoticeAtMost { count, unit }),
                ("notice at least ", |count, unit| Test::NoticeAtLeast { count, unit }),
            ];
            let found = limits.iter().find_map(|(head, make)| said.strip_prefix(head).map(|rest| (rest, make)));
            let (rest, make) = found.ok_or_else(|| format!("`{line}` is not a test (see the list of tests below)"))?;
            let (count, unit) = read_period(rest)?;
            make(count, unit)
        }
    })
}

/// Lower-case words with single spaces.
fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

fn period(count: f64, unit: Unit) -> String {
    let unit = unit.to_string();
    if count == 1.0 { format!("1 {}", unit.trim_end_matches('s')) } else { format!("{count} {unit}") }
}

fn read_period(text: &str) -> Result<(f64, Unit), String> {
    let refuse = || format!("`{text}` is not a period (write it like `72 hours` or `5 business days`)");
    let (count, unit) = text.split_once(' ').ok_or_else(refuse)?;
    let count: f64 = count.parse().ok().filter(|count: &f64| count.is_finite() && *count > 0.0).ok_or_else(refuse)?;
    let unit = UNITS
        .iter()
        .find(|known| known.to_string() == unit || known.to_string().trim_end_matches('s') == unit)
        .ok_or_else(refuse)?;
    Ok((count, *unit))
}

fn choices(any: &[String]) -> String {
    any.iter().map(|value| value.replace('_', " ")).collect::<Vec<_>>().join(" | ")
}

fn choose(text: &str, known: &[&str]) -> Result<Vec<String>, String> {
    let mut out = Vec::new();
    for value in text.split('|').map(|value| words(value).replace([' ', '-'], "_")).filter(|value| !value.is_empty()) {
        if !known.contains(&value.as_str()) {
            return Err(format!("`{}` is not one of: {}", value.replace('_', " "), known.join(", ").replace('_', " ")));
        }
        out.push(value);
    }
    if out.is_empty() { Err(format!("name at least one of: {}", known.join(", ").replace('_', " "))) } else { Ok(out) }
}

fn phrases(any: &[String]) -> String {
    any.iter().map(|phrase| quoted(phrase)).collect::<Vec<_>>().join(" | ")
}

fn quoted(phrase: &str) -> String {
    let bare = !phrase.is_empty()
        && phrase.trim() == phrase
        && !phrase.starts_with('"')
        && !phrase.contains(|c: char| c == '|' || c.is_control());
    if bare {
        return phrase.to_owned();
    }
    let mut out = String::from('"');
    for letter in phrase.chars() {
        match letter {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            control if control.is_control() => out.push_str(&format!("\\u{{{:x}}}", u32::from(control))),
            letter => out.push(letter),
        }
    }
    out.push('"');
    out
}

fn read_phrases(text: &str) -> Result<Vec<String>, String> {
    let mut out = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        let phrase;
        if let Some(inside) = rest.strip_prefix('"') {
            (phrase, rest) = read_quoted(inside)?;
        } else {
            let end = rest.find('|').unwrap_or(rest.len());
            phrase = rest[..end].trim().to_owned();
            rest = &rest[end..];
        }
        rest = rest.trim_start();
        match rest.strip_prefix('|') {
            Some(more) => rest = more.trim_start(),
            None if rest.is_empty() => {}
            None => return Err("after a quoted phrase comes a bar or the end of the line".to_owned()),
        }
        out.push(phrase);
    }
    if out.is_empty() || out.iter().any(|phrase| phrase.trim().is_empty()) {
        return Err("a phrase is empty".to_owned());
    }
    Ok(out)
}

/// What stands before the closing quote, and what comes after it.
fn read_quoted(text: &str) -> Result<(String, &str), String> {
    let mut phrase = String::new();
    let mut letters = text.char_indices();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '"' => return Ok((phrase, &text[at + 1..])),
            '\\' => match letters.next() {
                Some((_, 'n')) => phrase.push('\n'),
                Some((at, 'u')) => {
                    let code =
                        text[at + 1..].strip_prefix('{').and_then(|rest| rest.split_once('}')).map(|(code, _)| code);
                    let read = code.and_then(|code| u32::from_str_radix(code, 16).ok()).and_then(char::from_u32);
                    phrase.push(read.ok_or("`\\u` is followed by a number in braces")?);
                    letters.by_ref().find(|(_, letter)| *letter == '}');
                }
                Some((_, same @ ('"' | '\\'))) => phrase.push(same),
                _ => return Err("a backslash stands only before a quote, a backslash or `n`".to_owned()),
            },
            letter => phrase.push(letter),
        }
    }
    Err("a quote is not closed".to_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_documented_lines_read_and_write_the_same() {
        let documented = include_str!("tests_as_lines.rs")
            .lines()
            .skip_while(|line| *line != "//! ```text")
            .skip(1)
            .take_while(|line| *line != "//! ```")
            .flat_map(|line| line.trim_start_matches("//!").split("  ").map(str::trim).filter(|part| !part.is_empty()))
            .collect::<Vec<_>>();
        assert_eq!(documented.len(), 28, "{documented:?}");
        for line in documented {
            let parsed = parse(line).unwrap_or_else(|problem| panic!("{line}: {problem:?}"));
            assert_eq!(write(&parsed), line);
        }
    }

    #[test]
    fn what_cannot_be_read_is_named_by_line() {
        for (text, expected) in [
            ("limit at most soon", "line 1: `soon` is not a period"),
            ("\nlimit at most -1 hours", "line 2: `-1 hours` is not a period"),
            ("limit at most inf hours", "line 1: `inf hours` is not a period"),
            ("wording: quickly", "line 1: `quickly` is not one of: immediately, promptly"),
            ("mentions:", "line 1: a phrase is empty"),
            ("mentions: a | | b", "line 1: a phrase is empty"),
            ("mentions: \"a", "line 1: a quote is not closed"),
            ("must be good", "line 1: `must be good` is not a test"),
            ("colour: red", "line 1: `colour:` is not a test"),
        ] {
            let problems = parse(text).unwrap_err();
            assert!(problems.len() == 1 && problems[0].starts_with(expected), "{text}: {problems:?}");
        }
    }

    #[test]
    fn case_and_spaces_do_not_matter_outside_phrases() {
        assert_eq!(
            parse("  Limit  at most 1 Business Day"),
            Ok(vec![Test::LimitAtMost { count: 1.0, unit: Unit::BusinessDays }])
        );
        assert_eq!(
            parse("MENTIONS: TLS 1.2 |AES"),
            Ok(vec![Test::Mentions { any: vec!["TLS 1.2".to_owned(), "AES".to_owned()] }])
        );
        assert_eq!(
            parse("wording: Without Undue Delay"),
            Ok(vec![Test::WordingIn { any: vec!["without_undue_delay".to_owned()] }])
        );
    }

    fn phrase() -> impl Strategy<Value = String> {
        prop_oneof!["[ -~]{1,20}", ".{1,12}", "[\\PC\n\r\t|\"\\\\: ]{1,8}"]
            .prop_filter("a phrase says something", |phrase| !phrase.trim().is_empty())
    }

    fn some_of(known: &'static [&'static str]) -> impl Strategy<Value = Vec<String>> {
        proptest::sample::subsequence(known, 1..=known.len())
            .prop_map(|values| values.into_iter().map(str::to_owned).collect())
    }

    fn any_test() -> impl Strategy<Value = Test> {
        let limit = || ((1_u32..100_000).prop_map(|count| f64::from(count) / 4.0), proptest::sample::select(UNITS));
        let list = || proptest::collection::vec(phrase(), 1..4);
        prop_oneof![
            limit().prop_map(|(count, unit)| Test::LimitAtMost { count, unit }),
            limit().prop_map(|(count, unit)| Test::LimitAtLeast { count, unit }),
            limit().prop_map(|(count, unit)| Test::LimitAbove { count, unit }),
            limit().prop_map(|(count, unit)| Test::LimitBelow { count, unit }),
            limit().prop_map(|(count, unit)| Test::NoticeAtMost { count, unit }),
            limit().prop_map(|(count, unit)| Test::NoticeAtLeast { count, unit }),
            any::<bool>().prop_map(|is| Test::HasLimit { is }),
            any::<bool>().prop_map(|is| Test::HasNotice { is }),
            any::<bool>().prop_map(|is| Test::Indefinite { is }),
            any::<bool>().prop_map(|is| Test::AutoRenew { is }),
            any::<bool>().prop_map(|is| Test::MonetaryCap { is }),
            any::<bool>().prop_map(|is| Test::HasFrequency { is }),
            (1_u32..1_000).prop_map(|months| Test::CapAtLeast { months: f64::from(months) / 2.0 }),
            some_of(WORDINGS).prop_map(|any| Test::WordingIn { any }),
            some_of(EVENTS).prop_map(|any| Test::FromIn { any }),
            some_of(TRIGGERS).prop_map(|any| Test::TriggerIn { any }),
            some_of(CONSENTS).prop_map(|any| Test::ConsentIn { any }),
            list().prop_map(|any| Test::BasisMentions { any }),
            proptest::collection::vec(phrase(), 0..4).prop_map(|any| Test::Certificates { any }),
            list().prop_map(|any| Test::Mentions { any }),
            list().prop_map(|any| Test::NotMentions { any }),
            Just(Test::DebtorNotUs),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1000))]

        #[test]
        fn every_test_survives_its_line(tests in proptest::collection::vec(any_test(), 0..6)) {
            prop_assert_eq!(parse(&write(&tests)), Ok(tests));
        }

        #[test]
        fn every_test_that_can_be_written_passes_the_check_of_the_playbook(test in any_test()) {
            let mut book = clauses::playbook::Playbook::from_toml(include_str!("../../tests/small.toml")).unwrap();
            book.topics[0].preferred.tests = vec![test];
            prop_assert_eq!(book.validate(), vec![]);
        }

        #[test]
        fn no_text_breaks_the_reader(text in "(mentions: |limit at most |wording: )?.{0,60}") {
            let _ = parse(&text);
        }
    }
}
