//! Reads facts from JSON.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::{EVENTS, Facts, Read};
use crate::{
    moment::{self, Moment},
    place, words,
};

impl Facts {
    /// Reads facts as the JSON Schema of [`crate::schema`] describes them.
    ///
    /// # Errors
    /// The whole is no object. Anything smaller becomes a malformed fact, or a note.
    pub fn from_json(value: &Value) -> Result<Self, String> {
        let Value::Object(all) = value else {
            return Err("facts are a JSON object with `events`, `actor`, `data`, `affected` and `flags`".to_owned());
        };
        let mut out = Self::default();
        if let Some(zone) = all.get("zone") {
            match zone.as_str().map(moment::zone) {
                Some(Ok(zone)) => out.zone = Some(zone),
                Some(Err(reason)) => out.notes.push(format!("zone: {reason}")),
                None => out.notes.push("zone: an IANA name such as `Europe/Berlin` is wanted".to_owned()),
            }
        }
        for (key, value) in all {
            match key.as_str() {
                "zone" | "title" | "$schema" | "note" => {}
                "events" => out.read_events(value),
                "actor" => out.read_actor(value),
                "data" => out.read_data(value),
                "affected" => out.read_affected(value),
                "flags" => out.read_flags(value),
                "closures" => match serde_json::from_value(value.clone()) {
                    Ok(closures) => out.closures = closures,
                    Err(error) => out.notes.push(format!("closures: {error}")),
                },
                other => out.notes.push(format!("`{other}` is not a fact that clocks know")),
            }
        }
        Ok(out)
    }

