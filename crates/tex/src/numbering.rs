//! Equation numbers, by the rules of AMS.
//!
//! Nothing here knows a counter: a number is counted from the beginning of its display, so that the numbers of a
//! document are one addition per display, in whatever order the displays are typeset or become known.

use crate::{
    formulas::pairs,
    tokens::{Token, Tokens},
};

/// The numbers and labels of one display.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Numbering {
    /// How far the display moves the counter of equations.
    pub counted: u32,
    /// Its rows that have a number, a tag or a label, from top to bottom.
    pub rows: Vec<Row>,
}

/// A row of a display.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// What stands beside it.
    pub number: Number,
    /// What `\label` calls it.
    pub label: Option<String>,
    /// Where it ends, in bytes of the display's TeX: at the `\\`, the `\end` or the end of all.
    pub end: usize,
}

/// What stands beside a row, in parentheses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Number {
    /// Nothing.
    None,
    /// The counter before the display plus this, from 1.
    Next(u32),
    /// What `\tag` says.
    Tag(String),
}

/// The numbers of a display, given its TeX without delimiters.
///
/// ```
/// let display = tex::numbering(r"\begin{align} a &= b \label{x} \\ c &= d \notag \\ e &= f \end{align}");
/// assert_eq!(display.counted, 2);
/// assert_eq!(display.rows[0].label.as_deref(), Some("x"));
/// ```
pub fn numbering(tex: &str) -> Numbering {
    let mut scan = Scan::new(tex);
    while let Some((token, range)) = scan.tokens.next() {
        scan.take(token, range.start);
    }
    scan.finish(tex.len())
}

/// What an environment or a group is to the numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Each row has a number.
    Rows,
    /// As `Rows`, and a row may be an environment with numbers of its own.
    Gather,
    /// It has one number.
    Whole,
    /// It has none, and a `\notag` in it says nothing about the row around it.
    Apart,
    /// It has none, and what it says is said about the row around it.
    Group,
}

fn kind(environment: &str) -> Kind {
    match environment {
        "align" | "alignat" | "xalignat" | "flalign" | "eqnarray" => Kind::Rows,
        "gather" => Kind::Gather,
        "equation" | "multline" | MULTLINED => Kind::Whole,
        "split" | "aligned" | "alignedat" | "gathered" | "lgathered" | "rgathered" => Kind::Apart,
        _ => Kind::Group,
    }
}

/// Numbered by MathJax 4.1, which makes it from its `multline`, and wherever it stands.
const MULTLINED: &str = "multlined";

/// Reads a display as MathJax does, which shows the numbers: what it takes for an argument, for a row and for nothing
/// at all decides what they are.
struct Scan<'a> {
    tokens: Tokens<'a>,
    numbering: Numbering,
    /// What is open around what is being read, the display itself first.
    open: Vec<Open>,
    /// The label that waits for a number, past the rows that have none.
    label: Option<&'a str>,
    /// The braces that match, as long as there are comments, which can hide one.
    braces: Vec<(usize, usize)>,
    /// Whether a brace that comes next begins an argument.
    argument: bool,
}

struct Open {
    kind: Kind,
    /// Whether its rows have numbers if they do not say otherwise.
    counts: bool,
    /// What its row says.
    said: Option<Number>,
    /// Whether its row holds anything: an empty one at the end is none.
    filled: bool,
    /// The place in the stack of what has the row that a tag here belongs to.
    row: usize,
    /// Where the argument ends that it stands in. So do comments: arguments are taken before they are read.
    end: usize,
}

impl<'a> Scan<'a> {
    fn new(tex: &'a str) -> Self {
        Self {
            tokens: Tokens::of(tex),
            numbering: Numbering::default(),
            open: vec![Open {
                kind: Kind::Whole,
                counts: false,
                said: None,
                filled: true,
                row: 0,
                end: tex.len(),
            }],
            label: None,
            braces: if tex.contains('%') { pairs(tex, 0..tex.len()) } else { Vec::new() },
            argument: false,
        }
    }

