//! The shield: it takes the formulas out of Markdown before it is parsed.
//!
//! One scan, line by line, knows as much of Markdown as decides where a formula may stand ([`lines`]: containers,
//! code, HTML; [`inline`]: code spans, tags) and asks [`tex::Scanner`] at the other positions. Every formula becomes
//! a token ([`tokens`]) to which no rule of Markdown reacts, whatever stood in it: bars, blank lines, list markers.

mod inline;
mod lines;
mod region;
mod tokens;

use std::ops::Range;

use memchr::memchr_iter;
use tex::{Found, Span};

use lines::{Container, Cursor, Start};
use region::{Region, Scope};
use tokens::has_reserved;
pub(crate) use tokens::{BOUNDARY, Stretch, Token, Tokens, has_token};

/// Markdown without formulas.
#[derive(Debug, Default)]
pub(crate) struct Shielded {
    pub(crate) text: String,
    pub(crate) tokens: Tokens,
    /// Where each line of the text begins in the source.
    pub(crate) lines: Vec<usize>,
    /// The delimiter that opens a formula which has not arrived yet: the text ends there, with a token for it.
    pub(crate) held: Option<usize>,
    /// Delimiters in the source that open a display and are never closed.
    pub(crate) unclosed: Vec<Range<usize>>,
}

/// Whether more text may follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Input {
    Whole,
    Arriving,
}

/// Takes the formulas out of Markdown.
pub(crate) fn shield(source: &str, input: Input) -> Shielded {
    let address = source.contains("://") || source.contains("www.");
    let plain = !source.contains(['$', '\\', '|']) && !source.contains(QUOTES);
    if plain && !address && !has_reserved(source) {
        let lines = std::iter::once(0).chain(memchr_iter(b'\n', source.as_bytes()).map(|i| i + 1)).collect();
        return Shielded { text: source.to_owned(), lines, ..Shielded::default() };
    }
    let mut shield = Shield::new(source, input);
    while shield.line < shield.lines.len() && shield.done.held.is_none() {
        shield.block();
    }
    if shield.done.held.is_none() {
        shield.copy_to(source.len());
    }
    shield.done
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Leaf {
    None,
    Paragraph,
    Table { columns: usize, room: usize },
    Indented,
    Fence { char: u8, length: usize },
    Html(u8),
}

struct Shield<'s> {
    source: &'s str,
    input: Input,
    /// The lines of the source, without their line feeds.
    lines: Vec<Range<usize>>,
    line: usize,
    containers: Vec<Container>,
    leaf: Leaf,
    /// The open paragraph, as far as anything had to look ahead in it.
    region: Region,
    /// Where the words of the open paragraph begin in the output.
    paragraph: usize,
    /// Whether it is the first block of its item.
    first: bool,
    /// Where it begins in the source.
    begun: usize,
    /// The number of containers after the current line opened some of them; 0 if it did not.
    opened: usize,
    /// The line in which an address was found last, and how many were found in it.
    addresses: (usize, usize),
    /// Whether what comes next stands in an address.
    in_address: bool,
    /// How much of the source is in the output.
    copied: usize,
    done: Shielded,
}

/// Punctuation that is no part of an address.
const FULL_WIDTH: &str = "，。；：！？、（）【】《》「」『』〈〉“”‘’…—";

/// Containers that one line may open, as comrak has it for lists.
const MAX_STARTS: usize = 100;

/// Addresses that become links in one line.
const MAX_ADDRESSES: usize = 100;

/// As many quotations in quotations are nothing unusual.
const QUOTES: &str = ">>>>>>>>>>>>>>>>";

/// Cells that the rows of any table may lack, beside two for each of its bytes.
const MAX_MISSING: usize = 100;

impl<'s> Shield<'s> {
    fn new(source: &'s str, input: Input) -> Self {
        let feeds = || memchr_iter(b'\n', source.as_bytes());
        let count = feeds().count() + 1;
        let mut lines = Vec::with_capacity(count);
        let mut start = 0;
        for end in feeds() {
            lines.push(start..end);
            start = end + 1;
        }
        if start < source.len() {
            lines.push(start..source.len());
        }
        let mut done = Shielded { text: String::with_capacity(source.len()), ..Shielded::default() };
        done.lines.reserve(count);
        done.lines.push(0);
        Self {
            source,
            input,
            lines,
            line: 0,
            containers: Vec::new(),
            leaf: Leaf::None,
            region: Region::default(),
            paragraph: 0,
            first: false,
            begun: 0,
            opened: 0,
            addresses: (0, 0),
            in_address: false,
            copied: 0,
            done,
        }
    }

