//! What every area speaks: ids, sides, who acts, what may be done, and how a refusal is said.
//!
//! Knows no SQL, no HTML, no HTTP, no clock and no area. The instant and the randomness come in through [`World`], which
//! only the server (and the test kit) implements.

pub mod actor;
pub mod date;
pub mod id;
pub mod page;
pub mod permission;
pub mod refusal;
pub mod side;
pub mod value;
pub mod world;

pub use actor::{Actor, Delegated, Via};
pub use date::Date;
pub use id::*;
pub use page::{Cursor, Page};
pub use permission::{Attr, Authority, Columns, Condition, Permission, Resource};
pub use refusal::{FieldProblem, Kind as RefusalKind, Refusal};
pub use side::Side;
pub use value::{Value, contains_pattern, fold, hex};
pub use world::{Instant, World};
