//! All exercises that one may know of, and planning another.

use askama::Template;
use axum::extract::State as Shared;
use db::{Cx, Store, transact};
use kernel::{PersonId, Refusal};
use serde::Deserialize;
use ui::{FormState, Mark, PageCx, PageForm, PageQuery, PageResult, Shell, redirect_with_flash};

use super::{mark, real};
use crate::exercises::{self, ExerciseState, NewExercise};

const ROWS: usize = 50;

#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct Asked {
    before: String,
}

struct Row {
    href: String,
    number: i64,
    title: String,
    mark: Mark,
    when: String,
    by: String,
    report: String,
}

#[derive(Template)]
#[template(path = "incidents_exercises.html")]
struct Page {
    shell: Shell,
    rows: Vec<Row>,
    can_plan: bool,
    first: String,
    next: String,
}

pub(super) async fn show(Shared(store): Shared<Store>, page: PageCx, PageQuery(asked): PageQuery<Asked>) -> PageResult {
    let mut cx = store.read(&page.actor).await?;
    let before: Option<i64> = asked.before.parse().ok();
    let found = exercises::list(&mut cx, before, ROWS).await?;
    let last = found.items.last().map(|exercise| exercise.number);
    let next = match (&found.next, last) {
        (Some(_), Some(last)) => format!("/incidents/exercises?before={last}"),
        _ => String::new(),
    };
    let rows = found
        .items
        .into_iter()
        .map(|exercise| Row {
            href: format!("/incidents/exercises/{}", exercise.id),
            number: exercise.number,
            mark: mark(exercise.state),
            when: match (exercise.started_at, exercise.state) {
                (Some(at), _) => real(&cx, at),
                (None, ExerciseState::Cancelled) => "never".to_owned(),
                (None, _) => exercise.planned_for.long(),
            },
            by: exercise.facilitator_name,
            report: match exercise.state {
                ExerciseState::Ended => format!("/incidents/exercises/{}/report", exercise.id),
                _ => String::new(),
            },
            title: exercise.scenario_title,
        })
        .collect();
    page.render(&Page {
        shell: page.shell("Exercises").crumb("Incidents", "/incidents").subtitle(
            "A scenario on a simulated clock, rehearsed before it is needed. Nothing of it leaves the system.",
        ),
        rows,
        can_plan: exercises::can_plan(&cx),
        first: if before.is_some() { "/incidents/exercises".to_owned() } else { String::new() },
        next,
    })
}

#[derive(Template)]
#[template(path = "incidents_exercise_plan.html")]
struct PlanPage {
    shell: Shell,
    scenarios: Vec<(String, String)>,
    people: Vec<(String, String)>,
    form: FormState,
}

async fn drawn(page: &PageCx, cx: &mut Cx, form: FormState) -> Result<PlanPage, Refusal> {
    let scenarios = exercises::known(cx).await?;
    let people = exercises::possible_facilitators(cx).await?;
    Ok(PlanPage {
        shell: page
            .shell("Plan an exercise")
            .crumb("Incidents", "/incidents")
            .crumb("Exercises", "/incidents/exercises")
            .subtitle(
                "Whoever conducts it reads everything beforehand and takes no role. The roles are given afterwards.",
            ),
        scenarios: scenarios
            .into_iter()
            .map(|known| {
                let own = known.version.map_or(String::new(), |version| format!(", our own, version {version}"));
                (known.id, format!("{} ({}{own})", known.title, known.suggested))
            })
            .collect(),
        people: people
            .into_iter()
            .filter(|person| person.id != cx.actor.person)
            .map(|person| (person.id.to_string(), person.name))
            .collect(),
        form,
    })
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct Chosen {
    scenario: String,
}

pub(super) async fn form(
    Shared(store): Shared<Store>,
    page: PageCx,
    PageQuery(chosen): PageQuery<Chosen>,
) -> PageResult {
    let mut cx = store.read(&page.actor).await?;
    exercises::ensure_planner(&cx)?;
    let today = cx.today().to_string();
    let form = FormState::new().with("scenario", chosen.scenario).with("planned_for", today);
    let drawn = drawn(&page, &mut cx, form).await?;
    page.render(&drawn)
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct Sent {
    scenario: String,
    planned_for: String,
    facilitator: String,
}

fn person(field: &str, text: &str) -> Result<PersonId, Refusal> {
    text.parse::<kernel::Uuid>().map(PersonId).map_err(|_| Refusal::field(field, "choose a person"))
}

pub(super) async fn send(
    Shared(store): Shared<Store>,
    page: PageCx,
    PageForm(sent, form): PageForm<Sent>,
) -> PageResult {
    exercises::ensure_planner(&store.read(&page.actor).await?)?;
    let facilitator = match sent.facilitator.as_str() {
        "" => Ok(None),
        text => person("facilitator", text).map(Some),
    };
    let outcome = match facilitator {
        Err(refusal) => Err(refusal),
        Ok(facilitator) => {
            let new = NewExercise { scenario: sent.scenario, planned_for: sent.planned_for, facilitator };
            transact!(store, &page.actor, |cx| exercises::plan(cx, &new).await)
        }
    };
    match outcome {
        Ok(id) => Ok(redirect_with_flash(&format!("/incidents/exercises/{id}"), "Planned. Now give the roles.")),
        Err(refusal) => {
            let again = drawn(&page, &mut store.read(&page.actor).await?, form).await?;
            page.again(refusal, |refusal| PlanPage { form: again.form.clone().refused(refusal), ..again })
        }
    }
}
