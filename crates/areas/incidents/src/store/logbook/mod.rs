//! The log book's SQL, a file per kind of entry.

pub(crate) mod actions;
pub(crate) mod channels;
pub(crate) mod costs;
pub(crate) mod decisions;
pub(crate) mod evidence;
pub(crate) mod holds;

use db::Cx;
use kernel::Value;

/// Who enters something, and when.
fn entered(cx: &Cx) -> [Value; 3] {
    [cx.actor.person.into(), cx.actor.name.clone().into(), cx.now.into()]
}

/// The binds of a row that somebody enters.
fn row(cx: &Cx, binds: Vec<Value>) -> Vec<Value> {
    binds.into_iter().chain(entered(cx)).collect()
}
