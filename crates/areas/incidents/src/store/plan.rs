//! The SQL of the response plan and of the steps that an incident took over from it.

use db::{Cx, Row};
use kernel::{Date, Instant, PersonId, Refusal, Side, Value};

use crate::{
    IncidentId, PlanId, PlanRoleId, PlanStepId,
    plan::{IncidentStep, Plan, PlanState, Progress, Running, Signature, StepState, Version},
    rules::plan::{Document, Holder, Kind, Role, Step},
};

pub(crate) async fn next_number(cx: &mut Cx) -> Result<i64, Refusal> {
    cx.one("select coalesce(max(number), 0) + 1 as next from plans", vec![]).await?.int("next")
}

/// A new draft with everything in it.
pub(crate) async fn insert(
    cx: &mut Cx,
    id: PlanId,
    number: i64,
    made_from: Option<i64>,
    document: &Document,
) -> Result<(), Refusal> {
    let binds: Vec<Value> = vec![
        id.into(),
        number.into(),
        PlanState::Draft.as_str().into(),
        document.title.as_str().into(),
        document.review_by.into(),
        made_from.into(),
        cx.actor.name.clone().into(),
        cx.now.into(),
    ];
    cx.run_unique(
        "insert into plans (id, number, state, title, review_by, made_from, made_by_name, made_at, hash, revision) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, '', 1)",
        binds,
        Refusal::conflict("somebody has just begun a draft").hint("open it and go on there"),
    )
    .await?;
    for role in &document.roles {
        put_role(cx, id, role).await?;
    }
    for step in &document.steps {
        put_step(cx, id, step).await?;
    }
    Ok(())
}

/// A new role comes last; one that is there keeps its place.
pub(crate) async fn put_role(cx: &mut Cx, plan: PlanId, role: &Role) -> Result<(), Refusal> {
    let (person, person_name) = parts(role.person.as_ref());
    let (deputy, deputy_name) = parts(role.deputy.as_ref());
    let binds: Vec<Value> = vec![
        plan.into(),
        role.id.into(),
        role.name.as_str().into(),
        role.side.as_str().into(),
        role.leads.into(),
        person.into(),
        person_name.into(),
        deputy.into(),
        deputy_name.into(),
    ];
    cx.run(
        "insert into plan_roles (plan, id, position, name, side, leads, person, person_name, deputy, deputy_name) \
         values ($1, $2, (select coalesce(max(position), 0) + 1 from plan_roles where plan = $1), $3, $4, $5, $6, $7, $8, $9) \
         on conflict (plan, id) do update set name = excluded.name, \
         side = excluded.side, leads = excluded.leads, person = excluded.person, person_name = excluded.person_name, \
         deputy = excluded.deputy, deputy_name = excluded.deputy_name",
        binds,
    )
    .await
    .map(|_| ())
}

/// A new step comes last; one that is there keeps its place.
pub(crate) async fn put_step(cx: &mut Cx, plan: PlanId, step: &Step) -> Result<(), Refusal> {
    let binds: Vec<Value> = vec![
        plan.into(),
        step.id.into(),
        step.track.as_str().into(),
        step.title.as_str().into(),
        step.what.as_str().into(),
        step.role.into(),
        step.within.into(),
        step.follows.into(),
        Kind::write_list(&step.kinds).into(),
    ];
    cx.run(
        "insert into plan_steps (plan, id, position, track, title, what, role, within_minutes, follows, kinds) \
         values ($1, $2, (select coalesce(max(position), 0) + 1 from plan_steps where plan = $1), $3, $4, $5, $6, $7, $8, $9) \
         on conflict (plan, id) do update set track = excluded.track, \
         title = excluded.title, what = excluded.what, role = excluded.role, within_minutes = excluded.within_minutes, \
         follows = excluded.follows, kinds = excluded.kinds",
        binds,
    )
    .await
    .map(|_| ())
}

/// The steps that it was accountable for lose it.
pub(crate) async fn remove_role(cx: &mut Cx, plan: PlanId, role: PlanRoleId) -> Result<(), Refusal> {
    let binds = || vec![plan.into(), role.into()];
    cx.run("update plan_steps set role = null where plan = $1 and role = $2", binds()).await?;
    cx.run("delete from plan_roles where plan = $1 and id = $2", binds()).await.map(|_| ())
}

/// The steps that followed it follow none.
pub(crate) async fn remove_step(cx: &mut Cx, plan: PlanId, step: PlanStepId) -> Result<(), Refusal> {
    let binds = || vec![plan.into(), step.into()];
    cx.run("update plan_steps set follows = null where plan = $1 and follows = $2", binds()).await?;
    cx.run("delete from plan_steps where plan = $1 and id = $2", binds()).await.map(|_| ())
}

