//! Dates of TOML, `2026-11-21`, as civil dates.

use jiff::civil::Date;
use serde::{Deserialize, Deserializer, de::Error};
use toml::value::Datetime;

fn civil<E: Error>(read: &Datetime) -> Result<Date, E> {
    let (Some(date), None) = (read.date, read.time) else {
        return Err(E::custom("a date without a time is wanted, such as 2026-11-21"));
    };
    let year = i16::try_from(date.year).map_err(E::custom)?;
    let month = i8::try_from(date.month).map_err(E::custom)?;
    let day = i8::try_from(date.day).map_err(E::custom)?;
    Date::new(year, month, day).map_err(E::custom)
}

pub(crate) fn one<'de, D: Deserializer<'de>>(from: D) -> Result<Date, D::Error> {
    civil(&Datetime::deserialize(from)?)
}

pub(crate) fn maybe<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Date>, D::Error> {
    Option::<Datetime>::deserialize(from)?.map(|read| civil(&read)).transpose()
}

pub(crate) fn many<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<Date>, D::Error> {
    Vec::<Datetime>::deserialize(from)?.iter().map(civil).collect()
}
