//! Answers fixed questions about a paper, section by section.
//!
//! [`read`] gives one stream whoever reads: the embedded **extractive** reader, which answers with
//! the paper's own sentences and needs nothing, or a **model** behind any OpenAI-compatible server.
//! Readers come as a list: the next one is asked when the ones before it refuse, but never once a
//! reply has begun. A stream yields [`Piece`]s: what the reader is doing, Markdown for a section, what
//! a call cost, and `Done`; or one [`Fault`], after which it ends. What was yielded before a fault
//! stands, and an [`Assignment`] that holds it goes on from there.
//!
//! A [`Model`] is configuration: address, key, name, and [`Quirks`], the ways in which servers that
//! speak the same protocol differ. One call asks all questions, or one call each ([`Calls`]); the
//! paper's text comes first, and a reply is cut into sections. [`QuestionSets`] are data with a version.
//!
//! Missing on purpose: fetching and extracting a paper's text, storing answers, rendering them, prices.
//! Text that comes out of here is hostile until rendered.
//!
//! ```
//! use content::{FullText, Language, Passage, Record, TextSource};
//! use futures::StreamExt;
//! use summarizer::{Assignment, Piece, Summarizer};
//!
//! # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
//! let text = "We propose an update of rank $r$. However, full fine-tuning is expensive.";
//! let passage = Passage { page: Some(1), section: "Introduction".into(), text: text.into() };
//! let text = FullText::new(TextSource::Stored, "notes/1", vec![passage]);
//! let questions = summarizer::questions(Language::En);
//! # let json = serde_json::json!({ "key": { "source": "notes", "id": "1", "version": "1" }, "title": "LoRA",
//! #     "authors": [], "summary": "", "categories": [], "venue": null, "date": "2026-01-01", "keywords": [], "note": null });
//! # let paper: Record = serde_json::from_value(json).unwrap();
//! let assignment = Assignment::new(&paper, &text, &questions, Language::En);
//! let pieces: Vec<_> = summarizer::read(&[Summarizer::Extractive], &assignment).collect().await;
//! let method = |piece: &Piece| matches!(piece, Piece::Text { section: 2, markdown } if markdown.contains("rank $r$"));
//! assert!(pieces.iter().flatten().any(method));
//! # });
//! ```

mod assignment;
mod breaker;
mod chain;
mod extractive;
mod fault;
pub mod measure;
mod model;
mod questions;

use std::time::Duration;

use futures::stream::BoxStream;

pub use assignment::{Assignment, Calls};
pub use breaker::Breaker;
pub use content::EXTRACTIVE;
pub use extractive::headline;
pub use fault::Fault;
pub use model::{Continuation, Limits, MaxTokens, Model, Quirks, Secret};
pub use questions::{QuestionSets, WrongSet, questions};

/// Who reads.
#[derive(Debug, Clone)]
pub enum Summarizer {
    /// The paper's own sentences, ranked.
    Extractive,
    /// A language model.
    Model(Box<Model>),
}

/// The text of a paper as a model is given it, if there is room for all of it: `## ` before the heading of a section,
/// `[p. 7]` where a page begins.
pub fn told(text: &content::FullText) -> String {
    model::marked(&text.passages)
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
    /// More of what the model thinks; no part of the answer.
    Thought(String),
    /// A reader begins to reply: from here on the call costs something, if it is a model's.
    Replying {
        /// The reader's name in the configuration.
        model: String,
        /// Tokens that it was given to read, as an estimate.
        read: u64,
    },
    /// A call to a model is over, well or not.
    Called(Call),
    /// All questions are answered; the last piece.
    Done {
        /// The model that replied, as it named itself.
        model: String,
        /// Tokens read and written.
        tokens: Option<(u64, u64)>,
    },
}

/// What a reader is doing while there is no text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stage {
    /// Goes through the text.
    Reading {
        /// The page it is at and how many there are, if the text has pages.
        page: Option<(u32, u32)>,
    },
    /// This reader is asked, because the ones before it did not reply.
    Asking {
        /// The reader's name in the configuration.
        model: String,
    },
    /// Asks again after this time: the server wants that, or was not there.
    Waiting(Duration),
    /// Has everything, and not said a word yet.
    Thinking,
}

/// One call to a model that is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// The model's name in the configuration.
    pub model: String,
    /// Why it failed, see [`Fault::code`].
    pub fault: Option<&'static str>,
    /// What the server counted, if it said so.
    pub usage: Option<Usage>,
    /// From the request to the first word or thought.
    pub first: Option<Duration>,
}

/// Tokens as a server counts them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Usage {
    /// Read, all together.
    pub read: u64,
    /// Those of them that the server had read before.
    pub cached: u64,
    /// Written, thoughts included.
    pub written: u64,
}

/// How many tokens a reading may take, at the most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Estimate {
    /// Read.
    pub read: u64,
    /// Written, thoughts included.
    pub written: u64,
}

/// Reads a paper: one stream of text for all questions, in their order.
///
/// The summarizers are asked in turn until one replies. The stream borrows nothing; dropping it ends all
/// work. It needs a tokio runtime.
pub fn read(
    summarizers: &[Summarizer],
    assignment: &Assignment<'_>,
) -> BoxStream<'static, Result<Piece, Fault>> {
    chain::read(summarizers.to_vec(), assignment)
}

/// The pieces of a reading that goes on, wherever they end: without [`Piece::Done`], sections of which nothing came
/// follow as they were `received` before.
pub fn keeping(
    received: &[content::Section],
    pieces: impl futures::Stream<Item = Result<Piece, Fault>> + Send + 'static,
) -> BoxStream<'static, Result<Piece, Fault>> {
    chain::keeping(received.to_vec(), pieces)
}

/// What a reading by this model may take.
pub fn estimate(model: &Model, assignment: &Assignment<'_>) -> Estimate {
    chain::estimate(model, assignment)
}

/// Bytes of text that make a token, at the least: English has about four, mathematics and Chinese fewer.
const BYTES_PER_TOKEN: u64 = 3;

/// Tokens in a text, at the most.
pub fn tokens_in(bytes: usize) -> u64 {
    (bytes as u64).div_ceil(BYTES_PER_TOKEN)
}
