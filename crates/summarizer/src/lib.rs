//! Answers fixed questions about a paper, section by section.
//!
//! [`read`] gives one stream whoever reads: the embedded **extractive** reader, which answers with
//! the paper's own sentences and needs nothing, or a **model** behind any OpenAI-compatible server.
//! A stream yields [`Piece`]s: what the reader is doing, Markdown for a section, and `Done`; or one
//! [`Fault`], after which it ends. What was yielded before a fault stands.
//!
//! A [`Model`] is configuration: address, key, name, and [`Quirks`], the ways in which servers that
//! speak the same protocol differ. One call asks all questions, the paper's text first, and the reply
//! is cut into sections. [`questions`] are data with a version.
//!
//! Missing on purpose: fetching and extracting a paper's text, storing answers, rendering them. Text
//! that comes out of here is hostile until rendered.
//!
//! ```
//! use content::{FullText, Language, Passage, Record, TextSource};
//! use futures::StreamExt;
//! use summarizer::{Piece, Reader};
//!
//! # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
//! let text = "We propose an update of rank $r$. However, full fine-tuning is expensive.";
//! let passage = Passage { page: Some(1), section: "Introduction".into(), text: text.into() };
//! let text = FullText { source: TextSource::Stored, extractor: "notes/1".into(), passages: vec![passage] };
//! let questions = summarizer::questions(Language::En);
//! # let json = serde_json::json!({ "key": { "source": "notes", "id": "1", "version": "1" }, "title": "LoRA",
//! #     "authors": [], "summary": "", "categories": [], "venue": null, "date": "2026-01-01", "keywords": [], "note": null });
//! # let paper: Record = serde_json::from_value(json).unwrap();
//! let reading = summarizer::read(&Reader::Extractive, &paper, &text, &questions, Language::En);
//! let pieces: Vec<_> = reading.collect().await;
//! let method = |piece: &Piece| matches!(piece, Piece::Text { section: 2, markdown } if markdown.contains("rank $r$"));
//! assert!(pieces.iter().flatten().any(method));
//! # });
//! ```

mod extractive;
mod fault;
pub mod measure;
mod model;
mod questions;

use content::{FullText, Language, QuestionSet, Record};
use futures::stream::BoxStream;

pub use extractive::headline;
pub use fault::Fault;
pub use model::{Limits, MaxTokens, Model, Quirks, Secret};
pub use questions::questions;

/// The model name of the extractive reader, in an answer's key and in [`Piece::Done`].
pub const EXTRACTIVE: &str = "extractive";

/// Who reads.
#[derive(Debug, Clone)]
pub enum Reader {
    /// The paper's own sentences, ranked.
    Extractive,
    /// A language model.
    Model(Box<Model>),
}

/// One step of a reading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// The reader does something else now.
    Stage(Stage),
    /// More of a section.
    Text {
        /// Which question it answers, from 0.
        section: usize,
        /// What to add to its Markdown.
        markdown: String,
    },
    /// All questions are answered; the last piece.
    Done {
        /// The model that replied, as it named itself.
        model: String,
        /// Tokens read and written.
        tokens: Option<(u64, u64)>,
    },
}

/// What a reader is doing while there is no text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Goes through the text.
    Reading {
        /// The page it is at and how many there are, if the text has pages.
        page: Option<(u32, u32)>,
    },
    /// Has everything, and not said a word yet.
    Thinking,
}

/// Reads a paper: one stream of text for all questions, in their order.
///
/// The stream borrows nothing; dropping it ends all work. It needs a tokio runtime.
pub fn read(
    reader: &Reader,
    paper: &Record,
    text: &FullText,
    questions: &QuestionSet,
    language: Language,
) -> BoxStream<'static, Result<Piece, Fault>> {
    match reader {
        Reader::Extractive => extractive::read(paper, text, questions, language),
        Reader::Model(model) => model::read(model, paper, text, questions, language),
    }
}
