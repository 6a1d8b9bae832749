//! The first administrator, by a link that the server prints at its first start.

use db::{Change, Cx, Store};
use kernel::{Actor, PersonId, Refusal};
use serde_json::json;

use crate::{
    hashing::NewPassword,
    rules::{
        draft::PersonDraft,
        lifetimes::SETUP_LINK,
        secret::{Secret, hash},
    },
    store,
};

/// The secret of a set-up link, while nobody has an account. Each start of a server makes one; the first that is used
/// ends them all.
///
/// # Errors
/// Only the system may ask for it.
pub async fn prepare_setup(cx: &mut Cx) -> Result<Option<Secret>, Refusal> {
    if !cx.actor.is_system() {
        return Err(Refusal::forbidden("only the server itself prepares the set-up"));
    }
    if store::is_set_up(cx).await? {
        cx.unrecorded("nothing changed");
        return Ok(None);
    }
    let secret = Secret::from_random(cx.random());
    let expires_at = cx.now.plus_seconds(SETUP_LINK);
    store::add_setup_link(cx, secret.hash(), expires_at).await?;
    cx.unrecorded("a link that nobody has used is no change yet");
    Ok(Some(secret))
}

/// Can this link still set the workspace up?
pub async fn setup_is_open(cx: &mut Cx, token: &str) -> Result<(), Refusal> {
    if store::is_set_up(cx).await? {
        return Err(Refusal::not_found("this workspace is set up already")
            .hint("sign in, or ask an administrator for an invitation"));
    }
    if !store::setup_link_holds(cx, hash(token)).await? {
        return Err(
            Refusal::not_found("this set-up link does not hold").hint("start the server again: it prints a fresh link")
        );
    }
    Ok(())
}

/// Makes the first administrator's account. `draft.administrator` need not say so.
///
/// # Errors
/// When the link does not hold, when someone was faster, and for each field that is wrong.
pub async fn complete_setup(
    store: &Store,
    token: &str,
    draft: &PersonDraft,
    password: &str,
) -> Result<PersonId, Refusal> {
    let visitor = Actor::system();
    let mut cx = store.read(&visitor).await?;
    setup_is_open(&mut cx, token).await?;
    let details = PersonDraft { administrator: "yes".to_owned(), ..draft.clone() }.read(cx.today())?;
    drop(cx);
    let password = NewPassword::new(&*store.world, "password", password, details.email.shown()).await?;
    db::transact!(store, &visitor, |cx| {
        setup_is_open(cx, token).await?;
        if !store::take_setup(cx).await? {
            return Err(Refusal::not_found("this workspace is set up already")
                .hint("sign in, or ask an administrator for an invitation"));
        }
        let id: PersonId = cx.new_id();
        store::insert_person(cx, id, &details, &password).await?;
        store::drop_setup_links(cx).await?;
        cx.actor = Actor { person: id, name: details.name.clone(), ..visitor.clone() };
        let change = Change::new(
            "person.set_up",
            "person",
            id,
            format!("set the workspace up as its first administrator, {}", details.name),
        );
        cx.record(change.after(json!({ "name": details.name, "email": details.email.shown(), "sides": details.sides, "administrator": true })));
        Ok::<_, Refusal>(id)
    })
}
