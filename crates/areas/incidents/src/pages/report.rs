//! Telling of an incident, in a minute.

use askama::Template;
use axum::extract::State as Shared;
use db::{Store, transact};
use kernel::Resource;
use serde::Deserialize;
use serde_json::{Value, json};
use ui::{FormState, PageCx, PageForm, PageResult, Shell, redirect_with_flash};

use crate::{REPORT, Report, report};

#[derive(Template)]
#[template(path = "incidents_report.html")]
struct Page {
    shell: Shell,
    form: FormState,
}

fn drawn(page: &PageCx, form: FormState) -> Page {
    Page {
        shell: page
            .shell("Report an incident")
            .crumb("Incidents", "/incidents")
            .subtitle("Two fields are enough. Legal and Security see it at once; nobody else does."),
        form,
    }
}

pub(super) async fn form(Shared(store): Shared<Store>, page: PageCx) -> PageResult {
    let cx = store.read(&page.actor).await?;
    cx.require(REPORT, &Resource::all("Incidents"))?;
    let zone = cx.world().zone();
    let zone = clocks::moment::zone_name(&zone);
    page.render(&drawn(&page, FormState::new().with("zone", zone)))
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Sent {
    title: String,
    what: String,
    noticed: String,
    zone: String,
}

/// A local time with its zone as a fact's value; nothing is no fact.
pub(super) fn moment(local: &str, zone: &str) -> Value {
    let (local, zone) = (local.trim(), zone.trim());
    match (local.is_empty(), zone.is_empty()) {
        (true, _) => Value::Null,
        (false, true) => json!(local),
        (false, false) => json!({ "local": local, "zone": zone }),
    }
}

pub(super) async fn send(
    Shared(store): Shared<Store>,
    page: PageCx,
    PageForm(sent, form): PageForm<Sent>,
) -> PageResult {
    let told = Report { title: sent.title, what: sent.what, noticed: moment(&sent.noticed, &sent.zone) };
    match transact!(store, &page.actor, |cx| report(cx, &told).await) {
        Ok(id) => Ok(redirect_with_flash(&format!("/incidents/{id}"), "Reported. Legal and Security see it now.")),
        Err(refusal) => page.again(refusal, |refusal| drawn(&page, form.refused(refusal))),
    }
}
