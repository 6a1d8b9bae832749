//! The situation on one page, for people who were called into a room a minute ago.

use clocks::Status;
use db::Cx;
use kernel::Refusal;
use reports::{Block, Situation};

use super::{actions, costs, decisions, evidence, holds, report::due, told};
use crate::{
    IncidentId, View,
    incidents::now_of,
    pages::words::when,
    rules::{self, left, money},
    view,
};

/// The situation as data. `reports::situation` prints it.
///
/// # Errors
/// When the person may not read the incident.
pub async fn situation(cx: &mut Cx, id: IncidentId, organisation: &str) -> Result<Situation, Refusal> {
    let view = view(cx, id).await?;
    let now = now_of(cx, &view.incident);
    let decisions = decisions(cx, id).await?;
    let told = told(cx, id).await?;
    let numbers = numbers(cx, id, &view).await?;
    let untaken =
        view.board.running.iter().filter(|duty| !view.takers.iter().any(|taker| taker.rule == duty.rule)).count();
    let clocks = view.board.running.iter().map(|duty| {
        let seconds = duty.due.map_or(0, |due| due.as_second() - now.timestamp().as_second());
        let taker = view.takers.iter().find(|taker| taker.rule == duty.rule);
        let who = taker.map_or_else(|| "nobody yet".to_owned(), |taker| taker.person_name.clone());
        vec![left(seconds), due(duty), format!("{}: {}", duty.to, duty.title), who]
    });
    let known = view
        .facts
        .iter()
        .filter(|fact| !fact.superseded && !fact.value.is_null() && !fact.path.starts_with("events.submitted."))
        .map(|fact| vec![rules::label(&fact.path), rules::said(&fact.value)]);
    let asked = (untaken > 0)
        .then(|| vec![format!("Somebody for each clock: {untaken} without anybody who sees to it")])
        .into_iter()
        .chain(view.board.asked_for().into_iter().map(|(path, clocks)| {
            let hang = if clocks == 1 { "1 clock hangs".to_owned() } else { format!("{clocks} clocks hang") };
            vec![format!("{} ({hang} on it)", rules::label(&path))]
        }));
    let decided = decisions
        .iter()
        .filter(|decision| decision.revoked_by.is_none())
        .map(|decision| vec![when(cx, decision.decided_at), decision.what.clone(), decision.decided_by_name.clone()]);
    let told = told.iter().map(|entry| vec![when(cx, entry.told_at), entry.who.clone()]);
    let incident = &view.incident;
    Ok(Situation {
        organisation: organisation.to_owned(),
        reference: format!("Incident {}", incident.number),
        title: format!("Incident {}: {}", incident.number, incident.title),
        exercise: incident.is_exercise,
        facts: vec![
            ("State".to_owned(), incident.state.label().to_owned()),
            ("As of".to_owned(), when(cx, now)),
            ("Reported".to_owned(), when(cx, incident.reported_at)),
            ("Times are in".to_owned(), clocks::moment::zone_name(&cx.world().zone())),
        ],
        blocks: vec![
            block(
                "Clocks, the tightest first",
                false,
                &[0.9, 2.0, 3.2, 1.2],
                clocks.collect(),
                10,
                "No dated clock runs.",
                ["clock", "clocks"],
            ),
            block(
                "What is known",
                true,
                &[1.0, 1.2],
                known.collect(),
                10,
                "No fact was entered yet.",
                ["fact", "facts"],
            ),
            block("Numbers", true, &[1.4, 1.0], numbers, 10, "None yet.", ["number", "numbers"]),
            block(
                "Decisions, the latest first",
                false,
                &[1.1, 4.0, 1.2],
                decided.collect(),
                6,
                "No decision was entered.",
                ["decision", "decisions"],
            ),
            block(
                "Who was told, the latest first",
                true,
                &[1.0, 1.4],
                told.collect(),
                8,
                "Nobody was noted as told.",
                ["entry", "entries"],
            ),
            block(
                "What is asked of the room",
                true,
                &[1.0],
                asked.collect(),
                6,
                "Nothing that a clock hangs on.",
                ["question", "questions"],
            ),
        ],
        printed_by: cx.actor.name.clone(),
        printed_at: cx.now.to_string(),
    })
}

fn block(
    title: &str,
    half: bool,
    widths: &[f64],
    rows: Vec<Vec<String>>,
    at_most: usize,
    empty: &str,
    counted: [&str; 2],
) -> Block {
    let [one, many] = counted.map(str::to_owned);
    Block {
        title: title.to_owned(),
        half,
        widths: widths.to_vec(),
        rows,
        at_most,
        empty: empty.to_owned(),
        counted: (one, many),
    }
}

async fn numbers(cx: &mut Cx, id: IncidentId, view: &View) -> Result<Vec<Vec<String>>, Refusal> {
    let board = &view.board;
    let overdue = board.running.iter().filter(|duty| duty.status == Status::Late).count();
    let open = actions(cx, id).await?.iter().filter(|action| action.done_at.is_none()).count();
    let waiting: usize = holds(cx, id)
        .await?
        .iter()
        .filter(|hold| hold.hold.released_at.is_none())
        .map(|hold| hold.custodians.len() - hold.acknowledged())
        .sum();
    let mut out = vec![
        ("Clocks that run".to_owned(), board.running.len().to_string()),
        ("of them overdue".to_owned(), overdue.to_string()),
        ("Duties without a number".to_owned(), board.without_delay.len().to_string()),
        ("Done".to_owned(), board.done.len().to_string()),
        ("Pieces of evidence".to_owned(), evidence(cx, id).await?.len().to_string()),
        ("Actions open".to_owned(), open.to_string()),
        ("Holds not acknowledged".to_owned(), waiting.to_string()),
    ];
    let sums = costs(cx, id).await?.1;
    out.extend(sums.iter().map(|sum| ("Costs so far".to_owned(), money::said(sum.total(), &sum.currency))));
    Ok(out.into_iter().map(|(label, value)| vec![label, value]).collect())
}
