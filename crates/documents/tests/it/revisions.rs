//! Accepts or rejects all tracked changes of a Word file and gives the text that is left, written apart from
//! the reader of the crate so that the two can prove each other.

use std::io::{Cursor, Read};

use quick_xml::Reader;
use quick_xml::events::Event;
use zip::ZipArchive;

#[derive(Clone, Copy, PartialEq)]
pub enum All {
    Accepted,
    Rejected,
}

pub fn part(bytes: &[u8], name: &str) -> String {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut content = String::new();
    archive.by_name(name).unwrap().read_to_string(&mut content).unwrap();
    content
}

/// The paragraphs of the body that are left and not empty.
pub fn paragraphs(bytes: &[u8], all: All) -> Vec<String> {
    let xml = part(bytes, "word/document.xml");
    let mut reader = Reader::from_str(xml.trim_start_matches('\u{feff}'));
    let dropped = |name: &str| match all {
        All::Accepted => matches!(name, "del" | "moveFrom"),
        All::Rejected => matches!(name, "ins" | "moveTo"),
    };
    let mut stack: Vec<String> = Vec::new();
    let mut left: Vec<String> = Vec::new();
    let mut open: Vec<String> = Vec::new();
    let mut carried = String::new();
    let mut mark_gone = false;
    loop {
        let event = reader.read_event().unwrap();
        let hidden = stack.iter().any(|name| dropped(name) || name == "Fallback");
        match event {
            Event::Eof => break,
            Event::Start(start) | Event::Empty(start) if start.name().into_inner().is_empty() => {}
            Event::Start(start) => {
                let name = start.local_name().into_inner().to_owned();
                if name == "p" {
                    open.push(std::mem::take(&mut carried));
                    mark_gone = false;
                }
                stack.push(name);
            }
            Event::Empty(start) => {
                let name = start.local_name().into_inner();
                let of_mark = stack.ends_with(&["pPr".to_owned(), "rPr".to_owned()]);
                if of_mark && dropped(name) {
                    mark_gone = true;
                }
                let Some(paragraph) = open.last_mut().filter(|_| !hidden && stack.last().is_some_and(|tag| tag == "r"))
                else {
                    continue;
                };
                match name {
                    "tab" => paragraph.push('\t'),
                    "br" => paragraph.push('\n'),
                    _ => {}
                }
            }
            Event::End(end) => {
                stack.pop();
                if end.local_name().into_inner() == "p" {
                    let text = open.pop().unwrap();
                    if mark_gone {
                        carried = text;
                    } else if !text.trim().is_empty() {
                        left.push(text.trim().to_owned());
                    }
                    mark_gone = false;
                }
            }
            Event::Text(text) => add(&mut open, &stack, hidden, &text.xml10_content()),
            Event::GeneralRef(name) => {
                let text = match name.as_ref() {
                    "amp" => "&".to_owned(),
                    "lt" => "<".to_owned(),
                    "gt" => ">".to_owned(),
                    "quot" => "\"".to_owned(),
                    "apos" => "'".to_owned(),
                    _ => name.resolve_char_ref().unwrap().unwrap().to_string(),
                };
                add(&mut open, &stack, hidden, &text);
            }
            _ => {}
        }
    }
    left
}

fn add(open: &mut [String], stack: &[String], hidden: bool, text: &str) {
    if !hidden && stack.last().is_some_and(|name| name == "t" || name == "delText") {
        open.last_mut().unwrap().push_str(text);
    }
}
