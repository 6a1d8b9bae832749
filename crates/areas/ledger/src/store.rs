//! The area's SQL, over the tables that `db` keeps.

use db::{Cx, Row, Select, ledger_store};
use kernel::{Columns, Condition, PersonId, Refusal, Uuid};
use ledger::Sealed;

use crate::{Filter, Line};

/// How the policy's attributes of an entry are found. An entry that names a wall of which nothing is known counts as
/// walled: a wall that was lost must not open.
pub(crate) const COLUMNS: Columns = Columns {
    kind: "LedgerEntry",
    scalars: &[
        ("walled", "e.wall is not null"),
        ("restricted", "coalesce((select w.sealed from walls w where w.id = e.wall), e.wall is not null)"),
        ("privileged", "coalesce((select w.privileged from walls w where w.id = e.wall), e.wall is not null)"),
    ],
    people: &[("shared_with", "exists (select 1 from wall_people p where p.wall = e.wall and p.person = {person})")],
};

const LINES: &str = "select e.seq, e.at, e.actor, e.actor_name, e.side, e.via, e.action, e.subject_kind, e.subject_id, \
     coalesce((select w.sealed from walls w where w.id = e.wall), e.wall is not null) as walled, e.summary from ledger_entries e";

/// The statement of a list, newest first. It stands apart so that its plan can be tested.
pub(crate) fn list_statement(filter: &Filter, allowed: Condition, limit: usize) -> Select {
    let mut select = Select::new(LINES).allowed(allowed);
    if let Some(before) = filter.before_seq {
        select = select.and("e.seq < {0}", vec![before.into()]);
    }
    if let Some(actor) = filter.actor {
        select = select.and("e.actor = {0}", vec![actor.into()]);
    }
    if let Some(id) = &filter.subject_id {
        select = select.and("e.subject_id = {0}", vec![id.into()]);
    }
    if let Some(kind) = &filter.subject_kind {
        select = select.and("e.subject_kind = {0}", vec![kind.into()]);
    }
    if let Some(action) = &filter.action {
        select = select.and("e.action like {0} escape '\\'", vec![format!("{}%", escaped(action)).into()]);
    }
    if let Some(side) = filter.side {
        select = select.and("e.side = {0}", vec![side.into()]);
    }
    // The engines fold different letters, so a word is looked for in both of its forms.
    if let Some(who) = &filter.who {
        let (unicode, ascii) = patterns(who);
        select = select.and(
            "(lower(e.actor_name) like {0} escape '\\' or lower(e.actor_name) like {1} escape '\\')",
            vec![unicode.into(), ascii.into()],
        );
    }
    if let Some(text) = &filter.text {
        let (unicode, ascii) = patterns(text);
        select = select.and(
            "(lower(e.summary) like {0} escape '\\' or lower(e.summary) like {1} escape '\\')",
            vec![unicode.into(), ascii.into()],
        );
    }
    if let Some(from) = filter.from {
        select = select.and("e.at >= {0}", vec![from.into()]);
    }
    if let Some(until) = filter.until {
        select = select.and("e.at < {0}", vec![until.into()]);
    }
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    select.tail("order by e.seq desc limit {0}", vec![limit.into()])
}

fn patterns(text: &str) -> (String, String) {
    (format!("%{}%", escaped(&text.to_lowercase())), format!("%{}%", escaped(&text.to_ascii_lowercase())))
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
}

pub(crate) async fn list(cx: &mut Cx, filter: &Filter, allowed: Condition, limit: usize) -> Result<Vec<Line>, Refusal> {
    cx.select(list_statement(filter, allowed, limit)).await?.iter().map(line).collect()
}

fn line(row: &Row) -> Result<Line, Refusal> {
    Ok(Line {
        seq: row.int("seq")?,
        at: row.instant("at")?,
        actor: row.get::<Uuid>("actor").map(PersonId)?,
        actor_name: row.text("actor_name")?,
        side: row.text_or_none("side")?,
        via: row.text("via")?,
        action: row.text("action")?,
        subject_kind: row.text("subject_kind")?,
        subject_id: row.text("subject_id")?,
        walled: row.flag("walled")?,
        summary: row.text("summary")?,
    })
}

