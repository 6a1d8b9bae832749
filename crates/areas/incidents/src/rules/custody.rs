//! The chain of custody: what may follow what, and who has the thing now.

use kernel::{FieldProblem, Instant};

use super::words::Act;

/// As much of an entry as the chain looks at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    pub act: Act,
    /// Who has it after this entry. Empty where the act changes nothing about that.
    pub holder: String,
    /// Where it lies after this entry. Empty where it stays.
    pub place: String,
    pub at: Instant,
}

/// Where a thing stands after its entries so far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    pub holder: String,
    pub place: String,
    /// When the last entry happened.
    pub at: Instant,
    /// The act that ended the chain.
    pub ended: Option<Act>,
}

/// What somebody wants to enter.
#[derive(Debug, Clone)]
pub struct Next<'a> {
    pub act: Act,
    pub from: &'a str,
    pub to: &'a str,
    pub place: &'a str,
    pub why: &'a str,
    pub at: Instant,
}

const MINUTE: i64 = 60_000_000;

/// The standing that follows from the entries in their order; `None` without any.
pub fn standing<'a>(links: impl IntoIterator<Item = &'a Link>) -> Option<Standing> {
    let mut now: Option<Standing> = None;
    for link in links {
        let kept =
            now.take().unwrap_or(Standing { holder: String::new(), place: String::new(), at: link.at, ended: None });
        let changed = |new: &str, old: String| if new.is_empty() { old } else { new.to_owned() };
        now = Some(Standing {
            holder: changed(&link.holder, kept.holder),
            place: changed(&link.place, kept.place),
            at: kept.at.max(link.at),
            ended: if matches!(link.act, Act::Returned | Act::Destroyed) { Some(link.act) } else { kept.ended },
        });
    }
    now
}

/// Judges the next entry, and says at which instant it is kept. People note minutes, so an entry of the minute in which the
/// one before happened follows it.
///
/// # Errors
/// Everything that is wrong, by field.
pub fn follows(
    standing: &Standing,
    next: &Next<'_>,
    now: Instant,
    under_hold: bool,
) -> Result<Instant, Vec<FieldProblem>> {
    let mut problems = Vec::new();
    let mut wrong = |field: &str, message: String| problems.push(FieldProblem { field: field.to_owned(), message });
    match next.act {
        Act::Collected => wrong("act", "it was collected already: choose what happened since".to_owned()),
        Act::Verified | Act::Failed => wrong("act", "only the verification itself enters this".to_owned()),
        _ => {}
    }
    if let Some(ended) = standing.ended {
        wrong("act", format!("it was {}, which ended its chain", ended.label().to_lowercase()));
    }
    if next.act == Act::Destroyed && under_hold {
        wrong("act", "a legal hold stands: nothing of this incident may be destroyed before it is released".to_owned());
    }
    if matches!(next.act, Act::HandedOver | Act::Returned) {
        if !same_person(next.from, &standing.holder) {
            wrong("from", format!("it is with {}, so only from there it can be handed on", standing.holder));
        }
        if next.to.is_empty() {
            wrong("to", "say who receives it".to_owned());
        } else if same_person(next.to, &standing.holder) {
            wrong("to", format!("it is with {} already", standing.holder));
        }
    }
    if next.act == Act::Moved && next.place.is_empty() {
        wrong("place", "say where it is kept now".to_owned());
    }
    match next.act {
        Act::Copied if next.to.is_empty() => wrong("to", "say who has the copy".to_owned()),
        Act::Examined if next.to.is_empty() => wrong("to", "say who examined it".to_owned()),
        _ => {}
    }
    if matches!(next.act, Act::Destroyed | Act::Returned | Act::Copied | Act::Examined) && next.why.is_empty() {
        wrong("why", "say why".to_owned());
    }
    if next.at > now {
        wrong("at", "this lies in the future".to_owned());
    } else if next.at.micros().div_euclid(MINUTE) < standing.at.micros().div_euclid(MINUTE) {
        wrong("at", "this lies before the entry before it".to_owned());
    }
    if problems.is_empty() { Ok(next.at.max(standing.at)) } else { Err(problems) }
}

