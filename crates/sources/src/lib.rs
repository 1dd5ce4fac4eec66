//! Where papers come from.

pub mod arxiv;
mod batch;
mod draft;
mod error;
pub mod fetch;
mod jsonl;
mod page;
mod plain;
mod venue;
mod xml;

pub use batch::{Batch, Skipped};
pub use error::Error;
