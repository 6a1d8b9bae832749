//! The response plan through its use cases.

use db::transact;
use incidents::{
    IncidentId, PlanStepId, State,
    plan::{self, Act, DraftView, RoleForm, StepForm, StepState},
    rules::plan::{Kind, Track},
    set_state,
};
use kernel::{Actor, Refusal, RefusalKind, Side};
use testkit::TestApp;

use crate::use_cases::{app, told};

/// Someone who works here, under the id of the test's actor of that name.
pub(crate) async fn hire(app: &TestApp, name: &str, side: Side) -> Actor {
    let actor = app.actor(name, &[side]);
    let mut cx = app.store.write(&Actor::system()).await.unwrap();
    let folded = kernel::fold(name);
    cx.run(
        "insert into people (id, name, name_folded, email, email_folded, title, department, search, administrator, active, totp_confirmed, created_at, revision) \
         values ($1, $2, $3, $3, $3, '', '', $3, false, true, false, 0, 1)",
        vec![actor.person.into(), name.into(), folded.into()],
    )
    .await
    .unwrap();
    cx.run("insert into person_sides (person, side) values ($1, $2)", vec![actor.person.into(), side.into()])
        .await
        .unwrap();
    cx.unrecorded("a person of a test");
    cx.commit().await.unwrap();
    actor
}

pub(crate) async fn leaves(app: &TestApp, actor: &Actor) {
    let mut cx = app.store.write(&Actor::system()).await.unwrap();
    cx.run("update people set active = false where id = $1", vec![actor.person.into()]).await.unwrap();
    cx.unrecorded("a person of a test");
    cx.commit().await.unwrap();
}

pub(crate) struct Team {
    pub sam: Actor,
    pub theo: Actor,
    pub ines: Actor,
    pub clara: Actor,
    pub priya: Actor,
}

pub(crate) async fn team(app: &TestApp) -> Team {
    Team {
        sam: hire(app, "Sam Security", Side::Security).await,
        theo: hire(app, "Theo Security", Side::Security).await,
        ines: hire(app, "Ines It", Side::It).await,
        clara: hire(app, "Clara Counsel", Side::Legal).await,
        priya: hire(app, "Priya Privacy", Side::Privacy).await,
    }
}

pub(crate) async fn draft(app: &TestApp, actor: &Actor) -> DraftView {
    plan::draft(&mut app.store.read(actor).await.unwrap()).await.unwrap().unwrap()
}

fn form_of(role: &incidents::rules::plan::Role, person: &Actor, deputy: &Actor) -> RoleForm {
    RoleForm {
        name: role.name.clone(),
        side: role.side.to_string(),
        leads: role.leads,
        person: person.person.to_string(),
        deputy: deputy.person.to_string(),
    }
}

/// A draft in which nothing is left to do.
pub(crate) async fn ready(app: &TestApp, team: &Team) -> DraftView {
    let Team { sam, theo, ines, clara, priya } = team;
    transact!(app.store, clara, |cx| plan::begin(cx).await).unwrap();
    for at in 0..draft(app, clara).await.plan.document.roles.len() {
        let view = draft(app, clara).await;
        let role = &view.plan.document.roles[at];
        let (person, deputy) = match (role.side, role.name.as_str()) {
            (Track::Technical, "IT operations") => (ines, theo),
            (Track::Technical, _) => (sam, theo),
            (Track::Legal, "Privacy officer") => (priya, clara),
            (Track::Legal, _) => (clara, priya),
        };
        let form = form_of(role, person, deputy);
        let revision = view.plan.version.revision;
        transact!(app.store, sam, |cx| plan::put_role(cx, Some(role.id), &form, revision).await).unwrap();
    }
    let revision = draft(app, clara).await.plan.version.revision;
    transact!(app.store, priya, |cx| plan::edit_about(cx, "Our plan", "2027-06-30", revision).await).unwrap();
    let view = draft(app, clara).await;
    assert!(view.is_signable(), "{:?}", view.problems);
    view
}

pub(crate) async fn sign(app: &TestApp, actor: &Actor, side: Side, hash: &str) -> Result<bool, Refusal> {
    transact!(app.store, actor, |cx| plan::sign(cx, side, hash).await)
}

