//! The triage card of an incident.

use axum::extract::State as Shared;
use db::{Cx, Store, transact};
use kernel::Side;
use serde::Deserialize;
use ui::{Mark, PageCx, PageForm, PagePath, PageResult, Tone, redirect_with_flash};

use super::{record, words::when};
use crate::{
    IncidentId, ensure_editable,
    rules::triage::{Impact, SIDES, judges_for, overall},
    triage::{Judgement, judge},
};

/// How a side judges, as the card draws it.
pub(super) struct SideLine {
    pub label: &'static str,
    pub mark: Mark,
    pub words: String,
    pub by: String,
}

/// A side for which the person can judge.
pub(super) struct Judged {
    pub side: &'static str,
    pub label: &'static str,
    /// The number of the judgement that the page shows.
    pub seen: i64,
}

/// The card: what counts, what each side says, and for which sides this person judges.
pub(super) struct Card {
    pub mark: Mark,
    pub sides: Vec<SideLine>,
    pub mine: Vec<Judged>,
    pub impacts: Vec<(&'static str, String)>,
    /// Both have judged, and not alike.
    pub differ: bool,
}

pub(super) fn mark_of(impact: Option<Impact>) -> Mark {
    match impact {
        None => Mark::new("Not judged yet", "circle-dashed", Tone::Quiet),
        Some(Impact::Low) => Mark::new("Low", "circle-check", Tone::Good),
        Some(Impact::Moderate) => Mark::new("Moderate", "info-circle", Tone::Info),
        Some(Impact::High) => Mark::new("High", "alert-triangle", Tone::Warn),
        Some(Impact::Critical) => Mark::new("Critical", "alert-circle", Tone::Bad),
    }
}

pub(super) fn card(cx: &Cx, triage: &[Judgement], can_edit: bool) -> Card {
    let of = |side: Side| triage.iter().find(|known| known.side == side);
    let impacts: Vec<Option<Impact>> = SIDES.iter().map(|side| of(*side).map(|known| known.impact)).collect();
    let mine = if can_edit { judges_for(cx.actor.sides.iter().copied()) } else { Vec::new() };
    Card {
        mark: mark_of(overall(impacts[0], impacts[1])),
        differ: impacts.iter().all(Option::is_some) && impacts[0] != impacts[1],
        sides: SIDES
            .iter()
            .map(|side| SideLine {
                label: side.label(),
                mark: mark_of(of(*side).map(|known| known.impact)),
                words: of(*side).map(|known| known.words.clone()).unwrap_or_default(),
                by: of(*side)
                    .map(|known| format!("{}, {}", known.person_name, when(cx, known.judged_at)))
                    .unwrap_or_default(),
            })
            .collect(),
        mine: mine
            .into_iter()
            .map(|side| Judged {
                side: side.as_str(),
                label: side.label(),
                seen: of(side).map_or(0, |known| known.number),
            })
            .collect(),
        impacts: Impact::ALL
            .iter()
            .map(|impact| (impact.as_str(), format!("{}: {}", impact.label(), impact.means())))
            .collect(),
    }
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Sent {
    side: String,
    impact: String,
    words: String,
    seen: String,
}

pub(super) async fn send(
    Shared(store): Shared<Store>,
    page: PageCx,
    PagePath(id): PagePath<IncidentId>,
    PageForm(sent, form): PageForm<Sent>,
) -> PageResult {
    ensure_editable(&mut store.read(&page.actor).await?, id).await?;
    let asked = (|| {
        let side: Side = sent.side.parse().map_err(|_| kernel::Refusal::field("side", "choose a side of yours"))?;
        let seen: i64 = sent.seen.parse().map_err(|_| kernel::Refusal::stale())?;
        Ok::<_, kernel::Refusal>((side, sent.impact.parse::<Impact>()?, seen))
    })();
    let outcome = match asked {
        Err(refusal) => Err(refusal),
        Ok((side, impact, seen)) => {
            transact!(store, &page.actor, |cx| judge(cx, id, side, impact, &sent.words, seen).await)
        }
    };
    match outcome {
        Ok(()) => Ok(redirect_with_flash(&format!("/incidents/{id}"), "Judged. The other side sees it.")),
        Err(refusal) => record::again(&store, &page, id, form, refusal).await,
    }
}
