use crate::{Work, bibtex, csl, csv, markdown, mods, ris};

/// A format that citations are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// BibTeX, for LaTeX.
    Bibtex,
    /// RIS, for reference managers.
    Ris,
    /// CSL-JSON, for citation processors.
    Csl,
    /// RFC 4180, for spreadsheets.
    Csv,
    /// Markdown, for notes.
    Markdown,
    /// The Library of Congress's MODS 3.8, for reference managers that ask by unAPI.
    Mods,
}

impl Format {
    /// All formats, the most asked for first.
    pub const ALL: [Self; 6] = [Self::Bibtex, Self::Ris, Self::Csl, Self::Csv, Self::Markdown, Self::Mods];

    /// Its name for people; the same in every language.
    pub fn name(self) -> &'static str {
        match self {
            Self::Bibtex => "BibTeX",
            Self::Ris => "RIS",
            Self::Csl => "CSL-JSON",
            Self::Csv => "CSV",
            Self::Markdown => "Markdown",
            Self::Mods => "MODS",
        }
    }

    /// The end of a file's name, without the dot.
    pub fn suffix(self) -> &'static str {
        match self {
            Self::Bibtex => "bib",
            Self::Ris => "ris",
            Self::Csl => "json",
            Self::Csv => "csv",
            Self::Markdown => "md",
            Self::Mods => "mods",
        }
    }

    /// The media type, without parameters.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Bibtex => "application/x-bibtex",
            Self::Ris => "application/x-research-info-systems",
            Self::Csl => "application/vnd.citationstyles.csl+json",
            Self::Csv => "text/csv",
            Self::Markdown => "text/markdown",
            Self::Mods => "application/mods+xml",
        }
    }

    /// The format whose files end so.
    pub fn of_suffix(suffix: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.suffix() == suffix)
    }

    /// The works as a whole file, UTF-8. Keys are unique in it, and the same works give the same text.
    pub fn write(self, works: &[Work]) -> String {
        match self {
            Self::Bibtex => bibtex::write(works),
            Self::Ris => ris::write(works),
            Self::Csl => csl::write(works),
            Self::Csv => csv::write(works),
            Self::Markdown => markdown::write(works),
            Self::Mods => mods::write(works),
        }
    }
}
