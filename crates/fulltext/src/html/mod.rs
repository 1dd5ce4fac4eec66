//! Pages of papers: LaTeXML's, as arXiv has them, and others that use headings and paragraphs.

mod colors;
mod looks;
mod place;
mod styles;
mod values;

use content::HiddenKind;
use scraper::{ElementRef, Html, Node, Selector, node::Element};

use crate::{
    Error,
    compose::{Composed, Composer, words},
    tex,
};
use looks::Looks;
use styles::Styles;

/// What holds the paper, the narrowest first.
const ROOTS: [&str; 5] = ["article.ltx_document", ".ltx_page_content", "article", "main", "body"];
/// Elements that are not part of what an author wrote.
const APART: &[&str] = &[
    "annotation",
    "audio",
    "button",
    "dialog",
    "footer",
    "form",
    "head",
    "iframe",
    "input",
    "nav",
    "noscript",
    "object",
    "script",
    "select",
    "style",
    "template",
    "textarea",
    "video",
];
/// Classes of the same kind: lists of references, tables of contents, marks that repeat what stands beside them.
const APART_CLASSES: &[&str] = &[
    "ltx_bibliography",
    "ltx_TOC",
    "ltx_page_footer",
    "ltx_page_header",
    "ltx_page_logo",
    "ltx_note_mark",
    "ltx_tag_note",
    "ltx_ERROR",
    "ltx_dates",
    "ltx_authors",
    "ltx_tag_equation",
    "ltx_tag_equationgroup",
    "ltx_rdf",
    "sr-only",
    "visually-hidden",
    "ltx_index",
    "ltx_glossarylist",
    "package-alerts",
    "ltx_missing_image",
];
/// Elements that begin and end a paragraph.
const BLOCKS: &[&str] = &[
    "article",
    "blockquote",
    "caption",
    "dd",
    "div",
    "dl",
    "dt",
    "figcaption",
    "figure",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "li",
    "main",
    "ol",
    "p",
    "pre",
    "section",
    "table",
    "tbody",
    "ul",
];

/// The text of a page.
pub(crate) fn read(page: &str) -> Result<Composed, Error> {
    let document = Html::parse_document(page);
    let root = ROOTS.iter().find_map(|root| {
        let selector = Selector::parse(root).expect("a selector");
        document.select(&selector).next()
    });
    let root = root.ok_or(Error::NoPaper)?;
    let mut reader = Reader::new(root, Styles::of(&document));
    for edge in root.traverse() {
        match edge {
            ego_tree::iter::Edge::Open(node) => reader.open(node),
            ego_tree::iter::Edge::Close(node) => reader.close(node),
        }
    }
    reader.paragraph();
    let composed = reader.composer.finish();
    // arXiv answers with a page that says that there is none.
    let length: usize = composed.passages.iter().map(|passage| passage.text.len()).sum();
    if length < 200 && root.value().name() == "body" { Err(Error::NoPaper) } else { Ok(composed) }
}

struct Reader {
    composer: Composer,
    styles: Styles,
    /// How what is open looks, the innermost last.
    looks: Vec<Looks>,
    /// The open element that is left out with all that is in it.
    apart: Option<ego_tree::NodeId>,
    /// The paragraph so far.
    text: String,
    /// The rows of a displayed formula so far, and its table.
    display: Option<(ego_tree::NodeId, String)>,
    /// Hidden text that goes on.
    hidden: Option<(HiddenKind, String)>,
}

impl Reader {
    fn new(root: ElementRef<'_>, styles: Styles) -> Self {
        let mut around: Vec<_> = root.ancestors().filter_map(ElementRef::wrap).collect();
        around.reverse();
        let looks =
            around.into_iter().fold(Looks::default(), |looks, element| looks.inside(element, &styles));
        Self {
            composer: Composer::default(),
            styles,
            looks: vec![looks],
            apart: None,
            text: String::new(),
            display: None,
            hidden: None,
        }
    }

    fn open(&mut self, node: ego_tree::NodeRef<'_, Node>) {
        match node.value() {
            Node::Text(text) if self.apart.is_none() => self.text(text, &escaped(text)),
            Node::Element(_) => {
                if let Some(element) = ElementRef::wrap(node) {
                    self.element(element);
                }
            }
            _ => {}
        }
    }

    fn element(&mut self, element: ElementRef<'_>) {
        let parent = self.looks.last().cloned().unwrap_or_default();
        self.looks.push(parent.inside(element, &self.styles));
        if self.apart.is_some() {
            return;
        }
        let value = element.value();
        let name = value.name();
        if is_apart(value) {
            self.apart = Some(element.id());
        } else if name == "math" {
            self.formula(element);
            self.apart = Some(element.id());
        } else if has_class(value, "ltx_eqn_table") {
            self.paragraph();
            self.display = Some((element.id(), String::new()));
        } else if has_class(value, "ltx_note_content") {
            self.text.push_str(" (");
        } else if BLOCKS.contains(&name) || name == "tr" {
            self.paragraph();
        } else if matches!(name, "td" | "th") && !self.text.trim().is_empty() {
            self.text.push_str(" | ");
        } else if name == "br" {
            self.text.push(' ');
        }
    }

