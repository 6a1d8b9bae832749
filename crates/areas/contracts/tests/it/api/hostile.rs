//! What nobody should send, and what is answered all the same: a problem that says what is wrong, and never a 500.

use super::*;

/// Every operation with a body, with a body that fits, and the fields of it that are free text.
fn bodies(at: &str) -> Vec<(&'static str, String, Value)> {
    let nobody = "01936b1e-0000-7000-8000-000000000001";
    vec![
        ("POST", "/api/v1/contracts".to_owned(), hosting()),
        ("PUT", at.to_owned(), hosting()),
        ("PUT", format!("{at}/wall"), json!({"restricted": true, "people": []})),
        ("POST", format!("{at}/withdraw"), json!({"reason": "no longer wanted"})),
        ("POST", format!("{at}/end"), json!({"on": "2027-11-30", "reason": "it ran out"})),
        (
            "PUT",
            format!("{at}/findings/{nobody}"),
            json!({"verdict": "override", "status": "fallback", "reason": "annex 2 says so"}),
        ),
        (
            "POST",
            format!("{at}/signoffs"),
            json!({"review": nobody, "sha256": "0", "topic": null, "side": "legal", "decision": "approve", "condition": "none"}),
        ),
        ("POST", format!("{at}/signoffs/{nobody}/condition-met"), json!({"note": "seen the report"})),
        ("POST", format!("{at}/comments"), json!({"clause": 1, "body": "hello"})),
    ]
}

both_engines! {
    async fn bodies_that_do_not_fit(app: &TestApp) {
        let lena = counsel(app);
        let at = reviewed(&lena).await;
        let matching = [("if-match", "\"1\"")];
        for (method, path, body) in bodies(&at) {
            let refused = |body: Value| {
                let (lena, path) = (lena.clone(), path.clone());
                async move { expect(&lena.json(method, &path, &body, &matching).await, 422) }
            };
            let mut unknown = body.clone();
            unknown["titel"] = json!("a slip of the finger");
            let problem = refused(unknown).await;
            assert!(problem["detail"].as_str().unwrap().contains("`titel`"), "{problem}");
            for no_object in [json!([]), json!(null), json!("text"), json!(7)] {
                refused(no_object).await;
            }
            let deep = (0..100).fold(json!({}), |inner, _| json!({ "x": inner }));
            refused(deep).await;
            for (field, value) in body.as_object().unwrap() {
                let mut wrong = body.clone();
                wrong[field] = json!({"neither": "text nor number"});
                refused(wrong).await;
                if value.is_string() {
                    let mut nul = body.clone();
                    nul[field] = json!(format!("{}\0", value.as_str().unwrap()));
                    let problem = refused(nul).await;
                    assert_eq!(problem["errors"][0]["field"], *field, "{problem}");
                }
            }
            let request = |content_type: &str, text: String| {
                Request::builder().method(method).uri(&path).header("if-match", "\"1\"").header(header::CONTENT_TYPE, content_type).body(Body::from(text)).unwrap()
            };
            for text in ["", "{", "{\"title\": \"\u{0}\"}", "\"", "[".repeat(5000).as_str()] {
                expect(&lena.send(request("application/json", text.to_owned())).await, 422);
            }
            expect(&lena.send(request("text/plain", body.to_string())).await, 422);
            expect(&lena.send(request("application/json", format!("{}{body}", " ".repeat(1 << 20)))).await, 413);
        }
        assert_eq!(expect(&lena.get("/api/v1/contracts").await, 200)["items"].as_array().unwrap().len(), 1, "nothing of it was taken");
    }

    async fn fields_are_refused_all_at_once(app: &TestApp) {
        let lena = counsel(app);
        let problem = expect(&post(&lena, "/api/v1/contracts", json!({"initiated_on": "2.11.2026", "notice_days": -3, "renewal_months": 9_223_372_036_854_775_807_i64,
            "playbook": "none", "other_parties": ["a\nb", "", "c"]})).await, 422);
        let mut fields: Vec<&str> = problem["errors"].as_array().unwrap().iter().map(|error| error["field"].as_str().unwrap()).collect();
        fields.sort_unstable();
        assert_eq!(fields, ["counterparty", "data_classes", "direction", "initiated_on", "kind", "notice_days", "our_role", "paper", "renewal_months", "title", "us"]);
        let mut body = hosting();
        body["playbook"] = json!("01936b1e-0000-7000-8000-000000000001");
        assert_eq!(expect(&post(&lena, "/api/v1/contracts", body).await, 422)["errors"][0]["field"], "playbook");
    }

    async fn queries_that_make_no_sense(app: &TestApp) {
        let lena = counsel(app);
        register(&lena).await;
        let nul = kernel::Cursor { key: "a\0b".into(), id: kernel::Uuid::nil() }.encode();
        let word = kernel::Cursor { key: "no number".into(), id: kernel::Uuid::nil() }.encode();
        let lists = [
            ("contracts", vec!["status=open", "kind=lease", "direction=up", "waits_for=it", "waits_for=everyone", "with_deviations=perhaps", "due_by=tomorrow",
                "due_from=2027-01-01", "sort=size", "registered_by=me", "q=%00", "limit=0", "limit=201", "limit=-1", "limit=many", "cursor=zz",
                "offset=7", "status=draft&status=active", "q=%FF"]),
            ("obligations", vec!["topic=weather", "contract=7", "with_deadline=2", "q=%00", "limit=0", "limit=1e9", "cursor=x", "sort=title"]),
        ];
        for (list, queries) in lists {
            for query in queries {
                let answer = lena.get(&format!("/api/v1/{list}?{query}")).await;
                if query == "q=%FF" && answer.status == 200 {
                    continue; // Taken as the replacement character, which nothing holds.
                }
                assert_eq!(answer.status, 422, "{list}?{query}: {}", answer.text());
                expect(&answer, 422);
            }
            // A form sends what is left empty.
            expect(&lena.get(&format!("/api/v1/{list}?q=&limit=&cursor=&topic=&status=").replace(if list == "contracts" { "&topic=" } else { "&status=" }, "")).await, 200);
            for cursor in [&nul, &word] {
                expect(&lena.get(&format!("/api/v1/{list}?cursor={cursor}")).await, 422);
            }
        }
        for sort in ["title", "notice", "expiry"] {
            expect(&lena.get(&format!("/api/v1/contracts?sort={sort}&cursor={word}")).await, 200);
        }
        let long = "x".repeat(201);
        assert_eq!(expect(&lena.get(&format!("/api/v1/contracts?q={long}")).await, 422)["errors"][0]["field"], "q");
    }
}
