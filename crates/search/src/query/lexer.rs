//! Cutting what was typed into words, phrases, operators, parentheses and field names.

use std::ops::Range;

use super::{Hint, fields::Field};

/// A piece of the query and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Lexeme {
    pub(super) token: Token,
    /// The bytes it takes, quotation marks included.
    pub(super) range: Range<usize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token {
    Word,
    Quotation,
    Open,
    Close,
    And,
    Or,
    Not,
    Field(Field),
}

pub(super) fn lexemes(text: &str, hints: &mut Vec<Hint>) -> Vec<Lexeme> {
    let formulas = tex::formulas(text).into_iter().map(|span| span.range).collect();
    let mut lexer = Lexer { text, formulas, lexemes: Vec::new(), depth: 0, hints };
    let mut at = 0;
    while at < text.len() {
        at = lexer.step(at);
    }
    lexer.lexemes
}

struct Lexer<'a> {
    text: &'a str,
    /// Where formulas stand: a space or a parenthesis in one divides nothing.
    formulas: Vec<Range<usize>>,
    lexemes: Vec<Lexeme>,
    /// Parentheses that are open.
    depth: usize,
    hints: &'a mut Vec<Hint>,
}

impl Lexer<'_> {
    /// Reads what stands at `at`; where it ends.
    fn step(&mut self, at: usize) -> usize {
        let rest = &self.text[at..];
        let c = rest.chars().next().expect("before the end");
        let after = at + c.len_utf8();
        if c.is_whitespace() {
            return after;
        }
        if is_quote(c) {
            return self.quotation(at, after);
        }
        if let '(' | '（' = c {
            self.depth += 1;
            return self.push(Token::Open, at..after);
        }
        if self.closes(at) {
            self.depth -= 1;
            return self.push(Token::Close, at..after);
        }
        if excludes(rest) {
            return self.push(Token::Not, at..after);
        }
        match field(rest) {
            Some((field, length)) => self.push(Token::Field(field), at..at + length),
            None => self.word(at),
        }
    }

    fn word(&mut self, start: usize) -> usize {
        let mut at = start;
        let mut inner = 0_usize;
        while let Some(c) = self.text[at..].chars().next() {
            if let Some(formula) = self.formulas.iter().find(|formula| formula.start == at) {
                at = formula.end;
                continue;
            }
            match c {
                '(' | '（' => inner += 1,
                ')' | '）' if inner > 0 => inner -= 1,
                _ if c.is_whitespace() || is_quote(c) || (at > start && self.closes(at)) => break,
                _ => (),
            }
            at += c.len_utf8();
        }
        let token = match &self.text[start..at] {
            "AND" => Token::And,
            "OR" => Token::Or,
            "NOT" => Token::Not,
            _ => Token::Word,
        };
        self.push(token, start..at)
    }

    /// What stands between a quotation mark and its partner; without one the mark is left out.
    fn quotation(&mut self, start: usize, after: usize) -> usize {
        let partner = self.text[after..].char_indices().find(|(_, c)| is_quote(*c));
        let Some((length, mark)) = partner else {
            self.hints.push(Hint::UnclosedQuote);
            return after;
        };
        self.push(Token::Quotation, start..after + length + mark.len_utf8())
    }

    /// Whether a parenthesis that closes a group stands here, and not one that belongs to a word.
    fn closes(&self, at: usize) -> bool {
        let closing = |c: char| matches!(c, ')' | '）');
        let rest = &self.text[at..];
        let left = rest.trim_start_matches(closing);
        self.depth > 0 && rest.starts_with(closing) && left.chars().next().is_none_or(char::is_whitespace)
    }

    fn push(&mut self, token: Token, range: Range<usize>) -> usize {
        let end = range.end;
        self.lexemes.push(Lexeme { token, range });
        end
    }
}

/// Whether a minus sign stands here that excludes what follows it.
fn excludes(rest: &str) -> bool {
    let excluded = rest.strip_prefix('-').and_then(|after| after.chars().next());
    excluded.is_some_and(|c| c.is_alphanumeric() || is_quote(c) || matches!(c, '(' | '（' | '$' | '\\'))
}

/// A field's name with its colon, and how long that is. A space after the colon is allowed where the name is in lower
/// case: `Date: a story` is a title.
fn field(rest: &str) -> Option<(Field, usize)> {
    let length = rest.find([':', '：'])?;
    let field = Field::of(&rest[..length])?;
    let colon = rest[length..].chars().next()?;
    let after = &rest[length + colon.len_utf8()..];
    let lower = rest[..length].bytes().all(|byte| byte.is_ascii_lowercase());
    let begins = after.starts_with(|c: char| !c.is_whitespace() && c != '/');
    (begins || lower && !after.trim_start().is_empty()).then_some((field, length + colon.len_utf8()))
}

/// Whether a character is a quotation mark, of those that queries may use.
pub fn is_quote(c: char) -> bool {
    matches!(c, '"' | '“' | '”' | '„' | '＂' | '「' | '」' | '«' | '»')
}
