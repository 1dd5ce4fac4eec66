//! What counts as a word, in English, Chinese and everything between.
//!
//! [`words`] splits a text into [`Word`]s: runs of letters and digits folded (case, accents, width,
//! Greek letters by name) and stemmed as English, Chinese characters folded (traditional to simplified)
//! and taken as overlapping pairs, and so are Japanese, Korean and Thai. The search index, its queries and
//! its snippets, and the extractive reader all call this one function, so they cannot disagree.
//! [`sentences`] splits a text into sentences and never cuts a formula.
//!
//! Formulas are not understood here: `tex::words` turns one into plain words first. There is no
//! dictionary, for English or Chinese: traditional characters are folded one by one, words that the two
//! scripts choose differently (`軟體`, `软件`) stay apart, and so do Japan's own forms (`図`, `图`).
//!
//! ```
//! let texts = |text| words::words(text).into_iter().map(|word| word.text).collect::<Vec<_>>();
//! assert_eq!(texts("Schrödinger's equations"), ["schroding", "equat"]);
//! assert_eq!(texts("GPT4"), texts("GPT-4"));
//! assert_eq!(texts("初始化"), ["初", "初始", "始", "始化", "化"]);
//! assert_eq!(texts("數學"), texts("数学"));
//! ```

mod compound;
mod fold;
mod frequent;
mod sentences;
mod simplified;
mod split;
mod stem;

pub use fold::{fold, letters};
pub use frequent::is_common;
pub use sentences::sentences;
pub use split::{words, words_that_begin};

use std::ops::Range;

/// One way to find a piece of text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// What is compared: folded, and stemmed where it is made of letters.
    pub text: String,
    /// The folded form before stemming, where that differs from `text`.
    pub exact: Option<String>,
    /// The bytes of the source that it stands for.
    pub range: Range<usize>,
    /// Its place in the order of words. Several words may share one; phrases count in places.
    pub position: usize,
    /// How it was made.
    pub shape: Shape,
}

/// How a [`Word`] was made from the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Shape {
    /// A run of letters or of digits: `test`, `4`, `c++`.
    Plain,
    /// Neighbours written together or with a hyphen, as one: `gpt4` of `GPT-4`. Its parts are words too.
    Joined,
    /// Two neighbouring Chinese characters, or others whose words are not split by spaces.
    Pair,
    /// One such character. The characters of a pair are words too.
    Single,
}

impl Word {
    /// The form before stemming.
    pub fn exact(&self) -> &str {
        self.exact.as_deref().unwrap_or(&self.text)
    }
}
