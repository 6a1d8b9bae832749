//! Evidence with its chain of custody. Bytes are stored under their hash and given out as a download; nothing here opens
//! them, for they may be hostile.

use bytes::Bytes;
use db::{Change, Cx, transact};
use files::{Found, Stored};
use kernel::{Actor, Instant, Refusal};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::{
    LINE_LIMIT, TEXT_LIMIT,
    input::{Checked, room},
    writer,
};
use crate::{
    EvidenceId, Incident, IncidentId, Incidents,
    incidents::{editable, now_of, readable},
    rules::{
        Act,
        custody::{Link, Next, Standing, follows, holder_after, standing},
    },
    store::logbook::{evidence as store, holds},
};

/// Bytes of a file. What is larger is kept elsewhere and entered with its hash.
pub const MAX_FILE: usize = 64 << 20;

/// A piece of evidence and where it stands.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Evidence {
    #[serde(skip)]
    pub id: EvidenceId,
    /// E-1, E-2 … within its incident.
    pub number: i64,
    pub what: String,
    /// Where it comes from.
    pub origin: String,
    /// 64 hexadecimal digits, or nothing.
    pub sha256: String,
    /// The bytes are stored here.
    pub stored: bool,
    pub file_name: String,
    pub size: i64,
    pub entered_by_name: String,
    #[schema(value_type = String, format = DateTime)]
    pub entered_at: Instant,
    /// Who has it now.
    pub holder: String,
    /// Where it is kept now.
    pub place: String,
    /// `returned` or `destroyed`.
    pub ended: Option<Act>,
}

/// An entry of the chain.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CustodyEntry {
    pub number: i64,
    pub act: Act,
    /// Who handed it on.
    pub from: String,
    /// Who received it, has the copy, or examined it.
    pub to: String,
    pub place: String,
    #[schema(value_type = String, format = DateTime)]
    pub at: Instant,
    pub why: String,
    pub entered_by_name: String,
    #[schema(value_type = String, format = DateTime)]
    pub entered_at: Instant,
}

impl CustodyEntry {
    pub(crate) fn link(&self) -> Link {
        let holder = holder_after(self.act, &self.to).to_owned();
        Link { act: self.act, holder, place: self.place.clone(), at: self.at }
    }
}

/// A piece of evidence with its whole chain.
#[derive(Debug, Clone)]
pub struct EvidenceView {
    pub incident: Incident,
    pub evidence: Evidence,
    /// In their order.
    pub chain: Vec<CustodyEntry>,
    /// A legal hold stands on the incident.
    pub under_hold: bool,
}

/// A piece of evidence to enter.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(default)]
pub struct NewEvidence {
    pub what: String,
    /// Where it comes from.
    pub origin: String,
    /// A name; empty is whoever sends it.
    pub collected_by: String,
    /// RFC 3339, or local in the organisation's zone; empty is now.
    pub collected_at: String,
    /// Where it is kept.
    pub place: String,
    /// Of something that is kept elsewhere.
    pub sha256: String,
}

/// A file that came with it, stored already.
#[derive(Debug, Clone)]
pub struct EvidenceFile {
    pub name: String,
    pub stored: Stored,
}

/// An entry of the chain, to enter.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(default)]
pub struct NewCustody {
    /// handed_over, moved, copied, examined, returned or destroyed
    pub act: String,
    pub from: String,
    pub to: String,
    pub place: String,
    pub at: String,
    pub why: String,
    /// The number of the last entry that was seen.
    pub seen: i64,
}

/// What reading the stored bytes anew showed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verification {
    Same,
    Different,
    Missing,
}

fn no_evidence() -> Refusal {
    Refusal::not_found("there is no such evidence")
}

/// The evidence of an incident, by number.
pub async fn evidence(cx: &mut Cx, id: IncidentId) -> Result<Vec<Evidence>, Refusal> {
    readable(cx, id).await?;
    let mut chains = store::chains(cx, id).await?;
    let mut all = store::all(cx, id).await?;
    for each in &mut all {
        stands(each, chains.remove(&each.id).unwrap_or_default().iter());
    }
    Ok(all)
}

fn stands<'a>(evidence: &mut Evidence, chain: impl Iterator<Item = &'a CustodyEntry>) -> Option<Standing> {
    let links: Vec<Link> = chain.map(CustodyEntry::link).collect();
    let now = standing(&links)?;
    evidence.holder.clone_from(&now.holder);
    evidence.place.clone_from(&now.place);
    evidence.ended = now.ended;
    Some(now)
}

