//! The ZIP container of a Word file: finds its parts and unfolds them under a limit.

use std::io::{Cursor, Read};

use zip::ZipArchive;
use zip::result::ZipError;

use super::xml::{Piece, Scanner};
use crate::{Limits, Unreadable};

/// More entries than this is no Word file; the largest measured has under a thousand.
const MAX_ENTRIES: usize = 20_000;

/// Parts of one kind that are read. A document of ten sections has sixty headers and footers at most.
const MAX_ALIKE: usize = 200;

pub(crate) struct Package<'b> {
    archive: ZipArchive<Cursor<&'b [u8]>>,
    /// How many bytes may still be unfolded.
    left: usize,
    limits: &'b Limits,
    /// Path of the part that holds the text, such as `word/document.xml`.
    pub(crate) main: String,
    relations: Vec<Relation>,
}

/// One entry of the main part's relationships.
struct Relation {
    /// The last segment of the relationship type, such as `footnotes`.
    kind: String,
    target: String,
}

pub(crate) fn broken(why: impl Into<String>) -> Unreadable {
    Unreadable::Broken { what: "Word file", why: why.into() }
}

impl<'b> Package<'b> {
    pub(crate) fn open(bytes: &'b [u8], limits: &'b Limits) -> Result<Self, Unreadable> {
        let archive = ZipArchive::new(Cursor::new(bytes)).map_err(|error| zip_error(&error))?;
        if archive.len() > MAX_ENTRIES {
            return Err(broken(format!("it holds {} parts", archive.len())));
        }
        let mut package =
            Self { archive, left: limits.max_expanded, limits, main: String::new(), relations: Vec::new() };
        package.main = package.find_main()?;
        package.relations = package.relations_of(&package.main.clone())?;
        Ok(package)
    }

    /// The part with a path, unfolded, or `None` if the package has no such part.
    pub(crate) fn part(&mut self, path: &str) -> Result<Option<String>, Unreadable> {
        let limit = self.limits.max_expanded;
        let entry = match self.archive.by_name(path) {
            Ok(entry) => entry,
            Err(ZipError::FileNotFound) => return Ok(None),
            Err(error) => return Err(zip_error(&error)),
        };
        if entry.size() > self.left as u64 {
            return Err(Unreadable::Bomb { limit });
        }
        // What the directory says about the size is the sender's word; only what comes out counts.
        let mut raw = Vec::with_capacity(entry.size().min(1 << 20) as usize);
        entry
            .take(self.left as u64 + 1)
            .read_to_end(&mut raw)
            .map_err(|error| broken(format!("`{path}` does not unfold ({error})")))?;
        if raw.len() > self.left {
            return Err(Unreadable::Bomb { limit });
        }
        self.left -= raw.len();
        String::from_utf8(raw).map(Some).map_err(|_| broken(format!("`{path}` is not UTF-8")))
    }

    /// The part of a kind (`styles`, `numbering`, `footnotes`, …) that belongs to the main part.
    pub(crate) fn related(&mut self, kind: &str) -> Result<Option<String>, Unreadable> {
        match self.relations.iter().find(|relation| relation.kind == kind) {
            Some(relation) => self.part(&relation.target.clone()),
            None => Ok(None),
        }
    }

    /// The paths of all related parts of a kind, each once.
    pub(crate) fn related_paths(&self, kind: &str) -> Vec<String> {
        let mut paths: Vec<String> = Vec::new();
        for relation in self.relations.iter().filter(|relation| relation.kind == kind) {
            if paths.len() < MAX_ALIKE && !paths.contains(&relation.target) {
                paths.push(relation.target.clone());
            }
        }
        paths
    }

    /// The path of the related part of a kind, if there is one.
    pub(crate) fn related_path(&self, kind: &str) -> Option<&str> {
        self.relations.iter().find(|relation| relation.kind == kind).map(|relation| relation.target.as_str())
    }

    pub(crate) fn names(&self) -> Vec<String> {
        self.archive.file_names().flatten().map(|name| name.into_owned()).collect()
    }

    pub(crate) fn into_archive(self) -> ZipArchive<Cursor<&'b [u8]>> {
        self.archive
    }

    fn find_main(&mut self) -> Result<String, Unreadable> {
        if let Some(found) = self.relation_list("", "_rels/.rels")?.into_iter().find(|r| r.kind == "officeDocument") {
            let target = found.target.to_ascii_lowercase();
            if target.starts_with("xl/") || target.starts_with("ppt/") {
                let what = if target.starts_with("xl/") { "a spreadsheet (XLSX)" } else { "a presentation (PPTX)" };
                return Err(Unreadable::Unsupported { what: what.into() });
            }
            if self.archive.index_for_name(&found.target).is_some() {
                return Ok(found.target);
            }
        }
        // Some writers forget the package relationships; Word opens such files by the usual path, and so do we.
        if self.archive.index_for_name("word/document.xml").is_some() {
            return Ok("word/document.xml".to_owned());
        }
        Err(Unreadable::NotADocument { what: "a ZIP archive".into() })
    }

    fn relations_of(&mut self, part: &str) -> Result<Vec<Relation>, Unreadable> {
        self.relation_list(folder(part), &relations_path(part))
    }

    fn relation_list(&mut self, folder: &str, path: &str) -> Result<Vec<Relation>, Unreadable> {
        let Some(xml) = self.part(path)? else { return Ok(Vec::new()) };
        let mut scanner = Scanner::new(&xml, self.limits)?;
        let mut relations = Vec::new();
        while let Some(piece) = scanner.next()? {
            let Piece::Open(element) = piece else { continue };
            if element.local() != "Relationship" || element.attr("TargetMode").as_deref() == Some("External") {
                continue;
            }
            let (Some(kind), Some(target)) = (element.attr("Type"), element.attr("Target")) else { continue };
            let kind = kind.rsplit('/').next().unwrap_or_default().to_owned();
            relations.push(Relation { kind, target: resolve(folder, &target) });
        }
        Ok(relations)
    }
}

/// Where the relationships of a part are kept.
pub(crate) fn relations_path(part: &str) -> String {
    let name = part.rsplit('/').next().unwrap_or(part);
    let folder = folder(part);
    if folder.is_empty() { format!("_rels/{name}.rels") } else { format!("{folder}/_rels/{name}.rels") }
}

/// The folder of a part, without the last slash.
pub(crate) fn folder(part: &str) -> &str {
    part.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// A relationship's target as a path in the package. `..` never leads out of it.
fn resolve(folder: &str, target: &str) -> String {
    let (base, target) = match target.strip_prefix('/') {
        Some(absolute) => ("", absolute),
        None => (folder, target),
    };
    let mut path: Vec<&str> = base.split('/').filter(|step| !step.is_empty()).collect();
    for step in target.split('/') {
        match step {
            "" | "." => {}
            ".." => {
                path.pop();
            }
            step => path.push(step),
        }
    }
    path.join("/")
}

fn zip_error(error: &ZipError) -> Unreadable {
    let text = error.to_string();
    if text.to_ascii_lowercase().contains("password") {
        return Unreadable::Encrypted { what: "ZIP container" };
    }
    broken(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_resolve_inside_the_package() {
        assert_eq!(resolve("word", "styles.xml"), "word/styles.xml");
        assert_eq!(resolve("word", "/word/a.xml"), "word/a.xml");
        assert_eq!(resolve("word", "../../../etc/passwd"), "etc/passwd");
        assert_eq!(relations_path("word/document.xml"), "word/_rels/document.xml.rels");
        assert_eq!(relations_path("document.xml"), "_rels/document.xml.rels");
    }
}
