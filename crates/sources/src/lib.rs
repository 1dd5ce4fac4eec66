//! Where papers come from: arXiv, the ACL Anthology, OpenReview, BibTeX and JSON Lines, from the network or from files.
//!
//! A [`Harvest`] is a machine of steps. Given the cursor that was stored last, each step gives a [`Batch`]: records beside the
//! text they were read from, what is gone, what was announced, and the next cursor. Who stores records and cursor in one
//! transaction can be interrupted at any moment and goes on; who begins again changes nothing. Parsers are functions from
//! bytes to batches; what they skip they name. All text passes one place, where
//! LaTeX becomes plain text, Unicode is composed, and what is not seen is dropped.
//!
//! [`fetch`] is how bytes come from other hosts: one request per three seconds, bounded in size and time, and never to an
//! address that is not public. Nothing here stores anything.

pub mod arxiv;
mod batch;
mod draft;
mod error;
pub mod fetch;
mod files;
mod harvest;
mod jsonl;
mod lines;
mod packed;
mod page;
mod plain;
mod proceedings;
mod venue;
mod xml;

pub use batch::{Batch, Skipped};
pub use error::Error;
pub use files::{Files, Format};
pub use harvest::Harvest;
pub use lines::Lines;
pub use proceedings::{Filter, Id, Kind, Manifest, Named, Proceedings};
pub use venue::venue_key;