/// One piece with its chain.
pub async fn one_evidence(cx: &mut Cx, id: IncidentId, number: i64) -> Result<EvidenceView, Refusal> {
    let incident = readable(cx, id).await?;
    loaded(cx, incident, number).await
}

async fn loaded(cx: &mut Cx, incident: Incident, number: i64) -> Result<EvidenceView, Refusal> {
    let mut evidence = store::one(cx, incident.id, number).await?.ok_or_else(no_evidence)?;
    let chain = store::chain(cx, evidence.id).await?;
    stands(&mut evidence, chain.iter());
    let under_hold = holds::stands(cx, incident.id).await?;
    Ok(EvidenceView { incident, evidence, chain, under_hold })
}

/// Enters a piece of evidence, and says its number. A file's bytes are stored before, by [`Incidents::collect`].
pub async fn collect(
    cx: &mut Cx,
    id: IncidentId,
    new: &NewEvidence,
    file: Option<&EvidenceFile>,
) -> Result<i64, Refusal> {
    let incident = editable(cx, id).await?;
    let mut checked = Checked::default();
    let what = checked.needed("what", &new.what, TEXT_LIMIT, "say what it is");
    let origin = checked.needed("origin", &new.origin, TEXT_LIMIT, "say where it comes from");
    let place = checked.needed("place", &new.place, LINE_LIMIT, "say where it is kept");
    let by = checked.maybe("collected_by", &new.collected_by, LINE_LIMIT).to_owned();
    let by = if by.is_empty() { cx.actor.name.clone() } else { by };
    let at = checked.past(cx, &incident, "collected_at", &new.collected_at);
    let typed = new.sha256.split_whitespace().collect::<String>().to_lowercase();
    let is_hash = typed.len() == 64 && typed.chars().all(|c| c.is_ascii_hexdigit());
    if !typed.is_empty() && !is_hash {
        checked.wrong("sha256", "a SHA-256 has 64 hexadecimal digits");
    }
    if let Some(file) = file {
        checked.maybe("file", &file.name, LINE_LIMIT);
        if !typed.is_empty() && typed != file.stored.sha256 {
            checked.wrong("sha256", format!("the file that came has another SHA-256: {}", file.stored.sha256));
        }
    }
    checked.done()?;
    let number = store::next_number(cx, id).await?;
    room(number)?;
    let row = store::New {
        what,
        origin,
        sha256: file.map_or(typed.as_str(), |file| &file.stored.sha256),
        stored: file.is_some(),
        file_name: file.map_or("", |file| &file.name),
        size: file.map_or(0, |file| file.stored.size),
    };
    if let Some(file) = file {
        files::claim(cx, &file.stored).await?;
    }
    let evidence = store::insert(cx, id, number, &row).await?;
    let first = store::NewEntry { act: Act::Collected, from: "", to: &by, place, at, why: "" };
    store::insert_entry(cx, evidence, 1, &first).await?;
    cx.record(
        Change::new("incident.evidence_collected", "incident", id, format!("entered E-{number} of incident {}", incident.number))
            .behind(id)
            .after(json!({ "number": number, "what": what, "sha256": row.sha256, "collected_by": by, "collected_at": at, "place": place })),
    );
    Ok(number)
}

/// Continues a chain.
pub async fn hand_on(cx: &mut Cx, id: IncidentId, number: i64, new: &NewCustody) -> Result<(), Refusal> {
    let incident = editable(cx, id).await?;
    let now = now_of(cx, &incident);
    let mut checked = Checked::default();
    let act: Option<Act> = checked.word("act", &new.act);
    let from = checked.maybe("from", &new.from, LINE_LIMIT);
    let to = checked.maybe("to", &new.to, LINE_LIMIT);
    let place = checked.maybe("place", &new.place, LINE_LIMIT);
    let why = checked.maybe("why", &new.why, TEXT_LIMIT);
    let at = checked.past(cx, &incident, "at", &new.at);
    let mut view = loaded(cx, incident, number).await?;
    let last = view.chain.last().map_or(0, |entry| entry.number);
    let stands =
        stands(&mut view.evidence, view.chain.iter()).ok_or_else(|| Refusal::broken("a chain without a start"))?;
    let mut kept = at;
    if let Some(act) = act {
        let next = Next { act, from, to, place, why, at };
        match follows(&stands, &next, now, view.under_hold) {
            Ok(at) => kept = at,
            Err(problems) => checked.wrongs(problems),
        }
    }
    // Whoever saw an older chain is told so first: most that is wrong then comes from it.
    if new.seen != last {
        return Err(Refusal::stale());
    }
    checked.done()?;
    room(last + 1)?;
    let act = act.ok_or_else(|| Refusal::broken("a problem of an entry was not told"))?;
    let from = if matches!(act, Act::HandedOver | Act::Returned) { stands.holder.as_str() } else { "" };
    let entry = store::NewEntry { act, from, to, place, at: kept, why };
    store::insert_entry(cx, view.evidence.id, last + 1, &entry).await?;
    let summary = format!("E-{number} of incident {}: {}", view.incident.number, act.label().to_lowercase());
    cx.record(
        Change::new("incident.custody_entered", "incident", id, summary)
            .behind(id)
            .before(json!({ "holder": stands.holder, "place": stands.place }))
            .after(
                json!({ "number": number, "act": act, "from": from, "to": to, "place": place, "at": kept, "why": why }),
            ),
    );
    Ok(())
}

