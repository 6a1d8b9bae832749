//! An incident of the demonstration: a processor told of an export that was open to the world, a day ago.

use ::incidents::{
    self as area, NewFact, Report, State,
    plan::{self, Act},
};
use kernel::Refusal;
use serde_json::{Value, json};

use super::cast::Cast;
use crate::app::Parts;

pub(super) async fn play(parts: &Parts, cast: &Cast) -> Result<(), Refusal> {
    let (emil, samira, priya) = (
        cast.actor("emil@demo.example").await?,
        cast.actor("samira@demo.example").await?,
        cast.actor("priya@demo.example").await?,
    );
    let now = parts.store.world.now();
    let hours_ago =
        |hours: i64| json!(now.plus_seconds(-3600 * hours).timestamp().strftime("%Y-%m-%dT%H:%MZ").to_string());
    let lost = Report {
        title: "Parcel with delivery notes went to the wrong pharmacy".to_owned(),
        what: "The courier swapped two parcels. The pharmacy called and keeps ours closed until we fetch it."
            .to_owned(),
        noticed: hours_ago(5),
    };
    db::transact!(parts.store, &emil, |cx| area::report(cx, &lost).await)?;
    let open = Report {
        title: "Patient export readable without sign-in at Orbit Analytics".to_owned(),
        what: "Orbit wrote that a storage bucket with our monthly export was public for some days. They closed it and look for who read it.".to_owned(),
        noticed: hours_ago(20),
    };
    let id = db::transact!(parts.store, &samira, |cx| area::report(cx, &open).await)?;
    db::transact!(parts.store, &samira, |cx| area::set_state(cx, id, State::Open, "", 1).await)?;
    let facts: [(&str, Value, &str); 9] = [
        ("actor.roles", json!(["controller", "important_entity"]), "register of processing"),
        ("actor.establishments", json!(["DE", "US-NY"]), "company register"),
        ("events.told_by_processor", hours_ago(20), "mail of Orbit's security desk"),
        ("events.aware", hours_ago(19), "call of Samira with Orbit"),
        ("data.categories", json!(["names", "health", "contact"]), "sample of the export"),
        ("data.encrypted", json!(false), "Orbit, on the phone"),
        ("affected.individuals.DE", json!(8400), "count of the export by country"),
        ("affected.individuals.US-CA", json!(512), "count of the export by state"),
        ("affected.individuals.US-TX", json!(249), "count of the export by state"),
    ];
    for (path, value, source) in facts {
        let new = NewFact { path: path.to_owned(), value, source: source.to_owned(), seen: 0 };
        db::transact!(parts.store, &priya, |cx| area::enter_fact(cx, id, &new).await)?;
    }
    db::transact!(parts.store, &priya, |cx| area::take(cx, id, "eu-gdpr/authority").await)?;
    let judged = "Confidentiality only, and over: Orbit closed the bucket. We are fairly sure of the dates.";
    db::transact!(parts.store, &samira, |cx| plan::act(cx, id, 1, Act::Done, judged, 1).await)?;
    let not_ours = "The export lies at Orbit; nothing of ours is connected to it.";
    db::transact!(parts.store, &samira, |cx| plan::act(cx, id, 3, Act::NotNeeded, not_ours, 1).await)?;
    let mut cx = parts.store.read(&priya).await?;
    let contracts = area::view(&mut cx, id).await?.contracts;
    drop(cx);
    let Some(orbit) = contracts.into_iter().find(|notice| notice.counterparty.starts_with("Orbit")) else {
        return Ok(());
    };
    let new = NewFact {
        path: orbit.path,
        value: json!(true),
        source: "the export belongs to this contract".to_owned(),
        seen: 0,
    };
    db::transact!(parts.store, &priya, |cx| area::enter_fact(cx, id, &new).await)?;
    super::response::play(parts, cast, id).await
}
