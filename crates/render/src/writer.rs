//! From comrak's tree to templates.

mod tags;

use std::ops::Range;
use std::sync::Arc;

use comrak::nodes::{ListType, Node, NodeCodeBlock, NodeLink, NodeValue, TableAlignment};
use tex::Macros;

use crate::citations;
use crate::cleaned;
use crate::code;
use crate::context::{Context, Trust};
use crate::document::{Block, Title};
use crate::formula;
use crate::html::{escape, unescaped};
use crate::links;
use crate::passages;
use crate::plain;
use crate::reading::Reading;
use crate::shield::{BOUNDARY, Part, Token, Tokens, has_token};
use crate::template::{Equation, Piece, Template};
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
            Part::Text(text) => self.passages(text),
            Part::Token(token) => self.token(token, false),
        });
    }

    /// Words in which pages of the paper may be named. A page that it does not have is marked, and leads nowhere.
    fn passages(&mut self, text: &str) {
        if self.setting.trust == Trust::Post {
            return self.citations(text);
        }
        let pages = self.setting.context.pages.as_ref().filter(|_| self.setting.trust == Trust::Answer);
        let Some(pages) = pages.filter(|_| !self.in_link()) else { return self.words(text) };
        passages::split(text, |part| match part {
            passages::Part::Text(text) => self.words(text),
            passages::Part::Page(source, page) if (1..=pages.last).contains(&page) => {
                self.raw("<a class=\"pg\" href=\"");
                escape(&mut self.html, &pages.address);
                self.raw(&format!("#page={page}\" rel=\"noopener\">"));
                self.words(source);
                self.raw("</a>");
            }
            passages::Part::Page(source, _) => {
                self.raw("<span class=\"pg lost\">");
                self.words(source);
                self.raw("</span>");
            }
        });
    }

    /// Words in which works may be cited.
    fn citations(&mut self, text: &str) {
        if !text.contains("[@") {
            return self.words(text);
        }
        citations::split(text, |part| match part {
            citations::Part::Text(text) => self.words(text),
            citations::Part::Citation(source, items) => self.citation(source, &items),
        });
    }

    /// A citation of which nothing is known stays as it was written.
    fn citation(&mut self, source: &str, items: &[citations::Item<'_>]) {
        let works = &self.setting.context.citations;
        for item in items {
            let known = match works.get(item.key) {
                Some(work) if work.known => Known::Well,
                Some(_) => Known::ByName,
                None => Known::NotAtAll,
            };
            self.findings.push(Finding::Citation(item.key.to_owned(), known));
        }
        if !items.iter().any(|item| works.contains_key(item.key)) {
            self.raw("<span class=\"unknown-ref\">");
            self.words(source);
            return self.raw("</span>");
        }
        self.raw("<span class=\"cited\">");
        let mut before = "[";
        for item in items {
            self.words(before);
            self.work(item.key);
            self.words(item.place);
            before = "; ";
        }
        self.words("]");
        self.raw("</span>");
    }

    fn work(&mut self, key: &str) {
        let Some(work) = self.setting.context.citations.get(key) else {
            self.raw("<span class=\"unknown-ref\">");
            self.words(&format!("@{key}"));
            return self.raw("</span>");
        };
        if self.in_link() {
            return self.words(&work.label);
        }
        self.raw("<a href=\"");
        escape(&mut self.html, &work.href);
        self.raw("\">");
        self.words(&work.label);
        self.raw("</a>");
    }

    fn token(&mut self, token: &Token, alone: bool) {
        match token {
            Token::Formula { source, tex, display } => self.formula(source, tex.clone(), *display, alone),
            Token::Reference { source, label } => self.reference(source, label),
            Token::Held { display } => self.hole(Piece::Held { display: *display }),
            Token::Literal(text) => self.words(text),
        }
    }

    fn reference(&mut self, source: &str, label: &str) {
        self.findings.push(Finding::Reference(label.to_owned()));
        self.block.text.reference(source, label);
        self.hole(Piece::Reference { label: label.to_owned(), in_link: self.in_link() });
    }

    fn formula(&mut self, source: &Arc<str>, tex: Range<usize>, display: bool, alone: bool) {
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

    fn inline_html(&mut self, html: &str) {
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
    fn html_block(&mut self, html: &str) {
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
                    cleaned::Part::Html(html) if cleaned::is_mark(html) => {}
                    cleaned::Part::Html(html) => self.author_html(&tokens.restored(html)),
                    cleaned::Part::Text(text) => tokens.split(text, |part| match part {
                        Part::Text(text) => self.author_text(text),
                        Part::Token(token) => self.author_token(token),
                    }),
                });
                self.line();
            }
            _ => {
                self.raw("<p>");
                tokens.split(html.trim_end_matches('\n'), |part| match part {
                    Part::Text(text) => self.plain_text(text),
                    Part::Token(token) => self.token(token, false),
                });
                self.raw("</p>\n");
                self.block.text.push_str("\n\n");
            }
        }
    }

    fn plain_text(&mut self, text: &str) {
        plain::split(text, |part| match part {
            plain::Part::Text(text) => self.words(text),
            plain::Part::Reference(source, label) => self.reference(source, label),
            plain::Part::Formula(source, tex, display) => self.formula(&source.into(), tex, display, false),
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
            plain::Part::Text(text) => {
                let text = plain::unguarded(text);
                self.block.text.push_str(&unescaped(&text));
                self.author_html(&text);
            }
            plain::Part::Reference(source, label) => self.author_reference(source, label),
            plain::Part::Formula(source, tex, display) => self.author_formula(source, tex, display),
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

    /// Whether what comes next stands in a link, or will.
    fn in_link(&self) -> bool {
        self.open_links > 0 || !self.links
    }

    /// A page is where the paper is: what a model defines `[p. 7]` to be makes no difference.
    fn begin_link(&mut self, node: Node<'_>, link: &NodeLink) -> Children {
        if let Some(mark) = self.mark_in(node) {
            self.passages(&mark);
            return Children::Skipped;
        }
        self.link(link);
        Children::Written
    }

    /// The mark of pages that all words of a link of an answer are.
    fn mark_in(&self, node: Node<'_>) -> Option<String> {
        let mark = || format!("[{}]", words_of(node, self.setting.tokens));
        (self.setting.trust == Trust::Answer).then(mark).filter(|words| passages::is_mark(words))
    }

    /// The outermost of links within links: HTML has no others, and a browser would take them apart.
    fn link(&mut self, link: &NodeLink) {
        self.open_links += 1;
        if !self.links || self.open_links > 1 {
            return;
        }
        let url = self.setting.tokens.unescaped(&link.url);
        let Some(href) = links::address(&url, self.setting.trust) else { return };
        self.raw("<a href=\"");
        self.html.push_str(&href);
        self.html.push('"');
        if self.setting.trust != Trust::Post
            && links::foreign_host(&url, &self.setting.context.hosts).is_some()
        {
            self.html.push_str(" rel=\"nofollow ugc noopener\"");
        }
        self.title(&link.title);
        self.raw(">");
    }

    fn title(&mut self, title: &str) {
        if !title.is_empty() {
            self.html.push_str(" title=\"");
            escape(&mut self.html, &self.setting.tokens.unescaped(title));
            self.html.push('"');
        }
    }

    fn end_link(&mut self, node: Node<'_>, link: &NodeLink) {
        self.open_links -= 1;
        if !self.links || self.open_links > 0 {
            return;
        }
        let url = self.setting.tokens.unescaped(&link.url);
        if !links::allows(&url, self.setting.trust) {
            return;
        }
        self.raw("</a>");
        let host = links::foreign_host(&url, &self.setting.context.hosts);
        let host = host.filter(|host| !links::begins_with(&words_of(node, self.setting.tokens), host));
        if let Some(host) = host.filter(|_| self.setting.trust == Trust::Answer) {
            self.raw(" <span class=\"host notranslate\" translate=\"no\">(");
            escape(&mut self.html, &host);
            self.raw(")</span>");
        }
    }

    /// An image of this site in a post; a link to anything else.
    fn image(&mut self, node: Node<'_>, image: &NodeLink) -> Children {
        let url = self.setting.tokens.unescaped(&image.url);
        let own = links::foreign_host(&url, &self.setting.context.hosts).is_none()
            && links::allows(&url, Trust::Comment);
        let words = words_of(node, self.setting.tokens);
        self.block.text.formula(&words);
        if self.setting.trust == Trust::Post && own {
            self.raw("<img src=\"");
            self.html.push_str(&links::address(&url, Trust::Post).unwrap_or_default());
            self.html.push_str("\" alt=\"");
            escape(&mut self.html, &words);
            self.html.push('"');
            self.title(&image.title);
            self.raw(" />");
            return Children::Skipped;
        }
        self.link(image);
        escape(&mut self.html, if words.is_empty() { &url } else { &words });
        self.fresh = false;
        self.end_link(node, image);
        Children::Skipped
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

/// What a formula in a code block begins with.
const FENCE: &str = "```math\n";

/// The formula with delimiters that a browser knows.
fn shown(source: &Arc<str>, tex: Range<usize>) -> (Arc<str>, Range<usize>) {
    let mark = match source {
        _ if source.starts_with("$`") => "$",
        _ if source.starts_with(FENCE) => "$$",
        _ => return (source.clone(), tex),
    };
    (format!("{mark}{}{mark}", &source[tex.clone()]).into(), mark.len()..mark.len() + tex.len())
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

/// The displays of a paragraph that holds nothing else.
fn only_displays<'t>(node: Node<'_>, setting: &Setting<'t>) -> Vec<&'t Token> {
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
        Part::Token(token) if stands_apart(token, setting.trust) => displays.push(token),
        Part::Token(_) => only = false,
        Part::Text(text) => only &= text.trim().is_empty(),
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
fn beside_display(node: Node<'_>, setting: &Setting<'_>) -> bool {
    let edge = |node: Option<Node<'_>>, last: bool| {
        let Some(node) = node else { return false };
        let NodeValue::Text(text) = &node.data().value else { return false };
        let mut parts = Vec::new();
        setting.tokens.split(text, |part| match part {
            Part::Token(token) => parts.push(stands_apart(token, setting.trust)),
            Part::Text(text) if !text.trim().is_empty() => parts.push(false),
            Part::Text(_) => {}
        });
        (if last { parts.last() } else { parts.first() }).copied().unwrap_or(false)
    };
    edge(node.previous_sibling(), true) || edge(node.next_sibling(), false)
}

/// Whether a text is the address that its link leads to.
fn in_autolink(node: Node<'_>) -> bool {
    let (NodeValue::Text(text), Some(parent)) = (&node.data().value, node.parent()) else { return false };
    let NodeValue::Link(link) = &parent.data().value else { return false };
    has_token(text) && link.url.ends_with(text.as_ref())
}

/// The words under a node, as for the description of an image.
fn words_of(node: Node<'_>, tokens: &Tokens) -> String {
    let mut words = String::new();
    for node in node.descendants() {
        match &node.data().value {
            NodeValue::Text(text) => words.push_str(&tokens.restored(text)),
            NodeValue::Code(code) => words.push_str(&tokens.restored(&code.literal)),
            NodeValue::HtmlInline(html) if html != BOUNDARY => words.push_str(&tokens.restored(html)),
            NodeValue::SoftBreak | NodeValue::LineBreak => words.push(' '),
            _ => {}
        }
    }
    words
}
