//! Macros: what commands stand for, read from formulas and written out in the formulas that follow.
//!
//! Who typesets a formula, counts it, checks it or converts it gets it with its macros written out, and knows none.
//! So a macro holds exactly where its document does, and no order of typesetting can matter.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use crate::allowed;
use crate::tokens::{Token, Tokens};

/// The most macros of one document.
const MOST: usize = 500;
/// The longest body of a macro that [`Macros::of`] takes, in bytes.
const LONGEST: usize = 1_000;
/// How many characters macros may write in one formula, counting those that they write for each other.
const IN_FORMULA: usize = 20_000;
/// The same for all formulas of a document.
const IN_DOCUMENT: usize = 1_000_000;

/// The macros that are known at one place of a document.
///
/// ```
/// let mut macros = tex::Macros::default();
/// assert_eq!(macros.read(r"\newcommand{\R}{\mathbb{R}}").as_deref(), Some(""));
/// assert_eq!(macros.read(r"x\in\R^n").as_deref(), Some(r"x\in\mathbb{R}^n"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Macros {
    known: Arc<BTreeMap<String, Arc<Meaning>>>,
    /// How many characters the document may still have written.
    left: usize,
}

/// What stands for a command.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Meaning {
    /// `\let`: the command of this name, whatever that is called later.
    Command(String),
    Macro {
        arguments: usize,
        /// The first argument, where none is given in brackets.
        default: Option<String>,
        body: String,
    },
}

/// A macro that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WrongMacro {
    /// Its name is not made of letters.
    Name(String),
    /// Its braces do not balance.
    Unbalanced(String),
    /// It is too long, or there are too many.
    TooLong(String),
    /// It stands for itself, or for more than a formula may hold.
    Endless(String),
}

impl std::fmt::Display for WrongMacro {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Name(name) => write!(f, "`{name}` is no name of a macro: letters without a backslash are"),
            Self::Unbalanced(name) => write!(f, "the braces of `{name}` do not balance"),
            Self::TooLong(name) => {
                write!(f, "`{name}` is one macro too many, or longer than {LONGEST} bytes")
            }
            Self::Endless(name) => write!(f, "`{name}` stands for itself, or for too much"),
        }
    }
}

impl std::error::Error for WrongMacro {}

impl Default for Macros {
    fn default() -> Self {
        Self { known: Arc::default(), left: IN_DOCUMENT }
    }
}

impl Macros {
    /// Macros by their names, without backslashes. Each has as many arguments as the highest `#1` to `#9` in it.
    pub fn of<'a>(bodies: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Self, WrongMacro> {
        let mut macros = Self::default();
        let mut calls = Vec::new();
        for (name, body) in bodies {
            if !is_word(name) || is_definition(name) {
                return Err(WrongMacro::Name(name.to_owned()));
            }
            if Input::of(&format!("{body}}}")).until('}').as_deref() != Some(&*body_of(body)) {
                return Err(WrongMacro::Unbalanced(name.to_owned()));
            }
            let arguments = (1..=9).rev().find(|n| body.contains(&format!("#{n}"))).unwrap_or(0);
            calls.push((name, format!(r"\{name}{}", "{x}".repeat(arguments))));
            let meaning = Meaning::Macro { arguments, default: None, body: body_of(body) };
            let fits = macros.define(name.to_owned(), meaning).filter(|()| body.len() <= LONGEST);
            fits.ok_or_else(|| WrongMacro::TooLong(name.to_owned()))?;
        }
        for (name, call) in calls {
            macros.clone().expand(&call).ok_or_else(|| WrongMacro::Endless(name.to_owned()))?;
        }
        Ok(macros)
    }

    /// Names and bodies, in alphabetical order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.known.iter().map(|(name, meaning)| match &**meaning {
            Meaning::Command(same) => (name.as_str(), same.as_str()),
            Meaning::Macro { body, .. } => (name.as_str(), body.as_str()),
        })
    }

    /// The same macros for another document.
    pub fn afresh(&self) -> Self {
        Self { known: self.known.clone(), left: IN_DOCUMENT }
    }

    /// A formula with its macros written out; `None` where they never end, or lack an argument.
    pub fn expand<'t>(&mut self, tex: &'t str) -> Option<Cow<'t, str>> {
        if self.known.is_empty() {
            return Some(tex.into());
        }
        self.written(tex, Definitions::AsTheyAre)
    }

    /// The same, and what the formula defines is known from there on and left out; `None` also where a definition cannot
    /// be understood.
    pub fn read<'t>(&mut self, tex: &'t str) -> Option<Cow<'t, str>> {
        self.written(tex, Definitions::Read)
    }

    fn written<'t>(&mut self, tex: &'t str, definitions: Definitions) -> Option<Cow<'t, str>> {
        if self.known.is_empty() && !may_define(tex) {
            return Some(tex.into());
        }
        let matters =
            |name| definitions == Definitions::Read && is_definition(name) || self.known.contains_key(name);
        if !Tokens::of(tex).any(|(token, _)| matches!(token, Token::Command(name) if matters(name))) {
            return Some(tex.into());
        }
        let left = self.left.min(IN_FORMULA);
        let mut writing =
            Writing { input: Input::of(tex), out: String::new(), left, definitions, macros: self };
        let ended = writing.all();
        let (out, spent) = (writing.out, left - writing.left);
        self.left -= spent;
        ended.map(|()| trimmed(&out).to_owned().into())
    }

    fn define(&mut self, name: String, meaning: Meaning) -> Option<()> {
        let known = Arc::make_mut(&mut self.known);
        known.insert(name, Arc::new(meaning));
        (known.len() <= MOST).then_some(())
    }
}

