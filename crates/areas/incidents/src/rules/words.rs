//! The words of the log book: closed lists, each with what a reader sees.

/// An enum that is stored, sent and shown by its words.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident, $refusal:literal, { $($(#[$each:meta])* $variant:ident = $word:literal, $label:literal;)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$each])* $variant),* }

        impl $name {
            pub const ALL: &[$name] = &[$($name::$variant),*];

            pub fn as_str(self) -> &'static str {
                match self { $($name::$variant => $word),* }
            }

            /// For readers.
            pub fn label(self) -> &'static str {
                match self { $($name::$variant => $label),* }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = String;

            fn from_str(text: &str) -> Result<Self, String> {
                $name::ALL.iter().copied().find(|known| known.as_str() == text).ok_or_else(|| $refusal.to_owned())
            }
        }
    };
}

words!(
    /// What a cost is for.
    CostCategory, "choose what the cost is for", {
        Forensics = "forensics", "Forensics";
        Counsel = "counsel", "Counsel";
        Notification = "notification", "Notification";
        CreditMonitoring = "credit_monitoring", "Credit monitoring";
        LostBusiness = "lost_business", "Lost business";
        Fine = "fine", "Fine";
        Other = "other", "Other";
    }
);

words!(
    /// How sure an amount is.
    CostKind, "an amount is an estimate or invoiced", {
        Estimate = "estimate", "Estimate";
        Invoiced = "invoiced", "Invoiced";
    }
);

words!(
    /// What happened to a piece of evidence.
    Act, "choose what happened to it", {
        Collected = "collected", "Collected";
        HandedOver = "handed_over", "Handed over";
        Moved = "moved", "Moved";
        Copied = "copied", "Copied";
        Examined = "examined", "Examined";
        /// Back to whom it belongs. Its chain ends.
        Returned = "returned", "Returned";
        /// Its chain ends.
        Destroyed = "destroyed", "Destroyed";
        /// The stored bytes were read anew and are what was stored.
        Verified = "verified", "Verified";
        /// They are not, or they are gone.
        Failed = "failed", "Verification failed";
    }
);
