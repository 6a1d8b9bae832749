//! What keeps a plan from being signed, and what is worth a thought.

use std::collections::BTreeSet;

use kernel::{Date, Side};

use super::{CRITICAL, Colleagues, Document, Holder, Role, Step, Track, minutes_said};
use crate::{PlanRoleId, PlanStepId};

/// Months within which a plan has to be looked at again.
const REVIEW_MONTHS: i64 = 13;

/// What a problem speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum About {
    Plan,
    Role(PlanRoleId),
    Step(PlanStepId),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    pub about: About,
    pub says: String,
    /// It keeps the plan from being signed; otherwise it is only worth a thought.
    pub blocks: bool,
}

fn blocks(about: About, says: impl Into<String>) -> Problem {
    Problem { about, says: says.into(), blocks: true }
}

/// Whether someone of these sides can hold a role on a track. Outsiders never do.
pub fn can_hold(sides: &BTreeSet<Side>, track: Track) -> bool {
    track.is_of(sides) && !sides.contains(&Side::Vendor) && !sides.contains(&Side::Auditor)
}

/// Everything at once, in the order of the plan.
pub fn problems(document: &Document, colleagues: &Colleagues, today: Date) -> Vec<Problem> {
    let mut out = Vec::new();
    review(document.review_by, today, &mut out);
    for track in Track::ALL {
        if document.track(track).next().is_none() {
            out.push(blocks(About::Plan, format!("The {} has no step.", track.label().to_lowercase())));
        }
        let leading: Vec<&Role> = document.roles.iter().filter(|role| role.side == track && role.leads).collect();
        match leading.as_slice() {
            [_] => {}
            [] => out.push(blocks(About::Plan, format!("No role of {} leads its side.", track.people()))),
            [_, second, ..] => out.push(blocks(
                About::Role(second.id),
                format!("Two roles lead the {}; one is enough.", track.label().to_lowercase()),
            )),
        }
    }
    for role in &document.roles {
        filled(role, document, &mut out);
    }
    leads_apart(document, &mut out);
    out.extend(holders(document, colleagues));
    for step in &document.steps {
        accountable(step, document, &mut out);
        order(step, document, &mut out);
    }
    twice(document, &mut out);
    both_at_once(document, &mut out);
    out
}

/// Roles held by someone who no longer works here or has changed sides.
pub fn holders(document: &Document, colleagues: &Colleagues) -> Vec<Problem> {
    let mut out = Vec::new();
    for role in &document.roles {
        let mut look = |holder: &Option<Holder>, word: &str| {
            let Some(Holder { id, name }) = holder else { return };
            let why = match colleagues.get(id) {
                None => "no longer works here".to_owned(),
                Some(sides) if !can_hold(sides, role.side) => format!("is not of {}", role.side.people()),
                Some(_) => return,
            };
            out.push(blocks(About::Role(role.id), format!("{word} “{}”, {name}, {why}.", role.name)));
        };
        look(&role.person, "Whoever holds");
        look(&role.deputy, "The deputy of");
    }
    out
}

fn review(review_by: Option<Date>, today: Date, out: &mut Vec<Problem>) {
    let says = match review_by {
        None => "Say by when the plan is looked at again.".to_owned(),
        Some(day) if day <= today => format!("The review date, {}, does not lie ahead.", day.long()),
        Some(day) if day > today.plus_months(REVIEW_MONTHS) => {
            format!("The review date, {}, is more than {REVIEW_MONTHS} months away.", day.long())
        }
        Some(_) => return,
    };
    out.push(blocks(About::Plan, says));
}

fn filled(role: &Role, document: &Document, out: &mut Vec<Problem>) {
    let about = About::Role(role.id);
    match (&role.person, &role.deputy) {
        (None, None) => out.push(blocks(about, format!("“{}” has neither a person nor a deputy.", role.name))),
        (None, Some(_)) => out.push(blocks(about, format!("“{}” has no person.", role.name))),
        (Some(_), None) => out.push(blocks(about, format!("“{}” has no deputy.", role.name))),
        (Some(person), Some(deputy)) if person.id == deputy.id => {
            out.push(blocks(about, format!("{} cannot be the own deputy as “{}”.", person.name, role.name)));
        }
        _ => {}
    }
    let same = |other: &&Role| other.id != role.id && kernel::fold(&other.name) == kernel::fold(&role.name);
    // Told once, for the later of the two.
    if document.roles.iter().take_while(|other| other.id != role.id).any(|other| same(&other)) {
        out.push(blocks(about, format!("Two roles are called “{}”.", role.name)));
    }
    if !document.steps.iter().any(|step| step.role == Some(role.id)) {
        out.push(blocks(about, format!("“{}” is accountable for no step: give it one, or remove it.", role.name)));
    }
}

