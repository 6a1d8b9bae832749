//! What stands beside each other on a page, and what is printed around its text: columns, tables, headers and footers.

use documents::{BlockKind, Extracted};

use crate::build::{W, docx, p, page, pdf, r, zip};
use crate::read;

/// Draws words at places, in this order.
fn drawn<'t>(places: impl IntoIterator<Item = (f32, f32, &'t str)>) -> String {
    let one = |(x, y, text): (f32, f32, &str)| format!("BT /F1 10 Tf {x} {y} Td ({text}) Tj ET\n");
    places.into_iter().map(one).collect()
}

fn texts(extracted: &Extracted) -> Vec<&str> {
    extracted.blocks.iter().map(|block| extracted.block_text(block)).collect()
}

const LEFT: [&str; 8] = [
    "1. Confidentiality. Each party keeps the",
    "information of the other party secret, uses",
    "it for the purpose of this agreement only,",
    "and gives it to those of its people who have",
    "to know it and are bound in the same way.",
    "2. Return. At the end of the agreement each",
    "party returns what it was given, or destroys",
    "it, and says in writing that it has done so",
];
const RIGHT: [&str; 8] = [
    "within thirty days of the end. Copies that a",
    "law asks a party to keep are excepted as long",
    "as the law asks for it and no longer at all.",
    "3. Term. This agreement begins on the day of",
    "the last signature, and runs for two years,",
    "unless a party ends it with a notice of three",
    "months to the end of a calendar quarter and",
    "in writing.",
];
const TITLE: (f32, f32, &str) = (150.0, 760.0, "MUTUAL AGREEMENT ON SECRECY AND ITS LIMITS BETWEEN THEM");

