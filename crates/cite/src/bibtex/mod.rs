//! BibTeX, read and written.

mod entry;
mod latex;
mod names;
mod pieces;
mod read;
mod write;

pub use entry::Entry;
pub use read::{Reading, Rejected, read};
pub(crate) use write::write;

/// The names of months that every style of BibTeX defines.
const MONTHS: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
