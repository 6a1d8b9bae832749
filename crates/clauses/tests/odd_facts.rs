//! Facts of texts that nobody wrote: no panic, offsets that fit, time that grows with the length alone.

use clauses::Clause;
use clauses::facts::{Facts, facts};
use clauses::segment::segment;
use proptest::prelude::*;

fn read(text: &str) -> Facts {
    facts(text, &segment(text, &[]))
}

/// Words that the rules look for, among characters of one to four bytes.
fn odd_text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("This Agreement is made as of ".to_owned()),
        Just("May 31, ".to_owned()),
        Just("term of this Agreement ".to_owned()),
        Just("(the “Effective Date”) ".to_owned()),
        Just("99999999999999999999 years ".to_owned()),
        Just("automatically renew for successive ".to_owned()),
        Just("governed by the laws of the State of ".to_owned()),
        Just("New\u{a0}York".to_owned()),
        Just("9999/99/9999 30/30/30 ".to_owned()),
        Just("nine hundred ninety (999) years from ".to_owned()),
        Just("by and between ".to_owned()),
        Just(".\n\n".to_owned()),
        "\\PC{0,12}",
        "[ſKİ€😀“”é ]{0,6}",
        "[0-9./-]{0,12}",
    ];
    proptest::collection::vec(piece, 0..40).prop_map(|p| p.concat())
}

proptest! {
    #[test]
    fn any_text_can_be_read(text in odd_text()) {
        let read = read(&text);
        let found = [&read.document_name, &read.agreement_date, &read.effective_date, &read.expiration_date,
            &read.renewal_term, &read.notice_to_stop_renewal, &read.governing_law];
        for fact in found.into_iter().flatten() {
            prop_assert_eq!(text.get(fact.start..fact.end), Some(fact.text.as_str()));
        }
        for party in &read.parties {
            prop_assert!(text.get(party.start..party.end).is_some());
        }
    }

    #[test]
    fn clauses_that_do_not_fit_are_passed_over(text in odd_text(), spans in proptest::collection::vec((0usize..400, 0usize..400), 0..8)) {
        let clauses: Vec<Clause> = spans.iter().map(|(start, end)| Clause { start: *start, end: *end, ..Clause::default() }).collect();
        facts(&text, &clauses);
    }
}

#[test]
fn long_texts_take_linear_time() {
    // A quadratic rule would take minutes for these.
    let units = [
        "This Agreement shall be effective ",
        "agreement, ",
        "May ",
        "12 ",
        "renew ",
        "(\"",
        "the term of ",
        "law of ",
    ];
    for unit in units {
        let start = std::time::Instant::now();
        read(&unit.repeat(400_000 / unit.len()));
        assert!(start.elapsed().as_secs() < 20, "{unit}");
    }
}
