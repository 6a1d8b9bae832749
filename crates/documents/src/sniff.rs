//! Tells what a file is by its first bytes. A name can say anything, so it only decides between kinds of text.

use crate::{Kind, Unreadable};

/// How far into a file the signs are looked for; some PDF writers put rubbish before the header.
const HEAD: usize = 4096;

/// The container of Word 97 files, and of Word files with a password.
const OLE: &[u8] = &[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];

/// Starts of files that people upload by mistake, with what to call them.
const NOT_DOCUMENTS: &[(&[u8], &str)] = &[
    (b"\x89PNG", "a picture (PNG)"),
    (&[0xFF, 0xD8, 0xFF], "a picture (JPEG)"),
    (b"GIF8", "a picture (GIF)"),
    (b"II*\0", "a picture (TIFF)"),
    (b"MM\0*", "a picture (TIFF)"),
    (b"BM", "a picture (BMP)"),
    (&[0x1F, 0x8B], "a compressed archive"),
    (b"7z\xBC\xAF", "a compressed archive"),
    (b"Rar!", "a compressed archive"),
    (b"MZ", "a program"),
    (b"\x7FELF", "a program"),
];

/// Tells the kind of a document from its first bytes (4 KB suffice).
///
/// # Errors
/// Files that are no document, and documents of kinds that cannot be read. That a ZIP container really is a
/// Word file, or that a PDF is whole, only [`crate::read`] can tell.
pub fn sniff(name: &str, bytes: &[u8]) -> Result<Kind, Unreadable> {
    let head = &bytes[..bytes.len().min(HEAD)];
    if head.is_empty() {
        return Err(Unreadable::Empty);
    }
    if find(&head[..head.len().min(1024)], b"%PDF-").is_some() {
        return Ok(Kind::Pdf);
    }
    if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") {
        return zip_kind(head);
    }
    if head.starts_with(OLE) {
        return Err(Unreadable::Unsupported { what: "a Word file of the old kind (.doc)".into() });
    }
    if head.starts_with(b"{\\rtf") {
        return Err(Unreadable::Unsupported { what: "rich text (RTF)".into() });
    }
    if utf16(head).is_some() {
        return Ok(text_kind(name, ""));
    }
    // Short signs such as `BM` also begin honest sentences, so that the file must look binary as well.
    let controls = control_bytes(head);
    if head.contains(&0) || controls > 8 && controls * 20 > head.len() {
        let what =
            NOT_DOCUMENTS.iter().find(|(sign, _)| head.starts_with(sign)).map_or("binary data", |(_, what)| what);
        return Err(Unreadable::NotADocument { what: what.into() });
    }
    let visible = String::from_utf8_lossy(head);
    let visible = visible.trim_start_matches('\u{feff}').trim_start();
    if visible.starts_with("<?xml") && visible.contains("http://schemas.microsoft.com/office/2006/xmlPackage") {
        return Err(Unreadable::Unsupported { what: "a Word document saved as flat XML".into() });
    }
    Ok(text_kind(name, visible))
}

/// Whether a file is an Office document under a password: an OLE container that holds an encrypted package.
pub(crate) fn is_encrypted_office(bytes: &[u8]) -> bool {
    // The names of an OLE container's streams are stored as UTF-16, in its directory sectors.
    let name: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
    bytes.starts_with(OLE) && find(bytes, &name).is_some()
}

/// The byte order of UTF-16 text, if the file says that it is UTF-16.
pub(crate) fn utf16(bytes: &[u8]) -> Option<fn([u8; 2]) -> u16> {
    match bytes {
        [0xFF, 0xFE, ..] => Some(u16::from_le_bytes),
        [0xFE, 0xFF, ..] => Some(u16::from_be_bytes),
        _ => None,
    }
}

fn zip_kind(head: &[u8]) -> Result<Kind, Unreadable> {
    let unsupported = |what: &str| Err(Unreadable::Unsupported { what: what.into() });
    if find(head, b"mimetypeapplication/vnd.oasis.opendocument").is_some() {
        return unsupported("an OpenDocument file");
    }
    if find(head, b"mimetypeapplication/epub").is_some() {
        return unsupported("an e-book (EPUB)");
    }
    Ok(Kind::Docx)
}

fn text_kind(name: &str, visible: &str) -> Kind {
    let extension = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase()).unwrap_or_default();
    let lower: String = visible.chars().take(512).collect::<String>().to_ascii_lowercase();
    let says_html = lower.starts_with("<!doctype html")
        || lower.starts_with("<html")
        || (lower.starts_with("<?xml") || lower.starts_with("<!--")) && lower.contains("<html");
    match extension.as_str() {
        _ if says_html => Kind::Html,
        "html" | "htm" | "xhtml" if lower.starts_with('<') => Kind::Html,
        "md" | "markdown" | "mdown" | "mkd" => Kind::Markdown,
        _ => Kind::Text,
    }
}

fn control_bytes(head: &[u8]) -> usize {
    head.iter().filter(|byte| byte.is_ascii_control() && !matches!(byte, b'\t' | b'\n' | b'\r' | 0x0C | 0x1B)).count()
}

/// Where `needle` begins in `hay`.
pub(crate) fn find(hay: &[u8], needle: &[u8]) -> Option<usize> {
    hay.windows(needle.len()).position(|window| window == needle)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_content_decides_and_the_name_only_between_texts() {
        let check = |name: &str, head: &[u8], kind: Kind| assert_eq!(sniff(name, head).unwrap(), kind, "{name}");
        check("a.txt", b"%PDF-1.7\n", Kind::Pdf);
        check("a.docx", b"  \n%PDF-1.4", Kind::Pdf);
        check("a.pdf", b"PK\x03\x04\x14\0", Kind::Docx);
        check("a.md", b"# Terms", Kind::Markdown);
        check("a.MD", b"<p>inline markup is Markdown too", Kind::Markdown);
        check("a.txt", b"Terms", Kind::Text);
        check("a.txt", b"BMW AG and its affiliates", Kind::Text);
        check("a.txt", b"<!DOCTYPE html><p>x", Kind::Html);
        check("a.htm", b"<p>x", Kind::Html);
        check("<script>.html", b"Terms", Kind::Text);
        check("a.txt", b"\xFF\xFEH\0i\0", Kind::Text);
    }

    #[test]
    fn what_is_no_document_is_named() {
        let check = |head: &[u8], says: &str| {
            let message = sniff("a.docx", head).unwrap_err().to_string();
            assert!(message.contains(says), "{message}");
        };
        check(b"", "empty");
        check(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "PNG");
        check(b"MZ\x90\0\x03\0", "program");
        check(b"abc\0def", "binary data");
        check(OLE, "old kind");
        check(b"{\\rtf1 hello}", "RTF");
        check(b"PK\x03\x04....mimetypeapplication/vnd.oasis.opendocument.textPK", "OpenDocument");
    }
}