/// What becomes of definitions in a formula.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Definitions {
    Read,
    AsTheyAre,
}

fn is_definition(name: &str) -> bool {
    matches!(
        name,
        "newcommand" | "renewcommand" | "providecommand" | "DeclareMathOperator" | "def" | "gdef" | "let"
    )
}

/// Whether a formula may define something: most do not, and nearly all documents have no macros.
fn may_define(tex: &str) -> bool {
    tex.split('\\').skip(1).any(|rest| {
        let end = rest.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(rest.len());
        is_definition(&rest[..end])
    })
}

fn is_word(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphabetic())
}

/// A body on one line and without comments.
fn body_of(text: &str) -> String {
    Input::of(text).0.iter().rev().map(|c| if *c == '\n' { ' ' } else { *c }).collect()
}

/// A formula of which the definitions are gone; a backslash keeps the space that it escapes.
fn trimmed(tex: &str) -> &str {
    let end = tex.trim_end().len();
    if tex[..end].ends_with('\\') { tex.trim_start() } else { tex[..end].trim_start() }
}

/// A formula on its way from the input to the output.
struct Writing<'m> {
    input: Input,
    out: String,
    /// How many characters macros may still write.
    left: usize,
    definitions: Definitions,
    macros: &'m mut Macros,
}

impl Writing<'_> {
    fn all(&mut self) -> Option<()> {
        while let Some(piece) = self.input.next() {
            match piece {
                Piece::Char(c) => self.out.push(c),
                Piece::Command(name) if self.definitions == Definitions::Read && is_definition(&name) => {
                    self.definition(&name)?;
                    self.input.skip_space();
                    self.apart();
                }
                Piece::Command(name) => self.command(name)?,
            }
        }
        Some(())
    }

    fn command(&mut self, name: String) -> Option<()> {
        match self.macros.known.get(&name).cloned().as_deref() {
            None => self.keep(&name),
            Some(Meaning::Command(name)) => {
                self.spend(name.len())?;
                self.keep(name);
            }
            Some(Meaning::Macro { arguments, default, body }) => {
                if is_word(&name) {
                    self.input.skip_space();
                }
                let mut given = Vec::new();
                if let Some(default) = default {
                    given.push(self.input.option()?.unwrap_or_else(|| default.clone()));
                }
                while given.len() < *arguments {
                    given.push(self.input.argument()?);
                }
                let text = substituted(body, &given, self.left);
                self.spend(text.as_ref().map_or(self.left, String::len))?;
                let text = text?;
                self.input.put_back(&text);
            }
        }
        Some(())
    }

    /// Writes a command that is no macro.
    fn keep(&mut self, name: &str) {
        self.out.push('\\');
        self.out.push_str(name);
        self.apart();
    }

    /// Keeps letters that follow from becoming part of a command that was written last.
    fn apart(&mut self) {
        if self.input.begins_with_letter() && ends_with_command(&self.out) {
            self.out.push(' ');
        }
    }

    /// A macro that writes nothing takes time, too.
    fn spend(&mut self, characters: usize) -> Option<()> {
        let left = self.left.checked_sub(characters + 1);
        self.left = left.unwrap_or(0);
        left.map(|_| ())
    }

    fn definition(&mut self, kind: &str) -> Option<()> {
        self.spend(0)?;
        self.input.skip_space();
        let starred = kind != "let" && self.input.skip('*');
        let name = self.input.name()?;
        let meaning = match kind {
            "let" => self.input.same()?,
            "def" | "gdef" => {
                let arguments = self.input.parameters()?;
                Meaning::Macro { arguments, default: None, body: body_of(&self.input.until('}')?) }
            }
            "DeclareMathOperator" => {
                let star = if starred { "*" } else { "" };
                let body = format!(r"\operatorname{star}{{{}}}", body_of(&self.input.argument()?));
                Meaning::Macro { arguments: 0, default: None, body }
            }
            _ => {
                let arguments = self.input.option()?.map_or(Some(0), |count| count.trim().parse().ok());
                let arguments = arguments.filter(|count| *count <= 9)?;
                let default = self.input.option()?;
                Meaning::Macro { arguments, default, body: body_of(&self.input.argument()?) }
            }
        };
        let there = self.macros.known.contains_key(&name) || allowed::command(&name);
        if kind == "providecommand" && there { Some(()) } else { self.macros.define(name, meaning) }
    }
}