pub(crate) async fn signed(app: &TestApp, team: &Team) -> i64 {
    let view = ready(app, team).await;
    assert!(!sign(app, &team.clara, Side::Legal, &view.hash).await.unwrap());
    assert!(sign(app, &team.sam, Side::Security, &view.hash).await.unwrap());
    view.plan.version.number
}

async fn open(app: &TestApp, actor: &Actor) -> IncidentId {
    let id = told(app, actor).await;
    transact!(app.store, actor, |cx| set_state(cx, id, State::Open, "", 1).await).unwrap();
    id
}

async fn steps(app: &TestApp, actor: &Actor, id: IncidentId) -> Option<plan::Running> {
    plan::running(&mut app.store.read(actor).await.unwrap(), id).await.unwrap().1
}

async fn act(
    app: &TestApp,
    actor: &Actor,
    id: IncidentId,
    number: i64,
    act: Act,
    note: &str,
    revision: i64,
) -> Result<(), Refusal> {
    transact!(app.store, actor, |cx| plan::act(cx, id, number, act, note, revision).await)
}

async fn actions(app: &TestApp) -> Vec<String> {
    let mut cx = app.store.read(&Actor::system()).await.unwrap();
    let rows = cx.all("select action from ledger_entries order by seq", vec![]).await.unwrap();
    rows.iter().map(|row| row.text("action").unwrap()).collect()
}

