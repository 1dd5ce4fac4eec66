//! Links and images, and the words of both.

use comrak::nodes::{Node, NodeLink, NodeValue};

use super::{Children, Writer};
use crate::context::Trust;
use crate::html::escape;
use crate::links;
use crate::passages;
use crate::shield::{BOUNDARY, Tokens, has_token};

impl Writer<'_, '_> {
    /// Whether what comes next stands in a link, or will.
    pub(super) fn in_link(&self) -> bool {
        self.open_links > 0 || !self.links
    }

    /// A page is where the paper is: what a model defines `[p. 7]` to be makes no difference.
    pub(super) fn begin_link(&mut self, node: Node<'_>, link: &NodeLink) -> Children {
        if let Some(mark) = self.mark_in(node) {
            self.passages(&mark);
            return Children::Skipped;
        }
        self.link(link);
        Children::Written
    }

    /// The mark of pages that all words of a link of an answer are.
    pub(super) fn mark_in(&self, node: Node<'_>) -> Option<String> {
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

    pub(super) fn end_link(&mut self, node: Node<'_>, link: &NodeLink) {
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
    pub(super) fn image(&mut self, node: Node<'_>, image: &NodeLink) -> Children {
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
}

/// Whether a text is the address that its link leads to.
pub(super) fn in_autolink(node: Node<'_>) -> bool {
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
