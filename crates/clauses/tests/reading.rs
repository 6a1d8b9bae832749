//! Properties of a reading: it never panics, loses no order, and says the same each time.

#![allow(clippy::unwrap_used, reason = "tests say what must hold by panicking")]

use clauses::{Block, Topic, read};
use proptest::prelude::*;

const AGREEMENT: &str = "SERVICES AGREEMENT

This Services Agreement is made between Alder Software Ltd. (\"Supplier\") and Birch Health Inc. (\"Customer\").

1. CONFIDENTIALITY

1.1 Each party shall hold the other party's Confidential Information in confidence and shall not disclose it to any third party. Each party shall use the same degree of care that it uses for its own information.

1.2 Exceptions. Confidential Information does not include information that:
(a) is in the public domain;
(b) was independently developed by the recipient; or
(c) is required to be disclosed by law or court order, provided that the recipient gives prompt notice.

2. SECURITY

2.1 Supplier shall notify Customer of any Security Incident within seventy-two (72) hours after becoming aware of it.

3. GOVERNING LAW. This Agreement is governed by the laws of Ireland.
";

#[test]
fn clauses_carry_number_heading_and_topic() {
    let reading = read(AGREEMENT, &[]);
    assert_eq!(reading.title.as_deref(), Some("SERVICES AGREEMENT"));
    let find = |words: &str| {
        reading
            .clauses
            .iter()
            .find(|c| AGREEMENT[c.start..c.end].contains(words))
            .unwrap_or_else(|| panic!("`{words}` is in no clause"))
    };
    let breach = find("seventy-two");
    assert_eq!(breach.number.as_deref(), Some("2.1"));
    assert_eq!(breach.heading.as_deref(), Some("SECURITY"));
    let hit = breach.topics.iter().find(|h| h.topic == Topic::BreachNotification).expect("a breach notice");
    assert_eq!((hit.attributes.limit, hit.attributes.from.as_deref()), (Some(72.0), Some("awareness")));
    assert_eq!(hit.attributes.debtor.as_deref(), Some("Supplier"));
    assert!(!hit.why.is_empty() && hit.score > 0.5);
    let law = find("laws of Ireland");
    assert_eq!((law.number.as_deref(), law.heading.as_deref()), (Some("3"), Some("GOVERNING LAW")));
    assert!(law.topics.iter().any(|h| h.topic == Topic::GoverningLaw));
    assert!(find("hold the other party").topics.iter().any(|h| h.topic == Topic::Confidentiality));
    assert!(!find("hold the other party").topics.iter().any(|h| h.topic == Topic::GoverningLaw));
    assert!(
        reading
            .obligations
            .iter()
            .any(|o| o.debtor.as_deref() == Some("Supplier") && o.topic == Some(Topic::BreachNotification))
    );
}

#[test]
fn blocks_keep_pages_numbers_and_the_text_between() {
    let text = "Alpha heading here\nSupplier shall encrypt all personal data at rest and in transit.\nBetween the blocks stands this sentence which no block holds.\nEnd of the text, also outside of every block that was given.";
    let second = text.find("Supplier").expect("there");
    let end = text.find("\nBetween").expect("there");
    let blocks = [
        Block { start: 0, end: second - 1, heading: Some(1), number: Some("4".into()), page: Some(2) },
        Block { start: second, end, heading: None, number: Some("4.1".into()), page: Some(3) },
        Block { start: 5, end: 9_999, heading: None, number: None, page: None },
    ];
    let reading = read(text, &blocks);
    let clause = reading.clauses.iter().find(|c| text[c.start..c.end].contains("encrypt")).expect("there");
    assert_eq!(clause.number.as_deref(), Some("4.1"));
    assert_eq!(clause.heading.as_deref(), Some("Alpha heading here"));
    assert!(reading.clauses.iter().any(|c| text[c.start..c.end].contains("Between the blocks")));
    assert!(reading.clauses.iter().any(|c| text[c.start..c.end].contains("End of the text")));
}

#[test]
fn wrapped_lines_are_one_clause() {
    let text = "The Supplier shall notify the Customer without undue delay after it becomes aware of\na personal data breach and shall describe the nature of the breach, the categories of\ndata and the measures taken.";
    let reading = read(text, &[]);
    assert_eq!(reading.clauses.len(), 1);
    assert_eq!((reading.clauses[0].start, reading.clauses[0].end), (0, text.len()));
}

#[test]
fn odd_texts_give_a_reading() {
    for text in [
        "",
        " \n\t\u{c}\n",
        ".",
        "1.",
        "((((",
        "“”’",
        "\u{feff}Agreement",
        "é.É. é! Ü",
        "|||\n---",
        "Section",
        "a\u{0}b",
    ] {
        read(text, &[]);
    }
    assert!(read("", &[]).clauses.is_empty());
}

/// 300 KB of the worst texts we could think of: were any step quadratic, each would take minutes.
#[test]
fn hostile_texts_take_no_longer_than_contracts() {
    let seeds = [
        "(a) ",
        ". ",
        "a\n",
        "1.1.1 ",
        "<a ",
        "“",
        "shall notify breach 30 days ",
        "Supplier shall, ",
        "Supplier shall notify Customer of a security breach within thirty (30) days.\n\n",
        "not disclose confidential ",
        "heading:\n",
        "\u{c}",
        "one hundred and ",
    ];
    for seed in seeds {
        let text = seed.repeat(300_000 / seed.len());
        let start = std::time::Instant::now();
        let reading = read(&text, &[]);
        let playbook = clauses::playbook::default_playbook();
        clauses::compare(&reading, &text, &playbook, &Default::default());
        assert!(start.elapsed().as_secs() < 10, "{seed:?} took {:?}", start.elapsed());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn any_text_is_read_in_order(text in r"(?s)([\PC\n\x0c]|[.;:“”’()é§€\u{1F600}]|shall |Supplier |\(a\) |1\.2 |within ten \(10\) days |notify |confidential ){0,120}",
                                 cuts in proptest::collection::vec((0usize..400, 0usize..400, proptest::option::of(1u8..9)), 0..6)) {
        let blocks: Vec<Block> = cuts.into_iter().map(|(start, end, heading)| Block { start, end, heading, ..Block::default() }).collect();
        for blocks in [&blocks[..], &[]] {
            let reading = read(&text, blocks);
            let mut at = 0;
            for c in &reading.clauses {
                prop_assert!(c.start >= at && c.start < c.end && c.end <= text.len());
                prop_assert!(text.is_char_boundary(c.start) && text.is_char_boundary(c.end));
                at = c.end;
            }
            for o in &reading.obligations {
                prop_assert!(o.clause < reading.clauses.len() && o.start < o.end && text.get(o.start..o.end).is_some());
            }
            // Nothing but white space is left out.
            let kept: usize = reading.clauses.iter().map(|c| text[c.start..c.end].chars().filter(|c| !c.is_whitespace()).count()).sum();
            let inside: usize = text.chars().filter(|c| !c.is_whitespace()).count();
            prop_assert!(kept <= inside && (kept == inside));
            prop_assert_eq!(&reading, &read(&text, blocks));
            let findings = clauses::compare(&reading, &text, &clauses::playbook::default_playbook(), &Default::default());
            prop_assert_eq!(findings.len(), 31);
        }
    }
}

#[test]
fn a_numbered_clause_stands_below_the_heading_of_its_number() {
    let text = "# Hosting Agreement\n\n## 1. Services\n\n1.1 The Supplier shall host the Customer's portal on its platform.\n\n## 2. Confidentiality\n\n2.1 Each party shall keep the other party's information confidential.\n\n2.2 A party may disclose it where a court requires so.\n";
    let reading = read(text, &[]);
    let of = |number: &str| {
        let clause = reading.clauses.iter().find(|c| c.number.as_deref() == Some(number)).expect(number);
        clause.heading.clone()
    };
    assert_eq!(of("2.2").as_deref(), Some("Confidentiality"), "{:#?}", reading.clauses);
}
