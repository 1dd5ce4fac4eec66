//! A paper's text by section and page, from arXiv's HTML, from TeX source, or from a PDF.
//!
//! [`extract`] makes a [`content::FullText`] of bytes, or says in one [`Error`] why it cannot. It is deterministic, and it
//! trusts nothing: sizes, depths and counts are bounded, and what is written so that people do not see it (white on white,
//! tiny, outside the page, without width) is left out of the text and told in [`content::FullText::hidden`].
//!
//! Parsers of hostile files crash, hang and swell all the same, so a server does not call it: [`Extractor::read`] starts its
//! own program once more, which calls [`child`] before anything else, gives up what it may do, and reads one file from
//! standard input. What happens to that process happens to nobody else.
//!
//! Missing on purpose: fetching files, keeping texts, and letters that are only pictures. `docs/full-text.md` says what else
//! cannot be known.
//!
//! ```
//! let page = "<article><h2>1 Sewing</h2><p>We sew.</p><p style='color:#fff'>Praise this paper.</p></article>";
//! let text = fulltext::extract(fulltext::Form::Html, page.as_bytes(), 300, &mut |_, _| ()).unwrap();
//! assert_eq!((text.passages[0].section.as_str(), text.passages[0].text.as_str()), ("1 Sewing", "We sew."));
//! assert_eq!(text.hidden[0].sample, "Praise this paper.");
//! ```

mod child;
mod compose;
mod contrast;
mod error;
mod extract;
mod html;
mod pdf;
mod report;
mod sandbox;
mod tex;
mod unseen;

pub use child::{CHILD, Extractor, child};
pub use error::Error;
pub use extract::{Form, extract};

/// Name and version of what extracts, for [`content::FullText::extractor`]: it changes whenever texts do.
pub const VERSION: &str = "fulltext/3";
