//! Who may sign, and when a contract is countersigned. The heart of the product: kept small and tested by properties.

use std::collections::BTreeSet;

use kernel::{Actor, PersonId, Refusal, Side};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    Approve,
    ApproveWithCondition,
    Reject,
}

impl Decision {
    pub fn as_str(self) -> &'static str {
        match self {
            Decision::Approve => "approve",
            Decision::ApproveWithCondition => "approve_with_condition",
            Decision::Reject => "reject",
        }
    }

    pub fn label(self) -> &'static str {
        match self {
            Decision::Approve => "Approved",
            Decision::ApproveWithCondition => "Approved with a condition",
            Decision::Reject => "Rejected",
        }
    }
}

impl std::str::FromStr for Decision {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        [Decision::Approve, Decision::ApproveWithCondition, Decision::Reject]
            .into_iter()
            .find(|decision| decision.as_str() == word)
            .ok_or_else(|| format!("`{word}` is no decision"))
    }
}

/// A sign-off that holds, as far as the rules look at it. `topic` is `None` for the whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    pub topic: Option<String>,
    pub side: Side,
    pub decision: Decision,
    pub person: PersonId,
    pub condition_open: bool,
}

/// Where a side stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SideStanding {
    pub side: Side,
    pub whole: Option<Decision>,
    /// Deviations that the playbook assigns to this side.
    pub assigned: usize,
    pub undecided: usize,
    pub rejected: usize,
}

impl SideStanding {
    /// This side still has to decide something.
    pub fn waits(&self) -> bool {
        self.whole.is_none() || self.undecided > 0
    }
}

/// Where the contract stands, over all sides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    pub sides: Vec<SideStanding>,
    /// A side said no, to the whole or to a deviation.
    pub rejected: bool,
    pub countersigned: bool,
    pub open_conditions: usize,
    /// Why it is not countersigned although every side said yes.
    pub obstacle: Option<&'static str>,
}

/// Judges the sign-offs that hold. `deviations` are the topics with the sides that the playbook names for them.
///
/// Countersigned means: Legal, Security and Compliance each said yes to the whole and to each deviation assigned to them,
/// by three different people, not all of whom registered it. An open condition does not stop the countersignature; it
/// stops the contract from becoming active.
pub fn standing(deviations: &[(String, Vec<Side>)], signatures: &[Signature], registered_by: PersonId) -> Standing {
    let sides: Vec<SideStanding> = Side::SIGNING
        .into_iter()
        .map(|side| {
            let of_side =
                |topic: Option<&str>| signatures.iter().find(|s| s.side == side && s.topic.as_deref() == topic);
            let assigned: Vec<&String> =
                deviations.iter().filter(|(_, approvers)| approvers.contains(&side)).map(|(topic, _)| topic).collect();
            let decided: Vec<Option<Decision>> =
                assigned.iter().map(|topic| of_side(Some(topic)).map(|s| s.decision)).collect();
            SideStanding {
                side,
                whole: of_side(None).map(|s| s.decision),
                assigned: assigned.len(),
                undecided: decided.iter().filter(|decision| decision.is_none()).count(),
                rejected: decided.iter().filter(|decision| **decision == Some(Decision::Reject)).count(),
            }
        })
        .collect();
    let rejected = sides.iter().any(|side| side.whole == Some(Decision::Reject) || side.rejected > 0);
    let all_yes = !rejected && sides.iter().all(|side| !side.waits());
    let wholes: Vec<(Side, PersonId)> =
        signatures.iter().filter(|s| s.topic.is_none()).map(|s| (s.side, s.person)).collect();
    let people: BTreeSet<PersonId> = wholes.iter().map(|(_, person)| *person).collect();
    let obstacle = if !all_yes {
        None
    } else if people.len() < wholes.len() {
        Some("one person signed for two sides")
    } else if people.iter().all(|person| *person == registered_by) {
        Some("nobody signed but the person who registered it")
    } else {
        None
    };
    Standing {
        countersigned: all_yes && obstacle.is_none(),
        open_conditions: signatures.iter().filter(|s| s.condition_open).count(),
        sides,
        rejected,
        obstacle,
    }
}

