//! People as administrators keep them: the directory, and what each person may be.

use std::collections::BTreeMap;

use db::{Change, Cx};
use kernel::{Cursor, Page, PersonId, Refusal, Side};
use serde_json::json;

use crate::{
    model::{Person, PersonRecord},
    permissions::{EDIT_PERSON, READ_DIRECTORY, directory},
    rules::{draft::PersonDraft, lending::signs_by_membership},
    store::{self, PeopleQuery, sign_in, tokens},
};

/// People on one page of a list, unless asked otherwise.
pub const PAGE: usize = 50;

/// What to look for in the directory.
#[derive(Debug, Clone, Default)]
pub struct PeopleFilter {
    /// A part of a name, address, title or department.
    pub text: String,
    pub side: Option<Side>,
    /// Also those whose accounts are not active.
    pub everybody: bool,
    /// Where the page starts, as the page before it said.
    pub cursor: Option<String>,
    /// 1 to 200; [`PAGE`] without.
    pub limit: Option<usize>,
}

/// One page of the directory, by name.
pub async fn list_people(cx: &mut Cx, filter: &PeopleFilter) -> Result<Page<PersonRecord>, Refusal> {
    cx.require(READ_DIRECTORY, &directory())?;
    let after = match filter.cursor.as_deref().filter(|cursor| !cursor.is_empty()) {
        Some(text) => Some(
            Cursor::decode(text)
                .ok_or_else(|| Refusal::field("cursor", "this is no cursor of ours").hint("start at the first page"))?,
        ),
        None => None,
    };
    let limit = filter.limit.unwrap_or(PAGE).clamp(1, 200);
    let query =
        PeopleQuery { text: filter.text.clone(), side: filter.side, only_active: !filter.everybody, after, limit };
    store::people(cx, query).await
}

pub async fn read_person(cx: &mut Cx, id: PersonId) -> Result<PersonRecord, Refusal> {
    cx.require(READ_DIRECTORY, &directory())?;
    store::person_by_id(cx, id).await?.ok_or_else(|| Refusal::not_found("there is no person with this id"))
}

/// May this actor change people? For pages that show a form or not; the use case asks again.
pub fn may_edit(cx: &Cx) -> bool {
    cx.allows(EDIT_PERSON, &directory())
}

/// Changes a person. Nobody gives a side to themselves, and one administrator always remains.
///
/// # Errors
/// [`Refusal::stale`] when someone else changed the person since `revision`.
pub async fn edit_person(
    cx: &mut Cx,
    id: PersonId,
    revision: i64,
    draft: &PersonDraft,
    active: bool,
) -> Result<PersonRecord, Refusal> {
    cx.require(EDIT_PERSON, &directory())?;
    let today = cx.today();
    store::lock_guard(cx).await?;
    let before =
        store::person_by_id(cx, id).await?.ok_or_else(|| Refusal::not_found("there is no person with this id"))?;
    if before.revision != revision {
        return Err(Refusal::stale());
    }
    // A day that has passed stays where it stands: only a new one has to lie ahead.
    let until = draft.access_until.trim();
    let kept = before.access_until.filter(|day| day.to_string() == until && *day < today);
    let details = draft.read(kept.unwrap_or(today))?;
    if id == cx.actor.person && details.sides != before.sides {
        return Err(Refusal::field("sides", "nobody gives or takes a side for themselves")
            .hint("ask another administrator to do it"));
    }
    let remains = details.administrator && active && details.access_until.is_none();
    if before.administrator
        && before.works_on(today)
        && !remains
        && store::other_administrators(cx, id, today).await? == 0
    {
        let refusal = Refusal::field(
            "administrator",
            "this is the last administrator, who has to stay one, active and without an end date",
        );
        return Err(refusal.hint("make someone else an administrator first"));
    }
    if !store::update_person(cx, id, revision, &details, active).await? {
        return Err(Refusal::stale());
    }
    let after = store::person_by_id(cx, id).await?.ok_or_else(|| Refusal::broken("a person vanished"))?;
    if !after.works_on(today) {
        sign_in::end_sessions(cx, id, None).await?;
        tokens::revoke_all(cx, id).await?;
    }
    let (action, words) = match (before.active, active) {
        (true, false) => ("person.deactivated", format!("deactivated {}", after.name)),
        (false, true) => ("person.activated", format!("activated {}", after.name)),
        _ => ("person.edited", format!("changed {}", after.name)),
    };
    cx.record(Change::new(action, "person", id, words).before(told(&before)).after(told(&after)));
    Ok(after)
}

