use std::{io, path::PathBuf};

/// Why the index could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Another process has this folder open.
    #[error("the search index in {} is in use by another process", .0.display())]
    Held(PathBuf),
    /// Nobody has made an index in this folder yet.
    #[error("there is no search index in {} yet", .0.display())]
    Missing(PathBuf),
    /// The folder cannot be read or written.
    #[error("the search index in {} cannot be read or written: {source}", .folder.display())]
    Folder {
        /// The folder of the index.
        folder: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A rebuild is under way already.
    #[error("the search index is being rebuilt already")]
    Rebuilding,
    /// The index that was being built has lost something, and cannot take the place of the old one.
    #[error("the search index that was being built missed a change, and is given up")]
    Incomplete,
    /// The engine failed; the index may be damaged, or its disk full.
    #[error("search index: {0}")]
    Engine(String),
}

impl From<tantivy::TantivyError> for Error {
    fn from(error: tantivy::TantivyError) -> Self {
        Self::Engine(error.to_string())
    }
}
