//! HTML that an author wrote: an allow-list, by ammonia, and formulas in what is left.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

use ammonia::Builder;
use tex::Macros;

use crate::context::{Context, Trust};
use crate::document::{Block, Title};
use crate::formula;
use crate::html::{escape, is_control, unescaped};
use crate::links;
use crate::plain;
use crate::template::{Equation, Holes, Piece, Place, Template};
use crate::writer::Finding;

/// Where a teaser ends.
pub(crate) const MORE: &str = "<!--more-->";

/// Around the number of a finished formula, while the HTML around it is cleaned.
const SLOT: char = '\u{f0000}';
/// The same for a display, which stands in an element of its own so that it ends a paragraph as a display does.
const DISPLAY: char = '\u{f0001}';
const DISPLAY_OPEN: &str = "<div class=\"slot\">\u{f0001}";
const DISPLAY_CLOSE: &str = "\u{f0001}</div>";

/// Fills templates of which some hold HTML of the author, and cleans the whole; what fills the holes is ours and is
/// put in afterwards.
pub(crate) fn fill<'t>(parts: impl Iterator<Item = (&'t Template, &'t Place)>, context: &Context) -> String {
    let mut html = String::new();
    let mut slots = Vec::new();
    for (template, place) in parts {
        let mut holes = Holes::new(place);
        for piece in &template.pieces {
            match piece {
                Piece::Html(text) => html.push_str(&text.replace([SLOT, DISPLAY], "\u{fffd}")),
                Piece::Raw(text) => {
                    html.push_str(&deepened(text, context.deeper).replace([SLOT, DISPLAY], "\u{fffd}"))
                }
                Piece::Anchor(_) => holes.fill(&mut html, piece),
                _ => {
                    let mut slot = String::new();
                    holes.fill(&mut slot, piece);
                    let number = slots.len();
                    let alone = matches!(piece, Piece::Formula(equation) if equation.alone);
                    html.push_str(&match alone {
                        true => format!("{DISPLAY_OPEN}{number}{DISPLAY_CLOSE}"),
                        false => format!("{SLOT}{number}{SLOT}"),
                    });
                    slots.push(slot);
                }
            }
        }
    }
    let cleaned = clean(&html, Trust::Post, context);
    let cleaned = cleaned.replace(DISPLAY_OPEN, SLOT.encode_utf8(&mut [0; 4]));
    let cleaned = cleaned.replace(DISPLAY_CLOSE, SLOT.encode_utf8(&mut [0; 4]));
    let mut out = String::new();
    let mut in_tag = false;
    for (i, part) in cleaned.split(SLOT).enumerate() {
        match part.parse::<usize>().ok().filter(|_| i % 2 == 1) {
            // An attribute that the author did not close may have swallowed one.
            Some(_) if in_tag => {}
            Some(slot) => out.push_str(slots.get(slot).map_or("", String::as_str)),
            None => {
                in_tag = part.rfind(['<', '>']).map_or(in_tag, |at| part[at..].starts_with('<'));
                out.push_str(part);
            }
        }
    }
    out
}

/// The HTML of blocks. From the first on that holds HTML of the author, which may be open at its end, all is cleaned
/// together.
pub(crate) fn document<'b>(
    blocks: impl Iterator<Item = (&'b Block, &'b Place)> + Clone,
    context: &Context,
) -> String {
    marked(blocks, context).0
}

/// The same, and where in it each block begins that can be told from the next ones.
pub(crate) fn marked<'b>(
    blocks: impl Iterator<Item = (&'b Block, &'b Place)> + Clone,
    context: &Context,
) -> (String, Vec<usize>) {
    let raw = blocks.clone().position(|(block, _)| block.is_raw());
    let sound = raw.unwrap_or(usize::MAX);
    let length = blocks.clone().take(sound).map(|(block, _)| block.template.length()).sum();
    let mut html = String::with_capacity(length);
    let mut begins = Vec::new();
    for (block, place) in blocks.clone().take(sound) {
        begins.push(html.len());
        block.template.fill_into(&mut html, place);
    }
    if let Some(raw) = raw {
        begins.push(html.len());
        html += &fill(blocks.skip(raw).map(|(block, place)| (&block.template, place)), context);
    }
    (html, begins)
}

