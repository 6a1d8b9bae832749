//! Pages of pictures, as text recognition read them: hOCR becomes lines where they stand on the page.
//!
//! Which program recognises, and how it is run, is for others to know; what it writes is text from outside like any other.

use std::borrow::Cow;

use quick_xml::Reader;
use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};

use super::lines::Line;
use crate::Limits;

/// Words below this confidence, in per cent, are specks and lines of a form more often than words.
const SPECK: f32 = 20.0;

/// A page without text, for whoever can draw it and have it recognised.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ScannedPage {
    /// Counted from 1.
    pub number: u32,
    /// Of the page, in points.
    pub width: f32,
    pub height: f32,
}

/// What text recognition found on a page.
#[derive(Debug, Clone, PartialEq)]
pub struct RecognisedPage {
    pub(crate) number: u32,
    pub(crate) lines: Vec<Line>,
    pub(crate) words: u32,
    /// Sum over the words, in per cent.
    pub(crate) confidence: f32,
}

/// The box, the baseline and the confidence that an element's title tells.
#[derive(Default)]
struct Title {
    frame: Option<[f32; 4]>,
    baseline: f32,
    size: Option<f32>,
    confidence: f32,
}

impl RecognisedPage {
    /// Reads hOCR of one picture, which was drawn with `dpi` dots per inch. What is damaged ends the page where it stands.
    pub fn from_hocr(number: u32, hocr: &str, dpi: f32, limits: &Limits) -> Self {
        let mut page = Self { number, lines: Vec::new(), words: 0, confidence: 0.0 };
        let scale = 72.0 / dpi.max(1.0);
        let (mut height, mut length, mut elements) = (0.0, 0, 0);
        let mut line: Option<Line> = None;
        let mut word: Option<(Title, String)> = None;
        let mut reader = Reader::from_str(hocr);
        reader.config_mut().check_end_names = false;
        reader.config_mut().allow_dangling_amp = true;
        while let Ok(event) = reader.read_event() {
            match event {
                Event::Eof => break,
                Event::Start(start) => {
                    elements += 1;
                    if elements > limits.max_elements {
                        break;
                    }
                    match attribute(&start, "class").as_deref() {
                        Some("ocr_page") => height = title(&start).frame.map_or(0.0, |frame| frame[3]),
                        Some("ocr_line" | "ocr_header" | "ocr_caption" | "ocr_textfloat") => {
                            page.finish(line.take());
                            line = title(&start).line(number, height, scale);
                        }
                        Some("ocrx_word") => word = Some((title(&start), String::new())),
                        _ => {}
                    }
                }
                Event::Text(text) => {
                    if let Some((_, found)) = &mut word {
                        found.push_str(&text.xml10_content());
                    }
                }
                Event::GeneralRef(name) => {
                    if let Some((_, found)) = &mut word {
                        found.push_str(&meant(&name));
                    }
                }
                Event::End(end) if end.local_name().into_inner() == "span" => {
                    if let (Some((title, found)), Some(line)) = (word.take(), &mut line) {
                        let found = super::lines::clean(&found);
                        length += found.len() + 1;
                        if length > limits.max_text {
                            break;
                        }
                        if !found.is_empty() && title.confidence >= SPECK {
                            if !line.text.is_empty() {
                                line.text.push(' ');
                            }
                            line.text.push_str(&found);
                            page.words += 1;
                            page.confidence += title.confidence.min(100.0);
                        }
                    }
                }
                _ => {}
            }
        }
        page.finish(line.take());
        page.even();
        page
    }

    fn finish(&mut self, line: Option<Line>) {
        self.lines.extend(line.filter(|line| !line.text.is_empty()));
    }

    /// Sizes are measured on letters, so that they differ from line to line where the print does not.
    fn even(&mut self) {
        let mut sizes: Vec<f32> = self.lines.iter().map(|line| line.size).collect();
        sizes.sort_by(f32::total_cmp);
        let Some(usual) = sizes.get(sizes.len() / 2).copied() else { return };
        for line in &mut self.lines {
            if (line.size - usual).abs() < 0.22 * usual {
                line.size = usual;
            }
        }
    }

    pub(crate) fn length(&self) -> usize {
        self.lines.iter().map(|line| line.text.len()).sum()
    }
}

