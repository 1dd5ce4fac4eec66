//! The words of a paragraph without the prefixes of its containers, and as many lines after it as a formula needs.

use std::ops::Range;

use tex::{Found, Scanner, Span};

use super::Input;
use super::inline;
use super::lines::{self, Container, Cursor};
use crate::cleaned::CODE;

/// Where a formula that begins here must end.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scope {
    /// In its container.
    #[default]
    Paragraph,
    /// On its line.
    Line,
    /// On its line; code spans in their cell.
    Row,
    /// In its container, as in a paragraph, but there are no code spans: this is a block of HTML.
    Html,
}

#[derive(Debug, Clone, Copy)]
struct Line {
    /// Its index among the lines of the source.
    index: usize,
    /// Where it begins in the region.
    start: usize,
    /// Where its first byte stands in the source.
    source: usize,
    /// Spaces before that byte which stand for the rest of a tab.
    padding: usize,
    /// Whether it goes on with a paragraph without the help of a formula.
    natural: bool,
}

/// It is used again for the next paragraph, since most are short.
#[derive(Debug, Default)]
pub(super) struct Region {
    pub(super) text: String,
    lines: Vec<Line>,
    containers: Vec<Container>,
    pub(super) scope: Scope,
    /// No line can follow, or none follows in the source so far.
    end: End,
    scanner: Scanner,
    /// Where the paragraph ends without the help of a formula, as far as known.
    natural_end: usize,
    /// Runs of backticks whose length occurs no more before `natural_end`: that length, and from where on.
    unclosed: Vec<(usize, usize)>,
    /// Elements of code that do not end before `natural_end`.
    open_elements: Vec<&'static str>,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum End {
    #[default]
    NotYet,
    OfSource,
    OfContainer,
}

/// Runs of backticks longer than this are text, as comrak has it.
const MAX_TICKS: usize = 80;

impl Region {
    /// Knows nothing any more.
    pub(super) fn clear(&mut self) {
        self.lines.clear();
    }

    /// Begins at `cursor` in the line number `line`.
    pub(super) fn begin(
        &mut self,
        scope: Scope,
        line: usize,
        cursor: &Cursor<'_>,
        lines: &[Range<usize>],
        containers: &[Container],
    ) {
        self.text.clear();
        self.lines.clear();
        self.containers.clear();
        self.containers.extend_from_slice(containers);
        self.scope = scope;
        self.end = End::NotYet;
        self.scanner = Scanner::default();
        self.natural_end = 0;
        self.unclosed.clear();
        self.open_elements.clear();
        self.push(line, lines[line].start, cursor, true);
    }

    /// Is one line of a source of `length` bytes.
    pub(super) fn begin_single(
        &mut self,
        line: usize,
        cursor: &Cursor<'_>,
        lines: &[Range<usize>],
        scope: Scope,
        length: usize,
    ) {
        self.begin(scope, line, cursor, lines, &[]);
        self.end = if lines[line].end < length { End::OfContainer } else { End::OfSource };
    }

    fn push(&mut self, index: usize, start: usize, cursor: &Cursor<'_>, natural: bool) {
        if !self.lines.is_empty() {
            self.text.push('\n');
        }
        let padding = cursor.padding();
        let tab = usize::from(padding > 0);
        let source = start + cursor.offset + tab;
        self.lines.push(Line { index, start: self.text.len(), source, padding, natural });
        self.text.extend(std::iter::repeat_n(' ', padding));
        self.text.push_str(&cursor.rest()[tab..]);
    }

