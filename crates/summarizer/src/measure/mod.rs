//! What the extractive reader's one-sentence summary is measured with: a score against summaries that
//! people wrote, and the two ways of choosing a sentence that it has to beat.

mod lexrank;
mod rouge;

pub use lexrank::LexRank;
pub use rouge::{Rouge, rouge};