/// A body with its arguments, if that is not too long.
fn substituted(body: &str, given: &[String], longest: usize) -> Option<String> {
    let mut out = String::new();
    let mut chars = body.chars().peekable();
    let mut after_argument = false;
    while let Some(c) = chars.next() {
        let number = chars.peek().and_then(|c| c.to_digit(10)).filter(|_| c == '#').unwrap_or(0);
        let argument = (number as usize).checked_sub(1).and_then(|index| given.get(index));
        let begins = argument.map_or(Some(c), |argument| argument.chars().next());
        let letter = begins.is_some_and(|c| c.is_ascii_alphabetic());
        if letter && (argument.is_some() || after_argument) && ends_with_command(&out) {
            out.push(' ');
        }
        after_argument = argument.is_some();
        if out.len() >= longest {
            return None;
        }
        match argument {
            Some(argument) => {
                chars.next();
                out.push_str(argument);
            }
            None if c == '#' && chars.next_if_eq(&'#').is_some() => out.push('#'),
            None => {
                out.push(c);
                out.extend(chars.next_if(|_| c == '\\'));
            }
        }
    }
    Some(out)
}

/// Whether a letter that follows would become part of a command at the end.
fn ends_with_command(tex: &str) -> bool {
    let before = tex.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let slashes = before.bytes().rev().take_while(|byte| *byte == b'\\').count();
    before.len() < tex.len() && slashes % 2 == 1
}

/// A piece of TeX.
enum Piece {
    /// By its name.
    Command(String),
    Char(char),
}

/// TeX that is still to be read: the next character is the last of the list.
struct Input(Vec<char>);

impl Input {
    /// Without comments.
    fn of(tex: &str) -> Self {
        let mut input = Vec::with_capacity(tex.len());
        let mut chars = tex.chars();
        while let Some(c) = chars.next() {
            if c == '%' {
                input.extend(chars.by_ref().find(|c| *c == '\n'));
                continue;
            }
            input.push(c);
            input.extend(if c == '\\' { chars.next() } else { None });
        }
        input.reverse();
        Self(input)
    }

    fn next(&mut self) -> Option<Piece> {
        let c = self.0.pop()?;
        if c != '\\' {
            return Some(Piece::Char(c));
        }
        let mut name = String::from_iter(self.0.pop());
        if is_word(&name) {
            while self.begins_with_letter() {
                name.extend(self.0.pop());
            }
        }
        Some(Piece::Command(name))
    }

    fn put_back(&mut self, tex: &str) {
        if self.begins_with_letter() && ends_with_command(tex) {
            self.0.push(' ');
        }
        self.0.extend(tex.chars().rev());
    }

    fn begins_with_letter(&self) -> bool {
        self.0.last().is_some_and(char::is_ascii_alphabetic)
    }

