//! What stands on the page, gathered from the areas below.

use contracts::{ListFilter, Row, Sort, Status, contract};
use db::Cx;
use kernel::{Date, Refusal, Side};

/// Rows of each card.
const SHOWN: usize = 8;
/// Days that "due" looks ahead.
const AHEAD: i64 = 90;
/// Beyond this a count is not made exact.
const CAP: i64 = 100;

/// A contract that waits for a decision of mine.
pub struct Waiting {
    pub row: Row,
    /// The sides that wait and that I can sign for.
    pub sides: Vec<Side>,
}

/// A date that comes up.
pub struct Due {
    pub row: Row,
    pub what: String,
    pub on: Date,
    pub days: i64,
    /// "9 days"
    pub in_days: String,
}

impl Due {
    pub fn tone(&self) -> &'static str {
        match self.days {
            ..=14 => "bad",
            15..=45 => "warn",
            _ => "quiet",
        }
    }
}

/// An incident that is being handled, or waits to be.
pub struct Happening {
    pub href: String,
    pub number: i64,
    pub title: String,
    /// "Reported, nobody has judged it" or the rule that runs out first.
    pub says: String,
    pub left: String,
    pub tone: &'static str,
}

/// A change, from the ledger.
pub struct Changed {
    pub seq: i64,
    pub who: String,
    pub side: Option<String>,
    pub summary: String,
    pub href: Option<String>,
    pub at: String,
    pub when: String,
    pub icon: &'static str,
    pub tone: &'static str,
}

pub struct Today {
    pub date: String,
    pub signs: bool,
    pub registers: bool,
    pub sees_contracts: bool,
    pub waiting: Vec<Waiting>,
    pub waiting_count: String,
    /// Incidents with their tightest clock, the most urgent first.
    pub incidents: Vec<Happening>,
    pub due: Vec<Due>,
    pub due_count: String,
    pub mine: Vec<Row>,
    pub blocked_count: String,
    pub active_count: String,
    pub changed: Vec<Changed>,
    /// There is nothing in the workspace that this person could see yet.
    pub empty: bool,
}

fn counted(count: i64) -> String {
    if count >= CAP { format!("{CAP}+") } else { count.to_string() }
}

/// Gathers it. A handful of indexed questions, each with its limit.
pub async fn today(cx: &mut Cx) -> Result<Today, Refusal> {
    let now = cx.today();
    let sides: Vec<Side> = Side::SIGNING.into_iter().filter(|side| cx.actor.signs_for(*side)).collect();
    let mut waiting: Vec<Waiting> = Vec::new();
    let mut waiting_count = 0;
    for side in &sides {
        let filter = ListFilter { waits_for: Some(*side), limit: SHOWN, ..ListFilter::default() };
        waiting_count += contract::count_up_to(cx, &filter, CAP).await?;
        for row in contract::list(cx, &filter).await?.items {
            match waiting.iter_mut().find(|waiting| waiting.row.id == row.id) {
                Some(there) => there.sides.push(*side),
                None => waiting.push(Waiting { row, sides: vec![*side] }),
            }
        }
    }
    waiting.sort_by_key(|waiting| std::cmp::Reverse(waiting.row.updated_at));
    waiting.truncate(SHOWN);

    let coming =
        ListFilter { due_from: Some(now), due_by: Some(now.plus_days(AHEAD)), limit: SHOWN, ..ListFilter::default() };
    let due_count = contract::count_up_to(cx, &coming, CAP).await?;
    let mut due = Vec::new();
    for sort in [Sort::Notice, Sort::Expiry] {
        for row in contract::list(cx, &ListFilter { sort, ..coming.clone() }).await?.items {
            due.extend(date_of(&row, sort, now));
        }
    }
    due.sort_by_key(|due| due.on);
    due.truncate(SHOWN);

    let mine = ListFilter { registered_by: Some(cx.actor.person), limit: SHOWN, ..ListFilter::default() };
    let mine: Vec<Row> = contract::list(cx, &mine)
        .await?
        .items
        .into_iter()
        .filter(|row| !matches!(row.status, Status::Ended | Status::Withdrawn))
        .collect();
    let in_review = ListFilter { status: Some(Status::InReview), with_deviations: true, ..ListFilter::default() };
    let active = ListFilter { status: Some(Status::Active), ..ListFilter::default() };
    let newest = contract::list(cx, &ListFilter { limit: 1, ..ListFilter::default() }).await?.items;
    let changed = changed(cx).await?;
    let now_exactly = cx.now;
    let incidents: Vec<Happening> = incidents::running(cx, SHOWN as i64)
        .await?
        .into_iter()
        .map(|incident| happening(incident, now_exactly))
        .collect();
    Ok(Today {
        date: now.0.strftime("%A, %-d %B %Y").to_string(),
        signs: !sides.is_empty(),
        registers: cx
            .allows(kernel::Permission::new("registerContract", "Contracts"), &kernel::Resource::all("Contracts")),
        sees_contracts: !newest.is_empty(),
        waiting_count: counted(waiting_count),
        waiting,
        due,
        due_count: counted(due_count),
        mine,
        blocked_count: counted(contract::count_up_to(cx, &in_review, CAP).await?),
        active_count: counted(contract::count_up_to(cx, &active, CAP).await?),
        empty: newest.is_empty() && incidents.is_empty(),
        incidents,
        changed,
    })
}

