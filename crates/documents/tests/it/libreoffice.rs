//! The tracked changes that we write, accepted and rejected by a program that is not ours.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use documents::redline::redline;

use crate::measured::{data, files};
use crate::placing::everywhere;
use crate::read;
use crate::revisions::part;

const DATE: &str = "2026-11-21T09:30:00Z";

struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// Every Word file of the data sets, with a clause at each kind of place and other words, beside the file itself; LibreOffice
/// accepts and rejects all changes of both.
///
/// Rejected, the two must be the same line by line. Accepted, they must be the same but for what was asked for: the new
/// paragraphs, and one word that is another, in as many places as were asked for. LibreOffice reads both files, so what
/// it makes of fields, boxes and numbers cancels out.
#[test]
#[ignore = "needs the data sets, libreoffice-writer and python3-uno; two minutes a hundred files"]
fn libreoffice_accepts_and_rejects_what_we_wrote() {
    let paths = files(&data().join("docx"), "docx");
    if paths.is_empty() {
        eprintln!("skipped: no Word file under the data folder");
        return;
    }
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("libreoffice");
    drop(std::fs::remove_dir_all(&folder));
    std::fs::create_dir_all(&folder).unwrap();
    let mut written = Vec::new();
    for (at, path) in paths.iter().enumerate() {
        let bytes = std::fs::read(path).unwrap();
        let Ok(extracted) = read("a.docx", &bytes) else { continue };
        let changes = everywhere(&extracted);
        let xml = part(&bytes, "word/document.xml");
        // LibreOffice 7.4 keeps an insertion at the end of a content control that stands within a line, whatever is
        // rejected; and it does not say what the pictures of formulas hold.
        let excused = xml.contains("<w:sdt>") || xml.contains("<m:oMath>");
        let marked = redline(&bytes, &extracted, &changes, "Ada", DATE).unwrap();
        std::fs::write(folder.join(format!("{at}-original.docx")), &bytes).unwrap();
        std::fs::write(folder.join(format!("{at}-marked.docx")), &marked).unwrap();
        let wanted = documents::read("b.docx", &marked, &documents::Limits::default()).unwrap();
        written.push((at, path, excused, wanted.text.matches("REPLACED").count(), clauses_in(&wanted.text)));
    }
    let address = format!("pipe,name=countersign{}", std::process::id());
    let office = Command::new("soffice")
        .args(["--headless", "--norestore", &format!("--accept={address};urp")])
        .arg(format!("-env:UserInstallation=file://{}", folder.join("profile").display()))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("soffice, from libreoffice-writer");
    let _office = Running(office);
    // Started by its first line: only the system's own Python has the module of python3-uno.
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/accept_all.py");
    assert!(Command::new(script).arg(&address).arg(&folder).status().unwrap().success());

    let (mut same, mut faults, mut others, mut words, mut clauses) = (0, Vec::new(), Vec::new(), 0, 0);
    for (at, path, excused, wanted_words, wanted_clauses) in written {
        let lines = |which: &str, how: &str| lines(&folder, &format!("{at}-{which}.{how}.txt"));
        let (Some(before), Some(after)) = (lines("original", "rejected"), lines("marked", "rejected")) else {
            faults.push(format!("{}: LibreOffice does not open it", path.display()));
            continue;
        };
        let rejected = if before == after { Ok(()) } else { Err(first_difference(&before, &after)) };
        let accepted = compare(&lines("original", "accepted").unwrap(), &lines("marked", "accepted").unwrap());
        match (rejected, accepted) {
            (Ok(()), Ok(found)) if found == (wanted_words, wanted_clauses) => {
                (same, words, clauses) = (same + 1, words + found.0, clauses + found.1);
            }
            (rejected, accepted) => {
                let wanted = (wanted_words, wanted_clauses);
                let list = if excused { &mut others } else { &mut faults };
                list.push(format!("{}: {rejected:?}, {accepted:?}, wanted {wanted:?}", path.display()));
            }
        }
    }
    println!(
        "{same} files as asked for, {words} words and {clauses} clauses in them; {} others:",
        faults.len() + others.len()
    );
    others.iter().chain(&faults).for_each(|fault| println!("  {fault}"));
    assert!(same >= 20 && faults.is_empty(), "{faults:?}");
}

fn lines(folder: &Path, name: &str) -> Option<Vec<String>> {
    let path: PathBuf = folder.join(name);
    let text = std::fs::read_to_string(path).ok()?;
    Some(text.split('\n').map(|line| line.trim().to_owned()).filter(|line| !line.is_empty()).collect())
}

fn first_difference(before: &[String], after: &[String]) -> String {
    let at = before.iter().zip(after).take_while(|(one, other)| one == other).count();
    format!("{:?} became {:?}", before.get(at), after.get(at))
}

/// How many of the clauses of [`everywhere`] a text holds.
fn clauses_in(text: &str) -> usize {
    (0..4).map(|at| text.matches(&format!("Inserted {at}.")).count()).sum()
}

/// How many words were replaced and clauses inserted, if nothing else is different.
fn compare(before: &[String], after: &[String]) -> Result<(usize, usize), String> {
    let is_new = |line: &str| ["Audit", "Instead."].contains(&line) || clauses_in(line) > 0;
    let clauses = after.iter().map(|line| clauses_in(line)).sum();
    let kept: Vec<String> = after.iter().filter(|line| !is_new(line)).cloned().collect();
    let mut words = 0;
    for (one, other) in before.iter().zip(&kept) {
        let mut rest = one.as_str();
        for (at, part) in other.split("REPLACED").enumerate() {
            if at > 0 {
                // One word, as `split_whitespace` sees it.
                words += 1;
                rest = &rest[rest.find(char::is_whitespace).unwrap_or(rest.len())..];
            }
            rest = rest.strip_prefix(part).ok_or_else(|| first_difference(before, &kept))?;
        }
        if !rest.is_empty() {
            return Err(first_difference(before, &kept));
        }
    }
    if before.len() == kept.len() { Ok((words, clauses)) } else { Err(first_difference(before, &kept)) }
}
