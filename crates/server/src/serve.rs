//! Serving: from an empty folder to the first page, the jobs beside it, and an orderly end.

use std::{net::SocketAddr, process::ExitCode, sync::Arc, time::Duration};

use anyhow::Context;
use db::{JobHandler, Store};
use kernel::Actor;

use crate::{
    app,
    arguments::Serve,
    demo,
    ocr::Tools,
    setting::{self, Setting},
    world::RealWorld,
};

/// Seconds between looks into the job queue.
const JOB_PAUSE: Duration = Duration::from_secs(5);

/// Log lines go to standard error; what a person asked for goes to standard output.
pub fn start_log(json: bool) {
    let filter =
        tracing_subscriber::EnvFilter::try_from_env("COUNTERSIGN_LOG").unwrap_or_else(|_| "info,sqlx=warn".into());
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    if json { lines.json().init() } else { lines.with_target(false).init() }
}

/// Prints a line that the command was started for. Whoever reads may stop reading (`| head`): that is no fault.
pub fn say(line: &str) {
    use std::io::Write;
    let _ = writeln!(std::io::stdout().lock(), "{line}");
}

pub async fn run(arguments: &Serve) -> anyhow::Result<ExitCode> {
    rustls::crypto::ring::default_provider().install_default().ok();
    let world = Arc::new(RealWorld::new(&arguments.zone)?);
    let setting = setting::open(&arguments.store, world, &arguments.organisation).await?;
    let store = setting.store.clone();
    let files = open_files(arguments)?;
    let proxies =
        arguments.trusted_proxies.iter().map(|text| text.parse()).collect::<Result<Vec<people::Network>, _>>()?;

    let listener = tokio::net::TcpListener::bind(&arguments.listen)
        .await
        .with_context(|| format!("cannot listen on {}", arguments.listen))?;
    let address = listener.local_addr()?;
    let base_url =
        arguments.base_url.clone().unwrap_or_else(|| format!("http://{address}")).trim_end_matches('/').to_owned();
    let reader = reader()?;
    let mut parts = app::parts(&setting, files, reader, &arguments.organisation, &base_url, proxies);
    parts.smtp = smtp(arguments)?;

    db::transact!(store, &Actor::system(), |cx| {
        cx.unrecorded("nothing to do when there is a playbook");
        playbook::ensure_default(cx).await.map(|_| ())
    })?;
    let cast = if arguments.demo { demo::fill(&parts).await? } else { None };
    let setup = db::transact!(store, &Actor::system(), |cx| people::prepare_setup(cx).await)?;
    let (router, jobs) = app::build(&parts);

    // Before the address is said: who reads it may stop us at once.
    let stop = told_to_stop()?;
    say(&format!("Countersign {} serves {base_url}", env!("CARGO_PKG_VERSION")));
    match &setup {
        Some(secret) => say(&format!("Set it up, once: {base_url}/setup/{}", secret.reveal())),
        None if setting.fresh => {}
        None => tracing::info!("the store is set up"),
    }
    if let Some(cast) = cast {
        say(&cast);
    }
    let working = tokio::spawn(work(store.clone(), jobs));
    axum::serve(listener, router.into_make_service_with_connect_info::<SocketAddr>())
        .with_graceful_shutdown(stop)
        .await?;
    working.abort();
    finish(&setting).await;
    Ok(ExitCode::SUCCESS)
}

/// Documents are read by this program in another process; scanned ones where it finds what it takes.
fn reader() -> anyhow::Result<contracts::Reader> {
    let reader = contracts::Reader::process(std::env::current_exe().context("the path of this program")?);
    Ok(match Tools::find() {
        Some(tools) => {
            tracing::info!("scanned PDFs are read by {}", tools.tesseract.display());
            reader.recognising(tools.arguments())
        }
        None => {
            tracing::info!(
                "scanned PDFs are refused: tesseract and pdftoppm are not installed (Debian: tesseract-ocr, poppler-utils)"
            );
            reader
        }
    })
}

/// Nothing is sent before it is needed: a mail server that is down must not keep this one from starting.
fn smtp(arguments: &Serve) -> anyhow::Result<Option<Arc<notices::Smtp>>> {
    let Some(address) = &arguments.smtp else { return Ok(None) };
    let from = arguments.mail_from.as_deref().context("--mail-from is missing")?;
    Ok(Some(Arc::new(notices::Smtp::new(address, from)?)))
}

fn open_files(arguments: &Serve) -> anyhow::Result<files::Files> {
    let Some(bucket) = &arguments.s3_bucket else {
        return Ok(files::Files::folder(&arguments.store.data.join("files"))?);
    };
    let secret = arguments.s3_secret_file.as_ref().context("--s3-secret-file names the file with the secret key")?;
    Ok(files::Files::s3(&files::S3 {
        bucket: bucket.clone(),
        endpoint: arguments.s3_endpoint.clone(),
        region: arguments.s3_region.clone(),
        key_id: arguments.s3_key_id.clone().context("--s3-key-id is missing")?,
        secret: std::fs::read_to_string(secret)
            .with_context(|| format!("{} cannot be read", secret.display()))?
            .trim()
            .to_owned(),
    })?)
}

/// Looks into the queue, again and again. A job that fails is the queue's business; the loop goes on.
async fn work(store: Store, jobs: Vec<Arc<dyn JobHandler>>) {
    loop {
        tokio::time::sleep(JOB_PAUSE).await;
        if let Err(refusal) = db::jobs::enqueue_periodic(&store, &jobs).await {
            tracing::warn!(cause = %refusal, "the clock's jobs were not enqueued");
        }
        if let Err(refusal) = db::jobs::run_all_due(&store, &jobs).await {
            tracing::warn!(cause = %refusal, "the queue stopped");
        }
    }
}

/// A last checkpoint, so that what was written until now is sealed, and a closed store.
async fn finish(setting: &Setting) {
    if let Err(refusal) = trail::checkpoint(&setting.store, &setting.keys).await {
        tracing::warn!(cause = %refusal, "no last checkpoint");
    }
    setting.store.db.close().await;
}

/// Listens from now on; the future ends when someone says stop.
fn told_to_stop() -> anyhow::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut term, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = term.recv() => {}
        }
        tracing::info!("stopping");
    })
}
