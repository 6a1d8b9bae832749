//! A contract's record: what it is, where it stands, its documents, its wall and its way through life.

use askama::Template;
use axum::extract::State;
use jiff::tz::TimeZone;
use kernel::{Date, PersonId, Refusal, Side};
use serde::Deserialize;
use ui::{FormState, Mark, PageCx, PageForm, PagePath, PageResult, Shell, redirect_with_flash};

use super::{May, difference, stated_view::StatedPanel, upload, words};
use crate::{
    Comment, Contract, ContractId, Contracts, Finding, ObligationRow, RowState, Signoff, Standing, Status, Version,
    comments, contract, lifecycle, obligations, review, rules, stated, versions,
};

/// Obligations that the record shows before it refers to their list.
const SOME_OBLIGATIONS: usize = 10;

/// The form of the page that was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Upload,
    Wall,
    End,
    Withdraw,
    Comment,
    Stated,
    /// None that a field could mend.
    Page,
}

/// One line of what must be there before the contract comes into force.
struct Step {
    done: bool,
    label: String,
    note: String,
}

struct SideLine {
    side: &'static str,
    mark: Mark,
    who: String,
    when: String,
    condition: String,
    condition_open: bool,
    note: String,
}

struct VersionLine {
    number: i64,
    current: bool,
    name: String,
    href: String,
    facts: String,
    by: String,
    at: String,
    note: String,
    sha256: String,
    problem: String,
    hint: String,
    /// What text recognition may have misread.
    recognition: String,
    tracked: Option<upload::OtherReading>,
    /// The earlier versions that it can be compared with, the nearest first: number and address.
    compare: Vec<(i64, String)>,
}

struct CommentLine {
    id: String,
    author: String,
    at: String,
    body: String,
    on: String,
    resolved: String,
}

struct Duty {
    href: String,
    who: String,
    duty: String,
    deadline: String,
}

struct Choice {
    id: String,
    name: String,
    sides: String,
    named: bool,
}

