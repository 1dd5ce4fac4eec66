//! HTML with holes for what only the whole document knows: equation numbers, labels, notes, ids of headings.
//!
//! A block of Markdown is parsed and written once, into a [`Template`]. What it depends on outside itself is a
//! [`Place`], and [`Template::fill`] makes HTML of the two. A block is sent again when its place changes.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

use tex::{Number, Numbering};

use crate::code;
use crate::context::Target;
use crate::formula;
use crate::html::escape;
use crate::plain;

/// Finished HTML, or a hole.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Piece {
    Html(String),
    /// HTML that the author wrote, to be cleaned.
    Raw(String),
    Formula(Box<Equation>),
    /// `\eqref{label}` among words; in a link it is none itself.
    Reference {
        label: String,
        in_link: bool,
    },
    /// A reference to a note: its name, and what stands there if nobody defines it.
    Note {
        name: String,
        source: String,
        in_link: bool,
    },
    /// The links from a note back to its references.
    Back(String),
    /// The id of a heading with these words.
    Anchor(String),
    /// Code in a language that can be coloured.
    Code {
        text: String,
        language: String,
    },
    Held {
        display: bool,
    },
}

/// A formula that is shown.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Equation {
    /// With delimiters.
    pub(crate) source: Arc<str>,
    /// Where the TeX is in it.
    tex: Range<usize>,
    /// What it is typeset from, if that is not the TeX.
    expanded: Option<String>,
    pub(crate) display: bool,
    /// Whether it is a paragraph of its own.
    pub(crate) alone: bool,
    pub(crate) numbering: Numbering,
    /// The labels that it refers to.
    pub(crate) refs: Vec<String>,
}

impl Equation {
    pub(crate) fn new(
        source: Arc<str>,
        tex: Range<usize>,
        expanded: Option<String>,
        display: bool,
        alone: bool,
    ) -> Self {
        let typeset = expanded.as_deref().unwrap_or(&source[tex.clone()]);
        let numbering = if display { tex::numbering(typeset) } else { Numbering::default() };
        let refs = references(typeset);
        Self { source, tex, expanded, display, alone, numbering, refs }
    }

    /// Whether nothing of it shows: it only defines macros.
    pub(crate) fn is_silent(&self) -> bool {
        self.expanded.as_deref() == Some("")
    }

    /// How it reads in plain text, of which nobody knows the macros.
    pub(crate) fn plain(&self) -> Cow<'_, str> {
        match self.expanded.as_deref() {
            None => (&*self.source).into(),
            Some("") => "".into(),
            Some(tex) => [&self.source[..self.tex.start], tex, &self.source[self.tex.end..]].concat().into(),
        }
    }

    /// The labels of its rows.
    pub(crate) fn labels(&self) -> impl Iterator<Item = &str> {
        self.numbering.rows.iter().filter_map(|row| row.label.as_deref())
    }
}

/// The labels in `\ref{…}` and `\eqref{…}`.
fn references(tex: &str) -> Vec<String> {
    let mut labels = Vec::new();
    for (i, _) in tex.match_indices("ref{") {
        let command = tex[..i].ends_with('\\') || tex[..i].ends_with(r"\eq");
        let end = tex[i..].find('}').filter(|_| command);
        labels.extend(end.map(|end| tex[i + 4..i + end].trim().to_owned()));
    }
    labels
}

/// A block, or a note, or the words of a heading.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Template {
    pub(crate) pieces: Vec<Piece>,
}

/// Everything outside a template that its HTML depends on, in the order of its holes.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Place {
    pub(crate) prefix: String,
    /// The counter of equations before it.
    pub(crate) equations: u32,
    pub(crate) labels: Vec<Option<Target>>,
    pub(crate) notes: Vec<Option<NoteRef>>,
    /// How often each note is referred to.
    pub(crate) backs: Vec<u32>,
    pub(crate) anchors: Vec<Option<String>>,
    /// Whether each code is coloured.
    pub(crate) colours: Vec<bool>,
    /// Whether each label is the first of its name, which has an id.
    pub(crate) ids: Vec<bool>,
}

/// A reference to a note that exists.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct NoteRef {
    pub(crate) number: u32,
    /// Which of the references to this note it is, from 1.
    pub(crate) occurrence: u32,
}

