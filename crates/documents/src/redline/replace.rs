//! Replaces words inside a paragraph: the runs that hold them are divided, the old words become a tracked
//! deletion and the new ones a tracked insertion that looks like them.

use std::collections::BTreeMap;
use std::ops::Range;

use super::markup::{Author, Ids, comment_end, escape, text_elements};
use super::{Changes, Edit, Replacement, Unwritable};
use crate::Extracted;
use crate::docx::Trace;
use crate::docx::body::Atom;

/// What happens inside one run, in terms of the paragraph's text.
struct Cut<'c> {
    range: Range<usize>,
    /// The replacement that begins here, and the one that ends here.
    begins: bool,
    ends: bool,
    replacement: &'c Replacement,
    comment: Option<u32>,
}

pub(super) fn edits(
    changes: &Changes,
    extracted: &Extracted,
    trace: &Trace,
    author: &Author,
    ids: &mut Ids,
    comments: &mut Vec<(u32, String)>,
    declaration: &str,
) -> Result<Vec<Edit>, Unwritable> {
    let mut sorted: Vec<&Replacement> = changes.replacements.iter().collect();
    sorted.sort_by_key(|replacement| (replacement.start, replacement.end));
    for pair in sorted.windows(2) {
        if pair[1].start < pair[0].end || pair[1].start == pair[0].start {
            return Err(refuse(pair[1], "another replacement touches the same words"));
        }
    }
    let controls = controls(&trace.xml);
    // Comments on words in such a control, by where it ends.
    let mut behind: BTreeMap<usize, String> = BTreeMap::new();
    // Runs by where they begin in the body; several replacements may fall into one run.
    let mut runs: BTreeMap<usize, (Vec<&Atom>, Vec<Cut<'_>>)> = BTreeMap::new();
    for replacement in sorted {
        let (paragraph, atoms, range) = locate(replacement, extracted, trace)?;
        let comment = replacement.comment.as_ref().filter(|text| !text.trim().is_empty()).map(|text| {
            let id = ids.next();
            comments.push((id, text.clone()));
            id
        });
        let within = |control: &&Control| atoms.iter().any(|atom| control.bytes.contains(&atom.run.start));
        let comment = match (comment, controls.iter().find(within)) {
            // There is no line behind it that could carry the comment.
            (Some(_), Some(control)) if !control.in_line => {
                comments.pop();
                None
            }
            (Some(id), Some(control)) => {
                let out = behind.entry(control.bytes.end).or_default();
                out.push_str(&format!(r#"<w:commentRangeStart{declaration} w:id="{id}"/>"#));
                out.push_str(&comment_end(id, author, ids, declaration));
                None
            }
            (comment, _) => comment,
        };
        let first = atoms[0].run.start;
        let last = atoms[atoms.len() - 1].run.start;
        for atom in &atoms {
            let at = atom.run.start;
            let (members, cuts) = runs
                .entry(at)
                .or_insert_with(|| (paragraph.iter().filter(|member| member.run.start == at).collect(), Vec::new()));
            let (Some(start), Some(end)) = (members.first().map(|a| a.text.start), members.last().map(|a| a.text.end))
            else {
                continue;
            };
            if cuts.last().is_none_or(|cut| !std::ptr::eq(cut.replacement, replacement)) {
                cuts.push(Cut {
                    range: range.start.max(start)..range.end.min(end),
                    begins: at == first,
                    ends: at == last,
                    replacement,
                    comment,
                });
            }
        }
    }
    let divided = runs.into_values().map(|(atoms, cuts)| divide(&trace.xml, &atoms, &cuts, author, ids, declaration));
    let mut out = divided.collect::<Result<Vec<Edit>, Unwritable>>()?;
    out.extend(behind.into_iter().map(|(at, xml)| Edit { bytes: at..at, xml }));
    Ok(out)
}

/// A content control that LibreOffice 7.4 takes for one within a line: it loses the text of such a one in which a comment
/// begins.
#[derive(Debug)]
struct Control {
    bytes: Range<usize>,
    /// It stands within a line; otherwise it holds exactly one paragraph.
    in_line: bool,
}

/// The controls within lines, the outermost of each, and those that hold one paragraph.
fn controls(xml: &str) -> Vec<Control> {
    let mut found = Vec::new();
    // Where each open control began, whether a paragraph was open then, and how many had begun.
    let mut open: Vec<(usize, bool, usize)> = Vec::new();
    let (mut paragraphs, mut begun_in_all, mut in_lines, mut at) = (0usize, 0usize, 0usize, 0);
    while let Some(start) = xml[at..].find('<').map(|next| at + next) {
        let end = start + end_of_tag(&xml[start..]);
        let tag = &xml[start + 1..end.saturating_sub(1).max(start + 1)];
        let (closes, tag) = tag.strip_prefix('/').map_or((false, tag), |tag| (true, tag));
        let name = tag.split([' ', '/', '\t', '\n', '\r']).next().unwrap_or_default();
        let empty = tag.ends_with('/');
        match (name.rsplit(':').next().unwrap_or_default(), closes) {
            ("p", true) => paragraphs = paragraphs.saturating_sub(1),
            ("p", false) => {
                begun_in_all += 1;
                paragraphs += usize::from(!empty);
            }
            ("sdt", false) if !empty => {
                open.push((start, paragraphs > 0, begun_in_all));
                in_lines += usize::from(paragraphs > 0);
            }
            ("sdt", true) => {
                let Some((begun, in_line, before)) = open.pop() else { break };
                in_lines -= usize::from(in_line);
                if in_line && in_lines == 0 || !in_line && begun_in_all == before + 1 {
                    found.push(Control { bytes: begun..end, in_line });
                }
            }
            _ => {}
        }
        at = end.max(start + 1);
    }
    // A control within a line of another one: the one around says where a comment may stand.
    found.sort_by_key(|control| (control.bytes.start, std::cmp::Reverse(control.bytes.end)));
    found
}

/// The changes that can be made: what cannot be replaced is inserted where its replacement says so.
pub(super) fn possible(changes: &Changes, extracted: &Extracted, trace: &Trace) -> Changes {
    let mut possible = Changes { insertions: changes.insertions.clone(), replacements: Vec::new() };
    for replacement in &changes.replacements {
        match &replacement.otherwise {
            Some(insertion) if locate(replacement, extracted, trace).is_err() => {
                possible.insertions.push((**insertion).clone());
            }
            _ => possible.replacements.push(replacement.clone()),
        }
    }
    possible
}

fn refuse(replacement: &Replacement, why: &'static str) -> Unwritable {
    Unwritable::NotReplaceable { start: replacement.start, end: replacement.end, why }
}

/// The paragraph's atoms, those of them that are touched, and the range in the paragraph.
type Located<'t> = (&'t [Atom], Vec<&'t Atom>, Range<usize>);

/// The pieces of text that a replacement touches, all pieces of their paragraph, and the range in the paragraph's text.
fn locate<'t>(replacement: &Replacement, extracted: &Extracted, trace: &'t Trace) -> Result<Located<'t>, Unwritable> {
    let refused = |why| Err(refuse(replacement, why));
    let Some(index) = extracted.block_at(replacement.start) else { return refused("it is outside the text") };
    let block = &extracted.blocks[index as usize];
    if replacement.end < replacement.start || replacement.end > block.end {
        return refused("it does not lie in one paragraph");
    }
    let Some((paragraph, shift)) = trace.sources.get(index as usize).and_then(Option::as_ref) else {
        return refused("it stands in a note");
    };
    let inside = |offset: usize| (offset as isize - block.start as isize - shift).try_into().ok();
    let (Some(start), Some(end)): (Option<usize>, Option<usize>) = (inside(replacement.start), inside(replacement.end))
    else {
        return refused("it touches the automatic number");
    };
    if !paragraph.text.is_char_boundary(start) || !paragraph.text.is_char_boundary(end) {
        return refused("it divides a character");
    }
    let touched: Vec<&Atom> = if start == end {
        // A mere insertion goes into the piece it follows, or at the very start into the first.
        let behind = paragraph.atoms.iter().find(|atom| atom.text.start < start && start <= atom.text.end);
        behind.or(paragraph.atoms.first()).into_iter().collect()
    } else {
        paragraph.atoms.iter().filter(|atom| atom.text.start < end && start < atom.text.end).collect()
    };
    if touched.is_empty() {
        return refused("there is no text");
    }
    if touched.iter().any(|atom| atom.fixed) {
        return refused("it stands in a field, beside a text box or in a change that is already tracked");
    }
    let whole = |atom: &Atom| start == end || (start <= atom.text.start && atom.text.end <= end);
    if touched.iter().any(|atom| !atom.is_text && !whole(atom)) {
        return refused("it divides a symbol");
    }
    Ok((&paragraph.atoms, touched, start..end))
}

/// One run as several: what stays, what goes, what comes.
fn divide(
    xml: &str,
    atoms: &[&Atom],
    cuts: &[Cut<'_>],
    author: &Author,
    ids: &mut Ids,
    declaration: &str,
) -> Result<Edit, Unwritable> {
    let run = atoms[0].run.clone();
    let tag_end = run.start + end_of_tag(&xml[run.clone()]);
    let content = if atoms[0].look.is_empty() { tag_end } else { atoms[0].look.end };
    let Some(close) = xml[run.clone()].rfind("</").map(|at| run.start + at) else {
        return Err(refuse(cuts[0].replacement, "its markup is unusual"));
    };
    // Pieces that overlap, or formatting behind the text: what is cut out of such a run does not fit together again.
    let in_order = atoms.windows(2).all(|pair| pair[0].xml.end <= pair[1].xml.start);
    let within = |atom: &&&Atom| content <= atom.xml.start && atom.xml.end <= close;
    if !in_order || !atoms.iter().all(|atom| within(&atom)) {
        return Err(refuse(cuts[0].replacement, "its markup is unusual"));
    }
    let (open, shut) = (&xml[run.start..content], &xml[close..run.end]);
    let look = if atoms[0].look.is_empty() { "" } else { &xml[atoms[0].look.clone()] };

    let mut out = String::new();
    let mut kept = String::new();
    let flush = |kept: &mut String, out: &mut String| {
        if !kept.is_empty() {
            out.push_str(&format!("{open}{kept}{shut}"));
            kept.clear();
        }
    };
    let mut at = content;
    let mut atoms_left = atoms.iter().peekable();
    let mut done = atoms[0].text.start;
    for cut in cuts {
        // What stands before the cut stays.
        while let Some(atom) = atoms_left.peek() {
            if atom.text.end > cut.range.start || atom.text.end == cut.range.start && cut.range.is_empty() {
                break;
            }
            kept.push_str(&xml[at..atom.xml.start]);
            kept.push_str(&piece(xml, atom, done.max(atom.text.start)..atom.text.end, "t", declaration));
            (at, done) = (atom.xml.end, atom.text.end);
            atoms_left.next();
        }
        if let Some(atom) = atoms_left.peek()
            && cut.range.start > done.max(atom.text.start)
        {
            kept.push_str(&xml[at..atom.xml.start]);
            kept.push_str(&piece(xml, atom, done.max(atom.text.start)..cut.range.start, "t", declaration));
            (at, done) = (atom.xml.start, cut.range.start);
        }
        flush(&mut kept, &mut out);
        if cut.begins
            && let Some(id) = cut.comment
        {
            out.push_str(&format!(r#"<w:commentRangeStart{declaration} w:id="{id}"/>"#));
        }
        let mut gone = String::new();
        while let Some(atom) = atoms_left.peek() {
            if atom.text.start >= cut.range.end {
                break;
            }
            if at < atom.xml.start {
                gone.push_str(&xml[at..atom.xml.start]);
            }
            let end = atom.text.end.min(cut.range.end);
            gone.push_str(&piece(xml, atom, done.max(atom.text.start)..end, "delText", ""));
            done = end;
            at = atom.xml.start;
            if end < atom.text.end {
                break;
            }
            at = atom.xml.end;
            atoms_left.next();
        }
        if gone.contains("fldChar") {
            return Err(refuse(cut.replacement, "it stands in a field"));
        }
        if !gone.is_empty() {
            let attributes = author.attributes(ids.next());
            out.push_str(&format!("<w:del{declaration} {attributes}>{open}{gone}{shut}</w:del>"));
        }
        if cut.ends {
            if !cut.replacement.with.is_empty() {
                let attributes = author.attributes(ids.next());
                let text = text_elements(&cut.replacement.with);
                out.push_str(&format!("<w:ins{declaration} {attributes}><w:r>{look}{text}</w:r></w:ins>"));
            }
            if let Some(id) = cut.comment {
                out.push_str(&comment_end(id, author, ids, declaration));
            }
        }
    }
    for atom in atoms_left {
        let rest = done.max(atom.text.start)..atom.text.end;
        if at < atom.xml.start {
            kept.push_str(&xml[at..atom.xml.start]);
        }
        kept.push_str(&piece(xml, atom, rest, "t", declaration));
        at = atom.xml.end;
    }
    kept.push_str(&xml[at.max(content)..close]);
    flush(&mut kept, &mut out);
    Ok(Edit { bytes: run, xml: out })
}

/// A part of a piece of text, as it stays or goes. Tabs, breaks and symbols stay what they are.
fn piece(xml: &str, atom: &Atom, range: Range<usize>, element: &str, declaration: &str) -> String {
    if !atom.is_text {
        return xml[atom.xml.clone()].to_owned();
    }
    let whole = decoded(&xml[atom.xml.clone()]);
    let part = whole.get(range.start - atom.text.start..range.end - atom.text.start).unwrap_or_default();
    if part.is_empty() {
        return String::new();
    }
    format!(r#"<w:{element}{declaration} xml:space="preserve">{}</w:{element}>"#, escape(part))
}

/// The text of a `w:t` element.
fn decoded(element: &str) -> String {
    let start = end_of_tag(element);
    let end = element.rfind("</").unwrap_or(element.len()).max(start);
    let mut text = String::new();
    let mut reader = quick_xml::Reader::from_str(&element[start..end]);
    reader.config_mut().allow_dangling_amp = true;
    while let Ok(event) = reader.read_event() {
        use quick_xml::events::Event;
        match event {
            Event::Text(part) => text.push_str(&part.xml10_content()),
            Event::CData(part) => text.push_str(&part.xml10_content()),
            Event::GeneralRef(name) => text.extend(crate::docx::xml::character(&name)),
            Event::Eof => break,
            _ => {}
        }
    }
    text
}

/// Where the first tag of some XML ends.
fn end_of_tag(xml: &str) -> usize {
    let mut quote = None;
    for (at, byte) in xml.bytes().enumerate() {
        match (quote, byte) {
            (None, b'>') => return at + 1,
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), byte) if open == byte => quote = None,
            _ => {}
        }
    }
    xml.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn controls_within_a_line_and_around_one_paragraph_are_found() {
        let xml = "<w:body><w:sdt><w:p/><w:p><w:r/></w:p></w:sdt><w:p a='>'><w:pPr/><w:sdt x=\"1\"><w:sdtContent><w:sdt><w:r/></w:sdt></w:sdtContent></w:sdt></w:p><w:sdt><w:p/></w:sdt></w:body>";
        let found = controls(xml);
        let shown: Vec<(&str, bool)> =
            found.iter().map(|control| (&xml[control.bytes.clone()], control.in_line)).collect();
        assert_eq!(shown.len(), 2, "{shown:?}");
        assert!(shown[0].0.starts_with("<w:sdt x") && shown[0].1);
        assert_eq!(shown[1], ("<w:sdt><w:p/></w:sdt>", false));
        assert!(controls("<w:p><w:sdt>").is_empty() && controls("</w:sdt><").is_empty());
    }
}
