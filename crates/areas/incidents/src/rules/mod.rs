//! Pure: which facts there can be, what they come to, and in which order clocks are shown.

mod board;
pub mod custody;
mod left;
pub mod money;
mod paths;
pub mod plan;
pub mod privilege;
pub mod rating;
pub mod reminding;
pub mod scenario;
pub mod severity;
mod sim_clock;
mod state;
pub mod told;
pub mod triage;
mod words;

pub use board::{Board, Move, moves};
pub use left::left;
pub use paths::{Entry, SEVERITY, assembled, checked, label, said, said_at};
pub use severity::Severity;
pub use sim_clock::{SPEEDS, SimClock, real_at, simulated_at};
pub use state::State;
pub use told::{BREACH, Telling};
pub use words::{Act, CostCategory, CostKind};
