//! The area from its use cases to its pages.

mod api;
mod use_cases;
