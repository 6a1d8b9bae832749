//! What differs between two versions, one sentence each.

use super::{Document, Holder, Kind, Role, Step, Track, minutes_said};

/// What `to` changes of `from`, in the order of a reader: the plan, its roles, its steps.
pub fn differences(from: &Document, to: &Document) -> Vec<String> {
    let mut out = Vec::new();
    if from.title != to.title {
        out.push(format!("The plan is called “{}”, before “{}”.", to.title, from.title));
    }
    if from.review_by != to.review_by {
        let day = |document: &Document| document.review_by.map_or_else(|| "no day".to_owned(), |day| day.long());
        out.push(format!("It is looked at again by {}, before by {}.", day(to), day(from)));
    }
    for role in &to.roles {
        match from.role(Some(role.id)) {
            None => out.push(format!("“{}” is a new role, held by {}.", role.name, name(&role.person))),
            Some(before) => changed_role(before, role, &mut out),
        }
    }
    for role in from.roles.iter().filter(|role| to.role(Some(role.id)).is_none()) {
        out.push(format!("The role “{}” is gone.", role.name));
    }
    for step in &to.steps {
        match from.step(Some(step.id)) {
            None => out.push(format!("“{}” is a new step of the {}.", step.title, step.track.label().to_lowercase())),
            Some(before) => changed_step(from, before, to, step, &mut out),
        }
    }
    for step in from.steps.iter().filter(|step| to.step(Some(step.id)).is_none()) {
        out.push(format!("The step “{}” is gone.", step.title));
    }
    for track in Track::ALL {
        let order = |document: &Document, other: &Document| -> Vec<_> {
            let common = |step: &&Step| other.step(Some(step.id)).is_some_and(|same| same.track == track);
            document.track(track).filter(common).map(|step| step.id).collect()
        };
        if order(from, to) != order(to, from) {
            out.push(format!("The steps of the {} stand in another order.", track.label().to_lowercase()));
        }
    }
    out
}

fn name(holder: &Option<Holder>) -> &str {
    holder.as_ref().map_or("nobody yet", |holder| &holder.name)
}

fn changed_role(before: &Role, role: &Role, out: &mut Vec<String>) {
    let id = |holder: &Option<Holder>| holder.as_ref().map(|holder| holder.id);
    if before.name != role.name {
        out.push(format!("The role “{}” is called “{}” now.", before.name, role.name));
    }
    if id(&before.person) != id(&role.person) {
        out.push(format!("“{}” is held by {}, before by {}.", role.name, name(&role.person), name(&before.person)));
    }
    if id(&before.deputy) != id(&role.deputy) {
        let (new, old) = (name(&role.deputy), name(&before.deputy));
        out.push(format!("The deputy of “{}” is {new}, before {old}.", role.name));
    }
    if before.side != role.side {
        out.push(format!("“{}” is a role of {} now.", role.name, role.side.people()));
    }
    match (before.leads, role.leads) {
        (false, true) => out.push(format!("“{}” leads its side now.", role.name)),
        (true, false) => out.push(format!("“{}” leads its side no longer.", role.name)),
        _ => {}
    }
}

fn changed_step(from: &Document, before: &Step, to: &Document, step: &Step, out: &mut Vec<String>) {
    let title = &step.title;
    if before.title != step.title {
        out.push(format!("The step “{}” is called “{title}” now.", before.title));
    }
    if before.track != step.track {
        out.push(format!("“{title}” stands in the {} now.", step.track.label().to_lowercase()));
    }
    if before.what != step.what {
        out.push(format!("“{title}” says anew what to do."));
    }
    if before.role != step.role {
        let of = |document: &Document, step: &Step| {
            document.role(step.role).map_or_else(|| "nobody".to_owned(), |role| format!("“{}”", role.name))
        };
        out.push(format!("Accountable for “{title}” is {}, before {}.", of(to, step), of(from, before)));
    }
    if before.within != step.within {
        let limit = |step: &Step| step.within.map_or_else(|| "no limit".to_owned(), minutes_said);
        out.push(format!("“{title}” has {}, before {}.", limit(step), limit(before)));
    }
    if before.follows != step.follows {
        out.push(match to.step(step.follows) {
            Some(first) => format!("“{title}” follows “{}” now.", first.title),
            None => format!("“{title}” waits for no other step now."),
        });
    }
    if before.kinds != step.kinds {
        out.push(match step.kinds.as_slice() {
            [] => format!("“{title}” is for every incident now."),
            kinds => format!("“{title}” is only for {} now.", Kind::said(kinds)),
        });
    }
}

#[cfg(test)]
mod tests {
    use kernel::Uuid;

    use super::*;

    #[test]
    fn each_change_is_one_sentence() {
        let mut drawn = 0;
        let from = super::super::shipped_start().expect("the shipped plan").document(&mut || {
            drawn += 1;
            Uuid::from_u128(drawn)
        });
        assert!(differences(&from, &from).is_empty());
        let mut to = from.clone();
        to.title = "Our plan".to_owned();
        to.roles[0].person = Some(Holder { id: Uuid::from_u128(7).into(), name: "Sam".to_owned() });
        to.roles[0].deputy = Some(Holder { id: Uuid::from_u128(8).into(), name: "Theo".to_owned() });
        to.steps[0].what = "Something else.".to_owned();
        to.steps[0].within = Some(15);
        let gone = to.steps.pop().expect("a step");
        let told = differences(&from, &to);
        assert_eq!(
            told,
            [
                format!("The plan is called “Our plan”, before “{}”.", from.title),
                format!("“{}” is held by Sam, before by nobody yet.", to.roles[0].name),
                format!("The deputy of “{}” is Theo, before nobody yet.", to.roles[0].name),
                format!("“{}” says anew what to do.", to.steps[0].title),
                format!(
                    "“{}” has 15 min, before {}.",
                    to.steps[0].title,
                    minutes_said(from.steps[0].within.expect("a limit"))
                ),
                format!("The step “{}” is gone.", gone.title),
            ]
        );
        let mut moved = from.clone();
        let second = moved.steps.iter().skip(1).position(|step| step.track == moved.steps[0].track).expect("two") + 1;
        moved.steps.swap(0, second);
        assert_eq!(differences(&from, &moved).len(), 1, "moving is one sentence");
    }
}
