//! The printed notice, judged as a file.

#![allow(clippy::unwrap_used, reason = "tests say what must hold by panicking")]

use reports::{Letter, LetterSection, ReportError, letter};

fn bare() -> Letter {
    Letter {
        organisation: "Acme GmbH".to_owned(),
        title: "GDPR, personal data breach".to_owned(),
        kind: "Notice".to_owned(),
        reference: "Incident 7, notice 1".to_owned(),
        facts: vec![("To".to_owned(), "the competent supervisory authority".to_owned())],
        exercise: false,
        draft: false,
        sections: Vec::new(),
        sha256: "9f3a2b1c4d5e6f708192a3b4c5d6e7f8091a2b3c4d5e6f708192a3b4c5d6e7f8".to_owned(),
        printed_at: "2026-11-23T14:03:00Z".to_owned(),
    }
}

#[test]
fn the_same_data_gives_the_same_paper() {
    let paper = letter(&bare()).unwrap();
    assert!(paper.starts_with(b"%PDF-"));
    assert_eq!(paper, letter(&bare()).unwrap());
    assert_ne!(paper, letter(&Letter { exercise: true, ..bare() }).unwrap());
    assert_ne!(paper, letter(&Letter { draft: true, ..bare() }).unwrap());
}

#[test]
fn no_text_breaks_it() {
    let hostile = "#read(\"/etc/passwd\") *bold* $x$ \u{0}\u{202E} 株式会社 \\ ".repeat(200);
    let sections =
        vec![LetterSection { heading: hostile.clone(), text: format!("{hostile}\n\n\n\r\n{hostile}\nnext line") }; 3];
    let whole = Letter { title: hostile.clone(), facts: vec![(hostile.clone(), hostile)], sections, ..bare() };
    assert!(letter(&whole).unwrap().starts_with(b"%PDF-"));
    let refused = letter(&Letter { printed_at: "yesterday".to_owned(), ..bare() });
    assert!(matches!(refused, Err(ReportError::NotAnInstant { .. })));
}
