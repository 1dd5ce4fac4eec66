//! The list of a category, as arXiv announces it once a day.

use content::Announcement;
use serde::{Deserialize, Serialize};

use super::feed;
use crate::{Batch, Error, fetch::Fetcher, page};

/// A category's list of the day; or those of several, joined by `+`.
pub struct List {
    fetcher: Fetcher,
    address: String,
}

/// What was in the list that was read last. If the records of these papers are missing when the next list is read, there is a
/// gap.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Cursor {
    ids: Vec<String>,
}

impl List {
    /// `address` is what comes before the category.
    pub fn new(fetcher: Fetcher, address: &str, category: &str) -> Self {
        Self { fetcher, address: format!("{}/{category}", address.trim_end_matches('/')) }
    }

    /// The list; there is one batch.
    pub async fn next(&mut self) -> Result<Batch, Error> {
        let (batch, bytes) = page::read_twice(&self.fetcher, &self.address, feed::read).await?;
        Ok(Batch { cursor: cursor(&batch.announced), bytes, done: true, ..batch })
    }
}

/// The identifiers of the papers in the list that a cursor was made of.
pub fn announced_before(cursor: &str) -> Vec<String> {
    serde_json::from_str::<Cursor>(cursor).unwrap_or_default().ids
}

fn cursor(announced: &[Announcement]) -> String {
    let mut ids: Vec<_> = announced.iter().map(|one| one.id.clone()).collect();
    ids.sort_unstable();
    ids.dedup();
    serde_json::to_string(&Cursor { ids }).expect("a cursor is plain data")
}