fn column(x: f32, lines: &[&'static str]) -> Vec<(f32, f32, &'static str)> {
    lines.iter().enumerate().map(|(at, line)| (x, 720.0 - 12.0 * at as f32, *line)).collect()
}

#[track_caller]
fn reads_by_column(content: String) {
    let extracted = read("a.pdf", &pdf(&[content])).unwrap();
    let text = &extracted.text;
    assert!(text.starts_with(TITLE.2), "{text}");
    assert_eq!(extracted.block_text(&extracted.blocks[0]), TITLE.2);
    let body = text[TITLE.2.len()..].split_whitespace().collect::<Vec<_>>().join(" ");
    assert_eq!(body, [LEFT, RIGHT].concat().join(" "), "{text}");
    // The sentence that ends in the other column is one paragraph.
    assert!(text.contains("that it has done so within thirty days"), "{text}");
    assert!(extracted.blocks.iter().all(|block| block.kind != BlockKind::TableCell));
}

#[test]
fn columns_are_read_one_by_one_under_a_heading_over_both() {
    let (left, right) = (column(72.0, &LEFT), column(320.0, &RIGHT));
    reads_by_column(drawn([vec![TITLE], left.clone(), right.clone()].concat()));
    // As some writers draw it: a line of one column, a line of the other.
    let across: Vec<_> = left.iter().zip(&right).flat_map(|(one, other)| [*one, *other]).collect();
    reads_by_column(drawn([vec![TITLE], across].concat()));
}

#[test]
fn a_column_that_is_longer_stays_before_the_next_one() {
    let content = drawn([vec![TITLE], column(72.0, &LEFT), column(320.0, &RIGHT[..4])].concat());
    let text = read("a.pdf", &pdf(&[content])).unwrap().text;
    let body = text[TITLE.2.len()..].split_whitespace().collect::<Vec<_>>().join(" ");
    assert_eq!(body, [&LEFT[..], &RIGHT[..4]].concat().join(" "), "{text}");
}

const BEFORE: (f32, f32, &str) = (
    72.0,
    760.0,
    "The supplier gives the services of this table, and the customer pays the fees that it states for each:",
);
const BEHIND: (f32, f32, &str) = (
    72.0,
    600.0,
    "Fees are due within thirty days of the invoice, and interest runs at the rate of the law from then on.",
);

fn is_read_by_row(content: String) {
    let extracted = read("a.pdf", &pdf(&[content])).unwrap();
    let table = "Service\tFee\tTerm\n\nHosting and its care\tEUR 1,200 a month, paid in advance\tone year\n\n\
        Support\tnone\ttwo years\n\nTraining\tEUR 300 a day\tas agreed";
    assert_eq!(extracted.text, format!("{}\n\n{table}\n\n{}", BEFORE.2, BEHIND.2));
    let cells = extracted.blocks.iter().filter(|block| block.kind == BlockKind::TableCell);
    assert_eq!(cells.count(), 12);
}

#[test]
fn tables_are_read_row_by_row_with_their_cells_apart() {
    let by_cell = [
        (72.0, 740.0, "Service"),
        (220.0, 740.0, "Fee"),
        (400.0, 740.0, "Term"),
        (72.0, 720.0, "Hosting"),
        (72.0, 708.0, "and its care"),
        (220.0, 720.0, "EUR 1,200 a month,"),
        (220.0, 708.0, "paid in advance"),
        (400.0, 720.0, "one year"),
        (72.0, 688.0, "Support"),
        (220.0, 688.0, "none"),
        (400.0, 688.0, "two years"),
        (72.0, 668.0, "Training"),
        (220.0, 668.0, "EUR 300 a day"),
        (400.0, 668.0, "as agreed"),
    ];
    is_read_by_row(drawn([vec![BEFORE], by_cell.to_vec(), vec![BEHIND]].concat()));
    let by_line = [
        (72.0, 740.0, "Service"),
        (220.0, 740.0, "Fee"),
        (400.0, 740.0, "Term"),
        (72.0, 720.0, "Hosting and its care"),
        (220.0, 720.0, "EUR 1,200 a month,"),
        (400.0, 720.0, "one year"),
        (220.0, 708.0, "paid in advance"),
        (72.0, 688.0, "Support"),
        (220.0, 688.0, "none"),
        (400.0, 688.0, "two years"),
        (72.0, 668.0, "Training"),
        (220.0, 668.0, "EUR 300 a day"),
        (400.0, 668.0, "as agreed"),
    ];
    is_read_by_row(drawn([vec![BEFORE], by_line.to_vec(), vec![BEHIND]].concat()));
}

#[test]
fn headers_and_footers_of_a_word_file_stay_apart_from_its_text() {
    let reference = |kind: &str, which: &str, id: &str| {
        format!(
            r#"<w:{kind}Reference xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" w:type="{which}" r:id="{id}"/>"#
        )
    };
    let section = [
        reference("header", "default", "h1"),
        reference("header", "first", "h2"),
        reference("footer", "default", "f1"),
    ]
    .concat();
    let document = format!(
        r#"<w:document {W}><w:body>{}<w:sectPr>{section}</w:sectPr></w:body></w:document>"#,
        p("The cap is ten euro.")
    );
    let field = |kind: &str| format!(r#"<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>"#);
    let number = [
        field("begin"),
        r#"<w:r><w:instrText>PAGE</w:instrText></w:r>"#.into(),
        field("separate"),
        r("7"),
        field("end"),
    ]
    .concat();
    let header = |text: &str| format!("<w:hdr {W}>{}</w:hdr>", p(text));
    let footer = format!("<w:ftr {W}><w:p>{}{number}</w:p></w:ftr>", r("Page "));
    let relation = |id: &str, kind: &str, target: &str| {
        format!(
            r#"<Relationship Id="{id}" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}" Target="{target}"/>"#
        )
    };
    let relations = |inside: String| {
        format!(
            r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{inside}</Relationships>"#
        )
    };
    let written = |header_two: &str| {
        zip(&[
            ("_rels/.rels", &relations(relation("r1", "officeDocument", "word/document.xml"))),
            (
                "word/_rels/document.xml.rels",
                &relations(
                    [
                        relation("h1", "header", "h1.xml"),
                        relation("h2", "header", "h2.xml"),
                        relation("f1", "footer", "f1.xml"),
                    ]
                    .concat(),
                ),
            ),
            ("word/document.xml", &document),
            ("word/h1.xml", &header("ACME, strictly confidential")),
            ("word/h2.xml", header_two),
            ("word/f1.xml", &footer),
        ])
    };
    let running =
        |extracted: &Extracted| extracted.running.iter().map(|line| (line.page, line.text.clone())).collect::<Vec<_>>();
    let extracted = read("a.docx", &written(&header("Draft of May"))).unwrap();
    assert_eq!(texts(&extracted), ["The cap is ten euro."]);
    let want = |lines: &[&str]| lines.iter().map(|line| (None, (*line).to_owned())).collect::<Vec<_>>();
    assert_eq!(running(&extracted), want(&["ACME, strictly confidential", "Draft of May", "Page 7"]));
    // What is damaged around the text costs no word of it.
    let damaged = read("a.docx", &written("<w:hdr><w:p>")).unwrap();
    assert_eq!(damaged.text, "The cap is ten euro.");
    assert_eq!(running(&damaged), want(&["ACME, strictly confidential", "Page 7"]));
    assert!(read("a.docx", &docx(&p("plain"))).unwrap().running.is_empty());
}

#[test]
fn what_is_printed_around_the_pages_of_a_pdf_stays_apart_from_its_text() {
    let body = ["The supplier serves.", "The customer pays.", "Both keep secrets.", "The term is a year."];
    let pages: Vec<String> = (1..=4)
        .map(|number| {
            let mut lines = vec!["ACME, strictly confidential", ""];
            lines.resize(2 + number, "");
            lines.push(body[number - 1]);
            lines.resize(48, "");
            let foot = format!("Page {number} of 4");
            lines.push(&foot);
            page(&lines)
        })
        .collect();
    let extracted = read("a.pdf", &pdf(&pages)).unwrap();
    assert_eq!(texts(&extracted), body);
    let running: Vec<(u32, &str)> =
        extracted.running.iter().map(|line| (line.page.unwrap(), line.text.as_str())).collect();
    let feet = ["Page 1 of 4", "Page 2 of 4", "Page 3 of 4", "Page 4 of 4"];
    let want: Vec<(u32, &str)> =
        (1..).zip(feet).flat_map(|(page, foot)| [(page, "ACME, strictly confidential"), (page, foot)]).collect();
    assert_eq!(running, want);
}

#[test]
fn the_head_of_a_table_over_many_pages_is_one_line_and_its_numbers_stay() {
    let pages: Vec<String> = (1..=4)
        .map(|number| {
            let mut places = vec![(72.0, 770.0, "Item"), (300.0, 770.0, "Pieces")];
            let rows = ["bolts", "nuts", "nails", "pins", "rings", "hooks"];
            let at = |row: usize| 750.0 - 20.0 * row as f32;
            places.extend(rows.iter().enumerate().map(|(row, name)| (72.0, at(row), *name)));
            let counts = ["12", "7", "40", "8", "3", "9"];
            places.extend(counts.iter().enumerate().map(|(row, _)| (300.0, at(row), counts[(row * number) % 6])));
            places.sort_by(|one, other| other.1.total_cmp(&one.1));
            drawn(places)
        })
        .collect();
    let extracted = read("a.pdf", &pdf(&pages)).unwrap();
    assert_eq!(extracted.running.iter().filter(|line| line.text == "Item").count(), 4);
    assert!(extracted.running.iter().all(|line| ["Item", "Pieces", "bolts", "12"].contains(&line.text.as_str())));
    assert!(extracted.text.contains("nuts\t7\n\nnails\t40\n\npins\t8\n\nrings\t3\n\nhooks\t9"), "{}", extracted.text);
}
