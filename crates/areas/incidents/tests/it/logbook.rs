//! The log book's use cases.

use bytes::Bytes;
use db::transact;
use files::Files;
use incidents::{
    IncidentId,
    logbook::{
        self, ActionFilter, NewAction, NewChannel, NewCost, NewCustody, NewDecision, NewEvidence, NewHold, NewTold,
        TableForm, Verification,
    },
    rules::Act,
};
use kernel::{Actor, Refusal, RefusalKind, Side};
use testkit::TestApp;

use crate::use_cases::{app, aware, counsel, told};

pub(crate) fn log_of(app: &TestApp) -> incidents::Incidents {
    let files = Files::folder(&app.folder().join("files")).unwrap();
    incidents::Incidents { store: app.store.clone(), files, organisation: "Harbour & Finch Ltd".to_owned() }
}

/// Somebody with an account, as pickers know people.
pub(crate) async fn person(app: &TestApp, name: &str, side: Side) -> Actor {
    let actor = app.actor(name, &[side]);
    let folded = kernel::fold(name);
    transact!(app.store, &Actor::system(), |cx| {
        cx.unrecorded("a test's person");
        cx.run(
            "insert into people (id, name, name_folded, email, email_folded, title, department, search, password_hash, administrator, active, \
             access_until, totp_secret, totp_confirmed, totp_last_step, created_at, revision) \
             values ($1, $2, $3, $3, $3, '', '', $3, null, $4, $5, null, null, $4, null, $6, 1)",
            vec![actor.person.into(), name.into(), folded.clone().into(), false.into(), true.into(), cx.now.into()],
        )
        .await?;
        cx.run("insert into person_sides (person, side) values ($1, $2)", vec![actor.person.into(), side.into()]).await?;
        Ok::<_, Refusal>(())
    })
    .unwrap();
    actor
}

fn problem(refusal: &Refusal) -> Vec<&str> {
    assert_eq!(refusal.kind, RefusalKind::Invalid, "{refusal}");
    refusal.fields.iter().map(|problem| problem.field.as_str()).collect()
}

fn decision(what: &str) -> NewDecision {
    NewDecision { what: what.to_owned(), why: "it spreads".to_owned(), ..NewDecision::default() }
}

fn cost(amount: &str, currency: &str, kind: &str) -> NewCost {
    NewCost {
        what: "=cmd|' /C calc'!A0".to_owned(),
        category: "forensics".to_owned(),
        amount: amount.to_owned(),
        currency: currency.to_owned(),
        dated: "2026-11-20".to_owned(),
        kind: kind.to_owned(),
    }
}

fn disk() -> NewEvidence {
    NewEvidence {
        what: "image of the disk of FS-03".to_owned(),
        origin: "server room 2".to_owned(),
        collected_by: "Ada Forensics".to_owned(),
        collected_at: "2026-11-20T10:00".to_owned(),
        place: "safe 1".to_owned(),
        sha256: String::new(),
    }
}

fn entry(act: &str, from: &str, to: &str, at: &str, seen: i64) -> NewCustody {
    NewCustody {
        act: act.to_owned(),
        from: from.to_owned(),
        to: to.to_owned(),
        place: String::new(),
        at: at.to_owned(),
        why: "to examine it".to_owned(),
        seen,
    }
}

async fn hold(app: &TestApp, actor: &Actor, id: IncidentId, custodians: &[&Actor]) -> Result<i64, Refusal> {
    let new = NewHold {
        title: "Keep the travel mailbox".to_owned(),
        keep: "mailbox travel@".to_owned(),
        period: String::new(),
        why: "It may be needed as proof.".to_owned(),
        custodians: custodians.iter().map(|actor| actor.person.to_string()).collect(),
    };
    transact!(app.store, actor, |cx| logbook::issue_hold(cx, id, &new).await)
}

