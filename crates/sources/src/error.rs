use std::{io, path::PathBuf};

use crate::fetch::Refusal;

/// Why a source gives no more.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// An address that must not be fetched.
    #[error("{address} is not fetched: {why}")]
    Forbidden {
        /// The address.
        address: String,
        /// Which rule it is against.
        why: Refusal,
    },
    /// An answer that no further attempt will change. 403 means that the host wants no requests of ours.
    #[error("{address} answered {status}")]
    Status {
        /// The address.
        address: String,
        /// The HTTP status.
        status: u16,
    },
    /// A host that did not answer as it should, after all attempts.
    #[error("{address} cannot be had: {why}")]
    Unreachable {
        /// The address.
        address: String,
        /// What came of the last attempt.
        why: String,
    },
    /// An answer longer than 50 MiB.
    #[error("{address} is longer than 50 MiB")]
    TooLarge {
        /// The address or the file.
        address: String,
    },
    /// An answer that is not UTF-8.
    #[error("{address} is in the charset {charset:?}; only UTF-8 is read")]
    Charset {
        /// The address.
        address: String,
        /// What it says of itself.
        charset: String,
    },
    /// A page that cannot be read, after it was fetched twice; for someone to look at.
    #[error("{place} cannot be read: {why}")]
    Page {
        /// The address or the file.
        place: String,
        /// What is wrong with it.
        why: String,
        /// The page.
        bytes: Vec<u8>,
    },
    /// An answer of a repository that it does not understand the request.
    #[error("{address} answered {code}: {text}")]
    Protocol {
        /// The address.
        address: String,
        /// The code of the protocol (OAI-PMH 2.0, section 3.6).
        code: String,
        /// The repository's own words, shortened.
        text: String,
    },
    /// A list that comes to no end: the same tokens, or the same pages, again and again.
    #[error("{address} goes round in circles: {why}")]
    Circle {
        /// The address.
        address: String,
        /// What came again.
        why: &'static str,
    },
    /// A file that cannot be read.
    #[error("{}: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A manifest that is not as `docs/harvest.md` says.
    #[error("{}: {why}", path.display())]
    Manifest {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// The HTTP client cannot be made.
    #[error("nothing can be fetched: {0}")]
    Client(String),
}

impl Error {
    /// A file that cannot be read.
    pub(crate) fn file(path: impl Into<PathBuf>, source: io::Error) -> Self {
        Self::File { path: path.into(), source }
    }
}
