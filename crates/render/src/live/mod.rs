//! A Markdown document that is still arriving.
//!
//! The source is cut where a block begins that nothing before it can change any more. What stands before the cut is
//! *sealed*: written once, and only filled anew when something later changes its place ([`crate::document`]). What
//! stands after it is the *tail*, which is parsed again when it has grown by a tenth; so the work for a block of
//! n bytes is that of parsing about 11 n, however it arrives. A block of more than fifty thousand bytes, which nobody
//! waits for, is parsed still more seldom, so that a megabyte is about 3 n.

mod hold;
mod input;
mod patch;
mod seal;

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use crate::cleaned;
use crate::context::{Context, Format, Trust};
use crate::document::{Block, Known};
use crate::markdown::{self, Definitions, Kind, Parsed, ParsedBlock};
use crate::shield::Input;
use crate::template::Place;
use crate::whole;
use hold::Ends;
use input::Normaliser;
pub use patch::Patch;
use tex::Macros;

/// One Markdown document that is still arriving.
///
/// ```
/// use render::{Context, Live, Trust};
///
/// let mut live = Live::new(Trust::Answer, &Context::default());
/// let mut patches = live.push("The loss is $x_");
/// patches.extend(live.push("1$.\n\nThat is all."));
/// patches.extend(live.finish());
/// assert!(matches!(patches.last(), Some(render::Patch::End { .. })));
/// ```
#[derive(Debug)]
pub struct Live {
    format: Format,
    trust: Trust,
    /// Its macros are those that are known after what is sealed.
    context: Context,
    seq: u64,
    input: Normaliser,
    sealed: Vec<Sealed>,
    known: Known<'static>,
    definitions: Arc<Definitions>,
    /// Sealed blocks that use a label of a link which nobody has defined.
    lacking: HashMap<String, Vec<usize>>,
    /// Whether something sealed has not seen yet what came late.
    late: bool,
    /// How many blocks there were when all were placed anew.
    replaced: usize,
    /// The source that is not sealed.
    tail: String,
    /// How much of it has been parsed.
    parsed: usize,
    ends: Ends,
    /// The tail as it is shown.
    shown: String,
    ended: bool,
}

/// A block that is final but for what its place depends on.
#[derive(Debug, Default)]
struct Sealed {
    source: String,
    /// The macros that are known before it.
    macros: Macros,
    block: Block,
    equations: u32,
    place: Place,
    html: String,
    /// Parsed anew since the HTML was written.
    stale: bool,
}

/// The tail is parsed when it has grown by this many bytes, or by this part of itself; or, where it is long, by what
/// it is longer than this.
const GROWTH: usize = 40;
const SHARE: usize = 10;
const LONG: usize = 50_000;

impl Live {
    /// An empty document in Markdown.
    pub fn new(trust: Trust, context: &Context) -> Self {
        Self::of(Format::Markdown, trust, context)
    }

    /// An empty document. What is not Markdown shows when it is complete.
    pub fn of(format: Format, trust: Trust, context: &Context) -> Self {
        Self {
            format: if trust == Trust::Paper { Format::Text } else { format },
            trust,
            context: context.clone(),
            seq: 0,
            input: Normaliser::default(),
            sealed: Vec::new(),
            known: Known::new(trust, context),
            definitions: Arc::default(),
            lacking: HashMap::new(),
            late: false,
            replaced: 0,
            tail: String::new(),
            parsed: 0,
            ends: Ends::Words,
            shown: String::new(),
            ended: false,
        }
    }

    /// More of the text.
    pub fn push(&mut self, text: &str) -> Vec<Patch> {
        if self.ended {
            return Vec::new();
        }
        self.input.push(&mut self.tail, text);
        let growth = (self.parsed / SHARE).max(self.parsed.saturating_sub(LONG));
        if self.tail.len() < self.parsed + growth.max(GROWTH) {
            return Vec::new();
        }
        self.refresh()
    }

    /// Nothing has come for a while: shows what was not worth a parse before.
    pub fn quiet(&mut self) -> Vec<Patch> {
        if self.ended || self.tail.len() == self.parsed { Vec::new() } else { self.refresh() }
    }

    /// The text is complete.
    pub fn finish(&mut self) -> Vec<Patch> {
        if self.ended {
            return Vec::new();
        }
        self.ended = true;
        if self.format != Format::Markdown {
            return self.whole();
        }
        let parsed = self.parse(self.tail.len(), Input::Whole);
        let mut patches = self.seal(parsed.blocks, &parsed.unresolved, self.tail.len());
        let blocks = self.sealed.iter().map(|sealed| (&sealed.block, sealed.equations));
        let notes = self.known.clone().notes(blocks, &self.context);
        if !notes.is_empty() {
            patches.push(self.append(&notes));
            self.sealed.push(Sealed { html: notes, ..Sealed::default() });
        }
        patches.extend(self.show(String::new()));
        self.seq += 1;
        patches.push(Patch::End { seq: self.seq });
        patches
    }

