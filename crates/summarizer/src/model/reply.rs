use std::collections::BTreeSet;

use super::{
    Model,
    request::Prompt,
    split::Split,
    thoughts::Thoughts,
    transport::meaning,
    wire::{Choice, Chunk, Reported},
};
use crate::{EXTRACTIVE, Fault, Piece, Usage, chain::Ask, tokens_in};

/// More text than any answer has.
const LONGEST: usize = 1024 * 1024;
/// Characters of a model's name, at the most.
const NAME: usize = 200;
/// A server may count so many times what was estimated.
const DOUBT: u64 = 4;

/// A reply that is arriving.
pub(super) struct Reply {
    /// What the server calls itself.
    model: String,
    /// What the configuration calls it: never as the embedded reader.
    configured: String,
    thoughts: Thoughts,
    split: Split,
    /// To be said before the first word.
    note: Option<String>,
    /// Whether the answer has any words, those it goes on with included.
    words: bool,
    /// The questions of which nothing was said.
    unanswered: BTreeSet<usize>,
    finish: Option<String>,
    usage: Option<Usage>,
    /// What a server may count, whatever its tokens are: who says more is not believed.
    most: Usage,
    chunks: u64,
    most_chunks: u64,
    bytes: usize,
}

impl Reply {
    pub(super) fn new(model: &Model, ask: &Ask, prompt: &Prompt) -> Self {
        Self {
            model: model.model.clone(),
            configured: model.name.clone(),
            thoughts: Thoughts::default(),
            split: ask.within.map_or_else(
                || Split::new(ask.questions.clone()),
                |section| Split::within(ask.questions.clone(), section),
            ),
            note: prompt.note.clone(),
            words: ask.within.is_some(),
            unanswered: ask
                .questions
                .iter()
                .copied()
                .filter(|number| ask.within.is_none_or(|begun| *number > begun))
                .collect(),
            finish: None,
            usage: None,
            most: most(tokens_in(prompt.bytes), model.limits.output),
            chunks: 0,
            // An event holds one token or more; the rest is for events without any.
            most_chunks: model.limits.output.saturating_add(model.limits.output / 5).saturating_add(16),
            bytes: 0,
        }
    }

    /// Whether the model has said or thought anything.
    pub(super) fn has_begun(&self) -> bool {
        self.bytes > 0
    }

    /// What the server counted.
    pub(super) fn usage(&self) -> Option<Usage> {
        self.usage
    }

    /// Whether the model has said that it is done, and why.
    pub(super) fn is_finished(&self) -> bool {
        self.finish.is_some()
    }

    pub(super) fn take(&mut self, chunk: Chunk) -> Result<Vec<Piece>, Fault> {
        if let Some(Reported { status, text }) = chunk.error() {
            return Err(match status {
                None if text.contains("rate") && text.contains("limit") => {
                    Fault::RateLimited { retry_after: None }
                }
                // The context of a request that was cancelled is another one.
                None if meaning(400, None, &text) == Fault::TooLong => Fault::TooLong,
                None => Fault::Upstream { status: 200 },
                Some(status) => meaning(status, None, &text),
            });
        }
        self.usage = chunk.usage().map(|usage| self.believed(usage)).or(self.usage);
        if let Some(name) = chunk.model.map(|name| plain(&name)).filter(|name| !name.is_empty()) {
            self.model = name;
        }
        self.chunks += 1;
        let Some(choice) = chunk.choices.into_iter().next() else { return self.within_bounds(Vec::new()) };
        let pieces = self.choice(choice);
        self.within_bounds(pieces)
    }

    fn believed(&self, Usage { read, cached, written }: Usage) -> Usage {
        let read = read.min(self.most.read);
        Usage { read, cached: cached.min(read), written: written.min(self.most.written) }
    }

    fn choice(&mut self, choice: Choice) -> Vec<Piece> {
        self.finish = choice.finish_reason.filter(|reason| !reason.is_empty()).or(self.finish.take());
        let delta = choice.delta.unwrap_or_default();
        let mut thought = delta.reasoning_content.or(delta.reasoning).unwrap_or_default();
        let content = delta.content.unwrap_or_default();
        self.bytes += thought.len() + content.len();
        let said = self.thoughts.push(&content);
        thought.push_str(&said.thought);
        let sections = self.split.push(&said.text);
        let thought = (!thought.is_empty()).then_some(Piece::Thought(thought));
        thought.into_iter().chain(self.pieces(sections)).collect()
    }

    fn within_bounds(&self, pieces: Vec<Piece>) -> Result<Vec<Piece>, Fault> {
        if self.bytes > LONGEST || self.chunks > self.most_chunks { Err(Fault::Endless) } else { Ok(pieces) }
    }

    /// What was held back, when nothing more will come. Of a reply that was cut off half a marker is left out: it is
    /// no text, and who goes on writes it anew.
    pub(super) fn rest(&mut self) -> Vec<Piece> {
        let said = self.thoughts.rest();
        let mut sections = self.split.push(&said);
        sections.extend(if self.is_finished() { self.split.rest() } else { self.split.cut() });
        self.pieces(sections)
    }

    /// What to say after the last event.
    pub(super) fn end(&mut self) -> Result<Piece, Fault> {
        match self.finish.as_deref() {
            None => Err(Fault::Cut),
            Some("length") => Err(Fault::OutputLimit),
            Some("content_filter") => Err(Fault::Filtered),
            Some(_) if !self.words => Err(Fault::Empty),
            Some(_) if !self.unanswered.is_empty() => Err(Fault::Unanswered),
            Some(_) => {
                let named = if self.model == EXTRACTIVE { &mut self.configured } else { &mut self.model };
                let tokens = self.usage.map(|usage| (usage.read, usage.written));
                Ok(Piece::Done { model: std::mem::take(named), tokens })
            }
        }
    }

    fn pieces(&mut self, texts: Vec<(usize, String)>) -> Vec<Piece> {
        let note = self.note.take_if(|_| !texts.is_empty()).map(|note| (0, note));
        self.words |= !texts.is_empty();
        self.unanswered.retain(|asked| texts.iter().all(|(section, _)| section != asked));
        note.into_iter().chain(texts).map(|(section, markdown)| Piece::Text { section, markdown }).collect()
    }
}

fn most(read: u64, written: u64) -> Usage {
    let read = read.saturating_mul(DOUBT);
    Usage { read, cached: read, written: written.saturating_mul(DOUBT) }
}

/// A name as a page can show it.
fn plain(name: &str) -> String {
    name.chars().filter(|char| !char.is_control()).take(NAME).collect()
}
