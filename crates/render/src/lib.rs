//! Text with mathematics to safe HTML, whole or while it is still arriving.
//!
//! [`render`] takes a text, its [`Format`], who wrote it ([`Trust`]) and what it may refer to ([`Context`]), and always
//! yields a [`Rendered`]: there is no error, a broken formula shows as itself.
//!
//! What is missing on purpose: typesetting, which is the browser's; storage, since HTML is a cache of this crate's
//! output keyed by [`VERSION`]; any knowledge of requests, pages or languages.
//!
//! ```
//! use render::{Context, Format, Trust};
//!
//! let rendered = render::render("**$x_1$** costs $5", Format::Markdown, Trust::Comment, &Context::default());
//! assert_eq!(rendered.formulas[0].tex, "x_1");
//! ```

mod citations;
mod cleaned;
mod code;
mod context;
mod document;
mod finished;
mod formula;
mod html;
mod links;
mod live;
mod markdown;
mod mathml;
mod passages;
mod plain;
mod reading;
mod shield;
mod template;
mod warnings;
mod whole;
mod writer;

pub use citations::cited;
pub use context::{
    Cited, Context, Element, Format, Formula, Heading, Labels, Pages, Picture, Rendered, Trust, Warning,
    WarningKind,
};
pub use html::Html;
pub use live::{Live, Patch};
pub use mathml::with_mathml;
pub use plain::{cut, inline, marked};
pub use whole::{render, teaser};

/// The version of the renderer: what it yields for a text may differ from one version to the next, and only then.
pub const VERSION: &str = "7";
