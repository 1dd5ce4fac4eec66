//! The plain text of a block, which knows the numbers of equations no sooner than its HTML does.

use std::ops::Range;

use crate::html::{has_control, is_control};

/// Words in which `\eqref{label}` still stands as it was written.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Reading {
    source: String,
    /// Where references stand, in order, and to which label.
    references: Vec<(Range<usize>, String)>,
    /// Where formulas stand, in order.
    formulas: Vec<Range<usize>>,
    /// Whether other words might read as a formula.
    doubtful: bool,
}

impl Reading {
    pub(crate) fn with_capacity(capacity: usize) -> Self {
        Self { source: String::with_capacity(capacity), ..Self::default() }
    }

    /// A formula, or words that may hold some.
    pub(crate) fn formula(&mut self, source: &str) {
        let start = self.source.len();
        self.source.push_str(source);
        self.formulas.push(start..self.source.len());
    }

    pub(crate) fn push_str(&mut self, text: &str) {
        self.doubtful |= text.bytes().fold(false, |found, byte| found | (byte == b'$') | (byte == b'\\'));
        match has_control(text) {
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
        let moved = |range: &Range<usize>| range.start + shift..range.end + shift;
        self.formulas.extend(other.formulas.iter().map(moved));
        self.doubtful |= other.doubtful;
    }

    /// The words as they were written: they stay the same when equations are counted anew.
    pub(crate) fn source(&self) -> &str {
        &self.source
    }
}

/// The words of some readings as they are read, with `(3)` for a reference and `(??)` for one that leads nowhere. Code
/// and other words that would read as a formula have a backslash before it: in plain text, too, `\$` is a dollar.
pub(crate) fn plain<'r, 'n>(
    readings: impl Iterator<Item = &'r Reading> + Clone,
    number: impl Fn(&str) -> Option<&'n str>,
) -> String {
    let mut out = String::with_capacity(readings.clone().map(|reading| reading.source.len()).sum());
    let mut formulas = Vec::new();
    let doubtful = readings.clone().any(|reading| reading.doubtful);
    for reading in readings {
        let mut at = 0;
        let mut own = reading.formulas.iter().peekable();
        for (range, label) in &reading.references {
            while let Some(formula) = own.next_if(|formula| formula.end <= range.start) {
                formulas.push(out.len() + formula.start - at..out.len() + formula.end - at);
            }
            out.push_str(&reading.source[at..range.start]);
            let begun = out.len();
            for part in ["(", number(label).unwrap_or("??"), ")"] {
                out.push_str(part);
            }
            // A tag may hold formulas.
            formulas.push(begun..out.len());
            at = range.end;
        }
        formulas.extend(own.map(|formula| out.len() + formula.start - at..out.len() + formula.end - at));
        out.push_str(&reading.source[at..]);
    }
    if doubtful { guarded(&out, &formulas) } else { out }
}

/// Text in which nothing but these formulas reads as one.
fn guarded(text: &str, formulas: &[Range<usize>]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut formulas = formulas.iter().peekable();
    let mut scanner = tex::Scanner::default();
    let (mut at, mut copied) = (0, 0);
    while let Some(found) = memchr::memchr2(b'$', b'\\', &text.as_bytes()[at..]) {
        at += found;
        while formulas.next_if(|formula| formula.end <= at).is_some() {}
        if let Some(formula) = formulas.peek().filter(|formula| formula.start <= at) {
            at = formula.end;
            continue;
        }
        at += match scanner.at(text, at, true) {
            tex::Found::Formula(span) => {
                out.push_str(&text[copied..at]);
                out.push('\\');
                copied = at;
                // What is whole with its environment begins with a command.
                (span.tex.start - span.range.start).max(1)
            }
            tex::Found::Open(opener) => opener.length,
            tex::Found::Skip(length) | tex::Found::Empty(length) => length,
        };
    }
    out + &text[copied..]
}
