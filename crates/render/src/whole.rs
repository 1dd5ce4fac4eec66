//! A whole document at once.

use std::ops::Range;
use std::sync::Arc;

use tex::Macros;

use crate::cleaned::{self, MORE};
use crate::context::{Context, Format, Formula, Labels, Rendered, Trust};
use crate::document::{Block, Known};
use crate::finished::{finished, first_picture};
use crate::html::{Html, normalised};
use crate::markdown;
use crate::plain;
use crate::shield::Input;
use crate::template::{Piece, Place};
use crate::warnings;
use crate::writer::{Finding, Known as Cited};

/// A text as HTML. It never fails.
pub fn render(text: &str, format: Format, trust: Trust, context: &Context) -> Rendered {
    let given = text;
    let text = normalised(given);
    if trust == Trust::Paper || format == Format::Text {
        return plain::render(&text, trust, context);
    }
    let document = match format {
        Format::Html => Document::of_html(&[&text], trust, context),
        _ => Document::of_markdown(&text, trust, context),
    };
    let (html, begins) = document.html(document.blocks.len());
    let warnings = warnings::of(given, &text, &document);
    let marks = begins.into_iter().zip(lines(&text, &document.offsets)).collect();
    Rendered { warnings, marks, ..document.rendered(html) }
}

/// The beginning of a text, up to `<!--more-->` or else its first paragraphs, with the equation numbers of the whole.
/// References to what is not shown lead to the page of the whole, [`Context::page`].
pub fn teaser(text: &str, format: Format, context: &Context) -> Rendered {
    let text = normalised(text);
    let document = match format {
        Format::Html => Document::of_html(&teased(&text), Trust::Post, context),
        _ => Document::of_markdown(&text, Trust::Post, context),
    };
    let shown = document.shown();
    let document = document.cut_after(shown, context);
    let html = document.html(shown).0;
    document.rendered(html)
}

/// The lines, from 1, at which these places of a text stand.
fn lines(text: &str, offsets: &[usize]) -> Vec<usize> {
    let (mut line, mut from) = (1, 0);
    let at = |offset: &usize| {
        line += text[from..*offset].matches('\n').count();
        from = *offset;
        line
    };
    offsets.iter().map(at).collect()
}

/// A teaser without a mark ends before the block in which it would grow longer than this, in characters of plain text.
const TEASER: usize = 400;

/// HTML in the parts between which a teaser may end: at the mark, or else after any paragraph.
fn teased(html: &str) -> Vec<&str> {
    let marked = html.find(MORE).map(|at| html.split_at(at + MORE.len()));
    marked.map_or_else(|| html.split_inclusive("</p>").collect(), |(shown, rest)| vec![shown, rest])
}

/// Blocks with their places.
pub(crate) struct Document<'c> {
    context: &'c Context,
    pub(crate) blocks: Vec<Block>,
    /// Where each block begins in the text.
    pub(crate) offsets: Vec<usize>,
    pub(crate) findings: Vec<Vec<Finding>>,
    /// Delimiters that open a display and are never closed.
    pub(crate) unclosed: Vec<Range<usize>>,
    starts: Vec<u32>,
    places: Vec<Place>,
    /// Those that are known after the blocks.
    macros: Macros,
    pub(crate) known: Known<'static>,
}

impl<'c> Document<'c> {
    fn of_html(parts: &[&str], trust: Trust, context: &'c Context) -> Self {
        let mut document = Self::empty(trust, context);
        let mut offset = 0;
        for part in parts {
            let mut findings = Vec::new();
            document.blocks.push(cleaned::block(part, trust, context, &mut document.macros, &mut findings));
            document.offsets.push(offset);
            document.findings.push(findings);
            offset += part.len();
        }
        document.placed()
    }

    fn of_markdown(text: &str, trust: Trust, context: &'c Context) -> Self {
        let mut document = Self::empty(trust, context);
        let parsed = markdown::parse(text, Input::Whole, trust, context, &Arc::default());
        document.unclosed = parsed.unclosed;
        for part in parsed.blocks {
            document.blocks.push(part.block);
            document.offsets.push(part.source.start);
            document.findings.push(part.findings);
            document.macros = part.macros;
        }
        document.placed()
    }

