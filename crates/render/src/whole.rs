//! A whole document at once.

use std::sync::Arc;

use crate::context::{Context, Format, Labels, Rendered, Trust};
use crate::document::{Block, Known};
use crate::html::{Html, normalised};
use crate::markdown::{self, Parsed};
use crate::plain;
use crate::shield::Input;
use crate::template::Place;
use crate::writer::Finding;

/// A text as HTML. It never fails.
pub fn render(text: &str, format: Format, trust: Trust, context: &Context) -> Rendered {
    let text = normalised(text);
    match format {
        _ if trust == Trust::Paper => plain::render(&text, trust),
        Format::Text => plain::render(&text, trust),
        Format::Markdown => markdown(&text, trust, context),
        Format::Html => plain::render(&text, trust),
    }
}

fn markdown(text: &str, trust: Trust, context: &Context) -> Rendered {
    let parsed = markdown::parse(text, Input::Whole, trust, context, &Arc::default());
    let document = Document::new(&parsed, trust, context);
    document.rendered(&parsed)
}

/// Blocks with their places.
pub(crate) struct Document<'b> {
    blocks: Vec<&'b Block>,
    starts: Vec<u32>,
    places: Vec<Place>,
    known: Known,
}

impl<'b> Document<'b> {
    fn new(parsed: &'b Parsed, trust: Trust, context: &Context) -> Self {
        let blocks: Vec<&Block> = parsed.blocks.iter().map(|part| &part.block).collect();
        let mut known = Known::new(trust, context);
        let starts: Vec<u32> = blocks.iter().map(|block| known.define(block).0).collect();
        let places = blocks.iter().zip(&starts).map(|(block, start)| known.place(block, *start)).collect();
        Self { blocks, starts, places, known }
    }

    fn rendered(mut self, parsed: &Parsed) -> Rendered {
        let mut html: String = self.blocks.iter().zip(&self.places).map(|(block, place)| block.template.fill(place)).collect();
        html += &self.known.notes(self.blocks.iter().copied().zip(self.starts.iter().copied()));
        let mut headings = Vec::new();
        for (block, place) in self.blocks.iter().zip(&self.places) {
            headings.extend(self.known.headings(block, place));
        }
        let text: String = self.blocks.iter().map(|block| block.text.as_str()).collect();
        let formulas = parsed.blocks.iter().flat_map(|part| &part.findings).filter_map(|finding| match finding {
            Finding::Formula(formula, _) => Some(formula.clone()),
            _ => None,
        });
        Rendered {
            html: Html::new(html),
            formulas: formulas.collect(),
            headings,
            text: text.trim().to_owned(),
            warnings: Vec::new(),
            labels: Labels(self.known.labels),
        }
    }
}
