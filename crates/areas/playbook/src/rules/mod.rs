//! What the area knows without a store: how tests and circumstances read as lines, and what differs between two books.
//! No SQL, no HTTP, no clock.

pub mod changes;
pub mod circumstances;
pub mod draft;
pub mod tests_as_lines;
pub mod words;