fn happening(incident: incidents::Incident, now: kernel::Instant) -> Happening {
    let seconds = incident.next_due.map(|due| due.seconds_since(now));
    Happening {
        href: format!("/incidents/{}", incident.id),
        number: incident.number,
        title: incident.title,
        says: match (seconds, incident.state) {
            (Some(_), _) => incidents::rule_words(&incident.next_rule),
            (None, incidents::State::Reported) => "reported; nobody has opened it yet".to_owned(),
            _ => "no clock runs yet".to_owned(),
        },
        left: seconds.map(incidents::left).unwrap_or_default(),
        tone: match seconds {
            Some(..86_400) => "bad",
            Some(86_400..259_200) => "warn",
            Some(_) => "info",
            None => "quiet",
        },
    }
}

/// The date by which a list was sorted, when it is still to come.
fn date_of(row: &Row, sort: Sort, now: Date) -> Option<Due> {
    let (on, what) = match sort {
        Sort::Notice => {
            (row.notice_by?, if row.auto_renews { "Last day for notice, or it renews" } else { "Last day for notice" })
        }
        _ => (row.expires_on?, if row.auto_renews { "Renews" } else { "Expires" }),
    };
    let days = on.days_since(now);
    (0..=AHEAD).contains(&days).then(|| Due {
        row: row.clone(),
        what: format!("{what} on {}", on.long()),
        on,
        days,
        in_days: in_days(days),
    })
}

fn in_days(days: i64) -> String {
    match days {
        0 => "today".to_owned(),
        1 => "tomorrow".to_owned(),
        days => format!("{days} days"),
    }
}

/// The newest entries of the ledger, for those who may read it.
async fn changed(cx: &mut Cx) -> Result<Vec<Changed>, Refusal> {
    let filter = trail::Filter { subject_kind: Some("contract".to_owned()), ..trail::Filter::default() };
    let lines = match trail::list(cx, &filter, SHOWN).await {
        Ok(lines) => lines.items,
        Err(refusal) if refusal.kind == kernel::RefusalKind::Forbidden => return Ok(Vec::new()),
        Err(refusal) => return Err(refusal),
    };
    let now = cx.now;
    let changed = lines.into_iter().map(|line| {
        let (icon, tone) = look(&line.action);
        Changed {
            seq: line.seq,
            href: (line.subject_kind == "contract").then(|| format!("/contracts/{}", line.subject_id)),
            who: line.actor_name,
            side: line.side.and_then(|side| side.parse::<Side>().ok()).map(|side| side.label().to_owned()),
            summary: line.summary,
            at: line.at.to_string(),
            when: ago(now.seconds_since(line.at)),
            icon,
            tone,
        }
    });
    Ok(changed.collect())
}

fn look(action: &str) -> (&'static str, &'static str) {
    match action {
        "contract.signed" => ("writing-sign", "good"),
        "contract.signoffs_voided" | "contract.signoff_voided" => ("file-diff", "warn"),
        "contract.version_added" | "contract.reviewed" => ("file-text", "info"),
        "contract.commented" => ("message", "info"),
        "contract.moved" => ("circle-check", "good"),
        _ => ("pencil", "quiet"),
    }
}

fn ago(seconds: i64) -> String {
    match seconds {
        ..60 => "just now".to_owned(),
        60..7200 => format!("{} minutes ago", seconds / 60),
        7200..172_800 => format!("{} hours ago", seconds / 3600),
        _ => format!("{} days ago", seconds / 86_400),
    }
}
