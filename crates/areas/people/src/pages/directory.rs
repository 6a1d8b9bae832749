//! The directory, a person's page, and the way in for new people.

use askama::Template;
use axum::{
    Router,
    extract::State,
    routing::{get, post},
};
use kernel::{PersonId, Refusal, RefusalKind};
use serde::Deserialize;
use ui::{FormState, PageCx, PageForm, PagePath, PageQuery, PageResult, Shell, percent_encode, redirect_with_flash};

use super::side_options;
use crate::{
    accounts::{self, PeopleFilter},
    config::People,
    invitations::{self, Invited},
    model::{Invitation, InvitationId, PersonRecord},
    permissions::{EDIT_PERSON, INVITE_PERSON, directory},
    rules::draft::PersonDraft,
    web::Here,
};

pub(super) fn router() -> Router<People> {
    Router::new()
        .route("/people", get(list))
        .route("/people/invite", get(invite).post(send))
        .route("/people/invitations/{id}/withdraw", post(withdraw))
        .route("/people/{id}", get(person).post(edit))
        .route("/people/{id}/password-link", post(password_link))
        .route("/people/{id}/second-factor", post(reset_second_factor))
}

#[derive(Template)]
#[template(path = "people_list.html")]
struct ListPage {
    shell: Shell,
    form: FormState,
    sides: Vec<(&'static str, &'static str)>,
    people: Vec<PersonRecord>,
    today: kernel::Date,
    invitations: Vec<(Invitation, String)>,
    may_invite: bool,
    /// An administrator looks, whose account has no second factor.
    bare_password: bool,
    filtered: bool,
    first: String,
    next: String,
}

#[derive(Template)]
#[template(path = "people_invite.html")]
struct InvitePage {
    shell: Shell,
    form: FormState,
    sides: Vec<(&'static str, &'static str)>,
}

#[derive(Template)]
#[template(path = "people_link.html")]
struct LinkPage {
    shell: Shell,
    who: String,
    new_account: bool,
    link: String,
    until: String,
}

