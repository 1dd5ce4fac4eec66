//! Citations in the formats of others.
//!
//! A [`Work`] is what a citation says of a paper or a post. A [`Format`] writes any number of works as one file:
//! BibTeX, RIS, CSL-JSON, CSV, Markdown or MODS. [`coins`], [`text`], [`gbt`] and [`label`] write one work for a page. Titles and
//! abstracts hold formulas; BibTeX and Markdown keep them as mathematics, the others show their TeX.
//!
//! [`bibtex::read`] reads BibTeX files as they are found in the world: what is wrong with one entry spoils no
//! other, and is reported.
//!
//! Other styles are missing on purpose: one text after the manner of the APA and one after GB/T 7714 are enough for a
//! page, and whoever needs another gives CSL-JSON or BibTeX to a program that has them all.
//!
//! ```
//! let file = "@inproceedings{a, title = {One}, year = 2024}\n@inproceedings{b, title = {Two}, year = }";
//! let reading = cite::bibtex::read(file);
//! assert_eq!(reading.entries[0].title(), Some("One".into()));
//! assert_eq!(reading.rejected[0].line, 2);
//! ```

pub mod bibtex;
mod coins;
mod csl;
mod csv;
mod format;
mod gbt;
mod keys;
mod label;
mod markdown;
mod mods;
mod person;
mod plain;
mod ris;
mod text;
mod work;
mod xml;

pub use coins::coins;
pub use format::Format;
pub use gbt::gbt;
pub use label::label;
pub use person::Person;
pub use plain::text as plain;
pub use text::text;
pub use work::{Kind, Work};