/// Numbers the steps anew in this order.
pub(crate) async fn order_steps(cx: &mut Cx, plan: PlanId, order: &[PlanStepId]) -> Result<(), Refusal> {
    for (step, position) in order.iter().zip(1_i64..) {
        let binds = vec![plan.into(), (*step).into(), position.into()];
        cx.run("update plan_steps set position = $3 where plan = $1 and id = $2", binds).await?;
    }
    Ok(())
}

/// Holds a draft against everybody else's change; false when it is no longer as it was read.
pub(crate) async fn touch(cx: &mut Cx, plan: PlanId, revision: i64) -> Result<bool, Refusal> {
    let touched = cx
        .run(
            "update plans set revision = revision + 1 where id = $1 and revision = $2 and state = 'draft'",
            vec![plan.into(), revision.into()],
        )
        .await?;
    Ok(touched == 1)
}

pub(crate) async fn set_about(cx: &mut Cx, plan: PlanId, title: &str, review_by: Option<Date>) -> Result<(), Refusal> {
    let binds = vec![plan.into(), title.into(), review_by.into()];
    cx.run("update plans set title = $2, review_by = $3 where id = $1", binds).await.map(|_| ())
}

pub(crate) async fn discard(cx: &mut Cx, plan: PlanId) -> Result<(), Refusal> {
    let binds = vec![plan.into(), PlanState::Discarded.as_str().into(), cx.now.into()];
    cx.run("update plans set state = $2, retired_at = $3 where id = $1", binds).await.map(|_| ())
}

/// The draft is in force and what was so before is retired.
pub(crate) async fn put_in_force(cx: &mut Cx, plan: PlanId, hash: &str) -> Result<(), Refusal> {
    let now = cx.now;
    cx.run("update plans set state = 'retired', retired_at = $1 where state = 'in_force'", vec![now.into()]).await?;
    let binds = vec![plan.into(), now.into(), hash.into()];
    cx.run("update plans set state = 'in_force', in_force_at = $2, hash = $3 where id = $1", binds).await.map(|_| ())
}

pub(crate) async fn sign(cx: &mut Cx, plan: PlanId, side: Side, hash: &str) -> Result<(), Refusal> {
    let id: kernel::Uuid = cx.new_id();
    let binds: Vec<Value> = vec![
        id.into(),
        plan.into(),
        side.into(),
        cx.actor.person.into(),
        cx.actor.name.clone().into(),
        hash.into(),
        cx.now.into(),
    ];
    cx.run_unique(
        "insert into plan_signatures (id, plan, side, person, person_name, hash, signed_at) values ($1, $2, $3, $4, $5, $6, $7)",
        binds,
        Refusal::conflict("this side has signed already"),
    )
    .await
    .map(|_| ())
}

/// How many there were.
pub(crate) async fn void_signatures(cx: &mut Cx, plan: PlanId) -> Result<u64, Refusal> {
    let binds = vec![plan.into(), cx.now.into()];
    cx.run("update plan_signatures set voided_at = $2 where plan = $1 and voided_at is null", binds).await
}

/// All versions, the newest first.
pub(crate) async fn versions(cx: &mut Cx, limit: i64) -> Result<Vec<Version>, Refusal> {
    let rows = cx
        .all(
            "select id, number, state, title, review_by, made_from, made_by_name, made_at, in_force_at, retired_at, hash, revision \
             from plans order by number desc limit $1",
            vec![limit.into()],
        )
        .await?;
    rows.iter().map(version).collect()
}

pub(crate) async fn by_state(cx: &mut Cx, state: PlanState) -> Result<Option<Plan>, Refusal> {
    let row = cx
        .optional(
            "select id, number, state, title, review_by, made_from, made_by_name, made_at, in_force_at, retired_at, hash, revision \
             from plans where state = $1 order by number desc limit 1",
            vec![state.as_str().into()],
        )
        .await?;
    whole(cx, row).await
}

pub(crate) async fn by_number(cx: &mut Cx, number: i64) -> Result<Option<Plan>, Refusal> {
    let row = cx
        .optional(
            "select id, number, state, title, review_by, made_from, made_by_name, made_at, in_force_at, retired_at, hash, revision \
             from plans where number = $1",
            vec![number.into()],
        )
        .await?;
    whole(cx, row).await
}

