//! The area's SQL.

pub(crate) mod counsel;
pub(crate) mod exercise_results;
pub(crate) mod exercises;
pub(crate) mod feeds;
pub(crate) mod logbook;
pub(crate) mod notices;
pub(crate) mod own_law;
pub(crate) mod plan;
pub(crate) mod register;
pub(crate) mod reminders;
pub(crate) mod triage;

use db::{Cx, Row, Select};
use kernel::{Columns, Cursor, Instant, Page, Refusal, Value};

use crate::{
    Drill, FactEntry, FactId, Incident, IncidentId, Kinds, MoveEntry, READ, READ_REPORT, Taker,
    rules::{Move, State, scenario::OBSERVER},
};

const COLUMNS: Columns = Columns {
    kind: "Incident",
    scalars: &[("reported_by", "i.reported_by")],
    people: &[
        (
            "participants",
            "exists (select 1 from exercise_people p where p.exercise = i.exercise and p.person = {person} and p.role <> 'observer')",
        ),
        (
            "observers",
            "exists (select 1 from exercise_people p where p.exercise = i.exercise and p.person = {person} and p.role = 'observer')",
        ),
    ],
};

pub(super) const INCIDENTS: &str = "select i.id, i.number, i.title, i.what, i.state, i.outcome, i.reported_by, i.reported_by_name, i.reported_at, \
     i.exercise, i.next_due, i.next_rule, i.revision, x.state as exercise_state, x.clock_real, x.clock_simulated, x.clock_speed, \
     x.clock_end from incidents i left join exercises x on x.id = i.exercise";

/// What is being handled or waits to be, that the person may read with its facts; the tightest clock first. No exercises.
pub(crate) async fn running(cx: &mut Cx, limit: i64) -> Result<Vec<Incident>, Refusal> {
    let select = Select::new(INCIDENTS)
        .allowed(cx.condition(READ, &COLUMNS))
        .and("i.state in ('open', 'reported') and i.exercise is null", vec![])
        .tail(
            "order by case when i.next_due is null then 1 else 0 end, i.next_due, i.number desc limit {0}",
            vec![limit.into()],
        );
    cx.select(select).await?.iter().map(incident).collect()
}

/// Incidents that are not over, exercises too. For whoever brings their tightest clock up to date.
pub(crate) async fn unfinished(cx: &mut Cx, limit: i64) -> Result<Vec<IncidentId>, Refusal> {
    let sql = "select id from incidents where state in ('open', 'reported') order by number desc limit $1";
    cx.all(sql, vec![limit.into()]).await?.iter().map(|row| row.id("id")).collect()
}

pub(crate) async fn set_next_due(cx: &mut Cx, id: IncidentId, due: Option<Instant>, rule: &str) -> Result<(), Refusal> {
    cx.run("update incidents set next_due = $2, next_rule = $3 where id = $1", vec![id.into(), due.into(), rule.into()])
        .await
        .map(|_| ())
}

pub(crate) async fn next_number(cx: &mut Cx) -> Result<i64, Refusal> {
    cx.one("select coalesce(max(number), 0) + 1 as next from incidents", vec![]).await?.int("next")
}

pub(crate) async fn insert(cx: &mut Cx, id: IncidentId, number: i64, title: &str, what: &str) -> Result<(), Refusal> {
    let binds: Vec<Value> = vec![
        id.into(),
        number.into(),
        title.into(),
        what.into(),
        State::Reported.as_str().into(),
        cx.actor.person.into(),
        cx.actor.name.clone().into(),
        cx.now.into(),
    ];
    cx.run_unique(
        "insert into incidents (id, number, title, what, state, outcome, reported_by, reported_by_name, reported_at, revision) \
         values ($1, $2, $3, $4, $5, '', $6, $7, $8, 1)",
        binds,
        Refusal::stale(),
    )
    .await
    .map(|_| ())
}

