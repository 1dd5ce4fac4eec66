//! Markdown to blocks: the shield, comrak, the writer.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use comrak::nodes::NodeValue;
use comrak::options::{BrokenLinkReference, Extension, Parse};
use comrak::{Arena, Options, ResolvedReference, parse_document};

use crate::context::{Context, Trust};
use crate::document::Block;
use crate::shield::{Input, Tokens, shield};
use crate::writer::{self, Colours, Finding, Setting};

/// Definitions of links: the label as it is compared, the address, the title.
pub(crate) type Definitions = BTreeMap<String, (String, String)>;

/// A parsed piece of Markdown.
#[derive(Debug, Default)]
pub(crate) struct Parsed {
    pub(crate) blocks: Vec<Part>,
    /// Where a formula begins that has not arrived: nothing from there on is here.
    pub(crate) held: Option<usize>,
    /// Delimiters that open a display and are never closed.
    pub(crate) unclosed: Vec<Range<usize>>,
    /// Labels of links that nobody defines.
    pub(crate) unresolved: BTreeSet<String>,
}

/// A top-level block and where it stands.
#[derive(Debug)]
pub(crate) struct Part {
    pub(crate) block: Block,
    pub(crate) source: Range<usize>,
    pub(crate) kind: Kind,
    pub(crate) findings: Vec<Finding>,
}

/// What can still happen to the last block when more lines follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// It ends at a blank line.
    Paragraph,
    /// It ends with its last line.
    Line,
    /// A code block whose closing fence is here.
    Closed,
    /// A code block whose closing fence is not here.
    OpenCode,
    /// Anything else.
    Container,
}

/// Parses Markdown that begins at the beginning of a line, outside everything.
pub(crate) fn parse(
    source: &str,
    input: Input,
    trust: Trust,
    context: &Context,
    definitions: &Arc<Definitions>,
) -> Parsed {
    let shielded = shield(source, input);
    let (prelude, skipped) = prelude(&shielded.text, &shielded.tokens, definitions);
    let text = prelude + &shielded.text;
    let unresolved = Arc::new(Mutex::new(BTreeSet::new()));
    let options = options(&shielded.tokens, definitions, &unresolved);
    let arena = Arena::new();
    let root = parse_document(&arena, &text, &options);
    let colours = if input == Input::Whole { Colours::Now } else { Colours::Later };
    let setting = Setting { tokens: &shielded.tokens, trust, context, colours };
    let mut blocks: Vec<Part> = Vec::new();
    for node in root.children() {
        let line = node.data().sourcepos.start.line;
        if line <= skipped {
            continue;
        }
        let start = shielded.lines.get(line - skipped - 1).copied().unwrap_or(source.len());
        if let Some(before) = blocks.last_mut() {
            before.source.end = start;
        }
        let mut findings = Vec::new();
        let block = writer::block(node, &setting, &mut findings);
        blocks.push(Part { block, source: start..source.len(), kind: kind(&node.data().value), findings });
    }
    let unresolved = std::mem::take(&mut *unresolved.lock().unwrap_or_else(PoisonError::into_inner));
    Parsed { blocks, held: shielded.held, unclosed: shielded.unclosed, unresolved }
}

fn kind(value: &NodeValue) -> Kind {
    match value {
        NodeValue::Paragraph => Kind::Paragraph,
        NodeValue::Heading(_) | NodeValue::ThematicBreak => Kind::Line,
        NodeValue::CodeBlock(code) if code.fenced && code.closed => Kind::Closed,
        NodeValue::CodeBlock(code) if code.fenced => Kind::OpenCode,
        _ => Kind::Container,
    }
}