/// Someone who belongs to both sides must not decide for both, not even as a deputy.
fn leads_apart(document: &Document, out: &mut Vec<Problem>) {
    let of = |track: Track| document.roles.iter().find(|role| role.side == track && role.leads);
    let (Some(technical), Some(legal)) = (of(Track::Technical), of(Track::Legal)) else { return };
    let people = |role: &Role| [role.person.clone(), role.deputy.clone()].into_iter().flatten().collect::<Vec<_>>();
    for holder in people(technical) {
        if people(legal).iter().any(|other| other.id == holder.id) {
            let says =
                format!("{} leads or stands in on both sides; the two leads must be different people.", holder.name);
            out.push(blocks(About::Role(legal.id), says));
        }
    }
}

fn accountable(step: &Step, document: &Document, out: &mut Vec<Problem>) {
    let about = About::Step(step.id);
    match document.role(step.role) {
        None => out.push(blocks(about, format!("Nobody is accountable for “{}”.", step.title))),
        Some(role) if role.side != step.track => out.push(blocks(
            about,
            format!(
                "“{}” stands in the {}, but “{}” is a role of {}.",
                step.title,
                step.track.label().to_lowercase(),
                role.name,
                role.side.people()
            ),
        )),
        Some(_) => {}
    }
}

fn order(step: &Step, document: &Document, out: &mut Vec<Problem>) {
    let about = About::Step(step.id);
    let Some(before) = document.step(step.follows) else { return };
    let (mut at, mut hops) = (Some(before), 0);
    while let Some(earlier) = at {
        if earlier.id == step.id || hops > document.steps.len() {
            out.push(blocks(about, format!("“{}” waits for itself.", step.title)));
            return;
        }
        at = document.step(earlier.follows);
        hops += 1;
    }
    if let (Some(own), Some(its)) = (step.within, before.within)
        && its > own
    {
        let says = format!(
            "“{}” is due after {} and follows “{}”, which has {}.",
            step.title,
            minutes_said(own),
            before.title,
            minutes_said(its)
        );
        out.push(blocks(about, says));
    }
}

/// The same title, or the same work under two titles: somebody would do what another does.
fn twice(document: &Document, out: &mut Vec<Problem>) {
    for (at, step) in document.steps.iter().enumerate() {
        let earlier = &document.steps[..at];
        let same = |a: &str, b: &str| kernel::fold(a) == kernel::fold(b);
        if earlier.iter().any(|other| same(&other.title, &step.title)) {
            out.push(blocks(About::Step(step.id), format!("Two steps are called “{}”.", step.title)));
        } else if let Some(other) = earlier.iter().find(|other| same(&other.what, &step.what)) {
            let says =
                format!("“{}” and “{}” say the same: nobody should do what another does.", other.title, step.title);
            out.push(blocks(About::Step(step.id), says));
        }
    }
}

/// When one person is absent, the deputy does the steps of both. That cannot be avoided in a small team, so it is only
/// said, and only where both steps are due at the same time within the first hours.
fn both_at_once(document: &Document, out: &mut Vec<Problem>) {
    let critical = |step: &&Step| step.within.is_some_and(|minutes| minutes <= CRITICAL);
    for step in document.steps.iter().filter(critical) {
        let Some(deputy) = document.role(step.role).and_then(|role| role.deputy.as_ref()) else { continue };
        let own = document.steps.iter().find(|other| {
            other.within == step.within
                && document.role(other.role).and_then(|role| role.person.as_ref()).is_some_and(|p| p.id == deputy.id)
        });
        if let Some(own) = own {
            let says = format!(
                "If “{}” falls to the deputy, {} has to do it and “{}” within {}.",
                step.title,
                deputy.name,
                own.title,
                minutes_said(step.within.unwrap_or_default())
            );
            out.push(Problem { about: About::Step(step.id), says, blocks: false });
        }
    }
}

#[cfg(test)]
mod tests {
    use kernel::{PersonId, Uuid};

    use super::*;

    fn person(number: u128) -> Holder {
        Holder { id: PersonId(Uuid::from_u128(number)), name: format!("Person {number}") }
    }

    fn colleagues() -> Colleagues {
        let sides = |number: u128| match number {
            1 | 2 => Side::Security,
            3 => Side::It,
            4 | 5 => Side::Legal,
            _ => Side::Privacy,
        };
        (1..=6).map(|number| (person(number).id, BTreeSet::from([sides(number)]))).collect()
    }

    fn role(number: u128, name: &str, side: Track, leads: bool, holds: u128, deputy: u128) -> Role {
        let id = PlanRoleId(Uuid::from_u128(number));
        Role { id, name: name.to_owned(), side, leads, person: Some(person(holds)), deputy: Some(person(deputy)) }
    }

    fn step(number: u128, track: Track, title: &str, role: u128, within: i64) -> Step {
        Step {
            id: PlanStepId(Uuid::from_u128(100 + number)),
            track,
            title: title.to_owned(),
            what: format!("What {title} takes."),
            role: Some(PlanRoleId(Uuid::from_u128(role))),
            within: Some(within),
            follows: None,
            kinds: Vec::new(),
        }
    }

