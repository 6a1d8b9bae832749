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
kernel::id!(
    /// A version of the response plan.
    PlanId
);
kernel::id!(
    /// A role of the response plan. It stays the same from version to version.
    PlanRoleId
);
kernel::id!(
    /// A step of the response plan. It stays the same from version to version.
    PlanStepId
);
kernel::id!(
    /// A notice to an authority or to people.
    NoticeId
);
kernel::id!(
    /// A piece of evidence.
    EvidenceId
);
kernel::id!(
    /// A way to talk beside the systems that were hit.
    ChannelId
);
kernel::id!(
    /// Something to be done because of an incident.
    ActionId
);
kernel::id!(
    /// A legal hold.
    HoldId
);
kernel::id!(
    /// An exercise.
    ExerciseId
);
kernel::id!(
    /// Something to do better, found in an exercise.
    ImprovementId
);