testkit::both_engines! {
    async fn both_sides_sign_the_same_text_and_it_is_in_force(app: &TestApp) {
        let team = team(app).await;
        let view = ready(app, &team).await;
        assert!(plan::in_force(&mut app.store.read(&team.clara).await.unwrap()).await.unwrap().is_none());
        assert_eq!(sign(app, &team.clara, Side::Legal, "another hash").await.unwrap_err().kind, RefusalKind::Stale);
        assert!(!sign(app, &team.priya, Side::Legal, &view.hash).await.unwrap(), "Privacy signs as Legal");
        assert_eq!(sign(app, &team.clara, Side::Legal, &view.hash).await.unwrap_err().kind, RefusalKind::Conflict);
        assert!(sign(app, &team.theo, Side::Security, &view.hash).await.unwrap());
        let mut cx = app.store.read(&team.ines).await.unwrap();
        let current = plan::in_force(&mut cx).await.unwrap().unwrap();
        assert_eq!((current.plan.version.number, current.plan.version.hash.as_str(), current.plan.signatures.len()), (1, view.hash.as_str(), 2));
        assert_eq!(current.plan.fingerprint().unwrap(), view.hash);
        assert!(current.gone.is_empty() && !current.review_is_overdue);
        drop(cx);
        // The next one begins from it, says what it changes, and takes its place.
        transact!(app.store, &team.sam, |cx| plan::begin(cx).await).unwrap();
        let again = transact!(app.store, &team.sam, |cx| plan::begin(cx).await).unwrap_err();
        assert_eq!(again.kind, RefusalKind::Conflict, "one draft at a time");
        let second = draft(app, &team.sam).await;
        assert_eq!(second.changes, Some((1, Vec::new())));
        let revision = second.plan.version.revision;
        transact!(app.store, &team.sam, |cx| plan::edit_about(cx, "Our better plan", "2027-06-30", revision).await).unwrap();
        let second = draft(app, &team.sam).await;
        assert_eq!(second.changes.as_ref().unwrap().1, ["The plan is called “Our better plan”, before “Our plan”."]);
        sign(app, &team.clara, Side::Legal, &second.hash).await.unwrap();
        assert!(sign(app, &team.sam, Side::Security, &second.hash).await.unwrap());
        let versions = plan::versions(&mut app.store.read(&team.clara).await.unwrap()).await.unwrap();
        let states: Vec<(i64, &str)> = versions.iter().map(|version| (version.number, version.state.as_str())).collect();
        assert_eq!(states, [(2, "in_force"), (1, "retired")]);
        assert_eq!(actions(app).await.iter().filter(|action| *action == "response_plan.in_force").count(), 2);
    }

    async fn what_is_not_complete_is_not_signed(app: &TestApp) {
        let team = team(app).await;
        transact!(app.store, &team.clara, |cx| plan::begin(cx).await).unwrap();
        let view = draft(app, &team.clara).await;
        assert!(!view.is_signable() && view.plan.document.steps.len() >= 20);
        let refused = sign(app, &team.clara, Side::Legal, &view.hash).await.unwrap_err();
        assert_eq!(refused.kind, RefusalKind::Conflict);
        assert!(refused.message.contains("cannot be signed yet"), "{}", refused.message);
    }

    async fn an_edit_voids_what_was_signed(app: &TestApp) {
        let team = team(app).await;
        let view = ready(app, &team).await;
        sign(app, &team.clara, Side::Legal, &view.hash).await.unwrap();
        let before = draft(app, &team.clara).await;
        assert_eq!((before.plan.signatures.len(), before.hash.as_str()), (1, view.hash.as_str()));
        let stale = transact!(app.store, &team.sam, |cx| plan::edit_about(cx, "x", "2027-06-30", view.plan.version.revision).await);
        assert_eq!(stale.unwrap_err().kind, RefusalKind::Stale, "somebody signed meanwhile");
        transact!(app.store, &team.sam, |cx| plan::edit_about(cx, "Another title", "2027-06-30", before.plan.version.revision).await).unwrap();
        let after = draft(app, &team.clara).await;
        assert!(after.plan.signatures.is_empty() && after.hash != view.hash);
        assert_eq!(sign(app, &team.sam, Side::Security, &view.hash).await.unwrap_err().kind, RefusalKind::Stale);
        assert!(actions(app).await.contains(&"response_plan.signatures_voided".to_owned()));
        sign(app, &team.clara, Side::Legal, &after.hash).await.unwrap();
    }

    async fn who_may_read_edit_and_sign(app: &TestApp) {
        let team = team(app).await;
        let view = ready(app, &team).await;
        let revision = view.plan.version.revision;
        for side in [Side::Compliance, Side::Executive, Side::Employee, Side::Auditor] {
            let actor = app.actor("Someone Else", &[side]);
            assert!(plan::draft(&mut app.store.read(&actor).await.unwrap()).await.unwrap().is_some(), "{side} reads");
            let edited = transact!(app.store, &actor, |cx| plan::edit_about(cx, "x", "", revision).await);
            assert_eq!(edited.unwrap_err().kind, RefusalKind::Forbidden, "{side}");
            assert_eq!(sign(app, &actor, Side::Legal, &view.hash).await.unwrap_err().kind, RefusalKind::Forbidden, "{side}");
        }
        let vendor = app.actor("Vera Vendor", &[Side::Vendor]);
        let mut cx = app.store.read(&vendor).await.unwrap();
        assert_eq!(plan::in_force(&mut cx).await.unwrap_err().kind, RefusalKind::Forbidden);
        assert_eq!(plan::draft(&mut cx).await.unwrap_err().kind, RefusalKind::Forbidden);
        drop(cx);
        for (actor, side) in [(&team.sam, Side::Legal), (&team.clara, Side::Security), (&team.ines, Side::Security), (&Actor::system(), Side::Legal)] {
            assert_eq!(sign(app, actor, side, &view.hash).await.unwrap_err().kind, RefusalKind::Forbidden, "{}", actor.name);
        }
        // Whoever belongs to both sides still signs once.
        let both = app.actor("Bo Both", &[Side::Legal, Side::Security]);
        sign(app, &both, Side::Legal, &view.hash).await.unwrap();
        let refused = sign(app, &both, Side::Security, &view.hash).await.unwrap_err();
        assert_eq!(refused.hint.as_deref(), Some("two sides are two people"));
        let reading = Actor { read_only: true, ..team.clara.clone() };
        assert!(plan::draft(&mut app.store.read(&reading).await.unwrap()).await.is_ok());
        assert!(sign(app, &reading, Side::Legal, &view.hash).await.is_err());
    }

    async fn roles_and_steps_are_added_changed_moved_and_removed(app: &TestApp) {
        let team = team(app).await;
        let clara = &team.clara;
        transact!(app.store, clara, |cx| plan::begin(cx).await).unwrap();
        let revision = async || draft(app, clara).await.plan.version.revision;
        let now = revision().await;
        let bad = RoleForm { name: "x".repeat(81), side: "sea".to_owned(), person: "nobody".to_owned(), ..RoleForm::default() };
        let refused = transact!(app.store, clara, |cx| plan::put_role(cx, None, &bad, now).await).unwrap_err();
        let fields: Vec<&str> = refused.fields.iter().map(|problem| problem.field.as_str()).collect();
        assert_eq!(fields, ["name", "side", "person"]);
        let own = RoleForm { name: "Scribe".to_owned(), side: "legal".to_owned(), leads: false, person: clara.person.to_string(), deputy: clara.person.to_string() };
        let refused = transact!(app.store, clara, |cx| plan::put_role(cx, None, &own, now).await).unwrap_err();
        assert_eq!(refused.fields[0].field, "deputy");
        let good = RoleForm { deputy: team.priya.person.to_string(), ..own };
        let role = transact!(app.store, clara, |cx| plan::put_role(cx, None, &good, now).await).unwrap();

        let now = revision().await;
        let bad = StepForm { number: "soon".to_owned(), unit: "hours".to_owned(), role: "x".to_owned(), ..StepForm::default() };
        let refused = transact!(app.store, clara, |cx| plan::put_step(cx, None, &bad, now).await).unwrap_err();
        let fields: Vec<&str> = refused.fields.iter().map(|problem| problem.field.as_str()).collect();
        assert_eq!(fields, ["title", "what", "track", "role", "number"]);
        let form = StepForm {
            track: "legal".to_owned(),
            title: "Keep the log".to_owned(),
            what: "Write down who decided what and when.".to_owned(),
            role: role.to_string(),
            number: "2".to_owned(),
            unit: "hours".to_owned(),
            ..StepForm::default()
        };
        let step = transact!(app.store, clara, |cx| plan::put_step(cx, None, &form, now).await).unwrap();
        let titles = async || draft(app, clara).await.plan.document.track(Track::Legal).map(|step| step.title.clone()).collect::<Vec<_>>();
        let last = titles().await;
        assert_eq!(last.last().map(String::as_str), Some("Keep the log"));
        let stale = transact!(app.store, clara, |cx| plan::put_step(cx, Some(step), &form, now).await).unwrap_err();
        assert_eq!(stale.kind, RefusalKind::Stale);
        let now = revision().await;
        transact!(app.store, clara, |cx| plan::move_step(cx, step, true, now).await).unwrap();
        let moved = titles().await;
        assert_eq!(moved[moved.len() - 2], "Keep the log");
        let first: PlanStepId = draft(app, clara).await.plan.document.track(Track::Legal).next().unwrap().id;
        let now = revision().await;
        let refused = transact!(app.store, clara, |cx| plan::move_step(cx, first, true, now).await).unwrap_err();
        assert_eq!(refused.kind, RefusalKind::Conflict);
        transact!(app.store, clara, |cx| plan::remove_role(cx, role, now).await).unwrap();
        let view = draft(app, clara).await;
        assert_eq!(view.plan.document.step(Some(step)).unwrap().role, None, "its steps stay");
        assert!(view.problems.iter().any(|problem| problem.says == "Nobody is accountable for “Keep the log”."));
        let now = revision().await;
        transact!(app.store, clara, |cx| plan::remove_step(cx, step, now).await).unwrap();
        let now = revision().await;
        let gone = transact!(app.store, clara, |cx| plan::remove_step(cx, step, now).await).unwrap_err();
        assert_eq!(gone.kind, RefusalKind::NotFound);
        transact!(app.store, clara, |cx| plan::discard(cx, now).await).unwrap();
        assert!(plan::draft(&mut app.store.read(clara).await.unwrap()).await.unwrap().is_none());
        assert_eq!(transact!(app.store, clara, |cx| plan::begin(cx).await).unwrap(), 2, "a number is never given twice");
    }

    async fn opening_an_incident_starts_the_plan_once(app: &TestApp) {
        let team = team(app).await;
        let before = open(app, &team.clara).await;
        assert!(steps(app, &team.clara, before).await.is_none(), "there was no plan");
        signed(app, &team).await;
        let id = open(app, &team.clara).await;
        let running = steps(app, &team.ines, id).await.unwrap();
        assert_eq!((running.version, running.started_by_name.as_str()), (1, "Clara Counsel"));
        assert!(running.steps.len() >= 20);
        let judge = &running.steps[0];
        assert_eq!((judge.role.as_str(), judge.person.as_ref().unwrap().name.as_str(), judge.deputy.as_ref().unwrap().name.as_str()), ("Incident lead", "Sam Security", "Theo Security"));
        assert_eq!(judge.due_at.unwrap().seconds_since(running.started_at), 30 * 60);
        let isolate = running.steps.iter().find(|step| step.title == "Cut off what is touched").unwrap();
        assert_eq!(isolate.follows, Some(judge.number));
        for (state, why, revision) in [(State::Closed, "over", 2), (State::Open, "", 3)] {
            transact!(app.store, &team.clara, |cx| set_state(cx, id, state, why, revision).await).unwrap();
        }
        let again = steps(app, &team.ines, id).await.unwrap();
        assert_eq!((again.steps.len(), again.started_at), (running.steps.len(), running.started_at));
        transact!(app.store, &team.clara, |cx| plan::start(cx, before).await).unwrap();
        assert!(steps(app, &team.clara, before).await.is_some());
        let twice = transact!(app.store, &team.clara, |cx| plan::start(cx, before).await).unwrap_err();
        assert_eq!(twice.kind, RefusalKind::Conflict);
    }

    async fn steps_are_done_skipped_handed_over_and_opened_again(app: &TestApp) {
        let team = team(app).await;
        signed(app, &team).await;
        let id = open(app, &team.sam).await;
        let step = async |number: i64| steps(app, &team.sam, id).await.unwrap().steps.into_iter().find(|step| step.number == number).unwrap();
        act(app, &team.theo, id, 1, Act::Done, " two servers ", 1).await.unwrap();
        let done = step(1).await;
        assert_eq!((done.state, done.note.as_str(), done.closed_by_name.as_str(), done.revision), (StepState::Done, "two servers", "Theo Security", 2));
        assert_eq!(act(app, &team.sam, id, 1, Act::Done, "", 1).await.unwrap_err().kind, RefusalKind::Stale);
        assert_eq!(act(app, &team.sam, id, 1, Act::Done, "", 2).await.unwrap_err().kind, RefusalKind::Conflict);
        act(app, &team.sam, id, 1, Act::OpenAgain, "", 2).await.unwrap();
        assert_eq!((step(1).await.state, step(1).await.closed_at), (StepState::Open, None));
        assert_eq!(act(app, &team.sam, id, 2, Act::NotNeeded, " ", 1).await.unwrap_err().fields[0].field, "note");
        assert_eq!(act(app, &team.sam, id, 2, Act::Done, &"x".repeat(2001), 1).await.unwrap_err().fields[0].field, "note");
        act(app, &team.sam, id, 2, Act::NotNeeded, "mail is not touched", 1).await.unwrap();
        assert_eq!(step(2).await.state, StepState::NotNeeded);
        act(app, &team.sam, id, 3, Act::HandOver(team.theo.person), "", 1).await.unwrap();
        assert_eq!(step(3).await.person.unwrap().name, "Theo Security");
        let stranger = app.actor("Emil Employee", &[Side::Employee]);
        assert_eq!(act(app, &team.sam, id, 4, Act::HandOver(stranger.person), "", 1).await.unwrap_err().fields[0].field, "person");
        assert_eq!(act(app, &team.sam, id, 99, Act::Done, "", 1).await.unwrap_err().kind, RefusalKind::NotFound);
        let cora = app.actor("Cora Compliance", &[Side::Compliance]);
        assert!(steps(app, &cora, id).await.is_some(), "Compliance reads");
        assert_eq!(act(app, &cora, id, 4, Act::Done, "", 1).await.unwrap_err().kind, RefusalKind::Forbidden);
        assert_eq!(act(app, &stranger, id, 4, Act::Done, "", 1).await.unwrap_err().kind, RefusalKind::NotFound);
        app.world.advance_seconds(3 * 3600);
        let progress = incidents::view(&mut app.store.read(&team.sam).await.unwrap(), id).await.unwrap().progress;
        let late = steps(app, &team.sam, id).await.unwrap().steps.into_iter().filter(|step| step.state == StepState::Open && step.due_at.is_some_and(|due| due < app.store.world.now())).count();
        assert_eq!((progress.closed, progress.overdue), (1, i64::try_from(late).unwrap()));
        assert!(late > 0);
        let told = actions(app).await;
        for action in ["incident.plan_started", "incident.step_done", "incident.step_opened_again", "incident.step_not_needed", "incident.step_handed_over"] {
            assert!(told.iter().any(|known| known == action), "{action}");
        }
    }

    async fn steps_for_other_kinds_of_incidents_are_closed_together(app: &TestApp) {
        let team = team(app).await;
        signed(app, &team).await;
        let id = told(app, &team.sam).await;
        let early = transact!(app.store, &team.sam, |cx| plan::narrow(cx, id, &[Kind::PersonalData]).await).unwrap_err();
        assert_eq!(early.kind, RefusalKind::Conflict);
        transact!(app.store, &team.sam, |cx| set_state(cx, id, State::Open, "", 1).await).unwrap();
        let kinds = [Kind::PersonalData, Kind::LostDevice];
        let closed = transact!(app.store, &team.sam, |cx| plan::narrow(cx, id, &kinds).await).unwrap();
        let all = steps(app, &team.sam, id).await.unwrap().steps;
        let not_needed: Vec<_> = all.iter().filter(|step| step.state == StepState::NotNeeded).collect();
        assert!(closed > 2 && not_needed.len() == closed);
        assert!(not_needed.iter().all(|step| !step.kinds.iter().any(|kind| kinds.contains(kind)) && step.note.contains("a lost device")));
        assert!(all.iter().filter(|step| step.kinds.is_empty()).all(|step| step.state == StepState::Open));
        assert_eq!(transact!(app.store, &team.sam, |cx| plan::narrow(cx, id, &kinds).await).unwrap(), 0);
        let cora = app.actor("Cora Compliance", &[Side::Compliance]);
        assert_eq!(transact!(app.store, &cora, |cx| plan::narrow(cx, id, &[]).await).unwrap_err().kind, RefusalKind::Forbidden);
    }

    async fn a_deputy_takes_the_place_of_whoever_has_gone(app: &TestApp) {
        let team = team(app).await;
        let nobody = async |person: kernel::PersonId| plan::stands_in(&mut app.store.read(&Actor::system()).await.unwrap(), person).await.unwrap();
        let leads = async || plan::leads(&mut app.store.read(&Actor::system()).await.unwrap()).await.unwrap();
        assert_eq!((leads().await, nobody(team.sam.person).await), (plan::Leads::default(), None), "no plan, no lead");
        signed(app, &team).await;
        assert_eq!(leads().await, plan::Leads { legal: Some(team.clara.person), security: Some(team.sam.person) });
        assert_eq!(nobody(team.sam.person).await, Some(team.theo.person));
        assert_eq!(nobody(team.clara.person).await, Some(team.priya.person));
        assert_eq!(nobody(team.theo.person).await, None, "a deputy holds no role");
        leaves(app, &team.sam).await;
        assert_eq!(leads().await.security, Some(team.theo.person));
        let mut cx = app.store.read(&team.clara).await.unwrap();
        let gone = plan::in_force(&mut cx).await.unwrap().unwrap().gone;
        drop(cx);
        assert!(gone.iter().any(|problem| problem.says == "Whoever holds “Incident lead”, Sam Security, no longer works here."), "{gone:?}");
        let id = open(app, &team.clara).await;
        let judge = steps(app, &team.clara, id).await.unwrap().steps.remove(0);
        assert_eq!((judge.person.unwrap().name.as_str(), judge.deputy), ("Theo Security", None));
        app.world.advance_days(300);
        let view = plan::in_force(&mut app.store.read(&team.clara).await.unwrap()).await.unwrap().unwrap();
        assert!(view.review_is_overdue);
    }
}