testkit::both_engines! {
    async fn a_decision_stays_and_a_later_one_takes_it_back(app: &TestApp) {
        let counsel = counsel(app);
        let id = told(app, &counsel).await;
        let decide = async |actor: &Actor, new: NewDecision| transact!(app.store, actor, |cx| logbook::decide(cx, id, &new).await);
        let first = decide(&counsel, NewDecision { decided_at: "2026-11-21T08:00".to_owned(), ..decision("switch the mail off") }).await.unwrap();
        assert_eq!(first, 1);
        let refused = decide(&counsel, NewDecision { why: " ".to_owned(), decided_at: "2026-11-22T08:00".to_owned(), decided_by: "nobody".to_owned(), ..decision("x") }).await.unwrap_err();
        assert_eq!(problem(&refused), ["why", "decided_by", "decided_at"]);
        let earlier = decide(&counsel, NewDecision { revokes: Some(1), decided_at: "2026-11-21T07:00".to_owned(), ..decision("on again") }).await.unwrap_err();
        assert_eq!(problem(&earlier), ["decided_at"], "nothing is taken back before it was decided");
        decide(&counsel, NewDecision { revokes: Some(1), ..decision("on again") }).await.unwrap();
        let twice = decide(&counsel, NewDecision { revokes: Some(1), ..decision("on again") }).await.unwrap_err();
        assert_eq!(problem(&twice), ["revokes"]);
        let long = decide(&counsel, decision(&"x".repeat(4_001))).await.unwrap_err();
        assert_eq!(problem(&long), ["what"]);
        let all = logbook::decisions(&mut app.store.read(&counsel).await.unwrap(), id).await.unwrap();
        assert_eq!(all.iter().map(|each| (each.number, each.revokes, each.revoked_by)).collect::<Vec<_>>(), [(2, Some(1), None), (1, None, Some(2))]);
        assert_eq!(all[1].decided_by, counsel.person);

        for (side, kind) in [(Side::Compliance, RefusalKind::Forbidden), (Side::Employee, RefusalKind::NotFound), (Side::Vendor, RefusalKind::NotFound), (Side::Executive, RefusalKind::NotFound)] {
            let actor = app.actor("Somebody", &[side]);
            assert_eq!(decide(&actor, decision("x")).await.unwrap_err().kind, kind, "{side}");
        }
        let other = told(app, &counsel).await;
        let elsewhere = NewDecision { revokes: Some(2), ..decision("x") };
        let refused = transact!(app.store, &counsel, |cx| logbook::decide(cx, other, &elsewhere).await).unwrap_err();
        assert_eq!(problem(&refused), ["revokes"], "a decision of another incident");
    }

    async fn custody_goes_from_hand_to_hand_and_forward_in_time(app: &TestApp) {
        let counsel = counsel(app);
        let id = told(app, &counsel).await;
        let log = log_of(app);
        assert_eq!(log.collect(&counsel, id, &disk(), None).await.unwrap(), 1);
        let go = async |new: NewCustody| transact!(app.store, &counsel, |cx| logbook::hand_on(cx, id, 1, &new).await);
        assert_eq!(problem(&go(entry("handed_over", "Ben Lab", "Cy", "2026-11-20T11:00", 1)).await.unwrap_err()), ["from"]);
        assert_eq!(problem(&go(entry("handed_over", "Ada Forensics", "Ben Lab", "2026-11-20T09:00", 1)).await.unwrap_err()), ["at"]);
        assert_eq!(problem(&go(entry("handed_over", "Ada Forensics", "Ben Lab", "2026-12-20T09:00", 1)).await.unwrap_err()), ["at"]);
        assert_eq!(problem(&go(entry("eaten", "", "", "", 1)).await.unwrap_err()), ["act"]);
        go(entry("handed_over", "ada forensics", "Ben Lab", "2026-11-20T11:00", 1)).await.unwrap();
        let stale = go(entry("examined", "", "Ben Lab", "2026-11-20T12:00", 1)).await.unwrap_err();
        assert_eq!(stale.kind, RefusalKind::Stale, "somebody continued the chain since");
        go(entry("examined", "", "Ben Lab", "2026-11-20T12:00", 2)).await.unwrap();
        go(entry("copied", "", "Cy Copy", "2026-11-20T12:30", 3)).await.unwrap();
        let view = logbook::one_evidence(&mut app.store.read(&counsel).await.unwrap(), id, 1).await.unwrap();
        assert_eq!((view.evidence.holder.as_str(), view.evidence.place.as_str()), ("Ben Lab", "safe 1"), "a copy moves nothing");
        let chain: Vec<(Act, &str, &str)> = view.chain.iter().map(|entry| (entry.act, entry.from.as_str(), entry.to.as_str())).collect();
        assert_eq!(chain, [(Act::Collected, "", "Ada Forensics"), (Act::HandedOver, "Ada Forensics", "Ben Lab"), (Act::Examined, "", "Ben Lab"), (Act::Copied, "", "Cy Copy")]);
        let listed = logbook::evidence(&mut app.store.read(&counsel).await.unwrap(), id).await.unwrap();
        assert_eq!(listed[0].holder, "Ben Lab");
        assert_eq!(log.verify(&counsel, id, 1).await.unwrap_err().kind, RefusalKind::Conflict, "no bytes are stored");
        go(entry("returned", "Ben Lab", "the data centre", "2026-11-20T13:00", 4)).await.unwrap();
        assert_eq!(problem(&go(entry("examined", "", "Ben", "", 5)).await.unwrap_err()), ["act"], "the chain has ended");

        let compliance = app.actor("Ines Compliance", &[Side::Compliance]);
        let new = entry("examined", "", "x", "", 5);
        assert_eq!(transact!(app.store, &compliance, |cx| logbook::hand_on(cx, id, 1, &new).await).unwrap_err().kind, RefusalKind::Forbidden);
        assert!(logbook::one_evidence(&mut app.store.read(&compliance).await.unwrap(), id, 1).await.is_ok());
        let emil = app.actor("Emil Employee", &[Side::Employee]);
        assert_eq!(logbook::one_evidence(&mut app.store.read(&emil).await.unwrap(), id, 1).await.unwrap_err().kind, RefusalKind::NotFound);
    }

    async fn stored_bytes_are_verified_and_a_change_is_noticed(app: &TestApp) {
        let counsel = counsel(app);
        let id = told(app, &counsel).await;
        let log = log_of(app);
        let hostile = Bytes::from_static(b"%PDF-1.7 <script>alert(1)</script>");
        let wrong = NewEvidence { sha256: "ab".repeat(32), ..disk() };
        let refused = log.collect(&counsel, id, &wrong, Some(("log.pdf".to_owned(), hostile.clone()))).await.unwrap_err();
        assert_eq!(problem(&refused), ["sha256"], "the hash that was typed is another");
        let compliance = app.actor("Ines Compliance", &[Side::Compliance]);
        assert_eq!(log.collect(&compliance, id, &disk(), Some(("x".to_owned(), hostile.clone()))).await.unwrap_err().kind, RefusalKind::Forbidden);
        log.collect(&counsel, id, &disk(), Some(("log.pdf".to_owned(), hostile.clone()))).await.unwrap();
        assert_eq!(log.file(&compliance, id, 1).await.unwrap(), ("log.pdf".to_owned(), hostile));
        assert_eq!(log.verify(&counsel, id, 1).await.unwrap(), Verification::Same);
        let view = logbook::one_evidence(&mut app.store.read(&counsel).await.unwrap(), id, 1).await.unwrap();
        let path = app.folder().join("files").join(&view.evidence.sha256[..2]).join(&view.evidence.sha256);
        std::fs::write(&path, b"other bytes").unwrap();
        assert_eq!(log.verify(&counsel, id, 1).await.unwrap(), Verification::Different);
        assert_eq!(log.file(&counsel, id, 1).await.unwrap_err().kind, RefusalKind::Conflict);
        std::fs::remove_file(&path).unwrap();
        assert_eq!(log.verify(&counsel, id, 1).await.unwrap(), Verification::Missing);
        let view = logbook::one_evidence(&mut app.store.read(&counsel).await.unwrap(), id, 1).await.unwrap();
        assert_eq!(view.chain.iter().map(|entry| entry.act).collect::<Vec<_>>(), [Act::Collected, Act::Verified, Act::Failed, Act::Failed]);
        assert_eq!(view.evidence.holder, "Ada Forensics", "a verification moves nothing");
    }

    async fn while_a_hold_stands_nothing_is_destroyed(app: &TestApp) {
        let counsel = counsel(app);
        let emil = person(app, "Emil Employee", Side::Employee).await;
        let vera = person(app, "Vera Vendor", Side::Vendor).await;
        let ivo = person(app, "Ivo Executive", Side::Executive).await;
        let id = told(app, &counsel).await;
        let log = log_of(app);
        log.collect(&counsel, id, &disk(), None).await.unwrap();
        for side in [Side::Security, Side::It] {
            let actor = app.actor("Somebody", &[side]);
            assert_eq!(hold(app, &actor, id, &[&emil]).await.unwrap_err().kind, RefusalKind::Forbidden, "{side}");
        }
        assert_eq!(problem(&hold(app, &counsel, id, &[]).await.unwrap_err()), ["custodians"]);
        assert_eq!(problem(&hold(app, &counsel, id, &[&vera]).await.unwrap_err()), ["custodians"], "a vendor's contact reads no hold");
        assert_eq!(problem(&hold(app, &counsel, id, &[&app.actor("Nobody", &[])]).await.unwrap_err()), ["custodians"]);
        let number = hold(app, &counsel, id, &[&emil, &emil]).await.unwrap();
        let destroy = async || {
            let new = entry("destroyed", "", "", "", 1);
            transact!(app.store, &counsel, |cx| logbook::hand_on(cx, id, 1, &new).await)
        };
        assert_eq!(problem(&destroy().await.unwrap_err()), ["act"]);

        let own = logbook::own_holds(&mut app.store.read(&emil).await.unwrap()).await.unwrap();
        assert_eq!(own.len(), 1);
        assert!(own[0].acknowledged_at.is_none());
        let hold_id = own[0].hold.id;
        assert!(logbook::own_holds(&mut app.store.read(&counsel).await.unwrap()).await.unwrap().is_empty(), "Legal issued it and keeps nothing");
        assert_eq!(logbook::own_holds(&mut app.store.read(&vera).await.unwrap()).await.unwrap_err().kind, RefusalKind::Forbidden);
        assert_eq!(transact!(app.store, &ivo, |cx| logbook::acknowledge(cx, hold_id).await).unwrap_err().kind, RefusalKind::NotFound);
        transact!(app.store, &counsel, |cx| logbook::add_custodians(cx, id, number, &[ivo.person.to_string(), emil.person.to_string()]).await).unwrap();
        transact!(app.store, &emil, |cx| logbook::acknowledge(cx, hold_id).await).unwrap();
        transact!(app.store, &emil, |cx| logbook::acknowledge(cx, hold_id).await).unwrap();
        let holds = logbook::holds(&mut app.store.read(&counsel).await.unwrap(), id).await.unwrap();
        let said: Vec<(&str, bool)> = holds[0].custodians.iter().map(|custodian| (custodian.person_name.as_str(), custodian.acknowledged_at.is_some())).collect();
        assert_eq!(said, [("Ivo Executive", false), ("Emil Employee", true)], "who has not acknowledged comes first");
        assert_eq!(logbook::holds(&mut app.store.read(&emil).await.unwrap(), id).await.unwrap_err().kind, RefusalKind::NotFound);

        let release = async |why: &'static str, revision: i64| transact!(app.store, &counsel, |cx| logbook::release_hold(cx, id, number, why, revision).await);
        assert_eq!(problem(&release(" ", 1).await.unwrap_err()), ["why"]);
        assert_eq!(release("settled", 7).await.unwrap_err().kind, RefusalKind::Stale);
        release("settled", 1).await.unwrap();
        assert_eq!(release("settled", 2).await.unwrap_err().kind, RefusalKind::Conflict);
        assert_eq!(transact!(app.store, &ivo, |cx| logbook::acknowledge(cx, hold_id).await).unwrap_err().kind, RefusalKind::Conflict);
        destroy().await.unwrap();
    }

    async fn costs_are_exact_and_summed_per_currency(app: &TestApp) {
        let counsel = counsel(app);
        let id = told(app, &counsel).await;
        let enter = async |new: NewCost| transact!(app.store, &counsel, |cx| logbook::enter_cost(cx, id, &new).await);
        for new in [cost("0.10", "eur", "estimate"), cost("0.20", "EUR", "invoiced"), cost("5000", "JPY", "invoiced"), cost("1,000,000,000,000.01", "EUR", "estimate")] {
            enter(new).await.unwrap();
        }
        let bad = NewCost { category: "tea".to_owned(), dated: "2026-13-01".to_owned(), ..cost("1,234", "EUR", "guess") };
        assert_eq!(problem(&enter(bad).await.unwrap_err()), ["category", "kind", "dated", "amount"]);
        assert_eq!(problem(&enter(cost("5", "EURO", "estimate")).await.unwrap_err()), ["currency"]);
        let strike = async |number: i64, why: &'static str, revision: i64| transact!(app.store, &counsel, |cx| logbook::strike_cost(cx, id, number, why, revision).await);
        assert_eq!(problem(&strike(1, "", 1).await.unwrap_err()), ["why"]);
        assert_eq!(strike(1, "the invoice came", 3).await.unwrap_err().kind, RefusalKind::Stale);
        strike(1, "the invoice came", 1).await.unwrap();
        assert_eq!(strike(1, "again", 2).await.unwrap_err().kind, RefusalKind::Conflict);
        assert_eq!(strike(9, "x", 1).await.unwrap_err().kind, RefusalKind::NotFound);
        let (costs, sums) = logbook::costs(&mut app.store.read(&counsel).await.unwrap(), id).await.unwrap();
        assert_eq!(costs.len(), 4, "what was struck out stays readable");
        let said: Vec<(&str, i64, i64)> = sums.iter().map(|sum| (sum.currency.as_str(), sum.estimated, sum.invoiced)).collect();
        assert_eq!(said, [("EUR", 100_000_000_000_001, 20), ("JPY", 0, 5_000)]);
        let (name, _, csv) = log_of(app).costs_table(&counsel, id, TableForm::Csv).await.unwrap();
        let csv = String::from_utf8(csv.to_vec()).unwrap();
        assert_eq!(name, "incident-1-costs.csv");
        assert!(csv.contains("1000000000000.01") && csv.contains("'=cmd|"), "exact, and no formula: {csv}");
        let (_, _, xlsx) = log_of(app).costs_table(&counsel, id, TableForm::Xlsx).await.unwrap();
        assert!(xlsx.starts_with(b"PK"));
    }

    async fn an_owner_sees_the_own_action_and_nothing_else(app: &TestApp) {
        let counsel = counsel(app);
        let emil = person(app, "Emil Employee", Side::Employee).await;
        let ivo = person(app, "Ivo Executive", Side::Executive).await;
        let id = told(app, &counsel).await;
        transact!(app.store, &counsel, |cx| logbook::learn(cx, id, "encrypt every laptop").await).unwrap();
        let plan = async |owner: &Actor, due: &str, lesson: Option<i64>| {
            let new = NewAction { what: format!("do it by {due}"), lesson, owner: owner.person.to_string(), due: due.to_owned() };
            transact!(app.store, &counsel, |cx| logbook::plan_action(cx, id, &new).await)
        };
        let his = plan(&emil, "2026-11-20", Some(1)).await.unwrap();
        let other = plan(&counsel, "2026-12-01", None).await.unwrap();
        assert_eq!(problem(&plan(&emil, "soon", Some(9)).await.unwrap_err()), ["due", "lesson"]);
        let list = async |actor: &Actor, filter: ActionFilter| {
            let mut cx = app.store.read(actor).await.unwrap();
            logbook::all_actions(&mut cx, &filter, None, 50).await.unwrap().items
        };
        let all = ActionFilter::default;
        let seen = list(&emil, all()).await;
        assert_eq!(seen.iter().map(|each| each.action.id).collect::<Vec<_>>(), [his]);
        assert!(seen[0].incident.is_none() && seen[0].can_do, "the words of the action, and not the incident");
        assert_eq!(list(&counsel, all()).await.iter().map(|each| each.action.id).collect::<Vec<_>>(), [his, other], "the earliest day first");
        assert!(list(&counsel, all()).await.iter().all(|each| each.incident.is_some()));
        assert_eq!(list(&counsel, ActionFilter { mine: true, ..all() }).await.len(), 1);
        assert_eq!(list(&counsel, ActionFilter { overdue: true, ..all() }).await[0].action.id, his);
        assert!(list(&ivo, all()).await.is_empty());
        let finish = async |actor: &Actor, id, proof: &'static str, revision: i64| transact!(app.store, actor, |cx| logbook::finish_action(cx, id, proof, revision).await).map(|_| ());
        assert_eq!(finish(&emil, other, "x", 1).await.unwrap_err().kind, RefusalKind::NotFound);
        assert_eq!(finish(&ivo, his, "x", 1).await.unwrap_err().kind, RefusalKind::NotFound);
        let compliance = app.actor("Ines Compliance", &[Side::Compliance]);
        assert_eq!(finish(&compliance, his, "x", 1).await.unwrap_err().kind, RefusalKind::Forbidden);
        assert_eq!(problem(&finish(&emil, his, "", 1).await.unwrap_err()), ["proof"]);
        assert_eq!(finish(&emil, his, "report 7", 4).await.unwrap_err().kind, RefusalKind::Stale);
        finish(&emil, his, "report 7", 1).await.unwrap();
        assert_eq!(finish(&emil, his, "report 7", 2).await.unwrap_err().kind, RefusalKind::Conflict);
        assert!(list(&emil, all()).await.is_empty());
        assert_eq!(list(&emil, ActionFilter { done_too: true, ..all() }).await.len(), 1);
        let anew = NewAction { owner: ivo.person.to_string(), due: "2026-12-24".to_owned(), ..NewAction::default() };
        let replan = async |actor: &Actor, revision: i64| transact!(app.store, actor, |cx| logbook::replan_action(cx, id, 1, &anew, revision).await);
        assert_eq!(replan(&emil, 2).await.unwrap_err().kind, RefusalKind::NotFound, "an owner does it and plans nothing");
        assert_eq!(replan(&counsel, 1).await.unwrap_err().kind, RefusalKind::Stale);
        replan(&counsel, 2).await.unwrap();
        assert_eq!(list(&ivo, all()).await.len(), 1, "it is open again, and another's");
        assert!(list(&emil, ActionFilter { done_too: true, ..all() }).await.is_empty());
    }

    async fn channels_are_opened_and_closed_and_people_told(app: &TestApp) {
        let counsel = counsel(app);
        let id = told(app, &counsel).await;
        let bridge = NewChannel { name: "telephone bridge".to_owned(), reach: "+49 1, pin 77".to_owned(), independent: true, ..NewChannel::default() };
        let number = transact!(app.store, &counsel, |cx| logbook::open_channel(cx, id, &bridge).await).unwrap();
        let tell = async |channel: Option<i64>, who: &'static str| {
            let new = NewTold { who: who.to_owned(), channel, ..NewTold::default() };
            transact!(app.store, &counsel, |cx| logbook::tell(cx, id, &new).await)
        };
        tell(Some(number), "the board").await.unwrap();
        assert_eq!(problem(&tell(Some(7), "").await.unwrap_err()), ["who", "channel"]);
        let end = async |revision: i64| transact!(app.store, &counsel, |cx| logbook::end_channel(cx, id, number, revision).await);
        assert_eq!(end(4).await.unwrap_err().kind, RefusalKind::Stale);
        end(1).await.unwrap();
        assert_eq!(end(2).await.unwrap_err().kind, RefusalKind::Conflict);
        let mut cx = app.store.read(&counsel).await.unwrap();
        let told = logbook::told(&mut cx, id).await.unwrap();
        assert_eq!((told[0].who.as_str(), told[0].told_by.as_str(), told[0].channel.as_deref()), ("the board", "Clara Counsel", Some("telephone bridge")));
        assert!(logbook::channels(&mut cx, id).await.unwrap()[0].ended_at.is_some());
        let rows = cx.all("select detail from ledger_entries where action = 'incident.channel_opened'", vec![]).await.unwrap();
        assert_eq!(rows.len(), 1);
        assert!(!rows[0].text("detail").unwrap().contains("pin 77"), "how one gets onto it stays out of the trail");
    }

    async fn the_situation_stays_on_one_page_and_the_report_says_it_all(app: &TestApp) {
        let counsel = counsel(app);
        let id = told(app, &counsel).await;
        aware(app, &counsel, id).await;
        let log = log_of(app);
        for at in 0..60 {
            let new = NewDecision { alternatives: "wait a day".to_owned(), ..decision(&format!("decision {at}: {}", "with many words ".repeat(20))) };
            transact!(app.store, &counsel, |cx| logbook::decide(cx, id, &new).await).unwrap();
            let new = NewTold { who: format!("somebody {at} with a long name of a long department"), ..NewTold::default() };
            transact!(app.store, &counsel, |cx| logbook::tell(cx, id, &new).await).unwrap();
        }
        log.collect(&counsel, id, &disk(), None).await.unwrap();
        transact!(app.store, &counsel, |cx| logbook::enter_cost(cx, id, &cost("12.50", "EUR", "estimate")).await).unwrap();
        let (name, media, pdf) = log.situation_pdf(&counsel, id).await.unwrap();
        assert_eq!((name.as_str(), media), ("incident-1-situation.pdf", "application/pdf"));
        let text = read(&pdf);
        assert_eq!(text.pages.len(), 1);
        for wanted in ["Laptop lost on a train", "more decisions", "more entries", "nobody yet", "EUR 12.50", "26 Nov 2026, 14:20 Europe/Paris"] {
            assert!(text.text.to_lowercase().contains(&wanted.to_lowercase()), "{wanted}: {}", text.text);
        }
        let (_, _, pdf) = log.report_pdf(&counsel, id).await.unwrap();
        let text = read(&pdf);
        for wanted in ["Incident report, factual", "the service desk, ticket 12", "decision 0", "decision 59", "E-1", "Ada Forensics", "EUR 12.50"] {
            assert!(text.text.contains(wanted), "{wanted}");
        }
        assert!(!text.text.to_lowercase().contains("privileged"), "the factual report says nothing of privilege");
        let (name, _, pdf) = log.custody_pdf(&counsel, id, 1).await.unwrap();
        assert!(read(&pdf).text.contains("safe 1"));
        assert_eq!(name, "incident-1-E-1.pdf");
        let emil = app.actor("Emil Employee", &[Side::Employee]);
        assert_eq!(log.report_pdf(&emil, id).await.unwrap_err().kind, RefusalKind::NotFound);
        assert_eq!(log.situation_pdf(&emil, id).await.unwrap_err().kind, RefusalKind::NotFound);
        assert_eq!(log.evidence_table(&emil, id, TableForm::Csv).await.unwrap_err().kind, RefusalKind::NotFound);
        let token = Actor { read_only: true, ..counsel.clone() };
        assert!(log.report_pdf(&token, id).await.is_ok(), "a token that only reads may take it out");
    }

    async fn the_papers_of_an_exercise_say_so(app: &TestApp) {
        let counsel = counsel(app);
        let id = told(app, &counsel).await;
        transact!(app.store, &Actor::system(), |cx| {
            cx.unrecorded("a test's exercise");
            let exercise: kernel::Uuid = cx.new_id();
            cx.run("update incidents set exercise = $2 where id = $1", vec![id.into(), exercise.into()]).await
        }).unwrap();
        let log = log_of(app);
        log.collect(&counsel, id, &disk(), None).await.unwrap();
        for (name, _, pdf) in [
            log.situation_pdf(&counsel, id).await.unwrap(),
            log.report_pdf(&counsel, id).await.unwrap(),
            log.custody_pdf(&counsel, id, 1).await.unwrap(),
        ] {
            assert!(name.starts_with("EXERCISE-") && read(&pdf).text.contains("EXERCISE"), "{name}");
        }
    }
}

struct Read {
    text: String,
    pages: Vec<()>,
}

fn read(pdf: &[u8]) -> Read {
    let extracted = documents::read("paper.pdf", pdf, &documents::Limits::default()).unwrap();
    let pages = extracted.pages.map_or(0, |pages| pages as usize);
    Read { text: extracted.text.split_whitespace().collect::<Vec<_>>().join(" "), pages: vec![(); pages] }
}