impl Title {
    fn line(&self, page: u32, height: f32, scale: f32) -> Option<Line> {
        let [left, top, right, bottom] = self.frame?;
        // The box of a line reaches from the highest letter to the lowest; print is measured from line to line.
        let size = self.size.unwrap_or(bottom - top).max(1.0) * scale;
        Some(Line {
            text: String::new(),
            left: left * scale,
            right: right * scale,
            base: (height - bottom - self.baseline) * scale,
            size,
            bold: false,
            page,
            cell: None,
        })
    }
}

fn attribute(start: &BytesStart<'_>, name: &str) -> Option<String> {
    let mut attributes = start.attributes();
    attributes
        .with_checks(false)
        .flatten()
        .find(|attribute| attribute.key.into_inner() == name)
        .and_then(|attribute| attribute.normalized_value(XmlVersion::Implicit1_0).ok().map(Cow::into_owned))
}

/// `bbox 153 356 2397 389; baseline 0 -7; x_size 33; x_wconf 96`
fn title(start: &BytesStart<'_>) -> Title {
    let mut title = Title::default();
    for property in attribute(start, "title").unwrap_or_default().split(';') {
        let mut words = property.split_whitespace();
        let name = words.next().unwrap_or_default();
        let numbers: Vec<f32> =
            words.take(4).filter_map(|word| word.parse().ok()).filter(|number: &f32| number.is_finite()).collect();
        match (name, numbers.as_slice()) {
            ("bbox", [left, top, right, bottom]) => title.frame = Some([*left, *top, *right, *bottom]),
            ("baseline", [_, offset]) => title.baseline = *offset,
            ("x_size", [size]) => title.size = Some(*size),
            ("x_wconf", [confidence]) => title.confidence = *confidence,
            _ => {}
        }
    }
    title
}

fn meant(name: &quick_xml::events::BytesRef<'_>) -> String {
    match name.as_ref() {
        "amp" => "&".to_owned(),
        "lt" => "<".to_owned(),
        "gt" => ">".to_owned(),
        "quot" => "\"".to_owned(),
        "apos" => "'".to_owned(),
        _ => name.resolve_char_ref().ok().flatten().map(String::from).unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOCR: &str = r#"<?xml version="1.0"?><!DOCTYPE html><html><body>
      <div class='ocr_page' title='image "stdin"; bbox 0 0 2550 3300; ppageno 0'>
       <span class='ocr_line' title="bbox 300 300 1200 350; baseline 0 -10; x_size 50">
        <span class='ocrx_word' title='bbox 1 1 2 2; x_wconf 90'>R&amp;D</span>
        <span class='ocrx_word' title='bbox 1 1 2 2; x_wconf 70'><strong>o&#64257;ce</strong></span>
        <span class='ocrx_word' title='bbox 1 1 2 2; x_wconf 5'>|</span>
       </span>
       <span class='ocr_header' title="bbox 300 400 1200 452; baseline 0 -10; x_size 52">
        <span class='ocrx_word' title='bbox 1 1 2 2; x_wconf 80'>Second</span>
       </span>
      </div></body></html>"#;

    #[test]
    fn lines_stand_where_the_picture_shows_them() {
        let page = RecognisedPage::from_hocr(3, HOCR, 300.0, &Limits::default());
        let texts: Vec<&str> = page.lines.iter().map(|line| line.text.as_str()).collect();
        assert_eq!(texts, ["R&D ofice", "Second"]);
        assert_eq!((page.words, page.confidence), (3, 240.0));
        let first = &page.lines[0];
        assert_eq!((first.left, first.right, first.page), (72.0, 288.0, 3));
        assert!((first.base - (3300.0 - 350.0 + 10.0) * 0.24).abs() < 0.01, "{}", first.base);
        // A hair's difference is none, so that the two lines can be one paragraph.
        assert_eq!(page.lines[0].size, page.lines[1].size);
    }

    #[test]
    fn damage_ends_the_page_where_it_stands() {
        for cut in (0..HOCR.len()).step_by(7).filter(|cut| HOCR.is_char_boundary(*cut)) {
            RecognisedPage::from_hocr(1, &HOCR[..cut], 300.0, &Limits::default());
        }
        let wild = r#"<div class='ocr_page' title='bbox 0 0 NaN inf'><span class='ocr_line' title='bbox 1e39 -1 2 3'><span class='ocrx_word' title='x_wconf 99'>a</span></span></div>"#;
        assert_eq!(RecognisedPage::from_hocr(1, wild, 0.0, &Limits::default()).words, 0);
        let limits = Limits { max_text: 8, ..Limits::default() };
        assert_eq!(RecognisedPage::from_hocr(1, HOCR, 300.0, &limits).words, 1);
    }
}
