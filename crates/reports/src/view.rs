//! What stands on the paper: the memo's data sorted, counted and put into words. Knows no typesetting.

use jiff::{Timestamp, civil, tz::TimeZone};
use serde::Serialize;

use crate::{
    ReportError,
    memo::{Decision, Finding, FindingStatus, Memo, SignOff},
    text::Cleaner,
    typeset,
};

/// The root of `data.json`. Every text in it has been through the [`Cleaner`].
#[derive(Debug, Serialize)]
pub(crate) struct View {
    organisation: String,
    organisation_short: String,
    title: String,
    running_title: String,
    subject: String,
    privileged: bool,
    printed: Instant,
    printed_by: String,
    contract: Vec<Fact>,
    reviewed: Vec<Fact>,
    summary: Vec<String>,
    to_decide: Vec<Topic>,
    conforming: Vec<Topic>,
    not_required: Vec<String>,
    obligations: Vec<Duty>,
    sign_offs: Vec<Signature>,
    document_hash: String,
    document_hash_short: String,
    review_label: String,
    ledger_seq: String,
    ledger_hash: String,
    /// A sentence on characters that the paper could not show, where there were any.
    replaced_note: Option<String>,
}

/// A label and what it says.
#[derive(Debug, Serialize)]
struct Fact {
    label: &'static str,
    value: String,
}

/// An instant in words, and in parts for the PDF's own date.
#[derive(Debug, Serialize)]
pub(crate) struct Instant {
    pub(crate) words: String,
    year: i16,
    month: i8,
    day: i8,
    hour: i8,
    minute: i8,
    second: i8,
}

#[derive(Debug, Serialize)]
struct Topic {
    topic: String,
    group: String,
    status: FindingStatus,
    status_word: &'static str,
    location: Option<String>,
    reason: Vec<String>,
    overridden: Option<String>,
    passage: Vec<String>,
    passage_note: Option<String>,
    suggestion: Vec<String>,
    suggestion_note: Option<String>,
    approvers: Option<String>,
    /// One short line for the table: who has decided, who has not.
    standing: Vec<String>,
    decisions: Vec<String>,
    short: bool,
}

#[derive(Debug, Serialize)]
struct Duty {
    debtor: String,
    creditor: String,
    duty: String,
    deadline: String,
    passage: Vec<String>,
    passage_note: Option<String>,
    short: bool,
}

#[derive(Debug, Serialize)]
struct Signature {
    short: bool,
    side: String,
    decision: String,
    person: String,
    at: String,
    condition: Option<String>,
    voided: Option<String>,
}

impl View {
    pub(crate) fn of(memo: &Memo) -> Result<View, ReportError> {
        let mut cleaner = Cleaner::new(typeset::text_fonts());
        let clean = &mut cleaner;
        let (open, settled): (Vec<&Finding>, Vec<&Finding>) =
            memo.findings.iter().partition(|finding| finding.status.decision_rank().is_some());
        let mut open = open;
        open.sort_by_key(|finding| finding.status.decision_rank());
        let (not_required, conforming): (Vec<&Finding>, Vec<&Finding>) =
            settled.into_iter().partition(|finding| finding.status == FindingStatus::NotRequired);

        let organisation = clean.line(&memo.organisation);
        let title = clean.line(&memo.contract.title);
        let reference = clean.line(&memo.contract.reference);
        let document_hash = hash(&memo.document.sha256);
        let mut view = View {
            organisation_short: shortened(&organisation, 40),
            organisation,
            running_title: format!("{} · {}", shortened(&reference, 30), shortened(&title, 60)),
            subject: format!("Contract review memo, {reference}"),
            privileged: memo.privileged,
            printed: instant("the printing", &memo.printed_at)?,
            printed_by: clean.line(&memo.printed_by),
            contract: contract_facts(memo, clean)?,
            reviewed: review_facts(memo, clean)?,
            summary: summary(memo, clean),
            to_decide: open.iter().map(|finding| topic(finding, clean)).collect::<Result<_, _>>()?,
            conforming: conforming.iter().map(|finding| topic(finding, clean)).collect::<Result<_, _>>()?,
            not_required: not_required.iter().map(|finding| clean.line(&finding.topic)).collect(),
            obligations: memo.obligations.iter().map(|obligation| duty(obligation, clean)).collect(),
            sign_offs: memo.sign_offs.iter().map(|sign_off| signature(sign_off, clean)).collect::<Result<_, _>>()?,
            document_hash_short: document_hash.chars().take(12).collect(),
            document_hash,
            review_label: format!("Review {}", memo.review.number),
            ledger_seq: grouped(memo.ledger.head_seq),
            ledger_hash: hash(&memo.ledger.head_hash),
            replaced_note: None,
            title,
        };
        view.replaced_note = replaced_note(cleaner.replaced);
        Ok(view)
    }
}

