//! Where formulas begin and end in text.
//!
//! The rules are the same for plain text and for Markdown; Markdown only decides at which positions they
//! are asked. Every scan from an opener stops at the next delimiter of its kind, so that the whole of a
//! text costs linear time whatever it holds.

use std::ops::Range;

/// The longest formula, in bytes. A longer one is text.
pub const MAX_FORMULA: usize = 32 * 1024;

/// Environments that are formulas without any delimiter around them; each also exists with a star.
const ENVIRONMENTS: [&str; 7] = ["equation", "align", "gather", "multline", "alignat", "flalign", "eqnarray"];

const BEGIN: &str = r"\begin{";

/// A formula in a text, in bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// The formula with its delimiters.
    pub range: Range<usize>,
    /// The TeX between the delimiters, untrimmed; the whole of a bare environment.
    pub tex: Range<usize>,
    /// Whether it is set on a line of its own.
    pub display: bool,
}

/// What stands at a position where a formula might begin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// A formula.
    Formula(Span),
    /// An opener that the text so far does not close, but more text might.
    Open(Opener),
    /// No formula, whatever follows. Go on this many bytes further.
    Skip(usize),
    /// A pair of delimiters with nothing between them, which is text. Go on this many bytes further.
    Empty(usize),
}

/// An opener whose formula has not closed yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Opener {
    /// Whether it opens a display.
    pub display: bool,
    /// The length of the opening delimiter, the bytes to skip when it never closes.
    pub length: usize,
    /// Whether a blank line may stand inside the formula.
    pub spans_blank_lines: bool,
}

/// The formulas of a plain text, in order. Nothing in it is code, and `\$` is a dollar.
///
/// ```
/// let text = "costs $5 per call; the loss is $x_1$";
/// let found = tex::formulas(text);
/// assert_eq!(found.len(), 1);
/// assert_eq!(&text[found[0].tex.clone()], "x_1");
/// ```
pub fn formulas(text: &str) -> Vec<Span> {
    let mut scanner = Scanner::default();
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(next) = text.as_bytes()[at..].iter().position(|byte| matches!(byte, b'$' | b'\\')) {
        at += next;
        match scanner.at(text, at, true) {
            Found::Formula(span) => {
                at = span.range.end;
                found.push(span);
            }
            Found::Open(opener) => at += opener.length,
            Found::Skip(bytes) | Found::Empty(bytes) => at += bytes,
        }
    }
    found
}

/// Asks about one position after another of one text, from front to back.
///
/// The text may grow at its end between two questions. The scanner remembers the braces of the paragraph it is in,
/// and that is all it remembers.
#[derive(Debug, Default)]
pub struct Scanner {
    paragraph: Range<usize>,
    /// Matching braces of that paragraph, by the position of the opening one.
    braces: Vec<(usize, usize)>,
}

impl Scanner {
    /// What stands at byte `at` of `text`, which must be a `$` or a backslash. `ended` says that no more text comes:
    /// then nothing is [`Found::Open`].
    pub fn at(&mut self, text: &str, at: usize, ended: bool) -> Found {
        let found = match text.as_bytes()[at] {
            b'$' => self.dollar(text, at, ended),
            _ => self.backslash(text, at, ended),
        };
        match found {
            Found::Open(opener) if ended => Found::Skip(opener.length),
            found => found,
        }
    }

    fn dollar(&mut self, text: &str, at: usize, ended: bool) -> Found {
        let bytes = text.as_bytes();
        let run = bytes[at..].iter().take_while(|byte| **byte == b'$').count();
        if at + run == text.len() && run <= 2 && !ended {
            return Found::Open(Opener { display: run == 2, length: run, spans_blank_lines: run == 2 });
        }
        match run {
            1 if bytes.get(at + 1) == Some(&b'`') => ticked(text, at),
            1 => self.inline(text, at, b'$', ended),
            2 => display(text, at, b'$'),
            run => Found::Skip(run),
        }
    }

