//! Signing in: a password, then a code where the account asks for one.

use std::net::IpAddr;

use db::{Change, Cx, Store};
use kernel::{Actor, PersonId, Refusal, Via};

use crate::{
    hashing,
    model::SessionId,
    rules::{
        email::fold,
        lifetimes::session_lives,
        limits::{self, PER_ACCOUNT, PER_ADDRESS},
        second_factor,
        secret::{Secret, hash},
    },
    server_key::ServerKey,
    store::sign_in as store,
};

/// Characters of a browser's name that are kept.
const USER_AGENT: usize = 200;

/// Who knocks.
#[derive(Debug, Clone, Default)]
pub struct Visitor {
    pub ip: Option<IpAddr>,
    pub user_agent: String,
}

impl Visitor {
    fn ip_text(&self) -> String {
        self.ip.map(|ip| ip.to_canonical().to_string()).unwrap_or_default()
    }

    fn agent(&self) -> String {
        self.user_agent.chars().filter(|letter| !letter.is_control()).take(USER_AGENT).collect()
    }

    /// Where the tries are counted. Whoever has one IPv6 address has 2⁶⁴ of them.
    fn key(&self) -> Option<Vec<u8>> {
        let place = match self.ip?.to_canonical() {
            IpAddr::V4(address) => address.to_string(),
            IpAddr::V6(address) => {
                let [a, b, c, d, ..] = address.segments();
                format!("{a:x}:{b:x}:{c:x}:{d:x}")
            }
        };
        Some(hash(&format!("ip:{place}")))
    }
}

pub(crate) fn account_key(folded_email: &str) -> Vec<u8> {
    hash(&format!("account:{folded_email}"))
}

fn code_key(person: PersonId) -> Vec<u8> {
    hash(&format!("code:{person}"))
}

/// How far the password led. The secret is the cookie's value.
#[derive(Debug, Clone)]
pub enum SignedIn {
    Fully(Secret),
    /// The code is still to come.
    CodeNeeded(Secret),
}

/// The same words for an address without an account, a wrong password and an account that has ended.
fn no_match() -> Refusal {
    Refusal::invalid("this e-mail address and password do not belong together")
        .hint("check both; an administrator can send you a link for a new password")
}

fn visitor_actor() -> Actor {
    Actor::system()
}

fn as_person(person: PersonId, name: &str) -> Actor {
    Actor { person, name: name.to_owned(), via: Via::Session, ..Actor::system() }
}

/// Counts a try before it is made, so that a hundred at once are a hundred. Commits even when it refuses.
///
/// `account` is told to the ledger once, at the try that is the first one too many.
async fn count(
    store: &Store,
    key: Vec<u8>,
    account: Option<(PersonId, String)>,
    visitor: &Visitor,
) -> Result<(), Refusal> {
    let wait = db::transact!(store, &visitor_actor(), |cx| {
        cx.unrecorded("a count of tries is no record");
        let now = cx.now;
        let (tries, since) = store::count_try(cx, key.clone()).await?;
        let mut wait = limits::wait(tries, since, now, PER_ACCOUNT);
        if let (true, Some((person, name))) = (tries == PER_ACCOUNT + 1, &account) {
            let words = format!("sign-in of {name} was stopped for a while after {PER_ACCOUNT} failed tries");
            cx.record(Change::new("person.sign_in_stopped", "person", person, words));
        }
        if let Some(place) = visitor.key() {
            let (tries, since) = store::count_try(cx, place).await?;
            wait = wait.max(limits::wait(tries, since, now, PER_ADDRESS));
        }
        Ok::<_, Refusal>(wait)
    })?;
    wait.map_or(Ok(()), |seconds| Err(limits::refuse(seconds)))
}

async fn forget(cx: &mut Cx, key: Vec<u8>, visitor: &Visitor) -> Result<(), Refusal> {
    store::forget_tries(cx, key).await?;
    if let Some(place) = visitor.key() {
        store::uncount_try(cx, place).await?;
    }
    Ok(())
}

