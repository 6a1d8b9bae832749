//! The 41 categories of the Contract Understanding Atticus Dataset (CUAD v1, The Atticus Project, CC BY 4.0), by the
//! names that the data set gives them.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

macro_rules! categories {
    ($($variant:ident, $name:literal;)*) => {
        /// A kind of clause that a commercial lawyer looks for, beside the topics of a security review.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Category { $($variant,)* }

        impl Category {
            /// Every category, in the order of the data set.
            pub const ALL: [Category; 41] = [$(Category::$variant,)*];

            /// The name that the data set gives it.
            pub fn as_str(self) -> &'static str {
                match self { $(Category::$variant => $name,)* }
            }
        }
    };
}

categories! {
    DocumentName, "Document Name";
    Parties, "Parties";
    AgreementDate, "Agreement Date";
    EffectiveDate, "Effective Date";
    ExpirationDate, "Expiration Date";
    RenewalTerm, "Renewal Term";
    NoticePeriodToTerminateRenewal, "Notice Period To Terminate Renewal";
    GoverningLaw, "Governing Law";
    MostFavoredNation, "Most Favored Nation";
    NonCompete, "Non-Compete";
    Exclusivity, "Exclusivity";
    NoSolicitOfCustomers, "No-Solicit Of Customers";
    CompetitiveRestrictionException, "Competitive Restriction Exception";
    NoSolicitOfEmployees, "No-Solicit Of Employees";
    NonDisparagement, "Non-Disparagement";
    TerminationForConvenience, "Termination For Convenience";
    RofrRofoRofn, "Rofr/Rofo/Rofn";
    ChangeOfControl, "Change Of Control";
    AntiAssignment, "Anti-Assignment";
    RevenueProfitSharing, "Revenue/Profit Sharing";
    PriceRestrictions, "Price Restrictions";
    MinimumCommitment, "Minimum Commitment";
    VolumeRestriction, "Volume Restriction";
    IpOwnershipAssignment, "Ip Ownership Assignment";
    JointIpOwnership, "Joint Ip Ownership";
    LicenseGrant, "License Grant";
    NonTransferableLicense, "Non-Transferable License";
    AffiliateLicenseLicensor, "Affiliate License-Licensor";
    AffiliateLicenseLicensee, "Affiliate License-Licensee";
    UnlimitedAllYouCanEatLicense, "Unlimited/All-You-Can-Eat-License";
    IrrevocableOrPerpetualLicense, "Irrevocable Or Perpetual License";
    SourceCodeEscrow, "Source Code Escrow";
    PostTerminationServices, "Post-Termination Services";
    AuditRights, "Audit Rights";
    UncappedLiability, "Uncapped Liability";
    CapOnLiability, "Cap On Liability";
    LiquidatedDamages, "Liquidated Damages";
    WarrantyDuration, "Warranty Duration";
    Insurance, "Insurance";
    CovenantNotToSue, "Covenant Not To Sue";
    ThirdPartyBeneficiary, "Third Party Beneficiary";
}

impl Category {
    /// Position in [`Category::ALL`].
    pub fn index(self) -> usize {
        self as usize
    }
}

/// A name that is none of the data set's.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a category of CUAD")]
pub struct UnknownCategory(pub String);

impl FromStr for Category {
    type Err = UnknownCategory;
    fn from_str(name: &str) -> Result<Self, UnknownCategory> {
        Category::ALL.into_iter().find(|c| c.as_str() == name).ok_or_else(|| UnknownCategory(name.to_owned()))
    }
}

impl fmt::Display for Category {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for Category {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Category {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}