    /// All of what is not Markdown.
    fn whole(&mut self) -> Vec<Patch> {
        let text = std::mem::take(&mut self.tail);
        let html = whole::render(&text, self.format, self.trust, &self.context).html.into_string();
        let append = self.append(&html);
        self.sealed.push(Sealed { html, ..Sealed::default() });
        self.seq += 1;
        vec![append, Patch::End { seq: self.seq }]
    }

    /// Everything so far, for a reader who comes late.
    pub fn snapshot(&self) -> Vec<Patch> {
        vec![Patch::Snapshot {
            seq: self.seq,
            v: patch::VERSION,
            blocks: self.sealed.iter().map(|sealed| sealed.html.clone()).collect(),
            tail: self.shown.clone(),
            ended: self.ended,
        }]
    }

    fn parse(&self, end: usize, input: Input) -> Parsed {
        markdown::parse(&self.tail[..end], input, self.trust, &self.context, &self.definitions)
    }

    /// Parses the tail, seals what is final and shows the rest.
    fn refresh(&mut self) -> Vec<Patch> {
        if self.format != Format::Markdown {
            return Vec::new();
        }
        let visible = hold::visible(&self.tail, self.ends);
        let mut parsed = self.parse(visible, Input::Arriving);
        self.ends = match parsed.blocks.last() {
            Some(last) if last.kind == Kind::OpenCode => Ends::Code,
            _ => Ends::Words,
        };
        let (count, cut) = seal::cut(&self.tail[..visible], &parsed, self.trust);
        let rest = parsed.blocks.split_off(count);
        if cut < visible && !markdown::defined(&self.tail[cut..visible]).is_empty() {
            // A definition below the cut may be half of one: what is sealed must not have seen it.
            parsed = self.parse(cut, Input::Whole);
        }
        let mut patches = self.seal(parsed.blocks, &parsed.unresolved, cut);
        self.parsed = self.tail.len();
        let shown = self.written(&rest);
        patches.extend(self.show(shown));
        patches
    }

    /// The HTML of blocks that are not sealed.
    fn written(&self, parts: &[ParsedBlock]) -> String {
        let mut known = Known::over(&self.known);
        let starts: Vec<u32> = parts.iter().map(|part| known.define(&part.block).0).collect();
        let places: Vec<Place> =
            parts.iter().zip(starts).map(|(part, start)| known.place(&part.block, start)).collect();
        cleaned::document(parts.iter().map(|part| &part.block).zip(&places), &self.context)
    }

    /// Seals the blocks of the first `cut` bytes of the tail.
    fn seal(&mut self, parts: Vec<ParsedBlock>, unresolved: &BTreeSet<String>, cut: usize) -> Vec<Patch> {
        let first = self.sealed.len();
        let taken: String = self.tail.drain(..cut).collect();
        for part in parts {
            let source = taken[part.source.start..part.source.end.min(cut)].to_owned();
            let (equations, missed) = self.known.define(&part.block);
            self.late |= missed;
            let macros = std::mem::replace(&mut self.context.macros, part.macros);
            self.sealed.push(Sealed { source, macros, block: part.block, equations, ..Sealed::default() });
        }
        self.late |= self.learn(&taken);
        for label in unresolved.iter().filter(|label| !self.definitions.contains_key(*label)) {
            self.lacking.entry(label.clone()).or_default().extend(first..self.sealed.len());
        }
        let mut changed = if self.is_due() { self.replace_all() } else { self.place(first) };
        if self.ended {
            changed.extend(self.clean());
            changed.sort_unstable();
            changed.dedup();
        }
        changed.into_iter().filter_map(|index| self.sent(index, first)).collect()
    }

    /// Whether all blocks are to be placed anew: after a tenth of them came, so that what comes late with every
    /// block does not cost a walk through all of them each time.
    fn is_due(&self) -> bool {
        let wanted = self.replaced + (self.replaced / SHARE).max(1);
        self.late && (self.ended || self.sealed.len() >= wanted)
    }

    /// Learns the definitions of links in a sealed text; says whether a block was parsed anew for them.
    fn learn(&mut self, source: &str) -> bool {
        let mut late = BTreeSet::new();
        for (label, target) in markdown::definitions(source) {
            if self.definitions.contains_key(&label) {
                continue;
            }
            late.extend(self.lacking.remove(&label).unwrap_or_default());
            Arc::make_mut(&mut self.definitions).insert(label, target);
        }
        let any = !late.is_empty();
        while let Some(index) = late.pop_first() {
            let macros = self.reparse(index);
            // The words around a formula may be the text of an image now, and then it defines nothing.
            match self.sealed.get_mut(index + 1) {
                Some(next) if next.macros != macros => {
                    next.macros = macros;
                    late.insert(index + 1);
                }
                Some(_) => {}
                None => self.context.macros = macros,
            }
        }
        any
    }