    fn empty(trust: Trust, context: &'c Context) -> Self {
        Self {
            context,
            blocks: Vec::new(),
            offsets: Vec::new(),
            findings: Vec::new(),
            unclosed: Vec::new(),
            starts: Vec::new(),
            places: Vec::new(),
            macros: context.macros.clone(),
            known: Known::new(trust, context),
        }
    }

    /// Counts the document through.
    fn placed(mut self) -> Self {
        self.starts = self.blocks.iter().map(|block| self.known.define(block).0).collect();
        let blocks = self.blocks.iter().zip(&self.starts);
        self.places = blocks.map(|(block, start)| self.known.place(block, *start)).collect();
        self
    }

    /// The HTML of the first `shown` blocks and their notes, and where blocks begin in it.
    fn html(&self, shown: usize) -> (String, Vec<usize>) {
        let (mut html, begins) =
            cleaned::marked(self.blocks.iter().zip(&self.places).take(shown), self.context);
        if self.known.has_notes() {
            let blocks = self.blocks.iter().zip(self.starts.iter().copied());
            html += &self.known.clone().notes(blocks, self.context);
        }
        finished(html, begins, self.context)
    }

    fn rendered(self, html: String) -> Rendered {
        let (formulas, citations) = (self.formulas(), self.citations());
        let mut known = self.known;
        let placed = self.blocks.iter().zip(&self.places);
        let headings = placed.flat_map(|(block, place)| known.headings(block, place)).collect();
        let text = known.plain(self.blocks.iter().map(|block| &block.text));
        Rendered {
            picture: first_picture(&html),
            html: Html::new(html),
            formulas,
            headings,
            text: text.trim().to_owned(),
            warnings: Vec::new(),
            marks: Vec::new(),
            citations,
            labels: Labels(known.labels),
            macros: self.macros.afresh(),
        }
    }

    fn formulas(&self) -> Vec<Formula> {
        let formula = |finding: &Finding| match finding {
            Finding::Formula(source, tex, display) => {
                Some(Formula { tex: source[tex.clone()].to_owned(), display: *display })
            }
            _ => None,
        };
        self.findings.iter().flatten().filter_map(formula).collect()
    }

    fn citations(&self) -> Vec<String> {
        let mut keys: Vec<String> = Vec::new();
        for finding in self.findings.iter().flatten() {
            match finding {
                Finding::Citation(_, Cited::NotAtAll) => {}
                Finding::Citation(key, _) if !keys.contains(key) => keys.push(key.clone()),
                _ => {}
            }
        }
        keys
    }

    /// How many blocks a teaser shows.
    fn shown(&self) -> usize {
        if let Some(marked) = self.blocks.iter().position(|block| block.more) {
            return marked + 1;
        }
        let mut chars = 0;
        let fits = self.blocks.iter().take_while(|block| {
            chars += block.text.source().trim().chars().count();
            chars <= TEASER && block.headings.is_empty()
        });
        fits.count().clamp(1.min(self.blocks.len()), self.blocks.len())
    }

    /// The same document with references beyond its first `shown` blocks leading to its page.
    fn cut_after(mut self, shown: usize, context: &'c Context) -> Self {
        let mut near = Known::new(Trust::Post, context);
        for block in &mut self.blocks[..shown] {
            near.define(block);
            // The notes stand at the end of the whole.
            block.template.pieces.retain(|piece| !matches!(piece, Piece::Note { .. }));
        }
        let far = self.known.labels.iter_mut().filter(|(label, _)| !near.labels.contains_key(*label));
        for (label, target) in far {
            target.href = format!("{}{}", context.page, crate::template::label_href("", label));
        }
        self.blocks.truncate(shown);
        self.offsets.truncate(shown);
        self.findings.truncate(shown);
        near.labels = std::mem::take(&mut self.known.labels);
        self.known = near;
        let blocks = self.blocks.iter().zip(&self.starts);
        self.places = blocks.map(|(block, start)| self.known.place(block, *start)).collect();
        self.starts.truncate(shown);
        self
    }
}