async fn whole(cx: &mut Cx, row: Option<Row>) -> Result<Option<Plan>, Refusal> {
    let Some(row) = row else { return Ok(None) };
    let version = version(&row)?;
    let plan = version.id;
    let roles = cx
        .all(
            "select id, name, side, leads, person, person_name, deputy, deputy_name from plan_roles where plan = $1 order by position, id",
            vec![plan.into()],
        )
        .await?;
    let steps = cx
        .all(
            "select id, track, title, what, role, within_minutes, follows, kinds from plan_steps where plan = $1 order by position, id",
            vec![plan.into()],
        )
        .await?;
    let signatures = cx
        .all(
            "select side, person, person_name, hash, signed_at from plan_signatures where plan = $1 and voided_at is null order by signed_at, id",
            vec![plan.into()],
        )
        .await?;
    let document = Document {
        title: version.title.clone(),
        review_by: version.review_by,
        roles: roles.iter().map(role).collect::<Result<_, _>>()?,
        steps: steps.iter().map(step).collect::<Result<_, _>>()?,
    };
    let signatures = signatures.iter().map(signature).collect::<Result<_, _>>()?;
    Ok(Some(Plan { version, document, signatures }))
}

fn parts(holder: Option<&Holder>) -> (Option<PersonId>, String) {
    holder.map_or((None, String::new()), |holder| (Some(holder.id), holder.name.clone()))
}

fn holder(row: &Row, id: &str, name: &str) -> Result<Option<Holder>, Refusal> {
    let Some(id) = row.id_or_none(id)? else { return Ok(None) };
    Ok(Some(Holder { id, name: row.text(name)? }))
}

fn version(row: &Row) -> Result<Version, Refusal> {
    Ok(Version {
        id: row.id("id")?,
        number: row.int("number")?,
        state: row.word("state")?,
        title: row.text("title")?,
        review_by: row.date_or_none("review_by")?,
        made_from: row.get("made_from")?,
        made_by_name: row.text("made_by_name")?,
        made_at: row.instant("made_at")?,
        in_force_at: row.instant_or_none("in_force_at")?,
        retired_at: row.instant_or_none("retired_at")?,
        hash: row.text("hash")?,
        revision: row.int("revision")?,
    })
}

fn role(row: &Row) -> Result<Role, Refusal> {
    Ok(Role {
        id: row.id("id")?,
        name: row.text("name")?,
        side: row.word("side")?,
        leads: row.flag("leads")?,
        person: holder(row, "person", "person_name")?,
        deputy: holder(row, "deputy", "deputy_name")?,
    })
}

fn step(row: &Row) -> Result<Step, Refusal> {
    Ok(Step {
        id: row.id("id")?,
        track: row.word("track")?,
        title: row.text("title")?,
        what: row.text("what")?,
        role: row.id_or_none("role")?,
        within: row.get("within_minutes")?,
        follows: row.id_or_none("follows")?,
        kinds: Kind::read_list(&row.text("kinds")?),
    })
}

fn signature(row: &Row) -> Result<Signature, Refusal> {
    Ok(Signature {
        side: row.word("side")?,
        person: row.id("person")?,
        person_name: row.text("person_name")?,
        hash: row.text("hash")?,
        signed_at: row.instant("signed_at")?,
    })
}

// What an incident took over.

/// Refused when it has been started already.
pub(crate) async fn start(
    cx: &mut Cx,
    incident: IncidentId,
    plan: &Version,
    at: Instant,
    steps: &[IncidentStep],
) -> Result<(), Refusal> {
    let binds: Vec<Value> =
        vec![incident.into(), plan.id.into(), plan.number.into(), at.into(), cx.actor.name.clone().into()];
    cx.run_unique(
        "insert into incident_plans (incident, plan, number, started_at, started_by_name) values ($1, $2, $3, $4, $5)",
        binds,
        Refusal::conflict("the response plan has been started already"),
    )
    .await?;
    for step in steps {
        insert_step(cx, incident, step).await?;
    }
    Ok(())
}

async fn insert_step(cx: &mut Cx, incident: IncidentId, step: &IncidentStep) -> Result<(), Refusal> {
    let (person, person_name) = parts(step.person.as_ref());
    let (deputy, deputy_name) = parts(step.deputy.as_ref());
    let binds: Vec<Value> = vec![
        incident.into(),
        step.number.into(),
        step.step.into(),
        step.track.as_str().into(),
        step.title.as_str().into(),
        step.what.as_str().into(),
        step.role.as_str().into(),
        person.into(),
        person_name.into(),
        deputy.into(),
        deputy_name.into(),
        step.due_at.into(),
        step.follows.into(),
        Kind::write_list(&step.kinds).into(),
        step.state.as_str().into(),
    ];
    cx.run(
        "insert into incident_steps (incident, number, step, track, title, what, role, person, person_name, deputy, deputy_name, \
         due_at, follows, kinds, state, closed_by_name, note, revision) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, '', '', 1)",
        binds,
    )
    .await
    .map(|_| ())
}

