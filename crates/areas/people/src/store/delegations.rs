//! Signatures lent.

use db::{Cx, Row, Select};
use kernel::{Condition, Date, Delegated, PersonId, Refusal, Side};

use crate::model::{Delegation, DelegationId};

const DELEGATIONS: &str = "select d.id, d.side, d.from_person, f.name as from_name, d.to_person, t.name as to_name, d.starts_on, d.ends_on, d.reason, \
                           d.revoked_at from delegations d join people f on f.id = d.from_person join people t on t.id = d.to_person";

fn date(row: &Row, column: &str) -> Result<Date, Refusal> {
    row.date_or_none(column)?.ok_or_else(|| Refusal::broken(format!("column {column} holds no date")))
}

fn delegation(row: &Row) -> Result<Delegation, Refusal> {
    Ok(Delegation {
        id: row.id("id")?,
        side: row.word("side")?,
        from: row.id("from_person")?,
        from_name: row.text("from_name")?,
        to: row.id("to_person")?,
        to_name: row.text("to_name")?,
        starts_on: date(row, "starts_on")?,
        ends_on: date(row, "ends_on")?,
        reason: row.text("reason")?,
        revoked_at: row.instant_or_none("revoked_at")?,
    })
}

pub(crate) async fn insert(cx: &mut Cx, new: &Delegation) -> Result<(), Refusal> {
    let binds = vec![
        new.id.into(),
        new.side.into(),
        new.from.into(),
        new.to.into(),
        new.starts_on.into(),
        new.ends_on.into(),
        (&new.reason).into(),
        cx.now.into(),
    ];
    cx.run(
        "insert into delegations (id, side, from_person, to_person, starts_on, ends_on, reason, created_at) values ($1, $2, $3, $4, $5, $6, $7, $8)",
        binds,
    )
    .await
    .map(|_| ())
}

pub(crate) async fn by_id(cx: &mut Cx, id: DelegationId) -> Result<Option<Delegation>, Refusal> {
    let rows = cx.select(Select::new(DELEGATIONS).and("d.id = {0}", vec![id.into()])).await?;
    rows.first().map(delegation).transpose()
}

/// What the person lends and borrows and what is not over on `today`, the soonest to end first.
pub(crate) async fn open_of(
    cx: &mut Cx,
    person: PersonId,
    today: Date,
    allowed: Condition,
) -> Result<Vec<Delegation>, Refusal> {
    let select = Select::new(DELEGATIONS)
        .and("(d.from_person = {0} or d.to_person = {0})", vec![person.into()])
        .and("d.revoked_at is null and d.ends_on >= {0}", vec![today.into()])
        .allowed(allowed)
        .tail("order by d.ends_on, d.id", vec![]);
    cx.select(select).await?.iter().map(delegation).collect()
}

/// Is the same signature lent to the same person on a day of this span already?
pub(crate) async fn overlaps(cx: &mut Cx, new: &Delegation) -> Result<bool, Refusal> {
    let binds = vec![new.from.into(), new.to.into(), new.side.into(), new.starts_on.into(), new.ends_on.into()];
    let row = cx
        .optional(
            "select id from delegations where from_person = $1 and to_person = $2 and side = $3 and revoked_at is null \
             and ends_on >= $4 and starts_on <= $5 limit 1",
            binds,
        )
        .await?;
    Ok(row.is_some())
}

pub(crate) async fn revoke(cx: &mut Cx, id: DelegationId) -> Result<bool, Refusal> {
    let now = cx.now;
    Ok(cx
        .run("update delegations set revoked_at = $2 where id = $1 and revoked_at is null", vec![id.into(), now.into()])
        .await?
        == 1)
}

/// What holds on `today` for this stand-in: the lender's account works and is still of the side. Privacy is Legal's side.
pub(crate) async fn holding(cx: &mut Cx, person: PersonId, today: Date) -> Result<Vec<Delegated>, Refusal> {
    let rows = cx
        .all(
            "select d.side, d.from_person, f.name as from_name, d.ends_on from delegations d join people f on f.id = d.from_person \
             where d.to_person = $1 and d.revoked_at is null and d.starts_on <= $2 and d.ends_on >= $2 and f.active = true \
             and (f.access_until is null or f.access_until >= $2) and exists (select 1 from person_sides s where s.person = f.id \
             and (s.side = d.side or (d.side = $3 and s.side = $4))) order by d.ends_on desc, d.id",
            vec![person.into(), today.into(), Side::Legal.into(), Side::Privacy.into()],
        )
        .await?;
    rows.iter()
        .map(|row| {
            Ok(Delegated {
                side: row.word("side")?,
                from: row.id("from_person")?,
                from_name: row.text("from_name")?,
                until: date(row, "ends_on")?,
            })
        })
        .collect()
}

/// To whom the person lends a signature on `today`.
pub(crate) async fn lent_by(cx: &mut Cx, person: PersonId, today: Date) -> Result<Vec<PersonId>, Refusal> {
    let rows = cx
        .all(
            "select distinct to_person from delegations where from_person = $1 and revoked_at is null \
             and starts_on <= $2 and ends_on >= $2 order by to_person",
            vec![person.into(), today.into()],
        )
        .await?;
    rows.iter().map(|row| row.id("to_person")).collect()
}
