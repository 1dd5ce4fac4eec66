//! Formulas and references to them, in words and on lines of their own.

use std::ops::Range;
use std::sync::Arc;

use comrak::nodes::{Node, NodeValue};

use super::{Finding, Setting, Writer};
use crate::context::Trust;
use crate::formula;
use crate::shield::{Stretch, Token, has_token};
use crate::template::{Equation, Piece};

impl Writer<'_, '_> {
    pub(super) fn token(&mut self, token: &Token, alone: bool) {
        match token {
            Token::Formula { source, tex, display } => self.formula(source, tex.clone(), *display, alone),
            Token::Reference { source, label } => self.reference(source, label),
            Token::Held { display } => self.hole(Piece::Held { display: *display }),
            Token::Literal(text) => self.words(text),
        }
    }

    pub(super) fn reference(&mut self, source: &str, label: &str) {
        self.findings.push(Finding::Reference(label.to_owned()));
        self.block.text.reference(source, label);
        self.hole(Piece::Reference { label: label.to_owned(), in_link: self.in_link() });
    }

    pub(super) fn formula(&mut self, source: &Arc<str>, tex: Range<usize>, display: bool, alone: bool) {
        let Ok(expanded) = formula::expanded(&source[tex.clone()], self.setting.trust, self.macros) else {
            self.block.text.push_str(source);
            self.findings.push(Finding::Refused(source.to_string()));
            formula::refuse(&mut self.html, source);
            self.fresh = false;
            return;
        };
        self.findings.push(Finding::Formula(source.clone(), tex.clone(), display));
        let (shown, tex) = shown(source, tex);
        let equation = Equation::new(shown, tex, expanded, display, alone);
        self.block.text.formula(&equation.plain());
        self.hole(Piece::Formula(Box::new(equation)));
    }
}

/// What a formula in a code block begins with.
pub(super) const FENCE: &str = "```math\n";

/// The formula with delimiters that a browser knows.
fn shown(source: &Arc<str>, tex: Range<usize>) -> (Arc<str>, Range<usize>) {
    let mark = match source {
        _ if source.starts_with("$`") => "$",
        _ if source.starts_with(FENCE) => "$$",
        _ => return (source.clone(), tex),
    };
    (format!("{mark}{}{mark}", &source[tex.clone()]).into(), mark.len()..mark.len() + tex.len())
}

/// The displays of a paragraph that holds nothing else.
pub(super) fn only_displays<'t>(node: Node<'_>, setting: &Setting<'t>) -> Vec<&'t Token> {
    let mut displays = Vec::new();
    for child in node.children() {
        match &child.data().value {
            NodeValue::Text(text) if has_token(text) || text.trim().is_empty() => {
                if !take_displays(text, setting, &mut displays) {
                    return Vec::new();
                }
            }
            NodeValue::SoftBreak | NodeValue::LineBreak => {}
            _ => return Vec::new(),
        }
    }
    displays
}

fn take_displays<'t>(text: &str, setting: &Setting<'t>, displays: &mut Vec<&'t Token>) -> bool {
    let mut only = true;
    setting.tokens.split(text, |part| match part {
        Stretch::Token(token) if stands_apart(token, setting.trust) => displays.push(token),
        Stretch::Token(_) => only = false,
        Stretch::Text(text) => only &= text.trim().is_empty(),
    });
    only
}

/// Whether a token is a display, or nothing that shows: no words stand in its line.
fn stands_apart(token: &Token, trust: Trust) -> bool {
    match token {
        Token::Formula { source, tex, display } => {
            *display || trust == Trust::Post && formula::defines(&source[tex.clone()])
        }
        Token::Held { display } => *display,
        _ => false,
    }
}

/// Whether a display stands right before or after a line break: the break would show as an empty line.
pub(super) fn beside_display(node: Node<'_>, setting: &Setting<'_>) -> bool {
    let edge = |node: Option<Node<'_>>, last: bool| {
        let Some(node) = node else { return false };
        let NodeValue::Text(text) = &node.data().value else { return false };
        let mut parts = Vec::new();
        setting.tokens.split(text, |part| match part {
            Stretch::Token(token) => parts.push(stands_apart(token, setting.trust)),
            Stretch::Text(text) if !text.trim().is_empty() => parts.push(false),
            Stretch::Text(_) => {}
        });
        (if last { parts.last() } else { parts.first() }).copied().unwrap_or(false)
    };
    edge(node.previous_sibling(), true) || edge(node.next_sibling(), false)
}
