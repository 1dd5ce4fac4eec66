//! What goes into a rendering beside the text, and what comes out.

use std::collections::BTreeMap;
use std::ops::Range;

use serde::Serialize;
use tex::Macros;

use crate::html::{Html, elements};

/// How a text is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// CommonMark with the extensions of GitHub, and formulas.
    Markdown,
    /// HTML as other systems export it, with formulas in its text.
    Html,
    /// Plain text with formulas.
    Text,
}

/// Who wrote a text, and so what it may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trust {
    /// The operator: images, an allow-list of HTML, any TeX.
    Post,
    /// Anybody: no images, no HTML, TeX from an allow-list, no ids for headings.
    Comment,
    /// A model: as anybody, and every link shows where it leads.
    Answer,
    /// The author of a paper: plain text with formulas, whatever the format.
    Paper,
}

/// What a text may refer to. It is prepared by the caller and does not change during a rendering.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Context {
    /// Put before every id, so that several documents can share a page.
    pub prefix: String,
    /// How many levels headings go down: with 1, `#` becomes `<h2>`.
    pub deeper: u8,
    /// Labels of the text that this one is about: the post of a comment.
    pub labels: Labels,
    /// The macros that its formulas may use: those of the site, and of the post that a comment is about.
    pub macros: Macros,
    /// The address of the whole document, where a part of it is rendered: a teaser's references past its end lead there.
    pub page: String,
    /// The hosts that are this site; images of others are shown as links.
    pub hosts: Vec<String>,
    /// The paper that an answer is about, if it has pages: `[p. 7]` leads there.
    pub pages: Option<Pages>,
    /// The works that a post cites, by what it names them: `[@arxiv:1706.03762]` has the key `arxiv:1706.03762`.
    pub citations: BTreeMap<String, Cited>,
    /// The pictures of this site that a post shows, by their addresses.
    pub pictures: BTreeMap<String, Picture>,
    /// As many bytes of text are on the first screen of its readers: pictures after them are loaded when they come near.
    pub first_screen: Option<usize>,
    /// What stands before addresses of this site where the text is read elsewhere, as in a feed; fragments lead to `page`
    /// then.
    pub base: String,
}

/// A picture of this site.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Picture {
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
    /// The address of a smaller copy, and how many pixels broad that is.
    pub smaller: Option<(String, u32)>,
}

/// A work that a post cites.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Cited {
    /// What stands among the words, such as author and year.
    pub label: String,
    /// Where it leads.
    pub href: String,
    /// Whether anything is known of the work but its name; the author is warned if not.
    pub known: bool,
}

/// A document of which passages are told by their pages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pages {
    /// Its address, without a fragment.
    pub address: String,
    /// The number of its last page: nothing leads past it.
    pub last: u32,
}

/// The labels of a document and the numbers they stand for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Labels(pub(crate) BTreeMap<String, Target>);

/// What a label stands for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Target {
    /// The number, or what `\tag` says, without parentheses.
    pub(crate) number: String,
    /// The address of the equation.
    pub(crate) href: String,
}

impl Labels {
    /// The number that a label stands for.
    pub fn number(&self, label: &str) -> Option<&str> {
        self.0.get(label).map(|target| target.number.as_str())
    }

    /// The same for a text on another page than the equations, which are at this address.
    pub fn at(&self, page: &str) -> Self {
        let moved = |target: &Target| match target.href.starts_with('#') {
            true => Target { href: format!("{page}{}", target.href), ..target.clone() },
            false => target.clone(),
        };
        Self(self.0.iter().map(|(label, target)| (label.clone(), moved(target))).collect())
    }

    /// All labels, in alphabetical order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(label, target)| (label.as_str(), target.number.as_str()))
    }
}

/// A rendered text.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Rendered {
    /// The text as HTML.
    pub html: Html,
    /// Its formulas, in order.
    pub formulas: Vec<Formula>,
    /// Its headings, in order.
    pub headings: Vec<Heading>,
    /// Its plain text; formulas are their TeX with delimiters, their macros written out, references the numbers of equations, as `(3)` or `(??)`.
    /// Code and other words that would read as a formula have a backslash before it.
    pub text: String,
    /// What its author should look at.
    pub warnings: Vec<Warning>,
    /// Where blocks begin in the HTML, and at which lines of the text.
    #[serde(skip)]
    pub(crate) marks: Vec<(usize, usize)>,
    /// The keys of the works that it cites, each once, in the order of the first citations. Those that the context does
    /// not have are left out.
    pub citations: Vec<String>,
    /// The address of its first picture, as it stands in the text.
    #[serde(skip)]
    pub picture: Option<String>,
    /// The labels it defines.
    #[serde(skip)]
    pub labels: Labels,
    /// The macros that are known at its end.
    #[serde(skip)]
    pub macros: Macros,
}

/// A top-level element of a rendered text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Element<'h> {
    /// The line of the text, from 1, at which it begins; inside HTML of the author, at which that begins.
    pub line: usize,
    /// Its HTML, with the text that follows it.
    pub html: &'h str,
}

impl Rendered {
    /// The HTML in its top-level elements: joined they are all of it.
    pub fn elements(&self) -> Vec<Element<'_>> {
        let html = self.html.as_str();
        let begins = self.marks.iter().copied();
        let ends = self.marks.iter().skip(1).map(|(at, _)| *at).chain([html.len()]);
        let blocks = begins.zip(ends).map(|((begin, line), end)| (line, &html[begin..end]));
        blocks
            .flat_map(|(line, html)| elements(html).into_iter().map(move |html| Element { line, html }))
            .collect()
    }
}

/// A formula of a text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Formula {
    /// What lies between the delimiters, untrimmed; the whole of a bare environment.
    pub tex: String,
    /// Whether it is set on a line of its own.
    pub display: bool,
}

/// A heading of a text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Heading {
    /// 1 to 6, as on the page.
    pub level: u8,
    /// Its id on the page; empty where headings have none.
    pub id: String,
    /// Its plain text.
    pub text: String,
    /// Its text with formulas and emphasis, without links.
    pub html: Html,
}

/// Something that the author of a text should look at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Warning {
    /// Where, in bytes of the text as it was given.
    pub range: Range<usize>,
    /// What.
    pub kind: WarningKind,
}

/// What is wrong with a place in a text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum WarningKind {
    /// A reference to a label that nobody defines.
    UnknownLabel {
        /// The label.
        label: String,
    },
    /// A label that an earlier formula already has.
    RepeatedLabel {
        /// The label.
        label: String,
    },
    /// A formula that may not be shown in an untrusted text, or whose macros never end.
    RefusedFormula {
        /// The formula with its delimiters.
        formula: String,
    },
    /// A delimiter that opens a display and is never closed.
    UnclosedFormula,
    /// A citation of a work of which nothing is known.
    UnknownCitation {
        /// What the text names it by.
        key: String,
    },
}
