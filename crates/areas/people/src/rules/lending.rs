//! Who may lend which signature to whom, and for how long.

use std::collections::BTreeSet;

use kernel::{Date, FieldProblem, PersonId, Refusal, Side};

/// Days.
pub const LONGEST: i64 = 180;

/// What the rule looks at.
#[derive(Debug, Clone)]
pub struct Loan<'a> {
    pub side: Side,
    pub from: PersonId,
    pub from_sides: &'a BTreeSet<Side>,
    pub to: PersonId,
    pub to_name: &'a str,
    pub to_sides: &'a BTreeSet<Side>,
    pub starts_on: Date,
    pub ends_on: Date,
    pub today: Date,
}

/// Signs for `side` by membership. Privacy is Legal's side and signs there.
pub fn signs_by_membership(sides: &BTreeSet<Side>, side: Side) -> bool {
    sides.contains(&side) || (side == Side::Legal && sides.contains(&Side::Privacy))
}

/// The sides whose signature someone of these sides can lend.
pub fn lendable(sides: &BTreeSet<Side>) -> Vec<Side> {
    Side::SIGNING.into_iter().filter(|side| signs_by_membership(sides, *side)).collect()
}

/// Outsiders never sign for a side of the house, not even as a stand-in.
pub fn can_stand_in(sides: &BTreeSet<Side>, side: Side) -> bool {
    !signs_by_membership(sides, side) && !sides.contains(&Side::Vendor) && !sides.contains(&Side::Auditor)
}

/// # Errors
/// Every field that is wrong, at once.
pub fn check(loan: &Loan<'_>) -> Result<(), Refusal> {
    let mut problems = Vec::new();
    let mut refuse = |field: &str, message: String| problems.push(FieldProblem { field: field.to_owned(), message });
    if !lendable(loan.from_sides).contains(&loan.side) {
        refuse(
            "side",
            format!("you cannot lend {}'s signature, because you do not sign for it yourself", loan.side.label()),
        );
    }
    if loan.from == loan.to {
        refuse("to", "choose someone else to sign while you are away".to_owned());
    } else if signs_by_membership(loan.to_sides, loan.side) {
        refuse("to", format!("{} signs for {} already", loan.to_name, loan.side.label()));
    } else if !can_stand_in(loan.to_sides, loan.side) {
        refuse("to", format!("{} comes from outside and cannot sign for {}", loan.to_name, loan.side.label()));
    }
    if loan.starts_on < loan.today {
        refuse("starts_on", format!("{} has passed", loan.starts_on.long()));
    }
    if loan.ends_on < loan.starts_on {
        refuse("ends_on", "the last day lies before the first".to_owned());
    } else if loan.ends_on.days_since(loan.starts_on) > LONGEST {
        refuse("ends_on", format!("a signature is lent for {LONGEST} days at most"));
    }
    if problems.is_empty() { Ok(()) } else { Err(Refusal::fields(problems)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(side: Side, from: &[Side], to: &[Side], starts: i64, days: i64) -> Vec<String> {
        let today: Date = "2026-11-21".parse().unwrap();
        let (from_sides, to_sides) = (from.iter().copied().collect(), to.iter().copied().collect());
        let starts_on = today.plus_days(starts);
        let loan = Loan {
            side,
            from: PersonId(kernel::Uuid::from_u128(1)),
            from_sides: &from_sides,
            to: PersonId(kernel::Uuid::from_u128(2)),
            to_name: "Bo",
            to_sides: &to_sides,
            starts_on,
            ends_on: starts_on.plus_days(days),
            today,
        };
        check(&loan)
            .err()
            .map(|refusal| refusal.fields.into_iter().map(|problem| problem.field).collect())
            .unwrap_or_default()
    }

    #[test]
    fn what_can_be_lent_to_whom_and_for_how_long() {
        let none: [&str; 0] = [];
        assert_eq!(refused(Side::Legal, &[Side::Legal], &[Side::It], 0, 14), none);
        assert_eq!(refused(Side::Legal, &[Side::Privacy], &[Side::It], 0, 0), none);
        assert_eq!(refused(Side::Legal, &[Side::Legal], &[Side::It], 3, LONGEST), none);
        assert_eq!(refused(Side::Legal, &[Side::Legal], &[Side::It], 0, LONGEST + 1), ["ends_on"]);
        assert_eq!(refused(Side::Legal, &[Side::Legal], &[Side::It], -1, 10), ["starts_on"]);
        assert_eq!(refused(Side::Legal, &[Side::Legal], &[Side::It], 5, -1), ["ends_on"]);
        assert_eq!(refused(Side::Security, &[Side::Legal], &[Side::It], 0, 14), ["side"]);
        assert_eq!(refused(Side::It, &[Side::It], &[Side::Employee], 0, 14), ["side"]);
        assert_eq!(refused(Side::Legal, &[Side::Legal], &[Side::Privacy], 0, 14), ["to"]);
        assert_eq!(refused(Side::Legal, &[Side::Legal], &[Side::Vendor], 0, 14), ["to"]);
        assert_eq!(refused(Side::Legal, &[], &[Side::Auditor], -2, 400), ["side", "to", "starts_on", "ends_on"]);
    }
}
