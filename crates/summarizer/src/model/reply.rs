use super::{
    Model,
    split::Split,
    thoughts::Thoughts,
    transport::meaning,
    wire::{Choice, Chunk, Reported},
};
use crate::{Fault, Piece, Usage, chain::Ask};

/// More text than any answer has.
const LONGEST: usize = 1024 * 1024;

/// A reply that is arriving.
pub(super) struct Reply {
    model: String,
    thoughts: Thoughts,
    split: Split,
    /// To be said before the first word.
    note: Option<String>,
    /// Whether the answer has any words, those it goes on with included.
    words: bool,
    finish: Option<String>,
    usage: Option<Usage>,
    chunks: u64,
    most_chunks: u64,
    bytes: usize,
}

impl Reply {
    pub(super) fn new(model: &Model, ask: &Ask, note: Option<String>) -> Self {
        Self {
            model: model.model.clone(),
            thoughts: Thoughts::default(),
            split: ask.within.map_or_else(
                || Split::new(ask.questions.clone()),
                |section| Split::within(ask.questions.clone(), section),
            ),
            note,
            words: ask.within.is_some(),
            finish: None,
            usage: None,
            chunks: 0,
            // An event holds one token or more; the rest is for events without any.
            most_chunks: model.limits.output + model.limits.output / 5 + 16,
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
                None if text.contains("context") => meaning(400, None, &text),
                None => Fault::Upstream { status: 200 },
                Some(status) => meaning(status, None, &text),
            });
        }
        self.usage = chunk.usage().or(self.usage);
        self.model = chunk.model.filter(|name| !name.is_empty()).unwrap_or(std::mem::take(&mut self.model));
        self.chunks += 1;
        let Some(choice) = chunk.choices.into_iter().next() else { return self.within_bounds(Vec::new()) };
        let pieces = self.choice(choice);
        self.within_bounds(pieces)
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
            Some(_) => Ok(Piece::Done {
                model: std::mem::take(&mut self.model),
                tokens: self.usage.map(|usage| (usage.read, usage.written)),
            }),
        }
    }

    fn pieces(&mut self, texts: Vec<(usize, String)>) -> Vec<Piece> {
        let note = self.note.take_if(|_| !texts.is_empty()).map(|note| (0, note));
        self.words |= !texts.is_empty();
        note.into_iter().chain(texts).map(|(section, markdown)| Piece::Text { section, markdown }).collect()
    }
}
