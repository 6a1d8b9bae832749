//! The log book of the incident that is asked about: an entry of each kind.

use db::transact;
use incidents::{
    IncidentId,
    logbook::{self, NewAction, NewChannel, NewCost, NewDecision, NewEvidence, NewHold},
};

use crate::stage::Stage;

impl Stage {
    /// Makes it, and says what the routes' parameters and fields stand for.
    pub(crate) async fn log_book(
        &mut self,
        store: &db::Store,
        incident: IncidentId,
    ) -> Vec<(&'static str, &'static str, String)> {
        let jonas = self.actor("jonas@demo.example").await;
        let keeper = self.person("mara@demo.example").await.to_string();
        let text = |words: &str| words.to_owned();
        let decision = NewDecision { what: text("switch it off"), why: text("it spreads"), ..NewDecision::default() };
        let channel = NewChannel { name: text("bridge"), reach: text("+49 1"), ..NewChannel::default() };
        let cost = NewCost {
            what: text("images"),
            category: text("forensics"),
            amount: text("10.00"),
            currency: text("EUR"),
            dated: text("2026-11-20"),
            kind: text("estimate"),
        };
        let action = NewAction { what: text("encrypt"), due: text("2026-12-01"), ..NewAction::default() };
        let piece = NewEvidence {
            what: text("a disk"),
            origin: text("room 2"),
            place: text("safe 1"),
            ..NewEvidence::default()
        };
        let hold = NewHold {
            title: text("Keep the mailbox"),
            keep: text("mailbox a@"),
            why: text("It may be asked for."),
            custodians: vec![keeper.clone()],
            ..NewHold::default()
        };
        let action = transact!(store, &jonas, |cx| {
            logbook::decide(cx, incident, &decision).await?;
            logbook::open_channel(cx, incident, &channel).await?;
            logbook::enter_cost(cx, incident, &cost).await?;
            logbook::collect(cx, incident, &piece, None).await?;
            logbook::issue_hold(cx, incident, &hold).await?;
            logbook::plan_action(cx, incident, &action).await
        })
        .unwrap();
        let mara = self.actor("mara@demo.example").await;
        let hold = logbook::own_holds(&mut store.read(&mara).await.unwrap()).await.unwrap().remove(0).hold;
        let mut out = vec![
            ("/incidents/actions", "action", action.to_string()),
            ("/incidents/holds", "hold", hold.id.to_string()),
            // Holds are numbered over all incidents, and the demonstration has one.
            ("/incidents/{id}/holds", "number", hold.number.to_string()),
            ("/incidents/{id}/holds", "widen_hold", hold.number.to_string()),
            ("/incidents/{id}/holds", "hold_custodians", keeper.clone()),
            ("/incidents/{id}/holds", "widen_custodians", keeper),
        ];
        for (under, name, value) in [
            ("/incidents/actions", "proof", "the probe"),
            ("/incidents/actions", "revision", "1"),
            ("/incidents/{id}/log", "revision", "1"),
            ("/incidents/{id}/log", "proof", "the probe"),
            ("/incidents/{id}/log", "decision_what", "the probe"),
            ("/incidents/{id}/log", "decision_why", "the probe"),
            ("/incidents/{id}/log", "channel_name", "the probe"),
            ("/incidents/{id}/log", "channel_reach", "the probe"),
            ("/incidents/{id}/log", "told_who", "the probe"),
            ("/incidents/{id}/log", "cost_what", "the probe"),
            ("/incidents/{id}/log", "cost_category", "other"),
            ("/incidents/{id}/log", "cost_kind", "estimate"),
            ("/incidents/{id}/log", "cost_amount", "1.00"),
            ("/incidents/{id}/log", "cost_currency", "EUR"),
            ("/incidents/{id}/log", "cost_dated", "2026-11-20"),
            ("/incidents/{id}/log", "strike_cost", "1-1"),
            ("/incidents/{id}/log", "strike_why", "the probe"),
            ("/incidents/{id}/log", "lesson_lesson", "the probe"),
            ("/incidents/{id}/log", "action_what", "the probe"),
            ("/incidents/{id}/log", "action_due", "2026-12-01"),
            ("/incidents/{id}/log", "replan_action", "1-1"),
            ("/incidents/{id}/log", "replan_due", "2026-12-02"),
            ("/incidents/{id}/evidence", "evidence_what", "the probe"),
            ("/incidents/{id}/evidence", "evidence_origin", "the probe"),
            ("/incidents/{id}/evidence", "evidence_place", "the probe"),
            ("/incidents/{id}/evidence", "act", "moved"),
            ("/incidents/{id}/evidence", "place", "the probe"),
            ("/incidents/{id}/evidence", "seen", "1"),
            ("/incidents/{id}/holds", "hold_title", "the probe"),
            ("/incidents/{id}/holds", "hold_keep", "the probe"),
            ("/incidents/{id}/holds", "hold_why", "the probe"),
            ("/incidents/{id}/holds", "why", "the probe"),
            ("/incidents/{id}/holds", "revision", "1"),
        ] {
            out.push((under, name, value.to_owned()));
        }
        out
    }
}