pub(crate) async fn one(cx: &mut Cx, id: IncidentId) -> Result<Option<Incident>, Refusal> {
    let select = Select::new(INCIDENTS).and("i.id = {0}", vec![id.into()]);
    let Some(mut incident) = cx.select(select).await?.first().map(incident).transpose()? else { return Ok(None) };
    if let Some(drill) = &mut incident.drill {
        for (person, _, role) in exercises::seats(cx, drill.exercise).await? {
            if role == OBSERVER { drill.observers.push(person) } else { drill.participants.push(person) }
        }
    }
    Ok(Some(incident))
}

pub(crate) async fn list(
    cx: &mut Cx,
    kinds: Kinds,
    state: Option<State>,
    before: Option<i64>,
    limit: usize,
) -> Result<Page<Incident>, Refusal> {
    let of_kind = match kinds {
        Kinds::RealAndRunning => "(i.exercise is null or x.state in ('running', 'paused'))",
        Kinds::Real => "i.exercise is null",
        Kinds::Exercises => "i.exercise is not null",
    };
    let select = Select::new(INCIDENTS)
        .and(of_kind, vec![])
        .allowed(cx.condition(READ_REPORT, &COLUMNS))
        .and_some("i.state = {0}", state.map(|state| state.as_str().into()))
        .and_some("i.number < {0}", before.map(Value::from))
        .tail("order by i.number desc limit {0}", vec![i64::try_from(limit + 1).unwrap_or(i64::MAX).into()]);
    let rows = cx.select(select).await?;
    let mut found = rows.iter().map(incident).collect::<Result<Vec<_>, _>>()?;
    // What the policy asks of each row is only whether the person who looks plays a part in it.
    let me = cx.actor.person;
    let mine =
        if found.iter().any(|incident| incident.is_exercise) { exercises::of(cx, me).await? } else { Vec::new() };
    for drill in found.iter_mut().filter_map(|incident| incident.drill.as_mut()) {
        for (_, role) in mine.iter().filter(|(exercise, _)| *exercise == drill.exercise) {
            if role == OBSERVER { drill.observers.push(me) } else { drill.participants.push(me) }
        }
    }
    Ok(Page::from_rows(found, limit, |last| Cursor { key: last.number.to_string(), id: last.id.into() }))
}

/// The number of the incident's newest entry in the ledger: every change has one.
pub(crate) async fn last_change(cx: &mut Cx, id: IncidentId) -> Result<i64, Refusal> {
    cx.one(
        "select coalesce(max(seq), 0) as last from ledger_entries where subject_id = $1",
        vec![id.to_string().into()],
    )
    .await?
    .int("last")
}

pub(crate) async fn set_state(
    cx: &mut Cx,
    id: IncidentId,
    to: State,
    outcome: &str,
    revision: i64,
) -> Result<bool, Refusal> {
    let touched = cx
        .run(
            "update incidents set state = $2, outcome = $3, revision = revision + 1 where id = $1 and revision = $4",
            vec![id.into(), to.as_str().into(), outcome.into(), revision.into()],
        )
        .await?;
    Ok(touched == 1)
}

pub(crate) async fn insert_fact(
    cx: &mut Cx,
    incident: IncidentId,
    path: &str,
    number: i64,
    value: &serde_json::Value,
    source: &str,
) -> Result<FactId, Refusal> {
    let id: FactId = cx.new_id();
    let binds: Vec<Value> = vec![
        id.into(),
        incident.into(),
        path.into(),
        number.into(),
        value.to_string().into(),
        source.into(),
        cx.actor.person.into(),
        cx.actor.name.clone().into(),
        cx.now.into(),
    ];
    cx.run_unique(
        "insert into incident_facts (id, incident, path, number, value, source, entered_by, entered_by_name, entered_at) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        binds,
        Refusal::stale(),
    )
    .await?;
    Ok(id)
}

