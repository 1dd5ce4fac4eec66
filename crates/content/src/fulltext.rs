use serde::{Deserialize, Serialize};

/// The text of a paper as a reader is given it: passages in the paper's order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FullText {
    /// What the text was taken from.
    pub source: TextSource,
    /// Name and version of what extracted it; part of an answer's key.
    pub extractor: String,
    /// The text, in order. Never empty.
    pub passages: Vec<Passage>,
}

/// What a paper's text was taken from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TextSource {
    /// Full text stored with the paper.
    Stored,
    /// Only the abstract was to be had.
    Abstract,
}

/// A run of text within one section and on one page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passage {
    /// The page it begins on, from 1, if the source has pages.
    pub page: Option<u32>,
    /// The heading of the section it stands in; empty before the first heading.
    pub section: String,
    /// Markdown or plain text with formulas; paragraphs are separated by blank lines.
    pub text: String,
}

impl TextSource {
    /// The name used in storage.
    pub fn name(self) -> &'static str {
        match self {
            Self::Stored => "stored",
            Self::Abstract => "abstract",
        }
    }
}
