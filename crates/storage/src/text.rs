//! What stands between values and columns.

use chrono::{DateTime, SubsecRound, Utc};
use serde_json::Error as JsonError;

use crate::Error;

/// Rows of one statement. SQLite takes 32 766 values, and the widest table has 29 columns.
const ROWS: usize = 500;

/// PostgreSQL cannot hold NUL in a text. The renderer would show it as U+FFFD anyway.
pub(crate) fn storable(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}

/// A moment as both engines keep it: to the microsecond.
pub(crate) fn storable_moment(moment: DateTime<Utc>) -> DateTime<Utc> {
    moment.trunc_subsecs(6)
}

/// The moment of writing.
pub(crate) fn now() -> DateTime<Utc> {
    storable_moment(Utc::now())
}

pub(crate) fn names_to_json(names: &[String]) -> String {
    storable(&serde_json::Value::from(names).to_string())
}

pub(crate) fn names_from_json(json: &str) -> Result<Vec<String>, Error> {
    serde_json::from_str(json).map_err(unreadable)
}

pub(crate) fn unreadable(error: JsonError) -> Error {
    Error::Corrupt(error.to_string())
}

/// Cuts rows into statements of a size that both engines take. Not lazy: an iterator that lives across
/// an `await` keeps the compiler from seeing that the future can move between threads.
pub(crate) fn in_pieces<T>(rows: impl IntoIterator<Item = T>) -> Vec<Vec<T>> {
    let mut rows = rows.into_iter();
    let pieces = std::iter::from_fn(|| {
        let piece: Vec<T> = rows.by_ref().take(ROWS).collect();
        (!piece.is_empty()).then_some(piece)
    });
    pieces.collect()
}
