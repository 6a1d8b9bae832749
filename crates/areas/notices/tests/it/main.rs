//! Messages on both engines, and mails to a server that speaks SMTP.

#![allow(clippy::unwrap_used, reason = "tests say what must hold by panicking")]

mod mails;
mod messages;
mod pages;
mod sink;

use std::sync::Arc;

use db::{Cx, JobHandler, Store, transact};
use kernel::{Actor, PersonId, Refusal};
use notices::{Address, Directory, Found, Message, Notices, Smtp, SmtpAddress, Told};
use testkit::{Engine, TestApp};

pub async fn app(engine: Engine) -> TestApp {
    TestApp::new(engine, &[("notices", notices::MIGRATIONS)]).await
}

/// Everybody lives at one house, but for the one who left.
pub struct House {
    pub left: Option<PersonId>,
}

impl Directory for House {
    fn find<'a>(&'a self, _: &'a mut Cx, person: PersonId) -> Found<'a> {
        Box::pin(async move {
            let address = Address { name: "Clara Counsel, LL.M.".into(), email: "clara@example.org".into() };
            Ok((self.left != Some(person)).then_some(address))
        })
    }
}

pub fn area(store: &Store, smtp: Option<Smtp>) -> Notices {
    Notices {
        store: store.clone(),
        directory: Arc::new(House { left: None }),
        smtp: smtp.map(Arc::new),
        base_url: "https://countersign.example".into(),
    }
}

pub fn smtp(port: u16) -> Smtp {
    let address: SmtpAddress = format!("smtp://127.0.0.1:{port}").parse().unwrap();
    Smtp::new(&address, "Countersign <countersign@example.org>").unwrap()
}

pub fn jobs(notices: &Notices) -> Vec<Arc<dyn JobHandler>> {
    notices::area(notices.clone()).jobs
}

pub fn message(to: &Actor, key: &str) -> Message {
    Message {
        to: to.person,
        kind: "incidents.reminder",
        key: key.into(),
        subject: "Incident 3: a clock ends in 4 hours".into(),
        lines: vec!["GDPR: tell the authority".into()],
        inside: vec!["Laptop lost on a train".into()],
        href: "/incidents/3".into(),
        wall: None,
    }
}

pub async fn tell(app: &TestApp, message: &Message) -> Result<Told, Refusal> {
    transact!(app.store, &Actor::system(), |cx| {
        cx.unrecorded("a test");
        notices::tell(cx, message).await
    })
}