    fn current(&self) -> &'s str {
        &self.source[self.lines[self.line].clone()]
    }

    /// Takes one line, and as many more as a formula or a code span that begins in it.
    fn block(&mut self) {
        let mut cursor = Cursor::new(self.current());
        let matched = self.containers.iter().take_while(|container| container.continues(&mut cursor)).count();
        let all = matched == self.containers.len();
        let lazy = !all && self.leaf == Leaf::Paragraph;
        if (all && self.goes_on(&cursor)) || self.opens(&mut cursor, matched, lazy) {
            return match self.leaf {
                Leaf::Html(6..) => self.scan_from(&cursor, Scope::Html),
                _ => self.line += 1,
            };
        }
        if cursor.is_blank() {
            self.empty_item();
            self.close(matched.max(self.opened));
            self.leaf = Leaf::None;
            self.line += 1;
            return;
        }
        if !lazy {
            self.close(matched.max(self.opened));
        }
        let filled = self.fill_items() || self.opened > 0;
        self.first = if self.leaf == Leaf::Paragraph { self.first } else { filled };
        self.words(&cursor, lazy && self.opened == 0);
    }

    /// Whether the line belongs to a block that is no place for formulas.
    fn goes_on(&mut self, cursor: &Cursor<'_>) -> bool {
        let (goes_on, ends) = match self.leaf {
            Leaf::Fence { char, length } => (true, lines::closes_fence(cursor, char, length)),
            Leaf::Indented => {
                let code = cursor.indent() >= 4 || cursor.is_blank();
                (code, !code)
            }
            Leaf::Html(kind @ 1..6) => (true, lines::ends_html(kind, cursor.rest())),
            Leaf::Html(_) => (!cursor.is_blank(), cursor.is_blank()),
            Leaf::None | Leaf::Paragraph | Leaf::Table { .. } => (false, false),
        };
        if ends {
            self.leaf = Leaf::None;
        }
        goes_on
    }

    /// Opens the blocks that begin on this line; says whether they take all of it.
    fn opens(&mut self, cursor: &mut Cursor<'_>, matched: usize, mut lazy: bool) -> bool {
        self.opened = 0;
        let mut paragraph = self.leaf == Leaf::Paragraph && !lazy;
        for starts in 0.. {
            let before = *cursor;
            let start = lines::start(cursor, paragraph, lazy);
            let nests = matches!(start, Start::Container(Container::Item { .. } | Container::Note));
            if start == Start::Text || (nests && starts >= MAX_STARTS) {
                *cursor = before;
                return false;
            }
            if paragraph && start == Start::Rule {
                self.part_rule(&before);
            }
            self.close(matched.max(self.opened));
            self.leaf = Leaf::None;
            self.fill_items();
            let Some(container) = self.begin(cursor, start) else { return true };
            if container == Container::Quote && starts >= QUOTES.len() {
                self.part_quotes(cursor);
            }
            self.containers.push(container);
            self.opened = self.containers.len();
            (paragraph, lazy) = (false, false);
        }
        false
    }

    /// Comrak reads all `>` that follow at each `>`, in search of an alert; a space between them, which is a part of the
    /// mark, says that there is none.
    fn part_quotes(&mut self, cursor: &Cursor<'_>) {
        if cursor.rest().starts_with('>') {
            self.copy_to(self.lines[self.line].start + cursor.offset);
            self.done.text.push(' ');
        }
    }

    /// Begins what is no container, or gives the container back.
    fn begin(&mut self, cursor: &Cursor<'_>, start: Start) -> Option<Container> {
        match start {
            Start::Container(container) => return Some(container),
            Start::Line => self.line_of_words(cursor),
            Start::Alert => {
                self.containers.push(Container::Quote);
                self.line_of_words(cursor);
            }
            Start::Fence { char, length } => self.leaf = Leaf::Fence { char, length },
            Start::Html(kind) if kind < 6 && lines::ends_html(kind, cursor.rest()) => {}
            Start::Html(kind) => {
                self.leaf = Leaf::Html(kind);
                self.region.clear();
            }
            Start::Indented => self.leaf = Leaf::Indented,
            Start::Rule | Start::Text => {}
        }
        None
    }

    /// Ends the containers after the first `kept`.
    fn close(&mut self, kept: usize) {
        if kept < self.containers.len() {
            self.containers.truncate(kept);
            self.leaf = Leaf::None;
        }
    }

    /// Items that began with a blank line hold something now. Says whether there are any.
    fn fill_items(&mut self) -> bool {
        let mut any = false;
        for container in self.containers.iter_mut().rev() {
            match container {
                Container::Item { empty: empty @ true, .. } => *empty = false,
                _ => break,
            }
            any = true;
        }
        any
    }

    /// An item whose paragraph ends and is nothing but definitions of links holds nothing again.
    fn empty_item(&mut self) {
        let Some(Container::Item { empty, .. }) = self.containers.last_mut() else { return };
        if self.leaf == Leaf::Paragraph && self.first {
            let end = self.lines[self.line].start;
            let paragraph = self.source.get(self.begun..end).unwrap_or_default();
            *empty = paragraph.starts_with('[') && lines::only_defines(paragraph);
        }
    }

    /// A paragraph that is nothing but a display is no heading: dashes below it are a rule.
    fn part_rule(&mut self, cursor: &Cursor<'_>) {
        if !cursor.content().starts_with('-') || !lines::rule(cursor.content()) {
            return;
        }
        let start = self.lines[self.line].start;
        self.copy_to(start);
        let paragraph = self.done.text.get(self.paragraph..).unwrap_or_default();
        let mut only_displays = has_token(paragraph);
        self.done.tokens.split(paragraph, |part| {
            only_displays &= match part {
                Stretch::Text(text) => text.trim_matches([' ', '\t', '\n', '>']).is_empty(),
                Stretch::Token(token) => matches!(token, Token::Formula { display: true, .. }),
            }
        });
        if only_displays {
            self.part(cursor);
        }
    }

    /// Ends what is before the current line by a comment that the writer drops: a blank line would make a list loose.
    fn part(&mut self, cursor: &Cursor<'_>) {
        let start = self.lines[self.line].start;
        self.copy_to(start);
        let prefix = start..start + cursor.offset + usize::from(cursor.padding() > 0);
        self.done.text.push_str(&self.source[prefix]);
        self.done.text.push_str(BOUNDARY);
        self.done.text.push('\n');
        self.done.lines.push(start);
    }

    /// Whether a display begins here that is no row: it has several lines, or this one for itself.
    fn ends_table(&self, cursor: &Cursor<'_>) -> bool {
        if !["$$", r"\[", r"\begin{"].iter().any(|opener| cursor.content().starts_with(opener)) {
            return false;
        }
        let mut region = Region::default();
        region.begin(Scope::Paragraph, self.line, cursor, &self.lines, &self.containers);
        let at = region.text.len() - cursor.content().len();
        match region.find(at, self.source, &self.lines, self.input) {
            Found::Formula(span) => {
                let (formula, after) = region.text[span.range.start..].split_at(span.range.len());
                formula.contains('\n') || after.split('\n').next().is_some_and(|rest| rest.trim().is_empty())
            }
            Found::Open(opener) => opener.spans_blank_lines,
            Found::Skip(_) | Found::Empty(_) => false,
        }
    }

    /// A line of a paragraph or a table.
    fn words(&mut self, cursor: &Cursor<'_>, lazy: bool) {
        if let Leaf::Table { columns, room } = self.leaf {
            if !self.ends_table(cursor) {
                return self.row(cursor, columns, room);
            }
            self.part(cursor);
            self.leaf = Leaf::None;
        }
        let columns = || columns(self.source, &self.lines, self.line, cursor, &self.containers);
        if let Some(columns) = (!lazy).then(columns).flatten() {
            return self.row(cursor, columns, MAX_MISSING);
        }
        if self.leaf != Leaf::Paragraph {
            self.leaf = Leaf::Paragraph;
            self.region.clear();
            self.copy_to(self.lines[self.line].start);
            self.paragraph = self.done.text.len() + cursor.offset;
            self.begun = self.lines[self.line].start + cursor.offset;
        }
        self.scan_from(cursor, Scope::Paragraph);
    }

    /// Takes the formulas out of the line at the cursor, and of what they reach into.
    fn scan_from(&mut self, cursor: &Cursor<'_>, scope: Scope) {
        if next_mark(cursor.rest()).is_none() {
            self.line += 1;
            return;
        }
        let mut region = std::mem::take(&mut self.region);
        if !region.knows(self.line) {
            region.begin(scope, self.line, cursor, &self.lines, &self.containers);
        }
        let at = region.start_of(self.line);
        self.scan(&mut region, at);
        self.region = region;
    }

    /// Words that end with their line.
    fn line_of_words(&mut self, cursor: &Cursor<'_>) {
        let line = self.line;
        self.scan_line(cursor, Scope::Line);
        self.line = line;
    }

    /// A row of a table. Cells that rows lack are made by comrak: a table that would have many more than it has
    /// bytes ends before.
    fn row(&mut self, cursor: &Cursor<'_>, columns: usize, room: usize) {
        let line = self.lines[self.line].clone();
        self.copy_to(line.start);
        let start = self.done.text.len();
        self.scan_line(cursor, Scope::Row);
        if self.done.held.is_none() {
            self.copy_to(line.end);
        }
        let missing = columns.saturating_sub(lines::cells(&self.done.text[start..]));
        self.leaf = match (room + 2 * line.len()).checked_sub(missing) {
            Some(room) => Leaf::Table { columns, room },
            None => {
                self.done.text.insert(start, '\n');
                self.done.lines.push(line.start);
                Leaf::None
            }
        };
    }

    /// Takes the formulas out of one line, which is a region of its own.
    fn scan_line(&mut self, cursor: &Cursor<'_>, scope: Scope) {
        let mut region = std::mem::take(&mut self.region);
        region.begin_single(self.line, cursor, &self.lines, scope, self.source.len());
        self.scan(&mut region, 0);
        self.region = region;
    }

    /// Takes the formulas out of the rest of a line of `region`, and goes on after the line in which the last one ends.
    fn scan(&mut self, region: &mut Region, mut at: usize) {
        while at < region.line_end(at) && self.done.held.is_none() {
            let end = region.line_end(at);
            let Some(next) = next_mark(&region.text[at..end]) else { break };
            at += next;
            at = match region.text.as_bytes()[at] {
                b':' | b'w' if region.scope == Scope::Html => at + 1,
                b':' | b'w' => self.address(region, at),
                b'`' => region.code_end(at, self.source, &self.lines),
                b'<' => region.angled_end(at, self.source, &self.lines),
                _ => {
                    let line = region.line_of(at);
                    let after = self.formula(region, at);
                    let goes_on = std::mem::take(&mut self.in_address) && region.line_of(after) == line;
                    if goes_on { self.end_address(region, after) } else { after }
                }
            };
        }
        self.line = region.line_of(at) + 1;
    }

    /// Takes the formula that begins at `at`, if one does; says where to go on.
    fn formula(&mut self, region: &mut Region, at: usize) -> usize {
        if let Some((length, label)) = reference(&region.text[at..region.line_end(at)]) {
            let source = region.text[at..at + length].to_owned();
            let label = label.to_owned();
            self.replace(region, at..at + length, Token::Reference { source, label });
            return at + length;
        }
        match region.find(at, self.source, &self.lines, self.input) {
            Found::Formula(span) if makes_fence(region, &span) => at.max(span.tex.start - 1) + 1,
            Found::Formula(span) => {
                let opener = if span.tex == span.range { 1 } else { span.tex.start - span.range.start };
                match region.ends_in_code(&span, self.source, &self.lines, self.input) {
                    Some(true) => return at + opener,
                    None => return self.hold(region, at..at + opener, span.display),
                    Some(false) => {}
                }
                let source = region.text[span.range.clone()].into();
                let tex = span.tex.start - span.range.start..span.tex.end - span.range.start;
                self.replace(
                    region,
                    span.range.clone(),
                    Token::Formula { source, tex, display: span.display },
                );
                span.range.end
            }
            Found::Open(opener) => self.hold(region, at..at + opener.length, opener.display),
            Found::Empty(bytes) => {
                let end = at + bytes;
                if end > region.line_end(at) {
                    // What stands in it is no Markdown.
                    self.replace(region, at..end, Token::Literal(region.text[at..end].to_owned()));
                }
                end
            }
            Found::Skip(bytes) => {
                let end = (at + bytes).min(region.line_end(at));
                if opens_display(&region.text[at..end]) {
                    self.done.unclosed.push(region.source_at(at)..region.source_at(end));
                }
                end
            }
        }
    }

    /// Ends the text at a delimiter whose formula has not arrived.
    fn hold(&mut self, region: &Region, opener: Range<usize>, display: bool) -> usize {
        self.done.held = Some(region.source_at(opener.start));
        self.replace(region, opener, Token::Held { display });
        region.text.len()
    }

    /// An address ends before full-width punctuation: a comment that the writer drops says so to comrak. For each
    /// address comrak reads to the next white space, so one line holds only so many.
    fn address(&mut self, region: &Region, at: usize) -> usize {
        let line = &region.text[at..region.line_end(at)];
        let begun = ["://", "www."].into_iter().find(|begin| line.starts_with(begin));
        let Some(begun) = begun.map(str::len) else { return at + 1 };
        let number = region.line_of(at);
        self.addresses =
            if self.addresses.0 == number { (number, self.addresses.1 + 1) } else { (number, 1) };
        if self.addresses.1 > MAX_ADDRESSES {
            self.replace(region, at..at + 1, Token::Literal(line[..1].to_owned()));
            return at + begun;
        }
        self.end_address(region, at + begun)
    }

    /// The same for the rest of an address, which may go on after a formula in it.
    fn end_address(&mut self, region: &Region, at: usize) -> usize {
        let rest = &region.text[at..region.line_end(at)];
        let end = rest.find(|c: char| c.is_whitespace() || FULL_WIDTH.contains(c) || "<`$\\".contains(c));
        let end = end.unwrap_or(rest.len());
        self.in_address = rest[end..].starts_with(['$', '\\']);
        if rest[end..].starts_with(|c: char| FULL_WIDTH.contains(c)) {
            self.copy_to(region.source_at(at + end));
            self.done.text.push_str(BOUNDARY);
        }
        at + end
    }

    fn replace(&mut self, region: &Region, range: Range<usize>, token: Token) {
        self.copy_to(region.source_at(range.start));
        self.done.tokens.push(&mut self.done.text, token);
        self.copied = region.source_at(range.end);
    }

    /// Copies the source up to a position to the output, as far as it is not there yet.
    fn copy_to(&mut self, end: usize) {
        let end = end.max(self.copied);
        let text = &self.source[self.copied..end];
        self.done.lines.extend(memchr_iter(b'\n', text.as_bytes()).map(|i| self.copied + i + 1));
        self.done.tokens.push_text(&mut self.done.text, text);
        self.copied = end;
    }
}

