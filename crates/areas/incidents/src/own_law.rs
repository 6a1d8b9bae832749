//! What the organisation adds to the law for all its incidents: rules of its own, in the form of the shipped ones, and days
//! off that were announced and that the tables don't know.
//!
//! A file of rules is only taken without a mistake. Should a later program read one that was taken as mistaken, its good
//! rules still count and every incident says what is left out, so that no clock is dropped in silence.

use clocks::{Book, Facts, Rule, calendar::Closure, shipped};
use db::{Change, Cx};
use kernel::{Instant, Permission, Refusal, Resource};
use serde_json::json;

use crate::{ClosureId, OwnRulesId, SOURCE_LIMIT, incidents, law::READ_RULES, store, store::own_law as rows};

pub const EDIT: Permission = Permission::new("editClockRules", "Incidents");

/// Bytes of one file of rules.
pub const FILE_LIMIT: usize = 100_000;
/// Files and days off that an organisation can have.
const MOST: usize = 200;
/// Open incidents whose tightest clock is reckoned anew at once after a change.
const ANEW: i64 = 500;

/// A file of rules.
#[derive(Debug, Clone)]
pub struct OwnRules {
    pub id: OwnRulesId,
    /// Such as `insurer.toml`.
    pub file: String,
    pub text: String,
    /// Its rules count.
    pub active: bool,
    pub changed_by: String,
    pub changed_at: Instant,
    pub revision: i64,
}

/// A day off.
#[derive(Debug, Clone)]
pub struct OwnClosure {
    pub id: ClosureId,
    pub closure: Closure,
    pub source: String,
    pub entered_by: String,
    pub entered_at: Instant,
}

/// What is added to the shipped law.
#[derive(Debug, Clone, Default)]
pub(crate) struct OwnLaw {
    pub rules: Vec<Rule>,
    pub closures: Vec<Closure>,
    /// What is left out, with file and line.
    pub problems: Vec<String>,
}

fn everything() -> Resource {
    Resource::all("Incidents")
}

/// Reads files as the shipped ones are read. `own-` stands before each regime, so that none takes the place of a law.
fn read<'f>(files: impl Iterator<Item = (&'f str, &'f str)>) -> (Vec<Rule>, Vec<String>) {
    let mut book = Book { calendars: shipped().calendars.clone(), ..Book::default() };
    for (file, text) in files {
        book.add(file, text);
    }
    let mut problems: Vec<String> = book.problems.iter().map(ToString::to_string).collect();
    let (own, foreign): (Vec<Rule>, Vec<Rule>) =
        book.rules.into_iter().partition(|rule| rule.regime.starts_with("own-"));
    let mut told: Vec<&str> = Vec::new();
    for rule in &foreign {
        if !told.contains(&rule.regime.as_str()) {
            told.push(&rule.regime);
            problems.push(format!(
                "{}:1: the regime `{}` must begin with `own-`, so that it can't be taken for a law",
                rule.file, rule.regime
            ));
        }
    }
    (own, problems)
}

/// What counts now. For use cases that have asked the policy themselves.
pub(crate) async fn of(cx: &mut Cx) -> Result<OwnLaw, Refusal> {
    let files = rows::files(cx, MOST).await?;
    let (rules, problems) =
        read(files.iter().filter(|file| file.active).map(|file| (file.file.as_str(), file.text.as_str())));
    let closures = rows::closures(cx, MOST).await?.into_iter().map(|known| known.closure).collect();
    Ok(OwnLaw { rules, closures, problems })
}

impl OwnLaw {
    /// The facts with the days off that hold for every incident.
    pub fn with_closures(&self, mut facts: Facts) -> Facts {
        facts.closures.extend(self.closures.iter().cloned());
        facts
    }
}

/// All files and days off.
pub async fn all(cx: &mut Cx) -> Result<(Vec<OwnRules>, Vec<OwnClosure>), Refusal> {
    cx.require(READ_RULES, &everything())?;
    Ok((rows::files(cx, MOST).await?, rows::closures(cx, MOST).await?))
}

