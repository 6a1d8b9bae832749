//! The privileged version of an incident's report: the factual one, and behind it what counsel directs.

use db::transact;
use documents::sheet::CUT;
use kernel::{Actor, Refusal};
use reports::{Column, IncidentReport, Section, Table};

use super::{Item, KEEP, MOST, allowed, entry, recipients_now};
use crate::{Incidents, TrackId, logbook, store::counsel as store};

/// Characters of one paper in the printed report. What is longer is read at the page.
const PRINTED: usize = 20_000;

impl Incidents {
    /// For whoever keeps the track and may read the incident: its name and bytes.
    pub async fn privileged_pdf(&self, actor: &Actor, id: TrackId) -> Result<(String, bytes::Bytes), Refusal> {
        let (number, data) = transact!(self.store, actor, |cx| {
            let (track, _) = allowed(cx, id, KEEP).await?;
            let mut data: IncidentReport = logbook::report(cx, track.incident, &self.organisation).await?;
            data.kind = "Incident report, privileged".to_owned();
            let items = store::items(cx, id, MOST).await?;
            let people = recipients_now(&store::recipients(cx, id).await?);
            data.privileged.push(Section {
                title: "Purpose and recipients".to_owned(),
                words: vec![track.purpose.clone(), format!("Directed by {}.", track.directed_by_name)],
                table: Some(Table {
                    columns: vec![Column::new("Recipient", 1.0), Column::new("Why", 2.0)],
                    rows: people,
                }),
                empty: String::new(),
            });
            data.privileged.extend(items.iter().rev().map(section));
            cx.record(entry("counsel.report_made", id, "took a report on work directed by counsel out"));
            Ok::<_, Refusal>((track.number, data))
        })?;
        let print = move || reports::incident_report(&data);
        let pdf = tokio::task::spawn_blocking(print).await.map_err(Refusal::broken)?.map_err(Refusal::broken)?;
        Ok((format!("incident-{number}-privileged.pdf"), pdf.into()))
    }
}

fn section(item: &Item) -> Section {
    let text: String = item.text.chars().take(PRINTED).collect();
    let cut = if text.len() < item.text.len() { CUT } else { "" };
    let mut words = vec![format!("{}, {}. Withheld as: {}.", item.kind.label(), item.author, item.basis.label())];
    words.extend(text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned));
    if let (Some(last), false) = (words.last_mut(), cut.is_empty()) {
        last.push_str(cut);
    }
    Section { title: format!("{}. {}", item.number, item.description), words, table: None, empty: String::new() }
}
