//! Places: countries and parts of them by ISO 3166 code, groups of them, and the zone in which each one's authority counts.

use jiff::tz::TimeZone;

/// The Member States of the European Union. Source: <https://european-union.europa.eu/principles-countries-history/eu-countries_en>,
/// checked 2026-11-22.
pub const EU: [&str; 27] = [
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT", "LT", "LU", "LV",
    "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
];

/// The states of the European Economic Area that are not in the Union.
pub const EEA_REST: [&str; 3] = ["IS", "LI", "NO"];

/// A place's code in one spelling: upper case; `EL` is Greece and `UK` the United Kingdom.
#[must_use]
pub fn normal(code: &str) -> String {
    let code = code.trim().to_uppercase().replace('_', "-");
    match code.as_str() {
        "EL" => "GR".to_owned(),
        "UK" => "GB".to_owned(),
        _ => code,
    }
}

/// Whether a code has the form of a place: `DE`, `US-CA`, a group's name, or `total`.
#[must_use]
pub fn is_code(code: &str) -> bool {
    let code = normal(code);
    let (country, part) = code.split_once('-').map_or((code.as_str(), None), |(country, part)| (country, Some(part)));
    let letters = |text: &str| text.chars().all(|c| c.is_ascii_uppercase());
    matches!(code.as_str(), "EEA" | "TOTAL" | "OTHER")
        || country.len() == 2
            && letters(country)
            && part.is_none_or(|part| {
                (1..=3).contains(&part.len()) && part.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit())
            })
}

/// Whether `inner` lies in `outer`: a part in its country, a country in its group, a place in itself. Both normal.
#[must_use]
pub fn within(inner: &str, outer: &str) -> bool {
    let country = inner.split('-').next().unwrap_or(inner);
    match outer {
        "EU" => inner == "EU" || EU.contains(&country),
        "EEA" => inner == "EU" || inner == "EEA" || EU.contains(&country) || EEA_REST.contains(&country),
        _ => inner == outer || (!outer.contains('-') && country == outer),
    }
}

/// The zone of a country's capital, for countries whose authorities count in one zone.
#[must_use]
pub fn zone_of(country: &str) -> Option<TimeZone> {
    let name = match country.split('-').next().unwrap_or(country) {
        "AT" => "Europe/Vienna",
        "BE" => "Europe/Brussels",
        "BG" => "Europe/Sofia",
        "CH" => "Europe/Zurich",
        "CY" => "Asia/Nicosia",
        "CZ" => "Europe/Prague",
        "DE" => "Europe/Berlin",
        "DK" => "Europe/Copenhagen",
        "EE" => "Europe/Tallinn",
        "ES" => "Europe/Madrid",
        "FI" => "Europe/Helsinki",
        "FR" => "Europe/Paris",
        "GB" => "Europe/London",
        "GR" => "Europe/Athens",
        "HR" => "Europe/Zagreb",
        "HU" => "Europe/Budapest",
        "IE" => "Europe/Dublin",
        "IS" => "Atlantic/Reykjavik",
        "IT" => "Europe/Rome",
        "LI" => "Europe/Vaduz",
        "LT" => "Europe/Vilnius",
        "LU" => "Europe/Luxembourg",
        "LV" => "Europe/Riga",
        "MT" => "Europe/Malta",
        "NL" => "Europe/Amsterdam",
        "NO" => "Europe/Oslo",
        "PL" => "Europe/Warsaw",
        "PT" => "Europe/Lisbon",
        "RO" => "Europe/Bucharest",
        "SE" => "Europe/Stockholm",
        "SI" => "Europe/Ljubljana",
        "SK" => "Europe/Bratislava",
        _ => return None,
    };
    TimeZone::get(name).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_lie_in_their_countries_and_groups() {
        for (inner, outer) in
            [("DE", "EU"), ("DE-BY", "EEA"), ("NO", "EEA"), ("US-CA", "US"), ("US-CA", "US-CA"), ("EU", "EEA")]
        {
            assert!(within(inner, outer), "{inner} in {outer}");
        }
        for (inner, outer) in [("NO", "EU"), ("GB", "EEA"), ("US", "US-CA"), ("US-NY", "US-CA"), ("CH", "EEA")] {
            assert!(!within(inner, outer), "{inner} in {outer}");
        }
        assert_eq!((normal("uk"), normal("us_ca")), ("GB".to_owned(), "US-CA".to_owned()));
        assert!(is_code("us-ca") && is_code("EEA") && !is_code("California") && !is_code("D3") && !is_code("US-"));
    }

    #[test]
    fn each_state_of_the_eea_has_a_zone() {
        for country in EU.iter().chain(&EEA_REST) {
            assert!(zone_of(country).is_some(), "{country}");
        }
    }
}