    fn backslash(&mut self, text: &str, at: usize, ended: bool) -> Found {
        let rest = &text[at + 1..];
        match rest.as_bytes().first() {
            Some(b'(') => self.inline(text, at, b'(', ended),
            Some(b'[') => display(text, at, b'['),
            Some(b'b') => environment(text, at, ended),
            Some(_) => Found::Skip(1 + rest.chars().next().map_or(0, char::len_utf8)),
            None => Found::Open(Opener { display: false, length: 1, spans_blank_lines: false }),
        }
    }

    /// `$…$` or `\(…\)`: it ends before a blank line, and the next delimiter outside braces decides.
    fn inline(&mut self, text: &str, at: usize, kind: u8, ended: bool) -> Found {
        let bytes = text.as_bytes();
        let start = at + if kind == b'$' { 1 } else { 2 };
        let opener = Opener { display: false, length: start - at, spans_blank_lines: false };
        let skip = Found::Skip(opener.length);
        if kind == b'$' && text[start..].starts_with(char::is_whitespace) {
            return skip;
        }
        self.enter(text, at);
        let end = self.paragraph.end.min(start + MAX_FORMULA);
        let mut i = start;
        while i < end {
            match bytes[i] {
                b'\\' => match bytes.get(i + 1) {
                    Some(b')') if kind == b'(' => return close(text, at, start, i, 2, opener),
                    Some(b'(') if kind == b'(' => return skip,
                    _ => i += 1,
                },
                b'$' if kind == b'$' && undecided(text, start, i) && !ended => return Found::Open(opener),
                b'$' if kind == b'$' && !may_close(text, start, i) => return skip,
                b'$' if kind == b'$' => return close(text, at, start, i, 1, opener),
                b'{' => match self.braces.binary_search_by_key(&i, |pair| pair.0) {
                    Ok(pair) => i = self.braces[pair].1,
                    Err(_) => break,
                },
                b'}' => return skip,
                _ => {}
            }
            i += 1;
        }
        if self.paragraph.end == text.len() && start + MAX_FORMULA > text.len() {
            Found::Open(opener)
        } else {
            skip
        }
    }

    /// Makes the paragraph around `at` the one whose braces are known. What stands before `at` is done with: braces
    /// that match after it match whatever stands there.
    fn enter(&mut self, text: &str, at: usize) {
        let known = self.paragraph.contains(&at);
        if known && (self.paragraph.end == text.len() || ends_paragraph(text, self.paragraph.end)) {
            return;
        }
        let end = text[at..].match_indices('\n').map(|(i, _)| at + i).find(|i| ends_paragraph(text, *i));
        self.paragraph = at..end.unwrap_or(text.len());
        self.braces = pairs(text, self.paragraph.clone());
    }
}

/// Whether a blank line follows the line break at `at`.
fn ends_paragraph(text: &str, at: usize) -> bool {
    let rest = text[at..].strip_prefix('\n').unwrap_or(&text[at..]).trim_start_matches([' ', '\t']);
    rest.starts_with('\n')
}

/// The matching braces of a range, by the position of the opening one; escaped ones do not count.
pub(crate) fn pairs(text: &str, range: Range<usize>) -> Vec<(usize, usize)> {
    let bytes = text.as_bytes();
    let (mut open, mut pairs) = (Vec::new(), Vec::new());
    let mut i = range.start;
    while i < range.end {
        match bytes[i] {
            b'\\' => i += 1,
            b'{' => open.push(i),
            b'}' => pairs.extend(open.pop().map(|start| (start, i))),
            _ => {}
        }
        i += 1;
    }
    pairs.sort_unstable();
    pairs
}

/// The `$` rule for the closing side: `$5-$10` is money, `$x$10` is not.
fn may_close(text: &str, start: usize, end: usize) -> bool {
    let content = &text[start..end];
    let unit = content.starts_with(')') && content.len() > 1;
    !unit && !content.ends_with(char::is_whitespace) && !is_money(content, &text[end + 1..])
}

