//! The 31 topics that a security or legal reviewer looks for, with the names the annotation guide gives them.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::str::FromStr;

macro_rules! topics {
    ($($variant:ident, $id:literal, $label:literal, $group:literal;)*) => {
        /// A topic of the annotation guide. The order is the order in which pages and reports list topics.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Topic { $($variant,)* }

        impl Topic {
            /// Every topic, in listing order.
            pub const ALL: [Topic; 31] = [$(Topic::$variant,)*];

            /// The identifier of the guide, for files, URLs and the API.
            pub fn as_str(self) -> &'static str {
                match self { $(Topic::$variant => $id,)* }
            }

            /// The name a person reads.
            pub fn label(self) -> &'static str {
                match self { $(Topic::$variant => $label,)* }
            }

            /// The heading under which the topic is listed.
            pub fn group(self) -> &'static str {
                match self { $(Topic::$variant => $group,)* }
            }
        }
    };
}

topics! {
    Confidentiality, "confidentiality", "Confidentiality", "Confidentiality";
    CompelledDisclosure, "compelled_disclosure", "Compelled disclosure", "Confidentiality";
    ReturnDestruction, "return_destruction", "Return and destruction", "Confidentiality";
    ConfidentialityTerm, "confidentiality_term", "Confidentiality term", "Confidentiality";
    EquitableRelief, "equitable_relief", "Equitable relief", "Confidentiality";
    SecurityMeasures, "security_measures", "Security measures", "Security";
    AccessRestriction, "access_restriction", "Access restriction", "Security";
    Encryption, "encryption", "Encryption", "Security";
    BreachNotification, "breach_notification", "Breach notification", "Security";
    IncidentResponse, "incident_response", "Incident response", "Security";
    SecureDevelopment, "secure_development", "Secure development", "Security";
    BusinessContinuity, "business_continuity", "Business continuity", "Security";
    PersonnelScreening, "personnel_screening", "Personnel screening", "Security";
    PersonnelDuties, "personnel_duties", "Personnel duties", "Security";
    DataUseLimits, "data_use_limits", "Data use limits", "Privacy";
    DataLocation, "data_location", "Data location and transfer", "Privacy";
    DataSubjectRights, "data_subject_rights", "Data-subject rights", "Privacy";
    Subcontracting, "subcontracting", "Subcontracting", "Privacy";
    DataOwnership, "data_ownership", "Data ownership", "Privacy";
    AuditRights, "audit_rights", "Audit rights", "Assurance";
    CertificationReports, "certification_reports", "Certifications and reports", "Assurance";
    PeriodicReporting, "periodic_reporting", "Periodic reporting", "Assurance";
    RecordsRetention, "records_retention", "Records retention", "Assurance";
    LegalCompliance, "legal_compliance", "Legal compliance", "Assurance";
    LiabilityCap, "liability_cap", "Liability cap", "Liability";
    LiabilityUncapped, "liability_uncapped", "Liability outside the cap", "Liability";
    Indemnification, "indemnification", "Indemnification", "Liability";
    Insurance, "insurance", "Insurance", "Liability";
    TerminationRights, "termination_rights", "Termination rights", "Term";
    TermRenewal, "term_renewal", "Term and renewal", "Term";
    GoverningLaw, "governing_law", "Governing law", "Term";
}

impl Topic {
    /// Position in [`Topic::ALL`].
    pub fn index(self) -> usize {
        self as usize
    }
}

/// A topic name that is not one of the guide's.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a topic")]
pub struct UnknownTopic(pub String);

impl UnknownTopic {
    /// What the person who wrote the name can do.
    pub fn hint(&self) -> &'static str {
        "use a topic name of the annotation guide, such as `breach_notification`"
    }
}

impl FromStr for Topic {
    type Err = UnknownTopic;
    fn from_str(name: &str) -> Result<Self, UnknownTopic> {
        Topic::ALL.into_iter().find(|t| t.as_str() == name).ok_or_else(|| UnknownTopic(name.to_owned()))
    }
}

impl fmt::Display for Topic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for Topic {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Topic {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}
