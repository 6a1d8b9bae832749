//! Tests of the crate as others see it.

mod book;
mod odd;
mod scenarios;