/// The rules of the organisation's own that count.
pub async fn rules(cx: &mut Cx) -> Result<Vec<Rule>, Refusal> {
    cx.require(READ_RULES, &everything())?;
    Ok(of(cx).await?.rules)
}

/// One file.
pub async fn one(cx: &mut Cx, id: OwnRulesId) -> Result<OwnRules, Refusal> {
    cx.require(READ_RULES, &everything())?;
    rows::file(cx, id).await?.ok_or_else(|| Refusal::not_found("there is no such file of rules"))
}

/// Whether this person may change what is added.
pub fn can_edit(cx: &Cx) -> bool {
    cx.allows(EDIT, &everything())
}

/// Refuses whoever may not change it, before a form is looked at.
pub fn ensure_editable(cx: &Cx) -> Result<(), Refusal> {
    cx.require(EDIT, &everything())
}

fn checked(file: &str, text: &str) -> Result<String, Refusal> {
    let file = file.trim();
    let stem = file.strip_suffix(".toml").unwrap_or(file);
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if stem.is_empty() || stem.len() > 60 || !stem.chars().all(plain) {
        return Err(Refusal::field("file", "name the file in small letters, digits and hyphens, such as `insurer`"));
    }
    if text.len() > FILE_LIMIT {
        return Err(Refusal::field("text", "at most 100,000 bytes"));
    }
    let file = format!("{stem}.toml");
    let (rules, problems) = read(std::iter::once((file.as_str(), text)));
    if !problems.is_empty() {
        return Err(Refusal::field("text", problems.join("\n")));
    }
    if rules.is_empty() {
        return Err(Refusal::field("text", "there is no rule in it"));
    }
    Ok(file)
}

/// Keeps a file of rules: a new one, or the changed one of `known` at its revision. Clocks follow at once.
pub async fn save(
    cx: &mut Cx,
    known: Option<(OwnRulesId, i64)>,
    file: &str,
    text: &str,
    active: bool,
) -> Result<OwnRulesId, Refusal> {
    cx.require(EDIT, &everything())?;
    let file = checked(file, text)?;
    let others = rows::files(cx, MOST).await?;
    if others.iter().any(|other| other.file == file && Some(other.id) != known.map(|(id, _)| id)) {
        return Err(Refusal::field("file", "there is a file of this name already"));
    }
    // Two files together must not hold the same rule either.
    let (_, problems) = read(
        others
            .iter()
            .filter(|other| other.active && Some(other.id) != known.map(|(id, _)| id))
            .map(|other| (other.file.as_str(), other.text.as_str()))
            .chain(std::iter::once((file.as_str(), text))),
    );
    if active && let Some(problem) = problems.into_iter().find(|problem| problem.starts_with(&file)) {
        return Err(Refusal::field("text", problem));
    }
    let (id, action, before) = match known {
        Some((id, revision)) => {
            let before = one(cx, id).await?;
            if !rows::change(cx, id, &file, text, active, revision).await? {
                return Err(Refusal::stale());
            }
            (
                id,
                "incident.own_rules_changed",
                json!({ "file": before.file, "active": before.active, "text": before.text }),
            )
        }
        None if others.len() >= MOST => {
            return Err(Refusal::invalid("there are as many files of rules as there can be"));
        }
        None => (rows::insert(cx, &file, text, active).await?, "incident.own_rules_added", json!(null)),
    };
    cx.record(
        Change::new(action, "clock_rules", id, format!("keeps the own rules of `{file}`"))
            .before(before)
            .after(json!({ "file": file, "active": active, "text": text })),
    );
    reckon_anew(cx).await?;
    Ok(id)
}

