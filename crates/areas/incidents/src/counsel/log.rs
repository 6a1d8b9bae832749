//! The privilege log: what is withheld, of which day, by whom, for whom and on what basis; never what it says.

use db::Cx;
use documents::sheet::{Cell, Column, Sheet};
use kernel::{Instant, Refusal};

use super::{KEEP, MOST, Track, allowed, entry};
use crate::{
    TrackId,
    rules::privilege::{Span, received},
    store::counsel as store,
};

/// A line of the log.
#[derive(Debug, Clone)]
pub struct LogRow {
    pub number: i64,
    pub date: Instant,
    pub kind: &'static str,
    pub author: String,
    /// Who could look when it was written.
    pub recipients: Vec<String>,
    /// Who was named later.
    pub later: Vec<String>,
    pub basis: &'static str,
    pub description: String,
}

/// Makes the log; that it was made is written down.
pub async fn privilege_log(cx: &mut Cx, id: TrackId) -> Result<(Track, Vec<LogRow>), Refusal> {
    let (track, _) = allowed(cx, id, KEEP).await?;
    let recipients = store::recipients(cx, id).await?;
    let mut rows = Vec::new();
    for item in store::items(cx, id, MOST).await?.into_iter().rev() {
        let spans = recipients
            .iter()
            .map(|person| (person.name.as_str(), Span { from: person.named_at, until: person.ended_at }));
        let (then, later) = received(item.written_at, spans);
        let owned = |names: Vec<&str>| names.into_iter().map(str::to_owned).collect();
        rows.push(LogRow {
            number: item.number,
            date: item.written_at,
            kind: item.kind.label(),
            recipients: owned(then),
            later: owned(later),
            author: item.author,
            basis: item.basis.label(),
            description: item.description,
        });
    }
    cx.record(entry("counsel.log_made", id, "made the privilege log"));
    Ok((track, rows))
}

/// The log as a table.
pub fn sheet(rows: &[LogRow], zone: &jiff::tz::TimeZone) -> Sheet {
    let columns = [
        ("No.", 6.0),
        ("Date", 12.0),
        ("Kind", 22.0),
        ("Author", 24.0),
        ("Recipients", 40.0),
        ("Named later", 30.0),
        ("Basis", 30.0),
        ("Description", 60.0),
    ];
    Sheet {
        name: "Privilege log".to_owned(),
        columns: columns.into_iter().map(|(title, width)| Column { title: title.to_owned(), width }).collect(),
        rows: rows
            .iter()
            .map(|row| {
                let text = |text: &str| Cell::Text(text.to_owned());
                let day = row.date.timestamp().to_zoned(zone.clone()).date().to_string();
                vec![
                    Cell::Number(row.number as f64),
                    Cell::Date(day),
                    text(row.kind),
                    text(&row.author),
                    Cell::Text(row.recipients.join("; ")),
                    Cell::Text(row.later.join("; ")),
                    text(row.basis),
                    text(&row.description),
                ]
            })
            .collect(),
    }
}