/// The number of columns, if a line is the head of a table: the next one says so, if it has as many cells and is
/// nothing else.
fn columns(
    source: &str,
    lines: &[Range<usize>],
    line: usize,
    cursor: &Cursor<'_>,
    containers: &[Container],
) -> Option<usize> {
    let next = &source[lines.get(line + 1)?.clone()];
    if !next.bytes().all(|byte| matches!(byte, b'-' | b':' | b'|' | b'>' | b' ' | b'\t')) {
        return None;
    }
    let mut below = Cursor::new(next);
    let inside = containers.iter().all(|container| container.continues(&mut below)) && below.indent() < 4;
    let cells = lines::delimiter_row(below.content()).filter(|_| inside)?;
    if lines::interrupts(&below, true) {
        return None;
    }
    // Bars count once the formulas are out of the way, so the row is shielded on trial.
    let mut trial = Shield::new(cursor.rest(), Input::Whole);
    trial.row(&Cursor::new(cursor.rest()), 0, 0);
    (lines::cells(&trial.done.text) == cells).then_some(cells)
}

/// Where a formula, a code span, a tag or an address may begin, or an address go on.
fn next_mark(text: &str) -> Option<usize> {
    text.bytes().position(|byte| matches!(byte, b'$' | b'\\' | b'`' | b'<' | b':' | b'w'))
}

