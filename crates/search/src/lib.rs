//! Finding papers, posts, comments and answers by what they say.
//!
//! [`Index`] is a folder on disk that holds [`Document`]s under the names that storage gave them, and
//! remembers how far in the change log it is. It is disposable: [`Index::rebuild`] fills a new one beside
//! the one in use and swaps them. [`Query`] is what somebody typed, understood; [`Index::search`] answers
//! it with [`Results`], [`Index::related`] finds what is like a document, and a [`Highlighter`] cuts
//! the part of a text that answers a query. One process owns a folder; another may search a [`Snapshot`] of it, or
//! [ask](ask_for_rebuild) the owner to build it anew. The weights behind the order are in `docs/search.md`.
//!
//! The index stores no text: results are names and scores, and storage has the rest. Nothing here makes
//! HTML, reads the change log or knows who asks. The engine's own query language is not reachable.
//!
//! ```
//! use content::{DocId, Kind, Language};
//! use search::{Document, Index, Query, Request, Update};
//!
//! # fn main() -> Result<(), search::Error> {
//! # let folder = tempfile::tempdir().expect("a folder");
//! let index = Index::open(folder.path())?;
//! let paper = Document {
//!     id: DocId { kind: Kind::Paper, id: 1 },
//!     title: "Attention Is All You Need".into(),
//!     body: "We propose the Transformer, based solely on attention mechanisms.".into(),
//!     ..Document::default()
//! };
//! index.apply(vec![Update::Put(paper)])?;
//! index.commit(1)?;
//! let results = index.search(&Request::of(&Query::parse("transformers"), 10))?;
//! assert_eq!(results.hits[0].id, DocId { kind: Kind::Paper, id: 1 });
//! # Ok(())
//! # }
//! ```

mod authors;
mod bag;
mod collect;
mod columns;
mod document;
mod error;
mod filters;
mod folder;
mod generation;
mod identifiers;
mod index;
mod plan;
mod preferring;
mod query;
mod related;
mod results;
mod schema;
mod sealed;
mod snippet;
mod spelling;
mod terms;
mod text;

pub use collect::Sort;
pub use document::{Document, Update};
pub use error::Error;
pub use filters::{Facet, Filters};
pub use folder::{ask_for_rebuild, rebuild_asked};
pub use index::{Index, Rebuild};
pub use query::{Hint, Part, Query, Reading, is_quote};
pub use related::{Narrow, Near, Related};
pub use results::{Hit, Request, Results, Snapshot};
pub use snippet::{Highlighter, Snippet};