/// May `actor` give this sign-off? `topic` with the sides assigned to it, or `None` for the whole; `unread` rows are
/// deviations that no reviewer has confirmed or overridden yet.
pub fn may_sign(
    actor: &Actor,
    side: Side,
    topic: Option<(&str, &[Side])>,
    signatures: &[Signature],
    deviations: &[(String, Vec<Side>)],
    unread: usize,
) -> Result<(), Refusal> {
    if !Side::SIGNING.contains(&side) {
        return Err(Refusal::invalid(format!("{} does not sign contracts", side.label()))
            .hint("Legal, Security and Compliance sign"));
    }
    if !actor.signs_for(side) {
        return Err(Refusal::forbidden(format!("you cannot sign for {}", side.label()))
            .hint("you sign for a side that you belong to, or that someone lent you until a day"));
    }
    if let Some(other) = signatures.iter().find(|s| s.person == actor.person && s.side != side) {
        return Err(Refusal::conflict(format!("you already signed this for {}", other.side.label()))
            .hint("each side is signed by another person: ask a colleague, or withdraw your first sign-off"));
    }
    match topic {
        Some((topic, approvers)) if !approvers.contains(&side) => {
            Err(Refusal::conflict(format!("the playbook does not ask {} to decide on `{topic}`", side.label())))
        }
        Some(_) => Ok(()),
        None if unread > 0 => {
            let what = if unread == 1 { "one deviation has".to_owned() } else { format!("{unread} deviations have") };
            Err(Refusal::conflict(format!("{what} not been confirmed or overridden yet"))
                .hint("go through the rows of the matrix first; then the whole can be signed"))
        }
        None => {
            let open = deviations
                .iter()
                .filter(|(topic, approvers)| {
                    approvers.contains(&side)
                        && !signatures.iter().any(|s| s.side == side && s.topic.as_deref() == Some(topic.as_str()))
                })
                .count();
            if open > 0 {
                return Err(Refusal::conflict(format!("{open} deviations still wait for {}", side.label()))
                    .hint("decide on each deviation of your side first, then on the whole"));
            }
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use kernel::{Uuid, Via};
    use proptest::prelude::*;

    use super::*;

    fn person(number: u128) -> PersonId {
        PersonId(Uuid::from_u128(number))
    }

    fn sign(side: Side, topic: Option<&str>, decision: Decision, who: u128) -> Signature {
        Signature { topic: topic.map(str::to_owned), side, decision, person: person(who), condition_open: false }
    }

    fn actor(sides: &[Side], who: u128) -> Actor {
        Actor {
            person: person(who),
            name: "x".into(),
            sides: sides.iter().copied().collect(),
            administrator: true,
            via: Via::Session,
            read_only: false,
            delegations: vec![],
        }
    }

    #[test]
    fn three_sides_by_three_people() {
        let deviations = vec![("liability_cap".to_owned(), vec![Side::Legal])];
        let mut given = vec![
            sign(Side::Legal, None, Decision::Approve, 1),
            sign(Side::Security, None, Decision::Approve, 2),
            sign(Side::Compliance, None, Decision::Approve, 3),
        ];
        assert!(!standing(&deviations, &given, person(9)).countersigned, "a deviation is undecided");
        given.push(sign(Side::Legal, Some("liability_cap"), Decision::ApproveWithCondition, 1));
        assert!(standing(&deviations, &given, person(9)).countersigned);
        given[1].person = person(1);
        let judged = standing(&deviations, &given, person(9));
        assert!(!judged.countersigned && judged.obstacle.is_some());
    }

    #[test]
    fn being_administrator_signs_nothing() {
        let refusal = may_sign(&actor(&[], 1), Side::Legal, None, &[], &[], 0).unwrap_err();
        assert_eq!(refusal.kind, kernel::RefusalKind::Forbidden);
    }

    #[test]
    fn the_whole_comes_last() {
        let deviations = vec![("encryption".to_owned(), vec![Side::Security])];
        let ciso = actor(&[Side::Security], 2);
        assert!(may_sign(&ciso, Side::Security, None, &[], &deviations, 0).is_err());
        assert!(may_sign(&ciso, Side::Security, Some(("encryption", &[Side::Security])), &[], &deviations, 1).is_ok());
        let given = [sign(Side::Security, Some("encryption"), Decision::Approve, 2)];
        assert!(may_sign(&ciso, Side::Security, None, &given, &deviations, 1).is_err(), "an unread row");
        assert!(may_sign(&ciso, Side::Security, None, &given, &deviations, 0).is_ok());
        assert!(
            may_sign(&ciso, Side::Security, Some(("liability_cap", &[Side::Legal])), &given, &deviations, 0).is_err()
        );
    }

    proptest! {
        /// Whatever is signed by whomever: countersigned implies a yes of every side to everything, by different people.
        #[test]
        fn countersigned_always_means_all_sides(
            signatures in prop::collection::vec((0..3_usize, 0..3_usize, 0..3_usize, 1..4_u128), 0..14),
            approvers in prop::collection::vec(prop::collection::vec(0..3_usize, 0..3), 2),
            registrant in 1..4_u128,
        ) {
            let topics = [None, Some("a"), Some("b")];
            let decisions = [Decision::Approve, Decision::ApproveWithCondition, Decision::Reject];
            let mut given: Vec<Signature> = Vec::new();
            for (side, topic, decision, who) in signatures {
                let new = sign(Side::SIGNING[side], topics[topic], decisions[decision], who);
                given.retain(|old| old.side != new.side || old.topic != new.topic);
                given.push(new);
            }
            let deviations: Vec<(String, Vec<Side>)> =
                ["a", "b"].iter().zip(&approvers).map(|(t, sides)| ((*t).to_owned(), sides.iter().map(|s| Side::SIGNING[*s]).collect())).collect();
            let judged = standing(&deviations, &given, person(registrant));
            if judged.countersigned {
                prop_assert!(!judged.rejected);
                let mut people = BTreeSet::new();
                for side in Side::SIGNING {
                    let whole = given.iter().find(|s| s.side == side && s.topic.is_none());
                    prop_assert!(whole.is_some_and(|s| s.decision != Decision::Reject));
                    people.extend(whole.map(|s| s.person));
                    for (topic, sides) in &deviations {
                        if sides.contains(&side) {
                            prop_assert!(given.iter().any(|s| s.side == side && s.topic.as_deref() == Some(topic) && s.decision != Decision::Reject));
                        }
                    }
                }
                prop_assert_eq!(people.len(), 3);
            }
        }
    }
}
