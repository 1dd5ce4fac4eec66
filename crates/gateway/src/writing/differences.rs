//! What is different between two texts, for people: by lines, and within changed lines by words. A formula is never cut:
//! lines that one goes through are one, and within them it is one word.

use std::{
    borrow::Cow,
    time::{Duration, Instant},
};

use similar::{Algorithm, DiffOp, capture_diff_slices_deadline};
use unicode_segmentation::UnicodeSegmentation as _;

/// Lines without a change that are shown around one.
const AROUND: usize = 2;
/// How long the least change is looked for: of two long texts without anything in common that would take hours. What
/// has not been looked at by then is all changed.
const PATIENCE: Duration = Duration::from_millis(500);

/// A line, or several that belong together, of two texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) kind: LineKind,
    /// Where it is in the text that it is of, from 1.
    pub(super) number: usize,
    pub(super) words: Vec<Word>,
}

/// Which of the texts a line is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LineKind {
    Both,
    Old,
    New,
    /// Lines of both that are not shown.
    LeftOut,
}

/// A part of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Word {
    pub(super) text: String,
    /// Whether the other text has it not.
    pub(super) changed: bool,
}

/// The lines of both texts in which they differ, with some around them. Empty if they do not.
pub(super) fn differences(old: &str, new: &str) -> Vec<Line> {
    let deadline = Some(Instant::now() + PATIENCE);
    let (old, new) = (ended(old), ended(new));
    let (old, new) = (Pieces::of(&old), Pieces::of(&new));
    let mut lines = Vec::new();
    for op in capture_diff_slices_deadline(Algorithm::Patience, &old.pieces, &new.pieces, deadline) {
        let (before, after) = (op.old_range(), op.new_range());
        match op {
            DiffOp::Equal { .. } => {
                lines.extend(after.map(|at| new.line(LineKind::Both, at, None)));
            }
            DiffOp::Replace { .. } => {
                let changed = words(
                    &old.pieces[before.clone()].concat(),
                    &new.pieces[after.clone()].concat(),
                    deadline,
                );
                lines.extend(before.map(|at| old.line(LineKind::Old, at, Some(&changed.0))));
                lines.extend(after.map(|at| new.line(LineKind::New, at, Some(&changed.1))));
            }
            DiffOp::Delete { .. } => lines.extend(before.map(|at| old.line(LineKind::Old, at, None))),
            DiffOp::Insert { .. } => lines.extend(after.map(|at| new.line(LineKind::New, at, None))),
        }
    }
    near_changes(lines)
}

/// A text whose last line ends as all others do: else it would be another one as soon as something follows.
fn ended(text: &str) -> Cow<'_, str> {
    if text.is_empty() || text.ends_with('\n') { text.into() } else { format!("{text}\n").into() }
}

/// A text in lines; those that a formula goes through are one.
struct Pieces<'t> {
    pieces: Vec<&'t str>,
    /// The number of the first line of each.
    numbers: Vec<usize>,
}

impl<'t> Pieces<'t> {
    fn of(text: &'t str) -> Self {
        let formulas = tex::formulas(text);
        let mut formulas = formulas.iter().map(|span| span.range.clone()).peekable();
        let (mut pieces, mut numbers) = (Vec::new(), Vec::new());
        let (mut begin, mut number) = (0, 1);
        for (end, _) in text.match_indices('\n').map(|(at, _)| (at + 1, ())).chain([(text.len(), ())]) {
            while formulas.next_if(|formula| formula.end <= end).is_some() {}
            let cut = formulas.peek().is_some_and(|formula| formula.start < end);
            if begin < end && !cut {
                let piece = &text[begin..end];
                pieces.push(piece);
                numbers.push(number);
                number += piece.matches('\n').count();
                begin = end;
            }
        }
        Self { pieces, numbers }
    }

    /// One of them as a line; `changed` are the words of the whole change that it is in.
    fn line(&self, kind: LineKind, at: usize, changed: Option<&Changed>) -> Line {
        let text = self.pieces[at];
        let words = match changed {
            Some(changed) => changed.of(text),
            None => vec![Word { text: text.trim_end_matches('\n').to_owned(), changed: false }],
        };
        Line { kind, number: self.numbers[at], words }
    }
}

/// The words of one side of a change, in the order of the text, to be handed out line by line.
struct Changed(std::cell::RefCell<std::vec::IntoIter<Word>>);

impl Changed {
    /// The words that this text is made of: the next ones.
    fn of(&self, text: &str) -> Vec<Word> {
        let mut rest = self.0.borrow_mut();
        let mut length = 0;
        let mut line: Vec<Word> = Vec::new();
        while length < text.len() {
            let Some(word) = rest.next() else { break };
            length += word.text.len();
            match line.last_mut().filter(|last| last.changed == word.changed) {
                Some(last) => last.text.push_str(&word.text),
                None => line.push(word),
            }
        }
        if let Some(last) = line.last_mut() {
            last.text.truncate(last.text.trim_end_matches('\n').len());
        }
        // The end of a line is not seen.
        line.pop_if(|last| last.text.is_empty());
        line
    }
}