    fn skip_space(&mut self) {
        while self.0.pop_if(|c| c.is_whitespace()).is_some() {}
    }

    fn skip(&mut self, wanted: char) -> bool {
        self.0.pop_if(|c| *c == wanted).is_some()
    }

    /// The argument that follows: the inside of a group, a command or a character.
    fn argument(&mut self) -> Option<String> {
        self.skip_space();
        match self.next()? {
            Piece::Char('{') => self.until('}'),
            Piece::Char('}') => None,
            Piece::Char(c) => Some(c.into()),
            Piece::Command(name) => Some(format!("\\{name}")),
        }
    }

    /// The inside of `[…]`, if that follows.
    fn option(&mut self) -> Option<Option<String>> {
        self.skip_space();
        if self.skip('[') { self.until(']').map(Some) } else { Some(None) }
    }

    /// What stands before a character outside groups, which is passed over.
    fn until(&mut self, end: char) -> Option<String> {
        let mut text = String::new();
        let mut depth = 0_usize;
        loop {
            let c = self.0.pop()?;
            match c {
                _ if c == end && depth == 0 => return Some(text),
                '{' => depth += 1,
                '}' => depth = depth.checked_sub(1)?,
                _ => {}
            }
            text.push(c);
            text.extend(if c == '\\' { self.0.pop() } else { None });
        }
    }

    /// The name of a command, in braces or not.
    fn name(&mut self) -> Option<String> {
        let name = self.argument()?;
        let name = name.trim().strip_prefix('\\')?;
        (is_word(name) || name.chars().count() == 1).then(|| name.to_owned())
    }

    /// The parameters of `\def`, as far as nothing stands between them, and the brace after them.
    fn parameters(&mut self) -> Option<usize> {
        let mut arguments = 0;
        loop {
            self.skip_space();
            match self.0.pop()? {
                '{' => return Some(arguments),
                '#' if self.0.pop()?.to_digit(10) == Some(arguments as u32 + 1) => arguments += 1,
                _ => return None,
            }
        }
    }

