//! The plan that one starts from, as a file: roles without people, and steps.

use kernel::Uuid;
use serde::Deserialize;

use super::{Document, Kind, Role, Step, Track, minutes_from};

/// The shipped file.
const SHIPPED: &str = include_str!("../../../plans/start.toml");

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    title: String,
    role: Vec<FileRole>,
    step: Vec<FileStep>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct FileRole {
    key: String,
    name: String,
    side: Track,
    #[serde(default)]
    leads: bool,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct FileStep {
    key: String,
    track: Track,
    title: String,
    what: String,
    role: String,
    /// "30 minutes"
    within: Option<String>,
    after: Option<String>,
    #[serde(default)]
    kinds: Vec<Kind>,
}

/// A plan that was read and whose keys lead somewhere.
#[derive(Debug, Clone)]
pub struct Start(File);

impl Start {
    /// Reads such a file.
    ///
    /// # Errors
    /// A sentence that names what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let file: File = toml::from_str(text).map_err(|error| error.to_string())?;
        let knows = |key: &str| file.role.iter().any(|role| role.key == key);
        for (at, step) in file.step.iter().enumerate() {
            if !knows(&step.role) {
                return Err(format!("step `{}`: there is no role `{}`", step.key, step.role));
            }
            if let Some(after) = &step.after
                && !file.step.iter().any(|other| other.key == *after)
            {
                return Err(format!("step `{}`: there is no step `{after}` before it", step.key));
            }
            if file.step[..at].iter().any(|other| other.key == step.key) {
                return Err(format!("two steps have the key `{}`", step.key));
            }
            limit(step).map_err(|says| format!("step `{}`: {says}", step.key))?;
        }
        Ok(Self(file))
    }

    /// The plan with ids of its own.
    pub fn document(&self, new_id: &mut dyn FnMut() -> Uuid) -> Document {
        let Self(file) = self;
        let role_ids: Vec<Uuid> = file.role.iter().map(|_| new_id()).collect();
        let step_ids: Vec<Uuid> = file.step.iter().map(|_| new_id()).collect();
        let role_of = |key: &str| file.role.iter().position(|role| role.key == key).map(|at| role_ids[at].into());
        let step_of = |key: &str| file.step.iter().position(|step| step.key == key).map(|at| step_ids[at].into());
        Document {
            title: file.title.clone(),
            review_by: None,
            roles: file
                .role
                .iter()
                .zip(&role_ids)
                .map(|(role, id)| Role {
                    id: (*id).into(),
                    name: role.name.clone(),
                    side: role.side,
                    leads: role.leads,
                    person: None,
                    deputy: None,
                })
                .collect(),
            steps: file
                .step
                .iter()
                .zip(&step_ids)
                .map(|(step, id)| Step {
                    id: (*id).into(),
                    track: step.track,
                    title: step.title.clone(),
                    what: step.what.trim().to_owned(),
                    role: role_of(&step.role),
                    within: limit(step).ok().flatten(),
                    follows: step.after.as_deref().and_then(step_of),
                    kinds: step.kinds.clone(),
                })
                .collect(),
        }
    }
}

fn limit(step: &FileStep) -> Result<Option<i64>, String> {
    let Some(words) = step.within.as_deref() else { return Ok(None) };
    let (number, unit) = words.split_once(' ').ok_or_else(|| format!("`{words}` is no time limit"))?;
    minutes_from(number, unit).map(Some)
}

/// The plan that Countersign ships.
///
/// # Errors
/// None in a build that passed its tests.
pub fn shipped_start() -> Result<Start, String> {
    Start::parse(SHIPPED)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::plan::{Colleagues, problems};

    #[test]
    fn the_shipped_plan_lacks_nothing_but_people_and_a_day() {
        let mut drawn = 0;
        let mut document = shipped_start().expect("the shipped plan is good").document(&mut || {
            drawn += 1;
            Uuid::from_u128(drawn)
        });
        assert!(document.track(Track::Technical).count() >= 9 && document.track(Track::Legal).count() >= 9);
        assert!(document.steps.iter().all(|step| step.within.is_some() && step.what.len() > 40));
        let today: kernel::Date = "2026-11-21".parse().expect("a date");
        document.review_by = Some(today.plus_months(12));
        let left: Vec<String> = problems(&document, &Colleagues::new(), today)
            .into_iter()
            .map(|problem| problem.says)
            .filter(|says| !says.ends_with("has neither a person nor a deputy."))
            .collect();
        assert_eq!(left, Vec::<String>::new());
    }

    #[test]
    fn a_file_with_a_mistake_is_refused_with_its_place() {
        let roles = "title = \"x\"\n[[role]]\nkey = \"lead\"\nname = \"Lead\"\nside = \"technical\"\n";
        let step = |rest: &str| {
            format!("{roles}[[step]]\nkey = \"a\"\ntrack = \"technical\"\ntitle = \"A\"\nwhat = \"B\"\n{rest}")
        };
        assert!(Start::parse(&step("role = \"lead\"\nwithin = \"1 hour\"\n")).is_ok());
        for (text, words) in [
            (step("role = \"cook\"\n"), "no role `cook`"),
            (step("role = \"lead\"\nafter = \"z\"\n"), "no step `z`"),
            (step("role = \"lead\"\nwithin = \"soon\"\n"), "`soon` is no time limit"),
            (step("role = \"lead\"\nwithin = \"5 moons\"\n"), "minutes, hours or days"),
            (step("role = \"lead\"\nkinds = [\"lunch\"]\n"), "lunch"),
            (step("role = \"lead\"\ncolour = \"red\"\n"), "colour"),
            (roles.to_owned(), "step"),
        ] {
            let refused = Start::parse(&text).expect_err(words);
            assert!(refused.contains(words), "{words}: {refused}");
        }
    }
}
