//! HTML: its visible text, without ever running or loading anything.
//!
//! One pass from left to right, with no going back, so that no page can make it slow.

use crate::extracted::Writer;
use crate::plain::decode;
use crate::{Block, BlockKind, Extracted, Kind, Limits, Unreadable};

/// Elements whose content is not text for readers.
const UNSEEN: [&str; 9] = ["script", "style", "head", "template", "noscript", "svg", "iframe", "object", "select"];

/// Elements that begin and end a line of their own.
const LINES: [&str; 33] = [
    "p",
    "div",
    "section",
    "article",
    "main",
    "header",
    "footer",
    "nav",
    "aside",
    "blockquote",
    "pre",
    "ul",
    "ol",
    "li",
    "dl",
    "dt",
    "dd",
    "table",
    "thead",
    "tbody",
    "tfoot",
    "tr",
    "td",
    "th",
    "caption",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "body",
];

/// The named characters that agreements use; others stay as they are written.
const NAMED: [(&str, char); 34] = [
    ("amp", '&'),
    ("lt", '<'),
    ("gt", '>'),
    ("quot", '"'),
    ("apos", '\''),
    ("nbsp", ' '),
    ("sect", '§'),
    ("para", '¶'),
    ("copy", '©'),
    ("reg", '®'),
    ("trade", '™'),
    ("ndash", '–'),
    ("mdash", '—'),
    ("lsquo", '‘'),
    ("rsquo", '’'),
    ("ldquo", '“'),
    ("rdquo", '”'),
    ("sbquo", '‚'),
    ("bdquo", '„'),
    ("laquo", '«'),
    ("raquo", '»'),
    ("hellip", '…'),
    ("bull", '•'),
    ("middot", '·'),
    ("euro", '€'),
    ("pound", '£'),
    ("yen", '¥'),
    ("cent", '¢'),
    ("deg", '°'),
    ("times", '×'),
    ("frac12", '½'),
    ("ensp", ' '),
    ("emsp", ' '),
    ("thinsp", ' '),
];

struct Reader<'t> {
    rest: &'t str,
    line: String,
    writer: Writer,
    heading: Option<u8>,
    kind: BlockKind,
    lists: Vec<Option<u32>>,
    number: Option<String>,
    row: bool,
}

pub(crate) fn read(bytes: &[u8], limits: &Limits) -> Result<Extracted, Unreadable> {
    let (source, notes) = decode(bytes, limits)?;
    let mut reader = Reader {
        rest: &source,
        line: String::new(),
        writer: Writer::new(limits.max_text),
        heading: None,
        kind: BlockKind::Paragraph,
        lists: Vec::new(),
        number: None,
        row: false,
    };
    while !reader.rest.is_empty() {
        let text_end = reader.rest.find('<').unwrap_or(reader.rest.len());
        let (text, rest) = reader.rest.split_at(text_end);
        unescape(text, &mut reader.line);
        reader.rest = rest;
        reader.markup()?;
    }
    reader.end_line()?;
    if reader.writer.text.is_empty() {
        return Err(Unreadable::Empty);
    }
    Ok(Extracted {
        kind: Kind::Html,
        text: reader.writer.text,
        blocks: reader.writer.blocks,
        pages: None,
        notes,
        revisions: None,
        recognised: None,
        unread_pages: Vec::new(),
        running: Vec::new(),
    })
}

impl<'t> Reader<'t> {
    /// Passes over one piece of markup at the start of the rest.
    fn markup(&mut self) -> Result<(), Unreadable> {
        let Some(inside) = self.rest.strip_prefix('<') else { return Ok(()) };
        if let Some(comment) = inside.strip_prefix("!--") {
            self.rest = comment.find("-->").map_or("", |end| &comment[end + 3..]);
            return Ok(());
        }
        let closing = inside.starts_with('/');
        let name_at = inside.strip_prefix('/').unwrap_or(inside);
        if !name_at.starts_with(|first: char| first.is_ascii_alphabetic() || matches!(first, '!' | '?')) {
            // A lone `<` is text.
            self.line.push('<');
            self.rest = inside;
            return Ok(());
        }
        let name_end = name_at.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(name_at.len());
        let name = name_at[..name_end].to_ascii_lowercase();
        self.rest = after_tag(&name_at[name_end..]);
        if closing { self.close(&name) } else { self.open(&name) }
    }

