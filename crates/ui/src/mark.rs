//! A state said three ways at once, by word, icon and colour, so that no reader depends on colours.

/// What a colour means. The CSS class is `tone-` and the word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    Good,
    /// Good enough; something was given up.
    Fair,
    /// Needs a look.
    Warn,
    Bad,
    Info,
    Quiet,
}

impl Tone {
    pub fn as_str(self) -> &'static str {
        match self {
            Tone::Good => "good",
            Tone::Fair => "fair",
            Tone::Warn => "warn",
            Tone::Bad => "bad",
            Tone::Info => "info",
            Tone::Quiet => "quiet",
        }
    }
}

impl std::fmt::Display for Tone {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Drawn by `parts::mark(mark)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark {
    pub word: &'static str,
    pub icon: &'static str,
    pub tone: Tone,
}

impl Mark {
    pub const fn new(word: &'static str, icon: &'static str, tone: Tone) -> Self {
        Self { word, icon, tone }
    }

    // How a clause stands against the playbook.
    pub const PREFERRED: Mark = Mark::new("Preferred", "circle-check", Tone::Good);
    pub const FALLBACK: Mark = Mark::new("Fallback", "arrow-back-up", Tone::Fair);
    pub const WEAKER: Mark = Mark::new("Weaker", "alert-triangle", Tone::Warn);
    pub const UNACCEPTABLE: Mark = Mark::new("Unacceptable", "circle-x", Tone::Bad);
    pub const MISSING: Mark = Mark::new("Missing", "circle-dashed", Tone::Bad);
    pub const NOT_REQUIRED: Mark = Mark::new("Not required", "minus", Tone::Quiet);

    // How a sign-off stands.
    pub const WAITING: Mark = Mark::new("Waiting", "hourglass", Tone::Info);
    pub const APPROVED: Mark = Mark::new("Approved", "check", Tone::Good);
    pub const APPROVED_WITH_CONDITION: Mark = Mark::new("Approved with condition", "list-check", Tone::Fair);
    pub const REJECTED: Mark = Mark::new("Rejected", "x", Tone::Bad);
    pub const VOIDED: Mark = Mark::new("Voided", "ban", Tone::Quiet);
    pub const COUNTERSIGNED: Mark = Mark::new("Countersigned", "writing-sign", Tone::Good);

    pub const ALL: [Mark; 12] = [
        Mark::PREFERRED,
        Mark::FALLBACK,
        Mark::WEAKER,
        Mark::UNACCEPTABLE,
        Mark::MISSING,
        Mark::NOT_REQUIRED,
        Mark::WAITING,
        Mark::APPROVED,
        Mark::APPROVED_WITH_CONDITION,
        Mark::REJECTED,
        Mark::VOIDED,
        Mark::COUNTERSIGNED,
    ];
}
