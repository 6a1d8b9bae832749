//! The area's ids.

kernel::id!(
    /// A playbook through all its versions.
    PlaybookId
);
kernel::id!(
    /// One version of a playbook, which never changes.
    VersionId
);