/// A sentence on characters that a paper could not show, where there were any.
pub(crate) fn replaced_note(replaced: usize) -> Option<String> {
    match replaced {
        0 => None,
        1 => Some(
            "1 character of a script that this paper's faces do not hold stands as □; the record itself is unchanged."
                .to_owned(),
        ),
        n => Some(format!(
            "{n} characters of scripts that this paper's faces do not hold stand as □; the record itself is unchanged."
        )),
    }
}

fn contract_facts(memo: &Memo, clean: &mut Cleaner<'_>) -> Result<Vec<Fact>, ReportError> {
    let contract = &memo.contract;
    let data =
        if contract.data_classes.is_empty() { "none named".to_owned() } else { contract.data_classes.join(", ") };
    let mut facts = vec![
        Fact { label: "Reference", value: clean.line(&contract.reference) },
        Fact { label: "Counterparty", value: clean.line(&contract.counterparty) },
        Fact { label: "Kind", value: clean.line(&contract.kind) },
        Fact { label: "Our role", value: clean.line(&contract.our_role) },
        Fact { label: "Paper", value: clean.line(&contract.paper) },
        Fact { label: "Data", value: clean.line(&data) },
    ];
    for (label, field, date) in [
        ("Initiated", "the start of the negotiation", &contract.initiated),
        ("Effective", "the effective date", &contract.effective),
        ("Expires", "the expiry", &contract.expiry),
        ("Notice by", "the last day for notice", &contract.notice),
    ] {
        if let Some(date) = date {
            facts.push(Fact { label, value: day(field, date)? });
        }
    }
    facts.push(Fact { label: "Registered by", value: clean.line(&contract.registered_by) });
    Ok(facts)
}

fn review_facts(memo: &Memo, clean: &mut Cleaner<'_>) -> Result<Vec<Fact>, ReportError> {
    let (document, review) = (&memo.document, &memo.review);
    let version = match document.pages {
        Some(pages) => format!("{} ({})", document.version, counted(pages as usize, "page", "pages")),
        None => document.version.to_string(),
    };
    let mut facts = vec![
        Fact { label: "Document", value: clean.line(&document.file_name) },
        Fact { label: "Version", value: version },
        Fact { label: "Review", value: format!("no. {}", review.number) },
        Fact { label: "Reviewed", value: instant("the review", &review.reviewed_at)?.words },
        Fact {
            label: "Playbook",
            value: format!("{}, version {}", clean.line(&review.playbook_name), review.playbook_version),
        },
        Fact { label: "Engine", value: clean.line(&review.engine_version) },
    ];
    if !document.remarks.is_empty() {
        facts.push(Fact { label: "Reading", value: clean.line(&document.remarks.join(" ")) });
    }
    Ok(facts)
}

