//! Citations in the formats of others.
//!
//! [`bibtex::read`] reads BibTeX files as they are found in the world: what is wrong with one entry spoils no
//! other, and is reported.
//!
//! ```
//! let file = "@inproceedings{a, title = {One}, year = 2024}\n@inproceedings{b, title = {Two}, year = }";
//! let reading = cite::bibtex::read(file);
//! assert_eq!(reading.entries[0].title(), Some("One".into()));
//! assert_eq!(reading.rejected[0].line, 2);
//! ```

pub mod bibtex;
