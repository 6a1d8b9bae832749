//! The scenarios, as much of them as players may know, and adding one's own.

use askama::Template;
use axum::extract::State as Shared;
use db::{Cx, Store, transact};
use kernel::Refusal;
use serde::Deserialize;
use ui::{FormState, PageCx, PageForm, PageResult, Shell, redirect_with_flash};

use super::real;
use crate::exercises::{self, Known};

/// The smallest scenario that is right, to begin with.
pub(crate) const EXAMPLE: &str = r#"id = "our-first"
title = "A parcel too many"
summary = "What everybody may know beforehand."
trains = ["telling somebody at once"]
suggested = "30 minutes"
start = "2026-12-01T09:00"
zone = "Europe/Berlin"
length = "4d"
questions = ["What would have helped?"]

[report]
title = "A parcel went to the wrong address"
what = "The report that opens the incident."

[[role]]
id = "privacy"
name = "Data protection officer"
side = "privacy"
does = "Judges the risk."

[[inject]]
id = "call"
after = "10m"
to = ["privacy"]
title = "A call"
text = "What becomes known. Leave `to` out, and everybody gets it."

[[inject.fact]]
path = "events.aware"
value = "2026-12-01T09:10[Europe/Berlin]"
source = "the call"
offered = true

[[expected]]
id = "notify"
from = "call"
within = "72h"
by = "privacy"
what = "Notify the authority"
why = "A risk is not unlikely."
law = "GDPR Art. 33(1)"
check = { submitted = "eu-gdpr/authority" }
"#;

struct Card {
    title: String,
    summary: String,
    trains: Vec<String>,
    roles: String,
    note: String,
    href: String,
}

#[derive(Template)]
#[template(path = "incidents_scenarios.html")]
struct Page {
    shell: Shell,
    cards: Vec<Card>,
    example: &'static str,
    form: FormState,
}

fn card(cx: &Cx, known: Known) -> Card {
    let roles: Vec<String> = known.roles.into_iter().map(|role| role.name).collect();
    let whose = match (known.version, known.added_at) {
        (Some(version), Some(at)) => {
            format!("our own, version {version}, by {} on {}", known.added_by_name, real(cx, at))
        }
        _ => "comes with the program, not reviewed by counsel".to_owned(),
    };
    Card {
        href: format!("/incidents/exercises/new?scenario={}", known.id),
        title: known.title,
        summary: known.summary,
        trains: known.trains,
        roles: roles.join(", "),
        note: format!("{} · {} injects · {whose}", known.suggested, known.injects),
    }
}

async fn drawn(page: &PageCx, cx: &mut Cx, form: FormState) -> Result<Page, Refusal> {
    let known = exercises::known(cx).await?;
    Ok(Page {
        shell: page
            .shell("Scenarios")
            .crumb("Incidents", "/incidents")
            .crumb("Exercises", "/incidents/exercises")
            .subtitle("What happens in them is shown to whoever conducts an exercise, and to nobody who plays it."),
        cards: known.into_iter().map(|known| card(cx, known)).collect(),
        example: EXAMPLE,
        form,
    })
}

pub(super) async fn show(Shared(store): Shared<Store>, page: PageCx) -> PageResult {
    let mut cx = store.read(&page.actor).await?;
    exercises::ensure_planner(&cx)?;
    let drawn = drawn(&page, &mut cx, FormState::new()).await?;
    page.render(&drawn)
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct Sent {
    text: String,
}

pub(super) async fn add(
    Shared(store): Shared<Store>,
    page: PageCx,
    PageForm(sent, form): PageForm<Sent>,
) -> PageResult {
    exercises::ensure_planner(&store.read(&page.actor).await?)?;
    match transact!(store, &page.actor, |cx| exercises::add_scenario(cx, &sent.text).await) {
        Ok(known) => {
            let told = format!("{} is here, version {}.", known.title, known.version.unwrap_or(1));
            Ok(redirect_with_flash("/incidents/exercises/scenarios", &told))
        }
        Err(refusal) => {
            let again = drawn(&page, &mut store.read(&page.actor).await?, form).await?;
            page.again(refusal, |refusal| Page { form: again.form.clone().refused(refusal), ..again })
        }
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_example_is_right() {
        crate::rules::scenario::read("example.toml", super::EXAMPLE).unwrap();
    }
}
