//! Exercises: a scenario played on a simulated clock, with an incident of its own of which nothing leaves the system.
//!
//! What is still to come in an exercise is read by its facilitator alone; who plays gets each inject when its time has come.

mod after;
mod deliver;
mod model;
mod plan;
mod rate;
mod run;
mod scenarios;
mod view;

pub use after::{Act, AfterAction, ClockLine, Compared, after_action, markdown};
pub use deliver::{Deliver, accept, catch_up, deliver_now, skip};
pub use model::{
    Exercise, ExerciseState, Improvement, NOTE_LIMIT, Note, READ, Seat, TEXT_LIMIT, can_improve, can_plan, can_read,
    can_run,
};
pub use plan::{
    NewExercise, cancel, ensure_planner, ensure_runner, hand_over, last, list, plan, possible_facilitators,
    possible_players, seat, unseat,
};
pub use rate::{Rated, add_improvement, close_improvement, ensure_improver, note, rate, set_debrief};
pub use run::{end, jump, set_speed, start};
pub use scenarios::{Known, add_scenario, known, known_one};
pub use view::{Backstage, Brought, Delivered, View, Waiting, view};