    fn open(&mut self, name: &str) -> Result<(), Unreadable> {
        if UNSEEN.contains(&name) {
            self.skip_to_end_of(name);
            return Ok(());
        }
        if name == "br" {
            self.line.push('\n');
            return Ok(());
        }
        if !LINES.contains(&name) {
            return Ok(());
        }
        self.end_line()?;
        match name {
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
                self.heading = name[1..].parse().ok();
                self.kind = BlockKind::Heading;
            }
            "ul" => self.lists.push(None),
            "ol" => self.lists.push(Some(0)),
            "li" => {
                self.kind = BlockKind::ListItem;
                if let Some(Some(count)) = self.lists.last_mut() {
                    *count += 1;
                    self.number = Some(count.to_string());
                }
            }
            "tr" => self.row = false,
            "td" | "th" => self.kind = BlockKind::TableCell,
            _ => {}
        }
        Ok(())
    }

    fn close(&mut self, name: &str) -> Result<(), Unreadable> {
        if !LINES.contains(&name) {
            return Ok(());
        }
        let is_cell = matches!(name, "td" | "th");
        self.end_line()?;
        match name {
            "ul" | "ol" => {
                self.lists.pop();
            }
            "tr" => self.row = false,
            _ if is_cell => self.row = true,
            _ => {}
        }
        Ok(())
    }

    fn end_line(&mut self) -> Result<(), Unreadable> {
        let text = squeeze(&std::mem::take(&mut self.line));
        if text.is_empty() {
            return Ok(());
        }
        let number = self.number.take();
        let text = match &number {
            Some(number) => format!("{number}. {text}"),
            None => text,
        };
        let divider = if self.row && self.kind == BlockKind::TableCell { "\t" } else { "\n\n" };
        let block = Block { heading: self.heading.take(), number, ..Block::unplaced(self.kind) };
        self.writer.push(divider, &text, block)?;
        self.kind = BlockKind::Paragraph;
        self.row = false;
        Ok(())
    }

    /// Passes over everything up to the end tag of an element whose content is not read.
    fn skip_to_end_of(&mut self, name: &str) {
        let mut rest = self.rest;
        while let Some(at) = rest.find("</") {
            let candidate = &rest[at + 2..];
            let matches =
                candidate.as_bytes().get(..name.len()).is_some_and(|n| n.eq_ignore_ascii_case(name.as_bytes()));
            if matches {
                self.rest = after_tag(&candidate[name.len()..]);
                return;
            }
            rest = candidate;
        }
        self.rest = "";
    }
}

/// What follows the `>` of a tag, whose attribute values may hold one too.
fn after_tag(mut attributes: &str) -> &str {
    while let Some(at) = attributes.find(['>', '"', '\'']) {
        let sign = attributes.as_bytes()[at];
        let behind = &attributes[at + 1..];
        if sign == b'>' {
            return behind;
        }
        // An apostrophe that is not closed means that the writer forgot one; the tag then ends at the next `>`.
        match behind.find(char::from(sign)) {
            Some(end) => attributes = &behind[end + 1..],
            None => return behind.find('>').map_or("", |end| &behind[end + 1..]),
        }
    }
    ""
}

/// Text with runs of blanks as one blank; breaks asked for stay.
fn squeeze(text: &str) -> String {
    let mut squeezed = String::with_capacity(text.len());
    for line in text.split('\n') {
        let mut words = line.split_whitespace().peekable();
        if words.peek().is_some() && !squeezed.is_empty() {
            squeezed.push('\n');
        }
        while let Some(word) = words.next() {
            squeezed.push_str(word);
            if words.peek().is_some() {
                squeezed.push(' ');
            }
        }
    }
    squeezed
}

fn unescape(text: &str, line: &mut String) {
    // A line break in the source is a blank; only `<br>` breaks a line.
    let mut rest = text;
    while let Some(at) = rest.find(['&', '\n', '\r']) {
        line.push_str(&rest[..at]);
        let sign = rest.as_bytes()[at];
        rest = &rest[at + 1..];
        if sign != b'&' {
            line.push(' ');
            continue;
        }
        let end = rest.bytes().take(10).position(|byte| byte == b';');
        match end.and_then(|end| Some((character(&rest[..end])?, end))) {
            Some((character, end)) => {
                line.push(character);
                rest = &rest[end + 1..];
            }
            None => line.push('&'),
        }
    }
    line.push_str(rest);
}

fn character(name: &str) -> Option<char> {
    if let Some(code) = name.strip_prefix('#') {
        let code = match code.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16).ok()?,
            None => code.parse().ok()?,
        };
        return char::from_u32(code).filter(|character| *character != '\0');
    }
    NAMED.iter().find(|(known, _)| *known == name).map(|(_, character)| *character)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn html(source: &str) -> Extracted {
        read(source.as_bytes(), &Limits::default()).unwrap()
    }

    #[test]
    fn only_what_a_reader_sees_comes_out() {
        let extracted = html(
            "<html><head><title>t</title><style>p{}</style></head><body><h2>1. Fees</h2><p title='a>b'>Pay\n <b>now</b>.<br>\
             Soon &amp; &sect;&#32;4 &bogus; a<b</p><script>alert('</p>')</script><ol><li>one<li>two</ol>\
             <table><tr><td>Cap</td><td>&#x20AC; 5</td></tr><tr><td>Term</td></tr></table><!-- x -->end",
        );
        assert_eq!(
            extracted.text,
            "1. Fees\n\nPay now.\nSoon & § 4 &bogus; a\n\n1. one\n\n2. two\n\nCap\t€ 5\n\nTerm\n\nend"
        );
        assert_eq!(extracted.blocks[0].heading, Some(2));
        assert!(extracted.blocks_are_sound());
    }

    #[test]
    fn a_lone_sign_is_text_and_nothing_seen_is_nothing() {
        assert_eq!(html("<p>a < b and 3<4").text, "a < b and 3<4");
        assert_eq!(read(b"<html><script>x", &Limits::default()), Err(Unreadable::Empty));
    }

    #[test]
    fn hostile_markup_stays_linear() {
        let started = std::time::Instant::now();
        for sign in ["<", "<a '", "<!--", "</", "<script></", "&", "<p title=\"", "<select>"] {
            let source = format!("x{}", sign.repeat(2_000_000 / sign.len()));
            let _ = read(source.as_bytes(), &Limits::default());
        }
        assert!(started.elapsed().as_secs() < 20, "{:?}", started.elapsed());
    }
}
