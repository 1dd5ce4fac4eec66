//! The opaque words that stand for formulas while Markdown is parsed.
//!
//! A token is made of characters that nobody uses, to which no rule of Markdown reacts: they have no meaning yet, but
//! lie where ideographs do, beside which emphasis may begin and end (`**Loss:**$L$`, `a**$x$**b`). Such characters in
//! the text itself become tokens first, so that everything that looks like a token is one.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

const FIRST: char = '\u{3ffd0}';
const LAST: char = '\u{3ffd2}';
const DIGITS: u32 = 0x3ffe0;
const RESERVED: std::ops::RangeInclusive<char> = '\u{3ffd0}'..='\u{3ffef}';

/// Where an address ends although comrak would go on. It reads as a comment, which nobody else can write.
pub(crate) const BOUNDARY: &str = "<!--\u{3ffd3}-->";

/// What a token stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Token {
    /// A formula: its source with delimiters, and where in it the TeX is.
    Formula { source: Arc<str>, tex: Range<usize>, display: bool },
    /// `\eqref{label}` among words.
    Reference { source: String, label: String },
    /// A formula that is still arriving.
    Held { display: bool },
    /// What Markdown is not to read: a character that tokens are made of, delimiters with nothing between them.
    Literal(String),
}

impl Token {
    /// What stood in the text.
    pub(crate) fn source(&self) -> &str {
        match self {
            Token::Formula { source, .. } => source,
            Token::Reference { source, .. } | Token::Literal(source) => source,
            Token::Held { .. } => "",
        }
    }
}

/// All tokens of one parse. Equal sources have equal tokens, so that labels of links still match.
#[derive(Debug, Default)]
pub(crate) struct Tokens {
    all: Vec<Token>,
    /// Where those are that stand for something, by their sources.
    known: HashMap<Arc<str>, usize>,
}

impl Tokens {
    /// Appends the token that stands for `token`.
    pub(crate) fn push(&mut self, out: &mut String, token: Token) {
        let next = self.all.len();
        let index = match &token {
            Token::Held { .. } => next,
            Token::Formula { source, .. } => *self.known.entry(source.clone()).or_insert(next),
            token => *self.known.entry(token.source().into()).or_insert(next),
        };
        if index == next {
            self.all.push(token);
        }
        out.push(FIRST);
        let digits = index.checked_ilog2().unwrap_or(0) / 4;
        for digit in (0..=digits).rev().map(|place| (index >> (4 * place)) as u32 % 16) {
            out.extend(char::from_u32(DIGITS + digit));
        }
        out.push(LAST);
    }

    /// Appends text that is not a formula.
    pub(crate) fn push_text(&mut self, out: &mut String, text: &str) {
        if !has_reserved(text) {
            return out.push_str(text);
        }
        for c in text.chars() {
            match RESERVED.contains(&c) {
                true => self.push(out, Token::Literal(c.into())),
                false => out.push(c),
            }
        }
    }

    /// Splits parsed text into words and tokens, in order.
    pub(crate) fn split<'x, 't: 'x>(&'t self, text: &'x str, mut each: impl FnMut(Stretch<'x, 't>)) {
        let mut rest = text;
        while let Some(at) = rest.find(FIRST) {
            if at > 0 {
                each(Stretch::Text(&rest[..at]));
            }
            let Some(end) = rest[at..].find(LAST) else { break };
            let token = &rest[at + FIRST.len_utf8()..at + end];
            rest = &rest[at + end + LAST.len_utf8()..];
            match self.find(token) {
                Some(Token::Literal(text)) => each(Stretch::Text(text)),
                Some(token) => each(Stretch::Token(token)),
                None => {}
            }
        }
        if !rest.is_empty() {
            each(Stretch::Text(rest));
        }
    }

    fn find(&self, digits: &str) -> Option<&Token> {
        let index = digits.chars().try_fold(0, |index, c| {
            let digit = u32::from(c).checked_sub(DIGITS).filter(|digit| *digit < 16)?;
            Some(index * 16 + digit as usize)
        })?;
        self.all.get(index)
    }

    /// The same for an address or a title, where Markdown would have taken the backslashes of the source as escapes.
    pub(crate) fn unescaped<'t>(&self, text: &'t str) -> Cow<'t, str> {
        if !has_token(text) {
            return self.restored(text);
        }
        let mut out = String::new();
        self.split(&text.replace(BOUNDARY, ""), |part| match part {
            Stretch::Text(text) => out.push_str(text),
            Stretch::Token(token) => {
                let mut chars = token.source().chars().peekable();
                while let Some(c) = chars.next() {
                    let escapes = c == '\\' && chars.peek().is_some_and(char::is_ascii_punctuation);
                    out.extend(if escapes { chars.next() } else { Some(c) });
                }
            }
        });
        out.into()
    }

    /// The text with every token written back as its source.
    pub(crate) fn restored<'t>(&self, text: &'t str) -> Cow<'t, str> {
        if !text.contains(FIRST) && !text.contains(BOUNDARY) {
            return text.into();
        }
        let mut out = String::new();
        self.split(&text.replace(BOUNDARY, ""), |part| match part {
            Stretch::Text(text) => out.push_str(text),
            Stretch::Token(token) => out.push_str(token.source()),
        });
        out.into()
    }
}

/// A stretch of parsed text.
pub(crate) enum Stretch<'x, 't> {
    Text(&'x str),
    Token(&'t Token),
}

/// Whether text may hold characters that tokens are made of.
pub(crate) fn has_reserved(text: &str) -> bool {
    let first = memchr::memchr_iter(0xf0, text.as_bytes());
    first.into_iter().any(|at| text.as_bytes()[at..].starts_with(b"\xf0\xbf\xbf"))
}

/// Whether text holds a token.
pub(crate) fn has_token(text: &str) -> bool {
    text.contains(FIRST)
}