    /// What `\let` makes a name the same as.
    fn same(&mut self) -> Option<Meaning> {
        self.skip_space();
        self.skip('=');
        self.skip_space();
        Some(match self.next()? {
            Piece::Command(name) => Meaning::Command(name),
            Piece::Char(c) => Meaning::Macro { arguments: 0, default: None, body: c.into() },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What formulas become one after the other; `!` where one cannot.
    #[track_caller]
    fn check(formulas: &[&str], expected: &[&str]) {
        let mut macros = Macros::default();
        let read = formulas.iter().map(|tex| macros.read(tex).map_or("!".into(), Cow::into_owned));
        assert_eq!(read.collect::<Vec<_>>(), expected);
    }

    #[test]
    fn definitions_hold_from_there_on() {
        check(&[r"\R", r"\newcommand{\R}{\mathbb{R}}", r"x\in\R^n"], &[r"\R", "", r"x\in\mathbb{R}^n"]);
        check(&[r"\newcommand\R{\mathbb R} \R x \renewcommand*{\R}{Q}+\R"], &[r"\mathbb Rx +Q"]);
        check(&[r"\def\R{R}\providecommand{\R}{S}\providecommand{\Q}{T}\R\Q"], &["RT"]);
        check(&[r"\providecommand{\alpha}{a}\alpha"], &[r"\alpha"]);
        check(&[r"\def\a{\b}", r"\def\b{1}\a", r"\def\b{2}\a"], &["", "1", "2"]);
    }

    #[test]
    fn arguments() {
        check(&[r"\newcommand{\n}[1]{\|#1\|}\n{x_{1}}\n x\n\alpha"], &[r"\|x_{1}\|\|x\|\|\alpha\|"]);
        check(&[r"\newcommand{\p}[2][n]{#2^#1}\p x\p[{[2]}]{y}"], &["x^ny^{[2]}"]);
        check(&[r"\def\i #1#2 {\langle #1,#2\rangle}\i a{bc}"], &[r"\langle a,bc\rangle"]);
        check(&[r"\def\a#1{\alpha#1x\#1##1}\a y\a\beta"], &[r"\alpha yx\#1#1\alpha\beta x\#1#1"]);
        check(&[r"\def\b#1{<#1>}\def\a{\b}\a{x}"], &["<x>"]);
        check(&[r"\def\a#1{\def\b##1{#1##1}}\a{x}\b{y}"], &["xy"]);
        check(&[r"\def\a#1{#1}\a", r"\a}", r"\newcommand{\b}[1][x{}\b", r"\def\c#1.{x}"], &["!"; 4]);
    }

    #[test]
    fn operators_and_other_names() {
        check(&[r"\DeclareMathOperator{\Tr}{Tr}\Tr A"], &[r"\operatorname{Tr}A"]);
        check(&[r"\DeclareMathOperator*{\argmin}{arg\,min}\argmin_x"], &[r"\operatorname*{arg\,min}_x"]);
        check(&[r"\let\old\phi\renewcommand{\phi}{\old'}\phi x"], &[r"\phi'x"]);
        check(&[r"\let\e=\varepsilon \e x\let\e = y\e"], &[r"\varepsilon xy"]);
        check(&[r"\newcommand{\1}{\mathbf1}\1x"], &[r"\mathbf1x"]);
    }

    #[test]
    fn nothing_runs_together() {
        check(&[r"\def\a{\alpha}\a x\a1"], &[r"\alpha x\alpha1"]);
        check(&[r"\alpha\def\a{b}x\ \def\a{b}"], &[r"\alpha x\ "]);
        check(&["\\def\\a{b% c}\n\nd}\\a % \\a\nx \\%"], &["b  dx \\%"]);
        check(&["% \\R\n\\alpha"], &["% \\R\n\\alpha"]);
    }

    #[test]
    fn bombs_end() {
        check(&[r"\def\a{\a}\a", r"\def\a{\b\b}\def\b{\a\a}\b", r"\def\a#1{\a{#1#1}}\a x"], &["!"; 3]);
        let mut macros = Macros::default();
        let bomb = (0..30).fold(String::from(r"\def\b{\a}"), |all, _| all + r"\def\a{\b\b}");
        assert_eq!(macros.read(&bomb).as_deref(), Some(""));
        let tries = (0..100_000).filter(|_| macros.read(r"\a").is_some()).count();
        assert_eq!((tries, macros.left), (0, 0));
        assert!(macros.afresh().read("x").is_some());
        let wide = format!(r"\def\a#1{{{}}}\a{{{}}}", "#1".repeat(30_000), "x".repeat(30_000));
        assert_eq!(Macros::default().read(&wide), None);
        let many = |from: usize| {
            (from..from + MOST).fold(String::new(), |all, i| {
                let name: String = i.to_string().bytes().map(|digit| char::from(digit + 49)).collect();
                format!(r"{all}\def\{name}{{}}")
            })
        };
        assert_eq!(Macros::default().read(&many(0)).as_deref(), Some(""));
        assert_eq!(Macros::default().read(&(many(0) + &many(MOST))), None);
    }

    #[test]
    fn a_site_names_its_macros() {
        let mut macros = Macros::of([("R", r"\mathbb{R}"), ("inner", r"\langle #1,#2\rangle")]).unwrap();
        assert_eq!(macros.expand(r"\inner x\R").as_deref(), Some(r"\langle x,\mathbb{R}\rangle"));
        assert_eq!(macros.expand(r"\def\R{x}\R").as_deref(), Some(r"\def\mathbb{R}{x}\mathbb{R}"));
        let wrong = |name: &str, body: &str| Macros::of([(name, body)]).unwrap_err();
        assert_eq!(wrong(r"\R", "x"), WrongMacro::Name(r"\R".into()));
        assert_eq!(wrong("def", "x"), WrongMacro::Name("def".into()));
        assert_eq!(wrong("a", "}{"), WrongMacro::Unbalanced("a".into()));
        assert_eq!(wrong("a", "{"), WrongMacro::Unbalanced("a".into()));
        assert_eq!(wrong("a", &"x".repeat(LONGEST + 1)), WrongMacro::TooLong("a".into()));
        assert_eq!(wrong("a", r"\a#1"), WrongMacro::Endless("a".into()));
    }

    proptest::proptest! {
        #[test]
        fn nothing_makes_it_panic(tex in r"(\\[ab]|\\def|\\newcommand|\\let|[{}#%12\[\]= ]|\PC){0,40}") {
            let _ = Macros::default().read(&tex);
            let _ = Macros::of([("a", tex.as_str())]);
        }
    }
}
