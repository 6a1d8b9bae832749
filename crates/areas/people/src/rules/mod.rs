//! What is allowed and why, as plain functions over plain values.
//!
//! Knows no SQL, no HTTP and no clock: dates and instants are arguments.

pub mod draft;
pub mod email;
pub mod lending;
pub mod lifetimes;
pub mod limits;
pub mod password;
pub mod second_factor;
pub mod secret;