impl Template {
    /// The HTML of the template in its place.
    pub(crate) fn fill(&self, place: &Place) -> String {
        let mut out = String::new();
        self.fill_into(&mut out, place);
        out
    }

    /// Appends the HTML of the template in its place.
    pub(crate) fn fill_into(&self, out: &mut String, place: &Place) {
        let mut holes = Holes::new(place);
        for piece in &self.pieces {
            holes.fill(out, piece);
        }
    }

    /// About as long is its HTML.
    pub(crate) fn length(&self) -> usize {
        let length = |piece: &Piece| match piece {
            Piece::Html(html) | Piece::Raw(html) => html.len(),
            Piece::Code { text, .. } => 3 * text.len(),
            Piece::Formula(equation) => {
                equation.source.len() + equation.expanded.as_ref().map_or(0, String::len) + 100
            }
            _ => 50,
        };
        self.pieces.iter().map(length).sum()
    }

    pub(crate) fn equations(&self) -> impl Iterator<Item = &Equation> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Formula(equation) => Some(&**equation),
            _ => None,
        })
    }

    pub(crate) fn is_raw(&self) -> bool {
        self.pieces.iter().any(|piece| matches!(piece, Piece::Raw(_)))
    }
}

/// The links from a note back to its references, at most.
const MOST_BACKS: u32 = 20;

/// Fills the holes of one template, in order.
pub(crate) struct Holes<'p> {
    place: &'p Place,
    equations: u32,
    labels: std::slice::Iter<'p, Option<Target>>,
    notes: std::slice::Iter<'p, Option<NoteRef>>,
    backs: std::slice::Iter<'p, u32>,
    anchors: std::slice::Iter<'p, Option<String>>,
    colours: std::slice::Iter<'p, bool>,
    ids: std::slice::Iter<'p, bool>,
}

impl<'p> Holes<'p> {
    pub(crate) fn new(place: &'p Place) -> Self {
        Self {
            place,
            equations: place.equations,
            labels: place.labels.iter(),
            notes: place.notes.iter(),
            backs: place.backs.iter(),
            anchors: place.anchors.iter(),
            colours: place.colours.iter(),
            ids: place.ids.iter(),
        }
    }

