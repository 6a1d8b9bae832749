//! Whom a reminder reaches: whoever took the clock, the leads of both sides, and their deputies.
//!
//! The leads and their deputies stand in the response plan. While it names none for a side, everybody of Legal or of Security
//! is one: too many who know are better than nobody who does.

use std::collections::{BTreeMap, BTreeSet};

use db::Cx;
use kernel::{Actor, PersonId, Refusal, Side};

use crate::{Incident, can_read, plan, reminders, rules::reminding::Rung};

/// The people of one incident's reminders, as they work today.
pub(crate) struct Chain {
    incident: Incident,
    /// Of the side that reported it first.
    leads: [Vec<PersonId>; 2],
    /// Looked up once for a whole run.
    known: BTreeMap<PersonId, Option<Actor>>,
}

impl Chain {
    pub async fn of(cx: &mut Cx, incident: &Incident) -> Result<Self, Refusal> {
        let named = plan::leads(cx).await?;
        let mut leads = [named.legal, named.security].map(Vec::from_iter);
        for (leads, side) in leads.iter_mut().zip([Side::Legal, Side::Security]) {
            if leads.is_empty() {
                *leads = people::members_of(cx, side).await?.into_iter().map(|person| person.id).collect();
            }
        }
        let mut chain = Self { incident: incident.clone(), leads, known: BTreeMap::new() };
        let reporter = chain.actor(cx, incident.reported_by).await?;
        if reporter.is_some_and(|reporter| reporter.is_of(Side::Security) || reporter.is_of(Side::It)) {
            chain.leads.reverse();
        }
        Ok(chain)
    }

    /// Everybody whom this reminder reaches: each works here and may read the incident.
    pub async fn reached(&mut self, cx: &mut Cx, rung: Rung, taker: Option<PersonId>) -> Result<Vec<Actor>, Refusal> {
        let mut meant: BTreeSet<PersonId> = BTreeSet::new();
        if let Some(taker) = taker {
            meant.extend(self.present(cx, taker).await?);
        }
        // Nobody took it, or whoever did cannot be told and nobody stands in.
        let untaken = meant.is_empty();
        match rung {
            Rung::Taker if untaken => self.add(cx, &mut meant, self.leads[0].clone()).await?,
            Rung::Deputy if untaken => {
                for lead in self.leads[0].clone() {
                    if let Some(deputy) = plan::stands_in(cx, lead).await? {
                        self.add(cx, &mut meant, vec![deputy]).await?;
                    }
                }
            }
            Rung::Leads => self.add(cx, &mut meant, self.leads.concat()).await?,
            Rung::Taker | Rung::Deputy => {}
        }
        if meant.is_empty() {
            self.add(cx, &mut meant, self.leads.concat()).await?;
        }
        if meant.is_empty() {
            // The plan's leads and deputies are all gone.
            for side in [Side::Legal, Side::Security, Side::It] {
                let members = people::members_of(cx, side).await?.into_iter().map(|person| person.id).collect();
                self.add(cx, &mut meant, members).await?;
            }
        }
        let mut out = Vec::new();
        for person in meant {
            out.extend(self.actor(cx, person).await?);
        }
        Ok(out)
    }

    async fn add(&mut self, cx: &mut Cx, meant: &mut BTreeSet<PersonId>, people: Vec<PersonId>) -> Result<(), Refusal> {
        for person in people {
            meant.extend(self.present(cx, person).await?);
        }
        Ok(())
    }

    /// The person, if they can be told, and at once whoever stands in for them while they are away or gone: by a lent
    /// signature, by the plan.
    async fn present(&mut self, cx: &mut Cx, person: PersonId) -> Result<Vec<PersonId>, Refusal> {
        let mut out = Vec::new();
        let here = self.can_be_told(cx, person).await?;
        if here {
            out.push(person);
        }
        let mut stand_ins = people::stand_ins(cx, person).await?;
        if !here || !stand_ins.is_empty() {
            stand_ins.extend(plan::stands_in(cx, person).await?);
        }
        for stand_in in stand_ins {
            if self.can_be_told(cx, stand_in).await? {
                out.push(stand_in);
            }
        }
        Ok(out)
    }

    async fn can_be_told(&mut self, cx: &mut Cx, person: PersonId) -> Result<bool, Refusal> {
        let Some(actor) = self.actor(cx, person).await? else { return Ok(false) };
        let program = std::mem::replace(&mut cx.actor, actor);
        let may = can_read(cx, &self.incident);
        cx.actor = program;
        Ok(may)
    }

    async fn actor(&mut self, cx: &mut Cx, person: PersonId) -> Result<Option<Actor>, Refusal> {
        if let Some(known) = self.known.get(&person) {
            return Ok(known.clone());
        }
        let found = reminders::actor(cx, person).await?;
        self.known.insert(person, found.clone());
        Ok(found)
    }
}