    /// Adds the next line of the source, if the container goes on there.
    fn extend(&mut self, source: &str, lines: &[Range<usize>]) -> bool {
        let index = self.lines.last().map_or(0, |line| line.index + 1);
        if self.end != End::NotYet || index >= lines.len() {
            self.end = if self.end == End::NotYet { End::OfSource } else { self.end };
            return false;
        }
        let line = lines[index].clone();
        let mut cursor = Cursor::new(&source[line.clone()]);
        let all = self.containers.iter().all(|container| container.continues(&mut cursor));
        let blank = cursor.is_blank();
        let head = || all && super::columns(source, lines, index, &cursor, &self.containers).is_some();
        let html = self.scope == Scope::Html;
        let natural = !blank && (html || (!lines::interrupts(&cursor, all) && !head()));
        let after_words = self.lines.last().is_some_and(|last| !self.text[last.start..].trim().is_empty());
        let lazy = natural && after_words && !html;
        if !all && !lazy {
            self.end = End::OfContainer;
            return false;
        }
        self.push(index, line.start, &cursor, natural);
        true
    }

    /// Whether the line of the source with this index is here.
    pub(super) fn knows(&self, index: usize) -> bool {
        self.lines.binary_search_by_key(&index, |line| line.index).is_ok()
    }

    pub(super) fn start_of(&self, index: usize) -> usize {
        self.lines.binary_search_by_key(&index, |line| line.index).map_or(0, |i| self.lines[i].start)
    }

    fn line_at(&self, at: usize) -> usize {
        self.lines.partition_point(|line| line.start <= at).saturating_sub(1)
    }

    /// The index in the source of the line that holds `at`.
    pub(super) fn line_of(&self, at: usize) -> usize {
        self.lines[self.line_at(at)].index
    }

    pub(super) fn line_end(&self, at: usize) -> usize {
        self.lines.get(self.line_at(at) + 1).map_or(self.text.len(), |next| next.start - 1)
    }

    pub(super) fn source_at(&self, at: usize) -> usize {
        let line = &self.lines[self.line_at(at)];
        line.source + (at - line.start).saturating_sub(line.padding)
    }

    /// Asks for a formula, with as many more lines as the answer needs.
    pub(super) fn find(&mut self, at: usize, source: &str, lines: &[Range<usize>], input: Input) -> Found {
        loop {
            let closed = match self.end {
                End::NotYet => false,
                End::OfContainer => true,
                End::OfSource => input == Input::Whole,
            };
            let found = match self.scanner.at(&self.text, at, closed) {
                Found::Open(opener) if self.ends_blank(source) && !opener.spans_blank_lines => {
                    Found::Skip(opener.length)
                }
                found => found,
            };
            if closed || self.end == End::OfSource || !matches!(found, Found::Open(_)) {
                return found;
            }
            let wanted = self.text.len() * 2 - at;
            while self.text.len() < wanted && self.extend(source, lines) {}
        }
    }

    /// Whether the last line is blank, and no white space before words to come.
    fn ends_blank(&self, source: &str) -> bool {
        let last = self.lines.last().map_or("", |line| &self.text[line.start..]);
        self.end == End::OfSource && source.ends_with('\n') && self.lines.len() > 1 && last.trim().is_empty()
    }

    /// Where the paragraph that goes on at `at` ends when no formula hides its end.
    fn natural_end(&mut self, at: usize, source: &str, lines: &[Range<usize>]) -> usize {
        if matches!(self.scope, Scope::Line | Scope::Row) {
            return self.text.len();
        }
        if at < self.natural_end {
            return self.natural_end;
        }
        let mut next = self.line_at(at) + 1;
        while (next < self.lines.len() || self.extend(source, lines)) && self.lines[next].natural {
            next += 1;
        }
        self.unclosed.clear();
        self.open_elements.clear();
        self.natural_end = self.lines.get(next).map_or(self.text.len(), |line| line.start - 1);
        self.natural_end
    }