/// Only allow-listed elements and attributes, well formed. Of others than the operator no images and no ids.
fn clean(html: &str, trust: Trust, context: &Context) -> String {
    let hosts = context.hosts.clone();
    let prefix = context.prefix.clone();
    let html = flattened(html);
    let mut builder = Builder::default();
    if trust != Trust::Post {
        builder.rm_tags(["img"]);
    }
    builder
        .add_tags(["section", "input", "u"])
        .add_tag_attributes("input", ["type", "checked", "disabled"])
        .add_tag_attributes("ol", ["reversed"])
        .set_tag_attribute_value("input", "disabled", "")
        .add_generic_attributes(["id", "class", "role", "lang", "title", "align"])
        .link_rel((trust != Trust::Post).then_some("nofollow ugc noopener"))
        .attribute_filter(move |element, attribute, value| {
            let value = allowed(element, attribute, value, trust, &hosts)?;
            let (id, mark) = match attribute {
                "id" => (&*value, ""),
                "href" => (value.strip_prefix('#').unwrap_or(&prefix), "#"),
                _ => return Some(value),
            };
            // Ids of ours have the prefix already.
            let own = id.starts_with(&prefix);
            Some(if own { value } else { format!("{mark}{prefix}{id}").into() })
        })
        .clean(&parted(&html))
        .to_string()
        .replace(|c: char| c.is_ascii() && is_control(c as u8), "\u{fffd}")
}

/// Elements nested deeper than this lose their tags: the parser looks through all open elements at each tag.
const MAX_DEPTH: usize = 200;

/// Elements that nest only inside others, or whose end need not be written.
const NOT_NESTING: [&str; 26] = [
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track",
    "wbr", "p", "li", "dt", "dd", "tr", "td", "th", "thead", "tbody", "tfoot", "rp", "rt",
];

/// HTML without the tags of elements that are nested too deeply.
fn flattened(html: &str) -> Cow<'_, str> {
    if html.matches('<').count() <= MAX_DEPTH {
        return html.into();
    }
    let mut depth = 0usize;
    let mut out = String::with_capacity(html.len());
    parts(html, |part| match part {
        Markup::Html(tag)
            if tag.starts_with('<') && !NOT_NESTING.contains(&name(tag).to_ascii_lowercase().as_str()) =>
        {
            let closes = tag.starts_with("</");
            depth = if closes { depth.saturating_sub(1) } else { depth + 1 };
            if depth + usize::from(closes) <= MAX_DEPTH {
                out.push_str(tag);
            }
        }
        Markup::Html(text) | Markup::Text(text) => out.push_str(text),
    });
    out.into()
}

/// A text longer than this is parted, and an attribute longer than this is dropped.
const MAX_TEXT: usize = 10_000;

/// HTML whose long texts are parted by comments, which are dropped again: html5ever's serializer looks through the rest
/// of a text at each `&` and at each character whose first byte is that of a space which does not break.
fn parted(html: &str) -> Cow<'_, str> {
    if html.len() <= MAX_TEXT {
        return html.into();
    }
    let mut raw = false;
    let mut out = String::with_capacity(html.len());
    parts(html, |part| match part {
        Markup::Html(tag) if tag.starts_with('<') => {
            raw = ["script", "style", "textarea", "title"].contains(&name(tag)) && !tag.starts_with("</");
            out.push_str(tag);
        }
        Markup::Html(mut text) | Markup::Text(mut text) => {
            while let Some(far) = text.get(text.ceil_char_boundary(MAX_TEXT)..).filter(|_| !raw) {
                let Some(special) = far.find(|c| c == '&' || ('\u{80}'..='\u{bf}').contains(&c)) else {
                    break;
                };
                let (before, after) = text.split_at(text.len() - far.len() + special);
                out.push_str(before);
                out.push_str("<!---->");
                text = after;
            }
            out.push_str(text);
        }
    });
    out.into()
}

