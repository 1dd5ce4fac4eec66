//! HTML that an author wrote, with the formulas in it.

use std::ops::Range;

use super::Writer;
use crate::cleaned;
use crate::context::Trust;
use crate::html::unescaped;
use crate::plain;
use crate::shield::{BOUNDARY, Stretch, Token};
use crate::template::Piece;

impl Writer<'_, '_> {
    pub(super) fn inline_html(&mut self, html: &str) {
        if html == BOUNDARY {
            return;
        }
        let html = self.setting.tokens.restored(html);
        self.block.more |= html == cleaned::MORE;
        match self.setting.trust {
            Trust::Post if cleaned::is_mark(&html) => {}
            Trust::Post if cleaned::allows(&html) => self.author_html(&html),
            _ => self.words(&html),
        }
    }

    /// `html` still holds its tokens.
    pub(super) fn html_block(&mut self, html: &str) {
        if html.trim_end() == BOUNDARY {
            return;
        }
        let tokens = self.setting.tokens;
        self.block.more |= html.contains(cleaned::MORE);
        self.line();
        match self.setting.trust {
            Trust::Post if cleaned::is_silent(html) => {}
            Trust::Post => {
                cleaned::parts(html, |part| match part {
                    cleaned::Markup::Html(html) if cleaned::is_mark(html) => {}
                    cleaned::Markup::Html(html) => self.author_html(&tokens.restored(html)),
                    cleaned::Markup::Text(text) => tokens.split(text, |part| match part {
                        Stretch::Text(text) => self.author_text(text),
                        Stretch::Token(token) => self.author_token(token),
                    }),
                });
                self.line();
            }
            _ => {
                self.raw("<p>");
                tokens.split(html.trim_end_matches('\n'), |part| match part {
                    Stretch::Text(text) => self.plain_text(text),
                    Stretch::Token(token) => self.token(token, false),
                });
                self.raw("</p>\n");
                self.block.text.push_str("\n\n");
            }
        }
    }

    fn plain_text(&mut self, text: &str) {
        plain::split(text, |part| match part {
            plain::Plain::Text(text) => self.words(text),
            plain::Plain::Reference(source, label) => self.reference(source, label),
            plain::Plain::Formula(source, tex, display) => self.formula(&source.into(), tex, display, false),
        });
    }

    fn author_html(&mut self, html: &str) {
        if html.starts_with('<') {
            self.block.ids.extend(cleaned::id(html));
        }
        self.fresh = html.ends_with('\n');
        self.flush();
        self.block.template.pieces.push(Piece::Raw(html.to_owned()));
    }

    /// Text between tags, with its formulas.
    fn author_text(&mut self, html: &str) {
        plain::split(html, |part| match part {
            plain::Plain::Text(text) => {
                let text = plain::unguarded(text);
                self.block.text.push_str(&unescaped(&text));
                self.author_html(&text);
            }
            plain::Plain::Reference(source, label) => self.author_reference(source, label),
            plain::Plain::Formula(source, tex, display) => self.author_formula(source, tex, display),
        });
    }

    fn author_token(&mut self, token: &Token) {
        match token {
            Token::Formula { source, tex, display } => self.author_formula(source, tex.clone(), *display),
            Token::Reference { source, label } => self.author_reference(source, label),
            Token::Literal(text) => self.author_text(text),
            Token::Held { .. } => self.token(token, false),
        }
    }

    fn author_reference(&mut self, source: &str, label: &str) {
        self.reference(&unescaped(source), &unescaped(label));
    }

    fn author_formula(&mut self, source: &str, tex: Range<usize>, display: bool) {
        let shift = |at| unescaped(&source[..at]).len();
        let tex = shift(tex.start)..shift(tex.end);
        self.formula(&unescaped(source).into(), tex, display, false);
    }
}
