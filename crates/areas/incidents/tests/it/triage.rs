//! Each side judges by itself.

use axum::http::StatusCode;
use db::transact;
use incidents::{
    rules::triage::Impact,
    triage::{judge, triage},
};
use kernel::{RefusalKind, Side};

use crate::{
    pages::client_of,
    use_cases::{app, counsel, told},
};

testkit::both_engines! {
    async fn each_side_judges_and_the_worse_counts(app: &TestApp) {
        let clara = counsel(app);
        let ivo = app.actor("Ivo Infrastructure", &[Side::It]);
        let id = told(app, &clara).await;
        transact!(app.store, &clara, |cx| judge(cx, id, Side::Legal, Impact::Low, "no personal data, it seems", 0).await).unwrap();
        let refused = transact!(app.store, &clara, |cx| judge(cx, id, Side::Security, Impact::Low, "me too", 0).await).unwrap_err();
        assert_eq!(refused.kind, RefusalKind::Forbidden);
        transact!(app.store, &ivo, |cx| judge(cx, id, Side::Security, Impact::Critical, "the key was in the bag", 0).await).unwrap();
        let stale = transact!(app.store, &ivo, |cx| judge(cx, id, Side::Security, Impact::Low, "found", 0).await).unwrap_err();
        assert_eq!(stale.kind, RefusalKind::Stale);
        let page = client_of(app, &clara).get(&format!("/incidents/{id}")).await.text();
        for wanted in ["The sides differ", "Critical", "the key was in the bag", "no personal data, it seems", "Judge for Legal"] {
            assert!(page.contains(wanted), "{wanted}");
        }
        assert!(!page.contains("Judge for Security"));
        transact!(app.store, &ivo, |cx| judge(cx, id, Side::Security, Impact::Low, "the bag was found, locked", 1).await).unwrap();
        let mut cx = app.store.read(&clara).await.unwrap();
        let counts = triage(&mut cx, id).await.unwrap();
        assert_eq!(counts.iter().map(|known| (known.side, known.impact, known.number)).collect::<Vec<_>>(), [(Side::Legal, Impact::Low, 1), (Side::Security, Impact::Low, 2)]);
        drop(cx);
        for outsider in [app.actor("Eve Employee", &[Side::Employee]), app.actor("Exa Executive", &[Side::Executive])] {
            let refused = transact!(app.store, &outsider, |cx| judge(cx, id, Side::Legal, Impact::Low, "fine", 1).await).unwrap_err();
            assert_eq!(refused.kind, RefusalKind::NotFound);
        }
        let colin = app.actor("Colin Compliance", &[Side::Compliance]);
        let refused = transact!(app.store, &colin, |cx| judge(cx, id, Side::Legal, Impact::Low, "fine", 1).await).unwrap_err();
        assert_eq!(refused.kind, RefusalKind::Forbidden);
    }

    async fn a_form_that_lacks_something_comes_back(app: &TestApp) {
        let clara = counsel(app);
        let id = told(app, &clara).await;
        let client = client_of(app, &clara);
        let path = format!("/incidents/{id}/triage");
        for (form, wanted) in [
            (vec![("side", "legal"), ("impact", "awful"), ("words", "why"), ("seen", "0")], "choose how bad it is"),
            (vec![("side", "moon"), ("impact", "low"), ("words", "why"), ("seen", "0")], "choose a side of yours"),
            (vec![("side", "legal"), ("impact", "low"), ("words", " "), ("seen", "0")], "say in a sentence why"),
        ] {
            let answer = client.form(&path, &form).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{form:?}");
            assert!(answer.text().contains(wanted), "{wanted}");
        }
        let sent = client.form(&path, &[("side", "legal"), ("impact", "high"), ("words", "health data"), ("seen", "0")]).await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER);
        let api = client.json("POST", &format!("/api/v1/incidents/{id}/triage"), &serde_json::json!({ "side": "legal", "impact": "low", "words": "no", "seen": 0 }), &[]).await;
        assert_eq!(api.status, StatusCode::PRECONDITION_FAILED);
        let api = client.json("POST", &format!("/api/v1/incidents/{id}/triage"), &serde_json::json!({ "side": "legal", "impact": "low", "words": "no", "seen": 1 }), &[]).await;
        assert_eq!((api.status, api.json()[0]["impact"].clone()), (StatusCode::CREATED, serde_json::json!("low")));
    }
}
