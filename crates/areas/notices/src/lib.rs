//! Messages to people: what is told to whom, in the application and by mail.
//!
//! [`tell`] belongs to the transaction of the change that it tells of: either both happen or neither. The mail goes out
//! by a job, later, and as often as it takes. Whom to tell, and whether that person may know, is the caller's to decide:
//! this area knows no incident and no contract. It knows no people either, only the [`Directory`] that the server gives it.

mod api;
mod mail;
mod messages;
mod outbox;
mod pages;
mod store;

use std::sync::Arc;

pub use mail::{Mail, Smtp, SmtpAddress};
pub use messages::{Message, Notice, NoticeId, PAGE, Told, list, mark_all_read, mark_read, tell, unread};
pub use outbox::{Unsent, outbox, send_again};
pub use pages::with_unread;

use db::Cx;
use kernel::{PersonId, Refusal};

pub const MIGRATIONS: &[db::Migration] =
    &[db::Migration { number: 1, name: "notices", sql: include_str!("../migrations/0001_notices.sql") }];

/// Where a person's mail goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    pub name: String,
    pub email: String,
}

pub type Found<'a> = std::pin::Pin<Box<dyn Future<Output = Result<Option<Address>, Refusal>> + Send + 'a>>;

/// Who a person is. The server answers it from the people's own area.
pub trait Directory: Send + Sync + 'static {
    /// `None` for whoever does not work here today: then no mail goes out.
    fn find<'a>(&'a self, cx: &'a mut Cx, person: PersonId) -> Found<'a>;
}

/// What the area is made of.
#[derive(Clone)]
pub struct Notices {
    pub store: db::Store,
    pub directory: Arc<dyn Directory>,
    /// Without a server for mail, messages are told inside only.
    pub smtp: Option<Arc<Smtp>>,
    /// Where people reach the server, without a slash at the end: for the links in mails.
    pub base_url: String,
}

/// The area, for the server's list.
pub fn area(notices: Notices) -> ui::Area {
    ui::Area {
        name: "notices",
        nav: vec![ui::NavItem::new("Messages", "/notices", "bell", 15)],
        pages: pages::routes(notices.clone()),
        api: api::routes(notices.store.clone()),
        migrations: MIGRATIONS,
        jobs: vec![Arc::new(Mail { notices })],
    }
}