    fn good() -> Document {
        Document {
            title: "Plan".to_owned(),
            review_by: Some("2027-06-01".parse().expect("a date")),
            roles: vec![
                role(1, "Incident lead", Track::Technical, true, 1, 2),
                role(2, "IT operations", Track::Technical, false, 3, 1),
                role(3, "Legal lead", Track::Legal, true, 4, 5),
            ],
            steps: vec![
                step(1, Track::Technical, "Judge", 1, 30),
                step(2, Track::Technical, "Isolate", 2, 60),
                step(3, Track::Legal, "Reckon the clocks", 3, 60),
            ],
        }
    }

    fn said(change: impl FnOnce(&mut Document)) -> Vec<String> {
        let mut document = good();
        change(&mut document);
        let today: Date = "2026-11-21".parse().expect("a date");
        problems(&document, &colleagues(), today).into_iter().filter(|p| p.blocks).map(|p| p.says).collect()
    }

    #[track_caller]
    fn refused(change: impl FnOnce(&mut Document), words: &str) {
        let all = said(change);
        assert!(all.iter().any(|says| says.contains(words)), "{words}: {all:?}");
    }

    #[test]
    fn a_good_plan_can_be_signed() {
        assert_eq!(said(|_| {}), Vec::<String>::new());
    }

    #[test]
    fn every_role_has_two_different_people_of_its_side_who_work_here() {
        refused(|d| d.roles[0].person = None, "has no person");
        refused(|d| d.roles[0].deputy = None, "has no deputy");
        refused(|d| (d.roles[0].person, d.roles[0].deputy) = (None, None), "neither");
        refused(|d| d.roles[0].deputy = Some(person(1)), "own deputy");
        refused(|d| d.roles[0].person = Some(person(9)), "no longer works here");
        refused(|d| d.roles[2].deputy = Some(person(3)), "is not of Legal or Privacy");
        refused(|d| d.roles[0].person = Some(person(6)), "is not of Security or IT");
        refused(|d| d.roles[1].name = "incident  LEAD".to_owned(), "Two roles are called");
        refused(|d| d.steps[1].role = Some(d.roles[0].id), "accountable for no step");
    }

    #[test]
    fn each_side_is_led_by_one_role_and_nobody_leads_both() {
        refused(|d| d.roles[2].leads = false, "No role of Legal or Privacy leads");
        refused(|d| d.roles[1].leads = true, "Two roles lead the technical track");
        refused(|d| d.roles[2].deputy = Some(person(2)), "leads or stands in on both sides");
    }

    #[test]
    fn every_step_has_one_accountable_role_of_its_track() {
        refused(|d| d.steps[0].role = None, "Nobody is accountable");
        refused(|d| d.steps[2].role = Some(d.roles[0].id), "stands in the legal track");
        refused(|d| drop(d.steps.remove(2)), "The legal track has no step");
        refused(|d| d.steps.retain(|step| step.track == Track::Legal), "The technical track has no step");
    }

    #[test]
    fn nobody_does_the_same_thing_twice() {
        refused(|d| d.steps[1].title = "judge ".to_owned(), "Two steps are called");
        refused(|d| d.steps[1].what = "what  Judge takes.".to_owned(), "say the same");
    }

    #[test]
    fn a_step_neither_waits_for_itself_nor_for_what_is_due_later() {
        refused(
            |d| (d.steps[0].follows, d.steps[1].follows) = (Some(d.steps[1].id), Some(d.steps[0].id)),
            "waits for itself",
        );
        refused(|d| d.steps[0].follows = Some(d.steps[0].id), "waits for itself");
        refused(|d| d.steps[0].follows = Some(d.steps[1].id), "is due after 30 min and follows");
        assert!(said(|d| d.steps[1].follows = Some(d.steps[0].id)).is_empty());
    }

    #[test]
    fn the_review_lies_ahead_and_not_too_far() {
        let on = |day: &str| day.parse().ok();
        refused(|d| d.review_by = None, "by when");
        refused(|d| d.review_by = on("2026-11-21"), "does not lie ahead");
        refused(|d| d.review_by = on("2027-12-22"), "more than 13 months");
        assert!(said(|d| d.review_by = on("2027-12-21")).is_empty());
    }

    #[test]
    fn a_deputy_with_two_hands_full_is_worth_a_thought_and_no_obstacle() {
        let mut document = good();
        document.steps[1].within = Some(30);
        let today: Date = "2026-11-21".parse().expect("a date");
        let all = problems(&document, &colleagues(), today);
        assert!(
            matches!(all.as_slice(), [one] if !one.blocks && one.says.contains("Person 1 has to do it and “Judge”")),
            "{all:?}"
        );
    }
}