fn allowed<'v>(
    element: &str,
    attribute: &str,
    value: &'v str,
    trust: Trust,
    hosts: &[String],
) -> Option<Cow<'v, str>> {
    match (element, attribute) {
        _ if value.len() > MAX_TEXT => None,
        (_, "id" | "class" | "role") if trust != Trust::Post => None,
        (_, "class") => {
            let ours = |class: &&str| ["math", "eq", "eqref", "held", "bad-math"].contains(class);
            let classes = || value.split_ascii_whitespace();
            if !classes().any(|class| ours(&class)) {
                return Some(value.into());
            }
            let classes: Vec<&str> = classes().filter(|class| !ours(class)).collect();
            (!classes.is_empty()).then(|| classes.join(" ").into())
        }
        ("input", "type") => Some("checkbox".into()),
        ("img", "src") if links::foreign_host(value, hosts).is_some() => None,
        (_, "src" | "href") => links::address(value, trust).map(|_| value.into()),
        _ => Some(value.into()),
    }
}

/// A text in HTML, as other systems export it; its formulas use the macros that are known before it, and add to them.
pub(crate) fn block(
    html: &str,
    trust: Trust,
    context: &Context,
    macros: &mut Macros,
    findings: &mut Vec<Finding>,
) -> Block {
    let cleaned = clean(&deepened(html, context.deeper), trust, context);
    let mut reader = Reader::new(trust, macros, findings);
    let mut ids = Vec::new();
    let mut rest = cleaned.as_str();
    parts(&cleaned, |part| match part {
        Markup::Text(text) => {
            rest = &rest[text.len()..];
            reader.text(text);
        }
        Markup::Html(tag) => {
            rest = &rest[tag.len()..];
            ids.extend(id(tag).map(|id| id.strip_prefix(&context.prefix).unwrap_or(&id).to_owned()));
            reader.tag(tag, rest);
        }
    });
    reader.flush();
    reader.block.more = html.contains(MORE);
    reader.block.ids = ids;
    reader.block
}

/// A part of HTML.
pub(crate) enum Markup<'h> {
    /// Text that may hold formulas.
    Text(&'h str),
    /// A tag, a comment, or the text of code.
    Html(&'h str),
}

/// Elements that hold code.
pub(crate) const CODE: [&str; 7] = ["pre", "code", "kbd", "samp", "script", "style", "textarea"];

/// Splits HTML into tags and text.
pub(crate) fn parts<'h>(html: &'h str, mut each: impl FnMut(Markup<'h>)) {
    let mut verbatim = 0usize;
    let mut rest = html;
    while !rest.is_empty() {
        let (text, tag) = rest.split_at(rest.find('<').unwrap_or(rest.len()));
        match text {
            "" => {}
            text if verbatim > 0 => each(Markup::Html(text)),
            text => each(Markup::Text(text)),
        }
        let (tag, after) = tag.split_at(tag_end(tag));
        if CODE.contains(&name(tag)) {
            verbatim = if tag.starts_with("</") { verbatim.saturating_sub(1) } else { verbatim + 1 };
        }
        if !tag.is_empty() {
            each(Markup::Html(tag));
        }
        rest = after;
    }
}

/// Where the tag, comment, instruction or declaration ends that a text begins with. A `>` in quotes ends no tag.
fn tag_end(tag: &str) -> usize {
    let marks = [("<!--", "-->"), ("<?", "?>"), ("<![CDATA[", "]]>"), ("<!", ">")];
    if let Some((_, end)) = marks.iter().find(|(begin, _)| tag.starts_with(begin)) {
        return tag.find(end).map_or(tag.len(), |at| at + end.len());
    }
    let mut quote = None;
    let mut value = false;
    for (i, byte) in tag.bytes().enumerate() {
        match byte {
            _ if quote.is_some() => quote = quote.filter(|quote| *quote != byte),
            b'>' => return i + 1,
            b'"' | b'\'' if value => quote = Some(byte),
            _ => {}
        }
        value = byte == b'=' || value && byte.is_ascii_whitespace();
    }
    // Where a quotation never ends, it is none.
    tag.find('>').filter(|_| quote.is_some()).map_or(tag.len(), |at| at + 1)
}

/// Whether this is a comment, an instruction or a declaration: nothing that shows.
pub(crate) fn is_mark(tag: &str) -> bool {
    tag.starts_with("<!") || tag.starts_with("<?")
}

/// Whether nothing of this HTML shows.
pub(crate) fn is_silent(html: &str) -> bool {
    let mut silent = true;
    parts(html, |part| match part {
        Markup::Html(tag) => silent &= is_mark(tag),
        Markup::Text(text) => silent &= text.trim().is_empty(),
    });
    silent
}

/// HTML with its headings as many levels deeper.
fn deepened(html: &str, deeper: u8) -> Cow<'_, str> {
    if deeper == 0 || !html.contains(['h', 'H']) {
        return html.into();
    }
    let mut out = String::with_capacity(html.len());
    parts(html, |part| match part {
        Markup::Html(tag) if tag.starts_with('<') => match heading(&name(tag).to_ascii_lowercase()) {
            Some(level) => {
                let (before, after) = tag.split_at(tag.find(|c: char| c.is_ascii_digit()).unwrap_or(0));
                out.push_str(before);
                out.push((b'0' + level.saturating_add(deeper).min(6)).into());
                out.push_str(&after[1..]);
            }
            None => out.push_str(tag),
        },
        Markup::Html(text) | Markup::Text(text) => out.push_str(text),
    });
    out.into()
}

