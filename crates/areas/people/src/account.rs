//! One's own account: the password and the second factor.

use db::{Change, Cx, Store};
use kernel::{Actor, Refusal};

use crate::{
    hashing::NewPassword,
    model::SessionId,
    permissions::{EDIT_ACCOUNT, READ_ACCOUNT, account},
    rules::second_factor::{self, Enrolment, RECOVERY_BYTES, RECOVERY_CODES, SECRET_BYTES},
    server_key::ServerKey,
    sign_in::confirm_password,
    store::sign_in,
};

/// What the account page says of the second factor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecondFactor {
    Off,
    On { recovery_codes_left: i64 },
}

pub async fn second_factor(cx: &mut Cx) -> Result<SecondFactor, Refusal> {
    let me = cx.actor.person;
    cx.require(READ_ACCOUNT, &account(me))?;
    let found = sign_in::account_by_id(cx, me).await?.ok_or_else(Refusal::signed_out)?;
    if !found.totp_confirmed {
        return Ok(SecondFactor::Off);
    }
    Ok(SecondFactor::On { recovery_codes_left: sign_in::recovery_codes_left(cx, me).await? })
}

/// Changes the own password. Every other session ends.
///
/// # Errors
/// Refusals of the fields `current` and `password`.
pub async fn change_password(
    store: &Store,
    actor: &Actor,
    keep: Option<SessionId>,
    current: &str,
    password: &str,
) -> Result<(), Refusal> {
    store.read(actor).await?.require(EDIT_ACCOUNT, &account(actor.person))?;
    let me = confirm_password(store, actor, "current", current).await?;
    if current == password {
        return Err(Refusal::field("password", "this is the password that you have"));
    }
    let password = NewPassword::new(&*store.world, "password", password, &me.email).await?;
    db::transact!(store, actor, |cx| {
        cx.require(EDIT_ACCOUNT, &account(actor.person))?;
        sign_in::set_password(cx, actor.person, &password).await?;
        sign_in::end_sessions(cx, actor.person, keep).await?;
        cx.record(Change::new("person.password_changed", "person", actor.person, "changed their own password"));
        Ok::<_, Refusal>(())
    })
}

/// Begins with an authenticator: a fresh secret that counts once a code of it has come back.
///
/// # Errors
/// When a second factor is on already: turning it off takes the password.
pub async fn begin_second_factor(cx: &mut Cx, key: &ServerKey) -> Result<Enrolment, Refusal> {
    let me = cx.actor.person;
    cx.require(EDIT_ACCOUNT, &account(me))?;
    let found = sign_in::account_by_id(cx, me).await?.ok_or_else(Refusal::signed_out)?;
    let secret: [u8; SECRET_BYTES] = cx.random();
    let sealed = key.seal(me, cx.random(), &secret)?;
    if !sign_in::put_totp(cx, me, sealed).await? {
        return Err(already_on());
    }
    cx.unrecorded("a second factor that was not confirmed changes nothing");
    second_factor::enrolment(&secret, &found.email)
}

/// The secret that waits to be confirmed, to show it again after a wrong code.
pub async fn second_factor_in_the_making(cx: &mut Cx, key: &ServerKey) -> Result<Enrolment, Refusal> {
    let me = cx.actor.person;
    cx.require(EDIT_ACCOUNT, &account(me))?;
    let found = sign_in::account_by_id(cx, me).await?.ok_or_else(Refusal::signed_out)?;
    let sealed = found.totp_secret.filter(|_| !found.totp_confirmed).ok_or_else(already_on)?;
    second_factor::enrolment(&key.open(me, &sealed)?, &found.email)
}

fn already_on() -> Refusal {
    Refusal::conflict("your second factor is on already").hint("turn it off first if you want another authenticator")
}

/// Turns the second factor on with its first code. Gives the recovery codes, which are shown once.
pub async fn confirm_second_factor(cx: &mut Cx, key: &ServerKey, code: &str) -> Result<Vec<String>, Refusal> {
    let me = cx.actor.person;
    cx.require(EDIT_ACCOUNT, &account(me))?;
    let found = sign_in::account_by_id(cx, me).await?.ok_or_else(Refusal::signed_out)?;
    let sealed = found.totp_secret.filter(|_| !found.totp_confirmed).ok_or_else(already_on)?;
    let step = second_factor::step_of(&key.open(me, &sealed)?, code, None, cx.now)?.ok_or_else(|| {
        Refusal::field("code", "this is not the code of now")
            .hint("check that the clock of your device is right, and give the code that it shows now")
    })?;
    if !sign_in::confirm_totp(cx, me, step).await? {
        return Err(already_on());
    }
    let codes = fresh_codes(cx).await?;
    cx.record(Change::new("person.second_factor_on", "person", me, "turned their second factor on"));
    Ok(codes)
}

async fn fresh_codes(cx: &mut Cx) -> Result<Vec<String>, Refusal> {
    let me = cx.actor.person;
    let codes: Vec<String> =
        (0..RECOVERY_CODES).map(|_| second_factor::recovery_code(cx.random::<RECOVERY_BYTES>())).collect();
    let hashes: Vec<Vec<u8>> = codes.iter().map(|code| second_factor::recovery_hash(me, code)).collect();
    sign_in::replace_recovery_codes(cx, me, &hashes).await?;
    Ok(codes)
}

/// Makes ten new recovery codes; the old ones hold no more.
pub async fn renew_recovery_codes(store: &Store, actor: &Actor, password: &str) -> Result<Vec<String>, Refusal> {
    store.read(actor).await?.require(EDIT_ACCOUNT, &account(actor.person))?;
    let me = confirm_password(store, actor, "codes_password", password).await?;
    if !me.totp_confirmed {
        return Err(Refusal::conflict("your second factor is off"));
    }
    db::transact!(store, actor, |cx| {
        cx.require(EDIT_ACCOUNT, &account(actor.person))?;
        let codes = fresh_codes(cx).await?;
        cx.record(Change::new("person.recovery_codes_renewed", "person", actor.person, "made new recovery codes"));
        Ok::<_, Refusal>(codes)
    })
}

pub async fn turn_off_second_factor(store: &Store, actor: &Actor, password: &str) -> Result<(), Refusal> {
    store.read(actor).await?.require(EDIT_ACCOUNT, &account(actor.person))?;
    confirm_password(store, actor, "off_password", password).await?;
    db::transact!(store, actor, |cx| {
        cx.require(EDIT_ACCOUNT, &account(actor.person))?;
        if !sign_in::drop_totp(cx, actor.person).await? {
            return Err(Refusal::conflict("your second factor is off"));
        }
        cx.record(Change::new("person.second_factor_off", "person", actor.person, "turned their second factor off"));
        Ok::<_, Refusal>(())
    })
}
