//! The response plan of the demonstration: the shipped one with the organisation's people, signed by both sides.

use ::incidents::{
    plan::{self, RoleForm},
    rules::plan::Track,
};
use kernel::{Refusal, Side};

use super::cast::Cast;
use crate::app::Parts;

pub(super) async fn play(parts: &Parts, cast: &Cast) -> Result<(), Refusal> {
    let (jonas, mara, priya) = (
        cast.actor("jonas@demo.example").await?,
        cast.actor("mara@demo.example").await?,
        cast.actor("priya@demo.example").await?,
    );
    let (samira, theo, ines) = (
        cast.actor("samira@demo.example").await?,
        cast.actor("theo@demo.example").await?,
        cast.actor("ines@demo.example").await?,
    );
    db::transact!(parts.store, &samira, |cx| plan::begin(cx).await)?;
    let Some(draft) = plan::draft(&mut parts.store.read(&samira).await?).await? else { return Ok(()) };
    let mut revision = draft.plan.version.revision;
    for role in &draft.plan.document.roles {
        let (person, deputy) = match (role.side, role.leads, role.name.as_str()) {
            (Track::Technical, true, _) => (&samira, &theo),
            (Track::Technical, _, "IT operations") => (&ines, &theo),
            (Track::Technical, ..) => (&theo, &samira),
            (Track::Legal, true, _) => (&jonas, &mara),
            (Track::Legal, _, "Privacy officer") => (&priya, &jonas),
            (Track::Legal, ..) => (&mara, &priya),
        };
        let form = RoleForm {
            name: role.name.clone(),
            side: role.side.to_string(),
            leads: role.leads,
            person: person.person.to_string(),
            deputy: deputy.person.to_string(),
        };
        db::transact!(parts.store, &samira, |cx| plan::put_role(cx, Some(role.id), &form, revision).await)?;
        revision += 1;
    }
    let review_by = parts.store.world.today().plus_months(12).to_string();
    let title = &draft.plan.document.title;
    db::transact!(parts.store, &jonas, |cx| plan::edit_about(cx, title, &review_by, revision).await)?;
    let Some(draft) = plan::draft(&mut parts.store.read(&jonas).await?).await? else { return Ok(()) };
    db::transact!(parts.store, &jonas, |cx| plan::sign(cx, Side::Legal, &draft.hash).await)?;
    db::transact!(parts.store, &samira, |cx| plan::sign(cx, Side::Security, &draft.hash).await).map(|_| ())
}
