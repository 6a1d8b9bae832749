//! The shipped scenarios are right, and what is wrong with a scenario is named by its line.

use super::*;

#[test]
fn the_shipped_scenarios_are_right_and_agree_with_the_rules() {
    for (file, text) in SHIPPED {
        let scenario = read(file, text).unwrap_or_else(|problems| panic!("{problems:#?}"));
        assert_eq!(format!("{}.toml", scenario.id), file);
        assert!((8..=14).contains(&scenario.injects.len()), "{file}: {} injects", scenario.injects.len());
        assert!(scenario.expected.len() >= 8, "{file}");
        assert!(!scenario.expect_due.is_empty(), "{file} says which deadline comes out");
        let wrong = wrong_dues(file, &scenario);
        assert!(wrong.is_empty(), "{wrong:#?}");
        for role in &scenario.roles {
            assert!(
                scenario.injects.iter().any(|inject| inject.is_for(std::slice::from_ref(&role.id))),
                "{file}: nothing ever reaches `{}`",
                role.id
            );
        }
    }
}

/// The limits that the expected actions give are those that the rules reckon, or end earlier where the law counts days:
/// nobody is rated by another clock.
#[test]
fn no_action_is_rated_by_another_clock_than_its_rule() {
    for (file, text) in SHIPPED {
        let scenario = read(file, text).unwrap();
        for due in &scenario.expect_due {
            let action =
                scenario.expected.iter().find(|action| action.check == Some(Check::Submitted(due.rule.clone())));
            let Some(action) = action else { panic!("{file}: nobody is expected to see to {}", due.rule) };
            let left = due.due.as_second() - scenario.instant(action.from + action.within).timestamp().as_second();
            let by_hours = clocks::shipped().rules.iter().any(|rule| {
                rule.name == due.rule && matches!(rule.limits[0].measure, Some(clocks::rule::Measure::Hours(_)))
            });
            assert!(if by_hours { left == 0 } else { left >= 0 }, "{file}: {} is {left} seconds off", due.rule);
        }
    }
}

fn mended(from: &str, to: &str) -> Vec<clocks::Problem> {
    let text = SHIPPED[4].1;
    assert!(text.contains(from), "{from}");
    let text = text.replacen(from, to, 1);
    match read("mine.toml", &text) {
        Err(problems) => problems,
        Ok(scenario) => wrong_dues("mine.toml", &scenario),
    }
}

#[test]
fn a_mistake_is_named_by_its_line() {
    let line = |word: &str| SHIPPED[4].1.lines().position(|line| line.contains(word)).unwrap() + 1;
    for (from, to, reason, near) in [
        ("zone = \"Europe/Dublin\"", "zone = \"Europe/Atlantis\"", "no time zone", "start = "),
        ("length = \"10d\"", "length = \"soon\"", "no length of time", "length = "),
        ("uk-gdpr/authority", "uk-gdpr/tea", "no rule `uk-gdpr/tea`", "id = \"authority-uk\""),
        ("path = \"events.aware\"", "path = \"events.lunch\"", "no fact", "path = \"events.aware\""),
        ("2026-11-23T10:05[Europe/Dublin]", "2026-11-24T10:05[Europe/Dublin]", "later than the inject", "T10:05[Eur"),
        ("to = [\"it\"]", "to = [\"cook\"]", "no role `cook`", "id = \"recall\""),
        ("by = \"privacy\"", "by = \"cook\"", "no role `cook`", "id = \"open\""),
        ("from = \"told\"", "from = \"rain\"", "no inject `rain`", "id = \"aware\""),
        ("state = \"open\"", "state = \"ajar\"", "reported, open", "id = \"open\""),
        (
            "due = \"2026-11-26T10:05:00Z\"",
            "due = \"2026-11-26T10:06:00Z\"",
            "2026-11-26T10:05:00+00:00",
            "[[expect_due]]",
        ),
        ("id = \"recall\"", "id = \"told\"", "there twice", "id = \"recall\""),
        ("side = \"employee\"", "side = \"vendor\"", "no side that takes part", "id = \"sender\""),
        ("[report]", "surprise = 1\n[report]", "unknown field", "[report]"),
    ] {
        let problems = mended(from, to);
        let found = problems.iter().find(|problem| problem.reason.contains(reason));
        let Some(found) = found else { panic!("{from}: {problems:#?}") };
        assert!(found.line.abs_diff(line(near)) <= 3, "{from}: line {} and not about {}", found.line, line(near));
        assert_eq!(found.file, "mine.toml");
    }
}

#[test]
fn all_mistakes_are_told_at_once() {
    let text = SHIPPED[4].1.replace("zone = \"Europe/Dublin\"", "zone = \"Nowhere\"").replace("privacy", "p");
    let problems = read("mine.toml", &text).unwrap_err();
    assert!(problems.len() == 3 && problems.is_sorted_by_key(|problem| problem.line), "{problems:#?}");
}

#[test]
fn a_rule_that_is_gone_takes_only_its_check_away() {
    let text = SHIPPED[4].1.replace("uk-gdpr/authority", "uk-gdpr/gone");
    assert!(read("mine.toml", &text).is_err());
    let scenario = kept(&text).unwrap();
    let action = scenario.expected.iter().find(|action| action.id == "authority-uk").unwrap();
    assert_eq!(action.check, None);
    assert_eq!(scenario.expected.len(), read("mine.toml", SHIPPED[4].1).unwrap().expected.len());
}

#[test]
fn odd_texts_are_refused_and_none_breaks_the_reader() {
    for text in ["", "id", "id = 1", "[[inject]]", "\u{0}", "id = \"x\"\ntitle = \"y\"", &"a".repeat(TEXT_LIMIT + 1)] {
        assert!(!read("mine.toml", text).unwrap_err().is_empty());
    }
}

#[test]
fn a_length_of_time_is_read_and_said() {
    for (text, wanted) in [("45m", 2_700), ("2h30m", 9_000), ("3d", 259_200), ("1d 4h", 100_800), ("0m", 0)] {
        assert_eq!(seconds(text), Ok(wanted));
    }
    for text in ["", "3", "h", "3x", "-1h", "99999d", "3h4"] {
        assert!(seconds(text).is_err(), "{text}");
    }
    assert_eq!([0, 59, 9_000, 259_200, 100_860].map(lasting), ["0 min", "0 min", "2 h 30 min", "3 d", "1 d 4 h"]);
}