/// The id in a tag.
pub(crate) fn id(tag: &str) -> Option<String> {
    let lower = tag.to_ascii_lowercase();
    let begins = lower.match_indices("id").find_map(|(at, _)| {
        let value = tag[at + 2..].trim_start().strip_prefix('=')?;
        lower[..at].ends_with(char::is_whitespace).then(|| value.trim_start())
    })?;
    let quote = begins.chars().next().filter(|c| *c == '"' || *c == '\'');
    let value = match quote {
        Some(quote) => begins[1..].split(quote).next(),
        None => begins.split(|c: char| c.is_whitespace() || c == '>').next(),
    };
    value.map(|value| unescaped(&value.replace("&quot;", "\"")))
}

/// The name in a tag.
fn name(tag: &str) -> &str {
    tag.trim_start_matches(['<', '/']).split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default()
}

/// Elements that an author may write among words.
const WORDS: [&str; 31] = [
    "a", "abbr", "b", "bdi", "bdo", "br", "cite", "code", "data", "del", "dfn", "em", "i", "img", "ins",
    "kbd", "mark", "q", "rp", "rt", "ruby", "s", "samp", "small", "span", "strong", "sub", "sup", "time",
    "u", "var",
];

/// Elements that an HTML block may begin and a later paragraph end.
const BLOCKS: [&str; 32] = [
    "article",
    "aside",
    "blockquote",
    "caption",
    "center",
    "dd",
    "details",
    "div",
    "dl",
    "dt",
    "figcaption",
    "figure",
    "footer",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "li",
    "nav",
    "ol",
    "pre",
    "section",
    "summary",
    "table",
    "tbody",
    "td",
    "th",
    "tr",
    "ul",
];

/// Whether the author of a post may write this tag among words. Any other is text, as in `List<int>`.
pub(crate) fn allows(tag: &str) -> bool {
    let name = name(tag).to_ascii_lowercase();
    WORDS.contains(&name.as_str()) || tag.starts_with("</") && BLOCKS.contains(&name.as_str())
}

struct Reader<'f> {
    trust: Trust,
    macros: &'f mut Macros,
    findings: &'f mut Vec<Finding>,
    block: Block,
    html: String,
}

impl<'f> Reader<'f> {
    fn new(trust: Trust, macros: &'f mut Macros, findings: &'f mut Vec<Finding>) -> Self {
        Self { trust, macros, findings, block: Block::default(), html: String::new() }
    }