    /// Where the code span that begins at `at` ends, or else its backticks.
    pub(super) fn code_end(&mut self, at: usize, source: &str, lines: &[Range<usize>]) -> usize {
        let length = run(&self.text[at..]);
        let begin = at + length;
        if self.scope == Scope::Html {
            return begin;
        }
        let end = self.natural_end(at, source, lines);
        let unclosed = |known: &(usize, usize)| known.0 == length && known.1 <= at;
        if length > MAX_TICKS || self.unclosed.iter().any(unclosed) {
            return begin;
        }
        let end = if self.scope == Scope::Row { cell_end(&self.text, begin) } else { end };
        let mut next = begin;
        while let Some(found) = self.text[next.min(end)..end].find('`') {
            next += found;
            let closing = run(&self.text[next..end]);
            if closing == length {
                return next + closing;
            }
            next += closing;
        }
        if self.scope == Scope::Paragraph {
            self.unclosed.push((length, at));
        }
        begin
    }

    /// Whether the closing delimiter of a formula stands in a code span that begins in the formula; unknown while more
    /// text may come. Backticks in braces are the quotes of TeX, and a delimiter that begins a line is no code.
    pub(super) fn ends_in_code(
        &mut self,
        formula: &Span,
        source: &str,
        lines: &[Range<usize>],
        input: Input,
    ) -> Option<bool> {
        let (mut depth, mut open) = (0usize, false);
        let mut at = formula.tex.start;
        if self.scope == Scope::Html {
            return Some(self.holds_tag(formula));
        }
        let tex = &self.text[formula.tex.clone()];
        let last = tex.rsplit_once('\n').map(|(_, line)| line.trim_start());
        if !tex.contains('`') || last.is_some_and(|line| line.is_empty() || line.starts_with(r"\end{")) {
            return Some(false);
        }
        while at < formula.tex.end {
            match self.text.as_bytes()[at] {
                b'\\' => at += 1,
                b'{' => depth += 1,
                b'}' => depth = depth.saturating_sub(1),
                b'`' if depth == 0 => {
                    let begin = at + run(&self.text[at..]);
                    let end = self.natural_end(at, source, lines);
                    at = self.code_end(at, source, lines);
                    open |= at == begin && end == self.text.len();
                    if at > begin.max(formula.tex.end) {
                        return Some(true);
                    }
                    continue;
                }
                _ => {}
            }
            at += 1;
        }
        let more = input == Input::Arriving && self.end == End::OfSource;
        (!open || !more).then_some(false)
    }

    /// In a block of HTML tags come before mathematics: `<td>$5</td><td>$6</td>`.
    fn holds_tag(&self, formula: &Span) -> bool {
        let tex = &self.text[formula.tex.clone()];
        tex.match_indices('<').any(|(at, _)| inline::angled(&tex[at..]).is_some())
    }

    /// Where the tag or link in angle brackets that begins at `at` ends, or else its `<`; of an element that holds code
    /// the whole of it.
    pub(super) fn angled_end(&mut self, at: usize, source: &str, lines: &[Range<usize>]) -> usize {
        let end = self.natural_end(at, source, lines);
        let Some(length) = inline::angled(&self.text[at..end]) else { return at + 1 };
        let name = self.text[at + 1..end].split(|c: char| !c.is_ascii_alphanumeric()).next();
        let element = CODE.iter().find(|code| name.is_some_and(|name| name.eq_ignore_ascii_case(code)));
        let Some(element) = element.filter(|element| !self.open_elements.contains(element)) else {
            return at + length;
        };
        let inside = &self.text[at + length..end];
        let closes =
            |tag: &str| tag.get(..element.len()).is_some_and(|name| name.eq_ignore_ascii_case(element));
        match inside.match_indices("</").find(|(close, _)| closes(&inside[close + 2..])) {
            Some((close, _)) => at + length + close,
            None => {
                self.open_elements.push(element);
                at + length
            }
        }
    }
}

fn run(text: &str) -> usize {
    text.bytes().take_while(|byte| *byte == b'`').count()
}

fn cell_end(row: &str, at: usize) -> usize {
    let mut escaped = false;
    for (i, byte) in row.bytes().enumerate().skip(at) {
        match byte {
            b'|' if !escaped => return i,
            b'\\' => escaped = !escaped,
            _ => escaped = false,
        }
    }
    row.len()
}
