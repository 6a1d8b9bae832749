//! Notices from the draft to the proof, by the use cases.

use db::transact;
use incidents::{
    IncidentId, NoticeId,
    notices::{
        self, ApprovalSide, Draft, DraftSection, NewSending, NoticeState, NoticeView, ProofFile, SectionStanding,
    },
    view,
};
use kernel::{Actor, Refusal, RefusalKind, Side};
use serde_json::{Value, json};
use testkit::{Engine, TestApp};

use crate::use_cases::{aware, counsel, fact, told};

async fn app(engine: Engine) -> TestApp {
    crate::use_cases::app(engine).await
}

pub(crate) const GDPR: &str = "eu-gdpr/authority";

pub(crate) fn security(app: &TestApp) -> Actor {
    app.actor("Sam Security", &[Side::Security])
}

/// On Monday at 16:00 in Paris: an incident that became known at 14:20, told in words as far as people know.
pub(crate) async fn known(app: &TestApp) -> (Actor, IncidentId) {
    let clara = counsel(app);
    let id = told(app, &clara).await;
    app.world.advance_seconds(2 * 86_400 + 6 * 3600);
    aware(app, &clara, id).await;
    for (path, text) in [
        ("told.nature", "A laptop with a customer list was left on a train."),
        ("told.consequences", "Unwanted calls and mail."),
        ("told.measures", "The laptop was locked from afar."),
        ("told.contact", "Dora DPO, dpo@acme.example"),
        ("told.records", "about 4,000"),
    ] {
        fact(app, &clara, id, path, json!(text), 0).await.unwrap();
    }
    fact(app, &clara, id, "affected.individuals.FR", json!(1501), 0).await.unwrap();
    (clara, id)
}

pub(crate) async fn draft(app: &TestApp, actor: &Actor, id: IncidentId, rule: &str) -> Result<NoticeId, Refusal> {
    transact!(app.store, actor, |cx| notices::draft(cx, id, rule).await)
}

pub(crate) async fn seen(app: &TestApp, actor: &Actor, id: IncidentId, notice: NoticeId) -> NoticeView {
    notices::view(&mut app.store.read(actor).await.unwrap(), id, notice).await.unwrap()
}

fn sections(view: &NoticeView) -> Vec<DraftSection> {
    let of = |section: &notices::Section| DraftSection { text: section.text.clone(), standing: section.standing };
    view.sections.iter().map(of).collect()
}

async fn save(app: &TestApp, actor: &Actor, view: &NoticeView, sections: Vec<DraftSection>) -> Result<(), Refusal> {
    let draft = Draft { sections: Some(sections), revision: view.notice.revision, ..Draft::default() };
    let (id, notice) = (view.incident.id, view.notice.id);
    transact!(app.store, actor, |cx| notices::save(cx, id, notice, &draft).await)
}

pub(crate) async fn approve(
    app: &TestApp,
    actor: &Actor,
    view: &NoticeView,
    side: ApprovalSide,
) -> Result<(), Refusal> {
    let (id, notice) = (view.incident.id, view.notice.id);
    transact!(app.store, actor, |cx| notices::approve(cx, id, notice, side, &view.hash, false).await)
}

pub(crate) fn sending(view: &NoticeView, local: &str) -> NewSending {
    NewSending {
        moment: json!({ "local": local, "zone": "Europe/Paris" }),
        channel: "the authority's portal".to_owned(),
        reference: "CNIL-4711".to_owned(),
        hash: view.hash.clone(),
        ..NewSending::default()
    }
}

pub(crate) async fn send(app: &TestApp, actor: &Actor, view: &NoticeView, new: &NewSending) -> Result<(), Refusal> {
    let (id, notice) = (view.incident.id, view.notice.id);
    transact!(app.store, actor, |cx| notices::record_sent(cx, id, notice, new).await)
}

