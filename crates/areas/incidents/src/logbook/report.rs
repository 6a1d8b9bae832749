//! The factual report: what is known and who says so, the clocks and what was sent, ordinary decisions, evidence, costs and
//! lessons. What counsel directs is not in here; its own report hands its sections over.

use clocks::{Duty, Status};
use db::Cx;
use kernel::Refusal;
use reports::{Column, IncidentReport, LedgerHead, Section, Table};

use super::{Decision, Evidence, actions, costs, decisions, evidence, lessons, told};
use crate::{
    IncidentId, View,
    incidents::now_of,
    pages::words::when,
    rules::{self, money},
    view,
};

/// The report as data. `reports::incident_report` prints it; a privileged one gets its sections into `privileged` first.
///
/// # Errors
/// When the person may not read the incident.
pub async fn report(cx: &mut Cx, id: IncidentId, organisation: &str) -> Result<IncidentReport, Refusal> {
    let view = view(cx, id).await?;
    let decisions = decisions(cx, id).await?;
    let told = told(cx, id).await?;
    let evidence = evidence(cx, id).await?;
    let (costs, sums) = costs(cx, id).await?;
    let lessons = lessons(cx, id).await?;
    let actions = actions(cx, id).await?;
    let told = rows(&[("When", 1.3), ("Who", 1.5), ("What", 2.2), ("By, through", 1.5)], told.iter().rev(), |entry| {
        let through = entry.channel.as_ref().map(|name| format!(", {name}")).unwrap_or_default();
        vec![when(cx, entry.told_at), entry.who.clone(), entry.what.clone(), format!("{}{through}", entry.told_by)]
    });
    let counting: Vec<_> = costs.iter().filter(|cost| cost.counts()).collect();
    let costs =
        rows(&[("Day", 1.1), ("What", 2.4), ("For", 1.3), ("Amount", 1.6)], counting.into_iter().rev(), |cost| {
            let amount = format!("{}, {}", money::said(cost.amount, &cost.currency), cost.kind.label().to_lowercase());
            vec![cost.dated.long(), cost.what.clone(), cost.category.label().to_owned(), amount]
        });
    let sums: Vec<String> = sums
        .iter()
        .map(|sum| {
            format!(
                "{} in all: {} invoiced, {} estimated.",
                money::said(sum.total(), &sum.currency),
                money::said(sum.invoiced, &sum.currency),
                money::said(sum.estimated, &sum.currency)
            )
        })
        .collect();
    let actions = rows(&[("By when", 1.1), ("What", 2.6), ("Who", 1.3), ("State", 1.6)], actions.iter(), |action| {
        let state = match action.done_at {
            Some(at) => format!("done {}: {}", when(cx, at), action.proof),
            None => "open".to_owned(),
        };
        vec![action.due.long(), action.what.clone(), action.owner_name.clone(), state]
    });
    let head = db::ledger_store::head(cx).await?;
    let incident = &view.incident;
    Ok(IncidentReport {
        organisation: organisation.to_owned(),
        kind: "Incident report, factual".to_owned(),
        reference: format!("Incident {}", incident.number),
        title: incident.title.clone(),
        exercise: incident.is_exercise,
        facts: vec![
            ("State".to_owned(), incident.state.label().to_owned()),
            ("Reported".to_owned(), format!("{} by {}", when(cx, incident.reported_at), incident.reported_by_name)),
            ("As of".to_owned(), when(cx, now_of(cx, incident))),
            ("Times are in".to_owned(), clocks::moment::zone_name(&cx.world().zone())),
        ],
        summary: std::iter::once(incident.what.clone())
            .chain((!incident.outcome.is_empty()).then(|| incident.outcome.clone()))
            .collect(),
        sections: vec![
            section("How it became known", chronology(cx, &view), "No fact was entered."),
            section("Clocks, and what was sent", clock_rows(&view), "No clock runs."),
            section("Decisions", decided(cx, &decisions), "No decision was entered."),
            section("Who was told", told, "Nobody was noted as told."),
            section("Evidence", listed(cx, &evidence), "No evidence was entered."),
            Section { words: sums, ..section("Costs", costs, "No cost was entered.") },
            Section {
                words: lessons.iter().map(|lesson| format!("{}. {}", lesson.number, lesson.lesson)).collect(),
                ..section("Lessons and actions", actions, "None was entered.")
            },
        ],
        privileged: Vec::new(),
        ledger: LedgerHead { head_seq: head.seq, head_hash: kernel::hex(&head.hash) },
        printed_by: cx.actor.name.clone(),
        printed_at: cx.now.to_string(),
    })
}