/// The words of two texts, and which of them the other has not.
fn words(old: &str, new: &str, deadline: Option<Instant>) -> (Changed, Changed) {
    let (before, after) = (split(old), split(new));
    let (mut olds, mut news) = (Vec::new(), Vec::new());
    let word = |text: &str, changed| Word { text: text.to_owned(), changed };
    for op in capture_diff_slices_deadline(Algorithm::Myers, &before, &after, deadline) {
        let changed = !matches!(op, DiffOp::Equal { .. });
        olds.extend(before[op.old_range()].iter().map(|text| word(text, changed)));
        news.extend(after[op.new_range()].iter().map(|text| word(text, changed)));
    }
    let handed = |words: Vec<Word>| Changed(std::cell::RefCell::new(words.into_iter()));
    (handed(olds), handed(news))
}

/// Words, each formula as one.
fn split(text: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let mut from = 0;
    for formula in tex::formulas(text) {
        words.extend(text[from..formula.range.start].split_word_bounds());
        words.push(&text[formula.range.clone()]);
        from = formula.range.end;
    }
    words.extend(text[from..].split_word_bounds());
    words
}

fn near_changes(lines: Vec<Line>) -> Vec<Line> {
    let changed: Vec<usize> = (0..lines.len()).filter(|at| lines[*at].kind != LineKind::Both).collect();
    let mut shown = Vec::new();
    let mut next = changed.iter().peekable();
    let mut last: Option<usize> = None;
    for (at, line) in lines.into_iter().enumerate() {
        while next.next_if(|change| **change < at).is_some() {}
        let after = changed.partition_point(|change| *change <= at).checked_sub(1).map(|i| changed[i]);
        let near = next.peek().is_some_and(|change| **change - at <= AROUND)
            || after.is_some_and(|change| at - change <= AROUND);
        if !near {
            continue;
        }
        if last.map_or(at > 0, |last| at > last + 1) {
            shown.push(Line { kind: LineKind::LeftOut, number: line.number, words: Vec::new() });
        }
        last = Some(at);
        shown.push(line);
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Lines of the old text begin with `-`, of the new with `+`; changed words are in brackets.
    fn shape(old: &str, new: &str) -> String {
        let line = |line: Line| {
            let mark = match line.kind {
                LineKind::Both => ' ',
                LineKind::Old => '-',
                LineKind::New => '+',
                LineKind::LeftOut => return "…".to_owned(),
            };
            let words = line.words.into_iter().map(|word| match word.changed {
                true => format!("[{}]", word.text),
                false => word.text,
            });
            format!("{mark}{}{}", line.number, words.fold(" ".to_owned(), |line, word| line + &word))
        };
        differences(old, new).into_iter().map(line).collect::<Vec<_>>().join("|")
    }

    #[test]
    fn words_within_lines() {
        assert_eq!(shape("a\nb\n", "a\nb\n"), "");
        assert_eq!(shape("the old words\n", "the new words\n"), "-1 the [old] words|+1 the [new] words");
        assert_eq!(shape("一二三\n", "一四三\n"), "-1 一[二]三|+1 一[四]三");
        assert_eq!(shape("a", "a\nb"), " 1 a|+2 b");
        assert_eq!(shape("a\nb\n", "a\n"), " 1 a|-2 b");
    }

    #[test]
    fn long_texts_without_anything_in_common_end() {
        let begun = Instant::now();
        let text = |word: &str| (0..60_000).map(|n| format!("{word}{n} ")).collect::<String>();
        assert_eq!(differences(&text("a"), &text("b")).len(), 2);
        assert!(begun.elapsed() < Duration::from_secs(20));
    }

    #[test]
    fn formulas_are_never_cut() {
        assert_eq!(shape("so $a+b$ is\n", "so $a-b$ is\n"), "-1 so [$a+b$] is|+1 so [$a-b$] is");
        let (old, new) = ("1\n$$\na\n$$\nend\n", "1\n$$\nb\n$$\nend\n");
        assert_eq!(shape(old, new), " 1 1|-2 [$$\na\n$$]|+2 [$$\nb\n$$]| 5 end");
    }

    #[test]
    fn only_what_is_near_a_change_is_shown() {
        let text = |middle: &str| format!("1\n2\n3\n4\n{middle}\n6\n7\n8\n9\n");
        assert_eq!(shape(&text("x"), &text("y")), "…| 3 3| 4 4|-5 [x]|+5 [y]| 6 6| 7 7");
    }
}
