//! Markdown to blocks: the shield, comrak, the writer.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use comrak::nodes::NodeValue;
use comrak::options::{BrokenLinkReference, Extension, Parse};
use comrak::{Arena, Options, ResolvedReference, parse_document};
use tex::Macros;

use crate::context::{Context, Trust};
use crate::document::Block;
use crate::shield::{BOUNDARY, Input, Tokens, shield};
use crate::writer::{self, Finding, Setting};

/// Definitions of links: the label as it is compared, the address, the title.
pub(crate) type Definitions = BTreeMap<String, (String, String)>;

/// A parsed piece of Markdown.
#[derive(Debug, Default)]
pub(crate) struct Parsed {
    pub(crate) blocks: Vec<ParsedBlock>,
    /// Where a formula begins that has not arrived: nothing from there on is here.
    pub(crate) held: Option<usize>,
    /// Delimiters that open a display and are never closed.
    pub(crate) unclosed: Vec<Range<usize>>,
    /// Labels of links that nobody defines.
    pub(crate) unresolved: BTreeSet<String>,
}

/// A top-level block and where it stands.
#[derive(Debug)]
pub(crate) struct ParsedBlock {
    pub(crate) block: Block,
    pub(crate) source: Range<usize>,
    pub(crate) kind: Kind,
    pub(crate) findings: Vec<Finding>,
    /// The macros that are known after it.
    pub(crate) macros: Macros,
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
    Table,
    /// Anything else.
    Container,
}

impl ParsedBlock {
    /// A table begins in the last line of a paragraph: to code spans and formulas the lines were one text.
    fn grow(&mut self, table: Block, findings: Vec<Finding>, macros: Macros) {
        self.block = std::mem::take(&mut self.block).with(table);
        self.findings.extend(findings);
        self.kind = Kind::Table;
        self.macros = macros;
    }
}

/// Whether a text ends with a blank line.
pub(crate) fn ends_blank(text: &str) -> bool {
    let before = text.strip_suffix('\n').map(|text| text.trim_end_matches([' ', '\t']));
    before.is_some_and(|before| before.is_empty() || before.ends_with('\n'))
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
    let setting = Setting { tokens: &shielded.tokens, trust, context };
    let mut macros = context.macros.clone();
    let mut blocks: Vec<ParsedBlock> = Vec::new();
    for node in root.children() {
        let line = node.data().sourcepos.start.line;
        if line <= skipped || is_boundary(&node.data().value) {
            continue;
        }
        let start = shielded.lines.get(line - skipped - 1).copied().unwrap_or(source.len());
        let mut findings = Vec::new();
        let block = writer::block(node, &setting, &mut macros, &mut findings);
        let kind = kind(&node.data().value);
        match blocks.last_mut() {
            Some(before)
                if kind == Kind::Table && before.kind == Kind::Paragraph && !ends_blank(&source[..start]) =>
            {
                before.grow(block, findings, macros.clone());
                continue;
            }
            Some(before) => before.source.end = start,
            None => {}
        }
        let source = start..source.len();
        blocks.push(ParsedBlock { block, source, kind, findings, macros: macros.clone() });
    }
    let unresolved = std::mem::take(&mut *unresolved.lock().unwrap_or_else(PoisonError::into_inner));
    Parsed { blocks, held: shielded.held, unclosed: shielded.unclosed, unresolved }
}

/// Whether this is nothing but the end of a table.
fn is_boundary(value: &NodeValue) -> bool {
    matches!(value, NodeValue::HtmlBlock(html) if html.literal.trim_end() == BOUNDARY)
}

fn kind(value: &NodeValue) -> Kind {
    match value {
        NodeValue::Paragraph => Kind::Paragraph,
        NodeValue::Heading(_) | NodeValue::ThematicBreak => Kind::Line,
        NodeValue::CodeBlock(code) if code.fenced && code.closed => Kind::Closed,
        NodeValue::CodeBlock(code) if code.fenced => Kind::OpenCode,
        NodeValue::Table(_) => Kind::Table,
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
    let again = if definitions.is_empty() { BTreeSet::new() } else { defined(text) };
    for label in again {
        if let Some((url, title)) = definitions.get(&folded(label, tokens)) {
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
    let begins = text.match_indices('[').map(|(at, _)| &text[at + 1..]);
    let names = begins.filter_map(|rest| {
        let name = rest.strip_prefix('^')?;
        let end = name.find([']', '[', '\n'])?;
        (end > 0 && end < 200 && name[end..].starts_with(']')).then(|| &name[..end])
    });
    names.filter(|name| !name.contains(char::is_whitespace)).collect()
}

/// Labels that the text may define.
pub(crate) fn defined(text: &str) -> BTreeSet<&str> {
    let ends = text.match_indices(']').filter(|(end, _)| text[end + 1..].starts_with(':'));
    ends.filter_map(|(end, _)| label_before(&text[..end])).collect()
}

/// The longest label, in bytes.
const MAX_LABEL: usize = 1_000;

/// The label that a text ends with, after its opening bracket.
fn label_before(text: &str) -> Option<&str> {
    let mut start = text.len();
    let bracket = loop {
        start = text[..start].rfind(['[', ']'])?;
        let escapes = text[..start].bytes().rev().take_while(|byte| *byte == b'\\').count();
        if escapes % 2 == 0 {
            break text.as_bytes()[start];
        }
    };
    let label = &text[start + 1..];
    // Notes have names of one word.
    let note =
        label.strip_prefix('^').is_some_and(|name| !name.is_empty() && !name.contains(char::is_whitespace));
    (bracket == b'[' && label.len() < MAX_LABEL && !label.trim().is_empty() && !note).then_some(label)
}

/// A label as comrak compares it.
fn folded(label: &str, tokens: &Tokens) -> String {
    let folded = Arc::new(Mutex::new(BTreeSet::new()));
    let definitions = Arc::default();
    parse_document(&Arena::new(), &format!("[{label}]"), &options(tokens, &definitions, &folded));
    let folded = std::mem::take(&mut *folded.lock().unwrap_or_else(PoisonError::into_inner));
    folded.into_iter().next().unwrap_or_default()
}

/// The definitions of links in a text, found by asking for every label that it may define.
pub(crate) fn definitions(source: &str) -> Definitions {
    let shielded = shield(source, Input::Whole);
    let labels: Vec<&str> = defined(&shielded.text).into_iter().collect();
    let mut found = Definitions::new();
    if labels.is_empty() {
        return found;
    }
    // The questions come first: at the end they might stand in code that is never closed.
    let questions: String =
        labels.iter().map(|label| format!("[{}]\n\n", label.replace('\n', " "))).collect();
    let text = format!("{questions}<!---->\n{}", shielded.text);
    let nobody = (Arc::default(), Arc::default());
    let arena = Arena::new();
    let root = parse_document(&arena, &text, &options(&shielded.tokens, &nobody.0, &nobody.1));
    for node in root.descendants() {
        let NodeValue::Link(link) = &node.data().value else { continue };
        let line = node.data().sourcepos.start.line;
        let Some(label) = labels.get((line - 1) / 2) else { break };
        let restored = |text: &str| shielded.tokens.restored(text).into_owned();
        found.entry(folded(label, &shielded.tokens)).or_insert((restored(&link.url), restored(&link.title)));
    }
    found
}
