//! What the policy looks at in a person, apart from who it is. Two people of the same shape get the same conditions, so
//! a condition is worked out once per shape.

use kernel::{Actor, Side};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Shape {
    sides: u16,
    signs: u16,
    pub administrator: bool,
    pub system: bool,
    pub read_only: bool,
}

impl Shape {
    pub fn of(actor: &Actor) -> Self {
        let bits = |holds: &dyn Fn(Side) -> bool| {
            Side::ALL.iter().enumerate().filter(|(_, side)| holds(**side)).fold(0, |bits, (bit, _)| bits | 1 << bit)
        };
        Self {
            sides: bits(&|side| actor.is_of(side)),
            signs: bits(&|side| Side::SIGNING.contains(&side) && actor.signs_for(side)),
            administrator: actor.administrator,
            system: actor.is_system(),
            read_only: actor.read_only,
        }
    }

    pub fn sides(self) -> impl Iterator<Item = Side> {
        named(self.sides)
    }

    pub fn signs(self) -> impl Iterator<Item = Side> {
        named(self.signs)
    }
}

fn named(bits: u16) -> impl Iterator<Item = Side> {
    Side::ALL.into_iter().enumerate().filter(move |(bit, _)| bits >> bit & 1 == 1).map(|(_, side)| side)
}