fn options<'o>(
    tokens: &'o Tokens,
    definitions: &Arc<Definitions>,
    unresolved: &Arc<Mutex<BTreeSet<String>>>,
) -> Options<'o> {
    let (definitions, unresolved) = (definitions.clone(), unresolved.clone());
    let resolve = move |link: BrokenLinkReference<'_>| {
        let label = tokens.restored(link.normalized).into_owned();
        if let Some((url, title)) = definitions.get(&label) {
            return Some(ResolvedReference { url: url.as_str().into(), title: title.as_str().into() });
        }
        unresolved.lock().unwrap_or_else(PoisonError::into_inner).insert(label);
        None
    };
    let extension = Extension::builder()
        .strikethrough(true)
        .table(true)
        .autolink(true)
        .tasklist(true)
        .footnotes(true)
        .alerts(true)
        .cjk_friendly_emphasis(true)
        .build();
    let parse = Parse {
        leave_footnote_definitions: true,
        broken_link_callback: Some(Arc::new(resolve)),
        ..Parse::default()
    };
    Options { extension, parse, ..Options::default() }
}

/// Lines before the text that make comrak see what the document knows: every name of a note that the text uses is
/// defined, so that references are parsed as such, and labels that it defines again keep their first meaning.
/// Gives the number of the lines as well.
fn prelude(text: &str, tokens: &Tokens, definitions: &Definitions) -> (String, usize) {
    let mut prelude = String::from("\n");
    for label in defined(text) {
        let known = definitions.get(&normalised(&tokens.restored(label)));
        if let Some((url, title)) = known {
            prelude.push_str(&format!("[{label}]: <{}> \"{}\"\n\n", quoted(url), quoted(title)));
        }
    }
    for name in noted(text) {
        prelude.push_str(&format!("[^{name}]: x\n\n"));
    }
    // What follows is no part of the last note, even if it is indented.
    prelude.push_str("<!---->\n");
    let lines = prelude.matches('\n').count();
    (prelude, lines)
}

fn quoted(text: &str) -> String {
    let special = |c: char| c.is_ascii_punctuation();
    text.chars().flat_map(|c| special(c).then_some('\\').into_iter().chain([c])).collect()
}

/// Names of notes that the text may refer to.
fn noted(text: &str) -> BTreeSet<&str> {
    bracketed(text, "[^").filter(|name| !name.contains(char::is_whitespace)).collect()
}

/// Labels that the text may define.
pub(crate) fn defined(text: &str) -> BTreeSet<&str> {
    let mut labels = BTreeSet::new();
    for (end, _) in text.match_indices("]:") {
        let start = text[..end].rfind('[').map_or(end, |start| start + 1);
        let label = &text[start..end];
        if !label.trim().is_empty() && !label.starts_with('^') && label.len() < 1000 {
            labels.insert(label);
        }
    }
    labels
}

fn bracketed<'t>(text: &'t str, open: &'t str) -> impl Iterator<Item = &'t str> {
    text.match_indices(open).filter_map(move |(start, _)| {
        let inside = &text[start + open.len()..];
        let end = inside.find([']', '[', '\n'])?;
        (end > 0 && end < 200 && inside[end..].starts_with(']')).then(|| &inside[..end])
    })
}

/// A label as labels are compared.
fn normalised(label: &str) -> String {
    label.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

/// The definitions of links in a text, found by asking for every label that it may define.
pub(crate) fn definitions(source: &str) -> Definitions {
    let shielded = shield(source, Input::Whole);
    let labels = defined(&shielded.text);
    if labels.is_empty() {
        return Definitions::new();
    }
    let mut text = format!("{}\n\n", shielded.text);
    let probes = text.matches('\n').count();
    for label in &labels {
        text.push_str(&format!("[{}]\n\n", label.replace('\n', " ")));
    }
    let arena = Arena::new();
    let root = parse_document(&arena, &text, &Options::default());
    let mut found = Definitions::new();
    for node in root.descendants() {
        let NodeValue::Link(link) = &node.data().value else { continue };
        let line = node.data().sourcepos.start.line;
        if line <= probes {
            continue;
        }
        let Some(label) = text.lines().nth(line - 1) else { continue };
        let label = shielded.tokens.restored(label.trim_matches(['[', ']'])).into_owned();
        let restored = |text: &str| shielded.tokens.restored(text).into_owned();
        found.entry(normalised(&label)).or_insert((restored(&link.url), restored(&link.title)));
    }
    found
}
