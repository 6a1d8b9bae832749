//! What the demonstration's sides did about the open incident so far: triage, words for notices, the log, a piece of
//! evidence, a hold, a notice begun, work that counsel directs, and an exercise planned for next month.

use ::incidents::{
    self as area, IncidentId, NewFact,
    counsel::{self, NewItem},
    exercises::{self, NewExercise},
    logbook::{self, NewAction, NewChannel, NewCost, NewDecision, NewEvidence, NewHold, NewTold},
    notices,
    rules::{
        privilege::{Basis, Kind},
        triage::Impact,
    },
    triage::judge,
};
use db::transact;
use kernel::{Refusal, Side};
use serde_json::json;

use super::cast::Cast;
use crate::app::Parts;

pub(super) async fn play(parts: &Parts, cast: &Cast, id: IncidentId) -> Result<(), Refusal> {
    let store = &parts.store;
    let (samira, priya, jonas, theo) = (
        cast.actor("samira@demo.example").await?,
        cast.actor("priya@demo.example").await?,
        cast.actor("jonas@demo.example").await?,
        cast.actor("theo@demo.example").await?,
    );
    transact!(store, &samira, |cx| {
        judge(cx, id, Side::Security, Impact::High, "closed now, but open for days and indexed by crawlers", 0).await
    })?;
    transact!(store, &priya, |cx| {
        judge(cx, id, Side::Legal, Impact::Critical, "health data of patients in two countries", 0).await
    })?;
    for (key, words, source) in [
        (
            "nature",
            "A storage bucket with the monthly patient export could be read by anyone who knew its address.",
            "Orbit's letter",
        ),
        ("systems", "Orbit's export bucket; none of our own systems.", "Orbit's letter"),
        ("measures", "Orbit closed the bucket and changed its keys. We stopped the export.", "call with Orbit, 21:10"),
    ] {
        let new = NewFact { path: format!("told.{key}"), value: json!(words), source: source.to_owned(), seen: 0 };
        transact!(store, &priya, |cx| area::enter_fact(cx, id, &new).await)?;
    }
    let decision = NewDecision {
        what: "Stop the nightly export to Orbit until their report is here.".to_owned(),
        why: "Nobody can say yet how long the bucket was open, and each night adds 8,000 records.".to_owned(),
        alternatives: "Exporting without names: the reports would be of no use.".to_owned(),
        ..NewDecision::default()
    };
    transact!(store, &samira, |cx| logbook::decide(cx, id, &decision).await)?;
    let channel = NewChannel {
        name: "Bridge 4".to_owned(),
        reach: "dial-in on the card in your wallet".to_owned(),
        people: "Samira, Theo, Jonas, Priya".to_owned(),
        independent: true,
        used_since: String::new(),
    };
    let bridge = transact!(store, &samira, |cx| logbook::open_channel(cx, id, &channel).await)?;
    let told = NewTold {
        who: "Board".to_owned(),
        what: "What is known, and that a notice is due on the third day.".to_owned(),
        channel: Some(bridge),
        ..NewTold::default()
    };
    transact!(store, &jonas, |cx| logbook::tell(cx, id, &told).await)?;
    let evidence = NewEvidence {
        what: "Access log of the export bucket, October and November".to_owned(),
        origin: "handed over by Orbit's security desk".to_owned(),
        place: "evidence share, read-only".to_owned(),
        sha256: "5f0a9e8d0c8f1c7d1d8f6f2f3b0a7c9e4d5b6a79808f9e0d1c2b3a4958677685".to_owned(),
        ..NewEvidence::default()
    };
    transact!(store, &theo, |cx| logbook::collect(cx, id, &evidence, None).await)?;
    let hold = NewHold {
        title: "Correspondence with Orbit".to_owned(),
        keep: "Mails, tickets and contracts with Orbit Analytics, and the exports themselves.".to_owned(),
        period: "since 1 June 2026".to_owned(),
        why: "Questions about this supplier may have to be answered later.".to_owned(),
        custodians: vec![samira.person.to_string(), theo.person.to_string()],
    };
    transact!(store, &jonas, |cx| logbook::issue_hold(cx, id, &hold).await)?;
    let today = store.world.now().date_in(&store.world.zone());
    let cost = NewCost {
        what: "Forensic review of the access log".to_owned(),
        category: "forensics".to_owned(),
        amount: "18000.00".to_owned(),
        currency: "EUR".to_owned(),
        dated: today.to_string(),
        kind: "estimate".to_owned(),
    };
    transact!(store, &samira, |cx| logbook::enter_cost(cx, id, &cost).await)?;
    let lesson = "Exports to suppliers were never tested for being readable from outside.";
    let lesson = transact!(store, &samira, |cx| logbook::learn(cx, id, lesson).await)?;
    let action = NewAction {
        what: "Test every export's storage from outside, monthly.".to_owned(),
        lesson: Some(lesson),
        owner: theo.person.to_string(),
        due: today.plus_days(21).to_string(),
    };
    transact!(store, &samira, |cx| logbook::plan_action(cx, id, &action).await)?;
    transact!(store, &priya, |cx| notices::draft(cx, id, "eu-gdpr/authority").await)?;
    directed_by_counsel(parts, cast, id).await?;
    let rehearsal = NewExercise {
        scenario: "ransomware".to_owned(),
        planned_for: today.plus_days(30).to_string(),
        facilitator: None,
    };
    transact!(store, &samira, |cx| exercises::plan(cx, &rehearsal).await).map(|_| ())
}

/// Apart from all of the above: only the two of them ever see it.
async fn directed_by_counsel(parts: &Parts, cast: &Cast, id: IncidentId) -> Result<(), Refusal> {
    let (jonas, samira) = (cast.actor("jonas@demo.example").await?, cast.actor("samira@demo.example").await?);
    let purpose = "advice on duties to notify and on claims against the supplier";
    let track = transact!(parts.store, &jonas, |cx| {
        counsel::open(cx, id, purpose, "outside counsel Alder LLP, letter of this week, Legal's budget").await
    })?;
    transact!(parts.store, &jonas, |cx| {
        counsel::name(cx, track, samira.person, "answers counsel's technical questions").await
    })?;
    let request = NewItem {
        kind: Kind::Request,
        basis: Basis::LegalAdvice,
        description: "Questions of counsel on the supplier's access log".to_owned(),
        text: "Please find out, for my advice, whether the log shows reads from addresses that are neither ours nor Orbit's, and since when.".to_owned(),
    };
    transact!(parts.store, &jonas, |cx| counsel::write(cx, track, &request).await).map(|_| ())
}
