//! The review as JSON, the same from the server and from `countersign review`.

use clauses::{Reading, facts::Facts};
use documents::Extracted;
use serde_json::{Value, json};

use super::{Planned, offsets::CharOffsets, terms::TermsJson};
use crate::{ReadDocument, ReviewView};

/// What a reading says, with offsets in characters into the text.
struct Told {
    /// What the contract states of itself.
    facts: Value,
    /// The questions of a non-disclosure agreement.
    nda: Value,
    clauses: Vec<Value>,
    obligations: Vec<Value>,
    /// Defined terms, undefined ones and cross-references.
    terms: TermsJson,
}

fn in_characters(value: &mut Value, offsets: &CharOffsets<'_>) {
    match value {
        Value::Object(fields) => {
            for (name, field) in fields {
                match field.as_u64().and_then(|byte| usize::try_from(byte).ok()) {
                    Some(byte) if name == "start" || name == "end" => *field = offsets.at(byte).into(),
                    _ => in_characters(field, offsets),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| in_characters(item, offsets)),
        _ => {}
    }
}

fn told(text: &str, reading: &Reading, facts: &Facts) -> Told {
    let offsets = CharOffsets::new(text);
    let mut facts = serde_json::to_value(facts).unwrap_or_default();
    in_characters(&mut facts, &offsets);
    let mut nda = serde_json::to_value(clauses::nda::ask(text, reading)).unwrap_or_default();
    in_characters(&mut nda, &offsets);
    let clauses = reading
        .clauses
        .iter()
        .map(|clause| {
            let topics: Vec<Value> = clause
                .topics
                .iter()
                .map(|hit| json!({ "topic": hit.topic, "score": hit.score, "unsure": hit.unsure, "why": hit.why, "attributes": hit.attributes }))
                .collect();
            json!({
                "start": offsets.at(clause.start), "end": offsets.at(clause.end), "number": clause.number, "heading": clause.heading,
                "page": clause.page, "topics": topics, "categories": clause.categories,
            })
        })
        .collect();
    let obligations = reading
        .obligations
        .iter()
        .map(|duty| {
            json!({
                "clause": duty.clause, "start": offsets.at(duty.start), "end": offsets.at(duty.end), "debtor": duty.debtor, "creditor": duty.creditor,
                "duty": duty.duty, "deadline": duty.deadline, "condition": duty.condition, "topic": duty.topic,
            })
        })
        .collect();
    Told { facts, nda, clauses, obligations, terms: TermsJson::of(text, &reading.clauses, &offsets) }
}

/// How the document was read: what the reader decided, and what needs care.
fn how_read(extracted: &Extracted) -> Value {
    json!({
        "notes": extracted.notes, "tracked_changes": extracted.revisions, "ocr": extracted.recognised, "unread_pages": extracted.unread_pages,
    })
}

/// One file's review, as `countersign review --format json` prints it.
pub fn review_file(
    file: &str,
    sha256: &str,
    read: &ReadDocument,
    findings: &[clauses::Finding],
    redline: &[Planned],
) -> Value {
    let Told { facts, nda, clauses, obligations, terms } = told(&read.extracted.text, &read.reading, &read.facts);
    json!({
        "file": file, "sha256": sha256, "title": read.reading.title, "reading": how_read(&read.extracted), "facts": facts, "nda": nda, "clauses": clauses, "findings": findings, "obligations": obligations,
        "definitions": terms.definitions, "undefined": terms.undefined, "references": terms.references, "redline": redline,
    })
}

/// The matrix with its decisions.
pub fn matrix(view: &ReviewView) -> Value {
    let Told { facts, nda, clauses, obligations, terms } =
        told(&view.text.extracted.text, &view.text.reading, &view.text.stated);
    json!({
        "file": view.version.file_name,
        "sha256": view.version.sha256,
        "title": view.text.reading.title,
        "reading": how_read(&view.text.extracted),
        "contract": { "id": view.contract.id, "reference": view.contract.reference, "status": view.contract.status, "facts": view.contract.facts },
        "review": view.review,
        "facts": facts,
        "nda": nda,
        "clauses": clauses,
        "findings": view.findings,
        "obligations": obligations,
        "definitions": terms.definitions,
        "undefined": terms.undefined,
        "references": terms.references,
        "signoffs": view.signoffs,
        "redline": view.redline,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_point_into_the_text_by_characters() {
        let text = "“Müller” Agreement\n\nThis Agreement is made as of May 8, 2014 between Müller GmbH (\"Müller\") and Acme Inc. (\"Acme\").\n\nThis Agreement is governed by the laws of New York.";
        let reading = clauses::read(text, &[]);
        let told = told(text, &reading, &clauses::facts::facts(text, &reading.clauses)).facts;
        let law = &told["governing_law"];
        assert_eq!(law["value"], "New York", "{told}");
        let at = |name: &str| usize::try_from(law[name].as_u64().unwrap()).unwrap();
        let quoted: String = text.chars().skip(at("start")).take(at("end") - at("start")).collect();
        assert_eq!(law["text"], quoted);
    }
}