    pub(crate) fn fill(&mut self, out: &mut String, hole: &Piece) {
        match hole {
            Piece::Html(html) | Piece::Raw(html) => out.push_str(html),
            Piece::Formula(equation) => self.equation(out, equation),
            Piece::Reference { in_link, .. } => {
                reference(out, self.labels.next().and_then(Option::as_ref), *in_link)
            }
            Piece::Note { name, source, in_link } => self.note(out, name, source, *in_link),
            Piece::Back(name) => self.back(out, name),
            Piece::Anchor(_) => {
                if let Some(id) = self.anchors.next().and_then(Option::as_ref) {
                    out.push_str(&format!(" id=\"{}{id}\"", self.place.prefix));
                }
            }
            Piece::Code { text, language } => match self.colours.next() {
                Some(true) => code::highlight(out, text, language),
                _ => escape(out, text),
            },
            Piece::Held { display } => {
                let class = if *display { "held display" } else { "held" };
                out.push_str(&format!(r#"<span class="{class}" role="img" aria-label="…"></span>"#));
            }
        }
    }

    fn equation(&mut self, out: &mut String, equation: &Equation) {
        let mut attributes = String::new();
        if equation.numbering.counted > 0 {
            attributes.push_str(&format!(" data-number=\"{}\"", self.equations));
            self.equations += equation.numbering.counted;
        }
        if !equation.refs.is_empty() {
            let refs: serde_json::Map<_, _> = equation
                .refs
                .iter()
                .filter_map(|label| {
                    let target = self.labels.next().and_then(Option::as_ref)?;
                    Some((label.clone(), target.number.clone().into()))
                })
                .collect();
            attributes.push_str(" data-refs=\"");
            escape(&mut attributes, &serde_json::Value::Object(refs).to_string());
            attributes.push('"');
        }
        formula::expansion(&mut attributes, equation.expanded.as_deref());
        let tag = if equation.alone { "div" } else { "span" };
        if !equation.display || equation.is_silent() {
            formula::element(out, tag, &equation.source, equation.display, &attributes);
            out.push_str(if equation.alone { "\n" } else { "" });
            return;
        }
        let ids = self.ids.by_ref();
        let mut labels = equation.labels().zip(ids).filter_map(|(label, first)| first.then_some(label));
        out.push('<');
        out.push_str(tag);
        out.push_str(" class=\"eq\"");
        let prefix = &self.place.prefix;
        if let Some(label) = labels.next() {
            id(out, prefix, label);
        }
        out.push('>');
        for label in labels {
            out.push_str("<span class=\"anchor\"");
            id(out, prefix, label);
            out.push_str("></span>");
        }
        formula::element(out, tag, &equation.source, true, &attributes);
        out.push_str("</");
        out.push_str(tag);
        out.push('>');
        if equation.alone {
            out.push('\n');
        }
    }

    fn note(&mut self, out: &mut String, name: &str, source: &str, in_link: bool) {
        let Some(note) = self.notes.next().copied().flatten() else { return escape(out, source) };
        let prefix = &self.place.prefix;
        let name = note_id(name);
        let occurrence = if note.occurrence > 1 { format!("-{}", note.occurrence) } else { String::new() };
        let id = format!("{prefix}fnref-{name}{occurrence}");
        let number = note.number;
        out.push_str(&match in_link {
            true => format!("<sup class=\"footnote-ref\" id=\"{id}\">{number}</sup>"),
            false => format!(
                "<sup class=\"footnote-ref\"><a href=\"#{prefix}fn-{name}\" id=\"{id}\" role=\"doc-noteref\">\
                 {number}</a></sup>"
            ),
        });
    }

    fn back(&mut self, out: &mut String, name: &str) {
        let prefix = &self.place.prefix;
        let name = note_id(name);
        for occurrence in 1..=self.backs.next().copied().unwrap_or(0).min(MOST_BACKS) {
            let (suffix, shown) = match occurrence {
                1 => (String::new(), String::new()),
                more => (format!("-{more}"), format!("<sup>{more}</sup>")),
            };
            out.push_str(&format!(
                " <a href=\"#{prefix}fnref-{name}{suffix}\" class=\"footnote-back\" role=\"doc-backlink\">↩{shown}</a>"
            ));
        }
    }
}

fn id(out: &mut String, prefix: &str, label: &str) {
    out.push_str(&format!(" id=\"{prefix}"));
    escape(out, &label_id(label));
    out.push('"');
}

fn reference(out: &mut String, target: Option<&Target>, in_link: bool) {
    let Some(target) = target else { return out.push_str("<span class=\"unknown-ref\">(??)</span>") };
    let tag = if in_link { "span" } else { "a" };
    out.push_str(&format!("<{tag} class=\"eqref\""));
    if !in_link {
        out.push_str(" href=\"");
        escape(out, &target.href);
        out.push('"');
    }
    out.push_str(">(");
    plain::split(&target.number, |part| match part {
        plain::Plain::Formula(source, _, display) => formula::element(out, "span", source, display, ""),
        plain::Plain::Text(text) | plain::Plain::Reference(text, _) => escape(out, text),
    });
    out.push_str(&format!(")</{tag}>"));
}

/// The id of the equation with a label, without the prefix of the document.
pub(crate) fn label_id(label: &str) -> String {
    format!("eqn:{}", label.replace(char::is_whitespace, "_"))
}

/// The address of a label within its page: what a browser decodes to its id.
pub(crate) fn label_href(prefix: &str, label: &str) -> String {
    format!("#{prefix}{}", label_id(label).replace('%', "%25"))
}

/// The name of a note as it stands in ids: letters, digits and a few more, the others as numbers.
pub(crate) fn note_id(name: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "-_.".contains(c);
    name.chars().map(|c| if plain(c) { c.to_string() } else { format!("~{:x}", u32::from(c)) }).collect()
}

/// The rows of an equation that have a label and something to call it, with the counter before it given.
pub(crate) fn labelled(equation: &Equation, before: u32) -> impl Iterator<Item = (&str, String)> {
    equation.numbering.rows.iter().filter_map(move |row| {
        let number = match &row.number {
            Number::None => return None,
            Number::Next(next) => (before + next).to_string(),
            Number::Tag(tag) => tag.clone(),
        };
        Some((row.label.as_deref()?, number))
    })
}
