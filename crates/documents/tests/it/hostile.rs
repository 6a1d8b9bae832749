//! Nothing that comes in may bring the reader down, whatever was done to it.

use proptest::prelude::*;

use crate::build::{docx_with, p, page, pdf};
use crate::{fixture, read};

fn samples() -> Vec<(&'static str, Vec<u8>)> {
    vec![
        ("a.docx", fixture("bonterms-nda-cover-page.docx")),
        ("a.docx", docx_with(&p("words"), &[("styles", ""), ("numbering", "")])),
        ("a.pdf", pdf(&[page(&["Some words.", "Some more."]), page(&["Other words."])])),
        ("a.pdf", fixture("bonterms-mutual-nda.pdf")),
        ("a.html", b"<html><body><p>Some <b>words</b><table><tr><td>cell</table></html>".to_vec()),
    ]
}

/// Changes done to a file: where, to what, and how much is cut out or doubled.
#[derive(Debug, Clone)]
enum Damage {
    Set(usize, u8),
    Cut(usize, usize),
    Double(usize, usize),
    End(usize),
}

fn damage() -> impl Strategy<Value = Damage> {
    prop_oneof![
        (any::<usize>(), any::<u8>()).prop_map(|(at, byte)| Damage::Set(at, byte)),
        (any::<usize>(), 1usize..400).prop_map(|(at, length)| Damage::Cut(at, length)),
        (any::<usize>(), 1usize..400).prop_map(|(at, length)| Damage::Double(at, length)),
        any::<usize>().prop_map(Damage::End),
    ]
}

fn apply(bytes: &mut Vec<u8>, damage: &Damage) {
    if bytes.is_empty() {
        return;
    }
    let within = |at: usize, length: usize, total: usize| (at % total, (at % total + length).min(total));
    match *damage {
        Damage::Set(at, byte) => {
            let at = at % bytes.len();
            bytes[at] = byte;
        }
        Damage::Cut(at, length) => {
            let (start, end) = within(at, length, bytes.len());
            bytes.drain(start..end);
        }
        Damage::Double(at, length) => {
            let (start, end) = within(at, length, bytes.len());
            let copy = bytes[start..end].to_vec();
            bytes.splice(start..start, copy);
        }
        Damage::End(at) => bytes.truncate(at % bytes.len()),
    }
}

fn check(name: &str, bytes: &[u8]) {
    match read(name, bytes) {
        Ok(extracted) => {
            let mut last = 0;
            for block in &extracted.blocks {
                assert!(block.start >= last && block.end > block.start, "blocks overlap");
                assert!(extracted.text.get(block.start..block.end).is_some(), "a block divides a character");
                last = block.end;
            }
        }
        Err(error) => assert!(!error.to_string().is_empty() && !error.hint().is_empty()),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn damaged_files_never_panic(which in 0usize..5, damages in prop::collection::vec(damage(), 1..6)) {
        let (name, mut bytes) = samples().swap_remove(which);
        for damage in &damages {
            apply(&mut bytes, damage);
        }
        check(name, &bytes);
    }

    #[test]
    fn damaged_markup_never_panics(damages in prop::collection::vec(damage(), 1..8)) {
        // Inside the ZIP, where a checksum would otherwise catch every change.
        let body = r#"<w:p><w:pPr><w:pStyle w:val="A"/><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr><w:ins w:id="1"><w:r><w:t>one</w:t></w:r></w:ins><w:r><w:fldChar w:fldCharType="begin"/></w:r></w:p><w:tbl><w:tr><w:tc><w:p><w:r><w:t>two</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"#;
        let mut bytes = body.as_bytes().to_vec();
        for damage in &damages {
            apply(&mut bytes, damage);
        }
        let body = String::from_utf8_lossy(&bytes).into_owned();
        let numbering = r#"<w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:lvlText w:val="%1%9"/></w:lvl></w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>"#;
        check("a.docx", &docx_with(&body, &[("numbering", numbering)]));
    }

    #[test]
    fn damaged_drawings_never_panic(damages in prop::collection::vec(damage(), 1..8)) {
        let mut content = page(&["Some words (in brackets).", "Some more."]).into_bytes();
        for damage in &damages {
            apply(&mut content, damage);
        }
        let content: String = content.iter().map(|byte| if byte.is_ascii() { char::from(*byte) } else { '?' }).collect();
        check("a.pdf", &pdf(&[content]));
    }

    #[test]
    fn any_bytes_are_read_or_refused(name in "[a-z]{1,4}\\.(docx|pdf|md|html|txt)", bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        check(&name, &bytes);
    }

    #[test]
    fn text_is_identical_byte_for_byte(text in "[^\u{0}-\u{8}\u{b}-\u{1f}\u{7f}<\u{feff}]{1,200}") {
        prop_assume!(!text.trim().is_empty() && !text.starts_with("%PDF") && !text.starts_with("PK"));
        prop_assert_eq!(read("a.md", text.as_bytes()).unwrap().text, text);
    }
}
