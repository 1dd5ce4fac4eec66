//! From comrak's tree to templates.

mod authored;
mod cited;
mod formulas;
mod linked;
mod tags;

use std::ops::Range;
use std::sync::Arc;

use comrak::nodes::{ListType, Node, NodeCodeBlock, NodeValue, TableAlignment};
use tex::Macros;

use crate::code;
use crate::context::{Context, Trust};
use crate::document::{Block, Title};
use crate::html::escape;
use crate::reading::Reading;
use crate::shield::{Stretch, Tokens, has_token};
use crate::template::{Piece, Template};
use formulas::{FENCE, beside_display, only_displays};
use linked::in_autolink;
use tags::Side;

/// Containers nested deeper than this keep their words and lose their elements.
const MAX_DEPTH: usize = 100;

/// What all blocks of a parse share.
pub(crate) struct Setting<'a> {
    pub(crate) tokens: &'a Tokens,
    pub(crate) trust: Trust,
    pub(crate) context: &'a Context,
}

/// A finding on the way, for the author.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Finding {
    /// With delimiters, where the TeX is in it, and whether it is a display.
    Formula(Arc<str>, Range<usize>, bool),
    Refused(String),
    Reference(String),
    /// The key of a work, and whether anything is known of it, or it is only named.
    Citation(String, Known),
}

/// What is known of a work that is cited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Known {
    Well,
    ByName,
    NotAtAll,
}

/// Writes one top-level block; its formulas use the macros that are known before it, and add to them.
pub(crate) fn block(
    node: Node<'_>,
    setting: &Setting<'_>,
    macros: &mut Macros,
    findings: &mut Vec<Finding>,
) -> Block {
    let mut writer = Writer::new(setting, macros, findings);
    writer.tree(node);
    writer.finish()
}

struct Writer<'w, 's> {
    setting: &'w Setting<'s>,
    macros: &'w mut Macros,
    findings: &'w mut Vec<Finding>,
    block: Block,
    html: String,
    /// Whether the output stands at the beginning of a line.
    fresh: bool,
    depth: usize,
    /// The column of the next cell of a table.
    column: usize,
    /// Whether links are written: not in the words of a heading for a table of contents.
    links: bool,
    /// How many links are open.
    open_links: u32,
    /// Whether the open paragraph is nothing but displays.
    displays: bool,
}