    fn section<'v>(&mut self, name: &str, value: &'v Value) -> Option<&'v Map<String, Value>> {
        let object = value.as_object();
        if object.is_none() && !value.is_null() {
            self.notes.push(format!("`{name}` must be an object"));
        }
        object
    }

    fn read_events(&mut self, value: &Value) {
        let Some(events) = self.section("events", value) else { return };
        let zone = self.zone.clone();
        for (key, value) in events {
            if value.is_null() {
                continue;
            }
            let name = event_name(key);
            match name.as_str() {
                "submitted" => match value.as_object() {
                    Some(all) => {
                        for (duty, at) in all.iter().filter(|(_, at)| !at.is_null()) {
                            let duty = duty.trim().to_lowercase().replace([' ', '_'], "-");
                            let read = named(&format!("events.submitted.{duty}"), moment::read(at, zone.as_ref()));
                            self.submitted.insert(duty, read);
                        }
                    }
                    None => self.notes.push("`events.submitted` must be an object of times by duty".to_owned()),
                },
                "notified_individuals" => match value.as_object() {
                    Some(all) if !all.contains_key("local") && !all.contains_key("at") => {
                        for (code, at) in all.iter().filter(|(_, at)| !at.is_null()) {
                            let code = place::normal(code);
                            let path = format!("events.notified_individuals.{code}");
                            self.notified.insert(code, named(&path, moment::read(at, zone.as_ref())));
                        }
                    }
                    _ => {
                        let read = named("events.notified_individuals", moment::read(value, zone.as_ref()));
                        self.notified.insert("*".to_owned(), read);
                    }
                },
                _ => {
                    if !EVENTS.contains(&name.as_str()) {
                        self.notes.push(format!("`events.{key}` is not an event that a rule runs from"));
                    }
                    let read = named(&format!("events.{name}"), moment::read(value, zone.as_ref()));
                    self.events.insert(name, read);
                }
            }
        }
    }

    fn read_actor(&mut self, value: &Value) {
        let Some(actor) = self.section("actor", value) else { return };
        for key in ["roles", "sectors"] {
            let Some(value) = actor.get(key).filter(|value| !value.is_null()) else { continue };
            let read = texts(value).ok_or_else(|| format!("`actor.{key}` must be a list of words"));
            let mut read = read.map(|all| all.iter().flat_map(|word| words::actor(word)).collect::<BTreeSet<_>>());
            if let (Some(Ok(before)), Ok(more)) = (&self.actors, &mut read) {
                more.extend(before.iter().cloned());
            }
            if !matches!(self.actors, Some(Err(_))) {
                self.actors = Some(read);
            }
        }
        if let Some(Ok(actors)) = &self.actors {
            let unknown: Vec<&String> = actors.iter().filter(|word| !words::is_actor(word)).collect();
            self.notes.extend(unknown.iter().map(|word| format!("no rule asks for the actor `{word}`")));
        }
        if let Some(value) = actor.get("establishments").filter(|value| !value.is_null()) {
            let read = texts(value).ok_or_else(|| "`actor.establishments` must be a list of places".to_owned());
            self.establishments = Some(read.and_then(|codes| match codes.iter().find(|code| !place::is_code(code)) {
                Some(wrong) => Err(format!("`actor.establishments`: `{wrong}` is no place; write `DE` or `US-CA`")),
                None => Ok(codes.iter().map(|code| place::normal(code)).collect()),
            }));
        }
        for key in actor.keys().filter(|key| !["roles", "sectors", "establishments"].contains(&key.as_str())) {
            self.notes.push(format!("`actor.{key}` is not a fact that clocks know"));
        }
    }

    fn read_data(&mut self, value: &Value) {
        let Some(data) = self.section("data", value) else { return };
        let boolean = |key: &str| {
            data.get(key)
                .filter(|value| !value.is_null())
                .map(|value| value.as_bool().ok_or_else(|| format!("`data.{key}` must be true or false")))
        };
        self.encrypted = boolean("encrypted");
        self.key_taken = boolean("key_taken");
        if let Some(value) = data.get("categories").filter(|value| !value.is_null()) {
            let read = texts(value).ok_or_else(|| "`data.categories` must be a list of words".to_owned());
            let read = read.map(|all| all.iter().map(|word| words::data(word)).collect::<BTreeSet<_>>());
            if let Ok(all) = &read {
                let unknown = all.iter().filter(|word| !words::is_data(word));
                self.notes.extend(unknown.map(|word| format!("no rule asks for data of the category `{word}`")));
            }
            self.categories = Some(read);
        }
        for key in data.keys().filter(|key| !["categories", "encrypted", "key_taken"].contains(&key.as_str())) {
            self.notes.push(format!("`data.{key}` is not a fact that clocks know"));
        }
    }

    fn read_affected(&mut self, value: &Value) {
        let Some(affected) = self.section("affected", value) else { return };
        let Some(value) = affected.get("individuals").filter(|value| !value.is_null()) else { return };
        let count = |path: &str, value: &Value| {
            value
                .as_u64()
                .ok_or_else(|| format!("`{path}`: `{value}` is no number of people; write a whole number of 0 or more"))
        };
        self.individuals = Some(match value {
            Value::Object(all) => {
                let mut read = BTreeMap::new();
                for (code, n) in all.iter().filter(|(_, n)| !n.is_null()) {
                    let path = format!("affected.individuals.{code}");
                    if !place::is_code(code) {
                        self.notes.push(format!("`{path}`: `{code}` is no place; write `DE` or `US-CA`"));
                    }
                    read.insert(place::normal(code), count(&path, n));
                }
                Ok(read)
            }
            Value::Number(_) => Ok(BTreeMap::from([("TOTAL".to_owned(), count("affected.individuals", value))])),
            _ => Err("`affected.individuals` must be numbers of people by place".to_owned()),
        });
    }

    fn read_flags(&mut self, value: &Value) {
        let Some(flags) = self.section("flags", value) else { return };
        for (key, value) in flags.iter().filter(|(_, value)| !value.is_null()) {
            let read = value.as_bool().ok_or_else(|| format!("`flags.{key}` must be true or false"));
            self.flags.insert(words::flag(key), read);
        }
    }
}

fn named(path: &str, read: Read<Moment>) -> Read<Moment> {
    read.map_err(|reason| format!("{path}: {reason}"))
}

fn event_name(key: &str) -> String {
    let plain = key.trim().to_lowercase().replace([' ', '-'], "_");
    let plain = plain.strip_suffix("_at").unwrap_or(&plain);
    match plain {
        "awareness" | "became_aware" => "aware".to_owned(),
        "detection" => "detected".to_owned(),
        "discovery" => "discovered".to_owned(),
        "classified" | "classification" => "classified_major".to_owned(),
        "determination" => "determined".to_owned(),
        "materiality" => "material".to_owned(),
        "paid" => "payment".to_owned(),
        "notified" => "notified_individuals".to_owned(),
        plain => plain.to_owned(),
    }
}

fn texts(value: &Value) -> Option<Vec<String>> {
    match value {
        Value::String(one) => Some(vec![one.clone()]),
        Value::Array(many) => many.iter().map(|one| one.as_str().map(str::to_owned)).collect(),
        _ => None,
    }
}
