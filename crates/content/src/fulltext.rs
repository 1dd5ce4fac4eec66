use serde::{Deserialize, Serialize};

/// The text of a paper as a reader is given it: passages in the paper's order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FullText {
    /// What the text was taken from.
    pub source: TextSource,
    /// Name and version of what extracted it.
    pub extractor: String,
    /// The text, in order. Never empty.
    pub passages: Vec<Passage>,
    /// What was written so that people do not see it. None of it is in the passages.
    #[serde(default)]
    pub hidden: Vec<Hidden>,
    /// How many pages at the end were not read, because there are too many.
    #[serde(default)]
    pub left_out_pages: u32,
}

/// What a paper's text was taken from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TextSource {
    /// Full text stored with the paper.
    Stored,
    /// A page of the paper's source.
    Html,
    /// The TeX that the paper was made of.
    Tex,
    /// The paper as a PDF.
    Pdf,
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

/// Text that was written so that people do not see it, and left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hidden {
    /// How it was hidden.
    pub kind: HiddenKind,
    /// The page it is on, from 1, if the source has pages.
    pub page: Option<u32>,
    /// How many characters there were.
    pub characters: u32,
    /// How it begins. Hostile: for people, never for a model.
    pub sample: String,
}

/// How text is hidden.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HiddenKind {
    /// In the colour of what is below it.
    Color,
    /// Smaller than two points.
    Tiny,
    /// Outside the page, or outside what is shown of it.
    OffPage,
    /// Below something else.
    Covered,
    /// Not drawn, or not typeset, at all.
    Invisible,
    /// In characters that have no width.
    ZeroWidth,
}

impl FullText {
    /// A text in which nothing was hidden.
    pub fn new(source: TextSource, extractor: impl Into<String>, passages: Vec<Passage>) -> Self {
        Self { source, extractor: extractor.into(), passages, hidden: Vec::new(), left_out_pages: 0 }
    }

    /// The number of the last page, 0 if the source has no pages.
    pub fn last_page(&self) -> u32 {
        self.passages.iter().filter_map(|passage| passage.page).max().unwrap_or(0)
    }
}

impl TextSource {
    const ALL: [Self; 5] = [Self::Stored, Self::Html, Self::Tex, Self::Pdf, Self::Abstract];

    /// The name used in storage.
    pub fn name(self) -> &'static str {
        match self {
            Self::Stored => "stored",
            Self::Html => "html",
            Self::Tex => "tex",
            Self::Pdf => "pdf",
            Self::Abstract => "abstract",
        }
    }

    /// The source of that [`name`](Self::name).
    pub fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|source| source.name() == name)
    }
}

impl HiddenKind {
    /// What it is called on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Color => "in the colour of its background",
            Self::Tiny => "smaller than two points",
            Self::OffPage => "outside the page",
            Self::Covered => "below something else",
            Self::Invisible => "not drawn at all",
            Self::ZeroWidth => "in characters without width",
        }
    }
}
