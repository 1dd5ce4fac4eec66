//! `\iffalse … \else … \fi`: which branch of a condition is read.

use tex::{Token, Tokens};

use super::Reader;

impl<'s> Reader<'s> {
    /// `\iffalse … \else … \fi`: of what is known to be chosen or not, one branch is read. The other one is a comment, which
    /// authors leave in without any thought of readers.
    pub(super) fn condition(&mut self, name: &'s str) -> bool {
        let Some(chosen) = self.is_chosen(name) else { return false };
        let start = self.at;
        let (other, end) = branches(self.rest());
        let (other, end) = (other.map(|at| start + at), start + end);
        if !chosen {
            self.at = other.unwrap_or(end);
        } else if let Some(other) = other {
            self.passed_over.insert(other, end);
        }
        true
    }

    /// Whether a condition holds, where that can be known; its arguments are read then.
    fn is_chosen(&mut self, name: &str) -> Option<bool> {
        match name {
            "iftrue" => Some(true),
            "iffalse" => Some(false),
            "if" => {
                let mut signs = self.rest().trim_start().chars();
                let (one, other) = (signs.next()?, signs.next()?);
                let plain = |c: char| c.is_ascii_alphanumeric();
                (plain(one) && !self.rest().trim_start()[1..].starts_with(['\\', '{'])).then(|| {
                    self.at += self.rest().len() - signs.as_str().len();
                    one == other
                })
            }
            _ => self.source.flags.get(name).copied(),
        }
    }
}

/// Where the other branch of a condition begins, if there is one, and where the condition ends.
fn branches(rest: &str) -> (Option<usize>, usize) {
    let (mut depth, mut other) = (1_usize, None);
    for (token, range) in Tokens::of(rest) {
        match token {
            Token::Command("fi") => depth -= 1,
            Token::Command("else") if depth == 1 => other = other.or(Some(range.end)),
            Token::Command(name) if name.starts_with("if") && !matches!(name, "iff" | "ifthenelse") => {
                depth += 1
            }
            _ => {}
        }
        if depth == 0 {
            return (other, range.start);
        }
    }
    (other, rest.len())
}
