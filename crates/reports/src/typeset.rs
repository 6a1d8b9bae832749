//! The typesetter behind one function. Knows Typst; does not know what a memo is, nor any file, clock or network.

use std::sync::LazyLock;

use serde::Serialize;
use typst::{
    LibraryExt, comemo,
    syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot},
    utils::LazyHash,
};
use typst_layout::PagedDocument;
use typst_library::{
    Library, World,
    diag::{FileError, FileResult, SourceDiagnostic, Warned},
    foundations::{Bytes, Datetime, Duration, Smart},
    text::{Font, FontBook},
};
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards};

use crate::ReportError;

/// The papers that we can print.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Template {
    Memo,
    Letter,
    Incident,
    Situation,
}

impl Template {
    fn source(self) -> &'static str {
        match self {
            Template::Memo => include_str!("../templates/memo.typ"),
            Template::Letter => include_str!("../templates/letter.typ"),
            Template::Incident => include_str!("../templates/incident.typ"),
            Template::Situation => include_str!("../templates/situation.typ"),
        }
    }
}

const HOUSE_STYLE: &str = include_str!("../templates/house.typ");

/// The faces of running text come first, then the one for hashes.
const FACES: [&[u8]; 4] = [
    include_bytes!("../fonts/LibertinusSerif-Regular.otf"),
    include_bytes!("../fonts/LibertinusSerif-Italic.otf"),
    include_bytes!("../fonts/LibertinusSerif-Semibold.otf"),
    include_bytes!("../fonts/DejaVuSansMono.ttf"),
];
const TEXT_FACES: usize = 3;

/// How many renderings a memoised intermediate result outlives without being used.
const KEEP_MEMOISED: usize = 5;

/// What never changes between two papers. File ids are interned for the life of the process in a table of 65,535, so
/// there are exactly three, whatever is printed.
struct Press {
    library: LazyHash<Library>,
    book: LazyHash<FontBook>,
    fonts: Vec<Font>,
    main: FileId,
    house: FileId,
    data: FileId,
}

static PRESS: LazyLock<Press> = LazyLock::new(|| {
    let fonts: Vec<Font> = FACES
        .iter()
        .map(|face| Font::new(Bytes::new(*face), 0).expect("the embedded faces are fonts; a test sets every one"))
        .collect();
    let file = |path: &str| {
        let path = VirtualPath::new(path).expect("the three fixed paths are well-formed");
        RootedPath::new(VirtualRoot::Project, path).intern()
    };
    Press {
        library: LazyHash::new(Library::default()),
        book: LazyHash::new(FontBook::from_fonts(&fonts)),
        fonts,
        main: file("/main.typ"),
        house: file("/house.typ"),
        data: file("/data.json"),
    }
});

/// The faces that running text may be set in.
pub(crate) fn text_fonts() -> &'static [Font] {
    &PRESS.fonts[..TEXT_FACES]
}

/// One paper being set: the template, the house style and the data are all that exists.
struct Paper {
    main: Source,
    house: Source,
    data: Bytes,
}

impl World for Paper {
    fn library(&self) -> &LazyHash<Library> {
        &PRESS.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &PRESS.book
    }

    fn main(&self) -> FileId {
        PRESS.main
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        if id == PRESS.main {
            Ok(self.main.clone())
        } else if id == PRESS.house {
            Ok(self.house.clone())
        } else {
            Err(FileError::AccessDenied)
        }
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        if id == PRESS.data { Ok(self.data.clone()) } else { Err(FileError::AccessDenied) }
    }

    fn font(&self, index: usize) -> Option<Font> {
        PRESS.fonts.get(index).cloned()
    }

    /// There is no clock here: the instant of printing stands in the data.
    fn today(&self, _offset: Option<Duration>) -> Option<Datetime> {
        None
    }
}

/// Sets `template` with `data`, which the template reads as `json("data.json")`.
pub(crate) fn pdf(template: Template, data: &impl Serialize) -> Result<Vec<u8>, ReportError> {
    let data = serde_json::to_vec(data).map_err(|error| ReportError::Typeset(error.to_string()))?;
    let result = set(template.source(), data);
    comemo::evict(KEEP_MEMOISED);
    result
}

/// Sets the first of `tries` that fits on one page; the last one stands however long it is.
pub(crate) fn one_page<T: Serialize>(
    template: Template,
    tries: impl IntoIterator<Item = Result<T, ReportError>>,
) -> Result<Vec<u8>, ReportError> {
    let mut last = None;
    for data in tries {
        let data = serde_json::to_vec(&data?).map_err(|error| ReportError::Typeset(error.to_string()))?;
        let document = laid_out(template.source(), data)?;
        let fits = document.pages().len() <= 1;
        last = Some(document);
        if fits {
            break;
        }
    }
    let document = last.ok_or_else(|| ReportError::Typeset("nothing to set".to_owned()))?;
    let result = printed(&document);
    comemo::evict(KEEP_MEMOISED);
    result
}

fn set(template: &str, data: Vec<u8>) -> Result<Vec<u8>, ReportError> {
    printed(&laid_out(template, data)?)
}

fn laid_out(template: &str, data: Vec<u8>) -> Result<PagedDocument, ReportError> {
    let paper = Paper {
        main: Source::new(PRESS.main, template.to_owned()),
        house: Source::new(PRESS.house, HOUSE_STYLE.to_owned()),
        data: Bytes::new(data),
    };
    let Warned { output, warnings } = typst::compile::<PagedDocument>(&paper);
    let document = output.map_err(|errors| refusal(&errors))?;
    // A warning is a missing face or a layout that does not settle: a paper that we would not want to sign.
    if !warnings.is_empty() {
        return Err(refusal(&warnings));
    }
    Ok(document)
}

fn printed(document: &PagedDocument) -> Result<Vec<u8>, ReportError> {
    let standards = PdfStandards::new(&[PdfStandard::A_2a, PdfStandard::Ua_1])
        .map_err(|error| ReportError::Typeset(error.message().to_string()))?;
    let options =
        PdfOptions { creator: Smart::Custom(Some("Countersign".to_owned())), standards, ..PdfOptions::default() };
    typst_pdf::pdf(document, &options).map_err(|errors| refusal(&errors))
}

fn refusal(diagnostics: &[SourceDiagnostic]) -> ReportError {
    let messages: Vec<&str> = diagnostics.iter().map(|diagnostic| diagnostic.message.as_str()).collect();
    ReportError::Typeset(messages.join("; "))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A template that reaches for anything but its three files gets nothing.
    #[test]
    fn other_files_and_packages_are_denied() {
        for reach in [
            "#read(\"/etc/passwd\")",
            "#read(\"other.txt\")",
            "#include \"other.typ\"",
            "#image(\"logo.svg\")",
            "#import \"@preview/example:0.1.0\": *",
        ] {
            let refused = set(reach, b"{}".to_vec());
            assert!(
                matches!(&refused, Err(ReportError::Typeset(message)) if message.contains("denied")),
                "{reach}: {refused:?}"
            );
        }
    }

    #[test]
    fn there_is_no_clock() {
        assert!(matches!(set("#datetime.today()", b"{}".to_vec()), Err(ReportError::Typeset(_))));
    }
}
