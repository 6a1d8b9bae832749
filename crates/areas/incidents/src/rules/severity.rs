//! How severe a breach of personal data is, by ENISA's method of 2013: SE = DPC × EI + CB.
//!
//! Source: ENISA, Recommendations for a methodology of the assessment of severity of personal data breaches, v1.0, December
//! 2013; read in a copy of its figures on 2026-11-22. "Low below 2" is ENISA's wording; the bands above are those in common
//! use. The score indicates and decides nothing: whether to notify is for people.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What kind of data, before circumstances move it (DPC).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Data {
    Simple,
    Behavioural,
    Financial,
    Sensitive,
}

/// How easily people can be identified (EI).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Identified {
    Negligible,
    Limited,
    Significant,
    Maximum,
}

/// How far confidentiality, integrity or availability was lost (CB).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Loss {
    None,
    Partial,
    Full,
}

/// What the score is made from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Severity {
    pub data: Data,
    /// Whole steps up or down for the context: volume, vulnerable people, profiling; public, outdated, minimal data.
    pub steps: i8,
    pub identified: Identified,
    pub confidentiality: Loss,
    pub integrity: Loss,
    pub availability: Loss,
    pub malicious: bool,
}

impl Severity {
    /// Reads a stored or typed value.
    ///
    /// # Errors
    /// A sentence.
    pub fn read(value: &Value) -> Result<Self, String> {
        let read: Self = serde_json::from_value(value.clone()).map_err(|error| format!("severity: {error}"))?;
        if !(-3..=3).contains(&read.steps) {
            return Err("the context moves the kind of data by at most three steps".to_owned());
        }
        Ok(read)
    }

    /// In hundredths: the kind of data is a whole number from 1 to 4 whatever the context does.
    fn context(self) -> u32 {
        let base = match self.data {
            Data::Simple => 1,
            Data::Behavioural => 2,
            Data::Financial => 3,
            Data::Sensitive => 4,
        };
        u32::try_from((base + i32::from(self.steps)).clamp(1, 4)).unwrap_or(1)
    }

    fn identification(self) -> u32 {
        match self.identified {
            Identified::Negligible => 25,
            Identified::Limited => 50,
            Identified::Significant => 75,
            Identified::Maximum => 100,
        }
    }

    fn circumstances(self) -> u32 {
        let loss = |loss: Loss| match loss {
            Loss::None => 0,
            Loss::Partial => 25,
            Loss::Full => 50,
        };
        loss(self.confidentiality)
            + loss(self.integrity)
            + loss(self.availability)
            + if self.malicious { 50 } else { 0 }
    }

    /// The score in hundredths, 25 to 600.
    pub fn score(self) -> u32 {
        self.context() * self.identification() + self.circumstances()
    }

    pub fn band(self) -> &'static str {
        match self.score() {
            ..200 => "low",
            200..300 => "medium",
            300..400 => "high",
            400.. => "very high",
        }
    }

    /// "4 × 0.75 + 0.50 = 3.50: high"
    pub fn shown(self) -> String {
        let part = |hundredths: u32| format!("{}.{:02}", hundredths / 100, hundredths % 100);
        format!(
            "{} × {} + {} = {}: {}",
            self.context(),
            part(self.identification()),
            part(self.circumstances()),
            part(self.score()),
            self.band()
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn severity(data: Data, steps: i8, identified: Identified, losses: [Loss; 3], malicious: bool) -> Severity {
        let [confidentiality, integrity, availability] = losses;
        Severity { data, steps, identified, confidentiality, integrity, availability, malicious }
    }

    #[test]
    fn the_worked_examples_come_out() {
        use {Data as D, Identified as I, Loss as L};
        for (what, severity, shown) in [
            (
                "names and mails under a public address",
                severity(D::Simple, 0, I::Maximum, [L::Full, L::None, L::None], false),
                "1 × 1.00 + 0.50 = 1.50: low",
            ),
            (
                "the same, by an attacker",
                severity(D::Simple, 0, I::Maximum, [L::Full, L::None, L::None], true),
                "1 × 1.00 + 1.00 = 2.00: medium",
            ),
            (
                "a customer list to a known recipient",
                severity(D::Simple, 0, I::Maximum, [L::Partial, L::None, L::None], false),
                "1 × 1.00 + 0.25 = 1.25: low",
            ),
            (
                "a year of statements",
                severity(D::Financial, 1, I::Significant, [L::Full, L::None, L::None], false),
                "4 × 0.75 + 0.50 = 3.50: high",
            ),
            (
                "results of an emergency room",
                severity(D::Sensitive, 0, I::Maximum, [L::Full, L::None, L::None], true),
                "4 × 1.00 + 1.00 = 5.00: very high",
            ),
            (
                "pseudonymised health data without the key",
                severity(D::Sensitive, 0, I::Negligible, [L::Full, L::None, L::None], false),
                "4 × 0.25 + 0.50 = 1.50: low",
            ),
            (
                "undercover officers",
                severity(D::Simple, 3, I::Maximum, [L::Full, L::None, L::None], false),
                "4 × 1.00 + 0.50 = 4.50: very high",
            ),
            (
                "an expired card",
                severity(D::Financial, -2, I::Maximum, [L::None; 3], false),
                "1 × 1.00 + 0.00 = 1.00: low",
            ),
        ] {
            assert_eq!(severity.shown(), shown, "{what}");
        }
    }

    #[test]
    fn what_is_no_assessment_is_refused() {
        let good =
            serde_json::to_value(severity(Data::Simple, 0, Identified::Limited, [Loss::None; 3], false)).expect("JSON");
        assert!(Severity::read(&good).is_ok());
        for (field, value) in [
            ("steps", serde_json::json!(4)),
            ("data", serde_json::json!("secret")),
            ("malicious", serde_json::json!("yes")),
            ("volume", serde_json::json!(1)),
        ] {
            let mut wrong = good.clone();
            wrong[field] = value;
            assert!(Severity::read(&wrong).is_err(), "{field}");
        }
    }

    proptest! {
        #[test]
        fn a_score_stays_in_its_range_and_malice_adds_half_a_point(data in 0usize..4, steps in -3i8..=3, identified in 0usize..4, losses in prop::array::uniform3(0usize..3)) {
            let data = [Data::Simple, Data::Behavioural, Data::Financial, Data::Sensitive][data];
            let identified = [Identified::Negligible, Identified::Limited, Identified::Significant, Identified::Maximum][identified];
            let losses = losses.map(|loss| [Loss::None, Loss::Partial, Loss::Full][loss]);
            let (calm, malicious) = (severity(data, steps, identified, losses, false), severity(data, steps, identified, losses, true));
            prop_assert!((25..=600).contains(&calm.score()) && malicious.score() == calm.score() + 50);
        }
    }
}
