//! Documents in and out.

use super::*;

fn multipart(parts: &[(&str, Option<&str>, &[u8])]) -> Request<Body> {
    let mut body = Vec::new();
    for (name, file_name, bytes) in parts {
        let file_name = file_name.map(|name| format!("; filename=\"{name}\"")).unwrap_or_default();
        body.extend_from_slice(
            format!("--edge\r\ncontent-disposition: form-data; name=\"{name}\"{file_name}\r\n\r\n").as_bytes(),
        );
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(b"--edge--\r\n");
    Request::post("/")
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=edge")
        .body(Body::from(body))
        .unwrap()
}

async fn send(client: &Client, path: &str, mut request: Request<Body>) -> Answer {
    *request.uri_mut() = path.parse().unwrap();
    client.send(request).await
}

both_engines! {
    async fn a_form_or_the_bytes_themselves(app: &TestApp) {
        let lena = counsel(app);
        let at = register(&lena).await;
        let path = format!("{at}/versions");
        let form = multipart(&[("note", None, b"their draft"), ("file", Some("C:\\deals\\hosting.md"), AGREEMENT.as_bytes())]);
        let answer = send(&lena, &path, form).await;
        let first = expect(&answer, 201);
        assert_eq!(answer.header("location"), Some(format!("{path}/1").as_str()));
        assert_eq!((&first["number"], &first["file_name"], &first["note"], &first["format"]), (&json!(1), &json!("hosting.md"), &json!("their draft"), &json!("markdown")));
        expect(&raw(&lena, "POST", &format!("{path}?file_name=again.md"), AGREEMENT).await, 409);
        let changed = format!("{AGREEMENT}\n5. Insurance. The Supplier shall maintain cyber insurance of at least EUR 5,000,000.\n");
        let second = expect(&raw(&lena, "POST", &format!("{path}?file_name=gr%C3%B6%C3%9Fer.md&note=insured"), changed.clone()).await, 201);
        assert_eq!((&second["number"], &second["note"]), (&json!(2), &json!("insured")));
        let all = expect(&lena.get(&path).await, 200);
        assert_eq!(all["items"].as_array().unwrap().iter().map(|version| version["number"].as_i64().unwrap()).collect::<Vec<_>>(), [2, 1]);
        assert_eq!(expect(&lena.get(&format!("{path}/2")).await, 200), second);
        let file = lena.get(&format!("{path}/2/file")).await;
        assert_eq!((file.status.as_u16(), file.text()), (200, changed));
        assert_eq!(file.header("content-type"), Some("application/octet-stream"));
        assert!(file.header("content-disposition").unwrap().contains("gr%C3%B6%C3%9Fer.md"));
        assert_eq!(file.header("x-content-type-options"), Some("nosniff"));
        for path in ["3", "0", "-1", "one", "9999999999999999999"] {
            for below in ["", "/file", "/text"] {
                expect(&lena.get(&format!("{at}/versions/{path}{below}")).await, 404);
            }
        }
    }

    async fn what_cannot_be_read_is_kept_and_says_why(app: &TestApp) {
        let lena = counsel(app);
        let at = register(&lena).await;
        let hostile: [(&str, &[u8]); 6] =
            [("empty.pdf", b""), ("broken.pdf", b"%PDF-1.7 broken"), ("zip.docx", b"PK\x03\x04nothing"), ("noise.txt", b"a\0b\xff\xfe\x00"),
             ("zero.md", b"1. The Supplier shall\0 notify the Customer within ten days.\n"), ("picture.png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89")];
        for (name, bytes) in hostile {
            let version = expect(&raw(&lena, "POST", &format!("{at}/versions?file_name={name}"), bytes.to_vec()).await, 201);
            if version["problem"].is_null() {
                assert!(name.ends_with(".md") || name.ends_with(".txt"), "{version}");
            } else {
                assert!(version["problem_hint"].is_string(), "{version}");
                let number = &version["number"];
                expect(&lena.get(&format!("{at}/versions/{number}/text")).await, 409);
                assert_eq!(lena.get(&format!("{at}/versions/{number}/file")).await.status, 200);
            }
        }
    }

    async fn a_body_that_is_no_upload_is_refused(app: &TestApp) {
        let lena = counsel(app);
        let path = format!("{}/versions", register(&lena).await);
        expect(&raw(&lena, "POST", &path, AGREEMENT).await, 422);
        expect(&send(&lena, &path, multipart(&[("note", None, b"no file")])).await, 422);
        expect(&send(&lena, &path, multipart(&[("file", Some("a.md"), b"# A"), ("file", Some("b.md"), b"# B")])).await, 422);
        expect(&send(&lena, &path, multipart(&[("file", Some("a.md"), b"# A"), ("surprise", None, b"x")])).await, 422);
        expect(&send(&lena, &path, multipart(&[("file", Some("a.md"), b"# A"), ("note", None, b"a\0b")])).await, 422);
        expect(&send(&lena, &path, multipart(&[("file", Some("a.md"), b"# A"), ("note", None, "long".repeat(300).as_bytes())])).await, 422);
        expect(&raw(&lena, "POST", &format!("{path}?file_name=a.md&surprise=x"), AGREEMENT).await, 422);
        expect(&raw(&lena, "POST", &format!("{path}?file_name=a.md&note=a%00b"), AGREEMENT).await, 422);
        let half = Request::post(&path).header(header::CONTENT_TYPE, "multipart/form-data; boundary=edge").body(Body::from("--edge\r\ncontent-disp")).unwrap();
        expect(&lena.send(half).await, 422);
        let no_edge = Request::post(&path).header(header::CONTENT_TYPE, "multipart/form-data").body(Body::from("x")).unwrap();
        expect(&lena.send(no_edge).await, 422);
        assert_eq!(expect(&lena.get(&path).await, 200)["items"], json!([]));
    }
}

#[tokio::test]
async fn sixty_four_megabytes_and_no_more() {
    let app = app(Engine::Sqlite).await;
    let lena = counsel(&app);
    let path = format!("{}/versions", register(&lena).await);
    for megabytes in [64, 66] {
        let mut huge = vec![b' '; megabytes << 20];
        huge.push(b'x');
        expect(&raw(&lena, "POST", &format!("{path}?file_name=huge.txt"), huge.clone()).await, 413);
        expect(&send(&lena, &path, multipart(&[("file", Some("huge.txt"), &huge)])).await, 413);
    }
    // Nobody is let in to send that much to what is not theirs.
    expect(
        &raw(
            &of(&app, "Emil Employee", Side::Employee),
            "POST",
            &format!("{path}?file_name=huge.txt"),
            vec![b' '; 66 << 20],
        )
        .await,
        404,
    );
    app.done().await;
}