async fn verified(cx: &mut Cx, id: IncidentId, number: i64, outcome: Verification) -> Result<(), Refusal> {
    let incident = editable(cx, id).await?;
    let now = now_of(cx, &incident);
    let view = loaded(cx, incident, number).await?;
    let Some(last) = view.chain.last() else { return Err(Refusal::broken("a chain without a start")) };
    let (act, why) = match outcome {
        Verification::Same => (Act::Verified, "the stored bytes have the SHA-256 that was entered"),
        Verification::Different => (Act::Failed, "the stored bytes have another SHA-256 than was entered"),
        Verification::Missing => (Act::Failed, "the stored bytes are gone"),
    };
    room(last.number + 1)?;
    let entry = store::NewEntry { act, from: "", to: "", place: "", at: now.max(last.at), why };
    store::insert_entry(cx, view.evidence.id, last.number + 1, &entry).await?;
    cx.record(
        Change::new(
            "incident.evidence_verified",
            "incident",
            id,
            format!("verified E-{number} of incident {}: {why}", view.incident.number),
        )
        .behind(id)
        .after(json!({ "number": number, "sha256": view.evidence.sha256, "outcome": act })),
    );
    Ok(())
}

impl Incidents {
    /// Stores a file's bytes, if one came, and enters the evidence.
    pub async fn collect(
        &self,
        actor: &Actor,
        id: IncidentId,
        new: &NewEvidence,
        file: Option<(String, Bytes)>,
    ) -> Result<i64, Refusal> {
        // Nobody fills the store who may not enter evidence.
        editable(&mut self.store.read(actor).await?, id).await?;
        let file = match file {
            None => None,
            Some((name, bytes)) => Some(EvidenceFile { name, stored: self.files.put(bytes).await? }),
        };
        transact!(self.store, actor, |cx| collect(cx, id, new, file.as_ref()).await)
    }

    async fn stored(&self, actor: &Actor, id: IncidentId, number: i64) -> Result<Evidence, Refusal> {
        let view = one_evidence(&mut self.store.read(actor).await?, id, number).await?;
        if !view.evidence.stored {
            return Err(Refusal::conflict("no bytes of it are stored here")
                .hint("compare the hash with what is kept elsewhere, and enter that it was examined"));
        }
        Ok(view.evidence)
    }

    /// Reads the stored bytes anew, compares them with the hash, and enters the outcome.
    pub async fn verify(&self, actor: &Actor, id: IncidentId, number: i64) -> Result<Verification, Refusal> {
        editable(&mut self.store.read(actor).await?, id).await?;
        let evidence = self.stored(actor, id, number).await?;
        let outcome = match self.files.look(&evidence.sha256).await? {
            Found::Same(_) => Verification::Same,
            Found::Different => Verification::Different,
            Found::Missing => Verification::Missing,
        };
        transact!(self.store, actor, |cx| verified(cx, id, number, outcome).await)?;
        Ok(outcome)
    }

    /// The stored bytes. That they were taken out stands in the ledger.
    pub async fn file(&self, actor: &Actor, id: IncidentId, number: i64) -> Result<(String, Bytes), Refusal> {
        let evidence = self.stored(actor, id, number).await?;
        let Found::Same(bytes) = self.files.look(&evidence.sha256).await? else {
            return Err(Refusal::conflict("the stored bytes are no longer what was stored")
                .hint("verify it, so that this is written down, and tell the administrator"));
        };
        transact!(self.store, &writer(actor), |cx| {
            let incident = readable(cx, id).await?;
            let summary = format!("downloaded E-{number} of incident {}", incident.number);
            cx.record(
                Change::new("incident.evidence_downloaded", "incident", id, summary)
                    .behind(id)
                    .after(json!({ "number": number, "sha256": evidence.sha256 })),
            );
            Ok::<_, Refusal>(())
        })?;
        Ok((evidence.file_name, bytes))
    }
}
