//! Walls: who may know of a restricted record. One mechanism for the record, its ledger entries, and later its notices,
//! search hits and calendar lines, so that none of them can forget it.

use kernel::{PersonId, Refusal, Uuid};

use crate::Cx;

/// Makes the wall of a new record; `sealed` says whether it already stands.
pub async fn raise(cx: &mut Cx, wall: Uuid, sealed: bool) -> Result<(), Refusal> {
    cx.run(
        "insert into walls (id, sealed) values ($1, $2) on conflict (id) do update set sealed = excluded.sealed",
        vec![wall.into(), sealed.into()],
    )
    .await
    .map(|_| ())
}

/// Makes the wall round work that counsel directs: only the people named look behind it, whatever their side.
pub async fn raise_privileged(cx: &mut Cx, wall: Uuid) -> Result<(), Refusal> {
    cx.run(
        "insert into walls (id, sealed, privileged) values ($1, $2, $3)",
        vec![wall.into(), true.into(), true.into()],
    )
    .await
    .map(|_| ())
}

/// Names the people who may look behind the wall beside the side that owns it.
pub async fn name_people(cx: &mut Cx, wall: Uuid, people: &[PersonId]) -> Result<(), Refusal> {
    cx.run("delete from wall_people where wall = $1", vec![wall.into()]).await?;
    for person in people {
        cx.run(
            "insert into wall_people (wall, person) values ($1, $2) on conflict do nothing",
            vec![wall.into(), (*person).into()],
        )
        .await?;
    }
    Ok(())
}

/// The named people.
pub async fn people(cx: &mut Cx, wall: Uuid) -> Result<Vec<PersonId>, Refusal> {
    let rows = cx.all("select person from wall_people where wall = $1 order by person", vec![wall.into()]).await?;
    rows.iter().map(|row| row.id("person")).collect()
}

/// Whether the wall stands. One that cannot be found counts as sealed.
pub async fn is_sealed(cx: &mut Cx, wall: Uuid) -> Result<bool, Refusal> {
    cx.optional("select sealed from walls where id = $1", vec![wall.into()])
        .await?
        .map_or(Ok(true), |row| row.flag("sealed"))
}
