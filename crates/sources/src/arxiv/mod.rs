//! arXiv: its records by OAI-PMH, and its lists of the day.

use url::Url;

use crate::{Error, fetch::Refusal};

mod authors;
mod feed;
mod lists;
mod missing;
mod oai;
mod record;
mod schedule;
mod walk;

pub use lists::{List, announced_before};
pub use missing::Missing;
pub use walk::Walk;

/// Where arXiv answers OAI-PMH.
pub const OAI: &str = "https://oaipmh.arxiv.org/oai";
/// Where arXiv has its lists, before the category.
pub const LISTS: &str = "https://rss.arxiv.org/rss";

/// The format that records are asked for in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Prefix {
    /// With the times of all versions.
    #[default]
    Raw,
    /// With names in parts, but without versions.
    Split,
}

impl Prefix {
    /// What arXiv calls it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Raw => "arXivRaw",
            Self::Split => "arXiv",
        }
    }

    /// What [`Self::name`] names.
    pub fn of(name: &str) -> Option<Self> {
        [Self::Raw, Self::Split].into_iter().find(|prefix| prefix.name() == name)
    }
}

/// A page of records from a file.
pub(crate) fn records(bytes: &[u8]) -> Result<crate::Batch, String> {
    let page = oai::read(bytes)?;
    match page.error {
        Some((code, text)) if code != "noRecordsMatch" => {
            Err(format!("it is an error of arXiv's: {code}: {text}"))
        }
        _ => Ok(page.batch),
    }
}

/// A list of the day from a file.
pub(crate) fn list(bytes: &[u8]) -> Result<crate::Batch, String> {
    feed::read(bytes)
}

fn parsed(address: &str) -> Result<Url, Error> {
    Url::parse(address).map_err(|_| Error::Forbidden { address: address.into(), why: Refusal::NoAddress })
}

/// The error that a page tells of.
fn protocol(address: &str, page: oai::Page) -> Error {
    let (code, text) = page.error.unwrap_or_default();
    Error::Protocol { address: address.to_owned(), code, text }
}