/// Who holds it after the act; whoever has a copy or examined it is noted and holds nothing by that.
pub fn holder_after(act: Act, to: &str) -> &str {
    if matches!(act, Act::Collected | Act::HandedOver | Act::Returned) { to } else { "" }
}

fn same_person(one: &str, other: &str) -> bool {
    kernel::fold(one) == kernel::fold(other)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(minutes: i64) -> Instant {
        Instant::from_micros(minutes * MINUTE)
    }

    fn collected() -> Standing {
        let link = Link { act: Act::Collected, holder: "Ada".to_owned(), place: "Safe 1".to_owned(), at: at(10) };
        standing([&link]).unwrap()
    }

    fn next(act: Act) -> Next<'static> {
        Next { act, from: "Ada", to: "Ben", place: "", why: "to look at it", at: at(20) }
    }

    fn fields(result: Result<Instant, Vec<FieldProblem>>) -> Vec<String> {
        result.unwrap_err().into_iter().map(|problem| problem.field).collect()
    }

    #[test]
    fn a_hand_over_starts_from_the_holder() {
        assert_eq!(follows(&collected(), &next(Act::HandedOver), at(30), false), Ok(at(20)));
        let spelled = Next { from: " ada ", ..next(Act::HandedOver) };
        assert!(follows(&collected(), &spelled, at(30), false).is_ok());
        let other = Next { from: "Ben", to: "Cy", ..next(Act::HandedOver) };
        assert_eq!(fields(follows(&collected(), &other, at(30), false)), ["from"]);
        let nobody = Next { to: "", ..next(Act::HandedOver) };
        assert_eq!(fields(follows(&collected(), &nobody, at(30), false)), ["to"]);
    }

    #[test]
    fn time_goes_forward_and_not_into_the_future() {
        assert_eq!(fields(follows(&collected(), &Next { at: at(9), ..next(Act::Examined) }, at(30), false)), ["at"]);
        assert_eq!(fields(follows(&collected(), &next(Act::Examined), at(19), false)), ["at"]);
        let late = Standing { at: Instant::from_micros(20 * MINUTE + 59), ..collected() };
        assert_eq!(follows(&late, &next(Act::Examined), at(30), false), Ok(late.at), "the same minute follows");
    }

    #[test]
    fn a_hold_keeps_from_destroying_and_an_end_is_the_end() {
        assert_eq!(fields(follows(&collected(), &next(Act::Destroyed), at(30), true)), ["act"]);
        assert!(follows(&collected(), &next(Act::Destroyed), at(30), false).is_ok());
        let gone = Standing { ended: Some(Act::Destroyed), ..collected() };
        assert_eq!(fields(follows(&gone, &next(Act::Examined), at(30), false)), ["act"]);
        for act in [Act::Collected, Act::Verified, Act::Failed] {
            assert_eq!(fields(follows(&collected(), &next(act), at(30), false)), ["act"], "{act}");
        }
    }

    proptest! {
        /// Whatever is entered, the holder is the receiver of the last hand-over that was taken.
        #[test]
        fn the_holder_follows_from_the_entries(steps in proptest::collection::vec((0usize..5, 0usize..4, 0i64..40), 0..30)) {
            let names = ["Ada", "Ben", "Cy", "Dot"];
            let acts = [Act::HandedOver, Act::Moved, Act::Examined, Act::Copied, Act::HandedOver];
            let mut links = vec![Link { act: Act::Collected, holder: "Ada".to_owned(), place: "x".to_owned(), at: at(0) }];
            let mut expected = "Ada".to_owned();
            for (act, to, minutes) in steps {
                let now = standing(&links).unwrap();
                let next = Next { act: acts[act], from: &now.holder.clone(), to: names[to], place: "y", why: "z", at: at(minutes) };
                if let Ok(kept) = follows(&now, &next, at(40), false) {
                    prop_assert!(kept >= now.at);
                    let holder = holder_after(next.act, next.to).to_owned();
                    if !holder.is_empty() {
                        expected.clone_from(&holder);
                    }
                    links.push(Link { act: next.act, holder, place: String::new(), at: kept });
                }
            }
            prop_assert_eq!(standing(&links).unwrap().holder, expected);
        }
    }
}
