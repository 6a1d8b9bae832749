//! Notices through the router: the pages, the files, the endpoints.

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use incidents::notices::{self, FieldKind};
use kernel::Side;
use serde_json::json;
use testkit::{Client, Engine, TestApp};

use crate::{
    notices::{GDPR, approved, draft, known, seen},
    pages::client,
    use_cases::fact,
};

async fn app(engine: Engine) -> TestApp {
    crate::use_cases::app(engine).await
}

fn field<'t>(text: &'t str, name: &str) -> &'t str {
    let (_, rest) =
        text.split_once(&format!("name=\"{name}\" value=\"")).unwrap_or_else(|| panic!("no {name}: {text}"));
    rest.split_once('"').unwrap().0
}

fn multipart(path: &str, fields: &[(&str, &str)], file: Option<(&str, &[u8])>) -> Request<Body> {
    let mut body = Vec::new();
    for (name, value) in fields {
        body.extend_from_slice(
            format!("--edge\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").as_bytes(),
        );
    }
    if let Some((name, bytes)) = file {
        body.extend_from_slice(
            format!("--edge\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n").as_bytes(),
        );
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(b"--edge--\r\n");
    Request::post(path)
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=edge")
        .body(Body::from(body))
        .unwrap()
}

pub(crate) fn pdf_text(bytes: &[u8]) -> String {
    documents::read("notice.pdf", bytes, &documents::Limits::default()).unwrap().text
}

/// Everything that the page's form sends, with some of it changed.
async fn save(client: &Client, page: &str, changed: &[(&str, &str)]) -> testkit::Answer {
    let text = client.get(page).await.text();
    let mut fields = vec![("revision".to_owned(), field(&text, "revision").to_owned())];
    for position in 1..=6 {
        let (_, rest) = text.split_once(&format!("name=\"text-{position}\"")).unwrap();
        let (_, rest) = rest.split_once(">\n").unwrap();
        fields.push((format!("text-{position}"), rest.split_once("</textarea>").unwrap().0.to_owned()));
        fields.push((format!("standing-{position}"), "text".to_owned()));
    }
    for (name, value) in changed {
        fields.retain(|(known, _)| known != name);
        fields.push(((*name).to_owned(), (*value).to_owned()));
    }
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    client.form(page, &fields).await
}

testkit::both_engines! {
    async fn the_whole_story_on_pages(app: &TestApp) {
        let (_, id) = known(app).await;
        let (clara, sam) = (client(app, "Clara Counsel", Side::Legal), client(app, "Sam Security", Side::Security));
        let all = format!("/incidents/{id}/notices");
        let text = clara.get(&all).await.text();
        assert!(text.contains("No notice yet") && text.contains("Draft the notice: eu-gdpr/authority"));
        assert!(clara.get(&format!("/incidents/{id}")).await.text().contains("Draft the notice: eu-gdpr/authority"));
        let sent = clara.form(&all, &[("rule", GDPR)]).await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER);
        let page = sent.header("location").unwrap().to_owned();
        let again = clara.form(&all, &[("rule", GDPR)]).await;
        assert_eq!(again.status, StatusCode::CONFLICT);
        assert!(again.text().contains("being drafted already"));

        let missing = save(&clara, &page, &[("text-1", "")]).await;
        assert_eq!(missing.status, StatusCode::SEE_OTHER);
        let text = clara.get(&page).await.text();
        assert!(text.contains("Still missing") && !text.contains("Approve for Legal"));
        assert!(text.contains("The facts say something else now"));
        let long = "x".repeat(10_001);
        let refused = save(&clara, &page, &[("text-2", &long)]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.text().contains(&long) && refused.text().contains("at most 10000 characters"), "what was typed is kept");
        let anew = save(&clara, &page, &[("anew", "1"), ("text-5", "<b>Calls</b> & mail.")]).await;
        assert_eq!(anew.status, StatusCode::SEE_OTHER, "{}", anew.text());
        let text = clara.get(&page).await.text();
        assert!(text.contains("A laptop with a customer list") && !text.contains("<b>Calls</b>"), "text from outside is escaped");
        assert!(!text.contains("Still missing"));
        let stale = save(&clara, &page, &[("revision", "1"), ("text-1", "other")]).await;
        assert_eq!(stale.status, StatusCode::CONFLICT);

        let hash = field(&text, "hash").to_owned();
        let wrong = clara.form(&format!("{page}/approve"), &[("side", "security"), ("hash", &hash)]).await;
        assert_eq!(wrong.status, StatusCode::FORBIDDEN);
        let early = clara.send(multipart(&format!("{page}/sent"), &[("hash", &hash), ("local", "2026-11-23T14:30"), ("zone", "Europe/Paris"), ("channel", "portal"), ("reference", "1")], None)).await;
        assert_eq!(early.status, StatusCode::CONFLICT);
        for (client, side) in [(&clara, "legal"), (&sam, "security")] {
            let done = client.form(&format!("{page}/approve"), &[("side", side), ("hash", &hash)]).await;
            assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text());
        }
        assert!(clara.get(&page).await.text().contains("Record it as sent"));
        let future = clara
            .send(multipart(&format!("{page}/sent"), &[("hash", &hash), ("local", "2026-12-23T14:30"), ("zone", "Europe/Paris"), ("channel", "the portal"), ("reference", "")], None))
            .await;
        assert_eq!(future.status, StatusCode::UNPROCESSABLE_ENTITY);
        let text = future.text();
        assert!(text.contains("lies in the future") && text.contains("give a proof") && text.contains("value=\"the portal\""));
        let fields = [("hash", hash.as_str()), ("local", "2026-11-23T15:30"), ("zone", "Europe/Paris"), ("channel", "the portal"), ("reference", "CNIL-1"), ("proof", "")];
        let hostile: &[u8] = b"<script>alert(1)</script>";
        let done = sam.send(multipart(&format!("{page}/sent"), &fields, Some(("receipt.html", hostile)))).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text());
        let text = clara.get(&page).await.text();
        assert!(text.contains("CNIL-1") && text.contains("receipt.html") && !text.contains("Save the text"));
        let proof = clara.get(&format!("{page}/proof")).await;
        assert_eq!((proof.body.as_slice(), proof.header("content-type")), (hostile, Some("application/octet-stream")));
        assert!(proof.header("content-disposition").unwrap().starts_with("attachment"));
        assert!(clara.get(&all).await.text().contains("Draft a supplement"));
        assert!(clara.get(&format!("/incidents/{id}")).await.text().contains("Sent in time"));
    }

    async fn a_notice_is_printed_as_a_draft_until_it_is_approved(app: &TestApp) {
        let (clara, id) = known(app).await;
        let notice = draft(app, &clara, id, GDPR).await.unwrap();
        let counsel = client(app, "Clara Counsel", Side::Legal);
        let page = format!("/incidents/{id}/notices/{notice}");
        let paper = counsel.get(&format!("{page}/notice.pdf")).await;
        assert_eq!((paper.status, paper.header("content-type")), (StatusCode::OK, Some("application/pdf")));
        let text = pdf_text(&paper.body);
        for wanted in ["left on a train", "Dora DPO", "Incident 1, notice 1", "Acme GmbH", "Art. 33(1)"] {
            assert!(text.contains(wanted), "{wanted}: {text}");
        }
        assert!(text.to_uppercase().contains("DRAFT, NOT APPROVED") && !text.contains("EXERCISE"));
        assert!(!text.contains("Clara"), "who works on it stays here");
        let mut cx = app.store.write(&clara).await.unwrap();
        cx.run("update incidents set exercise = $2 where id = $1", vec![id.into(), kernel::Uuid::from_u128(7).into()]).await.unwrap();
        cx.unrecorded("a test makes an exercise");
        cx.commit().await.unwrap();
        let text = pdf_text(&counsel.get(&format!("{page}/notice.pdf")).await.body);
        assert!(text.matches("EXERCISE").count() >= 2, "on the page and in the text: {text}");
        assert!(counsel.get(&page).await.text().contains("Exercise."));
    }

    async fn an_approved_notice_is_no_draft(app: &TestApp) {
        let (clara, id) = known(app).await;
        let view = approved(app, &clara, id, GDPR).await;
        let counsel = client(app, "Clara Counsel", Side::Legal);
        let paper = counsel.get(&format!("/incidents/{id}/notices/{}/notice.pdf", view.notice.id)).await;
        assert!(!pdf_text(&paper.body).to_uppercase().contains("DRAFT"));
    }

    async fn the_authoritys_form_is_filled_and_given_out_when_it_is_valid(app: &TestApp) {
        let (clara, id) = known(app).await;
        let notice = draft(app, &clara, id, GDPR).await.unwrap();
        let counsel = client(app, "Clara Counsel", Side::Legal);
        let page = format!("/incidents/{id}/notices/{notice}/form");
        let text = counsel.get(&page).await.text();
        assert!(text.contains("Name of the organisation") && text.contains("Data are") || text.contains("Type of notification"));
        assert!(text.contains("value=\"2026-11-23T13:20\""), "awareness, in the organisation's zone");
        let early = counsel.get(&format!("{page}.json")).await;
        assert_eq!(early.status, StatusCode::UNPROCESSABLE_ENTITY);
        let revision = field(&text, "revision").to_owned();
        let wrong = counsel.form(&page, &[("revision", &revision), ("field_73", "many"), ("field_12", "Acme <GmbH>")]).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(wrong.text().contains("takes a whole number") && wrong.text().contains("Acme &#60;GmbH&#62;"), "{}", wrong.text());
        let mut typed = vec![("revision".to_owned(), revision)];
        for field in notices::fields().iter().filter(|field| field.required) {
            let value = match &field.kind {
                FieldKind::Choice(options) => options[0].0.clone(),
                FieldKind::YesNo => "yes".to_owned(),
                FieldKind::Count => "4000".to_owned(),
                FieldKind::Day => "2026-11-30".to_owned(),
                FieldKind::Moment => "2026-11-23T13:20".to_owned(),
                FieldKind::Text => "not known yet".to_owned(),
            };
            typed.push((field.name.clone(), value));
        }
        let typed: Vec<(&str, &str)> = typed.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let done = counsel.form(&page, &typed).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text());
        assert!(counsel.get(&page).await.text().contains("Every required field is filled in"));
        let file = counsel.get(&format!("{page}.json")).await;
        assert_eq!((file.status, file.header("content-type")), (StatusCode::OK, Some("application/json")));
        let values: notices::FormValues = serde_json::from_slice(&file.body).unwrap();
        assert_eq!((notices::form_problems(&values), values.len()), (vec![], 42));
        assert_eq!(values["field_48"], json!("2026-11-23T13:20:00+00:00"));
        let view = seen(app, &clara, id, notice).await;
        let aside = [("revision", view.notice.revision.to_string()), ("do", "aside".to_owned())];
        let aside: Vec<(&str, &str)> = aside.iter().map(|(name, value)| (*name, value.as_str())).collect();
        assert_eq!(counsel.form(&page, &aside).await.status, StatusCode::SEE_OTHER);
        assert!(seen(app, &clara, id, notice).await.notice.form.is_none());
        let other = draft(app, &clara, id, "eu-gdpr/individuals").await.unwrap();
        assert_eq!(counsel.get(&format!("/incidents/{id}/notices/{other}/form")).await.status, StatusCode::NOT_FOUND);
    }

    async fn facts_are_told_in_words_on_the_record(app: &TestApp) {
        let (clara, id) = known(app).await;
        let counsel = client(app, "Clara Counsel", Side::Legal);
        let page = format!("/incidents/{id}");
        let text = counsel.get(&page).await.text();
        assert!(text.contains("id=\"told-nature\"") && text.contains("left on a train"));
        let known = field(&text, "known").to_owned();
        let told = [("known", known.as_str()), ("kind", "telling"), ("path", "told.cause"), ("text", " It was <i>forgotten</i>. "), ("source", "the owner")];
        assert_eq!(counsel.form(&format!("{page}/facts"), &told).await.status, StatusCode::SEE_OTHER);
        let text = counsel.get(&page).await.text();
        assert!(text.contains("forgotten") && !text.contains("<i>forgotten"));
        let long = "y".repeat(3_001);
        let refused = counsel.form(&format!("{page}/facts"), &[("known", &known), ("kind", "telling"), ("path", "told.risk"), ("text", &long), ("source", "x")]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.text().contains(&long), "what was typed is kept");
        let json = counsel.get(&format!("{page}/facts.json")).await.text();
        assert!(!json.contains("forgotten"), "no clock asks for words");
        fact(app, &clara, id, "told.cause", json!("It fell off a truck."), 1).await.unwrap();
        let judged = [("known", known.as_str()), ("kind", "answer"), ("path", "breach"), ("answer", "yes"), ("source", "names and addresses")];
        assert_eq!(counsel.form(&format!("{page}/facts"), &judged).await.status, StatusCode::SEE_OTHER);
        let sam = client(app, "Sam Security", Side::Security);
        assert!(!sam.get(&page).await.text().contains("Is it a breach of personal data?"));
    }

    async fn strangers_find_nothing_and_scripts_read(app: &TestApp) {
        let (clara, id) = known(app).await;
        let notice = draft(app, &clara, id, GDPR).await.unwrap();
        let base = format!("/incidents/{id}/notices");
        let below = ["", "/notice.pdf", "/form", "/form.json", "/proof"];
        for side in [Side::Vendor, Side::Executive, Side::Employee, Side::Auditor] {
            let other = client(app, "Someone Else", side);
            assert_eq!(other.get(&base).await.status, StatusCode::NOT_FOUND);
            for rest in below {
                assert_eq!(other.get(&format!("{base}/{notice}{rest}")).await.status, StatusCode::NOT_FOUND, "{side} {rest}");
            }
            assert_eq!(other.get(&format!("/api/v1{base}/{notice}")).await.status, StatusCode::NOT_FOUND);
            assert_eq!(other.form(&base, &[("rule", GDPR)]).await.status, StatusCode::NOT_FOUND);
            let sent = other.send(multipart(&format!("{base}/{notice}/sent"), &[], Some(("x.bin", b"x")))).await;
            assert_eq!(sent.status, StatusCode::NOT_FOUND);
        }
        let cora = client(app, "Cora Compliance", Side::Compliance);
        assert!(!cora.get(&format!("{base}/{notice}")).await.text().contains("Save the text"));
        let list = cora.get(&format!("/api/v1{base}")).await.json();
        assert_eq!((list["items"][0]["rule"].as_str(), list["items"][0]["missing"].as_u64()), (Some(GDPR), Some(0)));
        let one = cora.get(&format!("/api/v1{base}/{notice}")).await.json();
        assert_eq!((one["sections"].as_array().unwrap().len(), &one["approved"]), (6, &json!(false)));
        assert!(one["form_problems"].as_array().unwrap().len() > 10);
    }
}
