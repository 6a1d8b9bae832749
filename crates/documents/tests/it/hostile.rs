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

/// Files that cost more than they look; `fuzz/src/bombs` has the whole list, at sizes that need an optimised build.
mod dear {
    use std::time::Instant;

    use documents::Unreadable;

    use crate::build::{docx, docx_with, p, page, pdf, pdf_with};
    use crate::read;

    #[test]
    fn fields_without_an_end_are_refused() {
        let open = r#"<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r>"#;
        let refused = read("a.docx", &docx(&format!("<w:p>{}</w:p>", open.repeat(300)))).unwrap_err();
        assert!(matches!(refused, Unreadable::Broken { .. }), "{refused}");
    }

    #[test]
    fn joined_paragraphs_stay_linear() {
        let begun = Instant::now();
        let one = "<w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr><w:r><w:t>a </w:t></w:r></w:p>";
        assert_eq!(read("a.docx", &docx(&one.repeat(40_000))).unwrap().blocks.len(), 1);
        assert!(begun.elapsed().as_secs() < 40, "{:?}", begun.elapsed());
    }

    #[test]
    fn a_pattern_of_numbers_is_cut_before_it_is_written_a_thousand_times() {
        let numbering = format!(
            r#"<w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:lvlText w:val="{}"/></w:lvl></w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>"#,
            "%1.".repeat(100_000)
        );
        let item = r#"<w:p><w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr></w:pPr><w:r><w:t>words</w:t></w:r></w:p>"#;
        let text = read("a.docx", &docx_with(&item.repeat(3), &[("numbering", &numbering)])).unwrap().text;
        assert!(text.len() < 2_000, "{}", text.len());
    }

    #[test]
    fn paragraphs_without_end_are_refused() {
        let body = format!("{}{}", "<w:p/>".repeat(1_500_000), p("words"));
        assert!(matches!(read("a.docx", &docx(&body)), Err(Unreadable::Bomb { .. })));
    }

    #[test]
    fn values_without_an_operator_and_forms_without_end_are_refused() {
        let numbers = page(&["words"]) + &" 0".repeat(300_000);
        assert!(matches!(read("a.pdf", &pdf(&[numbers])), Err(Unreadable::Bomb { .. })));
    }

    #[test]
    fn lists_and_tables_without_end_stay_linear() {
        let begun = Instant::now();
        let rows = |one: fn(usize) -> String| (0..15_000).map(one).collect::<String>();
        let list = rows(|at| format!("BT /F1 1 Tf 9 {} Td (\\(a\\)) Tj 20 0 Td (item) Tj ET\n", at * 2));
        let table = rows(|at| format!("BT /F1 1 Tf 9 {} Td (one) Tj 20 0 Td (two) Tj ET\n", at * 2));
        let heights = rows(|at| format!("BT /F1 1 Tf {} {} Td (7) Tj ET\n", 99 + at % 9, at % 2 * 5));
        for content in [list, table, heights.clone(), heights + &page(&["words"])] {
            assert!(read("a.pdf", &pdf(&[content])).is_ok());
        }
        assert!(begun.elapsed().as_secs() < 40, "{:?}", begun.elapsed());
    }

    #[test]
    fn a_letter_may_not_mean_a_megabyte() {
        let table = format!("begincmap 1 beginbfchar <77> <{}> endbfchar", "0041".repeat(300_000));
        let stream = format!("<< /Length {} >>\nstream\n{table}\nendstream", table.len());
        // The font of a page of its own resources, whose table is object 4.
        let content = page(&["wwww wwww wwww wwww wwww"]);
        let bytes = pdf_with(&[content], &stream);
        let bytes = String::from_utf8(bytes).unwrap().replace(
            "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
            "<< /Type /Font /Subtype /TrueType /BaseFont /Helvetica /ToUnicode 4 0 R        >>",
        );
        let text = read("a.pdf", bytes.as_bytes()).unwrap().text;
        assert!(text.contains('A') && text.len() < 2_000, "{}", text.len());
    }
}
