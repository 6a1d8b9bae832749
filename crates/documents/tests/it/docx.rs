use documents::{BlockKind, Kind, Limits, Unreadable};

use crate::build::{docx, docx_with, p, r, zip};
use crate::{fixture, read};

fn text(body: &str) -> String {
    read("a.docx", &docx(body)).unwrap().text
}

#[test]
fn a_real_cover_page_is_read_with_its_table() {
    let extracted = read("cover.docx", &fixture("bonterms-nda-cover-page.docx")).unwrap();
    assert_eq!(extracted.kind, Kind::Docx);
    assert!(extracted.text.contains("Governing Law"), "{}", extracted.text);
    assert!(extracted.blocks.iter().any(|block| block.kind == BlockKind::TableCell));
    for block in &extracted.blocks {
        assert_eq!(extracted.block_text(block), extracted.block_text(block).trim());
        assert!(!extracted.block_text(block).is_empty());
    }
}

const NUMBERING: &str = r#"<w:abstractNum w:abstractNumId="0">
  <w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:pStyle w:val="H1"/><w:lvlText w:val="%1."/></w:lvl>
  <w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:suff w:val="space"/><w:lvlText w:val="%1.%2"/></w:lvl>
  <w:lvl w:ilvl="2"><w:start w:val="1"/><w:numFmt w:val="lowerLetter"/><w:lvlText w:val="(%3)"/></w:lvl>
</w:abstractNum><w:num w:numId="5"><w:abstractNumId w:val="0"/></w:num>"#;

const STYLES: &str = r#"<w:style w:type="paragraph" w:styleId="H1"><w:name w:val="heading 1"/>
  <w:pPr><w:numPr><w:numId w:val="5"/></w:numPr><w:outlineLvl w:val="0"/></w:pPr></w:style>"#;

