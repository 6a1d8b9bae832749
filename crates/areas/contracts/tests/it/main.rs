//! The area from its use cases to its pages.

mod api;
mod pages;
mod use_cases;