/// Whether the line in which a formula begins is no code block only because of backticks in the formula.
fn makes_fence(region: &Region, formula: &Span) -> bool {
    if !region.text[formula.range.clone()].contains('`') {
        return false;
    }
    let line = region.start_of(region.line_of(formula.range.start));
    region.text[line..].trim_start_matches([' ', '\t']).starts_with("```")
}

/// Whether what was skipped reads like the beginning of a display; `\[` may well be an escaped bracket.
fn opens_display(skipped: &str) -> bool {
    skipped == "$$" || skipped == r"\begin{"
}

/// A bare `\eqref{…}`: its length and its label.
pub(crate) fn reference(text: &str) -> Option<(usize, &str)> {
    const COMMAND: &str = r"\eqref{";
    let rest = text.strip_prefix(COMMAND)?;
    let label = &rest[..rest.find(['}', '{', '\n', '$', '\\'])?];
    let closed = rest[label.len()..].starts_with('}') && !label.trim().is_empty();
    closed.then_some((COMMAND.len() + label.len() + 1, label.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The text with `⟨…⟩` for inline formulas, `⟪…⟫` for displays.
    fn check(source: &str, expected: &str) {
        let shielded = shield(source, Input::Whole);
        let mut shown = String::new();
        shielded.tokens.split(&shielded.text, |part| match part {
            Stretch::Text(text) => shown.push_str(text),
            Stretch::Token(Token::Formula { source, tex, display }) => {
                let (open, close) = if *display { ('⟪', '⟫') } else { ('⟨', '⟩') };
                shown.push(open);
                shown.push_str(&source[tex.clone()]);
                shown.push(close);
            }
            Stretch::Token(token) => shown.push_str(&format!("[{}]", token.source())),
        });
        assert_eq!(shown, expected, "from {source:?}");
        let lines = shielded.text.split('\n').count();
        assert!(shielded.lines.len() == lines, "{source:?}: {} of {lines} lines", shielded.lines.len());
    }

    #[test]
    fn code_comes_first() {
        check("`$a` $b$ `$c`", "`$a` ⟨b⟩ `$c`");
        check("`a $b$", "`a ⟨b⟩");
        check("$a `b$ c` $d$", "$a `b$ c` ⟨d⟩");
        check("$$\na`b\n$$\n`c`", "⟪\na`b\n⟫\n`c`");
        check("\\begin{align}\nx`\n\\end{align}\n`c`", "⟪\\begin{align}\nx`\n\\end{align}⟫\n`c`");
        check("$\\text{``a''}$ $\\text{``b''}$", "⟨\\text{``a''}⟩ ⟨\\text{``b''}⟩");
        check("\\[a `\\]` b\\]", "\\[a `\\]` b\\]");
        check("| $5 | `$x` |\n|---|---|", "| $5 | `$x` |\n|---|---|");
        check("\\begin{align} is closed by `\\end{align}`", "\\begin{align} is closed by `\\end{align}`");
        check("``a ` $b$ ``$c$", "``a ` $b$ ``⟨c⟩");
        check("```\n$a$\n```\n$b$", "```\n$a$\n```\n⟨b⟩");
        check("    $a$\n\n$b$", "    $a$\n\n⟨b⟩");
        check("p\n    $a$", "p\n    ⟨a⟩");
        check("- x\n\n      $a$\n\n  $b$", "- x\n\n      $a$\n\n  ⟨b⟩");
        check("- ```\n  $a$\n  ```\n  $b$", "- ```\n  $a$\n  ```\n  ⟨b⟩");
        check("~~~\n$a$", "~~~\n$a$");
        check(r"\`$a$\`", r"\`⟨a⟩\`");
        check("<!-- $a$ -->\n\n$b$", "<!-- $a$ -->\n\n⟨b⟩");
        check("<div>\n$a$\n\n$b$", "<div>\n⟨a⟩\n\n⟨b⟩");
        check("<div>\n$$\na\n\nb\n$$\n</div>", "<div>\n⟪\na\n\nb\n⟫\n</div>");
        check("<p>$i<j$ `$x$`</p>", "<p>⟨i<j⟩ `⟨x⟩`</p>");
        check("<td>$a</td><td>b$</td>", "<td>$a</td><td>b$</td>");
        check("<p><code>$a$</code> $b$ <code>$c$</p>", "<p><code>$a$</code> ⟨b⟩ <code>⟨c⟩</p>");
        check("a <code>$HOME</code> or <KBD>$x$</KBD> $b$", "a <code>$HOME</code> or <KBD>$x$</KBD> ⟨b⟩");
        check("a <b title=\"$x$\"> $y$", "a <b title=\"$x$\"> ⟨y⟩");
        check("a <https://x.org/$a$> $y$", "a <https://x.org/$a$> ⟨y⟩");
    }

    #[test]
    fn a_formula_hides_what_looks_like_a_block() {
        for inside in
            ["# n", "- a\n+ b", "a\n---\nb", "a\n=\nb", "> a", "a\n\nb", "1. a", "| a |\n|---|", "    a"]
        {
            check(&format!("$$\n{inside}\n$$"), &format!("⟪\n{inside}\n⟫"));
            check(&format!("p\n\\[\n{inside}\n\\] q"), &format!("p\n⟪\n{inside}\n⟫ q"));
            check(
                &format!("\\begin{{align}}\n{inside}\n\\end{{align}}"),
                &format!("⟪\\begin{{align}}\n{inside}\n\\end{{align}}⟫"),
            );
        }
    }

    #[test]
    fn containers_keep_their_prefixes() {
        check("> $$\n> a\n> $$\n> b", "> ⟪\na\n⟫\n> b");
        check("> $$\na\n$$", "> ⟪\na\n⟫");
        check("> $$\n\na $$", "> $$\n\na $$");
        check("1. a\n   $$\n   b\n\n   c\n   $$  \n2. d", "1. a\n   ⟪\nb\n\nc\n⟫  \n2. d");
        check("- a\n$$\nb\n$$\n- c", "- a\n⟪\nb\n⟫\n- c");
        check("- $a\n  b$", "- ⟨a\nb⟩");
        check("- > $$\n  > a\n  > $$", "- > ⟪\na\n⟫");
        check("-\t$$\n\ta\n\t$$", "-\t⟪\na\n⟫");
        check("[^1]: $$\n    a\n    $$", "[^1]: ⟪\na\n⟫");
        check("- $a\n- b$", "- $a\n- b$");
        check("> $a\n\nb$", "> $a\n\nb$");
    }

    #[test]
    fn tables() {
        check("| a | b |\n|---|---|\n| $|x|$ | $P(y|x)$ |", "| a | b |\n|---|---|\n| ⟨|x|⟩ | ⟨P(y|x)⟩ |");
        check("a | $|b|$\n-|-\n`$c | d$`", "a | ⟨|b|⟩\n-|-\n`⟨c | d⟩`");
        check("| a |\n|---|\n| $x |\n| y$ |", "| a |\n|---|\n| $x |\n| y$ |");
        check("| a |\n|---|\n\n$x\ny$", "| a |\n|---|\n\n⟨x\ny⟩");
        check("| `$a | $b$ |\n|---|---|", "| `$a | ⟨b⟩ |\n|---|---|");
        check("`a\n| b` | $|c|$ |\n|---|---|", "`a\n| b` | ⟨|c|⟩ |\n|---|---|");
        check("`a\n| b` |\n|---|\n    $c\nd$", "`a\n| b` |\n|---|\n    $c\nd$");
    }

    #[test]
    fn references_and_reserved_characters() {
        check(r"see \eqref{a b} and \eqref{} or \\eqref{c}", r"see [\eqref{a b}] and \eqref{} or \\eqref{c}");
        check("\u{3ffd0}\u{3ffe0}\u{3ffd2} $a$", "\u{3ffd0}\u{3ffe0}\u{3ffd2} ⟨a⟩");
        check("$$\na\n$$\n---", &format!("⟪\na\n⟫\n{BOUNDARY}\n---"));
        check("a $b$\n---", "a ⟨b⟩\n---");
    }

    #[test]
    fn what_is_still_arriving_is_held() {
        let held = |source: &str| shield(source, Input::Arriving).held;
        assert_eq!(held("a $x"), Some(2));
        assert_eq!(held("a $x$ b $$"), Some(8));
        assert_eq!(held("- a\n  $$\n  b\n\n"), Some(6));
        assert_eq!(held("$$\n\n# a\n\n"), Some(0));
        assert_eq!(held("a $x\n\nb"), None);
        assert_eq!(held("a $x\n\n"), None);
        assert_eq!(held("a $x\n"), Some(2));
        assert_eq!(held("# a $x\n"), None);
        assert_eq!(held("- $$\n\nb\n"), None);
        assert_eq!(held("`$x"), Some(1));
        assert_eq!(held("`$x`"), None);
        assert_eq!(held("$a `b$ c"), Some(0));
        assert_eq!(held("$a `b$ c`"), None);
        assert_eq!(held("$a `b$ c\n\n"), None);
        assert_eq!(held("```\n$x"), None);
    }
}
