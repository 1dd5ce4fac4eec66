//! From lexemes to clauses. `AND` and a space bind closer than `OR`; `NOT` and `-` bind closest.

use std::ops::Range;

use words::Shape;

use super::{
    Chunk, Clause, Demand, Hint, MOST_PREFIXES, MOST_WORDS, Node, Scope,
    fields::{Field, filters},
    groups::{groups, sequence},
    lexer::{Lexeme, Token, is_quote},
};
use crate::{authors::Name, text::read};

pub(super) struct Parser<'a> {
    pub(super) text: &'a str,
    pub(super) lexemes: &'a [Lexeme],
    pub(super) next: usize,
    pub(super) hints: &'a mut Vec<Hint>,
    /// Words so far, as [`MOST_WORDS`] counts them.
    pub(super) length: usize,
    /// Words so far that end with a star.
    pub(super) prefixes: usize,
}

impl Parser<'_> {
    /// Everything there is. A parenthesis that closes nothing never becomes a lexeme.
    pub(super) fn query(&mut self) -> Vec<Clause> {
        self.any(None)
    }

    /// Alternatives; a single one is no alternative.
    fn any(&mut self, field: Option<Field>) -> Vec<Clause> {
        let start = self.next;
        let mut alternatives = vec![self.all(field)];
        while self.take(Token::Or) {
            if self.lexemes.get(self.next).is_none_or(|lexeme| lexeme.token == Token::Close) {
                self.hint(Hint::Dangling("OR"));
            }
            alternatives.push(self.all(field));
        }
        if alternatives.len() > 1 && alternatives[0].is_empty() {
            self.hint(Hint::Dangling("OR"));
        }
        alternatives.retain(|clauses| !clauses.is_empty());
        match alternatives.len() {
            0 => Vec::new(),
            1 => alternatives.remove(0),
            _ => vec![Clause {
                node: Node::Any(alternatives),
                demand: Demand::Required,
                range: self.since(start),
            }],
        }
    }

    /// What stands side by side, up to `OR`, a closing parenthesis or the end.
    fn all(&mut self, field: Option<Field>) -> Vec<Clause> {
        let mut clauses: Vec<Clause> = Vec::new();
        let mut joined = false;
        while let Some(lexeme) = self.lexemes.get(self.next) {
            match lexeme.token {
                Token::Or | Token::Close => break,
                Token::And => {
                    self.next += 1;
                    joined = true;
                    if clauses.is_empty() {
                        self.hint(Hint::Dangling("AND"));
                    }
                    clauses.last_mut().into_iter().for_each(Clause::require);
                }
                _ => {
                    let mut found = self.operand(field);
                    if std::mem::take(&mut joined) {
                        found.iter_mut().for_each(Clause::require);
                    }
                    clauses.append(&mut found);
                }
            }
        }
        if joined {
            self.hint(Hint::Dangling("AND"));
        }
        clauses
    }

    /// A word, a phrase, a group or a field with its value, each perhaps with a `NOT` before it.
    fn operand(&mut self, field: Option<Field>) -> Vec<Clause> {
        let start = self.next;
        let mut excluded = false;
        while self.take(Token::Not) {
            excluded = !excluded;
        }
        let Some(lexeme) = self.lexemes.get(self.next) else {
            self.hint(Hint::Dangling("NOT"));
            return Vec::new();
        };
        let mut clauses = match lexeme.token {
            Token::Open => self.group(field),
            Token::Field(inner) => {
                self.next += 1;
                while self.take(Token::Not) {
                    excluded = !excluded;
                }
                self.value(inner, start)
            }
            Token::Word | Token::Quotation => {
                self.next += 1;
                self.leaf(field, lexeme.clone())
            }
            Token::And | Token::Or | Token::Not | Token::Close => {
                self.hint(Hint::Dangling("NOT"));
                Vec::new()
            }
        };
        let range = self.since(start);
        match (excluded, &mut clauses[..]) {
            (_, []) => (),
            (false, [one]) => one.range = range,
            (true, [one]) => *one = Clause { node: one.node.clone(), demand: one.demand.negated(), range },
            (true, _) => return vec![Clause { node: Node::All(clauses), demand: Demand::Excluded, range }],
            (false, _) => (),
        }
        clauses
    }

    fn group(&mut self, field: Option<Field>) -> Vec<Clause> {
        self.next += 1;
        let clauses = self.any(field);
        if !self.take(Token::Close) {
            self.hint(Hint::UnclosedParenthesis);
        }
        clauses
    }

    /// What follows the name of a field, read from `start`.
    fn value(&mut self, field: Field, start: usize) -> Vec<Clause> {
        match self.lexemes.get(self.next).map(|lexeme| lexeme.token) {
            Some(Token::Open) => self.group(Some(field)),
            Some(Token::Word | Token::Quotation) => {
                let lexeme = self.lexemes[self.next].clone();
                self.next += 1;
                let range = self.since(start);
                let clauses = self.leaf(Some(field), lexeme);
                clauses.into_iter().map(|clause| Clause { range: range.clone(), ..clause }).collect()
            }
            _ => {
                self.hint(Hint::NoValue(field.name()));
                Vec::new()
            }
        }
    }

    fn leaf(&mut self, field: Option<Field>, lexeme: Lexeme) -> Vec<Clause> {
        let quoted = lexeme.token == Token::Quotation;
        let inner = if quoted { inside(self.text, &lexeme.range) } else { lexeme.range.clone() };
        let text = &self.text[inner.clone()];
        let (nodes, length) = match field {
            Some(Field::Author) => (Name::parse(text).map(Node::Author).into_iter().collect(), 1),
            None => self.words(Scope::Anywhere, text, inner, quoted),
            Some(Field::Title) => self.words(Scope::Title, text, inner, quoted),
            Some(Field::Abstract) => self.words(Scope::Abstract, text, inner, quoted),
            Some(field) => match filters(field, text) {
                Some(filters) => (filters.into_iter().map(Node::Filter).collect(), 1),
                None => {
                    self.hint(Hint::BadValue { field: field.name(), value: text.to_owned() });
                    self.words(Scope::Anywhere, text, inner, quoted)
                }
            },
        };
        if self.length + length > MOST_WORDS {
            self.hint(Hint::TooManyWords);
            return Vec::new();
        }
        self.length += length;
        let clause = |node: Node| Clause { demand: node.demand(), node, range: lexeme.range.clone() };
        nodes.into_iter().map(clause).collect()
    }

    /// Words of one chunk or phrase, and how many they are.
    fn words(&mut self, scope: Scope, text: &str, range: Range<usize>, quoted: bool) -> (Vec<Node>, usize) {
        let words = read(text);
        if quoted {
            let words = words::words(&words);
            let length = words.iter().filter(|word| matches!(word.shape, Shape::Plain | Shape::Pair)).count();
            let words = sequence(&words);
            let node = (!words.is_empty()).then_some(Node::Phrase(scope, words));
            return (node.into_iter().collect(), length);
        }
        let open = self.is_prefix(text);
        let groups = groups(&words, open);
        let length = groups.iter().map(super::Group::length).sum();
        let chunk =
            Chunk { typed: text.to_lowercase(), start: range.start, verbatim: *words == *text, groups };
        let node = (!chunk.groups.is_empty()).then_some(Node::Chunk(scope, chunk));
        (node.into_iter().collect(), length)
    }

    /// Whether a word ends with a star that may be taken as such.
    fn is_prefix(&mut self, text: &str) -> bool {
        let Some(begun) = text.strip_suffix('*') else {
            if text.starts_with('*') && text.len() > 1 {
                self.hint(Hint::StarInFront);
            }
            return false;
        };
        if begun.chars().filter(|c| c.is_alphanumeric()).count() < 2 {
            if !begun.is_empty() {
                self.hint(Hint::ShortPrefix);
            }
            return false;
        }
        self.prefixes += 1;
        if self.prefixes > MOST_PREFIXES {
            self.hint(Hint::TooManyPrefixes);
        }
        self.prefixes <= MOST_PREFIXES
    }

    fn take(&mut self, token: Token) -> bool {
        let there = self.lexemes.get(self.next).is_some_and(|lexeme| lexeme.token == token);
        self.next += usize::from(there);
        there
    }

    /// The bytes from one lexeme to the last that was read.
    fn since(&self, start: usize) -> Range<usize> {
        let last = self.next.max(start + 1) - 1;
        self.lexemes[start].range.start..self.lexemes[last].range.end
    }

    fn hint(&mut self, hint: Hint) {
        if !self.hints.contains(&hint) {
            self.hints.push(hint);
        }
    }
}

/// What stands between quotation marks.
fn inside(text: &str, range: &Range<usize>) -> Range<usize> {
    let inner = text[range.clone()].trim_matches(is_quote);
    let start = range.start + text[range.clone()].find(|c| !is_quote(c)).unwrap_or(0);
    start..start + inner.len()
}
