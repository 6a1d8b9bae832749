//! Mail out: one job for each message. It is fit to run twice, and what fails is tried again by the job machinery.

use std::{
    convert::Infallible,
    fmt,
    str::FromStr,
    time::{Duration, SystemTime},
};

use askama::Template;
use db::{JobHandler, Store, jobs::JobFuture, transact};
use kernel::{Actor, Refusal};
use lettre::{
    AsyncSmtpTransport, AsyncTransport, Tokio1Executor,
    message::{
        Mailbox, MultiPart,
        header::{HeaderName, HeaderValue},
    },
    transport::smtp::response::Category,
};

use crate::{
    Address, NoticeId, Notices,
    store::{self, Leased},
};

pub(crate) const KIND: &str = "notices.mail";

/// Seconds for which a mail belongs to the process that sends it; longer than sending may take.
const LEASE_SECONDS: i64 = 90;
/// Seconds that a server may take for one mail, from the connection to its last word.
const PATIENCE: Duration = Duration::from_secs(30);
/// Characters of a server's words that are kept.
const ERROR_LIMIT: usize = 500;

/// `smtp://user:password@host:port` or `smtps://…`. It does not show itself, for it holds a password.
#[derive(Clone, PartialEq, Eq)]
pub struct SmtpAddress(String);

impl SmtpAddress {
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }
}

/// Never fails, so that no parser of arguments quotes the password when it complains. [`Smtp::new`] says what is wrong.
impl FromStr for SmtpAddress {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(Self::new(text.trim()))
    }
}

impl fmt::Debug for SmtpAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SmtpAddress(…)")
    }
}

/// A server that takes mail.
pub struct Smtp {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    patience: Duration,
}

impl fmt::Debug for Smtp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Smtp").field("from", &self.from).finish_non_exhaustive()
    }
}

impl Smtp {
    /// # Errors
    /// In words that never hold the address itself.
    pub fn new(address: &SmtpAddress, from: &str) -> Result<Self, Refusal> {
        let from: Mailbox = from.parse().map_err(|_| {
            Refusal::field("mail-from", "the sender of mails is written `Countersign <countersign@example.org>`")
        })?;
        let wrong = || {
            Refusal::field("smtp", "the mail server is written smtp://user:password@host:port or smtps://…")
                .hint("signs such as @ : / % in the password are written as %40 %3A %2F %25")
        };
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(&with_tls(&address.0).ok_or_else(wrong)?)
            .map_err(|_| wrong())?
            .timeout(Some(PATIENCE))
            .build();
        Ok(Self { transport, from, patience: PATIENCE })
    }

    /// How long one mail may take. Shorter in tests of a server that hangs.
    #[must_use]
    pub fn patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }
}

/// The address with what it asks of TLS. A password crosses the network encrypted or not at all; without one, TLS is used
/// where the server offers it. `None` for what is no address.
fn with_tls(address: &str) -> Option<String> {
    let (scheme, rest) = address.split_once("://")?;
    if rest.is_empty() || rest.contains('?') && !rest.contains("tls=") || rest.contains('#') {
        return None;
    }
    match scheme {
        "smtps" => Some(address.to_owned()),
        "smtp" if rest.contains('?') => Some(address.to_owned()),
        "smtp" => {
            let (login, host) = rest.rsplit_once('@').map_or((None, rest), |(login, host)| (Some(login), host));
            let host = host.trim_end_matches('/');
            let here = ["localhost", "127.0.0.1", "[::1]"]
                .iter()
                .any(|name| host.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with(':')));
            let tls = if login.is_some() && !here { "required" } else { "opportunistic" };
            // With `tls=` the library takes 587 for the port; an address without a port and a password means a relay.
            let bare =
                !host.trim_start_matches(|c| c != ']').contains(':') && !host.trim_start_matches('[').contains(':');
            let port = if bare && login.is_none() { ":25" } else { "" };
            let login = login.map(|login| format!("{login}@")).unwrap_or_default();
            Some(format!("smtp://{login}{host}{port}?tls={tls}"))
        }
        _ => None,
    }
}

/// What happened to one try.
enum Outcome {
    Sent,
    /// For good: this address is unknown, this mail is too large.
    Refused(String),
    Failed(String),
}

#[derive(Template)]
#[template(path = "notices_mail.txt")]
struct Plain<'a> {
    lines: &'a [String],
    link: &'a str,
    base_url: &'a str,
}

#[derive(Template)]
#[template(path = "notices_mail.html")]
struct Html<'a> {
    subject: &'a str,
    lines: &'a [String],
    link: &'a str,
    base_url: &'a str,
}

/// Sends the mails.
pub struct Mail {
    pub notices: Notices,
}

impl JobHandler for Mail {
    fn kind(&self) -> &'static str {
        KIND
    }

    fn run<'a>(&'a self, store: &'a Store, payload: &'a str) -> JobFuture<'a> {
        Box::pin(async move {
            let id: NoticeId = payload.parse()?;
            self.send(store, id).await
        })
    }
}

