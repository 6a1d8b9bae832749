//! The messages, reminders and calendars that are asked about: Mara's, of Legal.

use db::transact;
use kernel::Actor;
use notices::Message;

use crate::stage::Stage;

impl Stage {
    /// Makes them, and says what the routes' parameters and fields stand for.
    pub(crate) async fn notices(&mut self, store: &db::Store) -> Vec<(&'static str, &'static str, String)> {
        let mara = self.actor("mara@demo.example").await;
        let line = transact!(store, &mara, |cx| incidents::add_reminder_rule(cx, "eu-nis2/*", "12 h").await).unwrap();
        let secret = transact!(store, &mara, |cx| incidents::make_feed(cx).await).unwrap();
        let feed = incidents::feeds(&mut store.read(&mara).await.unwrap()).await.unwrap()[0].id;
        let message = Message {
            to: mara.person,
            kind: "probe",
            key: "probe".into(),
            subject: "A probe".into(),
            lines: Vec::new(),
            inside: Vec::new(),
            href: "/".into(),
            wall: None,
        };
        // Its mail was refused, so that there is something to try again.
        transact!(store, &Actor::system(), |cx| {
            cx.unrecorded("a probe");
            notices::tell(cx, &message).await?;
            cx.run("update notices set mail = 'refused', mail_error = 'no such user' where key = 'probe'", vec![]).await
        })
        .unwrap();
        let mut cx = store.read(&mara).await.unwrap();
        let notice = notices::list(&mut cx, false, None, 1).await.unwrap().items[0].id.to_string();
        vec![
            ("/incidents/reminders", "id", line.to_string()),
            ("/incidents/reminders", "revision", "1".to_owned()),
            ("/incidents/reminders", "pattern", "eu-gdpr/*".to_owned()),
            ("/incidents/reminders", "times", "6 h".to_owned()),
            ("/incidents/feed/{id}", "id", format!("{}.ics", secret.reveal())),
            ("/incidents/feed/{id}/revoke", "id", feed.to_string()),
            ("/notices", "id", notice.clone()),
            ("/api/v1/notices", "id", notice),
        ]
    }
}