    /// Parses a sealed block anew, by itself; gives the macros that are known after it.
    fn reparse(&mut self, index: usize) -> Macros {
        let sealed = &mut self.sealed[index];
        let now = std::mem::replace(&mut self.context.macros, sealed.macros.clone());
        let parsed =
            markdown::parse(&sealed.source, Input::Whole, self.trust, &self.context, &self.definitions);
        let before = std::mem::replace(&mut self.context.macros, now);
        sealed.stale = true;
        sealed.block = Block::default();
        parsed.blocks.into_iter().fold(before, |_, part| {
            sealed.block = std::mem::take(&mut sealed.block).with(part.block);
            part.macros
        })
    }

    /// Places the blocks from `first` on; gives their indexes.
    fn place(&mut self, first: usize) -> Vec<usize> {
        for sealed in &mut self.sealed[first..] {
            sealed.place = self.known.place(&sealed.block, sealed.equations);
            sealed.html = filled(&sealed.block, &sealed.place, &self.context, self.ended);
        }
        (first..self.sealed.len()).collect()
    }

    /// Places all blocks anew; gives the indexes of those that may have changed.
    fn replace_all(&mut self) -> Vec<usize> {
        let mut known = Known::new(self.trust, &self.context);
        for sealed in &mut self.sealed {
            sealed.equations = known.define(&sealed.block).0;
        }
        let mut changed = Vec::new();
        for (index, sealed) in self.sealed.iter_mut().enumerate() {
            let place = known.place(&sealed.block, sealed.equations);
            let new = sealed.html.is_empty();
            if !new && !sealed.stale && place == sealed.place {
                continue;
            }
            let html = filled(&sealed.block, &place, &self.context, self.ended);
            if new || html != sealed.html {
                changed.push(index);
            }
            (sealed.html, sealed.place, sealed.stale) = (html, place, false);
        }
        self.known = known;
        (self.late, self.replaced) = (false, self.sealed.len());
        changed
    }

    /// HTML of the author reaches to the end of the document: when that has come, all from the first of it on is
    /// cleaned together, and becomes one block. Gives the indexes of those that changed.
    fn clean(&mut self) -> Vec<usize> {
        let Some(raw) = self.sealed.iter().position(|sealed| sealed.block.is_raw()) else {
            return Vec::new();
        };
        let parts = self.sealed[raw..].iter().map(|sealed| (&sealed.block, &sealed.place));
        let mut html = cleaned::document(parts, &self.context);
        let mut changed = Vec::new();
        for (index, sealed) in self.sealed.iter_mut().enumerate().skip(raw) {
            let html = std::mem::take(&mut html);
            if sealed.html != html {
                sealed.html = html;
                changed.push(index);
            }
        }
        changed
    }

    /// The patch that brings a block to the page: a new one from `first` on, else a changed one.
    fn sent(&mut self, index: usize, first: usize) -> Option<Patch> {
        let html = self.sealed[index].html.clone();
        if index >= first {
            return Some(self.append(&html));
        }
        self.seq += 1;
        Some(Patch::Replace { seq: self.seq, block: index, html })
    }

    fn append(&mut self, html: &str) -> Patch {
        let (keep, html) = patch::difference(&self.shown, html);
        self.shown.clear();
        self.seq += 1;
        Patch::Append { seq: self.seq, keep, html: html.to_owned() }
    }

    /// Makes the tail show this.
    fn show(&mut self, shown: String) -> Option<Patch> {
        if shown == self.shown {
            return None;
        }
        self.seq += 1;
        let seq = self.seq;
        let patch = match patch::added_code(&self.shown, &shown) {
            Some(text) => Patch::Text { seq, text },
            None => {
                let (keep, html) = patch::difference(&self.shown, &shown);
                Patch::Tail { seq, keep, html: html.to_owned() }
            }
        };
        self.shown = shown;
        Some(patch)
    }
}

/// The HTML of a block in its place. A late definition can make HTML of the author of what was none: it is cleaned by
/// itself until the end has come, and then with all the rest, by [`Live::clean`].
fn filled(block: &Block, place: &Place, context: &Context, ended: bool) -> String {
    match (block.is_raw(), ended) {
        (false, _) => block.template.fill(place),
        (true, false) => cleaned::document(std::iter::once((block, place)), context),
        (true, true) => String::new(),
    }
}
