//! The file store on a folder and, by the same lines, on an S3-compatible store (see the browser tests' S3 server).

#![allow(clippy::unwrap_used, reason = "tests say what must hold by panicking")]

use bytes::Bytes;
use db::JobHandler;
use files::{Files, Found, Sweep, claim};
use kernel::{Actor, Refusal};
use testkit::{Engine, TestApp, both_engines};

async fn app(engine: Engine) -> TestApp {
    TestApp::new(engine, &[("files", files::MIGRATIONS)]).await
}

both_engines! {
    async fn bytes_come_back_and_tampering_is_noticed(app: &TestApp) {
        let folder = app.folder().join("files");
        let files = Files::folder(&folder).unwrap();
        let stored = files.put(Bytes::from_static(b"an agreement")).await.unwrap();
        assert_eq!(files.put(Bytes::from_static(b"an agreement")).await.unwrap(), stored);
        assert_eq!(files.get(&stored.sha256).await.unwrap(), Bytes::from_static(b"an agreement"));
        let path = folder.join(&stored.sha256[..2]).join(&stored.sha256);
        std::fs::write(&path, b"another agreement").unwrap();
        assert!(files.get(&stored.sha256).await.is_err());
        assert_eq!(files.look(&stored.sha256).await.unwrap(), Found::Different);
        std::fs::remove_file(&path).unwrap();
        assert_eq!(files.look(&stored.sha256).await.unwrap(), Found::Missing);
        assert!(files.get(&stored.sha256).await.is_err());
    }

    async fn the_sweep_takes_only_old_bytes_that_nobody_claims(app: &TestApp) {
        let files = Files::folder(&app.folder().join("files")).unwrap();
        let kept = files.put(Bytes::from_static(b"claimed")).await.unwrap();
        let left = files.put(Bytes::from_static(b"left over")).await.unwrap();
        db::transact!(app.store, &Actor::system(), |cx| {
            cx.unrecorded("a test's file");
            claim(cx, &kept).await?;
            Ok::<_, Refusal>(())
        }).unwrap();
        let sweep = Sweep { files: files.clone() };
        app.world.advance_days(-300);
        sweep.run(&app.store, "{}").await.unwrap();
        assert!(files.get(&left.sha256).await.is_ok(), "young bytes stay");
        app.world.advance_days(3000);
        sweep.run(&app.store, "{}").await.unwrap();
        assert!(files.get(&kept.sha256).await.is_ok());
        assert!(files.get(&left.sha256).await.is_err());
    }
}