    fn take(&mut self, token: Token<'a>, at: usize) {
        let argument = std::mem::take(&mut self.argument);
        match token {
            Token::Command(name) => self.command(name, at),
            Token::Open => {
                self.open(Kind::Group, false);
                let pair = self.braces.binary_search_by_key(&at, |pair| pair.0);
                if let (Ok(pair), true) = (pair, argument) {
                    self.top().end = self.braces[pair].1;
                }
            }
            Token::Close => {
                self.argument = self.top().end == at;
                self.close(at);
            }
            Token::Char('%') => self.comment(at),
            Token::Char(c) if c.is_ascii_whitespace() => self.argument = argument,
            Token::Char(_) => self.top().filled = true,
        }
    }

    fn command(&mut self, name: &str, at: usize) {
        match name {
            "begin" => self.begin(),
            "end" => {
                self.tokens.argument();
                self.close(at);
            }
            "left" => self.open(Kind::Group, false),
            "right" => self.close(at),
            "notag" | "nonumber" => self.say(Number::None),
            "tag" => self.tag(),
            "label" => self.label = self.name().filter(|label| !label.is_empty()).or(self.label),
            "\\" => {
                self.end_row(at);
                let spacing = row_spacing(self.tokens.rest());
                self.tokens.pass(spacing);
            }
            "cr" | "newline" | "ArrowBetweenLines" | "shortvdotswithin" => self.end_row(at),
            // They leave nothing in the row.
            "hline" | "hdashline" | "hfill" | "hfil" | "hfilll" | "nonscript" => {}
            "rm" | "mit" | "oldstyle" | "cal" | "it" | "bf" | "sf" | "tt" => {}
            _ => {
                self.top().filled = true;
                self.argument = true;
            }
        }
    }

    fn begin(&mut self) {
        let name = self.tokens.argument();
        let bare = name.strip_suffix('*').unwrap_or(name);
        let first = self.open.len() == 1 || self.top().kind == Kind::Gather || bare == MULTLINED;
        let (kind, numbers) = match kind(bare) {
            kind @ (Kind::Rows | Kind::Gather | Kind::Whole) if first => (kind, bare == name),
            Kind::Apart => (Kind::Apart, false),
            _ => (Kind::Group, false),
        };
        self.open(kind, numbers);
        self.top().filled = bare == "equation";
        if bare.ends_with("alignat") {
            self.tokens.argument();
        }
    }

    fn tag(&mut self) {
        self.tokens.skip_space();
        if self.tokens.rest().starts_with('*') {
            self.tokens.pass(1);
        }
        if let Some(tag) = self.name() {
            self.say(if tag.is_empty() { Number::None } else { Number::Tag(tag.to_owned()) });
        }
    }

    /// The argument that follows, if it is as short as a label or a tag.
    fn name(&mut self) -> Option<&'a str> {
        Some(self.tokens.argument().trim()).filter(|name| name.len() <= LONGEST_NAME)
    }

    fn comment(&mut self, at: usize) {
        let rest = self.tokens.rest();
        let left = self.top().end.checked_sub(at + 1).map_or(rest, |length| &rest[..length]);
        self.tokens.pass(left.find('\n').map_or(left.len(), |line| line + 1));
    }

    fn top(&mut self) -> &mut Open {
        self.open.last_mut().expect("the display itself is never closed")
    }

    fn open(&mut self, kind: Kind, counts: bool) {
        let depth = self.open.len();
        let top = self.top();
        top.filled = true;
        let row = if kind == Kind::Group { top.row } else { depth };
        let end = top.end;
        self.open.push(Open { kind, counts, said: None, filled: false, row, end });
    }

    fn close(&mut self, at: usize) {
        if self.open.len() > 1 {
            let closed = self.open.pop().filter(|closed| closed.filled);
            closed.into_iter().for_each(|closed| self.number(closed.said, closed.counts, at));
        }
    }

    fn say(&mut self, number: Number) {
        let row = self.top().row;
        self.open[row].said = Some(number);
    }

    fn end_row(&mut self, at: usize) {
        let top = self.top();
        if matches!(top.kind, Kind::Rows | Kind::Gather) {
            top.filled = false;
            let (said, counts) = (top.said.take(), top.counts);
            self.number(said, counts, at);
        } else {
            top.filled = true;
        }
    }

    fn number(&mut self, said: Option<Number>, counts: bool, end: usize) {
        let number = match said {
            Some(number) => number,
            None if counts => {
                self.numbering.counted += 1;
                Number::Next(self.numbering.counted)
            }
            None => Number::None,
        };
        if number != Number::None {
            let label = self.label.take().map(str::to_owned);
            self.numbering.rows.push(Row { number, label, end });
        }
    }

    fn finish(mut self, end: usize) -> Numbering {
        while self.open.len() > 1 {
            self.close(end);
        }
        let said = self.top().said.take();
        self.number(said, false, end);
        let label = self.label.map(str::to_owned);
        self.numbering.rows.extend(label.map(|label| Row { number: Number::None, label: Some(label), end }));
        self.numbering
    }
}

