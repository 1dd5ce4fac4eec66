use std::{borrow::Cow, ops::Range};

use crate::{Shape, Word, fold::spoken, stem::stem};

/// More parts than this are a path or an identifier, not one word.
pub(crate) const MOST_JOINED: usize = 4;

/// A run of letters, of digits or of signs inside a compound.
pub(crate) struct Part {
    pub(crate) text: String,
    pub(crate) range: Range<usize>,
    pub(crate) kind: PartKind,
    /// Whether letters that follow begin a part of their own.
    pub(crate) closed: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PartKind {
    Letters,
    Digits,
    /// Greek letters and mathematical signs, which go by their names.
    Signs,
}

/// Adds the words of one compound, the first at `position`.
pub(crate) fn words(parts: &[Part], position: usize, words: &mut Vec<Word>) {
    let texts: Vec<_> = parts.iter().map(name).collect();
    for (index, part) in parts.iter().enumerate() {
        words.push(word(&texts[index], part.range.clone(), position + index, Shape::Plain));
        for length in joined_from(parts, index) {
            let range = part.range.start..parts[index + length - 1].range.end;
            words.push(word(&texts[index..index + length].concat(), range, position + index, Shape::Joined));
        }
    }
}

/// How many parts the joined words that begin at a part take.
///
/// The whole when it is short, and a name with its number: `llama2` and `7b` of `LLaMA-2-7B`.
fn joined_from(parts: &[Part], index: usize) -> impl Iterator<Item = usize> {
    let whole = (index == 0 && (2..=MOST_JOINED).contains(&parts.len())).then_some(parts.len());
    let numbered = parts.get(index..index + 2).filter(|pair| {
        parts.len() > 2 && (pair[0].kind == PartKind::Digits) != (pair[1].kind == PartKind::Digits)
    });
    whole.into_iter().chain(numbered.map(|_| 2))
}

/// A Greek letter or two are symbols and go by their names; three are a Greek word.
fn name(part: &Part) -> Cow<'_, str> {
    if part.kind == PartKind::Signs && part.text.chars().count() < 3 {
        Cow::Owned(part.text.chars().filter_map(spoken).collect())
    } else {
        Cow::Borrowed(&part.text)
    }
}

/// A word with its stem.
pub(crate) fn word(exact: &str, range: Range<usize>, position: usize, shape: Shape) -> Word {
    match stem(exact) {
        Some(stem) => Word { text: stem, exact: Some(exact.to_owned()), range, position, shape },
        None => Word { text: exact.to_owned(), exact: None, range, position, shape },
    }
}
