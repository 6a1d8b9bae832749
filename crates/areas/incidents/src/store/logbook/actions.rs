//! Lessons and actions.

use db::{Cx, Row, Select};
use kernel::{Columns, Cursor, Date, Page, PersonId, Refusal, Uuid, Value};

use crate::{
    ActionId, IncidentId,
    logbook::{Action, ActionFilter, Lesson, READ_ACTION},
};

const COLUMNS: Columns = Columns { kind: "IncidentAction", scalars: &[("owner", "a.owner")], people: &[] };

pub(crate) struct New<'a> {
    pub number: i64,
    pub what: &'a str,
    pub lesson: Option<Uuid>,
    pub owner: PersonId,
    pub owner_name: &'a str,
    pub due: Date,
}

pub(crate) async fn next_lesson(cx: &mut Cx, incident: IncidentId) -> Result<i64, Refusal> {
    cx.one(
        "select coalesce(max(number), 0) + 1 as next from incident_lessons where incident = $1",
        vec![incident.into()],
    )
    .await?
    .int("next")
}

pub(crate) async fn insert_lesson(cx: &mut Cx, incident: IncidentId, number: i64, lesson: &str) -> Result<(), Refusal> {
    let id: Uuid = cx.new_id();
    let binds = super::row(cx, vec![id.into(), incident.into(), number.into(), lesson.into()]);
    cx.run_unique(
        "insert into incident_lessons (id, incident, number, lesson, entered_by, entered_by_name, entered_at) values ($1, $2, $3, $4, $5, $6, $7)",
        binds,
        Refusal::stale(),
    )
    .await
    .map(|_| ())
}

pub(crate) async fn lesson(cx: &mut Cx, incident: IncidentId, number: i64) -> Result<Option<Uuid>, Refusal> {
    cx.optional(
        "select id from incident_lessons where incident = $1 and number = $2",
        vec![incident.into(), number.into()],
    )
    .await?
    .map(|row| row.id("id"))
    .transpose()
}

pub(crate) async fn lessons(cx: &mut Cx, incident: IncidentId) -> Result<Vec<Lesson>, Refusal> {
    let rows = cx
        .all(
            "select number, lesson, entered_by_name, entered_at from incident_lessons where incident = $1 order by number limit 1000",
            vec![incident.into()],
        )
        .await?;
    rows.iter()
        .map(|row| {
            Ok(Lesson {
                number: row.int("number")?,
                lesson: row.text("lesson")?,
                entered_by_name: row.text("entered_by_name")?,
                entered_at: row.instant("entered_at")?,
            })
        })
        .collect()
}

pub(crate) async fn next_number(cx: &mut Cx, incident: IncidentId) -> Result<i64, Refusal> {
    cx.one(
        "select coalesce(max(number), 0) + 1 as next from incident_actions where incident = $1",
        vec![incident.into()],
    )
    .await?
    .int("next")
}

pub(crate) async fn insert(cx: &mut Cx, incident: IncidentId, new: &New<'_>) -> Result<ActionId, Refusal> {
    let id: ActionId = cx.new_id();
    let binds = super::row(
        cx,
        vec![
            id.into(),
            incident.into(),
            new.number.into(),
            new.what.into(),
            new.lesson.into(),
            new.owner.into(),
            new.owner_name.into(),
            new.due.into(),
        ],
    );
    cx.run_unique(
        "insert into incident_actions (id, incident, number, what, lesson, owner, owner_name, due, done_at, done_by_name, proof, revision, \
         entered_by, entered_by_name, entered_at) values ($1, $2, $3, $4, $5, $6, $7, $8, null, '', '', 1, $9, $10, $11)",
        binds,
        Refusal::stale(),
    )
    .await?;
    Ok(id)
}

pub(crate) async fn one(cx: &mut Cx, id: ActionId) -> Result<Option<Action>, Refusal> {
    cx.optional(
        "select a.id, a.incident, a.number, a.what, a.owner, a.owner_name, a.due, a.done_at, a.done_by_name, a.proof, a.revision, \
         l.number as lesson, i.exercise from incident_actions a join incidents i on i.id = a.incident \
         left join incident_lessons l on l.id = a.lesson where a.id = $1",
        vec![id.into()],
    )
    .await?
    .as_ref()
    .map(action)
    .transpose()
}