    fn flush(&mut self) {
        if !self.html.is_empty() {
            self.block.template.pieces.push(Piece::Html(std::mem::take(&mut self.html)));
        }
    }

    fn hole(&mut self, piece: Piece) {
        self.flush();
        self.block.template.pieces.push(piece);
    }

    fn tag(&mut self, tag: &str, rest: &str) {
        if !tag.starts_with('<') {
            return self.code(tag);
        }
        let name = name(tag);
        if matches!(name, "p" | "div" | "li" | "tr" | "br" | "pre" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6")
        {
            self.block.text.push_str("\n");
        }
        match heading(name).filter(|_| !tag.starts_with("</")) {
            _ if tag == "</p>" && self.only_defines() => {}
            Some(level) => self.heading(level, tag, rest),
            None => self.html.push_str(tag),
        }
    }

    /// Whether the paragraph that ends here does nothing but define macros: it loses its tags, or it would be an empty
    /// line.
    fn only_defines(&mut self) -> bool {
        let pieces = &mut self.block.template.pieces;
        let silent = |piece: &&Piece| matches!(piece, Piece::Formula(equation) if equation.is_silent());
        let silent = pieces.iter().rev().take_while(silent).count();
        let begin = pieces.iter_mut().rev().nth(silent).filter(|_| silent > 0 && self.html.trim().is_empty());
        let Some(Piece::Html(html)) = begin else { return false };
        let only = html.ends_with("<p>");
        html.truncate(html.len() - if only { "<p>".len() } else { 0 });
        only
    }

    /// Text that holds no formulas, as it is escaped.
    fn code(&mut self, html: &str) {
        self.block.text.push_str(&unescaped(html));
        self.html.push_str(html);
    }

    fn heading(&mut self, level: u8, tag: &str, rest: &str) {
        let inside = rest.split(&format!("</h{level}>")).next().unwrap_or_default();
        let mut ignored = Vec::new();
        let mut macros = self.macros.clone();
        let mut words = Reader::new(self.trust, &mut macros, &mut ignored);
        parts(inside, |part| match part {
            Markup::Text(text) => words.text(text),
            Markup::Html(code) if !code.starts_with('<') => words.code(code),
            Markup::Html(_) => {}
        });
        words.flush();
        let Block { template: words, text, .. } = words.block;
        let own = id(tag);
        self.html.push_str(&tag[..tag.len() - 1]);
        if own.is_none() {
            self.hole(Piece::Anchor(text.source().to_owned()));
        }
        self.html.push('>');
        self.block.headings.push(Title { level, text, words, own });
    }

    fn text(&mut self, html: &str) {
        let text = unescaped(html);
        plain::split(&text, |part| match part {
            plain::Plain::Text(text) => {
                let text = plain::unguarded(text);
                self.block.text.push_str(&text);
                escape(&mut self.html, &text);
            }
            plain::Plain::Reference(source, label) => {
                self.findings.push(Finding::Reference(label.to_owned()));
                self.block.text.reference(source, label);
                self.hole(Piece::Reference { label: label.to_owned(), in_link: false });
            }
            plain::Plain::Formula(source, tex, display) => self.formula(source, tex, display),
        });
    }

    fn formula(&mut self, source: &str, tex: Range<usize>, display: bool) {
        let Ok(expanded) = formula::expanded(&source[tex.clone()], self.trust, self.macros) else {
            self.block.text.push_str(source);
            self.findings.push(Finding::Refused(source.to_owned()));
            return formula::refuse(&mut self.html, source);
        };
        let source: Arc<str> = source.into();
        self.findings.push(Finding::Formula(source.clone(), tex.clone(), display));
        let equation = Equation::new(source, tex, expanded, display, false);
        self.block.text.formula(&equation.plain());
        self.hole(Piece::Formula(Box::new(equation)));
    }
}

fn heading(name: &str) -> Option<u8> {
    let level = name.strip_prefix('h')?.parse().ok()?;
    (1..=6).contains(&level).then_some(level)
}
