//! What is taken out of the log book: papers and tables. That they were is written into the ledger, and those of an exercise
//! say so in their names, too.

use bytes::Bytes;
use db::{Change, Cx, transact};
use kernel::{Actor, Refusal};
use reports::{IncidentReport, LedgerHead};

use super::{costs, evidence, one_evidence, report, report::rows, report::section, sheets, situation, writer};
use crate::{Incident, IncidentId, Incidents, incidents::readable, pages::words::when};

/// A file on its way out: name, media type, bytes.
pub type Export = (String, &'static str, Bytes);

pub(crate) const PDF: &str = "application/pdf";
pub(crate) const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
pub(crate) const CSV: &str = "text/csv; charset=utf-8";

/// In which form a table is taken out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TableForm {
    Xlsx,
    Csv,
}

async fn taken_out(cx: &mut Cx, id: IncidentId, what: &str) -> Result<Incident, Refusal> {
    let incident = readable(cx, id).await?;
    cx.record(
        Change::new(
            "incident.exported",
            "incident",
            id,
            format!("exported the {what} of incident {}", incident.number),
        )
        .behind(id)
        .after(what),
    );
    Ok(incident)
}

fn named(incident: &Incident, what: &str) -> String {
    let mark = if incident.is_exercise { "EXERCISE-" } else { "" };
    format!("{mark}incident-{}-{what}", incident.number)
}

async fn printed(
    name: String,
    print: impl FnOnce() -> Result<Vec<u8>, reports::ReportError> + Send + 'static,
) -> Result<Export, Refusal> {
    let pdf = tokio::task::spawn_blocking(print).await.map_err(Refusal::broken)?;
    Ok((name, PDF, pdf.map_err(Refusal::broken)?.into()))
}

impl Incidents {
    /// How the incident stands, on one page.
    pub async fn situation_pdf(&self, actor: &Actor, id: IncidentId) -> Result<Export, Refusal> {
        let (incident, data) = transact!(self.store, &writer(actor), |cx| {
            let incident = taken_out(cx, id, "situation report").await?;
            let data = situation(cx, id, &self.organisation).await?;
            Ok::<_, Refusal>((incident, data))
        })?;
        printed(named(&incident, "situation.pdf"), move || reports::situation(&data)).await
    }

    /// The factual report.
    pub async fn report_pdf(&self, actor: &Actor, id: IncidentId) -> Result<Export, Refusal> {
        let (incident, data) = transact!(self.store, &writer(actor), |cx| {
            let incident = taken_out(cx, id, "factual report").await?;
            let data = report(cx, id, &self.organisation).await?;
            Ok::<_, Refusal>((incident, data))
        })?;
        printed(named(&incident, "report.pdf"), move || reports::incident_report(&data)).await
    }

    /// The custody sheet of one piece of evidence.
    pub async fn custody_pdf(&self, actor: &Actor, id: IncidentId, number: i64) -> Result<Export, Refusal> {
        let (incident, data) = transact!(self.store, &writer(actor), |cx| {
            let incident = taken_out(cx, id, &format!("custody sheet of E-{number}")).await?;
            let data = custody_sheet(cx, id, number, &self.organisation).await?;
            Ok::<_, Refusal>((incident, data))
        })?;
        printed(named(&incident, &format!("E-{number}.pdf")), move || reports::incident_report(&data)).await
    }

    /// All evidence with its chains.
    pub async fn evidence_table(&self, actor: &Actor, id: IncidentId, form: TableForm) -> Result<Export, Refusal> {
        let (incident, pieces, now) = transact!(self.store, &writer(actor), |cx| {
            let incident = taken_out(cx, id, "list of evidence").await?;
            let mut pieces = Vec::new();
            for each in evidence(cx, id).await? {
                pieces.push(one_evidence(cx, id, each.number).await?);
            }
            let now = cx.now;
            Ok::<_, Refusal>((incident, pieces, now))
        })?;
        let sheets = sheets::evidence(&pieces, incident.is_exercise);
        table(&named(&incident, "evidence"), &sheets, form, &now.to_string())
    }

    /// All costs with their sums.
    pub async fn costs_table(&self, actor: &Actor, id: IncidentId, form: TableForm) -> Result<Export, Refusal> {
        let (incident, (costs, sums), now) = transact!(self.store, &writer(actor), |cx| {
            let incident = taken_out(cx, id, "costs").await?;
            let costs = costs(cx, id).await?;
            let now = cx.now;
            Ok::<_, Refusal>((incident, costs, now))
        })?;
        let sheets = sheets::costs(&costs, &sums, incident.is_exercise, form == TableForm::Csv);
        table(&named(&incident, "costs"), &sheets, form, &now.to_string())
    }
}

/// As XLSX with every sheet, or as CSV with the first one.
fn table(name: &str, sheets: &[documents::sheet::Sheet], form: TableForm, now: &str) -> Result<Export, Refusal> {
    match (form, sheets.first()) {
        (TableForm::Csv, Some(first)) => {
            Ok((format!("{name}.csv"), CSV, documents::sheet::csv(first).into_bytes().into()))
        }
        _ => {
            let bytes = documents::sheet::workbook(sheets, now).map_err(Refusal::broken)?;
            Ok((format!("{name}.xlsx"), XLSX, bytes.into()))
        }
    }
}

async fn custody_sheet(
    cx: &mut Cx,
    id: IncidentId,
    number: i64,
    organisation: &str,
) -> Result<IncidentReport, Refusal> {
    let view = one_evidence(cx, id, number).await?;
    let head = db::ledger_store::head(cx).await?;
    let evidence = &view.evidence;
    let columns = [("When", 1.2), ("What", 1.1), ("From, to", 1.6), ("Where", 1.2), ("Why", 1.8), ("Entered", 1.4)];
    let chain = rows(&columns, view.chain.iter(), |entry| {
        let people = [entry.from.as_str(), entry.to.as_str()];
        vec![
            when(cx, entry.at),
            format!("{}. {}", entry.number, entry.act.label()),
            people.into_iter().filter(|name| !name.is_empty()).collect::<Vec<_>>().join(" → "),
            entry.place.clone(),
            entry.why.clone(),
            format!("{} by {}", when(cx, entry.entered_at), entry.entered_by_name),
        ]
    });
    let mut facts = vec![
        ("Evidence".to_owned(), format!("E-{number} of incident {}", view.incident.number)),
        ("From".to_owned(), evidence.origin.clone()),
        ("With".to_owned(), evidence.holder.clone()),
        ("Kept at".to_owned(), evidence.place.clone()),
    ];
    if !evidence.sha256.is_empty() {
        facts.push(("SHA-256".to_owned(), evidence.sha256.clone()));
    }
    if evidence.stored {
        facts.push(("File".to_owned(), format!("{}, {} bytes, stored here", evidence.file_name, evidence.size)));
    }
    facts.push(("Times are in".to_owned(), clocks::moment::zone_name(&cx.world().zone())));
    Ok(IncidentReport {
        organisation: organisation.to_owned(),
        kind: "Custody sheet".to_owned(),
        reference: format!("E-{number} of incident {}", view.incident.number),
        title: format!("E-{number}"),
        exercise: view.incident.is_exercise,
        facts,
        summary: vec![evidence.what.clone()],
        sections: vec![section("Chain of custody", chain, "")],
        privileged: Vec::new(),
        ledger: LedgerHead { head_seq: head.seq, head_hash: kernel::hex(&head.hash) },
        printed_by: cx.actor.name.clone(),
        printed_at: cx.now.to_string(),
    })
}
