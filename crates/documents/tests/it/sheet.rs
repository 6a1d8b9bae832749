use std::io::Cursor;

use calamine::{Data, Reader, Xlsx};
use documents::sheet::{Cell, Column, Sheet, Unwritable, csv, workbook};

fn sheet() -> Sheet {
    let column = |title: &str| Column { title: title.into(), width: 20.0 };
    Sheet {
        name: "Review: a/b [1]".into(),
        columns: vec![column("Topic"), column("Score"), column("Due")],
        rows: vec![
            vec![Cell::Text("=HYPERLINK(\"http://x\")".into()), Cell::Number(0.5), Cell::Date("2026-11-21".into())],
            vec![Cell::Text("https://example.org".into()), Cell::Empty, Cell::Text("a, \"b\"\nc".into())],
        ],
    }
}

#[test]
fn what_is_written_is_read_back_and_nothing_is_a_formula() {
    let bytes = workbook(&[sheet(), sheet()], "2026-11-21T10:00:00Z").unwrap();
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
    assert_eq!(book.sheet_names(), ["Review ab 1", "Review ab 1 2"]);
    let range = book.worksheet_range("Review ab 1").unwrap();
    assert_eq!(range.get_value((0, 0)), Some(&Data::String("Topic".into())));
    assert_eq!(range.get_value((1, 0)), Some(&Data::String("=HYPERLINK(\"http://x\")".into())));
    assert_eq!(range.get_value((1, 1)), Some(&Data::Float(0.5)));
    assert!(matches!(range.get_value((1, 2)), Some(Data::DateTime(date)) if date.as_f64() == 46347.0));
    assert_eq!(book.worksheet_formula("Review ab 1").unwrap().used_cells().count(), 0);
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let write = || workbook(&[sheet()], "2026-11-21T10:00:00Z").unwrap();
    assert_eq!(write(), write());
    assert_ne!(write(), workbook(&[sheet()], "2026-11-22T10:00:00Z").unwrap());
}

#[test]
fn long_texts_end_with_a_sign_and_wrong_dates_are_refused() {
    let with = |cell: Cell| workbook(&[Sheet { rows: vec![vec![cell]], ..sheet() }], "2026-11-21");
    let bytes = with(Cell::Text("x".repeat(40_000))).unwrap();
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
    let range = book.worksheet_range("Review ab 1").unwrap();
    assert!(
        matches!(range.get_value((1, 0)), Some(Data::String(text)) if text.ends_with("x […]") && text.chars().count() == 32_767)
    );
    for wrong in ["2026-13-01", "21.11.2026", "", "2026-02-30x"] {
        assert!(matches!(with(Cell::Date(wrong.into())), Err(Unwritable::Date(_))), "{wrong}");
    }
}

#[test]
fn csv_guards_what_a_spreadsheet_would_run() {
    assert_eq!(
        csv(&sheet()),
        "Topic,Score,Due\r\n\"'=HYPERLINK(\"\"http://x\"\")\",0.5,2026-11-21\r\nhttps://example.org,,\"a, \"\"b\"\"\nc\"\r\n"
    );
}
