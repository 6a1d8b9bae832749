//! All the SQL of this area, and nothing but SQL.

pub(crate) mod delegations;
pub(crate) mod invitations;
pub(crate) mod sign_in;
pub(crate) mod tokens;

use std::collections::{BTreeMap, BTreeSet};

use db::{Cx, Row, Select};
use kernel::{Condition, Cursor, Date, Page, PersonId, Refusal, Side, Value};

use crate::{
    hashing::NewPassword,
    model::{Person, PersonRecord},
    rules::{draft::PersonDetails, email::fold},
};

const PEOPLE: &str = "select p.id, p.name, p.name_folded, p.email, p.title, p.department, p.administrator, p.active, p.access_until, \
                      p.totp_confirmed, p.created_at, p.revision from people p";

fn person(row: &Row) -> Result<PersonRecord, Refusal> {
    Ok(PersonRecord {
        id: row.id("id")?,
        name: row.text("name")?,
        name_folded: row.text("name_folded")?,
        email: row.text("email")?,
        title: row.text("title")?,
        department: row.text("department")?,
        sides: BTreeSet::new(),
        administrator: row.flag("administrator")?,
        active: row.flag("active")?,
        access_until: row.date_or_none("access_until")?,
        second_factor: row.flag("totp_confirmed")?,
        created_at: row.instant("created_at")?,
        revision: row.int("revision")?,
    })
}

/// `column in (…)`, for a handful of ids that the program itself found.
fn one_of(column: &str, ids: &[PersonId]) -> Condition {
    if ids.is_empty() {
        return Condition::nothing();
    }
    let marks: Vec<String> = (0..ids.len()).map(|at| format!("{{{at}}}")).collect();
    Condition {
        sql: format!("{column} in ({})", marks.join(", ")),
        binds: ids.iter().map(|id| Value::from(*id)).collect(),
    }
}

/// Takes the one lock that orders set-up and changes of who is administrator. Held until the transaction ends.
pub(crate) async fn lock_guard(cx: &mut Cx) -> Result<(), Refusal> {
    cx.run("update people_guard set set_up = set_up where id = 1", vec![]).await.map(|_| ())
}

/// Takes the set-up, if nobody did.
pub(crate) async fn take_setup(cx: &mut Cx) -> Result<bool, Refusal> {
    Ok(cx.run("update people_guard set set_up = true where id = 1 and set_up = false", vec![]).await? == 1)
}

pub(crate) async fn is_set_up(cx: &mut Cx) -> Result<bool, Refusal> {
    cx.one("select set_up from people_guard where id = 1", vec![]).await?.flag("set_up")
}

pub(crate) async fn add_setup_link(cx: &mut Cx, hash: Vec<u8>, expires_at: kernel::Instant) -> Result<(), Refusal> {
    cx.run("insert into setup_links (sha256, expires_at) values ($1, $2)", vec![hash.into(), expires_at.into()])
        .await
        .map(|_| ())
}

pub(crate) async fn setup_link_holds(cx: &mut Cx, hash: Vec<u8>) -> Result<bool, Refusal> {
    let now = cx.now;
    Ok(cx
        .optional(
            "select expires_at from setup_links where sha256 = $1 and expires_at > $2",
            vec![hash.into(), now.into()],
        )
        .await?
        .is_some())
}

pub(crate) async fn drop_setup_links(cx: &mut Cx) -> Result<(), Refusal> {
    cx.run("delete from setup_links", vec![]).await.map(|_| ())
}

fn search_text(details: &PersonDetails) -> String {
    [details.name.as_str(), details.email.shown(), &details.title, &details.department].map(fold).join("\n")
}

fn taken() -> Refusal {
    Refusal::field("email", "someone has an account with this e-mail address already")
}

pub(crate) async fn insert_person(
    cx: &mut Cx,
    id: PersonId,
    details: &PersonDetails,
    password: &NewPassword,
) -> Result<(), Refusal> {
    let binds = vec![
        id.into(),
        (&details.name).into(),
        fold(&details.name).into(),
        details.email.shown().into(),
        details.email.folded().into(),
        (&details.title).into(),
        (&details.department).into(),
        search_text(details).into(),
        password.phc().into(),
        details.administrator.into(),
        details.access_until.into(),
        cx.now.into(),
    ];
    cx.run_unique(
        "insert into people (id, name, name_folded, email, email_folded, title, department, search, password_hash, administrator, access_until, \
         created_at, active, totp_confirmed, revision) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, true, false, 1)",
        binds,
        taken(),
    )
    .await?;
    set_sides(cx, id, &details.sides).await
}

async fn set_sides(cx: &mut Cx, id: PersonId, sides: &BTreeSet<Side>) -> Result<(), Refusal> {
    cx.run("delete from person_sides where person = $1", vec![id.into()]).await?;
    for side in sides {
        cx.run("insert into person_sides (person, side) values ($1, $2)", vec![id.into(), (*side).into()]).await?;
    }
    Ok(())
}