    fn close(&mut self, node: ego_tree::NodeRef<'_, Node>) {
        let Node::Element(value) = node.value() else { return };
        self.looks.pop();
        if let Some(apart) = self.apart {
            if apart == node.id() {
                self.apart = None;
            }
            return;
        }
        if has_class(value, "ltx_note_content") {
            self.text.push(')');
        }
        if is_heading(value) {
            self.heading();
        } else if self.display.is_some() {
            self.end_of_display(node.id(), value.name());
        } else if BLOCKS.contains(&value.name()) || value.name() == "tr" {
            self.paragraph();
        }
    }

    /// Text as it is in the page, and as it is written.
    fn text(&mut self, plain: &str, written: &str) {
        let hides = self.looks.last().and_then(Looks::hides);
        match (hides, &mut self.hidden) {
            (Some(kind), Some((known, hidden))) if *known == kind => hidden.push_str(plain),
            (Some(kind), _) => {
                self.end_of_hidden();
                self.hidden = Some((kind, plain.to_owned()));
            }
            (None, _) => self.text.push_str(written),
        }
    }

    /// A formula stands as TeX: what its source was, without what that hides.
    fn formula(&mut self, element: ElementRef<'_>) {
        let written = element.attr("alttext").map(str::to_owned).or_else(|| annotation(element));
        let Some(tex) = written else {
            let text: String = element.text().collect();
            return self.text(&text, &text);
        };
        let (tex, hidden) = tex::visible_formula(&tex);
        for (kind, text) in hidden {
            self.composer.hide(kind, None, &text);
        }
        let tex = words(tex.trim().trim_start_matches(r"\displaystyle"));
        if tex.is_empty() {
            return;
        }
        if let (Some((_, display)), None) = (&mut self.display, self.looks.last().and_then(Looks::hides)) {
            display.push_str(&tex);
            display.push(' ');
        } else if element.attr("display") == Some("block") {
            self.text(&tex, &format!(" $${tex}$$ "));
        } else {
            self.text(&tex, &format!("${tex}$"));
        }
    }

    fn end_of_display(&mut self, id: ego_tree::NodeId, name: &str) {
        let Some((table, formula)) = &mut self.display else { return };
        let ends = *table == id;
        if (ends || name == "tr") && !formula.trim().is_empty() {
            let written = format!("$${}$$", formula.trim());
            formula.clear();
            self.composer.paragraph(&written, None);
        }
        if ends {
            self.display = None;
            // What stands in such a table beside formulas: words between them.
            self.paragraph();
        }
    }

    fn heading(&mut self) {
        let heading = words(&std::mem::take(&mut self.text));
        self.end_of_hidden();
        if !heading.is_empty() {
            self.composer.heading(&heading, None);
        }
    }

    fn paragraph(&mut self) {
        let text = words(&std::mem::take(&mut self.text));
        self.composer.paragraph(&text, None);
        self.end_of_hidden();
    }

    fn end_of_hidden(&mut self) {
        if let Some((kind, text)) = self.hidden.take() {
            self.composer.hide(kind, None, &text);
        }
    }
}

/// A dollar that is no formula stays escaped, as everywhere in texts of papers.
fn escaped(text: &str) -> String {
    text.replace('$', "\\$")
}

/// The TeX that a formula of KaTeX or Pandoc carries along.
fn annotation(math: ElementRef<'_>) -> Option<String> {
    let tex = math.descendent_elements().find(|element| {
        element.value().name() == "annotation" && element.attr("encoding") == Some("application/x-tex")
    })?;
    Some(tex.text().collect())
}

fn is_apart(element: &Element) -> bool {
    let name = element.name();
    APART.contains(&name)
        || element.attr("aria-hidden") == Some("true")
        || element.classes().any(|class| APART_CLASSES.contains(&class))
        || (name == "header" && element.classes().all(|class| !class.starts_with("ltx_")))
        // In a drawing only what is typeset as text is read.
        || matches!(name, "text" | "title" | "desc" | "metadata" | "defs")
        || has_class(element, "ltx_title_document")
}

/// Headings of sections, and none of theorems and paragraphs.
fn is_heading(element: &Element) -> bool {
    let level = matches!(element.name(), "h1" | "h2" | "h3" | "h4" | "h5" | "h6");
    let within = [
        "ltx_title_theorem",
        "ltx_title_proof",
        "ltx_runin",
        "ltx_title_paragraph",
        "ltx_title_subparagraph",
    ];
    level && !element.classes().any(|class| within.contains(&class))
}

fn has_class(element: &Element, class: &str) -> bool {
    element.classes().any(|own| own == class)
}

#[cfg(test)]
mod tests;