const WHOLE: &str = "select e.seq, e.at, e.actor, e.actor_name, e.side, e.via, e.action, e.subject_kind, e.subject_id, e.wall, \
     coalesce((select w.sealed from walls w where w.id = e.wall), e.wall is not null) as walled, e.summary, e.detail, \
                     e.prev, e.hash from ledger_entries e";

pub(crate) async fn entry(cx: &mut Cx, seq: i64, allowed: Condition) -> Result<Option<(Line, Sealed)>, Refusal> {
    let select = Select::new(WHOLE).and("e.seq = {0}", vec![seq.into()]).allowed(allowed);
    match cx.select(select).await?.first() {
        Some(row) => Ok(Some((line(row)?, ledger_store::sealed(row)?))),
        None => Ok(None),
    }
}

/// Entries after `after`, whole and in order, each as it could be read. For the verifier, which must not stop at a row
/// that somebody made unreadable.
pub(crate) async fn batch(cx: &mut Cx, after: i64, limit: i64) -> Result<Vec<(i64, Result<Sealed, Refusal>)>, Refusal> {
    let select =
        Select::new(WHOLE).and("e.seq > {0}", vec![after.into()]).tail("order by e.seq limit {0}", vec![limit.into()]);
    cx.select(select).await?.iter().map(|row| Ok((row.int("seq")?, ledger_store::sealed(row)))).collect()
}

/// Which positions of a stretch may be read.
pub(crate) async fn readable(cx: &mut Cx, after: i64, to: i64, allowed: Condition) -> Result<Vec<i64>, Refusal> {
    let select = Select::new("select e.seq from ledger_entries e")
        .and("e.seq > {0} and e.seq <= {1}", vec![after.into(), to.into()])
        .allowed(allowed);
    cx.select(select).await?.iter().map(|row| row.int("seq")).collect()
}

/// The last position that was written before `until`.
pub(crate) async fn last_before(cx: &mut Cx, until: kernel::Instant) -> Result<i64, Refusal> {
    let row =
        cx.one("select coalesce(max(seq), 0) as last from ledger_entries where at < $1", vec![until.into()]).await?;
    row.int("last")
}

/// The newest checkpoints, newest first.
pub(crate) async fn newest_checkpoints(cx: &mut Cx, limit: i64) -> Result<Vec<crate::CheckpointLine>, Refusal> {
    let rows = cx
        .all(
            "select size, signer, note, at from ledger_checkpoints order by size desc, signer limit $1",
            vec![limit.into()],
        )
        .await?;
    rows.iter().map(checkpoint_line).collect()
}

/// The smallest checkpoint that covers a position.
pub(crate) async fn covering(cx: &mut Cx, seq: i64) -> Result<Option<crate::CheckpointLine>, Refusal> {
    let row = cx
        .optional(
            "select size, signer, note, at from ledger_checkpoints where size >= $1 order by size limit 1",
            vec![seq.into()],
        )
        .await?;
    row.as_ref().map(checkpoint_line).transpose()
}

fn checkpoint_line(row: &Row) -> Result<crate::CheckpointLine, Refusal> {
    Ok(crate::CheckpointLine {
        size: row.int("size")?,
        signer: row.text("signer")?,
        note: row.text("note")?,
        at: row.instant("at")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_reader_types_is_bound_and_its_wildcards_mean_themselves() {
        let filter =
            Filter { text: Some("100%_\\ Ö'".to_owned()), action: Some("a_".to_owned()), ..Filter::default() };
        let (sql, binds) = list_statement(&filter, Condition::everything(), 5).finish();
        assert!(!sql.contains("100"), "{sql}");
        assert_eq!(binds[0], "a\\_%".into());
        assert_eq!(binds[1], "%100\\%\\_\\\\ ö'%".into());
        assert_eq!(binds[2], "%100\\%\\_\\\\ Ö'%".into());
    }
}