pub(crate) async fn by_number(cx: &mut Cx, incident: IncidentId, number: i64) -> Result<Option<ActionId>, Refusal> {
    cx.optional(
        "select id from incident_actions where incident = $1 and number = $2",
        vec![incident.into(), number.into()],
    )
    .await?
    .map(|row| row.id("id"))
    .transpose()
}

pub(crate) async fn of_incident(cx: &mut Cx, incident: IncidentId) -> Result<Vec<Action>, Refusal> {
    let rows = cx
        .all(
            "select a.id, a.incident, a.number, a.what, a.owner, a.owner_name, a.due, a.done_at, a.done_by_name, a.proof, a.revision, \
             l.number as lesson, i.exercise from incident_actions a join incidents i on i.id = a.incident \
             left join incident_lessons l on l.id = a.lesson where a.incident = $1 \
             order by case when a.done_at is null then 0 else 1 end, a.due, a.id limit 1000",
            vec![incident.into()],
        )
        .await?;
    rows.iter().map(action).collect()
}

/// What is still to be done, over all incidents.
pub(crate) async fn list(
    cx: &mut Cx,
    filter: &ActionFilter,
    after: Option<&Cursor>,
    limit: usize,
) -> Result<Page<Action>, Refusal> {
    let mut select = Select::new(
        "select a.id, a.incident, a.number, a.what, a.owner, a.owner_name, a.due, a.done_at, a.done_by_name, a.proof, a.revision, \
         l.number as lesson, i.exercise from incident_actions a join incidents i on i.id = a.incident \
         left join incident_lessons l on l.id = a.lesson",
    )
    .allowed(cx.condition(READ_ACTION, &COLUMNS))
    .and_some("a.owner = {0}", filter.mine.then(|| cx.actor.person.into()))
    .and_some("a.due < {0}", filter.overdue.then(|| cx.today().into()));
    if filter.overdue || !filter.done_too {
        select = select.and("a.done_at is null", vec![]);
    }
    if let Some(after) = after {
        select = select.and(
            "(a.due > {0} or (a.due = {1} and a.id > {2}))",
            vec![after.key.as_str().into(), after.key.as_str().into(), after.id.into()],
        );
    }
    let limit_and_one = i64::try_from(limit + 1).unwrap_or(i64::MAX);
    let rows = cx.select(select.tail("order by a.due, a.id limit {0}", vec![limit_and_one.into()])).await?;
    let found = rows.iter().map(action).collect::<Result<Vec<_>, _>>()?;
    Ok(Page::from_rows(found, limit, |last| Cursor { key: last.due.to_string(), id: last.id.into() }))
}

pub(crate) async fn finish(cx: &mut Cx, id: ActionId, proof: &str, revision: i64) -> Result<bool, Refusal> {
    let binds: Vec<Value> = vec![id.into(), cx.now.into(), cx.actor.name.clone().into(), proof.into(), revision.into()];
    let touched = cx
        .run(
            "update incident_actions set done_at = $2, done_by_name = $3, proof = $4, revision = revision + 1 where id = $1 and revision = $5",
            binds,
        )
        .await?;
    Ok(touched == 1)
}

pub(crate) async fn replan(
    cx: &mut Cx,
    id: ActionId,
    owner: PersonId,
    name: &str,
    due: Date,
    revision: i64,
) -> Result<bool, Refusal> {
    let binds: Vec<Value> = vec![id.into(), owner.into(), name.into(), due.into(), revision.into()];
    let touched = cx
        .run(
            "update incident_actions set owner = $2, owner_name = $3, due = $4, done_at = null, done_by_name = '', proof = '', \
             revision = revision + 1 where id = $1 and revision = $5",
            binds,
        )
        .await?;
    Ok(touched == 1)
}

fn action(row: &Row) -> Result<Action, Refusal> {
    let due = row.date_or_none("due")?.ok_or_else(|| Refusal::broken("an action without a day"))?;
    Ok(Action {
        id: row.id("id")?,
        incident: row.id("incident")?,
        number: row.int("number")?,
        what: row.text("what")?,
        lesson: row.get("lesson")?,
        owner: row.id("owner")?,
        owner_name: row.text("owner_name")?,
        due,
        done_at: row.instant_or_none("done_at")?,
        done_by_name: row.text("done_by_name")?,
        proof: row.text("proof")?,
        is_exercise: row.id_or_none::<Uuid>("exercise")?.is_some(),
        revision: row.int("revision")?,
    })
}
