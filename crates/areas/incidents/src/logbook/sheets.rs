//! Evidence, costs and actions as tables. `documents::sheet` sees to it that no cell is run as a formula.

use documents::sheet::{Cell, Column, Sheet};

use super::{Cost, EvidenceView, Listed, Sum};
use crate::rules::money;

fn text(text: impl Into<String>) -> Cell {
    let text = text.into();
    if text.is_empty() { Cell::Empty } else { Cell::Text(text) }
}

fn sheet(name: &str, exercise: bool, columns: &[(&str, f64)], rows: Vec<Vec<Cell>>) -> Sheet {
    Sheet {
        name: if exercise { format!("EXERCISE {name}") } else { name.to_owned() },
        columns: columns.iter().map(|(title, width)| Column { title: (*title).to_owned(), width: *width }).collect(),
        rows,
    }
}

pub(super) fn evidence(pieces: &[EvidenceView], exercise: bool) -> Vec<Sheet> {
    let list = pieces
        .iter()
        .map(|view| {
            let each = &view.evidence;
            let state = each.ended.map_or("held", |act| act.as_str());
            vec![
                text(format!("E-{}", each.number)),
                text(&each.what),
                text(&each.origin),
                text(&each.holder),
                text(&each.place),
                text(state),
                text(&each.sha256),
                text(&each.file_name),
                if each.stored { Cell::Number(each.size as f64) } else { Cell::Empty },
                text(&each.entered_by_name),
                text(each.entered_at.to_string()),
            ]
        })
        .collect();
    let chains = pieces
        .iter()
        .flat_map(|view| {
            view.chain.iter().map(|entry| {
                vec![
                    text(format!("E-{}", view.evidence.number)),
                    Cell::Number(entry.number as f64),
                    text(entry.at.to_string()),
                    text(entry.act.label()),
                    text(&entry.from),
                    text(&entry.to),
                    text(&entry.place),
                    text(&entry.why),
                    text(&entry.entered_by_name),
                    text(entry.entered_at.to_string()),
                ]
            })
        })
        .collect();
    let list_columns = [
        ("Evidence", 10.0),
        ("What", 44.0),
        ("From where", 30.0),
        ("With whom", 22.0),
        ("Kept at", 24.0),
        ("State", 12.0),
        ("SHA-256", 66.0),
        ("File", 30.0),
        ("Bytes", 12.0),
        ("Entered by", 20.0),
        ("Entered at (UTC)", 28.0),
    ];
    let chain_columns = [
        ("Evidence", 10.0),
        ("Entry", 8.0),
        ("At (UTC)", 28.0),
        ("What happened", 18.0),
        ("From", 22.0),
        ("To", 22.0),
        ("Where", 24.0),
        ("Why", 44.0),
        ("Entered by", 20.0),
        ("Entered at (UTC)", 28.0),
    ];
    vec![sheet("Evidence", exercise, &list_columns, list), sheet("Custody", exercise, &chain_columns, chains)]
}

/// In a spreadsheet amounts are numbers, so that one can go on reckoning; in CSV they are the exact digits.
pub(super) fn costs(costs: &[Cost], sums: &[Sum], exercise: bool, exact: bool) -> Vec<Sheet> {
    let amount = |minor: i64, currency: &str| {
        let digits = money::plain(minor, currency);
        match digits.parse() {
            Ok(number) if !exact => Cell::Number(number),
            _ => text(digits),
        }
    };
    let rows = costs
        .iter()
        .map(|cost| {
            vec![
                Cell::Number(cost.number as f64),
                Cell::Date(cost.dated.to_string()),
                text(&cost.what),
                text(cost.category.label()),
                amount(cost.amount, &cost.currency),
                text(&cost.currency),
                text(cost.kind.label()),
                text(&cost.struck),
                text(&cost.entered_by_name),
                text(cost.entered_at.to_string()),
            ]
        })
        .collect();
    let totals = sums
        .iter()
        .map(|sum| {
            let part = |minor| amount(minor, &sum.currency);
            vec![text(&sum.currency), part(sum.invoiced), part(sum.estimated), part(sum.total())]
        })
        .collect();
    let columns = [
        ("Number", 8.0),
        ("Day", 12.0),
        ("What", 44.0),
        ("For", 20.0),
        ("Amount", 16.0),
        ("Currency", 10.0),
        ("Estimate or invoiced", 18.0),
        ("Struck out because", 40.0),
        ("Entered by", 20.0),
        ("Entered at (UTC)", 28.0),
    ];
    let sum_columns = [("Currency", 10.0), ("Invoiced", 16.0), ("Estimated", 16.0), ("Total", 16.0)];
    vec![sheet("Costs", exercise, &columns, rows), sheet("Sums", exercise, &sum_columns, totals)]
}

/// Actions of many incidents. Where the reader may not see the incident, its cell is empty.
pub(crate) fn actions(listed: &[Listed]) -> Sheet {
    let rows = listed
        .iter()
        .map(|each| {
            let action = &each.action;
            vec![
                Cell::Date(action.due.to_string()),
                text(&action.what),
                text(&action.owner_name),
                text(if action.done_at.is_some() { "done" } else { "open" }),
                text(action.done_at.map(|at| at.to_string()).unwrap_or_default()),
                text(&action.proof),
                each.incident.as_ref().map_or(Cell::Empty, |incident| text(format!("Incident {}", incident.number))),
                text(if action.is_exercise { "exercise" } else { "" }),
            ]
        })
        .collect();
    let columns = [
        ("By when", 12.0),
        ("What", 50.0),
        ("Owner", 22.0),
        ("State", 10.0),
        ("Done at (UTC)", 28.0),
        ("Proof", 40.0),
        ("Incident", 14.0),
        ("Exercise", 10.0),
    ];
    sheet("Actions", false, &columns, rows)
}
