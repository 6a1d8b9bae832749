//! The people of the demonstration: one for every role.

use kernel::{Actor, Date, PersonId, Refusal, Side, Via};
use people::{NewDelegation, PersonDraft};

use crate::app::Parts;

/// Everyone's password in the demonstration.
const PASSWORD: &str = "countersigned by both";

pub struct Cast {
    parts: Parts,
    members: Vec<Member>,
}

struct Member {
    email: &'static str,
    name: &'static str,
    role: &'static str,
    person: PersonId,
}

struct Role {
    email: &'static str,
    name: &'static str,
    title: &'static str,
    department: &'static str,
    sides: &'static [Side],
}

const ADMINISTRATOR: (&str, &str) = ("ada@demo.example", "Ada Okafor");

const ROLES: &[Role] = &[
    Role {
        email: "mara@demo.example",
        name: "Mara Lindqvist",
        title: "Contracts manager",
        department: "Legal",
        sides: &[Side::Legal],
    },
    Role {
        email: "jonas@demo.example",
        name: "Jonas Weber",
        title: "General counsel",
        department: "Legal",
        sides: &[Side::Legal],
    },
    Role {
        email: "priya@demo.example",
        name: "Priya Raman",
        title: "Privacy officer",
        department: "Legal",
        sides: &[Side::Privacy],
    },
    Role {
        email: "samira@demo.example",
        name: "Samira Haddad",
        title: "CISO",
        department: "Security",
        sides: &[Side::Security],
    },
    Role {
        email: "theo@demo.example",
        name: "Theo Park",
        title: "Security engineer",
        department: "Security",
        sides: &[Side::Security],
    },
    Role {
        email: "ines@demo.example",
        name: "Ines Moreau",
        title: "Head of IT operations",
        department: "IT",
        sides: &[Side::It],
    },
    Role {
        email: "colin@demo.example",
        name: "Colin Adeyemi",
        title: "Compliance manager",
        department: "Compliance",
        sides: &[Side::Compliance],
    },
    Role {
        email: "elena@demo.example",
        name: "Elena Rossi",
        title: "Chief operating officer",
        department: "Management",
        sides: &[Side::Executive],
    },
    Role {
        email: "emil@demo.example",
        name: "Emil Novak",
        title: "Product owner",
        department: "Product",
        sides: &[Side::Employee],
    },
    Role {
        email: "vera@kestrel.example",
        name: "Vera Chen",
        title: "Account manager at Kestrel",
        department: "Kestrel Hosting",
        sides: &[Side::Vendor],
    },
    Role {
        email: "otto@audit.example",
        name: "Otto Brandt",
        title: "External auditor",
        department: "Brandt Audit",
        sides: &[Side::Auditor],
    },
];

/// Sets up the workspace and lets everybody accept their invitation.
pub async fn hire(parts: &Parts) -> Result<Option<Cast>, Refusal> {
    let store = &parts.store;
    let Some(setup) = db::transact!(store, &Actor::system(), |cx| people::prepare_setup(cx).await)? else {
        return Ok(None);
    };
    let (email, name) = ADMINISTRATOR;
    let draft = PersonDraft {
        name: name.into(),
        email: email.into(),
        title: "Administrator".into(),
        department: "IT".into(),
        ..PersonDraft::default()
    };
    let administrator = people::complete_setup(store, setup.reveal(), &draft, PASSWORD).await?;
    let mut members = vec![Member { email, name, role: "Administrator", person: administrator }];
    let actor = people::actor_of(store, administrator, Via::Command).await?;
    let auditor_leaves: Date = store.world.today().plus_days(60);
    for role in ROLES {
        let draft = PersonDraft {
            name: role.name.into(),
            email: role.email.into(),
            title: role.title.into(),
            department: role.department.into(),
            sides: role.sides.iter().map(|side| side.as_str().to_owned()).collect(),
            access_until: if role.sides == [Side::Auditor] { auditor_leaves.to_string() } else { String::new() },
            ..PersonDraft::default()
        };
        let invited = db::transact!(store, &actor, |cx| people::invite(cx, &draft).await)?;
        let person = people::accept_invitation(store, invited.secret.reveal(), role.name, PASSWORD).await?;
        members.push(Member { email: role.email, name: role.name, role: role.title, person });
    }
    let cast = Cast { parts: parts.clone(), members };
    cast.lend_a_signature().await?;
    Ok(Some(cast))
}

impl Cast {
    /// The person as signing in would make them.
    pub async fn actor(&self, email: &str) -> Result<Actor, Refusal> {
        let member = self
            .members
            .iter()
            .find(|member| member.email == email)
            .ok_or_else(|| Refusal::broken(format!("nobody has the address {email}")))?;
        people::actor_of(&self.parts.store, member.person, Via::Command).await
    }

    /// The CISO is away for two weeks; the head of IT signs for Security.
    async fn lend_a_signature(&self) -> Result<(), Refusal> {
        let ciso = self.actor("samira@demo.example").await?;
        let deputy = self.actor("ines@demo.example").await?;
        let today = self.parts.store.world.today();
        let new = NewDelegation {
            side: Side::Security,
            to: deputy.person,
            starts_on: today,
            ends_on: today.plus_days(14),
            reason: "Annual leave".to_owned(),
        };
        db::transact!(self.parts.store, &ciso, |cx| people::create_delegation(cx, &new).await).map(|_| ())
    }

    pub fn how_to_sign_in(&self) -> String {
        let mut text = format!("Demonstration. Everyone signs in with the password: {PASSWORD}\n");
        for member in &self.members {
            text.push_str(&format!("  {:<24} {:<18} {}\n", member.email, member.name, member.role));
        }
        text
    }
}
