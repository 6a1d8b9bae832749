//! Where a redline puts a clause: beside its neighbours, in their style, and in their numbering.

use documents::Extracted;
use documents::redline::{Changes, Heading, Insertion, Number, Outline, Replacement, Slot, redline, redline_as_new};

use crate::build::{docx_with, p, r};
use crate::read;
use crate::revisions::{All, paragraphs};

const DATE: &str = "2026-11-21T09:30:00Z";

/// A numbered section heading, a numbered sub-clause, and a lettered item.
fn numbered(level: u8, text: &str) -> String {
    format!(r#"<w:p><w:pPr><w:pStyle w:val="L{level}"/></w:pPr>{}</w:p>"#, r(text))
}

fn contract(body: &[String]) -> Vec<u8> {
    let level = |index: u8, format: &str, text: &str| {
        format!(
            r#"<w:lvl w:ilvl="{index}"><w:start w:val="1"/><w:numFmt w:val="{format}"/><w:lvlText w:val="{text}"/></w:lvl>"#
        )
    };
    let levels = level(0, "decimal", "%1.") + &level(1, "decimal", "%1.%2") + &level(2, "lowerLetter", "(%3)");
    let numbering = format!(
        r#"<w:abstractNum w:abstractNumId="0">{levels}</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>"#
    );
    let style = |level: u8, name: &str| {
        format!(
            r#"<w:style w:type="paragraph" w:styleId="L{level}"><w:name w:val="{name}"/><w:pPr><w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="1"/></w:numPr></w:pPr></w:style>"#
        )
    };
    let styles = style(0, "heading 1") + &style(1, "Clause") + &style(2, "Item");
    docx_with(&body.concat(), &[("styles", &styles), ("numbering", &numbering)])
}

fn put(bytes: &[u8], at: impl Fn(&Extracted, &mut Outline<'_>) -> Slot) -> (Slot, String) {
    let extracted = read("a.docx", bytes).unwrap();
    let slot = at(&extracted, &mut Outline::new(&extracted));
    let insertion = Insertion::at(slot.clone(), "Audit", "The customer may audit.", "why");
    let changes = Changes { insertions: vec![insertion], replacements: Vec::new() };
    let written = redline(bytes, &extracted, &changes, "Ada", DATE).unwrap();
    assert_eq!(paragraphs(&written, All::Rejected), paragraphs(bytes, All::Rejected));
    (slot, read("b.docx", &written).unwrap().text)
}

fn behind(words: &'static str) -> impl Fn(&Extracted, &mut Outline<'_>) -> Slot {
    move |extracted, outline| outline.behind(extracted.text.find(words).unwrap())
}

fn usual(more: &[String]) -> Vec<u8> {
    let body = [
        numbered(0, "Services"),
        numbered(1, "The supplier serves the customer."),
        numbered(0, "Security"),
        numbered(1, "The supplier protects the data, namely:"),
        numbered(2, "at rest;"),
        numbered(2, "in transit."),
        numbered(1, "The supplier tells of breaches."),
        numbered(0, "Term"),
        numbered(1, "It ends."),
    ];
    contract(&[&body, more].concat())
}

#[test]
fn a_clause_takes_the_next_automatic_number() {
    let (slot, text) = put(&usual(&[]), behind("tells of breaches"));
    assert_eq!((slot.behind.as_deref(), slot.heading), (Some("2.2"), Heading::Without));
    assert!(
        text.contains("2.2\tThe supplier tells of breaches.\n\n2.3\tThe customer may audit.\n\n3.\tTerm"),
        "{text}"
    );
    // Behind an item of a list it goes behind the clause that holds the list.
    let (_, text) = put(&usual(&[]), behind("at rest"));
    assert!(text.contains("(b)\tin transit.\n\n2.2\tThe customer may audit.\n\n2.3\tThe supplier tells"), "{text}");
}

#[test]
fn a_number_that_the_text_cites_is_not_moved() {
    let cites = [numbered(1, "Section 2.2 survives.")];
    let (slot, text) = put(&usual(&cites), behind("at rest"));
    assert_eq!(slot.number, Number::Without);
    assert!(text.contains("(b)\tin transit.\n\nThe customer may audit.\n\n2.2\tThe supplier tells"), "{text}");
}

#[test]
fn what_is_missing_goes_to_the_end_of_its_section_or_of_the_agreement() {
    let annex = [p("IN WITNESS WHEREOF, the parties sign."), p("Annex 1"), p("The measures.")];
    let bytes = usual(&annex);
    let (_, text) = put(&bytes, |extracted, outline| outline.in_section_of(extracted.text.find("protects").unwrap()));
    assert!(text.contains("breaches.\n\n2.3\tThe customer may audit.\n\n3.\tTerm"), "{text}");
    let (slot, text) = put(&bytes, |_, outline| outline.at_end());
    assert_eq!(slot.heading, Heading::Apart);
    assert!(text.contains("3.1\tIt ends.\n\n4.\tAudit\n\n4.1\tThe customer may audit.\n\nIN WITNESS"), "{text}");
    let extracted = read("a.docx", &bytes).unwrap();
    let outline = Outline::new(&extracted);
    assert!(outline.is_in_agreement(extracted.text.find("It ends").unwrap()));
    assert!(!outline.is_in_agreement(extracted.text.find("The measures").unwrap()));
}

#[test]
fn a_heading_with_plain_paragraphs_takes_a_plain_one() {
    let body = [numbered(0, "Security"), p("The supplier protects the data."), numbered(0, "Term"), p("It ends.")];
    let (slot, text) = put(&contract(&body), behind("protects"));
    assert_eq!((slot.number, slot.behind.as_deref()), (Number::Without, Some("1")));
    assert!(text.contains("the data.\n\nThe customer may audit.\n\n2.\tTerm"), "{text}");
}

#[test]
fn a_typed_number_is_continued_where_the_next_one_is_free() {
    let body = [
        "1. Security",
        "1.1 Protection. The supplier protects the data at all times.",
        "1.2 The supplier tells.",
        "2. Term",
        "2.1 It ends.",
    ];
    let bytes = contract(&body.map(p));
    let (slot, text) = put(&bytes, behind("supplier tells"));
    assert_eq!(slot.number, Number::Typed("1.3 ".into()));
    assert!(text.contains("1.2 The supplier tells.\n\n1.3 The customer may audit.\n\n2. Term"), "{text}");
    let (slot, text) = put(&bytes, behind("protects"));
    assert_eq!(slot.number, Number::Without);
    assert!(text.contains("at all times.\n\nThe customer may audit.\n\n1.2 The"), "{text}");
    // Two clauses at one place take two numbers; a run-in heading is kept.
    let extracted = read("a.docx", &bytes).unwrap();
    let mut outline = Outline::new(&extracted);
    let at = extracted.text.find("supplier tells").unwrap();
    assert_eq!(outline.in_section_of(at).number, Number::Typed("1.3 ".into()));
    assert_eq!(outline.in_section_of(at).number, Number::Typed("1.4 ".into()));
}

#[test]
fn words_that_stand_in_a_field_give_way_to_a_clause() {
    let field = |kind: &str| format!(r#"<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>"#);
    let body =
        format!("<w:p>{}{}{}{}{}</w:p>", r("within "), field("begin"), field("separate"), r("ten days"), field("end"));
    let bytes = contract(&[body, p("Next.")]);
    let extracted = read("a.docx", &bytes).unwrap();
    let start = extracted.text.find("ten days").unwrap();
    let instead = Insertion { after: Some(0), text: "Within two days.".into(), ..Insertion::default() };
    let replacement = Replacement {
        start,
        end: start + 8,
        with: "two days".into(),
        comment: None,
        otherwise: Some(Box::new(instead)),
    };
    let changes = Changes { insertions: Vec::new(), replacements: vec![replacement] };
    let written = redline(&bytes, &extracted, &changes, "Ada", DATE).unwrap();
    assert_eq!(paragraphs(&written, All::Accepted), ["within ten days", "Within two days.", "Next."]);
    assert_eq!(paragraphs(&written, All::Rejected), ["within ten days", "Next."]);
}

#[test]
fn text_keeps_its_typed_numbers_in_the_new_file() {
    let source = "# 1. Security\n\n1.1 The supplier tells within ten days.\n\n# 2. Term\n\n2.1 It ends.\n";
    let extracted = read("a.md", source.as_bytes()).unwrap();
    let start = source.find("ten days").unwrap();
    let slot = Outline::new(&extracted).behind(start);
    let changes = Changes {
        insertions: vec![Insertion::at(slot, "Audit", "The customer may audit.", "why")],
        replacements: vec![Replacement {
            start,
            end: start + 8,
            with: "two days".into(),
            comment: None,
            otherwise: None,
        }],
    };
    let written = redline_as_new(&extracted, &changes, "t", "Ada", DATE).unwrap();
    assert_eq!(
        paragraphs(&written, All::Accepted)[1..],
        [
            "# 1. Security",
            "1.1 The supplier tells within two days.",
            "1.2 The customer may audit.",
            "# 2. Term",
            "2.1 It ends."
        ]
    );
}

/// A clause at each kind of place, and another last word in each third paragraph.
pub fn everywhere(extracted: &Extracted) -> Changes {
    let mut outline = Outline::new(extracted);
    let middle = extracted.text.len() / 2;
    let slots = [outline.behind(middle), outline.in_section_of(middle), outline.inside(middle), outline.at_end()];
    let insertions: Vec<Insertion> = slots
        .into_iter()
        .enumerate()
        .map(|(at, slot)| Insertion::at(slot, "Audit", &format!("Inserted {at}."), "why"))
        .collect();
    let mut replacements = Vec::new();
    for block in extracted.blocks.iter().step_by(3) {
        let text = extracted.block_text(block);
        let Some((at, word)) = text.split_whitespace().last().map(|word| (block.end - word.len(), word)) else {
            continue;
        };
        let instead = Insertion { text: "Instead.".into(), ..Insertion::default() };
        let (end, with) = (at + word.len(), "REPLACED".to_owned());
        replacements.push(Replacement {
            start: at,
            end,
            with,
            comment: Some("why".into()),
            otherwise: Some(Box::new(instead)),
        });
    }
    Changes { insertions, replacements }
}

/// Every Word file of the data sets: a clause at each kind of place and other words in each paragraph, rejected and accepted.
/// `COUNTERSIGN_DATA` names the folder.
#[test]
#[ignore = "needs the data sets, which are not part of the repository"]
fn rejecting_all_gives_every_real_file_back() {
    let data =
        std::path::PathBuf::from(std::env::var_os("COUNTERSIGN_DATA").expect("COUNTERSIGN_DATA names the data folder"));
    let (mut files, mut words) = (0, 0);
    for entry in std::fs::read_dir(data.join("docx")).unwrap() {
        let path = entry.unwrap().path();
        let bytes = std::fs::read(&path).unwrap();
        let Ok(extracted) = read("a.docx", &bytes) else { continue };
        let changes = everywhere(&extracted);
        let written = redline(&bytes, &extracted, &changes, "Ada", DATE)
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        assert_eq!(paragraphs(&written, All::Rejected), paragraphs(&bytes, All::Rejected), "{}", path.display());
        let accepted = paragraphs(&written, All::Accepted);
        for at in 0..4 {
            assert!(accepted.iter().any(|text| text.contains(&format!("Inserted {at}."))), "{}", path.display());
        }
        words += accepted.iter().filter(|text| text.contains("REPLACED")).count();
        if let Some(folder) = std::env::var_os("COUNTERSIGN_KEEP_REDLINES") {
            std::fs::write(std::path::Path::new(&folder).join(path.file_name().unwrap()), &written).unwrap();
        }
        files += 1;
    }
    println!("{files} files, {words} paragraphs with other words");
    assert!(files > 0 && words > 0);
}