pub(crate) async fn running(cx: &mut Cx, incident: IncidentId) -> Result<Option<Running>, Refusal> {
    let row = cx
        .optional(
            "select number, started_at, started_by_name from incident_plans where incident = $1",
            vec![incident.into()],
        )
        .await?;
    let Some(row) = row else { return Ok(None) };
    let rows = cx
        .all(
            "select number, step, track, title, what, role, person, person_name, deputy, deputy_name, due_at, follows, kinds, state, \
             closed_at, closed_by, closed_by_name, note, revision from incident_steps where incident = $1 order by number",
            vec![incident.into()],
        )
        .await?;
    Ok(Some(Running {
        version: row.int("number")?,
        started_at: row.instant("started_at")?,
        started_by_name: row.text("started_by_name")?,
        steps: rows.iter().map(incident_step).collect::<Result<_, _>>()?,
    }))
}

pub(crate) async fn incident_step_of(
    cx: &mut Cx,
    incident: IncidentId,
    number: i64,
) -> Result<Option<IncidentStep>, Refusal> {
    cx.optional(
        "select number, step, track, title, what, role, person, person_name, deputy, deputy_name, due_at, follows, kinds, state, \
         closed_at, closed_by, closed_by_name, note, revision from incident_steps where incident = $1 and number = $2",
        vec![incident.into(), number.into()],
    )
    .await?
    .as_ref()
    .map(incident_step)
    .transpose()
}

/// Done, not needed, or open again. False when somebody was faster.
pub(crate) async fn close_step(
    cx: &mut Cx,
    incident: IncidentId,
    step: &IncidentStep,
    state: StepState,
    at: Option<Instant>,
    note: &str,
) -> Result<bool, Refusal> {
    let by = at.map(|_| cx.actor.person);
    let by_name = if at.is_some() { cx.actor.name.clone() } else { String::new() };
    let binds: Vec<Value> = vec![
        incident.into(),
        step.number.into(),
        step.revision.into(),
        state.as_str().into(),
        at.into(),
        by.into(),
        by_name.into(),
        note.into(),
    ];
    let touched = cx
        .run(
            "update incident_steps set state = $4, closed_at = $5, closed_by = $6, closed_by_name = $7, note = $8, revision = revision + 1 \
             where incident = $1 and number = $2 and revision = $3",
            binds,
        )
        .await?;
    Ok(touched == 1)
}

/// Another person is accountable. False when somebody was faster.
pub(crate) async fn hand_over(
    cx: &mut Cx,
    incident: IncidentId,
    step: &IncidentStep,
    to: &Holder,
) -> Result<bool, Refusal> {
    let binds: Vec<Value> =
        vec![incident.into(), step.number.into(), step.revision.into(), to.id.into(), to.name.as_str().into()];
    let touched = cx
        .run(
            "update incident_steps set person = $4, person_name = $5, revision = revision + 1 \
             where incident = $1 and number = $2 and revision = $3",
            binds,
        )
        .await?;
    Ok(touched == 1)
}

pub(crate) async fn progress(cx: &mut Cx, incident: IncidentId, now: Instant) -> Result<Progress, Refusal> {
    let row = cx
        .one(
            "select (select count(*) from incident_steps where incident = $1) as steps, \
             (select count(*) from incident_steps where incident = $1 and state <> 'open') as closed, \
             (select count(*) from incident_steps where incident = $1 and state = 'open' and due_at < $2) as overdue",
            vec![incident.into(), now.into()],
        )
        .await?;
    Ok(Progress { steps: row.int("steps")?, closed: row.int("closed")?, overdue: row.int("overdue")? })
}

fn incident_step(row: &Row) -> Result<IncidentStep, Refusal> {
    Ok(IncidentStep {
        number: row.int("number")?,
        step: row.id("step")?,
        track: row.word("track")?,
        title: row.text("title")?,
        what: row.text("what")?,
        role: row.text("role")?,
        person: holder(row, "person", "person_name")?,
        deputy: holder(row, "deputy", "deputy_name")?,
        due_at: row.instant_or_none("due_at")?,
        follows: row.get("follows")?,
        kinds: Kind::read_list(&row.text("kinds")?),
        state: row.word("state")?,
        closed_at: row.instant_or_none("closed_at")?,
        closed_by: row.id_or_none("closed_by")?,
        closed_by_name: row.text("closed_by_name")?,
        note: row.text("note")?,
        revision: row.int("revision")?,
    })
}