/// Enters a day off for every incident.
pub async fn close(cx: &mut Cx, calendar: &str, day: &str, why: &str, source: &str) -> Result<(), Refusal> {
    cx.require(EDIT, &everything())?;
    let (why, source) = (why.trim(), source.trim());
    if !shipped().calendars.has(calendar) {
        return Err(Refusal::field("calendar", "choose a calendar"));
    }
    let day: jiff::civil::Date = day.trim().parse().map_err(|_| Refusal::field("day", "give a day"))?;
    for (field, text, missing) in
        [("why", why, "say what was announced"), ("source", source, "say where it can be seen")]
    {
        if text.is_empty() {
            return Err(Refusal::field(field, missing));
        }
        if text.chars().count() > SOURCE_LIMIT {
            return Err(Refusal::field(field, format!("at most {SOURCE_LIMIT} characters")));
        }
    }
    if rows::closures(cx, MOST).await?.len() >= MOST {
        return Err(Refusal::invalid("there are as many days off as there can be").hint("take out those long past"));
    }
    rows::insert_closure(cx, calendar, day, why, source).await?;
    cx.record(
        Change::new(
            "incident.closure_entered",
            "clock_rules",
            calendar,
            format!("entered {day} as a day off in {calendar}"),
        )
        .after(json!({ "calendar": calendar, "day": day.to_string(), "why": why, "source": source })),
    );
    reckon_anew(cx).await
}

/// Takes a day off out again.
pub async fn reopen(cx: &mut Cx, id: ClosureId) -> Result<(), Refusal> {
    cx.require(EDIT, &everything())?;
    let known = rows::closures(cx, MOST).await?.into_iter().find(|known| known.id == id);
    let known = known.ok_or_else(|| Refusal::not_found("there is no such day off"))?;
    rows::delete_closure(cx, id).await?;
    let (calendar, day) = (known.closure.calendar, known.closure.date);
    cx.record(
        Change::new(
            "incident.closure_withdrawn",
            "clock_rules",
            &calendar,
            format!("took {day} out as a day off in {calendar}"),
        )
        .before(json!({ "calendar": calendar, "day": day.to_string(), "why": known.closure.why })),
    );
    reckon_anew(cx).await
}

/// The boards are always reckoned when somebody looks; what lists show of them is brought up to date here.
async fn reckon_anew(cx: &mut Cx) -> Result<(), Refusal> {
    let own = of(cx).await?;
    for incident in store::unfinished(cx, ANEW).await? {
        incidents::keep_next_due(cx, incident, &own).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = include_str!("../tests/own_rule.toml");

    #[test]
    fn a_good_file_is_read_and_a_mistake_is_named_by_line() {
        let (rules, problems) = read([("insurer.toml", GOOD)].into_iter());
        assert_eq!((rules.len(), problems.as_slice()), (1, &[][..]));
        assert_eq!(rules[0].name, "own-insurer/claims");
        let (rules, problems) =
            read([("insurer.toml", GOOD.replace("hours = 48", "hours = -48").as_str())].into_iter());
        assert!(rules.is_empty() && problems[0].starts_with("insurer.toml:"), "{problems:?}");
        let (rules, problems) = read([("law.toml", GOOD.replace("own-insurer", "eu-gdpr").as_str())].into_iter());
        assert!(rules.is_empty() && problems[0].contains("must begin with `own-`"), "{problems:?}");
    }

    #[test]
    fn one_bad_file_leaves_the_others() {
        let bad = GOOD.replace("own-insurer", "own-group").replace("days", "dayz").replace("hours", "hourz");
        let (rules, problems) = read([("group.toml", bad.as_str()), ("insurer.toml", GOOD)].into_iter());
        assert_eq!((rules.len(), problems.len()), (1, 1), "{problems:?}");
    }

    #[test]
    fn file_names_are_plain() {
        for bad in ["", "../x", "Insurer", "a b", "x.toml.toml"] {
            assert_eq!(checked(bad, GOOD).unwrap_err().fields[0].field, "file", "{bad}");
        }
        assert_eq!(checked(" insurer.toml ", GOOD).unwrap(), "insurer.toml");
        assert_eq!(checked("insurer", "").unwrap_err().fields[0].field, "text");
    }
}