#[derive(Template)]
#[template(path = "people_person.html")]
struct PersonPage {
    shell: Shell,
    person: PersonRecord,
    joined: String,
    today: kernel::Date,
    form: FormState,
    sides: Vec<(&'static str, &'static str)>,
    may_edit: bool,
    own: bool,
    stale: bool,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Looking {
    q: String,
    side: String,
    all: String,
    after: String,
}

async fn list(
    State(people): State<People>,
    page: PageCx,
    here: Here,
    PageQuery(looking): PageQuery<Looking>,
) -> PageResult {
    let mut cx = people.store.read(&page.actor).await?;
    let filter = PeopleFilter {
        text: looking.q.clone(),
        side: looking.side.parse().ok(),
        everybody: looking.all == "yes",
        cursor: Some(looking.after.clone()),
        limit: None,
    };
    let found = accounts::list_people(&mut cx, &filter).await?;
    let may_invite = cx.allows(INVITE_PERSON, &directory());
    let mut waiting = Vec::new();
    if may_invite && looking.after.is_empty() {
        for invitation in invitations::list_invitations(&mut cx).await? {
            let until = people.moment(invitation.expires_at);
            waiting.push((invitation, until));
        }
    }
    let query = format!(
        "q={}&side={}&all={}",
        percent_encode(&looking.q),
        percent_encode(&looking.side),
        percent_encode(&looking.all)
    );
    page.render(&ListPage {
        shell: page.shell("People").subtitle("Who works with Countersign, and for which side."),
        form: FormState::new().with("q", &looking.q).with("side", &looking.side).with("all", &looking.all),
        sides: side_options(),
        people: found.items,
        today: cx.today(),
        invitations: waiting,
        may_invite,
        bare_password: page.actor.administrator && here.0.is_some_and(|info| !info.second_factor),
        filtered: !looking.q.trim().is_empty() || filter.side.is_some(),
        first: if looking.after.is_empty() { String::new() } else { format!("/people?{query}") },
        next: found.next.map(|next| format!("/people?{query}&after={next}")).unwrap_or_default(),
    })
}

fn invite_page(page: &PageCx, form: FormState) -> InvitePage {
    let shell = page
        .shell("Invite someone")
        .crumb("People", "/people")
        .subtitle("You get a link to hand over. It works once, for seven days.");
    InvitePage { shell, form, sides: side_options() }
}

async fn invite(State(people): State<People>, page: PageCx) -> PageResult {
    people.store.read(&page.actor).await?.require(INVITE_PERSON, &directory())?;
    page.render(&invite_page(&page, FormState::new()))
}

fn link_page(people: &People, page: &PageCx, who: &str, new_account: bool, invited: &Invited) -> LinkPage {
    LinkPage {
        shell: page.shell(if new_account { "Invitation made" } else { "Link made" }).crumb("People", "/people"),
        who: who.to_owned(),
        new_account,
        link: people.link(&format!("/invitation/{}", invited.secret.reveal())),
        until: people.moment(invited.expires_at),
    }
}

async fn send(State(people): State<People>, page: PageCx, PageForm(draft, form): PageForm<PersonDraft>) -> PageResult {
    match db::transact!(people.store, &page.actor, |cx| invitations::invite(cx, &draft).await) {
        Ok(invited) => page.render(&link_page(&people, &page, draft.email.trim(), true, &invited)),
        Err(refusal) => page.again(refusal, |refusal| invite_page(&page, form.refused(refusal))),
    }
}

async fn withdraw(State(people): State<People>, page: PageCx, PagePath(id): PagePath<InvitationId>) -> PageResult {
    db::transact!(people.store, &page.actor, |cx| invitations::withdraw_invitation(cx, id).await)?;
    Ok(redirect_with_flash("/people", "The invitation is withdrawn."))
}

fn form_of(person: &PersonRecord) -> FormState {
    let draft = accounts::draft_of(person);
    let mut form = FormState::new()
        .with("name", draft.name)
        .with("email", draft.email)
        .with("title", draft.title)
        .with("department", draft.department)
        .with("access_until", draft.access_until)
        .with("administrator", draft.administrator)
        .with("active", if person.active { "yes" } else { "" });
    for side in draft.sides {
        form = form.with("sides", side);
    }
    form
}

async fn person_page(
    people: &People,
    page: &PageCx,
    id: PersonId,
    sent: Option<FormState>,
) -> Result<PersonPage, Refusal> {
    let mut cx = people.store.read(&page.actor).await?;
    let person = accounts::read_person(&mut cx, id).await?;
    let form = sent.unwrap_or_else(|| form_of(&person));
    let titled: Vec<&str> =
        [person.title.as_str(), &person.department].into_iter().filter(|text| !text.is_empty()).collect();
    Ok(PersonPage {
        shell: page.shell(&person.name).crumb("People", "/people").subtitle(titled.join(" · ")),
        joined: people.moment(person.created_at),
        today: cx.today(),
        form,
        sides: side_options(),
        may_edit: cx.allows(EDIT_PERSON, &directory()),
        own: person.id == page.actor.person,
        person,
        stale: false,
    })
}

async fn person(State(people): State<People>, page: PageCx, PagePath(id): PagePath<PersonId>) -> PageResult {
    page.render(&person_page(&people, &page, id, None).await?)
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Edit {
    name: String,
    email: String,
    title: String,
    department: String,
    sides: Vec<String>,
    administrator: String,
    access_until: String,
    active: String,
    revision: String,
}

async fn edit(
    State(people): State<People>,
    page: PageCx,
    PagePath(id): PagePath<PersonId>,
    PageForm(sent, form): PageForm<Edit>,
) -> PageResult {
    let revision: i64 = sent.revision.parse().unwrap_or(0);
    let active = sent.active == "yes";
    let draft = PersonDraft {
        name: sent.name,
        email: sent.email,
        title: sent.title,
        department: sent.department,
        sides: sent.sides,
        administrator: sent.administrator,
        access_until: sent.access_until,
    };
    match db::transact!(people.store, &page.actor, |cx| accounts::edit_person(cx, id, revision, &draft, active).await) {
        Ok(person) => Ok(redirect_with_flash(&format!("/people/{id}"), &format!("{} is saved.", person.name))),
        Err(refusal) => {
            let stale = refusal.kind == RefusalKind::Stale;
            let mut again = person_page(&people, &page, id, Some(form.refused(&refusal))).await?;
            again.stale = stale;
            page.again(refusal, |_| again)
        }
    }
}

async fn password_link(State(people): State<People>, page: PageCx, PagePath(id): PagePath<PersonId>) -> PageResult {
    let invited = db::transact!(people.store, &page.actor, |cx| invitations::make_password_link(cx, id).await)?;
    let person = accounts::read_person(&mut people.store.read(&page.actor).await?, id).await?;
    page.render(&link_page(&people, &page, &person.name, false, &invited))
}

async fn reset_second_factor(
    State(people): State<People>,
    page: PageCx,
    PagePath(id): PagePath<PersonId>,
) -> PageResult {
    db::transact!(people.store, &page.actor, |cx| accounts::reset_second_factor(cx, id).await)?;
    Ok(redirect_with_flash(
        &format!("/people/{id}"),
        "The second factor is off, and the account is signed out everywhere.",
    ))
}