#[derive(Template)]
#[template(path = "contracts_record.html")]
struct RecordPage {
    shell: Shell,
    base: String,
    id: ContractId,
    c: Contract,
    may: May,
    mark: Mark,
    today: Date,
    facts: Vec<(&'static str, String)>,
    dates: Vec<(&'static str, String)>,
    notice: Option<(String, String, &'static str)>,
    tally: Vec<(String, &'static str, &'static str)>,
    steps: Vec<Step>,
    missing: usize,
    sides: Vec<SideLine>,
    voided: usize,
    /// Whose sign-offs a new version voids: side and person.
    to_void: Vec<String>,
    versions: Vec<VersionLine>,
    comments: Vec<CommentLine>,
    clause_comments: usize,
    panel: Option<StatedPanel>,
    duties: Vec<Duty>,
    more_duties: bool,
    people: Vec<Choice>,
    wall: String,
    registered: String,
    accept: &'static str,
    limit: String,
    refused: Place,
    form: FormState,
    blank: FormState,
}

impl RecordPage {
    fn upload(&self) -> &FormState {
        self.of(Place::Upload)
    }

    fn of(&self, place: Place) -> &FormState {
        if self.refused == place { &self.form } else { &self.blank }
    }

    fn end(&self) -> &FormState {
        self.of(Place::End)
    }

    fn withdraw(&self) -> &FormState {
        self.of(Place::Withdraw)
    }

    fn comment(&self) -> &FormState {
        self.of(Place::Comment)
    }

    fn taking(&self) -> &FormState {
        self.of(Place::Stated)
    }

    fn general(&self) -> &FormState {
        if matches!(self.refused, Place::Page | Place::Wall) { &self.form } else { &self.blank }
    }

    fn can_upload(&self) -> bool {
        self.may.edit && self.c.status.is_open()
    }

    fn can_activate(&self) -> bool {
        self.may.activate && self.c.status == Status::Countersigned && self.missing == 0
    }

    fn can_end(&self) -> bool {
        self.may.edit && self.c.status == Status::Active
    }

    fn can_withdraw(&self) -> bool {
        self.may.edit
            && matches!(self.c.status, Status::Draft | Status::InReview | Status::Rejected | Status::Countersigned)
    }

    fn can_reopen(&self) -> bool {
        self.may.edit && self.c.status == Status::Withdrawn
    }

    fn has_review(&self) -> bool {
        self.may.read_text && self.c.review.is_some()
    }

    fn to_decide(&self) -> bool {
        matches!(self.c.status, Status::InReview | Status::Rejected)
    }

    fn before_force(&self) -> bool {
        !matches!(self.c.status, Status::Active | Status::Ended | Status::Withdrawn)
    }
}

fn facts(c: &Contract) -> Vec<(&'static str, String)> {
    let f = &c.facts;
    let mut rows = vec![
        ("Counterparty", f.counterparty.clone()),
        ("Our company", f.us.clone()),
        ("Direction", f.direction.label().to_owned()),
        ("Kind", rules::kind_label(&f.kind).to_owned()),
        ("Our role", rules::role_label(&f.our_role).to_owned()),
        ("Paper", f.paper.label().to_owned()),
        ("Data", f.data_classes.iter().map(|class| rules::data_label(class)).collect::<Vec<_>>().join(", ")),
    ];
    if let Some(law) = &f.governing_law {
        rows.push(("Governing law", law.clone()));
    }
    if !f.other_parties.is_empty() {
        rows.insert(1, ("Further parties", f.other_parties.join(", ")));
    }
    rows
}

fn dates(c: &Contract, today: Date) -> Vec<(&'static str, String)> {
    let f = &c.facts;
    let mut rows = vec![("Initiated", f.initiated_on.long())];
    rows.push(("Effective", f.effective_on.map_or_else(|| "not entered".to_owned(), Date::long)));
    rows.push((
        "Expiry",
        f.expires_on.map_or_else(
            || "not entered".to_owned(),
            |day| format!("{}, {}", day.long(), words::days_from(today, day)),
        ),
    ));
    if f.auto_renews {
        let span = f
            .renewal_months
            .map_or_else(String::new, |months| format!(" for {}", words::count(months, "month", "months")));
        rows.push(("Renewal", format!("by itself{span}")));
    }
    if let Some(days) = f.notice_days {
        rows.push(("Notice", words::count(days, "calendar day", "calendar days")));
    }
    if let Some(ended) = c.ended_on {
        rows.push((if c.status == Status::Withdrawn { "Withdrawn" } else { "Ended" }, ended.long()));
    }
    rows
}

/// The rows of the matrix by what they say, as (words, icon, tone).
fn tally(findings: &[Finding]) -> Vec<(String, &'static str, &'static str)> {
    use clauses::Status::{Fallback, Missing, Preferred, Unacceptable, Weaker};
    [Unacceptable, Missing, Weaker, Fallback, Preferred]
        .into_iter()
        .filter_map(|position| {
            let count = findings.iter().filter(|finding| finding.status == position).count();
            let mark = words::position_mark(position);
            (count > 0).then(|| (format!("{count} {}", mark.word.to_lowercase()), mark.icon, mark.tone.as_str()))
        })
        .collect()
}

/// What must be there before the contract comes into force, each with how far it is. Tells what the rules say; it decides
/// nothing.
fn steps(c: &Contract, findings: &[Finding], standing: Option<&Standing>) -> Vec<Step> {
    let step = |done: bool, label: String, note: String| Step { done, label, note };
    let read = c.review.is_some();
    let mut steps = vec![step(
        read,
        "A document that was read and compared".to_owned(),
        if read { format!("version {}", c.version) } else { String::new() },
    )];
    let deviations: Vec<&Finding> = findings.iter().filter(|finding| finding.is_deviation()).collect();
    let open = deviations.iter().filter(|finding| finding.state == RowState::Open).count();
    let note = if !read || deviations.is_empty() {
        String::new()
    } else {
        format!("{} of {}", deviations.len() - open, deviations.len())
    };
    steps.push(step(read && open == 0, "Each deviation confirmed or overridden by a reviewer".to_owned(), note));
    for side in Side::SIGNING {
        let stands = standing.and_then(|standing| standing.sides.iter().find(|stands| stands.side == side));
        let (done, note) = match stands {
            None => (false, String::new()),
            Some(stands) if stands.whole == Some(rules::Decision::Reject) => (false, "rejected".to_owned()),
            Some(stands) if stands.rejected > 0 => {
                (false, format!("rejected {}", words::count(words::number(stands.rejected), "deviation", "deviations")))
            }
            Some(stands) if stands.undecided > 0 => (
                false,
                format!("{} undecided", words::count(words::number(stands.undecided), "deviation", "deviations")),
            ),
            Some(stands) => (stands.whole.is_some(), String::new()),
        };
        steps.push(step(done, format!("{} approves", side.label()), note));
    }
    if let Some(standing) = standing {
        if let Some(obstacle) = standing.obstacle {
            steps.push(step(false, "Each side signed by another person".to_owned(), obstacle.to_owned()));
        }
        if standing.open_conditions > 0 {
            steps.push(step(false, "Conditions met".to_owned(), format!("{} open", standing.open_conditions)));
        }
    }
    steps.push(step(
        c.facts.effective_on.is_some(),
        "An effective date".to_owned(),
        c.facts.effective_on.map(Date::long).unwrap_or_default(),
    ));
    steps
}

fn side_lines(c: &Contract, standing: Option<&Standing>, given: &[Signoff], zone: &TimeZone) -> Vec<SideLine> {
    Side::SIGNING
        .into_iter()
        .map(|side| {
            let stands = standing.and_then(|standing| standing.sides.iter().find(|stands| stands.side == side));
            let signed = given.iter().find(|signed| {
                signed.holds() && signed.side == side && signed.topic.is_none() && Some(signed.review) == c.review
            });
            let note = stands.map_or_else(|| "nothing to sign yet".to_owned(), words::decided);
            SideLine {
                side: side.label(),
                mark: words::decision_mark(signed.map(|signed| signed.decision)),
                who: signed.map(|signed| signed.person_name.clone()).unwrap_or_default(),
                when: signed
                    .map(|signed| {
                        let behalf =
                            signed.on_behalf_of_name.as_ref().map(|name| format!(" for {name}")).unwrap_or_default();
                        format!("{}{behalf}", words::instant(signed.at, zone))
                    })
                    .unwrap_or_default(),
                condition: signed.and_then(|signed| signed.condition.clone()).unwrap_or_default(),
                condition_open: signed.is_some_and(Signoff::condition_is_open),
                note,
            }
        })
        .collect()
}

fn version_line(c: &Contract, version: &Version, may: May, zone: &TimeZone) -> VersionLine {
    let mut facts = vec![words::size(version.size)];
    facts.extend(version.format.as_deref().map(words::format_word));
    facts.extend(version.pages.map(|pages| words::count(pages, "page", "pages")));
    VersionLine {
        number: version.number,
        current: version.number == c.version,
        name: version.file_name.clone(),
        href: if may.read_text {
            format!("/contracts/{}/versions/{}/file", c.id, version.number)
        } else {
            String::new()
        },
        facts: facts.join(" · "),
        by: version.uploaded_by_name.clone(),
        at: words::instant(version.uploaded_at, zone),
        note: version.note.clone(),
        sha256: version.sha256.clone(),
        problem: version.problem.clone().unwrap_or_default(),
        hint: version.problem_hint.clone().unwrap_or_default(),
        recognition: version.how_read.recognition(version.pages).unwrap_or_default(),
        tracked: upload::OtherReading::of(
            version,
            may.edit && may.read_text && c.status.is_open() && version.number == c.version,
        ),
        compare: difference::with_earlier(c, version, may),
    }
}

/// Comments on the whole, and those on clauses of versions that are no longer the newest.
fn comment_lines(c: &Contract, all: &[Comment], versions: &[Version], zone: &TimeZone) -> (Vec<CommentLine>, usize) {
    let number = |comment: &Comment| {
        versions.iter().find(|version| version.id == comment.version).map_or(0, |version| version.number)
    };
    let on_current = |comment: &&Comment| comment.clause.is_some() && number(comment) == c.version;
    let lines = all
        .iter()
        .filter(|comment| !on_current(comment))
        .map(|comment| CommentLine {
            id: comment.id.to_string(),
            author: comment.author_name.clone(),
            at: words::instant(comment.at, zone),
            body: comment.body.clone(),
            on: match comment.clause {
                Some(_) => format!("on a clause of version {}", number(comment)),
                None if number(comment) != c.version => format!("on version {}", number(comment)),
                None => String::new(),
            },
            resolved: comment.resolved_by_name.as_ref().map(|name| format!("resolved by {name}")).unwrap_or_default(),
        })
        .collect();
    (lines, all.iter().filter(on_current).count())
}

fn duty(row: &ObligationRow) -> Duty {
    let who = match (&row.debtor, &row.creditor) {
        (Some(debtor), Some(creditor)) => format!("{debtor} → {creditor}"),
        (Some(debtor), None) => debtor.clone(),
        _ => String::new(),
    };
    Duty {
        href: format!("/contracts/{}/review#c{}", row.contract, row.clause),
        who,
        duty: row.duty.clone(),
        deadline: row.deadline.clone().unwrap_or_default(),
    }
}

/// Legal sees every contract, and a vendor's contact none; neither is to be named.
fn can_be_named(person: &people::Person) -> bool {
    !person.sides.iter().any(|side| matches!(side, Side::Legal | Side::Privacy | Side::Vendor))
}

async fn load(page: &PageCx, contracts: &Contracts, id: ContractId) -> Result<RecordPage, Refusal> {
    let mut cx = contracts.store.read(&page.actor).await?;
    let (c, findings, given, standing) = review::decisions(&mut cx, id).await?;
    let may = May::of(&cx, &c);
    let (today, zone) = (cx.today(), cx.world().zone());
    let all_versions = versions::list(&mut cx, id).await?;
    let all_comments = if may.read_text { comments::list(&mut cx, id).await? } else { Vec::new() };
    let (comments, clause_comments) = comment_lines(&c, &all_comments, &all_versions, &zone);
    let duties = if may.read_text && c.review.is_some() {
        let filter = obligations::ObligationFilter {
            contract: Some(id),
            limit: SOME_OBLIGATIONS,
            ..obligations::ObligationFilter::default()
        };
        Some(obligations::list(&mut cx, &filter).await?)
    } else {
        None
    };
    let panel = if may.read_text && c.review.is_some() {
        let said = stated::view(&mut cx, id).await?;
        Some(StatedPanel::new(&said.contract, &said.text, &said.stated, &said.proposals, &[], may))
    } else {
        None
    };
    let named: Vec<PersonId> = c.shared_with.clone();
    let names = if c.restricted { people::names(&mut cx, named.iter().copied()).await? } else { Default::default() };
    let people = if may.restrict {
        let candidates = people::people_to_choose_from(&mut cx).await?;
        let choice = |person: &people::Person| Choice {
            id: person.id.to_string(),
            name: person.name.clone(),
            sides: person.sides.iter().map(|side| side.label()).collect::<Vec<_>>().join(", "),
            named: named.contains(&person.id),
        };
        candidates.iter().filter(|person| can_be_named(person) && person.id != c.registered_by).map(choice).collect()
    } else {
        Vec::new()
    };
    let wall = if c.restricted {
        let mut who = vec!["Legal".to_owned(), c.registered_by_name.clone()];
        who.extend(names.into_values());
        format!("Only {} may know of it.", words::listed(&who))
    } else {
        "Legal, Security, Privacy, Compliance and auditors read it; IT and executives see its record without its text."
            .to_owned()
    };
    let steps = steps(&c, &findings, standing.as_ref());
    let in_force = matches!(c.status, Status::Active | Status::Countersigned);
    let notice = c.notice_by.filter(|_| c.status.is_open()).map(|day| {
        let tone = if in_force { words::urgency(today, day) } else { "quiet" };
        (day.long(), words::days_from(today, day), tone)
    });
    Ok(RecordPage {
        shell: page.shell(&c.facts.title).crumb("Contracts", "/contracts"),
        base: format!("/contracts/{id}"),
        id,
        may,
        mark: words::status_mark(c.status),
        today,
        facts: facts(&c),
        dates: dates(&c, today),
        notice,
        tally: tally(&findings),
        missing: steps.iter().filter(|step| !step.done).count(),
        steps,
        sides: side_lines(&c, standing.as_ref(), &given, &zone),
        voided: given.iter().filter(|signed| !signed.holds()).count(),
        to_void: difference::to_void(&given),
        versions: all_versions.iter().map(|version| version_line(&c, version, may, &zone)).collect(),
        comments,
        clause_comments,
        panel,
        more_duties: duties.as_ref().is_some_and(|duties| duties.next.is_some()),
        duties: duties.map(|duties| duties.items.iter().map(duty).collect()).unwrap_or_default(),
        people,
        wall,
        registered: format!("{} by {}", words::instant(c.created_at, &zone), c.registered_by_name),
        accept: upload::ACCEPT,
        limit: upload::limit_words(),
        refused: Place::Page,
        form: FormState::new(),
        blank: FormState::new(),
        c,
    })
}

/// The page once more, with what was refused beside its form.
pub(super) async fn again(
    page: &PageCx,
    contracts: &Contracts,
    id: ContractId,
    place: Place,
    form: FormState,
    refusal: Refusal,
) -> PageResult {
    let drawn = load(page, contracts, id).await?;
    page.again(refusal, |refusal| RecordPage { refused: place, form: form.refused(refusal), ..drawn })
}

pub(super) async fn show(
    page: PageCx,
    State(contracts): State<Contracts>,
    PagePath(id): PagePath<ContractId>,
) -> PageResult {
    let drawn = load(&page, &contracts, id).await?;
    page.render(&drawn)
}

#[derive(Deserialize)]
#[serde(default)]
#[derive(Default)]
pub(super) struct Wall {
    restricted: String,
    people: Vec<String>,
}

pub(super) async fn restrict(
    page: PageCx,
    State(contracts): State<Contracts>,
    PagePath(id): PagePath<ContractId>,
    PageForm(wall, form): PageForm<Wall>,
) -> PageResult {
    let restricted = !wall.restricted.is_empty();
    let people: Result<Vec<PersonId>, Refusal> = wall.people.iter().map(|person| person.parse()).collect();
    let done = match people {
        Ok(people) => {
            db::transact!(contracts.store, &page.actor, |cx| contract::restrict(cx, id, restricted, &people).await)
        }
        Err(refusal) => Err(refusal),
    };
    let said = if restricted { "The contract is restricted." } else { "The contract is open to its sides again." };
    answer(&page, &contracts, id, Place::Wall, form, done, said).await
}

/// Back to the record with what was done, or with what was wrong.
async fn answer(
    page: &PageCx,
    contracts: &Contracts,
    id: ContractId,
    place: Place,
    form: FormState,
    done: Result<Contract, Refusal>,
    said: &str,
) -> PageResult {
    match done {
        Ok(_) => Ok(redirect_with_flash(&format!("/contracts/{id}"), said)),
        Err(refusal) => again(page, contracts, id, place, form, refusal).await,
    }
}

pub(super) async fn activate(
    page: PageCx,
    State(contracts): State<Contracts>,
    PagePath(id): PagePath<ContractId>,
) -> PageResult {
    let done = db::transact!(contracts.store, &page.actor, |cx| lifecycle::activate(cx, id).await);
    answer(&page, &contracts, id, Place::Page, FormState::new(), done, "The contract is in force.").await
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Ending {
    on: String,
    reason: String,
}

pub(super) async fn end(
    page: PageCx,
    State(contracts): State<Contracts>,
    PagePath(id): PagePath<ContractId>,
    PageForm(ending, form): PageForm<Ending>,
) -> PageResult {
    let on: Result<Date, Refusal> = ending.on.parse().map_err(|refusal: Refusal| Refusal::field("on", refusal.message));
    let done = match on {
        Ok(on) => db::transact!(contracts.store, &page.actor, |cx| lifecycle::end(cx, id, on, &ending.reason).await),
        Err(refusal) => Err(refusal),
    };
    answer(&page, &contracts, id, Place::End, form, done, "The contract has ended.").await
}

pub(super) async fn withdraw(
    page: PageCx,
    State(contracts): State<Contracts>,
    PagePath(id): PagePath<ContractId>,
    PageForm(ending, form): PageForm<Ending>,
) -> PageResult {
    let done = db::transact!(contracts.store, &page.actor, |cx| lifecycle::withdraw(cx, id, &ending.reason).await);
    answer(&page, &contracts, id, Place::Withdraw, form, done, "The contract is withdrawn.").await
}

pub(super) async fn reopen(
    page: PageCx,
    State(contracts): State<Contracts>,
    PagePath(id): PagePath<ContractId>,
) -> PageResult {
    let done = db::transact!(contracts.store, &page.actor, |cx| lifecycle::reopen(cx, id).await);
    answer(&page, &contracts, id, Place::Page, FormState::new(), done, "The contract is taken up again.").await
}