fn numbered(level: u8, text: &str) -> String {
    format!(r#"<w:p><w:pPr><w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="5"/></w:numPr></w:pPr>{}</w:p>"#, r(text))
}

#[test]
fn automatic_numbers_stand_in_the_text_and_can_be_cited() {
    let body = format!(
        r#"<w:p><w:pPr><w:pStyle w:val="H1"/></w:pPr>{}</w:p>{}{}{}<w:p><w:pPr><w:pStyle w:val="H1"/></w:pPr>{}</w:p>"#,
        r("Fees"),
        numbered(1, "Payment."),
        numbered(2, "in euro;"),
        numbered(2, "on time."),
        r("Term")
    );
    let extracted = read("a.docx", &docx_with(&body, &[("numbering", NUMBERING), ("styles", STYLES)])).unwrap();
    assert_eq!(extracted.text, "1.\tFees\n\n1.1 Payment.\n\n(a)\tin euro;\n\n(b)\ton time.\n\n2.\tTerm");
    let numbers: Vec<_> = extracted.blocks.iter().map(|block| block.number.as_deref().unwrap()).collect();
    assert_eq!(numbers, ["1", "1.1", "1.1(a)", "1.1(b)", "2"]);
    let kinds: Vec<_> = extracted.blocks.iter().map(|block| (block.kind, block.heading)).collect();
    assert_eq!(kinds[0], (BlockKind::Heading, Some(1)));
    assert_eq!(kinds[2], (BlockKind::ListItem, None));
    let anchors: Vec<_> = extracted.blocks.iter().map(|block| block.anchor.unwrap()).collect();
    assert_eq!(anchors, [0, 1, 2, 3, 4]);
}

#[test]
fn tracked_changes_are_read_as_accepted() {
    let body = format!(
        r#"<w:p>{}<w:del w:id="1"><w:r><w:delText>two</w:delText></w:r></w:del><w:ins w:id="2">{}</w:ins>{}</w:p>
        <w:p><w:moveFrom w:id="3">{}</w:moveFrom></w:p>
        <w:p><w:pPr><w:rPr><w:del w:id="4"/></w:rPr></w:pPr>{}</w:p>{}
        <w:tbl><w:tr><w:trPr><w:del w:id="5"/></w:trPr><w:tc>{}</w:tc></w:tr><w:tr><w:tc>{}</w:tc></w:tr></w:tbl>
        <w:p><w:moveTo w:id="6">{}</w:moveTo></w:p>"#,
        r("within "),
        r("three"),
        r(" days"),
        r("moved"),
        r("first half, "),
        p("second half"),
        p("gone row"),
        p("kept row"),
        r("moved")
    );
    let extracted = read("a.docx", &docx(&body)).unwrap();
    assert_eq!(extracted.text, "within three days\n\nfirst half, second half\n\nkept row\n\nmoved");
    assert_eq!(extracted.notes, ["5 tracked changes were read as accepted."]);
    // The joined paragraph is anchored where it ends, and the paragraphs left out count all the same.
    let anchors: Vec<_> = extracted.blocks.iter().map(|block| block.anchor.unwrap()).collect();
    assert_eq!(anchors, [0, 3, 5, 6]);
}

#[test]
fn fields_show_their_result_and_alternatives_are_read_once() {
    let field = |kind: &str| format!(r#"<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>"#);
    let body = format!(
        r#"<w:p>{}{}<w:r><w:instrText> REF _Ref1 \h </w:instrText></w:r>{}{}{}{}<w:fldSimple w:instr="DATE">{}</w:fldSimple></w:p>
        <w:p><w:r><mc:AlternateContent><mc:Choice Requires="wps"><wps:txbx><w:txbxContent>{}</w:txbxContent></wps:txbx></mc:Choice>
        <mc:Fallback><v:textbox><w:txbxContent>{}</w:txbxContent></v:textbox></mc:Fallback></mc:AlternateContent></w:r>{}</w:p>
        <w:p>{}</w:p>{}"#,
        r("see Section "),
        field("begin"),
        field("separate"),
        r("4.2"),
        field("end"),
        r(", "),
        r("1 May"),
        p("in the box"),
        p("in the box"),
        r("beside the box"),
        field("begin"),
        p("after a field without an end")
    );
    let extracted = read("a.docx", &docx(&body)).unwrap();
    assert_eq!(
        extracted.text,
        "see Section 4.2, 1 May\n\nbeside the box\n\nin the box\n\nafter a field without an end"
    );
    assert_eq!(extracted.blocks[2].kind, BlockKind::TextBox);
    assert_eq!(extracted.blocks[3].anchor, Some(5));
}

#[test]
fn short_cells_share_a_line_and_notes_stand_behind_the_text() {
    let body = format!(
        r#"<w:tbl><w:tr><w:tc>{}</w:tc><w:tc>{}{}</w:tc></w:tr><w:tr><w:tc>{}</w:tc></w:tr></w:tbl>
        <w:p>{}<w:r><w:footnoteReference w:id="7"/></w:r>{}</w:p>"#,
        p("Term"),
        p("one year"),
        p("then monthly"),
        p("Law"),
        r("Services"),
        r(" end.")
    );
    let notes = format!(
        r#"<w:footnote w:type="separator" w:id="0">{}</w:footnote><w:footnote w:id="7">{}</w:footnote><w:footnote w:id="8">{}</w:footnote>"#,
        p("line"),
        p("as defined"),
        p("nobody refers to this")
    );
    let extracted = read("a.docx", &docx_with(&body, &[("footnotes", &notes)])).unwrap();
    assert_eq!(extracted.text, "Term\tone year\n\nthen monthly\n\nLaw\n\nServices[1] end.\n\n[1] as defined");
    assert_eq!(extracted.blocks.last().unwrap().kind, BlockKind::Footnote);
    assert_eq!(extracted.blocks.last().unwrap().anchor, None);
}

#[test]
fn tabs_breaks_symbols_and_blanks_are_as_word_shows_them() {
    let body = r#"<w:p><w:pPr><w:tabs><w:tab w:val="left"/></w:tabs></w:pPr><w:r><w:t> trimmed </w:t><w:tab/><w:t xml:space="preserve"> kept </w:t><w:br/>
        <w:t>A&amp;B &#167;</w:t><w:noBreakHyphen/><w:t>4</w:t><w:sym w:font="Wingdings" w:char="F0A8"/></w:r>
        <m:oMath><m:r><m:t>x=1</m:t></m:r></m:oMath></w:p>"#;
    assert_eq!(text(body), "trimmed\t kept \nA&B §-4☐x=1");
    let boxed = |state: &str| {
        let form = format!(r#"<w:ffData><w:checkBox><w:default w:val="0"/>{state}</w:checkBox></w:ffData>"#);
        text(&format!(
            r#"<w:p><w:r><w:fldChar w:fldCharType="begin">{form}</w:fldChar></w:r><w:r><w:instrText> FORMCHECKBOX </w:instrText></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>{}</w:p>"#,
            r(" Yes")
        ))
    };
    assert_eq!(boxed(""), "☐ Yes");
    assert_eq!(boxed("<w:checked/>"), "☒ Yes");
}

#[test]
fn other_prefixes_and_byte_order_marks_are_no_obstacle() {
    let document = "\u{feff}<x:document xmlns:x=\"http://purl.oclc.org/ooxml/wordprocessingml/main\"><x:body><x:p><x:r><x:t>strict</x:t></x:r></x:p></x:body></x:document>";
    let bytes = zip(&[("word/document.xml", document)]);
    assert_eq!(read("a.docx", &bytes).unwrap().text, "strict");
}

#[test]
fn what_is_no_word_file_is_refused_with_a_reason() {
    let refused = |bytes: &[u8]| read("a.docx", bytes).unwrap_err();
    assert!(matches!(refused(&zip(&[("readme.txt", "x")])), Unreadable::NotADocument { .. }));
    let sheet = r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r" Type="x/officeDocument" Target="xl/workbook.xml"/></Relationships>"#;
    assert!(matches!(refused(&zip(&[("_rels/.rels", sheet)])), Unreadable::Unsupported { .. }));
    assert_eq!(refused(&docx("<w:p/>")), Unreadable::Empty);
    assert!(matches!(refused(&docx("<w:p><w:r>")), Unreadable::Broken { .. }));
    assert!(matches!(
        refused(&zip(&[("word/document.xml", "<!DOCTYPE x [<!ENTITY a 'b'>]><x/>")])),
        Unreadable::Broken { .. }
    ));
    let mut encrypted = vec![0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];
    encrypted.extend("EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes));
    assert!(matches!(refused(&encrypted), Unreadable::Encrypted { .. }));
    for error in [Unreadable::Empty, refused(&encrypted), refused(b"PK\x03\x04garbage")] {
        assert!(error.hint().ends_with('.'), "{error}");
    }
}

#[test]
fn what_unfolds_beyond_the_limits_is_refused() {
    let body = p("word ").repeat(20_000);
    let bytes = docx(&body);
    let limits = Limits { max_expanded: 100_000, ..Limits::default() };
    assert_eq!(documents::read("a.docx", &bytes, &limits), Err(Unreadable::Bomb { limit: 100_000 }));
    let limits = Limits { max_text: 50_000, ..Limits::default() };
    assert_eq!(documents::read("a.docx", &bytes, &limits), Err(Unreadable::TooMuchText { limit: 50_000 }));
    let limits = Limits { max_elements: 1_000, ..Limits::default() };
    assert!(matches!(documents::read("a.docx", &bytes, &limits), Err(Unreadable::Bomb { .. })));
    let deep = docx(&("<w:sdt>".repeat(5_000) + &"</w:sdt>".repeat(5_000)));
    assert!(matches!(read("a.docx", &deep), Err(Unreadable::Broken { .. })));
}
