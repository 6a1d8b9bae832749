//! The scenarios: the program's own and the organisation's. A list tells no more of one than its players may know.

use clocks::Problem;
use db::{Change, Cx};
use kernel::{FieldProblem, Instant, Refusal, Resource};
use serde::Serialize;
use serde_json::json;
use sha2::{Digest, Sha256};

use super::model::PLAN;
use crate::{
    rules::scenario::{Role, SHIPPED, Scenario, TEXT_LIMIT, kept, read, wrong_dues},
    store::exercise_results as store,
};

/// What may be told of a scenario before it is played.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Known {
    /// Its name; plan an exercise with it.
    pub id: String,
    pub title: String,
    pub summary: String,
    pub trains: Vec<String>,
    /// How long a session takes, in words.
    pub suggested: String,
    pub roles: Vec<Role>,
    /// How much becomes known in the course of it.
    pub injects: usize,
    pub hash: String,
    /// The organisation's own: version, who added it, when.
    pub version: Option<i64>,
    pub added_by_name: String,
    #[schema(value_type = Option<String>, format = DateTime)]
    pub added_at: Option<Instant>,
}

fn told(scenario: Scenario, hash: String) -> Known {
    Known {
        id: scenario.id,
        title: scenario.title,
        summary: scenario.summary,
        trains: scenario.trains,
        suggested: scenario.suggested,
        roles: scenario.roles,
        injects: scenario.injects.len(),
        hash,
        version: None,
        added_by_name: String::new(),
        added_at: None,
    }
}

pub(super) fn hash(text: &str) -> String {
    kernel::hex(&Sha256::digest(text.as_bytes()))
}

/// A text that was right when it was kept.
pub(super) fn stored(text: &str) -> Result<Scenario, Refusal> {
    kept(text).ok_or_else(|| Refusal::broken("a scenario that was kept can't be read"))
}

/// The scenarios, those of the organisation first; one of hers takes the place of the program's of the same name.
pub async fn known(cx: &mut Cx) -> Result<Vec<Known>, Refusal> {
    cx.require(PLAN, &Resource::all("Incidents"))?;
    let mut out = Vec::new();
    for own in store::own_scenarios(cx).await? {
        let Ok(scenario) = stored(&own.text) else { continue };
        out.push(Known {
            version: Some(own.version),
            added_by_name: own.added_by_name,
            added_at: Some(own.added_at),
            ..told(scenario, own.hash)
        });
    }
    for (file, text) in SHIPPED {
        let Ok(scenario) = read(file, text) else { continue };
        if out.iter().all(|known| known.id != scenario.id) {
            out.push(told(scenario, hash(text)));
        }
    }
    Ok(out)
}

/// One scenario, as much of it as may be told beforehand.
pub async fn known_one(cx: &mut Cx, id: &str) -> Result<Known, Refusal> {
    known(cx).await?.into_iter().find(|known| known.id == id).ok_or_else(no_scenario)
}

fn no_scenario() -> Refusal {
    Refusal::field("scenario", "there is no such scenario")
}

/// A scenario with its text, for planning.
pub(super) async fn whole(cx: &mut Cx, id: &str) -> Result<(Scenario, String), Refusal> {
    for own in store::own_scenarios(cx).await? {
        if let Ok(scenario) = stored(&own.text)
            && scenario.id == id
        {
            return Ok((scenario, own.text));
        }
    }
    for (file, text) in SHIPPED {
        match read(file, text) {
            Ok(scenario) if scenario.id == id => return Ok((scenario, text.to_owned())),
            _ => {}
        }
    }
    Err(no_scenario())
}

/// Adds a scenario of the organisation, or the next version of one.
///
/// # Errors
/// Everything that is wrong with it, by line.
pub async fn add_scenario(cx: &mut Cx, text: &str) -> Result<Known, Refusal> {
    cx.require(PLAN, &Resource::all("Incidents"))?;
    let text = text.replace("\r\n", "\n");
    if text.trim().is_empty() {
        return Err(Refusal::field("text", "paste the scenario"));
    }
    if text.len() > TEXT_LIMIT {
        return Err(Refusal::field("text", format!("a scenario has at most {TEXT_LIMIT} bytes")));
    }
    let wrong = |problems: Vec<Problem>| {
        let told = problems.into_iter().take(20);
        Refusal::fields(
            told.map(|problem| FieldProblem {
                field: "text".to_owned(),
                message: format!("line {}: {}", problem.line, problem.reason),
            })
            .collect(),
        )
    };
    let scenario = read("scenario", &text).map_err(wrong)?;
    let problems = wrong_dues("scenario", &scenario);
    if !problems.is_empty() {
        return Err(wrong(problems));
    }
    let hash = hash(&text);
    let version = store::add_scenario(cx, &scenario, &hash, &text).await?;
    cx.record(
        Change::new(
            "exercise.scenario_added",
            "scenario",
            &scenario.id,
            format!("added the scenario {}, version {version}", scenario.title),
        )
        .after(json!({ "version": version, "sha256": hash })),
    );
    let (name, now) = (cx.actor.name.clone(), cx.now);
    Ok(Known { version: Some(version), added_by_name: name, added_at: Some(now), ..told(scenario, hash) })
}
