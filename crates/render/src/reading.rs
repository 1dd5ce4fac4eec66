//! The plain text of a block, which knows the numbers of equations no sooner than its HTML does.

use std::ops::Range;

use crate::html::is_control;

/// Words in which `\eqref{label}` still stands as it was written.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Reading {
    source: String,
    /// Where references stand, in order, and to which label.
    references: Vec<(Range<usize>, String)>,
}

impl Reading {
    pub(crate) fn with_capacity(capacity: usize) -> Self {
        Self { source: String::with_capacity(capacity), references: Vec::new() }
    }

    pub(crate) fn push_str(&mut self, text: &str) {
        match text.bytes().any(is_control) {
            true => self.source.extend(
                text.chars().map(|c| if c.is_ascii() && is_control(c as u8) { '\u{fffd}' } else { c }),
            ),
            false => self.source.push_str(text),
        }
    }

    pub(crate) fn reference(&mut self, source: &str, label: &str) {
        let start = self.source.len();
        self.source.push_str(source);
        self.references.push((start..self.source.len(), label.to_owned()));
    }

    pub(crate) fn append(&mut self, other: &Reading) {
        let shift = self.source.len();
        self.source.push_str(&other.source);
        let moved =
            |(range, label): &(Range<usize>, String)| (range.start + shift..range.end + shift, label.clone());
        self.references.extend(other.references.iter().map(moved));
    }

    /// The words as they were written: they stay the same when equations are counted anew.
    pub(crate) fn source(&self) -> &str {
        &self.source
    }

    /// Appends the words as they are read, with `(3)` for a reference and `(??)` for one that leads nowhere.
    pub(crate) fn number<'n>(&self, out: &mut String, number: impl Fn(&str) -> Option<&'n str>) {
        let mut at = 0;
        for (range, label) in &self.references {
            out.push_str(&self.source[at..range.start]);
            for part in ["(", number(label).unwrap_or("??"), ")"] {
                out.push_str(part);
            }
            at = range.end;
        }
        out.push_str(&self.source[at..]);
    }
}
