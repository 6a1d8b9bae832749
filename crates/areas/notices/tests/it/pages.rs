//! The pages and the endpoints, through the router.

use axum::{Router, http::StatusCode, middleware::from_fn_with_state};
use db::jobs::run_all_due;
use kernel::{Actor, Side};
use notices::{Message, Notices};
use testkit::Client;

use crate::{
    app, area, jobs, message,
    sink::{Manner, Sink},
    smtp, tell,
};

fn router(notices: &Notices) -> Router {
    let area = notices::area(notices.clone());
    let (api, _) = area.api.split_for_parts();
    ui::inner(area.pages.merge(api), ui::Nav::new("Acme", area.nav))
        .layer(from_fn_with_state(notices.store.clone(), notices::with_unread))
}

fn client(notices: &Notices, actor: &Actor) -> Client {
    Client::new(router(notices), Some(actor.clone()))
}

testkit::both_engines! {
    async fn messages_are_read_filtered_and_marked(app: &TestApp) {
        let clara_is = app.actor("Clara Counsel", &[Side::Legal]);
        let notices = area(&app.store, None);
        let clara = client(&notices, &clara_is);
        let empty = clara.get("/notices").await.text();
        assert!(empty.contains("No message yet") && !empty.contains("cs-count"));
        let odd = Message { subject: "Incident <b>4</b>".into(), ..message(&clara_is, "odd") };
        tell(app, &odd).await.unwrap();
        tell(app, &message(&clara_is, "a")).await.unwrap();
        let page = clara.get("/notices").await.text();
        assert!(page.contains("Incident &#60;b&#62;4") || page.contains("Incident &lt;b&gt;4"), "escaped: {page}");
        assert!(page.contains("Incident 3: a clock ends in 4 hours") && page.contains("Laptop lost on a train"));
        assert!(page.contains("cs-count\">2"), "the navigation counts");
        let (_, rest) = page.split_once("action=\"/notices/").filter(|(_, rest)| !rest.starts_with("read")).unwrap_or_else(|| {
            let at = page.rfind("action=\"/notices/").unwrap();
            ("", &page[at + "action=\"/notices/".len()..])
        });
        let id = rest.split_once('/').unwrap().0.to_owned();
        let other = client(&notices, &app.actor("Sam Security", &[Side::Security]));
        assert_eq!(other.form(&format!("/notices/{id}/read"), &[]).await.status, StatusCode::NOT_FOUND);
        assert!(!other.get("/notices").await.text().contains("Laptop"));
        assert_eq!(clara.form(&format!("/notices/{id}/read"), &[]).await.status, StatusCode::SEE_OTHER);
        assert!(clara.get("/notices").await.text().contains("cs-count\">1"));
        assert_eq!(clara.form("/notices/read", &[]).await.status, StatusCode::SEE_OTHER);
        assert!(clara.get("/notices?show=unread").await.text().contains("Nothing unread"));
        let unsigned = Client::new(router(&notices), None);
        assert_eq!(unsigned.get("/notices").await.status, StatusCode::SEE_OTHER);
    }

    async fn the_outbox_is_the_administrators_and_says_no_contents(app: &TestApp) {
        let sink = Sink::open(Manner::Refuses).await;
        let notices = area(&app.store, Some(smtp(sink.port)));
        let clara_is = app.actor("Clara Counsel", &[Side::Legal]);
        let ada = client(&notices, &app.administrator("Ada"));
        assert!(ada.get("/notices/outbox").await.text().contains("Nothing is stuck"));
        tell(app, &message(&clara_is, "a")).await.unwrap();
        run_all_due(&app.store, &jobs(&notices)).await.unwrap();
        let page = ada.get("/notices/outbox").await.text();
        for wanted in ["clara@example.org", "no such user here", "Refused", "1 try", "incidents.reminder"] {
            assert!(page.contains(wanted), "{wanted}: {page}");
        }
        assert!(!page.contains("Laptop") && !page.contains("Incident 3"));
        let clara = client(&notices, &clara_is);
        assert_eq!(clara.get("/notices/outbox").await.status, StatusCode::FORBIDDEN);
        let (_, rest) = page.split_once("action=\"/notices/outbox/").unwrap();
        let again = format!("/notices/outbox/{}", rest.split_once('"').unwrap().0);
        assert_eq!(clara.form(&again, &[]).await.status, StatusCode::FORBIDDEN);
        sink.behave(Manner::Takes);
        assert_eq!(ada.form(&again, &[]).await.status, StatusCode::SEE_OTHER);
        run_all_due(&app.store, &jobs(&notices)).await.unwrap();
        assert_eq!(sink.mails().len(), 1);
        assert!(ada.get("/notices/outbox").await.text().contains("Nothing is stuck"));
        assert_eq!(ada.form(&again, &[]).await.status, StatusCode::CONFLICT);
        let none = client(&area(&app.store, None), &app.administrator("Ada")).get("/notices/outbox").await.text();
        assert!(none.contains("No mail server is set up"));
    }

    async fn the_api_lists_and_marks(app: &TestApp) {
        let clara_is = app.actor("Clara Counsel", &[Side::Legal]);
        let notices = area(&app.store, None);
        let clara = client(&notices, &clara_is);
        for key in ["a", "b", "c"] {
            tell(app, &message(&clara_is, key)).await.unwrap();
        }
        let first = clara.get("/api/v1/notices?limit=2").await.json();
        assert_eq!(first["items"].as_array().unwrap().len(), 2);
        let next = first["next"].as_str().unwrap();
        let second = clara.get(&format!("/api/v1/notices?limit=2&cursor={next}")).await.json();
        assert_eq!(second["items"].as_array().unwrap().len(), 1);
        let id = first["items"][0]["id"].as_str().unwrap();
        let marked = clara.json("POST", &format!("/api/v1/notices/{id}/read"), &serde_json::json!({}), &[]).await;
        assert_eq!(marked.status, StatusCode::OK, "{}", marked.text());
        let unread = clara.get("/api/v1/notices?unread=true").await.json();
        assert_eq!(unread["items"].as_array().unwrap().len(), 2);
        assert_eq!(clara.get("/api/v1/notices?cursor=x").await.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(clara.get("/api/v1/notices?limit=0").await.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
}
