//! Walks through the XML of a Word part with limits on depth and size, and names what matters.
//!
//! Elements are told by namespace, not by the prefix a writer happened to choose. Document type
//! definitions are refused: OOXML forbids them, and they are how XML makes a small file large.

use std::borrow::Cow;
use std::ops::Range;

use quick_xml::Reader;
use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};

use super::package::broken;
use crate::{Limits, Unreadable};

/// The vocabularies of which elements matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Space {
    /// WordprocessingML, transitional or strict.
    Word,
    /// Office math.
    Math,
    /// Markup compatibility.
    Compatibility,
    Other,
}

const TRANSITIONAL: &str = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";

impl Space {
    fn of(uri: &str) -> Self {
        match uri {
            TRANSITIONAL | "http://purl.oclc.org/ooxml/wordprocessingml/main" => Self::Word,
            "http://schemas.openxmlformats.org/officeDocument/2006/math"
            | "http://purl.oclc.org/ooxml/officeDocument/math" => Self::Math,
            "http://schemas.openxmlformats.org/markup-compatibility/2006" => Self::Compatibility,
            _ => Self::Other,
        }
    }
}

pub(crate) enum Piece<'x> {
    Open(Element<'x>),
    /// The end of the element whose depth is given (the root has depth 1). An empty element has one too.
    Close(usize),
    Text(Cow<'x, str>),
}

pub(crate) struct Element<'x> {
    pub(crate) space: Space,
    start: BytesStart<'x>,
}

impl Element<'_> {
    pub(crate) fn local(&self) -> &str {
        let name = self.start.name().into_inner();
        name.rsplit_once(':').map_or(name, |(_, local)| local)
    }

    /// The value of the first attribute with a local name.
    pub(crate) fn attr(&self, local: &str) -> Option<String> {
        // Looking for duplicates would take time quadratic in the number of attributes.
        let mut attributes = self.start.attributes();
        attributes.with_checks(false).flatten().find_map(|attribute| {
            let name = attribute.key.into_inner();
            let name = name.rsplit_once(':').map_or(name, |(_, local)| local);
            (name == local).then(|| attribute.normalized_value(XmlVersion::Implicit1_0).ok().map(Cow::into_owned))?
        })
    }

    pub(crate) fn number(&self, local: &str) -> Option<i64> {
        self.attr(local)?.trim().parse().ok()
    }

    /// An on/off property: present means on unless its value says off.
    pub(crate) fn is_on(&self) -> bool {
        !matches!(self.attr("val").as_deref(), Some("0" | "false" | "off"))
    }
}

pub(crate) struct Scanner<'x> {
    xml: &'x str,
    reader: Reader<&'x [u8]>,
    /// Length of the byte order mark, which the reader does not count.
    shift: usize,
    spaces: Vec<(String, Space)>,
    depth: usize,
    elements: usize,
    limits: Limits,
    close_empty: bool,
    /// Bytes of the part that the last piece covers.
    pub(crate) span: Range<usize>,
}

impl<'x> Scanner<'x> {
    pub(crate) fn new(xml: &'x str, limits: &Limits) -> Result<Self, Unreadable> {
        let body = xml.strip_prefix('\u{feff}').unwrap_or(xml);
        let mut reader = Reader::from_str(body);
        reader.config_mut().allow_dangling_amp = true;
        Ok(Self {
            xml,
            shift: xml.len() - body.len(),
            reader,
            spaces: Vec::new(),
            depth: 0,
            elements: 0,
            limits: limits.clone(),
            close_empty: false,
            span: 0..0,
        })
    }

    pub(crate) fn depth(&self) -> usize {
        self.depth
    }

    pub(crate) fn next(&mut self) -> Result<Option<Piece<'x>>, Unreadable> {
        if self.close_empty {
            self.close_empty = false;
            self.span = self.span.end..self.span.end;
            self.depth -= 1;
            return Ok(Some(Piece::Close(self.depth + 1)));
        }
        loop {
            let from = self.position();
            let event =
                self.reader.read_event().map_err(|error| broken(format!("its XML is not well formed ({error})")))?;
            self.span = from..self.position();
            match event {
                Event::Start(start) => return self.open(start).map(Some),
                Event::Empty(start) => {
                    self.close_empty = true;
                    return self.open(start).map(Some);
                }
                Event::End(_) => {
                    self.depth = self.depth.saturating_sub(1);
                    return Ok(Some(Piece::Close(self.depth + 1)));
                }
                Event::Text(text) => return Ok(Some(Piece::Text(text.xml10_content()))),
                Event::CData(text) => return Ok(Some(Piece::Text(text.xml10_content()))),
                Event::GeneralRef(name) => {
                    if let Some(character) = character(&name) {
                        return Ok(Some(Piece::Text(Cow::Owned(character.to_string()))));
                    }
                }
                Event::DocType(_) => return Err(broken("its XML has a document type definition")),
                Event::Decl(_) | Event::PI(_) | Event::Comment(_) => {}
                Event::Eof if self.depth > 0 => return Err(broken("its XML ends in the middle")),
                Event::Eof => return Ok(None),
            }
        }
    }

    /// The namespace that the root element's vocabulary of Word has, and whether `w` means it.
    pub(crate) fn word_binding(&self, root: &Element<'_>) -> (String, bool) {
        let mut uri = None;
        let mut is_w = false;
        for attribute in root.start.attributes().with_checks(false).flatten() {
            let value: &str = attribute.value.as_ref();
            let name = attribute.key.into_inner();
            if Space::of(value) == Space::Word && name.starts_with("xmlns") {
                uri = Some(value.to_owned());
                is_w |= name == "xmlns:w";
            }
        }
        (uri.unwrap_or_else(|| TRANSITIONAL.to_owned()), is_w)
    }

    fn position(&self) -> usize {
        (self.reader.buffer_position() as usize + self.shift).min(self.xml.len())
    }

    fn open(&mut self, start: BytesStart<'x>) -> Result<Piece<'x>, Unreadable> {
        self.depth += 1;
        self.elements += 1;
        if self.depth > self.limits.max_depth {
            return Err(broken("its elements nest too deeply"));
        }
        if self.elements > self.limits.max_elements {
            return Err(Unreadable::Bomb { limit: self.limits.max_expanded });
        }
        let space = self.space(&start);
        Ok(Piece::Open(Element { space, start }))
    }

    /// The vocabulary of an element. Prefixes are bound on the root in practice; others are learnt where they appear.
    fn space(&mut self, start: &BytesStart<'_>) -> Space {
        let prefix = start.name().into_inner().split_once(':').map_or("", |(prefix, _)| prefix);
        if self.depth > 1
            && let Some((_, space)) = self.spaces.iter().find(|(known, _)| known == prefix)
        {
            return *space;
        }
        for attribute in start.attributes().with_checks(false).flatten() {
            let bound = match attribute.key.into_inner() {
                "xmlns" => "",
                name => match name.strip_prefix("xmlns:") {
                    Some(bound) => bound,
                    None => continue,
                },
            };
            if self.spaces.len() < 256 && !self.spaces.iter().any(|(known, _)| known == bound) {
                self.spaces.push((bound.to_owned(), Space::of(attribute.value.as_ref())));
            }
        }
        self.spaces.iter().find(|(known, _)| known == prefix).map_or(Space::Other, |(_, space)| *space)
    }
}

pub(crate) fn character(name: &quick_xml::events::BytesRef<'_>) -> Option<char> {
    match name.as_ref() {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => name.resolve_char_ref().ok().flatten(),
    }
}