/// The paragraph for whoever reads nothing else.
fn summary(memo: &Memo, clean: &mut Cleaner<'_>) -> Vec<String> {
    let count = |status: FindingStatus| memo.findings.iter().filter(|finding| finding.status == status).count();
    let open = memo.findings.iter().filter(|finding| finding.status.decision_rank().is_some()).count();
    let counterparty = clean.line(&memo.contract.counterparty);
    let mut sentences = Vec::new();
    if memo.findings.is_empty() {
        sentences.push("The review has no topics: the playbook requires none of this contract.".to_owned());
    } else {
        let parts: Vec<String> = [FindingStatus::Unacceptable, FindingStatus::Missing, FindingStatus::Weaker]
            .into_iter()
            .filter(|&status| count(status) > 0)
            .map(|status| format!("{} {}", number(count(status)), status.word()))
            .collect();
        let topics = counted(memo.findings.len(), "topic", "topics");
        sentences.push(match (open, parts.is_empty()) {
            (0, _) | (_, true) => {
                format!("Of {topics} reviewed in the agreement with {counterparty}, none needs a decision.")
            }
            (1, _) => format!(
                "Of {topics} reviewed in the agreement with {counterparty}, one needs a decision: it is {}.",
                parts[0].trim_start_matches("one ")
            ),
            _ => format!(
                "Of {topics} reviewed in the agreement with {counterparty}, {} need a decision: {}.",
                number(open),
                listed(&parts)
            ),
        });
        let rest: Vec<String> = [
            (FindingStatus::Fallback, "at a fallback", "at a fallback"),
            (FindingStatus::Preferred, "at the preferred position", "at the preferred position"),
            (FindingStatus::NotRequired, "not required here", "not required here"),
        ]
        .into_iter()
        .filter(|&(status, ..)| count(status) > 0)
        .map(|(status, one, many)| match count(status) {
            1 => format!("one is {one}"),
            n => format!("{} are {many}", number(n)),
        })
        .collect();
        if !rest.is_empty() {
            sentences.push(format!("{}.", capitalised(&listed(&rest))));
        }
    }
    match memo.findings.iter().filter(|finding| finding.overridden.is_some()).count() {
        0 => {}
        1 => sentences.push("A reviewer overrode the engine on one topic, with the reason stated.".to_owned()),
        n => sentences.push(format!("Reviewers overrode the engine on {} topics, with the reasons stated.", number(n))),
    }
    let valid: Vec<String> = memo
        .sign_offs
        .iter()
        .filter(|sign_off| sign_off.voided.is_none())
        .map(|sign_off| format!("{} ({})", clean.line(&sign_off.side), clean.line(&sign_off.decision)))
        .collect();
    sentences.push(if valid.is_empty() {
        "No side's sign-off stands at the time of printing.".to_owned()
    } else {
        format!("Sign-offs that stand: {}.", listed(&valid))
    });
    sentences
}

fn topic(finding: &Finding, clean: &mut Cleaner<'_>) -> Result<Topic, ReportError> {
    let (passage, cut) = clean.passage(finding.passage.as_deref().unwrap_or_default());
    let (suggestion, suggestion_cut) = clean.passage(finding.suggestion.as_deref().unwrap_or_default());
    let said = [&finding.topic, &finding.reason]
        .into_iter()
        .chain(&finding.location)
        .chain(&finding.approvers)
        .chain(finding.overridden.iter().flat_map(|change| [&change.by, &change.reason]));
    let short = fits_in_a_row(said);
    let overridden = finding.overridden.as_ref().map(|change| {
        format!(
            "The engine said “{}”; {} overrode it: {}",
            finding.engine_status.word(),
            clean.line(&change.by),
            clean.line(&change.reason)
        )
    });
    Ok(Topic {
        short,
        topic: clean.line(&finding.topic),
        group: clean.line(&finding.group),
        status: finding.status,
        status_word: finding.status.word(),
        location: finding.location.as_deref().map(|location| clean.line(location)),
        reason: clean.paragraphs(&finding.reason),
        overridden,
        passage,
        passage_note: cut_note(cut, "the document holds the whole passage"),
        suggestion,
        suggestion_note: cut_note(suggestion_cut, "the playbook holds the whole wording"),
        approvers: (!finding.approvers.is_empty()).then(|| clean.line(&finding.approvers.join(", "))),
        standing: standing(finding, clean),
        decisions: finding.decisions.iter().map(|decision| decided(decision, clean)).collect::<Result<_, _>>()?,
    })
}

/// Per approving side its newest decision, or "open".
fn standing(finding: &Finding, clean: &mut Cleaner<'_>) -> Vec<String> {
    let mut sides: Vec<&str> = finding.approvers.iter().map(String::as_str).collect();
    for decision in &finding.decisions {
        if !sides.contains(&decision.side.as_str()) {
            sides.push(&decision.side);
        }
    }
    sides
        .into_iter()
        .map(|side| {
            let newest =
                finding.decisions.iter().filter(|decision| decision.side == side).max_by_key(|decision| &decision.at);
            let word = newest.map_or("open", |decision| decision.decision.as_str());
            format!("{}: {}", clean.line(side), clean.line(word))
        })
        .collect()
}

fn decided(decision: &Decision, clean: &mut Cleaner<'_>) -> Result<String, ReportError> {
    let at = instant("a decision", &decision.at)?.words;
    let mut sentence = format!(
        "{}: {} by {}, {at}",
        clean.line(&decision.side),
        clean.line(&decision.decision),
        person(&decision.by, decision.on_behalf_of.as_deref(), clean)
    );
    if let Some(condition) = &decision.condition {
        sentence.push_str(". Condition: ");
        sentence.push_str(&clean.line(condition));
    }
    Ok(sentence)
}