/// What the ledger is told of a person.
fn told(person: &PersonRecord) -> serde_json::Value {
    json!({
        "name": person.name, "email": person.email, "title": person.title, "department": person.department, "sides": person.sides,
        "administrator": person.administrator, "active": person.active, "access_until": person.access_until,
    })
}

/// Ends an account: its sessions and tokens end with it, and what it lends holds no more.
pub async fn deactivate(cx: &mut Cx, id: PersonId, revision: i64) -> Result<PersonRecord, Refusal> {
    cx.require(EDIT_PERSON, &directory())?;
    let person =
        store::person_by_id(cx, id).await?.ok_or_else(|| Refusal::not_found("there is no person with this id"))?;
    edit_person(cx, id, revision, &draft_of(&person), false).await
}

/// A person as a form shows one.
pub fn draft_of(person: &PersonRecord) -> PersonDraft {
    PersonDraft {
        name: person.name.clone(),
        email: person.email.clone(),
        title: person.title.clone(),
        department: person.department.clone(),
        sides: person.sides.iter().map(|side| side.as_str().to_owned()).collect(),
        administrator: if person.administrator { "yes".to_owned() } else { String::new() },
        access_until: person.access_until.map(|day| day.to_string()).unwrap_or_default(),
    }
}

/// Takes the second factor off an account whose owner has lost both the authenticator and the codes.
pub async fn reset_second_factor(cx: &mut Cx, id: PersonId) -> Result<(), Refusal> {
    cx.require(EDIT_PERSON, &directory())?;
    if id == cx.actor.person {
        return Err(Refusal::conflict("turn your own second factor off on your account page"));
    }
    let person =
        store::person_by_id(cx, id).await?.ok_or_else(|| Refusal::not_found("there is no person with this id"))?;
    if !sign_in::drop_totp(cx, id).await? {
        return Err(Refusal::conflict(format!("{} has no second factor", person.name)));
    }
    sign_in::end_sessions(cx, id, None).await?;
    cx.record(Change::new(
        "person.second_factor_reset",
        "person",
        id,
        format!("took the second factor off the account of {}", person.name),
    ));
    Ok(())
}

/// The names of people on records that the reader may see: asks for no permission, for it says nothing else of them.
pub async fn names(
    cx: &mut Cx,
    ids: impl IntoIterator<Item = PersonId>,
) -> Result<BTreeMap<PersonId, String>, Refusal> {
    let mut ids: Vec<PersonId> = ids.into_iter().collect();
    ids.sort_unstable();
    ids.dedup();
    let mut names = store::names(cx, &ids).await?;
    if ids.first() == Some(&PersonId::SYSTEM) {
        names.insert(PersonId::SYSTEM, "Countersign".to_owned());
    }
    Ok(names)
}

/// Everybody who can sign in today, by name, for pickers.
pub async fn people_to_choose_from(cx: &mut Cx) -> Result<Vec<Person>, Refusal> {
    cx.require(READ_DIRECTORY, &directory())?;
    let today = cx.today();
    store::working(cx, today).await
}

/// Who signs for this side by membership today. For other areas' use cases, which have asked the policy themselves.
pub async fn members_of(cx: &mut Cx, side: Side) -> Result<Vec<Person>, Refusal> {
    let today = cx.today();
    let mut people = store::working(cx, today).await?;
    people.retain(|person| signs_by_membership(&person.sides, side));
    Ok(people)
}

/// The name and the address to write to. `None` for whoever does not work here today. For the program's own messages: who
/// may be told what, their senders have asked.
pub async fn name_and_email(cx: &mut Cx, id: PersonId) -> Result<Option<(String, String)>, Refusal> {
    let today = cx.today();
    let found = store::person_by_id(cx, id).await?.filter(|person| person.works_on(today));
    Ok(found.map(|person| (person.name, person.email)))
}
