use chrono::NaiveDate;
use content::{DocId, Kind, Language};

/// What the index is told of one paper, post, comment or answer. Text is plain text with formulas.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// Its name in storage.
    pub id: DocId,
    /// Its title; empty where it has none.
    pub title: String,
    /// The abstract, or the whole text.
    pub body: String,
    /// One name an entry.
    pub authors: Vec<String>,
    /// The short name of the source it came from (`arxiv`, `acl`).
    pub source: Option<String>,
    /// Subject categories, tags.
    pub categories: Vec<String>,
    /// The short name of the venue (`ICLR`).
    pub venue: Option<String>,
    /// The year of the venue's edition, else the one it appeared in.
    pub year: Option<i32>,
    /// The day it appeared.
    pub date: Option<NaiveDate>,
    /// The language it is written in.
    pub language: Language,
    /// The sources' identifiers (`2401.01234`).
    pub identifiers: Vec<String>,
    /// Whether an AI reading of it is there.
    pub answered: bool,
}

/// One change of the index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Update {
    /// This document is new, or is now like this.
    Put(Document),
    /// This document is gone.
    Remove(DocId),
}

impl Update {
    /// The document that changes.
    pub fn id(&self) -> DocId {
        match self {
            Self::Put(document) => document.id,
            Self::Remove(id) => *id,
        }
    }
}

impl Default for Document {
    /// An empty paper, for `..Document::default()`.
    fn default() -> Self {
        Self {
            id: DocId { kind: Kind::Paper, id: 0 },
            title: String::new(),
            body: String::new(),
            authors: Vec::new(),
            categories: Vec::new(),
            venue: None,
            year: None,
            date: None,
            language: Language::default(),
            identifiers: Vec::new(),
            source: None,
            answered: false,
        }
    }
}