/// Writes the person as it is to be, if nobody else changed it since `revision`. Says whether it did.
pub(crate) async fn update_person(
    cx: &mut Cx,
    id: PersonId,
    revision: i64,
    details: &PersonDetails,
    active: bool,
) -> Result<bool, Refusal> {
    let binds = vec![
        id.into(),
        revision.into(),
        (&details.name).into(),
        fold(&details.name).into(),
        details.email.shown().into(),
        details.email.folded().into(),
        (&details.title).into(),
        (&details.department).into(),
        search_text(details).into(),
        details.administrator.into(),
        details.access_until.into(),
        active.into(),
    ];
    let changed = cx
        .run_unique(
            "update people set name = $3, name_folded = $4, email = $5, email_folded = $6, title = $7, department = $8, search = $9, \
             administrator = $10, access_until = $11, active = $12, revision = revision + 1 where id = $1 and revision = $2",
            binds,
            taken(),
        )
        .await?;
    if changed == 1 {
        set_sides(cx, id, &details.sides).await?;
    }
    Ok(changed == 1)
}

pub(crate) async fn person_by_id(cx: &mut Cx, id: PersonId) -> Result<Option<PersonRecord>, Refusal> {
    let rows = cx.select(Select::new(PEOPLE).and("p.id = {0}", vec![id.into()])).await?;
    let mut people = rows.iter().map(person).collect::<Result<Vec<_>, _>>()?;
    fill_sides(cx, &mut people).await?;
    Ok(people.pop())
}

async fn fill_sides(cx: &mut Cx, people: &mut [PersonRecord]) -> Result<(), Refusal> {
    let ids: Vec<PersonId> = people.iter().map(|person| person.id).collect();
    let rows = cx.select(Select::new("select person, side from person_sides").allowed(one_of("person", &ids))).await?;
    let mut sides: BTreeMap<PersonId, BTreeSet<Side>> = BTreeMap::new();
    for row in rows {
        sides.entry(row.id("person")?).or_default().insert(row.word("side")?);
    }
    for person in people {
        person.sides = sides.remove(&person.id).unwrap_or_default();
    }
    Ok(())
}

/// One page of the directory.
pub(crate) struct PeopleQuery {
    pub text: String,
    pub side: Option<Side>,
    pub only_active: bool,
    pub after: Option<Cursor>,
    pub limit: usize,
}

pub(crate) async fn people(cx: &mut Cx, query: PeopleQuery) -> Result<Page<PersonRecord>, Refusal> {
    let text = fold(&query.text);
    let pattern =
        (!text.is_empty()).then(|| format!("%{}%", text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")));
    let mut select = Select::new(PEOPLE).and_some("p.search like {0} escape '\\'", pattern.map(Value::from)).and_some(
        "exists (select 1 from person_sides s where s.person = p.id and s.side = {0})",
        query.side.map(Value::from),
    );
    if query.only_active {
        select = select.and("p.active = {0}", vec![true.into()]);
    }
    if let Some(after) = query.after {
        select = select.and("(p.name_folded, p.id) > ({0}, {1})", vec![after.key.into(), after.id.into()]);
    }
    let limit = i64::try_from(query.limit + 1).unwrap_or(i64::MAX);
    let rows = cx.select(select.tail("order by p.name_folded, p.id limit {0}", vec![limit.into()])).await?;
    let people = rows.iter().map(person).collect::<Result<Vec<_>, _>>()?;
    let mut page =
        Page::from_rows(people, query.limit, |person| Cursor { key: person.name_folded.clone(), id: person.id.0 });
    fill_sides(cx, &mut page.items).await?;
    Ok(page)
}

/// Active people other than `except` who are administrators on `today`.
pub(crate) async fn other_administrators(cx: &mut Cx, except: PersonId, today: Date) -> Result<i64, Refusal> {
    cx.one(
        "select count(*) as others from people where administrator = true and active = true and id <> $1 and (access_until is null or access_until >= $2)",
        vec![except.into(), today.into()],
    )
    .await?
    .int("others")
}

pub(crate) async fn names(cx: &mut Cx, ids: &[PersonId]) -> Result<BTreeMap<PersonId, String>, Refusal> {
    let mut names = BTreeMap::new();
    for some in ids.chunks(200) {
        for row in cx.select(Select::new("select id, name from people").allowed(one_of("id", some))).await? {
            names.insert(row.id("id")?, row.text("name")?);
        }
    }
    Ok(names)
}

/// Everybody who can sign in on `today`, by name.
pub(crate) async fn working(cx: &mut Cx, today: Date) -> Result<Vec<Person>, Refusal> {
    let rows = cx
        .all(
            "select p.id, p.name, s.side from people p left join person_sides s on s.person = p.id \
             where p.active = true and (p.access_until is null or p.access_until >= $1) order by p.name_folded, p.id",
            vec![today.into()],
        )
        .await?;
    let mut people: Vec<Person> = Vec::new();
    for row in rows {
        let id: PersonId = row.id("id")?;
        if people.last().is_none_or(|last| last.id != id) {
            people.push(Person { id, name: row.text("name")?, sides: BTreeSet::new() });
        }
        if let (Some(last), Some(side)) = (people.last_mut(), row.text_or_none("side")?) {
            last.sides.insert(side.parse().map_err(Refusal::broken)?);
        }
    }
    Ok(people)
}
