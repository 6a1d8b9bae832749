//! What came of exercises: ratings and improvements; and the scenarios that the organisation wrote.

use db::Cx;
use kernel::{Instant, Refusal, Value};

use super::exercises::date;
use crate::{ExerciseId, ImprovementId, exercises::Improvement, rules::scenario::Scenario};

/// A rating as it is kept.
#[derive(Debug, Clone)]
pub(crate) struct Rating {
    pub action: String,
    pub rating: i64,
    pub comment: String,
    pub automatic: bool,
    pub by_name: String,
}

pub(crate) async fn ratings(cx: &mut Cx, id: ExerciseId) -> Result<Vec<Rating>, Refusal> {
    let rows = cx
        .all(
            "select action, rating, comment, automatic, by_name from exercise_ratings where exercise = $1 order by action",
            vec![id.into()],
        )
        .await?;
    rows.iter()
        .map(|row| {
            Ok(Rating {
                action: row.text("action")?,
                rating: row.int("rating")?,
                comment: row.text("comment")?,
                automatic: row.flag("automatic")?,
                by_name: row.text("by_name")?,
            })
        })
        .collect()
}

/// Keeps a rating; the one before is in the ledger.
pub(crate) async fn rate(
    cx: &mut Cx,
    id: ExerciseId,
    action: &str,
    rating: i64,
    comment: &str,
    automatic: bool,
) -> Result<(), Refusal> {
    let by_name = if automatic { "Countersign".to_owned() } else { cx.actor.name.clone() };
    let binds: Vec<Value> =
        vec![id.into(), action.into(), rating.into(), comment.into(), automatic.into(), by_name.into(), cx.now.into()];
    cx.run(
        "insert into exercise_ratings (exercise, action, rating, comment, automatic, by_name, rated_at) values ($1, $2, $3, $4, $5, $6, $7) \
         on conflict (exercise, action) do update set rating = excluded.rating, comment = excluded.comment, \
         automatic = excluded.automatic, by_name = excluded.by_name, rated_at = excluded.rated_at",
        binds,
    )
    .await
    .map(|_| ())
}

/// A scenario that the organisation wrote, in its newest version.
#[derive(Debug, Clone)]
pub(crate) struct Own {
    pub hash: String,
    pub version: i64,
    pub text: String,
    pub added_by_name: String,
    pub added_at: Instant,
}

pub(crate) async fn own_scenarios(cx: &mut Cx) -> Result<Vec<Own>, Refusal> {
    let rows = cx
        .all(
            "select s.hash, s.version, s.text, s.added_by_name, s.added_at from exercise_scenarios s where s.version = \
             (select max(v.version) from exercise_scenarios v where v.name = s.name) order by s.title, s.name limit 200",
            vec![],
        )
        .await?;
    rows.iter()
        .map(|row| {
            Ok(Own {
                hash: row.text("hash")?,
                version: row.int("version")?,
                text: row.text("text")?,
                added_by_name: row.text("added_by_name")?,
                added_at: row.instant("added_at")?,
            })
        })
        .collect()
}

/// Keeps a scenario as the next version of its name, and says which that is.
pub(crate) async fn add_scenario(cx: &mut Cx, scenario: &Scenario, hash: &str, text: &str) -> Result<i64, Refusal> {
    let version = cx
        .one(
            "select coalesce(max(version), 0) + 1 as next from exercise_scenarios where name = $1",
            vec![scenario.id.as_str().into()],
        )
        .await?
        .int("next")?;
    let binds: Vec<Value> = vec![
        hash.into(),
        scenario.id.as_str().into(),
        version.into(),
        scenario.title.as_str().into(),
        text.into(),
        cx.actor.person.into(),
        cx.actor.name.clone().into(),
        cx.now.into(),
    ];
    cx.run_unique(
        "insert into exercise_scenarios (hash, name, version, title, text, added_by, added_by_name, added_at) \
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        binds,
        Refusal::field("text", "this very text is here already, or somebody added a version at the same moment"),
    )
    .await?;
    Ok(version)
}

pub(crate) async fn add_improvement(cx: &mut Cx, id: ExerciseId, new: &Improvement) -> Result<(), Refusal> {
    let binds: Vec<Value> = vec![
        new.id.into(),
        id.into(),
        new.text.as_str().into(),
        new.owner.into(),
        new.owner_name.as_str().into(),
        new.due.into(),
        cx.now.into(),
        cx.actor.name.clone().into(),
    ];
    cx.run(
        "insert into exercise_improvements (id, exercise, text, owner, owner_name, due, added_at, added_by_name, closed_by_name, closing, revision) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, '', '', 1)",
        binds,
    )
    .await
    .map(|_| ())
}

pub(crate) async fn improvements(cx: &mut Cx, id: ExerciseId) -> Result<Vec<Improvement>, Refusal> {
    let rows = cx
        .all(
            "select id, text, owner, owner_name, due, closed_at, closed_by_name, closing, revision from exercise_improvements \
             where exercise = $1 order by due, id limit 500",
            vec![id.into()],
        )
        .await?;
    rows.iter()
        .map(|row| {
            Ok(Improvement {
                id: row.id("id")?,
                text: row.text("text")?,
                owner: row.id("owner")?,
                owner_name: row.text("owner_name")?,
                due: date(row, "due")?,
                closed_at: row.instant_or_none("closed_at")?,
                closed_by_name: row.text("closed_by_name")?,
                closing: row.text("closing")?,
                revision: row.int("revision")?,
            })
        })
        .collect()
}

pub(crate) async fn close_improvement(
    cx: &mut Cx,
    id: ExerciseId,
    improvement: ImprovementId,
    closing: &str,
    revision: i64,
) -> Result<bool, Refusal> {
    let binds: Vec<Value> = vec![
        id.into(),
        improvement.into(),
        cx.now.into(),
        cx.actor.name.clone().into(),
        closing.into(),
        revision.into(),
    ];
    let touched = cx
        .run(
            "update exercise_improvements set closed_at = $3, closed_by_name = $4, closing = $5, revision = revision + 1 \
             where exercise = $1 and id = $2 and revision = $6 and closed_at is null",
            binds,
        )
        .await?;
    Ok(touched == 1)
}