/// Signs in with a password. `earlier` is the cookie that the browser had: its session ends, whoever it belonged to.
///
/// # Errors
/// One refusal for everything that does not match, another after too many tries.
pub async fn sign_in(
    store: &Store,
    email: &str,
    password: &str,
    visitor: &Visitor,
    earlier: Option<&str>,
) -> Result<SignedIn, Refusal> {
    let nobody = visitor_actor();
    let folded = fold(email);
    let mut cx = store.read(&nobody).await?;
    let (account, today) = (store::account_by_email(&mut cx, &folded).await?, cx.today());
    drop(cx);
    let key = account_key(&folded);
    count(store, key.clone(), account.as_ref().map(|account| (account.id, account.name.clone())), visitor).await?;
    let known_hash = account.as_ref().and_then(|account| account.password_hash.clone());
    let matches = hashing::verify(password, known_hash).await?;
    let account = account.filter(|account| matches && account.works_on(today)).ok_or_else(no_match)?;
    let actor = as_person(account.id, &account.name);
    db::transact!(store, &actor, |cx| {
        let secret = Secret::from_random(cx.random());
        let session: SessionId = cx.new_id();
        forget(cx, key.clone(), visitor).await?;
        if let Some(earlier) = earlier {
            store::end_session_by_hash(cx, hash(earlier)).await?;
        }
        let (ip, user_agent) = (visitor.ip_text(), visitor.agent());
        let new = store::NewSession {
            id: session,
            hash: secret.hash(),
            person: account.id,
            ip: &ip,
            user_agent: &user_agent,
            second_factor_done: !account.totp_confirmed,
        };
        store::insert_session(cx, &new).await?;
        if account.totp_confirmed {
            cx.unrecorded("the password alone signs nobody in");
            return Ok(SignedIn::CodeNeeded(secret));
        }
        cx.record(Change::new("person.signed_in", "person", account.id, "signed in with a password"));
        Ok::<_, Refusal>(SignedIn::Fully(secret))
    })
}

/// Gives the code to a session that waits for one: six digits, or a recovery code. Each works once. The cookie changes.
///
/// # Errors
/// [`Refusal::signed_out`] when no session waits for a code, and a refusal of the field `code`.
pub async fn enter_code(
    store: &Store,
    key: &ServerKey,
    cookie: &str,
    code: &str,
    visitor: &Visitor,
) -> Result<Secret, Refusal> {
    let nobody = visitor_actor();
    let mut cx = store.read(&nobody).await?;
    let rows = store::session_with_person(&mut cx, hash(cookie)).await?;
    let row = rows.first().ok_or_else(Refusal::signed_out)?;
    let session: SessionId = row.id("session")?;
    let person: PersonId = row.id("id")?;
    let alive = session_lives(row.instant("created_at")?, row.instant("last_seen_at")?, false, cx.now);
    if row.flag("second_factor_done")? || !alive {
        return Err(Refusal::signed_out());
    }
    let name = row.text("name")?;
    drop(cx);
    let counter = code_key(person);
    count(store, counter.clone(), Some((person, name.clone())), visitor).await?;
    let actor = as_person(person, &name);
    db::transact!(store, &actor, |cx| {
        let today = cx.today();
        let account = store::account_by_id(cx, person)
            .await?
            .filter(|account| account.works_on(today))
            .ok_or_else(Refusal::signed_out)?;
        let by = accept_code(cx, key, &account, code).await?.ok_or_else(|| {
            Refusal::field("code", "this code does not hold: it is wrong, too old or was used before")
                .hint("wait for the next code of your authenticator, or use a recovery code")
        })?;
        let secret = Secret::from_random(cx.random());
        if !store::complete_session(cx, session, secret.hash()).await? {
            return Err(Refusal::signed_out());
        }
        forget(cx, counter.clone(), visitor).await?;
        cx.record(Change::new("person.signed_in", "person", person, format!("signed in with a password and {by}")));
        Ok::<_, Refusal>(secret)
    })
}

/// Uses up a code of the account, and says what it was.
async fn accept_code(
    cx: &mut Cx,
    key: &ServerKey,
    account: &store::Account,
    code: &str,
) -> Result<Option<&'static str>, Refusal> {
    let Some(sealed) = account.totp_secret.as_deref().filter(|_| account.totp_confirmed) else { return Ok(None) };
    if let Some(step) = second_factor::step_of(&key.open(account.id, sealed)?, code, account.totp_last_step, cx.now)?
        && store::take_step(cx, account.id, step).await?
    {
        return Ok(Some("a code of the authenticator"));
    }
    let used = store::use_recovery_code(cx, account.id, second_factor::recovery_hash(account.id, code)).await?;
    Ok(used.then_some("a recovery code"))
}

/// Asks once more for the password of someone who is signed in, before something that a passer-by must not do.
///
/// # Errors
/// A refusal of `field`, or of too many tries.
pub(crate) async fn confirm_password(
    store: &Store,
    actor: &Actor,
    field: &str,
    password: &str,
) -> Result<store::Account, Refusal> {
    let mut cx = store.read(actor).await?;
    let account = store::account_by_id(&mut cx, actor.person).await?.ok_or_else(Refusal::signed_out)?;
    drop(cx);
    let key = account_key(&fold(&account.email));
    count(store, key.clone(), Some((account.id, account.name.clone())), &Visitor::default()).await?;
    if !hashing::verify(password, account.password_hash.clone()).await? {
        return Err(Refusal::field(field, "this is not your password"));
    }
    db::transact!(store, actor, |cx| {
        cx.unrecorded("a count of tries is no record");
        store::forget_tries(cx, key.clone()).await
    })?;
    Ok(account)
}
