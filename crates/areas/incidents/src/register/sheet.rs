//! The register as sheets: the breaches, and each person or authority told on a line of its own.

use documents::sheet::{Cell, Column, Sheet};

use super::{BreachRow, Judgement};

/// What stands where nobody has entered anything.
pub(crate) const NOT_ENTERED: &str = "not entered";

fn text(text: Option<&str>) -> Cell {
    Cell::Text(text.filter(|text| !text.is_empty()).unwrap_or(NOT_ENTERED).to_owned())
}

fn listed(lines: &[String]) -> Cell {
    text(Some(&lines.join("\n")))
}

fn columns(of: &[(&str, f64)]) -> Vec<Column> {
    of.iter().map(|(title, width)| Column { title: (*title).to_owned(), width: *width }).collect()
}

pub(super) fn sheets(rows: &[BreachRow], organisation: &str) -> Vec<Sheet> {
    let breaches = rows.iter().map(breach).collect();
    let told = rows
        .iter()
        .flat_map(|row| {
            let authorities = row.authorities_told.iter().map(|told| ("authority", told));
            let people = row.people_told.iter().map(|told| ("people affected", told));
            authorities.chain(people).map(|(kind, told)| {
                vec![
                    Cell::Number(row.number as f64),
                    Cell::Text(kind.to_owned()),
                    Cell::Text(told.whom.clone()),
                    text(told.rule.as_deref()),
                    Cell::Text(told.when.clone()),
                    text(told.reference.as_deref()),
                ]
            })
        })
        .collect();
    let about = [
        ("Organisation", organisation),
        (
            "What this is",
            "Register of breaches of personal data (Article 33(5) of Regulation (EU) 2016/679), notified or not",
        ),
        ("“not entered”", "Nobody has entered this fact. It does not mean that there is none"),
    ];
    vec![
        Sheet {
            name: "Breaches".to_owned(),
            columns: columns(&[
                ("Number", 9.0),
                ("Title", 30.0),
                ("State", 12.0),
                ("In the register because", 24.0),
                ("Happened", 22.0),
                ("Noticed", 22.0),
                ("Became known", 22.0),
                ("Facts: nature", 50.0),
                ("Facts: cause", 40.0),
                ("Kinds of data", 24.0),
                ("Kinds of people", 24.0),
                ("People by place", 22.0),
                ("People in all", 12.0),
                ("Records", 16.0),
                ("Effects", 50.0),
                ("Severity (ENISA)", 26.0),
                ("Risk", 40.0),
                ("Remedial action", 50.0),
                ("Prevention", 40.0),
                ("Authorities told", 40.0),
                ("People told", 34.0),
                ("Reasons for not telling", 40.0),
            ]),
            rows: breaches,
        },
        Sheet {
            name: "Told".to_owned(),
            columns: columns(&[
                ("Number", 9.0),
                ("Kind", 16.0),
                ("Whom", 40.0),
                ("By rule", 24.0),
                ("When", 26.0),
                ("Reference", 20.0),
            ]),
            rows: told,
        },
        Sheet {
            name: "About".to_owned(),
            columns: columns(&[("What", 16.0), ("Value", 80.0)]),
            rows: about.into_iter().map(|(what, value)| vec![text(Some(what)), text(Some(value))]).collect(),
        },
    ]
}

fn breach(row: &BreachRow) -> Vec<Cell> {
    let said = |told: &[super::Told]| listed(&told.iter().map(super::Told::said).collect::<Vec<_>>());
    vec![
        Cell::Number(row.number as f64),
        text(Some(&row.title)),
        text(Some(row.state.label())),
        match &row.because {
            Judgement::Judged(reason) => Cell::Text(format!("judged so: {reason}")),
            Judgement::ByItsFacts => Cell::Text("by its facts".to_owned()),
        },
        text(row.happened.as_deref()),
        text(row.noticed.as_deref()),
        text(row.known.as_deref()),
        text(row.nature.as_deref()),
        text(row.cause.as_deref()),
        text(Some(&row.kinds_of_data.join(", "))),
        text(row.kinds_of_people.as_deref()),
        text(row.numbers().as_deref()),
        row.people_in_all.map_or_else(|| text(None), |count| Cell::Number(count as f64)),
        text(row.records.as_deref()),
        text(row.effects.as_deref()),
        text(row.severity.as_deref()),
        text(row.risk.as_deref()),
        text(row.remedial_action.as_deref()),
        text(row.prevention.as_deref()),
        said(&row.authorities_told),
        said(&row.people_told),
        text(row.reasons_for_not_telling().as_deref()),
    ]
}