/// All entries, the newest first.
pub(crate) async fn facts(cx: &mut Cx, incident: IncidentId) -> Result<Vec<FactEntry>, Refusal> {
    let rows = cx
        .all(
            "select f.id, f.path, f.number, f.value, f.source, f.entered_by_name, f.entered_at, \
             (select max(g.number) from incident_facts g where g.incident = f.incident and g.path = f.path) as last \
             from incident_facts f where f.incident = $1 order by f.entered_at desc, f.id desc",
            vec![incident.into()],
        )
        .await?;
    rows.iter()
        .map(|row| {
            let number = row.int("number")?;
            Ok(FactEntry {
                id: row.id("id")?,
                path: row.text("path")?,
                number,
                value: row.json("value")?,
                source: row.text("source")?,
                entered_by_name: row.text("entered_by_name")?,
                entered_at: row.instant("entered_at")?,
                superseded: row.int("last")? != number,
            })
        })
        .collect()
}

pub(crate) async fn insert_move(cx: &mut Cx, incident: IncidentId, fact: FactId, moved: &Move) -> Result<(), Refusal> {
    let id: kernel::Uuid = cx.new_id();
    let binds: Vec<Value> = vec![
        id.into(),
        incident.into(),
        fact.into(),
        moved.rule.as_str().into(),
        moved.status_before.into(),
        moved.due_before.as_str().into(),
        moved.status_after.into(),
        moved.due_after.as_str().into(),
        moved.because.as_str().into(),
    ];
    cx.run(
        "insert into incident_moves (id, incident, fact, rule, status_before, due_before, status_after, due_after, because) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        binds,
    )
    .await
    .map(|_| ())
}

pub(crate) async fn moves(cx: &mut Cx, incident: IncidentId) -> Result<Vec<MoveEntry>, Refusal> {
    let rows = cx
        .all(
            "select fact, rule, status_before, due_before, status_after, due_after, because from incident_moves where incident = $1 order by id",
            vec![incident.into()],
        )
        .await?;
    rows.iter()
        .map(|row| {
            Ok(MoveEntry {
                fact: row.id("fact")?,
                rule: row.text("rule")?,
                status_before: row.text("status_before")?,
                due_before: row.text("due_before")?,
                status_after: row.text("status_after")?,
                due_after: row.text("due_after")?,
                because: row.text("because")?,
            })
        })
        .collect()
}

pub(crate) async fn take(cx: &mut Cx, incident: IncidentId, rule: &str) -> Result<(), Refusal> {
    let binds: Vec<Value> =
        vec![incident.into(), rule.into(), cx.actor.person.into(), cx.actor.name.clone().into(), cx.now.into()];
    cx.run(
        "insert into incident_takers (incident, rule, person, person_name, taken_at) values ($1, $2, $3, $4, $5) \
         on conflict (incident, rule) do update set person = excluded.person, person_name = excluded.person_name, taken_at = excluded.taken_at",
        binds,
    )
    .await
    .map(|_| ())
}

pub(crate) async fn takers(cx: &mut Cx, incident: IncidentId) -> Result<Vec<Taker>, Refusal> {
    let rows = cx
        .all(
            "select rule, person, person_name, taken_at from incident_takers where incident = $1 order by rule",
            vec![incident.into()],
        )
        .await?;
    rows.iter()
        .map(|row| {
            Ok(Taker {
                rule: row.text("rule")?,
                person: row.id("person")?,
                person_name: row.text("person_name")?,
                taken_at: row.instant("taken_at")?,
            })
        })
        .collect()
}

fn incident(row: &Row) -> Result<Incident, Refusal> {
    let exercise = row.id_or_none("exercise")?;
    let over = row.text_or_none("exercise_state")?.is_some_and(|state| state == "ended");
    let clock = exercises::clock(row)?;
    Ok(Incident {
        id: row.id("id")?,
        number: row.int("number")?,
        title: row.text("title")?,
        what: row.text("what")?,
        state: row.word("state")?,
        outcome: row.text("outcome")?,
        reported_by: row.id("reported_by")?,
        reported_by_name: row.text("reported_by_name")?,
        reported_at: row.instant("reported_at")?,
        is_exercise: exercise.is_some(),
        drill: exercise.map(|exercise| Drill {
            exercise,
            clock,
            over,
            participants: Vec::new(),
            observers: Vec::new(),
        }),
        next_due: row.instant_or_none("next_due")?,
        next_rule: row.text("next_rule")?,
        revision: row.int("revision")?,
    })
}