/// Whether `content` is an amount of money with words behind it, and another amount or a formula begins `after` it.
fn is_money(content: &str, after: &str) -> bool {
    if !starts_with_digit(content) || content.contains(['\\', '^', '_', '{']) {
        return false;
    }
    let begins = after.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '\\');
    let ideographs = content.contains(|c| ('\u{3400}'..='\u{9fff}').contains(&c));
    let sentence = begins || content.contains(|c| "，。；：！？、（）".contains(c));
    starts_with_digit(after) || content.ends_with(['(', '，', '；', '、']) || (ideographs && sentence)
}

/// Whether the character that decides between money and a formula has not arrived.
fn undecided(text: &str, start: usize, end: usize) -> bool {
    end + 1 == text.len() && starts_with_digit(&text[start..end])
}

fn starts_with_digit(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_digit())
}

/// A formula from `at` whose closing delimiter, `length` bytes, stands at `end`, unless there is nothing in it.
fn close(text: &str, at: usize, start: usize, end: usize, length: usize, opener: Opener) -> Found {
    if says_nothing(&text[start..end]) {
        return Found::Empty(end + length - at);
    }
    Found::Formula(Span { range: at..end + length, tex: start..end, display: opener.display })
}

/// Whether TeX is white space, or the backslashes of escapes in Markdown: `\[\\\]` is no formula.
fn says_nothing(tex: &str) -> bool {
    tex.chars().all(|c| c.is_whitespace() || c == '\\')
}

/// GitLab's and GitHub's dollar and backtick: it ends at the next backtick or not at all.
fn ticked(text: &str, at: usize) -> Found {
    let start = at + 2;
    let opener = Opener { display: false, length: 1, spans_blank_lines: false };
    let end = text[start..].find('`').map_or(text.len(), |length| start + length);
    if text[start..end].match_indices('\n').any(|(i, _)| ends_paragraph(text, start + i)) {
        return Found::Skip(1);
    }
    match text.as_bytes().get(end + 1) {
        Some(b'$') => close(text, at, start, end, 2, opener),
        None => Found::Open(opener),
        Some(_) => Found::Skip(1),
    }
}

/// `$$…$$` or `\[…\]`: the next delimiter of either side decides, outside braces or not. A blank line may stand
/// inside only when the opener stands alone on its line.
fn display(text: &str, at: usize, kind: u8) -> Found {
    let bytes = text.as_bytes();
    let start = at + 2;
    let alone = stands_alone(text, at, start);
    let opener = Opener { display: true, length: 2, spans_blank_lines: alone };
    let skip = Found::Skip(2);
    let mut depth = 0usize;
    let mut i = start;
    while i < text.len().min(start + MAX_FORMULA) {
        let closes = match bytes[i] {
            b'$' => kind == b'$' && bytes.get(i + 1) == Some(&b'$'),
            b'\\' => match bytes.get(i + 1) {
                Some(b'[') if kind == b'[' => return skip,
                Some(b']') if kind == b'[' => true,
                _ => {
                    i += escaped(bytes, i);
                    continue;
                }
            },
            _ => false,
        };
        if closes {
            return if depth == 0 { close(text, at, start, i, 2, opener) } else { skip };
        }
        match bytes[i] {
            b'{' => depth += 1,
            b'}' if depth == 0 => return skip,
            b'}' => depth -= 1,
            b'\n' if opens_fence(&text[i + 1..]) || (!alone && ends_paragraph(text, i)) => return skip,
            _ => {}
        }
        i += 1;
    }
    if start + MAX_FORMULA > text.len() { Found::Open(opener) } else { skip }
}

/// The bytes to skip for a backslash and what it escapes; a line still ends after one.
fn escaped(bytes: &[u8], at: usize) -> usize {
    if bytes.get(at + 1) == Some(&b'\n') { 1 } else { 2 }
}

fn stands_alone(text: &str, at: usize, start: usize) -> bool {
    let before = text[..at].trim_end_matches([' ', '\t']);
    let after = text[start..].trim_start_matches([' ', '\t']);
    (before.is_empty() || before.ends_with('\n')) && (after.is_empty() || after.starts_with('\n'))
}

/// Code comes before mathematics: no formula reaches over the beginning of a code block.
fn opens_fence(line: &str) -> bool {
    let line = line.trim_start_matches(' ');
    line.starts_with("```") || line.starts_with("~~~")
}

