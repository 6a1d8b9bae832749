//! How people come in: an administrator makes a link, the person chooses a password. The same way leads back in for
//! someone who has forgotten theirs.

use db::{Change, Cx, Store};
use kernel::{Actor, Instant, PersonId, Refusal};
use serde_json::json;

use crate::{
    hashing::NewPassword,
    model::{Invitation, InvitationId},
    permissions::{EDIT_PERSON, INVITE_PERSON, directory},
    rules::{
        draft::{self, PersonDetails, PersonDraft},
        email::{Email, fold},
        lifetimes::{INVITATION, PASSWORD_LINK},
        secret::{Secret, hash},
    },
    store::{self, invitations, sign_in},
};

/// A link, shown once.
#[derive(Debug, Clone)]
pub struct Invited {
    pub id: InvitationId,
    pub secret: Secret,
    pub expires_at: Instant,
}

fn gone() -> Refusal {
    Refusal::not_found("this link does not hold any more")
        .hint("each link works once and for a few days: ask an administrator for a new one")
}

/// Invites someone who has no account. An earlier link for the same address is withdrawn.
///
/// # Errors
/// When the address has an account, and for each field that is wrong.
pub async fn invite(cx: &mut Cx, draft: &PersonDraft) -> Result<Invited, Refusal> {
    cx.require(INVITE_PERSON, &directory())?;
    // The name may be left to the invited person.
    let named = if draft.name.trim().is_empty() {
        PersonDraft { name: draft.email.clone(), ..draft.clone() }
    } else {
        draft.clone()
    };
    let details = named.read(cx.today())?;
    if sign_in::account_by_email(cx, details.email.folded()).await?.is_some() {
        return Err(Refusal::field("email", "someone has an account with this e-mail address already"));
    }
    let invitation = Invitation {
        id: cx.new_id(),
        person: None,
        email: details.email.shown().to_owned(),
        name: if draft.name.trim().is_empty() { String::new() } else { details.name.clone() },
        title: details.title.clone(),
        department: details.department.clone(),
        sides: details.sides.clone(),
        administrator: details.administrator,
        access_until: details.access_until,
        invited_by_name: cx.actor.name.clone(),
        expires_at: cx.now.plus_seconds(INVITATION),
    };
    let secret = Secret::from_random(cx.random());
    invitations::withdraw_for_email(cx, details.email.folded()).await?;
    invitations::insert(cx, secret.hash(), &invitation).await?;
    let change = Change::new("person.invited", "invitation", invitation.id, format!("invited {}", invitation.email));
    cx.record(change.after(json!({
        "email": invitation.email, "name": invitation.name, "sides": invitation.sides, "administrator": invitation.administrator,
        "access_until": invitation.access_until,
    })));
    Ok(Invited { id: invitation.id, secret, expires_at: invitation.expires_at })
}

/// The invitations that wait.
pub async fn list_invitations(cx: &mut Cx) -> Result<Vec<Invitation>, Refusal> {
    cx.require(INVITE_PERSON, &directory())?;
    invitations::open(cx).await
}

pub async fn withdraw_invitation(cx: &mut Cx, id: InvitationId) -> Result<(), Refusal> {
    cx.require(INVITE_PERSON, &directory())?;
    let email = invitations::withdraw(cx, id)
        .await?
        .ok_or_else(|| Refusal::not_found("this invitation does not wait any more"))?;
    cx.record(Change::new(
        "person.invitation_withdrawn",
        "invitation",
        id,
        format!("withdrew the invitation of {email}"),
    ));
    Ok(())
}

/// Makes a link with which someone who has an account chooses a new password. Whoever holds it signs in as that person,
/// so the ledger names who made it; a second factor is still asked for.
pub async fn make_password_link(cx: &mut Cx, person: PersonId) -> Result<Invited, Refusal> {
    cx.require(EDIT_PERSON, &directory())?;
    let record =
        store::person_by_id(cx, person).await?.ok_or_else(|| Refusal::not_found("there is no person with this id"))?;
    if !record.works_on(cx.today()) {
        return Err(Refusal::conflict(format!("{}'s account is not active", record.name)).hint("activate it first"));
    }
    let invitation = Invitation {
        id: cx.new_id(),
        person: Some(person),
        email: record.email,
        name: record.name.clone(),
        title: record.title,
        department: record.department,
        sides: record.sides,
        administrator: record.administrator,
        access_until: record.access_until,
        invited_by_name: cx.actor.name.clone(),
        expires_at: cx.now.plus_seconds(PASSWORD_LINK),
    };
    let secret = Secret::from_random(cx.random());
    invitations::withdraw_for_person(cx, person).await?;
    invitations::insert(cx, secret.hash(), &invitation).await?;
    cx.record(Change::new(
        "person.password_link_made",
        "person",
        person,
        format!("made a link for {} to choose a new password", record.name),
    ));
    Ok(Invited { id: invitation.id, secret, expires_at: invitation.expires_at })
}

/// What a link is for, shown before it is taken up. The link itself is the permission.
pub async fn open_invitation(cx: &mut Cx, token: &str) -> Result<Invitation, Refusal> {
    invitations::open_by_hash(cx, hash(token)).await?.ok_or_else(gone)
}

/// Takes the link up: makes the account, or sets the new password and ends the account's sessions.
///
/// # Errors
/// When the link does not hold, when someone has the address by now, and for each field that is wrong.
pub async fn accept_invitation(store: &Store, token: &str, name: &str, password: &str) -> Result<PersonId, Refusal> {
    let visitor = Actor::system();
    let invitation = open_invitation(&mut store.read(&visitor).await?, token).await?;
    let mut problems = draft::Problems::default();
    let name = if invitation.person.is_some() {
        Some(invitation.name.clone())
    } else {
        problems.take("name", draft::name(name))
    };
    if let Some(weakness) = crate::rules::password::weakness(password, &invitation.email) {
        problems.add("password", weakness.message());
    }
    problems.finish()?;
    let name = name.unwrap_or_default();
    let password = NewPassword::new(&*store.world, "password", password, &invitation.email).await?;
    let details = PersonDetails {
        name: name.clone(),
        email: Email::parse(&invitation.email).map_err(Refusal::broken)?,
        title: invitation.title.clone(),
        department: invitation.department.clone(),
        sides: invitation.sides.clone(),
        administrator: invitation.administrator,
        access_until: invitation.access_until,
    };
    db::transact!(store, &visitor, |cx| {
        if !invitations::take(cx, invitation.id).await? {
            return Err(gone());
        }
        let id = invitation.person.unwrap_or_else(|| cx.new_id());
        cx.actor = Actor { person: id, name: name.clone(), ..visitor.clone() };
        if invitation.person.is_some() {
            let account = sign_in::account_by_id(cx, id)
                .await?
                .filter(|account| account.works_on(cx.today()))
                .ok_or_else(gone)?;
            sign_in::set_password(cx, account.id, &password).await?;
            sign_in::end_sessions(cx, id, None).await?;
            sign_in::forget_tries(cx, crate::sign_in::account_key(&fold(&account.email))).await?;
            cx.record(Change::new("person.password_set", "person", id, "chose a new password by a link"));
        } else {
            store::insert_person(cx, id, &details, &password).await?;
            let change = Change::new(
                "person.joined",
                "person",
                id,
                format!("took up the invitation by {}", invitation.invited_by_name),
            );
            cx.record(change.after(json!({
                "name": details.name, "email": details.email.shown(), "sides": details.sides, "administrator": details.administrator,
                "access_until": details.access_until,
            })));
        }
        Ok::<_, Refusal>(id)
    })
}
