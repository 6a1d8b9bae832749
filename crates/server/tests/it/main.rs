//! The whole product as one router, asked from outside: who gets where.
//!
//! `routes` finds every route there is, `probes` says how each is asked, `stage` holds the people and records that they
//! are asked about, and `matrix` asks as everybody and compares the outcome with `matrix.txt`. Knows no use case's rules;
//! what it expects is the policy's words.

#![allow(clippy::unwrap_used, reason = "tests say what must hold by panicking")]

mod fields;
mod matrix;
mod probes;
mod routes;
mod stage;
mod stage_incidents;
mod stage_logbook;
mod stage_notices;