fn signature(sign_off: &SignOff, clean: &mut Cleaner<'_>) -> Result<Signature, ReportError> {
    let said =
        [&sign_off.person].into_iter().chain(&sign_off.on_behalf_of).chain(&sign_off.condition).chain(&sign_off.voided);
    Ok(Signature {
        short: fits_in_a_row(said),
        side: clean.line(&sign_off.side),
        decision: clean.line(&sign_off.decision),
        person: person(&sign_off.person, sign_off.on_behalf_of.as_deref(), clean),
        at: instant("a sign-off", &sign_off.at)?.words,
        condition: sign_off.condition.as_deref().map(|condition| clean.line(condition)),
        voided: sign_off.voided.as_deref().map(|reason| clean.line(reason)),
    })
}

fn duty(obligation: &crate::Obligation, clean: &mut Cleaner<'_>) -> Duty {
    let (passage, cut) = clean.passage(obligation.passage.as_deref().unwrap_or_default());
    let said = [&obligation.debtor, &obligation.creditor, &obligation.duty];
    Duty {
        short: fits_in_a_row(said.into_iter().chain(&obligation.deadline).chain(&obligation.passage)),
        debtor: clean.line(&obligation.debtor),
        creditor: clean.line(&obligation.creditor),
        duty: clean.line(&obligation.duty),
        deadline: clean.line(obligation.deadline.as_deref().unwrap_or_default()),
        passage,
        passage_note: cut_note(cut, "the document holds the whole passage"),
    }
}

fn person(name: &str, on_behalf_of: Option<&str>, clean: &mut Cleaner<'_>) -> String {
    let name = clean.line(name);
    match on_behalf_of {
        Some(absent) => format!("{name} on behalf of {}", clean.line(absent)),
        None => name,
    }
}

/// Whether a table row of these texts is certain to fit on one page, so that it need not be torn in two.
fn fits_in_a_row<'a>(texts: impl Iterator<Item = &'a String>) -> bool {
    texts.map(|text| text.chars().count()).sum::<usize>() < 700
}

fn cut_note(left_out: usize, whole: &str) -> Option<String> {
    (left_out > 0).then(|| format!("{} more characters; {whole}.", grouped(left_out as u64)))
}

/// A civil date in words: "21 November 2026".
fn day(field: &'static str, text: &str) -> Result<String, ReportError> {
    let date: civil::Date = text.parse().map_err(|_| ReportError::NotADate { field, value: text.to_owned() })?;
    Ok(date.strftime("%-d %B %Y").to_string())
}

pub(crate) fn instant(field: &'static str, text: &str) -> Result<Instant, ReportError> {
    let at: Timestamp = text.parse().map_err(|_| ReportError::NotAnInstant { field, value: text.to_owned() })?;
    let at = at.to_zoned(TimeZone::UTC);
    Ok(Instant {
        words: at.strftime("%-d %B %Y, %H:%M UTC").to_string(),
        year: at.year(),
        month: at.month(),
        day: at.day(),
        hour: at.hour(),
        minute: at.minute(),
        second: at.second(),
    })
}

/// A hash as it must be typed again: nothing inserted, nothing that is not ink.
pub(crate) fn hash(text: &str) -> String {
    text.chars().filter(char::is_ascii_alphanumeric).take(64).collect()
}

fn counted(n: usize, one: &str, many: &str) -> String {
    if n == 1 { format!("{} {one}", number(n)) } else { format!("{} {many}", number(n)) }
}

/// Small numbers in words, as running text has them.
fn number(n: usize) -> String {
    const WORDS: [&str; 13] =
        ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"];
    WORDS.get(n).map_or_else(|| grouped(n as u64), |word| (*word).to_owned())
}

/// Digits in groups of three.
pub(crate) fn grouped(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

fn listed(parts: &[String]) -> String {
    match parts {
        [] => String::new(),
        [only] => only.clone(),
        [head @ .., last] => format!("{} and {last}", head.join(", ")),
    }
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

pub(crate) fn shortened(text: &str, limit: usize) -> String {
    if text.chars().count() <= limit {
        return text.to_owned();
    }
    let head: String = text.chars().take(limit).collect();
    format!("{}…", head.trim_end())
}
