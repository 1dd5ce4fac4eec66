//! BibTeX, read and written.

mod entry;
mod names;
mod pieces;
mod read;

pub use entry::Entry;
pub use read::{Reading, Rejected, read};
