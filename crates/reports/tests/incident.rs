//! The papers of an incident, judged as files.

#![allow(clippy::unwrap_used, reason = "tests say what must hold by panicking")]

use reports::{
    Block, Column, IncidentReport, LedgerHead, PRIVILEGED, Section, Situation, Table, incident_report, situation,
};

const AT: &str = "2026-11-21T14:03:00Z";

fn section(rows: usize, cell: &str) -> Section {
    Section {
        title: "Decisions".to_owned(),
        words: Vec::new(),
        table: Some(Table {
            columns: vec![Column::new("When", 1.0), Column::new("What", 3.0)],
            rows: (0..rows).map(|_| vec!["21 Nov 2026, 14:03".to_owned(), cell.to_owned()]).collect(),
        }),
        empty: "No decision was entered.".to_owned(),
    }
}

fn report(sections: Vec<Section>) -> IncidentReport {
    IncidentReport {
        organisation: "Harbour & Finch Ltd".to_owned(),
        kind: "Incident report, factual".to_owned(),
        reference: "Incident 3".to_owned(),
        title: "Laptop lost on a train".to_owned(),
        exercise: false,
        facts: vec![("State".to_owned(), "Open".to_owned())],
        summary: vec!["A bag was left on the train to Lyon.".to_owned()],
        sections,
        privileged: Vec::new(),
        ledger: LedgerHead { head_seq: 18_233, head_hash: "ab".repeat(32) },
        printed_by: "Clara Weiss".to_owned(),
        printed_at: AT.to_owned(),
    }
}

fn block(half: bool, rows: usize, cell: &str) -> Block {
    Block {
        title: "What is known".to_owned(),
        half,
        widths: vec![1.0, 2.0],
        rows: (0..rows).map(|_| vec![cell.to_owned(), cell.to_owned()]).collect(),
        at_most: 40,
        empty: "Nothing yet.".to_owned(),
        counted: ("fact".to_owned(), "facts".to_owned()),
    }
}

fn situation_of(blocks: Vec<Block>) -> Situation {
    Situation {
        organisation: "Harbour & Finch Ltd".to_owned(),
        reference: "Incident 3".to_owned(),
        title: "Incident 3: laptop lost on a train".to_owned(),
        exercise: false,
        facts: vec![("State".to_owned(), "Open".to_owned()), ("As of".to_owned(), "21 Nov 2026, 14:03".to_owned())],
        blocks,
        printed_by: "Clara Weiss".to_owned(),
        printed_at: AT.to_owned(),
    }
}

fn kept(pdf: Vec<u8>) -> Vec<u8> {
    assert!(pdf.starts_with(b"%PDF-1.7"));
    assert!(holds(&pdf, "<pdfuaid:part>1</pdfuaid:part>"), "readable aloud");
    // For a person who wants to look: COUNTERSIGN_KEEP_PAPERS=folder keeps what the tests print.
    if let Ok(folder) = std::env::var("COUNTERSIGN_KEEP_PAPERS") {
        let name = std::thread::current().name().unwrap_or("paper").replace(':', "-");
        std::fs::write(std::path::Path::new(&folder).join(format!("{name}.pdf")), &pdf).unwrap();
    }
    pdf
}

fn holds(pdf: &[u8], text: &str) -> bool {
    pdf.windows(text.len()).any(|window| window == text.as_bytes())
}

/// Page objects are compressed, so the reader of this workspace counts them.
fn read(pdf: &[u8]) -> (usize, String) {
    let read = documents::read("paper.pdf", pdf, &documents::Limits::default()).unwrap();
    (read.pages.unwrap() as usize, read.text.split_whitespace().collect::<Vec<_>>().join(" "))
}

#[test]
fn a_report_prints_with_and_without_anything_to_say() {
    let (pages, text) =
        read(&kept(incident_report(&report(vec![section(0, ""), section(90, "Switch the mail off.")])).unwrap()));
    assert!(pages > 1 && text.contains("No decision was entered."));
    assert!(!text.contains("EXERCISE") && !text.contains("Privileged"));
}

#[test]
fn privilege_is_said_on_every_page_and_only_where_there_is_some() {
    let mut data = report(vec![section(60, "Switch the mail off.")]);
    data.privileged = vec![section(60, "Counsel asks for an opinion.")];
    let (pages, text) = read(&kept(incident_report(&data).unwrap()));
    assert!(pages > 2 && text.matches(PRIVILEGED).count() >= 1, "{text}");
}

#[test]
fn an_exercise_is_marked_beside_privilege() {
    let mut data = report(vec![section(3, "Switch the mail off.")]);
    data.exercise = true;
    data.privileged = vec![section(1, "Counsel asks for an opinion.")];
    assert!(read(&kept(incident_report(&data).unwrap())).1.contains("EXERCISE"));
}

#[test]
fn a_situation_stays_on_one_page_whatever_there_is() {
    let words = "many words that say little and go on ".repeat(12);
    for (rows, cell) in [(0, ""), (3, "short"), (40, words.as_str()), (500, "W".repeat(400).as_str())] {
        let blocks = vec![
            block(false, rows, cell),
            block(true, rows, cell),
            block(true, rows, cell),
            block(false, rows, cell),
            block(true, rows, cell),
            block(true, rows, cell),
        ];
        let (pages, text) = read(&kept(situation(&situation_of(blocks)).unwrap()));
        assert_eq!(pages, 1, "{rows}");
        assert_eq!(text.contains("more facts"), rows > 14, "{rows}: what is left out is counted");
    }
}

#[test]
fn markup_stays_text_and_the_same_data_gives_the_same_bytes() {
    let nasty = "#sys.inputs *bold* ] _[ $x$ `raw` @label <b> \\ #panic() #import \"x.typ\" \"} // /* 株 \u{1F600}";
    let mut data = report(vec![section(2, nasty)]);
    data.title = nasty.to_owned();
    data.kind = nasty.to_owned();
    data.privileged = vec![section(1, nasty)];
    assert_eq!(incident_report(&data).unwrap(), kept(incident_report(&data).unwrap()));
    kept(situation(&situation_of(vec![block(true, 2, nasty)])).unwrap());
}
