//! The area's ids.

kernel::id!(
    /// An incident or an exercise.
    IncidentId
);
kernel::id!(
    /// One entry of a fact, which never changes.
    FactId
);
kernel::id!(
    /// Work that counsel directs.
    TrackId
);
kernel::id!(
    /// A file of rules of the organisation's own.
    OwnRulesId
);
kernel::id!(
    /// A day off that the organisation entered.
    ClosureId
);