/// The longest label or tag, in bytes: each reference to it repeats it.
const LONGEST_NAME: usize = 500;

/// The bytes of the star and the length that may stand after `\\`, without any space before them.
pub(crate) fn row_spacing(rest: &str) -> usize {
    let star = usize::from(rest.starts_with('*'));
    let Some(inside) = rest[star..].strip_prefix('[') else { return star };
    let length = inside.find(|c: char| !(c.is_ascii_alphanumeric() || " +-.,".contains(c)));
    length.filter(|length| inside[*length..].starts_with(']')).map_or(star, |length| star + length + 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What stands beside the rows: a number, a tag in parentheses, `-` for neither; then `#label`.
    fn check(tex: &str, expected: &str) {
        let rows = numbering(tex).rows.into_iter().map(|row| {
            let number = match row.number {
                Number::None => "-".to_owned(),
                Number::Next(number) => number.to_string(),
                Number::Tag(tag) => format!("({tag})"),
            };
            number + &row.label.map_or(String::new(), |label| format!("#{label}"))
        });
        assert_eq!(rows.collect::<Vec<_>>().join(" "), expected, "in {tex}");
    }

    #[test]
    fn rules() {
        check("x = 1", "");
        check(r"x \tag{1}", "(1)");
        check(r"x \tag*{A} \label{a}", "(A)#a");
        check(r"x \label{a}", "-#a");
        check(r"\begin{equation}x\end{equation}", "1");
        check(r"\begin{equation*}x\end{equation*}", "");
        check(r"\begin{equation*}x\tag{$*$}\end{equation*}", "($*$)");
        check(r"\begin{equation}x\label{ a b }\end{equation}", "1#a b");
        check(r"\begin{equation}x\notag\end{equation}", "");
        check(r"\begin{align}a\\b\\c\end{align}", "1 2 3");
        check(r"\begin{align}a\notag\\b\nonumber\\c\label{c}\end{align}", "1#c");
        check(r"\begin{align}a\\b\\ \end{align}", "1 2");
        check(r"\begin{align*}a\\b\tag{2}\end{align*}", "(2)");
        check(r"\begin{align*}a\\b\\c\end{align*}", "");
        check(r"\begin{gather*}a\\b\label{b}\end{gather*}", "-#b");
        check(r"\begin{align}a\tag{x}\\b\end{align}", "(x) 1");
        check(r"\begin{alignat}{2}a\\b\end{alignat}", "1 2");
        check(r"\begin{multline}a\\b\\c\end{multline}", "1");
        check(r"\begin{gather}\begin{matrix}a\\b\end{matrix}\\c\end{gather}", "1 2");
        check(r"\begin{equation}\begin{split}a\\b\end{split}\end{equation}", "1");
        check(r"\begin{align}\text{a \\ b}\\c\end{align}", "1 2");
        check("\\begin{align}a % \\\\ \\label{no}\n\\\\b\\end{align}", "1 2");
        check(r"\begin{align}a\%\\b\end{align}", "1 2");
        check(r"\begin{align}", "");
        check(r"\end{align}\}", "");
    }

    /// Each of these is what MathJax 4.1.3 shows, found by comparing it with this on random displays.
    #[test]
    fn rows_are_those_of_the_typesetter() {
        check("\\begin{align}a\\\\b\\label{b}\\\\[1ex]\n\\end{align}", "1 2#b");
        check("\\begin{align}a\\\\b\\label{b}\\\\ % done\n\\end{align}", "1 2#b");
        check("\\begin{gather}a\\\\\\hline\\notag\n\\end{gather}", "1");
        check(r"\begin{align}a\\*[ -1 em ]\end{align}", "1");
        check(r"\begin{align}a\\ [1ex]\end{align}", "1 2");
        check(r"\begin{align}a\\{}\end{align}", "1 2");
        check(r"\begin{align}a\\&\end{align}", "1 2");
        check(r"\begin{align}a\label{a}\cr b\label{b}\end{align}", "1#a 2#b");
        check(r"\begin{align}a\label{a}\newline b\label{b}\cr\end{align}", "1#a 2#b");
        check(r"\begin{align}a\newline[1ex]\end{align}", "1 2");
        check(r"\begin{align}a\\\bf\end{align}", "1");
        check(r"\begin{align}a\\\displaystyle\end{align}", "1 2");
        for empty in ["align", "gather", "multline", "flalign", "eqnarray"] {
            check(&format!("\\begin{{{empty}}} \\end{{{empty}}}"), "");
        }
        check(r"\begin{alignat}{2}\end{alignat}", "");
        check(r"\begin{equation}\end{equation}", "1");
        check(r"\begin{align}\\\\\end{align}", "1 2");
        check(r"\begin{align}a\\\tag{x}\label{b}\end{align}", "1 -#b");
    }

    #[test]
    fn what_ends_no_row() {
        check(r"\begin{align}\left(a\\b\right)\\c\end{align}", "1 2");
        check(r"\begin{align}{a\\b}\\x^{c\\d}\end{align}", "1 2");
        check(r"\begin{align}\cases{a\cr b}\\c\end{align}", "1 2");
        check(r"\begin{equation}a\\b\end{equation}", "1");
        check(r"\begin{align}\text{50%}\\b\end{align}", "1 2");
        check(r"\begin{align}\frac{a}{50%}\\b\label{b}\end{align}", "1 2#b");
        check("\\begin{align}\\text{a % }\n\\\\b\\end{align}", "1 2");
        check("\\begin{align}{a % }\n}\\\\b\\end{align}", "1 2");
    }

    #[test]
    fn what_a_row_says_of_its_number() {
        check(r"\begin{align}a\tag{x}\notag\\b\notag\tag{y}\end{align}", "(y)");
        check(r"\begin{align}a\tag *{x}\\b\tag 7\\c\tag{}\end{align}", "(x) (7)");
        check(r"\begin{align}a\notag\label{a}\\b\end{align}", "1#a");
        check(r"\begin{align}a\label{}\end{align}", "1");
        check(r"\begin{equation}\begin{split}a\\b\notag\end{split}\end{equation}", "1");
        check(r"\begin{equation}\begin{cases}a\\b\notag\end{cases}\end{equation}", "");
        check(r"\begin{gather}\begin{aligned}a\label{a}\end{aligned}\\b\end{gather}", "1#a 2");
        check(r"\begin{gather}\begin{align}a\\b\end{align}\\c\end{gather}", "1 2 3 4");
        check(r"\begin{equation}\begin{align}a\\b\end{align}\end{equation}", "1");
        check(r"\begin{equation}\begin{multlined}a\\b\end{multlined}\end{equation}", "1 2");
        check(r"\begin{align*}a\label{a}\end{align*}\tag{1}", "(1)#a");
    }
}