pub(super) fn section(title: &str, table: Table, empty: &str) -> Section {
    Section { title: title.to_owned(), words: Vec::new(), table: Some(table), empty: empty.to_owned() }
}

pub(super) fn rows<T>(
    columns: &[(&str, f64)],
    of: impl Iterator<Item = T>,
    row: impl FnMut(T) -> Vec<String>,
) -> Table {
    Table {
        columns: columns.iter().map(|(title, width)| Column::new(title, *width)).collect(),
        rows: of.map(row).collect(),
    }
}

fn chronology(cx: &Cx, view: &View) -> Table {
    rows(&[("Entered", 1.2), ("Fact", 1.5), ("Value", 2.0), ("Who says so", 2.0)], view.facts.iter().rev(), |fact| {
        let value = rules::said(&fact.value);
        let value = if fact.superseded { format!("{value}\n\n(corrected later)") } else { value };
        vec![
            when(cx, fact.entered_at),
            rules::label(&fact.path),
            value,
            format!("{}; entered by {}", fact.source, fact.entered_by_name),
        ]
    })
}

fn clock_rows(view: &View) -> Table {
    let board = &view.board;
    let shown = [&board.done, &board.running, &board.without_delay, &board.broken].into_iter().flatten();
    rows(&[("Due", 1.4), ("Tell whom", 1.7), ("Why", 2.2), ("State", 1.4)], shown, |duty| {
        vec![due(duty), duty.to.clone(), format!("{} ({})", duty.title, duty.limit), state(duty, view)]
    })
}

/// In the zone in which the law counts, which is named.
pub(super) fn due(duty: &Duty) -> String {
    let zone = clocks::moment::zone(&duty.zone).ok();
    match duty.due.zip(zone) {
        Some((due, zone)) => {
            format!("{} {}", due.to_zoned(zone).strftime("%-d %b %Y, %H:%M"), duty.zone)
        }
        None => "without a number".to_owned(),
    }
}

fn state(duty: &Duty, view: &View) -> String {
    let taker = view.takers.iter().find(|taker| taker.rule == duty.rule).map(|taker| taker.person_name.clone());
    match (&duty.submitted, duty.status) {
        (Some(sent), Status::Late) => format!("sent late, {sent}"),
        (Some(sent), _) => format!("sent {sent}"),
        (None, Status::Late) => "overdue".to_owned(),
        (None, Status::Contradiction) => "facts contradict".to_owned(),
        (None, Status::Malformed) => "a fact cannot be used".to_owned(),
        (None, _) => taker.map_or_else(|| "nobody sees to it yet".to_owned(), |name| format!("{name} sees to it")),
    }
}

fn decided(cx: &Cx, decisions: &[Decision]) -> Table {
    rows(
        &[("When", 1.2), ("What", 2.2), ("Why, and what else", 2.4), ("Who", 1.1)],
        decisions.iter().rev(),
        |decision| {
            let revoked = decision.revoked_by.map(|later| format!("\n\n(revoked by {later})")).unwrap_or_default();
            let revokes = decision.revokes.map(|earlier| format!(" (revokes {earlier})")).unwrap_or_default();
            let why = [decision.why.as_str(), decision.alternatives.as_str()];
            vec![
                when(cx, decision.decided_at),
                format!("{}. {}{revokes}{revoked}", decision.number, decision.what),
                why.into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join("\n\n"),
                decision.decided_by_name.clone(),
            ]
        },
    )
}

fn listed(cx: &Cx, evidence: &[Evidence]) -> Table {
    rows(
        &[("No.", 0.5), ("What, and from where", 2.3), ("With whom, where", 1.6), ("SHA-256", 2.0)],
        evidence.iter(),
        |each| {
            let ended = each.ended.map(|act| format!("{}\n\n", act.label().to_lowercase())).unwrap_or_default();
            vec![
                format!("E-{}", each.number),
                format!(
                    "{}\n\nFrom: {}\n\nEntered {} by {}",
                    each.what,
                    each.origin,
                    when(cx, each.entered_at),
                    each.entered_by_name
                ),
                format!("{ended}{}\n\n{}", each.holder, each.place),
                each.sha256.clone(),
            ]
        },
    )
}
