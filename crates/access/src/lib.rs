//! The policy behind plain functions: one readable text decides who may do what, record by record and as a condition on
//! the rows of a list.
//!
//! Knows no SQL beyond the shape of a condition, no HTTP and no area. Nobody else builds or sees the policy engine
//! (Cedar): others hold a [`kernel::Authority`].
//!
//! The rule is `policy.cedar`; what it may look at is `schema.cedarschema`. Both are checked against each other, strictly,
//! when the program starts. What is unknown, missing or beyond what can be expressed is denied.

mod condition;
mod policy;
mod rule;
mod shape;

pub use policy::{Policy, PolicyError};