/// A bare `\begin{align}…\end{align}`. One inside another of its name is an error, and no formula.
fn environment(text: &str, at: usize, ended: bool) -> Found {
    let rest = &text[at..];
    let opener = Opener { display: true, length: BEGIN.len(), spans_blank_lines: true };
    if let Some(name) = ENVIRONMENTS.iter().find_map(|name| named(rest, name)) {
        return body(text, at, name, opener);
    }
    let partly = |name: &&str| {
        [format!("{BEGIN}{name}}}"), format!("{BEGIN}{name}*}}")].iter().any(|whole| whole.starts_with(rest))
    };
    match !ended && ENVIRONMENTS.iter().any(partly) {
        true => Found::Open(Opener { length: rest.len(), ..opener }),
        false => Found::Skip(2),
    }
}

/// The name of the environment that `rest` begins, if it is `name` with or without a star.
fn named<'a>(rest: &'a str, name: &str) -> Option<&'a str> {
    let after = rest.strip_prefix(BEGIN)?.strip_prefix(name)?;
    let star = usize::from(after.starts_with('*'));
    after[star..].starts_with('}').then(|| &rest[BEGIN.len()..BEGIN.len() + name.len() + star])
}

fn body(text: &str, at: usize, name: &str, opener: Opener) -> Found {
    let bytes = text.as_bytes();
    let skip = Found::Skip(BEGIN.len());
    let names = |i: usize, command: &str| {
        text[i..]
            .strip_prefix(command)
            .and_then(|rest| rest.strip_prefix(name))
            .is_some_and(|rest| rest.starts_with('}'))
    };
    let mut depth = 0usize;
    let mut i = at + BEGIN.len() + name.len() + 1;
    while i < text.len().min(at + MAX_FORMULA) {
        match bytes[i] {
            b'\\' if names(i, r"\end{") && depth == 0 => {
                let end = i + r"\end{}".len() + name.len();
                return Found::Formula(Span { range: at..end, tex: at..end, display: true });
            }
            b'\\' if names(i, r"\end{") || names(i, BEGIN) => return skip,
            b'\\' => {
                i += escaped(bytes, i);
                continue;
            }
            b'{' => depth += 1,
            b'}' if depth == 0 => return skip,
            b'}' => depth -= 1,
            b'\n' if opens_fence(&text[i + 1..]) => return skip,
            _ => {}
        }
        i += 1;
    }
    if at + MAX_FORMULA > text.len() { Found::Open(opener) } else { skip }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The formulas that a text should hold, as TeX, displays marked by `!` before them.
    fn check(text: &str, expected: &[&str]) {
        let found = formulas(text);
        let shown: Vec<String> = found
            .iter()
            .map(|span| format!("{}{}", if span.display { "!" } else { "" }, &text[span.tex.clone()]))
            .collect();
        assert_eq!(shown, expected, "in {text:?}");
    }

    #[test]
    fn delimiters() {
        check("a $x$ b", &["x"]);
        check(r"a \(x\) b", &["x"]);
        check("a $$x$$ b", &["!x"]);
        check(r"a \[x\] b", &["!x"]);
        check("a $`x`$ b", &["x"]);
        check("$x$$y$", &["x", "y"]);
        check("$x$$$y$$", &["x", "!y"]);
        check(r"\(\) \[\] \( \) $$ $$", &[]);
        check(r"\[\\\]", &[]);
        check("$$\n$$\n\na $x$ b\n\n$$\ny\n$$", &["x", "!\ny\n"]);
        check("$$ $$ and $$x$$", &["!x"]);
        check("a $$b\\\n\nc$$", &[]);
        check("\\begin{align}b\\\n```\nc\\end{align}", &[]);
        check("$$$x$$$ $$$$", &[]);
        check(r"\begin{align}a&=b\\c&=d\end{align}", &[r"!\begin{align}a&=b\\c&=d\end{align}"]);
        check(r"so\begin{equation*}a\end{equation*}then", &[r"!\begin{equation*}a\end{equation*}"]);
        check(r"\begin{matrix}a\end{matrix}", &[]);
        check(r"\begin{align}\begin{align}a\end{align}", &[r"!\begin{align}a\end{align}"]);
    }

    #[test]
    fn money() {
        check("costs $5 and $10 per 1M tokens", &[]);
        check("costs $5 per call; the loss is $x_1$", &["x_1"]);
        check("pay **$5** or **$6**", &[]);
        check("$5-$10", &[]);
        check("每次$5，损失为$x_1$。花费$5而$y$是变量。", &["x_1", "y"]);
        check("costs $5，$x$ is", &["x"]);
        check("$1，2，…，n$ and 约$10万$个", &["1，2，…，n", "10万"]);
        check("It costs $5 ($x$ is the number).", &["x"]);
        check("| Revenue ($) | Cost ($) |", &[]);
        check(r"$2\times$10$^{12}$", &[r"2\times", "^{12}"]);
        check(r"$\sim$10 and 3$\times$10$^{12}$", &[r"\sim", r"\times", "^{12}"]);
        check("$1$ and $2$", &["1", "2"]);
        check(r"\$5 and $x$ and \\$y$", &["x", "y"]);
        check("价格$x$，是$y$。", &["x", "y"]);
        check("a $ b $ c", &[]);
        check("$\u{3000}a$", &[]);
    }

    #[test]
    fn braces() {
        check(r"$\text{if $x_1>0$}$", &[r"\text{if $x_1>0$}"]);
        check(r"\(\text{if $x_1>0$}\)", &[r"\text{if $x_1>0$}"]);
        check("$a{b$ c", &[]);
        check("$a}b$ c", &[]);
        check("$a{$ and $y$", &["y"]);
        check(r"$\{a$", &[r"\{a"]);
        check("$$a{$$ and $y$", &["y"]);
        check(r"\begin{align}{\end{align}", &[]);
    }

    #[test]
    fn lines() {
        check("$a\nb$", &["a\nb"]);
        check("$a\n\nb$", &[]);
        check("$$a\n\nb$$", &[]);
        check("$$\na\n\nb\n$$", &["!\na\n\nb\n"]);
        check("\\[\na\n  \nb\n\\]", &["!\na\n  \nb\n"]);
        check("x $$\na\n\nb\n$$", &[]);
        check("$$\na\n```\n$$\n```", &[]);
        check("\\begin{align}\na\n\nb\n\\end{align}", &["!\\begin{align}\na\n\nb\n\\end{align}"]);
    }

    #[test]
    fn what_may_still_close_is_open_until_the_text_ends() {
        for text in [
            "$",
            "$$",
            "$a",
            "$5$",
            "$a{",
            "$`a",
            "$`a`",
            "$$a",
            "$$\na\n\nb",
            "\\",
            "\\(a",
            "\\[a",
            "\\beg",
            "\\begin{",
            "\\begin{ali",
            "\\begin{align*",
            "\\begin{align}a",
        ] {
            let open = Scanner::default().at(text, 0, false);
            assert!(matches!(open, Found::Open(_)), "{text:?} gives {open:?}");
            assert!(
                matches!(Scanner::default().at(text, 0, true), Found::Skip(_)) || text == "$5$",
                "{text:?}"
            );
        }
        for text in
            ["$ a", "$$$", "$a\n\nb", "$$a\n\nb", "$a}", "\\begin{matrix", "\\x", "$$\n```\n", "$`a`b"]
        {
            let skipped = Scanner::default().at(text, 0, false);
            assert!(matches!(skipped, Found::Skip(_)), "{text:?} gives {skipped:?}");
        }
    }

    #[test]
    fn hostile_texts_take_linear_time() {
        for unit in [
            "$",
            "$$ ",
            "$a{",
            "${",
            "$}",
            r"\(",
            r"\[",
            r"\begin{align}",
            "$$\n{\n",
            "$`",
            "$$\n\n",
            r"\begin{",
            "$x ",
        ] {
            let text = unit.repeat(1_000_000 / unit.len());
            let begun = std::time::Instant::now();
            formulas(&text);
            assert!(begun.elapsed().as_secs() < 5, "{unit:?} took {:?}", begun.elapsed());
        }
    }
}
