//! The area from its use cases to its pages.

mod use_cases;
