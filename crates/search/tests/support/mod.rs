//! An index for a test.

use content::{DocId, Kind};
use search::{Document, Index, Update};
use tempfile::TempDir;

/// A paper with nothing but these.
pub(crate) fn paper(id: i64, title: &str, body: &str) -> Document {
    Document {
        id: DocId { kind: Kind::Paper, id },
        title: title.into(),
        body: body.into(),
        ..Document::default()
    }
}

/// An index in a folder of its own that holds these.
pub(crate) fn index(documents: Vec<Document>) -> (Index, TempDir) {
    let folder = tempfile::tempdir().expect("a folder");
    let index = Index::open(folder.path()).expect("a new index");
    index.apply(documents.into_iter().map(Update::Put).collect()).expect("applied");
    index.commit(1).expect("committed");
    (index, folder)
}