impl Mail {
    async fn send(&self, store: &Store, id: NoticeId) -> Result<(), Refusal> {
        let system = Actor::system();
        let Some(smtp) = &self.notices.smtp else {
            return self.became(store, id, "none", None).await;
        };
        let leased = transact!(store, &system, |cx| {
            cx.unrecorded("a mail's own bookkeeping");
            let until = cx.now.plus_seconds(LEASE_SECONDS);
            let Some(mail) = store::lease_mail(cx, id, until).await? else {
                // If the process that has it dies, somebody has to come back to it.
                return match store::mail_waits(cx, id).await? {
                    true => Err(Refusal::conflict("another process is sending this mail")),
                    false => Ok(None),
                };
            };
            let sealed = match mail.wall {
                Some(wall) => db::walls::is_sealed(cx, wall).await?,
                None => false,
            };
            let address = self.notices.directory.find(cx, mail.person).await?;
            Ok(Some((mail, sealed, address)))
        });
        let Some((mail, sealed, address)) = leased? else { return Ok(()) };
        let Some(address) = address else {
            return self.became(store, id, "none", None).await;
        };
        let outcome = match self.letter(smtp, id, &mail, sealed, &address) {
            Ok(letter) => deliver(smtp, letter).await,
            Err(reason) => Outcome::Refused(reason),
        };
        match outcome {
            Outcome::Sent => self.became(store, id, "sent", None).await,
            Outcome::Refused(reason) => {
                tracing::warn!(notice = %id, reason, "a mail was refused for good");
                self.became(store, id, "refused", Some(&reason)).await
            }
            Outcome::Failed(reason) => {
                self.became(store, id, "waiting", Some(&reason)).await?;
                Err(Refusal::conflict(format!("the mail did not go out: {reason}")))
            }
        }
    }

    async fn became(
        &self,
        store: &Store,
        id: NoticeId,
        state: &'static str,
        error: Option<&str>,
    ) -> Result<(), Refusal> {
        let error: Option<String> = error.map(|error| error.chars().take(ERROR_LIMIT).collect());
        transact!(store, &Actor::system(), |cx| {
            cx.unrecorded("a mail's own bookkeeping");
            store::mail_became(cx, id, state, error.as_deref()).await
        })
    }

    /// The mail as it goes out. Behind a sealed wall nothing but what was meant for outside is in it.
    fn letter(
        &self,
        smtp: &Smtp,
        id: NoticeId,
        mail: &Leased,
        sealed: bool,
        to: &Address,
    ) -> Result<lettre::Message, String> {
        let mut lines = mail.lines.clone();
        if !sealed {
            lines.extend(mail.inside.iter().cloned());
        }
        let base_url = self.notices.base_url.as_str();
        let link = format!("{base_url}{}", mail.href);
        let subject = mail.subject.as_str();
        let plain = Plain { lines: &lines, link: &link, base_url }.render().map_err(|error| error.to_string())?;
        let html =
            Html { subject, lines: &lines, link: &link, base_url }.render().map_err(|error| error.to_string())?;
        let email = to.email.parse().map_err(|_| "the address of this person is none".to_owned())?;
        let micros = u64::try_from(mail.created_at.micros()).unwrap_or(0);
        // A server or reader that gets the same mail twice knows it by its id.
        let message_id = format!("<{id}@{}>", smtp.from.email.domain());
        lettre::Message::builder()
            .from(smtp.from.clone())
            .to(Mailbox::new(Some(to.name.clone()), email))
            .subject(subject)
            .date(SystemTime::UNIX_EPOCH + Duration::from_micros(micros))
            .message_id(Some(message_id))
            // So that no machine answers a machine (RFC 3834).
            .raw_header(HeaderValue::new(HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated".to_owned()))
            .multipart(MultiPart::alternative_plain_html(plain, html))
            .map_err(|error| error.to_string())
    }
}

async fn deliver(smtp: &Smtp, letter: lettre::Message) -> Outcome {
    match tokio::time::timeout(smtp.patience, smtp.transport.send(letter)).await {
        Err(_) => Outcome::Failed("the mail server did not answer in time".to_owned()),
        Ok(Ok(_)) => Outcome::Sent,
        Ok(Err(error)) => {
            // 53x is about our own login and about TLS: somebody mends it, and then the mail goes out.
            let ours = error.status().is_some_and(|code| code.category == Category::Unspecified3);
            if error.is_permanent() && !ours {
                Outcome::Refused(error.to_string())
            } else {
                Outcome::Failed(error.to_string())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_crosses_the_network_encrypted_or_not_at_all() {
        for (address, becomes) in [
            ("smtp://relay.example.org", Some("smtp://relay.example.org:25?tls=opportunistic")),
            ("smtp://relay.example.org:2525", Some("smtp://relay.example.org:2525?tls=opportunistic")),
            ("smtp://me:p%40ss@relay.example.org", Some("smtp://me:p%40ss@relay.example.org?tls=required")),
            ("smtp://me:pass@relay.example.org:587", Some("smtp://me:pass@relay.example.org:587?tls=required")),
            ("smtp://me:pass@localhost:2525", Some("smtp://me:pass@localhost:2525?tls=opportunistic")),
            ("smtp://me:pass@localhost.example.org", Some("smtp://me:pass@localhost.example.org?tls=required")),
            ("smtps://me:pass@relay.example.org", Some("smtps://me:pass@relay.example.org")),
            ("http://relay.example.org", None),
            ("relay.example.org", None),
            ("smtp://", None),
        ] {
            assert_eq!(with_tls(address).as_deref(), becomes, "{address}");
        }
    }

    #[test]
    fn a_password_shows_nowhere() {
        let address: SmtpAddress = "smtp://me:hunter2@localhost:2525".parse().unwrap();
        let smtp = Smtp::new(&address, "Countersign <countersign@example.org>").unwrap();
        assert!(!format!("{address:?} {smtp:?}").contains("hunter2"));
        for (wrong, from) in [("smpt://me:hunter2@host", "a@b.example"), ("smtp://me:hunter2@localhost", "nobody")] {
            let refused = Smtp::new(&SmtpAddress::new(wrong), from).unwrap_err();
            assert!(!format!("{refused} {refused:?}").contains("hunter2"));
        }
    }
}