/// Drafted, approved by both.
pub(crate) async fn approved(app: &TestApp, clara: &Actor, id: IncidentId, rule: &str) -> NoticeView {
    let notice = draft(app, clara, id, rule).await.unwrap();
    let view = seen(app, clara, id, notice).await;
    let mut written = sections(&view);
    for section in written.iter_mut().filter(|section| section.text.is_empty()) {
        section.standing = SectionStanding::Unknown;
    }
    save(app, clara, &view, written).await.unwrap();
    let view = seen(app, clara, id, notice).await;
    approve(app, clara, &view, ApprovalSide::Legal).await.unwrap();
    approve(app, &security(app), &view, ApprovalSide::Security).await.unwrap();
    seen(app, clara, id, notice).await
}

testkit::both_engines! {
    async fn from_the_facts_to_the_proof(app: &TestApp) {
        let (clara, id) = known(app).await;
        let notice = draft(app, &clara, id, GDPR).await.unwrap();
        let view = seen(app, &clara, id, notice).await;
        let texts: Vec<(&str, &str)> = view.sections.iter().map(|section| (section.item.as_str(), section.text.as_str())).collect();
        assert_eq!(texts, [
            ("the nature of the breach", "A laptop with a customer list was left on a train."),
            ("the categories and approximate number of people affected", "People affected: FR 1501."),
            ("the categories and approximate number of records affected", "Kinds of data: contact details.\n\nabout 4,000"),
            ("name and contact of the data protection officer or another contact point", "Dora DPO, dpo@acme.example"),
            ("the likely consequences", "Unwanted calls and mail."),
            ("the measures taken or proposed, also against possible harm", "The laptop was locked from afar."),
        ]);
        assert!(view.missing().next().is_none() && !view.late && !view.is_approved());
        let twice = draft(app, &clara, id, GDPR).await.unwrap_err();
        assert_eq!(twice.kind, RefusalKind::Conflict, "one draft by a rule at a time");
        let early = send(app, &clara, &view, &sending(&view, "2026-11-23T15:00")).await.unwrap_err();
        assert_eq!(early.kind, RefusalKind::Conflict, "nobody has approved it");

        approve(app, &clara, &view, ApprovalSide::Legal).await.unwrap();
        approve(app, &security(app), &view, ApprovalSide::Security).await.unwrap();
        assert!(seen(app, &clara, id, notice).await.is_approved());
        let refused = send(app, &clara, &view, &sending(&view, "2026-11-23T18:00")).await.unwrap_err();
        assert_eq!(refused.fields[0].field, "local", "not in the future: {refused}");
        let nothing = NewSending { channel: " ".to_owned(), reference: String::new(), ..sending(&view, "2027-03-28T02:30") };
        let fields: Vec<String> = send(app, &clara, &view, &nothing).await.unwrap_err().fields.into_iter().map(|problem| problem.field).collect();
        assert_eq!(fields, ["local", "channel", "proof"]);

        let stored = parts(app).files.put(bytes::Bytes::from_static(b"%PDF receipt")).await.unwrap();
        let proof = ProofFile { stored: stored.clone(), name: "C:\\in\\receipt.pdf".to_owned() };
        let new = NewSending { file: Some(proof), ..sending(&view, "2026-11-23T15:30") };
        send(app, &clara, &view, &new).await.unwrap();
        let sent = seen(app, &clara, id, notice).await;
        let proof = sent.sending.clone().unwrap();
        assert_eq!((sent.notice.state, proof.late, proof.hash.as_str()), (NoticeState::Sent, false, view.hash.as_str()));
        assert_eq!((proof.due.as_str(), proof.file_name.as_str()), ("2026-11-26T14:20:00+01:00", "receipt.pdf"));
        assert!(sent.is_approved(), "what was sent stays what was approved");
        let board = self::view(&mut app.store.read(&clara).await.unwrap(), id).await.unwrap();
        let duty = board.board.done.iter().find(|duty| duty.rule == GDPR).unwrap();
        assert_eq!(duty.status, clocks::Status::Met);
        let entry = board.facts.iter().find(|fact| fact.path == "events.submitted.eu-gdpr/authority").unwrap();
        assert_eq!(entry.source, "notice 1, the authority's portal CNIL-4711");
        let found = notices::proof_file(&mut app.store.read(&clara).await.unwrap(), id, notice).await.unwrap();
        assert_eq!(found, (stored.sha256, "receipt.pdf".to_owned()));
        let again = send(app, &clara, &view, &new).await.unwrap_err();
        assert_eq!(again.kind, RefusalKind::Conflict);
        let written = save(app, &clara, &sent, sections(&sent)).await.unwrap_err();
        assert_eq!(written.kind, RefusalKind::Conflict, "what was sent does not change");
    }

    async fn a_supplement_changes_no_clock(app: &TestApp) {
        let (clara, id) = known(app).await;
        let first = approved(app, &clara, id, GDPR).await;
        send(app, &clara, &first, &sending(&first, "2026-11-23T15:30")).await.unwrap();
        app.world.advance_days(10);
        let supplement = approved(app, &clara, id, GDPR).await;
        assert_eq!((supplement.notice.follows, supplement.notice.number), (Some(first.notice.id), 2));
        assert!(!supplement.late, "a supplement has no clock of its own");
        assert_eq!(supplement.form().unwrap()["field_6"], json!("CNIL-4711"));
        send(app, &clara, &supplement, &sending(&supplement, "2026-12-02T10:00")).await.unwrap();
        let board = view(&mut app.store.read(&clara).await.unwrap(), id).await.unwrap();
        let entries: Vec<Value> = board.facts.iter().filter(|fact| fact.path == "events.submitted.eu-gdpr/authority").map(|fact| fact.value.clone()).collect();
        assert_eq!(entries, [json!({ "local": "2026-11-23T15:30", "zone": "Europe/Paris" })]);
    }

    async fn later_stages_count_from_what_was_sent(app: &TestApp) {
        let (clara, id) = known(app).await;
        fact(app, &clara, id, "actor.roles", json!(["controller", "essential_entity"]), 1).await.unwrap();
        fact(app, &clara, id, "flags.significant", json!(true), 0).await.unwrap();
        let view = approved(app, &clara, id, "eu-nis2/notification").await;
        assert!(view.sections.iter().any(|section| section.standing == SectionStanding::Unknown));
        send(app, &clara, &view, &sending(&view, "2026-11-23T15:30")).await.unwrap();
        let whole = incidents::view(&mut app.store.read(&clara).await.unwrap(), id).await.unwrap();
        let last = whole.board.running.iter().find(|duty| duty.rule == "eu-nis2/final").unwrap();
        assert!(last.due_there.as_deref().unwrap().starts_with("2026-12-23T"), "{last:?}");
        assert!(whole.moves.iter().any(|moved| moved.rule == "eu-nis2/final"));
    }

    async fn a_notice_to_people_says_when_they_were_told(app: &TestApp) {
        let (clara, id) = known(app).await;
        fact(app, &clara, id, "affected.individuals.US-CA", json!(501), 0).await.unwrap();
        fact(app, &clara, id, "data.categories", json!(["ssn"]), 1).await.unwrap();
        let view = approved(app, &clara, id, "us-ca/individuals").await;
        send(app, &clara, &view, &sending(&view, "2026-11-23T15:30")).await.unwrap();
        let whole = incidents::view(&mut app.store.read(&clara).await.unwrap(), id).await.unwrap();
        let told = whole.facts.iter().filter(|fact| fact.path == "events.notified_individuals.US-CA").count();
        assert_eq!(told, 1, "the attorney general's clock runs from it");
    }

    async fn any_change_voids_both_approvals(app: &TestApp) {
        let (clara, id) = known(app).await;
        let view = approved(app, &clara, id, GDPR).await;
        save(app, &clara, &view, sections(&view)).await.unwrap();
        let same = seen(app, &clara, id, view.notice.id).await;
        assert!(same.is_approved() && same.notice.revision == view.notice.revision, "saved as it was");
        let mut changed = sections(&view);
        changed[0].text.push_str(" It was locked.");
        save(app, &security(app), &same, changed.clone()).await.unwrap();
        let after = seen(app, &clara, id, view.notice.id).await;
        assert!(!after.is_approved() && after.hash != view.hash);
        let voided: Vec<&str> = after.approvals.iter().map(|given| given.voided_because.as_str()).collect();
        assert_eq!(voided, ["Sam Security changed the text"; 2]);
        let unsent = send(app, &clara, &after, &sending(&after, "2026-11-23T15:30")).await.unwrap_err();
        assert_eq!(unsent.kind, RefusalKind::Conflict);
        let stale = save(app, &clara, &same, changed).await.unwrap_err();
        assert_eq!(stale.kind, RefusalKind::Stale, "the second of two who change it is told");
        let unseen = approve(app, &clara, &view, ApprovalSide::Legal).await.unwrap_err();
        assert_eq!(unseen.kind, RefusalKind::Stale, "nobody approves a text that was changed meanwhile");
        let back = Draft { form: Some(Some(after.form_from_facts())), revision: after.notice.revision, ..Draft::default() };
        approve(app, &clara, &after, ApprovalSide::Legal).await.unwrap();
        transact!(app.store, &clara, |cx| notices::save(cx, id, after.notice.id, &back).await).unwrap();
        let formed = seen(app, &clara, id, after.notice.id).await;
        assert!(formed.approval(ApprovalSide::Legal).is_none(), "the form is a part of what is approved");
    }

    async fn two_people_approve_each_for_the_own_side(app: &TestApp) {
        let (clara, id) = known(app).await;
        let both = app.actor("Bo Both", &[Side::Privacy, Side::It]);
        let notice = draft(app, &clara, id, GDPR).await.unwrap();
        let view = seen(app, &clara, id, notice).await;
        let wrong = approve(app, &clara, &view, ApprovalSide::Security).await.unwrap_err();
        assert_eq!(wrong.kind, RefusalKind::Forbidden);
        approve(app, &both, &view, ApprovalSide::Legal).await.unwrap();
        let alone = approve(app, &both, &view, ApprovalSide::Security).await.unwrap_err();
        assert_eq!(alone.kind, RefusalKind::Conflict, "{alone}");
        let twice = approve(app, &clara, &view, ApprovalSide::Legal).await.unwrap_err();
        assert_eq!(twice.kind, RefusalKind::Conflict);
        for side in [Side::Compliance, Side::Executive, Side::Vendor] {
            let other = app.actor("Someone Else", &[side]);
            let refused = approve(app, &other, &view, ApprovalSide::Legal).await.unwrap_err();
            let expected = if side == Side::Compliance { RefusalKind::Forbidden } else { RefusalKind::NotFound };
            assert_eq!(refused.kind, expected, "{side}");
        }
        let token = Actor { read_only: true, ..counsel(app) };
        assert_eq!(approve(app, &token, &view, ApprovalSide::Legal).await.unwrap_err().kind, RefusalKind::Forbidden);
    }

    async fn what_is_missing_keeps_it_from_being_approved(app: &TestApp) {
        let clara = counsel(app);
        let id = told(app, &clara).await;
        app.world.advance_days(3);
        aware(app, &clara, id).await;
        let notice = draft(app, &clara, id, GDPR).await.unwrap();
        let view = seen(app, &clara, id, notice).await;
        assert_eq!(view.missing().count(), 5, "only the kinds of data are known");
        let open: Vec<&str> = view.open_tellings.iter().map(|telling| telling.key).collect();
        assert_eq!(open, ["nature", "data_subjects", "records", "consequences", "measures", "contact"]);
        assert_eq!(view.open_facts, ["affected.individuals"]);
        let refused = approve(app, &clara, &view, ApprovalSide::Legal).await.unwrap_err();
        assert!(refused.message.contains("the likely consequences"), "{refused}");
        fact(app, &clara, id, "told.nature", json!("A laptop was lost."), 0).await.unwrap();
        let after = seen(app, &clara, id, notice).await;
        assert_eq!((after.sections[0].text.as_str(), after.from_facts[0].as_str()), ("", "A laptop was lost."), "a draft waits to be told");
        let long = vec![DraftSection { text: "x".repeat(notices::SECTION_LIMIT + 1), standing: SectionStanding::Text }; 6];
        assert_eq!(save(app, &clara, &after, long).await.unwrap_err().fields.len(), 6);
        assert_eq!(save(app, &clara, &after, Vec::new()).await.unwrap_err().kind, RefusalKind::Invalid);
    }

    async fn who_is_late_says_why(app: &TestApp) {
        let (clara, id) = known(app).await;
        let notice = draft(app, &clara, id, GDPR).await.unwrap();
        app.world.advance_days(4);
        let view = seen(app, &clara, id, notice).await;
        assert!(view.late);
        let silent = approve(app, &clara, &view, ApprovalSide::Legal).await.unwrap_err();
        assert!(silent.message.contains("no reasons"), "{silent}");
        let reasons = Draft { late_reasons: Some("The laptop was thought to be at home.".to_owned()), revision: view.notice.revision, ..Draft::default() };
        transact!(app.store, &clara, |cx| notices::save(cx, id, notice, &reasons).await).unwrap();
        let view = seen(app, &clara, id, notice).await;
        assert_eq!(view.form().unwrap()["field_49"], json!("The laptop was thought to be at home."));
        approve(app, &clara, &view, ApprovalSide::Legal).await.unwrap();
        approve(app, &security(app), &view, ApprovalSide::Security).await.unwrap();
        send(app, &clara, &view, &sending(&view, "2026-11-27T12:00")).await.unwrap();
        let sent = seen(app, &clara, id, notice).await.sending.unwrap();
        assert_eq!((sent.late, sent.late_reasons.as_str()), (true, "The laptop was thought to be at home."));
    }

    async fn reasons_are_asked_for_when_it_turns_out_late(app: &TestApp) {
        let (clara, id) = known(app).await;
        // Approved in time, and sent only after it.
        let view = approved(app, &clara, id, GDPR).await;
        app.world.advance_days(4);
        let late = sending(&view, "2026-11-26T14:21");
        let refused = send(app, &clara, &view, &late).await.unwrap_err();
        assert_eq!(refused.fields[0].field, "late_reasons");
        send(app, &clara, &view, &NewSending { late_reasons: "The portal was down.".to_owned(), ..late }).await.unwrap();
        let sent = seen(app, &clara, id, view.notice.id).await;
        assert!(sent.is_approved() && sent.sending.as_ref().unwrap().late);
        assert_eq!(sent.form().unwrap()["field_49"], json!("The portal was down."));
    }

    async fn what_was_sent_otherwise_is_not_sent_twice(app: &TestApp) {
        let (clara, id) = known(app).await;
        let view = approved(app, &clara, id, GDPR).await;
        fact(app, &clara, id, "events.submitted.eu-gdpr/authority", json!("2026-11-23T14:30Z"), 0).await.unwrap();
        let refused = send(app, &clara, &view, &sending(&view, "2026-11-23T15:30")).await.unwrap_err();
        assert!(refused.message.contains("sent already"), "{refused}");
        let outside = Draft { revision: view.notice.revision, ..Draft::default() };
        transact!(app.store, &clara, |cx| notices::save(cx, id, view.notice.id, &outside).await).unwrap();
        let discard = async |why: &str, revision: i64| transact!(app.store, &clara, |cx| notices::discard(cx, id, view.notice.id, why, revision).await);
        assert_eq!(discard(" ", view.notice.revision).await.unwrap_err().fields[0].field, "why");
        assert_eq!(discard("sent by telephone", 99).await.unwrap_err().kind, RefusalKind::Stale);
        discard("sent by telephone", view.notice.revision).await.unwrap();
        assert!(draft(app, &clara, id, GDPR).await.is_ok(), "another draft can follow");
    }

    async fn what_a_law_forbids_to_tell_is_looked_at_first(app: &TestApp) {
        let (clara, id) = known(app).await;
        fact(app, &clara, id, "affected.individuals.US-IL", json!(1777), 0).await.unwrap();
        let notice = draft(app, &clara, id, "us-il/individuals").await.unwrap();
        let view = seen(app, &clara, id, notice).await;
        assert_eq!(view.never_say, ["how many residents of Illinois are affected"]);
        assert!(view.forbidden.is_empty());
        let mut written = sections(&view);
        written.iter_mut().for_each(|section| section.text = "We wrote to 1,777 people.".to_owned());
        save(app, &clara, &view, written).await.unwrap();
        let view = seen(app, &clara, id, notice).await;
        assert_eq!(view.forbidden.len(), 1, "{:?}", view.forbidden);
        assert_eq!(approve(app, &clara, &view, ApprovalSide::Legal).await.unwrap_err().fields[0].field, "despite");
        transact!(app.store, &clara, |cx| notices::approve(cx, id, notice, ApprovalSide::Legal, &view.hash, true).await).unwrap();
        let given = seen(app, &clara, id, notice).await;
        assert!(given.approval(ApprovalSide::Legal).unwrap().despite.contains("1777"));
    }

    async fn who_may_not_read_the_incident_sees_no_notice(app: &TestApp) {
        let (clara, id) = known(app).await;
        let notice = draft(app, &clara, id, GDPR).await.unwrap();
        for side in [Side::Vendor, Side::Executive, Side::Employee, Side::Auditor] {
            let other = app.actor("Someone Else", &[side]);
            let mut cx = app.store.read(&other).await.unwrap();
            assert_eq!(notices::list(&mut cx, id).await.unwrap_err().kind, RefusalKind::NotFound, "{side}");
            assert_eq!(notices::view(&mut cx, id, notice).await.unwrap_err().kind, RefusalKind::NotFound, "{side}");
            drop(cx);
            assert_eq!(draft(app, &other, id, GDPR).await.unwrap_err().kind, RefusalKind::NotFound);
        }
        let cora = app.actor("Cora Compliance", &[Side::Compliance]);
        assert_eq!(notices::list(&mut app.store.read(&cora).await.unwrap(), id).await.unwrap().1.len(), 1);
        assert_eq!(draft(app, &cora, id, "eu-gdpr/individuals").await.unwrap_err().kind, RefusalKind::Forbidden);
        assert_eq!(draft(app, &clara, id, "eu-gdpr/tea").await.unwrap_err().kind, RefusalKind::NotFound);
        assert_eq!(draft(app, &clara, id, "eu-gdpr/register").await.unwrap_err().kind, RefusalKind::Conflict, "nobody is told by it");
        let other = told(app, &clara).await;
        let refused = notices::view(&mut app.store.read(&clara).await.unwrap(), other, notice).await.unwrap_err();
        assert_eq!(refused.kind, RefusalKind::NotFound, "a notice belongs to its incident");
    }

    async fn a_rule_of_ones_own_has_its_notice_too(app: &TestApp) {
        let (clara, id) = known(app).await;
        let file = include_str!("../own_rule.toml");
        transact!(app.store, &clara, |cx| incidents::own_law::save(cx, None, "insurer", file, true).await).unwrap();
        let own = incidents::own_law::rules(&mut app.store.read(&clara).await.unwrap()).await.unwrap();
        let view = approved(app, &clara, id, &own[0].name).await;
        assert_eq!(view.notice.recipient, own[0].to);
        send(app, &clara, &view, &sending(&view, "2026-11-23T15:30")).await.unwrap();
        let whole = incidents::view(&mut app.store.read(&clara).await.unwrap(), id).await.unwrap();
        assert!(whole.facts.iter().any(|fact| fact.path == format!("events.submitted.{}", own[0].name)));
    }

    async fn the_ledger_tells_every_step(app: &TestApp) {
        let (clara, id) = known(app).await;
        let view = approved(app, &clara, id, GDPR).await;
        send(app, &clara, &view, &sending(&view, "2026-11-23T15:30")).await.unwrap();
        let mut cx = app.store.read(&Actor::system()).await.unwrap();
        let entries = db::ledger_store::entries_after(&mut cx, 1, 100).await.unwrap();
        let actions: Vec<&str> = entries.iter().map(|stored| stored.entry.action.as_str()).filter(|action| action.contains("notice")).collect();
        assert_eq!(actions, ["incident.notice_drafted", "incident.notice_approved", "incident.notice_approved", "incident.notice_sent"]);
    }
}

fn parts(app: &TestApp) -> incidents::Incidents {
    crate::pages::parts(app)
}