enum Step<'a> {
    Enter(Node<'a>),
    Leave(Node<'a>),
}

enum Children {
    Written,
    Skipped,
}

impl<'w, 's> Writer<'w, 's> {
    fn new(setting: &'w Setting<'s>, macros: &'w mut Macros, findings: &'w mut Vec<Finding>) -> Self {
        let block = Block { text: Reading::with_capacity(128), ..Block::default() };
        let html = String::with_capacity(256);
        Self {
            setting,
            macros,
            findings,
            block,
            html,
            fresh: true,
            depth: 0,
            column: 0,
            links: true,
            open_links: 0,
            displays: false,
        }
    }

    fn finish(mut self) -> Block {
        self.flush();
        self.block
    }

    /// Walks a tree without recursion, since a visitor decides how deep it is.
    fn tree(&mut self, root: Node<'_>) {
        let mut steps = Vec::with_capacity(32);
        steps.push(Step::Enter(root));
        while let Some(step) = steps.pop() {
            match step {
                Step::Enter(node) => {
                    steps.push(Step::Leave(node));
                    if let Children::Written = self.enter(node) {
                        steps.extend(node.reverse_children().map(Step::Enter));
                    }
                }
                Step::Leave(node) => self.leave(node),
            }
        }
    }

    fn enter(&mut self, node: Node<'_>) -> Children {
        match &node.data().value {
            NodeValue::Text(text) => self.text(text, in_autolink(node)),
            NodeValue::SoftBreak => self.line_break("\n"),
            NodeValue::LineBreak if beside_display(node, self.setting) => self.line_break("\n"),
            NodeValue::LineBreak => self.line_break("<br />\n"),
            NodeValue::Code(code) => self.code(&code.literal),
            NodeValue::HtmlInline(html) => self.inline_html(html),
            NodeValue::HtmlBlock(html) => self.html_block(&html.literal),
            NodeValue::CodeBlock(code) => self.code_block(code),
            NodeValue::Image(image) => return self.image(node, image),
            NodeValue::Link(link) => return self.begin_link(node, link),
            NodeValue::FootnoteReference(note) => {
                let source: String = note.texts.iter().map(|(text, _)| text.as_str()).collect();
                let source = self.setting.tokens.restored(&source).into_owned();
                let name = note.name.to_lowercase();
                let in_link = self.in_link();
                self.hole(Piece::Note { name, source: format!("[{source}]"), in_link });
            }
            NodeValue::FootnoteDefinition(note) => {
                let name = note.name.to_lowercase();
                self.note(name, node);
                return Children::Skipped;
            }
            NodeValue::Heading(_) => self.heading(node),
            NodeValue::Paragraph => return self.paragraph(node),
            _ => self.tag(node, Side::Open),
        }
        Children::Written
    }

    fn leave(&mut self, node: Node<'_>) {
        match &node.data().value {
            NodeValue::Link(_) if self.mark_in(node).is_some() => {}
            NodeValue::Link(link) => self.end_link(node, link),
            NodeValue::Heading(heading) => {
                let level = self.level(heading.level);
                self.raw("</h");
                self.html.push((b'0' + level).into());
                self.raw(">\n");
                self.block.text.push_str("\n\n");
            }
            NodeValue::Paragraph => self.end_paragraph(node),
            _ => self.tag(node, Side::Close),
        }
    }

    /// Appends HTML of our own.
    fn raw(&mut self, html: &str) {
        self.html.push_str(html);
        self.fresh = html.ends_with('\n');
    }

    /// Begins a line, unless the output stands at the beginning of one.
    fn line(&mut self) {
        if !self.fresh {
            self.raw("\n");
        }
    }

    fn flush(&mut self) {
        if !self.html.is_empty() {
            // A copy is as long as it must be, and the buffer stays.
            self.block.template.pieces.push(Piece::Html(self.html.clone()));
            self.html.clear();
        }
    }

    fn hole(&mut self, piece: Piece) {
        self.flush();
        self.fresh = matches!(&piece, Piece::Formula(equation) if equation.alone);
        self.block.template.pieces.push(piece);
    }

    fn words(&mut self, text: &str) {
        escape(&mut self.html, text);
        self.block.text.push_str(text);
        self.fresh = false;
    }

    fn line_break(&mut self, html: &str) {
        self.raw(html);
        self.block.text.push_str("\n");
    }

    fn text(&mut self, text: &str, address: bool) {
        if !has_token(text) {
            return self.passages(text);
        }
        let tokens = self.setting.tokens;
        if address {
            return self.words(&tokens.restored(text));
        }
        tokens.split(text, |part| match part {
            Stretch::Text(text) => self.passages(text),
            Stretch::Token(token) => self.token(token, false),
        });
    }

    fn code(&mut self, literal: &str) {
        let literal = self.setting.tokens.restored(literal);
        self.raw("<code>");
        self.words(&literal);
        self.raw("</code>");
    }

    fn code_block(&mut self, code: &NodeCodeBlock) {
        let tokens = self.setting.tokens;
        let literal = tokens.restored(&code.literal);
        let info = tokens.unescaped(&code.info);
        let language = info.split_ascii_whitespace().next().unwrap_or_default();
        self.line();
        if code.fenced && language == "math" && !literal.trim().is_empty() {
            let source = format!("{FENCE}{literal}```");
            self.formula(&source.as_str().into(), FENCE.len()..source.len() - 3, true, true);
            self.block.text.push_str("\n\n");
            return self.line();
        }
        self.raw("<pre><code");
        if !language.is_empty() {
            self.html.push_str(" class=\"language-");
            escape(&mut self.html, language);
            self.html.push('"');
        }
        self.html.push('>');
        match code::can_highlight(&literal, language) {
            true => self.hole(Piece::Code { text: literal.to_string(), language: language.to_owned() }),
            false => escape(&mut self.html, &literal),
        }
        self.block.text.push_str(&literal);
        self.block.text.push_str("\n");
        self.raw("</code></pre>\n");
    }

    fn note(&mut self, name: String, node: Node<'_>) {
        let mut writer = Writer::new(self.setting, self.macros, self.findings);
        writer.depth = self.depth;
        for child in node.children() {
            writer.tree(child);
        }
        writer.flush();
        let Block { mut template, notes, text, ids, .. } = writer.block;
        self.block.ids.extend(ids);
        put_back(&mut template, &name);
        self.block.notes.push((name, template));
        self.block.notes.extend(notes);
        self.block.text.append(&text);
    }

    fn level(&self, level: u8) -> u8 {
        level.saturating_add(self.setting.context.deeper).min(6)
    }

    fn heading(&mut self, node: Node<'_>) {
        let NodeValue::Heading(heading) = node.data().value else { return };
        let level = self.level(heading.level);
        let mut ignored = Vec::new();
        // What they define, they define again where they stand.
        let mut macros = self.macros.clone();
        let mut words = Writer::new(self.setting, &mut macros, &mut ignored);
        words.links = false;
        for child in node.children() {
            words.tree(child);
        }
        words.flush();
        let Block { template: mut title, text, .. } = words.block;
        title.pieces.retain(|piece| !matches!(piece, Piece::Note { .. } | Piece::Raw(_)));
        self.line();
        self.raw("<h");
        self.html.push((b'0' + level).into());
        self.hole(Piece::Anchor(text.source().to_owned()));
        self.raw(">");
        self.block.headings.push(Title { level, text, words: title, own: None });
    }

    fn paragraph(&mut self, node: Node<'_>) -> Children {
        let displays = only_displays(node, self.setting);
        self.displays = !displays.is_empty();
        if self.displays {
            self.line();
            for (i, token) in displays.into_iter().enumerate() {
                self.block.text.push_str(if i > 0 { "\n" } else { "" });
                self.token(token, true);
                self.line();
            }
            return Children::Skipped;
        }
        if !is_tight(node) {
            self.line();
            self.raw("<p>");
        } else if node
            .previous_sibling()
            .is_some_and(|node| matches!(node.data().value, NodeValue::Paragraph))
        {
            self.raw("\n");
        }
        Children::Written
    }

    fn end_paragraph(&mut self, node: Node<'_>) {
        let tight = is_tight(node);
        if !self.displays && !tight {
            self.raw("</p>\n");
        }
        self.block.text.push_str(if tight { "\n" } else { "\n\n" });
    }
}

/// Puts the links back to a note's references at the end of its last paragraph.
fn put_back(template: &mut Template, name: &str) {
    let back = Piece::Back(name.to_owned());
    let end = match template.pieces.last_mut() {
        Some(Piece::Html(html)) if html.ends_with("</p>\n") => {
            html.truncate(html.len() - "</p>\n".len());
            "</p>\n"
        }
        _ => "\n",
    };
    template.pieces.extend([back, Piece::Html(end.into())]);
}

/// Whether the paragraphs of a list stand without `<p>`.
fn is_tight(node: Node<'_>) -> bool {
    let list = node.parent().and_then(|item| item.parent());
    list.is_some_and(|list| matches!(list.data().value, NodeValue::List(list) if list.tight))
}
